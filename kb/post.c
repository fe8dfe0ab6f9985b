// SPDX-License-Identifier: MIT
// Knows how a posting store is read: heads, lists, ranges, and the documents that only memory holds yet.
#include "kb/post_internal.h"

#include "src/base/i18n.h"

struct kb_post *kb_post_new(struct kb *kb, const char *table)
{
	struct kb_post *p = xcalloc(1, sizeof(*p));

	p->kb = kb;
	p->table = table;
	return p;
}

void kb_post_free(struct kb_post *p)
{
	if (!p)
		return;
	sqlite3_stmt *const all[] = {p->get, p->chunks, p->heads, p->put, p->put_many, p->drop, p->rows};
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		sqlite3_finalize(all[i]);
	post_delta_release(&p->delta);
	for (int l = 0; l < KB_LEVELS; l++) {
		vec_release(&p->fresh[l]);
		vec_release(&p->lists[l]);
	}
	vec_release(&p->gathered);
	vec_release(&p->moved);
	vec_release(&p->todo);
	free(p->waiting);
	free(p);
}

sqlite3_stmt *post_stmt(struct kb_post *p, sqlite3_stmt **st, const char *sql, struct err *e)
{
	if (!*st) {
		char *text = sqlite3_mprintf(sql, p->table);
		int rc = sqlite3_prepare_v3(kb_sql(p->kb), text, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
		sqlite3_free(text);
		if (rc != SQLITE_OK) {
			kb_sql_err(p->kb, e);
			return NULL;
		}
	}
	sqlite3_reset(*st);
	return *st;
}

bool post_damaged(const struct kb_post *p, kb_key key, struct err *e)
{
	return err_set(e, ERR_IO, _("the search index is damaged (%s, term %llx): run zuoxi kb check --repair"), p->table,
		       (unsigned long long)key);
}

static bool is_waiting(const struct kb_post *p, int64_t id)
{
	const struct post_waiting *w = p->waiting;

	for (size_t i = 0; w && i < w->n; i++)
		if (w->id[i] == id)
			return true;
	return false;
}

bool post_row(struct kb_post *p, int64_t id, struct sv *row, bool *there, struct err *e)
{
	sqlite3_stmt *st = post_stmt(p, &p->get, "SELECT d FROM %s WHERE id = ?", e);
	int at = 0;

	*there = false;
	if (!st || (is_waiting(p, id) && !post_write_waiting(p, e)))
		return false;
	kb_bind_int(st, &at, id);
	enum kb_step s = kb_step(p->kb, st, e);
	if (s != KB_ROW)
		return s == KB_DONE;
	struct sv d = kb_col(st, 0);
	if (d.n <= sizeof(p->row))
		memcpy(p->row, d.p, d.n);
	// a statement left open would hold its snapshot of the file
	sqlite3_reset(st);
	*there = true;
	*row = sv_n(p->row, d.n);
	return d.n <= sizeof(p->row) || post_damaged(p, (kb_key)id >> 17, e);
}

// ---- lists and heads ----

// Eight differences of one byte each, none of them 0: the common case in long lists.
static inline bool eight_small(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return !((w | (w - 0x0101010101010101u)) & 0x8080808080808080u);
}

bool post_decode(struct sv list, uint32_t after, uint32_t limit, uint32_t *out, size_t max, size_t *n)
{
	const uint8_t *p = (const uint8_t *)list.p, *end = p + list.n;
	uint64_t no = 0;
	size_t i = 0;
	uint32_t d = 0;

	*n = 0;
	if (max && p < end) { // the first number as it is
		p = post_get(p, end, &d);
		if (!p || d <= after || d > limit)
			return false;
		no = out[i++] = d;
	}
	while (i < max && p < end) {
		if (end - p >= 8 && max - i >= 8 && eight_small(p)) {
			for (int k = 0; k < 8; k++)
				out[i + (size_t)k] = (uint32_t)(no += p[k]);
			if (no > limit)
				return false;
			p += 8;
			i += 8;
			continue;
		}
		p = post_get(p, end, &d);
		if (!p || !d || (no += d) > limit)
			return false;
		out[i++] = (uint32_t)no;
	}
	*n = i;
	return true;
}

static const uint8_t *open_counts(const uint8_t *p, const uint8_t *end, unsigned mask, struct post_head *h)
{
	for (unsigned l = 0; p && l < KB_LEVELS; l++) {
		struct post_level *at = &h->at[l];
		uint32_t v = 0;
		*at = (struct post_level){0};
		if (!(mask >> l & 1))
			continue;
		p = post_get(p, end, &at->n);
		if (!p || !at->n)
			return NULL;
		if (!(mask >> (4 + l) & 1) && at->n == 1)
			continue;
		p = post_get(p, end, &v);
		if (mask >> (4 + l) & 1) {
			at->chunks = v;
			if (!v || v > POST_CHUNKS)
				return NULL;
		} else {
			at->list.n = v;
			if (v < at->n)
				return NULL;
		}
	}
	return p;
}

bool post_head_open(struct sv row, struct post_head *h)
{
	const uint8_t *p = (const uint8_t *)row.p, *end = p + row.n;
	unsigned mask = row.n ? *p : 0;

	if (!(mask & 15) || (mask >> 4 & ~mask & 15))
		return false;
	p = open_counts(p + 1, end, mask, h);
	for (unsigned l = 0; p && l < KB_LEVELS; l++) {
		struct post_level *at = &h->at[l];
		uint32_t only;
		if (!at->n || at->chunks)
			continue;
		const uint8_t *next = at->list.n ? p + at->list.n : post_get(p, end, &only);
		if (!next || (size_t)(end - p) < at->list.n)
			return false;
		at->list = sv_n((const char *)p, (size_t)(next - p));
		p = next;
	}
	return p == end;
}

// ---- the delta ----

static size_t slot_of(const struct post_delta *d, kb_key key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (d->nslots - 1);

	while (d->slots[i] && d->lists.v[d->slots[i] - 1].key != key)
		i = (i + 1) & (d->nslots - 1);
	return i;
}

static void grow_slots(struct post_delta *d)
{
	free(d->slots);
	d->nslots = d->nslots ? d->nslots * 2 : 1024;
	d->slots = xcalloc(d->nslots, sizeof(*d->slots));
	for (size_t i = 0; i < d->lists.n; i++)
		d->slots[slot_of(d, d->lists.v[i].key)] = (uint32_t)i + 1;
}

void post_delta_add(struct post_delta *d, kb_key key, uint32_t no, unsigned level)
{
	if (d->lists.n * 2 >= d->nslots)
		grow_slots(d);
	size_t slot = slot_of(d, key);
	if (!d->slots[slot]) {
		vec_push(&d->lists, (struct post_list){.key = key});
		d->slots[slot] = (uint32_t)d->lists.n;
	}
	struct post_list *l = &d->lists.v[d->slots[slot] - 1];
	vec_push(&d->entries, ((struct post_entry){d->slots[slot] - 1, no, 0, level}));
	uint32_t at = (uint32_t)d->entries.n;
	if (l->last)
		d->entries.v[l->last - 1].next = at;
	else
		l->first = at;
	l->last = at;
	l->n[level]++;
}

const struct post_list *post_delta_find(const struct post_delta *d, kb_key key)
{
	uint32_t at = d->nslots ? d->slots[slot_of(d, key)] : 0;

	return at ? &d->lists.v[at - 1] : NULL;
}

void post_delta_release(struct post_delta *d)
{
	vec_release(&d->entries);
	vec_release(&d->lists);
	free(d->slots);
	*d = (struct post_delta){0};
}

void post_trim(struct kb_post *p)
{
	struct post_delta old = p->delta;
	uint32_t before = 0;

	p->delta = (struct post_delta){0};
	if (old.last > p->upto) {
		p->delta.last = old.last;
		p->delta.docs = old.last - p->upto < old.docs ? old.last - p->upto : old.docs;
	}
	for (size_t i = 0; i < old.entries.n; i++) {
		const struct post_entry *en = &old.entries.v[i];
		before = en->no;
		if (before > p->upto)
			post_delta_add(&p->delta, old.lists.v[en->list].key, en->no, en->level);
	}
	post_delta_release(&old);
	vec_release(&p->todo);
	p->todo_to = 0;
}

void kb_post_learn(struct kb_post *p, uint32_t no, const struct kb_posting *v, size_t n)
{
	if (no <= kb_post_have(p))
		BUG("document %u is in the index already", no);
	for (size_t i = 0; i < n; i++)
		post_delta_add(&p->delta, v[i].key, no, v[i].level & (KB_LEVELS - 1));
	p->delta.docs++;
	p->delta.last = no;
}

bool kb_post_refresh(struct kb_post *p, struct err *e)
{
	char name[3][64];
	int64_t v[3];
	static const char *const what[] = {"upto", "to", "next"};

	for (int i = 0; i < 3; i++) {
		snprintf(name[i], sizeof(name[i]), "%s.%s", p->table, what[i]);
		v[i] = kb_meta(p->kb, name[i]);
	}
	if (v[0] < 0 || v[0] > UINT32_MAX || v[1] < 0 || v[1] > UINT32_MAX || (v[1] && v[1] <= v[0]))
		return post_damaged(p, 0, e);
	bool back = p->known && (uint32_t)v[0] < p->upto;
	bool on = p->known && (uint32_t)v[0] > p->upto;
	p->known = true;
	p->upto = (uint32_t)v[0];
	p->to = (uint32_t)v[1];
	p->next = (kb_key)v[2];
	if (back) {
		post_delta_release(&p->delta);
		vec_release(&p->todo);
		p->todo_to = 0;
	}
	if (on && p->delta.docs)
		post_trim(p);
	return true;
}

uint32_t kb_post_upto(const struct kb_post *p)
{
	return p->upto;
}

uint32_t kb_post_have(const struct kb_post *p)
{
	return p->delta.last > p->upto ? p->delta.last : p->upto;
}

uint32_t kb_post_goal(const struct kb_post *p)
{
	return p->to;
}

size_t kb_post_delta(const struct kb_post *p)
{
	return p->delta.docs;
}

// ---- asking ----

// How many of the delta's numbers of this term the table does not have yet, by level.
static void count_delta(const struct kb_post *p, const struct post_list *l, uint32_t n[KB_LEVELS])
{
	uint32_t merged = post_merged(p, l->key);

	memcpy(n, l->n, sizeof(l->n));
	for (uint32_t i = l->first; i && p->delta.entries.v[i - 1].no <= merged; i = p->delta.entries.v[i - 1].next)
		n[p->delta.entries.v[i - 1].level]--;
}

bool kb_post_find(struct kb_post *p, kb_key key, struct kb_list_head *out, struct arena *a, struct err *e)
{
	const struct post_list *l = post_delta_find(&p->delta, key);
	uint32_t merged = p->to > p->upto ? p->to : p->upto;
	struct post_head h;
	struct sv row;
	bool there;

	*out = (struct kb_list_head){.key = key};
	if (!post_row(p, post_head_id(key), &row, &there, e))
		return false;
	if (there) {
		if (!post_head_open(row, &h))
			return post_damaged(p, key, e);
		for (int i = 0; i < KB_LEVELS; i++) {
			if (h.at[i].n > merged)
				return post_damaged(p, key, e);
			out->n[i] = h.at[i].n;
		}
		out->head = sv_n(arena_strndup(a, row.p, row.n), row.n);
	}
	if (l)
		count_delta(p, l, out->delta);
	for (int i = 0; i < KB_LEVELS; i++)
		out->df += out->n[i] += out->delta[i];
	return true;
}

static bool chunk_docs(struct kb_post *p, kb_key key, unsigned level, uint32_t *docs, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *st = post_stmt(p, &p->chunks, "SELECT d FROM %s WHERE id BETWEEN ? AND ? ORDER BY id", e);
	uint32_t merged = p->to > p->upto ? p->to : p->upto;
	int at = 0;
	enum kb_step s = KB_DONE;

	if (!st)
		return false;
	kb_bind_int(st, &at, post_id(key, level, 0));
	kb_bind_int(st, &at, post_id(key, level, POST_CHUNKS - 1));
	*n = 0;
	while (*n < max && (s = kb_step(p->kb, st, e)) == KB_ROW) {
		size_t got;
		if (!post_decode(kb_col(st, 0), *n ? docs[*n - 1] : 0, merged, docs + *n, max - *n, &got)) {
			sqlite3_reset(st);
			return post_damaged(p, key, e);
		}
		*n += got;
	}
	sqlite3_reset(st);
	return s != KB_FAILED;
}

bool kb_post_docs(struct kb_post *p, const struct kb_list_head *h, unsigned level, uint32_t *docs, size_t max, size_t *n,
		  struct err *e)
{
	uint32_t merged = p->to > p->upto ? p->to : p->upto, stored = h->n[level] - h->delta[level];
	size_t want = stored < max ? stored : max;
	struct post_head open;

	*n = 0;
	if (want) {
		if (!post_head_open(h->head, &open) || open.at[level].n != stored)
			return post_damaged(p, h->key, e);
		if (open.at[level].chunks) {
			if (!chunk_docs(p, h->key, level, docs, want, n, e))
				return false;
		} else if (!post_decode(open.at[level].list, 0, merged, docs, want, n)) {
			return post_damaged(p, h->key, e);
		}
		if (*n != want)
			return post_damaged(p, h->key, e);
	}
	const struct post_list *l = h->delta[level] ? post_delta_find(&p->delta, h->key) : NULL;
	uint32_t own = post_merged(p, h->key);
	for (uint32_t i = l ? l->first : 0; i && *n < max; i = p->delta.entries.v[i - 1].next) {
		const struct post_entry *en = &p->delta.entries.v[i - 1];
		if (en->level == level && en->no > own)
			docs[(*n)++] = en->no;
	}
	return true;
}

// ---- ranges ----

static void keep_best(struct kb_key_df *out, size_t max, size_t *n, struct kb_key_df k)
{
	size_t i = *n < max ? (*n)++ : max;

	if (!max || (i == max && out[max - 1].df >= k.df))
		return;
	for (i = i == max ? max - 1 : i; i && out[i - 1].df < k.df; i--)
		out[i] = out[i - 1];
	out[i] = k;
}

static int64_t delta_df(const struct kb_post *p, const struct post_list *l)
{
	uint32_t n[KB_LEVELS];
	int64_t df = 0;

	count_delta(p, l, n);
	for (int i = 0; i < KB_LEVELS; i++)
		df += n[i];
	return df;
}

// Steps from head to head; chunks between them are jumped over.
static bool range_heads(struct kb_post *p, kb_key from, kb_key to, size_t rows, struct kb_key_df *out, size_t max, size_t *n,
			struct err *e)
{
	sqlite3_stmt *st = post_stmt(p, &p->heads, "SELECT id, d FROM %s WHERE id >= ? AND id < ? ORDER BY id", e);
	enum kb_step s = KB_DONE;
	struct post_head h;
	bool seek = true;

	if (!st)
		return false;
	for (size_t seen = 0; !rows || seen < rows; seen++) {
		if (seek) {
			int at = 0;
			sqlite3_reset(st);
			kb_bind_int(st, &at, post_head_id(from));
			kb_bind_int(st, &at, post_head_id(to));
		}
		if ((s = kb_step(p->kb, st, e)) != KB_ROW)
			break;
		kb_key key = (kb_key)sqlite3_column_int64(st, 0) >> 17;
		if (!post_head_open(kb_col(st, 1), &h)) {
			sqlite3_reset(st);
			return post_damaged(p, key, e);
		}
		const struct post_list *l = post_delta_find(&p->delta, key);
		int64_t df = l ? delta_df(p, l) : 0;
		seek = false;
		for (int i = 0; i < KB_LEVELS; i++) {
			df += h.at[i].n;
			seek = seek || h.at[i].chunks;
		}
		from = key + 1;
		keep_best(out, max, n, (struct kb_key_df){key, df});
	}
	sqlite3_reset(st);
	return s != KB_FAILED;
}

bool kb_post_range(struct kb_post *p, kb_key from, kb_key to, size_t rows, struct kb_key_df *out, size_t max, size_t *n,
		   struct err *e)
{
	*n = 0;
	if (!range_heads(p, from, to, rows, out, max, n, e))
		return false;
	for (size_t i = 0; i < p->delta.lists.n; i++) {
		const struct post_list *l = &p->delta.lists.v[i];
		struct sv row;
		bool there;
		if (l->key < from || l->key >= to || p->delta.entries.v[l->last - 1].no <= post_merged(p, l->key))
			continue;
		// most are in one document: whether the table has them too need not be asked
		if (max && *n == max && out[max - 1].df >= delta_df(p, l))
			continue;
		if (!post_row(p, post_head_id(l->key), &row, &there, e))
			return false;
		if (!there)
			keep_best(out, max, n, (struct kb_key_df){l->key, delta_df(p, l)});
	}
	return true;
}
