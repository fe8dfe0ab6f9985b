// SPDX-License-Identifier: MIT
// Knows the station's store in memory: the calls of sync_store with transactions that commit or vanish whole.
#include "tests/sync/memstore.h"

#include "tests/sync/memcalls.h"

void mem_row_unref(struct mem_row *r)
{
	if (--r->refs)
		return;
	free(r->t);
	free(r->e);
	free(r->s);
	json_decref(r->d);
	free(r);
}

static void op_unref(struct mem_op *o)
{
	if (--o->refs)
		return;
	free(o->id);
	free(o->k);
	free(o->t);
	free(o->e);
	free(o->s);
	free(o->base);
	free(o->body);
	free(o->by);
	free(o);
}

static void state_release(struct mem_state *s)
{
	for (size_t i = 0; i < s->rows.n; i++)
		mem_row_unref(s->rows.v[i]);
	for (size_t i = 0; i < s->outbox.n; i++) {
		op_unref(s->outbox.v[i].op);
		free(s->outbox.v[i].answer);
	}
	vec_release(&s->rows);
	vec_release(&s->outbox);
	vec_release(&s->streams);
	*s = (struct mem_state){0};
}

static void state_copy(struct mem_state *to, const struct mem_state *from)
{
	*to = (struct mem_state){.next_n = from->next_n};
	for (size_t i = 0; i < from->rows.n; i++) {
		from->rows.v[i]->refs++;
		vec_push(&to->rows, from->rows.v[i]);
	}
	for (size_t i = 0; i < from->outbox.n; i++) {
		struct mem_out *o = vec_add(&to->outbox);
		*o = from->outbox.v[i];
		o->op->refs++;
		o->answer = o->answer ? xstrdup(o->answer) : NULL;
	}
	for (size_t i = 0; i < from->streams.n; i++)
		vec_push(&to->streams, from->streams.v[i]);
}

void memstore_init(struct memstore *m, const char *dev, const char *inc)
{
	*m = (struct memstore){.now.next_n = 1};
	snprintf(m->dev, sizeof(m->dev), "%s", dev);
	snprintf(m->inc, sizeof(m->inc), "%s", inc);
	m->calls = mem_calls;
	m->calls.ctx = m;
}

void memstore_release(struct memstore *m)
{
	if (m->in_tx)
		memstore_rollback(m);
	state_release(&m->now);
}

void memstore_begin(struct memstore *m)
{
	if (m->in_tx)
		BUG("a transaction inside another");
	state_copy(&m->before, &m->now);
	m->in_tx = true;
}

void memstore_commit(struct memstore *m)
{
	state_release(&m->before);
	m->in_tx = false;
}

void memstore_rollback(struct memstore *m)
{
	state_release(&m->now);
	m->now = m->before;
	m->before = (struct mem_state){0};
	m->in_tx = false;
}

int64_t memstore_add(struct memstore *m, const char *id, const char *k, const char *t, const char *e, const char *s,
		     const char *base, const char *body, int64_t made)
{
	struct mem_op *o = xcalloc(1, sizeof(*o));

	*o = (struct mem_op){.refs = 1,
			     .n = m->now.next_n++,
			     .id = xstrdup(id),
			     .k = xstrdup(k),
			     .t = xstrdup(t),
			     .e = xstrdup(e),
			     .s = xstrdup(s),
			     .base = base ? xstrdup(base) : NULL,
			     .body = xstrdup(body),
			     .made = made};
	wire_op_hash(id, k, t, e, s, base, body, o->h);
	struct mem_out *out = vec_add(&m->now.outbox);
	out->op = o;
	out->st = OUTBOX_QUEUED;
	return o->n;
}

const struct mem_row *memstore_row(const struct memstore *m, const char *t, const char *e)
{
	for (size_t i = 0; i < m->now.rows.n; i++)
		if (str_eq(m->now.rows.v[i]->e, e) && str_eq(m->now.rows.v[i]->t, t))
			return m->now.rows.v[i];
	return NULL;
}

const struct mem_stream *memstore_stream(const struct memstore *m, const char *s)
{
	for (size_t i = 0; i < m->now.streams.n; i++)
		if (str_eq(m->now.streams.v[i].s, s))
			return &m->now.streams.v[i];
	return NULL;
}

const struct mem_out *memstore_op(const struct memstore *m, int64_t n)
{
	for (size_t i = 0; i < m->now.outbox.n; i++)
		if (m->now.outbox.v[i].op->n == n)
			return &m->now.outbox.v[i];
	return NULL;
}

size_t memstore_in_state(const struct memstore *m, enum outbox_state st)
{
	size_t n = 0;

	for (size_t i = 0; i < m->now.outbox.n; i++)
		n += m->now.outbox.v[i].st == st;
	return n;
}

size_t memstore_unsent(const struct memstore *m)
{
	return memstore_in_state(m, OUTBOX_QUEUED) + memstore_in_state(m, OUTBOX_SENDING);
}

void memstore_forget(struct memstore *m, size_t at)
{
	op_unref(m->now.outbox.v[at].op);
	free(m->now.outbox.v[at].answer);
	vec_remove(&m->now.outbox, at);
}

void memstore_digest(const struct memstore *m, const char *s, int64_t *n, uint64_t *x)
{
	*n = 0;
	*x = 0;
	for (size_t i = 0; i < m->now.rows.n; i++) {
		const struct mem_row *r = m->now.rows.v[i];
		if (!str_eq(r->s, s))
			continue;
		(*n)++;
		*x ^= wire_row_digest(r->t, r->e, r->rev);
	}
}

// {"set"} of a document field by field, tags by element, a new document whole.
static json_t *lay_over(json_t *d, const struct mem_op *o)
{
	json_t *body = json_loads(o->body, 0, NULL), *set = json_object_get(body, "set");

	if (json_is_object(set)) {
		json_t *next = d ? json_deep_copy(d) : json_object();
		json_object_update(next, set);
		json_decref(d);
		d = next;
	} else if (!d) {
		d = json_incref(body);
	}
	json_decref(body);
	return d;
}

json_t *memstore_view(const struct memstore *m, const char *t, const char *e)
{
	const struct mem_row *r = memstore_row(m, t, e);
	json_t *d = r ? json_incref(r->d) : NULL;

	for (size_t i = 0; i < m->now.outbox.n; i++) {
		const struct mem_out *o = &m->now.outbox.v[i];
		bool over = o->st != OUTBOX_SETTLED && o->st != OUTBOX_REJECTED;
		if (over && str_eq(o->op->e, e) && str_eq(o->op->t, t))
			d = lay_over(d, o->op);
	}
	return d;
}
