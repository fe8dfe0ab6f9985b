// SPDX-License-Identifier: MIT
// Knows a set of terms with counts: open addressing over texts kept in an arena.
#include "kb/termset.h"

#include "src/base/err.h"

static struct termset_entry *slot_of(struct termset_entry *slots, size_t cap, struct sv text, uint32_t hash)
{
	size_t i = hash & (cap - 1);

	while (slots[i].text.p && (slots[i].hash != hash || !sv_eq(slots[i].text, text)))
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

static void grow(struct termset *s)
{
	size_t cap = s->cap ? s->cap * 2 : 512;
	struct termset_entry *slots = xcalloc(cap, sizeof(*slots));

	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i].text.p)
			*slot_of(slots, cap, s->slots[i].text, s->slots[i].hash) = s->slots[i];
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
}

struct termset_entry *termset_at(struct termset *s, struct sv text, uint32_t hash)
{
	if (s->n * 2 >= s->cap)
		grow(s);
	struct termset_entry *t = slot_of(s->slots, s->cap, text, hash);
	if (!t->text.p) {
		t->text = sv_n(arena_strndup(&s->texts, text.p, text.n), text.n);
		t->hash = hash;
		s->n++;
	}
	return t;
}

int sv_cmp(struct sv a, struct sv b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int by_text(const void *a, const void *b)
{
	return sv_cmp((*(struct termset_entry *const *)a)->text, (*(struct termset_entry *const *)b)->text);
}

struct termset_entry **termset_sorted(const struct termset *s, int (*cmp)(const void *, const void *))
{
	struct termset_entry **v = xmalloc((s->n + 1) * sizeof(struct termset_entry *));
	size_t n = 0;

	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i].text.p)
			v[n++] = &s->slots[i];
	qsort(v, n, sizeof(*v), cmp ? cmp : by_text);
	return v;
}

void termset_clear(struct termset *s)
{
	if (s->n)
		memset(s->slots, 0, s->cap * sizeof(*s->slots));
	s->n = 0;
	arena_clear(&s->texts);
}

void termset_release(struct termset *s)
{
	free(s->slots);
	arena_release(&s->texts);
	*s = (struct termset){0};
}
