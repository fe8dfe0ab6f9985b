// SPDX-License-Identifier: MIT
// Knows word lists: which phrases of a line are praised, forbidden, risky or alarming.
#ifndef DESK_LEXICON_H
#define DESK_LEXICON_H

#include "src/base/vec.h"
#include "src/desk/kinds.h"

// Source: domain.md §10.8. Entries of class allow hide what they cover and are not reported.
enum lexicon_list {
	LEXICON_POSITIVE,
	LEXICON_EMPATHY,
	LEXICON_FORBIDDEN,
	LEXICON_RISK_PROMISE,
	LEXICON_ASK_SECRET,
	LEXICON_KEYWORD_ALERT,
	LEXICON_MOVE, // moves against an objection (§12.7), for practice alone: lexicon_moves
	LEXICON_ALLOW,
};
KIND_DECLARE(lexicon_list) // codes positive empathy forbidden risk_promise ask_secret keyword_alert move allow

struct lexicon_entry {
	const char *pattern;     // as written
	bool regex;              // ICU syntax on the folded text; at most 200 characters
	enum lexicon_list list;
	const char *class_;      // "empathy.anger"; NULL or "" = the code of the list
	int weight;              // 0 counts as 1
	const char *note;        // NULL or a hint for the agent
	int version;
};
struct lexicon_hit {
	size_t from, to;                   // bytes of the text as given
	const struct lexicon_entry *entry; // borrowed from the lexicon
};
struct lexicon_hits {
	struct lexicon_hit *v; // owned: vec_release
	size_t n, cap;
};

struct lexicon;
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *l);
// Copies the entry. ERR_PARSE for an empty pattern or a regular expression ICU refuses (the message names it), ERR_LIMIT
// for one that is too long.
must_use bool lexicon_add(struct lexicon *l, const struct lexicon_entry *e, struct err *err);
size_t lexicon_size(const struct lexicon *l);
// Appends the hits in text order. Matches on the NFKC and case folded text, traditional characters as simplified ones and blanks between
// Han characters left out, the longest first, without overlap; a regular expression that runs too long is given up for this text
// (lexicon_timeouts counts). Not for two threads at once.
void lexicon_match(struct lexicon *l, struct sv text, struct lexicon_hits *out);
// Appends one hit for each entry of list move that is in the text, in the order of the entries. Moves neither hide nor are hidden by what
// lexicon_match finds, and are not among its hits.
void lexicon_moves(struct lexicon *l, struct sv text, struct lexicon_hits *out);
size_t lexicon_timeouts(const struct lexicon *l);
// The class to store with a hit: entry->class_, else the list's code.
const char *lexicon_class(const struct lexicon_entry *e);

#endif
