// SPDX-License-Identifier: MIT
// Knows how one connection to either engine is asked: SQLite 3.40 or PostgreSQL 15, the same statements (sync.md §5.2).
//
// The portable subset: parameters $1, $2, ... each used once and in order, insert ... on conflict, returning; no sequences,
// triggers, advisory locks, database time, JSON operators or data-modifying common table expressions. Integers are 64 bits.
#ifndef HUB_SQL_H
#define HUB_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/str.h"

enum sql_engine { SQL_SQLITE, SQL_POSTGRES };
enum sql_mode {
	SQL_READ,  // never writes, never checkpoints
	SQL_WRITE, // SQLite: the only writing and checkpointing connection of the file (sync.md D9)
};
enum sql_durability { SQL_FULL, SQL_NORMAL }; // NORMAL only so that the test of durability can be seen to fail

struct sql;      // one connection; used by one thread at a time
struct sql_stmt; // borrowed until the connection closes

// "sqlite:PATH" (":memory:" is private to the connection) or a libpq address "postgresql://...".
must_use bool sql_url(const char *url, enum sql_engine *engine, struct err *e);
struct sql_options {
	enum sql_mode mode;
	enum sql_durability durability;
	const char *vfs; // SQLite, tests only
};
// SQLite: WAL, synchronous FULL, defensive, wal_autocheckpoint only on the writer. *out is owned (sql_close).
must_use bool sql_open(struct sql **out, const char *url, const struct sql_options *o, struct err *e);
void sql_close(struct sql *c); // NULL is fine
enum sql_engine sql_engine_of(const struct sql *c);
// The SQLite handle, for backup alone; NULL on PostgreSQL.
struct sqlite3 *sql_sqlite(struct sql *c);

// READ COMMITTED is enough (what is read and then changed is compared again by its revision). SQLite: begin immediate when
// the connection writes, a snapshot when it reads.
must_use bool sql_begin(struct sql *c, struct err *e);
must_use bool sql_commit(struct sql *c, struct err *e); // on failure rolled back
void sql_rollback(struct sql *c);
// Was the last failure one that a new try may get past (SQLITE_BUSY, 40001, 40P01, a connection that was lost before commit)?
bool sql_retryable(const struct sql *c);
// Reconnects a PostgreSQL connection that was lost; true when it works now.
bool sql_revive(struct sql *c);

// The statement of a text, prepared once, found again by its text; never NULL (failures show in sql_end). After a failure inside
// a transaction only sql_rollback is left: sql_commit refuses, on both engines.
struct sql_stmt *sql_stmt(struct sql *c, const char *text);
// Binders count for themselves. Text and blobs are copied. NULL binds NULL.
void sql_bind_int(struct sql_stmt *st, int64_t v);
void sql_bind_text(struct sql_stmt *st, const char *s);
void sql_bind_blob(struct sql_stmt *st, const void *p, size_t n);
void sql_bind_null(struct sql_stmt *st);
bool sql_row(struct sql_stmt *st);                      // false at the end or on failure
must_use bool sql_end(struct sql_stmt *st, struct err *e); // every sql_stmt ends here
must_use bool sql_run(struct sql_stmt *st, struct err *e); // to the end, then sql_end
int64_t sql_changes(const struct sql *c);               // rows touched by the last insert, update, delete that ended
// Readers of the current row; NULL reads as 0, NULL, an empty slice.
int64_t sql_int(struct sql_stmt *st, int col);
bool sql_is_null(struct sql_stmt *st, int col);
const char *sql_text(struct sql_stmt *st, int col, struct arena *a); // copied into a
struct sv sql_sv(struct sql_stmt *st, int col);                      // text or blob, borrowed until the next sql_row or sql_end
// Several statements without parameters or rows, for DDL.
must_use bool sql_exec(struct sql *c, const char *script, struct err *e);
// Calls fn with the text of every statement prepared so far (tests explain each).
void sql_each_stmt(struct sql *c, void (*fn)(const char *text, void *arg), void *arg);

#endif
