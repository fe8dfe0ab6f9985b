// SPDX-License-Identifier: MIT
// Knows the short forms in which the tests of the connection tell what happens to it.
#include "tests/sync/linktest.h"

struct link *l;
int64_t now;
int started[LINK_FRESH + 1];
struct link_do last[LINK_FRESH + 1];

void open_link(int urls, uint64_t seed)
{
	link_free(l);
	now = 1000000;
	l = link_new(&(struct link_options){.urls = urls, .seed = seed, .now = now});
	memset(started, 0, sizeof(started));
}

int setup(void **state)
{
	(void)state;
	open_link(2, 7);
	return 0;
}

int teardown(void **state)
{
	(void)state;
	link_free(l);
	l = NULL;
	return 0;
}

struct link_view look(void)
{
	struct link_view v;

	link_look(l, &v);
	return v;
}

enum link_state at(void)
{
	return look().state;
}

// Takes what is to be started now.
void take(void)
{
	for (int i = 0;; i++) {
		struct link_do d = link_next(l, now);
		if (d.kind == LINK_NOTHING)
			return;
		started[d.kind]++;
		last[d.kind] = d;
		assert_true(i < 10);
	}
}

bool began(enum link_do_kind k)
{
	take();
	bool yes = started[k] > 0;
	started[k] = 0;
	return yes;
}

void done(enum link_do_kind k, enum link_end end)
{
	link_done(l, k, &(struct link_report){.end = end, .progress = true}, now);
}

void refuse(enum link_do_kind k, enum wire_problem_kind p, int64_t after_ms)
{
	struct link_report r = {.end = LINK_REFUSED, .problem = {.kind = p, .after_ms = after_ms}};

	link_done(l, k, &r, now);
}

// Lets time pass until this is to be started; gives how long it took.
int64_t until(enum link_do_kind k)
{
	int64_t from = now;

	while (!began(k)) {
		int64_t w = link_wait(l, now);
		if (w < 0 || now - from > 3600000)
			fail_msg("%d is never started", k);
		now += w ? w : 1;
	}
	return now - from;
}

void sync_ok(void)
{
	until(LINK_SYNC);
	done(LINK_SYNC, LINK_OK);
}

// Online, with a stream that lives.
void go_online(void)
{
	link_logged_in(l, true, now);
	sync_ok();
	assert_int_equal(at(), LINK_ONLINE);
	until(LINK_STREAM);
	link_hello(l, 0, now);
	for (take(); l->sync.busy || l->probe.busy; take())
		done(l->sync.busy ? LINK_SYNC : LINK_PROBE, LINK_OK);
	memset(started, 0, sizeof(started));
}

// Nothing answers: what else was tried in the meantime fails too.
void fail_probe(void)
{
	until(LINK_PROBE);
	now += 3000;
	if (l->stream.busy)
		done(LINK_STREAM, LINK_FAILED);
	if (l->sync.busy)
		done(LINK_SYNC, LINK_FAILED);
	done(LINK_PROBE, LINK_FAILED);
	started[LINK_STREAM] = started[LINK_SYNC] = started[LINK_CLOSE] = 0;
}

void good_probe(void)
{
	until(LINK_PROBE);
	done(LINK_PROBE, LINK_OK);
}

// The network dies: the stream ends, the next requests fail.
void go_degraded(void)
{
	done(LINK_STREAM, LINK_FAILED);
	for (int i = 0; i < 3; i++)
		fail_probe();
	assert_int_equal(at(), LINK_DEGRADED);
}

void go_offline(void)
{
	go_degraded();
	while (at() == LINK_DEGRADED)
		fail_probe();
	assert_int_equal(at(), LINK_OFFLINE);
}
