// SPDX-License-Identifier: MIT
// Knows what FTS5 finds over the same tokens, and holds our search against it: no article it matches is missing, and its best is
// near our best. FTS5 is the reference only; the product searches without it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/check.h"
#include "kb/internal.h"
#include "tests/unit/kb/fixture.h"

#define OK(call)                                                                               \
	do {                                                                                   \
		struct err e = {0};                                                            \
		if (!(call))                                                                   \
			fail_msg("%s: %s", #call, e.msg);                                      \
	} while (0)

static void reference_of(struct fixture *f)
{
	OK(kb_exec(f->kb,
		   "CREATE VIRTUAL TABLE temp.ref USING fts5(t, b, tokenize='zuoxi');"
		   "INSERT INTO temp.ref(rowid, t, b) SELECT a.no, title || char(10) || title_en || char(10) || question || char(10) || "
		   "tags || synonyms || a.id, summary_en || char(10) || body || char(10) || phrasings "
		   "FROM article_version v JOIN article a ON a.row = v.row WHERE a.doc > 0",
		   &e));
}

struct match {
	struct str *out;
};

// The query as FTS5 wants it: any of its words and pairs.
static void add_token(void *arg, const struct kb_token *t)
{
	struct match *m = arg;

	if (t->kind != KB_HAN1)
		str_addf(m->out, "%s\"%.*s\"", m->out->n ? " OR " : "", (int)t->text.n, t->text.p);
}

static size_t reference(struct fixture *f, const char *query, const char *ids[], size_t max)
{
	struct str match = {0};
	struct match m = {.out = &match};
	struct err e = {0};
	size_t n = 0;
	int at = 0;

	kb_analyse(f->kb->an, sv(query), add_token, &m);
	sqlite3_stmt *st = kb_stmt(f->kb,
				   "SELECT a.id FROM (SELECT rowid AS no, bm25(ref, 5, 1) AS s FROM ref WHERE ref MATCH ?) r "
				   "JOIN article a ON a.no = r.no ORDER BY s, a.id",
				   &e);
	if (!st || !match.n)
		fail_msg("%s: %s", query, e.msg);
	kb_bind_text(st, &at, sv_n(str_z(&match), match.n));
	while (n < max && kb_step(f->kb, st, &e) == KB_ROW)
		ids[n++] = arena_strndup(&f->a, kb_col(st, 0).p, kb_col(st, 0).n);
	sqlite3_reset(st);
	str_release(&match);
	return n;
}

static void hold_against(struct fixture *f, const char *query)
{
	enum { MOST = 400 };
	const char *theirs[MOST];
	size_t n = reference(f, query, theirs, MOST), best = 0;
	struct kb_results ours = ask_all(f, (struct kb_query){.text = query, .effort = KB_WHOLE});

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < ours.n && !str_eq(ours.v[k].id, theirs[i]))
			k++;
		if (k == ours.n)
			fail_msg("%s: FTS5 finds %s", query, theirs[i]);
		if (!i)
			best = k;
	}
	if (n && best > 2)
		fail_msg("%s: FTS5's first, %s, is number %zu here; first is %s", query, theirs[0], best + 1, ours.v[0].id);
}

static void test_nothing_is_missing(void **state)
{
	static const char *const more[] = {"账户冻结", "贷款 条件", "delayed flights", "行李丢失 lost", "退货 运费", "违约金", "录音",
					   "承运人原因 补偿", "lost card", "银行卡挂失"};
	struct kb_list all;
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_packs(&f);
	reference_of(&f);
	OK(kb_ids(f.kb, false, &all, &f.a, &e));
	assert_true(all.n > 50);
	// every title, and what agents might take of it
	for (size_t i = 0; i < all.n; i++) {
		struct kb_article art;
		OK(kb_article_get(f.kb, all.v[i], 0, &art, &f.a, &e));
		hold_against(&f, art.cur.text.title);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		hold_against(&f, more[i]);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
