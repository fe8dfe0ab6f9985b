// SPDX-License-Identifier: MIT
// Knows how near a query is to what customers said before: articles ranked by their phrasings.
#ifndef KB_LEARN_H
#define KB_LEARN_H

#include "kb/phrasing.h"
#include "kb/search.h"

// One article that phrasings speak for.
struct kb_hint {
	int64_t no;         // article.no; may be withdrawn by now: who shows it checks
	double score;       // about the share of the neighbourhood that speaks for it times how near that is; 0 .. about 1
	double share;       // its part of the scores of all hints, 0..1
	unsigned agents;    // different agents behind it, counted up to KB_INDEPENDENT
	unsigned near;      // phrasings among the nearest
	uint32_t phrasing;  // the one that spoke loudest, for kb_hint_phrasing
};

enum {
	KB_HINTS_MAX = 24,
	KB_INDEPENDENT = 3, // agents that must agree before they outvote a title (fuse.h)
};

// A title that the text search found: it takes part as if it were a phrasing of its article.
struct kb_title {
	int64_t no;
	const char *title;
};

struct kb_hints {
	struct kb_hint v[KB_HINTS_MAX]; // best first
	size_t n;
	double nearness; // of the nearest phrasing, 0..1
	double trust;    // what phrasings alone say, summed: 0 when they know nothing of the query, about 1 when they agree
};

// The same phrasings always give the same hints, in whatever order they were learned; nothing is random, nothing decays.
// titles may be NULL; at most KB_TITLES are used. No phrasings: n is 0. Inside a read transaction or on its own.
enum { KB_TITLES = 8 };
must_use bool kb_learned_rank(struct kb *kb, const char *query, enum kb_effort effort, const struct kb_title *titles,
			      size_t ntitles, struct kb_hints *out, struct err *e);
// The id of a hint's phrasing, valid until the next kb_learned_rank. NULL if it was a title.
const char *kb_hint_phrasing(struct kb *kb, const struct kb_hint *h);

// What a connection keeps in memory; freed by kb_close. NULL is fine.
struct kb_learned;
void kb_learned_free(struct kb_learned *l);

#endif
