// SPDX-License-Identifier: MIT
// Knows how words are counted in memory until they are written.
#include "kb/words_internal.h"

#include "src/base/err.h"

enum { SHORT_MAX = 15, LENGTH_AT = 15, PLACES_MIN = 1024 };

// Slots stand in the order in which words were first seen, so that the usual ones lie together; the places of the hash table
// hold only where. A short word lies in its slot, padded; of a longer one its address. The last byte is the length.
struct words_slot {
	union {
		char text[16];
		uint64_t part[2];
		const char *far;
	};
	uint32_t last; // twice the article that counted last, and 1 if its head did
	int32_t n, h;
};

static uint32_t hash_of(struct sv s, const uint64_t part[2])
{
	uint64_t h = part[0] * 0x9e3779b97f4a7c15u ^ part[1] * 0xc2b2ae3d27d4eb4fu;

	if (s.n > SHORT_MAX)
		for (size_t i = 0; i < s.n; i++)
			h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return (uint32_t)((h ^ h >> 29) >> 16);
}

static bool is_word(const struct words_slot *o, struct sv s, const uint64_t part[2])
{
	if (s.n <= SHORT_MAX)
		return o->part[0] == part[0] && o->part[1] == part[1];
	return o->text[LENGTH_AT] == (char)s.n && memcmp(o->far, s.p, s.n) == 0;
}

static void grow(struct words_table *t)
{
	size_t cap = t->places ? t->places * 2 : PLACES_MIN;
	struct words_place *at = xcalloc(cap, sizeof(*at));

	for (size_t i = 0; i < t->places; i++) {
		size_t k = t->at[i].hash & (cap - 1);
		if (!t->at[i].no)
			continue;
		while (at[k].no)
			k = (k + 1) & (cap - 1);
		at[k] = t->at[i];
	}
	free(t->at);
	t->at = at;
	t->places = cap;
	t->slots = xreallocarray(t->slots, cap / 4 * 3 + 1, sizeof(*t->slots));
}

static struct words_slot *slot_of(struct words_table *t, struct sv s)
{
	union {
		char text[16];
		uint64_t part[2];
	} key = {{0}};

	if (s.n <= SHORT_MAX)
		memcpy(key.text, s.p, s.n);
	key.text[LENGTH_AT] = (char)s.n;
	uint32_t hash = hash_of(s, key.part);
	if (t->n >= t->places / 4 * 3)
		grow(t);
	size_t i = hash & (t->places - 1);
	for (; t->at[i].no; i = (i + 1) & (t->places - 1))
		if (t->at[i].hash == hash && is_word(&t->slots[t->at[i].no - 1], s, key.part))
			return &t->slots[t->at[i].no - 1];
	struct words_slot *o = &t->slots[t->n++];
	*o = (struct words_slot){.part = {key.part[0], key.part[1]}};
	if (s.n > SHORT_MAX)
		o->far = arena_strndup(&t->texts, s.p, s.n);
	t->at[i] = (struct words_place){hash, (uint32_t)t->n};
	return o;
}

void kb_words_begin(struct kb_words *w, int sign)
{
	w->sign = sign;
	w->article++;
}

void kb_words_gather(struct kb_words *w, struct sv raw, bool head)
{
	if (!raw.n || raw.n > KB_TOKEN_MAX)
		return;
	struct words_slot *o = slot_of(&w->gathered, raw);
	uint32_t now = w->article * 2;
	bool counted = (o->last & ~1u) == now;
	if (!counted)
		o->n += w->sign;
	if (head && !(counted && (o->last & 1)))
		o->h += w->sign;
	o->last = now | head | (counted && (o->last & 1));
}

static uint64_t first_bytes(struct sv s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < sizeof(v); i++)
		v = v << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
	return v;
}

static int by_text(const void *a, const void *b)
{
	const struct words_count *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? 1 : -1;
	return sv_cmp(x->text, y->text);
}

struct words_count *words_sorted(const struct words_table *t, size_t *n)
{
	struct words_count *v = xmalloc((t->n + 1) * sizeof(*v));

	*n = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct words_slot *o = &t->slots[i];
		size_t len = (size_t)o->text[LENGTH_AT];
		if (!o->n && !o->h)
			continue;
		struct sv text = sv_n(len > SHORT_MAX ? o->far : o->text, len);
		v[(*n)++] = (struct words_count){first_bytes(text), text, o->n, o->h};
	}
	qsort(v, *n, sizeof(*v), by_text);
	return v;
}

void words_drop(struct kb_words *w)
{
	struct words_table *t = &w->gathered;

	if (t->n)
		memset(t->at, 0, t->places * sizeof(*t->at));
	t->n = 0;
	arena_clear(&t->texts);
	w->article = 1; // new words say 0
}

void words_release(struct words_table *t)
{
	free(t->slots);
	free(t->at);
	arena_release(&t->texts);
	*t = (struct words_table){0};
}
