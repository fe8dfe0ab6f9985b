// SPDX-License-Identifier: MIT
// Knows a posting store: for every term the documents that have it, in levels of impact, in an ordinary table of the
// knowledge base's file.
#ifndef KB_POST_H
#define KB_POST_H

#include "kb/kbdb.h"
#include "kb/key.h"
#include "src/base/arena.h"

// Level 3 is the highest impact. What the levels mean for articles: kb/index.h.
enum { KB_LEVELS = 4 };

// Documents are numbered densely from 1 and only ever get higher numbers. A number that is no longer to be found stays in
// the store until its terms are purged; who reads checks each number against the live table (kb/index.h).
//
// Table NAME(id INTEGER PRIMARY KEY, d BLOB): id = key << 17 | (level + 1) << 12 | chunk; the low 17 bits are 0 for the head
// of a term, which holds for each level its count and, while small, the numbers themselves. Lists are varints, the first
// number as it is, then differences; chunks are at most 4,040 bytes. meta NAME.upto: every document up to it is merged into
// the table; NAME.to and NAME.next: a merge up to .to is under way and has done every key below .next.
//
// Documents above .upto live in the memory of each connection (the delta), put there by whoever opened the store: they
// are found like the others.
struct kb_post;

struct kb_posting {
	kb_key key;
	uint8_t level;
};

// table is a string literal. Nothing is read yet. Free it before its connection is closed.
struct kb_post *kb_post_new(struct kb *kb, const char *table);
void kb_post_free(struct kb_post *p); // NULL is fine

// ---- reading; inside a read transaction of kb ----

// Reads where the merge stands; cheap. After this kb_post_have says up to which number documents are merged or in the delta.
// Documents that were merged meanwhile leave the delta.
must_use bool kb_post_refresh(struct kb_post *p, struct err *e);
uint32_t kb_post_upto(const struct kb_post *p); // merged
uint32_t kb_post_have(const struct kb_post *p); // merged or in the delta
// Puts the next document into the delta: no must be above kb_post_have. Postings in any order, a key once.
void kb_post_learn(struct kb_post *p, uint32_t no, const struct kb_posting *v, size_t n);
size_t kb_post_delta(const struct kb_post *p); // documents in it

// A term's lists: head row copied in, so it stays valid until the arena is cleared.
struct kb_list_head {
	kb_key key;
	int64_t df;             // documents that have it, dead ones not yet purged included
	uint32_t n[KB_LEVELS];  // of them by level, delta included
	struct sv head;         // the row, borrowed from the arena given
	uint32_t delta[KB_LEVELS]; // how many of n are in the delta
};
// df is 0 if no document has the term. False only on damage; counts are never above kb_post_have.
must_use bool kb_post_find(struct kb_post *p, kb_key key, struct kb_list_head *out, struct arena *a, struct err *e);
// Writes the numbers of one level, ascending, at most max of them (from the lowest), to docs (room for max); *n is how
// many. No number is above kb_post_have. ERR_IO names damage.
must_use bool kb_post_docs(struct kb_post *p, const struct kb_list_head *h, unsigned level, uint32_t *docs, size_t max,
			   size_t *n, struct err *e);
// The terms with from <= key < to that have the most documents, most frequent first, at most max; looks at no more than rows
// heads (0: all). For begun words of Han: kb_key_han2(c, 0) .. kb_key_han2(c + 1, 0).
struct kb_key_df {
	kb_key key;
	int64_t df;
};
must_use bool kb_post_range(struct kb_post *p, kb_key from, kb_key to, size_t rows, struct kb_key_df *out, size_t max,
			    size_t *n, struct err *e);

// ---- writing; inside a write transaction of kb, after kb_post_refresh ----

// Gathers a document for kb_post_flush: no must be above all before it. Bulk loading: 8 bytes a posting are held and as
// much again while flushing, together at most some 200 MB.
void kb_post_gather(struct kb_post *p, uint32_t no, const struct kb_posting *v, size_t n);
// Is it time to flush before no is gathered? Must be asked.
bool kb_post_full(const struct kb_post *p, uint32_t no);
// Writes what was gathered and sets .upto to to (the highest number given out). There must be no delta behind it: merge first.
must_use bool kb_post_flush(struct kb_post *p, uint32_t to, struct err *e);
void kb_post_forget(struct kb_post *p); // after a rollback: gathered and delta are dropped, refresh before the next use

// One slice of merging the delta into the table: at most terms terms. *more: there is still work. A merge that was begun
// needs every document up to its .to in the delta again (kb_post_goal). Commits nothing itself.
must_use bool kb_post_merge(struct kb_post *p, size_t terms, bool *more, struct err *e);
uint32_t kb_post_goal(const struct kb_post *p); // .to of a merge under way; 0: none
// Looks at no more than rows rows from *next on, which moves on and is 0 at the end, and drops from each list the numbers for
// which dead says true.
must_use bool kb_post_purge(struct kb_post *p, bool (*dead)(void *arg, uint32_t no), void *arg, size_t rows, int64_t *next,
			    struct err *e);
must_use bool kb_post_clear(struct kb_post *p, struct err *e); // every row, and .upto = 0

// ---- checking ----

// Order-free sum over postings: equal stores give equal sums, whatever the order they were built in.
uint64_t kb_posting_mix(kb_key key, uint32_t no, unsigned level);
// Walks the whole table in order of its keys: form of heads and chunks, ascending numbers, counts. fn gets every posting
// of a sound list. Each problem goes to on_problem, pages that SQLite cannot read too: they end the walk.
must_use bool kb_post_walk(struct kb_post *p, void (*fn)(void *arg, kb_key key, uint32_t no, unsigned level),
			   void (*on_problem)(void *arg, const char *msg), void *arg, struct err *e);
int64_t kb_post_bytes(struct kb_post *p); // pages of the table, for kb stats; 0 if they cannot be counted

#endif
