// SPDX-License-Identifier: MIT
// Knows what the process remembers between requests: carriers of access tokens for some seconds, and nonces that were used.
//
// Both are small tables of fixed size: a token that falls out is looked up again. A nonce is kept for as long as its time would
// still be accepted; a table full of fresh ones lets go of the oldest.
#include <pthread.h>

#include "src/hub/auth_part.h"

enum { ACTORS = 4096, NONCES = 8192, NONCE_WAYS = 8 };

struct known {
	unsigned char h[32];
	int64_t until; // mono
	struct actor who;
	struct arena arena;
};
struct nonce {
	unsigned char h[16];
	int64_t at;
};
static struct known known[ACTORS];
static struct nonce nonces[NONCES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const *copy_list(const char *const *v, size_t n, struct arena *a)
{
	const char **out = arena_array(a, const char *, n + 1);

	for (size_t i = 0; i < n; i++)
		out[i] = arena_strdup(a, v[i]);
	return out;
}

void actor_copy(struct actor *to, const struct actor *from, struct arena *a)
{
	*to = *from;
	to->agent = arena_strdup(a, from->agent);
	to->site = arena_strdup(a, from->site);
	to->team = arena_strdup(a, from->team);
	to->dev = arena_strdup(a, from->dev);
	to->station = arena_strdup(a, from->station);
	to->queues = copy_list(from->queues, from->n_queues, a);
	to->grants = copy_list(from->grants, from->n_grants, a);
}

// The hash is uniform: its first bytes choose the place.
static size_t place(const unsigned char *h, size_t n)
{
	return ((size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16) % n;
}

bool actor_cache_get(const unsigned char h[32], int64_t mono, struct actor *who, struct arena *a)
{
	struct known *k = &known[place(h, ACTORS)];

	pthread_mutex_lock(&lock);
	bool hit = k->until > mono && memcmp(k->h, h, 32) == 0;
	if (hit)
		actor_copy(who, &k->who, a);
	pthread_mutex_unlock(&lock);
	return hit;
}

void actor_cache_put(const unsigned char h[32], int64_t mono, int64_t life_ms, const struct actor *who)
{
	struct known *k = &known[place(h, ACTORS)];

	pthread_mutex_lock(&lock);
	arena_release(&k->arena);
	memcpy(k->h, h, 32);
	k->until = mono + (life_ms < AUTH_CACHE_MS ? life_ms : AUTH_CACHE_MS);
	actor_copy(&k->who, who, &k->arena);
	pthread_mutex_unlock(&lock);
}

void auth_forget(const char *dev)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < ACTORS; i++)
		if (known[i].until && (!dev || str_eq(known[i].who.dev, dev))) {
			arena_release(&known[i].arena);
			known[i] = (struct known){0};
		}
	pthread_mutex_unlock(&lock);
}

bool nonce_seen(const char *dev, const char *nonce, int64_t now)
{
	unsigned char h[16];
	crypto_generichash_state st;
	struct nonce *old = NULL;
	bool seen = false;

	crypto_generichash_init(&st, NULL, 0, sizeof(h));
	crypto_generichash_update(&st, (const unsigned char *)dev, strlen(dev) + 1);
	crypto_generichash_update(&st, (const unsigned char *)nonce, strlen(nonce));
	crypto_generichash_final(&st, h, sizeof(h));
	pthread_mutex_lock(&lock);
	struct nonce *set = &nonces[place(h, NONCES / NONCE_WAYS) * NONCE_WAYS];
	for (int i = 0; i < NONCE_WAYS; i++) {
		seen |= set[i].at && now - set[i].at <= 2 * AUTH_SKEW_MS && memcmp(set[i].h, h, sizeof(h)) == 0;
		if (!old || set[i].at < old->at)
			old = &set[i];
	}
	if (!seen) {
		memcpy(old->h, h, sizeof(h));
		old->at = now;
	}
	pthread_mutex_unlock(&lock);
	return seen;
}
