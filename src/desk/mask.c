// SPDX-License-Identifier: MIT
// Knows the masking rule of each kind of field and the sweep over free text.
#include "src/desk/mask.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"
#include "src/desk/check.h"
#include "src/desk/digits.h"
#include "src/desk/secret.h"

static const struct kind_row rows[] = {
	[MASK_NONE] = {"none", N_("shown")},
	[MASK_NAME] = {"name", N_("name")},
	[MASK_PHONE] = {"phone", N_("telephone")},
	[MASK_IDNO] = {"idno", N_("resident id")},
	[MASK_PASSPORT] = {"passport", N_("passport")},
	[MASK_CARD] = {"card", N_("bank card")},
	[MASK_EMAIL] = {"email", N_("e-mail")},
	[MASK_ADDRESS] = {"address", N_("address")},
	[MASK_PLATE] = {"plate", N_("plate")},
	[MASK_ORDER] = {"order", N_("order number")},
	[MASK_BIRTH] = {"birth", N_("birth date")},
};
KIND_DEFINE(mask, rows)

static void stars(struct str *out, size_t n)
{
	while (n-- > 0)
		str_addc(out, '*');
}

// Byte offset of character i; past the end gives the length.
static size_t offset(struct sv s, size_t i)
{
	size_t pos = 0;

	for (; i > 0 && pos < s.n; i--) {
		uint32_t cp;
		pos += utf8_decode(sv_n(s.p + pos, s.n - pos), &cp);
	}
	return pos;
}

// Keeps head and tail characters and writes `hide` stars between (0: one for each hidden character).
static void keep(struct str *out, struct sv s, size_t head, size_t tail, size_t hide)
{
	size_t n = utf8_count(s);

	if (head + tail >= n) {
		stars(out, n ? (n > 3 ? n : 3) : 0);
		return;
	}
	size_t a = offset(s, head), b = offset(s, n - tail);
	str_addn(out, s.p, a);
	stars(out, hide ? hide : n - head - tail);
	str_addn(out, s.p + b, s.n - b);
}

// Last 4, but at least 3 hidden.
static void keep_tail(struct str *out, struct sv s)
{
	size_t n = utf8_count(s);

	keep(out, s, 0, n >= 7 ? 4 : n > 3 ? n - 3 : 0, 0);
}

static bool has_han(struct sv s)
{
	for (size_t pos = 0; pos < s.n;) {
		uint32_t cp;
		pos += utf8_decode(sv_n(s.p + pos, s.n - pos), &cp);
		if (utf8_is_han(cp))
			return true;
	}
	return false;
}

static void mask_name(struct sv s, struct str *out)
{
	struct sv word;
	bool first = true;

	if (has_han(s)) {
		size_t n = utf8_count(s);
		if (n == 1)
			stars(out, 1);
		else
			keep(out, s, 1, n == 2 ? 0 : 1, 0);
		return;
	}
	while (sv_split(&s, ' ', &word)) {
		if (word.n == 0)
			continue;
		str_add(out, first ? "" : " ");
		str_addn(out, word.p, offset(word, 1));
		stars(out, 3);
		first = false;
	}
}

static void mask_phone(struct sv s, struct str *out)
{
	struct phone p;

	if (check_phone(s, &p, NULL) && p.kind == PHONE_MOBILE) {
		keep(out, sv(p.e164 + 3), 3, 4, 4);
		return;
	}
	keep_tail(out, s);
}

static void mask_card(struct sv s, struct str *out)
{
	struct foldmap m;
	struct str d = {0};

	foldmap_init(&m, s);
	for (size_t i = 0; i < m.n; i++) {
		if (m.u[i] != ' ' && m.u[i] != '-' && m.u[i] < 0x80)
			str_addc(&d, (char)m.u[i]);
	}
	foldmap_release(&m);
	if (d.n <= 4)
		str_add(out, str_z(&d)); // a tail as it is kept
	else
		keep(out, sv_n(d.s, d.n), 0, 4, 0);
	str_release(&d);
}

static void mask_email(struct sv s, struct str *out)
{
	const char *at = memchr(s.p, '@', s.n);

	if (at && at > s.p)
		str_addn(out, s.p, offset(s, 1));
	stars(out, 3);
	if (at && at > s.p)
		str_addn(out, at, s.n - (size_t)(at - s.p));
}

static bool ends(struct sv s, const char *tail)
{
	size_t n = strlen(tail);

	return s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

// The end of the district: the first 区, 县 or 旗 that names one, else the last 市 (a county-level city lies behind its
// prefecture), within 20 characters. 0 if there is none.
static size_t district_end(struct sv s)
{
	static const char *const no_district[] = {
		"自治区", "行政区", "小区", "社区", "园区", "校区", "景区", "厂区", "院区"};
	size_t city = 0, pos = 0;

	for (int i = 0; i < 20 && pos < s.n; i++) {
		uint32_t cp;
		pos += utf8_decode(sv_n(s.p + pos, s.n - pos), &cp);
		struct sv head = sv_n(s.p, pos);
		bool other = ends(head, "超市") || ends(head, "城市");
		for (size_t k = 0; k < sizeof(no_district) / sizeof(*no_district); k++)
			other = other || ends(head, no_district[k]);
		if (other)
			continue;
		if (ends(head, "区") || ends(head, "县") || ends(head, "旗"))
			return pos;
		if (ends(head, "市"))
			city = pos;
	}
	return city;
}

static void mask_birth(struct sv s, struct str *out)
{
	int ymd;

	if (check_date(s, &ymd, NULL))
		str_addf(out, "%04d-**-**", ymd / 10000);
	else
		str_add(out, "****-**-**");
}

void mask_value(enum mask m, struct sv value, struct str *out)
{
	struct sv s = m == MASK_NONE ? value : sv_trim(value);

	if (s.n == 0)
		return;
	switch (m) {
	case MASK_NONE:
		str_addn(out, s.p, s.n);
		break;
	case MASK_NAME:
		mask_name(s, out);
		break;
	case MASK_PHONE:
		mask_phone(s, out);
		break;
	case MASK_IDNO:
		if (utf8_count(s) == 18)
			keep(out, s, 1, 1, 16);
		else
			keep(out, s, 1, 2, 0);
		break;
	case MASK_PASSPORT:
		keep(out, s, 1, 2, 0);
		break;
	case MASK_CARD:
		mask_card(s, out);
		break;
	case MASK_EMAIL:
		mask_email(s, out);
		break;
	case MASK_ADDRESS:
		str_addn(out, s.p, district_end(s));
		stars(out, 3);
		break;
	case MASK_PLATE:
		keep(out, s, 2, 2, 3);
		break;
	case MASK_ORDER:
		keep_tail(out, s);
		break;
	case MASK_BIRTH:
		mask_birth(s, out);
		break;
	}
}

struct find {
	size_t from, to; // bytes
	enum mask how;   // MASK_NONE: a secret, written as ***
};
struct finds {
	struct find *v;
	size_t n, cap;
};

static void find_secrets(struct sv text, struct finds *f)
{
	size_t cap = 32, n;
	struct secret_span *s = NULL;

	do {
		cap *= 2;
		s = xreallocarray(s, cap, sizeof(*s));
		n = secret_find(text, s, cap);
	} while (n == cap);
	for (size_t i = 0; i < n; i++)
		vec_push(f, ((struct find){s[i].from, s[i].to, s[i].what == SECRET_CARD ? MASK_CARD : MASK_NONE}));
	free(s);
}

static void find_digits(const struct foldmap *m, struct finds *f)
{
	struct digits_span d;
	size_t pos = 0;

	while (digits_next(m, &pos, &d)) {
		enum mask how = d.kind == DIGITS_MOBILE ? MASK_PHONE : d.kind == DIGITS_CARD ? MASK_CARD : MASK_IDNO;
		vec_push(f, ((struct find){m->from[d.from], m->to[d.to - 1], how}));
	}
}

static bool mail_unit(uint16_t u)
{
	return (u >= 'a' && u <= 'z') || (u >= '0' && u <= '9') || u == '.' || u == '_' || u == '%' || u == '+' ||
		u == '-' || u == '*';
}

static void find_mails(const struct foldmap *m, struct finds *f)
{
	for (size_t i = 0; i < m->n; i++) {
		char buf[320];
		size_t a = i, b = i + 1, n = 0;
		struct sv local, domain;

		if (m->u[i] != '@')
			continue;
		while (a > 0 && mail_unit(m->u[a - 1])) // all of it is hidden, the last 64 are judged
			a--;
		while (b < m->n && b - i < 250 && mail_unit(m->u[b]) && m->u[b] != '*')
			b++;
		size_t judged = i - a > 64 ? i - 64 : a;
		for (size_t k = judged; k < b; k++)
			buf[n++] = (char)m->u[k];
		// The domain ends where the text goes on: the longest part that is an address counts.
		while (b > i + 1 && !check_email_parts(sv_n(buf, b - judged), &local, &domain))
			b--;
		if (b > i + 1)
			vec_push(f, ((struct find){m->from[a], m->to[b - 1], MASK_EMAIL}));
	}
}

// By place; at the same place the longer one first.
static int by_place(const void *a, const void *b)
{
	const struct find *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to < y->to) - (x->to > y->to);
}

// True when something was hidden.
static bool mask_once(struct sv text, struct str *out)
{
	struct foldmap m;
	struct finds f = {0};
	size_t pos = 0;

	foldmap_init(&m, text);
	find_secrets(text, &f);
	find_digits(&m, &f);
	find_mails(&m, &f);
	foldmap_release(&m);
	if (f.n)
		qsort(f.v, f.n, sizeof(*f.v), by_place);
	for (size_t i = 0; i < f.n; i++) {
		if (f.v[i].from < pos)
			continue;
		struct sv value = sv_n(text.p + f.v[i].from, f.v[i].to - f.v[i].from);
		str_addn(out, text.p + pos, f.v[i].from - pos);
		if (f.v[i].how == MASK_NONE)
			stars(out, 3);
		else
			mask_value(f.v[i].how, value, out);
		pos = f.v[i].to;
	}
	str_addn(out, text.p + pos, text.n - pos);
	bool hid = f.n > 0;
	vec_release(&f);
	return hid;
}

void mask_text(struct sv text, struct str *out)
{
	struct str now = {0}, next = {0};

	// What stays of one number may make another with the digits beside it: until nothing changes any more. Each round hides
	// digits, so it ends; the limit is for safety alone.
	bool more = mask_once(text, &now);
	for (int round = 0; more && round < 64; round++) {
		str_clear(&next);
		mask_once(sv_n(str_z(&now), now.n), &next);
		more = now.n != next.n || memcmp(str_z(&now), str_z(&next), now.n) != 0;
		struct str swap = now;
		now = next;
		next = swap;
	}
	str_addn(out, str_z(&now), now.n);
	str_release(&now);
	str_release(&next);
}
