// SPDX-License-Identifier: MIT
// Knows everything a person may do to the knowledge base: who may, when it is legal, and that it counts once.
//
// A deed is data: the screen and the command line fill one in, ask whether it is allowed, and hand it to the writer. The
// writer runs it in one transaction with its line in the log and its operation id, so that a deed tried again after the
// station's store could not commit changes nothing the second time. Rules: domain.md §2.5, §4.8, §9.6.
#ifndef KB_DEED_H
#define KB_DEED_H

#include "kb/article.h"

enum kb_verb {
	// the next text of an article
	KB_DO_SAVE,    // id doc base_ver rev complete: writes the draft, made on first use; on an archived article: restores it
	KB_DO_SUBMIT,  // id note
	KB_DO_RETURN,  // id note: by an approver with a reason, or taken back by a writer
	KB_DO_APPROVE, // id: published; on a hidden article without a draft: shown again
	KB_DO_DISCARD, // id
	// the article
	KB_DO_RETIRE,  // id note other: the article that takes its place, may be NULL
	KB_DO_RESTORE, // id: archived -> a draft of its last text
	KB_DO_HIDE,    // id note
	KB_DO_CONFIRM, // id when: next review, 0: by rule
	KB_DO_FLAG,    // id note: stale
	// what agents give back
	KB_DO_VOTE_UP,
	KB_DO_VOTE_DOWN,
	KB_DO_USE,
	// uncovered cases
	KB_DO_GAP_REPORT, // query note category interaction material
	KB_DO_GAP_ACCEPT, // gap
	KB_DO_GAP_DRAFT,  // gap id doc: the draft that will answer it
	KB_DO_GAP_SAME,   // gap other: an article that answers it already, or "#N" of another gap
	KB_DO_GAP_REJECT, // gap note
	KB_DO_GAP_REOPEN, // gap
};
enum { KB_VERBS = KB_DO_GAP_REOPEN + 1 };
const char *kb_verb_code(enum kb_verb v);  // "submit": in the log; with "kb." in front the kind of its outbox operation
const char *kb_verb_label(enum kb_verb v); // "Submit for review": in the user's language

struct kb_deed {
	enum kb_verb verb;
	const char *op;  // UUIDv7; done at most once under it. NULL: no such guard
	const char *by;  // agent number
	unsigned roles;  // bits of src/desk/role.h
	const char *id;  // of the article
	const char *note, *other, *doc;
	const char *query, *category, *interaction, *material;
	int64_t gap, when;
	int base_ver, rev; // rev: of the draft that was changed, 0: a new draft
	bool complete;     // the text is written to its end: draft instead of wip
};
struct kb_done {
	bool again; // it had been done before: nothing changed
	int ver;    // KB_DO_APPROVE: the version published
};

// Would it be allowed now? Reads only; the same sentences as kb_do.
must_use bool kb_may(struct kb *kb, const struct kb_deed *d, struct err *e);
// Does it (KB_WRITE). done may be NULL. ERR_DENIED: not by this person or not in this state; ERR_CONFLICT: somebody was faster.
must_use bool kb_do(struct kb *kb, const struct kb_deed *d, struct kb_done *done, struct err *e);

// For other things that must count once: false in *first when the operation was done before. Inside the caller's transaction.
must_use bool kb_once(struct kb *kb, const char *op, bool *first, struct err *e);

struct kb_log_row {
	int64_t at;
	int ver; // current version after it, 0: never published
	const char *verb, *state, *by, *note;
};
// What was done to an article, oldest first. Empty is no error.
must_use bool kb_log(struct kb *kb, const char *id, struct kb_log_row **rows, size_t *n, struct arena *a, struct err *e);
// The version that was current at the instant and the state it was in then. ERR_NOT_FOUND: not published by then.
must_use bool kb_at(struct kb *kb, const char *id, int64_t at, int *ver, enum kb_state *state, struct err *e);

#endif
