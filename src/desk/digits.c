// SPDX-License-Identifier: MIT
// Knows groups of digits in folded text and which of them form cards, resident ids or mobile numbers.
#include "src/desk/digits.h"

#include "src/desk/check.h"

#define GROUPS 12
#define CARD_MIN 13
#define CARD_MAX 19

struct groups {
	size_t from[GROUPS], to[GROUPS]; // units
	size_t n;
};

static bool digit(const struct foldmap *m, size_t i)
{
	return i < m->n && m->u[i] >= '0' && m->u[i] <= '9';
}

static bool letter(const struct foldmap *m, size_t i)
{
	return i < m->n && m->u[i] >= 'a' && m->u[i] <= 'z';
}

static bool divider(const struct foldmap *m, size_t i)
{
	return i < m->n && (m->u[i] == ' ' || m->u[i] == '-' || (m->u[i] >= 0x2010 && m->u[i] <= 0x2015));
}

static size_t group_end(const struct foldmap *m, size_t i)
{
	while (digit(m, i))
		i++;
	return i;
}

// Groups from unit i (a digit) on. A group that touches a letter stands alone, so that parts of codes are not joined.
static void read_groups(const struct foldmap *m, size_t i, struct groups *g)
{
	bool alone = i > 0 && letter(m, i - 1);

	g->n = 0;
	for (;;) {
		size_t end = group_end(m, i);
		g->from[g->n] = i;
		g->to[g->n++] = end;
		size_t next = end;
		while (next < end + 2 && divider(m, next))
			next++;
		if (alone || next == end || !digit(m, next) || g->n == GROUPS || letter(m, group_end(m, next)))
			return;
		i = next;
	}
}

// Joins the digits of groups 0..last into buf; false when there are more than cap.
static bool join(const struct foldmap *m, const struct groups *g, size_t last, char *buf, size_t cap, size_t *n)
{
	*n = 0;
	for (size_t k = 0; k <= last; k++) {
		for (size_t i = g->from[k]; i < g->to[k]; i++) {
			if (*n == cap)
				return false;
			buf[(*n)++] = (char)m->u[i];
		}
	}
	return true;
}

static bool is_card(const char *d, size_t n)
{
	if (n < CARD_MIN || n > CARD_MAX || d[0] == '0' || !check_luhn(sv_n(d, n)))
		return false;
	return !(n == 13 && d[0] == '8' && d[1] == '6' && check_mobile(sv_n(d + 2, 11)));
}

static bool resident_id(const struct foldmap *m, size_t from, size_t to, struct digits_span *out)
{
	char id[18];
	struct resident_id r;
	size_t n = to - from;
	bool x = n == 17 && to < m->n && m->u[to] == 'x';

	if (n != 18 && !x)
		return false;
	for (size_t i = 0; i < n; i++)
		id[i] = (char)m->u[from + i];
	if (x)
		id[17] = 'X';
	*out = (struct digits_span){DIGITS_RESIDENT_ID, from, x ? to + 1 : to};
	return check_resident_id(sv_n(id, 18), 0, &r, NULL);
}

// The longest span that starts with the first group.
static bool first_group(const struct foldmap *m, const struct groups *g, struct digits_span *out)
{
	char d[CARD_MAX];
	size_t n, from = g->from[0];

	if (resident_id(m, from, g->to[0], out))
		return true;
	for (size_t b = g->n; b-- > 0;) {
		if (!join(m, g, b, d, CARD_MAX, &n))
			continue;
		if (n == 11 && check_mobile(sv_n(d, n))) {
			*out = (struct digits_span){DIGITS_MOBILE, from, g->to[b]};
			return true;
		}
		if (n == 13 && b == 0 && d[0] == '8' && d[1] == '6' && check_mobile(sv_n(d + 2, 11))) {
			*out = (struct digits_span){DIGITS_MOBILE, from + 2, g->to[b]};
			return true;
		}
		// A group that is a mobile number is not the beginning of a card.
		bool mobile_first = g->to[0] - from == 11 && check_mobile(sv_n(d, 11)) && b > 0;
		if (!mobile_first && is_card(d, n)) {
			*out = (struct digits_span){DIGITS_CARD, from, g->to[b]};
			return true;
		}
	}
	return false;
}

bool digits_next(const struct foldmap *m, size_t *pos, struct digits_span *out)
{
	struct groups g;

	for (size_t i = *pos; i < m->n;) {
		if (!digit(m, i)) {
			i++;
			continue;
		}
		read_groups(m, i, &g);
		if (first_group(m, &g, out)) {
			*pos = out->to;
			return true;
		}
		i = g.to[0];
	}
	*pos = m->n;
	return false;
}
