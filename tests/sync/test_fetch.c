// SPDX-License-Identifier: MIT
// Knows what must hold when a whole knowledge base is fetched: signed, hashed, resumed, and nothing else taken for it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>

#include "src/base/path.h"
#include "src/sync/fetch.h"
#include "src/wire/segment.h"
#include "tests/sync/turn.h"
#include "tests/sync/web.h"
#include "tests/unit/store/tmpdir.h"

enum { BYTES = 300000 };

static struct {
	uv_loop_t loop;
	struct http *http;
	struct web *web;
	char *dir, *base;
	unsigned char pk[32], sk[64], file[BYTES];
	// what the server does
	int status, cut, asked_range, from;
	bool no_ranges, other_key, other_bytes;
	const char *retry;
	// what came of it
	struct fetch_done d;
	bool done;
} f;

static void manifest(struct str *out)
{
	unsigned char h[32], sig[64], other_pk[32], other_sk[64];
	char hash[65], hex[129];

	crypto_generichash(h, sizeof(h), f.file, sizeof(f.file), NULL, 0);
	sodium_bin2hex(hash, sizeof(hash), h, sizeof(h));
	json_t *m = json_pack("{s:s, s:i, s:i, s:s, s:i, s:i}", "s", "kb/all", "epoch", 2, "seq", 9000, "hash", hash, "bytes", BYTES, "articles", 7);
	char *text = wire_segment_text(m);
	crypto_sign_keypair(other_pk, other_sk);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text, strlen(text), f.other_key ? other_sk : f.sk);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	json_object_set_new(m, "sig", json_string(hex));
	char *all = wire_print(m);
	str_add(out, all);
	free(all);
	free(text);
	json_decref(m);
}

static void serve(void *ctx, const struct web_request *q, struct web_reply *r)
{
	const char *range = web_header(q, "Range");
	int64_t from = 0;

	(void)ctx;
	if (f.status) {
		r->status = f.status;
		r->header = f.retry ? "Retry-After" : NULL;
		r->value = f.retry;
		return;
	}
	if (strcmp(q->path, "/v1/snap/kb/all") == 0) {
		manifest(&r->body);
		return;
	}
	if (range && !f.no_ranges) {
		struct sv rest = sv(range + strlen("bytes="));
		assert_true(parse_int(sv_n(rest.p, rest.n - 1), 0, BYTES, &from));
		r->status = 206;
	}
	f.asked_range += range != NULL;
	f.from = (int)from;
	str_addn(&r->body, (const char *)f.file + from, f.cut ? (size_t)f.cut : sizeof(f.file) - (size_t)from);
	if (f.other_bytes)
		r->body.s[100] ^= 1;
}

static void on_done(void *arg, const struct fetch_done *d)
{
	(void)arg;
	f.d = *d;
	f.done = true;
}

static bool is_done(void *arg)
{
	(void)arg;
	return f.done;
}

static enum fetch_end fetch(int64_t epoch, int64_t seq)
{
	f.done = false;
	fetch_start(&(struct fetch_options){.http = f.http, .base = f.base, .sign = f.pk, .dir = f.dir, .epoch = epoch, .seq = seq, .done = on_done});
	assert_true(turn_until(&f.loop, is_done, NULL, TURN_DEADLINE_MS));
	return f.d.end;
}

static void check_file(void)
{
	char *path = fetch_path(f.dir);
	struct str got = {0};
	struct err e = {0};

	assert_true(path_read(path, 1 << 20, &got, &e));
	assert_int_equal(got.n, BYTES);
	assert_memory_equal(got.s, f.file, BYTES);
	str_release(&got);
	free(path);
}

static bool there(const char *name)
{
	char *path = path_join(f.dir, name);
	bool yes = path_exists(path);

	free(path);
	return yes;
}

static int setup(void **state)
{
	struct err e = {0};

	(void)state;
	memset(&f, 0, sizeof(f));
	assert_true(sodium_init() >= 0);
	randombytes_buf(f.file, sizeof(f.file));
	crypto_sign_keypair(f.pk, f.sk);
	f.dir = tmpdir_new();
	f.web = web_new(serve, NULL, NULL);
	f.base = xasprintf("http://127.0.0.1:%d", web_port(f.web));
	uv_loop_init(&f.loop);
	assert_true(http_new(&f.http, &(struct http_options){.loop = &f.loop}, &e));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	http_free(f.http);
	assert_true(turn_end(&f.loop));
	web_free(f.web);
	tmpdir_free(f.dir);
	free(f.base);
	return 0;
}

static void test_fetched_and_checked(void **state)
{
	(void)state;
	assert_int_equal(fetch(0, 0), FETCH_READY);
	assert_int_equal(f.d.seq, 9000);
	assert_int_equal(f.d.articles, 7);
	check_file();
	assert_false(there("kb.segment.part"));
}

static void test_goes_on_where_it_stopped(void **state)
{
	(void)state;
	f.cut = 100000;
	assert_int_equal(fetch(0, 0), FETCH_LATER);
	assert_false(there("kb.segment"));
	f.cut = 0;
	assert_int_equal(fetch(0, 0), FETCH_READY);
	assert_int_equal(f.asked_range, 1);
	assert_int_equal(f.from, 100000);
	check_file();
}

static void test_a_server_without_ranges(void **state)
{
	(void)state;
	f.cut = 100000;
	assert_int_equal(fetch(0, 0), FETCH_LATER);
	f.cut = 0;
	f.no_ranges = true;
	assert_int_equal(fetch(0, 0), FETCH_READY);
	check_file();
}

static void test_other_bytes_are_thrown_away(void **state)
{
	(void)state;
	f.other_bytes = true;
	assert_int_equal(fetch(0, 0), FETCH_REFUSED);
	assert_false(there("kb.segment"));
	assert_false(there("kb.segment.part"));
	f.other_bytes = false;
	assert_int_equal(fetch(0, 0), FETCH_READY);
}

static void test_another_signature_is_refused(void **state)
{
	(void)state;
	f.other_key = true;
	assert_int_equal(fetch(0, 0), FETCH_REFUSED);
	assert_int_equal(f.d.err.code, ERR_DENIED);
	assert_false(there("kb.segment.part"));
}

static void test_nothing_to_fetch(void **state)
{
	(void)state;
	assert_int_equal(fetch(2, 8999), FETCH_NONE); // so near that the stream is faster
	assert_int_equal(fetch(1, 8999), FETCH_READY); // another epoch
	f.status = 404;
	assert_int_equal(fetch(0, 0), FETCH_NONE);
}

static void test_busy_is_later(void **state)
{
	(void)state;
	f.status = 503;
	f.retry = "7";
	assert_int_equal(fetch(0, 0), FETCH_LATER);
	assert_int_equal(f.d.after_ms, 7000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fetched_and_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on_where_it_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_server_without_ranges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_bytes_are_thrown_away, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_signature_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_fetch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_busy_is_later, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
