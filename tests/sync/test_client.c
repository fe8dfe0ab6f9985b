// SPDX-License-Identifier: MIT
// Knows what a station at work promises beside a hub: everything arrives once, nobody is asked twice, nothing is waited for.
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
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "tests/sync/faultproxy.h"
#include "tests/sync/joined.h"

// --- joining

static void test_enrol(void **state)
{
	struct fix *f = *state;
	struct stat st;
	char *key = path_join(f->seat.dir, "hub.key");

	enrol_at(f, f->hub.base);
	assert_int_equal(f->hub.enrols, 1);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	seat_close(&f->seat);
	seat_open(&f->seat);
	// The hub had given the station's code away and chose another.
	assert_string_equal(store_station(f->seat.store), "0A8");
	free(key);
}

static void test_enrol_of_another_hub(void **state)
{
	struct fix *f = *state;
	char *code = fakehub_code(&f->hub, true);

	assert_false(seat_enrol(&f->seat, f->hub.base, code, &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
	// The secret was not shown to whoever answered.
	assert_int_equal(f->hub.enrols, 0);
	assert_false(seat_enrol(&f->seat, f->hub.base, "ABCDE", &f->e));
	assert_int_equal(f->e.code, ERR_USAGE);
	assert_false(seat_enrol(&f->seat, "http://hub.example.com", code, &f->e));
	assert_int_equal(f->e.code, ERR_USAGE);
	free(code);
}

// The answer to an enrolment is lost; the same code again comes with the same key, so that the hub can tell.
static void test_enrol_again_after_a_lost_answer(void **state)
{
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->hub.web), NULL, 1);
	char *url = xasprintf("http://127.0.0.1:%d", faultproxy_port(p)), *code = fakehub_code(&f->hub, false);
	unsigned char first[32];

	faultproxy_next(p, 1, FAULT_DROP_REPLY); // what to trust is fetched first
	assert_false(seat_enrol(&f->seat, url, code, &f->e));
	assert_int_equal(f->hub.enrols, 1);
	memcpy(first, f->hub.station_pk, sizeof(first));
	assert_ok(seat_enrol(&f->seat, url, code, &f->e), f->e);
	assert_int_equal(f->hub.enrols, 2);
	assert_memory_equal(first, f->hub.station_pk, sizeof(first));
	free(url);
	free(code);
	faultproxy_free(p);
}

static void test_login(void **state)
{
	struct fix *f = *state;

	enrol_at(f, f->hub.base);
	assert_false(seat_login(&f->seat, "li", "wrong", &f->e));
	assert_int_equal(f->e.code, ERR_DENIED);
	assert_ok(seat_login(&f->seat, "li", PASSWORD, &f->e), f->e);
	assert_string_equal(f->seat.person, "ag1");
	assert_string_equal(f->seat.name, "李]0;雷"); // subcommands print it: no escape sequence of the hub's
	assert_int_equal(f->hub.bad_signatures, 0);
}

// Neither password nor token stands anywhere in the directory.
static void test_no_secret_in_the_clear(void **state)
{
	struct fix *f = *state;
	static const char *const names[] = {"hub.key", "store.db", "store.db-wal"};

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	for (size_t i = 0; i < 3; i++) {
		char *path = path_join(f->seat.dir, names[i]);
		struct str text = {0};
		if (path_exists(path)) {
			assert_ok(path_read(path, 64 << 20, &text, &f->e), f->e);
			assert_null(memmem(text.s, text.n, "refresh-", 8));
			assert_null(memmem(text.s, text.n, "access-", 7));
			assert_null(memmem(text.s, text.n, PASSWORD, strlen(PASSWORD)));
		}
		str_release(&text);
		free(path);
	}
}

// --- work

static bool has_three(void *arg)
{
	return fakehub_ops(&((struct fix *)arg)->hub) == 3;
}

static void test_first_exchange(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_note(&f->seat, FAKE_STREAM, "one");
	seat_note(&f->seat, FAKE_STREAM, "two");
	fakehub_row(&f->hub, "note", "0190b2a4-0000-7000-8000-000000000001", "{\"text\":\"from elsewhere\"}");
	seat_start(&f->seat, NULL);
	settle(f);
	assert_int_equal(fakehub_ops(&f->hub), 2);
	assert_int_equal(seat_number(&f->seat, "select count(*) from ent"), 3);
	assert_int_equal(seat_number(&f->seat, "select count(*) from outbox where st = 'settled'"), 2);
	// A commit while nothing else happens is sent at once, not at the next round.
	seat_note(&f->seat, FAKE_STREAM, "three");
	store_wait_idle(f->seat.store);
	assert_true(turn_until(&f->seat.loop, has_three, f, TURN_DEADLINE_MS));
	assert_true(f->seat.reports > 0);
	assert_true(seat_look(&f->seat).status.synced_at > 0);
}

// --- what was settled long ago goes, in an idle moment; what a restored hub may ask for again stays

static bool run_long_ago(struct db *db, void *arg, struct err *e)
{
	int64_t now = *(int64_t *)arg, day = 24 * 3600000;

	for (int64_t n = 1; n <= 2; n++)
		if (!outbox_mark(db, n, OUTBOX_ACKED, NULL, NULL, 0, now - (n == 1 ? 40 : 29) * day, e) ||
		    !outbox_mark(db, n, OUTBOX_SETTLED, NULL, NULL, 0, 0, e))
			return false;
	return true;
}

static bool forgotten(void *arg)
{
	return seat_number(arg, "select count(*) from outbox where n = 1") == 0;
}

static void test_old_operations_are_forgotten(void **state)
{
	struct fix *f = *state;
	int64_t now = clock_wall(&f->seat.clock);

	join(f);
	for (int i = 0; i < 3; i++)
		seat_note(&f->seat, FAKE_STREAM, "a note");
	seat_start(&f->seat, NULL);
	settle(f);
	seat_stop(&f->seat);
	assert_ok(store_do(f->seat.store, run_long_ago, &now, &f->e), f->e);
	seat_start(&f->seat, NULL);
	assert_true(turn_until(&f->seat.loop, forgotten, &f->seat, TURN_DEADLINE_MS));
	assert_int_equal(seat_number(&f->seat, "select count(*) from outbox"), 2);
	// The numbers go on, and the hub is told of nothing twice.
	seat_note(&f->seat, FAKE_STREAM, "a fourth");
	settle(f);
	assert_int_equal(fakehub_ops(&f->hub), 4);
}

static void test_token_expires(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	int tokens = f->hub.tokens, logins = f->hub.logins;
	fake_lock(&f->hub);
	f->hub.expire = true;
	fake_unlock(&f->hub);
	seat_note(&f->seat, FAKE_STREAM, "one");
	store_wait_idle(f->seat.store);
	settle(f);
	assert_int_equal(fakehub_ops(&f->hub), 1);
	assert_int_equal(f->hub.tokens, tokens + 1);
	assert_int_equal(f->hub.logins, logins);
	assert_false(seat_look(&f->seat).status.need_login);
	// The token on disk is the hub's newest: after a restart no password is wanted.
	seat_close(&f->seat);
	seat_open(&f->seat);
	seat_note(&f->seat, FAKE_STREAM, "two");
	seat_start(&f->seat, NULL);
	settle(f);
	assert_int_equal(fakehub_ops(&f->hub), 2);
	assert_int_equal(f->hub.logins, logins);
	assert_int_equal(f->seat.bad, 0);
}

// The request for a new token reaches the hub twice, as when a connection breaks and libcurl tries again: the hub counts a signature
// once and refuses the answer that arrives. Nobody is asked for a password because of that.
static void test_signature_arrives_twice(void **state)
{
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->hub.web), NULL, 1);
	char *url = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	join_at(f, url);
	faultproxy_next(p, 3, FAULT_DUPLICATE); // behind a probe or not: an exchange without a token, the hello, the token
	seat_start(&f->seat, NULL);
	settle(f);
	while (!faultproxy_count(p, FAULT_DUPLICATE) || !f->hub.bad_signatures) {
		faultproxy_next(p, 2, FAULT_DUPLICATE);
		fake_lock(&f->hub);
		f->hub.expire = true;
		fake_unlock(&f->hub);
		seat_note(&f->seat, FAKE_STREAM, "x");
		settle(f);
	}
	assert_int_equal(f->seat.good + f->seat.bad, 0);
	assert_false(seat_look(&f->seat).status.need_login);
	seat_stop(&f->seat);
	free(url);
	faultproxy_free(p);
}

static bool wants_login(void *arg)
{
	struct client_view v = seat_look(arg);

	return v.link.need_login && v.status.need_login;
}

static bool was_told(void *arg)
{
	return ((struct seat *)arg)->bad > 0;
}

static void test_session_ends(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	fake_lock(&f->hub);
	f->hub.revoked = true;
	fake_unlock(&f->hub);
	seat_note(&f->seat, FAKE_STREAM, "kept");
	assert_true(seat_turn(&f->seat, wants_login, &f->seat));
	assert_int_equal(seat_unsent(&f->seat), 1);
	assert_int_equal(f->seat.good, 1); // said once
	client_login(f->seat.client, "li", "wrong");
	assert_true(seat_turn(&f->seat, was_told, &f->seat));
	assert_non_null(strstr(f->seat.sentence, "password"));
	client_login(f->seat.client, "li", PASSWORD);
	settle(f);
	assert_int_equal(fakehub_ops(&f->hub), 1);
	assert_int_equal(f->seat.persons, 2); // as it was at the start, and the one who logged in
	assert_string_equal(f->seat.roles, "agent,team_lead");
}

static bool logged_out(void *arg)
{
	struct fix *f = arg;

	fake_lock(&f->hub);
	bool yes = f->hub.logouts == 1;
	fake_unlock(&f->hub);
	return yes && store_pending(f->seat.store) == 0;
}

static void test_logout(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	client_logout(f->seat.client);
	assert_true(turn_until(&f->seat.loop, logged_out, f, TURN_DEADLINE_MS));
	seat_close(&f->seat);
	seat_open(&f->seat);
	seat_start(&f->seat, NULL);
	// The token is gone from the disk as well.
	assert_true(seat_turn(&f->seat, seat_is_ready, &f->seat));
	assert_false(seat_look(&f->seat).session);
	assert_true(seat_look(&f->seat).status.need_login);
}

// A station whose clock is wrong by hours works like others (sync.md T16); only the figure is told.
static void test_clock_is_wrong(void **state)
{
	struct fix *f = *state;

	f->hub.clock_off = -5 * 3600000;
	join(f);
	seat_note(&f->seat, FAKE_STREAM, "one");
	seat_start(&f->seat, NULL);
	settle(f);
	fake_lock(&f->hub);
	f->hub.clock_off = 3 * 3600000;
	f->hub.expire = true;
	fake_unlock(&f->hub);
	seat_note(&f->seat, FAKE_STREAM, "two");
	settle(f);
	assert_int_equal(f->hub.bad_signatures, 0);
	assert_int_equal(fakehub_ops(&f->hub), 2);
	int64_t skew = seat_look(&f->seat).status.skew_ms;
	assert_true(skew < -2 * 3600000 && skew > -4 * 3600000);
}

// --- the event stream

static bool has_stream(void *arg)
{
	return web_streams(((struct fix *)arg)->hub.web) == 1;
}

static bool has_second_stream(void *arg)
{
	struct fix *f = arg;

	fake_lock(&f->hub);
	bool yes = f->hub.streams > 1;
	fake_unlock(&f->hub);
	return yes;
}

static bool has_row(void *arg)
{
	return seat_number(&((struct fix *)arg)->seat,
			   "select count(*) from ent where e = '0190b2a4-0000-7000-8000-00000000000a'") == 1;
}

static void test_event_brings_a_row(void **state)
{
	struct fix *f = *state;

	f->hub.push = true;
	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	assert_true(turn_until(&f->seat.loop, has_stream, f, TURN_DEADLINE_MS));
	settle(f);
	int syncs = f->hub.syncs, changes = f->seat.changes;
	fakehub_row(&f->hub, "note", "0190b2a4-0000-7000-8000-00000000000a", "{\"text\":\"pushed\"}");
	assert_true(turn_until(&f->seat.loop, has_row, f, TURN_DEADLINE_MS));
	// It came by the stream: nobody asked for it.
	assert_int_equal(f->hub.syncs, syncs);
	assert_true(f->seat.changes >= changes);
	// The stream ends; another one comes by itself.
	assert_int_equal(f->hub.streams, 1);
	web_close_streams(f->hub.web);
	assert_true(turn_until(&f->seat.loop, has_second_stream, f, TURN_DEADLINE_MS));
}

static bool told_ready(void *arg)
{
	struct fix *f = arg;

	fake_lock(&f->hub);
	bool yes = str_eq(f->hub.presence, "available");
	fake_unlock(&f->hub);
	return yes;
}

static void test_presence(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_start(&f->seat, NULL);
	settle(f);
	client_presence(f->seat.client, "available");
	assert_true(turn_until(&f->seat.loop, told_ready, f, TURN_DEADLINE_MS));
	client_presence(f->seat.client, "available");
	seat_note(&f->seat, FAKE_STREAM, "x");
	settle(f);
	assert_int_equal(f->hub.presences, 1); // on change only
}

// --- the lease

static bool is_locked(void *arg)
{
	return seat_look(arg).status.locked;
}

static void test_lease(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_note(&f->seat, FAKE_STREAM, "kept");
	seat_close(&f->seat);
	seat_open(&f->seat);
	// Four days go by without the hub; the machine was off, so that only its clock tells.
	f->seat.clock.fake_wall += 4 * 86400000LL;
	seat_start(&f->seat, NULL);
	assert_true(seat_turn(&f->seat, seat_is_ready, &f->seat));
	// The machine's own count of time since its start says otherwise, and cannot be set: not locked.
	assert_false(seat_look(&f->seat).status.locked);
	seat_stop(&f->seat);
}

static bool forget_boot(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	return meta_set_text(db, "hub_boot_id", "another start of the machine", e);
}

static void test_lease_is_over(void **state)
{
	struct fix *f = *state;

	join(f);
	seat_note(&f->seat, FAKE_STREAM, "kept");
	assert_ok(store_do(f->seat.store, forget_boot, NULL, &f->e), f->e);
	f->seat.clock.fake_wall += 73 * 3600000LL;
	seat_start(&f->seat, NULL);
	assert_true(seat_turn(&f->seat, is_locked, &f->seat));
	assert_true(seat_look(&f->seat).status.need_login);
	// The hub is there and the token would do; but only a password opens what is locked. The outbox is kept.
	assert_int_equal(fakehub_ops(&f->hub), 0);
	assert_int_equal(seat_unsent(&f->seat), 1);
	client_login(f->seat.client, "li", PASSWORD);
	settle(f);
	assert_false(seat_look(&f->seat).status.locked);
	assert_int_equal(fakehub_ops(&f->hub), 1);
}

static void test_clock_set_back(void **state)
{
	struct fix *f = *state;

	join(f);
	assert_ok(store_do(f->seat.store, forget_boot, NULL, &f->e), f->e);
	f->seat.clock.fake_wall -= 3600000;
	seat_start(&f->seat, NULL);
	assert_true(seat_turn(&f->seat, is_locked, &f->seat));
}

static void test_no_hub(void **state)
{
	struct fix *f = *state;

	seat_start(&f->seat, NULL);
	assert_true(seat_turn(&f->seat, seat_is_ready, &f->seat));
	assert_int_equal(seat_look(&f->seat).status.line, HUB_NONE);
	client_sync_now(f->seat.client);
	client_drill(f->seat.client, true);
	client_logout(f->seat.client);
	client_presence(f->seat.client, "available");
	client_login(f->seat.client, "li", PASSWORD);
	assert_int_equal(f->seat.bad, 1);
	assert_int_equal(f->hub.hellos, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_enrol), T(test_enrol_of_another_hub), T(test_enrol_again_after_a_lost_answer), T(test_login),
		T(test_no_secret_in_the_clear), T(test_first_exchange), T(test_old_operations_are_forgotten), T(test_token_expires), T(test_signature_arrives_twice), T(test_session_ends), T(test_logout),
		T(test_clock_is_wrong), T(test_event_brings_a_row), T(test_presence), T(test_lease), T(test_lease_is_over),
		T(test_clock_set_back), T(test_no_hub),
	};

	if (getenv("ZUOXI_TEST_LOG"))
		log_open(getenv("ZUOXI_TEST_LOG"), LOG_DEBUG);
	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
