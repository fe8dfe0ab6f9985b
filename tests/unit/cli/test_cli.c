// SPDX-License-Identifier: MIT
// Knows how subcommands read options and print listings, and what `zuoxi pack` answers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kb/check.h"
#include "src/base/copy.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"
#include "src/store/meta.h"
#include "src/store/store.h"
#include "src/work/station.h"

#define GOOD ZUOXI_TEST_DIR "/good"
static char *out_text, *err_text;
static size_t out_n, err_n;

static struct cli start(bool json)
{
	static char data[] = "no-data-here";
	return (struct cli){
		.data = data,
		.json = json,
		.clock = clock_real,
		.out = open_memstream(&out_text, &out_n),
		.err = open_memstream(&err_text, &err_n),
	};
}

// Closes the streams; their texts can be looked at until the next start.
static void stop(struct cli *c)
{
	fclose(c->out);
	fclose(c->err);
}

static int teardown(void **state)
{
	(void)state;
	free(out_text);
	free(err_text);
	out_text = err_text = NULL;
	return 0;
}

static bool parse(const char *line, struct str *got)
{
	const char *n = NULL, *name = NULL, *flag = NULL;
	const struct cli_opt opts[] = {{"n", true, &n}, {"name", true, &name}, {"all", false, &flag}};
	char buf[200], *argv[20], *words[20];
	int argc = 0;
	size_t nwords;
	struct err e = {0};
	snprintf(buf, sizeof(buf), "%s", line);
	for (char *p = buf, *next; p; p = next) {
		next = strchr(p, ' ');
		if (next)
			*next++ = '\0';
		argv[argc++] = p;
	}
	str_clear(got);
	if (!cli_parse(argc, argv, opts, 3, words, &nwords, &e)) {
		assert_int_equal(e.code, ERR_USAGE);
		str_add(got, e.msg);
		return false;
	}
	for (size_t i = 0; i < nwords; i++)
		str_addf(got, "%s ", words[i]);
	str_addf(got, "n=%s name=%s all=%s", n ? n : "-", name ? name : "-", flag ? "yes" : "-");
	return true;
}

static void test_options(void **state)
{
	static const struct {
		const char *line;
		bool ok;
		const char *want;
	} cases[] = {
		{"kb search 冻结", true, "search 冻结 n=- name=- all=-"},
		{"kb -n 5 a --name=x=y b --all", true, "a b n=5 name=x=y all=yes"},
		{"kb --name --all", true, "n=- name=--all all=-"}, // a value is what follows
		{"kb -- -n --all", true, "-n --all n=- name=- all=-"},
		{"kb - x", true, "- x n=- name=- all=-"}, // standard input
		{"kb --name", false, "the option --name needs a value"},
		{"kb --all=1", false, "the option --all takes no value"},
		{"kb --nam x", false, "there is no option --nam"},
		{"kb --n 1", false, "there is no option --n"},
		{"kb -name x", false, "there is no option -name"},
	};
	struct str got = {0};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(cases[i].line, &got), cases[i].ok);
		assert_string_equal(str_z(&got), cases[i].want);
	}
	str_release(&got);
}

static void test_messages(void **state)
{
	struct cli c = start(false);
	struct err e = {ERR_NOT_FOUND, "no such ticket"};
	(void)state;
	assert_int_equal(cli_usage(&c, "pack list", "what is %s?", "this"), CLI_USAGE);
	assert_int_equal(cli_fail(&c, &e), CLI_NO);
	e.code = ERR_IO;
	assert_int_equal(cli_fail(&c, &e), CLI_FAILED);
	stop(&c);
	assert_string_equal(err_text, "zuoxi pack: what is this?\nUsage: zuoxi pack list\nzuoxi: no such ticket\nzuoxi: no such ticket\n");
	assert_string_equal(out_text, "");
}

static void print_table(bool json)
{
	static const char *const keys[] = {"name", "count", "red"}, *const titles[] = {"Name", "Count", "Red"};
	struct cli c = start(json);
	struct cli_table *t = cli_table_new(&c, keys, titles, 3);
	cli_table_types(t, "sib");
	cli_table_row(t, (const char *[]){"账户冻结", "7", "true"});
	cli_table_row(t, (const char *[]){"a\"\033[31m\nb", "12", NULL});
	cli_table_print(t);
	stop(&c);
}

// Columns line up by width, not by bytes; nothing a terminal obeys gets out; no blanks at the ends.
static void test_table_text(void **state)
{
	(void)state;
	print_table(false);
	assert_string_equal(out_text,
		"Name      Count  Red\n"
		"账户冻结      7  true\n"
		"a\"[31m b     12\n");
}

static void test_table_json(void **state)
{
	(void)state;
	print_table(true);
	json_t *j = json_loads(out_text, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_array_size(j), 2);
	json_t *a = json_array_get(j, 0), *b = json_array_get(j, 1);
	assert_string_equal(json_string_value(json_object_get(a, "name")), "账户冻结");
	assert_int_equal(json_integer_value(json_object_get(a, "count")), 7);
	assert_true(json_is_true(json_object_get(a, "red")));
	assert_string_equal(json_string_value(json_object_get(b, "name")), "a\"\033[31m\nb"); // exact
	assert_true(json_is_null(json_object_get(b, "red")));
	json_decref(j);
}

static void test_empty_table(void **state)
{
	static const char *const keys[] = {"name"};
	(void)state;
	for (int json = 0; json < 2; json++) {
		struct cli c = start(json);
		cli_table_print(cli_table_new(&c, keys, keys, 1));
		stop(&c);
		assert_string_equal(out_text, json ? "[]\n" : "");
		teardown(NULL);
	}
}

static int pack(struct cli *c, const char *a, const char *b)
{
	char word[] = "pack";
	char *argv[] = {word, (char *)a, (char *)b, NULL};
	int rc = cmd_pack(c, b ? 3 : a ? 2 : 1, argv);
	stop(c);
	return rc;
}

static void test_pack_usage(void **state)
{
	(void)state;
	struct cli c = start(false);
	assert_int_equal(pack(&c, NULL, NULL), CLI_USAGE);
	teardown(NULL);
	c = start(false);
	assert_int_equal(pack(&c, "check", NULL), CLI_USAGE);
	teardown(NULL);
	c = start(false);
	assert_int_equal(pack(&c, "chekc", "x"), CLI_USAGE);
	teardown(NULL);
	c = start(false);
	assert_int_equal(pack(&c, "check", "--fast"), CLI_USAGE);
}

static void test_pack_check(void **state)
{
	(void)state;
	struct cli c = start(false);
	assert_int_equal(pack(&c, "check", GOOD "/trade"), CLI_DONE); // with the common pack beside it
	assert_string_equal(out_text, "");
	assert_string_equal(err_text, "0 errors, 0 warnings\n");
	teardown(NULL);
	c = start(false);
	assert_int_equal(pack(&c, "check", GOOD), CLI_NO);
	assert_string_equal(out_text, GOOD ": this is no pack: it has no pack.yaml\n");
	teardown(NULL);
	c = start(true);
	assert_int_equal(pack(&c, "check", GOOD "/"), CLI_NO);
	json_t *j = json_loads(out_text, 0, NULL);
	json_t *row = json_array_get(j, 0);
	assert_string_equal(json_string_value(json_object_get(row, "severity")), "error");
	assert_true(json_is_null(json_object_get(row, "line")));
	json_decref(j);
}

static void test_pack_list(void **state)
{
	(void)state;
	struct cli c = start(true);
	setenv("ZUOXI_SHARE", ZUOXI_CONFIG_DIR, 1);
	assert_int_equal(pack(&c, "list", NULL), CLI_DONE);
	unsetenv("ZUOXI_SHARE");
	json_t *j = json_loads(out_text, 0, NULL);
	assert_int_equal(json_array_size(j), 4);
	json_t *row = json_array_get(j, 0);
	assert_string_equal(json_string_value(json_object_get(row, "code")), "com");
	assert_string_equal(json_string_value(json_object_get(row, "name")), "common");
	assert_true(json_is_false(json_object_get(row, "loaded")));
	assert_int_equal(json_string_length(json_object_get(row, "hash")), 64);
	json_decref(j);
}

// Taking a pack in: checked, copied, its articles in the base, its version and hash remembered; again changes nothing.
static void test_pack_load(void **state)
{
	char root[] = "zuoxi-load-XXXXXX", path[128];
	struct err e = {0};
	struct store *store = NULL;
	struct kb *kb = NULL;
	struct arena a = {0};
	struct kb_list ids;
	const char *kept = NULL;
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/data", root);
	struct cli c = start(false);
	c.data = path;
	assert_int_equal(pack(&c, "load", GOOD "/trade"), CLI_FAILED); // no station there yet
	teardown(NULL);
	assert_true(store_init(path, "SHA", "0A7", &clock_real, &e));
	for (int again = 0; again < 2; again++) {
		c = start(false);
		c.data = path;
		assert_int_equal(pack(&c, "load", GOOD "/trade/"), CLI_DONE);
		teardown(NULL);
	}
	c = start(false);
	c.data = path;
	assert_int_equal(pack(&c, "load", GOOD), CLI_NO); // does not pass the check: nothing is taken in
	assert_true(store_open(&store, &(struct store_options){.dir = path}, &e));
	assert_true(meta_text(store_reader(store), "pack.tr", &kept, &a, &e));
	assert_non_null(kept);
	assert_int_equal(strlen(kept), 2 + 64);
	assert_true(str_starts(kept, "1 "));
	// beside a running workstation it says so
	teardown(NULL);
	c = start(false);
	c.data = path;
	assert_int_equal(pack(&c, "load", GOOD "/trade"), CLI_FAILED);
	store_close(store);
	char *base = station_kb_path(path);
	assert_true(kb_open(&kb, base, KB_READ, &clock_real, NULL, &e));
	assert_true(kb_ids(kb, true, &ids, &a, &e));
	assert_int_equal(ids.n, 1);
	assert_string_equal(ids.v[0], "KB-TR-001");
	kb_close(kb);
	free(base);
	char **dirs = station_pack_dirs(path, NULL);
	assert_non_null(strstr(dirs[0], "packs/trade"));
	assert_null(dirs[1]);
	station_free_dirs(dirs);
	arena_release(&a);
	assert_true(remove_folder(root, &e));
}

static void write_file(const char *path, const char *text)
{
	struct err e = {0};
	assert_true(path_write_atomic(path, sv(text), 0600, &e));
}

// A folder is replaced as a whole: what is not in the new one is gone, and a refused copy leaves the old one as it was.
static void test_copy_folder(void **state)
{
	char root[] = "zuoxi-cli-XXXXXX", a[64], b[64], path[96];
	struct err e = {0};
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(a, sizeof(a), "%s/a", root);
	snprintf(b, sizeof(b), "%s/in/b", root);
	snprintf(path, sizeof(path), "%s/deep", a);
	assert_true(path_mkdirs(path, &e));
	snprintf(path, sizeof(path), "%s/deep/one", a);
	write_file(path, "1");
	assert_true(copy_folder(a, b, &e));
	snprintf(path, sizeof(path), "%s/deep/one", b);
	assert_true(path_exists(path));
	snprintf(path, sizeof(path), "%s/deep/one", a);
	unlink(path);
	snprintf(path, sizeof(path), "%s/two", a);
	write_file(path, "2");
	assert_true(copy_folder(a, b, &e));
	snprintf(path, sizeof(path), "%s/deep/one", b);
	assert_false(path_exists(path));
	snprintf(path, sizeof(path), "%s/link", a);
	assert_int_equal(symlink("two", path), 0);
	assert_false(copy_folder(a, b, &e));
	assert_int_equal(e.code, ERR_PARSE);
	snprintf(path, sizeof(path), "%s/two", b);
	assert_true(path_exists(path));
	snprintf(path, sizeof(path), "%s/in/.b.new", root);
	assert_false(path_exists(path));
	assert_true(remove_folder(root, &e));
	assert_false(path_exists(root));
	assert_true(remove_folder(root, &e)); // none there is fine
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_options, teardown),
		cmocka_unit_test_teardown(test_messages, teardown),
		cmocka_unit_test_teardown(test_table_text, teardown),
		cmocka_unit_test_teardown(test_table_json, teardown),
		cmocka_unit_test_teardown(test_empty_table, teardown),
		cmocka_unit_test_teardown(test_pack_usage, teardown),
		cmocka_unit_test_teardown(test_pack_check, teardown),
		cmocka_unit_test_teardown(test_pack_list, teardown),
		cmocka_unit_test_teardown(test_pack_load, teardown),
		cmocka_unit_test_teardown(test_copy_folder, teardown),
	};
	utf8_init();
	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
