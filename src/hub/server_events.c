// SPDX-License-Identifier: MIT
// Knows who may open an event stream, what is in it, and when that must be looked at again.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/server_feed.h"

enum { REFRESH_MS = 60000 };

struct look {
	struct feed *feed;
	const char *site, *family; // given on a second look
	const struct token *access; // given on the first
	const char *dev, *inc;
	struct actor who; // strings in arena
	struct arena *arena;
	VEC(struct sub) subs;
	bool over; // nobody sits there any more
};

static bool read_streams(struct hub_tx *tx, struct look *q, struct err *e)
{
	const char **streams;
	size_t n;

	q->subs.n = 0;
	if (!actor_streams(tx, &q->who, &streams, &n, hub_arena(tx), e))
		return false;
	for (size_t i = 0; i < n && i < WIRE_STREAMS; i++) {
		struct hub_stream st = {0};
		const char *site = wire_stream_is_global(streams[i]) ? WIRE_GLOBAL_SITE : q->who.site;
		if (!hub_stream_get(tx, site, streams[i], &st, e))
			return false;
		pthread_mutex_lock(&q->feed->lock);
		struct topic *t = feed_topic(q->feed, site, streams[i]);
		if (t->epoch != st.epoch && !t->seats.n) {
			t->epoch = st.epoch;
			t->seq = st.seq;
		}
		pthread_mutex_unlock(&q->feed->lock);
		vec_push(&q->subs, ((struct sub){.topic = t, .epoch = st.epoch, .told = st.seq}));
	}
	return true;
}

// Session, station and person as they are now, with the heads of their streams.
static bool look_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct look *q = arg;
	struct hub_session s;
	struct hub_dev dev;
	struct err why = {0};
	bool found = false;

	q->over = true;
	if (!(q->access ? hub_session_by_access(tx, q->access->site, q->access->h, &s, &found, e)
			: hub_session_get(tx, q->site, q->family, &s, &found, e)))
		return false;
	if (!found || s.ended)
		return true;
	if (!hub_dev_get(tx, s.site, s.dev, s.inc, &dev, &found, e))
		return false;
	if (!found || !str_eq(dev.state, "active"))
		return true;
	if (!actor_load(tx, s.site, s.agent, &q->who, q->arena, &why))
		return why.code == ERR_DENIED || why.code == ERR_NOT_FOUND || err_set(e, why.code, "%s", why.msg);
	q->who.dev = arena_strdup(q->arena, s.dev);
	q->who.station = arena_strdup(q->arena, dev.station);
	q->family = arena_strdup(q->arena, s.family);
	q->inc = arena_strdup(q->arena, s.inc);
	q->over = false;
	return read_streams(tx, q, e);
}

static struct message *hello(struct server *sv)
{
	char now[32], text[320];

	clock_rfc3339(clock_wall(hub_store_clock(sv->o.store)), now, sizeof(now));
	int n = snprintf(
		text, sizeof(text),
		"retry: 3000\nevent: hello\ndata: {\"now\":\"%s\",\"hb_ms\":%d,\"window_ms\":%lld,\"conn\":\"%s-%llx\"}\n\n", now,
		sv->o.hb_ms, (long long)server_window(sv), sv->seed, (unsigned long long)atomic_fetch_add(&sv->number, 1));
	return message_new(text, (size_t)n);
}

static void seat_events_answer(struct job *j, const struct message *m)
{
	answer_text(j, 200, "text/event-stream", "");
	j->an.events = true;
	if (!j->conn) // without a socket the greeting is all there is
		str_addn(&j->an.body, m->text, m->n);
}

enum outcome route_events(struct job *j)
{
	struct token token;
	struct arena arena = {0};
	struct look q = {.feed = j->sv->feed, .access = &token, .arena = &arena};
	struct err e = {0};
	const char *a = j->rq.authorization;

	if (!token_read(a + strlen("Bearer ") + strspn(a + strlen("Bearer "), " "), &token))
		return refuse(j, WIRE_P_TOKEN_REVOKED, "not a token of this hub");
	bool ok = hub_run(j->sv->o.store, HUB_READ, look_body, &q, &e);
	if (!ok || q.over) {
		vec_release(&q.subs);
		arena_release(&arena);
		return ok ? refuse(j, WIRE_P_TOKEN_REVOKED, "the session has ended") : answer_failure(j, &e);
	}
	struct seat *s = seat_new(j->sv, q.who.dev, q.inc, q.family);
	struct message *m = hello(j->sv);
	s->who = q.who;
	s->arena = arena;
	s->subs = q.subs.v;
	s->n_subs = q.subs.n;
	s->refresh = mono_ms() + REFRESH_MS + randombytes_uniform(REFRESH_MS / 4);
	seat_events_answer(j, m);
	if (j->conn) {
		j->seat = s;
		feed_join(j->sv->feed, s, m);
	} else {
		seat_unref(s);
	}
	message_drop(m);
	return OUT_DONE;
}

// --- a second look

static void leave_topics(struct seat *s)
{
	for (size_t k = 0; k < s->n_subs; k++) {
		struct topic *t = s->subs[k].topic;
		for (size_t i = 0; i < t->seats.n; i++)
			if (t->seats.v[i] == s) {
				t->seats.v[i] = t->seats.v[--t->seats.n];
				break;
			}
	}
}

// What stays keeps its place; what is new begins at its head, the station pulls it.
static void change_subs(struct feed *f, struct seat *s, struct look *q)
{
	int64_t now = mono_ms();

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < q->subs.n; i++)
		for (size_t k = 0; k < s->n_subs; k++)
			if (s->subs[k].topic == q->subs.v[i].topic)
				q->subs.v[i] = s->subs[k];
	if (s->listed)
		leave_topics(s);
	free(s->subs);
	s->subs = q->subs.v;
	s->n_subs = q->subs.n;
	for (size_t k = 0; s->listed && k < s->n_subs; k++) {
		struct sub *u = &s->subs[k];
		vec_push(&u->topic->seats, s);
		if (u->topic->seq > u->told)
			feed_due(f, s, u, now);
	}
	struct arena old = s->arena;
	s->arena = *q->arena;
	s->who = q->who;
	s->refresh = now + REFRESH_MS + randombytes_uniform(REFRESH_MS / 4);
	pthread_mutex_unlock(&f->lock);
	arena_release(&old);
}

void feed_refresh(struct feed *f, struct seat *s)
{
	struct arena arena = {0};
	struct look q = {.feed = f, .site = s->who.site, .family = s->family, .arena = &arena};
	struct err e = {0};

	if (!hub_run(f->sv->o.store, HUB_READ, look_body, &q, &e)) {
		log_line(LOG_ERROR, "streams of station %s: %s", s->dev, e.msg);
		pthread_mutex_lock(&f->lock);
		s->refresh = mono_ms() + 5000;
		pthread_mutex_unlock(&f->lock);
	} else if (q.over) {
		feed_drop(f, s->dev);
		s->refresh = INT64_MAX;
	} else {
		change_subs(f, s, &q);
		return;
	}
	vec_release(&q.subs);
	arena_release(&arena);
}
