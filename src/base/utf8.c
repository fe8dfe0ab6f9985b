// SPDX-License-Identifier: MIT
// Knows UTF-8 text: code points, graphemes, columns, and the one cleaner for text from outside.
#include "src/base/utf8.h"

#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>
#include <wchar.h>

#include "src/base/err.h"

void utf8_init(void)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && !setlocale(LC_CTYPE, "C.UTF-8") &&
	    !setlocale(LC_CTYPE, "C.utf8"))
		BUG("the C library has no C.UTF-8 locale");
}

static size_t decode_long(struct sv s, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s.p;
	int need = p[0] >= 0xF0 && p[0] < 0xF5 ? 3 : p[0] >= 0xE0 && p[0] < 0xF0 ? 2 : p[0] >= 0xC2 && p[0] < 0xE0 ? 1 : 0;
	if (!need || s.n < (size_t)need + 1)
		goto bad;
	uint32_t c = p[0] & (0x3F >> need);
	for (int i = 1; i <= need; i++) {
		if ((p[i] & 0xC0) != 0x80)
			goto bad;
		c = c << 6 | (p[i] & 0x3F);
	}
	if ((need == 2 && (c < 0x800 || (c >= 0xD800 && c < 0xE000))) || (need == 3 && (c < 0x10000 || c > 0x10FFFF)))
		goto bad;
	*cp = c;
	return (size_t)need + 1;
bad:
	*cp = 0xFFFD;
	return 1;
}

// Small enough to stand wherever this file needs it.
static inline size_t decode(struct sv s, uint32_t *cp)
{
	if ((unsigned char)s.p[0] >= 0x80)
		return decode_long(s, cp);
	*cp = (unsigned char)s.p[0];
	return 1;
}

size_t utf8_decode(struct sv s, uint32_t *cp)
{
	return decode(s, cp);
}

size_t utf8_count(struct sv s)
{
	size_t n = 0;
	uint32_t cp;

	for (size_t i = 0; i < s.n; n++)
		i += decode(sv_n(s.p + i, s.n - i), &cp);
	return n;
}

int utf8_width(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7F)
		return 1;
	if (cp >= 0x4E00 && cp <= 0x9FEF)
		return 2; // the common Han characters; a screen asks this thousands of times
	if (cp >= 0x2500 && cp <= 0x257F)
		return 1;
	if ((cp >= 0x3001 && cp <= 0x3029) || (cp >= 0xFF01 && cp <= 0xFF60))
		return 2;
	int w = wcwidth((wchar_t)cp);
	return w < 0 ? 1 : w;
}

int utf8_columns(struct sv s)
{
	int cols = 0;
	uint32_t cp;

	for (size_t i = 0; i < s.n;) {
		i += decode(sv_n(s.p + i, s.n - i), &cp);
		cols += utf8_width(cp);
	}
	return cols;
}

// One iterator a thread: opening one costs more than walking a line.
static _Thread_local UBreakIterator *chars;
// Closed when its thread ends.
static pthread_key_t chars_key;
static pthread_once_t chars_once = PTHREAD_ONCE_INIT;

static void close_chars(void *it)
{
	ubrk_close(it);
}

static void make_chars_key(void)
{
	if (pthread_key_create(&chars_key, close_chars) != 0)
		BUG("no thread key for the break iterator");
}

static UBreakIterator *open_chars(struct sv s, UText *ut)
{
	UErrorCode ec = U_ZERO_ERROR;

	if (!chars) {
		chars = ubrk_open(UBRK_CHARACTER, "root", NULL, 0, &ec);
		pthread_once(&chars_once, make_chars_key);
		pthread_setspecific(chars_key, chars);
	}
	utext_openUTF8(ut, s.p, (int64_t)s.n, &ec);
	ubrk_setUText(chars, ut, &ec);
	if (U_FAILURE(ec))
		BUG("ICU break iterator: %s", u_errorName(ec));
	return chars;
}

// Characters of which two in a row never join: none is a mark, a joiner, a jamo, an indicator or a prefix (UAX 29).
static bool alone(uint32_t cp)
{
	return (cp < 0x300 && cp != '\r' && cp != '\n') || (cp >= 0x3400 && cp <= 0x9FFF) ||
	       (cp >= 0x2010 && cp <= 0x2027) || (cp >= 0x2190 && cp <= 0x27BF) || (cp >= 0x3000 && cp <= 0x3029) ||
	       (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A0 && cp <= 0x30FF) || (cp >= 0xFF00 && cp <= 0xFF60);
}

size_t utf8_next(struct sv s, size_t pos)
{
	uint32_t a, b;

	if (pos >= s.n)
		return s.n;
	size_t na = decode(sv_n(s.p + pos, s.n - pos), &a);
	if (pos + na >= s.n)
		return s.n;
	decode(sv_n(s.p + pos + na, s.n - pos - na), &b);
	if (alone(a) && alone(b))
		return pos + na;
	UText ut = UTEXT_INITIALIZER;
	UBreakIterator *it = open_chars(s, &ut);
	int32_t to = ubrk_following(it, (int32_t)pos);
	utext_close(&ut);
	return to == UBRK_DONE ? s.n : (size_t)to;
}

size_t utf8_fit(struct sv s, int columns, int *used)
{
	size_t at = 0, len = 0;
	uint32_t cp = 0, after = 0;
	int cols = 0;

	if (s.n)
		len = decode(s, &cp);
	while (at < s.n) {
		size_t next = at + len, after_len = next < s.n ? decode(sv_n(s.p + next, s.n - next), &after) : 0;
		bool plain = !after_len || (alone(cp) && alone(after));
		if (!plain)
			next = utf8_next(s, at);
		int w = plain ? utf8_width(cp) : utf8_columns(sv_n(s.p + at, next - at));
		if (cols + w > columns)
			break;
		cols += w;
		at = next;
		if (plain) {
			cp = after;
			len = after_len;
		} else if (at < s.n) {
			len = decode(sv_n(s.p + at, s.n - at), &cp);
		}
	}
	if (used)
		*used = cols;
	return at;
}

// Where the code point that ends at pos begins; for damaged text one byte back.
static size_t char_before(struct sv s, size_t pos)
{
	size_t at = pos - 1;

	while (at > 0 && pos - at < 4 && ((unsigned char)s.p[at] & 0xC0) == 0x80)
		at--;
	return at;
}

static bool alone_at(struct sv s, size_t from, size_t to)
{
	uint32_t cp;

	return decode(sv_n(s.p + from, to - from), &cp) == to - from && alone(cp);
}

size_t utf8_prev(struct sv s, size_t pos)
{
	if (pos > s.n)
		pos = s.n;
	if (pos == 0)
		return 0;
	size_t a = char_before(s, pos), z = a ? char_before(s, a) : 0;
	if (alone_at(s, a, pos) && (a == 0 || alone_at(s, z, a)))
		return a;
	UText ut = UTEXT_INITIALIZER;
	UBreakIterator *it = open_chars(s, &ut);
	int32_t to = ubrk_preceding(it, (int32_t)pos);
	utext_close(&ut);
	return to == UBRK_DONE ? 0 : (size_t)to;
}

static int word_class(struct sv s, size_t pos)
{
	uint32_t cp;

	decode(sv_n(s.p + pos, s.n - pos), &cp);
	if (utf8_is_han(cp))
		return 2;
	return u_isalnum((UChar32)cp) || cp == '_' ? 1 : 0;
}

size_t utf8_word_next(struct sv s, size_t pos)
{
	while (pos < s.n && word_class(s, pos) == 0)
		pos = utf8_next(s, pos);
	if (pos < s.n && word_class(s, pos) == 2)
		return utf8_next(s, pos);
	while (pos < s.n && word_class(s, pos) == 1)
		pos = utf8_next(s, pos);
	return pos;
}

size_t utf8_word_prev(struct sv s, size_t pos)
{
	size_t at = pos;

	while (at > 0 && word_class(s, utf8_prev(s, at)) == 0)
		at = utf8_prev(s, at);
	if (at > 0 && word_class(s, utf8_prev(s, at)) == 2)
		return utf8_prev(s, at);
	while (at > 0 && word_class(s, utf8_prev(s, at)) == 1)
		at = utf8_prev(s, at);
	return at;
}

bool utf8_forbidden(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x200E || cp == 0x200F || cp == 0x200B ||
	       cp == 0x2060 || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x206F) || cp == 0x2028 ||
	       cp == 0x2029 || cp == 0xFEFF || (cp >= 0xFFF9 && cp <= 0xFFFB) || (cp >= 0xE0000 && cp <= 0xE007F) ||
	       (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFE) == 0xFFFE;
}

static bool combining(uint32_t cp)
{
	int8_t t = u_charType((UChar32)cp);

	return t == U_NON_SPACING_MARK || t == U_ENCLOSING_MARK;
}

// A joiner is kept only between two pictographs (emoji families); everywhere else it hides text.
static bool joiner_ok(uint32_t before, struct sv rest)
{
	uint32_t after;

	if (!rest.n)
		return false;
	decode(rest, &after);
	bool pict = u_hasBinaryProperty((UChar32)before, UCHAR_EXTENDED_PICTOGRAPHIC) || before == 0xFE0F ||
		    u_hasBinaryProperty((UChar32)before, UCHAR_EMOJI_MODIFIER);
	return pict && u_hasBinaryProperty((UChar32)after, UCHAR_EXTENDED_PICTOGRAPHIC);
}

// Eight bytes that are all printable ASCII.
static bool plain8(const char *p)
{
	const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
	uint64_t x;

	memcpy(&x, p, 8);
	uint64_t del = x ^ 0x7F * ones;
	// below 0x20, equal to 0x7F, or above it
	return !(((x - 0x20 * ones) | (del - ones) | x) & high);
}

// Bytes at the front that cleaning leaves alone whatever stands before or behind them: printable ASCII, Latin letters, Han
// characters and the punctuation of Chinese. None is a mark, a control or a pictograph.
static size_t plain_run(struct sv s, enum utf8_keep keep)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	while (i < s.n) {
		if (p[i] < 0x80) {
			if (i + 8 <= s.n && plain8(s.p + i)) {
				i += 8;
				continue;
			}
			if (!((p[i] >= 0x20 && p[i] < 0x7F) || (p[i] == '\n' && (keep & UTF8_KEEP_NL))))
				break;
			i++;
		} else if (p[i] >= 0xE0 && p[i] < 0xF0 && s.n - i >= 3) {
			uint32_t cp = (p[i] & 15U) << 12 | (p[i + 1] & 63U) << 6 | (p[i + 2] & 63U);
			if ((p[i + 1] & 0xC0) != 0x80 || (p[i + 2] & 0xC0) != 0x80 ||
			    !((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xFF01 && cp <= 0xFF60) ||
			      (cp >= 0x3000 && cp <= 0x3029) || (cp >= 0x2010 && cp <= 0x2027)))
				break;
			i += 3;
		} else if (p[i] >= 0xC3 && p[i] <= 0xCB && s.n - i >= 2 && (p[i + 1] & 0xC0) == 0x80) {
			i += 2;
		} else {
			break;
		}
	}
	return i;
}

void utf8_clean(struct str *out, struct sv s, enum utf8_keep keep)
{
	uint32_t before = 0;
	int marks = 0;

	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t n = plain_run(sv_n(s.p + i, s.n - i), keep);
		if (n) {
			str_addn(out, s.p + i, n);
			before = 0;
			marks = 0;
			i += n;
			continue;
		}
		n = decode(sv_n(s.p + i, s.n - i), &cp);
		i += n;
		if (cp == '\r') {
			if (i < s.n && s.p[i] == '\n')
				continue;
			cp = '\n';
		}
		if (cp == '\n' && !(keep & UTF8_KEEP_NL))
			cp = ' ';
		if (cp == '\t')
			cp = ' ';
		if (cp == 0x200C || (cp == 0x200D && !joiner_ok(before, sv_n(s.p + i, s.n - i))))
			continue;
		if (cp != '\n' && utf8_forbidden(cp))
			continue;
		marks = combining(cp) ? marks + 1 : 0;
		if (marks > 4)
			continue;
		str_addcp(out, cp);
		before = cp;
	}
}

bool utf8_is_clean(struct sv s, enum utf8_keep keep)
{
	struct str b = {0};

	if (plain_run(s, keep) == s.n)
		return true;
	utf8_clean(&b, s, keep);
	bool same = sv_eq(s, sv_n(str_z(&b), b.n));
	str_release(&b);
	return same;
}

bool utf8_valid(struct sv s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t n = decode(sv_n(s.p + i, s.n - i), &cp);
		if (cp == 0xFFFD && n == 1)
			return false;
		i += n;
	}
	return true;
}

void utf8_fold(struct str *out, struct sv s)
{
	bool ascii = true;

	for (size_t i = 0; i < s.n && ascii; i++)
		ascii = (unsigned char)s.p[i] < 0x80;
	if (ascii) {
		for (size_t i = 0; i < s.n; i++)
			str_addc(out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i]);
		return;
	}
	UErrorCode ec = U_ZERO_ERROR;
	const UNormalizer2 *norm = unorm2_getNFKCCasefoldInstance(&ec);
	if (U_FAILURE(ec))
		BUG("ICU normaliser: %s", u_errorName(ec));
	int32_t n16 = 0, got = 0, n8 = 0;
	UChar *u = xreallocarray(NULL, s.n + 1, sizeof(UChar));
	u_strFromUTF8WithSub(u, (int32_t)s.n + 1, &n16, s.p, (int32_t)s.n, 0xFFFD, NULL, &ec);
	int32_t cap = n16 * 18 + 1;
	UChar *f = xreallocarray(NULL, (size_t)cap, sizeof(UChar));
	got = unorm2_normalize(norm, u, n16, f, cap, &ec);
	char *b = xmalloc((size_t)got * 3 + 1);
	u_strToUTF8(b, got * 3 + 1, &n8, f, got, &ec);
	if (U_FAILURE(ec))
		BUG("ICU fold: %s", u_errorName(ec));
	str_addn(out, b, (size_t)n8);
	free(b);
	free(f);
	free(u);
}

bool utf8_is_han(uint32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x323AF) ||
	       cp == 0x3007;
}
