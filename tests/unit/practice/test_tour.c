// SPDX-License-Identifier: MIT
// Knows that the guided tour goes on by what is really done at the desk, in any order, and can be skipped.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/practice/tour.h"
#include "tests/unit/practice/seat.h"

#define TOUR "com.tour.01"

static int setup(void **state)
{
	struct seat *t = xcalloc(1, sizeof(*t));
	struct err e = {0};

	seat_start(t);
	struct session_options o = seat_options(t);
	o.scenario = TOUR;
	assert_ok(session_new(&t->session, &o, &e), e);
	assert_true(session_scenario(t->session)->tour);
	assert_ok(session_start(t->session, &e), e);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	seat_end(*state);
	free(*state);
	return 0;
}

static size_t now(const struct seat *t)
{
	return tour_now(session_log(t->session), 0);
}

// One deed at the desk; then the tour stands at step n.
#define DO(n, call)                                                                            \
	do {                                                                                   \
		struct err e = {0};                                                            \
		assert_ok(call, e);                                                            \
		seat_saved(t);                                                                 \
		seat_wait(t, 1500);                                                            \
		assert_int_equal(now(t), (n));                                                 \
	} while (0)

static void test_by_doing(void **state)
{
	struct seat *t = *state;
	struct model *m = session_model(t->session);

	seat_wait(t, 3000);
	struct work *w = seat_work(t, "P0");
	assert_int_equal(now(t), 0);
	DO(1, model_answer(m, w, &e));
	// Waiting is no step, and the patient caller stays.
	seat_wait(t, 60000);
	assert_int_equal(now(t), 1);
	DO(2, session_say(t->session, w, "您好，请问有什么可以帮您？", &e));
	// A later one first: the tour waits at the one before, and passes over it afterwards.
	DO(2, model_note(m, w, "客户问会员卡", &e));
	DO(3, model_form_set(m, w, "base.need", "会员卡怎么用", &e));
	DO(4, model_restate(m, w, "想知道会员卡怎么用", true, &e));
	DO(5, model_classify(m, w, "product_use.howto", &e));
	model_kb_query(m, w, "会员", true);
	model_kb_searched(m, w);
	seat_saved(t);
	seat_wait(t, 1000);
	assert_int_equal(now(t), 7);
	DO(8, model_ticket_create(m, w, "会员卡使用", &e));
	DO(9, model_escalate(m, w, "expert_help", "请产品同事看看会员卡页面的说明", "答复", &e));
	struct handoff h = {.target = "general", .tried = "讲了用法", .ask = "接着讲", .promise = "无"};
	DO(10, model_transfer(m, w, true, &h, &e));
}

// Nothing holds the trainee up: every step can be skipped, and what is skipped may still be done.
static void test_skipped(void **state)
{
	struct practice_log none = {0};

	(void)state;
	assert_int_equal(tour_now(&none, 0), 0);
	for (size_t n = 0; n < TOUR_STEPS; n++)
		assert_int_equal(tour_now(&none, (1u << (n + 1)) - 1), n + 1);
	assert_int_equal(tour_now(&none, 1u << 1), 0);
}

// What the customer does is no step.
static void test_only_own_deeds(void **state)
{
	struct practice_log l = {0};
	struct log_entry e = {.who = LOG_CUSTOMER, .ev = {.type = EV_SAY}};

	(void)state;
	practice_log_add(&l, &e);
	assert_false(tour_done(1, &l));
	e.who = LOG_AGENT;
	practice_log_add(&l, &e);
	assert_true(tour_done(1, &l));
	practice_log_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_doing, setup, teardown), cmocka_unit_test(test_skipped), cmocka_unit_test(test_only_own_deeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
