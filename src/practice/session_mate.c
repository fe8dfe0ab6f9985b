// SPDX-License-Identifier: MIT
// Knows the session of an agent seat in somebody else's drill: its record comes entry by entry from the first seat, and what is done
// here is sent there.
#include "src/base/i18n.h"
#include "src/practice/phone.h"
#include "src/practice/session_part.h"

bool session_is_mate(const struct session *s)
{
	return s->row.host != NULL;
}

int session_seat(const struct session *s)
{
	return s->seat;
}

void session_mate_sends(struct session *s, session_send_fn *send, void *ctx)
{
	s->send = send;
	s->send_ctx = ctx;
}

bool session_seat_find(struct session *s, struct err *e)
{
	size_t seat = s->row.seat ? scenario_seat(s->scenario, sv(s->row.seat)) : SCENARIO_NONE;

	s->seat = 0;
	if (!session_is_mate(s))
		return true;
	s->seat = scenario_agent_no(s->scenario, seat);
	return s->seat > 0 || err_set(e, ERR_NOT_FOUND, _("This session has no such seat to take."));
}

// --- one clock: the first seat's

// Only forwards: between two words of the first seat this one's own clock goes on.
static void reach(struct session *s, int64_t used)
{
	int64_t behind = used - session_used_ms(s);

	if (behind > 0)
		s->acc += behind;
	session_clock(s);
}

static bool begin(struct session *s, int64_t used, struct err *e)
{
	s->base_wall = clock_wall(s->o.clock) - used;
	s->row.started_at = s->base_wall;
	if (!session_move(s, SESSION_RUNNING, e))
		return false;
	reach(s, used);
	session_run_clock(s, true);
	return true;
}

static bool stand_still(struct session *s, bool still, struct err *e)
{
	if (!session_move(s, still ? SESSION_PAUSED : SESSION_RUNNING, e))
		return false;
	session_run_clock(s, !still);
	return true;
}

bool session_mate_state(struct session *s, enum session_state first, int64_t used, struct err *e)
{
	bool on = first == SESSION_RUNNING || first == SESSION_WRAP, stands = first == SESSION_PAUSED || first == SESSION_SUSPENDED;

	if (s->row.state == SESSION_BRIEFING && (on || stands) && !begin(s, used, e))
		return false;
	if (s->row.state == SESSION_RUNNING || s->row.state == SESSION_WRAP)
		reach(s, used);
	if (s->row.state == SESSION_RUNNING && stands)
		return stand_still(s, true, e);
	return s->row.state != SESSION_PAUSED || !on || stand_still(s, false, e);
}

bool session_mate_over(struct session *s, const char *reason, struct err *e)
{
	return !session_may(s->row.state, SESSION_ABORTED, s->o.mode) || session_break_off(s, reason, e);
}

// --- the record

// What the first seat knows of; the rest of this turn is what the engine made of it.
bool session_follow(struct session *s, size_t index, const struct log_entry *in, struct err *e)
{
	size_t from = engine_log(s->engine)->v.n;

	if (s->row.state == SESSION_RUNNING || s->row.state == SESSION_WRAP)
		reach(s, in->t_ms);
	if (!engine_follow(s->engine, index, in))
		return err_set(e, ERR_CONFLICT, _("The record of the first seat does not fit the content packs of this station."));
	if (engine_log(s->engine)->v.n == from)
		return true;
	session_write(s);
	if (in->who == LOG_TRAINER)
		session_beside(s, in, from);
	session_deeds(s);
	s->box.model.changed = true;
	if (in->ev.type == EV_OUTCOME && strcmp(event_get(&in->ev, "result"), "aborted") == 0)
		return session_mate_over(s, event_get(&in->ev, "reason"), e);
	return true;
}

void session_mate_met(struct session *s)
{
	session_catch_up(s);
}

// --- at the first seat: what another agent seat does

bool session_remote(struct session *s, int seat, const struct log_entry *in, struct err *e)
{
	enum session_state st = s->row.state;
	struct log_entry own = *in;

	if (st != SESSION_RUNNING && st != SESSION_PAUSED && st != SESSION_SUSPENDED && st != SESSION_WRAP)
		return err_set(e, ERR_DENIED, _("The exercise is %s; it hears nothing now."), session_state_label(st));
	session_clock(s);
	own.t_ms = session_used_ms(s);
	own.who = LOG_AGENT;
	own.seat = seat;
	session_put(s, &own);
	session_turn(s);
	return true;
}
