// SPDX-License-Identifier: MIT
// Knows what station and hub both compute when a station joins and signs: the code's text, the fingerprint, what a signature covers.
//
// The enrolment code is typed by a person. It carries a secret (who may join) and a fingerprint of what the station must
// trust from then on, so that nothing is trusted on first sight.
#ifndef WIRE_JOIN_H
#define WIRE_JOIN_H

#include "src/base/str.h"

enum { JOIN_SECRET = 10, JOIN_PRINT = 16, JOIN_KEY = 32 };

// BLAKE2b-128 over ca_pem (NULL: ""), one zero byte, the hub's signing key, its box key (32 raw bytes each).
void auth_fingerprint(const char *ca_pem, const unsigned char sign[JOIN_KEY], const unsigned char box[JOIN_KEY],
		      unsigned char out[JOIN_PRINT]);
// Appends the code: base32 (Crockford, no I L O U) of secret and fingerprint, in groups of 5 with hyphens.
void auth_code_text(const unsigned char secret[JOIN_SECRET], const unsigned char fingerprint[JOIN_PRINT], struct str *out);
// Splits a code as typed (case, hyphens and blanks do not matter; O is 0, I and L are 1). False: not one.
bool auth_code_split(const char *typed, unsigned char secret[JOIN_SECRET], unsigned char fingerprint[JOIN_PRINT]);
// Appends what a station signs for a request that needs its key: METHOD, path, RFC 3339 time, nonce, hex BLAKE2b-256 of the body,
// each followed by a line end. Header: "Zuoxi-Station: dev=..;at=..;nonce=..;sig=<hex>".
void auth_signed_text(const char *method, const char *path, const char *at, const char *nonce, struct sv body, struct str *out);

#endif
