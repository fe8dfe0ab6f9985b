// SPDX-License-Identifier: MIT
// Knows the search that agents type into: query language, ranking, snippets.
#ifndef KB_SEARCH_H
#define KB_SEARCH_H

#include "kb/article.h"

// How much work a query may cost (kb-search.md, decision 2): postings read, articles scored exactly.
enum kb_effort {
	KB_KEYSTROKE, // 20,000 postings, 100 articles; the last word counts as begun
	KB_FULL,      // Enter or a pause: 50,000, 200; the last word counts as begun
	KB_WHOLE,     // no bound and every word complete, for batches, checks and tests
	KB_WHOLE_BEGUN, // no bound, the last word counts as begun: what a keystroke is measured against
};

// The query language, beside plain words in any mix of Chinese, English and pinyin (zhdj, zhanghu):
//   "exact phrase"   must occur as it stands (after folding)
//   -word -"phrase"  must not occur
//   title:word       must occur in a title
//   id:KB-FIN-0      the number begins so
//   category:loan    the category or one under it
#define KB_NO_SNIPPETS SIZE_MAX

struct kb_query {
	const char *text;     // NULL or blank: must-read articles, then the most used
	const char *category; // of the call in hand, for the x1.3 of domain.md §9.3; NULL is none
	const struct kb_list *step; // ids of the articles that the script step in hand names (x1.2); NULL is none
	size_t limit;         // 0: all
	enum kb_effort effort;
	size_t snippets; // how many of the best get a snippet, since one costs as much as finding ten; 0: all, KB_NO_SNIPPETS: none
};

// Bytes [from, to) of the text it belongs to.
struct kb_span {
	size_t from, to;
};

struct kb_marked {
	const char *text;
	struct kb_span *spans; // ascending, disjoint
	size_t nspans;
};

// How a score came about. ranked = text * category * step * helpful * stale; where phrasings have a say (trust > 0) total =
// ranked / (best ranked) * (1 - trust) + learned * trust (kb/fuse.h), else total = ranked.
struct kb_score {
	double total;
	double ranked;
	double text;             // idf times worth, summed over the words: see kb/rank.h
	double category, step, helpful, stale; // factors, 1 when they do not apply
	double learned, trust;   // the article's share of what phrasings say, and how much they are believed here; 0..1
	unsigned agents;         // who taught those phrasings, counted up to KB_INDEPENDENT
	unsigned terms_hit, terms;       // of the query's terms
	bool by_pinyin, by_correction;
};

struct kb_result {
	const char *id;
	int ver;
	struct kb_marked title, snippet;
	const char *title_en; // "" if there is none
	const char *lang;
	struct kb_score score;
	enum kb_state state; // KB_PUBLISHED or KB_STALE
	int64_t published_at;
	double helpful;      // up / (up + down), -1 without votes
	int votes;           // up + down
	bool must_read;
	const char *phrasing; // id of the phrasing that spoke loudest for it (kb_phrasing_seen), "" if none did
};

struct kb_results {
	struct kb_result *v;
	size_t n;
	// Set when no article has a word or a pair of characters of the query: v then holds the nearest articles there are
	// (perhaps none), so that the list can say so and offer to report a gap.
	bool nothing_found;
	// The query that v answers when it is not the one that was asked: misspelt words corrected, phrases taken apart. Else "".
	const char *suggestion;
	unsigned postings, scored; // what it cost
	bool cut;                  // the budget left postings unread
};

// Results in order of score, ties by id; the same base and query always give the same list, in whatever order the base
// was built. Withdrawn, expired and not yet effective articles never appear. Everything is in the arena. A query that is
// not well-formed (a lone quote) is read as far as it goes; only a damaged file gives an error.
must_use bool kb_search(struct kb *kb, const struct kb_query *q, struct kb_results *out, struct arena *a, struct err *e);

#endif
