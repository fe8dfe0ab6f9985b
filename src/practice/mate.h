// SPDX-License-Identifier: MIT
// Knows how another agent seat takes part in a drill: the record of the first seat comes over the room, what is done here goes there
// (domain.md §12.3: several seats, one clock, one incident).
#ifndef PRACTICE_MATE_H
#define PRACTICE_MATE_H

#include "src/practice/coach.h"
#include "src/practice/room.h"
#include "src/practice/session.h"

enum { MATE_HERE_MS = 10000 };

struct mate;
// The session is one of session_options.host; both are borrowed for life, and the room's lines must come to mate_heard. first: seat of
// the room whose session it is, "": not known yet. name: who this is, as others read it.
struct mate *mate_new(struct session *s, struct room *r, const char *first, const char *name);
// The seat came from the room it watched: what it heard there is not asked for again. False: the record does not fit this station.
must_use bool mate_know(struct mate *m, const struct coach *c, struct err *e);
void mate_free(struct mate *m); // says goodbye; NULL is fine
void mate_heard(struct mate *m, const struct room_line *l);
void mate_turn(struct mate *m); // says what is due
struct model *mate_model(const struct mate *m);
// The first seat has left, or the way to it fails.
bool mate_gone(const struct mate *m);
size_t mate_unsent(const struct mate *m); // deeds that did not come back yet

#endif
