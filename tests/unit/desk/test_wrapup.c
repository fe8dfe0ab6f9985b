// SPDX-License-Identifier: MIT
// Knows what keeps a contact from being closed and an escalation from being sent.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/wrapup.h"

static struct wrapup_facts good(void)
{
	return (struct wrapup_facts){
		.handled = true,
		.intent = INTENT_ENQUIRY,
		.category_set = true,
		.difficulty = DIFFICULTY_SIMPLE,
		.disposition = "RES_FIRST",
		.resolution = RESOLUTION_RESOLVED,
		.ended_at = 1000,
		.kb_events = 1,
		.kb_update = KB_UPDATE_VALID,
		.kb_longest_open_ms = 5000,
		.restate_text = sv("账户冻结"),
		.restate_confirmed = true,
		.solution_text = true,
	};
}

// The one finding of these facts, which blocks or not.
static void only(struct wrapup_facts f, enum wrapup_code code, bool block)
{
	struct wrapup_item v[WRAPUP_CODES];
	size_t n = wrapup_check(&f, v);

	assert_int_equal(n, 1);
	assert_int_equal(v[0].code, code);
	assert_int_equal(v[0].block, block);
	assert_true(v[0].msg[0] != 0);
	assert_int_equal(wrapup_blocks(v, n), block);
}

static void test_findings(void **state)
{
	struct wrapup_item v[WRAPUP_CODES];
	struct wrapup_facts f = good();

	(void)state;
	assert_int_equal(wrapup_check(&f, v), 0);
	f.form_errors = 2;
	only(f, WRAPUP_FORM, true);
	f = good(), f.intent = INTENT_NONE;
	only(f, WRAPUP_INTENT, true);
	f = good(), f.category_set = false;
	only(f, WRAPUP_CATEGORY, true);
	f = good(), f.difficulty = DIFFICULTY_NONE;
	only(f, WRAPUP_DIFFICULTY, true);
	f = good(), f.disposition = "";
	only(f, WRAPUP_DISPOSITION, true);
	f = good(), f.resolution = RESOLUTION_NONE;
	only(f, WRAPUP_RESOLUTION, true);
	f = good(), f.solution_text = false;
	only(f, WRAPUP_SOLUTION, true);
	f = good(), f.red = true;
	only(f, WRAPUP_URGENT_REVIEW, false);
	f = good(), f.script_skipped = 1;
	only(f, WRAPUP_SCRIPT, false);
	f = good(), f.restate_confirmed = false;
	only(f, WRAPUP_RESTATE, false);
}

static void test_follow_up(void **state)
{
	struct wrapup_item v[WRAPUP_CODES];
	struct wrapup_facts f = good();

	(void)state;
	f.resolution = RESOLUTION_PENDING;
	only(f, WRAPUP_FOLLOW_UP, true);
	f.follow_up_at = 1000; // not after the end
	only(f, WRAPUP_FOLLOW_UP, true);
	f.follow_up_at = 1001;
	assert_int_equal(wrapup_check(&f, v), 0);
	f = good(), f.needs_follow_up = true;
	only(f, WRAPUP_FOLLOW_UP, true);
}

static void test_knowledge_rules(void **state)
{
	struct wrapup_item v[WRAPUP_CODES];
	struct wrapup_facts f = good();

	(void)state;
	f.kb_events = 0;
	only(f, WRAPUP_KB_SEARCH, false);
	f.kb_search_rule = RULE_BLOCK;
	only(f, WRAPUP_KB_SEARCH, true);
	f.kb_skip = KB_SKIP_SYSTEM_DOWN;
	assert_int_equal(wrapup_check(&f, v), 0);
	f = good(), f.kb_update = KB_UPDATE_NONE;
	only(f, WRAPUP_KB_UPDATE, false);
	f.kb_update_rule = RULE_BLOCK;
	only(f, WRAPUP_KB_UPDATE, true);
	f.kb_update_rule = RULE_OFF;
	assert_int_equal(wrapup_check(&f, v), 0);
	f = good(), f.kb_longest_open_ms = 4999;
	only(f, WRAPUP_KB_VALID, true);
}

// A wrong number owes a disposition and an outcome, nothing else.
static void test_invalid_contact(void **state)
{
	struct wrapup_item v[WRAPUP_CODES];
	struct wrapup_facts f = {.handled = true, .disposition = "WRONG_NO", .disposition_invalid = true,
		.resolution = RESOLUTION_INVALID, .script_skipped = 3};

	(void)state;
	assert_int_equal(wrapup_check(&f, v), 0);
}

static void test_everything_at_once_fits(void **state)
{
	struct wrapup_item v[WRAPUP_CODES];
	struct wrapup_facts f = {.handled = true, .form_errors = 1, .needs_follow_up = true, .red = true, .script_skipped = 1};

	(void)state;
	size_t n = wrapup_check(&f, v);
	assert_true(n >= 9 && n <= WRAPUP_CODES);
	for (size_t i = 1; i < n; i++)
		assert_true(v[i - 1].code < v[i].code);
}

static void test_escalation(void **state)
{
	struct escalate_facts f = {.level = 1, .restate_text = sv("账户冻结"),
		.proposed_solution = sv("先核验身份再申请解冻账户")};
	struct err e = {0};

	(void)state;
	assert_true(escalate_check(&f, &e));
	f.red = true;
	assert_false(escalate_check(&f, &e));
	f.level = 2;
	assert_true(escalate_check(&f, &e));
	f.proposed_solution = sv("九个字的方案不够长"); // 9 characters, 27 bytes
	assert_false(escalate_check(&f, &e));
	f.urgent_review = true;
	assert_true(escalate_check(&f, &e));
	f = (struct escalate_facts){.level = 2, .form_required_empty = 1, .restate_text = sv("账户冻结")};
	assert_false(escalate_record_complete(&f));
	f.form_required_empty = 0;
	assert_true(escalate_record_complete(&f));
	f.restate_text = sv("账户");
	assert_false(escalate_record_complete(&f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings), cmocka_unit_test(test_follow_up), cmocka_unit_test(test_knowledge_rules),
		cmocka_unit_test(test_invalid_contact), cmocka_unit_test(test_everything_at_once_fits),
		cmocka_unit_test(test_escalation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
