// SPDX-License-Identifier: MIT
// Knows which cells of the screen differ from what curses has.
#include "ui/cells_inner.h"

#include <string.h>

#include "src/base/err.h"

static const cchar_t blank = {.chars = {L' '}};

static void fill(cchar_t *v, int n)
{
	for (int i = 0; i < n; i++)
		v[i] = blank;
}

static void drop(struct cells *c)
{
	free(c->base);
	free(c->top);
	free(c->sent);
	free(c->line);
	free(c->touched);
}

void cells_resize(struct cells *c, int rows, int cols)
{
	size_t n = (size_t)rows * (size_t)cols;

	drop(c);
	c->rows = rows;
	c->cols = cols;
	c->base = xcalloc(n, sizeof(*c->base));
	c->top = xcalloc(n, sizeof(*c->top));
	c->sent = xcalloc(n, sizeof(*c->sent));
	c->line = xcalloc((size_t)cols, sizeof(*c->line));
	c->touched = xcalloc((size_t)rows, sizeof(*c->touched));
	c->v = c->base;
	c->all = c->fresh = true;
	fill(c->base, (int)n);
}

struct cells *cells_new(int rows, int cols)
{
	struct cells *c = xcalloc(1, sizeof(*c));

	cells_resize(c, rows, cols);
	return c;
}

void cells_free(struct cells *c)
{
	if (!c)
		return;
	drop(c);
	free(c);
}

int cells_rows(const struct cells *c)
{
	return c->rows;
}

int cells_cols(const struct cells *c)
{
	return c->cols;
}

bool cells_begin(struct cells *c, const struct theme *theme)
{
	bool fresh = c->fresh;

	c->fresh = false;
	if (memcmp(&c->theme, theme, sizeof(*theme)) != 0) {
		memcpy(&c->theme, theme, sizeof(*theme));
		memset(c->has_pen, 0, sizeof(c->has_pen));
		// The colours of pairs may have changed under cells that look the same.
		c->all = true;
	}
	if (c->v == c->top)
		memset(c->touched, true, (size_t)c->rows);
	c->v = c->base;
	return fresh;
}

void cells_forget(struct cells *c)
{
	c->all = true;
}

void cells_lift(struct cells *c)
{
	memcpy(c->top, c->base, sizeof(*c->top) * (size_t)c->rows * (size_t)c->cols);
	c->v = c->top;
}

void cells_erase(struct cells *c, struct rect r)
{
	for (int y = r.y; y < r.y + r.h; y++) {
		fill(c->v + (size_t)y * (size_t)c->cols + r.x, r.w);
		c->touched[y] = true;
	}
}

static bool same(const cchar_t *a, const cchar_t *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

// The cells x..end of row y, whole characters, as curses takes them: halves left out.
static void put_row(struct cells *c, int y, int x, int end, struct _win_st *win)
{
	const cchar_t *row = c->v + (size_t)y * (size_t)c->cols;
	int n = 0;

	for (int i = x; i < end; i++)
		if (!cell_is_half(&row[i]))
			c->line[n++] = row[i];
	mvwadd_wchnstr(win, y, x, c->line, n);
}

void cells_put(struct cells *c, struct _win_st *win)
{
	for (int y = 0; y < c->rows; y++) {
		size_t at = (size_t)y * (size_t)c->cols, bytes = sizeof(cchar_t) * (size_t)c->cols;
		const cchar_t *now = c->v + at, *sent = c->sent + at;
		int x = 0, end = c->cols;
		if (!c->all && (!c->touched[y] || memcmp(now, sent, bytes) == 0))
			continue;
		while (!c->all && same(&now[x], &sent[x]))
			x++;
		while (!c->all && end > x && same(&now[end - 1], &sent[end - 1]))
			end--;
		// A character that changed begins where the difference begins, but its second half may look the same.
		while (x > 0 && cell_is_half(&now[x]))
			x--;
		while (end < c->cols && cell_is_half(&now[end]))
			end++;
		put_row(c, y, x, end, win);
		memcpy(c->sent + at, now, bytes);
	}
	memset(c->touched, false, (size_t)c->rows);
	c->all = false;
}

bool cells_differ(const struct cells *a, const struct cells *b, int *y, int *x)
{
	for (*y = 0; *y < a->rows; (*y)++)
		for (*x = 0; *x < a->cols; (*x)++) {
			size_t at = (size_t)*y * (size_t)a->cols + (size_t)*x;
			if (!same(&a->v[at], &b->v[at]))
				return true;
		}
	return false;
}
