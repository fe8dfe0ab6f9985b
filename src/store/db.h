// SPDX-License-Identifier: MIT
// Knows how a SQLite file is opened, asked and changed: one connection, its statements, its transactions, its schema.
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct db;      // one connection; used by one thread at a time
struct db_stmt; // one cached statement of it, borrowed until the connection closes
struct keyring;

enum db_mode {
	DB_READ,  // read-only; never checkpoints
	DB_WRITE, // the only writing and checkpointing connection of the file (sync.md D9)
	DB_ALONE, // as DB_WRITE for a file nobody else opens: no WAL, so that it can be read from anywhere afterwards
};

// FULL is what the product uses; the others exist so that the tests of durability can be seen to fail.
enum db_sync {
	DB_SYNC_FULL,
	DB_SYNC_NORMAL,
	DB_SYNC_OFF,
};

// One step of the one migration chain: number n brings the file from version n-1 to n.
struct db_step {
	const char *name; // "0001_initial.sql"
	const char *sql;
};
extern const struct db_step store_schema[]; // made from src/store/schema at build time
extern const size_t store_schema_n;

struct db_options {
	enum db_mode mode;
	enum db_sync sync;
	int32_t application_id; // a file that carries another one is refused
	const struct db_step *steps;
	size_t step_count;
	const char *vfs; // NULL: the system's own
};
#define STORE_APPLICATION_ID 0x7A787331 // "zxs1"

// Opens path (WAL, synchronous FULL, defensive, trusted_schema off). DB_WRITE and DB_ALONE make a missing file (mode 0600) and
// migrate it; before the first step on an existing file a copy PATH.before-vN is made beside it. A file newer than the chain is
// ERR_CONFLICT; so is an older one opened DB_READ. The message says what to do. *out is owned (db_close).
must_use bool db_open(struct db **out, const char *path, const struct db_options *o, struct err *e);
// Statements first; the writer checkpoints and leaves a single file. NULL is fine.
void db_close(struct db *db);
// Keys and site code that sealed columns need (see column.h); keys are borrowed for the life of db.
void db_set_context(struct db *db, const struct keyring *keys, const char *site);
const struct keyring *db_keys(const struct db *db); // NULL until set
const char *db_site(const struct db *db);           // "" until set
const char *db_path(const struct db *db);

// Transactions. begin takes the write lock at once. commit and rollback are bugs while a statement is not at its end.
must_use bool db_begin(struct db *db, struct err *e);
must_use bool db_commit(struct db *db, struct err *e); // on failure everything is rolled back
void db_rollback(struct db *db);

// The statement of a literal, prepared once and found again by the literal's address. Never NULL: what cannot be
// prepared fails in db_end. Asking for one that is still running is a bug.
struct db_stmt *db_stmt(struct db *db, const char *sql);
// Binders count for themselves: the first binds ?1, the next ?2. Text and blobs are copied. NULL text binds NULL.
void db_bind_int(struct db_stmt *st, int64_t v);
void db_bind_bool(struct db_stmt *st, bool v);
void db_bind_text(struct db_stmt *st, const char *s);
void db_bind_sv(struct db_stmt *st, struct sv s);
void db_bind_blob(struct db_stmt *st, const void *p, size_t n);
void db_bind_null(struct db_stmt *st);
void db_bind_opt(struct db_stmt *st, int64_t v); // 0 binds NULL: a time or count that is not known
// The next row; false at the end or on failure (db_end tells which). All parameters must have been bound.
bool db_row(struct db_stmt *st);
// Resets and forgets the bindings; false with e when anything since db_stmt failed. Every db_stmt ends here.
must_use bool db_end(struct db_stmt *st, struct err *e);
// For statements without rows: runs to the end, then db_end.
must_use bool db_run(struct db_stmt *st, struct err *e);
// Marks the statement as failed by the caller (a column that does not unseal); db_row ends, db_end reports it.
void db_fail(struct db_stmt *st, const struct err *why);
struct db *db_of(struct db_stmt *st);

// Readers of the current row. NULL reads as 0, false, NULL, an empty slice.
int64_t db_int(struct db_stmt *st, int col);
bool db_bool(struct db_stmt *st, int col);
bool db_is_null(struct db_stmt *st, int col);
const char *db_text(struct db_stmt *st, int col, struct arena *a); // copied into a; NULL for NULL
struct sv db_sv(struct db_stmt *st, int col);                      // borrowed until the next db_row or db_end

int64_t db_changes(struct db *db);                  // rows the last insert, update or delete touched
must_use bool db_check(struct db *db, struct err *e); // integrity_check; ERR_IO names the first finding
// Calls fn with the text of every statement prepared so far (tests explain each of them).
void db_each_stmt(struct db *db, void (*fn)(const char *sql, void *arg), void *arg);
// Copies the whole file as one consistent state into path (must not exist; mode 0600), also while others write.
must_use bool db_copy(struct db *db, const char *path, struct err *e);

#endif
