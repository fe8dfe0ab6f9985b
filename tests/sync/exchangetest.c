// SPDX-License-Identifier: MIT
// Knows the short forms in which the tests of an exchange ask, answer and look.
#include "tests/sync/exchangetest.h"

struct memstore m;
struct exchange_sent sent;
struct exchange_done done;
struct err e;
json_t *asked;

int setup(void **state)
{
	(void)state;
	memstore_init(&m, "dev-1", "inc1");
	sent = (struct exchange_sent){0};
	e = (struct err){0};
	asked = NULL;
	return 0;
}

int teardown(void **state)
{
	(void)state;
	json_decref(asked);
	memstore_release(&m);
	return 0;
}

void ask_with(struct exchange_ask q)
{
	struct str body = {0};

	q.now = q.now ? q.now : T0;
	memstore_begin(&m);
	if (!exchange_ask(&m.calls, &q, &body, &sent, &e))
		fail_msg("%s", e.msg);
	memstore_commit(&m);
	json_decref(asked);
	asked = json_loadb(body.s, body.n, 0, NULL);
	assert_non_null(asked);
	str_release(&body);
}

void ask(void)
{
	ask_with((struct exchange_ask){0});
}

bool take_status(int status, const char *text)
{
	memstore_begin(&m);
	bool ok = exchange_take(&m.calls, &sent, status, sv(text), T0, T0 + 100, &done, &e);
	if (ok)
		memstore_commit(&m);
	else
		memstore_rollback(&m);
	return ok;
}

void take(const char *text)
{
	if (!take_status(200, text))
		fail_msg("%s", e.msg);
}

// Refused, and nothing is different: even in the transaction that is rolled back, the first write must not have happened.
void refuse(const char *text)
{
	size_t rows = m.now.rows.n, streams = m.now.streams.n;
	int64_t seq = streams ? m.now.streams.v[0].seq : 0;

	memstore_begin(&m);
	assert_false(exchange_take(&m.calls, &sent, 200, sv(text), T0, T0, &done, &e));
	assert_true(e.code == ERR_PARSE || e.code == ERR_LIMIT);
	assert_int_equal(m.now.rows.n, rows);
	assert_int_equal(m.now.streams.n, streams);
	assert_int_equal(streams ? m.now.streams.v[0].seq : 0, seq);
	assert_int_equal(memstore_in_state(&m, OUTBOX_ACKED), 0);
	memstore_rollback(&m);
}

int64_t op_in(const char *entity, const char *stream)
{
	char id[40];

	snprintf(id, sizeof(id), "op-%" PRId64, m.now.next_n);
	return memstore_add(&m, id, "ticket.set", "ticket", entity, stream, "1:1", "{\"set\":{\"title\":\"mine\"}}", T0);
}

int64_t op(void)
{
	return op_in("t1", "q/a");
}

enum outbox_state op_state(int64_t n)
{
	assert_non_null(memstore_op(&m, n));
	return memstore_op(&m, n)->st;
}

void hold(const char *s, int64_t epoch, int64_t seq)
{
	struct sync_stream st = {.s = s, .epoch = epoch, .seq = seq, .head = seq};

	assert_true(m.calls.stream_put(&m, &st, &e));
}

const char *text_of(const char *t, const char *id, const char *field)
{
	const struct mem_row *r = memstore_row(&m, t, id);

	return r ? json_string_value(json_object_get(r->d, field)) : NULL;
}
