// SPDX-License-Identifier: MIT
// Knows the exact score of one article for one query.
#include "kb/rank.h"

#include <math.h>

// domain.md §9.3: title 8, question 5, tags and synonyms 4; phrasings are as good as tags. The body has a saturation of its own.
static const double WEIGHT[KB_FIELDS] = {8 / 8.0, 5 / 8.0, 4 / 8.0, 4 / 8.0, 1};
// How much a long field is held against a word in it; lists of tags and phrasings are long because somebody cared.
static const double B[KB_FIELDS] = {0.75, 0.5, 0.2, 0.2, 0.45};
static const double HEAD = 1.5, K_HEAD = 0.6, K_BODY = 1;
// kb-search.md: single Han characters are what short paraphrases share.
static const double HAN1_HEAD = 1.5;

// An article without any word of the query that says much is worth half.
static const double COVER = 0.5;

static const double CATEGORY = 1.3, STEP = 1.2, HELPFUL = 1.2, STALE = 0.6, HELPFUL_RATIO = 0.8;
enum { HELPFUL_VOTES = 10 };

double kb_idf(int64_t docs, int64_t df)
{
	double n = (double)docs, d = (double)df;

	if (d > n)
		d = n;
	return log(1 + (n - d + 0.5) / (d + 0.5));
}

double kb_field_tf(enum kb_field f, unsigned tf, double len, double average)
{
	return WEIGHT[f] * tf / (1 - B[f] + B[f] * len / (average > 1 ? average : 1));
}

double kb_worth(enum kb_token_kind kind, const double tf[KB_FIELDS])
{
	double head = tf[KB_F_TITLE] + tf[KB_F_QUESTION] + tf[KB_F_TAGS] + tf[KB_F_PHRASINGS], body = tf[KB_F_BODY];

	return HEAD * (kind == KB_HAN1 ? HAN1_HEAD : 1) * head / (K_HEAD + head) + body / (K_BODY + body);
}

static double term_score(const struct kb_term *t, const struct kb_counts *c, size_t i, const double unit[KB_FIELDS])
{
	double tf[KB_FIELDS];

	for (int f = 0; f < KB_FIELDS; f++)
		tf[f] = c->n[f][i] * unit[f];
	return t->weight * t->idf * kb_worth(t->kind, tf);
}

void kb_score_text(const struct kb *kb, const struct kb_parsed *p, const struct kb_counts *c, struct kb_score *out)
{
	double best[KB_TERMS_MAX] = {0}, unit[KB_FIELDS], met = 0;

	*out = (struct kb_score){.terms = p->groups, .category = 1, .step = 1, .helpful = 1, .stale = 1};
	for (int f = 0; f < KB_FIELDS; f++) {
		double average = kb->searchable > 0 ? (double)kb->len_sum[f] / (double)kb->searchable : 1;
		unit[f] = kb_field_tf((enum kb_field)f, 1, c->len[f], average);
	}
	// terms of a group are alternatives: the best of each counts once
	for (size_t i = 0; i < p->nterms; i++) {
		const struct kb_term *t = &p->terms[i];
		double s = term_score(t, c, i, unit);
		if (s <= best[t->group])
			continue;
		out->text += s - best[t->group];
		if (best[t->group] == 0) {
			out->terms_hit++;
			met += p->group_idf[t->group];
		}
		best[t->group] = s;
		out->by_pinyin = out->by_pinyin || t->nreadings;
		out->by_correction = out->by_correction || t->corrected;
	}
	if (p->all_idf > 0)
		out->text *= 1 - COVER + COVER * met / p->all_idf;
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

static bool named(const struct kb_list *step, struct sv id)
{
	for (size_t i = 0; step && i < step->n; i++)
		if (strlen(step->v[i]) == id.n && strncasecmp(step->v[i], id.p, id.n) == 0)
			return true;
	return false;
}

void kb_score_factors(const struct kb_facts *f, const struct kb_query *q, int64_t now, struct kb_score *out)
{
	int votes = f->votes_up + f->votes_down;

	out->category = !str_empty(q->category) && kb_in_category(f->category, q->category) ? CATEGORY : 1;
	out->step = named(q->step, f->id) ? STEP : 1;
	out->helpful = votes >= HELPFUL_VOTES && f->votes_up > HELPFUL_RATIO * votes ? HELPFUL : 1;
	out->stale = f->state == KB_STALE || (f->review_due && f->review_due <= now) ? STALE : 1;
	out->total = out->ranked = out->text * out->category * out->step * out->helpful * out->stale;
}
