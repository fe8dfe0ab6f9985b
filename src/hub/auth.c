// SPDX-License-Identifier: MIT
// Knows a station's signature, the forms of tokens, and who carries which access token.
#include "src/base/i18n.h"
#include "src/hub/auth_part.h"

bool token_read(const char *text, struct token *out)
{
	if (!text || strlen(text) != TOKEN_LEN || text[JOIN_SITE] != '.' || !join_site_ok(sv_n(text, JOIN_SITE)))
		return false;
	snprintf(out->site, sizeof(out->site), "%.*s", JOIN_SITE, text);
	crypto_generichash(out->h, sizeof(out->h), (const unsigned char *)text, TOKEN_LEN, NULL, 0);
	return true;
}

static void token_write(const char *site, const unsigned char raw[TOKEN_HEX / 2], char out[TOKEN_LEN + 1], unsigned char hash[32])
{
	struct token t;

	snprintf(out, TOKEN_LEN + 1, "%s.", site);
	sodium_bin2hex(out + JOIN_SITE + 1, TOKEN_HEX + 1, raw, TOKEN_HEX / 2);
	if (!token_read(out, &t))
		BUG("a token for no site");
	memcpy(hash, t.h, sizeof(t.h));
}

void token_make(const char *site, char out[TOKEN_LEN + 1], unsigned char hash[32])
{
	unsigned char raw[TOKEN_HEX / 2];

	randombytes_buf(raw, sizeof(raw));
	token_write(site, raw, out, hash);
	sodium_memzero(raw, sizeof(raw));
}

void token_follow(const struct hub_keys *k, const char *from, const char *what, char out[TOKEN_LEN + 1], unsigned char hash[32])
{
	unsigned char raw[TOKEN_HEX / 2];
	char site[JOIN_SITE + 1];
	crypto_generichash_state st;

	snprintf(site, sizeof(site), "%.*s", JOIN_SITE, from);
	crypto_generichash_init(&st, hub_keys_box_secret(k), 32, sizeof(raw));
	crypto_generichash_update(&st, (const unsigned char *)what, strlen(what) + 1);
	crypto_generichash_update(&st, (const unsigned char *)from, strlen(from));
	crypto_generichash_final(&st, raw, sizeof(raw));
	token_write(site, raw, out, hash);
	sodium_memzero(raw, sizeof(raw));
	sodium_memzero(&st, sizeof(st));
}

bool hex_read(const char *hex, unsigned char *out, size_t n)
{
	size_t got = 0;

	return hex && strlen(hex) == n * 2 && sodium_hex2bin(out, n, hex, n * 2, NULL, &got, NULL) == 0 && got == n;
}

bool auth_audit(struct hub_tx *tx, const char *site, const char *actor, const char *station, const char *action, const char *object,
		const char *detail, struct err *e)
{
	struct hub_audit a = {
		.site = site, .actor = actor, .station = station, .action = action, .object = object, .detail = detail};

	return hub_audit_add(tx, &a, e);
}

// --- the station's signature

struct signature {
	const char *site, *dev, *at, *nonce, *sig;
};

// "site=..;dev=..;at=..;nonce=..;sig=..", each once, in any order.
static bool signature_read(const char *header, struct signature *out, struct arena *a)
{
	struct sv rest = sv(header), part;

	if (rest.n > 512)
		return false;
	while (sv_split(&rest, ';', &part)) {
		const struct {
			const char *name;
			const char **to;
		} members[] = {{"site=", &out->site}, {"dev=", &out->dev}, {"at=", &out->at}, {"nonce=", &out->nonce}, {"sig=", &out->sig}};
		size_t k = 0, n = sizeof(members) / sizeof(*members);
		part = sv_trim(part);
		while (k < n && !sv_starts(part, members[k].name))
			k++;
		if (k == n || *members[k].to)
			return false;
		size_t skip = strlen(members[k].name);
		*members[k].to = arena_strndup(a, part.p + skip, part.n - skip);
	}
	return out->site && out->dev && out->at && out->nonce && out->sig && strlen(out->nonce) >= 16 && strlen(out->nonce) <= 64;
}

static bool dev_leaves(const struct hub_dev *dev)
{
	return str_eq(dev->state, "wiped") || str_eq(dev->state, "draining");
}

static bool station_state(const struct hub_dev *dev, struct wire_problem *p)
{
	if (str_eq(dev->state, "active"))
		return true;
	if (dev_leaves(dev)) {
		wire_problem_set(p, WIRE_P_WIPE, "%s", dev->dev);
		p->drain = str_eq(dev->state, "draining");
		return false;
	}
	if (str_eq(dev->state, "quarantined"))
		return wire_problem_set(p, WIRE_P_QUARANTINED, "%s", dev->dev);
	return wire_problem_set(p, WIRE_P_FORBIDDEN, "the station is %s", dev->state);
}

bool auth_check_signature(struct hub_tx *tx, const char *header, const char *method, const char *path, struct sv body,
			  struct hub_dev *dev, struct wire_problem *p, struct err *e)
{
	struct signature s = {0};
	unsigned char sig[crypto_sign_BYTES];
	struct str text = {0};
	bool found = false;
	int64_t at;

	if (!header || !signature_read(header, &s, hub_arena(tx)) || !hex_read(s.sig, sig, sizeof(sig)) ||
	    !clock_parse(sv(s.at), &at)) {
		wire_problem_set(p, WIRE_P_BAD_SIGNATURE, "no Zuoxi-Station header that can be read");
		return true;
	}
	if (!hub_dev_get(tx, s.site, s.dev, NULL, dev, &found, e))
		return false;
	auth_signed_text(method, path, s.at, s.nonce, body, &text);
	bool fits = found && crypto_sign_verify_detached(sig, (const unsigned char *)text.s, text.n, dev->key) == 0;
	str_release(&text);
	int64_t off = at - hub_now(tx);
	if (!fits)
		wire_problem_set(p, WIRE_P_BAD_SIGNATURE, "station %.40s", s.dev);
	else if (off > AUTH_SKEW_MS || off < -AUTH_SKEW_MS)
		wire_problem_set(p, WIRE_P_BAD_SIGNATURE, "the station's clock is off by %lld s", (long long)(off / 1000));
	else if (nonce_seen(s.dev, s.nonce, hub_now(tx)))
		wire_problem_set(p, WIRE_P_BAD_SIGNATURE, "the request was sent before");
	else
		station_state(dev, p);
	return true;
}

// --- access tokens

struct actor_ask {
	struct token token;
	struct actor who; // strings in a
	struct arena *a;
	struct wire_problem problem;
	int64_t life;
};

static bool ask_actor(struct hub_tx *tx, void *arg, struct err *e)
{
	struct actor_ask *q = arg;
	struct hub_session s;
	struct hub_dev dev;
	struct err why = {0};
	bool found = false, known = false;

	q->problem = (struct wire_problem){0};
	if (!hub_session_by_access(tx, q->token.site, q->token.h, &s, &found, e) ||
	    (found && !hub_dev_get(tx, s.site, s.dev, s.inc, &dev, &known, e)))
		return false;
	// Its sessions ended with the order; who still comes with one of them must hear the order, not be sent to log in.
	if (known && dev_leaves(&dev)) {
		station_state(&dev, &q->problem);
		return true;
	}
	if (!found || s.ended)
		wire_problem_set(&q->problem, WIRE_P_TOKEN_REVOKED, "no such session");
	else if (s.expires <= hub_now(tx))
		wire_problem_set(&q->problem, WIRE_P_TOKEN_EXPIRED, "since %lld ms", (long long)(hub_now(tx) - s.expires));
	if (q->problem.kind)
		return true;
	if (!known)
		wire_problem_set(&q->problem, WIRE_P_TOKEN_REVOKED, "the station is gone");
	else
		station_state(&dev, &q->problem);
	if (q->problem.kind)
		return true;
	q->life = s.expires - hub_now(tx);
	if (actor_load(tx, s.site, s.agent, &q->who, q->a, &why)) {
		q->who.dev = arena_strdup(q->a, s.dev);
		q->who.station = arena_strdup(q->a, dev.station);
		return true;
	}
	if (why.code != ERR_DENIED && why.code != ERR_NOT_FOUND)
		return err_set(e, why.code, "%s", why.msg);
	wire_problem_set(&q->problem, WIRE_P_TOKEN_REVOKED, "%s", why.msg);
	return true;
}

bool auth_actor(struct hub_store *s, const char *access, struct actor *who, struct arena *a, struct wire_problem *p, struct err *e)
{
	struct actor_ask q = {.a = a};
	int64_t mono = clock_mono(hub_store_clock(s));

	if (str_empty(access)) {
		wire_problem_set(p, WIRE_P_TOKEN_MISSING, "no bearer token");
		return true;
	}
	if (!token_read(access, &q.token)) {
		wire_problem_set(p, WIRE_P_TOKEN_REVOKED, "not a token of this hub");
		return true;
	}
	if (actor_cache_get(q.token.h, mono, who, a))
		return true;
	if (!hub_run(s, HUB_READ, ask_actor, &q, e))
		return false;
	*p = q.problem;
	if (p->kind)
		return true;
	*who = q.who;
	actor_cache_put(q.token.h, mono, q.life, who);
	return true;
}
