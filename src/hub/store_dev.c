// SPDX-License-Identifier: MIT
// Knows stations and what became of their operations: each number once, each answer kept (sync.md D3).
#include "src/hub/store_internal.h"

#define DEV_COLUMNS "site, dev, inc, station, last_n, seen, pubkey, state, name, owner, report"
enum { D_SITE, D_DEV, D_INC, D_STATION, D_LAST, D_SEEN, D_KEY, D_STATE, D_NAME, D_OWNER, D_REPORT };

static void copy_bytes(void *to, size_t n, struct sv from)
{
	memset(to, 0, n);
	memcpy(to, from.p, from.n < n ? from.n : n);
}

static void read_dev(struct sql_stmt *st, struct hub_dev *d, struct arena *a)
{
	*d = (struct hub_dev){
		.dev = sql_text(st, D_DEV, a), .inc = sql_text(st, D_INC, a), .site = sql_text(st, D_SITE, a),
		.station = sql_text(st, D_STATION, a), .last_n = sql_int(st, D_LAST), .seen = sql_int(st, D_SEEN),
		.state = sql_text(st, D_STATE, a), .name = sql_text(st, D_NAME, a), .owner = sql_text(st, D_OWNER, a),
		.report = sql_text(st, D_REPORT, a),
	};
	copy_bytes(d->key, sizeof(d->key), sql_sv(st, D_KEY));
}

bool hub_dev_get(struct hub_tx *tx, const char *site, const char *dev, const char *inc, struct hub_dev *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, inc ? "select " DEV_COLUMNS " from dev where site = $1 and dev = $2 and inc = $3"
						  : "select " DEV_COLUMNS " from dev where site = $1 and dev = $2 order by seen desc, inc limit 1");

	sql_bind_text(st, site);
	sql_bind_text(st, dev);
	if (inc)
		sql_bind_text(st, inc);
	*found = sql_row(st);
	if (*found)
		read_dev(st, out, &tx->arena);
	return sql_end(st, e);
}

bool hub_dev_put(struct hub_tx *tx, const struct hub_dev *d, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into dev (site, dev, inc, station, last_n, seen, pubkey, state, name, owner, report)"
				       " values ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10)"
				       " on conflict (site, dev, inc) do update set station = excluded.station,"
				       " seen = excluded.seen, pubkey = excluded.pubkey, state = excluded.state, name = excluded.name,"
				       " owner = excluded.owner, report = excluded.report");

	sql_bind_text(st, d->site);
	sql_bind_text(st, d->dev);
	sql_bind_text(st, d->inc);
	sql_bind_text(st, d->station);
	sql_bind_int(st, d->seen);
	sql_bind_blob(st, d->key, sizeof(d->key));
	sql_bind_text(st, d->state);
	sql_bind_text(st, d->name);
	sql_bind_text(st, d->owner);
	sql_bind_text(st, d->report);
	return sql_run(st, e);
}

bool hub_dev_report(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t seen, const char *report, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "update dev set seen = $1, report = coalesce($2, report)"
				       " where site = $3 and dev = $4 and inc = $5");

	sql_bind_int(st, seen);
	sql_bind_text(st, report);
	sql_bind_text(st, site);
	sql_bind_text(st, dev);
	sql_bind_text(st, inc);
	return sql_run(st, e);
}

bool hub_dev_list(struct hub_tx *tx, const char *site, bool (*fn)(void *arg, const struct hub_dev *d), void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " DEV_COLUMNS " from dev where site = $1 order by dev, inc");
	bool more = true;

	sql_bind_text(st, site);
	while (more && sql_row(st)) {
		struct hub_dev d;
		read_dev(st, &d, &tx->arena);
		more = fn(arg, &d);
	}
	return sql_end(st, e);
}

bool hub_dev_advance(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t from, int64_t to, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "update dev set last_n = $1, seen = $2"
				       " where site = $3 and dev = $4 and inc = $5 and last_n = $6");

	sql_bind_int(st, to);
	sql_bind_int(st, tx->now);
	sql_bind_text(st, site);
	sql_bind_text(st, dev);
	sql_bind_text(st, inc);
	sql_bind_int(st, from);
	return sql_run(st, e) && (sql_changes(tx->c) == 1 || hub_stale(tx, e));
}

#define OPRES_COLUMNS "n, h, res, k, at"

static void read_opres(struct sql_stmt *st, struct hub_opres *r, struct arena *a)
{
	*r = (struct hub_opres){.n = sql_int(st, 0), .res = sql_text(st, 2, a), .k = sql_text(st, 3, a), .at = sql_int(st, 4)};
	copy_bytes(r->h, sizeof(r->h), sql_sv(st, 1));
}

bool hub_opres_get(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t n, struct hub_opres *out, bool *found,
		   struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " OPRES_COLUMNS " from opres where site = $1 and dev = $2 and inc = $3 and n = $4");

	sql_bind_text(st, site);
	sql_bind_text(st, dev);
	sql_bind_text(st, inc);
	sql_bind_int(st, n);
	*found = sql_row(st);
	if (*found)
		read_opres(st, out, &tx->arena);
	return sql_end(st, e);
}

bool hub_opres_put(struct hub_tx *tx, const char *site, const char *dev, const char *inc, const struct hub_opres *r, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into opres (site, dev, inc, n, h, res, k, at) values ($1, $2, $3, $4, $5, $6, $7, $8)"
				       " on conflict (site, dev, inc, n) do nothing");

	sql_bind_text(st, site);
	sql_bind_text(st, dev);
	sql_bind_text(st, inc);
	sql_bind_int(st, r->n);
	sql_bind_blob(st, r->h, sizeof(r->h));
	sql_bind_text(st, r->res);
	sql_bind_text(st, r->k);
	sql_bind_int(st, r->at ? r->at : tx->now);
	// Answered meanwhile by another hub: the number is taken, so this transaction read an old last_n.
	return sql_run(st, e) && (sql_changes(tx->c) == 1 || hub_stale(tx, e));
}

bool hub_opres_list(struct hub_tx *tx, const char *site, const char *dev, const char *inc, int64_t from, int64_t to,
		    bool (*fn)(void *arg, const struct hub_opres *r), void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select " OPRES_COLUMNS " from opres"
				       " where site = $1 and dev = $2 and inc = $3 and n > $4 and n <= $5"
				       " order by n");
	bool more = true;

	sql_bind_text(st, site);
	sql_bind_text(st, dev);
	sql_bind_text(st, inc);
	sql_bind_int(st, from);
	sql_bind_int(st, to);
	while (more && sql_row(st)) {
		struct hub_opres r;
		read_opres(st, &r, &tx->arena);
		more = fn(arg, &r);
	}
	return sql_end(st, e);
}
