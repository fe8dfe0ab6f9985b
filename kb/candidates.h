// SPDX-License-Identifier: MIT
// Knows stage one of a search: which documents are worth an exact score, found within a bounded number of postings.
#ifndef KB_CANDIDATES_H
#define KB_CANDIDATES_H

#include "kb/query.h"

// How much work stage one may do (kb-search.md, decision 2).
struct kb_budget {
	size_t postings;
	size_t scored; // documents given at most
};

struct kb_candidates {
	uint32_t *docs; // most promising first; in the arena
	size_t n;
	size_t spent;  // postings read
	bool cut;      // a list was left out or cut
	bool required; // every one of them has what the clauses ask, as far as the index tells
};

// The documents that share most with the query, and all that its clauses demand: rarest term first, in a term the highest level
// first; a list that does not fit the rest of the budget is left out, only the very first may take four times as much. Ties
// by length of the title. Inside kb_view.
must_use bool kb_candidates(struct kb *kb, const struct kb_parsed *p, struct kb_budget b, struct kb_candidates *out,
			    struct arena *a, struct err *e);

#endif
