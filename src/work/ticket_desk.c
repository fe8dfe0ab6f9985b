// SPDX-License-Identifier: MIT
// Knows how a ticket and its history read, and who may do what to it.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/desk/mask.h"
#include "src/desk/number.h"
#include "src/desk/role.h"
#include "src/desk/sla.h"
#include "src/store/customer.h"
#include "src/store/outbox.h"
#include "src/work/hub_part.h"
#include "src/work/ticket_part.h"

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

const char *ticket_swept(const char *s, struct arena *a)
{
	struct str b = {0};

	mask_text(sv(s), &b);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

const struct sla_policy *ticket_policy(const json_t *doc)
{
	for (size_t i = 0; i < sla_npolicies; i++)
		if (str_eq(sla_policies[i].code, text(doc, "sla_policy")))
			return &sla_policies[i];
	return NULL;
}

// Was it ever red? An override of the priority says its own reason.
bool ticket_is_red(const json_t *doc)
{
	return str_eq(text(doc, "priority_reason"), "red") || json_is_true(json_object_get(doc, "red"));
}

// --- the history

static const char *why_words(const char *why, struct arena *a)
{
	static const struct {
		const char *code, *label;
	} known[] = {
		{"matrix", N_("by impact and urgency")}, {"red", N_("red category")},       {"vip", N_("VIP customer")},
		{"complaint", N_("by complaint level")}, {"repeat", N_("repeated contact")}, {"manual", N_("set by hand")},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_eq(known[i].code, why))
			return _(known[i].label);
	return ticket_swept(why, a);
}

static const char *from_to(const struct model *m, const char *field, const json_t *d, struct arena *a)
{
	const char *from = hub_value_text(m, field, json_object_get(d, "from"), a), *to = hub_value_text(m, field, json_object_get(d, "to"), a);

	return arena_printf(a, "%s → %s", str_empty(from) ? "—" : from, str_empty(to) ? "—" : to);
}

static const char *with_reason(const char *line, const json_t *d, struct arena *a)
{
	const char *reason = text(d, "reason");

	return *reason ? arena_printf(a, "%s  %s", line, why_words(reason, a)) : line;
}

// An escalation stands among the changes of state: submitted here, or decided.
static void say_escalation(struct ticket_line *l, const json_t *d, struct arena *a)
{
	const char *decision = text(d, "decision");

	l->what = *decision ? _("Escalation decided") : _("Escalated");
	l->text = ticket_swept(*decision ? arena_printf(a, "%s  %s", decision, text(d, "decision_text")) : text(d, "proposed_solution"), a);
}

static void say_conflict(struct ticket_line *l, const json_t *d, struct arena *a)
{
	struct str b = {0};
	const char *field;
	json_t *v;

	json_object_foreach(json_object_get(d, "fields"), field, v)
		str_addf(&b, "%s%s", b.n ? ", " : "", hub_field_label(arena_strdup(a, field)));
	l->alarm = !str_eq(text(d, "state"), "settled");
	l->what = l->alarm ? _("Conflict") : _("Conflict settled");
	l->text = arena_strdup(a, str_z(&b));
	str_release(&b);
}

// Links and the incident: made, or taken away.
static void say_link(struct model *m, struct ticket_line *l, const json_t *d, struct arena *a)
{
	static const struct {
		const char *field;
		enum ticket_link kind;
	} kinds[] = {{"related", TICKET_LINK_RELATED}, {"parent_no", TICKET_LINK_PARENT}, {"children", TICKET_LINK_CHILD},
		     {"duplicates", TICKET_LINK_DUPLICATES}};
	bool incident = str_eq(text(d, "field"), "incident_id"), gone = !*text(d, "to");
	const char *what = gone ? text(d, "from") : text(d, "to");

	l->what = incident ? _("Incident") : _("Link");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(kinds[i].field, text(d, "field")))
			l->what = ticket_link_label(kinds[i].kind);
	l->text = incident ? model_ticket_incident_words(m, what, a) : arena_strdup(a, what);
	if (gone)
		l->text = arena_printf(a, _("%s, not any more"), l->text);
}

static void say_note(struct ticket_line *l, const json_t *d, struct arena *a)
{
	const char *said = text(d, "text");

	l->what = str_eq(text(d, "kind"), "late_work") ? _("Done after it was handed over") : _("Note");
	if (!*said)
		said = *text(d, "description") ? text(d, "description") : text(d, "title");
	l->text = ticket_swept(said, a);
}

static const char *deed_words(const char *kind)
{
	static const struct {
		const char *kind, *label;
	} known[] = {{"ticket.take", N_("Take")}, {"ticket.release", N_("Release")}, {"ticket.assign", N_("Assign")},
		     {"ticket.note", N_("Note")}, {"ticket.element", N_("Link")}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_eq(known[i].kind, kind))
			return _(known[i].label);
	return "";
}

static void say_line(struct model *m, const struct ticket_log_line *ev, struct ticket_line *l, struct arena *a)
{
	json_error_t bad;
	json_t *d = ev->data && !work_shut(m) ? json_loads(ev->data, 0, &bad) : NULL;
	const char *by = *text(d, "author_id") ? text(d, "author_id") : ev->by;
	bool asked = json_is_true(json_object_get(d, "asked"));

	*l = (struct ticket_line){.at = ev->at, .who = str_empty(by) ? "" : hub_person(m, by, a), .what = ev->type, .text = ""};
	if (str_eq(ev->type, "create")) {
		l->what = _("Made");
	} else if (str_eq(ev->type, "edit")) {
		l->what = hub_field_label(arena_strdup(a, text(d, "field")));
		l->text = from_to(m, text(d, "field"), d, a);
	} else if (str_eq(ev->type, "status") && json_object_get(d, "to")) {
		l->what = _("State");
		l->text = with_reason(from_to(m, "state", d, a), d, a);
	} else if (str_eq(ev->type, "status")) {
		say_escalation(l, d, a);
	} else if (str_eq(ev->type, "priority")) {
		l->what = asked ? _("Priority asked for") : _("Priority");
		l->text = with_reason(from_to(m, "priority", d, a), d, a);
	} else if (str_eq(ev->type, "assign")) {
		l->what = asked ? _("Assignment asked for") : _("Owner");
		l->text = with_reason(arena_printf(a, "%s → %s", *text(d, "from") ? hub_person(m, text(d, "from"), a) : "—",
						   *text(d, "to") ? hub_person(m, text(d, "to"), a) : "—"), d, a);
	} else if (str_eq(ev->type, "transfer")) {
		l->what = asked ? _("Queue asked for") : _("Queue");
		l->text = with_reason(from_to(m, "queue_code", d, a), d, a);
	} else if (str_eq(ev->type, "attach")) {
		say_link(m, l, d, a);
	} else if (str_eq(ev->type, "note")) {
		say_note(l, d, a);
	} else if (str_eq(ev->type, "refused")) {
		l->what = _("Refused by the hub");
		l->text = deed_words(text(d, "k"));
		l->alarm = true;
	} else if (str_eq(ev->type, "conflict")) {
		say_conflict(l, d, a);
	}
	json_decref(d);
}

static bool read_lines(struct model *m, struct ticket_desk *k, struct err *e)
{
	struct ticket_log log = {0};
	struct arena a = {0};
	bool ok = ticket_event_list(store_reader(m->store), k->id, &log, &a, e);

	for (size_t i = 0; ok && i < log.n; i++)
		say_line(m, &log.v[i], vec_add(&k->lines), &k->arena);
	for (size_t i = 0; i < k->lines.n; i++)
		k->lines.v[i].what = arena_strdup(&k->arena, k->lines.v[i].what);
	vec_release(&log);
	arena_release(&a);
	return ok;
}

// --- the ticket

// Own operations on it: how many the hub has not answered, and whether one asks for a priority.
static bool read_waiting(struct model *m, struct ticket_desk *k, struct err *e)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	json_error_t bad;
	bool ok = outbox_overlay(store_reader(m->store), k->id, &ops, &a, e), may = user_may(m->roles, RIGHT_TICKET_PRIORITY);

	for (size_t i = 0; ok && i < ops.n; i++) {
		const struct outbox_op *op = &ops.v[i];
		json_t *body = op->body ? json_loads(op->body, 0, &bad) : NULL;
		k->waiting += op->st == OUTBOX_QUEUED || op->st == OUTBOX_SENDING;
		k->hand_asked |= str_eq(op->k, "ticket.assign") && json_is_true(json_object_get(body, "asked"));
		k->asked |= !may && str_eq(op->k, "ticket.set") && json_object_get(json_object_get(body, "set"), "priority");
		json_decref(body);
	}
	vec_release(&ops);
	arena_release(&a);
	return ok;
}

static const char *customer_of(struct model *m, const char *id, struct arena *a)
{
	struct customer c;
	struct str b = {0};

	if (str_empty(id) || work_shut(m) || !customer_get(store_reader(m->store), id, &c, a, NULL) || str_empty(c.name))
		return "";
	mask_value(MASK_NAME, sv(c.name), &b);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static void take_texts(struct model *m, struct ticket_desk *k, const struct ticket *t, const json_t *doc)
{
	struct arena *a = &k->arena;
	bool shut = work_shut(m);

	k->title = shut ? "" : ticket_swept(t->title ? t->title : "", a);
	k->description = shut ? "" : ticket_swept(text(doc, "description"), a);
	k->solution = shut ? "" : ticket_swept(text(doc, "solution_text"), a);
	k->cause = *text(doc, "root_cause_code") ? arena_strdup(a, work_cause_label(m, text(doc, "root_cause_code"))) : "";
	k->priority_why = *text(doc, "priority_reason") && !shut ? why_words(text(doc, "priority_reason"), a) : "";
	k->customer = customer_of(m, t->customer_id, a);
}

static void take_row(struct model *m, struct ticket_desk *k, const struct ticket *t)
{
	struct arena *a = &k->arena;
	enum ticket_kind kind;
	json_error_t bad;
	json_t *doc = t->doc ? json_loads(t->doc, 0, &bad) : NULL;
	const struct sla_policy *p = ticket_policy(doc);

	if (!ticket_state_parse(sv(t->state), &k->state))
		k->state = TICKET_NEW;
	k->no = t->no;
	k->kind = ticket_kind_parse(sv(t->kind), &kind) ? ticket_kind_label(kind) : t->kind;
	k->category = arena_strdup(a, work_category_label(m, t->category_id));
	k->queue = t->queue_code ? t->queue_code : "";
	k->owner_id = t->owner_id ? t->owner_id : "";
	k->owner = *k->owner_id ? hub_person(m, k->owner_id, a) : "";
	k->priority = t->priority;
	k->pinned = t->pinned;
	k->respond_due_at = t->first_response_at ? 0 : t->respond_due_at;
	k->resolve_due_at = t->resolve_due_at;
	k->created_at = t->stamp.created_at;
	k->red = ticket_is_red(doc);
	k->paused = p && ticket_pauses(k->state, p->pause_customer, p->pause_third);
	k->breached = ticket_is_open(k->state) && !k->paused && t->resolve_due_at && clock_wall(m->clock) > t->resolve_due_at;
	k->incident_id = arena_strdup(a, text(doc, "incident_id"));
	k->incident = *k->incident_id ? model_ticket_incident_words(m, k->incident_id, a) : "";
	ticket_ties_read(m, doc);
	take_texts(m, k, t, doc);
	json_decref(doc);
}

static void clear(struct ticket_desk *k)
{
	struct ticket_desk empty = {.arena = k->arena, .ties = {k->ties.v, 0, k->ties.cap}, .lines = {k->lines.v, 0, k->lines.cap}};

	arena_clear(&empty.arena);
	memcpy(empty.id, k->id, sizeof(empty.id));
	empty.no = empty.kind = empty.title = empty.description = empty.solution = empty.cause = empty.category = empty.queue = empty.owner =
		empty.owner_id = empty.customer = empty.priority_why = empty.incident = empty.incident_id = "";
	*k = empty;
}

void model_ticket_refresh(struct model *m)
{
	struct ticket_desk *k = &m->ticket;
	struct ticket t = {0};
	struct err e = {0};

	if (!k->id[0])
		return;
	clear(k);
	k->there = ticket_get(store_reader(m->store), k->id, &t, &k->arena, &e);
	if (k->there) {
		take_row(m, k, &t);
		if (!read_waiting(m, k, &e) || !read_lines(m, k, &e))
			model_say_note(m, NOTE_WARN, "%s", e.msg);
	} else if (e.code != ERR_NOT_FOUND) {
		log_line(LOG_ERROR, "ticket %s: %s", k->id, e.msg);
	}
	const struct hub_rows *r = model_hub_rows(m);
	for (size_t i = 0; i < r->conflicts.n; i++)
		k->in_conflict |= str_eq(r->conflicts.v[i].about_e, k->id);
	m->changed = true;
}

bool model_ticket_open(struct model *m, const char *id, struct err *e)
{
	snprintf(m->ticket.id, sizeof(m->ticket.id), "%s", id);
	model_ticket_refresh(m);
	if (m->ticket.there)
		return true;
	model_ticket_close(m);
	return err_set(e, ERR_NOT_FOUND, _("This ticket is not on this station."));
}

void model_ticket_close(struct model *m)
{
	m->ticket.id[0] = '\0';
	clear(&m->ticket);
	m->changed = true;
}

// --- which ones are here

enum { PICK_ROWS = 300 };

bool model_tickets(struct model *m, struct ticket_picks *out, struct arena *a, struct err *e)
{
	struct ticket_filter f = {.by = TICKET_BY_AGE, .open_only = true, .limit = PICK_ROWS};
	struct tickets rows = {0};
	enum ticket_state s;
	bool ok = work_open(m, e) && ticket_list(store_reader(m->store), &f, &rows, a, e);

	*out = (struct ticket_picks){.v = arena_array(a, struct ticket_pick, rows.n + 1)};
	for (size_t i = 0; ok && i < rows.n; i++) {
		const struct ticket *t = &rows.v[i];
		out->v[out->n++] = (struct ticket_pick){.id = t->id, .no = t->no, .title = ticket_swept(t->title ? t->title : "", a),
							.state = ticket_state_parse(sv(t->state), &s) ? ticket_state_label(s) : t->state,
							.priority = t->priority};
	}
	vec_release(&rows);
	return ok;
}

const char *model_ticket_by_no(struct model *m, const char *no, struct arena *a, struct err *e)
{
	struct number n;
	char full[NUMBER_CAP];
	struct ticket t = {0};

	if (!number_parse(sv(no), &n, e) || !number_format(&n, full, e))
		return NULL;
	if (ticket_by_no(store_reader(m->store), full, &t, a, NULL))
		return t.id;
	err_set(e, ERR_NOT_FOUND, _("This ticket is not on this station."));
	return NULL;
}
