// SPDX-License-Identifier: MIT
// Knows when to try again: the first time spread over a window, then with decorrelated jitter up to a minute (sync.md §3.5).
#ifndef SYNC_RETRY_H
#define SYNC_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum { RETRY_BASE_MS = 1000, RETRY_CAP_MS = 60000, RETRY_HEALTH_MS = 60000, RETRY_HOPE_MS = 15000 };

// Seeded, the same row of numbers for the same seed; not for secrets.
struct rng {
	uint64_t s;
};
uint64_t rng_next(struct rng *r);
int64_t rng_between(struct rng *r, int64_t lo, int64_t hi); // both included
int64_t rng_about(struct rng *r, int64_t ms); // within 20 % of ms

// Times in ms of one monotonic clock. Zeroed: nothing failed yet, try at once.
struct retry {
	int64_t at; // not before this
	int64_t prev; // delay of the last failure, 0: none counts
	int64_t ok_since; // healthy since, meaningful while ok
	bool ok;
	bool told; // the hub said when
};
// A failure: the first waits uniformly within [0, window]; a later one within [base, min(cap, 3 * the delay before)], so that even
// those at the cap are spread. 60 s of health before it make it a first one.
void retry_failed(struct retry *r, struct rng *rng, int64_t window, int64_t now);
void retry_ok(struct retry *r, int64_t now);
// The hub said when: within 20 % of it. Leaves the delays alone.
void retry_told(struct retry *r, struct rng *rng, int64_t after_ms, int64_t now);
// The hub was heard by another way: what failed without an answer need not wait for the whole of its delay, only up to 15 s (or the
// window, where that is wider). The delays themselves stay.
void retry_hope(struct retry *r, struct rng *rng, int64_t window, int64_t now);
// The way to the hub is open again after it was not: a first reconnect.
void retry_first(struct retry *r, struct rng *rng, int64_t window, int64_t now);

#endif
