// SPDX-License-Identifier: MIT
// Knows what the memory of the screen looks like inside, for the two files that touch it: cells.c and canvas.c.
#ifndef UI_CELLS_INNER_H
#define UI_CELLS_INNER_H

#include <curses.h>

#include "ui/cells.h"
#include "ui/theme.h"

enum { PENS = 256 }; // a role with its styles is one byte

// The second column of a wide character is a cell of zeroes.
struct cells {
	int rows, cols;
	cchar_t *base, *top, *sent; // the screen, with a dialog over it, what curses has; rows x cols each
	cchar_t *v;                 // base or top: what is drawn into
	cchar_t *line;              // a row on its way to curses
	bool *touched;              // a row was drawn into since the last put
	bool all;                   // curses has nothing of it yet
	bool fresh;                 // nothing was drawn since it was made or resized
	struct theme theme;         // of pens
	bool has_pen[PENS];
	cchar_t pens[PENS]; // a blank in each role
};

static inline bool cell_is_half(const cchar_t *c)
{
	return c->chars[0] == 0;
}

#endif
