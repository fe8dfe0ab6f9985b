// SPDX-License-Identifier: MIT
// Knows the station's half of an exchange: what a request holds, and what an answer changes (sync.md §3.3, every rule).
//
// Runs in the store's thread inside one transaction; pure over struct sync_store. Nothing here waits, retries or connects: link.h.
#ifndef SYNC_EXCHANGE_H
#define SYNC_EXCHANGE_H

#include "src/sync/store.h"

struct exchange_ask {
	int64_t now;      // UTC ms as the station has it
	int64_t boot_ms;  // CLOCK_BOOTTIME
	bool in_call;     // small pages: max_bytes 65,536
	bool push_only;   // recovering: the outbox first, no pages
	bool careful;     // done.careful of the answer before: one operation alone, so that a refusal names it
	int64_t hole[2];  // done.hole of the answer before
	int wait_ms;      // long poll
	const json_t *report; // "report": unsent, oldest_at, conn, lease; for the supervisor; may be NULL
};
// What was asked, kept until the answer comes.
struct exchange_sent {
	int64_t first_n, last_n; // 0: no operations
	size_t ops;
	int64_t hole_n; // last number of the hole it told, 0: none
	bool pulled;  // it asked for pages
	bool careful; // it held one operation and nothing else that could be refused
	uint64_t cursors; // what was said of the streams, to see whether events moved them meanwhile
};
// Writes the body of POST /v1/sync and marks its operations as sending. An operation the hub could not read (its text is not what
// its hash says) is marked rejected here and left out: the hub's answer to the next one asks for it, and it is told as a hole.
// ERR_NOT_FOUND: not enrolled.
must_use bool exchange_ask(const struct sync_store *st, const struct exchange_ask *q, struct str *body, struct exchange_sent *sent,
			   struct err *e);

struct exchange_rest;
struct exchange_done {
	size_t answered, conflicts, rejected; // operations; conflicts: something of it stands in a conflict
	size_t rows, pages, dropped;          // dropped: pages that did not begin at the cursor
	size_t resets;                        // streams that start over
	size_t mismatched;                    // of those: the digest did not fit (to be reported)
	bool more;                            // there is more to fetch or to send now
	bool careful;                         // for the next exchange_ask: the hub refused the whole request
	int64_t hole[2];                      // for the next exchange_ask: numbers the station no longer has, {0, 0}: none
	int64_t again_ms, backoff_ms;         // "pace" of the hub
	int64_t hub_now, skew_ms;             // skew: station - hub, less half of the way
	bool red;                             // a red broadcast arrived
	struct wire_problem problem;          // of an answer that is not 2xx
	struct exchange_rest *rest;           // pages that the store cut short (store.h, enough), for exchange_more; owned. NULL: none
};
// Applies an answer: marks, subscriptions, pages (each with its cursor), digests. status is HTTP's. sent_at/got_at: station time for
// the skew. An answer that is not understood changes nothing (ERR_PARSE).
must_use bool exchange_take(const struct sync_store *st, const struct exchange_sent *sent, int status, struct sv body, int64_t sent_at,
			    int64_t got_at, struct exchange_done *out, struct err *e);
// Takes what is left of the pages, in the next transaction: until nothing is left, or the store has enough again (*left; rest can be
// asked for more then). Where it goes on the cursors say, so that a transaction which was lost is simply done again; pages whose
// stream moved meanwhile are dropped. Adds to out, which is that of exchange_take.
must_use bool exchange_more(const struct sync_store *st, struct exchange_rest *rest, struct exchange_done *out, bool *left, struct err *e);
void exchange_rest_free(struct exchange_rest *rest); // NULL is fine
// Applies one page that came by the event stream ("ch"): only when it begins at the cursor; else *pull: fetch it.
must_use bool exchange_event(const struct sync_store *st, struct sv data, int64_t now, struct exchange_done *out, bool *pull, struct err *e);

#endif
