// SPDX-License-Identifier: MIT
// Knows a hub that keeps books: one stream, every operation it took with its number, tokens that can be made to fail.
#include "tests/sync/fakehub.h"

#include <sodium.h>

#include "src/base/clock.h"
#include "src/wire/join.h"
#include "src/wire/wire.h"

void fake_lock(struct fakehub *h)
{
	pthread_mutex_lock(&h->mutex);
}

void fake_unlock(struct fakehub *h)
{
	pthread_mutex_unlock(&h->mutex);
}

static void print(struct web_reply *r, json_t *j)
{
	char *text = wire_print(j);

	str_add(&r->body, text);
	free(text);
	json_decref(j);
}

static void refuse(struct web_reply *r, enum wire_problem_kind k, int64_t expect)
{
	struct wire_problem p = {.kind = k, .expect = expect};

	r->status = wire_problem_status(k);
	r->type = "application/problem+json";
	print(r, wire_problem_print(&p, "rq"));
}

static int64_t now(const struct fakehub *h)
{
	return clock_wall(&clock_real) + h->clock_off;
}

// --- who asks

static bool signed_well(struct fakehub *h, const struct web_request *q)
{
	const char *head = web_header(q, "Zuoxi-Station");
	char site[8], dev[40], at[40], nonce[40], hex[160];
	unsigned char sig[64];
	struct str text = {0};
	int64_t when;

	if (!head || sscanf(head, "site=%7[^;];dev=%39[^;];at=%39[^;];nonce=%39[^;];sig=%159s", site, dev, at, nonce, hex) != 5 ||
	    strcmp(site, "SHA") != 0 || strcmp(dev, "dv1") != 0 || sodium_hex2bin(sig, sizeof(sig), hex, strlen(hex), NULL, NULL, NULL) != 0 ||
	    !clock_parse(sv(at), &when) || llabs(when - now(h)) > 120000 || str_eq(nonce, h->nonce))
		return false;
	snprintf(h->nonce, sizeof(h->nonce), "%s", nonce);
	auth_signed_text(q->method, q->path, at, nonce, q->body, &text);
	bool ok = crypto_sign_verify_detached(sig, (const unsigned char *)text.s, text.n, h->station_pk) == 0;
	str_release(&text);
	return ok;
}

// As the real hub does it: over "wipe\nDEV\nTIME\n".
static void order(struct fakehub *h, struct web_reply *r)
{
	const char *dev = h->wipe_dev ? h->wipe_dev : "dv1";
	struct wire_problem p = {.kind = WIRE_P_WIPE};
	unsigned char sig[64], pk[32], other[64];
	struct str text = {0};
	char at[32], hex[129];

	clock_rfc3339(now(h), at, sizeof(at));
	str_addf(&text, "wipe\n%s\n%s\n", dev, at);
	crypto_sign_keypair(pk, other);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.s, text.n, h->forged ? other : h->sign_sk);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	json_t *j = wire_problem_print(&p, "rq");
	json_t *d = json_pack("{s:s, s:s, s:s, s:s}", "do", "wipe", "dev", dev, "at", at, "sig", hex);
	str_clear(&text);
	str_addf(&text, "wipe\n%s\n%s\ndrain\n", dev, at);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.s, text.n, h->sign_sk);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	str_release(&text);
	if (h->drain)
		json_object_set_new(d, "drain", json_string(hex));
	json_object_set_new(j, "directive", d);
	r->status = wire_problem_status(p.kind);
	r->type = "application/problem+json";
	print(r, j);
	h->orders++;
}

static bool may(struct fakehub *h, const struct web_request *q, struct web_reply *r)
{
	const char *head = web_header(q, "Authorization");

	if (h->wipe) {
		order(h, r);
		return false;
	}
	if (h->revoked)
		refuse(r, WIRE_P_TOKEN_REVOKED, 0);
	else if (!head || !str_starts(head, "Bearer ") || !head[7])
		refuse(r, WIRE_P_TOKEN_MISSING, 0);
	else if (h->expire || strcmp(head + 7, h->access) != 0)
		refuse(r, WIRE_P_TOKEN_EXPIRED, 0);
	else
		return true;
	h->expire = false;
	return false;
}

static void give_session(struct fakehub *h, const char *given, struct web_reply *r)
{
	// The token before gets the same answer once more.
	if (str_empty(given) || !str_eq(given, h->refresh_before)) {
		h->tokens++;
		snprintf(h->access, sizeof(h->access), "access-%d", h->tokens);
		snprintf(h->refresh_before, sizeof(h->refresh_before), "%s", h->refresh);
		snprintf(h->refresh, sizeof(h->refresh), "refresh-%d", h->tokens);
	}
	print(r,
	      json_pack("{s:s, s:s, s:i, s:s, s:{s:s, s:s, s:s, s:s, s:[s,s], s:s, s:[]}}", "access", h->access, "refresh",
			h->refresh, "expires_ms", 900000, "lease_until", "2030-01-01T00:00:00.000Z", "agent", "id", "ag1", "login",
			"li", "no", "1007", "name_zh", "李\x1b]0;雷\u202e", "roles", "agent", "team_lead", "team_id", "t1", "queues"));
}

static bool knows(const struct fakehub *h, const char *refresh)
{
	return !str_empty(refresh) && (str_eq(refresh, h->refresh) || str_eq(refresh, h->refresh_before));
}

static void enrol(struct fakehub *h, const json_t *j, struct web_reply *r)
{
	const char *code = json_string_value(json_object_get(j, "code")), *key = json_string_value(json_object_get(j, "key"));
	const char *site = json_string_value(json_object_get(j, "site"));
	char hex[21], sign[65], box[65];

	h->enrols++;
	sodium_bin2hex(hex, sizeof(hex), h->secret, sizeof(h->secret));
	if (!str_eq(site, "SHA") || !str_eq(hex, code) || sodium_hex2bin(h->station_pk, 32, key, strlen(key), NULL, NULL, NULL) != 0) {
		refuse(r, WIRE_P_BAD_CODE, 0);
		return;
	}
	sodium_bin2hex(sign, sizeof(sign), h->sign, 32);
	sodium_bin2hex(box, sizeof(box), h->box, 32);
	print(r, json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "dev", "dv1", "site", "SHA", "station", "0A8", "sign", sign, "box",
			   box, "hubs"));
}

static void trust(struct fakehub *h, struct web_reply *r)
{
	char sign[65], box[65];

	sodium_bin2hex(sign, sizeof(sign), h->sign, 32);
	sodium_bin2hex(box, sizeof(box), h->box, 32);
	print(r, json_pack("{s:s, s:s, s:s}", "ca", "", "sign", sign, "box", box));
}

// --- the exchange

static json_t *page(struct fakehub *h, int64_t from, bool with_head)
{
	json_t *rows = json_array();
	char a[48], b[48];
	int64_t at = from;

	for (; at < (int64_t)h->rows.n && at - from < WIRE_ROWS; at++) {
		struct fake_row *r = &h->rows.v[at];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:I, s:s, s:O}", "q", (json_int_t)(at + 1), "t", r->t, "e",
						      r->e, "rev", (json_int_t)r->rev, "by", "ag1", "d", r->d));
	}
	wire_cursor_print((struct wire_cursor){1, from}, a, sizeof(a));
	wire_cursor_print((struct wire_cursor){1, at}, b, sizeof(b));
	json_t *p = json_pack("{s:s, s:s, s:s, s:o}", "s", FAKE_STREAM, "from", a, "to", b, "rows", rows);
	if (with_head) {
		json_object_set_new(p, "head", json_integer((json_int_t)h->rows.n));
		json_object_set_new(p, "more", json_boolean(at < (int64_t)h->rows.n));
	}
	return p;
}

static void add_row(struct fakehub *h, const char *t, const char *e, json_t *d)
{
	struct fake_row r = {.rev = 1, .d = json_incref(d)};

	snprintf(r.t, sizeof(r.t), "%s", t);
	snprintf(r.e, sizeof(r.e), "%s", e);
	vec_push(&h->rows, r);
	if (h->push) {
		json_t *p = page(h, (int64_t)h->rows.n - 1, false);
		char *text = wire_print(p), *event = xasprintf("event: ch\ndata: %s\n\n", text);
		web_push(h->web, event);
		free(event);
		free(text);
		json_decref(p);
	}
}

static json_t *take_op(struct fakehub *h, const json_t *j, const char *inc)
{
	struct fake_op op = {.n = json_integer_value(json_object_get(j, "n"))};
	const json_t *body = json_object_get(j, "body");
	json_t *doc = json_object_get(body, "doc");
	char e[40];

	snprintf(op.id, sizeof(op.id), "%s", json_string_value(json_object_get(j, "id")));
	snprintf(op.inc, sizeof(op.inc), "%s", inc);
	snprintf(e, sizeof(e), "%s", json_string_value(json_object_get(j, "e")));
	add_row(h, json_string_value(json_object_get(j, "t")), e, doc ? doc : (json_t *)(uintptr_t)body);
	op.answer = json_pack("{s:I, s:s, s:I, s:{s:I}}", "n", (json_int_t)op.n, "r", "applied", "rev", (json_int_t)1, "at",
			      FAKE_STREAM, (json_int_t)h->rows.n);
	vec_push(&h->ops, op);
	h->last_n = op.n;
	return json_incref(op.answer);
}

static json_t *answer_of(struct fakehub *h, int64_t n)
{
	for (size_t i = h->ops.n; i-- > 0;)
		if (h->ops.v[i].n == n)
			return json_incref(h->ops.v[i].answer);
	return json_pack("{s:I, s:s, s:b}", "n", (json_int_t)n, "r", "noop", "old", true);
}

static bool take_ops(struct fakehub *h, const json_t *req, json_t *answers, struct web_reply *r)
{
	const char *inc = json_string_value(json_object_get(req, "inc"));
	const json_t *op;
	size_t i;

	json_array_foreach(json_object_get(req, "ops"), i, op)
	{
		int64_t n = json_integer_value(json_object_get(op, "n"));
		struct wire_op check;
		struct err e = {0};
		if (!wire_op_parse(op, &check, &e)) {
			refuse(r, WIRE_P_BAD_SHAPE, 0);
			return false;
		}
		if (h->forgetful) {
			json_array_append_new(answers, take_op(h, op, inc));
		} else if (n <= h->last_n) {
			json_array_append_new(answers, answer_of(h, n));
		} else if (n == h->last_n + 1) {
			json_array_append_new(answers, take_op(h, op, inc));
		} else {
			refuse(r, WIRE_P_OP_GAP, h->last_n + 1);
			return false;
		}
	}
	return true;
}

static void sync(struct fakehub *h, const json_t *req, struct web_reply *r)
{
	const char *at = json_string_value(json_object_get(json_object_get(req, "cur"), FAKE_STREAM));
	struct wire_cursor c = {1, 0};
	json_t *answers = json_array(), *pages = json_array(), *add = json_array();
	char text[32];

	h->syncs++;
	if (!take_ops(h, req, answers, r)) {
		json_decref(answers);
		json_decref(pages);
		json_decref(add);
		return;
	}
	// Every station is given the articles; one without a base to keep them in does not ask for ever.
	if (!json_object_get(json_object_get(req, "cur"), "kb/all"))
		json_array_append_new(add, json_pack("{s:s, s:i}", "s", "kb/all", "epoch", 1));
	if (!at)
		json_array_append_new(add, json_pack("{s:s, s:i}", "s", FAKE_STREAM, "epoch", 1));
	else if (wire_cursor_parse(at, &c))
		json_array_append_new(pages, page(h, c.seq, true));
	clock_rfc3339(now(h), text, sizeof(text));
	print(r, json_pack("{s:s, s:I, s:o, s:{s:o, s:[]}, s:o}", "now", text, "last_n", (json_int_t)h->last_n, "ops", answers,
			   "subs", "add", add, "del", "pages", pages));
}

// What a station says that is to be wiped: signed, without a session.
static void leave(struct fakehub *h, const struct web_request *q, const json_t *j, struct web_reply *r)
{
	bool gone = str_eq(q->path, "/v1/wiped");

	if (!signed_well(h, q)) {
		h->bad_signatures++;
		refuse(r, WIRE_P_BAD_SIGNATURE, 0);
	} else if (!h->wipe || (!gone && h->deaf)) {
		h->drains += !gone;
		refuse(r, WIRE_P_BUSY, 0);
	} else if (gone) {
		h->gone++;
		h->left = json_integer_value(json_object_get(j, "unsent"));
		r->status = 204;
	} else {
		h->drains++;
		sync(h, j, r);
	}
}

static void route(struct fakehub *h, const struct web_request *q, const json_t *j, struct web_reply *r)
{
	char text[32];

	clock_rfc3339(now(h), text, sizeof(text));
	if (str_eq(q->path, "/healthz")) {
		str_add(&r->body, "ok");
	} else if (str_eq(q->path, "/v1/hello")) {
		h->hellos++;
		print(r, json_pack("{s:s}", "now", text));
	} else if (str_eq(q->path, "/v1/trust")) {
		trust(h, r);
	} else if (str_eq(q->path, "/v1/enrol")) {
		enrol(h, j, r);
	} else if (str_eq(q->path, "/v1/login") || str_eq(q->path, "/v1/token")) {
		bool login = str_eq(q->path, "/v1/login");
		h->logins += login;
		if (!signed_well(h, q)) {
			h->bad_signatures++;
			refuse(r, WIRE_P_BAD_SIGNATURE, 0);
		} else if (h->wipe) {
			order(h, r);
		} else if (login && !str_eq(json_string_value(json_object_get(j, "password")), "secret password")) {
			refuse(r, WIRE_P_BAD_LOGIN, 0);
		} else if (!login && (h->revoked || !knows(h, json_string_value(json_object_get(j, "refresh"))))) {
			refuse(r, WIRE_P_TOKEN_REVOKED, 0);
		} else {
			h->revoked = false;
			give_session(h, login ? NULL : json_string_value(json_object_get(j, "refresh")), r);
		}
	} else if (str_eq(q->path, "/v1/drain") || str_eq(q->path, "/v1/wiped")) {
		leave(h, q, j, r);
	} else if (!may(h, q, r)) {
		return;
	} else if (str_eq(q->path, "/v1/logout")) {
		h->logouts++;
		h->access[0] = h->refresh[0] = h->refresh_before[0] = '\0';
		str_add(&r->body, "{}");
	} else if (str_eq(q->path, "/v1/presence")) {
		h->presences++;
		snprintf(h->presence, sizeof(h->presence), "%s", json_string_value(json_object_get(j, "state")));
		str_add(&r->body, "{}");
	} else if (str_eq(q->path, "/v1/events")) {
		h->streams++;
		r->stream = true;
		r->heartbeat_ms = 100;
		str_addf(&r->body, "event: hello\ndata: {\"now\":\"%s\",\"hb_ms\":15000,\"window_ms\":100}\n\n", text);
	} else if (h->busy) {
		h->busy = false;
		refuse(r, WIRE_P_BUSY, 0);
	} else if (str_eq(q->path, "/v1/sync")) {
		sync(h, j, r);
	} else {
		refuse(r, WIRE_P_NOT_FOUND, 0);
	}
}

static void serve(void *ctx, const struct web_request *q, struct web_reply *r)
{
	struct fakehub *h = ctx;
	json_t *j = q->body.n ? json_loadb(q->body.p, q->body.n, 0, NULL) : json_object();

	fake_lock(h);
	if (j)
		route(h, q, j, r);
	else
		refuse(r, WIRE_P_BAD_JSON, 0);
	fake_unlock(h);
	json_decref(j);
}

void fakehub_start(struct fakehub *h)
{
	*h = (struct fakehub){.last_n = 0};
	if (sodium_init() < 0)
		BUG("libsodium");
	pthread_mutex_init(&h->mutex, NULL);
	crypto_sign_keypair(h->sign, h->sign_sk);
	randombytes_buf(h->box, 32);
	randombytes_buf(h->secret, 10);
	h->web = web_new(serve, h, NULL);
	h->base = xasprintf("http://127.0.0.1:%d", web_port(h->web));
}

void fakehub_stop(struct fakehub *h)
{
	web_free(h->web);
	for (size_t i = 0; i < h->ops.n; i++)
		json_decref(h->ops.v[i].answer);
	for (size_t i = 0; i < h->rows.n; i++)
		json_decref(h->rows.v[i].d);
	vec_release(&h->ops);
	vec_release(&h->rows);
	free(h->base);
	pthread_mutex_destroy(&h->mutex);
}

char *fakehub_code(struct fakehub *h, bool wrong)
{
	struct join_code c = {.site = "SHA"};
	struct str code = {0};

	memcpy(c.secret, h->secret, sizeof(c.secret));
	auth_fingerprint("", h->sign, h->box, c.print);
	c.print[0] ^= wrong;
	auth_code_text(&c, &code);
	return str_take(&code);
}

void fakehub_row(struct fakehub *h, const char *t, const char *e, const char *doc)
{
	json_t *d = json_loads(doc, 0, NULL);

	fake_lock(h);
	add_row(h, t, e, d);
	fake_unlock(h);
	json_decref(d);
}

size_t fakehub_ops(struct fakehub *h)
{
	fake_lock(h);
	size_t n = h->ops.n;
	fake_unlock(h);
	return n;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct fake_op *)a)->id, ((const struct fake_op *)b)->id);
}

size_t fakehub_doubles(struct fakehub *h)
{
	size_t n = 0;

	fake_lock(h);
	if (h->ops.n)
		qsort(h->ops.v, h->ops.n, sizeof(*h->ops.v), by_id);
	for (size_t i = 1; i < h->ops.n; i++)
		n += strcmp(h->ops.v[i].id, h->ops.v[i - 1].id) == 0;
	fake_unlock(h);
	return n;
}
