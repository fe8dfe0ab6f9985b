// SPDX-License-Identifier: MIT
// Knows what is promised of imports: four forms, bad rows named by line and skipped, nothing written twice.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/check.h"
#include "kb/import.h"
#include "tests/unit/kb/fixture.h"

struct heard {
	char text[4000];
	int progress;
	bool stop;
};

static void on_bad(void *arg, const char *file, int line, const char *msg)
{
	struct heard *h = arg;
	size_t n = strlen(h->text);
	const char *name = strrchr(file, '/');

	(void)msg;
	assert_true(strlen(msg) > 0);
	snprintf(h->text + n, sizeof(h->text) - n, "%s:%d ", name ? name + 1 : file, line);
}

static bool on_progress(void *arg, const struct kb_import_report *so_far)
{
	struct heard *h = arg;

	(void)so_far;
	h->progress++;
	return !h->stop;
}

static struct kb_import_report import(struct fixture *f, const char *path, struct heard *h)
{
	struct kb_import_opts o = {.on_bad = on_bad, .on_progress = on_progress, .arg = h};
	struct kb_import_report rep;
	struct err e = {0};

	if (!kb_import(f->kb, path, &o, &rep, &e))
		fail_msg("%s", e.msg);
	return rep;
}

static struct kb_article get(struct fixture *f, const char *id)
{
	struct kb_article art;
	struct err e = {0};

	if (!kb_article_get(f->kb, id, 0, &art, &f->a, &e))
		fail_msg("%s", e.msg);
	return art;
}

static void test_json_lines(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	const char *path = fixture_file(&f, "a.jsonl",
					"{\"id\":\"A1\",\"title\":\"账户冻结\",\"body\":\"核实\\u001b身份\",\"tags\":[\"卡\",\"户\"],"
					"\"category\":\"account\",\"effective_to\":\"2026-12-31\",\"colour\":\"red\"}\n"
					"\n"
					"{\"id\":\"A2\",\"title\":\n"
					"[1]\n"
					"{\"id\":\"A3\"}\n"
					"{\"id\":\"A4\",\"title\":\"x\",\"tags\":[1]}\n"
					"{\"id\":\"A5\",\"title\":\"x\",\"effective_from\":\"someday\"}\n"
					"{\"id\":\"A6\",\"id\":\"A6\",\"title\":\"x\"}\n"
					"{\"id\":\"A7\",\"title\":\"\xff\"}\n"
					"{\"id\":\"A8\",\"title\":\"退货\"}\r\n"
					"{\"id\":\"A9\",\"title\":\"last, no line end\"}");
	struct kb_import_report r = import(&f, path, &h);
	assert_string_equal(h.text, "a.jsonl:3 a.jsonl:4 a.jsonl:5 a.jsonl:6 a.jsonl:7 a.jsonl:8 a.jsonl:9 ");
	assert_int_equal(r.read, 10);
	assert_int_equal(r.added, 3);
	assert_int_equal(r.bad, 7);
	assert_true(h.progress > 0);
	struct kb_article a = get(&f, "A1");
	assert_string_equal(a.cur.text.body, "核实身份"); // the escape is gone
	assert_int_equal(a.cur.text.tags.n, 2);
	assert_string_equal(a.cur.text.category.v[0], "account");
	assert_int_equal(a.cur.text.effective_to, 1798732800000); // the day counts: midnight after it in Shanghai
	// again: nothing new; changed: one version more
	r = import(&f, path, &h);
	assert_int_equal(r.unchanged, 3);
	assert_int_equal(r.added + r.changed, 0);
	path = fixture_file(&f, "a.jsonl", "{\"id\":\"A8\",\"title\":\"退货退款\"}");
	r = import(&f, path, &h);
	assert_int_equal(r.changed, 1);
	assert_int_equal(get(&f, "A8").cur.ver, 2);
	fixture_close(&f);
}

static void test_markdown(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	fixture_file(&f, "KB-FIN-001.md",
		     "---\nid: KB-FIN-001\nversion: 1\ntype: policy\ntitle: 贷款条件？\ntitle_en: Loans\n"
		     "category: [loan.enquiry]\nlang: zh\ntags: [贷款, 消费贷]\nphrasings:\n  - 我想借点钱\n"
		     "effective_from: 2026-01-01\nreview_due: 2027-01-01\naudience: agent\nmust_read: true\n"
		     "author: 知识编辑部\napprover: 合规部\nnote: 首次发布\n---\n## 话术\n- 说：“好的。”\n");
	fixture_file(&f, "no-front.md", "# 标题在正文\n\n正文。\n");
	fixture_file(&f, "bad-field.md", "---\ntitle: x\ncolour: red\n---\n");
	fixture_file(&f, "twice.md", "---\ntitle: x\ntitle: y\n---\n");
	fixture_file(&f, "alias.md", "---\ntitle: &a x\nquestion: *a\n---\n");
	fixture_file(&f, "open.md", "---\ntitle: x\n");
	fixture_file(&f, "nested.md", "---\ntitle: {a: b}\n---\n");
	fixture_file(&f, "broken.md", "---\ntitle: [x\n---\n");
	struct kb_import_report r = import(&f, f.dir, &h);
	assert_int_equal(r.files, 8);
	assert_int_equal(r.added, 2);
	assert_int_equal(r.bad, 6);
	assert_non_null(strstr(h.text, "bad-field.md:3 "));
	assert_non_null(strstr(h.text, "twice.md:3 "));
	struct kb_article a = get(&f, "KB-FIN-001");
	assert_string_equal(a.cur.text.type, "policy");
	assert_int_equal(a.cur.text.tags.n, 2);
	assert_string_equal(a.cur.text.phrasings.v[0], "我想借点钱");
	assert_true(a.cur.text.must_read);
	assert_int_equal(a.cur.text.effective_from, 1767196800000); // 2026-01-01 in Shanghai
	assert_string_equal(a.cur.say.v[0], "好的。");
	assert_string_equal(get(&f, "no-front").cur.text.title, "标题在正文");
	fixture_close(&f);
}

static void test_csv(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	struct kb_import_report r = import(
		&f,
		fixture_file(&f, "c.csv",
			     "\xef\xbb\xbfid,title,body,tags\r\n"
			     "C1,\"退货, 七天\",\"第一行\n第二行 \"\"引\"\"\",退;换|修\r\n"
			     "C2,too,few\n"
			     "C3,\"quote\"x,b,\n"
			     "\n"
			     "C4,后来,正文,\n"
			     "C5,\"open"),
		&h);
	assert_string_equal(h.text, "c.csv:4 c.csv:5 c.csv:8 ");
	assert_int_equal(r.added, 2);
	assert_int_equal(r.bad, 3);
	struct kb_article a = get(&f, "C1");
	assert_string_equal(a.cur.text.title, "退货, 七天");
	assert_string_equal(a.cur.text.body, "第一行\n第二行 \"引\"");
	assert_int_equal(a.cur.text.tags.n, 3);
	h = (struct heard){0};
	r = import(&f, fixture_file(&f, "d.csv", "id,headline\nD1,x\n"), &h);
	assert_string_equal(h.text, "d.csv:1 ");
	assert_int_equal(r.added, 0);
	fixture_close(&f);
}

static void test_html(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	struct kb_import_report r = import(
		&f,
		fixture_file(&f, "page-1.html",
			     "<!DOCTYPE html><html><head><title>网站 | 帮助</title><style>p{x:1}</style></head><body>"
			     "<nav><a href='/'>首页</a></nav><h1>怎样&nbsp;退货 &amp; 换货</h1><p>七天内<b>可以</b>退。</p>"
			     "<script>if (a < b) { document.write('<p>坏</p>'); }</script>"
			     "<ol><li>申请</li><li>寄回</li></ol><table><tr><th>渠道</th><th>时限</th></tr>"
			     "<tr><td>网上</td><td>3&#22825;</td></tr></table><!-- 注释 > --><p>完 1 < 2</p></body></html>"),
		&h);
	assert_int_equal(r.added, 1);
	struct kb_text t = get(&f, "page-1").cur.text;
	assert_string_equal(t.title, "怎样 退货 & 换货");
	assert_non_null(strstr(t.body, "七天内**可以**退。"));
	assert_non_null(strstr(t.body, "1. 申请\n2. 寄回\n"));
	assert_non_null(strstr(t.body, "| 渠道 | 时限 |\n| --- | --- |\n| 网上 | 3天 |"));
	assert_non_null(strstr(t.body, "完 1 < 2"));
	assert_null(strstr(t.body, "首页"));
	assert_null(strstr(t.body, "坏"));
	assert_null(strstr(t.body, "注释"));
	r = import(&f, fixture_file(&f, "empty.html", "<html><script>x"), &h);
	assert_int_equal(r.bad, 1);
	fixture_close(&f);
}

static void test_a_stopped_import_goes_on(void **state)
{
	struct fixture f;
	struct heard h = {.stop = true};
	struct kb_import_opts o = {.on_progress = on_progress, .arg = &h};
	struct kb_import_report rep;
	struct err e = {0};
	struct str text = {0};
	struct kb_check_report check;

	(void)state;
	fixture_open(&f);
	for (int i = 0; i < 2300; i++)
		str_addf(&text, "{\"id\":\"N%d\",\"title\":\"第%d条\"}\n", i, i);
	const char *path = fixture_file(&f, "n.jsonl", text.s);
	assert_false(kb_import(f.kb, path, &o, &rep, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_int_equal(rep.added, 2000);
	h.stop = false;
	assert_true(kb_import(f.kb, path, &o, &rep, &e));
	assert_int_equal(rep.unchanged, 2000);
	assert_int_equal(rep.added, 300);
	assert_true(kb_check(f.kb, NULL, NULL, &check, &e));
	assert_int_equal(check.problems, 0);
	assert_int_equal(check.articles, 2300);
	str_release(&text);
	fixture_close(&f);
}

// What is exported comes back as the same text.
static void test_export_and_back(void **state)
{
	struct fixture f, g;
	struct heard h = {0};
	struct kb_list ids;
	struct err e = {0};
	struct str text = {0};

	(void)state;
	fixture_open(&f);
	fixture_fill(&f);
	assert_true(kb_ids(f.kb, false, &ids, &f.a, &e));
	assert_int_equal(ids.n, FIXTURE_ARTICLES);
	for (size_t i = 0; i < ids.n; i++) {
		struct kb_text t = get(&f, ids.v[i]).cur.text;
		str_addf(&text, "%s\n", kb_to_json(&t, &f.a));
	}
	fixture_open(&g);
	import(&g, fixture_file(&g, "out.jsonl", text.s), &h);
	for (size_t i = 0; i < ids.n; i++)
		assert_string_equal(get(&g, ids.v[i]).cur.sha256, get(&f, ids.v[i]).cur.sha256);
	str_release(&text);
	fixture_close(&f);
	fixture_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_lines), cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_csv),	   cmocka_unit_test(test_html),
		cmocka_unit_test(test_a_stopped_import_goes_on), cmocka_unit_test(test_export_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
