// SPDX-License-Identifier: MIT
// Knows what a station keeps about its place at the hub: who it is there, who is logged in, its tokens, its lease.
//
// What writes runs in the store's thread, inside its transaction; the result is handed to the loop as a whole.
#ifndef SYNC_ACCOUNT_H
#define SYNC_ACCOUNT_H

#include "src/store/joined.h"
#include "src/sync/lease.h"

struct person { // logged in
	const char *id, *login, *no, *name, *roles, *team; // roles: codes, separated by commas; "" when not told
};
struct account { // strings in arena
	struct arena arena;
	struct joined hub;   // hub.dev NULL: joined none
	const char *site;    // of the station; once it has joined the same at the hub
	const char *inc;     // incarnation of the outbox
	struct hub_key key;  // key.refresh in the clear, "": nobody is logged in
	struct person who;   // id NULL: nobody ever
	struct lease lease;
	int64_t settled_at;  // hub time of the last exchange that left nothing to fetch; 0: never
};
// dir: the station's directory. *out is overwritten; account_release wipes it. Without its key a station counts as joined to none.
must_use bool account_load(struct db *db, const char *dir, struct account *out, struct err *e);
void account_release(struct account *a);

// What an enrolment gave. ca_pem "": the system's authorities. Writes facts and key file. ERR_CONFLICT: the hub's site is another one.
struct account_join {
	const char *dev, *site, *station, *ca_pem;
	const char *urls[JOINED_URLS];
	size_t n_urls;
	unsigned char sign_pk[JOINED_SIGN_PK], box_pk[JOINED_BOX_PK];
	const struct hub_key *key;
};
must_use bool account_join(struct db *db, const char *dir, const struct account_join *j, struct err *e);

// A session began or went on: the person and the new refresh token, sealed at rest. hub_now: of the contact.
must_use bool account_session(struct db *db, const char *dir, const struct person *who, const char *refresh,
			      const struct lease *lease, struct err *e);
must_use bool account_logout(struct db *db, const char *dir, struct err *e); // the token goes, the person stays the last one
must_use bool account_lease(struct db *db, const struct lease *l, struct err *e);
// All streams are as the hub has them now: a quiet one has no page that says so.
must_use bool account_settled(struct db *db, int64_t hub_now, struct err *e);
// For `zuoxi status`: how the line stood when it last changed.
must_use bool account_line(struct db *db, const char *line, int64_t since, const char *hub, struct err *e);

#endif
