// SPDX-License-Identifier: MIT
// Knows what base promises: strings, UTF-8, time, errors.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/arena.h"
#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"

static void test_parse_int(void **state)
{
	static const struct {
		const char *in;
		int64_t min, max;
		bool ok;
		int64_t want;
	} cases[] = {
		{"0", 0, 9, true, 0},
		{"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
		{"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
		{"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
		{"+12", 0, 20, true, 12},
		{"", 0, 9, false, 0},
		{"-", -9, 9, false, 0},
		{"1 ", 0, 9, false, 0},
		{"21", 0, 20, false, 0},
		{"1e3", 0, 2000, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t v = 77;
		assert_int_equal(parse_int(sv(cases[i].in), cases[i].min, cases[i].max, &v), cases[i].ok);
		assert_int_equal(v, cases[i].ok ? cases[i].want : 77);
	}
}

static void test_str_cap_is_sticky(void **state)
{
	struct str b = STR_MAX(4);

	(void)state;
	str_add(&b, "abc");
	str_add(&b, "de");
	assert_true(b.over);
	str_add(&b, "f");
	assert_string_equal(str_z(&b), "abc");
	str_release(&b);
}

static void test_err_is_cut_at_a_character(void **state)
{
	struct err e = {0};
	char text[600] = "";

	(void)state;
	for (size_t i = 0; i < 199; i++)
		memcpy(text + i * 3, "\xe5\x86\xbb", 4);
	assert_false(err_set(&e, ERR_IO, "x%s", text));
	assert_true(utf8_valid(sv(e.msg)));
	assert_true(strlen(e.msg) > 470);
	err_prefix(&e, "place %d", 7);
	assert_true(utf8_valid(sv(e.msg)));
	assert_int_equal(strncmp(e.msg, "place 7: x", 10), 0);
	// one colon, whoever writes it
	err_set(&e, ERR_IO, "why");
	err_prefix(&e, "%s: ", "place");
	err_prefix(&e, "草稿：");
	assert_string_equal(e.msg, "草稿: place: why");
	// what is quoted may be cut anywhere, or be no text
	err_set(&e, ERR_PARSE, "\"%.4s\" \xff\x1b[31m\xc2\x9b is\nnot", "冻结");
	assert_string_equal(e.msg, "\"冻\" [31m is\nnot");
}

static void test_decode_refuses_bad_utf8(void **state)
{
	static const char *const bad[] = {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe5\x86", "\x80", "\xff"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(utf8_valid(sv(bad[i])));
	assert_true(utf8_valid(sv("冻结 é 😀")));
	assert_int_equal(utf8_count(sv("冻结a")), 3);
}

static void test_columns_and_fit(void **state)
{
	int used;

	(void)state;
	assert_int_equal(utf8_columns(sv("冻结ab")), 6);
	assert_int_equal(utf8_columns(sv("e\xcc\x81")), 1);
	assert_int_equal(utf8_fit(sv("冻结ab"), 3, &used), 3);
	assert_int_equal(used, 2);
	assert_int_equal(utf8_fit(sv("ae\xcc\x81z"), 2, &used), 4);
}

static void test_graphemes(void **state)
{
	struct sv fam = sv("👨‍👩‍👧x");

	(void)state;
	assert_int_equal(utf8_next(sv("e\xcc\x81x"), 0), 3);
	assert_int_equal(utf8_prev(sv("xe\xcc\x81"), 4), 1);
	assert_int_equal(utf8_next(fam, 0), fam.n - 1);
	assert_int_equal(utf8_prev(fam, fam.n - 1), 0);
	assert_int_equal(utf8_next(sv("冻结"), 0), 3);
	// Both ways find the same borders, by the short way and by the Unicode library, in damaged text as well.
	struct sv mixed = sv("a冻，结e\xcc\x81 한글🇨🇳🇨🇳👍🏽\r\n\xff\xe5\x86x\xbb");
	size_t borders[64], n = 0;
	for (size_t at = 0; at < mixed.n; at = utf8_next(mixed, at))
		borders[n++] = at;
	for (size_t at = mixed.n; at > 0;) {
		at = utf8_prev(mixed, at);
		assert_true(n > 0);
		assert_int_equal(at, borders[--n]);
	}
	assert_int_equal(n, 0);
	assert_int_equal(utf8_word_next(sv("foo bar冻结"), 3), 7);
	assert_int_equal(utf8_word_prev(sv("foo bar冻结"), 13), 10);
}

static void test_clean(void **state)
{
	static const struct {
		const char *in, *line, *memo;
	} cases[] = {
		{"a\r\nb\tc\rd", "a b c d", "a\nb c\nd"},
		{"x\x1b[31my", "x[31my", "x[31my"},
		{"x\xe2\x80\xae" "y\xc2\x9bz", "xyz", "xyz"},
		{"a\xff" "b", "a\xef\xbf\xbd" "b", "a\xef\xbf\xbd" "b"},
		{"a\xe2\x80\x8d" "b", "ab", "ab"},
		{"👨‍👩‍👧", "👨‍👩‍👧", "👨‍👩‍👧"},
		{"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str b = {0};
		utf8_clean(&b, sv(cases[i].in), UTF8_LINE);
		assert_string_equal(str_z(&b), cases[i].line);
		assert_true(utf8_is_clean(sv_n(b.s, b.n), UTF8_LINE));
		str_clear(&b);
		utf8_clean(&b, sv(cases[i].in), UTF8_KEEP_NL);
		assert_string_equal(str_z(&b), cases[i].memo);
		str_release(&b);
	}
}

// Cleaning runs over plain text by the word: every code point and every byte of a word must still be looked at.
static void test_clean_runs(void **state)
{
	char text[64];

	(void)state;
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		struct str b = {0};
		bool kept = !utf8_forbidden(cp) && cp != 0x200C && cp != 0x200D;
		if (cp >= 0xD800 && cp < 0xE000)
			continue;
		str_addcp(&b, cp);
		assert_int_equal(utf8_is_clean(sv_n(b.s, b.n), UTF8_LINE), kept);
		assert_int_equal(utf8_is_clean(sv_n(b.s, b.n), UTF8_KEEP_NL), kept || cp == '\n');
		str_release(&b);
	}
	for (int c = 0; c < 128; c++)
		for (size_t at = 0; at < 19; at++) {
			memset(text, 'a', 19);
			text[at] = (char)c;
			assert_int_equal(utf8_is_clean(sv_n(text, 19), UTF8_LINE), c >= 0x20 && c != 0x7F);
		}
}

static void test_fold(void **state)
{
	struct str b = {0};

	(void)state;
	utf8_fold(&b, sv("ＡＤＳＬ故障 Straße １２"));
	assert_string_equal(str_z(&b), "adsl故障 strasse 12");
	str_release(&b);
}

static void test_clock(void **state)
{
	int64_t ms;
	char buf[40];
	struct date d;

	(void)state;
	assert_true(clock_parse(sv("2026-11-22T03:59:10.120Z"), &ms));
	clock_rfc3339(ms, buf, sizeof(buf));
	assert_string_equal(buf, "2026-11-22T03:59:10.120Z");
	assert_true(clock_parse(sv("2026-11-22T11:59:10.120+08:00"), &ms));
	clock_rfc3339(ms, buf, sizeof(buf));
	assert_string_equal(buf, "2026-11-22T03:59:10.120Z");
	clock_local("Asia/Shanghai", ms, &d);
	assert_int_equal(d.hour, 11);
	assert_int_equal(d.weekday, 0);
	assert_int_equal(clock_utc("Asia/Shanghai", &d), ms - 120);
	assert_false(clock_parse(sv("2026-02-29T00:00:00Z"), &ms));
	assert_false(clock_parse(sv("2026-11-22T24:00:00Z"), &ms));
	assert_false(clock_parse(sv("2026-11-22"), &ms));
	assert_true(clock_parse_local("Asia/Shanghai", sv("2026-11-22 08:30"), &ms));
	clock_format("Asia/Shanghai", ms, "%m-%d %H:%M", buf, sizeof(buf));
	assert_string_equal(buf, "11-22 08:30");
	assert_true(clock_zone_known("Europe/Paris"));
	assert_false(clock_zone_known("Mars/Base"));
}

static void test_arena_and_vec(void **state)
{
	struct arena a = {0};
	VEC(int) v = {0};

	(void)state;
	for (int i = 0; i < 3000; i++) {
		char *p = arena_printf(&a, "%d", i);
		assert_int_equal((uintptr_t)p % 16, 0);
		vec_push(&v, i);
	}
	vec_remove(&v, 0);
	assert_int_equal(v.n, 2999);
	assert_int_equal(v.v[0], 1);
	vec_release(&v);
	arena_release(&a);
	assert_null(a.head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_int),
		cmocka_unit_test(test_str_cap_is_sticky),
		cmocka_unit_test(test_err_is_cut_at_a_character),
		cmocka_unit_test(test_decode_refuses_bad_utf8),
		cmocka_unit_test(test_columns_and_fit),
		cmocka_unit_test(test_graphemes),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_runs),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_arena_and_vec),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
