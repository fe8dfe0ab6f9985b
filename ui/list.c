// SPDX-License-Identifier: MIT
// Knows a list of rows: which is selected, which are visible.
#include "ui/list.h"

size_t list_top(size_t wanted, size_t selected, int height, size_t count)
{
	size_t h = height > 0 ? (size_t)height : 1;

	if (count <= h)
		return 0;
	if (selected >= count)
		selected = count - 1;
	if (wanted > count - h)
		wanted = count - h;
	if (selected < wanted)
		return selected;
	return selected >= wanted + h ? selected - h + 1 : wanted;
}

static void remember(struct list *l, size_t count, list_id_fn id, const void *ctx)
{
	const char *name = id && l->selected < count ? id(ctx, l->selected) : NULL;

	snprintf(l->id, sizeof(l->id), "%s", name ? name : "");
}

void list_sync(struct list *l, size_t count, list_id_fn id, const void *ctx)
{
	if (l->id[0] && id)
		for (size_t i = 0; i < count; i++) {
			const char *name = id(ctx, i);
			if (name && strncmp(name, l->id, sizeof(l->id) - 1) == 0) {
				// The row keeps its place on the screen, too.
				l->wanted = l->wanted + i > l->selected ? l->wanted + i - l->selected : 0;
				l->selected = i;
				return;
			}
		}
	if (l->selected >= count)
		l->selected = count ? count - 1 : 0;
	remember(l, count, id, ctx);
}

bool list_select(struct list *l, size_t row, int height, size_t count, list_id_fn id, const void *ctx)
{
	size_t before = l->selected;

	l->wanted = list_top(l->wanted, before, height, count);
	l->selected = count == 0 ? 0 : row < count ? row : count - 1;
	l->wanted = list_top(l->wanted, l->selected, height, count);
	remember(l, count, id, ctx);
	return l->selected != before;
}

bool list_move(struct list *l, long delta, int height, size_t count, list_id_fn id, const void *ctx)
{
	size_t step = delta < 0 ? (size_t)-delta : (size_t)delta;
	size_t to = delta >= 0 ? l->selected + step : l->selected > step ? l->selected - step : 0;

	return list_select(l, to, height, count, id, ctx);
}

bool list_act(struct list *l, enum action a, int height, size_t count, list_id_fn id, const void *ctx)
{
	long page = height > 1 ? height - 1 : 1;

	if (a == ACT_LIST_UP || a == ACT_PICK_UP)
		list_move(l, -1, height, count, id, ctx);
	else if (a == ACT_LIST_DOWN || a == ACT_PICK_DOWN)
		list_move(l, 1, height, count, id, ctx);
	else if (a == ACT_LIST_PAGE_UP)
		list_move(l, -page, height, count, id, ctx);
	else if (a == ACT_LIST_PAGE_DOWN)
		list_move(l, page, height, count, id, ctx);
	else if (a == ACT_LIST_FIRST)
		list_select(l, 0, height, count, id, ctx);
	else if (a == ACT_LIST_LAST)
		list_select(l, count, height, count, id, ctx);
	else
		return false;
	return true;
}

int list_height(const struct canvas *c, int row_h)
{
	int n = c->r.h / (row_h > 0 ? row_h : 1);

	return n > 0 ? n : 1;
}

void list_draw(const struct list *l, const struct canvas *c, const struct list_view *v)
{
	int row_h = v->row_h > 0 ? v->row_h : 1, height = list_height(c, row_h);

	if (rect_empty(c->r))
		return;
	if (v->count == 0) {
		canvas_wrap(c, 0, 1, ROLE_DIM, sv(v->empty), 0);
		if (v->focused)
			canvas_caret(c, 0, 0, false);
		return;
	}
	size_t selected = l->selected < v->count ? l->selected : v->count - 1;
	size_t top = list_top(l->wanted, selected, height, v->count);
	for (int i = 0; i < height && top + (size_t)i < v->count; i++) {
		size_t row = top + (size_t)i;
		bool here = row == selected;
		unsigned style = here && v->focused ? STYLE_SELECTED : 0;
		struct canvas line = canvas_sub(c, (struct rect){i * row_h, 0, row_h, c->r.w});
		if (style)
			canvas_fill(&line, style);
		if (here)
			canvas_glyph(&line, 0, 0, ROLE_ACCENT | style, GLYPH_SELECT);
		struct canvas inner = canvas_sub(&line, (struct rect){0, 1, row_h, c->r.w - 2});
		v->draw(v->ctx, &inner, row, style);
		if (here && v->focused)
			canvas_caret(&line, 0, 0, false);
	}
	if (top > 0)
		canvas_glyph(c, 0, c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (top + (size_t)height < v->count)
		canvas_glyph(c, c->r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
}

size_t list_row_at(const struct list *l, const struct canvas *c, const struct list_view *v, int y)
{
	int row_h = v->row_h > 0 ? v->row_h : 1, height = list_height(c, row_h);
	size_t row = list_top(l->wanted, l->selected, height, v->count) + (size_t)(y < 0 ? 0 : y / row_h);

	return y >= 0 && y < height * row_h && row < v->count ? row : v->count;
}
