// SPDX-License-Identifier: MIT
// Knows how the server begins and ends: its parts in order, bye to the stations, exchanges finished before the last socket closes.
#include "src/hub/server.h"

#include <sodium.h>
#include <time.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/hub/server_part.h"

// --- time

int64_t mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void cond_init(pthread_cond_t *c)
{
	pthread_condattr_t a;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(c, &a);
	pthread_condattr_destroy(&a);
}

bool cond_wait_until(pthread_cond_t *c, pthread_mutex_t *m, int64_t mono)
{
	struct timespec t = {.tv_sec = (time_t)(mono / 1000), .tv_nsec = (long)(mono % 1000) * 1000000};

	return pthread_cond_timedwait(c, m, &t) == 0;
}

int64_t server_window(struct server *s)
{
	int64_t w = (int64_t)feed_seats(s->feed) * 1000 / 500;

	return w < 2000 ? 2000 : w > 60000 ? 60000 : w;
}

// --- begin

static void set(int *v, int to)
{
	if (*v <= 0)
		*v = to;
}

static void fill_defaults(struct server *s)
{
	struct server_options *o = &s->o;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned char noise[4];
	char host[40] = "hub";

	set(&o->threads, cores > 1 ? (int)cores : 1);
	set(&o->seats, 12000);
	set(&o->hb_ms, 15000);
	set(&o->coalesce_ms, 250);
	if (!o->poll_ms && hub_store_engine(o->store) == SQL_POSTGRES)
		o->poll_ms = 150;
	set(&o->sweep_ms, 30000);
	set(&o->group_ms, 4);
	set(&o->group_max, 64);
	set(&o->outage_ms, 120000);
	set(&o->segment_ms, 300000);
	set(&o->drain_ms, 10000);
	set(&o->queue, 4096);
	randombytes_buf(noise, sizeof(noise));
	sodium_bin2hex(s->seed, sizeof(s->seed), noise, sizeof(noise));
	gethostname(host, sizeof(host) - 1);
	if (o->name)
		snprintf(s->name, sizeof(s->name), "%s", o->name);
	else
		snprintf(s->name, sizeof(s->name), "%s-%s", host, s->seed);
}

static void start_lanes(struct server *s)
{
	bool many = hub_store_engine(s->o.store) == SQL_POSTGRES;
	int max = s->o.queue;

	lane_start(&s->lane[LANE_READ], s, LANE_READ, 2, max);
	// SQLite has one writer; more lanes would only make its commits smaller.
	lane_start(&s->lane[LANE_WRITE], s, LANE_WRITE, many ? 4 : 1, max);
	lane_start(&s->lane[LANE_LOGIN], s, LANE_LOGIN, AUTH_HASHES, max < AUTH_WAITING ? max : AUTH_WAITING);
	lane_start(&s->lane[LANE_MISC], s, LANE_MISC, 2, max);
}

bool server_start(struct server **out, const struct server_options *o, struct err *e)
{
	struct server *s = xcalloc(1, sizeof(*s));

	*out = NULL;
	if (sodium_init() < 0)
		BUG("libsodium does not start");
	s->o = *o;
	s->listener = -1;
	fill_defaults(s);
	if ((o->cert == NULL) != (o->key == NULL)) {
		free(s);
		return err_set(e, ERR_USAGE, _("--cert and --key belong together"));
	}
	pthread_mutex_init(&s->sent_lock, NULL);
	cond_init(&s->sent);
	limits_init(&s->limits, &s->o, mono_ms());
	feed_start(s);
	watch_start(s);
	start_lanes(s);
	segments_start(s);
	if (o->listen && (!http_listen(s, e) || !http_start(s, e))) {
		server_stop(s);
		return false;
	}
	*out = s;
	return true;
}

const char *server_address(const struct server *s)
{
	return s->address;
}

const char *server_ca(const struct server *s)
{
	return s->o.ca ? s->o.ca : "";
}

void server_changed(struct server *s, const char *dev, bool red)
{
	auth_forget(dev);
	if (dev)
		feed_drop(s->feed, dev);
	feed_poke(s->feed, red);
}

int server_seats(struct server *s)
{
	return feed_seats(s->feed);
}

// --- end

void server_drain(struct server *s)
{
	int64_t until = mono_ms() + s->o.drain_ms, window = server_window(s);

	if (atomic_exchange(&s->draining, true))
		return;
	http_quiesce(s);
	feed_bye(s->feed, window);
	// Writing last: what is read may still turn out to hold operations.
	lane_wait_idle(&s->lane[LANE_LOGIN], until);
	lane_wait_idle(&s->lane[LANE_MISC], until);
	lane_wait_idle(&s->lane[LANE_READ], until);
	lane_wait_idle(&s->lane[LANE_WRITE], until);
	http_wait_sent(s, until);
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	server_drain(s);
	feed_stop(s->feed);
	lane_stop(&s->lane[LANE_LOGIN]);
	lane_stop(&s->lane[LANE_MISC]);
	lane_stop(&s->lane[LANE_READ]);
	lane_stop(&s->lane[LANE_WRITE]);
	http_stop(s);
	segments_stop(s->segments);
	watch_stop(s->watch);
	feed_free(s->feed);
	if (str_starts(s->address, "unix:"))
		unlink(s->address + strlen("unix:"));
	pthread_mutex_destroy(&s->limits.lock);
	pthread_mutex_destroy(&s->sent_lock);
	pthread_cond_destroy(&s->sent);
	free(s);
}
