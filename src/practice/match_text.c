// SPDX-License-Identifier: MIT
// Knows how a line is folded: what of it is kept, where its words begin and end, and what in it must not be changed by an edit.
#include "src/practice/match_text.h"

#include <unicode/uchar.h>

#include "src/base/err.h"
#include "src/base/utf8.h"

enum { GAP = 64 }; // a blank or mark before this

static bool han(uint32_t c)
{
	return (c >= 0x4E00 && c <= 0x9FFF) || (c > 0x2E7F && utf8_is_han(c));
}

static bool in_list(uint32_t c, const char *list)
{
	struct sv s = sv(list);

	for (size_t pos = 0; pos < s.n;) {
		uint32_t cp;
		pos += utf8_decode(sv_n(s.p + pos, s.n - pos), &cp);
		if (cp == c)
			return true;
	}
	return false;
}

// Letters and digits as they are compared; 0: dropped; 1: only the folding of ICU can say.
static uint32_t plain(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
	if (c >= 0x4E00 && c <= 0x9FFF)
		return c;
	if (c >= 0xFF01 && c <= 0xFF5E) // full width of ASCII
		return plain(c - 0xFEE0);
	if ((c >= 0x3000 && c <= 0x3004) || (c >= 0x3008 && c <= 0x3020) || (c >= 0x2010 && c <= 0x2027) || c == 0xFFFD)
		return 0;
	return 1;
}

static bool needs_icu(struct sv text)
{
	for (size_t pos = 0; pos < text.n;) {
		uint32_t cp;
		pos += utf8_decode(sv_n(text.p + pos, text.n - pos), &cp);
		if (plain(cp) == 1)
			return true;
	}
	return false;
}

static bool digit(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 0x80 && !han(c) && u_isdigit((UChar32)c));
}

// Does a mark between these two belong to one word: the apostrophe of "don't", the comma of "49,800"?
static bool joins(uint32_t mark, uint32_t before, uint32_t after)
{
	if (mark == '\'' || mark == 0x2019)
		return !han(before) && !digit(before) && !han(after) && !digit(after);
	return (mark == ',' || mark == '.') && digit(before) && digit(after);
}

// The units that are kept, with GAP where something that divides words stood before them.
static size_t collect(struct sv text, uint32_t *u, unsigned char *at, size_t cap)
{
	size_t n = 0;
	uint32_t mark = 0;

	for (size_t pos = 0; pos < text.n;) {
		uint32_t cp, c;
		pos += utf8_decode(sv_n(text.p + pos, text.n - pos), &cp);
		c = plain(cp);
		if (c == 1)
			c = u_isalnum((UChar32)cp) ? cp : 0;
		if (!c) {
			mark = mark ? ' ' : cp;
			continue;
		}
		if (n == cap)
			return cap + 1;
		u[n] = c;
		at[n] = mark && (!n || !joins(mark, u[n - 1], c)) ? GAP : 0;
		mark = 0;
		n++;
	}
	return n;
}

static bool negates(const uint32_t *u, size_t n)
{
	static const char *const words[] = {"not", "no", "never", "none", "nothing", "nobody", "neither", "nor", "without", "cannot", "dont",
		"doesnt", "didnt", "cant", "couldnt", "wont", "wouldnt", "shouldnt", "mustnt", "isnt", "arent", "wasnt", "werent", "havent",
		"hasnt", "hadnt", NULL};
	char z[12];

	if (n >= sizeof(z))
		return false;
	for (size_t i = 0; i < n; i++)
		z[i] = u[i] < 0x80 ? (char)u[i] : '?';
	z[n] = '\0';
	for (size_t i = 0; words[i]; i++) {
		if (str_eq(words[i], z))
			return true;
	}
	return false;
}

static void mark_words(const uint32_t *u, unsigned char *at, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		if (!(at[i] & AT_WORD)) {
			i++;
			continue;
		}
		while (end < n && !(at[end] & AT_START))
			end++;
		if (!(at[i] & AT_DIGIT))
			at[i] |= AT_FIRST;
		for (size_t k = i; k < end && negates(u + i, end - i); k++)
			at[k] |= AT_NOT;
		i = end;
	}
}

// What of the text is to be read: itself, or its folding in *folded.
static struct sv fold(struct sv text, struct str *folded)
{
	if (!needs_icu(text))
		return text;
	utf8_fold(folded, text);
	return sv_n(str_z(folded), folded->n);
}

static size_t mark(struct sv folded, uint32_t *u, unsigned char *at, size_t cap)
{
	size_t n = collect(folded, u, at, cap);
	bool word = false;

	for (size_t i = 0; i < n && n <= cap; i++) {
		bool gap = at[i] & GAP, now = !han(u[i]);
		at[i] = now ? AT_WORD : 0;
		if (!i || gap || !now || !word)
			at[i] |= AT_START;
		if (i && (at[i] & AT_START))
			at[i - 1] |= AT_END;
		if (digit(u[i]) || (!now && in_list(u[i], "〇二两三四五六七八九十百千万亿")))
			at[i] |= AT_DIGIT;
		if (!now && in_list(u[i], "不没别未勿无甭"))
			at[i] |= AT_NOT;
		word = now;
	}
	if (n && n <= cap) {
		at[n - 1] |= AT_END;
		mark_words(u, at, n);
	}
	return n;
}

size_t match_fold(struct sv text, uint32_t *u, unsigned char *at, size_t cap)
{
	struct str folded = {0};
	size_t n = mark(fold(text, &folded), u, at, cap);

	str_release(&folded);
	return n;
}

void match_text_init(struct match_text *t, struct sv text)
{
	struct str folded = {0};
	struct sv s = fold(text, &folded);

	*t = (struct match_text){.u = xcalloc(s.n + 1, sizeof(*t->u)), .at = xcalloc(s.n + 1, 1)};
	t->n = mark(s, t->u, t->at, s.n);
	str_release(&folded);
}

void match_text_release(struct match_text *t)
{
	free(t->u);
	free(t->at);
	*t = (struct match_text){0};
}

// --- Data read back

static bool data_word(const uint32_t *u, size_t n, bool *data)
{
	static const char *const numbers[] = {"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
		"double", "triple", "hundred", "thousand", "million", NULL};
	static const char *const units[] = {"yuan", "rmb", "cny", "usd", "kg", "km", "am", "pm", "days", "day", "hours", "hour", "minutes",
		"month", "months", "year", "years", "dash", "dot", "point", "percent", "pnr", NULL};
	char z[12];

	if (n == 1)
		return *data = true;
	if (n >= sizeof(z))
		return false;
	for (size_t i = 0; i < n; i++)
		z[i] = u[i] < 0x80 ? (char)u[i] : '?';
	z[n] = '\0';
	for (size_t i = 0; numbers[i]; i++) {
		if (str_eq(numbers[i], z))
			return *data = true;
	}
	for (size_t i = 0; units[i]; i++) {
		if (str_eq(units[i], z))
			return true;
	}
	return false;
}

bool match_read_back(const struct match_text *t)
{
	bool data = false;

	for (size_t i = 0; i < t->n;) {
		size_t end = i + 1;
		bool digits = t->at[i] & AT_DIGIT;
		if (!(t->at[i] & AT_WORD)) {
			if (!digits && !in_list(t->u[i], "一幺洞拐零元块角分钱年月日号点时秒周天个尾位第半整负至到杠横"))
				return false;
			data |= digits || in_list(t->u[i], "一幺洞拐零");
			i++;
			continue;
		}
		for (; end < t->n && !(t->at[end] & AT_START); end++)
			digits |= t->at[end] & AT_DIGIT;
		if (!digits && !data_word(t->u + i, end - i, &data))
			return false;
		data |= digits;
		i = end;
	}
	return data;
}
