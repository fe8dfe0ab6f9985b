// SPDX-License-Identifier: MIT
// Knows how personal data is hidden and what must not be stored is found.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/mask.h"
#include "src/desk/secret.h"

static void value_is(enum mask m, const char *in, const char *want)
{
	struct str b = {0};

	mask_value(m, sv(in), &b);
	if (strcmp(str_z(&b), want) != 0)
		fail_msg("%s gives %s, not %s", in, str_z(&b), want);
	str_release(&b);
}

// domain.md §18.2 and §22 vector 10.
static void test_values(void **state)
{
	(void)state;
	value_is(MASK_PHONE, "13812345678", "138****5678");
	value_is(MASK_PHONE, "+86 138-1234-5678", "138****5678");
	value_is(MASK_PHONE, "66661234", "****1234");
	value_is(MASK_PHONE, "95588", "***88");
	value_is(MASK_PHONE, "110", "***");
	value_is(MASK_IDNO, "11010519491231002X", "1****************X");
	value_is(MASK_PASSPORT, "E12345678", "E******78");
	value_is(MASK_IDNO, "E12345678", "E******78");
	value_is(MASK_CARD, "6222020000000007", "************0007");
	value_is(MASK_CARD, "6222 0200 0000 0007", "************0007");
	value_is(MASK_CARD, "0007", "0007");
	value_is(MASK_NAME, "李", "*");
	value_is(MASK_NAME, "李雷", "李*");
	value_is(MASK_NAME, "韩梅梅", "韩*梅");
	value_is(MASK_NAME, "欧阳娜娜", "欧**娜");
	value_is(MASK_NAME, "John Smith", "J*** S***");
	value_is(MASK_EMAIL, "zhang@example.com", "z***@example.com");
	value_is(MASK_EMAIL, "not an address", "***");
	value_is(MASK_ADDRESS, "上海市浦东新区世纪大道100号", "上海市浦东新区***");
	value_is(MASK_ADDRESS, "内蒙古自治区呼和浩特市新城区中山路1号", "内蒙古自治区呼和浩特市新城区***");
	value_is(MASK_ADDRESS, "江苏省苏州市昆山市花园小区3栋", "江苏省苏州市昆山市***");
	value_is(MASK_ADDRESS, "100 Century Avenue", "***");
	value_is(MASK_PLATE, "沪A12388", "沪A***88");
	value_is(MASK_ORDER, "2026110033391", "*********3391");
	value_is(MASK_ORDER, "12345", "***45");
	value_is(MASK_BIRTH, "1964-05-09", "1964-**-**");
	value_is(MASK_NONE, " x ", " x ");
	value_is(MASK_NAME, "", "");
}

static void text_is(const char *in, const char *want)
{
	struct str once = {0}, twice = {0};

	mask_text(sv(in), &once);
	if (strcmp(str_z(&once), want) != 0)
		fail_msg("%s gives %s, not %s", in, str_z(&once), want);
	mask_text(sv(str_z(&once)), &twice);
	assert_string_equal(str_z(&twice), str_z(&once)); // masking again changes nothing
	str_release(&once);
	str_release(&twice);
}

static void test_free_text(void **state)
{
	(void)state;
	text_is("电话13812345678，身份证11010519491231002x。", "电话138****5678，身份证1****************x。");
	text_is("身份证110105194912310021", "身份证110105194912310021"); // check character wrong: no id
	text_is("卡号 6222 0200 0000 0007 丢了", "卡号 ************0007 丢了");
	text_is("卡６２２２０２０００００００００７", "卡************0007");
	text_is("联系 zhang@example.com. 谢谢", "联系 z***@example.com. 谢谢");
	text_is("+8613812345678 和 138 1234 5678", "+86138****5678 和 138****5678");
	text_is("验证码是 123456", "验证码是 ***");
	text_is("工单 SHA-261122-0A7-0001-R，金额 1,299.00 元", "工单 SHA-261122-0A7-0001-R，金额 1,299.00 元");
	text_is("13812345678 13912345678", "138****5678 139****5678");
	text_is("", "");
}

// Pieces in any order and with any joint: masking what is masked changes nothing.
static void test_masking_is_stable(void **state)
{
	static const char *const pieces[] = {"13812345678", "6222020000000007", "11010519491231002X", "zhang@example.com",
		"验证码", "密码是", "123456", "CVV", " ", "-", "，", "是", "+86", "***", "a", "６２２２", "\xff", "@", "."};
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct str in = {0}, once = {0}, twice = {0};
		for (int i = 0; i < 6; i++) {
			seed = seed * 1664525u + 1013904223u;
			str_add(&in, pieces[(seed >> 16) % (sizeof(pieces) / sizeof(*pieces))]);
		}
		mask_text(sv(str_z(&in)), &once);
		mask_text(sv(str_z(&once)), &twice);
		if (strcmp(str_z(&once), str_z(&twice)) != 0)
			fail_msg("%s: %s: %s", str_z(&in), str_z(&once), str_z(&twice));
		str_release(&in);
		str_release(&once);
		str_release(&twice);
	}
}

static size_t secrets(const char *s, enum secret *what, char *value, size_t cap)
{
	struct secret_span v[8];
	size_t n = secret_find(sv(s), v, 8);

	value[0] = 0;
	if (n) {
		*what = v[0].what;
		snprintf(value, cap, "%.*s", (int)(v[0].to - v[0].from), s + v[0].from);
	}
	return n;
}

static void test_secrets_found(void **state)
{
	static const struct {
		const char *text;
		enum secret what;
		const char *value;
	} cases[] = {
		{"卡号6222020000000007", SECRET_CARD, "6222020000000007"},
		{"6222-0200-0000-0007", SECRET_CARD, "6222-0200-0000-0007"},
		{"６２２２　０２００　００００　０００７", SECRET_CARD, "６２２２　０２００　００００　０００７"},
		{"4111111111111111", SECRET_CARD, "4111111111111111"},
		{"尾号 12 卡 4111 1111 1111 1111", SECRET_CARD, "4111 1111 1111 1111"},
		{"验证码 123456", SECRET_CODE, "123456"},
		{"验证码：１２３４５６", SECRET_CODE, "１２３４５６"},
		{"我的动态密码是“88 66 42”", SECRET_CODE, "88 66 42"},
		{"123456是验证码", SECRET_CODE, "123456"},
		{"the OTP is 8812", SECRET_CODE, "8812"},
		{"验证码是一二三四五六", SECRET_CODE, "一二三四五六"},
		{"密码是abc123", SECRET_PASSWORD, "abc123"},
		{"密码123456", SECRET_PASSWORD, "123456"},
		{"Password: Hunter22!", SECRET_PASSWORD, "Hunter22!"},
		{"CVV 是 345", SECRET_CVV, "345"},
		{"cvv2:0123", SECRET_CVV, "0123"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum secret what = SECRET_CARD;
		char value[64];
		if (secrets(cases[i].text, &what, value, sizeof(value)) != 1 || strcmp(value, cases[i].value) != 0 ||
			what != cases[i].what)
			fail_msg("%s: found \"%s\" (%d)", cases[i].text, value, what);
	}
}

static void test_no_false_alarm(void **state)
{
	static const char *const harmless[] = {
		"客户忘记密码，已指导重置", "密码错误3次", "密码 2026年改过", "验证码 60 秒内有效", "验证码收不到，手机13812345678",
		"身份证11010519491231002X", "8613812345678", "13812345678 13912345678", "卡尾号0007",
		"请不要告诉任何人您的验证码和密码", "订单 202611220000001", "验证码是 2026年新规", "SHA-261122-0A7-0001-R", "pinned 123456", "shipping 12345678",
		"0000000000000000", "件号x4111-111111111111", "password is wrong", "550e8400-e29b-41d4-a716-446655440000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		enum secret what = SECRET_CARD;
		char value[64];
		if (secrets(harmless[i], &what, value, sizeof(value)) != 0)
			fail_msg("%s: found \"%s\" (%d)", harmless[i], value, what);
	}
}

static void test_redact(void **state)
{
	struct str b = {0};

	(void)state;
	secret_redact(sv("卡6222020000000007，验证码 123456，密码是abc123。"), &b);
	assert_string_equal(str_z(&b), "卡***0007，验证码 ***，密码是***。");
	assert_false(secret_any(sv(str_z(&b))));
	str_clear(&b);
	for (int i = 0; i < 40; i++) // more than one batch of spans
		str_add(&b, "验证码 123456；");
	struct str out = {0};
	secret_redact(sv(str_z(&b)), &out);
	assert_null(strstr(str_z(&out), "123456"));
	str_release(&out);
	str_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_free_text), cmocka_unit_test(test_masking_is_stable),
		cmocka_unit_test(test_secrets_found),
		cmocka_unit_test(test_no_false_alarm), cmocka_unit_test(test_redact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
