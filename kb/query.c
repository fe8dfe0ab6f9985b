// SPDX-License-Identifier: MIT
// Knows the query language: quotes, minus, title: id: category:, and the words between them.
#include "kb/query.h"

#include "kb/expand.h"
#include "src/base/utf8.h"

// One clause as it was typed.
struct piece {
	enum { WORDS, CLAUSE } what;
	enum kb_clause_kind kind;
	bool quoted;
	struct sv text;
};

// Length of a quote mark at s, 0 if there is none; **close gets its partner.
static size_t quote_at(struct sv s, const char **close)
{
	static const char *const pairs[][2] = {{"\"", "\""}, {"“", "”"}, {"”", "”"}, {"「", "」"}, {"『", "』"}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (sv_starts(s, pairs[i][0])) {
			*close = pairs[i][1];
			return strlen(pairs[i][0]);
		}
	return 0;
}

static bool blank_at(struct sv s)
{
	return s.n && (*s.p == ' ' || *s.p == '\t' || *s.p == '\n' || sv_starts(s, "\xe3\x80\x80"));
}

// Takes a quoted text, to the end if it is not closed, or a run without blanks and quotes.
static struct sv take_value(struct sv *s, bool *quoted)
{
	const char *close;
	size_t open = quote_at(*s, &close), n = 0;

	*quoted = open > 0;
	if (open) {
		struct sv rest = sv_n(s->p + open, s->n - open);
		const char *end = memmem(rest.p, rest.n, close, strlen(close));
		struct sv v = sv_n(rest.p, end ? (size_t)(end - rest.p) : rest.n);
		size_t used = open + v.n + (end ? strlen(close) : 0);
		*s = sv_n(s->p + used, s->n - used);
		return v;
	}
	while (n < s->n && !blank_at(sv_n(s->p + n, s->n - n)) && !quote_at(sv_n(s->p + n, s->n - n), &close))
		n++;
	struct sv v = sv_n(s->p, n);
	*s = sv_n(s->p + n, s->n - n);
	return v;
}

static bool take_prefix(struct sv *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || strncasecmp(s->p, prefix, n) != 0)
		return false;
	*s = sv_n(s->p + n, s->n - n);
	return true;
}

// The next piece; false at the end. trailing tells whether blanks follow it.
static bool next_piece(struct sv *s, struct piece *out)
{
	const char *close;

	while (blank_at(*s))
		*s = sv_n(s->p + (*s->p == '\xe3' ? 3 : 1), s->n - (*s->p == '\xe3' ? 3 : 1));
	if (!s->n)
		return false;
	*out = (struct piece){.what = CLAUSE};
	if (take_prefix(s, "title:"))
		out->kind = KB_C_TITLE;
	else if (take_prefix(s, "id:"))
		out->kind = KB_C_ID;
	else if (take_prefix(s, "category:"))
		out->kind = KB_C_CATEGORY;
	else if (s->n > 1 && *s->p == '-' && !blank_at(sv_n(s->p + 1, s->n - 1)) && take_prefix(s, "-"))
		out->kind = KB_C_NOT;
	else if (quote_at(*s, &close))
		out->kind = KB_C_PHRASE;
	else
		out->what = WORDS;
	out->text = take_value(s, &out->quoted);
	return true;
}

// ---- tokens of a clause ----

struct token_list {
	struct kb_clause *c;
	struct arena *a;
	size_t cap;
};

static void add_clause_token(void *arg, const struct kb_token *t)
{
	struct token_list *l = arg;
	struct kb_clause *c = l->c;

	if (t->joined || c->n == l->cap)
		return;
	// a pair stands for its two characters, which come before it
	for (int i = 1; i >= 0 && t->kind == KB_HAN2 && c->n; i--) {
		const struct kb_sought *last = &c->tokens[c->n - 1];
		c->n -= last->kind == KB_HAN1 && last->cp[0] == t->cp[i];
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->tokens[i].kind == t->kind && sv_eq(c->tokens[i].text, t->text))
			return;
	c->tokens[c->n++] = (struct kb_sought){
		.kind = t->kind,
		.text = sv_n(arena_strndup(l->a, t->text.p, t->text.n), t->text.n),
		.cp = {t->cp[0], t->cp[1]},
	};
}

static struct kb_clause make_clause(struct kb *kb, const struct piece *p, struct arena *a)
{
	struct kb_clause c = {.kind = p->kind};
	struct str folded = {0};

	if (p->kind == KB_C_ID || p->kind == KB_C_CATEGORY) {
		c.folded = arena_strndup(a, p->text.p, p->text.n);
		return c;
	}
	kb_fold(&folded, p->text);
	c.folded = arena_strndup(a, str_z(&folded), folded.n);
	str_release(&folded);
	struct token_list l = {&c, a, 32};
	c.tokens = arena_array(a, struct kb_sought, l.cap);
	kb_analyse(kb->an, p->text, add_clause_token, &l);
	return c;
}

// ---- terms ----

static void push_words(struct str *words, struct sv s)
{
	if (words->n)
		str_addc(words, ' ');
	str_addn(words, s.p, s.n);
}

bool kb_parse_query(struct kb *kb, const struct kb_query *q, bool relaxed, struct kb_parsed *out, struct arena *a,
		    struct err *e)
{
	struct str text = {0}, words = {0};
	struct sv raw = sv(q->text);
	VEC(struct kb_clause) clauses = {0};
	struct piece p;
	bool open_end = false;

	*out = (struct kb_parsed){0};
	while (raw.n > KB_QUERY_BYTES)
		raw.n = utf8_prev(raw, KB_QUERY_BYTES + 1 < raw.n ? KB_QUERY_BYTES + 1 : raw.n);
	utf8_fold(&text, raw); // full-width marks become what they stand for
	struct sv s = sv_n(str_z(&text), text.n);
	while (next_piece(&s, &p)) {
		bool counts = p.what == WORDS || p.kind == KB_C_PHRASE || p.kind == KB_C_TITLE;
		open_end = p.what == WORDS && !s.n;
		if (p.what == CLAUSE && p.text.n && !(relaxed && counts)) {
			struct kb_clause c = make_clause(kb, &p, a);
			if (c.n || c.kind == KB_C_ID || c.kind == KB_C_CATEGORY)
				vec_push(&clauses, c);
		}
		if (counts)
			push_words(&words, p.text);
	}
	out->nclauses = clauses.n;
	out->clauses = arena_array(a, struct kb_clause, clauses.n + 1);
	if (clauses.n)
		memcpy(out->clauses, clauses.v, clauses.n * sizeof(*clauses.v));
	out->words = arena_strndup(a, str_z(&words), words.n);
	vec_release(&clauses);
	str_release(&words);
	str_release(&text);
	return kb_expand_terms(kb, q->effort, open_end, out, a, e);
}
