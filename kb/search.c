// SPDX-License-Identifier: MIT
// Knows how a query is answered within a bounded cost: postings of the rarest terms first, then exact scores of the best.
#include "kb/search.h"

#include "kb/rank.h"
#include "kb/rows.h"
#include "kb/snippet.h"

struct effort {
	size_t postings, scored;
};

static struct effort effort_of(enum kb_effort e)
{
	switch (e) {
	case KB_KEYSTROKE:
		return (struct effort){20000, 100};
	case KB_FULL:
		return (struct effort){50000, 200};
	case KB_WHOLE:
	case KB_WHOLE_BEGUN:
		return (struct effort){SIZE_MAX / 8, SIZE_MAX / 8};
	}
	return (struct effort){0, 0};
}

struct found {
	uint32_t no;
	const char *id;
	int ver;
	bool must_read;
	int64_t published_at;
	int up, down;
	struct kb_score score;
	bool stale;
};

struct search {
	struct kb *kb;
	const struct kb_query *q;
	struct effort effort;
	struct kb_parsed p;
	struct arena *a;
	struct err *e;
	size_t spent, scored;
	unsigned required; // clauses that gave a candidate list
	bool cut;
	VEC(struct found) found;
};

// ---- stage 1: postings into accumulators ----

static bool visible(const struct kb *kb, int64_t no)
{
	return no >= 0 && (size_t)no < kb->docs && kb->head_len[no];
}

static void add_to(struct kb *kb, uint32_t no, float v)
{
	if (kb->acc[no] == 0)
		vec_push(&kb->touched, no);
	kb->acc[no] += v;
}

struct posting_list {
	const struct kb_term *t;
	bool head;
	int64_t cost;
};

static int by_cost(const void *a, const void *b)
{
	const struct posting_list *x = a, *y = b;

	if (x->cost != y->cost)
		return (x->cost > y->cost) - (x->cost < y->cost);
	if (x->head != y->head)
		return x->head ? -1 : 1;
	if (!x->t->text || !y->t->text)
		return (x->t->group > y->t->group) - (x->t->group < y->t->group);
	return strcmp(x->t->text, y->t->text);
}

static const char *match_text(const struct kb_term *t, char *buf, size_t cap)
{
	snprintf(buf, cap, "\"%s\"", t->text); // tokens hold no quotes
	return buf;
}

static bool read_list(struct search *s, const struct posting_list *l, size_t most)
{
	sqlite3_stmt *st = l->head ? kb_stmt(s->kb, "SELECT rowid FROM kb_head WHERE kb_head MATCH ? LIMIT ?", s->e)
				   : kb_stmt(s->kb, "SELECT rowid FROM kb_body WHERE kb_body MATCH ? LIMIT ?", s->e);
	char match[KB_TOKEN_MAX + 4];
	float v = (float)(l->t->weight * kb_idf(s->kb->searchable, l->t->df) * (l->head ? 2 : 1));
	int at = 0;
	enum kb_step step;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(match_text(l->t, match, sizeof(match))));
	kb_bind_int(st, &at, (int64_t)most);
	while ((step = kb_step(s->kb, st, s->e)) == KB_ROW) {
		int64_t no = sqlite3_column_int64(st, 0);
		s->spent++;
		if (visible(s->kb, no))
			add_to(s->kb, (uint32_t)no, v);
	}
	return step == KB_DONE;
}

static void read_places(struct search *s, const struct kb_term *t)
{
	float v = (float)(t->weight * kb_idf(s->kb->searchable, t->df) * 2);

	s->spent += t->nplaces;
	for (size_t i = 0; i < t->nplaces; i++)
		if (visible(s->kb, t->places[i].no))
			add_to(s->kb, t->places[i].no, v);
}

// Shortest list first. A list over the budget is left out, but something is always read: the first may take four times
// as much, and is cut where even that does not reach.
static bool stage_one(struct search *s)
{
	struct posting_list lists[2 * KB_TERMS_MAX];
	size_t n = 0, cap = s->effort.postings;

	for (size_t i = 0; i < s->p.nterms; i++) {
		const struct kb_term *t = &s->p.terms[i];
		if (t->hdf)
			lists[n++] = (struct posting_list){t, true, t->hdf};
		if (t->bdf)
			lists[n++] = (struct posting_list){t, false, t->bdf};
	}
	qsort(lists, n, sizeof(*lists), by_cost);
	for (size_t i = 0; i < n; i++) {
		if (!lists[i].t->text) {
			read_places(s, lists[i].t);
			continue;
		}
		size_t most = (size_t)lists[i].cost;
		if (s->spent + most > cap) {
			s->cut = true;
			if (s->spent)
				continue;
			most = most > 4 * cap ? 4 * cap : most;
		}
		if (!read_list(s, &lists[i], most))
			return false;
	}
	return true;
}

// ---- clauses that name their candidates ----

static void mark(struct search *s, int64_t no)
{
	if (!visible(s->kb, no) || s->kb->marks[no] != s->required)
		return;
	s->kb->marks[no]++;
	if (s->kb->acc[no] == 0)
		add_to(s->kb, (uint32_t)no, 1e-6f);
}

static bool mark_rows(struct search *s, sqlite3_stmt *st)
{
	enum kb_step step;

	while ((step = kb_step(s->kb, st, s->e)) == KB_ROW) {
		s->spent++;
		mark(s, sqlite3_column_int64(st, 0));
	}
	return step == KB_DONE;
}

// Articles with all tokens of the clause in a field before the body, or in the body: a phrase lies within one field.
static bool mark_tokens(struct search *s, const struct kb_clause *c, bool head)
{
	sqlite3_stmt *st = head ? kb_stmt(s->kb, "SELECT rowid FROM kb_head WHERE kb_head MATCH ? LIMIT ?", s->e)
				: kb_stmt(s->kb, "SELECT rowid FROM kb_body WHERE kb_body MATCH ? LIMIT ?", s->e);
	struct str match = {0};
	int at = 0;

	if (!st)
		return false;
	for (size_t i = 0; i < c->n; i++)
		str_addf(&match, "%s\"%s\"", i ? " AND " : "", c->tokens[i]);
	kb_bind_text(st, &at, sv_n(str_z(&match), match.n));
	kb_bind_int(st, &at, (int64_t)s->effort.postings);
	bool ok = mark_rows(s, st);
	str_release(&match);
	return ok;
}

static bool mark_prefix(struct search *s, const struct kb_clause *c)
{
	sqlite3_stmt *st =
		c->kind == KB_C_ID
			? kb_stmt(s->kb, "SELECT no FROM article WHERE id >= ?1 AND id < ?1 || char(0x10ffff) LIMIT ?2", s->e)
			: kb_stmt(s->kb,
				  "SELECT no FROM article_category WHERE category = ?1 "
				  "OR (category > ?1 || '.' AND category < ?1 || '/') LIMIT ?2",
				  s->e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(c->folded));
	kb_bind_int(st, &at, (int64_t)s->effort.postings);
	return mark_rows(s, st);
}

static bool mark_required(struct search *s)
{
	for (size_t i = 0; i < s->p.nclauses; i++) {
		const struct kb_clause *c = &s->p.clauses[i];
		switch (c->kind) {
		case KB_C_PHRASE:
			if (!mark_tokens(s, c, true) || !mark_tokens(s, c, false))
				return false;
			s->required++;
			break;
		case KB_C_TITLE:
			if (!mark_tokens(s, c, true))
				return false;
			s->required++;
			break;
		case KB_C_ID:
		case KB_C_CATEGORY:
			if (!mark_prefix(s, c))
				return false;
			s->required++;
			break;
		case KB_C_NOT:
			break;
		}
	}
	return true;
}

// ---- stage 2: exact scores of the best ----

struct best {
	float score;
	uint8_t len;
	uint32_t no;
};

static bool ahead(const struct best *x, const struct best *y)
{
	if (x->score != y->score)
		return x->score > y->score;
	return x->len != y->len ? x->len < y->len : x->no < y->no;
}

static int by_promise(const void *a, const void *b)
{
	return ahead(a, b) ? -1 : ahead(b, a) ? 1 : 0;
}

// A heap with the worst on top.
static void sift(struct best *v, size_t n, size_t i)
{
	for (;;) {
		size_t worst = i, l = 2 * i + 1;
		if (l < n && ahead(&v[worst], &v[l]))
			worst = l;
		if (l + 1 < n && ahead(&v[worst], &v[l + 1]))
			worst = l + 1;
		if (worst == i)
			return;
		struct best t = v[i];
		v[i] = v[worst];
		v[worst] = t;
		i = worst;
	}
}

// The most promising candidates, best first. Clears the accumulators.
static struct best *pick(struct search *s, size_t max, size_t *n)
{
	struct kb *kb = s->kb;
	size_t cap = kb->touched.n < max ? kb->touched.n : max;
	struct best *v = xmalloc((cap + 1) * sizeof(*v));

	*n = 0;
	for (size_t i = 0; i < kb->touched.n; i++) {
		uint32_t no = kb->touched.v[i];
		struct best b = {kb->acc[no], kb->head_len[no], no};
		bool in = kb->marks[no] == s->required;
		kb->acc[no] = 0;
		kb->marks[no] = 0;
		if (!in || !cap)
			continue;
		if (*n < cap) {
			v[(*n)++] = b;
			if (*n == cap)
				for (size_t k = cap / 2 + 1; k-- > 0;)
					sift(v, cap, k);
		} else if (ahead(&b, &v[0])) {
			v[0] = b;
			sift(v, cap, 0);
		}
	}
	kb->touched.n = 0;
	qsort(v, *n, sizeof(*v), by_promise);
	return v;
}

static bool has_all(const struct kb_doc *d, const struct kb_clause *c, bool in_title)
{
	unsigned tf[KB_FIELDS];

	for (size_t i = 0; i < c->n; i++)
		if (!kb_doc_tf(d, c->hashes[i], tf) || (in_title && !tf[KB_F_TITLE]))
			return false;
	return true;
}

// Does the folded text of the article hold the phrase?
static bool holds_phrase(struct search *s, uint32_t no, int ver, const char *folded, bool *holds)
{
	struct kb_version v;
	struct arena a = {0};
	struct str b = {0};
	bool ok = kb_version_read(s->kb, no, ver, &v, &a, s->e);

	*holds = false;
	if (ok) {
		const struct kb_list *const lists[] = {&v.text.tags, &v.text.synonyms, &v.text.phrasings};
		const char *const texts[] = {v.text.title, v.text.title_en, v.text.question, v.text.summary_en, v.text.body};
		for (size_t i = 0; i < 5; i++) {
			kb_fold(&b, sv(texts[i]));
			str_addc(&b, '\n');
		}
		for (size_t l = 0; l < 3; l++)
			for (size_t i = 0; i < lists[l]->n; i++) {
				kb_fold(&b, sv(lists[l]->v[i]));
				str_addc(&b, '\n');
			}
		*holds = strstr(str_z(&b), folded) != NULL;
	}
	str_release(&b);
	arena_release(&a);
	return ok;
}

// False on damage; *in tells whether all clauses hold.
static bool clauses_hold(struct search *s, uint32_t no, int ver, const struct kb_doc *d, bool *in)
{
	*in = true;
	for (size_t i = 0; i < s->p.nclauses && *in; i++) {
		const struct kb_clause *c = &s->p.clauses[i];
		switch (c->kind) {
		case KB_C_PHRASE:
			if (!holds_phrase(s, no, ver, c->folded, in))
				return false;
			break;
		case KB_C_TITLE:
			*in = has_all(d, c, true);
			break;
		case KB_C_NOT:
			*in = !has_all(d, c, false);
			if (!*in && strchr(c->folded, ' ')) { // all its words, but perhaps not as a phrase
				bool holds;
				if (!holds_phrase(s, no, ver, c->folded, &holds))
					return false;
				*in = !holds;
			}
			break;
		case KB_C_ID:
		case KB_C_CATEGORY:
			break; // met exactly by mark_prefix
		}
	}
	return true;
}

static sqlite3_stmt *article_row(struct search *s, uint32_t no)
{
	sqlite3_stmt *st = kb_stmt(s->kb,
				   "SELECT a.id, a.ver, a.state, a.category, a.effective_from, a.effective_to, a.review_due, "
				   "a.votes_up, a.votes_down, a.must_read, a.published_at, d.d "
				   "FROM article a JOIN kb_doc d ON d.no = a.no WHERE a.no = ?",
				   s->e);
	int at = 0;

	if (st)
		kb_bind_int(st, &at, no);
	return st;
}

// Scores the article of the current row, or leaves it out.
static bool score_row(struct search *s, uint32_t no, sqlite3_stmt *st)
{
	struct kb_facts f = {.category = kb_col(st, 3)};
	int64_t now = kb_now(s->kb), to = sqlite3_column_int64(st, 5);
	struct kb_doc d;
	struct kb_score score;
	bool in;

	if (!kb_state_parse(kb_col(st, 2), &f.state) || !kb_searchable(f.state) || sqlite3_column_int64(st, 4) > now ||
	    (to && to <= now))
		return true;
	f.review_due = sqlite3_column_int64(st, 6);
	f.votes_up = sqlite3_column_int(st, 7);
	f.votes_down = sqlite3_column_int(st, 8);
	if (!kb_doc_open(kb_col(st, 11), &d))
		return err_set(s->e, ERR_IO, "the search index is damaged: run zuoxi kb check");
	if (!clauses_hold(s, no, sqlite3_column_int(st, 1), &d, &in))
		return false;
	if (!in)
		return true;
	kb_score_text(s->kb, &s->p, &d, no, &score);
	if (score.text == 0 && !s->required && s->p.groups)
		return true;
	if (!s->p.groups || score.text == 0)
		score.text = 1; // found by its clauses alone
	kb_score_factors(&f, s->q->category, now, &score);
	*vec_add(&s->found) = (struct found){
		.no = no,
		.id = arena_strndup(s->a, kb_col(st, 0).p, kb_col(st, 0).n),
		.ver = sqlite3_column_int(st, 1),
		.must_read = sqlite3_column_int(st, 9) != 0,
		.published_at = sqlite3_column_int64(st, 10),
		.up = f.votes_up,
		.down = f.votes_down,
		.score = score,
		.stale = score.stale != 1,
	};
	return true;
}

static bool score_one(struct search *s, uint32_t no)
{
	sqlite3_stmt *st = article_row(s, no);

	if (!st)
		return false;
	enum kb_step step = kb_step(s->kb, st, s->e);
	bool ok = step == KB_DONE || (step == KB_ROW && score_row(s, no, st));
	sqlite3_reset(st);
	return ok;
}

static int by_score(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->score.total != y->score.total)
		return x->score.total > y->score.total ? -1 : 1;
	return strcmp(x->id, y->id);
}

// Expired articles do not use up places: up to four times as many rows are looked at.
static bool stage_two(struct search *s)
{
	size_t n, max = s->effort.scored;
	struct best *v = pick(s, 4 * max, &n);
	bool ok = true;

	for (size_t i = 0; ok && i < n && s->found.n < max; i++) {
		ok = score_one(s, v[i].no);
		s->scored++;
	}
	free(v);
	if (s->found.n)
		qsort(s->found.v, s->found.n, sizeof(*s->found.v), by_score);
	return ok;
}

// ---- what is shown ----

static bool fill(struct search *s, const struct found *f, bool snippet, struct kb_result *r)
{
	sqlite3_stmt *st = snippet ? kb_stmt(s->kb,
					     "SELECT title, title_en, lang, substr(body, 1, 6000), question FROM article_version "
					     "WHERE no = ? AND ver = ?",
					     s->e)
				   : kb_stmt(s->kb, "SELECT title, title_en, lang FROM article_version WHERE no = ? AND ver = ?", s->e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_int(st, &at, f->no);
	kb_bind_int(st, &at, f->ver);
	enum kb_step step = kb_step(s->kb, st, s->e);
	if (step != KB_ROW)
		return step == KB_DONE && err_set(s->e, ERR_IO, "%s has no version %d", f->id, f->ver);
	struct kb_result got = {
		.id = f->id,
		.ver = f->ver,
		.title = kb_mark(s->kb, &s->p, kb_col(st, 0), s->a),
		.title_en = arena_strndup(s->a, kb_col(st, 1).p, kb_col(st, 1).n),
		.lang = arena_strndup(s->a, kb_col(st, 2).p, kb_col(st, 2).n),
		.snippet = snippet ? kb_snippet(s->kb, &s->p, kb_col(st, 3), s->a) : (struct kb_marked){.text = ""},
		.score = f->score,
		.state = f->stale ? KB_STALE : KB_PUBLISHED,
		.published_at = f->published_at,
		.helpful = f->up + f->down ? (double)f->up / (f->up + f->down) : -1,
		.votes = f->up + f->down,
		.must_read = f->must_read,
	};
	if (snippet && !got.snippet.nspans && kb_col(st, 4).n) {
		struct kb_marked q = kb_snippet(s->kb, &s->p, kb_col(st, 4), s->a);
		if (q.nspans)
			got.snippet = q;
	}
	sqlite3_reset(st);
	*r = got;
	return true;
}

static bool hand_over(struct search *s, struct kb_results *out)
{
	size_t n = s->q->limit && s->q->limit < s->found.n ? s->q->limit : s->found.n;
	size_t snippets = s->q->snippets == KB_NO_SNIPPETS ? 0 : s->q->snippets ? s->q->snippets : n;

	out->v = arena_array(s->a, struct kb_result, n + 1);
	for (size_t i = 0; i < n; i++)
		if (!fill(s, &s->found.v[i], i < snippets, &out->v[i]))
			return false;
	out->n = n;
	out->postings = (unsigned)s->spent;
	out->scored = (unsigned)s->scored;
	out->cut = s->cut || s->p.cut;
	return true;
}

// Nothing asked: what must be read, then what is used most.
static bool list_usual(struct search *s)
{
	sqlite3_stmt *st = kb_stmt(s->kb,
				   "SELECT no FROM article WHERE state IN ('published', 'stale') "
				   "ORDER BY must_read DESC, use_count DESC, id LIMIT ?",
				   s->e);
	size_t want = s->q->limit ? s->q->limit : s->effort.scored;
	VEC(uint32_t) nos = {0};
	int at = 0;
	enum kb_step step;
	bool ok;

	if (!st)
		return false;
	kb_bind_int(st, &at, (int64_t)(want < s->effort.scored ? 4 * want : 4 * s->effort.scored));
	while ((step = kb_step(s->kb, st, s->e)) == KB_ROW)
		vec_push(&nos, (uint32_t)sqlite3_column_int64(st, 0));
	ok = step == KB_DONE;
	for (size_t i = 0; ok && i < nos.n && s->found.n < want; i++)
		ok = score_one(s, nos.v[i]);
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

static bool both_stages(struct search *s)
{
	s->found.n = 0;
	s->required = 0;
	return mark_required(s) && stage_one(s) && stage_two(s);
}

// Did the best articles match by more than single characters?
static bool found_well(const struct search *s)
{
	if (!s->found.n)
		return false;
	if (!s->p.strong || s->required)
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
	if (!both_stages(s))
		return false;
	out->suggestion = s->p.corrected ? s->p.corrected : "";
	if (found_well(s))
		return hand_over(s, out);
	out->nothing_found = true;
	if (s->p.nclauses && *s->p.words) {
		if (!kb_parse_query(s->kb, s->q, true, &s->p, s->a, s->e))
			return false;
		out->suggestion = s->p.words;
	}
	if (!kb_add_homophones(s->kb, &s->p, s->a, s->e) || !both_stages(s))
		return false;
	return hand_over(s, out);
}

static void forget(struct kb *kb)
{
	for (size_t i = 0; i < kb->touched.n; i++) {
		kb->acc[kb->touched.v[i]] = 0;
		kb->marks[kb->touched.v[i]] = 0;
	}
	kb->touched.n = 0;
}

bool kb_search(struct kb *kb, const struct kb_query *q, struct kb_results *out, struct arena *a, struct err *e)
{
	struct search s = {.kb = kb, .q = q, .effort = effort_of(q->effort), .a = a, .e = e};
	bool inside = sqlite3_get_autocommit(kb->db) == 0;

	*out = (struct kb_results){.suggestion = ""};
	// one view of the file for the whole search
	if (!inside && !kb_exec(kb, "BEGIN", e))
		return false;
	bool ok = kb_view(kb, e) && answer(&s, out);
	if (!ok)
		forget(kb);
	if (!inside)
		sqlite3_exec(kb->db, "COMMIT", NULL, NULL, NULL);
	vec_release(&s.found);
	return ok;
}
