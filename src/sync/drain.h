// SPDX-License-Identifier: MIT
// Knows the last exchange of a station that is to be wiped: its outbox goes up with POST /v1/drain, signed by the station, so that
// it needs no session; nothing comes down.
#ifndef SYNC_DRAIN_H
#define SYNC_DRAIN_H

#include "src/sync/exchange.h"

struct drain_turn {
	bool careful;    // of the answer before, as in exchange.h
	int64_t hole[2];
};
// In the store's thread, in its transaction: the body, and what it holds.
must_use bool drain_ask(struct db *db, const struct drain_turn *t, int64_t now, int64_t mono, struct str *body, struct exchange_sent *sent,
			struct err *e);
// The same for the answer. *over: it makes no sense to go on, the hub takes nothing more from this station.
must_use bool drain_take(struct db *db, const struct exchange_sent *sent, int status, struct sv body, int64_t now, struct drain_turn *t,
			 bool *over, struct err *e);

#endif
