// SPDX-License-Identifier: MIT
// Knows what is kept of every searchable article beside its text: postings, counts, a forward record, pinyin keys.
#ifndef KB_INDEX_H
#define KB_INDEX_H

#include "kb/article.h"
#include "kb/internal.h"

// The index is brought up to date inside the caller's transaction; the text must be the one that was indexed.
must_use bool kb_index_add(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e);
must_use bool kb_index_remove(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e);
// Drops every row of every index.
must_use bool kb_index_clear(struct kb *kb, struct err *e);

// The forward record of an article (kb_doc.d), opened in place: how often each token occurs in each field.
struct kb_doc {
	uint32_t len[KB_FIELDS];
	struct sv raw;
	size_t nhead, nbody;
};
bool kb_doc_open(struct sv raw, struct kb_doc *out); // false: damaged
// Fills tf for the token; false if the article does not have it.
bool kb_doc_tf(const struct kb_doc *d, uint32_t hash, unsigned tf[KB_FIELDS]);
// The record of a text, as it must stand in kb_doc. Appended to out.
void kb_doc_make(struct kb *kb, const struct kb_text *t, struct str *out);

// Pinyin keys of a text: for every place in its titles, synonyms and tags the initials ("i:zhdj") and the syllables
// ("f:zhanghudongjie") that follow, in every reading up to a bound.
typedef bool kb_pinyin_fn(void *arg, const char *key, enum kb_field field);
bool kb_pinyin_keys(const struct kb_text *t, kb_pinyin_fn *fn, void *arg);
// The usual reading of the Han characters of text as one key "f:..."; false if there are fewer than two.
bool kb_pinyin_of(struct sv text, struct str *key);

#endif
