// SPDX-License-Identifier: MIT
// Knows what must hold for exchanges over HTTP: lost replies, long polls, many at once, limits, and stations that are not what they say.
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

static json_t *exchange(struct visitor *v, char *body, int status)
{
	struct reply r;
	struct err e = {0};

	assert_ok(visitor_ask(v, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv(body), &r, &e), e);
	if (r.status != status)
		fail_msg("%ld instead of %d: %s", r.status, status, str_z(&r.body));
	json_t *j = json_loads(str_z(&r.body), 0, NULL);
	reply_release(&r);
	free(body);
	return j;
}

static json_t *ticket(struct visitor *v, const char *title, char id[40])
{
	fresh_id(id);
	return visitor_op(v, "ticket.new", "ticket", id, "q/q1",
			  json_pack("{s:s, s:s, s:s, s:i}", "title", title, "queue_code", "q1", "state", "new", "priority", 3));
}

static json_t *one(json_t *op)
{
	json_t *a = json_array();

	json_array_append_new(a, op);
	return a;
}

static const char *result(const json_t *reply, size_t i)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(reply, "ops"), i), "r"));
}

// --- an exchange

static void test_exchange(void **state)
{
	struct visitor a, b;
	char id[40];

	(void)state;
	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	visitor_join(&b, &place, &door);
	visitor_login(&b, 1);
	json_t *r = exchange(&a, visitor_exchange(&a, one(ticket(&a, "frozen account", id)), NULL), 200);
	assert_string_equal(result(r, 0), "applied");
	assert_int_equal(json_integer_value(json_object_get(r, "last_n")), 1);
	json_decref(r);
	// The colleague who serves the queue gets it.
	r = exchange(&b, visitor_exchange(&b, NULL, json_pack("{s:s}", "q/q1", "1:0")), 200);
	char *text = json_dumps(r, 0);
	assert_non_null(strstr(text, "frozen account"));
	free(text);
	json_decref(r);
	place_end(&place);
}

// The station sends, the answer is lost; it sends the same again: done once, told the same.
static void test_lost_reply(void **state)
{
	struct visitor a;
	char id[40];

	(void)state;
	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	char *body = visitor_exchange(&a, one(ticket(&a, "once", id)), NULL);
	for (int i = 0; i < 3; i++) {
		int fd = raw_connect(&door, 0);
		raw_request(fd, &a, "POST", "/v1/sync", body);
		close(fd); // politely: a reset could overtake the request
	}
	struct at_least done = {&place, "zuoxi_hub_ops_total{result=\"applied\"}", 1};
	assert_true(wait_for(metric_at_least, &done, 5000));
	json_t *r = exchange(&a, xstrdup(body), 200);
	assert_string_equal(result(r, 0), "applied"); // as it was told the first time
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(r, "ops"), 0), "rev")), 1);
	json_decref(r);
	// In the queue it stands once.
	r = exchange(&a, visitor_exchange(&a, NULL, json_pack("{s:s}", "q/q1", "1:0")), 200);
	json_t *page, *pages = json_object_get(r, "pages");
	size_t i, rows = 0;
	json_array_foreach(pages, i, page) if (str_eq(json_string_value(json_object_get(page, "s")), "q/q1")) rows +=
		json_array_size(json_object_get(page, "rows"));
	assert_int_equal(rows, 1);
	json_decref(r);
	free(body);
	place_end(&place);
}

// A cloned disk uses the same numbers for something else: shut out, and whoever else comes with that name, too.
static void test_clone(void **state)
{
	struct visitor a, clone;
	struct listener *l;
	char id[40];

	(void)state;
	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	l = listener_new(&a);
	assert_true(listener_heard(l, "event: hello", 5000));
	clone = a;
	json_decref(exchange(&a, visitor_exchange(&a, one(ticket(&a, "mine", id)), NULL), 200));
	json_t *r = exchange(&clone, visitor_exchange(&clone, one(ticket(&clone, "other", id)), NULL), 409);
	assert_string_equal(json_string_value(json_object_get(r, "type")), "urn:hub:op-reuse");
	json_decref(r);
	r = exchange(&a, visitor_exchange(&a, NULL, NULL), 403);
	assert_string_equal(json_string_value(json_object_get(r, "type")), "urn:hub:quarantined");
	json_decref(r);
	assert_true(listener_heard(l, "event: bye", 5000));
	listener_free(l);
	place_end(&place);
}

// --- long poll

struct poll {
	struct visitor *v;
	char *body;
	json_t *reply;
	int64_t took_us;
};

static void *poll_run(void *arg)
{
	struct poll *p = arg;
	int64_t from = now_us();

	p->reply = exchange(p->v, p->body, 200);
	p->took_us = now_us() - from;
	return NULL;
}

static char *waiting(struct visitor *v, const char *cursor, int ms, bool report)
{
	char *plain = visitor_exchange(v, NULL, json_pack("{s:s}", "q/q1", cursor));
	json_t *j = json_loads(plain, 0, NULL);

	free(plain);
	json_object_set_new(j, "wait_ms", json_integer(ms));
	if (report)
		json_object_set_new(j, "report", json_pack("{s:i}", "unsent", 0));
	plain = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return plain;
}

// Everything that is there already is pulled; gives the cursors to wait at.
static json_t *cursors(struct visitor *v)
{
	json_t *cur = json_object(), *page, *add;
	size_t i;

	for (int round = 0; round < 3; round++) {
		json_t *r = exchange(v, visitor_exchange(v, NULL, json_deep_copy(cur)), 200);
		json_array_foreach(json_object_get(json_object_get(r, "subs"), "add"), i, add)
		{
			char c[48];
			snprintf(c, sizeof(c), "%lld:0", (long long)json_integer_value(json_object_get(add, "epoch")));
			json_object_set_new(cur, json_string_value(json_object_get(add, "s")), json_string(c));
		}
		json_array_foreach(json_object_get(r, "pages"), i, page) if (json_object_get(page, "to"))
			json_object_set(cur, json_string_value(json_object_get(page, "s")), json_object_get(page, "to"));
		json_decref(r);
	}
	return cur;
}

static char *waiting_all(struct visitor *v, json_t *cur, int ms, bool report)
{
	char *text = waiting(v, "1:0", ms, report);
	json_t *j = json_loads(text, 0, NULL);

	free(text);
	json_object_set_new(j, "cur", cur);
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return text;
}

static void long_poll(bool report)
{
	struct visitor a, b;
	char id[40];
	pthread_t t;

	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	visitor_join(&b, &place, &door);
	visitor_login(&b, 1);
	// Nothing happens: answered when the time is over, not before.
	struct poll p = {.v = &b, .body = waiting_all(&b, cursors(&b), 300, report)};
	poll_run(&p);
	if (p.took_us < 290000)
		fail_msg("answered after %lld us: %s", (long long)p.took_us, json_dumps(p.reply, JSON_COMPACT));
	json_decref(p.reply);
	// Something happens: answered at once.
	p = (struct poll){.v = &b, .body = waiting_all(&b, cursors(&b), 20000, report)};
	assert_int_equal(pthread_create(&t, NULL, poll_run, &p), 0);
	struct at_least parked = {&place, "zuoxi_hub_parked", 1};
	assert_true(wait_for(metric_at_least, &parked, 5000));
	json_decref(exchange(&a, visitor_exchange(&a, one(ticket(&a, "news", id)), NULL), 200));
	pthread_join(t, NULL);
	assert_true(p.took_us < 10000000);
	char *text = json_dumps(p.reply, 0);
	assert_non_null(strstr(text, "news"));
	free(text);
	json_decref(p.reply);
	place_end(&place);
}

static void test_long_poll(void **state)
{
	(void)state;
	long_poll(false);
}

static void test_long_poll_with_report(void **state)
{
	(void)state;
	long_poll(true);
}

// --- many at once: one commit for all who come within group_ms

static void *push(void *arg)
{
	struct visitor *v = arg;
	char id[40];

	json_decref(exchange(v, visitor_exchange(v, one(ticket(v, "many", id)), NULL), 200));
	return NULL;
}

static void test_group_commit(void **state)
{
	enum { MANY = 12 };
	struct visitor v[MANY];
	pthread_t t[MANY];

	(void)state;
	begin(&(struct server_options){.hb_ms = 200, .group_ms = 300});
	for (int i = 0; i < MANY; i++) {
		visitor_join(&v[i], &place, &door);
		visitor_login(&v[i], 0);
	}
	double before = metric(&place, "zuoxi_hub_commit_exchanges_count");
	for (int i = 0; i < MANY; i++)
		assert_int_equal(pthread_create(&t[i], NULL, push, &v[i]), 0);
	for (int i = 0; i < MANY; i++)
		pthread_join(t[i], NULL);
	assert_true(metric(&place, "zuoxi_hub_commit_exchanges_sum") >= MANY);
	assert_true(metric(&place, "zuoxi_hub_commit_exchanges_count") - before < MANY / 2);
	assert_int_equal((int)metric(&place, "zuoxi_hub_ops_total{result=\"applied\"}"), MANY);
	place_end(&place);
}

// --- limits

static void expect(struct visitor *v, enum show show, const char *method, const char *path, const char *const *headers,
		   struct sv body, int status, const char *problem)
{
	struct reply r;
	struct err e = {0};
	char line[40];

	assert_ok(visitor_ask(v, show, method, path, headers, body, &r, &e), e);
	if (r.status != status || (problem && !strstr(str_z(&r.body), problem)))
		fail_msg("%s %s: %ld instead of %d %s: %s", method, path, r.status, status, problem, str_z(&r.body));
	if (status == 503 || status == 429)
		assert_non_null(reply_header(&r, "Retry-After", line, sizeof(line)));
	reply_release(&r);
}

static void test_sizes(void **state)
{
	struct visitor a;
	size_t n = WIRE_REQUEST_BYTES + 1;
	char *big = xmalloc(n + 1);
	const char *chunked[] = {"Transfer-Encoding: chunked", NULL};

	(void)state;
	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	memset(big, ' ', n);
	big[n] = '\0';
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv_n(big, n), 413, "too-large");
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", chunked, sv_n(big, n), 413, "too-large"); // its length not announced
	// Who never stops sending is cut off; what came is not kept.
	struct reply r;
	struct err e = {0};
	char *flood = xcalloc(8u << 20, 1);
	memset(flood, ' ', 8u << 20);
	assert_false(visitor_ask(&a, SHOW_TOKEN, "POST", "/v1/sync", chunked, sv_n(flood, 8u << 20), &r, &e));
	reply_release(&r);
	free(flood);
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv("{"), 400, "bad-json");
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv("[]"), 400, "bad-shape");
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv("{\"a\":1,\"a\":1}"), 400, "bad-json");
	free(big);
	place_end(&place);
}

static void test_admission(void **state)
{
	struct visitor a;
	char id[40];

	(void)state;
	begin(&(struct server_options){.hb_ms = 200, .find = {.rate = 0.001, .burst = 2}, .pull = {.rate = 0.001, .burst = 1}});
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	expect(&a, SHOW_TOKEN, "GET", "/v1/find/ticket?no=x", NULL, sv(""), 200, NULL);
	expect(&a, SHOW_TOKEN, "GET", "/v1/find/ticket?no=x", NULL, sv(""), 200, NULL);
	expect(&a, SHOW_TOKEN, "GET", "/v1/find/ticket?no=x", NULL, sv(""), 503, "busy");
	char *pull = visitor_exchange(&a, NULL, NULL);
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv(pull), 200, NULL);
	expect(&a, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv(pull), 503, "busy");
	free(pull);
	// Work that a person has done is never shed with what can wait.
	json_t *r = exchange(&a, visitor_exchange(&a, one(ticket(&a, "urgent", id)), NULL), 200);
	assert_string_equal(result(r, 0), "applied");
	json_decref(r);
	place_end(&place);
}

static void test_one_station_too_much(void **state)
{
	struct visitor a, b;

	(void)state;
	begin(&(struct server_options){.hb_ms = 200, .seat = {.rate = 0.001, .burst = 4}});
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	visitor_join(&b, &place, &door);
	visitor_login(&b, 1);
	for (int i = 0; i < 3; i++)
		expect(&a, SHOW_TOKEN, "GET", "/v1/find/ticket?no=x", NULL, sv(""), 200, NULL);
	expect(&a, SHOW_TOKEN, "GET", "/v1/find/ticket?no=x", NULL, sv(""), 429, "too-many");
	expect(&b, SHOW_TOKEN, "GET", "/v1/find/ticket?no=x", NULL, sv(""), 200, NULL);
	place_end(&place);
}

static void test_full_queue(void **state)
{
	struct visitor v[6];
	pthread_t t[5];
	char id[40];

	(void)state;
	// One place in the queue and a commit that waits: the others are told to come again, nobody is left hanging.
	begin(&(struct server_options){.hb_ms = 200, .queue = 1});
	for (int i = 0; i < 6; i++) {
		visitor_join(&v[i], &place, &door);
		visitor_login(&v[i], 0);
	}
	(void)t;
	char *body = visitor_exchange(&v[0], one(ticket(&v[0], "x", id)), NULL);
	int fd[40];
	for (int i = 0; i < 40; i++) {
		fd[i] = raw_connect(&door, 0);
		raw_request(fd[i], &v[0], "POST", "/v1/sync", body);
	}
	int ok = 0, busy = 0;
	for (int i = 0; i < 40; i++) {
		struct str s = {0};
		assert_true(raw_until(fd[i], "\r\n\r\n", 10000, &s));
		ok += strstr(str_z(&s), "HTTP/1.1 200") != NULL;
		if (strstr(str_z(&s), "HTTP/1.1 503")) {
			busy++;
			assert_non_null(strstr(str_z(&s), "Retry-After: "));
		}
		close(fd[i]);
		str_release(&s);
	}
	assert_int_equal(ok + busy, 40);
	assert_true(ok > 0);
	free(body);
	place_end(&place);
}

// --- addresses

static void test_addresses(void **state)
{
	struct visitor a;

	(void)state;
	begin(NULL);
	visitor_join(&a, &place, &door);
	visitor_login(&a, 0);
	expect(&a, SHOW_NOTHING, "GET", "/", NULL, sv(""), 404, "not-found");
	expect(&a, SHOW_NOTHING, "GET", "/v1/blob/", NULL, sv(""), 404, "not-found");
	expect(&a, SHOW_NOTHING, "DELETE", "/v1/sync", NULL, sv(""), 405, "bad-method");
	expect(&a, SHOW_NOTHING, "POST", "/v1/events", NULL, sv("{}"), 405, "bad-method");
	expect(&a, SHOW_NOTHING, "GET", "/v1/events", NULL, sv(""), 401, "token-missing");
	expect(&a, SHOW_TOKEN, "GET", "/v1/find/nothing", NULL, sv(""), 404, "not-found");
	expect(&a, SHOW_TOKEN, "GET", "/v1/find/customer", NULL, sv(""), 400, "bad-shape");
	expect(&a, SHOW_TOKEN, "GET", "/v1/snap/q/q2", NULL, sv(""), 403, "forbidden");
	expect(&a, SHOW_TOKEN, "GET", "/v1/wall/OTH", NULL, sv(""), 403, "site-mismatch");
	expect(&a, SHOW_TOKEN, "POST", "/v1/presence", NULL, sv("{\"state\":\"asleep\"}"), 400, "bad-shape");
	expect(&a, SHOW_TOKEN, "POST", "/v1/do", NULL, sv("{}"), 400, "bad-shape");
	expect(&a, SHOW_NOTHING, "GET", "/metrics", NULL, sv(""), 200, "zuoxi_hub_requests_total{route=\"find\",status=\"404\"} 1");
	place_end(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_lost_reply),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_long_poll),
		cmocka_unit_test(test_long_poll_with_report),
		cmocka_unit_test(test_group_commit),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_admission),
		cmocka_unit_test(test_one_station_too_much),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
