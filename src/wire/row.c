// SPDX-License-Identifier: MIT
// Knows rows of a stream as JSON, and what each adds to the digest of its stream.
#include <sodium.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/wire/read.h"

json_t *wire_row_print(const struct wire_row *r)
{
	json_t *j = json_pack("{s:I, s:s, s:s, s:I}", "q", (json_int_t)r->q, "t", r->t, "e", r->e, "rev", (json_int_t)r->rev);
	char at[32];

	if (r->gone) {
		json_object_set_new(j, "gone", json_string(r->gone));
		if (r->to)
			json_object_set_new(j, "to", json_string(r->to));
		return j;
	}
	if (r->by)
		json_object_set_new(j, "by", json_string(r->by));
	if (r->at) {
		clock_rfc3339(r->at, at, sizeof(at));
		json_object_set_new(j, "at", json_string(at));
	}
	json_object_set(j, "d", r->d);
	return j;
}

bool wire_row_parse(const json_t *j, struct wire_row *out, struct err *e)
{
	struct wire_row r = {0};

	if (!json_is_object(j))
		return err_set(e, ERR_PARSE, _("a row is not an object"));
	if (!wire_need_int(j, "q", 1, INT64_MAX, &r.q, e) || !wire_need_text(j, "t", 64, &r.t, e) ||
	    !wire_need_text(j, "e", 200, &r.e, e) || !wire_need_int(j, "rev", 1, INT64_MAX, &r.rev, e) ||
	    !wire_may_text(j, "gone", 16, &r.gone, e) || !wire_may_text(j, "to", 200, &r.to, e) ||
	    !wire_may_text(j, "by", 64, &r.by, e) || !wire_may_time(j, "at", &r.at, e))
		return false;
	r.d = r.gone ? NULL : json_object_get(j, "d");
	if (!r.gone && !json_is_object(r.d))
		return err_set(e, ERR_PARSE, _("\"%s\" is missing or not an object"), "d");
	*out = r;
	return true;
}

uint64_t wire_row_digest(const char *t, const char *e, int64_t rev)
{
	// A fixed key: the digest finds rows that differ, it does not keep anybody out. SipHash-2-4 of libsodium.
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "zuoxi digest v1";
	unsigned char h[crypto_shorthash_BYTES];
	char text[300];
	uint64_t x = 0;
	int n = snprintf(text, sizeof(text), "%s|%s|%lld", t, e, (long long)rev);

	crypto_shorthash(h, (const unsigned char *)text, n > 0 && (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1, key);
	for (size_t i = 0; i < sizeof(h); i++)
		x |= (uint64_t)h[i] << (8 * i);
	return x;
}
