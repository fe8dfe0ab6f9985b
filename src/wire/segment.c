// SPDX-License-Identifier: MIT
// Knows what the manifest of a knowledge base's file says and what of it the hub signs.
#include "src/wire/segment.h"

#include <sodium.h>

char *wire_segment_text(const json_t *m)
{
	const char *s = json_string_value(json_object_get(m, "s")), *hash = json_string_value(json_object_get(m, "hash"));
	const json_t *epoch = json_object_get(m, "epoch"), *seq = json_object_get(m, "seq"), *bytes = json_object_get(m, "bytes");

	if (!s || !hash || !json_is_integer(epoch) || !json_is_integer(seq) || !json_is_integer(bytes))
		return NULL;
	return xasprintf("zuoxi segment\n%s\n%lld\n%lld\n%s\n%lld\n", s, (long long)json_integer_value(epoch), (long long)json_integer_value(seq),
			 hash, (long long)json_integer_value(bytes));
}

bool wire_segment_signed(const json_t *m, const unsigned char key[32])
{
	const char *hex = json_string_value(json_object_get(m, "sig"));
	unsigned char sig[crypto_sign_BYTES];
	size_t n = 0;
	char *text = wire_segment_text(m);
	bool ok = text && hex && sodium_hex2bin(sig, sizeof(sig), hex, strlen(hex), NULL, &n, NULL) == 0 && n == sizeof(sig) &&
		  crypto_sign_verify_detached(sig, (const unsigned char *)text, strlen(text), key) == 0;

	free(text);
	return ok;
}
