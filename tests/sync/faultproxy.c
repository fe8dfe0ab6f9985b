// SPDX-License-Identifier: MIT
// Knows a network that fails on purpose: a proxy between a client and a server, with faults by dice or on demand.
#include "tests/sync/faultproxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/str.h"

enum { STEP_MS = 20, PIECE_MS = 2, PIECES = 8, MESSAGE_MAX = 8 << 20 };

struct line { // one connection of the client
	struct line *next;
	struct faultproxy *proxy;
	pthread_t thread;
	int client, server;
	bool ended;
};

struct faultproxy {
	int fd, port, to;
	char *socket;
	pthread_t thread;
	pthread_mutex_t mutex; // everything below
	bool stop, pulled, half_open;
	uint64_t dice;
	int rates[FAULTS];
	enum fault next;
	int after; // requests until then
	size_t counts[FAULTS];
	struct line *lines;
};

const char *fault_name(enum fault f)
{
	static const char *const names[] = {
		[FAULT_NONE] = "none", [FAULT_RESET] = "reset", [FAULT_HALF_OPEN] = "half-open", [FAULT_TRUNCATE] = "truncate",
		[FAULT_SLOW] = "slow", [FAULT_DUPLICATE] = "duplicate", [FAULT_DROP_REPLY] = "drop-reply"};

	return names[f];
}

// --- small things

static bool stopped(struct faultproxy *p)
{
	pthread_mutex_lock(&p->mutex);
	bool stop = p->stop;
	pthread_mutex_unlock(&p->mutex);
	return stop;
}

static bool is_pulled(struct faultproxy *p)
{
	pthread_mutex_lock(&p->mutex);
	bool pulled = p->pulled;
	pthread_mutex_unlock(&p->mutex);
	return pulled;
}

static enum fault choose(struct faultproxy *p, bool events)
{
	enum fault f = FAULT_NONE;

	pthread_mutex_lock(&p->mutex);
	if (!events && p->next != FAULT_NONE && p->after-- <= 0) {
		f = p->next;
		p->next = FAULT_NONE;
	} else {
		p->dice = p->dice * 6364136223846793005ULL + 1442695040888963407ULL;
		int roll = (int)((p->dice >> 33) % 1000);
		for (int i = 1; i < FAULTS; i++) {
			if (roll < p->rates[i]) {
				f = (enum fault)i;
				break;
			}
			roll -= p->rates[i];
		}
		if (events && f != FAULT_RESET && f != FAULT_HALF_OPEN)
			f = FAULT_NONE;
	}
	p->counts[f]++;
	pthread_mutex_unlock(&p->mutex);
	return f;
}

static void reset(int fd)
{
	struct linger l = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

static int dial(struct faultproxy *p)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(p->socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	pthread_mutex_lock(&p->mutex);
	in.sin_port = htons((uint16_t)p->to);
	pthread_mutex_unlock(&p->mutex);
	if (p->socket) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", p->socket);
		rc = connect(fd, (struct sockaddr *)&un, sizeof(un));
	} else {
		rc = connect(fd, (struct sockaddr *)&in, sizeof(in));
	}
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

static bool put(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t k = send(fd, s, n, MSG_NOSIGNAL);
		if (k <= 0)
			return false;
		s += k;
		n -= (size_t)k;
	}
	return true;
}

// Waits for bytes on fd, not beyond the end of the proxy. 0: the other side is done.
static ssize_t take(struct faultproxy *p, int fd, char *buf, size_t cap)
{
	struct pollfd f = {.fd = fd, .events = POLLIN};

	while (!stopped(p)) {
		if (poll(&f, 1, STEP_MS) > 0)
			return recv(fd, buf, cap, 0);
	}
	return -1;
}

// --- HTTP messages

// Bytes of the whole message at the start of s, 0: not known yet. *endless: it ends with the connection or is chunked.
// bare: the answer to a HEAD, whose length is that of a body which does not come.
static size_t message_size(const struct str *s, bool bare, bool *endless)
{
	const char *text = str_z(s), *end = strstr(text, "\r\n\r\n"), *at;
	int64_t n = 0;

	*endless = false;
	if (!end)
		return 0;
	size_t head = (size_t)(end - text) + 4;
	at = strcasestr(text, "\r\ncontent-length:");
	if (bare)
		return head;
	if (at && at < end) {
		at += strlen("\r\ncontent-length:");
		at += strspn(at, " ");
		if (!parse_int(sv_n(at, strcspn(at, "\r")), 0, MESSAGE_MAX, &n))
			n = 0;
	} else {
		*endless = strncmp(text, "HTTP/", 5) == 0 && strncmp(text + 9, "204", 3) != 0 && strncmp(text + 9, "304", 3) != 0;
	}
	return s->n >= head + (size_t)n ? head + (size_t)n : 0;
}

// Reads one whole message into s (which may hold a beginning). False: the connection ended before.
static bool read_message(struct faultproxy *p, int fd, struct str *s, bool bare, size_t *size, bool *endless)
{
	char buf[16384];

	while (!(*size = message_size(s, bare, endless))) {
		ssize_t n = take(p, fd, buf, sizeof(buf));
		if (n <= 0 || s->n > MESSAGE_MAX)
			return false;
		str_addn(s, buf, (size_t)n);
	}
	return true;
}

static void drop_front(struct str *s, size_t n)
{
	memmove(s->s, s->s + n, s->n - n + 1);
	s->n -= n;
}

// The same request once more, on a connection of its own; the answer goes nowhere.
static void send_again(struct faultproxy *p, const char *s, size_t n)
{
	struct str answer = {0};
	size_t size;
	bool endless;
	int fd = dial(p);

	if (fd < 0)
		return;
	if (put(fd, s, n))
		(void)!read_message(p, fd, &answer, strncmp(s, "HEAD ", 5) == 0, &size, &endless);
	close(fd);
	str_release(&answer);
}

// Until the client gives up, or the proxy ends.
static void stay_silent(struct line *l)
{
	char buf[4096];

	while (take(l->proxy, l->client, buf, sizeof(buf)) > 0)
		;
}

// Bytes both ways until one side ends; a pulled cable passes nothing.
static void pass_on(struct line *l)
{
	struct pollfd f[2] = {{.fd = l->client, .events = POLLIN}, {.fd = l->server, .events = POLLIN}};
	char buf[16384];

	while (!stopped(l->proxy)) {
		if (is_pulled(l->proxy)) {
			stay_silent(l);
			return;
		}
		// What arrives when the cable is out already does not pass.
		if (poll(f, 2, STEP_MS) <= 0 || is_pulled(l->proxy))
			continue;
		for (int i = 0; i < 2; i++) {
			if (!f[i].revents)
				continue;
			ssize_t n = recv(f[i].fd, buf, sizeof(buf), 0);
			if (n <= 0 || !put(f[1 - i].fd, buf, (size_t)n))
				return;
		}
	}
}

static void answer_slowly(struct line *l, const char *s, size_t n)
{
	for (size_t at = 0, step = n / PIECES + 1; at < n && !stopped(l->proxy); at += step) {
		if (!put(l->client, s + at, at + step < n ? step : n - at))
			return;
		poll(NULL, 0, PIECE_MS);
	}
}

// One request and its answer. False: the connection is over.
static bool exchange(struct line *l, struct str *in)
{
	struct faultproxy *p = l->proxy;
	struct str answer = {0};
	size_t size, got = 0;
	bool endless, more = false;

	if (!read_message(p, l->client, in, false, &size, &endless))
		return false;
	enum fault f =
		choose(p, strstr(str_z(in), " /v1/events") != NULL && strstr(str_z(in), " /v1/events") < strchr(str_z(in), '\r'));
	if (is_pulled(p))
		f = FAULT_HALF_OPEN;
	if (f == FAULT_HALF_OPEN)
		stay_silent(l);
	if (f == FAULT_RESET || f == FAULT_HALF_OPEN) {
		reset(l->client);
		return false;
	}
	if (l->server < 0 && (l->server = dial(p)) < 0)
		return false;
	if (f == FAULT_DUPLICATE)
		send_again(p, str_z(in), size);
	bool bare = strncmp(str_z(in), "HEAD ", 5) == 0;
	if (put(l->server, str_z(in), size) && read_message(p, l->server, &answer, bare, &got, &endless)) {
		drop_front(in, size);
		more = f != FAULT_DROP_REPLY && f != FAULT_TRUNCATE && !endless && !is_pulled(p);
		if (is_pulled(p) || f == FAULT_DROP_REPLY)
			reset(l->client);
		else if (f == FAULT_TRUNCATE)
			(void)!put(l->client, str_z(&answer), answer.n / 2);
		else if (f == FAULT_SLOW)
			answer_slowly(l, str_z(&answer), answer.n);
		else
			more = put(l->client, str_z(&answer), answer.n) && more;
		if (endless && f != FAULT_DROP_REPLY && f != FAULT_TRUNCATE)
			pass_on(l);
	}
	str_release(&answer);
	return more;
}

// TLS cannot be read: a fault hits the connection, somewhere.
static void pass_tls(struct line *l)
{
	struct faultproxy *p = l->proxy;
	enum fault f = choose(p, true);

	if (f == FAULT_HALF_OPEN || is_pulled(p)) {
		stay_silent(l);
	} else if (f == FAULT_RESET) {
		reset(l->client);
	} else {
		l->server = dial(p);
		if (l->server >= 0)
			pass_on(l);
	}
}

static void *run_line(void *arg)
{
	struct line *l = arg;
	struct str in = {0};
	char first = 0;

	struct pollfd f = {.fd = l->client, .events = POLLIN};
	while (!stopped(l->proxy) && poll(&f, 1, STEP_MS) <= 0)
		;
	if (is_pulled(l->proxy))
		stay_silent(l);
	else if (recv(l->client, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && first == 0x16)
		pass_tls(l);
	else
		while (exchange(l, &in))
			;
	str_release(&in);
	close(l->client);
	if (l->server >= 0)
		close(l->server);
	pthread_mutex_lock(&l->proxy->mutex);
	l->ended = true;
	pthread_mutex_unlock(&l->proxy->mutex);
	return NULL;
}

// --- the door

static void sweep(struct faultproxy *p)
{
	struct line **at = &p->lines;

	while (*at) {
		struct line *l = *at;
		pthread_mutex_lock(&p->mutex);
		bool over = l->ended || p->stop;
		pthread_mutex_unlock(&p->mutex);
		if (!over) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		pthread_join(l->thread, NULL);
		free(l);
	}
}

static void *run(void *arg)
{
	struct faultproxy *p = arg;
	struct pollfd f = {.fd = p->fd, .events = POLLIN};

	while (!stopped(p)) {
		sweep(p);
		if (poll(&f, 1, STEP_MS) <= 0)
			continue;
		int fd = accept4(p->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		pthread_mutex_lock(&p->mutex);
		bool refuse = p->pulled && !p->half_open;
		pthread_mutex_unlock(&p->mutex);
		if (refuse) {
			reset(fd);
			close(fd);
			continue;
		}
		struct line *l = xcalloc(1, sizeof(*l));
		*l = (struct line){.next = p->lines, .proxy = p, .client = fd, .server = -1};
		p->lines = l;
		if (pthread_create(&l->thread, NULL, run_line, l) != 0)
			BUG("no thread for a connection");
	}
	return NULL;
}

struct faultproxy *faultproxy_new(int port, const char *socket_path, uint64_t seed)
{
	struct faultproxy *p = xcalloc(1, sizeof(*p));
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(in);

	p->to = port;
	p->socket = socket_path ? xstrdup(socket_path) : NULL;
	p->dice = seed * 2 + 1;
	pthread_mutex_init(&p->mutex, NULL);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&in, sizeof(in)) != 0 || listen(p->fd, 512) != 0 ||
	    getsockname(p->fd, (struct sockaddr *)&in, &n) != 0)
		BUG("the proxy cannot listen: %s", strerror(errno));
	p->port = ntohs(in.sin_port);
	if (pthread_create(&p->thread, NULL, run, p) != 0)
		BUG("no thread for the proxy");
	return p;
}

void faultproxy_free(struct faultproxy *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->mutex);
	p->stop = true;
	pthread_mutex_unlock(&p->mutex);
	pthread_join(p->thread, NULL);
	sweep(p);
	close(p->fd);
	pthread_mutex_destroy(&p->mutex);
	free(p->socket);
	free(p);
}

int faultproxy_port(const struct faultproxy *p)
{
	return p->port;
}

void faultproxy_target(struct faultproxy *p, int port)
{
	pthread_mutex_lock(&p->mutex);
	p->to = port;
	pthread_mutex_unlock(&p->mutex);
}

void faultproxy_rates(struct faultproxy *p, const int per_mille[FAULTS])
{
	pthread_mutex_lock(&p->mutex);
	memcpy(p->rates, per_mille, sizeof(p->rates));
	pthread_mutex_unlock(&p->mutex);
}

void faultproxy_next(struct faultproxy *p, int after, enum fault f)
{
	pthread_mutex_lock(&p->mutex);
	p->next = f;
	p->after = after;
	pthread_mutex_unlock(&p->mutex);
}

void faultproxy_pull(struct faultproxy *p, bool pulled, bool half_open)
{
	pthread_mutex_lock(&p->mutex);
	p->pulled = pulled;
	p->half_open = half_open;
	pthread_mutex_unlock(&p->mutex);
}

size_t faultproxy_count(struct faultproxy *p, enum fault f)
{
	pthread_mutex_lock(&p->mutex);
	size_t n = p->counts[f];
	pthread_mutex_unlock(&p->mutex);
	return n;
}
