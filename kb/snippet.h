// SPDX-License-Identifier: MIT
// Knows which piece of an article to show with a result, and which words of it to mark.
#ifndef KB_SNIPPET_H
#define KB_SNIPPET_H

#include "kb/query.h"

// Marks the query's terms in text (copied to the arena).
struct kb_marked kb_mark(struct kb *kb, const struct kb_parsed *p, struct sv text, struct arena *a);
// About 120 columns of body around the most of the query's terms, without Markdown, cut ends shown by "…"; the beginning of
// the body if it has none.
struct kb_marked kb_snippet(struct kb *kb, const struct kb_parsed *p, struct sv body, struct arena *a);

#endif
