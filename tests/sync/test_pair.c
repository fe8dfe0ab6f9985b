// SPDX-License-Identifier: MIT
// Knows two whole stations and the real hub, TLS and a network that fails between them: what one does the other sees, once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/store/joined.h"
#include "src/store/ticket.h"
#include "src/desk/number.h"
#include "src/work/model.h"
#include "tests/sync/faultproxy.h"
#include "tests/sync/realhub.h"
#include "tests/sync/seat.h"
#include "tests/sync/tls.h"
#include "tests/unit/store/tmpdir.h"

enum { HURRY = 25, WAIT_MS = 60000 };

// A seat with somebody at work.
struct desk {
	struct seat seat;
	struct faultproxy *net;
	struct config config;
	struct model model;
	const char *login, *station;
	uint32_t tickets; // numbers given out
};
struct pair {
	char *dir;
	struct realhub hub;
	struct tls *tls;
	struct desk a, b;
	struct err e;
};

static void open_model(struct desk *d)
{
	struct err e = {0};
	struct arena a = {0};
	struct problems p = {0};
	const char **dirs;
	size_t n;
	int recovered;
	char *root = path_share("packs");

	config_defaults(&d->config);
	assert_ok(model_init(&d->model,
			     &(struct model_options){.clock = &d->seat.clock, .config = &d->config, .store = d->seat.store}, &e),
		  e);
	assert_ok(packs_find(root, &dirs, &n, &a, &e), e);
	assert_ok(model_set_packs(&d->model, packs_load(dirs, n, &p), &recovered, &e), e);
	problems_release(&p);
	arena_release(&a);
	free(root);
}

static void sit_down(struct pair *p, struct desk *d, const char *login, const char *station, uint64_t seed)
{
	char *code = realhub_code(&p->hub, station);

	d->login = login;
	d->station = station;
	d->net = faultproxy_new(tls_port(p->tls), NULL, seed);
	seat_make_as(&d->seat, station, seed, HURRY);
	d->seat.with_kb = true;
	seat_open(&d->seat);
	char *url = xasprintf("https://127.0.0.1:%d", faultproxy_port(d->net));
	assert_ok(seat_enrol(&d->seat, url, code, &p->e), p->e);
	assert_ok(seat_login(&d->seat, login, "secret password", &p->e), p->e);
	seat_start(&d->seat, NULL);
	open_model(d);
	free(url);
	free(code);
}

static void stand_up(struct desk *d)
{
	if (!d->seat.open)
		return;
	seat_stop(&d->seat);
	store_wait_idle(d->seat.store);
	seat_close(&d->seat);
	model_release(&d->model);
	config_release(&d->config);
	seat_free(&d->seat);
	faultproxy_free(d->net);
}

static int setup(void **state)
{
	struct pair *p = xcalloc(1, sizeof(*p));
	char *server;

	p->dir = tmpdir_new();
	tls_make_ca(p->dir);
	realhub_make(&p->hub, ZUOXI_HUB, p->dir, true);
	realhub_serve(&p->hub);
	server = xasprintf("unix@%s", p->hub.socket);
	p->tls = tls_new_to(p->dir, TLS_GOOD, server);
	free(server);
	sit_down(p, &p->a, "li", "0A1", 3);
	sit_down(p, &p->b, "han", "0A2", 4);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	stand_up(&p->a);
	stand_up(&p->b);
	tls_free(p->tls);
	realhub_free(&p->hub);
	tmpdir_free(p->dir);
	free(p);
	return 0;
}

// Both loops turn until it is so.
static bool until(struct pair *p, bool (*so)(struct pair *p))
{
	int64_t end = clock_mono(&clock_real) + WAIT_MS;

	while (!so(p)) {
		if (clock_mono(&clock_real) > end)
			return false;
		for (int i = 0; i < 2; i++) {
			struct desk *d = i ? &p->b : &p->a;
			uv_update_time(&d->seat.loop);
			(void)turn_until(&d->seat.loop, seat_is_never, NULL, 5);
		}
	}
	return true;
}

static bool settled(struct pair *p)
{
	return seat_is_settled(&p->a.seat) && seat_is_settled(&p->b.seat);
}

static bool a_settled(struct pair *p)
{
	return seat_is_settled(&p->a.seat);
}

static void expect(struct pair *p, bool (*so)(struct pair *p), const char *what)
{
	if (!until(p, so)) {
		struct client_view a = seat_look(&p->a.seat), b = seat_look(&p->b.seat);
		fail_msg("%s: a line %d, unsent %d, %s; b line %d, unsent %d, %s", what, a.link.state, (int)a.status.unsent, a.why,
			 b.link.state, (int)b.status.unsent, b.why);
	}
}

static struct work *call(struct desk *d, const char *number, const char *name)
{
	struct err e = {0};

	assert_ok(model_manual_call(&d->model, number, name, &e), e);
	store_wait_idle(d->seat.store);
	return d->model.works.v[d->model.works.n - 1];
}

// A ticket as the workstation tells the hub of it; it is shown when it comes back.
static void ticket(struct desk *d, const char *title)
{
	struct number no = {.kind = NUMBER_TICKET, .site = "SHA", .year = 2026, .month = 11, .day = 22, .counter = ++d->tickets};
	char text[NUMBER_CAP];
	struct err e = {0};

	snprintf(no.station, sizeof(no.station), "%s", d->station);
	assert_ok(number_format(&no, text, &e), e);
	char *body = xasprintf(
		"{\"no\":\"%s\",\"state\":\"new\",\"kind\":\"case\",\"title\":\"%s\",\"priority\":3,\"queue_code\":\"general\"}",
		text, title);
	seat_op(&d->seat, "ticket.new", "ticket", NULL, "q/general", body);
	free(body);
	store_wait_idle(d->seat.store);
}

static int64_t tickets(struct desk *d, const char *title)
{
	struct tickets rows = {0};
	struct arena a = {0};
	struct err e = {0};
	int64_t n = 0;

	assert_ok(ticket_list(store_reader(d->seat.store), &(struct ticket_filter){.by = TICKET_BY_AGE, .limit = 1000}, &rows, &a,
			      &e),
		  e);
	for (size_t i = 0; i < rows.n; i++)
		n += str_eq(rows.v[i].title, title);
	vec_release(&rows);
	arena_release(&a);
	return n;
}

// --- what one does the other sees

static bool b_has_all(struct pair *p)
{
	return tickets(&p->b, "退款没有到账") == 1 && seat_number(&p->b.seat, "select count(*) from customer") == 1;
}

static bool both_warned(struct pair *p)
{
	return p->a.seat.reds > 0 && p->b.seat.reds > 0;
}

static void test_work_is_shared(void **state)
{
	struct pair *p = *state;
	struct work *w = call(&p->a, "13812345678", "韩梅");

	assert_ok(model_ticket_create(&p->a.model, w, "退款没有到账", &p->e), p->e);
	expect(p, b_has_all, "the other station");
	expect(p, settled, "both");
	char *out = realhub_run(&p->hub, "\"$HUB\" broadcast --severity red --by sup --text 系统中断 --say 正在修复 --json");
	assert_non_null(out);
	free(out);
	expect(p, both_warned, "the broadcast");
	assert_int_equal(seat_number(&p->b.seat, "select count(*) from ent where t = 'broadcast'"), 1);
	// Nothing of it came in conflict or was refused.
	assert_int_equal(seat_number(&p->a.seat, "select count(*) from outbox where st in ('conflict', 'rejected')"), 0);
}

static bool a_offline(struct pair *p)
{
	return seat_is_offline(&p->a.seat);
}

static bool everything(struct pair *p)
{
	for (int i = 0; i < 6; i++) {
		char title[40];
		snprintf(title, sizeof(title), "断网时的工单 %d", i);
		if (tickets(&p->a, title) != 1 || tickets(&p->b, title) != 1)
			return false;
	}
	return settled(p);
}

// The cable is pulled at one station, both work on, the hub is killed and comes back, the cable is put in again.
static void test_cable_pulled_and_hub_killed(void **state)
{
	struct pair *p = *state;
	char title[40];

	expect(p, settled, "at first");
	faultproxy_pull(p->a.net, true, true);
	for (int i = 0; i < 6; i++) {
		snprintf(title, sizeof(title), "断网时的工单 %d", i);
		ticket(i % 2 ? &p->b : &p->a, title);
	}
	expect(p, a_offline, "offline");
	assert_true(seat_unsent(&p->a.seat) >= 3);
	assert_int_equal(tickets(&p->b, "断网时的工单 0"), 0);
	realhub_kill(&p->hub);
	realhub_serve(&p->hub);
	faultproxy_pull(p->a.net, false, false);
	expect(p, everything, "after all that");
	expect(p, a_settled, "the one that was cut off");
	assert_int_equal(seat_number(&p->a.seat, "select count(*) from ticket"), 6);
	assert_int_equal(seat_number(&p->b.seat, "select count(*) from ticket"), 6);
	assert_int_equal(seat_number(&p->a.seat, "select count(*) from outbox where st in ('conflict', 'rejected')"), 0);
	char *out = realhub_run(&p->hub, "\"$HUB\" check");
	assert_non_null(out);
	free(out);
}

// --- a storm of faults between TLS and the hub is test_client's; here the whole way is hit: connections die at any byte

static bool quiet(struct pair *p)
{
	return settled(p);
}

static void test_connections_die(void **state)
{
	struct pair *p = *state;
	for (int round = 0; round < 4; round++) {
		faultproxy_rates(p->a.net, (const int[FAULTS]){[FAULT_RESET] = 400, [FAULT_HALF_OPEN] = 50});
		for (int i = 0; i < 5; i++) {
			char title[40];
			snprintf(title, sizeof(title), "风暴 %d-%d", round, i);
			ticket(&p->a, title);
		}
		// Everything open dies in the middle of what it does.
		faultproxy_pull(p->a.net, true, false);
		(void)turn_until(&p->a.seat.loop, seat_is_never, NULL, 50);
		faultproxy_pull(p->a.net, false, false);
		(void)turn_until(&p->a.seat.loop, seat_is_never, NULL, 200);
	}
	faultproxy_rates(p->a.net, (const int[FAULTS]){0});
	expect(p, quiet, "after the storm");
	assert_int_equal(seat_number(&p->a.seat, "select count(*) from ticket"), 20);
	assert_int_equal(seat_number(&p->b.seat, "select count(*) from ticket"), 20);
}

// Nobody who cannot show the authority's certificate is spoken to: the code's fingerprint was of that authority.
static void test_enrolled_station_trusts_one_authority(void **state)
{
	struct pair *p = *state;
	char *server = xasprintf("unix@%s", p->hub.socket);
	struct tls *other = tls_new_to(p->dir, TLS_OTHER_CA, server);

	expect(p, settled, "at first");
	faultproxy_target(p->a.net, tls_port(other));
	faultproxy_pull(p->a.net, true, false);
	(void)turn_until(&p->a.seat.loop, seat_is_never, NULL, 100);
	faultproxy_pull(p->a.net, false, false);
	expect(p, a_offline, "a hub of another authority");
	assert_non_null(strstr(seat_look(&p->a.seat).why, "trust"));
	faultproxy_target(p->a.net, tls_port(p->tls));
	expect(p, settled, "the right one again");
	tls_free(other);
	free(server);
}

// The hub's administrator has one station wiped: the other works on.
static bool a_wiped(struct pair *p)
{
	return p->a.seat.wiped > 0;
}

static bool b_settled(struct pair *p)
{
	return seat_is_settled(&p->b.seat);
}

static bool b_has_the_last(struct pair *p)
{
	return tickets(&p->b, "没有发出的工单") > 0;
}

static void wipe_one(struct pair *p, const char *how, size_t arrives)
{
	char *key = path_join(p->a.seat.dir, "station.key"), *other = path_join(p->b.seat.dir, "station.key");
	struct joined j;
	struct arena arena = {0};

	expect(p, settled, "at first");
	assert_ok(joined_load(store_reader(p->a.seat.store), &j, &arena, &p->e), p->e);
	char *command = xasprintf("\"$HUB\" station wipe %s %s", j.dev, how), *out = realhub_run(&p->hub, command);
	assert_non_null(out);
	ticket(&p->a, "没有发出的工单");
	ticket(&p->b, "另一台的工单");
	expect(p, a_wiped, "the order");
	assert_false(path_exists(key));
	assert_non_null(strstr(p->a.seat.sentence, "destroyed"));
	expect(p, b_settled, "the other one");
	assert_true(path_exists(other));
	assert_int_equal(p->b.seat.wiped, 0);
	if (arrives)
		expect(p, b_has_the_last, "what it had not sent");
	assert_int_equal(tickets(&p->b, "没有发出的工单"), arrives);
	// The hub has the station's word for it.
	char *audit = realhub_run(&p->hub, "\"$HUB\" audit list | grep station.destroyed"), *list = realhub_run(&p->hub, "\"$HUB\" station list");
	assert_non_null(audit);
	assert_non_null(list);
	assert_non_null(strstr(list, "wiped"));
	arena_release(&arena);
	free(command);
	free(out);
	free(audit);
	free(list);
	free(key);
	free(other);
}

static void test_one_is_wiped(void **state)
{
	wipe_one(*state, "", 0);
}

// What it had not sent is at the hub, and at the other station, before it is gone.
static void test_one_is_wiped_after_its_outbox(void **state)
{
	wipe_one(*state, "--drain", 1);
}

// A customer wants to be forgotten: the administrator says so once, and both stations lose the text.
#define CUSTOMER "0190b2a4-0000-7000-8000-00000000c00a"

static bool both_forgot(struct pair *p)
{
	return tickets(&p->a, "[erased]") == 1 && tickets(&p->b, "[erased]") == 1;
}

static void test_a_customer_is_forgotten(void **state)
{
	struct pair *p = *state;
	const char *title = "王静的房贷";

	expect(p, settled, "at first");
	seat_op(&p->a.seat, "customer.set", "customer", CUSTOMER, "cust/SHA/a", "{\"set\":{\"gender\":\"f\",\"notes\":\"王静\"}}");
	struct number no = {.kind = NUMBER_TICKET, .site = "SHA", .year = 2026, .month = 11, .day = 22, .counter = 900};
	char text[NUMBER_CAP];
	snprintf(no.station, sizeof(no.station), "%s", p->a.station);
	assert_ok(number_format(&no, text, &p->e), p->e);
	char *body = xasprintf("{\"no\":\"%s\",\"state\":\"new\",\"kind\":\"case\",\"title\":\"%s\",\"priority\":3,\"queue_code\":\"general\","
			       "\"customer_id\":\"" CUSTOMER "\"}", text, title);
	seat_op(&p->a.seat, "ticket.new", "ticket", NULL, "q/general", body);
	store_wait_idle(p->a.seat.store);
	expect(p, settled, "the ticket");
	char *before = realhub_run(&p->hub, "\"$HUB\" subject export " CUSTOMER);
	assert_non_null(before);
	assert_non_null(strstr(before, title));
	char *said = realhub_run(&p->hub, "\"$HUB\" subject erase " CUSTOMER " --keep-days 30");
	assert_non_null(said);
	assert_non_null(strstr(said, "ticket 1, kept 2 until "));
	expect(p, both_forgot, "the rows without them");
	assert_int_equal(tickets(&p->a, title) + tickets(&p->b, title), 0);
	// What the law wants is there for whom it concerns, and the audit log says what was done.
	char *after = realhub_run(&p->hub, "\"$HUB\" subject export " CUSTOMER), *audit = realhub_run(&p->hub, "\"$HUB\" audit list | grep subject.erase"),
	     *check = realhub_run(&p->hub, "\"$HUB\" check");
	assert_true(after && strstr(after, "\"kept\"") && strstr(after, title));
	assert_true(audit && strstr(audit, "customer 1, ticket 1, kept 2"));
	assert_non_null(check);
	assert_null(realhub_run(&p->hub, "\"$HUB\" subject erase " CUSTOMER)); // there is nothing more
	free(body);
	free(before);
	free(said);
	free(after);
	free(audit);
	free(check);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_work_is_shared), T(test_one_is_wiped), T(test_one_is_wiped_after_its_outbox), T(test_a_customer_is_forgotten), T(test_cable_pulled_and_hub_killed), T(test_connections_die),
		T(test_enrolled_station_trusts_one_authority),
	};

	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
