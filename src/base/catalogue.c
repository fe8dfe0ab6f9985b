// SPDX-License-Identifier: MIT
// Knows how to read a compiled message catalogue (.mo) by itself.
#include "src/base/catalogue.h"

#include <libintl.h>
#include <stdint.h>

#include "src/base/path.h"

enum { MAX_FILE = 8 << 20, HEADER = 20 };

struct catalogue {
	struct str file;
	uint32_t n, ids, texts; // count; where the two tables of (length, offset) stand
};

static uint32_t word(const struct catalogue *c, size_t at)
{
	const unsigned char *p = (const unsigned char *)c->file.s + at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// Entry i of a table, which is NUL-terminated in the file; NULL if it lies outside.
static const char *entry(const struct catalogue *c, uint32_t table, uint32_t i)
{
	size_t at = (size_t)table + (size_t)i * 8;
	size_t len = word(c, at), off = word(c, at + 4);

	return off < c->file.n && len < c->file.n - off && c->file.s[off + len] == '\0' ? c->file.s + off : NULL;
}

bool catalogue_open(struct catalogue **out, const char *path, struct err *e)
{
	struct catalogue *c = xcalloc(1, sizeof(*c));
	bool ok = path_read(path, MAX_FILE, &c->file, e);

	if (ok && (c->file.n < HEADER || word(c, 0) != 0x950412de || word(c, 4) >> 16 != 0))
		ok = err_set(e, ERR_PARSE, "%s is not a message catalogue", path);
	if (ok) {
		c->n = word(c, 8);
		c->ids = word(c, 12);
		c->texts = word(c, 16);
		if ((uint64_t)c->ids + (uint64_t)c->n * 8 > c->file.n || (uint64_t)c->texts + (uint64_t)c->n * 8 > c->file.n)
			ok = err_set(e, ERR_PARSE, "%s is cut short", path);
	}
	if (!ok) {
		catalogue_close(c);
		return false;
	}
	*out = c;
	return true;
}

void catalogue_close(struct catalogue *c)
{
	if (!c)
		return;
	str_release(&c->file);
	free(c);
}

const char *catalogue_text(const struct catalogue *c, const char *id)
{
	uint32_t lo = 0, hi = c->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const char *at = entry(c, c->ids, mid);
		int cmp = at ? strcmp(id, at) : -1;
		if (cmp == 0) {
			const char *text = entry(c, c->texts, mid);
			return text && *text ? text : NULL;
		}
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}
