// SPDX-License-Identifier: MIT
// Knows which piece of an article to show with a result, and which words of it to mark.
#ifndef KB_SNIPPET_H
#define KB_SNIPPET_H

#include "kb/query.h"

// What is marked of a query, prepared for its results.
struct kb_marks {
	struct kb_scan scan;
	struct kb_sought sought[KB_TERMS_MAX];
};
void kb_marks_init(struct kb_marks *m, struct kb *kb, const struct kb_parsed *p);
// The whole text, with the terms of the query marked.
struct kb_marked kb_mark(struct kb_marks *m, struct sv text, struct arena *a);
// About 240 bytes of the plain text of a body, where most of the terms are.
struct kb_marked kb_snippet(struct kb_marks *m, struct sv body, struct arena *a);

#endif
