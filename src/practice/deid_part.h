// SPDX-License-Identifier: MIT
// Knows what the files of the de-identification share: a text as units of which each is shown or hidden.
#ifndef PRACTICE_DEID_PART_H
#define PRACTICE_DEID_PART_H

#include "src/base/vec.h"
#include "src/practice/deid.h"

enum hide {
	SHOWN,
	HIDE_SIGN,  // a star for each
	HIDE_NAME,  // the whole run becomes 某某, in Latin letters ***
	HIDE_WHOLE, // the whole run becomes ***
};
struct unit {
	uint32_t cp;       // folded, in the simplified form
	uint32_t raw;      // folded only: 幺 is a digit, 么 is none
	uint32_t from, to; // bytes of the text
	signed char digit; // 0..9 of a digit of any script, -1: none
	bool upper;        // was a capital letter
	enum hide hide;
};
struct deid_text {
	const char *text; // borrowed
	VEC(struct unit) v;
	VEC(size_t) squeezed; // the units that are no separators
};

// A digit as it was written: a sign of its own, or a word for one.
struct digit {
	size_t text, from, to; // units
	int value;
	bool spelled; // in Han or in words
	bool dated;   // part of a date: no longer looked at as a number
};
struct digits {
	VEC(struct digit) v;
};

struct needle {
	uint32_t *u; // folded, squeezed; owned
	size_t n;
	size_t head, tail; // units that stay at either end
	enum hide hide;
	bool bounded; // no Latin letter may stand beside it
};
struct number {
	char digits[40];
};
struct deid {
	VEC(struct needle) needles; // owned
	VEC(struct number) numbers; // five digits at least
	int birth_month, birth_day; // 0: not known
};

bool deid_separator(uint32_t cp);
static inline bool deid_letter(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 0xdf && cp < 0x250 && cp != 0xf7);
}
static inline bool deid_alnum(uint32_t cp)
{
	return deid_letter(cp) || (cp >= '0' && cp <= '9');
}
static inline uint32_t deid_cp(const struct deid_text *t, size_t i)
{
	return i < t->v.n ? t->v.v[i].cp : 0;
}
static inline uint32_t deid_raw(const struct deid_text *t, size_t i)
{
	return i < t->v.n ? t->v.v[i].raw : 0;
}
void deid_hide(struct deid_text *t, size_t from, size_t to, enum hide how); // units
bool deid_at(const struct deid_text *t, size_t i, const char *word, size_t *end); // a folded word stands at unit i
size_t deid_blanks(const struct deid_text *t, size_t i, size_t most); // behind at most so many separators

void deid_unfold(struct deid_text *t, const char *text);
void deid_list_digits(const struct deid_text *t, size_t index, struct digits *out); // deid_number.c
void deid_stream(const struct deid *d, struct deid_text *t, const struct digits *l); // known numbers, in all texts at once
void deid_dates(const struct deid *d, struct deid_text *t, struct digits *l, size_t index);
void deid_runs(const struct deid *d, struct deid_text *t, const struct digits *l, size_t index);
void deid_needles(const struct deid *d, struct deid_text *t); // deid_known.c
void deid_tokens(struct deid_text *t);    // deid_sweep.c
void deid_addresses(struct deid_text *t); // likewise
void deid_names(struct deid_text *t);     // deid_name.c
const char *const *deid_titles(void);     // of address, NULL-terminated
size_t deid_surname(const uint32_t *u, size_t n); // characters of the surname that u begins with, 0: none of the usual ones

#endif
