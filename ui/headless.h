// SPDX-License-Identifier: MIT
// Knows a screen without a terminal: curses draws into memory, and the text can be read back (--script, tests).
#ifndef UI_HEADLESS_H
#define UI_HEADLESS_H

#include "src/base/err.h"
#include "ui/canvas.h"

struct headless;
// One at a time, and not beside a struct term.
must_use bool headless_start(int rows, int cols, struct headless **out, struct err *e);
void headless_end(struct headless *h);
struct canvas headless_begin(struct headless *h, struct frame *f, const struct theme *theme);
void headless_finish(struct headless *h, const struct frame *f);
void headless_resize(struct headless *h, int rows, int cols);
// Appends the screen as text, one line a row, blanks at line ends cut.
void headless_text(const struct headless *h, struct str *out);

#endif
