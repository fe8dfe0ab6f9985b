// SPDX-License-Identifier: MIT
// Knows how word lists hit a line.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/lexicon.h"

static struct lexicon *sample(void)
{
	static const struct lexicon_entry entries[] = {
		{.pattern = "不知道", .list = LEXICON_FORBIDDEN},
		{.pattern = "不知道您是否方便", .list = LEXICON_ALLOW},
		{.pattern = "没办法", .list = LEXICON_FORBIDDEN},
		{.pattern = "我也没办法", .list = LEXICON_FORBIDDEN, .weight = 2},
		{.pattern = "百分(之)?百(能|会)?批", .regex = true, .list = LEXICON_RISK_PROMISE},
		{.pattern = "理解您的着急", .list = LEXICON_EMPATHY, .class_ = "empathy.anger"},
		{.pattern = "CVV", .list = LEXICON_ASK_SECRET},
		{.pattern = "真的吗？", .regex = true, .list = LEXICON_KEYWORD_ALERT},
	};
	struct lexicon *l = lexicon_new();
	struct err e = {0};

	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		assert_true(lexicon_add(l, &entries[i], &e));
	return l;
}

static void hits_are(struct lexicon *l, const char *text, const char *want)
{
	struct lexicon_hits h = {0};
	struct str b = {0};

	lexicon_match(l, sv(text), &h);
	for (size_t i = 0; i < h.n; i++)
		str_addf(&b, "%s%.*s", i ? "|" : "", (int)(h.v[i].to - h.v[i].from), text + h.v[i].from);
	if (strcmp(str_z(&b), want) != 0)
		fail_msg("%s: %s, not %s", text, str_z(&b), want);
	str_release(&b);
	vec_release(&h);
}

static void test_hits(void **state)
{
	struct lexicon *l = sample();

	(void)state;
	hits_are(l, "这个我不知道", "不知道");
	hits_are(l, "不知道您是否方便听一下", "");
	hits_are(l, "不知道您是否方便，其实我不知道", "不知道");
	hits_are(l, "我也没办法，没办法", "我也没办法|没办法"); // longest first, no overlap, order of the text
	hits_are(l, "贷款百分之百能批的", "百分之百能批");
	hits_are(l, "请报ＣＶＶ给我", "ＣＶＶ"); // full width, bytes of the original
	hits_are(l, "cvv", "cvv");
	hits_are(l, "這個我 不 知　道 啊", "不 知　道"); // blanks between Han characters
	hits_are(l, "沒辦法，百分之百會批", "沒辦法|百分之百會批"); // traditional characters, also against a regular expression
	hits_are(l, "不知道 您是否方便", "");
	hits_are(l, "cv v 不知 a 道", "");
	hits_are(l, "真的吗?", "真的吗?"); // a full-width mark in a pattern is a mark, not a quantifier
	hits_are(l, "真的", "");
	hits_are(l, "", "");
	lexicon_free(l);
}

// Text in which folding changes the number of bytes before the hit.
static void test_offsets(void **state)
{
	struct lexicon *l = sample();
	struct lexicon_hits h = {0};
	const char *text = "㈱ﬃÅé ① 理解您的着急";

	(void)state;
	lexicon_match(l, sv(text), &h);
	assert_int_equal(h.n, 1);
	assert_ptr_equal(text + h.v[0].from, strstr(text, "理解"));
	assert_int_equal(h.v[0].to, strlen(text));
	assert_string_equal(lexicon_class(h.v[0].entry), "empathy.anger");
	vec_release(&h);
	lexicon_free(l);
}

static void test_bad_entries(void **state)
{
	struct lexicon *l = lexicon_new();
	struct err e = {0};
	char big[300];

	(void)state;
	memset(big, 'a', 299);
	big[299] = 0;
	assert_false(lexicon_add(l, &(struct lexicon_entry){.pattern = " "}, &e));
	assert_false(lexicon_add(l, &(struct lexicon_entry){.pattern = "a(b", .regex = true}, &e));
	assert_non_null(strstr(e.msg, "a(b"));
	assert_false(lexicon_add(l, &(struct lexicon_entry){.pattern = big}, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(lexicon_size(l), 0);
	lexicon_free(l);
}

// An expression that would run for ever is given up, and the other entries still hit.
static void test_runaway_expression(void **state)
{
	struct lexicon *l = lexicon_new();
	struct err e = {0};
	struct str text = {0};
	struct lexicon_hits h = {0};

	(void)state;
	assert_true(lexicon_add(l, &(struct lexicon_entry){.pattern = "(a+)+(b+)+(a+)+$", .regex = true}, &e));
	assert_true(lexicon_add(l, &(struct lexicon_entry){.pattern = "停"}, &e));
	for (int i = 0; i < 4000; i++)
		str_add(&text, i % 60 == 59 ? "b" : "a");
	str_add(&text, "停");
	lexicon_match(l, sv(str_z(&text)), &h);
	assert_int_equal(h.n, 1);
	assert_int_equal(lexicon_timeouts(l), 1);
	vec_release(&h);
	str_release(&text);
	lexicon_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hits), cmocka_unit_test(test_offsets), cmocka_unit_test(test_bad_entries),
		cmocka_unit_test(test_runaway_expression),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
