// SPDX-License-Identifier: MIT
// Knows the states of domain.md §4.9 and their probes, rule by rule, on a clock that only the test moves.
#include "tests/sync/linktest.h"

// --- states

static void test_off_until_enrolled(void **state)
{
	(void)state;
	open_link(0, 1);
	assert_int_equal(at(), LINK_OFF);
	link_logged_in(l, true, now);
	link_outbox(l, 5, 0, now);
	assert_int_equal(link_next(l, now).kind, LINK_NOTHING);
	assert_int_equal(link_wait(l, now), -1);
	link_enrolled(l, 1, now);
	assert_true(began(LINK_SYNC));
	assert_string_equal(link_state_code(LINK_OFF), "off");
	assert_string_equal(link_state_code(LINK_OFFLINE), "offline_backup");
	assert_string_equal(link_state_code(LINK_RECOVERING), "recovering");
}

static void test_begins_with_everything_waiting(void **state)
{
	(void)state;
	assert_int_equal(at(), LINK_RECOVERING);
	assert_false(began(LINK_SYNC)); // nobody is logged in
	link_outbox(l, 3, 0, now);
	link_logged_in(l, true, now);
	assert_int_equal(until(LINK_SYNC), 0); // at once
	assert_true(last[LINK_SYNC].push_only);
	done(LINK_SYNC, LINK_OK);
	assert_int_equal(at(), LINK_RECOVERING);
	link_outbox(l, 0, 0, now);
	until(LINK_SYNC);
	assert_false(last[LINK_SYNC].push_only);
	link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK, .more = true, .progress = true}, now);
	assert_int_equal(at(), LINK_RECOVERING); // pull not done
	assert_false(began(LINK_STREAM));
	until(LINK_SYNC);
	done(LINK_SYNC, LINK_OK);
	assert_int_equal(at(), LINK_ONLINE);
	until(LINK_STREAM);
}

static void test_three_failed_probes_degrade(void **state)
{
	(void)state;
	go_online();
	done(LINK_STREAM, LINK_FAILED);
	fail_probe();
	fail_probe();
	assert_int_equal(at(), LINK_ONLINE);
	assert_int_equal(look().url, 0);
	fail_probe();
	assert_int_equal(at(), LINK_DEGRADED);
	assert_int_equal(look().url, 1); // the next address
	until(LINK_PROBE);
	assert_int_equal(last[LINK_PROBE].url, 1);
}

static void test_failed_probes_must_be_in_a_row(void **state)
{
	(void)state;
	go_online();
	for (int i = 0; i < 5; i++) {
		done(LINK_STREAM, LINK_FAILED);
		fail_probe();
		fail_probe();
		good_probe();
		assert_int_equal(at(), LINK_ONLINE);
		until(LINK_STREAM);
	}
}

// Failures before the stream spoke again do not count towards the next three.
static void test_what_the_stream_says_forgives_probes(void **state)
{
	(void)state;
	go_online();
	for (int i = 0; i < 4; i++) {
		link_poke(l, now);
		until(LINK_SYNC);
		done(LINK_SYNC, LINK_FAILED);
		until(LINK_PROBE);
		done(LINK_PROBE, LINK_FAILED);
		until(LINK_PROBE);
		done(LINK_PROBE, LINK_FAILED);
		link_bytes(l, now);
		take();
		now += 6000;
		link_bytes(l, now);
		take();
		if (l->sync.busy)
			done(LINK_SYNC, LINK_OK);
		assert_int_equal(at(), LINK_ONLINE);
	}
}

static void test_two_good_probes_end_degraded(void **state)
{
	(void)state;
	go_online();
	go_degraded();
	good_probe();
	assert_int_equal(at(), LINK_DEGRADED);
	good_probe();
	assert_int_equal(at(), LINK_ONLINE);
	assert_int_equal(look().url, 1);
}

static void test_fifteen_seconds_without_any_address(void **state)
{
	(void)state;
	go_online();
	go_degraded();
	int64_t since = now;
	while (at() == LINK_DEGRADED) {
		int64_t w = link_wait(l, now);
		take();
		if (l->probe.busy) {
			now += 3000;
			done(LINK_PROBE, LINK_FAILED);
		} else {
			now += w ? w : 1;
		}
		take();
	}
	assert_int_equal(at(), LINK_OFFLINE);
	assert_in_range(now - since, 15000, 18000);
}

static void test_every_address_is_tried_first(void **state)
{
	(void)state;
	open_link(5, 3);
	go_online();
	go_degraded(); // the first of five
	int64_t since = now;
	for (int i = 0; i < 3; i++)
		fail_probe();
	now = since + 15000; // three more failed
	take();
	assert_int_equal(at(), LINK_DEGRADED);
	if (l->probe.busy)
		done(LINK_PROBE, LINK_FAILED);
	while (at() == LINK_DEGRADED)
		fail_probe();
	assert_int_equal(at(), LINK_OFFLINE);
	assert_true(now - since >= 15000);
}

static void test_a_good_probe_starts_the_fifteen_seconds_anew(void **state)
{
	(void)state;
	go_online();
	go_degraded();
	fail_probe();
	good_probe();
	int64_t from = now;
	while (at() == LINK_DEGRADED)
		fail_probe();
	assert_int_equal(at(), LINK_OFFLINE);
	assert_true(now - from >= 15000);
}

static void test_three_good_probes_in_a_row_recover(void **state)
{
	(void)state;
	go_online();
	go_offline();
	assert_false(began(LINK_SYNC));
	good_probe();
	good_probe();
	fail_probe();
	good_probe();
	good_probe();
	assert_int_equal(at(), LINK_OFFLINE);
	good_probe();
	assert_int_equal(at(), LINK_RECOVERING);
}

static void test_recovering_pushes_then_pulls(void **state)
{
	(void)state;
	go_online();
	go_offline();
	link_outbox(l, 300, 60000, now);
	for (int i = 0; i < 3; i++)
		good_probe();
	until(LINK_SYNC);
	assert_true(last[LINK_SYNC].push_only);
	link_outbox(l, 100, 60000, now);
	link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK, .more = true, .progress = true}, now);
	until(LINK_SYNC);
	assert_true(last[LINK_SYNC].push_only);
	link_outbox(l, 0, 0, now);
	done(LINK_SYNC, LINK_OK);
	assert_int_equal(at(), LINK_RECOVERING);
	until(LINK_SYNC);
	assert_false(last[LINK_SYNC].push_only);
	link_outbox(l, 1, 0, now); // an agent goes on working
	done(LINK_SYNC, LINK_OK);
	assert_int_equal(at(), LINK_RECOVERING);
	until(LINK_SYNC);
	link_outbox(l, 0, 0, now);
	done(LINK_SYNC, LINK_OK);
	assert_int_equal(at(), LINK_ONLINE);
}

static void test_recovering_fails_back(void **state)
{
	(void)state;
	go_online();
	go_offline();
	for (int i = 0; i < 3; i++)
		good_probe();
	until(LINK_SYNC);
	done(LINK_SYNC, LINK_FAILED);
	assert_int_equal(at(), LINK_OFFLINE);
}

static void test_recovering_bears_single_failed_probes(void **state)
{
	(void)state;
	link_logged_in(l, false, now);
	for (int i = 0; i < 3; i++) {
		fail_probe();
		fail_probe();
		good_probe();
		assert_int_equal(at(), LINK_RECOVERING);
	}
	for (int i = 0; i < 3; i++)
		fail_probe();
	assert_int_equal(at(), LINK_OFFLINE);
}

static void test_recovering_bears_a_busy_hub(void **state)
{
	(void)state;
	go_online();
	go_offline();
	for (int i = 0; i < 3; i++)
		good_probe();
	until(LINK_SYNC);
	refuse(LINK_SYNC, WIRE_P_BUSY, 4000);
	assert_int_equal(at(), LINK_RECOVERING);
	started[LINK_PROBE] = 0;
	int64_t from = now;
	while (!began(LINK_SYNC)) {
		if (l->probe.busy)
			done(LINK_PROBE, LINK_OK);
		now += 50;
	}
	assert_in_range(now - from, 3200, 4850);
}

static void test_drill(void **state)
{
	(void)state;
	for (int from = 0; from < 4; from++) {
		open_link(2, (uint64_t)from);
		if (from > 0)
			go_online();
		if (from == 2)
			go_degraded();
		if (from == 3)
			go_offline();
		bool stream = l->stream.busy;
		if (l->probe.busy)
			done(LINK_PROBE, LINK_OK);
		link_drill(l, true, now);
		assert_int_equal(at(), LINK_OFFLINE);
		assert_true(look().drill);
		assert_int_equal(began(LINK_CLOSE), stream);
		if (stream)
			done(LINK_STREAM, LINK_OK);
		link_outbox(l, 4, 0, now);
		memset(started, 0, sizeof(started));
		for (int i = 0; i < 600; i++) { // left only by its end
			now += 1000;
			take();
		}
		assert_int_equal(started[LINK_PROBE] + started[LINK_SYNC] + started[LINK_STREAM], 0);
		assert_int_equal(at(), LINK_OFFLINE);
		link_drill(l, false, now);
		assert_int_equal(at(), LINK_RECOVERING);
		assert_false(look().drill);
	}
}

// --- probes

static void test_probe_every_five_seconds(void **state)
{
	int64_t least = 1000000, most = 0;

	(void)state;
	go_online();
	go_offline();
	until(LINK_PROBE);
	assert_int_equal(last[LINK_PROBE].timeout_ms, 3000);
	for (int i = 0; i < 400; i++) {
		int64_t from = now;
		now += i % 2 ? 3000 : 10; // a timeout does not make it slower
		done(LINK_PROBE, LINK_FAILED);
		until(LINK_PROBE);
		least = now - from < least ? now - from : least;
		most = now - from > most ? now - from : most;
	}
	assert_in_range(least, 4000, 4100);
	assert_in_range(most, 5900, 6000);
}

static void test_no_probe_while_the_stream_delivers(void **state)
{
	(void)state;
	go_online();
	for (int i = 0; i < 100; i++) {
		now += 15000;
		link_bytes(l, now);
		take();
		if (l->sync.busy)
			done(LINK_SYNC, LINK_OK);
		assert_int_equal(started[LINK_PROBE], 0);
	}
}

// What happened while there was no stream was told to nobody here.
static void test_hello_pulls(void **state)
{
	(void)state;
	go_online();
	done(LINK_STREAM, LINK_FAILED);
	until(LINK_STREAM);
	started[LINK_SYNC] = 0;
	assert_false(began(LINK_SYNC));
	link_hello(l, 0, now);
	assert_true(began(LINK_SYNC));
}

static void test_twenty_seconds_of_silence(void **state)
{
	(void)state;
	go_online();
	int64_t from = now;
	until(LINK_PROBE);
	assert_int_equal(now - from, 20000);
	done(LINK_PROBE, LINK_OK);
	assert_int_equal(at(), LINK_ONLINE);
	link_bytes(l, now + 100);
	now += 100;
	from = now;
	until(LINK_PROBE); // the stream speaks again: the silence is counted anew
	assert_int_equal(now - from, 20000);
}

static void test_a_failed_request_starts_probes(void **state)
{
	(void)state;
	go_online();
	now += 10000;
	link_bytes(l, now);
	link_poke(l, now);
	until(LINK_SYNC);
	done(LINK_SYNC, LINK_FAILED);
	assert_true(began(LINK_PROBE));
}

// A network that dies without a word: degraded after at most 40 s, offline 15 s later, whatever the seed.
static void test_dead_network(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		open_link(3, seed);
		go_online();
		int64_t from = now, probe_at = 0, sync_at = 0, degraded = 0;
		while (at() != LINK_OFFLINE && now - from < 120000) {
			take();
			if (began(LINK_PROBE))
				probe_at = now;
			if (began(LINK_SYNC))
				sync_at = now;
			if (began(LINK_CLOSE))
				done(LINK_STREAM, LINK_OK);
			now += 100;
			if (l->probe.busy && now - probe_at >= 3000)
				done(LINK_PROBE, LINK_FAILED);
			if (l->sync.busy && now - sync_at >= 20000)
				done(LINK_SYNC, LINK_FAILED);
			if (!degraded && at() == LINK_DEGRADED)
				degraded = now;
		}
		assert_in_range(degraded - from, 20000, 40000);
		assert_in_range(now - degraded, 15000, 18100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_off_until_enrolled),
		TEST(test_begins_with_everything_waiting),
		TEST(test_three_failed_probes_degrade),
		TEST(test_failed_probes_must_be_in_a_row),
		TEST(test_what_the_stream_says_forgives_probes),
		TEST(test_two_good_probes_end_degraded),
		TEST(test_fifteen_seconds_without_any_address),
		TEST(test_every_address_is_tried_first),
		TEST(test_a_good_probe_starts_the_fifteen_seconds_anew),
		TEST(test_three_good_probes_in_a_row_recover),
		TEST(test_recovering_pushes_then_pulls),
		TEST(test_recovering_fails_back),
		TEST(test_recovering_bears_single_failed_probes),
		TEST(test_recovering_bears_a_busy_hub),
		TEST(test_drill),
		TEST(test_probe_every_five_seconds),
		TEST(test_no_probe_while_the_stream_delivers),
		TEST(test_hello_pulls),
		TEST(test_twenty_seconds_of_silence),
		TEST(test_a_failed_request_starts_probes),
		TEST(test_dead_network),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
