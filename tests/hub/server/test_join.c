// SPDX-License-Identifier: MIT
// Knows what must hold for joining and logging in: what a code, a signature, a token are worth, and for how long.
#include <setjmp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/hub/server/calm.h"
#include "tests/unit/store/tmpdir.h"

static struct calm calm;

static int begin(void **state)
{
	(void)state;
	calm_begin(&calm, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	calm_end(&calm);
	return 0;
}

// --- codes

static void test_code_once(void **state)
{
	struct station a, b;
	char code[21];

	(void)state;
	station_make(&calm, &a);
	station_make(&calm, &b);
	calm_code(&calm, "SHA", NULL, code);
	json_t *one = calm_get(&a, OPEN, "POST", "/v1/enrol", enrol_doc(&a, code, NULL), 200);
	// The reply was lost: the same station asks again and gets the same.
	json_t *two = calm_get(&a, OPEN, "POST", "/v1/enrol", enrol_doc(&a, code, NULL), 200);
	assert_true(json_equal(one, two));
	assert_string_equal(json_string_value(json_object_get(one, "site")), "SHA");
	assert_true(json_is_array(json_object_get(one, "hubs")));
	json_decref(one);
	json_decref(two);
	// Whoever else has seen the code comes too late.
	calm_refused(&b, OPEN, "POST", "/v1/enrol", enrol_doc(&b, code, NULL), "bad-code");
	struct station thief = b;
	snprintf(thief.inc, sizeof(thief.inc), "%s", a.inc); // saw the request go by
	calm_refused(&thief, OPEN, "POST", "/v1/enrol", enrol_doc(&thief, code, NULL), "bad-code");
	calm_refused(&b, OPEN, "POST", "/v1/enrol", enrol_doc(&b, "00112233445566778899", NULL), "bad-code");
	calm_refused(&b, OPEN, "POST", "/v1/enrol", enrol_doc(&b, "0011", NULL), "bad-shape");
	calm_refused(&b, OPEN, "POST", "/v1/enrol", json_pack("{s:s, s:s}", "site", "SHA", "code", code), "bad-shape");
}

static void test_code_expires(void **state)
{
	struct station a;
	char code[21];

	(void)state;
	station_make(&calm, &a);
	calm_code(&calm, "SHA", NULL, code);
	clock_fake_add(&calm.clock, AUTH_CODE_MS + 1);
	calm_refused(&a, OPEN, "POST", "/v1/enrol", enrol_doc(&a, code, NULL), "bad-code");
}

static void test_station_codes(void **state)
{
	struct station s[4];
	char code[21];
	struct str text = {0};
	struct err e = {0};

	(void)state;
	station_make(&calm, &s[0]);
	calm_code(&calm, "SHA", "0A7", code);
	json_t *j = calm_get(&s[0], OPEN, "POST", "/v1/enrol", enrol_doc(&s[0], code, "ZZZ"), 200);
	assert_string_equal(json_string_value(json_object_get(j, "station")), "0A7"); // the code's word counts
	json_decref(j);
	assert_false(auth_code_make(calm.store, calm.keys, "", "SHA", "0A7", "", &text, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(auth_code_make(calm.store, calm.keys, "", "SHA", "000", "", &text, &e)); // the hub's own
	assert_int_equal(e.code, ERR_USAGE);
	// What a station was called before it joined is kept where it is free, else replaced.
	station_make(&calm, &s[1]);
	calm_code(&calm, "SHA", NULL, code);
	j = calm_get(&s[1], OPEN, "POST", "/v1/enrol", enrol_doc(&s[1], code, "0B1"), 200);
	assert_string_equal(json_string_value(json_object_get(j, "station")), "0B1");
	json_decref(j);
	station_make(&calm, &s[2]);
	calm_code(&calm, "SHA", NULL, code);
	j = calm_get(&s[2], OPEN, "POST", "/v1/enrol", enrol_doc(&s[2], code, "0B1"), 200);
	assert_string_not_equal(json_string_value(json_object_get(j, "station")), "0B1");
	json_decref(j);
	str_release(&text);
}

static void test_trust(void **state)
{
	struct station a;

	(void)state;
	station_make(&calm, &a);
	json_t *j = calm_get(&a, OPEN, "GET", "/v1/trust", NULL, 200);
	char sign[65];
	assert_string_equal(json_string_value(json_object_get(j, "sign")),
			    sodium_bin2hex(sign, sizeof(sign), hub_keys_sign_public(calm.keys), 32));
	assert_string_equal(json_string_value(json_object_get(j, "ca")), "");
	json_decref(j);
}

// --- signatures

static void test_signature(void **state)
{
	struct station a, b;
	struct answer an;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_join(&calm, &b, "SHA");
	calm_refused(&a, OPEN, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "bad-signature");
	struct station thief = a; // knows the name, has another key
	memcpy(thief.sk, b.sk, sizeof(thief.sk));
	calm_refused(&thief, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "bad-signature");
	a.skew = AUTH_SKEW_MS + 1000;
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "bad-signature");
	a.skew = -a.skew;
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "bad-signature");
	a.skew = 0;
	a.nonce = "0123456789abcdef";
	assert_int_equal(calm_ask(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), &an), 200);
	answer_release(&an);
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD),
		     "bad-signature"); // heard and sent again
	a.nonce = NULL;
	// The body is part of what was signed.
	struct request rq = {
		.method = "POST", .target = "/v1/login", .station = "dev=x;at=y;nonce=0123456789abcdef;sig=zz", .body = sv("{}")};
	server_answer(calm.server, &rq, &an);
	assert_int_equal(an.status, 401);
	answer_release(&an);
}

// --- log-in

static void test_login(void **state)
{
	struct station a, other;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_join(&calm, &other, "OTH");
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", "wrong password"), "bad-login");
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "nobody", CALM_PASSWORD), "bad-login");
	calm_refused(&a, SIGNED, "POST", "/v1/login", json_pack("{s:s}", "login", "anna"), "bad-shape");
	calm_refused(&other, SIGNED, "POST", "/v1/login", login_doc(&other, "anna", CALM_PASSWORD), "bad-login");
	json_t *j = calm_get(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), 200);
	assert_int_equal(json_integer_value(json_object_get(j, "expires_ms")), AUTH_ACCESS_MS);
	json_t *agent = json_object_get(j, "agent");
	assert_string_equal(json_string_value(json_object_get(agent, "id")), calm.agent[ANNA]);
	assert_string_equal(json_string_value(json_array_get(json_object_get(agent, "roles"), 0)), "agent");
	assert_string_equal(json_string_value(json_array_get(json_object_get(agent, "queues"), 0)), "q1");
	station_take(&a, j);
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
}

static void test_locked(void **state)
{
	struct station a;
	struct answer an;

	(void)state;
	station_join(&calm, &a, "SHA");
	for (int i = 0; i < AUTH_FAILED_MAX; i++)
		calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", "wrong password"), "bad-login");
	// Now even the right one is refused, and says for how long.
	assert_int_equal(calm_ask(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), &an), 429);
	bool said = false;
	for (int i = 0; i < an.headers; i++)
		said |= str_eq(an.header[i].name, "Retry-After") && str_eq(an.header[i].value, "60");
	assert_true(said);
	answer_release(&an);
	clock_fake_add(&calm.clock, 60001);
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", "wrong password"), "bad-login");
	clock_fake_add(&calm.clock, 60001);
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "too-many"); // twice as long now
	clock_fake_add(&calm.clock, 60001);
	station_login(&a, ANNA);
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", "wrong password"),
		     "bad-login"); // counted from none again
	station_login(&a, ANNA);
}

static bool suspend(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct hub_ent *old;

	(void)arg;
	if (!hub_get(tx, "SHA", "agent", calm.agent[ANNA], &old, e))
		return false;
	json_t *d = json_copy(old->d);
	json_object_set_new(d, "status", json_string("suspended"));
	struct hub_ent ent = *old;
	ent.rev++;
	ent.d = d;
	bool ok = hub_put(tx, "SHA", &ent, NULL, e);
	json_decref(d);
	return ok;
}

static void test_suspended(void **state)
{
	struct station a;
	struct err e = {0};

	(void)state;
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
	assert_ok(hub_run(calm.store, HUB_WRITE, suspend, NULL, &e), e);
	clock_fake_add(&calm.clock, AUTH_CACHE_MS + 1); // what is remembered of a token lives so long
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "forbidden");
	calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), "token-revoked");
}

// --- tokens

static void test_access_expires(void **state)
{
	struct station a;

	(void)state;
	station_join(&calm, &a, "SHA");
	calm_refused(&a, OPEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-missing");
	snprintf(a.access, sizeof(a.access), "SHA.%064d", 0);
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
	station_login(&a, ANNA);
	clock_fake_add(&calm.clock, AUTH_ACCESS_MS - 10);
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
	clock_fake_add(&calm.clock, 10); // remembered a moment ago, but over
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-expired");
	station_take(&a, calm_get(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), 200));
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
}

static void test_refresh_rotates(void **state)
{
	struct station a, old, once;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	old = a;
	station_take(&a, calm_get(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), 200));
	assert_string_not_equal(a.access, old.access);
	assert_string_not_equal(a.refresh, old.refresh);
	calm_refused(&old, TOKEN, "POST", "/v1/sync", exchange_doc(&old, NULL, NULL), "token-revoked");
	// The reply was lost, or the request came twice: for a minute the one before gets the same once more, and what the first reply
	// brought stays good.
	clock_fake_add(&calm.clock, AUTH_GRACE_MS - 1);
	once = a;
	json_t *again = calm_get(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", old.refresh), 200);
	assert_int_equal(json_integer_value(json_object_get(again, "expires_ms")), AUTH_ACCESS_MS - AUTH_GRACE_MS + 1);
	station_take(&a, again);
	assert_string_equal(a.access, once.access);
	assert_string_equal(a.refresh, once.refresh);
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
	// Later it can only be somebody else: the whole session ends, the good tokens with it.
	clock_fake_add(&calm.clock, 2);
	calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", old.refresh), "token-revoked");
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
	calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), "token-revoked");
}

static void test_refresh_stolen(void **state)
{
	struct station a, b;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_join(&calm, &b, "SHA");
	station_login(&a, ANNA);
	station_login(&b, LENA);
	calm_refused(&b, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), "token-revoked");
	calm_refused(&a, OPEN, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), "bad-signature");
	// Somebody has it: nobody may use it any more.
	calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), "token-revoked");
	json_decref(calm_get(&b, TOKEN, "POST", "/v1/sync", exchange_doc(&b, NULL, NULL), 200));
	// An access token of one station does not speak for another.
	calm_refused(&b, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "forbidden");
}

// A token under another site is another token: refused like one that never was, and nothing happens to the session.
static void test_site_of_a_token(void **state)
{
	static const char *const others[] = {"OTH", "ZZZ", "sha", "SH.", "   "};
	struct station a, bad;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	assert_int_equal(strncmp(a.access, "SHA.", 4), 0);
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200)); // now it is remembered
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		bad = a;
		memcpy(bad.access, others[i], 3);
		memcpy(bad.refresh, others[i], 3);
		calm_refused(&bad, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
		calm_refused(&bad, TOKEN, "GET", "/v1/events", NULL, "token-revoked");
		calm_refused(&bad, TOKEN, "POST", "/v1/logout", NULL, "token-revoked");
		calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", bad.refresh), "token-revoked");
	}
	bad = a;
	memmove(bad.access, bad.access + 4, 65); // without its site
	calm_refused(&bad, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
	calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", bad.access), "token-revoked");
	auth_forget(NULL);
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
	station_take(&a, calm_get(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), 200));
}

static void test_site_of_a_station(void **state)
{
	struct station a, bad;
	char code[21];

	(void)state;
	station_make(&calm, &bad);
	calm_code(&calm, "SHA", NULL, code);
	bad.site = "OTH";
	calm_refused(&bad, OPEN, "POST", "/v1/enrol", enrol_doc(&bad, code, NULL), "bad-code");
	bad.site = "SHA"; // it was not used up
	json_decref(calm_get(&bad, OPEN, "POST", "/v1/enrol", enrol_doc(&bad, code, NULL), 200));
	bad.site = "OTH";
	calm_refused(&bad, OPEN, "POST", "/v1/enrol", enrol_doc(&bad, code, NULL), "bad-code");
	station_join(&calm, &a, "SHA");
	bad = a;
	bad.site = "OTH";
	calm_refused(&bad, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "bad-signature");
	station_login(&a, ANNA);
}

static void test_logout(void **state)
{
	struct station a, b;
	struct err e = {0};

	(void)state;
	station_join(&calm, &a, "SHA");
	station_join(&calm, &b, "SHA");
	station_login(&a, ANNA);
	assert_null(calm_get(&a, TOKEN, "POST", "/v1/logout", NULL, 204));
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
	calm_refused(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), "token-revoked");
	// A new password ends all sessions of that person and nobody else's.
	station_login(&a, ANNA);
	station_login(&b, LENA);
	assert_ok(auth_password_set(calm.store, "SHA", "anna", "another long password", &e), e);
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "token-revoked");
	json_decref(calm_get(&b, TOKEN, "POST", "/v1/sync", exchange_doc(&b, NULL, NULL), 200));
	assert_false(auth_password_set(calm.store, "SHA", "anna", "short", &e));
	assert_int_equal(e.code, ERR_USAGE);
}

// --- stations that are shut out

static void test_shut_out(void **state)
{
	struct station a;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	calm_set_state(&calm, &a, "disabled");
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "forbidden");
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", CALM_PASSWORD), "forbidden");
	calm_set_state(&calm, &a, "quarantined");
	calm_refused(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), "quarantined");
	calm_set_state(&calm, &a, "active");
	json_decref(calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 200));
}

static void test_wipe(void **state)
{
	struct station a;
	unsigned char sig[64];
	struct str text = {0};
	size_t n;

	(void)state;
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	calm_set_state(&calm, &a, "wiped");
	json_t *j = calm_get(&a, TOKEN, "POST", "/v1/sync", exchange_doc(&a, NULL, NULL), 423),
	       *d = json_object_get(j, "directive");
	// A station destroys nothing on anybody's word but its hub's.
	assert_string_equal(json_string_value(json_object_get(d, "dev")), a.dev);
	str_addf(&text, "wipe\n%s\n%s\n", a.dev, json_string_value(json_object_get(d, "at")));
	const char *hex = json_string_value(json_object_get(d, "sig"));
	assert_int_equal(sodium_hex2bin(sig, sizeof(sig), hex, strlen(hex), NULL, &n, NULL), 0);
	assert_int_equal(crypto_sign_verify_detached(sig, (const unsigned char *)text.s, text.n, hub_keys_sign_public(calm.keys)),
			 0);
	str_release(&text);
	json_decref(j);
}

static bool signature_is(const json_t *d, const char *member, const char *dev, const char *more)
{
	const char *hex = json_string_value(json_object_get(d, member));
	unsigned char sig[64];
	struct str text = {0};
	size_t n;

	str_addf(&text, "wipe\n%s\n%s\n%s", dev, json_string_value(json_object_get(d, "at")), more);
	bool ok = hex && sodium_hex2bin(sig, sizeof(sig), hex, strlen(hex), NULL, &n, NULL) == 0 &&
		  crypto_sign_verify_detached(sig, (const unsigned char *)text.s, text.n, hub_keys_sign_public(calm.keys)) == 0;
	str_release(&text);
	return ok;
}

static json_t *last_ticket(struct station *s, const char *id)
{
	return op_doc(s, "ticket.new", "ticket", id, "q/q1", json_pack("{s:s, s:s}", "queue_code", "q1", "state", "new"));
}

static const char *result(const json_t *reply)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(reply, "ops"), 0), "r"));
}

// The outbox first: signed by the station, in the name of who logged in there last, whatever became of the session. Nothing else is heard
// of it, and after its last word nothing at all.
static void test_wipe_after_the_outbox(void **state)
{
	struct station a, b;
	char id[40];

	(void)state;
	station_join(&calm, &a, "SHA");
	station_login(&a, ANNA);
	station_join(&calm, &b, "SHA");
	station_login(&b, LENA);
	calm_id(&calm, id);
	json_t *doc = exchange_doc(&a, json_pack("[o]", last_ticket(&a, id)), json_pack("{s:s}", "q/q1", "1:0"));
	calm_refused(&a, SIGNED, "POST", "/v1/drain", json_incref(doc), "forbidden"); // it has no order
	calm_set_state(&calm, &a, "draining");
	json_t *j = calm_get(&a, TOKEN, "POST", "/v1/sync", json_incref(doc), 423), *d = json_object_get(j, "directive");
	assert_true(signature_is(d, "sig", a.dev, "")); // for a station that knows no other
	assert_true(signature_is(d, "drain", a.dev, "drain\n"));
	json_decref(j);
	j = calm_get(&a, SIGNED, "POST", "/v1/token", json_pack("{s:s}", "refresh", a.refresh), 423);
	assert_true(signature_is(json_object_get(j, "directive"), "drain", a.dev, "drain\n"));
	json_decref(j);
	calm_refused(&a, TOKEN, "POST", "/v1/drain", json_incref(doc), "bad-signature");
	calm_refused(&b, SIGNED, "POST", "/v1/drain", json_incref(doc), "forbidden");
	for (int i = 0; i < 2; i++) { // the answer to the first may have been lost
		j = calm_get(&a, SIGNED, "POST", "/v1/drain", json_incref(doc), 200);
		assert_string_equal(result(j), "applied");
		assert_null(json_object_get(j, "pages")); // nothing goes down there any more
		json_decref(j);
	}
	json_decref(calm_get(&a, SIGNED, "POST", "/v1/wiped", json_pack("{s:i}", "unsent", 0), 204));
	j = calm_get(&a, TOKEN, "POST", "/v1/sync", json_incref(doc), 423);
	assert_null(json_object_get(json_object_get(j, "directive"), "drain"));
	json_decref(j);
	calm_refused(&a, SIGNED, "POST", "/v1/drain", doc, "wipe");
}

// --- the storm at eight o'clock

static void *log_in(void *arg)
{
	struct station *s = arg;

	station_login(s, ANNA);
	return NULL;
}

static void test_few_hashes_at_once(void **state)
{
	enum { MANY = 10 };
	struct station s[MANY];
	pthread_t t[MANY];
	int now, most;

	(void)state;
	for (int i = 0; i < MANY; i++)
		station_join(&calm, &s[i], "SHA");
	for (int i = 0; i < MANY; i++)
		assert_int_equal(pthread_create(&t[i], NULL, log_in, &s[i]), 0);
	for (int i = 0; i < MANY; i++)
		pthread_join(t[i], NULL);
	auth_load(&now, &most);
	assert_int_equal(now, 0);
	assert_int_equal(most, AUTH_HASHES); // no more, and not one after the other either
}

static void test_audited(void **state)
{
	struct station a;
	struct err e = {0};
	int64_t lines = 0, more = 0;

	(void)state;
	station_join(&calm, &a, "SHA");
	assert_ok(hub_audit_verify(calm.store, &lines, &e), e);
	calm_refused(&a, SIGNED, "POST", "/v1/login", login_doc(&a, "anna", "wrong password"), "bad-login");
	station_login(&a, ANNA);
	assert_ok(hub_audit_verify(calm.store, &more, &e), e);
	assert_int_equal(more, lines + 2);
}

static void test_cold_keys(void **state)
{
	char *key = path_join(calm.dir, "other.key");
	struct hub_keys *k = NULL;
	struct str out = {0};
	struct err e = {0};
	unsigned char sealed[5 + crypto_box_SEALBYTES];

	(void)state;
	assert_ok(hub_keys_make(key, &e), e);
	assert_false(hub_keys_make(key, &e)); // what it sealed would be lost
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_ok(hub_keys_load(&k, key, &e), e);
	crypto_box_seal(sealed, (const unsigned char *)"hello", 5, hub_keys_box_public(k));
	assert_ok(hub_keys_open(k, sv_n((char *)sealed, sizeof(sealed)), &out, &e), e);
	assert_string_equal(str_z(&out), "hello");
	assert_false(hub_keys_open(calm.keys, sv_n((char *)sealed, sizeof(sealed)), &out, &e));
	sealed[40] ^= 1;
	assert_false(hub_keys_open(k, sv_n((char *)sealed, sizeof(sealed)), &out, &e));
	hub_keys_free(k);
	assert_int_equal(chmod(key, 0644), 0);
	assert_false(hub_keys_load(&k, key, &e));
	assert_int_equal(e.code, ERR_DENIED);
	free(key);
	str_release(&out);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_code_once),       T(test_code_expires),   T(test_station_codes),
		T(test_trust),           T(test_signature),      T(test_login),
		T(test_locked),          T(test_suspended),      T(test_access_expires),
		T(test_refresh_rotates), T(test_refresh_stolen), T(test_logout),
		T(test_shut_out),        T(test_wipe), T(test_wipe_after_the_outbox),           T(test_few_hashes_at_once),
		T(test_audited),         T(test_cold_keys),      T(test_site_of_a_token),
		T(test_site_of_a_station),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
