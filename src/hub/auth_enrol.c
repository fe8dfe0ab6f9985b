// SPDX-License-Identifier: MIT
// Knows how a station joins: the code a person carries to it, the key it brings, the name it gets.
#include "src/base/i18n.h"
#include "src/base/vec.h"
#include "src/hub/auth_part.h"
#include "src/wire/read.h"

enum { STATION_LEN = 3 };

// --- which station codes are taken

struct taken {
	VEC(char *) v; // stations of the site, in the transaction's arena
	struct arena *a;
};

static bool note_taken(void *arg, const struct hub_dev *d)
{
	struct taken *t = arg;

	vec_push(&t->v, arena_strdup(t->a, d->station ? d->station : ""));
	return true;
}

static bool is_taken(const struct taken *t, const char *station)
{
	for (size_t i = 0; i < t->v.n; i++)
		if (str_eq(t->v.v[i], station))
			return true;
	return false;
}

static bool station_valid(const char *s)
{
	return strlen(s) == STATION_LEN && strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == STATION_LEN && !str_eq(s, "000");
}

// want, when it is free; else the first free number in base 36 ("000" is the hub's own).
static bool lease_station(struct hub_tx *tx, const char *site, const char *want, char out[STATION_LEN + 1], struct err *e)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct taken t = {.a = hub_arena(tx)};
	bool ok = hub_dev_list(tx, site, note_taken, &t, e);

	*out = '\0';
	if (ok && want && station_valid(want) && !is_taken(&t, want))
		snprintf(out, STATION_LEN + 1, "%s", want);
	for (int n = 1; ok && !*out && n < 36 * 36 * 36; n++) {
		char s[STATION_LEN + 1] = {digits[n / 1296], digits[n / 36 % 36], digits[n % 36]};
		if (!is_taken(&t, s))
			memcpy(out, s, sizeof(s));
	}
	vec_release(&t.v);
	return ok && (*out || err_set(e, ERR_FULL, _("site %s has no station code left"), site));
}

// --- the code

struct code_ask {
	struct hub_code code;
};

static bool put_code(struct hub_tx *tx, void *arg, struct err *e)
{
	struct code_ask *q = arg;
	struct hub_code *c = &q->code;
	char free_one[STATION_LEN + 1];

	c->expires = hub_now(tx) + AUTH_CODE_MS;
	c->used = 0;
	if (c->station && !station_valid(c->station))
		return err_set(e, ERR_USAGE, _("a station code must be 3 characters of 0-9A-Z and not 000"));
	if (c->station && !lease_station(tx, c->site, c->station, free_one, e))
		return false;
	if (c->station && !str_eq(c->station, free_one))
		return err_set(e, ERR_CONFLICT, _("the station code %s is taken"), c->station);
	return hub_code_put(tx, c, e) && auth_audit(tx, c->site, "hub", c->station, "station.code", c->name, NULL, e);
}

bool auth_code_make(struct hub_store *s, const struct hub_keys *k, const char *ca_pem, const char *site, const char *station,
		    const char *name, struct str *code, struct err *e)
{
	struct code_ask q = {.code = {.site = site, .station = station, .name = name}};
	struct join_code shown = {0};

	if (!join_site_ok(sv(site)))
		return err_set(e, ERR_USAGE, _("a site's code is 3 characters of 0-9A-Z, not %s"), site);
	snprintf(shown.site, sizeof(shown.site), "%s", site);
	randombytes_buf(shown.secret, sizeof(shown.secret));
	crypto_generichash(q.code.h, sizeof(q.code.h), shown.secret, sizeof(shown.secret), NULL, 0);
	bool ok = hub_run(s, HUB_WRITE, put_code, &q, e);
	if (ok) {
		auth_fingerprint(ca_pem, hub_keys_sign_public(k), hub_keys_box_public(k), shown.print);
		auth_code_text(&shown, code);
	}
	sodium_memzero(&shown, sizeof(shown));
	return ok;
}

// --- joining

struct enrol {
	const struct hub_keys *keys;
	unsigned char h[32], key[32];
	const char *site, *key_hex, *inc, *name, *want;
	json_t *reply;
	struct wire_problem problem;
};

static json_t *enrol_reply(struct hub_tx *tx, const struct enrol *q, const char *dev, const char *site, const char *station,
			   struct err *e)
{
	const char *hubs = NULL;
	char sign[65], box[65];

	if (!hub_meta_get(tx, HUB_WHOLE, "hubs", &hubs, e))
		return NULL;
	json_t *urls = hubs ? wire_parse(sv(hubs), WIRE_STRING_BYTES, NULL) : NULL;
	sodium_bin2hex(sign, sizeof(sign), hub_keys_sign_public(q->keys), 32);
	sodium_bin2hex(box, sizeof(box), hub_keys_box_public(q->keys), 32);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "dev", dev, "site", site, "station", station, "sign", sign, "box", box,
			 "hubs", json_is_array(urls) ? urls : json_array());
}

// What was given out for a code is kept under its hash, so that a station whose reply was lost gets the same again.
static bool enrol_again(struct hub_tx *tx, struct enrol *q, const char *memo, struct err *e)
{
	const char *given = NULL;

	if (!hub_meta_get(tx, q->site, memo, &given, e))
		return false;
	json_t *j = given ? wire_parse(sv(given), WIRE_STRING_BYTES, NULL) : NULL;
	const char *dev, *site, *station, *key, *inc;
	bool same = j &&
		    json_unpack(j, "{s:s, s:s, s:s, s:s, s:s}", "dev", &dev, "site", &site, "station", &station, "key", &key, "inc",
				&inc) == 0 &&
		    str_eq(key, q->key_hex) && str_eq(inc, q->inc);
	if (same)
		q->reply = enrol_reply(tx, q, dev, site, station, e);
	else
		wire_problem_set(&q->problem, WIRE_P_BAD_CODE, "unknown, used or expired");
	json_decref(j);
	return !same || q->reply;
}

static bool enrol_now(struct hub_tx *tx, struct enrol *q, const struct hub_code *code, const char *memo, struct err *e)
{
	char station[STATION_LEN + 1];
	const char *dev = hub_new_id(tx);

	if (!lease_station(tx, code->site, code->station ? code->station : q->want, station, e))
		return false;
	struct hub_dev d = {.dev = dev,
			    .inc = q->inc,
			    .site = code->site,
			    .station = station,
			    .seen = hub_now(tx),
			    .state = "active",
			    .name = q->name ? q->name : code->name};
	memcpy(d.key, q->key, sizeof(d.key));
	json_t *given = json_pack("{s:s, s:s, s:s, s:s, s:s}", "dev", dev, "site", code->site, "station", station, "key",
				  q->key_hex, "inc", q->inc);
	char *text = wire_print(given);
	bool ok = hub_dev_put(tx, &d, e) && hub_meta_set(tx, code->site, memo, text, e) &&
		  auth_audit(tx, code->site, NULL, station, "station.enrol", dev, d.name, e);
	free(text);
	json_decref(given);
	if (ok)
		q->reply = enrol_reply(tx, q, dev, code->site, station, e);
	return ok && q->reply;
}

static bool enrol_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct enrol *q = arg;
	struct hub_code code;
	char memo[80] = "enrol/";
	bool found = false;

	json_decref(q->reply); // of a try before
	q->reply = NULL;
	q->problem = (struct wire_problem){0};
	sodium_bin2hex(memo + strlen(memo), 65, q->h, sizeof(q->h));
	if (!hub_code_take(tx, q->site, q->h, hub_now(tx), &code, &found, e))
		return false;
	return found ? enrol_now(tx, q, &code, memo, e) : enrol_again(tx, q, memo, e);
}

bool auth_enrol(struct hub_store *s, const struct hub_keys *k, const json_t *req, json_t **reply, struct wire_problem *p,
		struct err *e)
{
	struct enrol q = {.keys = k};
	unsigned char secret[JOIN_SECRET];
	const char *code = NULL;
	struct err why = {0};

	*reply = NULL;
	if (!wire_need_text(req, "site", JOIN_SITE, &q.site, &why) || !wire_need_text(req, "code", 64, &code, &why) || !wire_need_text(req, "key", 64, &q.key_hex, &why) ||
	    !wire_need_text(req, "inc", 40, &q.inc, &why) || !wire_may_text(req, "name", 120, &q.name, &why) ||
	    !wire_may_text(req, "station", 8, &q.want, &why)) {
		wire_problem_set(p, WIRE_P_BAD_SHAPE, "%s", why.msg);
		return true;
	}
	if (!hex_read(code, secret, sizeof(secret)) || !hex_read(q.key_hex, q.key, sizeof(q.key)) || str_empty(q.inc)) {
		wire_problem_set(p, WIRE_P_BAD_SHAPE, "code, key or inc");
		return true;
	}
	crypto_generichash(q.h, sizeof(q.h), secret, sizeof(secret), NULL, 0);
	if (!hub_run(s, HUB_WRITE, enrol_body, &q, e)) {
		json_decref(q.reply);
		return false;
	}
	*reply = q.reply;
	*p = q.problem;
	return true;
}
