// SPDX-License-Identifier: MIT
// Knows how `zuoxi kb` prints one article: its text, its history, what differs between two versions.
#include <jansson.h>

#include "kb/export.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"

int kb_cli_show(struct cli *c, struct kb *kb, const char *id, const char *version)
{
	struct arena a = {0};
	struct kb_article art;
	struct err e = {0};
	int64_t ver = 0;
	int rc = CLI_DONE;

	if (version && !parse_int(sv(version), 1, INT32_MAX, &ver))
		return cli_usage(c, KB_USAGE, _("--version takes a number, not %s"), version);
	if (!kb_article_get(kb, id, (int)ver, &art, &a, &e)) {
		rc = cli_fail(c, &e);
	} else if (c->json) {
		json_t *o = json_loads(kb_to_json(&art.cur.text, &a), 0, NULL), *list = json_array();
		json_object_set_new(o, "version", json_integer(art.cur.ver));
		json_object_set_new(o, "state", json_string(kb_state_name(art.state)));
		json_object_set_new(o, "sha256", json_string(art.cur.sha256));
		json_object_set_new(o, "published_at", json_integer(art.cur.published_at));
		json_object_set_new(o, "helpful_up", json_integer(art.votes_up));
		json_object_set_new(o, "helpful_down", json_integer(art.votes_down));
		json_array_append_new(list, o);
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

int kb_cli_history(struct cli *c, struct kb *kb, const char *id)
{
	static const char *const keys[] = {"version", "published_at", "author", "approver", "note", "sha256"};
	struct kb_history_row *rows;
	struct arena a = {0};
	struct err e = {0};
	size_t n;

	if (!kb_history(kb, id, &rows, &n, &a, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 6);
	cli_table_types(t, "isssss");
	for (size_t i = 0; i < n; i++)
		cli_table_row(t, (const char *[]){kb_cli_number(rows[i].ver, &a), kb_cli_time(kb, rows[i].published_at, &a), rows[i].author,
						  rows[i].approver, rows[i].note, rows[i].sha256});
	cli_table_print(t);
	arena_release(&a);
	return CLI_DONE;
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

int kb_cli_diff(struct cli *c, struct kb *kb, char **words)
{
	struct arena a = {0};
	struct err e = {0};
	const char *old = version_text(kb, words[0], words[1], &a, &e), *new = NULL;
	size_t n;
	int rc = CLI_DONE;

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
