// SPDX-License-Identifier: MIT
// Knows what agents did with the knowledge base (append-only), so that gaps show.
#ifndef STORE_KB_EVENT_H
#define STORE_KB_EVENT_H

#include "src/store/db.h"

struct kb_event {
	int64_t at;
	const char *agent_id, *interaction_id; // interaction may be NULL
	const char *type;                      // search, open, cite, copy, vote_up, vote_down, gap, suggest, confirm_valid
	const char *query;                     // sealed; may be NULL
	int64_t results, rank;
	const char *article_version_id; // may be NULL
};
struct kb_events {
	struct kb_event *v;
	size_t n, cap;
};

must_use bool kb_event_add(struct db *db, const struct kb_event *ev, struct err *e);
// Of one type (needed) since the instant, latest first, at most limit (0: 1000).
must_use bool kb_event_list(struct db *db, const char *type, int64_t since, size_t limit, struct kb_events *out,
			    struct arena *a, struct err *e);

#endif
