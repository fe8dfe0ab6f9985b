// SPDX-License-Identifier: MIT
// Knows when stations vanish together: more than a fifth of a site gone for two minutes is a suspected outage (domain.md §4.9).
//
// Missed are stations that were connected and neither logged out nor said they go offline. Only a person confirms.
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"
#include "src/hub/server_feed.h"
#include "src/hub/server_watch.h"

enum {
	SHARE = 5, // one in so many
	FEWEST = 3, // gone at least; one cable is no outage
	FORGET_TIMES = 5, // a station that stays away so many times outage_ms is not missed any more
};

// --- who was here

// In order of dev: where it stands, or would.
static size_t place_of(const struct watch *w, const char *dev)
{
	size_t lo = 0, hi = w->here.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(w->here.v[mid].dev, dev) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void forget(struct watch *w, size_t i)
{
	free(w->here.v[i].dev);
	free(w->here.v[i].site);
	vec_remove(&w->here, i);
}

static struct here *add(struct watch *w, const char *dev, const char *site)
{
	size_t i = place_of(w, dev);

	if (i == w->here.n || !str_eq(w->here.v[i].dev, dev)) {
		(void)vec_add(&w->here);
		memmove(&w->here.v[i + 1], &w->here.v[i], (w->here.n - 1 - i) * sizeof(*w->here.v));
		w->here.v[i] = (struct here){.dev = xstrdup(dev), .site = xstrdup(site), .last = mono_ms()};
	}
	return &w->here.v[i];
}

void outage_said(struct watch *w, const struct actor *who, bool goes)
{
	pthread_mutex_lock(&w->lock);
	// Kept although it goes: its stream may still be open for a moment, and must not count as one that is here to stay.
	if (who->dev)
		add(w, who->dev, who->site)->left_at = goes ? mono_ms() : 0;
	pthread_mutex_unlock(&w->lock);
}

struct seen {
	char *dev, *site;
	int64_t started;
};

// Those connected now, by station.
static void collect(struct watch *w, int64_t now)
{
	struct feed *f = w->sv->feed;
	VEC(struct seen) seen = {0};

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->seats.n; i++) {
		const struct seat *s = f->seats.v[i];
		vec_push(&seen, ((struct seen){xstrdup(s->dev), xstrdup(s->who.site), s->started}));
	}
	pthread_mutex_unlock(&f->lock);
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < seen.n; i++) {
		struct here *h = add(w, seen.v[i].dev, seen.v[i].site);
		h->last = now;
		if (seen.v[i].started > h->left_at)
			h->left_at = 0;
		free(seen.v[i].dev);
		free(seen.v[i].site);
	}
	pthread_mutex_unlock(&w->lock);
	vec_release(&seen);
}

// --- the incident

struct incident {
	const char *site;
	size_t gone, all;
	bool open, made;
};

static bool note_open(void *arg, const struct hub_ent *ent)
{
	struct incident *q = arg;
	const char *state = json_string_value(json_object_get(ent->d, "state"));
	const char *rule = json_string_value(json_object_get(json_object_get(ent->d, "trigger_data"), "rule"));

	q->open |= str_eq(rule, "stations_offline") && !str_eq(state, "dismissed") && !str_eq(state, "resolved") &&
		   !str_eq(state, "closed");
	return !q->open;
}

static bool incident_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct incident *q = arg;
	char stream[32], now[32], no[40];
	const char *id = hub_new_id(tx);

	q->open = q->made = false;
	if (!hub_list(tx, q->site, "incident", NULL, 50, note_open, q, e))
		return false;
	if (q->open)
		return true;
	clock_rfc3339(hub_now(tx), now, sizeof(now));
	snprintf(stream, sizeof(stream), "bc/%s", q->site);
	snprintf(no, sizeof(no), "IN-%.2s%.2s%.2s-%.4s", now + 2, now + 5, now + 8, id + 32);
	json_t *d = json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:I, s:I}, s:s, s:s}", "no", no, "type", "outage", "severity",
			      "orange", "title", "Stations lost their connection", "trigger", "auto_rule", "trigger_data", "rule",
			      "stations_offline", "offline", (json_int_t)q->gone, "stations", (json_int_t)q->all, "state",
			      "suspected", "detected_at", now);
	struct hub_ent ent = {.t = "incident", .e = id, .s = stream, .rev = 1, .d = d, .by = "hub"};
	bool ok = hub_put(tx, q->site, &ent, NULL, e) &&
		  auth_audit(tx, q->site, "hub", NULL, "incident.suspected", id, "stations offline", e);
	json_decref(d);
	q->made = ok;
	return ok;
}

static void suspect(struct watch *w, struct incident *q)
{
	struct err e = {0};
	int64_t fence;
	bool held = false;

	// Of several hubs that see the same, one writes.
	if (!hub_lease(w->sv->o.store, q->site, "outage", w->sv->name, w->sv->o.outage_ms, &held, &fence, &e) ||
	    (held && !hub_run(w->sv->o.store, HUB_WRITE, incident_body, q, &e))) {
		log_line(LOG_ERROR, "suspected outage at %s: %s", q->site, e.msg);
		return;
	}
	if (!q->made)
		return;
	log_line(LOG_WARN, "suspected outage at %s: %zu of %zu stations are gone", q->site, q->gone, q->all);
	feed_poke(w->sv->feed, true);
}

// Counts a site; false: it was counted with one before.
static bool count_site(struct watch *w, size_t first, int64_t now, struct incident *q, char *site, size_t cap)
{
	*q = (struct incident){.site = site};
	snprintf(site, cap, "%s", w->here.v[first].site);
	for (size_t i = 0; i < w->here.n; i++) {
		if (!str_eq(w->here.v[i].site, site))
			continue;
		if (i < first)
			return false;
		if (w->here.v[i].left_at)
			continue;
		q->all++;
		q->gone += now - w->here.v[i].last > w->sv->o.outage_ms;
	}
	return true;
}

void outage_check(struct watch *w, int64_t now)
{
	struct incident q;
	char site[24];

	if (now < w->next_outage || atomic_load(&w->sv->draining))
		return;
	w->next_outage = now + w->sv->o.outage_ms / 12;
	collect(w, now);
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->here.n; i++) {
		if (!count_site(w, i, now, &q, site, sizeof(site)) || q.gone < FEWEST || q.gone * SHARE <= q.all)
			continue;
		pthread_mutex_unlock(&w->lock);
		suspect(w, &q);
		pthread_mutex_lock(&w->lock);
	}
	for (size_t i = w->here.n; i-- > 0;)
		if (now - w->here.v[i].last > (int64_t)w->sv->o.outage_ms * FORGET_TIMES)
			forget(w, i);
	pthread_mutex_unlock(&w->lock);
}

void outage_free(struct watch *w)
{
	while (w->here.n)
		forget(w, w->here.n - 1);
	vec_release(&w->here);
}
