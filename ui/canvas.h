// SPDX-License-Identifier: MIT
// Knows how cells are written: clipping, width, sanitising and wrapping live here and nowhere else.
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include "src/base/str.h"
#include "ui/rect.h"
#include "ui/theme.h"

struct cells;

// What the canvases of one drawing share.
struct frame {
	const struct theme *theme;
	int caret_y, caret_x; // where the real cursor goes, absolute; valid with caret_on
	bool caret_on;
	bool caret_typing;    // text is being typed there (popups keep off that line)
	const char *word;     // stands in every title, and rules have the colour of practice; NULL: live work
	bool blank;           // set by canvas_root: the screen has nothing of an earlier frame
	// Tests: called when a write would have left its canvas (the write is dropped, which is a bug in canvas.c).
	void (*leak)(void *ctx, struct rect canvas, int y, int x);
	void *leak_ctx;
};

// A rectangle of the screen to draw into; copied freely. y and x in the functions below count from its upper left cell;
// what lies outside is not drawn. Strings are UTF-8; control characters come out as '?', bidi controls not at all.
struct canvas {
	struct cells *win;
	struct frame *frame;
	struct rect r;  // absolute; may be empty
	unsigned style; // or'ed into every role, e.g. ROLE_DIM for a pane without focus (applies to ROLE_PLAIN only), STYLE_*
};

// The whole screen. What was drawn before is still there, but a dialog.
struct canvas canvas_root(struct cells *cells, struct frame *frame);
struct canvas canvas_sub(const struct canvas *c, struct rect r); // r relative to c, clipped to c
// What is drawn from now on, on any canvas, lies over the rest until the frame is over: a dialog.
void canvas_lift(const struct canvas *root);
// Cuts rows off the top: the part from row y down.
struct canvas canvas_below(const struct canvas *c, int y);

// All return the columns used from x on. A text that does not fit ends in … (~ in ASCII); no character is cut in half.
int canvas_text(const struct canvas *c, int y, int x, unsigned role, const char *s);
int canvas_sv(const struct canvas *c, int y, int x, unsigned role, struct sv s);
int canvas_printf(const struct canvas *c, int y, int x, unsigned role, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
// Within at most width columns.
int canvas_fit(const struct canvas *c, int y, int x, unsigned role, struct sv s, int width);
// Without …: just cut at a whole character.
int canvas_clip(const struct canvas *c, int y, int x, unsigned role, struct sv s, int width);
int canvas_glyph(const struct canvas *c, int y, int x, unsigned role, enum glyph g);

enum align {
	ALIGN_LEFT,
	ALIGN_RIGHT,
	ALIGN_CENTRE,
};
// Exactly width columns (less at the edge): the text and blanks in the role.
int canvas_field(const struct canvas *c, int y, int x, unsigned role, const char *s, int width, enum align align);
// Right-aligned against the right edge; returns the column where it starts, so that the left part can end before it.
int canvas_right(const struct canvas *c, int y, unsigned role, const char *s);

// Lines of a text within width columns. Latin breaks at blanks, Chinese anywhere but before closing and after opening
// punctuation; LF ends a line. *at starts at 0 and moves on; false at the end. An empty text has no line.
bool wrap_next(struct sv text, size_t *at, int width, struct sv *line);
int wrap_lines(struct sv text, int width);
// Draws the lines from row y, column x to the right edge, leaving out the first skip lines; returns lines drawn.
int canvas_wrap(const struct canvas *c, int y, int x, unsigned role, struct sv text, int skip);

void canvas_hline(const struct canvas *c, int y, int x, int w, unsigned role);
void canvas_vline(const struct canvas *c, int y, int x, int h, unsigned role);
// A rule over the whole width with a title in it: "─ title ──────── right ─". right may be NULL. focused: the title
// is reverse.
void canvas_title(const struct canvas *c, int y, const char *title, const char *right, bool focused);
void canvas_fill(const struct canvas *c, unsigned role); // blanks
void canvas_erase(const struct canvas *c); // blanks without colour: nothing was drawn here yet
void canvas_box(const struct canvas *c, unsigned role, const char *title); // border along its edge, inside blank

// Puts the real cursor there (the last call of a drawing wins); outside the canvas it is moved to the nearest cell.
void canvas_caret(const struct canvas *c, int y, int x, bool typing);

// Columns of a text as drawn.
int canvas_columns(struct sv s);

#endif
