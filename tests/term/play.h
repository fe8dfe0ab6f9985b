// SPDX-License-Identifier: MIT
// Knows how a file of keys is played on a terminal: what the nine calls are written in.
#ifndef TERM_PLAY_H
#define TERM_PLAY_H

#include "tests/term/vt.h"

// Plays a file, line by line; # starts a comment.
//   Tab C-p F2        keys by name, sent one after the other
//   text:冻结          typed as it is
//   :wait REGEX       until the screen matches (see vt_wait_text); :gone REGEX until it no longer does
//   :click REGEX      a mouse click on the first cell of the match, which must be on the screen
//   :paste TEXT       a bracketed paste; \n in it is a newline
//   :insist KEYS -- REGEX -- REFUSED   keys until the screen matches REGEX, again each time it matches REFUSED instead
// False: an expectation failed; what was missing and the screen are on standard error.
bool play(struct vt *vt, const char *path, int deadline_ms);
// One line of the above.
bool play_line(struct vt *vt, const char *line, int deadline_ms);

#endif
