// SPDX-License-Identifier: MIT
// Knows how a person is found without plain text: normal forms and keyed hashes (domain.md §18.3).
#ifndef STORE_LOOKUP_H
#define STORE_LOOKUP_H

#include "src/base/str.h"
#include "src/store/key.h"

enum { LOOKUP_BYTES = 16 };

// BLAKE2b-128 of the normalised value under a 32-byte key (vector 21).
void lookup_hash(const unsigned char key[KEY_BYTES], struct sv normal, unsigned char out[LOOKUP_BYTES]);

// Normal forms, appended to out. Phone: E.164; a number without a country code is one of +86 (a landline loses its
// trunk 0); false when fewer than 3 or more than 15 digits remain. ID and order: upper case, no blanks or hyphens. Name:
// NFKC, folded, runs of blanks as one.
bool lookup_phone(struct str *out, struct sv raw);
bool lookup_code(struct str *out, struct sv raw);
bool lookup_name(struct str *out, struct sv raw);

#endif
