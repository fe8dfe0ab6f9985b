// SPDX-License-Identifier: MIT
// Knows what the fan-out shares among its parts: topics (streams somebody here follows), their followers, long polls that wait.
#ifndef HUB_SERVER_FEED_H
#define HUB_SERVER_FEED_H

#include "src/hub/server_seat.h"

// A long poll; held by every topic it waits for and by the list of the parked.
struct park {
	int refs;
	struct job *job; // NULL: it was woken
};
struct topic { // never freed before the feed is
	struct topic *next; // same bucket
	char *site, *s; // site: WIRE_GLOBAL_SITE for streams of none
	enum wire_family family;
	int64_t epoch, seq; // as the store was seen last
	VEC(struct seat *) seats;
	VEC(struct park *) parks;
};

// What one page becomes, for all stations with the same mask that stand at the same place.
struct push {
	const struct topic *topic; // NULL: empty place
	int64_t epoch, from, want;
	unsigned mask;
	int64_t to; // told up to here
	struct message *event; // with rows, or the head
	struct message *head;
	struct message *red; // what must not wait; NULL: none
};
enum { FEED_BUCKETS = 8192, FEED_PUSHES = 1024 };

struct feed {
	struct server *sv;
	pthread_mutex_t lock; // before a seat's
	pthread_cond_t wake;
	pthread_t thread;
	bool stop, poked, red;
	struct topic *topics[FEED_BUCKETS];
	struct seat *by_dev[FEED_BUCKETS];
	VEC(struct seat *) seats;
	VEC(struct park *) parks;
	struct push pushes[FEED_PUSHES]; // the thread's own
	int64_t next_poll, next_sweep, next_beat, last_heads;
};

void feed_join(struct feed *f, struct seat *s, const struct message *hello); // in place of the one the station had

// Under the lock. The topic of a stream as an actor of this site sees it; made when it is not there.
struct topic *feed_topic(struct feed *f, const char *site, const char *stream);
// The head as the store has it: marks those who follow it, wakes those who wait for it.
void feed_head(struct feed *f, struct topic *t, int64_t epoch, int64_t seq, int64_t now);
void feed_due(struct feed *f, struct seat *s, struct sub *u, int64_t now); // something is to be told
void feed_wake_parks(struct feed *f, int64_t now, bool all); // whose time is over

// The thread's: the messages for a place; false: the store failed, or the page is not there. Borrowed until the next call.
bool feed_push(struct feed *f, const struct seat *s, const struct sub *u, struct push **out);
void feed_forget_pushes(struct feed *f);
// Looks again at who sits there: session, station, streams. In the thread.
void feed_refresh(struct feed *f, struct seat *s);

#endif
