// SPDX-License-Identifier: MIT
// Knows how a ticket takes a step of its life: which are offered, what they ask for, and what pauses do to its promised times.
#include "src/base/i18n.h"
#include "src/desk/number.h"
#include "src/desk/role.h"
#include "src/desk/sla.h"
#include "src/store/ent.h"
#include "src/work/ticket_part.h"

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

// --- what the machine must know

// Urgent reviews of the ticket: as the hub has them, and those this station has submitted and not heard of.
struct reviews {
	bool open, decided;
};

static void count_review(struct reviews *r, const json_t *d)
{
	const char *state = text(d, "state");

	if (!str_eq(text(d, "kind"), "urgent_review"))
		return;
	if (*text(d, "decision") || str_eq(state, "decided") || str_eq(state, "closed"))
		r->decided = true;
	else if (!str_eq(state, "withdrawn"))
		r->open = true;
}

static bool known(const struct ents *rows, const char *id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->v[i].e, id))
			return true;
	return false;
}

static bool read_reviews(struct model *m, struct reviews *out, struct err *e)
{
	struct arena a = {0};
	struct ents rows = {0};
	struct ticket_log log = {0};
	json_error_t bad;
	bool ok = ent_list(store_reader(m->store), "escalation", &rows, &a, e) &&
		  ticket_event_list(store_reader(m->store), m->ticket.id, &log, &a, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		json_t *d = json_loads(rows.v[i].d, 0, &bad);
		if (str_eq(text(d, "ticket_id"), m->ticket.id))
			count_review(out, d);
		json_decref(d);
	}
	for (size_t i = 0; ok && i < log.n; i++) {
		json_t *d = str_eq(log.v[i].type, "status") && log.v[i].data ? json_loads(log.v[i].data, 0, &bad) : NULL;
		if (!known(&rows, text(d, "id")))
			count_review(out, d);
		json_decref(d);
	}
	vec_release(&rows);
	vec_release(&log);
	arena_release(&a);
	return ok;
}

static bool is_offered(const struct model *m, enum ticket_event ev)
{
	switch (ev) {
	// Escalations have a package and a decision of their own (F8); the hub assigns.
	case TICKET_EV_AUTO_ASSIGN:
	case TICKET_EV_ESCALATE:
	case TICKET_EV_DECISION:
		return false;
	case TICKET_EV_CANCEL:
		return user_may(m->roles, RIGHT_TICKET_OTHERS);
	case TICKET_EV_ACCEPT:
	case TICKET_EV_NEED_CUSTOMER:
	case TICKET_EV_CUSTOMER_REPLY:
	case TICKET_EV_GIVE_UP_WAITING:
	case TICKET_EV_NEED_THIRD:
	case TICKET_EV_THIRD_REPLY:
	case TICKET_EV_XDEPT:
	case TICKET_EV_TASK_DONE:
	case TICKET_EV_RESOLVE:
	case TICKET_EV_CUSTOMER_CONFIRMS:
	case TICKET_EV_SILENT:
	case TICKET_EV_REJECT:
	case TICKET_EV_REOPEN:
	case TICKET_EV_DUPLICATE:
		return ticket_possible(m->ticket.state, ev);
	}
	return false;
}

size_t model_ticket_steps(const struct model *m, enum ticket_event *out)
{
	size_t n = 0;

	for (int ev = 0; ev <= TICKET_EV_CANCEL; ev++)
		if (ticket_possible(m->ticket.state, (enum ticket_event)ev) && is_offered(m, (enum ticket_event)ev))
			out[n++] = (enum ticket_event)ev;
	return n;
}

// What is waited for since; resolved and closed have instants of their own.
static int64_t since_ms(const struct model *m, const json_t *doc, enum ticket_state from)
{
	const char *key = from == TICKET_CLOSED ? "closed_at" : from == TICKET_RESOLVED ? "resolved_at" : "waiting_at";
	int64_t at = json_integer_value(json_object_get(doc, key));

	return at ? clock_wall(m->clock) - at : 0;
}

static bool may_step(struct model *m, const json_t *doc, enum ticket_event ev, const struct ticket_answer *with, enum ticket_state *to,
		     struct err *e)
{
	struct reviews r = {0};

	if (!read_reviews(m, &r, e))
		return false;
	const struct ticket_guard g = {
		.solution_text = sv_trim(sv(with->solution)).n ? with->solution : NULL, .root_cause_code = with->cause, .red = ticket_is_red(doc),
		.urgent_review_open = r.open, .urgent_review_decided = r.decided,
		.reminders = (int)json_integer_value(json_object_get(doc, "reminders")), .since_ms = since_ms(m, doc, m->ticket.state),
		.reason = sv_trim(sv(with->reason)).n ? with->reason : NULL, .lead = user_may(m->roles, RIGHT_TICKET_OTHERS),
	};
	return ticket_step(m->ticket.state, ev, &g, to, e) == TICKET_MOVED;
}

// domain.md §6.3: pauses are kept as intervals, and the due times are worked out from them.
static void keep_pauses(const struct model *m, struct ticket_change *c, const json_t *doc, enum ticket_state from, enum ticket_state to)
{
	const struct sla_policy *p = ticket_policy(doc);
	bool was = p && ticket_pauses(from, p->pause_customer, p->pause_third), is = p && ticket_pauses(to, p->pause_customer, p->pause_third);
	json_t *list = json_deep_copy(json_object_get(doc, "pauses")), *item;
	struct sla_pause v[64];
	struct calendar cal;
	size_t i, n = 0;

	list = json_is_array(list) ? list : json_array();
	if (was == is) {
		json_decref(list);
		return;
	}
	if (is)
		json_array_append_new(list, json_pack("{s:I}", "from", (json_int_t)c->at));
	else if ((item = json_array_get(list, json_array_size(list) - 1)) && !json_object_get(item, "to"))
		json_object_set_new(item, "to", json_integer((json_int_t)c->at));
	json_array_foreach(list, i, item)
		if (n < sizeof(v) / sizeof(*v) && json_object_get(item, "to"))
			v[n++] = (struct sla_pause){json_integer_value(json_object_get(item, "from")), json_integer_value(json_object_get(item, "to"))};
	ticket_change_set(c, doc, "pauses", list);
	if (is)
		return;
	if (p->business)
		calendar_default(&cal, m->zone);
	else
		calendar_24x7(&cal);
	const struct sla_pauses all = {v, n, p->pause_max_min * 60000LL};
	if (p->resolve_min && json_object_get(doc, "resolve_due_at"))
		ticket_change_set(c, doc, "resolve_due_at",
			   json_integer((json_int_t)sla_due(m->ticket.created_at, p->resolve_min * 60000LL, &all, &cal)));
	if (p->respond_min && m->ticket.respond_due_at)
		ticket_change_set(c, doc, "respond_due_at",
			   json_integer((json_int_t)sla_due(m->ticket.created_at, p->respond_min * 60000LL, &all, &cal)));
}

static void put_text(struct ticket_change *c, const json_t *doc, const char *field, const char *value)
{
	char *clean = ticket_typed(value, UTF8_KEEP_NL);

	if (*clean && !str_eq(clean, text(doc, field)))
		ticket_change_set(c, doc, field, json_string(clean));
	free(clean);
}

static void step_here(struct ticket_change *c, const json_t *doc, enum ticket_state to)
{
	bool waits = to == TICKET_WAITING_CUSTOMER || to == TICKET_WAITING_THIRD || to == TICKET_WAITING_INTERNAL;
	const char *key = to == TICKET_RESOLVED ? "resolved_at" : to == TICKET_CLOSED ? "closed_at" : NULL;

	// The hub stamps these itself; until it has, the station goes by its own clock.
	if (key)
		json_object_set_new(c->here, key, json_integer((json_int_t)c->at));
	if (waits)
		ticket_change_set(c, doc, "waiting_at", json_integer((json_int_t)c->at));
}

// The other ticket of a duplicate must be one: its check character says so.
static bool check_other(const struct model *m, const char *typed_no, char out[NUMBER_CAP], struct err *e)
{
	struct number no;

	if (!number_parse(sv(typed_no), &no, e) || !number_format(&no, out, e))
		return false;
	return !str_eq(out, m->ticket.no) || err_set(e, ERR_USAGE, _("This is the ticket itself; give the number of the other one."));
}

// What the packs do not have or have no more is not written into tickets any more. Packs without causes ask for none.
static bool settle_cause(const struct model *m, struct ticket_answer *a, struct err *e)
{
	const struct pack_cause *c = m->packs ? packs_cause(m->packs, a->cause) : NULL;
	bool any = false;

	for (size_t i = 0; m->packs && i < m->packs->n_causes; i++)
		any |= !m->packs->causes[i].retired;
	if (!any) {
		a->cause = str_empty(a->cause) ? "other" : a->cause;
		return true;
	}
	return str_empty(a->cause) || (c && !c->retired) || err_set(e, ERR_USAGE, _("There is no root cause %s to choose."), a->cause);
}

bool model_ticket_step(struct model *m, enum ticket_event ev, const struct ticket_answer *with, struct err *e)
{
	enum ticket_state from = m->ticket.state, to;
	struct ticket_answer a = *with;
	char other[NUMBER_CAP];
	json_t *doc;

	if (!model_ticket_may(m, TICKET_STEP, e) || !(doc = ticket_open_doc(m, e)))
		return false;
	if ((ev == TICKET_EV_RESOLVE && !settle_cause(m, &a, e)) || !may_step(m, doc, ev, &a, &to, e) || (ev == TICKET_EV_DUPLICATE && !check_other(m, a.reason, other, e))) {
		json_decref(doc);
		return false;
	}
	struct ticket_change *c = ticket_change_new(m);
	char *reason = ticket_typed(ev == TICKET_EV_DUPLICATE ? other : a.reason, UTF8_LINE);
	if (ev == TICKET_EV_RESOLVE) {
		put_text(c, doc, "solution_text", a.solution);
		put_text(c, doc, "root_cause_code", a.cause);
	}
	if (ev == TICKET_EV_DUPLICATE)
		put_text(c, doc, "merged_into", reason);
	keep_pauses(m, c, doc, from, to);
	ticket_change_set(c, doc, "state", json_string(ticket_state_code(to)));
	step_here(c, doc, to);
	json_t *line = json_pack("{s:s, s:s}", "from", ticket_state_code(from), "to", ticket_state_code(to));
	if (*reason) {
		json_object_set_new(c->body, "reason", json_string(reason));
		json_object_set_new(c->here, "reason", json_string(reason));
		json_object_set_new(line, "reason", json_string(reason));
	}
	ticket_change_line(c, "status", line);
	struct commit *k = commit_new(m, "ticket.step");
	ticket_change_join(k, c);
	if (ev == TICKET_EV_DUPLICATE)
		ticket_merged_join(m, k, reason);
	commit_after(k, ticket_saved);
	commit_submit(m, k);
	free(reason);
	json_decref(doc);
	return true;
}
