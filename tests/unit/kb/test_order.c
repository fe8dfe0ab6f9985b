// SPDX-License-Identifier: MIT
// Knows that an answer depends on the articles alone: not on the order in which they came, on what came and went, on merging, on
// the way they were carried over; and that every reader sees every commit at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <limits.h>

#include "kb/check.h"
#include "kb/export.h"
#include "kb/import.h"
#include "kb/merge.h"
#include "kb/phrasing.h"
#include "tests/unit/kb/fixture.h"
#include "tests/unit/kb/pieces.h"

enum { ARTICLES = 72, QUERIES = 60, LESSONS = 12 };

static struct pieces p;
static struct arena a;
static const char *queries[QUERIES];

#define OK(call)                                             \
	do {                                                 \
		struct err e = {0};                          \
		if (!(call))                                 \
			fail_msg("%s: %s", #call, e.msg);    \
	} while (0)

static void put(struct fixture *f, unsigned n, unsigned variant)
{
	struct arena mine = {0};
	struct kb_text t = pieces_article(&p, n, variant, &mine);

	fixture_put(f, &t);
	arena_release(&mine);
}

static void withdraw(struct fixture *f, unsigned n)
{
	char id[8];

	snprintf(id, sizeof(id), "T-%03u", n);
	OK(kb_set_state(f->kb, id, pieces_rnd(&p, 2) ? KB_ARCHIVED : KB_HIDDEN, &e));
}

static bool merge(struct fixture *f, unsigned steps)
{
	bool more = true;

	while (more && steps--)
		OK(kb_merge(f->kb, &more, &e));
	return more;
}

static void teach(struct fixture *f, unsigned i)
{
	char id[8], agent[4], call[4];
	enum kb_learned_what what;

	snprintf(id, sizeof(id), "T-%03u", i * 5 % ARTICLES);
	snprintf(agent, sizeof(agent), "A%u", i % 4);
	snprintf(call, sizeof(call), "C%u", i);
	struct kb_lesson l = {.article = id, .text = p.phrasings.v[i * 7], .call = call, .agent = agent, .source = KB_BY_CALL, .at = FIXTURE_NOW + i};
	OK(kb_learn(f->kb, &l, &what, NULL, &e));
}

static void teach_all(struct fixture *f, bool backwards)
{
	for (unsigned i = 0; i < LESSONS; i++)
		teach(f, backwards ? LESSONS - 1 - i : i);
}

static void shuffle(unsigned *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		v[i] = i;
	for (unsigned i = n - 1; i > 0; i--) {
		unsigned k = pieces_rnd(&p, i + 1), t = v[i];
		v[i] = v[k];
		v[k] = t;
	}
}

static void sound(struct fixture *f)
{
	struct kb_check_report r;

	OK(kb_check(f->kb, NULL, NULL, &r, &e));
	assert_int_equal(r.problems, 0);
}

// Says for which query and from where on two answers differ.
static void same(const char *have, const char *want, const char *what)
{
	const char *query = want;
	size_t i = 0;

	if (strcmp(have, want) == 0)
		return;
	for (; have[i] == want[i]; i++)
		if (want[i] == '\n')
			query = want + i + 1;
	while (i && want + i > query && want[i] != ' ')
		i--;
	fail_msg("%s, query %.60s\n%.200s\nis not\n%.200s", what, query, have + i, want + i);
}

static const char *answers(struct fixture *f)
{
	return pieces_answers(f->kb, queries, QUERIES, &a);
}

// ---- one base in many ways ----

static void in_order(struct fixture *f)
{
	OK(kb_begin(f->kb, &e));
	for (unsigned n = 0; n < ARTICLES; n++)
		put(f, n, 0);
	OK(kb_commit(f->kb, &e));
	teach_all(f, false);
}

static void one_by_one(struct fixture *f)
{
	unsigned order[ARTICLES];

	shuffle(order, ARTICLES);
	for (unsigned i = 0; i < ARTICLES; i++)
		put(f, order[i], 0);
	teach_all(f, true);
}

static void with_merges(struct fixture *f)
{
	unsigned order[ARTICLES];
	bool inside = false;

	shuffle(order, ARTICLES);
	for (unsigned i = 0; i < ARTICLES; i++) {
		if (!inside && (inside = pieces_rnd(&p, 3) == 0))
			OK(kb_begin(f->kb, &e));
		put(f, order[i], 0);
		if (inside && pieces_rnd(&p, 3) == 0) {
			OK(kb_commit(f->kb, &e));
			inside = false;
		}
		if (!inside && pieces_rnd(&p, 3) == 0)
			merge(f, pieces_rnd(&p, 40));
	}
	if (inside)
		OK(kb_commit(f->kb, &e));
	teach_all(f, false);
}

// What customers said stays with a withdrawn article and weighs words, so those that go have no phrasings.
static void put_guest(struct fixture *f, unsigned n)
{
	struct arena mine = {0};
	struct kb_text t = pieces_article(&p, n, 0, &mine);

	t.phrasings = (struct kb_list){0};
	fixture_put(f, &t);
	arena_release(&mine);
}

// Other versions before, articles that came and went, in one transaction or in several, merged or not.
static void with_a_past(struct fixture *f)
{
	unsigned order[ARTICLES];
	bool inside = false;

	shuffle(order, ARTICLES);
	for (unsigned i = 0; i < ARTICLES; i++) {
		if (!inside && (inside = pieces_rnd(&p, 4) == 0))
			OK(kb_begin(f->kb, &e));
		put(f, order[i], 1 + pieces_rnd(&p, 2));
		put_guest(f, 100 + i);
		if (pieces_rnd(&p, 2))
			withdraw(f, 100 + i);
		if (pieces_rnd(&p, 2))
			put(f, order[i], 0);
		if (inside && pieces_rnd(&p, 2)) {
			OK(kb_commit(f->kb, &e));
			inside = false;
		}
		if (!inside && pieces_rnd(&p, 2))
			merge(f, pieces_rnd(&p, 60));
	}
	if (inside)
		OK(kb_commit(f->kb, &e));
	teach_all(f, false);
	shuffle(order, ARTICLES);
	for (unsigned i = 0; i < ARTICLES; i++) {
		struct kb_article art;
		char id[8];
		put(f, order[i], 0);
		if (pieces_rnd(&p, 4) == 0)
			merge(f, pieces_rnd(&p, 60));
		snprintf(id, sizeof(id), "T-%03u", 100 + i);
		OK(kb_article_get(f->kb, id, 0, &art, &f->a, &e));
		if (art.state == KB_PUBLISHED)
			withdraw(f, 100 + i);
	}
}

// What is dead weighs in how common a word is until it is purged, which waits until there are enough of them.
static void purge(struct fixture *f)
{
	enum { ENOUGH = ARTICLES / 10 + 1 };

	merge(f, UINT_MAX);
	if (!kb_meta(f->kb, "dead"))
		return;
	for (unsigned i = 0; i < ENOUGH; i++)
		put_guest(f, 200 + i);
	merge(f, UINT_MAX);
	for (unsigned i = 0; i < ENOUGH; i++)
		withdraw(f, 200 + i);
	assert_false(merge(f, UINT_MAX));
	assert_int_equal(kb_meta(f->kb, "dead"), 0);
}

static bool add(void *arg, const char *name, struct sv text, struct err *e)
{
	(void)name;
	(void)e;
	str_addn(arg, text.p, text.n);
	return true;
}

static void carried_over(struct fixture *f, enum kb_export_form form)
{
	struct str out = {0};
	struct kb_export_opts o = {.form = form, .put = add, .arg = &out};
	struct kb_import_report rep;
	struct fixture from;
	int64_t rows;

	fixture_open(&from);
	with_merges(&from);
	OK(kb_export(from.kb, &o, &rows, &e));
	assert_int_equal(rows, ARTICLES);
	const char *path = fixture_file(f, form == KB_EXPORT_CSV ? "all.csv" : "all.jsonl", str_z(&out));
	OK(kb_import(f->kb, path, &(struct kb_import_opts){.batch = 7}, &rep, &e));
	assert_int_equal(rep.added, ARTICLES);
	str_release(&out);
	fixture_close(&from);
	teach_all(f, true);
}

static void as_json(struct fixture *f)
{
	carried_over(f, KB_EXPORT_JSONL);
}

static void as_csv(struct fixture *f)
{
	carried_over(f, KB_EXPORT_CSV);
}

static void made_anew(struct fixture *f)
{
	with_a_past(f);
	OK(kb_reindex(f->kb, &e));
}

static void test_the_way_it_came_about_does_not_matter(void **state)
{
	static const struct {
		const char *name;
		void (*build)(struct fixture *f);
		int times;
	} ways[] = {{"one by one", one_by_one, 1}, {"with merges", with_merges, 1}, {"with a past", with_a_past, 2}, {"as JSON", as_json, 1},
		    {"as CSV", as_csv, 1},	   {"made anew", made_anew, 1}};
	struct fixture f, g;

	(void)state;
	fixture_open(&f);
	in_order(&f);
	merge(&f, UINT_MAX);
	const char *want = answers(&f);
	sound(&f);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		for (int k = 0; k < ways[i].times; k++) {
			fixture_open(&g);
			ways[i].build(&g);
			purge(&g);
			sound(&g);
			same(answers(&g), want, ways[i].name);
			fixture_close(&g);
		}
	fixture_close(&f);
	arena_clear(&a);
}

// What dies while a purge is under way is behind it in part of the rows: it is counted until the next purge.
static void test_what_dies_during_a_purge_is_not_forgotten(void **state)
{
	enum { MOST_OF_IT = 12 };
	struct fixture f, g;

	(void)state;
	fixture_open(&f);
	fixture_open(&g);
	for (unsigned n = 0; n < ARTICLES; n++) {
		put_guest(&f, n);
		if (n >= ARTICLES / 4)
			put_guest(&g, n);
	}
	merge(&f, UINT_MAX);
	for (unsigned n = 0; n < ARTICLES / 6; n++)
		withdraw(&f, n);
	for (int steps = 0; steps < MOST_OF_IT || !kb_meta(f.kb, "purge"); steps += kb_meta(f.kb, "purge") > 0)
		assert_true(merge(&f, 1));
	for (unsigned n = ARTICLES / 6; n < ARTICLES / 4; n++)
		withdraw(&f, n);
	assert_true(merge(&f, 1));
	purge(&f);
	merge(&g, UINT_MAX);
	same(answers(&f), answers(&g), "after two purges");
	sound(&f);
	fixture_close(&f);
	fixture_close(&g);
	arena_clear(&a);
}

// ---- readers ----

static struct kb *reader(struct fixture *f)
{
	struct kb *kb;

	OK(kb_open(&kb, f->path, KB_READ, &f->clock, NULL, &e));
	return kb;
}

static void learn_one(struct fixture *f, const char *id, unsigned n)
{
	struct kb_lesson l = {.article = id, .text = p.phrasings.v[n], .call = "c", .agent = "A", .source = KB_BY_CALL};
	enum kb_learned_what what;

	OK(kb_learn(f->kb, &l, &what, NULL, &e));
}

static void many(struct fixture *f)
{
	OK(kb_begin(f->kb, &e));
	for (uint32_t i = pieces_rnd(&p, 90); i > 0; i--)
		put(f, pieces_rnd(&p, 40), pieces_rnd(&p, 6));
	if (pieces_rnd(&p, 3))
		OK(kb_commit(f->kb, &e));
	else
		kb_rollback(f->kb);
}

static void one_change(struct fixture *f)
{
	unsigned n = pieces_rnd(&p, 40);
	struct kb_article art;
	struct err none = {0};
	char id[8];

	snprintf(id, sizeof(id), "T-%03u", n);
	bool there = kb_article_get(f->kb, id, 0, &art, &f->a, &none);
	switch (pieces_rnd(&p, 8)) {
	case 0:
	case 1:
		put(f, n, pieces_rnd(&p, 3));
		break;
	case 2:
		many(f);
		break;
	case 3:
		if (there)
			(void)!kb_set_state(f->kb, id, art.state == KB_PUBLISHED ? KB_ARCHIVED : KB_PUBLISHED, &none);
		break;
	case 4:
		if (there)
			learn_one(f, id, n);
		break;
	case 5:
		if (pieces_rnd(&p, 6) == 0)
			OK(kb_reindex(f->kb, &e));
		break;
	default:
		merge(f, 1 + pieces_rnd(&p, 8));
	}
}

// Open all the time, asked after every change, or after some: what it sees is what one sees that was opened just now.
static void test_a_reader_sees_every_commit(void **state)
{
	enum { CHANGES = 90, ASKED = 4 };
	struct fixture f;
	struct kb *always, *sometimes;

	(void)state;
	fixture_open(&f);
	always = reader(&f);
	sometimes = reader(&f);
	for (int i = 0; i < CHANGES; i++) {
		const char *asked[ASKED];
		one_change(&f);
		for (size_t k = 0; k < ASKED; k++)
			asked[k] = pieces_query(&p, &a);
		struct kb *fresh = reader(&f);
		const char *want = pieces_answers(fresh, asked, ASKED, &a);
		same(pieces_answers(always, asked, ASKED, &a), want, "the reader that is always asked");
		if (pieces_rnd(&p, 5) == 0)
			same(pieces_answers(sometimes, asked, ASKED, &a), want, "the reader that is asked now and then");
		if (pieces_rnd(&p, 2))
			same(pieces_answers(f.kb, asked, ASKED, &a), want, "the writer");
		kb_close(fresh);
		arena_clear(&a);
		arena_clear(&f.a);
	}
	sound(&f);
	kb_close(always);
	kb_close(sometimes);
	fixture_close(&f);
}

static int group_setup(void **state)
{
	(void)state;
	pieces_open(&p, 5);
	for (size_t i = 0; i < QUERIES; i++)
		queries[i] = pieces_query(&p, &p.a);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	pieces_close(&p);
	arena_release(&a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_way_it_came_about_does_not_matter),
		cmocka_unit_test(test_what_dies_during_a_purge_is_not_forgotten),
		cmocka_unit_test(test_a_reader_sees_every_commit),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
