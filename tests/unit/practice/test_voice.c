// SPDX-License-Identifier: MIT
// Knows that lines are spoken one after the other by a program of the machine, without a shell reading them, and that it ends with the
// session.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/practice/voice.h"
#include "tests/unit/store/tmpdir.h"

static char *dir;

// Stands for the real program: writes its last argument and its process id, then goes on for as long as it is let.
static void install(const char *name, const char *then)
{
	char *path = path_join(dir, name);
	char *text = xasprintf("#!/bin/sh\nfor last; do :; done\nprintf '%%s\\n' \"$last\" >> '%s/said'\necho $$ > '%s/pid'\n%s\n", dir, dir, then);
	struct err e = {0};

	assert_ok(path_write_atomic(path, sv(text), 0700, &e), e);
	free(text);
	free(path);
}

static char *said(const char *name)
{
	char *path = path_join(dir, name);
	struct str text = {0};

	if (path_exists(path))
		assert_true(path_read(path, 1 << 16, &text, NULL));
	free(path);
	return str_take(&text);
}

// Turns until the file says so, at most ten seconds.
static void until(struct voice *v, const char *name, const char *want)
{
	int64_t end = clock_mono(&clock_real) + 10000;

	for (;;) {
		char *now = said(name);
		bool there = strcmp(now, want) == 0;
		voice_turn(v);
		if (!there && clock_mono(&clock_real) > end)
			fail_msg("said: %s", now);
		free(now);
		if (there)
			return;
		poll(NULL, 0, 5);
	}
}

static int make(void **state)
{
	(void)state;
	dir = tmpdir_new();
	return setenv("PATH", dir, 1);
}

static int clear(void **state)
{
	(void)state;
	tmpdir_free(dir);
	return 0;
}

static void test_nothing_there(void **state)
{
	struct voice *v;
	struct err e = {0};

	(void)state;
	assert_false(voice_open(&v, LANG_ZH, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void test_lines(void **state)
{
	struct voice *v;
	struct err e = {0};

	(void)state;
	install("espeak-ng", "");
	assert_ok(voice_open(&v, LANG_ZH, &e), e);
	voice_say(v, "您好");
	voice_say(v, "$(touch no) ; -x \"quoted\"");
	until(v, "said", "您好\n$(touch no) ; -x \"quoted\"\n");
	voice_close(v);
}

static void test_ends_with_session(void **state)
{
	struct voice *v;
	struct err e = {0};

	(void)state;
	install("spd-say", "exec /bin/sleep 600");
	assert_ok(voice_open(&v, LANG_EN, &e), e);
	voice_say(v, "long");
	until(v, "said", "您好\n$(touch no) ; -x \"quoted\"\nlong\n");
	int64_t end = clock_mono(&clock_real) + 10000;
	char *pid = NULL;
	do {
		free(pid);
		pid = said("pid");
	} while (!*pid && clock_mono(&clock_real) < end);
	assert_true(voice_turn(v));
	voice_close(v);
	int64_t child = 0;
	assert_true(parse_int(sv_trim(sv(pid)), 2, INT32_MAX, &child));
	assert_int_equal(kill((pid_t)child, 0), -1);
	free(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_there), cmocka_unit_test(test_lines), cmocka_unit_test(test_ends_with_session)};

	return cmocka_run_group_tests(tests, make, clear);
}
