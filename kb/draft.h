// SPDX-License-Identifier: MIT
// Knows a text while it is read from a file: named fields become a kb_text, cleaned and checked for their form.
#ifndef KB_DRAFT_H
#define KB_DRAFT_H

#include "kb/article.h"
#include "src/base/vec.h"

struct kb_draft {
	struct kb_text t;
	struct arena *a;
	const char *zone;
};
void kb_draft_init(struct kb_draft *d, const char *zone, struct arena *a);
// True if name is a field that articles have.
bool kb_draft_knows(const char *name);
bool kb_draft_is_list(const char *name);
// Sets a plain field, or a list from one text cut at ; or |. The value is cleaned. ERR_PARSE: unknown field, bad date...
must_use bool kb_draft_set(struct kb_draft *d, const char *name, struct sv value, struct err *e);
// Adds one item to a list.
must_use bool kb_draft_add(struct kb_draft *d, const char *name, struct sv item, struct err *e);

// The readers of one format each; text is the whole file, at most a few megabytes for Markdown and HTML.
must_use bool kb_read_json_row(struct kb_draft *d, struct sv line, struct err *e);
must_use bool kb_read_html(struct kb_draft *d, const char *file, struct sv page, struct err *e);

// One row of CSV (RFC 4180): fields in the arena; *rest moves behind it and *lines over the line ends passed.
// False at the end. ERR_PARSE in e (and true) for a quote that is not closed or followed by text.
bool kb_csv_row(struct sv *rest, struct kb_list *row, int *lines, struct arena *a, struct err *e);
// "dir/KB-1.md" -> "KB-1".
const char *kb_name_of(const char *file, struct arena *a);

#endif
