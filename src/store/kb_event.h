// SPDX-License-Identifier: MIT
// Knows what agents did with the knowledge base (append-only), so that gaps show.
#ifndef STORE_KB_EVENT_H
#define STORE_KB_EVENT_H

#include "src/store/db.h"

struct kb_event {
	int64_t at;
	const char *agent_id, *interaction_id; // interaction may be NULL
	const char *type; // search, open, read, preview, cite, copy, vote_up, vote_down, gap, suggest, confirm_valid, receipt, quiz_failed
	const char *query;                     // sealed; may be NULL
	int64_t results, rank;
	const char *article_version_id; // "KB-1@4"; may be NULL
	// read (it had been opened), preview (beside the list): the text left the screen at `at` and had been there for ms.
	int64_t ms;
	// Which of its lines: "58x18/44 0:0 5200:9" is 18 of 44 lines, wrapped at 58 columns, from line 0, after 5.2 s from line 9.
	const char *trail;
};
struct kb_events {
	struct kb_event *v;
	size_t n, cap;
};

must_use bool kb_event_add(struct db *db, const struct kb_event *ev, struct err *e);
// Of one type (needed) since the instant, latest first, at most limit (0: 1000).
must_use bool kb_event_list(struct db *db, const char *type, int64_t since, size_t limit, struct kb_events *out,
			    struct arena *a, struct err *e);
// What an agent did to articles in [from, to], or what was done in one contact; oldest first, without the queries.
must_use bool kb_event_of_agent(struct db *db, const char *agent_id, int64_t from, int64_t to, struct kb_events *out, struct arena *a,
				struct err *e);
must_use bool kb_event_of_contact(struct db *db, const char *interaction_id, struct kb_events *out, struct arena *a, struct err *e);
// Agents that did anything to articles, or are known by a contact or a receipt; in order of their number.
must_use bool kb_event_agents(struct db *db, const char ***out, size_t *n, struct arena *a, struct err *e);

#endif
