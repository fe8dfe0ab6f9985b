// SPDX-License-Identifier: MIT
// Knows digests, own writes, clocks and events as a station takes them: rules 8 to 10 of sync.md §3.3, and §3.4.
#include "tests/sync/exchangetest.h"

// --- rule 8: digests

static void digest_of(const char *s, int64_t at, int64_t n, uint64_t x, char *out, size_t cap)
{
	snprintf(out, cap, "{\"last_n\":0,\"digest\":{\"%s\":{\"at\":%" PRId64 ",\"n\":%" PRId64 ",\"x\":\"%016" PRIx64 "\"}}}", s,
		 at, n, x);
}

static void test_digest_from_own_rows(void **state)
{
	char text[200];
	int64_t n;
	uint64_t x;

	(void)state;
	hold("q/a", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:2", ROW(1, "t1", 5, "x") "," ROW(2, "t2", 6, "y"))));
	memstore_digest(&m, "q/a", &n, &x);
	assert_int_equal(n, 2);
	assert_true(x == (wire_row_digest("ticket", "t1", 5) ^ wire_row_digest("ticket", "t2", 6)));
	digest_of("q/a", 2, n, x, text, sizeof(text));
	ask();
	take(text);
	assert_int_equal(done.resets, 0);
	digest_of("q/a", 1, n, x ^ 1, text, sizeof(text)); // of another place: says nothing
	ask();
	take(text);
	assert_int_equal(done.resets, 0);
	digest_of("q/a", 2, n, x ^ 1, text, sizeof(text));
	ask();
	take(text);
	assert_int_equal(done.resets, 1);
	assert_int_equal(done.mismatched, 1);
	assert_null(memstore_row(&m, "ticket", "t1")); // fetched anew, not adopted
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 0);
	assert_true(done.more);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:2", ROW(1, "t1", 5, "x"))));
	digest_of("q/a", 2, 2, wire_row_digest("ticket", "t1", 5), text, sizeof(text)); // the count alone is wrong
	ask();
	take(text);
	assert_int_equal(done.mismatched, 1);
}

// A ticket that came by an event of its new stream is counted in the old one by the hub's older answer: no reason to start over.
static void test_digest_of_another_moment_says_nothing(void **state)
{
	char text[200];
	bool pull;

	(void)state;
	hold("q/a", 1, 0);
	hold("q/b", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:1", ROW(1, "t1", 5, "x"))));
	ask();
	memstore_begin(&m);
	assert_true(exchange_event(&m.calls, sv(PAGE("q/b", "1:0", "1:1", ROW(1, "t1", 6, "x"))), T0, &done, &pull, &e));
	memstore_commit(&m);
	digest_of("q/a", 1, 1, wire_row_digest("ticket", "t1", 5), text, sizeof(text));
	take(text);
	assert_int_equal(done.resets, 0);
	ask();
	take(text); // the same, said of what stands now
	assert_int_equal(done.resets, 1);
}

// --- rule 9: own writes

static void test_own_write_stays_until_its_row_is_here(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:1", ROW(1, "t1", 1, "old"))));
	op();
	json_t *v = memstore_view(&m, "ticket", "t1");
	assert_string_equal(json_string_value(json_object_get(v, "title")), "mine");
	json_decref(v);
	ask();
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\",\"rev\":2,\"at\":{\"q/a\":3}}],\"pages\":[" PAGE("q/a", "1:1",
														 "1:2", "") "]}");
	assert_int_equal(op_state(1), OUTBOX_ACKED); // the page ends before it
	v = memstore_view(&m, "ticket", "t1");
	assert_string_equal(json_string_value(json_object_get(v, "title")), "mine");
	json_decref(v);
	take("{\"last_n\":1,\"pages\":[" PAGE("q/a", "1:2", "1:3", ROW(3, "t1", 2, "mine")) "]}");
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
	v = memstore_view(&m, "ticket", "t1");
	assert_string_equal(json_string_value(json_object_get(v, "title")), "mine");
	json_decref(v);
}

// Changed again, an entity stands at its newest place alone: a page that ends beyond the place of the answer need not hold its row.
static void test_own_write_waits_for_the_head(void **state)
{
	bool pull;

	(void)state;
	hold("q/a", 1, 5);
	op();
	ask_with((struct exchange_ask){.push_only = true});
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\",\"rev\":6,\"at\":{\"q/a\":6}}]}");
	ask();
	take("{\"last_n\":1,\"pages\":[{\"s\":\"q/a\",\"from\":\"1:5\",\"to\":\"1:8\",\"head\":10,\"more\":true,\"rows\":[" ROW(
		8, "t2", 1, "x") "]}]}");
	assert_int_equal(op_state(1), OUTBOX_ACKED);
	memstore_begin(&m);
	assert_true(exchange_event(&m.calls,
				   sv("{\"s\":\"q/a\",\"from\":\"1:8\",\"to\":\"1:9\",\"head\":10,\"more\":true,\"rows\":[]}"), T0,
				   &done, &pull, &e));
	memstore_commit(&m);
	assert_true(pull);
	assert_int_equal(op_state(1), OUTBOX_ACKED);
	take("{\"last_n\":1,\"pages\":[" PAGE("q/a", "1:9", "1:10", ROW(10, "t1", 7, "mine")) "]}");
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
}

// The row came by an event, or with a reply whose operations were answered before: nothing more will come for it.
static void test_answer_behind_the_cursor_settles_at_once(void **state)
{
	(void)state;
	hold("q/a", 1, 9);
	op();
	op();
	ask();
	take("{\"last_n\":2,\"ops\":[{\"n\":1,\"r\":\"applied\",\"at\":{\"q/a\":9}},{\"n\":2,\"r\":\"applied\",\"at\":{\"q/"
	     "a\":10}}]}");
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
	assert_int_equal(op_state(2), OUTBOX_ACKED);
}

// An answer without a place (nothing had to change) waits for all that the hub had when it said so.
static void test_answer_without_a_place(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	op();
	ask_with((struct exchange_ask){.push_only = true});
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"noop\"}]}");
	assert_int_equal(op_state(1), OUTBOX_ACKED);
	ask();
	take("{\"last_n\":1,\"pages\":[{\"s\":\"q/a\",\"from\":\"1:0\",\"to\":\"1:1\",\"head\":2,\"more\":true,\"rows\":[" ROW(
		1, "t1", 1, "a") "]}]}");
	assert_int_equal(op_state(1), OUTBOX_ACKED);
	assert_true(done.more);
	ask();
	take("{\"last_n\":1,\"pages\":[" PAGE("q/a", "1:1", "1:2", ROW(2, "t2", 1, "b")) "]}");
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
}

// --- rule 10: clocks

static void test_skew_less_half_of_the_way(void **state)
{
	(void)state;
	ask();
	memstore_begin(&m);
	int64_t hub = 1795000000000LL;
	char now[32], text[80];
	clock_rfc3339(hub, now, sizeof(now));
	snprintf(text, sizeof(text), "{\"now\":\"%s\"}", now);
	assert_true(exchange_take(&m.calls, &sent, 200, sv(text), hub + 90000, hub + 90400, &done, &e));
	memstore_commit(&m);
	assert_int_equal(done.hub_now, hub);
	assert_int_equal(done.skew_ms, 90200);
}

static void test_pace_is_handed_on(void **state)
{
	(void)state;
	ask();
	take("{\"pace\":{\"again_ms\":1500,\"backoff_ms\":20}}");
	assert_int_equal(done.again_ms, 1500);
	assert_int_equal(done.backoff_ms, 20);
	refuse("{\"pace\":{\"again_ms\":-1}}");
}

static void test_red_is_told_once(void **state)
{
	static const char page[] =
		"{\"q\":1,\"t\":\"broadcast\",\"e\":\"b1\",\"rev\":1,\"d\":{\"kind\":\"red\",\"severity\":\"red\"}}";

	(void)state;
	hold("bc/s1", 1, 0);
	ask();
	char text[400];
	snprintf(text, sizeof(text),
		 "{\"pages\":[{\"s\":\"bc/s1\",\"from\":\"1:0\",\"to\":\"1:1\",\"head\":1,\"more\":false,\"rows\":[%s]}]}", page);
	take(text);
	assert_true(done.red);
	hold("bc/s1", 1, 0);
	take(text);
	assert_false(done.red); // the same revision again is nothing new
}

// --- §3.4: events

static bool event(const char *text, bool *pull)
{
	memstore_begin(&m);
	bool ok = exchange_event(&m.calls, sv(text), T0, &done, pull, &e);
	if (ok)
		memstore_commit(&m);
	else
		memstore_rollback(&m);
	return ok;
}

static void test_event_at_the_cursor_is_applied(void **state)
{
	bool pull;

	(void)state;
	hold("q/a", 3, 10);
	op();
	ask();
	take("{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\",\"rev\":2,\"at\":{\"q/a\":11}}]}");
	assert_true(event("{\"s\":\"q/a\",\"from\":\"3:10\",\"to\":\"3:11\",\"rows\":[" ROW(11, "t1", 2, "mine") "]}", &pull));
	assert_false(pull);
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 11);
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
	assert_true(event("{\"s\":\"q/a\",\"from\":\"3:10\",\"to\":\"3:11\",\"rows\":[" ROW(11, "t1", 1, "again") "]}", &pull));
	assert_false(pull); // came twice: nothing is missing
	assert_string_equal(text_of("ticket", "t1", "title"), "mine");
}

static void test_event_elsewhere_is_fetched(void **state)
{
	static const char *const texts[] = {
		"{\"s\":\"q/a\",\"from\":\"3:11\",\"to\":\"3:12\",\"rows\":[" ROW(12, "t1", 1,
										  "one") "]}", // one is missing before it
		"{\"s\":\"q/a\",\"from\":\"4:0\",\"to\":\"4:1\",\"rows\":[]}", // another epoch
		"{\"s\":\"q/new\",\"from\":\"1:0\",\"to\":\"1:1\",\"rows\":[]}", // a stream we do not have yet
		"{\"s\":\"q/a\",\"head\":11}", // too large for an event
		"{\"s\":\"q/a\",\"reset\":\"epoch\",\"epoch\":4}",
	};
	bool pull;

	(void)state;
	hold("q/a", 3, 10);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_true(event(texts[i], &pull));
		assert_true(pull);
		assert_int_equal(memstore_stream(&m, "q/a")->seq, 10);
		assert_int_equal(m.now.rows.n, 0);
	}
	assert_true(event("{\"s\":\"q/a\",\"head\":10}", &pull));
	assert_false(pull);
	assert_false(event("{\"s\":\"q/a\"", &pull));
	assert_false(event("{\"from\":1}", &pull));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_digest_from_own_rows),
		TEST(test_digest_of_another_moment_says_nothing),
		TEST(test_own_write_stays_until_its_row_is_here),
		TEST(test_own_write_waits_for_the_head),
		TEST(test_answer_behind_the_cursor_settles_at_once),
		TEST(test_answer_without_a_place),
		TEST(test_skew_less_half_of_the_way),
		TEST(test_pace_is_handed_on),
		TEST(test_red_is_told_once),
		TEST(test_event_at_the_cursor_is_applied),
		TEST(test_event_elsewhere_is_fetched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
