// SPDX-License-Identifier: MIT
// Knows the dialogs that change a ticket: its texts, a note, a step with what that needs, its priority with the reason.
#include "src/base/i18n.h"
#include "ui/ticket_desk.h"

enum { TEXT_ROWS = 6, REASON_CHARS = 200 };

void ask_ticket_open(struct ui *u, struct model *m, ask_fn *done, const char *arg, const char *keep)
{
	ui_ask(u, m, done, arg);
	u->ask_contact[0] = '\0';
	if (keep)
		ui_ask_keep(u, m, keep);
}

static void open(struct ui *u, struct model *m, ask_fn *done, const char *keep)
{
	ask_ticket_open(u, m, done, m->ticket.id, keep);
}

static bool may(struct model *m, enum ticket_deed what)
{
	struct err e = {0};
	bool yes = model_ticket_may(m, what, &e) != TICKET_MAY_NOT;

	return yes || (ui_fail(m, &e), false);
}

// --- its texts

static const char *was_name(const struct model *m, size_t field, char buf[128])
{
	snprintf(buf, 128, "ticket-was.%s.%zu", m->ticket.id, field);
	return buf;
}

static const char *text_now(const struct model *m, size_t field)
{
	return field ? m->ticket.description : m->ticket.title;
}

// What stood there when the person began: it is kept beside what they typed, so that nobody's change is passed over unseen.
static void set_was(struct model *m, size_t field)
{
	char name[128];

	model_desk_draft(m, was_name(m, field, name), text_now(m, field), 0);
}

static bool write_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	char name[2][128], *was[2];

	(void)u;
	for (size_t i = 0; i < 2; i++)
		was[i] = xstrdup(model_desk_draft_of(m, was_name(m, i, name[i]))->text);
	bool ok = model_ticket_write(m, &(struct ticket_texts){was[0], was[1]}, &(struct ticket_texts){r->texts[0], r->texts[1]}, e);
	// Now they have read what it became; accepting once more sets theirs against it.
	for (size_t i = 0; i < 2; i++) {
		if (ok)
			model_desk_draft_drop(m, name[i]);
		else if (e->code == ERR_CONFLICT)
			set_was(m, i);
		free(was[i]);
	}
	return ok;
}

bool ask_ticket_write(struct ui *u, struct model *m)
{
	char name[128];

	if (!may(m, TICKET_WRITE))
		return true;
	popup_prompt(&u->popup, 0, _("Title and description"), m->ticket.no);
	popup_add_field(&u->popup, _("Title"), NULL, true, 1)->max = TICKET_TITLE_CHARS;
	popup_add_field(&u->popup, _("Description"), NULL, false, TEXT_ROWS)->max = TICKET_TEXT_CHARS;
	open(u, m, write_done, "ticket-write");
	for (size_t i = 0; i < 2; i++) {
		struct lineedit *le = &u->popup.fields.v[i].line;
		const struct draft *was = model_desk_draft_of(m, was_name(m, i, name));
		// Only what was really typed comes back; a text left as it was follows the ticket.
		if (model_desk_draft_there(m, name) && le->text.n && strcmp(lineedit_text(le), was->text) != 0)
			continue;
		lineedit_set(le, text_now(m, i));
		set_was(m, i);
	}
	return true;
}

// --- a note

static bool note_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u;
	return model_ticket_note(m, r->text, e);
}

bool ask_ticket_note(struct ui *u, struct model *m)
{
	if (!may(m, TICKET_NOTE))
		return true;
	popup_prompt(&u->popup, 0, _("Note on the ticket"), m->ticket.no);
	popup_add_field(&u->popup, _("Note"), NULL, true, TEXT_ROWS)->max = TICKET_TEXT_CHARS;
	open(u, m, note_done, "ticket-note");
	return true;
}

// --- a step

static bool reason_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	return model_ticket_step(m, (enum ticket_event)u->ask_n, &(struct ticket_answer){.reason = r->text}, e);
}

static void ask_reason(struct ui *u, struct model *m, enum ticket_event ev, const char *label, bool required)
{
	char name[40];

	popup_prompt(&u->popup, 0, ticket_event_label(ev), m->ticket.no);
	popup_add_field(&u->popup, label, NULL, required, 1)->max = REASON_CHARS;
	snprintf(name, sizeof(name), "ticket-%s", ticket_event_code(ev));
	open(u, m, reason_done, name);
	u->ask_n = ev;
}

enum { NO_CAUSE = -1 }; // the packs have none

// No newer content comes while a dialog is open: the number of the cause stays.
static const struct pack_cause *asked_cause(const struct ui *u, const struct model *m)
{
	return u->ask_n != NO_CAUSE && m->packs && (size_t)u->ask_n < m->packs->n_causes ? &m->packs->causes[u->ask_n] : NULL;
}

static bool solution_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const struct pack_cause *c = asked_cause(u, m);

	return model_ticket_step(m, TICKET_EV_RESOLVE, &(struct ticket_answer){.solution = r->text, .cause = c ? c->code : NULL}, e);
}

static void ask_solution(struct ui *u, struct model *m, int64_t cause)
{
	char text[160];

	u->ask_n = cause;
	const struct pack_cause *c = asked_cause(u, m);
	if (c)
		snprintf(text, sizeof(text), _("%s. Cause: %s"), m->ticket.no, label_text(c->text));
	else
		snprintf(text, sizeof(text), "%s", m->ticket.no);
	popup_prompt(&u->popup, 0, ticket_event_label(TICKET_EV_RESOLVE), text);
	popup_add_field(&u->popup, _("Solution"), NULL, true, TEXT_ROWS)->max = TICKET_TEXT_CHARS;
	open(u, m, solution_done, "ticket-resolve");
	if (!u->popup.fields.v[0].line.text.n)
		lineedit_set(&u->popup.fields.v[0].line, m->ticket.solution);
	u->ask_n = cause;
}

static bool cause_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const struct pack_cause *c = m->packs ? packs_cause(m->packs, r->row_id) : NULL;

	(void)e;
	ask_solution(u, m, c ? c - m->packs->causes : NO_CAUSE);
	return true;
}

static void ask_cause(struct ui *u, struct model *m)
{
	static const char keys[] = "123456789abcdefghilmopqrstuvwxyz";

	popup_menu(&u->popup, 0, _("What was the cause?"), m->ticket.no);
	for (size_t i = 0; m->packs && i < m->packs->n_causes; i++) {
		const struct pack_cause *c = &m->packs->causes[i];
		size_t row = u->popup.rows.n;
		if (!c->retired)
			popup_add_row(&u->popup, row < sizeof(keys) - 1 ? (uint32_t)keys[row] : 0, label_text(c->text), NULL, c->code);
	}
	if (u->popup.rows.n)
		open(u, m, cause_done, NULL);
	else
		ask_solution(u, m, NO_CAUSE);
}

static bool step_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum ticket_event steps[TICKET_EV_CANCEL + 1], ev;

	// The ticket may have moved on under the menu: then the step is not there any more.
	if (!ticket_event_parse(sv(r->row_id), &ev))
		return true;
	size_t n = model_ticket_steps(m, steps), i = 0;
	while (i < n && steps[i] != ev)
		i++;
	switch (i < n ? ev : TICKET_EV_AUTO_ASSIGN) {
	case TICKET_EV_RESOLVE: ask_cause(u, m); return true;
	case TICKET_EV_CANCEL: ask_reason(u, m, ev, _("Why it is cancelled"), true); return true;
	case TICKET_EV_DUPLICATE: ask_reason(u, m, ev, _("Number of the ticket that goes on"), true); return true;
	case TICKET_EV_REJECT:
	case TICKET_EV_REOPEN: ask_reason(u, m, ev, _("What is still open"), true); return true;
	case TICKET_EV_NEED_CUSTOMER:
	case TICKET_EV_NEED_THIRD:
	case TICKET_EV_XDEPT: ask_reason(u, m, ev, _("What is waited for, from whom"), true); return true;
	case TICKET_EV_CUSTOMER_REPLY:
	case TICKET_EV_THIRD_REPLY:
	case TICKET_EV_TASK_DONE: ask_reason(u, m, ev, _("What the answer was"), false); return true;
	case TICKET_EV_ACCEPT:
	case TICKET_EV_GIVE_UP_WAITING:
	case TICKET_EV_CUSTOMER_CONFIRMS:
	case TICKET_EV_SILENT:
	case TICKET_EV_AUTO_ASSIGN:
	case TICKET_EV_ESCALATE:
	case TICKET_EV_DECISION: break;
	}
	return model_ticket_step(m, ev, &(struct ticket_answer){0}, e);
}

bool ask_ticket_step(struct ui *u, struct model *m)
{
	enum ticket_event steps[TICKET_EV_CANCEL + 1];
	size_t n = model_ticket_steps(m, steps);
	char text[160];

	if (!may(m, TICKET_STEP))
		return true;
	if (!n) {
		model_say_note(m, NOTE_INFO, _("While the ticket is %s nothing is to be done here."), ticket_state_label(m->ticket.state));
		return true;
	}
	snprintf(text, sizeof(text), _("%s is %s."), m->ticket.no, ticket_state_label(m->ticket.state));
	popup_menu(&u->popup, 0, _("What has happened?"), text);
	for (size_t i = 0; i < n; i++)
		popup_add_row(&u->popup, (uint32_t)('1' + i), ticket_event_label(steps[i]),
			      ticket_state_label(ticket_leads_to(m->ticket.state, steps[i])), ticket_event_code(steps[i]));
	open(u, m, step_done, NULL);
	return true;
}

// --- its priority

enum { PRIORITIES = 4 };

static bool why_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	bool asks = model_ticket_may(m, TICKET_PRIORITY, NULL) == TICKET_MAY_ASK;
	int row = (int)u->ask_n;
	int p = row < PRIORITIES ? row + 1 : (int)m->ticket.priority;

	if (!model_ticket_priority(m, p, row < PRIORITIES ? m->ticket.pinned : !m->ticket.pinned, r->text, e))
		return false;
	if (asks)
		model_say_note(m, NOTE_INFO, _("Asked for. A supervisor grants it; until then it is marked as asked for."));
	return true;
}

static bool priority_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	char text[160];
	int64_t row = (int64_t)r->row;

	(void)e;
	if (row < PRIORITIES)
		snprintf(text, sizeof(text), "%s  P%d → P%d", m->ticket.no, (int)m->ticket.priority, (int)row + 1);
	else
		snprintf(text, sizeof(text), "%s  %s", m->ticket.no, m->ticket.pinned ? _("Unpin") : _("Pin to the top"));
	popup_prompt(&u->popup, 0, _("Priority"), text);
	popup_add_field(&u->popup, _("Reason"), NULL, true, 1)->max = REASON_CHARS;
	open(u, m, why_done, "ticket-priority");
	u->ask_n = row;
	return true;
}

bool ask_ticket_priority(struct ui *u, struct model *m)
{
	char label[16], text[200];
	bool asks = model_ticket_may(m, TICKET_PRIORITY, NULL) == TICKET_MAY_ASK;

	if (!may(m, TICKET_PRIORITY))
		return true;
	snprintf(text, sizeof(text), "%s%s%s", m->ticket.no, asks ? "\n" : "", asks ? _("It goes to a supervisor, who grants it or not.") : "");
	popup_menu(&u->popup, 0, _("Priority"), text);
	for (int p = 1; p <= PRIORITIES; p++) {
		snprintf(label, sizeof(label), "P%d", p);
		popup_add_row(&u->popup, (uint32_t)('0' + p), label, p == m->ticket.priority ? _("now") : NULL, NULL);
	}
	popup_add_row(&u->popup, 'p', m->ticket.pinned ? _("Unpin") : _("Pin to the top"), NULL, NULL);
	u->popup.list.selected = (size_t)(m->ticket.priority >= 1 && m->ticket.priority <= PRIORITIES ? m->ticket.priority - 1 : 0);
	open(u, m, priority_done, NULL);
	return true;
}

// --- its category and its queue, in practice

static bool classify_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u;
	return r->row_id && model_ticket_classify(m, r->row_id, e);
}

bool ask_ticket_category(struct ui *u, struct model *m)
{
	const struct category_tree *t = &m->packs->categories;

	if (!may(m, TICKET_FILE))
		return true;
	popup_pick(&u->popup, 0, _("Category"), m->ticket.no);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].leaf)
			popup_add_row(&u->popup, 0, category_label(&t->v[i]), t->v[i].code, t->v[i].code);
	popup_ready(&u->popup);
	open(u, m, classify_done, NULL);
	return true;
}

static bool route_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u;
	return r->row_id && model_ticket_route(m, r->row_id, e);
}

bool ask_ticket_route(struct ui *u, struct model *m)
{
	const struct category_tree *t = &m->packs->categories;

	if (!may(m, TICKET_FILE))
		return true;
	popup_pick(&u->popup, 0, _("Queue"), m->ticket.no);
	popup_add_row(&u->popup, 0, "general", NULL, "general");
	for (size_t i = 0; i < t->n; i++) {
		bool seen = str_empty(t->v[i].queue);
		for (size_t k = 0; !seen && k < u->popup.rows.n; k++)
			seen = str_eq(u->popup.rows.v[k].id, t->v[i].queue);
		if (!seen)
			popup_add_row(&u->popup, 0, t->v[i].queue, category_label(&t->v[i]), t->v[i].queue);
	}
	popup_ready(&u->popup);
	open(u, m, route_done, NULL);
	return true;
}

bool ask_ticket_shows(const struct ui *u)
{
	ask_fn *const ours[] = {write_done, note_done, reason_done, solution_done, cause_done, step_done, why_done, priority_done, classify_done, route_done};

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (u->asked == ours[i])
			return true;
	return ask_hand_shows(u) || ask_link_shows(u);
}
