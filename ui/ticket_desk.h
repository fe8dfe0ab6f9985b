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
bool ask_ticket_shows(const struct ui *u); // the open dialog shows what is in a ticket

#endif
