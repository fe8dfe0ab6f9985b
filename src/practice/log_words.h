// SPDX-License-Identifier: MIT
// Knows what an entry of a session's record says to a reader.
#ifndef PRACTICE_LOG_WORDS_H
#define PRACTICE_LOG_WORDS_H

#include "src/desk/event_words.h"
#include "src/practice/log.h"
#include "src/practice/scenario.h"

// What the codes of a record mean. Any may be NULL: what it would name is shown as the code.
struct log_names {
	const struct scenario *scenario;
	const struct contact_world *world;
	const struct practice_log *log; // for the script an entry stands in
};
// The line in the user's language, appended to out: of what was said the words alone, of anything else what it was, with labels for codes.
// e is an entry of names->log, or one of no log.
void log_describe(const struct log_names *names, const struct log_entry *e, struct str *out);
// Was it another seat of a drill that came, left or did something? Its line says which, so that nobody's name belongs before it.
bool log_of_seat(const struct scenario *s, const struct log_entry *e);

#endif
