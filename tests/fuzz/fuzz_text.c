// SPDX-License-Identifier: MIT
// Knows what must hold for any bytes given to the cleaner, the masker and the finder of secrets.
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/desk/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean(struct sv in, enum utf8_keep keep, struct str *out)
{
	struct str again = {0};

	utf8_clean(out, in, keep);
	struct sv once = sv_n(str_z(out), out->n);
	if (!utf8_is_clean(once, keep) || !utf8_valid(once))
		BUG("cleaned, and not clean");
	utf8_clean(&again, once, keep);
	if (!sv_eq(once, sv_n(str_z(&again), again.n)))
		BUG("cleaned twice is not cleaned once");
	uint32_t cp;
	for (size_t i = 0; i < once.n;) {
		i += utf8_decode(sv_n(once.p + i, once.n - i), &cp);
		if (utf8_forbidden(cp) && !(cp == '\n' && keep == UTF8_KEEP_NL))
			BUG("U+%04X stayed", cp);
	}
	str_release(&again);
}

static void steps(struct sv s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t next = utf8_next(s, at);
		if (next <= at || next > s.n || utf8_prev(s, next) >= next)
			BUG("a step from %zu to %zu", at, next);
		at = next;
	}
	int used = 0;
	if (utf8_fit(s, 10, &used) > s.n || used > 10)
		BUG("more than fits");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = {0}, text = {0}, swept = {0}, masked = {0}, again = {0};
	struct sv in = sv_n((const char *)data, size);

	clean(in, UTF8_LINE, &line);
	clean(in, UTF8_KEEP_NL, &text);
	struct sv s = sv_n(str_z(&text), text.n);
	steps(s);
	secret_redact(s, &swept);
	if (secret_any(sv(str_z(&swept))))
		BUG("a secret is left: %s", str_z(&swept));
	mask_text(s, &masked);
	mask_text(sv(str_z(&masked)), &again);
	if (strcmp(str_z(&masked), str_z(&again)) != 0)
		BUG("masked twice is not masked once: %s / %s", str_z(&masked), str_z(&again));
	if (secret_any(sv(str_z(&masked))))
		BUG("a secret is left: %s", str_z(&masked));
	str_release(&line);
	str_release(&text);
	str_release(&swept);
	str_release(&masked);
	str_release(&again);
	return 0;
}
