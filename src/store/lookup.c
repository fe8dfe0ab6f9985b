// SPDX-License-Identifier: MIT
// Knows how a person is found without plain text: normal forms and keyed hashes (domain.md §18.3).
#include "src/store/lookup.h"

#include <sodium.h>

#include "src/base/utf8.h"

void lookup_hash(const unsigned char key[KEY_BYTES], struct sv normal, unsigned char out[LOOKUP_BYTES])
{
	crypto_generichash(out, LOOKUP_BYTES, (const unsigned char *)normal.p, normal.n, key, KEY_BYTES);
}

bool lookup_phone(struct str *out, struct sv raw)
{
	struct str folded = {0};
	char digits[16];
	size_t n = 0;
	bool plus = false, ok = true;

	utf8_fold(&folded, sv_trim(raw)); // full-width digits become plain ones
	for (size_t i = 0; i < folded.n && ok; i++) {
		char c = folded.s[i];
		if (c >= '0' && c <= '9') {
			ok = n < sizeof(digits) - 1;
			if (ok)
				digits[n++] = c;
		} else if (c == '+' && n == 0) {
			plus = true;
		} else {
			ok = strchr(" -().", c) != NULL && c != '\0';
		}
	}
	str_release(&folded);
	const char *d = digits;
	if (ok && !plus && n > 4 && d[0] == '0' && d[1] == '0') {
		plus = true;
		d += 2;
		n -= 2;
	} else if (ok && !plus && n > 3 && d[0] == '0') {
		d++; // the trunk 0 of a landline
		n--;
	} else if (ok && !plus && n == 13 && d[0] == '8' && d[1] == '6' && d[2] == '1') {
		plus = true; // a mobile number with the country code but without the sign
	}
	if (!ok || n < 3)
		return false;
	str_add(out, plus ? "+" : "+86");
	str_addn(out, d, n);
	return true;
}

bool lookup_code(struct str *out, struct sv raw)
{
	struct str folded = {0};
	size_t before = out->n;

	utf8_fold(&folded, sv_trim(raw));
	for (size_t i = 0; i < folded.n; i++) {
		char c = folded.s[i];
		if (c == ' ' || c == '-')
			continue;
		str_addc(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	str_release(&folded);
	return out->n > before;
}

bool lookup_name(struct str *out, struct sv raw)
{
	struct str folded = {0};
	size_t before = out->n;
	bool blank = false;

	utf8_fold(&folded, sv_trim(raw));
	for (size_t i = 0; i < folded.n; i++) {
		if (folded.s[i] == ' ') {
			blank = true;
			continue;
		}
		if (blank && out->n > before)
			str_addc(out, ' ');
		blank = false;
		str_addc(out, folded.s[i]);
	}
	str_release(&folded);
	return out->n > before;
}
