// SPDX-License-Identifier: MIT
// Knows what a query asks for: its terms with their alternatives, and the clauses that must hold.
#ifndef KB_QUERY_H
#define KB_QUERY_H

#include "kb/internal.h"
#include "kb/search.h"

enum { KB_QUERY_BYTES = 1024, KB_TERMS_MAX = 96, KB_EXPAND_MAX = 8 };

struct kb_term {
	const char *text; // NULL for a pinyin term
	size_t n;
	uint32_t hash;
	enum kb_token_kind kind;
	int64_t df, hdf, bdf; // articles that have it anywhere, in a field before the body, in the body
	double weight;    // 1 for what was typed, less for a guess
	unsigned group;   // terms of one group are alternatives: the best counts
	bool shown;       // its places are highlighted
	bool corrected;
	// pinyin terms: articles and the best field, ascending by article
	struct kb_place {
		uint32_t no;
		uint8_t field;
	} *places;
	size_t nplaces;
};

enum kb_clause_kind { KB_C_PHRASE, KB_C_TITLE, KB_C_NOT, KB_C_ID, KB_C_CATEGORY };
struct kb_clause {
	enum kb_clause_kind kind;
	const char *folded;         // PHRASE and NOT: as it must stand; ID, CATEGORY: the prefix
	const char **tokens;        // PHRASE, TITLE, NOT
	uint32_t *hashes;
	size_t n;
};

struct kb_parsed {
	struct kb_term *terms;
	size_t nterms;
	unsigned groups;
	struct kb_clause *clauses;
	size_t nclauses;
	const char *words;   // the plain words alone, and those of phrases and title clauses
	bool strong;         // holds more than single Han characters
	const char *corrected; // the words with misspelt ones replaced; NULL if there were none
	bool cut;            // a bound on pinyin places or expansions was met
};

// Reads the query and looks its terms up. relaxed: phrases and title clauses count as plain words.
must_use bool kb_parse_query(struct kb *kb, const struct kb_query *q, bool relaxed, struct kb_parsed *out, struct arena *a,
			     struct err *e);
// Adds the articles whose titles sound like the query.
must_use bool kb_add_homophones(struct kb *kb, struct kb_parsed *p, struct arena *a, struct err *e);

#endif
