// SPDX-License-Identifier: MIT
// Knows how the words of a query become terms: looked up, completed, corrected, read as pinyin.
#ifndef KB_EXPAND_H
#define KB_EXPAND_H

#include "kb/query.h"

// Fills terms, lookups, groups, strong, corrected and cut of p from p->words. open_end: the last word may be begun only.
must_use bool kb_expand_terms(struct kb *kb, enum kb_effort effort, bool open_end, struct kb_parsed *p, struct arena *a,
			      struct err *e);

#endif
