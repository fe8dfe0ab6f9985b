// SPDX-License-Identifier: MIT
// Knows how the hubs of the simulation tell stations what happened: streams of events, heartbeats, what other hubs committed.
#include "tests/sync/sim.h"

enum { POLL_MS = 150, EVENT_ROWS = 20 };

struct head {
	char s[64];
	int64_t epoch, seq;
};
struct push {
	struct world *w;
	struct hubp *h;
	VEC(struct head) heads;
	VEC(struct paged {
		char s[64];
		int64_t from;
		unsigned mask;
		char *text;
	})
	pages; // one stream's page serves all that stand at the same place and see the same
};

static void add_head(void *arg, const char *site, const struct hub_stream *st)
{
	struct push *p = arg;
	struct head *h = vec_add(&p->heads);

	(void)site;
	snprintf(h->s, sizeof(h->s), "%s", st->s);
	h->epoch = st->epoch;
	h->seq = st->seq;
}

static bool page_text(struct hub_tx *tx, struct push *p, const struct actor *who, const struct told *t, const char **out,
		      struct err *e)
{
	unsigned mask = rights_mask_id(who);
	json_t *page;

	for (size_t i = 0; i < p->pages.n; i++)
		if (p->pages.v[i].mask == mask && p->pages.v[i].from == t->seq && str_eq(p->pages.v[i].s, t->s)) {
			*out = p->pages.v[i].text;
			return true;
		}
	if (!actor_may_read(who, wire_stream_is_global(t->s) ? WIRE_GLOBAL_SITE : who->site, t->s)) {
		*out = NULL;
		return true;
	}
	if (!hub_page(tx, who, t->s, (struct wire_cursor){t->epoch, t->seq}, EVENT_ROWS, WIRE_PUSH_EVENT_BYTES, &page, e))
		return false;
	struct paged *x = vec_add(&p->pages);
	snprintf(x->s, sizeof(x->s), "%s", t->s);
	x->from = t->seq;
	x->mask = mask;
	x->text = json_dumps(page, JSON_COMPACT);
	if (strlen(x->text) > WIRE_PUSH_EVENT_BYTES || json_object_get(page, "reset")) {
		free(x->text);
		x->text = xasprintf("{\"s\":\"%s\",\"head\":%lld}", t->s,
				    (long long)json_integer_value(json_object_get(page, "head")));
	}
	json_decref(page);
	*out = x->text;
	return true;
}

static bool push_conn(struct hub_tx *tx, struct push *p, struct conn *c, struct err *e)
{
	struct station *s = &p->w->st[c->station];
	struct arena a = {0};
	struct actor who;
	const char *text;
	bool loaded = false, ok = true;

	for (size_t i = 0; ok && i < c->told.n; i++) {
		struct told *t = &c->told.v[i];
		const struct head *h = NULL;
		for (size_t k = 0; k < p->heads.n; k++)
			if (str_eq(p->heads.v[k].s, t->s))
				h = &p->heads.v[k];
		if (!h || (h->epoch == t->epoch && h->seq <= t->seq))
			continue;
		ok = loaded || hub_actor(tx, &(struct who){p->w, s, &who, &a}, e);
		loaded = true;
		if (!ok || !(ok = page_text(tx, p, &who, t, &text, e)) || !text)
			continue;
		struct msg *m = msg_new(MSG_CH, c->station, p->h->i, s->life, c->id);
		m->text = xstrdup(text);
		t->epoch = h->epoch;
		t->seq = h->seq;
		p->w->r->pushes++;
		sim_send(p->w, m);
	}
	arena_release(&a);
	return ok;
}

static bool push_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct push *p = arg;

	for (size_t i = 0; i < p->h->conns.n; i++)
		if (!push_conn(tx, p, &p->h->conns.v[i], e))
			return false;
	return true;
}

static void push(struct world *w, struct event *ev)
{
	struct hubp *h = &w->hub[ev->a];
	struct push p = {.w = w, .h = h};
	struct err e = {0};

	h->pushing = false;
	if (h->up)
		hub_unpark(w, h, 0);
	if (!h->up || !h->conns.n)
		return;
	if (!hub_heads(w->store, 0, add_head, &p, &e) || !hub_run(w->store, HUB_READ, push_body, &p, &e))
		BUG("%s", e.msg);
	for (size_t i = 0; i < p.pages.n; i++)
		free(p.pages.v[i].text);
	vec_release(&p.pages);
	vec_release(&p.heads);
}

void hub_wake(struct world *w, const struct hubp *from)
{
	for (int h = 0; h < w->n_hubs; h++)
		if (w->hub[h].up && !w->hub[h].pushing) {
			w->hub[h].pushing = true;
			sim_at(w, &w->hub[h] == from ? 1 : sim_between(w, 1, POLL_MS), push, h, 0, 0, NULL);
		}
}

void hub_drop_conn(struct hubp *h, size_t i)
{
	vec_release(&h->conns.v[i].told);
	vec_remove(&h->conns, i);
}

// Heartbeats; a stream whose station is gone ends with them.
void hub_beat(struct world *w, struct event *ev)
{
	struct hubp *h = &w->hub[ev->a];

	for (size_t i = h->conns.n; h->up && i-- > 0;) {
		struct conn *c = &h->conns.v[i];
		struct station *s = &w->st[c->station];
		if (w->cut[c->station][h->i])
			continue;
		if (!s->up || !s->streaming || s->stream_id != c->id) {
			hub_drop_conn(h, i);
			continue;
		}
		s->stream_heard = w->now;
		link_bytes(s->link, w->now);
	}
	sim_at(w, 15000, hub_beat, h->i, 0, 0, NULL);
}

struct open_stream {
	struct who who;
	struct conn *c;
};

static bool open_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct open_stream *o = arg;
	struct hub_stream st;
	const char **streams;
	size_t n;

	if (!hub_actor(tx, &o->who, e) || !actor_streams(tx, o->who.out, &streams, &n, o->who.a, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!hub_stream_get(tx, wire_stream_is_global(streams[i]) ? WIRE_GLOBAL_SITE : SIM_SITE, streams[i], &st, e))
			return false;
		struct told *t = vec_add(&o->c->told);
		snprintf(t->s, sizeof(t->s), "%s", streams[i]);
		t->epoch = st.epoch;
		t->seq = st.seq;
	}
	return true;
}

void hub_open_stream(struct world *w, struct hubp *h, const struct msg *m)
{
	struct arena a = {0};
	struct actor who;
	struct err e = {0};

	for (size_t i = h->conns.n; i-- > 0;)
		if (h->conns.v[i].station == m->station)
			hub_drop_conn(h, i);
	struct conn *c = vec_add(&h->conns);
	c->station = m->station;
	c->id = m->id;
	struct open_stream o = {.who = {w, &w->st[m->station], &who, &a}, .c = c};
	if (!hub_run(w->store, HUB_READ, open_body, &o, &e))
		BUG("%s", e.msg);
	arena_release(&a);
	sim_send(w, msg_new(MSG_HELLO, m->station, h->i, m->life, m->id));
}
