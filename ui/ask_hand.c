// SPDX-License-Identifier: MIT
// Knows the dialogs about whose a ticket is: whom to give it to, and why it is handed over or given back.
#include "src/base/i18n.h"
#include "ui/ticket_desk.h"

enum { ARG_MAX = 160 };

static bool may(struct model *m, enum ticket_deed what)
{
	struct err e = {0};
	bool yes = model_ticket_may(m, what, &e) != TICKET_MAY_NOT;

	return yes || (ui_fail(m, &e), false);
}

bool ticket_take(struct ui *u, struct model *m)
{
	struct err e = {0};

	(void)u;
	if (!model_ticket_take(m, &e))
		return ui_try(m, false, &e);
	model_say_note(m, NOTE_INFO, _("Ticket %s is yours."), m->ticket.no);
	return true;
}

// --- back to its queue

static bool release_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u;
	return model_ticket_release(m, r->text, e);
}

bool ask_ticket_release(struct ui *u, struct model *m)
{
	char text[160];

	if (!may(m, TICKET_RELEASE))
		return true;
	snprintf(text, sizeof(text), _("%s goes back to the queue %s."), m->ticket.no, m->ticket.queue);
	popup_prompt(&u->popup, 0, _("Release"), text);
	popup_add_field(&u->popup, _("Reason"), NULL, true, 1)->max = TICKET_REASON_CHARS;
	ask_ticket_open(u, m, release_done, m->ticket.id, "ticket-release");
	return true;
}

// --- to a person or a queue

// "<ticket> a/<agent>" or "<ticket> q/<queue>"
static bool target_of(const struct ui *u, struct model *m, struct ticket_target *out, struct arena *a, struct err *e)
{
	const char *at = strchr(u->ask_arg, ' ');

	return at && strlen(at) > 3 ? model_ticket_target(m, at + 3, at[1] == 'q', out, a, e)
				    : err_set(e, ERR_NOT_FOUND, _("This is not there any more."));
}

static bool assign_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	bool asks = model_ticket_may(m, TICKET_ASSIGN, NULL) == TICKET_MAY_ASK;
	struct arena a = {0};
	struct ticket_target to;
	bool ok = target_of(u, m, &to, &a, e) && model_ticket_assign(m, &to, r->text, e);

	if (ok && asks)
		model_say_note(m, NOTE_INFO, _("Asked for. A supervisor grants it; until then it is marked as asked for."));
	else if (ok)
		model_say_note(m, NOTE_INFO, _("Handed to %s."), to.label);
	arena_release(&a);
	return ok;
}

static bool target_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct ticket_target to;
	struct arena a = {0};
	char text[200], arg[ARG_MAX];

	if (!r->row_id)
		return err_set(e, ERR_USAGE, _("Choose one of the list."));
	snprintf(u->ask_arg, sizeof(u->ask_arg), "%s %s", m->ticket.id, r->row_id);
	snprintf(arg, sizeof(arg), "%s", u->ask_arg);
	bool ok = target_of(u, m, &to, &a, e);
	if (ok) {
		snprintf(text, sizeof(text), "%s → %s", m->ticket.no, to.label);
		popup_prompt(&u->popup, 0, _("Assign"), text);
		popup_add_field(&u->popup, _("Reason"), NULL, model_ticket_reason_needed(m, to.queue), 1)->max = TICKET_REASON_CHARS;
		ask_ticket_open(u, m, assign_done, arg, "ticket-assign");
	}
	arena_release(&a);
	return ok;
}

bool ask_ticket_assign(struct ui *u, struct model *m)
{
	struct ticket_targets all;
	struct arena a = {0};
	struct err e = {0};
	char text[200];
	bool asks = model_ticket_may(m, TICKET_ASSIGN, NULL) == TICKET_MAY_ASK;

	if (!may(m, TICKET_ASSIGN))
		return true;
	if (!model_ticket_targets(m, &all, &a, &e)) {
		arena_release(&a);
		return ui_try(m, false, &e);
	}
	snprintf(text, sizeof(text), "%s%s%s", m->ticket.no, asks ? "\n" : "", asks ? _("It goes to a supervisor, who grants it or not.") : "");
	popup_pick(&u->popup, 0, _("Assign to"), text);
	for (size_t i = 0; i < all.n; i++) {
		const struct ticket_target *t = &all.v[i];
		char *label = t->queue ? xasprintf(_("Queue %s"), t->label) : xstrdup(t->label), *id = xasprintf("%c/%s", t->queue ? 'q' : 'a', t->id);
		popup_add_row(&u->popup, 0, label, *t->detail ? t->detail : NULL, id);
		free(label);
		free(id);
	}
	popup_ready(&u->popup);
	ask_ticket_open(u, m, target_done, m->ticket.id, NULL);
	arena_release(&a);
	return true;
}

bool ask_hand_shows(const struct ui *u)
{
	return u->asked == release_done || u->asked == target_done || u->asked == assign_done;
}
