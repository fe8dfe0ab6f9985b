// SPDX-License-Identifier: MIT
// Knows the work that the fault tests give the store: one action of an agent, and how to see whether it is whole.
#ifndef TESTS_FAULT_LOAD_H
#define TESTS_FAULT_LOAD_H

#include <stdint.h>

#include "src/store/store.h"

// Action number `no`: a contact, its timeline line and its outbox operation, in one job. The document has a length that
// follows from no, up to 24 KB, so that pages overflow and the WAL comes to its checkpoints.
struct load {
	int64_t no;
	int told; // calls of done
	enum store_result result;
	struct err err;
};
bool load_run(struct db *db, void *arg, struct err *e);
void load_submit(struct store *s, struct load *l, int64_t no); // l stays the caller's until the last done

enum load_found {
	LOAD_NONE,
	LOAD_WHOLE,
	LOAD_TORN, // a part of it, or other content
};
enum load_found load_find(struct db *db, int64_t no);

#endif
