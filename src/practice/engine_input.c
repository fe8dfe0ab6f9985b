// SPDX-License-Identifier: MIT
// Knows what each thing that agent and trainer do means to the customer.
#include "src/practice/engine_part.h"

static const struct label goodbye = {"好的，谢谢，再见。", "All right, thank you. Goodbye."};

// --- the agent

static void agent_says(struct engine *g, int contact, const struct event *ev)
{
	struct caller *c = &g->c[contact];

	// On hold nobody hears it.
	if (c->hold_at != NEVER)
		return;
	engine_hears(g, contact, event_get(ev, "text"));
	if (c->silent_until > g->now && c->silent_curve != SCENARIO_NONE && ++c->checks == 2) {
		c->silent_until = NEVER;
		engine_curve_over(g, c->silent_curve);
	}
}

// Who has nothing more to say answers a goodbye and hangs up.
static void farewell(struct engine *g, int contact, const struct event *ev)
{
	struct caller *c = &g->c[contact];

	if (!engine_live(g, contact) || !c->may_close || c->hang_at != NEVER || c->hold_at != NEVER || !engine_is_goodbye(ev))
		return;
	for (int i = 0; i < c->n_queue; i++)
		if (c->queue[i].kind == SPEECH_GOODBYE)
			return;
	engine_want(g, contact, (struct speech){.kind = SPEECH_GOODBYE, .text = xstrdup(engine_text(g, goodbye))}, false);
}

static void hold(struct engine *g, int contact, bool on)
{
	struct caller *c = &g->c[contact];

	if (on == (c->hold_at != NEVER))
		return;
	c->hold_at = on ? g->now : NEVER;
	c->hold_until = on ? g->now + HOLD_MAX_MS : NEVER;
	engine_patience_speed(g, contact, on);
	if (!on)
		engine_leave_hold(g, contact);
}

static void telephone(struct engine *g, int contact, const struct event *ev)
{
	struct caller *c = &g->c[contact];

	if (ev->type == EV_ANSWER && c->state == CALLER_RINGING) {
		engine_answered(g, contact);
		if (contact == 0)
			engine_curve_answered(g);
	} else if ((ev->type == EV_MISSED || ev->type == EV_ABANDONED) && c->state == CALLER_RINGING) {
		if (ev->type == EV_ABANDONED || !engine_seat_pass(g, contact))
			engine_gone(g, contact);
	}
	if (c->state != CALLER_TALKING)
		return;
	switch (ev->type) {
	case EV_HOLD: case EV_CONSULT: case EV_DROP: hold(g, contact, true); break;
	case EV_RESUME: case EV_CONSULT_BACK: case EV_CALL_BACK: case EV_CONFERENCE: hold(g, contact, false); break;
	case EV_HANGUP: case EV_TRANSFER: case EV_GIVE_UP: case EV_END: case EV_MISSED: case EV_ABANDONED: engine_gone(g, contact); break;
	default: break;
	}
}

static void by_agent(struct engine *g, int contact, const struct event *ev)
{
	struct caller *c = &g->c[contact];
	bool line = ev->type == EV_SAY && strcmp(event_get(ev, "side"), "customer") != 0;

	c->nudges = 0;
	telephone(g, contact, ev);
	if (ev->type == EV_CLOSE && c->state == CALLER_GONE)
		c->closed = true;
	if (!engine_live(g, contact))
		return;
	if (line)
		agent_says(g, contact, ev);
	engine_mood_entry(g, contact);
	if (line || ev->type == EV_MARK)
		farewell(g, contact, ev);
}

// --- trainer, and whoever plays the customer

static int customer_for(const struct engine *g, int contact)
{
	if (engine_live(g, contact))
		return contact;
	for (int i = 0; contact < 0 && i < g->n; i++)
		if (engine_live(g, i))
			return i;
	return -1;
}

static void inject_curve(struct engine *g, int contact, const char *id)
{
	for (size_t i = 0; i < g->s->n_curveballs; i++)
		if (str_eq(g->s->curveballs[i].id, id))
			engine_curve_fire(g, i, contact, true);
}

static void inject(struct engine *g, int contact, const struct event *ev)
{
	const char *kind = event_get(ev, "kind");
	struct caller *c = &g->c[contact];
	enum emotion_class cls = g->track.emotion_class[contact];

	if (strcmp(kind, "line") == 0) {
		engine_say(g, contact, event_get(ev, "text"));
	} else if (strcmp(kind, "emotion") == 0) {
		if (*event_get(ev, "class") && !emotion_class_parse(sv(event_get(ev, "class")), &cls))
			return;
		int64_t level = event_get_int(ev, "level", g->track.emotion[contact]);
		engine_feel(g, contact, cls, level < 0 ? 0 : level > HANGS_UP ? HANGS_UP : (int)level);
	} else if (strcmp(kind, "beat") == 0) {
		size_t b = scenario_beat(g->s, sv(event_get(ev, "id")));
		if (b == SCENARIO_NONE || g->o.human)
			return;
		engine_drop_queue(c);
		c->turn_at = NEVER;
		c->turn_waits = false;
		engine_enter(g, contact, b);
	}
}

static void person_says(struct engine *g, int contact, const struct event *ev)
{
	struct caller *c = &g->c[contact];

	c->say_end = g->now + track_say_ms(event_get(ev, "text"));
	c->calmed = c->soothed = false;
	c->lines++;
	engine_patience_start(g, contact, c->say_end);
}

// What concerns everybody and no customer. False: something else.
static bool for_all(struct engine *g, int contact, const struct event *ev)
{
	const char *kind = ev->type == EV_INJECT ? event_get(ev, "kind") : "";
	size_t seat = scenario_seat(g->s, sv(event_get(ev, "id")));
	int agent = scenario_agent_no(g->s, seat);

	if (agent >= 0 && strcmp(kind, "seat") == 0)
		engine_seat_in(g, agent);
	else if (agent >= 0 && strcmp(kind, "leave") == 0)
		engine_seat_out(g, agent);
	else if (strcmp(kind, "curveball") == 0)
		inject_curve(g, contact, event_get(ev, "id"));
	else if (strcmp(kind, "seat") == 0 && scenario_seat_may(g->s, seat, DRILL_CONFIRM))
		engine_curve_hold(g);
	else if (strcmp(kind, drill_act_code(DRILL_CONFIRM)) == 0)
		engine_curve_confirm(g);
	else
		return false;
	return true;
}

static void by_trainer(struct engine *g, int contact, const struct event *ev)
{
	contact = customer_for(g, contact);
	if (for_all(g, contact, ev) || contact < 0)
		return;
	if (ev->type == EV_INJECT)
		inject(g, contact, ev);
	else if (ev->type == EV_SAY)
		person_says(g, contact, ev);
	else if (ev->type == EV_HANGUP)
		engine_gone(g, contact);
}

void engine_input(struct engine *g, const struct log_entry *in)
{
	if (in->who == LOG_TRAINER)
		by_trainer(g, in->contact, &in->ev);
	else if (in->contact >= 0)
		by_agent(g, in->contact, &in->ev);
	else
		// What is done for the whole station shows every customer of it that somebody is at work.
		for (int i = 0; i < g->n; i++)
			g->c[i].nudges = g->c[i].seat == in->seat ? 0 : g->c[i].nudges;
}
