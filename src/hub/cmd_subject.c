// SPDX-License-Identifier: MIT
// Knows `zuoxi-hub subject`: what is held about a customer, out as a document, or gone for good (domain.md §18.8).
//
// Erasing writes a "deleted" row, so that every station drops its copy, and forgets all earlier revisions and what they are found by:
// nothing is left to open, whoever has the keys.
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/hub_cli.h"
#include "src/hub/server.h"

#define USAGE "subject export|erase ID [--site CODE]"

struct subject {
	const char *site, *id;
	json_t *out, *list;
	const char *last;
	size_t page;
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

static bool add_related(void *arg, const struct hub_ent *ent)
{
	struct subject *q = arg;

	q->last = ent->e;
	q->page++;
	if (str_eq(json_string_value(json_object_get(ent->d, "customer_id")), q->id))
		json_array_append_new(q->list, ent_json(ent));
	return true;
}

static bool collect(struct hub_tx *tx, struct subject *q, const char *t, const char *member, struct err *e)
{
	q->list = json_array();
	json_object_set_new(q->out, member, q->list);
	q->last = NULL;
	do {
		q->page = 0;
		if (!hub_list(tx, q->site, t, q->last, 500, add_related, q, e))
			return false;
	} while (q->page == 500);
	return true;
}

static bool export_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct subject *q = arg;
	const struct hub_ent *ent;

	json_decref(q->out);
	q->out = json_object();
	if (!hub_get(tx, q->site, "customer", q->id, &ent, e))
		return false;
	if (!ent)
		return err_set(e, ERR_NOT_FOUND, _("there is no customer %s"), q->id);
	q->list = json_array();
	json_object_set_new(q->out, "customer", q->list);
	return hub_history(tx, q->site, "customer", q->id, add_history, q, e) && collect(tx, q, "ticket", "tickets", e) &&
	       collect(tx, q, "interaction", "interactions", e) && collect(tx, q, "callback", "callbacks", e);
}

static bool note_export(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct subject *q = arg;

	return auth_audit(tx, q->site, "hub", NULL, "subject.export", q->id, NULL, e);
}

static bool erase_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct subject *q = arg;
	const struct hub_ent *old;

	if (!hub_get(tx, q->site, "customer", q->id, &old, e))
		return false;
	if (!old || old->gone)
		return err_set(e, ERR_NOT_FOUND, _("there is no customer %s"), q->id);
	json_t *d = json_pack("{s:I}", "anonymised_at", (json_int_t)hub_now(tx));
	struct hub_ent ent = {
		.t = "customer", .e = q->id, .s = old->s, .rev = old->rev + 1, .d = d, .by = "hub", .gone = "deleted"};
	// The history before the new row: what is staged goes in when the transaction is flushed, after this.
	bool ok = hub_forget(tx, q->site, "customer", q->id, e) && hub_put(tx, q->site, &ent, NULL, e) &&
		  auth_audit(tx, q->site, "hub", NULL, "subject.erase", q->id, NULL, e);
	json_decref(d);
	return ok;
}

int hub_cmd_subject(struct hub_cli *c, int argc, char **argv)
{
	struct subject q = {0};
	const char *site = NULL;
	const struct cli_opt opts[] = {{"site", true, &site}};
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct err e = {0};
	size_t n;
	int rc = CLI_DONE;

	if (!cli_parse(argc, argv, opts, 1, words, &n, &e)) {
		rc = cli_usage(&c->base, USAGE, "%s", e.msg);
	} else if (n != 2 || (!str_eq(words[0], "export") && !str_eq(words[0], "erase"))) {
		rc = cli_usage(&c->base, USAGE, "%s", n ? _("wrong words") : _("what shall be done?"));
	} else if (q.id = words[1], !hub_cli_site(c, site, &q.site, &e)) {
		rc = cli_fail(&c->base, &e);
	} else if (str_eq(words[0], "export")) {
		if (!hub_run(c->store, HUB_READ, export_body, &q, &e) || !hub_run(c->store, HUB_WRITE, note_export, &q, &e)) {
			rc = cli_fail(&c->base, &e);
		} else {
			json_dumpf(q.out, c->base.out, JSON_INDENT(2));
			fputc('\n', c->base.out);
		}
	} else if (!hub_run(c->store, HUB_WRITE, erase_body, &q, &e)) {
		rc = cli_fail(&c->base, &e);
	} else {
		if (c->server)
			server_changed(c->server, NULL, false);
		hub_cli_say(c, _("Customer %s is erased; stations drop their copies\n"), q.id);
	}
	json_decref(q.out);
	free(words);
	return rc;
}
