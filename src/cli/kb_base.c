// SPDX-License-Identifier: MIT
// Knows how `zuoxi kb` looks after the base as a whole: counts, whether it is sound, the index made anew.
#include <jansson.h>

#include "kb/check.h"
#include "kb/phrasing.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"
#include "src/cli/reading.h"

int kb_cli_stats(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	static const char *const keys[] = {"name", "value"};
	struct kb_stats s;
	struct kb_phrasing_counts p;
	struct arena a = {0};
	struct err e = {0};

	(void)o, (void)words, (void)n;
	if (!kb_stats_get(kb, &s, &e) || !kb_phrasing_counts_get(kb, &p, &e))
		return cli_fail(c, &e);
	const struct {
		const char *name;
		int64_t v;
	} rows[] = {{"articles", s.articles},	{"versions", s.versions},   {"searchable", s.searchable},
		    {"must_read", s.must_read}, {"gaps_open", s.gaps_open}, {"votes", s.votes},
		    {"uses", s.uses},		{"words", s.words},	    {"pending", s.pending},
		    {"phrasings", p.stored},	{"phrasings_in_force", p.in_force}, {"phrasings_counted", p.counted},
		    {"phrasing_articles", p.articles}, {"phrasing_agents", p.agents}, {"index_bytes", s.index_bytes},
		    {"text_bytes", s.text_bytes}, {"file_bytes", s.file_bytes}};
	struct cli_table *t = cli_table_new(c, keys, keys, 2);
	cli_table_types(t, "si");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cli_table_row(t, (const char *[]){rows[i].name, kb_cli_number(rows[i].v, &a)});
	for (int i = 0; i <= KB_HIDDEN; i++)
		cli_table_row(t, (const char *[]){arena_printf(&a, "state_%s", kb_state_name((enum kb_state)i)),
						  kb_cli_number(s.by_state[i], &a)});
	cli_table_print(t);
	arena_release(&a);
	return CLI_DONE;
}

// ---- soundness ----

static void on_problem(void *arg, const char *msg)
{
	json_array_append_new(arg, json_string(msg));
}

// found: a list that takes each problem.
static bool look(struct kb *kb, json_t *found, struct kb_check_report *r, struct err *e)
{
	*r = (struct kb_check_report){0};
	return kb_check(kb, on_problem, found, r, e);
}

static void say_problems(struct cli *c, const json_t *found)
{
	size_t i;
	json_t *msg;

	json_array_foreach(found, i, msg)
		fprintf(c->out, "%s\n", json_string_value(msg));
}

static void say_counts(struct cli *c, const struct kb_check_report *r)
{
	fprintf(c->err, _("%lld articles, %lld versions, %lld problems\n"), (long long)r->articles, (long long)r->versions,
		(long long)r->problems);
}

static json_t *check_json(const struct kb_check_report *r, json_t *found)
{
	return json_pack("{s:I, s:I, s:I, s:O}", "articles", (json_int_t)r->articles, "versions", (json_int_t)r->versions, "problems",
			 (json_int_t)r->problems, "found", found);
}

static void print_one(struct cli *c, json_t *o)
{
	json_t *rows = json_pack("[o]", o);

	cli_print_json(c, rows);
	json_decref(rows);
}

int kb_cli_check(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct kb_check_report r;
	json_t *found = json_array();
	struct err e = {0};
	int rc;

	(void)o, (void)words, (void)n;
	if (!look(kb, found, &r, &e)) {
		rc = cli_fail(c, &e);
	} else {
		rc = r.problems ? CLI_NO : CLI_DONE;
		if (c->json) {
			print_one(c, check_json(&r, found));
		} else {
			say_problems(c, found);
			say_counts(c, &r);
		}
		if (r.problems)
			fprintf(c->err, "%s\n", _("zuoxi kb check --repair makes the index anew from the text."));
	}
	json_decref(found);
	return rc;
}

// Says what was found, that the index was made anew, and what is wrong still: a text that is not what was published stays so.
static void say_repair(struct cli *c, json_t *found, json_t *left, int64_t repaired, const struct kb_check_report *after)
{
	if (c->json) {
		json_t *o = check_json(after, left);
		json_object_set(o, "before", found);
		json_object_set_new(o, "repaired", json_integer((json_int_t)repaired));
		print_one(c, o);
		return;
	}
	say_problems(c, found);
	fprintf(c->err, ngettext("The index was made anew from the text: %lld problem repaired.\n",
				 "The index was made anew from the text: %lld problems repaired.\n", (unsigned long)repaired), (long long)repaired);
	if (after->problems)
		fprintf(c->err, "%s\n", _("Wrong still:"));
	say_problems(c, left);
	say_counts(c, after);
}

static bool repair(struct cli *c, struct kb *kb, struct kb_check_report *after, struct err *e)
{
	struct kb_check_report before;
	json_t *found = json_array(), *left = json_array();
	struct err why = {0};

	// A base so broken that it cannot even be checked is one more reason to make the index anew.
	if (!look(kb, found, &before, &why)) {
		on_problem(found, why.msg);
		before.problems++;
	}
	bool ok = kb_reindex(kb, e) && look(kb, left, after, e);
	if (ok)
		say_repair(c, found, left, before.problems > after->problems ? before.problems - after->problems : 0, after);
	json_decref(found);
	json_decref(left);
	return ok;
}

int kb_cli_repair(struct cli *c, struct kb *kb, const struct kb_cli_opts *o, char **words, size_t n)
{
	struct kb_cli_writer w = {0};
	struct kb_check_report after;
	struct err e = {0};
	int rc = CLI_FAILED;

	(void)kb, (void)o, (void)words, (void)n;
	if (kb_cli_write(c, false, &w, &e) && repair(c, w.kb, &after, &e))
		rc = after.problems ? CLI_NO : CLI_DONE;
	else
		cli_fail(c, &e);
	kb_cli_close(&w);
	return rc;
}
