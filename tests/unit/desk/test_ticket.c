// SPDX-License-Identifier: MIT
// Knows the moves of a ticket, its priority and the order of a queue.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/priority.h"
#include "src/desk/ticket.h"

static void expect(enum ticket_state from, enum ticket_event ev, struct ticket_guard g, enum ticket_verdict want,
	enum ticket_state to)
{
	struct err e = {0};
	enum ticket_state got = TICKET_NEW;

	assert_int_equal(ticket_step(from, ev, &g, &got, &e), want);
	assert_int_equal(got, to);
	assert_int_equal(e.msg[0] != 0, want == TICKET_REFUSED);
}

static void test_moves(void **state)
{
	struct ticket_guard g = {.solution_text = "done", .root_cause_code = "user"};
	struct ticket_guard none = {0}, system = {.by_system = true};

	(void)state;
	expect(TICKET_NEW, TICKET_EV_ACCEPT, none, TICKET_MOVED, TICKET_OPEN);
	expect(TICKET_OPEN, TICKET_EV_NEED_CUSTOMER, none, TICKET_MOVED, TICKET_WAITING_CUSTOMER);
	expect(TICKET_WAITING_CUSTOMER, TICKET_EV_CUSTOMER_REPLY, none, TICKET_MOVED, TICKET_OPEN);
	expect(TICKET_OPEN, TICKET_EV_RESOLVE, g, TICKET_MOVED, TICKET_RESOLVED);
	expect(TICKET_RESOLVED, TICKET_EV_CUSTOMER_CONFIRMS, none, TICKET_MOVED, TICKET_CLOSED);
	expect(TICKET_RESOLVED, TICKET_EV_REJECT, none, TICKET_MOVED, TICKET_REOPENED);
	expect(TICKET_REOPENED, TICKET_EV_ACCEPT, none, TICKET_MOVED, TICKET_OPEN);
	expect(TICKET_NEW, TICKET_EV_RESOLVE, g, TICKET_REFUSED, TICKET_NEW);
	expect(TICKET_MERGED, TICKET_EV_REOPEN, none, TICKET_REFUSED, TICKET_MERGED);
	expect(TICKET_MERGED, TICKET_EV_CUSTOMER_REPLY, system, TICKET_IGNORED, TICKET_MERGED);
	expect(TICKET_WAITING_THIRD, TICKET_EV_DUPLICATE, (struct ticket_guard){.reason = "SHA"}, TICKET_MOVED, TICKET_MERGED);
	expect(TICKET_RESOLVED, TICKET_EV_DUPLICATE, (struct ticket_guard){.reason = "SHA"}, TICKET_REFUSED, TICKET_RESOLVED);
}

static void test_guards(void **state)
{
	struct ticket_guard g = {.solution_text = "done", .root_cause_code = "user", .red = true};

	(void)state;
	expect(TICKET_OPEN, TICKET_EV_RESOLVE, g, TICKET_REFUSED, TICKET_OPEN);
	g.urgent_review_decided = true;
	expect(TICKET_OPEN, TICKET_EV_RESOLVE, g, TICKET_MOVED, TICKET_RESOLVED);
	g.urgent_review_open = true; // a second one was submitted
	expect(TICKET_OPEN, TICKET_EV_RESOLVE, g, TICKET_REFUSED, TICKET_OPEN);
	expect(TICKET_RESOLVED, TICKET_EV_CUSTOMER_CONFIRMS, (struct ticket_guard){.red = true}, TICKET_REFUSED, TICKET_RESOLVED);
	expect(TICKET_OPEN, TICKET_EV_RESOLVE, (struct ticket_guard){.solution_text = "x"}, TICKET_REFUSED, TICKET_OPEN);
	expect(TICKET_OPEN, TICKET_EV_RESOLVE, (struct ticket_guard){.root_cause_code = "x"}, TICKET_REFUSED, TICKET_OPEN);
	expect(TICKET_CLOSED, TICKET_EV_REOPEN, (struct ticket_guard){.since_ms = 7LL * 86400000}, TICKET_MOVED, TICKET_REOPENED);
	expect(TICKET_CLOSED, TICKET_EV_REOPEN, (struct ticket_guard){.since_ms = 7LL * 86400000 + 1}, TICKET_REFUSED,
		TICKET_CLOSED);
	expect(TICKET_OPEN, TICKET_EV_CANCEL, (struct ticket_guard){.reason = "r"}, TICKET_REFUSED, TICKET_OPEN);
	expect(TICKET_OPEN, TICKET_EV_CANCEL, (struct ticket_guard){.reason = "r", .lead = true}, TICKET_MOVED, TICKET_CANCELLED);
	expect(TICKET_RESOLVED, TICKET_EV_SILENT, (struct ticket_guard){.by_system = true, .since_ms = 1}, TICKET_IGNORED,
		TICKET_RESOLVED);
	expect(TICKET_RESOLVED, TICKET_EV_SILENT, (struct ticket_guard){.by_system = true, .since_ms = TICKET_SILENT_MS},
		TICKET_MOVED, TICKET_CLOSED);
	expect(TICKET_WAITING_CUSTOMER, TICKET_EV_GIVE_UP_WAITING, (struct ticket_guard){.reminders = 2}, TICKET_REFUSED,
		TICKET_WAITING_CUSTOMER);
	expect(TICKET_WAITING_CUSTOMER, TICKET_EV_GIVE_UP_WAITING, (struct ticket_guard){.reminders = 3}, TICKET_MOVED,
		TICKET_OPEN);
}

static void test_pauses(void **state)
{
	(void)state;
	assert_true(ticket_pauses(TICKET_WAITING_CUSTOMER, true, false));
	assert_false(ticket_pauses(TICKET_WAITING_CUSTOMER, false, true));
	assert_false(ticket_pauses(TICKET_WAITING_THIRD, true, false));
	assert_false(ticket_pauses(TICKET_WAITING_INTERNAL, true, true));
	assert_false(ticket_pauses(TICKET_ESCALATED, true, true));
}

static int prio(struct priority_facts f, bool pinned)
{
	struct priority p;
	struct err e = {0};

	assert_true(priority_of(&f, &p, &e));
	assert_int_equal(p.pinned, pinned);
	return p.p;
}

// domain.md §22 vector 9, the whole matrix of §5.2, and the modifiers in their order.
static void test_priority(void **state)
{
	static const char matrix[] = "1122122323343344";
	struct priority p;
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 16; i++)
		assert_int_equal(prio((struct priority_facts){.impact = i / 4 + 1, .urgency = i % 4 + 1}, false), matrix[i] - '0');
	assert_int_equal(prio((struct priority_facts){.impact = 3, .urgency = 2}, false), 3);
	assert_int_equal(prio((struct priority_facts){.impact = 3, .urgency = 2, .tier = TIER_VIP}, false), 2);
	assert_int_equal(prio((struct priority_facts){.impact = 4, .urgency = 4, .red = true}, true), 1);
	assert_int_equal(prio((struct priority_facts){.impact = 2, .urgency = 2, .tier = TIER_VIP}, false), 2);
	assert_int_equal(prio((struct priority_facts){.impact = 4, .urgency = 4, .complaint = COMPLAINT_C3}, false), 2);
	assert_int_equal(prio((struct priority_facts){.impact = 4, .urgency = 4, .complaint = COMPLAINT_C4}, false), 1);
	assert_int_equal(prio((struct priority_facts){.impact = 2, .urgency = 2, .contacts = 3}, false), 1);
	assert_int_equal(prio((struct priority_facts){.impact = 2, .urgency = 2, .contacts = 2}, false), 2);
	assert_int_equal(prio((struct priority_facts){.impact = 1, .urgency = 1, .manual = 4, .manual_reason = "r"}, false), 4);
	assert_false(priority_of(&(struct priority_facts){.impact = 1, .urgency = 1, .manual = 4}, &p, &e));
	assert_false(priority_of(&(struct priority_facts){.impact = 0, .urgency = 1}, &p, &e));
	assert_false(priority_of(&(struct priority_facts){.impact = 1, .urgency = 5}, &p, &e));
}

// domain.md §22 vector 17.
static void test_score(void **state)
{
	(void)state;
	assert_int_equal(priority_score(3, 2, DIFFICULTY_COMPLEX, TIER_GOLD, 0, 125 * 60000LL), 252);
	assert_int_equal(priority_score(3, 2, DIFFICULTY_COMPLEX, TIER_GOLD, 0, 9000LL * 60000), 300);
	assert_int_equal(priority_score(4, 4, DIFFICULTY_NONE, TIER_NORMAL, 5, 0), 70);
}

static void test_queue(void **state)
{
	struct queue_key a = {.priority = 3, .start = 0, .resolve_due_at = 1000, .score = 10, .created_at = 0};
	struct queue_key b = a;

	(void)state;
	assert_int_equal(priority_effective(&a, 800), 3); // exactly 20 % left
	assert_int_equal(priority_effective(&a, 801), 2);
	assert_int_equal(priority_effective(&a, 1000), 2);
	assert_int_equal(priority_effective(&a, 1001), 1);
	a.breached = true;
	assert_int_equal(priority_effective(&a, 5), 1);
	a.breached = false;
	assert_int_equal(queue_compare(&a, &b, 5), 0);
	b.pinned = true;
	b.priority = 4;
	assert_true(queue_compare(&b, &a, 5) < 0);
	b = a;
	b.score = 11;
	assert_true(queue_compare(&b, &a, 5) < 0);
	b.resolve_due_at = 1001; // due later beats nothing: due goes before score
	assert_true(queue_compare(&b, &a, 5) > 0);
	b = a;
	b.resolve_due_at = 0; // no promise comes last
	assert_true(queue_compare(&a, &b, 5) < 0);
	b = a;
	b.created_at = 1;
	assert_true(queue_compare(&a, &b, 5) < 0);
	struct queue_key p1 = {.priority = 1, .resolve_due_at = 5000};
	b = (struct queue_key){.priority = 3, .breached = true, .resolve_due_at = 9000};
	assert_true(queue_compare(&b, &p1, 5) < 0); // equal after ageing: the overdue one first
	struct queue_key p2 = {.priority = 2, .resolve_due_at = 9000000};
	assert_true(queue_compare(&p2, &a, 5) < 0);
	assert_true(queue_compare(&a, &p2, 1001) < 0); // ageing lets the overdue P3 pass the P2
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves), cmocka_unit_test(test_guards), cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_priority), cmocka_unit_test(test_score), cmocka_unit_test(test_queue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
