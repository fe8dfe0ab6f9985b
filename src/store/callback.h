// SPDX-License-Identifier: MIT
// Knows promised call-backs at rest.
#ifndef STORE_CALLBACK_H
#define STORE_CALLBACK_H

#include "src/store/meta.h"

struct callback {
	const char *id;
	struct row_stamp stamp;
	const char *interaction_id, *customer_id, *owner_id;
	const char *status; // open, done, missed, cancelled
	int64_t due_at, window_min, attempts;
	const char *doc; // JSON, sealed: promised_text, phone
};
struct callbacks {
	struct callback *v;
	size_t n, cap;
};

must_use bool callback_put(struct db *db, const struct callback *c, struct err *e);
must_use bool callback_get(struct db *db, const char *id, struct callback *out, struct arena *a, struct err *e);
must_use bool callback_drop(struct db *db, const char *id, struct err *e); // none there is fine
// Open ones of the owner (NULL: of everybody) due before the instant (0: all), soonest first.
must_use bool callback_due(struct db *db, const char *owner_id, int64_t before, struct callbacks *out, struct arena *a,
			   struct err *e);

#endif
