// SPDX-License-Identifier: MIT
// Knows how articles must look as lines.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/markdown.h"
#include "src/base/utf8.h"

static const char *lines_of(const char *text, int columns, struct arena *a)
{
	struct kb_lines l;
	const char *out = "";

	kb_markdown(sv(text), columns, &l, a);
	for (size_t i = 0; i < l.n; i++) {
		if (l.v[i].more)
			out = arena_printf(a, "%s[more]", out);
		for (size_t k = 0; k < l.v[i].n; k++)
			out = arena_printf(a, "%s%s", out, l.v[i].v[k].text);
		out = arena_printf(a, "%s\n", out);
	}
	return out;
}

static void test_layout(void **state)
{
	static const struct {
		const char *text;
		int columns;
		const char *want;
	} cases[] = {
		{"", 20, ""},
		{"## 适用范围\n正文。\n\n第二段", 20, "适用范围\n正文。\n\n第二段\n"},
		// closing marks never begin a line: the character before comes along
		{"一二三四五，六七", 10, "一二三四\n五，六七\n"},
		{"一二三（五）六七", 8, "一二三\n（五）六\n七\n"},
		// Latin words stay whole, between Han as well
		{"call the customer back", 10, "call the\ncustomer\nback\n"},
		{"请拨打hotline处理", 12, "请拨打\nhotline处理\n"},
		{"abcdefghijklmnop", 10, "abcdefghij\nklmnop\n"},
		// a source line that ends with Han goes on without a blank
		{"第一行\n第二行", 20, "第一行第二行\n"},
		{"one\ntwo", 20, "one two\n"},
		{"- 甲\n- 乙乙乙乙乙\n  1. 丙\n", 10, "• 甲\n• 乙乙乙乙\n  乙\n  1. 丙\n"},
		{"3. 甲\n4. 乙", 20, "3. 甲\n4. 乙\n"},
		{"> 引文引文引文\n\n完", 10, "│ 引文引文\n│ 引文\n\n完\n"},
		{"```\na  b\n\n c\n```", 20, "  a  b\n  \n   c\n"},
		{"前\n\n<!--more-->\n\n后 <b>x</b>", 20, "前\n[more]\n\n后 x\n"},
		{"| 渠道 | 时限 |\n| --- | --- |\n| 网上 | 3天 |", 20, "渠道 │ 时限\n网上 │ 3天\n"},
		{"| 渠道 | 时限 |\n| --- | --- |\n| 网上 | 3天 |", 10, "• 渠道: 网\n  上\n  时限: 3\n  天\n"},
		{"a\\\nb", 20, "a\nb\n"},
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = lines_of(cases[i].text, cases[i].columns, &a);
		if (!str_eq(got, cases[i].want))
			fail_msg("%s at %d gave\n%s", cases[i].text, cases[i].columns, got);
	}
	arena_release(&a);
}

static void test_styles(void **state)
{
	struct arena a = {0};
	struct kb_lines l;

	(void)state;
	kb_markdown(sv("# 题\n说**重点**和`码`"), 40, &l, &a);
	assert_int_equal(l.v[0].level, 1);
	assert_int_equal(l.v[0].v[0].style, KB_HEADING);
	assert_int_equal(l.v[1].n, 4);
	assert_int_equal(l.v[1].v[0].style, KB_PLAIN);
	assert_int_equal(l.v[1].v[1].style, KB_BOLD);
	assert_string_equal(l.v[1].v[1].text, "重点");
	assert_int_equal(l.v[1].v[3].style, KB_CODE);
	assert_int_equal(l.v[1].columns, 10);
	kb_markdown(sv("一二三四五六"), 8, &l, &a);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.v[0].paragraph, l.v[1].paragraph);
	arena_release(&a);
}

// No line is wider than asked, none begins with a closing mark, nothing is lost, nothing dangerous passes.
static void test_random_texts(void **state)
{
	static const char *const bits[] = {"#", " ", "\n", "\n\n", "- ", "1. ", "> ", "**", "`", "```\n", "|", "| --- |\n", "一", "户口",
					   "，", "。", "（", "）", "word ", "averyveryverylongword", "<b>", "<!--more-->", "\x1b[31m",
					   "\xe2\x80\xae", "e\xcc\x81", "😀", "\xff", "[a](b)", "\\", "    ", "\t", "~~~", "***\n"};
	uint32_t seed = 7;
	struct arena a = {0};

	(void)state;
	for (int i = 0; i < 800; i++) {
		struct str t = {0};
		for (int k = 0; k < 60; k++) {
			seed = seed * 1664525u + 1013904223u;
			str_add(&t, bits[(seed >> 16) % (sizeof(bits) / sizeof(*bits))]);
		}
		struct kb_lines l;
		int columns = 8 + i % 40;
		kb_markdown(sv_n(t.s, t.n), columns, &l, &a);
		for (size_t n = 0; n < l.n; n++) {
			int sum = 0;
			for (size_t k = 0; k < l.v[n].n; k++) {
				assert_true(utf8_is_clean(sv(l.v[n].v[k].text), UTF8_LINE));
				assert_int_equal(l.v[n].v[k].columns, utf8_columns(sv(l.v[n].v[k].text)));
				sum += l.v[n].v[k].columns;
			}
			assert_int_equal(sum, l.v[n].columns);
			assert_true(sum <= columns);
		}
		str_release(&t);
		arena_clear(&a);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_random_texts),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
