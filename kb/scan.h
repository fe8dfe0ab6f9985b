// SPDX-License-Identifier: MIT
// Knows how often the terms of a query stand in a text, counted in the text itself in one pass: no record of an article is kept.
#ifndef KB_SCAN_H
#define KB_SCAN_H

#include "kb/fold.h"
#include "kb/key.h"

// What is looked for: a token as kb_analyse gives it. text is borrowed.
struct kb_sought {
	enum kb_token_kind kind;
	struct sv text;
	uint32_t cp[2];
	bool joined;
};

enum { KB_SOUGHT_MAX = 96, KB_SCAN_SLOTS = 256 };

// Prepared for one query.
struct kb_scan {
	struct kb_analyser *an;
	struct kb_folds *folds;
	const struct kb_sought *v;
	bool codes;       // a joined code is sought: texts are cut the long way
	uint32_t letters; // bit: some sought word begins with this letter a-z; bit 31: with another character
	uint64_t one[16], two[32]; // bits of sought characters and pairs, so that most are passed over at once
	uint8_t han1[KB_SCAN_SLOTS], han2[KB_SCAN_SLOTS], word[KB_SCAN_SLOTS]; // place in v plus one, by hash
	uint8_t lower[128]; // ASCII folded; 0: separates
};
void kb_scan_init(struct kb_scan *s, struct kb_analyser *an, const struct kb_sought *v, size_t n);
// Adds to n[place in v] how often each stands in the text, and to *len its length: Han characters and words. The same counts
// as kb_analyse would give.
void kb_scan_text(const struct kb_scan *s, struct sv text, uint32_t *n, uint32_t *len);

#endif
