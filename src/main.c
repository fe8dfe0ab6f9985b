// SPDX-License-Identifier: MIT
// Knows how the command line becomes one subcommand, or the workstation.
#include <locale.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"

static const struct command {
	const char *name;
	cli_fn *run;
	const char *help; // message id
} commands[] = {
	{"keys", cmd_keys, N_("every action, where its keys count, its keys")},
	{"init", cmd_init, N_("make a data directory: --site CODE --station CODE --pack NAME...")},
	{"pack", cmd_pack, N_("check DIR... | load DIR | list: content packs")},
	{"kb", cmd_kb, N_("import | search | show | history | ...: the knowledge base")},
	{"call", cmd_call, N_("list | show ID | replay ID: contacts")},
	{"ticket", cmd_ticket, N_("list | show NO | take | assign | release | link | incident: tickets")},
	{"customer", cmd_customer, N_("find QUERY: customers, masked")},
	{"enrol", cmd_enrol, N_("URL CODE: join a hub")},
	{"login", cmd_login, N_("[NAME]: log in to the hub, the password from the terminal or standard input")},
	{"logout", cmd_logout, N_("end the session at the hub")},
	{"practice", cmd_practice, N_("list | show ID | run ID | report | case: practising with scenarios")},
	{"report", cmd_report, N_("practice: how agents come on, as text, JSON, CSV or a page")},
	{"sync", cmd_sync, N_("[--once]: exchange with the hub without the screen")},
	{"status", cmd_status, N_("the station, what it holds, what is unsent")},
	{"outbox", cmd_outbox, N_("list | export FILE | import FILE: what waits for the hub")},
	{"audit", cmd_audit, N_("verify: the chain of the audit log")},
	{"backup", cmd_backup, N_("FILE: copy the station while it runs")},
	{"restore", cmd_restore, N_("FILE: bring a copy back into an empty directory")},
	{"doctor", cmd_doctor, N_("test terminal, locale, clock, store, knowledge base, packs and hub")},
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

struct line {
	const char *data, *config, *lang, *now, *seed, *script;
	bool json, help, version, demo, ascii;
	char **words; // what is left for the subcommand, NULL-terminated
	int n;
};

static void print_help(FILE *out)
{
	fprintf(out, _("Usage: zuoxi [OPTION...] [COMMAND ...]\n\nWithout a command the full-screen workstation opens.\n\n"));
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, _(commands[i].help));
	fprintf(out, _("\nOptions:\n"
		       "  --data DIR       all state (default $ZUOXI_DATA, then $XDG_DATA_HOME/zuoxi)\n"
		       "  --config FILE    settings\n"
		       "  --lang zh_CN|en  language of screen and messages\n"
		       "  --now RFC3339    test clock: time goes on from here\n"
		       "  --seed N         the same random choices on every run\n"
		       "  --json           listings as JSON\n"
		       "  --demo           a throw-away demo site with simulated calls\n"
		       "  --script FILE    key names from a file instead of the terminal\n"
		       "  --ascii-borders  draw rules and marks with ASCII\n"
		       "  --help, --version\n"));
}

// Behind a command --version asks for the program's version only as the last word: `kb show ID --version 2` means the article's.
static bool of_command(const struct line *l, int argc, char **argv, int i)
{
	return l->n > 0 && str_starts(argv[i], "--version") && (argv[i][strlen("--version")] == '=' || i + 1 < argc);
}

// Takes the common options out of argv, wherever they stand before "--". False: e says which one is wrong.
static bool read_line(int argc, char **argv, struct line *l, struct err *e)
{
	const struct {
		const char *name;
		const char **value;
		bool *flag;
	} options[] = {{"--data", &l->data, NULL}, {"--config", &l->config, NULL}, {"--lang", &l->lang, NULL}, {"--now", &l->now, NULL},
		       {"--seed", &l->seed, NULL}, {"--script", &l->script, NULL}, {"--json", NULL, &l->json},
		       {"--help", NULL, &l->help}, {"--version", NULL, &l->version}, {"--demo", NULL, &l->demo},
		       {"--ascii-borders", NULL, &l->ascii}};
	bool rest = false;

	l->words = xcalloc((size_t)argc + 1, sizeof(*l->words));
	for (int i = 1; i < argc; i++) {
		size_t len = strcspn(argv[i], "="), k = 0;
		rest |= strcmp(argv[i], "--") == 0;
		if (of_command(l, argc, argv, i))
			k = sizeof(options) / sizeof(*options);
		for (; !rest && k < sizeof(options) / sizeof(*options); k++)
			if (strlen(options[k].name) == len && strncmp(argv[i], options[k].name, len) == 0)
				break;
		if (rest || k == sizeof(options) / sizeof(*options)) {
			l->words[l->n++] = argv[i];
		} else if (options[k].flag) {
			if (argv[i][len])
				return err_set(e, ERR_USAGE, _("the option %s takes no value"), options[k].name);
			*options[k].flag = true;
		} else if (argv[i][len]) {
			*options[k].value = argv[i] + len + 1;
		} else if (i + 1 < argc) {
			*options[k].value = argv[++i];
		} else {
			return err_set(e, ERR_USAGE, _("the option %s needs a value"), options[k].name);
		}
	}
	return true;
}

static bool set_up(const struct line *l, struct cli *c, struct err *e)
{
	int64_t v;

	c->clock = clock_real;
	if (l->now && !clock_parse(sv(l->now), &v))
		return err_set(e, ERR_USAGE, _("--now needs a time such as 2026-11-22T09:00:00+08:00, not %s"), l->now);
	if (l->now)
		clock_shifted(&c->clock, v);
	c->seeded = l->seed != NULL;
	if (l->seed) {
		if (!parse_int(sv(l->seed), 0, INT64_MAX, &v))
			return err_set(e, ERR_USAGE, _("--seed needs a number, not %s"), l->seed);
		c->seed = (uint64_t)v;
	}
	c->data = l->data ? xstrdup(l->data) : path_data_dir();
	if (!c->data)
		c->data = xstrdup(""); // commands that need one say so
	c->config = l->config ? xstrdup(l->config) : NULL;
	c->json = l->json;
	c->scripted = l->script != NULL;
	return true;
}

static int run_app(const struct line *l, struct cli *c)
{
	if (!*c->data && !l->demo) {
		fprintf(c->err, _("zuoxi: no data directory: give --data DIR or set ZUOXI_DATA\n"));
		return CLI_FAILED;
	}
	return app_run(&(struct app_options){.data = c->data, .config = c->config, .lang = l->lang, .clock = &c->clock,
					     .seeded = c->seeded, .seed = c->seed, .demo = l->demo, .script = l->script,
					     .ascii_borders = l->ascii, .practice = c->practice, .practice_mode = c->practice_mode});
}

static int usage(const char *why)
{
	fprintf(stderr, "zuoxi: %s\n", why);
	fprintf(stderr, _("Try zuoxi --help.\n"));
	return CLI_USAGE;
}

static int run(const struct line *l, struct cli *c)
{
	struct err e = {0};

	if (l->version) {
		fprintf(c->out, "zuoxi %s\n", ZUOXI_VERSION);
		return CLI_DONE;
	}
	if (l->help && !l->n) {
		print_help(c->out);
		return CLI_DONE;
	}
	if (!l->n)
		return run_app(l, c);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(l->words[0], commands[i].name) != 0)
			continue;
		if (l->help) {
			fprintf(c->out, "zuoxi %s: %s\n", commands[i].name, _(commands[i].help));
			if (commands[i].run == cmd_kb)
				cmd_kb_help(c->out);
			return CLI_DONE;
		}
		int rc = commands[i].run(c, l->n, l->words);
		return rc == CLI_SCREEN ? run_app(l, c) : rc;
	}
	err_set(&e, ERR_USAGE, _("there is no command %s"), l->words[0]);
	return usage(e.msg);
}

int main(int argc, char **argv)
{
	struct line l = {0};
	struct cli c = {.out = stdout, .err = stderr};
	struct err e = {0};
	int rc;

	setlocale(LC_CTYPE, ""); // messages follow in i18n_init; numbers, dates and order are never the locale's
	utf8_init();
	bool ok = read_line(argc, argv, &l, &e);
	if (!i18n_init(l.lang, NULL) && ok)
		ok = err_set(&e, ERR_USAGE, _("--lang knows zh_CN and en, not %s"), l.lang);
	rc = ok && set_up(&l, &c, &e) ? run(&l, &c) : usage(e.msg);
	// A listing that could not be written is not done.
	if (fflush(stdout) != 0 && rc == CLI_DONE)
		rc = CLI_FAILED;
	free(c.data);
	free(c.config);
	free(l.words);
	return rc;
}
