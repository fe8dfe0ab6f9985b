// SPDX-License-Identifier: MIT
// Knows the cells of a screen in memory: what is drawn now, what curses was given last, and which rows differ.
//
// Everything is drawn here first. Most keys change a row or two of forty: comparing rows here is a tenth of what it costs to give
// curses the same cells again. What was drawn stays until it is drawn over, so that a frame may draw only a part of the screen.
#ifndef UI_CELLS_H
#define UI_CELLS_H

#include <stdbool.h>

#include "ui/rect.h"

struct cells;
struct theme;
struct _win_st; // curses' WINDOW

struct cells *cells_new(int rows, int cols); // blank
void cells_free(struct cells *c);            // NULL is fine
int cells_rows(const struct cells *c);
int cells_cols(const struct cells *c);
// Makes all of it blank, in a new size.
void cells_resize(struct cells *c, int rows, int cols);
// A frame begins, drawn with this theme. A theme that looks otherwise makes everything go to curses again. True: nothing was drawn
// yet.
bool cells_begin(struct cells *c, const struct theme *theme);
// What curses has may be lost: the next cells_put gives it everything.
void cells_forget(struct cells *c);
// Blanks without colour, as curses erases. The rectangle is absolute and within the screen.
void cells_erase(struct cells *c, struct rect r);
// What is drawn from here on lies over the rest and is gone with the next cells_begin: a dialog.
void cells_lift(struct cells *c);
// Gives a window of this size what is not in it yet.
void cells_put(struct cells *c, struct _win_st *win);
// Where two screens of one size differ; false: nowhere. For tests.
bool cells_differ(const struct cells *a, const struct cells *b, int *y, int *x);

#endif
