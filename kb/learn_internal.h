// SPDX-License-Identifier: MIT
// Knows what the files that rank by phrasings share of one query: its words, the phrasings looked at, their nearness.
#ifndef KB_LEARN_INTERNAL_H
#define KB_LEARN_INTERNAL_H

#include "kb/learn.h"
#include "kb/learned.h"

enum {
	CANDIDATES = 160, // scored exactly, at most
	NEAREST = 96,    // take part, at most
	SIDE = NEAREST + KB_TITLES,
	STEPS = 32,      // of the conjugate gradients, at most
	QUERY_TOKENS = 96,
	KEPT_ENTRIES = 1 << 17, // of phrasings that were near a query before
	MEANT = 3,       // known words tried for one that is not
};

// Four numbers at a time; SIDE is a multiple of four.
typedef float quad __attribute__((vector_size(16)));
enum { QUADS = SIDE / 4 };

// A text as its features, each once.
struct entry {
	uint32_t feature, tf;
	float w;
};
struct view {
	const struct entry *en;
	uint32_t n;
	uint64_t hash;
	uint32_t phrase;   // plus one; 0: a title
	int64_t no;        // of a title
	float near;        // to the query, not squared
	float weight, ridge;
};

struct pick {
	float score;
	uint64_t hash;
	uint32_t phrase;
};

struct term {
	uint32_t feature;
	float weight;
};

struct near {
	VEC(float) acc;   // by phrase, all 0 between queries
	VEC(float) scale; // by phrase: 1 / sqrt(len), 0 if it does not count; as of scale_rev
	VEC(uint32_t) touched;
	VEC(struct entry) entries; // of the text in hand
	struct entry *kept;  // entries of phrasings, weighed as of kept_rev
	uint32_t nkept;
	VEC(uint64_t) places; // by phrase: place in kept << 32 | how many, plus one; 0: not kept
	int64_t scale_rev, kept_rev;
	VEC(struct term) terms;
	struct pick picks[CANDIDATES];
	size_t npicks;
	struct view views[CANDIDATES + KB_TITLES];
	size_t nviews;
	quad v[QUADS], r[QUADS], p[QUADS], ap[QUADS];
	quad matrix[SIDE][QUADS];
	// by local feature, for the matrix
	VEC(uint32_t) count;
	VEC(struct entry) sorted;
	double unknown[2]; // sum of squares of features nobody has, whole and small
};

struct effort {
	size_t postings, candidates, nearest;
};

struct asking {
	struct kb *kb;
	struct kb_learned *l;
	struct near *n;
	enum kb_effort effort;
	struct effort spend;
	struct sv query;
	struct {
		struct lp_token t;
		char raw[KB_TOKEN_MAX], stem[KB_TOKEN_MAX];
		uint32_t meant; // the word it is a slip of, plus one
		bool begun;
	} tokens[QUERY_TOKENS];
	size_t ntokens;
};

// What a feature weighs in any text (learn_near.c).
float lp_weight_of(struct kb_learned *l, uint32_t feature);

// ---- learn_ask.c: the phrasings that share most with the query ----

void lp_keep_token(void *arg, const struct lp_token *t); // a token of the query, arg is the struct asking
must_use bool lp_ask_terms(struct asking *q, struct err *e); // what is looked for: n->terms
void lp_gather(struct asking *q);                            // shared features, summed up by phrasing
must_use bool lp_pick_best(struct asking *q, struct err *e); // n->picks: of articles that may be shown now

// ---- learn_near.c: how near each of them is, and what they agree on ----

// Fills n->views from n->picks and the titles, nearest first, and n->v: what each says, after the regression.
void lp_agree(struct asking *q, const struct kb_title *titles, size_t ntitles);

// ---- learn_vote.c ----

void lp_count_votes(struct asking *q, struct kb_hints *out);

#endif
