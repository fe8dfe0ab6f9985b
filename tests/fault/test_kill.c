// SPDX-License-Identifier: MIT
// Knows that a process killed at any instant leaves every acknowledged action whole, and no action half.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/load.h"
#include "tests/unit/store/tmpdir.h"

// Child: works without end and tells each number over the pipe once it was called saved.
static _Noreturn void work(const char *dir, int to, int64_t first)
{
	struct store_options o = {.dir = dir};
	struct load l;
	struct err e = {0};
	struct store *s;

	if (!store_open(&s, &o, &e))
		_exit(2);
	for (int64_t no = first;; no++) {
		load_submit(s, &l, no);
		store_wait_idle(s);
		if (l.result != STORE_SAVED || write(to, &no, sizeof(no)) != sizeof(no))
			_exit(3);
	}
}

// Starts a worker, kills it after `acks` acknowledgements and a moment of its own; gives the last number it told.
static int64_t one_kill(const char *dir, int64_t first, int acks, unsigned spin)
{
	int64_t last = first - 1, no;
	int p[2], status;

	assert_int_equal(pipe(p), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(p[0]);
		work(dir, p[1], first);
	}
	close(p[1]);
	while (acks-- > 0 && read(p[0], &no, sizeof(no)) == sizeof(no))
		last = no;
	// Somewhere inside the next action: opening, writing, syncing.
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

static int64_t check(const char *dir, int64_t first, int64_t last, bool thorough)
{
	struct store_options o = {.dir = dir, .readonly = true};
	struct err e = {0};
	struct store *s;

	assert_ok(store_open(&s, &o, &e), e);
	for (int64_t no = first; no <= last; no++)
		assert_int_equal(load_find(store_reader(s), no), LOAD_WHOLE);
	// The one after may have been saved without having been told: whole or not at all.
	enum load_found beyond = load_find(store_reader(s), last + 1);
	assert_int_not_equal(beyond, LOAD_TORN);
	if (thorough)
		assert_ok(db_check(store_reader(s), &e), e);
	store_close(s);
	return last + 1 + (beyond == LOAD_WHOLE);
}

static void test_kill(void **state)
{
	const char *v = getenv("ZUOXI_KILL_POINTS");
	char *dir = tmpdir_new();
	struct err e = {0};
	int64_t points = 200, first = 0, told = 0;
	uint32_t seed = 20261122;

	(void)state;
	if (v && !parse_int(sv(v), 1, 1000000, &points))
		fail_msg("ZUOXI_KILL_POINTS is not a number: %s", v);
	assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
	for (int64_t i = 0; i < points; i++) {
		seed = seed * 1664525 + 1013904223;
		int64_t last = one_kill(dir, first, (int)(seed >> 8) % 6, (seed >> 4) % 1000000);
		told += last - first + 1;
		first = check(dir, first, last, i % 20 == 19 || i == points - 1);
	}
	assert_true(told > points);
	print_message("kills %lld, acknowledged %lld, lost 0\n", (long long)points, (long long)told);
	tmpdir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
	};

	return cmocka_run_group_tests_name("fault-kill", tests, NULL, NULL);
}
