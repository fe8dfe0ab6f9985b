// SPDX-License-Identifier: MIT
// Knows how styled text is broken into lines: graphemes, Latin words, and the marks that may not begin or end a line.
#ifndef KB_WRAP_H
#define KB_WRAP_H

#include "kb/markdown.h"
#include "src/base/vec.h"

enum { KB_INDENTS = 16 };

// One grapheme of the paragraph being gathered.
struct kb_cell {
	size_t at, n; // in text
	int columns;
	enum kb_style style;
	bool blank, breaks; // breaks: a forced end of the line stands before it
	uint32_t first;     // its first code point
};

struct kb_wrap {
	struct arena *a;
	int columns;
	VEC(struct kb_line) lines;
	struct str text;
	VEC(struct kb_cell) cells;
	struct {
		char first[16], rest[16];
		bool used, marked; // first is shown once; rest is a mark, not blanks
	} indent[KB_INDENTS];
	int indents, over; // over: levels beyond the array
	size_t paragraph;
	int level;
	bool gap, force;
};

void kb_wrap_init(struct kb_wrap *w, int columns, struct arena *a);
// Text of a paragraph; controls are dropped, blanks joined.
void kb_wrap_text(struct kb_wrap *w, enum kb_style style, struct sv text);
void kb_wrap_verbatim(struct kb_wrap *w, enum kb_style style, struct sv text); // blanks kept
// The end of a source line: a blank, but nothing between two Han characters.
void kb_wrap_soft_break(struct kb_wrap *w, enum kb_style style);
void kb_wrap_break(struct kb_wrap *w);   // the line ends here
void kb_wrap_heading(struct kb_wrap *w, int level); // the paragraph being gathered is a heading
void kb_wrap_end(struct kb_wrap *w);     // the paragraph ends: it becomes lines
void kb_wrap_gap(struct kb_wrap *w);     // an empty line before whatever follows
void kb_wrap_more(struct kb_wrap *w);    // the line that stands for <!--more-->
void kb_wrap_indent(struct kb_wrap *w, const char *marker);     // marker on the first line, blanks below it
void kb_wrap_indent_all(struct kb_wrap *w, const char *marker); // marker on every line
void kb_wrap_outdent(struct kb_wrap *w);
int kb_wrap_room(const struct kb_wrap *w); // columns left beside the indents
void kb_wrap_finish(struct kb_wrap *w, struct kb_lines *out);

#endif
