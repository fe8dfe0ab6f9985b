// SPDX-License-Identifier: MIT
// Knows pinyin as people type it: what a word of letters may stand for, which characters it fits, what is kept of a text.
#ifndef KB_PINYIN_H
#define KB_PINYIN_H

#include "kb/key.h"

// A syllable by its number, below 512; numbers are of this program version only (KB_ANALYSER_VERSION rises with them).
size_t kb_syllables(void);
const char *kb_syllable(unsigned no);
// The standard Han characters (simplified) with this reading, ascending; static. n is 0 for none.
const uint32_t *kb_syllable_chars(unsigned no, size_t *n);

enum { KB_READING_MAX = 16 };

// One way to read a typed word: each part stands for one Han character.
struct kb_reading {
	struct {
		uint8_t from, to; // letters of the word
		uint16_t syllable; // its number, or KB_NO_SYLLABLE: the letters begin one (an initial, or the unfinished last one)
	} part[KB_READING_MAX];
	size_t n;
	char initials[KB_READING_MAX + 1];
	unsigned whole; // parts that are whole syllables
};
enum { KB_NO_SYLLABLE = 0xffff };

// The ways to read word (a-z, at most 40 letters), most plausible first: zhdj, zhanghudongjie, zhanghdj, zhanghudongj. A part
// is a whole syllable (ü is v; lue, lyu and jv are understood), a first letter or zh, ch, sh. open_end: the last part may be
// unfinished; where few syllables begin so, each is a reading of its own (yinhan: han, hang). Returns how many were filled,
// at most 8; ways much less plausible than the first are left out.
size_t kb_pinyin_readings(struct sv word, bool open_end, struct kb_reading *out, size_t max);
// Does the reading fit the Han characters (simplified) at v, in any of their readings? n must be at least r->n.
bool kb_pinyin_fits(const struct kb_reading *r, struct sv word, const uint32_t *v, size_t n);

// Does one of the n readings of word fit some place of the Han runs of text, as it is stored, in any script?
bool kb_pinyin_finds(const struct kb_reading *r, size_t n, struct sv word, struct sv text);

// What is kept of the Han runs of one text of a head field, for each of the first 64 places of a run: the initials of the
// characters from there on, at most 4 and at least 2, and the pair of syllables there, both in every reading up to 24 a gram.
// fn gets each key once a place.
typedef void kb_gram_fn(void *arg, kb_key key);
void kb_pinyin_grams(struct sv text, kb_gram_fn *fn, void *arg);
// The keys of a reading, to look its documents up: pairs where two whole syllables meet, and for 4 parts and more initials for
// the rest. A document that fits has them all; one that has them all need not fit. 0 for a single character, and where
// kb_reading_range alone speaks.
size_t kb_reading_keys(const struct kb_reading *r, kb_key *out, size_t max);
// For readings of 2 or 3 parts that are not all whole syllables: a document that fits has also a key from *from to *to, both
// included. False: the keys above are all there is.
bool kb_reading_range(const struct kb_reading *r, kb_key *from, kb_key *to);

#endif
