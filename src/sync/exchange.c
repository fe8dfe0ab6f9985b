// SPDX-License-Identifier: MIT
// Knows what an answer of the hub changes at the station (sync.md §3.3).
#include "src/sync/exchange_part.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/sync/answer.h"

// One answer at work: the store, what the streams stand at now, what was found.
struct take {
	const struct sync_store *st;
	struct sync_streams streams;
	struct arena a;
	int64_t now;
	struct exchange_done *out;
	bool steady; // since the request left, no event moved a cursor
	bool behind; // something of the hub's state is not here yet
	bool may_cut, cut, again; // pages; cut: one was; again: its rows before the cursor were taken already
};

struct exchange_rest {
	struct answer r;
	struct arena a; // of r
};

static struct sync_stream *find(struct take *t, const char *s)
{
	for (size_t i = 0; i < t->streams.n; i++)
		if (str_eq(t->streams.v[i].s, s))
			return &t->streams.v[i];
	return NULL;
}

static bool begin(struct take *t, const struct sync_store *st, int64_t now, struct exchange_done *out, struct err *e)
{
	*t = (struct take){.st = st, .now = now, .out = out};
	return st->streams(st->ctx, &t->streams, &t->a, e);
}

static void end(struct take *t)
{
	vec_release(&t->streams);
	arena_release(&t->a);
}

// --- operations

static bool mark(struct take *t, const struct wire_answer *w, const char *text, struct err *e)
{
	enum outbox_state to = w->r == WIRE_CONFLICT ? OUTBOX_CONFLICT : w->r == WIRE_REJECTED ? OUTBOX_REJECTED : OUTBOX_ACKED;

	t->out->answered++;
	t->out->conflicts += w->r == WIRE_CONFLICT || w->cf;
	t->out->rejected += w->r == WIRE_REJECTED;
	return t->st->op_mark(t->st->ctx, w->n, to, text, w->at_stream, w->at_seq, t->now, e);
}

static bool known(const struct answer *r, const struct exchange_sent *sent, struct err *e)
{
	for (size_t i = 0; i < r->n_ops; i++)
		if (r->ops[i].n < sent->first_n || r->ops[i].n > sent->last_n)
			return err_set(e, ERR_PARSE, _("the hub answers operation %lld, which was not sent"),
				       (long long)r->ops[i].n);
	return true;
}

// --- streams

static bool start_over(struct take *t, struct sync_stream *s, int64_t epoch, struct err *e)
{
	s->epoch = epoch;
	s->seq = s->head = 0;
	t->out->resets++;
	t->behind = true;
	return t->st->stream_clear(t->st->ctx, s->s, e) && t->st->stream_put(t->st->ctx, s, e) &&
	       t->st->refeed(t->st->ctx, s->s, e);
}

static bool has_page(const struct answer *r, const char *s)
{
	for (size_t i = 0; i < r->n_pages; i++)
		if (str_eq(r->pages[i].s, s))
			return true;
	return false;
}

static bool follows(const struct take *t, const char *s)
{
	return !t->st->follows || t->st->follows(t->st->ctx, s);
}

static bool take_subs(struct take *t, const struct answer *r, struct err *e)
{
	for (size_t i = 0; i < r->n_del; i++) {
		struct sync_stream *s = find(t, r->del[i]);
		if (!s)
			continue;
		if (!t->st->stream_drop(t->st->ctx, s->s, e))
			return false;
		vec_remove(&t->streams, (size_t)(s - t->streams.v));
	}
	for (size_t i = 0; i < r->n_add; i++) {
		// What is not wanted yet is offered again with every answer, and is no reason to ask again.
		if (find(t, r->add[i].s) || !follows(t, r->add[i].s))
			continue;
		struct sync_stream *s = vec_add(&t->streams);
		*s = (struct sync_stream){.s = r->add[i].s, .epoch = r->add[i].epoch};
		t->behind |= !has_page(r, r->add[i].s);
		if (!t->st->stream_put(t->st->ctx, s, e))
			return false;
	}
	return true;
}

// --- rows

static bool is_red(const struct wire_row *row)
{
	return row->d && str_eq(row->t, "broadcast") && str_eq(json_string_value(json_object_get(row->d, "severity")), "red");
}

static bool take_row(struct take *t, const char *s, const struct wire_row *row, struct err *e)
{
	struct sync_base base = {0};
	bool found = false;

	if (!t->st->base(t->st->ctx, row->t, row->e, &base, &found, &t->a, e))
		return false;
	// A row that left may have come by its new stream already: then it belongs there, and this is old news (rule 5).
	if (row->gone && (!found || !str_eq(base.s, s)))
		return true;
	if (found && base.rev > row->rev)
		return true;
	t->out->rows++;
	if (row->gone)
		return t->st->row_gone(t->st->ctx, row, e);
	t->out->red |= is_red(row) && (!found || base.rev < row->rev);
	return t->st->row_put(t->st->ctx, s, row, e);
}

static bool begins(const struct take *t, const struct sync_stream *s, const struct answer_page *p)
{
	return s && s->epoch == p->from.epoch && (s->seq == p->from.seq || (t->again && s->seq > p->from.seq && s->seq < p->to.seq));
}

// The rows and the cursor behind them in one transaction, the caller's; a page that begins elsewhere is dropped (rule 4). Where the
// store has enough between two rows the page ends, with its cursor there.
static bool take_page(struct take *t, const struct answer_page *p, int64_t hub_now, struct err *e)
{
	struct sync_stream *s = find(t, p->s);
	int64_t to = p->to.seq;
	size_t taken = 0;

	if (!s && !follows(t, p->s))
		return true; // it comes with the offer, and would with every answer
	if (!begins(t, s, p)) {
		t->out->dropped += !t->again;
		t->behind = true;
		return true;
	}
	for (size_t i = 0; i < p->n_rows && !t->cut; i++) {
		if (p->rows[i].q <= s->seq)
			continue;
		t->cut = taken && t->may_cut && t->st->enough && t->st->enough(t->st->ctx);
		if (t->cut)
			to = p->rows[i - 1].q;
		else if (!take_row(t, p->s, &p->rows[i], e))
			return false;
		taken++;
	}
	s->seq = to;
	s->head = p->head;
	if (hub_now)
		s->synced_at = hub_now;
	t->out->pages += !t->cut;
	t->behind |= t->cut || p->more || p->head > p->to.seq;
	return t->st->stream_put(t->st->ctx, s, e);
}

// Streams that start over come first: a row of an old epoch would be newer than all of the new one.
static bool take_pages(struct take *t, const struct answer *r, struct err *e)
{
	for (size_t i = 0; i < r->n_pages && !t->again; i++) {
		struct sync_stream *s = r->pages[i].reset ? find(t, r->pages[i].s) : NULL;
		if (s && !start_over(t, s, r->pages[i].epoch, e))
			return false;
	}
	for (size_t i = 0; i < r->n_pages && !t->cut; i++)
		if (!r->pages[i].reset && !take_page(t, &r->pages[i], r->now, e))
			return false;
	return true;
}

// Ours is computed from our rows at exactly that place, never adopted (rule 8). It says nothing unless all streams stand as the hub
// had them at one moment: a row that came by an event of its new stream is still counted in the old one there.
static bool take_digests(struct take *t, const struct answer *r, struct err *e)
{
	for (size_t i = 0; t->steady && i < r->n_digests; i++) {
		struct sync_stream *s = find(t, r->digests[i].s);
		int64_t n = 0;
		uint64_t x = 0;
		if (!s || s->seq != r->digests[i].at)
			continue;
		if (!t->st->stream_digest(t->st->ctx, s->s, &n, &x, e))
			return false;
		if (n == r->digests[i].n && x == r->digests[i].x)
			continue;
		t->out->mismatched++;
		if (!start_over(t, s, s->epoch, e))
			return false;
	}
	return true;
}

// --- the whole

static bool unsent(struct take *t, bool *any, struct err *e)
{
	struct outbox_ops ops = {0};
	bool ok = t->st->ops(t->st->ctx, t->now, 1, WIRE_PUSH_BYTES, &ops, &t->a, e);

	*any = ops.n > 0;
	vec_release(&ops);
	return ok;
}

// The row of an answer may be here before it: by an event, or because the first reply was lost. Only an answer to our cursors says
// that they are of the hub's epoch: after a restore an old one lies far beyond places of the new. And only at the head of the stream:
// an entity that was changed again stands at its newest place alone, beyond the one the answer named.
static bool settle_at_head(struct take *t, struct err *e)
{
	for (size_t i = 0; i < t->streams.n; i++) {
		const struct sync_stream *s = &t->streams.v[i];
		if (s->seq >= s->head && !t->st->settle(t->st->ctx, s->s, s->seq, e))
			return false;
	}
	return true;
}

static bool settle_all(struct take *t, struct err *e)
{
	if (!settle_at_head(t, e))
		return false;
	// Answers without a place wait until all the hub had then is here, or the row would show its old value for a moment.
	return t->behind || t->st->settle_out(t->st->ctx, e);
}

static bool apply(struct take *t, const struct answer *r, const struct exchange_sent *sent, struct err *e)
{
	bool any = false;

	for (size_t i = 0; i < r->n_ops; i++)
		if (!mark(t, &r->ops[i], r->op_texts[i], e))
			return false;
	if (!take_subs(t, r, e) || !take_pages(t, r, e))
		return false;
	t->steady &= !t->behind;
	if (!take_digests(t, r, e))
		return false;
	// A hub that stands before what it answered once was restored from a copy: it gets again what it lost.
	if (r->last_n >= 0 && !t->st->op_again(t->st->ctx, r->last_n + 1, e))
		return false;
	if (sent->pulled && !settle_all(t, e))
		return false;
	if (!unsent(t, &any, e))
		return false;
	t->out->more = any || (sent->pulled && t->behind);
	t->out->again_ms = r->again_ms;
	t->out->backoff_ms = r->backoff_ms;
	return true;
}

static bool take_answer(struct take *t, const struct exchange_sent *sent, struct sv body, int64_t sent_at, int64_t got_at,
			struct err *e)
{
	struct answer r;

	if (!answer_read(body, &r, &t->a, e))
		return false;
	t->steady = sent->pulled && sent->cursors == exchange_cursors(&t->streams);
	t->may_cut = true;
	bool ok = known(&r, sent, e) && apply(t, &r, sent, e);
	t->out->hub_now = r.now;
	t->out->skew_ms = r.now ? got_at - r.now - (got_at - sent_at) / 2 : 0;
	if (ok && t->cut) {
		t->out->rest = xcalloc(1, sizeof(*t->out->rest));
		*t->out->rest = (struct exchange_rest){r, t->a};
		t->a = (struct arena){0};
	} else {
		answer_release(&r);
	}
	return ok;
}

// The hub misses operations before those sent: they are sent again, or named as a hole where they are no longer kept (rules 1, 11).
static bool take_gap(struct take *t, const struct exchange_sent *sent, int64_t expect, struct err *e)
{
	int64_t first = 0, last = sent->ops ? sent->last_n : sent->hole_n;

	if (expect < 1 || expect > last)
		return err_set(e, ERR_PARSE, _("the hub asks for operation %lld, which this station never made"), (long long)expect);
	if (!t->st->op_first(t->st->ctx, expect, &first, e) || !t->st->op_again(t->st->ctx, expect, e))
		return false;
	if (first > expect) {
		t->out->hole[0] = expect;
		t->out->hole[1] = first - 1;
	}
	t->out->more = true;
	return true;
}

// Did the hub say it, or something on the way (a proxy, the page of a guest network)? Only the hub's word puts work aside.
static bool hub_said(struct sv body)
{
	json_t *j = wire_parse(body, WIRE_STRING_BYTES, NULL);
	const char *type = json_string_value(json_object_get(j, "type"));
	bool yes = type && str_starts(type, "urn:hub:");

	json_decref(j);
	return yes;
}

// The request as a whole is refused: which operation it is shows when each goes alone; that one is put aside, kept for export, and
// its number becomes a hole (§3.6). What was refused without operations is not theirs.
static bool take_refused(struct take *t, const struct exchange_sent *sent, bool said, struct err *e)
{
	struct wire_answer why = {.n = sent->first_n, .r = WIRE_REJECTED, .why = wire_problem_type(t->out->problem.kind)};

	if (!sent->ops || (!said && t->out->problem.kind != WIRE_P_TOO_LARGE))
		return true;
	t->out->careful = true;
	t->out->more = said || !sent->careful;
	if (!said || !sent->careful)
		return true;
	json_t *j = wire_answer_print(&why);
	char *text = wire_print(j);
	bool ok = t->st->op_mark(t->st->ctx, why.n, OUTBOX_REJECTED, text, NULL, 0, t->now, e);
	free(text);
	json_decref(j);
	t->out->rejected++;
	t->out->hole[0] = t->out->hole[1] = why.n;
	return ok;
}

static bool take_problem(struct take *t, const struct exchange_sent *sent, int status, struct sv body, struct err *e)
{
	struct wire_problem *p = &t->out->problem;

	wire_problem_parse(body, status, p);
	switch (p->kind) {
	case WIRE_P_OP_GAP:
		return take_gap(t, sent, p->expect, e);
	case WIRE_P_BAD_JSON:
	case WIRE_P_BAD_SHAPE:
	case WIRE_P_TOO_LARGE:
		return take_refused(t, sent, hub_said(body), e);
	default:
		return true;
	}
}

bool exchange_take(const struct sync_store *st, const struct exchange_sent *sent, int status, struct sv body, int64_t sent_at,
		   int64_t got_at, struct exchange_done *out, struct err *e)
{
	struct take t;

	*out = (struct exchange_done){0};
	bool ok = begin(&t, st, got_at, out, e);
	if (ok)
		ok = status >= 200 && status < 300 ? take_answer(&t, sent, body, sent_at, got_at, e)
						   : take_problem(&t, sent, status, body, e);
	end(&t);
	return ok;
}

// What ends an exchange (digests, operations without a place) is left to the next one: the cut made sure that there is one.
bool exchange_more(const struct sync_store *st, struct exchange_rest *rest, struct exchange_done *out, bool *left, struct err *e)
{
	struct take t;
	bool ok = begin(&t, st, rest->r.now, out, e);

	t.may_cut = t.again = true;
	ok = ok && take_pages(&t, &rest->r, e) && settle_at_head(&t, e);
	*left = t.cut;
	end(&t);
	return ok;
}

void exchange_rest_free(struct exchange_rest *rest)
{
	if (!rest)
		return;
	answer_release(&rest->r);
	arena_release(&rest->a);
	free(rest);
}

static bool take_event(struct take *t, const struct answer_page *p, bool *pull, struct err *e)
{
	const struct sync_stream *s = find(t, p->s);

	if (!s || p->reset) {
		*pull = true; // a stream that is new to us, or starts over: the exchange says how
		return true;
	}
	if (p->bare) {
		*pull = p->head > s->seq;
		return true;
	}
	if (s->epoch == p->to.epoch && s->seq >= p->to.seq)
		return true; // known already
	if (!take_page(t, p, 0, e))
		return false;
	*pull = t->behind;
	return t->behind || t->st->settle(t->st->ctx, s->s, s->seq, e);
}

bool exchange_event(const struct sync_store *st, struct sv data, int64_t now, struct exchange_done *out, bool *pull, struct err *e)
{
	struct answer_page p;
	struct take t;

	*out = (struct exchange_done){0};
	*pull = false;
	json_t *doc = wire_parse(data, WIRE_PAGE_BYTES, e);
	bool ok = doc && begin(&t, st, now, out, e);
	if (ok) {
		ok = answer_read_page(doc, &p, &t.a, e) && take_event(&t, &p, pull, e);
		end(&t);
	}
	json_decref(doc);
	return ok;
}
