// SPDX-License-Identifier: MIT
// Knows that the outbox of a station without a network reaches the real hub through another one, by itself and once; and that no other
// file does.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/path.h"
#include "src/desk/number.h"
#include "src/store/joined.h"
#include "src/sync/carry.h"
#include "tests/sync/faultproxy.h"
#include "tests/sync/realhub.h"
#include "tests/sync/seat.h"
#include "tests/unit/store/tmpdir.h"

enum { HURRY = 20, WAIT_MS = 60000 };

static struct {
	char *dir;
	struct realhub hub;
	struct faultproxy *net; // of b
	struct seat a, b;       // a has no network after its first day
	uint32_t tickets;
	struct arena arena;
	struct err e;
} f;

static void join(struct seat *s, const char *station, const char *login, const char *url, uint64_t seed)
{
	char *code = realhub_code(&f.hub, station);

	seat_make_as(s, station, seed, HURRY);
	s->with_kb = true;
	seat_open(s);
	assert_ok(seat_enrol(s, url, code, &f.e), f.e);
	assert_ok(seat_login(s, login, "secret password", &f.e), f.e);
	free(code);
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.dir = tmpdir_new();
	realhub_make(&f.hub, ZUOXI_HUB, f.dir, false);
	realhub_serve(&f.hub);
	f.net = faultproxy_new(0, f.hub.socket, 5);
	char *direct = xasprintf("unix:%s", f.hub.socket), *by_net = xasprintf("http://127.0.0.1:%d", faultproxy_port(f.net));
	join(&f.a, "0A1", "li", direct, 3);
	join(&f.b, "0A2", "han", by_net, 4);
	free(direct);
	free(by_net);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	seat_free(&f.a);
	seat_free(&f.b);
	faultproxy_free(f.net);
	realhub_free(&f.hub);
	tmpdir_free(f.dir);
	arena_release(&f.arena);
	return 0;
}

// --- what a does without a network

static void work(size_t text_bytes)
{
	struct number no = {.kind = NUMBER_TICKET, .site = "SHA", .station = "0A1", .year = 2026, .month = 11, .day = 22, .counter = ++f.tickets};
	char text[NUMBER_CAP], *title = xmalloc(text_bytes + 1);

	// Nothing of it repeats, so that no layer makes it small.
	for (size_t i = 0; i < text_bytes; i++)
		title[i] = (char)('a' + (i * 7919 + f.tickets * 104729 + i * i) % 26);
	title[text_bytes] = '\0';
	assert_ok(number_format(&no, text, &f.e), f.e);
	char *body = xasprintf("{\"no\":\"%s\",\"state\":\"new\",\"kind\":\"case\",\"title\":\"%d\",\"description\":\"%s\",\"priority\":3,"
			       "\"queue_code\":\"general\"}", text, (int)f.tickets, title);
	seat_op(&f.a, "ticket.new", "ticket", NULL, "q/general", body);
	store_wait_idle(f.a.store);
	free(body);
	free(title);
}

static char *export(const char *name)
{
	char *path = path_join(f.dir, name);
	struct courier_head head;
	struct hub_key key;

	assert_ok(hub_key_load(f.a.dir, &key, &f.e), f.e);
	assert_ok(courier_export(store_reader(f.a.store), &key, path, clock_wall(&f.a.clock), &head, &f.e), f.e);
	hub_key_wipe(&key);
	return path;
}

// --- b carries it

static void take_in(const char *path)
{
	struct courier_head head;
	struct joined j;
	bool again;

	assert_ok(joined_load(store_reader(f.b.store), &j, &f.arena, &f.e), f.e);
	assert_ok(courier_carry(f.b.dir, j.box_pk, path, &head, &again, &f.e), f.e);
	assert_false(again);
}

static size_t waiting(size_t *refused)
{
	struct carried files = {0};

	assert_ok(courier_carried(f.b.dir, &files, &f.arena, &f.e), f.e);
	size_t n = files.paths.n;
	if (refused)
		*refused = files.refused;
	vec_release(&files.paths);
	return n;
}

static int64_t tickets(struct seat *s)
{
	return seat_number(s, "select count(*) from ent where t = 'ticket'");
}

static bool delivered(void *arg)
{
	(void)arg;
	return waiting(NULL) == 0 && !seat_look(&f.b).carrying && tickets(&f.b) == (int64_t)f.tickets;
}

static void expect(struct seat *s, bool (*so)(void *arg), const char *what)
{
	if (!turn_until(&s->loop, so, s, WAIT_MS)) {
		struct client_view v = seat_look(s);
		fail_msg("%s: line %d, %s; %zu files, %lld tickets, said %s", what, v.link.state, v.why, waiting(NULL), (long long)tickets(s), s->sentence);
	}
}

static void hub_is_sound(void)
{
	char *out = realhub_run(&f.hub, "\"$HUB\" check");

	assert_non_null(out);
	free(out);
}

static void test_reaches_the_hub_once(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		work(10);
	char *file = export("out.zxo");
	take_in(file);
	assert_int_equal(seat_unsent(&f.a), 3);
	seat_start(&f.b, NULL);
	expect(&f.b, delivered, "carried");
	assert_int_equal(f.b.good, 1);
	assert_int_equal(f.b.bad, 0);
	assert_non_null(strstr(f.b.sentence, "0A1"));
	// The same file once more: the hub knows it, nothing is doubled, and it is out of the way.
	take_in(file);
	client_sync_now(f.b.client);
	expect(&f.b, delivered, "twice");
	assert_int_equal(f.b.good, 2);
	// The station itself comes with the same operations.
	seat_start(&f.a, NULL);
	expect(&f.a, seat_is_settled, "the station itself");
	expect(&f.b, seat_is_settled, "after it");
	assert_int_equal(tickets(&f.a), 3);
	assert_int_equal(tickets(&f.b), 3);
	assert_int_equal(seat_number(&f.b, "select count(*) from ent where t = 'ticket' and rev = 1"), 3);
	assert_int_equal(seat_number(&f.a, "select count(*) from outbox where st in ('conflict', 'rejected')"), 0);
	char *seen = realhub_run(&f.hub, "\"$HUB\" audit verify >/dev/null && \"$HUB\" audit list --json | grep -c outbox.import");
	assert_non_null(seen);
	assert_int_equal(strtol(seen, NULL, 10), 1); // what brought nothing is not written down
	free(seen);
	hub_is_sound();
	free(file);
}

// --- files that are not taken

static void spoil(const char *path)
{
	struct str text = {0};

	assert_ok(path_read(path, 1 << 20, &text, &f.e), f.e);
	text.s[text.n - 100] ^= 1;
	assert_ok(path_write_atomic(path, sv_n(text.s, text.n), 0600, &f.e), f.e);
	str_release(&text);
}

static const char *only_file(void)
{
	struct carried files = {0};

	assert_ok(courier_carried(f.b.dir, &files, &f.arena, &f.e), f.e);
	assert_int_equal(files.paths.n, 1);
	const char *path = files.paths.v[0];
	vec_release(&files.paths);
	return path;
}

static bool two_refused(void *arg)
{
	size_t refused;

	(void)arg;
	return waiting(&refused) == 0 && refused == 2 && !seat_look(&f.b).carrying;
}

static bool all_here(void *arg)
{
	return delivered(arg) && two_refused(arg);
}

static void test_changed_and_too_large(void **state)
{
	char *large = path_join(f.b.dir, "carried/large.zxo"), *aside;

	(void)state;
	work(10);
	char *one = export("one.zxo");
	take_in(one);
	const char *bad = only_file();
	spoil(bad);
	struct stat before, after;
	assert_int_equal(stat(bad, &before), 0);
	// A hole in it: nothing of that size is ever read.
	assert_ok(path_write_atomic(large, sv("x"), 0600, &f.e), f.e);
	assert_int_equal(truncate(large, 21 << 20), 0);
	seat_start(&f.b, NULL);
	expect(&f.b, two_refused, "both refused");
	assert_int_equal(f.b.bad, 2);
	assert_int_equal(f.b.good, 0);
	assert_non_null(strstr(f.b.sentence, "zuoxi-hub import")); // the large one was the last
	aside = xasprintf("%s.refused", bad);
	assert_int_equal(stat(aside, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	// They are in nobody's way.
	work(10);
	char *two = export("two.zxo");
	take_in(two);
	client_sync_now(f.b.client);
	expect(&f.b, all_here, "the good one");
	assert_int_equal(f.b.bad, 2);
	hub_is_sound();
	free(one);
	free(two);
	free(large);
	free(aside);
}

static bool mark_run(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	return db_run(db_stmt(db, "update outbox set st = 'acked' where n = 1"), e);
}

static bool looked(void *arg)
{
	(void)arg;
	return seat_look(&f.b).carried == 1 && !seat_look(&f.b).carrying;
}

// The second of two files is there first: it waits for the other one and is not blamed.
static void test_an_earlier_file_is_missing(void **state)
{
	(void)state;
	work(10);
	char *first = export("first.zxo"), *second;
	assert_ok(store_do(f.a.store, mark_run, NULL, &f.e), f.e);
	work(10);
	second = export("second.zxo");
	take_in(second);
	seat_start(&f.b, NULL);
	expect(&f.b, looked, "it waits");
	assert_true(faultproxy_count(f.net, FAULT_NONE) < 60); // for a minute, and is not asked for again at once
	assert_int_equal(f.b.bad + f.b.good, 0);
	assert_int_equal(tickets(&f.b), 0);
	take_in(first);
	client_sync_now(f.b.client);
	expect(&f.b, delivered, "both");
	assert_int_equal(f.b.good, 2);
	assert_int_equal(f.b.bad, 0);
	hub_is_sound();
	free(first);
	free(second);
}

// More than one piece, and the network takes requests and answers away.
static void test_large_over_a_bad_network(void **state)
{
	struct stat st;

	(void)state;
	for (int i = 0; i < 40; i++)
		work(40000);
	char *file = export("much.zxo");
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size > 3 * 512 * 1024);
	take_in(file);
	faultproxy_rates(f.net, (const int[FAULTS]){[FAULT_RESET] = 150, [FAULT_DROP_REPLY] = 150, [FAULT_DUPLICATE] = 100});
	seat_start(&f.b, NULL);
	expect(&f.b, delivered, "in pieces");
	assert_true(faultproxy_count(f.net, FAULT_RESET) + faultproxy_count(f.net, FAULT_DROP_REPLY) > 0);
	assert_int_equal(f.b.bad, 0);
	assert_int_equal(seat_number(&f.b, "select count(*) from ent where t = 'ticket' and rev = 1"), 40);
	hub_is_sound();
	free(file);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_reaches_the_hub_once), T(test_changed_and_too_large), T(test_an_earlier_file_is_missing),
					   T(test_large_over_a_bad_network)};

	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests_name("sync-carry", tests, NULL, NULL);
}
