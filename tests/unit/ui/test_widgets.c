// SPDX-License-Identifier: MIT
// Knows the pure parts of lists, popups and line breaking.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <locale.h>

#include "src/base/utf8.h"
#include "ui/popup.h"

static void test_list_top(void **state)
{
	static const struct {
		size_t wanted, selected;
		int height;
		size_t count, top;
	} cases[] = {
		{0, 0, 5, 0, 0},  {0, 4, 5, 5, 0},   {0, 5, 5, 9, 1},	{3, 1, 5, 9, 1}, {8, 8, 5, 9, 4},
		{3, 5, 5, 9, 3},  {7, 99, 5, 9, 4}, {0, 8, 20, 9, 0}, {4, 4, 0, 9, 4}, {2, 3, 1, 9, 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(list_top(cases[i].wanted, cases[i].selected, cases[i].height, cases[i].count),
				 cases[i].top);
}

static const char *word(const void *ctx, size_t i)
{
	return ((const char *const *)ctx)[i];
}

static void test_list_keeps_row(void **state)
{
	static const char *const before[] = {"a", "b", "c", "d"}, *const after[] = {"x", "y", "a", "b", "c"},
				*const gone[] = {"a", "x"};
	struct list l = {0};

	(void)state;
	assert_true(list_act(&l, ACT_LIST_DOWN, 3, 4, word, before));
	assert_true(list_act(&l, ACT_LIST_DOWN, 3, 4, word, before));
	assert_int_equal(l.selected, 2);
	list_sync(&l, 5, word, after);
	assert_int_equal(l.selected, 4); // c, although two rows came in above
	list_sync(&l, 2, word, gone);
	assert_int_equal(l.selected, 1);
	list_sync(&l, 0, word, gone);
	assert_int_equal(l.selected, 0);
	assert_false(list_move(&l, 1, 3, 0, word, gone));
	assert_true(list_act(&l, ACT_LIST_LAST, 3, 4, word, before));
	assert_int_equal(l.selected, 3);
	assert_true(list_act(&l, ACT_LIST_PAGE_UP, 3, 4, word, before));
	assert_int_equal(l.selected, 1);
	assert_false(list_act(&l, ACT_HELP, 3, 4, word, before));
}

static void test_wrap(void **state)
{
	static const struct {
		const char *text;
		int width;
		const char *want; // lines joined by |
	} cases[] = {
		{"the quick brown fox", 10, "the quick|brown fox"},
		{"跟您核对一下：您是想了解", 10, "跟您核对一|下：您是想|了解"},
		// A comma never begins a line: the character before it goes along.
		{"您的账户已，恢复", 10, "您的账户|已，恢复"},
		{"您的账户（风控）恢复", 10, "您的账户|（风控）恢|复"},
		{"他说“请稍等”再来", 5, "他说|“请稍|等”再|来"},
		{"a\n\nb\n", 10, "a||b"},
		{"abcdefghijkl", 5, "abcde|fghij|kl"},
		{"账号ABC123结", 6, "账号|ABC123|结"},
		{"冻", 1, "冻"},
		{"ab  cd", 2, "ab|cd"},
		{"ab \ncd", 2, "ab|cd"},
		{"", 10, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str out = {0};
		struct sv line;
		size_t at = 0;
		int n = 0;
		while (wrap_next(sv(cases[i].text), &at, cases[i].width, &line)) {
			if (n++)
				str_addc(&out, '|');
			str_addn(&out, line.p, line.n);
		}
		assert_string_equal(str_z(&out), cases[i].want);
		assert_int_equal(n, wrap_lines(sv(cases[i].text), cases[i].width));
		str_release(&out);
	}
}

struct session {
	struct popup p;
	struct keymap *km;
	struct popup_result r;
	enum action left;
};

static bool press(struct session *s, const char *name)
{
	struct key k;
	struct err e = {0};

	if (!key_parse(sv(name), &k, &e))
		fail_msg("%s", e.msg);
	return popup_input(&s->p, s->km, k, &s->r, &s->left);
}

static void test_confirm(void **state)
{
	struct session s = {.km = keymap_new()};

	(void)state;
	popup_confirm(&s.p, 7, "Hang up?", "The call is running.");
	assert_true(press(&s, "Enter")); // no is the default
	assert_false(s.r.accepted);
	popup_confirm(&s.p, 7, "Hang up?", NULL);
	assert_false(press(&s, "Left"));
	assert_true(press(&s, "Enter"));
	assert_true(s.r.accepted && s.r.id == 7);
	popup_confirm(&s.p, 7, "Hang up?", NULL);
	assert_true(press(&s, "y"));
	assert_true(s.r.accepted);
	popup_confirm(&s.p, 7, "Hang up?", NULL);
	assert_true(press(&s, "Esc"));
	assert_false(s.r.accepted);
	// The telephone lives on while a dialog is open.
	assert_false(press(&s, "F6"));
	assert_int_equal(s.left, ACT_HOLD);
	popup_release(&s.p);
	keymap_free(s.km);
}

static void test_menu(void **state)
{
	struct session s = {.km = keymap_new()};

	(void)state;
	popup_menu(&s.p, 3, "Busy", NULL);
	popup_add_row(&s.p, 'k', "Break", NULL, "break"); // k is also "up" in lists: the row's own key wins
	popup_add_row(&s.p, '2', "Training", NULL, "training");
	assert_false(press(&s, "Down"));
	assert_true(press(&s, "Enter"));
	assert_int_equal(s.r.row, 1);
	assert_string_equal(s.r.row_id, "training");
	assert_true(press(&s, "k"));
	assert_string_equal(s.r.row_id, "break");
	popup_release(&s.p);
	keymap_free(s.km);
}

static void test_pick(void **state)
{
	struct session s = {.km = keymap_new()};

	(void)state;
	popup_pick(&s.p, 4, "Category", NULL);
	popup_add_row(&s.p, 0, "查询账单", NULL, "account.bill");
	popup_add_row(&s.p, 0, "账户冻结", NULL, "account.freeze");
	popup_add_row(&s.p, 0, "Refund", "退款", "refund");
	popup_ready(&s.p);
	assert_int_equal(s.p.shown.n, 3);
	popup_paste(&s.p, sv("账"));
	assert_int_equal(s.p.shown.n, 2);
	assert_int_equal(s.p.shown.v[0], 1); // the label that starts with it comes first
	assert_false(press(&s, "C-u"));
	assert_int_equal(s.p.shown.n, 3);
	assert_false(press(&s, "d"));
	assert_false(press(&s, "j")); // text here, although "down" in lists
	assert_string_equal(lineedit_text(&s.p.filter), "dj");
	assert_int_equal(s.p.shown.n, 1);
	assert_true(press(&s, "Enter"));
	assert_int_equal(s.r.row, 1);
	assert_string_equal(s.r.row_id, "account.freeze");
	assert_false(press(&s, "C-u"));
	popup_paste(&s.p, sv("REF"));
	assert_true(press(&s, "Enter"));
	assert_string_equal(s.r.row_id, "refund");
	popup_paste(&s.p, sv("zzz"));
	assert_false(press(&s, "Enter")); // nothing matches: stays open and says so
	assert_true(s.p.error[0]);
	s.p.free_text = true;
	assert_true(press(&s, "Enter"));
	assert_string_equal(s.r.text, "REFzzz");
	assert_int_equal(s.r.row, s.p.rows.n);
	assert_null(s.r.row_id);
	popup_release(&s.p);
	keymap_free(s.km);
}

static void test_prompt(void **state)
{
	struct session s = {.km = keymap_new()};

	(void)state;
	popup_prompt(&s.p, 5, "Transfer", NULL);
	popup_add_field(&s.p, "To", "", true, 1);
	popup_add_field(&s.p, "Note", "", false, 3);
	assert_false(press(&s, "Enter")); // on to the next
	assert_int_equal(s.p.field, 1);
	assert_false(press(&s, "Enter")); // the first is needed
	assert_int_equal(s.p.field, 0);
	assert_true(s.p.error[0]);
	assert_false(press(&s, "8"));
	assert_false(s.p.error[0]);
	popup_paste(&s.p, sv("00\n1"));
	assert_false(press(&s, "Tab"));
	assert_false(press(&s, "n"));
	assert_false(press(&s, "M-Enter"));
	assert_false(press(&s, "j"));
	assert_true(press(&s, "Enter"));
	assert_int_equal(s.r.ntexts, 2);
	assert_string_equal(s.r.texts[0], "800 1");
	assert_string_equal(s.r.texts[1], "n\nj");
	popup_refuse(&s.p, "No such station");
	assert_string_equal(s.p.error, "No such station");
	assert_true(press(&s, "Esc"));
	assert_false(s.r.accepted);
	popup_release(&s.p);
	keymap_free(s.km);
}

static void test_popup_place(void **state)
{
	struct popup p = {0};

	(void)state;
	popup_confirm(&p, 1, "Hang up?", "The call is running.");
	for (int line = 0; line < 24; line++) {
		struct rect r = popup_rect(&p, 24, 80, line);
		if (line >= r.y && line < r.y + r.h)
			fail_msg("covers line %d", line);
		assert_true(r.y >= 0 && r.y + r.h <= 24 && r.x >= 0 && r.x + r.w <= 80);
	}
	popup_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_top), cmocka_unit_test(test_list_keeps_row),
		cmocka_unit_test(test_wrap),	 cmocka_unit_test(test_confirm),
		cmocka_unit_test(test_menu),	 cmocka_unit_test(test_pick),
		cmocka_unit_test(test_prompt),	 cmocka_unit_test(test_popup_place),
	};

	setlocale(LC_ALL, "");
	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
