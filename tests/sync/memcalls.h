// SPDX-License-Identifier: MIT
// Knows what memstore.c and memcalls.c share.
#ifndef TESTS_SYNC_MEMCALLS_H
#define TESTS_SYNC_MEMCALLS_H

#include "tests/sync/memstore.h"

extern const struct sync_store mem_calls;
void mem_row_unref(struct mem_row *r);

#endif
