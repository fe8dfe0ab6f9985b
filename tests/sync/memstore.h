// SPDX-License-Identifier: MIT
// Knows the station's store in memory: the calls of sync_store with transactions that commit or vanish whole.
#ifndef TESTS_SYNC_MEMSTORE_H
#define TESTS_SYNC_MEMSTORE_H

#include "src/base/vec.h"
#include "src/sync/store.h"

// Immutable, shared between the state at work and the one before the transaction.
struct mem_row {
	int refs;
	char *t, *e, *s;
	int64_t rev;
	json_t *d;
};
struct mem_op {
	int refs;
	char *id, *k, *t, *e, *s, *base, *body, *by;
	int64_t n, made;
	bool off;
	unsigned char h[OUTBOX_HASH];
};
struct mem_out {
	struct mem_op *op;
	enum outbox_state st;
	char at_s[64]; // "": none
	int64_t at_seq, acked, next_at;
	char *answer; // NULL: none; owned
};
struct mem_stream {
	char s[64];
	int64_t epoch, seq, head, synced_at;
};
struct mem_state {
	VEC(struct mem_row *) rows;
	VEC(struct mem_out) outbox; // by n
	VEC(struct mem_stream) streams;
	int64_t next_n;
};
struct memstore {
	struct sync_store calls; // ctx is this
	char dev[40], inc[16]; // dev "": not enrolled
	struct mem_state now, before;
	bool in_tx;
	int fail_at; // the n-th call from now on fails (1: the next), 0: none
};

void memstore_init(struct memstore *m, const char *dev, const char *inc);
void memstore_release(struct memstore *m);
void memstore_begin(struct memstore *m);
void memstore_commit(struct memstore *m);
void memstore_rollback(struct memstore *m); // also what a crash does

// In a transaction of its own when there is none. Gives n. base NULL: none.
int64_t memstore_add(struct memstore *m, const char *id, const char *k, const char *t, const char *e, const char *s,
		     const char *base, const char *body, int64_t made);
const struct mem_row *memstore_row(const struct memstore *m, const char *t, const char *e); // NULL: none
const struct mem_stream *memstore_stream(const struct memstore *m, const char *s); // NULL: none
const struct mem_out *memstore_op(const struct memstore *m, int64_t n); // NULL: none
size_t memstore_unsent(const struct memstore *m); // queued or sending
size_t memstore_in_state(const struct memstore *m, enum outbox_state st);
// What the agent sees: the base row with the station's own operations laid over it (queued, sending, acked, conflict), in order.
// New reference, NULL: nothing to see.
json_t *memstore_view(const struct memstore *m, const char *t, const char *e);
void memstore_forget(struct memstore *m, size_t at); // takes an operation out of the outbox: only a bug does that
void memstore_digest(const struct memstore *m, const char *s, int64_t *n, uint64_t *x);

#endif
