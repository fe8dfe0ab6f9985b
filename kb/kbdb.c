// SPDX-License-Identifier: MIT
// Knows the file of the knowledge base: opening, transactions, and statements that are prepared once.
#include "kb/kbdb.h"

#include "kb/chars.h"
#include "kb/check.h"
#include "kb/internal.h"
#include "kb/learn.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

static int log_grew(void *arg, sqlite3 *db, const char *name, int frames)
{
	struct kb *kb = arg;

	(void)db;
	(void)name;
	kb->wal_frames = frames;
	return SQLITE_OK;
}

static bool configure(struct kb *kb, enum kb_mode mode, struct err *e)
{
	sqlite3_busy_timeout(kb->db, 5000);
	if (!kb_exec(kb, "PRAGMA mmap_size=2147418112; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY", e))
		return false;
	if (!kb->write)
		return kb_exec(kb, "PRAGMA query_only=1", e);
	if (mode == KB_MAKE)
		return kb_exec(kb, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=1", e);
	// checkpoints are steps of their own (kb/merge.h): none falls into a commit that somebody waits for
	sqlite3_wal_hook(kb->db, log_grew, kb);
	return kb_exec(kb, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=1", e);
}

// An index made by another analyser gives other tokens: the writer makes it anew, a reader can only say so.
static bool same_analyser(struct kb *kb, struct err *e)
{
	int64_t v = kb_meta(kb, "analyser");

	if (v == KB_ANALYSER_VERSION)
		return true;
	if (!kb->write)
		return err_set(e, ERR_CONFLICT,
			       _("the search index of %s is of another version: run zuoxi kb check --reindex once"), kb->path);
	if (v)
		return kb_reindex(kb, e);
	return kb_meta_set(kb, "analyser", KB_ANALYSER_VERSION, e);
}

bool kb_open(struct kb **out, const char *path, enum kb_mode mode, const struct clock *clock, const char *zone,
	     struct err *e)
{
	struct kb *kb = xcalloc(1, sizeof(*kb));
	int flags = mode != KB_READ ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;

	*out = NULL;
	kb->clock = clock;
	kb->zone = xstrdup(zone ? zone : "Asia/Shanghai");
	kb->path = xstrdup(path);
	kb->write = mode != KB_READ;
	kb->stale_view = true;
	kb->an = kb_analyser_new();
	kb->post = kb_post_new(kb, "kb_post");
	kb->words = kb_words_new(kb);
	kb->chars = kb_chars_new(kb);
	if (mode == KB_READ && !path_exists(path)) {
		err_set(e, ERR_NOT_FOUND, _("there is no knowledge base at %s: import articles first"), path);
		goto bad;
	}
	if (sqlite3_open_v2(path, &kb->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		kb_sql_err(kb, e);
		goto bad;
	}
	if (!configure(kb, mode, e) || !kb_register_tokenizer(kb, e) || !kb_migrate(kb, e) || !same_analyser(kb, e)) {
		err_prefix(e, "%s: ", path);
		goto bad;
	}
	*out = kb;
	return true;
bad:
	kb_close(kb);
	return false;
}

void kb_close(struct kb *kb)
{
	if (!kb)
		return;
	for (size_t i = 0; i < kb->nstmts; i++)
		sqlite3_finalize(kb->stmts[i].st);
	kb_index_release(kb);
	sqlite3_close(kb->db);
	kb_analyser_free(kb->an);
	termset_release(&kb->relearn);
	kb_learned_free(kb->learned);
	free(kb->zone);
	free(kb->path);
	free(kb);
}

const char *kb_zone(const struct kb *kb)
{
	return kb->zone;
}

const char *kb_path(const struct kb *kb)
{
	return kb->path;
}

int64_t kb_now(const struct kb *kb)
{
	return clock_wall(kb->clock);
}

struct sqlite3 *kb_sql(struct kb *kb)
{
	return kb->db;
}

bool kb_sql_err(struct kb *kb, struct err *e)
{
	int code = kb->db ? sqlite3_errcode(kb->db) & 0xff : SQLITE_NOMEM;

	switch (code) {
	case SQLITE_FULL:
	case SQLITE_READONLY:
		return err_set(e, ERR_FULL, _("the knowledge base cannot be written: %s"), sqlite3_errmsg(kb->db));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_CONFLICT, _("the knowledge base is being written by another process"));
	}
	return err_set(e, ERR_IO, _("knowledge base: %s"), kb->db ? sqlite3_errmsg(kb->db) : "out of memory");
}

struct sqlite3_stmt *kb_stmt(struct kb *kb, const char *sql, struct err *e)
{
	size_t i = 0;

	while (i < kb->nstmts && kb->stmts[i].sql != sql)
		i++;
	if (i == kb->nstmts) {
		if (i == KB_STATEMENTS)
			BUG("more than %d statements in kb", KB_STATEMENTS);
		if (sqlite3_prepare_v3(kb->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &kb->stmts[i].st, NULL) != SQLITE_OK) {
			kb_sql_err(kb, e);
			return NULL;
		}
		kb->stmts[i].sql = sql;
		kb->nstmts++;
	}
	sqlite3_reset(kb->stmts[i].st);
	sqlite3_clear_bindings(kb->stmts[i].st);
	return kb->stmts[i].st;
}

void kb_bind_int(struct sqlite3_stmt *st, int *at, int64_t v)
{
	if (sqlite3_bind_int64(st, ++*at, v) != SQLITE_OK)
		BUG("parameter %d of %s", *at, sqlite3_sql(st));
}

void kb_bind_text(struct sqlite3_stmt *st, int *at, struct sv v)
{
	if (sqlite3_bind_text(st, ++*at, v.p ? v.p : "", (int)v.n, SQLITE_STATIC) != SQLITE_OK)
		BUG("parameter %d of %s", *at, sqlite3_sql(st));
}

void kb_bind_blob(struct sqlite3_stmt *st, int *at, const void *p, size_t n)
{
	if (sqlite3_bind_blob(st, ++*at, p ? p : "", (int)n, SQLITE_STATIC) != SQLITE_OK)
		BUG("parameter %d of %s", *at, sqlite3_sql(st));
}

struct sv kb_col(struct sqlite3_stmt *st, int column)
{
	const char *p = sqlite3_column_blob(st, column);

	return sv_n(p ? p : "", (size_t)sqlite3_column_bytes(st, column));
}

enum kb_step kb_step(struct kb *kb, struct sqlite3_stmt *st, struct err *e)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return KB_ROW;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st);
		return KB_DONE;
	}
	kb_sql_err(kb, e);
	sqlite3_reset(st);
	return KB_FAILED;
}

bool kb_run(struct kb *kb, struct sqlite3_stmt *st, struct err *e)
{
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		;
	return s == KB_DONE;
}

bool kb_exec(struct kb *kb, const char *sql, struct err *e)
{
	return sqlite3_exec(kb->db, sql, NULL, NULL, NULL) == SQLITE_OK || kb_sql_err(kb, e);
}

bool kb_begin(struct kb *kb, struct err *e)
{
	return kb_exec(kb, "BEGIN IMMEDIATE", e);
}

bool kb_commit(struct kb *kb, struct err *e)
{
	if (kb_index_flush(kb, e) && kb_phrasings_flush(kb, e) && kb_exec(kb, "COMMIT", e))
		return true;
	kb_rollback(kb);
	return false;
}

void kb_rollback(struct kb *kb)
{
	if (!sqlite3_get_autocommit(kb->db))
		sqlite3_exec(kb->db, "ROLLBACK", NULL, NULL, NULL);
	kb_index_forget(kb);
	termset_clear(&kb->relearn);
	kb_learned_free(kb->learned);
	kb->learned = NULL;
}

int64_t kb_meta(struct kb *kb, const char *key)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT v FROM meta WHERE key = ?", NULL);
	int at = 0;
	int64_t v = 0;

	if (!st)
		return 0;
	kb_bind_text(st, &at, sv(key));
	if (kb_step(kb, st, NULL) == KB_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return v;
}

bool kb_meta_set(struct kb *kb, const char *key, int64_t v, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "INSERT INTO meta(key, v) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET v = excluded.v", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(key));
	kb_bind_int(st, &at, v);
	return kb_run(kb, st, e);
}
