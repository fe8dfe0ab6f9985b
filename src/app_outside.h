// SPDX-License-Identifier: MIT
// Knows how a text goes to the editor that the user has chosen, and comes back.
#ifndef APP_OUTSIDE_H
#define APP_OUTSIDE_H

#include "src/base/err.h"
#include "src/base/str.h"

// Runs $VISUAL, else $EDITOR, on a file with the text, in a folder of its own under dir that nobody else can read, and waits. The
// terminal must have been given up before. True: *out is what the file holds then. The folder is gone afterwards in every case.
must_use bool outside_edit(const char *dir, const char *text, struct str *out, struct err *e);
// Removes the folders of a program that was killed meanwhile. Only while no other program has the directory.
void outside_sweep(const char *dir);

#endif
