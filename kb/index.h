// SPDX-License-Identifier: MIT
// Knows what is kept of every searchable article beside its text: postings of its terms, its words, its place among the
// documents.
//
// A document is one version of one article while it is searchable; numbers are dense, only grow, and a new version gets a new
// one. kb_live says which are alive and whose; kb_post (kb/post.h) which have a term. What the levels of a posting mean is
// decided here from the text alone, so that the same text always gives the same postings.
#ifndef KB_INDEX_H
#define KB_INDEX_H

#include "kb/article.h"
#include "kb/internal.h"

// The index is brought up to date inside the caller's transaction, and written by kb_commit. The text must be the one that
// was indexed.
// row: of the version. special: more than the version decides how it ranks (it is stale, voted on, to be reviewed), so that the
// article's row is read with it.
must_use bool kb_index_add(struct kb *kb, int64_t no, int64_t row, bool special, const struct kb_text *t, struct err *e);
// The same for a caller that writes the number of the document (kb_index_next) into the article's row itself.
uint32_t kb_index_next(struct kb *kb);
struct kb_place_of {
	int64_t row;
	uint32_t doc;
};
must_use bool kb_index_enter(struct kb *kb, int64_t no, struct kb_place_of at, bool special, const struct kb_text *t, struct err *e);
// From now on the article's row is read too; nothing if it is not searchable.
must_use bool kb_index_special(struct kb *kb, int64_t no, struct err *e);
must_use bool kb_index_remove(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e);
// Drops every row of the index.
must_use bool kb_index_clear(struct kb *kb, struct err *e);

// The postings of a text, each key once, in no order; valid until the next call.
const struct kb_posting *kb_index_postings(struct kb *kb, const struct kb_text *t, size_t *n);
// Gives the words and Han characters of a text to fn, as often as they occur, with whether it is in a field before the body; for
// checks.
typedef void kb_word_fn(void *arg, struct sv word, bool head);
void kb_index_words(struct kb *kb, const struct kb_text *t, kb_word_fn *fn, void *arg);

// Every document above what is merged is in the delta after this; the writer inside its transaction, readers by kb_view.
must_use bool kb_load_pending(struct kb *kb, struct err *e);

// The row of a pending document, read: at most one posting a byte goes to out. False: damaged.
bool kb_pending_postings(struct sv d, struct kb_posting *out, size_t *n);

// What stage one (kb/candidates.c) takes a level to be worth (kb/rank.h).
extern const float KB_LEVEL_WORTH[KB_LEVELS];

#endif
