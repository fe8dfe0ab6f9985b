// SPDX-License-Identifier: MIT
// Knows the terminal: the only reader of the tty, the owner of curses, and the one who puts the tty back.
#ifndef UI_TERM_H
#define UI_TERM_H

#include "src/base/clock.h"
#include "src/base/err.h"
#include "ui/canvas.h"
#include "ui/key.h"

struct term;

struct term_options {
	bool ascii_borders;        // --ascii-borders
	bool no_probe;             // do not ask the terminal how wide ─ is
	bool no_mouse;             // leave clicks to the terminal
	const struct clock *clock; // NULL: the real one
};

// Can a screen be shown here? Standard input and output are terminals, TERM is known and can move the cursor, the
// locale is not a GBK or Big5 one. One sentence with the remedy in e. Draws nothing.
must_use bool term_check(struct err *e);
// The same judgement on given values (NULL: unset), for tests.
must_use bool term_check_locale(const char *lc_all, const char *lc_ctype, const char *lang, struct err *e);

// Starts curses on standard input and output. From here on the tty is restored by term_end, by exit(), by a bug or
// out-of-memory (die hook) and by fatal signals. One at a time. Start uv_signal handles after this.
// The app handles SIGWINCH (term_resize), SIGTSTP (term_suspend), SIGCONT (term_resume), SIGHUP and SIGTERM (leave).
must_use bool term_start(const struct term_options *opt, struct term **out, struct err *e);
void term_end(struct term *t); // restores and frees; NULL is fine
int term_fd(const struct term *t); // to poll for reading
void term_size(const struct term *t, int *rows, int *cols);
const char *term_note(const struct term *t); // a hint for the message line (Linux console), or NULL
bool term_ascii(const struct term *t);       // draw lines in ASCII: asked for, or the terminal draws them two wide

// For the SIGWINCH handler: asks the kernel for the size; true if it changed. Then compute the layout anew and draw.
bool term_resize(struct term *t);
// Gives the tty to the shell, stops the process, returns after `fg` with the screen restored (to be drawn in full).
void term_suspend(struct term *t);
// Gives the tty to another program of ours; term_resume takes it back.
void term_give(struct term *t);
void term_resume(struct term *t); // after term_give, and after a stop that was not ours (SIGSTOP, then SIGCONT)
void term_redraw(struct term *t); // the next frame is sent in full (C-l)
void term_bell(struct term *t);

enum term_event_kind {
	TERM_KEY,
	TERM_MOUSE,
	TERM_PASTE,
	TERM_ASCII_NOW, // the terminal answered that ─ is two columns wide: term_ascii() is true now, draw again
	TERM_EOF,       // the terminal is gone
};
enum term_mouse {
	MOUSE_PRESS, // left button
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};
struct term_event {
	enum term_event_kind kind;
	struct key key;
	enum term_mouse mouse;
	int y, x;         // of the mouse
	struct sv paste;  // TERM_PASTE: cleaned, newlines kept; borrowed until the next term_read
};
// The next event of what has arrived; false when there is nothing more now. Never waits (but up to 25 ms after an Esc,
// to tell it from a key that starts with one). Call in a loop when term_fd is readable.
must_use bool term_read(struct term *t, struct term_event *ev);

// One frame: begin gives the canvas of the whole screen with what the last frame drew, blank after a change of size; end sends what
// changed and puts the cursor (frame.caret_on; hidden otherwise).
struct canvas term_frame_begin(struct term *t, struct frame *f, const struct theme *theme);
void term_frame_end(struct term *t, const struct frame *f);

#endif
