// SPDX-License-Identifier: MIT
// Knows one key press and its name: "Tab", "S-Tab", "C-p", "M-z", "F2", "Space", "冻".
#ifndef UI_KEY_H
#define UI_KEY_H

#include "src/base/err.h"
#include "src/base/str.h"

// K_CHAR carries a code point (a blank is K_CHAR ' ', named "Space"), K_F the number of the function key in cp.
enum key_kind {
	K_NONE,
	K_CHAR,
	K_F,
	K_TAB,
	K_ENTER,
	K_ESC,
	K_BACKSPACE,
	K_DELETE,
	K_INSERT,
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_KINDS,
};

enum {
	MOD_SHIFT = 1, // never with K_CHAR: a shifted letter is another letter
	MOD_ALT = 2,
	MOD_CTRL = 4,
};

struct key {
	enum key_kind kind;
	uint32_t cp;
	unsigned mods;
};

bool key_eq(struct key a, struct key b);
// Text in a field: a character without Ctrl or Alt.
bool key_is_text(struct key k);

// Reads one name: modifiers "S-" "M-" "C-" in any order, then a named key, F1..F24 or a single character. What a
// terminal cannot tell apart is made one: C-i is Tab, C-m Enter, C-[ Esc, C-A is C-a. False, with the name in e.
must_use bool key_parse(struct sv name, struct key *k, struct err *e);
// Writes the name that key_parse reads; cap >= KEY_NAME_MAX never cuts it.
enum { KEY_NAME_MAX = 24 };
void key_write(struct key k, char *buf, size_t cap);
// As on screens: the name, with Space in the user's language.
void key_label(struct key k, char *buf, size_t cap);

// One line of a key script: a key name, or "text:" and the text to type or paste.
struct key_line {
	struct key key;    // K_NONE for text
	struct sv text;    // borrowed from the line
};
must_use bool key_line_parse(struct sv line, struct key_line *out, struct err *e);

#endif
