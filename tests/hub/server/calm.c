// SPDX-License-Identifier: MIT
// Knows a hub without sockets and with a clock that stands.
#include "tests/hub/server/calm.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <cmocka.h>

#include "src/store/id.h"
#include "tests/unit/store/tmpdir.h"

#define START_MS 1767225600000LL // 2026-01-01

const char *const calm_logins[CALM_PEOPLE] = {"anna", "lena", "suru", "adam", "qiu", "otto"};
static const char *const roles[CALM_PEOPLE] = {"agent", "team_lead", "supervisor", "admin", "qa", "agent"};

static bool put(struct hub_tx *tx, const char *site, const char *t, const char *id, json_t *d, struct err *e)
{
	char stream[16];
	snprintf(stream, sizeof(stream), "dir/%s", site);
	struct hub_ent ent = {.t = t, .e = id, .s = stream, .rev = 1, .d = d, .by = "hub"};
	bool ok = hub_put(tx, site, &ent, NULL, e);

	json_decref(d);
	return ok;
}

static bool frame(struct hub_tx *tx, void *arg, struct err *e)
{
	(void)arg;
	return put(tx, "SHA", "queue", "q1", json_pack("{s:s}", "code", "q1"), e) &&
	       put(tx, "SHA", "team", "t1", json_pack("{s:s, s:[s]}", "code", "t1", "queue_codes", "q1"), e);
}

void calm_begin(struct calm *c, const struct server_options *o)
{
	struct server_options mine = o ? *o : (struct server_options){0};
	struct err e = {0};

	*c = (struct calm){.dir = tmpdir_new()};
	clock_fake(&c->clock, START_MS, 1000);
	char *key = path_join(c->dir, "hub.key");
	assert_ok(hub_keys_make(key, &e) && hub_keys_load(&c->keys, key, &e), e);
	free(key);
	assert_ok(hub_store_open(
			  &c->store,
			  &(struct hub_store_options){.url = "sqlite::memory:", .clock = &c->clock, .keys = hub_keys_ring(c->keys)},
			  &e),
		  e);
	assert_ok(hub_run(c->store, HUB_WRITE, frame, NULL, &e), e);
	for (int i = 0; i < CALM_PEOPLE; i++) {
		json_t *d = json_pack("{s:s, s:s, s:[s], s:s}", "staff_no", calm_logins[i], "name_zh", calm_logins[i], "roles",
				      roles[i], "status", "active");
		if (i != OTTO)
			json_object_set_new(d, "team_id", json_string("t1"));
		assert_ok(auth_user_add(c->store, i == OTTO ? "OTH" : "SHA", calm_logins[i], CALM_PASSWORD, d, &c->agent[i],
					&c->arena, &e),
			  e);
		json_decref(d);
	}
	auth_forget(NULL);
	mine.store = c->store;
	mine.keys = c->keys;
	assert_ok(server_start(&c->server, &mine, &e), e);
}

void calm_end(struct calm *c)
{
	server_stop(c->server);
	hub_store_close(c->store);
	hub_keys_free(c->keys);
	arena_release(&c->arena);
	tmpdir_free(c->dir);
	auth_forget(NULL);
}

// --- requests

static void sign(struct station *s, const char *method, const char *target, struct sv body, struct str *out)
{
	unsigned char sig[64];
	char at[32], nonce[40], hex[129], path[200];
	struct str text = {0};

	snprintf(nonce, sizeof(nonce), "%016llx%08x", (unsigned long long)randombytes_random(), randombytes_random());
	if (s->nonce)
		snprintf(nonce, sizeof(nonce), "%s", s->nonce);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(target, "?"), target);
	clock_rfc3339(clock_wall(&s->c->clock) + s->skew, at, sizeof(at));
	auth_signed_text(method, path, at, nonce, body, &text);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.s, text.n, s->sk);
	str_addf(out, "site=%s;dev=%s;at=%s;nonce=%s;sig=%s", s->site, s->dev, at, nonce, sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig)));
	str_release(&text);
}

int calm_text(struct station *s, enum how how, const char *method, const char *target, const char *body, struct answer *out)
{
	struct request rq = {.method = method, .target = target, .body = sv(body)};
	struct str header = {0};

	if (how == TOKEN)
		str_addf(&header, "Bearer %s", s->access);
	else if (how == SIGNED)
		sign(s, method, target, rq.body, &header);
	rq.authorization = how == TOKEN ? str_z(&header) : NULL;
	rq.station = how == SIGNED ? str_z(&header) : NULL;
	server_answer(s->c->server, &rq, out);
	str_release(&header);
	return out->status;
}

int calm_ask(struct station *s, enum how how, const char *method, const char *target, json_t *doc, struct answer *out)
{
	char *text = doc ? json_dumps(doc, JSON_COMPACT) : NULL;
	int status = calm_text(s, how, method, target, text, out);

	json_decref(doc);
	free(text);
	return status;
}

json_t *calm_get(struct station *s, enum how how, const char *method, const char *target, json_t *doc, int status)
{
	struct answer a;

	if (calm_ask(s, how, method, target, doc, &a) != status)
		fail_msg("%s %s: %d instead of %d: %s", method, target, a.status, status, str_z(&a.body));
	json_t *j = json_loadb(str_z(&a.body), a.body.n, 0, NULL);
	answer_release(&a);
	return j;
}

void calm_refused(struct station *s, enum how how, const char *method, const char *target, json_t *doc, const char *problem)
{
	struct answer a;
	char type[80];

	calm_ask(s, how, method, target, doc, &a);
	json_t *j = json_loadb(str_z(&a.body), a.body.n, 0, NULL);
	snprintf(type, sizeof(type), "urn:hub:%s", problem);
	if (!str_eq(json_string_value(json_object_get(j, "type")), type))
		fail_msg("%s %s: not %s but %d %s", method, target, problem, a.status, str_z(&a.body));
	assert_int_equal(json_integer_value(json_object_get(j, "status")), a.status);
	assert_string_equal(a.type, "application/problem+json");
	json_decref(j);
	answer_release(&a);
}

// --- joining

void station_make(struct calm *c, struct station *s)
{
	*s = (struct station){.c = c, .n = 1, .site = "SHA"};
	snprintf(s->inc, sizeof(s->inc), "%08x", randombytes_random());
	crypto_sign_keypair(s->pk, s->sk);
}

void calm_code(struct calm *c, const char *site, const char *station, char secret_hex[21])
{
	unsigned char own[JOIN_PRINT];
	struct join_code read;
	struct str code = {0};
	struct err e = {0};

	assert_ok(auth_code_make(c->store, c->keys, "", site, station, "desk", &code, &e), e);
	assert_true(auth_code_split(str_z(&code), &read));
	auth_fingerprint("", hub_keys_sign_public(c->keys), hub_keys_box_public(c->keys), own);
	assert_memory_equal(read.print, own, sizeof(own));
	assert_string_equal(read.site, site);
	sodium_bin2hex(secret_hex, 21, read.secret, sizeof(read.secret));
	str_release(&code);
}

json_t *enrol_doc(const struct station *s, const char *code, const char *station)
{
	char key[65];
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s}", "site", s->site, "code", code, "key", sodium_bin2hex(key, sizeof(key), s->pk, 32), "inc",
			      s->inc, "name", "desk");

	if (station)
		json_object_set_new(j, "station", json_string(station));
	return j;
}

json_t *login_doc(const struct station *s, const char *login, const char *password)
{
	return json_pack("{s:s, s:s, s:s}", "login", login, "password", password, "inc", s->inc);
}

static void keep(char *to, size_t cap, const json_t *j, const char *name)
{
	const char *v = json_string_value(json_object_get(j, name));

	assert_non_null(v);
	snprintf(to, cap, "%s", v);
}

void station_join(struct calm *c, struct station *s, const char *site)
{
	char code[21];

	station_make(c, s);
	s->site = site;
	calm_code(c, site, NULL, code);
	json_t *j = calm_get(s, OPEN, "POST", "/v1/enrol", enrol_doc(s, code, NULL), 200);
	keep(s->dev, sizeof(s->dev), j, "dev");
	keep(s->code, sizeof(s->code), j, "station");
	json_decref(j);
}

void station_take(struct station *s, json_t *session)
{
	keep(s->access, sizeof(s->access), session, "access");
	keep(s->refresh, sizeof(s->refresh), session, "refresh");
	json_decref(session);
}

void station_login(struct station *s, enum calm_person who)
{
	station_take(s, calm_get(s, SIGNED, "POST", "/v1/login", login_doc(s, calm_logins[who], CALM_PASSWORD), 200));
}

struct state {
	const char *site, *dev, *state;
};

static bool set_state(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct state *q = arg;
	struct hub_dev d;
	bool found;

	if (!hub_dev_get(tx, q->site, q->dev, NULL, &d, &found, e))
		return false;
	assert_true(found);
	d.state = q->state;
	return hub_dev_put(tx, &d, e);
}

void calm_set_state(struct calm *c, const struct station *s, const char *state)
{
	struct state q = {.site = s->site, .dev = s->dev, .state = state};
	struct err e = {0};

	assert_ok(hub_run(c->store, HUB_WRITE, set_state, &q, &e), e);
	auth_forget(s->dev);
}

// --- exchanges

void calm_id(struct calm *c, char out[40])
{
	static struct id_gen g;

	g.clock = &c->clock;
	if (!g.last_ms)
		id_gen_init(&g, &c->clock, 7);
	id_new(&g, out);
}

json_t *exchange_doc(struct station *s, json_t *ops, json_t *cur)
{
	return json_pack("{s:s, s:s, s:i, s:o, s:o}", "dev", s->dev, "inc", s->inc, "schema", WIRE_SCHEMA, "ops",
			 ops ? ops : json_array(), "cur", cur ? cur : json_object());
}

json_t *op_doc(struct station *s, const char *k, const char *t, const char *e, const char *stream, json_t *body)
{
	char id[40], *text = wire_print(body);
	struct wire_op op = {
		.n = s->n++, .id = id, .k = k, .t = t, .e = e, .s = stream, .body = body, .at = clock_wall(&s->c->clock)};

	calm_id(s->c, id);
	wire_op_hash(op.id, op.k, op.t, op.e, op.s, NULL, text, op.h);
	json_t *j = wire_op_print(&op);
	free(text);
	json_decref(body);
	return j;
}
