// SPDX-License-Identifier: MIT
// Knows how often the terms of a query stand in a text, and where, found in the text itself in one pass: no record of an article
// is kept beside it.
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

enum {
	KB_SOUGHT_MAX = 96,
	KB_SCAN_SLOTS = 256,
	KB_SCAN_MET = 512,
	KB_SCAN_FIRST = 0x4000, // characters whose first byte is E4 to E9: nearly all of them common Han characters
	KB_SCAN_SPAN = 0x6000,
};

// Prepared for one query.
struct kb_scan {
	struct kb_analyser *an;
	struct kb_folds *folds;
	const struct kb_sought *v;
	size_t n;
	bool codes;       // a joined code is sought: texts are cut the long way
	uint32_t letters; // bit: some sought word begins with this letter a-z; bit 31: with another character
	uint64_t looked_at[KB_SCAN_SPAN / 64]; // those whose folded form is part of a sought one, and those that are no Han
	uint8_t han1[KB_SCAN_SLOTS], han2[KB_SCAN_SLOTS], word[KB_SCAN_SLOTS]; // place in v plus one, by hash
	uint8_t lower[128]; // ASCII folded; 0: separates
	// words met before, as they stand, and their place in v plus one (0: not sought): texts repeat few words
	struct kb_met {
		uint64_t word[2];
		uint32_t place;
	} met[KB_SCAN_MET];
};
void kb_scan_init(struct kb_scan *s, struct kb_analyser *an, const struct kb_sought *v, size_t n);
// Adds to n[place in v] how often each stands in the text, and to *len its length: Han characters and words. The same counts
// as kb_analyse would give.
void kb_scan_text(struct kb_scan *s, struct sv text, uint32_t *n, uint32_t *len);

// Where they stand: bytes [from, to), place in v. In order of to; at most max. Returns how many.
struct kb_hit {
	uint32_t from, to, place;
};
size_t kb_scan_hits(struct kb_scan *s, struct sv text, struct kb_hit *out, size_t max);

#endif
