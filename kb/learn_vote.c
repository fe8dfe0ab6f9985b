// SPDX-License-Identifier: MIT
// Knows how what phrasings say becomes hints for articles, and how many independent people stand behind one.
#include "kb/learn_internal.h"

static const double AGREES = 0.7; // of the nearest one's nearness: who said less is no voice against a title

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

void lp_count_votes(struct asking *q, struct kb_hints *out)
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
