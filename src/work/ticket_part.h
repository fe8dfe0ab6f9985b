// SPDX-License-Identifier: MIT
// Knows what the files that make and change tickets share.
#ifndef WORK_TICKET_PART_H
#define WORK_TICKET_PART_H

#include "src/base/utf8.h"
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
const char *ticket_swept(const char *s, struct arena *a); // the same, owned by a
struct sla_policy;
const struct sla_policy *ticket_policy(const json_t *doc); // NULL: none, or one this version does not know
bool ticket_is_red(const json_t *doc);                     // the category is, whatever was said about its priority later
enum complaint_level work_complaint_level(const struct contact *k);


// A change of the open ticket on its way into a commit.
struct ticket_change {
	char id[80], op[40], by[40], stream[80];
	const char *kind;                  // of the operation, static: "ticket.set" unless the caller says another
	bool off;
	int64_t at;
	json_t *body;                      // {"set","was"} and "reason"; of a note the note; of another kind what that has
	json_t *here;                      // what only this station knows until the hub says it: members laid over, too
	VEC(struct ticket_log_line) lines; // type and data owned by arena
	struct arena arena;
};
struct ticket_change *ticket_change_new(struct model *m);
struct ticket_change *ticket_change_of(struct model *m, const struct ticket *t); // of one that is not the open one
void ticket_change_line(struct ticket_change *c, const char *type, json_t *data); // of the history; takes the reference
// A member that becomes `want` (the reference is taken), from what stands in the ticket.
void ticket_change_set(struct ticket_change *c, const json_t *doc, const char *field, json_t *want);
void ticket_change_submit(struct model *m, struct ticket_change *c, const char *what); // takes it
void ticket_change_join(struct commit *k, struct ticket_change *c); // takes it; ticket_saved belongs behind the last
void ticket_saved(struct model *m);
void ticket_change_drop(void *c);
// Of a ticket that need not be the open one; owner: in words.
must_use bool ticket_may_update(const struct model *m, const char *owner_id, const char *owner, struct err *e);
void ticket_ties_read(struct model *m, const json_t *doc); // of the open ticket
void ticket_merged_join(struct model *m, struct commit *k, const char *no); // the other end of a merging
// As domain.md §3.5 names its fields. New reference.
json_t *ticket_whole(const struct ticket *t);
// Practice hears what was done to the open ticket.
void ticket_told(struct model *m, const char *kind, const char *key, const char *value);
json_t *ticket_open_doc(struct model *m, struct err *e); // the open ticket as it is now; owned by the caller, NULL with e
// What was typed as it leaves the station: clean, without what must not be stored. Owned.
char *ticket_typed(const char *s, enum utf8_keep how);

#endif
