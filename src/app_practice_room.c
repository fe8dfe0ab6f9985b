// SPDX-License-Identifier: MIT
// Knows how this station takes part in rooms of others: as trainer, customer or seat of a drill, and how roles change there.
#include "src/app_practice_part.h"
#include "src/base/i18n.h"

void practice_room_join(struct app_practice *p, const char *code, enum coach_role role)
{
	struct model *m = p->o.live->m;
	struct err e = {0};

	if (p->session) {
		model_say_note(m, NOTE_WARN, _("An exercise is under way: end it first, then begin another."));
	} else if (!app_room_join(p->room, code, role, &e)) {
		model_say_note(m, NOTE_WARN, "%s", e.msg);
	} else {
		seat_tell_desk(p);
		p->o.live->ui.screen = SCREEN_COACH;
	}
	m->changed = true;
}

void practice_room_part(struct app_practice *p)
{
	app_room_leave(p->room);
	seat_tell_desk(p);
	p->o.live->ui.screen = SCREEN_PRACTICE;
}

// The one who answered plays the customer now, in the same room; what was done so far is not scored.
static void become_customer(struct app_practice *p)
{
	enum session_state st = session_state(p->session);
	char code[16];
	struct err e = {0};

	snprintf(code, sizeof(code), "%s", app_room_code(p->room));
	// What is wrapped up is scored, not thrown away.
	bool ok = seat_is_over(st) || (st == SESSION_WRAP ? session_finish(p->session, &e) : session_abort(p->session, "swap", &e));
	if (!ok)
		model_say_note(p->o.live->m, NOTE_WARN, "%s", e.msg);
	p->swapping = true; // the room is not left
	seat_drop(p);
	p->swapping = false;
	practice_room_join(p, code, COACH_CUSTOMER);
}

static void become_agent(struct app_practice *p)
{
	struct coach *k = app_room_coach(p->room);
	struct practice_want w = {.wish = PRACTICE_WISH_START, .mode = PRACTICE_PAIRED, .seeded = true, .seed = k->log.seed};
	struct err e = {0};

	snprintf(w.scenario, sizeof(w.scenario), "%s", k->log.scenario);
	snprintf(w.room, sizeof(w.room), "%s", app_room_code(p->room));
	p->o.live->ui.screen = SCREEN_PRACTICE;
	if (app_practice_start(p, &w, &e))
		return;
	model_say_note(p->o.live->m, NOTE_WARN, "%s", e.msg);
	k->swap = false; // said goodbye then
	app_room_leave(p->room);
	seat_tell_desk(p);
}

// The seat that was chosen in somebody's drill takes calls: the same room, and a desk of its own.
static void become_mate(struct app_practice *p)
{
	struct coach *k = app_room_coach(p->room);
	struct session_options o = seat_options(p);
	struct err e = {0};
	struct session *s;

	o.scenario = k->log.scenario;
	o.mode = PRACTICE_DRILL;
	o.seed = k->log.seed;
	o.lang = k->log.lang;
	o.room = app_room_code(p->room);
	o.seat = k->scenario->seats[k->desk].code;
	o.host = k->id;
	o.preemptible = true;
	p->o.live->ui.screen = SCREEN_PRACTICE;
	if (!session_new(&s, &o, &e)) {
		model_say_note(p->o.live->m, NOTE_WARN, "%s", e.msg);
		app_room_leave(p->room);
		seat_tell_desk(p);
		return;
	}
	seat_take(p, s);
	if (!app_room_take_part(p->room, s, &e))
		model_say_note(p->seat.m, NOTE_WARN, "%s", e.msg);
	seat_bring_front(p, &p->seat);
	seat_tell_desk(p);
}

static bool takes_calls(const struct coach *k)
{
	return k && k->scenario && k->tracking && k->desk != SCENARIO_NONE && scenario_agent_no(k->scenario, k->desk) > 0;
}

void practice_room_swap(struct app_practice *p)
{
	if (app_room_shared(p->room))
		share_swap(app_room_shared(p->room));
	else if (app_room_coach(p->room))
		coach_swap(app_room_coach(p->room));
}

void practice_room_turn(struct app_practice *p)
{
	app_room_turn(p->room);
	if (p->session && app_room_shared(p->room) && share_swap_asked(app_room_shared(p->room))) {
		app_room_turn(p->room);
		become_customer(p);
	} else if (app_room_coach(p->room) && app_room_coach(p->room)->swap) {
		app_room_turn(p->room);
		become_agent(p);
	} else if (!p->session && takes_calls(app_room_coach(p->room))) {
		become_mate(p);
	}
}
