// SPDX-License-Identifier: MIT
// Knows that SQLite in memory, SQLite in a file and PostgreSQL (its statements prepared or not) do the same: one list of cases, run on each.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sqlite3.h>

#include "src/hub/schema.h"
#include "src/hub/store_internal.h"
#include "tests/hub/conform.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

void assert_text(char *got, const char *want)
{
	assert_string_equal(got, want);
	free(got);
}

struct run {
	const struct conform_case *c;
	size_t row;
	struct hubtest *t;
	char *site;
};
static VEC(struct run) runs;

static void one(void **state)
{
	struct run *r = *state;

	r->c->fn(r->t, r->site, r->row);
}

static void add(struct hubtest *t, const struct conform_case *list)
{
	for (; list->name; list++)
		for (size_t row = 0; row < (list->rows ? list->rows : 1); row++)
			vec_push(&runs, ((struct run){.c = list, .row = row, .t = t, .site = xasprintf("S%zu", runs.n)}));
}

static int run_all(struct hubtest *t, const char *where)
{
	add(t, conform_entities);
	add(t, conform_reading);
	add(t, conform_people);
	add(t, conform_running);
	add(t, conform_kept);
	add(t, conform_subject);
	struct CMUnitTest *tests = xcalloc(runs.n, sizeof(*tests));
	for (size_t i = 0; i < runs.n; i++)
		tests[i] = (struct CMUnitTest){.name = xasprintf("%s: %s %zu", where, runs.v[i].c->name, runs.v[i].row), .test_func = one,
					       .initial_state = &runs.v[i]};
	char *name = xasprintf("hub-conform-%s", where);
	int bad = _cmocka_run_group_tests(name, tests, runs.n, NULL, NULL);
	for (size_t i = 0; i < runs.n; i++) {
		free((char *)tests[i].name);
		free(runs.v[i].site);
	}
	free(name);
	free(tests);
	vec_release(&runs);
	return bad;
}

// --- no statement walks through a table that grows

static bool is_small(const char *table)
{
	for (size_t i = 0; i < schema_tables_n; i++)
		if (strcmp(schema_tables[i].name, table) == 0)
			return schema_tables[i].small;
	return true; // a subquery, a constant row
}

// What concerns all rows of a table, or is done once a day on one that housekeeping itself keeps short.
static bool may_walk(const char *text)
{
	static const char *const all[] = {"update stream set epoch", "select max(epoch) from stream", "select site from chain union", "delete from session where", "delete from presence where"};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (str_starts(text, all[i]))
			return true;
	return false;
}

struct plans {
	sqlite3 *c;
	int seen, bad;
};

static void explain(const char *text, void *arg)
{
	struct plans *p = arg;
	char *q = xasprintf("explain query plan %s", text);
	sqlite3_stmt *st = NULL;

	if (str_starts(text, "pragma") || strstr(text, "sqlite_schema")) {
		free(q);
		return;
	}
	p->seen++;
	if (sqlite3_prepare_v2(p->c, q, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(p->c));
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(st, 3);
		char table[64] = "";
		if (!str_starts(detail, "SCAN "))
			continue;
		snprintf(table, sizeof(table), "%.*s", (int)strcspn(detail + 5, " "), detail + 5);
		if (is_small(table) || may_walk(text))
			continue;
		print_error("%s\n  %s\n", text, detail);
		p->bad++;
	}
	sqlite3_finalize(st);
	free(q);
}

static struct hubtest *explained;

static void test_plans(void **state)
{
	struct hub_store *s = explained->s;
	struct plans p = {0};
	struct err e = {0};

	(void)state;
	assert_ok(hub_housekeep(s, 0, &e), e); // asks, forgets nothing
	assert_ok(hub_new_epoch(s, &e), e);
	for (size_t i = 0; i < s->conns.n; i++) {
		p.c = sql_sqlite(s->conns.v[i].c);
		sql_each_stmt(s->conns.v[i].c, explain, &p);
	}
	assert_true(p.seen > 60);
	assert_int_equal(p.bad, 0);
	// The control: a question that has no index must be found.
	int bad = p.bad;
	explain("select d from ent where author = 'x'", &p);
	assert_int_equal(p.bad, bad + 1);
}

static int run_plans(struct hubtest *t)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
	};

	explained = t;
	return cmocka_run_group_tests_name("hub-conform-plans", tests, NULL, NULL);
}

static int on(enum hubtest_engine engine, struct pgcluster *pg, bool prepare)
{
	struct hubtest t;
	int bad;

	hubtest_open(&t, engine, pg);
	if (!prepare) {
		char *url = xasprintf("%s&prepare=no", t.url);
		free(t.url);
		t.url = url;
		hubtest_reopen(&t);
	}
	bad = run_all(&t, prepare ? hubtest_engine_name(engine) : "postgres-unprepared");
	if (engine == ON_FILE)
		bad += run_plans(&t);
	hubtest_close(&t);
	return bad;
}

static struct pgcluster *cluster;

static void test_cluster(void **state)
{
	(void)state;
	cluster = pgcluster_start();
}

int main(void)
{
	const struct CMUnitTest first[] = {
		cmocka_unit_test(test_cluster),
	};
	int bad = on(ON_MEMORY, NULL, true) + on(ON_FILE, NULL, true);

	bad += cmocka_run_group_tests_name("hub-conform-cluster", first, NULL, NULL);
	if (!cluster)
		return 1;
	bad += on(ON_POSTGRES, cluster, true) + on(ON_POSTGRES, cluster, false);
	pgcluster_stop(cluster);
	return bad != 0;
}
