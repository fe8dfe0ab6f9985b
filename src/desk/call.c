// SPDX-License-Identifier: MIT
// Knows the table of moves of a contact and the guards on them.
#include "src/desk/call.h"

#include "src/base/i18n.h"

static const struct kind_row states[] = {
	[CALL_OFFERED] = {"offered", N_("offered")},
	[CALL_RINGING] = {"ringing", N_("ringing")},
	[CALL_CONNECTED] = {"connected", N_("connected")},
	[CALL_ON_HOLD] = {"on_hold", N_("on hold")},
	[CALL_CONSULTING] = {"consulting", N_("consulting")},
	[CALL_CONFERENCE] = {"conference", N_("in conference")},
	[CALL_WRAP_UP] = {"wrap_up", N_("in wrap-up")},
	[CALL_TRANSFERRED] = {"transferred", N_("transferred")},
	[CALL_DROPPED] = {"dropped", N_("cut off")},
	[CALL_MISSED] = {"missed", N_("missed")},
	[CALL_ABANDONED] = {"abandoned", N_("abandoned by the customer")},
	[CALL_CLOSED] = {"closed", N_("closed")},
};
KIND_DEFINE(call_state, states)

static const struct kind_row events[] = {
	[CALL_EV_RING] = {"ring", N_("ring")},
	[CALL_EV_ANSWER] = {"answer", N_("answer")},
	[CALL_EV_DECLINE] = {"decline", N_("decline")},
	[CALL_EV_NO_ANSWER] = {"no_answer", N_("no answer")},
	[CALL_EV_HANGUP] = {"customer_hangup", N_("customer hung up")},
	[CALL_EV_HOLD] = {"hold", N_("hold")},
	[CALL_EV_RESUME] = {"resume", N_("resume")},
	[CALL_EV_CONSULT] = {"consult", N_("consult")},
	[CALL_EV_BACK] = {"back", N_("back to the customer")},
	[CALL_EV_COMPLETE_TRANSFER] = {"complete_transfer", N_("complete the transfer")},
	[CALL_EV_BLIND_TRANSFER] = {"blind_transfer", N_("transfer")},
	[CALL_EV_CONFERENCE] = {"conference", N_("conference")},
	[CALL_EV_LEAVE] = {"leave", N_("leave the conference")},
	[CALL_EV_END] = {"end", N_("end")},
	[CALL_EV_DROP] = {"drop", N_("line fault")},
	[CALL_EV_CALL_BACK] = {"call_back", N_("call back")},
	[CALL_EV_GIVE_UP] = {"give_up", N_("give up")},
	[CALL_EV_SAVE] = {"save", N_("finish the wrap-up")},
	[CALL_EV_WRAP_TIMEOUT] = {"wrap_timeout", N_("wrap-up overdue")},
	[CALL_EV_CORRECT] = {"correct", N_("correct")},
};
KIND_DEFINE(call_event, events)
#define EVENTS (sizeof(events) / sizeof(*events))

static const struct {
	enum call_state from;
	enum call_event ev;
	enum call_state to;
} moves[] = {
	{CALL_OFFERED, CALL_EV_RING, CALL_RINGING},
	{CALL_OFFERED, CALL_EV_HANGUP, CALL_ABANDONED},
	{CALL_RINGING, CALL_EV_ANSWER, CALL_CONNECTED},
	{CALL_RINGING, CALL_EV_NO_ANSWER, CALL_MISSED},
	{CALL_RINGING, CALL_EV_DECLINE, CALL_MISSED},
	{CALL_RINGING, CALL_EV_HANGUP, CALL_ABANDONED},
	{CALL_CONNECTED, CALL_EV_HOLD, CALL_ON_HOLD},
	{CALL_CONNECTED, CALL_EV_CONSULT, CALL_CONSULTING},
	{CALL_CONNECTED, CALL_EV_BLIND_TRANSFER, CALL_TRANSFERRED},
	{CALL_CONNECTED, CALL_EV_CONFERENCE, CALL_CONFERENCE},
	{CALL_CONNECTED, CALL_EV_END, CALL_WRAP_UP},
	{CALL_CONNECTED, CALL_EV_HANGUP, CALL_WRAP_UP},
	{CALL_CONNECTED, CALL_EV_DROP, CALL_DROPPED},
	{CALL_ON_HOLD, CALL_EV_RESUME, CALL_CONNECTED},
	{CALL_ON_HOLD, CALL_EV_END, CALL_WRAP_UP},
	{CALL_ON_HOLD, CALL_EV_HANGUP, CALL_WRAP_UP},
	{CALL_ON_HOLD, CALL_EV_DROP, CALL_DROPPED},
	{CALL_CONSULTING, CALL_EV_BACK, CALL_CONNECTED},
	{CALL_CONSULTING, CALL_EV_COMPLETE_TRANSFER, CALL_TRANSFERRED},
	{CALL_CONSULTING, CALL_EV_END, CALL_WRAP_UP},
	{CALL_CONSULTING, CALL_EV_HANGUP, CALL_WRAP_UP},
	{CALL_CONSULTING, CALL_EV_DROP, CALL_DROPPED},
	{CALL_CONFERENCE, CALL_EV_LEAVE, CALL_WRAP_UP},
	{CALL_CONFERENCE, CALL_EV_END, CALL_WRAP_UP},
	{CALL_CONFERENCE, CALL_EV_HANGUP, CALL_WRAP_UP},
	{CALL_TRANSFERRED, CALL_EV_END, CALL_WRAP_UP},
	{CALL_TRANSFERRED, CALL_EV_HANGUP, CALL_WRAP_UP},
	{CALL_DROPPED, CALL_EV_CALL_BACK, CALL_CONNECTED},
	{CALL_DROPPED, CALL_EV_GIVE_UP, CALL_WRAP_UP},
	{CALL_WRAP_UP, CALL_EV_SAVE, CALL_CLOSED},
	{CALL_WRAP_UP, CALL_EV_WRAP_TIMEOUT, CALL_WRAP_UP},
	{CALL_CLOSED, CALL_EV_CORRECT, CALL_CLOSED},
};

// What only the telephone, the customer or a timer can bring about; never offered to a person as a way out.
static bool is_report(enum call_event ev)
{
	switch (ev) {
	case CALL_EV_NO_ANSWER:
	case CALL_EV_WRAP_TIMEOUT:
	case CALL_EV_DROP:
	case CALL_EV_HANGUP:
		return true;
	case CALL_EV_RING:
	case CALL_EV_ANSWER:
	case CALL_EV_DECLINE:
	case CALL_EV_HOLD:
	case CALL_EV_RESUME:
	case CALL_EV_CONSULT:
	case CALL_EV_BACK:
	case CALL_EV_COMPLETE_TRANSFER:
	case CALL_EV_BLIND_TRANSFER:
	case CALL_EV_CONFERENCE:
	case CALL_EV_LEAVE:
	case CALL_EV_END:
	case CALL_EV_CALL_BACK:
	case CALL_EV_GIVE_UP:
	case CALL_EV_SAVE:
	case CALL_EV_CORRECT:
		return false;
	}
	return false;
}

static bool find_move(enum call_state from, enum call_event ev, enum call_state *to)
{
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
		if (moves[i].from == from && moves[i].ev == ev) {
			*to = moves[i].to;
			return true;
		}
	}
	return false;
}

bool call_possible(enum call_state from, enum call_event ev)
{
	enum call_state to;

	return find_move(from, ev, &to);
}

static bool refuse_unknown(enum call_state from, enum call_event ev, struct err *e)
{
	struct str can = {0};

	for (size_t i = 0; i < EVENTS; i++) {
		if (is_report((enum call_event)i) || !call_possible(from, (enum call_event)i))
			continue;
		str_add(&can, can.n ? ", " : "");
		str_add(&can, call_event_label((enum call_event)i));
	}
	if (can.n)
		err_set(e, ERR_DENIED, _("\"%s\" is not possible while the contact is %s; possible now: %s"),
			call_event_label(ev), call_state_label(from), str_z(&can));
	else
		err_set(e, ERR_DENIED, _("\"%s\" is not possible: the contact is %s and takes no further action"),
			call_event_label(ev), call_state_label(from));
	str_release(&can);
	return false;
}

static bool answer_allowed(const struct call_guard *g, struct err *e)
{
	int max = g->max_chats ? g->max_chats : CALL_MAX_CHATS;

	if (g->other_calls > 0)
		return err_set(e, ERR_DENIED, _("you are on a call; end it before you answer another contact"));
	if (g->channel == CHANNEL_CHAT)
		return g->other_chats < max ||
			err_set(e, ERR_DENIED, _("you have %d chats open; close one before you take another"),
				g->other_chats);
	return g->channel != CHANNEL_PHONE || g->other_chats == 0 ||
		err_set(e, ERR_DENIED, _("you have %d chats open; close them before you answer a call"),
			g->other_chats);
}

static bool correct_allowed(const struct call_guard *g, struct err *e)
{
	if (g->lead || (g->own && g->since_ms <= CALL_CORRECT_MS))
		return true;
	if (!g->own)
		return err_set(e, ERR_DENIED, _("only the agent of this contact or a team lead may correct it"));
	return err_set(e, ERR_DENIED, _("the 24 hours for corrections are over; ask your team lead"));
}

// Guards on what a person asks; a report of the system tells what has happened already, so only the 5 minutes bind it.
static bool allowed(enum call_event ev, const struct call_guard *g, struct err *e)
{
	if (ev == CALL_EV_CALL_BACK && g->since_ms > CALL_CALL_BACK_MS)
		return err_set(e, ERR_DENIED,
			_("the line was lost more than 5 minutes ago; finish the wrap-up and book a call-back"));
	if (ev == CALL_EV_SAVE && !g->wrap_ok)
		return err_set(e, ERR_DENIED, _("the wrap-up is not complete; the list beside it says what is missing"));
	if (g->by_system)
		return true;
	if (ev == CALL_EV_ANSWER)
		return answer_allowed(g, e);
	if (ev == CALL_EV_DECLINE && str_empty(g->reason))
		return err_set(e, ERR_DENIED, _("declining needs a reason; choose one from the list"));
	if (ev == CALL_EV_CONSULT && str_empty(g->target))
		return err_set(e, ERR_DENIED, _("choose whom to consult first"));
	if ((ev == CALL_EV_COMPLETE_TRANSFER || ev == CALL_EV_BLIND_TRANSFER) && !g->packet_complete)
		return err_set(e, ERR_DENIED,
			_("the hand-off is not complete; fill in need, what was tried, what is asked and what was promised"));
	if (ev == CALL_EV_CORRECT)
		return correct_allowed(g, e);
	return true;
}

enum call_verdict call_step(enum call_state from, enum call_event ev, const struct call_guard *g, enum call_state *to,
	struct err *e)
{
	enum call_state next;

	*to = from;
	if (!find_move(from, ev, &next)) {
		if (g->by_system)
			return CALL_IGNORED;
		refuse_unknown(from, ev, e);
		return CALL_REFUSED;
	}
	if (!allowed(ev, g, e)) {
		if (!g->by_system)
			return CALL_REFUSED;
		err_clear(e);
		return CALL_IGNORED;
	}
	*to = next;
	return CALL_MOVED;
}

bool call_is_terminal(enum call_state s)
{
	return s == CALL_MISSED || s == CALL_ABANDONED || s == CALL_CLOSED;
}

bool call_is_live(enum call_state s)
{
	return s == CALL_CONNECTED || s == CALL_ON_HOLD || s == CALL_CONSULTING || s == CALL_CONFERENCE;
}
