// SPDX-License-Identifier: MIT
// Knows the telephone of a session: at its other end is the customer of a scenario.
#ifndef PRACTICE_PHONE_H
#define PRACTICE_PHONE_H

#include "src/cti/cti.h"
#include "src/practice/scenario.h"

// An adapter of src/cti/cti.h that does at once what it is asked; what the customer does comes in by the functions below. Lines of a
// call are CTI_MESSAGE like those of a chat: this telephone speaks in text. scenario and clock are borrowed.
struct cti *phone_open(const struct scenario *s, enum lang lang, const struct clock *clock); // lang: of the callers' names
void phone_ring(struct cti *, int caller);
void phone_say(struct cti *, int caller, const char *text);
// The customer hangs up, or gives up before the answer. Of a call that is over it is not heard.
void phone_end(struct cti *, int caller);
void phone_link(struct cti *, bool up);
// The call of a contact that came back: ringing, connected or (over) gone.
void phone_restore(struct cti *, int caller, bool over);
int phone_caller(const char *call); // index of the caller, -1: no call of this telephone

#endif
