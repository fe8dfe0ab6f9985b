// SPDX-License-Identifier: MIT
// Knows the address the hub listens on: host and port or a unix socket, and that plain HTTP stays on this machine.
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/server_part.h"

enum { BACKLOG = 4096 };

static bool loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

static bool unix_socket(struct server *s, const char *path, struct err *e)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(a.sun_path))
		return err_set(e, ERR_USAGE, _("the path of the socket is too long: %s"), path);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path); // of a process that ended without a word; a living hub is stopped by the store's lock
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mode_t old = umask(0117); // the proxy's group may connect
	bool ok = s->listener >= 0 && bind(s->listener, (const struct sockaddr *)&a, sizeof(a)) == 0 &&
		  listen(s->listener, BACKLOG) == 0;
	umask(old);
	snprintf(s->address, sizeof(s->address), "unix:%s", path);
	return ok || err_set(e, ERR_IO, _("cannot listen on %s: %s"), path, strerror(errno));
}

// "[::1]:80" or "127.0.0.1:80".
static bool split(const char *text, char *host, size_t cap, char *port, size_t port_cap)
{
	const char *colon = strrchr(text, ':');
	int64_t n;

	if (!colon || !parse_int(sv(colon + 1), 0, 65535, &n))
		return false;
	size_t len = (size_t)(colon - text);
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (!len || len >= cap)
		return false;
	snprintf(host, cap, "%.*s", (int)len, text);
	snprintf(port, port_cap, "%s", colon + 1);
	return true;
}

static bool name_address(struct server *s, struct err *e)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);
	char host[64], port[8];

	if (getsockname(s->listener, (struct sockaddr *)&a, &n) != 0 ||
	    getnameinfo((const struct sockaddr *)&a, n, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return err_set(e, ERR_IO, _("cannot find out the address listened on: %s"), strerror(errno));
	snprintf(s->address, sizeof(s->address), a.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return true;
}

static bool open_socket(struct server *s, const struct addrinfo *a, struct err *e)
{
	int on = 1;

	if (!s->o.cert && !s->o.behind_proxy && !loopback(a->ai_addr))
		return err_set(
			e, ERR_USAGE,
			_("%s can be reached from other machines: give --cert and --key, or --behind-proxy where a proxy does TLS"),
			s->o.listen);
	s->listener = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
	if (s->listener < 0 || setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(s->listener, a->ai_addr, a->ai_addrlen) != 0 || listen(s->listener, BACKLOG) != 0)
		return err_set(e, ERR_IO, _("cannot listen on %s: %s"), s->o.listen, strerror(errno));
	return name_address(s, e);
}

bool http_listen(struct server *s, struct err *e)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
			*found = NULL;
	char host[128], port[8];

	if (str_starts(s->o.listen, "unix:"))
		return unix_socket(s, s->o.listen + 5, e);
	if (!split(s->o.listen, host, sizeof(host), port, sizeof(port)))
		return err_set(e, ERR_USAGE, _("--listen wants ADDRESS:PORT or unix:PATH, not %s"), s->o.listen);
	int rc = getaddrinfo(host, port, &hints, &found);
	if (rc != 0)
		return err_set(e, ERR_USAGE, _("there is no address %s: %s"), host, gai_strerror(rc));
	bool ok = open_socket(s, found, e);
	freeaddrinfo(found);
	return ok;
}
