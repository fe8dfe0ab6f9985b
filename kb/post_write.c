// SPDX-License-Identifier: MIT
// Knows how numbers are appended to a posting store: many documents at once, or those of the delta slice by slice.
#include "kb/post_internal.h"

#include "src/base/i18n.h"

enum {
	GATHER_MAX = 12 << 20,   // postings held before a flush
	GATHER_SPAN = 1 << 16,   // numbers that fit beside a key
	RADIX_BITS = 12,
};

// ---- sorting ----

void post_sort(uint64_t *v, uint64_t *scratch, size_t n, unsigned low_bit)
{
	enum { BUCKETS = 1 << RADIX_BITS };
	size_t *at = xcalloc(BUCKETS, sizeof(*at));
	uint64_t *from = v, *to = scratch;

	for (unsigned bit = low_bit; n && bit < 64; bit += RADIX_BITS) {
		size_t sum = 0;
		memset(at, 0, BUCKETS * sizeof(*at));
		for (size_t i = 0; i < n; i++)
			at[from[i] >> bit & (BUCKETS - 1)]++;
		if (at[from[0] >> bit & (BUCKETS - 1)] == n)
			continue;
		for (size_t b = 0; b < BUCKETS; b++) {
			size_t here = at[b];
			at[b] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			to[at[from[i] >> bit & (BUCKETS - 1)]++] = from[i];
		uint64_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != v)
		memcpy(v, from, n * sizeof(*v));
	free(at);
}

// ---- rows ----

static bool put_one(struct kb_post *p, int64_t id, const void *row, size_t n, struct err *e)
{
	sqlite3_stmt *st = post_stmt(p, &p->put, "REPLACE INTO %s(id, d) VALUES(?, ?)", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, id);
	kb_bind_blob(st, &at, row, n);
	return kb_run(p->kb, st, e);
}

// One statement for a full batch: its cost beside the rows is what a single row costs.
static bool put_batch(struct kb_post *p, struct err *e)
{
	static const char many[] = "REPLACE INTO %s(id, d) VALUES(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),"
				   "(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?),(?,?)";
	const struct post_waiting *w = p->waiting;
	sqlite3_stmt *st = post_stmt(p, &p->put_many, many, e);
	int at = 0;

	if (!st)
		return false;
	for (size_t i = 0; i < POST_WAITING; i++) {
		kb_bind_int(st, &at, w->id[i]);
		kb_bind_blob(st, &at, w->bytes + w->at[i], w->at[i + 1] - w->at[i]);
	}
	return kb_run(p->kb, st, e);
}

bool post_write_waiting(struct kb_post *p, struct err *e)
{
	struct post_waiting *w = p->waiting;
	bool ok = true;

	if (!w || !w->n)
		return true;
	if (w->n == POST_WAITING)
		ok = put_batch(p, e);
	for (size_t i = 0; ok && w->n < POST_WAITING && i < w->n; i++)
		ok = put_one(p, w->id[i], w->bytes + w->at[i], w->at[i + 1] - w->at[i], e);
	w->n = 0;
	return ok;
}

bool post_put_row(struct kb_post *p, int64_t id, const void *row, size_t n, struct err *e)
{
	struct post_waiting *w;

	if (n > POST_ROW)
		BUG("a row of %zu bytes", n);
	if (!p->waiting)
		p->waiting = xcalloc(1, sizeof(*p->waiting));
	w = p->waiting;
	w->id[w->n] = id;
	memcpy(w->bytes + w->at[w->n], row, n);
	w->at[w->n + 1] = w->at[w->n] + (uint32_t)n;
	return ++w->n < POST_WAITING || post_write_waiting(p, e);
}

bool post_drop_row(struct kb_post *p, int64_t id, struct err *e)
{
	sqlite3_stmt *st = post_stmt(p, &p->drop, "DELETE FROM %s WHERE id = ?", e);
	int at = 0;

	if (!st || !post_write_waiting(p, e))
		return false;
	kb_bind_int(st, &at, id);
	return kb_run(p->kb, st, e);
}

static bool set_meta(struct kb_post *p, const char *what, uint64_t v, struct err *e)
{
	char key[64];

	snprintf(key, sizeof(key), "%s.%s", p->table, what);
	return kb_meta_set(p->kb, key, (int64_t)v, e);
}

bool post_put_head(struct kb_post *p, kb_key key, const struct post_head *h, struct err *e)
{
	uint8_t row[1 + KB_LEVELS * 2 * POST_VARINT + POST_INLINE], *at = row + 1;

	row[0] = 0;
	for (unsigned l = 0; l < KB_LEVELS; l++) {
		const struct post_level *lv = &h->at[l];
		if (!lv->n)
			continue;
		row[0] |= (uint8_t)(1u << l | (lv->chunks ? 16u << l : 0));
		at = post_put(at, lv->n);
		if (lv->chunks)
			at = post_put(at, lv->chunks);
		else if (lv->n > 1)
			at = post_put(at, (uint32_t)lv->list.n);
	}
	if (!row[0])
		return post_drop_row(p, post_head_id(key), e);
	for (unsigned l = 0; l < KB_LEVELS; l++)
		if (h->at[l].n && !h->at[l].chunks) {
			memcpy(at, h->at[l].list.p, h->at[l].list.n);
			at += h->at[l].list.n;
		}
	return post_put_row(p, post_head_id(key), row, (size_t)(at - row), e);
}

bool post_put_chunks(struct kb_post *p, kb_key key, unsigned level, uint32_t chunk, uint8_t buf[POST_CHUNK + POST_VARINT],
		       size_t used, uint32_t last, const uint32_t *docs, size_t n, uint32_t *chunks, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		size_t end = (size_t)(post_put(buf + used, docs[i] - last) - buf);
		if (end > POST_CHUNK) {
			if (!post_put_row(p, post_id(key, level, chunk), buf, used, e))
				return false;
			if (++chunk == POST_CHUNKS)
				return err_set(e, ERR_LIMIT, _("a word is in too many articles for the search index"));
			end = (size_t)(post_put(buf, docs[i]) - buf);
		}
		used = end;
		last = docs[i];
	}
	*chunks = chunk + 1;
	return post_put_row(p, post_id(key, level, chunk), buf, used, e);
}

// ---- appending to one term ----

static bool append_chunks(struct kb_post *p, kb_key key, unsigned level, struct post_level *lv, const uint32_t *docs, size_t n,
			  struct err *e)
{
	uint8_t buf[POST_CHUNK + POST_VARINT];
	uint32_t old[POST_CHUNK];
	size_t used = 0, have = 0;
	struct sv row;
	bool there;

	if (!post_row(p, post_id(key, level, lv->chunks - 1), &row, &there, e))
		return false;
	if (there && (row.n > POST_CHUNK || !post_decode(row, 0, UINT32_MAX, old, POST_CHUNK, &have) || !have ||
		      old[have - 1] >= docs[0]))
		return post_damaged(p, key, e);
	if (there) {
		used = row.n;
		memcpy(buf, row.p, used);
	}
	lv->n += (uint32_t)n;
	return post_put_chunks(p, key, level, lv->chunks - 1, buf, used, have ? old[have - 1] : 0, docs, n, &lv->chunks, e);
}

bool post_append_inline(struct kb_post *p, kb_key key, unsigned level, struct post_level *lv, const uint32_t *docs, size_t n,
			  struct err *e)
{
	uint32_t old[POST_INLINE + POST_VARINT];
	size_t have = 0, used = lv->list.n;

	if (used > POST_INLINE || !post_decode(lv->list, 0, UINT32_MAX, old, POST_INLINE, &have) || have != lv->n ||
	    (have && old[have - 1] >= docs[0]))
		return post_damaged(p, key, e);
	uint32_t last = have ? old[have - 1] : 0;
	vec_reserve(&p->lists[level], used + n * POST_VARINT);
	uint8_t *buf = p->lists[level].v, *at = buf + used;
	if (used)
		memcpy(buf, lv->list.p, used);
	for (size_t i = 0; i < n; i++) {
		at = post_put(at, docs[i] - last);
		last = docs[i];
	}
	lv->n += (uint32_t)n;
	lv->list = sv_n((const char *)buf, (size_t)(at - buf));
	return true;
}

static bool move_out(struct kb_post *p, kb_key key, unsigned level, struct post_level *lv, struct err *e)
{
	uint8_t buf[POST_CHUNK + POST_VARINT];
	size_t n;

	vec_reserve(&p->moved, lv->n);
	if (!post_decode(lv->list, 0, UINT32_MAX, p->moved.v, lv->n, &n) || n != lv->n)
		return post_damaged(p, key, e);
	lv->list = (struct sv){0};
	return post_put_chunks(p, key, level, 0, buf, 0, 0, p->moved.v, n, &lv->chunks, e);
}

// Lists that no longer fit into the head leave it, the longest first.
static bool make_room(struct kb_post *p, kb_key key, struct post_head *h, struct err *e)
{
	for (;;) {
		size_t sum = 0;
		unsigned longest = 0;
		for (unsigned l = 0; l < KB_LEVELS; l++) {
			sum += h->at[l].list.n;
			if (h->at[l].list.n > h->at[longest].list.n)
				longest = l;
		}
		if (sum <= POST_INLINE)
			return true;
		if (!move_out(p, key, longest, &h->at[longest], e))
			return false;
	}
}

// Appends p->fresh to the term. is_new: the table does not have it.
static bool append(struct kb_post *p, kb_key key, bool is_new, struct err *e)
{
	struct post_head h = {0};
	char head[POST_ROW];
	bool there = false;
	struct sv row;

	if (!is_new && !post_row(p, post_head_id(key), &row, &there, e))
		return false;
	if (there) {
		memcpy(head, row.p, row.n);
		if (!post_head_open(sv_n(head, row.n), &h))
			return post_damaged(p, key, e);
	}
	for (unsigned l = 0; l < KB_LEVELS; l++) {
		const uint32_t *docs = p->fresh[l].v;
		size_t n = p->fresh[l].n;
		if (!n)
			continue;
		if (!(h.at[l].chunks ? append_chunks(p, key, l, &h.at[l], docs, n, e)
				     : post_append_inline(p, key, l, &h.at[l], docs, n, e)))
			return false;
	}
	return make_room(p, key, &h, e) && post_put_head(p, key, &h, e);
}

static void clear_fresh(struct kb_post *p)
{
	for (int l = 0; l < KB_LEVELS; l++)
		p->fresh[l].n = 0;
}

// ---- many documents at once ----

void kb_post_gather(struct kb_post *p, uint32_t no, const struct kb_posting *v, size_t n)
{
	if (!p->base)
		p->base = no;
	if (no < p->base || no - p->base >= GATHER_SPAN || (p->top && no <= p->top))
		BUG("document %u does not fit behind %u", no, p->top);
	p->top = no;
	vec_reserve(&p->gathered, p->gathered.n + n);
	for (size_t i = 0; i < n; i++)
		p->gathered.v[p->gathered.n++] = v[i].key << 18 | (uint64_t)(no - p->base) << 2 | (v[i].level & 3);
}

bool kb_post_full(const struct kb_post *p, uint32_t no)
{
	return p->base && (no - p->base >= GATHER_SPAN || p->gathered.n >= GATHER_MAX);
}

// Keys above the highest one of the table need no look whether they are there.
static bool highest_key(struct kb_post *p, kb_key *key, struct err *e)
{
	sqlite3_stmt *st = NULL;

	if (!post_stmt(p, &st, "SELECT max(id) FROM %s", e))
		return false;
	enum kb_step s = kb_step(p->kb, st, e);
	*key = s == KB_ROW ? (kb_key)sqlite3_column_int64(st, 0) >> 17 : 0;
	sqlite3_finalize(st);
	return s == KB_ROW;
}

static bool write_gathered(struct kb_post *p, struct err *e)
{
	const uint64_t *v = p->gathered.v;
	size_t n = p->gathered.n;
	kb_key highest;

	if (!highest_key(p, &highest, e))
		return false;
	for (size_t i = 0; i < n;) {
		kb_key key = v[i] >> 18;
		clear_fresh(p);
		for (; i < n && v[i] >> 18 == key; i++)
			vec_push(&p->fresh[v[i] & 3], p->base + (uint32_t)(v[i] >> 2 & (GATHER_SPAN - 1)));
		if (!append(p, key, key > highest, e))
			return false;
	}
	return post_write_waiting(p, e);
}

bool kb_post_flush(struct kb_post *p, uint32_t to, struct err *e)
{
	if (p->to || p->delta.last > p->upto || to < p->upto || (p->base && (p->base <= p->upto || to < p->top)))
		BUG("flush to %u behind %u", to, p->upto);
	uint64_t *scratch = xreallocarray(NULL, p->gathered.n + 1, sizeof(*scratch));
	post_sort(p->gathered.v, scratch, p->gathered.n, 18);
	free(scratch);
	if (!write_gathered(p, e) || !set_meta(p, "upto", to, e))
		return false;
	p->upto = to;
	vec_release(&p->gathered);
	p->base = p->top = 0;
	return true;
}

void kb_post_forget(struct kb_post *p)
{
	if (p->waiting)
		p->waiting->n = 0;
	post_delta_release(&p->delta);
	vec_release(&p->gathered);
	vec_release(&p->todo);
	p->todo_to = 0;
	p->base = p->top = 0;
	p->known = false;
	p->upto = p->to = 0;
	p->next = 0;
}

bool kb_post_clear(struct kb_post *p, struct err *e)
{
	sqlite3_stmt *st = NULL;

	kb_post_forget(p);
	if (!post_stmt(p, &st, "DELETE FROM %s", e))
		return false;
	bool ok = kb_run(p->kb, st, e);
	sqlite3_finalize(st);
	ok = ok && set_meta(p, "upto", 0, e) && set_meta(p, "to", 0, e) && set_meta(p, "next", 0, e);
	p->known = ok;
	return ok;
}

// ---- slices of a merge ----

static bool has_work(const struct kb_post *p, const struct post_list *l)
{
	for (uint32_t i = l->first; i; i = p->delta.entries.v[i - 1].next)
		if (p->delta.entries.v[i - 1].no > p->upto)
			return p->delta.entries.v[i - 1].no <= p->to;
	return false;
}

static void list_work(struct kb_post *p)
{
	p->todo.n = p->done = 0;
	for (size_t i = 0; i < p->delta.lists.n; i++)
		if (p->delta.lists.v[i].key >= p->next && has_work(p, &p->delta.lists.v[i]))
			vec_push(&p->todo, p->delta.lists.v[i].key);
	uint64_t *scratch = xreallocarray(NULL, p->todo.n + 1, sizeof(*scratch));
	post_sort(p->todo.v, scratch, p->todo.n, 0);
	free(scratch);
	p->todo_to = p->to;
}

static bool merge_term(struct kb_post *p, kb_key key, struct err *e)
{
	const struct post_list *l = post_delta_find(&p->delta, key);

	clear_fresh(p);
	for (uint32_t i = l->first; i; i = p->delta.entries.v[i - 1].next) {
		const struct post_entry *en = &p->delta.entries.v[i - 1];
		if (en->no > p->upto && en->no <= p->to)
			vec_push(&p->fresh[en->level], en->no);
	}
	return append(p, key, false, e);
}

bool kb_post_merge(struct kb_post *p, size_t terms, bool *more, struct err *e)
{
	*more = false;
	if (!p->to) {
		if (p->delta.last <= p->upto)
			return true;
		p->to = p->delta.last;
		p->next = 0;
		if (!set_meta(p, "to", p->to, e))
			return false;
	}
	if (p->delta.last < p->to) // the caller did not give all, or the file names documents that do not exist
		return post_damaged(p, 0, e);
	if (p->todo_to != p->to)
		list_work(p);
	for (; terms && p->done < p->todo.n; terms--) {
		kb_key key = p->todo.v[p->done++];
		if (key < p->next) // another process went on meanwhile
			continue;
		if (!merge_term(p, key, e))
			return false;
		p->next = key + 1;
	}
	*more = p->done < p->todo.n;
	if (!post_write_waiting(p, e))
		return false;
	if (*more)
		return set_meta(p, "next", p->next, e);
	p->upto = p->to;
	p->to = 0;
	p->next = 0;
	post_trim(p);
	return set_meta(p, "upto", p->upto, e) && set_meta(p, "to", 0, e) && set_meta(p, "next", 0, e);
}
