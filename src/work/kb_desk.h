// SPDX-License-Identifier: MIT
// Knows the desk of those who look after the knowledge base: drafts, uncovered cases, doubtful articles, who has read what.
#ifndef WORK_KB_DESK_H
#define WORK_KB_DESK_H

#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/gap.h"
#include "kb/watch.h"
#include "src/base/clock.h"
#include "src/store/db.h"

struct model;
struct work;

enum { MUST_READ_LATE_MS = 24 * 3600000 }; // unread for longer goes to the team lead (domain.md §9.7)

// Who has not read what, or when they did. version-exact: a new version asks again.
struct kb_reader {
	const char *id, *title, *title_en, *agent_id;
	int ver;
	int64_t published_at, read_at; // read_at 0: not yet
	int quiz;                      // enum receipt_quiz
	bool late;                     // unread for 24 h
};
// Every agent known to this station beside every article that must be read: unread first, oldest first.
must_use bool kb_readers(struct db *db, struct kb *kb, int64_t now, struct kb_reader **out, size_t *n, struct arena *a, struct err *e);

struct kb_desk {
	struct arena arena; // of the lists, until the next refresh
	struct kb_next *drafts;
	struct kb_gap *gaps;
	struct kb_doubt *doubts;
	struct kb_reader *readers;
	size_t n_drafts, n_gaps, n_doubts, n_readers;
	bool all_gaps; // closed ones too
	unsigned turn; // grows with each refresh
	unsigned deeds; // asked of the store and not known to be done
};
void model_kb_desk_refresh(struct model *m);

// Does a deed: refused at once with the sentence of the rule, else one commit; lists and open article are read again when it is
// saved. by, roles and op are filled in.
must_use bool model_kb_do(struct model *m, const struct kb_deed *d, struct err *e);
bool model_kb_busy(struct model *m); // a deed is still on its way: what is on the screen is about to change
bool model_kb_may(struct model *m, enum kb_verb verb, const char *id); // would it be allowed, as far as can be told beforehand
bool model_kb_may_gap(struct model *m, enum kb_verb verb, int64_t gap);
// What model_kb_do would refuse, with the same sentence; nothing is done.
must_use bool model_kb_check(struct model *m, const struct kb_deed *d, struct err *e);

// The text a draft begins with: the draft there is (*rev > 0), the current version, or an empty article. In the arena.
must_use bool model_kb_edit(struct model *m, const char *id, struct kb_text *out, int *base_ver, int *rev, struct arena *a, struct err *e);
// A free number for an article that begins in this category (may be ""). In the arena.
must_use bool model_kb_new_id(struct model *m, const char *category, const char **id, struct arena *a, struct err *e);
// What the desk reads of one row of its lists. Everything is in the arena.
must_use bool model_kb_draft_text(struct model *m, const char *id, struct kb_next *out, struct arena *a, struct err *e);
must_use bool model_kb_article(struct model *m, const char *id, struct kb_article *out, struct arena *a, struct err *e);
must_use bool model_kb_reports(struct model *m, int64_t gap, struct kb_gap_report **out, size_t *n, struct arena *a, struct err *e);
// The articles nearest to a text, best first, at most cap; those that take the place of another or answer a case. In the arena.
struct kb_near {
	const char *id, *title;
};
size_t model_kb_nearest(struct model *m, const char *text, struct kb_near *out, size_t cap, struct arena *a);
// Articles put away, the latest change first: what can be brought back.
must_use bool model_kb_put_away(struct model *m, struct kb_away **out, size_t *n, struct arena *a, struct err *e);
must_use bool model_kb_save(struct model *m, const struct kb_text *t, int base_ver, int rev, bool complete, struct err *e);
// A draft for an uncovered case, with what its contacts and tickets say, masked. *id (in the arena): of the draft.
must_use bool model_kb_gap_draft(struct model *m, int64_t gap, const char **id, struct arena *a, struct err *e);
// What the contacts of a gap say today: solution, notes, ticket; masked. NULL: nothing. In the arena.
const char *kb_gap_material(struct db *db, struct kb *kb, int64_t gap, struct arena *a);

// Confirms having read the current version of what must be read: it was on the screen to its end.
must_use bool model_kb_receipt(struct model *m, struct work *w, const char *id, bool quiz_passed, struct err *e);
must_use bool model_kb_can_receipt(struct model *m, struct work *w, const char *id, struct err *e); // before the questions are asked
// The questions were answered wrongly: that is kept, and there is no receipt. right: how many were answered rightly.
must_use bool model_kb_quiz_failed(struct model *m, struct work *w, const char *id, int right, struct err *e);
must_use bool model_kb_gap_seen(struct model *m, int64_t gap, struct err *e); // the answer to a case I reported

#endif
