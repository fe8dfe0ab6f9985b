// SPDX-License-Identifier: MIT
// Knows the one analysis of text for searching: folding, and cutting into Han characters, Han pairs and words.
#include "kb/fold.h"

#include <libstemmer.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "src/base/err.h"
#include "src/base/han.h"

// A word of at most 16 letters, zero-padded, and its stem. 4,096 of them, each in the one place its letters give, hold most
// of what texts repeat.
enum { STEM_SLOTS = 4096, STEM_SHIFT = 64 - 12, STEM_WORD = 16 };
struct stem_slot {
	uint64_t word[STEM_WORD / 8];
	char stem[STEM_WORD - 1];
	uint8_t n;
};

struct kb_analyser {
	struct sb_stemmer *english;
	struct stem_slot *stems;
	struct kb_folds folds;
	struct unfold *unfold; // made when it is first asked for
};

// Lists of the common characters with the same folded form, as distances from the first common one plus one. The 2,000
// whose form is not common itself share lists by its lowest bits.
enum { COMMON_FIRST = 0x4e00, COMMON = 0x5200, STRAYS = 256 };
struct unfold {
	uint16_t first[COMMON], next[COMMON], strays[STRAYS];
};

struct kb_analyser *kb_analyser_new(void)
{
	struct kb_analyser *an = xcalloc(1, sizeof(*an));

	an->english = sb_stemmer_new("english", "UTF_8");
	if (!an->english)
		BUG("libstemmer has no English");
	an->stems = xcalloc(STEM_SLOTS, sizeof(*an->stems));
	return an;
}

void kb_analyser_free(struct kb_analyser *an)
{
	if (!an)
		return;
	sb_stemmer_delete(an->english);
	for (size_t i = 0; i < KB_FOLD_PAGES; i++)
		free(an->folds.page[i]);
	free(an->stems);
	free(an->unfold);
	free(an);
}

struct kb_folds *kb_analyser_folds(struct kb_analyser *an)
{
	return &an->folds;
}

uint32_t kb_hash(struct sv token)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < token.n; i++)
		h = (h ^ (unsigned char)token.p[i]) * 16777619u;
	return h;
}

// ---- stems ----

static bool is_latin(struct sv s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'a' || s.p[i] > 'z')
			return false;
	return true;
}

static struct sv stem_anew(struct kb_analyser *an, struct sv word)
{
	const sb_symbol *s = sb_stemmer_stem(an->english, (const sb_symbol *)word.p, (int)word.n);

	return s ? sv_n((const char *)s, (size_t)sb_stemmer_length(an->english)) : word;
}

struct sv kb_stem(struct kb_analyser *an, struct sv word)
{
	uint64_t w[2] = {0};

	if (word.n < 3 || *word.p < 'a' || *word.p > 'z')
		return word;
	if (word.n > STEM_WORD)
		return is_latin(word) ? stem_anew(an, word) : word;
	memcpy(w, word.p, word.n);
	struct stem_slot *slot = &an->stems[(w[0] * 0x9e3779b97f4a7c15u ^ w[1] * 0xc2b2ae3d27d4eb4fu) >> STEM_SHIFT];
	if (slot->word[0] != w[0] || slot->word[1] != w[1]) {
		if (!is_latin(word))
			return word;
		struct sv stem = stem_anew(an, word);
		if (stem.n > sizeof(slot->stem))
			return stem;
		memcpy(slot->word, w, sizeof(w));
		memcpy(slot->stem, stem.p, stem.n);
		slot->n = (uint8_t)stem.n;
	}
	return sv_n(slot->stem, slot->n);
}

// ---- folding ----

// Punctuation that is not worth asking about, and what is no character at all.
static bool is_gap(uint32_t cp)
{
	return (cp >= 0x2000 && cp <= 0x206f) || (cp >= 0x3000 && cp <= 0x3004) || (cp >= 0x3008 && cp <= 0x3020) ||
	       (cp >= 0xd800 && cp <= 0xdfff) || cp > 0x10ffff;
}

// The rare case: asks ICU for compatibility forms and case, then for the letters without their accents.
static size_t fold_by_icu(uint32_t cp, uint32_t out[], size_t max)
{
	UErrorCode err = U_ZERO_ERROR;
	const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&err), *nfd = unorm2_getNFDInstance(&err);
	UChar src[2], mid[32], dst[64];
	int32_t nsrc = 0, n;
	size_t made = 0;

	if (U_FAILURE(err))
		BUG("ICU has no normaliser: %s", u_errorName(err));
	U16_APPEND_UNSAFE(src, nsrc, (UChar32)cp);
	n = unorm2_normalize(nfkc, src, nsrc, mid, 32, &err);
	// Korean syllables stay whole; accents come off everything below, Latin, Greek and Cyrillic
	if (U_SUCCESS(err) && n > 0 && mid[0] < 0x2000)
		n = unorm2_normalize(nfd, mid, n, dst, 64, &err);
	else if (U_SUCCESS(err))
		memcpy(dst, mid, (size_t)n * sizeof(*dst));
	if (U_FAILURE(err)) {
		out[0] = cp;
		return 1;
	}
	for (int32_t i = 0; i < n && made < max;) {
		UChar32 c;
		U16_NEXT(dst, i, n, c);
		if (c >= 0x300 && c <= 0x36f)
			continue;
		out[made++] = is_gap((uint32_t)c) ? ' ' : han_simplify((uint32_t)c);
	}
	return made;
}

size_t kb_fold_cp(uint32_t cp, uint32_t out[], size_t max)
{
	if (cp < 0x80)
		out[0] = cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	else if (cp >= 0x4e00 && cp <= 0x9fff)
		out[0] = han_simplify(cp);
	else if (cp >= 0xff01 && cp <= 0xff5e)
		return kb_fold_cp(cp - 0xfee0, out, max);
	else if (is_gap(cp))
		out[0] = ' ';
	else
		return fold_by_icu(cp, out, max);
	return 1;
}

static uint32_t class_of(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') ? KB_FOLDED_LETTER : 0;
	if (utf8_is_han(cp))
		return KB_FOLDED_HAN;
	return u_isalnum((UChar32)cp) ? KB_FOLDED_LETTER : 0;
}

uint32_t kb_fold_ask(struct kb_folds *f, uint32_t cp)
{
	uint32_t out[KB_FOLD_MAX], entry = KB_FOLDED_KNOWN | KB_FOLDED_MANY;

	if (kb_fold_cp(cp, out, KB_FOLD_MAX) == 1)
		entry = KB_FOLDED_KNOWN | class_of(out[0]) | out[0];
	if (cp < KB_FOLD_PAGES * 256) {
		uint32_t **page = &f->page[cp >> 8];
		if (!*page)
			*page = xcalloc(256, sizeof(**page));
		(*page)[cp & 255] = entry;
	}
	return entry;
}

static uint16_t *list_of(struct unfold *u, uint32_t cp)
{
	return cp - COMMON_FIRST < COMMON ? &u->first[cp - COMMON_FIRST] : &u->strays[cp % STRAYS];
}

static struct unfold *unfold_of(struct kb_analyser *an)
{
	struct unfold *u = an->unfold;

	if (u)
		return u;
	an->unfold = u = xcalloc(1, sizeof(*u));
	for (uint32_t i = COMMON; i-- > 0;) {
		uint16_t *list = list_of(u, han_simplify(i + COMMON_FIRST));
		u->next[i] = *list;
		*list = (uint16_t)(i + 1);
	}
	return u;
}

// The first from here on in its list that folds to cp; only lists of strays hold others.
static uint32_t folds_to(const struct unfold *u, uint16_t i, uint32_t cp)
{
	while (i && han_simplify(i - 1u + COMMON_FIRST) != cp)
		i = u->next[i - 1];
	return i ? i - 1u + COMMON_FIRST : 0;
}

uint32_t kb_unfold_first(struct kb_analyser *an, uint32_t cp)
{
	struct unfold *u = unfold_of(an);

	return folds_to(u, *list_of(u, cp), cp);
}

uint32_t kb_unfold_next(struct kb_analyser *an, uint32_t raw)
{
	const struct unfold *u = unfold_of(an);

	return folds_to(u, u->next[raw - COMMON_FIRST], han_simplify(raw));
}

size_t kb_put_utf8(char *to, uint32_t cp)
{
	if (cp < 0x80) {
		to[0] = (char)cp;
		return 1;
	}
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

void kb_fold(struct str *out, struct sv text)
{
	bool gap = false, any = false;

	for (size_t i = 0; i < text.n;) {
		uint32_t cp, f[KB_FOLD_MAX];
		i += kb_decode(sv_n(text.p + i, text.n - i), &cp);
		size_t n = kb_fold_cp(cp, f, KB_FOLD_MAX);
		for (size_t k = 0; k < n; k++) {
			char utf8[5] = " ";
			if (!class_of(f[k])) {
				gap = true;
				continue;
			}
			size_t blank = gap && any;
			str_addn(out, utf8, blank + kb_put_utf8(utf8 + blank, f[k]));
			gap = false;
			any = true;
		}
	}
}

// ---- cutting ----

static void end_code(struct kb_cutter *c)
{
	if (c->parts > 1 && c->digit && c->code.n <= KB_TOKEN_MAX) {
		struct sv s = sv_n(c->code.s, c->code.n);
		c->fn(c->arg, &(struct kb_token){KB_WORD, s, s, c->code.from, c->code.to, true, {0}});
	}
	c->parts = 0;
	c->code.n = 0;
	c->digit = false;
	c->joint = 0;
}

// Adds the finished word to the code around it; one too long to be a code is given up by a count past the limit.
static void extend_code(struct kb_cutter *c)
{
	size_t need = c->word.n + (c->joint ? 1 : 0);

	if (!c->parts)
		c->code.from = c->word.from;
	c->code.to = c->word.to;
	c->parts++;
	if (c->code.n + need > KB_TOKEN_MAX) {
		c->code.n = KB_TOKEN_MAX + 1;
		return;
	}
	if (c->joint)
		c->code.s[c->code.n++] = c->joint;
	memcpy(c->code.s + c->code.n, c->word.s, c->word.n);
	c->code.n += c->word.n;
	c->joint = 0;
}

static void end_word(struct kb_cutter *c)
{
	struct sv raw = sv_n(c->word.s, c->word.n), stem = raw;

	if (!raw.n)
		return;
	extend_code(c);
	if (c->an)
		stem = kb_stem(c->an, raw);
	if (stem.n > KB_TOKEN_MAX)
		stem = raw;
	c->fn(c->arg, &(struct kb_token){KB_WORD, stem, raw, c->word.from, c->word.to, false, {0}});
	c->word.n = 0;
}

static void letter(struct kb_cutter *c, uint32_t cp, size_t from, size_t to)
{
	if (c->word.n + 4 > KB_TOKEN_MAX)
		end_word(c);
	if (!c->word.n)
		c->word.from = from;
	c->word.n += kb_put_utf8(c->word.s + c->word.n, cp);
	c->word.to = to;
	if (cp >= '0' && cp <= '9')
		c->digit = true;
}

static void han(struct kb_cutter *c, uint32_t cp, size_t from, size_t to)
{
	char pair[8];

	memcpy(pair, c->han, sizeof(c->han));
	size_t n = kb_put_utf8(pair + c->nhan, cp);
	struct sv one = sv_n(pair + c->nhan, n), two = sv_n(pair, c->nhan + n);
	c->fn(c->arg, &(struct kb_token){KB_HAN1, one, one, from, to, false, {cp}});
	if (c->nhan)
		c->fn(c->arg, &(struct kb_token){KB_HAN2, two, two, c->han_from, to, false, {c->han_cp, cp}});
	memcpy(c->han, one.p, n);
	c->nhan = n;
	c->han_from = from;
	c->han_cp = cp;
}

static void cut(struct kb_cutter *c, uint32_t folded, size_t from, size_t to)
{
	uint32_t cp = folded & KB_FOLDED;

	if (!(folded & KB_FOLDED_HAN))
		c->nhan = 0;
	if (folded & KB_FOLDED_LETTER) {
		letter(c, cp, from, to);
		return;
	}
	bool after_word = c->word.n > 0;
	end_word(c);
	if (after_word && (cp == '-' || cp == '_' || cp == '.' || cp == '/'))
		c->joint = (char)cp;
	else if (c->parts)
		end_code(c);
	if (folded & KB_FOLDED_HAN)
		han(c, cp, from, to);
}

void kb_cut(struct kb_cutter *c, uint32_t folded, size_t from, size_t to)
{
	cut(c, class_of(folded) | folded, from, to);
}

void kb_cut_end(struct kb_cutter *c)
{
	end_word(c);
	end_code(c);
}

static void cut_many(struct kb_cutter *c, uint32_t cp, size_t from, size_t to)
{
	uint32_t f[KB_FOLD_MAX];
	size_t n = kb_fold_cp(cp, f, KB_FOLD_MAX);

	for (size_t k = 0; k < n; k++)
		kb_cut(c, f[k], from, to);
}

void kb_analyse(struct kb_analyser *an, struct sv text, kb_token_fn *fn, void *arg)
{
	struct kb_cutter c = {.an = an, .fn = fn, .arg = arg};

	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t used = kb_decode(sv_n(text.p + i, text.n - i), &cp);
		uint32_t folded = kb_folded(&an->folds, cp);
		if (folded & KB_FOLDED_MANY)
			cut_many(&c, cp, i, i + used);
		else
			cut(&c, folded, i, i + used);
		i += used;
	}
	kb_cut_end(&c);
}
