// SPDX-License-Identifier: MIT
// Knows the phrasings of an article: what customers said when it was the answer. Who taught them, when, and whether they count.
#ifndef KB_PHRASING_H
#define KB_PHRASING_H

#include "kb/article.h"

// Where a phrasing came from.
enum kb_phrasing_source {
	KB_BY_CALL, // a contact that was closed with the article
	KB_BY_FILE, // zuoxi kb learn
	KB_BY_TEXT, // the article's own list; goes and comes with its version
};
const char *kb_phrasing_source_name(enum kb_phrasing_source s); // "call", "file", "text": as stored and in JSON

enum {
	KB_PHRASING_ID = 17,      // "P" and 15 letters and digits, NUL included
	KB_PHRASING_BYTES = 400,  // a longer text is cut at a character
	KB_CAP_CALL = 3,          // phrasings of one call for one article that count
	KB_CAP_AGENT = 30,        // of one agent's calls for one article
	KB_CAP_ARTICLE = 500,     // of one article, its own text apart
};

// What is taught. text is masked here (src/desk/mask.h, secret.h) before anything is kept.
struct kb_lesson {
	const char *article, *text;
	const char *call, *agent; // "" or NULL: none
	enum kb_phrasing_source source;
	int64_t at;               // UTC ms; 0: now
};

struct kb_phrasing {
	const char *id;      // from article, folded text and call: the same on every station
	const char *article, *text, *call, *agent;
	enum kb_phrasing_source source;
	int64_t at;
	int64_t withdrawn_at; // 0: in force
	const char *withdrawn_by;
	bool counts;         // in force and within the caps
	int shown, chosen;   // times its article stood first because of it, and was then taken
	double weight;       // (chosen + 4) / (shown + 4), not below 0.1
};

void kb_phrasing_id(char out[KB_PHRASING_ID], const char *article, const char *text, const char *call);

enum kb_learned_what {
	KB_LEARNED,       // new
	KB_LEARNED_AGAIN, // was withdrawn, counts again
	KB_KNOWN,         // there already
};
// KB_WRITE. Joins an open transaction. ERR_NOT_FOUND: no such article. ERR_PARSE: nothing left to learn from (too short,
// only signs, or only what was masked). id (may be NULL) gets the phrasing's.
must_use bool kb_learn(struct kb *kb, const struct kb_lesson *l, enum kb_learned_what *what, char id[KB_PHRASING_ID],
		       struct err *e);

// Which phrasings: every field that is set must fit.
struct kb_phrasing_filter {
	const char *id, *article, *call, *agent;
	bool in_force;  // only those not withdrawn
	bool withdrawn; // only those withdrawn
};
// Withdraws (again true: gives back) what fits; *n is how many changed. An empty filter is ERR_USAGE. Phrasings of an
// article's own text belong to its author: they are not touched, and one named by its id is ERR_DENIED.
must_use bool kb_forget(struct kb *kb, const struct kb_phrasing_filter *f, bool again, const char *by, int64_t *n, struct err *e);
// By article, then newest first, ties by id. In the arena. limit 0: all.
must_use bool kb_phrasings(struct kb *kb, const struct kb_phrasing_filter *f, size_t limit, struct kb_phrasing **out, size_t *n,
			   struct arena *a, struct err *e);

struct kb_phrasing_counts {
	int64_t stored, in_force, counted, articles, agents;
};
must_use bool kb_phrasing_counts_get(struct kb *kb, struct kb_phrasing_counts *out, struct err *e);

// The article stood first because of this phrasing; chosen: the agent took it, else another one or none.
must_use bool kb_phrasing_seen(struct kb *kb, const char *id, bool chosen, struct err *e);

// ---- for the files of kb/ only ----

// The list of an article's text took the place of the one before; part of publishing.
must_use bool kb_phrasings_of_text(struct kb *kb, const struct kb_text *t, struct err *e);
// What is derived (folded texts, terms, which ones count) made anew from the stored texts; part of kb_reindex.
must_use bool kb_phrasings_reindex(struct kb *kb, struct err *e);

#endif
