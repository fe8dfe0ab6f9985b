// SPDX-License-Identifier: MIT
// Knows how much of each kind of work is taken on: token buckets by class and by station, eight snapshots at once (sync.md §3.5).
#include "src/hub/server_part.h"

enum { SNAPS = 8 };

static struct server_rate or_default(struct server_rate r, double rate, double burst)
{
	return r.rate > 0 ? r : (struct server_rate){rate, burst};
}

static void fill(struct bucket *b, struct server_rate r, int64_t now)
{
	*b = (struct bucket){.rule = r, .left = r.burst, .at = now};
}

void limits_init(struct limits *l, const struct server_options *o, int64_t now)
{
	pthread_mutex_init(&l->lock, NULL);
	fill(&l->pull, or_default(o->pull, 5000, 10000), now);
	fill(&l->find, or_default(o->find, 200, 400), now);
	fill(&l->snap, or_default(o->snap, 20, 40), now);
	fill(&l->login, or_default(o->login, 100, 400), now);
	l->per_seat = or_default(o->seat, 50, 200);
	for (int i = 0; i < SEAT_BUCKETS; i++)
		fill(&l->seat[i], l->per_seat, now);
	l->snaps = 0;
}

int64_t limit_take(struct limits *l, struct bucket *b, int64_t now)
{
	int64_t wait = 0;

	pthread_mutex_lock(&l->lock);
	b->left += (double)(now - b->at) * b->rule.rate / 1000;
	b->at = now;
	if (b->left > b->rule.burst)
		b->left = b->rule.burst;
	if (b->left >= 1)
		b->left -= 1;
	else
		wait = 1 + (int64_t)((1 - b->left) * 1000 / b->rule.rate);
	pthread_mutex_unlock(&l->lock);
	return wait;
}

int64_t limit_seat(struct limits *l, const char *dev, int64_t now)
{
	uint32_t h = 2166136261u;

	for (const char *c = dev; *c; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	return limit_take(l, &l->seat[h % SEAT_BUCKETS], now);
}

bool limit_snap_enter(struct limits *l)
{
	pthread_mutex_lock(&l->lock);
	bool ok = l->snaps < SNAPS;
	l->snaps += ok;
	pthread_mutex_unlock(&l->lock);
	return ok;
}

void limit_snap_leave(struct limits *l)
{
	pthread_mutex_lock(&l->lock);
	l->snaps--;
	pthread_mutex_unlock(&l->lock);
}
