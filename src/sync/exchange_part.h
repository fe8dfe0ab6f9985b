// SPDX-License-Identifier: MIT
// Knows what asking and taking share. Private to src/sync/ask.c and exchange.c.
#ifndef SYNC_EXCHANGE_PART_H
#define SYNC_EXCHANGE_PART_H

#include "src/sync/exchange.h"

// One number for where all streams stand, whatever their order.
uint64_t exchange_cursors(const struct sync_streams *streams);

#endif
