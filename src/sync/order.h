// SPDX-License-Identifier: MIT
// Knows the one order a hub may give a station, to destroy itself: whether it is the hub's, and how it is carried out.
#ifndef SYNC_ORDER_H
#define SYNC_ORDER_H

#include "src/sync/account.h"

enum { ORDER_STATUS = 423, ORDER_SENTENCE = 400 };
// Is the answer an order to wipe this very station, signed by the hub it joined over "wipe\nDEV\nTIME\n"? Anything else is false.
bool order_is_wipe(int status, struct sv body, const struct account *a);
// Destroys what the station in dir holds. unsent: its operations the hub does not have, lost with the keys. out: what happened, in a
// sentence for people. The store may be open; then station_destroy (src/store/destroy.h) is called again once it is closed.
void order_wipe(const char *dir, int64_t unsent, char out[ORDER_SENTENCE]);

#endif
