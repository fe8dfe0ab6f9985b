// SPDX-License-Identifier: MIT
// Knows how a site that is not a real one is filled: invented customers, their tickets and what they called about before. The demo
// site and the sandboxes of practice are made with it.
#ifndef WORK_SEED_H
#define WORK_SEED_H

#include "config/pack.h"
#include "src/desk/contact.h"
#include "src/desk/number.h"
#include "src/store/db.h"
#include "src/store/id.h"

struct seed { // all borrowed
	const struct clock *clock;
	int64_t now;
	const char *site, *station, *zone, *agent; // agent: whose tickets and contacts they are
	enum contact_mode mode;
	const struct packs *packs;
	struct contact_world world;
	struct id_gen ids;
	size_t made; // contacts and tickets so far: spreads them over the day
};
void seed_init(struct seed *d, const struct clock *clock, const struct packs *packs, const char *zone);

// Texts may be "", lists empty.
struct seed_phone {
	const char *number, *kind;
};
struct seed_person {
	const char *name, *gender, *tier, *segment, *language, *notes, *address;
	int64_t birth_year; // 0: not known
	const struct seed_phone *phones;
	size_t n_phones;
	const char *const *flags;
	size_t n_flags;
	bool marketing; // agreed to it
};
struct seed_ticket {
	const char *title, *category, *state;
	int64_t priority, days_ago;
	uint32_t counter; // of its number, 0: the next one of the day
	const char *queue, *text; // NULL: the category's queue; no description
};
struct seed_contact { // over: rung, answered, classified, solved, wrapped up
	const char *channel, *category, *disposition, *summary;
	int64_t days_ago;
};

// Inside a transaction of the store. id (ID_LEN + 1 bytes) gets the customer's.
must_use bool seed_customer(struct seed *d, struct db *db, const struct seed_person *p, char *id, struct err *e);
must_use bool seed_put_ticket(struct seed *d, struct db *db, const char *customer_id, const struct seed_ticket *t, struct err *e);
must_use bool seed_put_contact(struct seed *d, struct db *db, const struct seed_person *p, const char *customer_id,
			       const struct seed_contact *c, struct err *e);

#endif
