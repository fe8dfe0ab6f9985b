// SPDX-License-Identifier: MIT
// Knows what the hub forgets after a while, and how it says after a restore that its numbers are others now.
#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

#define DAY_MS (24LL * 3600000)
enum { BATCH = 500, GONE_DAYS = 35, SESSION_DAYS = 30, CODE_DAYS = 30, UPLOAD_DAYS = 7 };

struct sweep {
	int64_t gone;     // rows of this step
	const char *text;  // $1: what is older goes
	int64_t before;
};

static bool sweep_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sweep *w = arg;
	struct sql_stmt *st = sql_stmt(tx->c, w->text);

	sql_bind_int(st, w->before);
	if (!sql_run(st, e))
		return false;
	w->gone = sql_changes(tx->c);
	return true;
}

// In steps, so that nobody waits long for the writer.
static bool sweep(struct hub_store *s, const char *text, int64_t before, struct err *e)
{
	struct sweep w = {.text = text, .before = before, .gone = BATCH};

	while (w.gone >= BATCH)
		if (!hub_run(s, HUB_WRITE, sweep_body, &w, e))
			return false;
	return true;
}

// --- rows that say "it moved on"
//
// Only those that stand before everything else in their stream are forgotten, so that no row that stays is below low. Whoever begins
// at 0 and is still on the way then never has a cursor below low; whoever has one missed something and begins anew. What was merged
// or deleted keeps its row: operations on the old id are led on by it, and a new entity of that id goes on with its revisions.

struct place {
	const char *site, *s, *t, *e;
	int64_t seq;
};
struct prefix {
	char *site, *s; // the stream looked at last
	bool any;       // there was one
	int64_t before; // what is older goes
	size_t gone;
};

// The next stream by name.
static bool next_stream(struct hub_tx *tx, void *arg, struct err *e)
{
	struct prefix *p = arg;
	struct sql_stmt *st = sql_stmt(tx->c, "select site, s from stream where (site, s) > ($1, $2) and seq > low order by site, s limit 1");

	sql_bind_text(st, p->site);
	sql_bind_text(st, p->s);
	p->any = sql_row(st);
	if (p->any) {
		struct sv site = sql_sv(st, 0), s = sql_sv(st, 1);
		char *old_site = p->site, *old_s = p->s;
		p->site = xstrndup(site.p, site.n);
		p->s = xstrndup(s.p, s.n);
		free(old_site);
		free(old_s);
	}
	return sql_end(st, e);
}

static bool raise_low(struct hub_tx *tx, const struct prefix *p, int64_t low, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "update stream set low = $1 where site = $2 and s = $3 and low < $4");

	sql_bind_int(st, low);
	sql_bind_text(st, p->site);
	sql_bind_text(st, p->s);
	sql_bind_int(st, low);
	return sql_run(st, e);
}

// Only as it was read: whoever brought it back meanwhile is not undone.
static bool forget(struct hub_tx *tx, const struct place *t, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "delete from ent where site = $1 and t = $2 and e = $3 and seq = $4");

	sql_bind_text(st, t->site);
	sql_bind_text(st, t->t);
	sql_bind_text(st, t->e);
	sql_bind_int(st, t->seq);
	if (!sql_run(st, e))
		return false;
	if (sql_changes(tx->c) != 1)
		return hub_stale(tx, e);
	st = sql_stmt(tx->c, "delete from ent_hist where site = $1 and t = $2 and e = $3");
	sql_bind_text(st, t->site);
	sql_bind_text(st, t->t);
	sql_bind_text(st, t->e);
	return sql_run(st, e);
}

static bool prefix_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct prefix *p = arg;
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select t, e, seq, at from ent"
				       " where site = $1 and s = $2"
				       " order by seq"
				       " limit 500");
	VEC(struct place) all = {0};
	struct arena *a = &tx->arena;

	sql_bind_text(st, p->site);
	sql_bind_text(st, p->s);
	while (sql_row(st) && sv_eqz(sql_sv(st, 0), HUB_LEFT) && sql_int(st, 3) < p->before)
		vec_push(&all, ((struct place){p->site, p->s, sql_text(st, 0, a), sql_text(st, 1, a), sql_int(st, 2)}));
	bool ok = sql_end(st, e);
	p->gone = all.n;
	if (ok && all.n)
		ok = raise_low(tx, p, all.v[all.n - 1].seq, e);
	for (size_t i = 0; ok && i < all.n; i++)
		ok = forget(tx, &all.v[i], e);
	vec_release(&all);
	return ok;
}

static bool forget_moved(struct hub_store *s, int64_t before, struct err *e)
{
	struct prefix p = {.site = xstrdup(""), .s = xstrdup(""), .before = before};
	bool ok;

	while ((ok = hub_run(s, HUB_READ, next_stream, &p, e)) && p.any) {
		p.gone = BATCH;
		while (ok && p.gone == BATCH)
			ok = hub_run(s, HUB_WRITE, prefix_body, &p, e);
		if (!ok)
			break;
	}
	free(p.site);
	free(p.s);
	return ok;
}

// What was deleted keeps its place in the stream, but its documents go.
static bool blank_deleted(struct hub_store *s, int64_t before, struct err *e)
{
	return sweep(s,
		     "update ent_hist" HUB_BLANKED " where (x is not null or d <> '{}') and (site, t, e) in"
		     " (select site, t, e from ent where gone = 'deleted' and at < $1 and (x is not null or d <> '{}'))",
		     before, e) &&
	       sweep(s, "update ent" HUB_BLANKED " where gone = 'deleted' and at < $1 and (x is not null or d <> '{}')", before, e);
}

// --- what was put away of an erased customer (store_subject.c), once its month is over

struct kept {
	char *site, *s; // the stream looked at last
	char month[40]; // HUB_KEPT and the one that is now
	bool any;
	int64_t from, n;
};

static bool next_kept(struct hub_tx *tx, void *arg, struct err *e)
{
	struct kept *k = arg;
	struct sql_stmt *st = sql_stmt(tx->c, "select site, s from stream where (site, s) > ($1, $2) and s >= '" HUB_KEPT "' and s < $3 order by site, s limit 1");

	sql_bind_text(st, k->site);
	sql_bind_text(st, k->s);
	sql_bind_text(st, k->month);
	k->any = sql_row(st);
	if (k->any) {
		struct sv site = sql_sv(st, 0), s = sql_sv(st, 1);
		char *old_site = k->site, *old_s = k->s;
		k->site = xstrndup(site.p, site.n);
		k->s = xstrndup(s.p, s.n);
		free(old_site);
		free(old_s);
	}
	return sql_end(st, e);
}

struct kept_page {
	struct arena *a;
	VEC(struct hub_ent) rows;
	int64_t from;
};

static bool add_kept(void *arg, const struct hub_feed_row *row)
{
	struct kept_page *p = arg;
	struct hub_ent ent = row->ent;

	p->from = ent.seq;
	ent.t = arena_strdup(p->a, ent.t);
	ent.e = arena_strdup(p->a, ent.e);
	if (!ent.gone)
		vec_push(&p->rows, ent);
	return true;
}

static bool end_kept(struct hub_tx *tx, void *arg, struct err *e)
{
	struct kept *k = arg;
	struct kept_page p = {.a = &tx->arena, .from = k->from};
	char detail[64];
	json_t *none = json_object();

	bool ok = hub_feed(tx, k->site, k->s, k->from, BATCH, WIRE_PAGE_BYTES, add_kept, &p, e);
	for (size_t i = 0; ok && i < p.rows.n; i++) {
		struct hub_ent now = {.t = p.rows.v[i].t, .e = p.rows.v[i].e, .s = k->s, .rev = p.rows.v[i].rev + 1, .d = none, .by = "hub", .gone = "deleted"};
		ok = hub_forget(tx, k->site, now.t, now.e, e) && hub_put(tx, k->site, &now, NULL, e);
	}
	snprintf(detail, sizeof(detail), "%zu", p.rows.n);
	if (ok && p.rows.n)
		ok = hub_audit_add(tx, &(struct hub_audit){.site = k->site, .actor = "hub", .action = "subject.expired", .object = k->s, .detail = detail}, e);
	k->n = p.from > k->from;
	k->from = p.from;
	vec_release(&p.rows);
	json_decref(none);
	return ok;
}

static bool end_duties(struct hub_store *s, int64_t now, struct err *e)
{
	struct kept k = {.site = xstrdup(""), .s = xstrdup("")};
	char at[32];
	bool ok;

	clock_rfc3339(now, at, sizeof(at));
	snprintf(k.month, sizeof(k.month), HUB_KEPT "%.7s", at);
	while ((ok = hub_run(s, HUB_READ, next_kept, &k, e)) && k.any) {
		k.from = 0;
		do
			ok = hub_run(s, HUB_WRITE, end_kept, &k, e);
		while (ok && k.n);
		if (!ok)
			break;
	}
	free(k.site);
	free(k.s);
	return ok;
}

bool hub_housekeep(struct hub_store *s, int64_t now, struct err *e)
{
	int64_t session = now - SESSION_DAYS * DAY_MS, upload = now - UPLOAD_DAYS * DAY_MS;

	return sweep(s, "delete from opres where (site, dev, inc, n) in (select site, dev, inc, n from opres where at < $1 order by at limit 500)",
		     now - WIRE_OPRES_MS, e) &&
	       sweep(s, "delete from session where ended > 0 and ended < $1", session, e) &&
	       sweep(s, "delete from session where refreshed < $1", session, e) &&
	       sweep(s, "delete from code where expires < $1", now - CODE_DAYS * DAY_MS, e) &&
	       sweep(s, "delete from presence where expires < $1", now - DAY_MS, e) &&
	       sweep(s, "delete from blobpart where (site, hash) in (select site, hash from blob where complete = 0 and at < $1)", upload, e) &&
	       sweep(s, "delete from blob where complete = 0 and at < $1", upload, e) && blank_deleted(s, now - GONE_DAYS * DAY_MS, e) &&
	       sweep(s, "delete from roomline where (site, room, n) in (select site, room, n from roomline where at < $1 order by at limit 500)",
		     now - ROOM_DAYS * DAY_MS, e) &&
	       sweep(s, "delete from room where upd < $1", now - ROOM_DAYS * DAY_MS, e) &&
	       end_duties(s, now, e) && forget_moved(s, now - GONE_DAYS * DAY_MS, e);
}

static bool new_epoch_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select max(epoch) from stream");
	int64_t epoch, seconds = tx->now / 1000;
	char text[24];

	(void)arg;
	int64_t of_streams = sql_row(st) ? sql_int(st, 0) : 0;
	if (!sql_end(st, e) || !hub_epoch(tx, &epoch, e))
		return false;
	epoch = (of_streams > epoch ? of_streams : epoch) + 1;
	// The same copy may be restored twice; by the clock the second time has another number than the first.
	if (epoch < seconds)
		epoch = seconds;
	snprintf(text, sizeof(text), "%lld", (long long)epoch);
	st = sql_stmt(tx->c, "update stream set epoch = $1, upd = $2");
	sql_bind_int(st, epoch);
	sql_bind_int(st, tx->now);
	return sql_run(st, e) && hub_meta_set(tx, HUB_WHOLE, "epoch", text, e);
}

bool hub_new_epoch(struct hub_store *s, struct err *e)
{
	return hub_run(s, HUB_WRITE, new_epoch_body, NULL, e);
}
