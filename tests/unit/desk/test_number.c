// SPDX-License-Identifier: MIT
// Knows the numbers people read out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/number.h"

// domain.md §22 vector 16.
static void test_check_character(void **state)
{
	(void)state;
	assert_int_equal(iso7064_mod37_36(sv("A12425GABC1234002")), 'M');
	assert_int_equal(iso7064_mod37_36(sv("SHA2611220A70001")), 'R');
	assert_int_equal(iso7064_mod37_36(sv("SHA2611220A70002")), 'P');
	assert_int_equal(iso7064_mod37_36(sv("a")), 0);
}

static void test_format_and_parse(void **state)
{
	struct number n = {.site = "SHA", .year = 2026, .month = 11, .day = 22, .station = "0A7", .counter = 1}, got;
	char out[NUMBER_CAP];
	struct err e = {0};

	(void)state;
	assert_true(number_format(&n, out, &e));
	assert_string_equal(out, "SHA-261122-0A7-0001-R");
	assert_true(number_parse(sv(" sha2611220a7-0001 ｒ "), &got, &e));
	assert_int_equal(got.kind, NUMBER_TICKET);
	assert_string_equal(got.site, "SHA");
	assert_string_equal(got.station, "0A7");
	assert_int_equal(got.year * 10000 + got.month * 100 + got.day, 20261122);
	assert_int_equal(got.counter, 1);
	n.kind = NUMBER_CONTACT;
	n.counter = 46655;
	assert_true(number_format(&n, out, &e));
	assert_memory_equal(out, "SHA-261122-0A7-CZZZ-", 20);
	assert_true(number_parse(sv(out), &got, &e));
	assert_int_equal(got.kind, NUMBER_CONTACT);
	assert_int_equal(got.counter, 46655);
	n.kind = NUMBER_TICKET;
	n.counter = NUMBER_MAX_TICKET;
	assert_true(number_format(&n, out, &e));
	assert_memory_equal(out + 15, "BZZZ", 4);
}

static void test_refusals(void **state)
{
	static const char *const bad[] = {"", "SHA-261122-0A7-0001", "SHA-261322-0A7-0001-R", "SHA-261122-0A7-0000-T",
		"SHA-261122-0A7-0001-RR", "SH/-261122-0A7-0001-R"};
	struct number n = {.site = "SHA", .year = 2026, .month = 11, .day = 22, .station = "0A7", .counter = 559872}, got;
	char out[NUMBER_CAP];
	struct err e = {0};

	(void)state;
	assert_false(number_format(&n, out, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	n.counter = 1;
	n.day = 31;
	assert_false(number_format(&n, out, &e));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(number_parse(sv(bad[i]), &got, &e));
}

// Every single wrong character and every swap of neighbours is found (what MOD 37,36 promises).
static void test_typing_mistakes(void **state)
{
	static const char good[] = "SHA2611220A70001R";
	static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct number got;

	(void)state;
	assert_true(number_parse(sv(good), &got, NULL));
	for (size_t i = 0; i < 17; i++) {
		char t[18];
		for (const char *c = set; *c; c++) {
			memcpy(t, good, 18);
			t[i] = *c;
			assert_int_equal(number_parse(sv(t), &got, NULL), *c == good[i]);
		}
		memcpy(t, good, 18);
		if (i < 16 && t[i] != t[i + 1]) {
			t[i] = good[i + 1];
			t[i + 1] = good[i];
			assert_false(number_parse(sv(t), &got, NULL));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_character), cmocka_unit_test(test_format_and_parse),
		cmocka_unit_test(test_refusals), cmocka_unit_test(test_typing_mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
