// SPDX-License-Identifier: MIT
// Knows whether the base is sound, how large it is, and how the index is made anew from the text.
#include "kb/check.h"

#include "kb/index.h"
#include "kb/post_internal.h"
#include "kb/phrasing.h"
#include "kb/rows.h"
#include "src/base/i18n.h"

// Sums over postings and words in which their order does not matter: what the texts want, and what is there.
struct sums {
	uint64_t postings, words, heads;
	int64_t docs;
};

struct check {
	struct kb *kb;
	void (*on_problem)(void *arg, const char *msg);
	void *arg;
	struct kb_check_report *rep;
	struct err *e;
	struct sums want, have;
	struct termset words; // of the article in hand
	bool blind;           // the index cannot even be opened: that is said, the texts are checked all the same
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

struct row {
	int64_t no, row, doc, pointed; // pointed: the version that the article says is current
	int ver;
	bool current, searchable, special;
};

static bool versions(struct check *c, struct row **rows, size_t *n)
{
	sqlite3_stmt *st = kb_stmt(c->kb,
				   "SELECT v.no, v.ver, v.ver = a.ver, a.state IN ('published', 'stale'), v.row, a.doc, a.row, "
				   "a.state = 'stale' OR a.review_due > 0 OR a.votes_up + a.votes_down > 0 "
				   "FROM article_version v JOIN article a ON a.no = v.no ORDER BY v.no, v.ver",
				   c->e);
	VEC(struct row) v = {0};
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(c->kb, st, c->e)) == KB_ROW)
		vec_push(&v, ((struct row){.no = sqlite3_column_int64(st, 0), .ver = sqlite3_column_int(st, 1),
					   .current = sqlite3_column_int(st, 2) != 0, .searchable = sqlite3_column_int(st, 3) != 0,
					   .row = sqlite3_column_int64(st, 4), .doc = sqlite3_column_int64(st, 5),
					   .pointed = sqlite3_column_int64(st, 6), .special = sqlite3_column_int(st, 7) != 0}));
	*rows = v.v;
	*n = v.n;
	return s == KB_DONE;
}

static void want_word(void *arg, struct sv word, bool head)
{
	struct check *c = arg;
	struct termset_entry *en = termset_at(&c->words, word, kb_hash(word));

	en->n[0] = 1;
	en->n[1] = en->n[1] || head;
}

static bool is_han(struct sv s)
{
	uint32_t cp;

	return utf8_decode(s, &cp) == s.n && utf8_is_han(cp);
}

static void end_words(struct check *c)
{
	for (size_t i = 0; i < c->words.cap; i++) {
		const struct termset_entry *en = &c->words.slots[i];
		if (!en->text.p)
			continue;
		c->want.words += kb_key_word(en->text);
		c->want.heads += en->n[1] && !is_han(en->text) ? kb_key_word(en->text) : 0;
	}
	termset_clear(&c->words);
}

// The document of a current version must exist if and only if the article is searchable; its postings and words are summed up.
static bool place_is_sound(struct check *c, const struct row *r, const struct kb_text *t)
{
	bool there = r->doc > 0;

	if (there != r->searchable)
		problem(c, there ? _("%s is withdrawn but still in the index") : _("%s is missing from the index"), t->id);
	if (r->pointed != r->row)
		problem(c, _("%s: its current version is not the one that is searched"), t->id);
	if (there && (r->doc >= (int64_t)c->kb->docs || c->kb->live_row[r->doc] != (uint32_t)r->row))
		problem(c, _("%s: the index does not know its document"), t->id);
	else if (there && r->special && !(c->kb->live_len[r->doc] & KB_SPECIAL))
		problem(c, _("%s: the index does not know what people made of it"), t->id);
	if (!there || !r->searchable)
		return true;
	size_t n;
	const struct kb_posting *v = kb_index_postings(c->kb, t, &n);
	for (size_t i = 0; i < n; i++)
		c->want.postings += kb_posting_mix(v[i].key, (uint32_t)r->doc, v[i].level);
	c->want.docs++;
	kb_index_words(c->kb, t, want_word, c);
	end_words(c);
	return true;
}

static bool version_is_sound(struct check *c, const struct row *r)
{
	struct kb_version v;
	struct arena a = {0};
	char sha[65];
	bool ok = kb_version_read(c->kb, r->no, r->ver, &v, &a, c->e);

	if (ok) {
		kb_text_hash(&v.text, sha);
		if (!str_eq(sha, v.sha256))
			problem(c, _("%s version %d: its text is not what was published (hash differs)"), v.text.id, v.ver);
	}
	if (ok && r->current) {
		c->rep->articles++;
		if (!c->blind)
			place_is_sound(c, r, &v.text);
	}
	arena_release(&a);
	return ok;
}

// ---- the index as a whole ----

static void have_posting(void *arg, kb_key key, uint32_t no, unsigned level)
{
	struct check *c = arg;

	// what is dead leaves later
	if (no < c->kb->docs && c->kb->live_row[no])
		c->have.postings += kb_posting_mix(key, no, level);
}

static void pass_problem(void *arg, const char *msg)
{
	problem(arg, "%s", msg);
}

// Postings of documents that are not merged yet, as far as no slice of a merge has put them into the table.
static bool have_pending(struct check *c)
{
	sqlite3_stmt *st = kb_stmt(c->kb, "SELECT doc, d FROM kb_pending WHERE doc > ?", c->e);
	VEC(struct kb_posting) v = {0};
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	kb_bind_int(st, &at, kb_post_upto(c->kb->post));
	while ((s = kb_step(c->kb, st, c->e)) == KB_ROW) {
		int64_t doc = sqlite3_column_int64(st, 0);
		size_t n = 0;
		vec_reserve(&v, kb_col(st, 1).n + 1);
		if (!kb_pending_postings(kb_col(st, 1), v.v, &n))
			problem(c, _("the postings of document %lld are damaged"), (long long)doc);
		for (size_t i = 0; i < n; i++)
			if (post_merged(c->kb->post, v.v[i].key) < doc)
				have_posting(c, v.v[i].key, (uint32_t)doc, v.v[i].level);
	}
	vec_release(&v);
	return s == KB_DONE;
}

static bool have_words(struct check *c)
{
	// characters have no count of heads
	sqlite3_stmt *st = kb_stmt(c->kb, "SELECT w, n, h FROM kb_word UNION ALL SELECT char(cp), n, 0 FROM kb_char", c->e);
	enum kb_step s;

	if (!st)
		return false;
	while ((s = kb_step(c->kb, st, c->e)) == KB_ROW) {
		c->have.words += kb_key_word(kb_col(st, 0)) * (uint64_t)sqlite3_column_int64(st, 1);
		c->have.heads += kb_key_word(kb_col(st, 0)) * (uint64_t)sqlite3_column_int64(st, 2);
	}
	return s == KB_DONE;
}

static bool count_of(struct kb *kb, sqlite3_stmt *st, int64_t *out, struct err *e)
{
	if (!st || kb_step(kb, st, e) != KB_ROW)
		return false;
	*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

static bool index_agrees(struct check *c)
{
	int64_t live = 0;

	if (!kb_post_walk(c->kb->post, have_posting, pass_problem, c, c->e) || !have_pending(c) || !have_words(c))
		return false;
	for (size_t i = 0; i < c->kb->docs; i++)
		live += c->kb->live_row[i] != 0;
	if (c->want.docs != kb_meta(c->kb, "docs"))
		problem(c, _("the index counts %d articles and holds %d"), (int)kb_meta(c->kb, "docs"), (int)c->want.docs);
	if (c->want.docs != live)
		problem(c, _("the index lists %d articles and holds %d"), (int)live, (int)c->want.docs);
	if (c->want.postings != c->have.postings)
		problem(c, _("the postings of the index are not those of the texts"));
	if (c->want.words != c->have.words || c->want.heads != c->have.heads)
		problem(c, _("the words of the index are not those of the texts"));
	return true;
}

static bool view_opens(struct check *c)
{
	struct err e = {0};

	if (kb_view(c->kb, &e) && kb_live_all(c->kb, &e))
		return true;
	if (e.code != ERR_IO)
		return err_set(c->e, e.code, "%s", e.msg);
	c->blind = true;
	problem(c, "%s", e.msg);
	return true;
}

bool kb_check(struct kb *kb, void (*on_problem)(void *arg, const char *msg), void *arg, struct kb_check_report *rep,
	      struct err *e)
{
	struct check c = {.kb = kb, .on_problem = on_problem, .arg = arg, .rep = rep, .e = e};
	struct row *rows = NULL;
	bool inside = sqlite3_get_autocommit(kb->db) == 0;
	size_t n = 0;

	*rep = (struct kb_check_report){0};
	// all of it in one view of the file
	bool ok = file_is_sound(&c) && (inside || kb_exec(kb, "BEGIN", e));
	ok = ok && view_opens(&c) && versions(&c, &rows, &n);
	rep->versions = (int64_t)n;
	for (size_t i = 0; ok && i < n; i++)
		ok = version_is_sound(&c, &rows[i]);
	ok = ok && (c.blind || index_agrees(&c));
	if (!inside && !sqlite3_get_autocommit(kb->db))
		sqlite3_exec(kb->db, "COMMIT", NULL, NULL, NULL);
	free(rows);
	termset_release(&c.words);
	return ok;
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
		ok = kb_version_read(kb, rows[i].no, rows[i].ver, &v, &a, e) && kb_index_add(kb, rows[i].no, rows[i].row, rows[i].special, &v.text, e);
		arena_release(&a);
	}
	free(rows);
	return ok;
}

static bool point_to_current(struct kb *kb, struct err *e)
{
	return kb_exec(kb,
		       "UPDATE article SET row = v.row FROM article_version v "
		       "WHERE v.no = article.no AND v.ver = article.ver AND article.row <> v.row",
		       e);
}

bool kb_reindex(struct kb *kb, struct err *e)
{
	if (!kb_begin(kb, e))
		return false;
	if (kb_index_clear(kb, e) && point_to_current(kb, e) && index_all(kb, e) && kb_phrasings_reindex(kb, e) &&
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
	    !count_of(kb, kb_stmt(kb, "SELECT count(*) FROM kb_word", e), &out->words, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT count(*) FROM kb_pending", e), &out->pending, e) ||
	    !count_of(kb, kb_stmt(kb, "SELECT count(*) FROM kb_gap WHERE state NOT IN ('published','duplicate','rejected')", e),
		      &out->gaps_open, e) ||
	    !count_of(kb, kb_stmt(kb, "PRAGMA page_count", e), &pages, e) ||
	    !count_of(kb, kb_stmt(kb, "PRAGMA page_size", e), &page, e))
		return false;
	out->file_bytes = pages * page;
	out->index_bytes = kb_post_bytes(kb->post);
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
