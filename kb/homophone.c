// SPDX-License-Identifier: MIT
// Knows which Han characters sound like another one, for text typed by sound where the wrong one was taken.
#include "kb/homophone.h"

#include "src/base/han.h"
#include "src/base/str.h"

enum { SYLLABLE_MAX = 8, NEARNESSES = 3 };

// The characters of one syllable, taken from the most usual on.
struct list {
	const uint32_t *chars;
	const uint8_t *usual, *weights;
	size_t n, next;
	unsigned bonus; // how usual the reading is for the character asked about
};
struct lists {
	struct list v[HAN_READINGS_MAX * 2];
	size_t n;
};

// The other initial of those that are mixed up; false if it has none.
static bool other_initial(const char *s, char out[SYLLABLE_MAX])
{
	bool vowel = s[0] && strchr("aeiouv", s[1]);

	if (strchr("zcs", s[0]) && s[1] == 'h')
		snprintf(out, SYLLABLE_MAX, "%c%s", s[0], s + 2);
	else if (strchr("zcs", s[0]))
		snprintf(out, SYLLABLE_MAX, "%ch%s", s[0], s + 1);
	else if (strchr("nl", s[0]) && vowel)
		snprintf(out, SYLLABLE_MAX, "%c%s", s[0] == 'n' ? 'l' : 'n', s + 1);
	else
		return false;
	return true;
}

static bool other_final(const char *s, char out[SYLLABLE_MAX])
{
	size_t n = strlen(s);
	bool g = n > 2 && s[n - 1] == 'g';

	if (g)
		n--;
	if (n < 2 || s[n - 1] != 'n' || !strchr("aei", s[n - 2]))
		return false;
	snprintf(out, SYLLABLE_MAX, "%.*s%s", (int)n, s, g ? "" : "g");
	return true;
}

static bool syllable_number(const char *s, unsigned *no)
{
	unsigned lo = 0, hi = (unsigned)han_syllable_count();

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		if (strcmp(han_syllable(mid), s) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*no = lo;
	return lo < han_syllable_count() && strcmp(han_syllable(lo), s) == 0;
}

static void add_list(struct lists *l, unsigned no, unsigned bonus)
{
	struct list *v = &l->v[l->n++];

	*v = (struct list){.bonus = bonus};
	v->chars = han_syllable_chars(no, &v->n);
	v->usual = han_syllable_usual(no, &v->weights);
}

static unsigned weight_in(unsigned no, uint32_t cp)
{
	const uint8_t *weights, *usual = han_syllable_usual(no, &weights);
	size_t n;
	const uint32_t *chars = han_syllable_chars(no, &n);

	for (size_t i = 0; i < n; i++)
		if (chars[usual[i]] == cp)
			return weights[i];
	return 0;
}

static void near_lists(unsigned no, int nearness, unsigned bonus, struct lists *l)
{
	const char *s = han_syllable(no);
	char a[SYLLABLE_MAX], b[SYLLABLE_MAX];
	unsigned to;

	switch (nearness) {
	case 0:
		add_list(l, no, bonus);
		break;
	case 1:
		if (other_initial(s, a) && syllable_number(a, &to))
			add_list(l, to, bonus);
		if (other_final(s, b) && syllable_number(b, &to))
			add_list(l, to, bonus);
		break;
	case 2:
		if (other_initial(s, a) && other_final(a, b) && syllable_number(b, &to))
			add_list(l, to, bonus);
	}
}

// The list whose next character comes first; NULL when all are at their end.
static struct list *first_list(struct lists *l)
{
	struct list *best = NULL;
	unsigned most = 0;
	uint32_t its = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct list *v = &l->v[i];
		if (v->next == v->n)
			continue;
		uint32_t cp = v->chars[v->usual[v->next]];
		unsigned w = v->weights[v->next] + v->bonus;
		if (best && (w < most || (w == most && cp >= its)))
			continue;
		best = v;
		most = w;
		its = cp;
	}
	return best;
}

static bool is_in(const uint32_t *v, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == cp)
			return true;
	return false;
}

size_t kb_homophones(uint32_t cp, uint32_t out[], size_t max)
{
	uint16_t no[HAN_READINGS_MAX];
	unsigned bonus[HAN_READINGS_MAX];
	size_t n = 0, nr;

	cp = han_simplify(cp);
	nr = han_reading_numbers(cp, no, HAN_READINGS_MAX);
	for (size_t i = 0; i < nr; i++)
		bonus[i] = weight_in(no[i], cp);
	for (int nearness = 0; nearness < NEARNESSES && n < max; nearness++) {
		struct lists l = {.n = 0};
		struct list *v;
		for (size_t i = 0; i < nr; i++)
			near_lists(no[i], nearness, bonus[i], &l);
		while (n < max && (v = first_list(&l))) {
			uint32_t c = v->chars[v->usual[v->next++]];
			if (c != cp && !is_in(out, n, c))
				out[n++] = c;
		}
	}
	return n;
}
