// SPDX-License-Identifier: MIT
// Knows what is promised of Han characters: one form for all variants, and all their readings.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/han.h"
#include "src/base/str.h"
#include "src/base/utf8.h"

static uint32_t cp_of(const char *s)
{
	uint32_t cp;

	utf8_decode(sv(s), &cp);
	return cp;
}

static void test_variants_become_one_form(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{"帳", "账"}, {"帐", "账"}, {"賬", "账"}, {"臺", "台"}, {"檯", "台"}, {"颱", "台"}, {"裏", "里"},
		{"裡", "里"}, {"後", "后"}, {"發", "发"}, {"髮", "发"}, {"瞭", "了"}, {"乾", "干"}, {"幹", "干"},
		{"麼", "么"}, {"銀", "银"}, {"餘", "余"}, {"妳", "你"}, {"牀", "床"}, {"戶", "户"}, {"戰", "战"},
		{"週", "周"}, {"佔", "占"}, {"啟", "启"}, {"說", "说"}, {"為", "为"}, {"衆", "众"}, {"眾", "众"},
		{"匯", "汇"}, {"彙", "汇"}, {"徵", "征"}, {"電", "电"}, {"話", "话"}, {"櫃", "柜"}, {"機", "机"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str got = {0};
		str_addcp(&got, han_simplify(cp_of(cases[i].from)));
		if (!str_eq(got.s, cases[i].to))
			fail_msg("%s became %s, not %s", cases[i].from, got.s, cases[i].to);
		str_release(&got);
	}
}

// Simplified characters that are also variants of something else must not wander off.
static void test_simplified_stays(void **state)
{
	static const char stay[] = "后干台里了么面借系余发账户冻结银行卡款还贷退换货机票行李延误快递订单密码登录费用"
				   "利率我你他她它们的是不在有个人这上来到时大地为子就那要下以生会自着去之过家学对可"
				   "得于心好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手"
				   "又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常"
				   "与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重三机工物气每"
				   "并别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许先口由死安"
				   "写性马光白或住难望教命花结乐色更拉东神记处让母父应直字场平报友关放至认接告入笑内"
				   "英军候民岁往何度山觉路带万男边风解叫任金快原吃妈变通师立象数四失满战远格士音轻目"
				   "条呢病始达深完今提求清王化空业思切怎非找片罗钱语元喜曾离飞科言干流欢约各即指合反"
				   "题必该论交终林请医晚制球决传画保读运及则房早院量苦火布品近坐产答星精视五连司巴奇"
				   "管类未朋且婚台夜青北队久乎越观落尽形影红爸百令周识步希亚术留市半热送兴造谈容极随"
				   "演收首根讲整式取照办强石古华谓拿计您装似足双妻尼转诉米称丽客南领节衣站黑刻统断福";
	struct sv rest = sv(stay);

	(void)state;
	while (rest.n) {
		uint32_t cp;
		size_t n = utf8_decode(rest, &cp);
		if (han_simplify(cp) != cp)
			fail_msg("%.*s is simplified and must stay", (int)n, rest.p);
		rest = sv_n(rest.p + n, rest.n - n);
	}
}

static void test_fold_is_idempotent(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x32000; cp++)
		assert_int_equal(han_simplify(han_simplify(cp)), han_simplify(cp));
	assert_int_equal(han_simplify('A'), 'A');
	assert_int_equal(han_simplify(0x10ffff), 0x10ffff);
}

static bool reads(const char *ch, const char *want)
{
	const char *out[HAN_READINGS_MAX];
	size_t n = han_readings(cp_of(ch), out, HAN_READINGS_MAX);

	for (size_t i = 0; i < n; i++)
		if (str_eq(out[i], want))
			return true;
	return false;
}

static void test_all_readings(void **state)
{
	static const struct {
		const char *ch, *reading;
	} cases[] = {
		{"银", "yin"}, {"行", "hang"}, {"行", "xing"}, {"还", "huan"}, {"还", "hai"}, {"重", "chong"},
		{"重", "zhong"}, {"长", "chang"}, {"长", "zhang"}, {"调", "tiao"}, {"调", "diao"}, {"便", "pian"},
		{"绿", "lv"}, {"女", "nv"}, {"账", "zhang"}, {"户", "hu"}, {"冻", "dong"}, {"结", "jie"},
		{"銀", "yin"}, {"額", "e"}, {"额", "e"}, {"了", "liao"}, {"解", "jie"},
	};
	const char *out[2];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (!reads(cases[i].ch, cases[i].reading))
			fail_msg("%s should be read %s", cases[i].ch, cases[i].reading);
	assert_false(reads("银", "xing"));
	assert_int_equal(han_readings(cp_of("行"), out, 1), 1);
	assert_string_equal(out[0], "xing");
	assert_int_equal(han_readings('a', out, 2), 0);
	assert_int_equal(han_readings(0x10ffff, out, 2), 0);
}

static void test_initials_are_distinct(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(han_initials(cp_of("行"), out), 2);
	assert_string_equal(out, "xh");
	assert_int_equal(han_initials(cp_of("账"), out), 1);
	assert_string_equal(out, "z");
	assert_int_equal(han_initials('z', out), 0);
	assert_string_equal(out, "");
	for (uint32_t cp = 0x3400; cp < 0xa000; cp++) {
		const char *r[HAN_READINGS_MAX];
		size_t n = han_readings(cp, r, HAN_READINGS_MAX);
		for (size_t i = 0; i < n; i++)
			assert_true(r[i][0] >= 'a' && r[i][0] <= 'z' && strspn(r[i], "abcdefghijklmnopqrstuvwxyz") == strlen(r[i]));
	}
}

static void test_first_letters_are_those_of_the_readings(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x32000; cp++) {
		uint32_t want = 0;
		char out[8];
		const char *r[HAN_READINGS_MAX];
		size_t n = han_readings(cp, r, HAN_READINGS_MAX);
		for (size_t i = 0; i < n; i++)
			want |= 1u << (r[i][0] - 'a');
		assert_int_equal(han_letters(cp), want);
		assert_int_equal(han_initials(cp, out) > 0, want > 0);
	}
}

// The most usual character of each reading, and every one once.
static void test_usual_characters_come_first(void **state)
{
	static const struct {
		const char *syllable, *first;
	} cases[] = {{"de", "的"}, {"shi", "是"}, {"yi", "一"}, {"zhong", "中"}, {"dong", "动"}, {"wo", "我"}, {"ni", "你"}, {"zhang", "长"}};
	size_t found = 0;

	(void)state;
	for (unsigned s = 0; s < han_syllable_count(); s++) {
		const uint8_t *w, *v = han_syllable_usual(s, &w);
		size_t n;
		const uint32_t *c = han_syllable_chars(s, &n);
		bool seen[256] = {0};
		for (size_t i = 0; i < n; i++) {
			assert_true(v[i] < n && !seen[v[i]] && (!i || w[i - 1] > w[i] || (w[i - 1] == w[i] && v[i - 1] < v[i])));
			seen[v[i]] = true;
		}
		for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
			if (!str_eq(cases[k].syllable, han_syllable(s)))
				continue;
			assert_int_equal(c[v[0]], cp_of(cases[k].first));
			found++;
		}
	}
	assert_int_equal(found, sizeof(cases) / sizeof(*cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants_become_one_form),
		cmocka_unit_test(test_simplified_stays),
		cmocka_unit_test(test_fold_is_idempotent),
		cmocka_unit_test(test_all_readings),
		cmocka_unit_test(test_initials_are_distinct),
		cmocka_unit_test(test_first_letters_are_those_of_the_readings),
		cmocka_unit_test(test_usual_characters_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
