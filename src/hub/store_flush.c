// SPDX-License-Identifier: MIT
// Knows how staged entities become rows: first the counters of all touched streams, sorted, then the rows with their numbers.
//
// A counter's row stays locked from its bump to the commit. So whoever sees number h of a stream sees every number before it, on
// either engine, and a reader that follows a cursor misses nothing (sync.md §5.2).
#include "src/hub/store_internal.h"

struct touched {
	const char *site, *s;
	int64_t n;    // numbers wanted
	int64_t next; // the next one to give
};
struct touched_list {
	struct touched *v;
	size_t n, cap;
};

static int by_stream(const void *x, const void *y)
{
	const struct touched *a = x, *b = y;
	int c = strcmp(a->site, b->site);

	return c ? c : strcmp(a->s, b->s);
}

static int by_order(const void *x, const void *y)
{
	const struct hub_slot *a = *(struct hub_slot *const *)x, *b = *(struct hub_slot *const *)y;

	return a->order < b->order ? -1 : a->order > b->order;
}

static int by_key(const void *x, const void *y)
{
	const struct hub_slot *a = *(struct hub_slot *const *)x, *b = *(struct hub_slot *const *)y;
	int c = strcmp(a->site, b->site);

	c = c ? c : strcmp(a->t, b->t);
	return c ? c : strcmp(a->e, b->e);
}

static struct touched *find(struct touched_list *l, const char *site, const char *s)
{
	struct touched key = {.site = site, .s = s};

	return bsearch(&key, l->v, l->n, sizeof(*l->v), by_stream);
}

static void touch(struct touched_list *l, const char *site, const char *s)
{
	vec_push(l, ((struct touched){.site = site, .s = s, .n = 1}));
}

static bool moved(const struct hub_slot *slot)
{
	return slot->stored && strcmp(slot->stored->s, slot->now->s) != 0;
}

// One entry a stream, with the sum of what is wanted.
static void gather(struct hub_slot *const *slots, size_t n, struct touched_list *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		touch(out, slots[i]->site, slots[i]->now->s);
		if (moved(slots[i]))
			touch(out, slots[i]->site, slots[i]->stored->s);
	}
	qsort(out->v, out->n, sizeof(*out->v), by_stream);
	for (size_t i = 0; i < out->n; i++) {
		if (kept && by_stream(&out->v[kept - 1], &out->v[i]) == 0)
			out->v[kept - 1].n++;
		else
			out->v[kept++] = out->v[i];
	}
	out->n = kept;
}

static bool add_to_counter(struct hub_tx *tx, struct touched *t, bool *there, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "update stream set seq = seq + $1, upd = $2"
				       " where site = $3 and s = $4"
				       " returning seq");

	sql_bind_int(st, t->n);
	sql_bind_int(st, clock_wall(tx->s->o.clock));
	sql_bind_text(st, t->site);
	sql_bind_text(st, t->s);
	*there = sql_row(st);
	if (*there)
		t->next = sql_int(st, 0) - t->n + 1;
	return sql_end(st, e);
}

static bool bump(struct hub_tx *tx, struct touched *t, struct err *e)
{
	int64_t epoch;
	bool there;

	if (!add_to_counter(tx, t, &there, e))
		return false;
	if (there)
		return true;
	if (!hub_epoch(tx, &epoch, e))
		return false;
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into stream (site, s, epoch, seq, low, upd) values ($1, $2, $3, 0, 0, 0)"
				       " on conflict (site, s) do nothing");
	sql_bind_text(st, t->site);
	sql_bind_text(st, t->s);
	sql_bind_int(st, epoch);
	if (!sql_run(st, e) || !add_to_counter(tx, t, &there, e))
		return false;
	return there || hub_stale(tx, e);
}

// Numbers follow the order in which things were put.
static void number(struct hub_slot *const *slots, size_t n, struct touched_list *l)
{
	for (size_t i = 0; i < n; i++) {
		struct hub_slot *slot = slots[i];
		if (moved(slot))
			slot->left_seq = find(l, slot->site, slot->stored->s)->next++;
		slot->now->seq = find(l, slot->site, slot->now->s)->next++;
		slot->staged.v[slot->staged.n - 1].ent.seq = slot->now->seq;
	}
}

static bool exactly_one(struct hub_tx *tx, struct err *e)
{
	return sql_changes(tx->c) == 1 || hub_stale(tx, e);
}

static void bind_rest(struct sql_stmt *st, const struct hub_ent *ent, struct sv stored)
{
	char *fr = ent->fr ? wire_print(ent->fr) : NULL;

	sql_bind_text(st, ent->s);
	sql_bind_int(st, ent->seq);
	sql_bind_int(st, ent->rev);
	sql_bind_text(st, ent->gone);
	sql_bind_text(st, ent->to);
	hub_doc_bind(st, ent->t, stored);
	sql_bind_text(st, fr);
	sql_bind_text(st, ent->by);
	sql_bind_int(st, ent->at);
	sql_bind_text(st, ent->dev);
	free(fr);
}

static bool write_row(struct hub_tx *tx, const struct hub_slot *slot, struct sv stored, struct err *e)
{
	struct sql_stmt *st;

	if (slot->stored) {
		st = sql_stmt(tx->c,
			      "update ent set s = $1, seq = $2, rev = $3, gone = $4, dest = $5, d = $6, x = $7, fr = $8, author = $9, at = $10,"
			      " dev = $11"
			      " where site = $12 and t = $13 and e = $14 and rev = $15");
		bind_rest(st, slot->now, stored);
		sql_bind_text(st, slot->site);
		sql_bind_text(st, slot->t);
		sql_bind_text(st, slot->e);
		sql_bind_int(st, slot->stored->rev);
	} else {
		st = sql_stmt(tx->c,
			      "insert into ent (s, seq, rev, gone, dest, d, x, fr, author, at, dev, site, t, e)"
			      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
			      " on conflict (site, t, e) do nothing");
		bind_rest(st, slot->now, stored);
		sql_bind_text(st, slot->site);
		sql_bind_text(st, slot->t);
		sql_bind_text(st, slot->e);
	}
	return sql_run(st, e) && exactly_one(tx, e);
}

static bool write_line(struct hub_tx *tx, const char *site, const struct hub_ent *ent, const char *op, struct sv stored, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into ent_hist (site, t, e, rev, s, seq, gone, dest, d, x, author, at, dev, op)"
				       " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
				       " on conflict (site, t, e, rev) do nothing");

	sql_bind_text(st, site);
	sql_bind_text(st, ent->t);
	sql_bind_text(st, ent->e);
	sql_bind_int(st, ent->rev);
	sql_bind_text(st, ent->s);
	sql_bind_int(st, ent->seq);
	sql_bind_text(st, ent->gone);
	sql_bind_text(st, ent->to);
	hub_doc_bind(st, ent->t, stored);
	sql_bind_text(st, ent->by);
	sql_bind_int(st, ent->at);
	sql_bind_text(st, ent->dev);
	sql_bind_text(st, op);
	return sql_run(st, e) && exactly_one(tx, e);
}

static bool forget_left(struct hub_tx *tx, const char *site, const char *id, struct err *e)
{
	struct sql_stmt *st = sql_stmt(tx->c, "delete from ent where site = $1 and t = '" HUB_LEFT "' and e = $2");

	sql_bind_text(st, site);
	sql_bind_text(st, id);
	return sql_run(st, e);
}

// What a moved entity leaves in its old stream; what it left in its new one, when it was there before, goes.
static bool write_left(struct hub_tx *tx, const struct hub_slot *slot, struct err *e)
{
	struct hub_ent left = {
		.t = HUB_LEFT, .e = hub_left_id(tx, slot->t, slot->e, slot->stored->s), .s = slot->stored->s, .seq = slot->left_seq,
		.rev = slot->now->rev, .gone = "moved", .to = slot->now->s, .by = slot->now->by, .at = slot->now->at, .dev = slot->now->dev,
	};
	struct sql_stmt *st = sql_stmt(tx->c,
				       "insert into ent (s, seq, rev, gone, dest, d, x, fr, author, at, dev, site, t, e)"
				       " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
				       " on conflict (site, t, e) do update set seq = excluded.seq, rev = excluded.rev, dest = excluded.dest,"
				       " author = excluded.author, at = excluded.at, dev = excluded.dev");

	bind_rest(st, &left, sv("{}"));
	sql_bind_text(st, slot->site);
	sql_bind_text(st, left.t);
	sql_bind_text(st, left.e);
	return sql_run(st, e) && write_line(tx, slot->site, &left, slot->staged.v[slot->staged.n - 1].op, sv("{}"), e) &&
	       forget_left(tx, slot->site, hub_left_id(tx, slot->t, slot->e, slot->now->s), e);
}

static bool write_slot(struct hub_tx *tx, struct hub_slot *slot, struct err *e)
{
	struct hub_staged *last = &slot->staged.v[slot->staged.n - 1];
	const struct hub_ent *stored = slot->stored, *now = slot->now;

	for (size_t i = 0; i < slot->staged.n; i++) {
		struct hub_staged *l = &slot->staged.v[i];
		hub_doc_print(tx, slot->site, slot->t, slot->e, l->ent.rev, l->ent.d, &l->sealed);
	}
	if (!write_row(tx, slot, sv_n(last->sealed.s, last->sealed.n), e))
		return false;
	for (size_t i = 0; i < slot->staged.n; i++) {
		struct hub_staged *l = &slot->staged.v[i];
		if (!write_line(tx, slot->site, &l->ent, l->op, sv_n(l->sealed.s, l->sealed.n), e))
			return false;
	}
	if (moved(slot) && !write_left(tx, slot, e))
		return false;
	return hub_index(tx, slot->site, slot->t, slot->e, stored && !stored->gone ? stored->d : NULL, now->gone ? NULL : now->d, e);
}

bool hub_flush(struct hub_tx *tx, struct err *e)
{
	VEC(struct hub_slot *) dirty = {0};
	struct touched_list streams = {0};
	bool ok = true;

	if (tx->flushed)
		BUG("hub_flush twice");
	for (size_t i = 0; i < tx->slots.n; i++)
		if (tx->slots.v[i]->staged.n)
			vec_push(&dirty, tx->slots.v[i]);
	if (dirty.n) {
		qsort(dirty.v, dirty.n, sizeof(*dirty.v), by_order);
		gather(dirty.v, dirty.n, &streams);
		for (size_t i = 0; ok && i < streams.n; i++)
			ok = bump(tx, &streams.v[i], e);
		if (ok)
			number(dirty.v, dirty.n, &streams);
		// Rows in one order too: two transactions that meet wait for each other in a line, not in a circle.
		qsort(dirty.v, dirty.n, sizeof(*dirty.v), by_key);
		for (size_t i = 0; ok && i < dirty.n; i++)
			ok = write_slot(tx, dirty.v[i], e);
	}
	vec_release(&dirty);
	vec_release(&streams);
	tx->flushed = ok;
	return ok;
}
