// SPDX-License-Identifier: MIT
// Knows how a term is named in a posting store: 46 bits made from the term itself, so that no dictionary is needed.
#include "kb/key.h"

// Single Han characters and pairs lie below 2^37; initials at 2^40, syllable pairs at 2^41, words at 2^45.
#define INITIALS_AT ((kb_key)1 << 40)
#define SYLLABLES_AT ((kb_key)1 << 41)
#define WORDS_AT ((kb_key)1 << 45)

enum { HASH_BITS = 44, INITIALS_MAX = 4 };

kb_key kb_key_word(struct sv token)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < token.n; i++)
		h = (h ^ (unsigned char)token.p[i]) * 1099511628211u;
	return WORDS_AT | ((h ^ h >> HASH_BITS) & (((kb_key)1 << HASH_BITS) - 1));
}

static kb_key initials(const char *letters, size_t n, kb_key rest)
{
	kb_key k = 0;

	for (size_t i = 0; i < INITIALS_MAX; i++)
		k = k << 5 | (i < n ? (kb_key)(letters[i] - 'a' + 1) : rest);
	return INITIALS_AT | k;
}

// Left-aligned, five bits a letter, so that longer runs with the same beginning are neighbours.
kb_key kb_key_initials(const char *letters, size_t n)
{
	return initials(letters, n, 0);
}

kb_key kb_key_initials_last(const char *letters, size_t n)
{
	return initials(letters, n, 31);
}

kb_key kb_key_syllables(unsigned a, unsigned b)
{
	return SYLLABLES_AT | (kb_key)a << 9 | b;
}
