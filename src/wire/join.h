// SPDX-License-Identifier: MIT
// Knows what station and hub both compute when a station joins and signs: the code's text, the fingerprint, what a signature covers.
//
// The enrolment code is typed by a person. It carries the site (where the hub looks the code up), a secret (who may join) and a
// fingerprint of what the station must trust from then on, so that nothing is trusted on first sight.
#ifndef WIRE_JOIN_H
#define WIRE_JOIN_H

#include "src/base/str.h"

enum { JOIN_SITE = 3, JOIN_SECRET = 10, JOIN_PRINT = 16, JOIN_KEY = 32 };

// A site's code: 3 characters of 0-9A-Z.
bool join_site_ok(struct sv site);
// What an enrolment code says.
struct join_code {
	char site[JOIN_SITE + 1];
	unsigned char secret[JOIN_SECRET], print[JOIN_PRINT];
};

// BLAKE2b-128 over ca_pem (NULL: ""), one zero byte, the hub's signing key, its box key (32 raw bytes each).
void auth_fingerprint(const char *ca_pem, const unsigned char sign[JOIN_KEY], const unsigned char box[JOIN_KEY],
		      unsigned char out[JOIN_PRINT]);
// Appends the code: base32 (Crockford, no I L O U) of the site as a number in two bytes, secret and fingerprint, in groups of 5 with
// hyphens. The site must be one.
void auth_code_text(const struct join_code *c, struct str *out);
// Splits a code as typed (case, hyphens and blanks do not matter; O is 0, I and L are 1). False: not one.
bool auth_code_split(const char *typed, struct join_code *out);
// Appends what a station signs for a request that needs its key: METHOD, path, RFC 3339 time, nonce, hex BLAKE2b-256 of the body,
// each followed by a line end. Header: "Zuoxi-Station: site=..;dev=..;at=..;nonce=..;sig=<hex>"; site and dev say
// whose key it is, so a signature under others fits nothing.
void auth_signed_text(const char *method, const char *path, const char *at, const char *nonce, struct sv body, struct str *out);

#endif
