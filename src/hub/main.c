// SPDX-License-Identifier: MIT
// Knows how the command line of zuoxi-hub becomes one subcommand, run here or inside the hub that serves the store.
#include <locale.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/hub/hub_cli.h"

const struct hub_command hub_commands[] = {
	{"init", hub_cmd_init, NEED_NOTHING, "init --store URL --site CODE [--login NAME] [--url URL,...] [--ca FILE]",
	 N_("make or migrate a store: keys, site, first administrator (password from the terminal or standard input)")},
	{"serve", hub_cmd_serve, NEED_NOTHING,
	 "serve --store URL --listen ADDRESS:PORT [--cert FILE --key FILE | --behind-proxy] [--ca FILE]",
	 N_("answer stations until SIGTERM")},
	{"user", hub_cmd_user, NEED_STORE,
	 "user add|set LOGIN [--name TEXT] [--role R,..] [--team T] [--no N] | list | disable LOGIN | password LOGIN",
	 N_("people who may log in")},
	{"team", hub_cmd_team, NEED_STORE, "team add|set CODE [--name TEXT] [--kind K] [--lead LOGIN] [--queues Q,..] | list",
	 N_("teams and what they serve")},
	{"queue", hub_cmd_queue, NEED_STORE, "queue add|set CODE [--name TEXT] | list", N_("queues")},
	{"station", hub_cmd_station, NEED_STORE,
	 "station code [--station CODE] [--name TEXT] [--ca FILE] | list | disable DEV | wipe DEV [--drain]",
	 N_("enrolment codes, and stations that have joined")},
	{"broadcast", hub_cmd_broadcast, NEED_STORE,
	 "broadcast --severity red|orange|yellow --by LOGIN --text TEXT [--title TEXT] [--say TEXT] [--not-say TEXT] [--ack] [--hours N]",
	 N_("send a broadcast to all stations of the site")},
	{"import", hub_cmd_import, NEED_STORE, "import FILE...", N_("take in outbox files of stations")},
	{"pack", hub_cmd_pack, NEED_STORE, "pack load DIR [--site CODE] | list", N_("content packs for the stations")},
	{"kb", hub_cmd_kb, NEED_STORE, "kb import FILE|DIR... [--by NAME]", N_("take in articles for all stations")},
	{"migrate", hub_cmd_migrate, NEED_NOTHING, "migrate FROM TO", N_("copy a store to another engine; stations notice nothing")},
	{"backup", hub_cmd_backup, NEED_STORE, "backup FILE", N_("copy the store while it serves")},
	{"restore", hub_cmd_restore, NEED_NOTHING, "restore FILE --store URL", N_("bring a backup back; stations send again what it lacks")},
	{"check", hub_cmd_check, NEED_STORE, "check", N_("check the store: streams without gaps, digests, answers")},
	{"audit", hub_cmd_audit, NEED_STORE, "audit verify | list", N_("verify or list the audit log")},
	{"subject", hub_cmd_subject, NEED_STORE, "subject export ID | erase ID [--keep-days N]", N_("export or erase a customer's data")},
};
const size_t n_hub_commands = sizeof(hub_commands) / sizeof(*hub_commands);

const struct hub_command *hub_command(const char *name)
{
	for (size_t i = 0; name && i < n_hub_commands; i++)
		if (strcmp(hub_commands[i].name, name) == 0)
			return &hub_commands[i];
	return NULL;
}

struct line {
	const char *store, *keys, *lang, *now;
	bool json, help, version;
	char **words;
	int n;
};

static void print_help(FILE *out)
{
	fprintf(out, _("Usage: zuoxi-hub [OPTION...] COMMAND ...\n\n"));
	for (size_t i = 0; i < n_hub_commands; i++)
		fprintf(out, "  %-10s %s\n", hub_commands[i].name, _(hub_commands[i].help));
	fprintf(out, _("\nOptions:\n"
		       "  --store URL      sqlite:FILE or postgresql://... (default $ZUOXI_HUB_STORE)\n"
		       "  --keys FILE      the hub's keys (default hub.key beside the SQLite file)\n"
		       "  --json           listings as JSON\n"
		       "  --lang zh_CN|en  language of messages\n"
		       "  --now RFC3339    test clock: time goes on from here\n"
		       "  --help, --version\n"));
}

// Takes the common options out of argv, wherever they stand before "--".
static bool read_line(int argc, char **argv, struct line *l, struct err *e)
{
	const struct {
		const char *name;
		const char **value;
		bool *flag;
	} options[] = {{"--store", &l->store, NULL},    {"--keys", &l->keys, NULL}, {"--lang", &l->lang, NULL},
		       {"--now", &l->now, NULL},        {"--json", NULL, &l->json}, {"--help", NULL, &l->help},
		       {"--version", NULL, &l->version}};
	size_t n = sizeof(options) / sizeof(*options);
	bool rest = false;

	l->words = xcalloc((size_t)argc + 1, sizeof(*l->words));
	for (int i = 1; i < argc; i++) {
		size_t len = strcspn(argv[i], "="), k = 0;
		rest |= strcmp(argv[i], "--") == 0;
		while (!rest && k < n && (strlen(options[k].name) != len || strncmp(argv[i], options[k].name, len) != 0))
			k++;
		if (rest || k == n)
			l->words[l->n++] = argv[i];
		else if (options[k].flag)
			*options[k].flag = true;
		else if (argv[i][len])
			*options[k].value = argv[i] + len + 1;
		else if (i + 1 < argc)
			*options[k].value = argv[++i];
		else
			return err_set(e, ERR_USAGE, _("the option %s needs a value"), options[k].name);
	}
	return true;
}

// Nothing of the keys or of what people wrote may end in a core file.
static void no_core(void)
{
	struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		fprintf(stderr, _("zuoxi-hub: core files could not be turned off\n"));
}

static int usage(const char *why)
{
	fprintf(stderr, "zuoxi-hub: %s\n", why);
	fprintf(stderr, _("Try zuoxi-hub --help.\n"));
	return CLI_USAGE;
}

static int run_with_store(struct hub_cli *c, const struct hub_command *k, const struct line *l)
{
	const char *ask = hub_wants_secret(l->n, l->words);
	struct err e = {0};
	char *secret = NULL;
	int rc;

	if (!hub_cli_place(c, &e))
		return e.code == ERR_USAGE ? cli_usage(&c->base, k->usage, "%s", e.msg) : cli_fail(&c->base, &e);
	if (ask && !(secret = hub_cli_ask(_("New password"), true, &e)))
		return cli_fail(&c->base, &e);
	c->secret = secret;
	if (!admin_forward(c, l->n, l->words, &rc)) {
		if (hub_cli_open(c, &e)) {
			rc = k->run(c, l->n, l->words);
			hub_cli_close(c);
		} else {
			rc = cli_fail(&c->base, &e);
		}
	}
	if (secret)
		sodium_memzero(secret, strlen(secret));
	free(secret);
	return rc;
}

static int run(struct hub_cli *c, const struct line *l)
{
	const struct hub_command *k = l->n ? hub_command(l->words[0]) : NULL;
	struct err e = {0};

	if (l->version) {
		fprintf(c->base.out, "zuoxi-hub %s\n", ZUOXI_VERSION);
		return CLI_DONE;
	}
	if (l->help && !k) {
		print_help(c->base.out);
		return CLI_DONE;
	}
	if (!l->n)
		return usage(_("what shall be done?"));
	if (!k) {
		err_set(&e, ERR_USAGE, _("there is no command %s"), l->words[0]);
		return usage(e.msg);
	}
	if (l->help) {
		fprintf(c->base.out, _("zuoxi-hub %s: %s\nUsage: zuoxi-hub %s\n"), k->name, _(k->help), k->usage);
		return CLI_DONE;
	}
	return k->need == NEED_STORE ? run_with_store(c, k, l) : k->run(c, l->n, l->words);
}

int main(int argc, char **argv)
{
	struct line l = {0};
	struct hub_cli c = {.base = {.program = "zuoxi-hub", .clock = clock_real, .out = stdout, .err = stderr}};
	struct err e = {0};
	int64_t at;
	int rc;

	setlocale(LC_CTYPE, "");
	utf8_init();
	no_core();
	bool ok = read_line(argc, argv, &l, &e);
	if (!i18n_init(l.lang, NULL) && ok)
		ok = err_set(&e, ERR_USAGE, _("--lang knows zh_CN and en, not %s"), l.lang);
	if (ok && l.now && !clock_parse(sv(l.now), &at))
		ok = err_set(&e, ERR_USAGE, _("--now needs a time such as 2026-11-22T09:00:00+08:00, not %s"), l.now);
	if (ok && l.now)
		clock_shifted(&c.base.clock, at);
	c.base.json = l.json;
	c.url = l.store ? l.store : getenv("ZUOXI_HUB_STORE");
	c.keys_path = l.keys;
	rc = ok ? run(&c, &l) : usage(e.msg);
	if (fflush(stdout) != 0 && rc == CLI_DONE)
		rc = CLI_FAILED;
	arena_release(&c.arena);
	free(l.words);
	return rc;
}
