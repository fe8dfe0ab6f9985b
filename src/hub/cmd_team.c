// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub team` and `zuoxi-hub queue`: who works together, and what is waited in.
#include "src/base/i18n.h"
#include "src/hub/hub_cli.h"

#define TEAM_USAGE "team add|set CODE [--name TEXT] [--kind K] [--lead LOGIN] [--queues Q,..] [--slogan TEXT] | list"
#define QUEUE_USAGE "queue add|set CODE [--name TEXT] | list"

struct kind {
	const char *t, *usage;
	const char *const *keys, *const *titles;
	size_t n;
};

static const char *const team_keys[] = {"code", "name", "kind", "lead_id", "queue_codes"};
static const char *const team_titles[] = {N_("Code"), N_("Name"), N_("Kind"), N_("Lead"), N_("Queues")};
static const char *const queue_keys[] = {"code", "name"};
static const char *const queue_titles[] = {N_("Code"), N_("Name")};
static const struct kind team = {"team", TEAM_USAGE, team_keys, team_titles, 5};
static const struct kind queue = {"queue", QUEUE_USAGE, queue_keys, queue_titles, 2};
enum { MOST_COLUMNS = 5 };

// --- list

struct listing {
	struct cli_table *table;
	const struct kind *k;
	struct hub_tx *tx;
	const char *site;
	bool json;
};

static bool add_row(void *arg, const struct hub_ent *ent)
{
	struct listing *l = arg;
	const char *cells[MOST_COLUMNS];
	struct str list = {0};
	const json_t *q;
	size_t i;

	for (size_t c = 0; c < l->k->n; c++)
		cells[c] = json_string_value(json_object_get(ent->d, l->k->keys[c]));
	json_array_foreach(json_object_get(ent->d, "queue_codes"), i, q)
		str_addf(&list, "%s%s", i ? "," : "", json_string_value(q));
	cells[0] = ent->e;
	if (l->k == &team) {
		cells[3] = hub_cli_who(l->tx, l->site, l->json, cells[3]);
		cells[4] = str_z(&list);
	}
	cli_table_row(l->table, cells);
	str_release(&list);
	return true;
}

static bool list_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct listing *l = arg;

	l->tx = tx;
	return hub_list(tx, l->site, l->k->t, NULL, 10000, add_row, l, e);
}

static int list(struct hub_cli *c, const struct kind *k, const char *site)
{
	const char *shown[MOST_COLUMNS];
	struct listing l = {.k = k, .json = c->base.json};
	struct err e = {0};

	if (!hub_cli_site(c, site, &l.site, &e))
		return cli_usage(&c->base, k->usage, "%s", e.msg);
	for (size_t i = 0; i < k->n; i++)
		shown[i] = _(k->titles[i]);
	l.table = cli_table_new(&c->base, k->keys, shown, k->n);
	bool ok = hub_run(c->store, HUB_READ, list_body, &l, &e);
	cli_table_print(l.table);
	return ok ? CLI_DONE : cli_fail(&c->base, &e);
}

// --- add and set

struct lead {
	const char *site, *login;
	char agent[48];
};

static bool lead_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct lead *l = arg;
	struct hub_cred cred;
	bool found = false;

	if (!hub_cred_by_login(tx, l->site, l->login, &cred, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, _("there is no login %s"), l->login);
	snprintf(l->agent, sizeof(l->agent), "%s", cred.agent);
	return true;
}

// A code names a stream, and stands in documents and on the screen.
static bool code_valid(const char *code)
{
	size_t n = strlen(code);

	return n && n <= 40 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == n;
}

struct given {
	const char *name, *kind, *lead, *queues, *slogan, *site;
};

static int change(struct hub_cli *c, const struct kind *k, const char *code, bool make, const struct given *g)
{
	struct hub_change ch = {.t = k->t, .e = code, .make = make};
	struct lead lead = {.login = g->lead};
	struct err e = {0};

	if (!code_valid(code))
		return cli_usage(&c->base, k->usage, "%s", _("a code is made of letters, digits, _ . and -"));
	if (!hub_cli_site(c, g->site, &ch.site, &e))
		return cli_usage(&c->base, k->usage, "%s", e.msg);
	lead.site = ch.site;
	if (g->lead && !hub_run(c->store, HUB_READ, lead_body, &lead, &e))
		return cli_fail(&c->base, &e);
	ch.set = json_object();
	if (make)
		json_object_set_new(ch.set, "code", json_string(code));
	if (g->name || make)
		json_object_set_new(ch.set, "name", json_string(g->name ? g->name : code));
	if (g->kind)
		json_object_set_new(ch.set, "kind", json_string(g->kind));
	if (g->lead)
		json_object_set_new(ch.set, "lead_id", json_string(lead.agent));
	if (g->queues)
		json_object_set_new(ch.set, "queue_codes", hub_cli_list(g->queues));
	if (g->slogan)
		json_object_set_new(ch.set, "slogan", json_string(g->slogan));
	if (!hub_cli_change(c, &ch, &e))
		return cli_fail(&c->base, &e);
	if (make)
		return hub_cli_say(c, _("%s was added\n"), code);
	return hub_cli_say(c, ch.changed ? _("%s was changed\n") : _("%s is like that already; nothing was changed\n"), code);
}

static int run(struct hub_cli *c, const struct kind *k, int argc, char **argv)
{
	struct given g = {0};
	const struct cli_opt opts[] = {{"name", true, &g.name}, {"site", true, &g.site},     {"kind", true, &g.kind},
				       {"lead", true, &g.lead}, {"queues", true, &g.queues}, {"slogan", true, &g.slogan}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, k == &team ? 6 : 2, words, &n, &e))
		rc = cli_usage(&c->base, k->usage, "%s", e.msg);
	else if (n == 1 && str_eq(words[0], "list"))
		rc = list(c, k, g.site);
	else if (n == 2 && (str_eq(words[0], "add") || str_eq(words[0], "set")))
		rc = change(c, k, words[1], str_eq(words[0], "add"), &g);
	else
		rc = cli_usage(&c->base, k->usage, "%s", n ? _("wrong words") : _("what shall be done?"));
	free(words);
	return rc;
}

int hub_cmd_team(struct hub_cli *c, int argc, char **argv)
{
	return run(c, &team, argc, argv);
}

int hub_cmd_queue(struct hub_cli *c, int argc, char **argv)
{
	return run(c, &queue, argc, argv);
}
