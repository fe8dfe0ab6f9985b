// SPDX-License-Identifier: MIT
// Knows made-up customers, the many ways in which people write their data, and whether any of it can still be read in a text.
#ifndef TESTS_PRACTICE_DEID_PEOPLE_H
#define TESTS_PRACTICE_DEID_PEOPLE_H

#include "src/base/str.h"
#include "src/practice/deid.h"

struct person {
	uint64_t rng;
	char name[32], family[16], given[16], pinyin[64], phone[16], id[24], card[24], email[64], street[48], address[128], plate[24], order[32];
	int year, month, day;
};
enum { PERSON_TEXTS = 14 };

void person_make(struct person *p, uint64_t seed);
void person_know(const struct person *p, struct deid *d);
// Texts in which the data stands in ways chosen by the seed; each owned by the caller. More than one may hold parts of one number.
size_t person_texts(struct person *p, char *texts[PERSON_TEXTS]);
// What of the person can still be read in the texts, NULL: nothing. Reads by itself: shares no code with what hides.
const char *person_survives(const struct person *p, char *const *texts, size_t n);

#endif
