// SPDX-License-Identifier: MIT
// Knows the guided tour of the first day: which step of the desk comes next, from what was really done so far.
#ifndef PRACTICE_TOUR_H
#define PRACTICE_TOUR_H

#include "src/actions.h"
#include "src/practice/log.h"

// A step is done when the log of the session has what it asks for, in whatever order: the tour never holds anybody up.
struct tour_step {
	enum event_type types[3]; // any of them
	size_t n_types;
	enum action action;       // whose key does it; named in the text by %s
	const char *text;         // message id
};
enum { TOUR_STEPS = 11 };
const struct tour_step *tour_step(size_t n);
bool tour_done(size_t n, const struct practice_log *log);
// The first step that is neither done nor in `skipped` (bits); TOUR_STEPS: the tour is over.
size_t tour_now(const struct practice_log *log, unsigned skipped);

#endif
