// SPDX-License-Identifier: MIT
// Knows what is promised of articles: versions that never change, states, votes, gaps, a sound base.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/check.h"
#include "kb/merge.h"
#include "tests/unit/kb/fixture.h"

static struct kb_article get(struct fixture *f, const char *id, int ver)
{
	struct kb_article art;
	struct err e = {0};

	if (!kb_article_get(f->kb, id, ver, &art, &f->a, &e))
		fail_msg("%s", e.msg);
	return art;
}

static void say(void *arg, const char *msg)
{
	(void)arg;
	print_message("%s\n", msg);
}

static int64_t problems(struct fixture *f)
{
	struct kb_check_report rep;
	struct err e = {0};

	if (!kb_check(f->kb, say, NULL, &rep, &e))
		fail_msg("%s", e.msg);
	return rep.problems;
}

static void test_versions(void **state)
{
	struct fixture f;
	struct err e = {0};
	enum kb_put what;
	struct kb_text t = *fixture_text(1);
	struct kb_history_row *rows;
	size_t n;

	(void)state;
	fixture_open(&f);
	assert_true(kb_put(f.kb, &t, &what, &e));
	assert_int_equal(what, KB_PUT_NEW);
	t.note = "only the note differs";
	assert_true(kb_put(f.kb, &t, &what, &e));
	assert_int_equal(what, KB_PUT_UNCHANGED);
	clock_fake_add(&f.clock, 60000);
	t.body = "止付后须本人到网点。";
	t.author = "甲";
	t.approver = "乙";
	assert_true(kb_put(f.kb, &t, &what, &e));
	assert_int_equal(what, KB_PUT_CHANGED);
	assert_int_equal(get(&f, "KB-FIN-002", 0).cur.ver, 2);
	assert_string_equal(get(&f, "kb-fin-002", 0).cur.text.body, t.body);
	assert_string_equal(get(&f, "KB-FIN-002", 1).cur.text.body, fixture_text(1)->body);
	assert_string_not_equal(get(&f, "KB-FIN-002", 1).cur.sha256, get(&f, "KB-FIN-002", 2).cur.sha256);
	// the index follows the text
	assert_false(finds(&f, "\"司法冻结\"", KB_WHOLE, "KB-FIN-002"));
	assert_true(finds(&f, "\"本人到网点\"", KB_WHOLE, "KB-FIN-002"));
	assert_true(kb_history(f.kb, "KB-FIN-002", &rows, &n, &f.a, &e));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].ver, 2);
	assert_string_equal(rows[0].note, "only the note differs");
	assert_string_equal(rows[0].approver, "乙");
	assert_int_equal(rows[0].published_at - rows[1].published_at, 60000);
	// never changed, never deleted
	assert_false(kb_exec(f.kb, "UPDATE article_version SET body = 'x'", &e));
	assert_false(kb_exec(f.kb, "DELETE FROM article_version", &e));
	assert_int_equal(problems(&f), 0);
	assert_false(kb_article_get(f.kb, "KB-NONE", 0, &(struct kb_article){0}, &f.a, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(kb_article_get(f.kb, "KB-FIN-002", 3, &(struct kb_article){0}, &f.a, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	fixture_close(&f);
}

static void test_bad_texts_are_refused(void **state)
{
	const struct kb_text bad[] = {
		{.id = "", .title = "t"},
		{.id = "a b", .title = "t"},
		{.id = "A", .title = " "},
		{.id = "A", .title = "t", .type = "novel"},
		{.id = "A", .title = "t", .lang = "fr"},
		{.id = "A", .title = "t", .audience = "all"},
		{.id = "A", .title = "t", .body = "\x1b[2J"},
		{.id = "A", .title = "t\xe2\x80\xae", .body = ""},
		{.id = "A", .title = "t", .effective_from = 5, .effective_to = 5},
		{.id = "A", .title = "t", .author = "one", .approver = "one"},
	};
	struct fixture f;
	enum kb_put what;

	(void)state;
	fixture_open(&f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};
		if (kb_put(f.kb, &bad[i], &what, &e))
			fail_msg("bad text %d was taken", (int)i);
		assert_true(e.code == ERR_PARSE || e.code == ERR_DENIED);
	}
	fixture_close(&f);
}

static void test_states(void **state)
{
	struct fixture f;
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_false(kb_set_state(f.kb, "KB-EC-001", KB_DRAFT, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_true(kb_set_state(f.kb, "KB-EC-001", KB_ARCHIVED, &e));
	assert_false(kb_set_state(f.kb, "KB-EC-001", KB_PUBLISHED, &e)); // only by way of a draft
	assert_true(kb_set_state(f.kb, "KB-EC-001", KB_DRAFT, &e));
	assert_true(kb_set_state(f.kb, "KB-EC-001", KB_IN_REVIEW, &e));
	assert_false(finds(&f, "退货", KB_WHOLE, "KB-EC-001"));
	assert_true(kb_set_state(f.kb, "KB-EC-001", KB_PUBLISHED, &e));
	assert_true(finds(&f, "退货", KB_WHOLE, "KB-EC-001"));
	assert_int_equal(problems(&f), 0);
	fixture_close(&f);
}

static void test_three_net_down_votes_make_stale(void **state)
{
	struct fixture f;
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_true(kb_vote(f.kb, "KB-EC-001", true, &e));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED);
		assert_true(kb_vote(f.kb, "KB-EC-001", false, &e));
	}
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED); // 3 - 1 = 2
	assert_true(kb_vote(f.kb, "KB-EC-001", false, &e));
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_STALE);
	assert_true(kb_confirm_valid(f.kb, "KB-EC-001", 0, &e));
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED);
	assert_true(kb_vote(f.kb, "KB-EC-001", false, &e)); // counting starts anew
	assert_int_equal(get(&f, "KB-EC-001", 0).state, KB_PUBLISHED);
	assert_int_equal(get(&f, "KB-EC-001", 0).votes_down, 5);
	assert_false(kb_vote(f.kb, "NONE", true, &e));
	fixture_close(&f);
}

static void test_talk_track(void **state)
{
	struct kb_list say, dont;
	struct arena a = {0};

	(void)state;
	kb_talk_track(sv("## 答案\n- 说：不在此处\n## 话术\n- 说：“请您稍等。”\n* 说: \"Hold on\"\n1. 不说：肯定能批\n"
			 "- 说：“先” 再 “后”\n## 例外\n- 说：也不在"),
		      &say, &dont, &a);
	assert_int_equal(say.n, 3);
	assert_string_equal(say.v[0], "请您稍等。");
	assert_string_equal(say.v[1], "Hold on");
	assert_string_equal(say.v[2], "“先” 再 “后”");
	assert_int_equal(dont.n, 1);
	assert_string_equal(dont.v[0], "肯定能批");
	kb_talk_track(sv(""), &say, &dont, &a);
	assert_int_equal(say.n + dont.n, 0);
	arena_release(&a);
}

static void test_diff(void **state)
{
	struct arena a = {0};
	size_t n;
	struct kb_diff_line *d = kb_diff(sv("a\nb\nc\n"), sv("a\nx\nc\nd\n"), &n, &a);
	static const char want[] = " a-b+x c+d";
	struct str got = {0};

	(void)state;
	for (size_t i = 0; i < n; i++) {
		str_addc(&got, d[i].kind == KB_SAME ? ' ' : d[i].kind == KB_ADDED ? '+' : '-');
		str_addn(&got, d[i].text.p, d[i].text.n);
	}
	assert_string_equal(got.s, want);
	kb_diff(sv(""), sv(""), &n, &a);
	assert_int_equal(n, 0);
	str_release(&got);
	arena_release(&a);
}

// "same[-gone-]{+come+}"
static const char *marked(const struct kb_diff_line *d, size_t n, struct arena *a)
{
	struct str b = {0};

	for (size_t i = 0; i < n; i++)
		str_addf(&b, d[i].kind == KB_SAME ? "%.*s" : d[i].kind == KB_REMOVED ? "[-%.*s-]" : "{+%.*s+}", (int)d[i].text.n, d[i].text.p);
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static void test_diff_inside_a_line(void **state)
{
	static const struct {
		const char *old, *new, *want;
	} lines[] = {
		{"我们会在24小时内回复您", "我们会在2个工作日内回复您", "我们会在[-24小时-]{+2个工作日+}内回复您"},
		{"先核验，再说明原因", "先核验身份，再说明原因", "先核验{+身份+}，再说明原因"},
		{"限额为5000元每日", "限额为5000元", "限额为5000元[-每日-]"},
		// words and numbers change as a whole
		{"the limit is 5000 a day", "the limit is 8000 a week", "the limit is [-5000-]{+8000+} a [-day-]{+week+}"},
		{"call back within 24 hours today", "call back within 48 hours today", "call back within [-24-]{+48+} hours today"},
		// a character and its marks are one
		{"cafe\xCC\x81 open", "cafe open", "[-cafe\xCC\x81-]{+cafe+} open"},
		// a lone character in common between two changes is no news
		{"客户提交的申请需要主管审批通过", "客户提供的材料需要主管审批通过", "客户提[-交的申请-]{+供的材料+}需要主管审批通过"},
		// nothing to compare
		{"不可承诺解冻时间", "refer the caller to the branch", "[-不可承诺解冻时间-]{+refer the caller to the branch+}"},
		{"", "新的一行", "{+新的一行+}"},
		{"同", "同", "同"},
	};
	struct arena a = {0};
	struct str x = {0}, y = {0};
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct kb_diff_line *d = kb_diff_within(sv(lines[i].old), sv(lines[i].new), &n, &a);
		assert_string_equal(marked(d, n, &a), lines[i].want);
	}
	// Far too long to compare: still whole, and the beginning and the end in common are found.
	for (int i = 0; i < 3000; i++) {
		str_add(&x, i < 1000 ? "同" : i % 2 ? "甲" : "乙");
		str_add(&y, i < 1000 ? "同" : i % 3 ? "丙" : "丁");
	}
	struct kb_diff_line *d = kb_diff_within(sv(str_z(&x)), sv(str_z(&y)), &n, &a);
	size_t old = 0, new = 0;
	for (size_t i = 0; i < n; i++) {
		old += d[i].kind != KB_ADDED ? d[i].text.n : 0;
		new += d[i].kind != KB_REMOVED ? d[i].text.n : 0;
	}
	assert_int_equal(old, x.n);
	assert_int_equal(new, y.n);
	str_release(&x);
	str_release(&y);
	arena_release(&a);
}

static const char *rows_text(const struct kb_diff_row *r, size_t n, struct arena *a)
{
	struct str b = {0};

	for (size_t i = 0; i < n; i++) {
		if (r[i].folded)
			str_addf(&b, "@%zu\n", r[i].folded);
		else
			str_addf(&b, "%c%s\n", " -+"[r[i].kind], r[i].paired ? marked(r[i].part, r[i].n, a)
					       : r[i].n		  ? arena_strndup(a, r[i].part[0].text.p, r[i].part[0].text.n)
								  : "");
	}
	const char *out = arena_strdup(a, str_z(&b));
	str_release(&b);
	return out;
}

static void test_diff_for_reading(void **state)
{
	struct arena a = {0};
	size_t n;
	struct kb_diff_row *r;

	(void)state;
	// A line put in above a changed one does not take its partner.
	r = kb_diff_rows(sv("1\n2\n3\n4\n5\n系统显示“风控”：提交加急复核\n7\n8\n9\n10"),
			 sv("1\n2\n3\n4\n5\n先看渠道\n系统显示“风控”：提交普通复核\n7\n8\n9\n10"), 2, &n, &a);
	assert_string_equal(rows_text(r, n, &a), "@3\n 4\n 5\n+先看渠道\n-系统显示“风控”：提交[-加急-]复核\n+系统显示“风控”：提交{+普通+}复核\n 7\n 8\n@2\n");
	// Two changes close together: what lies between them stays, and a fold of one line is no fold.
	r = kb_diff_rows(sv("a\nb\nc\nd\ne\nf\ng"), sv("A\nb\nc\nd\ne\nf\nG"), 2, &n, &a);
	assert_string_equal(rows_text(r, n, &a), "-a\n+A\n b\n c\n d\n e\n f\n-g\n+G\n");
	r = kb_diff_rows(sv("a\nb"), sv("a\nb"), 0, &n, &a);
	assert_string_equal(rows_text(r, n, &a), "@2\n");
	// Too many at one place to seek partners: in their order, and nothing is lost.
	struct str old = {0}, new = {0};
	for (int i = 0; i < 200; i++) {
		str_addf(&old, "第%d条规定旧\n", i);
		str_addf(&new, "第%d条规定新\n", i);
	}
	r = kb_diff_rows(sv(str_z(&old)), sv(str_z(&new)), 3, &n, &a);
	assert_int_equal(n, 400);
	assert_true(str_starts(rows_text(r, n, &a), "-第0条规定[-旧-]\n+第0条规定{+新+}\n-第1条规定[-旧-]\n"));
	str_release(&old);
	str_release(&new);
	r = kb_diff_rows(sv(""), sv("x\n\ny"), 3, &n, &a);
	assert_string_equal(rows_text(r, n, &a), "+x\n+\n+y\n");
	r = kb_diff_rows(sv(""), sv(""), 3, &n, &a);
	assert_int_equal(n, 0);
	arena_release(&a);
}

static void test_check_sees_damage_and_reindex_heals(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb_stats st;

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_true(kb_stats_get(f.kb, &st, &e));
	assert_int_equal(st.articles, FIXTURE_ARTICLES);
	assert_int_equal(st.searchable, FIXTURE_ARTICLES);
	assert_int_equal(st.must_read, 1);
	assert_true(st.words > 40 && st.pending == FIXTURE_ARTICLES && st.file_bytes > 0);
	int64_t words = st.words;
	assert_int_equal(problems(&f), 0);
	const char *before = ask(&f, "账户冻结 lost", KB_WHOLE);
	static const char *const damage[] = {
		"UPDATE article SET doc = 0 WHERE no = 2",
		"UPDATE article SET row = 1 WHERE no = 2",
		"UPDATE article SET doc = 3 WHERE no = 2",
		"DELETE FROM kb_post WHERE id = (SELECT id FROM kb_post LIMIT 1 OFFSET 40)",
		"UPDATE kb_post SET d = x'' WHERE id = (SELECT id FROM kb_post LIMIT 1 OFFSET 40)",
		"DELETE FROM kb_pending",
		"UPDATE kb_pending SET d = CAST(substr(d, 1, length(d) - 1) AS BLOB)",
		"DELETE FROM kb_word WHERE w = 'lost'",
		"UPDATE kb_word SET h = h + 1 WHERE w = 'lost'",
		"UPDATE kb_char SET n = n + 1 WHERE cp = unicode('冻')",
		"UPDATE kb_live SET rev = rev + 1000, d = zeroblob(length(d))",
		"UPDATE meta SET v = v + 1 WHERE key = 'docs'",
	};
	for (size_t i = 0; i < sizeof(damage) / sizeof(*damage); i++) {
		for (bool more = true; more;)
			assert_true(kb_merge(f.kb, &more, &e));
		fixture_put(&f, &(struct kb_text){.id = "KB-NEW", .title = "新文章", .body = arena_printf(&f.a, "还没有并入 %zu", i)});
		assert_int_equal(problems(&f), 0);
		assert_true(kb_exec(f.kb, damage[i], &e));
		kb_close(f.kb); // as the next program finds it
		assert_true(kb_open(&f.kb, f.path, KB_WRITE, &f.clock, NULL, &e));
		if (problems(&f) == 0)
			fail_msg("not seen: %s", damage[i]);
		assert_true(kb_reindex(f.kb, &e));
		assert_int_equal(problems(&f), 0);
	}
	assert_true(kb_stats_get(f.kb, &st, &e));
	assert_true(st.words > words && st.pending == st.searchable);
	assert_string_equal(ask(&f, "账户冻结 lost", KB_WHOLE), before);
	// a text changed behind our back
	assert_true(kb_exec(f.kb,
			    "DROP TRIGGER article_version_is_immutable; UPDATE article_version SET body = 'x' WHERE no = 3", &e));
	assert_true(problems(&f) >= 2); // the hash, and the index that has another text
	fixture_close(&f);
}

static void test_a_reader_sees_what_the_writer_commits(void **state)
{
	struct fixture f, r = {0};
	struct err e = {0};
	struct kb *writer;

	(void)state;
	fixture_open(&f);
	fixture_put(&f, fixture_text(1));
	assert_true(kb_open(&r.kb, f.path, KB_READ, &f.clock, NULL, &e));
	assert_string_equal(ask(&r, "zhdj", KB_FULL), "KB-FIN-002");
	assert_string_equal(ask(&r, "挂失", KB_FULL), "");
	fixture_put(&f, fixture_text(2));
	assert_true(str_starts(ask(&r, "银行卡挂失", KB_FULL), "KB-FIN-003"));
	assert_true(kb_set_state(f.kb, "KB-FIN-002", KB_ARCHIVED, &e));
	assert_string_equal(ask(&r, "zhdj", KB_FULL), "");
	assert_false(kb_set_state(r.kb, "KB-FIN-003", KB_ARCHIVED, &e)); // readers cannot write
	kb_close(r.kb);
	arena_release(&r.a);
	assert_false(kb_open(&writer, "no/such/kb.db", KB_READ, &f.clock, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	fixture_close(&f);
}

static void test_a_newer_file_is_refused(void **state)
{
	struct fixture f;
	struct err e = {0};
	struct kb *again;

	(void)state;
	fixture_open(&f);
	assert_true(kb_exec(f.kb, "PRAGMA user_version=99", &e));
	assert_false(kb_open(&again, f.path, KB_READ, &f.clock, NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_bad_texts_are_refused),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_three_net_down_votes_make_stale),
		cmocka_unit_test(test_talk_track),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_diff_inside_a_line),
		cmocka_unit_test(test_diff_for_reading),
		cmocka_unit_test(test_check_sees_damage_and_reindex_heals),
		cmocka_unit_test(test_a_reader_sees_what_the_writer_commits),
		cmocka_unit_test(test_a_newer_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
