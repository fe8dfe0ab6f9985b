// SPDX-License-Identifier: MIT
// Knows which broadcasts an agent has acknowledged at this station (domain.md §8.3).
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include "src/store/db.h"

// The first time stays: giving it again changes nothing.
must_use bool seen_add(struct db *db, const char *broadcast, const char *agent, int64_t at, struct err *e);
must_use bool seen_given(struct db *db, const char *broadcast, const char *agent, bool *given, struct err *e);

#endif
