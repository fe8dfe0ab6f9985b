// SPDX-License-Identifier: MIT
// Knows the fan-out: one thread that compares heads, tells each station what is new in its streams, and keeps their lines alive.
//
// Heads are state, not events: reading them twice is harmless and a missed one shows at the next look (sync.md §5.4).
#include "src/base/i18n.h"
#include "src/hub/server_feed.h"

enum {
	WINDOW_MS = 5000, // heads changed so lately are compared; longer than any transaction
	LOOK_MS = 10, // between two looks that commits ask for
	REFRESHES = 50, // of seats in one round
	BEATS = 16, // looks for due heartbeats in one heartbeat
};

// --- heads

static void on_head(void *arg, const char *site, const struct hub_stream *st)
{
	struct feed *f = arg;

	pthread_mutex_lock(&f->lock);
	feed_head(f, feed_topic(f, site, st->s), st->epoch, st->seq, mono_ms());
	pthread_mutex_unlock(&f->lock);
}

static void read_heads(struct feed *f, int64_t window)
{
	struct err e = {0};

	f->last_heads = mono_ms();
	if (hub_heads(f->sv->o.store, window, on_head, f, &e))
		return;
	atomic_fetch_add(&f->sv->metrics.db_errors, 1);
	log_line(LOG_ERROR, "heads of streams: %s", e.msg);
}

static void look(struct feed *f, bool poked, int64_t now)
{
	const struct server_options *o = &f->sv->o;

	if (now >= f->next_sweep) {
		f->next_sweep = now + o->sweep_ms;
		f->next_poll = now + o->poll_ms;
		read_heads(f, 0);
	} else if (poked || (o->poll_ms && now >= f->next_poll)) {
		f->next_poll = now + o->poll_ms;
		read_heads(f, WINDOW_MS);
	}
}

// --- telling

// One seat's streams that are due. The subs are this thread's own; the pages are read without the lock.
static void tell(struct feed *f, struct seat *s, int64_t now)
{
	int64_t next = 0;

	for (size_t i = 0; i < s->n_subs; i++) {
		struct sub *u = &s->subs[i];
		struct push *p;
		if (u->due && u->due <= now) {
			u->due = 0;
			u->flushed = now;
			if (u->epoch == u->topic->epoch && u->told >= u->topic->seq)
				continue;
			if (!feed_push(f, s, u, &p)) {
				u->due = now + 1000; // the store failed: again later
			} else {
				if (p->red)
					seat_put(s, NULL, p->red, NULL);
				seat_put(s, u->topic, p->event, p->head);
				u->epoch = u->topic->epoch;
				u->told = p->to;
			}
		}
		if (u->due && (!next || u->due < next))
			next = u->due;
	}
	s->due = next;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

// All seats that are due. Gives when the next one is, 0: none.
static int64_t tell_all(struct feed *f, int64_t now)
{
	VEC(struct seat *) due = {0};
	int64_t next = 0;

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->seats.n; i++) {
		struct seat *s = f->seats.v[i];
		if (s->due && s->due <= now) {
			seat_hold(s);
			vec_push(&due, s);
		} else {
			next = earlier(next, s->due);
		}
	}
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < due.n; i++) {
		tell(f, due.v[i], now);
		next = earlier(next, due.v[i]->due);
		seat_unref(due.v[i]);
	}
	vec_release(&due);
	return next;
}

// --- keeping the lines

static void beat(struct feed *f, int64_t now)
{
	if (now < f->next_beat)
		return;
	f->next_beat = now + f->sv->o.hb_ms / BEATS + 1;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->seats.n; i++)
		if (now - atomic_load(&f->seats.v[i]->last_put) >= f->sv->o.hb_ms)
			seat_beat(f->seats.v[i]);
	pthread_mutex_unlock(&f->lock);
}

static void refresh_some(struct feed *f, int64_t now)
{
	struct seat *some[REFRESHES];
	size_t n = 0;

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->seats.n && n < REFRESHES; i++)
		if (f->seats.v[i]->refresh <= now) {
			some[n++] = f->seats.v[i];
			seat_hold(f->seats.v[i]);
		}
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < n; i++) {
		feed_refresh(f, some[i]);
		seat_unref(some[i]);
	}
}

static int64_t next_park(struct feed *f)
{
	int64_t next = 0;

	for (size_t i = 0; i < f->parks.n; i++)
		next = earlier(next, f->parks.v[i]->job ? f->parks.v[i]->job->deadline : 1);
	return next;
}

static void *run(void *arg)
{
	struct feed *f = arg;
	int64_t next_due = 0;

	pthread_mutex_lock(&f->lock);
	while (!f->stop) {
		int64_t until = earlier(f->next_sweep, f->next_beat), now;
		until = earlier(until, next_due);
		until = earlier(until, next_park(f));
		if (f->sv->o.poll_ms)
			until = earlier(until, f->next_poll);
		if (f->poked)
			until = f->red ? 1 : earlier(until, f->last_heads + LOOK_MS);
		bool rung = f->poked && f->red;
		if (!rung && mono_ms() < until)
			cond_wait_until(&f->wake, &f->lock, until);
		now = mono_ms();
		// Commits ring often; heads are looked at once in LOOK_MS for all of them, and at once for a red one.
		bool poked = f->poked && (f->red || now >= f->last_heads + LOOK_MS);
		if (poked)
			f->poked = f->red = false;
		feed_wake_parks(f, now, false);
		pthread_mutex_unlock(&f->lock);
		look(f, poked, now);
		refresh_some(f, now);
		next_due = tell_all(f, mono_ms());
		beat(f, now);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

// --- from outside

void feed_poke(struct feed *f, bool red)
{
	pthread_mutex_lock(&f->lock);
	f->poked = true;
	f->red |= red;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

void feed_start(struct server *sv)
{
	struct feed *f = xcalloc(1, sizeof(*f));

	f->sv = sv;
	pthread_mutex_init(&f->lock, NULL);
	cond_init(&f->wake);
	f->next_sweep = mono_ms();
	f->next_beat = mono_ms() + sv->o.hb_ms / BEATS + 1;
	sv->feed = f;
	if (pthread_create(&f->thread, NULL, run, f) != 0)
		BUG("no thread for the fan-out");
}

void feed_stop(struct feed *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	feed_bye(f, 2000); // whoever came in between; also wakes the last long polls
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	feed_forget_pushes(f);
	for (size_t i = 0; i < FEED_BUCKETS; i++)
		for (struct topic *t = f->topics[i], *next; t; t = next) {
			next = t->next;
			for (size_t k = 0; k < t->parks.n; k++)
				if (--t->parks.v[k]->refs == 0)
					free(t->parks.v[k]);
			vec_release(&t->parks);
			vec_release(&t->seats);
			free(t->site);
			free(t->s);
			free(t);
		}
	vec_release(&f->seats);
	vec_release(&f->parks);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->wake);
	free(f);
}
