// SPDX-License-Identifier: MIT
// Knows how personal data is hidden: by kind of field, and swept out of free text.
#ifndef DESK_MASK_H
#define DESK_MASK_H

#include "src/desk/kinds.h"

// Source: domain.md §18.2. Counts are characters, not bytes.
enum mask {
	MASK_NONE,
	MASK_NAME,
	MASK_PHONE,
	MASK_IDNO,
	MASK_PASSPORT,
	MASK_CARD,
	MASK_EMAIL,
	MASK_ADDRESS,
	MASK_PLATE,
	MASK_ORDER,
	MASK_BIRTH,
};
KIND_DECLARE(mask) // codes none name phone idno passport card email address plate order birth

// Appends the masked value to out. A value that does not look like its kind is hidden more, never less.
void mask_value(enum mask m, struct sv value, struct str *out);
// Appends text with mobile numbers, resident ids (checked), 13 to 19 digits passing Luhn and e-mail addresses masked, and the
// secrets of secret.h taken out. Idempotent. For notes on save, exports, logs.
void mask_text(struct sv text, struct str *out);

#endif
