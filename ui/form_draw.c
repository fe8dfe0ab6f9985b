// SPDX-License-Identifier: MIT
// Knows how the form pane is drawn.
#include "src/base/utf8.h"
#include "ui/form_pane.h"

struct drawing {
	const struct ui *u;
	const struct view *v;
	const struct work *w;
	const struct canvas *c; // the rows of the fields only
	const struct form_rows *rows;
	struct form_columns col;
	bool focused;
};

// The editor of the focused field: the view's when it is loaded, else one made from the draft or the value.
static void draw_editor(const struct drawing *d, const struct form_row *row, const struct canvas *box)
{
	struct lineedit tmp = {.multi = row->f->type == FIELD_MEMO};
	struct str text = {0};

	form_row_edit_text(d->rows, row, &text);
	if (strcmp(d->v->edit_of, row->name) == 0 && (d->v->edit_typed || strcmp(lineedit_text(&d->v->edit), str_z(&text)) == 0)) {
		lineedit_draw(&d->v->edit, box, STYLE_UNDERLINE, d->focused);
	} else {
		if (*model_draft_of(d->w, row->name)->text)
			ui_edit_load(&tmp, NULL, d->w, row->name);
		else
			lineedit_set(&tmp, str_z(&text));
		lineedit_draw(&tmp, box, STYLE_UNDERLINE, d->focused);
		lineedit_release(&tmp);
	}
	str_release(&text);
}

static bool editor_empty(const struct drawing *d, const struct form_row *row)
{
	if (strcmp(d->v->edit_of, row->name) == 0 && d->v->edit_typed)
		return !d->v->edit.text.n;
	return !*model_draft_of(d->w, row->name)->text && (!*form_run_get(row->run, row->field) || form_row_masked(row));
}

static void draw_box(const struct drawing *d, const struct form_row *row, const struct canvas *box, bool here)
{
	const char *value = form_run_get(row->run, row->field);
	enum glyph g = strcmp(value, "true") == 0 ? GLYPH_BOX_ON : strcmp(value, "false") == 0 ? GLYPH_BOX : GLYPH_BOX;
	unsigned role = !row->editable ? ROLE_DIM : here ? ROLE_ACCENT : ROLE_PLAIN;

	canvas_glyph(box, 0, 0, role, g);
	// No and not asked yet are not the same.
	if (strcmp(value, "false") == 0)
		canvas_text(box, 0, 2, role, _("no"));
	if (here && d->focused)
		canvas_caret(box, 0, 0, true);
}

static void draw_value(const struct drawing *d, const struct form_row *row, const struct canvas *box, bool here)
{
	const char *draft = model_draft_of(d->w, row->name)->text;
	bool unstored = *draft && form_is_typed(row->f) && row->editable;
	unsigned role = row->editable ? ROLE_PLAIN : ROLE_DIM;
	struct str text = {0};

	if (unstored)
		str_add(&text, draft);
	else
		form_row_text(d->rows, row, true, &text);
	if (row->editable)
		role |= STYLE_UNDERLINE;
	canvas_fill(box, role);
	if (unstored)
		role = ROLE_WARN | STYLE_UNDERLINE;
	if (row->h > 1)
		canvas_wrap(box, 0, 0, role, sv(str_z(&text)), 0);
	else
		canvas_text(box, 0, 0, role, str_z(&text));
	if (here && d->focused)
		canvas_caret(box, 0, 0, row->editable);
	str_release(&text);
}

static void draw_note(const struct drawing *d, const struct form_row *row, int y)
{
	struct err e = {0};
	struct str s = {0}, line = {0};
	int x = d->c->r.w < 44 ? 2 : d->col.value_x;
	const char *arrow = theme_glyph(&d->u->theme, GLYPH_RIGHT);

	if (form_row_error(d->rows, row, d->v, d->w, &e)) {
		str_addf(&line, "! %s", e.msg);
		canvas_fit(d->c, y, x, ROLE_ERROR, sv(str_z(&line)), d->c->r.w - x - 1);
	} else if (form_row_understood(d->rows, row, d->v, &s)) {
		str_addf(&line, "%s %s", arrow, str_z(&s));
		canvas_fit(d->c, y, x, ROLE_DIM, sv(str_z(&line)), d->c->r.w - x - 1);
	}
	str_release(&s);
	str_release(&line);
}

static void draw_row(const struct drawing *d, const struct form_row *row, int y, bool here)
{
	const struct form_value *value = &row->run->values[row->field];
	const struct canvas *c = d->c;
	struct canvas box = canvas_sub(c, (struct rect){y, d->col.value_x, row->h, d->col.value_w});
	bool must = value->required || (row->f->type == FIELD_BOOL && row->f->must_be);
	unsigned label = !row->editable ? ROLE_DIM : here && d->focused ? ROLE_ACCENT | STYLE_BOLD : ROLE_PLAIN;

	if (here)
		canvas_glyph(c, y, 0, d->focused ? ROLE_ACCENT : ROLE_DIM, GLYPH_SELECT);
	canvas_fit(c, y, 1, label, sv(label_text(row->f->label)), d->col.label_w);
	if (must && row->f->type != FIELD_COMPUTED)
		canvas_text(c, y, d->col.value_x - 2, value->text ? ROLE_DIM : ROLE_WARN, "*");
	if (row->f->type == FIELD_BOOL)
		draw_box(d, row, &box, here);
	else if (here && row->editable && form_is_typed(row->f))
		draw_editor(d, row, &box);
	else
		draw_value(d, row, &box, here);
	if (here && row->editable && form_is_typed(row->f) && form_row_masked(row) && editor_empty(d, row)) {
		struct str masked = {0};
		form_row_text(d->rows, row, true, &masked);
		canvas_text(&box, 0, 0, ROLE_DIM | STYLE_UNDERLINE, str_z(&masked));
		str_release(&masked);
	}
	if (form_is_choice(row->f) && row->editable)
		canvas_glyph(c, y, d->col.value_x + d->col.value_w, here ? ROLE_ACCENT : ROLE_DIM, GLYPH_CHOICE);
	if (row->note_h)
		draw_note(d, row, y + row->h);
}

// Parts of a help, two blanks between them: one that does not fit whole goes to the next line ("5" never leaves its choice).
static void draw_parts(const struct canvas *c, unsigned role, const char *text)
{
	int x = 0, y = 0;

	while (*text && y < c->r.h) {
		const char *end = strstr(text, "  ");
		struct sv part = sv_n(text, end ? (size_t)(end - text) : strlen(text));
		int w = canvas_columns(part);
		if (x && x + w > c->r.w) {
			x = 0;
			y++;
		}
		struct canvas below = canvas_below(c, y < c->r.h ? y : c->r.h);
		if (w > c->r.w) {
			canvas_wrap(&below, 0, 0, role, part, 0);
			y += wrap_lines(part, c->r.w);
		} else if (y < c->r.h) {
			x += canvas_clip(c, y, x, role, part, c->r.w - x) + 2;
		}
		text += part.n + (end ? 2 : 0);
	}
}

static void draw_help(const struct drawing *d, const struct canvas *c, const struct form_row *here)
{
	int rows = form_help_rows(c->r.h), y = 1 + form_body_rows(c->r.h);
	struct canvas box = canvas_sub(c, (struct rect){y, 1, rows, c->r.w - 2});
	struct str help = {0};
	struct err e = {0};

	// The error stands at the field; here it comes only when there is more of it than fits there.
	if (here && form_row_error(d->rows, here, d->v, d->w, &e) && canvas_columns(sv(e.msg)) > d->col.value_w - 2) {
		str_addf(&help, "! %s", e.msg);
		canvas_wrap(&box, 0, 0, ROLE_ERROR, sv(str_z(&help)), 0);
		box = canvas_below(&box, wrap_lines(sv(str_z(&help)), box.r.w));
		str_clear(&help);
	}
	if (here) {
		form_row_help(d->rows, here, &help);
		draw_parts(&box, ROLE_DIM, str_z(&help));
	}
	str_release(&help);
}

static void draw_fields(const struct drawing *d, const struct form_row *here)
{
	int body = d->c->r.h, top = form_top(d->rows, here, body);

	for (size_t i = 0; i < d->rows->n; i++) {
		const struct form_row *row = &d->rows->v[i];
		if (row->y - top + row->h + row->note_h > 0 && row->y - top < body)
			draw_row(d, row, row->y - top, row == here);
	}
	if (d->rows->base_y >= top && d->rows->base_y - top < body) {
		struct canvas rule = canvas_sub(d->c, (struct rect){d->rows->base_y - top, 0, 1, d->c->r.w});
		canvas_title(&rule, 0, _("Basics"), NULL, false);
	}
	if (top > 0)
		canvas_glyph(d->c, 0, d->c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (top + body < d->rows->height)
		canvas_glyph(d->c, body - 1, d->c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
}

void form_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	static const enum action hints[] = {ACT_FORM_NEXT, ACT_FORM_ENTER, ACT_FORM_SAVE, ACT_WRAPUP, ACT_FORM_BACK};
	const struct work *w = model_work(m);
	struct arena a = {0};
	struct form_rows rows;
	char title[160], count[32];

	if (!w) {
		canvas_title(c, 0, _("Form"), NULL, focused);
		canvas_wrap(c, 1, 1, ROLE_DIM, sv(_("The form opens with a contact: F2 answers, F4 starts one by hand.")), 0);
		return;
	}
	form_rows(m, w, &rows, &a);
	struct drawing d = {.u = u, .v = ui_view_const(u, m), .w = w, .rows = &rows, .focused = focused};
	form_columns(&rows, c->r.w, &d.col);
	form_place(&rows, d.v, w, c->r.w);
	const struct form_row *here = form_row_focused(&rows, d.v);
	int body = form_body_rows(c->r.h);
	struct canvas fields = canvas_sub(c, (struct rect){1, 0, body, c->r.w});
	d.c = &fields;
	if (rows.pack)
		snprintf(title, sizeof(title), "%s %s", _("Form"), label_text(rows.pack->title));
	else
		snprintf(title, sizeof(title), "%s", _("Form"));
	snprintf(count, sizeof(count), "%zu/%zu", rows.filled, rows.required);
	canvas_title(c, 0, title, count, focused);
	draw_fields(&d, here);
	draw_help(&d, c, here);
	if (c->r.h >= 12 && focused)
		ui_hints(u, c, c->r.h - 1, 1, CTX_FORM | CTX_EDIT, hints, sizeof(hints) / sizeof(*hints));
	arena_release(&a);
}
