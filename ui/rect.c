// SPDX-License-Identifier: MIT
// Knows a rectangle of cells.
#include "ui/rect.h"

static int max(int a, int b)
{
	return a > b ? a : b;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

struct rect rect_clip(struct rect r, struct rect outer)
{
	struct rect c = {.y = max(r.y, outer.y), .x = max(r.x, outer.x)};

	c.h = max(0, min(r.y + r.h, outer.y + outer.h) - c.y);
	c.w = max(0, min(r.x + r.w, outer.x + outer.w) - c.x);
	if (c.h == 0 || c.w == 0)
		c.h = c.w = 0;
	return c;
}
