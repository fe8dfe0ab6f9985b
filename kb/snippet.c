// SPDX-License-Identifier: MIT
// Knows which piece of an article to show with a result, and which words of it to mark.
#include "kb/snippet.h"

#include "src/base/utf8.h"

enum { BODY_MAX = 16384, WINDOW = 240, LEAD = 45 }; // bytes: 80 Han characters, 15 before the first hit

struct hit {
	size_t from, to, term;
};
struct hits {
	const struct kb_parsed *p;
	VEC(struct hit) v;
};

static void note_hit(void *arg, const struct kb_token *t)
{
	struct hits *h = arg;
	for (size_t i = 0; i < h->p->nterms; i++) {
		const struct kb_term *q = &h->p->terms[i];
		if (q->shown && q->kind == t->kind && sv_eq(sv_n(q->text, q->n), t->text)) {
			vec_push(&h->v, ((struct hit){t->from, t->to, i}));
			return;
		}
	}
}

// Hits come nearly in order; overlapping ones are joined. Offsets are moved by shift.
static struct kb_marked joined(const struct hits *h, size_t from, size_t to, ptrdiff_t shift, struct arena *a)
{
	struct kb_marked m = {.spans = arena_array(a, struct kb_span, h->v.n + 1)};

	for (size_t i = 0; i < h->v.n; i++) {
		const struct hit *x = &h->v.v[i];
		if (x->from < from || x->to > to)
			continue;
		size_t f = (size_t)((ptrdiff_t)x->from + shift), t = (size_t)((ptrdiff_t)x->to + shift);
		while (m.nspans && m.spans[m.nspans - 1].to >= f) {
			struct kb_span *last = &m.spans[m.nspans - 1];
			f = last->from < f ? last->from : f;
			t = last->to > t ? last->to : t;
			m.nspans--;
		}
		m.spans[m.nspans++] = (struct kb_span){f, t};
	}
	return m;
}

struct kb_marked kb_mark(struct kb *kb, const struct kb_parsed *p, struct sv text, struct arena *a)
{
	struct hits h = {.p = p};

	kb_analyse(kb->an, text, note_hit, &h);
	struct kb_marked m = joined(&h, 0, text.n, 0, a);
	m.text = arena_strndup(a, text.p, text.n);
	vec_release(&h.v);
	return m;
}

// Markdown's marks and line ends become single spaces; headings get a colon's worth of nothing.
static void plain(struct str *out, struct sv body)
{
	bool start = true, gap = false;

	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];
		bool mark = c == '*' || c == '`' || c == '|' || c == '\r' || c == '\t' || (start && strchr("#>-+ ", c) && c);
		if (c == '\n') {
			start = true;
			gap = true;
			continue;
		}
		if (mark) {
			gap = gap || c == '|';
			continue;
		}
		if (sv_starts(sv_n(body.p + i, body.n - i), "<!--")) {
			const char *end = memmem(body.p + i, body.n - i, "-->", 3);
			i = end ? (size_t)(end - body.p) + 2 : body.n;
			continue;
		}
		start = false;
		if (gap && out->n)
			str_addc(out, ' ');
		gap = false;
		str_addc(out, c);
	}
}

// The hit at which the window with the most different terms begins.
static size_t best_start(const struct hits *h)
{
	size_t best = 0, most = 0;

	for (size_t i = 0; i < h->v.n && i < 400; i++) {
		bool seen[KB_TERMS_MAX] = {false};
		size_t distinct = 0;
		for (size_t k = i; k < h->v.n && h->v.v[k].to <= h->v.v[i].from + WINDOW - LEAD; k++) {
			distinct += !seen[h->v.v[k].term];
			seen[h->v.v[k].term] = true;
		}
		if (distinct > most) {
			most = distinct;
			best = h->v.v[i].from;
		}
	}
	return best;
}

static size_t at_character(struct sv s, size_t i)
{
	while (i < s.n && (s.p[i] & 0xc0) == 0x80)
		i++;
	return i;
}

struct kb_marked kb_snippet(struct kb *kb, const struct kb_parsed *p, struct sv body, struct arena *a)
{
	struct str text = {0};
	struct hits h = {.p = p};

	if (body.n > BODY_MAX)
		body.n = at_character(body, BODY_MAX);
	plain(&text, body);
	struct sv s = sv_n(str_z(&text), text.n);
	kb_analyse(kb->an, s, note_hit, &h);
	size_t start = best_start(&h);
	size_t from = start <= LEAD ? 0 : at_character(s, start - LEAD);
	size_t to = from + WINDOW >= s.n ? s.n : at_character(s, from + WINDOW);
	const char *lead = from ? "…" : "";
	struct kb_marked m = joined(&h, from, to, (ptrdiff_t)strlen(lead) - (ptrdiff_t)from, a);
	m.text = arena_printf(a, "%s%.*s%s", lead, (int)(to - from), s.p + from, to < s.n ? "…" : "");
	vec_release(&h.v);
	str_release(&text);
	return m;
}
