// SPDX-License-Identifier: MIT
// Knows a posting store in a base of its own, beside the plain list of the documents it was given.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <sqlite3.h>

#include "tests/unit/kb/post_world.h"

uint32_t rnd(struct world *w, uint32_t below)
{
	w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((w->seed >> 33) % below);
}

kb_key key_of(uint32_t rank)
{
	char word[16];

	if (rank % 3 == 0)
		return kb_key_han1(0x4e00 + rank);
	if (rank % 3 == 1)
		return kb_key_han2(0x4e00 + rank % 16, 0x5000 + rank);
	snprintf(word, sizeof(word), "w%u", rank);
	return kb_key_word(sv(word));
}

static void make_doc(struct world *w, struct doc *d)
{
	d->n = 0;
	for (size_t n = rnd(w, PER_DOC_MAX); n; n--) {
		uint32_t a = rnd(w, KEYS), b = rnd(w, KEYS), c = rnd(w, KEYS), low = a < b ? a : b;
		low = low < c ? low : c;
		kb_key key = key_of(low * low / KEYS);
		bool twice = false;
		for (size_t i = 0; i < d->n; i++)
			twice = twice || d->v[i].key == key;
		if (!twice)
			d->v[d->n++] = (struct kb_posting){key, (uint8_t)rnd(w, KB_LEVELS)};
	}
}

void add_docs(struct world *w, size_t n)
{
	while (n--)
		make_doc(w, vec_add(&w->docs));
}

size_t expect(const struct world *w, kb_key key, unsigned level, uint32_t from, uint32_t *out)
{
	size_t n = 0;

	for (size_t i = from; i < w->docs.n; i++)
		for (size_t k = 0; k < w->docs.v[i].n; k++)
			if (w->docs.v[i].v[k].key == key && w->docs.v[i].v[k].level == level)
				out[n++] = (uint32_t)i + 1;
	return n;
}

uint64_t model_sum(const struct world *w)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < w->docs.n; i++)
		for (size_t k = 0; k < w->docs.v[i].n; k++)
			sum += kb_posting_mix(w->docs.v[i].v[k].key, (uint32_t)i + 1, w->docs.v[i].v[k].level);
	return sum;
}

void world_open(struct world *w, uint64_t seed)
{
	*w = (struct world){.seed = seed};
	fixture_open(&w->f);
	OK(kb_exec(w->f.kb, "CREATE TABLE t_post(id INTEGER PRIMARY KEY, d BLOB)", &e));
	OK(kb_exec(w->f.kb, "PRAGMA synchronous=OFF", &e));
	w->post = kb_post_new(w->f.kb, "t_post");
	OK(kb_post_refresh(w->post, &e));
}

void world_close(struct world *w)
{
	kb_post_free(w->post);
	vec_release(&w->docs);
	free(w->buf);
	fixture_close(&w->f);
}

void learn(struct world *w, struct kb_post *p, uint32_t to)
{
	for (uint32_t no = kb_post_have(p) + 1; no <= to; no++)
		kb_post_learn(p, no, w->docs.v[no - 1].v, w->docs.v[no - 1].n);
}

void bulk(struct world *w, uint32_t to)
{
	OK(kb_begin(w->f.kb, &e));
	for (uint32_t no = kb_post_have(w->post) + 1; no <= to; no++) {
		assert_false(kb_post_full(w->post, no));
		kb_post_gather(w->post, no, w->docs.v[no - 1].v, w->docs.v[no - 1].n);
	}
	OK(kb_post_flush(w->post, to, &e));
	OK(kb_commit(w->f.kb, &e));
}

bool slice(struct world *w, size_t terms)
{
	bool more = false;

	OK(kb_begin(w->f.kb, &e));
	OK(kb_post_refresh(w->post, &e));
	OK(kb_post_merge(w->post, terms, &more, &e));
	OK(kb_commit(w->f.kb, &e));
	return more;
}

void world_reopen(struct world *w)
{
	kb_post_free(w->post);
	kb_close(w->f.kb);
	OK(kb_open(&w->f.kb, w->f.path, KB_WRITE, &w->f.clock, NULL, &e));
	OK(kb_exec(w->f.kb, "PRAGMA synchronous=OFF", &e));
	w->post = kb_post_new(w->f.kb, "t_post");
	OK(kb_post_refresh(w->post, &e));
}

void compare(struct world *w, struct kb_post *p, uint32_t step)
{
	struct arena a = {0};
	size_t n, cap = w->docs.n + 8;

	w->buf = xreallocarray(w->buf, 2 * cap, sizeof(*w->buf));
	uint32_t *want = w->buf, *have = w->buf + cap;
	for (uint32_t r = 0; r <= KEYS; r += step) {
		struct kb_list_head h;
		int64_t df = 0;
		OK(kb_post_find(p, key_of(r), &h, &a, &e));
		for (unsigned l = 0; l < KB_LEVELS; l++) {
			size_t m = expect(w, key_of(r), l, 0, want);
			assert_int_equal(h.n[l], m);
			OK(kb_post_docs(p, &h, l, have, cap, &n, &e));
			assert_int_equal(n, m);
			if (m)
				assert_memory_equal(want, have, m * sizeof(*want));
			if (m > 2) { // a part of a list is its beginning
				OK(kb_post_docs(p, &h, l, have, m - 1, &n, &e));
				assert_int_equal(n, m - 1);
				assert_memory_equal(want, have, n * sizeof(*want));
			}
			df += (int64_t)m;
		}
		assert_int_equal(h.df, df);
		// an open statement would hold back checkpoints and hide what others commit
		if (sqlite3_get_autocommit(kb_sql(p->kb)))
			assert_int_equal(sqlite3_txn_state(kb_sql(p->kb), "main"), SQLITE_TXN_NONE);
		arena_clear(&a);
	}
	arena_release(&a);
}

static void on_posting(void *arg, kb_key key, uint32_t no, unsigned level)
{
	((struct walked *)arg)->sum += kb_posting_mix(key, no, level);
}

static void on_problem(void *arg, const char *msg)
{
	struct walked *r = arg;

	r->problems++;
	snprintf(r->last, sizeof(r->last), "%s", msg);
}

struct walked walk(struct world *w)
{
	struct walked r = {0};

	OK(kb_post_walk(w->post, on_posting, on_problem, &r, &e));
	return r;
}

void assert_sound(struct world *w)
{
	struct walked r = walk(w);

	if (r.problems)
		fail_msg("%s", r.last);
	assert_true(r.sum == model_sum(w));
}
