// SPDX-License-Identifier: MIT
// Knows the last exchange of a station that is to be wiped.
#include "src/sync/drain.h"

#include <string.h>

#include "src/sync/sqlite.h"

bool drain_ask(struct db *db, const struct drain_turn *t, int64_t now, int64_t mono, struct str *body, struct exchange_sent *sent,
	       struct err *e)
{
	struct exchange_ask q = {.now = now, .boot_ms = mono, .push_only = true, .careful = t->careful};
	struct sync_sqlite s;
	struct sync_store st;

	str_clear(body);
	memcpy(q.hole, t->hole, sizeof(q.hole));
	sync_sqlite(&s, db, NULL, &st);
	return exchange_ask(&st, &q, body, sent, e);
}

static bool is_final(const struct wire_problem *p)
{
	switch (p->kind) {
	case WIRE_P_FORBIDDEN:
	case WIRE_P_WIPE:
	case WIRE_P_QUARANTINED:
	case WIRE_P_OP_REUSE:
	case WIRE_P_TOKEN_REVOKED:
	case WIRE_P_NOT_FOUND:
	case WIRE_P_UPGRADE:
		return true;
	default:
		return false;
	}
}

bool drain_take(struct db *db, const struct exchange_sent *sent, int status, struct sv body, int64_t now, struct drain_turn *t, bool *over,
		struct err *e)
{
	struct exchange_done done = {0};
	struct sync_sqlite s;
	struct sync_store st;

	*over = false;
	sync_sqlite(&s, db, NULL, &st);
	if (!exchange_take(&st, sent, status, body, now, now, &done, e))
		return false;
	exchange_rest_free(done.rest);
	t->careful = done.careful;
	memcpy(t->hole, done.hole, sizeof(t->hole));
	*over = status != 200 && is_final(&done.problem);
	return true;
}
