// SPDX-License-Identifier: MIT
// Knows the encodings that files from other systems come in, and makes UTF-8 of them (ICU).
#include "kb/charset.h"

#include <stdlib.h>
#include <unicode/ucnv.h>

#include "src/base/i18n.h"
#include "src/base/utf8.h"

enum { LOOK_AT = 4096 };

// Bytes at the end that may be the first ones of a character of at most 4.
static size_t cut_tail(struct sv s)
{
	size_t n = 0;

	while (n < 3 && n < s.n && ((unsigned char)s.p[s.n - 1 - n] & 0xC0) == 0x80)
		n++;
	return n < s.n && (unsigned char)s.p[s.n - 1 - n] >= 0xC0 ? n + 1 : 0;
}

static bool is_gb18030(struct sv text, bool whole)
{
	const unsigned char *p = (const unsigned char *)text.p;

	for (size_t i = 0; i < text.n;) {
		if (p[i] < 0x80) {
			i++;
			continue;
		}
		if (p[i] == 0x80 || p[i] == 0xFF)
			return false;
		if (i + 1 >= text.n)
			return !whole;
		if (p[i + 1] >= 0x30 && p[i + 1] <= 0x39) {
			if (i + 3 >= text.n)
				return !whole;
			if (p[i + 2] < 0x81 || p[i + 2] > 0xFE || p[i + 3] < 0x30 || p[i + 3] > 0x39)
				return false;
			i += 4;
		} else if (p[i + 1] >= 0x40 && p[i + 1] != 0x7F && p[i + 1] != 0xFF) {
			i += 2;
		} else {
			return false;
		}
	}
	return true;
}

enum charset charset_of(struct sv text, bool whole)
{
	size_t ascii = 0;

	if (sv_starts(text, "\xff\xfe") || sv_starts(text, "\xfe\xff"))
		return CHARSET_UTF16;
	while (ascii < text.n && (unsigned char)text.p[ascii] < 0x80)
		ascii++;
	if (ascii == text.n)
		return CHARSET_ASCII;
	if (utf8_valid(whole ? text : sv_n(text.p, text.n - cut_tail(text))))
		return CHARSET_UTF8;
	return is_gb18030(text, whole) ? CHARSET_GB18030 : CHARSET_UNKNOWN;
}

bool charset_decode(const char *name, struct sv text, struct str *out, struct err *e)
{
	UErrorCode ec = U_ZERO_ERROR;
	UConverter *from = ucnv_open(name, &ec);

	if (U_FAILURE(ec))
		return err_set(e, ERR_PARSE, _("there is no charset \"%.40s\": save the file as UTF-8"), name);
	// what a converter does not know ends the work instead of becoming a question mark
	ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &ec);
	size_t cap = text.n * 3 + 16; // no charset has a byte that takes more
	char *buf = xmalloc(cap);
	int32_t n = ucnv_toAlgorithmic(UCNV_UTF8, from, buf, (int32_t)cap, text.p, (int32_t)text.n, &ec);
	bool ok = U_SUCCESS(ec);
	if (ok)
		str_addn(out, buf, (size_t)n);
	free(buf);
	ucnv_close(from);
	return ok || err_set(e, ERR_PARSE, _("the text is not written in %.40s: save the file as UTF-8"), name);
}

void charset_of_page(struct sv page, char name[32])
{
	const char key[] = "charset", *end = page.p + (page.n < LOOK_AT ? page.n : LOOK_AT);
	size_t n = 0;

	name[0] = '\0';
	for (const char *p = page.p; p + sizeof(key) < end; p++) {
		if (strncasecmp(p, key, sizeof(key) - 1) != 0)
			continue;
		p += sizeof(key) - 1;
		while (p < end && (*p == ' ' || *p == '=' || *p == '"' || *p == '\''))
			p++;
		for (; p < end && n < 31; p++) {
			char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
			if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
				break;
			name[n++] = c;
		}
		name[n] = '\0';
		return;
	}
}
