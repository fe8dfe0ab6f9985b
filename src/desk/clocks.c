// SPDX-License-Identifier: MIT
// Knows how the clocks of a contact start, pause, stop and show.
#include "src/desk/clocks.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"

static const struct kind_row clock_rows[] = {
	[CALL_A20] = {"a20", N_("answer")},
	[CALL_T5] = {"t5", N_("acknowledge")},
	[CALL_C20] = {"c20", N_("classify")},
	[CALL_T30] = {"t30", N_("plan")},
	[CALL_T180] = {"t180", N_("confirm")},
};
KIND_DEFINE(call_clock, clock_rows)

static const struct kind_row step_rows[] = {
	[STEP_LISTEN] = {"listen", N_("Listen")},
	[STEP_RESTATE] = {"restate", N_("Restate")},
	[STEP_CLASSIFY] = {"classify", N_("Classify")},
	[STEP_SOLVE] = {"solve", N_("Solve")},
};
KIND_DEFINE(step, step_rows)

static const int64_t default_ms[CALL_CLOCKS] = {
	[CALL_A20] = 20000, [CALL_T5] = 5000, [CALL_C20] = 20000, [CALL_T30] = 30000, [CALL_T180] = 180000};

void clocks_start(struct call_clocks *c, enum call_clock which, int64_t at)
{
	struct clock_span *s = &c->c[which];

	if (!s->started || at < s->start)
		s->start = at;
	s->started = true;
}

void clocks_stop(struct call_clocks *c, enum call_clock which, int64_t at)
{
	struct clock_span *s = &c->c[which];

	if (!s->started || (c->ended && at > c->ended_at))
		return;
	if (at < s->start)
		at = s->start;
	if (!s->stopped || at < s->stop)
		s->stop = at;
	s->stopped = true;
}

static void start_talk(struct call_clocks *c, int64_t at)
{
	clocks_start(c, CALL_T5, at);
	clocks_start(c, CALL_C20, at);
	clocks_start(c, CALL_T30, at);
	clocks_start(c, CALL_T180, at);
}

void clocks_ring(struct call_clocks *c, int64_t at)
{
	clocks_start(c, CALL_A20, at);
}

void clocks_answer(struct call_clocks *c, int64_t at)
{
	clocks_stop(c, CALL_A20, at);
	if (!c->c[CALL_T5].started) // called back after a line fault: the clocks of the first connection go on
		start_talk(c, at);
}

void clocks_customer_message(struct call_clocks *c, int64_t at)
{
	if (!c->c[CALL_T5].started)
		start_talk(c, at);
}

void clocks_agent_line(struct call_clocks *c, int64_t at)
{
	clocks_stop(c, CALL_A20, at);
	clocks_stop(c, CALL_T5, at);
}

void clocks_hold(struct call_clocks *c, int64_t at)
{
	if (c->holding || c->ended)
		return;
	c->holding = true;
	c->hold_since = at;
}

// Hold counts for T180 only from its start to its stop.
static int64_t hold_part(const struct call_clocks *c, int64_t until)
{
	const struct clock_span *s = &c->c[CALL_T180];
	int64_t from = c->hold_since > s->start ? c->hold_since : s->start;

	if (!c->holding || !s->started)
		return 0;
	if (s->stopped && until > s->stop)
		until = s->stop;
	return until > from ? until - from : 0;
}

void clocks_resume(struct call_clocks *c, int64_t at)
{
	c->held_ms += hold_part(c, at);
	c->holding = false;
}

void clocks_set_difficulty(struct call_clocks *c, enum difficulty d)
{
	c->hard = d == DIFFICULTY_HARD;
}

void clocks_handed_over(struct call_clocks *c, int64_t at)
{
	if (c->hard)
		clocks_stop(c, CALL_T180, at);
}

void clocks_end(struct call_clocks *c, int64_t at)
{
	if (c->ended)
		return;
	if (c->holding)
		clocks_resume(c, at);
	c->ended = true;
	c->ended_at = at;
}

void clocks_view(const struct call_clocks *c, enum call_clock which, int64_t now, struct clock_view *out)
{
	const struct clock_span *s = &c->c[which];
	int64_t until = s->stopped ? s->stop : c->ended ? c->ended_at : now;

	*out = (struct clock_view){.stopped = s->stopped,
		.limit_ms = c->limit_ms[which] ? c->limit_ms[which] : default_ms[which]};
	if (!s->started)
		return;
	out->elapsed_ms = until > s->start ? until - s->start : 0;
	if (which == CALL_T180) {
		out->elapsed_ms -= c->held_ms + hold_part(c, until);
		if (out->elapsed_ms < 0)
			out->elapsed_ms = 0;
	}
	if (out->elapsed_ms > out->limit_ms || (c->ended && !s->stopped))
		out->state = CLOCK_MISSED;
	else if (s->stopped)
		out->state = CLOCK_MET;
	else if (out->elapsed_ms * 100 >= out->limit_ms * 75)
		out->state = CLOCK_NEAR;
	else
		out->state = CLOCK_RUNNING;
}

double clocks_credit(const struct clock_view *v)
{
	if (!v->stopped || v->limit_ms <= 0)
		return 0;
	double share = 2.0 - (double)v->elapsed_ms / (double)v->limit_ms;
	return share > 1 ? 1 : share < 0 ? 0 : share;
}

void steps_view(const struct step_facts *f, struct step_bar *out)
{
	bool done[STEPS] = {
		[STEP_LISTEN] = f->need_lines > 0 || f->connected_ms >= 5000,
		[STEP_RESTATE] = f->restate_confirmed &&
			utf8_count(sv_trim(f->restate_text)) >= STEP_RESTATE_MIN_CHARS,
		[STEP_CLASSIFY] = f->category_set,
		[STEP_SOLVE] = f->solution_text || f->ticket_or_transfer,
	};
	int last = -1;
	bool now_given = f->ended;

	*out = (struct step_bar){0};
	for (int i = 0; i < STEPS; i++) {
		if (done[i])
			last = i;
	}
	for (int i = 0; i < STEPS; i++) {
		if (done[i]) {
			out->s[i] = STEP_DONE;
		} else if (i < last || f->ended) {
			out->s[i] = STEP_SKIPPED;
		} else if (!now_given) {
			out->s[i] = STEP_NOW;
			now_given = true;
		}
	}
	out->stage_skipped = out->s[STEP_RESTATE] == STEP_SKIPPED;
	out->solve_before_classify = done[STEP_SOLVE] && !done[STEP_CLASSIFY];
}

struct comfort comfort_now(const struct comfort_limits *l, enum call_state s, int64_t hold_ms, int64_t silence_ms, int emotion)
{
	static const struct comfort_limits usual = {30000, 60000, 120000, 20000};
	struct comfort c = {0};

	if (!l || !l->first)
		l = &usual;
	if (s == CALL_ON_HOLD) {
		c.hold = hold_ms > l->call_back ? COMFORT_HOLD_CALL_BACK :
			hold_ms > l->again ? COMFORT_HOLD_AGAIN :
			hold_ms > l->first ? COMFORT_HOLD_FIRST : COMFORT_HOLD_NONE;
	}
	c.speak = s == CALL_CONNECTED && silence_ms > l->silence;
	c.empathy = call_is_live(s) && emotion >= 2;
	return c;
}

const char *comfort_hold_text(enum comfort_hold h)
{
	switch (h) {
	case COMFORT_HOLD_NONE:
		return "";
	case COMFORT_HOLD_FIRST:
		return _("On hold for some time: go back and say that you are still working on it");
	case COMFORT_HOLD_AGAIN:
		return _("Still on hold: go back again, thank the customer for waiting and say how long it takes");
	case COMFORT_HOLD_CALL_BACK:
		return _("On hold for very long: offer to call back (M-k books it)");
	}
	return "";
}
