// SPDX-License-Identifier: MIT
// Knows what the hub has said: how far each stream was heard, and the last row of each entity, sealed by stream.
#ifndef STORE_ENT_H
#define STORE_ENT_H

#include "src/store/db.h"

// --- streams: cursor, head, time of the last page

struct stream {
	const char *s;
	int64_t epoch, seq, head;
	int64_t synced_at; // hub time, UTC ms; 0: never
};
struct streams {
	struct stream *v;
	size_t n, cap;
};
must_use bool stream_put(struct db *db, const struct stream *s, struct err *e); // adds or changes
must_use bool stream_get(struct db *db, const char *name, struct stream *out, bool *found, struct arena *a, struct err *e);
must_use bool stream_list(struct db *db, struct streams *out, struct arena *a, struct err *e);
// The stream with the key of its rows: what may be left of them, in a backup or in the log of the file, opens no more. The rows
// themselves are the caller's to drop first.
must_use bool stream_forget(struct db *db, const char *name, struct err *e);

// --- rows

struct ent {
	const char *t, *e, *s;
	int64_t q, rev, at; // place in the stream; revision; UTC ms of the change, 0: not known
	const char *by;
	bool stale;    // of a stream that starts over and not sent again yet: good for the screen, not known to the hub
	const char *d; // JSON; NULL when read without it
};
struct ents {
	struct ent *v;
	size_t n, cap;
};
// Replaces the row, whatever its revision: who may replace whom is the protocol's to say. Never stale.
must_use bool ent_put(struct db *db, const struct ent *row, struct err *e);
must_use bool ent_get(struct db *db, const char *t, const char *id, struct ent *out, bool *found, struct arena *a, struct err *e);
// The same without the document: cheap.
must_use bool ent_head(struct db *db, const char *t, const char *id, struct ent *out, bool *found, struct arena *a, struct err *e);
enum { ENT_ROWS = 100000 }; // what a station is meant to hold of the hub, articles aside (sync.md §3.9)
must_use bool ent_count(struct db *db, int64_t *out, struct err *e);
must_use bool ent_drop(struct db *db, const char *t, const char *id, struct err *e);
// All of a type, oldest change first; with documents.
must_use bool ent_list(struct db *db, const char *t, struct ents *out, struct arena *a, struct err *e);
// Those of a stream, without documents; stale_only: what was not sent again.
must_use bool ent_of_stream(struct db *db, const char *s, bool stale_only, struct ents *out, struct arena *a, struct err *e);
must_use bool ent_stale(struct db *db, const char *s, struct err *e); // all rows of a stream
// Count and exclusive or of wire_row_digest over the rows themselves (sync.md §3.3 rule 8); stale ones do not count.
must_use bool ent_digest(struct db *db, const char *s, int64_t *n, uint64_t *x, struct err *e);
// "epoch:rev" an operation on the entity is based on; NULL: the hub has not sent it. Owned by a.
must_use bool ent_base(struct db *db, const char *t, const char *id, const char **out, struct arena *a, struct err *e);

#endif
