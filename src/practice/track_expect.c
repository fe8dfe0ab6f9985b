// SPDX-License-Identifier: MIT
// Knows when what a scenario expects of the agent was done: in time, late, or never.
#include "src/practice/track_part.h"

// --- does an entry fit?

static bool value_fits(const char *want, const char *got)
{
	return str_empty(want) ? *got != '\0' : strcmp(want, got) == 0;
}

// "payment.*" takes the branch and everything below it.
static bool category_fits(const char *want, const char *got)
{
	size_t n = want ? strlen(want) : 0;

	if (n < 2 || strcmp(want + n - 2, ".*") != 0)
		return value_fits(want, got);
	n -= 2;
	return strncmp(got, want, n) == 0 && (!got[n] || got[n] == '.');
}

static bool line_fits(const struct track *t, const struct expectation *x, const struct track_step *st)
{
	return st->match && (str_empty(x->tag) || match_tag(st->match, x->tag)) && (!x->words || track_word_fits(t, x->words, st->match->words));
}

static bool line_breaks(const struct track *t, const struct expectation *x, const struct track_step *st)
{
	return st->match && ((!str_empty(x->tag) && match_tag(st->match, x->tag)) || (x->words && track_word_fits(t, x->words, st->match->words)));
}

// Said where the agent stood: the step was ticked, led on from, or its line came as the script's.
static bool step_said(const struct track_step *st, struct sv node)
{
	const struct event *ev = &st->e->ev;
	const char *op = event_get(ev, "op");

	if (!sv_eqz(node, event_get(ev, "node")))
		return false;
	return ev->type == EV_SCRIPT_TICK || ev->type == EV_SAY ||
	       (ev->type == EV_SCRIPT_VISIT && (strcmp(op, "next") == 0 || strcmp(op, "choose") == 0));
}

static bool script_fits(const struct expectation *x, const struct track_step *st)
{
	struct sv rest = sv(x->value), script = {0};
	const char *slash = x->value ? strrchr(x->value, '/') : NULL;

	if (slash) {
		script = sv_n(x->value, (size_t)(slash - x->value));
		rest = sv(slash + 1);
	}
	if (!step_said(st, rest))
		return false;
	return !script.n || (st->c && (sv_eqz(script, st->c->facts.script ? st->c->facts.script : "") ||
				       sv_eqz(script, st->c->facts.side ? st->c->facts.side : "")));
}

static bool choice_fits(const struct expectation *x, const struct track_step *st)
{
	const char *eq = x->value ? strrchr(x->value, '=') : NULL;

	return eq && strcmp(event_get(&st->e->ev, "op"), "choose") == 0 && strcmp(eq + 1, event_get(&st->e->ev, "key")) == 0 &&
	       sv_eqz(sv_n(x->value, (size_t)(eq - x->value)), event_get(&st->e->ev, "node"));
}

static bool form_fits(const struct expectation *x, const struct track_step *st)
{
	const char *form = event_get(&st->e->ev, "form"), *field = event_get(&st->e->ev, "field"), *value = event_get(&st->e->ev, "value");
	const char *eq = x->value ? strchr(x->value, '=') : NULL;
	struct sv want = eq ? sv_n(x->value, (size_t)(eq - x->value)) : sv(x->value);
	size_t n = strlen(form);

	if (want.n <= n || strncmp(want.p, form, n) != 0 || want.p[n] != '.' || !sv_eqz(sv_n(want.p + n + 1, want.n - n - 1), field))
		return false;
	return eq ? strcmp(eq + 1, value) == 0 : *value != '\0';
}

static bool verify_fits(const struct expectation *x, const struct event *ev)
{
	int64_t want = 1;

	if (!str_empty(x->value) && !parse_int(sv(x->value), 0, 9, &want))
		return false;
	return strcmp(event_get(ev, "passed"), "1") == 0 && event_get_int(ev, "level", 1) >= want;
}

static bool ticket_fits(const struct expectation *x, const struct event *ev)
{
	int64_t most;

	// The priority stands in the entry where the session knows it.
	return str_empty(x->value) || !parse_int(sv(x->value), 1, 9, &most) || event_get_int(ev, "level", 1) <= most;
}

// The event whose coming the expectation waits for; EVENT_TYPES: lines and steps, which are looked at by their words.
static int event_of(enum expect_do what)
{
	switch (what) {
	case EXPECT_ANSWER: return EV_ANSWER;
	case EXPECT_CLASSIFY: return EV_CLASSIFY;
	case EXPECT_INTENT: return EV_INTENT;
	case EXPECT_DIFFICULTY: return EV_DIFFICULTY;
	case EXPECT_VERIFY: return EV_VERIFY;
	case EXPECT_RESTATE: return EV_RESTATE;
	case EXPECT_MARK: return EV_MARK;
	case EXPECT_SEARCH: return EV_KB_SEARCH;
	case EXPECT_OPEN: return EV_KB_OPEN;
	case EXPECT_CITE: return EV_KB_CITE;
	case EXPECT_CHOOSE: return EV_SCRIPT_VISIT;
	case EXPECT_FORM: return EV_FORM_SET;
	case EXPECT_TICKET: return EV_TICKET_CREATE;
	case EXPECT_ESCALATE: return EV_ESCALATE;
	case EXPECT_CALLBACK: return EV_CALLBACK_BOOK;
	case EXPECT_TRANSFER: return EV_TRANSFER;
	case EXPECT_HOLD: return EV_HOLD;
	case EXPECT_FAULT: return EV_FAULT_KEY;
	case EXPECT_BROADCAST: return EV_BROADCAST_ACK;
	case EXPECT_OFFER: return EV_OFFER;
	case EXPECT_DISPOSITION: return EV_DISPOSITION;
	case EXPECT_NOTE: return EV_NOTE;
	case EXPECT_EMOTION: return EV_EMOTION;
	case EXPECT_HANGUP: return EV_HANGUP;
	case EXPECT_SEAT: return EV_INJECT;
	case EXPECT_OFFLINE: return EV_TICKET_CREATE;
	case EXPECT_SAY: case EXPECT_NEVER: case EXPECT_SCRIPT: case EXPECT_WAIT: case EXPECT_LINK: break;
	}
	return EVENT_TYPES;
}

// The seat an expectation waits for, SCENARIO_NONE: none.
static size_t seat_of(const struct track *t, const struct expectation *x, enum drill_act *act)
{
	size_t seat;

	return x->what == EXPECT_SEAT && scenario_seat_act(t->s, x->value, &seat, act) ? seat : SCENARIO_NONE;
}

static bool seat_fits(const struct track *t, const struct expectation *x, const struct event *ev)
{
	enum drill_act act;
	size_t seat = seat_of(t, x, &act);

	return seat != SCENARIO_NONE && strcmp(event_get(ev, "id"), t->s->seats[seat].code) == 0 &&
	       strcmp(event_get(ev, "kind"), drill_act_code(act)) == 0 && (act != DRILL_APPROVE || t->more->approved) &&
	       (!x->words || match_words(x->words, sv(event_get(ev, "text"))));
}

static bool event_fits(const struct expectation *x, const struct track_step *st)
{
	const struct event *ev = &st->e->ev;
	const char *any = str_empty(x->value) ? "x" : NULL; // without a value any such action counts

	switch (x->what) {
	case EXPECT_CLASSIFY: return category_fits(x->value, event_get(ev, "code"));
	case EXPECT_INTENT: return value_fits(x->value, event_get(ev, "intent"));
	case EXPECT_DIFFICULTY: return value_fits(x->value, event_get(ev, "difficulty"));
	case EXPECT_VERIFY: return verify_fits(x, ev);
	case EXPECT_MARK: return value_fits(x->value, event_get(ev, "mark"));
	case EXPECT_OPEN: case EXPECT_CITE: return value_fits(x->value, event_get(ev, "id"));
	case EXPECT_CHOOSE: return choice_fits(x, st);
	case EXPECT_FORM: return form_fits(x, st);
	case EXPECT_TICKET: return ticket_fits(x, ev);
	case EXPECT_ESCALATE: return any || value_fits(x->value, event_get(ev, "kind"));
	case EXPECT_TRANSFER: return any || value_fits(x->value, event_get(ev, "target"));
	case EXPECT_FAULT: return any || value_fits(x->value, event_get(ev, "type"));
	case EXPECT_OFFER: return any || value_fits(x->value, event_get(ev, "result"));
	case EXPECT_DISPOSITION: return value_fits(x->value, event_get(ev, "code"));
	case EXPECT_NOTE: return !x->words || match_words(x->words, sv(event_get(ev, "text")));
	case EXPECT_EMOTION: return any || value_fits(x->value, event_get(ev, "class"));
	case EXPECT_HANGUP: return strcmp(event_get(ev, "side"), "customer") != 0;
	case EXPECT_ANSWER: case EXPECT_RESTATE: case EXPECT_SEARCH: case EXPECT_CALLBACK: case EXPECT_HOLD: case EXPECT_BROADCAST: return true;
	case EXPECT_SAY: case EXPECT_NEVER: case EXPECT_SCRIPT: case EXPECT_WAIT: case EXPECT_SEAT: case EXPECT_LINK: case EXPECT_OFFLINE: break;
	}
	return false;
}

static bool fits(const struct track *t, const struct expectation *x, const struct track_step *st)
{
	switch (x->what) {
	case EXPECT_SAY: return line_fits(t, x, st);
	case EXPECT_SCRIPT: return script_fits(x, st);
	case EXPECT_RESTATE:
		if (st->match)
			return x->words && track_word_fits(t, x->words, st->match->words);
		break;
	case EXPECT_SEAT: return st->e->ev.type == EV_INJECT && seat_fits(t, x, &st->e->ev);
	case EXPECT_OFFLINE: return st->e->ev.type == EV_TICKET_CREATE && track_offline_ticket(t);
	case EXPECT_NEVER: case EXPECT_WAIT: case EXPECT_LINK: return false;
	default: break;
	}
	return event_of(x->what) == (int)st->e->ev.type && event_fits(x, st);
}

// What is done for the whole station counts whatever customer is in front; the rest must be done in the customer's contact. -1: any.
static bool right_contact(const struct expectation *x, int want, int got)
{
	switch (x->what) {
	case EXPECT_SEARCH: case EXPECT_OPEN: case EXPECT_FAULT: case EXPECT_BROADCAST: case EXPECT_OFFLINE: return true;
	default: return want < 0 || got < 0 || got == want;
	}
}

// Done before it was asked for: does it stand? What was recorded stands, what was said or looked up without an aim does not.
static bool lasts(const struct expectation *x)
{
	switch (x->what) {
	case EXPECT_CLASSIFY: case EXPECT_INTENT: case EXPECT_DIFFICULTY: case EXPECT_DISPOSITION: case EXPECT_OPEN: case EXPECT_CITE:
		return !str_empty(x->value);
	case EXPECT_MARK: return str_eq(x->value, "plan") || str_eq(x->value, "confirm");
	case EXPECT_ANSWER: case EXPECT_VERIFY: case EXPECT_RESTATE: case EXPECT_SCRIPT: case EXPECT_CHOOSE: case EXPECT_FORM:
	case EXPECT_TICKET: case EXPECT_ESCALATE: case EXPECT_CALLBACK: case EXPECT_SEAT: return true;
	default: return x->from == EXPECT_FROM_ANSWER;
	}
}

// --- states

static void met(struct track *t, size_t i, int64_t at, size_t entry)
{
	struct expect_track *e = &t->expect[i];
	const struct expectation *x = t->more->x[i].x;

	e->at = at;
	e->entry = entry;
	e->state = x->within_s > 0 && at - e->since > (int64_t)x->within_s * 1000 ? EXPECT_LATE : EXPECT_MET;
}

// What one customer was told or given says nothing of the next: each contact has its own place.
static struct track_early *early_of(struct track_expectation *x, int contact)
{
	return &x->early[contact >= 0 && contact < SCENARIO_CALLERS ? contact : SCENARIO_CALLERS];
}

// The first that counts for the contact, NULL: none.
static const struct track_early *done_early(const struct track_expectation *x, int contact)
{
	const struct track_early *first = NULL;

	for (int i = 0; i <= SCENARIO_CALLERS; i++) {
		const struct track_early *d = &x->early[i];
		if (d->at >= 0 && right_contact(x->x, contact, i < SCENARIO_CALLERS ? i : -1) && (!first || d->entry < first->entry))
			first = d;
	}
	return first;
}

void track_expect_forget(struct track_expectation *x)
{
	for (int i = 0; i <= SCENARIO_CALLERS; i++)
		x->early[i].at = -1;
}

static bool drafts_by_others(const struct track *t, size_t seat)
{
	for (size_t i = 0; i < t->s->n_seats && i < SCENARIO_SEATS; i++)
		if (i != seat && t->more->seat_at[i] >= 0 &&
		    (scenario_seat_may(t->s, i, DRILL_STATEMENT) || scenario_seat_may(t->s, i, DRILL_REVIEW)))
			return true;
	return false;
}

static void open_one(struct track *t, size_t i, int contact)
{
	struct track_expectation *x = &t->more->x[i];
	struct expect_track *e = &t->expect[i];
	const struct track_caller *c = track_caller(t, contact);

	enum drill_act act;
	size_t seat = seat_of(t, x->x, &act);

	// Nobody sits there, or nobody whose drafts they could approve: nothing is expected of them.
	if (e->state != EXPECT_IDLE || (x->x->what == EXPECT_SEAT && (seat == SCENARIO_NONE || t->more->seat_at[seat] < 0 ||
								      (act == DRILL_APPROVE && !drafts_by_others(t, seat)))))
		return;
	x->contact = contact;
	e->state = EXPECT_OPEN_;
	e->since = t->t_ms;
	if (x->x->what == EXPECT_ANSWER && c && c->rang_at >= 0)
		e->since = c->rang_at;
	else if (x->x->from == EXPECT_FROM_ANSWER && contact >= 0 && t->answered_at[contact] >= 0)
		e->since = t->answered_at[contact];
	if (seat != SCENARIO_NONE && t->more->seat_at[seat] > e->since)
		e->since = t->more->seat_at[seat];
	const struct track_early *done = done_early(x, contact);
	if (done)
		met(t, i, done->at, done->entry);
}

void track_expect_beat(struct track *t, size_t beat, int contact)
{
	for (size_t i = 0; i < t->n_expect; i++)
		if (t->more->x[i].beat == beat)
			open_one(t, i, contact);
}

// Somebody takes a seat: what its turn has come for is open from now on.
static void seat_taken(struct track *t, size_t seat)
{
	enum drill_act act;

	if (t->more->seat_at[seat] < 0)
		t->more->seat_at[seat] = t->t_ms;
	for (size_t i = 0; i < t->n_expect; i++) {
		const struct track_expectation *x = &t->more->x[i];
		bool due = x->beat != SCENARIO_NONE ? t->beats[x->beat].said : x->curveball != SCENARIO_NONE && t->more->curves[x->curveball];
		// Others wait for this one, too: who approves needs somebody who drafts.
		if (due && seat_of(t, x->x, &act) != SCENARIO_NONE)
			open_one(t, i, -1);
	}
}

void track_seat(struct track *t, const struct track_step *st)
{
	size_t seat = scenario_seat(t->s, sv(event_get(&st->e->ev, "id")));

	if (seat != SCENARIO_NONE && strcmp(event_get(&st->e->ev, "kind"), "seat") == 0)
		seat_taken(t, seat);
	else {
		track_draft_entry(t, st);
		track_expect_entry(t, st);
	}
}

void track_expect_since(struct track *t, size_t beat, int64_t since)
{
	for (size_t i = 0; i < t->n_expect; i++) {
		const struct track_expectation *x = &t->more->x[i];
		struct expect_track *e = &t->expect[i];
		// Only where this very turn opened it: a second time at the beat gives no new time.
		if (x->beat == beat && e->state == EXPECT_OPEN_ && e->since == t->t_ms && x->x->what != EXPECT_ANSWER &&
		    x->x->from == EXPECT_FROM_BEAT)
			e->since = since;
	}
}

void track_expect_curve(struct track *t, size_t curve)
{
	for (size_t i = 0; i < t->n_expect; i++)
		if (t->more->x[i].curveball == curve) {
			track_expect_forget(&t->more->x[i]); // before the surprise nobody could answer it
			open_one(t, i, -1);
		}
}

static void early(struct track *t, size_t i, const struct track_step *st)
{
	struct track_expectation *x = &t->more->x[i];
	struct track_early *done = early_of(x, st->e->contact);

	if (x->beat == SCENARIO_NONE || !lasts(x->x))
		return;
	if (fits(t, x->x, st)) {
		if (done->at < 0 || x->x->what == EXPECT_CLASSIFY)
			*done = (struct track_early){.at = st->e->t_ms, .entry = st->index};
	} else if ((int)st->e->ev.type == event_of(x->x->what) &&
		   (x->x->what == EXPECT_CLASSIFY || x->x->what == EXPECT_INTENT || x->x->what == EXPECT_DIFFICULTY ||
		    x->x->what == EXPECT_DISPOSITION)) {
		done->at = -1; // it was changed to something else since
	}
}

static void missed(struct track *t, size_t i, const struct track_step *st)
{
	t->expect[i].state = EXPECT_MISSED;
	t->expect[i].at = st->e->t_ms;
	t->expect[i].entry = st->index;
}

void track_expect_entry(struct track *t, const struct track_step *st)
{
	for (size_t i = 0; i < t->n_expect; i++) {
		const struct track_expectation *x = &t->more->x[i];
		if (t->expect[i].state == EXPECT_IDLE) {
			early(t, i, st);
			continue;
		}
		if (t->expect[i].state != EXPECT_OPEN_ || !right_contact(x->x, x->contact, st->e->contact))
			continue;
		if (x->x->what == EXPECT_NEVER ? line_breaks(t, x->x, st) : x->x->what == EXPECT_WAIT && st->match)
			missed(t, i, st);
		else if (fits(t, x->x, st))
			met(t, i, st->e->t_ms, st->index);
	}
}

void track_expect_undone(struct track *t, size_t entry)
{
	for (size_t i = 0; i < t->n_expect; i++)
		for (int c = 0; c <= SCENARIO_CALLERS && t->expect[i].state == EXPECT_IDLE; c++) {
			struct track_early *done = &t->more->x[i].early[c];
			if (done->at >= 0 && done->entry == entry)
				done->at = -1;
		}
}

void track_expect_clock(struct track *t)
{
	for (size_t i = 0; i < t->n_expect; i++) {
		const struct expectation *x = t->more->x[i].x;
		struct expect_track *e = &t->expect[i];
		int64_t until = e->since + (int64_t)x->within_s * 1000;
		if (x->what != EXPECT_WAIT || e->state != EXPECT_OPEN_ || t->t_ms < until)
			continue;
		e->state = EXPECT_MET;
		e->at = until;
	}
}

void track_expect_end(struct track *t)
{
	for (size_t i = 0; i < t->n_expect; i++) {
		struct expect_track *e = &t->expect[i];
		enum expect_do what = t->more->x[i].x->what;
		if (e->state != EXPECT_OPEN_)
			continue;
		if (what == EXPECT_LINK) {
			e->state = track_linked(t, t->more->x[i].contact, t->more->x[i].x->value, &e->entry) ? EXPECT_MET : EXPECT_MISSED;
			e->at = t->t_ms;
			continue;
		}
		e->state = what == EXPECT_NEVER || what == EXPECT_WAIT ? EXPECT_MET : EXPECT_MISSED;
		if (e->state == EXPECT_MET)
			e->at = t->t_ms;
	}
}
