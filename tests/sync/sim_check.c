// SPDX-License-Identifier: MIT
// Knows what must hold when all is quiet again: every deed told once, nobody's words lost, every station with the hub's rows.
#include "src/hub/store_internal.h"
#include "tests/sync/sim.h"

void check_drained(struct world *w, struct event *ev)
{
	(void)ev;
	for (int i = 0; i < w->n_stations; i++) {
		struct station *s = &w->st[i];
		size_t unsent = memstore_unsent(&s->m);
		if (unsent) {
			sim_violate(w, "station %d has %zu operations unsent a minute after the heal", i, unsent);
			return;
		}
		if (s->drained_at - w->heal_at > w->r->drained)
			w->r->drained = s->drained_at - w->heal_at;
	}
}

// --- a station against the hub

struct compare {
	struct world *w;
	struct station *s;
	struct actor who;
	const char *stream;
	int64_t rows;
};

static bool compare_row(void *arg, const struct hub_feed_row *row)
{
	struct compare *c = arg;
	const struct hub_ent *ent = &row->ent;

	if (ent->gone)
		return true;
	c->rows++;
	const struct mem_row *own = memstore_row(&c->s->m, ent->t, ent->e);
	json_t *d = rights_mask(&c->who, ent->t, ent->d);
	if (!own || !str_eq(own->s, c->stream) || own->rev != ent->rev)
		sim_violate(c->w, "station %d: %s %s of %s is at revision %lld in %s instead of %lld", c->s->i, ent->t, ent->e,
			    c->stream, (long long)(own ? own->rev : 0), own ? own->s : "nothing", (long long)ent->rev);
	else if (!json_equal(own->d, d))
		sim_violate(c->w, "station %d: %s %s is not what the hub has", c->s->i, ent->t, ent->e);
	json_decref(d);
	return !c->w->over;
}

static bool compare_stream(struct hub_tx *tx, struct compare *c, struct err *e)
{
	const char *site = wire_stream_is_global(c->stream) ? WIRE_GLOBAL_SITE : SIM_SITE;
	const struct mem_stream *own = memstore_stream(&c->s->m, c->stream);
	struct hub_stream st;
	int64_t at, n, own_n;
	uint64_t x, own_x;

	if (!hub_stream_get(tx, site, c->stream, &st, e))
		return false;
	if (!own || own->epoch != st.epoch || own->seq != st.seq) {
		sim_violate(c->w, "station %d stands at %lld:%lld of %s instead of %lld:%lld", c->s->i,
			    (long long)(own ? own->epoch : -1), (long long)(own ? own->seq : -1), c->stream, (long long)st.epoch,
			    (long long)st.seq);
		return true;
	}
	c->rows = 0;
	if (!hub_feed(tx, site, c->stream, 0, 100000, SIZE_MAX / 2, compare_row, c, e) ||
	    !hub_digest(tx, site, c->stream, &at, &n, &x, e))
		return false;
	memstore_digest(&c->s->m, c->stream, &own_n, &own_x);
	if (own_n != n || own_x != x || c->rows != n)
		sim_violate(c->w, "station %d: %lld rows of %s instead of %lld", c->s->i, (long long)own_n, c->stream,
			    (long long)n);
	return true;
}

static bool compare_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct compare *c = arg;
	const char **streams;
	size_t n;

	if (!actor_load(tx, SIM_SITE, c->s->agent, &c->who, hub_arena(tx), e) ||
	    !actor_streams(tx, &c->who, &streams, &n, hub_arena(tx), e))
		return false;
	for (size_t i = 0; i < n && !c->w->over; i++) {
		c->stream = streams[i];
		if (!compare_stream(tx, c, e))
			return false;
	}
	if (c->s->m.now.streams.n != n)
		sim_violate(c->w, "station %d has %zu streams instead of %zu", c->s->i, c->s->m.now.streams.n, n);
	return true;
}

static void check_station(struct world *w, struct station *s)
{
	struct compare c = {.w = w, .s = s};
	struct link_view v;
	struct err e = {0};

	if (!hub_run(w->store, HUB_READ, compare_body, &c, &e))
		sim_violate(w, "%s", e.msg);
	for (size_t i = 0; i < s->m.now.outbox.n; i++) {
		const struct mem_out *o = &s->m.now.outbox.v[i];
		if (o->st == OUTBOX_QUEUED || o->st == OUTBOX_SENDING || o->st == OUTBOX_ACKED)
			sim_violate(w, "station %d: operation %lld is still %s: %s", s->i, (long long)o->op->n,
				    outbox_state_name(o->st), o->answer ? o->answer : "");
	}
	link_look(s->link, &v);
	if (v.state != LINK_ONLINE)
		sim_violate(w, "station %d is %s in the end", s->i, link_state_code(v.state));
}

// --- deeds against the hub

struct told_text { // what stood in a text field after a revision
	const char *value, *op;
};
struct story {
	struct world *w;
	const char *field;
	VEC(struct told_text) v;
	struct arena *a;
};

static bool read_text(void *arg, const struct hub_ent *ent)
{
	struct story *s = arg;

	vec_push(&s->v, ((struct told_text){.value = arena_strdup(s->a, json_string_value(json_object_get(ent->d, s->field)))}));
	return true;
}

static bool read_ops(struct hub_tx *tx, const char *e, struct story *s, struct err *err)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select op from ent_hist where site = $1 and t = 'ticket' and e = $2 order by rev");

	sql_bind_text(st, SIM_SITE);
	sql_bind_text(st, e);
	for (size_t i = 0; sql_row(st) && i < s->v.n; i++)
		s->v.v[i].op = sql_text(st, 0, s->a);
	return sql_end(st, err);
}

static const struct deed_op *deed_of(const struct world *w, const char *op)
{
	for (size_t i = 0; op && i < w->deeds.n; i++)
		if (str_eq(w->deeds.v[i].id, op))
			return &w->deeds.v[i];
	return NULL;
}

// Whoever replaced a text had it before their eyes: in what they saw, or in the row that was based on.
static void check_replaced(struct world *w, const char *e, const struct story *s)
{
	const char *before = NULL;

	for (size_t i = 0; i < s->v.n; i++) {
		const char *now = s->v.v[i].value;
		const struct deed_op *d = str_eq(now, before) ? NULL : deed_of(w, s->v.v[i].op);
		bool saw = !before || (d && d->deed == DEED_TEXT &&
				       ((d->had_was && str_eq(d->was, before)) || (d->had_base && str_eq(d->base, before))));
		if (!str_eq(now, before) && (!d || !now || !str_eq(d->value, now) || !str_eq(d->field, s->field) || !saw))
			sim_violate(w, "%s of ticket %s: \"%s\" is overwritten with \"%s\" by %s, who saw \"%s\"", s->field, e,
				    before ? before : "", now ? now : "", d ? d->id : "nobody", d ? d->was : "");
		before = now;
	}
}

struct conflicts {
	struct hub_tx *tx;
	struct str text; // all revisions of all conflicts, for looking up values that are unlike any other text
	VEC(char *) ids;
};

static bool list_conflict(void *arg, const struct hub_ent *ent)
{
	struct conflicts *c = arg;

	vec_push(&c->ids, xstrdup(ent->e));
	return true;
}

static bool add_conflict(void *arg, const struct hub_ent *ent)
{
	struct conflicts *c = arg;
	char *text = json_dumps(ent->d, JSON_COMPACT);

	str_add(&c->text, text);
	free(text);
	return true;
}

static bool read_conflicts(struct hub_tx *tx, struct conflicts *c, struct err *e)
{
	bool ok = hub_list(tx, SIM_SITE, "conflict", NULL, 100000, list_conflict, c, e);

	for (size_t i = 0; ok && i < c->ids.n; i++)
		ok = hub_history(tx, SIM_SITE, "conflict", c->ids.v[i], add_conflict, c, e);
	return ok;
}

static bool in_conflict(const struct conflicts *c, const char *value)
{
	char quoted[60];

	snprintf(quoted, sizeof(quoted), "\"%s\"", value);
	return c->text.n && strstr(str_z(&c->text), quoted);
}

// Somebody who saw it wrote something else instead.
static bool was_replaced(const struct world *w, const struct deed_op *d)
{
	for (size_t i = 0; i < w->deeds.n; i++) {
		const struct deed_op *x = &w->deeds.v[i];
		const struct mem_out *o = memstore_op(&w->st[x->station].m, x->n);
		if (x->deed == DEED_TEXT && str_eq(x->e, d->e) && str_eq(x->field, d->field) && o && o->st != OUTBOX_REJECTED &&
		    ((x->had_was && str_eq(x->was, d->value)) || (x->had_base && str_eq(x->base, d->value))))
			return true;
	}
	return false;
}

static bool text_survives(struct hub_tx *tx, struct world *w, const struct deed_op *d, const struct conflicts *c, struct err *e)
{
	struct story s = {.w = w, .field = d->field, .a = hub_arena(tx)};
	bool found = in_conflict(c, d->value), ok = found || hub_history(tx, SIM_SITE, "ticket", d->e, read_text, &s, e);

	for (size_t i = 0; i < s.v.n; i++)
		found = found || str_eq(s.v.v[i].value, d->value);
	vec_release(&s.v);
	if (ok && !found && !was_replaced(w, d))
		sim_violate(w, "%s \"%s\" of ticket %s, operation %lld of station %d, is nowhere", d->field, d->value, d->e,
			    (long long)d->n, d->station);
	return ok;
}

static bool has_tag(const struct hub_ent *ent, const char *tag)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(ent->d, "tags"), i, v) if (str_eq(json_string_value(v), tag)) return true;
	return false;
}

static bool check_kept(struct hub_tx *tx, struct world *w, const struct deed_op *d, const struct conflicts *c, struct err *e)
{
	const struct hub_ent *ent;

	switch (d->deed) {
	case DEED_NEW:
	case DEED_TEXT:
		return text_survives(tx, w, d, c, e);
	case DEED_NOTE:
	case DEED_TAG:
		if (!hub_get(tx, SIM_SITE, d->deed == DEED_NOTE ? "note" : "ticket", d->deed == DEED_NOTE ? d->id : d->e, &ent, e))
			return false;
		if (!ent || (d->deed == DEED_TAG && !has_tag(ent, d->value)))
			sim_violate(w, "\"%s\" on ticket %s, operation %lld of station %d, is nowhere", d->value, d->e,
				    (long long)d->n, d->station);
		return true;
	case DEED_BROADCAST:
		if (!hub_get(tx, SIM_SITE, "broadcast", d->e, &ent, e))
			return false;
		if (!ent)
			sim_violate(w, "broadcast %s is nowhere", d->e);
		return true;
	case DEED_POISON:
		sim_violate(w, "an operation of no known kind is accepted");
		return true;
	case DEED_MOVE:
	case DEED_INC:
	case DEED_RANK:
	case DEED_ROTTEN:
		return true;
	}
	return true;
}

// What became of it at its station, and that the hub has it.
static bool check_deed(struct hub_tx *tx, struct world *w, const struct deed_op *d, const struct conflicts *c, bool *counted,
		       struct err *e)
{
	const struct mem_out *o = memstore_op(&w->st[d->station].m, d->n);
	struct wire_answer a = {0};
	json_t *j = o && o->answer ? json_loads(o->answer, 0, NULL) : NULL;
	bool ok = true;

	*counted = false;
	if (!o || !str_eq(o->op->id, d->id)) {
		sim_violate(w, "operation %lld of station %d is gone from its outbox", (long long)d->n, d->station);
	} else if (!wire_answer_parse(j, &a, NULL)) {
		sim_violate(w, "operation %lld of station %d has no answer", (long long)d->n, d->station);
	} else if (a.r == WIRE_REJECTED) {
		if (str_eq(a.why, "bad-shape") && d->deed != DEED_POISON && d->deed != DEED_ROTTEN)
			sim_violate(w, "operation %lld of station %d is not understood", (long long)d->n, d->station);
	} else if (a.old || d->deed == DEED_ROTTEN) {
		if (d->deed != DEED_ROTTEN)
			sim_violate(w, "operation %lld of station %d: the hub forgot what became of it", (long long)d->n,
				    d->station);
	} else {
		*counted = a.r == WIRE_APPLIED || a.r == WIRE_MERGED;
		w->r->conflicts += a.r == WIRE_CONFLICT;
		ok = check_kept(tx, w, d, c, e);
	}
	json_decref(j);
	return ok;
}

static bool check_touches(struct hub_tx *tx, struct world *w, const char *id, int64_t want, struct err *e)
{
	const struct hub_ent *ent;

	if (!hub_get(tx, SIM_SITE, "ticket", id, &ent, e))
		return false;
	int64_t has = ent ? json_integer_value(json_object_get(ent->d, "touches")) : 0;
	if (ent && has != want)
		sim_violate(w, "ticket %s was touched %lld times, counted %lld", id, (long long)want, (long long)has);
	return true;
}

static bool check_once(struct hub_tx *tx, struct world *w, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "select op, count(distinct at) from ent_hist where op is not null group by op"
					      " having count(distinct at) > 1");

	if (sql_row(st))
		sim_violate(w, "operation %.*s was applied %lld times", (int)sql_sv(st, 0).n, sql_sv(st, 0).p,
			    (long long)sql_int(st, 1));
	return sql_end(st, e);
}

static bool check_stories(struct hub_tx *tx, struct world *w, const char *id, struct err *e)
{
	static const char *const fields[] = {"title", "description"};

	for (size_t f = 0; f < 2 && !w->over; f++) {
		struct story s = {.w = w, .field = fields[f], .a = hub_arena(tx)};
		bool ok = hub_history(tx, SIM_SITE, "ticket", id, read_text, &s, e) && read_ops(tx, id, &s, e);
		if (ok)
			check_replaced(w, id, &s);
		vec_release(&s.v);
		if (!ok)
			return false;
	}
	return true;
}

static bool deeds_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct world *w = arg;
	struct conflicts c = {.tx = tx};
	int64_t *touches = xcalloc(w->tickets.n + 1, sizeof(*touches));
	bool ok = read_conflicts(tx, &c, e) && check_once(tx, w, e), counted;

	for (size_t i = 0; ok && i < w->deeds.n && !w->over; i++) {
		const struct deed_op *d = &w->deeds.v[i];
		ok = check_deed(tx, w, d, &c, &counted, e);
		for (size_t k = 0; counted && d->deed == DEED_INC && k < w->tickets.n; k++)
			touches[k] += str_eq(w->tickets.v[k], d->e);
	}
	for (size_t k = 0; ok && k < w->tickets.n && !w->over; k++)
		ok = check_touches(tx, w, w->tickets.v[k], touches[k], e) && check_stories(tx, w, w->tickets.v[k], e);
	for (size_t i = 0; i < c.ids.n; i++)
		free(c.ids.v[i]);
	vec_release(&c.ids);
	str_release(&c.text);
	free(touches);
	return ok;
}

void check_end(struct world *w)
{
	struct err e = {0};

	if (!hub_run(w->store, HUB_READ, deeds_body, w, &e))
		sim_violate(w, "%s", e.msg);
	for (int i = 0; i < w->n_stations && !w->over; i++)
		check_station(w, &w->st[i]);
	if (!w->over && !hub_check(w->store, &e))
		sim_violate(w, "the hub's store: %s", e.msg);
}
