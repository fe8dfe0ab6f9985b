// SPDX-License-Identifier: MIT
// Knows what any telephone adapter must do, tried on the scripted one with a clock of its own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/str.h"
#include "src/base/utf8.h"
#include "src/cti/sim.h"

static struct clock clk;

static struct cti *start(const char *script)
{
	struct err e = {0};

	clock_fake(&clk, 1000000, 5000);
	struct cti *c = sim_open(script, &clk, &e);
	if (!c)
		fail_msg("%s", e.msg);
	return c;
}

// Moves time on and writes what happened as "type:text " words.
static const char *run(struct cti *c, int64_t ms)
{
	static char out[1024];
	struct str b = STR_MAX(sizeof(out) - 1);
	struct cti_event ev;

	clock_fake_add(&clk, ms);
	c->ops->step(c);
	while (c->ops->next(c, &ev)) {
		str_addf(&b, "%s%s", b.n ? " " : "", cti_event_name(ev.type));
		if (ev.type == CTI_ENDED)
			str_addf(&b, "/%d", ev.why);
		if (ev.text[0])
			str_addf(&b, "(%s)", ev.text);
	}
	snprintf(out, sizeof(out), "%s", str_z(&b));
	str_release(&b);
	return out;
}

static void cmd(struct cti *c, enum cti_cmd_type t, const char *call)
{
	assert_int_not_equal(c->ops->cmd(c, &(struct cti_cmd){.type = t, .call = call}), 0);
}

static void test_a_whole_call(void **state)
{
	struct cti *c = start("# demo\n"
			      "+4 offered 13800138000 张三 queue=account\n"
			      "on answer +0.1 answered\n"
			      "on answer +2.5 message 卡被冻结了\n"
			      "on answer +60 ended\n");
	struct cti_event ev;

	(void)state;
	assert_string_equal(run(c, 0), "link_up");
	assert_int_equal(c->ops->timeout_ms(c), 4000);
	clock_fake_add(&clk, 4100);
	c->ops->step(c);
	assert_true(c->ops->next(c, &ev));
	assert_string_equal(ev.name, "张三");
	assert_string_equal(ev.queue, "account");
	// The stamp is when it happened, not when somebody looked.
	assert_int_equal(ev.mono_ms, 9000);
	assert_int_equal(ev.wall_ms, 1004000);
	cmd(c, CTI_ANSWER, ev.call);
	assert_string_equal(run(c, 99), "");
	assert_string_equal(run(c, 1), "answered");
	assert_string_equal(run(c, 3000), "message(卡被冻结了)");
	cmd(c, CTI_HOLD, ev.call);
	assert_string_equal(run(c, 0), "held");
	cmd(c, CTI_RESUME, ev.call);
	assert_string_equal(run(c, 0), "resumed");
	assert_string_equal(run(c, 60000), "ended/1");
	cmd(c, CTI_HOLD, ev.call);
	assert_true(str_starts(run(c, 0), "cmd_failed"));
	assert_int_equal(c->ops->timeout_ms(c), -1);
	c->ops->close(c);
}

static void test_giving_up_counts_only_unanswered(void **state)
{
	struct cti *c = start("+0 offered 1\n+8 ended\nafter +2 offered 2\n+8 ended\n");

	(void)state;
	assert_string_equal(run(c, 0), "link_up offered");
	assert_string_equal(run(c, 8000), "ended/3");
	assert_string_equal(run(c, 1999), "");
	assert_string_equal(run(c, 1), "offered");
	cmd(c, CTI_ANSWER, "sim-2");
	assert_string_equal(run(c, 9000), "answered");
	assert_int_equal(sim_waiting(c), 0);
	c->ops->close(c);
}

static void test_transfers(void **state)
{
	struct cti *c = start("+0 offered 1\non xfer_blind +1 xfer_failed 486\n");

	(void)state;
	run(c, 0);
	cmd(c, CTI_ANSWER, "sim-1");
	assert_string_equal(run(c, 0), "answered");
	cmd(c, CTI_XFER_BLIND, "sim-1");
	assert_string_equal(run(c, 1000), "xfer_failed(486)");
	cmd(c, CTI_XFER_CONSULT, "sim-1");
	assert_string_equal(run(c, 0), "ringing(consult) answered(consult)");
	cmd(c, CTI_XFER_COMPLETE, "sim-1");
	assert_string_equal(run(c, 0), "xfer_ok ended/2");
	c->ops->close(c);
}

static void test_link_and_line_faults(void **state)
{
	struct cti *c = start("+0 offered 1\non answer +5 dropped\n+20 link_down\n+25 link_up\n");

	(void)state;
	run(c, 0);
	cmd(c, CTI_ANSWER, "sim-1");
	assert_string_equal(run(c, 5000), "answered ended/4");
	assert_string_equal(run(c, 15000), "link_down");
	cmd(c, CTI_DIAL, NULL);
	assert_string_equal(run(c, 5000), "dialing ringing answered link_up");
	assert_non_null(sim_offer(c, CTI_CHAT, "139", "李\x1b[2J四", NULL));
	assert_true(sim_say(c, "sim-3", "在吗"));
	assert_string_equal(run(c, 0), "offered message(在吗)");
	assert_true(sim_end(c, "sim-3", CTI_WHY_CUSTOMER));
	assert_string_equal(run(c, 0), "ended/3");
	assert_false(sim_say(c, "sim-9", "x"));
	c->ops->close(c);
}

static void test_bad_scripts_name_the_line(void **state)
{
	static const struct {
		const char *script, *want;
	} cases[] = {
		{"+0 offered 1\nsoon offered 2", "line 2: a time such as +4 or +0.5 is needed, not soon"},
		{"+1 exploded", "line 1: unknown event exploded"},
		{"on juggle +1 answered", "line 1: unknown command juggle"},
		{"+3 ended", "line 1: there is no offered call above this line"},
		{"+1.2345 offered 1", "line 1: a time such as +4 or +0.5 is needed, not +1.2345"},
	};

	(void)state;
	clock_fake(&clk, 0, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		assert_null(sim_open(cases[i].script, &clk, &e));
		assert_string_equal(e.msg, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_call),
		cmocka_unit_test(test_giving_up_counts_only_unanswered),
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_link_and_line_faults),
		cmocka_unit_test(test_bad_scripts_name_the_line),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
