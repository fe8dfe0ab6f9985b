// SPDX-License-Identifier: MIT
// Knows what waits at the knowledge desk of the demo site.
#ifndef WORK_DEMO_KB_H
#define WORK_DEMO_KB_H

#include "src/base/clock.h"
#include "src/store/db.h"

// Does to the articles of a demo site what config/demo/desk.yaml tells, in the names of colleagues. After the packs are in.
must_use bool demo_kb_fill(const char *dir, const char *zone, const struct clock *clock, struct err *e);
// Who has read what, into the store. Inside the caller's transaction.
must_use bool demo_kb_readers(struct db *db, int64_t now, struct err *e);

#endif
