// SPDX-License-Identifier: MIT
// Knows the operations that still have to reach the hub (sync.md §4): numbered without gaps, hashed, sealed.
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "src/store/db.h"

enum { OUTBOX_HASH = 32 };
enum { OUTBOX_OP_MAX = 65536 }; // bytes of body (sync.md §3.9)

enum outbox_state {
	OUTBOX_QUEUED,
	OUTBOX_SENDING, // a hint only: queued again after a restart
	OUTBOX_ACKED,
	OUTBOX_SETTLED,
	OUTBOX_CONFLICT,
	OUTBOX_REJECTED,
};
const char *outbox_state_name(enum outbox_state st); // "queued" ...

struct outbox_op {
	int64_t n;                          // given by the store
	const char *id;                     // UUIDv7 of the operation
	const char *k, *t, *e, *s;          // kind "ticket.set", entity type, entity id, stream
	const char *base;                   // "epoch:rev", NULL for a new entity
	const char *dep;                    // hash of a blob that must be there first; NULL
	const char *body;                   // JSON, sealed at rest
	int64_t made;                       // UTC ms
	const char *by;                     // agent at the time; NULL: not known (operations of schema 1)
	bool off;                           // made while the hub was out of reach
	// Filled on read.
	unsigned char h[OUTBOX_HASH];
	enum outbox_state st;
	int64_t tries, next_at, at_seq, acked;
	const char *at_s; // the stream in which at_seq counts, NULL: the answer stands in none
	const char *res; // the hub's answer, JSON
};
struct outbox_ops {
	struct outbox_op *v;
	size_t n, cap;
};

// BLAKE2b-256 over id, k, t, e, s, base (empty for NULL) and body, each followed by one zero byte. What the hub compares.
void outbox_hash(const struct outbox_op *op, unsigned char out[OUTBOX_HASH]);
// Takes the next n in the caller's transaction, the one that changes the entity. ERR_LIMIT past OUTBOX_OP_MAX.
must_use bool outbox_add(struct db *db, const struct outbox_op *op, int64_t *n, struct err *e);
// Operations to send, in order: queued or sending, next_at reached, at most max_ops and max_bytes of bodies (at least one).
must_use bool outbox_next(struct db *db, int64_t now, size_t max_ops, size_t max_bytes, struct outbox_ops *out,
			  struct arena *a, struct err *e);
must_use bool outbox_get(struct db *db, int64_t n, struct outbox_op *out, struct arena *a, struct err *e);
must_use bool outbox_list(struct db *db, int64_t after_n, size_t limit, struct outbox_ops *out, struct arena *a,
			  struct err *e);
// Own operations not yet in the base rows of one entity (queued, sending, acked, conflict), in order: the overlay.
must_use bool outbox_overlay(struct db *db, const char *entity, struct outbox_ops *out, struct arena *a, struct err *e);
// at_s, at_seq: where the hub put the change; NULL and 0 keep what is there.
must_use bool outbox_mark(struct db *db, int64_t n, enum outbox_state st, const char *res, const char *at_s, int64_t at_seq, int64_t now,
			  struct err *e);
must_use bool outbox_retry_at(struct db *db, int64_t n, int64_t next_at, struct err *e); // queued again, tries + 1
must_use bool outbox_restart(struct db *db, struct err *e); // sending -> queued, after a start
// A stream starts over (new epoch): what was acknowledged in it, or for it, is queued again under the same n, id and hash.
must_use bool outbox_refeed(struct db *db, const char *stream, struct err *e);
// The hub asks again from this n on: whatever became of them is queued again, because n must come without gaps.
must_use bool outbox_again(struct db *db, int64_t from, struct err *e);
must_use bool outbox_first(struct db *db, int64_t from, int64_t *n, struct err *e); // lowest n >= from still there, 0: none
// Acked ones whose answer is in the rows that are here: appended to out (t, e and n count), for whoever marks them settled.
must_use bool outbox_arrived(struct db *db, const char *stream, int64_t seq, struct outbox_ops *out, struct arena *a, struct err *e);
// The same for answers in no stream, or in one the station does not have.
must_use bool outbox_unseen(struct db *db, struct outbox_ops *out, struct arena *a, struct err *e);
// The oldest of one state.
must_use bool outbox_in_state(struct db *db, enum outbox_state st, size_t limit, struct outbox_ops *out, struct arena *a, struct err *e);
#define OUTBOX_KEPT_MS (30LL * 24 * 3600000) // settled ones: a hub restored from a backup may ask for them (sync.md §4)
// Settled ones only; the oldest few thousand at once, so that nobody waits for it.
// The hub has erased what these are about: of what it has answered nothing is kept, nor is it told again after a restore.
must_use bool outbox_forget(struct db *db, const char *entity, struct err *e);
must_use bool outbox_purge(struct db *db, int64_t acked_before, struct err *e);

struct outbox_counts {
	int64_t unsent;      // queued, sending
	int64_t oldest_made; // of those; 0: none
	int64_t conflicts, rejected;
};
must_use bool outbox_count(struct db *db, struct outbox_counts *out, struct err *e);
must_use bool outbox_bytes(struct db *db, int64_t *out, struct err *e); // of what is unsent, as it lies on the disk; reads all of it
// What an outbox is meant to hold (sync.md §3.9). From half of it on a person is told; nothing that is typed is ever refused for it.
enum { OUTBOX_OPS = 20000, OUTBOX_BYTES = 200 << 20 };

#endif
