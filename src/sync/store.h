// SPDX-License-Identifier: MIT
// Knows what the protocol needs of the station's store: one table of calls, made by SQLite in the product and by memory in the
// simulation. All calls of one exchange run inside one transaction of the caller.
#ifndef SYNC_STORE_H
#define SYNC_STORE_H

#include "src/store/outbox.h"
#include "src/wire/wire.h"

struct sync_stream {
	const char *s;
	int64_t epoch, seq, head;
	int64_t synced_at; // hub time of the last page, UTC ms; 0: never
};
struct sync_streams {
	struct sync_stream *v;
	size_t n, cap;
};
// The last row the hub sent of an entity.
struct sync_base {
	const char *s;
	int64_t rev;
};

struct sync_store {
	void *ctx;
	// Facts. dev NULL: not enrolled.
	bool (*identity)(void *ctx, const char **dev, const char **inc, struct arena *a, struct err *e);
	// Streams.
	bool (*streams)(void *ctx, struct sync_streams *out, struct arena *a, struct err *e);
	bool (*follows)(void *ctx, const char *s); // is a stream that the hub offers wanted now? NULL: all are
	bool (*stream_put)(void *ctx, const struct sync_stream *s, struct err *e); // adds or changes
	bool (*stream_drop)(void *ctx, const char *s, struct err *e);  // with its base rows (§3.3 rule 6); the outbox stays
	bool (*stream_clear)(void *ctx, const char *s, struct err *e); // its base rows only (rule 7); the outbox stays
	bool (*stream_digest)(void *ctx, const char *s, int64_t *n, uint64_t *x, struct err *e); // from the rows themselves (rule 8)
	// Rows. put replaces the base row and lays the own operations over it again (rule 9); gone takes the row away.
	bool (*base)(void *ctx, const char *t, const char *e, struct sync_base *out, bool *found, struct arena *a, struct err *err);
	bool (*row_put)(void *ctx, const char *s, const struct wire_row *row, struct err *e);
	bool (*row_gone)(void *ctx, const struct wire_row *row, struct err *e);
	// The outbox. op_mark refuses an n that is not there (ERR_NOT_FOUND).
	bool (*ops)(void *ctx, int64_t now, size_t max_ops, size_t max_bytes, struct outbox_ops *out, struct arena *a, struct err *e);
	bool (*op_mark)(void *ctx, int64_t n, enum outbox_state st, const char *answer, const char *at_stream, int64_t at_seq, int64_t now,
			struct err *e);
	bool (*op_first)(void *ctx, int64_t from, int64_t *n, struct err *e); // lowest n >= from still there in any state, 0: none
	// Everything with n >= from is queued again, whatever became of it: the hub asks from there, and n has no gaps.
	bool (*op_again)(void *ctx, int64_t from, struct err *e);
	bool (*settle)(void *ctx, const char *s, int64_t seq, struct err *e); // acked with that place or before
	bool (*settle_out)(void *ctx, struct err *e); // acked without a place, or in streams the station does not have
	// Has this transaction gone on long enough? Asked between two rows of a page: it is cut there, the rest comes in the next one
	// (exchange_more). NULL: never.
	bool (*enough)(void *ctx);
	bool (*refeed)(void *ctx, const char *s, struct err *e); // acked, settled in or for that stream within retention: queued (rule 7)
};

#endif
