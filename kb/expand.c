// SPDX-License-Identifier: MIT
// Knows how the words of a query become terms: looked up, completed, corrected, read as pinyin.
#include "kb/expand.h"

#include "kb/index.h"

// Bounds of one keystroke; each is met only by words that could mean almost anything.
enum { PREFIX_ROWS = 2000, PINYIN_ROWS = 2000, CORRECTIONS_MAX = 3, CORRECT_FROM = 4, CORRECT_TO = 20 };

static const double PREFIX_WEIGHT = 0.8, PINYIN_WEIGHT = 0.8, CORRECTED_WEIGHT = 0.6;

struct expand {
	struct kb *kb;
	struct kb_parsed *p;
	struct arena *a;
	struct err *e;
	bool failed;
};

static bool latin(struct sv s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'a' || s.p[i] > 'z')
			return false;
	return s.n > 0;
}

static struct kb_term *add_term(struct expand *x, struct sv text, enum kb_token_kind kind, double weight, unsigned group)
{
	struct kb_parsed *p = x->p;

	for (size_t i = 0; i < p->nterms; i++)
		if (p->terms[i].text && sv_eq(sv_n(p->terms[i].text, p->terms[i].n), text)) {
			if (p->terms[i].weight < weight)
				p->terms[i].weight = weight;
			return NULL;
		}
	if (p->nterms == KB_TERMS_MAX) {
		p->cut = true;
		return NULL;
	}
	struct kb_term *t = &p->terms[p->nterms++];
	*t = (struct kb_term){
		.text = arena_strndup(x->a, text.p, text.n),
		.n = text.n,
		.hash = kb_hash(text),
		.kind = kind,
		.weight = weight,
		.group = group,
		.shown = kind != KB_HAN1,
	};
	return t;
}

struct counts {
	int64_t df, hdf, bdf;
};

static bool lookup(struct expand *x, struct sv text, struct counts *c)
{
	sqlite3_stmt *st = kb_stmt(x->kb, "SELECT df, hdf, bdf FROM kb_term WHERE term = ?", x->e);
	int at = 0;

	*c = (struct counts){0};
	if (!st)
		goto bad;
	kb_bind_text(st, &at, text);
	enum kb_step s = kb_step(x->kb, st, x->e);
	if (s == KB_FAILED)
		goto bad;
	if (s == KB_ROW) {
		*c = (struct counts){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2)};
	}
	sqlite3_reset(st);
	return c->df > 0;
bad:
	x->failed = true;
	return false;
}

// ---- begun words ----

struct guess {
	char text[KB_TOKEN_MAX + 1];
	size_t n;
	int64_t df, hdf;
};

static bool better(const struct guess *g, int64_t hdf, int64_t df)
{
	return hdf != g->hdf ? hdf > g->hdf : df > g->df;
}

// Keeps the most frequent, in rows that come in order of their text.
static void keep_guess(struct guess *v, size_t *n, size_t max, struct sv text, int64_t df, int64_t hdf)
{
	size_t i = *n;

	if (text.n > KB_TOKEN_MAX || (i == max && !better(&v[i - 1], hdf, df)))
		return;
	if (i < max)
		(*n)++;
	else
		i--;
	for (; i > 0 && better(&v[i - 1], hdf, df); i--)
		v[i] = v[i - 1];
	memcpy(v[i].text, text.p, text.n);
	v[i].n = text.n;
	v[i].df = df;
	v[i].hdf = hdf;
}

static size_t complete(struct expand *x, struct sv prefix, struct guess *v, size_t max)
{
	sqlite3_stmt *st = kb_stmt(x->kb, "SELECT term, df, hdf FROM kb_term WHERE term > ? AND term < ? LIMIT ?", x->e);
	char until[KB_TOKEN_MAX + 2];
	size_t n = 0, rows = 0;
	int at = 0;
	enum kb_step s;

	if (!st) {
		x->failed = true;
		return 0;
	}
	snprintf(until, sizeof(until), "%.*s{", (int)prefix.n, prefix.p); // { follows z
	kb_bind_text(st, &at, prefix);
	kb_bind_text(st, &at, sv(until));
	kb_bind_int(st, &at, PREFIX_ROWS);
	while ((s = kb_step(x->kb, st, x->e)) == KB_ROW) {
		rows++;
		keep_guess(v, &n, max, kb_col(st, 0), sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2));
	}
	x->failed = x->failed || s == KB_FAILED;
	x->p->cut = x->p->cut || rows == PREFIX_ROWS;
	return n;
}

// What a begun word may become. Typing runs past a stem (freezi -> freez), so shorter stems are tried as well.
static void add_completions(struct expand *x, struct sv raw, unsigned group)
{
	struct guess v[KB_EXPAND_MAX];
	size_t n = complete(x, raw, v, KB_EXPAND_MAX);
	struct counts c;

	for (size_t i = 0; i < n; i++)
		add_term(x, sv_n(v[i].text, v[i].n), KB_WORD, PREFIX_WEIGHT, group);
	if (!latin(raw))
		return;
	for (size_t len = raw.n - 1; len >= 3 && len + 3 >= raw.n; len--)
		if (lookup(x, sv_n(raw.p, len), &c)) {
			struct sv stem = kb_stem(x->kb->an, sv_n(raw.p, len));
			if (stem.n == len)
				add_term(x, sv_n(raw.p, len), KB_WORD, PREFIX_WEIGHT / 2, group);
			break;
		}
}

// ---- misspelt words ----

struct correction {
	struct expand *x;
	struct guess v[CORRECTIONS_MAX];
	size_t n;
};

static void try_word(struct correction *c, const char *w, size_t n)
{
	struct sv stem = kb_stem(c->x->kb->an, sv_n(w, n));
	struct counts got;

	for (size_t i = 0; i < c->n; i++)
		if (sv_eq(sv_n(c->v[i].text, c->v[i].n), stem))
			return;
	char copy[KB_TOKEN_MAX + 1];
	if (stem.n > KB_TOKEN_MAX)
		return;
	memcpy(copy, stem.p, stem.n);
	if (lookup(c->x, sv_n(copy, stem.n), &got))
		keep_guess(c->v, &c->n, CORRECTIONS_MAX, sv_n(copy, stem.n), got.df, got.hdf);
}

// Every word one edit away: a letter left out, two exchanged, one replaced, one put in.
static void one_edit_away(struct correction *c, struct sv word)
{
	char w[CORRECT_TO + 2];

	for (size_t i = 0; i < word.n; i++) {
		memcpy(w, word.p, i);
		memcpy(w + i, word.p + i + 1, word.n - i - 1);
		try_word(c, w, word.n - 1);
		if (i + 1 < word.n) {
			memcpy(w, word.p, word.n);
			w[i] = word.p[i + 1];
			w[i + 1] = word.p[i];
			try_word(c, w, word.n);
		}
	}
	for (char l = 'a'; l <= 'z'; l++)
		for (size_t i = 0; i <= word.n; i++) {
			memcpy(w, word.p, i);
			w[i] = l;
			memcpy(w + i + 1, word.p + i, word.n - i);
			try_word(c, w, word.n + 1);
			if (i < word.n) {
				memcpy(w, word.p, word.n);
				w[i] = l;
				try_word(c, w, word.n);
			}
		}
}

static void correct(struct expand *x, struct sv raw, unsigned group, struct str *fixed)
{
	struct correction c = {.x = x};

	if (!latin(raw) || raw.n < CORRECT_FROM || raw.n > CORRECT_TO)
		return;
	one_edit_away(&c, raw);
	for (size_t i = 0; i < c.n; i++) {
		struct kb_term *t = add_term(x, sv_n(c.v[i].text, c.v[i].n), KB_WORD, CORRECTED_WEIGHT, group);
		if (t)
			t->corrected = true;
	}
	if (c.n) {
		str_clear(fixed);
		str_addn(fixed, c.v[0].text, c.v[0].n);
	}
}

// ---- pinyin ----

static int by_no(const void *a, const void *b)
{
	const struct kb_place *x = a, *y = b;

	return x->no != y->no ? (x->no > y->no) - (x->no < y->no) : (x->field > y->field) - (x->field < y->field);
}

// Articles whose keys begin with key become one term of the group.
static void add_pinyin(struct expand *x, const char *key, unsigned group)
{
	sqlite3_stmt *st = kb_stmt(x->kb, "SELECT no, field FROM kb_pinyin WHERE key >= ? AND key < ? LIMIT ?", x->e);
	struct str until = {0};
	VEC(struct kb_place) v = {0};
	int at = 0;
	enum kb_step s;

	if (!st) {
		x->failed = true;
		return;
	}
	str_addf(&until, "%s{", key);
	kb_bind_text(st, &at, sv(key));
	kb_bind_text(st, &at, sv_n(until.s, until.n));
	kb_bind_int(st, &at, PINYIN_ROWS);
	while ((s = kb_step(x->kb, st, x->e)) == KB_ROW) {
		struct kb_place *pl = vec_add(&v);
		pl->no = (uint32_t)sqlite3_column_int64(st, 0);
		pl->field = (uint8_t)sqlite3_column_int(st, 1);
	}
	x->failed = x->failed || s == KB_FAILED;
	x->p->cut = x->p->cut || v.n == PINYIN_ROWS;
	if (v.n && x->p->nterms < KB_TERMS_MAX) {
		struct kb_term *t = &x->p->terms[x->p->nterms++];
		qsort(v.v, v.n, sizeof(*v.v), by_no);
		*t = (struct kb_term){.kind = KB_WORD, .weight = PINYIN_WEIGHT, .group = group};
		t->places = arena_array(x->a, struct kb_place, v.n);
		for (size_t i = 0; i < v.n; i++)
			if (!i || v.v[i].no != v.v[i - 1].no)
				t->places[t->nplaces++] = v.v[i];
		t->df = t->hdf = (int64_t)t->nplaces;
	}
	vec_release(&v);
	str_release(&until);
}

static void read_as_pinyin(struct expand *x, struct sv raw, unsigned group, size_t shortest)
{
	char key[KB_TOKEN_MAX + 4];

	if (!latin(raw) || raw.n < shortest || raw.n > 40)
		return;
	if (raw.n <= 8) {
		snprintf(key, sizeof(key), "i:%.*s", (int)raw.n, raw.p);
		add_pinyin(x, key, group);
	}
	if (raw.n >= 3) {
		snprintf(key, sizeof(key), "f:%.*s", (int)raw.n, raw.p);
		add_pinyin(x, key, group);
	}
}

// ---- all words ----

struct words {
	struct arena *a;
	VEC(struct kb_token) v; // texts in the arena
};

static void keep_token(void *arg, const struct kb_token *t)
{
	struct words *w = arg;
	struct kb_token *k = vec_add(&w->v);

	*k = *t;
	k->text = sv_n(arena_strndup(w->a, t->text.p, t->text.n), t->text.n);
	k->raw = sv_n(arena_strndup(w->a, t->raw.p, t->raw.n), t->raw.n);
}

static void add_word(struct expand *x, const struct kb_token *t, bool begun, size_t shortest, struct str *fixed)
{
	unsigned group = x->p->groups++;
	struct counts c;
	bool known = lookup(x, t->text, &c);
	size_t before;

	add_term(x, t->text, t->kind, 1, group);
	if (t->kind != KB_WORD)
		return;
	before = x->p->nterms;
	if (begun)
		add_completions(x, t->raw, group);
	if (!known || begun)
		read_as_pinyin(x, t->raw, group, shortest);
	if (!known && x->p->nterms == before)
		correct(x, t->raw, group, fixed);
}

static void look_up_all(struct expand *x)
{
	for (size_t i = 0; i < x->p->nterms; i++) {
		struct kb_term *t = &x->p->terms[i];
		struct counts c;
		if (!t->text)
			continue;
		lookup(x, sv_n(t->text, t->n), &c);
		t->df = c.df;
		t->hdf = c.hdf;
		t->bdf = c.bdf;
	}
}

// "yin hang ka": several Latin words are perhaps one phrase in pinyin.
static void joint_pinyin(struct expand *x, const struct words *w)
{
	struct str key = {0};
	size_t n = 0;

	str_add(&key, "f:");
	for (size_t i = 0; i < w->v.n; i++) {
		if (!latin(w->v.v[i].raw))
			goto out;
		str_addn(&key, w->v.v[i].raw.p, w->v.v[i].raw.n);
		n++;
	}
	if (n > 1 && key.n <= 42)
		add_pinyin(x, str_z(&key), x->p->groups++);
out:
	str_release(&key);
}

bool kb_expand_terms(struct kb *kb, enum kb_effort effort, bool open_end, struct kb_parsed *p, struct arena *a,
		     struct err *e)
{
	struct expand x = {kb, p, a, e, false};
	struct words w = {.a = a};
	struct sv text = sv(p->words);
	struct str corrected = {0}, fixed = {0};
	size_t at = 0;

	p->terms = arena_array(a, struct kb_term, KB_TERMS_MAX);
	kb_analyse(kb->an, text, keep_token, &w);
	bool lone_han = true;
	for (size_t i = 0; i < w.v.n; i++) {
		const struct kb_token *t = &w.v.v[i];
		bool begun = effort != KB_WHOLE && open_end && t->to == text.n;
		p->strong = p->strong || t->kind != KB_HAN1;
		lone_han = lone_han && t->kind == KB_HAN1;
		str_clear(&fixed);
		add_word(&x, t, begun, w.v.n == 1 ? 2 : 3, &fixed);
		if (fixed.n) {
			str_addn(&corrected, text.p + at, t->from - at);
			str_addn(&corrected, fixed.s, fixed.n);
			at = t->to;
		}
	}
	joint_pinyin(&x, &w);
	look_up_all(&x);
	// where every token is a single character, those are what is shown
	for (size_t i = 0; i < p->nterms; i++)
		p->terms[i].shown = p->terms[i].shown || lone_han;
	if (corrected.n) {
		str_addn(&corrected, text.p + at, text.n - at);
		p->corrected = arena_strndup(a, corrected.s, corrected.n);
	}
	vec_release(&w.v);
	str_release(&corrected);
	str_release(&fixed);
	return !x.failed;
}

bool kb_add_homophones(struct kb *kb, struct kb_parsed *p, struct arena *a, struct err *e)
{
	struct expand x = {kb, p, a, e, false};
	struct str key = {0};

	if (kb_pinyin_of(sv(p->words), &key))
		add_pinyin(&x, str_z(&key), p->groups++);
	str_release(&key);
	return !x.failed;
}
