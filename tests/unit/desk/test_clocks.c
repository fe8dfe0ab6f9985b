// SPDX-License-Identifier: MIT
// Knows how the clocks of a contact run, stop and show.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/clocks.h"

static struct clock_view view(const struct call_clocks *c, enum call_clock which, int64_t now)
{
	struct clock_view v;

	clocks_view(c, which, now, &v);
	return v;
}

static void test_phone(void **state)
{
	struct call_clocks c = {0};

	(void)state;
	assert_int_equal(view(&c, CALL_A20, 5).state, CLOCK_IDLE);
	clocks_ring(&c, 1000);
	assert_int_equal(view(&c, CALL_A20, 15999).state, CLOCK_RUNNING);
	assert_int_equal(view(&c, CALL_A20, 16000).state, CLOCK_NEAR);
	clocks_answer(&c, 4000);
	assert_int_equal(view(&c, CALL_A20, 99000).state, CLOCK_MET);
	assert_int_equal(view(&c, CALL_A20, 99000).elapsed_ms, 3000);
	clocks_agent_line(&c, 9001);
	assert_int_equal(view(&c, CALL_T5, 9001).state, CLOCK_MISSED); // 5001 ms
	clocks_stop(&c, CALL_C20, 24000);
	assert_int_equal(view(&c, CALL_C20, 99000).state, CLOCK_MET); // exactly 20 s
	assert_int_equal(view(&c, CALL_T30, 26500).state, CLOCK_NEAR);
	assert_int_equal(view(&c, CALL_T30, 34001).state, CLOCK_MISSED);
	assert_false(view(&c, CALL_T30, 34001).stopped);
}

// The earliest stamp wins, whichever comes first; a stop never lies before the start.
static void test_earliest_stamp(void **state)
{
	struct call_clocks c = {0};

	(void)state;
	clocks_answer(&c, 1000);
	clocks_stop(&c, CALL_C20, 9000);
	clocks_stop(&c, CALL_C20, 15000);
	assert_int_equal(view(&c, CALL_C20, 50000).elapsed_ms, 8000);
	clocks_stop(&c, CALL_C20, 7000);
	assert_int_equal(view(&c, CALL_C20, 50000).elapsed_ms, 6000);
	clocks_stop(&c, CALL_T5, 500);
	assert_int_equal(view(&c, CALL_T5, 50000).elapsed_ms, 0);
	clocks_answer(&c, 60000); // called back after a line fault
	assert_int_equal(view(&c, CALL_T30, 61000).elapsed_ms, 60000);
}

static void test_hold_pauses_t180_only(void **state)
{
	struct call_clocks c = {0};

	(void)state;
	clocks_answer(&c, 0);
	clocks_hold(&c, 10000);
	assert_int_equal(view(&c, CALL_T180, 50000).elapsed_ms, 10000);
	assert_int_equal(view(&c, CALL_T30, 50000).elapsed_ms, 50000);
	clocks_hold(&c, 20000); // a second report of the same hold
	clocks_resume(&c, 110000);
	assert_int_equal(view(&c, CALL_T180, 120000).elapsed_ms, 20000);
	clocks_stop(&c, CALL_T180, 270000);
	assert_int_equal(view(&c, CALL_T180, 300000).elapsed_ms, 170000);
	assert_int_equal(view(&c, CALL_T180, 300000).state, CLOCK_MET);
	clocks_hold(&c, 300000); // holds after the stop change nothing
	clocks_resume(&c, 400000);
	assert_int_equal(view(&c, CALL_T180, 500000).elapsed_ms, 170000);
}

static void test_hard_is_met_by_handing_over(void **state)
{
	struct call_clocks c = {0};

	(void)state;
	clocks_answer(&c, 0);
	clocks_handed_over(&c, 5000);
	assert_false(view(&c, CALL_T180, 6000).stopped);
	clocks_set_difficulty(&c, DIFFICULTY_HARD);
	clocks_handed_over(&c, 8000);
	assert_int_equal(view(&c, CALL_T180, 9000).state, CLOCK_MET);
}

static void test_end_misses_what_was_not_reached(void **state)
{
	struct call_clocks c = {0};

	(void)state;
	clocks_answer(&c, 0);
	clocks_hold(&c, 3000);
	clocks_end(&c, 10000);
	clocks_stop(&c, CALL_C20, 12000); // too late: the contact is over
	assert_int_equal(view(&c, CALL_C20, 900000).state, CLOCK_MISSED);
	assert_int_equal(view(&c, CALL_C20, 900000).elapsed_ms, 10000);
	assert_int_equal(view(&c, CALL_T180, 900000).elapsed_ms, 3000);
}

static void test_chat(void **state)
{
	struct call_clocks c = {0};

	(void)state;
	clocks_ring(&c, 0);
	clocks_customer_message(&c, 2000);
	clocks_customer_message(&c, 9000);
	clocks_agent_line(&c, 6000);
	assert_int_equal(view(&c, CALL_T5, 90000).elapsed_ms, 4000);
	assert_int_equal(view(&c, CALL_A20, 90000).elapsed_ms, 6000);
}

// domain.md §22 vector 11.
static void test_credit(void **state)
{
	static const int64_t s1[] = {4000, 30000, 25000, 200000}, limit[] = {5000, 20000, 30000, 180000};
	double sum = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		sum += clocks_credit(&(struct clock_view){.stopped = true, .elapsed_ms = s1[i], .limit_ms = limit[i]});
	assert_float_equal(sum / 4, 0.847222, 0.000001);
	assert_float_equal(clocks_credit(&(struct clock_view){.stopped = true, .elapsed_ms = 20000, .limit_ms = 20000}), 1, 1e-6);
	assert_float_equal(clocks_credit(&(struct clock_view){.stopped = true, .elapsed_ms = 40000, .limit_ms = 20000}), 0, 1e-6);
	assert_float_equal(clocks_credit(&(struct clock_view){.stopped = true, .elapsed_ms = 90000, .limit_ms = 20000}), 0, 1e-6);
	assert_float_equal(clocks_credit(&(struct clock_view){.elapsed_ms = 1, .limit_ms = 20000}), 0, 1e-6);
}

static void test_steps(void **state)
{
	struct step_facts f = {.connected_ms = 4999};
	struct step_bar b;

	(void)state;
	steps_view(&f, &b);
	assert_int_equal(b.s[STEP_LISTEN], STEP_NOW);
	f.connected_ms = 5000;
	steps_view(&f, &b);
	assert_int_equal(b.s[STEP_LISTEN], STEP_DONE);
	assert_int_equal(b.s[STEP_RESTATE], STEP_NOW);
	assert_int_equal(b.s[STEP_CLASSIFY], STEP_TODO);
	f.restate_text = sv("账户冻 "); // three characters
	f.restate_confirmed = true;
	steps_view(&f, &b);
	assert_int_equal(b.s[STEP_RESTATE], STEP_NOW);
	f.restate_text = sv("账户冻结");
	steps_view(&f, &b);
	assert_int_equal(b.s[STEP_RESTATE], STEP_DONE);
	f.restate_confirmed = false;
	f.category_set = true;
	steps_view(&f, &b);
	assert_int_equal(b.s[STEP_RESTATE], STEP_SKIPPED);
	assert_true(b.stage_skipped);
	assert_int_equal(b.s[STEP_SOLVE], STEP_NOW);
	assert_false(b.solve_before_classify);
	f.category_set = false;
	f.ticket_or_transfer = true;
	steps_view(&f, &b);
	assert_true(b.solve_before_classify);
}

static void test_comfort(void **state)
{
	(void)state;
	// A site may set its own.
	assert_int_equal(comfort_now(&(struct comfort_limits){5000, 6000, 7000, 8000}, CALL_ON_HOLD, 6500, 0, 0).hold, COMFORT_HOLD_AGAIN);
	assert_int_equal(comfort_now(NULL, CALL_ON_HOLD, 30000, 0, 0).hold, COMFORT_HOLD_NONE);
	assert_int_equal(comfort_now(NULL, CALL_ON_HOLD, 30001, 0, 0).hold, COMFORT_HOLD_FIRST);
	assert_int_equal(comfort_now(NULL, CALL_ON_HOLD, 60001, 0, 0).hold, COMFORT_HOLD_AGAIN);
	assert_int_equal(comfort_now(NULL, CALL_ON_HOLD, 120001, 0, 0).hold, COMFORT_HOLD_CALL_BACK);
	assert_false(comfort_now(NULL, CALL_ON_HOLD, 0, 99000, 0).speak);
	assert_true(comfort_now(NULL, CALL_CONNECTED, 0, 20001, 0).speak);
	assert_false(comfort_now(NULL, CALL_CONNECTED, 90000, 0, 1).empathy);
	assert_int_equal(comfort_now(NULL, CALL_CONNECTED, 90000, 0, 1).hold, COMFORT_HOLD_NONE);
	assert_true(comfort_now(NULL, CALL_CONNECTED, 0, 0, 2).empathy);
	assert_false(comfort_now(NULL, CALL_WRAP_UP, 0, 0, 3).empathy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phone),
		cmocka_unit_test(test_earliest_stamp),
		cmocka_unit_test(test_hold_pauses_t180_only),
		cmocka_unit_test(test_hard_is_met_by_handing_over),
		cmocka_unit_test(test_end_misses_what_was_not_reached),
		cmocka_unit_test(test_chat),
		cmocka_unit_test(test_credit),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_comfort),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
