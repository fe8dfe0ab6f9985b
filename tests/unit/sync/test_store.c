// SPDX-License-Identifier: MIT
// Knows that what the hub sent is shown with the own work over it, that nothing own is lost, and what is forgotten when it must be.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/store/callback.h"
#include "src/store/customer.h"
#include "src/store/interaction.h"
#include "src/store/receipt.h"
#include "src/store/seen.h"
#include "src/store/ticket.h"
#include "tests/unit/sync/rows.h"

static size_t listed(struct fix *f, enum ticket_by by, const char *key)
{
	struct ticket_filter flt = {.by = by, .key = key, .open_only = true};
	struct tickets out = {0};

	assert_ok(ticket_list(f->db, &flt, &out, &f->a, &f->e), f->e);
	size_t n = out.n;
	vec_release(&out);
	return n;
}

static size_t of_type(const struct ticket_log *lines, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++)
		n += strcmp(lines->v[i].type, type) == 0;
	return n;
}

static void test_ticket_of_another_is_listed(void **state)
{
	struct fix *f = *state;
	struct ticket t;

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	assert_int_equal(listed(f, TICKET_BY_QUEUE, "pay"), 1);
	assert_int_equal(listed(f, TICKET_BY_OWNER, "a2"), 1);
	assert_ok(ticket_by_no(f->db, "SHA-1", &t, &f->a, &f->e), f->e);
	assert_int_equal(t.stamp.rev, 3);
	assert_string_equal(t.title, "退款");
	assert_string_equal(t.stamp.created_by, "hub-by");
	assert_string_equal(t.doc, "{\"new_member\":{\"x\":1}}"); // what this version does not know is kept
	assert_true(f->q.changed);
	row(f, "q/pay", 2, "ticket", "t2", 1, "{'no':'SHA-2','created_by':'a7','created_at':77,'description':'x'}");
	assert_ok(ticket_get(f->db, "t2", &t, &f->a, &f->e), f->e);
	assert_string_equal(t.stamp.created_by, "a7"); // not whoever changed it last
	assert_int_equal(t.stamp.created_at, 77);
	assert_string_equal(t.doc, "{\"description\":\"x\"}");
}

// The station counted its version further than the hub's row: the hub is right all the same.
static void test_the_hub_is_right_whatever_the_version(void **state)
{
	struct fix *f = *state;
	struct ticket t = {.id = "t1", .no = "SHA-1", .state = "open", .kind = "case", .priority = 3, .version = 9, .doc = "{}"}, got;

	assert_ok(ticket_put(f->db, &t, &f->e), f->e);
	row(f, "q/pay", 1, "ticket", "t1", 3, "{'no':'SHA-1','state':'resolved','priority':1,'version':2}");
	assert_ok(ticket_get(f->db, "t1", &got, &f->a, &f->e), f->e);
	assert_string_equal(got.state, "resolved");
	assert_int_equal(got.version, 10);
	t = got;
	t.state = "closed";
	t.version++;
	assert_ok(ticket_put(f->db, &t, &f->e), f->e); // and the next change here counts on
	assert_string_equal(ticket_state(f, "t1"), "closed");
}

static void test_own_work_lies_over_the_row(void **state)
{
	struct fix *f = *state;
	struct ticket t;

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'state':'waiting_customer','priority':3},'was':{}}");
	op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'state':'open'},'was':{}}");
	op(f, "ticket.element", "ticket", "t1", "q/pay", "{'add':{'tags':['a','b']},'del':{'tags':['z']},'inc':{'hop_count':2}}");
	op(f, "ticket.note", "ticket", "t1", "q/pay", "{'state':'no document','title':'x'}");
	op(f, "customer.set", "customer", "t1", "q/pay", "{'set':{'state':'of another entity'}}");
	// Another agent changed title and owner meanwhile: both show, and the own state too, in the order of n.
	row(f, "q/pay", 2, "ticket", "t1", 4,
	    "{'no':'SHA-1','state':'escalated','title':'新题','priority':1,'owner_id':'a9','queue_code':'pay','tags':['z','b'],'hop_count':1}");
	assert_ok(ticket_get(f->db, "t1", &t, &f->a, &f->e), f->e);
	assert_string_equal(t.state, "open");
	assert_string_equal(t.title, "新题");
	assert_string_equal(t.owner_id, "a9");
	assert_int_equal(t.priority, 3);
	assert_string_equal(t.doc, "{\"tags\":[\"b\",\"a\"],\"hop_count\":3}");
}

static void test_an_answered_operation_leaves_the_view_with_its_row(void **state)
{
	struct fix *f = *state;

	cursor(f, "q/pay", 3, 1, 1, 100);
	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	int64_t n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'state':'resolved'}}");
	mark(f, n, OUTBOX_ACKED, "q/pay", 5);
	row(f, "q/pay", 4, "ticket", "t1", 4, TICKET); // an older change of another: no flicker
	assert_string_equal(ticket_state(f, "t1"), "resolved");
	assert_ok(f->st.settle(f->st.ctx, "q/pay", 4, &f->e), f->e);
	assert_int_equal(state_of_op(f, n), OUTBOX_ACKED);
	// The hub merged it and gave the state to somebody else: its word counts once it is here.
	row(f, "q/pay", 5, "ticket", "t1", 5, "{'no':'SHA-1','state':'escalated','kind':'case','priority':2}");
	assert_string_equal(ticket_state(f, "t1"), "escalated");
	assert_ok(f->st.settle(f->st.ctx, "q/pay", 5, &f->e), f->e);
	assert_int_equal(state_of_op(f, n), OUTBOX_SETTLED);
	assert_string_equal(ticket_state(f, "t1"), "escalated");
}

// The row came in a page before the answer: settled, and what is shown is the row without the operation.
static void test_settling_shows_the_row(void **state)
{
	struct fix *f = *state;

	cursor(f, "q/pay", 3, 5, 5, 100);
	row(f, "q/pay", 5, "ticket", "t1", 5, "{'no':'SHA-1','state':'escalated','kind':'case','priority':2}");
	int64_t n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'priority':4}}");
	row(f, "q/pay", 6, "ticket", "t1", 6, "{'no':'SHA-1','state':'escalated','kind':'case','priority':1}");
	struct ticket t;
	assert_ok(ticket_get(f->db, "t1", &t, &f->a, &f->e), f->e);
	assert_int_equal(t.priority, 4);
	mark(f, n, OUTBOX_ACKED, "q/pay", 6);
	assert_ok(f->st.settle(f->st.ctx, "q/pay", 6, &f->e), f->e);
	assert_ok(ticket_get(f->db, "t1", &t, &f->a, &f->e), f->e);
	assert_int_equal(t.priority, 1);
}

static void test_a_refused_operation_leaves_the_view_a_new_ticket_stays(void **state)
{
	struct fix *f = *state;
	struct ticket own = {.id = "t2", .no = "SHA-2", .state = "open", .kind = "case", .priority = 3, .version = 1, .doc = "{}"};

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	int64_t n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'state':'closed'}}");
	row(f, "q/pay", 2, "ticket", "t1", 4, TICKET);
	assert_string_equal(ticket_state(f, "t1"), "closed");
	mark(f, n, OUTBOX_REJECTED, NULL, 0);
	assert_string_equal(ticket_state(f, "t1"), "open");
	assert_ok(ticket_put(f->db, &own, &f->e), f->e);
	n = op(f, "ticket.new", "ticket", "t2", "q/pay", "{'no':'SHA-2'}");
	mark(f, n, OUTBOX_REJECTED, NULL, 0);
	assert_string_equal(ticket_state(f, "t2"), "open"); // the work of a person is not thrown away
}

static void test_a_conflict_shows_mine_until_it_is_settled(void **state)
{
	struct fix *f = *state;
	struct ticket_log lines = {0};

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	int64_t n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'title':'mine'}}");
	mark(f, n, OUTBOX_CONFLICT, "q/pay", 3);
	row(f, "q/pay", 2, "ticket", "t1", 4, TICKET);
	row(f, "q/pay", 3, "conflict", "cf1", 1, "{'about':{'t':'ticket','e':'t1'},'op':'op-1','state':'open'}");
	struct ticket t;
	assert_ok(ticket_get(f->db, "t1", &t, &f->a, &f->e), f->e);
	assert_string_equal(t.title, "mine");
	row(f, "q/pay", 4, "conflict", "cf1", 2, "{'about':{'t':'ticket','e':'t1'},'op':'op-1','state':'settled'}");
	row(f, "q/pay", 4, "conflict", "cf1", 2, "{'about':{'t':'ticket','e':'t1'},'op':'op-1','state':'settled'}");
	assert_int_equal(state_of_op(f, n), OUTBOX_SETTLED);
	assert_ok(ticket_get(f->db, "t1", &t, &f->a, &f->e), f->e);
	assert_string_equal(t.title, "退款");
	assert_ok(ticket_event_list(f->db, "t1", &lines, &f->a, &f->e), f->e);
	assert_int_equal(of_type(&lines, "conflict"), 2); // that there was one, and that it was settled; each once
	assert_int_equal(of_type(&lines, "edit"), 2);     // mine was shown, then what holds
	// Of one that is gone nothing is left to settle.
	n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'title':'mine again'}}");
	mark(f, n, OUTBOX_CONFLICT, "q/pay", 5);
	int64_t other = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'priority':4}}");
	assert_ok(f->st.op_mark(f->st.ctx, other, OUTBOX_CONFLICT, "{\"cf\":\"cf2\"}", "q/pay", 6, 1, &f->e), f->e);
	gone(f, "conflict", "cf1", "deleted", NULL);
	assert_int_equal(state_of_op(f, n), OUTBOX_SETTLED);
	assert_int_equal(state_of_op(f, other), OUTBOX_CONFLICT); // that of another conflict stays
	vec_release(&lines);
}

// What others did to a ticket stands in its history: that it was made, and each change once, with who made it where that is known.
static void test_changes_of_others_stand_in_the_history(void **state)
{
	struct fix *f = *state;
	struct ticket_log lines = {0};

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	row(f, "q/pay", 2, "ticket", "t1", 4, "{'no':'SHA-1','state':'resolved','title':'退款','priority':2,'owner_id':'a2','queue_code':'pay'}");
	row(f, "q/pay", 2, "ticket", "t1", 4, "{'no':'SHA-1','state':'resolved','title':'退款','priority':2,'owner_id':'a2','queue_code':'pay'}");
	row(f, "q/pay", 9, "ticket", "t1", 8, "{'no':'SHA-1','state':'closed','title':'退款','priority':2,'owner_id':'a2','queue_code':'pay'}");
	assert_ok(ticket_event_list(f->db, "t1", &lines, &f->a, &f->e), f->e);
	assert_int_equal(lines.n, 3);
	assert_string_equal(lines.v[0].type, "create");
	assert_non_null(strstr(lines.v[1].data, "\"to\":\"resolved\""));
	assert_string_equal(lines.v[1].by, "hub-by");
	assert_non_null(strstr(lines.v[2].data, "\"to\":\"closed\""));
	assert_null(lines.v[2].by); // three changes went by before it: whose it was is not known
	vec_release(&lines);
}

static void test_a_note_is_one_line_whoever_made_it(void **state)
{
	struct fix *f = *state;
	struct ticket_log lines = {0};

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	assert_ok(ticket_event_add(f->db, &(struct ticket_log_line){.ticket_id = "t1", .type = "note", .data = "{}", .ref = "op-9"}, NULL, &f->e),
		  f->e);
	row(f, "q/pay", 2, "note", "op-9", 1, "{'ref':'t1','text':'mine'}");
	row(f, "q/pay", 3, "note", "op-x", 1, "{'ref':'t1','text':'of a colleague'}");
	row(f, "q/pay", 3, "note", "op-x", 1, "{'ref':'t1','text':'of a colleague'}");
	assert_ok(ticket_event_list(f->db, "t1", &lines, &f->a, &f->e), f->e);
	assert_int_equal(of_type(&lines, "note"), 2);
	assert_non_null(strstr(lines.v[2].data, "of a colleague"));
	vec_release(&lines);
}

static void test_customers_callbacks_contacts(void **state)
{
	struct fix *f = *state;
	struct customers found = {0};
	struct callback cb;
	struct interaction i = {.id = "i1", .no = "N1", .state = "connected", .channel = "phone", .direction = "in", .mode = "live",
				.stamp = {.origin = "0A7"}, .started_at = 5, .version = 7, .doc = "{\"notes\":[1,2,3]}"}, got;

	row(f, "cust/SHA/1", 1, "customer", "c1", 2, "{'display_name':'李雷','phones':[{'e164':'+8613812345678'}],'tier':'gold'}");
	assert_ok(customer_find(f->db, "13812345678", 5, &found, &f->a, &f->e), f->e);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.v[0].stamp.rev, 2);
	vec_release(&found);
	row(f, "me/a1", 1, "callback", "b1", 1, "{'status':'open','due_at':'2026-11-22T03:59:10.120Z','window_min':15,'owner_id':'a1','phone':'1'}");
	assert_ok(callback_get(f->db, "b1", &cb, &f->a, &f->e), f->e);
	assert_int_equal(cb.due_at, 1795319950120LL);
	assert_string_equal(cb.doc, "{\"phone\":\"1\"}");
	// A contact made here has more than the hub was told yet; only the revision is taken over.
	assert_ok(interaction_put(f->db, &i, &f->e), f->e);
	row(f, "me/a1", 2, "interaction", "i1", 4, "{'no':'N1','state':'wrap_up','started_at':5,'origin':'0A7'}");
	assert_ok(interaction_get(f->db, "i1", &got, &f->a, &f->e), f->e);
	assert_string_equal(got.state, "connected");
	assert_string_equal(got.doc, i.doc);
	assert_int_equal(got.stamp.rev, 4);
	// One of the same agent at another station is only there.
	row(f, "me/a1", 3, "interaction", "i2", 1, "{'no':'N2','state':'closed','started_at':9,'origin':'0B1','agent_id':'a1','closed_at':19}");
	row(f, "me/a1", 4, "interaction", "i2", 2, "{'no':'N2','state':'closed','started_at':9,'origin':'0B1','agent_id':'a1','closed_at':29}");
	assert_ok(interaction_get(f->db, "i2", &got, &f->a, &f->e), f->e);
	assert_int_equal(got.closed_at, 29);
	// With its timeline, each line once; that of the own contact is here already and is nobody else's to write.
	struct interaction_events evs = {0};
	row(f, "me/a1", 5, "call_event", "e1", 1, "{'interaction_id':'i2','type':'offer','seq':1,'t_ms':0,'at':9,'data':{'number':'1'}}");
	row(f, "me/a1", 6, "call_event", "e2", 1, "{'interaction_id':'i2','type':'answer','seq':2,'t_ms':5,'at':14,'data':{}}");
	row(f, "me/a1", 6, "call_event", "e2", 1, "{'interaction_id':'i2','type':'answer','seq':2,'t_ms':5,'at':14,'data':{}}");
	row(f, "me/a1", 7, "call_event", "e3", 1, "{'interaction_id':'i1','type':'offer','seq':9,'t_ms':0,'at':9,'data':{}}");
	assert_ok(interaction_event_list(f->db, "i2", 0, &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 2);
	assert_string_equal(evs.v[0].data, "{\"number\":\"1\"}");
	assert_ok(interaction_event_list(f->db, "i1", 0, &evs, &f->a, &f->e), f->e);
	assert_int_equal(evs.n, 2);
	vec_release(&evs);
}

static void test_read_and_acknowledged_elsewhere(void **state)
{
	struct fix *f = *state;
	bool given;

	row(f, "me/a1", 1, "read_receipt", "k1:2:a1", 1, "{'object_kind':'article','object_id':'k1','version':2,'agent_id':'a1','at':7}");
	assert_ok(receipt_given(f->db, "article", "k1", 2, "a1", &given, &f->e), f->e);
	assert_true(given);
	row(f, "me/a1", 2, "broadcast_ack", "b1:a1", 1, "{'broadcast_id':'b1','agent_id':'a1'}");
	assert_ok(seen_given(f->db, "b1", "a1", &given, &f->e), f->e);
	assert_true(given);
	assert_ok(seen_given(f->db, "b1", "a2", &given, &f->e), f->e);
	assert_false(given);
}

// Rows no table can take must not stop the page.
static void test_strange_rows_stay_where_they_are(void **state)
{
	struct fix *f = *state;
	struct ent r;
	bool found;

	row(f, "q/pay", 1, "ticket", "t1", 1, TICKET);
	row(f, "q/pay", 2, "ticket", "t2", 1, TICKET); // the number of t1
	row(f, "q/pay", 3, "ticket", "t3", 1, "{'no':7,'state':['x'],'priority':'high'}");
	row(f, "q/pay", 4, "ticket", "t4", 1, "{'no':'SHA-4','state':['x'],'priority':'high','pinned':{}}");
	row(f, "q/pay", 5, "hologram", "h1", 1, "{'a':[1,{'b':null}]}");
	row(f, "me/a1", 5, "interaction", "i1", 1, "{}");
	row(f, "me/a1", 6, "callback", "b1", 1, "{}");
	row(f, "cust/SHA/1", 1, "customer", "c1", 1, "{'phones':7,'display_name':[]}");
	assert_null(ticket_state(f, "t2"));
	assert_null(ticket_state(f, "t3"));
	assert_string_equal(ticket_state(f, "t4"), "new");
	assert_ok(ent_get(f->db, "hologram", "h1", &r, &found, &f->a, &f->e), f->e);
	assert_true(found);
	assert_string_equal(r.d, "{\"a\":[1,{\"b\":null}]}"); // byte for byte
	assert_ok(ent_get(f->db, "ticket", "t2", &r, &found, &f->a, &f->e), f->e);
	assert_true(found);
}

static void test_gone(void **state)
{
	struct fix *f = *state;
	struct ticket_log lines = {0};
	struct sync_base b;
	bool found;

	cursor(f, "q/pay", 1, 1, 1, 1);
	cursor(f, "q/vip", 1, 1, 1, 1);
	row(f, "q/pay", 1, "ticket", "t1", 1, TICKET);
	row(f, "q/pay", 2, "note", "n1", 1, "{'ref':'t1','text':'x'}");
	gone(f, "ticket", "t1", "moved", "q/vip"); // it comes again by a stream that is here
	assert_string_equal(ticket_state(f, "t1"), "open");
	assert_ok(f->st.base(f->st.ctx, "ticket", "t1", &b, &found, &f->a, &f->e), f->e);
	assert_false(found);
	row(f, "q/vip", 1, "ticket", "t1", 2, TICKET);
	assert_ok(f->st.base(f->st.ctx, "ticket", "t1", &b, &found, &f->a, &f->e), f->e);
	assert_string_equal(b.s, "q/vip");
	assert_int_equal(b.rev, 2);
	assert_ok(ticket_event_list(f->db, "t1", &lines, &f->a, &f->e), f->e);
	assert_int_equal(of_type(&lines, "note"), 1);
	gone(f, "ticket", "t1", "moved", "q/elsewhere");
	assert_null(ticket_state(f, "t1"));
	lines.n = 0;
	assert_ok(ticket_event_list(f->db, "t1", &lines, &f->a, &f->e), f->e);
	assert_int_equal(lines.n, 0);
	row(f, "cust/SHA/1", 1, "customer", "c1", 2, "{'display_name':'李雷','phones':['+8613812345678']}");
	gone(f, "customer", "c1", "merged", "c2");
	struct customers left = {0};
	assert_ok(customer_find(f->db, "13812345678", 5, &left, &f->a, &f->e), f->e);
	assert_int_equal(left.n, 0);
	vec_release(&left);
	vec_release(&lines);
}

#define with_store(fn) cmocka_unit_test_setup_teardown(fn, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_ticket_of_another_is_listed),
		with_store(test_the_hub_is_right_whatever_the_version),
		with_store(test_own_work_lies_over_the_row),
		with_store(test_an_answered_operation_leaves_the_view_with_its_row),
		with_store(test_settling_shows_the_row),
		with_store(test_a_refused_operation_leaves_the_view_a_new_ticket_stays),
		with_store(test_a_conflict_shows_mine_until_it_is_settled),
		with_store(test_changes_of_others_stand_in_the_history),
		with_store(test_a_note_is_one_line_whoever_made_it),
		with_store(test_customers_callbacks_contacts),
		with_store(test_read_and_acknowledged_elsewhere),
		with_store(test_strange_rows_stay_where_they_are),
		with_store(test_gone),
	};

	return cmocka_run_group_tests_name("sync store", tests, NULL, NULL);
}
