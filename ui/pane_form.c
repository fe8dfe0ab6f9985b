// SPDX-License-Identifier: MIT
// Knows what keys do in the form pane: going from field to field, typing, choosing, and setting what was typed.
#include "src/base/utf8.h"
#include "ui/form_pane.h"

// One key: the pane with its fields, made anew because a value may show or hide others.
struct at {
	struct ui *u;
	struct model *m;
	struct work *w;
	struct view *v;
	struct arena arena;
	struct form_rows rows;
	struct form_row *row; // focused; NULL: the form has no field
};

static void look(struct at *x)
{
	form_rows(x->m, x->w, &x->rows, &x->arena);
	x->row = form_row_focused(&x->rows, x->v);
}

// The editor takes the text of the focused field: its draft if it was being typed, else its value. An undo may have changed the
// value under an editor that was not typed into.
static void load(struct at *x)
{
	struct view *v = x->v;
	struct str text = {0};

	if (!x->row)
		return;
	snprintf(v->field, sizeof(v->field), "%s", x->row->name);
	if (!form_is_typed(x->row->f) || !x->row->editable) {
		v->edit_of[0] = '\0';
		v->edit_typed = false;
		lineedit_set(&v->edit, "");
		return;
	}
	bool same = strcmp(v->edit_of, x->row->name) == 0;
	form_row_edit_text(&x->rows, x->row, &text);
	if (!same || (!v->edit_typed && strcmp(lineedit_text(&v->edit), str_z(&text)) != 0)) {
		snprintf(v->edit_of, sizeof(v->edit_of), "%s", x->row->name);
		v->edit.multi = x->row->f->type == FIELD_MEMO;
		v->edit_typed = *model_draft_of(x->w, x->row->name)->text != '\0';
		if (v->edit_typed)
			ui_edit_load(&v->edit, x->m, x->w, x->row->name);
		else
			lineedit_set(&v->edit, str_z(&text));
	}
	str_release(&text);
}

static bool begin(struct at *x, struct ui *u, struct model *m)
{
	*x = (struct at){.u = u, .m = m, .w = model_work(m)};
	if (!x->w)
		return false;
	x->v = ui_view(u, m);
	look(x);
	load(x);
	return x->row != NULL;
}

static void end(struct at *x)
{
	arena_release(&x->arena);
	x->m->typed = true;
}

static void mark_left(struct at *x, const struct form_row *row)
{
	if (!row->base && x->v->form_left_of != row->run->form) {
		x->v->form_left_of = row->run->form;
		x->v->form_left[1] = 0;
	}
	if (row->field < 64)
		x->v->form_left[row->base ? 0 : 1] |= UINT64_C(1) << row->field;
}

// What was typed becomes the field's value. False: it was refused, and stays in the editor.
static bool settle(struct at *x)
{
	struct view *v = x->v;
	struct form_row *row = v->edit_typed ? form_row_by_name(&x->rows, v->edit_of) : x->row;
	struct str now = {0};
	struct err e = {0};
	bool ok = true;

	if (!row || !row->editable)
		return true;
	if (v->edit_typed) {
		form_row_edit_text(&x->rows, row, &now);
		if (strcmp(str_z(&now), lineedit_text(&v->edit)) != 0 || form_row_masked(row))
			ok = model_form_set(x->m, x->w, row->name, lineedit_text(&v->edit), &e);
		str_release(&now);
		if (!ok) {
			ui_fail(x->m, &e);
			return false;
		}
		model_draft_drop(x->m, x->w, row->name);
		v->edit_typed = false;
	}
	mark_left(x, row);
	look(x);
	return true;
}

static void focus_row(struct at *x, const struct form_row *row)
{
	snprintf(x->v->field, sizeof(x->v->field), "%s", row->name);
	look(x);
	load(x);
}

// The next field one can be in; of a record that is only read, every field, so that all of it can be seen.
static struct form_row *step(struct at *x, int dir, bool around)
{
	size_t n = x->rows.n, i = (size_t)(x->row - x->rows.v);

	for (size_t k = 1; k <= n; k++) {
		if (!around && (dir < 0 ? i < k : i + k >= n))
			return NULL;
		struct form_row *row = &x->rows.v[(i + (dir < 0 ? n - k : k)) % n];
		if (row->editable || x->w->read_only)
			return row;
	}
	return NULL;
}

static void go(struct at *x, int dir, bool around)
{
	struct form_row *to;

	if (!settle(x))
		return;
	to = step(x, dir, around);
	if (to)
		focus_row(x, to);
	else if (dir > 0)
		model_say_note(x->m, NOTE_INFO, _("This is the last field. C-s checks the form, F9 wraps up."));
	load(x);
}

static int pane_width(const struct ui *u)
{
	struct rect r = u->layout.pane[PANE_FORM];

	return rect_empty(r) ? u->cols : r.w;
}

static void up_down(struct at *x, int dir)
{
	struct form_columns col;

	form_columns(&x->rows, pane_width(x->u), &col);
	if (x->row->f->type == FIELD_MEMO && x->row->editable && lineedit_move_row(&x->v->edit, col.value_w, dir))
		return;
	go(x, dir, false);
}

static void page(struct at *x, int dir)
{
	enum { PAGE_FIELDS = 6 };

	for (int i = 0; i < PAGE_FIELDS && step(x, dir, false); i++)
		go(x, dir, false);
}

// Everything is checked; the first field that is missing or wrong gets the focus.
static void check_all(struct at *x)
{
	size_t wrong = 0;
	struct form_row *first = NULL;

	if (!settle(x))
		return;
	x->v->form_checked = true;
	for (size_t i = 0; i < x->rows.n; i++)
		if (!form_run_check(x->rows.v[i].run, x->rows.v[i].field, &x->rows.env, NULL)) {
			wrong++;
			if (!first)
				first = &x->rows.v[i];
		}
	if (!first) {
		model_say_note(x->m, NOTE_INFO, _("The form is complete."));
		return;
	}
	model_say_note(x->m, NOTE_WARN,
		       ngettext("%zu field is missing or wrong; here it is.", "%zu fields are missing or wrong; this is the first.", wrong),
		       wrong);
	focus_row(x, first);
}

// Says why this field takes nothing; false when it does.
static bool refused(struct at *x)
{
	const struct form_field *f = x->row->f;

	if (x->row->editable)
		return false;
	if (x->w->read_only)
		model_say_note(x->m, NOTE_INFO, _("This record is closed; F10 lists your contacts, c there corrects one."));
	else if (f->type == FIELD_COMPUTED)
		model_say_note(x->m, NOTE_INFO, _("%s is computed from other fields; change those."), label_text(f->label));
	else if (f->role)
		model_say_note(x->m, NOTE_INFO, _("%s is filled in by the role %s."), label_text(f->label), f->role);
	else
		model_say_note(x->m, NOTE_INFO, _("%s cannot be changed after closing; add a note (M-t)."), label_text(f->label));
	return true;
}

static bool set_now(struct at *x, const char *value)
{
	struct err e = {0};

	if (!model_form_set(x->m, x->w, x->row->name, value, &e)) {
		ui_fail(x->m, &e);
		return false;
	}
	model_draft_drop(x->m, x->w, x->row->name);
	mark_left(x, x->row);
	look(x);
	return true;
}

bool form_choose(struct ui *u, struct model *m, struct work *w, const char *field, const char *code, struct err *e)
{
	struct at x;

	if (!model_form_set(m, w, field, code, e))
		return false;
	model_draft_drop(m, w, field);
	if (model_work(m) != w || ui_place(u, m) != &place_form || !begin(&x, u, m))
		return true;
	if (strcmp(x.v->field, field) == 0) {
		mark_left(&x, x.row);
		go(&x, 1, false);
	}
	end(&x);
	return true;
}

bool form_go(struct ui *u, struct model *m, const char *field)
{
	struct work *w = model_work(m);
	struct arena a = {0};
	struct form_rows rows;
	bool there;

	if (!w)
		return false;
	form_rows(m, w, &rows, &a);
	there = form_row_by_name(&rows, field) != NULL;
	arena_release(&a);
	if (!there)
		return false;
	ui_focus(u, m, PANE_FORM);
	struct view *v = ui_view(u, m);
	snprintf(v->field, sizeof(v->field), "%s", field);
	struct at x;
	if (begin(&x, u, m))
		end(&x);
	return true;
}

// --- the place

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u, (void)m;
	return CTX_FORM | CTX_EDIT;
}

static bool choose(struct at *x)
{
	if (form_is_choice(x->row->f) && !refused(x))
		ask_field_choice(x->u, x->m, x->row->name);
	return form_is_choice(x->row->f);
}

// Fields without an editor are emptied as a whole.
static void erase(struct at *x)
{
	const char *name = x->row->name;
	bool fixed = strcmp(name, "base.category") == 0 || strcmp(name, "base.intent") == 0 || strcmp(name, "base.difficulty") == 0 ||
		     strcmp(name, "base.disposition") == 0;

	if (refused(x) || !*form_run_get(x->row->run, x->row->field))
		return;
	if (fixed)
		model_say_note(x->m, NOTE_INFO, _("%s cannot be emptied; choose another one, or undo with M-z."), label_text(x->row->f->label));
	else
		set_now(x, "");
}

static bool edit(struct at *x, enum action a)
{
	bool changed = false;

	if (!form_is_typed(x->row->f) || !x->row->editable) {
		struct lineedit none = {0};
		bool mine = lineedit_act(&none, a, NULL);
		if (a == ACT_EDIT_BACKSPACE || a == ACT_EDIT_DELETE || a == ACT_EDIT_KILL_ALL || a == ACT_EDIT_WORD_BACK)
			erase(x);
		return mine;
	}
	if (!lineedit_act(&x->v->edit, a, &changed))
		return false;
	x->v->edit_typed |= changed;
	if (x->v->edit_typed)
		ui_edit_store(&x->v->edit, x->m, x->w, x->row->name);
	return true;
}

static void newline(struct at *x)
{
	if (x->row->f->type != FIELD_MEMO || refused(x))
		return;
	lineedit_insert(&x->v->edit, sv("\n"));
	x->v->edit_typed = true;
	ui_edit_store(&x->v->edit, x->m, x->w, x->row->name);
}

static bool act_at(struct at *x, enum action a)
{
	switch ((int)a) {
	case ACT_FORM_NEXT: go(x, 1, true); return true;
	case ACT_FORM_PREV: go(x, -1, true); return true;
	case ACT_FORM_ENTER:
		if (!choose(x))
			go(x, 1, false);
		return true;
	case ACT_FORM_CHOOSE:
		if (!choose(x))
			model_say_note(x->m, NOTE_INFO, "%s", _("This field is typed into; there is nothing to choose."));
		return true;
	case ACT_FORM_DOWN: up_down(x, 1); return true;
	case ACT_FORM_UP: up_down(x, -1); return true;
	case ACT_FORM_PAGE_UP: page(x, -1); return true;
	case ACT_FORM_PAGE_DOWN: page(x, 1); return true;
	case ACT_FORM_SAVE: check_all(x); return true;
	case ACT_FORM_NEWLINE: newline(x); return true;
	default: return edit(x, a);
	}
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct at x;
	bool mine;

	if (a == ACT_FORM_BACK) {
		if (model_work(m) && model_work(m)->read_only)
			model_close_view(m);
		else
			ui_focus(u, m, PANE_SCRIPT);
		return true;
	}
	if (!begin(&x, u, m))
		return false;
	mine = act_at(&x, a);
	end(&x);
	return mine;
}

static void into_bool(struct at *x, struct sv typed)
{
	struct str value = {0};

	if (sv_eqz(typed, " "))
		set_now(x, strcmp(form_run_get(x->row->run, x->row->field), "true") == 0 ? "false" : "true");
	else if (field_normalise(x->row->f, &x->rows.env, typed, &value, NULL) && value.n)
		set_now(x, str_z(&value));
	else
		model_say_note(x->m, NOTE_INFO, _("Space switches between yes and no; y and n choose."));
	str_release(&value);
}

// A digit chooses at once in a short list, everything else begins to narrow the list.
static void into_choice(struct at *x, struct sv typed, bool pasted)
{
	const struct form_field *f = x->row->f;
	size_t n = typed.n == 1 && typed.p[0] >= '1' && typed.p[0] <= '9' ? (size_t)(typed.p[0] - '0') : 0;

	if (!pasted && f->type == FIELD_ENUM && f->n_options <= 9 && n && n <= f->n_options) {
		if (set_now(x, f->options[n - 1].code))
			go(x, 1, false);
		return;
	}
	if (!ask_field_choice(x->u, x->m, x->row->name) || x->u->popup.kind != POPUP_PICK || sv_eqz(typed, " "))
		return;
	lineedit_insert(&x->u->popup.filter, typed);
	popup_ready(&x->u->popup);
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	bool pasted = paste.n > 0;
	struct str one = {0};
	struct at x;

	if (!begin(&x, u, m))
		return false;
	if (!pasted && key_is_text(k))
		str_addcp(&one, k.cp);
	struct sv typed = pasted ? paste : sv(str_z(&one));
	if (!typed.n || refused(&x)) {
		;
	} else if (x.row->f->type == FIELD_BOOL) {
		into_bool(&x, typed);
	} else if (form_is_choice(x.row->f)) {
		into_choice(&x, typed, pasted);
	} else if (pasted ? lineedit_insert(&x.v->edit, paste) : lineedit_key(&x.v->edit, k)) {
		x.v->edit_typed = true;
		ui_edit_store(&x.v->edit, m, x.w, x.row->name);
	}
	end(&x);
	str_release(&one);
	return true;
}

static void enter(struct ui *u, struct model *m)
{
	struct at x;

	if (begin(&x, u, m))
		end(&x);
}

// Not begin(): the text in the editor is set even if the focus has moved on meanwhile.
static void leave(struct ui *u, struct model *m)
{
	struct at x = {.u = u, .m = m, .w = model_work(m)};

	if (!x.w)
		return;
	x.v = ui_view(u, m);
	look(&x);
	if (x.row && !settle(&x)) {
		// What was refused waits as a draft; coming back loads it again.
		x.v->edit_of[0] = '\0';
		x.v->edit_typed = false;
	}
	end(&x);
}

static void badge(const struct ui *u, const struct model *m, char *buf, size_t cap)
{
	const struct work *w = model_work(m);
	struct arena a = {0};
	struct form_rows rows;

	(void)u;
	if (!w)
		return;
	form_rows(m, w, &rows, &a);
	if (rows.required > rows.filled)
		snprintf(buf, cap, "(*%zu)", rows.required - rows.filled);
	arena_release(&a);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct rect r = u->layout.pane[PANE_FORM];
	struct at at;

	(void)x;
	if (!rect_has(r, y, r.x) || !begin(&at, u, m))
		return;
	if (wheel != ACT_NONE) {
		go(&at, wheel == ACT_LIST_UP ? -1 : 1, false);
		end(&at);
		return;
	}
	form_place(&at.rows, at.v, at.w, r.w);
	int line = y - r.y - 1 + form_top(&at.rows, at.row, form_body_rows(r.h));
	char name[sizeof(at.row->name)] = "";
	for (size_t i = 0; i < at.rows.n; i++)
		if (line >= at.rows.v[i].y && line < at.rows.v[i].y + at.rows.v[i].h)
			snprintf(name, sizeof(name), "%s", at.rows.v[i].name);
	if (name[0] && settle(&at)) {
		struct form_row *row = form_row_by_name(&at.rows, name);
		if (row)
			focus_row(&at, row);
	}
	end(&at);
}

const struct place place_form = {
	.title = N_("Form"),
	.contexts = contexts,
	.draw = form_draw,
	.act = act,
	.text = text,
	.enter = enter,
	.leave = leave,
	.badge = badge,
	.mouse = mouse,
};
