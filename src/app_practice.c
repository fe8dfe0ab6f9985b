// SPDX-License-Identifier: MIT
// Knows how practice is wired to the program: the seat that comes in front, the real contact that takes it away, the way back.
#include "src/app_practice_part.h"

#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/practice/sandbox.h"

enum { RESUME_MS = 30 * 60000 }; // domain.md §4.10

struct seat *app_practice_seat(const struct app_practice *p)
{
	return p && p->session ? (struct seat *)(uintptr_t)&p->seat : NULL;
}

struct seat *app_practice_front(const struct app_practice *p)
{
	return p->front;
}

bool app_practice_busy(const struct app_practice *p)
{
	return p->session || p->desk.joining || p->wanted.wish != PRACTICE_WISH_NONE || app_room_coach(p->room) || app_room_shared(p->room);
}

// --- which seat is in front

void seat_bring_front(struct app_practice *p, struct seat *to)
{
	struct seat *from = p->front;

	if (from == to)
		return;
	to->ui.theme = from->ui.theme;
	p->front = to;
	ui_resize(&to->ui, to->m, from->ui.rows, from->ui.cols);
	to->ui.shown = (struct drawn){0}; // the screen has the other seat on it
	to->m->changed = true;
}

// What the list of exercises shows of the session behind it.
void seat_tell_desk(struct app_practice *p)
{
	p->desk.book = p->book;
	p->desk.session = p->session;
	p->desk.coach = app_room_coach(p->room);
	p->desk.joining = p->wanted.wish == PRACTICE_WISH_START;
	p->desk.resume_until = p->session && session_state(p->session) == SESSION_SUSPENDED ? session_row(p->session)->suspended_at + RESUME_MS : 0;
	p->o.live->m->changed = true;
}

// --- a session comes and goes

void seat_take(struct app_practice *p, struct session *s)
{
	struct model *m = session_model(s);
	struct err e = {0};

	p->session = s;
	p->seat = (struct seat){.m = m};
	ui_init(&p->seat.ui, &p->o.live->ui.theme, m->config, m);
	p->seat.ui_ready = true;
	ui_resize(&p->seat.ui, m, p->o.live->ui.rows, p->o.live->ui.cols);
	p->view = (struct practice_view){.session = s, .book = session_book(s)};
	p->seat.ui.practice = &p->view;
	if (!store_attach(m->store, p->o.loop, &e))
		model_say_note(m, NOTE_ALARM, "%s", e.msg);
}

// An exam is not interrupted: nobody is ready for real contacts meanwhile.
static void hold_live(struct app_practice *p)
{
	struct err e = {0};

	if (session_mode(p->session) == PRACTICE_EXAM && p->o.live->m->state == AGENT_READY)
		p->held_busy = model_set_ready(p->o.live->m, false, _("in an exam"), &e);
}

static void release_live(struct app_practice *p)
{
	struct err e = {0};

	if (p->held_busy && !model_set_ready(p->o.live->m, true, NULL, &e))
		model_say_note(p->o.live->m, NOTE_WARN, "%s", e.msg);
	p->held_busy = false;
}

void seat_drop(struct app_practice *p)
{
	if (!p->session)
		return;
	if (app_room_shared(p->room) && p->swapping)
		app_room_stop(p->room);
	else if (app_room_shared(p->room) || app_room_mate(p->room))
		app_room_leave(p->room);
	seat_bring_front(p, p->o.live);
	model_kb_off_screen(p->seat.m);
	store_detach(p->seat.m->store);
	ui_release(&p->seat.ui);
	session_free(p->session);
	p->session = NULL;
	p->seat = (struct seat){0};
	p->view = (struct practice_view){0};
	p->gave_way = p->again = false;
	release_live(p);
	seat_tell_desk(p);
}

struct session_options seat_options(const struct app_practice *p)
{
	const struct model *m = p->o.live->m;

	return (struct session_options){
		.dir = p->o.dir, .clock = p->o.clock, .live = p->o.config, .packs = m->packs, .lang = i18n_lang(), .agent_no = m->agent_no,
		.agent_name = m->agent_name, .agent_id = m->agent_id, .roles = m->roles, .station = m->station, .zone = m->zone,
	};
}

// Modes with another seat need a room; whoever comes in later gives its code.
static bool wants_room(const struct practice_want *w)
{
	return !w->room[0] && (w->mode == PRACTICE_COACHED || w->mode == PRACTICE_PAIRED || w->mode == PRACTICE_DRILL);
}

static void room_opened(void *arg, const char *code, const struct err *why)
{
	struct app_practice *p = arg;
	struct practice_want w = p->wanted;
	struct err e = {0};

	p->wanted = (struct practice_want){0};
	snprintf(w.room, sizeof(w.room), "%s", code ? code : "");
	if (!code || !app_practice_start(p, &w, &e))
		model_say_note(p->o.live->m, NOTE_WARN, "%s", code ? e.msg : why->msg);
	seat_tell_desk(p);
}

static void share(struct app_practice *p, const char *room)
{
	struct err e = {0};

	if (*room && !app_room_share(p->room, room, p->session, &e))
		model_say_note(p->seat.m, NOTE_WARN, _("The session goes on without the other seat: %s"), e.msg);
}

// The other seat goes on seeing a session that is taken up again.
static void share_again(struct app_practice *p)
{
	const char *room = session_row(p->session)->room;
	struct err e = {0};

	p->again = false;
	if (str_empty(room) || (session_is_mate(p->session) ? app_room_part_again(p->room, room, p->session, &e)
							    : app_room_share_again(p->room, room, p->session, &e)))
		return;
	// Right after the start it is not known yet whether there is a hub to ask.
	p->again = app_room_waits(p->room);
	if (!p->again)
		model_say_note(p->seat.m, NOTE_WARN, _("The session goes on without the other seat: %s"), e.msg);
}

bool app_practice_start(struct app_practice *p, const struct practice_want *w, struct err *e)
{
	struct session_options o = seat_options(p);
	struct session *s;

	if (p->session)
		return err_set(e, ERR_DENIED, _("An exercise is under way: end it first, then begin another."));
	if (wants_room(w)) {
		p->wanted = *w;
		seat_tell_desk(p);
		app_room_open(p->room, w->mode, w->scenario);
		return true;
	}
	o.scenario = w->scenario;
	o.mode = w->mode;
	o.seed = w->seeded ? w->seed : p->o.seeded ? p->o.seed : randombytes_random();
	o.human = w->mode == PRACTICE_PAIRED;
	o.trainer = w->trainer;
	o.room = w->room;
	o.preemptible = w->mode != PRACTICE_EXAM;
	if (!session_new(&s, &o, e))
		return false;
	seat_take(p, s);
	share(p, w->room);
	hold_live(p);
	seat_bring_front(p, &p->seat);
	seat_tell_desk(p);
	return true;
}

bool seat_is_over(enum session_state st)
{
	return st == SESSION_SCORED || st == SESSION_DEBRIEFED || st == SESSION_ARCHIVED || st == SESSION_ABORTED || st == SESSION_SCORING_TRAINER;
}

static void leave(struct app_practice *p, const char *reason)
{
	enum session_state st = session_state(p->session);
	struct err e = {0};
	// What is wrapped up is scored, not thrown away.
	bool ok = seat_is_over(st) || (st == SESSION_WRAP ? session_finish(p->session, &e) : session_abort(p->session, reason, &e));

	if (!ok) {
		model_say_note(p->seat.m, NOTE_WARN, "%s", e.msg);
		return;
	}
	// The score is looked at before it goes.
	app_room_turn(p->room); // the others hear that it is over
	if (st != SESSION_WRAP)
		seat_drop(p);
}

static void to_live(struct app_practice *p)
{
	struct err e = {0};

	if (!session_suspend(p->session, &e)) {
		model_say_note(p->seat.m, NOTE_WARN, "%s", e.msg);
		return;
	}
	seat_bring_front(p, p->o.live);
	seat_tell_desk(p);
}

static void go_on(struct app_practice *p)
{
	struct err e = {0};

	if (!p->session)
		return;
	if (!session_continue(p->session, &e)) {
		model_say_note(p->o.live->m, NOTE_WARN, "%s", e.msg);
		if (session_state(p->session) == SESSION_ABORTED)
			seat_drop(p);
		return;
	}
	p->gave_way = false;
	seat_bring_front(p, &p->seat);
	seat_tell_desk(p);
}

static void speak(struct app_practice *p)
{
	struct err e = {0};

	if (!session_voice(p->session, !p->view.voice, &e))
		model_say_note(p->seat.m, NOTE_WARN, "%s", e.msg);
	else
		p->view.voice = !p->view.voice;
	p->seat.m->changed = true;
}

// --- what keys asked for

static void grant(struct app_practice *p, const struct practice_want *w)
{
	struct err e = {0};

	switch (w->wish) {
	case PRACTICE_WISH_NONE: break;
	case PRACTICE_WISH_START:
		// Once more, from the score of the last.
		if (p->session && p->front == &p->seat && seat_is_over(session_state(p->session)))
			seat_drop(p);
		if (!app_practice_start(p, w, &e))
			model_say_note(p->front->m, NOTE_WARN, "%s", e.msg);
		break;
	case PRACTICE_WISH_CONTINUE: go_on(p); break;
	case PRACTICE_WISH_LEAVE:
		if (p->session)
			leave(p, w->reason);
		break;
	case PRACTICE_WISH_LIVE:
		if (p->session)
			to_live(p);
		break;
	case PRACTICE_WISH_VOICE:
		if (p->session)
			speak(p);
		break;
	case PRACTICE_WISH_JOIN: practice_room_join(p, w->room, w->mode == PRACTICE_DRILL ? COACH_SEAT : w->human ? COACH_CUSTOMER : COACH_TRAINER); break;
	case PRACTICE_WISH_PART: practice_room_part(p); break;
	case PRACTICE_WISH_SWAP: practice_room_swap(p); break;
	}
}

void app_practice_obey(struct app_practice *p)
{
	struct practice_want w = p->front->ui.want_practice;

	p->front->ui.want_practice.wish = PRACTICE_WISH_NONE;
	grant(p, &w);
}

// --- a real contact

static struct work *real_contact(const struct app_practice *p)
{
	const struct model *m = p->o.live->m;

	for (size_t i = 0; i < m->works.n; i++)
		if (!m->works.v[i]->read_only)
			return m->works.v[i];
	return NULL;
}

static void give_way(struct app_practice *p, const struct work *w)
{
	struct err e = {0};

	p->view.live_waits = true;
	if (p->front != &p->seat)
		return;
	if (session_suspend(p->session, &e)) {
		p->gave_way = true;
		seat_bring_front(p, p->o.live);
		model_say_note(p->o.live->m, NOTE_INFO, _("The exercise waits; it can be gone on with for %d minutes."), RESUME_MS / 60000);
		seat_tell_desk(p);
	} else if (strcmp(p->waited, w->contact->id) != 0) {
		snprintf(p->waited, sizeof(p->waited), "%s", w->contact->id);
		model_say_note(p->seat.m, NOTE_ALARM, "%s", e.msg);
	}
}

// Without a room no trainer comes: the score stands as it is.
static void score_stands(struct app_practice *p)
{
	struct err e = {0};

	if (session_state(p->session) == SESSION_SCORING_TRAINER && !app_room_shared(p->room) && !session_finish(p->session, &e))
		model_say_note(p->seat.m, NOTE_WARN, "%s", e.msg);
}

void app_practice_turn(struct app_practice *p)
{
	struct work *w;

	practice_room_turn(p);
	if (!p->session)
		return;
	if (p->again && !app_room_waits(p->room))
		share_again(p);
	score_stands(p);
	w = real_contact(p);
	if (w && (contact_is_ringing(w->contact) || contact_is_live(w->contact)))
		give_way(p, w);
	p->view.live_waits = w != NULL;
	if (!w && p->gave_way) {
		p->gave_way = false;
		model_say_note(p->o.live->m, NOTE_INFO, _("The exercise waits: go on with it now, or leave it."));
	}
	enum session_state st = session_state(p->session);
	if (session_turn(p->session))
		p->seat.m->changed = true;
	model_store_poll(p->seat.m);
	model_tick(p->seat.m);
	if (st != session_state(p->session))
		seat_tell_desk(p);
	// Interrupted for too long.
	if (st == SESSION_SUSPENDED && session_state(p->session) == SESSION_ABORTED) {
		model_say_note(p->o.live->m, NOTE_WARN, _("The exercise was interrupted for too long and is broken off."));
		seat_drop(p);
	}
}

static int64_t sooner(int64_t a, int64_t b)
{
	return b >= 0 && (a < 0 || b < a) ? b : a;
}

int64_t app_practice_next_ms(const struct app_practice *p)
{
	int64_t best, room = app_room_next_ms(p->room);

	if (!p->session)
		return room;
	best = sooner(session_next_ms(p->session), room);
	// The clock of a session that stands still brings nothing nearer.
	if (session_state(p->session) == SESSION_RUNNING || session_state(p->session) == SESSION_WRAP)
		best = sooner(best, model_next_ms(p->seat.m));
	return best;
}

// --- start and end

struct app_practice *app_practice_new(const struct app_practice_options *o)
{
	struct app_practice *p = xcalloc(1, sizeof(*p));
	struct err e = {0};

	p->o = *o;
	p->front = o->live;
	if (!book_open(&p->book, o->dir, &e))
		snprintf(p->desk.why, sizeof(p->desk.why), "%s", e.msg);
	p->room = app_room_new(&(struct app_room_options){.clock = o->clock, .hub = o->hub, .live = o->live->m, .opened = room_opened, .arg = p});
	o->live->ui.practices = &p->desk;
	seat_tell_desk(p);
	return p;
}

void app_practice_ready(struct app_practice *p)
{
	struct book_session row;
	struct session_options o = seat_options(p);
	struct arena a = {0};
	struct err e = {0};
	bool found = false;
	struct session *s;

	if (!p->book || !book_unfinished(p->book, &row, &found, &a, &e))
		found = false;
	sandbox_sweep(p->o.dir, found ? row.id : NULL);
	if (found && session_resume(&s, &o, row.id, &e)) {
		seat_take(p, s);
		share_again(p);
		hold_live(p);
		if (session_mode(s) == PRACTICE_EXAM)
			seat_bring_front(p, &p->seat);
		else
			model_say_note(p->o.live->m, NOTE_INFO, _("An exercise was under way when the program ended: go on with it, or leave it."));
		seat_tell_desk(p);
	} else if (found) {
		model_say_note(p->o.live->m, NOTE_WARN, "%s", e.msg);
	}
	arena_release(&a);
}

void app_practice_free(struct app_practice *p)
{
	if (!p)
		return;
	seat_drop(p);
	app_room_free(p->room);
	p->o.live->ui.practices = NULL;
	book_close(p->book);
	free(p);
}
