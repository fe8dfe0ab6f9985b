// SPDX-License-Identifier: MIT
// Knows the shift-end receipt: what the hub has of a station's operations, counted and hashed (domain.md: hand-over receipt).
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/hub/exchange_part.h"

struct receipt {
	const char *site, *dev, *inc;
	int64_t from, to;
	struct wire_problem *p;
	json_t **out;
	json_t *counts;
	crypto_generichash_state hash;
	int64_t conflicts, rejected;
};

static bool add(void *arg, const struct hub_opres *r)
{
	struct receipt *q = arg;
	char hex[2 * WIRE_HASH + 1], head[120];
	json_t *j = json_loads(r->res, 0, NULL);
	const char *result = doc_text(j, "r");

	sodium_bin2hex(hex, sizeof(hex), r->h, sizeof(r->h));
	snprintf(head, sizeof(head), "%lld|%s|", (long long)r->n, hex);
	crypto_generichash_update(&q->hash, (const unsigned char *)head, strlen(head));
	crypto_generichash_update(&q->hash, (const unsigned char *)r->res, strlen(r->res));
	crypto_generichash_update(&q->hash, (const unsigned char *)"\n", 1);
	json_object_set_new(q->counts, r->k, json_integer(json_integer_value(json_object_get(q->counts, r->k)) + 1));
	q->conflicts += str_eq(result, "conflict");
	q->rejected += str_eq(result, "rejected");
	json_decref(j);
	return true;
}

static bool body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct receipt *q = arg;
	unsigned char h[WIRE_HASH];
	char hex[2 * WIRE_HASH + 1], at[32];
	struct hub_dev d;
	bool found;

	*q->p = (struct wire_problem){0};
	if (!hub_dev_get(tx, q->site, q->dev, q->inc, &d, &found, e))
		return false;
	if (!found || d.last_n < q->to) {
		wire_problem_set(q->p, found ? WIRE_P_UNSENT : WIRE_P_NOT_FOUND, "%s", q->dev);
		q->p->expect = found ? d.last_n + 1 : 0;
		return true;
	}
	crypto_generichash_init(&q->hash, NULL, 0, sizeof(h));
	q->counts = json_object();
	q->conflicts = q->rejected = 0;
	if (!hub_opres_list(tx, q->site, q->dev, q->inc, q->from, q->to, add, q, e)) {
		json_decref(q->counts);
		return false;
	}
	crypto_generichash_final(&q->hash, h, sizeof(h));
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	clock_rfc3339(hub_now(tx), at, sizeof(at));
	json_decref(*q->out);
	*q->out = json_pack("{s:s, s:s, s:I, s:I, s:o, s:I, s:I, s:s, s:s}", "dev", q->dev, "inc", q->inc, "from",
			    (json_int_t)q->from, "to", (json_int_t)q->to, "counts", q->counts, "conflicts",
			    (json_int_t)q->conflicts, "rejected", (json_int_t)q->rejected, "hash", hex, "at", at);
	return true;
}

bool hub_receipt(struct hub_store *s, const char *site, const char *dev, const char *inc, int64_t from, int64_t to, json_t **out,
		 struct wire_problem *p, struct err *e)
{
	struct receipt q = {.site = site, .dev = dev, .inc = inc, .from = from, .to = to, .p = p, .out = out};

	*out = NULL;
	if (hub_run(s, HUB_READ, body, &q, e))
		return true;
	json_decref(*out);
	*out = NULL;
	return false;
}
