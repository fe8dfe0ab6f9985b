// SPDX-License-Identifier: MIT
// Knows what each seat of a drill is worth: which part of the record is whose, and what was expected of whom.
#include "src/practice/score_part.h"

static bool is_seat_event(const struct log_entry *e, const char *code, const char *kind)
{
	return e->who == LOG_TRAINER && e->ev.type == EV_INJECT && strcmp(event_get(&e->ev, "id"), code) == 0 &&
	       strcmp(event_get(&e->ev, "kind"), kind) == 0;
}

// --- whose part of the record

// The agent seat that answered the caller, else the last they rang at; -1: none.
static int owner_of(const struct scoring *w, int contact)
{
	int seat = -1;

	for (size_t i = 0; i < w->log->v.n; i++) {
		const struct log_entry *e = &w->log->v.v[i];
		if (e->contact != contact)
			continue;
		if (e->who == LOG_AGENT && e->ev.type == EV_ANSWER && e->t_ms == w->track.answered_at[contact])
			return e->seat;
		if (e->who == LOG_ENGINE && e->ev.type == EV_RING && e->seat >= 0)
			seat = e->seat;
	}
	return seat;
}

// What comes in between is everybody's who is there, or the customer's it happens to.
static bool curve_is_own(const struct log_entry *e, bool here, const bool *callers)
{
	enum curveball_kind kind;
	bool for_all = curveball_kind_parse(sv(event_get(&e->ev, "kind")), &kind) && curveball_for_all(kind);

	return here && (for_all || e->contact < 0 || callers[e->contact]);
}

static void mark_own(const struct scoring *w, int agent, const char *code, const bool *callers, bool *own)
{
	bool here = agent == 0;

	for (size_t i = 0; i < w->log->v.n; i++) {
		const struct log_entry *e = &w->log->v.v[i];
		here = (here || is_seat_event(e, code, "seat")) && (agent == 0 || !is_seat_event(e, code, "leave"));
		if (e->ev.type == EV_CURVEBALL)
			own[i] = curve_is_own(e, here, callers);
		else if (e->contact >= 0 && e->contact < SCENARIO_CALLERS)
			own[i] = callers[e->contact];
		else
			own[i] = e->who != LOG_AGENT || e->seat == agent;
	}
}

// --- judging

static void count(const struct scoring *s, struct score_seat *seat, struct seat_acks *acks)
{
	for (size_t i = 0; i < s->track.n_expect; i++) {
		const struct expectation *x = scenario_expectation(s->scenario, i, NULL, NULL);
		enum expect_state st = s->track.expect[i].state;
		if (!score_asked(s, i) || !x->weight)
			continue;
		seat->met += st == EXPECT_MET;
		seat->late += st == EXPECT_LATE;
		seat->missed += st != EXPECT_MET && st != EXPECT_LATE;
		if (acks && x->what == EXPECT_BROADCAST) {
			acks[i].of++;
			acks[i].met += st == EXPECT_MET;
		}
	}
}

// The caller it answered first stands for those things that are looked at once.
static void find_mine(struct scoring *s, const bool *callers, const int64_t *answered)
{
	for (int k = 0; k < SCENARIO_CALLERS; k++) {
		if (!callers[k] || answered[k] < 0)
			continue;
		if (!s->n_mine || answered[k] < answered[s->base])
			s->base = k;
		s->mine[s->n_mine++] = k;
	}
}

static void judge_agent(const struct scoring *w, int agent, struct lexicon *lex, struct score_seat *seat, struct seat_acks *acks)
{
	bool callers[SCENARIO_CALLERS] = {false}, *own = xcalloc(w->log->v.n + 1, sizeof(*own));
	struct scoring s = {.scenario = w->scenario, .log = w->log, .world = w->world, .out = seat->score, .seat = true, .own = own, .whole = &w->track};

	for (int k = 0; k < (int)w->scenario->n_callers && k < SCENARIO_CALLERS; k++)
		callers[k] = owner_of(w, k) == agent;
	mark_own(w, agent, seat->code, callers, own);
	find_mine(&s, callers, w->track.answered_at);
	score_fold(&s, lex, callers);
	score_judge(&s);
	seat->callers = s.n_mine;
	count(&s, seat, acks);
	score_unfold(&s);
	free(own);
}

static void judge_desk(const struct scoring *w, const struct scenario_seat *desk, struct score_seat *seat)
{
	struct scoring s = *w;

	s.out = seat->score;
	s.desk = desk;
	memset(s.earned, 0, sizeof(s.earned));
	score_judge_desk(&s);
	count(&s, seat, NULL);
}

// Who sat there last, NULL: nobody. The first agent seat is always taken.
static const char *sitter(const struct practice_log *log, const char *code, bool first)
{
	const char *name = first ? "" : NULL;

	for (size_t i = 0; i < log->v.n; i++)
		if (is_seat_event(&log->v.v[i], code, "seat"))
			name = event_get(&log->v.v[i].ev, "name");
	return name;
}

void score_seats(const struct scoring *w, struct lexicon *lex, struct score *out, struct seat_acks *acks)
{
	const struct scenario *sc = w->scenario;

	for (size_t i = 0; i < sc->n_seats && i < SCENARIO_SEATS; i++) {
		int agent = scenario_agent_no(sc, i);
		const char *name = sitter(w->log, sc->seats[i].code, agent == 0);
		if (!name)
			continue;
		struct score_seat *seat = vec_add(&out->seats);
		*seat = (struct score_seat){.code = sc->seats[i].code, .name = name, .label = sc->seats[i].label, .calls = agent >= 0,
					    .score = xcalloc(1, sizeof(*seat->score))};
		if (agent >= 0)
			judge_agent(w, agent, lex, seat, acks);
		else
			judge_desk(w, &sc->seats[i], seat);
	}
}

void score_keep_seats(struct score *o)
{
	for (size_t i = 0; i < o->seats.n; i++) {
		struct score_seat *s = &o->seats.v[i];
		s->code = arena_strdup(&o->text, s->code);
		s->name = arena_strdup(&o->text, s->name);
		s->label = (struct label){arena_strdup(&o->text, s->label.zh), arena_strdup(&o->text, s->label.en)};
	}
}

void score_log_seat(const struct scenario *sc, const struct practice_log *log, struct lexicon *lex, const struct contact_world *world, int agent,
		    struct score *out)
{
	struct score *whole = xcalloc(1, sizeof(*whole));
	size_t at = scenario_agent(sc, agent), own = SCENARIO_NONE;

	score_log(sc, log, lex, world, whole);
	for (size_t i = 0; at != SCENARIO_NONE && i < whole->seats.n; i++)
		if (str_eq(whole->seats.v[i].code, sc->seats[at].code))
			own = i;
	if (own == SCENARIO_NONE) {
		*out = *whole;
		free(whole);
		return;
	}
	// The seats' texts stay with the whole, which stays with this seat's own.
	struct score *mine = whole->seats.v[own].score;
	whole->seats.v[own].score = NULL;
	*out = *mine;
	free(mine);
	out->seats.v = whole->seats.v;
	out->seats.n = whole->seats.n;
	out->seats.cap = whole->seats.cap;
	whole->seats.v = NULL;
	whole->seats.n = whole->seats.cap = 0;
	out->own = own;
	out->common = whole;
}
