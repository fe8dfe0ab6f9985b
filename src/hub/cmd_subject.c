// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub subject`: what is held about a customer, out as a document, or gone for good (domain.md §18.8).
//
// Erasing writes rows without the person, so that every station drops its copy, and forgets all earlier revisions and what they are
// found by: nothing is left to open, whoever has the keys, but what the law wants kept (store.h).
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define DAY_MS (24LL * 3600000)
#define USAGE "subject export ID | erase ID [--keep-days N] [--site CODE]"

struct subject {
	struct hub_subject all;
	json_t *out, *list;
	int64_t keep_ms; // -1: as the site says
	struct hub_erased erased;
};

static json_t *ent_json(const struct hub_ent *ent)
{
	char at[32];

	clock_rfc3339(ent->at, at, sizeof(at));
	return json_pack("{s:s, s:s, s:I, s:s, s:s?, s:O}", "t", ent->t, "e", ent->e, "rev", (json_int_t)ent->rev, "at", at, "by",
			 ent->by, "d", ent->d);
}

static bool add_history(void *arg, const struct hub_ent *ent)
{
	struct subject *q = arg;

	json_array_append_new(q->list, ent_json(ent));
	return true;
}

// By kind: "tickets", "notes", ... and of the customer every revision.
static json_t *list_of(struct subject *q, const char *t)
{
	char name[40];

	snprintf(name, sizeof(name), str_eq(t, "kept") ? "%s" : "%ss", t);
	json_t *list = json_object_get(q->out, name);
	if (!list) {
		list = json_array();
		json_object_set_new(q->out, name, list);
	}
	return list;
}

static bool export_body(struct hub_tx *tx, void *arg, struct err *e)
{
	static const char *const always[] = {"ticket", "interaction", "callback"};
	struct subject *q = arg;
	const struct hub_ent *ent;

	json_decref(q->out);
	q->out = json_object();
	if (!hub_get(tx, q->all.site, "customer", q->all.id, &ent, e))
		return false;
	if (!ent)
		return err_set(e, ERR_NOT_FOUND, _("there is no customer %s"), q->all.id);
	q->list = json_array();
	json_object_set_new(q->out, "customer", q->list);
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		list_of(q, always[i]);
	if (!hub_history(tx, q->all.site, "customer", q->all.id, add_history, q, e))
		return false;
	for (size_t i = 0; i < q->all.rows.n; i++) {
		const struct hub_subject_row *r = &q->all.rows.v[i];
		if (str_eq(r->t, "customer"))
			continue;
		if (!hub_get(tx, q->all.site, r->t, r->e, &ent, e))
			return false;
		if (ent && !ent->gone)
			json_array_append_new(list_of(q, r->t), ent_json(ent));
	}
	return true;
}

static bool note_export(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct subject *q = arg;

	return auth_audit(tx, q->all.site, "hub", NULL, "subject.export", q->all.id, NULL, e);
}

// Days for which the law wants records kept: of the command, else of the site's entity ("retention_days"), else none.
static bool find_duty(struct hub_tx *tx, struct subject *q, int64_t *keep_ms, struct err *e)
{
	const struct hub_ent *site;

	*keep_ms = q->keep_ms;
	if (*keep_ms >= 0)
		return true;
	if (!hub_get(tx, q->all.site, "site", q->all.site, &site, e))
		return false;
	*keep_ms = DAY_MS * (site && !site->gone ? json_integer_value(json_object_get(site->d, "retention_days")) : 0);
	return true;
}

static void add_count(struct str *out, const char *what, int64_t n)
{
	if (n)
		str_addf(out, "%s%s %lld", out->n ? ", " : "", what, (long long)n);
}

static void summary(const struct hub_erased *x, struct str *out)
{
	char until[32];

	for (size_t i = 0; i < HUB_ERASED_TYPES; i++)
		add_count(out, hub_erased_types[i], x->n[i]);
	if (!x->kept)
		return;
	add_count(out, "kept", x->kept);
	clock_rfc3339(x->until, until, sizeof(until));
	if (x->until)
		str_addf(out, " until %.10s", until);
}

static bool erase_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct subject *q = arg;
	const struct hub_ent *old;
	struct str detail = {0};
	int64_t keep_ms, n = 0;

	if (!hub_get(tx, q->all.site, "customer", q->all.id, &old, e) || !find_duty(tx, q, &keep_ms, e))
		return false;
	if (!old)
		return err_set(e, ERR_NOT_FOUND, _("there is no customer %s"), q->all.id);
	if (!hub_subject_erase(tx, &q->all, keep_ms, &q->erased, e))
		return false;
	for (size_t i = 0; i < HUB_ERASED_TYPES; i++)
		n += q->erased.n[i];
	if (!n)
		return err_set(e, ERR_NOT_FOUND, _("there is nothing more of customer %s"), q->all.id);
	summary(&q->erased, &detail);
	bool ok = auth_audit(tx, q->all.site, "hub", NULL, "subject.erase", q->all.id, str_z(&detail), e);
	str_release(&detail);
	return ok;
}

static int export(struct hub_cli *c, struct subject *q)
{
	struct err e = {0};

	if (!hub_subject_find(c->store, &q->all, &e) || !hub_run(c->store, HUB_READ, export_body, q, &e) ||
	    !hub_run(c->store, HUB_WRITE, note_export, q, &e))
		return cli_fail(&c->base, &e);
	json_dumpf(q->out, c->base.out, JSON_INDENT(2));
	fputc('\n', c->base.out);
	return CLI_DONE;
}

static int erase(struct hub_cli *c, struct subject *q)
{
	struct str what = {0};
	struct err e = {0};

	if (!hub_subject_find(c->store, &q->all, &e) || !hub_run(c->store, HUB_WRITE, erase_body, q, &e))
		return cli_fail(&c->base, &e);
	if (c->server)
		server_changed(c->server, NULL, false);
	summary(&q->erased, &what);
	int rc = hub_cli_say(c, _("Customer %s is erased (%s); stations drop their copies\n"), q->all.id, str_z(&what));
	str_release(&what);
	return rc;
}

int hub_cmd_subject(struct hub_cli *c, int argc, char **argv)
{
	struct subject q = {.keep_ms = -1};
	const char *site = NULL, *keep = NULL;
	const struct cli_opt opts[] = {{"site", true, &site}, {"keep-days", true, &keep}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	int64_t days = 0;
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, 2, words, &n, &e)) {
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	} else if (n != 2 || (!str_eq(words[0], "export") && !str_eq(words[0], "erase")) || (keep && str_eq(words[0], "export"))) {
		rc = cli_usage(&c->base, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	} else if (keep && !parse_int(sv(keep), 0, 36500, &days)) {
		rc = cli_usage(&c->base, USAGE, "%s", _("--keep-days wants a number from 0 to 36500"));
	} else if (q.all.id = words[1], !hub_cli_site(c, site, &q.all.site, &e)) {
		rc = cli_fail(&c->base, &e);
	} else {
		q.keep_ms = keep ? days * DAY_MS : -1;
		rc = str_eq(words[0], "export") ? export(c, &q) : erase(c, &q);
	}
	json_decref(q.out);
	hub_subject_release(&q.all);
	free(words);
	return rc;
}
