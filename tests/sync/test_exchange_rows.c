// SPDX-License-Identifier: MIT
// Knows what pages, subscriptions and resets do to a station: rules 4 to 7 of sync.md §3.3.
#include "tests/sync/exchangetest.h"

// --- rule 4, 5: pages and rows

static void test_page_moves_the_cursor_with_its_rows(void **state)
{
	(void)state;
	hold("q/a", 3, 10);
	ask();
	take(PAGES(PAGE("q/a", "3:10", "3:12", ROW(11, "t1", 1, "one") "," ROW(12, "t2", 4, "two"))));
	assert_string_equal(text_of("ticket", "t2", "title"), "two");
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 12);
	assert_int_equal(done.rows, 2);
	assert_int_equal(done.pages, 1);
	assert_true(memstore_stream(&m, "q/a")->synced_at > 0);
	assert_false(done.more);
}

static void test_page_elsewhere_is_dropped(void **state)
{
	(void)state;
	hold("q/a", 3, 10);
	ask();
	take(PAGES(PAGE("q/a", "3:9", "3:12", ROW(11, "t1", 1, "one"))));
	assert_null(memstore_row(&m, "ticket", "t1"));
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 10);
	assert_int_equal(done.dropped, 1);
	assert_true(done.more); // it is fetched again
	take(PAGES(PAGE("q/a", "2:10", "2:12", ROW(11, "t1", 1, "one")))); // another epoch
	take(PAGES(PAGE("q/b", "1:0", "1:12", ROW(11, "t1", 1, "one")))); // a stream we do not have
	assert_null(memstore_row(&m, "ticket", "t1"));
}

static void test_page_out_of_order_is_not_understood(void **state)
{
	(void)state;
	hold("q/a", 3, 10);
	ask();
	refuse(PAGES(PAGE("q/a", "3:10", "3:12", ROW(12, "t1", 1, "a") "," ROW(11, "t2", 1, "b"))));
	refuse(PAGES(PAGE("q/a", "3:10", "3:12", ROW(13, "t1", 1, "a"))));
	refuse(PAGES(PAGE("q/a", "3:10", "3:12", ROW(10, "t1", 1, "a"))));
	refuse(PAGES(PAGE("q/a", "3:10", "3:9", "")));
	refuse(PAGES(PAGE("q/a", "3:10", "4:12", "")));
	refuse("{\"pages\":[{\"s\":\"q/a\",\"head\":3}]}");
}

static void test_older_row_replaces_nothing(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	hold("q/b", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:1", ROW(1, "t1", 5, "new"))));
	take(PAGES(PAGE("q/b", "1:0", "1:1", ROW(1, "t1", 4, "old"))));
	assert_string_equal(text_of("ticket", "t1", "title"), "new");
	assert_string_equal(memstore_row(&m, "ticket", "t1")->s, "q/a");
	take(PAGES(PAGE("q/b", "1:1", "1:2", ROW(2, "t1", 5, "same rev"))));
	assert_string_equal(text_of("ticket", "t1", "title"), "same rev");
	assert_int_equal(memstore_stream(&m, "q/b")->seq, 2); // the cursor moved each time
}

static void test_moved_row_leaves(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:1", ROW(1, "t1", 5, "x"))));
	take(PAGES(PAGE("q/a", "1:1", "1:2", GONE(2, "t1", 6, "q/z"))));
	assert_null(memstore_row(&m, "ticket", "t1"));
}

static void test_moved_row_that_came_already_stays(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	hold("q/b", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:1", ROW(1, "t1", 5, "x"))));
	take(PAGES(PAGE("q/b", "1:0", "1:1", ROW(1, "t1", 6, "y"))));
	take(PAGES(PAGE("q/a", "1:1", "1:2", GONE(2, "t1", 6, "q/b"))));
	assert_string_equal(text_of("ticket", "t1", "title"), "y");
}

static void test_late_leave_does_not_undo_a_return(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:4", ROW(3, "t1", 7, "back again") "," GONE(4, "t1", 6, "q/b"))));
	assert_string_equal(text_of("ticket", "t1", "title"), "back again");
}

// A store that fails at any call: the caller rolls back, and nothing of the answer is there.
static void test_page_and_cursor_are_one_transaction(void **state)
{
	static const char answer[] =
		"{\"last_n\":1,\"ops\":[{\"n\":1,\"r\":\"applied\",\"at\":{\"q/a\":11}}],\"subs\":{\"add\":[{\"s\":\"q/b\","
		"\"epoch\":1}],\"del\":[\"q/c\"]},\"pages\":[" PAGE("q/a", "3:10", "3:11", ROW(11, "t1", 1, "one")) "]}";
	int calls = 0;
	bool ok = false;

	(void)state;
	hold("q/a", 3, 10);
	hold("q/c", 1, 1);
	op();
	ask();
	for (int n = 1; !ok; n++) {
		m.fail_at = n;
		e = (struct err){0};
		ok = take_status(200, answer);
		m.fail_at = 0;
		calls = n;
		if (ok)
			break;
		assert_int_equal(e.code, ERR_IO);
		assert_null(memstore_row(&m, "ticket", "t1"));
		assert_int_equal(memstore_stream(&m, "q/a")->seq, 10);
		assert_int_equal(op_state(1), OUTBOX_SENDING);
		assert_non_null(memstore_stream(&m, "q/c"));
		assert_null(memstore_stream(&m, "q/b"));
	}
	assert_true(calls > 8); // each call was one that failed once
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 11);
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
}

// --- rule 6: subscriptions

static void test_new_stream_begins_at_its_start(void **state)
{
	(void)state;
	ask();
	take("{\"subs\":{\"add\":[{\"s\":\"q/n\",\"epoch\":4,\"snap\":true}]}}");
	assert_int_equal(memstore_stream(&m, "q/n")->epoch, 4);
	assert_int_equal(memstore_stream(&m, "q/n")->seq, 0);
	assert_true(done.more);
	take("{\"subs\":{\"add\":[{\"s\":\"q/m\",\"epoch\":1}]},\"pages\":[" PAGE("q/m", "1:0", "1:1", ROW(1, "t1", 1, "x")) "]}");
	assert_int_equal(memstore_stream(&m, "q/m")->seq, 1); // its rows may come with it
	assert_false(done.more);
	hold("q/n", 4, 9);
	take("{\"subs\":{\"add\":[{\"s\":\"q/n\",\"epoch\":4}]}}"); // told twice: nothing is forgotten
	assert_int_equal(memstore_stream(&m, "q/n")->seq, 9);
}

static void test_lost_stream_goes_its_operations_stay(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "1:0", "1:1", ROW(1, "t1", 5, "x"))));
	op();
	op();
	ask();
	op();
	take("{\"last_n\":2,\"ops\":[{\"n\":1,\"r\":\"applied\",\"at\":{\"q/"
	     "a\":7}},{\"n\":2,\"r\":\"rejected\",\"why\":\"forbidden\"}],"
	     "\"subs\":{\"del\":[\"q/a\",\"q/never\"]}}");
	assert_null(memstore_row(&m, "ticket", "t1"));
	assert_null(memstore_stream(&m, "q/a"));
	assert_int_equal(op_state(1), OUTBOX_SETTLED); // nothing will come of it here
	assert_int_equal(op_state(2), OUTBOX_REJECTED);
	assert_int_equal(op_state(3), OUTBOX_QUEUED);
}

// --- rule 7: a stream starts over

static void test_reset_keeps_the_outbox_and_feeds_again(void **state)
{
	(void)state;
	hold("q/a", 3, 0);
	hold("q/b", 1, 0);
	ask();
	take(PAGES(PAGE("q/a", "3:0", "3:1", ROW(1, "t1", 5, "x")) "," PAGE("q/b", "1:0", "1:1", ROW(1, "t2", 5, "other"))));
	op();
	op();
	op_in("t2", "q/b");
	ask();
	take("{\"last_n\":3,\"ops\":[{\"n\":1,\"r\":\"applied\",\"at\":{\"q/a\":1}},{\"n\":2,\"r\":\"applied\",\"at\":{\"q/"
	     "a\":30}},"
	     "{\"n\":3,\"r\":\"applied\",\"at\":{\"q/b\":30}}],\"pages\":[" PAGE("q/a", "3:1", "3:2", "") "]}");
	assert_int_equal(op_state(1), OUTBOX_SETTLED);
	op();
	ask();
	take("{\"last_n\":4,\"ops\":[{\"n\":4,\"r\":\"applied\",\"at\":{\"q/a\":2}}],"
	     "\"pages\":[{\"s\":\"q/a\",\"reset\":\"epoch\",\"epoch\":4,\"snap\":true}]}");
	assert_null(memstore_row(&m, "ticket", "t1"));
	assert_non_null(memstore_row(&m, "ticket", "t2")); // that one stream only
	assert_int_equal(memstore_stream(&m, "q/a")->epoch, 4);
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 0);
	assert_int_equal(op_state(1), OUTBOX_QUEUED);
	assert_int_equal(op_state(2), OUTBOX_QUEUED);
	assert_int_equal(op_state(3), OUTBOX_ACKED);
	assert_int_equal(op_state(4), OUTBOX_QUEUED);
	assert_int_equal(done.resets, 1);
	assert_true(done.more);
	unsigned char before[OUTBOX_HASH];
	memcpy(before, memstore_op(&m, 1)->op->h, sizeof(before));
	ask();
	struct wire_op w;
	assert_true(wire_op_parse(json_array_get(json_object_get(asked, "ops"), 0), &w, &e));
	assert_string_equal(w.id, "op-1"); // the same n, id and hash
	assert_memory_equal(w.h, before, sizeof(before));
}

static void test_resets_come_before_pages(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	hold("q/b", 1, 0);
	ask();
	take(PAGES(PAGE("q/b", "1:0", "1:1", ROW(1, "t1", 12, "of the lost future"))));
	// Restored: the ticket stands in q/a again, at an earlier revision. The page must not meet the row of the old epoch.
	hold("q/a", 2, 0);
	take("{\"pages\":[" PAGE("q/a", "2:0", "2:1",
				 ROW(1, "t1", 10, "restored")) ",{\"s\":\"q/b\",\"reset\":\"epoch\",\"epoch\":2}]}");
	assert_string_equal(text_of("ticket", "t1", "title"), "restored");
}

// --- pages that are cut short

static int enough_after; // rows

static bool enough(void *ctx)
{
	(void)ctx;
	return --enough_after <= 0;
}

#define THREE \
	PAGES(PAGE("q/a", "1:0", "1:9", ROW(2, "t1", 1, "one") "," ROW(4, "t2", 1, "two") "," ROW(7, "t3", 1, "three")) "," \
	      PAGE("q/b", "1:0", "1:1", ROW(1, "t4", 1, "four")))

static void cut(int rows)
{
	hold("q/a", 1, 0);
	hold("q/b", 1, 0);
	m.calls.enough = enough;
	enough_after = rows;
	ask();
	take(THREE);
	assert_non_null(done.rest);
	assert_true(done.more); // whatever becomes of the rest
}

static bool more(bool commit)
{
	bool left;

	memstore_begin(&m);
	assert_true(exchange_more(&m.calls, done.rest, &done, &left, &e));
	if (commit)
		memstore_commit(&m);
	else
		memstore_rollback(&m);
	return left;
}

static void test_page_cut_short_ends_where_its_cursor_is(void **state)
{
	(void)state;
	cut(1);
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 2);
	assert_null(memstore_row(&m, "ticket", "t2"));
	assert_int_equal(memstore_stream(&m, "q/b")->seq, 0); // nothing after the cut
	enough_after = 1;
	assert_true(more(true));
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 4);
	enough_after = 100;
	assert_false(more(true));
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 9);
	assert_int_equal(memstore_stream(&m, "q/b")->seq, 1);
	assert_string_equal(text_of("ticket", "t3", "title"), "three");
	assert_int_equal(done.rows, 4);
	assert_int_equal(done.pages, 2);
	assert_int_equal(done.dropped, 0);
	exchange_rest_free(done.rest);
}

static void test_rest_that_was_lost_is_taken_again(void **state)
{
	(void)state;
	cut(1);
	enough_after = 100;
	more(false); // the power, say
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 2);
	assert_false(more(true));
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 9);
	assert_string_equal(text_of("ticket", "t2", "title"), "two");
	exchange_rest_free(done.rest);
}

static void test_rest_of_a_stream_that_began_anew_is_dropped(void **state)
{
	(void)state;
	cut(1);
	hold("q/a", 2, 2);
	enough_after = 100;
	assert_false(more(true));
	assert_int_equal(memstore_stream(&m, "q/a")->seq, 2);
	assert_null(memstore_row(&m, "ticket", "t2"));
	assert_string_equal(text_of("ticket", "t4", "title"), "four");
	exchange_rest_free(done.rest);
}

static bool follows_none(void *ctx, const char *s)
{
	(void)ctx;
	return !str_eq(s, "kb/all");
}

static void test_page_of_a_stream_not_wanted_is_no_reason_to_ask_again(void **state)
{
	(void)state;
	hold("q/a", 1, 0);
	m.calls.follows = follows_none;
	ask();
	take("{\"subs\":{\"add\":[{\"s\":\"kb/all\",\"epoch\":1}]},\"pages\":[" PAGE("kb/all", "1:0", "1:1", ROW(1, "t1", 1, "one")) "]}");
	assert_null(memstore_stream(&m, "kb/all"));
	assert_null(memstore_row(&m, "ticket", "t1"));
	assert_false(done.more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_page_moves_the_cursor_with_its_rows),
		TEST(test_page_elsewhere_is_dropped),
		TEST(test_page_out_of_order_is_not_understood),
		TEST(test_older_row_replaces_nothing),
		TEST(test_moved_row_leaves),
		TEST(test_moved_row_that_came_already_stays),
		TEST(test_late_leave_does_not_undo_a_return),
		TEST(test_page_and_cursor_are_one_transaction),
		TEST(test_new_stream_begins_at_its_start),
		TEST(test_lost_stream_goes_its_operations_stay),
		TEST(test_reset_keeps_the_outbox_and_feeds_again),
		TEST(test_resets_come_before_pages),
		TEST(test_page_cut_short_ends_where_its_cursor_is),
		TEST(test_rest_that_was_lost_is_taken_again),
		TEST(test_rest_of_a_stream_that_began_anew_is_dropped),
		TEST(test_page_of_a_stream_not_wanted_is_no_reason_to_ask_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
