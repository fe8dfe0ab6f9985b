// SPDX-License-Identifier: MIT
// Knows each call of sync_store over the state in memory.
#include "tests/sync/memcalls.h"

// The call that is to fail, as a full disk would make it.
static bool works(struct memstore *m, struct err *e)
{
	return !m->fail_at || --m->fail_at || err_set(e, ERR_IO, "this call was to fail");
}

static bool identity(void *ctx, const char **dev, const char **inc, struct arena *a, struct err *e)
{
	struct memstore *m = ctx;

	*dev = *m->dev ? arena_strdup(a, m->dev) : NULL;
	*inc = arena_strdup(a, m->inc);
	return works(m, e);
}

static bool streams(void *ctx, struct sync_streams *out, struct arena *a, struct err *e)
{
	struct memstore *m = ctx;

	for (size_t i = 0; i < m->now.streams.n; i++) {
		const struct mem_stream *s = &m->now.streams.v[i];
		vec_push(out, ((struct sync_stream){arena_strdup(a, s->s), s->epoch, s->seq, s->head, s->synced_at}));
	}
	return works(m, e);
}

static struct mem_stream *own_stream(struct memstore *m, const char *s)
{
	return (struct mem_stream *)(uintptr_t)memstore_stream(m, s);
}

static bool stream_put(void *ctx, const struct sync_stream *s, struct err *e)
{
	struct memstore *m = ctx;
	struct mem_stream *to = own_stream(m, s->s);

	if (!to)
		to = vec_add(&m->now.streams);
	snprintf(to->s, sizeof(to->s), "%s", s->s);
	to->epoch = s->epoch;
	to->seq = s->seq;
	to->head = s->head;
	to->synced_at = s->synced_at;
	return works(m, e);
}

static bool stream_clear(void *ctx, const char *s, struct err *e)
{
	struct memstore *m = ctx;
	size_t kept = 0;

	for (size_t i = 0; i < m->now.rows.n; i++) {
		if (str_eq(m->now.rows.v[i]->s, s))
			mem_row_unref(m->now.rows.v[i]);
		else
			m->now.rows.v[kept++] = m->now.rows.v[i];
	}
	m->now.rows.n = kept;
	return works(m, e);
}

static bool stream_drop(void *ctx, const char *s, struct err *e)
{
	struct memstore *m = ctx;
	struct mem_stream *st = own_stream(m, s);

	if (st)
		vec_remove(&m->now.streams, (size_t)(st - m->now.streams.v));
	return stream_clear(ctx, s, e);
}

static bool stream_digest(void *ctx, const char *s, int64_t *n, uint64_t *x, struct err *e)
{
	memstore_digest(ctx, s, n, x);
	return works(ctx, e);
}

static bool base(void *ctx, const char *t, const char *id, struct sync_base *out, bool *found, struct arena *a, struct err *e)
{
	const struct mem_row *r = memstore_row(ctx, t, id);

	*found = r != NULL;
	if (r)
		*out = (struct sync_base){arena_strdup(a, r->s), r->rev};
	return works(ctx, e);
}

static bool row_put(void *ctx, const char *s, const struct wire_row *row, struct err *e)
{
	struct memstore *m = ctx;
	struct mem_row *r = xcalloc(1, sizeof(*r));

	*r = (struct mem_row){
		.refs = 1, .t = xstrdup(row->t), .e = xstrdup(row->e), .s = xstrdup(s), .rev = row->rev, .d = json_incref(row->d)};
	for (size_t i = 0; i < m->now.rows.n; i++)
		if (str_eq(m->now.rows.v[i]->e, row->e) && str_eq(m->now.rows.v[i]->t, row->t)) {
			mem_row_unref(m->now.rows.v[i]);
			m->now.rows.v[i] = r;
			return works(m, e);
		}
	vec_push(&m->now.rows, r);
	return works(m, e);
}

static bool row_gone(void *ctx, const struct wire_row *row, struct err *e)
{
	struct memstore *m = ctx;

	for (size_t i = 0; i < m->now.rows.n; i++)
		if (str_eq(m->now.rows.v[i]->e, row->e) && str_eq(m->now.rows.v[i]->t, row->t)) {
			mem_row_unref(m->now.rows.v[i]);
			vec_remove(&m->now.rows, i);
			break;
		}
	return works(m, e);
}

static bool ops(void *ctx, int64_t now, size_t max_ops, size_t max_bytes, struct outbox_ops *out, struct arena *a, struct err *e)
{
	struct memstore *m = ctx;
	size_t bytes = 0;

	(void)a;
	for (size_t i = 0; i < m->now.outbox.n && out->n < max_ops; i++) {
		const struct mem_out *o = &m->now.outbox.v[i];
		if ((o->st != OUTBOX_QUEUED && o->st != OUTBOX_SENDING) || o->next_at > now)
			continue;
		bytes += strlen(o->op->body);
		if (out->n && bytes > max_bytes)
			break;
		struct outbox_op *op = vec_add(out);
		*op = (struct outbox_op){.n = o->op->n,
					 .id = o->op->id,
					 .k = o->op->k,
					 .t = o->op->t,
					 .e = o->op->e,
					 .s = o->op->s,
					 .base = o->op->base,
					 .body = o->op->body,
					 .made = o->op->made,
					 .by = o->op->by,
					 .off = o->op->off};
		op->st = o->st;
		memcpy(op->h, o->op->h, sizeof(op->h));
	}
	return works(m, e);
}

static bool op_mark(void *ctx, int64_t n, enum outbox_state st, const char *answer, const char *at_stream, int64_t at_seq,
		    int64_t now, struct err *e)
{
	struct memstore *m = ctx;
	struct mem_out *o = (struct mem_out *)(uintptr_t)memstore_op(m, n);

	if (!o)
		return err_set(e, ERR_NOT_FOUND, "no operation %lld", (long long)n);
	o->st = st;
	if (answer) {
		free(o->answer);
		o->answer = xstrdup(answer);
	}
	if (at_stream)
		snprintf(o->at_s, sizeof(o->at_s), "%s", at_stream);
	o->at_seq = at_seq ? at_seq : o->at_seq;
	if (st == OUTBOX_ACKED)
		o->acked = now;
	return works(m, e);
}

static bool op_first(void *ctx, int64_t from, int64_t *n, struct err *e)
{
	struct memstore *m = ctx;

	*n = 0;
	for (size_t i = m->now.outbox.n; i-- > 0 && m->now.outbox.v[i].op->n >= from;)
		*n = m->now.outbox.v[i].op->n;
	return works(m, e);
}

static void queue_again(struct mem_out *o)
{
	o->st = OUTBOX_QUEUED;
	o->at_s[0] = 0;
	o->at_seq = o->next_at = 0;
}

static bool op_again(void *ctx, int64_t from, struct err *e)
{
	struct memstore *m = ctx;

	for (size_t i = m->now.outbox.n; i-- > 0 && m->now.outbox.v[i].op->n >= from;)
		queue_again(&m->now.outbox.v[i]);
	return works(m, e);
}

static bool settle(void *ctx, const char *s, int64_t seq, struct err *e)
{
	struct memstore *m = ctx;

	for (size_t i = 0; i < m->now.outbox.n; i++) {
		struct mem_out *o = &m->now.outbox.v[i];
		if (o->st == OUTBOX_ACKED && str_eq(o->at_s, s) && o->at_seq <= seq)
			o->st = OUTBOX_SETTLED;
	}
	return works(m, e);
}

static bool settle_out(void *ctx, struct err *e)
{
	struct memstore *m = ctx;

	for (size_t i = 0; i < m->now.outbox.n; i++) {
		struct mem_out *o = &m->now.outbox.v[i];
		if (o->st == OUTBOX_ACKED && (!o->at_s[0] || !memstore_stream(m, o->at_s)))
			o->st = OUTBOX_SETTLED;
	}
	return works(m, e);
}

static bool refeed(void *ctx, const char *s, struct err *e)
{
	struct memstore *m = ctx;

	for (size_t i = 0; i < m->now.outbox.n; i++) {
		struct mem_out *o = &m->now.outbox.v[i];
		if ((o->st == OUTBOX_ACKED || o->st == OUTBOX_SETTLED) && (str_eq(o->op->s, s) || str_eq(o->at_s, s)))
			queue_again(o);
	}
	return works(m, e);
}

const struct sync_store mem_calls = {
	.identity = identity,
	.streams = streams,
	.stream_put = stream_put,
	.stream_drop = stream_drop,
	.stream_clear = stream_clear,
	.stream_digest = stream_digest,
	.base = base,
	.row_put = row_put,
	.row_gone = row_gone,
	.ops = ops,
	.op_mark = op_mark,
	.op_first = op_first,
	.op_again = op_again,
	.settle = settle,
	.settle_out = settle_out,
	.refeed = refeed,
};
