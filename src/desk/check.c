// SPDX-License-Identifier: MIT
// Knows the form of ids, cards, flights, e-mail addresses, plates and dates.
#include "src/desk/check.h"

#include <stdio.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

// Folds (half width), upper-cases and drops blanks; false if it does not fit into cap - 1 bytes.
static bool squeeze(struct sv s, char *out, size_t cap)
{
	struct str f = {0};
	size_t n = 0;
	bool fits = s.n <= 256;

	if (fits)
		utf8_fold(&f, s);
	for (size_t i = 0; fits && i < f.n; i++) {
		char c = f.s[i];
		if (c == ' ')
			continue;
		fits = n + 1 < cap;
		if (fits)
			out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	out[fits ? n : 0] = 0;
	str_release(&f);
	return fits;
}

// First two digits of GB/T 2260: provinces, and 81 to 83 of residence permits of Hong Kong, Macao and Taiwan people.
static bool province_known(const char *id)
{
	static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
				    "61 62 63 64 65 71 81 82 83 91 ";
	char want[4] = {id[0], id[1], ' ', 0};

	return strstr(known, want) != NULL;
}

// GB 11643: weights 2^(17-i) mod 11, the remainder of the sum picks the check character.
static char resident_check(const char *id)
{
	static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += (id[i] - '0') * weight[i];
	return "10X98765432"[sum % 11];
}

bool check_resident_id(struct sv s, int today_ymd, struct resident_id *out, struct err *e)
{
	char id[20];
	bool form = squeeze(s, id, sizeof(id)) && strlen(id) == 18 && (digit(id[17]) || id[17] == 'X');

	for (int i = 0; form && i < 17; i++)
		form = digit(id[i]);
	if (!form)
		return err_set(e, ERR_PARSE, _("a resident id has 18 characters: 17 digits and a digit or X"));
	int y = (id[6] - '0') * 1000 + (id[7] - '0') * 100 + (id[8] - '0') * 10 + (id[9] - '0');
	int m = (id[10] - '0') * 10 + (id[11] - '0'), d = (id[12] - '0') * 10 + (id[13] - '0');
	int ymd = y * 10000 + m * 100 + d;
	if (!province_known(id))
		return err_set(e, ERR_PARSE, _("no region has the code at the start of this resident id"));
	if (y < 1850 || !date_valid(y, m, d) || (today_ymd && ymd > today_ymd))
		return err_set(e, ERR_PARSE, _("the birth date inside this resident id is not possible"));
	if (resident_check(id) != id[17])
		return err_set(e, ERR_PARSE, _("the check character of this resident id does not fit; compare it again"));
	*out = (struct resident_id){.year = y, .month = m, .day = d, .female = (id[16] - '0') % 2 == 0};
	memcpy(out->norm, id, sizeof(out->norm));
	return true;
}

bool check_luhn(struct sv digits)
{
	int sum = 0;

	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[digits.n - 1 - i];
		if (!digit(c))
			return false;
		int v = (c - '0') * (i % 2 ? 2 : 1);
		sum += v > 9 ? v - 9 : v;
	}
	return digits.n >= 2 && sum % 10 == 0;
}

bool check_card_tail(struct sv s, struct err *e)
{
	char t[64];

	bool fits = squeeze(s, t, sizeof(t));
	size_t n = strlen(t);
	if (!fits || n > 4)
		return err_set(e, ERR_PARSE, _("only the last 4 digits of a card may be kept; delete the rest"));
	for (size_t i = 0; i < n; i++) {
		if (!digit(t[i]))
			return err_set(e, ERR_PARSE, _("the last 4 digits of the card are needed"));
	}
	return n == 4 || err_set(e, ERR_PARSE, _("the last 4 digits of the card are needed"));
}

bool check_flight(struct sv s, char norm[8], struct err *e)
{
	char t[16];
	size_t i = 2;

	bool ok = squeeze(s, t, sizeof(t)) && strlen(t) >= 5 && strlen(t) <= 7 && (upper(t[0]) || upper(t[1])) &&
		(upper(t[0]) || digit(t[0])) && (upper(t[1]) || digit(t[1]));
	while (ok && digit(t[i]))
		i++;
	if (!ok || i < 5 || i > 6 || !(t[i] == 0 || (upper(t[i]) && t[i + 1] == 0)))
		return err_set(e, ERR_PARSE, _("a flight number looks like MU5101: two characters, 3 or 4 digits"));
	if (norm)
		memcpy(norm, t, strlen(t) + 1);
	return true;
}

static bool local_ok(struct sv l)
{
	if (l.n == 0 || l.n > 64 || l.p[0] == '.' || l.p[l.n - 1] == '.')
		return false;
	for (size_t i = 0; i < l.n; i++) {
		char c = l.p[i];
		bool alnum = digit(c) || upper(c) || (c >= 'a' && c <= 'z');
		if (!alnum && !strchr(".!#$%&'*+/=?^_`{|}~-", c))
			return false;
		if (c == '.' && l.p[i + 1] == '.')
			return false;
	}
	return true;
}

static bool domain_ok(struct sv d)
{
	struct sv rest = d, label;
	size_t labels = 0;
	bool letters = false;

	if (d.n == 0 || d.n > 253 || d.p[d.n - 1] == '.')
		return false;
	while (sv_split(&rest, '.', &label)) {
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		letters = label.n >= 2;
		for (size_t i = 0; i < label.n; i++) {
			char c = label.p[i];
			bool letter = upper(c) || (c >= 'a' && c <= 'z');
			if (!letter && !digit(c) && c != '-')
				return false;
			letters = letters && letter;
		}
		labels++;
	}
	return labels >= 2 && letters;
}

bool check_email_parts(struct sv s, struct sv *local, struct sv *domain)
{
	s = sv_trim(s);
	const char *at = memchr(s.p, '@', s.n);

	if (!at)
		return false;
	*local = sv_n(s.p, (size_t)(at - s.p));
	*domain = sv_n(at + 1, s.n - local->n - 1);
	return local_ok(*local) && domain_ok(*domain);
}

bool check_email(struct sv s, struct err *e)
{
	struct sv local, domain;

	return check_email_parts(s, &local, &domain) ||
		err_set(e, ERR_PARSE, _("an e-mail address looks like name@example.com"));
}

bool check_plate(struct sv s, char norm[16], struct err *e)
{
	static const char provinces[] = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
	static const char tails[] = "挂学警港澳领使";
	char t[40], head[4] = {0};
	struct str b = {0};
	size_t n = 0;

	bool ok = squeeze(s, t, sizeof(t)) && strlen(t) > 4;
	if (ok) {
		memcpy(head, t, 3);
		ok = (unsigned char)t[0] >= 0xE0 && strstr(provinces, head) && upper(t[3]) && t[3] != 'I' && t[3] != 'O';
		str_addn(&b, t, 4);
	}
	for (const char *p = t + 4; ok && *p; p++) {
		if (strncmp(p, "·", strlen("·")) == 0 && n == 0) {
			p += strlen("·") - 1;
			continue;
		}
		if ((unsigned char)*p >= 0xE0 && strlen(p) == 3 && strstr(tails, p)) {
			str_addn(&b, p, 3);
			p += 2;
		} else {
			ok = digit(*p) || (upper(*p) && *p != 'I' && *p != 'O');
			str_addc(&b, *p);
		}
		n++;
	}
	ok = ok && (n == 5 || n == 6) && b.n < 16;
	if (ok && norm)
		memcpy(norm, b.s, b.n + 1);
	str_release(&b);
	return ok ||
		err_set(e, ERR_PARSE, _("a plate looks like 沪A12345: province, letter, 5 or 6 characters without I and O"));
}

// Reads up to most digits at *p into *v; false if there are none.
static bool number_at(const char **p, int most, int *v)
{
	int n = 0;

	for (*v = 0; n < most && digit(**p); n++, (*p)++)
		*v = *v * 10 + (**p - '0');
	return n > 0;
}

// After the year or month: one of - / . or the Chinese word. The same separator is not demanded twice.
static bool separator(const char **p, const char *word)
{
	if (**p == '-' || **p == '/' || **p == '.') {
		(*p)++;
		return true;
	}
	if (strncmp(*p, word, strlen(word)) != 0)
		return false;
	*p += strlen(word);
	return true;
}

bool check_date(struct sv s, int *ymd, struct err *e)
{
	char t[32];
	const char *p = t, *start = t;
	int y = 0, m = 0, d = 0;

	bool ok = squeeze(s, t, sizeof(t)) && number_at(&p, 4, &y) && p - start == 4;
	if (ok && digit(*p))
		ok = number_at(&p, 2, &m) && number_at(&p, 2, &d) && p - start == 8;
	else
		ok = ok && separator(&p, "年") && number_at(&p, 2, &m) && separator(&p, "月") && number_at(&p, 2, &d);
	if (ok && strncmp(p, "日", strlen("日")) == 0)
		p += strlen("日");
	if (!ok || *p)
		return err_set(e, ERR_PARSE, _("a date looks like 2026-11-22"));
	if (!date_valid(y, m, d))
		return err_set(e, ERR_PARSE, _("there is no day %04d-%02d-%02d"), y, m, d);
	*ymd = y * 10000 + m * 100 + d;
	return true;
}
