// SPDX-License-Identifier: MIT
// Knows the list of my contacts: open one read-only, see its timeline, correct it within 24 hours.
#include "src/base/i18n.h"
#include "ui/ui.h"

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u;
	(void)m;
	return CTX_HISTORY | CTX_LIST;
}

static const char *row_id(const void *ctx, size_t i)
{
	return ((const struct model *)ctx)->past.rows.v[i].id;
}

static void draw_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct model *m = ctx;
	const struct past_row *r = &m->past.rows.v[i];
	char at[24], talk[16];
	const struct category *cat = m->packs && r->category ? category_find(&m->packs->categories, r->category) : NULL;
	const struct disposition *d = m->packs && r->disposition ? disposition_find(&m->packs->dispositions, r->disposition) : NULL;
	enum call_state state;
	bool wide = c->r.w >= 100;
	int x = 2;

	ui_time(m, r->started_at, "%m-%d %H:%M", at, sizeof(at));
	ui_duration(r->talk_ms, talk, sizeof(talk));
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, at, 12, ALIGN_LEFT);
	if (wide)
		x += canvas_field(c, 0, x, ROLE_DIM | style, r->no ? r->no : "", 23, ALIGN_LEFT);
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, r->who ? r->who : "", wide ? 16 : 12, ALIGN_LEFT) + 1;
	x += canvas_field(c, 0, x, ROLE_DIM | style, talk, 6, ALIGN_RIGHT) + 2;
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, cat ? category_label(cat) : r->category ? r->category : "", wide ? 22 : 14 + (c->r.w - 76 > 8 ? 8 : c->r.w > 76 ? c->r.w - 76 : 0), ALIGN_LEFT) + 1;
	if (call_state_parse(sv(r->state), &state) && state != CALL_CLOSED)
		x += canvas_text(c, 0, x, ROLE_WARN | style, call_state_label(state)) + 1;
	else if (d || !str_empty(r->disposition))
		x += canvas_text(c, 0, x, ROLE_PLAIN | style, d ? disposition_label(d) : r->disposition) + 1;
	if (r->versions > 1)
		x += canvas_printf(c, 0, x, ROLE_DIM | style, _("version %d"), r->versions) + 1;
	if (r->can_correct)
		canvas_text(c, 0, x, ROLE_DIM | style, _("can be corrected"));
}

static struct list_view view(const struct model *m, bool focused)
{
	return (struct list_view){.count = m->past.rows.n, .draw = draw_row, .ctx = m, .focused = focused,
				  .empty = _("No contact yet. After the first record is saved it stands here. Esc goes back.")};
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	static const enum action hints[] = {ACT_LIST_OPEN, ACT_HISTORY_CORRECT, ACT_HISTORY_REPLAY, ACT_POPUP_CANCEL};
	struct list_view v = view(m, focused);
	char title[96];

	snprintf(title, sizeof(title), "%s %zu", _("My contacts"), m->past.rows.n);
	canvas_title(c, 0, title, NULL, focused);
	struct canvas body = canvas_sub(c, (struct rect){1, 1, c->r.h - 2, c->r.w - 2});
	list_draw(&u->history_list, &body, &v);
	struct canvas bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	ui_hints(u, &bottom, 0, 0, CTX_HISTORY | CTX_LIST, hints, 4);
}

static void leave_list(struct ui *u, struct model *m, enum pane p)
{
	u->screen = SCREEN_DESK;
	ui_follow(u, m);
	ui_focus(u, m, p);
}

static bool open_row(struct ui *u, struct model *m, enum pane p)
{
	struct err e = {0};

	model_close_view(m);
	if (u->history_list.selected >= m->past.rows.n) {
		model_say_note(m, NOTE_INFO, _("The list is empty."));
		return true;
	}
	if (!model_open_past(m, m->past.rows.v[u->history_list.selected].id, &e))
		return ui_try(m, false, &e);
	leave_list(u, m, p);
	return true;
}

static bool correct(struct ui *u, struct model *m)
{
	size_t i = u->history_list.selected;

	if (i >= m->past.rows.n)
		return true;
	if (!m->past.rows.v[i].can_correct) {
		model_say_note(m, NOTE_WARN, _("Only your own records can be corrected, within 24 hours of closing."));
		return true;
	}
	return ask_correct(u, m, m->past.rows.v[i].id);
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	int h = u->layout.body.h - 2;

	switch ((int)a) {
	case ACT_LIST_OPEN: return open_row(u, m, PANE_RECORD);
	case ACT_HISTORY_REPLAY: return open_row(u, m, PANE_RECORD);
	case ACT_HISTORY_CORRECT: return correct(u, m);
	case ACT_POPUP_CANCEL:
		u->screen = SCREEN_DESK;
		return true;
	case ACT_LIST_SEARCH: return ui_act(u, m, ACT_SEARCH);
	default: return list_act(&u->history_list, a, h > 0 ? h : 1, m->past.rows.n, row_id, m);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)u;
	(void)m;
	(void)k;
	(void)paste;
	return false;
}

static void enter(struct ui *u, struct model *m)
{
	list_sync(&u->history_list, m->past.rows.n, row_id, m);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	int h = u->layout.body.h - 2;

	(void)x;
	if (wheel != ACT_NONE)
		list_act(&u->history_list, wheel, h, m->past.rows.n, row_id, m);
	else if (y > u->layout.body.y)
		list_select(&u->history_list,
			    list_top(u->history_list.wanted, u->history_list.selected, h, m->past.rows.n) + (size_t)(y - u->layout.body.y - 1), h,
			    m->past.rows.n, row_id, m);
}

const struct place place_history = {
	.title = N_("My contacts"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.enter = enter,
	.mouse = mouse,
};
