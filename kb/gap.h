// SPDX-License-Identifier: MIT
// Knows the uncovered cases: what agents looked for and did not find, until an article answers it (domain.md §9.6).
#ifndef KB_GAP_H
#define KB_GAP_H

#include "kb/article.h"

enum kb_gap_state { KB_GAP_NEW, KB_GAP_ACCEPTED, KB_GAP_IN_WORK, KB_GAP_PUBLISHED, KB_GAP_DUPLICATE, KB_GAP_REJECTED };
const char *kb_gap_state_name(enum kb_gap_state s); // "in_work": as stored and in JSON
bool kb_gap_state_parse(struct sv s, enum kb_gap_state *out);
const char *kb_gap_state_label(enum kb_gap_state s); // in the user's language
static inline bool kb_gap_open(enum kb_gap_state s)
{
	return s <= KB_GAP_IN_WORK;
}

struct kb_gap {
	int64_t id;
	const char *query, *description, *category, *interaction_id; // of the first report
	enum kb_gap_state state;
	const char *article_id; // that answers it, or will: "" none yet
	const char *taken_by, *reply;
	int64_t same_as; // duplicate of this one, 0: none
	const char *hub; // its id at the hub, "": not known there yet
	int occurrences;
	struct kb_list reporters; // each once
	int64_t first_at, last_at, closed_at;
	int64_t due_at; // first answer: 2 business days, 1 once it was reported three times
	bool overdue;   // due_at has passed and nobody works on it
};
struct kb_gap_report {
	int64_t at;
	const char *agent, *interaction_id, *query, *description;
	const char *material; // what the contact held then, masked; "" none
};

// What an agent reports. Texts are masked already. material may be NULL.
struct kb_gap_case {
	const char *query, *description, *category, *interaction_id, *agent, *material;
};
// The same folded query, or the same category with no query, within 14 days adds an occurrence instead of a row.
must_use bool kb_gap_record(struct kb *kb, const struct kb_gap_case *c, struct err *e);

// Most frequent first, then newest. open_only leaves out published, duplicate and rejected.
must_use bool kb_gap_list(struct kb *kb, bool open_only, struct kb_gap **out, size_t *n, struct arena *a, struct err *e);
must_use bool kb_gap_get(struct kb *kb, int64_t id, struct kb_gap *out, struct arena *a, struct err *e); // ERR_NOT_FOUND
must_use bool kb_gap_reports(struct kb *kb, int64_t id, struct kb_gap_report **out, size_t *n, struct arena *a, struct err *e);
// Gaps this agent reported that were answered since the instant: published, or closed as a duplicate or rejected.
must_use bool kb_gap_answered(struct kb *kb, const char *agent, int64_t since, struct kb_gap **out, size_t *n, struct arena *a,
			      struct err *e);
// The text a draft for this gap begins with: title and question from the query, the headings, and under the heading
// KB_GAP_MATERIAL what was reported. extra (may be NULL) takes the place of what each report says of its contact. In the arena.
must_use bool kb_gap_text(struct kb *kb, int64_t id, const char *article_id, const char *extra, struct kb_text *out, struct arena *a,
			  struct err *e);
// True while a body still holds that heading: customers' words must not be published.
bool kb_gap_holds_material(const char *body);

// ---- for kb/deed.c: in the caller's transaction, unchecked ----
must_use bool kb_gap_set_state(struct kb *kb, int64_t id, enum kb_gap_state state, const char *article_id, struct err *e);
must_use bool kb_gap_take(struct kb *kb, int64_t id, const char *by, struct err *e);
must_use bool kb_gap_close(struct kb *kb, int64_t id, enum kb_gap_state state, const char *article_id, int64_t same_as, const char *reply,
			   struct err *e);

#endif
