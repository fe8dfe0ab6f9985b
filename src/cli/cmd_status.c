// SPDX-License-Identifier: MIT
// Knows `zuoxi status`: which station this is, what it holds, and what has not reached the hub yet.
#include "kb/check.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/reading.h"
#include "src/cli/status_hub.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/lock.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/store/ticket.h"
#include "src/sync/carry.h"
#include "src/work/station.h"

#define USAGE "status"

struct status {
	const char *agent;
	int64_t customers, open_tickets, open_contacts, articles, packs, unsent_age_s;
	struct outbox_counts outbox;
	int64_t carried, carried_refused; // files of other stations: wait for the hub; not taken by it
	bool running;
	struct status_hub hub;
};

// Is another process at work on the directory? A lock that can be taken is given back at once.
static bool is_running(const char *dir)
{
	struct lock l = {0};
	struct err e = {0};
	bool taken = lock_take(&l, dir, &e);

	lock_release(&l);
	return !taken && e.code == ERR_CONFLICT;
}

// What stands in kb.db: the articles and, of a station that has joined, how far its streams were heard.
static bool look_at_base(struct cli *c, struct reading *r, struct status *s, struct err *e)
{
	char *path = station_kb_path(c->data);
	struct kb_stats stats;
	struct kb *kb = NULL;
	struct err why = {0};

	if (!path_exists(path))
		s->articles = 0;
	else if (kb_open(&kb, path, KB_READ, &c->clock, r->zone, &why) && kb_stats_get(kb, &stats, &why))
		s->articles = stats.articles;
	else
		fprintf(c->err, "zuoxi: %s\n", why.msg);
	bool ok = status_hub_read(c, r, why.code ? NULL : kb, &s->hub, e);
	kb_close(kb);
	free(path);
	return ok;
}

static bool gather(struct cli *c, struct reading *r, struct status *s, struct err *e)
{
	struct tickets tickets = {0};
	struct interactions open = {0};
	struct carried files = {0};
	size_t packs;
	bool ok = meta_text(r->db, "agent", &s->agent, &r->arena, e) && customer_count(r->db, &s->customers, e) &&
		  outbox_count(r->db, &s->outbox, e) && interaction_open(r->db, &open, &r->arena, e) &&
		  ticket_list(r->db, &(struct ticket_filter){.by = TICKET_BY_AGE, .open_only = true, .limit = 1000000}, &tickets,
			      &r->arena, e) &&
		  courier_carried(c->data, &files, &r->arena, e);

	s->carried = (int64_t)files.paths.n;
	s->carried_refused = (int64_t)files.refused;
	vec_release(&files.paths);
	s->open_tickets = (int64_t)tickets.n;
	s->open_contacts = (int64_t)open.n;
	vec_release(&tickets);
	vec_release(&open);
	if (s->outbox.oldest_made)
		s->unsent_age_s = (clock_wall(&c->clock) - s->outbox.oldest_made) / 1000;
	station_free_dirs(station_pack_dirs(c->data, &packs));
	s->packs = (int64_t)packs;
	s->running = is_running(c->data);
	return ok && look_at_base(c, r, s, e);
}

static void print(struct cli *c, struct reading *r, const struct status *s)
{
	const char *site = store_site(r->store), *station = store_station(r->store);

	if (c->json) {
		json_t *o = json_pack("{s:s, s:s, s:s?, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "site", site, "station",
				      station, "agent", s->agent, "data", c->data, "running", s->running, "packs", (json_int_t)s->packs,
				      "articles", (json_int_t)s->articles, "customers", (json_int_t)s->customers, "open_contacts",
				      (json_int_t)s->open_contacts, "open_tickets", (json_int_t)s->open_tickets, "unsent",
				      (json_int_t)s->outbox.unsent, "unsent_age_s", (json_int_t)s->unsent_age_s, "conflicts",
				      (json_int_t)s->outbox.conflicts, "rejected", (json_int_t)s->outbox.rejected);
		json_object_set_new(o, "carried", json_integer(s->carried));
		json_object_set_new(o, "carried_refused", json_integer(s->carried_refused));
		json_object_set_new(o, "hub", status_hub_json(&s->hub));
		cli_print_json(c, o);
		json_decref(o);
		return;
	}
	fprintf(c->out, _("Station %s of site %s, agent %s\n"), station, site, s->agent ? s->agent : "—");
	fprintf(c->out, _("Data: %s%s\n"), c->data, s->running ? _(" (a workstation is running)") : "");
	fprintf(c->out, _("Content: %lld packs, %lld articles\n"), (long long)s->packs, (long long)s->articles);
	fprintf(c->out, _("Work: %lld customers, %lld open contacts, %lld open tickets\n"), (long long)s->customers,
		(long long)s->open_contacts, (long long)s->open_tickets);
	fprintf(c->out, _("Outbox: %lld unsent (oldest %lld s), %lld conflicts, %lld refused\n"), (long long)s->outbox.unsent,
		(long long)s->unsent_age_s, (long long)s->outbox.conflicts, (long long)s->outbox.rejected);
	if (s->carried || s->carried_refused)
		fprintf(c->out, _("Files of other stations: %lld wait for the hub, %lld were refused by it\n"), (long long)s->carried,
			(long long)s->carried_refused);
	status_hub_print(c, r, &s->hub, s->running);
}

int cmd_status(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct status s = {0};
	struct reading r;
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, NULL, 0, words, &n, &e))
		rc = cli_usage(c, USAGE, "%s", e.msg);
	else if (n)
		rc = cli_usage(c, USAGE, "%s", _("no words are needed"));
	else if (!reading_open(&r, c, false, &e))
		rc = cli_fail(c, &e);
	else {
		bool ok = gather(c, &r, &s, &e);
		if (ok)
			print(c, &r, &s);
		rc = ok ? CLI_DONE : cli_fail(c, &e);
		status_hub_release(&s.hub);
		reading_close(&r);
	}
	free(words);
	return rc;
}
