// SPDX-License-Identifier: MIT
// Knows how articles come in from files: JSON Lines and arrays, Markdown with YAML front matter, CSV with a header, HTML.
#ifndef KB_IMPORT_H
#define KB_IMPORT_H

#include "kb/article.h"

struct kb_import_report {
	int64_t read, added, changed, unchanged, bad; // rows of this run
	int64_t resumed;      // rows passed over without a look: an import of this file that was stopped had them in
	int64_t repeated;     // rows that replaced an earlier row of this run
	int64_t files;
	int64_t bytes, total; // of all files: behind us, altogether
};

// A row or page that was refused: as it stands in the file (UTF-8 unless it is that which is wrong), and of CSV its fields.
struct kb_bad_row {
	const char *file;
	int line;
	const char *msg;                   // what is wrong, one sentence
	struct sv raw;                     // empty for pages and for what is too long
	const struct kb_list *head, *cells; // NULL for what is not CSV
};

struct kb_import_opts {
	const char *author, *note;  // for rows that name none; NULL: ""
	bool afresh;                // from the first row, whatever a stopped import had in
	int64_t batch;              // rows a commit at most; 0: as many as the memory for an import allows
	// It is skipped, the rest goes on. NULL: silence.
	void (*on_bad)(void *arg, const struct kb_bad_row *row);
	// Worth a word, but done: text converted, a row repeated, a file gone on with. NULL: silence.
	void (*on_note)(void *arg, const char *file, int line, const char *msg);
	// Every few hundred rows, and at the end; false stops: what was read so far is committed. NULL: never.
	bool (*on_progress)(void *arg, const struct kb_import_report *so_far);
	void *arg;
};

// Imports files and folders: of a folder every *.jsonl *.ndjson *.json *.md *.markdown *.csv *.tsv *.html *.htm below it in
// byte order of path. Rows are committed in batches together with the place in the file, so that an import that was
// stopped, even by a loss of power, goes on there when it is run again with the same file; a row is whole or absent. What is
// unchanged is passed over by its hash. False only when a path cannot be read, the base cannot be written or on_progress
// stopped it (ERR_DENIED); bad rows are counted, not errors.
must_use bool kb_import_all(struct kb *kb, const char *const *paths, size_t n, const struct kb_import_opts *opts,
			    struct kb_import_report *rep, struct err *e);
must_use bool kb_import(struct kb *kb, const char *path, const struct kb_import_opts *opts, struct kb_import_report *rep,
			struct err *e);

// One Markdown article with front matter, as in packs: fills t in the arena, checks nothing but its form. The id is
// file's name without folder and ending when the front matter has none. *line gets the line of an error (1-based).
must_use bool kb_parse_markdown(const char *file, struct sv text, const char *zone, struct kb_text *t, int *line,
				struct arena *a, struct err *e);

#endif
