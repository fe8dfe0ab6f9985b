// SPDX-License-Identifier: MIT
// Knows how a shipped proxy configuration is run for a test: a certificate, addresses of a temporary folder, the program.
#ifndef TEST_API_PROXY_H
#define TEST_API_PROXY_H

#include <sys/types.h>

#include "tests/hub/api/place.h"

// Words to replace in the file before it is run; NULL ends the list.
struct change {
	const char *from, *to;
};
struct proxy {
	char *dir;
	pid_t pid;
	char ca[200], said[200], socket[200]; // said: what it wrote to standard error
	struct door door;
};
enum proxy_kind { PROXY_HAPROXY, PROXY_NGINX };
// Is the program here?
bool proxy_known(enum proxy_kind k);
// Runs the shipped file (ZUOXI_CONFIG_HUB/haproxy.cfg or nginx.conf) in front of the hub at `to` ("127.0.0.1:PORT" or "unix:PATH").
// changes: further ones, for controls. Every word to be replaced must be there, and the proxy must accept connections within 10 s.
void proxy_begin(struct proxy *p, enum proxy_kind k, const char *to, const struct change *changes);
void proxy_end(struct proxy *p);
// Sockets the proxy's processes hold.
int proxy_sockets(const struct proxy *p);

#endif
