// SPDX-License-Identifier: MIT
// Knows whether what a station holds of customers is shut: its lease is over and nobody has logged in since (domain.md §8.4).
//
// One rule for the workstation and for what reads beside it. Scripts, articles, drafts and the outbox are never shut.
#ifndef SYNC_SHUT_H
#define SYNC_SHUT_H

#include "src/base/clock.h"
#include "src/store/db.h"
#include "src/sync/lease.h"

// The lease as it is kept (meta); until 0 where nobody ever logged in. Strings in a.
must_use bool lease_load(struct db *db, struct lease *out, struct arena *a, struct err *e);
// *shut: the lease is over, or the clock was set back. False: the store cannot be read, and *shut is true then: what cannot be
// known is not shown.
must_use bool shut_read(struct db *db, const struct clock *clock, bool *shut, struct err *e);
// ERR_DENIED with the one sentence that people get wherever something is shut. Always false.
bool shut_refuse(struct err *e);

#endif
