// SPDX-License-Identifier: MIT
// Knows the fields of a contact as the form pane shows them: which, in what order, with what text and which error.
#ifndef UI_FORM_PANE_H
#define UI_FORM_PANE_H

#include "ui/ui.h"

// A field that shows. Everything is borrowed from the contact, its content and the arena of form_rows.
struct form_row {
	const struct form_field *f;
	struct form_run *run;
	size_t field;
	bool base; // else of the pack's form
	bool editable;
	char name[72]; // "base.need"
	int y, h, note_h; // in the whole of the form, set by form_place: first row, rows of the value, rows of the line below it
};
struct form_rows {
	struct form_row *v; // the pack's form first, then the base form
	size_t n;
	struct form_env env;
	const struct form *pack; // NULL: only the base form
	size_t filled, required;
	int base_y, height; // set by form_place: row of the rule above the base form (-1: none), rows in all
};
// Asks the contact; w may be read-only.
void form_rows(const struct model *m, const struct work *w, struct form_rows *out, struct arena *a);
struct form_row *form_row_by_name(const struct form_rows *r, const char *name); // NULL: not there, or not shown
// The one with the focus: v->field, else the first that can be filled in; NULL: no field at all.
struct form_row *form_row_focused(const struct form_rows *r, const struct view *v);

// Chosen from a list rather than typed: enum, multi, category, disposition, article.
bool form_is_choice(const struct form_field *f);
// Typed into a line editor.
bool form_is_typed(const struct form_field *f);
// Personal data that was not typed in this contact: shown masked, and not put into the editor.
bool form_row_masked(const struct form_row *row);
// The value for people; as typed when it could not be understood. masked: with its mask (form_row_masked, or not in the editor).
void form_row_text(const struct form_rows *r, const struct form_row *row, bool masked, struct str *out);
// The text the editor begins with: the value, "" when it is masked.
void form_row_edit_text(const struct form_rows *r, const struct form_row *row, struct str *out);
// What is wrong with the field, without its label in front; false: nothing that should be shown yet. A field shows its
// error once it was left, the whole form was checked, or the call is over; never while it is being typed.
bool form_row_error(const struct form_rows *r, const struct form_row *row, const struct view *v, const struct work *w, struct err *e);
// The message without "label: " in front, where the label stands beside it already.
const char *form_after_label(const char *msg, const char *label);
// "→ 2026-11-23 10:00" while a date or an amount is being typed; false: nothing to say.
bool form_row_understood(const struct form_rows *r, const struct form_row *row, const struct view *v, struct str *out);
// Lines of help at the bottom: help text, format, choices with their digits. Appended to out.
void form_row_help(const struct form_rows *r, const struct form_row *row, struct str *out);

// Columns of a pane w columns wide.
struct form_columns {
	int label_w, value_x, value_w;
};
void form_columns(const struct form_rows *r, int w, struct form_columns *out);
// Gives the rows their y and h in a pane w columns wide.
void form_place(struct form_rows *r, const struct view *v, const struct work *work, int w);
// Rows left for the fields in a pane h rows high, and the first row of the form shown there.
int form_body_rows(int h);
int form_help_rows(int h); // below them
int form_top(const struct form_rows *r, const struct form_row *focused, int body_rows);

// form_draw.c
void form_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);

// Goes to the form pane and this field (from the wrap-up). False, with nothing changed: the contact has no such field.
bool form_go(struct ui *u, struct model *m, const char *field);
// Sets a field from a choice, then goes on to the next one if the form pane has the focus.
must_use bool form_choose(struct ui *u, struct model *m, struct work *w, const char *field, const char *code, struct err *e);

#endif
