// SPDX-License-Identifier: MIT
// Knows what one exchange keeps between its phases: pushed, flushed, answered. Private to src/hub/exchange*.c.
#ifndef HUB_EXCHANGE_PART_H
#define HUB_EXCHANGE_PART_H

#include "src/hub/apply_part.h"
#include "src/hub/exchange.h"

struct pushed {
	int64_t n;
	unsigned char h[WIRE_HASH];
	const char *k;
	const char *stored;     // the answer it got the first time; NULL: it is done now
	bool old;               // done before, the answer purged
	struct applied applied; // done now
};
struct exchange_part {
	struct hub_dev dev;
	int64_t first_n, last_n; // of the station before and after
	struct pushed *ops;      // owned: a transaction may be tried again after its arena is gone
	size_t n_ops;
};

// Phase 1: everything the request brings is staged; or v->problem.
must_use bool exchange_push(struct hub_tx *tx, struct exchange *v, struct err *e);
// Phase 2 comes between: hub_flush. Phase 3: answers are kept, the reply is made.
must_use bool exchange_answer(struct hub_tx *tx, struct exchange *v, struct err *e);
must_use bool exchange_pull(struct hub_tx *tx, struct exchange *v, json_t *reply, struct err *e);
void exchange_part_release(struct exchange *v);

#endif
