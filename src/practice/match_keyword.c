// SPDX-License-Identifier: MIT
// Knows how a keyword is found in a folded line: as it is, or with the edits that are forgiven.
#include <stdlib.h>

#include "src/base/err.h"
#include "src/practice/match.h"
#include "src/practice/match_text.h"

static size_t hash(uint32_t a, uint32_t b)
{
	uint32_t h = a * 2654435761u ^ (b * 2246822519u + 0x9E3779B9u);

	return (h ^ h >> 15) % PAIR_HEADS;
}

void match_pairs_init(struct match_pairs *p, const struct match_text *t)
{
	memset(p->head, 0, sizeof(p->head));
	p->next = xcalloc(t->n + 1, sizeof(*p->next));
	for (size_t i = t->n; i-- > 1;) {
		size_t h = hash(t->u[i - 1], t->u[i]);
		p->next[i - 1] = p->head[h];
		p->head[h] = (uint32_t)i;
	}
}

void match_pairs_release(struct match_pairs *p)
{
	free(p->next);
	p->next = NULL;
}

// The next place at or behind chain entry `at` (0: no more) where these n >= 2 units stand; *next goes on from there.
static bool next_place(const struct match_text *t, const struct match_pairs *p, const uint32_t *u, size_t n, uint32_t *next, size_t *place)
{
	while (*next) {
		size_t i = *next - 1;
		*next = p->next[i];
		if (i + n <= t->n && memcmp(t->u + i, u, n * sizeof(*u)) == 0) {
			*place = i;
			return true;
		}
	}
	return false;
}

static bool begins(const struct match_text *t, size_t i, unsigned char first)
{
	return !(first & AT_WORD) || (t->at[i] & AT_START);
}

static bool ends(const struct match_text *t, size_t last, unsigned char at)
{
	return !(at & AT_WORD) || (t->at[last] & AT_END);
}

static bool whole(const struct match_text *t, size_t i, const unsigned char *at, size_t n)
{
	return begins(t, i, at[0]) && ends(t, i + n - 1, at[n - 1]);
}

static bool exact(const struct match_text *t, const struct match_pairs *p, const uint32_t *key, const unsigned char *at, size_t n)
{
	size_t place;

	for (size_t i = 0; n == 1 && i < t->n; i++) {
		if (t->u[i] == key[0] && whole(t, i, at, n))
			return true;
	}
	if (n == 1)
		return false;
	for (uint32_t next = p->head[hash(key[0], key[1])]; next_place(t, p, key, n, &next, &place);) {
		if (whole(t, place, at, n))
			return true;
	}
	return false;
}

// Cost of putting the unit b of the text where the keyword has a.
static unsigned change(uint32_t a, unsigned char at_a, uint32_t b, unsigned char at_b, unsigned never)
{
	if (a == b)
		return 0;
	if ((at_a & AT_NOT) && (at_b & AT_NOT) && !((at_a | at_b) & AT_WORD))
		return 1; // 别 for 不
	return (at_a & (AT_FIRST | AT_DIGIT | AT_NOT)) || (at_b & (AT_DIGIT | AT_NOT)) ? never : 1;
}

// Cost of leaving a unit of the keyword out, after what came before it; at most never.
static unsigned leave_out(unsigned char at, unsigned before, unsigned never)
{
	return (at & (AT_FIRST | AT_DIGIT | AT_NOT)) || before + 1 > never ? never : before + 1;
}

static bool may_begin(const struct match_text *t, size_t i, unsigned char first)
{
	return i < t->n && begins(t, i, first) && !(i && (t->at[i - 1] & AT_NOT));
}

struct key {
	const uint32_t *u;
	const unsigned char *at;
	size_t n;
	unsigned k; // edits forgiven
};

// Sellers' search between two places of the text: col[i] is the least cost at which the first i units of the keyword end there, wherever
// they began. Rows beyond `top` cost more than k, so they are left out.
static bool near(const struct match_text *t, size_t from, size_t to, const struct key *x)
{
	const uint32_t *key = x->u;
	const unsigned char *at = x->at;
	size_t n = x->n;
	unsigned k = x->k;
	unsigned col[MATCH_KEYWORD_CHARS + 1], never = k + 1;
	size_t top = n; // of the first column all is looked at

	col[0] = may_begin(t, from, at[0]) ? 0 : never;
	for (size_t i = 1; i <= n; i++)
		col[i] = leave_out(at[i - 1], col[i - 1], never);
	for (size_t j = from; j < to; j++) {
		unsigned put_in = t->at[j] & (AT_DIGIT | AT_NOT) ? never : 1, diagonal = col[0];
		size_t last = top + 1 < n ? top + 1 : n;
		col[0] = may_begin(t, j + 1, at[0]) ? 0 : never;
		top = 0;
		for (size_t i = 1; i <= n && (i <= last || col[i - 1] < never); i++) {
			unsigned up = col[i], best = leave_out(at[i - 1], col[i - 1], never);
			unsigned changed = diagonal + change(key[i - 1], at[i - 1], t->u[j], t->at[j], never);
			if (changed < best)
				best = changed;
			if (up + put_in < best)
				best = up + put_in;
			diagonal = up;
			col[i] = best;
			if (best < never)
				top = i;
		}
		if (top == n && ends(t, j, at[n - 1]))
			return true;
	}
	return false;
}

// With at most k edits one of k + 1 pieces is untouched: only around the places of pieces there is something to find. A text full of
// such places is looked through once as a whole.
static bool around_pieces(const struct match_text *t, const struct match_pairs *p, const struct key *x)
{
	size_t work = 0;

	for (size_t i = 0; i <= x->k; i++) {
		size_t off = x->n * i / (x->k + 1), len = x->n * (i + 1) / (x->k + 1) - off, place;
		for (uint32_t next = p->head[hash(x->u[off], x->u[off + 1])]; next_place(t, p, x->u + off, len, &next, &place);) {
			size_t from = place > off + x->k ? place - off - x->k : 0, to = place + x->n - off + x->k;
			to = to < t->n ? to : t->n;
			work += to - from;
			if (work > t->n)
				return near(t, 0, t->n, x);
			if (near(t, from, to, x))
				return true;
		}
	}
	return false;
}

bool match_keyword(const struct match_text *t, const struct match_pairs *p, const uint32_t *key, const unsigned char *at, size_t n)
{
	struct key x = {key, at, n, (unsigned)(n / 4)};

	if (!n || n > MATCH_KEYWORD_CHARS || n > t->n + x.k)
		return false;
	return exact(t, p, key, at, n) || (x.k && around_pieces(t, p, &x));
}
