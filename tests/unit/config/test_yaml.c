// SPDX-License-Identifier: MIT
// Knows the limits of the YAML that is read, the places it gives, and how findings are kept and printed.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "config/yaml.h"
#include "src/base/i18n.h"

static void test_places(void **state)
{
	struct problems p = {0};
	struct arena a = {0};
	(void)state;
	struct yaml_node *n = yaml_parse(sv("# 注释\nzh: 甲\nlist: [ 一, {b: 'it''s', c: \"x\"}]\n"), "f", 1, &p, &a);
	assert_non_null(n);
	assert_int_equal(p.n, 0);
	assert_int_equal(n->kind, YAML_MAP);
	assert_int_equal(n->n, 2);
	assert_string_equal(yaml_get(n, "zh")->text, "甲");
	struct yaml_node *list = yaml_get(n, "list");
	assert_int_equal(list->line, 3);
	assert_int_equal(list->items[0]->col, 9);
	// columns count characters, not bytes: 一 is one
	assert_int_equal(list->items[1]->col, 12);
	struct yaml_node *b = yaml_get(list->items[1], "b");
	assert_string_equal(b->text, "it's");
	// 'it''s': i at 17, the doubled quote takes two places, s at 21
	assert_int_equal(yaml_col(b, 0), b->col + 1);
	assert_int_equal(yaml_col(b, 3), b->col + 5);
	assert_null(yaml_get(n, "nothing"));
	assert_null(yaml_get(b, "nothing"));
	problems_release(&p);
	arena_release(&a);
}

static void test_first_line_and_empty(void **state)
{
	struct problems p = {0};
	struct arena a = {0};
	(void)state;
	struct yaml_node *n = yaml_parse(sv("a: 1\nb: 2\n"), "f", 2, &p, &a);
	assert_int_equal(yaml_pair(n, "b")->line, 3);
	n = yaml_parse(sv("# nothing\n"), "f", 1, &p, &a);
	assert_int_equal(n->kind, YAML_MAP);
	assert_int_equal(n->n, 0);
	assert_int_equal(p.n, 0);
	arena_release(&a);
}

static void fill(struct str *s, size_t items)
{
	str_clear(s);
	str_add(s, "a: [");
	for (size_t i = 0; i < items; i++)
		str_add(s, "1,");
	str_add(s, "]\n");
}

// The greatest file passes, one more of anything does not.
static void test_limits(void **state)
{
	struct problems p = {0};
	struct arena a = {0};
	struct str s = {0};
	(void)state;
	fill(&s, YAML_MAX_NODES - 3); // the map, the key and the list count too
	assert_non_null(yaml_parse(sv(str_z(&s)), "f", 1, &p, &a));
	assert_int_equal(p.n, 0);
	fill(&s, YAML_MAX_NODES - 2);
	assert_null(yaml_parse(sv(str_z(&s)), "f", 1, &p, &a));
	assert_int_equal(p.errors, 1);

	str_clear(&s);
	str_add(&s, "a: ");
	while (s.n < YAML_MAX_BYTES)
		str_addc(&s, 'x');
	assert_non_null(yaml_parse(sv_n(s.s, s.n), "f", 1, &p, &a));
	str_addc(&s, 'x');
	assert_null(yaml_parse(sv_n(s.s, s.n), "f", 1, &p, &a));
	assert_int_equal(p.errors, 2);

	str_clear(&s);
	for (int i = 0; i < YAML_MAX_DEPTH; i++)
		str_addc(&s, '[');
	for (int i = 0; i < YAML_MAX_DEPTH; i++)
		str_addc(&s, ']');
	assert_non_null(yaml_parse(sv(str_z(&s)), "f", 1, &p, &a));
	assert_int_equal(p.errors, 2);
	str_release(&s);
	problems_release(&p);
	arena_release(&a);
}

static void test_all_refusals_of_one_file(void **state)
{
	static const char text[] = "a: &x 1\nb: *x\nc: !t 2\na: 3\n<<: {d: 4}\na: 5\n";
	struct problems p = {0};
	struct arena a = {0};
	(void)state;
	struct yaml_node *n = yaml_parse(sv(text), "f", 1, &p, &a);
	problems_sort(&p);
	const int lines[] = {1, 2, 3, 4, 5, 6};
	assert_int_equal(p.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(p.v[i].line, lines[i]);
	// both places of a key that stands twice; the first value stays
	assert_non_null(strstr(p.v[3].message, "line 1, column 1"));
	assert_string_equal(yaml_get(n, "a")->text, "1");
	assert_int_equal(n->n, 3);
	problems_release(&p);
	arena_release(&a);
}

static void test_nul_and_bom(void **state)
{
	struct problems p = {0};
	struct arena a = {0};
	(void)state;
	assert_non_null(yaml_parse(sv("\xEF\xBB\xBF" "a: 1\n"), "f", 1, &p, &a));
	assert_int_equal(p.n, 0);
	struct yaml_node *n = yaml_parse(sv("a: \"b\\0c\"\n"), "f", 1, &p, &a);
	assert_int_equal(p.errors, 1);
	assert_int_equal(strlen(yaml_get(n, "a")->text), yaml_get(n, "a")->n);
	problems_release(&p);
	arena_release(&a);
}

static void test_nearest(void **state)
{
	static const char *const words[] = {"required", "options", "max", NULL};
	(void)state;
	assert_string_equal(str_nearest("requird", words), "required");
	assert_string_equal(str_nearest("optoins", words), "options"); // two neighbours swapped are one edit
	assert_string_equal(str_nearest("mx", words), "max");
	assert_null(str_nearest("entirely", words));
	assert_null(str_nearest("", words));
}

static void test_sorting_and_printing(void **state)
{
	struct problems p = {0};
	char buf[200] = {0};
	(void)state;
	problems_add(&p, "b", 1, 1, LINT_ERROR, "three");
	problems_add(&p, "a", 2, 9, LINT_ERROR, "two");
	problems_add(&p, "a", 2, 3, LINT_WARNING, "one %d", 1);
	problems_add(&p, "a", 2, 9, LINT_ERROR, "two");
	problems_add(&p, "c", 0, 0, LINT_ERROR, "four");
	problems_sort(&p);
	assert_int_equal(p.n, 4);
	assert_int_equal(p.errors, 3);
	FILE *f = fmemopen(buf, sizeof(buf), "w");
	problems_print(&p, f);
	fclose(f);
	assert_string_equal(buf, "a:2:3: warning: one 1\na:2:9: two\nb:1:1: three\nc: four\n");
	problems_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_first_line_and_empty),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_all_refusals_of_one_file),
		cmocka_unit_test(test_nul_and_bom),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_sorting_and_printing),
	};
	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
