// SPDX-License-Identifier: MIT
// Knows that a copy made at work is whole, that a changed one is refused, and that nothing is written over.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include "src/base/vec.h"
#include "src/store/backup.h"
#include "src/store/customer.h"
#include "src/store/meta.h"
#include "src/store/store.h"
#include "tests/unit/store/tmpdir.h"

struct fix {
	char *top, *dir, *file, *to;
	struct err e;
};

static bool add_customer(struct db *db, void *arg, struct err *e)
{
	struct customer c = {.id = arg, .doc = "{\"display_name\":\"韩梅梅\",\"phones\":[\"13800138000\"]}"};

	return customer_put(db, &c, e);
}

static int setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));

	f->top = tmpdir_new();
	f->dir = path_join(f->top, "data");
	f->file = path_join(f->top, "copy.zxb");
	f->to = path_join(f->top, "back");
	assert_ok(store_init(f->dir, "SHA", "0A7", &clock_real, &f->e), f->e);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	free(f->dir);
	free(f->file);
	free(f->to);
	tmpdir_free(f->top);
	free(f);
	return 0;
}

static void sql(const char *path, const char *text)
{
	sqlite3 *c;

	assert_int_equal(sqlite3_open(path, &c), SQLITE_OK);
	assert_int_equal(sqlite3_exec(c, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(c);
}

static void make_copy(struct fix *f)
{
	struct store_options o = {.dir = f->dir};
	char *kb = path_join(f->dir, "kb.db");
	struct store *s;

	// larger than one chunk, and in WAL mode as the knowledge base is
	sql(kb, "pragma journal_mode = wal; create table t (b blob);"
		"insert into t values (randomblob(1500000)), (randomblob(1500000));");
	free(kb);
	assert_ok(store_open(&s, &o, &f->e), f->e);
	assert_ok(store_do(s, add_customer, "c1", &f->e), f->e);
	assert_ok(backup_write(f->dir, f->file, &f->e), f->e); // while it is open
	assert_ok(store_do(s, add_customer, "c2", &f->e), f->e);
	store_close(s);
}

static const char *inc_of(struct store *s, struct arena *a)
{
	struct err e = {0};
	const char *v;

	assert_ok(meta_text(store_reader(s), "inc", &v, a, &e), e);
	return v;
}

static void test_there_and_back(void **state)
{
	struct fix *f = *state;
	struct store_options o = {.dir = f->dir};
	struct customers found = {0};
	struct arena a = {0};
	struct store *s, *old;
	struct stat st;

	make_copy(f);
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(backup_write(f->dir, f->file, &f->e)); // never over a file
	assert_int_equal(f->e.code, ERR_CONFLICT);
	assert_ok(backup_restore(f->file, f->to, &f->e), f->e);
	assert_ok(store_open(&old, &o, &f->e), f->e);
	o.dir = f->to;
	assert_ok(store_open(&s, &o, &f->e), f->e);
	assert_ok(db_check(store_reader(s), &f->e), f->e);
	assert_ok(customer_find(store_reader(s), "13800138000", 20, &found, &a, &f->e), f->e);
	assert_int_equal(found.n, 1); // the state of the copy, and the key opens it
	assert_string_equal(found.v[0].name, "韩梅梅");
	assert_string_not_equal(inc_of(s, &a), inc_of(old, &a));
	store_close(s);
	store_close(old);
	vec_release(&found);
	arena_release(&a);
	char *kb = path_join(f->to, "kb.db");
	assert_int_equal(stat(kb, &st), 0);
	assert_true(st.st_size > 3000000);
	free(kb);
}

static void test_restore_never_overwrites(void **state)
{
	struct fix *f = *state;
	char *note = path_join(f->to, "note.txt");

	make_copy(f);
	assert_false(backup_restore(f->file, f->dir, &f->e));
	assert_int_equal(f->e.code, ERR_CONFLICT);
	assert_ok(path_mkdirs(f->to, &f->e), f->e);
	assert_ok(path_write_atomic(note, sv("mine"), 0600, &f->e), f->e);
	assert_false(backup_restore(f->file, f->to, &f->e));
	assert_true(path_exists(note));
	assert_int_equal(remove(note), 0);
	assert_ok(backup_restore(f->file, f->to, &f->e), f->e); // an empty one is fine
	assert_true(store_exists(f->to));
	free(note);
}

static void test_changed_copy_is_refused(void **state)
{
	static const char *const changes[] = {
		"update part set data = zeroblob(32) where name = 'station.key'",
		"delete from part where name = 'kb.db' and seq = 1",
		"update part set seq = seq + 1 where name = 'kb.db' and seq = 2",
		"update file set size = size + 1 where name = 'store.db'",
		"update part set data = cast(substr(data, 1, length(data) - 1) || x'99' as blob) where name = 'store.db' and seq = 0",
		"delete from file where name = 'station.key'",
	};
	struct fix *f = *state;

	make_copy(f);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		char *bad = xasprintf("%s.%zu", f->file, i);
		struct str all = {0};
		assert_ok(path_read(f->file, 1 << 26, &all, &f->e), f->e);
		assert_ok(path_write_atomic(bad, sv_n(all.s, all.n), 0600, &f->e), f->e);
		sql(bad, changes[i]);
		assert_false(backup_restore(bad, f->to, &f->e));
		assert_int_equal(f->e.code, ERR_PARSE);
		assert_non_null(strstr(f->e.msg, "nothing was restored"));
		assert_false(path_exists(f->to));
		str_release(&all);
		free(bad);
	}
	assert_false(backup_restore(f->dir, f->to, &f->e));
	char *other = path_join(f->dir, "store.db");
	assert_false(backup_restore(other, f->to, &f->e)); // a store is not a copy
	assert_false(path_exists(f->to));
	free(other);
}

static void test_not_a_station(void **state)
{
	struct fix *f = *state;

	assert_false(backup_write(f->top, f->file, &f->e));
	assert_int_equal(f->e.code, ERR_NOT_FOUND);
	assert_false(path_exists(f->file));
}

#define with_dir(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_dir(test_there_and_back),
		with_dir(test_restore_never_overwrites),
		with_dir(test_changed_copy_is_refused),
		with_dir(test_not_a_station),
	};

	return cmocka_run_group_tests_name("store-backup", tests, NULL, NULL);
}
