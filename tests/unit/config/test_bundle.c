// SPDX-License-Identifier: MIT
// Knows what must hold when a content pack travels: the same files come out, and nothing lands outside its folder.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <unistd.h>

#include "config/bundle.h"
#include "config/pack.h"
#include "src/base/path.h"
#include "tests/unit/store/tmpdir.h"

static char *dir;

static int setup(void **state)
{
	(void)state;
	dir = tmpdir_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tmpdir_free(dir);
	return 0;
}

static void hash_of(const char *folder, char out[65])
{
	struct problems p = {0};
	struct packs *k = packs_load(&folder, 1, &p);

	assert_int_equal(k->n, 1);
	memcpy(out, k->v[0].hash, 65);
	packs_free(k);
	problems_release(&p);
}

static void test_comes_out_as_it_went_in(void **state)
{
	struct str b = {0}, again = {0};
	struct err e = {0};
	char before[65], after[65], *into = path_join(dir, "finance");

	(void)state;
	assert_ok(bundle_make(ZUOXI_PACKS_DIR "/finance/", &b, &e), e);
	assert_ok(bundle_unpack(sv_n(b.s, b.n), "finance", dir, &e), e);
	hash_of(ZUOXI_PACKS_DIR "/finance", before);
	hash_of(into, after);
	assert_string_equal(before, after);
	assert_ok(bundle_make(into, &again, &e), e);
	assert_int_equal(b.n, again.n);
	assert_memory_equal(b.s, again.s, b.n);
	str_release(&b);
	str_release(&again);
	free(into);
}

static void refused(const char *text)
{
	char *kept = path_join(dir, "acme/pack.yaml");
	struct err e = {0};

	assert_false(bundle_unpack(sv(text), "acme", dir, &e));
	assert_int_equal(e.code, ERR_PARSE);
	assert_true(path_exists(kept)); // what was there stays
	free(kept);
}

static void test_nothing_lands_elsewhere(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{\"name\":\"other\",\"files\":[[\"pack.yaml\",\"a: 1\"]]}", "{\"name\":\"acme\",\"files\":[[\"a.yaml\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\"../evil\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\"a/../../evil\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\"/tmp/evil\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\"a/\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\"a//b\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\".hidden\",\"x\"]]}",
		"{\"name\":\"acme\",\"files\":[[\"pack.yaml\",7]]}", "{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"x\"],[\"a/b/c/d/e/f/g/h/i/j\",\"x\"]]}",
	};
	char *evil = path_join(dir, "../evil"), *one = xasprintf("%s/evil", dir);
	struct err e = {0};

	(void)state;
	assert_ok(bundle_unpack(sv("{\"name\":\"acme\",\"files\":[[\"pack.yaml\",\"code: acm\"],[\"forms/a.yaml\",\"x\"]]}"), "acme", dir, &e), e);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(bad[i]);
	assert_false(path_exists(evil));
	assert_false(path_exists(one));
	free(evil);
	free(one);
}

static void test_what_cannot_travel(void **state)
{
	struct str b = {0};
	struct err e = {0};
	char *head = path_join(dir, "pack.yaml"), *odd = path_join(dir, "logo.png");

	(void)state;
	assert_false(bundle_make(dir, &b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_ok(path_write_atomic(head, sv("code: a\n"), 0600, &e), e);
	assert_ok(path_write_atomic(odd, sv("\x89PNG\xff"), 0600, &e), e);
	assert_false(bundle_make(dir, &b, &e));
	assert_non_null(strstr(e.msg, "logo.png"));
	assert_int_equal(unlink(odd), 0);
	assert_int_equal(symlink("/etc/passwd", odd), 0);
	assert_false(bundle_make(dir, &b, &e));
	assert_int_equal(b.n, 0);
	str_release(&b);
	free(head);
	free(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_comes_out_as_it_went_in, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_lands_elsewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_cannot_travel, setup, teardown),
	};

	return cmocka_run_group_tests_name("config-bundle", tests, NULL, NULL);
}
