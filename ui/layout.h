// SPDX-License-Identifier: MIT
// Knows where everything goes on a screen of a given size. Pure.
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "src/base/str.h"
#include "ui/rect.h"

enum pane {
	PANE_SCRIPT,
	PANE_KB,
	PANE_FORM,
	PANE_RECORD,
	PANE_COUNT,
};
enum layout_mode {
	LAYOUT_CALL, // the panes
	LAYOUT_HOME, // between calls: tickets, to-do, notices
	LAYOUT_FULL, // one thing: history, wrap-up, practice report
};
enum layout_shape {
	SHAPE_TOO_SMALL, // below 80x24: only a sentence is drawn
	SHAPE_TABS,      // below 90 columns, or zoomed: one pane
	SHAPE_STACK,     // from 90: script above knowledge and form
	SHAPE_COLUMNS,   // from 110: three columns
};
enum {
	LAYOUT_MIN_ROWS = 24,
	LAYOUT_MIN_COLS = 80,
	LAYOUT_STACK_COLS = 90,
	LAYOUT_THREE_COLS = 110,
	LAYOUT_PREVIEW_COLS = 200,
};

struct layout_in {
	int rows, cols;
	enum layout_mode mode;
	enum pane focus; // the pane shown when only one is
	bool zoom;       // the focused pane has the whole body
	int banners;     // lines pushed in below the status and rail lines; at most layout_banner_rows() are given
};
// How many lines of a screen banners may have: work goes on below them on the least one.
int layout_banner_rows(int rows);

// Absolute rectangles. The first row of every pane is its title rule.
struct layout {
	enum layout_shape shape;
	struct rect status; // row 0
	struct rect rail;   // row 1 in a call
	struct rect banner; // pushed in below, may be empty
	struct rect tabs;   // SHAPE_TABS: the line with the numbered tabs
	struct rect body;   // everything between those and the bottom rule
	struct rect pane[PANE_COUNT]; // empty: not shown. In columns the record is below the form when there is room.
	struct rect preview;          // from 200 columns
	struct rect home[3];          // LAYOUT_HOME: tickets, to-do, notices
	struct rect rule;             // the bottom rule
	struct rect hint;             // the last row
	struct rect sep[4];           // vertical separators, one column each
	int nsep;
};
void layout_compute(const struct layout_in *in, struct layout *out);
// "columns status 0,0 120x1 | ... ": what is shown, as y,x wxh; for tests and debugging.
void layout_format(const struct layout *l, struct str *out);

#endif
