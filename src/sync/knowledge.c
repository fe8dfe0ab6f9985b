// SPDX-License-Identifier: MIT
// Knows how the streams of the knowledge base are followed in its own file, by the one connection that writes it.
#include "src/sync/knowledge.h"

#include <stdatomic.h>

#include "kb/merge.h"
#include "kb/remote.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/base/vec.h"

// What the agent saves waits for one transaction at most: so many rows, which the index takes as pending, and so long.
enum { ROWS = 60, BUSY_MS = 20 };

struct knowledge {
	struct sync_kb calls;
	struct knowledge_writer writer;
	struct own *own; // NULL: the writer is somebody else's
	const struct clock *clock;
	struct clock now; // of the job: the connection goes by it
	// Of the job in hand.
	struct db *db;
	struct kb *kb;    // NULL: not asked for yet
	bool open;        // a transaction of kb.db
	bool changed;
	int rows;
	int64_t began; // mono
	struct err failed;
	atomic_bool held;
};

static struct kb *base_of(struct knowledge *k, struct err *e)
{
	if (!k->kb) {
		k->now = *k->clock;
		k->kb = k->writer.open(k->writer.ctx, &k->now, e);
		if (!k->kb && e)
			k->failed = *e;
	}
	return k->kb;
}

static bool check(struct knowledge *k, bool ok, const struct err *e)
{
	if (!ok && e && !k->failed.code)
		k->failed = *e;
	return ok;
}

static bool in_transaction(struct knowledge *k, struct err *e)
{
	struct kb *kb = base_of(k, e);

	if (!kb || (!k->open && !check(k, kb_begin(kb, e), e)))
		return false;
	k->open = true;
	return true;
}

static bool seal(struct knowledge *k, struct err *e)
{
	k->open = false;
	return check(k, kb_commit(k->kb, e), e);
}

// --- streams

struct gather {
	struct sync_streams *out;
	struct arena *a;
};

static bool add_stream(void *arg, const char *s, const struct kb_cursor *p)
{
	struct gather *g = arg;

	vec_push(g->out, ((struct sync_stream){.s = arena_strdup(g->a, s), .epoch = p->epoch, .seq = p->seq, .head = p->head, .synced_at = p->at}));
	return true;
}

static bool streams(void *ctx, struct sync_streams *out, struct arena *a, struct err *e)
{
	struct knowledge *k = ctx;
	struct gather g = {out, a};

	if (atomic_load(&k->held))
		return true;
	struct kb *kb = base_of(k, e);
	return kb && check(k, kb_cursor_each(kb, add_stream, &g, e), e);
}

static bool follows(void *ctx)
{
	return !atomic_load(&((struct knowledge *)ctx)->held);
}

static bool stream_put(void *ctx, const struct sync_stream *s, struct err *e)
{
	struct knowledge *k = ctx;

	if (atomic_load(&k->held))
		return true;
	return in_transaction(k, e) &&
	       check(k, kb_cursor_set(k->kb, s->s, &(struct kb_cursor){.epoch = s->epoch, .seq = s->seq, .head = s->head, .at = s->synced_at}, e), e) &&
	       seal(k, e);
}

static bool stream_drop(void *ctx, const char *s, struct err *e)
{
	struct knowledge *k = ctx;

	return in_transaction(k, e) && check(k, kb_cursor_drop(k->kb, s, true, e), e) && seal(k, e);
}

// The cursor that follows seals it.
static bool stream_clear(void *ctx, const char *s, struct err *e)
{
	struct knowledge *k = ctx;

	return in_transaction(k, e) && check(k, kb_cursor_drop(k->kb, s, false, e), e);
}

struct sum {
	int64_t n;
	uint64_t x;
};

static void add_row(void *arg, const char *t, const char *id, int64_t rev)
{
	struct sum *s = arg;

	s->n++;
	s->x ^= wire_row_digest(t, id, rev);
}

static bool stream_digest(void *ctx, const char *s, int64_t *n, uint64_t *x, struct err *e)
{
	struct knowledge *k = ctx;
	struct sum sum = {0};
	struct kb *kb = base_of(k, e);
	bool ok = kb && check(k, kb_remote_each(kb, s, add_row, &sum, e), e);

	*n = sum.n;
	*x = sum.x;
	return ok;
}

// --- rows

static bool base(void *ctx, const char *t, const char *id, struct sync_base *out, bool *found, struct arena *a, struct err *e)
{
	struct knowledge *k = ctx;
	const char *s = NULL;
	int64_t rev = 0;

	*found = false;
	if (atomic_load(&k->held)) // without streams there are no rows of them
		return true;
	struct kb *kb = base_of(k, e);
	if (!kb || !check(k, kb_remote_get(kb, t, id, &rev, &s, a, e), e))
		return false;
	*found = rev > 0;
	*out = (struct sync_base){.s = s, .rev = rev};
	return true;
}

// Own operations on the article that the hub has not answered, or whose row has not come back yet.
static bool is_own(struct knowledge *k, const char *id, bool *own, struct err *e)
{
	struct arena a = {0};
	struct outbox_ops ops = {0};
	bool ok = outbox_overlay(k->db, id, &ops, &a, e);

	*own = ops.n > 0;
	vec_release(&ops);
	arena_release(&a);
	return ok;
}

// One row that cannot be used must not hold up all that follow it.
static bool take(struct knowledge *k, const struct kb_remote_row *r, struct err *e)
{
	struct err why = {0};

	if (kb_take(k->kb, r, &why)) {
		k->changed = true;
		return true;
	}
	if (why.code == ERR_IO || why.code == ERR_FULL || why.code == ERR_CONFLICT)
		return check(k, err_set(e, why.code, "%s", why.msg), e);
	log_line(LOG_WARN, "hub: %s %s not taken: %s", r->t, r->e, why.msg);
	return check(k, kb_take_note(k->kb, r, e), e);
}

static bool row_put(void *ctx, const char *s, const struct wire_row *row, struct err *e)
{
	struct knowledge *k = ctx;
	bool own = false;

	if (atomic_load(&k->held))
		return true;
	k->rows++;
	return is_own(k, row->e, &own, e) && in_transaction(k, e) &&
	       take(k, &(struct kb_remote_row){.t = row->t, .e = row->e, .s = s, .rev = row->rev, .json = row->d, .own = own}, e);
}

static bool row_gone(void *ctx, const struct wire_row *row, struct err *e)
{
	struct knowledge *k = ctx;

	k->changed = true;
	k->rows++;
	return in_transaction(k, e) && check(k, kb_take(k->kb, &(struct kb_remote_row){.t = row->t, .e = row->e, .rev = row->rev}, e), e);
}

static bool enough(void *ctx)
{
	const struct knowledge *k = ctx;

	return k->rows >= ROWS || clock_mono(k->clock) - k->began >= BUSY_MS;
}

// --- around a job

void knowledge_begin(struct knowledge *k, struct db *db)
{
	if (!k)
		return;
	k->db = db;
	k->kb = NULL;
	k->open = k->changed = false;
	k->rows = 0;
	k->began = clock_mono(k->clock);
	k->failed = (struct err){0};
}

void knowledge_end(struct knowledge *k, bool ok, bool *changed)
{
	if (!k)
		return;
	// Rows without their cursor are not kept: they come again, and from the same place.
	if (k->open)
		kb_rollback(k->kb);
	if (k->kb || k->failed.code)
		k->writer.done(k->writer.ctx, ok && !k->failed.code, &k->failed);
	if (changed)
		*changed |= k->changed;
	k->kb = NULL;
	k->open = false;
}

bool knowledge_keep_up(struct knowledge *k, bool *more, struct err *e)
{
	struct kb *kb = k && !atomic_load(&k->held) ? base_of(k, e) : NULL;
	bool ok = kb || !k || !k->failed.code;

	*more = kb != NULL;
	while (ok && *more) {
		ok = check(k, kb_keep_up(kb, more, e), e);
		if (clock_mono(k->clock) - k->began >= BUSY_MS)
			break;
	}
	return ok;
}

struct knowledge *knowledge_new(const struct knowledge_writer *w, const struct clock *clock)
{
	struct knowledge *k = xcalloc(1, sizeof(*k));

	k->writer = *w;
	k->clock = clock;
	k->calls = (struct sync_kb){.ctx = k, .follows = follows, .streams = streams, .stream_put = stream_put, .stream_drop = stream_drop, .stream_clear = stream_clear,
				    .stream_digest = stream_digest, .base = base, .row_put = row_put, .row_gone = row_gone, .enough = enough};
	return k;
}

// --- a writer of its own

struct own {
	char *path;
	struct clock now;
	struct kb *kb;
};

static struct kb *own_open(void *ctx, const struct clock *now, struct err *e)
{
	struct own *o = ctx;

	o->now = *now;
	if (!o->kb && !kb_open(&o->kb, o->path, KB_WRITE, &o->now, NULL, e))
		o->kb = NULL;
	return o->kb;
}

static void own_close(void *ctx)
{
	struct own *o = ctx;

	kb_close(o->kb);
	o->kb = NULL;
}

static void own_done(void *ctx, bool ok, const struct err *e)
{
	(void)e;
	if (!ok)
		own_close(ctx);
}

struct knowledge *knowledge_of_dir(const char *dir, const struct clock *clock)
{
	struct own *o = xcalloc(1, sizeof(*o));
	struct knowledge *k = knowledge_new(&(struct knowledge_writer){.ctx = o, .open = own_open, .done = own_done, .close = own_close}, clock);

	o->path = path_join(dir, "kb.db");
	k->own = o;
	return k;
}

void knowledge_free(struct knowledge *k)
{
	if (k && k->own) {
		own_close(k->own);
		free(k->own->path);
		free(k->own);
	}
	free(k);
}

const struct sync_kb *knowledge_calls(struct knowledge *k)
{
	return k ? &k->calls : NULL;
}

void knowledge_let_go(struct knowledge *k)
{
	k->writer.close(k->writer.ctx);
}

void knowledge_hold(struct knowledge *k, bool yes)
{
	atomic_store(&k->held, yes);
}
