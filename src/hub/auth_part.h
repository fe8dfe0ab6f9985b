// SPDX-License-Identifier: MIT
// Knows what the parts of the hub's log-in share: hashes of tokens, the gate before password hashes, audit lines.
#ifndef HUB_AUTH_PART_H
#define HUB_AUTH_PART_H

#include <sodium.h>

#include "src/hub/auth.h"

enum { TOKEN_HEX = 64, TOKEN_LEN = JOIN_SITE + 1 + TOKEN_HEX }; // "SHA.0123.."

// What a token is found by: its site, and the BLAKE2b-256 of the whole text, so that under another site it is another token.
struct token {
	char site[JOIN_SITE + 1];
	unsigned char h[32];
};
bool token_read(const char *text, struct token *out); // false: not the form of one
void token_make(const char *site, char out[TOKEN_LEN + 1], unsigned char hash[32]);
// The token that follows another one: always the same, so that a request that comes twice, or again because its answer was lost, gets the
// same answer. what: "access" or "refresh". Nobody can count it without the hub's secret and the token itself, of which only a hash is kept.
void token_follow(const struct hub_keys *k, const char *from, const char *what, char out[TOKEN_LEN + 1], unsigned char hash[32]);
// Reads exactly n bytes of hex. False: not that.
bool hex_read(const char *hex, unsigned char *out, size_t n);

// At most AUTH_HASHES passwords are hashed at once and AUTH_WAITING wait. False with ERR_LIMIT: too many wait.
must_use bool password_hash(const char *password, char out[crypto_pwhash_STRBYTES], struct err *e);
// hash NULL: nobody has that login; takes as long and is never right.
must_use bool password_fits(const char *hash, const char *password, bool *fits, struct err *e);

// A line of the audit log about a station or person. NULL: absent.
must_use bool auth_audit(struct hub_tx *tx, const char *site, const char *actor, const char *station, const char *action,
			 const char *object, const char *detail, struct err *e);

// What is remembered of an access token.
bool actor_cache_get(const unsigned char h[32], int64_t mono, struct actor *who, struct arena *a);
void actor_cache_put(const unsigned char h[32], int64_t mono, int64_t life_ms, const struct actor *who);
// Was this nonce of this station seen within twice AUTH_SKEW_MS? Remembers it.
bool nonce_seen(const char *dev, const char *nonce, int64_t now);

void actor_copy(struct actor *to, const struct actor *from, struct arena *a);

#endif
