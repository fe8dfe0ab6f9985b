// SPDX-License-Identifier: MIT
// Tests whose a ticket is, and what it hangs together with: taken, given back, handed over; links with both their ends.
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
#define NO "SHA-261122-0A7-0001-R"
#define NO2 "SHA-261122-0A7-0002-P"

struct desk {
	struct site x;
	struct seat a, b, sv; // a: ag, owner of the ticket; b: its team lead; a supervisor
};

static void desk_open(struct desk *d)
{
	site_open(&d->x);
	seat_open(&d->a, &d->x, "ag");
	seat_open(&d->b, &d->x, "tl");
	seat_open(&d->sv, &d->x, "sv");
	assert_result(
		&d->a,
		seat_do(&d->a, "ticket.new", T, ID, "q/q1", NULL,
			"{'no':'" NO "','queue_code':'q1','state':'open','title':'t','owner_id':'ag'}"),
		"applied");
}

static void desk_close(struct desk *d)
{
	seat_close(&d->a);
	seat_close(&d->b);
	seat_close(&d->sv);
	site_close(&d->x);
}

// The owner changes by the assignment alone: compare and set, each time under a higher fence.
static void test_assignment(void **state)
{
	struct desk d;
	struct seat a2;

	(void)state;
	desk_open(&d);
	seat_open(&a2, &d.x, "ag2");
	assert_result(&d.a, seat_do(&d.a, "ticket.set", T, ID, "q/q1", "1:1", "{'set':{'owner_id':'ag2'}}"), "conflict");
	assert_member(&d.x, T, ID, "owner_id", "'ag'");
	assert_result(&d.b, seat_now(&d.b, "ticket.assign", T, ID, "q/q1", "{'owner_id':'ag2','fence':1}"), "problem precondition");
	assert_result(&d.b, seat_now(&d.b, "ticket.assign", T, ID, "q/q1", "{'owner_id':'ghost','fence':0}"), "problem not-found");
	assert_result(&d.b, seat_now(&d.b, "ticket.assign", T, ID, "q/q1", "{'owner_id':'ag2','fence':0}"), "applied");
	assert_member(&d.x, T, ID, "fence", "1");
	assert_result(&d.a, seat_now(&d.a, "ticket.take", T, ID, "q/q1", "{'fence':1}"), "problem precondition"); // it is ag2's
	assert_result(&a2, seat_now(&a2, "ticket.take", T, ID, "q/q1", "{'fence':0}"), "noop");
	assert_result(&d.b, seat_now(&d.b, "ticket.assign", T, ID, "q/q1", "{'owner_id':'','fence':1}"), "applied");
	assert_result(&d.a, seat_now(&d.a, "ticket.take", T, ID, "q/q1", "{'fence':2}"), "applied");
	assert_member(&d.x, T, ID, "fence", "3");
	// An agent's wish to hand it over is settled by a supervisor.
	assert_result(&d.a, seat_now(&d.a, "ticket.assign", T, ID, "q/q1", "{'owner_id':'ag2','fence':3,'reason':'she knows'}"), "conflict");
	assert_member(&d.x, T, ID, "owner_id", "'ag'");
	assert_member(&d.x, "conflict", cf(&d.a), "owner", "'supervisor'");
	assert_member(&d.x, "conflict", cf(&d.a), "why", "'she knows'");
	seat_close(&a2);
	desk_close(&d);
}

// What stood offline in an outbox is judged by the fence it saw: of two that took the same ticket one has it, the other hears no.
static void test_two_take_one(void **state)
{
	struct desk d;
	struct seat a2;

	(void)state;
	desk_open(&d);
	seat_open(&a2, &d.x, "ag2");
	assert_result(&d.a, seat_do(&d.a, "ticket.release", T, ID, "q/q1", NULL, "{'fence':0,'reason':'wrong desk'}"), "applied");
	assert_member(&d.x, T, ID, "owner_id", "");
	assert_member(&d.x, T, ID, "assign_reason", "'wrong desk'");
	assert_result(&a2, seat_do(&a2, "ticket.take", T, ID, "q/q1", NULL, "{'fence':1}"), "applied");
	assert_result(&d.a, seat_do(&d.a, "ticket.take", T, ID, "q/q1", NULL, "{'fence':1}"), "rejected precondition");
	assert_member(&d.x, T, ID, "owner_id", "'ag2'");
	assert_member(&d.x, T, ID, "fence", "2");
	assert_member(&d.x, T, ID, "assign_reason", "");
	// Nor does what they meant to do next come through.
	assert_result(&d.a, seat_do(&d.a, "ticket.release", T, ID, "q/q1", NULL, "{'fence':2,'reason':'x'}"), "rejected forbidden");
	assert_result(&d.b, seat_do(&d.b, "ticket.release", T, ID, "q/q1", NULL, "{'fence':2,'reason':'sick'}"), "applied");
	assert_result(&d.b, seat_do(&d.b, "ticket.release", T, ID, "q/q1", NULL, "{'fence':3,'reason':'again'}"), "noop");
	seat_close(&a2);
	desk_close(&d);
}

// What waited in the outbox of somebody who has gone home is theirs, whoever is logged in when it is sent; who is nobody here gets nothing.
static void test_it_is_whose_who_took_it(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_result(&d.a, seat_do(&d.a, "ticket.release", T, ID, "q/q1", NULL, "{'fence':0,'reason':'r'}"), "applied");
	d.b.by = "agb"; // serves another queue
	assert_result(&d.b, seat_do(&d.b, "ticket.take", T, ID, "q/q1", NULL, "{'fence':1}"), "rejected forbidden");
	d.b.by = "ag2";
	assert_result(&d.b, seat_do(&d.b, "ticket.take", T, ID, "q/q1", NULL, "{'fence':1}"), "applied");
	assert_member(&d.x, T, ID, "owner_id", "'ag2'");
	assert_member(&d.x, T, ID, "assigned_by", "'ag2'");
	// The grace for work done before a right went does not make anybody an owner.
	assert_result(&d.b, seat_do(&d.b, "ticket.release", T, ID, "q/q1", NULL, "{'fence':2,'reason':'r'}"), "applied");
	site_agent_set(&d.x, "ag2", "team_id", "'t2'");
	assert_result(&d.b, seat_do(&d.b, "ticket.take", T, ID, "q/q1", NULL, "{'fence':3}"), "rejected forbidden");
	desk_close(&d);
}

// Only to who can work on it, and sees it.
static void test_who_can_be_given_it(void **state)
{
	static const char *const cannot[] = {"agb", "qa", "te", "ad", "ke"};
	struct desk d;
	char body[80];

	(void)state;
	desk_open(&d);
	for (size_t i = 0; i < sizeof(cannot) / sizeof(*cannot); i++) {
		snprintf(body, sizeof(body), "{'owner_id':'%s','fence':0}", cannot[i]);
		assert_result(&d.b, seat_do(&d.b, "ticket.assign", T, ID, "q/q1", NULL, body), "rejected forbidden");
	}
	assert_result(&d.b, seat_do(&d.b, "ticket.assign", T, ID, "q/q1", NULL, "{'owner_id':'sv','fence':0,'reason':'hard'}"), "applied");
	assert_member(&d.x, T, ID, "assign_reason", "'hard'");
	desk_close(&d);
}

// To another queue: nobody's there, one hop more; an agent's wish for it is settled by a supervisor.
static void test_to_a_queue(void **state)
{
	struct desk d;
	char settle[200];

	(void)state;
	desk_open(&d);
	assert_result(&d.a, seat_do(&d.a, "ticket.assign", T, ID, "q/q1", NULL, "{'queue_code':'q2','fence':0,'reason':'theirs'}"), "conflict");
	assert_member(&d.x, T, ID, "queue_code", "'q1'");
	snprintf(settle, sizeof(settle), "{'choice':{'queue_code':'mine'},'revs':{'about':2,'conflict':1}}");
	assert_result(&d.sv, seat_do(&d.sv, "conflict.settle", "conflict", cf(&d.a), "q/q1", NULL, settle), "applied");
	assert_member(&d.x, T, ID, "queue_code", "'q2'");
	assert_member(&d.x, T, ID, "owner_id", "");
	assert_member(&d.x, T, ID, "hop_count", "1");
	assert_result(&d.sv, seat_do(&d.sv, "ticket.assign", T, ID, "q/q2", NULL, "{'queue_code':'q1','fence':1,'reason':'back'}"), "applied");
	assert_member(&d.x, T, ID, "queue_code", "'q1'");
	assert_member(&d.x, T, ID, "hop_count", "2");
	assert_member(&d.x, T, ID, "fence", "2");
	desk_close(&d);
}

// --- links

static void second(struct desk *d)
{
	assert_result(&d->b, seat_do(&d->b, "ticket.new", T, uid(2), "q/q1", NULL,
				     "{'no':'" NO2 "','queue_code':'q1','state':'open','title':'u','owner_id':'tl'}"), "applied");
}

static const char *of_first(struct desk *d, const char *kind, const char *body)
{
	return seat_do(&d->a, kind, T, ID, "q/q1", NULL, body);
}

// A link is made on one ticket and stands on both; what is taken away is gone on both.
static void test_a_link_has_two_ends(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	second(&d);
	assert_result(&d.a, of_first(&d, "ticket.element", "{'add':{'related':['" NO2 "','SHA-261122-0A7-0009-X']}}"), "merged");
	assert_member(&d.x, T, uid(2), "related", "['" NO "']");
	assert_member(&d.x, T, uid(2), "owner_id", "'tl'");
	assert_result(&d.a, of_first(&d, "ticket.element", "{'del':{'related':['" NO2 "']}}"), "merged");
	assert_member(&d.x, T, uid(2), "related", "");
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'parent_no':'" NO2 "'},'was':{'parent_no':null}}"), "merged");
	assert_member(&d.x, T, ID, "parent_id", "'01930000-0002-7000-8000-000000000002'");
	assert_member(&d.x, T, uid(2), "children", "['" NO "']");
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'parent_no':null},'was':{'parent_no':'" NO2 "'}}"), "merged");
	assert_member(&d.x, T, ID, "parent_id", "");
	assert_member(&d.x, T, uid(2), "children", "");
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'state':'merged','merged_into':'" NO2 "'},'was':{'state':'open','merged_into':null}}"),
		      "merged");
	assert_member(&d.x, T, uid(2), "duplicates", "['" NO "']");
	// Nobody takes or hands over what is over.
	assert_result(&d.b, seat_do(&d.b, "ticket.assign", T, ID, "q/q1", NULL, "{'owner_id':'tl','fence':0}"), "rejected precondition");
	desk_close(&d);
}

static void test_no_ticket_is_part_of_itself(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	second(&d);
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'parent_no':'" NO "'},'was':{'parent_no':null}}"), "rejected precondition");
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'parent_no':'" NO2 "'},'was':{'parent_no':null}}"), "merged");
	assert_result(&d.b, seat_do(&d.b, "ticket.set", T, uid(2), "q/q1", NULL, "{'set':{'parent_no':'" NO "'},'was':{'parent_no':null}}"),
		      "rejected precondition");
	// What the hub adds nobody writes.
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'children':['x'],'parent_id':'y'}}"), "noop");
	assert_result(&d.a, of_first(&d, "ticket.element", "{'add':{'children':['x']}}"), "rejected bad-shape");
	desk_close(&d);
}

// An incident knows how many tickets it has.
static void test_an_incident_counts(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	second(&d);
	hubtest_put(d.x.t.s, "SHA", "incident", "in1", "bc/SHA", "{\"no\":\"IN-1\",\"state\":\"suspected\"}");
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'incident_id':'in1'},'was':{'incident_id':null}}"), "merged");
	assert_member(&d.x, "incident", "in1", "linked_tickets", "1");
	assert_result(&d.b, seat_do(&d.b, "ticket.set", T, uid(2), "q/q1", NULL, "{'set':{'incident_id':'in1'},'was':{'incident_id':null}}"),
		      "merged");
	assert_member(&d.x, "incident", "in1", "linked_tickets", "2");
	assert_result(&d.a, of_first(&d, "ticket.set", "{'set':{'incident_id':null},'was':{'incident_id':'in1'}}"), "merged");
	assert_member(&d.x, "incident", "in1", "linked_tickets", "1");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_assignment),
		cmocka_unit_test(test_two_take_one),
		cmocka_unit_test(test_it_is_whose_who_took_it),
		cmocka_unit_test(test_who_can_be_given_it),
		cmocka_unit_test(test_to_a_queue),
		cmocka_unit_test(test_a_link_has_two_ends),
		cmocka_unit_test(test_no_ticket_is_part_of_itself),
		cmocka_unit_test(test_an_incident_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
