// SPDX-License-Identifier: MIT
// Knows contacts at rest: the row that is listed, the sealed document, the append-only timeline, later corrections.
#ifndef STORE_INTERACTION_H
#define STORE_INTERACTION_H

#include "src/store/meta.h"

// Columns that are queried stand by themselves; all else of domain.md §3.4 (free text, caller_ref, stages, clocks) is in doc,
// which is sealed. Times 0 = not yet. NULL = not known.
struct interaction {
	const char *id, *no;
	struct row_stamp stamp;
	const char *state, *channel, *direction, *source, *mode;
	const char *agent_id, *queue_code, *customer_id, *category_id, *disposition;
	int64_t started_at; // first event (offered or ringing); needed
	int64_t connected_at, ended_at, closed_at;
	int64_t version; // grows with each put; an older one never replaces a newer one
	const char *doc; // JSON
};
struct interactions {
	struct interaction *v;
	size_t n, cap;
};

must_use bool interaction_put(struct db *db, const struct interaction *i, struct err *e);
must_use bool interaction_get(struct db *db, const char *id, struct interaction *out, struct arena *a, struct err *e);
must_use bool interaction_by_no(struct db *db, const char *no, struct interaction *out, struct arena *a, struct err *e);

struct interaction_filter {
	const char *agent_id, *customer_id, *state, *mode, *channel, *category_id; // NULL: any
	int64_t from, to; // started_at in [from, to); to 0: no end
	size_t limit;     // 0: 1000
	bool with_doc;    // opens each document too (0.7 us each, sync.md §2.4)
};
// Latest first.
must_use bool interaction_list(struct db *db, const struct interaction_filter *f, struct interactions *out,
			       struct arena *a, struct err *e);
// Contacts that are not closed, missed or abandoned: what a crash left behind. With documents, oldest first.
must_use bool interaction_open(struct db *db, struct interactions *out, struct arena *a, struct err *e);

// One line of the timeline. t_ms counts from the first event on the call clock; at is wall time. Types: domain.md §12.5.
struct interaction_event {
	const char *interaction_id;
	int64_t seq; // 1.. per interaction, given by the store
	int64_t t_ms, at;
	const char *type;
	const char *data; // JSON, sealed; NULL: none
};
struct interaction_events {
	struct interaction_event *v;
	size_t n, cap;
};
// Gives the next seq (also in *seq, may be NULL). Append-only: triggers refuse change and removal.
must_use bool interaction_event_add(struct db *db, const struct interaction_event *ev, int64_t *seq, struct err *e);
// A line that was counted elsewhere: kept under the seq it has there, the first that comes stays.
must_use bool interaction_event_keep(struct db *db, const struct interaction_event *ev, struct err *e);
must_use bool interaction_event_list(struct db *db, const char *interaction_id, int64_t after_seq,
				     struct interaction_events *out, struct arena *a, struct err *e);

// The document as it was before a correction (domain.md §4.1: a correction within 24 h is a new version).
struct interaction_version {
	const char *interaction_id;
	int64_t version, at;
	const char *by, *reason, *doc;
};
struct interaction_versions {
	struct interaction_version *v;
	size_t n, cap;
};
must_use bool interaction_version_add(struct db *db, const struct interaction_version *v, struct err *e);
must_use bool interaction_version_list(struct db *db, const char *interaction_id, struct interaction_versions *out,
				       struct arena *a, struct err *e);

// The contact with its timeline, versions and journal; none there is fine.
must_use bool interaction_drop(struct db *db, const char *id, struct err *e);
// Removes contacts closed before the instant, with their timeline, versions and journal (domain.md §18.9).
must_use bool interaction_purge(struct db *db, int64_t closed_before, int64_t *removed, struct err *e);

#endif
