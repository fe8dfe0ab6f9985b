// SPDX-License-Identifier: MIT
// Knows that several hubs on one PostgreSQL do each thing once: entities compared and set, a station's numbers counted once, leases.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/hub/store_internal.h"
#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

enum { HUBS = 2, THREADS = 3, ROUNDS = 60, OPS = 120 };

static struct pgcluster *cluster;

struct worker {
	struct hub_store *s;
	const char *e;
	unsigned seed;
	int64_t n;
	bool careless; // the control: writes without comparing
};

// v = v + 1, and now and then to another stream.
static bool add_one(struct hub_tx *tx, void *arg, struct err *e)
{
	static const char *const streams[] = {"q/1", "q/2", "q/3"};
	struct worker *w = arg;
	const struct hub_ent *old;

	if (!hub_get(tx, "SHA", "ticket", w->e, &old, e))
		return false;
	json_t *d = json_pack("{s:I}", "v", old ? json_integer_value(json_object_get(old->d, "v")) + 1 : (json_int_t)1);
	struct hub_ent ent = {.t = "ticket", .e = w->e, .s = streams[(w->seed = w->seed * 1103515245 + 12345) >> 16 & 1],
			      .rev = old ? old->rev + 1 : 1, .d = d};
	bool ok = hub_put(tx, "SHA", &ent, NULL, e);
	json_decref(d);
	return ok;
}

static void insist(struct hub_store *s, bool (*body)(struct hub_tx *, void *, struct err *), void *arg)
{
	struct err e = {0};

	// Six tries may be too few against so many; whoever was told "conflict" knows that nothing was done, and asks again.
	while (!hub_run(s, HUB_WRITE, body, arg, &e))
		if (e.code != ERR_CONFLICT && !strstr(e.msg, "deadlock") && !strstr(e.msg, "lock")) {
			fprintf(stderr, "%s\n", e.msg);
			_exit(4);
		}
}

static void *increments(void *arg)
{
	struct worker w = *(struct worker *)arg;

	for (int i = 0; i < ROUNDS; i++) {
		w.e = i % 3 ? "a" : "b";
		insist(w.s, add_one, &w);
	}
	return NULL;
}

// Starts `HUBS` processes, each a hub of its own; child gives its exit code.
static void hubs(const char *url, int (*child)(const char *url, int no))
{
	pid_t pids[HUBS];
	int status;

	for (int i = 0; i < HUBS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(child(url, i));
	}
	for (int i = 0; i < HUBS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static struct hub_store *open_hub(const char *url)
{
	static const unsigned char master[KEY_BYTES] = "a key that only tests know";
	struct hub_store_options o = {.url = url, .clock = &clock_real, .keys = keyring_from(master), .readers = THREADS};
	struct hub_store *s;
	struct err e = {0};

	if (!hub_store_open(&s, &o, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		_exit(3);
	}
	return s;
}

static int incrementing(const char *url, int no)
{
	struct worker w[THREADS];
	pthread_t t[THREADS];
	struct hub_store *s = open_hub(url);

	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct worker){.s = s, .seed = (unsigned)(no * THREADS + i + 1)};
		pthread_create(&t[i], NULL, increments, &w[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	hub_store_close(s);
	return 0;
}

static void starts_with(char *shown, const char *want_doc, int64_t rev)
{
	char *want = xasprintf("%lld q/", (long long)rev);

	assert_true(str_starts(shown, want));
	assert_non_null(strstr(shown, want_doc));
	free(want);
	free(shown);
}

static void test_compare_and_set(void **state)
{
	int64_t each = HUBS * THREADS * ROUNDS / 3;
	struct hubtest t;
	struct err e = {0};

	(void)state;
	hubtest_open(&t, ON_POSTGRES, cluster);
	hubs(t.url, incrementing);
	char *a = xasprintf("{\"v\":%lld}", (long long)(2 * each)), *b = xasprintf("{\"v\":%lld}", (long long)each);
	starts_with(hubtest_show(t.s, "SHA", "ticket", "a"), a, 2 * each);
	starts_with(hubtest_show(t.s, "SHA", "ticket", "b"), b, each);
	assert_ok(hub_check(t.s, &e), e);
	free(a);
	free(b);
	hubtest_close(&t);
}

// One station's operations come in by both hubs at once, as when its answer was lost and it asked the other one.
static bool do_op(struct hub_tx *tx, void *arg, struct err *e)
{
	struct worker *w = arg;
	struct hub_dev d;
	bool found;

	if (!hub_dev_get(tx, "SHA", "dv", "i1", &d, &found, e))
		return false;
	if (d.last_n >= w->n)
		return true; // answered
	struct hub_opres r = {.n = w->n, .res = "{}", .k = "note.add"};
	if (!w->careless && (!hub_dev_advance(tx, "SHA", "dv", "i1", d.last_n, w->n, e) || !hub_opres_put(tx, "SHA", "dv", "i1", &r, e)))
		return false;
	w->e = "count";
	return add_one(tx, w, e);
}

static void *operate(void *arg)
{
	struct worker w = *(struct worker *)arg;

	for (w.n = 1; w.n <= OPS; w.n++)
		insist(w.s, do_op, &w);
	return NULL;
}

static int operating(const char *url, bool careless)
{
	struct worker w[THREADS];
	pthread_t t[THREADS];
	struct hub_store *s = open_hub(url);

	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct worker){.s = s, .seed = (unsigned)i, .careless = careless};
		pthread_create(&t[i], NULL, operate, &w[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	hub_store_close(s);
	return 0;
}

static int careful(const char *url, int no)
{
	(void)no;
	return operating(url, false);
}

static int careless(const char *url, int no)
{
	(void)no;
	return operating(url, true);
}

static bool put_dev(struct hub_tx *tx, void *arg, struct err *e)
{
	(void)arg;
	return hub_dev_put(tx, &(struct hub_dev){.dev = "dv", .inc = "i1", .site = "SHA", .station = "0A7", .state = "active"}, e);
}

static int64_t operations_done(int (*child)(const char *url, int no), bool check)
{
	struct hubtest t;
	struct err e = {0};

	hubtest_open(&t, ON_POSTGRES, cluster);
	hubtest_run(t.s, put_dev, NULL);
	hubs(t.url, child);
	char *shown = hubtest_show(t.s, "SHA", "ticket", "count");
	int64_t v = -1;
	char *at = strstr(shown, "\"v\":");
	assert_non_null(at);
	assert_true(parse_int(sv_n(at + 4, strcspn(at + 4, "}")), 0, INT64_MAX, &v));
	free(shown);
	if (check)
		assert_ok(hub_check(t.s, &e), e);
	hubtest_close(&t);
	return v;
}

static void test_each_number_once(void **state)
{
	(void)state;
	assert_int_equal(operations_done(careful, true), OPS);
}

// The control: without the station's counter the same operations are done again by every hub that gets them.
static void test_without_the_counter_they_are_done_again(void **state)
{
	(void)state;
	assert_true(operations_done(careless, false) > OPS);
}

// --- who starts over, and how often

struct tries {
	int n, change_until;
	struct hub_store *other;
	struct hubtest *t;
};

static bool interrupted(struct hub_tx *tx, void *arg, struct err *e)
{
	struct tries *v = arg;
	struct worker w = {.e = "x"};
	const struct hub_ent *ent;

	if (!hub_get(tx, "SHA", "ticket", "x", &ent, e))
		return false;
	// Another hub is faster, between our look and our write.
	if (v->n++ < v->change_until)
		hubtest_put(v->other, "SHA", "ticket", "x", "q/1", "{\"v\":100}");
	return add_one(tx, &w, e);
}

static void test_starts_over(void **state)
{
	struct tries v = {.change_until = 2};
	struct hubtest t;
	struct err e = {0};

	(void)state;
	hubtest_open(&t, ON_POSTGRES, cluster);
	v.other = hubtest_again(&t, NULL);
	hubtest_put(t.s, "SHA", "ticket", "x", "q/1", "{\"v\":1}");
	hubtest_run(t.s, interrupted, &v);
	assert_int_equal(v.n, 3);
	starts_with(hubtest_show(t.s, "SHA", "ticket", "x"), "{\"v\":101}", 4);
	v = (struct tries){.change_until = 100, .other = v.other};
	assert_false(hub_run(t.s, HUB_WRITE, interrupted, &v, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(v.n, HUB_TRIES);
	hub_store_close(v.other);
	hubtest_close(&t);
}

static bool break_then_put(struct hub_tx *tx, void *arg, struct err *e)
{
	struct tries *v = arg;
	struct worker w = {.e = "x"};

	if (v->n++ == 0)
		pgcluster_break(cluster);
	return add_one(tx, &w, e);
}

static bool put_then_break(struct hub_tx *tx, void *arg, struct err *e)
{
	struct worker w = {.e = "y"};

	((struct tries *)arg)->n++;
	if (!add_one(tx, &w, e) || !hub_flush(tx, e))
		return false;
	pgcluster_break(cluster);
	return true;
}

// Whoever only reads may always do it again, even when the end of it was lost.
static bool read_then_break(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct hub_ent *ent;

	if (!hub_get(tx, "SHA", "ticket", "z", &ent, e))
		return false;
	if (((struct tries *)arg)->n++ == 0)
		pgcluster_break(cluster);
	return true;
}

static void test_a_lost_connection(void **state)
{
	struct tries v = {0};
	struct hubtest t;
	struct err e = {0};

	(void)state;
	hubtest_open(&t, ON_POSTGRES, cluster);
	hubtest_put(t.s, "SHA", "ticket", "z", "q/1", "{\"v\":1}");
	pgcluster_break(cluster); // while nothing runs
	hubtest_put(t.s, "SHA", "ticket", "z", "q/1", "{\"v\":2}");
	hubtest_run(t.s, break_then_put, &v); // before the commit: again, on a new connection
	assert_int_equal(v.n, 2);
	starts_with(hubtest_show(t.s, "SHA", "ticket", "x"), "{\"v\":1}", 1);
	v.n = 0;
	hubtest_read(t.s, read_then_break, &v);
	assert_int_equal(v.n, 2);
	// During the commit: it says that it does not know, and does not do it again.
	v.n = 0;
	assert_false(hub_run(t.s, HUB_WRITE, put_then_break, &v, &e));
	assert_int_equal(v.n, 1);
	assert_non_null(strstr(e.msg, "nobody knows"));
	assert_ok(hub_check(t.s, &e), e);
	hubtest_close(&t);
}

static void test_a_database_that_forgets_is_refused(void **state)
{
	struct hub_store_options o = {.clock = &clock_real};
	struct hub_store *s;
	struct hubtest t;
	struct err e = {0};

	(void)state;
	hubtest_open(&t, ON_POSTGRES, cluster);
	char *url = xasprintf("%s&options=-csynchronous_commit%%3Doff", t.url);
	o.url = url;
	o.keys = t.keys;
	assert_false(hub_store_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_DENIED);
	free(url);
	hubtest_close(&t);
}

// Many hubs start on one empty database: the schema is made once, all serve.
static int starting(const char *url, int no)
{
	struct hub_store *s = open_hub(url);
	struct worker w = {.s = s, .e = no ? "a" : "b"};

	insist(s, add_one, &w);
	hub_store_close(s);
	return 0;
}

static void test_both_start_on_nothing(void **state)
{
	char *url = pgcluster_database(cluster);
	struct err e = {0};

	(void)state;
	hubs(url, starting);
	struct hub_store *s = open_hub(url);
	assert_ok(hub_check(s, &e), e);
	hub_store_close(s);
	free(url);
}

static int group_setup(void **state)
{
	(void)state;
	cluster = pgcluster_start();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	pgcluster_stop(cluster);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_start_on_nothing),
		cmocka_unit_test(test_compare_and_set),
		cmocka_unit_test(test_each_number_once),
		cmocka_unit_test(test_without_the_counter_they_are_done_again),
		cmocka_unit_test(test_starts_over),
		cmocka_unit_test(test_a_lost_connection),
		cmocka_unit_test(test_a_database_that_forgets_is_refused),
	};

	return cmocka_run_group_tests_name("hub-two", tests, group_setup, group_teardown);
}
