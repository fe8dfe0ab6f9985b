// SPDX-License-Identifier: MIT
// Knows telephone numbers of mainland China and the form of those abroad.
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/check.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

bool check_mobile(struct sv s)
{
	if (s.n != 11 || s.p[0] != '1' || s.p[1] < '3' || s.p[1] > '9')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!digit(s.p[i]))
			return false;
	}
	return true;
}

struct reading {
	bool plus;
	char d[24];
	size_t n;
	char ext[8];
	size_t last_group; // where the last group behind a hyphen starts in d, 0 if none
};

static size_t extension_word(const char *p)
{
	static const char *const words[] = {"转", "分机", "ext.", "ext", "x", "#"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return strlen(words[i]);
	}
	return 0;
}

static bool read_extension(const char *p, struct reading *r)
{
	size_t n = 0;

	for (; *p; p++) {
		if (*p == ' ' || *p == ':')
			continue;
		if (!digit(*p) || n + 1 >= sizeof(r->ext))
			return false;
		r->ext[n++] = *p;
	}
	return n > 0;
}

static bool read_number(const char *p, struct reading *r)
{
	*r = (struct reading){0};
	while (*p == ' ')
		p++;
	if (*p == '+') {
		r->plus = true;
		p++;
	}
	for (; *p; p++) {
		if (digit(*p)) {
			if (r->n + 1 >= sizeof(r->d))
				return false;
			r->d[r->n++] = *p;
		} else if (*p == '-') {
			r->last_group = r->n;
		} else if (*p != ' ' && *p != '(' && *p != ')' && *p != '.') {
			size_t w = extension_word(p);
			return w && r->n && read_extension(p + w, r);
		}
	}
	return r->n > 0;
}

// Digits of a landline with its area code behind the leading 0: 10 and 2x have 8 digits, the others 7 or 8.
static bool landline_ok(const char *d, size_t n)
{
	if (strncmp(d, "10", 2) == 0 || d[0] == '2')
		return n == 10 && d[2] >= '2';
	return d[0] >= '3' && d[0] <= '9' && (n == 10 || n == 11) && d[3] >= '2';
}

static void set_e164(struct phone *out, enum phone_kind kind, const char *prefix, const char *d)
{
	out->kind = kind;
	snprintf(out->e164, sizeof(out->e164), "%s%s", prefix, d);
}

// National form: no country code in front any more.
static bool read_national(struct reading *r, struct phone *out, struct err *e)
{
	if (check_mobile(sv_n(r->d, r->n))) {
		set_e164(out, PHONE_MOBILE, "+86", r->d);
		return true;
	}
	// "021-55500100-123": the last group is an extension.
	if (r->d[0] == '0' && r->last_group > 9 && r->n - r->last_group <= 6 && !r->ext[0]) {
		memcpy(r->ext, r->d + r->last_group, r->n - r->last_group + 1);
		r->d[r->last_group] = 0;
		r->n = r->last_group;
	}
	if (r->d[0] == '0' && landline_ok(r->d + 1, r->n - 1)) {
		set_e164(out, PHONE_LANDLINE, "+86", r->d + 1);
		return true;
	}
	if (r->n == 10 && (strncmp(r->d, "400", 3) == 0 || strncmp(r->d, "800", 3) == 0)) {
		set_e164(out, PHONE_SERVICE, "+86", r->d);
		return true;
	}
	if ((r->n == 5 && r->d[0] == '9') || (r->n >= 3 && r->n <= 6 && r->d[0] == '1')) {
		set_e164(out, PHONE_SERVICE, "", r->d);
		return true;
	}
	if (r->n == 11 && r->d[0] == '1')
		return err_set(e, ERR_PARSE, _("no mobile number starts with %.3s"), r->d);
	if (r->n == 7 || r->n == 8)
		return err_set(e, ERR_PARSE, _("a landline needs its area code, as in 021-55500100"));
	return err_set(e, ERR_PARSE, _("%zu digits make no telephone number; a mobile has 11"), r->n);
}

static bool read_foreign(struct reading *r, struct phone *out, struct err *e)
{
	if (r->d[0] == '0' || r->n < 7 || r->n > 15)
		return err_set(e, ERR_PARSE, _("an international number has a country code and 7 to 15 digits in all"));
	set_e164(out, PHONE_FOREIGN, "+", r->d);
	return true;
}

static void drop(struct reading *r, size_t n)
{
	memmove(r->d, r->d + n, r->n - n + 1);
	r->n -= n;
	r->last_group = r->last_group > n ? r->last_group - n : 0;
}

static void put_zero(struct reading *r)
{
	memmove(r->d + 1, r->d, r->n + 1);
	r->d[0] = '0';
	r->n++;
	r->last_group += r->last_group ? 1 : 0;
}

static bool read_with_country(struct reading *r, struct phone *out, struct err *e)
{
	if (strncmp(r->d, "86", 2) != 0)
		return read_foreign(r, out, e);
	drop(r, 2);
	// Behind +86 the 0 of the area code is left out.
	if (r->d[0] != '0' && !check_mobile(sv_n(r->d, r->n)) && landline_ok(r->d, r->n) && r->n + 2 < sizeof(r->d))
		put_zero(r);
	return read_national(r, out, e);
}

bool check_phone(struct sv s, struct phone *out, struct err *e)
{
	struct reading r;
	struct str f = {0};
	bool ok = s.n <= 128;

	*out = (struct phone){0};
	if (ok) {
		utf8_fold(&f, s);
		ok = read_number(str_z(&f), &r);
	}
	str_release(&f);
	if (!ok)
		return err_set(e, ERR_PARSE, _("a telephone number has only digits, blanks, hyphens, + and an extension"));
	if (!r.plus && strncmp(r.d, "00", 2) == 0 && r.n > 4) {
		drop(&r, 2);
		r.plus = true;
	}
	if (!r.plus && r.n == 13 && strncmp(r.d, "86", 2) == 0 && check_mobile(sv_n(r.d + 2, 11)))
		r.plus = true;
	ok = r.plus ? read_with_country(&r, out, e) : read_national(&r, out, e);
	if (ok)
		memcpy(out->extension, r.ext, sizeof(out->extension));
	return ok;
}
