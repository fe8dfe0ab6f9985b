// SPDX-License-Identifier: MIT
// Knows Han characters: the one form under which variants are compared, and how each is read in pinyin.
#ifndef BASE_HAN_H
#define BASE_HAN_H

#include <stddef.h>
#include <stdint.h>

// The representative of a character for comparing and searching: traditional forms and variants become the simplified
// standard form (帳 and 帐 -> 账, 臺 -> 台, 裏 -> 里, 瞭 -> 了); any other character, Han or not, is returned as it is.
// A fold, not a conversion for display: characters that keep a meaning of their own beside the simplified one (乾, 著)
// are folded too. Idempotent. Source: Unihan kSimplifiedVariant, kSemanticVariant, kZVariant, and a few pairs of our own.
uint32_t han_simplify(uint32_t cp);

// Every reading in toneless lower-case pinyin (ü is v), the most usual first: 行 -> xing hang heng. Fills at most max
// pointers to static strings and returns how many were filled; 0 for a character without a reading.
// Source: Unihan kMandarin, kHanyuPinlu, kTGHZ2013, kXHC1983; kHanyuPinyin only where the last two are silent.
size_t han_readings(uint32_t cp, const char *out[], size_t max);

enum { HAN_READINGS_MAX = 16 };

// Syllables by number, in the order of their letters, fewer than 512. The same readings as numbers; and the standard
// characters (of the table of 2013, simplified) that can be read so, ascending, static.
size_t han_syllable_count(void);
const char *han_syllable(unsigned no);
size_t han_reading_numbers(uint32_t cp, uint16_t out[], size_t max);
const uint32_t *han_syllable_chars(unsigned no, size_t *n);
// The places of those characters, the most usual first, and beside each how usual that one is in this reading: 64 and 8 for
// each doubling of its count in kHanyuPinlu; below 64, not counted there, by its part of the table (kTGH).
const uint8_t *han_syllable_usual(unsigned no, const uint8_t **weights);

// The distinct first letters of all readings, in the order of han_readings: 行 -> "xh". NUL-terminated; returns the count.
size_t han_initials(uint32_t cp, char out[8]);
// The same as a set: bit 0 is a. 0 for a character without a reading.
uint32_t han_letters(uint32_t cp);

#endif
