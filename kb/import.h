// SPDX-License-Identifier: MIT
// Knows how articles come in from files: JSON Lines, Markdown with YAML front matter, CSV with a header, HTML pages.
#ifndef KB_IMPORT_H
#define KB_IMPORT_H

#include "kb/article.h"

enum { KB_ARTICLE_MAX = 1024 * 1024 }; // bytes of one row or page; more is a bad row

struct kb_import_report {
	int64_t read, added, changed, unchanged, bad;
	int64_t files;
};

struct kb_import_opts {
	const char *author, *note;  // for rows that name none; NULL: ""
	// One bad row: "FILE:LINE: what is wrong". It is skipped, the rest goes on. NULL: silence.
	void (*on_bad)(void *arg, const char *file, int line, const char *msg);
	// Now and then, and at the end; false stops after what was committed (import again to go on: what is unchanged is
	// skipped by its hash). NULL: never.
	bool (*on_progress)(void *arg, const struct kb_import_report *so_far);
	void *arg;
};

// Imports a file, or every *.jsonl *.json *.md *.markdown *.csv *.html *.htm below a folder in byte order of path.
// Rows are committed in batches; a row is whole or absent. False only when the path cannot be read, the base cannot be
// written or on_progress stopped it (ERR_DENIED); bad rows are counted, not errors.
must_use bool kb_import(struct kb *kb, const char *path, const struct kb_import_opts *opts, struct kb_import_report *rep,
			struct err *e);

// One Markdown article with front matter, as in packs: fills t in the arena, checks nothing but its form. The id is
// file's name without folder and ending when the front matter has none. *line gets the line of an error (1-based).
must_use bool kb_parse_markdown(const char *file, struct sv text, const char *zone, struct kb_text *t, int *line,
				struct arena *a, struct err *e);

#endif
