// SPDX-License-Identifier: MIT
// Knows entities: read once a transaction, staged in memory, written last behind the counters of their streams (sync.md D2).
#include "src/base/i18n.h"
#include "src/hub/store_internal.h"

static struct hub_slot *slot_find(const struct hub_tx *tx, const char *site, const char *t, const char *e, size_t *bucket)
{
	uint64_t h = 14695981039346656037ULL;
	const char *const parts[] = {site, t, e};

	for (size_t i = 0; i < 3; i++) {
		for (const char *p = parts[i]; *p; p++)
			h = (h ^ (unsigned char)*p) * 1099511628211ULL;
		h = (h ^ '|') * 1099511628211ULL;
	}
	*bucket = (size_t)(h ^ (h >> 32)) % HUB_BUCKETS;
	for (struct hub_slot *s = tx->bucket[*bucket]; s; s = s->next)
		if (strcmp(s->e, e) == 0 && strcmp(s->t, t) == 0 && strcmp(s->site, site) == 0)
			return s;
	return NULL;
}

const char *hub_left_id(struct hub_tx *tx, const char *t, const char *e, const char *s)
{
	return arena_printf(&tx->arena, "%s|%s|%s", t, e, s);
}

// "t|e|s" of a left row; ids may hold anything but the types and streams around them no bar.
static void split_left(struct hub_tx *tx, struct hub_ent *ent)
{
	const char *id = ent->e, *first = strchr(id, '|'), *last = strrchr(id, '|');

	if (!first || last == first)
		return;
	ent->t = arena_strndup(&tx->arena, id, (size_t)(first - id));
	ent->e = arena_strndup(&tx->arena, first + 1, (size_t)(last - first - 1));
}

struct hub_ent *hub_ent_read(struct hub_tx *tx, struct sql_stmt *st, int from, const char *site, struct err *e)
{
	enum { T, E, S, SEQ, REV, GONE, DEST, D, X, FR, AUTHOR, AT, DEV };
	struct hub_ent *ent = arena_new(&tx->arena, struct hub_ent);
	struct arena *a = &tx->arena;

	*ent = (struct hub_ent){
		.t = sql_text(st, from + T, a), .e = sql_text(st, from + E, a), .s = sql_text(st, from + S, a), .seq = sql_int(st, from + SEQ),
		.rev = sql_int(st, from + REV), .gone = sql_text(st, from + GONE, a), .to = sql_text(st, from + DEST, a),
		.by = sql_text(st, from + AUTHOR, a), .at = sql_int(st, from + AT), .dev = sql_text(st, from + DEV, a),
	};
	ent->d = hub_doc_read(tx, st, from + D, site, ent->t, ent->e, ent->rev, e);
	if (!ent->d)
		return NULL;
	if (!sql_is_null(st, from + FR) && !(ent->fr = hub_json_read(tx, sql_sv(st, from + FR), e)))
		return NULL;
	if (strcmp(ent->t, HUB_LEFT) == 0)
		split_left(tx, ent);
	return ent;
}

static bool load(struct hub_tx *tx, const char *site, const char *t, const char *e, struct hub_slot **out, struct err *e_)
{
	size_t bucket;
	struct hub_ent *stored = NULL;
	struct hub_slot *slot = slot_find(tx, site, t, e, &bucket);
	bool there, ok = true;

	*out = slot;
	if (slot)
		return true;
	struct sql_stmt *st = sql_stmt(tx->c,
				       "select " HUB_ENT_COLUMNS " from ent"
				       " where site = $1 and t = $2 and e = $3");
	sql_bind_text(st, site);
	sql_bind_text(st, t);
	sql_bind_text(st, e);
	there = sql_row(st);
	if (there)
		ok = (stored = hub_ent_read(tx, st, 0, site, e_)) != NULL;
	if (!sql_end(st, ok ? e_ : NULL) || !ok)
		return false;
	slot = arena_new(&tx->arena, struct hub_slot);
	*slot = (struct hub_slot){
		.next = tx->bucket[bucket], .site = arena_strdup(&tx->arena, site), .t = arena_strdup(&tx->arena, t),
		.e = arena_strdup(&tx->arena, e), .stored = stored, .now = stored,
	};
	tx->bucket[bucket] = slot;
	vec_push(&tx->slots, slot);
	*out = slot;
	return true;
}

bool hub_get(struct hub_tx *tx, const char *site, const char *t, const char *e, const struct hub_ent **out, struct err *e_)
{
	struct hub_slot *slot;

	*out = NULL;
	if (!load(tx, site, t, e, &slot, e_))
		return false;
	*out = slot->now;
	return true;
}

static json_t *keep(struct hub_tx *tx, json_t *j)
{
	if (j)
		vec_push(&tx->docs, json_incref(j));
	return j;
}

bool hub_put(struct hub_tx *tx, const char *site, const struct hub_ent *ent, const char *op_id, struct err *e)
{
	struct arena *a = &tx->arena;
	struct hub_slot *slot;

	if (tx->flushed || tx->mode != HUB_WRITE || !ent->d)
		BUG("hub_put after hub_flush, in a reading transaction or without a document");
	if (!load(tx, site, ent->t, ent->e, &slot, e))
		return false;
	if (ent->rev != (slot->now ? slot->now->rev + 1 : 1))
		return err_set(e, ERR_CONFLICT, _("%s %s: revision %lld does not follow %lld"), ent->t, ent->e, (long long)ent->rev,
			       (long long)(slot->now ? slot->now->rev : 0));
	struct hub_staged *line = vec_add(&slot->staged);
	struct hub_ent *now = arena_new(a, struct hub_ent);
	*now = (struct hub_ent){
		.t = slot->t, .e = slot->e, .s = arena_strdup(a, ent->s), .rev = ent->rev, .d = keep(tx, ent->d), .fr = keep(tx, ent->fr),
		.by = arena_strdup(a, ent->by), .at = tx->now, .gone = arena_strdup(a, ent->gone), .to = arena_strdup(a, ent->to),
		.dev = arena_strdup(a, ent->dev),
	};
	*line = (struct hub_staged){.ent = *now, .op = arena_strdup(a, op_id)};
	slot->now = now;
	slot->order = ++tx->puts;
	return true;
}

int64_t hub_seq_of(const struct hub_tx *tx, const char *site, const char *t, const char *e, const char **stream)
{
	size_t bucket;
	struct hub_slot *slot = slot_find(tx, site, t, e, &bucket);

	*stream = NULL;
	if (!slot || !slot->staged.n || !tx->flushed)
		return 0;
	*stream = slot->now->s;
	return slot->now->seq;
}

bool hub_forget(struct hub_tx *tx, const char *site, const char *t, const char *e, struct err *e_)
{
	// The lines stay: each holds a number of a stream, and a gap would be found as damage.
	struct sql_stmt *st = sql_stmt(tx->c, "update ent_hist" HUB_BLANKED " where site = $1 and t = $2 and e = $3");

	sql_bind_text(st, site);
	sql_bind_text(st, t);
	sql_bind_text(st, e);
	return sql_run(st, e_);
}
