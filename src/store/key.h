// SPDX-License-Identifier: MIT
// Knows the station's key file and the keys derived from it.
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "src/base/err.h"

enum { KEY_BYTES = 32 };

// One key for sealing and one for each lookup field, derived by crypto_kdf (BLAKE2b) from the 32 bytes of the file;
// kept in guarded memory, read-only and so usable from every thread.
struct keyring;
enum key_use {
	KEY_SEAL,
	KEY_PHONE,
	KEY_ID,
	KEY_ORDER,
	KEY_NAME,
	KEY_USES,
};

// Makes DIR/station.key, 32 random bytes, mode 0600. ERR_CONFLICT when there is one already: a lost key is lost data.
must_use bool key_make(const char *dir, struct err *e);
bool key_exists(const char *dir);
// Loads DIR/station.key; refuses one that others may read. *out is owned (keyring_free).
must_use bool keyring_load(struct keyring **out, const char *dir, struct err *e);
struct keyring *keyring_from(const unsigned char master[KEY_BYTES]); // for tests and restore; owned
void keyring_free(struct keyring *k);                                // wipes first; NULL is fine
const unsigned char *keyring_get(const struct keyring *k, enum key_use use); // KEY_BYTES, borrowed

#endif
