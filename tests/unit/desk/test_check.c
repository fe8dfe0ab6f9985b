// SPDX-License-Identifier: MIT
// Knows which typed values are accepted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/check.h"

static void phone_is(const char *typed, enum phone_kind kind, const char *e164, const char *ext)
{
	struct phone p;
	struct err e = {0};

	if (!check_phone(sv(typed), &p, &e))
		fail_msg("%s: %s", typed, e.msg);
	assert_int_equal(p.kind, kind);
	assert_string_equal(p.e164, e164);
	assert_string_equal(p.extension, ext);
}

static void test_phone(void **state)
{
	static const char *const bad[] = {"", "12812345678", "1381234567", "55500100", "021-5550010", "021-15500100", "+1", "13812345678a",
		"abc", "138 1234 5678 9", "+0012345678", "0101234567"};
	struct phone p;

	(void)state;
	phone_is("13812345678", PHONE_MOBILE, "+8613812345678", "");
	phone_is("138 1234-5678", PHONE_MOBILE, "+8613812345678", "");
	phone_is("＋８６ １３８１２３４５６７８", PHONE_MOBILE, "+8613812345678", "");
	phone_is("8613812345678", PHONE_MOBILE, "+8613812345678", "");
	phone_is("0086 138 1234 5678", PHONE_MOBILE, "+8613812345678", "");
	phone_is("021-55500100", PHONE_LANDLINE, "+862155500100", "");
	phone_is("(021) 5550 0100 转 802", PHONE_LANDLINE, "+862155500100", "802");
	phone_is("021-55500100-123", PHONE_LANDLINE, "+862155500100", "123");
	phone_is("0571-8765432", PHONE_LANDLINE, "+865718765432", "");
	phone_is("+86 21 55500100", PHONE_LANDLINE, "+862155500100", "");
	phone_is("400-820-8820", PHONE_SERVICE, "+864008208820", "");
	phone_is("95588", PHONE_SERVICE, "95588", "");
	phone_is("+1 (202) 555-0143", PHONE_FOREIGN, "+12025550143", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (check_phone(sv(bad[i]), &p, NULL))
			fail_msg("accepted: %s as %s", bad[i], p.e164);
	}
	assert_true(check_mobile(sv("13812345678")));
	assert_false(check_mobile(sv("12812345678")));
}

// domain.md §22 vector 10.
static void test_resident_id(void **state)
{
	struct resident_id r;
	struct err e = {0};

	(void)state;
	assert_true(check_resident_id(sv("11010519491231002X"), 20261122, &r, &e));
	assert_int_equal(r.year * 10000 + r.month * 100 + r.day, 19491231);
	assert_true(r.female);
	assert_true(check_resident_id(sv(" 11010519491231002ｘ "), 0, &r, &e));
	assert_string_equal(r.norm, "11010519491231002X");
	assert_false(check_resident_id(sv("110105194912310021"), 0, &r, &e));
	assert_false(check_resident_id(sv("11010519491331002X"), 0, &r, &e)); // month 13
	assert_false(check_resident_id(sv("99010519491231002X"), 0, &r, &e));
	assert_false(check_resident_id(sv("11010519491231002X"), 19491230, &r, &e)); // born tomorrow
	assert_false(check_resident_id(sv("1101051949123100"), 0, &r, &e));
}

static void test_cards(void **state)
{
	(void)state;
	assert_true(check_luhn(sv("6222020000000007")));
	assert_false(check_luhn(sv("6222020000000008")));
	assert_false(check_luhn(sv("2622020000000007"))); // swapped neighbours
	assert_false(check_luhn(sv("")));
	assert_true(check_card_tail(sv("0007"), NULL));
	assert_false(check_card_tail(sv("00070"), NULL));
	assert_false(check_card_tail(sv("6222020000000007"), NULL));
	assert_false(check_card_tail(sv("007"), NULL));
}

static void test_others(void **state)
{
	char norm[16];
	int ymd;

	(void)state;
	assert_true(check_flight(sv("mu 5101"), norm, NULL));
	assert_string_equal(norm, "MU5101");
	assert_true(check_flight(sv("3U888A"), norm, NULL));
	assert_false(check_flight(sv("MU51"), NULL, NULL));
	assert_false(check_flight(sv("MU51011"), NULL, NULL));
	assert_false(check_flight(sv("123456"), NULL, NULL));
	assert_true(check_email(sv("zhang@example.com"), NULL));
	assert_true(check_email(sv("a.b+c@mail.example.cn"), NULL));
	assert_false(check_email(sv("a..b@example.com"), NULL));
	assert_false(check_email(sv("zhang@example"), NULL));
	assert_false(check_email(sv("zhang@-x.com"), NULL));
	assert_false(check_email(sv("@example.com"), NULL));
	assert_true(check_plate(sv("沪A·12388"), norm, NULL));
	assert_string_equal(norm, "沪A12388");
	assert_true(check_plate(sv("粤bd12345"), norm, NULL));
	assert_true(check_plate(sv("京A1234警"), norm, NULL));
	assert_false(check_plate(sv("沪A1238"), NULL, NULL));
	assert_false(check_plate(sv("沪AI2388"), NULL, NULL));
	assert_false(check_plate(sv("A123888"), NULL, NULL));
	assert_true(check_date(sv("2026年2月8日"), &ymd, NULL));
	assert_int_equal(ymd, 20260208);
	assert_true(check_date(sv("２０２６-11-22"), &ymd, NULL));
	assert_int_equal(ymd, 20261122);
	assert_true(check_date(sv("20240229"), &ymd, NULL));
	assert_false(check_date(sv("2026-02-29"), &ymd, NULL));
	assert_false(check_date(sv("26-02-09"), &ymd, NULL));
	assert_false(check_date(sv("2026-1112"), &ymd, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phone), cmocka_unit_test(test_resident_id), cmocka_unit_test(test_cards),
		cmocka_unit_test(test_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
