// SPDX-License-Identifier: MIT
// Knows what is true only for a while: who leads (leases), and who is there (presence).
#include "src/hub/store_internal.h"

struct lease {
	const char *site, *name, *owner;
	int64_t ttl, fence;
	bool held;
};

static bool lease_new(struct hub_tx *tx, struct lease *l, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into lease (site, name, owner, fence, expires) values ($1, $2, $3, 1, $4)"
				       " on conflict (site, name) do nothing");

	sql_bind_text(st, l->site);
	sql_bind_text(st, l->name);
	sql_bind_text(st, l->owner);
	sql_bind_int(st, tx->now + l->ttl);
	l->fence = 1;
	l->held = true;
	return sql_run(st, e) && (sql_changes(tx->c) == 1 || hub_stale(tx, e));
}

// Compare and set on the fence and the end that were read: of two who try, one is stale and looks again.
static bool lease_take(struct hub_tx *tx, struct lease *l, int64_t old_fence, int64_t old_expires, bool fresh, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "update lease set owner = $1, fence = $2, expires = $3"
				       " where site = $4 and name = $5 and fence = $6 and expires = $7");

	l->fence = old_fence + fresh;
	l->held = true;
	sql_bind_text(st, l->owner);
	sql_bind_int(st, l->fence);
	sql_bind_int(st, tx->now + l->ttl);
	sql_bind_text(st, l->site);
	sql_bind_text(st, l->name);
	sql_bind_int(st, old_fence);
	sql_bind_int(st, old_expires);
	return sql_run(st, e) && (sql_changes(tx->c) == 1 || hub_stale(tx, e));
}

static bool lease_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct lease *l = arg;
	struct sql_stmt *st = sql_stmt(tx->c, "select owner, fence, expires from lease where site = $1 and name = $2");
	int64_t fence = 0, expires = 0;
	bool mine = false;

	l->held = false;
	sql_bind_text(st, l->site);
	sql_bind_text(st, l->name);
	bool there = sql_row(st);
	if (there) {
		mine = sv_eqz(sql_sv(st, 0), l->owner);
		fence = sql_int(st, 1);
		expires = sql_int(st, 2);
	}
	if (!sql_end(st, e))
		return false;
	if (!there)
		return lease_new(tx, l, e);
	l->fence = fence;
	return (!mine && expires > tx->now) || lease_take(tx, l, fence, expires, !mine, e);
}

bool hub_lease(struct hub_store *s, const char *site, const char *name, const char *owner, int64_t ttl_ms, bool *held, int64_t *fence,
	       struct err *e)
{
	struct lease l = {.site = site, .name = name, .owner = owner, .ttl = ttl_ms};
	bool ok = hub_run(s, HUB_WRITE, lease_body, &l, e);

	*held = ok && l.held;
	*fence = l.fence;
	return ok;
}

bool hub_presence_put(struct hub_tx *tx, const struct hub_presence *p, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into presence (site, agent, state, hub, since, expires) values ($1, $2, $3, $4, $5, $6)"
				       " on conflict (site, agent) do update set state = excluded.state, hub = excluded.hub,"
				       " since = excluded.since, expires = excluded.expires");

	sql_bind_text(st, p->site);
	sql_bind_text(st, p->agent);
	sql_bind_text(st, p->state);
	sql_bind_text(st, p->hub);
	sql_bind_int(st, p->since);
	sql_bind_int(st, p->expires);
	return sql_run(st, e);
}

bool hub_presence_list(struct hub_tx *tx, const char *site, bool (*fn)(void *arg, const struct hub_presence *p), void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select site, agent, state, hub, since, expires from presence where site = $1 order by agent");
	struct arena *a = &tx->arena;
	bool more = true;

	sql_bind_text(st, site);
	while (more && sql_row(st)) {
		struct hub_presence p = {.site = sql_text(st, 0, a), .agent = sql_text(st, 1, a), .state = sql_text(st, 2, a),
					 .hub = sql_text(st, 3, a), .since = sql_int(st, 4), .expires = sql_int(st, 5)};
		more = fn(arg, &p);
	}
	return sql_end(st, e);
}

bool hub_presence_keep(struct hub_tx *tx, const char *hub, const struct hub_present *v, size_t n, int64_t expires, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct sql_stmt *st = sql_stmt(tx->c, "update presence set expires = $1 where site = $2 and agent = $3 and hub = $4");
		sql_bind_int(st, expires);
		sql_bind_text(st, v[i].site);
		sql_bind_text(st, v[i].agent);
		sql_bind_text(st, hub);
		if (!sql_run(st, e))
			return false;
	}
	return true;
}
