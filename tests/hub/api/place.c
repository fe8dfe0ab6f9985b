// SPDX-License-Identifier: MIT
// Knows how a hub with people is made for a test, and how a station joins it and asks over HTTP.
#include "tests/hub/api/place.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "src/base/path.h"
#include "tests/unit/store/tmpdir.h"

const char *const place_logins[PEOPLE] = {"anna", "lena", "suru", "adam"};
static const char *const roles[PEOPLE] = {"agent", "team_lead", "supervisor", "admin"};

int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool wait_for(bool (*fn)(void *arg), void *arg, int ms)
{
	int64_t end = now_us() + ms * 1000LL;
	struct timespec pause = {.tv_nsec = 2000000};

	while (!fn(arg)) {
		if (now_us() > end)
			return false;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return true;
}

// ---- the hub ----

static bool put(struct hub_tx *tx, const char *t, const char *id, const char *stream, json_t *d, struct err *e)
{
	struct hub_ent ent = {.t = t, .e = id, .s = stream, .rev = 1, .d = d, .by = "hub"};
	bool ok = hub_put(tx, "SHA", &ent, hub_new_id(tx), e);

	json_decref(d);
	return ok;
}

static bool frame(struct hub_tx *tx, void *arg, struct err *e)
{
	(void)arg;
	return put(tx, "site", "SHA", "dir/SHA", json_pack("{s:s, s:s}", "code", "SHA", "name", "Shanghai"), e) &&
	       put(tx, "queue", "q1", "dir/SHA", json_pack("{s:s, s:s}", "code", "q1", "name_zh", "q1"), e) &&
	       put(tx, "team", "t1", "dir/SHA", json_pack("{s:s, s:[s]}", "code", "t1", "queue_codes", "q1"), e);
}

static void serve(struct place *p, const char *listen, const struct server_options *o)
{
	struct server_options mine = o ? *o : (struct server_options){.hb_ms = 200};
	struct err e = {0};

	mine.store = p->store;
	mine.keys = p->keys;
	mine.listen = listen;
	mine.folder = p->folder;
	assert_ok(server_start(&p->server, &mine, &e), e);
}

void place_begin(struct place *p, const char *listen, const struct server_options *o)
{
	struct err e = {0};

	memset(p, 0, sizeof(*p));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	p->dir = tmpdir_new();
	char *key = path_join(p->dir, "hub.key"), *url = xasprintf("sqlite:%s/hub.db", p->dir);
	assert_ok(hub_keys_make(key, &e) && hub_keys_load(&p->keys, key, &e), e);
	assert_ok(hub_store_open(&p->store, &(struct hub_store_options){.url = url, .clock = &clock_real, .keys = hub_keys_ring(p->keys)}, &e), e);
	assert_ok(hub_run(p->store, HUB_WRITE, frame, NULL, &e), e);
	for (int i = 0; i < PEOPLE; i++) {
		json_t *doc = json_pack("{s:s, s:s, s:[s], s:s, s:s}", "staff_no", place_logins[i], "name_zh", place_logins[i], "roles",
					roles[i], "team_id", "t1", "status", "active");
		assert_ok(auth_user_add(p->store, "SHA", place_logins[i], PLACE_PASSWORD, doc, &p->agent[i], &p->arena, &e), e);
		json_decref(doc);
	}
	p->folder = path_join(p->dir, "segments");
	free(key);
	free(url);
	serve(p, listen, o);
}

void place_restart(struct place *p, const struct server_options *o)
{
	char *address = xstrdup(server_address(p->server));

	server_stop(p->server);
	serve(p, address, o);
	free(address);
}

void place_end(struct place *p)
{
	server_stop(p->server);
	hub_store_close(p->store);
	hub_keys_free(p->keys);
	arena_release(&p->arena);
	tmpdir_free(p->dir);
	free(p->folder);
	memset(p, 0, sizeof(*p));
}

void place_door(const struct place *p, struct door *out)
{
	const char *address = server_address(p->server);

	memset(out, 0, sizeof(*out));
	if (str_starts(address, "unix:")) {
		snprintf(out->base, sizeof(out->base), "http://localhost");
		out->socket = address + strlen("unix:");
	} else {
		snprintf(out->base, sizeof(out->base), "http://%s", address);
	}
}

void place_code(struct place *p, char out[21])
{
	struct join_code read;
	struct str code = {0};
	struct err e = {0};

	assert_ok(auth_code_make(p->store, p->keys, "", "SHA", NULL, "test", &code, &e), e);
	assert_true(auth_code_split(str_z(&code), &read));
	sodium_bin2hex(out, 21, read.secret, sizeof(read.secret));
	str_release(&code);
}

// ---- one request ----

void reply_release(struct reply *r)
{
	str_release(&r->head);
	str_release(&r->body);
	memset(r, 0, sizeof(*r));
}

const char *reply_header(const struct reply *r, const char *name, char *out, size_t cap)
{
	struct sv rest = sv(str_z(&r->head)), line;
	size_t n = strlen(name);

	while (sv_split(&rest, '\n', &line))
		if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0) {
			struct sv value = sv_trim(sv_n(line.p + n + 1, line.n - n - 1));
			snprintf(out, cap, "%.*s", (int)value.n, value.p);
			return out;
		}
	return NULL;
}

static size_t keep(char *p, size_t size, size_t n, void *arg)
{
	str_addn(arg, p, size * n);
	return size * n;
}

void fresh_id(char out[40])
{
	unsigned char r[16];

	randombytes_buf(r, sizeof(r));
	int64_t ms = clock_wall(&clock_real);
	for (int i = 0; i < 6; i++)
		r[i] = (unsigned char)(ms >> (40 - 8 * i));
	r[6] = (unsigned char)(0x70 | (r[6] & 15));
	r[8] = (unsigned char)(0x80 | (r[8] & 63));
	char hex[33];
	sodium_bin2hex(hex, sizeof(hex), r, sizeof(r));
	snprintf(out, 40, "%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static struct curl_slist *sign(struct visitor *v, const char *method, const char *path, struct sv body, struct curl_slist *list)
{
	unsigned char sig[64];
	char at[32], nonce[33], hex[129], raw[16];
	struct str text = {0}, header = {0};

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(nonce, sizeof(nonce), (unsigned char *)raw, sizeof(raw));
	clock_rfc3339(clock_wall(&clock_real), at, sizeof(at));
	auth_signed_text(method, path, at, nonce, body, &text);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.s, text.n, v->secret_key);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	str_addf(&header, "Zuoxi-Station: site=SHA;dev=%s;at=%s;nonce=%s;sig=%s", v->dev, at, nonce, hex);
	list = curl_slist_append(list, str_z(&header));
	str_release(&text);
	str_release(&header);
	return list;
}

static struct curl_slist *all_headers(struct visitor *v, enum show show, const char *method, const char *path, const char *const *headers,
				      struct sv body)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	char line[200];

	if (body.n)
		list = curl_slist_append(list, "Content-Type: application/json");
	if (show == SHOW_TOKEN) {
		snprintf(line, sizeof(line), "Authorization: Bearer %s", v->access);
		list = curl_slist_append(list, line);
	} else if (show == SHOW_SIGNATURE) {
		list = sign(v, method, path, body, list);
	}
	for (; headers && *headers; headers++)
		list = curl_slist_append(list, *headers);
	return list;
}

static CURL *prepare(struct visitor *v, const char *path, struct curl_slist *list)
{
	CURL *c = curl_easy_init();
	char *url = xasprintf("%s%s", v->door->base, path);

	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	if (v->door->socket)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, v->door->socket);
	if (v->door->ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, v->door->ca);
	free(url);
	return c;
}

bool visitor_ask(struct visitor *v, enum show show, const char *method, const char *path, const char *const *headers, struct sv body,
		 struct reply *out, struct err *e)
{
	struct curl_slist *list = all_headers(v, show, method, path, headers, body);
	CURL *c = prepare(v, path, list);
	const char *type = NULL;

	memset(out, 0, sizeof(*out));
	if (str_eq(method, "HEAD"))
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	if (body.n || str_eq(method, "POST")) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.n ? body.p : "");
	}
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 40000L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &out->body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &out->head);
	CURLcode r = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
	curl_easy_getinfo(c, CURLINFO_STARTTRANSFER_TIME, &out->first_s);
	curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
	snprintf(out->type, sizeof(out->type), "%.*s", type ? (int)strcspn(type, ";") : 0, type ? type : "");
	curl_easy_cleanup(c);
	curl_slist_free_all(list);
	return r == CURLE_OK || err_set(e, ERR_IO, "%s %s: %s", method, path, curl_easy_strerror(r));
}

// ---- joining ----

static json_t *ask_json(struct visitor *v, enum show show, const char *path, json_t *body)
{
	struct reply r;
	struct err e = {0};
	char *text = wire_print(body);

	json_decref(body);
	assert_ok(visitor_ask(v, show, "POST", path, NULL, sv(text), &r, &e), e);
	if (r.status != 200)
		fail_msg("POST %s: %ld %s", path, r.status, str_z(&r.body));
	json_t *j = json_loads(str_z(&r.body), 0, NULL);
	assert_non_null(j);
	reply_release(&r);
	free(text);
	return j;
}

void visitor_join(struct visitor *v, struct place *p, const struct door *door)
{
	char code[21], key[65];

	memset(v, 0, sizeof(*v));
	v->door = door;
	v->next_n = 1;
	snprintf(v->inc, sizeof(v->inc), "%08x", randombytes_random());
	crypto_sign_keypair(v->public_key, v->secret_key);
	sodium_bin2hex(key, sizeof(key), v->public_key, sizeof(v->public_key));
	place_code(p, code);
	json_t *j = ask_json(v, SHOW_NOTHING, "/v1/enrol",
			     json_pack("{s:s, s:s, s:s, s:s, s:s}", "site", "SHA", "code", code, "key", key, "inc", v->inc, "name", "test"));
	snprintf(v->dev, sizeof(v->dev), "%s", json_string_value(json_object_get(j, "dev")));
	json_decref(j);
}

void visitor_login(struct visitor *v, int who)
{
	json_t *j = ask_json(v, SHOW_SIGNATURE, "/v1/login",
			     json_pack("{s:s, s:s, s:s}", "login", place_logins[who], "password", PLACE_PASSWORD, "inc", v->inc));

	snprintf(v->access, sizeof(v->access), "%s", json_string_value(json_object_get(j, "access")));
	snprintf(v->refresh, sizeof(v->refresh), "%s", json_string_value(json_object_get(j, "refresh")));
	snprintf(v->agent, sizeof(v->agent), "%s", json_string_value(json_object_get(json_object_get(j, "agent"), "id")));
	json_decref(j);
}

json_t *visitor_op(struct visitor *v, const char *k, const char *t, const char *e, const char *s, json_t *body)
{
	char id[40], *text = wire_print(body);
	struct wire_op op = {.n = v->next_n++, .id = id, .k = k, .t = t, .e = e, .s = s, .body = body, .at = clock_wall(&clock_real)};

	fresh_id(id);
	wire_op_hash(op.id, op.k, op.t, op.e, op.s, NULL, text, op.h);
	json_t *j = wire_op_print(&op);
	free(text);
	json_decref(body);
	return j;
}

char *visitor_exchange(struct visitor *v, json_t *ops, json_t *cur)
{
	char now[32];

	clock_rfc3339(clock_wall(&clock_real), now, sizeof(now));
	json_t *j = json_pack("{s:s, s:s, s:i, s:s, s:o, s:o, s:i, s:i, s:i}", "dev", v->dev, "inc", v->inc, "schema", WIRE_SCHEMA, "now", now,
			      "ops", ops ? ops : json_array(), "cur", cur ? cur : json_object(), "max_rows", WIRE_ROWS, "max_bytes",
			      WIRE_PAGE_BYTES, "wait_ms", 0);
	char *text = wire_print(j);
	json_decref(j);
	return text;
}
