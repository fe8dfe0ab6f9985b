// SPDX-License-Identifier: MIT
// Knows what joining a hub leaves at a station: facts about the hub (rows of meta) and the station's secrets (DIR/hub.key).
#ifndef STORE_JOINED_H
#define STORE_JOINED_H

#include "src/store/db.h"

enum { JOINED_SIGN_PK = 32, JOINED_SIGN_SK = 64, JOINED_BOX_PK = 32, JOINED_URLS = 8 };

// What everybody may know. Stored in meta under "dev", "hub_urls" (one a line), "hub_sign_pk", "hub_box_pk" (hexadecimal),
// "hub_ca", "agent", "agent_name", "lease_until", "last_hub_time".
struct joined {
	const char *dev;                          // the station's id at the hub; NULL: it has joined none
	const char *urls[JOINED_URLS];            // in order of preference
	size_t n_urls;
	unsigned char sign_pk[JOINED_SIGN_PK];    // Ed25519 key of the hub: directives, bundles
	unsigned char box_pk[JOINED_BOX_PK];      // X25519 key of the hub: exported outboxes are sealed to it
	const char *ca;                           // file with the authorities the hub's certificate must come from, NULL: the system's
	const char *agent, *agent_name;           // logged in last, NULL: nobody yet
	int64_t lease_until;                      // UTC ms; 0: none
	int64_t last_hub_time;                    // UTC ms as the hub had it, 0: never
};
must_use bool joined_load(struct db *db, struct joined *out, struct arena *a, struct err *e);
// Writes dev, urls, keys and ca; who is logged in and the times have calls of their own. In the caller's transaction.
must_use bool joined_save(struct db *db, const struct joined *j, struct err *e);
must_use bool joined_agent(struct db *db, const char *agent, const char *name, int64_t lease_until, struct err *e);
must_use bool joined_heard(struct db *db, int64_t hub_time, struct err *e);

// What nobody else may know. It lies in a file of its own, mode 0600, and not in the store: a backup of the store that is brought
// back elsewhere must not be a second station with the same key (sync.md §8.14).
struct hub_key {
	unsigned char sign_pk[JOINED_SIGN_PK], sign_sk[JOINED_SIGN_SK];
	char refresh[200]; // refresh token, "": none
};
void hub_key_make(struct hub_key *out); // a new pair of keys, no token
must_use bool hub_key_save(const char *dir, const struct hub_key *k, struct err *e); // replaces the file as a whole
// ERR_NOT_FOUND: the station has joined no hub; ERR_DENIED: others may read the file.
must_use bool hub_key_load(const char *dir, struct hub_key *out, struct err *e);
void hub_key_wipe(struct hub_key *k);
must_use bool hub_key_remove(const char *dir, struct err *e); // none there is fine

#endif
