// SPDX-License-Identifier: MIT
// Knows the exact score of one article for one query.
#include "kb/rank.h"

#include <math.h>

// domain.md §9.3: title 8, question 5, tags and synonyms 4, answer 1; phrasings are as good as tags.
static const double WEIGHT[KB_FIELDS] = {8, 5, 4, 4, 1};
// How much a long field is held against a word in it; lists of tags and phrasings are long because somebody cared.
static const double B[KB_FIELDS] = {0.5, 0.5, 0.2, 0.2, 0.75};
// Saturation, in units of weighted counts. kb-search.md: single Han characters count more in short fields than in long.
static const double K1 = 4.0, HAN1_HEAD = 1.5, HAN1_BODY = 0.6;

static const double CATEGORY = 1.3, HELPFUL = 1.2, STALE = 0.6, HELPFUL_RATIO = 0.8;
enum { HELPFUL_VOTES = 10 };

double kb_idf(int64_t docs, int64_t df)
{
	double n = (double)docs, d = (double)df;

	if (d > n)
		d = n;
	return log(1 + (n - d + 0.5) / (d + 0.5));
}

static double field_tf(const struct kb *kb, const struct kb_doc *d, int f, unsigned tf)
{
	double avg = kb->searchable > 0 ? (double)kb->len_sum[f] / (double)kb->searchable : 1;

	return WEIGHT[f] * tf / (1 - B[f] + B[f] * d->len[f] / (avg > 1 ? avg : 1));
}

static const struct kb_place *place_of(const struct kb_term *t, uint32_t no)
{
	size_t lo = 0, hi = t->nplaces;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (t->places[mid].no < no)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->nplaces && t->places[lo].no == no ? &t->places[lo] : NULL;
}

static double term_score(const struct kb *kb, const struct kb_term *t, const struct kb_doc *d, uint32_t no)
{
	unsigned tf[KB_FIELDS] = {0};
	double sum = 0;

	if (t->text) {
		if (!t->df || !kb_doc_tf(d, t->hash, tf))
			return 0;
	} else {
		const struct kb_place *pl = place_of(t, no);
		if (!pl)
			return 0;
		tf[pl->field < KB_FIELDS ? pl->field : KB_F_TAGS] = 1;
	}
	for (int f = 0; f < KB_FIELDS; f++)
		if (tf[f])
			sum += field_tf(kb, d, f, tf[f]) * (t->kind != KB_HAN1 ? 1 : f == KB_F_BODY ? HAN1_BODY : HAN1_HEAD);
	return t->weight * kb_idf(kb->searchable, t->df) * sum / (K1 + sum);
}

void kb_score_text(const struct kb *kb, const struct kb_parsed *p, const struct kb_doc *d, uint32_t no, struct kb_score *out)
{
	*out = (struct kb_score){.terms = p->groups};
	// terms of a group are not always neighbours: the best of each group counts once
	for (unsigned g = 0; g < p->groups; g++) {
		double best = 0;
		for (size_t i = 0; i < p->nterms; i++) {
			const struct kb_term *t = &p->terms[i];
			double s = t->group == g ? term_score(kb, t, d, no) : 0;
			if (s <= best)
				continue;
			best = s;
			out->by_pinyin = out->by_pinyin || !t->text;
			out->by_correction = out->by_correction || t->corrected;
		}
		out->text += best;
		out->terms_hit += best > 0;
	}
}

bool kb_in_category(struct sv json, const char *category)
{
	size_t n = strlen(category);

	// codes are [a-z0-9_.], so that their JSON form is themselves between quotes
	for (size_t i = 0; n && i + n + 1 < json.n; i++)
		if (json.p[i] == '"' && strncasecmp(json.p + i + 1, category, n) == 0 &&
		    (json.p[i + 1 + n] == '"' || json.p[i + 1 + n] == '.'))
			return true;
	return false;
}

void kb_score_factors(const struct kb_facts *f, const char *category, int64_t now, struct kb_score *out)
{
	int votes = f->votes_up + f->votes_down;

	out->category = !str_empty(category) && kb_in_category(f->category, category) ? CATEGORY : 1;
	out->helpful = votes >= HELPFUL_VOTES && f->votes_up > HELPFUL_RATIO * votes ? HELPFUL : 1;
	out->stale = f->state == KB_STALE || (f->review_due && f->review_due <= now) ? STALE : 1;
	out->total = out->text * out->category * out->helpful * out->stale;
}
