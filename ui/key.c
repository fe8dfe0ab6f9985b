// SPDX-License-Identifier: MIT
// Knows one key press and its name: "Tab", "S-Tab", "C-p", "M-z", "F2", "Space", "冻".
#include "ui/key.h"

#include <ctype.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"

static const char *const names[K_KINDS] = {
	[K_TAB] = "Tab",       [K_ENTER] = "Enter", [K_ESC] = "Esc",     [K_BACKSPACE] = "Backspace",
	[K_DELETE] = "Delete", [K_INSERT] = "Insert", [K_UP] = "Up",     [K_DOWN] = "Down",
	[K_LEFT] = "Left",     [K_RIGHT] = "Right", [K_HOME] = "Home",   [K_END] = "End",
	[K_PGUP] = "PgUp",     [K_PGDN] = "PgDn",
};

bool key_eq(struct key a, struct key b)
{
	return a.kind == b.kind && a.cp == b.cp && a.mods == b.mods;
}

bool key_is_text(struct key k)
{
	return k.kind == K_CHAR && !(k.mods & (MOD_ALT | MOD_CTRL)) && !utf8_forbidden(k.cp);
}

// A terminal sends one byte for several presses: C-i and Tab, C-A and C-a.
static struct key canonical(struct key k)
{
	if (k.kind == K_CHAR && (k.mods & MOD_CTRL)) {
		if (k.cp < 0x80)
			k.cp = (uint32_t)tolower((int)k.cp);
		enum key_kind named = k.cp == 'i' ? K_TAB : k.cp == 'm' ? K_ENTER : k.cp == '[' ? K_ESC : K_NONE;
		if (named)
			k = (struct key){named, 0, k.mods & ~(unsigned)MOD_CTRL};
		else if (k.cp == '/')
			k.cp = '_';
	}
	if (k.kind == K_CHAR)
		k.mods &= ~(unsigned)MOD_SHIFT;
	return k;
}

static bool parse_base(struct sv s, struct key *k)
{
	int64_t n;
	uint32_t cp;

	for (int i = K_TAB; i < K_KINDS; i++)
		if (sv_eqz(s, names[i])) {
			k->kind = (enum key_kind)i;
			return true;
		}
	if (sv_eqz(s, "Space") || sv_eqz(s, " ")) {
		k->kind = K_CHAR;
		k->cp = ' ';
		return true;
	}
	if (s.n >= 2 && s.p[0] == 'F' && parse_int(sv_n(s.p + 1, s.n - 1), 1, 24, &n)) {
		k->kind = K_F;
		k->cp = (uint32_t)n;
		return true;
	}
	if (!s.n || utf8_decode(s, &cp) != s.n || (cp == 0xFFFD && s.n == 1) || utf8_forbidden(cp))
		return false;
	k->kind = K_CHAR;
	k->cp = cp;
	return true;
}

bool key_parse(struct sv name, struct key *k, struct err *e)
{
	struct key got = {0};
	struct sv rest = name;

	while (rest.n > 2 && rest.p[1] == '-' && strchr("SMC", rest.p[0])) {
		got.mods |= rest.p[0] == 'S' ? MOD_SHIFT : rest.p[0] == 'M' ? MOD_ALT : MOD_CTRL;
		rest = sv_n(rest.p + 2, rest.n - 2);
	}
	if (!parse_base(rest, &got))
		return err_set(e, ERR_PARSE, _("“%.*s” is not a key name; write it like Tab, S-Tab, C-p, M-z, F2 or a"),
			       (int)(name.n > 40 ? 40 : name.n), name.p);
	*k = canonical(got);
	return true;
}

static void write_name(struct key k, const char *space, char *buf, size_t cap)
{
	struct str b = {0};

	if (k.mods & MOD_CTRL)
		str_add(&b, "C-");
	if (k.mods & MOD_ALT)
		str_add(&b, "M-");
	if (k.mods & MOD_SHIFT)
		str_add(&b, "S-");
	if (k.kind == K_CHAR && k.cp == ' ')
		str_add(&b, space);
	else if (k.kind == K_CHAR)
		str_addcp(&b, k.cp);
	else if (k.kind == K_F)
		str_addf(&b, "F%u", (unsigned)k.cp);
	else if (k.kind != K_NONE)
		str_add(&b, names[k.kind]);
	snprintf(buf, cap, "%s", str_z(&b));
	str_release(&b);
}

void key_write(struct key k, char *buf, size_t cap)
{
	write_name(k, "Space", buf, cap);
}

void key_label(struct key k, char *buf, size_t cap)
{
	write_name(k, _("Space"), buf, cap);
}

bool key_line_parse(struct sv line, struct key_line *out, struct err *e)
{
	*out = (struct key_line){0};
	if (sv_starts(line, "text:")) {
		out->text = sv_n(line.p + 5, line.n - 5);
		return true;
	}
	return key_parse(line, &out->key, e);
}
