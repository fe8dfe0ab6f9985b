// SPDX-License-Identifier: MIT
// Knows how the people in the texts of a record become nobody: what is known of them is taken out wherever and however it is written,
// and what looks like somebody's data besides.
#ifndef PRACTICE_DEID_H
#define PRACTICE_DEID_H

#include "src/desk/mask.h"

// Beyond mask_text (mask.h), which knows single texts and no people. Source: domain.md §12.9, §18.2. Taken out are:
//   of what is known: names (also in pinyin, in another order, the given name alone, the surname before a title), telephone numbers,
//   ids, cards, orders (in groups, in other digits, in words, spread over several lines; parts of five digits and more), mail
//   addresses, plates, addresses (whole, the street or the house alone), birth dates (with the year or without);
//   of what is not: runs of five digits and more that are no amount of money, numbers with letters in them, plates, dates to the
//   year, mail addresses spelled out, houses in streets, and names where a text says that it names somebody.
// Of a number at most its last four digits stay. Amounts, short numbers, codes of articles stay.
struct deid;
struct deid *deid_new(void);
void deid_free(struct deid *d);
// A value of somebody in the record; blank and NULL are passed over. MASK_NONE: whatever it is, nothing of it may stay.
void deid_know(struct deid *d, enum mask kind, const char *value);
// The texts of one record in the order in which they were said; each (owned by the caller, may be NULL) is replaced by what may stay.
void deid_texts(const struct deid *d, char **texts, size_t n);

#endif
