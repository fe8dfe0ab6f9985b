// SPDX-License-Identifier: MIT
// Knows text that is being typed: the last state of each field of a contact that is not saved yet (domain.md §8.5).
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "src/store/db.h"

struct journal {
	const char *interaction_id, *field;
	const char *text; // sealed
	int64_t caret;    // byte offset
	int64_t at;       // UTC ms of the last key; an older one never replaces a newer one
};
struct journals {
	struct journal *v;
	size_t n, cap;
};

must_use bool journal_put(struct db *db, const struct journal *j, struct err *e);
must_use bool journal_list(struct db *db, const char *interaction_id, struct journals *out, struct arena *a,
			   struct err *e);
// Forgets the drafts of a contact: in the transaction that saves it.
must_use bool journal_clear(struct db *db, const char *interaction_id, struct err *e);
// Forgets one field.
must_use bool journal_drop(struct db *db, const char *interaction_id, const char *field, struct err *e);

#endif
