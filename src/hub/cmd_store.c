// SPDX-License-Identifier: MIT
// Knows the subcommands about the store as a whole: migrate, backup, restore, check, audit.
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/hub_cli.h"

// --- one word and no options

static int one_word(struct hub_cli *c, const char *usage, int argc, char **argv, size_t want, char **words)
{
	struct err e = {0};
	size_t n;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		return cli_usage(&c->base, usage, "%s", e.msg);
	if (n != want)
		return cli_usage(&c->base, usage, "%s", n ? _("wrong words") : _("what shall be done?"));
	return CLI_DONE;
}

// --- migrate

static bool copy_between(struct hub_cli *from, struct hub_cli *to, struct err *e)
{
	struct hub_store_options o = {.url = from->url, .clock = &from->base.clock};

	if (!hub_keys_load(&from->keys, from->keys_path, e))
		return false;
	o.keys = hub_keys_ring(from->keys);
	if (!hub_store_open(&from->store, &o, e) || !hub_keys_belong(from->store, from->keys, false, e))
		return false;
	o.url = to->url;
	return hub_store_open(&to->store, &o, e) && hub_copy(from->store, to->store, e);
}

int hub_cmd_migrate(struct hub_cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int rc = one_word(c, "migrate FROM TO", argc, argv, 2, words);
	struct hub_cli to = {.base = c->base};
	struct err e = {0};

	if (rc == CLI_DONE) {
		c->url = words[0];
		to.url = words[1];
		bool ok = hub_cli_place(c, &e) && copy_between(c, &to, &e);
		rc = !ok ? cli_fail(&c->base, &e) : hub_cli_say(c, _("Copied; keep using the keys in %s\n"), c->keys_path);
		hub_store_close(to.store);
		hub_cli_close(c);
	}
	free(words);
	return rc;
}

// --- backup and restore

int hub_cmd_backup(struct hub_cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int rc = one_word(c, "backup FILE", argc, argv, 1, words);
	struct err e = {0};

	if (rc == CLI_DONE && path_exists(hub_cli_path(c, words[0]))) {
		err_set(&e, ERR_CONFLICT, _("%s is there already"), words[0]);
		rc = cli_fail(&c->base, &e);
	} else if (rc == CLI_DONE) {
		rc = hub_backup(c->store, hub_cli_path(c, words[0]), &e)
			     ? hub_cli_say(c, _("Copied to %s; the keys in %s are not in it\n"), words[0], c->keys_path)
			     : cli_fail(&c->base, &e);
	}
	free(words);
	return rc;
}

// The copy is a SQLite file whatever the engine was; it goes into an empty store and gets a new epoch, so that stations feed again.
static bool bring_back(struct hub_cli *c, const char *file, struct err *e)
{
	char *url = xasprintf("sqlite:%s", file);
	struct hub_store_options o = {.url = url, .clock = &c->base.clock, .readonly = true};
	struct hub_store *copy = NULL;
	bool ok = path_exists(file) || err_set(e, ERR_NOT_FOUND, _("there is no file %s"), file);

	ok = ok && hub_keys_load(&c->keys, c->keys_path, e);
	o.keys = ok ? hub_keys_ring(c->keys) : NULL;
	ok = ok && hub_store_open(&copy, &o, e) && hub_keys_belong(copy, c->keys, false, e);
	o.url = c->url;
	o.readonly = false;
	ok = ok && hub_store_open(&c->store, &o, e) && hub_copy(copy, c->store, e) && hub_new_epoch(c->store, e);
	hub_store_close(copy);
	free(url);
	return ok;
}

int hub_cmd_restore(struct hub_cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int rc = one_word(c, "restore FILE --store URL", argc, argv, 1, words);
	struct err e = {0};

	if (rc == CLI_DONE) {
		bool ok = hub_cli_place(c, &e) && bring_back(c, words[0], &e);
		rc = !ok ? cli_fail(&c->base, &e) : hub_cli_say(c, _("Restored; stations send again what they did since the backup\n"));
		hub_cli_close(c);
	}
	free(words);
	return rc;
}

// --- check and audit

static int verdict(struct hub_cli *c, bool ok, const struct err *e, int64_t lines, const char *good)
{
	if (!ok && e->code != ERR_CONFLICT)
		return cli_fail(&c->base, e);
	if (c->base.json) {
		json_t *o = json_pack("{s:b, s:s?}", "ok", ok, "message", ok ? NULL : e->msg);
		if (lines >= 0)
			json_object_set_new(o, "checked", json_integer((json_int_t)lines));
		json_dumpf(o, c->base.out, JSON_INDENT(2));
		fputc('\n', c->base.out);
		json_decref(o);
	} else {
		fprintf(c->base.out, "%s\n", ok ? good : e->msg);
	}
	return ok ? CLI_DONE : CLI_NO;
}

int hub_cmd_check(struct hub_cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int rc = one_word(c, "check", argc, argv, 0, words);
	struct err e = {0};

	if (rc == CLI_DONE) {
		bool ok = hub_check(c->store, &e);
		rc = verdict(c, ok, &e, -1, _("The store is whole"));
	}
	free(words);
	return rc;
}

struct trail {
	struct cli_table *table;
	const char *site;
	struct hub_tx *tx;
	bool json;
};

static bool add_line(void *arg, int64_t at, const struct hub_audit *a)
{
	struct trail *t = arg;
	char when[32];

	hub_cli_when(t->tx, t->site, t->json, at, when);
	cli_table_row(t->table, (const char *[]){when, hub_cli_who(t->tx, t->site, t->json, a->actor), a->station, a->action, a->object, a->detail});
	return true;
}

static bool trail_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct trail *t = arg;

	t->tx = tx;
	return hub_audit_list(tx, t->site, 1000, add_line, t, e);
}

static int audit_list(struct hub_cli *c)
{
	static const char *const keys[] = {"at", "actor", "station", "action", "object", "detail_masked"};
	const char *titles[] = {_("At"), _("Who"), _("Station"), _("Action"), _("Object"), _("Detail")};
	struct trail t = {.json = c->base.json};
	struct err e = {0};

	if (!hub_cli_site(c, NULL, &t.site, &e))
		return cli_fail(&c->base, &e);
	t.table = cli_table_new(&c->base, keys, titles, sizeof(keys) / sizeof(*keys));
	bool ok = hub_run(c->store, HUB_READ, trail_body, &t, &e);
	cli_table_print(t.table);
	return ok ? CLI_DONE : cli_fail(&c->base, &e);
}

int hub_cmd_audit(struct hub_cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	int rc = one_word(c, "audit verify | list", argc, argv, 1, words);
	struct err e = {0};
	int64_t lines = 0;

	if (rc == CLI_DONE && str_eq(words[0], "verify")) {
		bool ok = hub_audit_verify(c->store, &lines, &e);
		rc = verdict(c, ok, &e, lines, _("The audit log is whole"));
	} else if (rc == CLI_DONE && str_eq(words[0], "list")) {
		rc = audit_list(c);
	} else if (rc == CLI_DONE) {
		rc = cli_usage(&c->base, "audit verify | list", "%s", _("wrong words"));
	}
	free(words);
	return rc;
}
