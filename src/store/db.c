// SPDX-License-Identifier: MIT
// Knows how a SQLite file is opened, asked and changed: one connection, its statements, its transactions.
#include "src/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/db_internal.h"

struct db_stmt {
	struct db *db;
	const char *sql;
	sqlite3_stmt *st;
	int bound, params;
	bool active, stepped, at_end;
	struct err failed; // first failure since db_stmt
};

bool db_error(struct db *db, int rc, struct err *e)
{
	int sys = sqlite3_system_errno(db->c);

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return err_set(e, ERR_FULL, _("the disk is full: %s cannot grow; make room, then save again"), db->path);
	case SQLITE_READONLY:
		return err_set(e, ERR_FULL, _("%s cannot be written: the file or its disk is read-only"), db->path);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return err_set(e, sys && err_from_errno(sys) == ERR_FULL ? ERR_FULL : ERR_IO,
			       _("%s cannot be read or written: %s"), db->path,
			       sys ? strerror(sys) : sqlite3_errstr(rc));
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, ERR_IO, _("%s is damaged; bring back a copy with: zuoxi restore FILE"), db->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_CONFLICT, _("%s is held by another process"), db->path);
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_CONFLICT, _("the store refuses the change: %s"), sqlite3_errmsg(db->c));
	case SQLITE_TOOBIG:
		return err_set(e, ERR_LIMIT, _("a value is too long for the store"));
	}
	return err_set(e, ERR_IO, "%s: %s", db->path, sqlite3_errmsg(db->c));
}

bool db_exec(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db->c, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? true : db_error(db, rc, e);
}

bool db_scalar(struct db *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db->c, sql, -1, &st, NULL);

	*out = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE ? true : db_error(db, rc, e);
	sqlite3_finalize(st);
	return ok;
}

static bool set_pragmas(struct db *db, const struct db_options *o, struct err *e)
{
	static const char *const sync[] = {"pragma synchronous = full", "pragma synchronous = normal",
					   "pragma synchronous = off"};

	sqlite3_extended_result_codes(db->c, 1);
	sqlite3_busy_timeout(db->c, 2000);
	sqlite3_db_config(db->c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->c, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db->c, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (!db_exec(db,
		     "pragma temp_store = memory;"
		     "pragma mmap_size = 268435456;",
		     e))
		return false;
	if (o->mode == DB_READ) {
		sqlite3_db_config(db->c, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		sqlite3_wal_autocheckpoint(db->c, 0);
		return db_exec(db, "pragma query_only = on", e);
	}
	const char *journal = o->mode == DB_ALONE ? "pragma journal_mode = delete" : "pragma journal_mode = wal";
	return db_exec(db, journal, e) && db_exec(db, sync[o->sync], e) &&
	       db_exec(db,
		       "pragma secure_delete = on;"
		       "pragma journal_size_limit = 16777216;"
		       "pragma foreign_keys = off;", // a row may arrive before what it refers to (sync.md §4)
		       e);
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

bool db_open(struct db **out, const char *path, const struct db_options *o, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | (o->mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);

	*out = NULL;
	if (o->mode == DB_READ && !path_exists(path))
		return err_set(e, ERR_NOT_FOUND, _("%s is not there"), path);
	if (o->mode != DB_READ && !make_private(path, e))
		return false;
	struct db *db = xcalloc(1, sizeof(*db));
	db->path = xstrdup(path);
	db->mode = o->mode;
	db->trace = log_traces("sql");
	int rc = sqlite3_open_v2(path, &db->c, flags, o->vfs);
	if (rc != SQLITE_OK) {
		if (db->c)
			db_error(db, rc, e);
		else
			err_set(e, ERR_IO, _("cannot open %s: %s"), path, sqlite3_errstr(rc));
		db_close(db);
		return false;
	}
	if (!set_pragmas(db, o, e) || !db_migrate(db, o, e)) {
		db_close(db);
		return false;
	}
	*out = db;
	return true;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < db->stmts.n; i++) {
		sqlite3_finalize(db->stmts.v[i]->st);
		free(db->stmts.v[i]);
	}
	vec_release(&db->stmts);
	sqlite3_close(db->c);
	free(db->path);
	free(db);
}

void db_set_context(struct db *db, const struct keyring *keys, const char *site)
{
	db->keys = keys;
	snprintf(db->site, sizeof(db->site), "%s", site);
}

const struct keyring *db_keys(const struct db *db)
{
	return db->keys;
}

const char *db_site(const struct db *db)
{
	return db->site;
}

const char *db_path(const struct db *db)
{
	return db->path;
}

static void all_ended(struct db *db, const char *when)
{
	for (size_t i = 0; i < db->stmts.n; i++)
		if (db->stmts.v[i]->active)
			BUG("%s while a statement is not at its end: %s", when, db->stmts.v[i]->sql);
}

bool db_begin(struct db *db, struct err *e)
{
	return db_exec(db, "begin immediate", e);
}

bool db_commit(struct db *db, struct err *e)
{
	all_ended(db, "commit");
	if (db_exec(db, "commit", e))
		return true;
	db_rollback(db);
	return false;
}

void db_rollback(struct db *db)
{
	all_ended(db, "rollback");
	// Some failures have rolled back by themselves.
	if (!sqlite3_get_autocommit(db->c) && !db_exec(db, "rollback", NULL))
		log_line(LOG_ERROR, "rollback failed: %s", sqlite3_errmsg(db->c));
}

struct db_stmt *db_stmt(struct db *db, const char *sql)
{
	struct db_stmt *st = NULL;

	for (size_t i = 0; i < db->stmts.n && !st; i++)
		if (db->stmts.v[i]->sql == sql)
			st = db->stmts.v[i];
	if (!st) {
		st = xcalloc(1, sizeof(*st));
		st->db = db;
		st->sql = sql;
		vec_push(&db->stmts, st);
	}
	if (st->active)
		BUG("statement asked for while it runs: %s", sql);
	st->active = true;
	st->stepped = st->at_end = false;
	st->bound = 0;
	err_clear(&st->failed);
	if (!st->st) {
		int rc = sqlite3_prepare_v3(db->c, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL);
		if (rc != SQLITE_OK)
			db_error(db, rc, &st->failed);
		else
			st->params = sqlite3_bind_parameter_count(st->st);
	}
	return st;
}

struct db *db_of(struct db_stmt *st)
{
	return st->db;
}

// The place of the next parameter; 0 when nothing can be bound.
static int next_param(struct db_stmt *st)
{
	if (!st->active || st->stepped)
		BUG("bound outside of db_stmt .. db_row: %s", st->sql);
	if (!st->st)
		return 0;
	if (++st->bound > st->params)
		BUG("more values than parameters: %s", st->sql);
	return st->bound;
}

static void bound(struct db_stmt *st, int rc)
{
	if (rc != SQLITE_OK && !st->failed.code)
		db_error(st->db, rc, &st->failed);
}

void db_bind_int(struct db_stmt *st, int64_t v)
{
	int i = next_param(st);

	if (i)
		bound(st, sqlite3_bind_int64(st->st, i, v));
}

void db_bind_bool(struct db_stmt *st, bool v)
{
	db_bind_int(st, v);
}

void db_bind_opt(struct db_stmt *st, int64_t v)
{
	if (v)
		db_bind_int(st, v);
	else
		db_bind_null(st);
}

void db_bind_null(struct db_stmt *st)
{
	int i = next_param(st);

	if (i)
		bound(st, sqlite3_bind_null(st->st, i));
}

void db_bind_text(struct db_stmt *st, const char *s)
{
	if (s)
		db_bind_sv(st, sv(s));
	else
		db_bind_null(st);
}

void db_bind_sv(struct db_stmt *st, struct sv s)
{
	int i = next_param(st);

	if (i)
		bound(st, sqlite3_bind_text64(st->st, i, s.p, s.n, SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(struct db_stmt *st, const void *p, size_t n)
{
	int i = next_param(st);

	if (i)
		bound(st, sqlite3_bind_blob64(st->st, i, p, n, SQLITE_TRANSIENT));
}

bool db_row(struct db_stmt *st)
{
	if (!st->active)
		BUG("row asked of an ended statement: %s", st->sql);
	if (st->failed.code || st->at_end)
		return false;
	if (st->bound != st->params)
		BUG("%d of %d parameters bound: %s", st->bound, st->params, st->sql);
	st->stepped = true;
	int rc = sqlite3_step(st->st);
	if (rc == SQLITE_ROW)
		return true;
	st->at_end = true;
	if (rc != SQLITE_DONE)
		db_error(st->db, rc, &st->failed);
	return false;
}

bool db_end(struct db_stmt *st, struct err *e)
{
	if (!st->active)
		BUG("ended twice: %s", st->sql);
	st->active = false;
	if (st->st) {
		sqlite3_reset(st->st);
		sqlite3_clear_bindings(st->st);
	}
	if (st->db->trace)
		log_trace("sql", "%s%s%s", st->sql, st->failed.code ? " -> " : "", st->failed.msg);
	if (!st->failed.code)
		return true;
	return err_set(e, st->failed.code, "%s", st->failed.msg);
}

bool db_run(struct db_stmt *st, struct err *e)
{
	while (db_row(st))
		;
	return db_end(st, e);
}

void db_fail(struct db_stmt *st, const struct err *why)
{
	if (!st->failed.code)
		st->failed = *why;
}

int64_t db_int(struct db_stmt *st, int col)
{
	return sqlite3_column_int64(st->st, col);
}

bool db_bool(struct db_stmt *st, int col)
{
	return db_int(st, col) != 0;
}

bool db_is_null(struct db_stmt *st, int col)
{
	return sqlite3_column_type(st->st, col) == SQLITE_NULL;
}

struct sv db_sv(struct db_stmt *st, int col)
{
	const char *p = sqlite3_column_blob(st->st, col);

	return sv_n(p ? p : "", p ? (size_t)sqlite3_column_bytes(st->st, col) : 0);
}

const char *db_text(struct db_stmt *st, int col, struct arena *a)
{
	if (db_is_null(st, col))
		return NULL;
	struct sv s = db_sv(st, col);
	return arena_strndup(a, s.p, s.n);
}

int64_t db_changes(struct db *db)
{
	return sqlite3_changes64(db->c);
}

bool db_check(struct db *db, struct err *e)
{
	struct arena a = {0};
	struct db_stmt *st = db_stmt(db, "pragma integrity_check(1)");
	const char *first = db_row(st) ? db_text(st, 0, &a) : NULL;
	bool ok = db_end(st, e);

	if (ok && !str_eq(first, "ok"))
		ok = err_set(e, ERR_IO, _("%s is damaged: %s"), db->path, first ? first : "?");
	arena_release(&a);
	return ok;
}

void db_each_stmt(struct db *db, void (*fn)(const char *sql, void *arg), void *arg)
{
	for (size_t i = 0; i < db->stmts.n; i++)
		fn(db->stmts.v[i]->sql, arg);
}

bool db_copy(struct db *db, const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, errno == EEXIST ? ERR_CONFLICT : err_from_errno(errno), _("cannot make %s: %s"), path,
			       strerror(errno));
	close(fd);
	struct db to = {.path = (char *)path};
	int rc = sqlite3_open_v2(path, &to.c, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK) {
		// One step for all pages: a WAL reader sees one state however long it takes.
		sqlite3_backup *b = sqlite3_backup_init(to.c, "main", db->c, "main");
		if (b)
			sqlite3_backup_step(b, -1);
		rc = b ? sqlite3_backup_finish(b) : sqlite3_extended_errcode(to.c);
	}
	bool ok = rc == SQLITE_OK ? true : db_error(&to, rc, e);
	sqlite3_close(to.c);
	if (!ok)
		unlink(path);
	return ok;
}
