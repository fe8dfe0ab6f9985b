// SPDX-License-Identifier: MIT
// Knows sealed columns: a text that is sealed on its way into a statement and opened on its way out.
#ifndef STORE_COLUMN_H
#define STORE_COLUMN_H

#include "src/store/db.h"

// Binds text sealed for (table, id, column) of the connection's site; NULL binds NULL. Without keys the statement fails.
void db_bind_sealed(struct db_stmt *st, const char *table, const char *id, const char *column, const char *text);
// The opened text of column col of the current row, copied into a; NULL for NULL. What does not open fails the
// statement (db_end reports it) and reads as NULL.
const char *db_sealed(struct db_stmt *st, int col, const char *table, const char *id, const char *column,
		      struct arena *a);

#endif
