// SPDX-License-Identifier: MIT
// Knows what agents may type and what they must find.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/fold.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "tests/unit/kb/fixture.h"

static void test_every_way_to_type(void **state)
{
	static const struct {
		const char *query, *first;
	} cases[] = {
		{"账户冻结", "KB-FIN-002"},
		{"冻", "KB-FIN-002"},
		{"帳戶凍結", "KB-FIN-002"},             // traditional
		{"帐户冻结怎么办", "KB-FIN-002"},       // a common variant
		{"zhdj", "KB-FIN-002"},                 // initials
		{"djl", "KB-FIN-002"},                  // from within a title
		{"zhanghudongjie", "KB-FIN-002"},
		{"zhanghu dongjie", "KB-FIN-002"},
		{"yinhangka", "KB-FIN-003"},            // 行 is read hang here
		{"yhkgs", "KB-FIN-003"},
		{"xzjy", "KB-FIN-002"},                 // 限制交易, a synonym
		{"ｆｒｏｚｅｎ", "KB-FIN-002"},         // full width
		{"FROZEN account", "KB-FIN-002"},
		{"froz", "KB-FIN-002"},                 // a begun word
		{"delaying", "KB-AIR-001"},             // another form of the word
		{"delayi", "KB-AIR-001"},               // begun past the stem
		{"借钱", "KB-FIN-001"},                 // synonym
		{"申请条件", "KB-FIN-001"},             // tag
		{"没有工作", "KB-FIN-001"},             // phrasing
		{"mu5137", "KB-AIR-001"},               // a code in the body
		{"MU51", "KB-AIR-001"},
		{"PIR-2024-07", "KB-AIR-002"},
		{"kb-ec-002", "KB-EC-002"},             // the number itself
		{"KB-EC-00", "KB-EC-001"},
		{"转不出去", "KB-FIN-002"},             // question
		{"bagage", "KB-AIR-002"},               // one letter missing
		{"compesnation", "KB-AIR-001"},         // two exchanged
		{"我的行李丢了", "KB-AIR-002"},
	};
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int effort = KB_KEYSTROKE; effort <= KB_FULL; effort++) {
			const char *got = ask(&f, cases[i].query, (enum kb_effort)effort);
			if (!str_starts(got, cases[i].first))
				fail_msg("\"%s\" found \"%s\", not %s", cases[i].query, got, cases[i].first);
		}
	fixture_close(&f);
}

static void test_only_the_last_word_is_begun(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_true(finds(&f, "lost bagg", KB_KEYSTROKE, "KB-AIR-002"));
	assert_true(finds(&f, "bagg", KB_FULL, "KB-AIR-002"));
	assert_true(finds(&f, "bagg", KB_WHOLE_BEGUN, "KB-AIR-002"));
	assert_false(finds(&f, "bagg ", KB_WHOLE_BEGUN, "KB-AIR-002"));
	assert_false(finds(&f, "bagg qqqq", KB_WHOLE_BEGUN, "KB-AIR-002"));
	assert_false(finds(&f, "bagg", KB_WHOLE, "KB-AIR-002"));
	fixture_close(&f);
}

static void test_explicit_clauses(void **state)
{
	static const struct {
		const char *query, *all;
	} cases[] = {
		{"\"账户冻结\"", "KB-FIN-002 KB-FIN-003"},
		{"“賬戶凍結”", "KB-FIN-002 KB-FIN-003"},
		{"\"账户冻结与\"", "KB-FIN-003"},
		{"\"delayed flights receive\"", "KB-AIR-001"},
		{"title:冻结", "KB-FIN-002"},
		{"title:delayed", "KB-AIR-001"},
		{"title：冻结", "KB-FIN-002"},
		{"冻结 -挂失", "KB-FIN-002"},
		{"id:kb-ec", "KB-EC-001 KB-EC-002"},
		{"id:KB-EC-002", "KB-EC-002"},
		{"category:loan", "KB-FIN-001 KB-FIN-004"},
		{"category:loan.repay", "KB-FIN-004"},
		{"category:loa", ""},
		{"category:account 挂失", "KB-FIN-003 KB-FIN-002"},
		{"category:account -挂失", "KB-FIN-002"},
	};
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = ask(&f, cases[i].query, KB_WHOLE);
		if (!str_eq(got, cases[i].all))
			fail_msg("%s found \"%s\", not \"%s\"", cases[i].query, got, cases[i].all);
	}
	fixture_close(&f);
}

static void test_nothing_found_offers_the_nearest(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	struct kb_results r = ask_all(&f, (struct kb_query){.text = "\"冻结账户\"", .effort = KB_FULL});
	assert_true(r.nothing_found);
	assert_string_equal(r.suggestion, "冻结账户");
	assert_string_equal(r.v[0].id, "KB-FIN-002");
	r = ask_all(&f, (struct kb_query){.text = "张户动结", .effort = KB_FULL}); // right sounds, wrong characters
	assert_false(r.nothing_found);
	assert_string_equal(r.suggestion, "账户冻结");
	assert_true(r.v[0].score.by_correction);
	assert_string_equal(r.v[0].id, "KB-FIN-002");
	r = ask_all(&f, (struct kb_query){.text = "qqqq", .effort = KB_FULL});
	assert_true(r.nothing_found);
	assert_int_equal(r.n, 0);
	r = ask_all(&f, (struct kb_query){.text = "bagage lost", .effort = KB_FULL});
	assert_false(r.nothing_found);
	assert_string_equal(r.suggestion, "baggage lost");
	fixture_close(&f);
}

static void test_empty_query_lists_must_read_then_most_used(void **state)
{
	struct fixture f;
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_true(kb_count_use(f.kb, "KB-EC-002", &e));
	struct kb_results r = ask_all(&f, (struct kb_query){.text = "  ", .limit = 3});
	assert_int_equal(r.n, 3);
	assert_string_equal(r.v[0].id, "KB-COM-001");
	assert_string_equal(r.v[1].id, "KB-EC-002");
	assert_string_equal(r.v[2].id, "KB-AIR-001");
	assert_true(r.v[0].must_read);
	r = ask_all(&f, (struct kb_query){.text = NULL, .limit = 1});
	assert_string_equal(r.v[0].id, "KB-COM-001");
	fixture_close(&f);
}

// domain.md §9.3: each factor once, against the same query without it.
static void test_factors(void **state)
{
	struct fixture f;
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	struct kb_query q = {.text = "账户冻结", .effort = KB_WHOLE};
	double plain = ask_all(&f, q).v[0].score.total;
	q.category = "account";
	assert_float_equal(ask_all(&f, q).v[0].score.total, 1.3 * plain, 1e-6);
	q.category = "account.freeze";
	assert_float_equal(ask_all(&f, q).v[0].score.total, 1.3 * plain, 1e-6);
	q.category = "account.fr";
	assert_float_equal(ask_all(&f, q).v[0].score.total, plain, 1e-6);
	q.category = NULL;
	for (int i = 0; i < 9; i++)
		assert_true(kb_vote(f.kb, "KB-FIN-002", true, &e));
	assert_float_equal(ask_all(&f, q).v[0].score.total, plain, 1e-6); // 9 votes are too few
	assert_true(kb_vote(f.kb, "KB-FIN-002", true, &e));
	struct kb_results r = ask_all(&f, q);
	assert_float_equal(r.v[0].score.total, 1.2 * plain, 1e-6);
	assert_float_equal(r.v[0].helpful, 1, 1e-9);
	assert_int_equal(r.v[0].votes, 10);
	for (int i = 0; i < 2; i++)
		assert_true(kb_vote(f.kb, "KB-FIN-002", false, &e));
	assert_float_equal(ask_all(&f, q).v[0].score.total, 1.2 * plain, 1e-6); // 10 of 12
	assert_true(kb_vote(f.kb, "KB-FIN-002", false, &e));
	assert_float_equal(ask_all(&f, q).v[0].score.total, plain, 1e-6); // 10 of 13
	assert_true(kb_flag_stale(f.kb, "KB-FIN-002", "votes", &e));
	r = ask_all(&f, q);
	assert_float_equal(r.v[0].score.total, 0.6 * plain, 1e-6);
	assert_int_equal(r.v[0].state, KB_STALE);
	fixture_close(&f);
}

static void test_withdrawn_and_undue_are_no_results(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_article art;
	struct kb_text t = {.id = "T-1", .title = "春节加班费", .body = "三倍。"};

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_true(finds(&f, "账户冻结", KB_WHOLE, "KB-FIN-002"));
	assert_true(kb_set_state(f.kb, "KB-FIN-002", KB_HIDDEN, &e));
	assert_false(finds(&f, "账户冻结", KB_WHOLE, "KB-FIN-002"));
	assert_false(finds(&f, "id:KB-FIN-002", KB_WHOLE, "KB-FIN-002"));
	assert_false(finds(&f, "zhdj", KB_WHOLE, "KB-FIN-002"));
	assert_false(finds(&f, "", KB_WHOLE, "KB-FIN-002"));
	assert_true(kb_article_get(f.kb, "KB-FIN-002", 0, &art, &f.a, &e)); // still readable by number
	assert_int_equal(art.state, KB_HIDDEN);
	assert_true(kb_set_state(f.kb, "KB-FIN-002", KB_PUBLISHED, &e));
	assert_true(finds(&f, "账户冻结", KB_WHOLE, "KB-FIN-002"));

	t.effective_from = FIXTURE_NOW + 1000;
	t.effective_to = FIXTURE_NOW + 2000;
	fixture_put(&f, &t);
	assert_false(finds(&f, "春节加班费", KB_WHOLE, "T-1"));
	assert_false(finds(&f, "", KB_WHOLE, "T-1"));
	clock_fake_add(&f.clock, 1000);
	assert_true(finds(&f, "春节加班费", KB_WHOLE, "T-1"));
	clock_fake_add(&f.clock, 999);
	assert_true(finds(&f, "春节加班费", KB_WHOLE, "T-1"));
	clock_fake_add(&f.clock, 1);
	assert_false(finds(&f, "春节加班费", KB_WHOLE, "T-1"));
	fixture_close(&f);
}

static void test_passed_review_makes_stale(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_text t = {.id = "T-1", .title = "春节加班费", .body = "三倍。", .review_due = FIXTURE_NOW + 5};

	(void)state;
	fixture_open(&f);
	fixture_put(&f, &t);
	assert_int_equal(ask_all(&f, (struct kb_query){.text = "春节"}).v[0].state, KB_PUBLISHED);
	clock_fake_add(&f.clock, 5);
	assert_int_equal(ask_all(&f, (struct kb_query){.text = "春节"}).v[0].state, KB_STALE);
	assert_true(kb_confirm_valid(f.kb, "T-1", 0, &e));
	assert_int_equal(ask_all(&f, (struct kb_query){.text = "春节"}).v[0].state, KB_PUBLISHED);
	fixture_close(&f);
}

// Every two neighbouring Han characters of a title find its article.
static void test_any_title_pair_finds_the_article(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	for (int i = 0; i < FIXTURE_ARTICLES; i++) {
		struct sv s = sv(fixture_text(i)->title);
		size_t before = SIZE_MAX;
		for (size_t at = 0; at < s.n;) {
			uint32_t cp;
			size_t n = utf8_decode(sv_n(s.p + at, s.n - at), &cp);
			if (utf8_is_han(cp) && before != SIZE_MAX) {
				char *pair = xstrndup(s.p + before, at + n - before);
				if (!finds(&f, pair, KB_WHOLE, fixture_text(i)->id))
					fail_msg("%s does not find %s", pair, fixture_text(i)->id);
				free(pair);
			}
			before = utf8_is_han(cp) ? at : SIZE_MAX;
			at += n;
		}
	}
	fixture_close(&f);
}

static void test_order_of_building_does_not_matter(void **state)
{
	static const int forth[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, back[] = {9, 4, 8, 3, 7, 2, 6, 1, 5, 0};
	static const char *const queries[] = {"账户冻结", "退", "银行卡怎么办", "lost", "x", "zh", "四十八小时 延误", ""};
	struct kb_text changed = *fixture_text(4), plain = *fixture_text(4);
	struct fixture f, g;

	(void)state;
	fixture_open(&f);
	fixture_fill_in_order(&f, forth, FIXTURE_ARTICLES);
	fixture_open(&g);
	changed.body = "账户冻结 银行卡 lost 退";
	fixture_put(&g, &changed); // a text that came and went must leave no trace
	fixture_fill_in_order(&g, back, FIXTURE_ARTICLES);
	(void)plain;
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		struct kb_results a = ask_all(&f, (struct kb_query){.text = queries[i], .effort = KB_FULL});
		struct kb_results b = ask_all(&g, (struct kb_query){.text = queries[i], .effort = KB_FULL});
		assert_int_equal(a.n, b.n);
		for (size_t k = 0; k < a.n; k++) {
			assert_string_equal(a.v[k].id, b.v[k].id);
			assert_true(a.v[k].score.total == b.v[k].score.total);
		}
	}
	fixture_close(&f);
	fixture_close(&g);
}

static void test_marks_lie_on_the_words(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	struct kb_result r = ask_all(&f, (struct kb_query){.text = "帳戶凍結", .effort = KB_FULL, .limit = 1}).v[0];
	assert_int_equal(r.title.nspans, 1);
	assert_int_equal(r.title.spans[0].from, 0);
	assert_int_equal(r.title.spans[0].to, strlen("账户冻结"));
	for (size_t i = 0; i < r.snippet.nspans; i++) {
		assert_true(r.snippet.spans[i].from < r.snippet.spans[i].to);
		assert_true(r.snippet.spans[i].to <= strlen(r.snippet.text));
		assert_true(!i || r.snippet.spans[i].from > r.snippet.spans[i - 1].to);
	}
	assert_true(r.snippet.nspans > 0);
	r = ask_all(&f, (struct kb_query){.text = "delayed", .effort = KB_FULL, .limit = 1}).v[0];
	assert_int_equal(r.snippet.nspans, 1);
	assert_memory_equal(r.snippet.text + r.snippet.spans[0].from, "delayed", 7);
	fixture_close(&f);
}

// Only as many as can be seen, when asked so; what was found is the same.
static void test_snippets_as_asked(void **state)
{
	static const size_t asked[] = {0, 1, KB_NO_SNIPPETS};
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	struct kb_results all = ask_all(&f, (struct kb_query){.text = "账户", .effort = KB_FULL});
	assert_true(all.n > 1);
	for (size_t k = 0; k < 3; k++) {
		struct kb_results r = ask_all(&f, (struct kb_query){.text = "账户", .effort = KB_FULL, .snippets = asked[k]});
		size_t want = asked[k] == 0 ? all.n : asked[k] == 1 ? 1 : 0;
		assert_int_equal(r.n, all.n);
		for (size_t i = 0; i < r.n; i++) {
			assert_string_equal(r.v[i].id, all.v[i].id);
			assert_string_equal(r.v[i].title.text, all.v[i].title.text);
			assert_string_equal(r.v[i].snippet.text, i < want ? all.v[i].snippet.text : "");
		}
	}
	fixture_close(&f);
}

static void test_folding(void **state)
{
	struct str a = {0}, b = {0};

	(void)state;
	kb_fold(&a, sv("  ＡＢｃ　《帳戶》—凍結! Café №5 "));
	assert_string_equal(a.s, "abc 账户 冻结 cafe no5");
	for (uint32_t cp = 1; cp < 0x32000; cp++) {
		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		str_clear(&a);
		str_clear(&b);
		struct str one = {0};
		str_addcp(&one, cp);
		kb_fold(&a, sv_n(one.s, one.n));
		kb_fold(&b, sv_n(str_z(&a), a.n));
		if (!str_eq(str_z(&a), str_z(&b)))
			fail_msg("U+%04X folds to \"%s\", which folds to \"%s\"", cp, str_z(&a), str_z(&b));
		str_release(&one);
	}
	str_release(&a);
	str_release(&b);
}

// Whatever is typed or pasted, there is an answer, and the cost stays within the budget.
static void test_random_queries(void **state)
{
	static const char *const bits[] = {"\"", "-", "title:", "id:", "category:", "“", "”", " ", "账", "户冻", "zh", "\x80", "\xf0\x9f",
					   "a", ";DROP", "'", "*", "(", ")", "AND", "NOT", "NEAR", "\n", "　", "𠮷", "😀", "e\xcc\x81",
					   "\xe2\x80\xae", "0", "-\"", "：", "KB-", "KB-FIN-001", "ﷺ", "^", "freez"};
	uint32_t seed = 20261122;
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	for (int i = 0; i < 1500; i++) {
		struct str q = {0};
		int n = i % 97 == 0 ? 600 : i % 12;
		for (int k = 0; k < n; k++) {
			seed = seed * 1664525u + 1013904223u;
			str_add(&q, bits[(seed >> 16) % (sizeof(bits) / sizeof(*bits))]);
		}
		struct kb_results r = ask_all(&f, (struct kb_query){.text = str_z(&q), .effort = (enum kb_effort)(i % 3), .limit = 3});
		assert_true(r.n <= 3);
		for (size_t k = 1; k < r.n; k++)
			assert_true(r.v[k - 1].score.total >= r.v[k].score.total || !sv_trim(sv(str_z(&q))).n ||
				    r.v[k].score.text == 1);
		if (i % 3 != KB_WHOLE)
			assert_true(r.scored <= 2 * 4 * 200);
		str_release(&q);
		arena_clear(&f.a);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_way_to_type),
		cmocka_unit_test(test_only_the_last_word_is_begun),
		cmocka_unit_test(test_explicit_clauses),
		cmocka_unit_test(test_nothing_found_offers_the_nearest),
		cmocka_unit_test(test_empty_query_lists_must_read_then_most_used),
		cmocka_unit_test(test_factors),
		cmocka_unit_test(test_withdrawn_and_undue_are_no_results),
		cmocka_unit_test(test_passed_review_makes_stale),
		cmocka_unit_test(test_any_title_pair_finds_the_article),
		cmocka_unit_test(test_order_of_building_does_not_matter),
		cmocka_unit_test(test_marks_lie_on_the_words),
		cmocka_unit_test(test_snippets_as_asked),
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_random_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
