// SPDX-License-Identifier: MIT
// Knows what the files that make and change tickets share.
#ifndef WORK_TICKET_PART_H
#define WORK_TICKET_PART_H

#include "src/desk/ticket.h"
#include "src/store/ticket.h"
#include "src/work/internal.h"

// A ticket row and one line of its history, on their way into a commit; the arena owns every text.
struct ticket_part {
	struct ticket row;
	struct ticket_log_line event;
	struct arena arena;
};
void ticket_part_drop(void *arg);

// A new ticket with its first history line and the operation ticket.new; everything is copied. t->doc is not read.
void commit_ticket(struct commit *c, struct model *m, const struct ticket *t, const json_t *doc);
// The ticket as domain.md §3.5 names its fields: the columns and what is in the document. New reference.
json_t *ticket_to_json(const struct ticket *t, const json_t *doc);
json_t *json_swept(const char *text); // personal data and secrets masked (mask_text); new reference
// From the complaint form, C1 for a complaint without one.
enum complaint_level work_complaint_level(const struct contact *k);

#endif
