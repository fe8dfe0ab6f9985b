// SPDX-License-Identifier: MIT
// Knows what the files that speak of the hub share: its part of the model.
#ifndef WORK_HUB_PART_H
#define WORK_HUB_PART_H

#include "src/work/hub.h"
#include "src/work/internal.h"

struct hub_part {
	struct hub_status status;
	struct hub_wish wish;
	struct hub_rows rows;
	struct hub_receipt receipt;
	bool has_receipt;
	int64_t stations_at; // mono: the stations were asked for
	bool shut;        // customer data is: see src/sync/shut.h
	bool read;        // rows are as of the last exchange
	int64_t stale_at; // UTC: a broadcast runs out, or one asked for lapses; 0: none does
	int64_t hands_n;  // hub_hands.c: the last refused operation that was looked at, the own tickets then, and whose they are
	VEC(char *) own;
	char hands_of[80];
	char *next_id, *next_no, *next_name, *next_roles; // of somebody who waits until the contacts in hand are done
};
struct hub_part *hub_part(const struct model *m);
void hub_part_release(struct hub_part *h);

// Reads broadcasts, conflicts and what was refused. What cannot be read is left out and said in the log.
void hub_rows_read(struct model *m, struct hub_part *h);
// Stations of the site, into h->rows; for who may see them.
must_use bool hub_stations_read(struct model *m, struct hub_part *h, struct err *e);
// Red broadcasts asked for, into h->rows; for who may ask or decide.
must_use bool hub_requests_read(struct model *m, struct hub_part *h, struct err *e);
// Says what the hub has decided since it was called last about whose tickets are; the first time, and of another person, nothing.
void hub_hands_look(struct model *m);
void hub_hands_release(struct hub_part *h);
// What an operation or a conflict is about, for people: the number of a ticket, the masked name of a customer, else "". Owned by a.
const char *hub_about(struct model *m, const char *t, const char *id, struct arena *a);
const char *hub_field_label(const char *field); // in the user's language; the field itself when it has none
// A value of such a field as people read it, personal data masked; "" for null, NULL while customer data is locked. Owned by a.
const char *hub_value_text(const struct model *m, const char *field, const json_t *v, struct arena *a);
const char *hub_person(const struct model *m, const char *id, struct arena *a); // "8005 赵*"

#endif
