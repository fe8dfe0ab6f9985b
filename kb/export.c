// SPDX-License-Identifier: MIT
// Knows how articles go out: JSON Lines, CSV, or a page of Markdown each, all of which kb_import reads back to the same text.
#include "kb/export.h"

#include <jansson.h>
#include <stdlib.h>

#include "kb/draft.h"
#include "kb/rows.h"
#include "src/base/i18n.h"

// One row on its way out: the version and what is told beside its text.
struct out {
	const struct kb_text *t;
	const char *state;     // NULL: not told
	int ver;               // 0: not told
	int64_t published_at;
};

// ---- the values of a row, by name ----

enum value_kind { NOTHING, PLAIN, LIST, NUMBER, TRUTH };

struct value {
	enum value_kind kind;
	const char *s;
	const struct kb_list *l;
	int64_t n;
	char time[40];
};

static void text_value(struct value *v, const char *s)
{
	v->kind = str_empty(s) ? NOTHING : PLAIN;
	v->s = s;
}

static void time_value(struct value *v, int64_t ms)
{
	if (ms)
		clock_rfc3339(ms, v->time, sizeof(v->time));
	text_value(v, v->time);
}

static void list_value(struct value *v, const struct kb_list *l)
{
	v->kind = l->n ? LIST : NOTHING;
	v->l = l;
}

static void value_of(const struct out *o, const char *name, struct value *v)
{
	const struct kb_text *t = o->t;
	const struct {
		const char *name, *s;
	} texts[] = {{"id", t->id}, {"type", t->type}, {"title", t->title}, {"title_en", t->title_en}, {"summary_en", t->summary_en},
		     {"question", t->question}, {"body", t->body}, {"lang", t->lang}, {"audience", t->audience}, {"author", t->author},
		     {"approver", t->approver}, {"note", t->note}, {"state", o->state}};
	const struct {
		const char *name;
		const struct kb_list *l;
	} lists[] = {{"tags", &t->tags}, {"synonyms", &t->synonyms}, {"phrasings", &t->phrasings}, {"category", &t->category},
		     {"policies", &t->policies}, {"quiz", &t->quiz}};
	const struct {
		const char *name;
		int64_t ms;
	} times[] = {{"effective_from", t->effective_from}, {"effective_to", t->effective_to}, {"review_due", t->review_due},
		     {"published_at", o->published_at}};

	*v = (struct value){0};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (str_eq(name, texts[i].name))
			text_value(v, texts[i].s);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (str_eq(name, lists[i].name))
			list_value(v, lists[i].l);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (str_eq(name, times[i].name))
			time_value(v, times[i].ms);
	if (str_eq(name, "must_read") && t->must_read)
		v->kind = TRUTH;
	if (str_eq(name, "version") && o->ver) {
		v->kind = NUMBER;
		v->n = o->ver;
	}
}

// ---- JSON ----

static json_t *json_value(const struct value *v)
{
	json_t *list;

	switch (v->kind) {
	case NOTHING:
		return NULL;
	case PLAIN:
		return json_string(v->s);
	case LIST:
		list = json_array();
		for (size_t i = 0; i < v->l->n; i++)
			json_array_append_new(list, json_string(v->l->v[i]));
		return list;
	case NUMBER:
		return json_integer(v->n);
	case TRUTH:
		return json_true();
	}
	return NULL;
}

static void json_row(struct str *b, const struct out *o)
{
	json_t *row = json_object();
	const char *name;

	for (size_t i = 0; (name = kb_draft_field(i)); i++) {
		struct value v;
		value_of(o, name, &v);
		json_t *j = json_value(&v);
		if (j)
			json_object_set_new(row, name, j);
	}
	char *s = json_dumps(row, JSON_COMPACT);
	if (!s)
		BUG("an article that is not UTF-8");
	str_add(b, s);
	free(s);
	json_decref(row);
}

const char *kb_to_json(const struct kb_text *t, struct arena *a)
{
	struct str b = {0};

	json_row(&b, &(struct out){.t = t});
	const char *out = arena_strndup(a, b.s, b.n);
	str_release(&b);
	return out;
}

// ---- CSV ----

static bool column(const struct kb_export_opts *opts, const char *name)
{
	if (str_eq(name, "state"))
		return opts->all || opts->versions;
	return opts->versions || !(str_eq(name, "version") || str_eq(name, "published_at"));
}

static void csv_header(struct str *b, const struct kb_export_opts *opts)
{
	const char *name;

	str_add(b, "\xef\xbb\xbf"); // so that a spreadsheet takes it for UTF-8
	for (size_t i = 0; (name = kb_draft_field(i)); i++)
		if (column(opts, name))
			str_addf(b, "%s%s", i ? "," : "", name);
	str_add(b, "\r\n");
}

// Joined by semicolons as people write them; as JSON if an item would not survive that.
static void csv_list(struct str *b, const struct kb_list *l)
{
	struct str joined = {0};
	bool plain = l->v[0][0] != '[';

	for (size_t i = 0; i < l->n; i++) {
		plain = plain && !strpbrk(l->v[i], ";|");
		str_addf(&joined, "%s%s", i ? ";" : "", l->v[i]);
	}
	if (!plain) {
		char *json = kb_list_json(l);
		str_clear(&joined);
		str_add(&joined, json);
		free(json);
	}
	kb_csv_put(b, sv_n(joined.s, joined.n));
	str_release(&joined);
}

static void csv_row(struct str *b, const struct out *o, const struct kb_export_opts *opts)
{
	const char *name;

	for (size_t i = 0; (name = kb_draft_field(i)); i++) {
		struct value v;
		if (!column(opts, name))
			continue;
		if (i)
			str_addc(b, ',');
		value_of(o, name, &v);
		switch (v.kind) {
		case NOTHING:
			break;
		case PLAIN:
			kb_csv_put(b, sv(v.s));
			break;
		case LIST:
			csv_list(b, v.l);
			break;
		case NUMBER:
			str_addf(b, "%lld", (long long)v.n);
			break;
		case TRUTH:
			str_add(b, "true");
			break;
		}
	}
	str_add(b, "\r\n");
}

// ---- Markdown ----

// Texts of JSON are texts of YAML too.
static void md_page(struct str *b, const struct out *o)
{
	const char *name;

	str_add(b, "---\n");
	for (size_t i = 0; (name = kb_draft_field(i)); i++) {
		struct value v;
		value_of(o, name, &v);
		json_t *j = str_eq(name, "body") ? NULL : json_value(&v);
		if (!j)
			continue;
		char *s = json_dumps(j, JSON_ENCODE_ANY);
		if (!s)
			BUG("an article that is not UTF-8");
		str_addf(b, "%s: %s\n", name, s);
		free(s);
		json_decref(j);
	}
	str_add(b, "---\n");
	str_add(b, o->t->body);
}

// No article is named so, so that no name of a file comes twice; a folder's import passes over names that begin with a dot.
static const char *file_name(const char *id, struct arena *a)
{
	return arena_printf(a, "%s%s.md", *id == '.' ? "%" : "", id);
}

// ---- the whole base ----

static bool put_row(const struct kb_export_opts *opts, const struct out *o, struct str *b, struct arena *a, struct err *e)
{
	const char *name = NULL;

	str_clear(b);
	switch (opts->form) {
	case KB_EXPORT_JSONL:
		json_row(b, o);
		str_addc(b, '\n');
		break;
	case KB_EXPORT_CSV:
		csv_row(b, o, opts);
		break;
	case KB_EXPORT_MD:
		md_page(b, o);
		name = file_name(o->t->id, a);
		break;
	}
	return opts->put(opts->arg, name, sv_n(b->s, b->n), e);
}

static bool each_version(struct kb *kb, const struct kb_export_opts *opts, struct str *b, int64_t *rows, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT a.no, v.ver, a.state, v.ver = a.ver FROM article a "
				   "JOIN article_version v ON v.no = a.no AND (?1 OR v.ver = a.ver) "
				   "WHERE ?2 OR a.state IN ('published', 'stale') ORDER BY a.id, v.ver",
				   e);
	bool states = opts->all || opts->versions, ok = true;
	struct arena a = {0};
	enum kb_step s;
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, opts->versions);
	kb_bind_int(st, &at, states);
	while (ok && (s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_version v;
		struct out o = {.t = &v.text};
		char state[16];
		arena_clear(&a);
		// the last version of an article tells its state, so that it has it when it comes in again
		snprintf(state, sizeof(state), "%.*s", (int)kb_col(st, 2).n, kb_col(st, 2).p);
		if (states && sqlite3_column_int(st, 3))
			o.state = state;
		ok = kb_version_read(kb, sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1), &v, &a, e);
		if (ok && opts->versions) {
			o.ver = v.ver;
			o.published_at = v.published_at;
		}
		ok = ok && put_row(opts, &o, b, &a, e);
		*rows += ok;
	}
	if (!ok)
		sqlite3_reset(st);
	arena_release(&a);
	return ok && s == KB_DONE;
}

bool kb_export(struct kb *kb, const struct kb_export_opts *opts, int64_t *rows, struct err *e)
{
	struct str b = {0};
	bool ok = true;

	*rows = 0;
	if (opts->versions && opts->form == KB_EXPORT_MD)
		return err_set(e, ERR_USAGE, _("a page of Markdown holds one version: versions go out as JSON Lines or CSV"));
	if (!kb_exec(kb, "BEGIN", e))
		return false;
	if (opts->form == KB_EXPORT_CSV) {
		csv_header(&b, opts);
		ok = opts->put(opts->arg, NULL, sv_n(b.s, b.n), e);
	}
	ok = ok && each_version(kb, opts, &b, rows, e);
	str_release(&b);
	sqlite3_exec(kb->db, "ROLLBACK", NULL, NULL, NULL); // nothing was written
	return ok;
}
