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

static bool has_between(const struct keys *ks, kb_key from, kb_key to)
{
	for (size_t i = 0; i < ks->n; i++)
		if (ks->v[i] >= from && ks->v[i] <= to)
			return true;
	return false;
}

static bool has(const struct keys *ks, kb_key k)
{
	return has_between(ks, k, k);
}

// Would the reading be looked up among the documents with these keys? 0: no, 1: it has nothing to look up, 2: yes.
static int would_find(const struct keys *ks, const struct kb_reading *r, size_t max)
{
	kb_key keys[KB_READING_MAX], from, to;
	size_t n = kb_reading_keys(r, keys, max);
	bool range = kb_reading_range(r, &from, &to);

	assert_true(n <= max);
	if (!n && !range)
		return 1;
	for (size_t k = 0; k < n; k++)
		if (!has(ks, keys[k]))
			return 0;
	return !range || has_between(ks, from, to) ? 2 : 0;
}

// Simplified.
static size_t code_points(const char *text, uint32_t *out, size_t max)
{
	struct sv s = sv(text);
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < max; n++) {
		i += utf8_decode(sv_n(s.p + i, s.n - i), &out[n]);
		out[n] = han_simplify(out[n]);
	}
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
		bool fits = false;
		int look = would_find(ks, &r[i], 6);
		for (size_t at = 0; at < ncp; at++)
			fits = fits || kb_pinyin_fits(&r[i], sv(word), cp + at, ncp - at);
		if (look == 2 && fits)
			found = (int)i;
		if (fits && !look)
			fail_msg("%s fits %s but its keys are missing", word, text);
		assert_int_equal(kb_pinyin_finds(&r[i], 1, sv(word), sv(text)), fits);
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

// ---- what is promised of the keys ----

// Of the ways to read word those that fit the n characters at v: how many would not be looked up among documents with ks.
static int missed(const struct keys *ks, const char *word, const uint32_t *v, size_t n)
{
	struct kb_reading r[8];
	size_t nr = kb_pinyin_readings(sv(word), false, r, 8);
	int lost = 0;

	for (size_t i = 0; i < nr; i++)
		lost += kb_pinyin_fits(&r[i], sv(word), v, n) && (!would_find(ks, &r[i], 6) || !would_find(ks, &r[i], 2));
	return lost;
}

// Types n neighbours as whole syllables or first letters, in every way.
struct typing {
	const struct keys *ks;
	const uint32_t *v;
	size_t n, len;
	char word[64];
	int ways, lost;
};

static void type_on(struct typing *t, size_t i)
{
	uint16_t all[HAN_READINGS_MAX];
	size_t was = t->len, nr = i < t->n ? han_reading_numbers(t->v[i], all, HAN_READINGS_MAX) : 0;

	if (i == t->n) {
		t->lost += missed(t->ks, t->word, t->v, t->n);
		t->ways++;
	}
	for (size_t k = 0; k < nr * 2; k++) {
		const char *s = kb_syllable(all[k / 2]);
		t->len += (size_t)snprintf(t->word + was, sizeof(t->word) - was, "%.*s", k % 2 ? 1 : 6, s);
		type_on(t, i + 1);
		t->len = was;
	}
}

static int lost_of(const struct keys *ks, const uint32_t *v, size_t n)
{
	int lost = 0;

	for (size_t from = 0; from < n; from++)
		for (size_t len = 2; len <= 5 && from + len <= n; len++) {
			struct typing t = {.ks = ks, .v = v + from, .n = len};
			type_on(&t, 0);
			assert_true(t.ways >= 1 << len);
			lost += t.lost;
		}
	return lost;
}

static void test_a_text_that_fits_has_the_keys(void **state)
{
	static const char *const texts[] = {"账户冻结", "行长", "调额度了", "长行重发银行卡", "还款", "会计薄重弹行"};
	struct keys *ks = xcalloc(1, sizeof(*ks)), *less = xcalloc(1, sizeof(*less));

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		uint32_t cp[16];
		size_t n = code_points(texts[i], cp, 16);
		ks->n = 0;
		kb_pinyin_grams(sv(texts[i]), collect, ks);
		if (lost_of(ks, cp, n))
			fail_msg("keys of %s are missing", texts[i]);
	}
	// initials cover all links of a long reading
	kb_key keys[6];
	struct kb_reading r;
	assert_int_equal(kb_pinyin_readings(sv("tqhkw"), false, &r, 1), 1);
	assert_int_equal(kb_reading_keys(&r, keys, 6), 2);
	assert_true(keys[0] == kb_key_initials("tqhk", 4) && keys[1] == kb_key_initials("qhkw", 4));
	assert_false(kb_reading_range(&r, &keys[0], &keys[1]));
	// none of them is there for nothing
	uint32_t cp[4];
	size_t n = code_points("账户冻结", cp, 4);
	ks->n = 0;
	kb_pinyin_grams(sv("账户冻结"), collect, ks);
	for (size_t gone = 0; gone < ks->n; gone++) {
		less->n = 0;
		for (size_t i = 0; i < ks->n; i++)
			if (ks->v[i] != ks->v[gone])
				less->v[less->n++] = ks->v[i];
		assert_true(lost_of(less, cp, n) > 0);
	}
	free(ks);
	free(less);
}

// ---- finding in a text ----

// By looking at every place of every run.
static bool slowly_found(const struct kb_reading *r, size_t n, struct sv word, struct sv text)
{
	uint32_t v[512];
	size_t len = 0;
	bool found = false;

	for (size_t i = 0; i <= text.n && !found;) {
		uint32_t cp = 0;
		char letters[8];
		if (i < text.n)
			i += utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		else
			i++;
		cp = han_simplify(cp);
		if (utf8_is_han(cp) && han_initials(cp, letters)) {
			v[len++] = cp;
			continue;
		}
		for (size_t at = 0; at < len; at++)
			for (size_t k = 0; k < n; k++)
				found = found || kb_pinyin_fits(&r[k], word, v + at, len - at);
		len = 0;
	}
	return found;
}

static uint32_t dice(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

static void test_finding_in_a_text_is_looking_at_every_place(void **state)
{
	static const char *const bits[] = {"账", "户", "冻", "结", "帳", "戶", "凍", "結", "行", "长", "長", "银", "，", "A", "了", "得",
					   "调", "額", "嗯"};
	static const char *const words[] = {"zhdj", "zhanghu", "dongjie", "yinhang", "hz", "hangzhang", "zhdjl", "jie", "e", "tedez",
					    "zhanghudongjiel", "hxz", "dongj", "lejiez", "yhzhdj", "xingchang", "zhhdj"};
	uint64_t seed = 11;
	int found = 0, times = 6000;

	(void)state;
	for (int i = 0; i < times; i++) {
		struct str s = {0};
		struct kb_reading r[8];
		struct sv word = sv(words[dice(&seed, sizeof(words) / sizeof(*words))]);
		size_t n = kb_pinyin_readings(word, true, r, 8);
		uint32_t kinds = dice(&seed, 4) ? 12 : sizeof(bits) / sizeof(*bits);
		for (uint32_t k = dice(&seed, 10) ? dice(&seed, 20) : dice(&seed, 300); k > 0; k--)
			str_add(&s, bits[dice(&seed, kinds)]);
		bool want = slowly_found(r, n, word, sv(str_z(&s)));
		if (kb_pinyin_finds(r, n, word, sv(str_z(&s))) != want)
			fail_msg("%s in %s: %d", word.p, str_z(&s), !want);
		found += want;
		str_release(&s);
	}
	assert_in_range(found, times / 10, times * 9 / 10);
	assert_false(kb_pinyin_finds(NULL, 0, sv("zh"), sv("账户")));
	// a variant is read as what it stands for
	struct kb_reading r[8];
	assert_true(kb_pinyin_finds(r, kb_pinyin_readings(sv("mingle"), false, r, 8), sv("mingle"), sv("說明瞭")));
}

// A reading that only fits behind the first window of a long run, and across its end.
static void test_finding_deep_in_a_long_run(void **state)
{
	struct kb_reading r[8];
	struct sv word = sv("tiqianhuankuanweiyuejin");
	size_t n = kb_pinyin_readings(word, false, r, 8);

	(void)state;
	for (int before = 0; before < 200; before++) {
		struct str s = {0};
		for (int i = 0; i < before; i++)
			str_add(&s, "好");
		str_add(&s, "提前还款违约金");
		assert_true(kb_pinyin_finds(r, n, word, sv(str_z(&s))));
		for (int i = 0; i < 50; i++)
			str_add(&s, "好");
		assert_true(kb_pinyin_finds(r, n, word, sv(str_z(&s))));
		str_release(&s);
	}
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
		cmocka_unit_test(test_a_text_that_fits_has_the_keys),
		cmocka_unit_test(test_finding_in_a_text_is_looking_at_every_place),
		cmocka_unit_test(test_finding_deep_in_a_long_run),
		cmocka_unit_test(test_syllables_and_their_characters),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
