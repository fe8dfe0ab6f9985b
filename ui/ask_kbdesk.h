// SPDX-License-Identifier: MIT
// Knows what the dialogs of the knowledge desk share.
#ifndef UI_ASK_KBDESK_H
#define UI_ASK_KBDESK_H

#include "ui/kbdesk.h"

// ask_kbdesk.c
void desk_ask(struct ui *u, const struct model *m, ask_fn *done, const char *id, int64_t gap); // about no contact
bool desk_settled(struct model *m); // the last deed is in the store; else that is said
bool desk_allowed(struct model *m, const struct kb_deed *d); // settled and allowed; else why not is said
bool desk_do(struct model *m, const struct kb_deed *d); // at once, without a question; true: the key was taken
bool desk_no_row(struct model *m);
void desk_add_none(struct popup *p, const char *label);
void desk_add_nearest(struct popup *p, struct model *m, const char *text, const char *but); // articles near the text, but that one

// What a key does to a row; false: it is no key of these.
bool desk_on_draft(struct ui *u, struct model *m, enum action a, const char *id); // ask_kbdraft.c
bool desk_on_gap(struct ui *u, struct model *m, enum action a, const struct kb_gap *g); // ask_kbgap.c
bool desk_on_state(struct ui *u, struct model *m, enum action a, const char *id); // ask_kbstate.c

bool desk_approve(struct ui *u, struct model *m, const char *id); // ask_kbdraft.c
// ask_kbstate.c
bool desk_hide_or_flag(struct ui *u, struct model *m, enum kb_verb verb, const char *id);
bool desk_bring_back(struct ui *u, struct model *m, const char *id, enum kb_state was);
bool desk_ask_back(struct ui *u, struct model *m); // which one?

#endif
