// SPDX-License-Identifier: MIT
// Knows what an engine must do for sql.h. Private to src/hub/sql*.c.
#ifndef HUB_SQL_ENGINE_H
#define HUB_SQL_ENGINE_H

#include "src/base/vec.h"
#include "src/hub/sql.h"

struct sql_value;
struct sql_ops {
	void (*close)(struct sql *c); // its own part, statements included
	bool (*begin)(struct sql *c, struct err *e);
	bool (*commit)(struct sql *c, struct err *e);
	void (*rollback)(struct sql *c); // also where no transaction is open
	bool (*exec)(struct sql *c, const char *script, struct err *e);
	bool (*revive)(struct sql *c);
	void (*start)(struct sql_stmt *st); // makes it ready for binding; failures go to st->failed
	void (*bind)(struct sql_stmt *st, int i, const struct sql_value *v);
	bool (*step)(struct sql_stmt *st);
	void (*reset)(struct sql_stmt *st);
	int64_t (*col_int)(struct sql_stmt *st, int col);
	bool (*col_null)(struct sql_stmt *st, int col);
	struct sv (*col_sv)(struct sql_stmt *st, int col);
	void (*free)(struct sql_stmt *st);
};

enum sql_kind { SQL_NULL, SQL_INT, SQL_TEXT, SQL_BLOB };
struct sql_value {
	enum sql_kind kind;
	int64_t i;
	struct sv s;
};

struct sql_stmt {
	struct sql *c;
	char *text;
	uint64_t hash;
	int bound, params; // params: counted in the text
	bool active, stepped, at_end;
	struct err failed; // first failure since sql_stmt
	void *own;         // the engine's part
};

struct sql {
	const struct sql_ops *ops;
	enum sql_engine engine;
	struct sql_options o;
	char *url; // as given
	VEC(struct sql_stmt *) stmts;
	int64_t changes;
	bool retry;  // of the last failure
	bool broken; // a statement of the open transaction failed: it can only be rolled back
	bool in_tx;
	bool trace;
	void *own;
};

// Each opens the engine's part of c; on failure c->own is NULL or closable.
must_use bool sql_sqlite_open(struct sql *c, const char *path, struct err *e);
must_use bool sql_pg_open(struct sql *c, struct err *e);

#endif
