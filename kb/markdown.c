// SPDX-License-Identifier: MIT
// Knows how a Markdown article becomes lines of a given width.
#include "kb/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include "kb/wrap.h"
#include "src/base/utf8.h"

enum { DEPTH_MAX = 12, COLUMNS_MIN = 8, CELLS_MAX = 16 };

struct walk {
	struct kb_wrap w;
	int depth; // of blocks, against runaway nesting
};

static void inlines(struct walk *k, cmark_node *node, enum kb_style style);

static void inline_one(struct walk *k, cmark_node *n, enum kb_style style)
{
	cmark_node_type t = cmark_node_get_type(n);
	bool quiet = style == KB_PLAIN || style == KB_QUOTE; // headings and links keep their style inside

	if (t == CMARK_NODE_TEXT)
		kb_wrap_text(&k->w, style, sv(cmark_node_get_literal(n)));
	else if (t == CMARK_NODE_CODE)
		kb_wrap_text(&k->w, KB_CODE, sv(cmark_node_get_literal(n)));
	else if (t == CMARK_NODE_SOFTBREAK)
		kb_wrap_soft_break(&k->w, style);
	else if (t == CMARK_NODE_LINEBREAK)
		kb_wrap_break(&k->w);
	else if (t == CMARK_NODE_STRONG)
		inlines(k, n, quiet ? KB_BOLD : style);
	else if (t == CMARK_NODE_EMPH)
		inlines(k, n, quiet ? KB_EMPH : style);
	else if (t == CMARK_NODE_LINK)
		inlines(k, n, quiet ? KB_LINK : style);
	else if (t != CMARK_NODE_HTML_INLINE)
		inlines(k, n, style); // images show their text, the rest what is inside
}

static void inlines(struct walk *k, cmark_node *node, enum kb_style style)
{
	for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n))
		inline_one(k, n, style);
}

static void blocks(struct walk *k, cmark_node *node, enum kb_style style);

static void item(struct walk *k, cmark_node *n, const char *marker, enum kb_style style)
{
	kb_wrap_indent(&k->w, marker);
	blocks(k, n, style);
	kb_wrap_outdent(&k->w);
}

static void list(struct walk *k, cmark_node *node, enum kb_style style)
{
	bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	int number = cmark_node_get_list_start(node);
	char marker[16];

	for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n)) {
		if (ordered)
			snprintf(marker, sizeof(marker), "%d. ", number++);
		else
			snprintf(marker, sizeof(marker), "• ");
		item(k, n, marker, style);
	}
	kb_wrap_gap(&k->w);
}

static void code(struct walk *k, cmark_node *n)
{
	struct sv rest = sv(cmark_node_get_literal(n)), line;

	if (rest.n && rest.p[rest.n - 1] == '\n')
		rest.n--;
	kb_wrap_indent(&k->w, "  ");
	while (sv_split(&rest, '\n', &line)) {
		kb_wrap_verbatim(&k->w, KB_CODE, line);
		kb_wrap_break(&k->w);
	}
	kb_wrap_outdent(&k->w);
	kb_wrap_end(&k->w);
	kb_wrap_gap(&k->w);
}

// ---- tables ----

// The text of a cell, without styles.
static void cell_text(struct str *out, cmark_node *node)
{
	for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n)) {
		cmark_node_type t = cmark_node_get_type(n);
		if (t == CMARK_NODE_TEXT || t == CMARK_NODE_CODE)
			utf8_clean(out, sv(cmark_node_get_literal(n)), UTF8_LINE);
		else if (t == CMARK_NODE_SOFTBREAK || t == CMARK_NODE_LINEBREAK)
			str_addc(out, ' ');
		else
			cell_text(out, n);
	}
}

struct grid {
	struct str *cells; // rows * columns
	size_t rows, columns;
	int width[CELLS_MAX];
};

static void fill_grid(struct grid *g, cmark_node *table)
{
	for (cmark_node *r = cmark_node_first_child(table); r; r = cmark_node_next(r))
		g->rows++;
	g->columns = cmark_gfm_extensions_get_table_columns(table);
	if (g->columns > CELLS_MAX)
		g->columns = CELLS_MAX;
	g->cells = xcalloc(g->rows * g->columns + 1, sizeof(*g->cells));
	size_t row = 0;
	for (cmark_node *r = cmark_node_first_child(table); r; r = cmark_node_next(r), row++) {
		size_t col = 0;
		for (cmark_node *c = cmark_node_first_child(r); c && col < g->columns; c = cmark_node_next(c), col++) {
			struct str *s = &g->cells[row * g->columns + col];
			cell_text(s, c);
			int w = utf8_columns(sv_n(str_z(s), s->n));
			g->width[col] = w > g->width[col] ? w : g->width[col];
		}
	}
}

static void table_row(struct walk *k, const struct grid *g, size_t row)
{
	for (size_t c = 0; c < g->columns; c++) {
		const struct str *s = &g->cells[row * g->columns + c];
		int pad = g->width[c] - utf8_columns(sv_n(str_z(s), s->n));
		kb_wrap_verbatim(&k->w, row ? KB_PLAIN : KB_BOLD, sv_n(str_z(s), s->n));
		for (; pad > 0 && c + 1 < g->columns; pad--)
			kb_wrap_verbatim(&k->w, KB_PLAIN, sv(" "));
		if (c + 1 < g->columns)
			kb_wrap_verbatim(&k->w, KB_MARKER, sv(" │ "));
	}
	kb_wrap_break(&k->w);
}

// A table too wide for the pane is told row by row: "head: cell" lines.
static void table_as_list(struct walk *k, const struct grid *g)
{
	for (size_t r = 1; r < g->rows; r++) {
		kb_wrap_indent(&k->w, "• ");
		for (size_t c = 0; c < g->columns; c++) {
			const struct str *head = &g->cells[c], *s = &g->cells[r * g->columns + c];
			if (!s->n)
				continue;
			if (head->n) {
				kb_wrap_text(&k->w, KB_BOLD, sv_n(head->s, head->n));
				kb_wrap_text(&k->w, KB_BOLD, sv(": "));
			}
			kb_wrap_text(&k->w, KB_PLAIN, sv_n(s->s, s->n));
			kb_wrap_break(&k->w);
		}
		kb_wrap_end(&k->w);
		kb_wrap_outdent(&k->w);
	}
}

static void table(struct walk *k, cmark_node *n)
{
	struct grid g = {0};
	int need = 0;

	fill_grid(&g, n);
	for (size_t c = 0; c < g.columns; c++)
		need += g.width[c] + (c ? 3 : 0);
	if (need <= kb_wrap_room(&k->w))
		for (size_t r = 0; r < g.rows; r++)
			table_row(k, &g, r);
	else
		table_as_list(k, &g);
	kb_wrap_end(&k->w);
	kb_wrap_gap(&k->w);
	for (size_t i = 0; i < g.rows * g.columns; i++)
		str_release(&g.cells[i]);
	free(g.cells);
}

// ---- blocks ----

static void block(struct walk *k, cmark_node *n, enum kb_style style)
{
	cmark_node_type t = cmark_node_get_type(n);
	const char *html;

	if (t == CMARK_NODE_PARAGRAPH) {
		inlines(k, n, style);
		kb_wrap_end(&k->w);
		if (cmark_node_get_type(cmark_node_parent(n)) != CMARK_NODE_ITEM)
			kb_wrap_gap(&k->w);
	} else if (t == CMARK_NODE_HEADING) {
		kb_wrap_heading(&k->w, cmark_node_get_heading_level(n));
		inlines(k, n, KB_HEADING);
		kb_wrap_end(&k->w);
	} else if (t == CMARK_NODE_LIST) {
		list(k, n, style);
	} else if (t == CMARK_NODE_BLOCK_QUOTE) {
		kb_wrap_indent_all(&k->w, "│ ");
		blocks(k, n, KB_QUOTE);
		kb_wrap_outdent(&k->w);
	} else if (t == CMARK_NODE_CODE_BLOCK) {
		code(k, n);
	} else if (t == CMARK_NODE_THEMATIC_BREAK) {
		kb_wrap_text(&k->w, KB_MARKER, sv("────────"));
		kb_wrap_end(&k->w);
		kb_wrap_gap(&k->w);
	} else if (strcmp(cmark_node_get_type_string(n), "table") == 0) {
		table(k, n);
	} else if (t == CMARK_NODE_HTML_BLOCK) {
		html = cmark_node_get_literal(n);
		if (html && strstr(html, "<!--more-->"))
			kb_wrap_more(&k->w);
	} else {
		blocks(k, n, style);
	}
}

static void blocks(struct walk *k, cmark_node *node, enum kb_style style)
{
	if (k->depth == DEPTH_MAX)
		return;
	k->depth++;
	for (cmark_node *n = cmark_node_first_child(node); n; n = cmark_node_next(n))
		block(k, n, style);
	k->depth--;
}

void kb_markdown(struct sv text, int columns, struct kb_lines *out, struct arena *a)
{
	struct walk k = {.depth = 0};
	cmark_parser *parser;
	cmark_syntax_extension *tables;
	cmark_node *doc;

	cmark_gfm_core_extensions_ensure_registered();
	parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
	tables = cmark_find_syntax_extension("table");
	if (tables)
		cmark_parser_attach_syntax_extension(parser, tables);
	cmark_parser_feed(parser, text.p, text.n);
	doc = cmark_parser_finish(parser);
	kb_wrap_init(&k.w, columns < COLUMNS_MIN ? COLUMNS_MIN : columns, a);
	blocks(&k, doc, KB_PLAIN);
	kb_wrap_finish(&k.w, out);
	cmark_node_free(doc);
	cmark_parser_free(parser);
}
