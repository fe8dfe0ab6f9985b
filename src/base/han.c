// SPDX-License-Identifier: MIT
// Knows how to look Han characters up in the tables made at build time from the Unihan database.
#include "src/base/han.h"

#include "han_tables.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

uint32_t han_simplify(uint32_t cp)
{
	size_t lo = 0, hi = COUNT(han_folds);

	if (cp < 0x2e80)
		return cp;
	if (cp >= HAN_NEAR_FIRST && cp <= HAN_NEAR_LAST && han_near_folds[cp - HAN_NEAR_FIRST])
		return han_near_folds[cp - HAN_NEAR_FIRST];
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (han_folds[mid].from < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < COUNT(han_folds) && han_folds[lo].from == cp ? han_folds[lo].to : cp;
}

static const uint16_t *reading_set(uint32_t cp)
{
	size_t lo = 0, hi = COUNT(han_far);

	if (cp >= HAN_NEAR_FIRST && cp <= HAN_NEAR_LAST)
		return han_sets + han_near[cp - HAN_NEAR_FIRST];
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (han_far[mid].cp < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return han_sets + (lo < COUNT(han_far) && han_far[lo].cp == cp ? han_far[lo].set : 0);
}

size_t han_readings(uint32_t cp, const char *out[], size_t max)
{
	const uint16_t *set = reading_set(cp);
	size_t n = set[0] < max ? set[0] : max;

	for (size_t i = 0; i < n; i++)
		out[i] = han_syllables[set[HAN_SET_HEAD + i]];
	return n;
}

size_t han_reading_numbers(uint32_t cp, uint16_t out[], size_t max)
{
	const uint16_t *set = reading_set(cp);
	size_t n = set[0] < max ? set[0] : max;

	for (size_t i = 0; i < n; i++)
		out[i] = set[HAN_SET_HEAD + i];
	return n;
}

size_t han_syllable_count(void)
{
	return COUNT(han_syllables);
}

const char *han_syllable(unsigned no)
{
	return han_syllables[no];
}

const uint32_t *han_syllable_chars(unsigned no, size_t *n)
{
	*n = (size_t)(han_chars_at[no + 1] - han_chars_at[no]);
	return han_chars + han_chars_at[no];
}

const uint8_t *han_syllable_usual(unsigned no, const uint8_t **weights)
{
	*weights = han_weights + han_chars_at[no];
	return han_usual + han_chars_at[no];
}

uint32_t han_letters(uint32_t cp)
{
	const uint16_t *set = reading_set(cp);

	return set[1] | (uint32_t)set[2] << 16;
}

size_t han_initials(uint32_t cp, char out[8])
{
	const uint16_t *set = reading_set(cp);
	size_t n = 0;

	for (size_t i = 0; i < set[0] && n < 7; i++) {
		char c = han_syllables[set[HAN_SET_HEAD + i]][0];
		size_t k = 0;
		while (k < n && out[k] != c)
			k++;
		if (k == n)
			out[n++] = c;
	}
	out[n] = '\0';
	return n;
}
