// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub station`: codes with which stations join, stations that have, and how one is shut out or wiped.
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define USAGE "station code [--station CODE] [--name TEXT] [--ca FILE] [--site CODE] | list | disable DEV | wipe DEV [--drain] | enable DEV"

// --- a code

struct ca {
	struct hub_cli *c;
	const char *pem;
};

static bool ca_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct ca *q = arg;

	if (!hub_meta_get(tx, HUB_WHOLE, "ca", &q->pem, e))
		return false;
	q->pem = arena_strdup(&q->c->arena, q->pem);
	return true;
}

static int make_code(struct hub_cli *c, const char *site, const char *station, const char *name, const char *ca_file)
{
	struct ca ca = {.c = c};
	struct str code = {0};
	struct err e = {0};
	int rc = CLI_DONE;
	// What the running hub shows is what the fingerprint must be of; else what is in the store.
	bool ok = hub_cli_site(c, site, &site, &e) &&
		  (ca_file ? hub_cli_read(c, ca_file, 1 << 20, &ca.pem, &e) : hub_run(c->store, HUB_READ, ca_body, &ca, &e));

	if (ok && c->server)
		ca.pem = server_ca(c->server);
	ok = ok && auth_code_make(c->store, c->keys, ca.pem, site, station, name ? name : "", &code, &e);
	if (!ok) {
		rc = e.code == ERR_USAGE ? cli_usage(&c->base, USAGE, "%s", e.msg) : cli_fail(&c->base, &e);
	} else if (c->base.json) {
		fprintf(c->base.out, "{\"code\":\"%s\"}\n", str_z(&code));
	} else {
		fprintf(c->base.out, "%s\n", str_z(&code));
		fprintf(c->base.err, _("Good once, for 7 days: zuoxi enrol URL %s\n"), str_z(&code));
	}
	str_release(&code);
	return rc;
}

// --- those that have joined

static const char *const keys[] = {"dev", "station", "name", "state", "owner", "seen", "last_n", "unsent"};
static const char *const titles[] = {N_("Device"),    N_("Station"), N_("Name"),       N_("State"),
				     N_("Logged in"), N_("Seen"),    N_("Operations"), N_("Unsent")};
enum { COLUMNS = sizeof(keys) / sizeof(*keys) };

struct listing {
	struct cli_table *table;
	struct hub_tx *tx;
	const char *site;
	bool json;
};

static bool add_row(void *arg, const struct hub_dev *d)
{
	struct listing *l = arg;
	char seen[32] = "", last[24], unsent[24] = "";
	const char *state = l->json ? d->state : hub_cli_state(d->state);
	json_t *report = d->report ? json_loads(d->report, 0, NULL) : NULL;

	if (d->seen)
		hub_cli_when(l->tx, l->site, l->json, d->seen, seen);
	snprintf(last, sizeof(last), "%lld", (long long)d->last_n);
	if (json_is_integer(json_object_get(report, "unsent")))
		snprintf(unsent, sizeof(unsent), "%lld", (long long)json_integer_value(json_object_get(report, "unsent")));
	cli_table_row(l->table, (const char *[]){d->dev, d->station, d->name, state, hub_cli_who(l->tx, l->site, l->json, d->owner),
						 *seen ? seen : NULL, last, *unsent ? unsent : NULL});
	json_decref(report);
	return true;
}

static bool list_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct listing *l = arg;

	l->tx = tx;
	return hub_dev_list(tx, l->site, add_row, l, e);
}

static int list(struct hub_cli *c, const char *site)
{
	const char *shown[COLUMNS];
	struct listing l = {.json = c->base.json};
	struct err e = {0};

	if (!hub_cli_site(c, site, &l.site, &e))
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	for (size_t i = 0; i < COLUMNS; i++)
		shown[i] = _(titles[i]);
	l.table = cli_table_new(&c->base, keys, shown, COLUMNS);
	cli_table_types(l.table, "ssssssii");
	bool ok = hub_run(c->store, HUB_READ, list_body, &l, &e);
	cli_table_print(l.table);
	return ok ? CLI_DONE : cli_fail(&c->base, &e);
}

// --- what becomes of one

struct fate {
	const char *site, *what, *state; // what: as typed, the device or its station code
	char dev[48];
	size_t found;
};

static bool match(void *arg, const struct hub_dev *d)
{
	struct fate *f = arg;

	if (!str_eq(d->dev, f->what) && !str_eq(d->station, f->what))
		return true;
	// One device has a line for each incarnation; two devices with one code must be told apart by the person.
	f->found += !str_eq(f->dev, d->dev);
	snprintf(f->dev, sizeof(f->dev), "%s", d->dev);
	return true;
}

struct states {
	struct hub_tx *tx;
	const struct fate *f;
	struct err *e;
	bool ok;
};

static bool set_state(void *arg, const struct hub_dev *d)
{
	struct states *s = arg;
	struct hub_dev one = *d;

	if (!str_eq(d->dev, s->f->dev))
		return true;
	one.state = s->f->state;
	return s->ok = hub_dev_put(s->tx, &one, s->e);
}

static bool fate_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct fate *f = arg;
	struct states s = {.tx = tx, .f = f, .e = e, .ok = true};

	f->found = 0;
	*f->dev = '\0';
	if (!hub_dev_list(tx, f->site, match, f, e))
		return false;
	if (f->found != 1)
		return err_set(e, ERR_NOT_FOUND,
			       f->found ? _("more than one station is called %s: give the device") : _("there is no station %s"),
			       f->what);
	if (!hub_dev_list(tx, f->site, set_state, &s, e) || !s.ok)
		return false;
	return (str_eq(f->state, "active") || hub_session_end_all(tx, f->site, f->dev, NULL, hub_now(tx), e)) &&
	       auth_audit(tx, f->site, "hub", NULL, "station.state", f->dev, f->state, e);
}

static int set_fate(struct hub_cli *c, const char *site, const char *what, const char *state)
{
	struct fate f = {.what = what, .state = state};
	struct err e = {0};

	if (!hub_cli_site(c, site, &f.site, &e))
		return cli_usage(&c->base, USAGE, "%s", e.msg);
	if (!hub_run(c->store, HUB_WRITE, fate_body, &f, &e))
		return cli_fail(&c->base, &e);
	if (c->server)
		server_changed(c->server, f.dev, false);
	return hub_cli_say(c, _("Station %s is %s now\n"), what, hub_cli_state(state));
}

int hub_cmd_station(struct hub_cli *c, int argc, char **argv)
{
	const char *station = NULL, *name = NULL, *ca = NULL, *site = NULL, *drain = NULL;
	const struct cli_opt opts[] = {
		{"station", true, &station}, {"name", true, &name}, {"ca", true, &ca}, {"site", true, &site}, {"drain", false, &drain}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, 5, words, &n, &e))
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	else if (drain && !(n == 2 && str_eq(words[0], "wipe")))
		rc = cli_usage(&c->base, USAGE, "%s", _("--drain goes with wipe"));
	else if (n == 1 && str_eq(words[0], "code"))
		rc = make_code(c, site, station, name, ca);
	else if (n == 1 && str_eq(words[0], "list"))
		rc = list(c, site);
	else if (n == 2 && str_eq(words[0], "disable"))
		rc = set_fate(c, site, words[1], "disabled");
	else if (n == 2 && str_eq(words[0], "wipe"))
		rc = set_fate(c, site, words[1], drain ? "draining" : "wiped");
	else if (n == 2 && str_eq(words[0], "enable"))
		rc = set_fate(c, site, words[1], "active");
	else
		rc = cli_usage(&c->base, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	free(words);
	return rc;
}
