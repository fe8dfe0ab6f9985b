// SPDX-License-Identifier: MIT
// Knows how a value is sealed at rest: XChaCha20-Poly1305 bound to the place it stands in.
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/store/key.h"

// The place is the additional data "site|table|id|column|v1" (sync.md §6.3): a value moved elsewhere does not open.
struct seal_place {
	const char *site, *table, *id, *column;
};

// Layout: 1 byte version (1), 24 bytes random nonce, ciphertext, 16 bytes tag.
enum { SEAL_OVERHEAD = 1 + 24 + 16 };

// Appends the sealed form of plain to out.
void seal(struct str *out, const struct keyring *k, const struct seal_place *at, struct sv plain);
// Appends the plain text; ERR_DENIED when key, place or bytes do not belong together.
must_use bool unseal(struct str *out, const struct keyring *k, const struct seal_place *at, struct sv sealed,
		     struct err *e);
// The same with a key of the caller's (KEY_BYTES) in place of the station's.
void seal_with(struct str *out, const unsigned char *key, const struct seal_place *at, struct sv plain);
must_use bool unseal_with(struct str *out, const unsigned char *key, const struct seal_place *at, struct sv sealed, struct err *e);

#endif
