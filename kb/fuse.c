// SPDX-License-Identifier: MIT
// Knows how the two rankings of a query become one.
#include "kb/fuse.h"

#include "kb/fold.h"

static const struct kb_hint *hint_of(const struct kb_hints *h, int64_t no)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].no == no)
			return &h->v[i];
	return NULL;
}

bool kb_hint_missing(const struct kb_fused *v, size_t n, const struct kb_hint *h)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].no == h->no)
			return false;
	return true;
}

static void add_letters(struct str *out, struct sv s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			str_addc(out, s.p[i]);
}

bool kb_is_title(const char *query, const char *title)
{
	struct str fold = {0}, a = {0}, b = {0};

	kb_fold(&fold, sv(query));
	add_letters(&a, sv_n(str_z(&fold), fold.n));
	str_clear(&fold);
	kb_fold(&fold, sv(title));
	add_letters(&b, sv_n(str_z(&fold), fold.n));
	bool same = a.n && a.n == b.n && memcmp(a.s, b.s, a.n) == 0;
	str_release(&fold);
	str_release(&a);
	str_release(&b);
	return same;
}

// Own titles first, unless enough agents speak for another article; then by total.
static bool before(const struct kb_fused *a, const struct kb_fused *b)
{
	if (a->own_title != b->own_title) {
		const struct kb_fused *other = a->own_title ? b : a;
		if (other->agents < KB_INDEPENDENT)
			return a->own_title;
	}
	return a->total > b->total;
}

static double weight_of(const struct kb_hints *h, double cover)
{
	double open = 1 - (cover < 0 ? 0 : cover > 1 ? 1 : cover), same = (h->nearness - 0.7) / 0.25;
	double by_cover = 0.8 + 0.2 * open, by_same = 1.3 * (same > 1 ? 1 : same);
	double w = h->trust * (by_cover > by_same ? by_cover : by_same);

	return w > 1 ? 1 : w;
}

double kb_fuse(struct kb_fused *v, size_t n, const struct kb_hints *h, double cover)
{
	double best = 0, w = weight_of(h, cover);

	for (size_t i = 0; i < n; i++)
		best = v[i].text > best ? v[i].text : best;
	for (size_t i = 0; i < n; i++) {
		const struct kb_hint *x = hint_of(h, v[i].no);
		v[i].learned = x ? x->score : 0;
		v[i].agents = x ? x->agents : 0;
		v[i].total = (best > 0 ? v[i].text / best * (1 - w) : 0) + (x ? x->share * v[i].factor * w : 0);
	}
	// few change places: insertion keeps equals as they were. Own titles come last in the sort, so that each article is
	// compared with them alone
	for (size_t i = 1; i < n; i++) {
		struct kb_fused x = v[i];
		size_t k = i;
		while (k && x.total > v[k - 1].total) {
			v[k] = v[k - 1];
			k--;
		}
		v[k] = x;
	}
	for (size_t i = 1; i < n; i++) {
		if (!v[i].own_title)
			continue;
		struct kb_fused x = v[i];
		size_t k = i;
		while (k && before(&x, &v[k - 1])) {
			v[k] = v[k - 1];
			k--;
		}
		v[k] = x;
	}
	return w;
}
