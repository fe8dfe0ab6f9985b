// SPDX-License-Identifier: MIT
// Knows the text of an event stream (WHATWG server-sent events): bytes in, whole events out, wherever the bytes are split.
#ifndef SYNC_EVENTS_H
#define SYNC_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

enum {
	EVENTS_NAME_MAX = 64, // bytes of an event's name and of an id
	EVENTS_DATA_MAX = 256 * 1024, // of the data of one event; a hub sends WIRE_PUSH_EVENT_BYTES of rows at most
};

// One event. Borrowed from the parser until the callback returns; every text ends with a zero byte after its n bytes.
struct sse_event {
	const char *id; // of the last event that had one, "" at first
	const char *name; // "message" where the stream names none
	struct sv data; // lines joined by line ends
};
typedef void sse_event_fn(void *arg, const struct sse_event *ev);

struct sse {
	struct str line; // begun and not ended
	struct str data, id, name;
	bool has_data; // a data field came since the last event
	bool skip_lf; // the last line ended with CR: an LF belongs to it
	bool past_bom; // the first bytes were looked at
	bool lost; // this event is too long: it is dropped whole
	int64_t retry_ms; // what the stream asks for, -1: nothing yet
	size_t dropped; // events dropped because they were too long
};
void sse_init(struct sse *p);
void sse_release(struct sse *p);
// Feeds bytes as they came and calls fn for each event that is complete. Never fails: unknown fields, comments and overlong
// events are passed over. What was begun and not ended by a blank line is no event (a stream that breaks off).
void sse_feed(struct sse *p, const void *bytes, size_t n, sse_event_fn *fn, void *arg);

#endif
