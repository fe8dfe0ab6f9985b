// SPDX-License-Identifier: MIT
// Knows how a text being typed is shown: scrolled in one line, wrapped in several, with the caret's cell.
#include "src/base/utf8.h"
#include "ui/lineedit.h"

static struct sv all(const struct lineedit *le)
{
	return sv_n(str_z(&le->text), le->text.n);
}

// Columns of the text before the caret; a secret is one asterisk a grapheme.
static int columns_to(const struct lineedit *le, size_t pos)
{
	int n = 0;

	if (!le->secret)
		return utf8_columns(sv_n(str_z(&le->text), pos));
	for (size_t i = 0; i < pos; i = utf8_next(all(le), i))
		n++;
	return n;
}

// The column at which a one-line field starts to show. Steps of half the width, so that typing on does not shift the
// line at every key; the caret needs a cell of its own behind the text.
static int scroll_of(int caret, int width)
{
	int step = width / 2 > 0 ? width / 2 : 1;

	return caret < width ? 0 : (caret - width + step) / step * step;
}

// One visual row of a multi-line text: the bytes from..to, cut at the width, without regard to words, so that what is
// typed does not jump. False behind the last row. A text that ends in LF, or fills its last row, has one more.
static bool row_next(struct sv s, int width, size_t *pos, bool *open, size_t *from, size_t *to)
{
	if (!*open)
		return false;
	struct sv rest = sv_n(s.p + *pos, s.n - *pos);
	const char *nl = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
	size_t n = nl ? (size_t)(nl - rest.p) : rest.n;
	int used;
	size_t fit = utf8_fit(sv_n(rest.p, n), width, &used);

	if (fit == 0 && n > 0)
		fit = utf8_next(sv_n(rest.p, n), 0);
	*from = *pos;
	*to = *pos + fit;
	*pos = *to;
	if (fit == n && nl)
		(*pos)++;
	else if (fit == n)
		*open = used >= width && n > 0;
	return true;
}

int lineedit_rows(const struct lineedit *le, int width)
{
	size_t pos = 0, from, to;
	bool open = true;
	int n = 0;

	if (!le->multi || width <= 0)
		return 1;
	while (row_next(all(le), width, &pos, &open, &from, &to))
		n++;
	return n;
}

// The visual row and column of the caret. At the seam of two rows it is at the start of the second.
static void caret_row(const struct lineedit *le, int width, int *row, int *col)
{
	size_t pos = 0, from, to;
	bool open = true;

	*row = *col = 0;
	for (int y = 0; row_next(all(le), width, &pos, &open, &from, &to); y++)
		if (le->caret >= from && le->caret <= to) {
			*row = y;
			*col = utf8_columns(sv_n(str_z(&le->text) + from, le->caret - from));
		}
}

static int top_row(int caret, int rows)
{
	return rows > 0 && caret >= rows ? caret - rows + 1 : 0;
}

void lineedit_caret_cell(const struct lineedit *le, int rows, int width, int *y, int *x)
{
	if (le->multi) {
		caret_row(le, width, y, x);
		*y -= top_row(*y, rows);
		// Behind a row that is full and ends in LF there is no cell: the caret stands on its last one.
		if (width > 0 && *x >= width)
			*x = width - 1;
	} else {
		*y = 0;
		*x = columns_to(le, le->caret);
		*x -= scroll_of(*x, width);
	}
}

bool lineedit_move_row(struct lineedit *le, int width, int dir)
{
	size_t pos = 0, from, to;
	bool open = true;
	int row, col;

	if (!le->multi || width <= 0)
		return false;
	caret_row(le, width, &row, &col);
	for (int y = 0; row_next(all(le), width, &pos, &open, &from, &to); y++)
		if (y == row + dir) {
			size_t n = utf8_fit(sv_n(str_z(&le->text) + from, to - from), col, NULL);
			// Behind a full row means the start of the next one: stay on the row that was asked for.
			if (n == to - from && n > 0 && pos == to && open)
				n = utf8_prev(sv_n(str_z(&le->text) + from, n), n);
			le->caret = from + n;
			le->group = 0;
			return true;
		}
	return false;
}

static void draw_line(const struct lineedit *le, const struct canvas *c, unsigned role)
{
	int skip = scroll_of(columns_to(le, le->caret), c->r.w), x = 0;
	struct sv s = all(le);

	if (le->secret) {
		int n = columns_to(le, s.n) - skip;
		for (int i = 0; i < n && i < c->r.w; i++)
			canvas_clip(c, 0, i, role, sv("*"), 1);
		return;
	}
	for (size_t i = 0; i < s.n && x - skip < c->r.w;) {
		size_t next = utf8_next(s, i);
		int w = utf8_columns(sv_n(s.p + i, next - i));
		// A wide character half scrolled out leaves a blank.
		if (x >= skip)
			canvas_clip(c, 0, x - skip, role, sv_n(s.p + i, next - i), w);
		x += w;
		i = next;
	}
}

void lineedit_draw(const struct lineedit *le, const struct canvas *c, unsigned role, bool focused)
{
	size_t pos = 0, from, to;
	bool open = true;
	int y, x, row, col;

	if (rect_empty(c->r))
		return;
	if (le->multi) {
		canvas_fill(c, role);
		caret_row(le, c->r.w, &row, &col);
		int top = focused ? top_row(row, c->r.h) : 0;
		for (int i = 0; i - top < c->r.h && row_next(all(le), c->r.w, &pos, &open, &from, &to); i++)
			canvas_clip(c, i - top, 0, role, sv_n(str_z(&le->text) + from, to - from), c->r.w);
	} else {
		struct canvas line = canvas_sub(c, (struct rect){0, 0, 1, c->r.w});
		canvas_fill(&line, role);
		if (focused || le->secret)
			draw_line(le, &line, role);
		else
			canvas_text(&line, 0, 0, role, lineedit_text(le));
	}
	if (focused) {
		lineedit_caret_cell(le, c->r.h, c->r.w, &y, &x);
		canvas_caret(c, y, x, true);
	}
}
