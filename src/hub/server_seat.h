// SPDX-License-Identifier: MIT
// Knows one station's event stream: what waits to be sent, within bounds, and when its connection must be woken.
#ifndef HUB_SERVER_SEAT_H
#define HUB_SERVER_SEAT_H

#include <sys/types.h>

#include "src/hub/server_part.h"

// What is sent, shared by all stations it goes to.
struct message {
	atomic_int refs;
	size_t n;
	char text[];
};
struct message *message_new(const char *text, size_t n);
void message_drop(struct message *m);

struct topic; // server_feed.h: a stream of a site
// A station's place in a stream.
struct sub {
	struct topic *topic;
	int64_t epoch, told; // it was told of everything up to here
	int64_t flushed, due; // last event, next one (mono ms; 0: nothing to tell)
};
struct queued {
	struct message *m;
	const struct topic *topic; // NULL: it must arrive (hello, red, bye)
	bool head; // only says how far the stream is
};
struct seat {
	pthread_mutex_t lock;
	atomic_int refs;
	struct server *sv;
	struct MHD_Connection *conn; // NULL: not attached yet, or gone
	bool suspended, closing, collapsed;
	VEC(struct queued) queue;
	size_t bytes, off; // waiting; sent of the first
	atomic_llong last_put; // mono ms
	int64_t started; // mono ms
	// Fixed.
	char *dev, *inc, *family; // family: of the session; the stream ends with it
	// The feed's: changed by its thread alone once the seat is listed.
	bool listed;
	struct seat *next; // with the same hash of dev
	struct actor who; // strings in arena
	struct arena arena;
	struct sub *subs;
	size_t n_subs;
	int64_t due; // earliest of the subs; 0: none
	int64_t refresh; // look again who it is and what they may read
};
enum { SEAT_BYTES = 65536, SEAT_EVENTS = 256, SEAT_FIRM = 64 };

struct seat *seat_new(struct server *sv, const char *dev, const char *inc, const char *family);
void seat_hold(struct seat *s);
void seat_unref(struct seat *s);
// Queues an event; topic NULL: it must arrive (at most SEAT_FIRM of them, the oldest go). head: the short form that takes its place
// when the queue is full. The caller keeps its references.
void seat_put(struct seat *s, const struct topic *topic, struct message *m, struct message *head);
void seat_beat(struct seat *s); // heartbeat comment, when nothing else waits
void seat_close(struct seat *s, const char *last); // last event, then the end
// MHD's side.
struct seat *seat_attach(struct seat *s, struct MHD_Connection *c);
ssize_t seat_read(void *cls, uint64_t pos, char *buf, size_t max);
void seat_detach(void *cls);

#endif
