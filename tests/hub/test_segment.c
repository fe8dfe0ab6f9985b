// SPDX-License-Identifier: MIT
// Knows what must hold of the files of a first sync: they hold the stream as it stood, are signed, and are made anew when it is worth it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>
#include <unistd.h>

#include "kb/article.h"
#include "kb/check.h"
#include "kb/remote.h"
#include "kb/segment.h"
#include "src/base/path.h"
#include "src/hub/segment.h"
#include "src/wire/segment.h"
#include "tests/hub/hubtest.h"
#include "tests/unit/store/tmpdir.h"

static struct hubtest t;
static struct hub_keys *keys;
static char *folder;

static int setup(void **state)
{
	struct err e = {0};
	char *path;

	(void)state;
	hubtest_open(&t, ON_MEMORY, NULL);
	folder = tmpdir_new();
	path = path_join(folder, "hub.key");
	assert_ok(hub_keys_make(path, &e), e);
	assert_ok(hub_keys_load(&keys, path, &e), e);
	free(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hub_keys_free(keys);
	tmpdir_free(folder);
	hubtest_close(&t);
	return 0;
}

static void publish(int i, int ver, const char *state, const char *body)
{
	char id[24], doc[400];

	snprintf(id, sizeof(id), "KB-%05d", i);
	snprintf(doc, sizeof(doc), "{\"id\":\"%s\",\"doc\":{\"title\":\"第%d条说明\",\"body\":\"%s\"},\"ver\":%d,\"state\":\"%s\",\"published_at\":1795136400000}",
		 id, i, body, ver, state);
	hubtest_put(t.s, WIRE_GLOBAL_SITE, "article", id, "kb/all", doc);
}

static bool build(bool force)
{
	struct err e = {0};
	bool made;

	assert_ok(segment_build(t.s, keys, folder, force, &made, &e), e);
	return made;
}

static struct kb *open_segment(void)
{
	json_t *m = segment_manifest(folder, NULL);
	char *path = segment_path(folder, json_string_value(json_object_get(m, "hash")));
	struct err e = {0};
	struct kb *kb;

	assert_non_null(path);
	assert_ok(kb_open(&kb, path, KB_READ, &t.clock, NULL, &e), e);
	free(path);
	json_decref(m);
	return kb;
}

static void test_holds_the_stream(void **state)
{
	struct kb_check_report rep = {0};
	struct kb_article art;
	struct kb_cursor at;
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 30; i++)
		publish(i, 1, "published", "正文");
	publish(3, 2, "published", "改过的正文");
	publish(4, 1, "hidden", "正文");
	hubtest_put(t.s, WIRE_GLOBAL_SITE, "gap", "g1", "kb/all", "{\"query\":\"?\"}");
	assert_true(build(false));
	struct kb *kb = open_segment();
	assert_true(kb_cursor_get(kb, "kb/all", &at, &e));
	assert_int_equal(at.seq, 33); // everything up to the head the manifest names
	assert_ok(kb_article_get(kb, "KB-00003", 0, &art, &a, &e), e);
	assert_int_equal(art.cur.ver, 2);
	assert_ok(kb_article_get(kb, "KB-00004", 0, &art, &a, &e), e);
	assert_int_equal(art.state, KB_HIDDEN);
	assert_ok(kb_check(kb, NULL, NULL, &rep, &e), e);
	assert_int_equal(rep.problems, 0);
	kb_close(kb);
	arena_release(&a);
}

static void test_signed_and_named_by_its_hash(void **state)
{
	unsigned char h[KB_SEGMENT_HASH];
	char hex[2 * KB_SEGMENT_HASH + 1];
	struct err e = {0};
	int64_t bytes;

	(void)state;
	assert_null(segment_manifest(folder, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	publish(1, 1, "published", "正文");
	assert_true(build(false));
	json_t *m = segment_manifest(folder, NULL);
	const char *hash = json_string_value(json_object_get(m, "hash"));
	char *path = segment_path(folder, hash);
	assert_ok(kb_segment_hash(path, h, &bytes, &e), e);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	assert_string_equal(hex, hash);
	assert_int_equal(bytes, json_integer_value(json_object_get(m, "bytes")));
	assert_true(wire_segment_signed(m, hub_keys_sign_public(keys)));
	json_object_set_new(m, "seq", json_integer(7));
	assert_false(wire_segment_signed(m, hub_keys_sign_public(keys)));
	assert_null(segment_path(folder, "../../etc/passwd"));
	free(path);
	json_decref(m);
}

static size_t files(void)
{
	json_t *m = segment_manifest(folder, NULL);
	char *path = segment_path(folder, json_string_value(json_object_get(m, "hash")));
	size_t n = path != NULL;

	free(path);
	json_decref(m);
	return n;
}

static void test_made_anew_when_it_is_worth_it(void **state)
{
	(void)state;
	for (int i = 0; i < 400; i++)
		publish(i, 1, "published", "正文");
	assert_true(build(false));
	assert_false(build(false));
	assert_false(build(true)); // nothing changed
	json_t *first = segment_manifest(folder, NULL);
	for (int i = 0; i < 20; i++)
		publish(i, 2, "published", "新");
	assert_false(build(false)); // 20 of 400 is not more than 5 %
	publish(21, 2, "published", "新");
	assert_true(build(false));
	assert_int_equal(files(), 1);
	char *before = segment_path(folder, json_string_value(json_object_get(first, "hash")));
	assert_non_null(before); // somebody may still be fetching it
	free(before);
	publish(22, 2, "published", "新");
	assert_true(build(true));
	before = segment_path(folder, json_string_value(json_object_get(first, "hash")));
	assert_null(before);
	json_decref(first);
}

static void test_another_epoch_reads_everything_again(void **state)
{
	struct kb_cursor at;
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		publish(i, 1, "published", "正文");
	assert_true(build(false));
	assert_ok(hub_new_epoch(t.s, &e), e);
	assert_true(build(false));
	struct kb *kb = open_segment();
	assert_true(kb_cursor_get(kb, "kb/all", &at, &e));
	assert_int_equal(at.seq, 5);
	json_t *m = segment_manifest(folder, NULL);
	assert_int_equal(at.epoch, json_integer_value(json_object_get(m, "epoch")));
	json_decref(m);
	kb_close(kb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_holds_the_stream, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signed_and_named_by_its_hash, setup, teardown),
		cmocka_unit_test_setup_teardown(test_made_anew_when_it_is_worth_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_epoch_reads_everything_again, setup, teardown),
	};

	return cmocka_run_group_tests_name("hub-segment", tests, NULL, NULL);
}
