// SPDX-License-Identifier: MIT
// Knows that src/hub/openapi.yaml says what a running hub does: every operation is asked, with success and refused, and every answer
// is held against its schema.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sodium.h>
#include <cmocka.h>

#include "src/hub/segment.h"
#include "src/sync/courier.h"
#include "tests/hub/api/describe.h"
#include "tests/unit/store/tmpdir.h"

static struct description d;
static struct place hub;
static struct door door;
static struct visitor anna, suru; // an agent and a supervisor
enum { ANNA, LENA, SURU, ADAM };

static int begin(void **state)
{
	(void)state;
	description_read(&d, ZUOXI_OPENAPI);
	place_begin(&hub, "127.0.0.1:0", NULL);
	place_door(&hub, &door);
	visitor_join(&anna, &hub, &door);
	visitor_login(&anna, ANNA);
	visitor_join(&suru, &hub, &door);
	visitor_login(&suru, SURU);
	return 0;
}

static int end(void **state)
{
	(void)state;
	place_end(&hub);
	description_free(&d);
	return 0;
}

static void hold(struct visitor *v, struct question q)
{
	description_hold(&d, v, &q, NULL);
}

// The same with a token that never was.
static void hold_stranger(const char *method, const char *path, const char *real, const char *body)
{
	struct visitor nobody = anna;

	memset(nobody.access, 'f', 64);
	hold(&nobody, (struct question){SHOW_TOKEN, method, path, real, NULL, sv(body), true, 401});
	hold(&nobody, (struct question){SHOW_NOTHING, method, path, real, NULL, sv(body), true, 401});
}

static void hold_json(struct visitor *v, enum show show, const char *path, json_t *body, long status)
{
	char *text = wire_print(body);

	hold(v, (struct question){.show = show, .method = "POST", .path = path, .body = sv(text), .bad = status >= 400, .status = status});
	free(text);
	json_decref(body);
}

// ---- joining ----

static void test_open(void **state)
{
	(void)state;
	hold(&anna, (struct question){.method = "GET", .path = "/v1/hello", .status = 200});
	hold(&anna, (struct question){.method = "GET", .path = "/v1/trust", .status = 200});
	hold(&anna, (struct question){.method = "GET", .path = "/healthz", .status = 200});
	hold(&anna, (struct question){.method = "HEAD", .path = "/healthz", .status = 200});
	hold(&anna, (struct question){.method = "GET", .path = "/readyz", .status = 200});
	hold(&anna, (struct question){.method = "GET", .path = "/metrics", .status = 200});
}

static void test_enrol(void **state)
{
	char code[21], key[65];
	unsigned char raw[32];

	(void)state;
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(key, sizeof(key), raw, sizeof(raw));
	place_code(&hub, code);
	for (int i = 0; i < 2; i++) // the answer to the first may have been lost
		hold_json(&anna, SHOW_NOTHING, "/v1/enrol",
			  json_pack("{s:s, s:s, s:s, s:s, s:s}", "site", "SHA", "code", code, "key", key, "inc", "1", "name", "a desk"), 200);
	hold_json(&anna, SHOW_NOTHING, "/v1/enrol", json_pack("{s:s, s:s, s:s, s:s}", "site", "SHA", "code", code, "key", key, "inc", "2"), 403);
	hold_json(&anna, SHOW_NOTHING, "/v1/enrol", json_pack("{s:s, s:s}", "site", "SHA", "code", code), 400);
	hold(&anna, (struct question){.method = "POST", .path = "/v1/enrol", .body = sv("{\"code\":"), .bad = true, .status = 400});
}

static void test_sessions(void **state)
{
	struct visitor v;

	(void)state;
	visitor_join(&v, &hub, &door);
	hold_json(&v, SHOW_SIGNATURE, "/v1/login",
		  json_pack("{s:s, s:s, s:s}", "login", place_logins[LENA], "password", PLACE_PASSWORD, "inc", v.inc), 200);
	hold_json(&v, SHOW_SIGNATURE, "/v1/login",
		  json_pack("{s:s, s:s, s:s}", "login", place_logins[LENA], "password", "not that one", "inc", v.inc), 401);
	hold_json(&v, SHOW_NOTHING, "/v1/login",
		  json_pack("{s:s, s:s, s:s}", "login", place_logins[LENA], "password", PLACE_PASSWORD, "inc", v.inc), 401);
	hold_json(&v, SHOW_SIGNATURE, "/v1/login", json_pack("{s:s}", "login", place_logins[LENA]), 400);
	visitor_login(&v, LENA);
	hold_json(&v, SHOW_SIGNATURE, "/v1/token", json_pack("{s:s}", "refresh", v.refresh), 200);
	hold_json(&v, SHOW_SIGNATURE, "/v1/token", json_pack("{s:s}", "refresh", anna.access), 401);
	hold_json(&v, SHOW_SIGNATURE, "/v1/token", json_object(), 400);
	visitor_login(&v, LENA);
	hold(&v, (struct question){.show = SHOW_TOKEN, .method = "POST", .path = "/v1/logout", .status = 204});
	hold(&v, (struct question){.show = SHOW_TOKEN, .method = "POST", .path = "/v1/logout", .bad = true, .status = 401});
}

// ---- exchanging ----

static json_t *ticket(struct visitor *v, const char *id, const char *subject)
{
	return visitor_op(v, "ticket.new", "ticket", id, "q/q1",
			  json_pack("{s:s, s:i, s:s, s:s}", "subject", subject, "priority", 3, "state", "new", "queue_code", "q1"));
}

// Asks with this body, and again when the answer is to be seen by the caller.
static void hold_text(struct visitor *v, const char *path, char *body, long status, struct reply *out)
{
	struct question q = {.show = SHOW_TOKEN, .method = "POST", .path = path, .body = sv(body), .bad = status >= 400, .status = status};

	description_hold(&d, v, &q, out);
	free(body);
}

static void test_sync(void **state)
{
	char id[40];
	struct reply r;

	(void)state;
	fresh_id(id);
	hold_text(&anna, "/v1/sync", visitor_exchange(&anna, json_pack("[o]", ticket(&anna, id, "one")), NULL), 200, &r);
	if (!strstr(str_z(&r.body), "\"applied\""))
		fail_msg("%s", str_z(&r.body));
	reply_release(&r);
	// A page with rows, a page of a stream that starts over, and operations refused one by one.
	hold_text(&anna, "/v1/sync", visitor_exchange(&anna, NULL, json_pack("{s:s, s:s}", "q/q1", "1:0", "dir/SHA", "7:3")), 200, &r);
	if (!strstr(str_z(&r.body), "\"rows\":[{") || !strstr(str_z(&r.body), "\"reset\""))
		fail_msg("%s", str_z(&r.body));
	reply_release(&r);
	json_t *ops = json_pack("[o]", visitor_op(&anna, "ticket.set", "ticket", id, "q/q1", json_pack("{s:{s:s}}", "set", "subject", "two")));
	json_array_append_new(ops, visitor_op(&anna, "no.such", "ticket", id, "q/q1", json_object()));
	hold_text(&anna, "/v1/sync", visitor_exchange(&anna, ops, json_pack("{s:s}", "q/q1", "1:0")), 200, &r);
	if (!strstr(str_z(&r.body), "\"rejected\""))
		fail_msg("%s", str_z(&r.body));
	reply_release(&r);
}

static void test_sync_refused(void **state)
{
	struct visitor other = suru, again = anna;
	char id[40], *big = xmalloc(WIRE_REQUEST_BYTES + 100);

	(void)state;
	fresh_id(id);
	hold_text(&anna, "/v1/sync", xstrdup("{}"), 400, NULL);
	hold_text(&anna, "/v1/sync", xstrdup("{\"dev\":"), 400, NULL);
	hold_stranger("POST", "/v1/sync", NULL, "{}");
	snprintf(other.dev, sizeof(other.dev), "%s", anna.dev);
	hold_text(&other, "/v1/sync", visitor_exchange(&other, NULL, NULL), 403, NULL);
	again.next_n += 5;
	hold_text(&again, "/v1/sync", visitor_exchange(&again, json_pack("[o]", ticket(&again, id, "a gap")), NULL), 409, NULL);
	memset(big, ' ', WIRE_REQUEST_BYTES + 99);
	big[WIRE_REQUEST_BYTES + 99] = '\0';
	hold_text(&anna, "/v1/sync", big, 413, NULL);
}

static void test_do(void **state)
{
	char id[40], bc[40];
	struct reply r;

	(void)state;
	fresh_id(id);
	fresh_id(bc);
	hold_text(&suru, "/v1/do",
		  visitor_exchange(&suru, json_pack("[o]", visitor_op(&suru, "broadcast.new", "broadcast", bc, "bc/SHA",
								      json_pack("{s:s, s:s, s:s, s:s, s:b}", "kind", "red", "severity", "red",
										"title", "payments are down", "body", "say so", "require_ack", 1))),
				   NULL),
		  200, &r);
	if (!strstr(str_z(&r.body), "\"applied\""))
		fail_msg("%s", str_z(&r.body));
	reply_release(&r);
	// An agent may not; the number is not used up.
	struct visitor before = anna;
	hold_text(&anna, "/v1/do",
		  visitor_exchange(&anna, json_pack("[o]", visitor_op(&anna, "broadcast.new", "broadcast", id, "bc/SHA",
								      json_pack("{s:s, s:s, s:s, s:s}", "kind", "red", "severity", "red", "title",
										"x", "body", "y"))),
				   NULL),
		  403, NULL);
	anna.next_n = before.next_n;
	hold_text(&anna, "/v1/do", visitor_exchange(&anna, NULL, NULL), 400, NULL);
	hold_stranger("POST", "/v1/do", NULL, "{}");
}

// ---- leaving ----

static bool order_body(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct visitor *v = arg;
	struct hub_dev dev;
	bool found;

	if (!hub_dev_get(tx, "SHA", v->dev, NULL, &dev, &found, e))
		return false;
	dev.state = "draining";
	return hub_dev_put(tx, &dev, e);
}

static void test_leaving(void **state)
{
	struct visitor v;
	struct err e = {0};
	char id[40];

	(void)state;
	fresh_id(id);
	visitor_join(&v, &hub, &door);
	visitor_login(&v, ANNA);
	char *body = visitor_exchange(&v, json_pack("[o]", ticket(&v, id, "the last")), NULL);
	hold(&v, (struct question){.show = SHOW_SIGNATURE, .method = "POST", .path = "/v1/drain", .body = sv(body), .bad = true, .status = 403});
	hold_json(&v, SHOW_SIGNATURE, "/v1/wiped", json_pack("{s:i}", "unsent", 0), 403);
	hold_json(&v, SHOW_NOTHING, "/v1/drain", json_object(), 401);
	hold_json(&v, SHOW_NOTHING, "/v1/wiped", json_object(), 401);
	if (!hub_run(hub.store, HUB_WRITE, order_body, &v, &e))
		fail_msg("%s", e.msg);
	hold(&v, (struct question){.show = SHOW_SIGNATURE, .method = "POST", .path = "/v1/drain", .body = sv(body), .status = 200});
	hold_json(&v, SHOW_SIGNATURE, "/v1/drain", json_object(), 400);
	hold_json(&v, SHOW_SIGNATURE, "/v1/wiped", json_object(), 400);
	hold_json(&v, SHOW_SIGNATURE, "/v1/wiped", json_pack("{s:i}", "unsent", 0), 204);
	free(body);
}

static void test_receipt(void **state)
{
	(void)state;
	hold_json(&anna, SHOW_TOKEN, "/v1/receipt", json_pack("{s:s, s:i, s:I}", "inc", anna.inc, "from", 0, "to", (json_int_t)anna.next_n - 1), 200);
	hold_json(&anna, SHOW_TOKEN, "/v1/receipt", json_pack("{s:s, s:i, s:i}", "inc", anna.inc, "from", 0, "to", 1000), 409);
	hold_json(&anna, SHOW_TOKEN, "/v1/receipt", json_object(), 400);
	hold_stranger("POST", "/v1/receipt", NULL, "{}");
}

// ---- files ----

static void test_blobs(void **state)
{
	unsigned char bytes[5000], h[32];
	char hash[65], real[100], none[100], length[40];
	const char *const first[] = {"Upload-Offset: 0", length, NULL}, *const second[] = {"Upload-Offset: 3000", length, NULL},
			  *const wrong[] = {"Upload-Offset: 1000", length, NULL}, *const large[] = {"Upload-Offset: 0", "Upload-Length: 99999999", NULL},
			  *const part[] = {"Range: bytes=10-19", NULL}, *const behind[] = {"Range: bytes=9999-", NULL};
	const char *path = "/v1/blob/{hash}";

	(void)state;
	randombytes_buf(bytes, sizeof(bytes));
	crypto_generichash(h, sizeof(h), bytes, sizeof(bytes), NULL, 0);
	sodium_bin2hex(hash, sizeof(hash), h, sizeof(h));
	snprintf(real, sizeof(real), "/v1/blob/%s", hash);
	snprintf(none, sizeof(none), "/v1/blob/%064d", 0);
	snprintf(length, sizeof(length), "Upload-Length: %zu", sizeof(bytes));
	struct sv a = sv_n((char *)bytes, 3000), b = sv_n((char *)bytes + 3000, 2000);
	hold(&anna, (struct question){SHOW_TOKEN, "HEAD", path, real, NULL, sv(""), false, 404});
	hold(&anna, (struct question){SHOW_TOKEN, "PATCH", path, real, first, a, false, 204});
	hold(&anna, (struct question){SHOW_TOKEN, "HEAD", path, real, NULL, sv(""), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, real, NULL, sv(""), false, 404});
	hold(&anna, (struct question){SHOW_TOKEN, "PATCH", path, real, wrong, b, true, 412});
	hold(&anna, (struct question){SHOW_TOKEN, "PATCH", path, real, NULL, b, true, 400});
	hold(&anna, (struct question){SHOW_TOKEN, "PATCH", path, real, large, b, true, 413});
	hold(&anna, (struct question){SHOW_TOKEN, "PATCH", path, real, second, b, false, 201});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, real, NULL, sv(""), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, real, part, sv(""), false, 206});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, real, behind, sv(""), true, 416});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, none, NULL, sv(""), true, 404});
	hold_stranger("HEAD", path, real, "");
	hold_stranger("GET", path, real, "");
	hold_stranger("PATCH", path, real, "x");
}

// The outbox file of suru's station with one operation.
static void outbox_file(struct str *out)
{
	struct courier_head head = {.from = suru.next_n, .to = suru.next_n, .ops = 1, .made = 1767225600000LL};
	char id[40], buf[4096];
	struct courier_writer *w;
	struct wire_op op;
	struct err e = {0};
	FILE *f = tmpfile();

	fresh_id(id);
	char *text = visitor_exchange(&suru, json_pack("[o]", ticket(&suru, id, "carried")), NULL);
	json_t *doc = json_loads(text, 0, NULL);
	snprintf(head.dev, sizeof(head.dev), "%s", suru.dev);
	snprintf(head.inc, sizeof(head.inc), "%s", suru.inc);
	memcpy(head.hub, hub_keys_box_public(hub.keys), sizeof(head.hub));
	memcpy(head.sign, suru.public_key, sizeof(head.sign));
	assert_ok(courier_begin(&w, f, &head, suru.secret_key, &e) &&
			  wire_op_parse(json_array_get(json_object_get(doc, "ops"), 0), &op, &e) && courier_add(w, &op, &e) && courier_finish(w, &e), e);
	rewind(f);
	for (size_t n; (n = fread(buf, 1, sizeof(buf), f)) > 0;)
		str_addn(out, buf, n);
	fclose(f);
	json_decref(doc);
	free(text);
}

// Uploads it and asks to take it.
static void hold_carry(const struct str *file, long status)
{
	unsigned char h[32];
	char hash[65], real[100], length[60];
	const char *const headers[] = {"Upload-Offset: 0", length, NULL};

	crypto_generichash(h, sizeof(h), (const unsigned char *)file->s, file->n, NULL, 0);
	sodium_bin2hex(hash, sizeof(hash), h, sizeof(h));
	snprintf(real, sizeof(real), "/v1/blob/%s", hash);
	snprintf(length, sizeof(length), "Upload-Length: %zu", file->n);
	hold(&anna, (struct question){SHOW_TOKEN, "PATCH", "/v1/blob/{hash}", real, headers, sv_n(file->s, file->n), false, 201});
	hold_json(&anna, SHOW_TOKEN, "/v1/carry", json_pack("{s:s}", "blob", hash), status);
}

static void test_carry(void **state)
{
	struct str file = {0}, bad = {0};
	char none[65];

	(void)state;
	memset(none, '0', 64);
	none[64] = '\0';
	outbox_file(&file);
	str_addn(&bad, file.s, file.n);
	bad.s[bad.n - 1] ^= 1;
	hold_carry(&bad, 403);
	hold_carry(&file, 200);
	hold_carry(&file, 200); // known
	hold_json(&anna, SHOW_TOKEN, "/v1/carry", json_object(), 400);
	hold_json(&anna, SHOW_TOKEN, "/v1/carry", json_pack("{s:s}", "blob", none), 409);
	hold_stranger("POST", "/v1/carry", NULL, "{}");
	str_release(&file);
	str_release(&bad);
}

static bool put_article(struct hub_tx *tx, void *arg, struct err *e)
{
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:i}", "id", "KB-API-001", "title", "What the description says", "body", "And what is so.",
			      "state", "published", "version", 1);
	struct hub_ent ent = {.t = "article", .e = "KB-API-001", .s = "kb/all", .rev = 1, .d = doc, .by = "hub"};
	bool ok = hub_put(tx, WIRE_GLOBAL_SITE, &ent, hub_new_id(tx), e);

	(void)arg;
	json_decref(doc);
	return ok;
}

static void test_snap(void **state)
{
	const char *path = "/v1/snap/{stream}";
	struct err e = {0};
	bool made;

	(void)state;
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/snap/cfg/SHA", NULL, sv(""), true, 404});
	assert_ok(hub_run(hub.store, HUB_WRITE, put_article, NULL, &e), e);
	assert_ok(segment_build(hub.store, hub.keys, hub.folder, true, &made, &e), e);
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/snap/kb/all", NULL, sv(""), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/snap/q/other", NULL, sv(""), true, 403});
	hold_stranger("GET", path, "/v1/snap/kb/all", "");
}

// ---- asking ----

static void test_find(void **state)
{
	const char *path = "/v1/find/{type}";

	(void)state;
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/ticket?no=none", NULL, sv(""), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/customer?phone=13800138000", NULL, sv(""), false, 200});
	hold(&suru, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/station", NULL, sv(""), false, 200});
	hold(&suru, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/broadcast_ack?broadcast=none", NULL, sv(""), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/ticket", NULL, sv(""), true, 400});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/broadcast_ack?broadcast=none", NULL, sv(""), true, 403});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", path, "/v1/find/planet", NULL, sv(""), true, 404});
	hold_stranger("GET", path, "/v1/find/ticket?no=none", "");
}

static void test_rooms(void **state)
{
	const char *room = "/v1/rooms/{room}";
	struct reply reply;
	struct err e = {0};

	(void)state;
	hold_json(&anna, SHOW_TOKEN, "/v1/rooms", json_pack("{s:s, s:{s:s}}", "kind", "paired", "about", "scenario", "fin.loan.01"), 200);
	assert_true(visitor_ask(&anna, SHOW_TOKEN, "POST", "/v1/rooms", NULL, sv("{\"kind\":\"coached\",\"about\":{}}"), &reply, &e));
	json_t *r = json_loads(str_z(&reply.body), 0, NULL);
	reply_release(&reply);
	hold_json(&anna, SHOW_TOKEN, "/v1/rooms", json_pack("{s:s}", "kind", "coached"), 400);
	hold(&suru, (struct question){SHOW_TOKEN, "GET", "/v1/rooms", NULL, NULL, sv(""), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "GET", "/v1/rooms", NULL, NULL, sv(""), true, 403});
	hold_stranger("GET", "/v1/rooms", NULL, "");
	hold_stranger("POST", "/v1/rooms", NULL, "{}");
	char *path = xasprintf("/v1/rooms/%s", json_string_value(json_object_get(r, "room")));
	hold(&anna, (struct question){SHOW_TOKEN, "POST", room, path, NULL, sv("{\"lines\":[{\"c\":1,\"body\":{\"who\":\"agent\"}}]}"), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "POST", room, path, NULL, sv("{\"lines\":[{\"c\":2,\"body\":{\"who\":\"trainer\"}}]}"), true, 403});
	// Told of a session, with its number there, it is nobody's order; as one it is still refused.
	hold(&anna, (struct question){SHOW_TOKEN, "POST", room, path, NULL, sv("{\"lines\":[{\"c\":2,\"body\":{\"who\":\"trainer\",\"i\":7}}]}"), false, 200});
	hold(&anna, (struct question){SHOW_TOKEN, "POST", room, path, NULL, sv("{\"lines\":[{\"c\":3,\"body\":{\"ctl\":\"finish\",\"who\":\"trainer\",\"i\":7}}]}"), true, 403});
	hold(&anna, (struct question){SHOW_TOKEN, "POST", room, path, NULL, sv("{\"lines\":1}"), true, 400});
	hold(&anna, (struct question){SHOW_TOKEN, "POST", room, "/v1/rooms/NOROOM", NULL, sv("{}"), false, 404});
	hold_stranger("POST", room, path, "{}");
	free(path);
	json_decref(r);
}

static void test_presence_and_wall(void **state)
{
	(void)state;
	hold_json(&anna, SHOW_TOKEN, "/v1/presence", json_pack("{s:s}", "state", "available"), 204);
	hold_json(&anna, SHOW_TOKEN, "/v1/presence", json_object(), 400);
	hold_stranger("POST", "/v1/presence", NULL, "{}");
	hold(&suru, (struct question){SHOW_TOKEN, "GET", "/v1/wall/{site}", "/v1/wall/SHA", NULL, sv(""), false, 200});
	hold(&suru, (struct question){SHOW_TOKEN, "GET", "/v1/wall/{site}", "/v1/wall/BJS", NULL, sv(""), true, 403});
	hold_stranger("GET", "/v1/wall/{site}", "/v1/wall/SHA", "");
}

// ---- the stream ----

// Every event of what was heard, against its description. seen: names, each with a blank behind it.
static void check_events(const char *text, struct str *seen)
{
	struct sv rest = sv(text), line;
	char name[32] = "";
	struct err e = {0};

	while (sv_split(&rest, '\n', &line)) {
		if (sv_starts(line, "event: ")) {
			snprintf(name, sizeof(name), "%.*s", (int)(line.n - 7), line.p + 7);
			str_addf(seen, "%s ", name);
		} else if (sv_starts(line, "data: ")) {
			char *data = xstrndup(line.p + 6, line.n - 6);
			assert_ok(description_event(&d, name, data, &e), e);
			free(data);
		} else if (line.n && line.p[0] != ':' && !sv_starts(line, "id: ") && !sv_starts(line, "retry: ")) {
			fail_msg("a line of the stream is none: %.*s", (int)line.n, line.p);
		}
	}
}

static void test_events(void **state)
{
	static const char *const wanted[] = {"hello ", "ch ", "red ", "bye "};
	struct visitor v;
	struct reply r;
	char id[40], bc[40];
	struct str seen = {0};

	(void)state;
	visitor_join(&v, &hub, &door);
	visitor_login(&v, LENA);
	struct listener *l = listener_new(&v);
	assert_true(listener_heard(l, "event: hello", 5000));
	fresh_id(id);
	fresh_id(bc);
	hold_text(&anna, "/v1/sync", visitor_exchange(&anna, json_pack("[o]", ticket(&anna, id, "for the stream")), NULL), 200, NULL);
	assert_true(listener_heard(l, "for the stream", 5000));
	hold_text(&suru, "/v1/do",
		  visitor_exchange(&suru, json_pack("[o]", visitor_op(&suru, "broadcast.new", "broadcast", bc, "bc/SHA",
								      json_pack("{s:s, s:s, s:s, s:s}", "kind", "red", "severity", "red",
										"title", "for all", "body", "say so"))),
				   NULL),
		  200, NULL);
	assert_true(listener_heard(l, "event: red", 5000));
	hold_stranger("GET", "/v1/events", NULL, "");
	// A log-out ends the stream.
	hold(&v, (struct question){.show = SHOW_TOKEN, .method = "POST", .path = "/v1/logout", .status = 204});
	assert_true(listener_heard(l, "event: bye", 5000));
	listener_reply(l, &r);
	description_check(&d, &(struct question){.show = SHOW_TOKEN, .method = "GET", .path = "/v1/events", .status = 200}, &r);
	check_events(str_z(&r.body), &seen);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!strstr(str_z(&seen), wanted[i]))
			fail_msg("there was no event %s", wanted[i]);
	reply_release(&r);
	listener_free(l);
	str_release(&seen);
}

// A hub that goes down takes no more connections; what those that are open get is asked without one.
static void test_going_down(void **state)
{
	struct place down;
	struct answer a;
	struct reply r = {0};

	(void)state;
	place_begin(&down, "127.0.0.1:0", NULL);
	server_drain(down.server);
	server_answer(down.server, &(struct request){.method = "GET", .target = "/readyz"}, &a);
	r.status = a.status;
	snprintf(r.type, sizeof(r.type), "%s", a.type);
	str_addn(&r.body, a.body.s, a.body.n);
	description_check(&d, &(struct question){.method = "GET", .path = "/readyz", .status = 503}, &r);
	reply_release(&r);
	answer_release(&a);
	place_end(&down);
}

static void test_everything_was_asked(void **state)
{
	(void)state;
	description_all_asked(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_enrol),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_sync),
		cmocka_unit_test(test_sync_refused),
		cmocka_unit_test(test_do),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_carry),
		cmocka_unit_test(test_snap),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_presence_and_wall),
		cmocka_unit_test(test_rooms),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_going_down),
		cmocka_unit_test(test_everything_was_asked),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
