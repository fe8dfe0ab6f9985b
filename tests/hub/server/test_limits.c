// SPDX-License-Identifier: MIT
// Knows that every limit of the protocol is kept by the hub, each with the answer it is to have (sync.md §3.9, §3.6): what is one more
// than allowed is refused, what is just allowed is not.
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <sodium.h>

#include "src/base/str.h"
#include "tests/hub/server/calm.h"
#include "tests/unit/store/tmpdir.h"

static struct calm calm;
static struct station anna, lena;

static int begin(void **state)
{
	struct server_options o = {0};

	(void)state;
	o.find = o.pull = o.seat = (struct server_rate){1e6, 1e6}; // none of these is looked at here
	calm_begin(&calm, &o);
	station_join(&calm, &anna, "SHA");
	station_login(&anna, ANNA);
	station_join(&calm, &lena, "SHA");
	station_login(&lena, LENA);
	return 0;
}

static int end(void **state)
{
	(void)state;
	calm_end(&calm);
	return 0;
}

static json_t *long_text(size_t n)
{
	char *text = xmalloc(n + 1);

	memset(text, 'x', n);
	text[n] = '\0';
	json_t *j = json_string(text);
	free(text);
	return j;
}

static json_t *note(struct station *s, json_t *body)
{
	char id[40];

	calm_id(&calm, id);
	json_object_set_new(body, "queue_code", json_string("q1"));
	json_object_set_new(body, "state", json_string("new"));
	return op_doc(s, "ticket.new", "ticket", id, "q/q1", body);
}

// What becomes of one operation with that in it.
static char *result_of(struct station *s, json_t *body)
{
	json_t *r = calm_get(s, TOKEN, "POST", "/v1/sync", exchange_doc(s, json_pack("[o]", note(s, body)), NULL), 200);
	const json_t *a = json_array_get(json_object_get(r, "ops"), 0);
	const char *why = json_string_value(json_object_get(a, "why"));
	char *out = xasprintf("%s%s%s", json_string_value(json_object_get(a, "r")), why ? " " : "", why ? why : "");

	json_decref(r);
	return out;
}

static void becomes(json_t *body, const char *want)
{
	char *got = result_of(&anna, body);

	assert_string_equal(got, want);
	free(got);
}

// A body of so many bytes, in texts that are short enough each.
static json_t *body_of(size_t n)
{
	json_t *o = json_pack("{s:o, s:s}", "a", long_text(40 * 1024), "b", "");

	// What note() adds is of it, too.
	size_t rest = n - json_dumpb(o, NULL, 0, JSON_COMPACT) - strlen(",\"queue_code\":\"q1\",\"state\":\"new\"");
	json_object_set_new(o, "b", long_text(rest));
	return o;
}

// 64 KiB an operation: the operation is refused, the next one is not.
static void test_operation(void **state)
{
	(void)state;
	becomes(body_of(WIRE_OP_BYTES), "applied");
	becomes(body_of(WIRE_OP_BYTES + 1), "rejected too-large");
	becomes(json_object(), "applied");
}

// 200 operations and 1 MiB a request.
static void test_request(void **state)
{
	struct station s;
	json_t *ops = json_array();

	(void)state;
	station_join(&calm, &s, "SHA");
	station_login(&s, LENA);
	for (int i = 0; i < WIRE_OPS + 1; i++)
		json_array_append_new(ops, note(&s, json_object()));
	calm_refused(&s, TOKEN, "POST", "/v1/sync", exchange_doc(&s, json_incref(ops), NULL), "too-large");
	json_array_remove(ops, WIRE_OPS);
	json_decref(calm_get(&s, TOKEN, "POST", "/v1/sync", exchange_doc(&s, ops, NULL), 200));
	struct str text = {0};
	struct answer a;
	str_addf(&text, "{\"dev\":\"%s\",\"inc\":\"%s\",\"ops\":[]", s.dev, s.inc);
	while (text.n < WIRE_REQUEST_BYTES - 1)
		str_addc(&text, ' ');
	str_addc(&text, '}');
	assert_int_equal(calm_text(&s, TOKEN, "POST", "/v1/sync", str_z(&text), &a), 200);
	answer_release(&a);
	str_addc(&text, ' ');
	assert_int_equal(calm_text(&s, TOKEN, "POST", "/v1/sync", str_z(&text), &a), 413);
	answer_release(&a);
	str_release(&text);
}

static json_t *deep(int levels)
{
	json_t *j = json_integer(1);

	while (levels-- > 0)
		j = json_pack("{s:o}", "d", j);
	return j;
}

static json_t *list_of(int n)
{
	json_t *j = json_array();

	while (n-- > 0)
		json_array_append_new(j, json_integer(n));
	return j;
}

static json_t *named(size_t n)
{
	json_t *j = json_object(), *name = long_text(n);

	json_object_set_new(j, json_string_value(name), json_true());
	json_decref(name);
	return j;
}

static void asks(const char *member, json_t *value, int status)
{
	json_t *doc = exchange_doc(&anna, NULL, NULL);

	json_object_set_new(doc, member, value);
	json_decref(calm_get(&anna, TOKEN, "POST", "/v1/sync", doc, status));
}

// JSON: 32 deep, names of 64 bytes, texts of 48 KiB, lists of 1,000.
static void test_json(void **state)
{
	(void)state;
	asks("odd", deep(WIRE_DEPTH - 2), 200); // the document and the number are one each
	asks("odd", deep(WIRE_DEPTH - 1), 400);
	asks("odd", named(WIRE_KEY_BYTES), 200);
	asks("odd", named(WIRE_KEY_BYTES + 1), 400);
	asks("odd", long_text(WIRE_STRING_BYTES), 200);
	asks("odd", long_text(WIRE_STRING_BYTES + 1), 400);
	asks("odd", list_of(WIRE_ARRAY), 200);
	asks("odd", list_of(WIRE_ARRAY + 1), 400);
}

static const json_t *page_of(const json_t *reply, const char *s)
{
	const json_t *page;
	size_t i;

	json_array_foreach(json_object_get(reply, "pages"), i, page) if (str_eq(json_string_value(json_object_get(page, "s")), s)) return page;
	fail_msg("no page of %s", s);
	return NULL;
}

// 500 rows and 512 KiB a page, whatever was asked for.
static void test_page(void **state)
{
	struct station s;

	(void)state;
	station_join(&calm, &s, "SHA");
	station_login(&s, LENA);
	for (int k = 0; k < 3; k++) {
		json_t *ops = json_array();
		for (int i = 0; i < WIRE_OPS; i++)
			json_array_append_new(ops, note(&s, json_object()));
		json_decref(calm_get(&s, TOKEN, "POST", "/v1/sync", exchange_doc(&s, ops, NULL), 200));
	}
	json_t *doc = exchange_doc(&s, NULL, json_pack("{s:s}", "q/q1", "1:0"));
	json_object_set_new(doc, "max_rows", json_integer(100000));
	json_object_set_new(doc, "max_bytes", json_integer(1 << 30));
	json_t *r = calm_get(&s, TOKEN, "POST", "/v1/sync", doc, 200);
	size_t rows = 0, i;
	const json_t *page;
	json_array_foreach(json_object_get(r, "pages"), i, page) rows += json_array_size(json_object_get(page, "rows"));
	assert_int_equal(rows, WIRE_ROWS);
	assert_true(json_is_true(json_object_get(page_of(r, "q/q1"), "more")));
	json_decref(r);
	for (int k = 0; k < 14; k++)
		becomes(body_of(WIRE_OP_BYTES), "applied");
	int64_t head = 0;
	doc = exchange_doc(&s, NULL, json_pack("{s:s}", "q/q1", "1:0"));
	json_object_set_new(doc, "max_rows", json_integer(1));
	r = calm_get(&s, TOKEN, "POST", "/v1/sync", doc, 200);
	head = json_integer_value(json_object_get(page_of(r, "q/q1"), "head"));
	json_decref(r);
	char from[40];
	snprintf(from, sizeof(from), "1:%lld", (long long)head - 14);
	doc = exchange_doc(&s, NULL, json_pack("{s:s}", "q/q1", from));
	json_object_set_new(doc, "max_bytes", json_integer(1 << 30));
	r = calm_get(&s, TOKEN, "POST", "/v1/sync", doc, 200);
	rows = json_array_size(json_object_get(page_of(r, "q/q1"), "rows"));
	assert_in_range(rows, 7, 9); // of 64 KiB and more
	json_decref(r);
}

// --- files

static int put_file(struct station *s, const char *text, int64_t size, struct answer *out)
{
	unsigned char h[32];
	char hex[65], target[100], length[24];
	struct str bearer = {0};

	crypto_generichash(h, sizeof(h), (const unsigned char *)text, strlen(text), NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	snprintf(target, sizeof(target), "/v1/blob/%s", hex);
	snprintf(length, sizeof(length), "%lld", (long long)size);
	str_addf(&bearer, "Bearer %s", s->access);
	struct request rq = {.method = "PATCH", .target = target, .body = sv(text), .authorization = str_z(&bearer), .offset = "0", .length = length};
	server_answer(calm.server, &rq, out);
	str_release(&bearer);
	return out->status;
}

static int put(struct station *s, int number)
{
	char text[32];
	struct answer a;

	snprintf(text, sizeof(text), "file %d", number);
	int status = put_file(s, text, (int64_t)strlen(text), &a);
	answer_release(&a);
	return status;
}

static int64_t retry_after(const struct answer *a)
{
	int64_t n = 0;

	for (int i = 0; i < (int)a->headers; i++)
		if (str_eq(a->header[i].name, "Retry-After"))
			parse_int(sv(a->header[i].value), 0, INT64_MAX, &n);
	return n;
}

// 20 MiB a file; 200 begun by a station on a day, then it is told when to go on. What it had begun goes on, and so do others.
static void test_files(void **state)
{
	struct answer a;

	(void)state;
	assert_int_equal(put_file(&anna, "large", WIRE_BLOB_BYTES + 1, &a), 413);
	answer_release(&a);
	assert_int_equal(put_file(&anna, "large", WIRE_BLOB_BYTES, &a), 204);
	answer_release(&a);
	for (int i = 1; i < WIRE_BLOBS_DAY; i++)
		assert_int_equal(put(&anna, i), 201);
	assert_int_equal(put(&anna, 1), 201); // again: its answer was lost
	assert_int_equal(put_file(&anna, "one more", 8, &a), 429);
	int64_t s = retry_after(&a);
	assert_in_range(s, 1, 24 * 3600);
	answer_release(&a);
	assert_int_equal(put(&lena, 1000), 201);
	calm.clock.fake_wall += (s - 2) * 1000;
	calm.clock.fake_mono += (s - 2) * 1000;
	station_login(&anna, ANNA);
	assert_int_equal(put(&anna, 2000), 429);
	calm.clock.fake_wall += 3000;
	calm.clock.fake_mono += 3000;
	assert_int_equal(put(&anna, 2000), 201);
}

// --- streams: 64 a station

static bool many_queues(struct hub_tx *tx, void *arg, struct err *e)
{
	(void)arg;
	for (int i = 0; i < 100; i++) {
		char id[16];
		snprintf(id, sizeof(id), "n%d", i);
		json_t *d = json_pack("{s:s}", "name", id);
		struct hub_ent ent = {.t = "queue", .e = id, .s = "dir/SHA", .rev = 1, .d = d, .by = "hub"};
		bool ok = hub_put(tx, "SHA", &ent, NULL, e);
		json_decref(d);
		if (!ok)
			return false;
	}
	return true;
}

static void test_streams(void **state)
{
	struct station s;
	struct err e = {0};

	(void)state;
	station_join(&calm, &s, "SHA");
	station_login(&s, SURU);
	assert_ok(hub_run(calm.store, HUB_WRITE, many_queues, NULL, &e), e);
	json_t *r = calm_get(&s, TOKEN, "POST", "/v1/sync", exchange_doc(&s, NULL, NULL), 200);
	size_t n = json_array_size(json_object_get(json_object_get(r, "subs"), "add"));
	assert_in_range(n, WIRE_STREAMS - 22, WIRE_STREAMS);
	json_decref(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operation), cmocka_unit_test(test_request), cmocka_unit_test(test_json),	  cmocka_unit_test(test_page),
		cmocka_unit_test(test_files),	  cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests_name("hub-limits", tests, begin, end);
}
