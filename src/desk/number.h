// SPDX-License-Identifier: MIT
// Knows the numbers that people read out: how they are made, checked and read back.
#ifndef DESK_NUMBER_H
#define DESK_NUMBER_H

#include "src/base/err.h"
#include "src/base/str.h"

// Ticket: SSS-YYMMDD-WWW-NNNN-C (domain.md §3.5). Interaction: the same with a counter "C" + three base-36 characters of its own
// (SHA-261122-0A7-C001-x); tickets therefore end at BZZZ, 559 871 a station and day. Both work without the hub.
enum number_kind { NUMBER_TICKET, NUMBER_CONTACT };
#define NUMBER_CAP 24
#define NUMBER_PRACTICE_SITE "TRN"
#define NUMBER_MAX_TICKET 559871u
#define NUMBER_MAX_CONTACT 46655u
struct number {
	enum number_kind kind;
	char site[4];    // 3 characters A-Z 0-9
	int year, month, day; // local date of the site; year 2000..2099
	char station[4]; // base-36, leased; "000" is the hub
	uint32_t counter; // from 1, kept per station, day and kind
	char check;      // ISO 7064 MOD 37,36 over the other characters without hyphens
};
// Writes the number to out; n->check is computed, not read. ERR_LIMIT past the last counter of the day, ERR_USAGE for a bad site,
// station or date.
must_use bool number_format(const struct number *n, char out[NUMBER_CAP], struct err *e);
// Reads one as a person may type it: any case, full width, blanks around, hyphens may be missing. The message tells a
// mistyped character from a wrong form.
must_use bool number_parse(struct sv s, struct number *out, struct err *e);
bool number_is_practice(const struct number *n);

// ISO 7064 MOD 37,36 check character over 0-9 A-Z; 0 if s has other characters. p=36; for each value v: s=(p+v) mod 36, 0 counts as
// 36; p=2s mod 37; the character is (1-p) mod 36 (domain.md §22 vector 16).
char iso7064_mod37_36(struct sv s);
// Base 36 with leading zeros into width characters; false if it does not fit. Parsing takes upper case only.
must_use bool base36_format(uint32_t v, int width, char *out);
must_use bool base36_parse(struct sv s, uint32_t *out);

#endif
