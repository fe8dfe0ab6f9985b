// SPDX-License-Identifier: MIT
// Knows `zuoxi practice`: which scenarios there are, playing one without a screen, how agents come on, the case library.
#include "config/config.h"
#include "src/base/i18n.h"
#include "src/cli/practice_cli.h"
#include "src/work/model.h"
#include "src/work/station.h"

static bool load_folder(struct practice_cli *p, const char *dir, struct err *e)
{
	char *dirs[2] = {(char *)(uintptr_t)dir, NULL}, *common = pack_common(dirs, 1);
	struct problems found = {0};
	const char *all[2] = {common ? common : dir, dir};

	p->packs = packs_load(all, common ? 2 : 1, &found);
	problems_sort(&found);
	bool ok = found.errors == 0;
	if (!ok) {
		problems_print(&found, p->c->err);
		err_set(e, ERR_PARSE, ngettext("%s has %zu error; it is not played before that is right", "%s has %zu errors; it is not played before they are right",
					       found.errors), dir, found.errors);
	}
	problems_release(&found);
	free(common);
	return ok;
}

static bool need_data(const struct cli *c, struct err *e)
{
	return !str_empty(c->data) || err_set(e, ERR_IO, _("no data directory: give --data DIR or set ZUOXI_DATA"));
}

static bool load_packs(struct practice_cli *p, struct err *e)
{
	if (p->args->pack)
		return load_folder(p, p->args->pack, e);
	return need_data(p->c, e) && station_load_packs(p->c->data, &p->packs, e);
}

// A data directory in which nobody has practised has no book, and that is fine.
static bool open_book(struct practice_cli *p, struct err *e)
{
	struct err why = {0};

	if (str_empty(p->c->data))
		return p->args->pack || need_data(p->c, e);
	if (book_open_read(&p->book, p->c->data, &why) || why.code == ERR_NOT_FOUND)
		return true;
	*e = why;
	return false;
}

bool practice_open(struct practice_cli *p, struct cli *c, const struct practice_args *args, bool with_packs, bool with_book, struct err *e)
{
	struct config conf;
	struct problems found = {0};

	*p = (struct practice_cli){.c = c, .args = args};
	config_load(&conf, c->config, &found);
	p->zone = xstrdup(str_empty(conf.zone) ? "Asia/Shanghai" : conf.zone);
	config_release(&conf);
	problems_release(&found);
	if ((with_packs && !load_packs(p, e)) || (with_book && !open_book(p, e))) {
		practice_close(p);
		return false;
	}
	if (p->packs)
		packs_world(p->packs, p->zone, &p->world);
	return true;
}

void practice_close(struct practice_cli *p)
{
	book_close(p->book);
	packs_free(p->packs);
	free(p->zone);
	arena_release(&p->arena);
	*p = (struct practice_cli){0};
}

bool practice_find(const struct practice_cli *p, const char *id, const struct pack_scenario **out, struct err *e)
{
	*out = packs_scenario(p->packs, id);
	return *out || err_set(e, ERR_NOT_FOUND, _("there is no scenario %s; zuoxi practice list shows them"), id);
}

// --- list

// The newest session of the scenario that was scored.
static bool last_score(struct practice_cli *p, const char *scenario, int *runs, int *last, int64_t *at, struct err *e)
{
	struct book_sessions rows = {0};
	bool ok = !p->book || book_sessions(p->book, p->args->agent, scenario, 0, &rows, e);

	*runs = 0;
	*last = -1;
	*at = 0;
	for (size_t i = 0; ok && i < rows.v.n; i++) {
		*runs += rows.v.v[i].score != NULL;
		if (rows.v.v[i].score && *last < 0) {
			*last = rows.v.v[i].final_;
			*at = rows.v.v[i].started_at;
		}
	}
	book_sessions_release(&rows);
	return ok;
}

static bool list_row(struct practice_cli *p, struct cli_table *t, const struct pack_scenario *s, struct err *e)
{
	char minutes[24], runs_text[24], last_text[24] = "", at_text[32] = "", version[24], limit[24];
	int runs, last;
	int64_t at;

	if (!last_score(p, s->s.code, &runs, &last, &at, e))
		return false;
	snprintf(minutes, sizeof(minutes), "%d:%02d", s->s.time_limit_s / 60, s->s.time_limit_s % 60);
	snprintf(limit, sizeof(limit), "%d", s->s.time_limit_s);
	snprintf(runs_text, sizeof(runs_text), "%d", runs);
	snprintf(version, sizeof(version), "%d", s->s.version);
	if (last >= 0)
		snprintf(last_text, sizeof(last_text), p->c->json ? "%d" : "%d.%02d", p->c->json ? last : last / 100, last % 100);
	if (at)
		clock_format(p->zone, at, "%Y-%m-%d %H:%M", at_text, sizeof(at_text));
	if (p->c->json)
		cli_table_row(t, (const char *[]){s->s.code, label_text(s->s.title), practice_level_code(s->s.level), scenario_kind_code(s->s.kind),
						  s->pack->code, version, limit, s->s.certifies ? "true" : "false", runs_text,
						  last >= 0 ? last_text : NULL, at ? at_text : NULL});
	else
		cli_table_row(t, (const char *[]){s->s.code, practice_level_label(s->s.level), minutes, runs_text, last >= 0 ? last_text : "—", at_text,
						  label_text(s->s.title)});
	return true;
}

int practice_list(struct practice_cli *p)
{
	static const char *const keys[] = {"scenario", "title", "level", "kind", "pack", "version", "time_limit_s", "certifies", "runs",
					   "last_final", "last_at"};
	static const char *const text_keys[] = {"scenario", "level", "limit", "runs", "last", "at", "title"};
	const char *const titles[] = {_("Scenario"), _("Level"), _("Limit"), _("Runs"), _("Last"), _("On"), _("Title")};
	struct err e = {0};
	size_t n = 0;
	bool ok = true;

	struct cli_table *t = p->c->json ? cli_table_new(p->c, keys, keys, 11) : cli_table_new(p->c, text_keys, titles, 7);
	if (p->c->json)
		cli_table_types(t, "sssssiibiis");
	for (size_t i = 0; ok && i < p->packs->n_scenarios; i++) {
		const struct pack_scenario *s = &p->packs->scenarios[i];
		// With --pack: those of that folder, not of the common one beside it.
		if (p->args->pack && s->pack != &p->packs->v[p->packs->n - 1])
			continue;
		ok = list_row(p, t, s, &e);
		n++;
	}
	cli_table_print(t);
	if (!ok)
		return cli_fail(p->c, &e);
	return n ? CLI_DONE : CLI_NO;
}

// --- The words

static int with_packs(struct cli *c, const struct practice_args *a, int (*fn)(struct practice_cli *, const char *), bool book)
{
	struct practice_cli p;
	struct err e = {0};

	if (!practice_open(&p, c, a, true, book, &e))
		return e.code == ERR_PARSE ? (cli_fail(c, &e), CLI_NO) : cli_fail(c, &e);
	int rc = fn(&p, a->n > 1 ? a->words[1] : NULL);
	practice_close(&p);
	return rc;
}

static int list_all(struct practice_cli *p, const char *id)
{
	(void)id;
	return practice_list(p);
}

static int report(struct cli *c, const struct practice_args *a)
{
	struct practice_cli p;
	struct err e = {0}, none = {0};

	if (!need_data(c, &e) || !practice_open(&p, c, a, false, true, &e))
		return cli_fail(c, &e);
	// Titles of scenarios come from the packs; where they cannot be read the codes stand.
	if (!station_load_packs(c->data, &p.packs, &none))
		p.packs = NULL;
	int rc = practice_report(&p);
	practice_close(&p);
	return rc;
}

static int cases(struct cli *c, const struct practice_args *a)
{
	struct practice_cli p;
	struct err e = {0};

	if (a->n == 3 && (str_eq(a->words[1], "drop") || str_eq(a->words[1], "accept")))
		return practice_case_change(c, a->words[2], str_eq(a->words[1], "accept"));
	bool export = a->n == 3 && a->scenario && *a->scenario && str_eq(a->words[1], "export");
	if (!export && !(a->n == 2 && str_eq(a->words[1], "list")) && !(a->n == 3 && str_eq(a->words[1], "show")))
		return cli_usage(c, PRACTICE_USAGE, _("practice case takes list, show ID, accept ID, drop ID or export ID --scenario FILE"));
	if (!need_data(c, &e) || !practice_open(&p, c, a, export, true, &e))
		return cli_fail(c, &e);
	int rc = export ? practice_case_export(&p) : practice_case(&p);
	practice_close(&p);
	return rc;
}

static bool read_args(int argc, char **argv, struct practice_args *a, struct err *e)
{
	const struct cli_opt opts[] = {{"pack", true, &a->pack}, {"transcript", true, &a->transcript}, {"plain", false, &a->plain}, {"mode", true, &a->mode},
				       {"speed", true, &a->speed}, {"record", true, &a->record}, {"debrief", false, &a->debrief},
				       {"agent", true, &a->agent}, {"from", true, &a->from}, {"to", true, &a->to},
				       {"format", true, &a->format}, {"out", true, &a->out}, {"scenario", true, &a->scenario},
				       {"code", true, &a->code}};

	return cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), a->words, &a->n, e);
}

int cmd_practice(struct cli *c, int argc, char **argv)
{
	struct practice_args a = {.words = xcalloc((size_t)argc + 1, sizeof(*a.words))};
	struct err e = {0};
	int rc;

	if (!read_args(argc, argv, &a, &e))
		rc = cli_usage(c, PRACTICE_USAGE, "%s", e.msg);
	else if (a.n == 1 && str_eq(a.words[0], "list"))
		rc = with_packs(c, &a, list_all, true);
	else if (a.n == 2 && str_eq(a.words[0], "show"))
		rc = with_packs(c, &a, practice_show, false);
	else if (a.n == 2 && str_eq(a.words[0], "run"))
		rc = with_packs(c, &a, practice_run, false);
	else if (a.n == 1 && str_eq(a.words[0], "tour"))
		rc = with_packs(c, &a, practice_guide, false);
	else if (a.n == 1 && str_eq(a.words[0], "report"))
		rc = report(c, &a);
	else if (a.n && str_eq(a.words[0], "case"))
		rc = cases(c, &a);
	else
		rc = cli_usage(c, PRACTICE_USAGE, a.n ? _("wrong words after practice") : _("say what to do: list, show, run, tour, report or case"));
	free(a.words);
	return rc;
}

// `zuoxi report practice ...`
int cmd_report(struct cli *c, int argc, char **argv)
{
	struct practice_args a = {.words = xcalloc((size_t)argc + 1, sizeof(*a.words))};
	struct err e = {0};
	int rc;

	if (!read_args(argc, argv, &a, &e))
		rc = cli_usage(c, "report practice [--agent NO] [--from DATE] [--to DATE] [--format text|json|csv|html] [--out FILE]", "%s", e.msg);
	else if (a.n == 1 && str_eq(a.words[0], "practice"))
		rc = report(c, &a);
	else
		rc = cli_usage(c, "report practice [--agent NO] [--from DATE] [--to DATE] [--format text|json|csv|html] [--out FILE]",
			       _("name a report: practice"));
	free(a.words);
	return rc;
}
