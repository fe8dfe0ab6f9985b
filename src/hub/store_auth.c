// SPDX-License-Identifier: MIT
// Knows people's secrets at the hub: passwords' hashes, sessions by the hashes of their tokens, one-time codes.
#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

static void copy_bytes(void *to, size_t n, struct sv from)
{
	memset(to, 0, n);
	memcpy(to, from.p, from.n < n ? from.n : n);
}

bool hub_cred_by_login(struct hub_tx *tx, const char *site, const char *login, struct hub_cred *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select site, agent, login, hash, failed, locked_until from cred"
				       " where site = $1 and login = $2");
	struct arena *a = &tx->arena;

	sql_bind_text(st, site);
	sql_bind_text(st, login);
	*found = sql_row(st);
	if (*found)
		*out = (struct hub_cred){.site = sql_text(st, 0, a), .agent = sql_text(st, 1, a), .login = sql_text(st, 2, a),
					 .hash = sql_text(st, 3, a), .failed = sql_int(st, 4), .locked_until = sql_int(st, 5)};
	return sql_end(st, e);
}

bool hub_cred_put(struct hub_tx *tx, const struct hub_cred *c, struct err *e)
{
	struct hub_cred other;
	bool found;

	if (!hub_cred_by_login(tx, c->site, c->login, &other, &found, e))
		return false;
	if (found && !str_eq(other.agent, c->agent))
		return err_set(e, ERR_CONFLICT, _("the login %s belongs to somebody else"), c->login);
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into cred (site, agent, login, hash, failed, locked_until) values ($1, $2, $3, $4, $5, $6)"
				       " on conflict (site, agent) do update set login = excluded.login, hash = excluded.hash,"
				       " failed = excluded.failed, locked_until = excluded.locked_until");
	sql_bind_text(st, c->site);
	sql_bind_text(st, c->agent);
	sql_bind_text(st, c->login);
	sql_bind_text(st, c->hash);
	sql_bind_int(st, c->failed);
	sql_bind_int(st, c->locked_until);
	return sql_run(st, e);
}

#define SESSION_COLUMNS "site, family, access, refresh, previous, agent, dev, inc, expires, refreshed, ended"
enum { S_SITE, S_FAMILY, S_ACCESS, S_REFRESH, S_PREVIOUS, S_AGENT, S_DEV, S_INC, S_EXPIRES, S_REFRESHED, S_ENDED };

bool hub_session_put(struct hub_tx *tx, const struct hub_session *s, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into session (site, family, access, refresh, previous, agent, dev, inc, expires, refreshed, ended)"
				       " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
				       " on conflict (site, family) do update set access = excluded.access, refresh = excluded.refresh,"
				       " previous = excluded.previous, inc = excluded.inc, expires = excluded.expires,"
				       " refreshed = excluded.refreshed, ended = excluded.ended");

	sql_bind_text(st, s->site);
	sql_bind_text(st, s->family);
	sql_bind_blob(st, s->access, sizeof(s->access));
	sql_bind_blob(st, s->refresh, sizeof(s->refresh));
	sql_bind_blob(st, s->previous, sizeof(s->previous));
	sql_bind_text(st, s->agent);
	sql_bind_text(st, s->dev);
	sql_bind_text(st, s->inc);
	sql_bind_int(st, s->expires);
	sql_bind_int(st, s->refreshed);
	sql_bind_int(st, s->ended);
	return sql_run(st, e);
}

static bool read_session(struct hub_tx *tx, struct sql_stmt *st, struct hub_session *s, bool *found, struct err *e)
{
	struct arena *a = &tx->arena;

	*found = sql_row(st);
	if (*found) {
		*s = (struct hub_session){
			.family = sql_text(st, S_FAMILY, a), .site = sql_text(st, S_SITE, a), .agent = sql_text(st, S_AGENT, a),
			.dev = sql_text(st, S_DEV, a), .inc = sql_text(st, S_INC, a), .expires = sql_int(st, S_EXPIRES),
			.refreshed = sql_int(st, S_REFRESHED), .ended = sql_int(st, S_ENDED),
		};
		copy_bytes(s->access, sizeof(s->access), sql_sv(st, S_ACCESS));
		copy_bytes(s->refresh, sizeof(s->refresh), sql_sv(st, S_REFRESH));
		copy_bytes(s->previous, sizeof(s->previous), sql_sv(st, S_PREVIOUS));
	}
	return sql_end(st, e);
}

bool hub_session_by_access(struct hub_tx *tx, const char *site, const unsigned char h[32], struct hub_session *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " SESSION_COLUMNS " from session where site = $1 and access = $2");

	sql_bind_text(st, site);
	sql_bind_blob(st, h, 32);
	return read_session(tx, st, out, found, e);
}

bool hub_session_by_refresh(struct hub_tx *tx, const char *site, const unsigned char h[32], struct hub_session *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " SESSION_COLUMNS " from session where site = $1 and refresh = $2");

	sql_bind_text(st, site);
	sql_bind_blob(st, h, 32);
	if (!read_session(tx, st, out, found, e))
		return false;
	if (*found)
		return true;
	st = sql_stmt(tx->c,
		      "select " SESSION_COLUMNS " from session"
		      " where site = $1 and previous = $2"
		      " order by refreshed desc"
		      " limit 1");
	sql_bind_text(st, site);
	sql_bind_blob(st, h, 32);
	return read_session(tx, st, out, found, e);
}

bool hub_session_get(struct hub_tx *tx, const char *site, const char *family, struct hub_session *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select " SESSION_COLUMNS " from session where site = $1 and family = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, family);
	return read_session(tx, st, out, found, e);
}

#define END_ALL "update session set ended = $1 where site = $2 and ended = 0"

bool hub_session_end_all(struct hub_tx *tx, const char *site, const char *dev, const char *agent, int64_t now, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, dev && agent ? END_ALL " and dev = $3 and agent = $4"
					      : dev        ? END_ALL " and dev = $3"
					      : agent      ? END_ALL " and agent = $3"
							   : END_ALL);

	sql_bind_int(st, now);
	sql_bind_text(st, site);
	if (dev)
		sql_bind_text(st, dev);
	if (agent)
		sql_bind_text(st, agent);
	return sql_run(st, e);
}

bool hub_code_put(struct hub_tx *tx, const struct hub_code *c, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "insert into code (site, h, station, name, expires, used) values ($1, $2, $3, $4, $5, $6)");

	sql_bind_text(st, c->site);
	sql_bind_blob(st, c->h, sizeof(c->h));
	sql_bind_text(st, c->station);
	sql_bind_text(st, c->name);
	sql_bind_int(st, c->expires);
	sql_bind_int(st, c->used);
	return sql_run(st, e);
}

bool hub_code_take(struct hub_tx *tx, const char *site, const unsigned char h[32], int64_t now, struct hub_code *out, bool *found, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "update code set used = $1"
				       " where site = $2 and h = $3 and used = 0 and expires > $4"
				       " returning site, station, name, expires, used");
	struct arena *a = &tx->arena;

	sql_bind_int(st, now);
	sql_bind_text(st, site);
	sql_bind_blob(st, h, 32);
	sql_bind_int(st, now);
	*found = sql_row(st);
	if (*found) {
		*out = (struct hub_code){.site = sql_text(st, 0, a), .station = sql_text(st, 1, a), .name = sql_text(st, 2, a),
					 .expires = sql_int(st, 3), .used = sql_int(st, 4)};
		memcpy(out->h, h, 32);
	}
	return sql_end(st, e);
}
