// SPDX-License-Identifier: MIT
// Knows what station and hub both compute when a station joins and signs.
#include "src/wire/join.h"

#include <sodium.h>

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { CODE_BYTES = JOIN_SECRET + JOIN_PRINT, CODE_DIGITS = (CODE_BYTES * 8 + 4) / 5 };

void auth_fingerprint(const char *ca_pem, const unsigned char sign[JOIN_KEY], const unsigned char box[JOIN_KEY],
		      unsigned char out[JOIN_PRINT])
{
	crypto_generichash_state st;
	struct sv ca = sv(ca_pem);

	crypto_generichash_init(&st, NULL, 0, JOIN_PRINT);
	crypto_generichash_update(&st, (const unsigned char *)ca.p, ca.n);
	crypto_generichash_update(&st, (const unsigned char *)"", 1);
	crypto_generichash_update(&st, sign, JOIN_KEY);
	crypto_generichash_update(&st, box, JOIN_KEY);
	crypto_generichash_final(&st, out, JOIN_PRINT);
}

void auth_code_text(const unsigned char secret[JOIN_SECRET], const unsigned char fingerprint[JOIN_PRINT], struct str *out)
{
	unsigned char all[CODE_BYTES + 1] = {0};

	memcpy(all, secret, JOIN_SECRET);
	memcpy(all + JOIN_SECRET, fingerprint, JOIN_PRINT);
	for (int i = 0; i < CODE_DIGITS; i++) {
		int bit = i * 5;
		unsigned two = (unsigned)all[bit / 8] << 8 | all[bit / 8 + 1];
		if (i && i % 5 == 0)
			str_addc(out, '-');
		str_addc(out, digits[two >> (11 - bit % 8) & 31]);
	}
	sodium_memzero(all, sizeof(all));
}

static int digit_of(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

bool auth_code_split(const char *typed, unsigned char secret[JOIN_SECRET], unsigned char fingerprint[JOIN_PRINT])
{
	unsigned char all[CODE_BYTES + 2] = {0};
	int n = 0;

	for (; *typed; typed++) {
		int v = digit_of(*typed), bit = n * 5;
		if (strchr("- \t\r\n", *typed))
			continue;
		if (v < 0 || n == CODE_DIGITS)
			return false;
		unsigned two = (unsigned)v << (11 - bit % 8);
		all[bit / 8] |= (unsigned char)(two >> 8);
		all[bit / 8 + 1] |= (unsigned char)two;
		n++;
	}
	// The last digit has two bits to spare; a code that uses them was not made by a hub.
	if (n != CODE_DIGITS || all[CODE_BYTES])
		return false;
	memcpy(secret, all, JOIN_SECRET);
	memcpy(fingerprint, all + JOIN_SECRET, JOIN_PRINT);
	sodium_memzero(all, sizeof(all));
	return true;
}

void auth_signed_text(const char *method, const char *path, const char *at, const char *nonce, struct sv body, struct str *out)
{
	unsigned char h[32];
	char hex[65];

	crypto_generichash(h, sizeof(h), (const unsigned char *)body.p, body.n, NULL, 0);
	str_addf(out, "%s\n%s\n%s\n%s\n%s\n", method, path, at, nonce, sodium_bin2hex(hex, sizeof(hex), h, sizeof(h)));
}
