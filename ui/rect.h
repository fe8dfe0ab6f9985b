// SPDX-License-Identifier: MIT
// Knows a rectangle of cells.
#ifndef UI_RECT_H
#define UI_RECT_H

#include <stdbool.h>

// Row and column of the upper left cell, height and width in cells; h or w of 0 is "not shown".
struct rect {
	int y, x, h, w;
};

static inline bool rect_empty(struct rect r)
{
	return r.h <= 0 || r.w <= 0;
}
static inline bool rect_has(struct rect r, int y, int x)
{
	return y >= r.y && y < r.y + r.h && x >= r.x && x < r.x + r.w;
}
// The part of r that lies inside outer; empty if none does.
struct rect rect_clip(struct rect r, struct rect outer);

#endif
