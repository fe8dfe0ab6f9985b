// SPDX-License-Identifier: MIT
// Knows how cells are written: clipping, width and sanitising.
#include "ui/canvas.h"

#include <stdarg.h>

#include "src/base/err.h"
#include "src/base/utf8.h"
#include "ui/cells_inner.h"

struct canvas canvas_root(struct cells *cells, struct frame *frame)
{
	frame->blank = cells_begin(cells, frame->theme);
	return (struct canvas){.win = cells, .frame = frame, .r = {0, 0, cells_rows(cells), cells_cols(cells)}};
}

struct canvas canvas_sub(const struct canvas *c, struct rect r)
{
	struct canvas s = *c;

	s.r = rect_clip((struct rect){c->r.y + r.y, c->r.x + r.x, r.h, r.w}, c->r);
	return s;
}

void canvas_lift(const struct canvas *root)
{
	cells_lift(root->win);
}

struct canvas canvas_below(const struct canvas *c, int y)
{
	return canvas_sub(c, (struct rect){y, 0, c->r.h - y, c->r.w});
}

// The role with what the canvas itself says.
static unsigned effective(const struct canvas *c, unsigned role)
{
	if ((role & ROLE_MASK) == ROLE_PLAIN)
		role |= c->style & ROLE_MASK;
	return role | (c->style & ~(unsigned)ROLE_MASK);
}

enum { MARKS_MAX = 4 };

// Cells side by side in one row, of one pen.
struct run {
	const struct canvas *c;
	cchar_t *row; // NULL: outside the screen
	const cchar_t *pen; // a blank of the run's attribute and colours
	int y, x;           // absolute place of the next cell
};

static const cchar_t *pen_of(const struct canvas *c, unsigned role)
{
	struct cells *cells = c->win;
	unsigned long attr;
	short pair;

	role = effective(c, role) & (PENS - 1);
	if (!cells->has_pen[role]) {
		theme_attr(c->frame->theme, role, &attr, &pair);
		setcchar(&cells->pens[role], L" ", (attr_t)attr, pair, NULL);
		cells->has_pen[role] = true;
	}
	return &cells->pens[role];
}

static void run_start(struct run *r, const struct canvas *c, int y, int x, unsigned role)
{
	r->c = c;
	r->y = c->r.y + y;
	r->x = c->r.x + x;
	r->pen = pen_of(c, role);
	r->row = r->y >= 0 && r->y < c->win->rows ? c->win->v + (ptrdiff_t)r->y * c->win->cols : NULL;
}

// A narrow character over one half of a wide one leaves the other half behind; it would then be sent as if it were whole, and the
// rest of the row would stand a column off. So the other half becomes a blank.
static void split(const struct run *r, int x, int end)
{
	static const cchar_t blank = {.chars = {L' '}};

	if (x > 0 && cell_is_half(&r->row[x]))
		r->row[x - 1] = blank;
	if (end < r->c->win->cols && cell_is_half(&r->row[end]))
		r->row[end] = blank;
}

// The only place where cells are written: a character of w columns with the marks on it; n code points.
static void run_add(struct run *r, const wchar_t *wch, int n, int w)
{
	int x = r->x;

	r->x += w;
	if (!rect_has(r->c->r, r->y, x) || !rect_has(r->c->r, r->y, x + w - 1)) {
		if (r->c->frame->leak)
			r->c->frame->leak(r->c->frame->leak_ctx, r->c->r, r->y, x);
		return;
	}
	if (!r->row || x < 0 || x + w > r->c->win->cols)
		return; // a canvas made by hand that is larger than the screen
	split(r, x, x + w);
	cchar_t *cell = &r->row[x];
	*cell = *r->pen;
	for (int i = 0; i < n; i++)
		cell->chars[i] = wch[i];
	if (w > 1)
		cell[1] = (cchar_t){0};
	r->c->win->touched[r->y] = true;
}

// What is shown for a code point of width 1 or 2.
static wchar_t shown(const struct canvas *c, uint32_t cp)
{
	if ((cp >= 0x20 && cp < 0x7F) || (cp >= 0x4E00 && cp <= 0x9FEF))
		return (wchar_t)cp;
	if (cp == '\t' || cp == '\n')
		return L' ';
	if (utf8_forbidden(cp) || wcwidth((wchar_t)cp) < 0)
		return L'?';
	if (cp >= 0x80 && c->frame->theme->ascii && theme_ascii_twin(cp))
		return (wchar_t)theme_ascii_twin(cp);
	return (wchar_t)cp;
}

// Draws a text that is known to fit. A character without width joins the cell before it, within this text.
static int draw(const struct canvas *c, int y, int x, unsigned role, struct sv s)
{
	struct run r;
	wchar_t cell[MARKS_MAX + 1];
	int n = 0, w = 0, used = 0;
	uint32_t cp;

	run_start(&r, c, y, x, role);
	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(sv_n(s.p + i, s.n - i), &cp);
		int cw = utf8_width(cp);
		if (cw == 0) {
			if (n > 0 && n <= MARKS_MAX && !utf8_forbidden(cp))
				cell[n++] = (wchar_t)cp;
			continue;
		}
		if (n > 0)
			run_add(&r, cell, n, w);
		cell[0] = shown(c, cp);
		n = 1;
		w = cw;
		used += cw;
	}
	if (n > 0)
		run_add(&r, cell, n, w);
	return used;
}

static int room(const struct canvas *c, int y, int x, int width)
{
	if (y < 0 || y >= c->r.h || x < 0 || x >= c->r.w)
		return 0;
	return width < c->r.w - x ? width : c->r.w - x;
}

int canvas_clip(const struct canvas *c, int y, int x, unsigned role, struct sv s, int width)
{
	int w = room(c, y, x, width);

	return w > 0 ? draw(c, y, x, role, sv_n(s.p, utf8_fit(s, w, NULL))) : 0;
}

int canvas_fit(const struct canvas *c, int y, int x, unsigned role, struct sv s, int width)
{
	int w = room(c, y, x, width);

	if (w <= 0)
		return 0;
	size_t n = utf8_fit(s, w, NULL);
	if (n == s.n)
		return draw(c, y, x, role, s);
	int used = draw(c, y, x, role, sv_n(s.p, utf8_fit(s, w - 1, NULL)));
	return used + draw(c, y, x + used, role, sv(theme_glyph(c->frame->theme, GLYPH_MORE)));
}

int canvas_sv(const struct canvas *c, int y, int x, unsigned role, struct sv s)
{
	return canvas_fit(c, y, x, role, s, c->r.w - x);
}

int canvas_text(const struct canvas *c, int y, int x, unsigned role, const char *s)
{
	return canvas_sv(c, y, x, role, sv(s));
}

int canvas_printf(const struct canvas *c, int y, int x, unsigned role, const char *fmt, ...)
{
	char *s;
	va_list ap;

	va_start(ap, fmt);
	int n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("cannot format a line");
	n = canvas_text(c, y, x, role, s);
	free(s);
	return n;
}

int canvas_glyph(const struct canvas *c, int y, int x, unsigned role, enum glyph g)
{
	return canvas_clip(c, y, x, role, sv(theme_glyph(c->frame->theme, g)), 1);
}

// The same narrow character w times.
static int repeat(const struct canvas *c, int y, int x, unsigned role, wchar_t wch, int w)
{
	struct run r;

	w = room(c, y, x, w);
	if (w <= 0)
		return 0;
	run_start(&r, c, y, x, role);
	for (int i = 0; i < w; i++)
		run_add(&r, &wch, 1, 1);
	return w;
}

static int blanks(const struct canvas *c, int y, int x, unsigned role, int w)
{
	return repeat(c, y, x, role, L' ', w);
}

int canvas_field(const struct canvas *c, int y, int x, unsigned role, const char *s, int width, enum align align)
{
	int w = room(c, y, x, width);

	if (w <= 0)
		return 0;
	int text = canvas_columns(sv(s));
	int left = text >= w || align == ALIGN_LEFT ? 0 : align == ALIGN_RIGHT ? w - text : (w - text) / 2;
	int used = blanks(c, y, x, role, left);
	used += canvas_fit(c, y, x + used, role, sv(s), w - used);
	return used + blanks(c, y, x + used, role, w - used);
}

int canvas_right(const struct canvas *c, int y, unsigned role, const char *s)
{
	int w = canvas_columns(sv(s)), x = w < c->r.w ? c->r.w - w : 0;

	canvas_text(c, y, x, role, s);
	return x;
}

int canvas_wrap(const struct canvas *c, int y, int x, unsigned role, struct sv text, int skip)
{
	size_t at = 0;
	struct sv line;
	int drawn = 0;

	while (y + drawn < c->r.h && wrap_next(text, &at, c->r.w - x, &line)) {
		if (skip-- > 0)
			continue;
		canvas_clip(c, y + drawn, x, role, line, c->r.w - x);
		drawn++;
	}
	return drawn;
}

// Rules and separators are the frame: in practice they have its colour.
static unsigned rule_role(const struct canvas *c, unsigned role)
{
	return c->frame->word && (role & ROLE_MASK) == ROLE_DIM ? (role & ~(unsigned)ROLE_MASK) | ROLE_PRACTICE : role;
}

void canvas_hline(const struct canvas *c, int y, int x, int w, unsigned role)
{
	uint32_t cp;

	utf8_decode(sv(theme_glyph(c->frame->theme, GLYPH_HLINE)), &cp);
	repeat(c, y, x, rule_role(c, role), (wchar_t)cp, w);
}

void canvas_vline(const struct canvas *c, int y, int x, int h, unsigned role)
{
	struct run r;
	uint32_t cp;
	wchar_t wch;

	if (room(c, 0, x, 1) <= 0)
		return;
	utf8_decode(sv(theme_glyph(c->frame->theme, GLYPH_VLINE)), &cp);
	wch = (wchar_t)cp;
	for (int i = y < 0 ? -y : 0; i < h && y + i < c->r.h; i++) {
		run_start(&r, c, y + i, x, rule_role(c, role));
		run_add(&r, &wch, 1, 1);
	}
}

void canvas_erase(const struct canvas *c)
{
	cells_erase(c->win, c->r);
}

void canvas_title(const struct canvas *c, int y, const char *title, const char *right, bool focused)
{
	int w = c->r.w, end = w;

	canvas_hline(c, y, 0, w, ROLE_DIM);
	if (!str_empty(right)) {
		int n = canvas_columns(sv(right));
		if (n + 4 < w / 2) {
			end = w - n - 3;
			canvas_text(c, y, end, ROLE_PLAIN, " ");
			canvas_text(c, y, end + 1, ROLE_PLAIN, right);
			canvas_text(c, y, end + 1 + n, ROLE_PLAIN, " ");
		}
	}
	if (str_empty(title) || w < 6)
		return;
	unsigned role = ROLE_TITLE | (focused ? STYLE_FOCUS | STYLE_BOLD : 0);
	int x = 1;
	if (c->frame->word) {
		x += canvas_text(c, y, x, ROLE_PRACTICE, " ");
		x += canvas_fit(c, y, x, ROLE_PRACTICE, sv(c->frame->word), end - x - 2);
	}
	x += canvas_text(c, y, x, role, " ");
	x += canvas_fit(c, y, x, role, sv(title), end - x - 2);
	canvas_text(c, y, x, role, " ");
}

void canvas_fill(const struct canvas *c, unsigned role)
{
	for (int y = 0; y < c->r.h; y++)
		blanks(c, y, 0, role, c->r.w);
}

void canvas_box(const struct canvas *c, unsigned role, const char *title)
{
	int h = c->r.h, w = c->r.w;

	if (h < 2 || w < 2)
		return;
	canvas_fill(c, ROLE_PLAIN);
	canvas_hline(c, 0, 1, w - 2, role);
	canvas_hline(c, h - 1, 1, w - 2, role);
	canvas_vline(c, 1, 0, h - 2, role);
	canvas_vline(c, 1, w - 1, h - 2, role);
	canvas_glyph(c, 0, 0, role, GLYPH_CORNER_UL);
	canvas_glyph(c, 0, w - 1, role, GLYPH_CORNER_UR);
	canvas_glyph(c, h - 1, 0, role, GLYPH_CORNER_LL);
	canvas_glyph(c, h - 1, w - 1, role, GLYPH_CORNER_LR);
	if (str_empty(title) || w < 8)
		return;
	int x = 2;
	if (c->frame->word) {
		x += canvas_text(c, 0, x, ROLE_PRACTICE, " ");
		x += canvas_fit(c, 0, x, ROLE_PRACTICE, sv(c->frame->word), w - x - 3);
	}
	x += canvas_text(c, 0, x, ROLE_TITLE | STYLE_FOCUS, " ");
	x += canvas_fit(c, 0, x, ROLE_TITLE | STYLE_FOCUS, sv(title), w - x - 3);
	canvas_text(c, 0, x, ROLE_TITLE | STYLE_FOCUS, " ");
}

void canvas_caret(const struct canvas *c, int y, int x, bool typing)
{
	struct frame *f = c->frame;

	if (rect_empty(c->r))
		return;
	f->caret_y = c->r.y + (y < 0 ? 0 : y >= c->r.h ? c->r.h - 1 : y);
	f->caret_x = c->r.x + (x < 0 ? 0 : x >= c->r.w ? c->r.w - 1 : x);
	f->caret_on = true;
	f->caret_typing = typing;
}

int canvas_columns(struct sv s)
{
	return utf8_columns(s);
}
