// SPDX-License-Identifier: MIT
// Knows how the events of the call itself change a contact: its state, its clocks, its holds.
#include "src/desk/contact_fold.h"

static const struct {
	enum event_type type;
	enum call_event call;
} call_events[] = {
	{EV_RING, CALL_EV_RING},	   {EV_ANSWER, CALL_EV_ANSWER},	      {EV_MISSED, CALL_EV_NO_ANSWER},
	{EV_ABANDONED, CALL_EV_HANGUP},	   {EV_HOLD, CALL_EV_HOLD},	      {EV_RESUME, CALL_EV_RESUME},
	{EV_CONSULT, CALL_EV_CONSULT},	   {EV_CONSULT_BACK, CALL_EV_BACK},   {EV_CONFERENCE, CALL_EV_CONFERENCE},
	{EV_LEAVE, CALL_EV_LEAVE},	   {EV_DROP, CALL_EV_DROP},	      {EV_CALL_BACK, CALL_EV_CALL_BACK},
	{EV_GIVE_UP, CALL_EV_GIVE_UP},	   {EV_HANGUP, CALL_EV_END},	      {EV_CLOSE, CALL_EV_SAVE},
	{EV_CORRECT, CALL_EV_CORRECT},	   {EV_TRANSFER, CALL_EV_BLIND_TRANSFER},
};

static void on_hold(struct contact *c, int64_t t)
{
	c->hold_since_t = t;
	c->hold_count++;
	clocks_hold(&c->clocks, t);
}

static void off_hold(struct contact *c, int64_t t)
{
	c->hold_ms += t - c->hold_since_t;
	clocks_resume(&c->clocks, t);
}

static void on_over(struct contact *c, int64_t t, const char *side)
{
	c->ended_t = t;
	contact_set_text(&c->end_side, side);
	clocks_end(&c->clocks, t);
}

static void enter_state(struct contact *c, enum call_state from, const struct event *ev)
{
	int64_t t = ev->t_ms;

	if (from == CALL_ON_HOLD && c->state != CALL_ON_HOLD)
		off_hold(c, t);
	switch (c->state) {
	case CALL_OFFERED: case CALL_CONFERENCE: case CALL_MISSED: case CALL_ABANDONED:
		break;
	case CALL_RINGING:
		clocks_ring(&c->clocks, t);
		break;
	case CALL_CONNECTED:
		if (!c->ever_connected) {
			c->ever_connected = true;
			c->connected_t = t;
			clocks_answer(&c->clocks, t);
		}
		break;
	case CALL_ON_HOLD:
		on_hold(c, t);
		break;
	case CALL_CONSULTING:
		contact_set_text(&c->consult_target, event_get(ev, "target"));
		break;
	case CALL_TRANSFERRED:
		c->handed_over = true;
		clocks_handed_over(&c->clocks, t);
		break;
	case CALL_DROPPED:
		c->dropped_t = t;
		break;
	case CALL_WRAP_UP:
		if (from != CALL_WRAP_UP)
			on_over(c, from == CALL_DROPPED ? c->dropped_t : t, event_get(ev, "side"));
		break;
	case CALL_CLOSED:
		if (from == CALL_WRAP_UP)
			c->closed_t = t;
		break;
	}
}

bool contact_apply_call(struct contact *c, const struct event *ev, bool by_system, struct contact_effects *fx, struct err *e)
{
	enum call_event what = CALL_EV_RING;
	enum call_state from = c->state, to;
	struct call_guard g = {
		.by_system = by_system,
		.channel = c->channel,
		.reason = event_get(ev, "reason"),
		.target = event_get(ev, "target"),
		.packet_complete = *event_get(ev, "packet") != '\0',
		.wrap_ok = true, // the wrap-up asks wrapup_check before it sends the event
		.since_ms = ev->t_ms - (ev->type == EV_CORRECT ? c->closed_t : c->dropped_t),
		.own = true,
		.max_chats = 1 << 20, // how many at once is the desk's affair, not this contact's
	};

	for (size_t i = 0; i < sizeof(call_events) / sizeof(*call_events); i++)
		if (call_events[i].type == ev->type)
			what = call_events[i].call;
	if (ev->type == EV_MISSED && *g.reason)
		what = CALL_EV_DECLINE;
	if (ev->type == EV_TRANSFER && c->state == CALL_CONSULTING)
		what = CALL_EV_COMPLETE_TRANSFER;
	switch (call_step(from, what, &g, &to, e)) {
	case CALL_REFUSED:
		return false;
	case CALL_IGNORED:
		return true;
	case CALL_MOVED:
		break;
	}
	c->state = to;
	enter_state(c, from, ev);
	if (what == CALL_EV_CORRECT) {
		// A correction opens the wrap-up again for this one record; the clocks of the call stay as they were.
		c->versions++;
		c->correct_t = ev->t_ms;
		c->state = CALL_WRAP_UP;
	}
	// A transferred call is over for this desk: the wrap-up follows at once.
	if (c->state == CALL_TRANSFERRED && call_step(c->state, CALL_EV_END, &(struct call_guard){.by_system = true}, &to, NULL)) {
		c->state = to;
		enter_state(c, CALL_TRANSFERRED, ev);
	}
	if (fx)
		fx->state_changed = true;
	return true;
}
