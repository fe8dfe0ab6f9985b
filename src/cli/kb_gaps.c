// SPDX-License-Identifier: MIT
// Knows `zuoxi kb gaps`: the uncovered cases, one with all that was reported, and the draft that will answer it.
#include <jansson.h>

#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/export.h"
#include "kb/gap.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"
#include "src/cli/reading.h"
#include "src/desk/role.h"
#include "src/sync/shut.h"
#include "src/work/kb_desk.h"

static json_t *stamp(int64_t ms)
{
	return ms ? json_integer((json_int_t)ms) : json_null();
}

static json_t *gap_json(const struct kb_gap *g)
{
	json_t *who = json_array(), *o;

	for (size_t i = 0; i < g->reporters.n; i++)
		json_array_append_new(who, json_string(g->reporters.v[i]));
	o = json_pack("{s:I, s:i, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:b}", "id", (json_int_t)g->id, "occurrences", g->occurrences, "state",
		      kb_gap_state_name(g->state), "query", g->query, "category", g->category, "description", g->description, "reporters", who,
		      "article_id", g->article_id, "taken_by", g->taken_by, "reply", g->reply, "overdue", g->overdue);
	json_object_set_new(o, "first_at", stamp(g->first_at));
	json_object_set_new(o, "last_at", stamp(g->last_at));
	json_object_set_new(o, "due_at", stamp(g->due_at));
	json_object_set_new(o, "closed_at", stamp(g->closed_at));
	json_object_set_new(o, "same_as", stamp(g->same_as));
	return o;
}

static const char *due_text(struct kb *kb, const struct kb_gap *g, struct arena *a)
{
	const char *t = kb_gap_open(g->state) ? kb_cli_time(kb, g->due_at, a) : "";

	return g->overdue ? arena_printf(a, "%s !", t) : t;
}

static const char *joined(const struct kb_list *l, struct arena *a)
{
	const char *s = "";

	for (size_t i = 0; i < l->n; i++)
		s = arena_printf(a, "%s%s%s", s, i ? " " : "", l->v[i]);
	return s;
}

static void print_table(struct cli *c, struct kb *kb, const struct kb_gap *g, size_t n, struct arena *a)
{
	const char *const titles[] = {_("Number"), _("Times"), _("State"), _("Due"), _("Reported by"), _("Category"), _("Query"), _("Description"),
				      _("Article")};
	struct cli_table *t = cli_table_new(c, titles, titles, 9);

	for (size_t i = 0; i < n; i++)
		cli_table_row(t, (const char *[]){kb_cli_number(g[i].id, a), kb_cli_number(g[i].occurrences, a), kb_gap_state_label(g[i].state),
						  due_text(kb, &g[i], a), joined(&g[i].reporters, a), g[i].category, g[i].query,
						  g[i].description, g[i].article_id});
	cli_table_print(t);
}

static int list(struct cli *c, struct kb *kb, bool all)
{
	struct kb_gap *g;
	struct arena a = {0};
	struct err e = {0};
	size_t n;

	if (!kb_gap_list(kb, !all, &g, &n, &a, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	if (c->json) {
		json_t *rows = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(rows, gap_json(&g[i]));
		cli_print_json(c, rows);
		json_decref(rows);
	} else {
		print_table(c, kb, g, n, &a);
	}
	arena_release(&a);
	return CLI_DONE;
}

// ---- one of them ----

static bool number(struct cli *c, const char *word, int64_t *gap)
{
	if (parse_int(sv(word[0] == '#' ? word + 1 : word), 1, INT64_MAX, gap))
		return true;
	kb_cli_usage(c, "gaps", _("an uncovered case has a number, not %s"), word);
	return false;
}

static void print_lines(FILE *f, const char *text)
{
	struct sv rest = sv(text), line;

	while (sv_split(&rest, '\n', &line))
		fprintf(f, "    %.*s\n", (int)line.n, line.p);
}

static void show_text(struct cli *c, struct kb *kb, const struct kb_gap *g, const struct kb_gap_report *r, size_t n, struct arena *a)
{
	fprintf(c->out, ngettext("%lld. %s  (%s, reported %d time)\n", "%lld. %s  (%s, reported %d times)\n", (unsigned long)g->occurrences),
		(long long)g->id, *g->query ? g->query : g->description, kb_gap_state_label(g->state), g->occurrences);
	if (*g->category)
		fprintf(c->out, _("Category: %s\n"), g->category);
	if (kb_gap_open(g->state))
		fprintf(c->out, g->overdue ? _("Answer was due: %s\n") : _("Answer due: %s\n"), kb_cli_time(kb, g->due_at, a));
	if (*g->taken_by)
		fprintf(c->out, _("Taken by: %s\n"), g->taken_by);
	if (*g->article_id)
		fprintf(c->out, _("Article: %s\n"), g->article_id);
	if (g->same_as)
		fprintf(c->out, _("The same as: #%lld\n"), (long long)g->same_as);
	if (*g->reply)
		fprintf(c->out, _("Reply: %s\n"), g->reply);
	for (size_t i = 0; i < n; i++) {
		fprintf(c->out, "\n%s  %s  %s\n", kb_cli_time(kb, r[i].at, a), r[i].agent, r[i].query);
		print_lines(c->out, r[i].description);
		print_lines(c->out, r[i].material);
	}
}

static void show_json(struct cli *c, const struct kb_gap *g, const struct kb_gap_report *r, size_t n)
{
	json_t *o = gap_json(g), *reports = json_array(), *rows = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(reports, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "at", (json_int_t)r[i].at, "agent", r[i].agent,
							 "interaction_id", r[i].interaction_id, "query", r[i].query, "description",
							 r[i].description, "material", r[i].material));
	json_object_set_new(o, "reports", reports);
	json_array_append_new(rows, o);
	cli_print_json(c, rows);
	json_decref(rows);
}

static int show(struct cli *c, struct kb *kb, const char *word)
{
	struct kb_gap g;
	struct kb_gap_report *r;
	struct arena a = {0};
	struct err e = {0};
	int64_t gap;
	size_t n;
	int rc = CLI_DONE;

	if (!number(c, word, &gap))
		return CLI_USAGE;
	if (!kb_gap_get(kb, gap, &g, &a, &e) || !kb_gap_reports(kb, gap, &r, &n, &a, &e))
		rc = cli_fail(c, &e);
	else if (c->json)
		show_json(c, &g, r, n);
	else
		show_text(c, kb, &g, r, n, &a);
	arena_release(&a);
	return rc;
}

int kb_cli_gaps(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	if (!n)
		return list(c, kb, o->all != NULL);
	if (str_eq(words[0], "show") && n == 2 && !o->all)
		return show(c, kb, words[1]);
	return kb_cli_usage(c, "gaps", "%s", str_eq(words[0], "show") ? _("show takes the number of one uncovered case") : _("wrong words"));
}

// ---- a draft for one ----

static bool make_draft(struct cli *c, struct kb_cli_writer *w, int64_t gap, const char *by, const char **id, struct arena *a, struct err *e)
{
	struct kb_deed d = {.verb = KB_DO_GAP_DRAFT, .by = by, .roles = USER_BIT(USER_KB_EDITOR), .gap = gap};
	struct kb *kb = w->kb;
	struct kb_gap g;
	struct kb_text t;
	bool shut = true;

	if (w->store && !shut_read(store_reader(w->store), &c->clock, &shut, e))
		return false;
	// What the contacts of the case say today, where there is a store that tells; else what was noted when it was reported.
	if (!kb_gap_get(kb, gap, &g, a, e) || !kb_next_id(kb, g.category, id, a, e) ||
	    !kb_gap_text(kb, gap, *id, !shut ? kb_gap_material(store_reader(w->store), kb, gap, a) : NULL, &t, a, e))
		return false;
	d.id = *id;
	d.doc = kb_to_json(&t, a);
	return kb_cli_do(c, w, &d, e);
}

int kb_cli_gap_draft(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	static const char *const keys[] = {"gap", "draft", "by"};
	struct kb_cli_writer w = {0};
	struct arena a = {0};
	struct err e = {0};
	const char *id;
	int64_t gap;
	int rc = CLI_DONE;

	(void)kb, (void)n;
	if (!number(c, words[0], &gap))
		return CLI_USAGE;
	if (!kb_cli_deed_open(c, &w, &e)) {
		cli_fail(c, &e);
		rc = CLI_FAILED;
	} else if (!make_draft(c, &w, gap, kb_cli_by(o), &id, &a, &e)) {
		rc = cli_fail(c, &e);
		rc = e.code == ERR_DENIED ? CLI_NO : rc;
	} else if (c->json) {
		struct cli_table *t = cli_table_new(c, keys, keys, 3);
		cli_table_types(t, "iss");
		cli_table_row(t, (const char *[]){kb_cli_number(gap, &a), id, kb_cli_by(o)});
		cli_table_print(t);
	} else {
		fprintf(c->out, _("Draft %s made for uncovered case %lld.\n"), id, (long long)gap);
	}
	arena_release(&a);
	kb_cli_close(&w);
	return rc;
}
