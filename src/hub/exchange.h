// SPDX-License-Identifier: MIT
// Knows one exchange with a station: its operations in, answers, subscriptions, pages and digests out (sync.md §3.3).
//
// Several requests share one transaction (group commit): all are pushed, the streams are bumped once, then each is answered.
// No threads, no HTTP: the simulation calls this as the server does.
#ifndef HUB_EXCHANGE_H
#define HUB_EXCHANGE_H

#include "src/hub/apply.h"

struct exchange {
	// In: borrowed.
	const json_t *request; // body of POST /v1/sync or /v1/do
	const struct actor *who; // of the session, with its site; an operation's "by" is looked up by exchange itself
	bool drain;            // the outbox of a station that is to be wiped: only operations, and only of such a station
	bool online;           // /v1/do: the last operation needs a decision now; refused with the problem it meets, n unconsumed
	// Out.
	json_t *reply; // new reference; NULL: problem says why
	struct wire_problem problem;
	bool red;      // something was pushed that goes out before all else
	bool pushed;   // operations were applied
	// Between the phases.
	struct exchange_part *part; // NULL before and after
};
// For hub_run: runs all n of them in one transaction of mode HUB_WRITE, or, when none has operations, HUB_READ. False only when
// the store failed; then nothing of any is stored and each may be tried alone.
must_use bool hub_exchange(struct hub_store *s, struct exchange *v, size_t n, struct err *e);

// One page of a stream for a reader (also for events): {"s","from","to","head","more","rows":[..]} or {"s","reset","epoch","snap"}.
must_use bool hub_page(struct hub_tx *tx, const struct actor *who, const char *stream, struct wire_cursor from, size_t max_rows,
		       size_t max_bytes, json_t **page, struct err *e);

// The shift-end receipt (domain.md: 交接凭证): {"dev","inc","from","to","counts":{kind:n},"conflicts","rejected","hash","at"}, hash =
// BLAKE2b-256 over "n|h|res\n" of every operation in (from, to]. Problem UNSENT when last_n < to. Signing is the server's.
must_use bool hub_receipt(struct hub_store *s, const char *site, const char *dev, const char *inc, int64_t from, int64_t to, json_t **out,
			  struct wire_problem *p, struct err *e);

#endif
