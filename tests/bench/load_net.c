// SPDX-License-Identifier: MIT
// Knows sockets, TLS and epoll of the load generator.
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/err.h"

enum { EVENTS = 512 };

struct load_loop {
	int ep;
	const struct load_target *to;
	void (*side)(void *arg);
	void *side_arg;
	int side_fd;
	struct epoll_event ev[EVENTS];
	int at, n; // the event in hand: what closes takes its later events away
};

int64_t load_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static _Noreturn void give_up(const char *what, const char *of)
{
	fprintf(stderr, "hub_load: %s: %s\n", what, of);
	exit(1);
}

// Tickets of TLS 1.3 come after the handshake, whenever the server likes.
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct load_conn *c = SSL_get_app_data(ssl);

	SSL_SESSION_free(c->session);
	c->session = session;
	return 1;
}

static void tls_open(struct load_target *t, const char *ca)
{
	t->tls = SSL_CTX_new(TLS_client_method());
	if (!t->tls || SSL_CTX_load_verify_locations(t->tls, ca, NULL) != 1)
		give_up("the certificate authority cannot be read", ca);
	SSL_CTX_set_verify(t->tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_min_proto_version(t->tls, TLS1_2_VERSION);
	SSL_CTX_set_mode(t->tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	// A connection that ends with the other side's process is no reason to forget its session.
	SSL_CTX_set_options(t->tls, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(t->tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(t->tls, keep_session);
}

void load_target_open(struct load_target *t, const char *address, const char *ca)
{
	memset(t, 0, sizeof(*t));
	if (str_starts(address, "unix:")) {
		struct sockaddr_un *un = (struct sockaddr_un *)&t->addr;
		un->sun_family = AF_UNIX;
		if ((size_t)snprintf(un->sun_path, sizeof(un->sun_path), "%s", address + strlen("unix:")) >= sizeof(un->sun_path))
			give_up("too long an address", address);
		t->len = sizeof(*un);
	} else {
		struct sockaddr_in *in = (struct sockaddr_in *)&t->addr;
		const char *colon = strrchr(address, ':');
		char host[64];
		int64_t port;
		if (!colon || !parse_int(sv(colon + 1), 1, 65535, &port))
			give_up("not ADDR:PORT", address);
		snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
			give_up("not an IPv4 address", host);
		t->len = sizeof(*in);
	}
	if (ca)
		tls_open(t, ca);
}

void load_target_close(struct load_target *t)
{
	SSL_CTX_free(t->tls);
	t->tls = NULL;
}

// ---- connections ----

static void watch(struct load_conn *c, unsigned events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (c->watched == events)
		return;
	if (epoll_ctl(c->loop->ep, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &ev) != 0)
		give_up("epoll_ctl", strerror(errno));
	c->watched = events;
}

void load_shut(struct load_conn *c)
{
	if (c->state == LOAD_CLOSED)
		return;
	for (int i = c->loop->at + 1; i < c->loop->n; i++)
		if (c->loop->ev[i].data.ptr == c)
			c->loop->ev[i].data.ptr = c->loop;
	if (c->ssl) {
		// Without a shutdown OpenSSL would take the session for a broken one.
		SSL_set_shutdown(c->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
		SSL_free(c->ssl);
		c->ssl = NULL;
	}
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->watched = 0;
	c->sent = 0;
	str_clear(&c->out);
	str_release(&c->answer.line);
	memset(&c->answer, 0, sizeof(c->answer));
	c->state = LOAD_CLOSED;
}

void load_forget(struct load_conn *c)
{
	load_shut(c);
	SSL_SESSION_free(c->session);
	c->session = NULL;
	str_release(&c->out);
}

static void lost(struct load_conn *c, const char *why)
{
	const struct load_user *u = c->user;

	load_shut(c);
	u->closed(c, why);
}

void load_open(struct load_loop *l, struct load_conn *c, const struct load_user *user, void *arg)
{
	const struct load_target *t = l->to;
	int one = 1;

	c->loop = l;
	c->user = user;
	c->arg = arg;
	c->resumed = false;
	c->fd = socket(t->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		give_up("socket", strerror(errno));
	c->state = LOAD_CONNECTING;
	if (t->addr.ss_family == AF_INET)
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(c->fd, (const struct sockaddr *)&t->addr, t->len) != 0 && errno != EINPROGRESS) {
		c->state = LOAD_READY; // so that it counts as open
		lost(c, strerror(errno));
		return;
	}
	watch(c, EPOLLOUT);
}

static void flush(struct load_conn *c)
{
	while (c->sent < c->out.n) {
		const char *p = c->out.s + c->sent;
		size_t left = c->out.n - c->sent;
		ssize_t n;
		if (c->ssl) {
			n = SSL_write(c->ssl, p, (int)left);
			if (n <= 0 && SSL_get_error(c->ssl, (int)n) == SSL_ERROR_WANT_WRITE) {
				watch(c, EPOLLIN | EPOLLOUT);
				return;
			}
		} else {
			n = send(c->fd, p, left, MSG_NOSIGNAL);
			if (n < 0 && errno == EAGAIN) {
				watch(c, EPOLLIN | EPOLLOUT);
				return;
			}
		}
		if (n <= 0)
			break; // the reader finds out why
		c->sent += (size_t)n;
	}
	str_clear(&c->out);
	c->sent = 0;
	watch(c, EPOLLIN);
}

void load_send(struct load_conn *c, const char *p, size_t n)
{
	str_addn(&c->out, p, n);
	flush(c);
}

static void opened(struct load_conn *c)
{
	c->state = LOAD_READY;
	watch(c, EPOLLIN);
	c->user->ready(c);
}

static void shake(struct load_conn *c)
{
	ERR_clear_error();
	int r = SSL_connect(c->ssl);

	if (r == 1) {
		c->resumed = SSL_session_reused(c->ssl);
		opened(c);
		return;
	}
	switch (SSL_get_error(c->ssl, r)) {
	case SSL_ERROR_WANT_READ:
		watch(c, EPOLLIN);
		break;
	case SSL_ERROR_WANT_WRITE:
		watch(c, EPOLLOUT);
		break;
	default:
		lost(c, "TLS was refused");
	}
}

static void connected(struct load_conn *c)
{
	int e = 0;
	socklen_t n = sizeof(e);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &n);
	if (e) {
		lost(c, strerror(e));
	} else if (c->loop->to->tls) {
		c->ssl = SSL_new(c->loop->to->tls);
		SSL_set_fd(c->ssl, c->fd);
		SSL_set_app_data(c->ssl, c);
		SSL_set_tlsext_host_name(c->ssl, "localhost");
		if (c->session)
			SSL_set_session(c->ssl, c->session);
		c->state = LOAD_SHAKING;
		shake(c);
	} else {
		opened(c);
	}
}

static void readable(struct load_conn *c)
{
	static char buf[65536];

	while (c->state == LOAD_READY) {
		ssize_t n;
		if (c->ssl) {
			ERR_clear_error();
			n = SSL_read(c->ssl, buf, sizeof(buf));
			if (n <= 0 && SSL_get_error(c->ssl, (int)n) == SSL_ERROR_WANT_READ)
				return;
		} else {
			n = recv(c->fd, buf, sizeof(buf), 0);
			if (n < 0 && errno == EAGAIN)
				return;
		}
		if (n <= 0) {
			lost(c, n == 0 ? "closed" : strerror(errno));
			return;
		}
		if (!load_take(c, buf, (size_t)n)) {
			lost(c, "the answer is not HTTP");
			return;
		}
		if (!c->ssl && n < (ssize_t)sizeof(buf))
			return;
	}
}

// ---- the loop ----

struct load_loop *load_loop_new(const struct load_target *t)
{
	struct load_loop *l = xcalloc(1, sizeof(*l));

	l->to = t;
	l->side_fd = -1;
	l->ep = epoll_create1(EPOLL_CLOEXEC);
	if (l->ep < 0)
		give_up("epoll_create1", strerror(errno));
	return l;
}

void load_loop_free(struct load_loop *l)
{
	close(l->ep);
	free(l);
}

void load_loop_watch(struct load_loop *l, int fd, void (*fn)(void *arg), void *arg)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};

	l->side_fd = fd;
	l->side = fn;
	l->side_arg = arg;
	if (epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &ev) != 0)
		give_up("epoll_ctl", strerror(errno));
}

static void handle(struct load_loop *l, const struct epoll_event *ev)
{
	struct load_conn *c = ev->data.ptr;

	if (!c) {
		l->side(l->side_arg);
		return;
	}
	if (ev->data.ptr == l)
		return; // closed by an event before
	switch (c->state) {
	case LOAD_CONNECTING:
		connected(c);
		break;
	case LOAD_SHAKING:
		shake(c);
		break;
	case LOAD_READY:
		if (ev->events & EPOLLOUT)
			flush(c);
		if (ev->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
			readable(c);
		break;
	case LOAD_CLOSED:
		break;
	}
}

bool load_loop_turn(struct load_loop *l, int64_t until)
{
	int64_t left = until - load_now_us();

	l->at = 0;
	l->n = epoll_wait(l->ep, l->ev, EVENTS, left <= 0 ? 0 : (int)((left + 999) / 1000));
	if (l->n <= 0) {
		l->n = 0;
		return false;
	}
	for (l->at = 0; l->at < l->n; l->at++)
		handle(l, &l->ev[l->at]);
	l->n = 0;
	return true;
}
