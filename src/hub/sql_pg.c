// SPDX-License-Identifier: MIT
// Knows how PostgreSQL does what sql.h asks: statements prepared once a connection, results in binary, one round trip each.
//
// Behind pgbouncer in transaction mode no prepared statement outlives its transaction; "prepare=no" in the address (ours, libpq does
// not see it) makes every statement an unnamed one. Nothing is set for the session, so that any server connection will do.
#include <libpq-fe.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/hub/sql_engine.h"

enum { OID_BOOL = 16, OID_INT8 = 20, OID_INT4 = 23 };

// A hub that stops inside a transaction must not hold the counters of its streams; and a wait must stay within the window in which
// changed heads are looked for (sync.md §5.4).
#define BEGIN_WRITE                                                                                                                         \
	"begin isolation level read committed;"                                                                                             \
	" set local lock_timeout = '2s'; set local idle_in_transaction_session_timeout = '60s'"
#define BEGIN_READ "begin isolation level repeatable read read only"

struct pg {
	PGconn *c;
	char *url; // without our own option
	bool prepare;
};
struct param {
	char *bytes;
	int n, format;
};
struct pg_stmt {
	char name[24];
	bool prepared;
	PGresult *r;
	int row;
	struct param *v;
};

static struct pg *pg(const struct sql *c)
{
	return c->own;
}

static struct pg_stmt *own(const struct sql_stmt *st)
{
	return st->own;
}

static bool state_is(const char *state, const char *prefix)
{
	return str_starts(state, prefix);
}

// What went wrong, from the result (may be NULL) or the connection.
static bool fail(struct sql *c, const PGresult *r, struct err *e)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *text = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	bool lost = PQstatus(pg(c)->c) != CONNECTION_OK;
	enum err_code code = ERR_IO;

	state = state ? state : "";
	// serialization failure, deadlock, lock not to be had in time, the server is shutting down or starting, too many connections
	c->retry = lost || state_is(state, "40001") || state_is(state, "40P01") || state_is(state, "55P03") || state_is(state, "57P0") ||
		   state_is(state, "53300") || state_is(state, "08");
	if (state_is(state, "23"))
		code = ERR_CONFLICT;
	else if (state_is(state, "53100") || state_is(state, "25006"))
		code = ERR_FULL;
	char *whole = xstrdup(text ? text : PQerrorMessage(pg(c)->c));
	struct sv line = sv_trim(sv(whole));
	err_set(e, code, _("PostgreSQL: %.*s"), (int)line.n, line.p);
	free(whole);
	return false;
}

static bool fine(const PGresult *r)
{
	ExecStatusType st = PQresultStatus(r);

	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;
}

static bool exec(struct sql *c, const char *script, struct err *e)
{
	PGresult *r = PQexec(pg(c)->c, script);
	bool ok = fine(r) ? true : fail(c, r, e);

	PQclear(r);
	return ok;
}

static void hear(void *arg, const char *message)
{
	(void)arg;
	log_line(LOG_DEBUG, "postgresql: %s", message);
}

static const struct sql_ops ops;

// Takes "prepare=no" or "prepare=yes" out of the address.
static char *without_own(const char *url, bool *prepare)
{
	const char *q = strchr(url, '?');
	struct str out = {0};
	struct sv rest = sv(q ? q + 1 : ""), part;
	char sep = '?';

	*prepare = true;
	str_addn(&out, url, q ? (size_t)(q - url) : strlen(url));
	while (sv_split(&rest, '&', &part)) {
		if (sv_starts(part, "prepare=")) {
			*prepare = !sv_eqz(part, "prepare=no");
			continue;
		}
		str_addc(&out, sep);
		str_addn(&out, part.p, part.n);
		sep = '&';
	}
	return str_take(&out);
}

// Acknowledged must mean written (sync.md D8).
static bool check_durable(struct sql *c, struct err *e)
{
	bool ok = true;

	if (c->o.mode != SQL_WRITE || c->o.durability != SQL_FULL)
		return true;
	PGresult *r = PQexec(pg(c)->c, "show synchronous_commit");
	if (!fine(r))
		ok = fail(c, r, e);
	else if (PQntuples(r) == 1 && strcmp(PQgetvalue(r, 0, 0), "off") == 0)
		ok = err_set(e, ERR_DENIED,
			     _("this database says \"stored\" before it has written (synchronous_commit is off); set it to on for the hub"));
	PQclear(r);
	return ok;
}

bool sql_pg_open(struct sql *c, struct err *e)
{
	struct pg *p = xcalloc(1, sizeof(*p));

	c->ops = &ops;
	c->own = p;
	p->url = without_own(c->url, &p->prepare);
	// What stands in front of dbname is a default only: the address may say otherwise. A peer that is gone is noticed by TCP itself.
	const char *const keys[] = {"connect_timeout",	"application_name", "client_encoding", "keepalives_idle", "keepalives_interval",
				    "keepalives_count", "tcp_user_timeout", "dbname",	       NULL};
	const char *const values[] = {"5", "zuoxi-hub", "UTF8", "20", "5", "4", "20000", p->url, NULL};
	p->c = PQconnectdbParams(keys, values, 1);
	if (PQstatus(p->c) != CONNECTION_OK)
		return fail(c, NULL, e);
	PQsetNoticeProcessor(p->c, hear, NULL);
	return check_durable(c, e);
}

static void close_pg(struct sql *c)
{
	struct pg *p = pg(c);

	if (!p)
		return;
	PQfinish(p->c);
	free(p->url);
	free(p);
}

static bool begin(struct sql *c, struct err *e)
{
	return exec(c, c->o.mode == SQL_WRITE ? BEGIN_WRITE : BEGIN_READ, e);
}

static bool commit(struct sql *c, struct err *e)
{
	PGresult *r = PQexec(pg(c)->c, "commit");
	bool ok = fine(r);

	if (!ok) {
		fail(c, r, e);
		if (PQstatus(pg(c)->c) != CONNECTION_OK && c->o.mode == SQL_WRITE) {
			// It may have been stored or not: a second try could do it twice.
			c->retry = false;
			err_set(e, ERR_IO, _("the database was lost during the commit: nobody knows whether the change is stored"));
		}
	} else if (strcmp(PQcmdStatus(r), "COMMIT") != 0) {
		ok = err_set(e, ERR_IO, _("PostgreSQL: the transaction was rolled back"));
	}
	PQclear(r);
	return ok;
}

static void rollback(struct sql *c)
{
	if (PQstatus(pg(c)->c) == CONNECTION_OK && PQtransactionStatus(pg(c)->c) != PQTRANS_IDLE && !exec(c, "rollback", NULL))
		log_line(LOG_ERROR, "rollback failed: %s", PQerrorMessage(pg(c)->c));
}

static bool revive(struct sql *c)
{
	if (PQstatus(pg(c)->c) == CONNECTION_OK)
		return true;
	PQreset(pg(c)->c);
	for (size_t i = 0; i < c->stmts.n; i++)
		if (c->stmts.v[i]->own)
			own(c->stmts.v[i])->prepared = false;
	return PQstatus(pg(c)->c) == CONNECTION_OK;
}

static void start(struct sql_stmt *st)
{
	struct pg_stmt *o = own(st);

	if (!o) {
		o = st->own = xcalloc(1, sizeof(*o));
		o->v = xcalloc((size_t)st->params, sizeof(*o->v));
		snprintf(o->name, sizeof(o->name), "z%zu", st->c->stmts.n);
	}
	o->row = -1;
}

static void bind(struct sql_stmt *st, int i, const struct sql_value *v)
{
	struct param *p = &own(st)->v[i - 1];

	*p = (struct param){.format = v->kind == SQL_BLOB};
	switch (v->kind) {
	case SQL_NULL: break;
	case SQL_INT: p->bytes = xasprintf("%lld", (long long)v->i); break;
	case SQL_TEXT:
	case SQL_BLOB:
		p->bytes = xmalloc(v->s.n + 1);
		memcpy(p->bytes, v->s.p, v->s.n);
		p->bytes[v->s.n] = '\0';
		p->n = (int)v->s.n;
		break;
	}
}

static bool prepare(struct sql_stmt *st)
{
	struct pg_stmt *o = own(st);

	if (o->prepared || !pg(st->c)->prepare)
		return true;
	PGresult *r = PQprepare(pg(st->c)->c, o->name, st->text, st->params, NULL);
	o->prepared = fine(r) ? true : fail(st->c, r, &st->failed);
	PQclear(r);
	return o->prepared;
}

static void execute(struct sql_stmt *st)
{
	struct pg_stmt *o = own(st);
	const char *values[24];
	int lengths[24], formats[24];

	if (st->params > 24)
		BUG("too many parameters: %s", st->text);
	if (!prepare(st))
		return;
	for (int i = 0; i < st->params; i++) {
		values[i] = o->v[i].bytes;
		lengths[i] = o->v[i].n;
		formats[i] = o->v[i].format;
	}
	if (pg(st->c)->prepare)
		o->r = PQexecPrepared(pg(st->c)->c, o->name, st->params, values, lengths, formats, 1);
	else
		o->r = PQexecParams(pg(st->c)->c, st->text, st->params, NULL, values, lengths, formats, 1);
	if (!fine(o->r)) {
		fail(st->c, o->r, &st->failed);
		return;
	}
	int64_t n;
	// Empty for a select's siblings that touch nothing, a number for insert, update, delete (and select, which does not matter).
	if (!str_starts(PQcmdStatus(o->r), "SELECT") && parse_int(sv(PQcmdTuples(o->r)), 0, INT64_MAX, &n))
		st->c->changes = n;
}

static bool step(struct sql_stmt *st)
{
	struct pg_stmt *o = own(st);

	if (!o->r)
		execute(st);
	return !st->failed.code && ++o->row < PQntuples(o->r);
}

static void reset(struct sql_stmt *st)
{
	struct pg_stmt *o = own(st);

	PQclear(o->r);
	o->r = NULL;
	for (int i = 0; i < st->params; i++)
		free(o->v[i].bytes);
	memset(o->v, 0, (size_t)st->params * sizeof(*o->v));
}

static int64_t col_int(struct sql_stmt *st, int col)
{
	struct pg_stmt *o = own(st);
	const unsigned char *p = (const unsigned char *)PQgetvalue(o->r, o->row, col);
	int n = PQgetlength(o->r, o->row, col);
	Oid type = PQftype(o->r, col);
	uint64_t v = 0;
	int64_t parsed = 0;

	if (PQgetisnull(o->r, o->row, col))
		return 0;
	if (type != OID_INT8 && type != OID_INT4 && type != OID_BOOL)
		return parse_int(sv_n((const char *)p, (size_t)n), INT64_MIN, INT64_MAX, &parsed) ? parsed : 0;
	for (int i = 0; i < n; i++)
		v = v << 8 | p[i];
	return type == OID_INT4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

static bool col_null(struct sql_stmt *st, int col)
{
	return PQgetisnull(own(st)->r, own(st)->row, col);
}

static struct sv col_sv(struct sql_stmt *st, int col)
{
	struct pg_stmt *o = own(st);

	return sv_n(PQgetvalue(o->r, o->row, col), (size_t)PQgetlength(o->r, o->row, col));
}

static void free_stmt(struct sql_stmt *st)
{
	struct pg_stmt *o = own(st);

	if (!o)
		return;
	free(o->v);
	free(o);
}

static const struct sql_ops ops = {
	.close = close_pg, .begin = begin, .commit = commit, .rollback = rollback, .exec = exec, .revive = revive,
	.start = start, .bind = bind, .step = step, .reset = reset, .col_int = col_int, .col_null = col_null, .col_sv = col_sv,
	.free = free_stmt,
};
