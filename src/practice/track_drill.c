// SPDX-License-Identifier: MIT
// Knows what a drill adds to the state of a session: drafts that seats hand in and approve, tickets numbered while the hub is away, and
// whether everything is linked to the incident.
#include "src/desk/number.h"
#include "src/practice/track_part.h"

// --- drafts: a statement or a review, until somebody else approves it

const struct track_draft *track_draft(const struct track *t, int64_t n)
{
	for (size_t i = 0; i < t->drafts.n; i++)
		if (t->drafts.v[i].n == n)
			return &t->drafts.v[i];
	return NULL;
}

bool track_may_approve(const struct track *t, size_t seat, int64_t n)
{
	const struct track_draft *d = track_draft(t, n);

	return d && d->approver == SCENARIO_NONE && d->seat != seat && scenario_seat_may(t->s, seat, DRILL_APPROVE);
}

bool track_waits(const struct track *t, size_t author)
{
	for (size_t i = 0; i < t->s->n_seats && i < SCENARIO_SEATS; i++)
		if (i != author && t->more->seat_at[i] >= 0 && scenario_seat_may(t->s, i, DRILL_APPROVE))
			return true;
	return false;
}

static void approve(struct track *t, size_t seat, const struct event *ev)
{
	int64_t n = event_get_int(ev, "value", 0);

	t->more->approved = track_may_approve(t, seat, n);
	for (size_t i = 0; t->more->approved && i < t->drafts.n; i++)
		if (t->drafts.v[i].n == n)
			t->drafts.v[i].approver = seat;
}

void track_draft_entry(struct track *t, const struct track_step *st)
{
	const struct event *ev = &st->e->ev;
	size_t seat = scenario_seat(t->s, sv(event_get(ev, "id")));
	enum drill_act act;

	t->more->approved = false;
	if (seat == SCENARIO_NONE || !drill_act_parse(sv(event_get(ev, "kind")), &act) || !scenario_seat_may(t->s, seat, act))
		return;
	if (act == DRILL_APPROVE)
		approve(t, seat, ev);
	else if (act == DRILL_STATEMENT || act == DRILL_REVIEW)
		vec_push(&t->drafts, ((struct track_draft){.n = (int64_t)st->index + 1, .seat = seat, .act = act, .text = xstrdup(event_get(ev, "text")),
							   .approver = SCENARIO_NONE}));
}

void track_drafts_free(struct track *t)
{
	for (size_t i = 0; i < t->drafts.n; i++)
		free(t->drafts.v[i].text);
	vec_release(&t->drafts);
}

// --- tickets without the hub

void track_hub(struct track *t, const struct curveball *c, bool down)
{
	if (c->kind == CURVE_SYSTEM_DOWN && str_eq(c->target, "hub"))
		t->more->hub_down = down;
}

static bool follows(const struct number *a, const struct number *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day && strcmp(a->station, b->station) == 0 && b->counter == a->counter + 1;
}

// The ticket of an agent seat continues its series: the next counter of the same station and day.
void track_ticket(struct track *t, const struct track_step *st)
{
	int seat = st->e->seat >= 0 && st->e->seat < SCENARIO_SEATS ? st->e->seat : 0;
	struct track_series *last = &t->more->series[seat];
	struct number n;
	struct err e = {0};
	bool reads = number_parse(sv(event_get(&st->e->ev, "no")), &n, &e) && n.kind == NUMBER_TICKET;

	t->more->offline_ticket = reads && t->more->hub_down && (!last->known || follows(&last->number, &n));
	if (reads)
		*last = (struct track_series){.known = true, .number = n};
	if (st->c) {
		st->c->tickets++;
		st->c->ticket = st->index;
	}
}

bool track_offline_ticket(const struct track *t)
{
	return t->more->offline_ticket;
}

// --- linked to the incident

#define LINKED "INC_LINK"

bool track_linked(const struct track *t, int contact, const char *value, size_t *entry)
{
	const char *want = str_empty(value) ? LINKED : value;
	const struct track_caller *own = track_caller(t, contact);
	int n = own != NULL;

	*entry = SCENARIO_NONE;
	if (own && !str_eq(own->facts.disposition, want))
		return false;
	for (int i = 0; i < SCENARIO_CALLERS; i++) {
		const struct track_caller *c = &t->more->c[i];
		if (!c->tickets)
			continue;
		n++;
		*entry = c->ticket;
		if (!str_eq(c->facts.disposition, want))
			return false;
	}
	return n > 0;
}
