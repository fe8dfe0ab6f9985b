// SPDX-License-Identifier: MIT
// Knows what must hold for any base and any query: what is found, what never is, what an answer may depend on, what it may cost.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/check.h"
#include "kb/fold.h"
#include "kb/merge.h"
#include "kb/phrasing.h"
#include "src/base/utf8.h"
#include "tests/unit/kb/fixture.h"
#include "tests/unit/kb/pieces.h"

static struct pieces p;

#define OK(call)                                             \
	do {                                                 \
		struct err e = {0};                          \
		if (!(call))                                 \
			fail_msg("%s: %s", #call, e.msg);    \
	} while (0)

static void put(struct fixture *f, unsigned n, unsigned variant)
{
	struct arena a = {0};
	struct kb_text t = pieces_article(&p, n, variant, &a);

	fixture_put(f, &t);
	arena_release(&a);
}

// At most `steps` of what is idle work.
static void merge(struct fixture *f, unsigned steps)
{
	bool more = true;

	while (more && steps--)
		OK(kb_merge(f->kb, &more, &e));
}

static void teach(struct fixture *f, unsigned n, const char *text, const char *agent)
{
	struct arena a = {0};
	const char *call = arena_printf(&a, "%s-%s", agent, text);
	struct kb_lesson l = {.article = arena_printf(&a, "T-%03u", n), .text = text, .call = call, .agent = agent, .source = KB_BY_CALL};
	enum kb_learned_what what;

	OK(kb_learn(f->kb, &l, &what, NULL, &e));
	arena_release(&a);
}

static void sound(struct fixture *f)
{
	struct kb_check_report r;

	OK(kb_check(f->kb, NULL, NULL, &r, &e));
	assert_int_equal(r.problems, 0);
}

// ---- what is found ----

static void pairs_find(struct fixture *f, const char *title, const char *id)
{
	struct sv s = sv(title);
	size_t before = SIZE_MAX;

	for (size_t at = 0; at < s.n;) {
		uint32_t cp;
		size_t n = utf8_decode(sv_n(s.p + at, s.n - at), &cp);
		if (utf8_is_han(cp) && before != SIZE_MAX) {
			const char *pair = arena_strndup(&f->a, s.p + before, at + n - before);
			if (!finds(f, pair, KB_WHOLE, id))
				fail_msg("%s does not find %s %s", pair, id, title);
		}
		before = utf8_is_han(cp) ? at : SIZE_MAX;
		at += n;
	}
}

static void test_any_title_pair_finds_the_article(void **state)
{
	enum { ARTICLES = 90 };
	struct fixture f;

	(void)state;
	fixture_open(&f);
	for (unsigned n = 0; n < ARTICLES; n++) {
		put(&f, n, pieces_rnd(&p, 3));
		if (pieces_rnd(&p, 4) == 0)
			put(&f, pieces_rnd(&p, n + 1), 5 + pieces_rnd(&p, 3));
		if (pieces_rnd(&p, 9) == 0)
			merge(&f, pieces_rnd(&p, 30));
	}
	for (unsigned n = 0; n < ARTICLES; n++) {
		char id[8];
		struct kb_article art;
		snprintf(id, sizeof(id), "T-%03u", n);
		OK(kb_article_get(f.kb, id, 0, &art, &f.a, &e));
		pairs_find(&f, art.cur.text.title, id);
		arena_clear(&f.a);
	}
	fixture_close(&f);
}

// ---- what never is ----

enum gone { ARCHIVED, HIDDEN, EXPIRED, NOT_YET, GONE_KINDS };

static void must_not_be_there(struct fixture *f, const char *query, const char *id)
{
	for (int effort = KB_KEYSTROKE; effort <= KB_WHOLE_BEGUN; effort++) {
		struct kb_results r = ask_all(f, (struct kb_query){.text = query, .effort = (enum kb_effort)effort});
		for (size_t i = 0; i < r.n; i++)
			if (str_eq(r.v[i].id, id))
				fail_msg("%s is a result of %s", id, query);
	}
}

static void no_query_finds(struct fixture *f, const struct kb_text *t)
{
	struct arena a = {0};
	const char *forms[] = {
		t->title, t->title_en, t->question, t->id, "", " ", pieces_initials(t->title, &a),
		arena_printf(&a, "\"%s\"", t->title), arena_printf(&a, "title:\"%s\"", t->title), arena_printf(&a, "id:%s", t->id),
		arena_printf(&a, "id:%s %s", t->id, t->title), arena_printf(&a, "%s -qqqq", t->title), "-qqqq",
		arena_printf(&a, "category:%s", t->category.n ? t->category.v[0] : "loan"), "only for the one that is gone", "独一无二的说法",
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		must_not_be_there(f, forms[i], t->id);
	for (size_t i = 0; i < t->phrasings.n; i++)
		must_not_be_there(f, t->phrasings.v[i], t->id);
	for (size_t i = 0; i < t->synonyms.n; i++)
		must_not_be_there(f, t->synonyms.v[i], t->id);
	arena_release(&a);
}

static void test_what_is_withdrawn_is_never_found(void **state)
{
	enum { ARTICLES = 40 };
	static const char *const agents[] = {"A1", "A2", "A3", "A4"};
	struct fixture f;

	(void)state;
	fixture_open(&f);
	for (unsigned n = 0; n < ARTICLES; n++)
		put(&f, n, 0);
	merge(&f, pieces_rnd(&p, 200));
	for (unsigned n = 0; n < ARTICLES; n += 3) {
		struct kb_text t = pieces_article(&p, n, 0, &f.a);
		enum gone how = (enum gone)(n / 3 % GONE_KINDS);
		t.must_read = true;
		for (size_t i = 0; i < 4; i++) {
			teach(&f, n, "only for the one that is gone", agents[i]);
			teach(&f, n, "独一无二的说法", agents[i]);
			teach(&f, n, t.title, agents[i]);
		}
		assert_true(finds(&f, "独一无二的说法", KB_FULL, t.id)); // so that not finding it says something
		switch (how) {
		case ARCHIVED:
		case HIDDEN:
			OK(kb_set_state(f.kb, t.id, how == HIDDEN ? KB_HIDDEN : KB_ARCHIVED, &e));
			break;
		case EXPIRED:
			t.effective_to = FIXTURE_NOW;
			break;
		case NOT_YET:
			t.effective_from = FIXTURE_NOW + 1;
			break;
		case GONE_KINDS:
			break;
		}
		if (how == EXPIRED || how == NOT_YET)
			fixture_put(&f, &t);
		no_query_finds(&f, &t);
		merge(&f, pieces_rnd(&p, 60));
		no_query_finds(&f, &t);
		arena_clear(&f.a);
	}
	merge(&f, 100000);
	for (unsigned n = 0; n < ARTICLES; n += 3) {
		struct kb_text t = pieces_article(&p, n, 0, &f.a);
		no_query_finds(&f, &t);
		arena_clear(&f.a);
	}
	sound(&f);
	fixture_close(&f);
}

// ---- what it may cost ----

// No article can be told from the others, and all hold every word of the query.
static void test_a_keystroke_keeps_to_its_budget(void **state)
{
	enum { ARTICLES = 4200, POSTINGS = 20000, SCORED = 100 };
	static const char *const plain[] = {
		"账户冻结了怎么办理解除限制手续", "账", "账户", "zhdj", "zhanghu", "frozen account limits lifted", "froz", "f", "冻", "账户 冻结 解除 限制",
		"frozn acount", "帐户东结", "怎么",
	};
	static const char *const clauses[] = {
		"\"账户冻结\"", "\"账\"", "\"的\"", "title:账户", "title:账", "title:\"账户冻结了怎么办理解除限制手续\" \"frozen account\" \"limits lifted\" 冻结",
		"id:T-0", "category:a", "category:a -账户", "冻结 -账户", "\"账户冻结 nowhere\"", "-nowhere", "",
	};
	struct fixture f;
	struct arena a = {0};

	(void)state;
	fixture_open(&f);
	const char *several = ""; // many pairs that begin with one character
	for (uint32_t i = 0; i < 60; i++) {
		struct str s = {0};
		str_addcp(&s, 0x5b80 + i);
		several = arena_printf(&a, "%s的%s", several, str_z(&s));
		str_release(&s);
	}
	OK(kb_begin(f.kb, &e));
	for (unsigned n = 0; n < ARTICLES; n++) {
		char id[16];
		const char *category = "a.b";
		snprintf(id, sizeof(id), "T-%05u", n);
		fixture_put(&f, &(struct kb_text){.id = id, .title = "账户冻结了怎么办理解除限制手续", .title_en = "Frozen account limits lifted",
						  .category = {&category, 1}, .body = several});
	}
	OK(kb_commit(f.kb, &e));
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		for (int effort = KB_KEYSTROKE; effort <= KB_FULL; effort++) {
			unsigned more = effort == KB_FULL ? 2 : 1;
			struct kb_results r = ask_all(&f, (struct kb_query){.text = plain[i], .effort = (enum kb_effort)effort, .snippets = 1});
			if (r.postings > more * (effort == KB_FULL ? 25000 : POSTINGS) || r.scored > more * SCORED || r.n < SCORED)
				fail_msg("%s cost %u postings and %u articles, found %zu", plain[i], r.postings, r.scored, r.n);
		}
	for (size_t i = 0; i < sizeof(clauses) / sizeof(*clauses); i++) {
		struct kb_results r = ask_all(&f, (struct kb_query){.text = clauses[i], .snippets = 1});
		// clauses may cost as much again; where they refuse articles a second and wider look is taken; where nothing is found,
		// the same for the nearest
		unsigned times = r.nothing_found ? 22 : clauses[i][0] == '-' || strstr(clauses[i], " -") ? 11 : 1;
		if (r.postings > (times > 1 ? 4 : 2) * POSTINGS || r.scored > times * SCORED)
			fail_msg("%s cost %u postings and %u articles", clauses[i], r.postings, r.scored);
	}
	arena_release(&a);
	fixture_close(&f);
}

// ---- folding ----

static void test_folding_twice_changes_nothing(void **state)
{
	struct str text = {0}, once = {0}, twice = {0};

	(void)state;
	for (int i = 0; i < 3000; i++) {
		str_clear(&text);
		str_clear(&once);
		str_clear(&twice);
		for (uint32_t k = pieces_rnd(&p, 12); k > 0; k--) {
			uint32_t cp = 1 + pieces_rnd(&p, pieces_rnd(&p, 2) ? 0x3000 : 0x323af);
			if (pieces_rnd(&p, 2))
				str_add(&text, p.sentences.v[pieces_rnd(&p, (uint32_t)p.sentences.n)]);
			else if (cp < 0xd800 || cp >= 0xe000)
				str_addcp(&text, cp);
		}
		kb_fold(&once, sv_n(str_z(&text), text.n));
		kb_fold(&twice, sv_n(str_z(&once), once.n));
		assert_string_equal(str_z(&once), str_z(&twice));
	}
	str_release(&text);
	str_release(&once);
	str_release(&twice);
}

static int group_setup(void **state)
{
	(void)state;
	pieces_open(&p, 20261122);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	pieces_close(&p);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_title_pair_finds_the_article),
		cmocka_unit_test(test_what_is_withdrawn_is_never_found),
		cmocka_unit_test(test_a_keystroke_keeps_to_its_budget),
		cmocka_unit_test(test_folding_twice_changes_nothing),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
