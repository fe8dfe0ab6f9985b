// SPDX-License-Identifier: MIT
// Knows a bare socket: requests that are cut off, answers that nobody reads, peers that vanish.
#ifndef TESTS_HUB_RAW_H
#define TESTS_HUB_RAW_H

#include "tests/hub/api/place.h"

int raw_connect(const struct door *d, int receive_bytes); // receive_bytes 0: the system's
void raw_send(int fd, const char *text);
// Sends a whole request with the visitor's token; body NULL: none.
void raw_request(int fd, const struct visitor *v, const char *method, const char *path, const char *body);
// Reads until text has come (true), the peer closed, or ms passed. Everything read is appended.
bool raw_until(int fd, const char *text, int ms, struct str *out);
void raw_vanish(int fd); // reset, without a word
int open_files(void); // of this process

// A number of /metrics: the sum of all lines that begin with name.
double metric(struct place *p, const char *name);
struct at_least {
	struct place *p;
	const char *name;
	double v;
};
bool metric_at_least(void *arg); // for wait_for
struct seats {
	struct place *p;
	int n;
};
bool seats_are(void *arg);

#endif
