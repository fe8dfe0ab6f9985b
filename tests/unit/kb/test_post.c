// SPDX-License-Identifier: MIT
// Knows that a posting store answers like a plain list of documents, on every way it may have been filled.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <sqlite3.h>

#include "tests/unit/kb/post_world.h"

static void test_keys(void **state)
{
	static const char *const words[] = {"", "a", "kb", "kb-fin-001", "adsl", "loan", "loans", "mu5137"};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		kb_key k = kb_key_word(sv(words[i]));
		assert_true(k >> 45 == 1);
		for (size_t j = 0; j < i; j++)
			assert_true(k != kb_key_word(sv(words[j])));
	}
	// the kinds lie apart, pairs of a character together
	assert_true(kb_key_han1(0x3134f) < kb_key_han2(0x3400, 0));
	assert_true(kb_key_han2(0x3134f, 0x3134f) < kb_key_initials("aa", 2));
	assert_true(kb_key_initials("zzzz", 4) < kb_key_syllables(0, 0));
	assert_true(kb_key_syllables(511, 511) < kb_key_word(sv("x")));
	assert_true(kb_key_han2(0x4e00, 0x9fff) < kb_key_han2(0x4e01, 0));
	// what begins alike is neighbours; a shorter one is not a longer one
	assert_true(kb_key_initials("zh", 2) < kb_key_initials("zha", 3));
	assert_true(kb_key_initials("zhdj", 4) < kb_key_initials("zi", 2));
	assert_true(kb_key_syllables(1, 2) != kb_key_syllables(2, 1));
}

static void test_batches_of_any_size_are_one_store(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 1);
	add_docs(&w, 9000);
	bulk(&w, 1);
	bulk(&w, 2);
	bulk(&w, 3000);
	bulk(&w, 9000);
	compare(&w, w.post, 7);
	assert_sound(&w);
	// the most frequent terms lie in chunks, the rest in heads: both forms were compared
	struct post_head h;
	struct sv row;
	bool there;
	OK(post_row(w.post, post_head_id(key_of(0)), &row, &there, &e));
	assert_true(there && post_head_open(row, &h) && (h.at[0].chunks || h.at[1].chunks));
	OK(post_row(w.post, post_head_id(key_of(60)), &row, &there, &e));
	assert_true(there && post_head_open(row, &h) && !h.at[0].chunks && !h.at[1].chunks);
	world_close(&w);
}

static void test_delta_is_found_and_merged(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 2);
	add_docs(&w, 2000);
	bulk(&w, 2000);
	add_docs(&w, 300);
	learn(&w, w.post, 2300);
	assert_int_equal(kb_post_delta(w.post), 300);
	compare(&w, w.post, 1);
	while (slice(&w, 25))
		compare(&w, w.post, 11); // in the midst of it, too
	assert_int_equal(kb_post_delta(w.post), 0);
	assert_int_equal(kb_post_upto(w.post), 2300);
	compare(&w, w.post, 1);
	assert_sound(&w);
	world_close(&w);
}

// Documents come while a merge is under way, the writing process ends between any two slices, and a reader that opened
// long ago goes on asking.
static void test_merge_goes_on_after_a_restart(void **state)
{
	struct world w;
	struct kb *reader;

	(void)state;
	world_open(&w, 3);
	add_docs(&w, 500);
	bulk(&w, 500);
	OK(kb_open(&reader, w.f.path, KB_READ, &w.f.clock, NULL, &e));
	struct kb_post *p = kb_post_new(reader, "t_post");
	for (int round = 0; round < 40; round++) {
		if (rnd(&w, 3) == 0)
			add_docs(&w, 1 + rnd(&w, 60));
		if (rnd(&w, 3) == 0)
			world_reopen(&w);
		learn(&w, w.post, (uint32_t)w.docs.n);
		slice(&w, 1 + rnd(&w, 90));
		OK(kb_exec(reader, "BEGIN", &e));
		OK(kb_post_refresh(p, &e));
		learn(&w, p, (uint32_t)w.docs.n);
		compare(&w, p, 5);
		OK(kb_exec(reader, "COMMIT", &e));
		if (round % 8 == 0)
			compare(&w, w.post, 3);
	}
	while (slice(&w, 1000))
		;
	while (slice(&w, 1000)) // what came while the last merge was under way
		;
	assert_int_equal(kb_post_upto(w.post), w.docs.n);
	assert_sound(&w);
	OK(kb_post_refresh(p, &e));
	assert_int_equal(kb_post_delta(p), 0);
	kb_post_free(p);
	kb_close(reader);
	world_close(&w);
}

static void test_two_writers_in_turn_share_a_merge(void **state)
{
	struct world w;
	struct kb *other;
	bool more = true;

	(void)state;
	world_open(&w, 4);
	add_docs(&w, 200);
	OK(kb_open(&other, w.f.path, KB_WRITE, &w.f.clock, NULL, &e));
	struct kb_post *p = kb_post_new(other, "t_post");
	OK(kb_post_refresh(p, &e));
	learn(&w, p, 200);
	learn(&w, w.post, 200);
	for (int i = 0; more; i++) {
		if (i % 2) {
			more = slice(&w, 30);
			continue;
		}
		OK(kb_begin(other, &e));
		OK(kb_post_refresh(p, &e));
		OK(kb_post_merge(p, 20, &more, &e));
		OK(kb_commit(other, &e));
	}
	kb_post_free(p);
	kb_close(other);
	OK(kb_post_refresh(w.post, &e));
	assert_sound(&w);
	world_close(&w);
}

static void test_a_rollback_leaves_nothing(void **state)
{
	struct world w;
	bool more;

	(void)state;
	world_open(&w, 5);
	add_docs(&w, 300);
	bulk(&w, 100);
	learn(&w, w.post, 300);
	OK(kb_begin(w.f.kb, &e));
	OK(kb_post_merge(w.post, 40, &more, &e));
	kb_rollback(w.f.kb);
	kb_post_forget(w.post);
	OK(kb_post_refresh(w.post, &e));
	assert_int_equal(kb_post_have(w.post), 100);
	assert_int_equal(kb_post_goal(w.post), 0);
	learn(&w, w.post, 300);
	compare(&w, w.post, 3);
	while (slice(&w, 64))
		;
	assert_sound(&w);
	OK(kb_begin(w.f.kb, &e));
	OK(kb_post_clear(w.post, &e));
	OK(kb_commit(w.f.kb, &e));
	assert_int_equal(kb_post_have(w.post), 0);
	assert_true(walk(&w).sum == 0);
	bulk(&w, 300);
	assert_sound(&w);
	world_close(&w);
}

static void test_range(void **state)
{
	struct world w;
	struct kb_key_df got[8];
	size_t n;

	(void)state;
	world_open(&w, 6);
	add_docs(&w, 3000);
	bulk(&w, 2500);
	learn(&w, w.post, 3000);
	slice(&w, 50);
	for (uint32_t c = 0; c < 16; c++) {
		kb_key from = kb_key_han2(0x4e00 + c, 0), to = kb_key_han2(0x4e00 + c + 1, 0);
		int64_t all[KEYS], best = 0;
		size_t m = 0;
		OK(kb_post_range(w.post, from, to, 0, got, 8, &n, &e));
		for (uint32_t r = 0; r < KEYS; r++) {
			if (key_of(r) < from || key_of(r) >= to)
				continue;
			all[m] = 0;
			w.buf = xreallocarray(w.buf, w.docs.n, sizeof(*w.buf));
			for (unsigned l = 0; l < KB_LEVELS; l++)
				all[m] += (int64_t)expect(&w, key_of(r), l, 0, w.buf);
			best = all[m] > best ? all[m] : best;
			m += all[m] > 0;
		}
		assert_int_equal(n, m < 8 ? m : 8);
		assert_int_equal(n ? got[0].df : 0, best);
		for (size_t i = 1; i < n; i++)
			assert_true(got[i].df <= got[i - 1].df);
		// every one kept is at least as frequent as every one left out
		size_t above = 0;
		for (size_t i = 0; i < m; i++)
			above += n && all[i] > got[n - 1].df;
		assert_true(above <= n);
	}
	OK(kb_post_range(w.post, 0, (kb_key)1 << 46, 3, got, 8, &n, &e));
	assert_true(n >= 3);
	world_close(&w);
}

static bool is_dead(void *arg, uint32_t no)
{
	(void)arg;
	return no % 3 != 1 || (no > 1000 && no < 4000);
}

static void test_purge_drops_the_dead(void **state)
{
	struct world w;
	struct arena a = {0};
	int64_t next = 0;

	(void)state;
	world_open(&w, 7);
	add_docs(&w, 6000);
	bulk(&w, 6000);
	do {
		OK(kb_begin(w.f.kb, &e));
		OK(kb_post_purge(w.post, is_dead, NULL, 37, &next, &e));
		OK(kb_commit(w.f.kb, &e));
	} while (next);
	assert_int_equal(walk(&w).problems, 0);
	w.buf = xreallocarray(w.buf, 2 * w.docs.n, sizeof(*w.buf));
	uint32_t *have = w.buf, *want = w.buf + w.docs.n;
	size_t dead = 0, all = 0;
	for (uint32_t r = 0; r < KEYS; r++)
		for (unsigned l = 0; l < KB_LEVELS; l++) {
			struct kb_list_head h;
			size_t n, m = expect(&w, key_of(r), l, 0, want), at = 0;
			OK(kb_post_find(w.post, key_of(r), &h, &a, &e));
			OK(kb_post_docs(w.post, &h, l, have, w.docs.n, &n, &e));
			assert_int_equal(n, h.n[l]);
			all += n;
			for (size_t i = 0; i < n; i++)
				dead += is_dead(NULL, have[i]);
			// none that lives is lost
			for (size_t i = 0; i < m; i++) {
				while (at < n && have[at] < want[i])
					at++;
				assert_true(is_dead(NULL, want[i]) || (at < n && have[at] == want[i]));
			}
			arena_clear(&a);
		}
	assert_true(dead * 10 <= all);
	// the next documents find their place behind chunks that were thinned or dropped
	size_t before = w.docs.n;
	add_docs(&w, 500);
	learn(&w, w.post, (uint32_t)w.docs.n);
	while (slice(&w, 100))
		;
	assert_int_equal(walk(&w).problems, 0);
	for (uint32_t r = 0; r < KEYS; r += 9)
		for (unsigned l = 0; l < KB_LEVELS; l++) {
			struct kb_list_head h;
			size_t n;
			OK(kb_post_find(w.post, key_of(r), &h, &a, &e));
			w.buf = xreallocarray(w.buf, 2 * w.docs.n, sizeof(*w.buf));
			size_t m = expect(&w, key_of(r), l, (uint32_t)before, w.buf);
			OK(kb_post_docs(w.post, &h, l, w.buf + w.docs.n, w.docs.n, &n, &e));
			assert_true(n >= m);
			if (m)
				assert_memory_equal(w.buf, w.buf + w.docs.n + n - m, m * sizeof(*w.buf));
		}
	arena_release(&a);
	world_close(&w);
}

static void test_all_dead_leaves_no_row(void **state)
{
	struct world w;
	int64_t next = 0;

	(void)state;
	world_open(&w, 8);
	add_docs(&w, 2000);
	for (size_t i = 0; i < w.docs.n; i++) // numbers of which the test says dead
		if (!is_dead(NULL, (uint32_t)i + 1))
			w.docs.v[i].n = 0;
	bulk(&w, 2000);
	assert_true(walk(&w).sum != 0);
	OK(kb_begin(w.f.kb, &e));
	OK(kb_post_purge(w.post, is_dead, NULL, 100000, &next, &e));
	OK(kb_commit(w.f.kb, &e));
	sqlite3_stmt *st = kb_stmt(w.f.kb, "SELECT count(*) FROM t_post", NULL);
	assert_int_equal(kb_step(w.f.kb, st, NULL), KB_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 0);
	sqlite3_reset(st);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_batches_of_any_size_are_one_store),
		cmocka_unit_test(test_delta_is_found_and_merged),
		cmocka_unit_test(test_merge_goes_on_after_a_restart),
		cmocka_unit_test(test_two_writers_in_turn_share_a_merge),
		cmocka_unit_test(test_a_rollback_leaves_nothing),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_purge_drops_the_dead),
		cmocka_unit_test(test_all_dead_leaves_no_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
