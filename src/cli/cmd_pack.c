// SPDX-License-Identifier: MIT
// Knows `zuoxi pack`: checking content packs, taking one into the data directory, listing them.
#include "config/config.h"
#include "config/lint.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/practice_cli.h"
#include "src/store/meta.h"
#include "src/store/store.h"
#include "src/work/station.h"

#define USAGE "pack check DIR... | pack load DIR | pack list"

static struct sv last_part(const char *dir)
{
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	size_t from = n;
	while (from && dir[from - 1] != '/')
		from--;
	return sv_n(dir + from, n - from);
}

// The common pack to check these together with: beside the first, else the shipped one. NULL when it is among them or nowhere. Owned.
char *pack_common(char **dirs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sv_eqz(last_part(dirs[i]), "common"))
			return NULL;
	}
	struct sv name = last_part(dirs[0]);
	char *beside = xasprintf("%.*scommon", (int)(name.p - dirs[0]), dirs[0]);
	char *head = path_join(beside, "pack.yaml");
	bool there = path_exists(head);
	free(head);
	if (there)
		return beside;
	free(beside);
	char *shipped = path_share("packs/common");
	if (path_exists(shipped))
		return shipped;
	free(shipped);
	return NULL;
}

static void print_problems(struct cli *c, const struct problems *p)
{
	static const char *const keys[] = {"file", "line", "column", "severity", "message"};
	if (!c->json) {
		problems_print(p, c->out);
		return;
	}
	struct cli_table *t = cli_table_new(c, keys, keys, 5);
	cli_table_types(t, "siiss");
	for (size_t i = 0; i < p->n; i++) {
		const struct problem *f = &p->v[i];
		char line[12], col[12];
		snprintf(line, sizeof(line), "%d", f->line);
		snprintf(col, sizeof(col), "%d", f->col);
		cli_table_row(t, (const char *[]){f->file, f->line ? line : NULL, f->col ? col : NULL,
					 f->severity == LINT_ERROR ? "error" : "warning", f->message});
	}
	cli_table_print(t);
}

static bool check(struct cli *c, char **dirs, size_t n)
{
	struct problems p = {0};
	char *common = pack_common(dirs, n);
	bool ok = packs_check((const char *const *)dirs, n, common, &p);
	print_problems(c, &p);
	fprintf(c->err, ngettext("%zu error, ", "%zu errors, ", p.errors), p.errors);
	fprintf(c->err, ngettext("%zu warning\n", "%zu warnings\n", p.n - p.errors), p.n - p.errors);
	problems_release(&p);
	free(common);
	return ok;
}

// Name, version and hash of one folder. False when its pack.yaml cannot be read.
static bool list_one(struct cli_table *t, const char *dir, bool loaded)
{
	struct problems p = {0};
	struct packs *k = packs_load(&dir, 1, &p);
	const struct pack *pack = &k->v[0];
	bool ok = k->n == 1 && !str_eq(pack->code, "?");
	char version[12];
	snprintf(version, sizeof(version), "%d", pack->version);
	if (ok)
		cli_table_row(t, (const char *[]){pack->code, pack->name, label_text(pack->title), version, pack->industry,
					 loaded ? "true" : "false", pack->hash});
	packs_free(k);
	problems_release(&p);
	return ok;
}

// Shipped packs that the station has not loaded are listed too.
static int list(struct cli *c)
{
	static const char *const keys[] = {"code", "name", "title", "version", "industry", "loaded", "hash"};
	const char *const titles[] = {_("Code"), _("Name"), _("Title"), _("Version"), _("Industry"), _("Loaded"), _("Hash")};
	struct cli_table *t = cli_table_new(c, keys, titles, 7);
	cli_table_types(t, "sssisbs");
	struct arena a = {0};
	struct err ignored = {0};
	char *own = path_join(c->data, "packs"), *shipped = path_share("packs");
	const char **dirs = NULL;
	size_t n = 0, rows = 0;
	if (packs_find(own, &dirs, &n, &a, &ignored)) {
		for (size_t i = 0; i < n; i++)
			rows += list_one(t, dirs[i], true);
	}
	if (packs_find(shipped, &dirs, &n, &a, &ignored)) {
		for (size_t i = 0; i < n; i++) {
			struct sv name = last_part(dirs[i]);
			char *loaded = path_join(own, arena_strndup(&a, name.p, name.n));
			if (!path_exists(loaded))
				rows += list_one(t, dirs[i], false);
			free(loaded);
		}
	}
	cli_table_print(t);
	arena_release(&a);
	free(own);
	free(shipped);
	return rows ? CLI_DONE : CLI_NO;
}

// What the station remembers of a pack it took in: meta key "pack.CODE", value "VERSION HASH".
struct record {
	char key[16], value[80];
};

static bool write_record(struct db *db, void *arg, struct err *e)
{
	const struct record *r = arg;
	return meta_set_text(db, r->key, r->value, e);
}

static struct record record_of(const char *dir)
{
	struct problems p = {0};
	struct record r;
	struct packs *k = packs_load(&dir, 1, &p);
	snprintf(r.key, sizeof(r.key), "pack.%s", k->v[0].code);
	snprintf(r.value, sizeof(r.value), "%d %s", k->v[0].version, k->v[0].hash);
	packs_free(k);
	problems_release(&p);
	return r;
}

// Both steps take the lock of the data directory, so neither runs beside a workstation. The record comes last: a pack without
// one is taken in again.
static int load(struct cli *c, char *dir)
{
	if (!check(c, &dir, 1))
		return CLI_NO;
	struct err e = {0};
	struct problems p = {0};
	struct config settings;
	struct store *store = NULL;
	struct record r = record_of(dir);
	config_load(&settings, c->config, &p);
	bool ok = store_exists(c->data)
		|| err_set(&e, ERR_IO, _("%s is no station's data directory; make one with zuoxi init"), c->data);
	ok = ok && station_add_pack(c->data, dir, &c->clock, settings.zone, &e)
		&& store_open(&store, &(struct store_options){.dir = c->data}, &e) && store_do(store, write_record, &r, &e);
	if (store)
		store_close(store);
	config_release(&settings);
	problems_release(&p);
	return ok ? CLI_DONE : cli_fail(c, &e);
}

int cmd_pack(struct cli *c, int argc, char **argv)
{
	struct err e = {0};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	size_t n;
	int rc;
	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (n >= 2 && str_eq(words[0], "check"))
		rc = check(c, words + 1, n - 1) ? CLI_DONE : CLI_NO;
	else if (n == 2 && str_eq(words[0], "load"))
		rc = load(c, words[1]);
	else if (n == 1 && str_eq(words[0], "list"))
		rc = list(c);
	else
		rc = cli_usage(c, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	free(words);
	return rc;
}
