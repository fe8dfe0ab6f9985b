// SPDX-License-Identifier: MIT
// Knows which streams are followed here, by whom, and who waits for news of them.
#include <sodium.h>

#include "src/hub/server_feed.h"

static uint32_t hash(const char *a, const char *b)
{
	uint32_t h = 2166136261u;

	for (; *a; a++)
		h = (h ^ (unsigned char)*a) * 16777619u;
	for (h *= 31; *b; b++)
		h = (h ^ (unsigned char)*b) * 16777619u;
	return h % FEED_BUCKETS;
}

struct topic *feed_topic(struct feed *f, const char *site, const char *stream)
{
	const char *rest;
	enum wire_family family;

	if (wire_stream_is_global(stream))
		site = WIRE_GLOBAL_SITE;
	struct topic **at = &f->topics[hash(site, stream)];
	for (struct topic *t = *at; t; t = t->next)
		if (str_eq(t->s, stream) && str_eq(t->site, site))
			return t;
	struct topic *t = xcalloc(1, sizeof(*t));
	t->site = xstrdup(site);
	t->s = xstrdup(stream);
	t->family = wire_stream_parse(stream, &family, &rest) ? family : WIRE_Q;
	t->next = *at;
	return *at = t;
}

// --- news

// What agents work with goes out at once, but not more often than every coalesce_ms; what is large and slow is spread over as
// many seconds as there are stations to fetch it.
static int64_t delay(const struct feed *f, enum wire_family family)
{
	int64_t hot = f->sv->o.coalesce_ms, spread = (int64_t)f->seats.n * 12;

	switch (family) {
	case WIRE_BC:
		return 0;
	case WIRE_DIR:
	case WIRE_CFG:
	case WIRE_KB:
		return hot * 8 + randombytes_uniform((uint32_t)(spread < 58000 ? spread : 58000) + 1);
	case WIRE_Q:
	case WIRE_ME:
	case WIRE_CUST:
	case WIRE_FAMILIES:
		break;
	}
	return hot;
}

void feed_due(struct feed *f, struct seat *s, struct sub *u, int64_t now)
{
	if (u->due)
		return;
	int64_t at = u->flushed + delay(f, u->topic->family);
	u->due = at > now ? at : now;
	if (!s->due || u->due < s->due)
		s->due = u->due;
}

static void park_unref(struct park *p)
{
	if (--p->refs == 0)
		free(p);
}

static void park_wake(struct feed *f, struct park *p)
{
	if (p->job)
		lane_push(&f->sv->lane[LANE_READ], p->job, true);
	p->job = NULL;
}

void feed_head(struct feed *f, struct topic *t, int64_t epoch, int64_t seq, int64_t now)
{
	if (t->epoch == epoch && t->seq >= seq)
		return;
	t->epoch = epoch;
	t->seq = seq;
	for (size_t i = 0; i < t->seats.n; i++) {
		struct seat *s = t->seats.v[i];
		for (size_t k = 0; k < s->n_subs; k++)
			if (s->subs[k].topic == t)
				feed_due(f, s, &s->subs[k], now);
		// Who sits where and may do what stands in the directory.
		if (t->family == WIRE_DIR && s->refresh > now + 5000)
			s->refresh = now + randombytes_uniform(5000);
	}
	for (size_t i = 0; i < t->parks.n; i++) {
		park_wake(f, t->parks.v[i]);
		park_unref(t->parks.v[i]);
	}
	t->parks.n = 0;
}

// --- long polls

void feed_wake_parks(struct feed *f, int64_t now, bool all)
{
	for (size_t i = 0; i < f->parks.n;) {
		struct park *p = f->parks.v[i];
		if (p->job && !all && p->job->deadline > now) {
			i++;
			continue;
		}
		park_wake(f, p);
		park_unref(p);
		f->parks.v[i] = f->parks.v[--f->parks.n];
	}
	atomic_store(&f->sv->metrics.parked, (long long)f->parks.n);
}

bool feed_park(struct feed *f, struct job *j)
{
	const char *stream;
	json_t *v;
	bool moved = false;

	pthread_mutex_lock(&f->lock);
	json_object_foreach(json_object_get(j->doc, "cur"), stream, v)
	{
		struct wire_cursor c;
		enum wire_family family;
		const char *rest, *text = json_string_value(v);
		if (!text || !wire_stream_parse(stream, &family, &rest) || !wire_cursor_parse(text, &c))
			continue;
		struct topic *t = feed_topic(f, j->who.site, stream);
		// Compared after it was asked for: what was committed in between is not slept through.
		moved |= t->epoch == c.epoch && t->seq > c.seq;
	}
	if (!moved && !f->stop) {
		struct park *p = xcalloc(1, sizeof(*p));
		p->job = j;
		p->refs = 1;
		vec_push(&f->parks, p);
		json_object_foreach(json_object_get(j->doc, "cur"), stream, v)
		{
			enum wire_family family;
			const char *rest;
			if (!wire_stream_parse(stream, &family, &rest))
				continue;
			p->refs++;
			vec_push(&feed_topic(f, j->who.site, stream)->parks, p);
		}
		atomic_store(&f->sv->metrics.parked, (long long)f->parks.n);
		pthread_cond_signal(&f->wake);
	} else if (f->stop) {
		j->deadline = 1;
	}
	bool parked = !moved && !f->stop;
	pthread_mutex_unlock(&f->lock);
	return parked;
}

// --- who is here

static struct seat **place_of(struct feed *f, const char *dev)
{
	struct seat **at = &f->by_dev[hash(dev, "")];

	while (*at && !str_eq((*at)->dev, dev))
		at = &(*at)->next;
	return at;
}

// Under the lock. Drops the list's reference.
static void unlist(struct feed *f, struct seat *s)
{
	struct seat **at = &f->by_dev[hash(s->dev, "")];

	if (!s->listed)
		return;
	s->listed = false;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	for (size_t i = 0; i < f->seats.n; i++)
		if (f->seats.v[i] == s) {
			f->seats.v[i] = f->seats.v[--f->seats.n];
			break;
		}
	for (size_t k = 0; k < s->n_subs; k++) {
		struct topic *t = s->subs[k].topic;
		for (size_t i = 0; i < t->seats.n; i++)
			if (t->seats.v[i] == s) {
				t->seats.v[i] = t->seats.v[--t->seats.n];
				break;
			}
	}
	seat_unref(s);
}

// Lists the seat in place of the one this station had.
void feed_join(struct feed *f, struct seat *s, const struct message *hello)
{
	int64_t now = mono_ms();

	pthread_mutex_lock(&f->lock);
	struct seat *old = *place_of(f, s->dev);
	if (old) {
		seat_close(old, "event: bye\ndata: {\"retry_ms\":[2000,30000],\"why\":\"replaced\"}\n\n");
		unlist(f, old);
		atomic_fetch_add(&f->sv->metrics.sse_replaced, 1);
	}
	struct seat **at = place_of(f, s->dev);
	s->next = *at;
	*at = s;
	s->listed = true;
	seat_hold(s);
	vec_push(&f->seats, s);
	seat_put(s, NULL, (struct message *)(uintptr_t)hello, NULL);
	for (size_t k = 0; k < s->n_subs; k++) {
		struct sub *u = &s->subs[k];
		vec_push(&u->topic->seats, s);
		if (u->topic->seq > u->told)
			feed_due(f, s, u, now);
	}
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

// The response is done with the seat, however its connection ended.
void seat_detach(void *cls)
{
	struct seat *s = cls;
	struct feed *f = s->sv->feed;

	pthread_mutex_lock(&f->lock);
	unlist(f, s);
	pthread_mutex_unlock(&f->lock);
	pthread_mutex_lock(&s->lock);
	s->conn = NULL;
	s->suspended = false;
	s->closing = true;
	pthread_mutex_unlock(&s->lock);
	seat_unref(s);
}

void feed_drop(struct feed *f, const char *dev)
{
	pthread_mutex_lock(&f->lock);
	struct seat *s = *place_of(f, dev);
	if (s) {
		seat_close(s, "event: bye\ndata: {\"retry_ms\":[2000,30000],\"why\":\"session\"}\n\n");
		unlist(f, s);
	}
	pthread_mutex_unlock(&f->lock);
}

int feed_seats(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	int n = (int)f->seats.n;
	pthread_mutex_unlock(&f->lock);
	return n;
}

bool feed_connected(struct feed *f, const char *dev)
{
	pthread_mutex_lock(&f->lock);
	bool yes = *place_of(f, dev) != NULL;
	pthread_mutex_unlock(&f->lock);
	return yes;
}

void feed_agents(struct feed *f, struct hub_present **out, size_t *n, struct arena *a)
{
	pthread_mutex_lock(&f->lock);
	*out = arena_array(a, struct hub_present, f->seats.n + 1);
	*n = f->seats.n;
	for (size_t i = 0; i < f->seats.n; i++) {
		const struct actor *who = &f->seats.v[i]->who;
		(*out)[i] = (struct hub_present){arena_strdup(a, who->site), arena_strdup(a, who->agent)};
	}
	pthread_mutex_unlock(&f->lock);
}

void feed_bye(struct feed *f, int64_t window_ms)
{
	char bye[120];

	snprintf(bye, sizeof(bye), "event: bye\ndata: {\"retry_ms\":[200,%lld],\"why\":\"drain\"}\n\n", (long long)window_ms);
	pthread_mutex_lock(&f->lock);
	while (f->seats.n) {
		seat_close(f->seats.v[0], bye);
		unlist(f, f->seats.v[0]);
	}
	feed_wake_parks(f, 0, true);
	pthread_mutex_unlock(&f->lock);
}
