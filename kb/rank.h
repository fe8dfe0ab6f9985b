// SPDX-License-Identifier: MIT
// Knows the exact score of one article for one query.
#ifndef KB_RANK_H
#define KB_RANK_H

#include "kb/query.h"

// Saturation of BM25F, in units of weighted counts.
#define KB_K1 4.0

// What ranking needs of an article's row.
struct kb_facts {
	struct sv id;
	struct sv category; // JSON list
	enum kb_state state;
	int64_t review_due;
	int votes_up, votes_down;
};

// How often each term stands in each field of one article, and how long the fields are.
struct kb_counts {
	uint32_t n[KB_FIELDS][KB_TERMS_MAX], len[KB_FIELDS];
};

// Inverse document frequency as of BM25, never negative: ln(1 + (N - df + .5) / (df + .5)).
double kb_idf(int64_t docs, int64_t df);
// weight * tf / (1 - b + b * len / average): what tf occurrences in a field are worth.
double kb_field_tf(enum kb_field f, unsigned tf, double len, double average);
// BM25F: sum over groups of idf * tf / (K1 + tf), tf the sum of kb_field_tf over the fields.
void kb_score_text(const struct kb *kb, const struct kb_parsed *p, const struct kb_counts *c, struct kb_score *out);
// Fills the factors of domain.md §9.3 and ranked.
void kb_score_factors(const struct kb_facts *f, const struct kb_query *q, int64_t now, struct kb_score *out);
// Is one of the categories of a JSON list this one or below it?
bool kb_in_category(struct sv json, const char *category);

#endif
