// SPDX-License-Identifier: MIT
// Knows the shift-end receipt: the hub is asked what it has of this station, and its signature is checked.
#include <sodium.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/store/meta.h"
#include "src/sync/client_part.h"
#include "src/wire/read.h"

enum { RECEIPT_MS = 20000 };

static void came(struct client *c, const struct hub_receipt *r)
{
	if (c->opt.receipt)
		c->opt.receipt(c->opt.arg, r);
}

static void refused(struct client *c, const char *why)
{
	struct hub_receipt r = {.given = false};

	snprintf(r.why, sizeof(r.why), "%s", why);
	came(c, &r);
}

// The next one begins where this one ended.
struct mark_job {
	struct job job;
	int64_t to;
};

static bool mark_run(struct db *db, struct job *job, struct err *e)
{
	return meta_set_int(db, "receipt_to", ((struct mark_job *)job)->to, e);
}

static void mark_release(struct job *job)
{
	free(job);
}

static bool is_signed(const struct client *c, const json_t *doc)
{
	const char *hex = json_string_value(json_object_get(doc, "sig"));
	unsigned char sig[64];
	size_t n = 0;
	char *text = wire_print(json_object_get(doc, "receipt"));
	bool ok = text && hex && sodium_hex2bin(sig, sizeof(sig), hex, strlen(hex), NULL, &n, NULL) == 0 && n == sizeof(sig) &&
		  crypto_sign_verify_detached(sig, (const unsigned char *)text, strlen(text), c->account.hub.sign_pk) == 0;

	free(text);
	return ok;
}

static bool read_receipt(const json_t *j, struct hub_receipt *r, struct err *e)
{
	const char *hash, *kind;
	json_t *n;
	bool ok = wire_need_int(j, "from", 0, INT64_MAX, &r->from, e) && wire_need_int(j, "to", 0, INT64_MAX, &r->to, e) &&
		  wire_need_text(j, "hash", sizeof(r->hash) - 1, &hash, e) &&
		  wire_may_int(j, "conflicts", 0, INT64_MAX, &r->conflicts, e) &&
		  wire_may_int(j, "rejected", 0, INT64_MAX, &r->rejected, e) && wire_may_time(j, "at", &r->at, e);

	if (!ok)
		return false;
	snprintf(r->hash, sizeof(r->hash), "%s", hash);
	json_object_foreach(json_object_get(j, "counts"), kind, n)
	{
		if (r->n_counts == sizeof(r->counts) / sizeof(*r->counts))
			break;
		snprintf(r->counts[r->n_counts].kind, sizeof(r->counts[0].kind), "%s", kind);
		r->counts[r->n_counts++].n = json_integer_value(n);
	}
	r->given = true;
	return true;
}

static void take(struct client *c, struct sv body)
{
	struct hub_receipt r = {.given = false};
	struct mark_job *mark;
	struct err e = {0};
	json_t *doc = wire_parse(body, SESSION_ANSWER_MAX, &e);

	if (!doc || !is_signed(c, doc)) {
		refused(c, _("the receipt does not bear the hub's signature"));
	} else if (!read_receipt(json_object_get(doc, "receipt"), &r, &e)) {
		log_line(LOG_WARN, "hub: %s", e.msg);
		refused(c, e.msg);
	} else {
		mark = xcalloc(1, sizeof(*mark));
		*mark = (struct mark_job){.job = {.run = mark_run, .release = mark_release}, .to = r.to};
		job_start(c, &mark->job, "hub.receipt");
		came(c, &r);
	}
	json_decref(doc);
}

static void on_receipt(void *arg, const struct http_reply *r)
{
	struct client *c = arg;
	struct link_report rep;

	c->receipt = NULL;
	client_verdict(c, r, &rep);
	if (rep.end == LINK_OK)
		take(c, r->body);
	else if (rep.end == LINK_FAILED)
		refused(c, r->err.msg);
	else if (rep.problem.kind == WIRE_P_UNSENT)
		refused(c, _("the hub does not have everything yet"));
	else
		refused(c, session_refusal(&rep.problem));
}

void client_receipt(struct client *c)
{
	struct db *db = store_reader(c->store);
	int64_t from = 0, next = 1;
	struct err e = {0};
	struct link_view v;

	if (!c->link || c->receipt)
		return;
	if (!meta_int(db, "receipt_to", 0, &from, &e) || !meta_int(db, "next_n", 1, &next, &e)) {
		refused(c, e.msg);
		return;
	}
	char bearer[SESSION_TOKEN_MAX + 32];
	json_t *j = json_pack("{s:s, s:I, s:I}", "inc", c->account.inc, "from", (json_int_t)(from < next - 1 ? from : next - 1),
			      "to", (json_int_t)(next - 1));
	char *body = wire_print(j);
	link_look(c->link, &v);
	client_bearer(c, bearer, sizeof(bearer));
	c->receipt = http_start(c->http,
				&(struct http_request){.method = "POST",
						       .base = client_url(c, v.url),
						       .path = "/v1/receipt",
						       .body = sv(body),
						       .max = SESSION_ANSWER_MAX,
						       .headers = (const char *[]){"Content-Type: application/json", bearer, NULL},
						       .timeout_ms = client_timeout(c, RECEIPT_MS),
						       .done = on_receipt,
						       .arg = c});
	sodium_memzero(bearer, sizeof(bearer));
	free(body);
	json_decref(j);
}
