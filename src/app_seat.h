// SPDX-License-Identifier: MIT
// Knows what a seat is: a model, what it works with, and how it is looked at. The station has its live seat always, and one of practice
// while somebody practises; keys and the screen belong to the seat in front, time passes in both.
#ifndef APP_SEAT_H
#define APP_SEAT_H

#include "src/work/model.h"
#include "ui/ui.h"

struct seat {
	struct model *m; // borrowed
	struct ui ui;
	bool ui_ready;
	char rang[40];   // contact the bell was rung for
};
static inline struct cti *seat_cti(const struct seat *s)
{
	return s->m->cti;
}

#endif
