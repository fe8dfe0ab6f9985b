// SPDX-License-Identifier: MIT
// Knows strings: borrowed slices, builders with a cap, and numbers that parse within bounds.
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A borrowed slice of bytes, not NUL-terminated.
struct sv {
	const char *p;
	size_t n;
};

static inline struct sv sv(const char *s)
{
	return (struct sv){s ? s : "", s ? strlen(s) : 0};
}
static inline struct sv sv_n(const char *p, size_t n)
{
	return (struct sv){p, n};
}
bool sv_eq(struct sv a, struct sv b);
bool sv_eqz(struct sv a, const char *b);
bool sv_starts(struct sv s, const char *prefix);
struct sv sv_trim(struct sv s); // ASCII blanks and U+3000 at both ends
// Takes the part before sep from *rest and moves *rest behind it; false when nothing is left.
bool sv_split(struct sv *rest, char sep, struct sv *part);
bool str_eq(const char *a, const char *b);   // NULL equals only NULL
bool str_empty(const char *s);               // NULL or ""
bool str_starts(const char *s, const char *prefix);

// A builder. {0} is empty without a cap (1 GiB); STR_MAX(n) caps the length. Past the cap nothing more is
// appended and `over` stays set, so that it is checked once at the end. s is always NUL-terminated once non-NULL.
struct str {
	char *s;
	size_t n, cap, max;
	bool over;
};
#define STR_MAX(limit) {.max = (limit)}
void str_add(struct str *b, const char *s);
void str_addn(struct str *b, const char *s, size_t n);
void str_addc(struct str *b, char c);
void str_addcp(struct str *b, uint32_t cp); // one code point as UTF-8
void str_addf(struct str *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_clear(struct str *b);   // empty, memory kept
void str_release(struct str *b); // memory freed, usable again
const char *str_z(const struct str *b); // never NULL; borrowed until the next change
char *str_take(struct str *b);   // owned by the caller; b is empty afterwards

// Whole slice must be a decimal number within [min, max]; false leaves *out alone.
bool parse_int(struct sv s, int64_t min, int64_t max, int64_t *out);

// The word of the list (NULL-terminated) that is nearest to what was written, by edit distance of at most a third of
// its length (at least 1); NULL if none is near. For "did you mean".
const char *str_nearest(const char *written, const char *const *words);

#endif
