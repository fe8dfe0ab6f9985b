// SPDX-License-Identifier: MIT
// Knows that the one pass over a text counts and places exactly the tokens that the analyser cuts, whatever stands in the text.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <stdlib.h>

#include "kb/scan.h"
#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/base/vec.h"

// What texts are made of. Every folding that exists: width, case, accents, ligatures, signs that become several characters or
// none, traditional and variant Han, Han outside the common block, scripts that are words without being Latin.
static const char *const pieces[] = {
	"账户冻结", "帳戶凍結", "银行", "銀行卡", "退货", "退", "货", "的", "一", "臺灣", "台湾", "裏", "里", "衆", "龍", "𠮷", "㐀", "豈", "〇", "々",
	"a", "i", "MU", "5137", "MU-5137", "KB-FIN-001", "kb_fin.001", "PIR-2024/07", "ADSL故障", "4S店", "3.4%", "v1.2.3", "A-", "-B", "a--b2",
	"delayed", "delaying", "flights", "Flight", "running", "skies", "dying", "y", "yes", "generously", "international",
	"ＡＢＣ", "ｆｌｉｇｈｔ", "１２３", "café", "cafe\u0301", "naïve", "İstanbul", "straße", "ﬁx", "ﬃ", "№5", "㈱", "㊗", "㏂", "½", "x²",
	"ﷺ", "한국어", "カタカナ", "ｶﾞ", "ひらがな", "привет", "Ёлка", "ελλάδα", "ไทย", "العربية", "ß", "ſ",
	"soft\u00adhyphen", "\u00ad", "\u200b", "\u200d", "\ufe0f", "\u0301", "\u3000", "，", "。", "“", "”", "、", " ", "\n", "\t", "-", "_", ".", "/",
	"😀", "👨‍👩‍👧", "🇨🇳", "[\"退货\",\"运费\"]", "\"", ",", "\\u8d26", "{}", "0", "00000000000000000000000000000000000000000000000000000000000000001",
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "\U0010fffd", "\ue000", "\x7f", "\xc2\x85",
	"Донаудампфшиффартсгезельшафтскапитенсмютце", "flightпривет", "приветflight", "flight한국", "1st", "e\u0301\u0301t", "－", "MU－5137",
};
enum { PIECES = sizeof(pieces) / sizeof(*pieces), SOUGHT = 24, HITS = 4096 };

static uint64_t seed = 20261122;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % below);
}

static void random_text(struct str *out, uint32_t most)
{
	uint32_t n = rnd(most + 1);

	str_clear(out);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t cp;
		switch (rnd(12)) {
		case 0:
			str_addcp(out, 0x4e00 + rnd(0x5200));
			break;
		case 1: // anything at all
			do
				cp = 1 + rnd(rnd(2) ? 0x3000 : 0x10ffff);
			while (cp >= 0xd800 && cp < 0xe000);
			str_addcp(out, cp);
			break;
		case 2:
			str_addc(out, (char)('a' + rnd(26)));
			break;
		case 3:
			str_addc(out, ' ');
			break;
		default:
			str_add(out, pieces[rnd(PIECES)]);
		}
	}
}

// ---- what the analyser says ----

struct model {
	const struct kb_sought *v;
	size_t n;
	uint32_t count[KB_SOUGHT_MAX], len;
	struct kb_hit hits[HITS];
	size_t nhits;
};

static void see(void *arg, const struct kb_token *t)
{
	struct model *m = arg;

	m->len += t->kind == KB_HAN1 || (t->kind == KB_WORD && !t->joined);
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].kind == t->kind && sv_eq(m->v[i].text, t->text)) {
			m->count[i]++;
			assert_true(m->nhits < HITS);
			m->hits[m->nhits++] = (struct kb_hit){(uint32_t)t->from, (uint32_t)t->to, (uint32_t)i};
		}
}

struct wanted {
	struct kb_sought v[KB_SOUGHT_MAX];
	size_t n, max;
	bool codes;
	uint32_t one_in; // of the tokens seen, this many are taken
	struct arena *a;
};

static void want(void *arg, const struct kb_token *t)
{
	struct wanted *w = arg;

	if (w->n == w->max || (t->joined && !w->codes) || rnd(w->one_in))
		return;
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].kind == t->kind && sv_eq(w->v[i].text, t->text))
			return;
	w->v[w->n++] = (struct kb_sought){t->kind, sv_n(arena_strndup(w->a, t->text.p, t->text.n), t->text.n), {t->cp[0], t->cp[1]}, t->joined};
}

static struct kb_analyser *an;

static void compare(const struct wanted *w, struct sv text)
{
	static struct model m;
	static struct kb_hit hits[HITS];
	uint32_t n[KB_SOUGHT_MAX] = {0}, len = 7;
	struct kb_scan scan;

	m = (struct model){.v = w->v, .n = w->n};
	kb_analyse(an, text, see, &m);
	kb_scan_init(&scan, an, w->v, w->n);
	kb_scan_text(&scan, text, n, &len);
	if (len != 7 + m.len)
		fail_msg("length %u, not %u: %.*s", len - 7, m.len, (int)text.n, text.p);
	for (size_t i = 0; i < w->n; i++)
		if (n[i] != m.count[i])
			fail_msg("%.*s: %u times, not %u: %.*s", (int)w->v[i].text.n, w->v[i].text.p, n[i], m.count[i], (int)text.n, text.p);
	size_t max = rnd(4) ? HITS : rnd(5), got = kb_scan_hits(&scan, text, hits, max), want_n = m.nhits < max ? m.nhits : max;
	if (got != want_n)
		fail_msg("%zu hits, not %zu: %.*s", got, want_n, (int)text.n, text.p);
	for (size_t i = 0; i < got; i++)
		if (hits[i].place != m.hits[i].place || hits[i].from != m.hits[i].from || hits[i].to != m.hits[i].to)
			fail_msg("%u..%u of %u, not %u..%u of %u: %.*s", hits[i].from, hits[i].to, hits[i].place, m.hits[i].from,
				 m.hits[i].to, m.hits[i].place, (int)text.n, text.p);
}

static void rounds(int n, bool codes)
{
	struct str text = {0}, other = {0};
	struct arena a = {0};
	struct wanted w;

	for (int i = 0; i < n; i++) {
		arena_clear(&a);
		random_text(&text, 1 + rnd(60));
		random_text(&other, 30);
		w = (struct wanted){.max = rnd(10) ? 1 + rnd(SOUGHT) : KB_SOUGHT_MAX, .codes = codes, .one_in = 1 + rnd(4), .a = &a};
		kb_analyse(an, sv_n(str_z(&text), text.n), want, &w);
		w.max = w.max + 8 > KB_SOUGHT_MAX ? KB_SOUGHT_MAX : w.max + 8;
		kb_analyse(an, sv_n(str_z(&other), other.n), want, &w); // and some that are perhaps not there
		compare(&w, sv_n(str_z(&text), text.n));
		// a cut anywhere between two characters is a text too
		size_t at = text.n ? utf8_prev(sv_n(text.s, text.n), rnd((uint32_t)text.n) + 1) : 0;
		compare(&w, sv_n(str_z(&text), at));
	}
	str_release(&text);
	str_release(&other);
	arena_release(&a);
}

static void test_scan_is_the_analyser(void **state)
{
	(void)state;
	rounds(6000, false);
}

static void test_codes_are_cut_the_long_way(void **state)
{
	(void)state;
	rounds(3000, true);
}

// Every single character between two words and between two Han characters: what ends a token and what does not.
static void test_every_character_as_a_border(void **state)
{
	struct str text = {0};
	struct arena a = {0};
	struct wanted w = {.max = KB_SOUGHT_MAX, .one_in = 1, .a = &a};

	(void)state;
	kb_analyse(an, sv("flight fly 账户 冻结 户冻 结 flightfly flightsfly"), want, &w);
	for (uint32_t cp = 1; cp < 0x32000; cp++) {
		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		str_clear(&text);
		for (int i = 0; i < 4; i++) {
			str_add(&text, (const char *[]){"Flights", "fly", "账户", "冻结"}[i]);
			str_addcp(&text, cp);
		}
		str_addcp(&text, cp);
		compare(&w, sv_n(str_z(&text), text.n));
	}
	str_release(&text);
	arena_release(&a);
}

// Words of every length around the longest, in one, two, three and four bytes a letter, with what follows them.
static void test_long_words(void **state)
{
	static const char *const letters[] = {"q", "и", "한", "𐐨", "é"};
	static const char *const behind[] = {"", " ", "q", "и", "账户", "-1"};
	struct str text = {0};
	struct arena a = {0};

	(void)state;
	for (size_t l = 0; l < sizeof(letters) / sizeof(*letters); l++)
		for (int n = 14; n < 140; n++)
			for (size_t k = 0; k < sizeof(behind) / sizeof(*behind); k++) {
				struct wanted w = {.max = KB_SOUGHT_MAX, .codes = n % 2, .one_in = 1, .a = &a};
				str_clear(&text);
				arena_clear(&a);
				for (int i = 0; i < n; i++)
					str_add(&text, i == 1 ? "z" : letters[l]);
				str_add(&text, behind[k]);
				kb_analyse(an, sv_n(str_z(&text), text.n), want, &w);
				compare(&w, sv_n(str_z(&text), text.n));
			}
	str_release(&text);
	arena_release(&a);
}

// Every Han character that folds to another one, and some of those that do not, as it is written and alone and in pairs.
static void test_every_han_character(void **state)
{
	struct str text = {0};
	struct arena a = {0};

	(void)state;
	for (uint32_t cp = 0x3400; cp < 0x32000; cp++) {
		struct wanted w = {.max = KB_SOUGHT_MAX, .one_in = 1, .a = &a};
		uint32_t f[KB_FOLD_MAX];
		if (!utf8_is_han(cp) || (cp % 37 && kb_fold_cp(cp, f, KB_FOLD_MAX) == 1 && f[0] == cp))
			continue;
		str_clear(&text);
		arena_clear(&a);
		str_addcp(&text, cp);
		str_addcp(&text, cp);
		str_add(&text, "退");
		kb_analyse(an, sv_n(str_z(&text), text.n), want, &w);
		compare(&w, sv_n(str_z(&text), text.n));
	}
	str_release(&text);
	arena_release(&a);
}

static int group_setup(void **state)
{
	(void)state;
	utf8_init();
	an = kb_analyser_new();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	kb_analyser_free(an);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan_is_the_analyser),
		cmocka_unit_test(test_codes_are_cut_the_long_way),
		cmocka_unit_test(test_every_character_as_a_border),
		cmocka_unit_test(test_every_han_character),
		cmocka_unit_test(test_long_words),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
