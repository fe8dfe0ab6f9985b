// SPDX-License-Identifier: MIT
// Knows what the parts of the hub's store share: the pool, a transaction and what it has staged. Private to src/hub/store*.c.
#ifndef HUB_STORE_INTERNAL_H
#define HUB_STORE_INTERNAL_H

#include <pthread.h>

#include "src/base/vec.h"
#include "src/hub/store.h"
#include "src/store/id.h"

#define HUB_BLANKED " set d = '{}', x = null" // of an update: the document goes, the line stays
#define HUB_LEFT "@left" // type of the row an entity leaves in the stream it moved out of; its id: "t|e|s"

struct hub_conn {
	struct sql *c;
	bool busy, writes;
	struct id_gen ids;
};

// The digests counted last, by stream and head: counting reads every row, and thousands of stations ask at the same head.
enum { HUB_DIGESTS = 1024 };
struct hub_digested {
	char site[16], s[64]; // s "": nothing yet
	int64_t epoch, at, n;
	uint64_t x;
};

struct hub_store {
	struct hub_digested digests[HUB_DIGESTS]; // under mutex
	struct hub_store_options o;
	char *url, *vfs;
	enum sql_engine engine;
	int lock; // file descriptor of the lease on a SQLite file; 0: none
	bool alone; // one connection for reading and writing (":memory:")
	pthread_mutex_t mutex;
	pthread_cond_t freed[2]; // a reading connection, a writing one; alone: the first
	VEC(struct hub_conn) conns; // fixed once the store is open
};

// One revision that was staged: a line of the history.
struct hub_staged {
	struct hub_ent ent;
	const char *op;
	struct str sealed; // its document as it is stored, sealed or not
};
// One entity the transaction has looked at.
struct hub_slot {
	struct hub_slot *next; // same bucket
	const char *site, *t, *e;
	struct hub_ent *stored, *now; // now: stored, or the last staged; NULL: there is none
	VEC(struct hub_staged) staged;
	size_t order; // of the last put: numbers in a stream follow it
	int64_t left_seq; // place of the "moved" row it leaves, 0: none
};
enum { HUB_BUCKETS = 256, HUB_TRIES = 6 };

struct hub_tx {
	struct hub_store *s;
	struct hub_conn *conn;
	struct sql *c;
	enum hub_mode mode;
	int64_t now;
	struct arena arena;
	struct hub_slot *bucket[HUB_BUCKETS];
	VEC(struct hub_slot *) slots;
	VEC(json_t *) docs; // references to give back
	VEC(struct hub_audit) audits;
	size_t puts;
	bool flushed;
	bool again; // something was stale: start over
};

// The connection's part of a transaction that is not hub_run's own (copy, backup).
struct hub_conn *hub_acquire(struct hub_store *s, enum hub_mode mode);
void hub_release_conn(struct hub_store *s, struct hub_conn *k);
// The number of the hub's epoch.
must_use bool hub_epoch(struct hub_tx *tx, int64_t *out, struct err *e);

// --- store_doc.c: documents as they are stored
bool hub_is_sealed(const char *t);
// Appends the stored form of the document of (site, t, e) at rev.
void hub_doc_print(const struct hub_tx *tx, const char *site, const char *t, const char *e, int64_t rev, const json_t *d, struct str *out);
void hub_doc_bind(struct sql_stmt *st, const char *t, struct sv stored); // two parameters: d, x
// From columns col (d), col + 1 (x); the transaction keeps the reference. NULL with e.
json_t *hub_doc_read(struct hub_tx *tx, struct sql_stmt *st, int col, const char *site, const char *t, const char *e, int64_t rev, struct err *e_);
json_t *hub_json_read(struct hub_tx *tx, struct sv text, struct err *e); // likewise
// Keeps the blind index of an entity in step with its document; old NULL: there was none.
must_use bool hub_index(struct hub_tx *tx, const char *site, const char *t, const char *e, const json_t *old, const json_t *now, struct err *e_);
// Normal form of a field's value as typed; false: the type has no such field, or it is none.
bool hub_lookup_hash(const struct hub_tx *tx, const char *t, const char *field, const char *value, unsigned char out[16]);

// --- store_ent.c
#define HUB_ENT_COLUMNS "t, e, s, seq, rev, gone, dest, d, x, fr, author, at, dev"
// The current row of a select of HUB_ENT_COLUMNS from column `from` on; also a left row, which becomes gone "moved". NULL with e.
struct hub_ent *hub_ent_read(struct hub_tx *tx, struct sql_stmt *st, int from, const char *site, struct err *e);
const char *hub_left_id(struct hub_tx *tx, const char *t, const char *e, const char *s);

// --- store_audit.c: writes what hub_audit_add staged; last of all, because the heads of the chains stay locked until the commit
must_use bool hub_audit_flush(struct hub_tx *tx, struct err *e);

// true; for bodies whose failure means "somebody else was faster": the transaction starts over
bool hub_stale(struct hub_tx *tx, struct err *e);

#endif
