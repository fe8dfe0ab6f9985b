// SPDX-License-Identifier: MIT
// Knows which byte sequences terminals send for a key, beyond what terminfo tells curses.
#include <curses.h>

#include "ui/term_inner.h"
#include "ui/terminfo.h"

static int code_of(enum key_kind kind, unsigned mods)
{
	return CODE_KEYS + (int)kind * 8 + (int)mods;
}

static void define(const char *seq, enum key_kind kind, unsigned mods)
{
	define_key(seq, code_of(kind, mods));
}

// What terminfo already binds stays.
static void define_free(const char *seq, enum key_kind kind, unsigned mods)
{
	if (key_defined(seq) == 0)
		define(seq, kind, mods);
}

// xterm's parameter for held modifiers: 1 + Shift 1 + Alt 2 + Ctrl 4.
static void define_modified(void)
{
	static const struct {
		char letter;
		enum key_kind kind;
	} letters[] = {{'A', K_UP}, {'B', K_DOWN}, {'C', K_RIGHT}, {'D', K_LEFT}, {'H', K_HOME}, {'F', K_END}};
	static const struct {
		int number;
		enum key_kind kind;
	} numbers[] = {{2, K_INSERT}, {3, K_DELETE}, {5, K_PGUP}, {6, K_PGDN}};
	static const unsigned order[] = {0, MOD_SHIFT, MOD_ALT, MOD_SHIFT | MOD_ALT, MOD_CTRL, MOD_SHIFT | MOD_CTRL,
					 MOD_ALT | MOD_CTRL, MOD_SHIFT | MOD_ALT | MOD_CTRL};
	char seq[16];

	for (int m = 2; m <= 8; m++) {
		for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
			snprintf(seq, sizeof(seq), "\033[1;%d%c", m, letters[i].letter);
			define(seq, letters[i].kind, order[m - 1]);
		}
		for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
			snprintf(seq, sizeof(seq), "\033[%d;%d~", numbers[i].number, m);
			define(seq, numbers[i].kind, order[m - 1]);
		}
	}
}

// The extended names of terminfo, for terminals that send something of their own.
static void define_extended(void)
{
	static const struct {
		const char *cap;
		enum key_kind kind;
		unsigned mods;
	} caps[] = {
		{"kUP", K_UP, MOD_SHIFT},     {"kUP3", K_UP, MOD_ALT},	   {"kUP5", K_UP, MOD_CTRL},
		{"kDN", K_DOWN, MOD_SHIFT},   {"kDN3", K_DOWN, MOD_ALT},   {"kDN5", K_DOWN, MOD_CTRL},
		{"kLFT3", K_LEFT, MOD_ALT},   {"kLFT5", K_LEFT, MOD_CTRL}, {"kRIT3", K_RIGHT, MOD_ALT},
		{"kRIT5", K_RIGHT, MOD_CTRL}, {"kHOM5", K_HOME, MOD_CTRL}, {"kEND5", K_END, MOD_CTRL},
		{"kDC5", K_DELETE, MOD_CTRL},
	};

	for (size_t i = 0; i < sizeof(caps) / sizeof(*caps); i++) {
		const char *seq = terminfo_string(caps[i].cap);
		if (seq)
			define(seq, caps[i].kind, caps[i].mods);
	}
}

void term_keys_define(void)
{
	static const struct {
		const char *seq;
		enum key_kind kind;
		unsigned mods;
	} more[] = {
		// Both modes of the arrows, whatever terminfo says; Home and End of four families.
		{"\033[A", K_UP, 0},	 {"\033[B", K_DOWN, 0},	 {"\033[C", K_RIGHT, 0}, {"\033[D", K_LEFT, 0},
		{"\033OA", K_UP, 0},	 {"\033OB", K_DOWN, 0},	 {"\033OC", K_RIGHT, 0}, {"\033OD", K_LEFT, 0},
		{"\033[H", K_HOME, 0},	 {"\033[F", K_END, 0},	 {"\033OH", K_HOME, 0},	 {"\033OF", K_END, 0},
		{"\033[1~", K_HOME, 0},	 {"\033[4~", K_END, 0},	 {"\033[7~", K_HOME, 0}, {"\033[8~", K_END, 0},
		{"\033[2~", K_INSERT, 0}, {"\033[3~", K_DELETE, 0}, {"\033[5~", K_PGUP, 0}, {"\033[6~", K_PGDN, 0},
		{"\033[Z", K_TAB, MOD_SHIFT}, {"\033OM", K_ENTER, 0},
	};
	static const char *const f_keys[] = {
		"\033OP",   "\033OQ",	"\033OR",   "\033OS",	"\033[15~", "\033[17~",
		"\033[18~", "\033[19~", "\033[20~", "\033[21~", "\033[23~", "\033[24~",
	};
	static const char *const old_f_keys[] = {"\033[11~", "\033[12~", "\033[13~", "\033[14~"};

	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		define_free(more[i].seq, more[i].kind, more[i].mods);
	for (int i = 0; i < 12; i++)
		if (key_defined(f_keys[i]) == 0)
			define_key(f_keys[i], KEY_F(i + 1));
	for (int i = 0; i < 4; i++)
		if (key_defined(old_f_keys[i]) == 0)
			define_key(old_f_keys[i], KEY_F(i + 1));
	define_modified();
	define_extended();
	define_key("\033[200~", CODE_PASTE_BEGIN);
	define_key("\033[201~", CODE_PASTE_END);
}

static bool control(int byte, struct key *k)
{
	*k = (struct key){.kind = K_CHAR, .mods = MOD_CTRL};
	if (byte == '\t')
		*k = (struct key){.kind = K_TAB};
	else if (byte == '\r' || byte == '\n')
		*k = (struct key){.kind = K_ENTER};
	else if (byte == 0x1B)
		*k = (struct key){.kind = K_ESC};
	else if (byte == 0x7F)
		*k = (struct key){.kind = K_BACKSPACE};
	else if (byte == 0)
		k->cp = ' ';
	else if (byte < 0x1B)
		k->cp = (uint32_t)(byte - 1 + 'a');
	else
		k->cp = (uint32_t)(byte + 0x40); // backslash ] ^ _
	return true;
}

bool term_key_of(int code, struct key *k)
{
	static const struct {
		int code;
		enum key_kind kind;
		unsigned mods;
	} curses_keys[] = {
		{KEY_UP, K_UP, 0},	    {KEY_DOWN, K_DOWN, 0},	  {KEY_LEFT, K_LEFT, 0},
		{KEY_RIGHT, K_RIGHT, 0},    {KEY_HOME, K_HOME, 0},	  {KEY_END, K_END, 0},
		{KEY_FIND, K_HOME, 0},	    {KEY_SELECT, K_END, 0},	  {KEY_PPAGE, K_PGUP, 0},
		{KEY_NPAGE, K_PGDN, 0},	    {KEY_IC, K_INSERT, 0},	  {KEY_DC, K_DELETE, 0},
		{KEY_BACKSPACE, K_BACKSPACE, 0}, {KEY_ENTER, K_ENTER, 0}, {KEY_BTAB, K_TAB, MOD_SHIFT},
		{KEY_SLEFT, K_LEFT, MOD_SHIFT},	 {KEY_SRIGHT, K_RIGHT, MOD_SHIFT}, {KEY_SHOME, K_HOME, MOD_SHIFT},
		{KEY_SEND, K_END, MOD_SHIFT},	 {KEY_SDC, K_DELETE, MOD_SHIFT},   {KEY_SF, K_DOWN, MOD_SHIFT},
		{KEY_SR, K_UP, MOD_SHIFT},	 {KEY_A1, K_HOME, 0},		   {KEY_A3, K_PGUP, 0},
		{KEY_C1, K_END, 0},		 {KEY_C3, K_PGDN, 0},
	};

	if (code < 0x20 || code == 0x7F)
		return control(code, k);
	if (code >= CODE_KEYS && code < CODE_KEYS + K_KINDS * 8) {
		*k = (struct key){(enum key_kind)((code - CODE_KEYS) / 8), 0, (unsigned)(code - CODE_KEYS) % 8};
		return true;
	}
	if (code >= KEY_F(1) && code <= KEY_F(60)) {
		// terminfo numbers the shifted ones on: 13 is S-F1, 25 C-F1, 37 C-S-F1, 49 M-F1.
		static const unsigned mods[] = {0, MOD_SHIFT, MOD_CTRL, MOD_CTRL | MOD_SHIFT, MOD_ALT};
		int n = code - KEY_F(1);
		*k = (struct key){K_F, (uint32_t)(n % 12 + 1), mods[n / 12]};
		return true;
	}
	for (size_t i = 0; i < sizeof(curses_keys) / sizeof(*curses_keys); i++)
		if (curses_keys[i].code == code) {
			*k = (struct key){curses_keys[i].kind, 0, curses_keys[i].mods};
			return true;
		}
	return false;
}
