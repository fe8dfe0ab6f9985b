// SPDX-License-Identifier: MIT
// Knows how to draw without a terminal and to compare the cells with a screen kept in the tree.
#ifndef VIEW_GOLDEN_H
#define VIEW_GOLDEN_H

#include "ui/canvas.h"
#include "ui/cells.h"

struct golden {
	struct cells *cells; // what is drawn into
	struct _win_st *win; // what is compared: the cells as curses has them
	struct frame frame;
	struct theme theme;
	int leaks; // writes that would have left their canvas
	void *screen;
};
// A screen of that size on no terminal (TERM xterm-256color, 256 colours); theme: a name of theme_by_name().
void golden_open(struct golden *g, int rows, int cols, const char *theme);
void golden_close(struct golden *g);
// Clears the screen and gives its canvas.
struct canvas golden_begin(struct golden *g);
// The cells as text: a line a row, then, where any cell is not plain, a line of attribute letters that starts with '~':
// d dim, b bold, r reverse, u underline, else the role of its colour (a accent, w warn, A alarm, e error, p practice;
// uppercase S on the ground of a selected row), '.' plain. Last line: where the caret is.
void golden_dump(const struct golden *g, struct str *out);
// Compares the dump with tests/view/NAME.screen and fails the test with the first differing line. UPDATE=1 in the
// environment writes the file instead. Also fails when a write left its canvas.
void golden_check(struct golden *g, const char *name);
// Fills everything with '#', for tests of what stays untouched, and the character of a cell.
void golden_hash(struct golden *g);
wchar_t golden_char(const struct golden *g, int y, int x);

#endif
