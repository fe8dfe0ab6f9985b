// SPDX-License-Identifier: MIT
// Knows how a Markdown article becomes lines of a given width.
#ifndef KB_MARKDOWN_H
#define KB_MARKDOWN_H

#include "src/base/arena.h"
#include "src/base/str.h"

enum kb_style {
	KB_PLAIN,
	KB_HEADING,
	KB_BOLD,
	KB_EMPH,
	KB_CODE,
	KB_LINK,
	KB_MARKER, // bullets and numbers of lists, bars of quotes and tables
	KB_QUOTE,
};

// A run of one style; text is in the arena, NUL-terminated, without control characters.
struct kb_run {
	enum kb_style style;
	const char *text;
	int columns;
};

struct kb_line {
	struct kb_run *v;
	size_t n;
	int columns;
	int level;        // heading: 1..6, else 0
	bool more;        // this line stands for <!--more-->: text beyond is read on demand
	size_t paragraph; // lines of one block of text share a number
};

struct kb_lines {
	struct kb_line *v;
	size_t n;
};

// Wraps at columns (>= 8; fewer counts as 8) by graphemes; 。，、and other closing marks never start a line, opening ones
// never end one, Latin words stay whole where they fit. HTML other than <!--more--> is dropped.
void kb_markdown(struct sv text, int columns, struct kb_lines *out, struct arena *a);

#endif
