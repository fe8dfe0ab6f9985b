// SPDX-License-Identifier: MIT
// Knows how the protocol's calls (store.h) are answered by the station's store: cursors, base rows, the view over them, the outbox.
#ifndef SYNC_SQLITE_H
#define SYNC_SQLITE_H

#include "src/store/db.h"
#include "src/sync/store.h"

// Streams of the knowledge base live in its own file (architecture.md §5): whoever has it open answers for them. ctx and kb must
// last as long as the sync_sqlite. A stream is the base's when its name begins with "kb/".
struct sync_kb {
	void *ctx;
	bool (*follows)(void *ctx); // its streams, now
	bool (*streams)(void *ctx, struct sync_streams *out, struct arena *a, struct err *e);
	bool (*stream_put)(void *ctx, const struct sync_stream *s, struct err *e);
	bool (*stream_drop)(void *ctx, const char *s, struct err *e);
	bool (*stream_clear)(void *ctx, const char *s, struct err *e);
	bool (*stream_digest)(void *ctx, const char *s, int64_t *n, uint64_t *x, struct err *e);
	bool (*base)(void *ctx, const char *t, const char *e, struct sync_base *out, bool *found, struct arena *a, struct err *err);
	bool (*row_put)(void *ctx, const char *s, const struct wire_row *row, struct err *e);
	bool (*row_gone)(void *ctx, const struct wire_row *row, struct err *e);
	bool (*enough)(void *ctx); // of this transaction (store.h)
};

// On the stack of a store job: db is the job's, inside its transaction.
struct sync_sqlite {
	struct db *db;
	const struct sync_kb *kb; // NULL: this station takes no knowledge from the hub
	bool changed;             // out: something the screens show is not as it was
};
void sync_sqlite(struct sync_sqlite *q, struct db *db, const struct sync_kb *kb, struct sync_store *out);

// The base row of an entity with the own operations over it, as it is shown, new reference; NULL without e when the hub has not sent it.
must_use bool sync_view(struct db *db, const char *t, const char *id, json_t **out, struct err *e);

#endif
