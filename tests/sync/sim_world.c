// SPDX-License-Identifier: MIT
// Knows the order of things in a simulated cell: events on a virtual clock, a network with faults, one seed for all of it.
#include "tests/sync/sim.h"

#include <sodium.h>

// --- chance

bool sim_chance(struct world *w, double p)
{
	return p > 0 && (double)(rng_next(&w->rng) >> 11) / 9007199254740992.0 < p;
}

int64_t sim_between(struct world *w, int64_t lo, int64_t hi)
{
	return rng_between(&w->rng, lo, hi);
}

// The hub draws its ids from libsodium: those of a run come from its seed too.
static struct rng hub_random;

static const char *random_name(void)
{
	return "simulation";
}

static uint32_t random_number(void)
{
	return (uint32_t)rng_next(&hub_random);
}

static void random_bytes(void *const buf, const size_t n)
{
	unsigned char *out = buf;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)rng_next(&hub_random);
}

static struct randombytes_implementation random_source = {
	.implementation_name = random_name,
	.random = random_number,
	.buf = random_bytes,
};

void sim_id(struct world *w, char out[40])
{
	uint64_t ms = (uint64_t)(SIM_WALL + w->now);

	snprintf(out, 40, "%08x-%04x-7000-8000-%012llx", (unsigned)(ms >> 16), (unsigned)(ms & 0xffff),
		 (unsigned long long)++w->serial);
}

// --- what is said

void sim_trace(const struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->o.trace)
		return;
	fprintf(w->o.trace, "%8lld ", (long long)w->now);
	va_start(ap, fmt);
	vfprintf(w->o.trace, fmt, ap);
	va_end(ap);
	fputc('\n', w->o.trace);
}

void sim_violate(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->over)
		return;
	w->over = true;
	w->r->ok = false;
	w->r->at = w->now;
	va_start(ap, fmt);
	vsnprintf(w->r->why, sizeof(w->r->why), fmt, ap);
	va_end(ap);
	sim_trace(w, "VIOLATION %s", w->r->why);
}

// --- events: a heap by time, then by order of making

static bool before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void sim_at(struct world *w, int64_t delay, void (*fn)(struct world *, struct event *), int a, int b, int64_t x, struct msg *msg)
{
	size_t i = w->heap.n;

	(void)vec_add(&w->heap);
	struct event ev = {.at = w->now + delay, .order = w->order++, .fn = fn, .a = a, .b = b, .x = x, .msg = msg};
	while (i && before(&ev, &w->heap.v[(i - 1) / 2])) {
		w->heap.v[i] = w->heap.v[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	w->heap.v[i] = ev;
}

static struct event take_first(struct world *w)
{
	struct event first = w->heap.v[0], last = w->heap.v[--w->heap.n];
	size_t i = 0, n = w->heap.n;

	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= n)
			break;
		if (k + 1 < n && before(&w->heap.v[k + 1], &w->heap.v[k]))
			k++;
		if (!before(&w->heap.v[k], &last))
			break;
		w->heap.v[i] = w->heap.v[k];
		i = k;
	}
	if (n)
		w->heap.v[i] = last;
	return first;
}

// --- the network

struct msg *msg_new(enum msg_kind k, int station, int hub, int life, int64_t id)
{
	struct msg *m = xcalloc(1, sizeof(*m));

	*m = (struct msg){.kind = k, .station = station, .hub = hub, .life = life, .id = id};
	return m;
}

void msg_free(struct msg *m)
{
	if (m)
		free(m->text);
	free(m);
}

static bool to_hub(enum msg_kind k)
{
	return k == MSG_SYNC || k == MSG_PROBE || k == MSG_STREAM;
}

static bool has_reply(enum msg_kind k)
{
	return k == MSG_SYNC || k == MSG_PROBE || k == MSG_SYNC_REPLY || k == MSG_STREAM;
}

static void arrive(struct world *w, struct event *ev)
{
	struct msg *m = ev->msg;

	ev->msg = NULL;
	if (w->cut[m->station][m->hub]) {
		msg_free(m);
		return;
	}
	if (to_hub(m->kind))
		hub_receive(w, m);
	else
		station_receive(w, m);
}

static void fail_soon(struct world *w, const struct msg *of)
{
	struct msg *m = msg_new(MSG_FAILED, of->station, of->hub, of->life, of->id);

	sim_at(w, sim_between(w, 1, w->f.latency), arrive, 0, 0, 0, m);
}

static struct msg *copy_of(const struct msg *m)
{
	struct msg *c = msg_new(m->kind, m->station, m->hub, m->life, m->id);

	c->status = m->status;
	c->wait_ms = m->wait_ms;
	c->text = m->text ? xstrdup(m->text) : NULL;
	return c;
}

// A request or its reply may be lost (the sender hears of it at once, or only by its own patience), doubled, overtaken.
void sim_send(struct world *w, struct msg *m)
{
	double loss = m->kind == MSG_CH ? w->f.drop_event : w->f.loss;

	if (w->cut[m->station][m->hub] || sim_chance(w, loss)) {
		sim_trace(w, "lost: kind %d of station %d and hub %d", (int)m->kind, m->station, m->hub);
		if (!w->cut[m->station][m->hub] && has_reply(m->kind) && sim_chance(w, w->f.reset))
			fail_soon(w, m);
		msg_free(m);
		return;
	}
	if ((m->kind == MSG_SYNC || m->kind == MSG_CH) && sim_chance(w, w->f.dup))
		sim_at(w, sim_between(w, 1, 8 * w->f.latency), arrive, 0, 0, 0, copy_of(m));
	// An answer held up on its way is overtaken by events of what came after it.
	bool late = m->kind == MSG_SYNC_REPLY && sim_chance(w, w->f.late);
	sim_at(w, sim_between(w, 1, late ? 12000 : w->f.latency), arrive, 0, 0, 0, m);
}

// --- faults in their time

static void heal_cut(struct world *w, struct event *ev)
{
	w->cut[ev->a][ev->b] = false;
	sim_trace(w, "station %d reaches hub %d again", ev->a, ev->b);
}

static void partition(struct world *w, struct event *ev)
{
	(void)ev;
	if (w->healed)
		return;
	int64_t ms = sim_between(w, 2000, 70000);
	bool all = sim_chance(w, 0.3);
	int which = (int)sim_between(w, 0, w->n_stations - 1),
	    hub = sim_chance(w, 0.5) ? -1 : (int)sim_between(w, 0, w->n_hubs - 1);
	for (int i = 0; i < w->n_stations; i++)
		for (int h = 0; h < w->n_hubs; h++)
			if ((all ? sim_chance(w, 0.6) : i == which) && (hub < 0 || h == hub)) {
				w->cut[i][h] = true;
				sim_at(w, ms, heal_cut, i, h, 0, NULL);
			}
	sim_trace(w, "partition for %lld ms", (long long)ms);
	sim_at(w, sim_between(w, 5000, 40000), partition, 0, 0, 0, NULL);
}

static void crash_one(struct world *w, struct event *ev)
{
	(void)ev;
	if (w->healed)
		return;
	struct station *s = &w->st[sim_between(w, 0, w->n_stations - 1)];
	if (s->up)
		station_crash(w, s);
	sim_at(w, sim_between(w, 5000, 50000), crash_one, 0, 0, 0, NULL);
}

static void crash_hub(struct world *w, struct event *ev)
{
	(void)ev;
	if (w->healed)
		return;
	hub_down(w, &w->hub[sim_between(w, 0, w->n_hubs - 1)], sim_between(w, 500, 20000));
	sim_at(w, sim_between(w, 10000, 60000), crash_hub, 0, 0, 0, NULL);
}

static void snapshot(struct world *w, struct event *ev)
{
	(void)ev;
	hub_snapshot(w);
}

static void restore(struct world *w, struct event *ev)
{
	(void)ev;
	if (!w->healed)
		hub_restore(w);
}

static void rights(struct world *w, struct event *ev)
{
	struct station *s = &w->st[ev->b ? ev->a : (int)sim_between(w, 0, w->n_stations - 1)];

	if (w->healed)
		return;
	hub_rights(w, s, ev->b);
	if (!ev->b) {
		sim_at(w, sim_between(w, 3000, 40000), rights, s->i, 1, 0, NULL);
		sim_at(w, sim_between(w, 10000, 40000), rights, 0, 0, 0, NULL);
	}
}

static void jump_clock(struct world *w, struct event *ev)
{
	(void)ev;
	struct station *s = &w->st[sim_between(w, 0, w->n_stations - 1)];
	s->skew = sim_between(w, -7200000, 7200000);
	if (!w->healed)
		sim_at(w, sim_between(w, 5000, 40000), jump_clock, 0, 0, 0, NULL);
}

// A row is gone though nobody took it: a bad disk, a bug. The digest finds it.
static void rot(struct world *w, struct event *ev)
{
	struct station *s = &w->st[sim_between(w, 0, w->n_stations - 1)];

	(void)ev;
	if (!s->m.now.rows.n || s->m.in_tx)
		return;
	struct mem_row *r = s->m.now.rows.v[sim_between(w, 0, (int64_t)s->m.now.rows.n - 1)];
	sim_trace(w, "station %d loses %s %s", s->i, r->t, r->e);
	s->rotten = true;
	struct wire_row gone = {.t = r->t, .e = r->e, .rev = r->rev, .gone = "deleted"};
	struct err e = {0};
	if (!s->m.calls.row_gone(&s->m, &gone, &e))
		BUG("%s", e.msg);
}

static void heal(struct world *w, struct event *ev)
{
	(void)ev;
	w->healed = true;
	memset(w->cut, 0, sizeof(w->cut));
	w->f.loss = w->f.dup = w->f.late = w->f.drop_event = w->f.crash_take = w->f.crash_work = w->f.hub_crash = 0;
	w->f.latency = w->f.latency < 300 ? w->f.latency : 300; // a way there and back of 3 s counts as none (domain.md §4.9)
	for (int i = 0; i < w->n_stations; i++)
		if (!w->st[i].up)
			station_start(w, &w->st[i]);
	for (int h = 0; h < w->n_hubs; h++)
		w->hub[h].up = true;
	sim_trace(w, "healed");
	for (int i = 0; w->f.rights && i < w->n_stations; i++)
		hub_rights(w, &w->st[i], true);
	sim_at(w, 60000, check_drained, 0, 0, 0, NULL);
}

// --- one run

static int pick_stations(struct world *w)
{
	int64_t kind = sim_between(w, 0, 99);

	if (w->o.stations)
		return w->o.stations;
	return (int)(kind < 60   ? sim_between(w, 2, 4)
		     : kind < 88 ? sim_between(w, 5, 9)
		     : kind < 97 ? sim_between(w, 10, 20)
				 : sim_between(w, 21, 50));
}

static void pick_faults(struct world *w)
{
	bool rough = w->o.rough;

	w->f = (struct faults){
		.loss = sim_chance(w, 0.7) ? 0.2 * (double)sim_between(w, 0, 100) / 100 : 0,
		.dup = sim_chance(w, 0.6) ? 0.15 : 0,
		.reset = 0.5,
		.late = sim_chance(w, 0.5) ? (rough ? 0.25 : 0.1) : 0,
		.drop_event = sim_chance(w, 0.5) ? 0.1 : 0,
		.crash_take = sim_chance(w, 0.4) ? 0.03 : 0,
		.crash_work = sim_chance(w, 0.3) ? 0.05 : 0,
		.latency = sim_chance(w, 0.8) ? sim_between(w, 5, 300) : sim_between(w, 300, 4000),
		.partitions = rough || sim_chance(w, 0.6),
		.station_crash = rough || sim_chance(w, 0.5),
		.hubs_crash = rough || sim_chance(w, 0.5),
		.restore = rough || sim_chance(w, 0.3),
		.rights = rough || sim_chance(w, 0.4),
		.skew = sim_chance(w, 0.5),
		.rot = w->o.rough ? sim_chance(w, 0.5) : sim_chance(w, 0.03),
		.spoil = sim_chance(w, 0.1),
		.deaf = sim_chance(w, 0.06),
		.small_pages = sim_chance(w, 0.5) ? 0.3 : 0,
	};
	w->f.hub_crash = w->f.hubs_crash ? 0.02 : 0;
	w->f.hub_before = 0.5;
}

static void plan(struct world *w)
{
	w->heal_at = sim_between(w, 30000, 110000);
	w->end_at = w->heal_at + 95000 + (w->f.rot ? 1500000 : 0); // a hub tells digests in one minute of four
	if (w->f.partitions)
		sim_at(w, sim_between(w, 1000, w->heal_at / 2), partition, 0, 0, 0, NULL);
	if (w->f.station_crash)
		sim_at(w, sim_between(w, 3000, w->heal_at / 2), crash_one, 0, 0, 0, NULL);
	if (w->f.hubs_crash)
		sim_at(w, sim_between(w, 3000, w->heal_at / 2), crash_hub, 0, 0, 0, NULL);
	if (w->f.restore) {
		int64_t at = sim_between(w, 5000, w->heal_at * 2 / 3);
		sim_at(w, at, snapshot, 0, 0, 0, NULL);
		sim_at(w, sim_between(w, at + 1, w->heal_at - 1), restore, 0, 0, 0, NULL);
	}
	if (w->f.rights)
		sim_at(w, sim_between(w, 3000, w->heal_at / 2), rights, 0, 0, 0, NULL);
	if (w->f.skew)
		sim_at(w, sim_between(w, 0, w->heal_at / 2), jump_clock, 0, 0, 0, NULL);
	if (w->f.rot)
		sim_at(w, sim_between(w, w->heal_at / 2, w->heal_at), rot, 0, 0, 0, NULL);
	sim_at(w, w->heal_at, heal, 0, 0, 0, NULL);
	work_schedule(w);
}

static void run(struct world *w)
{
	while (w->heap.n && !w->over) {
		struct event ev = take_first(w);
		if (ev.at > w->end_at) {
			msg_free(ev.msg);
			break;
		}
		w->now = ev.at;
		w->clock.fake_wall = SIM_WALL + w->now;
		w->clock.fake_mono = w->now;
		w->r->events++;
		ev.fn(w, &ev);
		msg_free(ev.msg);
	}
	w->now = w->over ? w->now : w->end_at;
	if (!w->over)
		check_end(w);
}

static void release(struct world *w)
{
	for (size_t i = 0; i < w->heap.n; i++)
		msg_free(w->heap.v[i].msg);
	vec_release(&w->heap);
	for (int i = 0; i < w->n_stations; i++)
		station_release(&w->st[i]);
	for (int h = 0; h < w->n_hubs; h++) {
		struct hubp *p = &w->hub[h];
		for (size_t i = 0; i < p->batch.n; i++)
			msg_free(p->batch.v[i]);
		for (size_t i = 0; i < p->parked.n; i++)
			msg_free(p->parked.v[i]);
		vec_release(&p->parked);
		for (size_t i = 0; i < p->conns.n; i++)
			vec_release(&p->conns.v[i].told);
		vec_release(&p->batch);
		vec_release(&p->conns);
	}
	hub_store_close(w->store);
	hub_store_close(w->backup);
	keyring_free(w->keys);
	for (size_t i = 0; i < w->tickets.n; i++)
		free(w->tickets.v[i]);
	vec_release(&w->tickets);
	vec_release(&w->deeds);
}

bool sim_run(const struct sim_options *o, struct sim_result *out)
{
	struct world *w = xcalloc(1, sizeof(*w));

	*out = (struct sim_result){.ok = true};
	w->o = *o;
	w->r = out;
	w->rng.s = o->seed * 0x9e3779b97f4a7c15U + 1;
	hub_random.s = o->seed ^ 0x5bd1e995;
	if (randombytes_set_implementation(&random_source) != 0 || sodium_init() < 0)
		BUG("libsodium does not start");
	clock_fake(&w->clock, SIM_WALL, 0);
	w->n_stations = out->stations = pick_stations(w);
	w->n_hubs = out->hubs = (int)sim_between(w, 1, SIM_HUBS);
	w->n_queues = (int)sim_between(w, 2, SIM_QUEUES);
	pick_faults(w);
	hub_setup(w);
	for (int i = 0; i < w->n_stations; i++)
		station_init(w, i);
	plan(w);
	run(w);
	release(w);
	free(w);
	return out->ok;
}
