// SPDX-License-Identifier: MIT
// Knows the terminal database, apart from everything else since its header defines common words as macros.
#include "ui/terminfo.h"

#include <curses.h>
#include <term.h>

const char *terminfo_string(const char *cap)
{
	const char *s = tigetstr(cap);

	return s == (char *)-1 ? NULL : s;
}

enum terminfo_verdict terminfo_judge(const char *name, int fd)
{
	int found = 0;

	if (setupterm(name, fd, &found) != OK || found != 1)
		return TERMINFO_UNKNOWN;
	bool able = terminfo_string("cup") && terminfo_string("clear");
	del_curterm(cur_term);
	return able ? TERMINFO_OK : TERMINFO_POOR;
}
