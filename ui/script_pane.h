// SPDX-License-Identifier: MIT
// Knows what the two halves of the script pane share: what it draws (script_draw.c and what it is put together from) and what keys do
// there (pane_script.c).
#ifndef UI_SCRIPT_PANE_H
#define UI_SCRIPT_PANE_H

#include "ui/ui.h"

void script_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);

// Node in front of the agent, NULL: no script, or it is over.
const struct script_node *script_now(const struct contact *k);
// Is the restated need typed at this node?
bool script_restates(const struct script_node *n);
// Does the node take a typed answer (into a field, or the restatement)?
bool script_takes_answer(const struct script_node *n);
// Was this required step left behind unsaid? Not when it is in front of the agent, here or below a side trip.
bool script_is_left_out(const struct contact *k, const struct script_due *due);
// The line that is due; for a disclosure promised by the script, the line that holds it.
const char *script_due_words(const struct model *m, const struct work *w, const struct script_due *due, struct arena *a);
size_t script_left_out(const struct contact *k); // how many were
// Rows of the list of what was said; how far it can be scrolled.
int script_said_rows(const struct contact *k);
// The keys of an offer, '1' accepted, '2' later, '3' declined; OFFER_NONE for others.
enum offer_outcome script_offer_key(uint32_t cp);

#endif
