// SPDX-License-Identifier: MIT
// Knows in how many articles each Han character stands.
#include "kb/chars.h"

#include <sqlite3.h>

#include "src/base/vec.h"

// Pages of 256 characters, made when one of them is met.
enum { PAGES = 0x400 };
struct page {
	uint32_t seen[256];  // article in which it was met last
	int32_t delta[256];
	int64_t n[256];
	uint32_t known[256]; // n is of this age
};

struct kb_chars {
	struct kb *kb;
	struct page *pages[PAGES];
	VEC(uint32_t) gathered; // with a delta, each perhaps more than once
	int sign;
	uint32_t article, age;
};

struct kb_chars *kb_chars_new(struct kb *kb)
{
	struct kb_chars *c = xcalloc(1, sizeof(*c));

	c->kb = kb;
	c->age = 1;
	return c;
}

void kb_chars_free(struct kb_chars *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < PAGES; i++)
		free(c->pages[i]);
	vec_release(&c->gathered);
	free(c);
}

void kb_chars_stale(struct kb_chars *c)
{
	c->age++;
}

static struct page *page_of(struct kb_chars *c, uint32_t cp)
{
	struct page **p = &c->pages[cp >> 8 & (PAGES - 1)];

	if (!*p)
		*p = xcalloc(1, sizeof(**p));
	return *p;
}

// ---- the writer ----

void kb_chars_begin(struct kb_chars *c, int sign)
{
	c->sign = sign;
	c->article++;
}

void kb_chars_gather(struct kb_chars *c, uint32_t cp)
{
	struct page *p = page_of(c, cp);
	unsigned i = cp & 255;

	if (p->seen[i] == c->article)
		return;
	p->seen[i] = c->article;
	if (!p->delta[i])
		vec_push(&c->gathered, cp);
	p->delta[i] += c->sign;
}

void kb_chars_forget(struct kb_chars *c)
{
	for (size_t i = 0; i < c->gathered.n; i++)
		page_of(c, c->gathered.v[i])->delta[c->gathered.v[i] & 255] = 0;
	c->gathered.n = 0;
	c->age++;
}

static bool write_one(struct kb_chars *c, uint32_t cp, int32_t delta, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(c->kb, "INSERT INTO kb_char(cp, n) VALUES(?, ?) ON CONFLICT(cp) DO UPDATE SET n = n + excluded.n", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, cp);
	kb_bind_int(st, &at, delta);
	return kb_run(c->kb, st, e);
}

bool kb_chars_flush(struct kb_chars *c, struct err *e)
{
	bool ok = true, went = false;

	for (size_t i = 0; ok && i < c->gathered.n; i++) {
		int32_t *delta = &page_of(c, c->gathered.v[i])->delta[c->gathered.v[i] & 255];
		if (*delta)
			ok = write_one(c, c->gathered.v[i], *delta, e);
		went = went || *delta < 0;
		*delta = 0;
	}
	c->gathered.n = 0;
	c->age++;
	return ok && (!went || kb_exec(c->kb, "DELETE FROM kb_char WHERE n <= 0", e));
}

bool kb_chars_clear(struct kb_chars *c, struct err *e)
{
	kb_chars_forget(c);
	return kb_exec(c->kb, "DELETE FROM kb_char", e);
}

// ---- readers ----

bool kb_chars_get(struct kb_chars *c, uint32_t cp, int64_t *n, struct err *e)
{
	struct page *p = page_of(c, cp);
	unsigned i = cp & 255;

	if (p->known[i] != c->age) {
		sqlite3_stmt *st = kb_stmt(c->kb, "SELECT n FROM kb_char WHERE cp = ?", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_int(st, &at, cp);
		enum kb_step s = kb_step(c->kb, st, e);
		if (s == KB_FAILED)
			return false;
		p->n[i] = s == KB_ROW ? sqlite3_column_int64(st, 0) : 0;
		p->known[i] = c->age;
		sqlite3_reset(st);
	}
	*n = p->n[i];
	return true;
}
