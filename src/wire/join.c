// SPDX-License-Identifier: MIT
// Knows what station and hub both compute when a station joins and signs.
#include "src/wire/join.h"

#include <sodium.h>

#include "src/base/err.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char site_digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
enum {
	SITE_BYTES = 2, // 36 * 36 * 36 sites
	SITES = 36 * 36 * 36,
	CODE_BYTES = SITE_BYTES + JOIN_SECRET + JOIN_PRINT,
	CODE_DIGITS = (CODE_BYTES * 8 + 4) / 5,
};

bool join_site_ok(struct sv site)
{
	for (size_t i = 0; i < site.n; i++)
		if (!site.p[i] || !strchr(site_digits, site.p[i]))
			return false;
	return site.n == JOIN_SITE;
}

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

static unsigned site_number(const char *site)
{
	unsigned n = 0;

	for (int i = 0; i < JOIN_SITE; i++)
		n = n * 36 + (unsigned)(strchr(site_digits, site[i]) - site_digits);
	return n;
}

void auth_code_text(const struct join_code *c, struct str *out)
{
	unsigned char all[CODE_BYTES + 1] = {0};
	unsigned site = join_site_ok(sv(c->site)) ? site_number(c->site) : SITES;

	if (site == SITES)
		BUG("a code for no site");
	all[0] = (unsigned char)(site >> 8);
	all[1] = (unsigned char)site;
	memcpy(all + SITE_BYTES, c->secret, JOIN_SECRET);
	memcpy(all + SITE_BYTES + JOIN_SECRET, c->print, JOIN_PRINT);
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

bool auth_code_split(const char *typed, struct join_code *out)
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
	unsigned site = (unsigned)all[0] << 8 | all[1];
	// The last digit has a bit to spare, the site's number stops before its bytes do; a code that goes further was not made by a hub.
	if (n != CODE_DIGITS || all[CODE_BYTES] || site >= SITES)
		return false;
	*out = (struct join_code){.site = {site_digits[site / 1296], site_digits[site / 36 % 36], site_digits[site % 36]}};
	memcpy(out->secret, all + SITE_BYTES, JOIN_SECRET);
	memcpy(out->print, all + SITE_BYTES + JOIN_SECRET, JOIN_PRINT);
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
