// SPDX-License-Identifier: MIT
// Knows strings: borrowed slices, builders with a cap, and numbers that parse within bounds.
#include "src/base/str.h"

#include "src/base/err.h"

bool sv_eq(struct sv a, struct sv b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool sv_eqz(struct sv a, const char *b)
{
	return sv_eq(a, sv(b));
}

bool sv_starts(struct sv s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

static size_t blank_at(const char *p, size_t n)
{
	if (n && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		return 1;
	return n >= 3 && memcmp(p, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

struct sv sv_trim(struct sv s)
{
	size_t k;

	while ((k = blank_at(s.p, s.n)))
		s = sv_n(s.p + k, s.n - k);
	for (;;) {
		if (s.n >= 1 && blank_at(s.p + s.n - 1, 1))
			s.n -= 1;
		else if (s.n >= 3 && blank_at(s.p + s.n - 3, 3) == 3)
			s.n -= 3;
		else
			return s;
	}
}

bool sv_split(struct sv *rest, char sep, struct sv *part)
{
	if (!rest->p)
		return false;
	const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
	if (!at) {
		*part = *rest;
		*rest = (struct sv){0};
		return true;
	}
	*part = sv_n(rest->p, (size_t)(at - rest->p));
	*rest = sv_n(at + 1, rest->n - part->n - 1);
	return true;
}

bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_empty(const char *s)
{
	return !s || !*s;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool grow(struct str *b, size_t more)
{
	size_t max = b->max ? b->max : (size_t)1 << 30;

	if (b->over || more > max || b->n > max - more) {
		b->over = true;
		return false;
	}
	if (b->n + more + 1 > b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		while (cap < b->n + more + 1)
			cap *= 2;
		b->s = xrealloc(b->s, cap);
		b->cap = cap;
	}
	return true;
}

void str_addn(struct str *b, const char *s, size_t n)
{
	if (!grow(b, n))
		return;
	if (n)
		memcpy(b->s + b->n, s, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void str_add(struct str *b, const char *s)
{
	str_addn(b, s, strlen(s));
}

void str_addc(struct str *b, char c)
{
	str_addn(b, &c, 1);
}

void str_addcp(struct str *b, uint32_t cp)
{
	char c[4];
	size_t n;

	if (cp < 0x80) {
		c[0] = (char)cp;
		n = 1;
	} else if (cp < 0x800) {
		c[0] = (char)(0xC0 | cp >> 6);
		c[1] = (char)(0x80 | (cp & 63));
		n = 2;
	} else if (cp < 0x10000) {
		c[0] = (char)(0xE0 | cp >> 12);
		c[1] = (char)(0x80 | (cp >> 6 & 63));
		c[2] = (char)(0x80 | (cp & 63));
		n = 3;
	} else {
		c[0] = (char)(0xF0 | cp >> 18);
		c[1] = (char)(0x80 | (cp >> 12 & 63));
		c[2] = (char)(0x80 | (cp >> 6 & 63));
		c[3] = (char)(0x80 | (cp & 63));
		n = 4;
	}
	str_addn(b, c, n);
}

void str_addf(struct str *b, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("bad format %s", fmt);
	if (grow(b, (size_t)n)) {
		vsnprintf(b->s + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void str_clear(struct str *b)
{
	b->n = 0;
	b->over = false;
	if (b->s)
		b->s[0] = '\0';
}

void str_release(struct str *b)
{
	free(b->s);
	*b = (struct str){.max = b->max};
}

const char *str_z(const struct str *b)
{
	return b->s ? b->s : "";
}

char *str_take(struct str *b)
{
	char *s = b->s ? b->s : xstrdup("");

	*b = (struct str){.max = b->max};
	return s;
}

bool parse_int(struct sv s, int64_t min, int64_t max, int64_t *out)
{
	bool neg = s.n && *s.p == '-';
	int64_t v = 0;

	if (neg || (s.n && *s.p == '+'))
		s = sv_n(s.p + 1, s.n - 1);
	if (!s.n || s.n > 19)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		int d = s.p[i] - '0';
		// Counted down from zero: the negative range is the larger one.
		if (__builtin_mul_overflow(v, (int64_t)10, &v) || __builtin_sub_overflow(v, d, &v))
			return false;
	}
	if (!neg) {
		if (v == INT64_MIN)
			return false;
		v = -v;
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

// Edits (insert, remove, replace, swap of neighbours) between two words of at most 63 bytes.
static size_t edits(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[3][64];
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *row = d[i % 3], *up = d[(i - 1) % 3], *up2 = d[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < best)
				best = up2[j - 2] + 1;
			row[j] = best;
		}
	}
	return d[na % 3][nb];
}

const char *str_nearest(const char *written, const char *const *words)
{
	size_t n = strlen(written), best = n / 3 ? n / 3 : 1;
	const char *found = NULL;
	for (size_t i = 0; n < 64 && words[i]; i++) {
		size_t len = strlen(words[i]), d = len < 64 ? edits(written, n, words[i], len) : n;
		if (d < best || (d == best && !found)) {
			best = d;
			found = words[i];
		}
	}
	return found;
}
