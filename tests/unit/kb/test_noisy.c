// SPDX-License-Identifier: MIT
// Knows that nobody alone, however loud, moves an article off its own title in the search that agents see; three who agree may.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/phrasing.h"
#include "tests/unit/kb/fixture.h"

static struct fixture f;

// An article, and one that somebody would like to have in its place.
static const char *const pairs[][2] = {
	{"KB-FIN-004", "KB-FIN-001"}, {"KB-AIR-022", "KB-AIR-023"}, {"KB-EC-011", "KB-EC-013"}, {"KB-COM-010", "KB-COM-001"},
	{"KB-FIN-011", "KB-FIN-012"}, {"KB-AIR-001", "KB-EC-001"},
};
enum { PAIRS = sizeof(pairs) / sizeof(*pairs) };

static const char *title_of(const char *id)
{
	struct kb_article art;
	struct err e = {0};

	if (!kb_article_get(f.kb, id, 0, &art, &f.a, &e))
		fail_msg("%s", e.msg);
	return art.cur.text.title;
}

static const char *teach(const char *article, const char *text, const char *call, const char *agent)
{
	struct kb_lesson l = {.article = article, .text = text, .call = call, .agent = agent,
			      .source = call ? KB_BY_CALL : KB_BY_FILE, .at = FIXTURE_NOW};
	enum kb_learned_what what;
	char id[KB_PHRASING_ID];
	struct err e = {0};

	if (!kb_learn(f.kb, &l, &what, id, &e))
		fail_msg("%s: %s", text, e.msg);
	return arena_strdup(&f.a, id);
}

// Ways to say a title that are still it, and some that are not quite.
static const char *said(const char *title, int i)
{
	static const char *const forms[][2] = {{"", ""}, {"请问", ""}, {"", " 谢谢"}, {"我想问", ""}, {"", "！"}, {"那个，", ""}, {"", " 第几次"}};
	const char *const *form = forms[i % 7];

	return arena_printf(&f.a, "%s%s%s", form[0], title, form[1]);
}

static struct kb_results found(const char *title, enum kb_effort effort)
{
	return ask_all(&f, (struct kb_query){.text = title, .effort = effort, .limit = 5});
}

static void stays_first(const char *how)
{
	for (size_t i = 0; i < PAIRS; i++) {
		const char *title = title_of(pairs[i][0]);
		const char *as_typed[] = {title, arena_printf(&f.a, " %s ", title), arena_printf(&f.a, "%s？", title)};
		for (size_t k = 0; k < 3; k++)
			for (int effort = KB_KEYSTROKE; effort <= KB_WHOLE_BEGUN; effort++) {
				struct kb_results r = found(as_typed[k], (enum kb_effort)effort);
				if (!r.n || !str_eq(r.v[0].id, pairs[i][0]))
					fail_msg("%s: %s found %s", how, as_typed[k], r.n ? r.v[0].id : "nothing");
			}
	}
	arena_clear(&f.a);
}

static void one_agent_many_calls(void)
{
	for (size_t i = 0; i < PAIRS; i++)
		for (int k = 0; k < 60; k++)
			teach(pairs[i][1], said(title_of(pairs[i][0]), k), arena_printf(&f.a, "C%d", k), "loud");
}

static void one_call_many_agents(void)
{
	for (size_t i = 0; i < PAIRS; i++)
		for (int k = 0; k < 60; k++)
			teach(pairs[i][1], said(title_of(pairs[i][0]), k), "C1", arena_printf(&f.a, "A%d", k));
}

static void a_file(void)
{
	for (size_t i = 0; i < PAIRS; i++)
		for (int k = 0; k < 60; k++)
			teach(pairs[i][1], said(title_of(pairs[i][0]), k), NULL, "editor");
}

// Shown first and taken, again and again: as loud as one voice can be.
static void much_chosen(void)
{
	struct err e = {0};

	for (size_t i = 0; i < PAIRS; i++) {
		const char *id = teach(pairs[i][1], title_of(pairs[i][0]), "C1", "loud");
		for (int k = 0; k < 40; k++)
			assert_true(kb_phrasing_seen(f.kb, id, true, &e));
	}
}

// Two agree, with many calls each.
static void two_agents(void)
{
	for (size_t i = 0; i < PAIRS; i++)
		for (int k = 0; k < 40; k++)
			teach(pairs[i][1], said(title_of(pairs[i][0]), k / 2), arena_printf(&f.a, "C%d", k), k % 2 ? "one" : "other");
}

// Others have taught the article too, what it is about: they do not say the title.
static void among_others(void)
{
	for (size_t i = 0; i < PAIRS; i++) {
		const char *own = title_of(pairs[i][1]);
		for (int k = 0; k < 6; k++) {
			const char *agent = arena_printf(&f.a, "B%d", k % 3), *call = arena_printf(&f.a, "D%d", k);
			teach(pairs[i][1], said(own, k), call, agent);
			teach(pairs[i][1], arena_printf(&f.a, "%.18s", title_of(pairs[i][0])), call, agent); // its first six characters
		}
	}
	one_agent_many_calls();
}

// The article is in doubt, the other one is what the call is about.
static void against_the_factors(void)
{
	struct err e = {0};

	one_agent_many_calls();
	for (size_t i = 0; i < PAIRS; i++)
		for (int k = 0; k < 12; k++)
			assert_true(kb_vote(f.kb, pairs[i][1], true, &e));
}

static void each_alone(void **state, const char *how, void (*make_noise)(void))
{
	(void)state;
	fixture_open(&f);
	fixture_packs(&f);
	stays_first("calm");
	make_noise();
	stays_first(how);
	fixture_close(&f);
}

static void test_one_agent_many_calls(void **state)
{
	each_alone(state, "one agent, many calls", one_agent_many_calls);
}

static void test_one_call_many_agents(void **state)
{
	each_alone(state, "one call, many agents", one_call_many_agents);
}

static void test_a_file(void **state)
{
	each_alone(state, "a file", a_file);
}

static void test_much_chosen(void **state)
{
	each_alone(state, "much chosen", much_chosen);
}

static void test_two_agents(void **state)
{
	each_alone(state, "two agents", two_agents);
}

static void test_among_others(void **state)
{
	each_alone(state, "one among others", among_others);
}

static void test_against_the_factors(void **state)
{
	each_alone(state, "with votes", against_the_factors);
}

// The control: what the same words do when three agents with calls of their own say so.
static void test_three_agents_may(void **state)
{
	static const char *const agents[] = {"A1", "A2", "A3"};
	size_t moved = 0;

	(void)state;
	fixture_open(&f);
	fixture_packs(&f);
	for (size_t i = 0; i < PAIRS; i++)
		for (int k = 0; k < 30; k++)
			teach(pairs[i][1], said(title_of(pairs[i][0]), k / 3), arena_printf(&f.a, "C%d", k), agents[k % 3]);
	for (size_t i = 0; i < PAIRS; i++) {
		struct kb_results r = found(title_of(pairs[i][0]), KB_FULL);
		assert_true(r.n > 1);
		moved += str_eq(r.v[0].id, pairs[i][1]) && r.v[0].score.agents == 3;
	}
	print_message("%zu of %d titles moved by three agents\n", moved, PAIRS);
	assert_true(moved > 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_agent_many_calls),
		cmocka_unit_test(test_one_call_many_agents),
		cmocka_unit_test(test_a_file),
		cmocka_unit_test(test_much_chosen),
		cmocka_unit_test(test_two_agents),
		cmocka_unit_test(test_among_others),
		cmocka_unit_test(test_against_the_factors),
		cmocka_unit_test(test_three_agents_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
