// SPDX-License-Identifier: MIT
// Knows that nobody can be found again in what was de-identified, and that what is nobody's stays.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/vec.h"
#include "tests/unit/practice/deid_people.h"

enum { PEOPLE = 1000 };

static char *cleaned(const struct deid *d, const char *text)
{
	char *one = xstrdup(text);

	deid_texts(d, &one, 1);
	return one;
}

static void expect(const struct deid *d, const char *text, const char *want)
{
	char *got = cleaned(d, text);

	if (!str_eq(got, want))
		fail_msg("%s\n became %s\n not    %s", text, got, want);
	// What was masked is not changed by masking once more.
	struct str again = {0};
	mask_text(sv(got), &again);
	assert_string_equal(str_z(&again), got);
	str_release(&again);
	free(got);
}

static struct deid *of_wang(void)
{
	struct deid *d = deid_new();

	deid_know(d, MASK_NAME, "王建国");
	deid_know(d, MASK_PHONE, "13867425309");
	deid_know(d, MASK_EMAIL, "wjg64@example.com");
	deid_know(d, MASK_ADDRESS, "上海市浦东新区世纪大道100号1203室");
	deid_know(d, MASK_PLATE, "沪A12B45");
	deid_know(d, MASK_ORDER, "SO20260917A3");
	deid_know(d, MASK_BIRTH, "1964-05-03");
	deid_know(d, MASK_PASSPORT, "E12345678");
	return d;
}

static void test_known(void **state)
{
	struct deid *d = of_wang();

	(void)state;
	expect(d, "我是王建国。", "我是某某。");
	expect(d, "王先生您好，王 建·国在吗", "某先生您好，某某在吗");
	expect(d, "老王，小王，王总，建国说的", "老某，小某，某总，某某说的");
	expect(d, "Mr Wang Jianguo, or jian guo wang", "Mr ***, or ***");
	expect(d, "電話 138-6742-5309", "電話 ***-****-5309");
	expect(d, "尾号5309", "尾号5309");
	expect(d, "幺三八，六七四二，五三零九", "***，****，五三零九");
	expect(d, "前面是1386，中间7425，后面309", "前面是****，中间***5，后面309");
	expect(d, "one three eight double zero", "one three eight double zero");
	expect(d, "发到 WJG64 @ example.com", "发到 ***");
	expect(d, "世纪大道 100 号 1203", "***");
	expect(d, "住在世纪大道那边", "住在***那边");
	expect(d, "车牌沪A·12B45", "车牌沪A·***45");
	expect(d, "订单so2026-0917-a3", "订单******-**17-a3");
	expect(d, "生日5月3日，1964年5月3日生", "生日*月*日，1964年*月*日生");
	expect(d, "护照e 1234 5678", "护照* **** **78");
	deid_free(d);
}

// Several lines of a chat, one number.
static void test_lines(void **state)
{
	char *lines[] = {xstrdup("138"), xstrdup("6742"), xstrdup("5309"), NULL};
	struct deid *d = of_wang();

	(void)state;
	deid_texts(d, lines, 4);
	assert_string_equal(lines[0], "***");
	assert_string_equal(lines[1], "****");
	assert_string_equal(lines[2], "5309");
	assert_null(lines[3]);
	for (size_t i = 0; i < 3; i++)
		free(lines[i]);
	deid_free(d);
}

static void test_unknown(void **state)
{
	struct deid *d = deid_new();

	(void)state;
	expect(d, "我叫李小明，电话13912345678", "我叫某某，电话*******5678");
	expect(d, "收件人：赵六，赵女士", "收件人：某某，某女士");
	expect(d, "My name is John Smith, this is Mary.", "My name is ***, this is ***.");
	expect(d, "身份证110101199003070134", "身份证*****************4");
	expect(d, "快递SF1234567890到了", "快递********7890到了");
	expect(d, "护照E12345678", "护照*******78");
	expect(d, "车牌粤B·D12345", "车牌粤B·****45");
	expect(d, "住在浙江省杭州市西湖区龙井路88号3栋201室", "住在浙江省杭州市西湖区***");
	expect(d, "12 Baker Street, London", "***, London");
	expect(d, "zhang at example dot com", "*** at example dot com");
	expect(d, "微信号 abc_12345", "微信号 ***");
	expect(d, "生于1990年3月7日", "生于1990年*月*日");
	expect(d, "一三九一二三四五六七八", "*******五六七八");
	deid_free(d);
}

// What is nobody's is what a case is learned from.
static void test_stays(void **state)
{
	static const char *const texts[] = {"我卡里四万九千八没了！", "扣了49800元，3天没退", "见KB-FIN-031第2条", "航班CA1234延误", "尾号7719", "14:30前回电", "一会儿再说，等一下",
					    "渠道3号线", "I understand, two days", "P1工单", "¥128000 可以吗", ""};
	struct deid *d = deid_new();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		expect(d, texts[i], texts[i]);
	deid_free(d);
}

// A part of a known number is not an amount because 元 stands behind it.
static void test_no_excuse(void **state)
{
	struct deid *d = of_wang();

	(void)state;
	expect(d, "1386742元", "*******元");
	expect(d, "49800元", "49800元");
	deid_free(d);
}

static const char *lives(uint64_t seed, bool hide, bool know, char **first)
{
	struct person p;
	char *texts[PERSON_TEXTS];
	struct deid *d = deid_new();
	struct str all = {0};

	person_make(&p, seed);
	if (know)
		person_know(&p, d);
	size_t n = person_texts(&p, texts);
	if (hide)
		deid_texts(d, texts, n);
	const char *what = person_survives(&p, texts, n);
	for (size_t i = 0; i < n; i++) {
		str_addf(&all, "%s\n", texts[i]);
		free(texts[i]);
	}
	str_addf(&all, "(%s %s %s %s %s %s)", p.name, p.phone, p.id, p.card, p.email, p.address);
	*first = str_take(&all);
	deid_free(d);
	return what;
}

static void test_nobody_survives(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= PEOPLE; seed++) {
		char *texts;
		const char *what = lives(seed, true, true, &texts);
		if (what)
			fail_msg("seed %llu: the %s can be read:\n%s", (unsigned long long)seed, what, texts);
		free(texts);
	}
}

// The control: the reader finds everybody when nothing is hidden, and most when nothing is known of them.
static void test_control(void **state)
{
	int open = 0, unknown = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= PEOPLE; seed++) {
		char *texts;
		open += lives(seed, false, true, &texts) != NULL;
		free(texts);
		unknown += lives(seed, true, false, &texts) != NULL;
		free(texts);
	}
	assert_int_equal(open, PEOPLE);
	assert_true(unknown > PEOPLE / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known), cmocka_unit_test(test_lines), cmocka_unit_test(test_unknown), cmocka_unit_test(test_stays), cmocka_unit_test(test_no_excuse),
		cmocka_unit_test(test_nobody_survives), cmocka_unit_test(test_control),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
