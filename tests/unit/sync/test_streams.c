// SPDX-License-Identifier: MIT
// Knows what becomes of whole streams: dropped, begun anew, compared, kept elsewhere; and how the outbox follows them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/sync/rows.h"

// Rights to a queue are taken away: rows, what they showed and their key go; own operations stay.
static void test_a_dropped_stream_leaves_nothing_that_opens(void **state)
{
	struct fix *f = *state;
	struct db_stmt *st;
	struct ents rows = {0};
	struct sync_streams all = {0};
	bool found;
	struct ent r;

	cursor(f, "q/pay", 1, 9, 9, 1);
	cursor(f, "q/vip", 1, 9, 9, 1);
	row(f, "q/pay", 1, "ticket", "t1", 1, TICKET);
	row(f, "q/vip", 1, "ticket", "t5", 1, "{'no':'SHA-5','state':'open'}");
	int64_t n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'state':'closed'}}");
	// A copy of the sealed row, as a backup would have it.
	assert_ok(db_run(db_stmt(f->db, "create table copy as select * from ent"), &f->e), f->e);
	assert_ok(f->st.stream_drop(f->st.ctx, "q/pay", &f->e), f->e);
	assert_null(ticket_state(f, "t1"));
	assert_string_equal(ticket_state(f, "t5"), "open");
	assert_int_equal(state_of_op(f, n), OUTBOX_QUEUED);
	assert_ok(f->st.streams(f->st.ctx, &all, &f->a, &f->e), f->e);
	assert_int_equal(all.n, 1);
	assert_string_equal(all.v[0].s, "q/vip");
	// The copied rows come back; the stream is joined again, too: its new key does not open what the old one sealed.
	assert_ok(db_run(db_stmt(f->db, "insert or replace into ent select * from copy"), &f->e), f->e);
	assert_ok(ent_get(f->db, "ticket", "t5", &r, &found, &f->a, &f->e), f->e);
	assert_true(found); // that of the other stream opens
	row(f, "q/pay", 2, "ticket", "t9", 1, "{'no':'SHA-9'}");
	assert_false(ent_get(f->db, "ticket", "t1", &r, &found, &f->a, &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
	st = db_stmt(f->db, "select count(*) from ent where s = 'q/pay'");
	assert_true(db_row(st));
	assert_int_equal(db_int(st, 0), 2);
	assert_ok(db_end(st, &f->e), f->e);
	vec_release(&rows);
	vec_release(&all);
}

static void test_a_stream_that_begins_anew_keeps_the_screen_until_it_is_here(void **state)
{
	struct fix *f = *state;
	struct sync_base b;
	bool found;
	int64_t n, count;
	uint64_t x;

	cursor(f, "q/pay", 1, 9, 9, 100);
	row(f, "q/pay", 1, "ticket", "t1", 7, TICKET);
	row(f, "q/pay", 2, "ticket", "t2", 7, "{'no':'SHA-2','state':'open'}");
	n = op(f, "ticket.set", "ticket", "t1", "q/pay", "{'set':{'state':'resolved'}}");
	mark(f, n, OUTBOX_ACKED, "q/pay", 9);
	assert_ok(f->st.settle(f->st.ctx, "q/pay", 9, &f->e), f->e);
	assert_ok(f->st.stream_clear(f->st.ctx, "q/pay", &f->e) && f->st.refeed(f->st.ctx, "q/pay", &f->e), f->e);
	cursor(f, "q/pay", 2, 0, 0, 100);
	assert_int_equal(state_of_op(f, n), OUTBOX_QUEUED);
	assert_string_equal(ticket_state(f, "t1"), "open"); // nothing flickers
	assert_ok(f->st.base(f->st.ctx, "ticket", "t1", &b, &found, &f->a, &f->e), f->e);
	assert_false(found); // but it is no base for anything
	assert_ok(f->st.stream_digest(f->st.ctx, "q/pay", &count, &x, &f->e), f->e);
	assert_int_equal(count, 0);
	row(f, "q/pay", 1, "ticket", "t1", 2, TICKET); // restored: a lower revision
	cursor(f, "q/pay", 2, 1, 3, 200);
	assert_string_equal(ticket_state(f, "t2"), "open"); // more is to come
	cursor(f, "q/pay", 2, 3, 3, 300);
	assert_null(ticket_state(f, "t2")); // the restored hub has it no more
	assert_string_equal(ticket_state(f, "t1"), "resolved");
	assert_ok(f->st.stream_digest(f->st.ctx, "q/pay", &count, &x, &f->e), f->e);
	assert_int_equal(count, 1);
	assert_true(x == wire_row_digest("ticket", "t1", 2));
}

static void test_digest_is_of_the_rows(void **state)
{
	struct fix *f = *state;
	int64_t n;
	uint64_t x;

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	row(f, "q/pay", 2, "note", "n1", 1, "{'ref':'t1'}");
	row(f, "q/vip", 2, "note", "n2", 1, "{'ref':'t1'}");
	assert_ok(f->st.stream_digest(f->st.ctx, "q/pay", &n, &x, &f->e), f->e);
	assert_int_equal(n, 2);
	assert_true(x == (wire_row_digest("ticket", "t1", 3) ^ wire_row_digest("note", "n1", 1)));
	assert_ok(db_run(db_stmt(f->db, "update ent set rev = 4 where e = 't1'"), &f->e), f->e);
	uint64_t y;
	assert_ok(f->st.stream_digest(f->st.ctx, "q/pay", &n, &y, &f->e), f->e);
	assert_true(x != y);
}

static void test_outbox_calls(void **state)
{
	struct fix *f = *state;
	const char *dev, *inc;
	struct outbox_ops out = {0};
	int64_t n;

	assert_ok(f->st.identity(f->st.ctx, &dev, &inc, &f->a, &f->e), f->e);
	assert_null(dev);
	assert_string_equal(inc, "9f3c1e");
	for (int i = 0; i < 4; i++)
		op(f, "ticket.note", "ticket", "t1", "q/pay", "{}");
	mark(f, 1, OUTBOX_ACKED, "q/elsewhere", 5);
	mark(f, 2, OUTBOX_ACKED, NULL, 0);
	mark(f, 3, OUTBOX_REJECTED, NULL, 0);
	assert_ok(f->st.settle_out(f->st.ctx, &f->e), f->e);
	assert_int_equal(state_of_op(f, 1), OUTBOX_SETTLED);
	assert_int_equal(state_of_op(f, 2), OUTBOX_SETTLED);
	assert_ok(f->st.ops(f->st.ctx, 0, 10, 1000, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 1);
	assert_string_equal(out.v[0].by, "a1");
	// The hub was restored and asks from 2 on: without gaps, the refused one as well.
	assert_ok(f->st.op_again(f->st.ctx, 2, &f->e), f->e);
	out.n = 0;
	assert_ok(f->st.ops(f->st.ctx, 0, 10, 1000, &out, &f->a, &f->e), f->e);
	assert_int_equal(out.n, 3);
	assert_int_equal(out.v[0].n, 2);
	assert_ok(f->st.op_first(f->st.ctx, 3, &n, &f->e), f->e);
	assert_int_equal(n, 3);
	assert_ok(f->st.op_first(f->st.ctx, 9, &n, &f->e), f->e);
	assert_int_equal(n, 0);
	vec_release(&out);
}

// --- the knowledge base is asked for its own

struct base_fake {
	struct str said;
	bool there;
};

static bool kb_follows(void *ctx)
{
	(void)ctx;
	return true;
}

static bool kb_streams(void *ctx, struct sync_streams *out, struct arena *a, struct err *e)
{
	(void)ctx;
	(void)a;
	(void)e;
	vec_push(out, ((struct sync_stream){.s = "kb/all", .epoch = 2, .seq = 5, .head = 5}));
	return true;
}

static bool kb_put_stream(void *ctx, const struct sync_stream *s, struct err *e)
{
	(void)e;
	str_addf(&((struct base_fake *)ctx)->said, "put %s %d;", s->s, (int)s->seq);
	return true;
}

static bool kb_drop(void *ctx, const char *s, struct err *e)
{
	(void)e;
	str_addf(&((struct base_fake *)ctx)->said, "drop %s;", s);
	return true;
}

static bool kb_clear(void *ctx, const char *s, struct err *e)
{
	(void)e;
	str_addf(&((struct base_fake *)ctx)->said, "clear %s;", s);
	return true;
}

static bool kb_digest(void *ctx, const char *s, int64_t *n, uint64_t *x, struct err *e)
{
	(void)ctx;
	(void)s;
	(void)e;
	*n = 77;
	*x = 1;
	return true;
}

static bool kb_base(void *ctx, const char *t, const char *id, struct sync_base *out, bool *found, struct arena *a, struct err *e)
{
	(void)a;
	(void)e;
	(void)id;
	*found = ((struct base_fake *)ctx)->there && strcmp(t, "article") == 0;
	*out = (struct sync_base){.s = "kb/all", .rev = 9};
	return true;
}

static bool kb_row(void *ctx, const char *s, const struct wire_row *r, struct err *e)
{
	(void)e;
	str_addf(&((struct base_fake *)ctx)->said, "row %s %s;", s, r->e);
	return true;
}

static bool kb_gone(void *ctx, const struct wire_row *r, struct err *e)
{
	(void)e;
	str_addf(&((struct base_fake *)ctx)->said, "gone %s;", r->e);
	return true;
}

static void test_knowledge_goes_to_its_own_file(void **state)
{
	struct fix *f = *state;
	struct base_fake kb = {0};
	struct sync_kb calls = {&kb, kb_follows, kb_streams, kb_put_stream, kb_drop, kb_clear, kb_digest, kb_base, kb_row, kb_gone};
	struct sync_streams all = {0};
	struct sync_base b;
	bool found;
	int64_t n;
	uint64_t x;

	cursor(f, "q/pay", 1, 1, 1, 1);
	sync_sqlite(&f->q, f->db, &calls, &f->st);
	assert_ok(f->st.streams(f->st.ctx, &all, &f->a, &f->e), f->e);
	assert_int_equal(all.n, 2);
	row(f, "kb/all", 6, "article", "KB-1", 1, "{}");
	row(f, "q/pay", 2, "ticket", "t1", 1, TICKET);
	cursor(f, "kb/all", 2, 6, 6, 1);
	assert_ok(f->st.stream_digest(f->st.ctx, "kb/all", &n, &x, &f->e), f->e);
	assert_int_equal(n, 77);
	kb.there = true;
	assert_ok(f->st.base(f->st.ctx, "article", "KB-1", &b, &found, &f->a, &f->e), f->e);
	assert_true(found && b.rev == 9);
	gone(f, "article", "KB-1", "deleted", NULL);
	gone(f, "ticket", "t1", "deleted", NULL);
	assert_null(ticket_state(f, "t1"));
	// An operation answered in kb/all waits for its cursor; it is not of a stream that is not here.
	int64_t waits = op(f, "kb.suggest", "article", "KB-1", "kb/all", "{}");
	mark(f, waits, OUTBOX_ACKED, "kb/all", 7);
	assert_ok(f->st.settle_out(f->st.ctx, &f->e), f->e);
	assert_int_equal(state_of_op(f, waits), OUTBOX_ACKED);
	assert_ok(f->st.settle(f->st.ctx, "kb/all", 7, &f->e), f->e);
	assert_int_equal(state_of_op(f, waits), OUTBOX_SETTLED);
	assert_ok(f->st.stream_clear(f->st.ctx, "kb/all", &f->e) && f->st.stream_drop(f->st.ctx, "kb/all", &f->e), f->e);
	assert_string_equal(str_z(&kb.said), "row kb/all KB-1;put kb/all 6;gone KB-1;clear kb/all;drop kb/all;");
	vec_release(&all);
	str_release(&kb.said);
}

// A base is epoch and revision of what the hub sent last.
static void test_base_of_an_operation(void **state)
{
	struct fix *f = *state;
	const char *base;

	row(f, "q/pay", 1, "ticket", "t1", 3, TICKET);
	assert_ok(ent_base(f->db, "ticket", "t1", &base, &f->a, &f->e), f->e);
	assert_null(base); // of a stream that is not here (found by a search): nothing to compare with
	cursor(f, "q/pay", 4, 1, 1, 1);
	assert_ok(ent_base(f->db, "ticket", "t1", &base, &f->a, &f->e), f->e);
	assert_string_equal(base, "4:3");
	assert_ok(f->st.stream_clear(f->st.ctx, "q/pay", &f->e), f->e);
	assert_ok(ent_base(f->db, "ticket", "t1", &base, &f->a, &f->e), f->e);
	assert_null(base);
}

#define with_store(fn) cmocka_unit_test_setup_teardown(fn, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_a_dropped_stream_leaves_nothing_that_opens),
		with_store(test_a_stream_that_begins_anew_keeps_the_screen_until_it_is_here),
		with_store(test_digest_is_of_the_rows),
		with_store(test_outbox_calls),
		with_store(test_knowledge_goes_to_its_own_file),
		with_store(test_base_of_an_operation),
	};

	return cmocka_run_group_tests_name("sync streams", tests, NULL, NULL);
}
