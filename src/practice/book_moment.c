// SPDX-License-Identifier: MIT
// Knows the moments of past contacts that were marked, until the contact is kept as a case; and who may decide what is in the library.
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "src/practice/book_part.h"

bool book_moment_put(struct book *b, const char *contact, const struct case_mark *m, struct err *e)
{
	struct str masked = {0};
	struct db_stmt *st = db_stmt(b->db, "insert or replace into moment (contact, t_ms, type, note) values (?, ?, ?, ?)");

	mask_text(sv(m->note ? m->note : ""), &masked);
	db_bind_text(st, contact);
	db_bind_int(st, m->t_ms);
	db_bind_text(st, case_marker_code(m->type));
	db_bind_text(st, str_z(&masked));
	bool ok = db_run(st, e);
	str_release(&masked);
	return ok;
}

bool book_moment_drop(struct book *b, const char *contact, int64_t t_ms, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "delete from moment where contact = ? and t_ms = ?");

	db_bind_text(st, contact);
	db_bind_int(st, t_ms);
	return db_run(st, e);
}

bool book_moments(struct book *b, const char *contact, struct book_marks *out, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "select t_ms, type, note from moment where contact = ? order by t_ms");

	db_bind_text(st, contact);
	while (db_row(st)) {
		struct case_mark m = {.t_ms = db_int(st, 0), .note = db_text(st, 2, &out->arena)};
		if (case_marker_parse(db_sv(st, 1), &m.type))
			vec_push(&out->v, m);
	}
	return db_end(st, e);
}

void book_marks_release(struct book_marks *m)
{
	vec_release(&m->v);
	arena_release(&m->arena);
}

bool book_case_accept(struct book *b, const char *id, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "update case_ set proposed = 0 where id = ?");

	db_bind_text(st, id);
	if (!db_run(st, e))
		return false;
	return db_changes(b->db) || err_set(e, ERR_NOT_FOUND, _("there is no case %s"), id);
}
