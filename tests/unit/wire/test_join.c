// SPDX-License-Identifier: MIT
// Knows what the enrolment code and its fingerprint promise.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>

#include "src/wire/join.h"

static void test_code_back_and_forth(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct join_code c = {0}, read;
	struct str code = {0};
	char odd[128];

	(void)state;
	for (int round = 0; round < 200; round++) {
		randombytes_buf(c.secret, sizeof(c.secret));
		randombytes_buf(c.print, sizeof(c.print));
		for (int i = 0; i < JOIN_SITE; i++)
			c.site[i] = digits[round ? randombytes_uniform(36) : 35]; // the last site as well
		str_clear(&code);
		auth_code_text(&c, &code);
		assert_int_equal(code.n, 53); // 9 groups of 5
		// As typed by somebody in a hurry: small letters, blanks, O for 0, l for 1.
		size_t n = 0;
		for (const char *p = str_z(&code); *p; p++) {
			char t = *p == '-' ? ' ' : *p == '0' ? 'o' : *p == '1' ? (round % 2 ? 'l' : 'I') : *p;
			odd[n++] = t >= 'A' && t <= 'Z' && t != 'I' ? (char)(t - 'A' + 'a') : t;
		}
		odd[n] = '\0';
		assert_true(auth_code_split(odd, &read));
		assert_string_equal(c.site, read.site);
		assert_memory_equal(c.secret, read.secret, sizeof(c.secret));
		assert_memory_equal(c.print, read.print, sizeof(c.print));
	}
	str_release(&code);
}

// One known code, so that a change of the alphabet or of the order of bits is seen by hubs that are out there.
static void test_code_known(void **state)
{
	struct join_code c = {.site = "SHA"};
	struct str code = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(c.secret); i++)
		c.secret[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(c.print); i++)
		c.print[i] = (unsigned char)(0xF0 + i);
	auth_code_text(&c, &code);
	assert_string_equal(str_z(&code), "J0Q00-0820C-20A1G-7104Z-1WFJY-FTFBX-QQZ3W-ZNYZW-ZQZFY");
	str_release(&code);
}

static void test_code_wrong(void **state)
{
	struct join_code c;
	static const char *const wrong[] = {
		"", "ABC",
		"J0Q00-0820C-20A1G-7104Z-1WFJY-FTFBX-QQZ3W-ZNYZW-ZQZF", // one short
		"J0Q00-0820C-20A1G-7104Z-1WFJY-FTFBX-QQZ3W-ZNYZW-ZQZFYY", // one more
		"J0Q00-0820C-20A1G-7104Z-1WFJY-FTFBX-QQZ3W-ZNYZW-ZQZFZ", // a bit where there is none
		"J0Q00-0820C-20A1G-7104Z-1WFJY-FTFBX-QQZ3W-ZNYZW-ZQZUY", // U is no digit
		"PS000-00000-00000-00000-00000-00000-00000-00000-00000", // a site after the last one
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(auth_code_split(wrong[i], &c));
}

static void test_fingerprint_of_each_part(void **state)
{
	unsigned char sign[JOIN_KEY] = {1}, box[JOIN_KEY] = {2}, a[JOIN_PRINT], b[JOIN_PRINT];

	(void)state;
	auth_fingerprint("pem", sign, box, a);
	auth_fingerprint("pem2", sign, box, b);
	assert_memory_not_equal(a, b, sizeof(a));
	auth_fingerprint("pem", box, sign, b);
	assert_memory_not_equal(a, b, sizeof(a));
	auth_fingerprint("pem", sign, sign, b);
	assert_memory_not_equal(a, b, sizeof(a));
	auth_fingerprint("pem", sign, box, b);
	assert_memory_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code_back_and_forth), cmocka_unit_test(test_code_known), cmocka_unit_test(test_code_wrong),
		cmocka_unit_test(test_fingerprint_of_each_part),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
