// SPDX-License-Identifier: MIT
// Knows what to start next, and what time alone changes (domain.md §4.9, sync.md §3.5).
#include "src/sync/link.h"

#include "src/base/i18n.h"
#include "src/sync/link_internal.h"

static const char *const codes[] = {
	[LINK_OFF] = "off",
	[LINK_ONLINE] = "online",
	[LINK_DEGRADED] = "degraded",
	[LINK_OFFLINE] = "offline_backup",
	[LINK_RECOVERING] = "recovering",
};
static const char *const labels[] = {
	[LINK_OFF] = N_("no hub"),      [LINK_ONLINE] = N_("online"),         [LINK_DEGRADED] = N_("degraded"),
	[LINK_OFFLINE] = N_("offline"), [LINK_RECOVERING] = N_("recovering"),
};

const char *link_state_code(enum link_state s)
{
	return codes[s];
}

const char *link_state_label(enum link_state s)
{
	return _(labels[s]);
}

struct link *link_new(const struct link_options *o)
{
	struct link *l = xcalloc(1, sizeof(*l));

	l->rng.s = o->seed;
	l->window = WINDOW_MS;
	l->since = l->progress_at = o->now;
	link_enrolled(l, o->urls, o->now);
	return l;
}

void link_free(struct link *l)
{
	free(l);
}

bool link_reachable(const struct link *l)
{
	return l->state == LINK_ONLINE || l->state == LINK_RECOVERING || (l->state == LINK_DEGRADED && l->probe.good > 0);
}

// --- states

static void enter_recovering(struct link *l, int64_t now)
{
	l->pulled = false;
	l->sync.want = true;
	l->sync.push_at = 0;
	retry_first(&l->sync.retry, &l->rng, l->window, now);
}

// After a way that failed, the reconnect of everybody is spread; the first connection of a station that just began is not.
static void enter_online(struct link *l, enum link_state from, int64_t now)
{
	l->sync.want = true;
	l->sync.idle_at = now + rng_about(&l->rng, IDLE_PULL_MS);
	if (from == LINK_DEGRADED)
		retry_first(&l->sync.retry, &l->rng, l->window, now);
	if (from == LINK_DEGRADED || l->stream.retry.prev)
		retry_first(&l->stream.retry, &l->rng, l->window, now);
}

void link_set_state(struct link *l, enum link_state s, int64_t now)
{
	enum link_state from = l->state;

	if (from == s)
		return;
	l->state = s;
	l->since = now;
	l->probe.good = l->probe.bad = 0;
	l->fail_since = 0;
	switch (s) {
	case LINK_OFF:
		break;
	case LINK_ONLINE:
		enter_online(l, from, now);
		break;
	case LINK_DEGRADED:
		// What was learned about this way says nothing about the next.
		l->longpoll_until = 0;
		l->fail_since = now;
		l->failed_urls = 1;
		l->stream.close = l->stream.busy;
		break;
	case LINK_OFFLINE:
		l->longpoll_until = 0;
		l->stream.close = l->stream.busy;
		break;
	case LINK_RECOVERING:
		enter_recovering(l, now);
		break;
	}
}

// --- what time changes

static void tick_probe(struct link *l, int64_t now)
{
	int64_t heard = l->stream.live ? l->stream.heard : l->heard > l->since ? l->heard : l->since;
	bool on = !l->drill && (l->state != LINK_ONLINE || l->probe.trouble || now - heard >= SILENCE_MS);

	if (on && !l->probe.on && l->probe.at < now)
		l->probe.at = now;
	if (!on && l->state == LINK_ONLINE)
		l->probe.bad = 0;
	l->probe.on = on;
}

static void tick_stuck(struct link *l, int64_t now)
{
	int64_t from = l->progress_at > l->oldest_at ? l->progress_at : l->oldest_at;

	if (!l->unsent) {
		l->stuck = false;
		return;
	}
	if (!l->logged_in || l->upgrade || !link_reachable(l) || now - from < STUCK_MS)
		return;
	l->stuck = true;
	if (!l->fresh_at || now - l->fresh_at >= STUCK_MS) {
		l->fresh_at = now;
		l->fresh_due = true;
	}
}

void link_tick(struct link *l, int64_t now)
{
	if (l->state == LINK_OFF)
		return;
	if (l->stream.busy && !l->stream.live && !l->stream.close && now - l->stream.started >= HELLO_MS) {
		l->stream.close = true;
		l->longpoll_until = now + LONGPOLL_MS;
		l->sync.want = true;
		l->probe.trouble = true;
	}
	if (l->state == LINK_DEGRADED && l->fail_since && now - l->fail_since >= OFFLINE_MS && l->failed_urls >= l->urls)
		link_set_state(l, LINK_OFFLINE, now);
	if (l->state == LINK_RECOVERING && l->pulled && !l->unsent)
		link_set_state(l, LINK_ONLINE, now);
	tick_probe(l, now);
	tick_stuck(l, now);
}

// --- what to start

static bool want_push(const struct link *l, int64_t now)
{
	return l->unsent && now >= l->sync.push_at;
}

static bool may_request(const struct link *l)
{
	return l->logged_in && !l->fresh_busy && !l->token.want && !l->token.busy && link_reachable(l);
}

static bool longpoll(const struct link *l, int64_t now)
{
	return l->state == LINK_ONLINE && l->longpoll_until > now;
}

static bool want_sync(const struct link *l, int64_t now)
{
	bool idle = l->state == LINK_ONLINE && now >= l->sync.idle_at;
	bool pull = l->state == LINK_RECOVERING && !l->unsent && !l->pulled;

	return l->sync.want || pull || idle || want_push(l, now) || longpoll(l, now);
}

static bool start_sync(struct link *l, int64_t now, struct link_do *out)
{
	if (!may_request(l) || l->sync.busy || now < l->sync.retry.at || !want_sync(l, now))
		return false;
	bool wait = longpoll(l, now) && !l->sync.want && !want_push(l, now);
	l->sync.busy = true;
	l->sync.closing = false;
	l->sync.waiting = wait;
	l->sync.started = now;
	l->sync.push_only = l->state == LINK_RECOVERING && l->unsent;
	l->sync.want = false;
	*out = (struct link_do){.kind = LINK_SYNC, .push_only = l->sync.push_only, .wait_ms = wait ? WIRE_WAIT_MS : 0};
	out->timeout_ms = REQUEST_MS + out->wait_ms;
	return true;
}

static bool start_stream(struct link *l, int64_t now, struct link_do *out)
{
	if (!may_request(l) || l->state != LINK_ONLINE || l->stream.busy || now < l->stream.retry.at || l->longpoll_until > now)
		return false;
	l->stream.busy = true;
	l->stream.live = l->stream.close = l->stream.closing = l->stream.bye = false;
	l->stream.started = l->stream.heard = now;
	*out = (struct link_do){.kind = LINK_STREAM};
	return true;
}

static bool start_probe(struct link *l, int64_t now, struct link_do *out)
{
	if (!l->probe.on || l->probe.busy || l->fresh_busy || now < l->probe.at)
		return false;
	l->probe.busy = true;
	l->probe.started = now;
	*out = (struct link_do){.kind = LINK_PROBE, .timeout_ms = PROBE_TIMEOUT_MS};
	return true;
}

static bool start_token(struct link *l, int64_t now, struct link_do *out)
{
	if (!l->token.want || l->token.busy || l->fresh_busy || !link_reachable(l) || now < l->token.retry.at)
		return false;
	l->token.busy = true;
	*out = (struct link_do){.kind = LINK_TOKEN, .timeout_ms = REQUEST_MS};
	return true;
}

// A long poll stands in the way of whatever is to be sent; everything stands in the way of being offline.
static bool start_close(struct link *l, int64_t now, struct link_do *out)
{
	bool away = l->drill || l->state == LINK_OFFLINE || l->state == LINK_DEGRADED;

	if (l->stream.busy && l->stream.close && !l->stream.closing) {
		l->stream.closing = true;
		l->stream.live = false;
		*out = (struct link_do){.kind = LINK_CLOSE, .what = LINK_STREAM};
		return true;
	}
	if (l->sync.busy && l->sync.waiting && !l->sync.closing && (away || !l->logged_in || l->sync.want || want_push(l, now))) {
		l->sync.closing = true;
		*out = (struct link_do){.kind = LINK_CLOSE, .what = LINK_SYNC};
		return true;
	}
	return false;
}

static bool start_other(struct link *l, struct link_do *out)
{
	if (l->need_login && !l->said_login) {
		l->said_login = true;
		*out = (struct link_do){.kind = LINK_LOGIN};
		return true;
	}
	if (l->fresh_due) {
		l->fresh_due = false;
		l->fresh_busy = true;
		*out = (struct link_do){.kind = LINK_FRESH};
		return true;
	}
	return false;
}

struct link_do link_next(struct link *l, int64_t now)
{
	struct link_do d = {0};

	if (l->state == LINK_OFF)
		return d;
	link_tick(l, now);
	if (!start_other(l, &d) && !start_close(l, now, &d) && !start_token(l, now, &d) && !start_probe(l, now, &d) &&
	    !start_sync(l, now, &d) && !start_stream(l, now, &d))
		return d;
	d.url = l->url;
	return d;
}

// --- when to ask again

static void sooner(int64_t *best, bool counts, int64_t at, int64_t now)
{
	if (counts && at > now && (*best < 0 || at < *best))
		*best = at;
}

int64_t link_wait(const struct link *l, int64_t now)
{
	struct link try = *l;
	int64_t at = -1;

	if (l->state == LINK_OFF)
		return -1;
	if (link_next(&try, now).kind != LINK_NOTHING)
		return 0;
	int64_t heard = try.stream.live ? try.stream.heard : try.heard > try.since ? try.heard : try.since;
	bool requests = may_request(&try);
	sooner(&at, try.probe.on && !try.probe.busy, try.probe.at, now);
	sooner(&at, !try.probe.on && !try.drill, heard + SILENCE_MS, now);
	sooner(&at, try.stream.busy && !try.stream.live && !try.stream.closing, try.stream.started + HELLO_MS, now);
	sooner(&at, try.state == LINK_DEGRADED && try.fail_since, try.fail_since + OFFLINE_MS, now);
	sooner(&at, requests && (!try.sync.busy || try.sync.waiting), try.sync.retry.at, now);
	sooner(&at, requests && (!try.sync.busy || try.sync.waiting) && try.unsent, try.sync.push_at, now);
	sooner(&at, requests && !try.sync.busy && try.state == LINK_ONLINE, try.sync.idle_at, now);
	sooner(&at, requests && !try.stream.busy, try.stream.retry.at, now);
	sooner(&at, requests && !try.stream.busy, try.longpoll_until, now);
	sooner(&at, try.token.want && !try.token.busy, try.token.retry.at, now);
	int64_t from = try.progress_at > try.oldest_at ? try.progress_at : try.oldest_at;
	sooner(&at, try.unsent && requests, from + STUCK_MS, now);
	sooner(&at, try.unsent && requests && try.fresh_at, try.fresh_at + STUCK_MS, now);
	return at < 0 ? -1 : at - now;
}

static int64_t next_try(const struct link *l)
{
	int64_t at = -1, now = -1;

	sooner(&at, l->probe.on && !l->probe.busy, l->probe.at, now);
	sooner(&at, may_request(l) && !l->sync.busy && (l->sync.want || l->unsent), l->sync.retry.at, now);
	sooner(&at, l->token.want && !l->token.busy, l->token.retry.at, now);
	return at < 0 ? 0 : at;
}

void link_look(const struct link *l, struct link_view *out)
{
	*out = (struct link_view){
		.state = l->state,
		.drill = l->drill,
		.need_login = l->need_login,
		.upgrade = l->upgrade,
		.stuck = l->stuck,
		.url = l->url,
		.since = l->since,
		.heard = l->heard,
		.next_try = next_try(l),
	};
}
