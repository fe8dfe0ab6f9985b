// SPDX-License-Identifier: MIT
// Knows stage one of a search: postings of the rarest terms into accumulators, and the most promising documents out of them.
#include "kb/candidates.h"

#include "kb/index.h"

enum { FULL = 60000, BINS = 1024, BIN_SHIFT = 6, MARKS_MAX = 200 };

struct gathering {
	struct kb *kb;
	const struct kb_parsed *p;
	struct kb_budget b;
	struct kb_candidates *out;
	struct arena *a;
	struct err *e;
	unsigned required; // marks that a document needs
	size_t before;     // postings read for marks
	bool failed;       // what is alive could not be read
};

// ---- lists ----

// The numbers of one level of a list, into kb->read.
static bool read_level(struct gathering *g, const struct kb_list_head *h, unsigned level, size_t most, size_t *n)
{
	vec_reserve(&g->kb->read, most + 1);
	if (!kb_post_docs(g->kb->post, h, level, g->kb->read.v, most, n, g->e))
		return false;
	g->out->spent += *n;
	return true;
}

static void add_all(struct kb *kb, size_t n, uint16_t v)
{
	uint16_t *acc = kb->acc;

	vec_reserve(&kb->touched, kb->touched.n + n + 1);
	uint32_t *t = kb->touched.v + kb->touched.n;
	// a place that was 0 is noted, and overwritten by the next if it was not
	for (size_t i = 0; i < n; i++) {
		uint32_t doc = kb->read.v[i];
		*t = doc;
		t += acc[doc] == 0;
		acc[doc] = (uint16_t)(acc[doc] + v);
	}
	kb->touched.n = (size_t)(t - kb->touched.v);
}

static int rarest_first(const void *a, const void *b)
{
	const struct kb_lookup *x = *(const struct kb_lookup *const *)a, *y = *(const struct kb_lookup *const *)b;

	if (x->head.df != y->head.df)
		return (x->head.df > y->head.df) - (x->head.df < y->head.df);
	return (x->head.key > y->head.key) - (x->head.key < y->head.key);
}

static bool read_lookup(struct gathering *g, const struct kb_lookup *l, double scale)
{
	size_t cap = g->b.postings;

	for (unsigned level = KB_LEVELS; level-- > 0;) {
		size_t most = l->head.n[level], n, spent = g->out->spent - g->before;
		double v = l->weight * KB_LEVEL_WORTH[level] * scale;
		if (!most)
			continue;
		if (spent + most > cap) {
			g->out->cut = true;
			if (spent)
				continue;
			most = most > 4 * cap ? 4 * cap : most;
		}
		if (!read_level(g, &l->head, level, most, &n))
			return false;
		add_all(g->kb, n, v < 1 ? 1 : (uint16_t)v);
	}
	return true;
}

static bool read_lists(struct gathering *g)
{
	const struct kb_lookup **v = arena_array(g->a, const struct kb_lookup *, g->p->nlookups + 1);
	double sum = 0;

	for (size_t i = 0; i < g->p->nlookups; i++) {
		v[i] = &g->p->lookups[i];
		sum += v[i]->weight * KB_LEVEL_WORTH[KB_LEVELS - 1];
	}
	if (g->p->nlookups)
		qsort(v, g->p->nlookups, sizeof(struct kb_lookup *), rarest_first);
	for (size_t i = 0; i < g->p->nlookups; i++)
		if (!read_lookup(g, v[i], sum > 0 ? FULL / sum : 0))
			return false;
	return true;
}

// ---- what clauses demand ----

static void mark(struct gathering *g, uint32_t doc)
{
	struct kb *kb = g->kb;

	if (g->failed || doc >= kb->docs || kb->marks[doc] != g->required)
		return;
	if (!kb_live(kb, doc, g->e)) {
		g->failed = true;
		return;
	}
	if (!kb->live_row[doc])
		return;
	kb->marks[doc]++;
	if (!kb->acc[doc]) {
		kb->acc[doc] = 1;
		vec_push(&kb->touched, doc);
	}
}

static bool mark_list(struct gathering *g, const struct kb_list_head *h, size_t most)
{
	for (unsigned level = KB_LEVELS; level-- > 0 && most;) {
		size_t n, want = h->n[level] < most ? h->n[level] : most;
		if (!read_level(g, h, level, want, &n))
			return false;
		g->out->cut = g->out->cut || n < h->n[level];
		most -= n;
		for (size_t i = 0; i < n; i++)
			mark(g, g->kb->read.v[i]);
	}
	return true;
}

static bool find(struct gathering *g, const struct kb_sought *t, struct kb_list_head *h)
{
	kb_key key = t->kind == KB_WORD	  ? kb_key_word(t->text)
		     : t->kind == KB_HAN1 ? kb_key_han1(t->cp[0])
					  : kb_key_han2(t->cp[0], t->cp[1]);

	return kb_post_find(g->kb->post, key, h, g->a, g->e);
}

// Marks have a budget of their own, as large as that of the lists. What does not fit is left to the text, once there is one
// mark: that one may be cut instead.
static bool affordable(const struct gathering *g, int64_t df)
{
	return !g->required || (g->required < MARKS_MAX && g->out->spent + (size_t)df <= g->b.postings);
}

static size_t left(const struct gathering *g)
{
	return g->out->spent < g->b.postings ? g->b.postings - g->out->spent : 0;
}

// A lone character is indexed by itself only before the body; within it, as the first of a pair.
static bool mark_character(struct gathering *g, const struct kb_sought *t)
{
	enum { PAIRS = 256 };
	struct kb_key_df *v = arena_array(g->a, struct kb_key_df, PAIRS);
	struct kb_list_head h;
	size_t n;

	if (!affordable(g, 1))
		return true;
	if (!find(g, t, &h) || !mark_list(g, &h, left(g)) ||
	    !kb_post_range(g->kb->post, kb_key_han2(t->cp[0], 0), kb_key_han2(t->cp[0] + 1, 0), 0, v, PAIRS, &n, g->e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!kb_post_find(g->kb->post, v[i].key, &h, g->a, g->e) || !mark_list(g, &h, left(g)))
			return false;
	g->out->cut = g->out->cut || n == PAIRS || !left(g);
	g->required++;
	return true;
}

static bool mark_all(struct gathering *g, const struct kb_list_head *h)
{
	if (!affordable(g, h->df))
		return true;
	if (!mark_list(g, h, g->b.postings))
		return false;
	g->required++;
	return true;
}

// Documents that have every token of a phrase or title clause, the shortest list first.
static bool mark_tokens(struct gathering *g, const struct kb_clause *c)
{
	struct kb_list_head *h = arena_array(g->a, struct kb_list_head, c->n + 1);
	size_t shortest = 0;

	if (c->n == 1 && c->tokens[0].kind == KB_HAN1)
		return mark_character(g, &c->tokens[0]);
	for (size_t i = 0; i < c->n; i++) {
		if (!find(g, &c->tokens[i], &h[i]))
			return false;
		// a lone character may stand in the body, where it has no posting
		if (c->tokens[i].kind != KB_HAN1 && (h[i].df < h[shortest].df || c->tokens[shortest].kind == KB_HAN1))
			shortest = i;
	}
	if (!mark_all(g, &h[shortest]))
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (i != shortest && c->tokens[i].kind != KB_HAN1 && !mark_all(g, &h[i]))
			return false;
	return true;
}

static bool mark_prefix(struct gathering *g, const struct kb_clause *c)
{
	sqlite3_stmt *st =
		c->kind == KB_C_ID
			? kb_stmt(g->kb, "SELECT doc FROM article WHERE id >= ?1 AND id < ?1 || char(0x10ffff) LIMIT ?2", g->e)
			: kb_stmt(g->kb,
				  "SELECT a.doc FROM article_category c JOIN article a ON a.no = c.no WHERE c.category = ?1 "
				  "OR (c.category > ?1 || '.' AND c.category < ?1 || '/') LIMIT ?2",
				  g->e);
	int at = 0;
	enum kb_step s;

	if (!affordable(g, 1))
		return true;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(c->folded));
	kb_bind_int(st, &at, (int64_t)g->b.postings);
	while ((s = kb_step(g->kb, st, g->e)) == KB_ROW) {
		g->out->spent++;
		mark(g, (uint32_t)sqlite3_column_int64(st, 0));
	}
	g->required++;
	return s == KB_DONE;
}

static bool mark_required(struct gathering *g)
{
	for (size_t i = 0; i < g->p->nclauses; i++) {
		const struct kb_clause *c = &g->p->clauses[i];
		switch (c->kind) {
		case KB_C_PHRASE:
		case KB_C_TITLE:
			if (!mark_tokens(g, c))
				return false;
			break;
		case KB_C_ID:
		case KB_C_CATEGORY:
			if (!mark_prefix(g, c))
				return false;
			break;
		case KB_C_NOT:
			break;
		}
	}
	g->before = g->out->spent;
	return true;
}

// ---- the best ----

struct best {
	uint32_t doc;
	uint16_t promise;
	uint8_t len;
};

static int by_promise(const void *a, const void *b)
{
	const struct best *x = a, *y = b;

	if (x->promise != y->promise)
		return x->promise > y->promise ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return (x->doc > y->doc) - (x->doc < y->doc);
}

static void clear(struct kb *kb)
{
	for (size_t i = 0; i < kb->touched.n; i++)
		kb->acc[kb->touched.v[i]] = kb->marks[kb->touched.v[i]] = 0;
	kb->touched.n = 0;
}

// Takes every promise out of its accumulator, which is 0 again: the one look at memory that lies all over the place. A document
// that the clauses refuse has none.
static void take_promises(struct gathering *g, uint32_t bins[BINS])
{
	struct kb *kb = g->kb;

	vec_reserve(&kb->promises, kb->touched.n + 1);
	for (size_t i = 0; i < kb->touched.n; i++) {
		uint32_t doc = kb->touched.v[i];
		uint16_t promise = kb->acc[doc];
		kb->acc[doc] = 0;
		if (g->required) {
			promise = kb->marks[doc] == g->required ? promise : 0;
			kb->marks[doc] = 0;
		}
		kb->promises.v[i] = promise;
		bins[promise >> BIN_SHIFT]++;
	}
}

// The lowest promise that may still be one of the best. A tenth of the documents may be dead.
static unsigned lowest_promise(const struct gathering *g, const uint32_t bins[BINS])
{
	size_t above = 0, want = g->b.scored + g->b.scored / 4;
	unsigned bin = BINS;

	// where documents can be refused their number says little: all are looked at
	if (g->required || g->kb->touched.n <= g->b.scored)
		return 1;
	while (bin > 0 && above < want)
		above += bins[--bin];
	return bin ? bin << BIN_SHIFT : 1;
}

static void pick(struct gathering *g)
{
	struct kb *kb = g->kb;
	uint32_t bins[BINS] = {0};
	size_t n = 0;

	take_promises(g, bins);
	unsigned lowest = lowest_promise(g, bins);
	vec_reserve(&kb->read, kb->touched.n + 1);
	for (size_t i = 0; i < kb->touched.n; i++) {
		kb->read.v[n] = (uint32_t)i;
		n += kb->promises.v[i] >= lowest;
	}
	struct best *v = arena_array(g->a, struct best, n + 1);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t doc = kb->touched.v[kb->read.v[i]];
		if (!kb_live(kb, doc, g->e)) {
			g->failed = true;
			break;
		}
		v[kept] = (struct best){doc, kb->promises.v[kb->read.v[i]], (uint8_t)(kb->live_len[doc] & ~KB_SPECIAL)};
		kept += kb->live_row[doc] != 0;
	}
	kb->touched.n = 0;
	if (kept)
		qsort(v, kept, sizeof(*v), by_promise);
	g->out->n = kept < g->b.scored ? kept : g->b.scored;
	g->out->docs = arena_array(g->a, uint32_t, g->out->n + 1);
	for (size_t i = 0; i < g->out->n; i++)
		g->out->docs[i] = v[i].doc;
	g->out->required = g->required > 0;
}

bool kb_candidates(struct kb *kb, const struct kb_parsed *p, struct kb_budget b, struct kb_candidates *out, struct arena *a,
		   struct err *e)
{
	struct gathering g = {.kb = kb, .p = p, .b = b, .out = out, .a = a, .e = e};

	*out = (struct kb_candidates){0};
	if (!mark_required(&g) || !read_lists(&g) || g.failed) {
		clear(kb);
		return false;
	}
	pick(&g);
	return !g.failed;
}
