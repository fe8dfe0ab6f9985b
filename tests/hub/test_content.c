// SPDX-License-Identifier: MIT
// Knows what must hold when central content comes into the hub: versions count on, history stays, nothing is put twice.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "config/bundle.h"
#include "kb/check.h"
#include "src/base/path.h"
#include "src/hub/content.h"
#include "src/hub/follow.h"
#include "tests/hub/hubtest.h"
#include "tests/unit/store/tmpdir.h"

static struct hubtest t;
static char *dir, *scratch;

static int setup(void **state)
{
	(void)state;
	hubtest_open(&t, ON_MEMORY, NULL);
	dir = tmpdir_new();
	scratch = path_join(dir, "scratch");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(scratch);
	tmpdir_free(dir);
	hubtest_close(&t);
	return 0;
}

static struct content_report import(const char *text)
{
	struct content_report rep;
	struct err e = {0};
	char *file = path_join(dir, "a.jsonl");
	const char *paths[] = {file};

	assert_ok(path_write_atomic(file, sv(text), 0600, &e), e);
	assert_ok(content_import(t.s, scratch, paths, 1, &(struct kb_import_opts){.author = "editor"}, "boss", &rep, &e), e);
	assert_false(path_exists(scratch));
	free(file);
	return rep;
}

static json_t *doc_of(const char *type, const char *id)
{
	char *text = hubtest_show(t.s, type[0] == 'p' ? "SHA" : WIRE_GLOBAL_SITE, type, id);
	json_t *j = json_loads(strchr(text, '{') ? strchr(text, '{') : "null", JSON_DECODE_ANY, NULL);

	free(text);
	return j;
}

static int64_t int_of(const char *type, const char *id, const char *member)
{
	json_t *j = doc_of(type, id);
	int64_t v = json_integer_value(json_object_get(j, member));

	json_decref(j);
	return v;
}

static void test_versions_count_on(void **state)
{
	struct content_report rep;

	(void)state;
	rep = import("{\"id\":\"KB-1\",\"title\":\"一\",\"body\":\"甲\"}\n{\"id\":\"KB-2\",\"title\":\"二\",\"body\":\"乙\"}\n");
	assert_int_equal(rep.articles, 2);
	assert_int_equal(int_of("article", "KB-1", "ver"), 1);
	rep = import("{\"id\":\"KB-1\",\"title\":\"一\",\"body\":\"甲改\"}\n{\"id\":\"KB-2\",\"title\":\"二\",\"body\":\"乙\"}\n");
	assert_int_equal(rep.articles, 1);
	assert_int_equal(rep.versions, 1);
	assert_int_equal(int_of("article", "KB-1", "ver"), 2);
	json_t *old = doc_of("article_version", "KB-1@1");
	assert_string_equal(json_string_value(json_object_get(json_object_get(old, "doc"), "body")), "甲");
	assert_null(json_object_get(json_object_get(old, "doc"), "author")); // whose it is stands beside the text
	json_decref(old);
	rep = import("{\"id\":\"KB-1\",\"title\":\"一\",\"body\":\"甲改\"}\n");
	assert_int_equal(rep.articles, 0);
}

static void test_goes_on_after_it_was_stopped(void **state)
{
	struct content_report rep;
	struct err e = {0};
	struct kb *kb;
	char *path = path_join(dir, "kb.db");

	(void)state;
	(void)import("{\"id\":\"KB-1\",\"title\":\"一\",\"body\":\"甲\"}\n");
	// A version is there, its article was not brought up to it: what a stop between two transactions leaves.
	hubtest_put(t.s, WIRE_GLOBAL_SITE, "article_version", "KB-1@2", "kb/all",
		    "{\"article\":\"KB-1\",\"ver\":2,\"doc\":{\"title\":\"一\",\"body\":\"甲改\"},\"author\":\"\",\"approver\":\"\",\"note\":\"\",\"published_at\":5}");
	rep = import("{\"id\":\"KB-1\",\"title\":\"一\",\"body\":\"甲改\"}\n");
	assert_int_equal(rep.articles, 1);
	assert_int_equal(rep.versions, 0); // never the same version twice
	assert_ok(kb_open(&kb, path, KB_WRITE, &t.clock, NULL, &e), e);
	assert_ok(follow_kb(t.s, kb, NULL, &e), e);
	struct kb_stats st;
	assert_true(kb_stats_get(kb, &st, &e));
	assert_int_equal(st.articles, 1);
	kb_close(kb);
	free(path);
}

static bool read_blob(struct hub_tx *tx, void *arg, struct err *e)
{
	struct { const char *hash; struct str *out; } *c = arg;

	return hub_blob_read(tx, "SHA", c->hash, 0, 32 << 20, c->out, e);
}

static void test_a_pack(void **state)
{
	struct content_report rep;
	struct str blob = {0};
	struct err e = {0};
	bool changed;

	(void)state;
	assert_ok(content_load_pack(t.s, scratch, "SHA", ZUOXI_PACKS_DIR "/common", "boss", &changed, &rep, &e), e);
	assert_true(changed);
	assert_true(rep.articles > 3);
	json_t *d = doc_of("pack", "common");
	struct { const char *hash; struct str *out; } c = {json_string_value(json_object_get(d, "hash")), &blob};
	hubtest_read(t.s, read_blob, &c);
	assert_int_equal(blob.n, json_integer_value(json_object_get(d, "bytes")));
	assert_ok(bundle_unpack(sv_n(blob.s, blob.n), "common", dir, &e), e);
	json_decref(d);
	assert_ok(content_load_pack(t.s, scratch, "SHA", ZUOXI_PACKS_DIR "/common", "boss", &changed, &rep, &e), e);
	assert_false(changed);
	assert_int_equal(rep.articles, 0);
	assert_false(content_load_pack(t.s, scratch, "SHA", dir, "boss", &changed, &rep, &e)); // no pack.yaml
	assert_false(content_load_pack(t.s, scratch, "BJS", ZUOXI_PACKS_DIR "/finance", "boss", &changed, &rep, &e)); // that site has no common
	assert_ok(content_load_pack(t.s, scratch, "SHA", ZUOXI_PACKS_DIR "/finance", "boss", &changed, &rep, &e), e); // linted beside common
	assert_true(changed);
	assert_int_equal(int_of("pack", "finance", "version"), 1);
	assert_false(path_exists(scratch));
	str_release(&blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_versions_count_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on_after_it_was_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_pack, setup, teardown),
	};

	return cmocka_run_group_tests_name("hub-content", tests, NULL, NULL);
}
