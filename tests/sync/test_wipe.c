// SPDX-License-Identifier: MIT
// Knows what a station promises when its hub has ordered it to be wiped: nobody else's word counts, nothing is left, and the outbox first
// where the order says so.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/destroy.h"
#include "tests/sync/joined.h"

static bool has_file(struct fix *f, const char *name)
{
	char *path = path_join(f->seat.dir, name);
	bool there = path_exists(path);

	free(path);
	return there;
}

static bool was_wiped(void *arg)
{
	return ((struct seat *)arg)->wiped > 0;
}

static void give_order(struct fix *f, bool forged, const char *dev)
{
	fake_lock(&f->hub);
	f->hub.wipe = true;
	f->hub.forged = forged;
	f->hub.wipe_dev = dev;
	f->hub.orders = 0;
	fake_unlock(&f->hub);
}

static int open_file(struct fix *f, const char *name)
{
	char *path = path_join(f->seat.dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	free(path);
	return fd;
}

// What the file held is gone too, for whoever kept it open.
static void is_blank(int fd)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof(text), 0);

	assert_true(n > 0);
	for (ssize_t i = 0; i < n; i++)
		assert_int_equal(text[i], 0);
	close(fd);
}

static void is_destroyed(struct fix *f)
{
	static const char *const gone[] = {"station.key", "hub.key", "store.db", "store.db-wal", "store.db-shm", "kb.db", "carried"};

	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		if (has_file(f, gone[i]))
			fail_msg("%s is still there", gone[i]);
}

static void put_file(struct fix *f, const char *name)
{
	char *path = path_join(f->seat.dir, name);

	assert_ok(path_write_atomic(path, sv("x"), 0600, &f->e), f->e);
	free(path);
}

static void test_wipe(void **state)
{
	struct fix *f = *state;
	char *carried = path_join(f->seat.dir, "carried");

	join(f);
	assert_ok(path_mkdirs(carried, &f->e), f->e);
	put_file(f, "carried/one");
	put_file(f, "kb.db");
	put_file(f, "zuoxi.yaml");
	seat_start(&f->seat, NULL);
	settle(f);
	int keys[] = {open_file(f, "station.key"), open_file(f, "hub.key")};
	give_order(f, false, NULL);
	seat_note(&f->seat, FAKE_STREAM, "lost");
	store_wait_idle(f->seat.store);
	assert_true(seat_turn(&f->seat, was_wiped, &f->seat));
	is_destroyed(f);
	is_blank(keys[0]);
	is_blank(keys[1]);
	assert_non_null(strstr(f->seat.sentence, "1 operation had not been sent"));
	assert_int_equal(f->hub.drains, 0); // not asked for
	assert_int_equal(fakehub_ops(&f->hub), 0);
	assert_int_equal(f->hub.gone, 1); // and the hub knows it
	assert_int_equal(f->hub.left, 1);
	assert_int_equal(f->hub.bad_signatures, 0);
	// What was under way leaves nothing behind, and nothing is exchanged any more.
	fake_lock(&f->hub);
	f->hub.wipe = false;
	fake_unlock(&f->hub);
	int syncs = f->hub.syncs;
	(void)turn_until(&f->seat.loop, seat_is_never, NULL, 100);
	assert_int_equal(f->seat.wiped, 1);
	assert_int_equal(f->hub.syncs, syncs);
	seat_close(&f->seat);
	assert_ok(station_destroy(f->seat.dir, &f->e), f->e);
	is_destroyed(f);
	assert_true(has_file(f, "zuoxi.yaml")); // settings are no data
	free(carried);
}

// --- the same, once the outbox is there

static void give_drain(struct fix *f, bool deaf)
{
	fake_lock(&f->hub);
	f->hub.drain = true;
	f->hub.deaf = deaf;
	fake_unlock(&f->hub);
	give_order(f, false, NULL);
}

static void three_notes(struct fix *f)
{
	for (int i = 0; i < 3; i++)
		seat_note(&f->seat, FAKE_STREAM, "to be kept");
	store_wait_idle(f->seat.store);
}

static void test_drain(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	give_drain(f, false);
	three_notes(f);
	assert_true(seat_turn(&f->seat, was_wiped, &f->seat));
	is_destroyed(f);
	assert_false(has_file(f, STATION_ORDER));
	assert_int_equal(fakehub_ops(&f->hub), 3);
	assert_int_equal(f->hub.gone, 1);
	assert_int_equal(f->hub.left, 0);
	assert_null(strstr(f->seat.sentence, "not been sent"));
}

// The hub answers and takes nothing: at the end of the time all is destroyed the same.
static void test_drain_has_an_end(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	int64_t from = clock_mono(&f->seat.clock);
	give_drain(f, true);
	three_notes(f);
	assert_true(seat_turn(&f->seat, was_wiped, &f->seat));
	assert_true(clock_mono(&f->seat.clock) - from >= 120000);
	assert_true(f->hub.drains > 1);
	is_destroyed(f);
	assert_int_equal(fakehub_ops(&f->hub), 0);
	assert_int_equal(f->hub.left, 3);
	assert_non_null(strstr(f->seat.sentence, "3 operations had not been sent"));
}

static bool was_tried(void *arg)
{
	struct fix *f = arg;

	fake_lock(&f->hub);
	bool yes = f->hub.drains > 0;
	fake_unlock(&f->hub);
	return yes;
}

// The program is killed while the outbox waits, and again while files are destroyed: each start goes on where it was.
static void test_drain_goes_on(void **state)
{
	struct fix *f = *state;
	struct store *s;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	give_drain(f, true);
	three_notes(f);
	assert_true(turn_until(&f->seat.loop, was_tried, f, TURN_DEADLINE_MS));
	seat_close(&f->seat);
	assert_true(has_file(f, "station.key") && has_file(f, STATION_ORDER));
	fake_lock(&f->hub);
	f->hub.deaf = false;
	fake_unlock(&f->hub);
	int syncs = f->hub.syncs, drains = f->hub.drains;
	seat_open(&f->seat);
	seat_start(&f->seat, NULL);
	assert_true(seat_turn(&f->seat, was_wiped, &f->seat));
	assert_int_equal(fakehub_ops(&f->hub), 3);
	assert_int_equal(f->hub.syncs - syncs, f->hub.drains - drains); // nothing but the outbox
	is_destroyed(f);
	seat_close(&f->seat);
	put_file(f, "store.db");
	put_file(f, "store.db-wal");
	char *mark = path_join(f->seat.dir, STATION_ORDER);
	assert_ok(path_write_atomic(mark, sv("now\n"), 0600, &f->e), f->e);
	free(mark);
	assert_false(store_open(&s, &(struct store_options){.dir = f->seat.dir}, &f->e));
	assert_int_equal(f->e.code, ERR_NOT_FOUND);
	is_destroyed(f);
	assert_false(has_file(f, STATION_ORDER));
}

static void test_drain_at_login(void **state)
{
	struct fix *f = *state;

	join(f);
	three_notes(f);
	give_drain(f, false);
	assert_false(seat_login(&f->seat, "li", PASSWORD, &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
	assert_null(strstr(f->e.msg, "not been sent"));
	is_destroyed(f);
	assert_int_equal(fakehub_ops(&f->hub), 3);
	assert_int_equal(f->hub.gone, 1);
}

static bool was_ordered(void *arg)
{
	struct fix *f = arg;

	fake_lock(&f->hub);
	bool yes = f->hub.orders > 0;
	fake_unlock(&f->hub);
	return yes;
}

// An order that another hub signed, or that is for another station: an answer like others, and the work goes on after it.
static void test_order_of_another(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	for (int i = 0; i < 2; i++) {
		give_order(f, i == 0, i == 0 ? NULL : "dv2");
		client_login(f->seat.client, "li", PASSWORD);
		assert_true(turn_until(&f->seat.loop, was_ordered, f, TURN_DEADLINE_MS));
		while (f->seat.bad <= i)
			uv_run(&f->seat.loop, UV_RUN_ONCE);
		assert_int_equal(f->seat.wiped, 0);
		assert_true(has_file(f, "station.key") && has_file(f, "hub.key") && has_file(f, "store.db"));
	}
	fake_lock(&f->hub);
	f->hub.wipe = false;
	fake_unlock(&f->hub);
	seat_note(&f->seat, FAKE_STREAM, "kept");
	client_login(f->seat.client, "li", PASSWORD);
	settle(f);
	assert_int_equal(fakehub_ops(&f->hub), 1);
}

// The same at the command line.
static void test_wipe_at_login(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_note(&f->seat, FAKE_STREAM, "lost");
	seat_note(&f->seat, FAKE_STREAM, "lost too");
	store_wait_idle(f->seat.store);
	give_order(f, true, NULL);
	assert_false(seat_login(&f->seat, "li", PASSWORD, &f->e));
	assert_true(has_file(f, "station.key") && has_file(f, "hub.key"));
	give_order(f, false, "dv2");
	assert_false(seat_login(&f->seat, "li", PASSWORD, &f->e));
	assert_true(has_file(f, "station.key") && has_file(f, "hub.key"));
	give_order(f, false, NULL);
	assert_false(seat_login(&f->seat, "li", PASSWORD, &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
	assert_non_null(strstr(f->e.msg, "2 operations had not been sent"));
	is_destroyed(f);
	seat_close(&f->seat);
	is_destroyed(f);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_wipe), T(test_drain), T(test_drain_has_an_end), T(test_drain_goes_on), T(test_drain_at_login), T(test_order_of_another), T(test_wipe_at_login),
	};

	if (getenv("ZUOXI_TEST_LOG"))
		log_open(getenv("ZUOXI_TEST_LOG"), LOG_DEBUG);
	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
