// SPDX-License-Identifier: MIT
// Knows how long work shows that it goes on: one line of standard error, if that is a terminal.
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "src/base/clock.h"
#include <stdio.h>

struct progress {
	FILE *f;               // NULL: nothing is shown
	const struct clock *clock;
	int64_t begun, drawn;  // ms
	int64_t first;         // units that were done when it began to draw
};
// Units are whatever grows evenly with time (bytes); items are what people count (rows).
void progress_init(struct progress *p, FILE *f, const struct clock *clock);
// Draws a bar with percent, items a second, time left and the remark behind them ("" for none), at most ten times a second.
// first_done: units that cost no time (an earlier run did them).
void progress_show(struct progress *p, int64_t done, int64_t total, int64_t items, const char *remark);
// Takes the line away, before something else is written.
void progress_clear(struct progress *p);

#endif
