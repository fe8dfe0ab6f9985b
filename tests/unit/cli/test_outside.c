// SPDX-License-Identifier: MIT
// Tests that a text comes back from the editor of the user, or stays as it was, and leaves nothing behind.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/app_outside.h"
#include "src/base/utf8.h"
#include "tests/unit/store/tmpdir.h"

static size_t entries(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *x; (x = readdir(d));)
		n += x->d_name[0] != '.';
	closedir(d);
	return n;
}

// What the editor leaves of the text, "!" and why when it does not count.
static char *edit(const char *dir, const char *editor, const char *text)
{
	struct str out = {0};
	struct err e = {0};

	unsetenv("VISUAL");
	setenv("EDITOR", editor, 1);
	if (!outside_edit(dir, text, &out, &e)) {
		str_clear(&out);
		str_addf(&out, "!%s", e.msg);
	}
	assert_int_equal(entries(dir), 0);
	return str_take(&out);
}

static void check(const char *dir, const char *editor, const char *text, const char *want)
{
	char *got = edit(dir, editor, text);

	if (*want == '!' ? !strstr(got, want + 1) : strcmp(got, want) != 0)
		fail_msg("%s: \"%s\" is not \"%s\"", editor, got, want);
	free(got);
}

static void test_what_comes_back(void **state)
{
	char *dir = tmpdir_new();

	(void)state;
	utf8_init();
	check(dir, "true", "两行\n不变", "两行\n不变");
	check(dir, "sed -i s/a/b/", "a\na\n", "b\nb\n");
	// The line end that an editor adds is not part of the text.
	check(dir, "sed -i '$a\\'", "no end", "no end");
	check(dir, "truncate -s 0", "gone", "");
	// One that saves under another name and renames it, and leaves a copy.
	check(dir, "sh -c 'cp \"$0\" \"$0~\"; echo new > \"$0.tmp\"; mv \"$0.tmp\" \"$0\"'", "old", "new");
	check(dir, "sh -c 'rm \"$0\"'", "text", "!left no file");
	check(dir, "sh -c 'ln -sf /etc/hostname \"$0\"'", "text", "!left no file");
	check(dir, "sh -c 'printf \"\\377\" > \"$0\"'", "text", "!UTF-8");
	check(dir, "sh -c 'printf \"a\\0b\" > \"$0\"'", "text", "!UTF-8");
	check(dir, "sh -c 'truncate -s 2M \"$0\"'", "text", "!1 MiB");
	check(dir, "false", "text", "!failed");
	check(dir, "/nonexistent/editor 2>/dev/null", "text", "!failed");
	check(dir, "sh -c 'kill -9 $$'", "text", "!failed");
	check(dir, "", "text", "!VISUAL or EDITOR");
	tmpdir_free(dir);
}

static void test_nobody_else_reads_it(void **state)
{
	char *dir = tmpdir_new();

	(void)state;
	umask(0);
	check(dir, "sh -c 'stat -c %a \"$0\" \"${0%/*}\" > \"$0.m\"; mv \"$0.m\" \"$0\"'", "text", "600\n700");
	umask(022);
	tmpdir_free(dir);
}

static void test_visual_comes_first(void **state)
{
	char *dir = tmpdir_new();
	struct str out = {0};
	struct err e = {0};

	(void)state;
	setenv("EDITOR", "false", 1);
	setenv("VISUAL", "sed -i s/x/y/", 1);
	assert_ok(outside_edit(dir, "x", &out, &e), e);
	assert_string_equal(str_z(&out), "y");
	str_release(&out);
	tmpdir_free(dir);
}

// A program that was killed while its editor ran left the text: the next one takes it away, and nothing else.
static void test_what_a_kill_left_goes(void **state)
{
	char *dir = tmpdir_new(), *left = path_join(dir, "edit-a1B2c3"), *other = path_join(dir, "editions"), *text = path_join(left, "text.md");
	struct err e = {0};

	(void)state;
	assert_int_equal(mkdir(left, 0700), 0);
	assert_int_equal(mkdir(other, 0700), 0);
	assert_ok(path_write_atomic(text, sv("x"), 0600, &e), e);
	outside_sweep(dir);
	assert_int_equal(entries(dir), 1);
	assert_int_equal(access(other, F_OK), 0);
	free(left);
	free(other);
	free(text);
	tmpdir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_back),
		cmocka_unit_test(test_nobody_else_reads_it),
		cmocka_unit_test(test_visual_comes_first),
		cmocka_unit_test(test_what_a_kill_left_goes),
	};

	return cmocka_run_group_tests_name("outside", tests, NULL, NULL);
}
