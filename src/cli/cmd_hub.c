// SPDX-License-Identifier: MIT
// Knows `zuoxi enrol`, `zuoxi login` and `zuoxi logout`: how a station joins its hub and who works at it.
#include <jansson.h>
#include <sodium.h>
#include <unistd.h>

#include "config/config.h"
#include "src/base/i18n.h"
#include "src/cli/password.h"
#include "src/cli/reading.h"
#include "src/store/meta.h"
#include "src/sync/enrol.h"

#define USAGE_ENROL "enrol URL CODE [--name NAME]"
#define USAGE_LOGIN "login [NAME]"
#define USAGE_LOGOUT "logout"

// The store for writing, and the settings that say how the hub is reached.
struct hub_run {
	struct cli *cli;
	struct config conf;
	struct store *store;
	struct arena arena;
};

static bool hub_run_open(struct hub_run *r, struct cli *c, struct err *e)
{
	struct problems p = {0};

	*r = (struct hub_run){.cli = c};
	config_load(&r->conf, c->config, &p);
	problems_release(&p);
	if (store_open(&r->store, &(struct store_options){.dir = c->data}, e))
		return true;
	config_release(&r->conf);
	return false;
}

static void hub_run_close(struct hub_run *r)
{
	store_close(r->store);
	config_release(&r->conf);
	arena_release(&r->arena);
}

// --- enrol

static void say_joined(struct hub_run *r, const char *url)
{
	const char *dev = NULL, *station = NULL;
	struct err e = {0};

	if (!meta_text(store_reader(r->store), "dev", &dev, &r->arena, &e) ||
	    !meta_text(store_reader(r->store), "station", &station, &r->arena, &e))
		fprintf(r->cli->err, "zuoxi: %s\n", e.msg);
	if (r->cli->json) {
		json_t *o = json_pack("{s:s?, s:s?, s:s}", "dev", dev, "station", station, "hub", url);
		cli_print_json(r->cli, o);
		json_decref(o);
		return;
	}
	fprintf(r->cli->out, _("This station has joined the hub %s as %s.\n"), url, station ? station : "");
	if (!str_eq(station, store_station(r->store)))
		fprintf(r->cli->err, _("The station code it had was taken: ticket numbers carry %s from now on.\n"), station ? station : "");
	fprintf(r->cli->err, _("Next: zuoxi login NAME.\n"));
}

int cmd_enrol(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	const char *name = NULL;
	struct cli_opt opts[] = {{"name", true, &name}};
	struct hub_run r;
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, 1, words, &n, &e)) {
		rc = cli_usage(c, USAGE_ENROL, "%s", e.msg);
	} else if (n != 2) {
		rc = cli_usage(c, USAGE_ENROL, "%s", _("the hub's address and the enrolment code are needed"));
	} else if (!hub_run_open(&r, c, &e)) {
		rc = cli_fail(c, &e);
	} else {
		bool ok = enrol_run(&(struct enrol_options){.store = r.store,
							    .clock = &c->clock,
							    .url = words[0],
							    .code = words[1],
							    .name = name,
							    .proxy = r.conf.hub_proxy,
							    .ca_file = r.conf.hub_ca},
				    &e);
		if (ok)
			say_joined(&r, words[0]);
		rc = ok ? CLI_DONE : e.code == ERR_USAGE ? cli_usage(c, USAGE_ENROL, "%s", e.msg) : cli_fail(c, &e);
		hub_run_close(&r);
	}
	free(words);
	return rc;
}

// --- login

static struct login_options how(const struct hub_run *r)
{
	return (struct login_options){
		.store = r->store, .clock = &r->cli->clock, .proxy = r->conf.hub_proxy, .ca_file = r->conf.hub_ca};
}

static int log_in(struct hub_run *r, const char *name, struct err *e)
{
	struct login_options o = how(r);
	char password[PASSWORD_MAX];
	struct person who = {0};

	if (!name && !meta_text(store_reader(r->store), "agent_login", &name, &r->arena, e))
		return cli_fail(r->cli, e);
	if (str_empty(name))
		return cli_usage(r->cli, USAGE_LOGIN, "%s", _("who logs in? Give the login"));
	char *prompt = xasprintf(_("Password of %s: "), name);
	bool ok = password_read(prompt, password, e);
	free(prompt);
	o.login = name;
	o.password = password;
	ok = ok && login_run(&o, &who, &r->arena, e);
	sodium_memzero(password, sizeof(password));
	if (!ok)
		return cli_fail(r->cli, e);
	if (r->cli->json) {
		json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", who.id, "login", who.login, "no", who.no, "name", who.name,
				      "roles", who.roles);
		cli_print_json(r->cli, j);
		json_decref(j);
	} else {
		fprintf(r->cli->out, _("Logged in: %s %s.\n"), who.no, *who.name ? who.name : who.login);
	}
	return CLI_DONE;
}

int cmd_login(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct hub_run r;
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e)) {
		rc = cli_usage(c, USAGE_LOGIN, "%s", e.msg);
	} else if (n > 1) {
		rc = cli_usage(c, USAGE_LOGIN, "%s", _("give one login only; the password is asked for, never an argument"));
	} else if (!hub_run_open(&r, c, &e)) {
		rc = cli_fail(c, &e);
	} else {
		rc = log_in(&r, n ? words[0] : NULL, &e);
		hub_run_close(&r);
	}
	free(words);
	return rc;
}

int cmd_logout(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct hub_run r;
	struct err e = {0};
	bool told;
	size_t n;
	int rc = CLI_DONE;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e) || n) {
		rc = cli_usage(c, USAGE_LOGOUT, "%s", e.code ? e.msg : _("no words are needed"));
	} else if (!hub_run_open(&r, c, &e)) {
		rc = cli_fail(c, &e);
	} else {
		struct login_options o = how(&r);
		if (!logout_run(&o, &told, &e))
			rc = cli_fail(c, &e);
		else
			fprintf(c->err, "%s",
				told ? _("Logged out.\n")
				     : _("Logged out here. The hub could not be told; it ends the session by itself later.\n"));
		hub_run_close(&r);
	}
	free(words);
	return rc;
}
