// SPDX-License-Identifier: MIT
// Knows what a query asks for: its terms with their alternatives, and the clauses that must hold.
#ifndef KB_QUERY_H
#define KB_QUERY_H

#include "kb/internal.h"
#include "kb/pinyin.h"
#include "kb/scan.h"
#include "kb/search.h"

enum {
	KB_QUERY_BYTES = 1024,
	KB_TERMS_MAX = KB_SOUGHT_MAX,
	KB_GROUPS_MAX = 256, // words and pairs of a query that are looked up; the KB_RAREST rarest count
	KB_RAREST = 64,
};

// A token that was typed, or may have been meant, or a word read as pinyin.
struct kb_term {
	const char *text; // NULL for pinyin
	size_t n;
	enum kb_token_kind kind;
	uint32_t cp[2];
	bool joined;
	int64_t df;    // articles that have it; of pinyin about so many
	double idf;
	double weight; // 1 for what was typed, less for a guess
	unsigned group; // terms of one group are alternatives: the best counts
	bool shown;     // its places are highlighted
	bool corrected;
	const struct kb_reading *readings; // pinyin: ways to read the word
	size_t nreadings;
	struct sv word;
};

// A list of the posting store that brings candidates.
struct kb_lookup {
	struct kb_list_head head;
	double weight; // of one posting of the highest worth: idf and all
};

enum kb_clause_kind { KB_C_PHRASE, KB_C_TITLE, KB_C_NOT, KB_C_ID, KB_C_CATEGORY };
struct kb_clause {
	enum kb_clause_kind kind;
	const char *folded;         // PHRASE and NOT: as it must stand; ID, CATEGORY: the prefix
	struct kb_sought *tokens;   // PHRASE, TITLE, NOT; texts in the arena
	size_t n;
};

struct kb_parsed {
	struct kb_term *terms;
	size_t nterms;
	unsigned groups;
	double group_idf[KB_TERMS_MAX], all_idf; // what each group can say, and all of them
	struct kb_lookup *lookups;
	size_t nlookups;
	struct kb_clause *clauses;
	size_t nclauses;
	const char *words;   // the plain words alone, and those of phrases and title clauses
	bool strong;         // holds more than single Han characters
	const char *corrected; // the words with misspelt ones replaced; NULL if there were none
	unsigned alike;      // pairs looked into for characters that sound alike
	bool cut;            // a bound on expansions was met
};

// Reads the query and looks its terms up. relaxed: phrases and title clauses count as plain words.
must_use bool kb_parse_query(struct kb *kb, const struct kb_query *q, bool relaxed, struct kb_parsed *out, struct arena *a,
			     struct err *e);

#endif
