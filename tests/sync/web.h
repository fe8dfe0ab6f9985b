// SPDX-License-Identifier: MIT
// Knows a small web server for tests: every request goes to one function; event streams are fed from outside.
#ifndef TESTS_WEB_H
#define TESTS_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/str.h"

struct MHD_Connection;
struct web;
struct web_request {
	const char *method, *path; // borrowed
	struct sv body;
	struct MHD_Connection *connection; // for web_header
};
struct web_reply {
	int status;        // 0: 200
	struct str body;
	const char *type;  // literal, NULL: application/json
	const char *header, *value; // one more, NULL: none; borrowed
	bool stream;       // an event stream: what web_push sends from now on; body goes first
	int heartbeat_ms;  // of a stream, 0: none. Without one the server does not notice that nobody listens any more
};
// Called in a thread of the server, one at a time.
typedef void web_fn(void *ctx, const struct web_request *q, struct web_reply *r);
// Listens on 127.0.0.1, a port of the system's choice, or on a unix socket. Fails the test when it cannot.
struct web *web_new(web_fn *fn, void *ctx, const char *socket);
void web_free(struct web *w); // NULL is fine
int web_port(const struct web *w);
const char *web_header(const struct web_request *q, const char *name); // NULL: not there
void web_push(struct web *w, const char *text); // to every open stream
void web_close_streams(struct web *w);
size_t web_streams(struct web *w); // open now

#endif
