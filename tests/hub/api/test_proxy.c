// SPDX-License-Identifier: MIT
// Knows that the proxy configurations we ship carry a station to the hub: joining, exchanging, events at once, the dead let go.
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/hub/api/proxy.h"
#include "tests/unit/store/tmpdir.h"

enum { SOON_MS = 5000, QUIET_MS = 1500 };

static void need(enum proxy_kind k)
{
	if (!proxy_known(k))
		fail_msg("haproxy or nginx is not there; ./dev test installs both");
}

static struct reply ask(struct visitor *v, enum show show, const char *method, const char *path, const char *body)
{
	struct reply r;
	struct err e = {0};

	assert_ok(visitor_ask(v, show, method, path, NULL, sv(body), &r, &e), e);
	return r;
}

// Writes a ticket; the others of the queue hear of it.
static void write_ticket(struct visitor *v, const char *subject)
{
	char id[40];

	fresh_id(id);
	json_t *op = visitor_op(v, "ticket.new", "ticket", id, "q/q1",
				json_pack("{s:s, s:i, s:s, s:s}", "subject", subject, "priority", 3, "state", "new", "queue_code", "q1"));
	char *body = visitor_exchange(v, json_pack("[o]", op), NULL);
	struct reply r = ask(v, SHOW_TOKEN, "POST", "/v1/sync", body);
	assert_int_equal(r.status, 200);
	if (!strstr(str_z(&r.body), "\"applied\""))
		fail_msg("%s", str_z(&r.body));
	reply_release(&r);
	free(body);
}

static void join_two(struct place *hub, const struct door *door, struct visitor v[2])
{
	for (int i = 0; i < 2; i++) {
		visitor_join(&v[i], hub, door);
		visitor_login(&v[i], i);
	}
}

static void works(enum proxy_kind k, const char *listen)
{
	struct place hub;
	struct proxy proxy;
	struct visitor v[2];

	need(k);
	place_begin(&hub, listen, NULL);
	proxy_begin(&proxy, k, server_address(hub.server), NULL);
	join_two(&hub, &proxy.door, v);
	struct listener *l = listener_new(&v[1]);
	assert_true(listener_heard(l, "event: hello", SOON_MS));
	assert_true(listener_heard(l, ": hb", SOON_MS));
	write_ticket(&v[0], "heard through the proxy");
	int64_t written = now_us();
	assert_true(listener_heard(l, "heard through the proxy", SOON_MS));
	assert_true(listener_when(l, "heard through the proxy") - written < 2000000);
	// A plain answer ends at its length and the proxy's own refusals look like the hub's.
	struct reply r = ask(&v[0], SHOW_NOTHING, "GET", "/metrics", "");
	assert_int_equal(r.status, 404);
	assert_string_equal(r.type, "application/problem+json");
	reply_release(&r);
	r = ask(&v[0], SHOW_NOTHING, "GET", "/v1/hello", "");
	assert_int_equal(r.status, 200);
	reply_release(&r);
	listener_free(l);
	proxy_end(&proxy);
	place_end(&hub);
}

static void test_haproxy_works(void **state)
{
	(void)state;
	works(PROXY_HAPROXY, "127.0.0.1:0");
}

static void test_nginx_works(void **state)
{
	(void)state;
	works(PROXY_NGINX, "127.0.0.1:0");
}

// With buffers nothing arrives at once: what the settings are for, and that this test would notice.
static bool hears_hello(enum proxy_kind k, const struct change *changes)
{
	struct place hub;
	struct proxy proxy;
	struct visitor v[2];

	place_begin(&hub, "127.0.0.1:0", &(struct server_options){.hb_ms = 60000});
	proxy_begin(&proxy, k, server_address(hub.server), changes);
	join_two(&hub, &proxy.door, v);
	struct listener *l = listener_new(&v[1]);
	bool heard = listener_heard(l, "event: hello", QUIET_MS);
	listener_free(l);
	proxy_end(&proxy);
	place_end(&hub);
	return heard;
}

static void test_haproxy_buffers_nothing(void **state)
{
	static const struct change buffered[] = {{"	default_backend hub", "	http-response wait-for-body time 10s at-least 8000\n	default_backend hub"}, {NULL, NULL}};

	(void)state;
	need(PROXY_HAPROXY);
	assert_true(hears_hello(PROXY_HAPROXY, NULL));
	assert_false(hears_hello(PROXY_HAPROXY, buffered));
}

static void test_nginx_buffers_nothing(void **state)
{
	static const struct change buffered[] = {
		{"proxy_buffering off", "proxy_ignore_headers X-Accel-Buffering; proxy_buffering on"}, {NULL, NULL}};
	// The hub says it itself, too.
	static const struct change only_hub[] = {{"proxy_buffering off", "proxy_buffering on"}, {NULL, NULL}};

	(void)state;
	need(PROXY_NGINX);
	assert_true(hears_hello(PROXY_NGINX, NULL));
	assert_true(hears_hello(PROXY_NGINX, only_hub));
	assert_false(hears_hello(PROXY_NGINX, buffered));
}

// ---- a station that is gone ----

struct let_go {
	const struct proxy *proxy;
	struct server *server;
	int held; // sockets of the proxy while the station listens: one to it, one to the hub
};

static bool proxy_let_go(void *arg)
{
	struct let_go *g = arg;

	return proxy_sockets(g->proxy) <= g->held - 2;
}

static bool hub_let_go(void *arg)
{
	struct let_go *g = arg;

	return server_seats(g->server) == 0;
}

// The hub is silent (no heartbeat within the test): does the proxy alone let go of a station that hung up?
static bool proxy_frees(enum proxy_kind k, const struct change *changes)
{
	struct place hub;
	struct proxy proxy;
	struct visitor v[2];

	place_begin(&hub, "127.0.0.1:0", &(struct server_options){.hb_ms = 60000});
	proxy_begin(&proxy, k, server_address(hub.server), changes);
	join_two(&hub, &proxy.door, v);
	struct let_go g = {.proxy = &proxy, .server = hub.server};
	struct listener *l = listener_new(&v[1]);
	assert_true(listener_heard(l, "event: hello", SOON_MS));
	g.held = proxy_sockets(&proxy);
	listener_free(l);
	bool freed = wait_for(proxy_let_go, &g, QUIET_MS);
	proxy_end(&proxy);
	place_end(&hub);
	return freed;
}

static void test_haproxy_frees(void **state)
{
	static const struct change keeps[] = {{"	option abortonclose", "	no option abortonclose"}, {NULL, NULL}};

	(void)state;
	need(PROXY_HAPROXY);
	assert_true(proxy_frees(PROXY_HAPROXY, NULL));
	assert_false(proxy_frees(PROXY_HAPROXY, keeps));
}

static void test_nginx_frees(void **state)
{
	static const struct change keeps[] = {{"proxy_ignore_client_abort off", "proxy_ignore_client_abort on"}, {NULL, NULL}};

	(void)state;
	need(PROXY_NGINX);
	assert_true(proxy_frees(PROXY_NGINX, NULL));
	assert_false(proxy_frees(PROXY_NGINX, keeps));
}

// With heartbeats the hub's side goes as well.
static void hub_frees(enum proxy_kind k)
{
	struct place hub;
	struct proxy proxy;
	struct visitor v[2];

	need(k);
	place_begin(&hub, "127.0.0.1:0", NULL);
	proxy_begin(&proxy, k, server_address(hub.server), NULL);
	join_two(&hub, &proxy.door, v);
	struct let_go g = {.server = hub.server};
	struct listener *l = listener_new(&v[1]);
	assert_true(listener_heard(l, "event: hello", SOON_MS));
	assert_int_equal(server_seats(hub.server), 1);
	listener_free(l);
	assert_true(wait_for(hub_let_go, &g, SOON_MS));
	proxy_end(&proxy);
	place_end(&hub);
}

static void test_haproxy_hub_frees(void **state)
{
	(void)state;
	hub_frees(PROXY_HAPROXY);
}

static void test_nginx_hub_frees(void **state)
{
	(void)state;
	hub_frees(PROXY_NGINX);
}

// ---- the hub is started again ----

struct waiting {
	struct visitor *v;
	struct reply reply;
	atomic_bool sent, done;
};

static void *ask_meanwhile(void *arg)
{
	struct waiting *w = arg;

	atomic_store(&w->sent, true);
	if (!visitor_ask(w->v, SHOW_NOTHING, "GET", "/v1/hello", NULL, sv(""), &w->reply, NULL))
		w->reply.status = -1;
	atomic_store(&w->done, true);
	return NULL;
}

static bool is_done(void *arg)
{
	return atomic_load(&((struct waiting *)arg)->done);
}

static bool is_sent(void *arg)
{
	return atomic_load(&((struct waiting *)arg)->sent);
}

// What a station is told that asks while the hub is down for a moment.
static long asked_while_down(enum proxy_kind k, struct reply *out)
{
	struct place hub;
	struct proxy proxy;
	struct visitor v = {0};
	struct waiting w = {.v = &v};
	pthread_t thread;

	place_begin(&hub, "127.0.0.1:0", NULL);
	char *address = xstrdup(server_address(hub.server));
	proxy_begin(&proxy, k, address, NULL);
	v.door = &proxy.door;
	server_stop(hub.server);
	pthread_create(&thread, NULL, ask_meanwhile, &w);
	assert_true(wait_for(is_sent, &w, SOON_MS));
	wait_for(is_done, &w, 300); // the proxy has tried in vain
	struct server_options o = {.hb_ms = 200, .store = hub.store, .keys = hub.keys, .listen = address};
	struct err e = {0};
	assert_ok(server_start(&hub.server, &o, &e), e);
	pthread_join(thread, NULL);
	*out = w.reply;
	proxy_end(&proxy);
	place_end(&hub);
	free(address);
	return out->status;
}

static void test_haproxy_waits_for_the_hub(void **state)
{
	struct reply r;

	(void)state;
	need(PROXY_HAPROXY);
	assert_int_equal(asked_while_down(PROXY_HAPROXY, &r), 200);
	reply_release(&r);
}

// A hub that takes a request and is gone before it answers, then one that answers: what it took is asked again.
struct dying {
	int listener;
	int taken; // connections
};

static void *die_once(void *arg)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
	struct dying *y = arg;
	char head[4096];

	for (bool end = false; !end;) {
		int fd = accept(y->listener, NULL, NULL);
		ssize_t n = fd < 0 ? -1 : recv(fd, head, sizeof(head) - 1, 0);
		if (fd < 0)
			return NULL; // told to end
		head[n > 0 ? n : 0] = '\0';
		if (strstr(head, "GET /v1/hello")) {
			end = ++y->taken > 1;
			if (end)
				send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
		} else {
			send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL); // whoever looks whether the proxy serves
		}
		close(fd);
	}
	return NULL;
}

static long asked_while_dying(const struct change *changes)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(in);
	struct dying y = {.listener = socket(AF_INET, SOCK_STREAM, 0)};
	struct proxy proxy;
	struct visitor v = {0};
	pthread_t thread;
	char to[40];

	assert_true(bind(y.listener, (struct sockaddr *)&in, n) == 0 && listen(y.listener, 16) == 0);
	getsockname(y.listener, (struct sockaddr *)&in, &n);
	snprintf(to, sizeof(to), "127.0.0.1:%d", ntohs(in.sin_port));
	pthread_create(&thread, NULL, die_once, &y);
	proxy_begin(&proxy, PROXY_HAPROXY, to, changes);
	v.door = &proxy.door;
	struct reply r = ask(&v, SHOW_NOTHING, "GET", "/v1/hello", "");
	long status = r.status;
	reply_release(&r);
	shutdown(y.listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(y.listener);
	proxy_end(&proxy);
	return status;
}

static void test_haproxy_asks_again(void **state)
{
	static const struct change once[] = {{"conn-failure empty-response", "conn-failure"}, {NULL, NULL}};

	(void)state;
	need(PROXY_HAPROXY);
	assert_int_equal(asked_while_dying(NULL), 200);
	assert_int_equal(asked_while_dying(once), 502);
}

static void test_nginx_says_when_to_come_back(void **state)
{
	struct reply r;
	char value[40];

	(void)state;
	need(PROXY_NGINX);
	assert_int_equal(asked_while_down(PROXY_NGINX, &r), 503);
	assert_string_equal(r.type, "application/problem+json");
	assert_string_equal(reply_header(&r, "Retry-After", value, sizeof(value)), "5");
	reply_release(&r);
}

// ---- TLS ----

// A station that comes back goes on with its session.
static void resumes(enum proxy_kind k)
{
	struct place hub;
	struct proxy proxy;
	char *command;

	need(k);
	place_begin(&hub, "127.0.0.1:0", NULL);
	proxy_begin(&proxy, k, server_address(hub.server), NULL);
	const char *where = proxy.door.socket ? "-unix" : "-connect";
	const char *address = proxy.door.socket ? proxy.door.socket : strstr(proxy.door.base, "//") + 2;
	command = xasprintf("cd %s && ask() { { printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'; } | "
			    "openssl s_client %s %s -CAfile ca.pem -ign_eof \"$@\" 2>>said; } && "
			    "ask -sess_out session >first && ask -sess_in session >second && grep -q '^New' first && grep -q '^Reused' second",
			    proxy.dir, where, address);
	// NOLINTNEXTLINE: the words are the test's own.
	assert_int_equal(system(command), 0);
	free(command);
	proxy_end(&proxy);
	place_end(&hub);
}

static void test_haproxy_resumes(void **state)
{
	(void)state;
	resumes(PROXY_HAPROXY);
}

static void test_nginx_resumes(void **state)
{
	(void)state;
	resumes(PROXY_NGINX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_haproxy_works),
		cmocka_unit_test(test_nginx_works),
		cmocka_unit_test(test_haproxy_buffers_nothing),
		cmocka_unit_test(test_nginx_buffers_nothing),
		cmocka_unit_test(test_haproxy_frees),
		cmocka_unit_test(test_nginx_frees),
		cmocka_unit_test(test_haproxy_hub_frees),
		cmocka_unit_test(test_nginx_hub_frees),
		cmocka_unit_test(test_haproxy_waits_for_the_hub),
		cmocka_unit_test(test_haproxy_asks_again),
		cmocka_unit_test(test_nginx_says_when_to_come_back),
		cmocka_unit_test(test_haproxy_resumes),
		cmocka_unit_test(test_nginx_resumes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
