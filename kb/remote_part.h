// SPDX-License-Identifier: MIT
// Knows the parts of following a hub; for kb/remote*.c alone.
#ifndef KB_REMOTE_PART_H
#define KB_REMOTE_PART_H

#include <jansson.h>

#include "kb/drafts.h"
#include "kb/remote.h"
#include "kb/internal.h"

// The draft beside an article as the hub has it; NULL: there is none any more. In the caller's transaction, like all below.
must_use bool kb_take_draft(struct kb *kb, const char *id, const json_t *draft, struct err *e);
// A phrasing: {"article","text","call"?,"agent_id","withdrawn"}.
must_use bool kb_take_phrasing(struct kb *kb, const char *id, const json_t *d, struct err *e);
// An uncovered case: {"query","note"?,"category"?,"state","occurrences","reporters":[],"last_at","taken_by"?,"reply"?,"article"?}.
must_use bool kb_take_gap(struct kb *kb, const char *id, const json_t *d, struct err *e);

#endif
