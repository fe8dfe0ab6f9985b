// SPDX-License-Identifier: MIT
// Knows the dialogs over the screen as plain state: nothing waits inside, the answer is handed to the owner as data.
#ifndef UI_POPUP_H
#define UI_POPUP_H

#include "ui/keymap.h"
#include "ui/lineedit.h"
#include "ui/list.h"

enum popup_kind {
	POPUP_NONE,
	POPUP_CONFIRM, // text, yes or no; no is the default; arrows and Enter, or y and n
	POPUP_MENU,    // rows with a key each
	POPUP_PICK,    // a line typed into narrows the rows: part of the label, or pinyin initials ("dj" finds 冻结)
	POPUP_PROMPT,  // one or several labelled lines; Enter goes on to the next, in the last one it accepts
	POPUP_TEXT,    // help or a message, scrolled
};

struct popup_row {
	char *label;
	char *note;   // dim, at the right; may be NULL
	char *id;     // the owner's name for the row; may be NULL
	uint32_t key; // POPUP_MENU: the character that chooses it at once; 0: none
};
struct popup_field {
	char *label;
	struct lineedit line;
	bool required;
	int rows; // height of a multi-line field
};
struct popup;
// An owner's own matching for a POPUP_PICK: writes the numbers of the rows that match what was typed (trimmed, never empty), best
// first, at most cap; returns how many.
typedef size_t popup_match_fn(const struct popup *p, const void *ctx, const char *typed, size_t *out, size_t cap);
struct popup {
	enum popup_kind kind;
	int id;      // the owner's
	char *title;
	char *text;  // above the rows or fields; the whole of POPUP_TEXT
	VEC(struct popup_row) rows;
	VEC(size_t) shown; // POPUP_PICK: rows that match, best first
	struct list list;
	struct lineedit filter;
	VEC(struct popup_field) fields;
	size_t field;      // the focused one
	int scroll;        // POPUP_TEXT: first line
	popup_match_fn *match; // POPUP_PICK: NULL is by label, note, id and initials
	const void *match_ctx; // borrowed
	bool tall;         // POPUP_MENU: labels are wrapped, not cut
	bool free_text;    // POPUP_PICK: Enter with no matching row accepts what was typed
	char error[160];   // shown at the bottom: why Enter was refused; cleared by the next key
};

// Opens into p (released before). All strings are copied; text may be NULL.
void popup_confirm(struct popup *p, int id, const char *title, const char *text);
void popup_menu(struct popup *p, int id, const char *title, const char *text);
void popup_pick(struct popup *p, int id, const char *title, const char *text);
void popup_prompt(struct popup *p, int id, const char *title, const char *text);
void popup_message(struct popup *p, int id, const char *title, const char *text);
void popup_add_row(struct popup *p, uint32_t key, const char *label, const char *note, const char *id);
void popup_ready(struct popup *p); // after the last row of a pick list: fills `shown`
// Returns the new field's editor for options (borrowed until the next field is added). rows > 1 makes it multi-line.
struct lineedit *popup_add_field(struct popup *p, const char *label, const char *value, bool required, int rows);
void popup_refuse(struct popup *p, const char *why); // the owner did not like the answer: keep it open and say why
void popup_release(struct popup *p);                 // {0} afterwards: closed

// What the owner gets. Strings are borrowed from the popup: use them before releasing it.
struct popup_result {
	int id;
	bool accepted;
	size_t row;       // chosen row, or rows.n
	const char *row_id;
	const char *text; // POPUP_PICK: the line; POPUP_PROMPT: the first field
	size_t ntexts;
	const char *texts[8];
};
// Gives a key to the popup. True: it is finished, *out is filled, and the owner acts, then releases or refuses. Keys
// the popup does not know and call control asks for (CTX_ANY) are left: *left is the action, else ACT_NONE.
must_use bool popup_input(struct popup *p, const struct keymap *km, struct key k, struct popup_result *out,
			  enum action *left);
void popup_paste(struct popup *p, struct sv text);
unsigned popup_contexts(const struct popup *p); // for hints and F1

// Where it goes on a screen: centred, off the line avoid_y (-1: none) when there is room.
struct rect popup_rect(const struct popup *p, int rows, int cols, int avoid_y);
// Draws over the root canvas. Keeps off the line where the caret was typing.
void popup_draw(const struct popup *p, const struct canvas *root);

#endif
