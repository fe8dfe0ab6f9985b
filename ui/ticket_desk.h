// SPDX-License-Identifier: MIT
// Knows the ticket desk as it is looked at: one ticket with its texts and its history, and the dialogs that change it.
#ifndef UI_TICKET_DESK_H
#define UI_TICKET_DESK_H

#include "ui/ui.h"

// ticket_draw.c
void ticket_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused);
int ticket_rows(const struct ui *u, const struct model *m, int width); // of what is read, wrapped at that width of the body
int ticket_room(int height);                                           // rows of it that a body of that height shows

// ask_ticket.c: of the open one
bool ask_ticket_write(struct ui *u, struct model *m);
bool ask_ticket_note(struct ui *u, struct model *m);
bool ask_ticket_step(struct ui *u, struct model *m);
bool ask_ticket_priority(struct ui *u, struct model *m);
bool ask_ticket_category(struct ui *u, struct model *m);
bool ask_ticket_route(struct ui *u, struct model *m);
// They are about a ticket, not about the contact in front: what is typed is kept at the desk (keep NULL: nothing is), under arg.
void ask_ticket_open(struct ui *u, struct model *m, ask_fn *done, const char *arg, const char *keep);
// ask_hand.c: whose it is; ask_link.c: what it hangs together with
bool ticket_take(struct ui *u, struct model *m);
bool ask_ticket_assign(struct ui *u, struct model *m);
bool ask_ticket_release(struct ui *u, struct model *m);
bool ask_hand_shows(const struct ui *u);
bool ask_ticket_link(struct ui *u, struct model *m);
bool ask_ticket_incident(struct ui *u, struct model *m);
bool ask_link_shows(const struct ui *u);
bool ask_ticket_shows(const struct ui *u); // the open dialog shows what is in a ticket

#endif
