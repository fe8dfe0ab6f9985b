// SPDX-License-Identifier: MIT
// Knows how the two rankings of a query become one: what the articles say, and what customers said.
#ifndef KB_FUSE_H
#define KB_FUSE_H

#include "kb/learn.h"

// One article of the text ranking; best first when given to kb_fuse.
struct kb_fused {
	int64_t no;
	double text;      // score of the text search, factors included; 0 if only phrasings found it
	bool own_title;   // the query is its title, nothing more and nothing less (kb_is_title)
	uint32_t tag;     // the caller's, carried along
	double factor;    // of what phrasings say: category, step, helpful and stale count for them too
	// out
	double learned;   // score of its hint, 0 without
	double total;     // what it is ordered by: text part + learned part, each 0..1
	unsigned agents;
};

// Orders v[0..n) by total, ties kept as they were. total = text / (best text) * (1 - w) + share * factor * w. w is the trust of
// the hints times 0.8 when the best text match holds every word of the query and up to 1 when it holds none of them (cover,
// 0..1: kb_score.terms_hit / terms of the best), or times up to 1.3 when a phrasing is nearly the query itself; at most 1. An
// article whose own title the query is stays before every article that fewer than KB_INDEPENDENT agents speak for. Hints
// without an entry in v are the caller's to append first (kb_hint_missing), in their order. Returns w, for the explanation.
// Chosen on the tuning parts of Banking77 and CMRC, alone and in one base; every setting tried: tests/bench/README.
double kb_fuse(struct kb_fused *v, size_t n, const struct kb_hints *h, double cover);
// True if the hint has no entry among v.
bool kb_hint_missing(const struct kb_fused *v, size_t n, const struct kb_hint *h);
// Both fold to the same characters, spaces and signs apart.
bool kb_is_title(const char *query, const char *title);

#endif
