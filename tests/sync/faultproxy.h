// SPDX-License-Identifier: MIT
// Knows a network that fails on purpose: a proxy between a client and a server, with faults by dice or on demand.
//
// It understands HTTP/1.1 requests, so that a fault hits a whole request; TLS passes as bytes, and there only RESET, HALF_OPEN,
// TRUNCATE and SLOW are possible. One thread a connection; everything is on the loopback.
#ifndef TESTS_FAULTPROXY_H
#define TESTS_FAULTPROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault {
	FAULT_NONE,
	FAULT_RESET,      // the request is lost, the connection reset
	FAULT_HALF_OPEN,  // the request is lost, nothing is ever heard again
	FAULT_TRUNCATE,   // the server acts; half of its answer arrives, then the end
	FAULT_SLOW,       // the answer comes in small pieces
	FAULT_DUPLICATE,  // the server gets the request twice
	FAULT_DROP_REPLY, // the server acts; its answer is lost, the connection reset
	FAULTS,
};
const char *fault_name(enum fault f);

struct faultproxy;
// Forwards to 127.0.0.1:port, or to the unix socket when that is given. Fails the test when it cannot start.
struct faultproxy *faultproxy_new(int port, const char *socket, uint64_t seed);
void faultproxy_free(struct faultproxy *p); // ends every connection; NULL is fine
int faultproxy_port(const struct faultproxy *p);
void faultproxy_target(struct faultproxy *p, int port); // where new connections go
// Of 1000 requests so many get each fault. Requests whose path begins with "/v1/events" get none but RESET and HALF_OPEN.
void faultproxy_rates(struct faultproxy *p, const int per_mille[FAULTS]);
// After so many requests that are no event stream, the next one gets this fault.
void faultproxy_next(struct faultproxy *p, int after, enum fault f);
// The cable is pulled: what is open goes silent, new connections are accepted and stay silent (half_open) or are reset.
void faultproxy_pull(struct faultproxy *p, bool pulled, bool half_open);
size_t faultproxy_count(struct faultproxy *p, enum fault f); // requests that got it so far

#endif
