// SPDX-License-Identifier: MIT
// Knows which agent seat of a drill a caller rings at: who has been idle longest, and what becomes of those that wait when a seat leaves.
#include "src/practice/engine_part.h"

// Seats are numbered as in log.h. The first is always there; as long as it is alone every caller rings at it at once, however many.
static bool here(const struct engine *g, int seat)
{
	return seat == 0 || g->seats[seat].here;
}

static bool alone(const struct engine *g)
{
	for (int i = 1; i < SCENARIO_SEATS; i++)
		if (g->seats[i].here)
			return false;
	return true;
}

static int in_hand(const struct engine *g, int seat)
{
	int n = 0;

	for (int i = 0; i < g->n; i++)
		n += g->c[i].seat == seat && (g->c[i].state == CALLER_RINGING || g->c[i].state == CALLER_TALKING);
	return n;
}

// A caller does not come a second time to a seat that did not answer, or left.
static bool may_ring(const struct engine *g, int seat, int contact)
{
	return here(g, seat) && !(g->c[contact].passed >> seat & 1);
}

// The seat with nobody in hand that has had nobody for longest; -1: all are at work.
static int idle_seat(const struct engine *g, int contact)
{
	int best = -1;

	for (int i = 0; i < SCENARIO_SEATS; i++)
		if (may_ring(g, i, contact) && in_hand(g, i) == 0 && (best < 0 || g->seats[i].idle_since < g->seats[best].idle_since))
			best = i;
	return best;
}

// Where a second line is the least burden; -1: nowhere.
static int least_seat(const struct engine *g, int contact)
{
	int best = -1;

	for (int i = 0; i < SCENARIO_SEATS; i++)
		if (may_ring(g, i, contact) && (best < 0 || in_hand(g, i) < in_hand(g, best)))
			best = i;
	return best;
}

bool engine_seat_here(const struct engine *g, int seat)
{
	return seat >= 0 && here(g, seat);
}

void engine_seat_ring(struct engine *g, int contact, bool waited)
{
	const struct scenario_caller *sc = &g->s->callers[contact];
	struct caller *c = &g->c[contact];
	struct event ev = {.type = EV_RING};

	c->seat = alone(g) ? 0 : waited ? least_seat(g, contact) : idle_seat(g, contact);
	c->queue_until = c->seat < 0 && !waited ? g->now + ENGINE_QUEUE_MS : NEVER;
	if (c->seat < 0 && waited)
		return;
	event_put(&ev, "number", sc->persona.phone);
	event_put(&ev, "name", label_in(sc->persona.name, g->o.lang));
	event_put(&ev, "queue", sc->queue);
	event_put(&ev, "channel", channel_code(sc->channel));
	engine_emit_at(g, contact, LOG_ENGINE, c->seat, &ev);
}

// Who waits for longest and can ring somewhere now; -1: nobody.
static int next_waiting(const struct engine *g)
{
	int next = -1;

	for (int i = 0; i < g->n; i++)
		if (g->c[i].state == CALLER_RINGING && g->c[i].seat < 0 && idle_seat(g, i) >= 0 &&
		    (next < 0 || g->c[i].give_up_at < g->c[next].give_up_at))
			next = i;
	return next;
}

void engine_seat_give(struct engine *g)
{
	for (int next = next_waiting(g); next >= 0; next = next_waiting(g))
		engine_seat_ring(g, next, false);
}

bool engine_seat_pass(struct engine *g, int contact)
{
	struct caller *c = &g->c[contact];

	if (alone(g) || c->seat < 0)
		return false;
	c->passed |= 1u << c->seat;
	if (least_seat(g, contact) < 0)
		return false;
	engine_seat_idle(g, c->seat);
	engine_seat_ring(g, contact, false);
	return true;
}

void engine_seat_idle(struct engine *g, int seat)
{
	if (seat >= 0 && in_hand(g, seat) == 0)
		g->seats[seat].idle_since = g->now;
}

void engine_seat_in(struct engine *g, int seat)
{
	if (seat <= 0 || g->seats[seat].here)
		return;
	g->seats[seat] = (struct engine_seat){.here = true};
	engine_seat_idle(g, seat);
}

// Whoever still rings there rings elsewhere; whoever is on the line there hears nobody until the seat comes back.
void engine_seat_out(struct engine *g, int seat)
{
	if (seat <= 0 || !g->seats[seat].here)
		return;
	g->seats[seat].here = false;
	for (int i = 0; i < g->n; i++) {
		struct caller *c = &g->c[i];
		bool was = c->seat == seat;
		if (c->state != CALLER_RINGING || (!was && !(c->seat < 0 && alone(g))))
			continue;
		c->passed |= was ? 1u << seat : 0;
		// The first seat has let it ring already: it is alone with that.
		if (alone(g) && c->passed & 1)
			c->passed &= ~1u;
		engine_seat_ring(g, i, false);
	}
}
