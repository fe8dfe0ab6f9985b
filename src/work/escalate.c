// SPDX-License-Identifier: MIT
// Knows how a contact is handed up: who decides, what the package holds, by when the decision is due.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/desk/number.h"
#include "src/desk/wrapup.h"
#include "src/store/outbox.h"
#include "src/work/ticket_part.h"

#define DECIDE_MS (10 * 60000LL) // domain.md §8.1

// --- changing a ticket: read, step and put inside the commit, so that it holds for one made a moment before

struct change_part {
	char no[NUMBER_CAP], by[40], op[40];
	enum ticket_event event;
	bool off;
	int64_t at;
	char *data; // of the history line
};

static void drop_change(void *arg)
{
	struct change_part *p = arg;

	free(p->data);
	free(p);
}

// What the change of a state is for the hub: the step, and what it was from.
static bool tell_state(struct db *db, const struct change_part *p, const struct ticket *t, const char *from, struct err *e)
{
	char stream[80];
	json_t *body = json_pack("{s:{s:s}, s:{s:s}}", "set", "state", t->state, "was", "state", from);
	char *text = json_dumps(body, JSON_COMPACT);

	snprintf(stream, sizeof(stream), "q/%s", str_empty(t->queue_code) ? "general" : t->queue_code);
	bool ok = work_op_add(db,
			      &(struct outbox_op){.id = p->op, .k = "ticket.set", .t = "ticket", .e = t->id, .s = stream, .body = text,
						  .made = p->at, .by = p->by, .off = p->off},
			      e);
	free(text);
	json_decref(body);
	return ok;
}

static bool run_change(struct db *db, void *arg, struct err *e)
{
	struct change_part *p = arg;
	struct arena a = {0};
	struct ticket t = {0};
	enum ticket_state from = TICKET_OPEN, to;
	bool ok = ticket_by_no(db, p->no, &t, &a, e), moved = false;

	// A ticket that cannot take the step (it is escalated already) keeps its state; the history has the line all the same.
	if (ok && ticket_state_parse(sv(t.state), &from) &&
	    ticket_step(from, p->event, &(struct ticket_guard){.by_system = true}, &to, e) == TICKET_MOVED) {
		t.state = ticket_state_code(to);
		moved = true;
	}
	t.stamp.updated_at = p->at;
	t.stamp.updated_by = p->by;
	t.version++;
	ok = ok && (!moved || tell_state(db, p, &t, ticket_state_code(from), e)) && ticket_put(db, &t, e) &&
	     ticket_event_add(db, &(struct ticket_log_line){.ticket_id = t.id, .at = p->at, .by = p->by, .type = "status",
							 .data = p->data}, NULL, e);
	arena_release(&a);
	return ok;
}

static void commit_change(struct commit *c, struct model *m, const char *no, enum ticket_event event, const json_t *data)
{
	struct change_part *p = xcalloc(1, sizeof(*p));

	snprintf(p->no, sizeof(p->no), "%s", no);
	snprintf(p->by, sizeof(p->by), "%s", m->agent_id);
	work_new_id(m, p->op);
	p->off = work_off(m);
	p->event = event;
	p->at = clock_wall(m->clock);
	p->data = json_dumps(data, JSON_COMPACT);
	commit_part(c, run_change, p, drop_change);
}

// --- escalation

static bool kind_known(const char *kind, struct err *e)
{
	for (size_t i = 0; escalate_kinds[i]; i++)
		if (str_eq(kind, escalate_kinds[i]))
			return true;
	return err_set(e, ERR_USAGE, _("Unknown kind of escalation: %s."), kind ? kind : "");
}

// Domain.md §8.1: red goes to the supervisor, C3 as well, C4 to the duty manager, the rest to the team lead.
static int level_of(const struct contact *k, const char *kind)
{
	enum complaint_level c = work_complaint_level(k);

	if (c == COMPLAINT_C4)
		return 3;
	return strcmp(kind, "urgent_review") == 0 || contact_red(k) || c == COMPLAINT_C3 ? 2 : 1;
}

// Required fields still empty: all of the pack's form, and of the base form those a running contact can have.
static int required_empty(const struct contact *k, int64_t now)
{
	static const char *const base[] = {"need", "category"};
	struct arena a = {0};
	struct form_env env;
	struct form_error *errors;
	const struct form_run *run = contact_form(k);
	int n = 0;

	contact_form_env(k, now, &env);
	for (size_t i = 0, count = run ? form_run_errors(run, &env, &errors, &a) : 0; i < count; i++)
		n += errors[i].missing;
	for (size_t i = 0; i < sizeof(base) / sizeof(*base); i++)
		n += !*form_run_get_code(contact_base(k), sv(base[i]));
	arena_release(&a);
	return n;
}

// The package: what the decider must see, the customer masked. The timeline itself reaches the hub event by event.
static json_t *package(const struct model *m, const struct work *w)
{
	const struct contact *k = w->contact;
	const struct form_run *run = contact_form(k);
	json_t *o = json_object(), *cites = json_array(), *form = json_object();

	json_object_set_new(o, "restate_text", json_swept(k->restate));
	json_object_set_new(o, "need", json_swept(contact_field(k, "base.need")));
	json_object_set_new(o, "category_id", json_string(k->category ? k->category : ""));
	json_object_set_new(o, "emotion", json_integer(k->emotion));
	json_object_set_new(o, "verification", json_integer(k->verification));
	json_object_set_new(o, "t_ms", json_integer((json_int_t)model_t(m, w)));
	json_object_set_new(o, "customer", json_pack("{s:s, s:s, s:s}", "name", w->card.masked_name ? w->card.masked_name : "", "phone",
						     w->card.masked_phone ? w->card.masked_phone : "", "tier",
						     k->customer_tier ? k->customer_tier : "normal"));
	for (size_t i = 0; i < k->cites.n; i++)
		json_array_append_new(cites, json_pack("{s:s, s:i}", "id", k->cites.v[i].id, "version", k->cites.v[i].ver));
	json_object_set_new(o, "articles", cites);
	for (size_t i = 0; run && i < run->form->n_fields; i++)
		if (*form_run_saved(run, i))
			json_object_set_new(form, run->form->fields[i].code, json_swept(form_run_saved(run, i)));
	json_object_set_new(o, "form", form);
	return o;
}

struct escalation {
	const char *kind, *proposal, *ask;
	int level;
	bool complete;
	int64_t due;
};

static const char *ticket_id_of(const struct contact *k, const char *no)
{
	for (size_t i = 0; i < k->refs.n; i++)
		if (k->refs.v[i].kind == EV_TICKET_CREATE && str_eq(k->refs.v[i].id, no) && k->refs.v[i].text)
			return k->refs.v[i].text;
	return "";
}

static void commit_escalation(struct commit *c, struct model *m, struct work *w, const char *no, const struct escalation *x)
{
	static const char *const roles[] = {"team_lead", "supervisor", "duty_manager"};
	char id[40], stream[48];
	json_t *body = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:s, s:I, s:I}", "kind", x->kind, "level", x->level,
				 "ticket_no", no, "interaction_id", w->contact->id, "from_id", m->agent_id, "to_role",
				 roles[x->level - 1], "call_record_complete", x->complete, "proposed_solution", json_swept(x->proposal),
				 "ask", json_swept(x->ask), "state", "submitted", "submitted_at", (json_int_t)clock_wall(m->clock),
				 "decide_due_at", (json_int_t)x->due);

	work_new_id(m, id);
	json_object_set_new(body, "id", json_string(id));
	if (*ticket_id_of(w->contact, no))
		json_object_set_new(body, "ticket_id", json_string(ticket_id_of(w->contact, no)));
	commit_change(c, m, no, TICKET_EV_ESCALATE, body);
	json_object_set_new(body, "record", package(m, w));
	snprintf(stream, sizeof(stream), "me/%s", m->agent_id);
	commit_outbox(c, m, "escalation.new", "escalation", id, stream, body);
	json_decref(body);
}

bool work_escalate(struct model *m, struct work *w, const char *kind, const char *proposal, const char *ask, struct commit *c,
		   int64_t *decide_due, struct err *e)
{
	const struct contact *k = w->contact;
	int64_t now = clock_wall(m->clock);
	char no[NUMBER_CAP];

	if (!kind_known(kind, e))
		return false;
	struct escalate_facts f = {
		.urgent_review = strcmp(kind, "urgent_review") == 0, .red = contact_red(k), .level = level_of(k, kind),
		.form_required_empty = required_empty(k, now), .restate_text = sv(k->restate),
		.proposed_solution = sv(proposal), .ask = sv(ask),
	};
	if (!escalate_check(&f, e))
		return false;
	if (!work_ticket_no(w) && !work_ticket(m, w, NULL, c, NULL, e))
		return false;
	snprintf(no, sizeof(no), "%s", work_ticket_no(w));
	struct escalation x = {.kind = kind, .proposal = proposal, .ask = ask, .level = f.level,
			       .complete = escalate_record_complete(&f), .due = now + DECIDE_MS};
	struct event ev = work_event(m, w, EV_ESCALATE);
	event_put(&ev, "kind", kind);
	event_put(&ev, "ticket", no);
	event_put_int(&ev, "level", x.level);
	event_put_int(&ev, "at", x.due);
	event_put(&ev, "proposal", proposal);
	event_put(&ev, "text", ask);
	if (!work_emit(m, w, &ev, false, NULL, c, e))
		return false;
	commit_escalation(c, m, w, no, &x);
	if (decide_due)
		*decide_due = x.due;
	return true;
}

static const char *backup_phone(const struct model *m, const struct contact *k)
{
	const struct category *c = m->packs && k->category ? category_find(&m->packs->categories, k->category) : NULL;
	const struct pack *p = c ? packs_pack(m->packs, c->pack) : NULL;

	for (size_t i = 0; (!p || !p->backup_phone) && m->packs && i < m->packs->n; i++)
		p = &m->packs->v[i];
	return p ? p->backup_phone : NULL;
}

bool model_escalate(struct model *m, struct work *w, const char *kind, const char *proposal, const char *ask, struct err *e)
{
	struct commit *c = commit_new(m, "escalation.new");
	int64_t due;
	char at[16];

	if (!work_escalate(m, w, kind, proposal, ask, c, &due, e)) {
		// A ticket made for it stays: the contact has its event.
		commit_submit(m, c);
		return false;
	}
	commit_submit(m, c);
	clock_format(m->zone, due, "%H:%M", at, sizeof(at));
	const char *phone = backup_phone(m, w->contact);
	if (phone)
		model_say_note(m, NOTE_WARN, _("Escalated with ticket %s; decision due by %s. Call %s and read the number out."),
			       work_ticket_no(w), at, phone);
	else
		model_say_note(m, NOTE_WARN, _("Escalated with ticket %s; decision due by %s."), work_ticket_no(w), at);
	return true;
}
