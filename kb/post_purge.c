// SPDX-License-Identifier: MIT
// Knows how the numbers of documents that are gone leave a posting store.
#include "kb/post_internal.h"

// Takes the dead out of docs; false if there are none.
static bool without_dead(uint32_t *docs, size_t *n, bool (*dead)(void *arg, uint32_t no), void *arg)
{
	size_t alive = 0;

	for (size_t i = 0; i < *n; i++)
		alive += !dead(arg, docs[i]);
	if (alive == *n)
		return false;
	alive = 0;
	for (size_t i = 0; i < *n; i++)
		if (!dead(arg, docs[i]))
			docs[alive++] = docs[i];
	*n = alive;
	return true;
}

static bool purge_head(struct kb_post *p, kb_key key, struct sv row, bool (*dead)(void *arg, uint32_t no), void *arg,
		       struct err *e)
{
	uint32_t docs[POST_INLINE];
	struct post_head h;
	bool changed = false;

	if (!post_head_open(row, &h))
		return post_damaged(p, key, e);
	for (unsigned l = 0; l < KB_LEVELS; l++) {
		struct post_level *lv = &h.at[l];
		size_t n;
		if (!lv->n || lv->chunks)
			continue;
		if (!post_decode(lv->list, 0, UINT32_MAX, docs, POST_INLINE, &n) || n != lv->n)
			return post_damaged(p, key, e);
		if (!without_dead(docs, &n, dead, arg))
			continue;
		changed = true;
		*lv = (struct post_level){0};
		if (n && !post_append_inline(p, key, l, lv, docs, n, e))
			return false;
	}
	return !changed || post_put_head(p, key, &h, e);
}

static bool purge_chunk(struct kb_post *p, int64_t id, struct sv row, bool (*dead)(void *arg, uint32_t no), void *arg,
			struct err *e)
{
	kb_key key = (kb_key)id >> 17;
	unsigned level = ((unsigned)(id >> 12) & 31) - 1;
	uint8_t buf[POST_CHUNK + POST_VARINT];
	uint32_t docs[POST_CHUNK], chunks;
	struct post_head h;
	size_t n, before;
	bool there;

	if (!post_decode(row, 0, UINT32_MAX, docs, POST_CHUNK, &n))
		return post_damaged(p, key, e);
	before = n;
	if (!without_dead(docs, &n, dead, arg))
		return true;
	if (!post_row(p, post_head_id(key), &row, &there, e))
		return false;
	if (!there || level >= KB_LEVELS)
		return post_damaged(p, key, e);
	char head[POST_ROW];
	memcpy(head, row.p, row.n);
	if (!post_head_open(sv_n(head, row.n), &h) || h.at[level].n < before - n || !h.at[level].chunks)
		return post_damaged(p, key, e);
	h.at[level].n -= (uint32_t)(before - n);
	if (!h.at[level].n)
		h.at[level].chunks = 0;
	if (!(n ? post_put_chunks(p, key, level, (uint32_t)(id & (POST_CHUNKS - 1)), buf, 0, 0, docs, n, &chunks, e)
		: post_drop_row(p, id, e)))
		return false;
	return post_put_head(p, key, &h, e);
}

bool kb_post_purge(struct kb_post *p, bool (*dead)(void *arg, uint32_t no), void *arg, size_t rows, int64_t *next,
		   struct err *e)
{
	char copy[POST_ROW];

	for (; rows; rows--) {
		// the row read next may be one that was just written
		if (!post_write_waiting(p, e))
			return false;
		sqlite3_stmt *st = post_stmt(p, &p->rows, "SELECT id, d FROM %s WHERE id >= ? ORDER BY id LIMIT 1", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_int(st, &at, *next);
		enum kb_step s = kb_step(p->kb, st, e);
		if (s != KB_ROW) {
			*next = 0;
			return s == KB_DONE;
		}
		int64_t id = sqlite3_column_int64(st, 0);
		struct sv row = kb_col(st, 1);
		if (row.n > sizeof(copy))
			return post_damaged(p, (kb_key)id >> 17, e);
		memcpy(copy, row.p, row.n);
		row.p = copy;
		sqlite3_reset(st);
		*next = id + 1;
		if (!(id & ((1 << 17) - 1) ? purge_chunk(p, id, row, dead, arg, e)
					    : purge_head(p, (kb_key)id >> 17, row, dead, arg, e)))
			return false;
	}
	return post_write_waiting(p, e);
}
