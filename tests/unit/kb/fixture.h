// SPDX-License-Identifier: MIT
// Knows a small base in a folder of its own, and how to ask it.
#ifndef TEST_KB_FIXTURE_H
#define TEST_KB_FIXTURE_H

#include "kb/search.h"

struct fixture {
	char dir[64];
	char *path;
	struct clock clock;
	struct kb *kb;
	struct arena a;
};
enum { FIXTURE_ARTICLES = 10 };
// 2026-11-22T04:00:00Z, noon in Shanghai.
extern const int64_t FIXTURE_NOW;

void fixture_open(struct fixture *f);  // an empty base
void fixture_fill(struct fixture *f);  // the sample articles
void fixture_fill_in_order(struct fixture *f, const int *order, size_t n);
void fixture_packs(struct fixture *f); // the articles of the packs that come with the program, numbers KB-...
void fixture_close(struct fixture *f);
const struct kb_text *fixture_text(int i);
void fixture_put(struct fixture *f, const struct kb_text *t); // fails the test if refused

// Ids found, in order, separated by blanks; "" for none. Valid until the arena is cleared.
const char *ask(struct fixture *f, const char *text, enum kb_effort effort);
struct kb_results ask_all(struct fixture *f, struct kb_query q);
bool finds(struct fixture *f, const char *text, enum kb_effort effort, const char *id); // anywhere in the list, but not as a mere nearest
// Writes a file into the folder; its path is in the arena.
const char *fixture_file(struct fixture *f, const char *name, const char *text);

#endif
