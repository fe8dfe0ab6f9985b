// SPDX-License-Identifier: MIT
// Knows what a station asks, and what becomes of its operations: rules 1, 2 and 11 of sync.md §3.3.
#include "tests/sync/exchangetest.h"

// --- what is asked

static void test_ask_holds_cursors_ops_and_limits(void **state)
{
	(void)state;
	hold("q/a", 3, 17);
	hold("cust/s1/0", 1, 2);
	hold("bc/s1", 1, 5);
	op();
	op();
	ask_with((struct exchange_ask){.boot_ms = 84211500, .wait_ms = 25000});
	assert_string_equal(json_string_value(json_object_get(asked, "dev")), "dev-1");
	assert_string_equal(json_string_value(json_object_get(asked, "inc")), "inc1");
	assert_int_equal(json_integer_value(json_object_get(asked, "schema")), WIRE_SCHEMA);
	assert_int_equal(json_array_size(json_object_get(asked, "ops")), 2);
	assert_int_equal(json_integer_value(json_object_get(asked, "max_rows")), 500);
	assert_int_equal(json_integer_value(json_object_get(asked, "max_bytes")), 524288);
	assert_int_equal(json_integer_value(json_object_get(asked, "wait_ms")), 0); // never waits while it has something to say
	const char *first = json_object_iter_key(json_object_iter(json_object_get(asked, "cur")));
	assert_string_equal(first, "bc/s1"); // warnings before all else
	assert_string_equal(json_string_value(json_object_get(json_object_get(asked, "cur"), "q/a")), "3:17");
	assert_int_equal(sent.first_n, 1);
	assert_int_equal(sent.last_n, 2);
	assert_int_equal(op_state(1), OUTBOX_SENDING);
	struct wire_op w;
	assert_true(wire_op_parse(json_array_get(json_object_get(asked, "ops"), 1), &w, &e));
	assert_int_equal(w.n, 2);
}

static void test_ask_small_pages_in_a_call(void **state)
{
	(void)state;
	ask_with((struct exchange_ask){.in_call = true, .wait_ms = 25000});
	assert_int_equal(json_integer_value(json_object_get(asked, "max_bytes")), 65536);
	assert_int_equal(json_integer_value(json_object_get(asked, "wait_ms")), 25000);
}

static void test_ask_push_only_fetches_nothing(void **state)
{
	(void)state;
	hold("q/a", 1, 1);
	op();
	ask_with((struct exchange_ask){.push_only = true});
	assert_null(json_object_get(asked, "cur"));
	assert_int_equal(json_array_size(json_object_get(asked, "ops")), 1);
}

static void test_ask_at_most_200_operations(void **state)
{
	(void)state;
	for (int i = 0; i < 230; i++)
		op();
	ask();
	assert_int_equal(sent.ops, 200);
	assert_int_equal(sent.last_n, 200);
	assert_int_equal(op_state(201), OUTBOX_QUEUED);
}

static void test_ask_at_most_256_kib(void **state)
{
	struct str body = {0};

	(void)state;
	str_add(&body, "{\"text\":\"");
	for (int i = 0; i < 40000; i++)
		str_addc(&body, 'x');
	str_add(&body, "\"}");
	for (int i = 0; i < 10; i++) {
		char id[16];
		snprintf(id, sizeof(id), "big-%d", i);
		memstore_add(&m, id, "ticket.note", "ticket", "t1", "q/a", NULL, str_z(&body), T0);
	}
	str_release(&body);
	ask();
	assert_int_equal(sent.ops, WIRE_PUSH_BYTES / 40011);
}

// Of a stream that starts over its own operations go again, and they need not be neighbours.
static void test_ask_one_run_of_numbers(void **state)
{
	(void)state;
	hold("q/a", 1, 9);
	for (int i = 0; i < 6; i++)
		op_in("t1", i == 2 || i == 3 ? "q/a" : "q/b");
	m.now.outbox.v[0].st = m.now.outbox.v[3].st = OUTBOX_SETTLED;
	ask();
	assert_int_equal(sent.first_n, 2);
	assert_int_equal(sent.last_n, 3);
	take("{\"last_n\":6,\"ops\":[{\"n\":2,\"r\":\"applied\"},{\"n\":3,\"r\":\"applied\"}]}");
	assert_true(done.more);
	ask();
	assert_int_equal(sent.first_n, 5);
	assert_int_equal(sent.last_n, 6);
}

static void test_ask_needs_enrolment(void **state)
{
	struct str body = {0};

	(void)state;
	m.dev[0] = 0;
	assert_false(exchange_ask(&m.calls, &(struct exchange_ask){.now = T0}, &body, &sent, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	str_release(&body);
}

static void test_ask_sends_what_was_sending(void **state)
{
	(void)state;
	op();
	ask();
	ask(); // the reply was lost, or the program began anew: the mark was only a hint
	assert_int_equal(sent.ops, 1);
}

// --- rule 1, 2, 11: operations and their answers

static void test_each_result_is_kept(void **state)
{
	static const enum outbox_state want[] = {OUTBOX_ACKED, OUTBOX_ACKED, OUTBOX_ACKED, OUTBOX_CONFLICT, OUTBOX_REJECTED};

	(void)state;
	hold("q/a", 1, 0);
	for (int i = 0; i < 5; i++)
		op();
	ask();
	take("{\"last_n\":5,\"ops\":[{\"n\":1,\"r\":\"applied\",\"rev\":2,\"at\":{\"q/a\":9}},"
	     "{\"n\":2,\"r\":\"merged\",\"at\":{\"q/"
	     "a\":10},\"lost\":[\"priority\"],\"cf\":\"cf-1\"},{\"n\":3,\"r\":\"noop\",\"at\":{\"q/a\":9}},"
	     "{\"n\":4,\"r\":\"conflict\",\"cf\":\"cf-2\",\"future\":{\"x\":1}},{\"n\":5,\"r\":\"rejected\",\"why\":\"forbidden\"}]"
	     "}");
	for (int i = 0; i < 5; i++)
		assert_int_equal(op_state(i + 1), want[i]);
	assert_int_equal(done.answered, 5);
	assert_int_equal(done.conflicts, 2);
	assert_int_equal(done.rejected, 1);
	assert_non_null(strstr(memstore_op(&m, 4)->answer, "\"future\":{\"x\":1}")); // unknown members stay
	assert_non_null(strstr(memstore_op(&m, 5)->answer, "forbidden"));
	assert_string_equal(memstore_op(&m, 1)->at_s, "q/a");
	assert_int_equal(memstore_op(&m, 2)->at_seq, 10);
	assert_false(done.more);
}

static void test_a_rejected_one_does_not_block(void **state)
{
	(void)state;
	op();
	op();
	ask();
	take("{\"last_n\":2,\"ops\":[{\"n\":1,\"r\":\"rejected\",\"why\":\"forbidden\"},{\"n\":2,\"r\":\"applied\"}]}");
	op();
	ask();
	assert_int_equal(sent.first_n, 3);
	assert_int_equal(sent.ops, 1);
}

static void test_unknown_answers_change_nothing(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	op();
	op();
	ask();
	op(); // made after the request left
	refuse("{\"ops\":[{\"n\":3,\"r\":\"applied\"}]}");
	refuse("{\"ops\":[{\"n\":1,\"r\":\"applied\"},{\"n\":1,\"r\":\"applied\"}]}");
	refuse("{\"ops\":[{\"n\":2,\"r\":\"applied\"},{\"n\":1,\"r\":\"applied\"}]}");
	refuse("{\"ops\":[{\"n\":1,\"r\":\"perhaps\"}]}");
	refuse("{\"ops\":{}}");
	refuse("[]");
	refuse("{\"ops\":[{\"n\":1,\"r\":\"applied\"}],\"pages\":[{\"s\":\"nonsense\"}]}");
	refuse("{\"ops\":[{\"n\":1,\"r\":\"applied\"}]");
	sent = (struct exchange_sent){0};
	refuse("{\"ops\":[{\"n\":1,\"r\":\"applied\"}]}");
}

static void test_unanswered_ones_are_sent_again(void **state)
{
	(void)state;
	op();
	op();
	ask();
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\"}]}");
	assert_true(done.more);
	ask();
	assert_int_equal(sent.first_n, 2);
}

static void test_gap_is_sent_again(void **state)
{
	(void)state;
	hold("q/a", 1, 20);
	for (int i = 0; i < 4; i++)
		op();
	ask();
	take("{\"last_n\":4,\"ops\":[{\"n\":1,\"r\":\"applied\",\"at\":{\"q/"
	     "a\":5}},{\"n\":2,\"r\":\"conflict\"},{\"n\":3,\"r\":\"rejected\"},"
	     "{\"n\":4,\"r\":\"applied\",\"at\":{\"q/a\":30}}]}");
	op();
	ask();
	assert_int_equal(sent.first_n, 5);
	assert_true(take_status(409, "{\"type\":\"urn:hub:op-gap\",\"status\":409,\"expect\":2}"));
	assert_int_equal(done.problem.kind, WIRE_P_OP_GAP);
	assert_true(done.more);
	assert_int_equal(done.hole[0], 0);
	ask();
	assert_int_equal(sent.first_n, 2); // whatever became of it: numbers have no gaps
	assert_int_equal(sent.ops, 4);
	assert_null(json_object_get(asked, "hole"));
}

static void test_gap_of_what_is_gone_is_a_hole(void **state)
{
	(void)state;
	m.now.next_n = 8; // 1..7 were purged after their retention
	op();
	ask();
	assert_true(take_status(409, "{\"type\":\"urn:hub:op-gap\",\"expect\":5}"));
	assert_int_equal(done.hole[0], 5);
	assert_int_equal(done.hole[1], 7);
	ask_with((struct exchange_ask){.hole = {done.hole[0], done.hole[1]}});
	const json_t *hole = json_object_get(asked, "hole");
	assert_int_equal(json_integer_value(json_array_get(hole, 0)), 5);
	assert_int_equal(json_integer_value(json_array_get(hole, 1)), 7);
	assert_int_equal(sent.first_n, 8);
}

// A hole is told to a hub that was restored meanwhile: it misses what stands before the hole.
static void test_gap_before_a_hole(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		op();
	for (int i = 0; i < 5; i++)
		m.now.outbox.v[i].st = i < 4 ? OUTBOX_SETTLED : OUTBOX_REJECTED;
	ask_with((struct exchange_ask){.hole = {5, 5}});
	assert_int_equal(sent.ops, 0);
	assert_true(take_status(409, "{\"type\":\"urn:hub:op-gap\",\"expect\":3}"));
	ask();
	assert_int_equal(sent.first_n, 3);
	assert_int_equal(sent.last_n, 5);
}

static void test_gap_that_makes_no_sense(void **state)
{
	(void)state;
	op();
	ask();
	assert_false(take_status(409, "{\"type\":\"urn:hub:op-gap\",\"expect\":2}")); // was not sent
	assert_false(take_status(409, "{\"type\":\"urn:hub:op-gap\"}"));
	sent = (struct exchange_sent){0};
	assert_false(take_status(409, "{\"type\":\"urn:hub:op-gap\",\"expect\":1}"));
	assert_int_equal(op_state(1), OUTBOX_SENDING);
}

static void test_restored_hub_gets_again_what_it_lost(void **state)
{
	(void)state;
	hold("q/a", 1, 20);
	for (int i = 0; i < 3; i++)
		op();
	ask();
	take("{\"last_n\":3,\"ops\":[{\"n\":1,\"r\":\"applied\",\"at\":{\"q/a\":5}},{\"n\":2,\"r\":\"applied\",\"at\":{\"q/a\":6}},"
	     "{\"n\":3,\"r\":\"conflict\",\"cf\":\"cf-1\"}]}");
	ask();
	take("{\"last_n\":1}");
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
	assert_int_equal(op_state(2), OUTBOX_QUEUED);
	assert_int_equal(op_state(3), OUTBOX_QUEUED); // its conflict is lost there too
	assert_true(done.more);
}

// A request that is refused whole shows no operation: each goes alone, the bad one is put aside and becomes a hole.
static void test_poison_is_singled_out(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	op();
	op();
	op();
	ask();
	assert_true(take_status(400, "{\"type\":\"urn:hub:bad-shape\"}"));
	assert_true(done.careful && done.more);
	assert_int_equal(memstore_in_state(&m, OUTBOX_REJECTED), 0); // which one is not known yet
	ask_with((struct exchange_ask){.careful = true});
	assert_int_equal(sent.ops, 1);
	assert_null(json_object_get(asked, "cur")); // nothing else in it that could be refused
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\"}]}");
	ask();
	assert_true(take_status(413, "")); // a proxy with a limit of its own: smaller requests, nothing is put aside
	ask_with((struct exchange_ask){.careful = true});
	assert_true(take_status(413, ""));
	assert_int_equal(op_state(2), OUTBOX_SENDING);
	assert_true(take_status(413, "{\"type\":\"urn:hub:too-large\"}"));
	assert_int_equal(op_state(2), OUTBOX_REJECTED);
	assert_non_null(strstr(memstore_op(&m, 2)->answer, "too-large"));
	assert_int_equal(done.hole[0], 2);
	assert_int_equal(done.hole[1], 2);
	ask_with((struct exchange_ask){.careful = true, .hole = {2, 2}});
	assert_int_equal(sent.first_n, 3);
}

static void test_refusal_without_operations_blames_none(void **state)
{
	(void)state;
	ask();
	op();
	assert_true(take_status(400, "{\"type\":\"urn:hub:bad-json\"}"));
	assert_false(done.careful);
	assert_int_equal(op_state(1), OUTBOX_QUEUED);
}

// What no hub could read (it is not what its hash says) never leaves, and does not block what stands behind it.
static void test_unreadable_operation_is_a_hole(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	op();
	op();
	op();
	op();
	m.now.outbox.v[1].op->h[0] ^= 1;
	free(m.now.outbox.v[2].op->body);
	m.now.outbox.v[2].op->body = xstrdup("{\"set\":");
	ask();
	assert_int_equal(sent.last_n, 1); // what stands before it goes first
	assert_null(json_object_get(asked, "hole"));
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\"}]}");
	assert_true(done.more);
	ask();
	const json_t *hole = json_object_get(asked, "hole");
	assert_int_equal(json_integer_value(json_array_get(hole, 0)), 2);
	assert_int_equal(json_integer_value(json_array_get(hole, 1)), 3);
	assert_int_equal(sent.first_n, 4);
	assert_int_equal(op_state(2), OUTBOX_REJECTED);
	take("{\"last_n\":4,\"ops\":[{\"n\":4,\"r\":\"applied\"}]}");
	assert_false(done.more);
}

static void test_problems_touch_nothing(void **state)
{
	static const int status[] = {401, 403, 426, 429, 503, 507, 500, 423};

	(void)state;
	op();
	ask();
	for (size_t i = 0; i < sizeof(status) / sizeof(*status); i++) {
		assert_true(take_status(status[i], "<html>a proxy</html>"));
		assert_int_equal(op_state(1), OUTBOX_SENDING);
		assert_true(done.problem.kind != WIRE_P_NONE);
		assert_false(done.careful);
	}
	assert_true(take_status(503, "{\"type\":\"urn:hub:busy\",\"after_ms\":7000}"));
	assert_int_equal(done.problem.after_ms, 7000);
	assert_true(take_status(409, "{\"type\":\"urn:hub:op-reuse\"}"));
	assert_int_equal(done.problem.kind, WIRE_P_OP_REUSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ask_holds_cursors_ops_and_limits),
		TEST(test_ask_small_pages_in_a_call),
		TEST(test_ask_push_only_fetches_nothing),
		TEST(test_ask_at_most_200_operations),
		TEST(test_ask_at_most_256_kib),
		TEST(test_ask_one_run_of_numbers),
		TEST(test_ask_needs_enrolment),
		TEST(test_ask_sends_what_was_sending),
		TEST(test_each_result_is_kept),
		TEST(test_a_rejected_one_does_not_block),
		TEST(test_unknown_answers_change_nothing),
		TEST(test_unanswered_ones_are_sent_again),
		TEST(test_gap_is_sent_again),
		TEST(test_gap_of_what_is_gone_is_a_hole),
		TEST(test_gap_before_a_hole),
		TEST(test_gap_that_makes_no_sense),
		TEST(test_restored_hub_gets_again_what_it_lost),
		TEST(test_poison_is_singled_out),
		TEST(test_refusal_without_operations_blames_none),
		TEST(test_unreadable_operation_is_a_hole),
		TEST(test_problems_touch_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
