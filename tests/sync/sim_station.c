// SPDX-License-Identifier: MIT
// Knows a station of the simulation: does what its link says, gives its exchanges what arrives, and crashes in between.
#include "tests/sync/sim.h"

static int64_t wall(const struct world *w, const struct station *s)
{
	return SIM_WALL + w->now + s->skew;
}

static int hub_of(const struct world *w, const struct station *s, int url)
{
	return (url + s->i) % w->n_hubs;
}

void station_init(struct world *w, int i)
{
	struct station *s = &w->st[i];

	s->i = i;
	memstore_init(&s->m, s->dev, "inc1");
	s->skew = w->f.skew ? sim_between(w, -3600000, 3600000) : 0;
	s->drained_at = -1;
	watch_init(w, s);
	station_start(w, s);
}

void station_release(struct station *s)
{
	memstore_release(&s->m);
	link_free(s->link);
}

void station_start(struct world *w, struct station *s)
{
	s->up = true;
	s->link = link_new(&(struct link_options){.urls = w->n_hubs, .seed = rng_next(&w->rng), .now = w->now});
	link_logged_in(s->link, true, w->now);
	sim_trace(w, "station %d starts", s->i);
	station_run(w, s);
}

static void restart(struct world *w, struct event *ev)
{
	struct station *s = &w->st[ev->a];

	if (!s->up && s->life == ev->b)
		station_start(w, s);
}

void station_crash(struct world *w, struct station *s)
{
	sim_trace(w, "station %d crashes", s->i);
	w->r->crashes++;
	if (s->m.in_tx)
		memstore_rollback(&s->m);
	link_free(s->link);
	s->link = NULL;
	s->up = s->syncing = s->streaming = s->probing = s->careful = false;
	s->hole[0] = s->hole[1] = 0;
	s->life++;
	sim_at(w, sim_between(w, 300, 15000), restart, s->i, s->life, 0, NULL);
}

// --- ends

static void done(struct world *w, struct station *s, enum link_do_kind k, enum link_end end)
{
	link_done(s->link, k, &(struct link_report){.end = end}, w->now);
}

static void timed_out(struct world *w, struct event *ev)
{
	struct station *s = &w->st[ev->a];

	if (s->syncing && s->sync_id == ev->x) {
		sim_trace(w, "station %d: no answer", s->i);
		s->syncing = false;
		done(w, s, LINK_SYNC, LINK_FAILED);
	} else if (s->probing && s->probe_id == ev->x) {
		s->probing = false;
		done(w, s, LINK_PROBE, LINK_FAILED);
	} else {
		return;
	}
	station_run(w, s);
}

// Nothing came for longer than the transport bears.
static void low_speed(struct world *w, struct event *ev)
{
	struct station *s = &w->st[ev->a];

	if (!s->streaming || s->stream_id != ev->x)
		return;
	if (w->now - s->stream_heard < 40000) {
		sim_at(w, s->stream_heard + 40000 - w->now, low_speed, s->i, 0, s->stream_id, NULL);
		return;
	}
	s->streaming = false;
	done(w, s, LINK_STREAM, LINK_FAILED);
	station_run(w, s);
}

// --- what link wants

static void start_sync(struct world *w, struct station *s, const struct link_do *d)
{
	struct exchange_ask q = {.now = wall(w, s),
				 .boot_ms = w->now,
				 .push_only = d->push_only,
				 .careful = s->careful,
				 .hole = {s->hole[0], s->hole[1]},
				 .wait_ms = d->wait_ms,
				 .in_call = sim_chance(w, 0.2)};
	struct str body = {0};
	struct err e = {0};

	memstore_begin(&s->m);
	if (!exchange_ask(&s->calls, &q, &body, &s->sent, &e)) {
		sim_violate(w, "station %d cannot ask: %s", s->i, e.msg);
		str_release(&body);
		return;
	}
	memstore_commit(&s->m);
	s->syncing = true;
	s->sync_id = ++w->next_id;
	s->sync_hub = hub_of(w, s, d->url);
	s->sent_at = w->now;
	s->sent_skew = s->skew;
	struct msg *m = msg_new(MSG_SYNC, s->i, s->sync_hub, s->life, s->sync_id);
	m->text = str_take(&body);
	m->wait_ms = s->sent.ops ? 0 : d->wait_ms;
	sim_trace(w, "station %d asks hub %d (%lld): %zu operations from %lld%s", s->i, s->sync_hub, (long long)s->sync_id,
		  s->sent.ops, (long long)s->sent.first_n,
		  d->push_only ? ", push only"
		  : m->wait_ms ? ", waits"
			       : "");
	sim_at(w, d->timeout_ms, timed_out, s->i, 0, s->sync_id, NULL);
	sim_send(w, m);
}

static void start(struct world *w, struct station *s, const struct link_do *d)
{
	int64_t id = w->next_id + 1;

	switch (d->kind) {
	case LINK_SYNC:
		start_sync(w, s, d);
		break;
	case LINK_STREAM:
		w->next_id++;
		s->streaming = true;
		s->stream_id = id;
		s->stream_hub = hub_of(w, s, d->url);
		s->stream_heard = w->now;
		sim_at(w, 40000, low_speed, s->i, 0, id, NULL);
		if (!w->f.deaf) // else something on the way keeps streams back, without a word
			sim_send(w, msg_new(MSG_STREAM, s->i, s->stream_hub, s->life, id));
		break;
	case LINK_PROBE:
		w->next_id++;
		s->probing = true;
		s->probe_id = id;
		sim_trace(w, "station %d probes hub %d (%lld)", s->i, hub_of(w, s, d->url), (long long)id);
		sim_at(w, d->timeout_ms, timed_out, s->i, 0, id, NULL);
		sim_send(w, msg_new(MSG_PROBE, s->i, hub_of(w, s, d->url), s->life, id));
		break;
	case LINK_CLOSE:
		s->streaming = d->what == LINK_STREAM ? false : s->streaming;
		s->syncing = d->what == LINK_SYNC ? false : s->syncing;
		done(w, s, d->what, LINK_FAILED);
		break;
	case LINK_FRESH:
		sim_violate(w, "station %d is stuck", s->i);
		break;
	case LINK_TOKEN:
	case LINK_LOGIN:
	case LINK_NOTHING:
		sim_violate(w, "station %d wants %d", s->i, (int)d->kind);
		break;
	}
}

static void wake(struct world *w, struct event *ev)
{
	struct station *s = &w->st[ev->a];

	if (s->up && s->wake == ev->x)
		station_run(w, s);
}

static int64_t oldest_age(const struct world *w, const struct station *s)
{
	for (size_t i = 0; i < s->m.now.outbox.n; i++)
		if (s->m.now.outbox.v[i].st == OUTBOX_QUEUED || s->m.now.outbox.v[i].st == OUTBOX_SENDING)
			return w->now - s->m.now.outbox.v[i].op->made;
	return 0;
}

void station_run(struct world *w, struct station *s)
{
	int64_t unsent = (int64_t)memstore_unsent(&s->m);

	link_outbox(s->link, unsent, unsent ? oldest_age(w, s) : 0, w->now);
	if (unsent)
		s->drained_at = -1;
	else if (s->drained_at < 0)
		s->drained_at = w->now;
	for (int i = 0; s->up && !w->over; i++) {
		struct link_do d = link_next(s->link, w->now);
		if (d.kind == LINK_NOTHING)
			break;
		if (i > 50) {
			sim_violate(w, "station %d runs in a circle over %d", s->i, (int)d.kind);
			return;
		}
		start(w, s, &d);
	}
	struct link_view v;
	if (s->up)
		link_look(s->link, &v);
	if (s->up && v.state != s->shown)
		sim_trace(w, "station %d is %s", s->i, link_state_code(v.state));
	s->shown = s->up ? v.state : LINK_OFF;
	int64_t wait = s->up ? link_wait(s->link, w->now) : -1;
	s->wake = ++w->next_id;
	if (wait >= 0)
		sim_at(w, wait ? wait : 1, wake, s->i, 0, s->wake, NULL);
}

// --- what arrives

// A crash before the commit takes everything of the transaction along; one after it, only what was in memory.
static bool crashed(struct world *w, struct station *s)
{
	if (!sim_chance(w, w->f.crash_take))
		return false;
	if (sim_chance(w, 0.5)) {
		memstore_commit(&s->m);
	} else {
		struct mem_state lost = {0};
		for (size_t i = 0; i < s->m.now.streams.n; i++)
			vec_push(&lost.streams, s->m.now.streams.v[i]);
		memstore_rollback(&s->m);
		mutant_after_crash(w, s, &lost);
		vec_release(&lost.streams);
	}
	station_crash(w, s);
	return true;
}

static void check_taken(struct world *w, struct station *s, const struct exchange_done *d, int64_t sent_at)
{
	if (d->mismatched && !s->rotten)
		sim_violate(w, "station %d: its rows are not the hub's (digest)", s->i);
	if (d->mismatched)
		s->rotten = false;
	int64_t off = d->skew_ms - s->skew, way = w->now - sent_at;
	if (d->hub_now && s->sent_skew == s->skew && (off > way / 2 + 1 || off < -way / 2 - 1))
		sim_violate(w, "station %d: skew %lld instead of %lld", s->i, (long long)d->skew_ms, (long long)s->skew);
	w->r->resets += d->resets;
}

static struct link_report report_of(const struct exchange_done *d)
{
	struct link_report r = {.end = d->problem.kind ? LINK_REFUSED : LINK_OK,
				.problem = d->problem,
				.more = d->more,
				.again_ms = d->again_ms,
				.progress = d->answered || d->rows};

	return r;
}

// The rest of pages that were cut, each piece in a transaction of its own, between which the station may die.
static bool take_rest(struct world *w, struct station *s, struct exchange_done *d, bool *dead, struct err *e)
{
	bool left = d->rest != NULL, ok = true;

	while (ok && left) {
		memstore_begin(&s->m);
		ok = exchange_more(&s->calls, d->rest, d, &left, e);
		*dead = w->over || crashed(w, s);
		if (*dead)
			break;
		if (ok)
			memstore_commit(&s->m);
	}
	return ok;
}

static void take_reply(struct world *w, struct station *s, struct msg *m)
{
	struct exchange_done d;
	struct err e = {0};
	json_t *answer = w->o.mutant ? mutant_reply(w, s, json_loads(m->text, 0, NULL)) : NULL;
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	sim_trace(w, "station %d takes (%lld) %d %.900s", s->i, (long long)m->id, m->status, text ? text : m->text);
	s->syncing = false;
	s->answer = answer;
	s->cleared = false;
	memstore_begin(&s->m);
	bool ok = exchange_take(&s->calls, &s->sent, m->status, sv(text ? text : m->text), s->sent_at + SIM_WALL + s->sent_skew,
				wall(w, s), &d, &e);
	bool dead = w->over || crashed(w, s);
	if (ok && !dead) {
		memstore_commit(&s->m);
		s->answer = NULL; // the rest goes by the true cursors, or a bug that shifts them would never end
		ok = take_rest(w, s, &d, &dead, &e);
	}
	exchange_rest_free(d.rest);
	s->answer = NULL;
	json_decref(answer);
	free(text);
	if (dead)
		return;
	if (!ok) {
		sim_violate(w, "station %d does not understand: %s", s->i, e.msg);
		return;
	}
	s->careful = d.careful;
	s->hole[0] = d.hole[0];
	s->hole[1] = d.hole[1];
	check_taken(w, s, &d, s->sent_at);
	struct link_report r = report_of(&d);
	link_done(s->link, LINK_SYNC, &r, w->now);
}

static void take_event(struct world *w, struct station *s, struct msg *m)
{
	struct exchange_done d;
	struct err e = {0};
	bool pull;
	json_t *page = w->o.mutant ? json_loads(m->text, 0, NULL) : NULL;
	json_t *answer = page ? mutant_reply(w, s, json_pack("{s:[o]}", "pages", page)) : NULL;
	char *text = answer ? json_dumps(json_array_get(json_object_get(answer, "pages"), 0), JSON_COMPACT) : NULL;

	sim_trace(w, "station %d hears %.400s", s->i, text ? text : m->text);
	s->answer = answer;
	s->cleared = false;
	memstore_begin(&s->m);
	bool ok = exchange_event(&s->calls, sv(text ? text : m->text), wall(w, s), &d, &pull, &e);
	s->answer = NULL;
	json_decref(answer);
	free(text);
	if (w->over || crashed(w, s))
		return;
	if (!ok) {
		sim_violate(w, "station %d does not understand an event: %s", s->i, e.msg);
		return;
	}
	memstore_commit(&s->m);
	link_bytes(s->link, w->now);
	if (pull)
		link_poke(s->link, w->now);
}

static void failed(struct world *w, struct station *s, const struct msg *m)
{
	if (s->syncing && s->sync_id == m->id) {
		s->syncing = false;
		done(w, s, LINK_SYNC, LINK_FAILED);
	} else if (s->probing && s->probe_id == m->id) {
		s->probing = false;
		done(w, s, LINK_PROBE, LINK_FAILED);
	} else if (s->streaming && s->stream_id == m->id) {
		s->streaming = false;
		done(w, s, LINK_STREAM, LINK_FAILED);
	}
}

static void receive(struct world *w, struct station *s, struct msg *m)
{
	bool stream = s->streaming && s->stream_id == m->id;

	if (stream)
		s->stream_heard = w->now;
	switch (m->kind) {
	case MSG_SYNC_REPLY:
		if (s->syncing && s->sync_id == m->id)
			take_reply(w, s, m);
		break;
	case MSG_PROBE_REPLY:
		if (s->probing && s->probe_id == m->id) {
			s->probing = false;
			done(w, s, LINK_PROBE, LINK_OK);
		}
		break;
	case MSG_HELLO:
		if (stream)
			link_hello(s->link, 2000, w->now);
		break;
	case MSG_CH:
		if (stream)
			take_event(w, s, m);
		break;
	case MSG_FAILED:
	case MSG_STREAM_END:
		failed(w, s, m);
		break;
	case MSG_SYNC:
	case MSG_PROBE:
	case MSG_STREAM:
		BUG("a request to a station");
	}
}

void station_receive(struct world *w, struct msg *m)
{
	struct station *s = &w->st[m->station];

	if (s->up && s->life == m->life) {
		receive(w, s, m);
		if (s->up && !w->over)
			station_run(w, s);
	}
	msg_free(m);
}
