// SPDX-License-Identifier: MIT
// Knows the dialogs about the line: declining, calling by hand, hanging up, transferring, being busy, a broken line.
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "ui/ask.h"

// --- declining

static bool reject_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	return w && model_reject(m, w, r->row_id, e);
}

bool ask_reject(struct ui *u, struct model *m)
{
	struct work *ring = model_ringing(m);

	if (!ring) {
		model_say_note(m, NOTE_INFO, _("Nobody is waiting to be answered."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Decline the contact"), _("It goes back to the queue; the reason is kept."));
	popup_add_row(&u->popup, '1', _("Busy with another customer"), NULL, "busy");
	popup_add_row(&u->popup, '2', _("Not my skill"), NULL, "skill");
	popup_add_row(&u->popup, '3', _("Technical problem"), NULL, "technical");
	popup_add_row(&u->popup, '4', _("Another reason"), NULL, "other");
	ask_open(u, m, reject_done, NULL, ASK_STAY);
	// It is about the contact that rings, which need not be the one in front.
	snprintf(u->ask_contact, sizeof(u->ask_contact), "%s", ring->contact->id);
	return true;
}

// --- a call by hand

static bool manual_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	size_t before = m->works.n;
	const char *name = r->ntexts > 1 ? r->texts[1] : "";
	struct sv number = sv_trim(sv(r->text)), trimmed = sv_trim(sv(name));
	char *no = xstrndup(number.p, number.n), *who = xstrndup(trimmed.p, trimmed.n);
	bool ok = model_manual_call(m, no, *who ? who : NULL, e);

	free(no);
	free(who);
	// The call is there: what failed came after it, and answering the dialog again would start a second one.
	if (!ok && m->works.n > before) {
		ui_fail(m, e);
		ok = true;
	}
	if (ok) {
		u->screen = SCREEN_DESK;
		ui_view(u, m);
	}
	return ok;
}

bool ask_manual_call(struct ui *u, struct model *m)
{
	popup_prompt(&u->popup, 0, _("Call by hand"), _("For a call on a telephone that this desk does not see."));
	popup_add_field(&u->popup, _("Number"), NULL, true, 1);
	popup_add_field(&u->popup, _("Name"), NULL, false, 1);
	ui_ask(u, m, manual_done, NULL);
	u->ask_contact[0] = '\0'; // about no contact: it stays when the one in front ends
	return true;
}

// --- the end

static void open_wrap(struct ui *u, struct model *m, struct work *w)
{
	u->screen = SCREEN_DESK; // whatever was looked at meanwhile
	if (w->wrap_open && model_work(m) == w && place_wrap.enter)
		place_wrap.enter(u, m);
}

static bool end_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	(void)r;
	if (!w)
		return false;
	bool ok = w->contact->state == CALL_DROPPED ? model_give_up(m, w, e) : model_hangup(m, w, e);
	if (ok)
		open_wrap(u, m, w);
	return ok;
}

static bool ask_end(struct ui *u, struct model *m, const char *title)
{
	struct work *w = ask_front(m);

	if (!w)
		return true;
	if (w->contact->state == CALL_DROPPED) {
		popup_confirm(&u->popup, 0, title, _("The line dropped. Give the call up and wrap it up?"));
	} else if (!contact_is_live(w->contact)) {
		model_say_note(m, NOTE_INFO, _("There is no call to hang up."));
		return true;
	} else {
		popup_confirm(&u->popup, 0, title,
			      w->contact->channel == CHANNEL_CHAT ? _("Close the chat and wrap it up?")
								  : _("The customer is on the line. Hang up and wrap up?"));
	}
	ask_open(u, m, end_done, NULL, ASK_STAY);
	return true;
}

bool ask_hangup(struct ui *u, struct model *m)
{
	return ask_end(u, m, _("Hang up"));
}

bool ask_end_and_wrap(struct ui *u, struct model *m)
{
	return ask_end(u, m, _("End and wrap up"));
}

static bool dropped_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	(void)r;
	return w && model_drop(m, w, e);
}

bool ask_line_dropped(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);

	if (!w)
		return true;
	if (!contact_is_live(w->contact)) {
		model_say_note(m, NOTE_INFO, _("There is no call on the line."));
		return true;
	}
	popup_confirm(&u->popup, 0, _("Line dropped"), _("Did the line break? You then have five minutes to call back (M-b)."));
	ask_open(u, m, dropped_done, NULL, ASK_STAY);
	return true;
}

// --- transfer

static bool packet_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	bool blind = strcmp(u->ask_arg, "blind") == 0;

	if (!w)
		return false;
	struct handoff h = {.target = r->texts[0], .tried = r->texts[1], .ask = r->texts[2], .promise = r->texts[3]};
	if (!model_transfer(m, w, blind, &h, e))
		return false;
	ask_did(u, m, w, ACTION_TRANSFER);
	open_wrap(u, m, w);
	return true;
}

enum { PREVIEW_LINES = 8 };

// What is known already, as the receiver will read it; lines still empty and what is too long for the dialog are left out.
static const char *preview(struct model *m, struct work *w, struct arena *a)
{
	struct sv rest = sv(model_handoff_text(m, w, &(struct handoff){0}, a)), line;
	struct str b = {0};
	int n = 0;

	while (sv_split(&rest, '\n', &line)) {
		line = sv_trim(line);
		bool blank = !line.n || line.p[line.n - 1] == ':' || (line.n >= 3 && memcmp(line.p + line.n - 3, "：", 3) == 0);
		if (blank || n++ >= PREVIEW_LINES)
			continue;
		str_add(&b, "\n");
		str_addn(&b, line.p, line.n);
	}
	if (n > PREVIEW_LINES)
		str_addf(&b, "\n… +%d", n - PREVIEW_LINES);
	const char *text = arena_strdup(a, str_z(&b));
	str_release(&b);
	return text;
}

static void ask_packet(struct ui *u, struct model *m, struct work *w, bool blind, const char *target, int64_t then)
{
	struct arena a = {0};
	const char *text = arena_printf(&a, "%s%s%s",
					blind ? _("! If a blind transfer fails, the customer may be lost. Consult first when you can.\n") : "",
					_("The receiver gets this packet before accepting:"), preview(m, w, &a));

	popup_prompt(&u->popup, 0, blind ? _("Blind transfer") : _("Complete the transfer"), text);
	popup_add_field(&u->popup, _("To"), target, true, 1);
	popup_add_field(&u->popup, _("Tried so far"), NULL, true, 1);
	popup_add_field(&u->popup, _("What is asked"), NULL, true, 1);
	popup_add_field(&u->popup, _("Promised, by when"), NULL, false, 1);
	if (!str_empty(target))
		u->popup.field = 1;
	ask_open(u, m, packet_done, blind ? "blind" : "consult", then);
	ui_ask_keep(u, m, "transfer");
	arena_release(&a);
}

static bool target_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	struct sv typed = sv_trim(sv(r->row_id ? r->row_id : r->text));
	bool blind = strcmp(u->ask_arg, "blind") == 0;
	char *target = xstrndup(typed.p, typed.n);
	bool ok = w != NULL;

	if (ok && blind)
		ask_packet(u, m, w, true, target, u->ask_n);
	else if (ok && (ok = model_consult(m, w, target, e)))
		model_say_note(m, NOTE_INFO, _("Consulting %s; the customer waits. F7 completes, goes back or makes a conference."), target);
	free(target);
	return ok;
}

// The queues that categories name, once each.
static void add_targets(struct popup *p, const struct packs *packs)
{
	popup_add_row(p, 0, _("Supervisor"), NULL, "supervisor");
	for (size_t i = 0; packs && i < packs->categories.n; i++) {
		const char *queue = packs->categories.v[i].queue;
		bool seen = str_empty(queue);
		for (size_t k = 0; !seen && k < p->rows.n; k++)
			seen = str_eq(p->rows.v[k].id, queue);
		if (!seen)
			popup_add_row(p, 0, queue, category_label(&packs->categories.v[i]), queue);
	}
}

static void ask_target(struct ui *u, struct model *m, struct work *w, bool blind, int64_t then)
{
	const char *skill = ask_param(w, ACTION_TRANSFER, "skill");
	const char *warn = _("! If a blind transfer fails, the customer may be lost. Consult first when you can.");

	popup_pick(&u->popup, 0, blind ? _("Blind transfer to") : _("Consult"),
		   blind ? warn : _("A queue, or type a number. The customer is put on hold."));
	u->popup.free_text = true;
	if (skill)
		popup_add_row(&u->popup, 0, skill, _("as the script says"), skill);
	add_targets(&u->popup, m->packs);
	popup_ready(&u->popup);
	ask_open(u, m, target_done, blind ? "blind" : "consult", then);
}

static bool transfer_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);
	const char *id = r->row_id;

	if (!w)
		return false;
	if (strcmp(id, "consult") == 0 || strcmp(id, "blind") == 0)
		ask_target(u, m, w, id[0] == 'b', u->ask_n);
	else if (strcmp(id, "complete") == 0)
		ask_packet(u, m, w, false, w->contact->consult_target, u->ask_n);
	else if (strcmp(id, "back") == 0)
		return model_consult_back(m, w, e);
	else
		return model_conference(m, w, e);
	return true;
}

bool ask_transfer(struct ui *u, struct model *m)
{
	struct work *w = ask_front(m);
	enum call_state s = w ? w->contact->state : CALL_CLOSED;

	if (!w)
		return true;
	if (!contact_is_live(w->contact)) {
		model_say_note(m, NOTE_INFO, _("Only a call on the line can be transferred."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Transfer"), NULL);
	if (call_possible(s, CALL_EV_COMPLETE_TRANSFER))
		popup_add_row(&u->popup, 't', _("Complete the transfer"), w->contact->consult_target, "complete");
	if (call_possible(s, CALL_EV_BACK))
		popup_add_row(&u->popup, 'b', _("Back to the customer"), NULL, "back");
	if (call_possible(s, CALL_EV_CONSULT))
		popup_add_row(&u->popup, 'c', _("Consult first"), _("the customer waits"), "consult");
	if (call_possible(s, CALL_EV_BLIND_TRANSFER))
		popup_add_row(&u->popup, 'x', _("Blind transfer"), _("! may lose the customer"), "blind");
	if (s == CALL_CONSULTING && call_possible(s, CALL_EV_CONFERENCE))
		popup_add_row(&u->popup, 'f', _("Conference"), _("all three"), "conference");
	if (call_possible(s, CALL_EV_LEAVE))
		popup_add_row(&u->popup, 'l', _("Leave the conference"), NULL, "leave");
	if (!u->popup.rows.n) {
		popup_release(&u->popup);
		model_say_note(m, NOTE_INFO, s == CALL_ON_HOLD ? _("Take the customer off hold first (F6).")
							       : _("The call cannot be transferred now."));
		return true;
	}
	ask_open(u, m, transfer_done, NULL, ASK_STAY);
	return true;
}

// --- the agent's own state, and the contacts in hand

static bool busy_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)u;
	return model_set_ready(m, false, _(r->row_id), e);
}

bool ask_busy(struct ui *u, struct model *m)
{
	static const char *const reasons[] = {N_("Break"), N_("Meal"), N_("Meeting"), N_("Training"), N_("Coaching"), N_("Paperwork"),
					      N_("System problem")};

	popup_menu(&u->popup, 0, _("Busy"), _("Why do you take no contacts now?"));
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		popup_add_row(&u->popup, (uint32_t)('1' + i), _(reasons[i]), NULL, reasons[i]);
	ui_ask(u, m, busy_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}

static bool contacts_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	for (size_t i = 0; i < m->works.n; i++) {
		if (strcmp(m->works.v[i]->contact->id, r->row_id) != 0)
			continue;
		u->screen = SCREEN_DESK;
		model_select(m, (int)i);
		ui_view(u, m);
		return true;
	}
	if (*r->row_id)
		return err_set(e, ERR_NOT_FOUND, _("This contact is over; choose another one."));
	u->screen = SCREEN_DESK;
	model_select(m, -1);
	return true;
}

bool ask_contacts(struct ui *u, struct model *m)
{
	if (!m->works.n) {
		model_say_note(m, NOTE_INFO, _("There is no open contact."));
		return true;
	}
	popup_menu(&u->popup, 0, _("Open contacts"), NULL);
	for (size_t i = 0; i < m->works.n; i++) {
		const struct work *w = m->works.v[i];
		const struct contact *k = w->contact;
		struct str who = {0};
		char dur[16];
		ui_duration(model_t(m, w), dur, sizeof(dur));
		str_add(&who, !str_empty(w->card.masked_name) ? w->card.masked_name : k->caller ? k->caller : _("Unknown caller"));
		str_add(&who, "  ");
		mask_value(MASK_PHONE, sv(k->number), &who);
		str_addf(&who, "  %s", channel_label(k->channel));
		char *note = w->read_only ? xstrdup(_("Read-only")) : xasprintf("%s %s", call_state_label(k->state), dur);
		popup_add_row(&u->popup, i < 9 ? (uint32_t)('1' + i) : 0, str_z(&who), note, k->id);
		free(note);
		str_release(&who);
	}
	popup_add_row(&u->popup, '0', _("The desk between calls"), NULL, "");
	u->popup.list.selected = m->current >= 0 ? (size_t)m->current : m->works.n;
	ui_ask(u, m, contacts_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}
