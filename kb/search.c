// SPDX-License-Identifier: MIT
// Knows how a query is answered within a bounded cost: candidates, their exact scores, what phrasings say, and what to show
// when nothing was found.
#include "kb/search.h"

#include "kb/candidates.h"
#include "kb/found.h"
#include "kb/fuse.h"

static struct kb_budget budget_of(enum kb_effort e)
{
	switch (e) {
	case KB_KEYSTROKE:
		return (struct kb_budget){20000, 100};
	case KB_FULL:
		return (struct kb_budget){50000, 200};
	case KB_WHOLE:
	case KB_WHOLE_BEGUN:
		return (struct kb_budget){SIZE_MAX / 8, SIZE_MAX / 8};
	}
	return (struct kb_budget){0};
}

struct search {
	struct kb *kb;
	const struct kb_query *q;
	struct kb_budget budget;
	struct kb_parsed p;
	struct kb_candidates c;
	struct kb_scored s;
	size_t spent;
	double trust; // of phrasings in this answer
	struct arena *a;
	struct err *e;
};

static int by_score(const void *a, const void *b)
{
	const struct kb_found *x = a, *y = b;

	if (x->score.total != y->score.total)
		return x->score.total > y->score.total ? -1 : 1;
	return strcmp(x->id, y->id);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

// In the order of their promise, or of their rows where all of them are scored: neighbours lie on the same pages.
static bool score_candidates(struct search *s)
{
	bool must_match = s->p.groups > 0 && !s->c.required;
	uint32_t *special = arena_array(s->a, uint32_t, s->c.n + 1), *plain = s->c.docs;
	size_t nspecial = 0, nplain = 0;

	for (size_t i = 0; i < s->c.n; i++) {
		uint32_t doc = s->c.docs[i], row = s->kb->live_row[doc];
		if (s->kb->live_len[doc] & KB_SPECIAL)
			special[nspecial++] = row;
		else
			plain[nplain++] = row;
	}
	if (nplain > 1 && s->c.n <= s->budget.scored)
		qsort(plain, nplain, sizeof(*plain), by_number);
	kb_scored_begin(&s->s, s->kb, &s->p, s->a);
	return kb_score_articles(&s->s, s->kb, s->q, &s->p, KB_SPECIAL_ROWS, special, nspecial, s->budget.scored, must_match, s->a, s->e) &&
	       kb_score_articles(&s->s, s->kb, s->q, &s->p, KB_PLAIN_ROWS, plain, nplain, s->budget.scored, must_match, s->a, s->e);
}

// Expired articles and those that clauses refuse do not use up places: where there were some, ten times as many are looked at.
static bool both_stages(struct search *s)
{
	for (size_t wide = 1;; wide *= 10) {
		struct kb_budget b = {s->budget.postings, wide * s->budget.scored};
		if (!kb_candidates(s->kb, &s->p, b, &s->c, s->a, s->e) || !score_candidates(s))
			return false;
		s->spent += s->c.spent;
		if (wide == 10 || s->s.v.n == s->budget.scored || s->c.n < b.scored)
			break;
		// a few that share nothing with the query but a begun word are not worth another look
		if (!s->p.nclauses && s->s.v.n * 2 > s->budget.scored)
			break;
	}
	if (s->s.v.n)
		qsort(s->s.v.v, s->s.v.n, sizeof(*s->s.v.v), by_score);
	return true;
}

// ---- phrasings ----

// Articles that only phrasings speak for join those that were found; of the others the best keep their titles at hand.
static bool add_missing(struct search *s, const struct kb_hints *h)
{
	uint32_t missing[KB_HINTS_MAX];
	size_t n = s->s.v.n, m = 0;

	for (size_t i = 0; i < h->n; i++) {
		bool there = false;
		for (size_t k = 0; k < n && !there; k++)
			there = s->s.v.v[k].no == h->v[i].no;
		if (!there)
			missing[m++] = (uint32_t)h->v[i].no;
	}
	if (m && !kb_score_articles(&s->s, s->kb, s->q, &s->p, KB_ARTICLES, missing, m, n + m, false, s->a, s->e))
		return false;
	// what was scored later may have a text score too: it stands where that puts it
	if (s->s.v.n > n)
		qsort(s->s.v.v, s->s.v.n, sizeof(*s->s.v.v), by_score);
	return true;
}

static void say_phrasings(struct search *s, const struct kb_hints *h, struct kb_found *f)
{
	for (size_t i = 0; i < h->n; i++) {
		const char *id;
		if (h->v[i].no != f->no)
			continue;
		id = kb_hint_phrasing(s->kb, &h->v[i]);
		f->phrasing = id ? arena_strdup(s->a, id) : "";
		f->score.agents = h->v[i].agents;
	}
}

static void reorder(struct search *s, const struct kb_hints *h)
{
	size_t n = s->s.v.n;
	struct kb_found *old = arena_array(s->a, struct kb_found, n + 1);
	struct kb_fused *v = arena_array(s->a, struct kb_fused, n + 1);
	const struct kb_score *best = &s->s.v.v[0].score;

	memcpy(old, s->s.v.v, n * sizeof(*old));
	for (size_t i = 0; i < n; i++) {
		const struct kb_score *x = &old[i].score;
		v[i] = (struct kb_fused){.no = old[i].no, .text = x->ranked, .tag = (uint32_t)i,
					 .factor = x->category * x->step * x->helpful * x->stale,
					 .own_title = i < KB_TITLES && kb_is_title(s->p.words, old[i].title)};
	}
	s->trust = kb_fuse(v, n, h, best->terms ? (double)best->terms_hit / best->terms : 0);
	for (size_t i = 0; i < n; i++) {
		struct kb_found *f = &s->s.v.v[i];
		*f = old[v[i].tag];
		f->score.total = v[i].total;
		f->score.trust = s->trust;
		f->score.learned = 0;
		for (size_t k = 0; k < h->n; k++)
			if (h->v[k].no == f->no)
				f->score.learned = h->v[k].share;
		if (f->score.learned > 0)
			say_phrasings(s, h, f);
	}
}

static bool ask_phrasings(struct search *s)
{
	struct kb_title titles[KB_TITLES];
	struct kb_hints h;
	size_t n = s->s.v.n < KB_TITLES ? s->s.v.n : KB_TITLES;

	if (!*s->p.words)
		return true;
	for (size_t i = 0; i < n; i++)
		titles[i] = (struct kb_title){s->s.v.v[i].no, s->s.v.v[i].title};
	if (!kb_learned_rank(s->kb, s->p.words, s->q->effort, titles, n, &h, s->e))
		return false;
	if (!h.n || h.trust <= 0)
		return true;
	if (!add_missing(s, &h))
		return false;
	if (s->s.v.n)
		reorder(s, &h);
	return true;
}

// ---- the answer ----

static bool hand_over(struct search *s, struct kb_results *out)
{
	size_t n = s->q->limit && s->q->limit < s->s.v.n ? s->q->limit : s->s.v.n;
	size_t snippets = s->q->snippets == KB_NO_SNIPPETS ? 0 : s->q->snippets ? s->q->snippets : n;

	out->v = arena_array(s->a, struct kb_result, n + 1);
	if (!kb_show_found(s->kb, &s->p, s->s.v.v, n, snippets, out->v, s->a, s->e))
		return false;
	out->n = n;
	out->postings = (unsigned)s->spent;
	out->scored = (unsigned)s->s.looked;
	out->cut = s->c.cut || s->p.cut;
	return true;
}

// Nothing asked: what must be read, then what is used most.
static bool list_usual(struct search *s)
{
	sqlite3_stmt *st = kb_stmt(s->kb,
				   "SELECT no FROM article WHERE state IN ('published', 'stale') "
				   "ORDER BY must_read DESC, use_count DESC, id LIMIT ?",
				   s->e);
	size_t want = s->q->limit ? s->q->limit : s->budget.scored;
	VEC(uint32_t) nos = {0};
	int at = 0;
	enum kb_step step;
	bool ok;

	if (!st)
		return false;
	kb_bind_int(st, &at, (int64_t)(want < s->budget.scored ? 4 * want : 4 * s->budget.scored));
	while ((step = kb_step(s->kb, st, s->e)) == KB_ROW)
		vec_push(&nos, (uint32_t)sqlite3_column_int64(st, 0));
	ok = step == KB_DONE;
	kb_scored_begin(&s->s, s->kb, &s->p, s->a);
	ok = ok && kb_score_articles(&s->s, s->kb, s->q, &s->p, KB_ARTICLES, nos.v, nos.n, want, false, s->a, s->e);
	vec_release(&nos);
	return ok;
}

static bool only_excludes(const struct kb_parsed *p)
{
	for (size_t i = 0; i < p->nclauses; i++)
		if (p->clauses[i].kind != KB_C_NOT)
			return false;
	return !p->nterms && !p->groups;
}

// Did the best articles match by more than single characters, or by what customers said?
static bool found_well(const struct search *s)
{
	if (!s->s.v.n)
		return false;
	if (!s->p.strong || s->c.required || s->trust >= 0.5)
		return true;
	for (size_t i = 0; i < s->p.nterms; i++)
		if (s->p.terms[i].kind != KB_HAN1 && s->p.terms[i].df > 0)
			return true;
	return false;
}

static bool answer(struct search *s, struct kb_results *out)
{
	if (!kb_parse_query(s->kb, s->q, false, &s->p, s->a, s->e))
		return false;
	if (only_excludes(&s->p))
		return list_usual(s) && hand_over(s, out);
	if (!both_stages(s) || !ask_phrasings(s))
		return false;
	out->suggestion = s->p.corrected ? s->p.corrected : "";
	if (found_well(s))
		return hand_over(s, out);
	out->nothing_found = true;
	if (s->p.nclauses && *s->p.words) {
		if (!kb_parse_query(s->kb, s->q, true, &s->p, s->a, s->e) || !both_stages(s))
			return false;
		out->suggestion = s->p.words;
	}
	return hand_over(s, out);
}

bool kb_search(struct kb *kb, const struct kb_query *q, struct kb_results *out, struct arena *a, struct err *e)
{
	struct search s = {.kb = kb, .q = q, .budget = budget_of(q->effort), .a = a, .e = e};
	bool inside = sqlite3_get_autocommit(kb->db) == 0;

	*out = (struct kb_results){.suggestion = ""};
	// one view of the file for the whole search
	if (!inside && !kb_exec(kb, "BEGIN", e))
		return false;
	bool ok = kb_view(kb, e) && answer(&s, out);
	if (!inside)
		sqlite3_exec(kb->db, "COMMIT", NULL, NULL, NULL);
	kb_scored_release(&s.s);
	return ok;
}
