// SPDX-License-Identifier: MIT
// Knows where things stand on the conflict desk: tabs, list, what is read beside or below it, and the keys that count now.
#include "src/base/i18n.h"
#include "ui/conflicts.h"

enum {
	SIDE_BY_SIDE = 160, // columns from which what is read stands beside the list
	HEAD_ROWS = 2,      // title and tabs
	LIST_ROWS = 4,      // of a list above what is read
	LIST_ROWS_TALL = 8,
	TALL = 30,
	EMPTY_ROWS = 3,
	LEAST_ROWS = 10, LEAST_COLS = 40,
};

static bool beside(int w)
{
	return w >= SIDE_BY_SIDE;
}

static int list_width(int w)
{
	return w * 2 / 5;
}

struct rect conflicts_list_rect(const struct ui *u, const struct model *m, int h, int w)
{
	int n = (int)conflicts_count(m, u->conflicts.at), most = h >= TALL ? LIST_ROWS_TALL : LIST_ROWS;

	if (beside(w))
		return (struct rect){HEAD_ROWS, 1, h - HEAD_ROWS - 1, list_width(w) - 2};
	return (struct rect){HEAD_ROWS, 1, !n ? EMPTY_ROWS : n < most ? n : most, w - 2};
}

struct rect conflicts_read_rect(const struct ui *u, const struct model *m, int h, int w)
{
	struct rect list = conflicts_list_rect(u, m, h, w);

	if (beside(w))
		return (struct rect){HEAD_ROWS + 1, list_width(w) + 2, h - HEAD_ROWS - 2, w - list_width(w) - 3};
	int y = list.y + list.h + 1;
	return (struct rect){y, 1, h - y - 1, w - 2};
}

static void draw_tabs(const struct ui *u, const struct model *m, const struct canvas *c)
{
	int x = 1;

	for (int i = 0; i < conflicts_lists(m); i++) {
		bool here = (enum conflict_list)i == u->conflicts.at;
		char text[96];
		snprintf(text, sizeof(text), here ? "[%d %s %zu]" : " %d %s %zu ", i + 1, conflicts_label((enum conflict_list)i),
			 conflicts_count(m, (enum conflict_list)i));
		x += canvas_text(c, 0, x, here ? ROLE_TITLE | STYLE_FOCUS : ROLE_DIM, text) + 1;
	}
}

// --- hints: only what has an effect on the row that is selected

static size_t conflict_keys(const struct ui *u, const struct model *m, enum action out[12])
{
	const struct conflict_row *r = conflict_in_hand(u, m);
	bool open = r && conflict_first_open(m, r, 0) < r->n_fields;
	size_t n = 0;

	if (!r)
		return 0;
	if (!open && !r->waits)
		out[n++] = ACT_CONFLICT_APPLY;
	if (!r->waits) {
		out[n++] = ACT_CONFLICT_MINE;
		out[n++] = ACT_CONFLICT_THEIRS;
	}
	if (!r->waits && conflict_may_write(r))
		out[n++] = ACT_CONFLICT_OTHER;
	if (!r->waits && conflict_chosen(m, r, conflict_field(u, m), NULL) != CONFLICT_OPEN)
		out[n++] = ACT_CONFLICT_UNDO;
	if (conflicts_count(m, CONFLICTS_OPEN) > 1) {
		out[n++] = ACT_CONFLICT_NEXT;
		out[n++] = ACT_CONFLICT_PREV;
	}
	return n;
}

static void draw_hints(const struct ui *u, const struct model *m, const struct canvas *c, bool longer)
{
	enum action acts[20];
	size_t n = conflict_keys(u, m, acts);

	if (refused_in_hand(u, m))
		acts[n++] = ACT_CONFLICT_NOTED;
	acts[n++] = ACT_CONFLICT_LIST;
	acts[n++] = ACT_POPUP_CANCEL;
	if (longer)
		acts[n++] = ACT_LIST_PAGE_DOWN;
	const struct conflict_row *r = conflict_in_hand(u, m);
	int x = 0;
	// Between two others there is no mine.
	for (size_t i = 0; i < n; i++) {
		const char *words = !r || r->own ? NULL : acts[i] == ACT_CONFLICT_MINE ? _("As wanted") : acts[i] == ACT_CONFLICT_THEIRS ? _("As it is") : NULL;
		int used = ui_hint(u, c, 0, x, CTX_CONFLICTS | CTX_LIST, acts[i], words ? words : _(action_info(acts[i])->hint));
		x += used ? used + 2 : 0;
	}
}

// --- the whole

// Is there more of it than fits?
static bool draw_read(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	struct rect r = conflicts_read_rect(u, m, c->r.h, c->r.w);
	struct canvas text = canvas_sub(c, r);
	int skip = conflicts_top(u, m, text.r.h, text.r.w);
	struct conflict_span span;
	int all = conflict_read(u, m, &text, text.r.w, skip, &span), last = all - text.r.h;

	if (skip > 0)
		canvas_glyph(c, r.y, c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (skip < last)
		canvas_glyph(c, r.y + r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (focused && all)
		canvas_caret(&text, span.top - skip, 0, false);
	return last > 0;
}

static void draw_middle(const struct ui *u, const struct model *m, const struct canvas *c)
{
	struct rect r = conflicts_read_rect(u, m, c->r.h, c->r.w);
	const char *title = conflict_read_title(u, m);
	char place[48] = "";

	if (u->conflicts.at == CONFLICTS_OPEN && conflict_in_hand(u, m))
		snprintf(place, sizeof(place), "%zu/%zu", conflicts_selected(u, m) + 1, conflicts_count(m, CONFLICTS_OPEN));
	if (beside(c->r.w)) {
		canvas_vline(c, HEAD_ROWS, list_width(c->r.w), c->r.h - HEAD_ROWS - 1, ROLE_DIM);
		canvas_fit(c, HEAD_ROWS, r.x, ROLE_ACCENT | STYLE_BOLD, sv(title), r.w);
		return;
	}
	struct canvas rule = canvas_sub(c, (struct rect){r.y - 1, 0, 1, c->r.w});
	canvas_title(&rule, 0, title, *place ? place : NULL, false);
}

void conflicts_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	struct conflicts_rows rows = {u, m, u->conflicts.at};
	struct list_view v = {.count = conflicts_count(m, rows.at), .draw = conflicts_row_draw, .ctx = &rows, .empty = conflicts_empty(rows.at)};

	if (c->r.h < LEAST_ROWS || c->r.w < LEAST_COLS)
		return;
	canvas_title(c, 0, _("Conflict desk"), NULL, focused);
	struct canvas tabs = canvas_sub(c, (struct rect){1, 0, 1, c->r.w}), list = canvas_sub(c, conflicts_list_rect(u, m, c->r.h, c->r.w)),
		      bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	v.focused = focused;
	bool longer = false;
	draw_tabs(u, m, &tabs);
	list_draw(&u->conflicts.list[rows.at], &list, &v);
	if (v.count) {
		draw_middle(u, m, c);
		longer = draw_read(u, m, c, focused && u->conflicts.at == CONFLICTS_OPEN);
	}
	draw_hints(u, m, &bottom, longer);
}
