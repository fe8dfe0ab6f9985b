// SPDX-License-Identifier: MIT
// Knows the one analysis of text for searching: folding, and cutting into Han characters, Han pairs and words.
#ifndef KB_FOLD_H
#define KB_FOLD_H

#include "src/base/str.h"

// Raised whenever the same text gives other tokens than before: an older index is then made anew.
enum { KB_ANALYSER_VERSION = 1, KB_TOKEN_MAX = 64 };

// Folds one code point: NFKC with case folding, Latin accents off, traditional and variant Han characters to their
// simplified form. Writes at most max code points and returns how many; 0 means that it disappears.
size_t kb_fold_cp(uint32_t cp, uint32_t out[], size_t max);

// Appends text folded, with every run of what is neither letter, digit nor Han made one space, none at the ends.
// Idempotent. Used to compare phrases and to recognise the same query.
void kb_fold(struct str *out, struct sv text);

enum kb_token_kind {
	KB_HAN1, // one Han character
	KB_HAN2, // two neighbours
	KB_WORD, // letters and digits, stemmed if English; joined codes (KB-FIN-001) once in parts and once whole
};
struct kb_token {
	enum kb_token_kind kind;
	struct sv text;  // at most KB_TOKEN_MAX bytes; borrowed during the call
	struct sv raw;   // words before stemming; else as text
	size_t from, to; // bytes of the original text
	bool joined;     // a whole code made of parts
};
typedef void kb_token_fn(void *arg, const struct kb_token *t);

// Holds the stemmer; one a thread.
struct kb_analyser;
struct kb_analyser *kb_analyser_new(void);
void kb_analyser_free(struct kb_analyser *an);
void kb_analyse(struct kb_analyser *an, struct sv text, kb_token_fn *fn, void *arg);
// Stems one folded word of a-z; other words come back as they are. Borrowed until the next call.
struct sv kb_stem(struct kb_analyser *an, struct sv word);

// FNV-1a, 32 bits, of a token; in the forward record instead of its text.
uint32_t kb_hash(struct sv token);

#endif
