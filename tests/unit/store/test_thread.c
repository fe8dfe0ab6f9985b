// SPDX-License-Identifier: MIT
// Knows what the store at work promises: order, one transaction a job, results on the loop, one writer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <pthread.h>
#include <uv.h>

#include "src/base/vec.h"
#include "src/store/key.h"
#include "src/store/meta.h"
#include "src/store/store.h"
#include "tests/unit/store/tmpdir.h"

struct fix {
	char *dir;
	struct store *s;
	struct err e;
	int order[64];
	int ran, done, released;
	pthread_t home;
};

static int setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));
	struct store_options o;

	f->dir = tmpdir_new();
	f->home = pthread_self();
	o = (struct store_options){.dir = f->dir};
	assert_ok(store_init(f->dir, "SHA", "0A7", &clock_real, &f->e), f->e);
	assert_ok(store_open(&f->s, &o, &f->e), f->e);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	store_close(f->s);
	tmpdir_free(f->dir);
	free(f);
	return 0;
}

struct job {
	struct fix *f;
	int no;
	enum err_code fail; // ERR_NONE: succeeds
	enum store_result result;
	bool wrote_thread_home;
};

static bool run(struct db *db, void *arg, struct err *e)
{
	struct job *j = arg;
	char key[16];

	j->f->order[j->f->ran++] = j->no;
	j->wrote_thread_home = pthread_equal(pthread_self(), j->f->home);
	snprintf(key, sizeof(key), "job%d", j->no);
	if (!meta_set_int(db, key, j->no, e))
		return false;
	return j->fail ? err_set(e, j->fail, "job %d was told to fail", j->no) : true;
}

static void done(void *arg, enum store_result r, const struct err *err)
{
	struct job *j = arg;

	assert_true(pthread_equal(pthread_self(), j->f->home));
	assert_int_equal(r == STORE_SAVED, err->code == ERR_NONE);
	j->result = r;
	j->f->done++;
}

static void release(void *arg)
{
	struct job *j = arg;

	j->f->released++;
}

static void submit(struct fix *f, struct job *j, int no, enum err_code fail)
{
	*j = (struct job){.f = f, .no = no, .fail = fail, .result = (enum store_result)99};
	store_submit(f->s, &(struct store_job){.what = "test", .run = run, .done = done, .release = release, .arg = j});
}

static int64_t stored(struct fix *f, int no)
{
	char key[16];
	int64_t v = 0;

	snprintf(key, sizeof(key), "job%d", no);
	assert_ok(meta_int(store_reader(f->s), key, -1, &v, &f->e), f->e);
	return v;
}

static void test_in_order_and_each_alone(void **state)
{
	struct fix *f = *state;
	struct job j[20];

	for (int i = 0; i < 20; i++)
		submit(f, &j[i], i, i == 7 ? ERR_DENIED : ERR_NONE);
	store_wait_idle(f->s);
	assert_int_equal(f->done, 20);
	assert_int_equal(f->released, 20);
	assert_int_equal(store_pending(f->s), 0);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(f->order[i], i);
		assert_int_equal(j[i].result, i == 7 ? STORE_FAILED : STORE_SAVED);
		assert_int_equal(stored(f, i), i == 7 ? -1 : i); // a refused job leaves nothing behind
		assert_false(j[i].wrote_thread_home);
	}
	assert_int_equal(store_failed_count(f->s), 0);
}

static void test_full_disk_keeps_the_job(void **state)
{
	struct fix *f = *state;
	struct job a, b, c;

	submit(f, &a, 1, ERR_FULL);
	submit(f, &b, 2, ERR_FULL);
	store_wait_idle(f->s);
	assert_int_equal(a.result, STORE_KEPT);
	assert_int_equal(store_failed_count(f->s), 2);
	assert_int_equal(f->released, 0);
	store_retry(f->s);
	store_wait_idle(f->s);
	assert_int_equal(f->done, 2); // not told again
	assert_int_equal(store_failed_count(f->s), 2);
	a.fail = ERR_NONE; // room again
	b.fail = ERR_NONE;
	f->ran = 0;
	submit(f, &c, 3, ERR_NONE);
	store_wait_idle(f->s);
	assert_int_equal(f->order[0], 1); // what was kept goes first, in its order
	assert_int_equal(f->order[1], 2);
	assert_int_equal(f->order[2], 3);
	assert_int_equal(a.result, STORE_SAVED);
	assert_int_equal(b.result, STORE_SAVED);
	assert_int_equal(store_failed_count(f->s), 0);
	assert_int_equal(f->released, 3);
	assert_int_equal(stored(f, 2), 2);
}

static void test_kept_jobs_hold_later_ones_behind_them(void **state)
{
	struct fix *f = *state;
	struct job a, b, c, d;

	submit(f, &a, 1, ERR_FULL);
	submit(f, &b, 2, ERR_NONE); // it would fit, but it is behind the first, whether that was told already or not
	store_wait_idle(f->s);
	submit(f, &c, 3, ERR_NONE);
	store_wait_idle(f->s);
	assert_int_equal(b.result, STORE_KEPT);
	assert_int_equal(c.result, STORE_KEPT);
	assert_int_equal(store_failed_count(f->s), 3);
	assert_int_equal(stored(f, 2), -1);
	store_retry(f->s); // the first of them still fails: all wait
	store_wait_idle(f->s);
	assert_int_equal(store_failed_count(f->s), 3);
	a.fail = ERR_DENIED; // refused at last: the others go on
	f->ran = 0;
	submit(f, &d, 4, ERR_NONE);
	store_wait_idle(f->s);
	assert_int_equal(a.result, STORE_FAILED);
	for (int i = 0; i < 4; i++)
		assert_int_equal(f->order[i], i + 1);
	assert_int_equal(b.result, STORE_SAVED);
	assert_int_equal(c.result, STORE_SAVED);
	assert_int_equal(d.result, STORE_SAVED);
	assert_int_equal(store_failed_count(f->s), 0);
}

static void test_close_tells_what_was_lost(void **state)
{
	struct fix *f = *state;
	struct store_options o = {.dir = f->dir};
	struct job a;

	submit(f, &a, 1, ERR_FULL);
	store_close(f->s);
	assert_int_equal(a.result, STORE_FAILED);
	assert_int_equal(f->released, 1);
	assert_int_equal(f->done, 2);
	assert_ok(store_open(&f->s, &o, &f->e), f->e);
}

static void stop_when_all(uv_prepare_t *p)
{
	struct fix *f = p->data;

	if (f->done == 3)
		uv_stop(p->loop);
}

static void test_results_come_through_the_loop(void **state)
{
	struct fix *f = *state;
	struct job j[3];
	uv_prepare_t p;
	uv_loop_t loop;

	uv_loop_init(&loop);
	uv_prepare_init(&loop, &p);
	p.data = f;
	uv_prepare_start(&p, stop_when_all);
	assert_ok(store_attach(f->s, &loop, &f->e), f->e);
	for (int i = 0; i < 3; i++)
		submit(f, &j[i], i, ERR_NONE);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(f->done, 3);
	store_detach(f->s);
	uv_close((uv_handle_t *)&p, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static bool refuse(struct db *db, void *arg, struct err *e)
{
	(void)db;
	(void)arg;
	return err_set(e, ERR_FULL, "no room");
}

static bool write_done(struct db *db, void *arg, struct err *e)
{
	return meta_set_text(db, "done", arg, e);
}

static void test_do_waits(void **state)
{
	struct fix *f = *state;
	struct arena a = {0};
	const char *v;

	assert_ok(store_do(f->s, write_done, "yes", &f->e), f->e);
	assert_ok(meta_text(store_reader(f->s), "done", &v, &a, &f->e), f->e);
	assert_string_equal(v, "yes");
	assert_false(store_do(f->s, refuse, NULL, &f->e));
	assert_int_equal(f->e.code, ERR_FULL);
	assert_int_equal(store_failed_count(f->s), 0); // its arg is gone, so it is not kept
	arena_release(&a);
}

static void test_one_writer_many_readers(void **state)
{
	struct fix *f = *state;
	struct store *second;
	struct store_options o = {.dir = f->dir};
	struct arena a = {0};
	const char *v;

	// flock counts open files, so a second try shows even within one process
	assert_false(store_open(&second, &o, &f->e));
	assert_int_equal(f->e.code, ERR_CONFLICT);
	assert_non_null(strstr(f->e.msg, "process"));
	o.readonly = true;
	assert_ok(store_open(&second, &o, &f->e), f->e);
	assert_ok(store_do(f->s, write_done, "seen", &f->e), f->e);
	assert_ok(meta_text(store_reader(second), "done", &v, &a, &f->e), f->e);
	assert_string_equal(v, "seen");
	assert_string_equal(store_site(second), "SHA");
	assert_string_equal(store_station(second), "0A7");
	store_close(second);
	arena_release(&a);
}

static void test_init_refuses(void **state)
{
	static const char *const bad[][2] = {{"TRN", "001"}, {"SHA", "000"}, {"sha", "001"}, {"SH", "001"}, {"SHAX", "001"},
					     {"SHA", "0-1"}, {"SHA", ""}};
	struct fix *f = *state;
	char *sub = path_join(f->dir, "sub"), *key = path_join(f->dir, "station.key");
	struct store_options o = {.dir = sub};
	struct store *s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err_clear(&f->e);
		assert_false(store_init(sub, bad[i][0], bad[i][1], &clock_real, &f->e));
		assert_int_equal(f->e.code, ERR_USAGE);
		assert_false(path_exists(sub));
	}
	assert_false(store_open(&s, &o, &f->e));
	assert_int_equal(f->e.code, ERR_NOT_FOUND);
	assert_non_null(strstr(f->e.msg, "zuoxi init"));
	store_close(f->s);
	f->s = NULL;
	assert_false(store_init(f->dir, "SHA", "0A8", &clock_real, &f->e));
	assert_int_equal(f->e.code, ERR_CONFLICT);
	assert_int_equal(remove(key), 0);
	assert_false(store_init(f->dir, "SHA", "0A8", &clock_real, &f->e)); // no new key over old data
	assert_non_null(strstr(f->e.msg, "station.key"));
	assert_false(path_exists(key));
	free(sub);
	free(key);
}

// A thing beside the store whose steps the test holds and lets go.
struct beside {
	struct fix *f;
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	int steps, want, until; // a step goes on once want has come to its number; until: the last one
	int ran_before[8];      // jobs that had run when the step began
	bool home;
	int *closed;
};

static bool idle_step(void *arg)
{
	struct beside *b = arg;

	pthread_mutex_lock(&b->mutex);
	b->home |= pthread_equal(pthread_self(), b->f->home) != 0;
	b->ran_before[b->steps] = b->f->ran;
	b->steps++;
	pthread_cond_broadcast(&b->moved);
	while (b->want < b->steps)
		pthread_cond_wait(&b->moved, &b->mutex);
	bool more = b->steps < b->until;
	pthread_mutex_unlock(&b->mutex);
	return more;
}

static void close_beside(void *arg)
{
	++*((struct beside *)arg)->closed;
}

static void await_step(struct beside *b, int n)
{
	pthread_mutex_lock(&b->mutex);
	while (b->steps < n)
		pthread_cond_wait(&b->moved, &b->mutex);
	pthread_mutex_unlock(&b->mutex);
}

static void let_go(struct beside *b, int n)
{
	pthread_mutex_lock(&b->mutex);
	b->want = n;
	pthread_cond_broadcast(&b->moved);
	pthread_mutex_unlock(&b->mutex);
}

// Steps begin when it is quiet, a job waits for one step at most, and the last word of it is said once.
static void test_idle_steps_give_way(void **state)
{
	struct fix *f = *state;
	int closed = 0;
	struct beside b = {.f = f, .until = 3, .closed = &closed};
	struct job j[2];

	pthread_mutex_init(&b.mutex, NULL);
	pthread_cond_init(&b.moved, NULL);
	store_close(f->s);
	assert_ok(store_open(&f->s, &(struct store_options){.dir = f->dir, .quiet_ms = 1}, &f->e), f->e);
	assert_null(store_beside(f->s));
	store_set_beside(f->s, &(struct store_beside){.idle = idle_step, .close = close_beside, .arg = &b});
	assert_ptr_equal(store_beside(f->s), &b);
	submit(f, &j[0], 0, ERR_NONE);
	await_step(&b, 1);
	submit(f, &j[1], 1, ERR_NONE); // waits behind the first step
	assert_int_equal(store_pending(f->s), 1);
	let_go(&b, 1);
	await_step(&b, 2);
	assert_int_equal(b.ran_before[0], 1);
	assert_int_equal(b.ran_before[1], 2); // and comes before the second
	let_go(&b, 3);
	await_step(&b, 3);
	store_wait_idle(f->s);
	assert_int_equal(f->done, 2);
	b.until = 4;
	store_stir(f->s);
	await_step(&b, 4);
	let_go(&b, 4);
	assert_int_equal(closed, 0);
	store_close(f->s);
	f->s = NULL;
	assert_int_equal(closed, 1);
	assert_int_equal(b.steps, 4);
	assert_false(b.home);
}

#define with_store(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_store(test_in_order_and_each_alone),
		with_store(test_full_disk_keeps_the_job),
		with_store(test_kept_jobs_hold_later_ones_behind_them),
		with_store(test_close_tells_what_was_lost),
		with_store(test_results_come_through_the_loop),
		with_store(test_do_waits),
		with_store(test_idle_steps_give_way),
		with_store(test_one_writer_many_readers),
		with_store(test_init_refuses),
	};

	return cmocka_run_group_tests_name("store-thread", tests, NULL, NULL);
}
