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

#include "src/base/path.h"
#include "src/base/str.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"

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
	static const char *const names[] = {"kb.db", "kb.db-wal", "kb.db-shm", "lock", "a.jsonl", "q.tsv"};

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
	assert_int_equal(RUN(&d, false, "fly"), CLI_FAILED);
	assert_int_equal(run(&d, false, (char *[]){"kb", NULL}), CLI_USAGE);
	assert_int_equal(RUN(&d, false, "import", "no-such-file"), CLI_FAILED);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_base_is_a_failure),
		cmocka_unit_test(test_import_search_show_diff),
		cmocka_unit_test(test_batch_prints_a_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
