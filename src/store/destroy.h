// SPDX-License-Identifier: MIT
// Knows how a station is destroyed: its keys before anything else, so that what is left on the disk cannot be read.
#ifndef STORE_DESTROY_H
#define STORE_DESTROY_H

#include "src/base/err.h"

// In a station's directory from the moment it is being destroyed, or is to be once its outbox is sent (src/sync/order.h), until it is.
#define STATION_ORDER "wipe.order"

// Overwrites and removes the keys in DIR, then removes what they sealed and what came from the hub; settings and the lock stay. May be
// done while the store is open here, and again after it was closed: jobs under way may have left something. What is not there is fine.
// Nothing stops at a file that cannot be destroyed: the first one is named in e.
// What breaks off goes on with station_destroy_rest, which every opening of the store begins with.
must_use bool station_destroy(const char *dir, struct err *e);
must_use bool station_destroy_rest(const char *dir, struct err *e); // true also where nothing was begun

#endif
