// SPDX-License-Identifier: MIT
// Knows the words of `zuoxi kb`.
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/cli.h"
#include "src/cli/kb_cli.h"

bool kb_cli_open(struct cli *c, enum kb_mode mode, struct kb **kb, struct err *e)
{
	char *path = path_join(c->data, "kb.db");
	bool ok = kb_open(kb, path, mode, &c->clock, NULL, e);

	free(path);
	return ok;
}

const char *kb_cli_time(struct kb *kb, int64_t ms, struct arena *a)
{
	char buf[32] = "";

	if (ms)
		clock_format(kb_zone(kb), ms, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(a, buf);
}

const char *kb_cli_number(int64_t v, struct arena *a)
{
	return arena_printf(a, "%lld", (long long)v);
}

// ---- words ----

struct options {
	const char *version, *reindex;
	struct kb_cli_search search;
	struct kb_cli_import import;
	struct kb_cli_export export;
	struct kb_cli_seen seen;
};

static int reading(struct cli *c, struct options *o, char **w, size_t n)
{
	struct kb *kb;
	struct err e = {0};
	int rc;

	if (!kb_cli_open(c, KB_READ, &kb, &e))
		goto failed;
	if (str_eq(w[0], "search") && (n >= 2 || o->search.batch))
		rc = kb_cli_search(c, kb, &o->search, w + 1, n - 1);
	else if (str_eq(w[0], "show") && n == 2)
		rc = kb_cli_show(c, kb, w[1], o->version);
	else if (str_eq(w[0], "history") && n == 2)
		rc = kb_cli_history(c, kb, w[1]);
	else if (str_eq(w[0], "diff") && n == 4)
		rc = kb_cli_diff(c, kb, w + 1);
	else if (str_eq(w[0], "seen") && n == 2)
		rc = kb_cli_seen(c, kb, &o->seen, w[1]);
	else if (str_eq(w[0], "gaps") && n == 1)
		rc = kb_cli_gaps(c, kb);
	else if (str_eq(w[0], "stats") && n == 1)
		rc = kb_cli_stats(c, kb);
	else if (str_eq(w[0], "check") && n == 1)
		rc = kb_cli_check(c, kb);
	else if (str_eq(w[0], "export") && n == 1)
		rc = kb_cli_export(c, kb, &o->export);
	else
		rc = cli_usage(c, KB_USAGE, "%s", _("wrong words"));
	kb_close(kb);
	return rc;
failed:
	cli_fail(c, &e); // no base at all is not the answer no
	return CLI_FAILED;
}

int cmd_kb(struct cli *c, int argc, char **argv)
{
	struct options o = {0};
	const struct cli_opt opts[] = {{"n", true, &o.search.limit},	  {"explain", false, &o.search.explain},
				       {"version", true, &o.version},	  {"reindex", false, &o.reindex},
				       {"batch", true, &o.search.batch},  {"tag", true, &o.search.tag},
				       {"stats", false, &o.search.stats}, {"typing", false, &o.search.typing},
				       {"rejects", true, &o.import.rejects}, {"afresh", false, &o.import.afresh},
				       {"format", true, &o.export.format}, {"to", true, &o.export.to},
				       {"all", false, &o.export.all},	  {"versions", false, &o.export.versions},
				       {"agent", true, &o.seen.agent},	  {"contact", true, &o.seen.contact},
				       {"text", false, &o.seen.text}};
	struct err e = {0};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), words, &n, &e))
		rc = cli_usage(c, KB_USAGE, "%s", e.msg);
	else if (!n)
		rc = cli_usage(c, KB_USAGE, "%s", _("what shall be done?"));
	else if (str_eq(words[0], "import") && n >= 2)
		rc = kb_cli_import(c, &o.import, words + 1, n - 1);
	else if (str_eq(words[0], "check") && n == 1 && o.reindex)
		rc = kb_cli_reindex(c);
	else
		rc = reading(c, &o, words, n);
	free(words);
	return rc;
}
