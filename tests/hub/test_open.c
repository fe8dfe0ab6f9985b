// SPDX-License-Identifier: MIT
// Knows who may open a hub's store: one process a SQLite file, none of another program, none of a newer hub.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sqlite3.h>

#include "src/hub/store_internal.h"
#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

static struct pgcluster *cluster;

static bool exec_body(struct hub_tx *tx, void *arg, struct err *e)
{
	return sql_exec(tx->c, arg, e);
}

static void raw(struct hub_store *s, const char *text)
{
	hubtest_run(s, exec_body, (void *)text);
}

static void on_each(void (*fn)(struct hubtest *t))
{
	for (int on = ON_MEMORY; on < ON_ENGINES; on++) {
		struct hubtest t;
		hubtest_open(&t, (enum hubtest_engine)on, cluster);
		fn(&t);
		hubtest_close(&t);
	}
}

static void test_one_process_serves_a_file(void **state)
{
	struct hub_store_options o = {.clock = &clock_real};
	struct hub_store *s;
	struct hubtest t;
	struct err e = {0};

	(void)state;
	hubtest_open(&t, ON_FILE, NULL);
	hubtest_put(t.s, "SHA", "ticket", "a", "q/1", "{\"v\":1}");
	hubtest_put(t.s, "SHA", "ticket", "a", "q/1", "{\"v\":2}");
	o.url = t.url;
	o.keys = t.keys;
	assert_false(hub_store_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	o.readonly = true; // whoever only looks may
	assert_ok(hub_store_open(&s, &o, &e), e);
	assert_ok(hub_check(s, &e), e);
	assert_false(hub_run(s, HUB_WRITE, exec_body, (void *)"delete from ent", &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_false(hub_run(s, HUB_READ, exec_body, (void *)"delete from ent", &e));
	hub_store_close(s);
	hubtest_reopen(&t);
	char *shown = hubtest_show(t.s, "SHA", "ticket", "a");
	assert_string_equal(shown, "2 q/1 2 {\"v\":2}");
	free(shown);
	hubtest_close(&t);
}

// A file of each of these is refused, and stays as it is.
static const char *const foreign[] = {
	"create table x (a); insert into x values (1)",
	"pragma application_id = 2054714161", // a station's
};

static void test_foreign_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *dir = tmpdir_new(), *path = path_join(dir, "hub.db"), *url = xasprintf("sqlite:%s", path);
		unsigned char master[KEY_BYTES] = {0};
		struct keyring *keys = keyring_from(master);
		struct hub_store_options o = {.url = url, .clock = &clock_real, .keys = keys};
		struct hub_store *s;
		struct err e = {0};
		sqlite3 *c;
		assert_int_equal(sqlite3_open(path, &c), SQLITE_OK);
		assert_int_equal(sqlite3_exec(c, foreign[i], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(c);
		assert_false(hub_store_open(&s, &o, &e));
		assert_int_equal(e.code, ERR_CONFLICT);
		keyring_free(keys);
		free(url);
		free(path);
		tmpdir_free(dir);
	}
}

static void newer(struct hubtest *t)
{
	struct hub_store_options o = {.url = t->url, .clock = &t->clock, .keys = t->keys};
	struct err e = {0};

	if (t->on == ON_MEMORY)
		return;
	raw(t->s, "update meta set v = '2' where site = '' and k = 'schema'");
	hub_store_close(t->s);
	assert_false(hub_store_open(&t->s, &o, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "newer"));
}

// What other tables of the same name look like: of this hub before its first release, or of somebody else.
static const char *const strange[] = {
	"drop table meta; create table meta (k text, v text); insert into meta values ('schema', '1')",
	"drop table meta; create table meta (site text, k text, value text)",
	"drop table meta; create table meta (id text)",
};
static size_t strange_row;

static void other_tables(struct hubtest *t)
{
	struct hub_store_options o = {.url = t->url, .clock = &t->clock, .keys = t->keys};
	struct err e = {0};

	if (t->on == ON_MEMORY)
		return;
	raw(t->s, strange[strange_row]);
	hub_store_close(t->s);
	assert_false(hub_store_open(&t->s, &o, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "not those of this hub"));
}

static void test_other_tables_are_refused(void **state)
{
	(void)state;
	for (strange_row = 0; strange_row < sizeof(strange) / sizeof(*strange); strange_row++)
		on_each(other_tables);
}

static void test_a_newer_store_is_refused(void **state)
{
	(void)state;
	on_each(newer);
}

static void nothing_there(struct hubtest *t)
{
	char *none = t->on == ON_POSTGRES ? pgcluster_database(cluster) : xasprintf("sqlite:%s/none.db", t->dir);
	struct hub_store_options o = {.url = none, .clock = &t->clock, .keys = t->keys, .readonly = true};
	struct hub_store *s;
	struct err e = {0};

	assert_false(hub_store_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	o.url = "mysql://x";
	assert_false(hub_store_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_USAGE);
	free(none);
}

static void test_nothing_to_read(void **state)
{
	(void)state;
	on_each(nothing_there);
}

static int group_setup(void **state)
{
	(void)state;
	cluster = pgcluster_start();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	pgcluster_stop(cluster);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_process_serves_a_file),
		cmocka_unit_test(test_foreign_files),
		cmocka_unit_test(test_a_newer_store_is_refused),
		cmocka_unit_test(test_other_tables_are_refused),
		cmocka_unit_test(test_nothing_to_read),
	};

	return cmocka_run_group_tests_name("hub-open", tests, group_setup, group_teardown);
}
