// SPDX-License-Identifier: MIT
// Knows memory that is given back all at once: one arena a loaded document, one for the turn of the loop.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t used; // bytes handed out since the last clear
};

// Everything below is owned by the arena and valid until arena_clear or arena_release. Zeroed, aligned for any type.
void *arena_alloc(struct arena *a, size_t n);
char *arena_strdup(struct arena *a, const char *s);            // NULL gives NULL
char *arena_strndup(struct arena *a, const char *s, size_t n); // NUL-terminated copy
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

void arena_clear(struct arena *a);   // forget all, keep one block for the next use
void arena_release(struct arena *a); // free all; a zeroed or released arena is valid and empty

#endif
