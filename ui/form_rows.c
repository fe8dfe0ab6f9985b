// SPDX-License-Identifier: MIT
// Knows which fields a contact shows, their texts and errors, and where they lie in the pane; reads only.
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "ui/form_pane.h"

static void add_rows(struct form_rows *r, struct form_run *run, const struct work *w, bool base)
{
	size_t filled = 0, required = 0;

	form_run_complete(run, &r->env, &filled, &required);
	r->filled += filled;
	r->required += required;
	for (size_t i = 0; i < run->form->n_fields; i++) {
		const struct form_field *f = &run->form->fields[i];
		if (!run->values[i].shown)
			continue;
		struct form_row *row = &r->v[r->n++];
		*row = (struct form_row){.f = f, .run = run, .field = i, .base = base};
		row->editable = !w->read_only && form_run_editable(run, i, &r->env);
		snprintf(row->name, sizeof(row->name), "%s.%s", base ? "base" : "form", f->code);
	}
}

void form_rows(const struct model *m, const struct work *w, struct form_rows *out, struct arena *a)
{
	struct form_run *base = contact_base(w->contact), *pack = contact_form(w->contact);

	*out = (struct form_rows){.base_y = -1};
	contact_form_env(w->contact, clock_wall(m->clock), &out->env);
	out->v = arena_array(a, struct form_row, (base ? base->form->n_fields : 0) + (pack ? pack->form->n_fields : 0) + 1);
	if (pack) {
		out->pack = pack->form;
		add_rows(out, pack, w, false);
	}
	if (base)
		add_rows(out, base, w, true);
}

struct form_row *form_row_by_name(const struct form_rows *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i].name, name) == 0)
			return &r->v[i];
	return NULL;
}

struct form_row *form_row_focused(const struct form_rows *r, const struct view *v)
{
	struct form_row *row = form_row_by_name(r, v->field);

	for (size_t i = 0; !row && i < r->n; i++)
		if (r->v[i].editable)
			row = &r->v[i];
	return row || !r->n ? row : &r->v[0];
}

bool form_is_choice(const struct form_field *f)
{
	return f->type == FIELD_ENUM || f->type == FIELD_MULTI || f->type == FIELD_CATEGORY || f->type == FIELD_DISPOSITION ||
	       f->type == FIELD_ARTICLE_REF;
}

bool form_is_typed(const struct form_field *f)
{
	return !form_is_choice(f) && f->type != FIELD_BOOL && f->type != FIELD_COMPUTED;
}

static enum mask mask_of(const struct form_field *f)
{
	enum mask m = MASK_NONE;

	if (f->mask && mask_parse(sv(f->mask), &m))
		return m;
	// A field said to hold personal data is never shown bare because its author forgot the mask.
	if (f->pii != PII_HIGH)
		return MASK_NONE;
	return f->type == FIELD_PHONE ? MASK_PHONE : f->type == FIELD_IDNO ? MASK_IDNO : f->type == FIELD_EMAIL ? MASK_EMAIL
		: f->type == FIELD_ADDRESS ? MASK_ADDRESS : MASK_NAME;
}

bool form_row_masked(const struct form_row *row)
{
	return mask_of(row->f) != MASK_NONE && !row->run->values[row->field].touched && *form_run_get(row->run, row->field);
}

void form_row_text(const struct form_rows *r, const struct form_row *row, bool masked, struct str *out)
{
	const char *value = form_run_get(row->run, row->field);
	struct str plain = {0};

	if (row->run->values[row->field].odd)
		str_add(&plain, value);
	else
		field_display(row->f, &r->env, value, &plain);
	if (masked && plain.n && mask_of(row->f) != MASK_NONE)
		mask_value(mask_of(row->f), sv(str_z(&plain)), out);
	else
		str_add(out, str_z(&plain));
	str_release(&plain);
}

void form_row_edit_text(const struct form_rows *r, const struct form_row *row, struct str *out)
{
	if (!form_row_masked(row))
		form_row_text(r, row, false, out);
}

static bool was_left(const struct form_row *row, const struct view *v)
{
	if (row->field >= 64 || (!row->base && v->form_left_of != row->run->form))
		return false;
	return v->form_left[row->base ? 0 : 1] >> row->field & 1;
}

const char *form_after_label(const char *msg, const char *label)
{
	// The colon is as wide as the language has it.
	static const char *const colons[] = {": ", "：", ":"};
	size_t n = strlen(label);

	for (size_t i = 0; n && str_starts(msg, label) && i < sizeof(colons) / sizeof(*colons); i++)
		if (str_starts(msg + n, colons[i]))
			return msg + n + strlen(colons[i]);
	return msg;
}

bool form_row_error(const struct form_rows *r, const struct form_row *row, const struct view *v, const struct work *w, struct err *e)
{
	struct err why = {0};
	bool empty = !*form_run_get(row->run, row->field);
	bool due = v->form_checked || !contact_is_live(w->contact) || was_left(row, v);

	if ((v->edit_typed && strcmp(v->edit_of, row->name) == 0) || w->read_only || (empty && !due))
		return false;
	if (form_run_check(row->run, row->field, &r->env, &why))
		return false;
	err_set(e, why.code ? why.code : ERR_PARSE, "%s", form_after_label(why.msg, label_text(row->f->label)));
	return true;
}

bool form_row_understood(const struct form_rows *r, const struct form_row *row, const struct view *v, struct str *out)
{
	enum field_type t = row->f->type;
	struct str value = {0}, shown = {0};
	bool ok = false;

	if (!v->edit_typed || strcmp(v->edit_of, row->name) != 0 || !v->edit.text.n)
		return false;
	if (t != FIELD_DATE && t != FIELD_DATETIME && t != FIELD_MONEY && t != FIELD_PHONE)
		return false;
	if (field_normalise(row->f, &r->env, sv(lineedit_text(&v->edit)), &value, NULL)) {
		field_display(row->f, &r->env, str_z(&value), &shown);
		ok = shown.n && strcmp(str_z(&shown), lineedit_text(&v->edit)) != 0;
		if (ok)
			str_add(out, str_z(&shown));
	}
	str_release(&value);
	str_release(&shown);
	return ok;
}

// What a field of this type takes.
static const char *format_hint(const struct form_field *f)
{
	switch (f->type) {
	case FIELD_DATE: return _("MM-DD, tomorrow, +3d");
	case FIELD_DATETIME: return _("MM-DD HH:MM, +2h, tomorrow 10:00");
	case FIELD_MONEY: return _("an amount: 1200.50");
	case FIELD_INT: return _("a whole number");
	case FIELD_PHONE: return _("a phone number");
	case FIELD_IDNO: return _("an identity number");
	case FIELD_CARD_TAIL: return _("the last 4 digits only");
	case FIELD_EMAIL: return _("name@example.com");
	case FIELD_PLATE: return _("a number plate");
	case FIELD_FLIGHT: return _("a flight: XY1234");
	case FIELD_BOOL: return _("Space: yes or no");
	case FIELD_MULTI: return _("Enter: choose several");
	case FIELD_CATEGORY:
	case FIELD_DISPOSITION:
	case FIELD_ARTICLE_REF: return _("Enter, or type part of it");
	case FIELD_MEMO: return _("M-Enter: new line");
	case FIELD_COMPUTED: return _("computed from other fields");
	case FIELD_TEXT:
	case FIELD_DIGITS:
	case FIELD_ENUM:
	case FIELD_ORDER_NO:
	case FIELD_TRACKING_NO:
	case FIELD_ADDRESS: return "";
	}
	return "";
}

static void add_part(struct str *out, const char *s)
{
	if (str_empty(s))
		return;
	str_add(out, out->n ? "  " : "");
	str_add(out, s);
}

void form_row_help(const struct form_rows *r, const struct form_row *row, struct str *out)
{
	const struct form_field *f = row->f;

	(void)r;
	if (!row->editable && f->role)
		str_addf(out, _("Filled in by: %s"), f->role);
	for (size_t i = 0; f->type == FIELD_ENUM && f->n_options <= 9 && i < f->n_options; i++)
		str_addf(out, "%s%zu %s", out->n ? "  " : "", i + 1, label_text(f->options[i].label));
	add_part(out, label_text(f->help));
	add_part(out, format_hint(f));
	if (f->len) {
		str_add(out, out->n ? "  " : "");
		str_addf(out, ngettext("%d character", "%d characters", (unsigned long)f->len), f->len);
	} else if (f->type == FIELD_INT && f->min && f->max) {
		str_addf(out, "  %s..%s", f->min, f->max);
	}
}

// --- where things lie

enum { LABEL_MIN = 4, LABEL_MAX = 24, MEMO_MIN = 3, MEMO_MAX = 6, MEMO_REST = 3 };

void form_columns(const struct form_rows *r, int w, struct form_columns *out)
{
	int label = LABEL_MIN, most = w * 2 / 5 < LABEL_MAX ? w * 2 / 5 : LABEL_MAX;

	for (size_t i = 0; i < r->n; i++) {
		int n = utf8_columns(sv(label_text(r->v[i].f->label)));
		if (n > label)
			label = n;
	}
	out->label_w = label < most ? label : most;
	out->value_x = 1 + out->label_w + 3; // blank, *, blank
	out->value_w = w - out->value_x - 2; // a column for the mark of a choice, one for the scroll marks
	if (out->value_w < 4)
		out->value_w = 4;
}

static int value_rows(const struct form_rows *r, const struct form_row *row, const struct view *v, bool focused, int width)
{
	struct lineedit le = {.multi = true};
	struct str text = {0};
	int n;

	if (row->f->type != FIELD_MEMO)
		return 1;
	if (focused && strcmp(v->edit_of, row->name) == 0) {
		n = lineedit_rows(&v->edit, width);
	} else {
		form_row_text(r, row, false, &text);
		lineedit_set(&le, str_z(&text));
		n = lineedit_rows(&le, width);
		lineedit_release(&le);
		str_release(&text);
	}
	if (focused)
		return n < MEMO_MIN ? MEMO_MIN : n > MEMO_MAX ? MEMO_MAX : n;
	return n > MEMO_REST ? MEMO_REST : n;
}

void form_place(struct form_rows *r, const struct view *v, const struct work *work, int w)
{
	const struct form_row *here = form_row_focused(r, v);
	struct form_columns col;
	int y = 0;

	form_columns(r, w, &col);
	r->base_y = -1;
	for (size_t i = 0; i < r->n; i++) {
		struct form_row *row = &r->v[i];
		struct err e = {0};
		struct str s = {0};
		if (row->base && r->pack && r->base_y < 0)
			r->base_y = y++;
		row->y = y;
		row->h = value_rows(r, row, v, row == here, col.value_w);
		row->note_h = form_row_error(r, row, v, work, &e) || form_row_understood(r, row, v, &s);
		y += row->h + row->note_h;
		str_release(&s);
	}
	r->height = y;
}

int form_help_rows(int h)
{
	return h >= 26 ? 3 : h >= 18 ? 2 : h >= 6 ? 1 : 0;
}

int form_body_rows(int h)
{
	// Title above; below the help of the field and, with room for it, the keys.
	int body = h - 1 - form_help_rows(h) - (h >= 12);

	return body > 0 ? body : 1;
}

int form_top(const struct form_rows *r, const struct form_row *focused, int body_rows)
{
	int top = 0;

	if (r->height <= body_rows || !focused)
		return 0;
	top = focused->y - (body_rows - focused->h - focused->note_h) / 2;
	if (top > r->height - body_rows)
		top = r->height - body_rows;
	return top > 0 ? top : 0;
}
