// SPDX-License-Identifier: MIT
// Knows a line folded for looking keywords up in it.
#ifndef PRACTICE_MATCH_TEXT_H
#define PRACTICE_MATCH_TEXT_H

#include "src/base/str.h"

enum {
	AT_START = 1,  // a word may begin here
	AT_END = 2,    // a word may end behind this
	AT_WORD = 4,   // part of an alphabetic word or number, which is matched whole; a Han character is a word of its own
	AT_FIRST = 8,  // the first letter of an alphabetic word
	AT_DIGIT = 16, // a digit or a Han numeral
	AT_NOT = 32,   // a negation
};
// Letters and digits of the text, NFKC and case folded, one code point each.
struct match_text {
	uint32_t *u;
	unsigned char *at; // AT_ bits
	size_t n;
};
void match_text_init(struct match_text *t, struct sv text); // owned: release it
void match_text_release(struct match_text *t);
// The same into places given by the caller, at most cap of them; returns how many there are (cap + 1: more).
size_t match_fold(struct sv text, uint32_t *u, unsigned char *at, size_t cap);

// Where every pair of neighbours stands in a text, so that only there a keyword is looked for.
enum { PAIR_HEADS = 4096 };
struct match_pairs {
	uint32_t head[PAIR_HEADS]; // of the chain of places with this hash, + 1; 0: none
	uint32_t *next;            // owned
};
void match_pairs_init(struct match_pairs *p, const struct match_text *t);
void match_pairs_release(struct match_pairs *p);
// Is the keyword (folded, n units) in the text, as it is or with the edits that match.h forgives?
bool match_keyword(const struct match_text *t, const struct match_pairs *p, const uint32_t *key, const unsigned char *at, size_t n);

// Nothing but digits, letters spelled out and units.
bool match_read_back(const struct match_text *t);

#endif
