// SPDX-License-Identifier: MIT
// Knows how a ticket is taken, handed over, given back and linked from the command line: by the same operations as on the screen.
#include "src/cli/ticket_cli.h"

#include "src/base/i18n.h"
#include "src/desk/number.h"
#include "src/desk/role.h"
#include "src/store/meta.h"
#include "src/sync/shut.h"
#include "src/work/model.h"
#include "src/work/station.h"

struct deed { // what is open while it is done
	struct cli *cli;
	const struct ticket_cli_opts *o;
	struct config conf;
	struct store *store;
	struct model model;
	bool model_ready;
	struct arena arena;
};

// The roles of who logged in at the hub last; without a hub those of the settings, which the model has.
static bool take_roles(struct deed *d, struct err *e)
{
	struct db *db = store_reader(d->store);
	const char *dev = NULL, *roles = NULL;

	if (!meta_text(db, "dev", &dev, &d->arena, e) || !meta_text(db, "agent_roles", &roles, &d->arena, e))
		return false;
	if (!str_empty(dev) && !str_empty(roles))
		user_roles_parse(sv(roles), &d->model.roles, NULL);
	return true;
}

static bool open_station(struct deed *d, struct err *e)
{
	struct problems p = {0};
	struct err none = {0};
	bool shut;

	config_load(&d->conf, d->cli->config, &p);
	problems_release(&p);
	if (str_empty(d->cli->data))
		return err_set(e, ERR_IO, _("no data directory: give --data DIR or set ZUOXI_DATA"));
	if (!store_open(&d->store, &(struct store_options){.dir = d->cli->data}, e))
		return false;
	if (!shut_read(store_reader(d->store), &d->cli->clock, &shut, e) || (shut && !shut_refuse(e)))
		return false;
	if (!model_init(&d->model, &(struct model_options){.clock = &d->cli->clock, .config = &d->conf, .store = d->store}, e))
		return false;
	d->model_ready = true;
	// Only queues are wanted of them: contacts that are open stay as they are.
	if (d->o->queue && !station_load_packs(d->cli->data, &d->model.packs, &none))
		d->model.packs = NULL;
	return take_roles(d, e);
}

static bool close_station(struct deed *d, struct err *e)
{
	bool ok = true;

	if (d->store)
		store_wait_idle(d->store);
	if (d->model_ready) {
		model_store_poll(&d->model);
		ok = !d->model.save.failed || err_set(e, d->model.save.why.code, "%s", d->model.save.why.msg);
		model_ticket_close(&d->model);
	}
	store_close(d->store);
	if (d->model_ready)
		model_release(&d->model);
	config_release(&d->conf);
	arena_release(&d->arena);
	return ok;
}

// --- the deeds

static bool assign(struct deed *d, struct err *e)
{
	const char *to = d->o->queue ? d->o->queue : d->o->to;
	struct ticket_target target;

	return model_ticket_target(&d->model, to, d->o->queue != NULL, &target, &d->arena, e) &&
	       model_ticket_assign(&d->model, &target, d->o->reason, e);
}

static bool link_it(struct deed *d, const char *other, struct err *e)
{
	enum ticket_link kind = TICKET_LINK_RELATED;

	if (d->o->as && !ticket_link_parse(sv(d->o->as), &kind))
		return err_set(e, ERR_USAGE, _("There is no link %s: related, parent, child or duplicate."), d->o->as);
	return d->o->remove ? model_ticket_unlink(&d->model, kind, other, e) : model_ticket_link(&d->model, kind, other, e);
}

static bool do_it(struct deed *d, char **words, struct err *e)
{
	const char *id = model_ticket_by_no(&d->model, words[1], &d->arena, e);

	if (!id || !model_ticket_open(&d->model, id, e))
		return false;
	if (str_eq(words[0], "take"))
		return model_ticket_take(&d->model, e);
	if (str_eq(words[0], "release"))
		return model_ticket_release(&d->model, d->o->reason, e);
	if (str_eq(words[0], "assign"))
		return assign(d, e);
	if (str_eq(words[0], "link"))
		return link_it(d, words[2], e);
	return model_ticket_incident(&d->model, d->o->remove ? "" : words[2], e);
}

static void say(struct deed *d)
{
	const struct ticket_desk *k = &d->model.ticket;

	store_wait_idle(d->store);
	model_store_poll(&d->model);
	fprintf(d->cli->out, _("%s  %s  queue %s, owner %s%s\n"), k->no, ticket_state_label(k->state), k->queue, *k->owner ? k->owner : "—",
		k->hand_asked ? _(", handing over asked for") : "");
}

// --- the words

static const struct {
	const char *verb;
	size_t words; // with the verb
} verbs[] = {{"take", 2}, {"assign", 2}, {"release", 2}, {"link", 3}, {"incident", 3}};

bool ticket_cli_is_deed(const char *verb)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (str_eq(verbs[i].verb, verb))
			return true;
	return false;
}

static bool fits(const struct ticket_cli_opts *o, char **words, size_t n)
{
	size_t want = 0;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (str_eq(verbs[i].verb, words[0]))
			want = verbs[i].words;
	if (str_eq(words[0], "incident") && o->remove)
		want = 2;
	if (str_eq(words[0], "assign") && !o->to == !o->queue)
		return false;
	return n == want && (!str_eq(words[0], "release") || o->reason);
}

int ticket_cli_deed(struct cli *c, const struct ticket_cli_opts *o, char **words, size_t n)
{
	struct deed d = {.cli = c, .o = o};
	struct err e = {0};
	struct number no;
	bool open, ok;

	if (!fits(o, words, n))
		return cli_usage(c, TICKET_USAGE, "%s", _("wrong words"));
	if (!number_parse(sv(words[1]), &no, &e))
		return cli_usage(c, TICKET_USAGE, "%s", e.msg);
	open = open_station(&d, &e);
	ok = open && do_it(&d, words, &e);
	if (ok)
		say(&d);
	bool saved = close_station(&d, ok ? &e : &(struct err){0});
	if (ok && saved)
		return CLI_DONE;
	int rc = cli_fail(c, &e);
	// It ran, and the answer is no.
	return open && !ok && (e.code == ERR_DENIED || e.code == ERR_USAGE || e.code == ERR_CONFLICT || e.code == ERR_PARSE) ? CLI_NO : rc;
}
