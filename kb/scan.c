// SPDX-License-Identifier: MIT
// Knows how the terms of a query are found in a text in one pass.
#include "kb/scan.h"

#include <endian.h>

#include "src/base/err.h"

static uint32_t spot1(uint32_t cp)
{
	return cp * 0x9e3779b1u >> 24;
}

static uint32_t spot2(uint32_t a, uint32_t b)
{
	return (a * 0x9e3779b1u ^ b * 0x85ebca6bu) >> 24;
}

static uint32_t letter_bit(unsigned char c)
{
	return c >= 'a' && c <= 'z' ? 1u << (c - 'a') : 1u << 31;
}

static void enter(uint8_t *slots, uint32_t at, size_t place)
{
	while (slots[at & (KB_SCAN_SLOTS - 1)])
		at++;
	slots[at & (KB_SCAN_SLOTS - 1)] = (uint8_t)(place + 1);
}

enum { COMMON_FIRST = 0x4e00 }; // Han from here on; what lies before it is looked at one by one

static void look_at(struct kb_scan *s, uint32_t raw)
{
	s->looked_at[(raw - KB_SCAN_FIRST) >> 6] |= 1ull << ((raw - KB_SCAN_FIRST) & 63);
}

// Every way in which a folded character is written.
static void look_for(struct kb_scan *s, uint32_t cp)
{
	for (uint32_t raw = kb_unfold_first(s->an, cp); raw; raw = kb_unfold_next(s->an, raw))
		look_at(s, raw);
}

void kb_scan_init(struct kb_scan *s, struct kb_analyser *an, const struct kb_sought *v, size_t n)
{
	if (n > KB_SOUGHT_MAX)
		BUG("%zu terms", n);
	memset(s, 0, sizeof(*s));
	s->an = an;
	s->folds = kb_analyser_folds(an);
	s->v = v;
	s->n = n;
	memset(s->looked_at, 0xff, (COMMON_FIRST - KB_SCAN_FIRST) / 8);
	for (size_t i = 0; i < n; i++) {
		switch (v[i].kind) {
		case KB_HAN1:
			enter(s->han1, spot1(v[i].cp[0]), i);
			look_for(s, v[i].cp[0]);
			break;
		case KB_HAN2:
			enter(s->han2, spot2(v[i].cp[0], v[i].cp[1]), i);
			look_for(s, v[i].cp[0]);
			look_for(s, v[i].cp[1]);
			break;
		case KB_WORD:
			s->codes = s->codes || v[i].joined;
			s->letters |= letter_bit((unsigned char)*v[i].text.p);
			enter(s->word, kb_hash(v[i].text), i);
			break;
		}
	}
	for (uint32_t c = 0; c < 128; c++) {
		uint32_t f = kb_folded(s->folds, c);
		s->lower[c] = f & KB_FOLDED_LETTER ? (uint8_t)(f & KB_FOLDED) : 0;
	}
}

// ---- what is found ----

struct pass {
	struct kb_scan *s;
	uint32_t *n, len;
	struct kb_hit *hits; // NULL: not asked
	size_t nhits, max;
	uint32_t before, before_from; // the Han character just before, 0: none that matters
	size_t nword, word_from, word_to;
	bool skip; // the word begins with a letter that none sought begins with
	char word[KB_TOKEN_MAX];
};

static void hit(struct pass *p, size_t place, size_t from, size_t to)
{
	if (!p->hits)
		p->n[place]++;
	else if (p->nhits < p->max)
		p->hits[p->nhits++] = (struct kb_hit){(uint32_t)from, (uint32_t)to, (uint32_t)place};
}

static void one(struct pass *p, uint32_t cp, size_t from, size_t to)
{
	const struct kb_scan *s = p->s;

	for (uint32_t at = spot1(cp); s->han1[at & (KB_SCAN_SLOTS - 1)]; at++) {
		size_t i = s->han1[at & (KB_SCAN_SLOTS - 1)] - 1u;
		if (s->v[i].cp[0] == cp) {
			hit(p, i, from, to);
			return;
		}
	}
}

static void two(struct pass *p, uint32_t a, uint32_t b, size_t from, size_t to)
{
	const struct kb_scan *s = p->s;

	for (uint32_t at = spot2(a, b); s->han2[at & (KB_SCAN_SLOTS - 1)]; at++) {
		size_t i = s->han2[at & (KB_SCAN_SLOTS - 1)] - 1u;
		if (s->v[i].cp[0] == a && s->v[i].cp[1] == b) {
			hit(p, i, from, to);
			return;
		}
	}
}

// Place of the token in what is sought plus one, 0: not sought.
static uint32_t place_of(const struct kb_scan *s, struct sv text)
{
	for (uint32_t at = kb_hash(text); s->word[at & (KB_SCAN_SLOTS - 1)]; at++) {
		uint32_t i = s->word[at & (KB_SCAN_SLOTS - 1)] - 1u;
		if (sv_eq(s->v[i].text, text))
			return i + 1;
	}
	return 0;
}

static uint32_t place_of_word(struct kb_scan *s, struct sv raw)
{
	struct sv stem = kb_stem(s->an, raw);

	return place_of(s, stem.n > KB_TOKEN_MAX ? raw : stem);
}

// The same, remembered: a text repeats its words.
static uint32_t met_word(struct kb_scan *s, struct sv raw)
{
	uint64_t w[2] = {0, 0};
	struct kb_met *m;

	if (raw.n > sizeof(w))
		return place_of_word(s, raw);
	memcpy(w, raw.p, raw.n);
	m = &s->met[(w[0] * 0x9e3779b97f4a7c15u ^ w[1] * 0xc2b2ae3d27d4eb4fu) >> 55];
	if (m->word[0] != w[0] || m->word[1] != w[1])
		*m = (struct kb_met){{w[0], w[1]}, place_of_word(s, raw)};
	return m->place;
}

// ---- the long way ----

static void cut_token(void *arg, const struct kb_token *t)
{
	struct pass *p = arg;
	uint32_t place;

	switch (t->kind) {
	case KB_HAN1:
		p->len++;
		one(p, t->cp[0], t->from, t->to);
		break;
	case KB_HAN2:
		two(p, t->cp[0], t->cp[1], t->from, t->to);
		break;
	case KB_WORD:
		p->len += !t->joined;
		if ((place = place_of(p->s, t->text)))
			hit(p, place - 1, t->from, t->to);
		break;
	}
}

// ---- one pass ----

static void end_word(struct pass *p)
{
	p->len++;
	if (!p->skip) {
		uint32_t place = met_word(p->s, sv_n(p->word, p->nword));
		if (place)
			hit(p, place - 1, p->word_from, p->word_to);
	}
	p->nword = 0;
}

// A stem begins with the letter of its word; so does what dying and lying become.
static void begin_word(struct pass *p, unsigned char c, size_t from)
{
	p->word_from = from;
	p->skip = !(p->s->letters & letter_bit(c));
}

static void take_han(struct pass *p, uint32_t cp, size_t from, size_t to)
{
	one(p, cp, from, to);
	if (p->before)
		two(p, p->before, cp, p->before_from, to);
	p->before = cp;
	p->before_from = (uint32_t)from;
}

// Any folded character.
static void take(struct pass *p, uint32_t folded, size_t from, size_t to)
{
	uint32_t cp = folded & KB_FOLDED;

	if (!(folded & KB_FOLDED_LETTER)) {
		if (p->nword)
			end_word(p);
		if (folded & KB_FOLDED_HAN) {
			p->len++;
			take_han(p, cp, from, to);
		} else {
			p->before = 0;
		}
		return;
	}
	char utf8[4];
	size_t n = kb_put_utf8(utf8, cp);
	p->before = 0;
	if (p->nword + 4 > KB_TOKEN_MAX) // as the cutter does
		end_word(p);
	if (!p->nword)
		begin_word(p, (unsigned char)*utf8, from);
	memcpy(p->word + p->nword, utf8, n);
	p->nword += n;
	p->word_to = to;
}

static void take_any(struct pass *p, uint32_t cp, size_t from, size_t to)
{
	uint32_t f[KB_FOLD_MAX], folded = kb_folded(p->s->folds, cp);

	if (!(folded & KB_FOLDED_MANY)) {
		take(p, folded, from, to);
		return;
	}
	size_t n = kb_fold_cp(cp, f, KB_FOLD_MAX);
	for (size_t i = 0; i < n; i++)
		take(p, kb_folded(p->s->folds, f[i]), from, to);
}

// A run of common characters from i on, of which few matter; where it ends. Text in the base is valid UTF-8.
static size_t pass_han(struct pass *p, const unsigned char *b, size_t i, size_t n)
{
	const struct kb_scan *s = p->s;
	size_t from = i, others = 0;

	// four bytes are read for three
	for (; i + 4 <= n; i += 3) {
		uint32_t w;
		memcpy(&w, b + i, sizeof(w));
		w = le32toh(w);
		if (((w & 0xff) - 0xe4) > 5)
			break;
		uint32_t at = (w & 0x0f) << 12 | (w >> 2 & 0xfc0) | (w >> 16 & 0x3f);
		at -= KB_SCAN_FIRST;
		if (!(s->looked_at[at >> 6] >> (at & 63) & 1)) {
			p->before = 0;
			continue;
		}
		if (at + KB_SCAN_FIRST >= COMMON_FIRST) {
			take_han(p, kb_folded(s->folds, at + KB_SCAN_FIRST) & KB_FOLDED, i, i + 3);
		} else {
			others++;
			take_any(p, at + KB_SCAN_FIRST, i, i + 3);
			if (p->nword) { // a letter: the rest of the word is not for here
				i += 3;
				break;
			}
		}
	}
	p->len += (uint32_t)((i - from) / 3 - others);
	return i;
}

// A word of ASCII letters that begins at i; where it ends, or where other letters go on with it.
static size_t pass_word(struct pass *p, const unsigned char *b, size_t i, size_t n)
{
	const uint8_t *lower = p->s->lower;
	size_t from = i, most = n - i < KB_TOKEN_MAX - 3 ? n : i + KB_TOKEN_MAX - 3;

	begin_word(p, lower[b[i]], i);
	if (p->skip)
		while (i < most && b[i] < 0x80 && lower[b[i]])
			i++;
	else
		for (; i < most && b[i] < 0x80 && lower[b[i]]; i++)
			p->word[i - from] = (char)lower[b[i]];
	p->nword = i - from;
	p->word_to = i;
	if (i == n || (b[i] < 0x80 && !lower[b[i]]))
		end_word(p);
	return i;
}

static void pass_over(struct pass *p, struct sv text)
{
	const unsigned char *b = (const unsigned char *)text.p;
	size_t n = text.n;

	for (size_t i = 0; i < n;) {
		if (b[i] < 0x80) {
			uint8_t l = p->s->lower[b[i]];
			p->before = 0;
			if (l && !p->nword) {
				i = pass_word(p, b, i, n);
			} else if (l) { // behind letters of other scripts, or in a word longer than any
				take(p, KB_FOLDED_LETTER | l, i, i + 1);
				i++;
			} else {
				if (p->nword)
					end_word(p);
				i++;
			}
			continue;
		}
		if (!p->nword) {
			size_t to = pass_han(p, b, i, n);
			if (to > i) {
				i = to;
				continue;
			}
		}
		uint32_t cp;
		size_t used = kb_decode(sv_n(text.p + i, n - i), &cp);
		if (kb_folded(p->s->folds, cp) & (KB_FOLDED_LETTER | KB_FOLDED_HAN | KB_FOLDED_MANY)) {
			take_any(p, cp, i, i + used);
		} else { // a sign
			p->before = 0;
			if (p->nword)
				end_word(p);
		}
		i += used;
	}
	if (p->nword)
		end_word(p);
}

void kb_scan_text(struct kb_scan *s, struct sv text, uint32_t *n, uint32_t *len)
{
	struct pass p;

	p.s = s;
	p.n = n;
	p.len = 0;
	p.hits = NULL;
	p.before = 0;
	p.nword = 0;
	if (s->codes)
		kb_analyse(s->an, text, cut_token, &p);
	else
		pass_over(&p, text);
	*len += p.len;
}

size_t kb_scan_hits(struct kb_scan *s, struct sv text, struct kb_hit *out, size_t max)
{
	struct pass p = {.s = s, .hits = out, .max = max};

	if (s->codes)
		kb_analyse(s->an, text, cut_token, &p);
	else
		pass_over(&p, text);
	return p.nhits;
}
