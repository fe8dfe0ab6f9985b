// SPDX-License-Identifier: MIT
// Knows a screen without a terminal: curses draws into memory, and the text can be read back (--script, tests).
#include "ui/headless.h"

#include <curses.h>
#include <errno.h>

#include "src/base/i18n.h"
#include "ui/cells.h"

struct headless {
	FILE *null;
	SCREEN *screen;
	struct cells *cells;
};

bool headless_start(int rows, int cols, struct headless **out, struct err *e)
{
	struct headless *h = xcalloc(1, sizeof(*h));

	h->null = fopen("/dev/null", "r+");
	h->screen = h->null ? newterm("xterm-256color", h->null, h->null) : NULL;
	if (!h->screen) {
		if (h->null)
			fclose(h->null);
		free(h);
		return err_set(e, ERR_IO, _("cannot draw without a terminal: the description of xterm-256color is missing"));
	}
	set_term(h->screen);
	if (has_colors())
		start_color();
	resizeterm(rows, cols);
	h->cells = cells_new(rows, cols);
	*out = h;
	return true;
}

void headless_end(struct headless *h)
{
	if (!h)
		return;
	endwin();
	delscreen(h->screen);
	cells_free(h->cells);
	fclose(h->null);
	free(h);
}

struct canvas headless_begin(struct headless *h, struct frame *f, const struct theme *theme)
{
	*f = (struct frame){.theme = theme};
	return canvas_root(h->cells, f);
}

void headless_finish(struct headless *h, const struct frame *f)
{
	cells_put(h->cells, stdscr);
	if (f->caret_on)
		wmove(stdscr, f->caret_y, f->caret_x);
}

void headless_resize(struct headless *h, int rows, int cols)
{
	resizeterm(rows, cols);
	werase(stdscr);
	cells_resize(h->cells, rows, cols);
}

void headless_text(const struct headless *h, struct str *out)
{
	(void)h;
	for (int y = 0; y < LINES; y++) {
		size_t end = out->n;
		for (int x = 0; x < COLS;) {
			wchar_t wc[CCHARW_MAX + 1];
			attr_t attr;
			short pair;
			cchar_t cell;
			int w = 1;
			if (mvwin_wch(stdscr, y, x, &cell) == ERR || getcchar(&cell, wc, &attr, &pair, NULL) == ERR)
				wc[0] = L' ', wc[1] = L'\0';
			if (!wc[0])
				wc[0] = L' ', wc[1] = L'\0';
			for (int i = 0; wc[i]; i++)
				str_addcp(out, (uint32_t)wc[i]);
			w = wcwidth(wc[0]);
			if (wc[0] != L' ')
				end = out->n;
			x += w > 0 ? w : 1;
		}
		out->n = end;
		if (out->s)
			out->s[end] = '\0';
		str_addc(out, '\n');
	}
}
