// SPDX-License-Identifier: MIT
// Knows the form of ticket and contact numbers and their check character.
#include "src/desk/number.h"

#include <stdio.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"

static const char digits36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
#define BODY 16 // characters without hyphens and check

static int value36(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

char iso7064_mod37_36(struct sv s)
{
	int p = 36;

	for (size_t i = 0; i < s.n; i++) {
		int v = value36(s.p[i]);
		if (v < 0)
			return 0;
		int t = (p + v) % 36;
		p = 2 * (t ? t : 36) % 37;
	}
	return digits36[(37 - p) % 36];
}

bool base36_format(uint32_t v, int width, char *out)
{
	out[width] = 0;
	for (int i = width - 1; i >= 0; i--) {
		out[i] = digits36[v % 36];
		v /= 36;
	}
	return v == 0;
}

bool base36_parse(struct sv s, uint32_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 7)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = value36(s.p[i]);
		if (d < 0)
			return false;
		v = v * 36 + (uint64_t)d;
	}
	if (v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool is_code3(const char *s)
{
	return strlen(s) == 3 && value36(s[0]) >= 0 && value36(s[1]) >= 0 && value36(s[2]) >= 0;
}

static bool format_counter(const struct number *n, char out[5], struct err *e)
{
	uint32_t max = n->kind == NUMBER_TICKET ? NUMBER_MAX_TICKET : NUMBER_MAX_CONTACT;

	if (n->counter < 1 || n->counter > max)
		return err_set(e, ERR_LIMIT, _("this station has used up its %s numbers for today"),
			n->kind == NUMBER_TICKET ? _("ticket") : _("contact"));
	if (n->kind == NUMBER_TICKET)
		return base36_format(n->counter, 4, out);
	out[0] = 'C';
	return base36_format(n->counter, 3, out + 1);
}

bool number_format(const struct number *n, char out[NUMBER_CAP], struct err *e)
{
	char counter[5], body[BODY + 1];

	if (!is_code3(n->site))
		return err_set(e, ERR_USAGE, _("\"%s\" is no site code: 3 capital letters or digits are needed"), n->site);
	if (!is_code3(n->station))
		return err_set(e, ERR_USAGE, _("\"%s\" is no station code: 3 capital letters or digits are needed"), n->station);
	if (n->year < 2000 || n->year > 2099 || !date_valid(n->year, n->month, n->day))
		return err_set(e, ERR_USAGE, _("%d-%d-%d is no date for a number"), n->year, n->month, n->day);
	if (!format_counter(n, counter, e))
		return false;
	unsigned yy = (unsigned)n->year % 100, mm = (unsigned)n->month % 100, dd = (unsigned)n->day % 100;
	snprintf(body, sizeof(body), "%s%02u%02u%02u%s%s", n->site, yy, mm, dd, n->station, counter);
	snprintf(out, NUMBER_CAP, "%s-%02u%02u%02u-%s-%s-%c", n->site, yy, mm, dd, n->station, counter,
		iso7064_mod37_36(sv(body)));
	return true;
}

// Upper case, half width, without blanks and hyphens; at most BODY + 1 characters.
static bool squeeze(struct sv s, char out[BODY + 2])
{
	struct str f = STR_MAX(64);
	size_t n = 0;
	bool ok = s.n <= 96;

	if (ok)
		utf8_fold(&f, sv_trim(s));
	for (size_t i = 0; ok && i < f.n; i++) {
		char c = f.s[i];
		if (c == '-' || c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		ok = n <= BODY && value36(c) >= 0;
		if (ok)
			out[n++] = c;
	}
	out[ok ? n : 0] = 0;
	ok = ok && !f.over && n == BODY + 1;
	str_release(&f);
	return ok;
}

bool number_parse(struct sv s, struct number *out, struct err *e)
{
	char t[BODY + 2];
	int64_t yy, mm, dd;
	struct number n = {0};

	if (!squeeze(s, t) || !parse_int(sv_n(t + 3, 2), 0, 99, &yy) || !parse_int(sv_n(t + 5, 2), 1, 12, &mm) ||
		!parse_int(sv_n(t + 7, 2), 1, 31, &dd) || !date_valid(2000 + (int)yy, (int)mm, (int)dd))
		return err_set(e, ERR_PARSE, _("not a number of this system; it looks like SHA-261122-0A7-0001-R"));
	n.check = t[BODY];
	if (iso7064_mod37_36(sv_n(t, BODY)) != n.check)
		return err_set(e, ERR_PARSE, _("a character of this number is mistyped or two are swapped; compare it again"));
	memcpy(n.site, t, 3);
	memcpy(n.station, t + 9, 3);
	n.year = 2000 + (int)yy;
	n.month = (int)mm;
	n.day = (int)dd;
	n.kind = value36(t[12]) >= 12 ? NUMBER_CONTACT : NUMBER_TICKET;
	bool read = n.kind == NUMBER_CONTACT ? t[12] == 'C' && base36_parse(sv_n(t + 13, 3), &n.counter) :
					       base36_parse(sv_n(t + 12, 4), &n.counter);
	if (!read || n.counter == 0)
		return err_set(e, ERR_PARSE, _("not a number of this system; it looks like SHA-261122-0A7-0001-R"));
	*out = n;
	return true;
}

bool number_is_practice(const struct number *n)
{
	return strcmp(n->site, NUMBER_PRACTICE_SITE) == 0;
}
