// SPDX-License-Identifier: MIT
// Knows groups of digits in folded text and which of them form cards, resident ids or mobile numbers.
#ifndef DESK_DIGITS_H
#define DESK_DIGITS_H

#include "src/desk/foldmap.h"

// Used by secret.c and mask.c only.
enum digits_kind { DIGITS_CARD, DIGITS_RESIDENT_ID, DIGITS_MOBILE };
struct digits_span {
	enum digits_kind kind;
	size_t from, to; // units of the foldmap
};
// Finds the next span at or after unit *pos, of any kind, and moves *pos behind it. False when there is none. Digits may
// stand in groups divided by one or two blanks or hyphens; a span covers whole groups. A resident id stands in one group.
bool digits_next(const struct foldmap *m, size_t *pos, struct digits_span *out);

#endif
