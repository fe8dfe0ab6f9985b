// SPDX-License-Identifier: MIT
// Knows a bare socket: requests that are cut off, answers that nobody reads, peers that vanish.
#include "tests/hub/server/raw.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

int raw_connect(const struct door *d, int receive_bytes)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	const char *colon = strrchr(d->base, ':');
	int64_t port;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && parse_int(sv(colon + 1), 1, 65535, &port));
	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (receive_bytes)
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes)), 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		fail_msg("connect: %s", strerror(errno));
	return fd;
}

void raw_send(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t w = send(fd, text, n, MSG_NOSIGNAL);
		assert_true(w > 0);
		text += w;
		n -= (size_t)w;
	}
}

void raw_request(int fd, const struct visitor *v, const char *method, const char *path, const char *body)
{
	struct str s = {0};

	str_addf(&s, "%s %s HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer %s\r\n", method, path, v->access);
	if (body)
		str_addf(&s, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
	str_addf(&s, "\r\n%s", body ? body : "");
	raw_send(fd, str_z(&s));
	str_release(&s);
}

bool raw_until(int fd, const char *text, int ms, struct str *out)
{
	int64_t end = now_us() + ms * 1000LL;
	char part[16384];

	while (!out->s || !strstr(out->s, text)) {
		int64_t left = (end - now_us()) / 1000;
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (left < 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		ssize_t n = recv(fd, part, sizeof(part), 0);
		if (n <= 0)
			return false;
		str_addn(out, part, (size_t)n);
	}
	return true;
}

void raw_vanish(int fd)
{
	struct linger l = {.l_onoff = 1};

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)), 0);
	close(fd);
}

int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

double metric(struct place *p, const char *name)
{
	struct str s = {0};
	double sum = 0;

	server_metrics(p->server, &s);
	struct sv rest = sv_n(str_z(&s), s.n), line;
	while (sv_split(&rest, '\n', &line))
		if (sv_starts(line, name)) {
			char text[300];
			snprintf(text, sizeof(text), "%.*s", (int)line.n, line.p);
			sum += strtod(strrchr(text, ' ') + 1, NULL);
		}
	str_release(&s);
	return sum;
}

bool metric_at_least(void *arg)
{
	struct at_least *q = arg;

	return metric(q->p, q->name) >= q->v;
}

bool seats_are(void *arg)
{
	struct seats *q = arg;

	return server_seats(q->p->server) == q->n;
}
