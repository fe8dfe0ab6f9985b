// SPDX-License-Identifier: MIT
// Knows the documents of joining and logging in: what is asked, how it is signed, what the answers hold.
#include "src/sync/session.h"

#include <sodium.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/sync/http.h"
#include "src/wire/read.h"

static json_t *parse(struct sv body, struct err *e)
{
	json_t *j = wire_parse(body, SESSION_ANSWER_MAX, e);

	if (j && !json_is_object(j)) {
		json_decref(j);
		err_set(e, ERR_PARSE, _("the hub's answer is not an object"));
		return NULL;
	}
	return j;
}

static bool read_key(const json_t *j, const char *name, unsigned char out[JOIN_KEY], struct err *e)
{
	const char *hex;
	size_t n = 0;

	if (!wire_need_text(j, name, 2 * JOIN_KEY, &hex, e))
		return false;
	return (sodium_hex2bin(out, JOIN_KEY, hex, strlen(hex), NULL, &n, NULL) == 0 && n == JOIN_KEY) ||
	       err_set(e, ERR_PARSE, _("the hub's answer has no key where %s stands"), name);
}

static void print(json_t *j, struct str *out)
{
	char *text = wire_print(j);

	str_add(out, text);
	sodium_memzero(text, strlen(text));
	free(text);
	json_decref(j);
}

// --- joining

bool session_trust_read(struct sv body, const unsigned char fingerprint[JOIN_PRINT], struct session_trust *out, struct arena *a,
			struct err *e)
{
	unsigned char is[JOIN_PRINT];
	json_t *j = parse(body, e);
	const json_t *ca = json_object_get(j, "ca");
	bool ok = j && read_key(j, "sign", out->sign, e) && read_key(j, "box", out->box, e);

	if (ok) {
		// Not wire_need_text: a PEM has line ends.
		out->ca = arena_strdup(a, json_is_string(ca) ? json_string_value(ca) : "");
		auth_fingerprint(out->ca, out->sign, out->box, is);
		ok = sodium_memcmp(is, fingerprint, sizeof(is)) == 0 ||
		     err_set(e, ERR_DENIED,
			     _("the code is of another hub, or somebody else answers in the place of this one: "
			       "ask the administrator"));
	}
	json_decref(j);
	return ok;
}

void session_enrol_body(const struct join_code *c, const struct hub_key *key, const char *inc, const char *name, const char *station,
			struct str *out)
{
	char code[2 * JOIN_SECRET + 1], pk[2 * JOINED_SIGN_PK + 1];

	sodium_bin2hex(code, sizeof(code), c->secret, JOIN_SECRET);
	sodium_bin2hex(pk, sizeof(pk), key->sign_pk, JOINED_SIGN_PK);
	print(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "site", c->site, "code", code, "key", pk, "inc", inc, "name", name, "station", station), out);
}

static bool read_urls(const json_t *hubs, struct account_join *out, struct arena *a)
{
	const json_t *v;
	size_t i;

	json_array_foreach(hubs, i, v)
	{
		const char *url = json_string_value(v);
		struct err e = {0};
		bool known = false;
		for (size_t k = 0; k < out->n_urls; k++)
			known = known || str_eq(out->urls[k], url);
		if (url && !known && out->n_urls < JOINED_URLS && http_address_ok(url, &e))
			out->urls[out->n_urls++] = arena_strdup(a, url);
	}
	return true;
}

bool session_enrol_read(struct sv body, const struct session_trust *t, struct account_join *out, struct arena *a, struct err *e)
{
	json_t *j = parse(body, e);
	const char *dev, *site, *station = NULL;
	bool ok = j && wire_need_text(j, "dev", 60, &dev, e) && wire_need_text(j, "site", 40, &site, e) &&
		  wire_may_text(j, "station", 40, &station, e) && read_key(j, "sign", out->sign_pk, e) &&
		  read_key(j, "box", out->box_pk, e);

	if (ok && (memcmp(out->sign_pk, t->sign, JOIN_KEY) != 0 || memcmp(out->box_pk, t->box, JOIN_KEY) != 0))
		ok = err_set(e, ERR_DENIED, _("the hub shows other keys than those the code was made for"));
	if (ok) {
		out->dev = arena_strdup(a, dev);
		out->site = arena_strdup(a, site);
		out->station = arena_strdup(a, station);
		out->ca_pem = t->ca;
		ok = read_urls(json_object_get(j, "hubs"), out, a);
	}
	json_decref(j);
	return ok;
}

bool session_hello_read(struct sv body, int64_t *hub_now, struct err *e)
{
	json_t *j = parse(body, e);

	*hub_now = 0;
	bool ok = j && wire_may_time(j, "now", hub_now, e) &&
		  (*hub_now > 0 || err_set(e, ERR_PARSE, _("the hub does not say what time it is")));
	json_decref(j);
	return ok;
}

// --- logging in

void session_login_body(const char *login, const char *password, const char *inc, struct str *out)
{
	print(json_pack("{s:s, s:s, s:s}", "login", login, "password", password, "inc", inc), out);
}

void session_token_body(const char *refresh, struct str *out)
{
	print(json_pack("{s:s}", "refresh", refresh), out);
}

void session_sign(const struct account *a, const char *method, const char *path, int64_t now, struct sv body, struct str *out)
{
	unsigned char raw[16], sig[64];
	char nonce[2 * sizeof(raw) + 1], hex[2 * sizeof(sig) + 1], at[32];
	struct str text = {0};

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(nonce, sizeof(nonce), raw, sizeof(raw));
	clock_rfc3339(now, at, sizeof(at));
	auth_signed_text(method, path, at, nonce, body, &text);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.s, text.n, a->key.sign_sk);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	str_addf(out, "Zuoxi-Station: site=%s;dev=%s;at=%s;nonce=%s;sig=%s", a->site, a->hub.dev, at, nonce, hex);
	str_release(&text);
}

// Shown in sentences as well, so clean from here on.
static const char *text_of(const json_t *j, const char *name, struct arena *a)
{
	struct str clean = {0};

	utf8_clean(&clean, sv(json_string_value(json_object_get(j, name))), UTF8_LINE);
	const char *text = arena_strdup(a, str_z(&clean));
	str_release(&clean);
	return text;
}

static bool read_person(const json_t *agent, struct person *p, struct arena *a, struct err *e)
{
	struct str roles = {0};
	const char *id;
	const json_t *v;
	size_t i;

	if (!json_is_object(agent) || !wire_need_text(agent, "id", 60, &id, e))
		return err_set(e, ERR_PARSE, _("the hub does not say who logged in"));
	json_array_foreach(json_object_get(agent, "roles"), i, v) if (json_is_string(v))
		str_addf(&roles, "%s%s", roles.n ? "," : "", json_string_value(v));
	*p = (struct person){.id = arena_strdup(a, id),
			     .login = text_of(agent, "login", a),
			     .no = text_of(agent, "no", a),
			     .name = text_of(agent, "name_zh", a),
			     .team = text_of(agent, "team_id", a),
			     .roles = arena_strdup(a, str_z(&roles))};
	str_release(&roles);
	return true;
}

bool session_read(struct sv body, struct session *out, struct arena *a, struct err *e)
{
	json_t *j = parse(body, e);
	const char *access, *refresh;

	*out = (struct session){.expires_ms = 0};
	bool ok = j && wire_need_text(j, "access", SESSION_TOKEN_MAX - 1, &access, e) &&
		  wire_need_text(j, "refresh", SESSION_TOKEN_MAX - 1, &refresh, e) &&
		  wire_need_int(j, "expires_ms", 1000, 86400000, &out->expires_ms, e) &&
		  read_person(json_object_get(j, "agent"), &out->who, a, e);
	if (ok) {
		snprintf(out->access, sizeof(out->access), "%s", access);
		snprintf(out->refresh, sizeof(out->refresh), "%s", refresh);
	}
	json_decref(j);
	return ok;
}

const char *session_refusal(const struct wire_problem *p)
{
	switch (p->kind) {
	case WIRE_P_BAD_LOGIN: return _("login or password is wrong");
	case WIRE_P_BAD_CODE: return _("the enrolment code is unknown, used or too old: ask for a new one");
	case WIRE_P_BAD_SIGNATURE: return _("the hub does not know this station's signature: join again with zuoxi enrol URL CODE");
	case WIRE_P_TOKEN_MISSING:
	case WIRE_P_TOKEN_EXPIRED:
	case WIRE_P_TOKEN_REVOKED: return _("the session has ended: log in again");
	case WIRE_P_FORBIDDEN: return _("this user may not do that");
	case WIRE_P_SITE_MISMATCH: return _("this belongs to another site");
	case WIRE_P_QUARANTINED: return _("this station is shut out: its numbers were used twice; join again with zuoxi enrol URL CODE");
	case WIRE_P_WIPE: return _("the hub has ordered this station to be wiped: tell the administrator");
	case WIRE_P_UPGRADE: return _("this program is too old for the hub: work goes on, nothing is lost; update it");
	case WIRE_P_BUSY:
	case WIRE_P_TOO_MANY: return _("the hub is busy; it is tried again by itself");
	case WIRE_P_STORE_FULL: return _("the hub's disk is full: tell the administrator");
	case WIRE_P_INTERNAL: return _("the hub failed: tell the administrator");
	case WIRE_P_NONE:
	case WIRE_P_BAD_JSON:
	case WIRE_P_BAD_SHAPE:
	case WIRE_P_NOT_FOUND:
	case WIRE_P_BAD_METHOD:
	case WIRE_P_OP_GAP:
	case WIRE_P_OP_REUSE:
	case WIRE_P_UNSENT:
	case WIRE_P_PRECONDITION:
	case WIRE_P_TOO_LARGE:
	case WIRE_P_BAD_RANGE:
	case WIRE_P_KINDS: break;
	}
	return _("the hub refused the request");
}
