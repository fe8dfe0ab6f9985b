// SPDX-License-Identifier: MIT
// Knows HTTP requests on the loop: libcurl's multi interface driven by libuv; nothing here ever waits.
//
// TLS 1.2 at least, against the hub's own authority where one is known; no redirects, no cookies, no proxy but the one that is
// named. Addresses: https://HOST[:PORT], http:// only to this machine (127.0.0.0/8, [::1], localhost), unix:/PATH to a socket.
#ifndef SYNC_HTTP_H
#define SYNC_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct uv_loop_s;
struct http;    // all requests of one program to its hub, their connections and TLS sessions
struct request; // one of them, borrowed until its done callback or http_cancel

struct http_options { // texts are copied
	struct uv_loop_s *loop;
	const char *ca_pem;  // trust only these authorities; NULL or "": see ca_file
	const char *ca_file; // the same from a file; NULL or "": the system's authorities
	const char *pins;    // "sha256//BASE64;sha256//BASE64": this key and the next one; NULL or "": none
	const char *proxy;   // "http://HOST:PORT"; NULL or "": none, whatever the environment says. Never used to this machine
};
must_use bool http_new(struct http **out, const struct http_options *o, struct err *e);
// Drops every request at once, without calling back, and closes all connections. The loop must turn once more before it is closed.
void http_free(struct http *h);
struct uv_loop_s *http_loop(const struct http *h);

// Is this an address that may be used? ERR_USAGE says what is wrong with it.
must_use bool http_address_ok(const char *base, struct err *e);

enum http_end {
	HTTP_ANSWERED,  // any status
	HTTP_NO_ANSWER, // no connection, broken off, too late; it may be tried again
	HTTP_UNTRUSTED, // the certificate was refused
	HTTP_TOO_LARGE,
	HTTP_BAD,       // the request itself cannot be made
};
struct http_reply { // borrowed during the callback
	enum http_end end;
	int status;             // 0: none
	struct sv body;         // empty for a stream: its data was handed over as it came
	int64_t retry_after_ms; // 0: not said
	int64_t upload_offset;  // of an upload: bytes the hub has; -1: not said
	struct err err;         // a sentence when end is not HTTP_ANSWERED
};
struct http_request { // copied, but arg
	const char *method;      // "GET", "HEAD", "POST", "PATCH"
	const char *base, *path; // address of the hub and "/v1/sync"; no slash at the end of base
	const char *const *headers; // "Name: value", ends with NULL; may be NULL
	struct sv body;          // sent unless method is GET or HEAD
	size_t max;              // bytes of answer that are taken
	int timeout_ms;          // of the whole request, 0: none (streams)
	int silence_ms;          // so long without a byte ends it, 0: any time
	bool large;              // the answer is a file: read in large pieces
	bool unverified;         // the certificate is not checked: only to fetch what is then compared with the code
	// Loop thread. data: a piece of an answer with status 200 or 206, as it comes and without a cap, at most about 1 MiB of all
	// of them in a turn of the loop; other answers are collected. May be NULL.
	void (*data)(void *arg, struct sv piece);
	void (*done)(void *arg, const struct http_reply *r); // once, never from inside http_start
	void *arg;
};
// Never NULL: what cannot be started ends as HTTP_BAD through done.
struct request *http_start(struct http *h, const struct http_request *q);
int http_status(const struct request *r); // of the answer whose data is being handed over
void http_cancel(struct request *r); // no callback; not from inside a data callback, which libcurl calls
size_t http_running(const struct http *h);

#endif
