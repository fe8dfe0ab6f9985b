// SPDX-License-Identifier: MIT
// Knows what the parts share that make the draft of a scenario from a case. For src/practice/case_*.c only.
#ifndef PRACTICE_CASE_DRAFT_H
#define PRACTICE_CASE_DRAFT_H

#include "src/practice/case.h"
#include "src/practice/log.h"

enum { BEATS_MOST = 60, EXPECTS_MOST = 12, SCENES_MOST = 16 };

// One turn of the customer, and what came of it until the next.
struct turn {
	int64_t from, to; // t_ms
	struct str says;  // empty: nobody typed it, the author writes it
	struct str about; // what is known of it then: lines, each ends with '\n'
	const struct log_entry *emotion; // the last of it
	size_t first, last;              // entries [first, last)
};
struct case_draft {
	const struct book_case *c;
	const struct packs *packs;
	VEC(struct log_entry) v; // owned
	VEC(struct turn) turns;  // owned
	const char *category, *intent, *difficulty, *disposition, *second;
	const struct script *script; // the one that was gone through; NULL: none, or not in the packs
	bool escalated, others; // others: more than one customer was on the line
	struct str words;       // the sets that the expectations use
	size_t n_good, n_missed;
	struct str *out;
};
struct expects {
	char ids[EXPECTS_MOST][24];
	size_t n;
};

const char *draft_id(struct expects *x, const char *stem, size_t no); // a new one; there must be room
void draft_quoted(struct str *out, const char *text, bool braces);    // of YAML; braces: { and } stand for themselves

// case_silent.c: of a call nobody typed a line of, turns from what was recorded: answers to questions of the script, what the call turned out
// to be about, feelings, marks. None when nothing of that is there.
void draft_scenes(struct case_draft *d);
// Required lines of the script that were said in the turn, as expectations.
void draft_script_expects(struct case_draft *d, const struct turn *t, struct expects *x);

#endif
