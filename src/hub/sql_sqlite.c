// SPDX-License-Identifier: MIT
// Knows how SQLite does what sql.h asks: WAL, full synchronisation, one writing and checkpointing connection (sync.md D8, D9).
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/hub/sql_engine.h"

#define MEMORY ":memory:"

struct lite {
	sqlite3 *c;
	char *path;
};

static struct lite *lite(const struct sql *c)
{
	return c->own;
}

static bool fail(struct sql *c, int rc, struct err *e)
{
	struct lite *l = lite(c);
	int sys = sqlite3_system_errno(l->c);

	c->retry = (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED;
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return err_set(e, ERR_FULL, _("the disk is full: %s cannot grow"), l->path);
	case SQLITE_READONLY:
		return err_set(e, ERR_FULL, _("%s cannot be written: the file or its disk is read-only"), l->path);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return err_set(e, sys && err_from_errno(sys) == ERR_FULL ? ERR_FULL : ERR_IO, _("%s cannot be read or written: %s"), l->path,
			       sys ? strerror(sys) : sqlite3_errstr(rc));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, ERR_IO, _("%s is damaged; bring back a backup of it"), l->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_CONFLICT, _("%s is held by another process"), l->path);
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_CONFLICT, _("the store refuses the change: %s"), sqlite3_errmsg(l->c));
	case SQLITE_TOOBIG:
		return err_set(e, ERR_LIMIT, _("a value is too long for the store"));
	}
	return err_set(e, ERR_IO, "%s: %s", l->path, sqlite3_errmsg(l->c));
}

static bool exec(struct sql *c, const char *script, struct err *e)
{
	int rc = sqlite3_exec(lite(c)->c, script, NULL, NULL, NULL);

	return rc == SQLITE_OK ? true : fail(c, rc, e);
}

static bool set_pragmas(struct sql *c, struct err *e)
{
	sqlite3 *l = lite(c)->c;

	sqlite3_extended_result_codes(l, 1);
	sqlite3_busy_timeout(l, 2000);
	sqlite3_db_config(l, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(l, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(l, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(l, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (!exec(c, "pragma temp_store = memory; pragma foreign_keys = off; pragma cache_size = -16000;", e))
		return false;
	if (c->o.mode == SQL_READ) {
		sqlite3_db_config(l, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		sqlite3_wal_autocheckpoint(l, 0);
		return exec(c, "pragma query_only = on;", e);
	}
	return exec(c, "pragma journal_mode = wal;", e) &&
	       exec(c, c->o.durability == SQL_FULL ? "pragma synchronous = full;" : "pragma synchronous = normal;", e) &&
	       exec(c, "pragma wal_autocheckpoint = 1000; pragma journal_size_limit = 67108864; pragma secure_delete = on;", e);
}

// SQLite would make the file by the umask; what stands in it is nobody else's.
static bool make_private(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));
	close(fd);
	return true;
}

static const struct sql_ops ops;

bool sql_sqlite_open(struct sql *c, const char *path, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | (c->o.mode == SQL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	bool memory = str_eq(path, MEMORY);

	c->ops = &ops;
	if (c->o.mode == SQL_READ && !path_exists(path))
		return err_set(e, ERR_NOT_FOUND, _("%s is not there"), path);
	if (c->o.mode == SQL_WRITE && !memory && !make_private(path, e))
		return false;
	struct lite *l = xcalloc(1, sizeof(*l));
	l->path = xstrdup(path);
	c->own = l;
	int rc = sqlite3_open_v2(path, &l->c, memory ? flags | SQLITE_OPEN_CREATE : flags, memory ? NULL : c->o.vfs);
	if (rc != SQLITE_OK)
		return l->c ? fail(c, rc, e) : err_set(e, ERR_IO, _("cannot open %s: %s"), path, sqlite3_errstr(rc));
	return set_pragmas(c, e);
}

static void close_lite(struct sql *c)
{
	struct lite *l = lite(c);

	if (!l)
		return;
	sqlite3_close(l->c);
	free(l->path);
	free(l);
}

struct sqlite3 *sql_sqlite(struct sql *c)
{
	return c->engine == SQL_SQLITE ? lite(c)->c : NULL;
}

static bool begin(struct sql *c, struct err *e)
{
	return exec(c, c->o.mode == SQL_WRITE ? "begin immediate" : "begin", e);
}

static bool commit(struct sql *c, struct err *e)
{
	return exec(c, "commit", e);
}

static void rollback(struct sql *c)
{
	// Some failures have rolled back by themselves.
	if (!sqlite3_get_autocommit(lite(c)->c) && !exec(c, "rollback", NULL))
		log_line(LOG_ERROR, "rollback failed: %s", sqlite3_errmsg(lite(c)->c));
}

static bool revive(struct sql *c)
{
	(void)c;
	return true;
}

static void failed(struct sql_stmt *st, int rc)
{
	if (!st->failed.code)
		fail(st->c, rc, &st->failed);
}

static void start(struct sql_stmt *st)
{
	sqlite3_stmt *s = NULL;

	if (st->own)
		return;
	int rc = sqlite3_prepare_v3(lite(st->c)->c, st->text, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL);
	if (rc != SQLITE_OK)
		failed(st, rc);
	else if (sqlite3_bind_parameter_count(s) != st->params)
		BUG("parameters are not $1, $2, ... each once: %s", st->text);
	st->own = s;
}

static void bind(struct sql_stmt *st, int i, const struct sql_value *v)
{
	int rc = SQLITE_OK;

	switch (v->kind) {
	case SQL_NULL: rc = sqlite3_bind_null(st->own, i); break;
	case SQL_INT: rc = sqlite3_bind_int64(st->own, i, v->i); break;
	case SQL_TEXT: rc = sqlite3_bind_text64(st->own, i, v->s.p, v->s.n, SQLITE_TRANSIENT, SQLITE_UTF8); break;
	case SQL_BLOB: rc = sqlite3_bind_blob64(st->own, i, v->s.p, v->s.n, SQLITE_TRANSIENT); break;
	}
	if (rc != SQLITE_OK)
		failed(st, rc);
}

static bool step(struct sql_stmt *st)
{
	int rc = sqlite3_step(st->own);

	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		failed(st, rc);
	else if (!sqlite3_stmt_readonly(st->own))
		st->c->changes = sqlite3_changes64(lite(st->c)->c);
	return false;
}

static void reset(struct sql_stmt *st)
{
	bool began = st->own && sqlite3_stmt_busy(st->own);

	if (!st->own)
		return;
	sqlite3_reset(st->own);
	// A change with "returning" is done as a whole at the first row; it may be ended before its last.
	if (began && !sqlite3_stmt_readonly(st->own))
		st->c->changes = sqlite3_changes64(lite(st->c)->c);
	sqlite3_clear_bindings(st->own);
}

static int64_t col_int(struct sql_stmt *st, int col)
{
	return sqlite3_column_int64(st->own, col);
}

static bool col_null(struct sql_stmt *st, int col)
{
	return sqlite3_column_type(st->own, col) == SQLITE_NULL;
}

static struct sv col_sv(struct sql_stmt *st, int col)
{
	const char *p = sqlite3_column_blob(st->own, col);

	return sv_n(p ? p : "", p ? (size_t)sqlite3_column_bytes(st->own, col) : 0);
}

static void free_stmt(struct sql_stmt *st)
{
	sqlite3_finalize(st->own);
}

static const struct sql_ops ops = {
	.close = close_lite, .begin = begin, .commit = commit, .rollback = rollback, .exec = exec, .revive = revive,
	.start = start, .bind = bind, .step = step, .reset = reset, .col_int = col_int, .col_null = col_null, .col_sv = col_sv,
	.free = free_stmt,
};
