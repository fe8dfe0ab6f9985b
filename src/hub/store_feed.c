// SPDX-License-Identifier: MIT
// Knows how streams and entities are read: heads, pages, digests, lists, history, and who is found by what.
#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

enum { FEED_DOC = 7, FEED_SEALED = 8 }; // places in HUB_ENT_COLUMNS

bool hub_stream_get(struct hub_tx *tx, const char *site, const char *s, struct hub_stream *out, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select epoch, seq, low from stream where site = $1 and s = $2");

	*out = (struct hub_stream){.s = arena_strdup(&tx->arena, s)};
	sql_bind_text(st, site);
	sql_bind_text(st, s);
	bool there = sql_row(st);
	if (there) {
		out->epoch = sql_int(st, 0);
		out->seq = sql_int(st, 1);
		out->low = sql_int(st, 2);
	}
	return sql_end(st, e) && (there || hub_epoch(tx, &out->epoch, e));
}

static bool low_of(struct hub_tx *tx, const char *site, const char *s, int64_t *low, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select low from stream where site = $1 and s = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, s);
	*low = sql_row(st) ? sql_int(st, 0) : 0;
	return sql_end(st, e);
}

bool hub_feed(struct hub_tx *tx, const char *site, const char *s, int64_t from, size_t max_rows, size_t max_bytes,
	      bool (*fn)(void *arg, const struct hub_feed_row *row), void *arg, struct err *e)
{
	// One statement, one snapshot: its rows are a prefix of the stream, whatever is committed meanwhile.
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select " HUB_ENT_COLUMNS " from ent"
				       " where site = $1 and s = $2 and seq > $3"
				       " order by seq"
				       " limit $4");
	// Without a snapshot of the transaction, tombstones may be swept between the caller's look at low and these rows.
	bool swept = tx->mode == HUB_WRITE && tx->s->engine == SQL_POSTGRES;
	int64_t low = 0, after = 0;
	size_t bytes = 0;
	bool ok = !swept || low_of(tx, site, s, &low, e), more = ok;

	sql_bind_text(st, site);
	sql_bind_text(st, s);
	sql_bind_int(st, from);
	sql_bind_int(st, (int64_t)max_rows);
	for (size_t rows = 0; ok && more && sql_row(st); rows++) {
		bytes += sql_sv(st, FEED_DOC).n + sql_sv(st, FEED_SEALED).n + 200;
		if (rows && bytes > max_bytes)
			break;
		struct hub_ent *ent = hub_ent_read(tx, st, 0, site, e);
		ok = ent != NULL;
		if (ok)
			more = fn(arg, &(struct hub_feed_row){.ent = *ent});
	}
	if (!sql_end(st, ok ? e : NULL) || !ok || (swept && !low_of(tx, site, s, &after, e)))
		return false;
	return !swept || after == low || from >= after || hub_stale(tx, e);
}

// --- digests

static struct hub_digested *digest_place(struct hub_store *s, const char *site, const char *stream)
{
	uint64_t h = wire_row_digest(site, stream, 0);

	return strlen(site) < sizeof(s->digests->site) && strlen(stream) < sizeof(s->digests->s) ? &s->digests[h % HUB_DIGESTS] : NULL;
}

static bool head_of(struct hub_tx *tx, const char *site, const char *s, int64_t *epoch, int64_t *seq, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select epoch, seq from stream where site = $1 and s = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, s);
	bool found = sql_row(st);
	*epoch = found ? sql_int(st, 0) : 0;
	*seq = found ? sql_int(st, 1) : 0;
	return sql_end(st, e);
}

static bool known_digest(struct hub_tx *tx, const char *site, const char *s, int64_t epoch, int64_t seq, struct hub_digested *out)
{
	struct hub_digested *d = digest_place(tx->s, site, s);
	bool known = false;

	pthread_mutex_lock(&tx->s->mutex);
	if (d && strcmp(d->s, s) == 0 && strcmp(d->site, site) == 0 && d->epoch == epoch && d->at == seq) {
		*out = *d;
		known = true;
	}
	pthread_mutex_unlock(&tx->s->mutex);
	return known;
}

static void keep_digest(struct hub_tx *tx, const char *site, const char *s, const struct hub_digested *got)
{
	struct hub_digested *d = digest_place(tx->s, site, s);

	if (!d)
		return;
	pthread_mutex_lock(&tx->s->mutex);
	*d = *got;
	snprintf(d->site, sizeof(d->site), "%s", site);
	snprintf(d->s, sizeof(d->s), "%s", s);
	pthread_mutex_unlock(&tx->s->mutex);
}

static bool count_digest(struct hub_tx *tx, const char *site, const char *s, struct hub_digested *d, struct err *e)
{
	// Head and rows in one statement: between two, somebody may commit.
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select st.epoch, st.seq, en.t, en.e, en.rev"
				       " from stream st left join ent en on en.site = st.site and en.s = st.s and en.gone is null"
				       " where st.site = $1 and st.s = $2");
	struct arena a = {0};

	*d = (struct hub_digested){0};
	sql_bind_text(st, site);
	sql_bind_text(st, s);
	while (sql_row(st)) {
		d->epoch = sql_int(st, 0);
		d->at = sql_int(st, 1);
		if (sql_is_null(st, 2))
			continue;
		arena_clear(&a);
		const char *t = sql_text(st, 2, &a), *id = sql_text(st, 3, &a);
		d->x ^= wire_row_digest(t, id, sql_int(st, 4));
		d->n++;
	}
	arena_release(&a);
	return sql_end(st, e);
}

bool hub_digest(struct hub_tx *tx, const char *site, const char *s, int64_t *at, int64_t *n, uint64_t *x, struct err *e)
{
	struct hub_digested d;
	int64_t epoch, seq;

	if (!head_of(tx, site, s, &epoch, &seq, e))
		return false;
	if (!known_digest(tx, site, s, epoch, seq, &d)) {
		if (!count_digest(tx, site, s, &d, e))
			return false;
		// What a transaction wrote is not true before its commit, which may fail.
		if (!tx->puts)
			keep_digest(tx, site, s, &d);
	}
	*at = d.at;
	*n = d.n;
	*x = d.x;
	return true;
}

bool hub_heads(struct hub_store *s, int64_t window_ms, void (*fn)(void *arg, const char *site, const struct hub_stream *st), void *arg,
	       struct err *e)
{
	struct hub_conn *k = hub_acquire(s, HUB_READ);
	struct arena a = {0};
	bool ok = sql_revive(k->c);

	if (!ok)
		err_set(e, ERR_IO, _("the database does not answer"));
	if (ok) {
		struct sql_stmt *st = sql_stmt(k->c, "select site, s, epoch, seq, low from stream where upd > $1");
		sql_bind_int(st, window_ms ? clock_wall(s->o.clock) - window_ms : -1);
		while (sql_row(st)) {
			arena_clear(&a);
			struct hub_stream h = {.s = sql_text(st, 1, &a), .epoch = sql_int(st, 2), .seq = sql_int(st, 3), .low = sql_int(st, 4)};
			fn(arg, sql_text(st, 0, &a), &h);
		}
		ok = sql_end(st, e);
	}
	arena_release(&a);
	hub_release_conn(s, k);
	return ok;
}

static bool each_ent(struct hub_tx *tx, struct sql_stmt *st, const char *site, bool (*fn)(void *arg, const struct hub_ent *ent), void *arg,
		     struct err *e)
{
	bool ok = true, more = true;

	while (ok && more && sql_row(st)) {
		struct hub_ent *ent = hub_ent_read(tx, st, 0, site, e);
		ok = ent != NULL;
		if (ok)
			more = fn(arg, ent);
	}
	return sql_end(st, ok ? e : NULL) && ok;
}

bool hub_list(struct hub_tx *tx, const char *site, const char *t, const char *before, size_t limit, bool (*fn)(void *arg, const struct hub_ent *ent),
	      void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       before ? "select " HUB_ENT_COLUMNS " from ent"
						" where site = $1 and t = $2 and e < $3 and gone is null"
						" order by e desc"
						" limit $4"
					      : "select " HUB_ENT_COLUMNS " from ent"
						" where site = $1 and t = $2 and gone is null"
						" order by e desc"
						" limit $3");

	sql_bind_text(st, site);
	sql_bind_text(st, t);
	if (before)
		sql_bind_text(st, before);
	sql_bind_int(st, (int64_t)limit);
	return each_ent(tx, st, site, fn, arg, e);
}

bool hub_history(struct hub_tx *tx, const char *site, const char *t, const char *e, bool (*fn)(void *arg, const struct hub_ent *ent), void *arg,
		 struct err *e_)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select t, e, s, seq, rev, gone, dest, d, x, null, author, at, dev from ent_hist"
				       " where site = $1 and t = $2 and e = $3"
				       " order by rev");

	sql_bind_text(st, site);
	sql_bind_text(st, t);
	sql_bind_text(st, e);
	return each_ent(tx, st, site, fn, arg, e_);
}

bool hub_lookup(struct hub_tx *tx, const char *site, const char *t, const char *field, const char *value, size_t limit, const char ***ids,
		size_t *n, struct err *e)
{
	unsigned char h[16];

	*ids = NULL;
	*n = 0;
	if (!hub_lookup_hash(tx, t, field, value, h))
		return true;
	const char **out = arena_array(&tx->arena, const char *, limit ? limit : 1);
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select e from bidx"
				       " where site = $1 and t = $2 and f = $3 and h = $4"
				       " order by e desc"
				       " limit $5");
	sql_bind_text(st, site);
	sql_bind_text(st, t);
	sql_bind_text(st, field);
	sql_bind_blob(st, h, sizeof(h));
	sql_bind_int(st, (int64_t)limit);
	while (*n < limit && sql_row(st))
		out[(*n)++] = sql_text(st, 0, &tx->arena);
	*ids = out;
	return sql_end(st, e);
}
