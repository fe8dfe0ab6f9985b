// SPDX-License-Identifier: MIT
// Knows what the parts of the terminal share: starting and restoring (term.c), reading (term_input.c), keys (term_keys.c).
#ifndef UI_TERM_INNER_H
#define UI_TERM_INNER_H

#include <curses.h>

#include "ui/cells.h"
#include "ui/term.h"

// What is being read beyond single keys.
struct term_input {
	int held;            // a value of wgetch put back; ERR: none
	char part[4];        // the beginning of a UTF-8 sequence
	size_t npart;
	bool part_alt;       // an Esc came before it
	bool pasting;
	struct str raw, clean; // the paste so far; the last one given out
	int64_t last_ms;     // when its last byte came
	bool in_csi;         // within a control sequence nobody knows: swallowed to its end
	char csi[32];
	size_t ncsi;
	bool probing;        // asked where the cursor is after ─
};

struct term {
	SCREEN *screen;
	WINDOW *in; // read from, never drawn to: wgetch would refresh it behind our back
	const struct clock *clock;
	struct cells *cells;
	FILE *out;     // what curses writes to: its own descriptor of the terminal
	int held;      // a file in memory that takes a frame while curses makes it; -1: none, curses writes to the terminal
	bool ascii, cursor_on;
	const char *note;
	struct term_input input;
};

// Codes given to define_key, beyond those of curses.
enum {
	CODE_PASTE_BEGIN = 0x1FFE,
	CODE_PASTE_END = 0x1FFF,
	CODE_KEYS = 0x2000, // + kind * 8 + modifiers
};
void term_keys_define(void);
// The key of a curses code or control byte (0..0x1F, 0x7F); false for codes that are not keys.
bool term_key_of(int code, struct key *k);

#endif
