// SPDX-License-Identifier: MIT
// Knows how phrasings rank articles: the nearest ones, and a small regression among them that says what they agree on.
//
// Nearness of two texts is the mean of two cosines, over whole features (stems, Han pairs) and over small ones (Han
// characters, four letters), squared. A feature weighs ln(1 + P(a phrasing has it | another of its article has) / P(any has))^0.4
// (1 + ln tf): phrasings themselves show which words tell articles apart. Of the NEAREST phrasings and the titles given, the
// vector v = (K + r)^-1 k is solved, K their nearness to each other, k that to the query, r on the diagonal (less for what
// several rows say, more for what misled); an article's score is the sum of v over its own, times their weights. This is
// kernel ridge regression in the neighbourhood of the query: like nearest neighbours it learns and forgets at once, and like a
// trained linear ranker it discounts what many phrasings share. Settings tried: tests/bench/README.
#include "kb/learn.h"

#include <math.h>

#include "kb/learned.h"

enum {
	CANDIDATES = 160, // scored exactly, at most
	NEAREST = 96,    // take part, at most
	SIDE = NEAREST + KB_TITLES,
	STEPS = 32,      // of the conjugate gradients, at most
	QUERY_TOKENS = 96,
	KEPT_ENTRIES = 1 << 17, // of phrasings that were near a query before
	MEANT = 3,       // known words tried for one that is not
};
static const double POWER = 0.4, PAIRS = 10, RIDGE = 0.5, ENOUGH = 1e-7, SAME_LETTERS = 0.5, AGREES = 0.7;

// Four numbers at a time; SIDE is a multiple of four.
typedef float quad __attribute__((vector_size(16)));
enum { QUADS = SIDE / 4 };

// A text as its features, each once.
struct entry {
	uint32_t feature, tf;
	float w;
};
struct view {
	const struct entry *en;
	uint32_t n;
	uint64_t hash;
	uint32_t phrase;   // plus one; 0: a title
	int64_t no;        // of a title
	float near;        // to the query, not squared
	float weight, ridge;
};

struct pick {
	float score;
	uint64_t hash;
	uint32_t phrase;
};

struct term {
	uint32_t feature;
	float weight;
};

struct near {
	VEC(float) acc;   // by phrase, all 0 between queries
	VEC(float) scale; // by phrase: 1 / sqrt(len), 0 if it does not count; as of scale_rev
	VEC(uint32_t) touched;
	VEC(struct entry) entries; // of the text in hand
	struct entry *kept;  // entries of phrasings, weighed as of kept_rev
	uint32_t nkept;
	VEC(uint64_t) places; // by phrase: place in kept << 32 | how many, plus one; 0: not kept
	int64_t scale_rev, kept_rev;
	VEC(struct term) terms;
	struct pick picks[CANDIDATES];
	size_t npicks;
	struct view views[CANDIDATES + KB_TITLES];
	size_t nviews;
	quad v[QUADS], r[QUADS], p[QUADS], ap[QUADS];
	quad matrix[SIDE][QUADS];
	// by local feature, for the matrix
	VEC(uint32_t) count;
	VEC(struct entry) sorted;
	double unknown[2]; // sum of squares of features nobody has, whole and small
};

void lp_near_free(struct near *n)
{
	if (!n)
		return;
	vec_release(&n->acc);
	vec_release(&n->scale);
	vec_release(&n->places);
	free(n->kept);
	vec_release(&n->touched);
	vec_release(&n->entries);
	vec_release(&n->terms);
	vec_release(&n->count);
	vec_release(&n->sorted);
	free(n);
}

struct effort {
	size_t postings, candidates, nearest;
};

static struct effort effort_of(enum kb_effort e)
{
	switch (e) {
	case KB_KEYSTROKE: return (struct effort){8000, 72, 48};
	case KB_FULL: return (struct effort){50000, CANDIDATES, NEAREST};
	case KB_WHOLE:
	case KB_WHOLE_BEGUN: return (struct effort){SIZE_MAX, CANDIDATES, NEAREST};
	}
	return (struct effort){0};
}

struct asking {
	struct kb *kb;
	struct kb_learned *l;
	struct near *n;
	enum kb_effort effort;
	struct effort spend;
	struct sv query;
	struct {
		struct lp_token t;
		char raw[KB_TOKEN_MAX], stem[KB_TOKEN_MAX];
		uint32_t meant; // the word it is a slip of, plus one
		bool begun;
	} tokens[QUERY_TOKENS];
	size_t ntokens;
};

// ---- weights ----

// How much it says of two texts that both have a feature: of the phrasings of one article, if one has it, how often has
// another, against how often any phrasing has. What little is known of a rare one is filled up with what holds for all.
static double says(const struct kb_learned *l, double df, double same, double both)
{
	double usual = ((double)l->both + 1) / ((double)l->same + 2), within = (both + PAIRS * usual) / (same + PAIRS);

	return pow(log(1 + within * (double)l->live / (df > 0 ? df : 0.5)), POWER);
}

static float weight_of(struct kb_learned *l, uint32_t feature)
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
		en[i].w = weight_of(q->l, en[i].feature) * (en[i].tf > 1 ? 1 + logf((float)en[i].tf) : 1);
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

// ---- the query ----

static void keep_token(void *arg, const struct lp_token *t)
{
	struct asking *q = arg;

	if (q->ntokens == QUERY_TOKENS || t->raw.n > KB_TOKEN_MAX || t->stem.n > KB_TOKEN_MAX)
		return;
	q->tokens[q->ntokens].t = *t;
	if (t->kind == KB_WORD) {
		memcpy(q->tokens[q->ntokens].raw, t->raw.p, t->raw.n);
		memcpy(q->tokens[q->ntokens].stem, t->stem.p, t->stem.n);
		q->tokens[q->ntokens].t.raw.p = q->tokens[q->ntokens].raw;
		q->tokens[q->ntokens].t.stem.p = q->tokens[q->ntokens].stem;
	}
	q->ntokens++;
}

static void ask_for(struct asking *q, uint32_t feature, double weight)
{
	struct lp_feature *f = &q->l->features.v[feature];

	if (f->asked_of != q->l->serial) {
		f->asked_of = q->l->serial;
		f->asked = 0;
		vec_push(&q->n->terms, ((struct term){feature, 0}));
	}
	if (weight > f->asked)
		f->asked = (float)weight;
}

struct meant {
	uint32_t word;
	double fit;
};

// The word's features by kind.
static size_t letters_in(const struct kb_learned *l, const struct lp_word *w)
{
	size_t n = 0;

	for (uint32_t i = 0; i < w->n; i++)
		n += l->features.v[l->parts.v[w->first + i]].letters;
	return n;
}

static void better(struct kb_learned *l, struct meant best[MEANT], struct meant m)
{
	for (size_t i = 0; i < MEANT; i++) {
		bool wins = m.fit > best[i].fit || (m.fit == best[i].fit && m.fit > 0 && l->words.v[m.word].key < l->words.v[best[i].word].key);
		if (!wins)
			continue;
		struct meant out = best[i];
		best[i] = m;
		m = out;
	}
}

// Known words that share letters with one that nobody said: misspelt by more than a slip, or the beginning of one.
static void find_like(struct asking *q, const struct lp_token *t, bool goes_on, struct meant best[MEANT])
{
	struct kb_learned *l = q->l;
	uint64_t keys[LP_PARTS];
	size_t whole, n = lp_parts(t, goes_on, keys, &whole);
	VEC(struct meant) found = {0};

	for (size_t i = whole; i < n; i++) {
		uint32_t f = lp_feature_of(l, keys[i]);
		if (!f)
			continue;
		const struct lp_feature *x = &l->features.v[f - 1];
		for (uint32_t k = 0; k < x->n; k++)
			if (l->words.v[l->posts.v[x->first + k]].live)
				vec_push(&found, ((struct meant){l->posts.v[x->first + k], 1}));
		for (uint32_t c = x->chain; c; c = l->later.v[c - 1].next)
			if (l->words.v[l->later.v[c - 1].item].live)
				vec_push(&found, ((struct meant){l->later.v[c - 1].item, 1}));
	}
	for (size_t i = 0; i < found.n; i++) {
		double common = 0;
		bool first = true;
		for (size_t k = 0; k < found.n; k++) {
			common += found.v[k].word == found.v[i].word;
			first = first && (k >= i || found.v[k].word != found.v[i].word);
		}
		if (!first)
			continue;
		size_t letters = letters_in(l, &l->words.v[found.v[i].word]);
		double fit = goes_on ? common / (double)(n - whole) : 2 * common / (double)(n - whole + letters);
		if (fit >= SAME_LETTERS)
			better(l, best, (struct meant){found.v[i].word, fit});
	}
	vec_release(&found);
}

static void ask_word(struct asking *q, uint32_t word, double fit)
{
	const struct lp_word *w = &q->l->words.v[word];

	for (uint32_t k = 0; k < w->n; k++)
		if (!q->l->features.v[q->l->parts.v[w->first + k]].letters)
			ask_for(q, q->l->parts.v[w->first + k], fit * weight_of(q->l, q->l->parts.v[w->first + k]));
}

// A word nobody said: the last one may go on while it is typed; if no known word begins so, and for all others, it is what
// its stem (place plus one, 0 if nobody said that either) says, or a slip, unless an article has it.
static bool ask_unknown(struct asking *q, size_t i, bool last, uint32_t stem, struct err *e)
{
	struct meant best[MEANT] = {{0}};
	const struct lp_token *t = &q->tokens[i].t;
	int64_t articles, heads;

	if (last) {
		find_like(q, t, true, best);
		q->tokens[i].begun = best[0].fit >= 1;
	}
	if (!q->tokens[i].begun) {
		if (stem) {
			ask_for(q, stem - 1, weight_of(q->l, stem - 1));
			return true;
		}
		if (!kb_words_get(q->kb->words, t->raw, &articles, &heads, e))
			return false;
		q->tokens[i].meant = articles ? 0 : lp_meant(q->l, t->raw);
		q->tokens[i].begun = last && !q->tokens[i].meant;
	}
	if (q->tokens[i].meant) {
		ask_word(q, q->tokens[i].meant - 1, 1);
		return true;
	}
	if (!last)
		find_like(q, t, false, best);
	for (size_t k = 0; k < MEANT && best[k].fit > 0; k++)
		ask_word(q, best[k].word, best[k].fit);
	return true;
}

static bool ask_terms(struct asking *q, struct err *e)
{
	q->l->serial++;
	q->n->terms.n = 0;
	for (size_t i = 0; i < q->ntokens; i++) {
		const struct lp_token *t = &q->tokens[i].t;
		uint64_t keys[LP_PARTS];
		size_t whole;
		lp_parts(t, false, keys, &whole);
		uint32_t f = lp_feature_of(q->l, keys[0]), word = lp_word_of(q->l, t->key);
		bool known = f && q->l->features.v[f - 1].df;
		bool last = q->effort != KB_WHOLE && i + 1 == q->ntokens && t->kind == KB_WORD;
		if (known && (!last || (word && q->l->words.v[word - 1].live)))
			ask_for(q, f - 1, weight_of(q->l, f - 1));
		else if (t->kind == KB_WORD && !ask_unknown(q, i, last, known ? f : 0, e))
			return false;
	}
	for (size_t i = 0; i < q->n->terms.n; i++)
		q->n->terms.v[i].weight = q->l->features.v[q->n->terms.v[i].feature].asked;
	return true;
}

// ---- stage one: the phrasings that share most ----

static int rarest_first(const void *a, const void *b, void *arg)
{
	const struct kb_learned *l = arg;
	const struct lp_feature *x = &l->features.v[((const struct term *)a)->feature], *y = &l->features.v[((const struct term *)b)->feature];

	if (x->df != y->df)
		return x->df < y->df ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void scales(struct asking *q)
{
	struct kb_learned *l = q->l;
	struct near *n = q->n;

	if (n->scale_rev == l->rev)
		return;
	vec_reserve(&n->acc, l->phrases.n + 1);
	vec_reserve(&n->touched, l->phrases.n + 1);
	vec_reserve(&n->scale, l->phrases.n + 1);
	for (size_t i = 0; i < l->phrases.n; i++) {
		const struct lp_phrase *p = &l->phrases.v[i];
		n->acc.v[i] = 0;
		n->scale.v[i] = p->counted && p->len ? 1 / sqrtf((float)p->len) : 0;
	}
	n->scale_rev = l->rev;
}

// Lists are read whole or not at all, by how many phrasings count: so the outcome does not depend on their order.
static void gather(struct asking *q)
{
	struct kb_learned *l = q->l;
	struct near *n = q->n;
	size_t left = q->spend.postings;

	if (n->terms.n)
		qsort_r(n->terms.v, n->terms.n, sizeof(*n->terms.v), rarest_first, l);
	scales(q);
	uint32_t *touched = n->touched.v;
	for (size_t i = 0; i < n->terms.n; i++) {
		const struct lp_feature *f = &l->features.v[n->terms.v[i].feature];
		float w = n->terms.v[i].weight * weight_of(l, n->terms.v[i].feature);
		if (f->df > left && i)
			break;
		left -= f->df < left ? f->df : left;
		const uint32_t *posts = l->posts.v + f->first;
		for (uint32_t k = 0; k < f->n; k++) {
			// counts or not, a place that was 0 is noted, and overwritten if it was not
			*touched = posts[k];
			touched += n->acc.v[posts[k]] == 0;
			n->acc.v[posts[k]] += w;
		}
		for (uint32_t c = f->chain; c; c = l->later.v[c - 1].next) {
			*touched = l->later.v[c - 1].item;
			touched += n->acc.v[*touched] == 0;
			n->acc.v[l->later.v[c - 1].item] += w;
		}
	}
	n->touched.n = (size_t)(touched - n->touched.v);
}

static bool worse(const struct pick *a, const struct pick *b)
{
	return a->score != b->score ? a->score < b->score : a->hash > b->hash;
}

// A heap with the worst on top.
static void sift(struct pick *v, size_t n, size_t i)
{
	for (;;) {
		size_t low = i, c = 2 * i + 1;
		if (c < n && worse(&v[c], &v[low]))
			low = c;
		if (c + 1 < n && worse(&v[c + 1], &v[low]))
			low = c + 1;
		if (low == i)
			return;
		struct pick t = v[i];
		v[i] = v[low];
		v[low] = t;
		i = low;
	}
}

static void offer(struct near *n, size_t most, struct pick p)
{
	if (n->npicks < most) {
		n->picks[n->npicks++] = p;
		if (n->npicks == most)
			for (size_t i = most / 2; i-- > 0;)
				sift(n->picks, most, i);
	} else if (worse(&n->picks[0], &p)) {
		n->picks[0] = p;
		sift(n->picks, most, 0);
	}
}

static bool article_holds(struct asking *q, struct lp_article *a, bool *holds, struct err *e)
{
	int64_t now = kb_now(q->kb);

	if (a->checked != q->l->version) {
		sqlite3_stmt *st = kb_stmt(q->kb, "SELECT state IN ('published', 'stale'), effective_from, effective_to FROM article WHERE no = ?", e);
		int at = 0;
		if (!st)
			return false;
		kb_bind_int(st, &at, a->no);
		enum kb_step s = kb_step(q->kb, st, e);
		if (s == KB_FAILED)
			return false;
		a->searchable = s == KB_ROW && sqlite3_column_int(st, 0);
		a->from = s == KB_ROW ? sqlite3_column_int64(st, 1) : 0;
		a->to = s == KB_ROW ? sqlite3_column_int64(st, 2) : 0;
		a->checked = q->l->version;
		sqlite3_reset(st);
	}
	*holds = a->searchable && a->from <= now && (!a->to || a->to > now);
	return true;
}

static bool pick_best(struct asking *q, struct err *e)
{
	struct kb_learned *l = q->l;
	struct near *n = q->n;
	size_t most = q->spend.candidates;
	bool ok = true;

	n->npicks = 0;
	for (size_t i = 0; i < n->touched.n; i++) {
		uint32_t id = n->touched.v[i];
		struct pick c = {n->acc.v[id] * n->scale.v[id], 0, id};
		bool holds = false;
		n->acc.v[id] = 0;
		if (!ok || c.score == 0 || (n->npicks == most && c.score < n->picks[0].score))
			continue;
		c.hash = l->phrases.v[id].hash;
		if (n->npicks == most && !worse(&n->picks[0], &c))
			continue;
		ok = article_holds(q, &l->articles.v[l->phrases.v[id].article], &holds, e);
		if (ok && holds)
			offer(n, most, c);
	}
	return ok;
}

// ---- stage two: how near each of them is, and what they agree on ----

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

// ---- articles ----

struct vote {
	struct kb_hint h;
	double loudest, said; // said: by phrasings alone
	size_t place;         // of its first view: the order of equals, alike on every station
};

static int64_t article_of(const struct asking *q, const struct view *v)
{
	return v->phrase ? q->l->articles.v[q->l->phrases.v[v->phrase - 1].article].no : v->no;
}

static int best_first(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;

	if (x->h.score != y->h.score)
		return x->h.score > y->h.score ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

// A row as a pair of those it came from. A file has no call: it stands for its own.
struct pair {
	uint32_t agent, call;
	bool taken; // the pair is in the matching
};

struct tried {
	uint32_t *v;
	size_t n, cap;
};

static const struct pair *taken_by(const struct pair *v, size_t n, uint32_t call)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].taken && v[i].call == call)
			return &v[i];
	return NULL;
}

// Kuhn's way: an agent gets a call of its own, if need be after the one who has it moved on to another.
static bool match(struct pair *v, size_t n, uint32_t agent, struct tried *tried)
{
	for (size_t i = 0; i < n; i++) {
		bool seen = false;
		if (v[i].agent != agent || v[i].taken)
			continue;
		for (size_t k = 0; k < tried->n; k++)
			seen = seen || tried->v[k] == v[i].call;
		if (seen)
			continue;
		vec_push(tried, v[i].call);
		const struct pair *other = taken_by(v, n, v[i].call);
		if (other && !match(v, n, other->agent, tried))
			continue;
		if (other)
			v[other - v].taken = false;
		v[i].taken = true;
		return true;
	}
	return false;
}

static bool speaks_for(const struct asking *q, size_t i, int64_t no)
{
	const struct view *v = &q->n->views[i];

	return v->phrase && ((const float *)q->n->v)[i] > 0 && article_of(q, v) == no;
}

// How many agents with as many different calls stand behind an article: a call that several worked on is one voice, and so
// is an agent with many calls. Only who said nearly as much of the query as the one who said most: what others taught the
// article about something else is no voice here. At most KB_INDEPENDENT.
static unsigned independent(const struct asking *q, int64_t no)
{
	const uint32_t none = kb_hash(sv(""));
	VEC(struct pair) v = {0};
	struct tried tried = {0};
	unsigned found = 0;
	float nearest = 0;

	for (size_t i = 0; i < q->n->nviews; i++)
		if (speaks_for(q, i, no) && q->n->views[i].near > nearest)
			nearest = q->n->views[i].near;
	for (size_t i = 0; i < q->n->nviews; i++) {
		const struct view *view = &q->n->views[i];
		if (!speaks_for(q, i, no) || view->near < (float)AGREES * nearest)
			continue;
		for (uint32_t r = q->l->phrases.v[view->phrase - 1].rows; r; r = q->l->rows.v[r - 1].next) {
			const struct lp_row *row = &q->l->rows.v[r - 1];
			if (row->counts)
				vec_push(&v, ((struct pair){row->agent, row->call == none ? row->agent : row->call, false}));
		}
	}
	for (size_t i = 0; i < v.n && found < KB_INDEPENDENT; i++) {
		size_t first = 0;
		while (v.v[first].agent != v.v[i].agent)
			first++;
		tried.n = 0;
		found += first == i && match(v.v, v.n, v.v[i].agent, &tried);
	}
	vec_release(&v);
	vec_release(&tried);
	return found;
}

static void count_votes(struct asking *q, struct kb_hints *out)
{
	struct near *n = q->n;
	struct vote votes[SIDE];
	size_t nvotes = 0, k;
	double sum = 0;

	for (size_t i = 0; i < n->nviews; i++) {
		const struct view *v = &n->views[i];
		int64_t no = article_of(q, v);
		double x = (double)((const float *)n->v)[i] * v->weight;
		for (k = 0; k < nvotes && votes[k].h.no != no; k++)
			;
		if (k == nvotes)
			votes[nvotes++] = (struct vote){.h.no = no, .place = i};
		votes[k].h.score += x;
		votes[k].said += v->phrase ? x : 0;
		votes[k].h.near += v->phrase != 0;
		if (v->phrase && x > votes[k].loudest) {
			votes[k].loudest = x;
			votes[k].h.phrasing = v->phrase;
		}
		if (v->phrase && v->near > out->nearness)
			out->nearness = v->near;
	}
	if (nvotes)
		qsort(votes, nvotes, sizeof(*votes), best_first);
	for (k = 0; k < nvotes && out->n < KB_HINTS_MAX && votes[k].h.score > 0; k++) {
		votes[k].h.agents = independent(q, votes[k].h.no);
		sum += votes[k].h.score;
		out->v[out->n++] = votes[k].h;
	}
	for (k = 0; k < nvotes; k++)
		out->trust += votes[k].said > 0 ? votes[k].said : 0;
	out->trust = out->trust < 1 ? out->trust : 1;
	for (k = 0; k < out->n; k++)
		out->v[k].share = out->v[k].score / sum;
}

// ---- the call ----

static void see_changes(struct kb *kb, struct kb_learned *l)
{
	unsigned version = 0;
	int64_t own = sqlite3_total_changes64(kb->db);

	sqlite3_file_control(kb->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	if (!l->version || version != l->file_version || own != l->own_changes)
		l->version++;
	l->file_version = version;
	l->own_changes = own;
}

bool kb_learned_rank(struct kb *kb, const char *query, enum kb_effort effort, const struct kb_title *titles, size_t ntitles,
		     struct kb_hints *out, struct err *e)
{
	struct asking q = {.kb = kb, .effort = effort, .spend = effort_of(effort), .query = sv(query)};

	out->n = 0;
	out->nearness = out->trust = 0;
	if (!kb_learned_get(kb, &q.l, e))
		return false;
	if (!q.l->live)
		return true;
	if (!q.l->near)
		q.l->near = xcalloc(1, sizeof(*q.l->near));
	q.n = q.l->near;
	see_changes(kb, q.l);
	lp_cut(kb, q.query, keep_token, &q);
	if (!ask_terms(&q, e))
		return false;
	gather(&q);
	if (!pick_best(&q, e))
		return false;
	if (!q.n->npicks)
		return true;
	view_all(&q, titles, ntitles);
	fill_matrix(&q);
	solve(q.n);
	count_votes(&q, out);
	return true;
}

const char *kb_hint_phrasing(struct kb *kb, const struct kb_hint *h)
{
	struct kb_learned *l = kb->learned;
	sqlite3_stmt *st;
	int at = 0;

	if (!l || !h->phrasing)
		return NULL;
	// the newest of its rows that count
	st = kb_stmt(kb, "SELECT id FROM kb_phrasing WHERE no = ?", NULL);
	for (uint32_t r = l->phrases.v[h->phrasing - 1].rows; st && r; r = l->rows.v[r - 1].next) {
		if (!l->rows.v[r - 1].counts)
			continue;
		kb_bind_int(st, &at, r - 1);
		if (kb_step(kb, st, NULL) == KB_ROW)
			snprintf(l->phrasing_id, sizeof(l->phrasing_id), "%.*s", (int)kb_col(st, 0).n, kb_col(st, 0).p);
		sqlite3_reset(st);
		return l->phrasing_id;
	}
	return NULL;
}
