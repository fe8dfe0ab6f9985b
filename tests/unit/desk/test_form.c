// SPDX-License-Identifier: MIT
// Knows what forms promise: reading what people type, showing it, finding what is wrong, refusing secrets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/arena.h"
#include "src/base/clock.h"
#include "src/base/utf8.h"
#include "src/desk/form_run.h"

#define L {"中", "en"}

static const struct field_option kinds[] = {
	{.code = "self", .label = {"本人挂失", "Owner reported lost"}},
	{.code = "risk", .label = {"风控限制", "Risk control"}},
	{.code = "30", .label = {"三十天", "Thirty days"}},
};
static const struct field_option told[] = {
	{.code = "a", .label = {"身份证、户口本", "ID, or booklet"}},
	{.code = "b", .label = {"流水", "Statement"}},
	{.code = "c", .label = {"合同", "Contract"}},
};

// 2026-11-22 11:59:10 in Shanghai, a Sunday.
static struct form_env world(void)
{
	struct form_env env = {.zone = "Asia/Shanghai"};

	assert_true(clock_parse(sv("2026-11-22T03:59:10.000Z"), &env.now_ms));
	return env;
}

// want NULL: not understood. For date-times want is the local time.
static const struct {
	enum field_type type;
	const char *typed, *want;
} readings[] = {
	{FIELD_TEXT, "  账户 冻结\t了 ", "账户 冻结 了"},
	{FIELD_TEXT, "a\x1b[31mb", "a[31mb"},
	{FIELD_MEMO, "a\r\nb", "a\nb"},
	{FIELD_TEXT, "   ", ""},
	{FIELD_DIGITS, "１２ ３-4", "1234"},
	{FIELD_DIGITS, "12a", NULL},
	{FIELD_INT, "１,200", "1200"},
	{FIELD_INT, "-5", "-5"},
	{FIELD_INT, "5.5", NULL},
	{FIELD_INT, "99999999999999999999", NULL},
	{FIELD_MONEY, "12.5", "1250"},
	{FIELD_MONEY, "￥12", "1200"},
	{FIELD_MONEY, "¥ 1,200.50", "120050"},
	{FIELD_MONEY, "１２．５元", "1250"},
	{FIELD_MONEY, "3万", "3000000"},
	{FIELD_MONEY, "1.2345万元", "1234500"},
	{FIELD_MONEY, "5k", "500000"},
	{FIELD_MONEY, "-3", "-300"},
	{FIELD_MONEY, "0", "0"},
	{FIELD_MONEY, "12.345", NULL},
	{FIELD_MONEY, "1,2", NULL},
	{FIELD_MONEY, "12.", NULL},
	{FIELD_MONEY, "about 5", NULL},
	{FIELD_MONEY, "999999999999999", NULL},
	{FIELD_DATE, "今天", "2026-11-22"},
	{FIELD_DATE, "明天", "2026-11-23"},
	{FIELD_DATE, "大后天", "2026-11-25"},
	{FIELD_DATE, "yesterday", "2026-11-21"},
	{FIELD_DATE, "Today", "2026-11-22"},
	{FIELD_DATE, "+3d", "2026-11-25"},
	{FIELD_DATE, "-22d", "2026-10-31"},
	{FIELD_DATE, "+1w", "2026-11-29"},
	{FIELD_DATE, "＋９天", "2026-12-01"},
	{FIELD_DATE, "11-22", "2026-11-22"},
	{FIELD_DATE, "1/5", "2027-01-05"},   // the nearest one
	{FIELD_DATE, "6.30", "2026-06-30"},
	{FIELD_DATE, "3月8日", "2027-03-08"},
	{FIELD_DATE, "2026年2月28号", "2026-02-28"},
	{FIELD_DATE, "20260228", "2026-02-28"},
	{FIELD_DATE, "2026/2/28", "2026-02-28"},
	{FIELD_DATE, "2026-02-29", NULL},
	{FIELD_DATE, "02-30", NULL},
	{FIELD_DATE, "13-01", NULL},
	{FIELD_DATE, "22", NULL},
	{FIELD_DATE, "3d", NULL},
	{FIELD_DATE, "soon", NULL},
	{FIELD_DATE, "2026-11-22 x", NULL},
	{FIELD_DATETIME, "2026-11-22 15:30", "2026-11-22 15:30"},
	{FIELD_DATETIME, "15：30", "2026-11-22 15:30"},
	{FIELD_DATETIME, "明天 9:05", "2026-11-23 09:05"},
	{FIELD_DATETIME, "明天下午3点半", "2026-11-23 15:30"},
	{FIELD_DATETIME, "下午3点15分", "2026-11-22 15:15"},
	{FIELD_DATETIME, "上午9点", "2026-11-22 09:00"},
	{FIELD_DATETIME, "12-01 晚上8点", "2026-12-01 20:00"},
	{FIELD_DATETIME, "中午12点", "2026-11-22 12:00"},
	{FIELD_DATETIME, "3pm", "2026-11-22 15:00"},
	{FIELD_DATETIME, "now", "2026-11-22 11:59"},
	{FIELD_DATETIME, "+2h", "2026-11-22 13:59"},
	{FIELD_DATETIME, "+30m", "2026-11-22 12:29"},
	{FIELD_DATETIME, "+1d 10:00", "2026-11-23 10:00"},
	{FIELD_DATETIME, "2026-11-22T07:30:00Z", "2026-11-22 15:30"},
	{FIELD_DATETIME, "1795332600000", "2026-11-22 15:30"},
	{FIELD_DATETIME, "tomorrow", NULL},
	{FIELD_DATETIME, "25:00", NULL},
	{FIELD_DATETIME, "9", NULL},
	{FIELD_DATETIME, "9:5", NULL},
	{FIELD_BOOL, "Ｙ", "true"},
	{FIELD_BOOL, "否", "false"},
	{FIELD_BOOL, "maybe", NULL},
	{FIELD_ENUM, "risk", "risk"},
	{FIELD_ENUM, "风控限制", "risk"},
	{FIELD_ENUM, "RISK CONTROL", "risk"},
	{FIELD_ENUM, "30", "30"},
	{FIELD_ENUM, "risky", NULL},
	{FIELD_MULTI, "合同，流水", "b,c"},
	{FIELD_MULTI, "c、a、c", "a,c"},
	{FIELD_MULTI, "身份证、户口本、合同", "a,c"},
	{FIELD_MULTI, "ID, or booklet; Statement", "a,b"},
	{FIELD_MULTI, "a,x", NULL},
	{FIELD_PHONE, "138 1234 5678", "13812345678"},
	{FIELD_PHONE, "＋86-138-1234-5678", "13812345678"},
	{FIELD_PHONE, "021-5550 0100", "02155500100"},
	{FIELD_PHONE, "021-55500100转123", "02155500100-123"},
	{FIELD_PHONE, "95588", "95588"},
	{FIELD_PHONE, "+44 20 7946 0958", "+442079460958"},
	{FIELD_PHONE, "12812345678", NULL},
	{FIELD_PHONE, "abc", NULL},
	{FIELD_IDNO, "11010519491231002x", "11010519491231002X"},
	{FIELD_IDNO, "110105194912310021", NULL},
	{FIELD_IDNO, "e12345678", "E12345678"},
	{FIELD_CARD_TAIL, "０００ ７", "0007"},
	{FIELD_EMAIL, "Zhang@Example.COM", "Zhang@example.com"},
	{FIELD_EMAIL, "zhang.example.com", NULL},
	{FIELD_PLATE, "沪a·12388", "沪A12388"},
	{FIELD_PLATE, "A12388", NULL},
	{FIELD_FLIGHT, "mu 5137", "MU5137"},
	{FIELD_FLIGHT, "5137", NULL},
	{FIELD_ORDER_NO, "ec2026 1122-0001", "EC20261122-0001"},
	{FIELD_ORDER_NO, "订单1", NULL},
	{FIELD_TRACKING_NO, "ｓｆ1234567890", "SF1234567890"},
	{FIELD_ADDRESS, "上海市浦东新区 1号", "上海市浦东新区 1号"},
	{FIELD_ARTICLE_REF, "kb-fin-001", "KB-FIN-001"},
	{FIELD_CATEGORY, "Account.freeze", "account.freeze"},
	{FIELD_CATEGORY, "冻结", NULL},
	{FIELD_DISPOSITION, "res_first", "RES_FIRST"},
};

static struct form_field field_of(enum field_type type)
{
	struct form_field f = {.code = "x", .label = L, .type = type};

	if (type == FIELD_ENUM) {
		f.options = kinds;
		f.n_options = 3;
	} else if (type == FIELD_MULTI) {
		f.options = told;
		f.n_options = 3;
	}
	return f;
}

// Every understood value is valid, reads again as itself, and so does what is shown of it.
static void test_read_show_read(void **state)
{
	struct form_env env = world();

	(void)state;
	for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++) {
		struct form_field f = field_of(readings[i].type);
		struct str value = {0}, shown = {0}, again = {0};
		struct err e = {0};
		bool ok = field_normalise(&f, &env, sv(readings[i].typed), &value, &e);
		if (ok != (readings[i].want != NULL))
			fail_msg("%zu '%s': %s%s", i, readings[i].typed, str_z(&value), e.msg);
		if (!ok)
			assert_true(strstr(e.msg, "en: ") == e.msg && value.n == 0);
		if (ok && value.n) {
			field_display(&f, &env, str_z(&value), &shown);
			const char *got = f.type == FIELD_DATETIME ? str_z(&shown) : str_z(&value);
			if (strcmp(got, readings[i].want) != 0)
				fail_msg("%zu '%s' gives '%s', not '%s'", i, readings[i].typed, got, readings[i].want);
			if (!field_validate(&f, &env, str_z(&value), &e))
				fail_msg("%zu '%s': %s", i, readings[i].typed, e.msg);
			if (!field_normalise(&f, &env, sv(str_z(&shown)), &again, &e) || strcmp(str_z(&again), str_z(&value)) != 0)
				fail_msg("%zu '%s' shown as '%s' reads as '%s'", i, readings[i].typed, str_z(&shown), str_z(&again));
			str_clear(&again);
			assert_true(field_canonical(&f, &env, sv(str_z(&value)), &again, &e));
			assert_string_equal(str_z(&again), str_z(&value));
		}
		str_release(&value);
		str_release(&shown);
		str_release(&again);
	}
}

static void test_money_shows_as_money(void **state)
{
	struct form_env env = world();
	struct form_field f = field_of(FIELD_MONEY);
	struct str s = {0};

	(void)state;
	field_display(&f, &env, "120050", &s);
	assert_string_equal(str_z(&s), "¥1200.50");
	str_clear(&s);
	field_display(&f, &env, "-5", &s);
	assert_string_equal(str_z(&s), "-¥0.05");
	str_release(&s);
}

static void test_validation(void **state)
{
	static const struct {
		struct form_field f;
		const char *value, *want; // part of the message, NULL: right
	} cases[] = {
		{{.type = FIELD_INT, .min = "5", .max = "12"}, "5", NULL},
		{{.type = FIELD_INT, .min = "5", .max = "12"}, "4", "at least 5"},
		{{.type = FIELD_INT, .min = "5", .max = "12"}, "13", "at most 12"},
		{{.type = FIELD_MONEY, .max = "5000"}, "5001", "at most ¥50.00"},
		{{.type = FIELD_DATE, .min = "today-30", .max = "today"}, "2026-10-23", NULL},
		{{.type = FIELD_DATE, .min = "today-30", .max = "today"}, "2026-10-22", "not before 2026-10-23"},
		{{.type = FIELD_DATE, .min = "today-30", .max = "today"}, "2026-11-23", "not after 2026-11-22"},
		{{.type = FIELD_DATE, .min = "2026-01-01"}, "2025-12-31", "not before 2026-01-01"},
		// 2026-11-22T16:30Z is the 23rd in Shanghai.
		{{.type = FIELD_DATETIME, .max = "today+0"}, "1795365000000", "not after 2026-11-22"},
		{{.type = FIELD_DATETIME, .min = "today"}, "1795332600000", NULL},
		{{.type = FIELD_TEXT, .max_len = 2}, "冻结", NULL},
		{{.type = FIELD_TEXT, .max_len = 2}, "冻结了", "too long by 1"},
		{{.type = FIELD_DIGITS, .len = 4}, "123", "must have 4 characters, has 3"},
		{{.type = FIELD_CARD_TAIL}, "123", "exactly the last 4"},
		{{.type = FIELD_BOOL, .must_be = true}, "false", "must be yes"},
		{{.type = FIELD_BOOL}, "false", NULL},
		{{.type = FIELD_TEXT, .regex = "^[A-Z0-9]{4}$"}, "AB12", NULL},
		{{.type = FIELD_TEXT, .regex = "^[A-Z0-9]{4}$"}, "AB123", "does not have the form"},
		{{.type = FIELD_TEXT, .regex = "^冻.$"}, "冻结", NULL},
		{{.type = FIELD_TEXT, .regex = "^(a+)+$"}, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "takes too long"},
		{{.type = FIELD_ORDER_NO}, "E1", "at least 4"},
		{{.type = FIELD_ENUM, .options = kinds, .n_options = 3}, "gone", "choose one"},
		{{.type = FIELD_MULTI, .options = told, .n_options = 3}, "c,a", "stored form"},
		{{.type = FIELD_PHONE}, "138 1234 5678", "stored form"},
	};
	struct form_env env = world();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct form_field f = cases[i].f;
		struct err e = {0};
		f.code = "x";
		f.label = (struct label)L;
		bool ok = field_validate(&f, &env, cases[i].value, &e);
		if (ok != !cases[i].want || (!ok && !strstr(e.msg, cases[i].want)))
			fail_msg("%zu '%s': %d %s", i, cases[i].value, ok, e.msg);
		if (!ok)
			assert_true(strstr(e.msg, "en: ") == e.msg);
	}
}

// A month and a day alone: the year that the bounds of the field allow.
static void test_year_follows_the_bounds(void **state)
{
	struct form_env env = world();
	struct form_field f = {.code = "x", .label = L, .type = FIELD_DATE, .min = "today-365", .max = "today"};
	struct str s = {0};

	(void)state;
	assert_true(field_normalise(&f, &env, sv("1-5"), &s, NULL));
	assert_string_equal(str_z(&s), "2026-01-05");
	str_release(&s);
}

// --- A form in use ---

static struct arena exprs;

static const struct expr *parse(const char *text)
{
	struct err e = {0};
	struct expr *x = expr_parse(sv(text), NULL, &e, &exprs);

	if (!x)
		fail_msg("%s: %s", text, e.msg);
	return x;
}

// LATE stands before AGE, on which it hangs: one pass is not enough.
enum { KIND, NOTICE, TAIL, PHONE, COMP, SCAN, LATE, AGE, AGREED, LEVEL, NOTE, WHEN, N_FIELDS };
static struct form_field fields[N_FIELDS] = {
	[KIND] = {.code = "kind", .type = FIELD_ENUM, .options = kinds, .n_options = 3, .required = true, .dflt = "self"},
	[NOTICE] = {.code = "notice", .type = FIELD_BOOL, .show_if = "kind=='risk'", .required_if = "kind=='risk'"},
	[TAIL] = {.code = "tail", .type = FIELD_CARD_TAIL, .required = true, .readonly_after_close = true},
	[PHONE] = {.code = "phone", .type = FIELD_PHONE, .autofill = "customer.phone"},
	[COMP] = {.code = "comp", .type = FIELD_MONEY, .max = "50000", .dflt = "5000", .show_if = "notice"},
	[SCAN] = {.code = "scan", .type = FIELD_DATETIME},
	[AGE] = {.code = "age", .type = FIELD_COMPUTED, .compute = "if(scan==null,'unknown',if(hours_since(scan)<24,'lt24','ge24'))"},
	[LATE] = {.code = "late", .type = FIELD_COMPUTED, .compute = "age=='ge24'"},
	[AGREED] = {.code = "agreed", .type = FIELD_BOOL, .must_be = true, .show_if = "late && base.ok"},
	[LEVEL] = {.code = "level", .type = FIELD_TEXT, .role = "supervisor", .required = true},
	[NOTE] = {.code = "note", .type = FIELD_MEMO},
	[WHEN] = {.code = "when", .type = FIELD_DATETIME, .autofill = "now"},
};
static const struct form form = {.code = "t_form", .title = L, .fields = fields, .n_fields = N_FIELDS};

struct outside {
	bool ok;
	const char *phone;
};

static bool outside_lookup(void *ctx, struct sv name, struct expr_value *out)
{
	*out = expr_bool(((struct outside *)ctx)->ok);
	return sv_eqz(name, "base.ok");
}

static const char *outside_fill(void *ctx, const char *what)
{
	return strcmp(what, "customer.phone") == 0 ? ((struct outside *)ctx)->phone : NULL;
}

static void prepare(struct form_env *env, struct outside *out)
{
	*env = world();
	env->lookup = outside_lookup;
	env->autofill = outside_fill;
	env->ctx = out;
	for (size_t i = 0; i < N_FIELDS; i++) {
		fields[i].label = (struct label)L;
		if (fields[i].show_if)
			fields[i].show_expr = parse(fields[i].show_if);
		if (fields[i].required_if)
			fields[i].required_expr = parse(fields[i].required_if);
		if (fields[i].compute)
			fields[i].compute_expr = parse(fields[i].compute);
	}
}

static int release_exprs(void **state)
{
	(void)state;
	arena_release(&exprs);
	return 0;
}

static void set(struct form_run *r, const struct form_env *env, size_t field, const char *typed)
{
	struct err e = {0};

	if (!form_run_set(r, field, sv(typed), FORM_TYPED, env, &e))
		fail_msg("%s: %s", fields[field].code, e.msg);
}

static void test_what_shows_and_what_is_wrong(void **state)
{
	struct outside out = {0};
	struct form_env env;
	struct form_run r = {0};
	struct form_error *errors;
	struct arena a = {0};
	size_t filled, required;

	(void)state;
	prepare(&env, &out);
	form_run_start(&r, &form, &env);
	assert_string_equal(form_run_get(&r, KIND), "self");
	assert_string_equal(form_run_get(&r, AGE), "unknown");
	assert_string_equal(form_run_get(&r, WHEN), "1795319940000"); // down to the minute
	assert_int_equal(form_run_errors(&r, &env, &errors, &a), 1);
	assert_int_equal(errors[0].field, TAIL);
	assert_true(errors[0].missing);
	set(&r, &env, KIND, "风控限制");
	assert_int_equal(form_run_errors(&r, &env, &errors, &a), 2);
	assert_int_equal(errors[0].field, NOTICE);
	assert_string_equal(form_run_saved(&r, COMP), "");
	set(&r, &env, NOTICE, "y"); // shows comp with its default, in minor units
	assert_string_equal(form_run_saved(&r, COMP), "5000");
	assert_true(form_run_complete(&r, &env, &filled, &required) < 1);
	assert_int_equal(filled, 2);
	assert_int_equal(required, 3);
	set(&r, &env, TAIL, "0007");
	assert_int_equal(form_run_error_count(&r, &env), 0);
	// A chain: kind hides notice, which hides comp; the text waits.
	set(&r, &env, KIND, "self");
	assert_false(r.values[NOTICE].shown);
	assert_false(r.values[COMP].shown);
	assert_string_equal(form_run_get(&r, NOTICE), "true");
	set(&r, &env, KIND, "risk");
	assert_string_equal(form_run_saved(&r, NOTICE), "true");
	// Computed from computed, and names from outside.
	set(&r, &env, SCAN, "-30h");
	assert_string_equal(form_run_get(&r, LATE), "true");
	assert_false(r.values[AGREED].shown);
	out.ok = true;
	form_run_refresh(&r, &env);
	assert_true(r.values[AGREED].shown);
	assert_int_equal(form_run_errors(&r, &env, &errors, &a), 1);
	set(&r, &env, AGREED, "n");
	assert_int_equal(form_run_errors(&r, &env, &errors, &a), 1);
	assert_false(errors[0].missing);
	set(&r, &env, AGREED, "y");
	assert_int_equal(form_run_error_count(&r, &env), 0);
	// Not understood: kept as typed, an error, no value.
	struct expr_value v;
	set(&r, &env, SCAN, "lately");
	assert_string_equal(form_run_get(&r, SCAN), "lately");
	assert_true(form_run_lookup(&r, sv("scan"), &v));
	assert_int_equal(v.type, EXPR_NULL);
	assert_int_equal(form_run_errors(&r, &env, &errors, &a), 1);
	assert_non_null(strstr(errors[0].message, "+2h"));
	set(&r, &env, SCAN, "");
	assert_int_equal(form_run_error_count(&r, &env), 0);
	form_run_release(&r);
	arena_release(&a);
}

static void test_autofill_spares_what_was_typed(void **state)
{
	struct outside out = {0};
	struct form_env env;
	struct form_run r = {0};

	(void)state;
	prepare(&env, &out);
	form_run_start(&r, &form, &env);
	out.phone = "138-1234-5678";
	assert_int_equal(form_run_autofill(&r, &env), 1);
	assert_string_equal(form_run_get(&r, PHONE), "13812345678");
	set(&r, &env, PHONE, "");
	assert_int_equal(form_run_autofill(&r, &env), 0); // emptied on purpose
	form_run_release(&r);
}

static void test_refusals(void **state)
{
	static const struct {
		size_t field;
		const char *typed;
	} secrets[] = {
		{NOTE, "卡号 6222 0200 0000 0007"},
		{NOTE, "验证码是 482913"},
		{TAIL, "6222020000000007"},
		{TAIL, "00071"},
		{SCAN, "6222020000000007"}, // not understood as a time, so it would be kept as typed
		{KIND, "密码: abc12345"},
	};
	struct outside out = {0};
	struct form_env env;
	struct form_run r = {0};
	struct err e = {0};

	(void)state;
	prepare(&env, &out);
	form_run_start(&r, &form, &env);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		struct str before = {0};
		str_add(&before, form_run_get(&r, secrets[i].field));
		if (form_run_set(&r, secrets[i].field, sv(secrets[i].typed), FORM_TYPED, &env, &e))
			fail_msg("%zu was taken: %s", i, secrets[i].typed);
		assert_null(strstr(e.msg, "0007"));
		assert_string_equal(form_run_get(&r, secrets[i].field), str_z(&before));
		str_release(&before);
	}
	assert_false(form_run_set(&r, AGE, sv("lt24"), FORM_TYPED, &env, &e));
	assert_false(form_run_set(&r, LEVEL, sv("C3"), FORM_TYPED, &env, &e));
	assert_true(form_run_set(&r, LEVEL, sv("C3"), FORM_SCRIPT, &env, &e));
	assert_true(form_run_set(&r, COMP, sv("5000"), FORM_SCRIPT, &env, &e));
	assert_string_equal(form_run_get(&r, COMP), "5000"); // minor units from a script
	assert_true(form_run_set(&r, COMP, sv("5000"), FORM_TYPED, &env, &e));
	assert_string_equal(form_run_get(&r, COMP), "500000");
	assert_true(form_run_set(&r, COMP, sv("1200"), FORM_STORED, &env, &e));
	assert_string_equal(form_run_get(&r, COMP), "1200");
	assert_false(form_run_set_code(&r, sv("nothing"), sv("x"), FORM_TYPED, &env, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	r.closed = true;
	assert_false(form_run_set(&r, TAIL, sv("1234"), FORM_TYPED, &env, &e));
	assert_true(form_run_set(&r, NOTE, sv("later"), FORM_TYPED, &env, &e));
	form_run_release(&r);
}

// --- Linter ---

struct lint_case {
	const char *want;
	struct form_field f;
};
static const struct field_option twice[] = {{.code = "a", .label = L}, {.code = "a", .label = L}};
static const struct lint_case lints[] = {
	{NULL, {.type = FIELD_TEXT}},
	{"needs options", {.type = FIELD_ENUM}},
	{"only enum", {.type = FIELD_TEXT, .options = kinds, .n_options = 3}},
	{"is there twice", {.type = FIELD_ENUM, .options = twice, .n_options = 2}},
	{"must_be belongs", {.type = FIELD_TEXT, .must_be = true}},
	{"min is greater", {.type = FIELD_INT, .min = "5", .max = "4"}},
	{"min is greater", {.type = FIELD_DATE, .min = "today+1", .max = "today-1"}},
	{NULL, {.type = FIELD_DATE, .min = "today-30", .max = "today+365"}},
	{"write min and max", {.type = FIELD_DATE, .min = "yesterday"}},
	{"write min and max", {.type = FIELD_INT, .min = "five"}},
	{"belong to int", {.type = FIELD_TEXT, .min = "5"}},
	{"contradict", {.type = FIELD_TEXT, .len = 5, .max_len = 4}},
	{"cannot be read", {.type = FIELD_TEXT, .regex = "^[A-Z"}},
	{"takes too long", {.type = FIELD_TEXT, .regex = "^(a+)+$"}},
	{"no name 'other'", {.type = FIELD_TEXT, .show_if = "other==1"}},
	{"no name 'base.nothing'", {.type = FIELD_TEXT, .show_if = "base.nothing==1"}},
	{NULL, {.type = FIELD_TEXT, .show_if = "base.x==1 && verification>=2"}},
	{"none of its options", {.type = FIELD_TEXT, .required_if = "list=='selfish'"}},
	{"none of its options", {.type = FIELD_TEXT, .required_if = "list in ['self','x']"}},
	{NULL, {.type = FIELD_TEXT, .required_if = "list in ['self','risk']"}},
	{"hangs on itself", {.type = FIELD_TEXT, .show_if = "x=='a'"}},
	{"hangs on itself", {.type = FIELD_COMPUTED, .compute = "loop"}},
	{"needs 'compute'", {.type = FIELD_COMPUTED}},
	{"cannot be required", {.type = FIELD_COMPUTED, .compute = "1", .required = true}},
	{"only a computed", {.type = FIELD_TEXT, .compute = "1"}},
	{"default does not fit", {.type = FIELD_ENUM, .options = kinds, .n_options = 3, .dflt = "gone"}},
	{"default does not fit", {.type = FIELD_MONEY, .dflt = "12.5"}},
	{"no mask", {.type = FIELD_TEXT, .mask = "nose"}},
	{"no autofill", {.type = FIELD_TEXT, .autofill = "customer.shoe"}},
	{"code is used twice", {.code = "list", .type = FIELD_TEXT}},
	{"1 to 32 lower-case", {.code = "Code", .type = FIELD_TEXT}},
};

static void gather(void *ctx, int line, int col, enum lint_severity severity, const char *message)
{
	(void)line;
	(void)col;
	(void)severity;
	str_addf(ctx, "%s\n", message);
}

static bool base_known(void *ctx, struct sv name)
{
	(void)ctx;
	return sv_eqz(name, "base.x");
}

static void test_form_linter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lints) / sizeof(*lints); i++) {
		struct form_field two[] = {
			{.code = "list", .label = L, .type = FIELD_ENUM, .options = kinds, .n_options = 3},
			{.code = "loop", .label = L, .type = FIELD_COMPUTED, .compute = "list", .compute_expr = parse("list")},
			lints[i].f,
		};
		struct form_field *f = &two[2];
		struct str all = {0};
		struct form_lint_env env = {.lint = {gather, &all}, .known_name = base_known};
		f->label = (struct label)L;
		f->code = f->code ? f->code : "x";
		f->show_expr = f->show_if ? parse(f->show_if) : NULL;
		f->required_expr = f->required_if ? parse(f->required_if) : NULL;
		f->compute_expr = f->compute ? parse(f->compute) : NULL;
		if (f->compute && strcmp(f->compute, "loop") == 0)
			two[1].compute_expr = parse("x");
		bool ok = form_lint(&(struct form){.code = "t", .title = L, .fields = two, .n_fields = 3}, &env);
		if (ok != !lints[i].want || (lints[i].want && !strstr(str_z(&all), lints[i].want)))
			fail_msg("case %zu: expected '%s', got: %s", i, lints[i].want ? lints[i].want : "nothing", str_z(&all));
		str_release(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_show_read),
		cmocka_unit_test(test_money_shows_as_money),
		cmocka_unit_test(test_validation),
		cmocka_unit_test(test_year_follows_the_bounds),
		cmocka_unit_test(test_what_shows_and_what_is_wrong),
		cmocka_unit_test(test_autofill_spares_what_was_typed),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_form_linter),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, release_exprs);
}
