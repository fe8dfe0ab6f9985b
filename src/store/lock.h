// SPDX-License-Identifier: MIT
// Knows that one process writes a data directory.
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "src/base/err.h"

struct lock {
	int fd; // 0: not held
};

// Takes an exclusive flock on DIR/lock and writes the process id into it; it ends with the process, however that ends.
// ERR_CONFLICT names the process that holds it.
must_use bool lock_take(struct lock *l, const char *dir, struct err *e);
void lock_release(struct lock *l); // a zeroed one is fine

#endif
