// SPDX-License-Identifier: MIT
// Knows that a damaged posting store is seen and never leads out of bounds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <sqlite3.h>

#include "tests/unit/kb/post_world.h"

static void ask_everything(struct world *w)
{
	struct arena a = {0};
	struct kb_key_df best[4];
	struct kb_list_head h;
	struct err none = {0};
	size_t n, cap = w->docs.n;

	w->buf = xreallocarray(w->buf, cap, sizeof(*w->buf));
	for (uint32_t r = 0; r < KEYS; r++) {
		if (!kb_post_find(w->post, key_of(r), &h, &a, &none))
			continue;
		for (unsigned l = 0; l < KB_LEVELS; l++) {
			assert_true(h.n[l] <= kb_post_have(w->post));
			if (!kb_post_docs(w->post, &h, l, w->buf, cap, &n, &none))
				continue;
			for (size_t i = 0; i < n; i++)
				assert_true(w->buf[i] && w->buf[i] <= kb_post_have(w->post));
		}
		arena_clear(&a);
	}
	if (!kb_post_range(w->post, 0, (kb_key)1 << 46, 0, best, 4, &n, &none))
		assert_int_equal(none.code, ERR_IO);
	arena_release(&a);
}

static void run(struct world *w, const char *sql)
{
	OK(kb_exec(w->f.kb, sql, &e));
}

// One byte of one row is another one: the walk names it or its sum differs, and asking neither fails nor leaves bounds.
static void test_a_changed_byte_is_seen(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 9);
	add_docs(&w, 3000);
	bulk(&w, 3000);
	run(&w, "CREATE TABLE sound AS SELECT id, d FROM t_post");
	for (int i = 0; i < 150; i++) {
		char *sql = sqlite3_mprintf(
			"WITH r AS (SELECT id, d, %u %% length(d) AS k FROM sound ORDER BY (id * 7919 + %u) %% 100003 LIMIT 1) "
			"UPDATE t_post SET d = CAST(substr(r.d, 1, k) || x'%02x' || substr(r.d, k + 2) AS BLOB) "
			"FROM r WHERE t_post.id = r.id",
			rnd(&w, 4096), rnd(&w, 100000), rnd(&w, 256));
		run(&w, sql);
		sqlite3_free(sql);
		sqlite3_stmt *st = kb_stmt(w.f.kb, "SELECT count(*) FROM t_post JOIN sound USING(id) WHERE t_post.d != sound.d",
					   NULL);
		assert_int_equal(kb_step(w.f.kb, st, NULL), KB_ROW);
		bool differs = sqlite3_column_int(st, 0) > 0;
		sqlite3_reset(st);
		struct walked r = walk(&w);
		if (differs)
			assert_true(r.problems || r.sum != model_sum(&w));
		else
			assert_true(!r.problems && r.sum == model_sum(&w));
		ask_everything(&w);
		run(&w, "UPDATE t_post SET d = (SELECT d FROM sound WHERE sound.id = t_post.id) "
			"WHERE d != (SELECT d FROM sound WHERE sound.id = t_post.id)");
	}
	assert_sound(&w);
	world_close(&w);
}

static void test_rows_that_do_not_belong(void **state)
{
	static const char *const harm[] = {
		"DELETE FROM t_post WHERE id = (SELECT id FROM t_post WHERE id & 131071 != 0 LIMIT 1)",
		"DELETE FROM t_post WHERE id = (SELECT id & ~131071 FROM t_post WHERE id & 131071 != 0 LIMIT 1)",
		"INSERT INTO t_post SELECT max(id) + 4097, x'01' FROM t_post",
		"INSERT INTO t_post VALUES(131072 * 70000 + 4096, x'01')",
		"UPDATE t_post SET d = NULL WHERE id = (SELECT min(id) FROM t_post)",
		"UPDATE t_post SET d = 'text' WHERE id = (SELECT max(id) FROM t_post)",
		"UPDATE t_post SET d = zeroblob(100000) WHERE id = (SELECT min(id) FROM t_post)",
		"INSERT INTO t_post VALUES(-5, x'0101')",
		"INSERT INTO t_post VALUES(0, x'010101')",
	};
	struct world w;

	(void)state;
	world_open(&w, 10);
	add_docs(&w, 4000);
	bulk(&w, 4000);
	for (size_t i = 0; i < sizeof(harm) / sizeof(*harm); i++) {
		run(&w, "SAVEPOINT before");
		run(&w, harm[i]);
		assert_true(sqlite3_changes(kb_sql(w.f.kb)) > 0);
		if (!walk(&w).problems)
			fail_msg("not seen: %s", harm[i]);
		ask_everything(&w);
		run(&w, "ROLLBACK TO before");
		run(&w, "RELEASE before");
	}
	assert_sound(&w);
	world_close(&w);
}

// What the file says about a merge is not believed blindly.
static void test_a_wrong_mark_is_damage(void **state)
{
	struct world w;
	struct err why = {0};
	bool more;

	(void)state;
	world_open(&w, 11);
	add_docs(&w, 50);
	bulk(&w, 50);
	OK(kb_meta_set(w.f.kb, "t_post.to", 70, &e));
	OK(kb_post_refresh(w.post, &e));
	assert_false(kb_post_merge(w.post, 10, &more, &why)); // 51 to 70 exist nowhere
	assert_int_equal(why.code, ERR_IO);
	OK(kb_meta_set(w.f.kb, "t_post.to", 7, &e));
	assert_false(kb_post_refresh(w.post, &why));
	OK(kb_meta_set(w.f.kb, "t_post.to", 0, &e));
	OK(kb_meta_set(w.f.kb, "t_post.upto", 40, &e));
	OK(kb_post_refresh(w.post, &e));
	assert_true(walk(&w).problems > 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_changed_byte_is_seen),
		cmocka_unit_test(test_rows_that_do_not_belong),
		cmocka_unit_test(test_a_wrong_mark_is_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
