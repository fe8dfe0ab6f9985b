// SPDX-License-Identifier: MIT
// Knows how `zuoxi kb` prints the base as a whole: gaps, counts, soundness, every article as JSON Lines.
#include "kb/check.h"
#include "kb/gap.h"
#include "src/base/i18n.h"
#include "src/cli/kb_cli.h"
#include "src/store/lock.h"

int kb_cli_gaps(struct cli *c, struct kb *kb)
{
	static const char *const keys[] = {"id", "occurrences", "state", "query", "category", "description", "last_at"};
	struct kb_gap *g;
	struct arena a = {0};
	struct err e = {0};
	size_t n;

	if (!kb_gap_list(kb, false, &g, &n, &a, &e)) {
		arena_release(&a);
		return cli_fail(c, &e);
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 7);
	cli_table_types(t, "iisssss");
	for (size_t i = 0; i < n; i++)
		cli_table_row(t, (const char *[]){kb_cli_number(g[i].id, &a), kb_cli_number(g[i].occurrences, &a), kb_gap_state_name(g[i].state), g[i].query,
						  g[i].category, g[i].description, kb_cli_time(kb, g[i].last_at, &a)});
	cli_table_print(t);
	arena_release(&a);
	return CLI_DONE;
}

int kb_cli_stats(struct cli *c, struct kb *kb)
{
	static const char *const keys[] = {"name", "value"};
	struct kb_stats s;
	struct arena a = {0};
	struct err e = {0};

	if (!kb_stats_get(kb, &s, &e))
		return cli_fail(c, &e);
	const struct {
		const char *name;
		int64_t v;
	} rows[] = {{"articles", s.articles},	{"versions", s.versions},   {"searchable", s.searchable},
		    {"must_read", s.must_read}, {"gaps_open", s.gaps_open}, {"votes", s.votes},
		    {"uses", s.uses},		{"words", s.words},	    {"pending", s.pending},
		    {"index_bytes", s.index_bytes},
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

static void on_problem(void *arg, const char *msg)
{
	struct cli *c = arg;

	fprintf(c->out, "%s\n", msg);
}

int kb_cli_check(struct cli *c, struct kb *kb)
{
	struct kb_check_report r;
	struct err e = {0};

	if (!kb_check(kb, on_problem, c, &r, &e))
		return cli_fail(c, &e);
	fprintf(c->err, _("%lld articles, %lld versions, %lld problems\n"), (long long)r.articles, (long long)r.versions,
		(long long)r.problems);
	return r.problems ? CLI_NO : CLI_DONE;
}

int kb_cli_reindex(struct cli *c)
{
	struct lock lock = {0};
	struct kb *kb = NULL;
	struct err e = {0};
	int rc = CLI_FAILED;

	if (lock_take(&lock, c->data, &e) && kb_cli_open(c, KB_WRITE, &kb, &e) && kb_reindex(kb, &e))
		rc = kb_cli_check(c, kb);
	else
		cli_fail(c, &e);
	kb_close(kb);
	lock_release(&lock);
	return rc;
}
