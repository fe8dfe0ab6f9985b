// SPDX-License-Identifier: MIT
// Knows when a promise is due: calendars, pauses, policies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/clock.h"
#include "src/desk/sla.h"

#define MIN 60000LL
#define H (60 * MIN)

// Local time of Shanghai.
static int64_t at(const char *s)
{
	int64_t t = 0;

	assert_true(clock_parse_local("Asia/Shanghai", sv(s), &t));
	return t;
}

// domain.md §22 vector 8.
static void test_core(void **state)
{
	struct calendar c;
	struct sla_pause p = {at("2026-11-20 23:00"), at("2026-11-21 00:30")};

	(void)state;
	calendar_24x7(&c);
	assert_int_equal(sla_due(at("2026-11-20 22:30"), 4 * H, NULL, &c), at("2026-11-21 02:30"));
	assert_int_equal(sla_due(at("2026-11-20 22:30"), 4 * H, &(struct sla_pauses){.v = &p, .n = 1}, &c),
		at("2026-11-21 04:00"));
}

static void test_business(void **state)
{
	static const struct cal_exception days[] = {
		{20261001, {0}},                                    // Thursday, holiday
		{20261002, {0}},
		{20261010, {2, {{9 * 60, 12 * 60}, {13 * 60, 18 * 60}}}}, // Saturday, make-up workday
	};
	struct calendar c;

	(void)state;
	calendar_default(&c, "Asia/Shanghai");
	assert_int_equal(business_add(&c, at("2026-11-20 17:00"), 960 * MIN), at("2026-11-24 17:00"));
	assert_int_equal(business_add(&c, at("2026-11-20 17:00"), 60 * MIN), at("2026-11-20 18:00"));
	assert_int_equal(business_add(&c, at("2026-11-20 11:30"), 60 * MIN), at("2026-11-20 13:30"));
	assert_int_equal(business_add(&c, at("2026-11-21 10:00"), 0), at("2026-11-23 09:00"));
	assert_int_equal(business_ms(&c, at("2026-11-20 17:00"), at("2026-11-24 17:00")), 960 * MIN);
	assert_int_equal(business_ms(&c, at("2026-11-20 12:00"), at("2026-11-20 13:00")), 0);
	assert_int_equal(business_ms(&c, at("2026-11-24 17:00"), at("2026-11-20 17:00")), 0);
	c.exceptions = days;
	c.nexceptions = 3;
	assert_int_equal(business_add(&c, at("2026-10-01 10:00"), MIN), at("2026-10-05 09:01"));
	assert_int_equal(business_add(&c, at("2026-10-09 17:00"), 2 * H), at("2026-10-10 10:00"));
	memset(c.week, 0, sizeof(c.week));
	c.nexceptions = 0;
	assert_true(business_add(&c, at("2026-10-09 17:00"), 1) == SLA_NEVER);
}

// A day of 23 hours: hours are those of the wall, the amount is real time.
static void test_summer_time(void **state)
{
	struct calendar c = {.zone = "Europe/Berlin"};
	int64_t start = 0;

	(void)state;
	for (int wd = 0; wd < 7; wd++)
		c.week[wd] = (struct cal_day){.n = 1, .v = {{0, 1440}}};
	assert_true(clock_parse_local("Europe/Berlin", sv("2026-03-29 00:00"), &start));
	assert_int_equal(business_ms(&c, start, start + 23 * H), 23 * H);
	assert_int_equal(business_add(&c, start, 24 * H), start + 24 * H);
}

static void test_calendar_check(void **state)
{
	struct calendar c;
	struct err e = {0};

	(void)state;
	calendar_default(&c, "Asia/Shanghai");
	assert_true(calendar_check(&c, &e));
	c.week[1].v[1].from = 11 * 60;
	assert_false(calendar_check(&c, &e));
	calendar_default(&c, "Mars/Olympus");
	assert_false(calendar_check(&c, &e));
}

static void test_pauses(void **state)
{
	struct calendar c;
	struct sla_pause v[] = {{H, 3 * H}, {2 * H, 4 * H}, {-5 * H, H / 2}};

	(void)state;
	calendar_24x7(&c);
	// Union of the first two is 3 h; of the third only the half hour after the start counts.
	assert_int_equal(sla_due(0, 4 * H, &(struct sla_pauses){.v = v, .n = 3}, &c), 7 * H + H / 2);
	assert_int_equal(sla_due(0, 4 * H, &(struct sla_pauses){.v = v, .n = 3, .max_ms = H}, &c), 5 * H);
	struct sla_pause late = {4 * H, 9 * H};
	assert_int_equal(sla_due(0, 4 * H, &(struct sla_pauses){.v = &late, .n = 1}, &c), 4 * H); // never un-breaches
	struct sla_pause open = {H, SLA_NEVER};
	assert_int_equal(sla_due(0, 4 * H, &(struct sla_pauses){.v = &open, .n = 1}, &c), 4 * H);
}

static enum sla_state stands(struct sla_clock k, int64_t now)
{
	struct calendar c;
	struct sla_view v;

	calendar_24x7(&c);
	sla_view(&k, &c, now, &v);
	return v.state;
}

static void test_view(void **state)
{
	struct sla_clock k = {.target_ms = 100 * MIN};
	struct sla_pause open = {10 * MIN, SLA_NEVER};
	struct calendar c;
	struct sla_view v;

	(void)state;
	assert_int_equal(stands(k, 49 * MIN), SLA_RUNNING);
	assert_int_equal(stands(k, 50 * MIN), SLA_WARN50);
	assert_int_equal(stands(k, 75 * MIN), SLA_WARN75);
	assert_int_equal(stands(k, 90 * MIN), SLA_WARN90);
	assert_int_equal(stands(k, 100 * MIN), SLA_WARN90);
	assert_int_equal(stands(k, 100 * MIN + 1), SLA_BREACHED);
	k.met_at = 99 * MIN;
	assert_int_equal(stands(k, 500 * MIN), SLA_MET);
	k.breached = true; // a longer target given later does not heal it
	assert_int_equal(stands(k, 500 * MIN), SLA_BREACHED);
	assert_int_equal(stands((struct sla_clock){0}, 5), SLA_NONE);

	k = (struct sla_clock){.target_ms = 100 * MIN, .pauses = {.v = &open, .n = 1}};
	calendar_24x7(&c);
	sla_view(&k, &c, 60 * MIN, &v);
	assert_int_equal(v.state, SLA_PAUSED);
	assert_int_equal(v.used_pct, 10);
	assert_int_equal(v.left_ms, 90 * MIN);
	k.pauses.max_ms = 30 * MIN; // the pause is used up at 40 min, so 70 - 40 + 10 = 40 are used
	sla_view(&k, &c, 70 * MIN, &v);
	assert_int_equal(v.state, SLA_RUNNING);
	assert_int_equal(v.used_pct, 40);
	k = (struct sla_clock){.target_ms = 100 * MIN};
	sla_view(&k, &c, 150 * MIN, &v);
	assert_int_equal(v.used_pct, 150);
	assert_int_equal(v.left_ms, -50 * MIN);
}

static const char *pick(struct sla_facts f)
{
	struct calendar c;
	const struct sla_policy *p;

	calendar_default(&c, "Asia/Shanghai");
	p = sla_pick(sla_policies, sla_npolicies, &f, at("2026-11-20 17:00"), &c);
	return p ? p->code : "";
}

static void test_pick(void **state)
{
	(void)state;
	assert_string_equal(pick((struct sla_facts){.red = true, .complaint = COMPLAINT_C3, .priority = 1}), "urgent");
	assert_string_equal(pick((struct sla_facts){.complaint = COMPLAINT_C3, .difficulty = DIFFICULTY_HARD, .priority = 2}),
		"complaint_c3");
	assert_string_equal(pick((struct sla_facts){.difficulty = DIFFICULTY_HARD, .priority = 2}), "complex");
	assert_string_equal(pick((struct sla_facts){.difficulty = DIFFICULTY_HARD, .priority = 1}), "urgent");
	assert_string_equal(pick((struct sla_facts){.difficulty = DIFFICULTY_HARD, .priority = 4}), "low");
	assert_string_equal(pick((struct sla_facts){.difficulty = DIFFICULTY_SIMPLE, .priority = 2}), "core");
	assert_string_equal(pick((struct sla_facts){.priority = 3}), "standard");
	// Both standard and low match; the one due earlier counts.
	assert_string_equal(pick((struct sla_facts){.intent = INTENT_SUGGESTION, .priority = 3}), "standard");
	assert_string_equal(pick((struct sla_facts){.priority = 0}), "");
}

static void test_xdept(void **state)
{
	struct calendar c, b;

	(void)state;
	calendar_24x7(&c);
	calendar_default(&b, "Asia/Shanghai");
	assert_int_equal(sla_xdept_due(2, 0, SLA_NEVER, &c, &b), 270 * MIN);
	assert_int_equal(sla_xdept_due(2, 0, 100 * MIN, &c, &b), 60 * MIN);
	assert_int_equal(sla_xdept_due(1, 0, 90 * H, &c, &b), 250 * MIN);
	assert_int_equal(sla_xdept_due(4, at("2026-11-20 17:00"), SLA_NEVER, &c, &b), at("2026-11-24 12:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_core), cmocka_unit_test(test_business), cmocka_unit_test(test_summer_time),
		cmocka_unit_test(test_calendar_check), cmocka_unit_test(test_pauses), cmocka_unit_test(test_view),
		cmocka_unit_test(test_pick), cmocka_unit_test(test_xdept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
