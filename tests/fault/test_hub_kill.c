// SPDX-License-Identifier: MIT
// Knows that a hub killed at any instant has every answer it gave, and no operation half.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/str.h"
#include "tests/fault/hub_load.h"
#include "tests/unit/store/tmpdir.h"

// Child: works without end and tells each number over the pipe once it was answered; early (the control): before.
static _Noreturn void work(const char *dir, int to, int64_t first, bool early)
{
	struct err e = {0};
	struct hub_store *s = hub_load_open(dir, SQL_FULL, NULL, false, &e);

	if (!s)
		_exit(2);
	for (int64_t no = first;; no++) {
		if (early && write(to, &no, sizeof(no)) != sizeof(no))
			_exit(3);
		if (!hub_load_do(s, no, &e) || (!early && write(to, &no, sizeof(no)) != sizeof(no)))
			_exit(4);
	}
}

// Starts a hub, kills it after `acks` answers and a moment of its own; gives the last number it told.
static int64_t one_kill(const char *dir, int64_t first, int acks, unsigned spin, bool early)
{
	int64_t last = first - 1, no;
	int p[2], status;

	assert_int_equal(pipe(p), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(p[0]);
		work(dir, p[1], first, early);
	}
	close(p[1]);
	while (acks-- > 0 && read(p[0], &no, sizeof(no)) == sizeof(no))
		last = no;
	// Somewhere inside the next operation: opening, writing, syncing.
	for (volatile unsigned i = 0; i < spin; i++)
		;
	kill(pid, SIGKILL);
	while (read(p[0], &no, sizeof(no)) == sizeof(no))
		last = no; // told before it died
	close(p[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return last;
}

// *lost: of what was told. Gives the first number that was never begun.
static int64_t check(const char *dir, int64_t first, int64_t last, bool thorough, int64_t *lost)
{
	struct hub_found f;
	struct err e = {0};
	struct hub_store *s = hub_load_open(dir, SQL_FULL, NULL, true, &e);

	if (!s)
		fail_msg("%s", e.msg);
	for (int64_t no = first; no <= last; no++)
		*lost += hub_load_find(s, no) != HUB_LOAD_WHOLE;
	// The one after may have been stored without having been told: whole or not at all.
	enum hub_load_state beyond = hub_load_find(s, last + 1);
	assert_int_not_equal(beyond, HUB_LOAD_TORN);
	if (thorough)
		assert_ok(hub_load_sound(s, &f, &e), e);
	hub_load_close(s);
	return last + 1 + (beyond == HUB_LOAD_WHOLE);
}

static int64_t kills(int64_t points, bool early)
{
	char *top = tmpdir_new(), *dir = NULL;
	int64_t first = 0, told = 0, lost = 0;
	uint32_t seed = 20261122;
	struct err e = {0};

	for (int64_t i = 0; i < points; i++) {
		if (i % 100 == 0) { // a store is given up when it has grown long
			free(dir);
			dir = xasprintf("%s/%lld", top, (long long)i);
			assert_ok(path_mkdirs(dir, &e), e);
			struct hub_store *s = hub_load_open(dir, SQL_FULL, NULL, false, &e);
			if (!s)
				fail_msg("%s", e.msg);
			hub_load_close(s);
		}
		seed = seed * 1664525 + 1013904223;
		int64_t last = one_kill(dir, first, (int)(seed >> 8) % 6, (seed >> 4) % 1000000, early);
		told += last - first + 1;
		first = check(dir, first, last, i % 20 == 19 || i == points - 1, &lost);
	}
	print_message("kills %lld, answered %lld, lost %lld\n", (long long)points, (long long)told, (long long)lost);
	assert_true(early || told > points);
	free(dir);
	tmpdir_free(top);
	return lost;
}

static void test_kill(void **state)
{
	const char *v = getenv("ZUOXI_KILL_POINTS");
	int64_t points = 100;

	(void)state;
	if (v && !parse_int(sv(v), 1, 1000000, &points))
		fail_msg("ZUOXI_KILL_POINTS is not a number: %s", v);
	assert_int_equal(kills(points, false), 0);
}

// The control: answers given before the commit are seen to be lost.
static void test_answered_too_early(void **state)
{
	(void)state;
	assert_true(kills(40, true) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_answered_too_early),
	};

	return cmocka_run_group_tests_name("fault-hub_kill", tests, NULL, NULL);
}
