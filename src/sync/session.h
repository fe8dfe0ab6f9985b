// SPDX-License-Identifier: MIT
// Knows the documents of joining and logging in: what is asked, how it is signed, what the answers hold. No input or output.
#ifndef SYNC_SESSION_H
#define SYNC_SESSION_H

#include "src/sync/account.h"
#include "src/wire/join.h"
#include "src/wire/wire.h"

enum { SESSION_ANSWER_MAX = 256 * 1024, SESSION_TOKEN_MAX = 128 };

// GET /v1/trust. ERR_DENIED: it is not what the code fingerprints. Strings in a.
struct session_trust {
	const char *ca; // PEM, "": the system's authorities
	unsigned char sign[JOIN_KEY], box[JOIN_KEY];
};
must_use bool session_trust_read(struct sv body, const unsigned char fingerprint[JOIN_PRINT], struct session_trust *out,
				 struct arena *a, struct err *e);
void session_enrol_body(const struct join_code *code, const struct hub_key *key, const char *inc, const char *name, const char *station,
			struct str *out);
// Fills dev, site, station, urls of out (strings in a) and compares the hub's keys with what was trusted (ERR_DENIED).
must_use bool session_enrol_read(struct sv body, const struct session_trust *t, struct account_join *out, struct arena *a,
				 struct err *e);

// GET /v1/hello: the hub's time, UTC ms.
must_use bool session_hello_read(struct sv body, int64_t *hub_now, struct err *e);

void session_login_body(const char *login, const char *password, const char *inc, struct str *out);
void session_token_body(const char *refresh, struct str *out);
// The whole header line "Zuoxi-Station: ..." for a request that needs the station's key; now: the hub's time.
void session_sign(const struct account *a, const char *method, const char *path, int64_t now, struct sv body, struct str *out);
struct session {
	char access[SESSION_TOKEN_MAX], refresh[SESSION_TOKEN_MAX];
	int64_t expires_ms; // life of access from now
	struct person who;  // strings in a
};
must_use bool session_read(struct sv body, struct session *out, struct arena *a, struct err *e);

// A sentence for people about a refusal, in their language; made from the type, never from the hub's own text (sync.md §3.6).
const char *session_refusal(const struct wire_problem *p);

#endif
