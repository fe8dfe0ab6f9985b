// SPDX-License-Identifier: MIT
// Knows a posting store in a base of its own, beside the plain list of the documents it was given.
#ifndef TEST_KB_POST_WORLD_H
#define TEST_KB_POST_WORLD_H

#include "kb/post_internal.h"
#include "tests/unit/kb/fixture.h"

enum { KEYS = 400, PER_DOC_MAX = 24 };

struct doc {
	struct kb_posting v[PER_DOC_MAX];
	size_t n;
};
struct world {
	struct fixture f;
	struct kb_post *post;
	uint64_t seed;
	VEC(struct doc) docs; // number i + 1
	uint32_t *buf;
};

#define OK(call)                                                                               \
	do {                                                                                   \
		struct err e = {0};                                                            \
		if (!(call))                                                                   \
			fail_msg("%s: %s", #call, e.msg);                                      \
	} while (0)

void world_open(struct world *w, uint64_t seed); // an empty table t_post
void world_close(struct world *w);
void world_reopen(struct world *w);              // the process ended and began again
uint32_t rnd(struct world *w, uint32_t below);
// Rank 0 is in nearly every document, high ranks in a few: lists of every form come about.
kb_key key_of(uint32_t rank);
void add_docs(struct world *w, size_t n);        // to the list alone

void learn(struct world *w, struct kb_post *p, uint32_t to);
void bulk(struct world *w, uint32_t to);         // one batch
bool slice(struct world *w, size_t terms);       // of a merge; true while there is more
// Numbers above from that have the term, as the list says.
size_t expect(const struct world *w, kb_key key, unsigned level, uint32_t from, uint32_t *out);
// Every step-th term, and one that is nowhere.
void compare(struct world *w, struct kb_post *p, uint32_t step);
uint64_t model_sum(const struct world *w);

struct walked {
	uint64_t sum;
	int problems;
	char last[240];
};

struct walked walk(struct world *w);
void assert_sound(struct world *w);              // no problem, and exactly the postings of the list

#endif
