// SPDX-License-Identifier: MIT
// Knows the conflict desk as it is looked at: what two people changed at once, what the hub refused, the stations.
#ifndef UI_CONFLICTS_H
#define UI_CONFLICTS_H

#include "src/work/hub.h"
#include "ui/ui.h"

// conflicts_rows.c
struct conflicts_rows {
	const struct ui *u;
	const struct model *m;
	enum conflict_list at;
};
int conflicts_lists(const struct model *m); // 3 for those who may see the stations, else 2
size_t conflicts_count(const struct model *m, enum conflict_list at);
const char *conflicts_label(enum conflict_list at);
const char *conflicts_empty(enum conflict_list at);
const char *conflicts_row_id(const void *rows, size_t i); // list_id_fn over struct conflicts_rows
void conflicts_row_draw(const void *rows, const struct canvas *c, size_t i, unsigned style);
void conflict_side_name(const struct conflict_row *r, bool mine, char *buf, size_t cap); // "mine", or who that was

// conflict_choice.c: what was chosen so far lives in drafts of the desk, so that neither a crash nor a call loses it
enum conflict_side conflict_chosen(const struct model *m, const struct conflict_row *r, size_t field, const char **other);
void conflict_choose(struct model *m, const struct conflict_row *r, size_t field, enum conflict_side side, const char *other);
void conflict_forget(struct model *m, const struct conflict_row *r);
void conflict_sweep(struct model *m); // choices for conflicts that are settled
size_t conflict_first_open(const struct model *m, const struct conflict_row *r, size_t from); // n_fields: all are chosen
bool conflict_may_write(const struct conflict_row *r); // a text may be written anew, anything else is one side or the other
must_use bool conflict_settle(struct model *m, const struct conflict_row *r, struct err *e);

// conflict_read.c: what is read of the selected row
struct conflict_span {
	int top, rows; // of a field, counted from the first row
};
// Draws it on c from row -skip on (c NULL: only counts); returns the rows of all of it. span: of the selected field; may be NULL.
int conflict_read(const struct ui *u, const struct model *m, const struct canvas *c, int width, int skip, struct conflict_span *span);
const char *conflict_about_what(const char *kind); // what an operation of that kind is about: "ticket"
const char *conflict_read_title(const struct ui *u, const struct model *m);

// conflicts_draw.c
struct rect conflicts_list_rect(const struct ui *u, const struct model *m, int h, int w); // in a body of that size
struct rect conflicts_read_rect(const struct ui *u, const struct model *m, int h, int w);
void conflicts_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);

// screen_conflicts.c
size_t conflicts_selected(const struct ui *u, const struct model *m); // row of the list, its count if there is none
const struct conflict_row *conflict_in_hand(const struct ui *u, const struct model *m); // NULL: none
const struct refused_row *refused_in_hand(const struct ui *u, const struct model *m);
// The first row of what is read that shows, h by w of it.
int conflicts_top(const struct ui *u, const struct model *m, int h, int w);
size_t conflict_field(const struct ui *u, const struct model *m); // the one the keys act on
bool conflict_waits(struct model *m, const struct conflict_row *r); // it is somebody else's to settle; says so
void conflict_go_on(struct ui *u, struct model *m); // to the next field that is open, else stay

#endif
