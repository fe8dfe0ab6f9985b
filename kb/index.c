// SPDX-License-Identifier: MIT
// Knows how an article enters and leaves the index, and what the searching side reads of it.
#include "kb/index.h"

// Gives every part of a field to fn: the parts that make up the field, in a fixed order.
typedef void part_fn(void *arg, enum kb_field field, struct sv part);

static void list_parts(const struct kb_list *l, enum kb_field field, part_fn *fn, void *arg)
{
	for (size_t i = 0; i < l->n; i++)
		fn(arg, field, sv(l->v[i]));
}

static void parts(const struct kb_text *t, part_fn *fn, void *arg)
{
	fn(arg, KB_F_TITLE, sv(t->title));
	fn(arg, KB_F_TITLE, sv(t->title_en));
	fn(arg, KB_F_QUESTION, sv(t->question));
	fn(arg, KB_F_TAGS, sv(t->id));
	list_parts(&t->tags, KB_F_TAGS, fn, arg);
	list_parts(&t->synonyms, KB_F_TAGS, fn, arg);
	list_parts(&t->phrasings, KB_F_PHRASINGS, fn, arg);
	fn(arg, KB_F_BODY, sv(t->summary_en));
	fn(arg, KB_F_BODY, sv(t->body));
}

// ---- the forward record ----

struct count {
	struct kb *kb;
	struct termset terms;
	uint32_t len[KB_FIELDS];
	enum kb_field field;
};

static void count_token(void *arg, const struct kb_token *t)
{
	struct count *c = arg;
	struct termset_entry *en = termset_at(&c->terms, t->text, kb_hash(t->text));

	en->n[c->field]++;
	// a pair is made of characters that count already
	if (t->kind != KB_HAN2 && !t->joined)
		c->len[c->field]++;
}

static void count_part(void *arg, enum kb_field field, struct sv part)
{
	struct count *c = arg;

	c->field = field;
	kb_analyse(c->kb->an, part, count_token, c);
}

static void count_text(struct kb *kb, const struct kb_text *t, struct count *c)
{
	*c = (struct count){.kb = kb};
	parts(t, count_part, c);
}

static bool in_head(const struct termset_entry *en)
{
	for (int f = 0; f < KB_F_BODY; f++)
		if (en->n[f])
			return true;
	return false;
}

static int by_hash(const void *a, const void *b)
{
	const struct termset_entry *x = *(struct termset_entry *const *)a, *y = *(struct termset_entry *const *)b;
	bool hx = in_head(x), hy = in_head(y);

	if (hx != hy)
		return hx ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash > y->hash ? 1 : -1;
	return sv_cmp(x->text, y->text);
}

static void add_u32(struct str *out, uint32_t v)
{
	const char b[4] = {(char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24)};

	str_addn(out, b, 4);
}

static char byte_of(int32_t n)
{
	return (char)(n > 255 ? 255 : n);
}

enum { DOC_HEAD = 4 * (KB_FIELDS + 2) };

// len[KB_FIELDS], nhead, nbody; hashes of the head terms, ascending; their counts, KB_FIELDS bytes each; hashes of the
// terms of the body alone, ascending; their counts, a byte each. Numbers are little endian.
static void write_doc(const struct count *c, struct str *out)
{
	struct termset_entry **v = termset_sorted(&c->terms, by_hash);
	size_t nhead = 0;

	while (nhead < c->terms.n && in_head(v[nhead]))
		nhead++;
	for (int f = 0; f < KB_FIELDS; f++)
		add_u32(out, c->len[f]);
	add_u32(out, (uint32_t)nhead);
	add_u32(out, (uint32_t)(c->terms.n - nhead));
	for (size_t i = 0; i < nhead; i++)
		add_u32(out, v[i]->hash);
	for (size_t i = 0; i < nhead; i++)
		for (int f = 0; f < KB_FIELDS; f++)
			str_addc(out, byte_of(v[i]->n[f]));
	for (size_t i = nhead; i < c->terms.n; i++)
		add_u32(out, v[i]->hash);
	for (size_t i = nhead; i < c->terms.n; i++)
		str_addc(out, byte_of(v[i]->n[KB_F_BODY]));
	free(v);
}

void kb_doc_make(struct kb *kb, const struct kb_text *t, struct str *out)
{
	struct count c;

	count_text(kb, t, &c);
	write_doc(&c, out);
	termset_release(&c.terms);
}

static uint32_t get_u32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

bool kb_doc_open(struct sv raw, struct kb_doc *out)
{
	if (raw.n < DOC_HEAD)
		return false;
	for (int f = 0; f < KB_FIELDS; f++)
		out->len[f] = get_u32(raw.p + 4 * f);
	out->nhead = get_u32(raw.p + 4 * KB_FIELDS);
	out->nbody = get_u32(raw.p + 4 * KB_FIELDS + 4);
	out->raw = raw;
	return raw.n == DOC_HEAD + out->nhead * (4 + KB_FIELDS) + out->nbody * 5;
}

// Place of hash among n ascending ones at p; n if absent.
static size_t find(const char *p, size_t n, uint32_t hash)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (get_u32(p + 4 * mid) < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && get_u32(p + 4 * lo) == hash ? lo : n;
}

bool kb_doc_tf(const struct kb_doc *d, uint32_t hash, unsigned tf[KB_FIELDS])
{
	const char *head = d->raw.p + DOC_HEAD, *body = head + d->nhead * (4 + KB_FIELDS);
	size_t i = find(head, d->nhead, hash);

	memset(tf, 0, KB_FIELDS * sizeof(*tf));
	if (i < d->nhead) {
		for (int f = 0; f < KB_FIELDS; f++)
			tf[f] = (unsigned char)head[4 * d->nhead + KB_FIELDS * i + (size_t)f];
		return true;
	}
	i = find(body, d->nbody, hash);
	if (i == d->nbody)
		return false;
	tf[KB_F_BODY] = (unsigned char)body[4 * d->nbody + i];
	return true;
}

// ---- rows ----

struct joined {
	struct str body, head;
};

static void join_part(void *arg, enum kb_field field, struct sv part)
{
	struct joined *j = arg;
	struct str *to = field == KB_F_BODY ? &j->body : &j->head;

	str_addn(to, part.p, part.n);
	str_addc(to, '\n');
}

static bool fts_row(struct kb *kb, sqlite3_stmt *st, int64_t no, const struct str *text, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	kb_bind_text(st, &at, sv_n(str_z(text), text->n));
	return kb_run(kb, st, e);
}

static bool postings(struct kb *kb, int64_t no, const struct kb_text *t, bool add, struct err *e)
{
	struct joined j = {{0}, {0}};
	bool ok;

	parts(t, join_part, &j);
	if (add)
		ok = fts_row(kb, kb_stmt(kb, "INSERT INTO kb_body(rowid, t) VALUES(?, ?)", e), no, &j.body, e) &&
		     fts_row(kb, kb_stmt(kb, "INSERT INTO kb_head(rowid, t) VALUES(?, ?)", e), no, &j.head, e);
	else
		ok = fts_row(kb, kb_stmt(kb, "INSERT INTO kb_body(kb_body, rowid, t) VALUES('delete', ?, ?)", e), no,
			     &j.body, e) &&
		     fts_row(kb, kb_stmt(kb, "INSERT INTO kb_head(kb_head, rowid, t) VALUES('delete', ?, ?)", e), no,
			     &j.head, e);
	str_release(&j.body);
	str_release(&j.head);
	return ok;
}

static void gather(struct kb *kb, const struct count *c, int sign)
{
	for (size_t i = 0; i < c->terms.cap; i++) {
		const struct termset_entry *en = &c->terms.slots[i];
		if (!en->text.p)
			continue;
		struct termset_entry *sum = termset_at(&kb->terms, en->text, en->hash);
		sum->n[0] += sign;
		sum->n[1] += in_head(en) ? sign : 0;
		sum->n[2] += en->n[KB_F_BODY] ? sign : 0;
	}
	kb->delta_docs += sign;
	for (int f = 0; f < KB_FIELDS; f++)
		kb->delta_len[f] += sign * (int64_t)c->len[f];
	kb->stale_view = true;
}

static bool set_head_len(struct kb *kb, int64_t no, unsigned char v, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT d FROM kb_head_len WHERE slice = ?", e);
	char d[KB_SLICE] = {0};
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no / KB_SLICE);
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_FAILED)
		return false;
	if (s == KB_ROW && kb_col(st, 0).n == KB_SLICE)
		memcpy(d, kb_col(st, 0).p, KB_SLICE);
	sqlite3_reset(st);
	d[no % KB_SLICE] = (char)v;
	st = kb_stmt(kb, "INSERT INTO kb_head_len(slice, d) VALUES(?, ?) ON CONFLICT(slice) DO UPDATE SET d = excluded.d", e);
	if (!st)
		return false;
	at = 0;
	kb_bind_int(st, &at, no / KB_SLICE);
	kb_bind_blob(st, &at, d, KB_SLICE);
	return kb_run(kb, st, e);
}

struct pinyin_row {
	struct kb *kb;
	int64_t no;
	struct err *e;
};

static bool add_pinyin(void *arg, const char *key, enum kb_field field)
{
	struct pinyin_row *r = arg;
	sqlite3_stmt *st = kb_stmt(r->kb,
				   "INSERT INTO kb_pinyin(key, no, field) VALUES(?, ?, ?) "
				   "ON CONFLICT(key, no) DO UPDATE SET field = min(field, excluded.field)",
				   r->e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(key));
	kb_bind_int(st, &at, r->no);
	kb_bind_int(st, &at, field);
	return kb_run(r->kb, st, r->e);
}

static bool run_no(struct kb *kb, sqlite3_stmt *st, int64_t no, struct err *e)
{
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, no);
	return kb_run(kb, st, e);
}

static bool add_doc(struct kb *kb, int64_t no, const struct count *c, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "INSERT INTO kb_doc(no, d) VALUES(?, ?)", e);
	struct str d = {0};
	int at = 0;

	if (!st)
		return false;
	write_doc(c, &d);
	kb_bind_int(st, &at, no);
	kb_bind_blob(st, &at, d.s, d.n);
	bool ok = kb_run(kb, st, e);
	str_release(&d);
	return ok;
}

static bool add_categories(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e)
{
	for (size_t i = 0; i < t->category.n; i++) {
		sqlite3_stmt *st = kb_stmt(kb, "INSERT OR IGNORE INTO article_category(category, no) VALUES(?, ?)", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_text(st, &at, sv(t->category.v[i]));
		kb_bind_int(st, &at, no);
		if (!kb_run(kb, st, e))
			return false;
	}
	return true;
}

bool kb_index_add(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e)
{
	struct pinyin_row row = {kb, no, e};
	struct count c;

	count_text(kb, t, &c);
	uint32_t len = c.len[KB_F_TITLE] > 253 ? 253 : c.len[KB_F_TITLE];
	bool ok = postings(kb, no, t, true, e) && add_doc(kb, no, &c, e) && set_head_len(kb, no, (unsigned char)(1 + len), e) &&
		  kb_pinyin_keys(t, add_pinyin, &row) && add_categories(kb, no, t, e);
	if (ok)
		gather(kb, &c, 1);
	termset_release(&c.terms);
	return ok;
}

bool kb_index_remove(struct kb *kb, int64_t no, const struct kb_text *t, struct err *e)
{
	struct count c;

	count_text(kb, t, &c);
	bool ok = postings(kb, no, t, false, e) && run_no(kb, kb_stmt(kb, "DELETE FROM kb_doc WHERE no = ?", e), no, e) &&
		  set_head_len(kb, no, 0, e) && run_no(kb, kb_stmt(kb, "DELETE FROM kb_pinyin WHERE no = ?", e), no, e);
	for (size_t i = 0; ok && i < t->category.n; i++) {
		sqlite3_stmt *st = kb_stmt(kb, "DELETE FROM article_category WHERE category = ? AND no = ?", e);
		int at = 0;
		ok = st != NULL;
		if (!ok)
			break;
		kb_bind_text(st, &at, sv(t->category.v[i]));
		kb_bind_int(st, &at, no);
		ok = kb_run(kb, st, e);
	}
	if (ok)
		gather(kb, &c, -1);
	termset_release(&c.terms);
	return ok;
}

bool kb_index_clear(struct kb *kb, struct err *e)
{
	kb->stale_view = true;
	return kb_exec(kb,
		       "INSERT INTO kb_body(kb_body) VALUES('delete-all');"
		       "INSERT INTO kb_head(kb_head) VALUES('delete-all');"
		       "DELETE FROM kb_doc; DELETE FROM kb_head_len; DELETE FROM kb_term; DELETE FROM kb_pinyin;"
		       "DELETE FROM article_category;"
		       "DELETE FROM meta WHERE key IN ('docs', 'len0', 'len1', 'len2', 'len3', 'len4')",
		       e);
}

static const char *const len_keys[KB_FIELDS] = {"len0", "len1", "len2", "len3", "len4"};

static bool flush_one(struct kb *kb, const struct termset_entry *en, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "INSERT INTO kb_term(term, df, hdf, bdf) VALUES(?, ?, ?, ?) "
				   "ON CONFLICT(term) DO UPDATE SET df = df + excluded.df, hdf = hdf + excluded.hdf, "
				   "bdf = bdf + excluded.bdf",
				   e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, en->text);
	kb_bind_int(st, &at, en->n[0]);
	kb_bind_int(st, &at, en->n[1]);
	kb_bind_int(st, &at, en->n[2]);
	if (!kb_run(kb, st, e))
		return false;
	if (en->n[0] >= 0)
		return true;
	st = kb_stmt(kb, "DELETE FROM kb_term WHERE term = ? AND df <= 0", e);
	at = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, en->text);
	return kb_run(kb, st, e);
}

bool kb_flush_terms(struct kb *kb, struct err *e)
{
	bool ok = true;

	if (!kb->terms.n)
		return true;
	struct termset_entry **v = termset_sorted(&kb->terms, NULL);
	for (size_t i = 0; ok && i < kb->terms.n; i++)
		if (v[i]->n[0] || v[i]->n[1] || v[i]->n[2])
			ok = flush_one(kb, v[i], e);
	free(v);
	ok = ok && kb_meta_set(kb, "docs", kb_meta(kb, "docs") + kb->delta_docs, e);
	for (int f = 0; ok && f < KB_FIELDS; f++)
		ok = kb_meta_set(kb, len_keys[f], kb_meta(kb, len_keys[f]) + kb->delta_len[f], e);
	termset_clear(&kb->terms);
	kb->delta_docs = 0;
	memset(kb->delta_len, 0, sizeof(kb->delta_len));
	return ok;
}

bool kb_view(struct kb *kb, struct err *e)
{
	unsigned version = 0;
	sqlite3_stmt *st;
	enum kb_step s;

	// reading the file's header first lets SQLite notice a commit of another connection
	kb->searchable = kb_meta(kb, "docs");
	sqlite3_file_control(kb->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	if (!kb->stale_view && version == kb->seen_version)
		return true;
	for (int f = 0; f < KB_FIELDS; f++)
		kb->len_sum[f] = kb_meta(kb, len_keys[f]);
	st = kb_stmt(kb, "SELECT slice, d FROM kb_head_len ORDER BY slice", e);
	if (!st)
		return false;
	kb->docs = 0;
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		size_t at = (size_t)sqlite3_column_int64(st, 0) * KB_SLICE;
		if (at + KB_SLICE > kb->acc_cap) {
			kb->head_len = xrealloc(kb->head_len, at + KB_SLICE);
			kb->acc = xreallocarray(kb->acc, at + KB_SLICE, sizeof(*kb->acc));
			kb->marks = xrealloc(kb->marks, at + KB_SLICE);
			memset(kb->head_len + kb->acc_cap, 0, at + KB_SLICE - kb->acc_cap);
			kb->acc_cap = at + KB_SLICE;
		}
		memset(kb->head_len + kb->docs, 0, at - kb->docs);
		memcpy(kb->head_len + at, kb_col(st, 1).p, kb_col(st, 1).n < KB_SLICE ? kb_col(st, 1).n : KB_SLICE);
		kb->docs = at + KB_SLICE;
	}
	if (s == KB_FAILED)
		return false;
	if (kb->acc_cap) {
		memset(kb->acc, 0, kb->acc_cap * sizeof(*kb->acc));
		memset(kb->marks, 0, kb->acc_cap);
	}
	kb->seen_version = version;
	kb->stale_view = false;
	return true;
}
