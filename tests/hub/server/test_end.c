// SPDX-License-Identifier: MIT
// Knows what must hold when the hub goes down, and what it notices by the clock: presence, outages.
#include <setjmp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/hub/server/raw.h"
#include "tests/unit/store/tmpdir.h"

static struct place place;
static struct door door;

static void begin(const struct server_options *o)
{
	place_begin(&place, "127.0.0.1:0", o);
	place_door(&place, &door);
}

static void *drain(void *arg)
{
	(void)arg;
	server_drain(place.server);
	return NULL;
}

static json_t *new_ticket(struct visitor *v)
{
	char id[40];
	json_t *ops = json_array();

	fresh_id(id);
	json_array_append_new(ops, visitor_op(v, "ticket.new", "ticket", id, "q/q1",
					      json_pack("{s:s, s:s, s:s, s:i}", "title", "x", "queue_code", "q1", "state", "new",
							"priority", 3)));
	return ops;
}

// The cursors of a station that has pulled everything.
static json_t *pulled(struct visitor *v)
{
	json_t *cur = json_object(), *page, *add;
	size_t i;

	for (int round = 0; round < 2; round++) {
		struct reply r;
		struct err e = {0};
		char *pull = visitor_exchange(v, NULL, json_deep_copy(cur));
		assert_ok(visitor_ask(v, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv(pull), &r, &e), e);
		json_t *got = json_loads(str_z(&r.body), 0, NULL);
		json_array_foreach(json_object_get(json_object_get(got, "subs"), "add"), i, add)
			json_object_set_new(cur, json_string_value(json_object_get(add, "s")), json_string("1:0"));
		json_array_foreach(json_object_get(got, "pages"), i, page)
			json_object_set(cur, json_string_value(json_object_get(page, "s")), json_object_get(page, "to"));
		json_decref(got);
		reply_release(&r);
		free(pull);
	}
	return cur;
}

// A long poll that has nothing to hear.
static char *waiting(struct visitor *v)
{
	char *body = visitor_exchange(v, NULL, pulled(v));
	json_t *j = json_loads(body, 0, NULL);

	free(body);
	json_object_set_new(j, "wait_ms", json_integer(25000));
	body = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return body;
}

// What was begun is finished; what is parked is answered; streams hear when to come back; nobody new gets in.
static void test_drain(void **state)
{
	struct visitor work, wait, listen;
	struct str s = {0}, w = {0};
	pthread_t t;

	(void)state;
	begin(&(struct server_options){.hb_ms = 60000, .group_ms = 500});
	visitor_join(&work, &place, &door);
	visitor_login(&work, 0);
	visitor_join(&wait, &place, &door);
	visitor_login(&wait, 1);
	visitor_join(&listen, &place, &door);
	visitor_login(&listen, 2);
	struct listener *l = listener_new(&listen);
	assert_true(listener_heard(l, "event: hello", 5000));
	char *body = waiting(&wait);
	int parked = raw_connect(&door, 0), busy = raw_connect(&door, 0);
	raw_request(parked, &wait, "POST", "/v1/sync", body);
	struct at_least one = {&place, "zuoxi_hub_parked", 1};
	assert_true(wait_for(metric_at_least, &one, 5000));
	free(body);
	body = visitor_exchange(&work, new_ticket(&work), NULL);
	raw_request(busy, &work, "POST", "/v1/sync", body); // waits half a second for others to commit with
	struct at_least heard = {&place, "zuoxi_hub_lane_waiting", 0};
	assert_true(wait_for(metric_at_least, &heard, 1000));
	assert_int_equal(pthread_create(&t, NULL, drain, NULL), 0);
	assert_true(listener_heard(l, "event: bye\ndata: {\"retry_ms\":[200,2000],\"why\":\"drain\"}", 5000));
	assert_true(raw_until(parked, "HTTP/1.1 200", 5000, &w));
	assert_true(raw_until(busy, "\r\n\r\n", 5000, &s));
	pthread_join(t, NULL);
	// Either it was read before the end was announced, and is done; or it is told to come back. Never cut off.
	if (!strstr(str_z(&s), "HTTP/1.1 200"))
		assert_non_null(strstr(str_z(&s), "HTTP/1.1 503"));
	struct reply r;
	struct err e = {0};
	assert_false(visitor_ask(&work, SHOW_NOTHING, "GET", "/healthz", NULL, sv(""), &r, &e));
	reply_release(&r);
	close(parked);
	close(busy);
	free(body);
	str_release(&s);
	str_release(&w);
	listener_free(l);
	place_end(&place);
}

// A connection that was kept open meets a hub that goes down: told so, with when to come back.
static void test_refused_while_draining(void **state)
{
	struct visitor a;
	struct str s = {0};

	(void)state;
	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	int fd = raw_connect(&door, 0);
	raw_request(fd, &a, "GET", "/v1/hello", NULL);
	assert_true(raw_until(fd, "\"sign\"", 5000, &s));
	server_drain(place.server);
	str_clear(&s);
	raw_request(fd, &a, "GET", "/readyz", NULL);
	assert_true(raw_until(fd, "urn:hub:busy", 5000, &s));
	assert_non_null(strstr(str_z(&s), "Retry-After: "));
	close(fd);
	str_release(&s);
	place_end(&place);
}

// --- stations vanish together

struct incidents {
	size_t n;
	char state[24];
	int64_t offline, stations;
};

static bool note(void *arg, const struct hub_ent *ent)
{
	struct incidents *q = arg;
	const json_t *t = json_object_get(ent->d, "trigger_data");

	q->n++;
	snprintf(q->state, sizeof(q->state), "%s", json_string_value(json_object_get(ent->d, "state")));
	q->offline = json_integer_value(json_object_get(t, "offline"));
	q->stations = json_integer_value(json_object_get(t, "stations"));
	return true;
}

static bool list(struct hub_tx *tx, void *arg, struct err *e)
{
	struct incidents *q = arg;

	*q = (struct incidents){0};
	return hub_list(tx, "SHA", "incident", NULL, 10, note, q, e);
}

static bool one_incident(void *arg)
{
	struct err e = {0};

	assert_ok(hub_run(place.store, HUB_READ, list, arg, &e), e);
	return ((struct incidents *)arg)->n > 0;
}

enum { SITE = 10 };

static void sit_down(struct visitor v[SITE], struct listener *l[SITE])
{
	begin(&(struct server_options){.hb_ms = 100, .outage_ms = 600});
	for (int i = 0; i < SITE; i++) {
		visitor_join(&v[i], &place, &door);
		visitor_login(&v[i], i % 3);
		l[i] = listener_new(&v[i]);
		assert_true(listener_heard(l[i], "event: hello", 5000));
	}
	// The watch has seen them once it has looked; it looks every outage_ms / 12.
	struct at_least all = {&place, "zuoxi_hub_seats_connected", SITE};
	assert_true(wait_for(metric_at_least, &all, 5000));
	assert_true(listener_heard(l[SITE - 1], ": hb\n\n", 5000));
	assert_true(listener_heard(l[SITE - 1], ": hb\n\n: hb\n\n", 5000));
}

static void test_outage(void **state)
{
	static struct visitor v[SITE];
	struct listener *l[SITE];
	struct incidents q;

	(void)state;
	sit_down(v, l);
	struct listener *watcher = l[0];
	for (int i = SITE - 4; i < SITE; i++)
		listener_free(l[i]);
	assert_true(wait_for(one_incident, &q, 10000));
	assert_string_equal(q.state, "suspected"); // only a person confirms
	assert_true(q.offline >= 3);
	assert_true(listener_heard(watcher, "stations_offline", 5000));
	// One incident, however long it lasts.
	assert_true(listener_heard(watcher, ": hb\n\n: hb\n\n: hb\n\n: hb\n\n: hb\n\n: hb\n\n: hb\n\n: hb\n\n", 5000));
	assert_true(one_incident(&q));
	assert_int_equal(q.n, 1);
	for (int i = 0; i < SITE - 4; i++)
		listener_free(l[i]);
	place_end(&place);
}

// The shift ends: they log out, and nobody is missed.
static void test_no_outage_at_the_end_of_the_shift(void **state)
{
	static struct visitor v[SITE];
	struct listener *l[SITE];
	struct incidents q;
	struct reply r;
	struct err e = {0};

	(void)state;
	sit_down(v, l);
	for (int i = 1; i < SITE; i++) {
		const char *path = i % 2 ? "/v1/logout" : "/v1/presence";
		assert_ok(visitor_ask(&v[i], SHOW_TOKEN, "POST", path, NULL, sv(i % 2 ? "" : "{\"state\":\"offline\"}"), &r, &e),
			  e);
		assert_int_equal(r.status, 204);
		reply_release(&r);
		listener_free(l[i]);
	}
	assert_false(wait_for(one_incident, &q, 2500));
	listener_free(l[0]);
	place_end(&place);
}

// --- presence and the wallboard

static bool seen_on_wall(void *arg)
{
	struct visitor *v = arg;
	struct reply r;
	struct err e = {0};

	assert_ok(visitor_ask(v, SHOW_TOKEN, "GET", "/v1/wall/SHA", NULL, sv(""), &r, &e), e);
	assert_int_equal(r.status, 200);
	bool yes = strstr(str_z(&r.body), "\"on_contact\":1") != NULL;
	reply_release(&r);
	return yes;
}

static void test_wall(void **state)
{
	struct visitor a, lead;
	struct reply r;
	struct err e = {0};

	(void)state;
	begin(&(struct server_options){.hb_ms = 200, .seat = {1e6, 1e6}, .find = {1e6, 1e6}});
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	visitor_join(&lead, &place, &door);
	visitor_login(&lead, 1);
	assert_ok(visitor_ask(&a, SHOW_TOKEN, "POST", "/v1/presence", NULL, sv("{\"state\":\"on_contact\"}"), &r, &e), e);
	assert_int_equal(r.status, 204);
	reply_release(&r);
	assert_true(wait_for(seen_on_wall, &lead, 10000));
	place_end(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drain),  cmocka_unit_test(test_refused_while_draining),
		cmocka_unit_test(test_outage), cmocka_unit_test(test_no_outage_at_the_end_of_the_shift),
		cmocka_unit_test(test_wall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
