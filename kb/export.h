// SPDX-License-Identifier: MIT
// Knows how articles go out: JSON Lines, CSV, or a page of Markdown each, all of which kb_import reads back to the same text.
#ifndef KB_EXPORT_H
#define KB_EXPORT_H

#include "kb/article.h"

enum kb_export_form { KB_EXPORT_JSONL, KB_EXPORT_CSV, KB_EXPORT_MD };

// An article goes out with its text, author, approver, note and dates. What agents did with it (votes, use, phrasings
// learned) stays. Articles stand in order of id.
struct kb_export_opts {
	enum kb_export_form form;
	bool all;      // whatever their state, which each row tells; else those that agents see
	bool versions; // every version, oldest first, with its number and date; as all. Not for Markdown (ERR_USAGE)
	// One piece of the output: a row with its line end, or of Markdown the page that belongs into the file `name`.
	bool (*put)(void *arg, const char *name, struct sv text, struct err *e);
	void *arg;
};
// *rows counts articles, or versions. Everything comes from one moment of the base.
must_use bool kb_export(struct kb *kb, const struct kb_export_opts *opts, int64_t *rows, struct err *e);

// One article as one line of JSON as kb_import reads it. In the arena.
const char *kb_to_json(const struct kb_text *t, struct arena *a);

#endif
