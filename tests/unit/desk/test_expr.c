// SPDX-License-Identifier: MIT
// Knows what the expression language promises: precedence, nulls, functions, errors with a column, bounded depth.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/clock.h"
#include "src/desk/expr.h"

#define NOW "2026-11-22T03:59:10.000Z" // 11:59 in Shanghai

static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	static const struct {
		const char *name;
		struct expr_value value;
	} known[] = {
		{"verification", {.type = EXPR_NUMBER, .n = 2}},
		{"emotion", {.type = EXPR_NUMBER, .n = 1}},
		{"opened", {.type = EXPR_BOOL, .b = true}},
		{"empty", {.type = EXPR_NULL}},
		{"form.kind", {.type = EXPR_TEXT, .s = {"um", 2}}},
		{"seven", {.type = EXPR_TEXT, .s = {"007", 3}}},
		{"multi", {.type = EXPR_LIST, .s = {"a,bb,c", 6}}},
		{"none", {.type = EXPR_LIST, .s = {"", 0}}},
		{"day", {.type = EXPR_TEXT, .s = {"2026-11-20", 10}}},
		{"scan", {.type = EXPR_NUMBER, .n = 1795316350000.0}}, // 1 h before
	};

	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (sv_eqz(name, known[i].name)) {
			*out = known[i].value;
			return true;
		}
	}
	return false;
}

static void test_values(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"1+2*3", "7"},
		{"(1+2)*3", "9"},
		{"10-4-3", "3"},
		{"8/4/2", "1"},
		{"-2*-3", "6"},
		{"--2", "2"},
		{"1/0", ""},
		{"1+null", ""},
		{"'a'-1", ""},
		{"'5'+1", "6"},
		{"0.1+0.2", "0.3"},
		{"1.50", "1.5"},
		{"true||false&&false", "true"},
		{"(true||false)&&false", "false"},
		{"1==1&&2==2", "true"},
		{"1<2==true", "true"},
		{"!true||true", "true"},
		{"!(true||true)", "false"},
		{"!null", "true"},
		{"null==null", "true"},
		{"null==0", "false"},
		{"null!=''", "true"},
		{"null<1", "false"},
		{"null>=1", "false"},
		{"unknown.name==null", "true"},
		{"'abc'<'abd'", "true"},
		{"'ab'<'abc'", "true"},
		{"'2026-11-09'<'2026-11-10'", "true"},
		{"'9'<10", "true"},
		{"'x'<10", "false"},
		{"seven==7", "true"},
		{"seven=='7'", "false"},
		{"true==1", "false"},
		{"verification>=2", "true"},
		{"verification>2", "false"},
		{"opened", "true"},
		{"opened==true", "true"},
		{"form.kind in ['um','pregnant']", "true"},
		{"form.kind in ['umx']", "false"},
		{"form.kind in []", "false"},
		{"empty in ['a']", "false"},
		{"'bb' in multi", "true"},
		{"'b' in multi", "false"},
		{"!(form.kind in ['um'])", "false"},
		{"has(multi,'c')", "true"},
		{"has(multi,'a,bb')", "false"},
		{"has(none,'')", "false"},
		{"has(empty,'a')", "false"},
		{"len('冻结a')", "3"},
		{"len(multi)", "3"},
		{"len(none)", "0"},
		{"len(null)", "0"},
		{"if(verification>=2,'yes','no')", "yes"},
		{"if(null,'yes','no')", "no"},
		{"if(seven<5,'lt', if(seven<=10,'mid','gt'))", "mid"},
		{"min(3,2)", "2"},
		{"max(3,2)", "3"},
		{"min(3,null)", ""},
		{"min('2026-01-02','2026-01-01')", "2026-01-01"},
		{"hours_since(scan)", "1"},
		{"hours_since(scan)<24", "true"},
		{"hours_since('2026-11-22T00:59:10Z')", "3"},
		{"hours_since(null)", ""},
		{"hours_since('soon')", ""},
		{"days_since(day)", "2"},
		{"days_since('2026-11-23')", "-1"},
		{"days_since('2026-02-30')", ""},
		// 13 h before is the day before in Shanghai; hours alone would say 0 days.
		{"days_since(1795319950000-46800000)", "1"},
		// 11 h before is the same day in Shanghai, but the day before in UTC.
		{"days_since(1795319950000-39600000)", "0"},
		{"'it''s'", "it's"},
		{"''", ""},
		{" \t1\n", "1"},
		{"(issue_solved||plan_confirmed) && emotion<2", "false"},
		{"1000000*1000000", "1000000000000"},
	};
	struct expr_env env = {.lookup = lookup, .zone = "Asia/Shanghai"};
	struct arena a = {0};

	(void)state;
	assert_true(clock_parse(sv(NOW), &env.now_ms));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		struct str out = {0};
		struct expr *x = expr_parse(sv(cases[i].text), NULL, &e, &a);
		if (!x)
			fail_msg("%s: %s", cases[i].text, e.msg);
		expr_format(expr_eval(x, &env), &out);
		if (strcmp(str_z(&out), cases[i].want) != 0)
			fail_msg("%s gives '%s', not '%s'", cases[i].text, str_z(&out), cases[i].want);
		str_release(&out);
	}
	arena_release(&a);
}

static void test_errors_name_the_column(void **state)
{
	static const struct {
		const char *text;
		int col;
	} cases[] = {
		{"", 1},       {"1+", 3},      {"(1", 3},        {"1)", 2},         {"1 2", 3},         {"'abc", 1},
		{"a b", 3},    {"1=1", 2},     {"foo(1)", 4},    {"len()", 5},      {"len(1,2)", 6},    {"min(1)", 6},
		{"a in", 5},   {"x in ['a'", 10}, {"x in ['a' 'b']", 11}, {"a &&", 5}, {"a & b", 3},    {"\"a\"", 1},
		{"1a", 1},     {"in ['a']", 1},  {"a.", 2},      {"#", 1},          {"['a']", 1},       {"a==[1]", 4},
		{"\xff", 1},
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		int col = 0;
		if (expr_parse(sv(cases[i].text), &col, &e, &a))
			fail_msg("%s was taken", cases[i].text);
		assert_int_equal(e.code, ERR_PARSE);
		if (col != cases[i].col)
			fail_msg("%s: column %d, not %d (%s)", cases[i].text, col, cases[i].col, e.msg);
	}
	arena_release(&a);
}

// Deep nesting of every kind is refused; nesting within the limit is taken.
static void test_depth_is_bounded(void **state)
{
	static const struct {
		const char *open, *mid, *close;
	} kinds[] = {
		{"(", "1", ")"}, {"!", "1", ""}, {"-", "1", ""}, {"1+", "1", ""}, {"1+(", "1", ")"}, {"len(", "1", ")"},
		{"if(1,2,", "1", ")"}, {"1 in [", "1", "]"}, {"", "1", "||1"},
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		for (int deep = 0; deep < 2; deep++) {
			struct str s = {0};
			int n = deep ? 300 : 20;
			for (int k = 0; k < n; k++)
				str_add(&s, kinds[i].open);
			str_add(&s, kinds[i].mid);
			for (int k = 0; k < n; k++)
				str_add(&s, kinds[i].close);
			struct err e = {0};
			struct expr *x = expr_parse(sv(str_z(&s)), NULL, &e, &a);
			struct expr_env env = {0};
			if (deep != (x == NULL))
				// Brackets alone make no tree, but they nest in the parser.
				fail_msg("%s x %d: %s", kinds[i].open, n, e.msg);
			expr_eval(x, &env);
			str_release(&s);
		}
	}
	struct str s = {0};
	for (int i = 0; i < 5000; i++)
		str_addc(&s, ' ');
	assert_null(expr_parse(sv(str_z(&s)), NULL, NULL, &a));
	str_release(&s);
	arena_release(&a);
}

// Any bytes: an answer or an error, never more. Letters are taken from a set that makes much of it parse.
static void test_random_text_is_harmless(void **state)
{
	static const char *const pieces[] = {"(", ")", "[", "]", "'", ",", "!", "&&", "||", "==", "<", "-", "+", "*", "/", " in ", "if(",
					     "len(", "has(", "min(", "a", "b.c", "1", "2.5", "null", "true", "days_since(", "'x'", "冻",
					     "\x80", " ", "hours_since("};
	uint32_t seed = 7;
	struct arena a = {0};
	struct expr_env env = {.lookup = lookup, .now_ms = INT64_MAX / 2};
	size_t parsed = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct str s = {0};
		for (int k = 0; k < 12; k++) {
			seed = seed * 1664525u + 1013904223u;
			if (k && (seed >> 28) == 0)
				break;
			str_add(&s, pieces[(seed >> 16) % (sizeof(pieces) / sizeof(*pieces))]);
		}
		struct expr *x = expr_parse(sv(str_z(&s)), NULL, NULL, &a);
		parsed += x != NULL;
		struct str out = {0};
		expr_format(expr_eval(x, &env), &out);
		str_release(&out);
		str_release(&s);
		if (i % 100 == 0)
			arena_clear(&a);
	}
	assert_true(parsed > 20);
	arena_release(&a);
}

static void collect(void *ctx, struct sv name)
{
	str_addn(ctx, name.p, name.n);
	str_addc(ctx, ' ');
}

static void collect_two(void *ctx, struct sv name, struct sv text)
{
	str_addf(ctx, "%.*s=%.*s ", (int)name.n, name.p, (int)text.n, text.p);
}

static void test_names_used(void **state)
{
	struct arena a = {0};
	struct str s = {0};
	struct expr *x = expr_parse(sv("if(a=='x' || 'y'!=b.c, has(m,'z'), k in ['p', q]) && len('n')"), NULL, NULL, &a);

	(void)state;
	expr_names(x, collect, &s);
	assert_string_equal(str_z(&s), "a b.c m k q ");
	str_clear(&s);
	expr_compared(x, collect_two, &s);
	assert_string_equal(str_z(&s), "a=x b.c=y m=z k=p ");
	str_release(&s);
	arena_release(&a);
	assert_true(expr_name_is_common(sv("customer.tier")));
	assert_false(expr_name_is_common(sv("customer.tie")));
	assert_false(expr_name_is_common(sv("form.x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_errors_name_the_column),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_random_text_is_harmless),
		cmocka_unit_test(test_names_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
