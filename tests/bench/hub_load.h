// SPDX-License-Identifier: MIT
// Knows the parts of the load generator of the hub: seats that listen, posts that ask, figures that are printed.
#ifndef BENCH_HUB_LOAD_H
#define BENCH_HUB_LOAD_H

#include "src/base/vec.h"
#include "src/wire/wire.h"
#include "tests/bench/load.h"

// Times in microseconds; printed in milliseconds.
struct times {
	int64_t *v;
	size_t n, cap;
};
void times_add(struct times *t, int64_t us);
// "p50":..,"p90":..,"p99":..,"max":..,"n":.. ; sorts t.
void times_print(struct times *t, FILE *out);

// One station as the fixture made it, and its stream of events.
struct seat {
	char dev[40], inc[24], access[72], agent[40], queue[40], ticket[40];
	bool lead; // may send broadcasts
	int64_t next_n;

	struct bench *b;
	struct load_conn c;
	enum { SEAT_OFF, SEAT_DIALING, SEAT_THERE } st; // THERE: "hello" has come
	int64_t dialed, retry_at, there_at;
	struct str line;
	unsigned mark_seen;
	int64_t told_seq, told_at; // of the own queue, by an event without rows: a station would pull now
};

struct bench {
	struct load_loop *loop;
	struct load_target to;
	struct post *posts; // all open ones
	VEC(struct seat) seats;
	uint64_t random;

	size_t wanted, there, dialing; // seats
	size_t refused;  // attempts that did not end in "hello" while the hub was to be up
	size_t dropped;  // streams that ended
	size_t resumed;  // TLS sessions gone on with
	size_t heads;    // events without rows
	size_t busy;     // requests answered "come again later"
	char last_refusal[80];

	// What every seat of `mark_queue` (NULL: all) is to see: MARK followed by this number and a blank.
	unsigned mark;
	const char *mark_queue;
	const struct seat *mark_not; // not counted: who sent it
	int64_t mark_sent;
	int64_t mark_seq; // its place in the queue, known with the answer; 0: not yet
	size_t mark_told; // seats that were told by an event without rows
	size_t mark_left;
	struct times mark_times;
};
#define MARK "bench-mark-"

uint64_t bench_random(struct bench *b);
// Runs the loop until done says so (true) or the deadline passed (false). Seats that lost their stream come back meanwhile.
bool bench_run(struct bench *b, int64_t deadline, bool (*done)(struct bench *b));

// hub_seats.c
void seats_read(struct bench *b, const char *path);
void seats_want(struct bench *b, size_t n); // dials what is missing
void seats_tick(struct bench *b);           // dials again what was lost
void seats_drop(struct bench *b);           // all closed
// Begins to wait for the mark, seen from now on. seats_told: what it is in the queue's stream is known now.
void seats_mark(struct bench *b, const char *queue, const struct seat *not_this);
void seats_told(struct bench *b, int64_t seq);

// hub_post.c: requests with a body, one at a time a connection.
struct post {
	struct bench *b;
	struct post *next;
	struct load_conn c;
	struct seat *seat;
	struct str request, answer;
	bool busy;
	int64_t retry_at; // the connection was lost or the hub busy: the same bytes again then; 0: under way
	int64_t began;
	int status;
	void (*done)(struct post *p);
	void *arg;
	size_t ops, turn;
	int64_t rate_next; // of an open loop: when the next operation is due
};
void post_open(struct post *p, struct bench *b, struct seat *s);
void post_close(struct post *p);
// Sends, and after a loss of the connection or 429, 503 sends the same bytes again; done is called with status and answer.
void post_send(struct post *p, const char *path, const char *body, void (*done)(struct post *p));
void posts_tick(struct bench *b);
// Body of an exchange: count operations of the seat, cursors as the inside of a JSON object; NULL: it fetches nothing.
void post_ops(struct seat *s, size_t count, const char *text, const char *cursors, struct str *body);
// Body of /v1/do with one broadcast.
void post_red(struct seat *s, const char *title, struct str *body);
// Waits for one request; false: no 200 within 20 s (said on standard error).
bool post_wait(struct post *p, const char *path, const char *body);

// hub_modes.c: each prints one JSON line.
void mode_seats(struct bench *b, size_t n);
void mode_red(struct bench *b, size_t rounds);
void mode_edit(struct bench *b, size_t rounds);
void mode_storm(struct bench *b);
void mode_pull(struct bench *b, size_t connections, double seconds, size_t behind);
void mode_push(struct bench *b, size_t connections, double seconds, size_t batch);
void mode_first(struct bench *b);
void mode_background(struct bench *b, size_t rate); // 0: ends it and prints
void background_tick(struct bench *b);

#endif
