// SPDX-License-Identifier: MIT
// Knows how a whole knowledge base is fetched from the hub: the manifest, whom it is signed by, the file, its hash (sync.md D12).
//
// On the loop; nothing waits. A thread of the loop's pool hashes the file while it arrives and brings it to the disk; it stands at
// DIR/kb.segment when all of it is there and is what the manifest says. A download that was cut short goes on where it stopped.
// kb_segment_install (a job of the store's thread) is the rest.
#ifndef SYNC_FETCH_H
#define SYNC_FETCH_H

#include "src/sync/http.h"

struct fetch;

enum fetch_end {
	FETCH_READY,   // DIR/kb.segment is there
	FETCH_NONE,    // the hub has none, or none newer than what is here: follow the stream
	FETCH_LATER,   // no answer, busy, cut short: try again
	FETCH_REFUSED, // signature or hash do not fit; what came was removed
	FETCH_FAILED,  // the disk
};
struct fetch_done {
	enum fetch_end end;
	int64_t epoch, seq, bytes, articles; // of the manifest
	int64_t after_ms;                    // of FETCH_LATER, 0: not said
	struct err err;
};
struct fetch_options { // texts are copied
	struct http *http;
	const char *base;               // the hub's address
	const char *const *headers;     // with the token; ends with NULL
	const unsigned char *sign;      // 32: what the hub signs with
	const char *dir;                // the station's
	int64_t epoch, seq;             // where the base here stands, 0: nowhere
	void (*progress)(void *arg, int64_t have, int64_t bytes); // may be NULL
	void (*done)(void *arg, const struct fetch_done *d);      // once, from the loop
	void *arg;
};
struct fetch *fetch_start(const struct fetch_options *o);
void fetch_cancel(struct fetch *f); // no callback; what came so far stays for the next try. The loop must turn once more
char *fetch_path(const char *dir);  // DIR/kb.segment; owned by the caller

#endif
