// SPDX-License-Identifier: MIT
// Knows the one analysis of text for searching: folding, and cutting into Han characters, Han pairs and words.
#ifndef KB_FOLD_H
#define KB_FOLD_H

#include "src/base/utf8.h"

// Raised whenever the same text gives other tokens than before: an older index is then made anew.
enum { KB_ANALYSER_VERSION = 3, KB_TOKEN_MAX = 64 };

// Folds one code point: NFKC with case folding, Latin accents off, traditional and variant Han characters to their
// simplified form. Writes at most max code points and returns how many; 0 means that it disappears.
size_t kb_fold_cp(uint32_t cp, uint32_t out[], size_t max);
enum { KB_FOLD_MAX = 20 }; // U+FDFA, the longest, has 18

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
	uint32_t cp[2];  // KB_HAN1: the character; KB_HAN2: both
};
typedef void kb_token_fn(void *arg, const struct kb_token *t);

// Holds the stemmer, stems found before and foldings asked for before; one a thread.
struct kb_analyser;
struct kb_analyser *kb_analyser_new(void);
void kb_analyser_free(struct kb_analyser *an);
void kb_analyse(struct kb_analyser *an, struct sv text, kb_token_fn *fn, void *arg);
// Stems one folded word of a-z; other words come back as they are. Borrowed until the next call.
struct sv kb_stem(struct kb_analyser *an, struct sv word);

// The common Han characters (U+4E00 to U+9FFF) that fold to cp, one after the other; 0 ends them.
uint32_t kb_unfold_first(struct kb_analyser *an, uint32_t cp);
uint32_t kb_unfold_next(struct kb_analyser *an, uint32_t raw);

// ---- under kb_analyse: folding ----

// Foldings asked for before, by code point, so that the next time costs one look.
enum { KB_FOLD_PAGES = 0x320 }; // 256 code points each: all that have Han characters, letters and signs
struct kb_folds {
	uint32_t *page[KB_FOLD_PAGES];
};
enum {
	KB_FOLDED = 0x1fffff,     // bits: the code point it folds to
	KB_FOLDED_HAN = 1 << 21,  // which is a Han character
	KB_FOLDED_LETTER = 1 << 22, // or a letter or digit; neither: it separates
	KB_FOLDED_MANY = 1 << 23, // it disappears or becomes several: kb_fold_cp tells
	KB_FOLDED_KNOWN = 1 << 24,
};
struct kb_folds *kb_analyser_folds(struct kb_analyser *an); // the analyser's own
uint32_t kb_fold_ask(struct kb_folds *f, uint32_t cp);
static inline uint32_t kb_folded(struct kb_folds *f, uint32_t cp)
{
	const uint32_t *page = cp < KB_FOLD_PAGES * 256 ? f->page[cp >> 8] : NULL;

	return page && page[cp & 255] ? page[cp & 255] : kb_fold_ask(f, cp);
}
// utf8_decode, with the usual two and three bytes in place.
static inline size_t kb_decode(struct sv s, uint32_t *cp)
{
	const unsigned char *b = (const unsigned char *)s.p;

	if (b[0] < 0x80) {
		*cp = b[0];
		return 1;
	}
	if (s.n > 2 && b[0] > 0xe0 && b[0] < 0xed && (b[1] & 0xc0) == 0x80 && (b[2] & 0xc0) == 0x80) {
		*cp = (b[0] & 0xfu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
		return 3;
	}
	if (s.n > 1 && b[0] > 0xc1 && b[0] < 0xe0 && (b[1] & 0xc0) == 0x80) {
		*cp = (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu);
		return 2;
	}
	return utf8_decode(s, cp);
}

// ---- under kb_analyse: cutting, fed with folded code points ----

// A word or a code being gathered.
struct kb_gather {
	char s[KB_TOKEN_MAX];
	size_t n, from, to;
};
struct kb_cutter {
	struct kb_analyser *an; // NULL: words are given as they are, without stemming
	kb_token_fn *fn;
	void *arg;
	struct kb_gather word, code;
	int parts;        // words in code
	bool digit;       // code holds one
	char joint;       // the joining mark just seen, 0 if none
	char han[8];      // the Han character just before, as UTF-8
	size_t nhan, han_from;
	uint32_t han_cp;
};
void kb_cut(struct kb_cutter *c, uint32_t folded, size_t from, size_t to);
void kb_cut_end(struct kb_cutter *c);
// Nothing is being gathered: what stands before has no more effect on words and codes.
static inline bool kb_cut_idle(const struct kb_cutter *c)
{
	return !c->word.n && !c->parts;
}

size_t kb_put_utf8(char *to, uint32_t cp); // 1 to 4 bytes

// FNV-1a, 32 bits, of a token.
uint32_t kb_hash(struct sv token);

#endif
