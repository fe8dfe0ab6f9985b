// SPDX-License-Identifier: MIT
// Knows what the roles of text look like, and which signs stand for what, with ASCII twins.
#include "ui/theme.h"

#include <curses.h>
#include <string.h>

static const struct theme themes[] = {
	{
		.name = "dark",
		.face = {
			[ROLE_PLAIN] = {.fg = -1, .bg = -1, .fg16 = -1, .bg16 = -1},
			[ROLE_DIM] = {.fg = 245, .bg = -1, .fg16 = 8, .bg16 = -1},
			[ROLE_ACCENT] = {.fg = 80, .bg = -1, .fg16 = 6, .bg16 = -1},
			[ROLE_WARN] = {.fg = 221, .bg = -1, .fg16 = 3, .bg16 = -1, .bold = true},
			[ROLE_ALARM] = {.fg = 231, .bg = 160, .fg16 = 15, .bg16 = 1, .bold = true},
			[ROLE_TITLE] = {.fg = 252, .bg = -1, .fg16 = -1, .bg16 = -1},
			[ROLE_ERROR] = {.fg = 210, .bg = -1, .fg16 = 9, .bg16 = -1},
			[ROLE_PRACTICE] = {.fg = 213, .bg = -1, .fg16 = 13, .bg16 = -1, .bold = true},
		},
		.selected_bg = 237,
		.selected_bg16 = 4,
	},
	{
		.name = "light",
		.face = {
			[ROLE_PLAIN] = {.fg = -1, .bg = -1, .fg16 = -1, .bg16 = -1},
			[ROLE_DIM] = {.fg = 242, .bg = -1, .fg16 = 8, .bg16 = -1},
			[ROLE_ACCENT] = {.fg = 25, .bg = -1, .fg16 = 4, .bg16 = -1},
			[ROLE_WARN] = {.fg = 130, .bg = -1, .fg16 = 5, .bg16 = -1, .bold = true},
			[ROLE_ALARM] = {.fg = 231, .bg = 160, .fg16 = 15, .bg16 = 1, .bold = true},
			[ROLE_TITLE] = {.fg = 236, .bg = -1, .fg16 = -1, .bg16 = -1},
			[ROLE_ERROR] = {.fg = 124, .bg = -1, .fg16 = 1, .bg16 = -1},
			[ROLE_PRACTICE] = {.fg = 90, .bg = -1, .fg16 = 5, .bg16 = -1, .bold = true},
		},
		.selected_bg = 254,
		.selected_bg16 = 7,
	},
	{
		// Only the sixteen colours that every terminal lets its user choose.
		.name = "16",
		.face = {
			[ROLE_PLAIN] = {.fg = -1, .bg = -1, .fg16 = -1, .bg16 = -1},
			[ROLE_DIM] = {.fg = -1, .bg = -1, .fg16 = -1, .bg16 = -1, .dim = true},
			[ROLE_ACCENT] = {.fg = 6, .bg = -1, .fg16 = 6, .bg16 = -1},
			[ROLE_WARN] = {.fg = 3, .bg = -1, .fg16 = 3, .bg16 = -1, .bold = true},
			[ROLE_ALARM] = {.fg = 7, .bg = 1, .fg16 = 7, .bg16 = 1, .bold = true},
			[ROLE_TITLE] = {.fg = -1, .bg = -1, .fg16 = -1, .bg16 = -1},
			[ROLE_ERROR] = {.fg = 1, .bg = -1, .fg16 = 1, .bg16 = -1, .bold = true},
			[ROLE_PRACTICE] = {.fg = 5, .bg = -1, .fg16 = 5, .bg16 = -1, .bold = true},
		},
		.selected_bg = -1, // reverse
		.selected_bg16 = -1,
	},
	{
		.name = "mono",
		.face = {
			[ROLE_DIM] = {.dim = true},
			[ROLE_ACCENT] = {.bold = true},
			[ROLE_WARN] = {.bold = true, .underline = true},
			[ROLE_ALARM] = {.bold = true, .reverse = true},
			[ROLE_ERROR] = {.underline = true},
			[ROLE_PRACTICE] = {.bold = true},
		},
		.mono = true,
	},
};
enum { THEMES = sizeof(themes) / sizeof(*themes) };

const struct theme *theme_by_name(const char *name)
{
	for (size_t i = 0; i < THEMES; i++)
		if (name && strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

const char *theme_next(const char *name)
{
	for (size_t i = 0; i < THEMES; i++)
		if (name && strcmp(themes[i].name, name) == 0)
			return themes[(i + 1) % THEMES].name;
	return themes[0].name;
}

// Pairs 1.. are the roles, then the roles on the background of a selected row.
static short pair_of(unsigned role, bool selected)
{
	return (short)(1 + role + (selected ? ROLE_COUNT : 0));
}

// On 8 colours the bright ones become the plain ones, but never black, which nobody could read.
static short possible(short color, int colors)
{
	if (color < colors)
		return color;
	return color > 8 && color < 16 && color - 8 < colors ? (short)(color - 8) : -1;
}

void theme_start(struct theme *t, const char *no_color)
{
	const struct theme *mono = theme_by_name("mono");

	if ((no_color && *no_color) || !has_colors() || COLOR_PAIRS < 2 * ROLE_COUNT + 1) {
		memcpy(t->face, mono->face, sizeof(t->face));
		t->mono = true;
	}
	t->colors = t->mono ? 0 : COLORS;
	if (has_colors())
		use_default_colors(); // mono, too: else pair 0 is white on black
	if (t->mono)
		return;
	bool many = COLORS >= 256;
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		const struct theme_face *f = &t->face[r];
		short fg = possible(many ? f->fg : f->fg16, COLORS);
		short bg = possible(many ? f->bg : f->bg16, COLORS);
		short sel = possible(many ? t->selected_bg : t->selected_bg16, COLORS);
		init_pair(pair_of(r, false), fg, bg);
		init_pair(pair_of(r, true), fg, bg >= 0 ? bg : sel);
	}
}

void theme_attr(const struct theme *t, unsigned role, unsigned long *attr, short *pair)
{
	unsigned r = role & ROLE_MASK;
	const struct theme_face *f = &t->face[r < ROLE_COUNT ? r : ROLE_PLAIN];
	bool selected = role & STYLE_SELECTED;
	attr_t a = A_NORMAL;

	if (f->bold || (role & STYLE_BOLD))
		a |= A_BOLD;
	if (f->dim)
		a |= A_DIM;
	if (f->underline || (role & STYLE_UNDERLINE))
		a |= A_UNDERLINE;
	if (f->reverse)
		a |= A_REVERSE;
	// Without a background of its own the selected row is reverse, too.
	bool flat = t->mono || (t->colors >= 256 ? t->selected_bg : t->selected_bg16) < 0;
	if ((role & STYLE_FOCUS) || (selected && flat))
		a ^= A_REVERSE;
	*attr = a;
	*pair = t->mono ? 0 : pair_of(r < ROLE_COUNT ? r : ROLE_PLAIN, selected && !flat);
}

static const struct {
	const char *sign, *ascii;
} glyphs[GLYPH_COUNT] = {
	[GLYPH_SELECT] = {"▸", ">"},	[GLYPH_DONE] = {"✓", "+"},	[GLYPH_BOX] = {"☐", "-"},
	[GLYPH_BOX_ON] = {"☑", "x"},	[GLYPH_TIMES] = {"×", "x"},	[GLYPH_DOT] = {"●", "*"},
	[GLYPH_RING] = {"○", "o"},	[GLYPH_VLINE] = {"│", "|"},	[GLYPH_HLINE] = {"─", "-"},
	[GLYPH_TEE_DOWN] = {"┬", "+"},	[GLYPH_TEE_UP] = {"┴", "+"},	[GLYPH_TEE_RIGHT] = {"├", "+"},
	[GLYPH_TEE_LEFT] = {"┤", "+"},	[GLYPH_CROSS] = {"┼", "+"},	[GLYPH_CORNER_UL] = {"┌", "+"},
	[GLYPH_CORNER_UR] = {"┐", "+"}, [GLYPH_CORNER_LL] = {"└", "+"}, [GLYPH_CORNER_LR] = {"┘", "+"},
	[GLYPH_BAR] = {"▌", "|"},	[GLYPH_MORE] = {"…", "~"},	[GLYPH_CHOICE] = {"▾", "v"},
	[GLYPH_UP] = {"▲", "^"},	[GLYPH_DOWN] = {"▼", "v"},	[GLYPH_RIGHT] = {"→", ">"},
	[GLYPH_BULLET] = {"•", "*"},
};

const char *theme_glyph(const struct theme *t, enum glyph g)
{
	return t->ascii ? glyphs[g].ascii : glyphs[g].sign;
}

char theme_ascii_twin(unsigned cp)
{
	// Ambiguous width (Unicode TR 11) and common in Chinese text; letters of ambiguous width have no twin.
	static const struct {
		unsigned cp;
		char twin;
	} twins[] = {
		{0x00B0, 'o'}, {0x00B1, '~'}, {0x00B7, '.'}, {0x00D7, 'x'}, {0x00F7, '/'}, {0x2013, '-'}, {0x2014, '-'},
		{0x2015, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201C, '"'}, {0x201D, '"'}, {0x2022, '*'}, {0x2025, '.'},
		{0x2026, '~'}, {0x2030, '%'}, {0x203B, '*'}, {0x2103, 'C'}, {0x2190, '<'}, {0x2191, '^'}, {0x2192, '>'},
		{0x2193, 'v'}, {0x2264, '<'}, {0x2265, '>'}, {0x2605, '*'}, {0x2606, '*'}, {0x2260, '#'}, {0x221A, 'v'},
		{0x25A0, '#'}, {0x25A1, '-'}, {0x25B2, '^'}, {0x25BC, 'v'}, {0x25C6, '*'}, {0x25C7, 'o'}, {0x25CB, 'o'},
		{0x25CF, '*'}, {0xFFFD, '?'},
	};

	for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++)
		if (twins[i].cp == cp)
			return twins[i].twin;
	if (cp >= 0x2460 && cp <= 0x2468)
		return (char)('1' + (cp - 0x2460));
	if (cp >= 0x2500 && cp <= 0x257F)
		return cp == 0x2500 || cp == 0x2501 ? '-' : cp == 0x2502 || cp == 0x2503 ? '|' : '+';
	return 0;
}
