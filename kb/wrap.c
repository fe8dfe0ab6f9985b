// SPDX-License-Identifier: MIT
// Knows how styled text is broken into lines: graphemes, Latin words, and the marks that may not begin or end a line.
#include "kb/wrap.h"

#include "src/base/utf8.h"

// Marks of GB/T 15834 that never begin a line, and those that never end one.
static const char not_first[] = "，。、；：？！）】》〉」』”’…—～·％,.;:?!)]}%";
static const char not_last[] = "（【《〈「『“‘￥([{";

static bool among(uint32_t cp, const char *set)
{
	struct sv s = sv(set);

	while (s.n) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);
		if (c == cp)
			return true;
		s = sv_n(s.p + n, s.n - n);
	}
	return false;
}

void kb_wrap_init(struct kb_wrap *w, int columns, struct arena *a)
{
	*w = (struct kb_wrap){.a = a, .columns = columns};
}

static void add_cell(struct kb_wrap *w, enum kb_style style, struct sv g)
{
	struct kb_cell *c = vec_add(&w->cells);
	uint32_t cp;

	utf8_decode(g, &cp);
	*c = (struct kb_cell){w->text.n, g.n, utf8_columns(g), style, sv_eqz(g, " "), w->force, cp};
	w->force = false;
	str_addn(&w->text, g.p, g.n);
}

static void add(struct kb_wrap *w, enum kb_style style, struct sv text, bool keep_blanks)
{
	struct str clean = {0};

	utf8_clean(&clean, text, UTF8_LINE);
	struct sv s = sv_n(str_z(&clean), clean.n);
	for (size_t i = 0; i < s.n;) {
		size_t next = utf8_next(s, i);
		struct sv g = sv_n(s.p + i, next - i);
		i = next;
		bool blank = sv_eqz(g, " ");
		bool after_blank = !w->cells.n || w->cells.v[w->cells.n - 1].blank;
		if (!blank || keep_blanks || !after_blank)
			add_cell(w, style, g);
	}
	str_release(&clean);
}

void kb_wrap_text(struct kb_wrap *w, enum kb_style style, struct sv text)
{
	add(w, style, text, false);
}

void kb_wrap_verbatim(struct kb_wrap *w, enum kb_style style, struct sv text)
{
	add(w, style, text, true);
}

void kb_wrap_soft_break(struct kb_wrap *w, enum kb_style style)
{
	// what follows is not known yet, but Chinese text that ends a line with Chinese goes on in Chinese
	if (w->cells.n && w->cells.v[w->cells.n - 1].columns < 2)
		add(w, style, sv(" "), false);
}

void kb_wrap_break(struct kb_wrap *w)
{
	// an empty line of code is a line as well
	if (w->force)
		add_cell(w, KB_PLAIN, sv(" "));
	w->force = true;
}

void kb_wrap_heading(struct kb_wrap *w, int level)
{
	if (w->lines.n)
		w->gap = true;
	w->level = level;
}

void kb_wrap_gap(struct kb_wrap *w)
{
	w->gap = w->lines.n > 0;
}

int kb_wrap_room(const struct kb_wrap *w)
{
	int used = 0;

	for (int i = 0; i < w->indents; i++)
		used += utf8_columns(sv(w->indent[i].rest));
	return w->columns - used;
}

static void indent(struct kb_wrap *w, const char *first, const char *rest, bool marked)
{
	int wide = utf8_columns(sv(first));

	// nested too deeply for the width: no further in
	if (w->indents == KB_INDENTS || kb_wrap_room(w) - wide < 4) {
		w->over++;
		return;
	}
	snprintf(w->indent[w->indents].first, sizeof(w->indent[0].first), "%s", first);
	snprintf(w->indent[w->indents].rest, sizeof(w->indent[0].rest), "%s", rest);
	w->indent[w->indents].used = false;
	w->indent[w->indents].marked = marked;
	w->indents++;
}

void kb_wrap_indent(struct kb_wrap *w, const char *marker)
{
	char blanks[16];

	kb_wrap_end(w);
	snprintf(blanks, sizeof(blanks), "%*s", utf8_columns(sv(marker)), "");
	indent(w, marker, blanks, false);
}

void kb_wrap_indent_all(struct kb_wrap *w, const char *marker)
{
	kb_wrap_end(w);
	indent(w, marker, marker, true);
}

void kb_wrap_outdent(struct kb_wrap *w)
{
	kb_wrap_end(w);
	if (w->over)
		w->over--;
	else if (w->indents)
		w->indents--;
}

static struct kb_run *add_run(struct kb_wrap *w, struct kb_line *l, enum kb_style style, const char *s, size_t n)
{
	struct kb_run *v = arena_array(w->a, struct kb_run, l->n + 1);

	if (l->n)
		memcpy(v, l->v, l->n * sizeof(*v));
	l->v = v;
	l->v[l->n] = (struct kb_run){style, arena_strndup(w->a, s, n), utf8_columns(sv_n(s, n))};
	l->columns += l->v[l->n].columns;
	return &l->v[l->n++];
}

static void blank_line(struct kb_wrap *w)
{
	struct kb_line *l = vec_add(&w->lines);

	l->paragraph = w->paragraph++;
	for (int i = 0; i < w->indents; i++)
		if (w->indent[i].marked)
			add_run(w, l, KB_MARKER, w->indent[i].rest, strlen(w->indent[i].rest));
	w->gap = false;
}

// Cells [from, to) become a line, blanks at the end dropped.
static void emit(struct kb_wrap *w, size_t from, size_t to)
{
	struct kb_line *l = vec_add(&w->lines);

	l->paragraph = w->paragraph;
	l->level = w->level;
	for (int i = 0; i < w->indents; i++) {
		const char *s = w->indent[i].used ? w->indent[i].rest : w->indent[i].first;
		add_run(w, l, KB_MARKER, s, strlen(s));
		w->indent[i].used = true;
	}
	while (to > from && w->cells.v[to - 1].blank)
		to--;
	for (size_t i = from; i < to;) {
		size_t k = i;
		while (k < to && w->cells.v[k].style == w->cells.v[i].style)
			k++;
		size_t end = w->cells.v[k - 1].at + w->cells.v[k - 1].n;
		add_run(w, l, w->cells.v[i].style, w->text.s + w->cells.v[i].at, end - w->cells.v[i].at);
		i = k;
	}
}

// May a line end between cells i - 1 and i?
static bool may_break(const struct kb_wrap *w, size_t i)
{
	const struct kb_cell *a = &w->cells.v[i - 1], *b = &w->cells.v[i];

	if (b->blank)
		return false;
	if (a->blank)
		return true;
	if (among(b->first, not_first) || among(a->first, not_last))
		return false;
	return a->columns == 2 || b->columns == 2 || a->first == '-' || a->first == '/';
}

// The end of the line that begins at from and may hold room columns.
static size_t line_end(const struct kb_wrap *w, size_t from, int room)
{
	size_t i = from;
	int cols = 0;

	while (i < w->cells.n && (i == from || !w->cells.v[i].breaks)) {
		// blanks may hang over the edge
		if (cols + w->cells.v[i].columns > room && !w->cells.v[i].blank)
			break;
		cols += w->cells.v[i++].columns;
	}
	if (i == w->cells.n || w->cells.v[i].breaks)
		return i;
	for (size_t k = i; k > from + 1; k--)
		if (may_break(w, k))
			return k;
	// a word wider than the line, or marks alone: cut, but never before a mark that may not begin a line
	size_t k = i;
	while (k > from + 1 && among(w->cells.v[k].first, not_first))
		k--;
	return k > from + 1 ? k : i > from ? i : from + 1;
}

void kb_wrap_end(struct kb_wrap *w)
{
	size_t from = 0;

	if (w->cells.n) {
		if (w->gap)
			blank_line(w);
		int room = kb_wrap_room(w);
		while (from < w->cells.n) {
			size_t to = line_end(w, from, room);
			emit(w, from, to);
			from = to;
			while (from < w->cells.n && w->cells.v[from].blank && !w->cells.v[from].breaks)
				from++;
		}
		w->paragraph++;
	}
	w->cells.n = 0;
	str_clear(&w->text);
	w->level = 0;
	w->force = false;
}

void kb_wrap_more(struct kb_wrap *w)
{
	kb_wrap_end(w);
	struct kb_line *l = vec_add(&w->lines);
	l->more = true;
	l->paragraph = w->paragraph++;
	w->gap = true;
}

void kb_wrap_finish(struct kb_wrap *w, struct kb_lines *out)
{
	kb_wrap_end(w);
	out->n = w->lines.n;
	out->v = arena_array(w->a, struct kb_line, w->lines.n + 1);
	if (w->lines.n)
		memcpy(out->v, w->lines.v, w->lines.n * sizeof(*w->lines.v));
	vec_release(&w->lines);
	vec_release(&w->cells);
	str_release(&w->text);
}
