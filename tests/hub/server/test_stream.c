// SPDX-License-Identifier: MIT
// Knows what must hold for event streams: who gets what how fast, what a slow reader costs, and that vanished peers do not stay.
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/hub/server/raw.h"
#include "tests/unit/store/tmpdir.h"

static struct place place;
static struct door door;
static struct visitor anna, lena, suru;

static void begin(const struct server_options *o)
{
	place_begin(&place, "127.0.0.1:0", o);
	place_door(&place, &door);
	visitor_join(&anna, &place, &door);
	visitor_login(&anna, 0);
	visitor_join(&lena, &place, &door);
	visitor_login(&lena, 1);
	visitor_join(&suru, &place, &door);
	visitor_login(&suru, 2);
}

static json_t *send_ops(struct visitor *v, json_t *ops)
{
	struct reply r;
	struct err e = {0};
	char *body = visitor_exchange(v, ops, NULL);

	assert_ok(visitor_ask(v, SHOW_TOKEN, "POST", "/v1/sync", NULL, sv(body), &r, &e), e);
	if (r.status != 200)
		fail_msg("%ld: %s", r.status, str_z(&r.body));
	json_t *j = json_loads(str_z(&r.body), 0, NULL);
	reply_release(&r);
	free(body);
	return j;
}

static void send_op(struct visitor *v, json_t *op)
{
	json_t *ops = json_array();

	json_array_append_new(ops, op);
	json_t *r = send_ops(v, ops);
	const json_t *a = json_array_get(json_object_get(r, "ops"), 0);
	if (!str_eq(json_string_value(json_object_get(a, "r")), "applied"))
		fail_msg("not applied: %s", json_dumps(a, 0));
	json_decref(r);
}

static json_t *ticket(struct visitor *v, const char *title, size_t padding)
{
	char id[40], *fill = xcalloc(padding + 1, 1);

	fresh_id(id);
	memset(fill, 'x', padding);
	json_t *op = visitor_op(v, "ticket.new", "ticket", id, "q/q1",
				json_pack("{s:s, s:s, s:s, s:i, s:s}", "title", title, "queue_code", "q1", "state", "new",
					  "priority", 3, "description", fill));
	free(fill);
	return op;
}

static size_t occurrences(struct listener *l, const char *text)
{
	struct reply r;
	size_t n = 0;

	listener_reply(l, &r);
	for (const char *p = str_z(&r.body); (p = strstr(p, text)); p++)
		n++;
	reply_release(&r);
	return n;
}

// --- what is delivered

static void test_rows(void **state)
{
	(void)state;
	begin(NULL);
	struct listener *l = listener_new(&lena), *other = listener_new(&suru);
	assert_true(listener_heard(l, "event: hello", 5000));
	assert_true(listener_heard(other, "event: hello", 5000));
	struct reply r;
	char value[80];
	listener_reply(l, &r);
	assert_string_equal(r.type, "text/event-stream");
	assert_string_equal(reply_header(&r, "X-Accel-Buffering", value, sizeof(value)), "no");
	assert_string_equal(reply_header(&r, "Cache-Control", value, sizeof(value)), "no-store");
	assert_null(reply_header(&r, "Content-Encoding", value, sizeof(value)));
	reply_release(&r);
	send_op(&anna, ticket(&anna, "frozen account", 0));
	assert_true(listener_heard(l, "frozen account", 5000));
	assert_true(listener_heard(other, "frozen account", 5000));
	assert_true(listener_heard(l, "id: q/q1@1:1\nevent: ch\ndata: {\"s\":\"q/q1\",\"from\":\"1:0\",\"to\":\"1:1\"", 5000));
	listener_free(l);
	listener_free(other);
	place_end(&place);
}

// A row that does not fit into an event is told by its head; the station pulls.
static void test_large_row(void **state)
{
	(void)state;
	begin(NULL);
	struct listener *l = listener_new(&lena);
	assert_true(listener_heard(l, "event: hello", 5000));
	send_op(&anna, ticket(&anna, "long story", WIRE_PUSH_EVENT_BYTES + 100));
	assert_true(listener_heard(l, "event: ch\ndata: {\"s\":\"q/q1\",\"epoch\":1,\"head\":1}", 5000));
	assert_int_equal(occurrences(l, "long story"), 0);
	listener_free(l);
	place_end(&place);
}

static void test_coalesced(void **state)
{
	enum { CHANGES = 30 };

	(void)state;
	begin(&(struct server_options){.hb_ms = 60000, .coalesce_ms = 400});
	struct listener *l = listener_new(&lena);
	assert_true(listener_heard(l, "event: hello", 5000));
	int64_t from = now_us();
	for (int i = 0; i < CHANGES; i++)
		send_op(&anna, ticket(&anna, i == CHANGES - 1 ? "the last" : "one of many", 0));
	assert_true(listener_heard(l, "the last", 5000));
	// The first at once, then at most one every 400 ms, however long the sending took on this machine.
	size_t most = 2 + (size_t)((now_us() - from) / 400000);
	assert_true(occurrences(l, "event: ch\n") <= most);
	assert_int_equal(occurrences(l, "one of many") + 1, CHANGES); // none left out, none twice
	listener_free(l);
	place_end(&place);
}

static void test_red_does_not_wait(void **state)
{
	char id[40];

	(void)state;
	begin(&(struct server_options){.hb_ms = 60000, .coalesce_ms = 60000});
	struct listener *l = listener_new(&anna);
	assert_true(listener_heard(l, "event: hello", 5000));
	send_op(&lena, ticket(&lena, "first", 0)); // goes out at once; whatever follows it waits
	assert_true(listener_heard(l, "first", 5000));
	send_op(&lena, ticket(&lena, "second", 0));
	fresh_id(id);
	send_op(&suru, visitor_op(&suru, "broadcast.new", "broadcast", id, "bc/SHA",
				  json_pack("{s:s, s:s, s:s, s:s, s:b}", "kind", "red", "severity", "red", "title", "payments down",
					    "body", "say that we know", "require_ack", 1)));
	assert_true(listener_heard(l, "event: red\ndata: {\"e\":", 5000));
	assert_true(listener_heard(l, "payments down", 5000));
	assert_true(listener_heard(l, "id: bc/SHA@", 5000)); // and in its stream, so that losing this one loses nothing
	assert_int_equal(occurrences(l, "second"), 0);
	listener_free(l);
	place_end(&place);
}

// Who has no right to customers gets no rows of a queue.
static void test_not_for_everybody(void **state)
{
	struct visitor adam;
	char id[40];

	(void)state;
	begin(NULL);
	visitor_join(&adam, &place, &door);
	visitor_login(&adam, 3);
	struct listener *l = listener_new(&adam);
	assert_true(listener_heard(l, "event: hello", 5000));
	send_op(&anna, ticket(&anna, "not for administrators", 0));
	fresh_id(id);
	send_op(&suru, visitor_op(&suru, "broadcast.new", "broadcast", id, "bc/SHA",
				  json_pack("{s:s, s:s, s:s}", "kind", "notice", "title", "for all", "body", "x")));
	assert_true(listener_heard(l, "for all", 5000));
	assert_int_equal(occurrences(l, "not for administrators"), 0);
	listener_free(l);
	place_end(&place);
}

// --- one stream a station

static void test_replaced(void **state)
{
	(void)state;
	begin(NULL);
	struct listener *one = listener_new(&anna);
	assert_true(listener_heard(one, "event: hello", 5000));
	struct listener *two = listener_new(&anna);
	assert_true(listener_heard(two, "event: hello", 5000));
	assert_true(listener_heard(one, "event: bye\ndata: {\"retry_ms\":[", 5000));
	struct seats q = {&place, 1};
	assert_true(wait_for(seats_are, &q, 5000));
	send_op(&lena, ticket(&lena, "to the second", 0));
	assert_true(listener_heard(two, "to the second", 5000));
	assert_int_equal(occurrences(one, "to the second"), 0);
	listener_free(one);
	listener_free(two);
	place_end(&place);
}

static void test_ends_with_the_session(void **state)
{
	struct reply r;
	struct err e = {0};

	(void)state;
	begin(NULL);
	struct listener *l = listener_new(&anna);
	assert_true(listener_heard(l, "event: hello", 5000));
	assert_ok(visitor_ask(&anna, SHOW_TOKEN, "POST", "/v1/logout", NULL, sv(""), &r, &e), e);
	assert_int_equal(r.status, 204);
	reply_release(&r);
	assert_true(listener_heard(l, "event: bye", 5000));
	struct seats q = {&place, 0};
	assert_true(wait_for(seats_are, &q, 5000));
	listener_free(l);
	place_end(&place);
}

static void test_heartbeat(void **state)
{
	(void)state;
	begin(&(struct server_options){.hb_ms = 60});
	struct listener *l = listener_new(&anna);
	assert_true(listener_heard(l, ": hb\n\n: hb\n\n: hb\n\n", 5000));
	listener_free(l);
	place_end(&place);
}

// --- a reader that does not read

static void test_overflow(void **state)
{
	enum { MOST = 1500 };
	struct str all = {0};
	char title[40];

	(void)state;
	begin(&(struct server_options){.hb_ms = 60000, .coalesce_ms = 1, .seat = {1e6, 1e6}});
	int fd = raw_connect(&door, 2048);
	raw_request(fd, &lena, "GET", "/v1/events", NULL);
	assert_true(raw_until(fd, "event: hello", 5000, &all));
	// Nobody reads. What is kept for this station stays within its bound, and the others are not held up.
	struct listener *l = listener_new(&suru);
	assert_true(listener_heard(l, "event: hello", 5000));
	struct at_least drops = {&place, "zuoxi_hub_sse_drops_total", 1};
	for (int i = 0; i < MOST && !metric_at_least(&drops); i++) {
		snprintf(title, sizeof(title), "number %d of many", i);
		send_op(&anna, ticket(&anna, title, 7000));
		// One by one: several rows together would be told by their head, which is small.
		assert_true(listener_heard(l, title, 10000));
	}
	assert_true(metric_at_least(&drops));
	send_op(&anna, ticket(&anna, "the end of it", 0));
	assert_true(listener_heard(l, "the end of it", 10000));
	int64_t last = anna.next_n - 1;
	char head[80];
	snprintf(head, sizeof(head), "{\"s\":\"q/q1\",\"epoch\":1,\"head\":%lld}", (long long)last);
	// Now it reads: whole events, then the head of today, from which it pulls.
	assert_true(raw_until(fd, head, 10000, &all));
	assert_true(metric(&place, "zuoxi_hub_sse_drops_total") >= 1);
	// And is served as before from there on.
	send_op(&anna, ticket(&anna, "after it", 0));
	assert_true(raw_until(fd, "after it", 5000, &all));
	close(fd);
	str_release(&all);
	listener_free(l);
	place_end(&place);
}

// --- peers that vanish

enum { MANY = 500 };

static void park(int *fd, struct visitor *v, int n)
{
	struct str s = {0};

	for (int i = 0; i < n; i++) {
		visitor_join(&v[i], &place, &door);
		visitor_login(&v[i], 0);
		fd[i] = raw_connect(&door, 0);
		raw_request(fd[i], &v[i], "GET", "/v1/events", NULL);
		str_clear(&s);
		assert_true(raw_until(fd[i], "event: hello", 10000, &s));
	}
	str_release(&s);
}

// 500 stations lose their power at once. MHD does not notice a peer that hangs up while it is suspended; heartbeats do.
static void test_vanished(void **state)
{
	static struct visitor v[MANY];
	static int fd[MANY];
	struct seats none = {&place, 0}, all = {&place, MANY};

	(void)state;
	begin(&(struct server_options){.hb_ms = 300, .login = {1e6, 1e6}});
	int before = open_files();
	park(fd, v, MANY);
	assert_true(wait_for(seats_are, &all, 5000));
	for (int i = 0; i < MANY; i++)
		close(fd[i]);
	assert_true(wait_for(seats_are, &none, 10000));
	assert_true(open_files() <= before + 8); // no socket left in CLOSE_WAIT
	place_end(&place);
}

// The control: without heartbeats they stay, so the test above tests something.
static void test_vanished_without_heartbeat(void **state)
{
	static struct visitor v[20];
	static int fd[20];
	struct seats none = {&place, 0};

	(void)state;
	begin(&(struct server_options){.hb_ms = 600000});
	park(fd, v, 20);
	for (int i = 0; i < 20; i++)
		close(fd[i]);
	assert_false(wait_for(seats_are, &none, 1500));
	assert_int_equal(server_seats(place.server), 20);
	place_end(&place);
}

// --- TLS without a proxy, for small sites: the same suspended connections behind another layer

static char *text_of(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	struct str s = {0};
	struct err e = {0};

	assert_ok(path_read(path, 1 << 16, &s, &e), e);
	free(path);
	return str_take(&s);
}

static void test_direct_tls(void **state)
{
	char *dir = tmpdir_new(), *ca = path_join(dir, "cert.pem");
	char *command =
		xasprintf("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s/key.pem -out %s -days 2"
			  " -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1",
			  dir, ca);

	(void)state;
	if (system(command) != 0)
		fail_msg("openssl is needed: ./dev test installs it");
	char *cert = text_of(dir, "cert.pem"), *key = text_of(dir, "key.pem");
	place_begin(&place, "127.0.0.1:0", &(struct server_options){.hb_ms = 100, .cert = cert, .key = key, .ca = cert});
	place_door(&place, &door);
	char *plain = xstrdup(door.base);
	snprintf(door.base, sizeof(door.base), "https://localhost%s", strrchr(plain, ':'));
	door.ca = ca;
	// The code's fingerprint is of what the hub shows; that is tested elsewhere. Here: that all of it goes through TLS.
	visitor_join(&anna, &place, &door);
	visitor_login(&anna, 0);
	visitor_join(&lena, &place, &door);
	visitor_login(&lena, 1);
	struct listener *l = listener_new(&lena);
	assert_true(listener_heard(l, ": hb\n\n: hb\n\n", 5000));
	send_op(&anna, ticket(&anna, "through TLS", 0));
	assert_true(listener_heard(l, "through TLS", 5000));
	listener_free(l);
	struct seats none = {&place, 0};
	assert_true(wait_for(seats_are, &none, 5000));
	place_end(&place);
	free(plain);
	free(cert);
	free(key);
	free(command);
	free(ca);
	tmpdir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_large_row),
		cmocka_unit_test(test_coalesced),
		cmocka_unit_test(test_red_does_not_wait),
		cmocka_unit_test(test_not_for_everybody),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_ends_with_the_session),
		cmocka_unit_test(test_heartbeat),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_vanished_without_heartbeat),
		cmocka_unit_test(test_direct_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
