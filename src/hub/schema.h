// SPDX-License-Identifier: MIT
// Knows the tables of the hub's store: one list, from which each engine's DDL, the copy and the backup are made.
#ifndef HUB_SCHEMA_H
#define HUB_SCHEMA_H

#include "src/hub/sql.h"

enum schema_type { COL_INT, COL_TEXT, COL_BLOB };
struct schema_col {
	const char *name;
	enum schema_type type;
	bool null; // may be NULL
};
struct schema_index {
	const char *name, *on; // "ent (site, s, seq)"; on NULL: no more
	bool unique;
	bool lite_only; // PostgreSQL does without (see stream)
};
struct schema_table {
	const char *name, *key; // key: columns of the primary key, "site, s"
	const struct schema_col *cols;
	size_t n_cols;
	struct schema_index index[5];
	int fill;    // PostgreSQL's fillfactor, 0: its own
	bool narrow; // short rows: SQLite keeps them in the key's tree
	bool small;  // few rows whatever the hub does: may be read as a whole
};
extern const struct schema_table schema_tables[];
extern const size_t schema_tables_n;

enum { SCHEMA_VERSION = 1 };

// The DDL of one table with its indices, appended.
void schema_ddl(const struct schema_table *t, enum sql_engine engine, struct str *out);
// Makes the schema on a writing connection where there is none; an other program's file and a newer schema are refused
// (ERR_CONFLICT). Several hubs may do it at once on PostgreSQL. readonly: only looks.
must_use bool schema_open(struct sql *c, bool readonly, struct err *e);

#endif
