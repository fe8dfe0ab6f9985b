// SPDX-License-Identifier: MIT
// Knows a small world for the contacts of a practice session: two branches of categories, dispositions, one script, a base form.
#ifndef TEST_PRACTICE_WORLD_H
#define TEST_PRACTICE_WORLD_H

#include "src/desk/contact.h"

struct world {
	struct category_tree categories; // payment: funds_anomaly (red), transfer; account: freeze
	struct disposition_set dispositions; // DONE resolved, WAIT pending
	struct contact_world w; // script "t.talk": hello, notice (a disclosure, required), plan (required), bye
};
void world_init(struct world *w);
void world_release(struct world *w);

#endif
