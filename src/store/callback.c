// SPDX-License-Identifier: MIT
// Knows promised call-backs at rest.
#include "src/store/callback.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/column.h"

#define CALLBACK_COLUMNS                                                                                               \
	"id, rev, created_at, created_by, updated_at, updated_by, origin, interaction_id, customer_id, owner_id, status," \
	" due_at, window_min, attempts, doc_x"
enum { B_ID, B_STAMP, B_INTERACTION = 7, B_CUSTOMER, B_OWNER, B_STATUS, B_DUE, B_WINDOW, B_ATTEMPTS, B_DOC };

static void read_callback(struct db_stmt *st, struct callback *c, struct arena *a)
{
	*c = (struct callback){
		.id = db_text(st, B_ID, a), .interaction_id = db_text(st, B_INTERACTION, a),
		.customer_id = db_text(st, B_CUSTOMER, a), .owner_id = db_text(st, B_OWNER, a),
		.status = db_text(st, B_STATUS, a), .due_at = db_int(st, B_DUE),
		.window_min = db_int(st, B_WINDOW), .attempts = db_int(st, B_ATTEMPTS),
	};
	stamp_read(st, B_STAMP, &c->stamp, a);
	c->doc = db_sealed(st, B_DOC, "callback", c->id, "doc", a);
}

bool callback_put(struct db *db, const struct callback *c, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
		"insert into callback (" CALLBACK_COLUMNS ")"
		" values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
		" on conflict (id) do update set"
		" rev = excluded.rev, updated_at = excluded.updated_at, updated_by = excluded.updated_by,"
		" interaction_id = excluded.interaction_id, customer_id = excluded.customer_id,"
		" owner_id = excluded.owner_id, status = excluded.status, due_at = excluded.due_at,"
		" window_min = excluded.window_min, attempts = excluded.attempts, doc_x = excluded.doc_x");

	db_bind_text(st, c->id);
	stamp_bind(st, &c->stamp);
	db_bind_text(st, c->interaction_id);
	db_bind_text(st, c->customer_id);
	db_bind_text(st, c->owner_id);
	db_bind_text(st, c->status);
	db_bind_int(st, c->due_at);
	db_bind_int(st, c->window_min);
	db_bind_int(st, c->attempts);
	db_bind_sealed(st, "callback", c->id, "doc", c->doc);
	return db_run(st, e);
}

bool callback_get(struct db *db, const char *id, struct callback *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "select " CALLBACK_COLUMNS " from callback where id = ?1");

	db_bind_text(st, id);
	bool found = db_row(st);
	if (found)
		read_callback(st, out, a);
	if (!db_end(st, e))
		return false;
	return found ? true : err_set(e, ERR_NOT_FOUND, _("no call-back %s here"), id);
}

bool callback_drop(struct db *db, const char *id, struct err *e)
{
	struct db_stmt *st = db_stmt(db, "delete from callback where id = ?1");

	db_bind_text(st, id);
	return db_run(st, e);
}

bool callback_due(struct db *db, const char *owner_id, int64_t before, struct callbacks *out, struct arena *a,
		  struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select " CALLBACK_COLUMNS
				     " from callback"
				     " where status = 'open' and due_at < ?1 and (?2 is null or owner_id = ?2)"
				     " order by due_at, id");

	db_bind_int(st, before ? before : INT64_MAX);
	db_bind_text(st, owner_id);
	while (db_row(st))
		read_callback(st, vec_add(out), a);
	return db_end(st, e);
}
