// SPDX-License-Identifier: MIT
// Knows the hub's audit: a chain of lines a site, each bound to the one before it (sync.md §6.8).
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

enum { HASH = 32, PAGE = 1000 };

struct line {
	int64_t seq, at;
	struct hub_audit a;
	unsigned char prev[HASH], hash[HASH];
};

// Every field with its length in front, so that no two lines share a text.
static void hash_line(struct line *l)
{
	const char *const f[] = {l->a.site, l->a.actor, l->a.station, l->a.action, l->a.object, l->a.purpose, l->a.detail};
	crypto_generichash_state h;
	char head[64];

	crypto_generichash_init(&h, NULL, 0, HASH);
	crypto_generichash_update(&h, l->prev, HASH);
	int n = snprintf(head, sizeof(head), "%lld|%lld", (long long)l->seq, (long long)l->at);
	crypto_generichash_update(&h, (const unsigned char *)head, (size_t)n);
	for (size_t i = 0; i < sizeof(f) / sizeof(*f); i++) {
		size_t len = f[i] ? strlen(f[i]) : 0;
		n = snprintf(head, sizeof(head), "|%lld:", f[i] ? (long long)len : -1LL);
		crypto_generichash_update(&h, (const unsigned char *)head, (size_t)n);
		crypto_generichash_update(&h, (const unsigned char *)(f[i] ? f[i] : ""), len);
	}
	crypto_generichash_final(&h, l->hash, HASH);
}

bool hub_audit_add(struct hub_tx *tx, const struct hub_audit *a, struct err *e)
{
	struct arena *m = &tx->arena;

	(void)e;
	if (tx->mode != HUB_WRITE)
		BUG("hub_audit_add in a reading transaction");
	vec_push(&tx->audits, ((struct hub_audit){
				      .site = arena_strdup(m, a->site ? a->site : HUB_WHOLE), .actor = arena_strdup(m, a->actor), .station = arena_strdup(m, a->station),
				      .action = arena_strdup(m, a->action), .object = arena_strdup(m, a->object),
				      .purpose = arena_strdup(m, a->purpose), .detail = arena_strdup(m, a->detail),
			      }));
	return true;
}

static void copy_hash(unsigned char out[HASH], struct sv from)
{
	memset(out, 0, HASH);
	memcpy(out, from.p, from.n < HASH ? from.n : HASH);
}

static bool write_line(struct hub_tx *tx, const struct line *l, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into audit (site, seq, at, actor, station, action, object, purpose, detail, prev, hash)"
				       " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

	sql_bind_text(st, l->a.site);
	sql_bind_int(st, l->seq);
	sql_bind_int(st, l->at);
	sql_bind_text(st, l->a.actor);
	sql_bind_text(st, l->a.station);
	sql_bind_text(st, l->a.action);
	sql_bind_text(st, l->a.object);
	sql_bind_text(st, l->a.purpose);
	sql_bind_text(st, l->a.detail);
	sql_bind_blob(st, l->prev, HASH);
	sql_bind_blob(st, l->hash, HASH);
	return sql_run(st, e);
}

// The database's own chain has no name that could be read.
static const char *shown(const char *site)
{
	return *site ? site : "\"\"";
}

// --- the end of a chain

// Takes the lock of the site's chain: from here to the commit it is ours. n more lines; *last: the last one before them.
static bool take_head(struct hub_tx *tx, const char *site, size_t n, struct line *last, bool *there, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "update chain set seq = seq + $1 where site = $2 returning seq, hash");

	sql_bind_int(st, (int64_t)n);
	sql_bind_text(st, site);
	*there = sql_row(st);
	if (*there) {
		last->seq = sql_int(st, 0) - (int64_t)n;
		copy_hash(last->hash, sql_sv(st, 1));
	}
	return sql_end(st, e);
}

// The first line of a site. Of two who begin its chain one waits here for the other.
static bool begin_chain(struct hub_tx *tx, const char *site, struct err *e)
{
	static const unsigned char none[HASH];
	struct sql_stmt *st = sql_stmt(tx->c, "insert into chain (site, seq, hash) values ($1, 0, $2) on conflict (site) do nothing");

	sql_bind_text(st, site);
	sql_bind_blob(st, none, HASH);
	if (!sql_run(st, e))
		return false;
	if (sql_changes(tx->c) != 1)
		return true;
	st = sql_stmt(tx->c, "select 1 from audit where site = $1 limit 1");
	sql_bind_text(st, site);
	bool lost = sql_row(st);
	return sql_end(st, e) && (!lost || err_set(e, ERR_IO, _("the audit log of site %s has lost the record of its end"), shown(site)));
}

static bool append(struct hub_tx *tx, const char *site, const struct hub_audit *v, size_t n, struct err *e)
{
	struct line l = {.at = tx->now};
	bool there;

	if (!take_head(tx, site, n, &l, &there, e))
		return false;
	if (!there && (!begin_chain(tx, site, e) || !take_head(tx, site, n, &l, &there, e)))
		return false;
	if (!there)
		return hub_stale(tx, e); // who began it has gone back
	for (size_t i = 0; i < n; i++) {
		l.seq++;
		l.a = v[i];
		memcpy(l.prev, l.hash, HASH);
		hash_line(&l);
		if (!write_line(tx, &l, e))
			return false;
	}
	struct sql_stmt *st = sql_stmt(tx->c, "update chain set hash = $1 where site = $2");
	sql_bind_blob(st, l.hash, HASH);
	sql_bind_text(st, site);
	return sql_run(st, e);
}

bool hub_audit_flush(struct hub_tx *tx, struct err *e)
{
	struct hub_audit *v = tx->audits.v;
	size_t n = tx->audits.n;

	// By site, each site's in their order: whoever writes to several chains takes them as all others do.
	for (size_t i = 1; i < n; i++) {
		struct hub_audit one = v[i];
		size_t at = i;
		for (; at > 0 && strcmp(v[at - 1].site, one.site) > 0; at--)
			v[at] = v[at - 1];
		v[at] = one;
	}
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && str_eq(v[to].site, v[from].site); to++)
			;
		if (!append(tx, v[from].site, v + from, to - from, e))
			return false;
	}
	tx->audits.n = 0;
	return true;
}

static void read_line(struct sql_stmt *st, struct line *l, struct arena *a)
{
	*l = (struct line){
		.seq = sql_int(st, 1), .at = sql_int(st, 2),
		.a = {.site = sql_text(st, 0, a), .actor = sql_text(st, 3, a), .station = sql_text(st, 4, a), .action = sql_text(st, 5, a),
		      .object = sql_text(st, 6, a), .purpose = sql_text(st, 7, a), .detail = sql_text(st, 8, a)},
	};
	copy_hash(l->prev, sql_sv(st, 9));
	copy_hash(l->hash, sql_sv(st, 10));
}
#define AUDIT_COLUMNS "site, seq, at, actor, station, action, object, purpose, detail, prev, hash"

// --- is it whole

struct verify {
	const char *site;
	int64_t lines; // of this chain so far
	unsigned char last[HASH];
};

// One page of the chain; *more: there may be another.
static bool verify_page(struct hub_tx *tx, struct verify *v, bool *more, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " AUDIT_COLUMNS " from audit where site = $1 and seq > $2 order by seq limit $3");
	struct arena a = {0};
	int64_t wrong = 0, rows = 0;

	sql_bind_text(st, v->site);
	sql_bind_int(st, v->lines);
	sql_bind_int(st, PAGE);
	for (; !wrong && sql_row(st); rows++) {
		struct line l;
		unsigned char stored[HASH];
		arena_clear(&a);
		read_line(st, &l, &a);
		memcpy(stored, l.hash, HASH);
		bool fits = l.seq == v->lines + 1 && memcmp(l.prev, v->last, HASH) == 0;
		hash_line(&l);
		if (!fits || memcmp(stored, l.hash, HASH) != 0)
			wrong = v->lines + 1;
		v->lines++;
		memcpy(v->last, stored, HASH);
	}
	arena_release(&a);
	*more = rows == PAGE;
	if (!sql_end(st, e))
		return false;
	return !wrong || err_set(e, ERR_CONFLICT, _("the audit log of site %s was changed: line %lld does not fit the one before it"), shown(v->site),
				 (long long)wrong);
}

static bool verify_chain(struct hub_tx *tx, struct verify *v, struct err *e)
{
	unsigned char head[HASH];
	int64_t seq = -1;

	for (bool more = true; more;)
		if (!verify_page(tx, v, &more, e))
			return false;
	struct sql_stmt *st = sql_stmt(tx->c, "select seq, hash from chain where site = $1");
	sql_bind_text(st, v->site);
	if (sql_row(st)) {
		seq = sql_int(st, 0);
		copy_hash(head, sql_sv(st, 1));
	}
	if (!sql_end(st, e))
		return false;
	if (seq < 0)
		return err_set(e, ERR_CONFLICT, _("the audit log of site %s has lost the record of its end"), shown(v->site));
	if (seq != v->lines || memcmp(head, v->last, HASH) != 0)
		return err_set(e, ERR_CONFLICT, _("the audit log of site %s was cut: it has %lld lines and should have %lld"), shown(v->site),
			       (long long)v->lines, (long long)seq);
	return true;
}

// Also the sites whose chain has no end any more.
static bool verify_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select site from chain union select site from audit order by site");
	int64_t *lines = arg;
	VEC(const char *) sites = {0};

	*lines = 0;
	while (sql_row(st))
		vec_push(&sites, sql_text(st, 0, &tx->arena));
	bool ok = sql_end(st, e);
	for (size_t i = 0; ok && i < sites.n; i++) {
		struct verify v = {.site = sites.v[i]};
		ok = verify_chain(tx, &v, e);
		*lines += v.lines;
	}
	vec_release(&sites);
	return ok;
}

bool hub_audit_verify(struct hub_store *s, int64_t *lines, struct err *e)
{
	return hub_run(s, HUB_READ, verify_body, lines, e);
}

bool hub_audit_list(struct hub_tx *tx, const char *site, size_t limit, bool (*fn)(void *arg, int64_t at, const struct hub_audit *a), void *arg,
		    struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " AUDIT_COLUMNS " from audit where site = $1 order by seq desc limit $2");
	bool more = true;

	sql_bind_text(st, site);
	sql_bind_int(st, (int64_t)limit);
	while (more && sql_row(st)) {
		struct line l;
		read_line(st, &l, &tx->arena);
		more = fn(arg, l.at, &l.a);
	}
	return sql_end(st, e);
}
