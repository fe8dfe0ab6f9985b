// SPDX-License-Identifier: MIT
// Knows the names a condition of a scenario may use; for the linter.
#ifndef PRACTICE_SCENARIO_NAMES_H
#define PRACTICE_SCENARIO_NAMES_H

#include "src/practice/scenario.h"

// Calls fn for every one of them; the name is borrowed for the call.
void scenario_names(const struct scenario *s, void (*fn)(void *ctx, const char *name), void *ctx);
bool scenario_tag_known(const char *tag); // "positive", "empathy.anger", "empathy": what an expectation may wait for
bool scenario_word_reserved(const char *id); // the id of an expectation must not hide a name of the language

#endif
