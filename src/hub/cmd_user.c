// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub user`: people who may log in, their roles and teams.
#include "src/base/i18n.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define USAGE \
	"user add|set LOGIN [--name TEXT] [--role R,..] [--team T] [--no N] [--grant G,..] | list | disable LOGIN | password " \
	"LOGIN [--site CODE]"

struct fields {
	const char *name, *roles, *team, *no, *position, *grants, *queues, *site, *status;
};

static bool roles_valid(const char *roles, struct err *e)
{
	unsigned bits;
	struct sv bad;

	if (!roles || (user_roles_parse(sv(roles), &bits, &bad) && bits))
		return true;
	return err_set(e, ERR_USAGE, _("there is no role %.*s"), (int)bad.n, bad.p);
}

// What was given, as members of the entity.
static json_t *members(const struct fields *f)
{
	json_t *d = json_object();
	const struct {
		const char *key, *text;
	} texts[] = {
		{"name_zh", f->name}, {"team_id", f->team}, {"staff_no", f->no}, {"position", f->position}, {"status", f->status}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].text)
			json_object_set_new(d, texts[i].key, json_string(texts[i].text));
	if (f->roles)
		json_object_set_new(d, "roles", hub_cli_list(f->roles));
	if (f->grants)
		json_object_set_new(d, "grants", hub_cli_list(f->grants));
	if (f->queues)
		json_object_set_new(d, "queues", hub_cli_list(f->queues));
	return d;
}

// --- whose login it is

struct who {
	const char *site, *login;
	char agent[48];
};

static bool who_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct who *w = arg;
	struct hub_cred c;
	bool found = false;

	if (!hub_cred_by_login(tx, w->site, w->login, &c, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, _("there is no login %s"), w->login);
	snprintf(w->agent, sizeof(w->agent), "%s", c.agent);
	return true;
}

static bool end_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct who *w = arg;

	return hub_session_end_all(tx, w->site, NULL, w->agent, hub_now(tx), e);
}

static int user_add(struct hub_cli *c, const char *login, struct fields *f)
{
	struct err e = {0};
	const char *site, *id;

	if (str_empty(f->roles) || !roles_valid(f->roles, &e))
		return cli_usage(&c->base, USAGE, "%s", e.code ? e.msg : _("--role is needed"));
	if (!c->secret)
		return cli_usage(&c->base, USAGE, "%s", _("no password was given"));
	f->name = f->name ? f->name : login;
	f->status = "active";
	json_t *d = members(f);
	bool ok = hub_cli_site(c, f->site, &site, &e) && auth_user_add(c->store, site, login, c->secret, d, &id, &c->arena, &e);
	json_decref(d);
	if (!ok)
		return e.code == ERR_USAGE ? cli_usage(&c->base, USAGE, "%s", e.msg) : cli_fail(&c->base, &e);
	if (c->server)
		server_changed(c->server, NULL, false);
	if (c->base.json)
		fprintf(c->base.out, "{\"id\":\"%s\"}\n", id);
	return hub_cli_say(c, _("%s may log in\n"), login);
}

static int user_set(struct hub_cli *c, const char *login, const struct fields *f, bool end)
{
	struct who w = {.login = login};
	struct err e = {0};

	if (!roles_valid(f->roles, &e))
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	if (!hub_cli_site(c, f->site, &w.site, &e))
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	if (!hub_run(c->store, HUB_READ, who_body, &w, &e))
		return cli_fail(&c->base, &e);
	struct hub_change ch = {.site = w.site, .t = "agent", .e = w.agent, .set = members(f)};
	if (!hub_cli_change(c, &ch, &e) || (end && !hub_run(c->store, HUB_WRITE, end_body, &w, &e)))
		return cli_fail(&c->base, &e);
	auth_forget(NULL);
	return hub_cli_say(c, ch.changed ? _("%s was changed\n") : _("%s is like that already; nothing was changed\n"), login);
}

static int user_password(struct hub_cli *c, const char *login, const char *site)
{
	struct err e = {0};

	if (!c->secret)
		return cli_usage(&c->base, USAGE, "%s", _("no password was given"));
	if (!hub_cli_site(c, site, &site, &e) || !auth_password_set(c->store, site, login, c->secret, &e))
		return e.code == ERR_USAGE ? cli_usage(&c->base, USAGE, "%s", e.msg) : cli_fail(&c->base, &e);
	return hub_cli_say(c, _("The password of %s was changed; open sessions have ended\n"), login);
}

// --- list

static const char *const keys[] = {"id", "login", "name_zh", "staff_no", "roles", "team_id", "status"};
static const char *const titles[] = {N_("Id"), N_("Login"), N_("Name"), N_("Staff number"), N_("Roles"), N_("Team"), N_("State")};
enum { COLUMNS = sizeof(keys) / sizeof(*keys) };

struct listing {
	struct cli_table *table;
	const char *site, *last;
	size_t page;
	bool json;
};

static bool add_row(void *arg, const struct hub_ent *ent)
{
	struct listing *l = arg;
	struct str roles = {0};
	const json_t *r;
	size_t i;

	l->last = ent->e;
	l->page++;
	json_array_foreach(json_object_get(ent->d, "roles"), i, r) str_addf(&roles, "%s%s", i ? "," : "", json_string_value(r));
	const char *cells[COLUMNS];
	for (size_t k = 0; k < COLUMNS; k++)
		cells[k] = json_string_value(json_object_get(ent->d, keys[k]));
	cells[0] = ent->e;
	cells[4] = str_z(&roles);
	if (!l->json && cells[6])
		cells[6] = hub_cli_state(cells[6]);
	cli_table_row(l->table, cells);
	str_release(&roles);
	return true;
}

static bool list_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct listing *l = arg;

	do {
		l->page = 0;
		if (!hub_list(tx, l->site, "agent", l->last, 500, add_row, l, e))
			return false;
	} while (l->page == 500);
	return true;
}

static int user_list(struct hub_cli *c, const char *site)
{
	const char *shown[COLUMNS];
	struct listing l = {.json = c->base.json};
	struct err e = {0};

	if (!hub_cli_site(c, site, &l.site, &e))
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	for (size_t i = 0; i < COLUMNS; i++)
		shown[i] = _(titles[i]);
	l.table = cli_table_new(&c->base, keys, shown, COLUMNS);
	bool ok = hub_run(c->store, HUB_READ, list_body, &l, &e);
	cli_table_print(l.table);
	return ok ? CLI_DONE : cli_fail(&c->base, &e);
}

int hub_cmd_user(struct hub_cli *c, int argc, char **argv)
{
	struct fields f = {0};
	const struct cli_opt opts[] = {{"name", true, &f.name},     {"role", true, &f.roles},        {"team", true, &f.team},
				       {"no", true, &f.no},         {"position", true, &f.position}, {"grant", true, &f.grants},
				       {"queues", true, &f.queues}, {"site", true, &f.site},         {"status", true, &f.status}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, sizeof(opts) / sizeof(*opts), words, &n, &e))
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	else if (n == 1 && str_eq(words[0], "list"))
		rc = user_list(c, f.site);
	else if (n == 2 && str_eq(words[0], "add"))
		rc = user_add(c, words[1], &f);
	else if (n == 2 && str_eq(words[0], "set"))
		rc = user_set(c, words[1], &f, false);
	else if (n == 2 && str_eq(words[0], "disable"))
		rc = user_set(c, words[1], &(struct fields){.status = "suspended", .site = f.site}, true);
	else if (n == 2 && str_eq(words[0], "password"))
		rc = user_password(c, words[1], f.site);
	else
		rc = cli_usage(&c->base, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	free(words);
	return rc;
}
