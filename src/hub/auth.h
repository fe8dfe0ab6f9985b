// SPDX-License-Identifier: MIT
// Knows how a station joins, how a person logs in and what a token is worth (sync.md §3.10).
#ifndef HUB_AUTH_H
#define HUB_AUTH_H

#include "src/hub/rights.h"
#include "src/wire/join.h"

// The hub's own keys, in one file (0600) beside the store: a key ring (sealing, lookups), an Ed25519 pair for what the hub
// signs (receipts, directives, segments) and an X25519 pair to which outbox files are sealed.
struct hub_keys;
must_use bool hub_keys_make(const char *path, struct err *e); // ERR_CONFLICT when there is one
must_use bool hub_keys_load(struct hub_keys **out, const char *path, struct err *e);
void hub_keys_free(struct hub_keys *k);
// Are these the keys of the store? A store that never had any takes these; ERR_DENIED: what it has sealed cannot be opened with them.
// write: the store may be written.
must_use bool hub_keys_belong(struct hub_store *s, const struct hub_keys *k, bool write, struct err *e);
const struct keyring *hub_keys_ring(const struct hub_keys *k);
const unsigned char *hub_keys_sign_public(const struct hub_keys *k); // 32
const unsigned char *hub_keys_box_public(const struct hub_keys *k); // 32
const unsigned char *hub_keys_box_secret(const struct hub_keys *k); // 32; for files sealed in pieces (src/sync/courier.h)
void hub_keys_sign(const struct hub_keys *k, struct sv what, unsigned char sig[64]);
must_use bool hub_keys_open(const struct hub_keys *k, struct sv sealed, struct str *out, struct err *e); // crypto_box_seal_open

enum {
	AUTH_ACCESS_MS = 15 * 60000,
	AUTH_GRACE_MS = 60000, // the refresh token before is still good so long
	AUTH_CODE_MS = 7 * 24 * 3600000, // an enrolment code lives so long
	AUTH_SKEW_MS = 120000, // of the time in a station's signature
	AUTH_CACHE_MS = 5000,
	AUTH_PASSWORD = 8, // characters at least
	AUTH_HASHES = 2, // at once in the process
	AUTH_WAITING = 256, // wait for that; more: BUSY
};
#define AUTH_LEASE_MS (72LL * 3600000) // work without the hub (domain.md §8.4)
#define AUTH_FAILED_MAX 5 // wrong passwords, then locked for a minute, doubled each further time up to an hour

// What a station must trust: {"ca":PEM or "","sign":hex,"box":hex}. The fingerprint is BLAKE2b-128 over ca, one zero byte, sign, box
// (raw bytes).
// Code shown to a person: base32 (Crockford, no I L O U) of the site, 10 random bytes and the fingerprint, in groups of 5 with hyphens.
must_use bool auth_code_make(struct hub_store *s, const struct hub_keys *k, const char *ca_pem, const char *site,
			     const char *station, const char *name, struct str *code, struct err *e);
// How it is read again, what a fingerprint is and what a signature covers is shared with the station: src/wire/join.h.

// header: the value of "Zuoxi-Station". Also refused: a time further than AUTH_SKEW_MS from the hub's, a nonce seen within twice that
// (a signed request counts once), a station that is not active. Strings of dev live as long as the transaction.
must_use bool auth_check_signature(struct hub_tx *tx, const char *header, const char *method, const char *path, struct sv body,
				   struct hub_dev *dev, struct wire_problem *p, struct err *e);

// Each fills reply (new reference) or p. false: the store failed.
// enrol: {"site","code":hex of the secret,"key":hex,"inc","name","station"?} -> {"dev","site","station","sign","box","hubs":[url]}. The same
// code again with the same key and inc gets the same answer (the reply was lost); with others it is used up. A station code
// that is taken is replaced by a free one.
must_use bool auth_enrol(struct hub_store *s, const struct hub_keys *k, const json_t *req, json_t **reply, struct wire_problem *p,
			 struct err *e);
// Tokens are "<site>.<64 hex digits>": the hub finds a session by its site; to the station they are opaque.
// login (signed): {"login","password","inc"} -> {"access","refresh","expires_ms":life of access from now,"lease_until":RFC 3339,
// "agent":{id,login,no,name_zh,roles:[],team_id,queues:[]}}
must_use bool auth_login(struct hub_store *s, const json_t *req, const struct hub_dev *dev, json_t **reply, struct wire_problem *p,
			 struct err *e);
// token (signed): {"refresh"} -> as login. The token before stays good for AUTH_GRACE_MS and gets the same tokens once more (the reply was
// lost, or the request came twice); later, or from another station, it ends the whole session.
must_use bool auth_token(struct hub_store *s, const struct hub_keys *k, const json_t *req, const struct hub_dev *dev,
			 json_t **reply, struct wire_problem *p, struct err *e);
must_use bool auth_logout(struct hub_store *s, const char *access, struct err *e);
// Who carries this access token. Cached for AUTH_CACHE_MS in the process. Strings of who in a. WIPE: this station must be wiped.
must_use bool auth_actor(struct hub_store *s, const char *access, struct actor *who, struct arena *a, struct wire_problem *p,
			 struct err *e);

// Accounts: password at least 8 characters (ERR_USAGE). argon2id, 19 MiB, t 2; at most two hashes at once in the process.
// The document of the new agent is copied; its login is added. ERR_CONFLICT: that login is taken at the site.
must_use bool auth_user_add(struct hub_store *s, const char *site, const char *login, const char *password, const json_t *agent,
			    const char **id, struct arena *a, struct err *e);
// Ends that person's sessions.
must_use bool auth_password_set(struct hub_store *s, const char *site, const char *login, const char *password, struct err *e);
// Forgets what the process remembers of sessions (a logout, a wipe): all when NULL, else of this station.
void auth_forget(const char *dev);
// For the metrics: hashes computed now and the most there were at once.
void auth_load(int *now, int *most);

#endif
