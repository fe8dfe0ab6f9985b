// SPDX-License-Identifier: MIT
// Knows how a session goes on: from the briefing to the end, and what stops it in between (domain.md §4.10).
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/practice/phone.h"
#include "src/practice/session_part.h"

enum { SAVE_EXAM_MS = 1000, SAVE_MS = 5000 }; // the clock in the book is at most so far behind
enum { VOICE_LOOK_MS = 200 };

static bool is_on(const struct session *s)
{
	return s->row.state == SESSION_RUNNING || s->row.state == SESSION_WRAP;
}

bool session_start(struct session *s, struct err *e)
{
	int64_t before = s->base_wall;

	if (session_is_mate(s))
		return err_set(e, ERR_DENIED, _("The drill begins when its first seat starts it."));
	s->base_wall = clock_wall(s->o.clock);
	s->row.started_at = s->base_wall;
	if (!session_move(s, SESSION_RUNNING, e)) {
		s->base_wall = before;
		return false;
	}
	session_run_clock(s, true);
	session_turn(s);
	return true;
}

// --- standing still

static void log_pause(struct session *s, enum log_who who, bool on)
{
	struct log_entry p = {.t_ms = session_used_ms(s), .contact = -1, .who = who, .ev = {.type = EV_PAUSE, .at = clock_wall(&s->clock)}};

	event_put_int(&p.ev, "value", on);
	session_put(s, &p);
	event_release(&p.ev);
}

bool session_pause(struct session *s, bool on, struct err *e)
{
	enum log_who who = s->o.mode == PRACTICE_SOLO ? LOG_AGENT : LOG_TRAINER;

	if (s->o.mode == PRACTICE_EXAM)
		return err_set(e, ERR_DENIED, _("An exam does not pause."));
	if (session_is_mate(s))
		return err_set(e, ERR_DENIED, _("Only the first seat stops the clock of a drill."));
	// What is due before comes before.
	session_turn(s);
	if (!session_move(s, on ? SESSION_PAUSED : SESSION_RUNNING, e))
		return false;
	if (on)
		session_run_clock(s, false);
	log_pause(s, who, on);
	if (!on)
		session_run_clock(s, true);
	return session_save(s, e);
}

bool session_suspend(struct session *s, struct err *e)
{
	if (!s->o.preemptible)
		return err_set(e, ERR_DENIED, s->o.mode == PRACTICE_EXAM ? _("Real contacts do not interrupt an exam.")
									   : _("This exercise is not interrupted by real contacts."));
	session_turn(s);
	if (s->row.state == SESSION_RUNNING) {
		s->row.suspended_at = clock_wall(s->o.clock);
		if (!session_move(s, SESSION_SUSPENDED, e)) {
			s->row.suspended_at = 0;
			return false;
		}
	}
	// Before the start, while paused and from the wrap-up on the state stays; only the clock stands still.
	session_run_clock(s, false);
	model_flush_drafts(&s->box.model);
	return session_save(s, e);
}

bool session_break_off(struct session *s, const char *reason, struct err *e)
{
	struct log_entry out = {.contact = -1, .who = LOG_AGENT, .ev = {.type = EV_OUTCOME}};

	if (!session_may(s->row.state, SESSION_ABORTED, s->o.mode))
		return err_set(e, ERR_DENIED, _("The exercise is %s; there is nothing to break off."), session_state_label(s->row.state));
	session_run_clock(s, false);
	out.t_ms = session_used_ms(s);
	out.ev.at = clock_wall(&s->clock);
	event_put(&out.ev, "result", "aborted");
	event_put(&out.ev, "reason", str_empty(reason) ? "" : reason);
	// The drill goes on without this seat.
	if (!session_is_mate(s))
		session_put(s, &out);
	event_release(&out.ev);
	s->row.reason = arena_strdup(&s->arena, reason);
	s->row.ended_at = clock_wall(s->o.clock);
	return session_move(s, SESSION_ABORTED, e);
}

static bool too_late(const struct session *s)
{
	return s->row.state == SESSION_SUSPENDED && clock_wall(s->o.clock) - s->row.suspended_at > SESSION_RESUME_MS;
}

bool session_continue(struct session *s, struct err *e)
{
	if (too_late(s)) {
		if (!session_break_off(s, "suspended", e))
			return false;
		return err_set(e, ERR_DENIED, _("The exercise was interrupted for more than %d minutes and is broken off. Start it anew."),
			       SESSION_RESUME_MS / 60000);
	}
	if (s->row.state == SESSION_SUSPENDED) {
		if (!session_move(s, SESSION_RUNNING, e))
			return false;
		s->row.suspended_at = 0;
	}
	if (s->row.state == SESSION_ABORTED)
		return err_set(e, ERR_DENIED, _("The exercise is broken off. Start it anew."));
	if (is_on(s))
		session_run_clock(s, true);
	session_turn(s);
	return session_save(s, e);
}

bool session_abort(struct session *s, const char *reason, struct err *e)
{
	// What came to its end by itself before is not broken off.
	session_turn(s);
	return session_break_off(s, reason, e);
}

// --- the end

static bool human_part(const struct session *s)
{
	return s->o.mode == PRACTICE_COACHED || s->o.mode == PRACTICE_PAIRED || (s->o.mode == PRACTICE_DRILL && !session_is_mate(s));
}

static void keep_score(struct session *s)
{
	json_t *o = score_json(&s->score);

	free(s->score_text);
	s->score_text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(17));
	json_decref(o);
	s->row.score = s->score_text;
	s->row.final_ = s->score.final_;
}

bool session_judge(struct session *s, struct err *e)
{
	session_run_clock(s, false);
	s->row.ended_at = clock_wall(s->o.clock);
	if (s->row.state == SESSION_RUNNING && !session_move(s, SESSION_WRAP, e))
		return false;
	if (!session_move(s, SESSION_SCORING_AUTO, e))
		return false;
	if (s->scored)
		score_release(&s->score);
	s->score = (struct score){0};
	if (s->o.mode == PRACTICE_DRILL)
		score_log_seat(s->scenario, session_log(s), s->packs->lexicon, &s->box.model.world, s->seat, &s->score);
	else
		score_log(s->scenario, session_log(s), s->packs->lexicon, &s->box.model.world, &s->score);
	s->scored = true;
	keep_score(s);
	return session_move(s, human_part(s) ? SESSION_SCORING_TRAINER : SESSION_SCORED, e);
}

bool session_finish(struct session *s, struct err *e)
{
	session_turn(s);
	if (s->row.state == SESSION_SCORED)
		return true;
	if (s->row.state == SESSION_SCORING_TRAINER)
		return session_move(s, SESSION_SCORED, e);
	// Of a queue the trainee says when it is done.
	if (s->row.state == SESSION_RUNNING && s->scenario->kind == SCENARIO_QUEUE)
		return session_judge(s, e);
	if (s->row.state != SESSION_WRAP)
		return err_set(e, ERR_DENIED, _("The exercise is %s: first the calls end, then it is scored."), session_state_label(s->row.state));
	if (session_is_mate(s))
		return err_set(e, ERR_DENIED, _("The drill is scored when all seats have wrapped up."));
	// Whoever leaves the wrap-up undone has had all the time there was for it.
	engine_tick(s->engine, engine_due(s->engine) > 0 ? engine_due(s->engine) : session_used_ms(s));
	session_write(s);
	session_deeds(s);
	return session_judge(s, e);
}

bool session_debrief(struct session *s, const char *keep, const char *change, struct err *e)
{
	struct sv k = sv_trim(sv(keep)), c = sv_trim(sv(change));

	if (!k.n || !c.n)
		return err_set(e, ERR_USAGE, _("Write both: one thing to keep and one to change."));
	s->row.keep = arena_strndup(&s->arena, k.p, k.n);
	s->row.change = arena_strndup(&s->arena, c.p, c.n);
	return session_move(s, SESSION_DEBRIEFED, e);
}

bool session_adjust(struct session *s, enum score_part p, int share, const char *reason, struct err *e)
{
	if (s->row.state != SESSION_SCORING_TRAINER)
		return err_set(e, ERR_DENIED, _("The exercise is %s; only a score that is with the trainer can be changed."),
			       session_state_label(s->row.state));
	if (!score_adjust(&s->score, p, share, reason, e))
		return false;
	keep_score(s);
	return session_save(s, e);
}

// --- time

// Has everybody who was to call come and gone? Then what is left is the wrap-up.
static bool calls_over(const struct session *s)
{
	const struct track *t = engine_track(s->engine);
	const struct practice_log *l = engine_log(s->engine);
	bool rang[SCENARIO_CALLERS] = {0}, gone[SCENARIO_CALLERS] = {0}, answered = false;
	bool time_up = session_used_ms(s) >= 1000 * (int64_t)s->scenario->time_limit_s;

	for (size_t i = 0; i < l->v.n; i++)
		if (l->v.v[i].contact >= 0 && l->v.v[i].contact < SCENARIO_CALLERS) {
			rang[l->v.v[i].contact] |= l->v.v[i].ev.type == EV_RING;
			gone[l->v.v[i].contact] |= l->v.v[i].ev.type == EV_ABANDONED || l->v.v[i].ev.type == EV_MISSED;
		}
	for (size_t i = 0; i < s->scenario->n_callers && i < SCENARIO_CALLERS; i++) {
		answered |= t->answered_at[i] >= 0;
		if (rang[i] ? t->ended_at[i] < 0 && !gone[i] : !time_up && (i == 0 || s->scenario->callers[i].at_s > 0))
			return false;
	}
	return answered;
}

static void say_outcome(struct session *s)
{
	const char *result = engine_track(s->engine)->outcome;
	struct model *m = &s->box.model;

	for (int i = 0; i < SCENARIO_CALLERS; i++)
		phone_end(s->phone, i);
	model_pump_phone(m);
	if (strcmp(result, "time") == 0)
		model_say_note(m, NOTE_WARN, _("The time of the exercise is up."));
}

static void go_on(struct session *s)
{
	struct err e = {0};
	bool ok = true;

	if (s->row.state == SESSION_RUNNING && calls_over(s)) {
		s->wrap_from = session_used_ms(s);
		ok = session_move(s, SESSION_WRAP, &e);
	}
	bool over = ok && is_on(s) && engine_over(s->engine);
	if (over && session_is_mate(s) && strcmp(engine_track(s->engine)->outcome, "aborted") == 0) {
		ok = session_break_off(s, _("the first seat broke it off"), &e);
	} else if (over) {
		say_outcome(s);
		ok = session_judge(s, &e);
	}
	if (!ok)
		model_say_note(&s->box.model, NOTE_ALARM, "%s", e.msg);
}

static void save_now_and_then(struct session *s)
{
	int64_t every = s->o.mode == PRACTICE_EXAM ? SAVE_EXAM_MS : SAVE_MS;
	struct err e = {0};

	if (s->row.state == SESSION_RUNNING || s->row.state == SESSION_WRAP)
		if (session_used_ms(s) - s->saved_ms >= every && !session_save(s, &e))
			log_line(LOG_WARN, "practice: %s", e.msg);
}

bool session_turn(struct session *s)
{
	struct err e = {0};
	size_t before = engine_log(s->engine)->v.n;
	enum session_state state = s->row.state;

	session_clock(s);
	if (s->voice)
		voice_turn(s->voice);
	if (too_late(s) && !session_break_off(s, "suspended", &e))
		log_line(LOG_WARN, "practice: %s", e.msg);
	if (!is_on(s) || s->since < 0)
		return s->row.state != state;
	if (!session_is_mate(s))
		engine_tick(s->engine, session_used_ms(s));
	session_write(s);
	session_deeds(s);
	go_on(s);
	save_now_and_then(s);
	return s->row.state != state || engine_log(s->engine)->v.n != before;
}

static int64_t sooner(int64_t a, int64_t b)
{
	b = b < 0 ? 0 : b;
	return a < 0 || b < a ? b : a;
}

int64_t session_next_ms(const struct session *s)
{
	int64_t best = -1, used = session_used_ms(s), due = engine_due(s->engine);

	if (s->row.state == SESSION_SUSPENDED)
		best = sooner(best, s->row.suspended_at + SESSION_RESUME_MS + 1 - clock_wall(s->o.clock));
	if (s->voice)
		best = sooner(best, VOICE_LOOK_MS);
	if (!is_on(s) || s->since < 0)
		return best;
	if (due >= 0 && !session_is_mate(s))
		best = sooner(best, due - used);
	return sooner(best, s->saved_ms + (s->o.mode == PRACTICE_EXAM ? SAVE_EXAM_MS : SAVE_MS) - used);
}

bool session_voice(struct session *s, bool on, struct err *e)
{
	if (on == (s->voice != NULL))
		return true;
	if (on)
		return voice_open(&s->voice, s->row.lang, e);
	voice_close(s->voice);
	s->voice = NULL;
	return true;
}
