// SPDX-License-Identifier: MIT
// Knows what requests promise: whom they trust, what they refuse, that nothing is ever waited for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "src/sync/http.h"
#include "tests/sync/faultproxy.h"
#include "tests/sync/tls.h"
#include "tests/sync/turn.h"
#include "tests/sync/web.h"
#include "tests/unit/store/tmpdir.h"

// A name server that does not answer: libcurl asks for this name in a thread of its own.
static atomic_bool asked, answer_now;
static pthread_mutex_t lookup_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t lookup_cond = PTHREAD_COND_INITIALIZER;
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		(int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");

	if (!name || strcmp(name, "slow.invalid") != 0)
		return real(name, service, hints, out);
	pthread_mutex_lock(&lookup_mutex);
	asked = true;
	while (!answer_now)
		pthread_cond_wait(&lookup_cond, &lookup_mutex);
	pthread_mutex_unlock(&lookup_mutex);
	return EAI_AGAIN;
}

enum { HUGE_LINES = 2000000, HUGE_LINE = 8, TURN_MOST = 2 << 20 };

struct fix {
	uv_loop_t loop;
	struct http *http;
	struct web *web;
	char *dir, *base;
	// what the server saw
	char method[16], path[64], body[64], header[64];
	int requests;
	// what came back
	bool done;
	int calls;
	enum http_end end;
	int status;
	int64_t retry_after_ms;
	struct str got, pieces;
	struct err err, e;
};

static void serve(void *ctx, const struct web_request *q, struct web_reply *r)
{
	struct fix *f = ctx;
	const char *h = web_header(q, "X-Test");

	f->requests++;
	snprintf(f->method, sizeof(f->method), "%s", q->method);
	snprintf(f->path, sizeof(f->path), "%s", q->path);
	snprintf(f->body, sizeof(f->body), "%.*s", (int)q->body.n, q->body.p);
	snprintf(f->header, sizeof(f->header), "%s", h ? h : "");
	if (strcmp(q->path, "/stream") == 0) {
		r->stream = true;
		str_add(&r->body, "one\n");
	} else if (strcmp(q->path, "/moved") == 0) {
		r->status = 302;
		r->header = "Location";
		r->value = "/elsewhere";
	} else if (strcmp(q->path, "/busy") == 0) {
		r->status = 503;
		r->header = "Retry-After";
		r->value = "7";
		str_add(&r->body, "{}");
	} else if (strcmp(q->path, "/long") == 0) {
		for (int i = 0; i < 1000; i++)
			str_add(&r->body, "0123456789");
	} else if (strcmp(q->path, "/huge") == 0) {
		for (int i = 0; i < HUGE_LINES; i++)
			str_addf(&r->body, "%07d\n", i);
	} else {
		str_add(&r->body, "hello");
	}
}

static void on_done(void *arg, const struct http_reply *r)
{
	struct fix *f = arg;

	f->calls++;
	f->done = true;
	f->end = r->end;
	f->status = r->status;
	f->retry_after_ms = r->retry_after_ms;
	f->err = r->err;
	str_clear(&f->got);
	str_addn(&f->got, r->body.p, r->body.n);
}

static void on_piece(void *arg, struct sv piece)
{
	str_addn(&((struct fix *)arg)->pieces, piece.p, piece.n);
}

static bool is_done(void *arg)
{
	return ((struct fix *)arg)->done;
}

static int setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));

	uv_loop_init(&f->loop);
	f->dir = tmpdir_new();
	f->web = web_new(serve, f, NULL);
	f->base = xasprintf("http://127.0.0.1:%d", web_port(f->web));
	assert_ok(http_new(&f->http, &(struct http_options){.loop = &f->loop}, &f->e), f->e);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	http_free(f->http);
	assert_true(turn_end(&f->loop));
	web_free(f->web);
	tmpdir_free(f->dir);
	free(f->base);
	str_release(&f->got);
	str_release(&f->pieces);
	free(f);
	return 0;
}

static struct request *start(struct fix *f, struct http_request q)
{
	q.method = q.method ? q.method : "GET";
	q.base = q.base ? q.base : f->base;
	q.max = q.max ? q.max : 1000;
	q.done = on_done;
	q.arg = f;
	f->done = false;
	return http_start(f->http, &q);
}

static void get(struct fix *f, struct http_request q)
{
	start(f, q);
	assert_false(f->done); // never from inside http_start
	assert_true(turn_until(&f->loop, is_done, f, TURN_DEADLINE_MS));
}

static void test_request_and_answer(void **state)
{
	struct fix *f = *state;

	get(f, (struct http_request){
		       .method = "POST", .path = "/a", .body = sv("body"), .headers = (const char *[]){"X-Test: yes", NULL}});
	assert_int_equal(f->end, HTTP_ANSWERED);
	assert_int_equal(f->status, 200);
	assert_string_equal(str_z(&f->got), "hello");
	assert_string_equal(f->method, "POST");
	assert_string_equal(f->path, "/a");
	assert_string_equal(f->body, "body");
	assert_string_equal(f->header, "yes");
	assert_int_equal(http_running(f->http), 0);
}

static void test_status_and_retry(void **state)
{
	struct fix *f = *state;

	get(f, (struct http_request){.path = "/busy"});
	assert_int_equal(f->status, 503);
	assert_int_equal(f->retry_after_ms, 7000);
	// A redirect is an answer like others: nobody is led elsewhere.
	get(f, (struct http_request){.path = "/moved"});
	assert_int_equal(f->status, 302);
	assert_string_equal(f->path, "/moved");
}

static void test_too_large(void **state)
{
	struct fix *f = *state;

	get(f, (struct http_request){.path = "/long", .max = 9999});
	assert_int_equal(f->end, HTTP_TOO_LARGE);
	get(f, (struct http_request){.path = "/long", .max = 10000});
	assert_int_equal(f->end, HTTP_ANSWERED);
	assert_int_equal(f->got.n, 10000);
}

static void test_addresses(void **state)
{
	static const char *const good[] = {"https://hub.example.com", "https://hub:8443", "http://127.0.0.1:80", "http://127.9.9.9",
					   "http://[::1]:8080", "http://localhost:1", "unix:/run/hub.sock"};
	static const char *const bad[] = {"",
					  "http://hub.example.com",
					  "http://128.0.0.1",
					  "http://127.0.0.1.example.com",
					  "ftp://localhost",
					  "https://hub/",
					  "https://hub/v1",
					  "https://me:pw@hub",
					  "https://hub?x=1",
					  "hub",
					  "file:///etc/passwd",
					  "http://localhost.evil.example",
					  "http://2130706433"};
	struct fix *f = *state;
	struct err e;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_ok(http_address_ok(good[i], &e), e);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		// The odd number is 127.0.0.1 to libcurl, which says so itself; it may pass or not, but never leads elsewhere.
		if (http_address_ok(bad[i], &e) && strcmp(bad[i], "http://2130706433") != 0)
			fail_msg("%s was taken", bad[i]);
	get(f, (struct http_request){.base = "http://hub.example.com", .path = "/"});
	assert_int_equal(f->end, HTTP_BAD);
	assert_non_null(strstr(f->err.msg, "https"));
}

static void test_unix_socket(void **state)
{
	struct fix *f = *state;
	char *path = path_join(f->dir, "hub.sock"), *base = xasprintf("unix:%s", path);
	struct web *w = web_new(serve, f, path);

	get(f, (struct http_request){.base = base, .path = "/sock"});
	assert_int_equal(f->status, 200);
	assert_string_equal(f->path, "/sock");
	web_free(w);
	free(path);
	free(base);
}

// --- TLS

static void with(struct fix *f, struct http_options o)
{
	http_free(f->http);
	o.loop = &f->loop;
	assert_ok(http_new(&f->http, &o, &f->e), f->e);
}

static void try_tls(struct fix *f, struct tls *t, struct http_options o, bool unverified)
{
	char *base = xasprintf("https://127.0.0.1:%d", tls_port(t));

	with(f, o);
	f->path[0] = '\0';
	get(f, (struct http_request){.base = base, .path = "/tls", .unverified = unverified, .timeout_ms = TURN_DEADLINE_MS});
	free(base);
}

static void test_tls_trust(void **state)
{
	struct fix *f = *state;
	struct tls *good = tls_new(f->dir, TLS_GOOD, web_port(f->web)), *other = tls_new(f->dir, TLS_OTHER_CA, web_port(f->web)),
		   *name = tls_new(f->dir, TLS_OTHER_NAME, web_port(f->web));
	char *ca = tls_ca(f->dir), *file = path_join(f->dir, "ca.pem");

	try_tls(f, good, (struct http_options){.ca_pem = ca}, false);
	assert_int_equal(f->end, HTTP_ANSWERED);
	assert_string_equal(f->path, "/tls");
	try_tls(f, good, (struct http_options){.ca_file = file}, false);
	assert_int_equal(f->end, HTTP_ANSWERED);
	// The authorities of the system do not know this one.
	try_tls(f, good, (struct http_options){0}, false);
	assert_int_equal(f->end, HTTP_UNTRUSTED);
	try_tls(f, other, (struct http_options){.ca_pem = ca}, false);
	assert_int_equal(f->end, HTTP_UNTRUSTED);
	assert_string_equal(f->path, ""); // nothing was sent
	try_tls(f, name, (struct http_options){.ca_pem = ca}, false);
	assert_int_equal(f->end, HTTP_UNTRUSTED);
	// To fetch what the code's fingerprint then judges.
	try_tls(f, other, (struct http_options){.ca_pem = ca}, true);
	assert_int_equal(f->end, HTTP_ANSWERED);
	tls_free(good);
	tls_free(other);
	tls_free(name);
	free(ca);
	free(file);
}

static void test_tls_clock(void **state)
{
	struct fix *f = *state;
	struct tls *t = tls_new(f->dir, TLS_EXPIRED, web_port(f->web));
	char *ca = tls_ca(f->dir);

	try_tls(f, t, (struct http_options){.ca_pem = ca}, false);
	assert_int_equal(f->end, HTTP_UNTRUSTED);
	assert_non_null(strstr(f->err.msg, "clock"));
	tls_free(t);
	free(ca);
}

static void test_tls_pins(void **state)
{
	struct fix *f = *state;
	struct tls *t = tls_new(f->dir, TLS_GOOD, web_port(f->web));
	char *ca = tls_ca(f->dir), *pin = tls_pin(t);
	const char *wrong = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	char *next = xasprintf("%s;%s", wrong, pin);

	try_tls(f, t, (struct http_options){.ca_pem = ca, .pins = next}, false);
	assert_int_equal(f->end, HTTP_ANSWERED);
	try_tls(f, t, (struct http_options){.ca_pem = ca, .pins = wrong}, false);
	assert_int_equal(f->end, HTTP_UNTRUSTED);
	assert_string_equal(f->path, "");
	tls_free(t);
	free(ca);
	free(pin);
	free(next);
}

// What the environment names as proxy is not asked: only a setting is.
static void test_no_proxy_of_the_environment(void **state)
{
	struct fix *f = *state;
	struct tls *t = tls_new(f->dir, TLS_GOOD, web_port(f->web));
	char *ca = tls_ca(f->dir);

	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	get(f, (struct http_request){.path = "/"});
	assert_int_equal(f->end, HTTP_ANSWERED);
	try_tls(f, t, (struct http_options){.ca_pem = ca}, false);
	assert_int_equal(f->end, HTTP_ANSWERED);
	// The control: a proxy that is named is used, and this one is not there.
	try_tls(f, t, (struct http_options){.ca_pem = ca, .proxy = "http://127.0.0.1:1"}, false);
	assert_int_equal(f->end, HTTP_NO_ANSWER);
	unsetenv("https_proxy");
	unsetenv("http_proxy");
	tls_free(t);
	free(ca);
}

// --- streams, ends

static bool has_two(void *arg)
{
	return strcmp(str_z(&((struct fix *)arg)->pieces), "one\ntwo\n") == 0;
}

static bool has_one(void *arg)
{
	return strcmp(str_z(&((struct fix *)arg)->pieces), "one\n") == 0;
}

static void test_stream(void **state)
{
	struct fix *f = *state;

	start(f, (struct http_request){.path = "/stream", .data = on_piece, .silence_ms = TURN_DEADLINE_MS});
	assert_true(turn_until(&f->loop, has_one, f, TURN_DEADLINE_MS));
	web_push(f->web, "two\n");
	assert_true(turn_until(&f->loop, has_two, f, TURN_DEADLINE_MS));
	assert_false(f->done);
	web_close_streams(f->web);
	assert_true(turn_until(&f->loop, is_done, f, TURN_DEADLINE_MS));
	assert_int_equal(f->end, HTTP_ANSWERED);
}

// --- a fast answer leaves the loop its turns

static struct huge {
	struct request *r;
	size_t got;
	bool wrong, done;
} huge[3];
static size_t this_turn, longest_turn;

static void on_huge_piece(void *arg, struct sv piece)
{
	struct huge *g = arg;
	char line[16];

	this_turn += piece.n;
	longest_turn = this_turn > longest_turn ? this_turn : longest_turn;
	for (size_t i = 0; i < piece.n; i++, g->got++) {
		if (g->got % HUGE_LINE == 0 || i == 0)
			snprintf(line, sizeof(line), "%07zu\n", g->got / HUGE_LINE % 10000000);
		g->wrong = g->wrong || line[g->got % HUGE_LINE] != piece.p[i];
	}
}

static void on_huge_done(void *arg, const struct http_reply *r)
{
	struct huge *g = arg;

	g->done = r->end == HTTP_ANSWERED;
}

static void on_turn(uv_check_t *c)
{
	(void)c;
	this_turn = 0;
	if (huge[1].r && huge[1].got > TURN_MOST) { // it ends while it is held
		http_cancel(huge[1].r);
		huge[1].r = NULL;
	}
}

static bool all_huge(void *arg)
{
	(void)arg;
	return huge[0].done && huge[2].done && !huge[1].r;
}

static void test_fast_answers_leave_turns(void **state)
{
	struct fix *f = *state;
	static uv_check_t check; // closed by teardown's turns

	longest_turn = this_turn = 0;
	uv_check_init(&f->loop, &check);
	uv_check_start(&check, on_turn);
	for (int i = 0; i < 3; i++) {
		huge[i] = (struct huge){0};
		huge[i].r = http_start(f->http, &(struct http_request){.method = "GET", .base = f->base, .path = "/huge", .max = 1000,
			.large = true, .data = on_huge_piece, .done = on_huge_done, .arg = &huge[i]});
	}
	assert_true(turn_until(&f->loop, all_huge, f, TURN_DEADLINE_MS));
	uv_close((uv_handle_t *)&check, NULL);
	for (int i = 0; i < 3; i += 2) {
		assert_false(huge[i].wrong);
		assert_int_equal(huge[i].got, (size_t)HUGE_LINES * HUGE_LINE);
	}
	assert_false(huge[1].done);
	assert_in_range(longest_turn, 1, TURN_MOST);
}

static void test_stream_goes_silent(void **state)
{
	struct fix *f = *state;

	start(f, (struct http_request){.path = "/stream", .data = on_piece, .silence_ms = 200});
	assert_true(turn_until(&f->loop, is_done, f, TURN_DEADLINE_MS));
	assert_int_equal(f->end, HTTP_NO_ANSWER);
	assert_string_equal(str_z(&f->pieces), "one\n");
}

static void test_timeout(void **state)
{
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->web), NULL, 1);
	char *base = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	faultproxy_next(p, 0, FAULT_HALF_OPEN);
	get(f, (struct http_request){.base = base, .path = "/", .timeout_ms = 150});
	assert_int_equal(f->end, HTTP_NO_ANSWER);
	assert_int_equal(f->requests, 0);
	free(base);
	faultproxy_free(p);
}

// Every fault of the proxy is seen as what it is, and the next request works again.
static void test_faults(void **state)
{
	static const struct {
		enum fault fault;
		enum http_end end;
		int requests;
	} cases[] = {
		{FAULT_NONE, HTTP_ANSWERED, 1}, {FAULT_RESET, HTTP_NO_ANSWER, 0},    {FAULT_TRUNCATE, HTTP_NO_ANSWER, 1},
		{FAULT_SLOW, HTTP_ANSWERED, 1}, {FAULT_DUPLICATE, HTTP_ANSWERED, 2}, {FAULT_DROP_REPLY, HTTP_NO_ANSWER, 1},
	};
	struct fix *f = *state;
	struct faultproxy *p = faultproxy_new(web_port(f->web), NULL, 1);
	char *base = xasprintf("http://127.0.0.1:%d", faultproxy_port(p));

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		// On a connection that was never used, so that libcurl does not try again by itself.
		with(f, (struct http_options){0});
		f->requests = 0;
		faultproxy_next(p, 0, cases[i].fault);
		get(f, (struct http_request){
			       .method = "POST", .base = base, .path = "/f", .body = sv("x"), .timeout_ms = TURN_DEADLINE_MS});
		if (f->end != cases[i].end || f->requests != cases[i].requests)
			fail_msg("%s: end %d, %d requests (%s)", fault_name(cases[i].fault), f->end, f->requests, f->err.msg);
		get(f, (struct http_request){.base = base, .path = "/f"});
		assert_int_equal(f->end, HTTP_ANSWERED);
	}
	free(base);
	faultproxy_free(p);
}

static void test_free_calls_nobody(void **state)
{
	struct fix *f = *state;
	struct request *r;

	start(f, (struct http_request){.path = "/stream", .data = on_piece});
	r = start(f, (struct http_request){.path = "/stream", .data = on_piece});
	start(f, (struct http_request){.path = "/"});
	http_cancel(r);
	assert_int_equal(http_running(f->http), 2);
	with(f, (struct http_options){0});
	uv_run(&f->loop, UV_RUN_NOWAIT);
	assert_int_equal(f->calls, 0);
}

static bool was_asked(void *arg)
{
	(void)arg;
	return asked;
}

// The resolver of the C library may take half a minute; the program does not.
static void test_end_while_a_name_is_looked_up(void **state)
{
	struct fix *f = *state;

	start(f, (struct http_request){.base = "https://slow.invalid", .path = "/"});
	assert_true(turn_until(&f->loop, was_asked, f, TURN_DEADLINE_MS));
	with(f, (struct http_options){0}); // would hang here until the test's time is over
	assert_int_equal(f->calls, 0);
	pthread_mutex_lock(&lookup_mutex);
	answer_now = true;
	pthread_cond_broadcast(&lookup_cond);
	pthread_mutex_unlock(&lookup_mutex);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_request_and_answer), T(test_status_and_retry), T(test_too_large), T(test_addresses), T(test_unix_socket),
		T(test_tls_trust), T(test_tls_clock), T(test_tls_pins), T(test_no_proxy_of_the_environment), T(test_stream),
		T(test_fast_answers_leave_turns), T(test_stream_goes_silent), T(test_timeout), T(test_faults), T(test_free_calls_nobody),
		T(test_end_while_a_name_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
