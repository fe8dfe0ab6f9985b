// SPDX-License-Identifier: MIT
// Knows how cards, one-time codes, passwords and security codes give themselves away in typed text.
#include "src/desk/secret.h"

#include "src/base/i18n.h"
#include "src/desk/digits.h"

// A longer word stands before a shorter one that it contains.
static const struct {
	const uint16_t *word;
	enum secret what;
	bool latin; // must stand alone
} words[] = {
	{u"动态密码", SECRET_CODE, false},
	{u"动态口令", SECRET_CODE, false},
	{u"动态码", SECRET_CODE, false},
	{u"验证码", SECRET_CODE, false},
	{u"校验码", SECRET_CODE, false},
	{u"短信码", SECRET_CODE, false},
	{u"verification code", SECRET_CODE, true},
	{u"one-time code", SECRET_CODE, true},
	{u"passcode", SECRET_CODE, true},
	{u"otp", SECRET_CODE, true},
	{u"cvv2", SECRET_CVV, true},
	{u"cvc2", SECRET_CVV, true},
	{u"cvv", SECRET_CVV, true},
	{u"cvc", SECRET_CVV, true},
	{u"security code", SECRET_CVV, true},
	{u"安全码", SECRET_CVV, false},
	{u"背面后三位", SECRET_CVV, false},
	{u"背面三位", SECRET_CVV, false},
	{u"密码", SECRET_PASSWORD, false},
	{u"口令", SECRET_PASSWORD, false},
	{u"password", SECRET_PASSWORD, true},
	{u"passwd", SECRET_PASSWORD, true},
	{u"pin码", SECRET_PASSWORD, false},
	{u"pin", SECRET_PASSWORD, true},
};

static bool in(uint16_t c, const uint16_t *set)
{
	for (; *set; set++) {
		if (*set == c)
			return true;
	}
	return false;
}

static bool ascii_alnum(uint16_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static bool code_digit(uint16_t c)
{
	return (c >= '0' && c <= '9') || in(c, u"零〇一二三四五六七八九幺");
}

static size_t word_at(const struct foldmap *m, size_t i, enum secret *what, bool *latin)
{
	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
		size_t n = foldmap_at(m, i, words[k].word);
		if (!n)
			continue;
		if (words[k].latin && ((i > 0 && ascii_alnum(m->u[i - 1])) || (i + n < m->n && m->u[i + n] >= 'a' &&
			m->u[i + n] <= 'z')))
			continue;
		*what = words[k].what;
		*latin = words[k].latin;
		return n;
	}
	return 0;
}

// Skips what may stand between the telling word and the value; *linked when it says "is".
static size_t skip_filler(const struct foldmap *m, size_t i, bool *linked)
{
	size_t end = i + 12 < m->n ? i + 12 : m->n;

	*linked = false;
	while (i < end) {
		if (foldmap_at(m, i, u"is") && i + 2 < m->n && !ascii_alnum(m->u[i + 2]) && m->u[i - 1] == ' ') {
			*linked = true;
			i += 2;
		} else if (in(m->u[i], u"是为:=：")) {
			*linked = true;
			i++;
		} else if (in(m->u[i], u" ,，“”\"'「」【】[]()-就了的我给你您这个发来到叫")) {
			i++;
		} else {
			break;
		}
	}
	return i;
}

// Digits of a code from unit i, in groups divided by single blanks or hyphens if joined. Gives the unit behind, counts in *n.
static size_t read_code(const struct foldmap *m, size_t i, bool joined, size_t *n)
{
	size_t end = i;

	*n = 0;
	while (i < m->n) {
		if (code_digit(m->u[i])) {
			(*n)++;
			end = ++i;
		} else if (joined && *n && (m->u[i] == ' ' || m->u[i] == '-') && i + 1 < m->n && code_digit(m->u[i + 1])) {
			i++;
		} else {
			break;
		}
	}
	return end;
}

static bool counts_something(const struct foldmap *m, size_t i)
{
	return i < m->n && in(m->u[i], u"年月日次位秒分天个元号点块小时");
}

static bool code_part(const struct foldmap *m, size_t i, bool joined, size_t min, size_t max, size_t *end)
{
	size_t n;

	*end = read_code(m, i, joined, &n);
	return n >= min && n <= max && !counts_something(m, *end) &&
		!(*end < m->n && (ascii_alnum(m->u[*end]) || m->u[*end] == '*'));
}

// All groups, or the first alone where other numbers follow.
static bool code_value(const struct foldmap *m, size_t i, size_t min, size_t max, size_t *end)
{
	return code_part(m, i, true, min, max, end) || code_part(m, i, false, min, max, end);
}

static bool password_value(const struct foldmap *m, size_t i, bool linked, bool latin, size_t *end)
{
	size_t digits = 0, marks = 0, from = i;

	if (code_value(m, i, linked || latin ? 4 : 6, 12, end))
		return true;
	for (; i < m->n; i++) {
		uint16_t c = m->u[i];
		if (!ascii_alnum(c) && !(in(c, u"!@#$%^&_+.?~*") && !(c == '*' && i == from)))
			break;
		if (foldmap_at(m, i, u"***")) // masked already
			return false;
		digits += c >= '0' && c <= '9';
		marks += !ascii_alnum(c) && c != '.';
	}
	*end = i;
	size_t n = i - from;
	if (n == digits) // digits alone were judged above: "密码2026年"
		return false;
	if (linked && !latin)
		return n >= 4;
	return n >= 6 && (digits || marks);
}

static bool value_after(const struct foldmap *m, size_t i, enum secret what, bool latin, size_t *from, size_t *end)
{
	bool linked;

	*from = skip_filler(m, i, &linked);
	switch (what) {
	case SECRET_CODE:
		return code_value(m, *from, 4, 8, end);
	case SECRET_CVV:
		return code_value(m, *from, 3, 4, end);
	case SECRET_PASSWORD:
		return password_value(m, *from, linked, latin, end);
	case SECRET_CARD:
		return false;
	}
	return false;
}

// "123456是验证码", "345 is the cvv": a value from unit i, then "is", then a telling word.
static bool value_before(const struct foldmap *m, size_t i, enum secret *what, size_t *end)
{
	size_t n, k;
	bool linked = false, latin;

	*end = read_code(m, i, true, &n);
	if (n < 3 || n > 8 || (i > 0 && (code_digit(m->u[i - 1]) || ascii_alnum(m->u[i - 1]) || m->u[i - 1] == '*')))
		return false;
	for (k = *end; k < m->n && k < *end + 10; k++) {
		if (foldmap_at(m, k, u"is ")) {
			linked = true;
			k += 1;
		} else if (in(m->u[k], u"是为")) {
			linked = true;
		} else if (foldmap_at(m, k, u"the ") || foldmap_at(m, k, u"my ")) {
			k += m->u[k] == 't' ? 2 : 1;
		} else if (!in(m->u[k], u" ,就我的这个")) {
			break;
		}
	}
	return linked && word_at(m, k, what, &latin) && (*what == SECRET_CVV ? n <= 4 : n >= 4);
}

static bool next_phrase(const struct foldmap *m, size_t *pos, enum secret *what, size_t *from, size_t *end)
{
	for (size_t i = *pos; i < m->n; i++) {
		bool latin;
		size_t n = word_at(m, i, what, &latin);
		if (n && value_after(m, i + n, *what, latin, from, end)) {
			*pos = *end;
			return true;
		}
		if (code_digit(m->u[i]) && value_before(m, i, what, end)) {
			*from = i;
			*pos = *end;
			return true;
		}
	}
	*pos = m->n;
	return false;
}

size_t secret_find(struct sv text, struct secret_span *out, size_t cap)
{
	struct foldmap m;
	struct digits_span d;
	size_t n = 0, dpos = 0, ppos = 0, from = 0, end = 0;
	enum secret what = SECRET_CODE;

	foldmap_init(&m, text);
	bool card = false, phrase = next_phrase(&m, &ppos, &what, &from, &end);
	while ((card = digits_next(&m, &dpos, &d)) && d.kind != DIGITS_CARD)
		;
	while (n < cap && (card || phrase)) {
		bool take_card = card && (!phrase || d.from <= from || d.from < end);
		size_t a = take_card ? d.from : from, b = take_card ? d.to : end;
		out[n++] = (struct secret_span){take_card ? SECRET_CARD : what, m.from[a], m.to[b - 1]};
		while (card && d.from < b) {
			while ((card = digits_next(&m, &dpos, &d)) && d.kind != DIGITS_CARD)
				;
		}
		while (phrase && from < b)
			phrase = next_phrase(&m, &ppos, &what, &from, &end);
	}
	foldmap_release(&m);
	return n;
}

bool secret_any(struct sv text)
{
	struct secret_span s;

	return secret_find(text, &s, 1) > 0;
}

static void redact_one(struct sv value, enum secret what, struct str *out)
{
	struct foldmap m;
	char tail[4];
	size_t n = 0;

	str_add(out, "***");
	if (what != SECRET_CARD)
		return;
	foldmap_init(&m, value);
	for (size_t i = m.n; i-- > 0 && n < 4;) {
		if (m.u[i] >= '0' && m.u[i] <= '9')
			tail[3 - n++] = (char)m.u[i];
	}
	str_addn(out, tail + 4 - n, n);
	foldmap_release(&m);
}

static void redact_once(struct sv text, struct str *out)
{
	struct secret_span s[16];
	size_t n;

	do {
		size_t pos = 0;
		n = secret_find(text, s, 16);
		for (size_t i = 0; i < n; i++) {
			str_addn(out, text.p + pos, s[i].from - pos);
			redact_one(sv_n(text.p + s[i].from, s[i].to - s[i].from), s[i].what, out);
			pos = s[i].to;
		}
		text = sv_n(text.p + pos, text.n - pos);
	} while (n == 16);
	str_addn(out, text.p, text.n);
}

void secret_redact(struct sv text, struct str *out)
{
	struct str now = {0}, next = {0};

	redact_once(text, &now);
	// The last digits of a card may make another with the digits behind them: until none is left. Each round hides some.
	for (int round = 0; round < 64 && secret_any(sv_n(str_z(&now), now.n)); round++) {
		str_clear(&next);
		redact_once(sv_n(str_z(&now), now.n), &next);
		struct str swap = now;
		now = next;
		next = swap;
	}
	str_addn(out, str_z(&now), now.n);
	str_release(&now);
	str_release(&next);
}

const char *secret_message(enum secret what)
{
	switch (what) {
	case SECRET_CARD:
		return _("A full card number must not be kept; leave only its last 4 digits");
	case SECRET_CODE:
		return _("A one-time code must not be asked for or kept; delete it");
	case SECRET_PASSWORD:
		return _("A password must not be asked for or kept; delete it");
	case SECRET_CVV:
		return _("A card security code must not be asked for or kept; delete it");
	}
	return "";
}
