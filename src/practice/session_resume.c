// SPDX-License-Identifier: MIT
// Knows how a session is taken up again after the program was killed: the record is played into a new engine, the contacts come back
// from the sandbox's store, and what one of the two had not written yet is made up from the other.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/practice/phone.h"
#include "src/practice/session_part.h"
#include "src/work/internal.h"

// The inputs again; the outputs come by themselves, the same as before. At a seat that only follows nothing comes that was not told.
static void replay(struct session *s, const struct practice_log *log)
{
	for (size_t i = 0; session_is_mate(s) && i < log->v.n; i++)
		if (!engine_follow(s->engine, i, &log->v.v[i]))
			return;
	if (session_is_mate(s))
		return;
	for (size_t i = 0; i < log->v.n; i++)
		if (log->v.v[i].who == LOG_AGENT || log->v.v[i].who == LOG_TRAINER)
			engine_put(s->engine, &log->v.v[i]);
	engine_tick(s->engine, s->acc);
}

// Is the book what the engine made of it? Else packs or program are others than they were.
static bool same_record(const struct practice_log *a, const struct practice_log *b)
{
	for (size_t i = 0; i < a->v.n; i++) {
		const struct log_entry *x = &a->v.v[i], *y = i < b->v.n ? &b->v.v[i] : NULL;
		if (!y || x->who != y->who || x->contact != y->contact || x->t_ms != y->t_ms || x->ev.type != y->ev.type ||
		    strcmp(event_get(&x->ev, "text"), event_get(&y->ev, "text")) != 0)
			return false;
	}
	return true;
}

// --- what the store has and the book has not

// Added to the record by the tap (session_tap.c).
static bool of_tap(enum event_type type, const char *key)
{
	bool step = type == EV_SCRIPT_VISIT || type == EV_SCRIPT_TICK;

	return strcmp(key, "seq") == 0 || (strcmp(key, "type") == 0 && step);
}

// Numbers are no help here, nor those an undo names: what was lost on one side and made up for has others afterwards. A deed is known by
// what it says, and the how-manieth of its like it is.
static bool alike(const struct event *done, const struct event *told)
{
	if (done->type != told->type)
		return false;
	for (int i = 0; i < told->pairs; i++) {
		const char *key = told->pair[i].key;
		if (!of_tap(told->type, key) && strcmp(event_get(done, key), told->pair[i].value) != 0)
			return false;
	}
	return true;
}

static bool is_deed(const struct log_entry *e, int contact)
{
	// A line of the script is told by the record alone: the contact has the step it belongs to.
	return e->who == LOG_AGENT && e->contact == contact && !(e->ev.type == EV_SAY && strcmp(event_get(&e->ev, "source"), "script") == 0);
}

// How many deeds of the record are like this one of the contact.
static size_t told(const struct practice_log *l, int contact, const struct event *done)
{
	size_t n = 0;

	for (size_t i = 0; i < l->v.n; i++)
		n += is_deed(&l->v.v[i], contact) && alike(done, &l->v.v[i].ev);
	return n;
}

// Which of its like an event of the contact is, from 1.
static size_t occurrence(const struct contact *k, size_t at)
{
	struct log_entry same = {.ev = k->events.v[at]};
	size_t n = 0;

	for (size_t i = 0; i <= at; i++)
		n += alike(&k->events.v[i], &same.ev);
	return n;
}

// Done and saved, but killed before it was in the book: it counts from now.
void session_catch_up(struct session *s)
{
	for (size_t i = 0; i < s->box.model.works.n; i++) {
		struct work *w = s->box.model.works.v[i];
		int contact = phone_caller(w->contact->call);
		size_t n = w->contact->events.n;
		for (size_t k = 0; contact >= 0 && k < n; k++)
			if (occurrence(w->contact, k) > told(engine_log(s->engine), contact, &w->contact->events.v[k]))
				session_heard(s, w, &w->contact->events.v[k], NULL);
	}
}

// --- what the engine said and the store has not

struct there {
	bool known;     // its contact is in hand
	bool past;      // it was, and is over
	size_t lines;   // of the customer that are in it
	size_t said;    // of the customer, as the record goes by
};

static void look(const struct session *s, int contact, struct there *t)
{
	const struct practice_log *l = engine_log(s->engine);
	const struct work *w = session_work((struct session *)(uintptr_t)s, contact);

	*t = (struct there){.known = w != NULL};
	for (size_t i = 0; w && i < w->contact->lines.n; i++)
		t->lines += !w->contact->lines.v[i].agent;
	for (size_t i = 0; !w && i < l->v.n; i++)
		t->past |= l->v.v[i].who == LOG_AGENT && l->v.v[i].contact == contact &&
			   (l->v.v[i].ev.type == EV_CLOSE || l->v.v[i].ev.type == EV_MISSED);
}

static bool is_there(const struct session *s, struct there *t, const struct log_entry *e)
{
	const struct work *w = session_work((struct session *)(uintptr_t)s, e->contact);

	if (t->past)
		return true;
	switch (e->ev.type) {
	case EV_RING: return t->known;
	case EV_SAY: return t->said++ < t->lines;
	case EV_HANGUP: return w && !contact_is_ringing(w->contact) && !contact_is_live(w->contact);
	case EV_EMOTION: return t->known && t->said <= t->lines;
	default: return false;
	}
}

// The telephone knows whoever is still on the line.
static void connect(struct session *s)
{
	for (int i = 0; i < SCENARIO_CALLERS; i++) {
		const struct work *w = session_work(s, i);
		if (w)
			phone_restore(s->phone, i, !contact_is_ringing(w->contact) && !contact_is_live(w->contact));
	}
}

// Is the deed at this place of the record done at the desk?
static bool done(const struct contact *k, const struct practice_log *l, size_t at)
{
	const struct log_entry *e = &l->v.v[at];
	size_t want = 0, have = 0;

	for (size_t i = 0; i <= at; i++)
		want += is_deed(&l->v.v[i], e->contact) && alike(&e->ev, &l->v.v[i].ev) && alike(&l->v.v[i].ev, &e->ev);
	for (size_t i = 0; i < k->events.n; i++)
		have += alike(&k->events.v[i], &e->ev);
	return have >= want;
}

// In the book, but the store was killed before it was there: the agent finds it done.
static void redo(struct session *s, size_t at)
{
	const struct log_entry e = engine_log(s->engine)->v.v[at];
	struct work *w = session_work(s, e.contact);
	struct err why = {0};
	bool ok = true;

	if (!w || e.seat != s->seat || !is_deed(&e, e.contact) || done(w->contact, engine_log(s->engine), at))
		return;
	if (e.ev.type == EV_UNDO) {
		ok = model_undo(&s->box.model, w, &why);
	} else {
		struct event ev = work_event(&s->box.model, w, e.ev.type);
		for (int i = 0; i < e.ev.pairs; i++)
			if (!of_tap(e.ev.type, e.ev.pair[i].key))
				event_put(&ev, e.ev.pair[i].key, e.ev.pair[i].value);
		ok = work_emit(&s->box.model, w, &ev, false, NULL, NULL, &why);
		w->wrap_open = w->contact->state == CALL_WRAP_UP;
	}
	if (!ok)
		log_line(LOG_WARN, "practice: %s is in the record and not at the desk: %s", event_type_name(e.ev.type), why.msg);
}

static void deliver(struct session *s)
{
	const struct practice_log *l = engine_log(s->engine);
	struct there t[SCENARIO_CALLERS];

	for (int i = 0; i < SCENARIO_CALLERS; i++)
		look(s, i, &t[i]);
	connect(s);
	for (; s->delivered < l->v.n; s->delivered++) {
		const struct log_entry e = l->v.v[s->delivered];
		bool out = e.who == LOG_CUSTOMER || e.who == LOG_ENGINE;
		// Faults are of this run of the program; what was written to the sandbox's files is written once more without harm.
		bool mine = !out || session_mine(s, &e);
		if (!mine) {
			model_pump_phone(&s->box.model);
		} else if (out && e.ev.type == EV_CURVEBALL) {
			session_deed_again(s, &e);
		} else if (out && e.contact >= 0 && e.contact < SCENARIO_CALLERS && !is_there(s, &t[e.contact], &e)) {
			session_deed(s, &e);
			model_pump_phone(&s->box.model);
		} else if (e.who == LOG_AGENT) {
			redo(s, s->delivered);
		}
	}
	connect(s);
	model_pump_phone(&s->box.model);
}

// --- the whole

static bool read_row(struct session *s, const char *id, struct err *e)
{
	struct book_session row;

	if (!book_open(&s->book, s->o.dir, e) || !book_session(s->book, id, &row, &s->arena, e))
		return false;
	// Killed while it was scored: it is scored again.
	if (row.state == SESSION_SCORING_AUTO)
		row.state = SESSION_WRAP;
	s->row = row;
	if (row.state != SESSION_RUNNING && row.state != SESSION_PAUSED && row.state != SESSION_SUSPENDED && row.state != SESSION_WRAP)
		return err_set(e, ERR_CONFLICT, _("The exercise %s is %s; there is nothing to go on with."), row.no ? row.no : id,
			       session_state_label(row.state));
	s->o.scenario = row.scenario;
	s->o.mode = row.mode;
	s->o.human = row.mode == PRACTICE_PAIRED;
	s->o.seed = row.seed;
	s->o.lang = row.lang;
	s->o.preemptible = row.preemptible;
	s->o.trainer = row.trainer;
	s->o.room = row.room;
	s->base_wall = row.started_at;
	return true;
}

// Only an exam goes on by itself. The rest waits to be gone on with, as after a real call.
static bool hold_state(struct session *s, struct err *e)
{
	if (s->row.state == SESSION_RUNNING && s->o.mode != PRACTICE_EXAM) {
		s->row.suspended_at = clock_wall(s->o.clock);
		return session_move(s, SESSION_SUSPENDED, e);
	}
	if (s->o.mode == PRACTICE_EXAM)
		session_run_clock(s, true);
	return true;
}

static bool take_up(struct session *s, const struct practice_log *log, struct err *e)
{
	s->acc = s->row.used_ms;
	if (log->v.n && log->v.v[log->v.n - 1].t_ms > s->acc)
		s->acc = log->v.v[log->v.n - 1].t_ms;
	session_clock(s);
	if (!session_load_packs(s, e))
		return false;
	if (s->scenario->version != s->row.version)
		return err_set(e, ERR_CONFLICT, _("The exercise %s has changed since; this session cannot be gone on with."), s->row.scenario);
	if (!session_seat_find(s, e))
		return false;
	s->engine = session_make_engine(s);
	s->deaf = true;
	if (!session_open_box(s, e))
		return false;
	replay(s, log);
	if (!same_record(log, engine_log(s->engine)))
		return err_set(e, ERR_CONFLICT, _("The record of this session does not fit the content packs any more; it cannot be gone on with."));
	s->written = log->v.n;
	for (int i = 0; s->row.state == SESSION_WRAP && i < SCENARIO_CALLERS; i++)
		if (engine_track(s->engine)->ended_at[i] > s->wrap_from)
			s->wrap_from = engine_track(s->engine)->ended_at[i];
	deliver(s);
	s->deaf = false;
	return true;
}

// What cannot be taken up today because of the disk can be tomorrow; the rest is broken off, so that it is not offered for ever.
static void give_up(struct session *s, const struct err *why)
{
	bool known = s->book && s->row.scenario;
	struct err e = {0};

	if (known && why->code != ERR_IO && why->code != ERR_FULL) {
		s->row.state = SESSION_ABORTED;
		s->row.reason = arena_strdup(&s->arena, why->msg);
		s->row.ended_at = clock_wall(s->o.clock);
		if (!book_put(s->book, &s->row, &e))
			log_line(LOG_WARN, "practice: %s", e.msg);
	}
	session_free(s);
}

bool session_resume(struct session **out, const struct session_options *o, const char *id, struct err *e)
{
	struct practice_log log = {0};
	struct session *s = session_alloc(o, id);
	bool ok = read_row(s, id, e) && book_log_read(s->book, id, &log, e) && take_up(s, &log, e);

	practice_log_release(&log);
	if (ok) {
		// What never reached the first seat is sent once the room says what did (session_mate_met).
		if (!session_is_mate(s))
			session_catch_up(s);
		session_write(s);
		ok = hold_state(s, e);
	}
	*out = ok ? s : NULL;
	if (!ok) {
		give_up(s, e);
		return false;
	}
	session_turn(s);
	return true;
}
