// SPDX-License-Identifier: MIT
// Knows which articles ask for attention: must be read by everybody, must be looked at again, stand in for a retired one.
#include "kb/watch.h"

#include "kb/rows.h"

enum { CHAIN = 16 }; // retired successors followed at most

static const char *text_of(sqlite3_stmt *st, int col, struct arena *a)
{
	return arena_strndup(a, kb_col(st, col).p, kb_col(st, col).n);
}

bool kb_must_reads(struct kb *kb, struct kb_must_read **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.id, v.title, v.title_en, a.ver, a.published_at, v.type = 'policy', v.quiz != '[]' "
				   "FROM article a JOIN article_version v ON v.no = a.no AND v.ver = a.ver "
				   "WHERE a.must_read = 1 AND a.state IN ('published', 'stale') AND a.effective_from <= ?1 "
				   "AND (a.effective_to = 0 OR a.effective_to > ?1) ORDER BY a.published_at, a.id",
				   e);
	VEC(struct kb_must_read) v = {0};
	int at = 0;
	enum kb_step s;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, kb_now(kb));
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(&v, ((struct kb_must_read){.id = text_of(st, 0, a), .title = text_of(st, 1, a), .title_en = text_of(st, 2, a),
						    .ver = sqlite3_column_int(st, 3), .published_at = sqlite3_column_int64(st, 4),
						    .policy = sqlite3_column_int(st, 5) != 0, .quiz = sqlite3_column_int(st, 6) != 0}));
	*n = v.n;
	*out = arena_array(a, struct kb_must_read, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

bool kb_doubtful(struct kb *kb, size_t limit, struct kb_doubt **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.id, v.title, iif(a.state = 'stale', a.stale_why, 'review'), "
				   "iif(a.review_due > 0 AND a.review_due <= ?1, a.review_due, a.published_at), a.ver, a.net_down "
				   "FROM (SELECT no FROM article WHERE state = 'stale' UNION ALL "
				   "SELECT no FROM article WHERE review_due > 0 AND state = 'published' AND review_due <= ?1) d "
				   "JOIN article a ON a.no = d.no JOIN article_version v ON v.no = a.no AND v.ver = a.ver "
				   "ORDER BY 4, a.id LIMIT ?2",
				   e);
	VEC(struct kb_doubt) v = {0};
	int at = 0;
	enum kb_step s;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, kb_now(kb));
	kb_bind_int(st, &at, (int64_t)limit);
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(&v, ((struct kb_doubt){.id = text_of(st, 0, a), .title = text_of(st, 1, a), .why = text_of(st, 2, a),
						.since = sqlite3_column_int64(st, 3), .ver = sqlite3_column_int(st, 4),
						.net_down = sqlite3_column_int(st, 5)}));
	*n = v.n;
	*out = arena_array(a, struct kb_doubt, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

int64_t kb_change(struct kb *kb)
{
	struct err e = {0};
	sqlite3_stmt *st = kb_stmt(kb, "PRAGMA data_version", &e);
	int64_t v = 0;

	while (st && kb_step(kb, st, &e) == KB_ROW)
		v = sqlite3_column_int64(st, 0);
	return v;
}

bool kb_put_away(struct kb *kb, size_t limit, struct kb_away **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.id, v.title, a.state, "
				   "coalesce((SELECT max(l.at) FROM kb_log l WHERE l.id = a.id AND l.verb IN ('retire', 'hide')), a.published_at), "
				   "a.ver FROM article a JOIN article_version v ON v.no = a.no AND v.ver = a.ver "
				   "WHERE a.state IN ('archived', 'hidden') ORDER BY 4 DESC, a.id LIMIT ?",
				   e);
	VEC(struct kb_away) v = {0};
	int at = 0;
	enum kb_step s;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_int(st, &at, (int64_t)limit);
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_away *w = vec_add(&v);
		*w = (struct kb_away){.id = text_of(st, 0, a), .title = text_of(st, 1, a), .state = KB_ARCHIVED,
				      .at = sqlite3_column_int64(st, 3), .ver = sqlite3_column_int(st, 4)};
		if (!kb_state_parse(kb_col(st, 2), &w->state))
			w->state = KB_ARCHIVED;
	}
	*n = v.n;
	*out = arena_array(a, struct kb_away, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

struct link {
	enum kb_state state;
	int ver;
	const char *id, *title, *next;
};

static bool link_of(struct kb *kb, const char *id, struct link *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.state, a.ver, a.id, v.title, a.replaced_by FROM article a "
				   "JOIN article_version v ON v.no = a.no AND v.ver = a.ver WHERE a.id = ?",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_ROW) {
		*out = (struct link){.ver = sqlite3_column_int(st, 1), .id = text_of(st, 2, a), .title = text_of(st, 3, a), .next = text_of(st, 4, a)};
		if (!kb_state_parse(kb_col(st, 0), &out->state))
			out->state = KB_HIDDEN;
	}
	sqlite3_reset(st);
	return s == KB_ROW || (s == KB_DONE && err_set(e, ERR_NOT_FOUND, "%s", id));
}

bool kb_fate_of(struct kb *kb, const char *id, struct kb_fate *out, struct arena *a, struct err *e)
{
	struct link l;

	*out = (struct kb_fate){.successor = "", .successor_title = ""};
	if (!link_of(kb, id, &l, a, e))
		return false;
	out->state = l.state;
	out->latest = l.ver;
	for (int i = 0; i < CHAIN && l.state == KB_ARCHIVED && *l.next; i++) {
		if (!link_of(kb, l.next, &l, a, NULL))
			break;
		out->successor = l.id;
		out->successor_title = l.title;
	}
	return true;
}
