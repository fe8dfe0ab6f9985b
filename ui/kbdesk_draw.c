// SPDX-License-Identifier: MIT
// Knows where things stand on the knowledge desk: tabs, list, and the text beside or below it; and which lines of it are read.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "ui/kbdesk.h"

enum {
	SIDE_BY_SIDE = 110, // columns from which the text stands beside the list
	LIST_LEAST = 56,
	BRIEF_ROWS = 4, // of the text, below the list of a narrow screen
	HEAD_ROWS = 2,  // title and tabs
};

static void draw_tabs(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	int x = 1;

	for (int i = 0; i < KBDESK_LISTS; i++) {
		bool here = (enum kbdesk_list)i == k->at;
		char text[96];
		snprintf(text, sizeof(text), here ? "[%d %s %zu]" : " %d %s %zu ", i + 1, kbdesk_list_label((enum kbdesk_list)i),
			 kbdesk_count(m, (enum kbdesk_list)i));
		x += canvas_text(c, 0, x, here ? ROLE_TITLE | STYLE_FOCUS : ROLE_DIM, text) + 1;
	}
}

static int list_width(int w)
{
	int half = w / 2;

	return half < LIST_LEAST ? LIST_LEAST : half;
}

// Rows and columns of the list in a body of that size; the rest of the columns, or the rows below, are for the text.
struct rect kbdesk_list_rect(int h, int w)
{
	int rows = h - HEAD_ROWS - 1;
	bool beside = w >= SIDE_BY_SIDE;

	return (struct rect){HEAD_ROWS, 1, beside ? rows : rows - BRIEF_ROWS - 1, (beside ? list_width(w) : w) - 2};
}

// Of what is read, in a body of that size.
static struct rect text_rect(int h, int w, bool open)
{
	struct rect r = kbdesk_list_rect(h, w);

	if (open)
		return (struct rect){1, 1, h - 2, w - 2};
	if (w >= SIDE_BY_SIDE)
		return (struct rect){HEAD_ROWS + 1, list_width(w) + 2, h - HEAD_ROWS - 2, w - list_width(w) - 3};
	return (struct rect){r.y + r.h + 1, 1, BRIEF_ROWS, w - 2};
}

static bool too_small(int h, int w)
{
	return h < 8 || w < 20;
}

struct rect kbdesk_read_rect(const struct ui *u, const struct kbdesk *k)
{
	struct rect r = text_rect(u->layout.body.h, u->layout.body.w, k->open);

	r.h = r.h > 1 ? r.h : 1;
	return r;
}

bool kbdesk_on_screen(const struct ui *u, const struct model *m, struct kb_on_screen *s)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	struct rect b = u->layout.body;
	bool brief = !k->open && b.w < SIDE_BY_SIDE; // it stands at its beginning

	if (u->layout.shape == SHAPE_TOO_SMALL || ui_place(u, m) != &place_kb_desk || too_small(b.h, b.w))
		return false;
	struct rect r = kbdesk_read_rect(u, k);
	if (!kbdesk_read_shown(&k->read, r.h, r.w, brief ? 0 : k->scroll, s))
		return false;
	s->opened = k->open;
	return true;
}

static void draw_list(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	struct kbdesk_rows rows = {u, m, k->at};
	struct list_view v = {.count = kbdesk_count(m, k->at), .draw = kbdesk_row_draw, .ctx = &rows, .focused = focused,
			      .empty = kbdesk_empty(k->at)};

	list_draw(&k->list[k->at], c, &v);
}

static void draw_text_beside(const struct ui *u, const struct canvas *c, int x)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	struct canvas text = canvas_sub(c, text_rect(c->r.h, c->r.w, false));

	canvas_vline(c, HEAD_ROWS, x, c->r.h - HEAD_ROWS - 1, ROLE_DIM);
	canvas_text(c, HEAD_ROWS, x + 2, ROLE_ACCENT | STYLE_BOLD, k->read.title ? k->read.title : "");
	kbdesk_read_draw(u, &k->read, &text, k->scroll, false);
}

static void draw_lists(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	struct rect r = kbdesk_list_rect(c->r.h, c->r.w);
	struct canvas tabs = canvas_sub(c, (struct rect){1, 0, 1, c->r.w}), list = canvas_sub(c, r);

	draw_tabs(u, m, &tabs);
	draw_list(u, m, &list, focused);
	if (c->r.w >= SIDE_BY_SIDE) {
		draw_text_beside(u, c, list_width(c->r.w));
		return;
	}
	struct canvas rule = canvas_sub(c, (struct rect){r.y + r.h, 0, 1, c->r.w});
	canvas_title(&rule, 0, k->read.title ? k->read.title : "", NULL, false);
	struct canvas brief = canvas_sub(c, text_rect(c->r.h, c->r.w, false));
	kbdesk_read_draw(u, &k->read, &brief, 0, false);
}

void kbdesk_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kbdesk *k = kbdesk_looked_at(u);
	struct str roles = {0};

	if (too_small(c->r.h, c->r.w))
		return;
	user_roles_say(m->roles, &roles);
	if (k->open) {
		struct canvas text = canvas_sub(c, text_rect(c->r.h, c->r.w, true));
		canvas_title(c, 0, k->read.title ? k->read.title : _("Knowledge desk"), kbdesk_list_label(k->at), focused);
		kbdesk_read_draw(u, &k->read, &text, k->scroll, focused);
	} else {
		canvas_title(c, 0, _("Knowledge desk"), str_z(&roles), focused);
		draw_lists(u, m, c, focused);
	}
	struct canvas bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	kbdesk_hints_draw(u, m, &bottom);
	str_release(&roles);
}
