// SPDX-License-Identifier: MIT
// Knows what a search holds of an article that was scored, until it becomes a row of the results.
#ifndef KB_FOUND_H
#define KB_FOUND_H

#include "kb/query.h"
#include "kb/rank.h"

struct kb_found {
	int64_t no; // of the article
	const char *id, *title, *title_en; // in the arena
	struct kb_score score;
	const char *phrasing;
};

// What the numbers are by which articles are named: rows of versions, alone or with what people made of their articles, or articles.
enum kb_numbers { KB_PLAIN_ROWS, KB_SPECIAL_ROWS, KB_ARTICLES };

struct kb_scored {
	VEC(struct kb_found) v;
	struct kb_counts counts; // of the article in hand
	struct kb_scan scan;     // for the query
	struct kb_sought *sought;
	size_t looked; // articles scored
};

// Prepares scoring for a parsed query. Released by kb_scored_release; v may be emptied and used again.
void kb_scored_begin(struct kb_scored *s, struct kb *kb, const struct kb_parsed *p, struct arena *a);
void kb_scored_release(struct kb_scored *s);
// Scores the current versions of articles in their own text and appends them to v, until it has `most`; those are left out that
// are not to be found now or do not have what the clauses ask. must_match: those without any of the words too.
must_use bool kb_score_articles(struct kb_scored *s, struct kb *kb, const struct kb_query *q, const struct kb_parsed *p,
				enum kb_numbers what, const uint32_t *nos, size_t n, size_t most, bool must_match, struct arena *a, struct err *e);
// The rows of the results: titles with their marks, snippets for the first `snippets`.
must_use bool kb_show_found(struct kb *kb, const struct kb_parsed *p, const struct kb_found *f, size_t n, size_t snippets,
			    struct kb_result *out, struct arena *a, struct err *e);

#endif
