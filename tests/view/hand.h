// SPDX-License-Identifier: MIT
// Knows the hands and eyes of a view test: lists of keys, typed text, the whole screen, the last notice. Include after scene.h.
#ifndef TESTS_VIEW_HAND_H
#define TESTS_VIEW_HAND_H

#include "tests/view/scene.h"

void keys(struct scene *s, const char *list); // as in key scripts, one blank between two
void keys_saved(struct scene *s, const char *list); // and waits until everything is in the store
void type(struct scene *s, const char *text); // as on a keyboard, one key a character; UTF-8
void show(struct scene *s, const char *name, int rows, int cols); // the whole screen at that size is golden NAME
bool shows(struct scene *s, const char *text); // does it stand on the whole screen now?
const char *said(const struct scene *s); // the last notice, "" if there is none; borrowed until the next

#endif
