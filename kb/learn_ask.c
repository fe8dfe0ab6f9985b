// SPDX-License-Identifier: MIT
// Knows which phrasings share most with a query: its words, known ones for those that nobody said, the phrasings that have them.
#include "kb/learn_internal.h"

#include <math.h>

static const double SAME_LETTERS = 0.5;

// ---- the query ----

void lp_keep_token(void *arg, const struct lp_token *t)
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
			ask_for(q, q->l->parts.v[w->first + k], fit * lp_weight_of(q->l, q->l->parts.v[w->first + k]));
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
			ask_for(q, stem - 1, lp_weight_of(q->l, stem - 1));
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

bool lp_ask_terms(struct asking *q, struct err *e)
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
			ask_for(q, f - 1, lp_weight_of(q->l, f - 1));
		else if (t->kind == KB_WORD && !ask_unknown(q, i, last, known ? f : 0, e))
			return false;
	}
	for (size_t i = 0; i < q->n->terms.n; i++)
		q->n->terms.v[i].weight = q->l->features.v[q->n->terms.v[i].feature].asked;
	return true;
}

// ---- the phrasings that share most ----

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
void lp_gather(struct asking *q)
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
		float w = n->terms.v[i].weight * lp_weight_of(l, n->terms.v[i].feature);
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

bool lp_pick_best(struct asking *q, struct err *e)
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
