// SPDX-License-Identifier: MIT
// Knows what is found by asking instead of following a stream: customers, tickets, who has acknowledged, stations, contacts.
//
// Every answer is {"rows":[..],"more":bool}; a row of an entity is {"t","e","rev","s","by","at","d"}, masked for who asks.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/server_part.h"

enum { FOUND = 20, LISTED = 200, PEOPLE = 10000, PAGE = 500 };

struct find {
	struct job *job;
	const struct actor *who;
	const char *field, *value, *id; // decoded
	json_t *rows;
	json_t *more; // further members of the answer
	bool refused, cut;
	struct hub_tx *tx;
	// while a list is walked
	const char *about;
	json_t *ids;
};

static void add_row(struct find *q, const struct hub_ent *ent)
{
	char at[32];

	clock_rfc3339(ent->at, at, sizeof(at));
	json_array_append_new(q->rows, json_pack("{s:s, s:s, s:I, s:s, s:s?, s:s, s:o}", "t", ent->t, "e", ent->e, "rev",
						 (json_int_t)ent->rev, "s", ent->s, "by", ent->by, "at", at, "d",
						 rights_mask(q->who, ent->t, ent->d)));
}

static bool may(struct find *q, enum hub_right r, const struct target *t, bool *yes, struct err *e)
{
	enum verdict v = VERDICT_NO;
	bool ok = actor_may(q->tx, q->who, r, t, &v, e);

	*yes = v == VERDICT_YES;
	return ok;
}

// The right as such, whose thing it may be.
static bool need(struct find *q, enum hub_right r)
{
	q->refused = right_scope(q->who->roles, r) < SCOPE_TEAM;
	return !q->refused;
}

// --- customers and tickets, one by one

// Follows a merged customer to the one it became.
static bool get_live(struct find *q, const char *t, const char *id, const struct hub_ent **ent, struct err *e)
{
	for (int hop = 0; hop < 4; hop++) {
		if (!hub_get(q->tx, q->who->site, t, id, ent, e))
			return false;
		if (!*ent || !str_eq((*ent)->gone, "merged") || !(*ent)->to)
			break;
		id = (*ent)->to;
	}
	if (*ent && (*ent)->gone)
		*ent = NULL;
	return true;
}

// Whose it is, for the rights.
static struct target target_of(const struct find *q, const struct hub_ent *ent)
{
	const char *queue = json_string_value(json_object_get(ent->d, "queue_code"));

	return (struct target){.site = q->who->site,
			       .owner = json_string_value(json_object_get(ent->d, "owner_id")),
			       .team = json_string_value(json_object_get(ent->d, "team_id")),
			       .queue = queue};
}

static bool add_if_seen(struct find *q, const struct hub_ent *ent, struct err *e)
{
	struct target t = target_of(q, ent);
	bool yes = actor_may_read(q->who, q->who->site, ent->s);

	if (!yes && !may(q, str_eq(ent->t, "customer") ? HUB_R_CUSTOMER_VIEW : HUB_R_TICKET_UPDATE, &t, &yes, e))
		return false;
	if (yes)
		add_row(q, ent);
	return true;
}

static bool find_by(struct find *q, const char *t, struct err *e)
{
	const char **ids;
	size_t n = 0;

	if (q->id) {
		ids = &q->id;
		n = 1;
	} else if (!hub_lookup(q->tx, q->who->site, t, q->field, q->value, FOUND + 1, &ids, &n, e)) {
		return false;
	}
	q->cut = n > FOUND;
	for (size_t i = 0; i < n && i < FOUND; i++) {
		const struct hub_ent *ent = NULL;
		if (!get_live(q, t, ids[i], &ent, e) || (ent && !add_if_seen(q, ent, e)))
			return false;
	}
	return true;
}

static bool find_customer(struct find *q, struct err *e)
{
	if (!need(q, HUB_R_CUSTOMER_VIEW))
		return true;
	// By what was looked, never the value.
	return find_by(q, "customer", e);
}

// Numbers stand in entities of their own, which the rules keep ("@no": {"ticket"}).
static bool find_ticket(struct find *q, struct err *e)
{
	const struct hub_ent *no = NULL;

	if (!need(q, HUB_R_TICKET_CREATE))
		return true;
	if (!q->id && !hub_get(q->tx, q->who->site, "@no", q->value, &no, e))
		return false;
	if (no)
		q->id = json_string_value(json_object_get(no->d, "ticket"));
	return !q->id || find_by(q, "ticket", e);
}

// --- who has acknowledged a broadcast

static bool note_ack(void *arg, const struct hub_ent *ent)
{
	struct find *q = arg;
	const char *agent = json_string_value(json_object_get(ent->d, "agent_id"));
	char at[32];

	if (!str_eq(json_string_value(json_object_get(ent->d, "broadcast_id")), q->about))
		return true;
	clock_rfc3339(ent->at, at, sizeof(at));
	json_array_append_new(q->rows, json_pack("{s:s?, s:s, s:O?}", "agent_id", agent, "at", at, "station",
						 json_object_get(ent->d, "station")));
	json_object_set_new(q->ids, agent ? agent : "", json_true());
	return true;
}

static bool note_missing(void *arg, const struct hub_ent *ent)
{
	struct find *q = arg;

	if (!json_object_get(q->ids, ent->e) && str_eq(json_string_value(json_object_get(ent->d, "status")), "active"))
		json_array_append_new(q->more,
				      json_pack("{s:s, s:O?, s:O?, s:O?}", "agent_id", ent->e, "login",
						json_object_get(ent->d, "login"), "name_zh", json_object_get(ent->d, "name_zh"),
						"team_id", json_object_get(ent->d, "team_id")));
	return true;
}

// From the newest back, in steps: all of the type that are there, at most most.
static bool each(struct find *q, const char *t, size_t most, bool (*fn)(void *arg, const struct hub_ent *ent), struct err *e);

static bool find_acks(struct find *q, struct err *e)
{
	const struct hub_ent *b = NULL;

	q->about = query_get(q->job, "broadcast");
	if (!need(q, HUB_R_BROADCAST_SEND) || !q->about)
		return true;
	if (!hub_get(q->tx, q->who->site, "broadcast", q->about, &b, e))
		return false;
	if (!b)
		return true;
	q->ids = json_object();
	q->more = json_array();
	bool ok = each(q, "broadcast_ack", PEOPLE, note_ack, e) && each(q, "agent", PEOPLE, note_missing, e);
	json_decref(q->ids);
	q->ids = NULL;
	return ok;
}

struct walk {
	struct find *q;
	bool (*fn)(void *arg, const struct hub_ent *ent);
	const char *last;
	size_t n;
};

static bool step(void *arg, const struct hub_ent *ent)
{
	struct walk *w = arg;

	w->last = ent->e;
	w->n++;
	return w->fn(w->q, ent);
}

static bool each(struct find *q, const char *t, size_t most, bool (*fn)(void *arg, const struct hub_ent *ent), struct err *e)
{
	struct walk w = {.q = q, .fn = fn};
	size_t before;

	do {
		before = w.n;
		if (!hub_list(q->tx, q->who->site, t, w.last, PAGE, step, &w, e))
			return false;
	} while (w.n - before == PAGE && w.n < most);
	q->cut |= w.n >= most;
	return true;
}

// --- stations and what they report

static bool note_station(void *arg, const struct hub_dev *d)
{
	struct find *q = arg;
	char seen[32];

	clock_rfc3339(d->seen, seen, sizeof(seen));
	json_t *report = d->report ? wire_parse(sv(d->report), WIRE_STRING_BYTES, NULL) : NULL;
	json_t *row = json_pack("{s:s, s:s?, s:s?, s:s, s:s?, s:s, s:I, s:b}", "dev", d->dev, "station", d->station, "name",
				d->name, "state", d->state, "owner", d->owner, "seen", seen, "last_n", (json_int_t)d->last_n,
				"connected", feed_connected(q->job->sv->feed, d->dev));
	json_object_set_new(row, "report", report ? report : json_null());
	json_array_append_new(q->rows, row);
	return true;
}

// For those who lead others, and those who look after the machines.
static bool find_stations(struct find *q, struct err *e)
{
	return (!need(q, HUB_R_CONFIG_SYSTEM) && !need(q, HUB_R_TICKET_ASSIGN)) ||
	       hub_dev_list(q->tx, q->who->site, note_station, q, e);
}

// --- contacts of an agent

static bool note_contact(void *arg, const struct hub_feed_row *row)
{
	struct find *q = arg;

	if (str_eq(row->ent.t, "interaction") && !row->ent.gone)
		add_row(q, &row->ent);
	return true;
}

static bool find_contacts(struct find *q, struct err *e)
{
	const char *agent = query_get(q->job, "agent");
	struct target t = {.site = q->who->site, .owner = agent};
	int64_t from = 0;
	const char *after = query_get(q->job, "after");
	bool yes;

	if (str_empty(agent) || strlen(agent) > 40 || (after && !number_of(after, INT64_MAX, &from)))
		return true;
	if (!may(q, HUB_R_CALL_VIEW, &t, &yes, e))
		return false;
	q->refused = !yes;
	return q->refused || hub_feed(q->tx, q->who->site, arena_printf(hub_arena(q->tx), "me/%s", agent), from, LISTED,
				      WIRE_PAGE_BYTES, note_contact, q, e);
}

// --- the address

static const struct {
	const char *type;
	const char *fields[6]; // one of them must be given; none: nothing is needed
	bool (*run)(struct find *q, struct err *e);
} finds[] = {
	{"customer", {"phone", "id", "order", "name", "e"}, find_customer},
	{"ticket", {"no", "e"}, find_ticket},
	{"broadcast_ack", {"broadcast"}, find_acks},
	{"station", {NULL}, find_stations},
	{"interaction", {"agent"}, find_contacts},
};

static bool find_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct find *q = arg;
	size_t i = 0;

	json_decref(q->rows);
	json_decref(q->more);
	q->rows = json_array();
	q->more = NULL;
	q->refused = q->cut = false;
	q->id = str_eq(q->field, "e") ? q->value : NULL;
	q->tx = tx;
	while (!str_eq(finds[i].type, q->job->tail))
		i++;
	return finds[i].run(q, e);
}

static bool audit_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct find *q = arg;
	char detail[64];

	snprintf(detail, sizeof(detail), "by %s, %zu found", q->field, json_array_size(q->rows));
	return auth_audit(tx, q->who->site, q->who->agent, q->who->station, "customer.find", NULL, detail, e);
}

static enum outcome answer_find(struct job *j, struct find *q)
{
	json_t *o;
	struct err e = {0};

	// Who searched for people is kept; what they typed is not.
	if (str_eq(j->tail, "customer") && !q->refused && !hub_run(j->sv->o.store, HUB_WRITE, audit_body, q, &e))
		return answer_failure(j, &e);
	if (q->refused)
		return refuse(j, WIRE_P_FORBIDDEN, "find %s", j->tail);
	o = json_pack("{s:O, s:b}", "rows", q->rows, "more", q->cut);
	if (q->more)
		json_object_set(o, "missing", q->more);
	return answer_json(j, 200, o);
}

enum outcome route_find(struct job *j)
{
	struct find q = {.job = j, .who = &j->who};
	struct err e = {0};
	size_t i = 0, n = sizeof(finds) / sizeof(*finds);

	while (i < n && !str_eq(finds[i].type, j->tail))
		i++;
	if (i == n)
		return refuse(j, WIRE_P_NOT_FOUND, "nothing of that type is found here");
	for (int f = 0; finds[i].fields[f] && !q.value; f++) {
		q.field = finds[i].fields[f];
		q.value = query_get(j, q.field);
	}
	if (finds[i].fields[0] && (str_empty(q.value) || strlen(q.value) > 200))
		return refuse(j, WIRE_P_BAD_SHAPE, "say what to look for");
	bool ok = hub_run(j->sv->o.store, HUB_READ, find_body, &q, &e);
	enum outcome rc = ok ? answer_find(j, &q) : answer_failure(j, &e);
	json_decref(q.rows);
	json_decref(q.more);
	return rc;
}
