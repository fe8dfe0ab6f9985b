// SPDX-License-Identifier: MIT
// Knows how near phrasings and titles are to a query and to each other, and what they agree on.
#include "kb/learn_internal.h"

#include <math.h>

static const double POWER = 0.4, PAIRS = 10, RIDGE = 0.5, ENOUGH = 1e-7;

// ---- weights ----

// How much it says of two texts that both have a feature: of the phrasings of one article, if one has it, how often has
// another, against how often any phrasing has. What little is known of a rare one is filled up with what holds for all.
static double says(const struct kb_learned *l, double df, double same, double both)
{
	double usual = ((double)l->both + 1) / ((double)l->same + 2), within = (both + PAIRS * usual) / (same + PAIRS);

	return pow(log(1 + within * (double)l->live / (df > 0 ? df : 0.5)), POWER);
}

float lp_weight_of(struct kb_learned *l, uint32_t feature)
{
	struct lp_feature *f = &l->features.v[feature];

	if (f->weighed != (uint32_t)l->rev) {
		f->weight = (float)says(l, f->df, f->same, f->both);
		f->weighed = (uint32_t)l->rev;
	}
	return f->weight;
}

// ---- texts as views ----

// Adds a feature to the text in hand.
static void enter(struct asking *q, uint32_t feature)
{
	struct lp_feature *f = &q->l->features.v[feature];

	if (f->seen == q->l->serial) {
		q->n->entries.v[f->entry].tf++;
		return;
	}
	f->seen = q->l->serial;
	f->entry = (uint32_t)q->n->entries.n;
	vec_push(&q->n->entries, ((struct entry){feature, 1, 0}));
}

// Gives the entries of the text in hand their weights: each half of a text has the same length, as far as it has anything.
static void weigh(struct asking *q, const double unknown[2])
{
	double sum[2] = {unknown ? unknown[0] : 0, unknown ? unknown[1] : 0};
	struct entry *en = q->n->entries.v;
	size_t n = q->n->entries.n;

	for (size_t i = 0; i < n; i++) {
		en[i].w = lp_weight_of(q->l, en[i].feature) * (en[i].tf > 1 ? 1 + logf((float)en[i].tf) : 1);
		sum[q->l->features.v[en[i].feature].small] += (double)en[i].w * en[i].w;
	}
	double half = sum[0] > 0 && sum[1] > 0 ? 0.5 : 1;
	float by[2] = {sum[0] > 0 ? (float)sqrt(half / sum[0]) : 0, sum[1] > 0 ? (float)sqrt(half / sum[1]) : 0};
	for (size_t i = 0; i < n; i++)
		en[i].w *= by[q->l->features.v[en[i].feature].small];
}

static void text_begin(struct asking *q)
{
	q->l->serial++;
	q->n->entries.n = 0;
}

// Keeps the text in hand; its place stays good until more than KEPT_ENTRIES were kept, which one query does not do.
static const struct entry *keep_text(struct near *n)
{
	struct entry *to = n->kept + n->nkept;

	memcpy(to, n->entries.v, n->entries.n * sizeof(*to));
	n->nkept += (uint32_t)n->entries.n;
	return to;
}

static void make_room(struct asking *q)
{
	enum { ONE_QUERY = (CANDIDATES + KB_TITLES) * LP_WORDS * LP_PARTS };
	struct near *n = q->n;

	if (!n->kept)
		n->kept = xreallocarray(NULL, KEPT_ENTRIES + ONE_QUERY, sizeof(*n->kept));
	if (n->kept_rev != q->l->rev || n->nkept > KEPT_ENTRIES) {
		n->nkept = 0;
		n->places.n = 0;
		n->kept_rev = q->l->rev;
	}
	while (n->places.n < q->l->phrases.n)
		vec_push(&n->places, 0);
}

static void view_phrase(struct asking *q, struct view *v, uint32_t phrase)
{
	const struct lp_phrase *p = &q->l->phrases.v[phrase];
	uint64_t place = q->n->places.v[phrase];

	double weight = kb_phrasing_weight(p->shown, p->chosen), ridge = RIDGE / (weight * weight);

	*v = (struct view){.phrase = phrase + 1, .hash = p->hash, .weight = (float)weight,
			   .ridge = (float)(p->counted > 1 ? ridge / (1 + log(p->counted)) : ridge)};
	if (!place) {
		text_begin(q);
		for (uint32_t i = 0; i < p->n; i++) {
			const struct lp_word *w = &q->l->words.v[q->l->text.v[p->first + i]];
			for (uint32_t k = 0; k < w->n; k++)
				enter(q, q->l->parts.v[w->first + k]);
		}
		weigh(q, NULL);
		place = ((uint64_t)q->n->nkept << 32 | q->n->entries.n) + 1;
		keep_text(q->n);
		q->n->places.v[phrase] = place;
	}
	v->en = q->n->kept + ((place - 1) >> 32);
	v->n = (uint32_t)(place - 1);
}

struct reading {
	struct asking *q;
	double unknown[2];
};

static void read_features(struct reading *r, const struct lp_token *t, bool begun)
{
	uint64_t keys[LP_PARTS];
	size_t whole, n = lp_parts(t, begun, keys, &whole);

	for (size_t i = 0; i < n && r->q->n->entries.n < LP_WORDS * LP_PARTS; i++) {
		uint32_t f = lp_feature_of(r->q->l, keys[i]);
		double w;
		// what nobody says any more is as if it had never been said
		if (f && r->q->l->features.v[f - 1].df) {
			enter(r->q, f - 1);
			continue;
		}
		w = says(r->q->l, 0, 0, 0);
		r->unknown[i >= whole] += w * w;
	}
}

static void read_token(void *arg, const struct lp_token *t)
{
	read_features(arg, t, false);
}

static void view_title(struct asking *q, struct view *v, const struct kb_title *title)
{
	struct reading r = {.q = q};

	text_begin(q);
	lp_cut(q->kb, sv(title->title), read_token, &r);
	weigh(q, r.unknown);
	*v = (struct view){.n = (uint32_t)q->n->entries.n, .no = title->no, .weight = 1, .ridge = (float)RIDGE};
	v->en = keep_text(q->n);
}

// ---- how near each of them is, and what they agree on ----

static int nearest_first(const void *a, const void *b)
{
	const struct view *x = a, *y = b;

	if (x->near != y->near)
		return x->near > y->near ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

// The features of the query with their final weights, found again by feature.
static void view_query(struct asking *q)
{
	struct reading r = {.q = q};

	text_begin(q);
	for (size_t i = 0; i < q->ntokens; i++) {
		const struct lp_word *w = q->tokens[i].meant ? &q->l->words.v[q->tokens[i].meant - 1] : NULL;
		for (uint32_t k = 0; w && k < w->n; k++)
			enter(q, q->l->parts.v[w->first + k]);
		if (!w)
			read_features(&r, &q->tokens[i].t, q->tokens[i].begun);
	}
	weigh(q, r.unknown);
	for (size_t i = 0; i < q->n->entries.n; i++) {
		struct lp_feature *f = &q->l->features.v[q->n->entries.v[i].feature];
		f->asked_of = q->l->serial;
		f->asked = q->n->entries.v[i].w;
	}
}

static float near_query(const struct asking *q, const struct view *v, uint32_t serial)
{
	float sum = 0;

	for (uint32_t i = 0; i < v->n; i++) {
		const struct lp_feature *f = &q->l->features.v[v->en[i].feature];
		if (f->asked_of == serial)
			sum += v->en[i].w * f->asked;
	}
	return sum;
}

static void view_all(struct asking *q, const struct kb_title *titles, size_t ntitles)
{
	struct near *n = q->n;
	uint32_t serial;

	make_room(q);
	view_query(q);
	serial = q->l->serial;
	n->nviews = 0;
	for (size_t i = 0; i < n->npicks; i++) {
		struct view *v = &n->views[n->nviews++];
		view_phrase(q, v, n->picks[i].phrase);
		v->near = near_query(q, v, serial);
	}
	// also a fixed order, so that equal sets give equal sums
	if (n->nviews)
		qsort(n->views, n->nviews, sizeof(*n->views), nearest_first);
	n->nviews = n->nviews < q->spend.nearest ? n->nviews : q->spend.nearest;
	for (size_t i = 0; i < ntitles && i < KB_TITLES; i++) {
		struct view *v = &n->views[n->nviews++];
		view_title(q, v, &titles[i]);
		v->near = near_query(q, v, serial);
	}
}

// Sorts the entries of all views by feature: n->sorted, with the view's place in .feature.
static void by_feature(struct asking *q)
{
	struct kb_learned *l = q->l;
	struct near *n = q->n;
	uint32_t serial = ++l->serial, at = 0;

	n->count.n = 0;
	for (size_t i = 0; i < n->nviews; i++)
		for (uint32_t k = 0; k < n->views[i].n; k++) {
			struct lp_feature *f = &l->features.v[n->views[i].en[k].feature];
			if (f->local_of != serial) {
				f->local_of = serial;
				f->entry = (uint32_t)n->count.n;
				vec_push(&n->count, 0);
			}
			n->count.v[f->entry]++;
			at++;
		}
	vec_reserve(&n->sorted, at + 1);
	at = 0;
	for (size_t i = 0; i < n->count.n; i++) {
		uint32_t c = n->count.v[i];
		n->count.v[i] = at;
		at += c;
	}
	for (size_t i = 0; i < n->nviews; i++)
		for (uint32_t k = 0; k < n->views[i].n; k++) {
			const struct entry *en = &n->views[i].en[k];
			n->sorted.v[n->count.v[l->features.v[en->feature].entry]++] = (struct entry){(uint32_t)i, 0, en->w};
		}
}

static void fill_matrix(struct asking *q)
{
	struct near *n = q->n;
	uint32_t from = 0;

	memset(n->matrix, 0, sizeof(n->matrix));
	by_feature(q);
	for (size_t f = 0; f < n->count.n; f++) {
		uint32_t to = n->count.v[f];
		for (uint32_t i = from; i < to; i++) {
			float w = n->sorted.v[i].w, *row = (float *)n->matrix[n->sorted.v[i].feature];
			for (uint32_t k = i; k < to; k++)
				row[n->sorted.v[k].feature] += w * n->sorted.v[k].w;
		}
		from = to;
	}
	for (size_t i = 0; i < n->nviews; i++)
		for (size_t k = i; k < n->nviews; k++) {
			float x = ((float *)n->matrix[i])[k];
			x = x * x + (i == k ? n->views[i].ridge : 0);
			((float *)n->matrix[i])[k] = ((float *)n->matrix[k])[i] = x;
		}
}

static float dot(const quad *a, const quad *b)
{
	quad sum = {0};

	for (size_t i = 0; i < QUADS; i++)
		sum += a[i] * b[i];
	return sum[0] + sum[1] + sum[2] + sum[3];
}

// y = matrix * x; rows and columns beyond nviews are 0.
static void times(const struct near *n, const quad *x, quad *y)
{
	memset(y, 0, QUADS * sizeof(*y));
	for (size_t i = 0; i < n->nviews; i++) {
		const quad *row = n->matrix[i];
		float f = ((const float *)x)[i];
		for (size_t k = 0; k < QUADS; k++)
			y[k] += f * row[k];
	}
}

// Conjugate gradients: v with matrix * v = k, k the squared nearness of each view to the query.
static void solve(struct near *n)
{
	float *k = (float *)n->r, rr, next;

	memset(n->v, 0, sizeof(n->v));
	memset(n->r, 0, sizeof(n->r));
	for (size_t i = 0; i < n->nviews; i++)
		k[i] = n->views[i].near * n->views[i].near;
	memcpy(n->p, n->r, sizeof(n->p));
	rr = dot(n->r, n->r);
	const float enough = (float)ENOUGH * rr;
	for (int step = 0; step < STEPS && rr > enough; step++) {
		times(n, n->p, n->ap);
		float alpha = rr / dot(n->p, n->ap);
		for (size_t i = 0; i < QUADS; i++) {
			n->v[i] += alpha * n->p[i];
			n->r[i] -= alpha * n->ap[i];
		}
		next = dot(n->r, n->r);
		for (size_t i = 0; i < QUADS; i++)
			n->p[i] = n->r[i] + next / rr * n->p[i];
		rr = next;
	}
}

void lp_agree(struct asking *q, const struct kb_title *titles, size_t ntitles)
{
	view_all(q, titles, ntitles);
	fill_matrix(q);
	solve(q->n);
}
