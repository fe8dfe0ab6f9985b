// SPDX-License-Identifier: MIT
// Knows what the hub holds about a customer, and how it is erased: made anonymous, or where the law wants it kept, put away (domain.md §18.8).
//
// What is put away is an entity "kept" <type>:<id> with the document as it was, in a stream "@kept/<month>" that nobody reads; once that
// month is over hub_housekeep blanks it.
#include "src/base/vec.h"
#include "src/hub/store_internal.h"

enum { PAGE = 500 };
#define HOLD_MS (100LL * 365 * 24 * 3600000) // a legal hold has no end that the hub would know

static const char *text(const json_t *d, const char *key)
{
	return json_string_value(json_object_get(d, key));
}

static bool is(const json_t *d, const char *key, const char *what)
{
	return str_eq(text(d, key), what);
}

static bool listed(const char *const *v, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], what) == 0)
			return true;
	return false;
}
#define IN(list, what) listed(list, sizeof(list) / sizeof(*(list)), what)

// --- what is about them

static bool has(const struct hub_subject *q, const char *t, const char *e)
{
	for (size_t i = 0; i < q->rows.n; i++)
		if (str_eq(q->rows.v[i].t, t) && str_eq(q->rows.v[i].e, e))
			return true;
	return false;
}

static void add(struct hub_subject *q, const char *t, const char *e)
{
	if (!str_empty(e) && !has(q, t, e))
		vec_push(&q->rows, ((struct hub_subject_row){arena_strdup(&q->arena, t), arena_strdup(&q->arena, e)}));
}

// What hangs on a ticket stands in it: notes, escalations, conflicts.
static void add_lines(struct hub_subject *q, const json_t *d)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(d, "lines"), i, v) {
		const char *line = json_string_value(v), *slash = line ? strchr(line, '/') : NULL;
		if (slash)
			add(q, arena_strndup(&q->arena, line, (size_t)(slash - line)), slash + 1);
	}
	json_array_foreach(json_object_get(d, "conflicts"), i, v) add(q, "conflict", json_string_value(v));
}

struct scan {
	struct hub_subject *q;
	const char *t;
	char last[128]; // of the page before
	size_t n;
};

static bool look(void *arg, const struct hub_ent *ent)
{
	struct scan *s = arg;
	struct hub_subject *q = s->q;
	const json_t *d = ent->d;

	s->n++;
	snprintf(s->last, sizeof(s->last), "%s", ent->e);
	if (!is(d, "customer_id", q->id) && !has(q, "ticket", text(d, "ticket_id")) && !has(q, "interaction", text(d, "interaction_id")))
		return true;
	if (str_eq(ent->t, "ticket") && !is(d, "customer_id", q->id))
		return true; // another person's, that came of the same contact
	add(q, ent->t, ent->e);
	add_lines(q, d);
	return true;
}

static bool scan_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct scan *s = arg;

	s->n = 0;
	return hub_list(tx, s->q->site, s->t, *s->last ? s->last : NULL, PAGE, look, s, e);
}

// In pages of a transaction each: there may be millions.
static bool scan(struct hub_store *s, struct hub_subject *q, const char *t, struct err *e)
{
	struct scan one = {.q = q, .t = t, .n = PAGE};

	while (one.n == PAGE)
		if (!hub_run(s, HUB_READ, scan_body, &one, e))
			return false;
	return true;
}

// Contacts that led to a ticket of theirs are theirs too, unless somebody else is named there; and whose they are.
struct calls {
	struct hub_subject *q;
	VEC(const char *) agents;
};

static bool calls_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct calls *c = arg;
	struct hub_subject *q = c->q;
	const struct hub_ent *ent, *call;

	c->agents.n = 0;
	for (size_t i = 0; i < q->rows.n; i++) {
		struct hub_subject_row r = q->rows.v[i];
		if (!hub_get(tx, q->site, r.t, r.e, &ent, e))
			return false;
		if (!ent || ent->gone)
			continue;
		add_lines(q, ent->d);
		const char *id = str_eq(r.t, "ticket") ? text(ent->d, "interaction_id") : NULL;
		if (id && !hub_get(tx, q->site, "interaction", id, &call, e))
			return false;
		if (id && call && (str_empty(text(call->d, "customer_id")) || is(call->d, "customer_id", q->id)))
			add(q, "interaction", id);
		const char *agent = str_eq(r.t, "interaction") ? text(ent->d, "agent_id") : NULL;
		if (agent && !listed(c->agents.v, c->agents.n, agent))
			vec_push(&c->agents, arena_strdup(&q->arena, agent));
	}
	return true;
}

struct timeline {
	struct hub_subject *q;
	const char *s;
	int64_t from;
	size_t n;
};

static bool look_event(void *arg, const struct hub_feed_row *row)
{
	struct timeline *l = arg;

	l->n++;
	l->from = row->ent.seq;
	if (str_eq(row->ent.t, "call_event") && !row->ent.gone && has(l->q, "interaction", text(row->ent.d, "interaction_id")))
		add(l->q, "call_event", row->ent.e);
	return true;
}

static bool timeline_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct timeline *l = arg;

	l->n = 0;
	return hub_feed(tx, l->q->site, l->s, l->from, PAGE, WIRE_PAGE_BYTES, look_event, l, e);
}

// Lines of a contact stand in the stream of whoever had it.
static bool find_events(struct hub_store *s, struct calls *c, struct err *e)
{
	for (size_t i = 0; i < c->agents.n; i++) {
		struct timeline l = {.q = c->q, .s = arena_printf(&c->q->arena, "me/%s", c->agents.v[i]), .n = 1};
		while (l.n)
			if (!hub_run(s, HUB_READ, timeline_body, &l, e))
				return false;
	}
	return true;
}

bool hub_subject_find(struct hub_store *s, struct hub_subject *q, struct err *e)
{
	struct calls c = {.q = q};

	add(q, "customer", q->id);
	// Twice over the contacts: the second time with those that tickets name, whose agents are then known.
	bool ok = scan(s, q, "ticket", e) && scan(s, q, "interaction", e) && hub_run(s, HUB_READ, calls_body, &c, e) &&
		  hub_run(s, HUB_READ, calls_body, &c, e) && scan(s, q, "callback", e) && scan(s, q, "escalation", e) &&
		  find_events(s, &c, e) && scan(s, q, "kept", e);
	vec_release(&c.agents);
	return ok;
}

void hub_subject_release(struct hub_subject *q)
{
	vec_release(&q->rows);
	arena_release(&q->arena);
	*q = (struct hub_subject){0};
}

// --- what stays: what says nothing about a person (domain.md §18.9: "anonymise, keep statistics")

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

bool hub_subject_keeps(const char *field, const json_t *v)
{
	static const char *const names[] = {
		"no", "state", "kind", "type", "intent", "difficulty", "sla_policy", "complaint_level", "channel", "direction", "source", "mode",
		"resolution", "status", "decision", "queue_code", "root_cause_code", "disposition_code", "form_code", "kb_update_kind", "created_by",
		"decided_by", "to_role", "origin", "owner_id", "team_id", "category_id", "interaction_id", "ticket_id", "ticket_no", "parent_id",
		"incident_id", "article_version_id", "agent_id", "author_id", "from_id", "to_id", "script_id", "lines",
	};

	if (IN(names, field))
		return true;
	return json_is_number(v) || json_is_boolean(v) || (json_is_string(v) && ends(field, "_at"));
}

static json_t *anonymous(const struct hub_ent *ent, int64_t now)
{
	static const char *const texts[] = {"title", "description", "solution_text", "promised_text", "ask", "proposed_solution", "decision_text", "text"};
	json_t *d = json_object(), *v;
	const char *field;

	json_object_foreach(ent->d, field, v) {
		if (hub_subject_keeps(field, v))
			json_object_set(d, field, v);
		else if (IN(texts, field))
			json_object_set_new(d, field, json_string(WIRE_ERASED));
	}
	json_object_set_new(d, "anonymised_at", json_integer((json_int_t)now));
	return d;
}

// --- put away

static bool put_away(struct hub_tx *tx, const struct hub_subject *q, const struct hub_ent *ent, int64_t until, struct err *e)
{
	const char *id = arena_printf(hub_arena(tx), "%s:%s", ent->t, ent->e);
	const struct hub_ent *old;
	char month[32];

	if (!hub_get(tx, q->site, "kept", id, &old, e))
		return false;
	clock_rfc3339(until, month, sizeof(month));
	json_t *d = json_pack("{s:s, s:s, s:s, s:I, s:O}", "t", ent->t, "e", ent->e, "customer_id", q->id, "until", (json_int_t)until, "doc", ent->d);
	bool ok = hub_put(tx, q->site,
			  &(struct hub_ent){.t = "kept", .e = id, .s = arena_printf(hub_arena(tx), HUB_KEPT "%.7s", month),
					    .rev = old ? old->rev + 1 : 1, .d = d, .by = "hub"}, NULL, e);
	json_decref(d);
	return ok;
}

// Until when the law, or a hold, wants it; 0: it does not.
static int64_t duty(const struct hub_tx *tx, const struct hub_ent *ent, bool held, int64_t keep_ms)
{
	static const char *const records[] = {"ticket", "interaction", "callback", "escalation", "note", "call_event"};

	if (!IN(records, ent->t))
		return 0;
	if (held || json_is_true(json_object_get(ent->d, "legal_hold")))
		return hub_now(tx) + HOLD_MS;
	return ent->at + keep_ms > hub_now(tx) && keep_ms > 0 ? ent->at + keep_ms : 0;
}

// --- erased

const char *const hub_erased_types[HUB_ERASED_TYPES] = {"customer", "ticket", "interaction", "callback", "escalation", "note", "call_event", "conflict"};

static void count(struct hub_erased *out, const char *t)
{
	for (size_t i = 0; i < HUB_ERASED_TYPES; i++)
		out->n[i] += str_eq(hub_erased_types[i], t);
}

// Lines of a timeline and what clashed are nothing without their texts: of these only the number in the stream stays.
static bool erase_one(struct hub_tx *tx, const struct hub_subject *q, const struct hub_ent *ent, struct hub_erased *out, struct err *e)
{
	static const char *const whole[] = {"customer", "call_event", "conflict"};
	bool goes = IN(whole, ent->t);
	json_t *d = goes ? json_pack("{s:I}", "anonymised_at", (json_int_t)hub_now(tx)) : anonymous(ent, hub_now(tx));
	struct hub_ent now = {.t = ent->t, .e = ent->e, .s = ent->s, .rev = ent->rev + 1, .d = d, .by = "hub", .gone = goes ? "deleted" : NULL};

	// The history before the new row: what is staged goes in when the transaction is flushed, after this.
	bool ok = hub_forget(tx, q->site, ent->t, ent->e, e) && hub_put(tx, q->site, &now, NULL, e);
	json_decref(d);
	count(out, ent->t);
	return ok;
}

static bool is_theirs(const struct hub_subject *q, const struct hub_ent *ent)
{
	const char *of = ent ? text(ent->d, "customer_id") : NULL;

	return ent && !ent->gone && !str_eq(ent->t, "kept") && !json_object_get(ent->d, "anonymised_at") && (str_empty(of) || str_eq(of, q->id));
}

bool hub_subject_erase(struct hub_tx *tx, const struct hub_subject *q, int64_t keep_ms, struct hub_erased *out, struct err *e)
{
	const struct hub_ent *who, *ent;

	*out = (struct hub_erased){0};
	if (!hub_get(tx, q->site, "customer", q->id, &who, e))
		return false;
	bool held = who && json_is_true(json_object_get(who->d, "legal_hold"));
	for (size_t i = 0; i < q->rows.n; i++) {
		if (str_eq(q->rows.v[i].t, "customer"))
			continue;
		if (!hub_get(tx, q->site, q->rows.v[i].t, q->rows.v[i].e, &ent, e))
			return false;
		if (!is_theirs(q, ent))
			continue;
		int64_t until = duty(tx, ent, held, keep_ms);
		if (until && !put_away(tx, q, ent, until, e))
			return false;
		out->kept += until != 0;
		out->until = until > out->until ? until : out->until;
		if (!erase_one(tx, q, ent, out, e))
			return false;
	}
	// The person last: what is put away of their cases needs to know whose they are.
	if (!who || who->gone)
		return true;
	if ((held || out->until) && !put_away(tx, q, who, held ? hub_now(tx) + HOLD_MS : out->until, e))
		return false;
	out->kept += held || out->until;
	return erase_one(tx, q, who, out, e);
}
