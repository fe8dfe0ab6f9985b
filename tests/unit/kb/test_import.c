// SPDX-License-Identifier: MIT
// Knows what is promised of imports: the forms, bad rows named by line and skipped, one hostile row costs itself only.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/import.h"
#include "src/base/path.h"
#include "tests/unit/kb/fixture.h"

struct heard {
	char text[4000], note[400]; // of the last one
	int progress, notes;
};

static void on_bad(void *arg, const struct kb_bad_row *row)
{
	struct heard *h = arg;
	size_t n = strlen(h->text);
	const char *name = strrchr(row->file, '/');

	assert_true(strlen(row->msg) > 0);
	snprintf(h->text + n, sizeof(h->text) - n, "%s:%d ", name ? name + 1 : row->file, row->line);
}

static void on_note(void *arg, const char *file, int line, const char *msg)
{
	struct heard *h = arg;

	(void)file;
	assert_true(line > 0);
	h->notes++;
	snprintf(h->note, sizeof(h->note), "%s", msg);
}

static bool on_progress(void *arg, const struct kb_import_report *so_far)
{
	struct heard *h = arg;

	assert_true(so_far->bytes <= so_far->total);
	h->progress++;
	return true;
}

static struct kb_import_report import(struct fixture *f, const char *path, struct heard *h)
{
	struct kb_import_opts o = {.on_bad = on_bad, .on_note = on_note, .on_progress = on_progress, .arg = h};
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

static void test_html_shapes(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	fixture_file(&f, "a.html",
		     "<title>站点</title><body><header>顶部</header><article><header><h1>退款 <em>政策</em></h1></header>"
		     "<ol><li><p>打开</p></li><li>选<ul><li>原因</li><li>图片</li></ul></li></ol>"
		     "<table><tr><th>方式<th>时限</tr><tr><td>银行卡<br>借记卡<td><p>3|7 天</p></tr></table>"
		     "<blockquote><p>一</p><p>二</p></blockquote><p># 井号</p><pre>a  b\n c</pre><p>&lt;b&gt; &euro;5</p>"
		     "<button>购买</button></article><footer>版权</footer>");
	struct kb_import_report r = import(&f, f.dir, &h);
	assert_int_equal(r.added, 1);
	struct kb_text t = get(&f, "a").cur.text;
	assert_string_equal(t.title, "退款 政策");
	assert_string_equal(t.body, "1. 打开\n\n2. 选\n   - 原因\n   - 图片\n\n| 方式 | 时限 |\n| --- | --- |\n"
				    "| 银行卡 借记卡 | 3\\|7 天 |\n\n> 一\n\n> 二\n\n\\# 井号\n\n```\na  b\n c\n```\n\n\\<b> €5\n");
	fixture_close(&f);
}

// The charset a page names, the one it is really in, and none at all.
static void test_charsets(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	fixture_file(&f, "big5.html", "<meta charset=big5><h1>\xb0\x68\xb4\xda</h1>");
	fixture_file(&f, "gbk.html", "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\"><h1>\xcd\xcb\xbf\xee\x96\x7c</h1>");
	fixture_file(&f, "mixed.html", "<meta charset=\"gb2312\"><h1>退款</h1>");
	fixture_file(&f, "nowhere.html", "<meta charset=\"x-nothing\"><h1>\xcd\xcb\xbf</h1>");
	fixture_file(&f, "plain.md", "---\ntitle: \xcd\xcb\xbf\xee\n---\n");
	fixture_file(&f, "wrong.md", "---\ntitle: \xff\xff\n---\n");
	struct kb_import_report r = import(&f, f.dir, &h);
	assert_int_equal(r.added, 4);
	assert_string_equal(h.text, "nowhere.html:1 wrong.md:1 ");
	assert_string_equal(get(&f, "big5").cur.text.title, "退款");
	assert_string_equal(get(&f, "gbk").cur.text.title, "退款東"); // of GBK, which pages call gb2312
	assert_string_equal(get(&f, "mixed").cur.text.title, "退款");
	assert_string_equal(get(&f, "plain").cur.text.title, "退款");
	assert_int_equal(h.notes, 3);
	fixture_close(&f);
}

// A file of JSON: an array over many lines; what is not closed costs itself and nothing behind it.
static void test_json_array(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	struct kb_import_report r = import(&f,
					   fixture_file(&f, "a.json",
							"\xef\xbb\xbf [\n  {\"id\": \"A1\",\n   \"title\": \"x } ] \\\" y\",\n   \"more\":\n {\"a\": [{}, 1]}},\n"
							"  {\"id\": \"A2\", \"title\": \"open},\n  {\"id\": \"A3\", \"title\": \"c\"},\n"
							"  {\"id\": \"A4\", \"title\": \"no bracket\"\n  ,\n  {\"id\": \"A5\", \"title\": \"e\"},\n"
							"  7, [\"x\"],\n  {\"id\": \"A6\", \"title\": \"f\"}\n]\n"),
					   &h);
	assert_string_equal(h.text, "a.json:6 a.json:8 a.json:11 a.json:11 ");
	assert_int_equal(r.added, 4);
	assert_string_equal(get(&f, "A1").cur.text.title, "x } ] \" y");
	h = (struct heard){0};
	r = import(&f, fixture_file(&f, "b.json", "{\n \"id\": \"B1\",\n \"title\": \"one over lines\"\n}\n"), &h);
	assert_int_equal(r.added, 1);
	r = import(&f, fixture_file(&f, "c.json", "{\"id\":\"C1\",\"title\":\"a\"}\n{\"id\":\"C2\",\"title\":\"b}\n{\"id\":\"C3\",\"title\":\"c\"}"), &h);
	assert_string_equal(h.text, "c.json:2 ");
	assert_int_equal(r.added, 2);
	fixture_close(&f);
}

// Other separators and encodings, as spreadsheets write them.
static void test_csv_kinds(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	struct kb_import_report r = import(&f, fixture_file(&f, "s.csv", "ID;Title;_mine;tags\r\nS1;\"a;b\";x;\"t;u\"\r\n"), &h);
	assert_int_equal(r.added, 1);
	assert_int_equal(h.notes, 1);
	assert_string_equal(get(&f, "S1").cur.text.title, "a;b");
	assert_int_equal(get(&f, "S1").cur.text.tags.n, 2);
	r = import(&f, fixture_file(&f, "t.tsv", "id\ttitle\ttags\nT1\ta,b\t\"[\"\"x;y\"\",\"\"z\"\"]\"\n"), &h);
	assert_string_equal(get(&f, "T1").cur.text.tags.v[0], "x;y");
	// an open quote costs its line
	r = import(&f, fixture_file(&f, "q.csv", "id,title\nQ1,\"open\nQ2,b\nQ3,c\n"), &h);
	assert_string_equal(h.text, "q.csv:2 ");
	assert_int_equal(r.added, 2);
	// GBK: 退款, seen at the beginning, and only after many lines of ASCII
	h = (struct heard){0};
	r = import(&f, fixture_file(&f, "g.csv", "id,title\nG1,\xcd\xcb\xbf\xee\nG2,\xff\n"), &h);
	assert_int_equal(r.bad, 2); // 0xff is no GBK either, so the file is of no known kind
	h = (struct heard){0};
	r = import(&f, fixture_file(&f, "g.csv", "id,title\nG1,\xcd\xcb\xbf\xee\n"), &h);
	assert_int_equal(r.added, 1);
	assert_int_equal(h.notes, 1);
	assert_string_equal(get(&f, "G1").cur.text.title, "退款");
	struct str late = {0};
	str_add(&late, "id,title\n");
	for (int i = 0; i < 7000; i++)
		str_addf(&late, "L%d,title\n", i % 3);
	str_add(&late, "L7,\xcd\xcb\xbf\xee\n");
	h = (struct heard){0};
	r = import(&f, fixture_file(&f, "late.csv", late.s), &h);
	assert_int_equal(r.bad, 0);
	assert_string_equal(get(&f, "L7").cur.text.title, "退款");
	str_release(&late);
	h = (struct heard){0};
	import(&f, fixture_file(&f, "u.csv", "\xff\xfei"), &h);
	import(&f, fixture_file(&f, "n.csv", "name,title\nx,y\n"), &h);
	import(&f, fixture_file(&f, "w.csv", "id,title,title\nx,y,z\n"), &h);
	assert_string_equal(h.text, "u.csv:1 n.csv:1 w.csv:1 ");
	fixture_close(&f);
}

static void filler(struct str *b, size_t n)
{
	while (n--)
		str_addc(b, 'x');
}

// Too long, NUL, a wrong byte: each costs its row.
static void test_hostile_rows(void **state)
{
	struct fixture f;
	struct heard h = {0};
	struct str b = {0};
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	str_add(&b, "{\"id\":\"A\",\"title\":\"a\",\"body\":\"");
	filler(&b, 5 * 1024 * 1024);
	str_add(&b, "\"}\n{\"id\":\"B\",\"title\":\"b\",\"body\":\"");
	filler(&b, KB_ARTICLE_MAX + 1);
	str_add(&b, "\"}\n{\"id\":\"C\",\"title\":\"c\",\"body\":\"");
	filler(&b, KB_ARTICLE_MAX - 1);
	str_add(&b, "\"}\n{\"id\":\"D");
	str_addn(&b, "\0", 1);
	str_add(&b, "\"}\n{\"id\":\"E\",\"title\":\"\xfe\"}\n{\"id\":\"F\",\"title\":\"f\"}");
	const char *path = fixture_file(&f, "h.jsonl", "");
	assert_true(path_write_atomic(path, sv_n(b.s, b.n), 0600, &e));
	struct kb_import_report r = import(&f, path, &h);
	assert_string_equal(h.text, "h.jsonl:1 h.jsonl:2 h.jsonl:4 h.jsonl:5 ");
	assert_int_equal(r.added, 2);
	assert_int_equal(strlen(get(&f, "C").cur.text.body), KB_ARTICLE_MAX - 1);
	assert_int_equal(get(&f, "F").cur.ver, 1);
	str_release(&b);
	fixture_close(&f);
}

// One id twice: the later row counts, and a word says so; the same text twice is nothing to speak of.
static void test_repeated_ids(void **state)
{
	struct fixture f;
	struct heard h = {0};

	(void)state;
	fixture_open(&f);
	fixture_file(&f, "a.jsonl", "{\"id\":\"A1\",\"title\":\"one\"}\n{\"id\":\"A2\",\"title\":\"two\"}\n"
				    "{\"id\":\"a1\",\"title\":\"other\"}\n{\"id\":\"A2\",\"title\":\"two\"}\n");
	fixture_file(&f, "b.jsonl", "{\"id\":\"A2\",\"title\":\"third\"}\n");
	struct kb_import_report r = import(&f, f.dir, &h);
	assert_int_equal(r.repeated, 2);
	assert_int_equal(h.notes, 2);
	assert_non_null(strstr(h.note, "a.jsonl:4")); // where A2 stood last
	assert_string_equal(get(&f, "A1").cur.text.title, "other");
	assert_string_equal(get(&f, "A2").cur.text.title, "third");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_lines),    cmocka_unit_test(test_markdown),	   cmocka_unit_test(test_csv),
		cmocka_unit_test(test_html),	      cmocka_unit_test(test_html_shapes),  cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_json_array),    cmocka_unit_test(test_csv_kinds),	   cmocka_unit_test(test_hostile_rows),
		cmocka_unit_test(test_repeated_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
