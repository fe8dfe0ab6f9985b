// SPDX-License-Identifier: MIT
// Knows what `zuoxi kb` prints and exits with.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <jansson.h>
#include <unistd.h>

#include "kb/deed.h"
#include "kb/drafts.h"
#include "kb/gap.h"
#include "src/base/path.h"
#include "src/base/str.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "src/cli/cli.h"
#include "src/desk/role.h"
#include "src/store/audit.h"
#include "src/store/lock.h"
#include "src/store/outbox.h"
#include "src/store/store.h"

struct desk {
	char dir[32];
	struct cli c;
	char *out, *err;
	size_t nout, nerr;
};

static void desk_open(struct desk *d)
{
	*d = (struct desk){.dir = "test-cmd-kb-XXXXXX"};
	utf8_init();
	assert_non_null(mkdtemp(d->dir));
	d->c.data = d->dir;
	clock_fake(&d->c.clock, 1795320000000, 0);
}

static int run(struct desk *d, bool json, char **argv)
{
	int argc = 0;

	free(d->out);
	free(d->err);
	d->c.json = json;
	d->c.out = open_memstream(&d->out, &d->nout);
	d->c.err = open_memstream(&d->err, &d->nerr);
	while (argv[argc])
		argc++;
	int rc = cmd_kb(&d->c, argc, argv);
	fclose(d->c.out);
	fclose(d->c.err);
	return rc;
}
#define RUN(d, json, ...) run(d, json, (char *[]){"kb", __VA_ARGS__, NULL})

static void desk_close(struct desk *d)
{
	static const char *const names[] = {"kb.db", "kb.db-wal", "kb.db-shm", "lock", "a.jsonl", "q.tsv",
					     "store.db", "store.db-wal", "store.db-shm", "station.key"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *p = path_join(d->dir, names[i]);
		unlink(p);
		free(p);
	}
	rmdir(d->dir);
	free(d->out);
	free(d->err);
}

static char *file(struct desk *d, const char *name, const char *text)
{
	char *p = path_join(d->dir, name);
	struct err e = {0};

	assert_true(path_write_atomic(p, sv(text), 0600, &e));
	return p;
}

static void test_no_base_is_a_failure(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	assert_int_equal(RUN(&d, false, "search", "x"), CLI_FAILED);
	assert_true(strlen(d.err) > 0);
	assert_int_equal(RUN(&d, false, "fly"), CLI_USAGE);
	assert_int_equal(run(&d, false, (char *[]){"kb", NULL}), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "import", "no-such-file"), CLI_FAILED);
	assert_int_equal(RUN(&d, false, "import", d.dir), CLI_NO); // nothing in it is known
	assert_non_null(strstr(d.err, ".jsonl"));
	assert_int_equal(RUN(&d, false, "export", "--to", "no-such-folder/x"), CLI_FAILED);
	desk_close(&d);
}

static void test_import_search_show_diff(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	char *a = file(&d, "a.jsonl", "{\"id\":\"K1\",\"title\":\"账户冻结\",\"body\":\"旧\"}\n{oops\n{\"id\":\"K2\",\"title\":\"退货\"}\n");
	assert_int_equal(RUN(&d, false, "import", a), CLI_NO); // a bad row
	assert_non_null(strstr(d.err, "a.jsonl:2: "));
	free(a);
	a = file(&d, "a.jsonl", "{\"id\":\"K1\",\"title\":\"账户冻结\",\"body\":\"新\"}\n");
	assert_int_equal(RUN(&d, false, "import", a), CLI_DONE);
	free(a);

	assert_int_equal(RUN(&d, true, "search", "--explain", "zhdj"), CLI_DONE);
	json_t *rows = json_loads(d.out, 0, NULL);
	assert_int_equal(json_array_size(rows), 1);
	json_t *r = json_array_get(rows, 0);
	assert_string_equal(json_string_value(json_object_get(r, "id")), "K1");
	assert_int_equal(json_integer_value(json_object_get(r, "version")), 2);
	assert_string_equal(json_string_value(json_object_get(r, "state")), "published");
	assert_true(json_is_true(json_object_get(json_object_get(r, "explain"), "by_pinyin")));
	json_decref(rows);
	// a word that must not occur is no option
	assert_int_equal(RUN(&d, true, "search", "-n", "5", "账户", "-冻结"), CLI_NO);
	assert_string_equal(d.out, "[]\n");
	assert_int_equal(RUN(&d, true, "search", "-退货", "账户", "-loan"), CLI_DONE);
	assert_int_equal(RUN(&d, true, "search", "qqqq"), CLI_NO);
	assert_string_equal(d.out, "[]\n");

	assert_int_equal(RUN(&d, false, "show", "K1", "--version", "1"), CLI_DONE);
	assert_non_null(strstr(d.out, "旧"));
	assert_int_equal(RUN(&d, false, "show", "K9"), CLI_NO);
	assert_int_equal(RUN(&d, false, "show", "K1", "--version", "x"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "diff", "K1", "1", "2"), CLI_DONE);
	assert_non_null(strstr(d.out, "- 旧\n+ 新\n"));
	a = file(&d, "a.jsonl", "{\"id\":\"K1\",\"title\":\"账户冻结\",\"body\":\"新口径：24小时内回复\"}\n");
	assert_int_equal(RUN(&d, false, "import", a), CLI_DONE);
	free(a);
	a = file(&d, "a.jsonl", "{\"id\":\"K1\",\"title\":\"账户冻结\",\"body\":\"新口径：2个工作日内回复\"}\n");
	assert_int_equal(RUN(&d, false, "import", a), CLI_DONE);
	free(a);
	assert_int_equal(RUN(&d, false, "diff", "K1", "3", "4"), CLI_DONE);
	assert_non_null(strstr(d.out, "- 新口径：[-24小时-]内回复\n+ 新口径：{+2个工作日+}内回复\n"));
	assert_non_null(strstr(d.out, "title")); // little was folded: the text is short
	assert_int_equal(RUN(&d, true, "diff", "K1", "3", "4"), CLI_DONE);
	rows = json_loads(d.out, 0, NULL);
	r = json_array_get(rows, json_array_size(rows) - 1);
	assert_string_equal(json_string_value(json_object_get(r, "change")), "added");
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(r, "parts"), 1), "text")), "2个工作日");
	assert_true(json_is_true(json_object_get(json_array_get(json_object_get(r, "parts"), 1), "changed")));
	json_decref(rows);
	assert_int_equal(RUN(&d, true, "history", "K1"), CLI_DONE);
	rows = json_loads(d.out, 0, NULL);
	assert_int_equal(json_array_size(rows), 4);
	json_decref(rows);

	assert_int_equal(RUN(&d, false, "check"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "check", "--reindex"), CLI_DONE);
	assert_int_equal(RUN(&d, true, "gaps"), CLI_DONE);
	assert_int_equal(RUN(&d, true, "stats"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "export"), CLI_DONE);
	assert_int_equal(utf8_count(sv(d.out)) > 0 && strchr(d.out, '\n') != strrchr(d.out, '\n'), 1); // two lines
	desk_close(&d);
}

static void test_batch_prints_a_run(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	char *a = file(&d, "a.jsonl", "{\"id\":\"K1\",\"title\":\"账户冻结\"}\n{\"id\":\"K2\",\"title\":\"退货\"}\n");
	char *q = file(&d, "q.tsv", "q1\t账户\nq2\t退货\n");
	assert_int_equal(RUN(&d, false, "import", a), CLI_DONE);
	assert_int_equal(RUN(&d, false, "search", "--batch", q, "--tag", "t", "--stats", "--typing", "-n", "1"), CLI_DONE);
	assert_true(str_starts(d.out, "q1 Q0 K1 1 "));
	assert_non_null(strstr(d.out, " t\nq2 Q0 K2 1 "));
	assert_true(str_starts(d.err, "n=4 p50=")); // two characters each
	free(a);
	free(q);
	desk_close(&d);
}

static json_t *one_row(struct desk *d)
{
	json_t *rows = json_loads(d->out, 0, NULL);

	assert_true(json_is_array(rows));
	assert_int_equal(json_array_size(rows), 1);
	json_t *r = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return r;
}

static json_int_t number_of(const json_t *o, const char *key)
{
	assert_true(json_is_integer(json_object_get(o, key)));
	return json_integer_value(json_object_get(o, key));
}

static const char *text_of(const json_t *o, const char *key)
{
	assert_true(json_is_string(json_object_get(o, key)));
	return json_string_value(json_object_get(o, key));
}

static void import_two(struct desk *d)
{
	char *a = file(d, "a.jsonl", "{\"id\":\"KB-1\",\"title\":\"账户冻结\",\"body\":\"先核验\",\"author\":\"甲\"}\n"
				     "{\"id\":\"KB-2\",\"title\":\"退货\",\"body\":\"七天\",\"category\":\"order\"}\n");

	assert_int_equal(RUN(d, false, "import", a), CLI_DONE);
	free(a);
}

enum { ID_SIZE = 32 };

static void learns(struct desk *d)
{
	char *q = file(d, "q.tsv",
		       "# taught by hand\n"
		       "KB-1\t钱转不出去了，电话13912345678\r\n"
		       "kb-1\t卡被锁了\n"
		       "no tab here\n"
		       "KB-9\t哪里退\n"
		       "KB-1\t6222021234567890123\n"
		       "\n"
		       "KB-1\t卡被锁了\n"
		       "KB-1\t\xff\xfe\n"
		       "\t没有编号\n");
	assert_int_equal(RUN(d, false, "learn", q), CLI_FAILED); // no base yet, and none is made by the way
	assert_int_equal(RUN(d, false, "phrasings"), CLI_FAILED);
	import_two(d);
	assert_int_equal(RUN(d, true, "learn", "--agent", "1001", q), CLI_NO);
	assert_non_null(strstr(d->err, "q.tsv:4: "));
	assert_non_null(strstr(d->err, "q.tsv:5: "));
	assert_non_null(strstr(d->err, "q.tsv:6: "));
	assert_non_null(strstr(d->err, "q.tsv:9: "));
	assert_non_null(strstr(d->err, "q.tsv:10: "));
	json_t *r = one_row(d);
	assert_int_equal(number_of(r, "read"), 8);
	assert_int_equal(number_of(r, "learned"), 2);
	assert_int_equal(number_of(r, "known"), 1);
	assert_int_equal(number_of(r, "again"), 0);
	assert_int_equal(number_of(r, "bad"), 5);
	json_decref(r);
	free(q);
	q = file(d, "q.tsv", "\xef\xbb\xbfKB-2\t怎么退");
	assert_int_equal(RUN(d, false, "learn", q), CLI_DONE);
	assert_non_null(strstr(d->out, "1 learned"));
	free(q);
}

// Both phrasings of KB-1; keeps their ids.
static void lists(struct desk *d, char *id, char *other)
{
	assert_int_equal(RUN(d, true, "phrasings", "kb-1"), CLI_DONE);
	json_t *rows = json_loads(d->out, 0, NULL);
	assert_int_equal(json_array_size(rows), 2);
	json_t *r = json_array_get(rows, 0);
	snprintf(id, ID_SIZE, "%s", text_of(r, "id"));
	snprintf(other, ID_SIZE, "%s", text_of(json_array_get(rows, 1), "id"));
	assert_string_equal(text_of(r, "article"), "KB-1");
	assert_string_equal(text_of(r, "source"), "file");
	assert_string_equal(text_of(r, "agent"), "1001");
	assert_true(json_is_true(json_object_get(r, "counts")));
	assert_true(json_real_value(json_object_get(r, "weight")) == 1.0);
	assert_int_equal(number_of(r, "at"), 1795320000000);
	assert_int_equal(number_of(r, "shown"), 0);
	assert_true(json_is_null(json_object_get(r, "withdrawn_at")));
	assert_null(strstr(d->out, "139"));
	json_decref(rows);
	assert_int_equal(RUN(d, false, "phrasings", "KB-9"), CLI_NO);
	assert_int_equal(RUN(d, false, "phrasings", "--agent", "7"), CLI_NO);
}

static void forgets(struct desk *d, char *id, const char *other)
{
	assert_int_equal(RUN(d, true, "forget", id, "--by", "9001"), CLI_DONE);
	json_t *r = one_row(d);
	assert_int_equal(number_of(r, "withdrawn"), 1);
	json_decref(r);
	assert_int_equal(RUN(d, false, "forget", id), CLI_NO); // it is withdrawn already
	assert_int_equal(RUN(d, true, "phrasings", "KB-1"), CLI_DONE);
	r = one_row(d);
	assert_string_equal(text_of(r, "id"), other);
	json_decref(r);
	assert_int_equal(RUN(d, true, "phrasings", "KB-1", "--all", "-n", "5"), CLI_DONE);
	json_t *rows = json_loads(d->out, 0, NULL);
	assert_int_equal(json_array_size(rows), 2);
	size_t i;
	json_array_foreach(rows, i, r)
		if (strcmp(text_of(r, "id"), id) == 0) {
			assert_int_equal(number_of(r, "withdrawn_at"), 1795320000000);
			assert_string_equal(text_of(r, "withdrawn_by"), "9001");
			assert_true(json_is_false(json_object_get(r, "counts")));
		}
	json_decref(rows);
	assert_int_equal(RUN(d, true, "forget", "--article", "KB-1", "--agent", "1001", "--again"), CLI_DONE);
	r = one_row(d);
	assert_int_equal(number_of(r, "given_back"), 1);
	json_decref(r);
	assert_int_equal(RUN(d, false, "forget", "--agent", "1001"), CLI_DONE);
	assert_non_null(strstr(d->out, "2 phrasings withdrawn"));
	assert_int_equal(RUN(d, false, "forget", "Pnosuchphrasing0"), CLI_NO);
	assert_int_equal(RUN(d, false, "forget", "--call", "c1"), CLI_NO);
	assert_int_equal(RUN(d, false, "forget"), CLI_USAGE);
	assert_int_equal(RUN(d, false, "learn"), CLI_USAGE);
	assert_int_equal(RUN(d, false, "learn", "no-such-file"), CLI_FAILED);
}

static void counts(struct desk *d, json_int_t stored_due, json_int_t in_force_due)
{
	assert_int_equal(RUN(d, true, "stats"), CLI_DONE);
	json_t *rows = json_loads(d->out, 0, NULL);
	json_int_t stored = -1, in_force = -1;
	size_t i;
	json_t *r;
	json_array_foreach(rows, i, r) {
		stored = strcmp(text_of(r, "name"), "phrasings") == 0 ? number_of(r, "value") : stored;
		in_force = strcmp(text_of(r, "name"), "phrasings_in_force") == 0 ? number_of(r, "value") : in_force;
	}
	assert_int_equal(stored, stored_due);
	assert_int_equal(in_force, in_force_due);
	json_decref(rows);
}

static void test_learn_forget_phrasings(void **state)
{
	struct desk d;
	char id[ID_SIZE], other[ID_SIZE];

	(void)state;
	desk_open(&d);
	learns(&d);
	counts(&d, 3, 3);
	lists(&d, id, other);
	forgets(&d, id, other);
	counts(&d, 3, 1);
	desk_close(&d);
}

// An article's own phrasings are its author's.
static void test_own_phrasings_are_not_forgotten(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	char *a = file(&d, "a.jsonl", "{\"id\":\"K1\",\"title\":\"账户冻结\",\"phrasings\":[\"卡被锁了\"]}\n");
	assert_int_equal(RUN(&d, false, "import", a), CLI_DONE);
	free(a);
	assert_int_equal(RUN(&d, true, "phrasings"), CLI_DONE);
	json_t *r = one_row(&d);
	assert_string_equal(text_of(r, "source"), "text");
	assert_int_equal(RUN(&d, false, "forget", (char *)text_of(r, "id")), CLI_NO);
	assert_non_null(strstr(d.err, "K1"));
	json_decref(r);
	assert_int_equal(RUN(&d, false, "forget", "--article", "K1"), CLI_NO);
	desk_close(&d);
}

// A running workstation holds the lock.
static void test_nothing_is_written_beside_another(void **state)
{
	struct lock lock = {0};
	struct err e = {0};
	struct desk d;

	(void)state;
	desk_open(&d);
	import_two(&d);
	char *q = file(&d, "q.tsv", "KB-1\t怎么退\n");
	assert_true(lock_take(&lock, d.dir, &e));
	assert_int_equal(RUN(&d, false, "learn", q), CLI_FAILED);
	assert_non_null(strchr(d.err, '\n'));
	assert_true(strchr(d.err, '\n') == strrchr(d.err, '\n')); // one sentence
	assert_int_equal(RUN(&d, false, "forget", "--agent", "1"), CLI_FAILED);
	assert_int_equal(RUN(&d, false, "gaps", "draft", "1"), CLI_FAILED);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "retire"), CLI_FAILED);
	assert_int_equal(RUN(&d, false, "check", "--repair"), CLI_FAILED);
	assert_int_equal(RUN(&d, false, "import", q), CLI_FAILED);
	assert_int_equal(RUN(&d, false, "phrasings"), CLI_NO); // reading works
	assert_int_equal(RUN(&d, false, "check"), CLI_DONE);
	lock_release(&lock);
	assert_int_equal(RUN(&d, false, "learn", q), CLI_DONE);
	free(q);
	desk_close(&d);
}

static struct kb *base(struct desk *d)
{
	char *path = path_join(d->dir, "kb.db");
	struct kb *kb;
	struct err e = {0};

	assert_true(kb_open(&kb, path, KB_WRITE, &d->c.clock, NULL, &e));
	free(path);
	return kb;
}

static void test_gaps(void **state)
{
	struct desk d;
	struct err e = {0};

	(void)state;
	desk_open(&d);
	import_two(&d);
	assert_int_equal(RUN(&d, true, "gaps"), CLI_DONE);
	assert_string_equal(d.out, "[]\n");
	struct kb *kb = base(&d);
	for (int i = 0; i < 2; i++)
		assert_true(kb_gap_record(kb, &(struct kb_gap_case){.query = "外币兑换", .description = "柜台也不清楚", .category = "order",
								    .interaction_id = i ? "c2" : "c1", .agent = i ? "1002" : "1001",
								    .material = "需求: 换美元\n方案: 无"}, &e));
	assert_true(kb_gap_record(kb, &(struct kb_gap_case){.query = "别的", .agent = "1001"}, &e));
	assert_true(kb_gap_close(kb, 2, KB_GAP_REJECTED, "", 0, "不需要", &e));
	kb_close(kb);
	assert_int_equal(RUN(&d, true, "gaps"), CLI_DONE);
	json_t *r = one_row(&d); // the open one
	assert_int_equal(number_of(r, "id"), 1);
	assert_int_equal(number_of(r, "occurrences"), 2);
	assert_string_equal(text_of(r, "state"), "new");
	assert_int_equal(json_array_size(json_object_get(r, "reporters")), 2);
	assert_true(number_of(r, "due_at") > 1795320000000);
	assert_true(json_is_false(json_object_get(r, "overdue")));
	json_decref(r);
	assert_int_equal(RUN(&d, false, "gaps", "--all"), CLI_DONE);
	assert_non_null(strstr(d.out, "别的"));
	assert_non_null(strstr(d.out, "1001 1002"));
	assert_int_equal(RUN(&d, false, "gaps", "show", "1"), CLI_DONE);
	assert_non_null(strstr(d.out, "外币兑换"));
	assert_non_null(strstr(d.out, "    方案: 无\n"));
	assert_int_equal(RUN(&d, true, "gaps", "show", "#1"), CLI_DONE);
	r = one_row(&d);
	json_t *reports = json_object_get(r, "reports");
	assert_int_equal(json_array_size(reports), 2);
	assert_string_equal(text_of(json_array_get(reports, 1), "agent"), "1002");
	assert_non_null(strstr(text_of(json_array_get(reports, 0), "material"), "换美元"));
	json_decref(r);
	assert_int_equal(RUN(&d, false, "gaps", "show", "9"), CLI_NO);
	assert_int_equal(RUN(&d, false, "gaps", "show", "x"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "gaps", "show"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "gaps", "draft"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "gaps", "throw", "1"), CLI_USAGE);

	assert_int_equal(RUN(&d, true, "gaps", "draft", "1", "--by", "9001"), CLI_DONE);
	r = one_row(&d);
	assert_string_equal(text_of(r, "draft"), "KB-3"); // as the articles of its category are named
	json_decref(r);
	assert_int_equal(RUN(&d, true, "gaps"), CLI_DONE);
	r = one_row(&d);
	assert_string_equal(text_of(r, "state"), "in_work");
	assert_string_equal(text_of(r, "article_id"), "KB-3");
	assert_string_equal(text_of(r, "taken_by"), "9001");
	json_decref(r);
	kb = base(&d);
	struct kb_next next;
	struct arena a = {0};
	assert_true(kb_drafts_get(kb, "KB-3", NULL, &next, &a, &e));
	assert_string_equal(next.author, "9001");
	assert_string_equal(next.text.title, "外币兑换");
	assert_non_null(strstr(next.text.body, "换美元")); // there is no store that tells more
	arena_release(&a);
	kb_close(kb);
	assert_int_equal(RUN(&d, false, "gaps", "draft", "1"), CLI_NO); // it is in work
	assert_int_equal(RUN(&d, false, "gaps", "draft", "9"), CLI_NO);
	desk_close(&d);
}

static void test_states_and_history(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d);
	import_two(&d);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "flag"), CLI_USAGE); // what is doubtful?
	assert_int_equal(RUN(&d, false, "state", "KB-1", "flag", "--note", "旧了", "--by", "9001"), CLI_DONE);
	assert_int_equal(RUN(&d, true, "state", "KB-1", "confirm", "--next", "2027-01-01", "--by", "9001"), CLI_DONE);
	json_t *r = one_row(&d);
	assert_string_equal(text_of(r, "state"), "published");
	json_decref(r);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "confirm", "--next", "soon"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "hide", "--other", "KB-2"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "retire", "--next", "2027-01-01"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "retire", "--other", "KB-2", "--by", "9002"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "retire"), CLI_NO); // it is
	assert_int_equal(RUN(&d, false, "search", "账户冻结"), CLI_NO);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "approve"), CLI_USAGE); // not without a second person
	assert_int_equal(RUN(&d, false, "state", "KB-9", "retire"), CLI_NO);
	assert_int_equal(RUN(&d, false, "state", "KB-1"), CLI_USAGE);
	assert_int_equal(RUN(&d, true, "history", "kb-1"), CLI_DONE);
	r = one_row(&d);
	assert_int_equal(number_of(r, "version"), 1);
	assert_string_equal(text_of(r, "author"), "甲");
	assert_int_equal(number_of(r, "published_at"), 1795320000000);
	json_t *log = json_object_get(r, "log");
	assert_int_equal(json_array_size(log), 3);
	assert_string_equal(text_of(json_array_get(log, 0), "verb"), "flag");
	assert_string_equal(text_of(json_array_get(log, 0), "state"), "stale");
	assert_string_equal(text_of(json_array_get(log, 0), "note"), "旧了");
	assert_string_equal(text_of(json_array_get(log, 2), "state"), "archived");
	assert_string_equal(text_of(json_array_get(log, 2), "by"), "9002");
	json_decref(r);
	assert_int_equal(RUN(&d, false, "history", "KB-1"), CLI_DONE);
	assert_non_null(strstr(d.out, "9002"));
	assert_non_null(strstr(d.out, "旧了"));
	assert_int_equal(RUN(&d, false, "history", "KB-9"), CLI_NO);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "restore"), CLI_DONE);
	// what led to the first version belongs to it
	static const enum kb_verb way[] = {KB_DO_SAVE, KB_DO_SUBMIT, KB_DO_APPROVE};
	struct err e = {0};
	struct kb *kb = base(&d);
	for (int i = 0; i < 3; i++)
		assert_true(kb_do(kb, &(struct kb_deed){.verb = way[i], .by = i == 2 ? "9002" : "9001", .id = "KB-N", .complete = true,
							.doc = "{\"id\":\"KB-N\",\"title\":\"新的\",\"body\":\"正文\"}",
							.roles = USER_BIT(USER_KB_EDITOR) | USER_BIT(USER_SUPERVISOR)}, NULL, &e));
	kb_close(kb);
	assert_int_equal(RUN(&d, true, "history", "KB-N"), CLI_DONE);
	r = one_row(&d);
	assert_int_equal(json_array_size(json_object_get(r, "log")), 3);
	assert_string_equal(text_of(json_array_get(json_object_get(r, "log"), 2), "verb"), "approve");
	json_decref(r);
	desk_close(&d);
}

struct told {
	struct arena a;
	struct outbox_ops ops;
	struct audit_lines lines;
};

static void read_told(struct desk *d, struct told *t)
{
	struct store *s;
	struct err e = {0};
	int64_t checked;

	*t = (struct told){0};
	assert_true(store_open(&s, &(struct store_options){.dir = d->dir, .readonly = true}, &e));
	assert_true(outbox_list(store_reader(s), 0, 100, &t->ops, &t->a, &e));
	assert_true(audit_list(store_reader(s), 0, 100, &t->lines, &t->a, &e));
	assert_true(audit_verify(store_reader(s), &checked, &e));
	store_close(s);
}

static void forget_told(struct told *t)
{
	vec_release(&t->ops);
	vec_release(&t->lines);
	arena_release(&t->a);
}

// On a station the hub and the audit log are told of it as of what is done on the screen.
static void test_deeds_are_told(void **state)
{
	static const char *const kinds[] = {"kb.retire", "kb.flag", "kb.learn", "kb.forget", "kb.again", "kb.gap_draft"},
				*const actions[] = {"kb.retire", "kb.learn", "kb.forget", "kb.again"};
	struct desk d;
	struct told t;
	struct err e = {0};

	(void)state;
	desk_open(&d);
	import_two(&d);
	assert_true(store_init(d.dir, "SHA", "0A7", &d.c.clock, &e));
	struct kb *kb = base(&d);
	assert_true(kb_do(kb, &(struct kb_deed){.verb = KB_DO_GAP_REPORT, .by = "8002", .query = "礼品卡过期", .note = "没有",
						.roles = USER_BIT(USER_AGENT)}, NULL, &e));
	kb_close(kb);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "retire", "--by", "9001"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "state", "KB-2", "flag", "--note", "旧了", "--by", "9001"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "state", "KB-1", "retire"), CLI_NO); // refused: nothing is told
	char *f = file(&d, "q.tsv", "KB-2\t东西不想要了怎么退\nKB-2\t我要退回去电话13812345678\nKB-9\t没有这篇文章\n");
	assert_int_equal(RUN(&d, false, "learn", "--agent", "8001", f), CLI_NO);
	clock_fake_add(&d.c.clock, 1000);
	assert_int_equal(RUN(&d, false, "learn", f), CLI_NO); // known already: nothing is told
	free(f);
	assert_int_equal(RUN(&d, false, "forget", "--agent", "8001", "--by", "9002"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "forget", "--agent", "8001", "--by", "9002"), CLI_NO);
	assert_int_equal(RUN(&d, false, "forget", "--agent", "8001", "--again", "--by", "9002"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "gaps", "draft", "1", "--by", "9001"), CLI_DONE);
	read_told(&d, &t);
	assert_int_equal(t.ops.n, sizeof(kinds) / sizeof(*kinds));
	for (size_t i = 0; i < t.ops.n; i++) {
		assert_string_equal(t.ops.v[i].k, kinds[i]);
		assert_string_equal(t.ops.v[i].s, "kb/all");
	}
	assert_string_equal(t.ops.v[0].e, "KB-1");
	assert_non_null(strstr(t.ops.v[2].body, "东西不想要了怎么退"));
	assert_null(strstr(t.ops.v[2].body, "13812345678"));
	assert_non_null(strstr(t.ops.v[2].body, "\"agent\":\"8001\""));
	assert_int_equal(t.lines.n, sizeof(actions) / sizeof(*actions));
	for (size_t i = 0; i < t.lines.n; i++) {
		assert_string_equal(t.lines.v[i].action, actions[i]);
		assert_string_equal(t.lines.v[i].station, "0A7");
	}
	assert_string_equal(t.lines.v[0].actor, "9001");
	assert_string_equal(t.lines.v[0].object, "KB-1");
	assert_string_equal(t.lines.v[2].object, "agent 8001");
	assert_string_equal(t.lines.v[2].detail, "2");
	forget_told(&t);
	// beside a workstation nothing is done at all
	struct store *s;
	assert_true(store_open(&s, &(struct store_options){.dir = d.dir}, &e));
	assert_int_equal(RUN(&d, false, "state", "KB-2", "retire"), CLI_FAILED);
	store_close(s);
	assert_int_equal(RUN(&d, false, "check"), CLI_DONE);
	desk_close(&d);
}

static void test_explain_and_context(void **state)
{
	static const char *const parts[] = {"text", "category", "step", "helpful", "stale", "ranked", "learned", "trust"};
	struct desk d;

	(void)state;
	desk_open(&d);
	import_two(&d);
	assert_int_equal(RUN(&d, true, "search", "--explain", "--category", "order", "--step", "KB-1, KB-2", "退货"), CLI_DONE);
	json_t *r = one_row(&d), *x = json_object_get(r, "explain");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		assert_true(json_is_real(json_object_get(x, parts[i])));
	assert_true(json_real_value(json_object_get(x, "category")) > 1);
	assert_true(json_is_integer(json_object_get(x, "agents")));
	json_decref(r);
	assert_int_equal(RUN(&d, true, "search", "--explain", "退货"), CLI_DONE);
	r = one_row(&d);
	assert_true(json_real_value(json_object_get(json_object_get(r, "explain"), "category")) == 1);
	json_decref(r);
	assert_int_equal(RUN(&d, false, "search", "--explain", "退货"), CLI_DONE);
	assert_non_null(strstr(d.out, "step x"));
	assert_int_equal(RUN(&d, false, "search"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "search", "--tag", "t", "退货"), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "search", "--batch", "q.tsv", "--step", "KB-1"), CLI_USAGE);
	desk_close(&d);
}

static void test_check_repairs(void **state)
{
	struct desk d;
	struct err e = {0};

	(void)state;
	desk_open(&d);
	import_two(&d);
	assert_int_equal(RUN(&d, true, "check"), CLI_DONE);
	json_t *r = one_row(&d);
	assert_int_equal(number_of(r, "articles"), 2);
	assert_int_equal(number_of(r, "problems"), 0);
	json_decref(r);
	struct kb *kb = base(&d);
	assert_true(kb_exec(kb, "UPDATE article SET state = 'archived' WHERE id = 'KB-2'", &e));
	kb_close(kb);
	assert_int_equal(RUN(&d, false, "check"), CLI_NO);
	assert_non_null(strstr(d.err, "kb check --repair"));
	assert_int_equal(RUN(&d, true, "check", "--repair"), CLI_DONE);
	r = one_row(&d);
	assert_int_equal(number_of(r, "problems"), 0);
	assert_true(number_of(r, "repaired") > 0);
	assert_int_equal((json_int_t)json_array_size(json_object_get(r, "before")), number_of(r, "repaired"));
	json_decref(r);
	assert_int_equal(RUN(&d, false, "check"), CLI_DONE);
	assert_int_equal(RUN(&d, false, "search", "账户冻结"), CLI_DONE);
	// a text that is not what was published is no matter of the index
	kb = base(&d);
	assert_true(kb_exec(kb, "DROP TRIGGER article_version_is_immutable; "
				 "UPDATE article_version SET sha256 = 'x' || substr(sha256, 2)", &e));
	kb_close(kb);
	assert_int_equal(RUN(&d, false, "check", "--reindex"), CLI_NO);
	assert_non_null(strstr(d.err, "Wrong still:"));
	desk_close(&d);
}

static void test_wrong_uses(void **state)
{
	static char *const uses[][8] = {
		{"kb", "show"}, {"kb", "show", "K1", "K2"}, {"kb", "stats", "now"}, {"kb", "stats", "--all"}, {"kb", "diff", "K1", "1"},
		{"kb", "search", "--repair", "x"}, {"kb", "search", "-n", "0", "x"}, {"kb", "search", "--fly", "x"}, {"kb", "--all"},
		{"kb", "check", "now"}, {"kb", "learn", "a", "b"}, {"kb", "phrasings", "-n", "many"}, {"kb", "forget", "P1", "P2"},
		{"kb", "diff", "KB-1", "a", "b"}, {"kb", "state", "KB-1", "hide"}, {"kb", "search", "-x", "y"}, {"kb", "search", "-n5", "y"},
		{"kb", "show", "-loan"},
		{"kb", "state", "KB-1", "retire", "now"}, {"kb", "history", "KB-1", "--all"}, {"kb", "export", "--format", "pdf"},
	};
	struct desk d;

	(void)state;
	desk_open(&d);
	import_two(&d);
	for (size_t i = 0; i < sizeof(uses) / sizeof(*uses); i++) {
		assert_int_equal(run(&d, false, (char **)uses[i]), CLI_USAGE);
		assert_true(str_starts(d.err, "zuoxi kb: "));
		assert_int_equal(d.nout, 0);
	}
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_base_is_a_failure),
		cmocka_unit_test(test_import_search_show_diff),
		cmocka_unit_test(test_batch_prints_a_run),
		cmocka_unit_test(test_learn_forget_phrasings),
		cmocka_unit_test(test_own_phrasings_are_not_forgotten),
		cmocka_unit_test(test_nothing_is_written_beside_another),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_states_and_history),
		cmocka_unit_test(test_deeds_are_told),
		cmocka_unit_test(test_explain_and_context),
		cmocka_unit_test(test_check_repairs),
		cmocka_unit_test(test_wrong_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
