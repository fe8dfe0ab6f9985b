// SPDX-License-Identifier: MIT
// Knows what the people at the stations do: each deed one commit, remembered from the moment it is saved.
#include "tests/sync/sim.h"

static const char *view_text(const struct station *s, const char *e, const char *field, char out[48])
{
	json_t *v = memstore_view(&s->m, "ticket", e);
	const char *text = json_string_value(json_object_get(v, field));

	snprintf(out, 48, "%s", text ? text : "");
	json_decref(v);
	return text ? out : NULL;
}

static const char *base_text(const struct station *s, const char *e, const char *field, char out[48])
{
	const struct mem_row *r = memstore_row(&s->m, "ticket", e);
	const char *text = r ? json_string_value(json_object_get(r->d, field)) : NULL;

	snprintf(out, 48, "%s", text ? text : "");
	return text ? out : NULL;
}

static void value(struct world *w, const struct station *s, char out[48])
{
	snprintf(out, 48, "s%d-%lld", s->i, (long long)++w->serial);
}

// The ticket as this station sees it, in a queue; NULL: none of those it has.
static const char *any_ticket(struct world *w, struct station *s, char stream[64])
{
	for (int tries = 0; tries < 6 && w->tickets.n; tries++) {
		const char *e = w->tickets.v[sim_between(w, 0, (int64_t)w->tickets.n - 1)];
		json_t *v = memstore_view(&s->m, "ticket", e);
		const struct mem_row *r = memstore_row(&s->m, "ticket", e);
		const char *q = json_string_value(json_object_get(v, "queue_code"));
		if (q)
			snprintf(stream, 64, "q/%s", q);
		if (r) // where it stands, whatever is to become of it
			snprintf(stream, 64, "%s", r->s);
		json_decref(v);
		if (q)
			return e;
	}
	return NULL;
}

static void base_of(const struct station *s, const char *e, char out[64])
{
	const struct mem_row *r = memstore_row(&s->m, "ticket", e);
	const struct mem_stream *st = r ? memstore_stream(&s->m, r->s) : NULL;

	out[0] = 0;
	if (st)
		wire_cursor_print((struct wire_cursor){st->epoch, r->rev}, out, 64);
}

// One commit. A crash before it: nothing was saved, nothing is remembered.
static void commit(struct world *w, struct station *s, struct deed_op *d, const char *k, const char *stream, json_t *body)
{
	char base[64], *text = json_dumps(body, JSON_COMPACT);

	json_decref(body);
	sim_id(w, d->id);
	base_of(s, d->e, base);
	memstore_begin(&s->m);
	d->n = memstore_add(&s->m, d->id, k, str_eq(k, "broadcast.new") ? "broadcast" : "ticket", d->e, stream,
			    base[0] && d->deed != DEED_NEW ? base : NULL, text, w->now);
	bool crash = sim_chance(w, w->f.crash_work);
	if (crash && sim_chance(w, 0.5)) {
		memstore_rollback(&s->m);
	} else {
		if (d->deed == DEED_ROTTEN)
			s->m.now.outbox.v[s->m.now.outbox.n - 1].op->h[3] ^= 1;
		memstore_commit(&s->m);
		d->station = s->i;
		vec_push(&w->deeds, *d);
		w->r->ops++;
		sim_trace(w, "station %d saves %lld %s %s base %s %s", s->i, (long long)d->n, k, d->e, base, text);
	}
	free(text);
	if (crash)
		station_crash(w, s);
}

static void new_ticket(struct world *w, struct station *s)
{
	struct deed_op d = {.deed = DEED_NEW, .field = "title"};
	char q[4] = {(char)('a' + sim_between(w, 0, w->n_queues - 1)), 0}, stream[64];

	while (!(s->queues & (1u << (q[0] - 'a'))))
		q[0] = (char)('a' + sim_between(w, 0, w->n_queues - 1));
	sim_id(w, d.e);
	value(w, s, d.value);
	snprintf(stream, sizeof(stream), "q/%s", q);
	size_t before = w->deeds.n;
	commit(w, s, &d, "ticket.new", stream,
	       json_pack("{s:s, s:s, s:s, s:i, s:i}", "title", d.value, "queue_code", q, "state", "new", "priority", 3, "touches",
			 0));
	if (w->deeds.n > before)
		vec_push(&w->tickets, xstrdup(d.e));
}

static void set_text(struct world *w, struct station *s, const char *e, const char *stream, const char *field)
{
	struct deed_op d = {.deed = DEED_TEXT, .field = field};
	json_t *was = json_object();

	snprintf(d.e, sizeof(d.e), "%s", e);
	value(w, s, d.value);
	d.had_was = view_text(s, e, field, d.was) != NULL;
	d.had_base = base_text(s, e, field, d.base) != NULL;
	json_object_set_new(was, field, d.had_was ? json_string(d.was) : json_null());
	commit(w, s, &d, "ticket.set", stream, json_pack("{s:{s:s}, s:o}", "set", field, d.value, "was", was));
	if (!s->up)
		return;
	char now[48];
	if (!str_eq(view_text(s, e, field, now), d.value) && w->deeds.n && str_eq(w->deeds.v[w->deeds.n - 1].id, d.id))
		sim_violate(w, "station %d does not see what it has just written", s->i);
}

static void move(struct world *w, struct station *s, const char *e, const char *stream)
{
	struct deed_op d = {.deed = DEED_MOVE, .field = "queue_code"};
	char q[4] = {(char)('a' + sim_between(w, 0, w->n_queues - 1)), 0};

	snprintf(d.e, sizeof(d.e), "%s", e);
	snprintf(d.value, sizeof(d.value), "%s", q);
	d.had_was = view_text(s, e, "queue_code", d.was) != NULL;
	commit(w, s, &d, "ticket.set", stream, json_pack("{s:{s:s}, s:{s:s}}", "set", "queue_code", q, "was", "queue_code", d.was));
}

static void other(struct world *w, struct station *s, const char *e, const char *stream, int64_t kind)
{
	struct deed_op d = {0};

	snprintf(d.e, sizeof(d.e), "%s", e);
	value(w, s, d.value);
	if (kind < 8) {
		d.deed = DEED_NOTE;
		commit(w, s, &d, "ticket.note", stream, json_pack("{s:s}", "text", d.value));
	} else if (kind < 15) {
		d.deed = DEED_INC;
		commit(w, s, &d, "ticket.element", stream, json_pack("{s:{s:i}}", "inc", "touches", 1));
	} else if (kind < 18) {
		d.deed = DEED_TAG;
		commit(w, s, &d, "ticket.element", stream, json_pack("{s:{s:[s]}}", "add", "tags", d.value));
	} else if (kind < 19) {
		d.deed = DEED_POISON;
		commit(w, s, &d, "ticket.nonsense", stream, json_pack("{s:s}", "text", d.value));
	} else if (w->f.spoil) {
		d.deed = DEED_ROTTEN;
		commit(w, s, &d, "ticket.note", stream, json_pack("{s:s}", "text", d.value));
	} else {
		d.deed = DEED_RANK;
		commit(w, s, &d, "ticket.set", stream,
		       json_pack("{s:{s:i}, s:{s:i}}", "set", "priority", (int)sim_between(w, 1, 4), "was", "priority", 3));
	}
}

static void broadcast(struct world *w, struct station *s)
{
	struct deed_op d = {.deed = DEED_BROADCAST};

	sim_id(w, d.e);
	value(w, s, d.value);
	commit(w, s, &d, "broadcast.new", "bc/" SIM_SITE, json_pack("{s:s, s:s}", "kind", "notice", "title", d.value));
}

static void act(struct world *w, struct station *s)
{
	int64_t kind = sim_between(w, 0, 99);
	char stream[64] = "";
	const char *e = any_ticket(w, s, stream);

	if (!e || kind < 10)
		new_ticket(w, s);
	else if (kind < 45)
		set_text(w, s, e, stream, "title");
	else if (kind < 58)
		set_text(w, s, e, stream, "description");
	else if (kind < 70)
		move(w, s, e, stream);
	else if (kind < 72 && !s->i)
		broadcast(w, s);
	else
		other(w, s, e, stream, sim_between(w, 0, 20));
}

void work_event(struct world *w, struct event *ev)
{
	struct station *s = &w->st[sim_between(w, 0, w->n_stations - 1)];

	(void)ev;
	for (int tries = 0; !s->up && tries < 8; tries++)
		s = &w->st[sim_between(w, 0, w->n_stations - 1)];
	if (!s->up)
		return;
	for (int64_t n = sim_chance(w, 0.2) ? sim_between(w, 2, 6) : 1; n > 0 && s->up; n--)
		act(w, s);
	if (s->up)
		station_run(w, s);
}

// Some of it before anything is connected, the most of it while things go wrong, a little after the heal.
void work_schedule(struct world *w)
{
	int64_t n = sim_between(w, 8, 30 + 3 * w->n_stations);

	for (int64_t i = 0; i < n; i++)
		sim_at(w, sim_between(w, 1, w->heal_at), work_event, 0, 0, 0, NULL);
	for (int i = 0; i < 2; i++)
		sim_at(w, sim_between(w, w->heal_at + 1, w->heal_at + 20000), work_event, 0, 0, 0, NULL);
}
