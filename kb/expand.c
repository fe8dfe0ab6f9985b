// SPDX-License-Identifier: MIT
// Knows how the words of a query become terms: looked up, completed, corrected, read as pinyin.
#include "kb/expand.h"

#include "kb/chars.h"
#include "kb/homophone.h"
#include "kb/index.h"
#include "kb/rank.h"

// Bounds of one keystroke; each is met only by words that could mean almost anything.
enum {
	COMPLETIONS = 8,
	CORRECTIONS = 3,
	READINGS = 6,
	KEYS_OF_READING = 3, // lists that bring candidates for one reading
	RANGE_ROWS = 700,    // keys looked at for two or three typed initials, or for a character that begins a pair
	RANGE_BEST = 12,
	LOOKUPS_MAX = 2 * KB_TERMS_MAX,
	ALIKE = 12,          // characters tried in the place of one
	ALIKE_PAIRS = 4,     // pairs that nobody writes so, looked into for other characters
	ALIKE_BEST = 2,
};

static const double COMPLETED = 0.8, PINYIN = 0.8, CORRECTED = 0.9, HALF_STEM = 0.4, ALIKE_WEIGHT = 0.7, WORD_AMONG_HAN = 2;

struct expand {
	struct kb *kb;
	struct kb_parsed *p;
	struct arena *a;
	struct err *e;
	bool failed;
	double word; // weight of a word: among Han characters it counts like the characters and the pair that a Han word is made of
};

static bool latin(struct sv s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'a' || s.p[i] > 'z')
			return false;
	return s.n > 0;
}

// ---- terms ----

static struct kb_term *same_term(struct expand *x, struct sv text)
{
	for (size_t i = 0; i < x->p->nterms; i++)
		if (x->p->terms[i].text && sv_eq(sv_n(x->p->terms[i].text, x->p->terms[i].n), text))
			return &x->p->terms[i];
	return NULL;
}

static bool find(struct expand *x, kb_key key, struct kb_list_head *head)
{
	if (!x->failed && !kb_post_find(x->kb->post, key, head, x->a, x->e))
		x->failed = true;
	return !x->failed && head->df > 0;
}

static void add_lookup(struct expand *x, const struct kb_list_head *head, double weight)
{
	if (x->p->nlookups < LOOKUPS_MAX)
		x->p->lookups[x->p->nlookups++] = (struct kb_lookup){*head, weight};
	else
		x->p->cut = true;
}

static kb_key key_of(const struct kb_token *t)
{
	switch (t->kind) {
	case KB_HAN1:
		return kb_key_han1(t->cp[0]);
	case KB_HAN2:
		return kb_key_han2(t->cp[0], t->cp[1]);
	case KB_WORD:
		break;
	}
	return kb_key_word(t->text);
}

// A token that may stand in articles. NULL: it does not, or it is among the terms already.
static struct kb_term *add_term(struct expand *x, const struct kb_token *t, double weight, unsigned group)
{
	struct kb_parsed *p = x->p;
	struct kb_term *same = same_term(x, t->text);
	struct kb_list_head head;

	if (t->kind == KB_WORD)
		weight *= x->word;
	if (same) {
		same->weight = same->weight > weight ? same->weight : weight;
		return NULL;
	}
	if (p->nterms == KB_TERMS_MAX) {
		p->cut = true;
		return NULL;
	}
	if (!find(x, key_of(t), &head) && t->kind != KB_HAN1)
		return NULL;
	int64_t df = head.df;
	if (t->kind == KB_HAN1 && !x->failed && !kb_chars_get(x->kb->chars, t->cp[0], &df, x->e))
		x->failed = true;
	if (!df || x->failed)
		return NULL;
	struct kb_term *n = &p->terms[p->nterms++];
	*n = (struct kb_term){
		.text = arena_strndup(x->a, t->text.p, t->text.n),
		.n = t->text.n,
		.kind = t->kind,
		.cp = {t->cp[0], t->cp[1]},
		.joined = t->joined,
		.df = df,
		.idf = kb_idf(x->kb->searchable, df),
		.weight = weight,
		.group = group,
		.shown = t->kind != KB_HAN1,
	};
	if (head.df)
		add_lookup(x, &head, weight * n->idf);
	return n;
}

static bool is_code(struct sv s)
{
	return memchr(s.p, '-', s.n) || memchr(s.p, '_', s.n) || memchr(s.p, '.', s.n) || memchr(s.p, '/', s.n);
}

static struct kb_term *add_stem(struct expand *x, struct sv word, double weight, unsigned group)
{
	char copy[KB_TOKEN_MAX + 1];
	struct sv stem = kb_stem(x->kb->an, word);

	if (stem.n > KB_TOKEN_MAX)
		return NULL;
	memcpy(copy, stem.p, stem.n); // the stemmer's own until its next word
	return add_term(x, &(struct kb_token){.kind = KB_WORD, .text = sv_n(copy, stem.n), .joined = is_code(sv_n(copy, stem.n))},
			weight, group);
}

// ---- begun and misspelt words ----

static size_t add_completions(struct expand *x, struct sv raw, unsigned group)
{
	struct kb_word v[COMPLETIONS];
	size_t n = 0, added = 0;

	if (x->failed || !kb_words_complete(x->kb->words, raw, v, COMPLETIONS, &n, x->e)) {
		x->failed = true;
		return 0;
	}
	// a word does not become a code: its parts are words of their own, and counting codes costs much more
	for (size_t i = 0; i < n; i++)
		if (is_code(raw) || !is_code(sv(v[i].w)))
			added += add_stem(x, sv(v[i].w), COMPLETED, group) != NULL;
	// typing runs past a stem (freezi, freez)
	for (size_t len = raw.n - 1; !n && latin(raw) && len >= 3 && len + 3 >= raw.n; len--) {
		struct sv stem = kb_stem(x->kb->an, sv_n(raw.p, len));
		if (stem.n == len && add_stem(x, sv_n(raw.p, len), HALF_STEM, group))
			return 1;
	}
	return n ? n : added;
}

static void correct(struct expand *x, struct sv raw, bool begun, unsigned group, struct str *fixed)
{
	struct kb_word v[CORRECTIONS];
	size_t n = 0;

	if (x->failed || !kb_words_correct(x->kb->words, raw, begun, v, CORRECTIONS, &n, x->e)) {
		x->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		// a likelier slip counts more
		struct kb_term *t = add_stem(x, sv(v[i].w), CORRECTED - 0.1 * v[i].slip, group);
		if (t)
			t->corrected = true;
	}
	if (n) {
		str_clear(fixed);
		str_add(fixed, v[0].w);
	}
}

// ---- pinyin ----

// Lists that hold every document the reading fits; *df: about how many those are.
static size_t reading_lists(struct expand *x, const struct kb_reading *r, struct kb_list_head heads[RANGE_BEST], int64_t *df,
			    bool *any)
{
	kb_key keys[KEYS_OF_READING], from, to;
	struct kb_key_df best[RANGE_BEST];
	size_t n = 0, found = 0;

	*df = 0;
	n = kb_reading_keys(r, keys, KEYS_OF_READING);
	*any = !n;
	if (!n && kb_reading_range(r, &from, &to)) {
		if (!kb_post_range(x->kb->post, from, to + 1, RANGE_ROWS, best, RANGE_BEST, &n, x->e)) {
			x->failed = true;
			return 0;
		}
		for (size_t i = 0; i < n; i++)
			if (find(x, best[i].key, &heads[found]))
				*df += heads[found++].df;
		return found;
	}
	*df = x->kb->searchable;
	for (size_t i = 0; i < n; i++, found++) {
		if (!find(x, keys[i], &heads[found]))
			return 0; // one that fits would be in all of them
		*df = heads[found].df < *df ? heads[found].df : *df;
	}
	return found;
}

static bool read_as_pinyin(struct expand *x, struct sv raw, bool begun, unsigned group)
{
	struct kb_reading all[READINGS], *kept;
	size_t n = kb_pinyin_readings(raw, begun, all, READINGS), nkept = 0;
	int64_t sum = 0;

	if (!n || x->failed || x->p->nterms == KB_TERMS_MAX)
		return false;
	kept = arena_array(x->a, struct kb_reading, n);
	for (size_t i = 0; i < n; i++) {
		struct kb_list_head heads[RANGE_BEST];
		int64_t df;
		bool any; // one of the lists is enough
		size_t lists = reading_lists(x, &all[i], heads, &df, &any);
		if (x->failed || !lists)
			continue;
		kept[nkept++] = all[i];
		sum += df;
		for (size_t k = 0; k < lists; k++)
			add_lookup(x, &heads[k], PINYIN * kb_idf(x->kb->searchable, df) / (any ? 1 : (double)lists));
	}
	if (!nkept || x->failed)
		return false;
	x->p->terms[x->p->nterms++] = (struct kb_term){
		.kind = KB_WORD,
		.df = sum,
		.idf = kb_idf(x->kb->searchable, sum),
		.weight = PINYIN,
		.group = group,
		.readings = kept,
		.nreadings = nkept,
		.word = sv_n(arena_strndup(x->a, raw.p, raw.n), raw.n),
	};
	return true;
}

// "yin hang ka": several Latin words are perhaps one phrase in pinyin.
static void joint_pinyin(struct expand *x, const struct kb_token *v, size_t n, bool begun)
{
	struct str all = {0};
	bool ok = n > 1;

	for (size_t i = 0; i < n && ok; i++) {
		ok = v[i].kind == KB_WORD && latin(v[i].raw) && all.n + v[i].raw.n <= 40;
		str_addn(&all, v[i].raw.p, v[i].raw.n);
	}
	if (ok && read_as_pinyin(x, sv_n(str_z(&all), all.n), begun, x->p->groups))
		x->p->groups++;
	str_release(&all);
}

// ---- Han ----

static bool pair_term(struct expand *x, uint32_t a, uint32_t b, double weight, unsigned group)
{
	struct str text = {0};

	str_addcp(&text, a);
	str_addcp(&text, b);
	bool added = add_term(x, &(struct kb_token){.kind = KB_HAN2, .text = sv_n(str_z(&text), text.n), .cp = {a, b}}, weight, group);
	str_release(&text);
	return added;
}

// One character alone: the pairs that it begins.
static void add_pairs(struct expand *x, uint32_t cp, unsigned group)
{
	struct kb_key_df v[COMPLETIONS];
	size_t n = 0;

	if (x->failed || !kb_post_range(x->kb->post, kb_key_han2(cp, 0), kb_key_han2(cp + 1, 0), RANGE_ROWS, v, COMPLETIONS, &n, x->e)) {
		x->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		pair_term(x, cp, (uint32_t)(v[i].key & 0x3ffff), COMPLETED, group);
}

// A pair that no article has may hold a character that only sounds right: pairs with one of its two replaced. Where words meet
// there are pairs that nobody wrote yet; a wrong character spoils both of its pairs.
struct alike {
	uint32_t a, b;
	int64_t df;
};

static void offer_alike(struct expand *x, struct alike best[ALIKE_BEST], uint32_t a, uint32_t b)
{
	struct kb_list_head head;
	struct alike c = {a, b, 0};

	if (!find(x, kb_key_han2(a, b), &head))
		return;
	c.df = head.df;
	for (size_t i = 0; i < ALIKE_BEST; i++)
		if (c.df > best[i].df) {
			struct alike out = best[i];
			best[i] = c;
			c = out;
		}
}

static bool replace_alike(struct expand *x, uint32_t a, uint32_t b, bool doubt_a, bool doubt_b, unsigned group, struct alike *took)
{
	struct alike best[ALIKE_BEST] = {{0}};
	uint32_t v[ALIKE];
	size_t n = doubt_b ? kb_homophones(b, v, ALIKE) : 0;

	for (size_t i = 0; i < n; i++)
		offer_alike(x, best, a, v[i]);
	n = doubt_a ? kb_homophones(a, v, ALIKE) : 0;
	for (size_t i = 0; i < n; i++)
		offer_alike(x, best, v[i], b);
	for (size_t i = 0; i < ALIKE_BEST && best[i].df; i++)
		if (pair_term(x, best[i].a, best[i].b, ALIKE_WEIGHT, group))
			x->p->terms[x->p->nterms - 1].corrected = true;
	*took = best[0];
	return best[0].df > 0;
}

// ---- all words ----

struct words {
	struct arena *a;
	struct kb_token v[KB_GROUPS_MAX]; // texts in the arena
	size_t n;
	bool cut;
};

static void keep_token(void *arg, const struct kb_token *t)
{
	struct words *w = arg;

	if (w->n == KB_GROUPS_MAX) {
		w->cut = true;
		return;
	}
	struct kb_token *k = &w->v[w->n++];
	*k = *t;
	k->text = sv_n(arena_strndup(w->a, t->text.p, t->text.n), t->text.n);
	k->raw = sv_n(arena_strndup(w->a, t->raw.p, t->raw.n), t->raw.n);
}

// What was replaced in the run of Han characters before: the last character, and what stands for it.
struct run {
	size_t to; // bytes of the text where it ends
	uint32_t was, is;
};

// The pairs beside one: none at the ends of a run; known: some article has it.
enum pair_beside { PAIR_NONE, PAIR_KNOWN, PAIR_LOST };
struct doubt {
	enum pair_beside before, behind;
	bool open; // it is being typed: what stands behind it is yet to come
};

static void add_pair(struct expand *x, const struct kb_token *t, unsigned group, const struct doubt *d, struct run *run, struct str *fixed)
{
	bool fixed_first = run->was == t->cp[0] && run->to > t->from && run->to < t->to;
	uint32_t a = fixed_first ? run->is : t->cp[0];
	bool doubt_a = !fixed_first && d->before != PAIR_KNOWN, doubt_b = d->behind == PAIR_LOST || (d->behind == PAIR_NONE && !d->open);
	struct alike took;

	if (fixed_first && pair_term(x, a, t->cp[1], ALIKE_WEIGHT, group))
		return;
	if ((!doubt_a && !doubt_b) || x->p->alike == ALIKE_PAIRS || x->failed)
		return;
	x->p->alike++;
	if (!replace_alike(x, a, t->cp[1], doubt_a, doubt_b, group, &took))
		return;
	str_clear(fixed);
	str_addcp(fixed, took.a);
	str_addcp(fixed, took.b);
	if (took.b != t->cp[1])
		*run = (struct run){t->to, t->cp[1], took.b};
}

static enum pair_beside beside(struct expand *x, const struct words *w, const struct kb_token *t, bool behind)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct kb_token *o = &w->v[i];
		struct kb_list_head head;
		if (o->kind != KB_HAN2 || (behind ? o->from <= t->from || o->from >= t->to : o->to <= t->from || o->to >= t->to))
			continue;
		return find(x, key_of(o), &head) ? PAIR_KNOWN : PAIR_LOST;
	}
	return PAIR_NONE;
}

static void add_word(struct expand *x, const struct words *w, const struct kb_token *t, bool begun, size_t shortest, struct run *run,
		     struct str *fixed)
{
	unsigned group = x->p->groups++;
	bool known = add_term(x, t, 1, group) != NULL || same_term(x, t->text) != NULL, meant = known;

	if (t->kind == KB_HAN2 && !known) {
		struct doubt d = {beside(x, w, t, false), beside(x, w, t, true), begun};
		add_pair(x, t, group, &d, run, fixed);
	}
	if (t->kind != KB_WORD)
		return;
	if (begun)
		meant = add_completions(x, t->raw, group) > 0 || meant;
	if ((!known || begun) && latin(t->raw) && t->raw.n >= shortest)
		meant = read_as_pinyin(x, t->raw, begun, group) || meant;
	if (!meant && latin(t->raw))
		correct(x, t->raw, begun, group, fixed);
}

struct ranked {
	int64_t df;
	size_t i;
};

static int rarest_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->df != y->df ? (x->df > y->df) - (x->df < y->df) : (x->i > y->i) - (x->i < y->i);
}

// Of a long text only the rarest tokens count: the others would cost as much and say little. Keeps their order.
static size_t rarest(struct expand *x, struct words *w)
{
	struct ranked v[KB_GROUPS_MAX];
	bool stay[KB_GROUPS_MAX] = {false};
	size_t kept = 0;

	if (w->n <= KB_RAREST)
		return w->n;
	x->p->cut = true;
	for (size_t i = 0; i < w->n && !x->failed; i++) {
		struct kb_list_head head = {0};
		find(x, key_of(&w->v[i]), &head);
		v[i] = (struct ranked){head.df ? head.df : INT64_MAX, i};
	}
	if (x->failed)
		return 0;
	qsort(v, w->n, sizeof(*v), rarest_first);
	for (size_t i = 0; i < KB_RAREST; i++)
		stay[v[i].i] = true;
	for (size_t i = 0; i < w->n; i++)
		if (stay[i])
			w->v[kept++] = w->v[i];
	return kept;
}

// What each group can say, after all terms are there.
static void sum_up(struct kb_parsed *p)
{
	for (size_t i = 0; i < p->nterms; i++) {
		double *g = &p->group_idf[p->terms[i].group];
		if (p->terms[i].idf > *g) {
			p->all_idf += p->terms[i].idf - *g;
			*g = p->terms[i].idf;
		}
	}
}

bool kb_expand_terms(struct kb *kb, enum kb_effort effort, bool open_end, struct kb_parsed *p, struct arena *a,
		     struct err *e)
{
	struct expand x = {kb, p, a, e, false, 1};
	struct words w = {.a = a};
	struct sv text = sv(p->words);
	struct str corrected = {0}, fixed = {0};
	size_t at = 0;
	struct run run = {0};
	bool lone_han = true;

	p->terms = arena_array(a, struct kb_term, KB_TERMS_MAX);
	p->lookups = arena_array(a, struct kb_lookup, LOOKUPS_MAX);
	kb_analyse(kb->an, text, keep_token, &w);
	p->cut = w.cut;
	w.n = rarest(&x, &w);
	bool open = effort != KB_WHOLE && open_end;
	for (size_t i = 0; i < w.n; i++)
		x.word = w.v[i].kind == KB_WORD ? x.word : WORD_AMONG_HAN;
	for (size_t i = 0; i < w.n; i++) {
		const struct kb_token *t = &w.v[i];
		bool begun = open && t->to == text.n;
		p->strong = p->strong || t->kind != KB_HAN1;
		lone_han = lone_han && t->kind == KB_HAN1;
		str_clear(&fixed);
		add_word(&x, &w, t, begun, w.n == 1 ? 2 : 3, &run, &fixed);
		if (fixed.n) {
			// the first character of a pair may have been replaced with the pair before it
			uint32_t cp;
			size_t over = at > t->from ? utf8_decode(sv_n(fixed.s, fixed.n), &cp) : 0;
			str_addn(&corrected, text.p + at, over ? 0 : t->from - at);
			str_addn(&corrected, fixed.s + over, fixed.n - over);
			at = t->to;
		}
	}
	if (w.n == 1 && w.v[0].kind == KB_HAN1)
		add_pairs(&x, w.v[0].cp[0], 0);
	joint_pinyin(&x, w.v, w.n, open);
	sum_up(p);
	// where every token is a single character, those are what is shown
	for (size_t i = 0; i < p->nterms; i++)
		p->terms[i].shown = p->terms[i].text && (p->terms[i].shown || lone_han);
	if (corrected.n) {
		str_addn(&corrected, text.p + at, text.n - at);
		p->corrected = arena_strndup(a, corrected.s, corrected.n);
	}
	str_release(&corrected);
	str_release(&fixed);
	return !x.failed;
}
