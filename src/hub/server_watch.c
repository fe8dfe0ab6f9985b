// SPDX-License-Identifier: MIT
// Knows what the hub does by the clock: presence in one write, an outage suspected when stations vanish, housekeeping.
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/server_watch.h"

enum {
	PRESENCE_MS = 2000, // transitions are written together
	KEEP_MS = 30000, // those still connected are kept
	EXPIRE_MS = 45000,
	HOUSEKEEP_MS = 3600000,
	WALL_MS = 2000,
};

// --- presence

void watch_presence(struct watch *w, const struct actor *who, const char *state, int64_t since)
{
	struct pending *p = NULL;

	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->pending.n && !p; i++)
		if (str_eq(w->pending.v[i].agent, who->agent))
			p = &w->pending.v[i];
	if (!p) {
		p = vec_add(&w->pending);
		p->site = xstrdup(who->site);
		p->agent = xstrdup(who->agent);
	}
	snprintf(p->state, sizeof(p->state), "%s", state);
	p->since = since;
	pthread_mutex_unlock(&w->lock);
	outage_said(w, who, str_eq(state, "offline"));
}

void watch_left(struct watch *w, const struct actor *who)
{
	outage_said(w, who, true);
}

struct write {
	struct watch *w;
	struct pending *v;
	size_t n;
	struct hub_present *there;
	size_t n_there;
};

static bool write_presence(struct hub_tx *tx, void *arg, struct err *e)
{
	struct write *q = arg;
	int64_t expires = hub_now(tx) + EXPIRE_MS;

	for (size_t i = 0; i < q->n; i++) {
		struct hub_presence p = {.site = q->v[i].site,
					 .agent = q->v[i].agent,
					 .state = q->v[i].state,
					 .hub = q->w->sv->name,
					 .since = q->v[i].since,
					 .expires = expires};
		if (!hub_presence_put(tx, &p, e))
			return false;
	}
	return !q->there || hub_presence_keep(tx, q->w->sv->name, q->there, q->n_there, expires, e);
}

static void flush_presence(struct watch *w, int64_t now)
{
	struct write q = {.w = w};
	struct arena a = {0};
	struct err e = {0};

	pthread_mutex_lock(&w->lock);
	q.v = w->pending.v;
	q.n = w->pending.n;
	w->pending.v = NULL;
	w->pending.n = w->pending.cap = 0;
	pthread_mutex_unlock(&w->lock);
	if (now >= w->next_keep) {
		w->next_keep = now + KEEP_MS;
		feed_agents(w->sv->feed, &q.there, &q.n_there, &a);
	}
	if ((q.n || q.n_there) && !hub_run(w->sv->o.store, HUB_WRITE, write_presence, &q, &e))
		log_line(LOG_WARN, "presence: %s", e.msg);
	for (size_t i = 0; i < q.n; i++) {
		free(q.v[i].site);
		free(q.v[i].agent);
	}
	free(q.v);
	arena_release(&a);
}

// --- the wallboard's last answer

json_t *watch_wall(struct watch *w, const char *site)
{
	json_t *known = NULL;

	pthread_mutex_lock(&w->lock);
	if (w->wall && str_eq(w->wall_site, site) && mono_ms() - w->wall_at < WALL_MS)
		known = json_deep_copy(w->wall); // counting references is not for several threads
	pthread_mutex_unlock(&w->lock);
	return known;
}

void watch_wall_put(struct watch *w, const char *site, const json_t *doc)
{
	pthread_mutex_lock(&w->lock);
	json_decref(w->wall);
	free(w->wall_site);
	w->wall = json_deep_copy(doc);
	w->wall_site = xstrdup(site);
	w->wall_at = mono_ms();
	pthread_mutex_unlock(&w->lock);
}

// --- by the clock

static void housekeep(struct watch *w, int64_t now)
{
	struct err e = {0};
	int64_t fence;
	bool held = false;

	if (now < w->next_housekeep)
		return;
	w->next_housekeep = now + HOUSEKEEP_MS;
	if (!hub_lease(w->sv->o.store, HUB_WHOLE, "housekeep", w->sv->name, HOUSEKEEP_MS / 2, &held, &fence, &e) ||
	    (held && !hub_housekeep(w->sv->o.store, clock_wall(hub_store_clock(w->sv->o.store)), &e)))
		log_line(LOG_WARN, "housekeeping: %s", e.msg);
}

static void *run(void *arg)
{
	struct watch *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		int64_t step = w->sv->o.outage_ms / 12 + 1;
		cond_wait_until(&w->wake, &w->lock, mono_ms() + (step < PRESENCE_MS ? step : PRESENCE_MS));
		if (w->stop)
			break;
		pthread_mutex_unlock(&w->lock);
		int64_t now = mono_ms();
		flush_presence(w, now);
		outage_check(w, now);
		housekeep(w, now);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void watch_start(struct server *sv)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->sv = sv;
	pthread_mutex_init(&w->lock, NULL);
	cond_init(&w->wake);
	w->next_keep = mono_ms() + KEEP_MS;
	w->next_housekeep = mono_ms() + HOUSEKEEP_MS / 60;
	sv->watch = w;
	if (pthread_create(&w->thread, NULL, run, w) != 0)
		BUG("no thread for the watch");
}

void watch_stop(struct watch *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->next_keep = INT64_MAX;
	flush_presence(w, 0);
	outage_free(w);
	json_decref(w->wall);
	free(w->wall_site);
	vec_release(&w->pending);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	free(w);
}
