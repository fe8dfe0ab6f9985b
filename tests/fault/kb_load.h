// SPDX-License-Identifier: MIT
// Knows a load on the knowledge base: a row of things done to it, each known by its number alone, and what must be there after.
#ifndef TESTS_FAULT_KB_LOAD_H
#define TESTS_FAULT_KB_LOAD_H

#include "kb/kbdb.h"

enum { KB_LOAD_ARTICLES = 64 };

// What the base holds after the things below a number were done.
struct kb_load {
	unsigned next;                    // the number
	unsigned text[KB_LOAD_ARTICLES];  // number of the thing that published the current text, plus one; 0: none
	bool shown[KB_LOAD_ARTICLES];     // not withdrawn
	unsigned learned;                 // plus one: the last that was taught
	unsigned votes[KB_LOAD_ARTICLES];
};

// Does the next thing to the base: publishes one article or many in one transaction, withdraws, restores, learns, votes, merges a
// few steps, makes the index anew. The load moves on only when it was done.
must_use bool kb_load_do(struct kb *kb, struct kb_load *l, struct err *e);
// As if it had been done.
void kb_load_skip(struct kb_load *l);
// NULL when the base is sound and holds exactly this, else what is wrong (borrowed until the next call).
const char *kb_load_wrong(struct kb *kb, const struct kb_load *l);

#endif
