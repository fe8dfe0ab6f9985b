// SPDX-License-Identifier: MIT
// Knows `zuoxi status`: which station this is, what it holds, and what has not reached the hub yet.
#include "kb/check.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/cli/reading.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/lock.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/store/ticket.h"
#include "src/work/station.h"

#define USAGE "status"

struct status {
	const char *agent;
	int64_t customers, open_tickets, open_contacts, articles, packs, unsent_age_s;
	struct outbox_counts outbox;
	bool running;
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

static void count_articles(struct cli *c, struct reading *r, struct status *s)
{
	char *path = station_kb_path(c->data);
	struct kb_stats stats;
	struct kb *kb = NULL;
	struct err e = {0};

	if (!path_exists(path))
		s->articles = 0;
	else if (kb_open(&kb, path, KB_READ, &c->clock, r->zone, &e) && kb_stats_get(kb, &stats, &e))
		s->articles = stats.articles;
	else
		fprintf(c->err, "zuoxi: %s\n", e.msg);
	kb_close(kb);
	free(path);
}

static bool gather(struct cli *c, struct reading *r, struct status *s, struct err *e)
{
	struct tickets tickets = {0};
	struct interactions open = {0};
	size_t packs;
	bool ok = meta_text(r->db, "agent", &s->agent, &r->arena, e) && customer_count(r->db, &s->customers, e) &&
		  outbox_count(r->db, &s->outbox, e) && interaction_open(r->db, &open, &r->arena, e) &&
		  ticket_list(r->db, &(struct ticket_filter){.by = TICKET_BY_AGE, .open_only = true, .limit = 1000000}, &tickets,
			      &r->arena, e);

	s->open_tickets = (int64_t)tickets.n;
	s->open_contacts = (int64_t)open.n;
	vec_release(&tickets);
	vec_release(&open);
	if (s->outbox.oldest_made)
		s->unsent_age_s = (clock_wall(&c->clock) - s->outbox.oldest_made) / 1000;
	station_free_dirs(station_pack_dirs(c->data, &packs));
	s->packs = (int64_t)packs;
	s->running = is_running(c->data);
	count_articles(c, r, s);
	return ok;
}

static void print(struct cli *c, const struct reading *r, const struct status *s)
{
	const char *site = store_site(r->store), *station = store_station(r->store);

	if (c->json) {
		json_t *o = json_pack("{s:s, s:s, s:s?, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "site", site, "station",
				      station, "agent", s->agent, "data", c->data, "running", s->running, "packs", (json_int_t)s->packs,
				      "articles", (json_int_t)s->articles, "customers", (json_int_t)s->customers, "open_contacts",
				      (json_int_t)s->open_contacts, "open_tickets", (json_int_t)s->open_tickets, "unsent",
				      (json_int_t)s->outbox.unsent, "unsent_age_s", (json_int_t)s->unsent_age_s, "conflicts",
				      (json_int_t)s->outbox.conflicts, "rejected", (json_int_t)s->outbox.rejected);
		cli_print_json(c, o);
		json_decref(o);
		return;
	}
	fprintf(c->out, _("Station %s of site %s, agent %s\n"), station, site, s->agent ? s->agent : "—");
	fprintf(c->out, _("Data: %s%s\n"), c->data, s->running ? _(" (a workstation is running)") : "");
	fprintf(c->out, _("Content: %lld packs, %lld articles\n"), (long long)s->packs, (long long)s->articles);
	fprintf(c->out, _("Work: %lld customers, %lld open contacts, %lld open tickets\n"), (long long)s->customers,
		(long long)s->open_contacts, (long long)s->open_tickets);
	fprintf(c->out, _("Outbox: %lld unsent (oldest %lld s), %lld conflicts, %lld rejected\n"), (long long)s->outbox.unsent,
		(long long)s->unsent_age_s, (long long)s->outbox.conflicts, (long long)s->outbox.rejected);
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
		reading_close(&r);
	}
	free(words);
	return rc;
}
