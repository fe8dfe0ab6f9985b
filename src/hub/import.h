// SPDX-License-Identifier: MIT
// Knows how an outbox file that was carried comes into the store: checked, then through the same exchange as a station's requests, so
// that an operation which arrives both ways counts once.
#ifndef HUB_IMPORT_H
#define HUB_IMPORT_H

#include <stdio.h>

#include "src/hub/auth.h"
#include "src/sync/courier.h"

struct import_ask { // borrowed
	const char *site;           // of the stations whose files they are
	const char *agent, *station; // who brings it, for the audit log; NULL: the hub's command line
};
struct import_result {
	struct courier_head head; // of a file that is one
	char station[8];          // the station that wrote it; "" when the hub does not know it
	int64_t done[WIRE_REJECTED + 1]; // answers, by enum wire_result
	bool known;  // nothing new was in it: it was read before, or the network was faster
	bool red;    // something came that goes out before all else
	bool pushed; // operations were applied; also beside a problem, from the part before it
	struct wire_problem problem; // kind not NONE: it is not taken, or not all of it
	struct err why;              // of a problem, and of what is known: a sentence for people
};
// Reads f from its beginning; any thread. bad-shape: no such file, or cut off; forbidden: changed, for another hub, not by the station
// it names, or of somebody who may not work any more; site-mismatch: no such station at the site; quarantined; what an exchange is
// refused for (op-gap: an earlier file is missing; op-reuse: the station is shut out from now on). False only when the store failed:
// the same file may come again.
must_use bool hub_import(struct hub_store *s, const struct hub_keys *k, FILE *f, const struct import_ask *ask, struct import_result *out,
			 struct err *e);
int64_t import_applied(const struct import_result *r); // operations that are in force, or were before

#endif
