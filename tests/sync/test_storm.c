// SPDX-License-Identifier: MIT
// Knows that whatever the network does, every operation reaches the hub once, and the program ends when it is told to.
// ZUOXI_SYNC_OPS says how many operations the storm sends, ZUOXI_SYNC_SEED rolls other dice.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/log.h"
#include "tests/sync/faultproxy.h"
#include "tests/sync/joined.h"

enum { STORM_HURRY = 100, OPS = 2000 };

static bool all_sent(void *arg)
{
	struct fix *f = arg;

	return seat_is_settled(&f->seat);
}

static void test_offline_and_back(void **state)
{
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->hub.web), NULL, 3);
	char *url = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	join_at(f, url);
	seat_start(&f->seat, NULL);
	settle(f);
	faultproxy_pull(p, true, true);
	for (int i = 0; i < 50; i++)
		seat_note(&f->seat, FAKE_STREAM, "made offline");
	assert_true(seat_turn(&f->seat, seat_is_offline, &f->seat));
	// Work goes on: commits do not wait for anything.
	for (int i = 0; i < 50; i++)
		seat_note(&f->seat, FAKE_STREAM, "made offline");
	store_wait_idle(f->seat.store);
	uv_run(&f->seat.loop, UV_RUN_NOWAIT);
	assert_int_equal(seat_unsent(&f->seat), 100);
	assert_int_equal(fakehub_ops(&f->hub), 0);
	faultproxy_pull(p, false, false);
	assert_true(turn_until(&f->seat.loop, all_sent, f, 3 * TURN_DEADLINE_MS));
	assert_int_equal(fakehub_ops(&f->hub), 100);
	assert_int_equal(fakehub_doubles(&f->hub), 0);
	// A drill is the same, but stays until somebody ends it.
	client_drill(f->seat.client, true);
	assert_true(seat_turn(&f->seat, seat_is_offline, &f->seat));
	assert_true(seat_look(&f->seat).status.drill);
	client_drill(f->seat.client, false);
	settle(f);
	seat_stop(&f->seat);
	free(url);
	faultproxy_free(p);
}

static int64_t from_env(const char *name, int64_t usual)
{
	const char *v = getenv(name);
	int64_t n;

	return v && parse_int(sv(v), 1, 100000000, &n) ? n : usual;
}

static const int storm[FAULTS] = {[FAULT_RESET] = 40, [FAULT_HALF_OPEN] = 8, [FAULT_TRUNCATE] = 50, [FAULT_SLOW] = 50,
				  [FAULT_DUPLICATE] = 60, [FAULT_DROP_REPLY] = 80};

struct flood {
	struct fix *f;
	int64_t total, made;
	uint32_t dice, step; // step: operations made at once, at most
};

// More work while little is unsent, until all is made; true when everything arrived.
static bool pour(void *arg)
{
	struct flood *q = arg;
	struct seat *s = &q->f->seat;

	if (q->made < q->total && store_pending(s->store) == 0 && seat_unsent(s) < (int64_t)q->step) {
		q->dice = q->dice * 1664525 + 1013904223;
		for (uint32_t i = 0; i <= (q->dice >> 16) % q->step && q->made < q->total; i++, q->made++)
			seat_note(s, FAKE_STREAM, "in the storm");
	}
	return q->made == q->total && seat_is_settled(s);
}

// Pours all, and takes the station down and up again now and then in the middle of whatever it does.
static void run_storm(struct fix *f, struct faultproxy *p, int64_t total, int restarts)
{
	struct flood q = {.f = f, .total = total, .dice = 9, .step = total > 10 * OPS ? 220 : 25};
	int64_t deadline = clock_mono(&clock_real) + 20000 + total * 30;

	f->seat.hurry = STORM_HURRY;
	f->seat.clock.fake_mono = STORM_HURRY;
	seat_start(&f->seat, NULL);
	faultproxy_rates(p, storm);
	for (int i = 1; i <= restarts; i++) {
		while (q.made < total * i / (restarts + 1) && clock_mono(&clock_real) < deadline)
			(void)turn_until(&f->seat.loop, pour, &q, 50);
		seat_close(&f->seat);
		seat_open(&f->seat);
		seat_start(&f->seat, NULL);
	}
	while (q.made < total && clock_mono(&clock_real) < deadline)
		(void)turn_until(&f->seat.loop, pour, &q, 50);
	faultproxy_rates(p, (const int[FAULTS]){0});
	if (!turn_until(&f->seat.loop, pour, &q, 3 * TURN_DEADLINE_MS))
		fail_msg("not everything arrived: %d made, %d unsent, line %d, %s", (int)q.made, (int)seat_unsent(&f->seat),
			 seat_look(&f->seat).link.state, seat_look(&f->seat).why);
}

static void test_exactly_once(void **state)
{
	struct fix *f = *state;
	int64_t ops = from_env("ZUOXI_SYNC_OPS", OPS);
	struct faultproxy *p = faultproxy_new(web_port(f->hub.web), NULL, (uint64_t)from_env("ZUOXI_SYNC_SEED", 11));
	char *url = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	join_at(f, url);
	run_storm(f, p, ops, 3);
	for (int i = 1; i < FAULTS; i++) {
		print_message("%s %zu ", fault_name((enum fault)i), faultproxy_count(p, (enum fault)i));
		// A storm without one of its faults proves nothing about it.
		if (i != FAULT_HALF_OPEN)
			assert_true(faultproxy_count(p, (enum fault)i) > 0);
	}
	print_message("\n");
	assert_int_equal(fakehub_ops(&f->hub), ops);
	assert_int_equal(fakehub_doubles(&f->hub), 0);
	assert_int_equal(f->hub.last_n, ops);
	assert_int_equal(seat_number(&f->seat, "select count(*) from outbox where st not in ('acked', 'settled')"), 0);
	assert_int_equal(seat_number(&f->seat, "select count(*) from ent"), ops);
	assert_int_equal(seat_number(&f->seat, "select seq from stream"), ops);
	seat_stop(&f->seat);
	free(url);
	faultproxy_free(p);
}

// The control: at a hub that forgets what it has taken, the same storm doubles operations. Otherwise the test above shows nothing.
static void test_storm_doubles_at_a_forgetful_hub(void **state)
{
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->hub.web), NULL, 11);
	char *url = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	f->hub.forgetful = true;
	join_at(f, url);
	run_storm(f, p, 600, 0);
	assert_true(fakehub_doubles(&f->hub) > 0);
	seat_stop(&f->seat);
	free(url);
	faultproxy_free(p);
}

// Whatever is under way, the end is at once: half-open connections, jobs in the store's thread, a stream.
static void test_end_at_any_moment(void **state)
{
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->hub.web), NULL, 5);
	char *url = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	join_at(f, url);
	faultproxy_rates(p, (const int[FAULTS]){[FAULT_HALF_OPEN] = 300});
	for (int i = 0; i < 40; i++) {
		seat_note(&f->seat, FAKE_STREAM, "x");
		seat_start(&f->seat, NULL);
		for (int k = 0; k < i; k++)
			uv_run(&f->seat.loop, UV_RUN_NOWAIT);
		int64_t from = clock_mono(&clock_real);
		seat_stop(&f->seat);
		assert_true(clock_mono(&clock_real) - from < 2000);
	}
	free(url);
	faultproxy_free(p);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_offline_and_back), T(test_exactly_once), T(test_storm_doubles_at_a_forgetful_hub), T(test_end_at_any_moment),
	};

	if (getenv("ZUOXI_TEST_LOG"))
		log_open(getenv("ZUOXI_TEST_LOG"), LOG_DEBUG);
	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
