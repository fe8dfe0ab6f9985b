// SPDX-License-Identifier: MIT
// Knows what the files that draw the script pane share: one drawing of it, whose rows are used up from the top. For ui/script_*.c only.
#ifndef UI_SCRIPT_PEN_H
#define UI_SCRIPT_PEN_H

#include "ui/script_pane.h"

struct script_pen {
	const struct ui *u;
	const struct model *m;
	const struct work *w;
	const struct contact *k;
	const struct view *v;
	struct canvas c; // what is left for the body
	int y;
	bool focused;
	struct arena a;
};

const char *pen_glyph(const struct script_pen *p, enum glyph g);
const char *pen_words(struct script_pen *p, struct label l); // with its variables filled in; in p->a
bool pen_full(const struct script_pen *p);
int pen_left(const struct script_pen *p);
void pen_rule(struct script_pen *p, const char *title, const char *right); // right may be NULL
void pen_wrapped(struct script_pen *p, int x, unsigned role, const char *text, int max); // from column x on, at most max rows
bool pen_roomy(const struct script_pen *p);
void pen_gap(struct script_pen *p); // an empty row where it is roomy
// A line that is typed, with its label; draft: what stands there while it is not being typed.
void pen_edit(struct script_pen *p, const char *label, const struct lineedit *le, const char *draft, bool typing);
void pen_time(const struct script_pen *p, int64_t t_ms, char *buf, size_t cap); // counts from the answer, like the clock of the talk

// script_step.c: what is pinned above, the side trip, the step in front with what it needs and where it leads
void script_draw_pinned(struct script_pen *p);
void script_draw_trip(struct script_pen *p);
void script_draw_step(struct script_pen *p, const struct script_node *n);
// script_talk.c: what was said; the bottom, which is cut off p->c: what was left out, conversation, reply line, keys
void script_draw_said(struct script_pen *p);
void script_draw_bottom(struct script_pen *p);

#endif
