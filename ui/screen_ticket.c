// SPDX-License-Identifier: MIT
// Knows the ticket desk: how one comes to it, where its keys lead, and how it follows the model.
#include "src/base/i18n.h"
#include "src/work/hub.h"
#include "ui/ticket_desk.h"

static void scroll_to(struct ui *u, const struct model *m, int at)
{
	int last = ticket_rows(u, m, u->layout.body.w) - ticket_room(u->layout.body.h);

	u->ticket_scroll = at > last ? last : at;
	if (u->ticket_scroll < 0)
		u->ticket_scroll = 0;
}

static void leave(struct ui *u, struct model *m)
{
	u->screen = SCREEN_DESK;
	model_ticket_close(m);
}

void ticket_follow(struct ui *u, struct model *m)
{
	if (model_hub(m)->locked && u->popup.kind != POPUP_NONE && ask_ticket_shows(u)) {
		popup_release(&u->popup);
		model_say_note(m, NOTE_WARN, _("Customer data is locked until somebody logs in at the hub."));
	}
	if (u->screen != SCREEN_TICKET)
		return;
	if (!m->ticket.there) {
		if (u->popup.kind != POPUP_NONE && ask_ticket_shows(u))
			popup_release(&u->popup);
		leave(u, m);
		model_say_note(m, NOTE_INFO, _("This ticket is not on this station any more: it went to a queue you do not serve."));
		return;
	}
	if (u->layout.body.w)
		scroll_to(u, m, u->ticket_scroll);
}

bool ticket_show(struct ui *u, struct model *m, const char *id)
{
	const struct place *old = ui_place(u, m);
	struct err e = {0};

	if (!model_ticket_open(m, id, &e)) {
		// Of one that was made a moment ago.
		if (e.code == ERR_NOT_FOUND && m->save.pending)
			err_set(&e, ERR_NOT_FOUND, _("Still being saved; press it again in a moment."));
		return ui_try(m, false, &e);
	}
	if (old->leave)
		old->leave(u, m);
	u->screen = SCREEN_TICKET;
	u->ticket_scroll = 0;
	return true;
}

// --- which one

static bool picked(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct arena a = {0};
	// A number typed in full finds closed ones, too.
	const char *id = r->row_id ? r->row_id : model_ticket_by_no(m, r->text, &a, e);
	bool ok = id && ticket_show(u, m, id);

	arena_release(&a);
	return ok;
}

bool ask_tickets(struct ui *u, struct model *m)
{
	struct arena a = {0};
	struct ticket_picks rows;
	struct err e = {0};

	if (!model_tickets(m, &rows, &a, &e)) {
		arena_release(&a);
		return ui_try(m, false, &e);
	}
	popup_pick(&u->popup, 0, _("Tickets on this station"), _("Type part of the number or of the title; a whole number finds closed ones, too."));
	u->popup.free_text = true;
	for (size_t i = 0; i < rows.n; i++) {
		char *label = xasprintf("P%d %s  %s", (int)rows.v[i].priority, rows.v[i].no, rows.v[i].title);
		popup_add_row(&u->popup, 0, label, rows.v[i].state, rows.v[i].id);
		free(label);
	}
	popup_ready(&u->popup);
	ui_ask(u, m, picked, NULL);
	u->ask_contact[0] = '\0';
	arena_release(&a);
	return true;
}

// --- keys

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u, (void)m;
	return CTX_TICKET | CTX_LIST;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	int page = ticket_room(u->layout.body.h) - 1;

	switch ((int)a) {
	case ACT_TICKET_WRITE: return ask_ticket_write(u, m);
	case ACT_TICKET_NOTE: return ask_ticket_note(u, m);
	case ACT_TICKET_STEP: return ask_ticket_step(u, m);
	case ACT_TICKET_PRIORITY: return ask_ticket_priority(u, m);
	case ACT_TICKET_TAKE: return ticket_take(u, m);
	case ACT_TICKET_ASSIGN: return ask_ticket_assign(u, m);
	case ACT_TICKET_RELEASE: return ask_ticket_release(u, m);
	case ACT_TICKET_LINK: return ask_ticket_link(u, m);
	case ACT_TICKET_INCIDENT: return ask_ticket_incident(u, m);
	case ACT_TICKET_CLASSIFY: return ask_ticket_category(u, m);
	case ACT_TICKET_ROUTE: return ask_ticket_route(u, m);
	case ACT_LIST_UP: scroll_to(u, m, u->ticket_scroll - 1); return true;
	case ACT_LIST_DOWN: scroll_to(u, m, u->ticket_scroll + 1); return true;
	case ACT_LIST_PAGE_UP: scroll_to(u, m, u->ticket_scroll - page); return true;
	case ACT_LIST_PAGE_DOWN: scroll_to(u, m, u->ticket_scroll + page); return true;
	case ACT_LIST_FIRST: scroll_to(u, m, 0); return true;
	case ACT_LIST_LAST: scroll_to(u, m, INT32_MAX / 2); return true;
	case ACT_LIST_SEARCH: return ui_act(u, m, ACT_SEARCH);
	case ACT_POPUP_CANCEL: leave(u, m); return true;
	default: return false;
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)u, (void)m, (void)k, (void)paste;
	return false;
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	(void)y, (void)x;
	if (wheel != ACT_NONE)
		scroll_to(u, m, u->ticket_scroll + (wheel == ACT_LIST_UP ? -3 : 3));
}

const struct place place_ticket = {
	.title = N_("Ticket"),
	.contexts = contexts,
	.draw = ticket_draw,
	.act = act,
	.text = text,
	.mouse = mouse,
};
