// SPDX-License-Identifier: MIT
// Knows what stands between the file and its reader: keys, seals, lookup hashes, identifiers, the lock.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/store/id.h"
#include "src/store/key.h"
#include "src/store/lock.h"
#include "src/store/lookup.h"
#include "src/store/seal.h"
#include "tests/unit/store/tmpdir.h"

static int setup(void **state)
{
	*state = tmpdir_new();
	return 0;
}

static int teardown(void **state)
{
	tmpdir_free(*state);
	return 0;
}

static const unsigned char *counting_key(void)
{
	static unsigned char key[KEY_BYTES];

	for (int i = 0; i < KEY_BYTES; i++)
		key[i] = (unsigned char)i;
	return key;
}

static void test_vector_21(void **state)
{
	unsigned char h[LOOKUP_BYTES];
	char hex[2 * LOOKUP_BYTES + 1];

	(void)state;
	lookup_hash(counting_key(), sv("+8613812345678"), h);
	assert_string_equal(sodium_bin2hex(hex, sizeof(hex), h, sizeof(h)), "574e2c7195a8714f6f97867fbabde978");
}

static void test_phone_normal_form(void **state)
{
	static const struct {
		const char *in, *want; // NULL: not a number
	} cases[] = {
		{"13812345678", "+8613812345678"},
		{" 138 1234-5678", "+8613812345678"},
		{"+86 13812345678", "+8613812345678"},
		{"0086-13812345678", "+8613812345678"},
		{"8613812345678", "+8613812345678"},
		{"013812345678", "+8613812345678"},
		{"１３８１２３４５６７８", "+8613812345678"},
		{"(010) 6552 9988", "+861065529988"},
		{"95588", "+8695588"},
		{"+1 (415) 555-0100", "+14155550100"},
		{"12", NULL},
		{"", NULL},
		{"+", NULL},
		{"138abc45678", NULL},
		{"1234567890123456", NULL},
		{"138+12345678", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str out = {0};
		bool ok = lookup_phone(&out, sv(cases[i].in));
		assert_int_equal(ok, cases[i].want != NULL);
		if (ok)
			assert_string_equal(out.s, cases[i].want);
		str_release(&out);
	}
}

static void test_code_and_name_normal_form(void **state)
{
	struct str out = {0};

	(void)state;
	assert_true(lookup_code(&out, sv(" 110105 19491231-002x ")));
	assert_string_equal(out.s, "11010519491231002X");
	str_clear(&out);
	assert_true(lookup_name(&out, sv("  Zoë   SMITH ")));
	assert_string_equal(out.s, "zoë smith");
	str_clear(&out);
	assert_false(lookup_name(&out, sv("  ")));
	str_release(&out);
}

static void test_seal_opens_only_in_its_place(void **state)
{
	struct keyring *k = keyring_from(counting_key()), *other;
	unsigned char key2[KEY_BYTES] = {1};
	struct seal_place at = {"SHA", "customer", "id1", "doc"};
	const struct seal_place wrong[] = {{"BJS", "customer", "id1", "doc"}, {"SHA", "ticket", "id1", "doc"},
					   {"SHA", "customer", "id2", "doc"}, {"SHA", "customer", "id1", "name"}};
	struct str a = {0}, b = {0}, out = {0};
	struct err e = {0};

	(void)state;
	other = keyring_from(key2);
	seal(&a, k, &at, sv("李雷 13812345678"));
	seal(&b, k, &at, sv("李雷 13812345678"));
	assert_int_equal(a.n, strlen("李雷 13812345678") + SEAL_OVERHEAD);
	assert_true(a.n == b.n && memcmp(a.s, b.s, a.n) != 0); // same text, never the same bytes
	assert_null(memmem(a.s, a.n, "1381", 4));
	assert_ok(unseal(&out, k, &at, sv_n(a.s, a.n), &e), e);
	assert_string_equal(str_z(&out), "李雷 13812345678");
	for (size_t i = 0; i < 4; i++) {
		assert_false(unseal(&out, k, &wrong[i], sv_n(a.s, a.n), &e));
		assert_int_equal(e.code, ERR_DENIED);
	}
	assert_false(unseal(&out, other, &at, sv_n(a.s, a.n), &e));
	for (size_t i = 0; i < a.n; i++) { // every byte counts
		a.s[i] ^= 1;
		assert_false(unseal(&out, k, &at, sv_n(a.s, a.n), &e));
		a.s[i] ^= 1;
	}
	for (size_t n = 0; n < a.n; n += 7)
		assert_false(unseal(&out, k, &at, sv_n(a.s, n), &e));
	str_clear(&a);
	seal(&a, k, &at, sv("")); // nothing is a value too
	str_clear(&out);
	assert_ok(unseal(&out, k, &at, sv_n(a.s, a.n), &e), e);
	assert_int_equal(out.n, 0);
	str_release(&a);
	str_release(&b);
	str_release(&out);
	keyring_free(k);
	keyring_free(other);
}

static void test_key_file(void **state)
{
	char *path = path_join(*state, "station.key");
	struct keyring *k, *again;
	struct err e = {0};
	struct stat s;

	assert_false(keyring_load(&k, *state, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_ok(key_make(*state, &e), e);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	assert_int_equal(s.st_size, KEY_BYTES);
	assert_false(key_make(*state, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_ok(keyring_load(&k, *state, &e), e);
	assert_ok(keyring_load(&again, *state, &e), e);
	for (int use = 0; use < KEY_USES; use++) {
		assert_memory_equal(keyring_get(k, use), keyring_get(again, use), KEY_BYTES);
		assert_memory_not_equal(keyring_get(k, use), keyring_get(k, (use + 1) % KEY_USES), KEY_BYTES);
	}
	keyring_free(k);
	keyring_free(again);
	assert_int_equal(chmod(path, 0640), 0);
	assert_false(keyring_load(&k, *state, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 31), 0);
	assert_false(keyring_load(&k, *state, &e));
	assert_int_equal(e.code, ERR_PARSE);
	free(path);
}

static void test_ids_grow(void **state)
{
	struct clock c;
	struct id_gen g, same;
	char last[ID_LEN + 1], id[ID_LEN + 1], id2[ID_LEN + 1];

	(void)state;
	clock_fake(&c, 1764000000123, 0);
	id_gen_init(&g, &c, 7);
	id_gen_init(&same, &c, 7);
	id_new(&g, last);
	assert_true(id_valid(last));
	assert_int_equal(id_time(last), 1764000000123);
	id_new(&same, id2);
	assert_string_equal(last, id2); // seeded: the same on every run
	for (int i = 0; i < 10000; i++) { // more than 12 bits hold within one millisecond
		id_new(&g, id);
		assert_true(id_valid(id));
		assert_true(strcmp(last, id) < 0);
		memcpy(last, id, sizeof(last));
	}
	clock_fake_add(&c, -60000); // the clock is set back
	id_new(&g, id);
	assert_true(strcmp(last, id) < 0);
	clock_fake_add(&c, 120000);
	id_new(&g, id);
	assert_int_equal(id_time(id), 1764000000123 + 60000);
	struct id_gen r1, r2;
	id_gen_init(&r1, &c, 0);
	id_gen_init(&r2, &c, 0);
	id_new(&r1, id);
	id_new(&r2, id2);
	assert_string_not_equal(id, id2);
	assert_false(id_valid("01890a5d-ac96-474b-8c25-1f9f8a0b1c2d")); // version 4
	assert_false(id_valid("01890A5D-AC96-774B-8C25-1F9F8A0B1C2D"));
	assert_false(id_valid(NULL));
}

static void test_lock_names_its_holder(void **state)
{
	struct lock l, second;
	struct err e = {0};
	int up[2], status;
	char pid[24];

	assert_int_equal(pipe(up), 0);
	pid_t child = fork();
	if (child == 0) {
		if (!lock_take(&l, *state, &e) || write(up[1], "x", 1) != 1)
			_exit(1);
		signal(SIGALRM, SIG_DFL);
		alarm(60); // should the parent be gone
		pause();
		_exit(0);
	}
	char c;
	assert_int_equal(read(up[0], &c, 1), 1);
	snprintf(pid, sizeof(pid), "%ld", (long)child);
	assert_false(lock_take(&second, *state, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_non_null(strstr(e.msg, pid));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	err_clear(&e);
	assert_ok(lock_take(&second, *state, &e), e); // a dead process holds nothing
	assert_false(lock_take(&l, *state, &e));
	lock_release(&second);
	assert_ok(lock_take(&l, *state, &e), e);
	lock_release(&l);
	close(up[0]);
	close(up[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector_21),
		cmocka_unit_test(test_phone_normal_form),
		cmocka_unit_test(test_code_and_name_normal_form),
		cmocka_unit_test(test_seal_opens_only_in_its_place),
		cmocka_unit_test_setup_teardown(test_key_file, setup, teardown),
		cmocka_unit_test(test_ids_grow),
		cmocka_unit_test_setup_teardown(test_lock_names_its_holder, setup, teardown),
	};

	return cmocka_run_group_tests_name("store-secrets", tests, NULL, NULL);
}
