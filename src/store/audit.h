// SPDX-License-Identifier: MIT
// Knows the audit log: append-only, each line chained to the one before (sync.md §6.8).
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "src/store/db.h"

enum { AUDIT_HASH = 32 };

// detail must be masked already: this log holds people by reference only.
struct audit_line {
	int64_t n, at;
	const char *actor, *station, *action, *object, *purpose, *detail; // purpose and detail may be NULL
	unsigned char hash[AUDIT_HASH]; // filled on read
};
struct audit_lines {
	struct audit_line *v;
	size_t n, cap;
};

// hash = BLAKE2b-256(previous hash | n | at | actor | station | action | object | purpose | detail); numbers as 8 bytes
// little endian, texts with 8 bytes of length in front (NULL: length 2^64-1). The first has 32 zero bytes before it.
must_use bool audit_add(struct db *db, const struct audit_line *l, struct err *e);
// meta "audit_head" holds the last number and hash, so that a tail cut off shows.
// Walks the whole chain; *checked lines were right. ERR_CONFLICT names the first line that does not fit.
must_use bool audit_verify(struct db *db, int64_t *checked, struct err *e);
must_use bool audit_list(struct db *db, int64_t after_n, size_t limit, struct audit_lines *out, struct arena *a,
			 struct err *e);

#endif
