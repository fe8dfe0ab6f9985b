// SPDX-License-Identifier: MIT
// Knows how a knowledge base of the hub's own follows the stream kb/all.
#ifndef HUB_FOLLOW_H
#define HUB_FOLLOW_H

#include "kb/remote.h"
#include "src/hub/store.h"

// Takes every row up to the head (KB_WRITE), from the place the base has; after a new epoch everything again. at (may be NULL): the place
// reached.
must_use bool follow_kb(struct hub_store *s, struct kb *kb, struct kb_cursor *at, struct err *e);

#endif
