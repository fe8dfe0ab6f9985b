// SPDX-License-Identifier: MIT
// Knows what can be asked of a running session, and how a transcript is played from start to end.
#include "src/practice/engine_part.h"

const struct practice_log *engine_log(const struct engine *g)
{
	return &g->log;
}

const struct track *engine_track(const struct engine *g)
{
	return &g->track;
}

bool engine_over(const struct engine *g)
{
	return g->over;
}

int engine_seat_of(const struct engine *g, int contact)
{
	return contact < 0 || contact >= g->n || g->c[contact].state == CALLER_LATER ? -1 : g->c[contact].seat;
}

// Something the agent can do: not something to leave undone.
static bool to_do(const struct engine *g, size_t i, const struct expectation *x)
{
	return g->track.expect[i].state == EXPECT_OPEN_ && x->what != EXPECT_NEVER && x->what != EXPECT_WAIT;
}

const struct expectation *engine_hint(const struct engine *g, int contact)
{
	const struct expectation *of_curve = NULL;
	size_t beat, curve;

	if (contact < 0 || contact >= g->n)
		return NULL;
	for (size_t i = 0; i < g->track.n_expect; i++) {
		const struct expectation *x = scenario_expectation(g->s, i, &beat, &curve);
		if (!to_do(g, i, x))
			continue;
		if (beat != SCENARIO_NONE && beat == g->track.beat[contact])
			return x;
		if (curve != SCENARIO_NONE && !of_curve)
			of_curve = x;
	}
	return of_curve;
}

size_t engine_cards(const struct engine *g, int contact, const struct reply_card **out, size_t cap)
{
	size_t n = 0;

	if (!engine_live(g, contact))
		return 0;
	for (size_t i = 0; i < g->s->n_cards && n < cap; i++) {
		const struct reply_card *c = &g->s->cards[i];
		if (c->beat == SCENARIO_NONE || c->beat == g->track.beat[contact])
			out[n++] = c;
	}
	return n;
}

static bool alike(const struct log_entry *a, const struct log_entry *b)
{
	return a->who == b->who && a->contact == b->contact && a->seat == b->seat && a->t_ms == b->t_ms && a->ev.type == b->ev.type &&
	       strcmp(event_get(&a->ev, "text"), event_get(&b->ev, "text")) == 0;
}

bool engine_follow(struct engine *g, size_t index, const struct log_entry *e)
{
	if (index >= g->log.v.n && (e->who == LOG_AGENT || e->who == LOG_TRAINER))
		engine_put(g, e);
	else if (index >= g->log.v.n)
		engine_tick(g, e->t_ms);
	return index < g->log.v.n && alike(&g->log.v.v[index], e);
}

void engine_play(const struct engine_options *o, const struct practice_log *in, struct practice_log *out)
{
	struct engine *g = engine_new(o);

	g->log.mode = in->mode;
	for (size_t i = 0; i < in->v.n; i++)
		if (in->v.v[i].who == LOG_AGENT || in->v.v[i].who == LOG_TRAINER)
			engine_put(g, &in->v.v[i]);
	for (int64_t due = engine_due(g); due >= 0; due = engine_due(g))
		engine_tick(g, due);
	*out = g->log;
	g->log = (struct practice_log){0};
	engine_free(g);
}
