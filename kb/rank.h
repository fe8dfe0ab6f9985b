// SPDX-License-Identifier: MIT
// Knows the exact score of one article for one query.
#ifndef KB_RANK_H
#define KB_RANK_H

#include "kb/query.h"

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
// What a term is worth before its idf, 0 .. about 2.5, from its counts in the fields (how often, and how long they are, beside
// the averages of the base): BM25F over the fields before the body, with the weights of domain.md §9.3 divided by that of a
// title, plus BM25 of the body. A term that fills its title is worth 1.5 times one that fills the body. h = sum of weight *
// tf / (1 - b + b * len / average): 1.5 h / (0.6 + h) + body / (1 + body); single Han characters 1.5 times as much before the body.
// One saturation for all fields (kb-search.md's first form) lost 5 points of S@1 where the answer stands in the body; every
// setting tried: tests/bench/README.md.
double kb_worth(enum kb_token_kind kind, const double tf[KB_FIELDS]);
// weight * tf / (1 - b + b * len / average) of one field.
double kb_field_tf(enum kb_field f, unsigned tf, double len, double average);

// Sum over groups of idf * kb_worth of its best term, times 0.5 + 0.5 * the share of all idf that was met: who has a little of
// everything comes before who has much of one word.
void kb_score_text(const struct kb *kb, const struct kb_parsed *p, const struct kb_counts *c, struct kb_score *out);
// Fills the factors of domain.md §9.3 and ranked.
void kb_score_factors(const struct kb_facts *f, const struct kb_query *q, int64_t now, struct kb_score *out);
// Is one of the categories of a JSON list this one or below it?
bool kb_in_category(struct sv json, const char *category);

#endif
