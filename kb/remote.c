// SPDX-License-Identifier: MIT
// Knows how the base follows a hub: articles as the hub has them, the place reached in its streams, digests of both.
#include "kb/remote.h"

#include "kb/draft.h"
#include "kb/remote_part.h"
#include "kb/rows.h"
#include "src/base/i18n.h"

// --- versions of our own that must go

static bool run_from(struct kb *kb, sqlite3_stmt *st, int64_t no, int ver, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	kb_bind_int(st, &at, ver);
	return kb_run(kb, st, e);
}

// Everything from version ver on leaves the history. Out of the index first: it needs the text.
static bool displace(struct kb *kb, struct kb_head *h, int ver, struct err *e)
{
	if (kb_searchable(h->state) && !kb_move_index(kb, h, false, e))
		return false;
	h->state = KB_HIDDEN;
	return run_from(kb, kb_stmt(kb, "INSERT OR IGNORE INTO article_displaced SELECT * FROM article_version WHERE no = ? AND ver >= ?", e), h->no,
			ver, e) &&
	       run_from(kb, kb_stmt(kb, "DELETE FROM article_version WHERE no = ? AND ver >= ?", e), h->no, ver, e);
}

// --- an article

struct fate {
	const char *replaced_by, *stale_why;
};

static bool say_successor(struct kb *kb, int64_t no, const char *by, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "UPDATE article SET replaced_by = ? WHERE no = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(by));
	kb_bind_int(st, &at, no);
	return kb_run(kb, st, e);
}

static bool take_text(struct kb *kb, const struct kb_text *t, const struct kb_put_as *as, struct kb_head *h, struct err *e)
{
	char sha[65];
	bool same;

	kb_text_hash(t, sha);
	if (!kb_current(kb, t->id, sha, h, &same, e))
		return false;
	if (same && h->ver == as->ver)
		return true;
	bool fresh = !h->no;
	// The same text under another number is displaced as well: what a record cites must mean the same everywhere.
	return (h->ver < as->ver || displace(kb, h, as->ver, e)) && kb_publish(kb, t, sha, h, as->ver, as->published_at, e) &&
	       kb_after_put(kb, h, t, fresh ? KB_PUT_NEW : KB_PUT_CHANGED, true, e);
}

static bool take_article(struct kb *kb, struct kb_draft *d, const struct fate *fate, struct err *e)
{
	struct kb_text f = kb_text_filled(&d->t);
	struct kb_head h;

	if (!d->as.stated || d->as.ver < 1 || !d->as.published_at)
		return err_set(e, ERR_PARSE, _("an article of the hub lacks its version, its state or its date"));
	return kb_text_check(&f, e) && take_text(kb, &f, &d->as, &h, e) &&
	       (h.state == d->as.state || kb_state_write(kb, &h, d->as.state, fate->stale_why, e)) &&
	       say_successor(kb, h.no, d->as.state == KB_ARCHIVED ? fate->replaced_by : "", e);
}

static bool archive(struct kb *kb, const char *id, struct err *e)
{
	struct err why = {0};
	struct kb_head h;

	if (!kb_head_of(kb, id, &h, &why))
		return why.code == ERR_NOT_FOUND || err_set(e, why.code, "%s", why.msg);
	return h.state == KB_ARCHIVED || kb_state_write(kb, &h, KB_ARCHIVED, "", e);
}

static const char *member(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

// The text is written as exports have it; whose it is and how it stands is beside it.
static bool read_row(struct kb_draft *d, const json_t *o, struct err *e)
{
	const json_t *doc = json_object_get(o, "doc");
	bool ok = (json_is_object(doc) || err_set(e, ERR_PARSE, _("an article of the hub has no text"))) && kb_read_json_object(d, doc, e);

	d->t.id = member(o, "id");
	d->t.author = member(o, "author");
	d->t.approver = member(o, "approver");
	d->t.note = member(o, "note");
	d->as.ver = (int)json_integer_value(json_object_get(o, "ver"));
	d->as.published_at = json_integer_value(json_object_get(o, "published_at"));
	d->as.stated = kb_state_parse(sv(member(o, "state")), &d->as.state);
	return ok;
}

static bool take_published(struct kb *kb, const struct kb_remote_row *r, const json_t *o, struct err *e)
{
	struct arena a = {0};
	struct kb_draft d;

	struct fate fate = {.replaced_by = member(o, "replaced_by"), .stale_why = member(o, "stale_why")};
	kb_draft_init(&d, kb_zone(kb), &a);
	bool ok = read_row(&d, o, e) && (str_eq(d.t.id, r->e) || err_set(e, ERR_PARSE, _("an article of the hub has another number"))) &&
		  take_article(kb, &d, &fate, e);
	arena_release(&a);
	return ok;
}

static bool take_doc(struct kb *kb, const struct kb_remote_row *r, const json_t *o, struct err *e)
{
	if (str_eq(r->t, "phrasing"))
		return kb_take_phrasing(kb, r->e, o, e);
	if (str_eq(r->t, "gap"))
		return kb_take_gap(kb, r->e, o, e);
	if (!str_eq(r->t, "article"))
		return true;
	// ver 0: never published, a draft alone.
	return (!json_integer_value(json_object_get(o, "ver")) || take_published(kb, r, o, e)) &&
	       (r->own || kb_take_draft(kb, r->e, json_object_get(o, "draft"), e));
}

static bool is_gone(const struct kb_remote_row *r)
{
	return !r->doc.n && !r->json;
}

static bool take_text_of(struct kb *kb, const struct kb_remote_row *r, struct err *e)
{
	if (is_gone(r))
		return !str_eq(r->t, "article") || archive(kb, r->e, e);
	json_t *o = r->json ? json_incref((json_t *)(uintptr_t)r->json) : json_loadb(r->doc.p, r->doc.n, 0, NULL);
	bool ok = (json_is_object(o) || err_set(e, ERR_PARSE, _("a row of the hub is not a JSON object"))) && take_doc(kb, r, o, e);
	if (!ok)
		err_prefix(e, "%s: ", r->e);
	json_decref(o);
	return ok;
}

// --- rows

bool kb_remote_get(struct kb *kb, const char *t, const char *id, int64_t *rev, const char **s, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT rev, s FROM kb_remote WHERE t = ? AND e = ? AND s NOT GLOB '~*'", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(t));
	kb_bind_text(st, &at, sv(id));
	enum kb_step step = kb_step(kb, st, e);
	*rev = step == KB_ROW ? sqlite3_column_int64(st, 0) : 0;
	if (s)
		*s = step == KB_ROW ? arena_strndup(a, kb_col(st, 1).p, kb_col(st, 1).n) : NULL;
	sqlite3_reset(st);
	return step != KB_FAILED;
}

bool kb_remote_rev(struct kb *kb, const char *t, const char *id, int64_t *rev, struct err *e)
{
	return kb_remote_get(kb, t, id, rev, NULL, NULL, e);
}

static bool remember(struct kb *kb, const struct kb_remote_row *r, struct err *e)
{
	sqlite3_stmt *st = !is_gone(r) ? kb_stmt(kb, "INSERT OR REPLACE INTO kb_remote(t, e, s, rev) VALUES(?, ?, ?, ?)", e)
				    : kb_stmt(kb, "DELETE FROM kb_remote WHERE t = ? AND e = ?", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(r->t));
	kb_bind_text(st, &at, sv(r->e));
	if (!is_gone(r)) {
		kb_bind_text(st, &at, sv(r->s));
		kb_bind_int(st, &at, r->rev);
	}
	return kb_run(kb, st, e);
}

static bool take(struct kb *kb, const struct kb_remote_row *r, struct err *e)
{
	int64_t have;

	if (!kb_remote_rev(kb, r->t, r->e, &have, e))
		return false;
	if (r->rev < have)
		return true;
	return take_text_of(kb, r, e) && remember(kb, r, e);
}

bool kb_take(struct kb *kb, const struct kb_remote_row *r, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, take(kb, r, e));
}

bool kb_take_note(struct kb *kb, const struct kb_remote_row *r, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, remember(kb, r, e));
}

bool kb_remote_each(struct kb *kb, const char *s, void (*fn)(void *arg, const char *t, const char *e, int64_t rev), void *arg,
		    struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT t, e, rev FROM kb_remote WHERE s = ?", e);
	enum kb_step step = KB_FAILED;
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(s));
	while ((step = kb_step(kb, st, e)) == KB_ROW)
		fn(arg, (const char *)sqlite3_column_text(st, 0), (const char *)sqlite3_column_text(st, 1), sqlite3_column_int64(st, 2));
	sqlite3_reset(st);
	return step != KB_FAILED;
}

bool kb_displaced_count(struct kb *kb, int64_t *n, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT count(*) FROM article_displaced", e);

	if (!st || kb_step(kb, st, e) != KB_ROW)
		return false;
	*n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return true;
}

// --- places

static struct kb_cursor place_of(sqlite3_stmt *st, int col)
{
	return (struct kb_cursor){.epoch = sqlite3_column_int64(st, col), .seq = sqlite3_column_int64(st, col + 1),
				 .head = sqlite3_column_int64(st, col + 2), .at = sqlite3_column_int64(st, col + 3)};
}

bool kb_cursor_get(struct kb *kb, const char *s, struct kb_cursor *out, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT epoch, seq, head, at FROM kb_cursor WHERE s = ?", e);
	int at = 0;

	*out = (struct kb_cursor){0};
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(s));
	enum kb_step step = kb_step(kb, st, e);
	if (step == KB_ROW)
		*out = place_of(st, 0);
	sqlite3_reset(st);
	return step != KB_FAILED;
}

static bool forget(struct kb *kb, sqlite3_stmt *st, const char *s, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(s));
	return kb_run(kb, st, e);
}

// --- what a stream that began anew did not bring again

#define GONE_STREAM "~" // before the name of the stream, until the row comes again

static bool list_stale(struct kb *kb, const char *s, struct kb_list *ids, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT e FROM kb_remote WHERE s = '" GONE_STREAM "' || ? AND t = 'article'", e);
	enum kb_step step = KB_FAILED;
	size_t cap = 0;
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(s));
	while ((step = kb_step(kb, st, e)) == KB_ROW) {
		if (ids->n == cap) {
			const char **more = arena_array(a, const char *, cap ? 2 * cap : 16);
			if (cap)
				memcpy(more, ids->v, cap * sizeof(*more));
			ids->v = more;
			cap = cap ? 2 * cap : 16;
		}
		ids->v[ids->n++] = arena_strndup(a, kb_col(st, 0).p, kb_col(st, 0).n);
	}
	sqlite3_reset(st);
	return step != KB_FAILED;
}

// The hub does not have them (any more): out of the search; what cites them still reads them.
static bool drop_stale(struct kb *kb, const char *s, struct err *e)
{
	struct arena a = {0};
	struct kb_list ids = {0};
	bool ok = list_stale(kb, s, &ids, &a, e);

	for (size_t i = 0; ok && i < ids.n; i++)
		ok = archive(kb, ids.v[i], e);
	arena_release(&a);
	return ok && forget(kb, kb_stmt(kb, "DELETE FROM kb_remote WHERE s = '" GONE_STREAM "' || ?", e), s, e);
}

static bool set_place(struct kb *kb, const char *s, const struct kb_cursor *p, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "INSERT OR REPLACE INTO kb_cursor(s, epoch, seq, head, at) VALUES(?, ?, ?, ?, ?)", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(s));
	kb_bind_int(st, &at, p->epoch);
	kb_bind_int(st, &at, p->seq);
	kb_bind_int(st, &at, p->head);
	kb_bind_int(st, &at, p->at);
	// Beginning anew at nought, without a page, is not yet the end.
	return kb_run(kb, st, e) && (!p->seq || p->seq < p->head || drop_stale(kb, s, e));
}

bool kb_cursor_set(struct kb *kb, const char *s, const struct kb_cursor *p, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, set_place(kb, s, p, e));
}

bool kb_cursor_each(struct kb *kb, bool (*fn)(void *arg, const char *s, const struct kb_cursor *p), void *arg, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT s, epoch, seq, head, at FROM kb_cursor ORDER BY s", e);
	enum kb_step step = KB_FAILED;
	bool go = true;

	while (st && go && (step = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_cursor p = place_of(st, 1);
		go = fn(arg, (const char *)sqlite3_column_text(st, 0), &p);
	}
	sqlite3_reset(st);
	return step != KB_FAILED;
}

static bool drop_place(struct kb *kb, const char *s, bool place_too, struct err *e)
{
	if (place_too)
		return forget(kb, kb_stmt(kb, "DELETE FROM kb_remote WHERE s = ?", e), s, e) &&
		       forget(kb, kb_stmt(kb, "DELETE FROM kb_cursor WHERE s = ?", e), s, e);
	return forget(kb, kb_stmt(kb, "UPDATE kb_remote SET s = '" GONE_STREAM "' || s WHERE s = ?", e), s, e);
}

bool kb_cursor_drop(struct kb *kb, const char *s, bool place_too, struct err *e)
{
	return KB_IN_TRANSACTION(kb, e, drop_place(kb, s, place_too, e));
}
