// SPDX-License-Identifier: MIT
// Knows which ids an import has met, and where: 16 bytes an id, so that a million fit beside everything else.
#include "kb/seen.h"

#include <stdlib.h>

#include "src/base/err.h"

struct seen_slot {
	uint64_t hash; // 0: empty; two ids with the same 64 bits would only cost a wrong word about a repeated row
	struct seen_place at;
};

// FNV-1a, 64 bits, of the id in lower case.
static uint64_t hash_of(const char *id)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *id; id++)
		h = (h ^ (unsigned char)(*id >= 'A' && *id <= 'Z' ? *id + 32 : *id)) * 0x100000001b3;
	return h ? h : 1;
}

static struct seen_slot *slot_of(struct seen_slot *slots, size_t cap, uint64_t hash)
{
	// the high bits are the better ones
	size_t i = (size_t)(hash ^ hash >> 32) & (cap - 1);

	while (slots[i].hash && slots[i].hash != hash)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

static void grow(struct seen *s)
{
	size_t cap = s->cap ? 2 * s->cap : 1024;
	struct seen_slot *slots = xcalloc(cap, sizeof(*slots));

	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i].hash)
			*slot_of(slots, cap, s->slots[i].hash) = s->slots[i];
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
}

bool seen_before(struct seen *s, const char *id, struct seen_place here, struct seen_place *earlier)
{
	uint64_t hash = hash_of(id);

	if (4 * (s->n + 1) > 3 * s->cap)
		grow(s);
	struct seen_slot *slot = slot_of(s->slots, s->cap, hash);
	bool known = slot->hash != 0;
	*earlier = slot->at;
	*slot = (struct seen_slot){hash, here};
	s->n += !known;
	return known;
}

void seen_release(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){0};
}
