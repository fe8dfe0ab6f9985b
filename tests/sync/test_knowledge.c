// SPDX-License-Identifier: MIT
// Knows what must hold when pages of the knowledge base are taken into its own file: with their cursor or not at all.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/article.h"
#include "kb/check.h"
#include "kb/remote.h"
#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/store/store.h"
#include "src/sync/knowledge.h"
#include "tests/unit/store/tmpdir.h"

static struct {
	char *dir;
	struct clock clock;
	struct kb *kb;
	struct store *store;
	struct knowledge *k;
	int opened, done;
	bool well;
} f;

static struct kb *open_kb(void *ctx, const struct clock *now, struct err *e)
{
	(void)ctx;
	(void)now;
	(void)e;
	f.opened++;
	return f.kb;
}

static void done_kb(void *ctx, bool ok, const struct err *e)
{
	(void)ctx;
	(void)e;
	f.done++;
	f.well = ok;
}

static int setup(void **state)
{
	struct err e = {0};

	(void)state;
	memset(&f, 0, sizeof(f));
	f.dir = tmpdir_new();
	clock_fake(&f.clock, 1795136400000, 5000);
	char *path = path_join(f.dir, "kb.db");
	assert_ok(kb_open(&f.kb, path, KB_WRITE, &f.clock, NULL, &e), e);
	free(path);
	assert_ok(store_init(f.dir, "SHA", "0A7", &f.clock, &e), e);
	assert_ok(store_open(&f.store, &(struct store_options){.dir = f.dir}, &e), e);
	f.k = knowledge_new(&(struct knowledge_writer){.open = open_kb, .done = done_kb}, &f.clock);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	knowledge_free(f.k);
	kb_close(f.kb);
	store_close(f.store);
	tmpdir_free(f.dir);
	return 0;
}

static bool put(const char *t, const char *id, int64_t rev, const char *doc, struct err *e)
{
	const struct sync_kb *c = knowledge_calls(f.k);
	json_t *d = json_loads(doc, 0, NULL);
	bool ok = c->row_put(c->ctx, "kb/all", &(struct wire_row){.q = rev, .t = t, .e = id, .rev = rev, .d = d}, e);

	json_decref(d);
	return ok;
}

static bool cursor(int64_t seq, struct err *e)
{
	const struct sync_kb *c = knowledge_calls(f.k);

	return c->stream_put(c->ctx, &(struct sync_stream){.s = "kb/all", .epoch = 1, .seq = seq, .head = seq, .synced_at = 7}, e);
}

#define ARTICLE(id, body) "{\"id\":\"" id "\",\"ver\":1,\"state\":\"published\",\"published_at\":5,\"doc\":{\"title\":\"标题\",\"body\":\"" body "\"}}"

static bool there(const char *id)
{
	struct kb_article art;
	struct arena a = {0};
	bool yes = kb_article_get(f.kb, id, 0, &art, &a, NULL);

	arena_release(&a);
	return yes;
}

static int64_t place(void)
{
	struct kb_cursor c;

	assert_true(kb_cursor_get(f.kb, "kb/all", &c, NULL));
	return c.seq;
}

static bool page_with_cursor(struct db *db, void *arg, struct err *e)
{
	bool changed;

	(void)arg;
	knowledge_begin(f.k, db);
	bool ok = put("article", "KB-1", 1, ARTICLE("KB-1", "甲"), e) && put("article", "KB-2", 2, ARTICLE("KB-2", "乙"), e) && cursor(2, e);
	knowledge_end(f.k, ok, &changed);
	assert_true(changed);
	return ok;
}

static void test_a_page_and_its_cursor(void **state)
{
	struct sync_streams v = {0};
	struct arena a = {0};
	struct err e = {0};
	int64_t n;
	uint64_t x;

	(void)state;
	assert_ok(store_do(f.store, page_with_cursor, NULL, &e), e);
	assert_true(there("KB-1") && there("KB-2"));
	assert_int_equal(place(), 2);
	assert_int_equal(f.opened, 1);
	assert_int_equal(f.done, 1);
	assert_true(f.well);
	const struct sync_kb *c = knowledge_calls(f.k);
	knowledge_begin(f.k, NULL);
	assert_true(c->streams(c->ctx, &v, &a, &e));
	assert_int_equal(v.n, 1);
	assert_int_equal(v.v[0].synced_at, 7);
	assert_true(c->stream_digest(c->ctx, "kb/all", &n, &x, &e));
	assert_int_equal(n, 2);
	assert_true(x == (wire_row_digest("article", "KB-1", 1) ^ wire_row_digest("article", "KB-2", 2)));
	knowledge_end(f.k, true, NULL);
	vec_release(&v);
	arena_release(&a);
}

static bool page_without_cursor(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	knowledge_begin(f.k, db);
	bool ok = put("article", "KB-1", 1, ARTICLE("KB-1", "甲"), e);
	knowledge_end(f.k, ok, NULL);
	return ok;
}

static void test_rows_without_their_cursor_are_not_kept(void **state)
{
	struct err e = {0};

	(void)state;
	assert_ok(store_do(f.store, page_without_cursor, NULL, &e), e);
	assert_false(there("KB-1"));
	assert_int_equal(place(), 0);
	assert_ok(store_do(f.store, page_with_cursor, NULL, &e), e); // the connection is as good as new
	assert_true(there("KB-1"));
}

static bool page_with_a_bad_row(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	knowledge_begin(f.k, db);
	bool ok = put("article", "KB-1", 1, "{\"id\":\"KB-1\",\"ver\":1,\"state\":\"of tomorrow\",\"published_at\":5,\"doc\":{\"title\":\"x\"}}", e) &&
		  put("article", "KB-2", 2, ARTICLE("KB-2", "乙"), e) && cursor(2, e);
	knowledge_end(f.k, ok, NULL);
	return ok;
}

static void test_one_bad_row_does_not_hold_up_the_rest(void **state)
{
	struct err e = {0};
	int64_t rev;

	(void)state;
	assert_ok(store_do(f.store, page_with_a_bad_row, NULL, &e), e);
	assert_false(there("KB-1"));
	assert_true(there("KB-2"));
	assert_int_equal(place(), 2);
	assert_true(kb_remote_rev(f.kb, "article", "KB-1", &rev, NULL));
	assert_int_equal(rev, 1); // it counts for the digest
}

static bool start_over(struct db *db, void *arg, struct err *e)
{
	const struct sync_kb *c = knowledge_calls(f.k);

	(void)arg;
	knowledge_begin(f.k, db);
	bool ok = c->stream_clear(c->ctx, "kb/all", e) && cursor(0, e);
	knowledge_end(f.k, ok, NULL);
	return ok;
}

static void test_a_stream_that_starts_over(void **state)
{
	struct err e = {0};
	int64_t rev;

	(void)state;
	assert_ok(store_do(f.store, page_with_cursor, NULL, &e), e);
	assert_ok(store_do(f.store, start_over, NULL, &e), e);
	assert_int_equal(place(), 0);
	assert_true(kb_remote_rev(f.kb, "article", "KB-1", &rev, NULL));
	assert_int_equal(rev, 0);
	assert_true(there("KB-1")); // readable all the while
}

// The clock stands still: rows alone are enough, and so few of them that the index takes them as pending.
static bool rows_until_enough(struct db *db, void *arg, struct err *e)
{
	const struct sync_kb *c = knowledge_calls(f.k);
	int64_t *n = arg;
	char id[16], doc[200];
	bool ok = true;

	knowledge_begin(f.k, db);
	for (*n = 0; ok && !c->enough(c->ctx);) {
		snprintf(id, sizeof(id), "KB-%d", (int)++*n);
		snprintf(doc, sizeof(doc), "{\"id\":\"%s\",\"ver\":1,\"state\":\"published\",\"published_at\":5,\"doc\":{\"title\":\"标题\"}}", id);
		ok = put("article", id, *n, doc, e);
	}
	ok = ok && cursor(*n, e);
	knowledge_end(f.k, ok, NULL);
	return ok;
}

static void test_a_transaction_has_enough(void **state)
{
	struct kb_stats stats;
	struct err e = {0};
	int64_t n;

	(void)state;
	assert_ok(store_do(f.store, rows_until_enough, &n, &e), e);
	assert_in_range(n, 20, 63);
	assert_true(kb_stats_get(f.kb, &stats, &e));
	assert_int_equal(stats.pending, n);
	knowledge_begin(f.k, NULL);
	const struct sync_kb *c = knowledge_calls(f.k);
	assert_false(c->enough(c->ctx));
	clock_fake_add(&f.clock, 100);
	assert_true(c->enough(c->ctx)); // time as well
	knowledge_end(f.k, true, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_page_and_its_cursor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rows_without_their_cursor_are_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_bad_row_does_not_hold_up_the_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_stream_that_starts_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_transaction_has_enough, setup, teardown),
	};

	return cmocka_run_group_tests_name("sync-knowledge", tests, NULL, NULL);
}
