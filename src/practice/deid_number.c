// SPDX-License-Identifier: MIT
// Knows numbers in a text however they are written, and how much of one may stay.
#include "src/practice/deid_part.h"

enum {
	RUN_MIN = 5,    // digits that are somebody's number and no count
	TAIL = 4,       // that may stay of it
	SURE = 7,       // so many of a known number are that number, whatever stands between them
	NEAR = 24,      // units between two digits of a shorter piece of it
	GAP = 3,        // separators within a run
	MONEY_MAX = 9,  // digits of an amount
};

// --- which digits there are

static int han_digit(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		int value;
	} all[] = {{0x3007, 0}, {0x96f6, 0}, {0x4e00, 1}, {0x5e7a, 1}, {0x58f9, 1}, {0x4e8c, 2}, {0x4e24, 2}, {0x8d30, 2}, {0x4e09, 3}, {0x53c1, 3},
		   {0x56db, 4}, {0x8086, 4}, {0x4e94, 5}, {0x4f0d, 5}, {0x516d, 6}, {0x9646, 6}, {0x4e03, 7}, {0x67d2, 7}, {0x516b, 8}, {0x634c, 8},
		   {0x4e5d, 9}, {0x7396, 9}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].cp == cp)
			return all[i].value;
	return -1;
}

// A word for a digit that stands alone at unit i; its end.
static int word_digit(const struct deid_text *t, size_t i, size_t *end)
{
	static const char *const words[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"};

	if (i && deid_letter(t->v.v[i - 1].cp))
		return -1;
	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++)
		if (deid_at(t, i, words[w], end) && !deid_letter(deid_cp(t, *end)))
			return w == 10 ? 0 : (int)w;
	return -1;
}

static bool close_by(const struct deid_text *t, size_t from, size_t to)
{
	return to - from <= GAP && deid_blanks(t, from, GAP) == to;
}

// A spelled digit alone is a count or an article; beside another digit it is a part of a number.
static void drop_lonely(const struct deid_text *t, struct digits *l, size_t first)
{
	size_t keep = first;

	for (size_t i = first; i < l->v.n; i++) {
		const struct digit *d = &l->v.v[i];
		bool before = i > first && close_by(t, l->v.v[i - 1].to, d->from), after = i + 1 < l->v.n && close_by(t, d->to, l->v.v[i + 1].from);
		l->v.v[i].dated = d->spelled && !before && !after;
	}
	for (size_t i = first; i < l->v.n; i++)
		if (!l->v.v[i].dated)
			l->v.v[keep++] = l->v.v[i];
	l->v.n = keep;
}

void deid_list_digits(const struct deid_text *t, size_t index, struct digits *out)
{
	size_t first = out->v.n, end;

	for (size_t i = 0; i < t->v.n; i++) {
		int value = t->v.v[i].digit, han = value < 0 ? han_digit(t->v.v[i].raw) : -1;
		int word = value < 0 && han < 0 ? word_digit(t, i, &end) : -1;
		if (value >= 0)
			vec_push(&out->v, ((struct digit){.text = index, .from = i, .to = i + 1, .value = value}));
		else if (han >= 0)
			vec_push(&out->v, ((struct digit){.text = index, .from = i, .to = i + 1, .value = han, .spelled = true}));
		else if (word >= 0)
			vec_push(&out->v, ((struct digit){.text = index, .from = i, .to = end, .value = word, .spelled = true}));
		if (word >= 0)
			i = end - 1;
	}
	drop_lonely(t, out, first);
}

static void hide_digit(struct deid_text *t, const struct digit *d)
{
	deid_hide(t, d->from, d->to, HIDE_SIGN);
}

// --- what is known of somebody, wherever it is

// How many digits from i on are those of the number from k on.
static size_t same(const struct digits *l, size_t i, const char *number, size_t k)
{
	size_t n = 0;

	while (i + n < l->v.n && number[k + n] && l->v.v[i + n].value == number[k + n] - '0')
		n++;
	return n;
}

static bool near(const struct digits *l, size_t i, size_t n)
{
	for (size_t j = i + 1; j < i + n; j++)
		if (l->v.v[j].text != l->v.v[j - 1].text ? l->v.v[j].from + 1 > NEAR : l->v.v[j].from - l->v.v[j - 1].to > NEAR)
			return false;
	return true;
}

void deid_stream(const struct deid *d, struct deid_text *t, const struct digits *l)
{
	for (size_t i = 0; i < l->v.n; i++)
		for (size_t j = 0; j < d->numbers.n; j++) {
			const char *number = d->numbers.v[j].digits;
			size_t len = strlen(number), tail = len >= SURE ? TAIL : len - 3;
			for (size_t k = 0; k + RUN_MIN <= len; k++) {
				size_t n = same(l, i, number, k);
				if (n < RUN_MIN || (n < SURE && !near(l, i, n)))
					continue;
				for (size_t x = 0; x < n; x++)
					if (k + x < len - tail)
						hide_digit(&t[l->v.v[i + x].text], &l->v.v[i + x]);
			}
		}
}

// --- dates

struct part { // a number of a date
	size_t from, to;  // units
	size_t first, n;  // of the list; n 0: written in Han with ten
	int value;
};

static bool ten(uint32_t cp)
{
	return cp == 0x5341;
}

// In Han up to thirty-one, with ten in it.
static bool read_tens(const struct deid_text *t, size_t i, struct part *p)
{
	int head = ten(deid_cp(t, i)) ? 1 : han_digit(deid_raw(t, i));
	size_t at = ten(deid_cp(t, i)) ? i : i + 1;

	if (head < 0)
		return false;
	*p = (struct part){.from = i, .to = at, .value = head};
	if (!ten(deid_cp(t, at)))
		return true;
	int ones = han_digit(deid_raw(t, at + 1));
	p->value = head * 10 + (ones >= 0 ? ones : 0);
	p->to = at + 1 + (ones >= 0);
	return true;
}

// The number at unit i: digits without anything between, or Han.
static bool read_part(const struct deid_text *t, const struct digits *l, size_t index, size_t i, struct part *p)
{
	*p = (struct part){.from = i, .to = i};
	if (!ten(deid_cp(t, i)) && !ten(deid_cp(t, i + 1)))
		for (size_t k = 0; k < l->v.n; k++)
			if (l->v.v[k].text == index && l->v.v[k].from == p->to && p->n < 9) {
				p->first = p->n ? p->first : k;
				p->value = p->value * 10 + l->v.v[k].value;
				p->n++;
				p->to = l->v.v[k].to;
			}
	return p->n || read_tens(t, i, p);
}

static size_t behind(const struct deid_text *t, size_t i, const char *signs, uint32_t word)
{
	size_t at = deid_blanks(t, i, 1);
	uint32_t cp = deid_cp(t, at);

	if (word && cp == word)
		return deid_blanks(t, at + 1, 1);
	cp = deid_cp(t, i);
	return cp && cp < 128 && strchr(signs, (int)cp) ? deid_blanks(t, i + 1, 1) : 0;
}

static bool month_day(int month, int day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool a_year(const struct part *p)
{
	return p->value >= 1900 && p->value < 2100;
}

static void take(struct deid_text *t, struct digits *l, const struct part *p, bool hide)
{
	for (size_t k = p->first; k < p->first + p->n; k++)
		l->v.v[k].dated = true;
	if (hide)
		deid_hide(t, p->from, p->to, HIDE_SIGN);
}

static bool year_first(struct deid_text *t, struct digits *l, size_t index, const struct part *y)
{
	struct part m, d;
	size_t at = behind(t, y->to, "-/. ", 0x5e74);

	if (!a_year(y) || !at || !read_part(t, l, index, at, &m) || !(at = behind(t, m.to, "-/. ", 0x6708)) || !read_part(t, l, index, at, &d) ||
	    !month_day(m.value, d.value))
		return false;
	take(t, l, y, false);
	take(t, l, &m, true);
	take(t, l, &d, true);
	return true;
}

static bool year_last(struct deid_text *t, struct digits *l, size_t index, const struct part *a)
{
	struct part b, y;
	size_t at = behind(t, a->to, "-/.", 0);

	if (!at || !read_part(t, l, index, at, &b) || !(at = behind(t, b.to, "-/.", 0)) || !read_part(t, l, index, at, &y) || !a_year(&y) ||
	    !(month_day(a->value, b.value) || month_day(b.value, a->value)))
		return false;
	take(t, l, a, true);
	take(t, l, &b, true);
	take(t, l, &y, false);
	return true;
}

// Eight digits in one: the year stays.
static bool in_one(struct deid_text *t, struct digits *l, const struct part *p)
{
	if (p->n != 8 || p->value < 19000101 || p->value > 20991231 || !month_day(p->value / 100 % 100, p->value % 100))
		return false;
	take(t, l, p, false);
	for (size_t k = p->first + 4; k < p->first + 8; k++)
		hide_digit(t, &l->v.v[k]);
	return true;
}

// The day somebody was born, without its year.
static bool birthday(const struct deid *d, struct deid_text *t, struct digits *l, size_t index, const struct part *a)
{
	struct part b;
	size_t at = behind(t, a->to, "-/.", 0x6708);

	if (!d->birth_month || !at || !read_part(t, l, index, at, &b))
		return false;
	bool usual = a->value == d->birth_month && b.value == d->birth_day, other = a->value == d->birth_day && b.value == d->birth_month;
	if (!usual && !other)
		return false;
	take(t, l, a, true);
	take(t, l, &b, true);
	return true;
}

static int month_word(const struct deid_text *t, size_t i, size_t *end)
{
	static const char *const names[] = {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
					    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

	if (i && deid_letter(t->v.v[i - 1].cp))
		return 0;
	for (size_t m = 0; m < 24; m++)
		if (deid_at(t, i, names[m], end) && !deid_letter(deid_cp(t, *end)))
			return (int)(m % 12) + 1;
	return 0;
}

// The day before the name of a month: "3rd of May".
static bool day_before(const struct deid_text *t, const struct digits *l, size_t index, size_t i, struct part *p)
{
	for (size_t back = 1; back <= 9 && back <= i; back++)
		if (t->v.v[i - back].digit >= 0) {
			size_t from = i - back;
			if (from && t->v.v[from - 1].digit >= 0)
				from--;
			return read_part(t, l, index, from, p) && p->value >= 1 && p->value <= 31;
		}
	return false;
}

static void month_named(const struct deid *d, struct deid_text *t, struct digits *l, size_t index, size_t i)
{
	struct part day, year;
	size_t end;
	int month = month_word(t, i, &end);

	if (!month)
		return;
	size_t at = deid_blanks(t, end, 2), after;
	bool before = day_before(t, l, index, i, &day);
	if (!before && !(read_part(t, l, index, at, &day) && day.value >= 1 && day.value <= 31))
		return;
	at = before ? end : day.to;
	for (after = at; after < t->v.n && after < at + 8 && t->v.v[after].digit < 0; after++)
		;
	bool dated = read_part(t, l, index, after, &year) && a_year(&year);
	if (!dated && !(month == d->birth_month && day.value == d->birth_day))
		return;
	take(t, l, &day, true);
	deid_hide(t, i, end, HIDE_SIGN);
	if (dated)
		take(t, l, &year, false);
}

void deid_dates(const struct deid *d, struct deid_text *t, struct digits *l, size_t index)
{
	struct part p;

	for (size_t i = 0; i < t->v.n; i++) {
		month_named(d, t, l, index, i);
		bool begins = (t->v.v[i].digit >= 0 || han_digit(t->v.v[i].raw) >= 0 || ten(t->v.v[i].cp)) && !(i && t->v.v[i - 1].digit >= 0);
		if (!begins || !read_part(t, l, index, i, &p))
			continue;
		if (year_first(t, l, index, &p) || in_one(t, l, &p) || year_last(t, l, index, &p) || birthday(d, t, l, index, &p))
			i = p.to - 1;
	}
}

// --- any other number

static bool money_after(const struct deid_text *t, size_t i)
{
	static const char *const units[] = {"元", "块", "圆", "万", "千", "rmb", "cny", "yuan", "usd", "dollar", "积分", "分钱", "人民币", "美元"};
	size_t at = deid_blanks(t, i, 1), end;

	for (size_t u = 0; u < sizeof(units) / sizeof(*units); u++)
		if (deid_at(t, at, units[u], &end))
			return true;
	return false;
}

static bool money_before(const struct deid_text *t, size_t i)
{
	while (i > 0 && t->v.v[i - 1].cp == ' ')
		i--;
	if (!i)
		return false;
	uint32_t cp = t->v.v[i - 1].cp;
	return cp == 0xa5 || cp == '$' || cp == 0xffe5 || cp == 0x20ac;
}

static bool of_a_number(const struct deid *d, const struct digits *l, size_t i, size_t n)
{
	for (size_t k = i; k + RUN_MIN <= i + n; k++)
		for (size_t j = 0; j < d->numbers.n; j++)
			for (size_t from = 0; from + RUN_MIN <= strlen(d->numbers.v[j].digits); from++)
				if (same(l, k, d->numbers.v[j].digits, from) >= RUN_MIN)
					return true;
	return false;
}

static void run(const struct deid *d, struct deid_text *t, const struct digits *l, size_t i, size_t n)
{
	const struct digit *first = &l->v.v[i], *last = &l->v.v[i + n - 1];
	size_t end = last->to;
	bool x = deid_cp(t, end) == 'x' && !deid_letter(deid_cp(t, end + 1));

	if (n < RUN_MIN)
		return;
	if (n <= MONEY_MAX && (money_after(t, end) || money_before(t, first->from)) && !of_a_number(d, l, i, n))
		return;
	// An id shows its last sign, any other number its last four.
	size_t tail = n >= 17 || n == 15 ? (x ? 0 : 1) : n >= SURE ? TAIL : n - 3;
	for (size_t k = i; k < i + n - tail; k++)
		hide_digit(t, &l->v.v[k]);
}

void deid_runs(const struct deid *d, struct deid_text *t, const struct digits *l, size_t index)
{
	for (size_t i = 0; i < l->v.n;) {
		size_t n = 1;
		if (l->v.v[i].text != index || l->v.v[i].dated) {
			i++;
			continue;
		}
		while (i + n < l->v.n && l->v.v[i + n].text == index && !l->v.v[i + n].dated && close_by(t, l->v.v[i + n - 1].to, l->v.v[i + n].from))
			n++;
		run(d, t, l, i, n);
		i += n;
	}
}
