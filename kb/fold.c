// SPDX-License-Identifier: MIT
// Knows the one analysis of text for searching: folding, and cutting into Han characters, Han pairs and words.
#include "kb/fold.h"

#include <libstemmer.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "src/base/err.h"
#include "src/base/han.h"
#include "src/base/utf8.h"

struct kb_analyser {
	struct sb_stemmer *english;
};

struct kb_analyser *kb_analyser_new(void)
{
	struct kb_analyser *an = xcalloc(1, sizeof(*an));

	an->english = sb_stemmer_new("english", "UTF_8");
	if (!an->english)
		BUG("libstemmer has no English");
	return an;
}

void kb_analyser_free(struct kb_analyser *an)
{
	if (!an)
		return;
	sb_stemmer_delete(an->english);
	free(an);
}

uint32_t kb_hash(struct sv token)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < token.n; i++)
		h = (h ^ (unsigned char)token.p[i]) * 16777619u;
	return h;
}

struct sv kb_stem(struct kb_analyser *an, struct sv word)
{
	if (word.n < 3)
		return word;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'a' || word.p[i] > 'z')
			return word;
	const sb_symbol *s = sb_stemmer_stem(an->english, (const sb_symbol *)word.p, (int)word.n);
	return s ? sv_n((const char *)s, (size_t)sb_stemmer_length(an->english)) : word;
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
		out[made++] = han_simplify((uint32_t)c);
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
	else if ((cp >= 0x2000 && cp <= 0x206f) || (cp >= 0x3000 && cp <= 0x3004) || (cp >= 0x3008 && cp <= 0x3020) ||
		 (cp >= 0xd800 && cp <= 0xdfff) || cp > 0x10ffff)
		out[0] = ' ';
	else
		return fold_by_icu(cp, out, max);
	return 1;
}

enum { FOLD_MAX = 20 }; // U+FDFA, the longest, has 18

enum class { NOTHING, HAN, LETTER };

static enum class class_of(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') ? LETTER : NOTHING;
	if (utf8_is_han(cp))
		return HAN;
	return u_isalnum((UChar32)cp) ? LETTER : NOTHING;
}

void kb_fold(struct str *out, struct sv text)
{
	bool gap = false, any = false;

	for (size_t i = 0; i < text.n;) {
		uint32_t cp, f[FOLD_MAX];
		i += utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		size_t n = kb_fold_cp(cp, f, FOLD_MAX);
		for (size_t k = 0; k < n; k++) {
			if (class_of(f[k]) == NOTHING) {
				gap = true;
				continue;
			}
			if (gap && any)
				str_addc(out, ' ');
			gap = false;
			any = true;
			str_addcp(out, f[k]);
		}
	}
}

// A word or a code being gathered.
struct gather {
	char s[KB_TOKEN_MAX];
	size_t n, from, to;
};

struct cutter {
	struct kb_analyser *an;
	kb_token_fn *fn;
	void *arg;
	struct gather word, code;
	int parts;        // words in code
	bool digit;       // code holds one
	char joint;       // the joining mark just seen, 0 if none
	char han[8];      // the Han character just before, as UTF-8
	size_t nhan, han_from;
};

static size_t put_cp(char *to, uint32_t cp)
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

static void end_code(struct cutter *c)
{
	if (c->parts > 1 && c->digit && c->code.n <= KB_TOKEN_MAX) {
		struct sv s = sv_n(c->code.s, c->code.n);
		c->fn(c->arg, &(struct kb_token){KB_WORD, s, s, c->code.from, c->code.to, true});
	}
	c->parts = 0;
	c->code.n = 0;
	c->digit = false;
	c->joint = 0;
}

// Adds the finished word to the code around it; one too long to be a code is given up by a count past the limit.
static void extend_code(struct cutter *c)
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

static void end_word(struct cutter *c)
{
	if (!c->word.n)
		return;
	struct sv raw = sv_n(c->word.s, c->word.n);
	extend_code(c);
	struct sv stem = kb_stem(c->an, raw);
	if (stem.n > KB_TOKEN_MAX)
		stem = raw;
	c->fn(c->arg, &(struct kb_token){KB_WORD, stem, raw, c->word.from, c->word.to, false});
	c->word.n = 0;
}

static void letter(struct cutter *c, uint32_t cp, size_t from, size_t to)
{
	if (c->word.n + 4 > KB_TOKEN_MAX)
		end_word(c);
	if (!c->word.n)
		c->word.from = from;
	c->word.n += put_cp(c->word.s + c->word.n, cp);
	c->word.to = to;
	if (cp >= '0' && cp <= '9')
		c->digit = true;
}

static void han(struct cutter *c, uint32_t cp, size_t from, size_t to)
{
	char pair[8];
	size_t n = put_cp(pair + c->nhan, cp);
	struct sv one = sv_n(pair + c->nhan, n), two = sv_n(pair, c->nhan + n);

	memcpy(pair, c->han, c->nhan);
	c->fn(c->arg, &(struct kb_token){KB_HAN1, one, one, from, to, false});
	if (c->nhan)
		c->fn(c->arg, &(struct kb_token){KB_HAN2, two, two, c->han_from, to, false});
	memcpy(c->han, one.p, n);
	c->nhan = n;
	c->han_from = from;
}

static void cut(struct cutter *c, uint32_t cp, size_t from, size_t to)
{
	enum class k = class_of(cp);

	if (k != HAN)
		c->nhan = 0;
	if (k == LETTER) {
		letter(c, cp, from, to);
		return;
	}
	bool after_word = c->word.n > 0;
	end_word(c);
	if (after_word && (cp == '-' || cp == '_' || cp == '.' || cp == '/'))
		c->joint = (char)cp;
	else
		end_code(c);
	if (k == HAN)
		han(c, cp, from, to);
}

void kb_analyse(struct kb_analyser *an, struct sv text, kb_token_fn *fn, void *arg)
{
	struct cutter c = {.an = an, .fn = fn, .arg = arg};

	for (size_t i = 0; i < text.n;) {
		uint32_t cp, f[FOLD_MAX];
		size_t used = utf8_decode(sv_n(text.p + i, text.n - i), &cp);
		size_t n = kb_fold_cp(cp, f, FOLD_MAX);
		for (size_t k = 0; k < n; k++)
			cut(&c, f[k], i, i + used);
		i += used;
	}
	end_word(&c);
	end_code(&c);
}
