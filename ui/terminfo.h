// SPDX-License-Identifier: MIT
// Knows the terminal database, apart from everything else since its header defines common words as macros.
#ifndef UI_TERMINFO_H
#define UI_TERMINFO_H

#include <stdbool.h>

enum terminfo_verdict {
	TERMINFO_OK,
	TERMINFO_UNKNOWN, // no such type
	TERMINFO_POOR,    // cannot move the cursor or clear the screen
};
// fd: the terminal. Before curses is started.
enum terminfo_verdict terminfo_judge(const char *name, int fd);
// A capability of the running terminal; NULL if it has none. Borrowed from curses.
const char *terminfo_string(const char *cap);

#endif
