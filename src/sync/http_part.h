// SPDX-License-Identifier: MIT
// Knows the parts of http.c, http_loop.c and address.c; for nobody else.
#ifndef SYNC_HTTP_PART_H
#define SYNC_HTTP_PART_H

#include <uv.h>

#include "src/sync/curl_late.h"
#include "src/sync/http.h"

struct http {
	struct uv_loop_s *loop;
	CURLM *multi;
	CURLSH *share; // TLS sessions, so that a reconnect is cheap for the hub
	uv_timer_t timer;
	uv_idle_t breath;
	size_t turn; // bytes handed on since the loop last went round
	struct request *held; // until the loop went round; by next_held
	int handles; // not closed yet
	char *ca_pem, *ca_file, *pins, *proxy;
	struct request *first;
	size_t running;
	bool dying;
};

struct request {
	struct http *http;
	struct request *next, *next_held;
	CURL *easy;
	bool added, too_large, head_ended;
	struct curl_slist *headers;
	const char *method; // borrowed: a literal
	struct str url, sent, got;
	size_t max;
	int silence_ms;
	int64_t upload_offset; // of the answer; -1: none
	uv_timer_t *silence; // freed by its close callback
	char why[CURL_ERROR_SIZE];
	struct err refused;
	void (*data)(void *arg, struct sv piece);
	void (*done)(void *arg, const struct http_reply *r);
	void *arg;
};

void http_loop_begin(struct http *h);
// Stops; h is freed when the loop has closed what it watched.
void http_loop_end(struct http *h);
// May n more bytes be handed on in this turn of the loop? If not, the piece comes again in the next one.
bool http_goes_on(struct request *r, size_t n);
// r is about to be freed.
void http_let_go(struct request *r);
// What became of it: says so and frees r.
void http_ended(struct request *r, CURLcode code);

// Where an address leads.
struct address {
	bool tls;
	const char *socket; // path of a unix socket, NULL: none; borrowed
};
must_use bool address_read(const char *base, struct address *out, struct err *e);

#endif
