// SPDX-License-Identifier: MIT
// Knows where everything goes on a screen of a given size. Pure.
#include "ui/layout.h"

enum {
	BANNER_ROWS = 7,      // on the least screen
	BANNER_ROWS_MAX = 11,
	RECORD_ROWS = 9,      // the record below the form, with its title: at least this, or a third
	RECORD_FROM_BODY = 26, // only when the form keeps more than that
};

static void separator(struct layout *l, int y, int x, int h)
{
	l->sep[l->nsep++] = (struct rect){y, x, h, 1};
}

// Splits the form's place when there is room for both, and shows the record instead while it has the focus.
static void form_and_record(struct layout *l, struct rect r, enum pane focus)
{
	if (r.h >= RECORD_FROM_BODY) {
		int rows = r.h / 3 > RECORD_ROWS ? r.h / 3 : RECORD_ROWS;
		l->pane[PANE_FORM] = (struct rect){r.y, r.x, r.h - rows, r.w};
		l->pane[PANE_RECORD] = (struct rect){r.y + r.h - rows, r.x, rows, r.w};
	} else {
		l->pane[focus == PANE_RECORD ? PANE_RECORD : PANE_FORM] = r;
	}
}

static void columns(struct layout *l, const struct layout_in *in)
{
	struct rect b = l->body;
	bool preview = in->cols >= LAYOUT_PREVIEW_COLS;
	int n = preview ? 4 : 3, room = b.w - (n - 1);
	// Script and form about a third each; the knowledge pane gets what is left over.
	int script = room / n, form = preview ? room / n : room * 31 / 100;
	int kb = preview ? room / n : room - script - form;
	int x = b.x;

	l->pane[PANE_SCRIPT] = (struct rect){b.y, x, b.h, script};
	x += script;
	separator(l, b.y, x++, b.h);
	l->pane[PANE_KB] = (struct rect){b.y, x, b.h, kb};
	x += kb;
	separator(l, b.y, x++, b.h);
	if (preview) {
		int w = room - script - form - kb;
		l->preview = (struct rect){b.y, x, b.h, w};
		x += w;
		separator(l, b.y, x++, b.h);
	}
	form_and_record(l, (struct rect){b.y, x, b.h, b.x + b.w - x}, in->focus);
}

static void stack(struct layout *l, enum pane focus)
{
	struct rect b = l->body;
	int top = b.h * 2 / 5, left = (b.w - 1) / 2;

	l->pane[PANE_SCRIPT] = (struct rect){b.y, b.x, top, b.w};
	l->pane[PANE_KB] = (struct rect){b.y + top, b.x, b.h - top, left};
	separator(l, b.y + top, b.x + left, b.h - top);
	form_and_record(l, (struct rect){b.y + top, b.x + left + 1, b.h - top, b.w - left - 1}, focus);
}

static void home(struct layout *l, const struct layout_in *in)
{
	struct rect b = l->body;
	int notices = b.h / 4 < 4 ? 4 : b.h / 4, top = b.h - notices;

	if (in->cols >= LAYOUT_STACK_COLS) {
		int left = (b.w - 1) / 2;
		l->home[0] = (struct rect){b.y, b.x, top, left};
		separator(l, b.y, b.x + left, top);
		l->home[1] = (struct rect){b.y, b.x + left + 1, top, b.w - left - 1};
	} else {
		int half = (top + 1) / 2;
		l->home[0] = (struct rect){b.y, b.x, half, b.w};
		l->home[1] = (struct rect){b.y + half, b.x, top - half, b.w};
	}
	l->home[2] = (struct rect){b.y + top, b.x, notices, b.w};
}

int layout_banner_rows(int rows)
{
	int n = BANNER_ROWS + (rows - LAYOUT_MIN_ROWS) / 4;

	return n < BANNER_ROWS ? BANNER_ROWS : n > BANNER_ROWS_MAX ? BANNER_ROWS_MAX : n;
}

void layout_compute(const struct layout_in *in, struct layout *l)
{
	int most = layout_banner_rows(in->rows), banners = in->banners < 0 ? 0 : in->banners > most ? most : in->banners;
	int y = 0, w = in->cols;
	bool call = in->mode == LAYOUT_CALL;

	*l = (struct layout){0};
	if (in->rows < LAYOUT_MIN_ROWS || in->cols < LAYOUT_MIN_COLS)
		return;
	l->shape = !call		       ? SHAPE_COLUMNS
		   : in->zoom		       ? SHAPE_TABS
		   : w >= LAYOUT_THREE_COLS ? SHAPE_COLUMNS
		   : w >= LAYOUT_STACK_COLS ? SHAPE_STACK
					       : SHAPE_TABS;
	l->status = (struct rect){y++, 0, 1, w};
	if (call)
		l->rail = (struct rect){y++, 0, 1, w};
	if (banners)
		l->banner = (struct rect){y, 0, banners, w};
	y += banners;
	if (call && l->shape == SHAPE_TABS)
		l->tabs = (struct rect){y++, 0, 1, w};
	l->rule = (struct rect){in->rows - 2, 0, 1, w};
	l->hint = (struct rect){in->rows - 1, 0, 1, w};
	l->body = (struct rect){y, 0, in->rows - 2 - y, w};
	if (in->mode == LAYOUT_HOME)
		home(l, in);
	if (!call)
		return;
	switch (l->shape) {
	case SHAPE_TOO_SMALL:
		break;
	case SHAPE_TABS:
		l->pane[in->focus] = l->body;
		break;
	case SHAPE_STACK:
		stack(l, in->focus);
		break;
	case SHAPE_COLUMNS:
		columns(l, in);
		break;
	}
}

static void one(struct str *out, const char *name, struct rect r)
{
	if (!rect_empty(r))
		str_addf(out, " | %s %d,%d %dx%d", name, r.y, r.x, r.w, r.h);
}

void layout_format(const struct layout *l, struct str *out)
{
	static const char *const shapes[] = {"too small", "tabs", "stack", "columns"};
	static const char *const panes[PANE_COUNT] = {"script", "kb", "form", "record"};

	str_add(out, shapes[l->shape]);
	one(out, "status", l->status);
	one(out, "rail", l->rail);
	one(out, "banner", l->banner);
	one(out, "tabs", l->tabs);
	for (int i = 0; i < PANE_COUNT; i++)
		one(out, panes[i], l->pane[i]);
	one(out, "preview", l->preview);
	one(out, "tickets", l->home[0]);
	one(out, "todo", l->home[1]);
	one(out, "notices", l->home[2]);
	for (int i = 0; i < l->nsep; i++)
		one(out, "sep", l->sep[i]);
	one(out, "rule", l->rule);
	one(out, "hint", l->hint);
}
