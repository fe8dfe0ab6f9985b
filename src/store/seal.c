// SPDX-License-Identifier: MIT
// Knows how a value is sealed at rest: XChaCha20-Poly1305 bound to the place it stands in.
#include "src/store/seal.h"

#include <sodium.h>

#include "src/base/i18n.h"

enum {
	VERSION = 1,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};
_Static_assert(SEAL_OVERHEAD == 1 + NONCE + TAG, "the layout of seal.h");

static void place(struct str *ad, const struct seal_place *at)
{
	str_addf(ad, "%s|%s|%s|%s|v%d", at->site, at->table, at->id, at->column, VERSION);
}

void seal_with(struct str *out, const unsigned char *key, const struct seal_place *at, struct sv plain)
{
	size_t n = SEAL_OVERHEAD + plain.n;
	unsigned char *buf = xmalloc(n);
	struct str ad = {0};

	place(&ad, at);
	buf[0] = VERSION;
	randombytes_buf(buf + 1, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(buf + 1 + NONCE, NULL, (const unsigned char *)plain.p, plain.n,
						   (const unsigned char *)ad.s, ad.n, NULL, buf + 1, key);
	str_addn(out, (const char *)buf, n);
	str_release(&ad);
	free(buf);
}

bool unseal_with(struct str *out, const unsigned char *key, const struct seal_place *at, struct sv sealed, struct err *e)
{
	const unsigned char *p = (const unsigned char *)sealed.p;
	struct str ad = {0};

	if (sealed.n < SEAL_OVERHEAD || p[0] != VERSION)
		return err_set(e, ERR_DENIED, _("%s %s does not open: its %s is not a sealed value"), at->table, at->id,
			       at->column);
	size_t n = sealed.n - SEAL_OVERHEAD;
	unsigned char *buf = xmalloc(n + 1);
	place(&ad, at);
	int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(buf, NULL, NULL, p + 1 + NONCE, n + TAG,
							    (const unsigned char *)ad.s, ad.n, p + 1, key);
	if (rc == 0)
		str_addn(out, (const char *)buf, n);
	str_release(&ad);
	sodium_memzero(buf, n);
	free(buf);
	if (rc != 0)
		return err_set(e, ERR_DENIED, _("%s %s does not open: its %s is damaged or of another key"), at->table,
			       at->id, at->column);
	return true;
}

void seal(struct str *out, const struct keyring *k, const struct seal_place *at, struct sv plain)
{
	seal_with(out, keyring_get(k, KEY_SEAL), at, plain);
}

bool unseal(struct str *out, const struct keyring *k, const struct seal_place *at, struct sv sealed, struct err *e)
{
	return unseal_with(out, keyring_get(k, KEY_SEAL), at, sealed, e);
}
