// SPDX-License-Identifier: MIT
// Knows the file of the knowledge base: opening, migrating, transactions, and statements that are prepared once.
#ifndef KB_KBDB_H
#define KB_KBDB_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct sqlite3;
struct sqlite3_stmt;

// One connection to DIR/kb.db together with what it needs to search: analyser, accumulators, statement cache.
// Not shared between threads. Exactly one connection per file may be opened for writing.
struct kb;

enum kb_mode {
	KB_READ,  // read-only; ERR_NOT_FOUND when there is no file, ERR_CONFLICT when its form is not today's
	KB_WRITE, // creates the file and migrates it (a copy FILE.before-N is kept beside it)
	KB_MAKE,  // the same for a file nobody else knows of, which is thrown away if the process ends before it is whole: no log is
		  // kept, nothing waits for the disk
};

// The clock decides what is effective and when reviews are due; borrowed for the life of the connection. Dates without
// a time are days in the zone (IANA name, copied; NULL: Asia/Shanghai).
must_use bool kb_open(struct kb **out, const char *path, enum kb_mode mode, const struct clock *clock, const char *zone,
		      struct err *e);
void kb_close(struct kb *kb); // NULL is fine

const char *kb_zone(const struct kb *kb);
int64_t kb_now(const struct kb *kb); // UTC ms of the injected clock
const char *kb_path(const struct kb *kb);

// ---- for the files of kb/ only ----

struct sqlite3 *kb_sql(struct kb *kb);

// A cached statement, reset and without bindings; borrowed from kb. The text must be a string literal: its address is
// the key. A statement that cannot be prepared is a bug of ours or a damaged file: NULL with the message in e.
struct sqlite3_stmt *kb_stmt(struct kb *kb, const char *sql, struct err *e);
// Binders count parameters themselves, from 1, in the order of the calls.
void kb_bind_int(struct sqlite3_stmt *st, int *at, int64_t v);
void kb_bind_text(struct sqlite3_stmt *st, int *at, struct sv v);      // not copied: must live until the step
void kb_bind_blob(struct sqlite3_stmt *st, int *at, const void *p, size_t n);
struct sv kb_col(struct sqlite3_stmt *st, int column);                  // text or blob; borrowed until the next step
enum kb_step { KB_ROW, KB_DONE, KB_FAILED };
enum kb_step kb_step(struct kb *kb, struct sqlite3_stmt *st, struct err *e);
must_use bool kb_run(struct kb *kb, struct sqlite3_stmt *st, struct err *e); // steps to the end
must_use bool kb_exec(struct kb *kb, const char *sql, struct err *e);

must_use bool kb_begin(struct kb *kb, struct err *e);
must_use bool kb_commit(struct kb *kb, struct err *e);
void kb_rollback(struct kb *kb);
// ERR_FULL for a full disk or a read-only file, ERR_IO else, with SQLite's sentence.
bool kb_sql_err(struct kb *kb, struct err *e);
// A number of the meta table; absent is 0.
int64_t kb_meta(struct kb *kb, const char *key);
must_use bool kb_meta_set(struct kb *kb, const char *key, int64_t v, struct err *e);

#endif
