// SPDX-License-Identifier: MIT
// Knows the store's own facts (site, station, agent, counters) and the common columns of every entity.
#include "src/store/meta.h"

#include "src/base/i18n.h"

void stamp_bind(struct db_stmt *st, const struct row_stamp *s)
{
	db_bind_int(st, s->rev);
	db_bind_int(st, s->created_at);
	db_bind_text(st, s->created_by);
	db_bind_int(st, s->updated_at);
	db_bind_text(st, s->updated_by);
	db_bind_text(st, s->origin);
}

void stamp_read(struct db_stmt *st, int col, struct row_stamp *out, struct arena *a)
{
	out->rev = db_int(st, col);
	out->created_at = db_int(st, col + 1);
	out->created_by = db_text(st, col + 2, a);
	out->updated_at = db_int(st, col + 3);
	out->updated_by = db_text(st, col + 4, a);
	out->origin = db_text(st, col + 5, a);
}

bool meta_text(struct db *db, const char *key, const char **out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select v from meta where k = ?1");

	db_bind_text(st, key);
	*out = db_row(st) ? db_text(st, 0, a) : NULL;
	return db_end(st, e);
}

bool meta_set_text(struct db *db, const char *key, const char *value, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "insert into meta (k, v) values (?1, ?2)"
				     " on conflict (k) do update set v = excluded.v");

	db_bind_text(st, key);
	db_bind_text(st, value);
	return db_run(st, e);
}

bool meta_int(struct db *db, const char *key, int64_t fallback, int64_t *out, struct err *e)
{
	struct arena a = {0};
	const char *v;
	bool ok = meta_text(db, key, &v, &a, e);

	*out = fallback;
	if (ok && v && !parse_int(sv(v), INT64_MIN, INT64_MAX, out))
		ok = err_set(e, ERR_PARSE, _("the store's %s is not a number: %s"), key, v);
	arena_release(&a);
	return ok;
}

bool meta_set_int(struct db *db, const char *key, int64_t value, struct err *e)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	return meta_set_text(db, key, text, e);
}

bool counter_next(struct db *db, const char *name, const char *day, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "insert into counter (name, day, value) values (?1, ?2, 1)"
				     " on conflict (name, day) do update set value = value + 1"
				     " returning value");

	db_bind_text(st, name);
	db_bind_text(st, day);
	*out = db_row(st) ? db_int(st, 0) : 0;
	while (db_row(st))
		;
	return db_end(st, e);
}

bool counter_last(struct db *db, const char *name, const char *day, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select value from counter where name = ?1 and day = ?2");

	db_bind_text(st, name);
	db_bind_text(st, day);
	*out = db_row(st) ? db_int(st, 0) : 0;
	return db_end(st, e);
}
