// SPDX-License-Identifier: MIT
// Knows what db.c and migrate.c share: the connection itself and how SQLite's failures become sentences.
#ifndef STORE_DB_INTERNAL_H
#define STORE_DB_INTERNAL_H

#include <sqlite3.h>

#include "src/base/vec.h"
#include "src/store/db.h"

struct db {
	sqlite3 *c;
	char *path;
	enum db_mode mode;
	bool trace;
	const struct keyring *keys;
	char site[8];
	VEC(struct db_stmt *) stmts;
};

// Fills e from the connection's last failure; always false.
bool db_error(struct db *db, int rc, struct err *e);
// Runs SQL text without parameters.
must_use bool db_exec(struct db *db, const char *sql, struct err *e);
// First column of the first row of a pragma or query without parameters.
must_use bool db_scalar(struct db *db, const char *sql, int64_t *out, struct err *e);
// Brings the file to the end of the chain, or refuses it.
must_use bool db_migrate(struct db *db, const struct db_options *o, struct err *e);

#endif
