// SPDX-License-Identifier: MIT
// Knows how a text is typed and changed: by grapheme, one line or several, with undo.
#ifndef UI_LINEEDIT_H
#define UI_LINEEDIT_H

#include "src/actions.h"
#include "src/base/str.h"
#include "src/base/vec.h"
#include "ui/canvas.h"
#include "ui/key.h"

struct lineedit_step {
	char *text;
	size_t caret;
};
// {0} is an empty one-line editor without limits. The options may be set at any time.
struct lineedit {
	bool multi;      // newlines are kept
	bool secret;     // drawn as asterisks (password): nothing to undo, and every copy is wiped before its memory is given back
	size_t max;      // characters (code points); 0: 4000
	bool (*filter)(uint32_t cp); // true: may be typed; NULL: everything
	// below: read only, change through the functions
	struct str text;
	size_t caret;    // byte offset, always between graphemes
	VEC(struct lineedit_step) undo, redo;
	int group;       // what the last change was, so that typing is one step
};
void lineedit_release(struct lineedit *le); // text, undo and redo; options stay
const char *lineedit_text(const struct lineedit *le); // never NULL; borrowed until the next change
// Replaces the text (cleaned), caret at the end, nothing to undo.
void lineedit_set(struct lineedit *le, const char *text);
// Inserts at the caret what filter and max let through. In one line newlines become blanks; never submits.
// True if the text changed.
bool lineedit_insert(struct lineedit *le, struct sv text);
// Puts another text (cleaned by the caller) in the place of all of it, as one step that undo takes back; caret at its start.
void lineedit_replace(struct lineedit *le, const char *text);
bool lineedit_key(struct lineedit *le, struct key k); // a text key; false if it is none or was refused
// The EDIT_* actions; false: not one of them. *changed (may be NULL) tells whether the text changed.
bool lineedit_act(struct lineedit *le, enum action a, bool *changed);
// One visual row up or down in a multi-line editor drawn width columns wide; false at the edge.
bool lineedit_move_row(struct lineedit *le, int width, int dir);
size_t lineedit_count(const struct lineedit *le); // characters
int lineedit_rows(const struct lineedit *le, int width); // rows needed to show all, >= 1

// Draws into the whole canvas (one line: its first row, scrolled so that the caret shows). focused puts the caret.
void lineedit_draw(const struct lineedit *le, const struct canvas *c, unsigned role, bool focused);
// Pure: where the caret is drawn within rows x width. For tests.
void lineedit_caret_cell(const struct lineedit *le, int rows, int width, int *y, int *x);

#endif
