// SPDX-License-Identifier: MIT
// Knows a hub as a desk's test sees it: texts in, texts out. (Its headers and those of forms do not go together.)
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/sync/through_hub.h"

#include "tests/hub/ruletest.h"

enum { SEATS = 8 };

struct through_hub {
	struct site x;
	struct seat seats[SEATS];
	int n;
};

struct through_hub *through_hub_open(void)
{
	struct through_hub *h = xcalloc(1, sizeof(*h));

	site_open(&h->x);
	site_agent_set(&h->x, "ag", "queue_codes", "['account','tech_support','general']");
	return h;
}

void through_hub_close(struct through_hub *h)
{
	for (int i = 0; i < h->n; i++)
		seat_close(&h->seats[i]);
	site_close(&h->x);
	free(h);
}

int through_hub_seat(struct through_hub *h, const char *agent, char dev[40], char inc[40])
{
	struct seat *s = &h->seats[h->n];

	seat_open(s, &h->x, agent);
	snprintf(dev, 40, "%s", s->dev);
	snprintf(inc, 40, "%s", s->inc);
	return h->n++;
}

struct load {
	struct seat *s;
	struct actor who;
	struct arena a;
};

static bool load_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct load *l = arg;

	return actor_load(tx, l->s->home, l->s->agent, &l->who, &l->a, e);
}

char *through_hub_exchange(struct through_hub *h, int seat, const char *request)
{
	struct load l = {.s = &h->seats[seat]};
	struct err e = {0};
	json_error_t why;
	json_t *doc = json_loads(request, 0, &why);

	assert_non_null(doc);
	hubtest_read(h->x.t.s, load_body, &l);
	l.who.dev = l.s->dev;
	l.who.station = "0A7";
	struct exchange v = {.request = doc, .who = &l.who};
	if (!hub_exchange(h->x.t.s, &v, 1, &e))
		fail_msg("%s", e.msg);
	if (!v.reply)
		fail_msg("problem %s: %s", wire_problem_type(v.problem.kind), v.problem.detail);
	char *text = json_dumps(v.reply, JSON_COMPACT);
	json_decref(v.reply);
	json_decref(doc);
	arena_release(&l.a);
	return text;
}

const char *through_hub_do(struct through_hub *h, int seat, const char *k, const char *t, const char *e, const char *stream, const char *body)
{
	return seat_do(&h->seats[seat], k, t, e, stream, seat_base(&h->seats[seat], t, e), body);
}

struct erasing {
	struct hub_subject q;
	int64_t keep_ms;
	struct hub_erased out;
};

static bool erase_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct erasing *x = arg;

	return hub_subject_erase(tx, &x->q, x->keep_ms, &x->out, e);
}

int through_hub_erase(struct through_hub *h, const char *customer, int keep_days)
{
	struct erasing x = {.q = {.site = "SHA", .id = customer}, .keep_ms = keep_days * 24LL * 3600000};
	struct err e = {0};
	int n = 0;

	if (!hub_subject_find(h->x.t.s, &x.q, &e))
		fail_msg("%s", e.msg);
	hubtest_run(h->x.t.s, erase_body, &x);
	hub_subject_release(&x.q);
	for (int i = 0; i < HUB_ERASED_TYPES; i++)
		n += (int)x.out.n[i];
	return n;
}
