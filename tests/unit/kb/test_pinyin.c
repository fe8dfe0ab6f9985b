// SPDX-License-Identifier: MIT
// Knows what letters stand for which Chinese words, and which do not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/pinyin.h"
#include "src/base/err.h"
#include "src/base/han.h"
#include "src/base/utf8.h"

enum { KEYS_MAX = 4096 };

struct keys {
	kb_key v[KEYS_MAX];
	size_t n;
};

static void collect(void *arg, kb_key k)
{
	struct keys *ks = arg;

	assert_true(ks->n < KEYS_MAX);
	ks->v[ks->n++] = k;
}

static bool has(const struct keys *ks, kb_key k)
{
	for (size_t i = 0; i < ks->n; i++)
		if (ks->v[i] == k)
			return true;
	return false;
}

static size_t code_points(const char *text, uint32_t *out, size_t max)
{
	struct sv s = sv(text);
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < max;)
		i += utf8_decode(sv_n(s.p + i, s.n - i), &out[n++]);
	return n;
}

// The place of the first reading of word whose keys the text has and that fits some place of it; -1 if none does.
static int stands_for(const char *word, bool open_end, const char *text)
{
	struct kb_reading r[16];
	struct keys *ks = xcalloc(1, sizeof(*ks));
	uint32_t cp[64];
	size_t ncp = code_points(text, cp, 64), n = kb_pinyin_readings(sv(word), open_end, r, 16);
	int found = -1;

	assert_true(n <= 8);
	kb_pinyin_grams(sv(text), collect, ks);
	for (size_t i = 0; i < n && found < 0; i++) {
		kb_key keys[6];
		size_t nkeys = kb_reading_keys(&r[i], keys, 6);
		bool all = nkeys > 0, fits = false;
		for (size_t k = 0; k < nkeys; k++)
			all = all && has(ks, keys[k]);
		for (size_t at = 0; at < ncp; at++)
			fits = fits || kb_pinyin_fits(&r[i], sv(word), cp + at, ncp - at);
		if (all && fits)
			found = (int)i;
		if (fits && nkeys && !all)
			fail_msg("%s fits %s but its keys are missing", word, text);
	}
	free(ks);
	return found;
}

static void test_every_way_to_spell(void **state)
{
	static const struct {
		const char *word, *text;
		int before; // place among the readings
	} cases[] = {
		{"zhdj", "账户冻结", 0},          {"zhanghudongjie", "账户冻结", 0}, {"zhanghdj", "账户冻结", 0},
		{"zhdongj", "账户冻结", 2},       {"zhanghudongj", "账户冻结", 0},   {"zhhudj", "账户冻结", 3},
		{"zhhdj", "账户冻结", 2},         {"zhangdongjie", "冻张冻结", 0},   {"yinhang", "银行", 0},
		{"yh", "银行", 0},                {"yinh", "银行", 0},               {"yhang", "银行", 0},
		{"huankuan", "还款", 0},          {"hk", "还款", 0},                 {"haikuan", "还款", 0},
		{"chongzhi", "重置", 0},          {"cz", "重置", 0},                 {"changtu", "长途", 0},
		{"ct", "长途", 0},                {"tiaoe", "调额", 1},              {"te", "调额", 1},
		{"bianyi", "便宜", 0},            {"by", "便宜", 0},                 {"pianyi", "便宜", 0},
		{"liaojie", "了解", 0},           {"lj", "了解", 0},                 {"lvse", "绿色", 0},
		{"nver", "女儿", 2},              {"lvetu", "略图", 1},              {"luetu", "略图", 1},
		{"jvjue", "拒绝", 2},             {"xian", "西安", 1},               {"fangan", "方案", 1},
		{"anquan", "安全", 0},            {"aq", "安全", 1},                 {"edu", "额度", 2},
		{"ed", "额度", 1},                {"zhchsh", "支出税", 7},           {"shouhou", "售后服务", 0},
		{"djl", "账户冻结了怎么办", 0},   {"tqhkwyj", "提前还款违约金", 0},  {"tiqianhuankuanweiyuejin", "提前还款违约金", 0},
		{"zhanghudongjie", "帳戶凍結", 0}, // traditional
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int got = stands_for(cases[i].word, false, cases[i].text);
		if (got < 0 || got > cases[i].before)
			fail_msg("%s is %s in place %d", cases[i].word, cases[i].text, got);
	}
}

static void test_the_last_syllable_may_be_unfinished(void **state)
{
	static const char *const typed[] = {"zhanghudongjie", "yinhangka", "shoujihao", "zhuanzhang", "chongxin", "lvyou"};
	static const char *const texts[] = {"账户冻结", "银行卡", "手机号", "转账", "重新", "旅游"};

	(void)state;
	assert_true(stands_for("yinhan", true, "银行") >= 0);
	assert_int_equal(stands_for("yinhan", false, "银行"), -1);
	assert_true(stands_for("zhuanzh", true, "转账") == 0);
	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
		size_t first = strlen(typed[i]);
		// from where at least two characters are begun
		for (size_t n = 1; n < first; n++) {
			char w[32];
			struct kb_reading r[8];
			snprintf(w, sizeof(w), "%.*s", (int)n, typed[i]);
			size_t got = kb_pinyin_readings(sv(w), true, r, 8);
			bool two = got && r[0].n > 1;
			if (two && stands_for(w, true, texts[i]) < 0)
				fail_msg("%s does not lead to %s", w, texts[i]);
		}
	}
}

static void test_what_does_not_fit(void **state)
{
	static const char *const words[] = {"zhdj", "yinhang", "huankuan", "cz", "xian"};
	static const char *const texts[] = {"账单冻结", "银花", "贷款", "从不", "先"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		assert_int_equal(stands_for(words[i], false, texts[i]), -1);
	struct kb_reading r[8];
	assert_int_equal(kb_pinyin_readings(sv(""), true, r, 8), 0);
	assert_int_equal(kb_pinyin_readings(sv("zh1"), true, r, 8), 0);
	assert_int_equal(kb_pinyin_readings(sv("iv"), false, r, 8), 0);
	assert_int_equal(kb_pinyin_readings(sv("zhanghudongjiezhanghudongjiezhanghudongjie"), false, r, 8), 0);
	assert_int_equal(kb_pinyin_readings(sv("bbbbbbbbbbbbbbbbb"), false, r, 8), 0); // 17 characters
}

// A run ends at anything that is no Han character, and a gram never reaches over it.
static void test_grams_stay_within_a_run(void **state)
{
	struct keys *ks = xcalloc(1, sizeof(*ks));

	(void)state;
	kb_pinyin_grams(sv("贷款，办理5费"), collect, ks);
	assert_true(has(ks, kb_key_initials("dk", 2)));
	assert_true(has(ks, kb_key_initials("bl", 2)));
	assert_false(has(ks, kb_key_initials("kb", 2)));
	assert_false(has(ks, kb_key_initials("lf", 2)));
	assert_int_equal(ks->n, 4); // two characters give initials and a pair of syllables
	ks->n = 0;
	kb_pinyin_grams(sv("行长"), collect, ks); // xing hang heng; zhang chang: distinct letters x h, z c
	for (int i = 0; i < 4; i++)
		assert_true(has(ks, kb_key_initials((const char *const[]){"xz", "xc", "hz", "hc"}[i], 2)));
	assert_int_equal(stands_for("hangzhang", false, "行长"), 0);
	assert_int_equal(stands_for("hangchang", false, "行长"), 0);
	free(ks);
}

static void test_syllables_and_their_characters(void **state)
{
	size_t n, all = kb_syllables(), found = 0;

	(void)state;
	assert_in_range(all, 400, 511);
	for (unsigned s = 0; s < all; s++) {
		const uint32_t *v = kb_syllable_chars(s, &n);
		if (s)
			assert_true(strcmp(kb_syllable(s - 1), kb_syllable(s)) < 0);
		for (size_t i = 0; i < n; i++) {
			const char *r[HAN_READINGS_MAX];
			size_t nr = han_readings(v[i], r, HAN_READINGS_MAX), k = 0;
			while (k < nr && strcmp(r[k], kb_syllable(s)) != 0)
				k++;
			assert_true(k < nr);
			assert_int_equal(han_simplify(v[i]), v[i]);
			assert_true(!i || v[i - 1] < v[i]);
			found += v[i] == 0x884c; // 行
		}
	}
	assert_true(found >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_way_to_spell),
		cmocka_unit_test(test_the_last_syllable_may_be_unfinished),
		cmocka_unit_test(test_what_does_not_fit),
		cmocka_unit_test(test_grams_stay_within_a_run),
		cmocka_unit_test(test_syllables_and_their_characters),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
