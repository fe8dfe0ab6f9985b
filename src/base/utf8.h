// SPDX-License-Identifier: MIT
// Knows UTF-8 text: code points, graphemes, columns, and the one cleaner for text from outside.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "src/base/str.h"

// Makes sure LC_CTYPE is a UTF-8 locale (C.UTF-8 if the user's is not). Call once before any width is asked.
void utf8_init(void);

// Decodes the code point at s.p (s.n > 0). Returns bytes used, >= 1; an invalid byte gives U+FFFD and 1.
size_t utf8_decode(struct sv s, uint32_t *cp);
size_t utf8_count(struct sv s); // code points

// Columns of one code point on a terminal as ncurses counts them: 0, 1 or 2; 1 for what it cannot print (drawn as ?).
int utf8_width(uint32_t cp);
int utf8_columns(struct sv s); // sum over the slice
// Bytes of the longest prefix of whole graphemes that fits into columns; *used gets its columns (may be NULL).
size_t utf8_fit(struct sv s, int columns, int *used);

// Extended grapheme clusters (ICU): byte offset of the boundary after / before pos. Clamped to 0..s.n.
size_t utf8_next(struct sv s, size_t pos);
size_t utf8_prev(struct sv s, size_t pos);
// Word boundaries for Ctrl-Left/Right: skips blanks, then a run of word characters (one Han character is a word).
size_t utf8_word_next(struct sv s, size_t pos);
size_t utf8_word_prev(struct sv s, size_t pos);

// What cleaning keeps beside printable text.
enum utf8_keep {
	UTF8_LINE = 0,       // newlines and tabs become one space each
	UTF8_KEEP_NL = 1,    // LF stays (CR LF and CR become LF), tabs become one space
};
// Appends the cleaned text: valid UTF-8 (invalid bytes become U+FFFD), no C0/C1/DEL/ESC, no bidi controls, no
// U+2028/2029/FEFF/zero-width joins outside emoji, at most 4 combining marks in a row. Source: sync.md §6.4. Idempotent.
void utf8_clean(struct str *out, struct sv s, enum utf8_keep keep);
bool utf8_is_clean(struct sv s, enum utf8_keep keep);
bool utf8_valid(struct sv s);
// True for code points a terminal must never get from data (controls, bidi controls, separators).
bool utf8_forbidden(uint32_t cp);

// NFKC plus case folding, for comparing what people type (full width, upper case). Appends to out.
void utf8_fold(struct str *out, struct sv s);
bool utf8_is_han(uint32_t cp);

#endif
