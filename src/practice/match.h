// SPDX-License-Identifier: MIT
// Knows what a line of the agent says: lexicon classes, word sets, moves against an objection.
#ifndef PRACTICE_MATCH_H
#define PRACTICE_MATCH_H

#include "src/desk/lexicon.h"
#include "src/practice/scenario.h"

// Source: domain.md §12.1 "Engine": word sets match on NFKC and case folded text without blanks and punctuation; a keyword of four
// characters or more may differ by one edit for each four of its characters (rounded down); shorter ones must be there as they are.
// English keywords match whole words. What turns the sense round is not forgiven: an edit touches no negation (不 没 别 not never ...),
// no digit or numeral, no first letter of an English word, and a keyword that needs an edit does not begin right behind a negation.
enum {
	MATCH_SETS = 64,          // word sets of a scenario
	MATCH_KEYWORD_CHARS = 64, // of a keyword without blanks and punctuation; a longer one is nowhere
};
struct match {
	struct lexicon_hits hits; // in the line
	uint64_t words;           // bit i: scenario->words[i] fits (at most 64 sets; the linter refuses more)
	unsigned moves;           // bits of enum objection_move that general wording shows; empathy acknowledges
	int chars;                // characters without blanks
	bool read_back;           // nothing but data read back (digits, letters, units): not counted in PPR
};
void match_line(const struct scenario *s, struct lexicon *lex, struct sv text, struct match *out);
void match_release(struct match *m);
bool match_tag(const struct match *m, const char *tag); // "positive", "empathy.anger"; "empathy" takes every class of it
bool match_words(const struct word_set *w, struct sv text); // alone, for lint and tests
size_t match_keyword_chars(const char *keyword); // what is left of it without blanks and punctuation

#endif
