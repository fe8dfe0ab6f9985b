// SPDX-License-Identifier: MIT
// Knows how what was gathered for the index is written at the commit, and how every connection follows what others wrote.
#include "kb/chars.h"
#include "kb/index.h"
#include "src/base/i18n.h"

enum {
	SLICE = KB_LIVE_SLICE, // 4,000 bytes, which fit a page
	ENTRY = 5,   // row of the version, little endian, and length of the title
};
static const char *const len_keys[KB_FIELDS] = {"len0", "len1", "len2", "len3", "len4"};

// ---- pending postings ----

static bool damaged(struct err *e)
{
	return err_set(e, ERR_IO, _("the search index is damaged: run zuoxi kb check --repair"));
}

static void put_varint(struct str *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		str_addc(out, (char)(v | 0x80));
	str_addc(out, (char)v);
}

static int by_key(const void *a, const void *b)
{
	const struct kb_posting *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

// Ascending keys with their level in the lowest two bits, as differences.
static bool write_pending(struct kb *kb, const struct kb_fresh *f, struct err *e)
{
	struct kb_posting *v = kb->fresh_postings.v + f->first;
	sqlite3_stmt *st = kb_stmt(kb, "INSERT INTO kb_pending(doc, d) VALUES(?, ?)", e);
	struct str d = {0};
	uint64_t before = 0;
	int at = 0;

	if (!st)
		return false;
	if (f->n)
		qsort(v, f->n, sizeof(*v), by_key);
	for (size_t i = 0; i < f->n; i++) {
		put_varint(&d, (v[i].key << 2 | v[i].level) - before);
		before = v[i].key << 2 | v[i].level;
	}
	kb_bind_int(st, &at, f->doc);
	kb_bind_blob(st, &at, d.s, d.n);
	bool ok = kb_run(kb, st, e);
	str_release(&d);
	return ok;
}

bool kb_pending_postings(struct sv d, struct kb_posting *out, size_t *n)
{
	const unsigned char *p = (const unsigned char *)d.p, *end = p + d.n;
	uint64_t sum = 0;

	*n = 0;
	while (p < end) {
		uint64_t v = 0;
		unsigned shift = 0;
		do {
			if (p == end || shift > 56)
				return false;
			v |= (uint64_t)(*p & 0x7f) << shift;
			shift += 7;
		} while (*p++ & 0x80);
		sum += v;
		if (!v || sum >> 2 >> KB_KEY_BITS)
			return false;
		out[(*n)++] = (struct kb_posting){sum >> 2, (uint8_t)(sum & 3)};
	}
	return true;
}

bool kb_load_pending(struct kb *kb, struct err *e)
{
	sqlite3_stmt *st;
	VEC(struct kb_posting) v = {0};
	int at = 0;
	enum kb_step s;
	bool sound = true;

	if (!kb_post_refresh(kb->post, e))
		return false;
	st = kb_stmt(kb, "SELECT doc, d FROM kb_pending WHERE doc > ? ORDER BY doc", e);
	if (!st)
		return false;
	kb_bind_int(st, &at, kb_post_have(kb->post));
	while (sound && (s = kb_step(kb, st, e)) == KB_ROW) {
		int64_t doc = sqlite3_column_int64(st, 0);
		size_t n = 0;
		vec_reserve(&v, kb_col(st, 1).n + 1);
		sound = doc <= UINT32_MAX && kb_pending_postings(kb_col(st, 1), v.v, &n);
		if (sound)
			kb_post_learn(kb->post, (uint32_t)doc, v.v, n);
	}
	sqlite3_reset(st);
	vec_release(&v);
	if (!sound)
		return damaged(e);
	return s == KB_DONE;
}

// ---- the commit ----

static bool put_slice(struct kb *kb, int64_t slice, int64_t rev, const char d[SLICE * ENTRY], struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_live(slice, rev, d) VALUES(?, ?, ?) "
				   "ON CONFLICT(slice) DO UPDATE SET rev = excluded.rev, d = excluded.d",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, slice);
	kb_bind_int(st, &at, rev);
	kb_bind_blob(st, &at, d, SLICE * ENTRY);
	return kb_run(kb, st, e);
}

static bool get_slice(struct kb *kb, int64_t slice, char d[SLICE * ENTRY], struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT d FROM kb_live WHERE slice = ?", e);
	int at = 0;

	memset(d, 0, SLICE * ENTRY);
	if (!st)
		return false;
	kb_bind_int(st, &at, slice);
	enum kb_step s = kb_step(kb, st, e);
	bool sound = s != KB_ROW || kb_col(st, 0).n == SLICE * ENTRY;
	if (s == KB_ROW && sound)
		memcpy(d, kb_col(st, 0).p, SLICE * ENTRY);
	sqlite3_reset(st);
	return s != KB_FAILED && (sound || damaged(e));
}

// Changes come nearly in order of their documents; a later one of the same document counts.
static bool write_live(struct kb *kb, struct err *e)
{
	int64_t rev = kb_meta(kb, "live.rev") + 1, slice = -1;
	char d[SLICE * ENTRY];

	for (size_t i = 0; i < kb->live_changes.n; i++) {
		const struct kb_live_change *c = &kb->live_changes.v[i];
		char *at = d + c->doc % SLICE * ENTRY;
		if (c->doc / SLICE != slice) {
			if (slice >= 0 && !put_slice(kb, slice, rev, d, e))
				return false;
			slice = c->doc / SLICE;
			if (!get_slice(kb, slice, d, e))
				return false;
		}
		if (!c->row && c->len == KB_SPECIAL) {
			at[4] = (char)(at[4] | (char)KB_SPECIAL);
			continue;
		}
		for (int b = 0; b < 4; b++)
			at[b] = (char)(c->row >> 8 * b);
		at[4] = (char)c->len;
	}
	return (slice < 0 || put_slice(kb, slice, rev, d, e)) && kb_meta_set(kb, "live.rev", rev, e);
}

static bool write_sums(struct kb *kb, struct err *e)
{
	bool ok = kb_meta_set(kb, "docs", kb_meta(kb, "docs") + kb->delta_docs, e) &&
		  (!kb->delta_dead || kb_meta_set(kb, "dead", kb_meta(kb, "dead") + kb->delta_dead, e)) &&
		  (!kb->last_doc || kb_meta_set(kb, "doc", kb->last_doc, e));

	for (int f = 0; ok && f < KB_FIELDS; f++)
		ok = kb_meta_set(kb, len_keys[f], kb_meta(kb, len_keys[f]) + kb->delta_len[f], e);
	return ok;
}

static void reset(struct kb *kb)
{
	kb->fresh.n = kb->fresh_postings.n = kb->live_changes.n = 0;
	kb->last_doc = 0;
	kb->last_row = 0;
	kb->bulk = false;
	kb->delta_docs = kb->delta_dead = 0;
	memset(kb->delta_len, 0, sizeof(kb->delta_len));
	kb->stale_view = true;
}

bool kb_index_flush(struct kb *kb, struct err *e)
{
	bool ok = true;

	if (!kb->live_changes.n)
		return true;
	for (size_t i = 0; ok && i < kb->fresh.n; i++)
		ok = write_pending(kb, &kb->fresh.v[i], e);
	ok = ok && (!kb->bulk || kb_post_flush(kb->post, kb->last_doc, e)) && kb_words_flush(kb->words, e) &&
	     kb_chars_flush(kb->chars, e) && write_live(kb, e) &&
	     write_sums(kb, e);
	if (ok)
		reset(kb);
	return ok;
}

void kb_index_forget(struct kb *kb)
{
	reset(kb);
	kb_post_forget(kb->post);
	kb_words_forget(kb->words);
	kb_chars_forget(kb->chars);
}

// ---- the view ----

// All of it is zero but what was read of kb_live, which is read again where it is needed: big memory that nobody touched costs
// nothing.
static void make_room(struct kb *kb, size_t docs)
{
	docs = (docs / SLICE + 1) * SLICE;
	if (docs <= kb->docs)
		return;
	free(kb->live_row);
	free(kb->live_len);
	free(kb->live_known);
	free(kb->acc);
	free(kb->marks);
	kb->live_row = xcalloc(docs, sizeof(*kb->live_row));
	kb->live_len = xcalloc(docs, 1);
	kb->live_known = xcalloc(docs / SLICE, 1);
	kb->acc = xcalloc(docs, sizeof(*kb->acc));
	kb->marks = xcalloc(docs, 1);
	kb->docs = docs;
}

bool kb_live_read(struct kb *kb, uint32_t slice, struct err *e)
{
	char d[SLICE * ENTRY];
	const unsigned char *p = (const unsigned char *)d;
	size_t first = (size_t)slice * SLICE;

	if (!get_slice(kb, slice, d, e))
		return false;
	for (size_t i = 0; i < SLICE; i++, p += ENTRY) {
		kb->live_row[first + i] = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
		kb->live_len[first + i] = p[4];
	}
	kb->live_known[slice] = 1;
	return true;
}

bool kb_live_all(struct kb *kb, struct err *e)
{
	for (size_t i = 0; i * SLICE < kb->docs; i++)
		if (!kb_live(kb, (uint32_t)(i * SLICE), e))
			return false;
	return true;
}

// Slices that somebody wrote since are read again when they are asked for.
static bool forget_changed(struct kb *kb, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT slice, rev FROM kb_live WHERE rev > ? ORDER BY rev", e);
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	kb_bind_int(st, &at, kb->live_rev);
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		int64_t slice = sqlite3_column_int64(st, 0);
		if (slice < 0 || (uint64_t)slice >= kb->docs / SLICE) {
			sqlite3_reset(st);
			return damaged(e);
		}
		kb->live_known[slice] = 0;
		kb->live_rev = sqlite3_column_int64(st, 1);
	}
	return s == KB_DONE;
}

static bool read_live(struct kb *kb, struct err *e)
{
	size_t before = kb->docs;

	make_room(kb, (size_t)kb_meta(kb, "doc"));
	if (before == kb->docs && before)
		return forget_changed(kb, e);
	kb->live_rev = kb_meta(kb, "live.rev");
	return true;
}

// The index was made anew: nothing in memory holds any more.
static void drop_view(struct kb *kb)
{
	kb_post_forget(kb->post);
	if (kb->docs)
		memset(kb->live_known, 0, kb->docs / SLICE);
	kb->live_rev = 0;
}

bool kb_view(struct kb *kb, struct err *e)
{
	unsigned version = 0;
	// reading the file first lets SQLite notice a commit of another connection
	int64_t docs = kb_meta(kb, "docs"), epoch, pending;

	sqlite3_file_control(kb->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	if (!kb->stale_view && version == kb->seen_version)
		return true;
	kb->searchable = docs;
	for (int f = 0; f < KB_FIELDS; f++)
		kb->len_sum[f] = kb_meta(kb, len_keys[f]);
	epoch = kb_meta(kb, "epoch");
	if (epoch != kb->epoch)
		drop_view(kb);
	kb->epoch = epoch;
	pending = kb_meta(kb, "pending.rev");
	if (pending != kb->pending_rev)
		kb_post_forget(kb->post);
	kb->pending_rev = pending;
	kb_words_stale(kb->words);
	kb_chars_stale(kb->chars);
	if (!read_live(kb, e) || !kb_load_pending(kb, e))
		return false;
	if (kb_post_have(kb->post) >= kb->docs)
		return damaged(e);
	kb->seen_version = version;
	kb->stale_view = false;
	return true;
}

void kb_index_release(struct kb *kb)
{
	kb_post_free(kb->post);
	kb_words_free(kb->words);
	kb_chars_free(kb->chars);
	vec_release(&kb->fresh);
	vec_release(&kb->fresh_postings);
	vec_release(&kb->live_changes);
	vec_release(&kb->touched);
	vec_release(&kb->read);
	vec_release(&kb->promises);
	free(kb->live_row);
	free(kb->live_len);
	free(kb->live_known);
	free(kb->acc);
	free(kb->marks);
	kb_entering_free(kb->entering);
}
