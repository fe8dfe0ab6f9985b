// SPDX-License-Identifier: MIT
// Tests the hub's half of an exchange: every rule of sync.md §3.3.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/ruletest.h"

#define Q1 "{'queue_code':'q1','state':'open','title':'t'}"

static json_t *page_of(const struct seat *s, const char *stream)
{
	json_t *p, *pages = json_object_get(s->reply, "pages");
	size_t i;

	json_array_foreach(pages, i, p)
		if (strcmp(json_string_value(json_object_get(p, "s")), stream) == 0)
			return p;
	return NULL;
}

static int64_t num(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static void with(struct site *x, struct seat *s, const char *agent)
{
	site_open(x);
	seat_open(s, x, agent);
}

static void done(struct site *x, struct seat *s)
{
	seat_close(s);
	site_close(x);
}

// Rule 1: n = last_n + 1.
static void test_numbers_follow(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1), "applied");
	assert_int_equal(num(s.reply, "last_n"), 1);
	seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}");
	seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'b'}");
	assert_true(seat_send(&s, NULL, false));
	assert_int_equal(num(s.reply, "last_n"), 3);
	assert_int_equal(json_array_size(json_object_get(s.reply, "ops")), 2);
	done(&x, &s);
}

// Rule 1: what was sent before gets the stored answer, whole, and is done once.
static void test_resend_gives_the_stored_answer(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}");
	json_t *ops = json_deep_copy(s.ops);
	assert_true(seat_send(&s, NULL, false));
	json_t *first = json_deep_copy(json_object_get(s.reply, "ops"));
	int64_t rev = site_rev(&x, "ticket", uid(1));
	for (int i = 0; i < 2; i++) {
		json_array_extend(s.ops, ops);
		assert_true(seat_send(&s, NULL, false));
		assert_true(json_equal(first, json_object_get(s.reply, "ops")));
	}
	assert_int_equal(site_rev(&x, "ticket", uid(1)), rev);
	// Behind them new ones go on.
	json_array_extend(s.ops, ops);
	seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'b'}");
	assert_true(seat_send(&s, NULL, false));
	assert_int_equal(json_array_size(json_object_get(s.reply, "ops")), 3);
	assert_int_equal(num(s.reply, "last_n"), 3);
	json_decref(ops);
	json_decref(first);
	done(&x, &s);
}

// Rule 1: the same number for something else shuts the station out.
static void test_op_reuse_quarantines(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1), "applied");
	s.n = 1;
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1), "problem op-reuse");
	assert_false(site_has(&x, "ticket", uid(2)));
	s.n = 2;
	assert_result(&s, seat_do(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}"), "problem quarantined");
	done(&x, &s);
}

// Rule 1: a gap applies nothing and says what is wanted.
static void test_op_gap_applies_nothing(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	s.n = 3;
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	assert_false(seat_send(&s, NULL, false));
	assert_int_equal(s.problem.kind, WIRE_P_OP_GAP);
	assert_int_equal(s.problem.expect, 1);
	assert_false(site_has(&x, "ticket", uid(1)));
	// Inside a request too: nothing of it.
	s.n = 1;
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	s.n = 5;
	seat_add(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1);
	assert_false(seat_send(&s, NULL, false));
	assert_int_equal(s.problem.kind, WIRE_P_BAD_SHAPE);
	assert_false(site_has(&x, "ticket", uid(1)));
	done(&x, &s);
}

// Rule 2: all five results use up their number; none stops those behind it.
static void test_all_results_consume_n(void **state)
{
	struct site x;
	struct seat s, other;
	static const char *const want[] = {"applied", "applied", "noop", "merged", "conflict", "rejected", "rejected"};

	(void)state;
	with(&x, &s, "ag");
	seat_open(&other, &x, "sv");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, "{'queue_code':'q1','state':'open','title':'t','owner_id':'ag'}");
	assert_result(&other, seat_do(&other, "ticket.set", "ticket", uid(1), "q/q1", "1:1", "{'set':{'title':'theirs'}}"),
		      "applied");
	seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}");
	seat_add(&s, "customer.set", "customer", uid(2), "cust/SHA/2", NULL, "{'display_name':'n'}");
	seat_add(&s, "ticket.set", "ticket", uid(1), "q/q1", "1:1", "{'set':{'state':'open'}}");
	seat_add(&s, "ticket.set", "ticket", uid(1), "q/q1", "1:1", "{'set':{'impact':2}}");
	seat_add(&s, "ticket.set", "ticket", uid(1), "q/q1", "1:1", "{'set':{'title':'mine'}}");
	seat_add(&s, "no.such", "ticket", uid(1), "q/q1", NULL, "{}");
	seat_add(&s, "broadcast.new", "broadcast", uid(3), "bc/SHA", NULL, "{'kind':'notice','title':'x'}");
	assert_true(seat_send(&s, NULL, false));
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(text(json_array_get(json_object_get(s.reply, "ops"), i), "r"), want[i]);
	assert_int_equal(num(s.reply, "last_n"), 8);
	assert_string_equal(text(json_array_get(json_object_get(s.reply, "ops"), 5), "why"), "bad-shape");
	seat_close(&other);
	done(&x, &s);
}

// Rule 2: what cannot be read is refused alone.
static void test_poison_is_rejected_alone(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	seat_add(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1);
	seat_add(&s, "ticket.new", "ticket", uid(3), "q/q1", NULL, Q1);
	json_object_set_new(json_array_get(s.ops, 0), "body", json_string("no object"));
	json_object_set_new(json_object_get(json_array_get(s.ops, 1), "body"), "title", json_string("changed on the way"));
	json_t *ops = json_deep_copy(s.ops);
	assert_true(seat_send(&s, NULL, false));
	assert_string_equal(text(json_array_get(json_object_get(s.reply, "ops"), 0), "why"), "bad-shape");
	assert_string_equal(text(json_array_get(json_object_get(s.reply, "ops"), 1), "why"), "bad-shape");
	assert_string_equal(text(json_array_get(json_object_get(s.reply, "ops"), 2), "r"), "applied");
	assert_false(site_has(&x, "ticket", uid(2)));
	json_array_extend(s.ops, ops);
	assert_true(seat_send(&s, NULL, false)); // and is the same when it comes again
	json_decref(ops);
	done(&x, &s);
}

// Rule 3: one bump a stream for a request; each entity stands once, at its newest place.
static void test_group_commit_bumps_once(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	for (int i = 0; i < 5; i++)
		seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}");
	assert_true(seat_send(&s, NULL, false));
	char *page = hubtest_page(x.t.s, "SHA", "q/q1", 0, 100, 100000);
	char *head = strrchr(page, '@');
	assert_string_equal(head, "@6"); // 1 ticket and 5 notes, not one place for each revision of the ticket
	free(page);
	assert_int_equal(num(json_object_get(s.answer, "at"), "q/q1") > 0, 1);
	done(&x, &s);
}

// Two requests in one transaction; the second is the first again (a lost reply): done once, the same answers.
static void test_the_same_request_twice_in_a_batch(void **state)
{
	struct site x;
	struct seat s;
	struct actor who = {.agent = "ag", .site = "SHA", .team = "t1", .roles = USER_BIT(USER_AGENT), .dev = "dev-ag",
			    .queues = (const char *const[]){"q1"}, .n_queues = 1};
	struct err e = {0};

	(void)state;
	with(&x, &s, "ag");
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	seat_add(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}");
	json_t *r = seat_request(&s, NULL);
	struct exchange v[] = {{.request = r, .who = &who}, {.request = r, .who = &who}};
	assert_true(hub_exchange(x.t.s, v, 2, &e));
	assert_non_null(v[0].reply);
	assert_true(json_equal(json_object_get(v[0].reply, "ops"), json_object_get(v[1].reply, "ops")));
	assert_int_equal(site_rev(&x, "ticket", uid(1)), 2);
	json_decref(v[0].reply);
	json_decref(v[1].reply);
	json_decref(r);
	done(&x, &s);
}

// The stream is computed from the document: what the operation says is not believed.
static void test_the_stream_is_the_hubs(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(1), "q/q2", NULL, Q1), "applied");
	char *stream = site_stream(&x, "ticket", uid(1));
	assert_string_equal(stream, "q/q1");
	free(stream);
	assert_result(&s, seat_do(&s, "callback.set", "callback", uid(4), "me/sv", NULL, "{'due_at':5}"), "applied");
	stream = site_stream(&x, "callback", uid(4));
	assert_string_equal(stream, "me/ag");
	free(stream);
	assert_result(&s, seat_do(&s, "customer.set", "customer", uid(7), "cust/SHA/0", NULL, "{'display_name':'n'}"), "applied");
	stream = site_stream(&x, "customer", uid(7));
	assert_string_equal(stream, "cust/SHA/7");
	free(stream);
	done(&x, &s);
}

// Rules 4, 5: pages begin at the cursor, end where they say, and go on.
static void test_pages(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	for (int i = 0; i < 7; i++)
		seat_add(&s, "ticket.new", "ticket", uid(100 + i), "q/q1", NULL, Q1);
	assert_true(seat_send(&s, NULL, false));
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:2','dir/SHA':'1:0'},'max_rows':3}", false));
	json_t *p = page_of(&s, "q/q1");
	assert_string_equal(text(p, "from"), "1:2");
	assert_int_equal(json_array_size(json_object_get(p, "rows")), 3);
	// The directory comes after the queues: nothing is left for it, and it says so.
	assert_int_equal(json_array_size(json_object_get(page_of(&s, "dir/SHA"), "rows")), 0);
	assert_string_equal(text(page_of(&s, "dir/SHA"), "to"), "1:0");
	assert_true(json_is_true(json_object_get(page_of(&s, "dir/SHA"), "more")));
	assert_string_equal(text(p, "to"), "1:5");
	assert_int_equal(num(p, "head"), 7);
	assert_true(json_is_true(json_object_get(p, "more")));
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:5'}}", false));
	p = page_of(&s, "q/q1");
	assert_string_equal(text(p, "to"), "1:7");
	assert_false(json_is_true(json_object_get(p, "more")));
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:7'}}", false));
	assert_null(page_of(&s, "q/q1"));
	done(&x, &s);
}

// Rule 6: streams come and go with the rights.
static void test_subscriptions_follow_rights(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	assert_true(seat_send(&s, "{'cur':{'q/q2':'1:0','me/ag':'1:0','me/sv':'1:0'}}", false));
	json_t *subs = json_object_get(s.reply, "subs");
	char *del = json_dumps(json_object_get(subs, "del"), JSON_COMPACT),
	     *add = json_dumps(json_object_get(subs, "add"), JSON_COMPACT);
	assert_string_equal(del, "[\"q/q2\",\"me/sv\"]");
	assert_non_null(strstr(add, "\"q/q1\""));
	assert_non_null(strstr(add, "\"cust/SHA/f\""));
	assert_null(strstr(add, "\"me/ag\""));
	free(del);
	free(add);
	site_agent_set(&x, "ag", "team_id", "'t2'");
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:0','me/ag':'1:0'}}", false));
	subs = json_object_get(s.reply, "subs");
	assert_string_equal(json_string_value(json_array_get(json_object_get(subs, "del"), 0)), "q/q1");
	add = json_dumps(json_object_get(subs, "add"), JSON_COMPACT);
	assert_non_null(strstr(add, "\"q/q2\""));
	free(add);
	done(&x, &s);
}

// Rule 6: operations of a right that was taken away are taken for 24 h, marked; later refused.
static void test_grace_after_revoke(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	site_wait(&x, 48 * 3600000LL);
	site_agent_set(&x, "ag", "roles", "['trainee']");
	site_wait(&x, 23 * 3600000LL);
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1), "applied");
	char *mark = site_member(&x, "ticket", uid(1), "after_revoke");
	assert_non_null(strstr(mark, "\"by\":\"ag\""));
	free(mark);
	site_wait(&x, 2 * 3600000LL);
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1), "rejected forbidden");
	assert_false(site_has(&x, "ticket", uid(2)));
	// What was never theirs has no grace.
	assert_result(&s, seat_do(&s, "broadcast.new", "broadcast", uid(3), "bc/SHA", NULL, "{'kind':'notice','title':'x'}"),
		      "rejected forbidden");
	done(&x, &s);
}

// Rule 7: another epoch, a place before what is remembered, or one that never was: that stream starts over, no other.
static void test_reset(void **state)
{
	struct site x;
	struct seat s;
	struct err e = {0};

	(void)state;
	with(&x, &s, "ag");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	assert_true(seat_send(&s, "{'cur':{'q/q1':'9:1','dir/SHA':'1:1'}}", false));
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "epoch");
	assert_int_equal(num(page_of(&s, "q/q1"), "epoch"), 1);
	assert_string_equal(text(page_of(&s, "dir/SHA"), "reset"), "");
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:50'}}", false));
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "ahead");
	assert_true(seat_send(&s, "{'cur':{'q/q1':'nonsense'}}", false));
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "cursor");
	assert_true(hub_new_epoch(x.t.s, &e));
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:1'}}", false));
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "epoch");
	assert_true(num(page_of(&s, "q/q1"), "epoch") > 1);
	done(&x, &s);
}

static void test_cursor_below_low(void **state)
{
	struct site x;
	struct seat s, sv;
	struct err e = {0};

	(void)state;
	with(&x, &s, "ag");
	seat_open(&sv, &x, "sv");
	seat_do(&sv, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	assert_result(&sv, seat_do(&sv, "ticket.set", "ticket", uid(1), "q/q1", "1:1", "{'set':{'queue_code':'q2'}}"), "applied");
	seat_do(&sv, "ticket.new", "ticket", uid(3), "q/q1", NULL, Q1);
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:1'}}", false)); // the moved row is still told
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "");
	site_wait(&x, 60 * 24 * 3600000LL);
	assert_true(hub_housekeep(x.t.s, clock_wall(&x.t.clock), &e));
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:1'}}", false));
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "expired");
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:0'}}", false)); // from the beginning is always good
	assert_string_equal(text(page_of(&s, "q/q1"), "reset"), "");
	seat_close(&sv);
	done(&x, &s);
}

// Rule 8: the digest is of the rows at exactly the place where the station is then.
static void test_digest(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	seat_do(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1);
	assert_true(seat_send(&s, "{'cur':{'q/q1':'1:0'},'digest':['q/q1']}", false));
	json_t *d = json_object_get(json_object_get(s.reply, "digest"), "q/q1");
	char want[20];
	snprintf(want, sizeof(want), "%016llx",
		 (unsigned long long)(wire_row_digest("ticket", uid(1), 1) ^ wire_row_digest("ticket", uid(2), 1)));
	assert_int_equal(num(d, "at"), 2);
	assert_int_equal(num(d, "n"), 2);
	assert_string_equal(text(d, "x"), want);
	assert_null(json_object_get(json_object_get(s.reply, "digest"), "dir/SHA"));
	// A page that does not reach the head has none.
	assert_true(seat_send(
		&s,
		"{'cur':{'bc/all':'1:0','bc/SHA':'1:0','me/ag':'1:0','q/q1':'1:0','dir/SHA':'1:99'},'max_rows':1,'digest':true}",
		false));
	assert_null(json_object_get(json_object_get(s.reply, "digest"), "q/q1"));
	done(&x, &s);
}

// Who may see customers masked only gets the same rows, masked; the digest is of the same rows too.
static void test_pages_are_masked(void **state)
{
	struct site x;
	struct seat s, qa;
	const char *doc = "{'display_name':'李小雷','phones':[{'e164':'13812345678'}]}";

	(void)state;
	with(&x, &s, "ag");
	seat_open(&qa, &x, "qa");
	seat_do(&s, "customer.set", "customer", uid(7), "cust/SHA/7", NULL, doc);
	json_t *d[2], *digest[2];
	struct seat *both[] = {&s, &qa};
	for (int i = 0; i < 2; i++) {
		assert_true(seat_send(both[i], "{'cur':{'cust/SHA/7':'1:0'},'digest':['cust/SHA/7']}", false));
		d[i] = json_object_get(json_array_get(json_object_get(page_of(both[i], "cust/SHA/7"), "rows"), 0), "d");
		digest[i] = json_object_get(json_object_get(both[i]->reply, "digest"), "cust/SHA/7");
	}
	assert_string_equal(text(d[0], "display_name"), "李小雷");
	assert_string_equal(text(d[1], "display_name"), "李*雷");
	assert_string_equal(text(json_array_get(json_object_get(d[1], "phones"), 0), "e164"), "138****5678");
	assert_non_null(digest[0]);
	assert_true(json_equal(digest[0], digest[1]));
	seat_close(&qa);
	done(&x, &s);
}

// Rule 9: an answer names the place where the own write is; a noop too, for what waits is there already.
static void test_answers_name_their_place(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	assert_int_equal(num(json_object_get(s.answer, "at"), "q/q1"), 1);
	assert_int_equal(num(s.answer, "rev"), 1);
	seat_do(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1);
	assert_result(&s, seat_do(&s, "ticket.set", "ticket", uid(1), "q/q1", "1:1", "{'set':{'title':'t'}}"), "noop");
	assert_int_equal(num(json_object_get(s.answer, "at"), "q/q1"), 1);
	done(&x, &s);
}

// Rule 11: a hole the station owns up to.
static void test_hole(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	assert_false(seat_send(&s, "{'hole':[3,5]}", false)); // 2 is still owed
	assert_int_equal(s.problem.kind, WIRE_P_OP_GAP);
	assert_int_equal(s.problem.expect, 2);
	s.n = 6;
	seat_add(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1);
	assert_true(seat_send(&s, "{'hole':[2,5]}", false));
	assert_int_equal(num(s.reply, "last_n"), 6);
	assert_true(site_has(&x, "ticket", uid(2)));
	assert_true(seat_send(&s, "{'hole':[2,5]}", false)); // told twice
	assert_int_equal(num(s.reply, "last_n"), 6);
	s.n = 4; // an operation out of the hole: nobody remembers what it was
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(3), "q/q1", NULL, Q1), "noop");
	assert_true(json_is_true(json_object_get(s.answer, "old")));
	done(&x, &s);
}

// An answer that was forgotten in the meantime.
static void test_purged_answer_is_old(void **state)
{
	struct site x;
	struct seat s;
	struct err e = {0};

	(void)state;
	with(&x, &s, "ag");
	seat_add(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	json_t *ops = json_deep_copy(s.ops);
	assert_true(seat_send(&s, NULL, false));
	site_wait(&x, 40 * 24 * 3600000LL);
	assert_true(hub_housekeep(x.t.s, clock_wall(&x.t.clock), &e));
	json_array_extend(s.ops, ops);
	assert_true(seat_send(&s, NULL, false));
	assert_string_equal(text(s.answer, "r"), "noop");
	assert_true(json_is_true(json_object_get(s.answer, "old")));
	json_decref(ops);
	done(&x, &s);
}

// Whose an operation is.
static void test_by(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "te"); // a trainee is logged in now; the agent before left operations
	s.by = "ag";
	assert_result(
		&s, seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, "{'queue_code':'q1','state':'open','owner_id':'ag'}"),
		"applied");
	assert_member(&x, "ticket", uid(1), "owner_id", "'ag'");
	s.by = "nobody"; // no agent of the site: the session's person, who may not
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(2), "q/q1", NULL, Q1), "rejected forbidden");
	s.by = "agx"; // of another site
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(3), "q/q1", NULL, Q1), "rejected forbidden");
	// Somebody who works here no more: what they did while they did counts, for the grace.
	site_wait(&x, 48 * 3600000LL);
	site_agent_set(&x, "ag2", "status", "'left'");
	s.by = "ag2";
	assert_result(&s, seat_do(&s, "callback.set", "callback", uid(6), "me/ag2", NULL, "{'due_at':1}"), "applied");
	char *stream = site_stream(&x, "callback", uid(6));
	assert_string_equal(stream, "me/ag2");
	free(stream);
	site_wait(&x, 25 * 3600000LL);
	assert_result(&s, seat_do(&s, "callback.set", "callback", uid(7), "me/ag2", NULL, "{'due_at':1}"), "rejected forbidden");
	s.by = "sv"; // a name alone sends no broadcast
	assert_result(
		&s,
		seat_do(&s, "broadcast.new", "broadcast", uid(4), "bc/SHA", NULL, "{'kind':'red','severity':'red','title':'x'}"),
		"rejected forbidden");
	seat_close(&s);
	seat_open(&s, &x, "ag");
	s.by = "left-long-ago";
	assert_result(&s, seat_do(&s, "ticket.new", "ticket", uid(5), "q/q1", NULL, Q1), "applied");
	assert_member(&x, "ticket", uid(5), "claimed_by", "'left-long-ago'");
	done(&x, &s);
}

// Many edits do not grow a document beyond what a page holds.
static void test_documents_have_an_end(void **state)
{
	struct site x;
	struct seat s;
	struct str b = {0};
	const char *got = "";

	(void)state;
	with(&x, &s, "ag");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	for (int i = 0; i < 8 && strcmp(got, "rejected too-large"); i++) {
		str_clear(&b);
		str_addf(&b, "{'set':{'x%d':'", i);
		for (int k = 0; k < 47000; k++)
			str_addc(&b, 'x');
		str_add(&b, "'}}");
		got = seat_do(&s, "ticket.set", "ticket", uid(1), "q/q1", NULL, str_z(&b));
		assert_true(i < 2 ? strcmp(got, "merged") == 0 : true);
	}
	assert_result(&s, got, "rejected too-large");
	// One operation alone, too.
	str_clear(&b);
	str_add(&b, "{'set':{'a':'");
	for (int k = 0; k < 40000; k++)
		str_addc(&b, 'x');
	str_add(&b, "','b':'");
	for (int k = 0; k < 40000; k++)
		str_addc(&b, 'x');
	str_add(&b, "'}}");
	assert_result(&s, seat_do(&s, "ticket.set", "ticket", uid(1), "q/q1", NULL, str_z(&b)), "rejected too-large");
	str_release(&b);
	done(&x, &s);
}

static void test_station_state(void **state)
{
	struct site x;
	struct seat s;

	(void)state;
	with(&x, &s, "ag");
	s.inc = "other";
	assert_false(seat_send(&s, NULL, false));
	assert_int_equal(s.problem.kind, WIRE_P_TOKEN_REVOKED);
	s.inc = "i1";
	assert_false(seat_send(&s, "{'schema':0}", false));
	assert_int_equal(s.problem.kind, WIRE_P_UPGRADE);
	assert_false(seat_send(&s, "{'dev':'dev-sv'}", false)); // the session is another station's
	assert_int_equal(s.problem.kind, WIRE_P_FORBIDDEN);
	assert_true(seat_send(&s, "{'report':{'unsent':3}}", false));
	done(&x, &s);
}

// /v1/do: the command is decided now or refused without its number; what came before it counts.
static void test_online_command(void **state)
{
	struct site x;
	struct seat s, o;

	(void)state;
	with(&x, &s, "ag");
	seat_open(&o, &x, "ag2");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	assert_result(&s, seat_now(&s, "ticket.take", "ticket", uid(1), "q/q1", "{'fence':0}"), "applied");
	seat_add(&o, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'before'}");
	seat_add(&o, "ticket.take", "ticket", uid(1), "q/q1", NULL, "{'fence':0}");
	json_t *ops = json_deep_copy(o.ops);
	assert_false(seat_send(&o, NULL, true));
	assert_int_equal(o.problem.kind, WIRE_P_PRECONDITION);
	assert_member(&x, "ticket", uid(1), "owner_id", "'ag'");
	assert_true(site_has(&x, "note", "op-dev-ag2-1"));
	// The note had its number, the command not: another may have it.
	json_array_append(o.ops, json_array_get(ops, 0));
	o.n = 2;
	seat_add(&o, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'then this'}");
	assert_true(seat_send(&o, NULL, false));
	assert_int_equal(num(o.reply, "last_n"), 2);
	json_decref(ops);
	seat_close(&o);
	done(&x, &s);
}

static void test_receipt(void **state)
{
	struct site x;
	struct seat s;
	struct wire_problem p;
	struct err e = {0};
	json_t *r;

	(void)state;
	with(&x, &s, "ag");
	seat_do(&s, "ticket.new", "ticket", uid(1), "q/q1", NULL, Q1);
	seat_do(&s, "ticket.note", "ticket", uid(1), "q/q1", NULL, "{'text':'a'}");
	seat_do(&s, "no.such", "ticket", uid(1), "q/q1", NULL, "{}");
	assert_true(hub_receipt(x.t.s, "SHA", s.dev, s.inc, 0, 3, &r, &p, &e));
	assert_non_null(r);
	assert_int_equal(num(json_object_get(r, "counts"), "ticket.new"), 1);
	assert_int_equal(num(r, "rejected"), 1);
	assert_int_equal(strlen(text(r, "hash")), 64);
	json_t *again;
	assert_true(hub_receipt(x.t.s, "SHA", s.dev, s.inc, 1, 3, &again, &p, &e));
	assert_string_not_equal(text(r, "hash"), text(again, "hash"));
	json_decref(again);
	json_decref(r);
	assert_true(hub_receipt(x.t.s, "SHA", s.dev, s.inc, 0, 4, &r, &p, &e));
	assert_null(r);
	assert_int_equal(p.kind, WIRE_P_UNSENT);
	done(&x, &s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_follow),
		cmocka_unit_test(test_resend_gives_the_stored_answer),
		cmocka_unit_test(test_op_reuse_quarantines),
		cmocka_unit_test(test_op_gap_applies_nothing),
		cmocka_unit_test(test_all_results_consume_n),
		cmocka_unit_test(test_poison_is_rejected_alone),
		cmocka_unit_test(test_group_commit_bumps_once),
		cmocka_unit_test(test_the_same_request_twice_in_a_batch),
		cmocka_unit_test(test_the_stream_is_the_hubs),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_subscriptions_follow_rights),
		cmocka_unit_test(test_grace_after_revoke),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_cursor_below_low),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_pages_are_masked),
		cmocka_unit_test(test_answers_name_their_place),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_purged_answer_is_old),
		cmocka_unit_test(test_by),
		cmocka_unit_test(test_documents_have_an_end),
		cmocka_unit_test(test_station_state),
		cmocka_unit_test(test_online_command),
		cmocka_unit_test(test_receipt),
	};

	return cmocka_run_group_tests_name("hub-exchange", tests, NULL, NULL);
}
