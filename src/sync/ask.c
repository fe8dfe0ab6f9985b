// SPDX-License-Identifier: MIT
// Knows what a request of the station holds: operations in order, cursors, how much may come back.
#include <sodium.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/sync/exchange_part.h"

enum { CALL_PAGE_BYTES = 65536 }; // sync.md, "How to read this": small pages while a call is on

// Reconnecting stations want warnings and their own things first (§3.5); the hub answers in this order.
static int rank(const char *s)
{
	static const int ranks[WIRE_FAMILIES] = {
		[WIRE_BC] = 0, [WIRE_ME] = 1, [WIRE_Q] = 2, [WIRE_DIR] = 3, [WIRE_CFG] = 4, [WIRE_KB] = 5, [WIRE_CUST] = 6};
	enum wire_family f;
	const char *rest;

	return wire_stream_parse(s, &f, &rest) ? ranks[f] : WIRE_FAMILIES;
}

static int by_rank(const void *a, const void *b)
{
	const struct sync_stream *x = a, *y = b;
	int rx = rank(x->s), ry = rank(y->s);

	return rx != ry ? (rx < ry ? -1 : 1) : strcmp(x->s, y->s);
}

uint64_t exchange_cursors(const struct sync_streams *streams)
{
	uint64_t x = 0;
	char place[48];

	for (size_t i = 0; i < streams->n; i++) {
		wire_cursor_print((struct wire_cursor){streams->v[i].epoch, streams->v[i].seq}, place, sizeof(place));
		x ^= wire_row_digest(streams->v[i].s, place, 0);
	}
	return x;
}

static bool add_cursors(const struct sync_store *st, json_t *doc, uint64_t *sum, struct arena *a, struct err *e)
{
	struct sync_streams streams = {0};
	json_t *cur = json_object();
	char text[48];

	if (!st->streams(st->ctx, &streams, a, e)) {
		json_decref(cur);
		vec_release(&streams);
		return false;
	}
	if (streams.n)
		qsort(streams.v, streams.n, sizeof(*streams.v), by_rank);
	for (size_t i = 0; i < streams.n && i < WIRE_STREAMS; i++) {
		struct wire_cursor c = {streams.v[i].epoch, streams.v[i].seq};
		wire_cursor_print(c, text, sizeof(text));
		json_object_set_new(cur, streams.v[i].s, json_string(text));
	}
	json_object_set_new(doc, "cur", cur);
	*sum = exchange_cursors(&streams);
	vec_release(&streams);
	return true;
}

static json_t *print_op(const struct outbox_op *op)
{
	struct wire_op w = {.n = op->n,
			    .id = op->id,
			    .k = op->k,
			    .t = op->t,
			    .e = op->e,
			    .s = op->s,
			    .base = op->base,
			    .at = op->made,
			    .off = op->off,
			    .by = op->by};

	w.body = wire_parse(sv(op->body), WIRE_OP_BYTES, NULL);
	memcpy(w.h, op->h, sizeof(w.h));
	json_t *j = wire_op_print(&w);
	json_decref(w.body);
	return j;
}

// False: its body is not JSON any more, or not what its hash says. The hub would refuse the whole request because of it.
static bool readable(const struct outbox_op *op)
{
	unsigned char h[WIRE_HASH];
	bool yes = false;

	json_t *body = op->body ? wire_parse(sv(op->body), WIRE_OP_BYTES, NULL) : NULL;
	if (json_is_object(body)) {
		char *text = wire_print(body);
		wire_op_hash(op->id, op->k, op->t, op->e, op->s, op->base, text, h);
		free(text);
		yes = sodium_memcmp(h, op->h, sizeof(h)) == 0;
	}
	json_decref(body);
	return yes;
}

// The station's own verdict on an operation no hub can read. Kept for export (§3.6).
static bool refuse(const struct sync_store *st, int64_t n, int64_t now, struct err *e)
{
	struct wire_answer why = {.n = n, .r = WIRE_REJECTED, .why = wire_problem_type(WIRE_P_BAD_SHAPE)};
	json_t *j = wire_answer_print(&why);
	char *text = wire_print(j);
	bool ok = st->op_mark(st->ctx, n, OUTBOX_REJECTED, text, NULL, 0, now, e);

	free(text);
	json_decref(j);
	return ok;
}

// An unreadable operation goes into the hole before the others, so it must be the first; behind others it waits for its turn.
static bool into_hole(int64_t hole[2], int64_t n, const struct exchange_sent *sent)
{
	if (sent->ops || (hole[0] && hole[1] + 1 != n))
		return false;
	hole[0] = hole[0] ? hole[0] : n;
	hole[1] = n;
	return true;
}

static bool add_op(const struct sync_store *st, const struct exchange_ask *q, const struct outbox_op *op, json_t *list,
		   struct exchange_sent *sent, struct err *e)
{
	json_array_append_new(list, print_op(op));
	sent->first_n = sent->first_n ? sent->first_n : op->n;
	sent->last_n = op->n;
	sent->ops++;
	return st->op_mark(st->ctx, op->n, OUTBOX_SENDING, NULL, NULL, 0, q->now, e);
}

static bool add_ops(const struct sync_store *st, const struct exchange_ask *q, json_t *list, int64_t hole[2],
		    struct exchange_sent *sent, struct arena *a, struct err *e)
{
	struct outbox_ops ops = {0};
	bool ok = st->ops(st->ctx, q->now, WIRE_OPS, WIRE_PUSH_BYTES, &ops, a, e);

	for (size_t i = 0; ok && i < ops.n && !(q->careful && sent->ops); i++) {
		if (sent->ops && ops.v[i].n != sent->last_n + 1)
			break; // within one request numbers have no gaps: the next run goes in the next one
		if (readable(&ops.v[i]))
			ok = add_op(st, q, &ops.v[i], list, sent, e);
		else if (into_hole(hole, ops.v[i].n, sent))
			ok = refuse(st, ops.v[i].n, q->now, e);
		else
			break;
	}
	vec_release(&ops);
	return ok;
}

static bool fill(const struct sync_store *st, const struct exchange_ask *q, json_t *doc, struct exchange_sent *sent,
		 struct arena *a, struct err *e)
{
	const char *dev = NULL, *inc = NULL;
	int64_t hole[2] = {q->hole[0], q->hole[1]};
	json_t *ops = json_array();
	char now[32];

	json_object_set_new(doc, "ops", ops);
	if (!st->identity(st->ctx, &dev, &inc, a, e) || !add_ops(st, q, ops, hole, sent, a, e))
		return false;
	if (!dev)
		return err_set(e, ERR_NOT_FOUND, _("this station has joined no hub yet: zuoxi enrol URL CODE"));
	clock_rfc3339(q->now, now, sizeof(now));
	json_object_set_new(doc, "dev", json_string(dev));
	json_object_set_new(doc, "inc", json_string(inc ? inc : ""));
	json_object_set_new(doc, "schema", json_integer(WIRE_SCHEMA));
	json_object_set_new(doc, "now", json_string(now));
	json_object_set_new(doc, "boot", json_real((double)q->boot_ms / 1000));
	if (hole[0])
		json_object_set_new(doc, "hole", json_pack("[I, I]", (json_int_t)hole[0], (json_int_t)hole[1]));
	sent->hole_n = hole[1];
	sent->careful = q->careful && sent->ops;
	sent->pulled = !q->push_only && !sent->careful;
	if (!sent->pulled)
		return true;
	if (!add_cursors(st, doc, &sent->cursors, a, e))
		return false;
	json_object_set_new(doc, "max_rows", json_integer(WIRE_ROWS));
	json_object_set_new(doc, "max_bytes", json_integer(q->in_call ? CALL_PAGE_BYTES : WIRE_PAGE_BYTES));
	json_object_set_new(doc, "wait_ms", json_integer(sent->ops ? 0 : q->wait_ms));
	if (q->report)
		json_object_set(doc, "report", (json_t *)(uintptr_t)q->report);
	return true;
}

bool exchange_ask(const struct sync_store *st, const struct exchange_ask *q, struct str *body, struct exchange_sent *sent,
		  struct err *e)
{
	json_t *doc = json_object();
	struct arena a = {0};

	*sent = (struct exchange_sent){0};
	bool ok = fill(st, q, doc, sent, &a, e);
	if (ok) {
		char *text = wire_print(doc);
		str_add(body, text);
		free(text);
	}
	json_decref(doc);
	arena_release(&a);
	return ok;
}
