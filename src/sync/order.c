// SPDX-License-Identifier: MIT
// Knows the one order a hub may give a station, to destroy itself: whether it is the hub's, and how it is carried out.
#include "src/sync/order.h"

#include <jansson.h>
#include <sodium.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/destroy.h"
#include "src/sync/session.h"
#include "src/wire/read.h"

enum { ANSWER_MAX = 64 * 1024, DEV_MAX = 60, TIME_MAX = 40, SIG_BYTES = 64 };

static bool signed_by_hub(const char *dev, const char *at, const char *more, const char *hex, const struct account *a)
{
	unsigned char sig[SIG_BYTES];
	struct str text = {0};
	size_t n = 0;

	if (sodium_hex2bin(sig, sizeof(sig), hex, strlen(hex), NULL, &n, NULL) != 0 || n != sizeof(sig))
		return false;
	str_addf(&text, "wipe\n%s\n%s\n%s", dev, at, more);
	bool ok = crypto_sign_verify_detached(sig, (const unsigned char *)text.s, text.n, a->hub.sign_pk) == 0;
	str_release(&text);
	return ok;
}

bool order_is_wipe(int status, struct sv body, const struct account *a, bool *drain)
{
	struct err e = {0};
	const char *what, *dev, *at, *sig;

	if (status != ORDER_STATUS || !a->hub.dev)
		return false;
	json_t *j = wire_parse(body, ANSWER_MAX, &e);
	const json_t *d = json_object_get(j, "directive");
	bool ok = json_is_object(d) && wire_need_text(d, "do", DEV_MAX, &what, &e) && wire_need_text(d, "dev", DEV_MAX, &dev, &e) &&
		  wire_need_text(d, "at", TIME_MAX, &at, &e) && wire_need_text(d, "sig", 2 * SIG_BYTES, &sig, &e) &&
		  str_eq(what, "wipe") && str_eq(dev, a->hub.dev) && signed_by_hub(dev, at, "", sig, a);
	const char *first = json_string_value(json_object_get(d, "drain"));
	if (drain)
		*drain = ok && first && signed_by_hub(dev, at, "drain\n", first, a);
	json_decref(j);
	return ok;
}

void order_keep(const char *dir, int64_t until)
{
	char *path = path_join(dir, STATION_ORDER), at[32];
	struct str text = {0};
	struct err e = {0};

	clock_rfc3339(until, at, sizeof(at));
	str_addf(&text, "drain %s\n", at);
	if (!path_write_atomic(path, sv_n(text.s, text.n), 0600, &e))
		log_line(LOG_ERROR, "hub: %s", e.msg);
	str_release(&text);
	free(path);
}

bool order_kept(const char *dir, int64_t *until)
{
	char *path = path_join(dir, STATION_ORDER);
	struct str text = {0};
	bool ok = path_read(path, ANSWER_MAX, &text, NULL) && str_starts(str_z(&text), "drain ");

	// One that cannot be read any more is late.
	if (ok && !clock_parse(sv_trim(sv(str_z(&text) + strlen("drain "))), until))
		*until = 0;
	str_release(&text);
	free(path);
	return ok;
}

void order_gone(const struct account *a, int64_t unsent, int64_t hub_now, struct str *body, struct str *header)
{
	str_clear(body);
	str_clear(header);
	str_addf(body, "{\"unsent\":%lld}", (long long)unsent);
	session_sign(a, "POST", "/v1/wiped", hub_now, sv_n(body->s, body->n), header);
}

void order_wipe(const char *dir, int64_t unsent, char out[ORDER_SENTENCE])
{
	struct err e = {0};

	if (!station_destroy(dir, &e))
		snprintf(out, ORDER_SENTENCE, _("The hub has ordered this station to be wiped, and not all could be destroyed: %s"), e.msg);
	else if (unsent)
		snprintf(out, ORDER_SENTENCE,
			 ngettext("The hub has ordered this station to be wiped: its keys and data are destroyed. "
				  "%lld operation had not been sent.",
				  "The hub has ordered this station to be wiped: its keys and data are destroyed. "
				  "%lld operations had not been sent.",
				  (unsigned long)unsent),
			 (long long)unsent);
	else
		snprintf(out, ORDER_SENTENCE, "%s", _("The hub has ordered this station to be wiped: its keys and data are destroyed."));
}
