// SPDX-License-Identifier: MIT
// Knows that a kill or a power cut at any instant of publishing, merging, learning and reindexing leaves a sound base with all
// that was acknowledged, and that this test would see it if it did not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kb/check.h"
#include "kb/merge.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "tests/fault/faultvfs.h"
#include "tests/fault/kb_load.h"
#include "tests/unit/store/tmpdir.h"

static struct clock now;

static uint32_t next(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*s >> 33);
}

static long points(const char *name, long otherwise)
{
	const char *v = getenv(name);
	int64_t n = otherwise;

	if (v && !parse_int(sv(v), 1, 10000000, &n))
		fail_msg("%s is not a number: %s", name, v);
	return (long)n;
}

// Is the base what it was after the acknowledged things, or with the one that was under way? The load becomes what it is.
static const char *agrees(const char *path, struct kb_load *l)
{
	static char first[500];
	struct kb_load more = *l;
	struct err e = {0};
	struct kb *kb;

	if (!kb_open(&kb, path, KB_WRITE, &now, NULL, &e)) {
		snprintf(first, sizeof(first), "%s", e.msg);
		return first;
	}
	const char *why = kb_load_wrong(kb, l);
	snprintf(first, sizeof(first), "%s", why ? why : "");
	kb_load_skip(&more);
	if (why && !kb_load_wrong(kb, &more)) {
		*l = more;
		why = NULL;
	}
	kb_close(kb);
	return why ? first : NULL;
}

// ---- kills ----

static _Noreturn void work(const char *path, struct kb_load l, int to)
{
	struct err e = {0};
	struct kb *kb;
	char byte = 1;

	if (!kb_open(&kb, path, KB_WRITE, &now, NULL, &e))
		_exit(2);
	while (kb_load_do(kb, &l, &e))
		if (write(to, &byte, 1) != 1)
			_exit(3);
	_exit(4);
}

// Kills a worker somewhere behind so many acknowledged things. Gives how many there were.
static unsigned one_kill(const char *path, const struct kb_load *l, unsigned told, unsigned spin)
{
	int p[2], status;
	unsigned got = 0;
	char byte;

	assert_int_equal(pipe(p), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(p[0]);
		work(path, *l, p[1]);
	}
	close(p[1]);
	while (got < told && read(p[0], &byte, 1) == 1)
		got++;
	for (volatile unsigned i = 0; i < spin; i++)
		;
	kill(pid, SIGKILL);
	while (read(p[0], &byte, 1) == 1)
		got++;
	close(p[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status)); // it never ends by itself
	return got;
}

static void test_kill(void **state)
{
	char *dir = tmpdir_new(), *path = path_join(dir, "kb.db");
	long n = points("ZUOXI_KILL_POINTS", 40);
	struct kb_load l = {0};
	uint64_t seed = 20261122;
	unsigned inside = 0;

	(void)state;
	for (long i = 0; i < n; i++) {
		unsigned got = one_kill(path, &l, next(&seed) % 12, next(&seed) % 4000000);
		while (got--)
			kb_load_skip(&l);
		unsigned acked = l.next;
		const char *why = agrees(path, &l);
		if (why)
			fail_msg("after kill %ld and %u things: %s", i, acked, why);
		inside += l.next > acked;
	}
	print_message("kills %ld, things done %u, of them committed but not yet told %u\n", n, l.next, inside);
	assert_true(l.next > (unsigned)n);
	free(path);
	tmpdir_free(dir);
}

// ---- power ----

struct tally {
	long cuts, wrong;
	unsigned acked;
};

// sync: "FULL" as the base does it, or less, asked for before each thing.
static struct tally lives(const char *sync, long cuts, uint64_t seed)
{
	char *dir = tmpdir_new(), *path = NULL;
	struct tally t = {0};
	struct kb_load l = {0};

	for (long i = 0; i < cuts; i++) {
		struct err e = {0};
		struct kb *kb;
		if (!path) // after damage (controls only) a new base
			path = xasprintf("%s/%ld.db", dir, i);
		unsigned before = l.next;
		fault_power_start();
		fault_power_cut_at(1 + (long)(next(&seed) % 500));
		if (kb_open(&kb, path, KB_WRITE, &now, NULL, &e)) {
			bool ok = true;
			while (ok)
				ok = (str_eq(sync, "FULL") || kb_exec(kb, "PRAGMA synchronous=OFF", &e)) && kb_load_do(kb, &l, &e);
			kb_close(kb);
		}
		fault_power_settle(next(&seed));
		t.cuts++;
		t.acked += l.next - before;
		const char *why = agrees(path, &l);
		if (!why)
			continue;
		if (str_eq(sync, "FULL"))
			fail_msg("after cut %ld and %u things: %s", i, l.next, why);
		t.wrong++;
		l = (struct kb_load){0};
		free(path);
		path = NULL;
	}
	free(path);
	tmpdir_free(dir);
	print_message("cuts %ld, acknowledged %u, wrong %ld\n", t.cuts, t.acked, t.wrong);
	return t;
}

static void test_power(void **state)
{
	struct tally t = lives("FULL", points("ZUOXI_FAULT_POINTS", 60), 20261122);

	(void)state;
	assert_true(t.acked > t.cuts);
}

static void test_no_sync_is_seen_to_lose(void **state)
{
	struct tally t = lives("OFF", 30, 7);

	(void)state;
	assert_true(t.wrong > 0);
}

// ---- the control of the check itself ----

// What a publishing torn in two would leave: the article without its index, or the index without the article.
static void test_a_torn_step_is_seen(void **state)
{
	static const char *const torn[] = {
		"DELETE FROM kb_pending WHERE doc = (SELECT max(doc) FROM kb_pending)",
		"UPDATE article SET doc = 0 WHERE id = 'T-001'",
		"UPDATE article SET state = 'hidden' WHERE id = 'T-001'",
		"UPDATE meta SET v = v + 1 WHERE key = 'docs'",
		"DELETE FROM kb_live",
		"UPDATE kb_word SET n = n + 1 WHERE w = 'word7'",
		"UPDATE kb_char SET n = n - 1 WHERE cp = unicode('退')",
		"DELETE FROM kb_post WHERE id = (SELECT id FROM kb_post ORDER BY length(d) DESC LIMIT 1)",
		"UPDATE meta SET v = v + 1 WHERE key = 'kb_post.upto'",
		"UPDATE article SET row = row + 1 WHERE id = 'T-001'",
	};
	char *dir = tmpdir_new();
	struct kb_load l;

	(void)state;
	for (size_t i = 0; i < sizeof(torn) / sizeof(*torn); i++) {
		char *path = xasprintf("%s/%zu.db", dir, i);
		struct err e = {0};
		struct kb_stats stats = {0};
		struct kb *kb;
		l = (struct kb_load){0};
		assert_ok(kb_open(&kb, path, KB_WRITE, &now, NULL, &e), e);
		// some articles merged, some not yet
		while (l.next < 150 || stats.pending < 3 || stats.pending > 20) {
			bool more = l.next == 150;
			assert_ok(kb_load_do(kb, &l, &e), e);
			while (more)
				assert_ok(kb_merge(kb, &more, &e), e);
			assert_ok(kb_stats_get(kb, &stats, &e), e);
		}
		kb_close(kb);
		const char *why = agrees(path, &l);
		if (why)
			fail_msg("before: %s", why);
		assert_ok(kb_open(&kb, path, KB_WRITE, &now, NULL, &e), e);
		assert_ok(kb_exec(kb, torn[i], &e), e);
		if (sqlite3_changes(kb_sql(kb)) == 0)
			fail_msg("nothing to tear: %s", torn[i]);
		kb_close(kb);
		if (!agrees(path, &l))
			fail_msg("not seen: %s", torn[i]);
		free(path);
	}
	tmpdir_free(dir);
}

static int group_setup(void **state)
{
	(void)state;
	utf8_init();
	clock_fake(&now, 1795320000000, 0);
	fault_vfs_register();
	// kb_open takes the usual one
	return sqlite3_vfs_register(sqlite3_vfs_find(FAULT_VFS), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_torn_step_is_seen),
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_power),
		cmocka_unit_test(test_no_sync_is_seen_to_lose),
	};

	return cmocka_run_group_tests_name("fault-kb", tests, group_setup, NULL);
}
