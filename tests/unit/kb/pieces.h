// SPDX-License-Identifier: MIT
// Knows articles and queries made at random of the pieces that the packs' own articles have, the same again from the same seed.
#ifndef TEST_KB_PIECES_H
#define TEST_KB_PIECES_H

#include "kb/search.h"
#include "src/base/vec.h"

struct pieces {
	struct arena a; // of the pieces
	uint64_t seed;
	VEC(const char *) titles, english, sentences, words, phrasings, categories;
};
void pieces_open(struct pieces *p, uint64_t seed);
void pieces_close(struct pieces *p);
uint32_t pieces_rnd(struct pieces *p, uint32_t below);

// Article number n ("T-007"); another variant is another text of it. Depends on the two numbers alone.
struct kb_text pieces_article(struct pieces *p, unsigned n, unsigned variant, struct arena *a);
// What somebody may type: a piece or a part of one, in any of the forms of the query language.
const char *pieces_query(struct pieces *p, struct arena *a);
// The first letters of the readings of the Han characters of a text; "" if it has none.
const char *pieces_initials(const char *text, struct arena *a);
// All that is answered to the queries, in every effort, bit by bit: ids, scores, marks.
const char *pieces_answers(struct kb *kb, const char *const *queries, size_t n, struct arena *a);

#endif
