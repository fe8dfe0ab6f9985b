// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub init`: the store's tables, the hub's keys, its site and the first administrator.
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/hub_cli.h"

#define USAGE "init --store URL --site CODE [--login NAME] [--url URL,...] [--ca FILE]"

struct start {
	const char *site, *urls, *ca; // urls: JSON
	bool users; // somebody can log in already
};

static bool note_user(void *arg, const struct hub_ent *ent)
{
	struct start *s = arg;

	(void)ent;
	s->users = true;
	return false;
}

static bool start_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct start *s = arg;
	const char *old = NULL;

	s->users = false;
	if (!hub_meta_get(tx, HUB_WHOLE, "site", &old, e))
		return false;
	if (old && !str_eq(old, s->site))
		return err_set(e, ERR_CONFLICT, _("this store was made for site %s"), old);
	return (old || hub_meta_set(tx, HUB_WHOLE, "site", s->site, e)) && (!s->urls || hub_meta_set(tx, HUB_WHOLE, "hubs", s->urls, e)) &&
	       (!s->ca || hub_meta_set(tx, HUB_WHOLE, "ca", s->ca, e)) && hub_list(tx, s->site, "agent", NULL, 1, note_user, s, e);
}

static bool site_valid(const char *s)
{
	return join_site_ok(sv(s)) && !str_eq(s, "TRN");
}

static bool administrator(struct hub_cli *c, const char *site, const char *login, struct err *e)
{
	const char *id;
	char *password = hub_cli_ask(_("Password of the first administrator"), true, e);
	json_t *agent = json_pack("{s:s, s:[s], s:s}", "name_zh", login, "roles", "admin", "status", "active");
	bool ok = password && auth_user_add(c->store, site, login, password, agent, &id, &c->arena, e);

	json_decref(agent);
	free(password);
	return ok;
}

static bool make(struct hub_cli *c, struct start *s, const char *login, struct err *e)
{
	// A second init migrates: the keys that are there stay.
	if (!path_exists(c->keys_path) && !hub_keys_make(c->keys_path, e))
		return false;
	if (!hub_cli_open(c, e))
		return false;
	bool ok = hub_run(c->store, HUB_WRITE, start_body, s, e) && (s->users || administrator(c, s->site, login, e));
	hub_cli_close(c);
	return ok;
}

static int done(struct hub_cli *c, const struct start *s, const char *login)
{
	if (c->base.json) {
		json_t *o = json_pack("{s:s, s:s, s:s, s:s?}", "store", c->url, "keys", c->keys_path, "site", s->site, "login",
				      s->users ? NULL : login);
		json_dumpf(o, c->base.out, JSON_INDENT(2));
		fputc('\n', c->base.out);
		json_decref(o);
	}
	if (s->users)
		return hub_cli_say(c, _("The store of site %s is up to date\n"), s->site);
	return hub_cli_say(c, _("Store of site %s made; keys in %s (copy them to a safe place); administrator %s\n"), s->site,
			   c->keys_path, login);
}

int hub_cmd_init(struct hub_cli *c, int argc, char **argv)
{
	const char *site = NULL, *login = "admin", *urls = NULL, *ca = NULL;
	const struct cli_opt opts[] = {{"site", true, &site}, {"login", true, &login}, {"url", true, &urls}, {"ca", true, &ca}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct start s = {0};
	struct err e = {0};
	size_t n;
	int rc;

	json_t *list = NULL;
	char *text = NULL;
	if (!cli_parse(argc, argv, opts, 4, words, &n, &e) || !hub_cli_place(c, &e)) {
		rc = e.code == ERR_USAGE ? cli_usage(&c->base, USAGE, "%s", e.msg) : cli_fail(&c->base, &e);
	} else if (n || !site || !site_valid(site)) {
		rc = cli_usage(&c->base, USAGE, "%s", n ? _("wrong words") : _("--site wants 3 characters of 0-9A-Z, not TRN"));
	} else {
		list = hub_cli_list(urls);
		text = list ? json_dumps(list, JSON_COMPACT) : NULL;
		s = (struct start){.site = site, .urls = text};
		bool ok = (!ca || hub_cli_read(c, ca, 1 << 20, &s.ca, &e)) && make(c, &s, login, &e);
		rc = ok ? done(c, &s, login) : cli_fail(&c->base, &e);
	}
	json_decref(list);
	free(text);
	free(words);
	return rc;
}
