// SPDX-License-Identifier: MIT
// Knows how to draw without a terminal and to compare the cells with a screen kept in the tree.
#include "tests/view/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <curses.h>
#include <locale.h>

#include "src/base/path.h"
#include "src/base/utf8.h"

static FILE *nowhere_in, *nowhere_out;

static void on_leak(void *ctx, struct rect canvas, int y, int x)
{
	struct golden *g = ctx;

	(void)canvas;
	(void)y;
	(void)x;
	g->leaks++;
}

void golden_open(struct golden *g, int rows, int cols, const char *theme)
{
	char n[16];

	memset(g, 0, sizeof(*g));
	setlocale(LC_ALL, "");
	utf8_init();
	if (!nowhere_out) {
		nowhere_in = fopen("/dev/null", "r");
		nowhere_out = fopen("/dev/null", "w");
	}
	snprintf(n, sizeof(n), "%d", rows);
	setenv("LINES", n, 1);
	snprintf(n, sizeof(n), "%d", cols);
	setenv("COLUMNS", n, 1);
	g->screen = newterm("xterm-256color", nowhere_out, nowhere_in);
	assert_non_null(g->screen);
	set_term(g->screen);
	start_color();
	g->win = newwin(rows, cols, 0, 0);
	g->cells = cells_new(rows, cols);
	g->theme = *theme_by_name(theme);
	theme_start(&g->theme, NULL);
}

void golden_close(struct golden *g)
{
	delwin(g->win);
	cells_free(g->cells);
	endwin();
	delscreen(g->screen);
	memset(g, 0, sizeof(*g));
}

struct canvas golden_begin(struct golden *g)
{
	g->frame = (struct frame){.theme = &g->theme, .leak = on_leak, .leak_ctx = g};
	struct canvas c = canvas_root(g->cells, &g->frame);
	canvas_erase(&c);
	return c;
}

void golden_hash(struct golden *g)
{
	struct canvas c = canvas_root(g->cells, &g->frame);

	for (int y = 0; y < c.r.h; y++)
		for (int x = 0; x < c.r.w; x++)
			canvas_clip(&c, y, x, ROLE_PLAIN, sv("#"), 1);
}

wchar_t golden_char(const struct golden *g, int y, int x)
{
	cchar_t c;
	wchar_t w[CCHARW_MAX + 1];
	attr_t a;
	short pair;

	cells_put(g->cells, g->win);
	mvwin_wch(g->win, y, x, &c);
	getcchar(&c, w, &a, &pair, NULL);
	return w[0];
}

static char letter(attr_t a, short pair)
{
	static const char roles[ROLE_COUNT] = {'.', 'd', 'a', 'w', 'A', '.', 'e', 'p'};

	if (a & A_REVERSE)
		return 'r';
	if (pair > ROLE_COUNT)
		return 'S';
	if (a & A_UNDERLINE)
		return 'u';
	if (pair > 0 && roles[pair - 1] != '.')
		return roles[pair - 1];
	return a & A_DIM ? 'd' : a & A_BOLD ? 'b' : '.';
}

// Takes blanks (and plain letters) off the end, since a file should not end its lines in blanks.
static void add_trimmed(struct str *out, const struct str *line, char blank)
{
	size_t n = line->n;

	while (n > 0 && line->s[n - 1] == blank)
		n--;
	str_addn(out, str_z(line), n);
	str_addc(out, '\n');
}

void golden_dump(const struct golden *g, struct str *out)
{
	cells_put(g->cells, g->win);
	for (int y = 0; y < getmaxy(g->win); y++) {
		struct str text = {0}, attrs = {0};
		bool some = false;
		for (int x = 0; x < getmaxx(g->win);) {
			cchar_t c;
			wchar_t w[CCHARW_MAX + 1];
			attr_t a;
			short pair;
			mvwin_wch(g->win, y, x, &c);
			getcchar(&c, w, &a, &pair, NULL);
			for (int i = 0; w[i]; i++)
				str_addcp(&text, (uint32_t)w[i]);
			int cols = wcwidth(w[0]) > 1 ? wcwidth(w[0]) : 1;
			for (int i = 0; i < cols; i++)
				str_addc(&attrs, letter(a, pair));
			some |= letter(a, pair) != '.';
			x += cols;
		}
		add_trimmed(out, &text, ' ');
		if (some) {
			str_addc(out, '~');
			add_trimmed(out, &attrs, '.');
		}
		str_release(&text);
		str_release(&attrs);
	}
	if (g->frame.caret_on)
		str_addf(out, "caret %d,%d%s\n", g->frame.caret_y, g->frame.caret_x, g->frame.caret_typing ? " typing" : "");
	else
		str_add(out, "no caret\n");
}

static void first_difference(const char *name, struct sv want, struct sv have)
{
	struct sv w, h;

	for (int line = 1;; line++) {
		bool more_w = sv_split(&want, '\n', &w), more_h = sv_split(&have, '\n', &h);
		if (!more_w && !more_h)
			return;
		if (more_w != more_h || !sv_eq(w, h))
			fail_msg("%s.screen line %d (UPDATE=1 rewrites it)\n  want |%.*s|\n  have |%.*s|", name, line,
				 more_w ? (int)w.n : 0, more_w ? w.p : "", more_h ? (int)h.n : 0, more_h ? h.p : "");
	}
}

void golden_check(struct golden *g, const char *name)
{
	struct str have = {0}, want = {0};
	struct err e = {0};
	char *path = xasprintf("%s/%s.screen", SCREEN_DIR, name);

	assert_int_equal(g->leaks, 0);
	golden_dump(g, &have);
	if (getenv("UPDATE")) {
		if (!path_write_atomic(path, sv_n(have.s, have.n), 0644, &e))
			fail_msg("%s", e.msg);
	} else {
		if (!path_read(path, 1 << 20, &want, &e))
			fail_msg("%s", e.msg);
		first_difference(name, sv_n(str_z(&want), want.n), sv_n(have.s, have.n));
	}
	str_release(&have);
	str_release(&want);
	free(path);
}
