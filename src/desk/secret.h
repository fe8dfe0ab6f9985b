// SPDX-License-Identifier: MIT
// Knows what must never be stored: full card numbers, one-time codes, passwords and card security codes in typed text.
#ifndef DESK_SECRET_H
#define DESK_SECRET_H

#include "src/base/str.h"

// Source: domain.md §18.1 class secret, §10.6.
enum secret { SECRET_CARD, SECRET_CODE, SECRET_PASSWORD, SECRET_CVV };
struct secret_span {
	enum secret what;
	size_t from, to; // bytes of the value itself (not of the word before it)
};
// Finds up to cap spans in order, not overlapping; returns how many. Cards: 13 to 19 digits passing Luhn, also with
// blanks or hyphens between digits and in full width; valid resident ids and mobile numbers are not cards. Codes and passwords: a
// telling word ("验证码", "密码是", "CVV", "OTP" ...) followed by a value, or "123456是验证码".
size_t secret_find(struct sv text, struct secret_span *out, size_t cap);
bool secret_any(struct sv text);
// Appends the text with each value replaced by *** (a card keeps its last 4 digits). For the journal and logs.
void secret_redact(struct sv text, struct str *out);
// One sentence for the person who typed it, translated, static.
const char *secret_message(enum secret what);

#endif
