// SPDX-License-Identifier: MIT
// Knows a list of rows: which is selected, which are visible.
#ifndef UI_LIST_H
#define UI_LIST_H

#include "src/actions.h"
#include "ui/canvas.h"

// {0} has the first row selected.
struct list {
	size_t selected;
	size_t wanted;  // the top row at the last movement; the visible one is derived by list_top
	char id[80];    // of the selected row, so that it stays selected when rows change
};

// The first visible row: wanted, moved as little as needed so that the selected row shows and no room is wasted.
// height: rows that fit. Pure.
size_t list_top(size_t wanted, size_t selected, int height, size_t count);

// Names row i; borrowed until the next call.
typedef const char *(*list_id_fn)(const void *ctx, size_t i);
// After the rows changed: finds the selected id again, else stays at the same place. Call with the new rows.
void list_sync(struct list *l, size_t count, list_id_fn id, const void *ctx);
// Moves the selection (clamped) and remembers the id. height: rows that fit. id may be NULL. True if it moved.
bool list_move(struct list *l, long delta, int height, size_t count, list_id_fn id, const void *ctx);
bool list_select(struct list *l, size_t row, int height, size_t count, list_id_fn id, const void *ctx);
// LIST_UP/DOWN/PAGE/FIRST/LAST, PICK_UP/DOWN; false: none of them.
bool list_act(struct list *l, enum action a, int height, size_t count, list_id_fn id, const void *ctx);

// Draws row i into c (row_h rows high, column 0 is kept for the mark); style is STYLE_SELECTED for the selected row.
typedef void (*list_row_fn)(const void *ctx, const struct canvas *c, size_t i, unsigned style);
struct list_view {
	size_t count;
	int row_h;           // 0 is 1
	list_row_fn draw;
	const void *ctx;
	const char *empty;   // shown, wrapped, when there is no row: what would fill it and with which key
	bool focused;        // the real cursor goes to the selected row
};
// Rows with ▸ before the selected one, ▲ ▼ at the right edge where there are more.
void list_draw(const struct list *l, const struct canvas *c, const struct list_view *v);
int list_height(const struct canvas *c, int row_h); // rows that fit
// The row at a cell of the canvas (for the mouse); count if none.
size_t list_row_at(const struct list *l, const struct canvas *c, const struct list_view *v, int y);

#endif
