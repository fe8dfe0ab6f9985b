// SPDX-License-Identifier: MIT
// Knows which lines fit a word set and which must not, and what a line is made of for the engine.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <stdio.h>
#include <time.h>

#include "src/practice/match.h"

static void append(char *to, size_t cap, const char *s)
{
	size_t n = strlen(to);

	snprintf(to + n, cap - n, "%s", s);
}

static bool any(const char *keyword, const char *line)
{
	struct word_set w = {.name = "w", .any = &keyword, .n_any = 1};

	return match_words(&w, sv(line));
}

struct one {
	const char *keyword, *line;
	bool fits;
};

static const struct one ones[] = {
	// As it is; blanks, marks, case and width do not count.
	{"停止共享", "请您马上停止共享屏幕", true},
	{"停止共享", "请停止 共享！", true},
	{"停止共享", "停止，共享", true},
	{"stop sharing", "Please STOP, sharing now", true},
	{"app", "请打开ＡＰＰ", true},
	{"110", "请拨打110报警", true},
	{"96110", "请拨打 96110", true},
	// Short ones are exact.
	{"报警", "建议您报个警", false},
	{"报警", "建议报警", true},
	{"反诈骗", "反诈片", false},
	{"app", "ap", false},
	// One edit for four characters: another, one missing, one too many; not two.
	{"停止共享", "停止供享", true},
	{"退出会议", "退会议", true},
	{"退出会议", "退出了会议", true},
	{"退出会议", "退了会义", false},
	{"立即报警处理", "立刻报警处理", true},
	{"立即报警处理", "立刻报井处理", false}, // six characters: one
	{"请您立即关闭屏幕共享", "请您立刻关闭屏幕共亨", true}, // ten: two
	{"请您立即关闭屏幕共享", "请你立刻关闭屏幕共亨", false},
	{"stop sharing", "stop sharring", true},
	{"stop sharing", "stop shring", true},
	{"stop sharing", "stop sharedddd", false},
	// What turns the sense round is not an edit.
	{"别把验证码告诉我", "把验证码告诉我", false},
	{"别把验证码告诉我", "不把验证码告诉我", true},
	{"您先转账到这里", "不先转账到这里", false},
	{"您要转账", "您不要转账", false},
	{"我能保证退款", "我不能保证退款", false},
	{"do not tell anyone", "do tell anyone", false},
	{"you can share it", "you can not share it", false},
	{"you can share it", "you can't share it", false},
	{"do not tell anyone", "do not tel anyone", true},
	// Nor are digits and numerals.
	{"三个工作日", "五个工作日", false},
	{"3个工作日", "5个工作日", false},
	{"95588", "95585", false},
	{"1234", "12345", false},
	{"24小时内", "48小时内", false},
	// English words are whole.
	{"hold", "please hold on", true},
	{"hold", "the shareholders", false},
	{"hold", "I told you", false}, // the first letter is right
	{"can", "I can't", false},
	{"cat", "category", false},
	{"refund", "refunds are possible", true},
	{"fund", "refund", false},
	{"app", "打开app就行", true},
	{"app", "application", false},
	{"800", "49,800", false},
	{"49800", "一共49,800元", true},
	{"110", "13811012345", false},
	// Nothing of nothing.
	{"停止共享", "", false},
	{"停止共享", "。。。", false},
	{"！！", "您好！！", false},
};

static void test_one_keyword(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ones) / sizeof(*ones); i++) {
		if (any(ones[i].keyword, ones[i].line) != ones[i].fits)
			fail_msg("\"%s\" in \"%s\": expected %s", ones[i].keyword, ones[i].line, ones[i].fits ? "a fit" : "none");
	}
}

static void test_sets(void **state)
{
	struct word_set w = {.any = (const char *const[]){"利率", "利息"}, .n_any = 2, .all = (const char *const[]){"审批"}, .n_all = 1,
			     .none = (const char *const[]){"保证", "包过"}, .n_none = 2};

	(void)state;
	assert_true(match_words(&w, sv("年利率以审批结果为准")));
	assert_true(match_words(&w, sv("利息要看审批")));
	assert_false(match_words(&w, sv("年利率是这样")));          // not all
	assert_false(match_words(&w, sv("以审批结果为准")));        // not any
	assert_false(match_words(&w, sv("利率以审批为准，包过")));  // one of none
	assert_false(match_words(&w, sv("")));
	struct word_set only_none = {.none = (const char *const[]){"保证"}, .n_none = 1};
	assert_false(match_words(&only_none, sv("您好")));
	struct word_set only_all = {.all = (const char *const[]){"报警", "保留证据"}, .n_all = 2};
	assert_true(match_words(&only_all, sv("请保留好证据，再去报警")));
	assert_false(match_words(&only_all, sv("请报警")));
}

static void test_long_keywords(void **state)
{
	char key[400] = "", line[500];

	(void)state;
	for (int i = 0; i < 64; i++)
		append(key, sizeof(key), "x");
	snprintf(line, sizeof(line), "a %s b", key);
	assert_int_equal(match_keyword_chars(key), 64);
	assert_true(any(key, line));
	append(key, sizeof(key), "x");
	snprintf(line, sizeof(line), "a %s b", key);
	assert_int_equal(match_keyword_chars(key), 65);
	assert_false(any(key, line)); // the linter refuses it
	assert_int_equal(match_keyword_chars("停 止，share!"), 7);
	assert_int_equal(match_keyword_chars("……"), 0);
}

// --- Lines

static struct lexicon *sample(void)
{
	static const struct lexicon_entry entries[] = {
		{.pattern = "不知道", .list = LEXICON_FORBIDDEN},
		{.pattern = "不知道您是否方便", .list = LEXICON_ALLOW},
		{.pattern = "我理解您的着急", .list = LEXICON_EMPATHY, .class_ = "empathy.anxiety"},
		{.pattern = "让您久等了", .list = LEXICON_EMPATHY, .class_ = "empathy.anger"},
		{.pattern = "您放心", .list = LEXICON_POSITIVE},
		{.pattern = "是.*吗", .regex = true, .list = LEXICON_MOVE, .class_ = "move.clarify"},
		{.pattern = "按规定", .list = LEXICON_MOVE, .class_ = "move.answer"},
		{.pattern = "您看可以吗", .list = LEXICON_MOVE, .class_ = "move.confirm"},
		{.pattern = "could you tell me", .list = LEXICON_MOVE, .class_ = "move.clarify"},
	};
	struct lexicon *l = lexicon_new();
	struct err e = {0};

	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		assert_true(lexicon_add(l, &entries[i], &e));
	return l;
}

static const struct word_set sets[] = {
	{.name = "stop", .any = (const char *const[]){"停止共享"}, .n_any = 1},
	{.name = "police", .any = (const char *const[]){"报警", "110"}, .n_any = 2},
};
static const struct scenario scenario = {.words = sets, .n_words = 2};

static void test_line(void **state)
{
	struct lexicon *l = sample();
	struct match m;

	(void)state;
	match_line(&scenario, l, sv("我理解您的着急，您放心。先停止 共享，再打110。"), &m);
	assert_int_equal(m.words, 3);
	assert_true(match_tag(&m, "empathy"));
	assert_true(match_tag(&m, "empathy.anxiety"));
	assert_false(match_tag(&m, "empathy.anger"));
	assert_false(match_tag(&m, "empathy.anx"));
	assert_true(match_tag(&m, "positive"));
	assert_false(match_tag(&m, "forbidden"));
	assert_int_equal(m.moves, 1u << MOVE_ACKNOWLEDGE); // by empathy
	assert_int_equal(m.chars, 24);
	assert_false(m.read_back);
	match_release(&m);
	lexicon_free(l);
}

static void test_allowed_phrase(void **state)
{
	struct lexicon *l = sample();
	struct match m;

	(void)state;
	match_line(&scenario, l, sv("不知道您是否方便"), &m);
	assert_false(match_tag(&m, "forbidden"));
	match_release(&m);
	match_line(&scenario, l, sv("这个我不知道"), &m);
	assert_true(match_tag(&m, "forbidden"));
	match_release(&m);
	lexicon_free(l);
}

static void test_moves(void **state)
{
	struct lexicon *l = sample();
	struct match m;

	(void)state;
	// A pattern of a move covers the forbidden phrase; both are found.
	match_line(&scenario, l, sv("是您自己也不知道吗"), &m);
	assert_int_equal(m.moves, 1u << MOVE_CLARIFY);
	assert_true(match_tag(&m, "forbidden"));
	match_release(&m);
	match_line(&scenario, l, sv("让您久等了。是担心费用吗？按规定要审批，您看可以吗"), &m);
	assert_int_equal(m.moves, 15);
	match_release(&m);
	match_line(&scenario, l, sv("Could you tell me more?"), &m);
	assert_int_equal(m.moves, 1u << MOVE_CLARIFY);
	match_release(&m);
	match_line(&scenario, l, sv("按规定"), &m);
	assert_int_equal(m.hits.n, 0); // moves are no hits: nothing is said about them in live work
	match_release(&m);
	lexicon_free(l);
}

static void test_read_back(void **state)
{
	static const struct {
		const char *line;
		bool is;
	} lines[] = {
		{"7719", true},
		{"138 0013 9001", true},
		{"一三八，零零一三，九零零一", true},
		{"49,800元", true},
		{"CA1234", true},
		{"2026年3月5日10点", true},
		{"one three eight", true},
		{"A B C 1 2", true},
		{"尾号是7719，对吗", false},
		{"好的", false},
		{"元", false},
		{"no", false},
		{"hello 1234", false},
		{"", false},
		{"请问您尾号7719", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct match m;
		match_line(&scenario, NULL, sv(lines[i].line), &m);
		if (m.read_back != lines[i].is)
			fail_msg("\"%s\": read back %d expected", lines[i].line, lines[i].is);
		match_release(&m);
	}
}

// Broken bytes, long runs of marks and letters that grow when folded must not hurt.
static void test_strange_text(void **state)
{
	static const char *const lines[] = {"\xff\xfe停止共享\xc0", "\xef\xb7\xba\xef\xb7\xba停止共享", "停止\xe2\x80\x8b共享", "①②③停止共享",
					    "e\xcc\x81\xcc\x81\xcc\x81 停止共享", "𠮷𠮷停止共享"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_true(any("停止共享", lines[i]));
}

// --- Against a plain reference: the least cost of a keyword over all places of the line, computed without any short cut.

static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned d[32][32];

	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			unsigned best = i && j ? d[i - 1][j - 1] + (a[i - 1] != b[j - 1]) : i ? d[i - 1][j] + 1 : j ? d[i][j - 1] + 1 : 0;
			if (i && d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (j && d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			d[i][j] = best;
		}
	}
	return d[n][m];
}

static bool reference(const char *key, const char *line)
{
	size_t n = strlen(key), m = strlen(line);

	for (size_t i = 0; i <= m; i++) {
		for (size_t j = i; j <= m; j++) {
			if (distance(key, n, line + i, j - i) <= n / 4)
				return true;
		}
	}
	return false;
}

// Letters a to d stand for Han characters, so that every place is the edge of a word and nothing is fixed.
static void as_han(const char *s, char *out, size_t cap)
{
	static const char *const han[] = {"甲", "乙", "丙", "丁"};

	for (*out = '\0'; *s; s++)
		append(out, cap, han[*s - 'a']);
}

static void test_against_reference(void **state)
{
	uint32_t seed = 7;
	size_t fits = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char key[16] = "", line[24] = "", hkey[64], hline[96];
		size_t n, m;
		seed = seed * 1664525u + 1013904223u;
		n = 1 + (seed >> 20) % 13;
		m = (seed >> 8) % 20;
		for (size_t i = 0; i < n + m; i++) {
			seed = seed * 1664525u + 1013904223u;
			*(i < n ? &key[i] : &line[i - n]) = (char)('a' + (seed >> 24) % 4);
		}
		as_han(key, hkey, sizeof(hkey));
		as_han(line, hline, sizeof(hline));
		bool want = reference(key, line);
		fits += want;
		if (any(hkey, hline) != want)
			fail_msg("%s in %s: expected %d", key, line, want);
	}
	assert_true(fits > 2000 && fits < 18000);
}

// --- Time: 64 sets of 36 keywords against 2000 characters. The bound is wide for busy machines; the figure is printed.

static void test_time(void **state)
{
	static char keys[64 * 36][40];
	static const char *ptr[64 * 36];
	static struct word_set many[64];
	static const char *const han[] = {"转", "账", "密", "码", "会", "议", "共", "享", "停", "止", "退", "款", "报", "警", "审", "批", "利", "率", "费",
					  "用", "客", "户", "核", "实", "处", "理", "登", "记", "回", "电", "时", "间"};
	struct str zh = {0}, en = {0};
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < 64 * 36; i++) {
		size_t n = 4 + i % 6;
		for (size_t k = 0; k < n; k++) {
			seed = seed * 1664525u + 1013904223u;
			append(keys[i], sizeof(keys[i]), han[(seed >> 20) % 32]);
		}
		if (i % 3 == 0)
			snprintf(keys[i], sizeof(keys[i]), "word%c%c please %c%cxing", 'a' + (char)(i % 26), 'a' + (char)(i / 26 % 26),
				 'a' + (char)(i % 7), 'a' + (char)(i % 11));
		ptr[i] = keys[i];
	}
	for (size_t i = 0; i < 64; i++)
		many[i] = (struct word_set){.name = "w", .any = &ptr[i * 36], .n_any = 36};
	struct scenario s = {.words = many, .n_words = 64};
	for (size_t i = 0; i < 2000; i++) {
		seed = seed * 1664525u + 1013904223u;
		str_add(&zh, han[(seed >> 20) % 32]);
		str_addc(&en, i % 6 == 5 ? ' ' : (char)('a' + (seed >> 20) % 26));
	}
	const struct str *lines[] = {&zh, &en};
	for (size_t i = 0; i < 2; i++) {
		int64_t best = INT64_MAX;
		for (int round = 0; round < 5; round++) {
			struct timespec a, b;
			struct match m;
			clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
			match_line(&s, NULL, sv_n(lines[i]->s, lines[i]->n), &m);
			clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
			match_release(&m);
			int64_t us = (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
			best = us < best ? us : best;
		}
		print_message("%s: %lld us\n", i ? "en" : "zh", (long long)best);
		assert_true(best < 50000);
	}
	str_release(&zh);
	str_release(&en);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_keyword),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_long_keywords),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_allowed_phrase),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_strange_text),
		cmocka_unit_test(test_against_reference),
		cmocka_unit_test(test_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
