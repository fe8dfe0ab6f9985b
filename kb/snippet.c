// SPDX-License-Identifier: MIT
// Knows which piece of an article to show with a result, and which words of it to mark.
#include "kb/snippet.h"

#include "src/base/utf8.h"

enum { BODY_MAX = 6000, WINDOW = 240, LEAD = 45, HITS_MAX = 128 }; // bytes: 80 Han characters, 15 before the first hit

void kb_marks_init(struct kb_marks *m, struct kb *kb, const struct kb_parsed *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nterms; i++)
		if (p->terms[i].shown)
			m->sought[n++] = (struct kb_sought){.kind = p->terms[i].kind, .text = sv_n(p->terms[i].text, p->terms[i].n),
							    .cp = {p->terms[i].cp[0], p->terms[i].cp[1]}, .joined = p->terms[i].joined};
	kb_scan_init(&m->scan, kb->an, m->sought, n);
}

// Hits come nearly in order; overlapping ones are joined. Offsets are moved by shift.
static struct kb_marked joined(const struct kb_hit *v, size_t n, size_t shift, struct arena *a)
{
	struct kb_marked m = {.spans = arena_array(a, struct kb_span, n + 1)};

	for (size_t i = 0; i < n; i++) {
		size_t f = v[i].from + shift, t = v[i].to + shift;
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

struct kb_marked kb_mark(struct kb_marks *m, struct sv text, struct arena *a)
{
	struct kb_hit v[HITS_MAX];
	struct kb_marked out = joined(v, kb_scan_hits(&m->scan, text, v, HITS_MAX), 0, a);

	out.text = arena_strndup(a, text.p, text.n);
	return out;
}

// Markdown's marks and line ends become single spaces; headings get a colon's worth of nothing.
static void plain(struct str *out, struct sv body, bool start)
{
	bool gap = false;

	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];
		if (c == '\n') {
			start = gap = true;
			continue;
		}
		if (strchr("*`|\r\t", c) || (start && strchr("#>-+ ", c))) {
			gap = gap || c == '|';
			continue;
		}
		if (c == '<' && sv_starts(sv_n(body.p + i, body.n - i), "<!--")) {
			const char *end = memmem(body.p + i, body.n - i, "-->", 3);
			i = end ? (size_t)(end - body.p) + 2 : body.n;
			continue;
		}
		if (gap && out->n)
			str_addc(out, ' ');
		start = gap = false;
		size_t run = 1;
		while (i + run < body.n && !strchr("\n*`|\r\t<", body.p[i + run]))
			run++;
		str_addn(out, body.p + i, run);
		i += run - 1;
	}
}

// The hit at which the window with the most different terms begins.
static size_t best_start(const struct kb_hit *v, size_t n)
{
	uint8_t inside[KB_SOUGHT_MAX] = {0};
	size_t best = 0, most = 0, distinct = 0, to = 0;

	for (size_t i = 0; i < n; i++) {
		for (; to < n && v[to].to <= v[i].from + WINDOW - LEAD; to++)
			distinct += !inside[v[to].place]++;
		if (distinct > most) {
			most = distinct;
			best = v[i].from;
		}
		if (to > i)
			distinct -= !--inside[v[i].place];
		else
			to = i + 1; // a hit wider than the window
	}
	return best;
}

static size_t at_character(struct sv s, size_t i)
{
	while (i < s.n && (s.p[i] & 0xc0) == 0x80)
		i++;
	return i;
}

struct kb_marked kb_snippet(struct kb_marks *m, struct sv body, struct arena *a)
{
	struct kb_hit v[HITS_MAX];
	struct str text = {0};

	if (body.n > BODY_MAX)
		body.n = at_character(body, BODY_MAX);
	size_t start = best_start(v, kb_scan_hits(&m->scan, body, v, HITS_MAX));
	size_t from = start <= LEAD ? 0 : at_character(body, start - LEAD);
	// marks fall out of what is shown: a little more is taken
	size_t until = from + 2 * WINDOW < body.n ? at_character(body, from + 2 * WINDOW) : body.n;
	plain(&text, sv_n(body.p + from, until - from), from == 0 || body.p[from - 1] == '\n');
	struct sv s = sv_n(str_z(&text), text.n);
	bool more = until < body.n || s.n > WINDOW;
	if (s.n > WINDOW)
		s.n = at_character(s, WINDOW);
	const char *lead = from ? "…" : "";
	struct kb_marked out = joined(v, kb_scan_hits(&m->scan, s, v, HITS_MAX), strlen(lead), a);
	out.text = arena_printf(a, "%s%.*s%s", lead, (int)s.n, s.p, more ? "…" : "");
	str_release(&text);
	return out;
}
