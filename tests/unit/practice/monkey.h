// SPDX-License-Identifier: MIT
// Knows what the random agent of practice is given.
#ifndef TEST_PRACTICE_MONKEY_H
#define TEST_PRACTICE_MONKEY_H

#include "config/pack.h"
#include "src/practice/engine.h"

struct monkey {
	uint64_t rnd;
	const struct scenario *s;
	struct engine *g;
	int64_t t;
	int seq; // of events in contacts
	bool good; // does its work and is kind
};
uint64_t monkey_pick(struct monkey *m, uint64_t n); // 0 .. n-1
// Does one thing, sensible or not, at m->t.
void monkey_do(struct monkey *m);
// Judges the session; what is wrong with its score, NULL: nothing.
const char *monkey_score(const struct monkey *m, const struct packs *k, struct lexicon *lex);

#endif
