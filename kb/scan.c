// SPDX-License-Identifier: MIT
// Knows how often the terms of a query stand in a text, counted in one pass.
#include "kb/scan.h"

#include "src/base/err.h"

static uint32_t spot1(uint32_t cp)
{
	return cp * 0x9e3779b1u >> 22; // 10 bits
}

static uint32_t spot2(uint32_t a, uint32_t b)
{
	return (a * 0x9e3779b1u ^ b * 0x85ebca6bu) >> 21; // 11 bits
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

void kb_scan_init(struct kb_scan *s, struct kb_analyser *an, const struct kb_sought *v, size_t n)
{
	if (n > KB_SOUGHT_MAX)
		BUG("%zu terms", n);
	*s = (struct kb_scan){.an = an, .folds = kb_analyser_folds(an), .v = v};
	for (size_t i = 0; i < n; i++) {
		uint32_t at;
		switch (v[i].kind) {
		case KB_HAN1:
			at = spot1(v[i].cp[0]);
			s->one[at >> 6] |= 1ull << (at & 63);
			enter(s->han1, at, i);
			break;
		case KB_HAN2:
			at = spot2(v[i].cp[0], v[i].cp[1]);
			s->two[at >> 6] |= 1ull << (at & 63);
			enter(s->han2, at, i);
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

static void one(const struct kb_scan *s, uint32_t cp, uint32_t *n)
{
	uint32_t at = spot1(cp);

	if (!(s->one[at >> 6] >> (at & 63) & 1))
		return;
	for (; s->han1[at & (KB_SCAN_SLOTS - 1)]; at++) {
		size_t i = s->han1[at & (KB_SCAN_SLOTS - 1)] - 1u;
		if (s->v[i].cp[0] == cp) {
			n[i]++;
			return;
		}
	}
}

static void two(const struct kb_scan *s, uint32_t a, uint32_t b, uint32_t *n)
{
	uint32_t at = spot2(a, b);

	if (!(s->two[at >> 6] >> (at & 63) & 1))
		return;
	for (; s->han2[at & (KB_SCAN_SLOTS - 1)]; at++) {
		size_t i = s->han2[at & (KB_SCAN_SLOTS - 1)] - 1u;
		if (s->v[i].cp[0] == a && s->v[i].cp[1] == b) {
			n[i]++;
			return;
		}
	}
}

static void token(const struct kb_scan *s, struct sv text, uint32_t *n)
{
	uint32_t at = kb_hash(text);

	for (; s->word[at & (KB_SCAN_SLOTS - 1)]; at++) {
		size_t i = s->word[at & (KB_SCAN_SLOTS - 1)] - 1u;
		if (sv_eq(s->v[i].text, text)) {
			n[i]++;
			return;
		}
	}
}

// A stem begins with the letter of its word, but for dying and lying, which become die and lie: that is the same letter too.
static void word(const struct kb_scan *s, struct sv raw, uint32_t *n)
{
	if (!(s->letters & letter_bit((unsigned char)*raw.p)))
		return;
	struct sv stem = kb_stem(s->an, raw);
	token(s, stem.n > KB_TOKEN_MAX ? raw : stem, n);
}

// ---- the long way ----

struct tally {
	const struct kb_scan *s;
	uint32_t *n, *len;
};

static void tally_token(void *arg, const struct kb_token *t)
{
	struct tally *y = arg;

	switch (t->kind) {
	case KB_HAN1:
		++*y->len;
		one(y->s, t->cp[0], y->n);
		break;
	case KB_HAN2:
		two(y->s, t->cp[0], t->cp[1], y->n);
		break;
	case KB_WORD:
		*y->len += !t->joined;
		token(y->s, t->text, y->n);
		break;
	}
}

// ---- one pass ----

struct pass {
	const struct kb_scan *s;
	uint32_t *n, *len;
	uint32_t before; // the Han character just before, 0: none
	size_t nword;
	char word[KB_TOKEN_MAX];
};

static void end_word(struct pass *p)
{
	if (!p->nword)
		return;
	++*p->len;
	word(p->s, sv_n(p->word, p->nword), p->n);
	p->nword = 0;
}

static size_t put_utf8(char *to, uint32_t cp)
{
	if (cp < 0x800) {
		to[0] = (char)(0xc0 | cp >> 6);
		to[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		to[0] = (char)(0xe0 | cp >> 12);
		to[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		to[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | cp >> 18);
	to[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	to[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	to[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

// A folded character.
static void take(struct pass *p, uint32_t folded)
{
	uint32_t cp = folded & KB_FOLDED;

	if (folded & KB_FOLDED_HAN) {
		end_word(p);
		++*p->len;
		one(p->s, cp, p->n);
		if (p->before)
			two(p->s, p->before, cp, p->n);
		p->before = cp;
		return;
	}
	p->before = 0;
	if (!(folded & KB_FOLDED_LETTER)) {
		end_word(p);
		return;
	}
	if (p->nword + 4 > KB_TOKEN_MAX) // as the cutter does
		end_word(p);
	if (cp < 0x80)
		p->word[p->nword++] = (char)cp;
	else
		p->nword += put_utf8(p->word + p->nword, cp);
}

static void take_many(struct pass *p, uint32_t cp)
{
	uint32_t f[KB_FOLD_MAX];
	size_t n = kb_fold_cp(cp, f, KB_FOLD_MAX);

	for (size_t i = 0; i < n; i++)
		take(p, kb_folded(p->s->folds, f[i]));
}

void kb_scan_text(const struct kb_scan *s, struct sv text, uint32_t *n, uint32_t *len)
{
	struct pass p = {.s = s, .n = n, .len = len};
	const unsigned char *b = (const unsigned char *)text.p;

	if (s->codes) {
		struct tally y = {s, n, len};
		kb_analyse(s->an, text, tally_token, &y);
		return;
	}
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		if (b[i] < 0x80) {
			uint8_t c = s->lower[b[i++]];
			p.before = 0;
			if (!c) {
				end_word(&p);
				continue;
			}
			if (p.nword + 4 > KB_TOKEN_MAX)
				end_word(&p);
			p.word[p.nword++] = (char)c;
			continue;
		}
		i += kb_decode(sv_n(text.p + i, text.n - i), &cp);
		uint32_t folded = kb_folded(s->folds, cp);
		if (folded & KB_FOLDED_MANY)
			take_many(&p, cp);
		else
			take(&p, folded);
	}
	end_word(&p);
}
