// SPDX-License-Identifier: MIT
// Knows what each report means for the connection (domain.md §4.9, sync.md §3.5, §3.6).
#include "src/sync/link_internal.h"

static void hear(struct link *l, int64_t now)
{
	l->heard = now;
	l->probe.trouble = false;
}

static void next_url(struct link *l)
{
	if (l->urls > 1)
		l->url = (l->url + 1) % l->urls;
}

void link_enrolled(struct link *l, int urls, int64_t now)
{
	l->urls = urls;
	l->url = 0;
	if (!urls) {
		link_set_state(l, LINK_OFF, now);
		return;
	}
	if (l->state != LINK_OFF)
		return;
	// Nothing is known yet: whatever waits is sent and fetched before the station calls itself online.
	link_set_state(l, LINK_RECOVERING, now);
	l->sync.retry = (struct retry){0};
}

void link_logged_in(struct link *l, bool yes, int64_t now)
{
	l->logged_in = yes;
	l->need_login = l->said_login = false;
	l->token.want = false;
	if (!yes) {
		l->stream.close = l->stream.busy;
		return;
	}
	// People log in at different times: no spread is needed here.
	l->sync.want = true;
	l->sync.retry.at = l->stream.retry.at = l->token.retry.at = 0;
	l->progress_at = now;
}

void link_outbox(struct link *l, int64_t unsent, int64_t oldest_age_ms, int64_t now)
{
	if (unsent > l->unsent)
		l->sync.push_at = 0;
	l->unsent = unsent;
	l->oldest_at = unsent ? now - oldest_age_ms : now;
	if (!unsent)
		l->stuck = false;
}

// --- ends

// Refused answers prove that the hub is there; what they ask for decides when to come again.
static void refused(struct link *l, enum link_do_kind kind, struct retry *retry, const struct link_report *r, int64_t now)
{
	const struct wire_problem *p = &r->problem;
	bool again = r->more || r->progress;

	hear(l, now);
	switch (wire_problem_retry(p->kind)) {
	case WIRE_RETRY_LOGIN:
		if (kind != LINK_TOKEN && (p->kind == WIRE_P_TOKEN_EXPIRED || p->kind == WIRE_P_TOKEN_MISSING)) {
			l->token.want = true;
			return;
		}
		l->token.want = l->logged_in = false;
		l->need_login = true;
		l->stream.close = l->stream.busy;
		return;
	case WIRE_RETRY_UPGRADE:
		l->upgrade = true;
		retry_told(retry, &l->rng, UPGRADE_MS, now);
		return;
	case WIRE_RETRY_AFTER:
		if (p->after_ms)
			retry_told(retry, &l->rng, p->after_ms, now);
		else
			retry_failed(retry, &l->rng, l->window, now);
		return;
	case WIRE_RETRY_SAME:
		again = true;
		break;
	case WIRE_RETRY_NO:
		break;
	}
	// Followed up at once a few times (missing operations are sent, a bad one is singled out), but never in a tight circle.
	if (again && l->sync.same++ < SAME_MAX)
		retry->at = 0;
	else
		retry_failed(retry, &l->rng, l->window, now);
}

static void failed(struct link *l, enum link_do_kind kind, struct retry *retry, int64_t now)
{
	retry_failed(retry, &l->rng, l->window, now);
	l->probe.trouble = true;
	if (l->state == LINK_RECOVERING && kind != LINK_STREAM) {
		link_set_state(l, LINK_OFFLINE, now);
		next_url(l);
	}
}

static void sync_ok(struct link *l, const struct link_report *r, int64_t now)
{
	hear(l, now);
	retry_ok(&l->sync.retry, now);
	l->upgrade = false;
	l->sync.same = 0;
	l->sync.idle_at = now + rng_about(&l->rng, IDLE_PULL_MS);
	if (r->more)
		l->sync.want = true;
	if (r->again_ms)
		retry_told(&l->sync.retry, &l->rng, r->again_ms, now);
	if (!l->sync.push_only && !r->more)
		l->pulled = true;
	if (r->progress) {
		l->progress_at = now;
		l->stuck = false;
		l->sync.dull = (struct retry){0};
		l->sync.push_at = 0;
	} else {
		// Something unsent that this exchange did not move must not be asked about in a circle.
		retry_failed(&l->sync.dull, &l->rng, l->window, now);
		l->sync.push_at = l->sync.dull.at;
	}
}

static void sync_done(struct link *l, const struct link_report *r, int64_t now)
{
	bool closed = l->sync.closing;

	bool hasty = l->sync.waiting && now - l->sync.started < LONGPOLL_HASTY_MS && !r->progress && !r->more;

	l->sync.busy = l->sync.closing = l->sync.waiting = false;
	if (r->end == LINK_OK) {
		sync_ok(l, r, now);
		if (hasty) // a hub that does not wait is not asked in a circle
			retry_first(&l->sync.retry, &l->rng, 2 * LONGPOLL_HASTY_MS, now);
		return;
	}
	l->sync.want = true;
	if (closed)
		return;
	if (r->end == LINK_REFUSED)
		refused(l, LINK_SYNC, &l->sync.retry, r, now);
	else
		failed(l, LINK_SYNC, &l->sync.retry, now);
	if (r->progress)
		l->progress_at = now;
}

static void stream_done(struct link *l, const struct link_report *r, int64_t now)
{
	bool closed = l->stream.closing, bye = l->stream.bye;

	l->stream.busy = l->stream.live = l->stream.close = l->stream.closing = l->stream.bye = false;
	if (closed)
		return;
	if (r->end == LINK_REFUSED) {
		refused(l, LINK_STREAM, &l->stream.retry, r, now);
	} else if (bye) {
		l->stream.retry.at = now + rng_between(&l->rng, l->stream.bye_min, l->stream.bye_max);
	} else {
		failed(l, LINK_STREAM, &l->stream.retry, now);
	}
}

static void token_done(struct link *l, const struct link_report *r, int64_t now)
{
	l->token.busy = false;
	if (r->end == LINK_REFUSED) {
		refused(l, LINK_TOKEN, &l->token.retry, r, now);
	} else if (r->end == LINK_FAILED) {
		failed(l, LINK_TOKEN, &l->token.retry, now);
	} else {
		hear(l, now);
		retry_ok(&l->token.retry, now);
		l->token.want = false;
		l->sync.want = true;
		l->sync.retry.at = l->stream.retry.at = 0;
	}
}

static void probe_good(struct link *l, int64_t now)
{
	hear(l, now);
	retry_hope(&l->sync.retry, &l->rng, l->window, now);
	l->probe.good++;
	l->probe.bad = 0;
	l->fail_since = 0;
	if (l->state == LINK_DEGRADED && l->probe.good >= PROBE_GOOD_DEGRADED)
		link_set_state(l, LINK_ONLINE, now);
	else if (l->state == LINK_OFFLINE && l->probe.good >= PROBE_GOOD_OFFLINE)
		link_set_state(l, LINK_RECOVERING, now);
}

static void probe_bad(struct link *l, int64_t now)
{
	l->probe.good = 0;
	l->probe.bad++;
	switch (l->state) {
	case LINK_OFF:
		return;
	case LINK_ONLINE:
	case LINK_RECOVERING:
		if (l->probe.bad < PROBE_BAD)
			return;
		link_set_state(l, l->state == LINK_ONLINE ? LINK_DEGRADED : LINK_OFFLINE, now);
		break;
	case LINK_DEGRADED:
		if (!l->fail_since) {
			l->fail_since = now;
			l->failed_urls = 0;
		}
		l->failed_urls++;
		break;
	case LINK_OFFLINE:
		break;
	}
	next_url(l);
}

static void probe_done(struct link *l, const struct link_report *r, int64_t now)
{
	l->probe.busy = false;
	l->probe.at = l->probe.started + PROBE_EVERY_MS + rng_between(&l->rng, -PROBE_JITTER_MS, PROBE_JITTER_MS);
	if (l->drill)
		return;
	if (r->end == LINK_OK)
		probe_good(l, now);
	else
		probe_bad(l, now);
}

void link_done(struct link *l, enum link_do_kind kind, const struct link_report *r, int64_t now)
{
	switch (kind) {
	case LINK_SYNC:
		sync_done(l, r, now);
		break;
	case LINK_STREAM:
		stream_done(l, r, now);
		break;
	case LINK_TOKEN:
		token_done(l, r, now);
		break;
	case LINK_PROBE:
		probe_done(l, r, now);
		break;
	case LINK_FRESH:
		l->fresh_busy = false;
		l->sync.want = true;
		l->sync.retry = l->stream.retry = l->token.retry = (struct retry){0};
		l->longpoll_until = 0;
		break;
	case LINK_NOTHING:
	case LINK_CLOSE:
	case LINK_LOGIN:
		break;
	}
	link_tick(l, now);
}

// --- the stream

void link_bytes(struct link *l, int64_t now)
{
	hear(l, now);
	l->stream.heard = now;
}

void link_hello(struct link *l, int64_t window_ms, int64_t now)
{
	link_bytes(l, now);
	if (window_ms > 0)
		l->window = window_ms < RETRY_CAP_MS ? window_ms : RETRY_CAP_MS;
	if (!l->stream.busy || l->stream.close)
		return;
	l->stream.live = true;
	retry_ok(&l->stream.retry, now);
	retry_hope(&l->sync.retry, &l->rng, l->window, now);
	l->sync.want = true; // what was missed while there was no stream
}

void link_bye(struct link *l, int64_t min_ms, int64_t max_ms, int64_t now)
{
	link_bytes(l, now);
	l->stream.bye = true;
	l->stream.bye_min = min_ms < 0 ? 0 : min_ms;
	l->stream.bye_max = max_ms < l->stream.bye_min ? l->stream.bye_min : max_ms;
}

void link_poke(struct link *l, int64_t now)
{
	link_bytes(l, now);
	l->sync.want = true;
}

void link_drill(struct link *l, bool on, int64_t now)
{
	if (l->state == LINK_OFF || l->drill == on)
		return;
	l->drill = on;
	link_set_state(l, on ? LINK_OFFLINE : LINK_RECOVERING, now);
	if (on)
		l->stream.close = l->stream.busy;
}
