// SPDX-License-Identifier: MIT
// Knows the dictionary of the base: which words its articles have, how often, and which known word a mistyped or begun one means.
#ifndef KB_WORDS_H
#define KB_WORDS_H

#include "kb/fold.h"
#include "kb/kbdb.h"

#define KB_WORDS_DDL                                                                                     \
	"CREATE TABLE kb_word(w TEXT PRIMARY KEY, n INTEGER NOT NULL, h INTEGER NOT NULL) STRICT, WITHOUT ROWID;" \
	"CREATE TABLE kb_word_map(slice INTEGER PRIMARY KEY, d BLOB NOT NULL) STRICT;"

// A folded word, not stemmed (kb_token.raw of KB_WORD, joined codes too), and the articles that have it: anywhere, in a field
// before the body.
struct kb_word {
	char w[KB_TOKEN_MAX + 1];
	int64_t n, h;
	uint8_t slip; // of a correction: 0 is the likeliest mistake, 3 the least likely
};

// What one connection keeps of the dictionary: counts gathered until the flush, and a map of likely words (512 KiB), read at
// the first correction. kb is borrowed.
struct kb_words;
struct kb_words *kb_words_new(struct kb *kb);
void kb_words_free(struct kb_words *w); // NULL is fine
// The file was changed by somebody else: the map is read again when it is needed.
void kb_words_stale(struct kb_words *w);

// ---- the writer ----

// The words gathered next are those of one article, which comes (sign 1) or goes (-1).
void kb_words_begin(struct kb_words *w, int sign);
// A word of that article, as often as it occurs: an article counts once. Longer than KB_TOKEN_MAX or empty: ignored.
void kb_words_gather(struct kb_words *w, struct sv raw, bool head);
// Writes what was gathered, within the caller's transaction, between two articles. A word whose last article went is deleted;
// a failure leaves the transaction to be rolled back.
must_use bool kb_words_flush(struct kb_words *w, struct err *e);
// After a rollback: what was gathered or flushed since the last commit never was.
void kb_words_forget(struct kb_words *w);
// Empties the dictionary within the caller's transaction.
must_use bool kb_words_clear(struct kb_words *w, struct err *e);

// ---- readers ----

// The counts of one word; 0 if no article has it.
must_use bool kb_words_get(struct kb_words *w, struct sv word, int64_t *n, int64_t *h, struct err *e);
// Words that begin with prefix and go on: those of most heads first, then of most articles, then by text. Looks at the first
// 2,000 of them in the order of their text. *n: how many of max were filled.
must_use bool kb_words_complete(struct kb_words *w, struct sv prefix, struct kb_word *out, size_t max, size_t *n, struct err *e);
// Known words that word (4 to 20 letters a-z, else none) becomes by one edit: a letter left out, put in or replaced, or two
// neighbours exchanged. First those with the same first letter; among them slips of the fingers (exchanged, doubled or
// undoubled, the key beside); then by h, n and text. open_end: word is only begun; one edit makes it the beginning (at least
// 5 letters) of each word given, or a whole word. Words that begin with word as typed are not given then.
must_use bool kb_words_correct(struct kb_words *w, struct sv word, bool open_end, struct kb_word *out, size_t max, size_t *n,
			       struct err *e);

#endif
