// SPDX-License-Identifier: MIT
// Knows that the station's store and the one of the simulation are the same to the protocol: the same calls, the same answers.
//
// What the simulation proves holds for the product only as far as this does.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/sync/exchange.h"
#include "tests/sync/memstore.h"
#include "tests/unit/sync/rows.h"

enum { STREAMS = 3, TICKETS = 6, ROUNDS = 20, STEPS = 80 };
static const char *const names[STREAMS] = {"q/pay", "q/vip", "me/a1"};

struct twins {
	struct fix *f;
	struct memstore m;
	uint64_t seed;
	int64_t next_n, step;
	int64_t q[STREAMS]; // the hub's place in each
	char shown[16]; // the ticket whose row came just now
};

static unsigned roll(struct twins *w, unsigned n)
{
	w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(w->seed >> 33) % n;
}

#define BOTH(call, ...)                                                                                                           \
	do {                                                                                                                      \
		struct err e1 = {0}, e2 = {0};                                                                                    \
		bool one = w->f->st.call(w->f->st.ctx, __VA_ARGS__, &e1), two = w->m.calls.call(&w->m, __VA_ARGS__, &e2);          \
		if (one != two)                                                                                                   \
			fail_msg(#call ": %d %s, %d %s", one, e1.msg, two, e2.msg);                                                \
	} while (0)

static void add_op(struct twins *w)
{
	char id[40], body[120], entity[16];
	const char *s = names[roll(w, STREAMS)];

	snprintf(id, sizeof(id), "op-%lld", (long long)w->next_n);
	snprintf(entity, sizeof(entity), "t%u", roll(w, TICKETS));
	snprintf(body, sizeof(body), "{\"set\":{\"%s\":\"%u\"}}", roll(w, 2) ? "title" : "state", roll(w, 9));
	struct outbox_op o = {.id = id, .k = "ticket.set", .t = "ticket", .e = entity, .s = s, .base = "1:1", .body = body, .made = w->step};
	assert_ok(outbox_add(w->f->db, &o, NULL, &w->f->e), w->f->e);
	memstore_begin(&w->m);
	int64_t n = memstore_add(&w->m, id, "ticket.set", "ticket", entity, s, "1:1", body, w->step);
	memstore_commit(&w->m);
	assert_int_equal(n, w->next_n++);
}

static void mark_one(struct twins *w)
{
	static const enum outbox_state to[] = {OUTBOX_SENDING, OUTBOX_ACKED, OUTBOX_ACKED, OUTBOX_CONFLICT, OUTBOX_REJECTED};

	if (w->next_n == 1)
		return;
	int64_t n = 1 + roll(w, (unsigned)w->next_n - 1);
	unsigned s = roll(w, STREAMS + 1);
	enum outbox_state st = to[roll(w, 5)];
	const char *where = s < STREAMS ? names[s] : NULL;
	int64_t seq = where ? 1 + roll(w, 30) : 0;
	BOTH(op_mark, n, st, "{\"r\":\"applied\"}", where, seq, w->step);
}

// As exchange.c takes a row (rule 5): the question first, then the row.
static void page(struct twins *w)
{
	unsigned at = roll(w, STREAMS);
	const char *s = names[at];
	bool found = false;
	struct sync_base b = {0};
	char id[16], title[16], no[16];
	struct arena a = {0};

	snprintf(id, sizeof(id), "t%u", roll(w, TICKETS));
	snprintf(title, sizeof(title), "r%lld", (long long)w->step);
	snprintf(no, sizeof(no), "SHA-%s", id);
	json_t *d = json_pack("{s:s, s:s, s:s}", "no", no, "title", title, "state", "open");
	struct wire_row r = {.q = ++w->q[at], .t = "ticket", .e = id, .rev = 1 + w->step, .at = 1 + w->step, .d = d};
	assert_ok(w->m.calls.base(&w->m, "ticket", id, &b, &found, &a, &w->f->e), w->f->e);
	if (roll(w, 5)) {
		BOTH(row_put, s, &r);
		memcpy(w->shown, id, sizeof(id));
	} else if (found && str_eq(b.s, s)) {
		r.d = NULL;
		r.gone = "moved";
		r.to = names[roll(w, STREAMS)];
		BOTH(row_gone, &r);
	}
	json_decref(d);
	arena_release(&a);
	struct sync_stream st = {.s = s, .epoch = 1, .seq = w->q[at], .head = w->q[at] + roll(w, 2), .synced_at = w->step + 1};
	BOTH(stream_put, &st);
	BOTH(settle, s, w->q[at]);
}

static void one_step(struct twins *w)
{
	unsigned at = roll(w, STREAMS);
	struct sync_stream st = {.s = names[at], .epoch = 2 + w->step};

	w->shown[0] = '\0';
	switch (roll(w, 12)) {
	case 0: case 1: case 2: add_op(w); break;
	case 3: case 4: mark_one(w); break;
	case 5: case 6: case 7: case 8: page(w); break;
	case 9:
		BOTH(stream_clear, names[at]);
		BOTH(stream_put, &st);
		BOTH(refeed, names[at]);
		w->q[at] = 0;
		break;
	case 10: BOTH(stream_drop, names[at]); w->q[at] = 0; break;
	case 11:
		if (roll(w, 2)) {
			int64_t from = 1 + roll(w, (unsigned)w->next_n);
			BOTH(op_again, from);
			break;
		}
		assert_true(w->f->st.settle_out(w->f->st.ctx, &w->f->e) && w->m.calls.settle_out(&w->m, &w->f->e));
		break;
	}
}

static void same_rows(struct twins *w, struct arena *a)
{
	for (int i = 0; i < TICKETS; i++) {
		struct sync_base x = {0}, y = {0};
		bool one, two;
		char id[16];
		snprintf(id, sizeof(id), "t%d", i);
		assert_ok(w->f->st.base(w->f->st.ctx, "ticket", id, &x, &one, a, &w->f->e), w->f->e);
		assert_ok(w->m.calls.base(&w->m, "ticket", id, &y, &two, a, &w->f->e), w->f->e);
		assert_int_equal(one, two);
		if (!one)
			continue;
		assert_string_equal(x.s, y.s);
		assert_int_equal(x.rev, y.rev);
		// What is laid over it stands in the table the screens read once a row has come.
		if (strcmp(id, w->shown) != 0)
			continue;
		json_t *view;
		struct ticket t;
		assert_ok(sync_view(w->f->db, "ticket", id, &view, &w->f->e), w->f->e);
		assert_ok(ticket_get(w->f->db, id, &t, a, &w->f->e), w->f->e);
		assert_string_equal(t.title, json_string_value(json_object_get(view, "title")));
		assert_string_equal(t.state, json_string_value(json_object_get(view, "state")));
		json_decref(view);
	}
}

static void same(struct twins *w)
{
	struct sync_streams x = {0}, y = {0};
	struct outbox_ops p = {0}, q = {0};
	struct arena a = {0};

	assert_true(w->f->st.streams(w->f->st.ctx, &x, &a, &w->f->e) && w->m.calls.streams(&w->m, &y, &a, &w->f->e));
	assert_int_equal(x.n, y.n);
	for (size_t i = 0; i < STREAMS; i++) {
		int64_t n1, n2;
		uint64_t d1, d2;
		assert_true(w->f->st.stream_digest(w->f->st.ctx, names[i], &n1, &d1, &w->f->e));
		assert_true(w->m.calls.stream_digest(&w->m, names[i], &n2, &d2, &w->f->e));
		assert_int_equal(n1, n2);
		assert_true(d1 == d2);
	}
	assert_true(w->f->st.ops(w->f->st.ctx, 0, 500, 1 << 20, &p, &a, &w->f->e) && w->m.calls.ops(&w->m, 0, 500, 1 << 20, &q, &a, &w->f->e));
	assert_int_equal(p.n, q.n);
	for (size_t i = 0; i < p.n; i++) {
		assert_int_equal(p.v[i].n, q.v[i].n);
		assert_string_equal(p.v[i].body, q.v[i].body);
		assert_memory_equal(p.v[i].h, q.v[i].h, sizeof(p.v[i].h));
	}
	for (int64_t n = 1; n < w->next_n; n++)
		if (state_of_op(w->f, n) != memstore_op(&w->m, n)->st)
			fail_msg("step %lld: operation %lld is %s here, %s there", (long long)w->step, (long long)n,
				 outbox_state_name(state_of_op(w->f, n)), outbox_state_name(memstore_op(&w->m, n)->st));
	same_rows(w, &a);
	vec_release(&x);
	vec_release(&y);
	vec_release(&p);
	vec_release(&q);
	arena_release(&a);
	arena_clear(&w->f->a);
}

static void test_same_calls_same_answers(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		void *f;
		struct twins w = {.seed = seed * 77, .next_n = 1};
		fix_setup(&f);
		w.f = f;
		memstore_init(&w.m, "", "9f3c1e");
		for (w.step = 0; w.step < STEPS; w.step++) {
			memstore_begin(&w.m);
			assert_ok(db_begin(w.f->db, &w.f->e), w.f->e);
			memstore_commit(&w.m);
			one_step(&w);
			assert_ok(db_commit(w.f->db, &w.f->e), w.f->e);
			same(&w);
		}
		memstore_release(&w.m);
		fix_teardown(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_calls_same_answers),
	};

	return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
