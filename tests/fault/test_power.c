// SPDX-License-Identifier: MIT
// Knows that a power cut loses nothing that was acknowledged, and that this test would see it if it did.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sys/stat.h>

#include "src/base/vec.h"
#include "tests/fault/faultvfs.h"
#include "tests/fault/load.h"
#include "tests/unit/store/tmpdir.h"

enum { JOBS = 10, LIVES = 200 };

static uint64_t next(uint64_t *s)
{
	*s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
	return *s >> 33;
}

struct tally {
	long cuts, acked, lost, torn, damaged;
	int64_t grown; // bytes of store.db at the end: only a checkpoint writes there
};

// One life of the station: it opens, works, and the power goes at a random write. Then everything is looked at.
static bool one_life(const char *dir, enum db_sync sync, int64_t first, uint64_t *seed, struct tally *t)
{
	struct store_options o = {.dir = dir, .sync = sync, .vfs = FAULT_VFS};
	struct load l[JOBS] = {0};
	struct err e = {0};
	struct store *s;

	fault_power_start();
	// A cut may fall into the opening too; now and then far enough out to cut at the end of the work.
	fault_power_cut_at(1 + (long)(next(seed) % 300));
	if (store_open(&s, &o, &e)) {
		for (int i = 0; i < JOBS; i++)
			load_submit(s, &l[i], first + i);
		store_wait_idle(s);
		bool acked[JOBS];
		for (int i = 0; i < JOBS; i++)
			acked[i] = l[i].result == STORE_SAVED && l[i].told;
		fault_power_cut_at(1); // if it is still on, it goes now
		store_close(s);
		for (int i = 0; i < JOBS; i++)
			l[i].told = acked[i];
	}
	fault_power_settle(next(seed));
	t->cuts++;
	o.vfs = NULL;
	o.readonly = true;
	if (!store_open(&s, &o, &e)) {
		t->damaged++;
		return false;
	}
	bool sound = db_check(store_reader(s), &e);
	t->damaged += !sound;
	for (int i = 0; i < JOBS && sound; i++) {
		enum load_found found = load_find(store_reader(s), first + i);
		t->acked += l[i].told;
		t->lost += l[i].told && found != LOAD_WHOLE;
		t->torn += found == LOAD_TORN;
	}
	store_close(s);
	return sound;
}

static void measure(const char *dir, struct tally *t)
{
	struct stat st;
	char *path = path_join(dir, "store.db");

	if (stat(path, &st) == 0 && st.st_size > t->grown)
		t->grown = st.st_size;
	free(path);
}

static struct tally lives(enum db_sync sync, long cuts, uint64_t seed)
{
	char *top = tmpdir_new();
	struct tally t = {0};
	struct err e = {0};
	char *dir = NULL;
	bool sound = false;

	for (long i = 0; i < cuts; i++) {
		// A new station after damage (controls only), and now and then: each life checks its whole store.
		if (!sound || i % LIVES == 0) {
			if (dir)
				measure(dir, &t);
			free(dir);
			dir = xasprintf("%s/%ld", top, i);
			assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
		}
		sound = one_life(dir, sync, i * JOBS, &seed, &t);
	}
	measure(dir, &t);
	free(dir);
	tmpdir_free(top);
	print_message("cuts %ld, acknowledged %ld, lost %ld, torn %ld, damaged %ld\n", t.cuts, t.acked, t.lost, t.torn,
		      t.damaged);
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

static void test_full_sync_loses_nothing(void **state)
{
	struct tally t = lives(DB_SYNC_FULL, points(200), 20261122);

	(void)state;
	assert_true(t.grown > 1 << 20); // checkpoints were cut too
	assert_int_equal(t.lost, 0);
	assert_int_equal(t.torn, 0);
	assert_int_equal(t.damaged, 0);
	assert_true(t.acked > t.cuts); // it did get to work before the cuts
}

// The controls: the same cuts with less care must be seen to lose what was acknowledged.
static void test_normal_sync_is_seen_to_lose(void **state)
{
	struct tally t = lives(DB_SYNC_NORMAL, 60, 7);

	(void)state;
	assert_true(t.lost > 0);
	assert_int_equal(t.damaged, 0); // WAL with NORMAL forgets, but stays sound
	assert_int_equal(t.torn, 0);
}

static void test_no_sync_is_seen_to_lose(void **state)
{
	struct tally t = lives(DB_SYNC_OFF, 60, 7);

	(void)state;
	assert_true(t.lost + t.damaged > 0);
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
		cmocka_unit_test(test_full_sync_loses_nothing),
		cmocka_unit_test(test_normal_sync_is_seen_to_lose),
		cmocka_unit_test(test_no_sync_is_seen_to_lose),
	};

	return cmocka_run_group_tests_name("fault-power", tests, group_setup, NULL);
}
