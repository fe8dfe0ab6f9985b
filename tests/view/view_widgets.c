// SPDX-License-Identifier: MIT
// Knows the screens of the widgets: canvas, list, line editor, popups, in colour, mono and ASCII.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/utf8.h"
#include "tests/view/golden.h"
#include "ui/popup.h"

static void draw_canvas(struct golden *g)
{
	struct canvas c = golden_begin(g);
	struct canvas in = canvas_sub(&c, (struct rect){1, 2, 12, 36});

	canvas_title(&c, 0, "话术 账户冻结受理 v3", "2/10", true);
	canvas_text(&in, 0, 0, ROLE_PLAIN, "fits");
	canvas_text(&in, 1, 0, ROLE_ACCENT, "跟您核对一下：您是想了解账户为什么被限制、什么时候能恢复");
	canvas_fit(&in, 2, 0, ROLE_WARN, sv("王小明123"), 6);
	canvas_field(&in, 2, 8, STYLE_UNDERLINE, "左", 6, ALIGN_LEFT);
	canvas_field(&in, 2, 15, STYLE_UNDERLINE, "右", 6, ALIGN_RIGHT);
	canvas_field(&in, 2, 22, STYLE_UNDERLINE, "ab", 6, ALIGN_CENTRE);
	// The first half of a wide character at the edge: a blank stays.
	canvas_clip(&in, 3, 0, ROLE_PLAIN, sv("冻结账户"), 5);
	canvas_text(&in, 3, 10, ROLE_ALARM, "! 红色");
	canvas_text(&in, 4, 0, ROLE_PLAIN, "esc\x1b[31m bidi\u202E\u2066x e\u0301\u0301\u0301\u0301\u0301\u0301 \xff");
	canvas_text(&in, 4, 30, ROLE_DIM, "dim");
	in.style = ROLE_DIM;
	canvas_wrap(&in, 5, 1, ROLE_PLAIN, sv("系统为了保护资金暂时限制了转出，我先为您核验身份；“风控”的情况要提交加急复核。"), 0);
	in.style = 0;
	canvas_text(&in, 8, 0, ROLE_ERROR, "“账户”— α …");
	canvas_right(&in, 8, ROLE_PLAIN, "14:32");
	canvas_vline(&c, 1, 39, 11, ROLE_DIM);
	for (int i = 0; i < GLYPH_COUNT; i++)
		canvas_glyph(&in, 9, i, ROLE_PLAIN, (enum glyph)i);
	struct canvas right = canvas_sub(&c, (struct rect){1, 41, 5, 18});
	canvas_box(&right, ROLE_ACCENT, "演练");
	canvas_caret(&in, 2, 99, true);
	canvas_title(&c, 11, NULL, NULL, false);
}

static void test_canvas(void **state)
{
	struct golden g;

	(void)state;
	golden_open(&g, 12, 60, "dark");
	draw_canvas(&g);
	golden_check(&g, "canvas");
	g.theme.ascii = true;
	draw_canvas(&g);
	golden_check(&g, "canvas_ascii");
	golden_close(&g);
	golden_open(&g, 12, 60, "mono");
	draw_canvas(&g);
	golden_check(&g, "canvas_mono");
	golden_close(&g);
}

// Random texts into random canvases: nothing outside is touched, whatever the width of the characters.
static void test_inside(void **state)
{
	static const char *const texts[] = {"冻结账户受理", "a冻b结c", "\u0301冻\u0301", "👨‍👩‍👧 family", "plain", "", "\x1b[2J\n\t", "｡ﾟ"};
	struct golden g;
	unsigned seed = 7;

	(void)state;
	golden_open(&g, 10, 30, "dark");
	for (int round = 0; round < 3000; round++) {
		int v[8];
		for (int i = 0; i < 8; i++) {
			seed = seed * 1103515245 + 12345;
			v[i] = (int)(seed >> 16 & 0x7FFF);
		}
		struct canvas c = golden_begin(&g);
		golden_hash(&g);
		struct rect r = {v[0] % 14 - 2, v[1] % 36 - 3, v[2] % 8, v[3] % 20};
		struct canvas s = canvas_sub(&c, r);
		const char *text = texts[v[4] % 8];
		int y = v[5] % 8 - 1, x = v[6] % 20 - 1, used = 0;
		switch (v[7] % 7) {
		case 0:
			used = canvas_text(&s, y, x, ROLE_PLAIN, text);
			break;
		case 1:
			used = canvas_field(&s, y, x, ROLE_PLAIN, text, v[4] % 9, (enum align)(v[3] % 3));
			break;
		case 2:
			canvas_wrap(&s, y < 0 ? 0 : y, x < 0 ? 0 : x, ROLE_PLAIN, sv(text), v[4] % 3);
			break;
		case 3:
			canvas_box(&s, ROLE_PLAIN, text);
			break;
		case 4:
			canvas_title(&s, y, text, text, true);
			break;
		case 5:
			canvas_right(&s, y, ROLE_PLAIN, text);
			break;
		case 6:
			canvas_hline(&s, y, x, 40, ROLE_PLAIN);
			canvas_vline(&s, y < 0 ? 0 : y, x, 40, ROLE_PLAIN);
			break;
		}
		assert_true(used >= 0 && used <= s.r.w);
		for (int cy = 0; cy < 10; cy++)
			for (int cx = 0; cx < 30; cx++)
				if (!rect_has(s.r, cy, cx) && golden_char(&g, cy, cx) != L'#')
					fail_msg("round %d: cell %d,%d was touched", round, cy, cx);
	}
	assert_int_equal(g.leaks, 0);
	golden_close(&g);
}

// What we count is what curses counts.
static void test_widths(void **state)
{
	struct golden g;

	(void)state;
	golden_open(&g, 2, 20, "dark");
	static const uint32_t cps[] = {'a', 0x51BB, 0x1F600, 0x2460, 0x2500, 0x201C, 0xFFE5, 0x20BB7, 0xFF71, 0xE9, 0x3001, 0x2705};
	for (size_t i = 0; i < sizeof(cps) / sizeof(*cps); i++) {
		struct str s = {0};
		struct canvas c = golden_begin(&g);
		str_addcp(&s, cps[i]);
		str_addc(&s, '|');
		canvas_text(&c, 0, 0, ROLE_PLAIN, str_z(&s));
		if (golden_char(&g, 0, utf8_width(cps[i])) != L'|')
			fail_msg("U+%04X", (unsigned)cps[i]);
		str_release(&s);
	}
	golden_close(&g);
}

static void row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const char *const *names = ctx;

	canvas_text(c, 0, 1, ROLE_PLAIN | style, names[i]);
	canvas_text(c, 1, 3, ROLE_DIM | style, "v4 · 有用 92%");
}

static void test_list(void **state)
{
	static const char *const names[] = {"KB-FIN-011 账户被限制的五种原因", "KB-FIN-013 司法冻结应答边界",
					    "KB-FIN-012 风控限制解除流程", "KB-FIN-014 长期不动户"};
	struct list l = {0};
	struct list_view v = {.count = 4, .row_h = 2, .draw = row, .ctx = names, .focused = true,
			      .empty = "还没有结果。按 / 输入要查的词，或按 n 记下未覆盖的问题。"};
	struct golden g;

	(void)state;
	golden_open(&g, 7, 32, "dark");
	list_select(&l, 3, 3, 4, NULL, NULL);
	list_move(&l, -1, 3, 4, NULL, NULL);
	struct canvas c = golden_begin(&g);
	struct canvas s = canvas_sub(&c, (struct rect){1, 1, 6, 30});
	list_draw(&l, &s, &v);
	golden_check(&g, "list");
	assert_int_equal(list_row_at(&l, &s, &v, 0), 1);
	assert_int_equal(list_row_at(&l, &s, &v, 5), 3);
	v.count = 0;
	c = golden_begin(&g);
	list_draw(&l, &c, &v);
	golden_check(&g, "list_empty");
	golden_close(&g);
}

static void test_lineedit(void **state)
{
	struct lineedit le = {0}, memo = {.multi = true}, pin = {.secret = true};
	struct golden g;

	(void)state;
	golden_open(&g, 9, 30, "dark");
	struct canvas c = golden_begin(&g);
	lineedit_set(&le, "账户不能转账，着急给员工发工资，网点说系统限制");
	lineedit_set(&memo, "第一行\n客户说昨天下午开始不能转出，已经打过一次电话。");
	lineedit_set(&pin, "123456");
	struct canvas one = canvas_sub(&c, (struct rect){1, 2, 1, 20});
	struct canvas same = canvas_sub(&c, (struct rect){2, 2, 1, 20});
	struct canvas many = canvas_sub(&c, (struct rect){4, 2, 3, 20});
	struct canvas secret = canvas_sub(&c, (struct rect){8, 2, 1, 20});
	lineedit_draw(&le, &same, STYLE_UNDERLINE, false);
	lineedit_draw(&memo, &many, STYLE_UNDERLINE, true);
	lineedit_draw(&pin, &secret, STYLE_UNDERLINE, false);
	lineedit_draw(&le, &one, STYLE_UNDERLINE, true);
	golden_check(&g, "lineedit");
	lineedit_release(&le);
	lineedit_release(&memo);
	lineedit_release(&pin);
	golden_close(&g);
}

static void popup_on(struct golden *g, struct popup *p, const char *name)
{
	struct canvas c = golden_begin(g);

	for (int y = 0; y < 24; y++)
		canvas_text(&c, y, 0, ROLE_DIM, "冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻冻");
	canvas_caret(&c, 12, 5, true);
	popup_draw(p, &c);
	golden_check(g, name);
}

static void test_popups(void **state)
{
	struct golden g;
	struct popup p = {0};

	(void)state;
	golden_open(&g, 24, 80, "dark");
	popup_confirm(&p, 1, "挂断？", "通话仍在进行，客户还没有确认方案。");
	popup_on(&g, &p, "popup_confirm");
	popup_menu(&p, 1, "示忙原因", "选择一个原因；计入今日时长。");
	popup_add_row(&p, '1', "小休", "10 分", NULL);
	popup_add_row(&p, '2', "培训", NULL, NULL);
	popup_add_row(&p, '3', "其他", NULL, NULL);
	popup_on(&g, &p, "popup_menu");
	popup_pick(&p, 1, "分类", NULL);
	for (int i = 0; i < 30; i++) {
		char label[40];
		snprintf(label, sizeof(label), "分类 %02d 账户冻结", i);
		popup_add_row(&p, 0, label, "account.freeze", NULL);
	}
	popup_ready(&p);
	popup_paste(&p, sv("冻结 0"));
	list_select(&p.list, 9, 10, p.shown.n, NULL, NULL);
	popup_on(&g, &p, "popup_pick");
	popup_paste(&p, sv("xyz"));
	popup_refuse(&p, "没有符合的，改一改或按 Esc");
	popup_on(&g, &p, "popup_pick_none");
	// Longer than a line: the whole of it can be read, the remedy too.
	popup_refuse(&p, "与中心断开，发了也没人看到。请口头或打电话通知大家，恢复后再发。");
	popup_on(&g, &p, "popup_refused");
	popup_prompt(&p, 1, "回访预约", "客户的号码会自动带上。");
	popup_add_field(&p, "时间", "明天 10:00", true, 1);
	popup_add_field(&p, "备注", "第一行\n第二行", false, 3);
	popup_on(&g, &p, "popup_prompt");
	struct str help = {0};
	for (int i = 1; i <= 40; i++)
		str_addf(&help, "F%d  第 %d 行帮助，说明这个键在这里做什么。\n", i, i);
	popup_message(&p, 1, "帮助", str_z(&help));
	p.scroll = 5;
	popup_on(&g, &p, "popup_text");
	str_release(&help);
	popup_release(&p);
	golden_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canvas), cmocka_unit_test(test_inside),	cmocka_unit_test(test_widths),
		cmocka_unit_test(test_list),   cmocka_unit_test(test_lineedit), cmocka_unit_test(test_popups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
