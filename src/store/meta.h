// SPDX-License-Identifier: MIT
// Knows the store's own facts (site, station, agent, counters) and the common columns of every entity.
#ifndef STORE_META_H
#define STORE_META_H

#include "src/store/db.h"

// Common columns (domain.md §1.4). The site is the same for all rows and stands once in meta. Times are UTC ms.
struct row_stamp {
	int64_t rev; // the hub's revision this row is based on; 0: never accepted yet
	int64_t created_at, updated_at;
	const char *created_by, *updated_by, *origin;
};

// Binds the six columns rev, created_at, created_by, updated_at, updated_by, origin; reads them from col on.
void stamp_bind(struct db_stmt *st, const struct row_stamp *s);
void stamp_read(struct db_stmt *st, int col, struct row_stamp *out, struct arena *a);

// Keys in use: "site", "station", "agent", "inc" (incarnation of the outbox), "next_n". *out NULL when absent.
must_use bool meta_text(struct db *db, const char *key, const char **out, struct arena *a, struct err *e);
must_use bool meta_set_text(struct db *db, const char *key, const char *value, struct err *e);
must_use bool meta_int(struct db *db, const char *key, int64_t fallback, int64_t *out, struct err *e);
must_use bool meta_set_int(struct db *db, const char *key, int64_t value, struct err *e);

// Adds one and gives the new value, 1 first; inside the caller's transaction, so a rolled-back ticket leaves no gap.
// name: "ticket/0A7", day: "261122" (domain.md §3.5: one counter a station and day).
must_use bool counter_next(struct db *db, const char *name, const char *day, int64_t *out, struct err *e);
// The value given last, 0 before the first: for whoever promises a number before its transaction runs.
must_use bool counter_last(struct db *db, const char *name, const char *day, int64_t *out, struct err *e);

#endif
