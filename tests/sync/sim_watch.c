// SPDX-License-Identifier: MIT
// Knows what must hold at each call a station's exchange makes of its store, and how mutants spoil those calls.
#include "tests/sync/sim.h"

static struct memstore *under(void *ctx)
{
	return &((struct station *)ctx)->m;
}

static bool is(void *ctx, enum sim_mutant m)
{
	return ((struct station *)ctx)->w->o.mutant == m;
}

static void drop_ops(struct station *s, const char *stream)
{
	for (size_t i = s->m.now.outbox.n; i-- > 0;)
		if (str_eq(s->m.now.outbox.v[i].op->s, stream))
			memstore_forget(&s->m, i);
}

// --- the calls

static bool identity(void *ctx, const char **dev, const char **inc, struct arena *a, struct err *e)
{
	return under(ctx)->calls.identity(under(ctx), dev, inc, a, e);
}

static const json_t *page_of(const struct station *s, const char *stream)
{
	json_t *p;
	size_t i;

	json_array_foreach(json_object_get(s->answer, "pages"), i,
			   p) if (str_eq(json_string_value(json_object_get(p, "s")), stream)) return p;
	return NULL;
}

static bool streams(void *ctx, struct sync_streams *out, struct arena *a, struct err *e)
{
	struct wire_cursor c;

	if (!under(ctx)->calls.streams(under(ctx), out, a, e))
		return false;
	for (size_t i = 0; is(ctx, MUTANT_STALE_PAGE) && i < out->n; i++) {
		const char *from = json_string_value(json_object_get(page_of(ctx, out->v[i].s), "from"));
		if (from && wire_cursor_parse(from, &c)) {
			out->v[i].epoch = c.epoch;
			out->v[i].seq = c.seq;
		}
	}
	return true;
}

static bool stream_put(void *ctx, const struct sync_stream *n, struct err *e)
{
	struct station *s = ctx;
	const struct mem_stream *old = memstore_stream(&s->m, n->s);

	if (old && old->epoch == n->epoch && n->seq < old->seq && !s->cleared)
		sim_violate(s->w, "station %d: the cursor of %s goes back from %lld to %lld", s->i, n->s, (long long)old->seq,
			    (long long)n->seq);
	if (old && n->epoch < old->epoch)
		sim_violate(s->w, "station %d: the epoch of %s goes back", s->i, n->s);
	struct sync_stream to = *n;
	if (is(ctx, MUTANT_CUT) && s->cut)
		to.seq = to.head;
	s->cut = false;
	return s->m.calls.stream_put(&s->m, &to, e);
}

static bool stream_drop(void *ctx, const char *name, struct err *e)
{
	if (is(ctx, MUTANT_DROP_UNSENT))
		drop_ops(ctx, name);
	return under(ctx)->calls.stream_drop(under(ctx), name, e);
}

static bool stream_clear(void *ctx, const char *name, struct err *e)
{
	((struct station *)ctx)->cleared = true;
	if (is(ctx, MUTANT_RESET_OUTBOX))
		drop_ops(ctx, name);
	return under(ctx)->calls.stream_clear(under(ctx), name, e);
}

static bool stream_digest(void *ctx, const char *name, int64_t *n, uint64_t *x, struct err *e)
{
	const struct station *s = ctx;
	const json_t *told = json_object_get(json_object_get(s->answer, "digest"), name);

	if (is(ctx, MUTANT_DIGEST) && told) {
		*n = json_integer_value(json_object_get(told, "n"));
		*x = strtoull(json_string_value(json_object_get(told, "x")), NULL, 16);
		return true;
	}
	return under(ctx)->calls.stream_digest(under(ctx), name, n, x, e);
}

// The stream whose page says that this one leaves, NULL: none.
static const char *leaves(const struct station *s, const char *t, const char *id, int64_t *rev)
{
	json_t *p, *r;
	size_t i, k;

	json_array_foreach(json_object_get(s->answer, "pages"), i, p)
		json_array_foreach(json_object_get(p, "rows"), k, r) if (json_object_get(r, "gone") &&
									 str_eq(json_string_value(json_object_get(r, "e")), id) &&
									 str_eq(json_string_value(json_object_get(r, "t")), t))
	{
		*rev = json_integer_value(json_object_get(r, "rev"));
		return json_string_value(json_object_get(p, "s"));
	}
	return NULL;
}

static bool base(void *ctx, const char *t, const char *id, struct sync_base *out, bool *found, struct arena *a, struct err *e)
{
	int64_t rev;

	if (!under(ctx)->calls.base(under(ctx), t, id, out, found, a, e))
		return false;
	const char *left = is(ctx, MUTANT_LEAVE) && *found ? leaves(ctx, t, id, &rev) : NULL;
	if (left) {
		out->s = left;
		out->rev = rev < out->rev ? rev : out->rev;
	}
	if (is(ctx, MUTANT_OLD_ROW))
		out->rev = 0;
	return true;
}

static bool row_put(void *ctx, const char *name, const struct wire_row *row, struct err *e)
{
	struct station *s = ctx;
	const struct mem_row *old = memstore_row(&s->m, row->t, row->e);

	if (is(ctx, MUTANT_MOVED) && old && !str_eq(old->s, name))
		return true;
	return s->m.calls.row_put(&s->m, name, row, e);
}

static bool row_gone(void *ctx, const struct wire_row *row, struct err *e)
{
	return under(ctx)->calls.row_gone(under(ctx), row, e);
}

static bool ops(void *ctx, int64_t now, size_t max_ops, size_t max_bytes, struct outbox_ops *out, struct arena *a, struct err *e)
{
	if (!under(ctx)->calls.ops(under(ctx), now, max_ops, max_bytes, out, a, e))
		return false;
	for (size_t i = out->n; is(ctx, MUTANT_SENDING) && i-- > 0;)
		if (out->v[i].st == OUTBOX_SENDING)
			vec_remove(out, i);
	return true;
}

static bool op_mark(void *ctx, int64_t n, enum outbox_state st, const char *answer, const char *at_stream, int64_t at_seq,
		    int64_t now, struct err *e)
{
	struct station *s = ctx;
	const struct mem_out *o = memstore_op(&s->m, n);

	if (o && answer && o->st != OUTBOX_SENDING && o->st != OUTBOX_QUEUED)
		sim_violate(s->w, "station %d: operation %lld is answered twice", s->i, (long long)n);
	if (is(ctx, MUTANT_POISON) && st == OUTBOX_REJECTED)
		st = OUTBOX_QUEUED;
	return s->m.calls.op_mark(&s->m, n, st, answer, at_stream, at_seq, now, e);
}

static bool op_first(void *ctx, int64_t from, int64_t *n, struct err *e)
{
	return under(ctx)->calls.op_first(under(ctx), from, n, e);
}

static bool op_again(void *ctx, int64_t from, struct err *e)
{
	return is(ctx, MUTANT_REFEED) || under(ctx)->calls.op_again(under(ctx), from, e);
}

// When an operation goes out of the view, the row under it is not older than what the answer speaks of (rule 9). Where the row moved
// on before it was fetched, its new stream may still be behind.
static void check_settled(struct station *s, const struct mem_out *o)
{
	json_t *j = o->answer ? json_loads(o->answer, 0, NULL) : NULL;
	int64_t rev = json_integer_value(json_object_get(j, "rev"));
	bool note = str_eq(o->op->k, "ticket.note");
	const struct mem_row *row = memstore_row(&s->m, note ? "note" : o->op->t, note ? o->op->id : o->op->e);

	if (row && str_eq(row->s, o->at_s) && row->rev < rev)
		sim_violate(s->w, "station %d: operation %lld settles at revision %lld of %s, the row is at %lld", s->i,
			    (long long)o->op->n, (long long)rev, row->e, (long long)row->rev);
	json_decref(j);
}

static bool settle(void *ctx, const char *name, int64_t seq, struct err *e)
{
	struct station *s = ctx;

	if (is(ctx, MUTANT_EARLY_SETTLE))
		seq = INT64_MAX;
	for (size_t i = 0; i < s->m.now.outbox.n; i++) {
		const struct mem_out *o = &s->m.now.outbox.v[i];
		if (o->st == OUTBOX_ACKED && str_eq(o->at_s, name) && o->at_seq <= seq)
			check_settled(s, o);
	}
	return s->m.calls.settle(&s->m, name, seq, e);
}

static bool settle_out(void *ctx, struct err *e)
{
	return under(ctx)->calls.settle_out(under(ctx), e);
}

// Pages are cut short now and then.
static bool enough(void *ctx)
{
	struct station *s = ctx;

	s->cut = ++s->asked_enough % 3 == 0;
	return s->cut;
}

static bool refeed(void *ctx, const char *name, struct err *e)
{
	return is(ctx, MUTANT_REFEED) || under(ctx)->calls.refeed(under(ctx), name, e);
}

void watch_init(struct world *w, struct station *s)
{
	s->w = w;
	s->calls = (struct sync_store){
		.ctx = s,
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
		.enough = enough,
		.refeed = refeed,
	};
}
