// SPDX-License-Identifier: MIT
// Knows the wrap-up: the checklist with a way to each open point, the summary beside it, the key that saves.
#include "src/base/i18n.h"
#include "ui/ask.h"
#include "ui/form_pane.h"
#include "ui/wrap_rows.h"

enum { DETAIL_ROWS = 2 };

static int left_width(int w)
{
	return w * 11 / 20;
}

static int list_rows(int h)
{
	int n = h - 1 - DETAIL_ROWS - 1;

	return n > 1 ? n : 1;
}

// The selected row stays where it was while points are settled; at first it is the first that is open.
static void sync(struct list *l, const struct wrap_rows *rows)
{
	if (!l->id[0])
		l->selected = wrap_first_open(rows);
	list_sync(l, rows->n, wrap_row_id, rows);
}

// --- drawing

struct drawing {
	const struct ui *u;
	const struct wrap_rows *rows;
	int heading_w;
};

static void draw_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct drawing *d = ctx;
	const struct wrap_row *row = &d->rows->v[i];
	int indent = row->kind == WRAP_FIELD || row->kind == WRAP_STEP ? 2 : 0;
	enum glyph sign = row->state == WRAP_DONE ? GLYPH_DONE : GLYPH_TIMES;
	unsigned role = row->state == WRAP_BLOCK ? ROLE_ERROR : row->state == WRAP_WARN ? ROLE_WARN : ROLE_ACCENT;

	if (row->kind == WRAP_SAVE_ROW)
		role |= STYLE_BOLD;
	if (row->state == WRAP_WARN)
		canvas_text(c, 0, indent, role | style, "!");
	else
		canvas_glyph(c, 0, indent, role | style, sign);
	canvas_fit(c, 0, indent + 2, (row->state == WRAP_DONE && row->kind == WRAP_ITEM ? ROLE_DIM : ROLE_PLAIN) | style, sv(row->heading),
		   d->heading_w);
	canvas_fit(c, 0, indent + 3 + d->heading_w, (row->state == WRAP_DONE ? ROLE_DIM : ROLE_PLAIN) | style, sv(row->text),
		   c->r.w - indent - 3 - d->heading_w);
}

static int heading_width(const struct wrap_rows *rows)
{
	int most = 6;

	for (size_t i = 0; i < rows->n; i++) {
		int n = canvas_columns(sv(rows->v[i].heading));
		most = n > most ? n : most;
	}
	return most > 16 ? 16 : most;
}

static void draw_title(const struct model *m, const struct work *w, const struct canvas *c, bool focused)
{
	const struct contact *k = w->contact;
	int64_t spent = model_t(m, w) - (k->correct_t ? k->correct_t : k->ended_t), limit = 1000LL * (k->intent == INTENT_COMPLAINT ? m->config->wrapup_complaint_s : m->config->wrapup_phone_s);
	char title[96], right[96], dur[16];

	ui_duration(spent, dur, sizeof(dur));
	snprintf(title, sizeof(title), "%s %s", k->versions > 1 ? _("Correction") : _("Wrap-up"), k->no ? k->no : "");
	snprintf(right, sizeof(right), spent > limit ? _("! overdue %s / %llds") : "%s / %llds", dur, (long long)(limit / 1000));
	canvas_title(c, 0, title, right, focused);
}

static void draw_bottom(const struct ui *u, const struct wrap_rows *rows, const struct canvas *c, int y)
{
	static const enum action hints[] = {ACT_LIST_OPEN, ACT_WRAP_DISPOSITION, ACT_WRAP_FOLLOW, ACT_WRAP_KB, ACT_WRAP_REDO, ACT_WRAP_NA,
					    ACT_WRAP_LATER};
	char key[KEY_NAME_MAX], text[200];
	int x = 1;

	keymap_label(u->keys, CTX_WRAP | CTX_LIST | CTX_ANY, ACT_WRAP_SAVE, key, sizeof(key));
	if (rows->blocking) {
		snprintf(text, sizeof(text), ngettext("%zu point stands before saving", "%zu points stand before saving", rows->blocking),
			 rows->blocking);
		x += canvas_glyph(c, y, x, ROLE_ERROR, GLYPH_TIMES) + 1;
		x += canvas_text(c, y, x, ROLE_ERROR, text) + 2;
	} else {
		snprintf(text, sizeof(text), _("Ready: %s saves"), key);
		x += canvas_text(c, y, x, ROLE_ACCENT | STYLE_BOLD, text) + 2;
	}
	ui_hints(u, c, y, x, CTX_WRAP | CTX_LIST, hints, sizeof(hints) / sizeof(*hints));
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct work *w = model_work(m);
	struct list list = ui_view_const(u, m)->wrap;
	struct arena a = {0};
	struct wrap_rows rows;
	int left = left_width(c->r.w), height = list_rows(c->r.h);

	if (!w)
		return;
	wrap_rows(m, w, &rows, &a);
	sync(&list, &rows);
	struct drawing d = {.u = u, .rows = &rows, .heading_w = heading_width(&rows)};
	struct list_view view = {.count = rows.n, .draw = draw_row, .ctx = &d, .focused = focused};
	struct canvas check = canvas_sub(c, (struct rect){1, 0, height, left});
	struct canvas detail = canvas_sub(c, (struct rect){1 + height, 1, DETAIL_ROWS, left - 2});
	struct canvas side = canvas_sub(c, (struct rect){1, left + 1, c->r.h - 2, c->r.w - left - 1});
	draw_title(m, w, c, focused);
	canvas_wrap(&detail, 0, 0, ROLE_DIM, sv(rows.v[list.selected].text), 0);
	canvas_vline(c, 1, left, c->r.h - 2, ROLE_DIM);
	wrap_summary(u, m, w, &side);
	draw_bottom(u, &rows, c, c->r.h - 1);
	list_draw(&list, &check, &view);
	arena_release(&a);
}

// --- keys

// One key: the rows, and the selected one.
struct at {
	struct ui *u;
	struct model *m;
	struct work *w;
	struct view *v;
	struct arena arena;
	struct wrap_rows rows;
	const struct wrap_row *row;
};

static bool begin(struct at *x, struct ui *u, struct model *m)
{
	*x = (struct at){.u = u, .m = m, .w = model_work(m)};
	if (!x->w)
		return false;
	x->v = ui_view(u, m);
	wrap_rows(m, x->w, &x->rows, &x->arena);
	sync(&x->v->wrap, &x->rows);
	x->row = &x->rows.v[x->v->wrap.selected];
	return true;
}

static void select_row(struct at *x, size_t row)
{
	list_select(&x->v->wrap, row, list_rows(x->u->layout.body.h), x->rows.n, wrap_row_id, &x->rows);
}

static void save(struct at *x)
{
	struct err e = {0};

	if (x->rows.blocking) {
		size_t first = wrap_first_open(&x->rows);
		select_row(x, first);
		model_say_note(x->m, NOTE_WARN, "%s: %s", x->rows.v[first].heading, x->rows.v[first].text);
		return;
	}
	ui_try(x->m, model_save(x->m, x->w, &e), &e);
}

static bool made_up(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ask_work(u, m, e);

	(void)r;
	return w && model_script_settle(m, w, u->ask_arg, NULL, e);
}

// The step b and x are about: the selected one, from the row of the script the first.
static const struct wrap_row *step_of(struct at *x)
{
	if (x->row->kind == WRAP_STEP)
		return x->row;
	for (size_t i = 0; i < x->rows.n; i++)
		if (x->rows.v[i].kind == WRAP_STEP)
			return &x->rows.v[i];
	model_say_note(x->m, NOTE_INFO, "%s", _("No required step of the script was left out."));
	return NULL;
}

static void redo_step(struct at *x)
{
	const struct wrap_row *step = step_of(x);

	if (!step)
		return;
	popup_confirm(&x->u->popup, 0, _("Made up for this step?"), step->text);
	ask_open(x->u, x->m, made_up, step->target, ASK_STAY);
}

static void not_applicable(struct at *x)
{
	const struct wrap_row *step = step_of(x);

	if (step)
		ask_settle(x->u, x->m, step->target);
}

static void go_to(struct at *x, const char *field)
{
	if (!form_go(x->u, x->m, field))
		model_say_note(x->m, NOTE_INFO, "%s", _("This field does not show now."));
}

static void open_item(struct at *x)
{
	switch (x->row->code) {
	case WRAPUP_FORM:
		// The fields are the rows below; without them only those with a row of their own are missing.
		if (x->row + 1 < x->rows.v + x->rows.n && x->row[1].kind == WRAP_FIELD)
			go_to(x, x->row[1].target);
		else
			ui_focus(x->u, x->m, PANE_FORM);
		break;
	case WRAPUP_INTENT: ask_field_choice(x->u, x->m, "base.intent"); break;
	case WRAPUP_CATEGORY: ask_classify(x->u, x->m); break;
	case WRAPUP_DIFFICULTY: ask_field_choice(x->u, x->m, "base.difficulty"); break;
	case WRAPUP_DISPOSITION: ask_disposition(x->u, x->m); break;
	case WRAPUP_RESOLUTION:
	case WRAPUP_FOLLOW_UP: ask_follow_up(x->u, x->m); break;
	case WRAPUP_SOLUTION: go_to(x, "base.solution"); break;
	case WRAPUP_URGENT_REVIEW: ask_escalate(x->u, x->m); break;
	case WRAPUP_KB_SEARCH:
	case WRAPUP_KB_UPDATE:
	case WRAPUP_KB_VALID: ask_kb_update(x->u, x->m); break;
	case WRAPUP_SCRIPT: redo_step(x); break;
	case WRAPUP_RESTATE: ask_restate(x->u, x->m); break;
	case WRAPUP_CODES: break;
	}
}

static void open_row(struct at *x)
{
	switch (x->row->kind) {
	case WRAP_ITEM: open_item(x); break;
	case WRAP_FIELD: go_to(x, x->row->target); break;
	case WRAP_STEP: redo_step(x); break;
	case WRAP_SAVE_ROW: save(x); break;
	}
}

static bool act_at(struct at *x, enum action a)
{
	switch ((int)a) {
	case ACT_LIST_OPEN: open_row(x); return true;
	case ACT_WRAP_SAVE: save(x); return true;
	case ACT_WRAP_REDO: redo_step(x); return true;
	case ACT_WRAP_NA: not_applicable(x); return true;
	case ACT_WRAP_DISPOSITION: return ask_disposition(x->u, x->m);
	case ACT_WRAP_FOLLOW: return ask_follow_up(x->u, x->m);
	case ACT_WRAP_KB: return ask_kb_update(x->u, x->m);
	default:
		return list_act(&x->v->wrap, a, list_rows(x->u->layout.body.h), x->rows.n, wrap_row_id, &x->rows);
	}
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct at x;
	bool mine;

	if (a == ACT_WRAP_LATER) {
		ui_focus(u, m, PANE_SCRIPT);
		model_say_note(m, NOTE_INFO, "%s", _("The wrap-up is kept; F9 comes back to it."));
		return true;
	}
	if (!begin(&x, u, m))
		return false;
	mine = act_at(&x, a);
	arena_release(&x.arena);
	return mine;
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u, (void)m;
	return CTX_WRAP | CTX_LIST;
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)u, (void)m, (void)k, (void)paste;
	return false;
}

static void enter(struct ui *u, struct model *m)
{
	struct at x;

	if (!begin(&x, u, m))
		return;
	x.v->form_checked = true;
	select_row(&x, wrap_first_open(&x.rows));
	arena_release(&x.arena);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct rect r = u->layout.body;
	struct at at;

	if (wheel != ACT_NONE) {
		act(u, m, wheel);
		return;
	}
	if (y <= r.y || y > r.y + list_rows(r.h) || x >= r.x + left_width(r.w) || !begin(&at, u, m))
		return;
	size_t top = list_top(at.v->wrap.wanted, at.v->wrap.selected, list_rows(r.h), at.rows.n);
	size_t row = top + (size_t)(y - r.y - 1);
	if (row < at.rows.n && row == at.v->wrap.selected)
		open_row(&at);
	else if (row < at.rows.n)
		select_row(&at, row);
	arena_release(&at.arena);
}

const struct place place_wrap = {
	.title = N_("Wrap-up"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.enter = enter,
	.mouse = mouse,
};
