// SPDX-License-Identifier: MIT
// Knows that readers who follow a cursor miss nothing on PostgreSQL while many write, and that a cursor over a sequence would (sync.md §7 T7).
//
// ZUOXI_ORDER_CHANGES asks for more changes (./dev soak order).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

enum { WRITERS = 64, READERS = 4, STREAMS = 6, BATCH = 16, PAGE = 200, NAIVE = 4000 };

static struct pgcluster *cluster;

static int64_t wanted(void)
{
	const char *v = getenv("ZUOXI_ORDER_CHANGES");
	int64_t n = 20000;

	if (v && !parse_int(sv(v), WRITERS, 100000000, &n))
		fail_msg("ZUOXI_ORDER_CHANGES is not a number: %s", v);
	return n;
}

static uint32_t next(uint32_t *s)
{
	return (*s = *s * 1664525 + 1013904223) >> 8;
}

// The load itself: transactions take different times between their numbers and their commit.
static void dawdle(uint32_t *seed, uint32_t us)
{
	struct timespec t = {.tv_nsec = (long)(next(seed) % us) * 1000};

	nanosleep(&t, NULL);
}

static struct load {
	struct hub_store *s;
	atomic_llong left, done, retried;
	atomic_bool over;
	atomic_int failed;
	pthread_mutex_t mutex;
	pthread_cond_t news;
} g = {.mutex = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER};

struct writer {
	uint32_t seed, keep;
	int no;
	int64_t made, first;
	size_t n;
};

static bool write_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct writer *w = arg;
	json_t *d = json_object();
	bool ok = true;

	w->seed = w->keep; // a new try does the same
	for (size_t i = 0; ok && i < w->n; i++) {
		char id[48], s[16];
		snprintf(id, sizeof(id), "%d-%lld", w->no, (long long)(w->made + (int64_t)i));
		snprintf(s, sizeof(s), "q/%u", next(&w->seed) % STREAMS);
		struct hub_ent ent = {.t = "broadcast", .e = id, .s = s, .rev = 1, .d = d};
		ok = hub_put(tx, "SHA", &ent, NULL, e);
	}
	json_decref(d);
	if (next(&w->seed) % 4 == 0)
		dawdle(&w->seed, 1000);
	ok = ok && hub_flush(tx, e);
	// With its numbers taken, before they can be seen.
	if (next(&w->seed) % 4 == 0)
		dawdle(&w->seed, 2000);
	return ok;
}

static void *write_all(void *arg)
{
	struct writer *w = arg;
	struct err e = {0};

	for (;;) {
		w->n = 1 + next(&w->seed) % BATCH;
		w->keep = w->seed;
		int64_t left = atomic_fetch_sub(&g.left, (long long)w->n);
		if (left <= 0)
			return NULL;
		w->n = left < (int64_t)w->n ? (size_t)left : w->n;
		while (!hub_run(g.s, HUB_WRITE, write_body, w, &e)) {
			if (e.code != ERR_IO && e.code != ERR_CONFLICT)
				atomic_fetch_add(&g.failed, 1);
			atomic_fetch_add(&g.retried, 1);
		}
		w->made += (int64_t)w->n;
		pthread_mutex_lock(&g.mutex);
		atomic_fetch_add(&g.done, (long long)w->n);
		pthread_cond_broadcast(&g.news);
		pthread_mutex_unlock(&g.mutex);
	}
}

// A reader: follows every stream by its cursor. Each change is an entity of its own, so every number must come, in order, once.
struct reader {
	enum hub_mode mode;
	int64_t at[STREAMS], head;
	int64_t gaps, seen;
	int stream;
};

static bool take(void *arg, const struct hub_feed_row *row)
{
	struct reader *r = arg;

	r->gaps += row->ent.seq != r->at[r->stream] + 1;
	r->at[r->stream] = row->ent.seq;
	r->seen++;
	return true;
}

static bool read_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct reader *r = arg;
	struct hub_stream st;
	char s[16];

	snprintf(s, sizeof(s), "q/%d", r->stream);
	if (!hub_stream_get(tx, "SHA", s, &st, e) || !hub_feed(tx, "SHA", s, r->at[r->stream], PAGE, 1 << 20, take, r, e))
		return false;
	r->head = st.seq;
	return true;
}

static void note_head(void *arg, const char *site, const struct hub_stream *st)
{
	int64_t stream;

	(void)site;
	if (parse_int(sv(st->s + 2), 0, STREAMS - 1, &stream))
		((int64_t *)arg)[stream] = st->seq;
}

// Waits until something was committed that it has not asked about yet.
static void await_news(int64_t known)
{
	pthread_mutex_lock(&g.mutex);
	while (!atomic_load(&g.over) && atomic_load(&g.done) == known)
		pthread_cond_wait(&g.news, &g.mutex);
	pthread_mutex_unlock(&g.mutex);
}

static bool read_streams(struct reader *r, struct err *e)
{
	int64_t heads[STREAMS] = {0};

	if (!hub_heads(g.s, 0, note_head, heads, e))
		return false;
	for (r->stream = 0; r->stream < STREAMS; r->stream++) {
		while (r->at[r->stream] < heads[r->stream]) {
			int64_t from = r->at[r->stream];
			if (!hub_run(g.s, r->mode, read_body, r, e))
				return false;
			// What the head promised is on the page, but for what lies behind the page's end.
			r->gaps += r->at[r->stream] < r->head && r->at[r->stream] - from < PAGE;
			if (r->at[r->stream] == from)
				break;
		}
	}
	return true;
}

static void *read_all(void *arg)
{
	struct reader *r = arg;
	struct err e = {0};

	for (bool over = false; !over;) {
		over = atomic_load(&g.over); // once more when all is there
		int64_t known = atomic_load(&g.done);
		if (!read_streams(r, &e)) {
			atomic_fetch_add(&g.failed, 1);
			return NULL;
		}
		if (!over)
			await_news(known);
	}
	return NULL;
}

static void run_threads(struct writer *w, struct reader *r)
{
	pthread_t wt[WRITERS], rt[READERS];

	for (int i = 0; i < READERS; i++) {
		r[i] = (struct reader){.mode = i % 2 ? HUB_WRITE : HUB_READ}; // also without a snapshot, as in an exchange
		pthread_create(&rt[i], NULL, read_all, &r[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		w[i] = (struct writer){.seed = (uint32_t)i * 7919 + 1, .no = i};
		pthread_create(&wt[i], NULL, write_all, &w[i]);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(wt[i], NULL);
	pthread_mutex_lock(&g.mutex);
	atomic_store(&g.over, true);
	pthread_cond_broadcast(&g.news);
	pthread_mutex_unlock(&g.mutex);
	for (int i = 0; i < READERS; i++)
		pthread_join(rt[i], NULL);
}

static void test_nothing_is_missed(void **state)
{
	int64_t changes = wanted();
	struct writer w[WRITERS];
	struct reader r[READERS];
	struct hubtest t;
	struct err e = {0};

	(void)state;
	hubtest_open(&t, ON_POSTGRES, cluster);
	g.s = hubtest_again(&t, &(struct hub_store_options){.readers = WRITERS + READERS / 2, .clock = &clock_real});
	atomic_store(&g.left, changes);
	run_threads(w, r);
	assert_int_equal(atomic_load(&g.failed), 0);
	assert_int_equal(atomic_load(&g.done), changes);
	for (int i = 0; i < READERS; i++) {
		assert_int_equal(r[i].gaps, 0);
		assert_int_equal(r[i].seen, changes);
	}
	assert_ok(hub_check(t.s, &e), e);
	print_message("changes %lld, writers %d, readers %d: missed 0, gaps 0 (%lld transactions were begun anew by their caller)\n",
		      (long long)changes, WRITERS, READERS, (long long)atomic_load(&g.retried));
	hub_store_close(g.s);
	hubtest_close(&t);
}

// --- the control: the same writers, and a cursor over a sequence

static const char *naive_url;
static atomic_int naive_left;
static atomic_bool naive_over;

static PGconn *naive_open(void)
{
	PGconn *c = PQconnectdb(naive_url);

	if (PQstatus(c) != CONNECTION_OK)
		BUG("%s", PQerrorMessage(c));
	return c;
}

static void naive_do(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		BUG("%s: %s", text, PQerrorMessage(c));
	PQclear(r);
}

static void *naive_write(void *arg)
{
	PGconn *c = naive_open();
	uint32_t seed = *(uint32_t *)arg;

	while (atomic_fetch_sub(&naive_left, 1) > 0) {
		naive_do(c, "begin");
		naive_do(c, "insert into naive default values");
		if (next(&seed) % 4 == 0)
			dawdle(&seed, 2000);
		naive_do(c, "commit");
	}
	PQfinish(c);
	return NULL;
}

static int64_t naive_page(PGconn *c, int64_t *cursor)
{
	char text[120];

	snprintf(text, sizeof(text), "select n from naive where n > %lld order by n limit 200", (long long)*cursor);
	PGresult *r = PQexec(c, text);
	int rows = PQntuples(r);
	if (rows && !parse_int(sv(PQgetvalue(r, rows - 1, 0)), 1, INT64_MAX, cursor))
		BUG("not a number");
	PQclear(r);
	return rows;
}

static void *naive_read(void *arg)
{
	PGconn *c = naive_open();
	int64_t cursor = 0, *seen = arg;

	for (bool over = false;;) {
		int64_t rows = naive_page(c, &cursor);
		*seen += rows;
		if (over && !rows)
			break;
		over = atomic_load(&naive_over);
	}
	PQfinish(c);
	return NULL;
}

static void test_a_sequence_loses(void **state)
{
	pthread_t wt[WRITERS], rt;
	uint32_t seeds[WRITERS];
	int64_t seen = 0;

	(void)state;
	char *url = pgcluster_database(cluster);
	naive_url = url;
	PGconn *c = naive_open();
	naive_do(c, "create table naive (n bigserial primary key)");
	PQfinish(c);
	atomic_store(&naive_left, NAIVE);
	pthread_create(&rt, NULL, naive_read, &seen);
	for (int i = 0; i < WRITERS; i++) {
		seeds[i] = (uint32_t)i * 7919 + 1;
		pthread_create(&wt[i], NULL, naive_write, &seeds[i]);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(wt[i], NULL);
	atomic_store(&naive_over, true);
	pthread_join(rt, NULL);
	print_message("a cursor over a sequence: %lld of %d rows were seen\n", (long long)seen, NAIVE);
	assert_true(seen < NAIVE);
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
		cmocka_unit_test(test_nothing_is_missed),
		cmocka_unit_test(test_a_sequence_loses),
	};

	return cmocka_run_group_tests_name("hub-order", tests, group_setup, group_teardown);
}
