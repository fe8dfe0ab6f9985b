// SPDX-License-Identifier: MIT
// Knows that a power cut or a failing disk under the hub loses no answer a station was given, and that this test would see it if it did.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sys/stat.h>

#include "src/base/str.h"
#include "tests/fault/faultvfs.h"
#include "tests/fault/hub_load.h"
#include "tests/unit/store/tmpdir.h"

enum { JOBS = 8, WRITES = 400 };

static uint64_t next(uint64_t *s)
{
	*s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
	return *s >> 33;
}

struct tally {
	long cuts, acked, lost, torn, damaged;
	int64_t grown; // bytes of the file at the end: only a checkpoint writes there
};

// One life of the hub: it opens, works, and the power goes at a write. Then everything is looked at.
static bool one_life(const char *dir, enum sql_durability durability, int64_t first, long cut, uint64_t *seed, struct tally *t)
{
	bool acked[JOBS] = {0};
	struct hub_found f;
	struct err e = {0};

	fault_power_start();
	fault_power_cut_at(cut);
	struct hub_store *s = hub_load_open(dir, durability, FAULT_VFS, false, &e);
	for (int i = 0; s && i < JOBS; i++)
		acked[i] = hub_load_do(s, first + i, &e);
	fault_power_cut_at(1); // if it is still on, it goes now
	hub_load_close(s);
	fault_power_settle(next(seed));
	t->cuts++;
	s = hub_load_open(dir, SQL_FULL, NULL, true, &e);
	if (!s) {
		t->damaged++;
		return false;
	}
	bool sound = hub_load_sound(s, &f, &e);
	if (!sound)
		print_error("%s\n", e.msg);
	t->damaged += !sound;
	for (int i = 0; i < JOBS && sound; i++) {
		enum hub_load_state found = hub_load_find(s, first + i);
		t->acked += acked[i];
		t->lost += acked[i] && found != HUB_LOAD_WHOLE;
		t->torn += found == HUB_LOAD_TORN;
	}
	hub_load_close(s);
	return sound;
}

static void init(const char *dir)
{
	struct err e = {0};

	assert_ok(path_mkdirs(dir, &e), e);
	struct hub_store *s = hub_load_open(dir, SQL_FULL, NULL, false, &e);
	if (!s)
		fail_msg("%s", e.msg);
	hub_load_close(s);
}

static struct tally lives(enum sql_durability durability, long cuts, uint64_t seed)
{
	char *top = tmpdir_new(), *dir = NULL;
	struct tally t = {0};
	struct stat st;
	bool sound = false;

	for (long i = 0; i < cuts; i++) {
		// Every write in turn, and between them one anywhere. A store is given up when it has grown long.
		long cut = 1 + (i % 2 ? (long)(next(&seed) % WRITES) : i / 2 % WRITES);
		if (!sound || i % 100 == 0) {
			free(dir);
			dir = xasprintf("%s/%ld", top, i);
			init(dir);
		}
		sound = one_life(dir, durability, i * JOBS, cut, &seed, &t);
	}
	char *path = path_join(dir, "hub.db");
	t.grown = stat(path, &st) == 0 ? st.st_size : 0;
	free(path);
	free(dir);
	tmpdir_free(top);
	print_message("cuts %ld, answered %ld, lost %ld, torn %ld, damaged %ld\n", t.cuts, t.acked, t.lost, t.torn, t.damaged);
	return t;
}

static long points(long otherwise)
{
	const char *v = getenv("ZUOXI_FAULT_POINTS");
	int64_t n = otherwise;

	if (v && !parse_int(sv(v), 1, 10000000, &n))
		fail_msg("ZUOXI_FAULT_POINTS is not a number: %s", v);
	return (long)n;
}

static void test_nothing_answered_is_lost(void **state)
{
	struct tally t = lives(SQL_FULL, points(100), 20261122);

	(void)state;
	assert_true(t.grown > 200000); // checkpoints were cut too
	assert_int_equal(t.lost, 0);
	assert_int_equal(t.torn, 0);
	assert_int_equal(t.damaged, 0);
	assert_true(t.acked > t.cuts / 2);
}

// The control: the same cuts with less care must be seen to lose what was answered.
static void test_normal_is_seen_to_lose(void **state)
{
	struct tally t = lives(SQL_NORMAL, 60, 7);

	(void)state;
	assert_true(t.lost > 0);
	assert_int_equal(t.damaged, 0); // it forgets, but stays sound: numbers and answers go back together
	assert_int_equal(t.torn, 0);
}

// The n-th call fails, for every n until none does: what was answered is there, what was not is not, and the next one works.
static void fail_each(enum fault_kind kind)
{
	char *dir = tmpdir_new();
	struct hub_found f;
	struct err e = {0};
	int64_t done = 0;
	long n = 0;

	init(dir);
	struct hub_store *s = hub_load_open(dir, SQL_FULL, FAULT_VFS, false, &e);
	if (!s)
		fail_msg("%s", e.msg);
	for (bool hit = true; hit;) {
		fault_arm(kind, ++n, false);
		bool acked = hub_load_do(s, 3 * n, &e);
		hit = fault_clear();
		assert_true(acked || hit);
		assert_int_equal(hub_load_find(s, 3 * n), acked ? HUB_LOAD_WHOLE : HUB_LOAD_NONE);
		assert_ok(hub_load_do(s, 3 * n + 1, &e), e);
		done += acked + 1;
		assert_true(n < 2000);
	}
	assert_ok(hub_load_sound(s, &f, &e), e);
	assert_int_equal(f.last_n, done);
	assert_true(n > 5);
	hub_load_close(s);
	tmpdir_free(dir);
}

static void test_each_failing_write(void **state)
{
	(void)state;
	fail_each(FAULT_FULL);
	fail_each(FAULT_IOERR);
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
		cmocka_unit_test(test_nothing_answered_is_lost),
		cmocka_unit_test(test_normal_is_seen_to_lose),
		cmocka_unit_test(test_each_failing_write),
	};

	return cmocka_run_group_tests_name("fault-hub_power", tests, group_setup, NULL);
}
