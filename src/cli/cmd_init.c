// SPDX-License-Identifier: MIT
// Knows `zuoxi init`: making a data directory with its codes and its packs.
#include "config/lint.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/reading.h"
#include "src/work/station.h"

#define USAGE "init --site CODE --station CODE --pack NAME..."

// "--pack finance retail", "--pack finance --pack retail" and "--pack=finance" all give words: the option itself is taken out.
static int without_pack_option(int argc, char **argv, char **out)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--pack") == 0)
			continue;
		out[n++] = str_starts(argv[i], "--pack=") ? argv[i] + 7 : argv[i];
	}
	return n;
}

static bool listed(char **names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

// The shipped folder of each name, the common pack first whether named or not. Names and number of what is shipped are in the message
// when there is none of that name.
static bool find_packs(char **names, size_t n, const char ***dirs, size_t *ndirs, struct arena *a, struct err *e)
{
	char *root = path_share("packs");
	const char **shipped;
	struct str all = {0};
	size_t count, found = 0;
	bool ok = packs_find(root, &shipped, &count, a, e);

	*dirs = arena_array(a, const char *, n + 1);
	*ndirs = 0;
	for (size_t i = 0; ok && i < count; i++) {
		const char *slash = strrchr(shipped[i], '/'), *name = slash ? slash + 1 : shipped[i];
		bool want = listed(names, n, name);
		str_addf(&all, "%s%s", all.n ? " " : "", name);
		found += want;
		if ((want || str_eq(name, "common")) && *ndirs <= n)
			(*dirs)[(*ndirs)++] = shipped[i];
	}
	if (ok && found < n)
		ok = err_set(e, ERR_USAGE, _("there is no such pack among those named; there are: %s"), str_z(&all));
	str_release(&all);
	free(root);
	return ok;
}

static int make(struct cli *c, const char *site, const char *station, char **names, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	struct problems p = {0};
	const char **dirs;
	size_t ndirs;
	int rc = CLI_DONE;

	if (!find_packs(names, n, &dirs, &ndirs, &a, &e)) {
		rc = e.code == ERR_USAGE ? cli_usage(c, USAGE, "%s", e.msg) : cli_fail(c, &e);
	} else if (!packs_check(dirs, ndirs, NULL, &p)) {
		problems_print(&p, c->err);
		rc = CLI_NO;
	} else {
		bool ok = store_init(c->data, site, station, &c->clock, &e);
		for (size_t i = 0; ok && i < ndirs; i++)
			ok = station_add_pack(c->data, dirs[i], &c->clock, NULL, &e);
		if (!ok)
			rc = e.code == ERR_USAGE ? cli_usage(c, USAGE, "%s", e.msg) : cli_fail(c, &e);
	}
	if (rc == CLI_DONE && c->json) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:i}", "data", c->data, "site", site, "station", station, "packs", (int)ndirs);
		cli_print_json(c, o);
		json_decref(o);
	} else if (rc == CLI_DONE) {
		fprintf(c->out, ngettext("Station %s of site %s made in %s with %zu content pack\n",
					 "Station %s of site %s made in %s with %zu content packs\n", ndirs), station, site, c->data, ndirs);
	}
	problems_release(&p);
	arena_release(&a);
	return rc;
}

int cmd_init(struct cli *c, int argc, char **argv)
{
	const char *site = NULL, *station = NULL;
	const struct cli_opt opts[] = {{"site", true, &site}, {"station", true, &station}};
	char **args = xcalloc((size_t)argc + 1, sizeof(*args)), **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(without_pack_option(argc, argv, args), args, opts, 2, words, &n, &e))
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (!site || !station)
		rc = cli_usage(c, USAGE, "%s", _("--site and --station are needed"));
	else if (!n)
		rc = cli_usage(c, USAGE, "%s", _("name at least one pack, such as --pack common"));
	else if (str_empty(c->data))
		rc = cli_usage(c, USAGE, "%s", _("no data directory: give --data DIR or set ZUOXI_DATA"));
	else
		rc = make(c, site, station, words, n);
	free(args);
	free(words);
	return rc;
}
