// SPDX-License-Identifier: MIT
// Knows how a popup is laid out and drawn.
#include "src/base/i18n.h"
#include "ui/layout.h"
#include "ui/popup_size.h"

enum {
	EDGE = 2,      // border and one blank column on each side
	WIDTH_MIN = 44,
	ROWS_MAX = 16, // of a list
	MARGIN = 1,    // rows of the screen left free above and below
	ERROR_ROWS = 3,
	KEY_COLS = 5,  // before and behind the label of a menu
};

static int larger(int a, int b)
{
	return a > b ? a : b;
}

// Columns between the borders and their blanks.
static int inner_width(const struct popup *p)
{
	int w = larger(WIDTH_MIN, canvas_columns(sv(p->title)) + 6);

	if (p->kind == POPUP_TEXT)
		return POPUP_TEXT_COLS;
	if (p->kind == POPUP_PROMPT)
		return larger(w, POPUP_FIELD_COLS);
	for (size_t i = 0; i < p->rows.n; i++) {
		const struct popup_row *r = &p->rows.v[i];
		w = larger(w, canvas_columns(sv(r->label)) + (r->note ? canvas_columns(sv(r->note)) + 2 : 0) + 6);
	}
	return w > POPUP_TEXT_COLS ? POPUP_TEXT_COLS : w;
}

static int text_rows(const struct popup *p, int width)
{
	return p->text ? wrap_lines(sv(p->text), width) : 0;
}

// What was wrong with the answer; there is a row for it before anything is.
static struct str error_text(const struct popup *p)
{
	struct str s = {0};

	str_addf(&s, p->error[0] ? "! %s" : "%s", p->error);
	return s;
}

static int error_rows(const struct popup *p, int width)
{
	struct str s = error_text(p);
	int n = wrap_lines(sv(str_z(&s)), width);

	str_release(&s);
	return n < 1 ? 1 : n > ERROR_ROWS ? ERROR_ROWS : n;
}

// Rows that each row of a menu has: as many as the longest needs.
static int row_height(const struct popup *p, int width)
{
	int h = 1;

	for (size_t i = 0; p->tall && i < p->rows.n; i++)
		h = larger(h, wrap_lines(sv(p->rows.v[i].label), width - KEY_COLS));
	return h;
}

// Rows below the text: what is chosen from or typed into.
static int body_rows(const struct popup *p, int width)
{
	int n = 0;

	switch (p->kind) {
	case POPUP_NONE:
	case POPUP_TEXT:
		return 0;
	case POPUP_CONFIRM:
		return 1;
	case POPUP_MENU:
		n = (int)p->rows.n * row_height(p, width);
		return n > ROWS_MAX ? ROWS_MAX : n;
	case POPUP_PICK:
		return 1 + (p->rows.n > ROWS_MAX ? ROWS_MAX : larger(1, (int)p->rows.n));
	case POPUP_PROMPT:
		for (size_t i = 0; i < p->fields.n; i++)
			n += 1 + p->fields.v[i].rows;
		return n;
	}
	return n;
}

int popup_clamp_scroll(const struct popup *p, int scroll)
{
	int least = LAYOUT_MIN_ROWS - 2 * MARGIN - 2 - 1; // border, and the line for errors
	int last = larger(0, wrap_lines(sv(p->text), POPUP_TEXT_COLS) - least);

	return scroll < 0 ? 0 : scroll > last ? last : scroll;
}

struct rect popup_rect(const struct popup *p, int rows, int cols, int avoid_y)
{
	int w = inner_width(p), text = text_rows(p, w), body = body_rows(p, w);
	// Border, text, a blank line between, body, and the lines for errors.
	int h = 2 + text + (text && body ? 1 : 0) + body + error_rows(p, w);
	struct rect r = {.w = w + 2 * EDGE};

	r.w = r.w > cols ? cols : r.w;
	r.h = h > rows - 2 * MARGIN ? rows - 2 * MARGIN : h;
	r.y = (rows - r.h) / 2;
	r.x = (cols - r.w) / 2;
	if (avoid_y >= r.y && avoid_y < r.y + r.h) {
		if (avoid_y + 1 + r.h <= rows)
			r.y = avoid_y + 1;
		else if (avoid_y - r.h >= 0)
			r.y = avoid_y - r.h;
	}
	return r;
}

static void draw_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct popup *p = ctx;
	const struct popup_row *r = &p->rows.v[p->kind == POPUP_PICK ? p->shown.v[i] : i];
	int end = c->r.w, x = 1;

	if (!str_empty(r->note)) {
		int w = canvas_columns(sv(r->note));
		if (w > c->r.w / 2)
			w = c->r.w / 2;
		end = c->r.w - w - 1;
		canvas_fit(c, 0, end + 1, ROLE_DIM | style, sv(r->note), w);
	}
	if (p->kind == POPUP_MENU && r->key) {
		struct str key = {0};
		str_addcp(&key, r->key);
		canvas_text(c, 0, x, ROLE_ACCENT | style, str_z(&key));
		str_release(&key);
		x += 3;
	}
	if (c->r.h > 1) {
		struct canvas words = canvas_sub(c, (struct rect){0, x, c->r.h, end - x});
		canvas_wrap(&words, 0, 0, ROLE_PLAIN | style, sv(r->label), 0);
	} else {
		canvas_fit(c, 0, x, ROLE_PLAIN | style, sv(r->label), end - x);
	}
}

static void draw_buttons(const struct popup *p, const struct canvas *c)
{
	int x = 0;

	for (size_t i = 0; i < p->rows.n; i++) {
		bool here = i == p->list.selected;
		unsigned role = here ? STYLE_FOCUS | STYLE_BOLD : ROLE_PLAIN;
		if (here)
			canvas_caret(c, 0, x, false);
		canvas_glyph(c, 0, x, ROLE_ACCENT, here ? GLYPH_SELECT : GLYPH_BULLET);
		x += 2;
		x += canvas_printf(c, 0, x, role, " %s (%c) ", p->rows.v[i].label, (int)p->rows.v[i].key) + 3;
	}
}

static void draw_list(const struct popup *p, const struct canvas *c)
{
	struct list_view view = {
		.count = p->kind == POPUP_PICK ? p->shown.n : p->rows.n,
		.row_h = row_height(p, c->r.w),
		.draw = draw_row,
		.ctx = p,
		.empty = _("Nothing matches"),
		.focused = true,
	};

	list_draw(&p->list, c, &view);
}

static void draw_pick(const struct popup *p, const struct canvas *c)
{
	struct canvas rows = canvas_below(c, 1);
	struct canvas line = canvas_sub(c, (struct rect){0, 2, 1, c->r.w - 2});

	draw_list(p, &rows);
	canvas_glyph(c, 0, 0, ROLE_ACCENT, GLYPH_RIGHT);
	lineedit_draw(&p->filter, &line, STYLE_UNDERLINE, true);
}

static void draw_fields(const struct popup *p, const struct canvas *c)
{
	int y = 0, top = 0;

	// Small screens: the focused field is always shown.
	for (size_t i = 0; i <= p->field && i < p->fields.n; i++)
		top += 1 + p->fields.v[i].rows;
	y = top > c->r.h ? c->r.h - top : 0;
	for (size_t i = 0; i < p->fields.n; i++) {
		const struct popup_field *f = &p->fields.v[i];
		bool here = i == p->field;
		int x = canvas_text(c, y, 0, here ? ROLE_ACCENT | STYLE_BOLD : ROLE_PLAIN, f->label);
		if (f->required)
			canvas_text(c, y, x, ROLE_PLAIN, " *");
		struct canvas line = canvas_sub(c, (struct rect){y + 1, 0, f->rows, POPUP_FIELD_COLS});
		lineedit_draw(&f->line, &line, STYLE_UNDERLINE, here);
		y += 1 + f->rows;
	}
}

static void draw_text(const struct popup *p, const struct canvas *c)
{
	int all = wrap_lines(sv(p->text), c->r.w), last = larger(0, all - c->r.h);
	int skip = p->scroll > last ? last : p->scroll;

	canvas_wrap(c, 0, 0, ROLE_PLAIN, sv(p->text), skip);
	canvas_caret(c, 0, 0, false);
}

static void draw_error(const struct popup *p, const struct canvas *box, int rows)
{
	struct canvas c = canvas_sub(box, (struct rect){box->r.h - 1 - rows, EDGE, rows, box->r.w - 2 * EDGE});
	struct str s = error_text(p);

	if (p->error[0])
		canvas_wrap(&c, 0, 0, ROLE_ERROR, sv(str_z(&s)), 0);
	str_release(&s);
}

void popup_draw(const struct popup *p, const struct canvas *root)
{
	const struct frame *f = root->frame;

	if (p->kind == POPUP_NONE)
		return;
	struct rect r = popup_rect(p, root->r.h, root->r.w, f->caret_on && f->caret_typing ? f->caret_y - root->r.y : -1);
	struct canvas box = canvas_sub(root, r);
	canvas_box(&box, ROLE_ACCENT, p->title);
	int wrong = error_rows(p, r.w - 2 * EDGE);
	struct canvas in = canvas_sub(&box, (struct rect){1, EDGE, r.h - 2 - wrong, r.w - 2 * EDGE});
	draw_error(p, &box, wrong);
	if (p->kind == POPUP_TEXT) {
		draw_text(p, &in);
		int all = wrap_lines(sv(p->text), in.r.w), last = larger(0, all - in.r.h);
		if (p->scroll > 0 && last > 0)
			canvas_glyph(&box, 1, r.w - 2, ROLE_DIM, GLYPH_UP);
		if (p->scroll < last)
			canvas_glyph(&box, r.h - 3, r.w - 2, ROLE_DIM, GLYPH_DOWN);
		return;
	}
	// The text gives way to what is chosen from, but keeps at least one line.
	int text = text_rows(p, in.r.w), body = body_rows(p, in.r.w);
	int least = body < 4 ? body : 4;
	if (text > in.r.h - least - 1)
		text = larger(0, in.r.h - least - 1);
	struct canvas above = canvas_sub(&in, (struct rect){0, 0, text, in.r.w});
	if (text)
		canvas_wrap(&above, 0, 0, ROLE_PLAIN, sv(p->text), 0);
	struct canvas below = canvas_below(&in, text ? text + 1 : 0);
	switch (p->kind) {
	case POPUP_NONE:
	case POPUP_TEXT:
		break;
	case POPUP_CONFIRM:
		draw_buttons(p, &below);
		break;
	case POPUP_MENU:
		draw_list(p, &below);
		break;
	case POPUP_PICK:
		draw_pick(p, &below);
		break;
	case POPUP_PROMPT:
		draw_fields(p, &below);
		break;
	}
}
