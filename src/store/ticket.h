// SPDX-License-Identifier: MIT
// Knows tickets at rest: the row that is listed, the sealed document, the append-only history, the number's counter.
#ifndef STORE_TICKET_H
#define STORE_TICKET_H

#include "src/store/meta.h"

// As for interactions: title and everything else of domain.md §3.5 that is text stands sealed.
struct ticket {
	const char *id, *no;
	struct row_stamp stamp;
	const char *state, *kind, *title;
	const char *customer_id, *interaction_id, *category_id, *owner_id, *team_id, *queue_code;
	int64_t impact, urgency, priority; // 1..4
	bool pinned;
	int64_t score;
	int64_t respond_due_at, resolve_due_at, first_response_at, resolved_at, closed_at;
	int64_t version; // grows with each put; an older one never replaces a newer one
	const char *doc; // JSON
};
struct tickets {
	struct ticket *v;
	size_t n, cap;
};

// The counter NNNN of domain.md §3.5 for this station and local day ("YYMMDD"): call it in the transaction that puts the ticket.
must_use bool ticket_counter_next(struct db *db, const char *station, const char *day, int64_t *out, struct err *e);
must_use bool ticket_put(struct db *db, const struct ticket *t, struct err *e);
must_use bool ticket_get(struct db *db, const char *id, struct ticket *out, struct arena *a, struct err *e);
// The ticket with its history; none there is fine.
must_use bool ticket_drop(struct db *db, const char *id, struct err *e);
must_use bool ticket_by_no(struct db *db, const char *no, struct ticket *out, struct arena *a, struct err *e);

enum ticket_by {
	TICKET_BY_OWNER,
	TICKET_BY_QUEUE,
	TICKET_BY_CUSTOMER,
	TICKET_BY_INTERACTION,
	TICKET_BY_AGE, // all; key is not looked at
};
struct ticket_filter {
	enum ticket_by by;
	const char *key;
	bool open_only;   // not closed, merged or cancelled
	const char *state; // NULL: any
	size_t limit;     // 0: 1000
	bool with_doc;
};
// Pinned first, then priority, then due, then age.
must_use bool ticket_list(struct db *db, const struct ticket_filter *f, struct tickets *out, struct arena *a,
			  struct err *e);
must_use bool ticket_count_open(struct db *db, const char *owner_id, int64_t *out, struct err *e);

struct ticket_log_line {
	const char *ticket_id;
	int64_t seq, at;
	const char *by, *type; // types: domain.md §3.5
	const char *data;      // JSON, sealed; NULL: none
	const char *ref;       // id of the line at the hub: one with an id is written once; NULL: none
};
struct ticket_log {
	struct ticket_log_line *v;
	size_t n, cap;
};
must_use bool ticket_event_add(struct db *db, const struct ticket_log_line *ev, int64_t *seq, struct err *e);
must_use bool ticket_event_list(struct db *db, const char *ticket_id, struct ticket_log *out, struct arena *a,
				struct err *e);

#endif
