// SPDX-License-Identifier: MIT
// Knows what a key does: dialog first, then the place with the focus, then the actions that work everywhere.
#include "ui/kbdesk.h"
#include "ui/practice_screens.h"

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/work/hub.h"

// The answer of a dialog goes to its owner, who may open the next one.
static void finish_popup(struct ui *u, struct model *m, const struct popup_result *r)
{
	ask_fn *done = u->asked;
	struct popup old = u->popup;
	struct err e = {0};
	struct prompt_kept kept = ui_ask_kept(u);

	u->popup = (struct popup){0};
	if (!r->accepted || !done) {
		popup_release(&old);
		return;
	}
	if (done(u, m, r, &e)) {
		ui_ask_forget(m, &kept);
		popup_release(&old);
		return;
	}
	popup_release(&u->popup);
	u->popup = old;
	u->asked = done;
	popup_refuse(&u->popup, e.msg);
}

static void next_contact(struct model *m)
{
	int n = (int)m->works.n;

	if (!n) {
		model_say_note(m, NOTE_INFO, _("There is no open contact."));
		return;
	}
	model_select(m, m->current + 1 >= n ? (m->current < 0 ? 0 : -1) : m->current + 1);
}

static bool on_the_phone(const struct model *m)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (m->works.v[i]->contact->channel != CHANNEL_CHAT && contact_is_live(m->works.v[i]->contact))
			return true;
	return false;
}

enum ui_f2 ui_f2(const struct ui *u, const struct model *m)
{
	const struct work *ring = model_ringing(m), *w = model_work(m);
	bool due = ui_due(u, m) != NULL;

	// In a call F2 stamps the acknowledgement; a second ringing contact is answered once that stamp is there.
	if (w && contact_is_live(w->contact) && !w->contact->clocks.c[CALL_T5].stopped && !w->read_only)
		return F2_STAMP;
	// A second call cannot be answered yet: then it does not keep the broadcast waiting either.
	if (ring && !(due && ring->contact->channel != CHANNEL_CHAT && on_the_phone(m)))
		return F2_ANSWER;
	return due ? F2_BROADCAST : F2_NOTHING;
}

// A broadcast that has only just come up was not meant by a key that was on its way to a call.
static bool acknowledge(struct ui *u, struct model *m)
{
	enum { UNREAD_MS = 1000 };

	if (clock_mono(m->clock) - u->due_since < UNREAD_MS) {
		model_say_note(m, NOTE_INFO, _("A broadcast has just come up: read it, then acknowledge it."));
		return true;
	}
	return broadcast_acknowledge(u, m);
}

static bool answer(struct ui *u, struct model *m)
{
	struct work *ring = model_ringing(m), *w = model_work(m);
	struct err e = {0};

	switch (ui_f2(u, m)) {
	case F2_STAMP: return ui_try(m, model_mark(m, w, "ack", NULL, &e), &e);
	case F2_BROADCAST: return acknowledge(u, m);
	case F2_ANSWER:
		if (!model_answer(m, ring, &e))
			return ui_try(m, false, &e);
		u->screen = SCREEN_DESK;
		ui_view(u, m);
		return true;
	case F2_NOTHING: break;
	}
	if (w && contact_is_live(w->contact))
		model_say_note(m, NOTE_INFO, _("The acknowledgement is stamped already."));
	else
		model_say_note(m, NOTE_INFO, _("Nobody is waiting. F4 starts a call by hand."));
	return true;
}

static bool hold(struct model *m)
{
	struct work *w = model_work(m);
	struct err e = {0};

	if (!w)
		return ui_try(m, err_set(&e, ERR_DENIED, _("There is no call to hold.")), &e);
	if (w->contact->state == CALL_ON_HOLD)
		return ui_try(m, model_resume(m, w, &e), &e);
	return ui_try(m, model_hold(m, w, &e), &e);
}

static bool wrap_up(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);
	struct err e = {0};

	if (!w) {
		for (size_t i = 0; i < m->works.n; i++)
			if (m->works.v[i]->contact->state == CALL_WRAP_UP) {
				model_select(m, (int)i);
				m->works.v[i]->wrap_open = true;
				return true;
			}
		return ui_try(m, err_set(&e, ERR_DENIED, _("There is no contact to wrap up.")), &e);
	}
	if (w->read_only)
		return ui_try(m, err_set(&e, ERR_DENIED, _("This record is closed; Esc leaves it.")), &e);
	if (contact_is_live(w->contact) || w->contact->state == CALL_DROPPED)
		return ask_end_and_wrap(u, m);
	if (w->contact->state != CALL_WRAP_UP)
		return ui_try(m, err_set(&e, ERR_DENIED, _("Answer the contact first (F2).")), &e);
	// Behind another screen the panel is brought up, not saved unseen.
	if (w->wrap_open && u->screen == SCREEN_DESK)
		return place_wrap.act(u, m, ACT_WRAP_SAVE);
	u->screen = SCREEN_DESK;
	const struct place *old = ui_place(u, m);
	if (old->leave)
		old->leave(u, m);
	w->wrap_open = true;
	if (place_wrap.enter)
		place_wrap.enter(u, m);
	return true;
}

static bool ready(struct ui *u, struct model *m)
{
	struct err e = {0};

	if (m->state == AGENT_READY)
		return ask_busy(u, m);
	return ui_try(m, model_set_ready(m, true, NULL, &e), &e);
}

// Things that make sense only with a contact in front.
static bool need_work(struct model *m)
{
	if (model_work(m))
		return true;
	model_say_note(m, NOTE_INFO, _("No contact is in front. F2 answers a waiting one, F4 starts one by hand."));
	return false;
}

static bool history(struct ui *u, struct model *m)
{
	struct err e = {0};
	const struct place *old = ui_place(u, m);

	if (u->screen == SCREEN_HISTORY) {
		u->screen = SCREEN_DESK;
		return true;
	}
	if (old->leave)
		old->leave(u, m);
	if (!model_refresh_past(m, &e))
		return ui_try(m, false, &e);
	u->screen = SCREEN_HISTORY;
	if (place_history.enter)
		place_history.enter(u, m);
	return true;
}

static bool search_now(struct ui *u, struct model *m)
{
	u->screen = SCREEN_DESK;
	ui_focus(u, m, PANE_KB);
	ui_view(u, m)->kb_at = KB_AT_QUERY;
	return true;
}

static bool cycle_pane(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);
	enum pane at = ui_view(u, m)->focus;

	if (!w) {
		ui_focus(u, m, at == PANE_KB ? PANE_SCRIPT : PANE_KB);
		return true;
	}
	ui_focus(u, m, w->wrap_open ? PANE_SCRIPT : (enum pane)((at + 1) % PANE_COUNT));
	return true;
}

static bool pane_action(struct ui *u, struct model *m, enum action a)
{
	enum pane p = a == ACT_PANE_SCRIPT ? PANE_SCRIPT : a == ACT_PANE_KB ? PANE_KB : a == ACT_PANE_FORM ? PANE_FORM : PANE_RECORD;

	u->screen = SCREEN_DESK;
	ui_focus(u, m, p);
	return true;
}

static bool redo_reply(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);

	if (!w || !ui_can_type(w)) {
		model_say_note(m, NOTE_INFO, _("The reply line belongs to chats; this is not one."));
		return true;
	}
	u->screen = SCREEN_DESK;
	ui_focus(u, m, PANE_SCRIPT);
	ui_view(u, m)->reply_typing = true;
	return true;
}

static bool undo(struct model *m)
{
	struct err e = {0};

	return need_work(m) ? ui_try(m, model_undo(m, model_work(m), &e), &e) : true;
}

static bool confirm_or_manual(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);

	return w && !w->read_only && contact_is_live(w->contact) ? ask_mark(u, m, "confirm") : ask_manual_call(u, m);
}

// Actions that need a contact.
static bool contact_action(struct ui *u, struct model *m, enum action a)
{
	struct err e = {0};

	if (!need_work(m))
		return true;
	switch ((int)a) {
	case ACT_STAMP_PLAN: return ask_mark(u, m, "plan");
	case ACT_TRANSFER: return ask_transfer(u, m);
	case ACT_ESCALATE: return ask_escalate(u, m);
	case ACT_HANGUP: return ask_hangup(u, m);
	case ACT_CALL_BACK: return ui_try(m, model_call_back(m, model_work(m), &e), &e);
	case ACT_LINE_DROPPED: return ask_line_dropped(u, m);
	case ACT_EMOTION: return ask_emotion(u, m);
	case ACT_VERIFY: return ask_verify(u, m);
	case ACT_CUSTOMER: return ask_customer(u, m);
	case ACT_NEED: return ask_need(u, m);
	case ACT_RESTATE: return ask_restate(u, m);
	case ACT_CLASSIFY: return ask_classify(u, m);
	case ACT_NOTE: return ask_note(u, m);
	case ACT_FAULT: return ask_fault(u, m);
	case ACT_SIDE_TRIP: return ask_side_trip(u, m);
	case ACT_CALLBACK: return ask_callback(u, m);
	case ACT_TICKET: return ask_ticket(u, m);
	case ACT_SCRIPT_PICK: return ask_script_pick(u, m);
	default: return false;
	}
}

static bool global_action(struct ui *u, struct model *m, enum action a)
{
	switch ((int)a) {
	case ACT_HELP: return ask_help(u, m);
	case ACT_PALETTE: return ask_palette(u, m);
	case ACT_UNDO: return undo(m);
	case ACT_REDRAW: u->redraw = true; return true;
	case ACT_SUSPEND: u->suspend = true; return true;
	case ACT_QUIT: return ask_quit(u, m);
	case ACT_MESSAGES: return ask_messages(u, m);
	case ACT_LANGUAGE:
		u->want_lang = i18n_lang() == LANG_ZH ? LANG_EN : LANG_ZH;
		u->lang_asked = true;
		return true;
	case ACT_THEME: u->theme_asked = true; return true;
	case ACT_COPY_SCREEN_HELP: return ask_about(u, m);
	case ACT_NEXT_PANE: return cycle_pane(u, m);
	case ACT_PANE_SCRIPT: case ACT_PANE_KB: case ACT_PANE_FORM: case ACT_PANE_RECORD: return pane_action(u, m, a);
	case ACT_ZOOM: u->zoom = !u->zoom; return true;
	case ACT_SEARCH: return search_now(u, m);
	case ACT_ANSWER: return answer(u, m);
	case ACT_REJECT: return ask_reject(u, m);
	case ACT_STAMP_CONFIRM: return confirm_or_manual(u, m);
	case ACT_READY: return ready(u, m);
	case ACT_HOLD: return hold(m);
	case ACT_WRAPUP: return wrap_up(u, m);
	case ACT_HISTORY: return history(u, m);
	case ACT_KB_DESK: kbdesk_toggle(u, m); return true;
	case ACT_KB_DEEDS: return ask_kb_deeds(u, m);
	case ACT_HUB: return ask_hub(u, m);
	case ACT_HUB_LOGIN: return ask_hub_login(u, m);
	case ACT_HUB_LOGOUT: return ask_hub_logout(u, m);
	case ACT_HUB_SYNC: return ask_hub_sync(u, m);
	case ACT_HUB_DRILL: return ask_hub_drill(u, m);
	case ACT_HUB_RECEIPT: return ask_hub_receipt(u, m);
	case ACT_PRACTICE: return practice_toggle(u, m);
	case ACT_PRACTICE_CARDS: return ask_practice_cards(u, m);
	case ACT_PRACTICE_PAUSE: return practice_pause(u, m);
	case ACT_PRACTICE_VOICE: return practice_voice(u, m);
	case ACT_PRACTICE_LIVE: return practice_live(u, m);
	case ACT_PRACTICE_DONE: return practice_done(u, m);
	case ACT_TOUR_SKIP: return practice_tour_skip(u, m);
	case ACT_PRACTICE_LEAVE: return ask_practice_leave(u, m);
	case ACT_PRACTICE_SWAP: return practice_swap(u, m);
	case ACT_CONFLICTS: return conflicts_toggle(u, m);
	case ACT_BROADCASTS: return ask_broadcasts(u, m);
	case ACT_BROADCAST_ACK: return broadcast_acknowledge(u, m);
	case ACT_BROADCAST_SEND: return ask_broadcast_send(u, m);
	case ACT_NEXT_CONTACT: u->screen = SCREEN_DESK; next_contact(m); return true;
	case ACT_MANUAL_CALL: return ask_manual_call(u, m);
	case ACT_CONTACTS: return ask_contacts(u, m);
	case ACT_GAP: return ask_gap(u, m);
	case ACT_TICKETS: return ask_tickets(u, m);
	case ACT_REPLY: return redo_reply(u, m);
	default: return contact_action(u, m, a);
	}
}

bool ui_act(struct ui *u, struct model *m, enum action a)
{
	const struct place *p = ui_place(u, m);
	bool here = p->act(u, m, a), mine = here || global_action(u, m, a);

	// Editing changes the place where it is done; what else it sets off says so itself.
	if (here && (action_info(a)->contexts & CTX_EDIT))
		m->typed = true;
	else
		m->changed = true;
	// The telephone may have taken the contact away, or an action another place's; the new place learns of it.
	ui_follow(u, m);
	return mine;
}

static void popup_key(struct ui *u, struct model *m, struct key k)
{
	struct popup_result r = {0};
	enum action left = ACT_NONE;
	bool done = popup_input(&u->popup, u->keys, k, &r, &left);

	if (done)
		finish_popup(u, m, &r);
	else
		ui_ask_store(u, m);
	if (done || left != ACT_NONE)
		m->changed = true;
	m->typed = true;
	// Call control works under a dialog too; it must not open a second one over what is being typed.
	if (left == ACT_HOLD)
		hold(m);
	else if (left == ACT_REDRAW)
		u->redraw = true;
	else if (left == ACT_SUSPEND)
		u->suspend = true;
	else if (left == ACT_ANSWER && model_ringing(m) && !model_work(m)) {
		popup_release(&u->popup);
		answer(u, m);
	} else if (left == ACT_ANSWER && ui_f2(u, m) == F2_BROADCAST) {
		acknowledge(u, m);
	}
	ui_follow(u, m);
}

void ui_key(struct ui *u, struct model *m, struct key k)
{
	const struct place *p = ui_place(u, m);
	char name[KEY_NAME_MAX];

	model_touch(m);
	m->typed = true;
	u->unknown[0] = '\0';
	if (log_traces("keys")) {
		key_label(k, name, sizeof(name));
		log_trace("keys", "key %s", key_is_text(k) ? "(text)" : name);
	}
	ui_view(u, m);
	if (u->popup.kind != POPUP_NONE) {
		popup_key(u, m, k);
		return;
	}
	struct keymap_hit hit = keymap_lookup(u->keys, p->contexts(u, m) | CTX_ANY, k);
	if (!hit.text && hit.action != ACT_NONE && ui_act(u, m, hit.action))
		return;
	// Text changes the place it is typed into; what else it sets off says so itself. A letter that chooses is an action.
	if (!hit.text)
		m->changed = true;
	if ((hit.text || key_is_text(k)) && p->text(u, m, k, (struct sv){0})) {
		ui_follow(u, m);
		return;
	}
	key_label(k, name, sizeof(name));
	snprintf(u->unknown, sizeof(u->unknown), _("%s does nothing here. F1 shows the keys."), name);
}

void ui_paste(struct ui *u, struct model *m, struct sv text)
{
	model_touch(m);
	m->changed = true;
	ui_view(u, m);
	if (u->popup.kind != POPUP_NONE) {
		popup_paste(&u->popup, text);
		ui_ask_store(u, m);
		return;
	}
	if (!ui_place(u, m)->text(u, m, (struct key){0}, text))
		model_say_note(m, NOTE_INFO, _("Nothing here takes text; go to a field first."));
	ui_follow(u, m);
}

void ui_click(struct ui *u, struct model *m, int y, int x, int wheel)
{
	enum action a = wheel < 0 ? ACT_LIST_UP : wheel > 0 ? ACT_LIST_DOWN : ACT_NONE;

	m->changed = true;
	if (u->popup.kind != POPUP_NONE)
		return;
	if (u->screen == SCREEN_DESK && model_work(m) && !model_work(m)->wrap_open)
		for (int p = 0; p < PANE_COUNT; p++)
			if (rect_has(u->layout.pane[p], y, x) && (enum pane)p != ui_view(u, m)->focus && !wheel)
				ui_focus(u, m, (enum pane)p);
	const struct place *place = ui_place(u, m);
	if (place->mouse)
		place->mouse(u, m, y, x, a);
	ui_follow(u, m);
}

void ui_resize(struct ui *u, const struct model *m, int rows, int cols)
{
	(void)m;
	u->rows = rows;
	u->cols = cols;
}
