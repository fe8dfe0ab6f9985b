// SPDX-License-Identifier: MIT
// Knows what both engines have in common: statements found again by their text, counting binders, transactions.
#include "src/hub/sql.h"

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/hub/sql_engine.h"

#define SQLITE_PREFIX "sqlite:"

bool sql_url(const char *url, enum sql_engine *engine, struct err *e)
{
	if (str_starts(url, SQLITE_PREFIX) && url[strlen(SQLITE_PREFIX)]) {
		*engine = SQL_SQLITE;
		return true;
	}
	if (str_starts(url, "postgresql://") || str_starts(url, "postgres://")) {
		*engine = SQL_POSTGRES;
		return true;
	}
	return err_set(e, ERR_USAGE, _("%s is no store: it must begin with %s or %s"), url ? url : "", SQLITE_PREFIX, "postgresql://");
}

bool sql_open(struct sql **out, const char *url, const struct sql_options *o, struct err *e)
{
	enum sql_engine engine;

	*out = NULL;
	if (!sql_url(url, &engine, e))
		return false;
	struct sql *c = xcalloc(1, sizeof(*c));
	c->engine = engine;
	c->o = *o;
	c->url = xstrdup(url);
	c->trace = log_traces("sql");
	bool ok = engine == SQL_SQLITE ? sql_sqlite_open(c, url + strlen(SQLITE_PREFIX), e) : sql_pg_open(c, e);
	if (!ok) {
		sql_close(c);
		return false;
	}
	*out = c;
	return true;
}

void sql_close(struct sql *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->stmts.n; i++) {
		c->ops->free(c->stmts.v[i]);
		free(c->stmts.v[i]->text);
		free(c->stmts.v[i]);
	}
	vec_release(&c->stmts);
	if (c->ops)
		c->ops->close(c);
	free(c->url);
	free(c);
}

enum sql_engine sql_engine_of(const struct sql *c)
{
	return c->engine;
}

static void all_ended(const struct sql *c, const char *when)
{
	for (size_t i = 0; i < c->stmts.n; i++)
		if (c->stmts.v[i]->active)
			BUG("%s while a statement is not at its end: %s", when, c->stmts.v[i]->text);
}

bool sql_begin(struct sql *c, struct err *e)
{
	if (c->in_tx)
		BUG("a transaction inside a transaction");
	c->retry = c->broken = false;
	if (!c->ops->begin(c, e))
		return false;
	c->in_tx = true;
	return true;
}

bool sql_commit(struct sql *c, struct err *e)
{
	all_ended(c, "commit");
	// PostgreSQL would answer such a commit with a silent rollback; both engines refuse alike.
	bool ok = !c->broken || err_set(e, ERR_IO, _("a statement of the transaction failed; nothing of it is stored"));
	ok = ok && c->ops->commit(c, e);
	if (!ok)
		sql_rollback(c);
	c->in_tx = false;
	return ok;
}

void sql_rollback(struct sql *c)
{
	bool retry = c->retry;

	all_ended(c, "rollback");
	c->ops->rollback(c);
	c->retry = retry;
	c->in_tx = c->broken = false;
}

bool sql_retryable(const struct sql *c)
{
	return c->retry;
}

bool sql_revive(struct sql *c)
{
	return c->ops->revive(c);
}

bool sql_exec(struct sql *c, const char *script, struct err *e)
{
	bool ok = c->ops->exec(c, script, e);

	c->broken |= !ok && c->in_tx;
	return ok;
}

// FNV-1a: the text is the key, so that texts made at run time are found too.
static uint64_t hash_of(const char *text)
{
	uint64_t h = 14695981039346656037ULL;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 1099511628211ULL;
	return h;
}

static int count_params(const char *text)
{
	int n = 0;

	for (const char *p = text; (p = strchr(p, '$')); p++)
		n++;
	return n;
}

struct sql_stmt *sql_stmt(struct sql *c, const char *text)
{
	uint64_t hash = hash_of(text);
	struct sql_stmt *st = NULL;

	for (size_t i = 0; i < c->stmts.n && !st; i++)
		if (c->stmts.v[i]->hash == hash && strcmp(c->stmts.v[i]->text, text) == 0)
			st = c->stmts.v[i];
	if (!st) {
		st = xcalloc(1, sizeof(*st));
		st->c = c;
		st->text = xstrdup(text);
		st->hash = hash;
		st->params = count_params(text);
		vec_push(&c->stmts, st);
	}
	if (st->active)
		BUG("statement asked for while it runs: %s", text);
	st->active = true;
	st->stepped = st->at_end = false;
	st->bound = 0;
	err_clear(&st->failed);
	c->ops->start(st);
	return st;
}

static void bind(struct sql_stmt *st, const struct sql_value *v)
{
	if (!st->active || st->stepped)
		BUG("bound outside of sql_stmt .. sql_row: %s", st->text);
	if (++st->bound > st->params)
		BUG("more values than parameters: %s", st->text);
	if (!st->failed.code)
		st->c->ops->bind(st, st->bound, v);
}

void sql_bind_int(struct sql_stmt *st, int64_t v)
{
	bind(st, &(struct sql_value){.kind = SQL_INT, .i = v});
}

void sql_bind_text(struct sql_stmt *st, const char *s)
{
	bind(st, &(struct sql_value){.kind = s ? SQL_TEXT : SQL_NULL, .s = sv(s)});
}

void sql_bind_blob(struct sql_stmt *st, const void *p, size_t n)
{
	bind(st, &(struct sql_value){.kind = p ? SQL_BLOB : SQL_NULL, .s = sv_n(p ? p : "", n)});
}

void sql_bind_null(struct sql_stmt *st)
{
	bind(st, &(struct sql_value){.kind = SQL_NULL});
}

bool sql_row(struct sql_stmt *st)
{
	if (!st->active)
		BUG("row asked of an ended statement: %s", st->text);
	if (st->failed.code || st->at_end)
		return false;
	if (st->bound != st->params)
		BUG("%d of %d parameters bound: %s", st->bound, st->params, st->text);
	bool row = st->c->ops->step(st);
	st->stepped = true;
	st->at_end = !row;
	return row;
}

bool sql_end(struct sql_stmt *st, struct err *e)
{
	if (!st->active)
		BUG("ended twice: %s", st->text);
	st->active = false;
	st->c->ops->reset(st);
	if (st->c->trace)
		log_trace("sql", "%s%s%s", st->text, st->failed.code ? " -> " : "", st->failed.msg);
	if (!st->failed.code)
		return true;
	st->c->broken |= st->c->in_tx;
	return err_set(e, st->failed.code, "%s", st->failed.msg);
}

bool sql_run(struct sql_stmt *st, struct err *e)
{
	while (sql_row(st))
		;
	return sql_end(st, e);
}

int64_t sql_changes(const struct sql *c)
{
	return c->changes;
}

int64_t sql_int(struct sql_stmt *st, int col)
{
	return st->c->ops->col_int(st, col);
}

bool sql_is_null(struct sql_stmt *st, int col)
{
	return st->c->ops->col_null(st, col);
}

struct sv sql_sv(struct sql_stmt *st, int col)
{
	return st->c->ops->col_sv(st, col);
}

const char *sql_text(struct sql_stmt *st, int col, struct arena *a)
{
	if (sql_is_null(st, col))
		return NULL;
	struct sv s = sql_sv(st, col);
	return arena_strndup(a, s.p, s.n);
}

void sql_each_stmt(struct sql *c, void (*fn)(const char *text, void *arg), void *arg)
{
	for (size_t i = 0; i < c->stmts.n; i++)
		fn(c->stmts.v[i]->text, arg);
}
