// SPDX-License-Identifier: MIT
// Knows when a station comes again (sync.md §3.5): spread, backed off, told, polling; on a clock that only the test moves.
#include "tests/sync/linktest.h"

// --- when to come again

// The delay from the end of a first stream to the next try, without moving the clock through probes.
static int64_t stream_delay(void)
{
	return l->stream.retry.at - now;
}

static void test_first_reconnect_is_uniform_in_the_window(void **state)
{
	int tenths[10] = {0};

	(void)state;
	for (uint64_t seed = 0; seed < 4000; seed++) {
		open_link(1, seed * 977 + 1);
		go_online();
		link_hello(l, 30000, now); // the hub says how wide
		done(LINK_STREAM, LINK_FAILED);
		assert_in_range(stream_delay(), 0, 30000);
		tenths[stream_delay() * 10 / 30001]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(tenths[i], 320, 480);
}

static void test_bye_says_when(void **state)
{
	int64_t least = 1000000, most = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		open_link(1, seed * 31 + 5);
		go_online();
		link_bye(l, 2000, 30000, now);
		done(LINK_STREAM, LINK_OK);
		assert_int_equal(at(), LINK_ONLINE);
		assert_false(l->probe.trouble); // it was announced
		least = stream_delay() < least ? stream_delay() : least;
		most = stream_delay() > most ? stream_delay() : most;
	}
	assert_in_range(least, 2000, 2500);
	assert_in_range(most, 29500, 30000);
}

// Later failures: each within [base, min(60 s, 3 * the one before)]; at the cap they are still spread.
static void test_decorrelated_jitter(void **state)
{
	int64_t capped = 0, sum = 0, low = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct rng rng = {seed};
		struct retry r = {0};
		retry_failed(&r, &rng, 2000, 0);
		assert_in_range(r.at, 0, 2000);
		for (int i = 0; i < 60; i++) {
			int64_t prev = r.prev, top = prev * 3 < 60000 ? prev * 3 : 60000;
			retry_failed(&r, &rng, 2000, 0);
			assert_in_range(r.at, 1000, top);
			assert_int_equal(r.prev, r.at);
			if (top == 60000) {
				capped++;
				sum += r.at;
				low += r.at < 30000;
			}
		}
	}
	assert_true(capped > 1000);
	assert_in_range(sum / capped, 27000, 34000); // jitter after the cap: never all at 60 s
	assert_in_range(low * 100 / capped, 40, 60);
}

static void test_a_minute_of_health_forgives(void **state)
{
	struct rng rng = {1};
	struct retry r = {0};

	(void)state;
	for (int i = 0; i < 20; i++)
		retry_failed(&r, &rng, 100, 0);
	r.prev = 50000;
	retry_ok(&r, 0);
	retry_ok(&r, 30000); // healthy since 0, not since 30 s
	struct retry before = r;
	retry_failed(&r, &rng, 100, 59999);
	assert_true(r.at - 59999 >= 1000); // not yet: it goes on where it was
	r = before;
	retry_failed(&r, &rng, 100, 60000);
	assert_in_range(r.at - 60000, 0, 100); // a first one again
}

// A long delay is not sat out when the hub answers otherwise; what the hub said itself is.
static void test_heard_otherwise_is_tried_sooner(void **state)
{
	(void)state;
	go_online();
	for (int told = 0; told < 2; told++) {
		link_poke(l, now);
		until(LINK_SYNC);
		l->sync.retry.prev = 60000;
		if (told)
			refuse(LINK_SYNC, WIRE_P_BUSY, 50000);
		else
			done(LINK_SYNC, LINK_FAILED);
		l->sync.retry.at = now + 50000; // whatever was drawn
		if (told)
			link_hello(l, 0, now);
		else
			good_probe();
		int64_t took = l->sync.retry.at - now;
		assert_in_range(took, told ? 49000 : 0, told ? 50000 : 15000);
		now += 50000;
		until(LINK_SYNC);
		done(LINK_SYNC, LINK_OK);
	}
}

static void test_retry_after_within_a_fifth(void **state)
{
	static const enum wire_problem_kind kinds[] = {WIRE_P_BUSY, WIRE_P_TOO_MANY, WIRE_P_INTERNAL, WIRE_P_STORE_FULL};
	int64_t least = 1000000, most = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		open_link(1, seed * 13 + 3);
		go_online();
		link_poke(l, now);
		until(LINK_SYNC);
		refuse(LINK_SYNC, kinds[seed % 4], 10000);
		assert_int_equal(at(), LINK_ONLINE); // a hub that refuses is there
		assert_false(l->probe.trouble);
		link_poke(l, now); // not even news bring it back sooner
		int64_t took = until(LINK_SYNC);
		least = took < least ? took : least;
		most = took > most ? took : most;
	}
	assert_in_range(least, 8000, 8200);
	assert_in_range(most, 11800, 12000);
}

static void test_refused_without_a_time_backs_off(void **state)
{
	(void)state;
	go_online();
	for (int i = 0; i < 12; i++) {
		link_poke(l, now);
		until(LINK_SYNC);
		refuse(LINK_SYNC, WIRE_P_BUSY, 0);
	}
	assert_true(l->sync.retry.prev > 1000);
}

static void test_missing_operations_are_sent_at_once_but_not_in_a_circle(void **state)
{
	(void)state;
	go_online();
	link_outbox(l, 3, 0, now);
	int64_t from = now;
	until(LINK_SYNC);
	for (int i = 0; i < SAME_MAX; i++) {
		refuse(LINK_SYNC, WIRE_P_OP_GAP, 0);
		until(LINK_SYNC);
	}
	assert_int_equal(now, from);
	for (int i = 0; i < 10; i++) {
		refuse(LINK_SYNC, WIRE_P_OP_GAP, 0);
		until(LINK_SYNC);
	}
	assert_true(now - from > 8000);
}

static void test_pace(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	until(LINK_SYNC);
	link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK, .more = true, .progress = true, .again_ms = 5000}, now);
	assert_in_range(until(LINK_SYNC), 4000, 6000);
}

static void test_idle_pull_once_a_minute(void **state)
{
	(void)state;
	go_online();
	for (int i = 0; i < 20; i++) {
		int64_t from = now;
		while (!began(LINK_SYNC)) {
			now += 500;
			link_bytes(l, now);
		}
		assert_in_range(now - from, 47000, 73000);
		done(LINK_SYNC, LINK_OK);
	}
}

static void test_a_commit_is_sent_at_once(void **state)
{
	(void)state;
	go_online();
	link_outbox(l, 1, 0, now);
	assert_true(began(LINK_SYNC));
	link_outbox(l, 2, 10, now); // while it is on the way
	assert_false(began(LINK_SYNC));
	link_outbox(l, 1, 0, now);
	done(LINK_SYNC, LINK_OK);
	assert_true(began(LINK_SYNC));
	link_outbox(l, 0, 0, now);
	done(LINK_SYNC, LINK_OK);
	assert_false(began(LINK_SYNC));
}

static void test_what_cannot_be_sent_is_not_tried_in_a_circle(void **state)
{
	int tries = 0;

	(void)state;
	go_online();
	link_outbox(l, 1, 0, now);
	for (int i = 0; i < 600; i++) {
		if (began(LINK_SYNC)) {
			link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK}, now);
			tries++;
		}
		now += 100;
		link_bytes(l, now);
	}
	assert_in_range(tries, 3, 25);
	link_outbox(l, 2, 0, now); // something new is worth a try
	assert_true(began(LINK_SYNC));
}

static void test_each_is_started_once_until_its_end(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	assert_true(began(LINK_SYNC));
	for (int i = 0; i < 30; i++) {
		link_poke(l, now);
		link_outbox(l, i, 0, now);
		now += 1000;
		link_bytes(l, now);
		assert_false(began(LINK_SYNC) || began(LINK_STREAM));
	}
	done(LINK_SYNC, LINK_OK);
	assert_true(began(LINK_SYNC)); // the poke was not forgotten
}

// --- streams that do not get through

static void go_longpoll(void)
{
	link_logged_in(l, true, now);
	sync_ok();
	until(LINK_STREAM);
	int64_t from = now;
	while (!began(LINK_CLOSE)) {
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_OK);
		now += 100;
	}
	assert_int_equal(now - from, 5000); // no hello by then
	assert_int_equal(last[LINK_CLOSE].what, LINK_STREAM);
	done(LINK_STREAM, LINK_FAILED);
}

static void test_no_hello_means_long_polls_for_half_an_hour(void **state)
{
	(void)state;
	go_longpoll();
	int64_t from = now;
	int polls = 0;
	while (!began(LINK_STREAM)) {
		assert_true(now - from < 2000000);
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_OK);
		if (began(LINK_SYNC)) {
			polls += last[LINK_SYNC].wait_ms == 25000;
			if (last[LINK_SYNC].wait_ms)
				assert_true(last[LINK_SYNC].timeout_ms > 25000);
			now += last[LINK_SYNC].wait_ms;
			link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK}, now);
		} else {
			now += 100;
		}
	}
	assert_in_range(now - from, 1790000, 1830000);
	assert_in_range(polls, 65, 75);
	assert_int_equal(at(), LINK_ONLINE);
}

static void test_long_poll_gives_way_to_an_operation(void **state)
{
	(void)state;
	go_longpoll();
	do {
		until(LINK_SYNC);
		if (!last[LINK_SYNC].wait_ms)
			done(LINK_SYNC, LINK_OK);
	} while (!last[LINK_SYNC].wait_ms);
	link_outbox(l, 1, 0, now);
	assert_true(began(LINK_CLOSE));
	assert_int_equal(last[LINK_CLOSE].what, LINK_SYNC);
	done(LINK_SYNC, LINK_FAILED); // ended by ourselves: no failure
	assert_false(l->probe.trouble);
	assert_true(began(LINK_SYNC));
	assert_int_equal(last[LINK_SYNC].wait_ms, 0);
}

// What cannot be sent yet does not turn long polls into a circle of short ones.
static void test_long_poll_waits_beside_what_cannot_be_sent(void **state)
{
	int tries = 0;

	(void)state;
	go_longpoll();
	link_outbox(l, 1, 0, now);
	for (int64_t end = now + 300000; now < end;) {
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_OK);
		if (began(LINK_CLOSE) || began(LINK_SYNC)) {
			tries++;
			now += 100;
			link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK}, now);
		} else {
			now += 1000;
		}
	}
	assert_in_range(tries, 10, 250);
}

static void test_hub_that_does_not_wait_is_not_asked_in_a_circle(void **state)
{
	int tries = 0;

	(void)state;
	go_longpoll();
	for (int i = 0; i < 600; i++) {
		if (began(LINK_SYNC)) {
			tries++;
			link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK}, now);
		}
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_OK);
		now += 100;
	}
	assert_in_range(tries, 15, 90);
}

static void test_degraded_forgets_long_polls(void **state)
{
	(void)state;
	go_longpoll();
	until(LINK_SYNC);
	done(LINK_SYNC, LINK_FAILED);
	for (int i = 0; i < 3; i++)
		fail_probe();
	assert_int_equal(at(), LINK_DEGRADED);
	good_probe();
	good_probe();
	assert_int_equal(at(), LINK_ONLINE);
	assert_in_range(until(LINK_STREAM), 0, 2000); // another way: streams may get through
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_reconnect_is_uniform_in_the_window),
		TEST(test_bye_says_when),
		TEST(test_decorrelated_jitter),
		TEST(test_a_minute_of_health_forgives),
		TEST(test_heard_otherwise_is_tried_sooner),
		TEST(test_retry_after_within_a_fifth),
		TEST(test_refused_without_a_time_backs_off),
		TEST(test_missing_operations_are_sent_at_once_but_not_in_a_circle),
		TEST(test_pace),
		TEST(test_idle_pull_once_a_minute),
		TEST(test_a_commit_is_sent_at_once),
		TEST(test_what_cannot_be_sent_is_not_tried_in_a_circle),
		TEST(test_each_is_started_once_until_its_end),
		TEST(test_no_hello_means_long_polls_for_half_an_hour),
		TEST(test_long_poll_gives_way_to_an_operation),
		TEST(test_long_poll_waits_beside_what_cannot_be_sent),
		TEST(test_hub_that_does_not_wait_is_not_asked_in_a_circle),
		TEST(test_degraded_forgets_long_polls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
