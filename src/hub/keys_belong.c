// SPDX-License-Identifier: MIT
// Knows which keys are a store's: the public half stands in it, so that others are found out before anything is sealed with them.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/auth.h"

#define META "hub_sign_pk"

struct belong {
	char hex[65];
	bool write;
};

static bool compare(struct hub_tx *tx, void *arg, struct err *e)
{
	struct belong *b = arg;
	const char *have;

	if (!hub_meta_get(tx, HUB_WHOLE, META, &have, e))
		return false;
	if (!have)
		return !b->write || hub_meta_set(tx, HUB_WHOLE, META, b->hex, e);
	return str_eq(have, b->hex) ||
	       err_set(e, ERR_DENIED, _("these keys do not open what this store has sealed: bring back the key file that belongs to it"));
}

bool hub_keys_belong(struct hub_store *s, const struct hub_keys *k, bool write, struct err *e)
{
	struct belong b = {.write = write};

	sodium_bin2hex(b.hex, sizeof(b.hex), hub_keys_sign_public(k), 32);
	return hub_run(s, write ? HUB_WRITE : HUB_READ, compare, &b, e);
}
