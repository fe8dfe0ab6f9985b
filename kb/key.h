// SPDX-License-Identifier: MIT
// Knows how a term is named in a posting store: 46 bits made from the term itself, so that no dictionary is needed.
#ifndef KB_KEY_H
#define KB_KEY_H

#include "src/base/str.h"

// 0 is no term. kb-search.md, "Recommended stage 1".
typedef uint64_t kb_key;

enum { KB_KEY_BITS = 46 };

// Han code points have 18 bits: a single one is below 2^18, a pair lies above and pairs that begin with the same character
// are neighbours, so that a begun pair is a range of keys.
static inline kb_key kb_key_han1(uint32_t cp)
{
	return cp;
}
static inline kb_key kb_key_han2(uint32_t a, uint32_t b)
{
	return (kb_key)a << 18 | b;
}
// A word or code after folding and stemming: a hash of 44 bits (FNV-1a, 64 bits, folded over).
kb_key kb_key_word(struct sv token);
// First letters a-z of 2 to 4 neighbouring Han characters, as typed: "zhdj". Exact; those with the same beginning are neighbours.
kb_key kb_key_initials(const char *letters, size_t n);
// The last one of those that begin with the letters; kb_key_initials(letters, n) is the first.
kb_key kb_key_initials_last(const char *letters, size_t n);
// Two neighbouring syllables by their numbers (kb/pinyin.h), each below 512.
kb_key kb_key_syllables(unsigned a, unsigned b);

#endif
