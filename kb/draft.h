// SPDX-License-Identifier: MIT
// Knows a text while it is read from a file: named fields become a kb_text, cleaned and checked for their form.
#ifndef KB_DRAFT_H
#define KB_DRAFT_H

#include "kb/article.h"
#include "src/base/vec.h"

struct kb_draft {
	struct kb_text t;
	struct kb_put_as as;
	struct arena *a;
	const char *zone;
};
void kb_draft_init(struct kb_draft *d, const char *zone, struct arena *a);
// True if name is a field that articles have.
bool kb_draft_knows(const char *name);
bool kb_draft_is_list(const char *name);
const char *kb_draft_cuts(const char *name); // what separates the items of a list in one text; NULL if it is no list
// The fields by their place, NULL behind the last; those that exports have.
const char *kb_draft_field(size_t i);
// Sets a plain field, or a list from one text: a JSON array, or cut at ; or | (a quiz at ;). The value is cleaned. ERR_PARSE: unknown
// field, bad date...
must_use bool kb_draft_set(struct kb_draft *d, const char *name, struct sv value, struct err *e);
// Adds one item to a list.
must_use bool kb_draft_add(struct kb_draft *d, const char *name, struct sv item, struct err *e);

// The readers of one format each; for Markdown and HTML a page is the whole file, valid UTF-8.
must_use bool kb_read_json_row(struct kb_draft *d, struct sv line, struct err *e);
must_use bool kb_read_json_any(struct kb_draft *d, struct sv line, struct err *e); // the same without the short way
struct json_t;
must_use bool kb_read_json_object(struct kb_draft *d, const struct json_t *o, struct err *e); // of one that was read
must_use bool kb_read_html(struct kb_draft *d, const char *file, struct sv page, struct err *e);
must_use bool kb_read_md(struct kb_draft *d, const char *file, struct sv page, int *line, struct err *e);

// The fields of one row of CSV (RFC 4180) that rowfile cut out. ERR_PARSE: text follows a closing quote, or one is missing;
// the fields are there all the same.
must_use bool kb_csv_cells(struct sv row, char separator, struct kb_list *cells, struct arena *a, struct err *e);
// Whichever of comma, semicolon and tab is most frequent in a header line outside quotes.
char kb_csv_separator(struct sv header);
// Appends one field, quoted if it must be.
void kb_csv_put(struct str *out, struct sv field);
// "dir/KB-1.md" -> "KB-1".
const char *kb_name_of(const char *file, struct arena *a);

#endif
