// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub pack` and `zuoxi-hub kb import`: central content for the stations.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/content.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define PACK_USAGE "pack load DIR [--site CODE] [--by NAME] | list [--site CODE]"
#define KB_USAGE "kb import FILE|DIR... [--by NAME]"

// A folder of its own for each run: two may load at once.
static const char *scratch(struct hub_cli *c)
{
	return hub_cli_beside(c, arena_printf(&c->arena, "scratch-%08x", (unsigned)randombytes_random()));
}

struct note {
	const char *site, *action, *object;
};

static bool note_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct note *n = arg;
	struct hub_audit a = {.site = n->site, .actor = "hub", .action = n->action, .object = n->object};

	return hub_audit_add(tx, &a, e);
}

// --- kb import

static void on_bad(void *arg, const struct kb_bad_row *row)
{
	struct hub_cli *c = arg;

	fprintf(c->base.err, "%s:%d: %s\n", row->file, row->line, row->msg);
}

static int kb_import_words(struct hub_cli *c, char **words, size_t n, const char *by)
{
	const char **paths = arena_array(&c->arena, const char *, n + 1);
	struct kb_import_opts opts = {.author = by, .on_bad = on_bad, .arg = c};
	struct content_report rep = {0};
	struct err e = {0};

	for (size_t i = 0; i < n; i++)
		paths[i] = hub_cli_path(c, words[i]);
	struct note note = {.action = "kb.import", .object = words[0]};
	if (!hub_cli_site(c, NULL, &note.site, &e) || !content_import(c->store, scratch(c), paths, n, &opts, by, &rep, &e) ||
	    !hub_run(c->store, HUB_WRITE, note_body, &note, &e))
		return cli_fail(&c->base, &e);
	if (c->server)
		server_changed(c->server, NULL, false);
	if (c->base.json)
		fprintf(c->base.out, "{\"read\":%lld,\"articles\":%lld,\"versions\":%lld,\"bad\":%lld}\n", (long long)rep.read.read,
			(long long)rep.articles, (long long)rep.versions, (long long)rep.read.bad);
	hub_cli_say(c, _("%lld rows read, %lld articles new or changed, %lld rows refused\n"), (long long)rep.read.read,
		    (long long)rep.articles, (long long)rep.read.bad);
	return rep.read.bad ? CLI_NO : CLI_DONE;
}

int hub_cmd_kb(struct hub_cli *c, int argc, char **argv)
{
	const char *by = "hub";
	const struct cli_opt opts[] = {{"by", true, &by}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, 1, words, &n, &e))
		rc = cli_usage(&c->base, KB_USAGE, "%s", e.msg);
	else if (n < 2 || !str_eq(words[0], "import"))
		rc = cli_usage(&c->base, KB_USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	else
		rc = kb_import_words(c, words + 1, n - 1, by);
	free(words);
	return rc;
}

// --- packs

static int pack_load(struct hub_cli *c, const char *site, const char *dir, const char *by)
{
	struct content_report rep = {0};
	struct err e = {0};
	bool changed = false;

	if (!hub_cli_site(c, site, &site, &e))
		return cli_usage(&c->base, PACK_USAGE, "%s", e.msg);
	if (!content_load_pack(c->store, scratch(c), site, hub_cli_path(c, dir), by, &changed, &rep, &e)) {
		int rc = cli_fail(&c->base, &e);
		return e.code == ERR_PARSE ? CLI_NO : rc; // the linter's answer
	}
	struct note note = {.site = site, .action = "pack.load", .object = dir};
	if (changed && !hub_run(c->store, HUB_WRITE, note_body, &note, &e))
		return cli_fail(&c->base, &e);
	if (c->server)
		server_changed(c->server, NULL, false);
	if (c->base.json)
		fprintf(c->base.out, "{\"changed\":%s,\"articles\":%lld}\n", changed ? "true" : "false", (long long)rep.articles);
	return hub_cli_say(c, changed ? _("Pack %s loaded; stations fetch it\n") : _("Pack %s was loaded already\n"), dir);
}

static const char *const keys[] = {"name", "code", "version", "hash", "bytes"};
enum { COLUMNS = sizeof(keys) / sizeof(*keys) };

struct listing {
	struct cli_table *table;
	const char *site;
};

static bool add_row(void *arg, const struct hub_ent *ent)
{
	struct listing *l = arg;
	const char *cells[COLUMNS];
	char numbers[COLUMNS][24];

	for (size_t i = 0; i < COLUMNS; i++) {
		const json_t *v = json_object_get(ent->d, keys[i]);
		snprintf(numbers[i], sizeof(numbers[i]), "%lld", (long long)json_integer_value(v));
		cells[i] = json_is_integer(v) ? numbers[i] : json_string_value(v);
	}
	cli_table_row(l->table, cells);
	return true;
}

static bool list_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct listing *l = arg;

	return hub_list(tx, l->site, "pack", NULL, 1000, add_row, l, e);
}

static int pack_list(struct hub_cli *c, const char *site)
{
	const char *titles[] = {_("Name"), _("Code"), _("Version"), _("Hash"), _("Bytes")};
	struct listing l = {0};
	struct err e = {0};

	if (!hub_cli_site(c, site, &l.site, &e))
		return cli_usage(&c->base, PACK_USAGE, "%s", e.msg);
	l.table = cli_table_new(&c->base, keys, titles, COLUMNS);
	cli_table_types(l.table, "ssssi");
	bool ok = hub_run(c->store, HUB_READ, list_body, &l, &e);
	cli_table_print(l.table);
	return ok ? CLI_DONE : cli_fail(&c->base, &e);
}

int hub_cmd_pack(struct hub_cli *c, int argc, char **argv)
{
	const char *site = NULL, *by = "hub";
	const struct cli_opt opts[] = {{"site", true, &site}, {"by", true, &by}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, 2, words, &n, &e))
		rc = cli_usage(&c->base, PACK_USAGE, "%s", e.msg);
	else if (n == 1 && str_eq(words[0], "list"))
		rc = pack_list(c, site);
	else if (n == 2 && str_eq(words[0], "load"))
		rc = pack_load(c, site, words[1], by);
	else
		rc = cli_usage(&c->base, PACK_USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	free(words);
	return rc;
}
