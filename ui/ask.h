// SPDX-License-Identifier: MIT
// Knows what the dialogs of a contact share: whose they are, what the script wants of them, and what follows.
#ifndef UI_ASK_H
#define UI_ASK_H

#include "ui/ui.h"

// What happens to the script once the dialog did what an action node asks for (u->ask_n): it is ticked as done, or, when the dialog
// was opened from that node with Enter, the script goes on.
enum { ASK_STAY, ASK_GO_ON };

// ui_ask with what follows.
void ask_open(struct ui *u, const struct model *m, ask_fn *done, const char *arg, int64_t then);
// The contact the dialog is about; NULL with e when it is gone.
struct work *ask_work(const struct ui *u, const struct model *m, struct err *e);
// The contact in front, if things can be done to it: NULL after saying why not (none, read-only).
struct work *ask_front(struct model *m);
// The current node of the script when it is an action of this kind, else NULL.
const struct script_node *ask_node(const struct work *w, enum script_action a);
// A parameter of that node, NULL when it has none.
const char *ask_param(const struct work *w, enum script_action a, const char *name);
// All its parameters as "priority 1, to supervisor"; owned by a, "" without.
const char *ask_params(const struct script_node *n, struct arena *a);
// The dialog did what this kind of node asks for: see ASK_GO_ON.
void ask_did(struct ui *u, struct model *m, struct work *w, enum script_action a);
// What an action node asks for is begun: its dialog, or a line in the timeline where there is nothing to ask.
void ask_perform(struct ui *u, struct model *m, struct work *w, const struct script_node *n);
bool ask_offer(struct ui *u, struct model *m); // how the customer took the offer

#endif
