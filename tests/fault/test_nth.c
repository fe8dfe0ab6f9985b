// SPDX-License-Identifier: MIT
// Knows that no failing write, whichever it is, loses a saved action, tears one, or damages the file.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/fault/faultvfs.h"
#include "tests/fault/load.h"
#include "tests/unit/store/tmpdir.h"

enum { JOBS = 4, FAR = 2000 };

static struct store *open_store(const char *dir, struct err *e)
{
	struct store_options o = {.dir = dir, .vfs = FAULT_VFS};
	struct store *s;

	return store_open(&s, &o, e) ? s : NULL;
}

// Looks with fresh eyes: everything there is whole, the file is sound.
static void check_all_whole(const char *dir, int64_t first)
{
	struct err e = {0};
	struct store *s = open_store(dir, &e);

	assert_ok(s != NULL, e);
	assert_ok(db_check(store_reader(s), &e), e);
	for (int i = 0; i < JOBS; i++)
		assert_int_equal(load_find(store_reader(s), first + i), LOAD_WHOLE);
	store_close(s);
}

static void check_results(struct store *s, const struct load *l, enum fault_kind kind)
{
	for (int i = 0; i < JOBS; i++) {
		enum load_found found = load_find(store_reader(s), l[i].no);
		assert_int_not_equal(found, LOAD_TORN);
		assert_int_equal(l[i].told, 1);
		if (l[i].result == STORE_SAVED) {
			assert_int_equal(found, LOAD_WHOLE); // what was acknowledged can be read
			continue;
		}
		assert_int_equal(l[i].result, STORE_KEPT);
		assert_int_equal(found, LOAD_NONE);
		assert_int_equal(l[i].err.code, kind == FAULT_IOERR ? ERR_IO : ERR_FULL);
		assert_non_null(strstr(l[i].err.msg, "store.db"));
	}
}

// One run with the n-th call failing; false when the work ended before the n-th call came.
static bool one_run(const char *dir, enum fault_kind kind, long n, bool sticky)
{
	int64_t first = 3 * JOBS * n; // numbers no run before has used
	struct load l[JOBS];
	struct err e = {0};
	struct store *s = open_store(dir, &e);

	assert_ok(s != NULL, e);
	fault_arm(kind, n, sticky);
	for (int i = 0; i < JOBS; i++)
		load_submit(s, &l[i], first + i);
	store_wait_idle(s);
	check_results(s, l, kind);
	bool hit = fault_clear();
	store_retry(s); // room again: nothing that was typed is gone
	store_wait_idle(s);
	assert_int_equal(store_failed_count(s), 0);
	for (int i = 0; i < JOBS; i++)
		assert_int_equal(l[i].result, STORE_SAVED);
	store_close(s);
	check_all_whole(dir, first);
	return hit;
}

static void nth(enum fault_kind kind, bool sticky)
{
	char *dir = tmpdir_new();
	struct err e = {0};
	long n = 1;

	assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
	while (n < FAR && one_run(dir, kind, n, sticky))
		n++;
	assert_in_range(n, 20, FAR - 1); // the faults did reach the work, and ran out
	tmpdir_free(dir);
}

static void test_full_once(void **state)
{
	(void)state;
	nth(FAULT_FULL, false);
}

static void test_full_until_cleared(void **state)
{
	(void)state;
	nth(FAULT_FULL, true);
}

static void test_readonly_until_cleared(void **state)
{
	(void)state;
	nth(FAULT_READONLY, true);
}

static void test_ioerr_once(void **state)
{
	(void)state;
	nth(FAULT_IOERR, false);
}

static void test_ioerr_until_cleared(void **state)
{
	(void)state;
	nth(FAULT_IOERR, true);
}

// Opening and migrating under faults: it opens, or says why and leaves a file that opens the next time.
static void test_opening(void **state)
{
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema,
			       .step_count = store_schema_n, .vfs = FAULT_VFS};
	char *top = tmpdir_new();
	bool hit = true;
	long n = 0, refused = 0;

	(void)state;
	while (hit && n++ < FAR) {
		char *path = xasprintf("%s/%ld.db", top, n);
		struct err e = {0};
		struct db *db;
		fault_arm(FAULT_FULL, n, true);
		bool ok = db_open(&db, path, &o, &e);
		refused += !ok;
		if (ok)
			db_close(db);
		else
			assert_int_equal(e.code, ERR_FULL);
		hit = fault_clear();
		assert_ok(db_open(&db, path, &o, &e), e);
		assert_ok(db_check(db, &e), e);
		assert_ok(db_run(db_stmt(db, "insert into meta (k, v) values ('a', 'b')"), &e), e);
		db_close(db);
		free(path);
	}
	assert_in_range(n, 5, FAR - 1);
	assert_true(refused > 0);
	tmpdir_free(top);
}

static int group_setup(void **state)
{
	(void)state;
	fault_vfs_register();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_once),
		cmocka_unit_test(test_full_until_cleared),
		cmocka_unit_test(test_readonly_until_cleared),
		cmocka_unit_test(test_ioerr_once),
		cmocka_unit_test(test_ioerr_until_cleared),
		cmocka_unit_test(test_opening),
	};

	return cmocka_run_group_tests_name("fault-nth", tests, group_setup, NULL);
}
