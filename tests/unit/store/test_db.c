// SPDX-License-Identifier: MIT
// Knows what db promises: the file's settings, its migrations, statements that cannot be misused, plain failures.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/store/db.h"
#include "tests/unit/store/tmpdir.h"

static const struct db_step steps[] = {
	{"0001_a.sql", "create table a (id integer primary key, t text) strict; insert into a values (1, 'one');"},
	{"0002_b.sql", "create table b (id integer primary key) strict; insert into b select id from a;"},
	{"0003_c.sql", "create table c (id integer primary key) strict;"},
};

static struct db_options opts(enum db_mode mode, size_t n)
{
	return (struct db_options){.mode = mode, .application_id = 77, .steps = steps, .step_count = n};
}

static int setup(void **state)
{
	*state = tmpdir_new();
	return 0;
}

static int teardown(void **state)
{
	tmpdir_free(*state);
	return 0;
}

static int64_t ask(struct db *db, const char *sql)
{
	struct err e = {0};
	struct db_stmt *st = db_stmt(db, sql);
	int64_t v = db_row(st) ? db_int(st, 0) : -1;

	assert_ok(db_end(st, &e), e);
	return v;
}

static void test_settings(void **state)
{
	char *path = path_join(*state, "x.db");
	struct db_options o = opts(DB_WRITE, 1);
	struct err e = {0};
	struct arena a = {0};
	struct db *db, *r;
	struct stat s;

	assert_ok(db_open(&db, path, &o, &e), e);
	assert_int_equal(ask(db, "pragma synchronous"), 2);
	assert_int_equal(ask(db, "pragma secure_delete"), 1);
	assert_int_equal(ask(db, "pragma trusted_schema"), 0);
	assert_int_equal(ask(db, "pragma temp_store"), 2);
	assert_int_equal(ask(db, "pragma application_id"), 77);
	assert_int_equal(ask(db, "pragma user_version"), 1);
	struct db_stmt *st = db_stmt(db, "pragma journal_mode");
	assert_true(db_row(st));
	assert_string_equal(db_text(st, 0, &a), "wal");
	assert_true(db_end(st, &e));
	// defensive: the schema cannot be written to
	st = db_stmt(db, "delete from sqlite_schema");
	assert_false(db_run(st, &e));
	err_clear(&e);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	o.mode = DB_READ;
	assert_ok(db_open(&r, path, &o, &e), e);
	assert_false(db_run(db_stmt(r, "insert into a values (9, 'x')"), &e));
	assert_int_equal(e.code, ERR_FULL);
	db_close(r);
	db_close(db);
	arena_release(&a);
	free(path);
}

static void test_migrates_with_a_copy_before(void **state)
{
	char *path = path_join(*state, "x.db"), *copy = path_join(*state, "x.db.before-v2");
	struct db_options o = opts(DB_WRITE, 1), old = opts(DB_READ, 1);
	struct err e = {0};
	struct db *db;

	assert_ok(db_open(&db, path, &o, &e), e);
	assert_false(path_exists(copy)); // a fresh file has nothing to keep
	db_close(db);
	o.step_count = 3;
	o.mode = DB_READ;
	assert_false(db_open(&db, path, &o, &e)); // readers do not migrate
	assert_int_equal(e.code, ERR_CONFLICT);
	o.mode = DB_WRITE;
	assert_ok(db_open(&db, path, &o, &e), e);
	assert_int_equal(ask(db, "select count(*) from b"), 1);
	assert_int_equal(ask(db, "pragma user_version"), 3);
	db_close(db);
	assert_ok(db_open(&db, copy, &old, &e), e);
	assert_int_equal(ask(db, "select count(*) from sqlite_schema where name = 'b'"), 0);
	assert_int_equal(ask(db, "select count(*) from a"), 1);
	db_close(db);
	free(path);
	free(copy);
}

static void test_newer_and_foreign_files_are_refused(void **state)
{
	char *path = path_join(*state, "x.db");
	struct db_options o = opts(DB_WRITE, 2);
	struct err e = {0};
	struct db *db;

	assert_ok(db_open(&db, path, &o, &e), e);
	db_close(db);
	o.step_count = 1;
	assert_false(db_open(&db, path, &o, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "newer zuoxi"));
	assert_non_null(strstr(e.msg, "install that version"));
	o = opts(DB_WRITE, 2);
	o.application_id = 78;
	assert_false(db_open(&db, path, &o, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	free(path);
}

static void test_failed_step_changes_nothing(void **state)
{
	static const struct db_step bad[] = {
		{"0001_a.sql", "create table a (id integer primary key, t text) strict;"},
		{"0002_bad.sql", "create table z (id integer primary key) strict; insert into nowhere values (1);"},
	};
	char *path = path_join(*state, "x.db");
	struct db_options o = opts(DB_WRITE, 2);
	struct err e = {0};
	struct db *db;

	o.steps = bad;
	assert_false(db_open(&db, path, &o, &e));
	assert_non_null(strstr(e.msg, "0002_bad.sql"));
	o.step_count = 1;
	assert_ok(db_open(&db, path, &o, &e), e);
	assert_int_equal(ask(db, "select count(*) from sqlite_schema where name = 'z'"), 0);
	db_close(db);
	free(path);
}

static void test_values_come_back(void **state)
{
	char *path = path_join(*state, "x.db");
	struct db_options o = opts(DB_WRITE, 1);
	struct arena a = {0};
	struct err e = {0};
	struct db *db;

	assert_ok(db_open(&db, path, &o, &e), e);
	for (int i = 0; i < 2; i++) { // the second time from the cache, nothing left over from the first
		struct db_stmt *st = db_stmt(db, "select ?1, ?2, ?3, ?4, ?5, ?6");
		db_bind_int(st, INT64_MIN + i);
		db_bind_text(st, i ? NULL : "张 a");
		db_bind_blob(st, "\0\1", 2);
		db_bind_null(st);
		db_bind_opt(st, 0);
		db_bind_bool(st, true);
		assert_true(db_row(st));
		assert_true(db_int(st, 0) == INT64_MIN + i);
		if (i)
			assert_null(db_text(st, 1, &a));
		else
			assert_string_equal(db_text(st, 1, &a), "张 a");
		assert_int_equal(db_sv(st, 2).n, 2);
		assert_true(db_is_null(st, 3));
		assert_true(db_is_null(st, 4));
		assert_true(db_bool(st, 5));
		assert_false(db_row(st));
		assert_false(db_row(st)); // stays at the end, does not start again
		assert_ok(db_end(st, &e), e);
	}
	db_close(db);
	arena_release(&a);
	free(path);
}

// True when the body ends the process by SIGABRT.
static bool aborts(void (*body)(struct db *db), struct db *db)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(3);
		// The test library turns SIGABRT into a failed test; here it is what is wanted.
		signal(SIGABRT, SIG_DFL);
		body(db);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void unbound(struct db *db)
{
	struct db_stmt *st = db_stmt(db, "select ?1, ?2");

	db_bind_int(st, 1);
	(void)db_row(st);
}

static void too_many(struct db *db)
{
	struct db_stmt *st = db_stmt(db, "select ?1 + 0");

	db_bind_int(st, 1);
	db_bind_int(st, 2);
}

static void commit_amid(struct db *db)
{
	struct err e;

	if (!db_begin(db, &e))
		return;
	(void)db_row(db_stmt(db, "select 1"));
	(void)!db_commit(db, &e);
}

static void fine(struct db *db)
{
	struct err e;

	(void)!db_run(db_stmt(db, "select 2"), &e);
}

static void test_misuse_is_a_bug(void **state)
{
	char *path = path_join(*state, "x.db");
	struct db_options o = opts(DB_WRITE, 1);
	struct err e = {0};
	struct db *db;

	assert_ok(db_open(&db, path, &o, &e), e);
	assert_true(aborts(unbound, db));
	assert_true(aborts(too_many, db));
	assert_true(aborts(commit_amid, db));
	assert_false(aborts(fine, db));
	db_close(db);
	free(path);
}

static void test_rollback_and_copy(void **state)
{
	char *path = path_join(*state, "x.db"), *copy = path_join(*state, "y.db");
	struct db_options o = opts(DB_WRITE, 1);
	struct err e = {0};
	struct db *db, *other;

	assert_ok(db_open(&db, path, &o, &e), e);
	assert_ok(db_begin(db, &e), e);
	assert_ok(db_run(db_stmt(db, "insert into a values (2, 'two')"), &e), e);
	db_rollback(db);
	assert_int_equal(ask(db, "select count(*) from a"), 1);
	assert_ok(db_run(db_stmt(db, "insert into a values (3, 'three')"), &e), e);
	assert_ok(db_copy(db, copy, &e), e);
	assert_false(db_copy(db, copy, &e)); // never over a file
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_ok(db_open(&other, copy, &o, &e), e);
	assert_int_equal(ask(other, "select count(*) from a"), 2);
	assert_ok(db_check(other, &e), e);
	db_close(other);
	db_close(db);
	free(path);
	free(copy);
}

static void test_damage_is_named(void **state)
{
	char *path = path_join(*state, "x.db");
	struct db_options o = opts(DB_WRITE, 1);
	struct err e = {0};
	struct db *db;

	assert_ok(path_write_atomic(path, sv("this is not a database, it is a letter to somebody"), 0600, &e), e);
	assert_false(db_open(&db, path, &o, &e));
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.msg, "zuoxi restore"));
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_settings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_migrates_with_a_copy_before, setup, teardown),
		cmocka_unit_test_setup_teardown(test_newer_and_foreign_files_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failed_step_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_misuse_is_a_bug, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rollback_and_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage_is_named, setup, teardown),
	};

	return cmocka_run_group_tests_name("store-db", tests, NULL, NULL);
}
