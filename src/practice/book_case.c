// SPDX-License-Identifier: MIT
// Knows the case library: sessions and contacts worth learning from, without anybody's data in them.
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "src/practice/book_part.h"

static const struct kind_row tags[] = {
	{"success", N_("success")}, {"failure", N_("failure")}, {"common", N_("common")}, {"complaint", N_("complaint")}, {"emergency", N_("emergency")},
};
KIND_DEFINE(case_tag, tags)

static const struct kind_row markers[] = {{"good", N_("well done")}, {"miss", N_("missed")}, {"key", N_("key moment")}};
KIND_DEFINE(case_marker, markers)

// A text in which masking still finds something was not masked: it is not taken.
static bool masked(const char *text)
{
	struct str again = {0};

	mask_text(sv(text), &again);
	bool same = str_eq(str_z(&again), text ? text : "");
	str_release(&again);
	return same;
}

static bool all_masked(const struct book_case *c, struct err *e)
{
	bool ok = masked(c->title) && masked(c->log);

	for (size_t i = 0; i < c->n_marks; i++)
		ok &= masked(c->marks[i].note);
	return ok || err_set(e, ERR_DENIED, _("personal data stands in this case; mask it before it goes into the library"));
}

static bool put_marks(struct book *b, const struct book_case *c, struct err *e)
{
	for (size_t i = 0; i < c->n_marks; i++) {
		struct db_stmt *st = db_stmt(b->db, "insert into mark (case_id, n, t_ms, type, note) values (?, ?, ?, ?, ?)");
		db_bind_text(st, c->id);
		db_bind_int(st, (int64_t)i + 1);
		db_bind_int(st, c->marks[i].t_ms);
		db_bind_text(st, case_marker_code(c->marks[i].type));
		db_bind_text(st, c->marks[i].note ? c->marks[i].note : "");
		if (!db_run(st, e))
			return false;
	}
	return true;
}

static bool drop_marks(struct book *b, const char *id, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "delete from mark where case_id = ?");

	db_bind_text(st, id);
	return db_run(st, e);
}

static bool put_case(struct book *b, const struct book_case *c, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "insert or replace into case_ (id, title, category, origin, tags, log, at, by, proposed)"
				     " values (?, ?, ?, ?, ?, ?, ?, ?, ?)");

	db_bind_text(st, c->id);
	db_bind_text(st, c->title);
	db_bind_text(st, c->category);
	db_bind_text(st, c->from);
	db_bind_int(st, c->tags);
	db_bind_text(st, c->log ? c->log : "");
	db_bind_int(st, c->at);
	db_bind_text(st, c->by);
	db_bind_bool(st, c->proposed);
	return db_run(st, e);
}

bool book_case_put(struct book *b, const struct book_case *c, struct err *e)
{
	if (!all_masked(c, e) || !db_begin(b->db, e))
		return false;
	bool ok = put_case(b, c, e) && drop_marks(b, c->id, e) && put_marks(b, c, e);
	return book_commit(b, ok, e);
}

static bool read_marks(struct book *b, struct book_case *c, struct arena *a, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "select t_ms, type, note from mark where case_id = ? order by n");
	VEC(struct case_mark) v = {0};

	db_bind_text(st, c->id);
	while (db_row(st)) {
		struct case_mark m = {.t_ms = db_int(st, 0), .note = db_text(st, 2, a)};
		if (case_marker_parse(db_sv(st, 1), &m.type))
			vec_push(&v, m);
	}
	struct case_mark *marks = arena_array(a, struct case_mark, v.n + 1);
	if (v.n)
		memcpy(marks, v.v, v.n * sizeof(*marks));
	c->marks = marks;
	c->n_marks = v.n;
	vec_release(&v);
	return db_end(st, e);
}

bool book_cases(struct book *b, struct book_cases *out, struct err *e)
{
	struct db_stmt *st = db_stmt(b->db, "select id, title, category, origin, tags, log, at, by, proposed from case_ order by at desc, id desc");
	struct arena *a = &out->arena;

	while (db_row(st))
		vec_push(&out->v, ((struct book_case){
			.id = db_text(st, 0, a), .title = db_text(st, 1, a), .category = db_text(st, 2, a), .from = db_text(st, 3, a),
			.tags = (unsigned)db_int(st, 4), .log = db_text(st, 5, a), .at = db_int(st, 6), .by = db_text(st, 7, a),
			.proposed = db_bool(st, 8)}));
	if (!db_end(st, e))
		return false;
	for (size_t i = 0; i < out->v.n; i++)
		if (!read_marks(b, &out->v.v[i], a, e))
			return false;
	return true;
}

void book_cases_release(struct book_cases *c)
{
	vec_release(&c->v);
	arena_release(&c->arena);
}

bool book_case_drop(struct book *b, const char *id, struct err *e)
{
	if (!db_begin(b->db, e))
		return false;
	struct db_stmt *st = db_stmt(b->db, "delete from case_ where id = ?");
	db_bind_text(st, id);
	bool ok = db_run(st, e);
	if (ok && !db_changes(b->db))
		ok = err_set(e, ERR_NOT_FOUND, _("there is no case %s"), id);
	return book_commit(b, ok && drop_marks(b, id, e), e);
}
