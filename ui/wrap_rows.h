// SPDX-License-Identifier: MIT
// Knows the checklist of the wrap-up as rows: what is done, what is open, and where each leads.
#ifndef UI_WRAP_ROWS_H
#define UI_WRAP_ROWS_H

#include "ui/ui.h"

enum wrap_kind {
	WRAP_ITEM,  // a finding of model_wrap_items, or the same thing done
	WRAP_FIELD, // a field of the form that is missing or wrong; target is its name
	WRAP_STEP,  // a required step of the script that was left out; target is the id for model_script_settle
	WRAP_SAVE_ROW,
};
enum wrap_state { WRAP_DONE, WRAP_WARN, WRAP_BLOCK };
struct wrap_row {
	enum wrap_kind kind;
	enum wrap_state state;
	enum wrapup_code code; // WRAP_ITEM
	const char *heading, *text, *target; // owned by the arena
	char id[80];
};
struct wrap_rows {
	struct wrap_row *v;
	size_t n, blocking; // blocking: open points, the fields of the form one by one
};
// The last row is the one that saves.
void wrap_rows(const struct model *m, const struct work *w, struct wrap_rows *out, struct arena *a);
const char *wrap_row_id(const void *rows, size_t i); // list_id_fn over a struct wrap_rows
size_t wrap_first_open(const struct wrap_rows *r); // the first that blocks, else the row that saves

// wrap_summary.c: what the record will say, into the whole canvas.
void wrap_summary(const struct ui *u, const struct model *m, const struct work *w, const struct canvas *c);

#endif
