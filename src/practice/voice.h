// SPDX-License-Identifier: MIT
// Knows how what a customer says is spoken aloud: by a program for it, where one is installed.
#ifndef PRACTICE_VOICE_H
#define PRACTICE_VOICE_H

#include "src/base/err.h"
#include "src/base/i18n.h"

struct voice;
// speech-dispatcher's spd-say, else espeak-ng; ERR_NOT_FOUND with a sentence where neither is in PATH.
must_use bool voice_open(struct voice **out, enum lang lang, struct err *e);
// Says the line after those before it. Never waits.
void voice_say(struct voice *v, const char *text);
// Takes note of what was said to the end; the next line begins. True: something is being said.
bool voice_turn(struct voice *v);
void voice_close(struct voice *v); // in the middle of a word. NULL is fine

#endif
