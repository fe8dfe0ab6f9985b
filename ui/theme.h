// SPDX-License-Identifier: MIT
// Knows what the roles of text look like, and which signs stand for what, with ASCII twins.
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stddef.h>

// A role, or'ed with styles. Colour is never the only signal: whoever uses WARN or ALARM also writes a sign.
enum role {
	ROLE_PLAIN,
	ROLE_DIM,
	ROLE_ACCENT,
	ROLE_WARN,
	ROLE_ALARM,
	ROLE_TITLE,    // title of a pane
	ROLE_ERROR,    // an error beside a field
	ROLE_PRACTICE, // frame and word of practice mode
	ROLE_COUNT,
	ROLE_MASK = 0x0F,
	STYLE_SELECTED = 0x10,  // the selected row; give it to every piece of the row
	STYLE_FOCUS = 0x20,     // title of the focused pane: reverse
	STYLE_BOLD = 0x40,
	STYLE_UNDERLINE = 0x80, // a field to type into
};

enum glyph {
	GLYPH_SELECT,   // ▸ >
	GLYPH_DONE,     // ✓ +
	GLYPH_BOX,      // ☐ -
	GLYPH_BOX_ON,   // ☑ x
	GLYPH_TIMES,    // × x
	GLYPH_DOT,      // ● *
	GLYPH_RING,     // ○ o
	GLYPH_VLINE,    // │ |
	GLYPH_HLINE,    // ─ -
	GLYPH_TEE_DOWN, // ┬ +
	GLYPH_TEE_UP,   // ┴ +
	GLYPH_TEE_RIGHT,// ├ +
	GLYPH_TEE_LEFT, // ┤ +
	GLYPH_CROSS,    // ┼ +
	GLYPH_CORNER_UL, GLYPH_CORNER_UR, GLYPH_CORNER_LL, GLYPH_CORNER_LR, // ┌ ┐ └ ┘ +
	GLYPH_BAR,      // ▌ |
	GLYPH_MORE,     // … ~
	GLYPH_CHOICE,   // ▾ v
	GLYPH_UP,       // ▲ ^
	GLYPH_DOWN,     // ▼ v
	GLYPH_RIGHT,    // → >
	GLYPH_BULLET,   // • *
	GLYPH_COUNT,
};

// Colours are xterm numbers 0..255, -1 the terminal's own; a 16-colour terminal gets fg16/bg16.
struct theme_face {
	short fg, bg, fg16, bg16;
	bool bold, dim, reverse, underline;
};
struct theme {
	const char *name;
	struct theme_face face[ROLE_COUNT];
	short selected_bg, selected_bg16;
	bool mono;  // no colour at all: attributes only
	bool ascii; // signs and lines as ASCII
	int colors; // of the terminal, set by theme_start
};

// "dark", "light", "mono", "16"; NULL when there is none of that name. Copied by the caller and changed at will.
const struct theme *theme_by_name(const char *name);
const char *theme_next(const char *name); // the one after, for switching through them
// NO_COLOR (non-empty) or a terminal without colour makes any theme mono. no_color: the variable's value or NULL.
// Sets up the colour pairs in curses: call after term_start and at every change of theme.
void theme_start(struct theme *t, const char *no_color);
// curses attributes (with the pair's number apart) of a role with styles.
void theme_attr(const struct theme *t, unsigned role, unsigned long *attr, short *pair);
const char *theme_glyph(const struct theme *t, enum glyph g); // one column wide each
// The ASCII letter a character of a text becomes when ambiguous-width characters are wide here; 0 to leave it.
char theme_ascii_twin(unsigned cp);

#endif
