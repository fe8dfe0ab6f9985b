// SPDX-License-Identifier: MIT
// Knows the exact score of one article for one query.
#ifndef KB_RANK_H
#define KB_RANK_H

#include "kb/index.h"
#include "kb/query.h"

// What ranking needs of an article's row.
struct kb_facts {
	struct sv category; // JSON list
	enum kb_state state;
	int64_t review_due;
	int votes_up, votes_down;
};

// Inverse document frequency as of BM25, never negative: ln(1 + (N - df + .5) / (df + .5)).
double kb_idf(int64_t docs, int64_t df);
// BM25F: sum over groups of idf * tf / (K1 + tf) with tf = sum over fields of weight * tf_f / (1 - b + b * len / average).
void kb_score_text(const struct kb *kb, const struct kb_parsed *p, const struct kb_doc *d, uint32_t no,
		   struct kb_score *out);
// Fills the factors of domain.md §9.3 and the total.
void kb_score_factors(const struct kb_facts *f, const char *category, int64_t now, struct kb_score *out);
// Is one of the categories of a JSON list this one or below it?
bool kb_in_category(struct sv json, const char *category);

#endif
