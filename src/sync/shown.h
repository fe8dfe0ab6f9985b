// SPDX-License-Identifier: MIT
// Knows which table of the station shows an entity of the hub, and how a document becomes a row of it.
#ifndef SYNC_SHOWN_H
#define SYNC_SHOWN_H

#include <jansson.h>

#include "src/store/db.h"

struct shown {
	const char *t, *e;
	int64_t rev, at; // of the hub's row; at: UTC ms, 0: not known
	const char *by;
	const json_t *d; // the base with the own operations laid over it
	bool own;        // a change made here: whoever makes it writes the line of the history
};
// Writes ticket, customer, interaction, callback, or a line of a ticket's history (note, escalation, conflict). The hub is right
// whatever version the station has counted to: the count goes on from there. What the station has no table for, and what does not
// fit the table (another ticket has the number), is left out and stays in `ent`. Only the store failing is false.
must_use bool shown_put(struct db *db, const struct shown *s, struct err *e);
// Does the table have all there is to a row of that kind, for good? Lines of a contact's timeline never change, and no operation is laid
// over them: of these `ent` needs no document, only place and revision, of which digests are made.
bool shown_whole(const char *t, const json_t *d);
// The entity is gone for this station. Own contacts stay: their timeline is here and nowhere else.
must_use bool shown_drop(struct db *db, const char *t, const char *id, struct err *e);

#endif
