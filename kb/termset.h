// SPDX-License-Identifier: MIT
// Knows a set of terms with counts: open addressing over texts kept in an arena.
#ifndef KB_TERMSET_H
#define KB_TERMSET_H

#include "src/base/arena.h"
#include "src/base/str.h"

struct termset_entry {
	struct sv text; // in the set's arena; p is NULL in an empty slot
	uint32_t hash;
	int32_t n[5];   // counts, meaning given by the user of the set
};
struct termset {
	struct termset_entry *slots;
	size_t cap, n;
	struct arena texts;
};
// The entry of text, made with zero counts if it is new; valid until the next call.
struct termset_entry *termset_at(struct termset *s, struct sv text, uint32_t hash);
// Pointers to the entries, n of them, in the order of cmp (as for qsort) or, without one, of their text's bytes; freed by
// the caller.
struct termset_entry **termset_sorted(const struct termset *s, int (*cmp)(const void *, const void *));
int sv_cmp(struct sv a, struct sv b); // byte order
void termset_clear(struct termset *s); // memory of the table kept
void termset_release(struct termset *s);

#endif
