// SPDX-License-Identifier: MIT
// Knows the dialogs about what a ticket hangs together with: which other ticket and how, a link gone along or taken away, the incident.
#include "src/base/i18n.h"
#include "ui/ticket_desk.h"

static bool may(struct model *m, enum ticket_deed what)
{
	struct err e = {0};
	bool yes = model_ticket_may(m, what, &e) != TICKET_MAY_NOT;

	return yes || (ui_fail(m, &e), false);
}

// --- which ticket

static bool other_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	// Rows are named by their number.
	return model_ticket_link(m, (enum ticket_link)u->ask_n, r->row_id ? r->row_id : r->text, e);
}

static bool ask_other(struct ui *u, struct model *m, enum ticket_link kind, struct err *e)
{
	struct arena a = {0};
	struct ticket_picks rows;
	char text[200];

	if (!model_tickets(m, &rows, &a, e)) {
		arena_release(&a);
		return false;
	}
	snprintf(text, sizeof(text), _("%s. Type part of the number or of the title; a whole number finds any ticket."), m->ticket.no);
	popup_pick(&u->popup, 0, ticket_link_label(kind), text);
	u->popup.free_text = true;
	for (size_t i = 0; i < rows.n; i++) {
		if (str_eq(rows.v[i].id, m->ticket.id))
			continue;
		char *label = xasprintf("P%d %s  %s", (int)rows.v[i].priority, rows.v[i].no, rows.v[i].title);
		popup_add_row(&u->popup, 0, label, rows.v[i].state, rows.v[i].no);
		free(label);
	}
	popup_ready(&u->popup);
	ask_ticket_open(u, m, other_done, m->ticket.id, NULL);
	u->ask_n = kind;
	arena_release(&a);
	return true;
}

// --- links that stand

static void add_ties(struct ui *u, const struct model *m, bool removable)
{
	const struct ticket_desk *k = &m->ticket;

	for (size_t i = 0; i < k->ties.n; i++) {
		const struct ticket_tie *t = &k->ties.v[i];
		if (removable && (t->kind == TICKET_LINK_DUPLICATE || t->kind == TICKET_LINK_DUPLICATES))
			continue;
		char *label = xasprintf("%s %s  %s", ticket_link_label(t->kind), t->no, t->title), *id = xasprintf("%d %s", (int)t->kind, t->no);
		popup_add_row(&u->popup, 0, label, t->state, id);
		free(label);
		free(id);
	}
	popup_ready(&u->popup);
}

static bool go_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct arena a = {0};
	const char *no = r->row_id ? strchr(r->row_id, ' ') : NULL, *id = no ? model_ticket_by_no(m, no + 1, &a, e) : NULL;
	bool ok = id && ticket_show(u, m, id);

	if (!no)
		ok = err_set(e, ERR_USAGE, _("Choose one of the list."));
	arena_release(&a);
	return ok;
}

static bool cut_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	const char *no = r->row_id ? strchr(r->row_id, ' ') : NULL;

	(void)u;
	return no ? model_ticket_unlink(m, (enum ticket_link)(r->row_id[0] - '0'), no + 1, e) : err_set(e, ERR_USAGE, _("Choose one of the list."));
}

static void ask_tie(struct ui *u, struct model *m, const char *title, ask_fn *done, bool removable)
{
	popup_pick(&u->popup, 0, title, m->ticket.no);
	add_ties(u, m, removable);
	ask_ticket_open(u, m, done, m->ticket.id, NULL);
}

// --- what about it

static bool kind_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum ticket_link kind;

	if (str_eq(r->row_id, "go"))
		ask_tie(u, m, _("Open a linked ticket"), go_done, false);
	else if (str_eq(r->row_id, "cut"))
		ask_tie(u, m, _("Take a link away"), cut_done, true);
	else if (r->row_id && ticket_link_parse(sv(r->row_id), &kind))
		return ask_other(u, m, kind, e);
	return true;
}

bool ask_ticket_link(struct ui *u, struct model *m)
{
	const struct ticket_desk *k = &m->ticket;
	bool cuttable = false, changes = model_ticket_may(m, TICKET_LINK, NULL) != TICKET_MAY_NOT;

	// Who may not change it may still go along its links.
	if (!k->ties.n && !may(m, TICKET_LINK))
		return true;
	popup_menu(&u->popup, 0, _("Links to other tickets"), k->no);
	for (int i = 0; changes && i < TICKET_LINK_DUPLICATES; i++)
		if (i != TICKET_LINK_DUPLICATE || ticket_possible(k->state, TICKET_EV_DUPLICATE))
			popup_add_row(&u->popup, (uint32_t)('1' + i), ticket_link_label((enum ticket_link)i), NULL, ticket_link_code((enum ticket_link)i));
	for (size_t i = 0; i < k->ties.n; i++)
		cuttable |= k->ties.v[i].kind < TICKET_LINK_DUPLICATE;
	if (k->ties.n)
		popup_add_row(&u->popup, 'o', _("Open a linked ticket"), NULL, "go");
	if (changes && cuttable)
		popup_add_row(&u->popup, 'x', _("Take a link away"), NULL, "cut");
	ask_ticket_open(u, m, kind_done, k->id, NULL);
	return true;
}

// --- the incident

static bool incident_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u;
	if (!r->row_id)
		return err_set(e, ERR_USAGE, _("Choose one of the list."));
	return model_ticket_incident(m, r->row_id, e);
}

bool ask_ticket_incident(struct ui *u, struct model *m)
{
	struct ticket_incidents all;
	struct arena a = {0};
	struct err e = {0};

	if (!may(m, TICKET_INCIDENT))
		return true;
	if (!model_ticket_incidents(m, &all, &a, &e)) {
		arena_release(&a);
		return ui_try(m, false, &e);
	}
	if (!all.n && !*m->ticket.incident_id) {
		arena_release(&a);
		model_say_note(m, NOTE_INFO, _("No incident is known here: incidents come from the hub."));
		return true;
	}
	popup_pick(&u->popup, 0, _("Incident"), m->ticket.no);
	for (size_t i = 0; i < all.n; i++)
		popup_add_row(&u->popup, 0, all.v[i].label, str_eq(all.v[i].id, m->ticket.incident_id) ? _("now") : NULL, all.v[i].id);
	if (*m->ticket.incident_id)
		popup_add_row(&u->popup, 0, _("It belongs to no incident"), NULL, "");
	popup_ready(&u->popup);
	ask_ticket_open(u, m, incident_done, m->ticket.id, NULL);
	arena_release(&a);
	return true;
}

bool ask_link_shows(const struct ui *u)
{
	ask_fn *const ours[] = {other_done, go_done, cut_done, kind_done, incident_done};

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (u->asked == ours[i])
			return true;
	return false;
}
