// SPDX-License-Identifier: MIT
// Knows whether the base is sound, how large it is, and how the index is made anew from the text.
#include "kb/check.h"

#include "kb/index.h"
#include "kb/phrasing.h"
#include "kb/rows.h"
#include "src/base/i18n.h"

struct check {
	struct kb *kb;
	void (*on_problem)(void *arg, const char *msg);
	void *arg;
	struct kb_check_report *rep;
	struct err *e;
};

__attribute__((format(printf, 2, 3))) static void problem(struct check *c, const char *fmt, ...)
{
	char msg[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	c->rep->problems++;
	if (c->on_problem)
		c->on_problem(c->arg, msg);
}

static bool file_is_sound(struct check *c)
{
	sqlite3_stmt *st = kb_stmt(c->kb, "PRAGMA integrity_check(20)", c->e);
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(c->kb, st, c->e)) == KB_ROW)
		if (!sv_eqz(kb_col(st, 0), "ok"))
			problem(c, "%.*s", (int)kb_col(st, 0).n, kb_col(st, 0).p);
	return s == KB_DONE;
}

// FTS5's own check is written as an insert, so only a writing connection can run it.
static bool postings_are_sound(struct check *c)
{
	struct err none = {0};

	if (!c->kb->write)
		return true;
	if (!kb_exec(c->kb, "INSERT INTO kb_body(kb_body) VALUES('integrity-check')", &none) ||
	    !kb_exec(c->kb, "INSERT INTO kb_head(kb_head) VALUES('integrity-check')", &none))
		problem(c, _("the full-text index is damaged: %s"), none.msg);
	return true;
}

struct row {
	int64_t no;
	int ver;
	bool current, searchable;
};

static bool versions(struct check *c, struct row **rows, size_t *n)
{
	sqlite3_stmt *st = kb_stmt(c->kb,
				   "SELECT v.no, v.ver, v.ver = a.ver, a.state IN ('published', 'stale') "
				   "FROM article_version v JOIN article a ON a.no = v.no ORDER BY v.no, v.ver",
				   c->e);
	VEC(struct row) v = {0};
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(c->kb, st, c->e)) == KB_ROW)
		vec_push(&v, ((struct row){sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1),
					   sqlite3_column_int(st, 2) != 0, sqlite3_column_int(st, 3) != 0}));
	*rows = v.v;
	*n = v.n;
	return s == KB_DONE;
}

// The forward record of the article; *there tells whether it has one.
static bool stored_doc(struct check *c, int64_t no, struct str *out, bool *there)
{
	sqlite3_stmt *st = kb_stmt(c->kb, "SELECT d FROM kb_doc WHERE no = ?", c->e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	enum kb_step s = kb_step(c->kb, st, c->e);
	*there = s == KB_ROW;
	if (s == KB_ROW)
		str_addn(out, kb_col(st, 0).p, kb_col(st, 0).n);
	sqlite3_reset(st);
	return s != KB_FAILED;
}

static bool version_is_sound(struct check *c, const struct row *r)
{
	struct kb_version v;
	struct arena a = {0};
	struct str want = {0}, have = {0};
	char sha[65];
	bool there = false, ok = kb_version_read(c->kb, r->no, r->ver, &v, &a, c->e);

	if (ok) {
		kb_text_hash(&v.text, sha);
		if (!str_eq(sha, v.sha256))
			problem(c, _("%s version %d: its text is not what was published (hash differs)"), v.text.id, v.ver);
	}
	if (ok && r->current) {
		c->rep->articles++;
		ok = stored_doc(c, r->no, &have, &there);
		if (ok && there != r->searchable)
			problem(c, there ? _("%s is withdrawn but still in the index") : _("%s is missing from the index"),
				v.text.id);
		if (ok && there && r->searchable) {
			kb_doc_make(c->kb, &v.text, &want);
			if (want.n != have.n || memcmp(want.s, have.s, want.n) != 0)
				problem(c, _("%s: the index does not match its text"), v.text.id);
		}
	}
	arena_release(&a);
	str_release(&want);
	str_release(&have);
	return ok;
}

static bool count_of(struct kb *kb, sqlite3_stmt *st, int64_t *out, struct err *e)
{
	if (!st || kb_step(kb, st, e) != KB_ROW)
		return false;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

static bool counts_agree(struct check *c)
{
	int64_t docs, lens;

	if (!count_of(c->kb, kb_stmt(c->kb, "SELECT count(*) FROM kb_doc", c->e), &docs, c->e))
		return false;
	if (docs != kb_meta(c->kb, "docs"))
		problem(c, _("the index counts %d articles and holds %d"), (int)kb_meta(c->kb, "docs"), (int)docs);
	if (!kb_view(c->kb, c->e))
		return false;
	lens = 0;
	for (size_t i = 0; i < c->kb->docs; i++)
		lens += c->kb->head_len[i] != 0;
	if (docs != lens)
		problem(c, _("the index lists %d articles and holds %d"), (int)lens, (int)docs);
	return true;
}

bool kb_check(struct kb *kb, void (*on_problem)(void *arg, const char *msg), void *arg, struct kb_check_report *rep,
	      struct err *e)
{
	struct check c = {kb, on_problem, arg, rep, e};
	struct row *rows = NULL;
	size_t n = 0;

	*rep = (struct kb_check_report){0};
	bool ok = file_is_sound(&c) && postings_are_sound(&c) && versions(&c, &rows, &n);
	rep->versions = (int64_t)n;
	for (size_t i = 0; ok && i < n; i++)
		ok = version_is_sound(&c, &rows[i]);
	free(rows);
	return ok && counts_agree(&c);
}

static bool index_all(struct kb *kb, struct err *e)
{
	struct kb_check_report rep = {0};
	struct check c = {.kb = kb, .rep = &rep, .e = e};
	struct row *rows = NULL;
	size_t n = 0;
	bool ok = versions(&c, &rows, &n);

	for (size_t i = 0; ok && i < n; i++) {
		struct kb_version v;
		struct arena a = {0};
		if (!rows[i].current || !rows[i].searchable)
			continue;
		ok = kb_version_read(kb, rows[i].no, rows[i].ver, &v, &a, e) && kb_index_add(kb, rows[i].no, &v.text, e);
		arena_release(&a);
	}
	free(rows);
	return ok;
}

bool kb_reindex(struct kb *kb, struct err *e)
{
	if (!kb_begin(kb, e))
		return false;
	if (kb_index_clear(kb, e) && index_all(kb, e) && kb_phrasings_reindex(kb, e) &&
	    kb_meta_set(kb, "analyser", KB_ANALYSER_VERSION, e))
		return kb_commit(kb, e);
	kb_rollback(kb);
	return false;
}

// ---- counts ----

bool kb_stats_get(struct kb *kb, struct kb_stats *out, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT state, count(*), sum(must_read), sum(votes_up + votes_down), sum(use_count) "
				       "FROM article GROUP BY state", e);
	int64_t pages, page;
	enum kb_step s;

	*out = (struct kb_stats){0};
	if (!st)
		return false;
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		enum kb_state state;
		if (!kb_state_parse(kb_col(st, 0), &state))
			continue;
		out->by_state[state] = sqlite3_column_int64(st, 1);
		out->articles += sqlite3_column_int64(st, 1);
		out->must_read += kb_searchable(state) ? sqlite3_column_int64(st, 2) : 0;
		out->votes += sqlite3_column_int64(st, 3);
		out->uses += sqlite3_column_int64(st, 4);
	}
	if (s == KB_FAILED)
		return false;
	out->searchable = kb_meta(kb, "docs");
	if (!count_of(kb, kb_stmt(kb, "SELECT count(*) FROM article_version", e), &out->versions, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT coalesce(max(published_at), 0) FROM article", e), &out->last_published_at, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT coalesce(sum(length(CAST(body AS BLOB))), 0) FROM article_version", e),
		      &out->text_bytes, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT count(*) FROM kb_term", e), &out->terms, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT count(*) FROM kb_pinyin", e), &out->pinyin_keys, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT count(*) FROM kb_gap WHERE state NOT IN ('published','duplicate','rejected')", e),
		      &out->gaps_open, e) ||
	    !count_of(kb, kb_stmt(kb, "PRAGMA page_count", e), &pages, e) ||
	    !count_of(kb, kb_stmt(kb, "PRAGMA page_size", e), &page, e))
		return false;
	out->file_bytes = pages * page;
	return true;
}

bool kb_ids(struct kb *kb, bool all, struct kb_list *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT id FROM article WHERE ? OR state IN ('published', 'stale') ORDER BY id", e);
	VEC(const char *) v = {0};
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	kb_bind_int(st, &at, all);
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		vec_push(&v, arena_strndup(a, kb_col(st, 0).p, kb_col(st, 0).n));
	out->v = arena_array(a, const char *, v.n + 1);
	out->n = v.n;
	if (v.n)
		memcpy(out->v, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}
