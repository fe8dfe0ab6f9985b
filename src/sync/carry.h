// SPDX-License-Identifier: MIT
// Knows what a station does with couriers' files: writes its own outbox into one, and carries those of others on to the hub.
#ifndef SYNC_CARRY_H
#define SYNC_CARRY_H

#include "src/base/vec.h"
#include "src/sync/courier.h"

// Everything from the first operation that is not acknowledged on, into a new file (mode 0600; one that is there is ERR_CONFLICT).
// The outbox stays as it is: network and file may both arrive. db: any connection. ERR_NOT_FOUND: nothing is unsent, or the
// station has joined no hub.
must_use bool courier_export(struct db *db, const struct hub_key *key, const char *path, int64_t now, struct courier_head *out,
			     struct err *e);

// Takes a file of another station in, as DIR/carried/DEV-INC-FROM-TO.zxo, until it is delivered; *again: it was there already. It is
// not opened, only checked to be whole, unchanged and for this station's hub (box_pk).
must_use bool courier_carry(const char *dir, const unsigned char box_pk[JOINED_BOX_PK], const char *path, struct courier_head *out,
			    bool *again, struct err *e);
// The files that wait, by name; paths in a.
#define COURIER_REFUSED ".refused"
struct carried {
	VEC(const char *) paths;
	size_t refused; // files that the hub did not take, kept aside
};
must_use bool courier_carried(const char *dir, struct carried *out, struct arena *a, struct err *e);
must_use bool courier_delivered(const char *path, struct err *e); // the hub has it: gone
must_use bool courier_refused(const char *path, struct err *e);   // the hub will never take it: kept as PATH.refused

#endif
