// SPDX-License-Identifier: MIT
// Knows the text of a hub's answer: read whole and checked before anything of it is used.
#ifndef SYNC_ANSWER_H
#define SYNC_ANSWER_H

#include "src/wire/wire.h"

// Strings and documents are borrowed from doc; arrays are in the arena given to answer_read.
struct answer_page {
	const char *s;
	struct wire_cursor from, to;
	int64_t head;
	bool more;
	bool bare; // an event without rows: only the head is told
	struct wire_row *rows;
	size_t n_rows;
	const char *reset; // the reason, NULL: a page of rows
	int64_t epoch; // of a reset
};
struct answer_sub {
	const char *s;
	int64_t epoch;
};
struct answer_digest {
	const char *s;
	int64_t at, n;
	uint64_t x;
};
struct answer {
	json_t *doc; // answer_release gives it back
	int64_t now; // hub time, UTC ms; 0: not told
	int64_t last_n; // -1: not told
	struct wire_answer *ops;
	const char **op_texts; // each answer as it came, unknown members included
	size_t n_ops;
	struct answer_sub *add;
	const char **del;
	struct answer_page *pages;
	struct answer_digest *digests;
	size_t n_add, n_del, n_pages, n_digests;
	int64_t again_ms, backoff_ms;
};
// ERR_PARSE or ERR_LIMIT names what is wrong; out is empty then.
must_use bool answer_read(struct sv body, struct answer *out, struct arena *a, struct err *e);
void answer_release(struct answer *r);
// One page alone, as in an event "ch".
must_use bool answer_read_page(const json_t *j, struct answer_page *out, struct arena *a, struct err *e);

#endif
