// SPDX-License-Identifier: MIT
// Knows whether a typed value is a possible telephone number, id, flight, e-mail address, plate or date.
#ifndef DESK_CHECK_H
#define DESK_CHECK_H

#include "src/base/err.h"
#include "src/base/str.h"

// Source: domain.md §10.6. All take the value as typed; blanks around it and full-width forms are accepted where said. Each
// fails with ERR_PARSE and one sentence for the person who typed it; e may be NULL.

#define CHECK_PHONE_CAP 20
enum phone_kind { PHONE_MOBILE, PHONE_LANDLINE, PHONE_SERVICE, PHONE_FOREIGN };
struct phone {
	enum phone_kind kind;
	char e164[CHECK_PHONE_CAP]; // "+8613812345678"; service numbers (95588, 12315) as dialled
	char extension[8];          // "" if none
};
// Reads blanks, hyphens, brackets, full width, +86, 0086, 86, "转 123". A landline needs its area code.
must_use bool check_phone(struct sv s, struct phone *out, struct err *e);
bool check_mobile(struct sv s); // exactly ^1[3-9]\d{9}$, ASCII

struct resident_id {
	int year, month, day;
	bool female;
	char norm[19]; // upper-case X
};
// 18 characters, GB 11643: province code, a date of birth not after today_ymd (20261122; 0 = not checked), check character.
must_use bool check_resident_id(struct sv s, int today_ymd, struct resident_id *out, struct err *e);
bool check_luhn(struct sv digits); // ASCII digits only, at least 2

must_use bool check_card_tail(struct sv s, struct err *e); // exactly 4 digits; more is refused as a full number
// ^[A-Z0-9]{2}\d{3,4}[A-Z]?$ after upper-casing and dropping blanks; at least one letter in the first two. norm may be NULL.
must_use bool check_flight(struct sv s, char norm[8], struct err *e);
must_use bool check_email(struct sv s, struct err *e);
// Mainland plates: province character, letter, 5 or 6 characters without I and O. norm (upper-case, without blank or dot) may be NULL.
must_use bool check_plate(struct sv s, char norm[16], struct err *e);
// 2026-11-22, 2026/11/22, 2026.11.22, 20261122, 2026年11月22日; month and day may have one digit. *ymd = 20261122.
must_use bool check_date(struct sv s, int *ymd, struct err *e);
must_use bool check_email_parts(struct sv s, struct sv *local, struct sv *domain);

#endif
