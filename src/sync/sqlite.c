// SPDX-License-Identifier: MIT
// Knows how the protocol's calls (store.h) are answered by the station's store: cursors, base rows, the view over them, the outbox.
#include "src/sync/sqlite.h"

#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/store/meta.h"
#include "src/store/ticket.h"
#include "src/sync/overlay.h"
#include "src/sync/shown.h"

enum { CONFLICTS = 10000 }; // more than anybody has

static bool of_kb(const struct sync_sqlite *q, const char *s)
{
	return q->kb && str_starts(s, "kb/");
}

static bool identity(void *ctx, const char **dev, const char **inc, struct arena *a, struct err *e)
{
	struct sync_sqlite *q = ctx;

	return meta_text(q->db, "dev", dev, a, e) && meta_text(q->db, "inc", inc, a, e);
}

// --- the view: the base row with the own operations over it

// The hub's row has it in already: the operation waits only for its place in the cursor.
static bool contained(const struct outbox_op *op, const struct ent *row)
{
	return op->st == OUTBOX_ACKED && str_eq(op->at_s, row->s) && op->at_seq <= row->q;
}

static bool lay_over(struct db *db, const struct ent *row, json_t **doc, struct err *e)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	json_error_t why;
	bool ok = outbox_overlay(db, row->e, &ops, &a, e);

	for (size_t i = 0; ok && i < ops.n; i++) {
		const struct outbox_op *op = &ops.v[i];
		if (strcmp(op->t, row->t) != 0 || contained(op, row))
			continue;
		json_t *body = op->body ? json_loads(op->body, 0, &why) : NULL;
		overlay_lay(doc, op->k, body);
		json_decref(body);
	}
	vec_release(&ops);
	arena_release(&a);
	return ok;
}

// quiet: it is no news of anybody, and no line of a history.
static bool show(struct sync_sqlite *q, const struct ent *row, json_t *doc, bool quiet, struct err *e)
{
	q->changed = true;
	return shown_put(q->db, &(struct shown){.t = row->t, .e = row->e, .rev = row->rev, .at = row->at, .by = row->by, .d = doc, .own = quiet}, e);
}

static json_t *parse(const struct ent *row, struct err *e)
{
	json_error_t why;
	json_t *doc = json_loads(row->d, 0, &why);

	if (!doc)
		err_set(e, ERR_PARSE, _("%s %s as the hub sent it is damaged; run zuoxi doctor"), row->t, row->e);
	return doc;
}

bool sync_view(struct db *db, const char *t, const char *id, json_t **out, struct err *e)
{
	struct arena a = {0};
	struct ent row;
	bool found, ok = ent_get(db, t, id, &row, &found, &a, e);

	*out = NULL;
	if (ok && found)
		ok = (*out = parse(&row, e)) != NULL && lay_over(db, &row, out, e);
	arena_release(&a);
	return ok;
}

// After an operation left the view. What the hub has never sent is as the station has it, and stays.
static bool show_again(struct sync_sqlite *q, const char *t, const char *id, bool quiet, struct err *e)
{
	struct arena a = {0};
	struct ent row;
	json_t *doc = NULL;
	bool found, ok = ent_get(q->db, t, id, &row, &found, &a, e);

	if (ok && found)
		ok = (doc = parse(&row, e)) != NULL && lay_over(q->db, &row, &doc, e) && show(q, &row, doc, quiet, e);
	json_decref(doc);
	arena_release(&a);
	return ok;
}

// Operations leave the view together, then each entity is shown once: the events of one contact stand side by side.
static bool settle_ops(struct sync_sqlite *q, const struct outbox_op *const *ops, size_t n, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = outbox_mark(q->db, ops[i]->n, OUTBOX_SETTLED, NULL, NULL, 0, 0, e);
	for (size_t i = 0; ok && i < n; i++)
		if (!i || strcmp(ops[i]->e, ops[i - 1]->e) != 0 || strcmp(ops[i]->t, ops[i - 1]->t) != 0)
			ok = show_again(q, ops[i]->t, ops[i]->e, false, e);
	return ok;
}

// Those of the list for which it holds.
static bool settle_those(struct sync_sqlite *q, const struct outbox_ops *list, bool (*holds)(const struct outbox_op *op, const void *arg),
			 const void *arg, struct err *e)
{
	VEC(const struct outbox_op *) v = {0};

	for (size_t i = 0; i < list->n; i++)
		if (!holds || holds(&list->v[i], arg))
			vec_push(&v, &list->v[i]);
	bool ok = settle_ops(q, v.v, v.n, e);
	vec_release(&v);
	return ok;
}

// --- rows

static bool base(void *ctx, const char *t, const char *e, struct sync_base *out, bool *found, struct arena *a, struct err *err)
{
	struct sync_sqlite *q = ctx;
	struct ent row;

	if (!ent_head(q->db, t, e, &row, found, a, err))
		return false;
	*found = *found && !row.stale;
	if (*found)
		*out = (struct sync_base){.s = row.s, .rev = row.rev};
	return *found || !q->kb || q->kb->base(q->kb->ctx, t, e, out, found, a, err);
}

static bool led_to(const struct outbox_op *op, const void *conflict)
{
	json_error_t why;
	json_t *answer = op->res ? json_loads(op->res, 0, &why) : NULL;
	bool yes = str_eq(json_string_value(json_object_get(answer, "cf")), conflict);

	json_decref(answer);
	return yes;
}

// A conflict somebody has settled: the operations that led to it are no longer what is shown.
static bool conflict_settled(struct sync_sqlite *q, const char *conflict, struct err *e)
{
	struct outbox_ops lost = {0};
	struct arena a = {0};
	bool ok = outbox_in_state(q->db, OUTBOX_CONFLICT, CONFLICTS, &lost, &a, e) && settle_those(q, &lost, led_to, conflict, e);

	vec_release(&lost);
	arena_release(&a);
	return ok;
}

static bool row_put(void *ctx, const char *s, const struct wire_row *row, struct err *e)
{
	struct sync_sqlite *q = ctx;

	if (of_kb(q, s))
		return q->kb->row_put(q->kb->ctx, s, row, e);
	char *text = wire_print(row->d);
	struct ent r = {.t = row->t, .e = row->e, .s = s, .q = row->q, .rev = row->rev, .at = row->at, .by = row->by,
			.d = shown_whole(row->t, row->d) ? "{}" : text};
	json_t *doc = json_copy(row->d);
	bool ok = ent_put(q->db, &r, e) && lay_over(q->db, &r, &doc, e) && show(q, &r, doc, false, e);
	if (ok && json_object_get(row->d, "anonymised_at"))
		ok = outbox_forget(q->db, row->e, e);
	if (ok && strcmp(row->t, "conflict") == 0 && str_eq(json_string_value(json_object_get(row->d, "state")), "settled"))
		ok = conflict_settled(q, row->e, e);
	json_decref(doc);
	free(text);
	return ok;
}

static bool drop(struct sync_sqlite *q, const char *t, const char *id, struct err *e)
{
	q->changed = true;
	if (strcmp(t, "conflict") == 0 && !conflict_settled(q, id, e))
		return false;
	return ent_drop(q->db, t, id, e) && shown_drop(q->db, t, id, e);
}

static bool row_gone(void *ctx, const struct wire_row *row, struct err *e)
{
	struct sync_sqlite *q = ctx;
	struct stream to;
	struct arena a = {0};
	bool stays = false, in_kb = false, ok = true;
	struct sync_base b;

	if (q->kb && !q->kb->base(q->kb->ctx, row->t, row->e, &b, &in_kb, &a, e))
		ok = false;
	else if (in_kb)
		ok = q->kb->row_gone(q->kb->ctx, row, e);
	else if (str_eq(row->gone, "moved") && row->to && !stream_get(q->db, row->to, &to, &stays, &a, e))
		ok = false;
	else if (stays)
		// It comes again in a stream that is here: what is shown, and its history, wait for that.
		ok = ent_drop(q->db, row->t, row->e, e);
	else
		ok = drop(q, row->t, row->e, e) && (!str_eq(row->gone, "deleted") || outbox_forget(q->db, row->e, e));
	arena_release(&a);
	return ok;
}

static bool drop_rows(struct sync_sqlite *q, const char *s, bool stale_only, struct err *e)
{
	struct ents rows = {0};
	struct arena a = {0};
	bool ok = ent_of_stream(q->db, s, stale_only, &rows, &a, e);

	for (size_t i = 0; ok && i < rows.n; i++)
		ok = drop(q, rows.v[i].t, rows.v[i].e, e);
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

// --- streams

static bool streams(void *ctx, struct sync_streams *out, struct arena *a, struct err *e)
{
	struct sync_sqlite *q = ctx;
	struct streams all = {0};
	bool ok = stream_list(q->db, &all, a, e);

	for (size_t i = 0; ok && i < all.n; i++)
		vec_push(out, ((struct sync_stream){.s = all.v[i].s, .epoch = all.v[i].epoch, .seq = all.v[i].seq, .head = all.v[i].head,
						    .synced_at = all.v[i].synced_at}));
	vec_release(&all);
	return ok && (!q->kb || q->kb->streams(q->kb->ctx, out, a, e));
}

// Without a base the station follows no stream of it.
static bool follows(void *ctx, const char *s)
{
	const struct sync_sqlite *q = ctx;

	return !str_starts(s, "kb/") || (q->kb && q->kb->follows(q->kb->ctx));
}

// Once a stream that began anew is here to its end, rows that did not come again are not there any more.
static bool sync_stream_put(void *ctx, const struct sync_stream *s, struct err *e)
{
	struct sync_sqlite *q = ctx;
	struct arena a = {0};
	struct stream old = {0};
	bool found;

	if (of_kb(q, s->s))
		return q->kb->stream_put(q->kb->ctx, s, e);
	bool ok = stream_get(q->db, s->s, &old, &found, &a, e) &&
		  stream_put(q->db, &(struct stream){.s = s->s, .epoch = s->epoch, .seq = s->seq, .head = s->head, .synced_at = s->synced_at}, e);
	// Beginning anew at nought, without a page, is not yet the end.
	if (ok && s->seq >= s->head && (s->synced_at > old.synced_at || s->seq > old.seq))
		ok = drop_rows(q, s->s, true, e);
	arena_release(&a);
	return ok;
}

static bool sync_stream_drop(void *ctx, const char *s, struct err *e)
{
	struct sync_sqlite *q = ctx;

	if (of_kb(q, s))
		return q->kb->stream_drop(q->kb->ctx, s, e);
	return drop_rows(q, s, false, e) && stream_forget(q->db, s, e);
}

static bool sync_stream_clear(void *ctx, const char *s, struct err *e)
{
	struct sync_sqlite *q = ctx;

	if (of_kb(q, s))
		return q->kb->stream_clear(q->kb->ctx, s, e);
	return ent_stale(q->db, s, e);
}

static bool stream_digest(void *ctx, const char *s, int64_t *n, uint64_t *x, struct err *e)
{
	struct sync_sqlite *q = ctx;

	if (of_kb(q, s))
		return q->kb->stream_digest(q->kb->ctx, s, n, x, e);
	return ent_digest(q->db, s, n, x, e);
}

// --- the outbox

static bool ops(void *ctx, int64_t now, size_t max_ops, size_t max_bytes, struct outbox_ops *out, struct arena *a, struct err *e)
{
	return outbox_next(((struct sync_sqlite *)ctx)->db, now, max_ops, max_bytes, out, a, e);
}

// What a ticket's history says was done here and the hub did not take: that stands there, too.
static bool note_refused(struct sync_sqlite *q, const struct outbox_op *op, int64_t now, struct arena *a, struct err *e)
{
	struct ticket t;
	struct err none = {0};

	if (strcmp(op->t, "ticket") != 0)
		return true;
	if (!ticket_get(q->db, op->e, &t, a, &none))
		return none.code == ERR_NOT_FOUND || err_set(e, none.code, "%s", none.msg);
	const struct ticket_log_line line = {.ticket_id = op->e, .at = now, .type = "refused", .data = arena_printf(a, "{\"k\":\"%s\"}", op->k),
					     .ref = arena_printf(a, "%s/refused", op->id)};
	return ticket_event_add(q->db, &line, NULL, e);
}

static bool show_other(struct sync_sqlite *q, const char *no, struct arena *a, struct err *e)
{
	struct ticket t;
	struct err none = {0};

	if (str_empty(no))
		return true;
	if (!ticket_by_no(q->db, no, &t, a, &none))
		return none.code == ERR_NOT_FOUND || err_set(e, none.code, "%s", none.msg);
	return show_again(q, "ticket", t.id, true, e);
}

// A link shows at its other end before the hub has made it there; refused, it goes from both.
static bool show_others(struct sync_sqlite *q, const struct outbox_op *op, struct arena *a, struct err *e)
{
	json_error_t why;
	json_t *body = strcmp(op->t, "ticket") == 0 && op->body ? json_loads(op->body, 0, &why) : NULL, *no;
	bool ok = show_other(q, json_string_value(json_object_get(json_object_get(body, "set"), "parent_no")), a, e);
	size_t i;

	json_array_foreach(json_object_get(json_object_get(body, "add"), "related"), i, no)
		ok = ok && show_other(q, json_string_value(no), a, e);
	json_decref(body);
	return ok;
}

static bool op_mark(void *ctx, int64_t n, enum outbox_state st, const char *answer, const char *at_stream, int64_t at_seq, int64_t now,
		    struct err *e)
{
	struct sync_sqlite *q = ctx;
	struct arena a = {0};
	struct outbox_op op;
	bool ok = outbox_mark(q->db, n, st, answer, at_stream, at_seq, now, e);

	// Refused or over: it is not laid over the base any more.
	if (ok && (st == OUTBOX_REJECTED || st == OUTBOX_SETTLED))
		ok = outbox_get(q->db, n, &op, &a, e) && (st == OUTBOX_SETTLED || note_refused(q, &op, now, &a, e)) &&
		     show_again(q, op.t, op.e, st == OUTBOX_REJECTED, e) && (st == OUTBOX_SETTLED || show_others(q, &op, &a, e));
	arena_release(&a);
	return ok;
}

static bool op_first(void *ctx, int64_t from, int64_t *n, struct err *e)
{
	return outbox_first(((struct sync_sqlite *)ctx)->db, from, n, e);
}

static bool op_again(void *ctx, int64_t from, struct err *e)
{
	return outbox_again(((struct sync_sqlite *)ctx)->db, from, e);
}

static bool settle(void *ctx, const char *s, int64_t seq, struct err *e)
{
	struct sync_sqlite *q = ctx;
	struct outbox_ops arrived = {0};
	struct arena a = {0};
	bool ok = outbox_arrived(q->db, s, seq, &arrived, &a, e) && settle_those(q, &arrived, NULL, NULL, e);

	vec_release(&arrived);
	arena_release(&a);
	return ok;
}

static bool elsewhere(const struct outbox_op *op, const void *arg)
{
	const struct sync_streams *here = arg;

	for (size_t i = 0; i < here->n; i++)
		if (str_eq(op->at_s, here->v[i].s))
			return false;
	return true;
}

static bool settle_out(void *ctx, struct err *e)
{
	struct sync_sqlite *q = ctx;
	struct outbox_ops unseen = {0};
	struct sync_streams kb = {0};
	struct arena a = {0};
	bool ok = outbox_unseen(q->db, &unseen, &a, e) && (!q->kb || q->kb->streams(q->kb->ctx, &kb, &a, e)) &&
		  settle_those(q, &unseen, elsewhere, &kb, e);

	vec_release(&kb);
	vec_release(&unseen);
	arena_release(&a);
	return ok;
}

static bool refeed(void *ctx, const char *s, struct err *e)
{
	return outbox_refeed(((struct sync_sqlite *)ctx)->db, s, e);
}

// Only the base takes its time; without one a page is soon over.
static bool enough(void *ctx)
{
	const struct sync_sqlite *q = ctx;

	return q->kb && q->kb->enough && q->kb->enough(q->kb->ctx);
}

void sync_sqlite(struct sync_sqlite *q, struct db *db, const struct sync_kb *kb, struct sync_store *out)
{
	*q = (struct sync_sqlite){.db = db, .kb = kb};
	*out = (struct sync_store){
		.ctx = q, .identity = identity, .streams = streams, .follows = follows, .stream_put = sync_stream_put, .stream_drop = sync_stream_drop,
		.stream_clear = sync_stream_clear, .stream_digest = stream_digest, .base = base, .row_put = row_put, .row_gone = row_gone,
		.ops = ops, .op_mark = op_mark, .op_first = op_first, .op_again = op_again, .settle = settle, .settle_out = settle_out,
		.refeed = refeed, .enough = enough,
	};
}
