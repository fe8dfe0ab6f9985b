// SPDX-License-Identifier: MIT
// Knows one station's event stream: what waits to be sent, within bounds, and when its connection must be woken.
//
// MHD does not notice that a suspended peer has hung up, so every heartbeat wakes the connection and writes. All changes of
// `suspended` happen under the seat's lock together with the call they describe.
#include "src/hub/server_seat.h"

#include <microhttpd.h>
#include <sodium.h>

struct message *message_new(const char *text, size_t n)
{
	struct message *m = xmalloc(sizeof(*m) + n);

	m->refs = 1;
	m->n = n;
	memcpy(m->text, text, n);
	return m;
}

void message_drop(struct message *m)
{
	if (m && atomic_fetch_sub(&m->refs, 1) == 1)
		free(m);
}

struct seat *seat_new(struct server *sv, const char *dev, const char *inc, const char *family)
{
	struct seat *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->refs = 1;
	s->sv = sv;
	s->dev = xstrdup(dev);
	s->inc = xstrdup(inc);
	s->family = xstrdup(family);
	s->started = mono_ms();
	// Heartbeats of many stations that came at once are spread.
	s->last_put = mono_ms() - (int64_t)randombytes_uniform((uint32_t)sv->o.hb_ms / 2 + 1);
	return s;
}

void seat_hold(struct seat *s)
{
	atomic_fetch_add(&s->refs, 1);
}

void seat_unref(struct seat *s)
{
	if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	for (size_t i = 0; i < s->queue.n; i++)
		message_drop(s->queue.v[i].m);
	vec_release(&s->queue);
	arena_release(&s->arena);
	free(s->subs);
	free(s->dev);
	free(s->inc);
	free(s->family);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

// --- what waits

static void wake(struct seat *s)
{
	if (!s->suspended || !s->conn)
		return;
	s->suspended = false;
	MHD_resume_connection(s->conn);
}

static void take_out(struct seat *s, size_t i)
{
	s->bytes -= s->queue.v[i].m->n;
	message_drop(s->queue.v[i].m);
	vec_remove(&s->queue, i);
}

static void append(struct seat *s, const struct topic *topic, struct message *m, bool head)
{
	atomic_fetch_add(&m->refs, 1);
	vec_push(&s->queue, ((struct queued){.m = m, .topic = topic, .head = head}));
	s->bytes += m->n;
}

// What was begun must be sent to its end.
static size_t first_whole(const struct seat *s)
{
	return s->off ? 1 : 0;
}

// The events of a stream the station does not read fast enough give way to one head each; it will pull.
static void collapse(struct seat *s, const struct topic *topic)
{
	for (size_t i = first_whole(s); i < s->queue.n;) {
		if (s->queue.v[i].topic == topic) {
			if (!s->queue.v[i].head)
				atomic_fetch_add(&s->sv->metrics.sse_drops, 1);
			take_out(s, i);
		} else {
			i++;
		}
	}
}

static void bound_firm(struct seat *s)
{
	size_t n = 0, oldest = SIZE_MAX;

	for (size_t i = first_whole(s); i < s->queue.n; i++)
		if (!s->queue.v[i].topic) {
			n++;
			oldest = oldest == SIZE_MAX ? i : oldest;
		}
	if (n < SEAT_FIRM)
		return;
	atomic_fetch_add(&s->sv->metrics.sse_drops, 1);
	take_out(s, oldest);
}

static bool full(const struct seat *s, const struct message *m)
{
	return s->collapsed || s->bytes + m->n > SEAT_BYTES || s->queue.n >= SEAT_EVENTS;
}

void seat_put(struct seat *s, const struct topic *topic, struct message *m, struct message *head)
{
	pthread_mutex_lock(&s->lock);
	if (!s->closing) {
		if (!topic) {
			bound_firm(s);
			append(s, NULL, m, false);
		} else if (full(s, m)) {
			// From here on only heads, until the queue has run dry: else rows with a gap before them would follow.
			s->collapsed = true;
			collapse(s, topic);
			append(s, topic, head, true);
		} else {
			append(s, topic, m, m == head);
		}
		atomic_fetch_add(&s->sv->metrics.sse_events, 1);
		s->last_put = mono_ms();
		wake(s);
	}
	pthread_mutex_unlock(&s->lock);
}

void seat_beat(struct seat *s)
{
	static const char beat[] = ": hb\n\n";

	pthread_mutex_lock(&s->lock);
	if (!s->closing && !s->queue.n) {
		struct message *m = message_new(beat, sizeof(beat) - 1);
		append(s, NULL, m, false);
		message_drop(m);
	}
	s->last_put = mono_ms();
	wake(s); // even when the queue is not empty: that is how a dead peer shows
	pthread_mutex_unlock(&s->lock);
}

void seat_close(struct seat *s, const char *last)
{
	pthread_mutex_lock(&s->lock);
	if (!s->closing && last) {
		struct message *m = message_new(last, strlen(last));
		append(s, NULL, m, false);
		message_drop(m);
	}
	s->closing = true;
	wake(s);
	pthread_mutex_unlock(&s->lock);
}

// --- MHD's side

struct seat *seat_attach(struct seat *s, struct MHD_Connection *c)
{
	pthread_mutex_lock(&s->lock);
	s->conn = c;
	pthread_mutex_unlock(&s->lock);
	return s;
}

ssize_t seat_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct seat *s = cls;
	size_t n = 0;

	(void)pos;
	pthread_mutex_lock(&s->lock);
	while (s->queue.n && n < max) {
		struct message *m = s->queue.v[0].m;
		size_t part = m->n - s->off < max - n ? m->n - s->off : max - n;
		memcpy(buf + n, m->text + s->off, part);
		n += part;
		s->off += part;
		if (s->off == m->n) {
			s->off = 0;
			take_out(s, 0);
		}
	}
	if (!s->queue.n)
		s->collapsed = false;
	bool end = !n && s->closing;
	if (!n && !end) {
		// Nothing to say must mean suspended: 0 alone would spin.
		s->suspended = true;
		MHD_suspend_connection(s->conn);
	}
	pthread_mutex_unlock(&s->lock);
	return end ? (ssize_t)MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}
