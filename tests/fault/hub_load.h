// SPDX-License-Identifier: MIT
// Knows the work that the fault tests give the hub's store: one operation of a station, and how to see whether it is whole.
#ifndef TESTS_FAULT_HUB_LOAD_H
#define TESTS_FAULT_HUB_LOAD_H

#include "src/hub/store.h"

// A store with a station in it, at DIR/hub.db. vfs may be NULL.
struct hub_store *hub_load_open(const char *dir, enum sql_durability durability, const char *vfs, bool readonly, struct err *e);
void hub_load_close(struct hub_store *s);
// Operation number `no`: a note of its own (up to 24 KB, so that pages overflow and the WAL comes to its checkpoints), a ticket
// that counts, now and then moves and is told of; the station's number, its answer and a line of the audit. One transaction.
must_use bool hub_load_do(struct hub_store *s, int64_t no, struct err *e);

// What is found afterwards.
struct hub_found {
	int64_t last_n, notes, counted;
};
// Is the note of `no` there, with its own text? Torn: other text.
enum hub_load_state { HUB_LOAD_NONE, HUB_LOAD_WHOLE, HUB_LOAD_TORN };
enum hub_load_state hub_load_find(struct hub_store *s, int64_t no);
// No operation is half done: as many notes as the ticket counts, the station's number says and answers stand; and hub_check.
must_use bool hub_load_sound(struct hub_store *s, struct hub_found *f, struct err *e);

#endif
