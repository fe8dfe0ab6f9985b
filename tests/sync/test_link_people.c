// SPDX-License-Identifier: MIT
// Knows what a station does without a token, with too old a program, when nothing moves on, and how long it may sleep.
#include "tests/sync/linktest.h"

// --- people and programs

static void test_expired_token(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	until(LINK_SYNC);
	refuse(LINK_SYNC, WIRE_P_TOKEN_EXPIRED, 0);
	assert_true(began(LINK_TOKEN));
	assert_false(began(LINK_SYNC));
	done(LINK_TOKEN, LINK_OK);
	assert_true(began(LINK_SYNC));
	assert_false(look().need_login);
}

static void test_ended_session_is_said_once(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	until(LINK_SYNC);
	refuse(LINK_SYNC, WIRE_P_TOKEN_EXPIRED, 0);
	assert_true(began(LINK_TOKEN));
	refuse(LINK_TOKEN, WIRE_P_TOKEN_REVOKED, 0);
	assert_true(look().need_login);
	assert_true(began(LINK_LOGIN));
	assert_true(began(LINK_CLOSE) || started[LINK_CLOSE] == 0);
	for (int i = 0; i < 100; i++) {
		now += 1000;
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_OK);
		assert_false(began(LINK_LOGIN) || began(LINK_SYNC) || began(LINK_TOKEN));
	}
	assert_int_equal(at(), LINK_ONLINE); // the hub is there; a person is missing
	done(LINK_STREAM, LINK_OK);
	link_logged_in(l, true, now);
	assert_false(look().need_login);
	assert_true(began(LINK_SYNC));
	assert_true(began(LINK_STREAM));
	refuse(LINK_SYNC, WIRE_P_TOKEN_REVOKED, 0);
	assert_true(began(LINK_LOGIN)); // a new need, said again
}

// Everything that is refused for the same reason asks for one password.
static void test_login_is_not_said_twice(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	until(LINK_SYNC);
	refuse(LINK_STREAM, WIRE_P_TOKEN_REVOKED, 0);
	assert_true(began(LINK_LOGIN));
	refuse(LINK_SYNC, WIRE_P_TOKEN_REVOKED, 0);
	assert_false(began(LINK_LOGIN));
}

static void test_token_that_fails_backs_off(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	until(LINK_SYNC);
	refuse(LINK_SYNC, WIRE_P_TOKEN_EXPIRED, 0);
	for (int i = 0; i < 8; i++) {
		until(LINK_TOKEN);
		done(LINK_TOKEN, LINK_FAILED);
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_OK);
	}
	assert_false(look().need_login); // no answer is no verdict
	assert_true(l->token.retry.prev >= 1000);
}

static void test_old_program_is_shown_and_asks_rarely(void **state)
{
	(void)state;
	go_online();
	link_poke(l, now);
	until(LINK_SYNC);
	refuse(LINK_SYNC, WIRE_P_UPGRADE, 0);
	assert_true(look().upgrade);
	int64_t from = now;
	link_outbox(l, 3, 0, now);
	while (!began(LINK_SYNC)) {
		now += 1000;
		link_bytes(l, now);
	}
	assert_in_range(now - from, 480000, 721000);
	done(LINK_SYNC, LINK_OK);
	assert_false(look().upgrade);
}

// --- stuck

static void keep_talking(int64_t ms, bool progress)
{
	for (int64_t until_ = now + ms; now < until_; now += 1000) {
		link_bytes(l, now);
		take();
		if (l->sync.busy)
			link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK, .progress = progress}, now);
	}
}

static void test_stuck_after_a_quarter_of_an_hour(void **state)
{
	(void)state;
	go_online();
	link_outbox(l, 2, 0, now);
	keep_talking(14 * 60000, false);
	assert_false(look().stuck);
	assert_int_equal(started[LINK_FRESH], 0);
	keep_talking(2 * 60000, false);
	assert_true(look().stuck);
	assert_int_equal(started[LINK_FRESH], 1);
	started[LINK_SYNC] = 0;
	link_outbox(l, 3, 0, now);
	assert_false(began(LINK_SYNC)); // nothing begins before the new sessions are there
	started[LINK_FRESH] = 0;
	done(LINK_FRESH, LINK_OK);
	assert_true(began(LINK_SYNC));
	link_done(l, LINK_SYNC, &(struct link_report){.end = LINK_OK}, now);
	keep_talking(10 * 60000, false);
	assert_int_equal(started[LINK_FRESH], 0);
	keep_talking(6 * 60000, false);
	assert_int_equal(started[LINK_FRESH], 1); // and again
	done(LINK_FRESH, LINK_OK);
	until(LINK_SYNC);
	done(LINK_SYNC, LINK_OK);
	assert_false(look().stuck); // it moves
}

static void test_progress_is_not_stuck(void **state)
{
	(void)state;
	go_online();
	link_outbox(l, 500, 3600000, now);
	keep_talking(40 * 60000, true);
	assert_false(look().stuck);
	assert_int_equal(started[LINK_FRESH], 0);
}

static void test_no_hub_or_nothing_unsent_is_not_stuck(void **state)
{
	(void)state;
	go_online();
	keep_talking(40 * 60000, false);
	assert_false(look().stuck);
	go_offline();
	link_outbox(l, 5, 0, now);
	for (int i = 0; i < 40 * 60; i++) {
		now += 1000;
		if (began(LINK_PROBE))
			done(LINK_PROBE, LINK_FAILED);
	}
	assert_false(look().stuck);
	assert_int_equal(started[LINK_FRESH], 0);
}

// --- link_wait

// Whatever happens: before the time it names nothing is to be started, and what is started never waits beyond it.
static void test_wait_never_oversleeps(void **state)
{
	struct rng rng = {42};

	(void)state;
	for (int run = 0; run < 60; run++) {
		open_link(1 + run % 3, (uint64_t)run + 100);
		link_logged_in(l, true, now);
		for (int i = 0; i < 300; i++) {
			take();
			int64_t w = link_wait(l, now);
			struct link copy = *l;
			assert_true(w != 0);
			for (int64_t t = now; w > 0 && t < now + w; t += w / 7 + 1)
				assert_int_equal(link_next(&copy, t).kind, LINK_NOTHING);
			int64_t step = rng_between(&rng, 1, 9000);
			now += w > 0 && w < step ? w : step;
			for (int k = LINK_SYNC; k <= LINK_TOKEN; k++)
				if (rng_between(&rng, 0, 2) == 0 && (k == LINK_SYNC     ? l->sync.busy
								     : k == LINK_STREAM ? l->stream.busy
								     : k == LINK_PROBE  ? l->probe.busy
											: l->token.busy))
					done((enum link_do_kind)k, rng_between(&rng, 0, 3) ? LINK_OK : LINK_FAILED);
			if (l->stream.busy && rng_between(&rng, 0, 1))
				link_hello(l, 5000, now);
			if (rng_between(&rng, 0, 4) == 0)
				link_outbox(l, rng_between(&rng, 0, 3), 1000, now);
			if (rng_between(&rng, 0, 60) == 0)
				link_drill(l, rng_between(&rng, 0, 1), now);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_expired_token),
		TEST(test_ended_session_is_said_once),
		TEST(test_login_is_not_said_twice),
		TEST(test_token_that_fails_backs_off),
		TEST(test_old_program_is_shown_and_asks_rarely),
		TEST(test_stuck_after_a_quarter_of_an_hour),
		TEST(test_progress_is_not_stuck),
		TEST(test_no_hub_or_nothing_unsent_is_not_stuck),
		TEST(test_wait_never_oversleeps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
