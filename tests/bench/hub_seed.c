// SPDX-License-Identifier: MIT
// Knows how a hub's store for a bench is made: seats that are joined and logged in already, queues with tickets, articles.
//
// hub_seed STORE KEYS SEATS QUEUES ROWS ARTICLES: writes a line a seat to standard output (dev, inc, access token, agent, queue,
// ticket, "lead" or "seat"). Joining and logging in through the front door is left out: 5,000 passwords alone are half a minute.
#include <sodium.h>

#include "src/hub/auth.h"

#define SITE "SHA"
enum { BATCH = 500, DAY_MS = 24 * 3600000 };

struct seed {
	struct hub_store *store;
	int64_t seats, queues, rows, articles;
	int64_t at; // of the batch in hand
	char (*tickets)[40];
	struct str lines; // of the batch in hand: a transaction may run more than once
};

static bool put(struct hub_tx *tx, const char *t, const char *id, const char *stream, json_t *d, struct err *e)
{
	struct hub_ent ent = {.t = t, .e = id, .s = stream, .rev = 1, .d = d, .by = "hub"};
	bool ok = d && hub_put(tx, stream[0] == 'k' ? WIRE_GLOBAL_SITE : SITE, &ent, hub_new_id(tx), e);

	json_decref(d);
	return ok;
}

static bool put_frame(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seed *s = arg;
	char code[16], stream[24];
	bool ok = put(tx, "site", SITE, "dir/" SITE, json_pack("{s:s, s:s}", "code", SITE, "name", "bench"), e);

	for (int64_t q = 0; ok && q < s->queues; q++) {
		snprintf(code, sizeof(code), "q%lld", (long long)q);
		snprintf(stream, sizeof(stream), "q/%s", code);
		snprintf(s->tickets[q], sizeof(s->tickets[q]), "%s", hub_new_id(tx));
		ok = put(tx, "queue", code, "dir/" SITE, json_pack("{s:s, s:s}", "code", code, "name_zh", code), e) &&
		     put(tx, "team", code, "dir/" SITE, json_pack("{s:s, s:[s]}", "code", code, "queue_codes", code), e) &&
		     put(tx, "ticket", s->tickets[q], stream,
			 json_pack("{s:s, s:s, s:s, s:i, s:s}", "no", code, "queue_code", code, "state", "open", "priority", 3, "subject",
				   "bench"), e);
	}
	return ok;
}

static bool put_seats(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seed *s = arg;
	int64_t end = s->at + BATCH < s->seats ? s->at + BATCH : s->seats;

	str_clear(&s->lines);
	for (int64_t i = s->at; i < end; i++) {
		char token[69], code[16], station[4], staff[16];
		unsigned char raw[32];
		const char *agent = hub_new_id(tx), *dev = hub_new_id(tx), *family = hub_new_id(tx);
		bool lead = i % 100 == 99;
		struct hub_session session = {.family = family, .site = SITE, .agent = agent, .dev = dev, .inc = "bench",
					      .expires = hub_now(tx) + DAY_MS, .refreshed = hub_now(tx)};
		struct hub_dev d = {.dev = dev, .inc = "bench", .site = SITE, .station = station, .state = "active", .name = "bench",
				    .owner = agent, .seen = hub_now(tx)};
		randombytes_buf(raw, sizeof(raw));
		snprintf(token, sizeof(token), "%s.", SITE);
		sodium_bin2hex(token + 4, sizeof(token) - 4, raw, sizeof(raw));
		crypto_generichash(session.access, sizeof(session.access), (const unsigned char *)token, strlen(token), NULL, 0);
		randombytes_buf(session.refresh, sizeof(session.refresh));
		randombytes_buf(session.previous, sizeof(session.previous));
		snprintf(code, sizeof(code), "q%lld", (long long)(i % s->queues));
		snprintf(staff, sizeof(staff), "%lld", (long long)(10000 + i));
		snprintf(station, sizeof(station), "%c%c%c", (char)('A' + i / 676 % 26), (char)('A' + i / 26 % 26), (char)('A' + i % 26));
		if (!put(tx, "agent", agent, "dir/" SITE,
			 json_pack("{s:s, s:s, s:s, s:[s], s:s, s:s}", "login", staff, "staff_no", staff, "name_zh", staff, "roles",
				   lead ? "supervisor" : "agent", "team_id", code, "status", "active"), e) ||
		    !hub_dev_put(tx, &d, e) || !hub_session_put(tx, &session, e))
			return false;
		str_addf(&s->lines, "%s\tbench\t%s\t%s\t%s\t%s\t%s\n", dev, token, agent, code, s->tickets[i % s->queues], lead ? "lead" : "seat");
	}
	return true;
}

// Notes of the first queue: what an incremental pull reads.
static bool put_rows(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seed *s = arg;
	bool ok = true;

	for (int64_t i = s->at; ok && i < s->rows && i < s->at + BATCH; i++)
		ok = put(tx, "note", hub_new_id(tx), "q/q0",
			 json_pack("{s:s, s:s, s:s}", "ticket_id", s->tickets[0], "kind", "note", "text",
				   "The customer asks for the refund of the second part of the journey; called back and agreed on Friday."), e);
	return ok;
}

static bool put_articles(struct hub_tx *tx, void *arg, struct err *e)
{
	struct seed *s = arg;
	bool ok = true;
	char id[24], title[60];
	struct str body = {0};

	while (body.n < 2000)
		str_addf(&body, "Paragraph %zu of what an agent looks up while the customer waits on the line. ", body.n);
	for (int64_t i = s->at; ok && i < s->articles && i < s->at + BATCH; i++) {
		snprintf(id, sizeof(id), "KB-BEN-%lld", (long long)i);
		snprintf(title, sizeof(title), "What to do in case %lld", (long long)i);
		ok = put(tx, "article", id, "kb/all", json_pack("{s:s, s:s, s:s, s:s}", "id", id, "title", title, "body", str_z(&body), "state",
								"published"), e);
	}
	str_release(&body);
	return ok;
}

static bool batches(struct seed *s, int64_t n, bool (*body)(struct hub_tx *tx, void *arg, struct err *e), struct err *e)
{
	for (s->at = 0; s->at < n; s->at += BATCH) {
		if (!hub_run(s->store, HUB_WRITE, body, s, e))
			return false;
		fputs(str_z(&s->lines), stdout);
		str_clear(&s->lines);
	}
	return true;
}

int main(int argc, char **argv)
{
	struct seed s = {0};
	struct hub_keys *keys = NULL;
	struct err e = {0};
	int64_t *const numbers[] = {&s.seats, &s.queues, &s.rows, &s.articles};

	for (int i = 0; i < 4; i++)
		if (argc != 7 || !parse_int(sv(argv[3 + i]), i == 1, 1000000, numbers[i])) {
			fprintf(stderr, "usage: hub_seed STORE KEYS SEATS QUEUES ROWS ARTICLES\n");
			return 2;
		}
	if (sodium_init() < 0)
		return 3;
	s.tickets = xcalloc((size_t)s.queues, sizeof(*s.tickets));
	bool ok = hub_keys_load(&keys, argv[2], &e) &&
		  hub_store_open(&s.store, &(struct hub_store_options){.url = argv[1], .clock = &clock_real, .keys = hub_keys_ring(keys)}, &e) &&
		  hub_run(s.store, HUB_WRITE, put_frame, &s, &e) && batches(&s, s.seats, put_seats, &e) && batches(&s, s.rows, put_rows, &e) &&
		  batches(&s, s.articles, put_articles, &e);
	if (!ok)
		fprintf(stderr, "hub_seed: %s\n", e.msg);
	hub_store_close(s.store);
	hub_keys_free(keys);
	str_release(&s.lines);
	free(s.tickets);
	return ok ? 0 : 3;
}
