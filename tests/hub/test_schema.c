// SPDX-License-Identifier: MIT
// Knows what a table of the hub must be like so that an engine can keep its rows apart by site.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/hub/schema.h"
#include "src/hub/store_internal.h"
#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"

static struct pgcluster *cluster;

// --- as it is written

static const struct schema_col *column(const struct schema_table *t, struct sv name)
{
	for (size_t i = 0; i < t->n_cols; i++)
		if (sv_eqz(name, t->cols[i].name))
			return &t->cols[i];
	return NULL;
}

// "site, s" begins with the site.
static bool begins_with_site(struct sv list)
{
	struct sv first;

	return sv_split(&list, ',', &first) ? sv_eqz(sv_trim(first), "site") : sv_eqz(sv_trim(list), "site");
}

// What is between the brackets of "ent (site, s, seq) where ..."
static struct sv columns_of(const char *on)
{
	const char *from = strchr(on, '('), *to = from ? strchr(from, ')') : NULL;

	return to ? sv_n(from + 1, (size_t)(to - from - 1)) : sv("");
}

// Why a table cannot be kept apart by site; NULL: it can.
static const char *finding(const struct schema_table *t)
{
	const struct schema_col *site = column(t, sv("site"));
	struct sv rest = sv(t->key ? t->key : ""), part;

	if (!site || site->type != COL_TEXT || site->null)
		return "no site in every row";
	if (!begins_with_site(rest))
		return "its key does not begin with the site";
	while (sv_split(&rest, ',', &part)) {
		const struct schema_col *c = column(t, sv_trim(part));
		if (!c || c->null)
			return "a column of its key is none, or may be absent";
	}
	for (size_t i = 0; i < sizeof(t->index) / sizeof(*t->index) && t->index[i].on; i++)
		if (t->index[i].unique && !begins_with_site(columns_of(t->index[i].on)))
			return "a unique index does not begin with the site";
	return NULL;
}

static void test_every_table(void **state)
{
	(void)state;
	assert_true(schema_tables_n > 15);
	for (size_t i = 0; i < schema_tables_n; i++)
		if (finding(&schema_tables[i]))
			fail_msg("%s: %s", schema_tables[i].name, finding(&schema_tables[i]));
}

// The control: tables somebody might add one day.
static void test_what_is_found(void **state)
{
	static const struct schema_col cols[] = {{"site", COL_TEXT, false}, {"k", COL_TEXT, false}, {"maybe", COL_TEXT, true}};
	static const struct schema_col loose[] = {{"site", COL_TEXT, true}, {"k", COL_TEXT, false}};
#define COLS(list) .cols = list, .n_cols = sizeof(list) / sizeof(*list)
	static const struct schema_table bad[] = {
		{.name = "none", .key = "k", COLS(cols)},
		{.name = "second", .key = "k, site", COLS(cols)},
		{.name = "like it", .key = "sites, k", COLS(cols)},
		{.name = "nothing", .key = NULL, COLS(cols)},
		{.name = "unknown", .key = "site, x", COLS(cols)},
		{.name = "absent", .key = "site, maybe", COLS(cols)},
		{.name = "loose", .key = "site, k", COLS(loose)},
		{.name = "index", .key = "site, k", COLS(cols), .index = {{"a", "index (site, k)", .unique = true}, {"b", "index (k)", .unique = true}}},
		{.name = "late", .key = "site, k", COLS(cols), .index = {{"a", "late (k, site)", .unique = true}}},
	};
	static const struct schema_table good[] = {
		{.name = "one", .key = "site", COLS(cols)},
		{.name = "other", .key = "site, k", COLS(cols), .index = {{"a", "other (maybe)"}, {"b", "other (site, maybe)", .unique = true}}},
	};
#undef COLS

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!finding(&bad[i]))
			fail_msg("not found: %s", bad[i].name);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_null(finding(&good[i]));
}

// --- as the engines made it: what the list does not know of counts as well

struct made {
	const char *text;
	struct str wrong;
	int seen;
};

static bool made_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct made *m = arg;
	struct sql_stmt *st = sql_stmt(tx->c, m->text);

	for (m->seen = 0; sql_row(st); m->seen++) {
		struct sv index = sql_sv(st, 0), first = sql_sv(st, 1);
		if (!sv_eqz(first, "site"))
			str_addf(&m->wrong, "%.*s ", (int)index.n, index.p);
	}
	return sql_end(st, e);
}

static const char *const unique_of[ON_ENGINES] = {
	[ON_FILE] = "select t.name || ' ' || l.name, i.name from pragma_table_list t, pragma_index_list(t.name) l, pragma_index_info(l.name) i"
		    " where l.\"unique\" = 1 and i.seqno = 0 and t.schema = 'main'",
	[ON_POSTGRES] = "select c.relname, a.attname from pg_index x join pg_class c on c.oid = x.indexrelid"
			" join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'"
			" join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0] where x.indisunique",
};

static void test_every_unique_index(void **state)
{
	(void)state;
	for (int on = 0; on < ON_ENGINES; on++) {
		struct made m = {.text = unique_of[on]};
		struct hubtest t;
		if (!m.text)
			continue;
		hubtest_open(&t, (enum hubtest_engine)on, cluster);
		hubtest_read(t.s, made_body, &m);
		assert_true(m.seen >= (int)schema_tables_n);
		if (m.wrong.n)
			fail_msg("%s: %s", hubtest_engine_name((enum hubtest_engine)on), str_z(&m.wrong));
		str_release(&m.wrong);
		hubtest_close(&t);
	}
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
		cmocka_unit_test(test_every_table),
		cmocka_unit_test(test_what_is_found),
		cmocka_unit_test(test_every_unique_index),
	};

	return cmocka_run_group_tests_name("hub-schema", tests, group_setup, group_teardown);
}
