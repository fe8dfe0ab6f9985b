// SPDX-License-Identifier: MIT
// Knows into which tokens texts fall, and that folding is the same however it is asked for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/fold.h"

static void note(void *arg, const struct kb_token *t)
{
	struct str *out = arg;

	if (t->kind == KB_HAN2)
		return;
	if (out->n)
		str_addc(out, ' ');
	str_addn(out, t->text.p, t->text.n);
	if (t->joined)
		str_addc(out, '*');
}

// Words stay whole, codes stand in parts and whole (marked *), Han characters one by one.
static void test_what_a_text_falls_into(void **state)
{
	static const struct {
		const char *text, *tokens;
	} cases[] = {
		{"ADSL故障", "adsl 故 障"},
		{"KB-FIN-001", "kb fin 001 kb-fin-001*"},
		{"订单号PIR-2024-07。", "订 单 号 pir 2024 07 pir-2024-07*"},
		{"order 2026112200017", "order 2026112200017"},
		{"5G套餐", "5g 套 餐"},
		{"C++?", "c"},
		{"2026-11-22", "2026 11 22 2026-11-22*"},
		{"2026/11/22，12.5%", "2026 11 22 2026/11/22* 12 5 12.5*"},
		{"V1.2-rc3", "v1 2 rc3 v1.2-rc3*"},
		{"self-service", "self servic"}, // joined words without a digit are no code
		{"ＡＤＳＬ　１２", "adsl 12"},
		{"Cafés naïve", "cafe naiv"},
		{"ﬁle №5", "file no5"},
		{"帳戶凍結，臺灣賬單", "账 户 冻 结 台 湾 账 单"},
		{"帐号", "账 号"},
		{"delayed delaying delays", "delay delay delay"},
	};
	struct kb_analyser *an = kb_analyser_new();

	(void)state;
	for (int round = 0; round < 2; round++) // the second time stems and foldings are remembered
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct str got = {0};
			kb_analyse(an, sv(cases[i].text), note, &got);
			assert_string_equal(str_z(&got), cases[i].tokens);
			str_release(&got);
		}
	kb_analyser_free(an);
}

struct places {
	const char *text;
	uint32_t last;
	size_t pairs;
};

static void check_place(void *arg, const struct kb_token *t)
{
	struct places *p = arg;
	uint32_t cp;

	if (t->kind == KB_WORD)
		return;
	assert_int_equal(utf8_decode(t->text, &cp), t->kind == KB_HAN1 ? t->text.n : t->text.n / 2);
	assert_int_equal(cp, t->cp[0]);
	if (t->kind == KB_HAN1) {
		utf8_decode(sv_n(p->text + t->from, t->to - t->from), &cp);
		assert_int_equal(cp, t->cp[0]); // simplified already in this text
		p->last = cp;
		return;
	}
	p->pairs++;
	assert_int_equal(t->cp[1], p->last);
	assert_int_equal(t->to - t->from, 6);
}

static void test_han_tokens_carry_their_characters(void **state)
{
	struct kb_analyser *an = kb_analyser_new();
	struct places p = {.text = "账户冻结A怎么 办"};

	(void)state;
	kb_analyse(an, sv(p.text), check_place, &p);
	assert_int_equal(p.pairs, 4); // none over a letter or a blank
	kb_analyser_free(an);
}

// Folding what is folded changes nothing, whatever the code point; and the remembered answer is the same answer.
static void test_folding_is_idempotent_everywhere(void **state)
{
	struct kb_analyser *an = kb_analyser_new();
	struct kb_folds *folds = kb_analyser_folds(an);

	(void)state;
	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		uint32_t once[KB_FOLD_MAX + 1], twice[KB_FOLD_MAX + 1];
		size_t n = kb_fold_cp(cp, once, KB_FOLD_MAX + 1);
		assert_true(n <= KB_FOLD_MAX);
		for (size_t i = 0; i < n; i++)
			if (kb_fold_cp(once[i], twice, KB_FOLD_MAX) != 1 || twice[0] != once[i])
				fail_msg("U+%04X folds to U+%04X, and that to U+%04X", cp, once[i], twice[0]);
		for (int again = 0; again < 2; again++) {
			uint32_t f = kb_folded(folds, cp);
			assert_int_equal(n != 1, (f & KB_FOLDED_MANY) != 0);
			assert_true(n != 1 || (f & KB_FOLDED) == once[0]);
		}
	}
	kb_analyser_free(an);
}

// The decoder in place reads as the one of src/base does, valid or not.
static void test_decoding(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1u << 20; i++) {
		char b[4] = {(char)(0xc0 | i >> 14), (char)(i >> 6), (char)(i * 37), (char)(0x80 | i >> 2)};
		uint32_t x, y;
		for (size_t n = 1; n <= 4; n++) {
			assert_int_equal(kb_decode(sv_n(b, n), &x), utf8_decode(sv_n(b, n), &y));
			assert_int_equal(x, y);
		}
	}
}

// Thousands of words share the places where stems are remembered.
static void test_remembered_stems_are_right(void **state)
{
	struct kb_analyser *an = kb_analyser_new(), *fresh = kb_analyser_new();

	(void)state;
	for (int round = 0; round < 2; round++)
		for (unsigned i = 0; i < 30000; i++) {
			char w[24];
			unsigned v = i * 7919 % 30000;
			size_t n = 0;
			for (; v; v /= 26)
				w[n++] = (char)('a' + v % 26);
			const char *end = (const char *const[]){"ing", "ed", "s", "ness", "", "ingly"}[i % 6];
			memcpy(w + n, end, strlen(end));
			n += strlen(end);
			struct sv got = kb_stem(an, sv_n(w, n));
			if (i % 1000 == 0) {
				kb_analyser_free(fresh);
				fresh = kb_analyser_new();
			}
			assert_true(sv_eq(got, kb_stem(fresh, sv_n(w, n))));
		}
	kb_analyser_free(an);
	kb_analyser_free(fresh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_text_falls_into),
		cmocka_unit_test(test_han_tokens_carry_their_characters),
		cmocka_unit_test(test_folding_is_idempotent_everywhere),
		cmocka_unit_test(test_decoding),
		cmocka_unit_test(test_remembered_stems_are_right),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
