// SPDX-License-Identifier: MIT
// Knows how `zuoxi kb` prints one article: its text, its history, what differs between two versions.
#include <jansson.h>

#include "kb/deed.h"
#include "kb/export.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"
#include "src/cli/reading.h"

int kb_cli_show(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct arena a = {0};
	struct kb_article art;
	struct err e = {0};
	int64_t ver = 0;
	int rc = CLI_DONE;

	(void)n;
	if (o->version && !parse_int(sv(o->version), 1, INT32_MAX, &ver))
		return kb_cli_usage(c, "show", _("--version takes a number, not %s"), o->version);
	if (!kb_article_get(kb, words[0], (int)ver, &art, &a, &e)) {
		rc = cli_fail(c, &e);
	} else if (c->json) {
		json_t *x = json_loads(kb_to_json(&art.cur.text, &a), 0, NULL), *list = json_array();
		json_object_set_new(x, "version", json_integer(art.cur.ver));
		json_object_set_new(x, "state", json_string(kb_state_name(art.state)));
		json_object_set_new(x, "sha256", json_string(art.cur.sha256));
		json_object_set_new(x, "published_at", json_integer(art.cur.published_at));
		json_object_set_new(x, "helpful_up", json_integer(art.votes_up));
		json_object_set_new(x, "helpful_down", json_integer(art.votes_down));
		json_array_append_new(list, x);
		json_dumpf(list, c->out, JSON_INDENT(2));
		fputc('\n', c->out);
		json_decref(list);
	} else {
		fprintf(c->out, _("%s  version %d  %s  %s\n"), art.cur.text.id, art.cur.ver, kb_state_label(art.state),
			kb_cli_time(kb, art.cur.published_at, &a));
		fprintf(c->out, "%s\n", kb_version_text(&art.cur.text, kb_zone(kb), &a));
	}
	arena_release(&a);
	return rc;
}

static void versions_table(struct cli *c, struct kb *kb, const struct kb_history_row *v, size_t n, struct arena *a)
{
	const char *const titles[] = {_("Version"), _("Published"), _("Author"), _("Approved by"), _("Note"), "sha256"};
	struct cli_table *t = cli_table_new(c, titles, titles, 6);

	for (size_t i = 0; i < n; i++)
		cli_table_row(t, (const char *[]){kb_cli_number(v[i].ver, a), kb_cli_time(kb, v[i].published_at, a), v[i].author, v[i].approver,
						  v[i].note, v[i].sha256});
	cli_table_print(t);
}

static const char *state_label(const char *code)
{
	enum kb_state s;

	return kb_state_parse(sv(code), &s) ? kb_state_label(s) : code;
}

static const char *verb_label(const char *code)
{
	for (int i = 0; i < KB_VERBS; i++)
		if (str_eq(code, kb_verb_code((enum kb_verb)i)))
			return kb_verb_label((enum kb_verb)i);
	return code;
}

static void log_table(struct cli *c, struct kb *kb, const struct kb_log_row *v, size_t n, struct arena *a)
{
	const char *const titles[] = {_("When"), _("Action"), _("By"), _("State"), _("Version"), _("Note")};

	if (!n)
		return;
	fputc('\n', c->out);
	struct cli_table *t = cli_table_new(c, titles, titles, 6);
	for (size_t i = n; i-- > 0;)
		cli_table_row(t, (const char *[]){kb_cli_time(kb, v[i].at, a), verb_label(v[i].verb), v[i].by, state_label(v[i].state),
						  v[i].ver ? kb_cli_number(v[i].ver, a) : "", v[i].note});
	cli_table_print(t);
}

// What was done while a version was the current one; what led to the first belongs to it.
static json_t *log_json(const struct kb_log_row *v, size_t n, int ver, bool first)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (v[i].ver == ver || (first && v[i].ver < ver))
			json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s}", "at", (json_int_t)v[i].at, "verb", v[i].verb, "state",
							      v[i].state, "by", v[i].by, "note", v[i].note));
	return list;
}

static void history_json(struct cli *c, const struct kb_history_row *v, size_t n, const struct kb_log_row *log, size_t nlog)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, json_pack("{s:i, s:I, s:s, s:s, s:s, s:s, s:o}", "version", v[i].ver, "published_at",
						      (json_int_t)v[i].published_at, "author", v[i].author, "approver", v[i].approver, "note",
						      v[i].note, "sha256", v[i].sha256, "log", log_json(log, nlog, v[i].ver, i + 1 == n)));
	cli_print_json(c, rows);
	json_decref(rows);
}

int kb_cli_history(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct kb_article art;
	struct kb_history_row *rows;
	struct kb_log_row *log;
	struct arena a = {0};
	struct err e = {0};
	size_t nrows, nlog;
	int rc = CLI_DONE;

	(void)o, (void)n;
	// the article names itself as it is written: the log knows it by that
	if (!kb_article_get(kb, words[0], 0, &art, &a, &e) || !kb_history(kb, art.cur.text.id, &rows, &nrows, &a, &e) ||
	    !kb_log(kb, art.cur.text.id, &log, &nlog, &a, &e)) {
		rc = cli_fail(c, &e);
	} else if (c->json) {
		history_json(c, rows, nrows, log, nlog);
	} else {
		versions_table(c, kb, rows, nrows, &a);
		log_table(c, kb, log, nlog, &a);
	}
	arena_release(&a);
	return rc;
}

static const char *version_text(struct kb *kb, const char *id, const char *ver, struct arena *a, struct err *e)
{
	struct kb_article art;
	int64_t v;

	if (!parse_int(sv(ver), 1, INT32_MAX, &v)) {
		err_set(e, ERR_USAGE, _("a version is a number, not %s"), ver);
		return NULL;
	}
	return kb_article_get(kb, id, (int)v, &art, a, e) ? kb_version_text(&art.cur.text, kb_zone(kb), a) : NULL;
}

enum { DIFF_CONTEXT = 3 };

// Old over new; what changed inside a line stands in marks, since colour says nothing to a file: [-gone-] {+come+}.
static void print_row(FILE *out, const struct kb_diff_row *row)
{
	if (row->folded) {
		fprintf(out, ngettext("@ %zu line the same\n", "@ %zu lines the same\n", row->folded), row->folded);
		return;
	}
	fprintf(out, row->n ? "%c " : "%c", " -+"[row->kind]);
	for (size_t i = 0; i < row->n; i++) {
		const struct kb_diff_line *p = &row->part[i];
		bool marked = row->paired && p->kind != KB_SAME;
		const char *open = !marked ? "" : p->kind == KB_REMOVED ? "[-" : "{+", *close = !marked ? "" : p->kind == KB_REMOVED ? "-]" : "+}";
		fprintf(out, "%s%.*s%s", open, (int)p->text.n, p->text.p, close);
	}
	fputc('\n', out);
}

// [{"change": "removed", "parts": [{"text": "...", "changed": true}]}]: the parts of a row joined are its line.
static void print_rows_json(FILE *out, const struct kb_diff_row *rows, size_t n)
{
	static const char *const names[] = {[KB_SAME] = "same", [KB_REMOVED] = "removed", [KB_ADDED] = "added"};
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_pack("{s:s, s:[]}", "change", names[rows[i].kind], "parts");
		for (size_t k = 0; k < rows[i].n; k++) {
			const struct kb_diff_line *p = &rows[i].part[k];
			json_array_append_new(json_object_get(o, "parts"),
					      json_pack("{s:s%, s:b}", "text", p->text.p, p->text.n, "changed", p->kind != KB_SAME));
		}
		json_array_append_new(list, o);
	}
	json_dumpf(list, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(list);
}

int kb_cli_diff(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t nwords)
{
	struct arena a = {0};
	struct err e = {0};
	const char *old = version_text(kb, words[0], words[1], &a, &e), *new = NULL;
	size_t n;
	int rc = CLI_DONE;

	(void)o, (void)nwords;
	if (old)
		new = version_text(kb, words[0], words[2], &a, &e);
	if (!old || !new) {
		rc = cli_fail(c, &e);
	} else {
		struct kb_diff_row *rows = kb_diff_rows(sv(old), sv(new), c->json ? SIZE_MAX / 4 : DIFF_CONTEXT, &n, &a);
		if (c->json)
			print_rows_json(c->out, rows, n);
		for (size_t i = 0; !c->json && i < n; i++)
			print_row(c->out, &rows[i]);
	}
	arena_release(&a);
	return rc;
}
