// SPDX-License-Identifier: MIT
// Knows that an import killed at any instant leaves a sound base that holds exactly the rows before the place it goes on from,
// and that going on gives the base an import without a kill gives.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kb/check.h"
#include "kb/export.h"
#include "kb/import.h"
#include "kb/journal.h"
#include "kb/search.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "tests/unit/store/tmpdir.h"

enum { ROWS = 3000, BATCH = 200 };

static struct clock now; // the same for every base: what is compared may not hold the hour

static struct kb *open_kb(const char *path)
{
	struct err e = {0};
	struct kb *kb;

	if (!kb_open(&kb, path, KB_WRITE, &now, NULL, &e))
		fail_msg("%s", e.msg);
	return kb;
}

// Rows of very different lengths, each with a word of its own.
static char *write_rows(const char *dir)
{
	char *path = path_join(dir, "rows.jsonl");
	struct str b = {0};
	struct err e = {0};

	for (int i = 0; i < ROWS; i++) {
		str_addf(&b, "{\"id\":\"R%04d\",\"title\":\"第%d条 own%d\",\"body\":\"", i, i, i);
		for (int k = i * 7919 % 97; k >= 0; k--)
			str_addf(&b, "账户冻结了怎么办 word%d ", (i * 31 + k) % 500);
		str_add(&b, "\"}\n");
	}
	assert_ok(path_write_atomic(path, sv_n(b.s, b.n), 0600, &e), e);
	str_release(&b);
	return path;
}

static bool tell(void *arg, const struct kb_import_report *r)
{
	int to = *(int *)arg;
	char byte = 1;

	(void)r;
	return write(to, &byte, 1) == 1;
}

static _Noreturn void work(const char *base, const char *rows, int to)
{
	struct kb_import_opts o = {.batch = BATCH, .on_progress = tell, .arg = &to};
	struct kb_import_report rep;
	struct err e = {0};
	struct kb *kb;

	if (!kb_open(&kb, base, KB_WRITE, &now, NULL, &e) || !kb_import(kb, rows, &o, &rep, &e) || rep.bad || rep.unchanged)
		_exit(2); // unchanged: a row was read that was in already
	kb_close(kb);
	_exit(0);
}

// True when the import came to its end before the kill.
static bool one_kill(const char *base, const char *rows, int told, unsigned spin)
{
	int p[2], status;
	char byte;

	assert_int_equal(pipe(p), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(p[0]);
		work(base, rows, p[1]);
	}
	close(p[1]);
	while (told-- > 0 && read(p[0], &byte, 1) == 1)
		;
	// somewhere inside what follows: reading, analysing, committing, a checkpoint
	for (volatile unsigned i = 0; i < spin; i++)
		;
	kill(pid, SIGKILL);
	close(p[0]);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFEXITED(status);
}

static void must_be_sound(struct kb *kb, int64_t articles)
{
	struct kb_check_report r;
	struct err e = {0};

	assert_ok(kb_check(kb, NULL, NULL, &r, &e), e);
	assert_int_equal(r.problems, 0);
	assert_int_equal(r.articles, articles);
}

// After a kill: rows in the base are the rows before the place. Gives how many.
static int64_t must_agree(const char *base, const char *rows)
{
	struct kb *kb = open_kb(base);
	struct kb_place place;
	struct kb_stats stats;
	struct err e = {0};
	struct stat st;
	bool found;
	char *real = realpath(rows, NULL);

	assert_int_equal(stat(rows, &st), 0);
	assert_ok(kb_place_get(kb, real, &st, &place, &found, &e), e);
	assert_ok(kb_stats_get(kb, &stats, &e), e);
	if (!found && stats.articles) // killed behind the last commit, which takes the place away
		place.rows = ROWS;
	assert_int_equal(stats.articles, place.rows);
	must_be_sound(kb, place.rows);
	free(real);
	kb_close(kb);
	return place.rows;
}

static bool add(void *arg, const char *name, struct sv text, struct err *e)
{
	(void)name;
	(void)e;
	str_addn(arg, text.p, text.n);
	return true;
}

static struct str all_of(const char *base)
{
	struct str out = {0};
	struct kb_export_opts o = {.versions = true, .put = add, .arg = &out};
	struct kb *kb = open_kb(base);
	struct err e = {0};
	int64_t rows;

	must_be_sound(kb, ROWS);
	assert_ok(kb_export(kb, &o, &rows, &e), e);
	// every row is found by its own word
	struct arena a = {0};
	for (int i = 0; i < ROWS; i += 37) {
		struct kb_results r;
		char word[16];
		snprintf(word, sizeof(word), "own%d", i);
		arena_clear(&a);
		assert_ok(kb_search(kb, &(struct kb_query){.text = word, .effort = KB_WHOLE}, &r, &a, &e), e);
		assert_true(r.n > 0);
		str_addf(&out, "%s\n", r.v[0].id);
	}
	arena_release(&a);
	kb_close(kb);
	return out;
}

static void test_kill(void **state)
{
	const char *v = getenv("ZUOXI_KILL_POINTS");
	char *dir = tmpdir_new(), *rows = write_rows(dir), *calm = path_join(dir, "calm.db");
	int64_t points = 24, last = 0;
	struct err e = {0};
	struct kb_import_report rep;
	uint32_t seed = 20261122;
	int finished = 0, moved = 0;

	(void)state;
	if (v && !parse_int(sv(v), 1, 1000000, &points))
		fail_msg("ZUOXI_KILL_POINTS is not a number: %s", v);
	utf8_init();
	clock_fake(&now, 1795320000000, 0);
	struct kb *kb = open_kb(calm);
	assert_ok(kb_import(kb, rows, NULL, &rep, &e), e);
	kb_close(kb);
	struct str want = all_of(calm);
	char *base = xasprintf("%s/killed%d.db", dir, finished);
	for (int64_t i = 0; i < points || last; i++) {
		seed = seed * 1664525 + 1013904223;
		// when there were kills enough the last one comes too late
		bool done = one_kill(base, rows, i < points ? 1 + (int)(seed >> 8) % 4 : ROWS, (seed >> 4) % 30000000);
		int64_t at = done ? ROWS : must_agree(base, rows);
		moved += !done && at > last;
		last = at;
		if (at < ROWS)
			continue;
		last = 0;
		struct str have = all_of(base);
		assert_string_equal(have.s, want.s);
		str_release(&have);
		free(base);
		base = xasprintf("%s/killed%d.db", dir, ++finished);
	}
	print_message("kills %lld, of them behind a commit %d, imports brought to their end %d\n", (long long)points, moved, finished);
	assert_true(moved > 0 && finished > 0);
	str_release(&want);
	free(base);
	free(calm);
	free(rows);
	tmpdir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
	};

	return cmocka_run_group_tests_name("fault-kill-import", tests, NULL, NULL);
}
