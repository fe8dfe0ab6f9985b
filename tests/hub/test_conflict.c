// SPDX-License-Identifier: MIT
// Tests who wins where two edits meet (sync.md §3.7): each class of field, the conflict that is kept, and how it is settled.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/hub/apply.h"
#include "tests/hub/ruletest.h"

#define T "ticket"
#define ID uid(1)

struct desk {
	struct site x;
	struct seat a, b, sv, sv2; // a: ag, owner of the ticket; b: its team lead; two supervisors
};

static void desk_open(struct desk *d)
{
	site_open(&d->x);
	seat_open(&d->a, &d->x, "ag");
	seat_open(&d->b, &d->x, "tl");
	seat_open(&d->sv, &d->x, "sv");
	seat_open(&d->sv2, &d->x, "sv2");
	assert_result(
		&d->a,
		seat_do(&d->a, "ticket.new", T, ID, "q/q1", NULL,
			"{'no':'SHA-261122-0A7-0001-R','queue_code':'q1','state':'open','title':'t','owner_id':'ag','priority':3,"
			"'tags':['a','b'],'contact_count':1,'first_response_at':500,'x_new_field':{'deep':[1,2]}}"),
		"applied");
}

static void desk_close(struct desk *d)
{
	seat_close(&d->a);
	seat_close(&d->b);
	seat_close(&d->sv);
	seat_close(&d->sv2);
	site_close(&d->x);
}

static const char *set(struct seat *s, const char *base, const char *body)
{
	return seat_do(s, "ticket.set", T, ID, "q/q1", base, body);
}

static void assert_lost(const struct seat *s, const char *want)
{
	char *text = json_dumps(json_object_get(s->answer, "lost"), JSON_COMPACT);

	assert_string_equal(text ? text : "", want);
	free(text);
}

// Different fields never collide, however old the base; unknown members live on.
static void test_other_fields_merge(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.b, set(&d.b, "1:1", "{'set':{'impact':2}}"), "applied");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'urgency':1}}"), "merged");
	assert_member(&d.x, T, ID, "impact", "2");
	assert_member(&d.x, T, ID, "urgency", "1");
	assert_member(&d.x, T, ID, "x_new_field", "{'deep':[1,2]}");
	desk_close(&d);
}

static void test_equal_value_is_noop(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.b, set(&d.b, "1:1", "{'set':{'title':'same'}}"), "applied");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'same'}}"), "noop");
	assert_result(&d.a, set(&d.a, NULL, "{'set':{'title':'same','nothing':null}}"), "noop");
	assert_int_equal(site_rev(&d.x, T, ID), 2);
	desk_close(&d);
}

// Text is never overwritten: what each wrote is kept, with who and when, for the owner to choose.
static void test_text_conflict(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.b, set(&d.b, "1:1", "{'set':{'title':'theirs'},'was':{'title':'t'}}"), "applied");
	d.a.at = 1795000000123;
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'mine','impact':1},'was':{'title':'t'}}"), "conflict");
	assert_lost(&d.a, "[\"title\"]");
	assert_member(&d.x, T, ID, "title", "'theirs'");
	assert_member(&d.x, T, ID, "impact", "1"); // the rest of the edit went in
	const char *c = cf(&d.a);
	assert_member(&d.x, "conflict", c, "fields", "{'title':{'base':'t','mine':'mine','theirs':'theirs'}}");
	assert_member(&d.x, "conflict", c, "about",
		      "{'t':'ticket','e':'01930000-0001-7000-8000-000000000001','no':'SHA-261122-0A7-0001-R'}");
	assert_member(&d.x, "conflict", c, "reason", "'text'");
	assert_member(&d.x, "conflict", c, "mine_by", "'ag'");
	assert_member(&d.x, "conflict", c, "mine_at", "1795000000123");
	assert_member(&d.x, "conflict", c, "theirs_by", "'tl'");
	assert_member(&d.x, "conflict", c, "owner", "'ag'");
	assert_member(&d.x, "conflict", c, "state", "'open'");
	char *s = site_stream(&d.x, "conflict", c), *flag = site_member(&d.x, T, ID, "conflicts");
	assert_string_equal(s, "q/q1");
	assert_non_null(strstr(flag, c));
	free(s);
	free(flag);
	desk_close(&d);
}

// The value at the base is found in the history where the station did not say it; a plain field is treated as text is.
static void test_plain_conflict_and_base_from_history(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	set(&d.b, "1:1", "{'set':{'category_id':'c1'}}");
	set(&d.b, "1:2", "{'set':{'category_id':'c2'}}");
	assert_result(&d.a, set(&d.a, "1:2", "{'set':{'category_id':'c3'}}"), "conflict");
	assert_member(&d.x, "conflict", cf(&d.a), "fields", "{'category_id':{'base':'c1','mine':'c3','theirs':'c2'}}");
	desk_close(&d);
}

// What the same person types on makes no second conflict.
static void test_one_conflict_a_person(void **state)
{
	struct desk d;
	char first[64];

	(void)state;
	desk_open(&d);
	set(&d.b, "1:1", "{'set':{'title':'theirs'}}");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'mine'},'was':{'title':'t'}}"), "conflict");
	snprintf(first, sizeof(first), "%s", cf(&d.a));
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'mine, later'},'was':{'title':'mine'}}"), "conflict");
	assert_string_equal(cf(&d.a), first);
	assert_member(&d.x, "conflict", first, "fields", "{'title':{'base':'t','mine':'mine, later','theirs':'theirs'}}");
	desk_close(&d);
}

// One's own chain of edits, all based on the same revision, is no conflict: each says what it saw.
static void test_own_chain(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'one'},'was':{'title':'t'}}"), "applied");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'two'},'was':{'title':'one'}}"), "merged");
	assert_member(&d.x, T, ID, "title", "'two'");
	desk_close(&d);
}

// After a restore revisions start over: a base of another epoch, or ahead of what there is, proves nothing (pitfall 17a).
static void test_base_of_another_epoch(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	set(&d.b, "1:1", "{'set':{'title':'theirs'}}");
	assert_result(&d.a, set(&d.a, "7:2", "{'set':{'title':'mine'}}"), "conflict");
	assert_result(&d.a, set(&d.a, "1:99", "{'set':{'title':'mine'}}"), "conflict");
	assert_result(&d.a, set(&d.a, NULL, "{'set':{'title':'mine'}}"), "conflict");
	assert_result(&d.b, set(&d.b, NULL, "{'set':{'impact':3}}"), "merged");
	assert_result(&d.b, set(&d.b, NULL, "{'set':{'impact':4}}"), "merged"); // its own word, in its own order
	assert_result(&d.a, set(&d.a, NULL, "{'set':{'impact':1}}"), "conflict");
	assert_member(&d.x, T, ID, "title", "'theirs'");
	assert_result(&d.a, set(&d.a, "7:2", "{'set':{'title':'mine'},'was':{'title':'theirs'}}"), "merged");
	assert_member(&d.x, T, ID, "title", "'mine'");
	desk_close(&d);
}

// Ranked: supervisor over rule over agent; the loser is told and kept in the audit log.
static void test_ranked(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.sv, set(&d.sv, "1:1", "{'set':{'complaint_level':'C3'}}"), "applied");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'complaint_level':'C1'}}"), "merged");
	assert_lost(&d.a, "[\"complaint_level\"]");
	assert_member(&d.x, T, ID, "complaint_level", "'C3'");
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'hard_due':10}}"), "applied");
	assert_result(&d.sv, set(&d.sv, "1:2", "{'set':{'hard_due':20}}"), "merged"); // stale, but above the agent
	assert_member(&d.x, T, ID, "hard_due", "20");
	desk_close(&d);
}

// The state moves as §4.2 allows from where it is now, whatever the base.
static void test_machine(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.b, set(&d.b, "1:1", "{'set':{'state':'waiting_customer'}}"), "applied");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'state':'waiting_third'},'was':{'state':'open'}}"), "conflict");
	assert_member(&d.x, "conflict", cf(&d.a), "reason", "'machine'");
	assert_member(&d.x, T, ID, "state", "'waiting_customer'");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'state':'open'},'was':{'state':'new'}}"), "merged"); // legal from here
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'state':'resolved'}}"), "conflict"); // without a solution
	assert_result(&d.a,
		      set(&d.a, seat_base(&d.a, T, ID), "{'set':{'state':'resolved','solution_text':'s','root_cause_code':'r'}}"),
		      "applied");
	char *at = site_member(&d.x, T, ID, "resolved_at");
	assert_string_not_equal(at, "");
	free(at);
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'state':'closed'}}"), "applied");
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'state':'open'}}"),
		      "conflict"); // only by an explicit reopen
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'state':'reopened'}}"), "applied");
	assert_member(&d.x, T, ID, "reopen_count", "1");
	desk_close(&d);
}

static void test_cancelling_has_a_reason(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'state':'cancelled'},'reason':'by mistake'}"), "conflict"); // a lead's to do
	assert_result(&d.b, set(&d.b, seat_base(&d.b, T, ID), "{'set':{'state':'cancelled'}}"), "conflict");
	assert_result(&d.b, set(&d.b, seat_base(&d.b, T, ID), "{'set':{'state':'cancelled'},'reason':'by mistake'}"), "applied");
	assert_member(&d.x, T, ID, "reason", "'by mistake'");
	assert_result(&d.sv, set(&d.sv, seat_base(&d.sv, T, ID), "{'set':{'state':'open'}}"), "conflict"); // for good
	desk_close(&d);
}

static void test_red_needs_its_review(void **state)
{
	struct desk d;
	const char *done = "{'set':{'state':'resolved','solution_text':'s','root_cause_code':'r'}}";

	(void)state;
	desk_open(&d);
	set(&d.sv, "1:1", "{'set':{'priority_reason':'red'}}");
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), done), "conflict");
	assert_result(&d.a,
		      seat_do(&d.a, "escalation.new", "escalation", uid(2), "me/ag", NULL,
			      "{'kind':'urgent_review','level':2,'ticket_no':'SHA-261122-0A7-0001-R','state':'submitted','from_id':"
			      "'ag'}"),
		      "applied");
	assert_true(d.a.red);
	assert_member(&d.x, T, ID, "state", "'escalated'");
	assert_result(&d.sv, seat_do(&d.sv, "escalation.decide", "escalation", uid(2), "q/q1", NULL, "{'decision':'approve'}"),
		      "applied");
	assert_member(&d.x, T, ID, "state", "'open'");
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'state':'resolved'}}"),
		      "applied"); // the solution is there already
	desk_close(&d);
}

// Timers never go backwards: the earliest is kept.
static void test_earliest(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'first_response_at':900}}"), "merged");
	assert_member(&d.x, T, ID, "first_response_at", "500");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'first_response_at':400}}"), "applied");
	assert_member(&d.x, T, ID, "first_response_at", "400");
	desk_close(&d);
}

// Elements of sets and counters never collide.
static void test_elements_and_counters(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.b, set(&d.b, "1:1", "{'add':{'tags':['c']},'del':{'tags':['a']}}"), "applied");
	assert_result(&d.a,
		      seat_do(&d.a, "ticket.element", T, ID, "q/q1", "1:1",
			      "{'add':{'tags':['d','b'],'watchers':['ag']},'inc':{'contact_count':2}}"),
		      "merged");
	assert_result(&d.a, seat_do(&d.a, "ticket.element", T, ID, "q/q1", "1:1", "{'inc':{'contact_count':1}}"), "merged");
	assert_member(&d.x, T, ID, "tags", "['b','c','d']");
	assert_member(&d.x, T, ID, "watchers", "['ag']");
	assert_member(&d.x, T, ID, "contact_count", "4");
	assert_result(&d.a, seat_do(&d.a, "ticket.element", T, ID, "q/q1", NULL, "{'add':{'tags':['b']},'del':{'tags':['zz']}}"),
		      "noop");
	assert_result(&d.a, seat_do(&d.a, "ticket.element", T, ID, "q/q1", NULL, "{'inc':{'contact_count':'x'}}"),
		      "rejected bad-shape");
	assert_result(&d.a, seat_do(&d.a, "ticket.element", T, ID, "q/q1", NULL, "{'add':{'title':['b']}}"), "rejected bad-shape");
	assert_result(&d.a, seat_do(&d.a, "ticket.element", T, ID, "q/q1", NULL, "{'inc':{'fence':5}}"), "rejected bad-shape");
	desk_close(&d);
}

// What somebody did offline to a ticket that was given away meanwhile: kept as a note, the assignment stays, a supervisor hears.
static void test_late_work(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.b, seat_now(&d.b, "ticket.assign", T, ID, "q/q1", "{'owner_id':'ag2','fence':0}"), "applied");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'solution_text':'done'},'fence':0}"), "conflict");
	assert_member(&d.x, T, ID, "owner_id", "'ag2'");
	assert_member(&d.x, T, ID, "solution_text", "");
	char id[40];
	snprintf(id, sizeof(id), "op-dev-ag-%lld", (long long)d.a.n - 1);
	assert_member(&d.x, "note", id, "kind", "'late_work'");
	assert_member(&d.x, "note", id, "set", "{'solution_text':'done'}");
	assert_member(&d.x, "conflict", cf(&d.a), "reason", "'owner'");
	assert_member(&d.x, "conflict", cf(&d.a), "owner", "'supervisor'");
	desk_close(&d);
}

// Identity of a customer that is there: an agent's change waits for consent, nobody consents to their own.
static void test_identity_needs_approval(void **state)
{
	struct desk d;
	const char *c = uid(5);
	char body[300], first[64];

	(void)state;
	desk_open(&d);
	assert_result(&d.a,
		      seat_do(&d.a, "customer.set", "customer", c, "cust/SHA/5", NULL,
			      "{'display_name':'Li','phones':[{'e164':'+8613800000001'}]}"),
		      "applied");
	assert_result(&d.a, seat_do(&d.a, "customer.set", "customer", c, "cust/SHA/5", "1:1",
				    "{'set':{'display_name':'Wang','gender':'f'},'was':{'display_name':'Li'}}"), "conflict");
	snprintf(first, sizeof(first), "%s", cf(&d.a));
	assert_member(&d.x, "customer", c, "display_name", "'Li'");
	assert_member(&d.x, "customer", c, "gender", "'f'");
	assert_member(&d.x, "conflict", first, "reason", "'approval'");
	assert_member(&d.x, "conflict", first, "owner", "'supervisor'");
	snprintf(body, sizeof(body), "{'choice':{'display_name':'mine'},'revs':{'about':2,'conflict':1}}");
	assert_result(&d.a, seat_do(&d.a, "conflict.settle", "conflict", first, "cust/SHA/5", NULL, body), "rejected forbidden");
	assert_result(&d.b, seat_do(&d.b, "conflict.settle", "conflict", first, "cust/SHA/5", NULL, body), "rejected forbidden");
	d.a.by = "sv"; // a name alone is no consent
	assert_result(&d.a, seat_do(&d.a, "conflict.settle", "conflict", first, "cust/SHA/5", NULL, body), "rejected forbidden");
	d.a.by = NULL;
	assert_result(&d.sv, seat_do(&d.sv, "conflict.settle", "conflict", first, "cust/SHA/5", NULL, body), "applied");
	assert_member(&d.x, "customer", c, "display_name", "'Wang'");
	assert_member(&d.x, "customer", c, "conflicts", "");
	assert_member(&d.x, "conflict", first, "state", "'settled'");
	// A supervisor's own change needs none; elements are no way around.
	assert_result(&d.sv,
		      seat_do(&d.sv, "customer.set", "customer", c, "cust/SHA/5", seat_base(&d.sv, "customer", c),
			      "{'set':{'id_no':'X'}}"),
		      "applied");
	assert_result(&d.a,
		      seat_do(&d.a, "customer.element", "customer", c, "cust/SHA/5", NULL, "{'add':{'phones':[{'e164':'+861'}]}}"),
		      "conflict");
	assert_member(&d.x, "customer", c, "phones", "[{'e164':'+8613800000001'}]");
	desk_close(&d);
}

// Settling names both revisions: when either moved, it stays open and shows what is there now. Never silent.
static void test_settle(void **state)
{
	struct desk d;
	char c[64], body[200];

	(void)state;
	desk_open(&d);
	set(&d.b, "1:1", "{'set':{'title':'theirs','category_id':'c1'}}");
	assert_result(&d.a, set(&d.a, "1:1", "{'set':{'title':'mine','category_id':'c2'}}"), "conflict");
	snprintf(c, sizeof(c), "%s", cf(&d.a));
	assert_result(&d.a,
		      seat_do(&d.a, "conflict.settle", "conflict", c, "q/q1", NULL,
			      "{'choice':{'title':'mine'},'revs':{'about':3,'conflict':1}}"),
		      "rejected bad-shape"); // a choice for each field
	assert_result(&d.b, set(&d.b, seat_base(&d.b, T, ID), "{'set':{'title':'theirs again'}}"), "applied");
	assert_result(&d.a,
		      seat_do(&d.a, "conflict.settle", "conflict", c, "q/q1", NULL,
			      "{'choice':{'title':'mine','category_id':'theirs'},'revs':{'about':3,'conflict':1}}"),
		      "conflict");
	assert_string_equal(cf(&d.a), c);
	assert_member(&d.x, T, ID, "title", "'theirs again'");
	assert_member(&d.x, "conflict", c, "fields",
		      "{'title':{'base':'t','mine':'mine','theirs':'theirs "
		      "again'},'category_id':{'base':null,'mine':'c2','theirs':'c1'}}");
	// A note meanwhile changes none of the fields: not stale.
	seat_do(&d.b, "ticket.note", T, ID, "q/q1", NULL, "{'text':'n'}");
	int64_t seen = site_rev(&d.x, T, ID) - 1;
	snprintf(body, sizeof(body),
		 "{'choice':{'title':{'value':'both'},'category_id':'mine'},'revs':{'about':%lld,'conflict':1}}", (long long)seen);
	assert_result(&d.a, seat_do(&d.a, "conflict.settle", "conflict", c, "q/q1", NULL, body),
		      "conflict"); // the conflict itself moved
	snprintf(body, sizeof(body),
		 "{'choice':{'title':{'value':'both'},'category_id':'mine'},'revs':{'about':%lld,'conflict':2}}", (long long)seen);
	assert_result(&d.a, seat_do(&d.a, "conflict.settle", "conflict", c, "q/q1", NULL, body), "applied");
	assert_member(&d.x, T, ID, "title", "'both'");
	assert_member(&d.x, T, ID, "category_id", "'c2'");
	assert_member(&d.x, T, ID, "conflicts", "");
	assert_member(&d.x, "conflict", c, "settled_by", "'ag'");
	assert_result(&d.a, seat_do(&d.a, "conflict.settle", "conflict", c, "q/q1", NULL, body), "noop");
	assert_result(&d.a,
		      seat_do(&d.a, "conflict.settle", "conflict", c, "q/q1", NULL,
			      "{'choice':{'title':'theirs','category_id':'mine'},'revs':{'about':9,'conflict':3}}"),
		      "rejected precondition");
	desk_close(&d);
}

// A choice that moves the ticket moves what hangs on it, the conflict itself too.
static void test_settling_a_move(void **state)
{
	struct desk d;
	char c[64], body[200];

	(void)state;
	desk_open(&d);
	seat_add_id(&d.a, uid(9), "ticket.note", T, ID, "q/q1", NULL, "{'text':'n'}");
	seat_send(&d.a, NULL, false);
	set(&d.b, "1:1", "{'set':{'queue_code':'q1','category_id':'x'}}");
	set(&d.sv, "1:2", "{'set':{'queue_code':'q3'}}");
	set(&d.sv, "1:4", "{'set':{'queue_code':'q1'}}");
	assert_result(&d.sv2, set(&d.sv2, "1:1", "{'set':{'queue_code':'q2'},'was':{'queue_code':'q9'}}"), "conflict");
	snprintf(c, sizeof(c), "%s", cf(&d.sv2));
	snprintf(body, sizeof(body), "{'choice':{'queue_code':'mine'},'revs':{'about':%lld,'conflict':1}}",
		 (long long)site_rev(&d.x, T, ID));
	assert_result(&d.sv, seat_do(&d.sv, "conflict.settle", "conflict", c, "q/q1", NULL, body), "applied");
	const char *const all[][2] = {{T, ID}, {"note", uid(9)}, {"conflict", c}};
	for (size_t i = 0; i < 3; i++) {
		char *s = site_stream(&d.x, all[i][0], all[i][1]);
		assert_string_equal(s, "q/q2");
		free(s);
	}
	desk_close(&d);
}

// Who may settle: the owner; others only when it is late.
static void test_settle_late(void **state)
{
	struct desk d;
	char c[64];
	const char *body = "{'choice':{'title':'theirs'},'revs':{'about':3,'conflict':1}}";
	struct seat a2;

	(void)state;
	desk_open(&d);
	seat_open(&a2, &d.x, "ag2");
	set(&d.b, "1:1", "{'set':{'title':'theirs'}}");
	set(&d.a, "1:1", "{'set':{'title':'mine'}}");
	snprintf(c, sizeof(c), "%s", cf(&d.a));
	assert_result(&a2, seat_do(&a2, "conflict.settle", "conflict", c, "q/q1", NULL, body), "rejected forbidden");
	assert_result(&d.b, seat_do(&d.b, "conflict.settle", "conflict", c, "q/q1", NULL, body), "rejected forbidden");
	site_wait(&d.x, CONFLICT_DUE_MS + 1);
	assert_result(&d.b, seat_do(&d.b, "conflict.settle", "conflict", c, "q/q1", NULL, body), "applied");
	seat_close(&a2);
	desk_close(&d);
}

// Two customers become one; operations on the old id find the other.
static void test_merge_redirects(void **state)
{
	struct desk d;
	const char *one = uid(6), *two = uid(7);
	char body[120];

	(void)state;
	desk_open(&d);
	seat_do(&d.a, "customer.set", "customer", one, "cust/SHA/6", NULL,
		"{'display_name':'Li','phones':[{'e164':'+1'}],'email':'a@b.c'}");
	seat_do(&d.a, "customer.set", "customer", two, "cust/SHA/7", NULL, "{'display_name':'Li Lei','phones':[{'e164':'+2'}]}");
	snprintf(body, sizeof(body), "{'into':'%s'}", two);
	assert_result(&d.a, seat_do(&d.a, "customer.merge", "customer", one, "cust/SHA/6", NULL, body), "rejected forbidden");
	assert_result(&d.sv, seat_do(&d.sv, "customer.merge", "customer", one, "cust/SHA/6", NULL, body), "applied");
	assert_false(site_has(&d.x, "customer", one));
	assert_member(&d.x, "customer", two, "phones", "[{'e164':'+2'},{'e164':'+1'}]");
	assert_member(&d.x, "customer", two, "email", "'a@b.c'");
	assert_member(&d.x, "customer", two, "display_name", "'Li Lei'");
	assert_result(&d.a, seat_do(&d.a, "customer.set", "customer", one, "cust/SHA/6", "1:1", "{'set':{'gender':'f'}}"),
		      "merged");
	assert_member(&d.x, "customer", two, "gender", "'f'");
	assert_result(&d.sv, seat_do(&d.sv, "customer.merge", "customer", one, "cust/SHA/6", NULL, body), "noop");
	desk_close(&d);
}

// Notes: append-only; changed by their author alone, with a base; taken back with a reason.
static void test_notes(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	seat_add_id(&d.a, uid(9), "ticket.note", T, ID, "q/q1", NULL, "{'text':'n','odd':1}");
	assert_true(seat_send(&d.a, NULL, false));
	assert_member(
		&d.x, "note", uid(9), NULL,
		"{'text':'n','odd':1,'ticket_id':'01930000-0001-7000-8000-000000000001','author_id':'ag','at':1795000000000}");
	seat_add_id(&d.a, uid(9), "ticket.note", T, ID, "q/q1", NULL, "{'text':'n','odd':1}"); // told again after a restore
	assert_true(seat_send(&d.a, NULL, false));
	assert_string_equal(json_string_value(json_object_get(d.a.answer, "r")), "noop");
	assert_result(&d.b, seat_do(&d.b, "note.set", "note", uid(9), "q/q1", "1:1", "{'set':{'text':'x'}}"), "rejected forbidden");
	assert_result(&d.a, seat_do(&d.a, "note.set", "note", uid(9), "q/q1", "1:1", "{'set':{'text':'better'}}"), "applied");
	assert_result(&d.a, seat_do(&d.a, "note.set", "note", uid(9), "q/q1", "1:1", "{'set':{'text':'elsewhere'}}"), "conflict");
	assert_result(
		&d.a,
		seat_do(&d.a, "note.set", "note", uid(9), "q/q1", seat_base(&d.a, "note", uid(9)), "{'set':{'author_id':'tl'}}"),
		"merged");
	assert_member(&d.x, "note", uid(9), "author_id", "'ag'");
	assert_result(&d.a, seat_do(&d.a, "note.delete", "note", uid(9), "q/q1", "1:1", "{'reason':'wrong ticket'}"),
		      "rejected precondition");
	assert_result(&d.b, seat_do(&d.b, "note.delete", "note", uid(9), "q/q1", seat_base(&d.a, "note", uid(9)), "{'reason':'r'}"),
		      "rejected forbidden");
	assert_result(&d.a, seat_do(&d.a, "note.delete", "note", uid(9), "q/q1", seat_base(&d.a, "note", uid(9)), "{}"),
		      "rejected bad-shape");
	assert_result(&d.a, seat_do(&d.a, "note.delete", "note", uid(9), "q/q1", seat_base(&d.a, "note", uid(9)), "{'reason':'r'}"),
		      "applied");
	assert_false(site_has(&d.x, "note", uid(9)));
	assert_member(&d.x, "note", uid(9), "text", "");
	desk_close(&d);
}

// A ticket that moves takes along what hangs on it, and is given back by who does not serve the new queue.
static void test_moving_a_ticket(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	seat_add_id(&d.a, uid(9), "ticket.note", T, ID, "q/q1", NULL, "{'text':'n'}");
	seat_send(&d.a, NULL, false);
	assert_result(&d.a, set(&d.a, seat_base(&d.a, T, ID), "{'set':{'queue_code':'q2'}}"), "applied");
	char *s = site_stream(&d.x, "note", uid(9));
	assert_string_equal(s, "q/q2");
	free(s);
	assert_member(&d.x, T, ID, "owner_id", "");
	assert_member(&d.x, T, ID, "fence", "1");
	assert_member(&d.x, T, ID, "hop_count", "1");
	assert_member(&d.x, "note", uid(9), "author_id", "'ag'");
	char *page = hubtest_page(d.x.t.s, "SHA", "q/q1", 0, 100, 100000);
	assert_non_null(strstr(page, "moved>q/q2"));
	free(page);
	// A queue nobody had set up is in the directory from now on.
	assert_result(&d.sv, set(&d.sv, seat_base(&d.sv, T, ID), "{'set':{'queue_code':'brand_new'}}"), "applied");
	assert_true(site_has(&d.x, "queue", "brand_new"));
	assert_result(&d.sv, set(&d.sv, seat_base(&d.sv, T, ID), "{'set':{'queue_code':'no queue!'}}"), "rejected bad-shape");
	desk_close(&d);
}

// After a restore the hub may have forgotten a ticket: its changes, its notes and then its making come in any order.
static void test_refeed_in_any_order(void **state)
{
	struct desk d;
	const char *t = uid(33);

	(void)state;
	desk_open(&d);
	assert_result(&d.a, seat_do(&d.a, "ticket.set", T, t, "q/q1", "1:4", "{'set':{'impact':1}}"),
		      "rejected not-found"); // of this epoch: never was
	assert_result(&d.a, seat_do(&d.a, "ticket.set", T, t, "q/q2", "0:4", "{'set':{'impact':1}}"),
		      "rejected forbidden"); // not theirs to read
	assert_result(&d.a, seat_do(&d.a, "ticket.set", T, t, "q/q1", "0:4", "{'set':{'impact':1,'state':'waiting_customer'}}"),
		      "applied");
	seat_do(&d.a, "ticket.note", T, t, "q/q1", NULL, "{'text':'n'}");
	assert_result(
		&d.a,
		seat_do(&d.a, "ticket.new", T, t, "q/q1", NULL,
			"{'no':'SHA-261122-0A7-0002-P','queue_code':'q1','state':'open','title':'t','impact':4,'owner_id':'ag'}"),
		"merged");
	assert_member(&d.x, T, t, "impact", "1"); // changed after it was made
	assert_member(&d.x, T, t, "state", "'waiting_customer'");
	assert_member(&d.x, T, t, "title", "'t'");
	assert_result(&d.a,
		      seat_do(&d.a, "ticket.new", T, ID, "q/q1", NULL, "{'queue_code':'q1','state':'open','title':'another'}"),
		      "conflict");
	desk_close(&d);
}

// A fault that is reported again counts on its ticket.
static void test_fault_reports_count(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	seat_do(&d.a, "ticket.new", T, uid(40), "q/q2", NULL, "{'queue_code':'q2','state':'new','kind':'fault','report_count':1}");
	assert_result(&d.b,
		      seat_do(&d.b, "ticket.note", T, uid(40), "q/q2", NULL, "{'fault_type':'f','text':'again','call_id':''}"),
		      "applied");
	assert_member(&d.x, T, uid(40), "report_count", "2");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_fields_merge),
		cmocka_unit_test(test_equal_value_is_noop),
		cmocka_unit_test(test_text_conflict),
		cmocka_unit_test(test_plain_conflict_and_base_from_history),
		cmocka_unit_test(test_one_conflict_a_person),
		cmocka_unit_test(test_own_chain),
		cmocka_unit_test(test_base_of_another_epoch),
		cmocka_unit_test(test_ranked),
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_cancelling_has_a_reason),
		cmocka_unit_test(test_red_needs_its_review),
		cmocka_unit_test(test_earliest),
		cmocka_unit_test(test_elements_and_counters),
		cmocka_unit_test(test_late_work),
		cmocka_unit_test(test_identity_needs_approval),
		cmocka_unit_test(test_settle),
		cmocka_unit_test(test_settling_a_move),
		cmocka_unit_test(test_settle_late),
		cmocka_unit_test(test_merge_redirects),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_moving_a_ticket),
		cmocka_unit_test(test_refeed_in_any_order),
		cmocka_unit_test(test_fault_reports_count),
	};

	return cmocka_run_group_tests_name("hub-conflict", tests, NULL, NULL);
}
