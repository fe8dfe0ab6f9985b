// SPDX-License-Identifier: MIT
// Knows which word of the phrasings a mistyped one means: one edit away, the likelier mistake and the more usual word first.
#include "kb/learned.h"

enum { TYPED_FROM = 3, MEANT_FROM = 4, TYPED_TO = 20, LIKELIER = 4 };

struct typed {
	const struct kb_learned *l;
	struct sv word;
	uint32_t best; // plus one
	uint64_t score;
};

// The word with n letters at a place replaced by others.
static void try_edit(struct typed *t, size_t at, size_t n, const char *by, size_t nby, bool exchanged)
{
	char text[TYPED_TO + 2];
	size_t rest = t->word.n - at - n, all = at + nby + rest;

	if (all < MEANT_FROM)
		return;
	memcpy(text, t->word.p, at);
	memcpy(text + at, by, nby);
	memcpy(text + at + nby, t->word.p + at + n, rest);
	uint32_t word = lp_word_of(t->l, lp_raw_key(sv_n(text, all)));
	if (!word || !t->l->words.v[word - 1].live)
		return;
	// people exchange letters more often than they miss a key, and see what they begin with
	uint64_t score = t->l->words.v[word - 1].live * (exchanged ? LIKELIER : 1u) * (text[0] == t->word.p[0] ? LIKELIER : 1u);
	if (score < t->score || (score == t->score && t->best && t->l->words.v[word - 1].key > t->l->words.v[t->best - 1].key))
		return;
	t->score = score;
	t->best = word;
}

uint32_t lp_meant(const struct kb_learned *l, struct sv word)
{
	struct typed t = {.l = l, .word = word};

	if (word.n < TYPED_FROM || word.n > TYPED_TO)
		return 0;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'a' || word.p[i] > 'z')
			return 0;
	for (size_t i = 0; i <= word.n; i++) {
		if (i < word.n)
			try_edit(&t, i, 1, "", 0, false);
		if (i + 1 < word.n)
			try_edit(&t, i, 2, (char[]){word.p[i + 1], word.p[i]}, 2, true);
		for (char c = 'a'; c <= 'z'; c++) {
			if (i < word.n)
				try_edit(&t, i, 1, &c, 1, false);
			try_edit(&t, i, 0, &c, 1, false);
		}
	}
	return t.best;
}
