// SPDX-License-Identifier: MIT
// Knows how a station is destroyed: its keys before anything else, so that what is left on the disk cannot be read.
#ifndef STORE_DESTROY_H
#define STORE_DESTROY_H

#include "src/base/err.h"

// Overwrites and removes the keys in DIR, then removes what they sealed and what came from the hub; settings and the lock stay. May be
// done while the store is open here, and again after it was closed: jobs under way may have left something. What is not there is fine.
// Nothing stops at a file that cannot be destroyed: the first one is named in e.
must_use bool station_destroy(const char *dir, struct err *e);

#endif
