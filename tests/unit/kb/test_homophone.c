// SPDX-License-Identifier: MIT
// Knows which characters sound alike, found by comparing every character with every other.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/homophone.h"
#include "src/base/err.h"
#include "src/base/han.h"
#include "src/base/utf8.h"

enum { MANY = 4000 };

static uint32_t cp_of(const char *s)
{
	uint32_t cp;

	utf8_decode(sv(s), &cp);
	return cp;
}

// Place of b among those that sound like a; -1 if it is none of the first max.
static int place(const char *a, const char *b, size_t max)
{
	uint32_t out[MANY];
	size_t n = kb_homophones(cp_of(a), out, max);

	for (size_t i = 0; i < n; i++)
		if (out[i] == cp_of(b))
			return (int)i;
	return -1;
}

static void test_what_is_mistyped(void **state)
{
	static const struct {
		const char *meant, *typed;
		int within;
	} cases[] = {
		{"冻", "东", 8}, {"冻", "动", 8}, {"动", "冻", 8}, {"东", "冻", 8}, {"账", "丈", 12}, {"账", "张", 4}, {"帐", "张", 4},
		{"帳", "张", 4}, {"丈", "账", 8}, {"销", "消", 4}, {"消", "销", 12}, {"得", "的", 1}, {"地", "的", 8}, {"的", "得", 2},
		{"在", "再", 1}, {"做", "作", 2}, {"凍", "动", 8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int at = place(cases[i].meant, cases[i].typed, MANY);
		if (at < 0 || at >= cases[i].within)
			fail_msg("%s for %s has place %d", cases[i].typed, cases[i].meant, at);
	}
	assert_int_equal(place("账", "帐", MANY), -1); // the same character
	assert_int_equal(place("账", "账", MANY), -1);
	assert_int_equal(place("冻", "结", MANY), -1);
	// near ones, behind the exact ones
	assert_true(place("四", "是", MANY) > place("四", "死", MANY));
	assert_true(place("四", "死", MANY) >= 0);
	assert_true(place("蓝", "男", MANY) > place("蓝", "览", MANY));
	assert_true(place("银", "应", MANY) > place("银", "引", MANY));
	assert_true(place("山", "桑", MANY) > place("山", "商", MANY)); // san, shang, then sang
	// a rare reading counts for little
	assert_true(place("长", "常", MANY) < place("长", "丈", MANY));
	assert_true(place("的", "德", MANY) < place("的", "第", MANY));
	uint32_t out[2];
	assert_int_equal(kb_homophones('a', out, 2), 0);
	assert_int_equal(kb_homophones(0x10ffff, out, 2), 0);
	assert_int_equal(kb_homophones(cp_of("冻"), out, 0), 0);
}

// ---- comparing all with all ----

struct sound {
	bool digraph, l, g;
	char rest[8];
};

static struct sound sound_of(const char *s)
{
	struct sound d = {0};
	size_t n = strlen(s), k = 1;

	d.rest[0] = s[0];
	if (strchr("zcs", s[0]) && s[1] == 'h') {
		d.digraph = true;
		s++;
		n--;
	}
	if (s[0] == 'l' && n > 1) {
		d.l = true;
		d.rest[0] = 'n';
	}
	d.g = n > 2 && s[n - 1] == 'g' && strchr("aei", s[n - 3]);
	for (size_t i = 1; i < n - d.g; i++)
		d.rest[k++] = s[i];
	return d;
}

// 0 to 2: in how many of the two ways these differ; 9: they sound different.
static int apart(unsigned a, unsigned b)
{
	struct sound x = sound_of(han_syllable(a)), y = sound_of(han_syllable(b));

	if (!str_eq(x.rest, y.rest))
		return 9;
	return (x.digraph != y.digraph || x.l != y.l) + (x.g != y.g);
}

static int nearness(uint32_t a, uint32_t b)
{
	uint16_t x[HAN_READINGS_MAX], y[HAN_READINGS_MAX];
	size_t nx = han_reading_numbers(a, x, HAN_READINGS_MAX), ny = han_reading_numbers(b, y, HAN_READINGS_MAX);
	int best = 9;

	for (size_t i = 0; i < nx; i++)
		for (size_t k = 0; k < ny; k++) {
			int d = apart(x[i], y[k]);
			best = d < best ? d : best;
		}
	return best;
}

// Every standard character once.
static size_t standard(uint32_t *v, size_t max)
{
	size_t n = 0, len;
	bool *seen = xcalloc(0x32000, sizeof(*seen));

	for (unsigned s = 0; s < han_syllable_count(); s++) {
		const uint32_t *c = han_syllable_chars(s, &len);
		for (size_t i = 0; i < len; i++) {
			if (seen[c[i]])
				continue;
			seen[c[i]] = true;
			assert_true(n < max);
			v[n++] = c[i];
		}
	}
	free(seen);
	return n;
}

static void test_all_that_sound_alike_are_given_once(void **state)
{
	static uint32_t all[9000], out[MANY], few[10];
	size_t n = standard(all, 9000);

	(void)state;
	assert_in_range(n, 7000, 8999);
	for (size_t i = 0; i < n; i += 97) {
		size_t want = 0, got = kb_homophones(all[i], out, MANY);
		int last = 0;
		for (size_t k = 0; k < n; k++)
			want += k != i && nearness(all[i], all[k]) < 9;
		if (got != want)
			fail_msg("U+%04X: %zu, not %zu", all[i], got, want);
		for (size_t k = 0; k < got; k++) {
			int near = nearness(all[i], out[k]);
			assert_in_range(near, last, 2);
			last = near;
			assert_true(out[k] != all[i]);
			for (size_t j = 0; j < k; j++)
				assert_true(out[j] != out[k]);
		}
		size_t less = kb_homophones(all[i], few, 10);
		assert_int_equal(less, got < 10 ? got : 10);
		assert_memory_equal(few, out, less * sizeof(*few));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_mistyped),
		cmocka_unit_test(test_all_that_sound_alike_are_given_once),
	};

	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
