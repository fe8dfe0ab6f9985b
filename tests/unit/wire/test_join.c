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
	unsigned char secret[JOIN_SECRET], mark[JOIN_PRINT], s2[JOIN_SECRET], f2[JOIN_PRINT];
	struct str code = {0};
	char odd[128];

	(void)state;
	for (int round = 0; round < 200; round++) {
		randombytes_buf(secret, sizeof(secret));
		randombytes_buf(mark, sizeof(mark));
		str_clear(&code);
		auth_code_text(secret, mark, &code);
		assert_int_equal(code.n, 50);
		// As typed by somebody in a hurry: small letters, blanks, O for 0, l for 1.
		size_t n = 0;
		for (const char *p = str_z(&code); *p; p++) {
			char c = *p == '-' ? ' ' : *p == '0' ? 'o' : *p == '1' ? (round % 2 ? 'l' : 'I') : *p;
			odd[n++] = c >= 'A' && c <= 'Z' && c != 'I' ? (char)(c - 'A' + 'a') : c;
		}
		odd[n] = '\0';
		assert_true(auth_code_split(odd, s2, f2));
		assert_memory_equal(secret, s2, sizeof(secret));
		assert_memory_equal(mark, f2, sizeof(mark));
	}
	str_release(&code);
}

// One known code, so that a change of the alphabet or of the order of bits is seen by hubs that are out there.
static void test_code_known(void **state)
{
	unsigned char secret[JOIN_SECRET], mark[JOIN_PRINT];
	struct str code = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(mark); i++)
		mark[i] = (unsigned char)(0xF0 + i);
	auth_code_text(secret, mark, &code);
	assert_string_equal(str_z(&code), "000G4-0R40M-30E20-9Y3RZ-5WZMY-QVFFY-7SZBX-ZSZFY-ZW");
	str_release(&code);
}

static void test_code_wrong(void **state)
{
	unsigned char secret[JOIN_SECRET], mark[JOIN_PRINT];
	static const char *const wrong[] = {
		"", "ABC",
		"000G4-0R40M-30E20-9Y3RZ-5WZMY-QVFFY-7SZBX-ZSZFY-Z",   // one short
		"000G4-0R40M-30E20-9Y3RZ-5WZMY-QVFFY-7SZBX-ZSZFY-ZWW", // one more
		"000G4-0R40M-30E20-9Y3RZ-5WZMY-QVFFY-7SZBX-ZSZFY-ZX",  // bits where there are none
		"000G4-0R40M-30E20-9Y3RZ-5WZMY-QVFFY-7SZBX-ZSZFY-UW",  // U is no digit
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(auth_code_split(wrong[i], secret, mark));
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
