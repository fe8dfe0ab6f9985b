// SPDX-License-Identifier: MIT
// Knows what a line of the agent says: lexicon classes, word sets, moves against an objection.
#include "src/practice/match.h"

#include "src/base/utf8.h"
#include "src/practice/match_text.h"

static bool keyword(const struct match_text *t, const struct match_pairs *p, const char *word)
{
	uint32_t u[MATCH_KEYWORD_CHARS];
	unsigned char at[MATCH_KEYWORD_CHARS];
	size_t n = match_fold(sv(word), u, at, MATCH_KEYWORD_CHARS);

	return match_keyword(t, p, u, at, n);
}

static bool fits(const struct word_set *w, const struct match_text *t, const struct match_pairs *p)
{
	bool any = !w->n_any;

	if (!w->n_any && !w->n_all)
		return false;
	for (size_t i = 0; i < w->n_all; i++) {
		if (!keyword(t, p, w->all[i]))
			return false;
	}
	for (size_t i = 0; i < w->n_any && !any; i++)
		any = keyword(t, p, w->any[i]);
	for (size_t i = 0; i < w->n_none && any; i++) {
		if (keyword(t, p, w->none[i]))
			return false;
	}
	return any;
}

bool match_words(const struct word_set *w, struct sv text)
{
	struct match_text t;
	struct match_pairs p;

	match_text_init(&t, text);
	match_pairs_init(&p, &t);
	bool ok = fits(w, &t, &p);
	match_pairs_release(&p);
	match_text_release(&t);
	return ok;
}

size_t match_keyword_chars(const char *word)
{
	struct match_text t;

	match_text_init(&t, sv(word));
	size_t n = t.n;
	match_text_release(&t);
	return n;
}

static int chars(struct sv text)
{
	int n = 0;

	for (size_t pos = 0; pos < text.n;) {
		uint32_t cp;
		pos += utf8_decode(sv_n(text.p + pos, text.n - pos), &cp);
		n += cp > ' ' && cp != 0xA0 && cp != 0x3000 && !(cp >= 0x2000 && cp <= 0x200B);
	}
	return n;
}

static unsigned moves(struct lexicon *lex, struct sv text, const struct lexicon_hits *hits)
{
	struct lexicon_hits found = {0};
	unsigned bits = 0;

	lexicon_moves(lex, text, &found);
	for (size_t i = 0; i < found.n; i++) {
		const char *class = lexicon_class(found.v[i].entry);
		enum objection_move move;
		if (str_starts(class, "move.") && objection_move_parse(sv(class + 5), &move))
			bits |= 1u << move;
	}
	for (size_t i = 0; i < hits->n; i++) {
		if (hits->v[i].entry->list == LEXICON_EMPATHY)
			bits |= 1u << MOVE_ACKNOWLEDGE;
	}
	vec_release(&found);
	return bits;
}

void match_line(const struct scenario *s, struct lexicon *lex, struct sv text, struct match *out)
{
	struct match_text t;
	struct match_pairs p;

	*out = (struct match){.chars = chars(text)};
	match_text_init(&t, text);
	match_pairs_init(&p, &t);
	for (size_t i = 0; i < s->n_words && i < MATCH_SETS; i++) {
		if (fits(&s->words[i], &t, &p))
			out->words |= UINT64_C(1) << i;
	}
	out->read_back = match_read_back(&t);
	match_pairs_release(&p);
	match_text_release(&t);
	if (lex) {
		lexicon_match(lex, text, &out->hits);
		out->moves = moves(lex, text, &out->hits);
	}
}

void match_release(struct match *m)
{
	vec_release(&m->hits);
}

bool match_tag(const struct match *m, const char *tag)
{
	size_t n = strlen(tag);

	for (size_t i = 0; i < m->hits.n; i++) {
		const char *class = lexicon_class(m->hits.v[i].entry);
		if (strncmp(class, tag, n) == 0 && (!class[n] || class[n] == '.'))
			return true;
	}
	return false;
}
