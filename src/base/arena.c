// SPDX-License-Identifier: MIT
// Knows memory that is given back all at once: one arena a loaded document, one for the turn of the loop.
#include "src/base/arena.h"

#include <stdalign.h>

#include "src/base/err.h"

enum { BLOCK = 8192 };

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);

	n = (n + align - 1) & ~(align - 1);
	if (!n)
		n = align;
	if (!a->head || a->head->cap - a->head->used < n) {
		size_t cap = n > BLOCK ? n : BLOCK;
		struct arena_block *b = xmalloc(sizeof(*b) + cap);

		*b = (struct arena_block){.next = a->head, .cap = cap};
		a->head = b;
	}
	void *p = a->head->data + a->head->used;
	a->head->used += n;
	a->used += n;
	return memset(p, 0, n);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	if (n)
		memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		BUG("bad format %s", fmt);
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

void arena_clear(struct arena *a)
{
	while (a->head && a->head->next) {
		struct arena_block *b = a->head;
		a->head = b->next;
		free(b);
	}
	if (a->head)
		a->head->used = 0;
	a->used = 0;
}

void arena_release(struct arena *a)
{
	arena_clear(a);
	free(a->head);
	*a = (struct arena){0};
}
