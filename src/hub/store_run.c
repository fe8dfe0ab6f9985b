// SPDX-License-Identifier: MIT
// Knows how a transaction of the hub's store runs, and when it starts over.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/hub/store_internal.h"

static void tx_release(struct hub_tx *tx)
{
	for (size_t i = 0; i < tx->slots.n; i++) {
		for (size_t k = 0; k < tx->slots.v[i]->staged.n; k++)
			str_release(&tx->slots.v[i]->staged.v[k].sealed);
		vec_release(&tx->slots.v[i]->staged);
	}
	for (size_t i = 0; i < tx->docs.n; i++)
		json_decref(tx->docs.v[i]);
	vec_release(&tx->slots);
	vec_release(&tx->docs);
	vec_release(&tx->audits);
	arena_release(&tx->arena);
}

static bool finish(struct hub_tx *tx, struct err *e)
{
	if (tx->mode == HUB_WRITE && !tx->flushed && tx->puts && !hub_flush(tx, e))
		return false;
	return tx->mode == HUB_READ || hub_audit_flush(tx, e);
}

// One try; *again: it may be worth another one.
static bool run_once(struct hub_store *s, struct hub_conn *k, enum hub_mode mode, bool (*body)(struct hub_tx *, void *, struct err *), void *arg,
		     bool *again, struct err *e)
{
	struct hub_tx tx = {.s = s, .conn = k, .c = k->c, .mode = mode, .now = clock_wall(s->o.clock)};
	bool ok = sql_begin(k->c, e);

	if (ok) {
		ok = body(&tx, arg, e) && finish(&tx, e);
		if (ok)
			ok = sql_commit(k->c, e);
		else
			sql_rollback(k->c);
	}
	*again = !ok && (tx.again || sql_retryable(k->c));
	tx_release(&tx);
	return ok;
}

// Whoever collided comes back at another moment: 1-2, 2-4, 4-8 .. ms.
static void wait_a_little(int tries)
{
	uint32_t base = 1000000U << (tries < 6 ? tries : 6);
	struct timespec t = {.tv_nsec = base + randombytes_uniform(base)};

	nanosleep(&t, NULL);
}

bool hub_run(struct hub_store *s, enum hub_mode mode, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), void *arg, struct err *e)
{
	struct hub_conn *k;
	struct err why = {0};
	bool ok = false, again = true;

	if (mode == HUB_WRITE && s->o.readonly)
		return err_set(e, ERR_DENIED, _("this store is open for reading only"));
	k = hub_acquire(s, mode);
	for (int tries = 0; !ok && again && tries < HUB_TRIES; tries++) {
		if (tries) {
			wait_a_little(tries - 1);
			log_line(LOG_DEBUG, "a transaction starts over (%d): %s", tries, why.msg);
		}
		err_clear(&why);
		if (sql_revive(k->c))
			ok = run_once(s, k, mode, body, arg, &again, &why);
		else
			again = err_set(&why, ERR_IO, _("the database does not answer")); // trying that took long enough
	}
	hub_release_conn(s, k);
	return ok ? true : err_set(e, why.code, "%s", why.msg);
}

bool hub_stale(struct hub_tx *tx, struct err *e)
{
	tx->again = true;
	return err_set(e, ERR_CONFLICT, _("somebody else was faster: the change was not made; try again"));
}

int64_t hub_now(const struct hub_tx *tx)
{
	return tx->now;
}

struct arena *hub_arena(struct hub_tx *tx)
{
	return &tx->arena;
}

const char *hub_new_id(struct hub_tx *tx)
{
	char *id = arena_alloc(&tx->arena, ID_LEN + 1);

	id_new(&tx->conn->ids, id);
	return id;
}

bool hub_meta_get(struct hub_tx *tx, const char *site, const char *key, const char **value, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select v from meta where site = $1 and k = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, key);
	*value = sql_row(st) ? sql_text(st, 0, &tx->arena) : NULL;
	return sql_end(st, e);
}

bool hub_meta_set(struct hub_tx *tx, const char *site, const char *key, const char *value, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into meta (site, k, v) values ($1, $2, $3)"
				       " on conflict (site, k) do update set v = excluded.v");

	sql_bind_text(st, site);
	sql_bind_text(st, key);
	sql_bind_text(st, value);
	return sql_run(st, e);
}

bool hub_epoch(struct hub_tx *tx, int64_t *out, struct err *e)
{
	const char *text;

	if (!hub_meta_get(tx, HUB_WHOLE, "epoch", &text, e))
		return false;
	if (!text || !parse_int(sv(text), 1, INT64_MAX, out))
		return err_set(e, ERR_IO, _("the store has lost its epoch; bring back a backup"));
	return true;
}
