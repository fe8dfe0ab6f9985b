// SPDX-License-Identifier: MIT
// Knows the engine's loop: what is due next, who is on the line, how a session ends.
#include "src/practice/engine_part.h"

// splitmix64 (Vigna, public domain, prng.di.unimi.it): one step mixes any number into an even one.
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t engine_chance(const struct engine *g, const char *what, uint64_t index)
{
	uint64_t h = mix(g->o.seed);

	for (; *what; what++)
		h = mix(h ^ (unsigned char)*what);
	return mix(h ^ index);
}

const char *engine_text(const struct engine *g, struct label l)
{
	return label_in(l, g->o.lang);
}

// --- record

static void add(struct engine *g, const struct log_entry *e)
{
	practice_log_add(&g->log, e);
	track_entry(&g->track, g->log.v.n - 1, &g->log.v.v[g->log.v.n - 1]);
}

void engine_emit_at(struct engine *g, int contact, enum log_who who, int seat, struct event *ev)
{
	if (!g->over)
		add(g, &(struct log_entry){.t_ms = g->now, .contact = contact, .seat = seat, .who = who, .ev = *ev});
	event_release(ev);
}

void engine_emit(struct engine *g, int contact, enum log_who who, struct event *ev)
{
	engine_emit_at(g, contact, who, 0, ev);
}

// --- who is on the line

bool engine_live(const struct engine *g, int contact)
{
	return contact >= 0 && contact < g->n && g->c[contact].state == CALLER_TALKING;
}

void engine_ring(struct engine *g, int contact)
{
	if (g->c[contact].state != CALLER_LATER)
		return;
	g->c[contact].state = CALLER_RINGING;
	g->c[contact].ring_at = NEVER;
	g->c[contact].give_up_at = g->now + RING_MAX_MS;
	engine_seat_ring(g, contact, false);
}

static bool nobody_left(const struct engine *g)
{
	for (int i = 0; i < g->n; i++)
		if (g->c[i].state == CALLER_RINGING || g->c[i].state == CALLER_TALKING || g->c[i].ring_at != NEVER)
			return false;
	return true;
}

static bool all_closed(const struct engine *g)
{
	for (int i = 0; i < g->n; i++)
		if (g->track.answered_at[i] >= 0 && !g->c[i].closed && engine_seat_here(g, g->c[i].seat))
			return false;
	return true;
}

void engine_gone(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];

	c->state = CALLER_GONE;
	engine_seat_idle(g, c->seat);
	c->give_up_at = c->queue_until = c->turn_at = c->patience_at = c->hold_until = c->hang_at = c->ring_at = NEVER;
	c->turn_waits = false;
	engine_drop_queue(c);
	if (nobody_left(g) && g->wrap_at == NEVER)
		g->wrap_at = g->now + 1000 * (int64_t)(g->s->wrap_limit_s > 0 ? g->s->wrap_limit_s : WRAP_LIMIT_S);
}

static void gives_up(struct engine *g, int contact)
{
	struct event ev = {.type = EV_ABANDONED};

	engine_emit(g, contact, LOG_ENGINE, &ev);
	engine_gone(g, contact);
}

// --- the end

void engine_outcome(struct engine *g, const char *result, const char *reason)
{
	struct event ev = {.type = EV_OUTCOME};

	event_put(&ev, "result", result);
	event_put(&ev, "reason", reason);
	engine_emit(g, -1, LOG_ENGINE, &ev);
	g->over = true;
}

// The calls are over and the record is saved, or will not be.
static void conclude(struct engine *g, const char *reason)
{
	bool success = g->s->success ? track_true(&g->track, g->s->success) : !g->track.customer_hung_up || g->c[0].satisfied;

	if (success)
		engine_outcome(g, "success", reason);
	else
		engine_outcome(g, g->timed_out ? "time" : "fail", g->timed_out ? "time_limit" : reason);
}

static void time_limit(struct engine *g)
{
	g->timed_out = true;
	g->limit_at = NEVER;
	if (!g->n) {
		engine_outcome(g, "time", "time_limit");
		return;
	}
	for (int i = 0; i < g->n; i++) {
		if (g->c[i].state == CALLER_TALKING)
			engine_hang_up(g, i, "time");
		else if (g->c[i].state == CALLER_RINGING)
			gives_up(g, i);
		else if (g->c[i].state == CALLER_LATER)
			engine_gone(g, i);
	}
}

// What may end the session after every entry.
static void settle(struct engine *g)
{
	bool answered = false;

	if (g->over)
		return;
	if (g->s->fail && track_true(&g->track, g->s->fail)) {
		engine_outcome(g, "fail", "condition");
		return;
	}
	for (int i = 0; i < g->n; i++)
		answered |= g->track.answered_at[i] >= 0;
	if (g->n && g->s->kind == SCENARIO_CALL && g->c[0].state == CALLER_GONE && g->track.answered_at[0] < 0)
		engine_outcome(g, "fail", "unanswered");
	else if (g->wrap_at != NEVER && !answered)
		engine_outcome(g, "fail", "unanswered");
	else if (g->wrap_at != NEVER && all_closed(g))
		conclude(g, "saved");
}

// --- what is due

enum due {
	DUE_NONE, DUE_LIMIT, DUE_WRAP, DUE_RING, DUE_GIVE_UP, DUE_QUEUE, DUE_HANG_UP, DUE_HOLD, DUE_CURVE, DUE_CURVE_OVER, DUE_TURN, DUE_PATIENCE,
	DUE_CLOCK,
};
struct next {
	enum due what;
	size_t i;
	int64_t at;
};

static void earlier(struct next *n, enum due what, size_t i, int64_t at)
{
	// Of two at the same time the one that is asked for first comes first: the order is the same in every run.
	if (at != NEVER && (n->what == DUE_NONE || at < n->at))
		*n = (struct next){what, i, at};
}

static struct next what_next(const struct engine *g)
{
	struct next n = {0};

	if (g->over)
		return n;
	earlier(&n, DUE_LIMIT, 0, g->wrap_at == NEVER ? g->limit_at : NEVER);
	earlier(&n, DUE_WRAP, 0, g->wrap_at);
	for (int i = 0; i < g->n; i++) {
		const struct caller *c = &g->c[i];
		earlier(&n, DUE_RING, (size_t)i, c->ring_at);
		earlier(&n, DUE_GIVE_UP, (size_t)i, c->give_up_at);
		earlier(&n, DUE_QUEUE, (size_t)i, c->queue_until);
		earlier(&n, DUE_HANG_UP, (size_t)i, c->hang_at);
		earlier(&n, DUE_HOLD, (size_t)i, c->hold_until);
	}
	for (size_t i = 0; i < g->s->n_curveballs; i++) {
		earlier(&n, DUE_CURVE, i, g->curves[i].at);
		earlier(&n, DUE_CURVE_OVER, i, g->curves[i].over);
	}
	for (int i = 0; i < g->n; i++) {
		earlier(&n, DUE_TURN, (size_t)i, g->c[i].turn_at);
		earlier(&n, DUE_PATIENCE, (size_t)i, g->c[i].patience_at);
	}
	earlier(&n, DUE_CLOCK, 0, g->wrap_at == NEVER ? g->clock_at : NEVER);
	return n;
}

static void fire(struct engine *g, const struct next *n)
{
	int i = (int)n->i;

	switch (n->what) {
	case DUE_NONE: break;
	case DUE_LIMIT: time_limit(g); break;
	case DUE_WRAP: conclude(g, "wrap_limit"); break;
	case DUE_RING: engine_ring(g, i); break;
	case DUE_GIVE_UP: gives_up(g, i); break;
	case DUE_QUEUE: engine_seat_ring(g, i, true); break;
	case DUE_HANG_UP: engine_hang_up(g, i, g->c[i].hang_reason); break;
	case DUE_HOLD: engine_hang_up(g, i, "hold"); break;
	case DUE_CURVE:
		g->curves[n->i].at = NEVER;
		engine_curve_fire(g, n->i, g->curves[n->i].contact, false);
		break;
	case DUE_CURVE_OVER: engine_curve_over(g, n->i); break;
	case DUE_TURN: engine_turn(g, i); break;
	case DUE_PATIENCE: engine_patience_out(g, i); break;
	case DUE_CLOCK: g->clock_at = g->now + 1000; break;
	}
}

static void settle_all(struct engine *g)
{
	settle(g);
	if (!g->over)
		engine_when(g);
	if (!g->over)
		engine_seat_give(g);
}

static void advance(struct engine *g, int64_t t_ms)
{
	for (struct next n = what_next(g); n.what != DUE_NONE && n.at <= t_ms; n = what_next(g)) {
		g->now = n.at > g->now ? n.at : g->now;
		track_clock(&g->track, g->now);
		fire(g, &n);
		settle_all(g);
	}
	if (!g->over && t_ms > g->now)
		g->now = t_ms;
}

void engine_tick(struct engine *g, int64_t t_ms)
{
	advance(g, t_ms);
}

int64_t engine_due(const struct engine *g)
{
	struct next n = what_next(g);

	return n.what == DUE_NONE ? -1 : n.at;
}

// --- inputs

static struct sv cut(const char *s)
{
	size_t n = strlen(s);

	if (n > VALUE_MAX_BYTES)
		for (n = VALUE_MAX_BYTES; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
			;
	return sv_n(s, n);
}

// A copy that may be trusted: known contact, time that does not fall, texts cleaned and of bounded length, and nobody but agent and
// trainer: what a person who plays the customer says comes as the trainer's.
static void adopt(const struct engine *g, const struct log_entry *in, struct log_entry *out)
{
	*out = (struct log_entry){.t_ms = in->t_ms, .contact = in->contact, .seat = in->seat, .who = in->who, .ev = {.type = in->ev.type, .at = in->ev.at}};
	if (out->t_ms < g->now)
		out->t_ms = g->now;
	if (out->contact < -1 || out->contact >= g->n)
		out->contact = -1;
	if (out->who != LOG_AGENT)
		out->who = LOG_TRAINER;
	if (out->who != LOG_AGENT || out->seat < 0 || out->seat >= SCENARIO_SEATS)
		out->seat = 0;
	// What a seat does to a caller that is another's is done to nobody.
	if (out->who == LOG_AGENT && out->contact >= 0 && g->c[out->contact].seat != out->seat)
		out->contact = -1;
	for (int i = 0; i < in->ev.pairs; i++) {
		struct sv v = cut(in->ev.pair[i].value);
		char *text = xstrndup(v.p, v.n);
		// The end is the engine's to judge; a person can only break off.
		bool result = in->ev.type == EV_OUTCOME && strcmp(in->ev.pair[i].key, "result") == 0;
		event_put(&out->ev, in->ev.pair[i].key, result ? "aborted" : text);
		free(text);
	}
	if (in->ev.type == EV_OUTCOME && !*event_get(&out->ev, "result") && out->ev.pairs < EVENT_PAIRS)
		event_put(&out->ev, "result", "aborted");
}

void engine_put(struct engine *g, const struct log_entry *in)
{
	struct log_entry e;

	advance(g, in->t_ms);
	adopt(g, in, &e);
	if (g->over && e.ev.type == EV_OUTCOME) {
		event_release(&e.ev); // there is one outcome
		return;
	}
	g->now = e.t_ms;
	add(g, &e);
	if (!g->over) {
		if (e.ev.type == EV_OUTCOME)
			g->over = true;
		else
			engine_input(g, &e);
		settle_all(g);
	}
	event_release(&e.ev);
}

// --- making one

static void note_name(void *ctx, struct sv name)
{
	struct engine *g = ctx;

	g->clocked |= sv_eqz(name, "time_s");
	for (size_t i = 0; i < g->track.n_expect; i++) {
		const struct expectation *x = scenario_expectation(g->s, i, NULL, NULL);
		g->clocked |= x->what == EXPECT_WAIT && x->id && sv_eqz(name, x->id);
	}
}

// Everything else granted, what would the condition say at this emotion?
static bool at_emotion(void *ctx, struct sv name, struct expr_value *out)
{
	*out = expr_number(sv_eqz(name, "emotion") ? *(const int *)ctx : 1);
	return true;
}

// Does the beat say what happens when the customer has had enough?
static bool answers_anger(const struct expr *when)
{
	int calm = 0, angry = ASKS_SUPERVISOR;
	struct expr_env at_calm = {.lookup = at_emotion, .ctx = &calm}, at_angry = {.lookup = at_emotion, .ctx = &angry};

	return expr_true(when, &at_angry) && !expr_true(when, &at_calm);
}

static void own(struct engine *g, size_t beat, int contact)
{
	if (beat >= g->s->n_beats || g->owner[beat] >= 0)
		return;
	g->owner[beat] = contact;
	for (size_t i = 0; i < g->s->beats[beat].n_next; i++)
		own(g, g->s->beats[beat].next[i].beat, contact);
}

// A beat that interrupts belongs to the customer in whose part of the conversation it leads; otherwise to the first.
static bool own_backwards(struct engine *g)
{
	bool more = false;

	for (size_t i = 0; i < g->s->n_beats; i++)
		for (size_t k = 0; g->owner[i] < 0 && k < g->s->beats[i].n_next; k++) {
			size_t to = g->s->beats[i].next[k].beat;
			if (to < g->s->n_beats && g->owner[to] >= 0) {
				g->owner[i] = g->owner[to];
				more = true;
			}
		}
	return more;
}

static void find_owners(struct engine *g)
{
	for (size_t i = 0; i < g->s->n_beats; i++)
		g->owner[i] = -1;
	for (size_t i = 0; i < g->s->n_beats; i++)
		if (g->s->beats[i].start)
			own(g, i, 0);
	for (int k = 0; k < g->n; k++)
		own(g, g->s->callers[k].first_beat, k);
	while (own_backwards(g))
		;
	for (size_t i = 0; i < g->s->n_beats; i++)
		own(g, i, 0);
}

static bool comes_by_curve(const struct scenario *s, int contact)
{
	for (size_t i = 0; i < s->n_curveballs; i++)
		if (s->curveballs[i].caller == contact && s->curveballs[i].kind == CURVE_SECOND_CALL)
			return true;
	return false;
}

static void start_callers(struct engine *g)
{
	for (int i = 0; i < g->n; i++) {
		const struct scenario_caller *sc = &g->s->callers[i];
		struct caller *c = &g->c[i];
		int at_s = sc->at_s > 0 ? sc->at_s : 0;
		*c = (struct caller){.give_up_at = NEVER, .queue_until = NEVER, .turn_at = NEVER, .patience_at = NEVER, .hold_at = NEVER, .hold_until = NEVER,
				     .hang_at = NEVER, .silent_until = NEVER, .noise_until = NEVER, .pressed_until = NEVER,
				     .silent_curve = SCENARIO_NONE};
		c->ring_at = i > 0 && !at_s && comes_by_curve(g->s, i) ? NEVER : 1000 * (int64_t)at_s;
	}
	// Nobody calls in a ticket queue: it lasts until its time is up, or until the trainee is done.
	if (!g->n && g->s->kind != SCENARIO_QUEUE)
		g->wrap_at = 0;
}

struct engine *engine_new(const struct engine_options *o)
{
	struct engine *g = xcalloc(1, sizeof(*g));
	const struct scenario *s = o->scenario;

	g->o = *o;
	g->s = s;
	g->log = (struct practice_log){.version = s->version, .seed = o->seed, .lang = o->lang,
				       .mode = o->human ? PRACTICE_PAIRED : s->kind == SCENARIO_DRILL ? PRACTICE_DRILL : PRACTICE_SOLO};
	snprintf(g->log.scenario, sizeof(g->log.scenario), "%s", s->code);
	track_init(&g->track, s, o->lexicon);
	g->n = s->n_callers > SCENARIO_CALLERS ? SCENARIO_CALLERS : (int)s->n_callers;
	g->curves = xcalloc(s->n_curveballs + 1, sizeof(*g->curves));
	g->when_done = xcalloc(s->n_beats + 1, sizeof(*g->when_done));
	g->visits = xcalloc(s->n_beats + 1, sizeof(*g->visits));
	g->owner = xcalloc(s->n_beats + 1, sizeof(*g->owner));
	g->clock_at = g->wrap_at = NEVER;
	g->limit_at = 1000 * (int64_t)(s->time_limit_s > 0 ? s->time_limit_s : TIME_LIMIT_S);
	for (size_t i = 0; i < s->n_curveballs; i++)
		g->curves[i] = (struct curve_state){.at = NEVER, .over = NEVER, .contact = -1};
	for (size_t i = 0; i < s->n_beats; i++) {
		expr_names(s->beats[i].when, note_name, g);
		g->hears_emotion |= answers_anger(s->beats[i].when);
	}
	expr_names(s->fail, note_name, g);
	find_owners(g);
	start_callers(g);
	if (g->clocked)
		g->clock_at = 1000;
	// Who rings at the very start is there before anything is put.
	advance(g, 0);
	return g;
}

void engine_free(struct engine *g)
{
	if (!g)
		return;
	for (int i = 0; i < g->n; i++)
		engine_drop_queue(&g->c[i]);
	practice_log_release(&g->log);
	track_release(&g->track);
	free(g->curves);
	free(g->when_done);
	free(g->visits);
	free(g->owner);
	free(g);
}
