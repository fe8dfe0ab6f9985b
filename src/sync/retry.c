// SPDX-License-Identifier: MIT
// Knows when to try again: the first time spread over a window, then with decorrelated jitter up to a minute (sync.md §3.5).
#include "src/sync/retry.h"

// splitmix64
uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

int64_t rng_between(struct rng *r, int64_t lo, int64_t hi)
{
	if (hi <= lo)
		return lo;
	return lo + (int64_t)(rng_next(r) % ((uint64_t)(hi - lo) + 1));
}

int64_t rng_about(struct rng *r, int64_t ms)
{
	return rng_between(r, ms - ms / 5, ms + ms / 5);
}

void retry_failed(struct retry *r, struct rng *rng, int64_t window, int64_t now)
{
	if (r->ok && now - r->ok_since >= RETRY_HEALTH_MS)
		r->prev = 0;
	r->ok = r->told = false;
	if (!r->prev) {
		retry_first(r, rng, window, now);
		return;
	}
	int64_t top = r->prev > RETRY_CAP_MS / 3 ? RETRY_CAP_MS : r->prev * 3;
	int64_t delay = rng_between(rng, RETRY_BASE_MS, top);
	r->prev = delay;
	r->at = now + delay;
}

void retry_ok(struct retry *r, int64_t now)
{
	if (!r->ok)
		r->ok_since = now;
	r->ok = true;
	r->told = false;
	r->at = 0;
}

void retry_told(struct retry *r, struct rng *rng, int64_t after_ms, int64_t now)
{
	r->at = now + rng_about(rng, after_ms);
	r->told = true;
}

void retry_first(struct retry *r, struct rng *rng, int64_t window, int64_t now)
{
	int64_t delay = rng_between(rng, 0, window);

	r->ok = r->told = false;
	r->prev = delay > RETRY_BASE_MS ? delay : RETRY_BASE_MS;
	r->at = now + delay;
}

void retry_hope(struct retry *r, struct rng *rng, int64_t window, int64_t now)
{
	int64_t most = window > RETRY_HOPE_MS ? window : RETRY_HOPE_MS;

	if (!r->told && r->at > now + most)
		r->at = now + rng_between(rng, 0, most);
}
