// SPDX-License-Identifier: MIT
// Knows who has confirmed having read what (domain.md §3.7): version by version, append-only.
#include "src/store/receipt.h"

#include "src/base/vec.h"

bool receipt_add(struct db *db, const struct receipt *r, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "insert or ignore into read_receipt (object_kind, object_id, version, agent_id, at, quiz_passed)"
				     " values (?1, ?2, ?3, ?4, ?5, ?6)");

	db_bind_text(st, r->kind);
	db_bind_text(st, r->id);
	db_bind_int(st, r->version);
	db_bind_text(st, r->agent_id);
	db_bind_int(st, r->at);
	if (r->quiz == RECEIPT_NO_QUIZ)
		db_bind_null(st);
	else
		db_bind_bool(st, r->quiz == RECEIPT_PASSED);
	return db_run(st, e);
}

bool receipt_given(struct db *db, const char *kind, const char *id, int64_t version, const char *agent_id, bool *given, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select 1 from read_receipt where object_kind = ?1 and object_id = ?2 and version = ?3"
				     " and agent_id = ?4");

	db_bind_text(st, kind);
	db_bind_text(st, id);
	db_bind_int(st, version);
	db_bind_text(st, agent_id);
	*given = db_row(st);
	return db_end(st, e);
}

bool receipt_list(struct db *db, const char *kind, struct receipts *out, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(db,
				     "select object_id, version, agent_id, at, quiz_passed from read_receipt"
				     " where object_kind = ?1 order by object_id, version, agent_id");

	db_bind_text(st, kind);
	while (db_row(st)) {
		struct receipt *r = vec_add(out);
		*r = (struct receipt){.kind = arena_strdup(a, kind), .id = db_text(st, 0, a), .version = db_int(st, 1),
				      .agent_id = db_text(st, 2, a), .at = db_int(st, 3),
				      .quiz = db_is_null(st, 4) ? RECEIPT_NO_QUIZ : db_bool(st, 4) ? RECEIPT_PASSED : RECEIPT_FAILED};
	}
	return db_end(st, e);
}
