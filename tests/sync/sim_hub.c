// SPDX-License-Identifier: MIT
// Knows the hubs of the simulation: several processes over one real store, with batches, streams of events, crashes and restores.
#include "tests/sync/sim.h"

enum { BATCH_MS = 4 };

// --- the cell as it begins

static bool put(struct hub_tx *tx, const char *t, const char *id, const char *s, json_t *d, struct err *e)
{
	const struct hub_ent *old;
	bool ok = hub_get(tx, SIM_SITE, t, id, &old, e) &&
		  hub_put(tx, SIM_SITE,
			  &(struct hub_ent){.t = t, .e = id, .s = s, .rev = old ? old->rev + 1 : 1, .d = d, .by = "hub"}, NULL, e);

	json_decref(d);
	return ok;
}

static json_t *agent_doc(const struct station *s, unsigned queues)
{
	json_t *list = json_array();
	char code[8];

	for (int q = 0; q < SIM_QUEUES; q++)
		if (queues & (1u << q)) {
			snprintf(code, sizeof(code), "%c", 'a' + q);
			json_array_append_new(list, json_string(code));
		}
	return json_pack("{s:s, s:[s], s:s, s:o}", "login", s->agent, "roles", s->i ? "agent" : "supervisor", "status", "active",
			 "queue_codes", list);
}

static bool setup_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct world *w = arg;
	char code[8];

	if (!put(tx, "site", SIM_SITE, "dir/" SIM_SITE, json_pack("{s:b}", "customer_streams", 0), e))
		return false;
	for (int q = 0; q < w->n_queues; q++) {
		snprintf(code, sizeof(code), "%c", 'a' + q);
		if (!put(tx, "queue", code, "dir/" SIM_SITE, json_pack("{s:s}", "code", code), e))
			return false;
	}
	for (int i = 0; i < w->n_stations; i++) {
		struct station *s = &w->st[i];
		s->i = i;
		sim_id(w, s->agent);
		snprintf(s->dev, sizeof(s->dev), "dev-%d", i);
		s->queues = i ? (unsigned)sim_between(w, 1, (1 << w->n_queues) - 1) : (1u << w->n_queues) - 1;
		struct hub_dev d = {
			.dev = s->dev, .inc = "inc1", .site = SIM_SITE, .station = s->dev, .state = "active", .name = s->dev};
		if (!put(tx, "agent", s->agent, "dir/" SIM_SITE, agent_doc(s, s->queues), e) || !hub_dev_put(tx, &d, e))
			return false;
	}
	return true;
}

static struct hub_store *open_store(struct world *w)
{
	struct hub_store_options o = {.url = "sqlite::memory:", .clock = &w->clock, .keys = w->keys};
	struct hub_store *s;
	struct err e = {0};

	if (!hub_store_open(&s, &o, &e))
		BUG("%s", e.msg);
	return s;
}

void hub_setup(struct world *w)
{
	static const unsigned char master[KEY_BYTES] = "a key that only tests know";
	struct err e = {0};

	w->keys = keyring_from(master);
	w->store = open_store(w);
	if (!hub_run(w->store, HUB_WRITE, setup_body, w, &e))
		BUG("%s", e.msg);
	for (int h = 0; h < w->n_hubs; h++) {
		w->hub[h].i = h;
		w->hub[h].up = true;
		sim_at(w, 15000 + h, hub_beat, h, 0, 0, NULL);
	}
}

// --- people

bool hub_actor(struct hub_tx *tx, const struct who *x, struct err *e)
{
	if (!actor_load(tx, SIM_SITE, x->s->agent, x->out, x->a, e))
		return false;
	x->out->dev = x->s->dev;
	x->out->station = x->s->dev;
	return true;
}

struct change {
	struct world *w;
	struct station *s;
	unsigned queues;
};

static bool rights_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct change *c = arg;

	return put(tx, "agent", c->s->agent, "dir/" SIM_SITE, agent_doc(c->s, c->queues), e);
}

void hub_rights(struct world *w, struct station *s, bool give)
{
	struct change c = {w, s, s->queues};
	struct err e = {0};

	if (!s->i) // the supervisor reads every queue anyway
		return;
	for (int tries = 0; !give && tries < 8; tries++) {
		unsigned less = s->queues & ~(1u << sim_between(w, 0, w->n_queues - 1));
		c.queues = less != s->queues ? less : c.queues;
	}
	sim_trace(w, "agent of station %d serves %x", s->i, c.queues);
	if (!hub_run(w->store, HUB_WRITE, rights_body, &c, &e))
		BUG("%s", e.msg);
	hub_wake(w, NULL);
}

// --- exchanges

struct round {
	struct world *w;
	struct hubp *h;
	struct exchange *v;
	struct actor *who;
	struct arena a;
};

static bool actors_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct round *r = arg;

	for (size_t i = 0; i < r->h->batch.n; i++)
		if (!hub_actor(tx, &(struct who){r->w, &r->w->st[r->h->batch.v[i]->station], &r->who[i], &r->a}, e))
			return false;
	return true;
}

static void reply(struct world *w, const struct hubp *h, const struct msg *of, const struct exchange *v)
{
	struct msg *m = msg_new(MSG_SYNC_REPLY, of->station, h->i, of->life, of->id);

	if (v->reply) {
		m->status = 200;
		m->text = json_dumps(v->reply, JSON_COMPACT);
	} else {
		json_t *j = wire_problem_print(&v->problem, NULL);
		m->status = wire_problem_status(v->problem.kind);
		m->text = json_dumps(j, JSON_COMPACT);
		json_decref(j);
	}
	sim_send(w, m);
}

static void answer_all(struct world *w, struct hubp *h, struct round *r, bool tell)
{
	bool any = false;

	for (size_t i = 0; i < h->batch.n; i++) {
		any = any || r->v[i].pushed;
		if (tell)
			reply(w, h, h->batch.v[i], &r->v[i]);
		json_decref(r->v[i].reply);
		json_decref((json_t *)(uintptr_t)r->v[i].request);
		msg_free(h->batch.v[i]);
		w->r->exchanges++;
	}
	h->batch.n = 0;
	if (any)
		hub_wake(w, h);
}

static void exchange_all(struct world *w, struct hubp *h, struct round *r)
{
	int64_t shift[64] = {0};
	size_t n = h->batch.n;
	struct err e = {0};

	if (!hub_run(w->store, HUB_READ, actors_body, r, &e))
		BUG("%s", e.msg);
	for (size_t i = 0; i < n; i++) {
		json_t *request = json_loads(h->batch.v[i]->text, 0, NULL);
		if (sim_chance(w, w->f.small_pages)) // a hub under load gives less than it was asked for
			json_object_set_new(request, "max_rows", json_integer(sim_between(w, 1, 3)));
		if (w->o.mutant && i < 64)
			shift[i] = mutant_request(w, &w->st[h->batch.v[i]->station], request);
		r->v[i] = (struct exchange){.request = request, .who = &r->who[i]};
	}
	bool ok = hub_exchange(w->store, r->v, n, &e);
	// A store that failed on several may be asked for each alone; in memory nothing fails.
	if (!ok)
		sim_violate(w, "hub %d fails: %s", h->i, e.msg);
	for (size_t i = 0; ok && i < n && i < 64; i++)
		if (shift[i] && r->v[i].reply)
			mutant_answer(r->v[i].reply, shift[i]);
}

static void batch(struct world *w, struct event *ev)
{
	struct hubp *h = &w->hub[ev->a];
	bool dies = sim_chance(w, w->f.hub_crash), early = sim_chance(w, w->f.hub_before);

	if (!h->up || h->gen != ev->b)
		return;
	h->scheduled = false;
	if (dies && early) {
		hub_down(w, h, sim_between(w, 500, 15000));
		return;
	}
	size_t n = h->batch.n;
	struct round r = {.w = w, .h = h, .v = xcalloc(n + 1, sizeof(*r.v)), .who = xcalloc(n + 1, sizeof(*r.who))};
	exchange_all(w, h, &r);
	answer_all(w, h, &r, !dies);
	free(r.v);
	free(r.who);
	arena_release(&r.a);
	if (dies)
		hub_down(w, h, sim_between(w, 500, 15000));
}

static void into_batch(struct world *w, struct hubp *h, struct msg *m)
{
	vec_push(&h->batch, m);
	if (!h->scheduled)
		sim_at(w, BATCH_MS, batch, h->i, h->gen, 0, NULL);
	h->scheduled = true;
}

// A long poll is answered when something happens, or when its time is over.
void hub_unpark(struct world *w, struct hubp *h, int64_t id)
{
	for (size_t i = h->parked.n; i-- > 0;) {
		struct msg *m = h->parked.v[i];
		if (id && m->id != id)
			continue;
		vec_remove(&h->parked, i);
		into_batch(w, h, m);
	}
}

static void waited(struct world *w, struct event *ev)
{
	hub_unpark(w, &w->hub[ev->a], ev->x);
}

void hub_receive(struct world *w, struct msg *m)
{
	struct hubp *h = &w->hub[m->hub];

	if (!h->up) {
		sim_send(w, msg_new(MSG_FAILED, m->station, m->hub, m->life, m->id)); // nobody listens
	} else if (m->kind == MSG_SYNC) {
		if (m->wait_ms) {
			sim_at(w, m->wait_ms, waited, h->i, 0, m->id, NULL);
			vec_push(&h->parked, m);
		} else {
			into_batch(w, h, m);
		}
		return;
	} else if (m->kind == MSG_PROBE) {
		sim_send(w, msg_new(MSG_PROBE_REPLY, m->station, m->hub, m->life, m->id));
	} else {
		hub_open_stream(w, h, m);
	}
	msg_free(m);
}

// --- bad days

static void hub_up(struct world *w, struct event *ev)
{
	if (w->hub[ev->a].gen == ev->b)
		w->hub[ev->a].up = true;
	sim_trace(w, "hub %d is up", ev->a);
}

void hub_down(struct world *w, struct hubp *h, int64_t ms)
{
	sim_trace(w, "hub %d is down for %lld ms", h->i, (long long)ms);
	w->r->crashes++;
	h->up = h->scheduled = false;
	h->gen++;
	for (size_t i = 0; i < h->batch.n; i++)
		msg_free(h->batch.v[i]);
	h->batch.n = 0;
	for (size_t i = 0; i < h->parked.n; i++)
		msg_free(h->parked.v[i]);
	h->parked.n = 0;
	for (size_t i = h->conns.n; i-- > 0;) {
		const struct conn *c = &h->conns.v[i];
		sim_send(w, msg_new(MSG_STREAM_END, c->station, h->i, w->st[c->station].life, c->id));
		hub_drop_conn(h, i);
	}
	sim_at(w, ms, hub_up, h->i, h->gen, 0, NULL);
}

void hub_snapshot(struct world *w)
{
	struct err e = {0};

	w->backup = open_store(w);
	if (!hub_copy(w->store, w->backup, &e))
		BUG("%s", e.msg);
	sim_trace(w, "a copy of the hub is made");
}

void hub_restore(struct world *w)
{
	struct err e = {0};
	int64_t ms = sim_between(w, 500, 8000);

	if (!w->backup)
		return;
	for (int h = 0; h < w->n_hubs; h++)
		hub_down(w, &w->hub[h], ms);
	hub_store_close(w->store);
	w->store = w->backup;
	w->backup = NULL;
	if (!hub_new_epoch(w->store, &e))
		BUG("%s", e.msg);
	w->r->restores++;
	sim_trace(w, "the hub is restored from its copy");
}
