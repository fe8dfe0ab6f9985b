// SPDX-License-Identifier: MIT
// Knows what is promised of moving articles: an import that was stopped goes on, refused rows come back for correction, and
// what is exported comes in again as the same bytes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "kb/check.h"
#include "kb/export.h"
#include "kb/reject.h"
#include "src/base/utf8.h"
#include "src/base/path.h"
#include "tests/unit/kb/fixture.h"

struct ear {
	int64_t stop_at; // rows; 0: never
	int bad, notes;
	struct kb_rejects rejects;
	bool append;
};

static void on_bad(void *arg, const struct kb_bad_row *row)
{
	struct ear *x = arg;
	struct err e = {0};

	x->bad++;
	assert_true(utf8_valid(sv(row->msg)));
	if (x->rejects.path && !kb_rejects_add(&x->rejects, row, x->append, &e))
		fail_msg("%s", e.msg);
}

static void on_note(void *arg, const char *file, int line, const char *msg)
{
	struct ear *x = arg;

	(void)file;
	(void)line;
	assert_true(strlen(msg) > 0);
	x->notes++;
}

static bool on_progress(void *arg, const struct kb_import_report *r)
{
	const struct ear *x = arg;

	return !x->stop_at || r->read < x->stop_at;
}

static bool import_as(struct fixture *f, const char *path, struct ear *x, struct kb_import_opts o, struct kb_import_report *rep)
{
	struct err e = {0};

	o.on_bad = on_bad;
	o.on_note = on_note;
	o.on_progress = on_progress;
	o.arg = x;
	bool ok = kb_import(f->kb, path, &o, rep, &e);
	if (!ok && e.code != ERR_DENIED)
		fail_msg("%s", e.msg);
	return ok;
}

static struct kb_import_report import(struct fixture *f, const char *path, struct ear *x)
{
	struct kb_import_report rep;

	assert_true(import_as(f, path, x, (struct kb_import_opts){0}, &rep));
	return rep;
}

static void assert_sound(struct fixture *f, int64_t articles)
{
	struct kb_check_report r;
	struct err e = {0};

	if (!kb_check(f->kb, NULL, NULL, &r, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(r.problems, 0);
	assert_int_equal(r.articles, articles);
}

// ---- going on ----

static const char *numbered(struct fixture *f, const char *name, int n, bool csv)
{
	struct str text = {0};

	if (csv)
		str_add(&text, "id,title\n");
	for (int i = 0; i < n; i++) {
		if (i % 500 == 7)
			str_add(&text, "broken\n");
		str_addf(&text, csv ? "N%d,\"第%d\n条\"\n" : "{\"id\":\"N%d\",\"title\":\"第%d条\"}\n", i, i);
	}
	const char *path = fixture_file(f, name, text.s);
	str_release(&text);
	return path;
}

static void test_a_stopped_import_goes_on(void **state)
{
	(void)state;
	for (int csv = 0; csv < 2; csv++) {
		struct fixture f;
		struct ear x = {.stop_at = 1000};
		struct kb_import_report rep, second;
		fixture_open(&f);
		const char *path = numbered(&f, csv ? "n.csv" : "n.jsonl", 2300, csv);
		assert_false(import_as(&f, path, &x, (struct kb_import_opts){.batch = 300}, &rep));
		assert_in_range(rep.read, 1000, 1300);
		assert_sound(&f, rep.added);
		x.stop_at = 0;
		second = import(&f, path, &x);
		assert_int_equal(second.resumed, rep.read);
		assert_int_equal(second.unchanged, 0); // not even looked at
		assert_int_equal(second.added, 2300 - rep.added);
		assert_int_equal(x.bad, 5); // each once
		assert_sound(&f, 2300);
		// done: the same file again is read whole
		second = import(&f, path, &x);
		assert_int_equal(second.resumed, 0);
		assert_int_equal(second.unchanged, 2300);
		fixture_close(&f);
	}
}

// Another file of that name is not gone on with, and nobody is held to it.
static void test_what_is_not_gone_on_with(void **state)
{
	struct fixture f;
	struct ear x = {.stop_at = 300};
	struct kb_import_report rep;

	(void)state;
	fixture_open(&f);
	const char *path = numbered(&f, "n.jsonl", 1000, false);
	assert_false(import_as(&f, path, &x, (struct kb_import_opts){0}, &rep));
	int64_t had = rep.added;
	path = numbered(&f, "n.jsonl", 1000, false); // the same bytes written anew: who knows
	x.stop_at = 0;
	rep = import(&f, path, &x);
	assert_int_equal(rep.resumed, 0);
	assert_int_equal(rep.unchanged, had);
	x.stop_at = 300;
	path = numbered(&f, "m.jsonl", 1000, false);
	assert_false(import_as(&f, path, &x, (struct kb_import_opts){.afresh = true}, &rep));
	x.stop_at = 0;
	assert_true(import_as(&f, path, &x, (struct kb_import_opts){.afresh = true}, &rep));
	assert_int_equal(rep.resumed, 0);
	assert_int_equal(rep.unchanged, 1000);
	fixture_close(&f);
}

// ---- refused rows ----

static struct str text_of(struct fixture *f, const char *name)
{
	struct str b = {0};
	struct err e = {0};

	if (!path_read(arena_printf(&f->a, "%s/%s", f->dir, name), 16 * 1024 * 1024, &b, &e))
		fail_msg("%s", e.msg);
	return b;
}

static void import_with_rejects(struct fixture *f, const char *path, const char *rejects, int bad)
{
	struct ear x = {0};
	struct err e = {0};

	kb_rejects_init(&x.rejects, arena_printf(&f->a, "%s/%s", f->dir, rejects));
	import(f, path, &x);
	assert_true(kb_rejects_close(&x.rejects, false, &e));
	assert_int_equal(x.bad, bad);
}

// What was refused is refused again until it is corrected; corrected in the very file it is taken.
static void test_rejects_of_json(void **state)
{
	struct fixture f;
	struct ear x = {0};

	(void)state;
	fixture_open(&f);
	const char *path = fixture_file(&f, "a.jsonl",
					"{\"id\":\"A1\",\"title\":\"good\"}\n{\"id\":\"A2\",\"title\":\"退货\",\"lang\":\"fr\"}\n"
					"{\"id\":\"A3\",\"title\":\"open}\n{}\nplain\n{\"id\":\"A4\",\"title\":\"\xff\"}\n");
	import_with_rejects(&f, path, "r.jsonl", 5);
	struct str out = text_of(&f, "r.jsonl");
	assert_non_null(strstr(out.s, "a.jsonl:2: "));
	assert_non_null(strstr(out.s, ",\"id\":\"A2\",\"title\":\"退货\",\"lang\":\"fr\"}\n"));
	assert_non_null(strstr(out.s, "\"_row\":\"plain\""));
	import_with_rejects(&f, fixture_file(&f, "again.jsonl", out.s), "r2.jsonl", 5);
	char *fr = strstr(out.s, "\"fr\""), *open = strstr(out.s, "title\":\"open}");
	memcpy(fr, "\"zh\"", 4);
	memcpy(open, "title\":\"op\"} ", 13);
	struct kb_import_report rep = import(&f, fixture_file(&f, "fixed.jsonl", out.s), &x);
	assert_int_equal(rep.added, 2);
	assert_int_equal(rep.bad, 3);
	// nothing refused: an old file of refused rows would mislead
	import_with_rejects(&f, fixture_file(&f, "good.jsonl", "{\"id\":\"A1\",\"title\":\"good\"}"), "r.jsonl", 0);
	str_release(&out);
	out = text_of(&f, "r.jsonl");
	assert_int_equal(out.n, 0);
	str_release(&out);
	fixture_close(&f);
}

static void test_rejects_of_csv(void **state)
{
	struct fixture f;
	struct ear x = {0};

	(void)state;
	fixture_open(&f);
	const char *path = fixture_file(&f, "a.csv",
					"id;title;lang;tags\nA1;good;zh;\nA2;\"退;货\";fr;\"a;b\"\nA3;too;few\nA4;t\"x;zh;\nA5;\"o\"o;zh;\n");
	import_with_rejects(&f, path, "r.csv", 3);
	struct str out = text_of(&f, "r.csv");
	assert_non_null(strstr(out.s, "_rejected,id,title,lang,tags\r\n"));
	assert_non_null(strstr(out.s, ",A2,\"退;货\",fr,\"a;b\"\r\n"));
	import_with_rejects(&f, fixture_file(&f, "again.csv", out.s), "r2.csv", 3);
	memcpy(strstr(out.s, ",fr,"), ",zh,", 4);
	struct kb_import_report rep = import(&f, fixture_file(&f, "fixed.csv", out.s), &x);
	assert_int_equal(rep.added, 1);
	str_release(&out);
	// rows of a spreadsheet as JSON Lines
	import_with_rejects(&f, path, "r.jsonl", 3);
	out = text_of(&f, "r.jsonl");
	assert_non_null(strstr(out.s, "\"title\":\"退;货\",\"lang\":\"fr\",\"tags\":[\"a\",\"b\"]}\n"));
	import_with_rejects(&f, fixture_file(&f, "again.jsonl", out.s), "r3.jsonl", 3);
	str_release(&out);
	// what a message shows of a row ends at a character
	const char *bad[] = {"id,title,effective_from\nA1,t,一二三四五六七八九十一二三四五六七八九十\n", "id,一二三四五六七八九十一二三四五六七八九十\nA1,t\n"};
	for (size_t i = 0; i < 2; i++) {
		import_with_rejects(&f, fixture_file(&f, i ? "name.csv" : "day.csv", bad[i]), "r5.csv", 1);
	}
	// the file of refused rows is UTF-8 even where the row was not read to its end
	import_with_rejects(&f, fixture_file(&f, "gbk.csv", "id,title\nA1,\xcd\xcb\xbf\xee\nA2,\"\xcd\xcb\xbf\xee\n"), "r4.csv", 1);
	out = text_of(&f, "r4.csv");
	assert_non_null(strstr(out.s, "退款"));
	str_release(&out);
	fixture_close(&f);
}

// ---- out and in ----

struct sink {
	struct fixture *f;
	struct str out;
	const char *dir; // pages go here
};

static bool put(void *arg, const char *name, struct sv text, struct err *e)
{
	struct sink *s = arg;

	str_addn(&s->out, text.p, text.n);
	return !name || path_write_atomic(arena_printf(&s->f->a, "%s/%s", s->dir, name), text, 0600, e);
}

static struct str export(struct fixture *f, struct kb_export_opts o, const char *dir)
{
	struct sink s = {f, {0}, dir};
	struct err e = {0};
	int64_t rows;

	o.put = put;
	o.arg = &s;
	if (!kb_export(f->kb, &o, &rows, &e))
		fail_msg("%s", e.msg);
	return s.out;
}

// Articles with everything that a form could lose, in more than one version and state.
static void fill(struct fixture *f)
{
	struct kb_text odd = {.id = ".odd",
			      .title = "引号\" 反\\斜 'x' # : - 😀",
			      .title_en = "yes",
			      .question = "一行\n两行",
			      .body = "\n---\n  开头空行，\"引\"；末尾无换行",
			      .tags = {(const char *[]){"a;b", "c|d", "[x]", "null"}, 4},
			      .synonyms = {(const char *[]){"一", "二"}, 2},
			      .phrasings = {(const char *[]){"[\"x\"]"}, 1},
			      .policies = {(const char *[]){"KB-FIN-001", "P;1"}, 2},
			      .quiz = {(const char *[]){"哪个对？ | 甲 | *乙"}, 1},
			      .author = "甲", .approver = "乙", .note = "2026-01-01",
			      .effective_from = 1767196800123, .effective_to = 1798732800000, .review_due = 1798732800000, .must_read = true};
	struct err e = {0};

	fixture_fill(f);
	fixture_put(f, &odd);
	clock_fake_add(&f->clock, 60000);
	odd.title = "第二版";
	fixture_put(f, &odd);
	odd.body = "";
	fixture_put(f, &odd);
	assert_true(kb_set_state(f->kb, "KB-EC-001", KB_ARCHIVED, &e));
	assert_true(kb_set_state(f->kb, "KB-EC-002", KB_HIDDEN, &e));
	assert_true(kb_flag_stale(f->kb, "KB-AIR-001", "", &e));
}

static void there_and_back(struct kb_export_opts o, const char *name)
{
	struct fixture f, g;
	struct ear x = {0};
	struct err e = {0};

	fixture_open(&f);
	fill(&f);
	fixture_open(&g);
	clock_fake_add(&g.clock, 86400000);
	const char *dir = arena_printf(&g.a, "%s/%s", g.dir, "pages"), *path = dir;
	assert_true(path_mkdirs(dir, &e));
	struct str out = export(&f, o, dir);
	if (o.form != KB_EXPORT_MD)
		path = fixture_file(&g, name, out.s);
	struct kb_import_report rep = import(&g, path, &x);
	assert_int_equal(rep.bad, 0);
	struct str again = export(&g, o, dir);
	assert_string_equal(again.s, out.s);
	// and once more changes nothing
	rep = import(&g, path, &x);
	assert_int_equal(rep.added + rep.changed + rep.bad, 0);
	assert_sound(&g, o.all || o.versions ? FIXTURE_ARTICLES + 1 : FIXTURE_ARTICLES - 1);
	str_release(&again);
	str_release(&out);
	fixture_close(&f);
	struct kb_list ids;
	assert_true(kb_ids(g.kb, true, &ids, &g.a, &e));
	for (size_t i = 0; i < ids.n; i++)
		remove(arena_printf(&g.a, "%s/%s%s.md", dir, *ids.v[i] == '.' ? "%" : "", ids.v[i]));
	remove(dir);
	fixture_close(&g);
}

static void test_export_and_back(void **state)
{
	(void)state;
	for (int form = 0; form <= KB_EXPORT_MD; form++)
		for (int what = 0; what < 3; what++) {
			static const char *const names[] = {"out.jsonl", "out.csv", ""};
			struct kb_export_opts o = {.form = (enum kb_export_form)form, .all = what == 1, .versions = what == 2};
			if (form != KB_EXPORT_MD || !o.versions)
				there_and_back(o, names[form]);
		}
}

// A history that does not fit is refused, not mixed in.
static void test_histories_do_not_mix(void **state)
{
	struct fixture f, g;
	struct ear x = {0};
	struct kb_article art;
	struct err e = {0};

	(void)state;
	fixture_open(&f);
	fill(&f);
	struct str out = export(&f, (struct kb_export_opts){.versions = true}, NULL);
	fixture_open(&g);
	fixture_put(&g, &(struct kb_text){.id = ".odd", .title = "ours"});
	struct kb_import_report rep = import(&g, fixture_file(&g, "v.jsonl", out.s), &x);
	assert_int_equal(rep.bad, 1); // version 1; 2 and 3 follow on ours
	assert_int_equal(x.bad, 1);
	assert_true(kb_article_get(g.kb, ".odd", 1, &art, &g.a, &e));
	assert_string_equal(art.cur.text.title, "ours");
	rep = import(&g, fixture_file(&g, "w.jsonl", "{\"id\":\"NEW\",\"title\":\"t\",\"version\":3,\"published_at\":\"2026-01-01\"}"), &x);
	assert_int_equal(rep.bad, 1);
	// a version alone is a remark of the file: the base counts
	rep = import(&g, fixture_file(&g, "x.jsonl", "{\"id\":\"NEW\",\"title\":\"t\",\"version\":3}"), &x);
	assert_int_equal(rep.added, 1);
	str_release(&out);
	fixture_close(&f);
	fixture_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stopped_import_goes_on), cmocka_unit_test(test_what_is_not_gone_on_with),
		cmocka_unit_test(test_rejects_of_json),		 cmocka_unit_test(test_rejects_of_csv),
		cmocka_unit_test(test_export_and_back),		 cmocka_unit_test(test_histories_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
