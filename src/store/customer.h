// SPDX-License-Identifier: MIT
// Knows customers at rest: a sealed document, and the keyed hashes by which it is found.
#ifndef STORE_CUSTOMER_H
#define STORE_CUSTOMER_H

#include "src/store/meta.h"

// doc is the JSON object of domain.md §3.3. Everything that is searched is taken from it on put: display_name, phones[]
// (objects with "e164", or strings), id_no, orders[] (strings), tier. Only the name's first character, the last 4
// digits of the first phone and the tier stand in plain columns.
struct customer {
	const char *id;
	struct row_stamp stamp;
	const char *doc;
	// Filled on read, ignored on put.
	const char *name, *tier, *last4;
	int64_t used_at;
};
struct customers {
	struct customer *v;
	size_t n, cap;
};

// Inserts or replaces (created_* of the first stay), indexes included. ERR_PARSE when doc is not such an object.
must_use bool customer_put(struct db *db, const struct customer *c, struct err *e);
// ERR_NOT_FOUND when absent. Strings are in a.
must_use bool customer_get(struct db *db, const char *id, struct customer *out, struct arena *a, struct err *e);
// With its lookup keys and the log of its changes; none there is fine.
must_use bool customer_drop(struct db *db, const char *id, struct err *e);
must_use bool customer_touch(struct db *db, const char *id, int64_t at, struct err *e); // used_at, for the cache's age

// Appends at most limit (<= 20, domain.md §18.3) rows to out, latest used first; v is freed with vec_release.
must_use bool customer_by_phone(struct db *db, const char *phone, size_t limit, struct customers *out, struct arena *a,
				struct err *e);
must_use bool customer_by_name(struct db *db, const char *prefix, size_t limit, struct customers *out, struct arena *a,
			       struct err *e);
must_use bool customer_by_code(struct db *db, const char *id_or_order, size_t limit, struct customers *out,
			       struct arena *a, struct err *e);
// A person's way to ask: a phone number, an ID or order number, the start of a name, or name and last 4 digits in either
// order ("李 5678"). 4 digits alone are one criterion too few and find nothing.
must_use bool customer_find(struct db *db, const char *query, size_t limit, struct customers *out, struct arena *a,
			    struct err *e);
must_use bool customer_count(struct db *db, int64_t *out, struct err *e);

// customer_change (append-only): what was changed, already masked.
must_use bool customer_log_change(struct db *db, const char *customer_id, const char *field, const char *old_masked,
				  const char *new_masked, const char *reason, const char *by, int64_t at,
				  struct err *e);

#endif
