// SPDX-License-Identifier: MIT
// Knows that a page of the hub is there with its cursor or not at all, whatever write fails, whenever the process dies or the power goes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/faultvfs.h"
#include "tests/fault/page_load.h"
#include "tests/unit/store/tmpdir.h"

enum { PAGES = 8 };

static uint64_t next(uint64_t *s)
{
	*s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
	return *s >> 33;
}

struct tally {
	long cuts, acked, lost, torn, damaged;
};

// How the pages are applied: as the product does, or the control that moves the cursor in a job of its own before the rows.
static void apply(struct store *s, struct page p[2 * PAGES], int64_t from, bool split)
{
	for (int i = 0; i < PAGES; i++) {
		page_submit(s, &p[2 * i], from + i, !split, true);
		if (split)
			page_submit(s, &p[2 * i + 1], from + i, true, false);
	}
	store_wait_idle(s);
}

// One life: the station opens, applies pages, and the power goes at a random write.
static bool one_life(const char *dir, enum db_sync sync, bool split, int64_t *have, uint64_t *seed, struct tally *t)
{
	struct store_options o = {.dir = dir, .sync = sync, .vfs = FAULT_VFS};
	struct page p[2 * PAGES] = {0};
	struct err e = {0};
	struct store *s;
	int64_t told = *have;

	fault_power_start();
	fault_power_cut_at(1 + (long)(next(seed) % 300));
	if (store_open(&s, &o, &e)) {
		apply(s, p, *have, split);
		for (int i = 0; i < PAGES && p[2 * i].told && p[2 * i].result == STORE_SAVED; i++)
			told++;
		fault_power_cut_at(1);
		store_close(s);
	}
	fault_power_settle(next(seed));
	t->cuts++;
	t->acked += told - *have;
	o.vfs = NULL;
	o.readonly = true;
	if (!store_open(&s, &o, &e)) {
		t->damaged++;
		return false;
	}
	bool sound = db_check(store_reader(s), &e);
	int64_t found = sound ? page_count(store_reader(s)) : 0;
	t->damaged += !sound;
	t->torn += found < 0;
	t->lost += found >= 0 && found < told ? told - found : 0;
	store_close(s);
	*have = found;
	return sound && found >= 0;
}

static struct tally lives(enum db_sync sync, bool split, long cuts, uint64_t seed)
{
	char *top = tmpdir_new(), *dir = NULL;
	struct tally t = {0};
	struct err e = {0};
	int64_t have = 0;
	bool sound = false;

	for (long i = 0; i < cuts; i++) {
		if (!sound) {
			free(dir);
			dir = xasprintf("%s/%ld", top, i);
			have = 0;
			assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
		}
		sound = one_life(dir, sync, split, &have, &seed, &t);
	}
	free(dir);
	tmpdir_free(top);
	print_message("cuts %ld, pages acknowledged %ld, lost %ld, torn %ld, damaged %ld\n", t.cuts, t.acked, t.lost, t.torn, t.damaged);
	return t;
}

static long points(const char *variable, long otherwise)
{
	const char *v = getenv(variable);
	int64_t n = otherwise;

	if (v && !parse_int(sv(v), 1, 10000000, &n))
		fail_msg("%s is not a number: %s", variable, v);
	return (long)n;
}

static void test_power(void **state)
{
	struct tally t = lives(DB_SYNC_FULL, false, points("ZUOXI_FAULT_POINTS", 150), 20261129);

	(void)state;
	assert_int_equal(t.lost, 0);
	assert_int_equal(t.torn, 0);
	assert_int_equal(t.damaged, 0);
	assert_true(t.acked > t.cuts);
}

// The controls: less care with the disk forgets pages, a cursor in a transaction of its own gets ahead of its rows.
static void test_normal_sync_is_seen_to_lose(void **state)
{
	struct tally t = lives(DB_SYNC_NORMAL, false, 60, 7);

	(void)state;
	assert_true(t.lost > 0);
	assert_int_equal(t.torn, 0); // forgotten with its cursor, so that it is fetched again
}

static void test_a_split_page_is_seen_torn(void **state)
{
	struct tally t = lives(DB_SYNC_FULL, true, 60, 7);

	(void)state;
	assert_true(t.torn > 0);
}

// --- the n-th write fails

// False once the work is done before the n-th call comes.
static bool one_fault(const char *dir, enum fault_kind kind, long n, int64_t *have)
{
	struct store_options o = {.dir = dir, .vfs = FAULT_VFS};
	struct page p[2];
	struct err e = {0};
	struct store *s;

	assert_ok(store_open(&s, &o, &e), e);
	fault_arm(kind, n, false);
	for (int i = 0; i < 2; i++)
		page_submit(s, &p[i], *have + i, true, true);
	store_wait_idle(s);
	bool hit = fault_clear();
	store_close(s); // tries once more what was kept
	assert_ok(store_open(&s, &(struct store_options){.dir = dir, .readonly = true}, &e), e);
	assert_ok(db_check(store_reader(s), &e), e);
	int64_t found = page_count(store_reader(s));
	store_close(s);
	for (int i = 0; i < 2; i++)
		assert_int_equal(p[i].result, STORE_SAVED);
	assert_int_equal(found, *have + 2);
	*have = found;
	return hit;
}

static void test_nth(void **state)
{
	char *dir = tmpdir_new();
	struct err e = {0};
	int64_t have = 0;
	long runs = 0;

	(void)state;
	assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
	for (int kind = FAULT_FULL; kind <= FAULT_IOERR; kind++)
		for (long n = 1; one_fault(dir, (enum fault_kind)kind, n, &have); n++)
			runs++;
	assert_true(runs > 20);
	print_message("faults %ld, pages whole\n", runs);
	tmpdir_free(dir);
}

// --- kill -9

static _Noreturn void work(const char *dir, int to, int64_t first)
{
	struct store_options o = {.dir = dir};
	struct page p;
	struct err e = {0};
	struct store *s;

	if (!store_open(&s, &o, &e))
		_exit(2);
	for (int64_t no = first;; no++) {
		page_submit(s, &p, no, true, true);
		store_wait_idle(s);
		if (p.result != STORE_SAVED || write(to, &no, sizeof(no)) != sizeof(no))
			_exit(3);
	}
}

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
	for (volatile unsigned i = 0; i < spin; i++) // somewhere inside the next page
		;
	kill(pid, SIGKILL);
	while (read(p[0], &no, sizeof(no)) == sizeof(no))
		last = no;
	close(p[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return last;
}

static void test_kill(void **state)
{
	char *dir = tmpdir_new();
	struct err e = {0};
	int64_t have = 0, told = 0;
	uint64_t seed = 20261129;
	long n = points("ZUOXI_KILL_POINTS", 100);

	(void)state;
	assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
	for (long i = 0; i < n; i++) {
		struct store *s;
		int64_t last = one_kill(dir, have, (int)(next(&seed) % 6), (unsigned)(next(&seed) % 1000000));
		told += last - have + 1;
		assert_ok(store_open(&s, &(struct store_options){.dir = dir, .readonly = true}, &e), e);
		have = page_count(store_reader(s));
		store_close(s);
		assert_true(have == last + 1 || have == last + 2); // whole, and at most one that was not told yet
	}
	assert_true(told > n);
	print_message("kills %ld, pages acknowledged %lld, lost 0\n", n, (long long)told);
	tmpdir_free(dir);
}

static int group_setup(void **state)
{
	(void)state;
	fault_vfs_register();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_power),
		cmocka_unit_test(test_normal_sync_is_seen_to_lose),
		cmocka_unit_test(test_a_split_page_is_seen_torn),
		cmocka_unit_test(test_nth),
		cmocka_unit_test(test_kill),
	};

	return cmocka_run_group_tests_name("fault-page", tests, group_setup, NULL);
}
