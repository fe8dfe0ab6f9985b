// SPDX-License-Identifier: MIT
// Knows what the codes in an event are called in the content of a site.
#ifndef DESK_EVENT_WORDS_H
#define DESK_EVENT_WORDS_H

#include "src/desk/contact.h"
#include "src/desk/script.h"

// Puts words for the codes of categories, dispositions and fields of forms (their values as people see them, masked as the field says).
// Stamps become a date and a time of the site. What the content does not know stays as it is.
void event_words(const struct contact_world *w, struct event *ev);
// The line of a script that EV_SCRIPT_VISIT, _TICK or _SKIP means, with the option that was chosen there; "……" stands for what is filled in.
// Nothing is appended when it is not in the script (which may be NULL).
void event_script_line(const struct script *s, const struct event *ev, struct str *out);
// As event_describe, in words. w and s may be NULL: then the codes stay.
void event_describe_in(const struct contact_world *w, const struct script *s, const struct event *ev, struct str *out);

#endif
