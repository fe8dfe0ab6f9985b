// SPDX-License-Identifier: MIT
// Knows what the line editor promises: graphemes, limits, undo, caret and scroll.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <malloc.h>
#include <locale.h>

#include "src/base/utf8.h"
#include "ui/lineedit.h"

static void type(struct lineedit *le, const char *s)
{
	uint32_t cp;

	for (struct sv r = sv(s); r.n;) {
		size_t n = utf8_decode(r, &cp);
		lineedit_key(le, (struct key){K_CHAR, cp, 0});
		r = sv_n(r.p + n, r.n - n);
	}
}

static void act(struct lineedit *le, enum action a)
{
	assert_true(lineedit_act(le, a, NULL));
}

static void is(const struct lineedit *le, const char *text, size_t caret)
{
	assert_string_equal(lineedit_text(le), text);
	assert_int_equal(le->caret, caret);
}

static void test_typing(void **state)
{
	struct lineedit le = {0};

	(void)state;
	type(&le, "账户ab");
	is(&le, "账户ab", 8);
	act(&le, ACT_EDIT_LEFT);
	act(&le, ACT_EDIT_LEFT);
	act(&le, ACT_EDIT_BACKSPACE);
	is(&le, "账ab", 3);
	act(&le, ACT_EDIT_DELETE);
	is(&le, "账b", 3);
	act(&le, ACT_EDIT_HOME);
	type(&le, "x");
	is(&le, "x账b", 1);
	act(&le, ACT_EDIT_END);
	act(&le, ACT_EDIT_KILL_ALL);
	is(&le, "", 0);
	act(&le, ACT_EDIT_BACKSPACE);
	act(&le, ACT_EDIT_DELETE);
	act(&le, ACT_EDIT_LEFT);
	act(&le, ACT_EDIT_RIGHT);
	is(&le, "", 0);
	assert_false(lineedit_act(&le, ACT_HELP, NULL));
	assert_false(lineedit_key(&le, (struct key){K_CHAR, 'c', MOD_ALT}));
	lineedit_release(&le);
}

// An accent goes with its letter, a family emoji is one step, a mark typed later joins.
static void test_graphemes(void **state)
{
	struct lineedit le = {0};

	(void)state;
	lineedit_set(&le, "ae\u0301");
	act(&le, ACT_EDIT_BACKSPACE);
	is(&le, "a", 1);
	lineedit_set(&le, "x👨‍👩‍👧");
	act(&le, ACT_EDIT_LEFT);
	assert_int_equal(le.caret, 1);
	act(&le, ACT_EDIT_DELETE);
	is(&le, "x", 1);
	lineedit_set(&le, "eb");
	act(&le, ACT_EDIT_LEFT);
	type(&le, "\u0301");
	is(&le, "e\u0301b", 3);
	act(&le, ACT_EDIT_LEFT);
	assert_int_equal(le.caret, 0);
	lineedit_release(&le);
}

static void test_words(void **state)
{
	struct lineedit le = {0};

	(void)state;
	lineedit_set(&le, "hello world 冻结");
	act(&le, ACT_EDIT_WORD_LEFT);
	assert_int_equal(le.caret, 15);
	act(&le, ACT_EDIT_WORD_LEFT);
	act(&le, ACT_EDIT_WORD_LEFT);
	assert_int_equal(le.caret, 6);
	act(&le, ACT_EDIT_WORD_BACK);
	is(&le, "world 冻结", 0);
	act(&le, ACT_EDIT_WORD_RIGHT);
	assert_int_equal(le.caret, 5);
	act(&le, ACT_EDIT_KILL);
	is(&le, "world", 5);
	lineedit_release(&le);
}

static void test_undo(void **state)
{
	struct lineedit le = {0};

	(void)state;
	type(&le, "one two");
	act(&le, ACT_EDIT_UNDO);
	is(&le, "one", 3); // typing is grouped by words
	act(&le, ACT_EDIT_UNDO);
	is(&le, "", 0);
	act(&le, ACT_EDIT_UNDO);
	is(&le, "", 0);
	act(&le, ACT_EDIT_REDO);
	act(&le, ACT_EDIT_REDO);
	is(&le, "one two", 7);
	act(&le, ACT_EDIT_BACKSPACE);
	act(&le, ACT_EDIT_BACKSPACE);
	is(&le, "one t", 5);
	act(&le, ACT_EDIT_UNDO);
	is(&le, "one two", 7);
	type(&le, "x"); // a new change: nothing to redo
	act(&le, ACT_EDIT_REDO);
	is(&le, "one twox", 8);
	lineedit_insert(&le, sv("paste"));
	act(&le, ACT_EDIT_UNDO);
	is(&le, "one twox", 8);
	lineedit_release(&le);
}

static bool digits(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

static void test_paste_and_limits(void **state)
{
	struct lineedit le = {0}, memo = {.multi = true}, pin = {.filter = digits, .max = 6};

	(void)state;
	assert_true(lineedit_insert(&le, sv("a\r\nb\tc\x1b[31m\u202e\xff")));
	assert_null(strpbrk(lineedit_text(&le), "\r\n\t\x1b"));
	assert_null(strstr(lineedit_text(&le), "\u202e"));
	assert_int_equal(strncmp(lineedit_text(&le), "a b c", 5), 0);
	lineedit_insert(&memo, sv("a\r\nb"));
	is(&memo, "a\nb", 3);
	lineedit_insert(&pin, sv("12-34 5678"));
	is(&pin, "123456", 6);
	assert_false(lineedit_key(&pin, (struct key){K_CHAR, '7', 0}));
	act(&pin, ACT_EDIT_BACKSPACE);
	type(&pin, "x9");
	is(&pin, "123459", 6);
	le.max = 3;
	lineedit_set(&le, "");
	lineedit_insert(&le, sv("冻结账户"));
	is(&le, "冻结账", 9);
	assert_int_equal(lineedit_count(&le), 3);
	lineedit_release(&le);
	lineedit_release(&memo);
	lineedit_release(&pin);
}

static void cell(const struct lineedit *le, int rows, int width, int want_y, int want_x)
{
	int y, x;

	lineedit_caret_cell(le, rows, width, &y, &x);
	assert_int_equal(y, want_y);
	assert_int_equal(x, want_x);
}

static void test_caret_cell(void **state)
{
	struct lineedit le = {0}, memo = {.multi = true};

	(void)state;
	lineedit_set(&le, "冻结e\u0301");
	cell(&le, 1, 10, 0, 5);
	lineedit_set(&le, "0123456789");
	for (int i = 0; i < 40; i++) {
		int y, x;
		lineedit_caret_cell(&le, 1, 10, &y, &x);
		assert_in_range(x, 0, 9);
		type(&le, i % 3 ? "a" : "账");
	}
	lineedit_set(&memo, "abcde"); // fills the row: the caret goes to the next
	cell(&memo, 3, 5, 1, 0);
	assert_int_equal(lineedit_rows(&memo, 5), 2);
	lineedit_set(&memo, "ab\n冻结账\n");
	assert_int_equal(lineedit_rows(&memo, 5), 4);
	cell(&memo, 9, 5, 3, 0);
	cell(&memo, 2, 5, 1, 0); // scrolled
	assert_true(lineedit_move_row(&memo, 5, -1));
	assert_true(lineedit_move_row(&memo, 5, -1));
	cell(&memo, 9, 5, 1, 0);
	act(&memo, ACT_EDIT_RIGHT);
	assert_true(lineedit_move_row(&memo, 5, -1));
	cell(&memo, 9, 5, 0, 2);
	assert_false(lineedit_move_row(&memo, 5, -1));
	act(&memo, ACT_EDIT_END);
	act(&memo, ACT_EDIT_HOME);
	cell(&memo, 9, 5, 0, 0);
	assert_false(lineedit_move_row(&le, 10, -1)); // one line has no rows
	lineedit_release(&le);
	lineedit_release(&memo);
}

// Random keys: the caret is always between graphemes, the cell within the field, undo leads back to the start.
static void test_random(void **state)
{
	static const char *const pieces[] = {"a", "冻", "\u0301", "👨", "\u200d", " ", "\n", "🇨", "ｱ", "\x1b[A"};
	static const enum action acts[] = {ACT_EDIT_LEFT, ACT_EDIT_RIGHT, ACT_EDIT_WORD_LEFT, ACT_EDIT_WORD_RIGHT,
					   ACT_EDIT_HOME, ACT_EDIT_END, ACT_EDIT_BACKSPACE, ACT_EDIT_DELETE,
					   ACT_EDIT_WORD_BACK, ACT_EDIT_KILL, ACT_EDIT_UNDO, ACT_EDIT_REDO};
	unsigned seed = 12345;

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct lineedit le = {.multi = round & 1, .max = round % 5 ? 60 : 7};
		for (int i = 0; i < 80; i++) {
			seed = seed * 1103515245 + 12345;
			unsigned r = seed >> 16;
			if (r % 3)
				lineedit_insert(&le, sv(pieces[r / 3 % 10]));
			else
				lineedit_act(&le, acts[r / 3 % 12], NULL);
			if (r % 7 == 0)
				lineedit_move_row(&le, 6, r & 64 ? 1 : -1);
			struct sv s = sv(lineedit_text(&le));
			assert_true(le.caret <= s.n);
			size_t at = 0;
			while (at < le.caret)
				at = utf8_next(s, at);
			assert_int_equal(at, le.caret);
			assert_true(utf8_valid(s));
			assert_in_range(lineedit_count(&le), 0, le.max);
			int y, x;
			lineedit_caret_cell(&le, 3, 6, &y, &x);
			assert_in_range(y, 0, 2);
			assert_in_range(x, 0, 6);
		}
		for (int i = 0; i < 200; i++)
			lineedit_act(&le, ACT_EDIT_UNDO, NULL);
		if (le.undo.n == 0 && le.redo.n < 100)
			assert_string_equal(lineedit_text(&le), "");
		lineedit_release(&le);
	}
}

// --- what is left behind

// Every block that is given back goes through here (meson.build wraps free and realloc): copies of the secret are counted.
static const char secret[] = "hunter2";
static int left_behind;

void __real_free(void *p);
void *__real_realloc(void *p, size_t n);
void __wrap_free(void *p);
void *__wrap_realloc(void *p, size_t n);

static void look(const void *p)
{
	if (p && memmem(p, malloc_usable_size((void *)(uintptr_t)p), secret, sizeof(secret) - 1))
		left_behind++;
}

void __wrap_free(void *p)
{
	look(p);
	__real_free(p);
}

// A block that moves leaves what it held where it was.
void *__wrap_realloc(void *p, size_t n)
{
	look(p);
	return __real_realloc(p, n);
}

static int type_and_release(bool is_secret)
{
	struct lineedit le = {.secret = is_secret, .max = 128};

	left_behind = 0;
	for (const char *p = "hunter2-hunter2-and-a-long-rest-of-it-that-makes-it-grow"; *p; p++)
		assert_true(lineedit_key(&le, (struct key){.kind = K_CHAR, .cp = (uint32_t)*p}));
	assert_true(lineedit_insert(&le, sv(", pasted hunter2")));
	assert_true(lineedit_act(&le, ACT_EDIT_BACKSPACE, NULL));
	assert_int_equal(le.undo.n == 0, is_secret);
	assert_true(lineedit_act(&le, ACT_EDIT_KILL_ALL, NULL));
	assert_true(lineedit_act(&le, ACT_EDIT_UNDO, NULL));
	assert_int_equal(*lineedit_text(&le) == '\0', is_secret);
	assert_true(lineedit_insert(&le, sv(secret)));
	lineedit_release(&le);
	return left_behind;
}

static void test_secret(void **state)
{
	(void)state;
	assert_int_equal(type_and_release(true), 0);
	assert_true(type_and_release(false) > 0); // the control: it would be seen
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typing), cmocka_unit_test(test_graphemes),
		cmocka_unit_test(test_words),  cmocka_unit_test(test_undo),
		cmocka_unit_test(test_paste_and_limits), cmocka_unit_test(test_caret_cell),
		cmocka_unit_test(test_random), cmocka_unit_test(test_secret),
	};

	setlocale(LC_ALL, "");
	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
