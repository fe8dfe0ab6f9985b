// SPDX-License-Identifier: MIT
// Knows how a fault test gets a station of its own and the real program at work on it, on a pseudo terminal.
#ifndef TESTS_FAULT_STATION_H
#define TESTS_FAULT_STATION_H

#include "src/store/store.h"
#include "tests/term/vt.h"

enum { STATION_WAIT = 20000 }; // a deadline, not a pause

// A station SHA 0A7 with the common and finance packs in a directory of its own (tmpdir_free).
char *station_new(void);
// The program on it, 40x120, in English; env may be NULL.
struct vt *station_run(const char *dir, const char *const env[]);
// Fails with the screen when the text does not come.
void station_sees(struct vt *vt, const char *regex);
// A first call by hand is answered.
void station_call(struct vt *vt);
// Opens the note dialog, writes the text, accepts.
void station_note(struct vt *vt, const char *text);
// How often a note with this text is stored; every contact's events must be numbered without a gap.
int station_notes(const char *dir, const char *text);
// The longest journaled text that starts with this; "" if none. Owned by the caller.
char *station_journal(const char *dir, const char *start);

#endif
