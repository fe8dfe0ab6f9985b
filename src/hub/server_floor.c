// SPDX-License-Identifier: MIT
// Knows what the floor asks besides its work: how people are, the wallboard's numbers, the receipt at the end of a shift.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/server_part.h"
#include "src/wire/read.h"

// --- how somebody is (domain.md §15.1); last wins, nothing is kept

static const char *const states[] = {"offline", "available", "ringing",  "on_contact", "acw",      "hold_work",    "break",
				     "meal",    "meeting",   "training", "coaching",   "practice", "system_issue", "standby"};

enum outcome route_presence(struct job *j)
{
	const char *state = NULL;
	int64_t since = clock_wall(hub_store_clock(j->sv->o.store));
	struct err why = {0};
	bool known = false;

	if (!wire_need_text(j->doc, "state", 20, &state, &why) || !wire_may_time(j->doc, "since", &since, &why))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", why.msg);
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		known |= str_eq(states[i], state);
	if (!known)
		return refuse(j, WIRE_P_BAD_SHAPE, "there is no state %s", state);
	watch_presence(j->sv->watch, &j->who, state, since);
	return answer_empty(j, 204);
}

// --- the wallboard

enum { WALL_TICKETS = 5000, WALL_PAGE = 500 };

struct wall {
	const char *site, *last;
	int64_t now;
	json_t *agents, *queues;
	size_t tickets, page;
	bool partial;
};

static void add(json_t *o, const char *key, int by)
{
	json_object_set_new(o, key, json_integer(json_integer_value(json_object_get(o, key)) + by));
}

static bool count_presence(void *arg, const struct hub_presence *p)
{
	struct wall *w = arg;

	if (p->expires > w->now)
		add(w->agents, p->state, 1);
	return true;
}

static bool count_ticket(void *arg, const struct hub_ent *ent)
{
	struct wall *w = arg;
	const char *queue = json_string_value(json_object_get(ent->d, "queue_code"));
	const char *state = json_string_value(json_object_get(ent->d, "state"));

	w->last = ent->e;
	w->page++;
	w->tickets++;
	if (str_eq(state, "closed") || str_eq(state, "cancelled") || str_eq(state, "resolved") || str_eq(state, "merged"))
		return true;
	queue = queue ? queue : "";
	json_t *q = json_object_get(w->queues, queue);
	if (!q) {
		q = json_pack("{s:i, s:i, s:i, s:i}", "open", 0, "unowned", 0, "p1", 0, "p2", 0);
		json_object_set_new(w->queues, queue, q);
	}
	int64_t priority = json_integer_value(json_object_get(ent->d, "priority"));
	add(q, "open", 1);
	add(q, "unowned", str_empty(json_string_value(json_object_get(ent->d, "owner_id"))));
	add(q, "p1", priority == 1);
	add(q, "p2", priority == 2);
	return true;
}

static bool wall_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct wall *w = arg;

	json_decref(w->agents);
	json_decref(w->queues);
	w->agents = json_object();
	w->queues = json_object();
	w->last = NULL;
	w->tickets = 0;
	w->now = hub_now(tx);
	if (!hub_presence_list(tx, w->site, count_presence, w, e))
		return false;
	do {
		w->page = 0;
		if (!hub_list(tx, w->site, "ticket", w->last, WALL_PAGE, count_ticket, w, e))
			return false;
	} while (w->page == WALL_PAGE && w->tickets < WALL_TICKETS);
	// Older tickets than these were not counted: said, not silently low.
	w->partial = w->page == WALL_PAGE;
	return true;
}

enum outcome route_wall(struct job *j)
{
	struct wall w = {.site = j->tail};
	struct err e = {0};
	char asof[32];

	if (right_scope(j->who.roles, HUB_R_KPI_TEAM) < SCOPE_TEAM)
		return refuse(j, WIRE_P_FORBIDDEN, "numbers of the site");
	if (!str_eq(j->tail, j->who.site))
		return refuse(j, WIRE_P_SITE_MISMATCH, "not this person's site");
	json_t *known = watch_wall(j->sv->watch, j->tail);
	if (known)
		return answer_json(j, 200, known);
	bool ok = hub_run(j->sv->o.store, HUB_READ, wall_body, &w, &e);
	if (!ok) {
		json_decref(w.agents);
		json_decref(w.queues);
		return answer_failure(j, &e);
	}
	clock_rfc3339(w.now, asof, sizeof(asof));
	known = json_pack("{s:s, s:s, s:b, s:i, s:o, s:o}", "site", w.site, "asof", asof, "partial", w.partial, "seats",
			  feed_seats(j->sv->feed), "agents", w.agents, "queues", w.queues);
	watch_wall_put(j->sv->watch, w.site, known);
	return answer_json(j, 200, known);
}

// --- the receipt

enum outcome route_receipt(struct job *j)
{
	struct wire_problem p = {0};
	struct err e = {0};
	json_t *receipt = NULL;
	const char *inc = NULL;
	int64_t from = 0, to = 0;
	unsigned char sig[64];
	char hex[129];

	if (!wire_need_text(j->doc, "inc", 40, &inc, &e) || !wire_may_int(j->doc, "from", 0, INT64_MAX, &from, &e) ||
	    !wire_need_int(j->doc, "to", from, INT64_MAX, &to, &e))
		return refuse(j, WIRE_P_BAD_SHAPE, "%s", e.msg);
	if (!hub_receipt(j->sv->o.store, j->who.site, j->who.dev, inc, from, to, &receipt, &p, &e))
		return answer_failure(j, &e);
	if (!receipt)
		return answer_problem(j, &p);
	char *text = wire_print(receipt);
	hub_keys_sign(j->sv->o.keys, sv(text), sig);
	free(text);
	// Signed over the compact text of the receipt as it stands here.
	return answer_json(j, 200,
			   json_pack("{s:o, s:s}", "receipt", receipt, "sig", sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig))));
}
