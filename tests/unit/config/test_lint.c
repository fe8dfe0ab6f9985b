// SPDX-License-Identifier: MIT
// Knows that every rule of content packs finds what it is for, at the right place, and nothing else.
// Each file below bad/ is put into the sound pack good/trade (it replaces the file of the same name; pack/ replaces pack.yaml) and names what must be found, in
// order, in comments "# expect LINE:COLUMN: message" ("# expect warning ...", "# expect FILE:LINE:..." in another file; 0:0 without a place).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/lint.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

#define ROOT ZUOXI_TEST_DIR
static char scratch[] = "zuoxi-lint-XXXXXX";

static void copy(const char *from, const char *to)
{
	struct str s = {0};
	struct err e = {0};
	assert_true(path_read(from, 1 << 20, &s, &e));
	assert_true(path_write_atomic(to, sv_n(str_z(&s), s.n), 0600, &e));
	str_release(&s);
}

typedef void file_fn(void *ctx, const char *part, const char *name);

// Calls fn for every file one folder below root, in byte order.
static void each_file(const char *root, file_fn *fn, void *ctx)
{
	static const char *const parts[] = {"categories", "causes", "dispositions", "forms", "kb", "lexicons", "pack", "scenarios", "scripts"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		char *dir = path_join(root, parts[i]);
		struct dirent **names;
		int n = scandir(dir, &names, NULL, alphasort);
		for (int k = 0; k < n; k++) {
			if (names[k]->d_name[0] != '.')
				fn(ctx, parts[i], names[k]->d_name);
			free(names[k]);
		}
		if (n >= 0)
			free(names);
		free(dir);
	}
}

static void copy_one(void *ctx, const char *part, const char *name)
{
	char from[600], to[600];
	(void)ctx;
	snprintf(from, sizeof(from), "%s/good/trade/%s/%s", ROOT, part, name);
	snprintf(to, sizeof(to), "%s/trade/%s", scratch, part);
	mkdir(to, 0700);
	snprintf(to, sizeof(to), "%s/trade/%s/%s", scratch, part, name);
	copy(from, to);
}

static int setup(void **state)
{
	char to[600];
	(void)state;
	if (!mkdtemp(scratch))
		return -1;
	snprintf(to, sizeof(to), "%s/trade", scratch);
	mkdir(to, 0700);
	snprintf(to, sizeof(to), "%s/trade/pack.yaml", scratch);
	copy(ROOT "/good/trade/pack.yaml", to);
	each_file(ROOT "/good/trade", copy_one, NULL);
	return 0;
}

static void remove_one(void *ctx, const char *part, const char *name)
{
	char path[600];
	(void)ctx;
	snprintf(path, sizeof(path), "%s/trade/%s/%s", scratch, part, name);
	unlink(path);
	snprintf(path, sizeof(path), "%s/trade/%s", scratch, part);
	rmdir(path); // succeeds with the last file
}

static int teardown(void **state)
{
	char path[600];
	(void)state;
	snprintf(path, sizeof(path), "%s/trade", scratch);
	each_file(path, remove_one, NULL);
	snprintf(path, sizeof(path), "%s/trade/pack.yaml", scratch);
	unlink(path);
	snprintf(path, sizeof(path), "%s/trade", scratch);
	rmdir(path);
	return rmdir(scratch);
}

// What the file itself says must be found: lines "L:C: message".
static void expectations(const char *file, struct str *out)
{
	struct str text = {0};
	struct err e = {0};
	assert_true(path_read(file, 1 << 20, &text, &e));
	struct sv rest = sv_n(str_z(&text), text.n), line;
	while (sv_split(&rest, '\n', &line)) {
		if (!sv_starts(line, "# expect "))
			continue;
		str_addn(out, line.p + 9, line.n - 9);
		str_addc(out, '\n');
	}
	str_release(&text);
}

// Appends s without the folders of this run.
static void add_portable(struct str *out, const char *s)
{
	const char *const dirs[] = {ROOT "/", scratch};
	while (*s) {
		size_t skip = 0;
		for (size_t i = 0; i < 2; i++) {
			if (str_starts(s, dirs[i]))
				skip = strlen(dirs[i]) + (i == 1);
		}
		if (!skip)
			str_addc(out, *s);
		s += skip ? skip : 1;
	}
}

// The findings in the form of the expectations; those in another file than the one put in begin with its name.
static void found(const struct problems *p, const char *file, struct str *out)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct problem *f = &p->v[i];
		str_add(out, f->severity == LINT_WARNING ? "warning " : "");
		if (!str_eq(f->file, file)) {
			add_portable(out, f->file);
			str_addc(out, ':');
		}
		str_addf(out, "%d:%d: ", f->line, f->col);
		add_portable(out, f->message);
		str_addc(out, '\n');
	}
}

struct tally {
	int files, failed;
};

static void check_one(void *ctx, const char *part, const char *name)
{
	struct tally *t = ctx;
	char bad[600], good[600], into[600], trade[64], common[] = ROOT "/good/common";
	struct problems p = {0};
	struct str want = {0}, got = {0};
	bool head = str_eq(part, "pack"), replaces;
	const char *dirs[] = {trade};
	snprintf(trade, sizeof(trade), "%s/trade", scratch);
	snprintf(bad, sizeof(bad), "%s/bad/%s/%s", ROOT, part, name);
	snprintf(good, sizeof(good), "%s/good/trade/%s%s%s", ROOT, head ? "" : part, head ? "" : "/", head ? "pack.yaml" : name);
	replaces = path_exists(good);
	// Else a name that sorts last, so that the sound file keeps a code both define; articles are called what they are.
	snprintf(into, sizeof(into), "%s/%s%s%s", trade, head ? "pack.yaml" : part,
		head ? "" : replaces || str_eq(part, "kb") ? "/" : "/zz_", head ? "" : name);
	copy(bad, into);
	packs_check(dirs, 1, common, &p);
	expectations(bad, &want);
	found(&p, into, &got);
	t->files++;
	if (!want.n || !str_eq(str_z(&want), str_z(&got))) {
		t->failed++;
		print_error("%s/%s\n--- expected\n%s--- found\n%s\n", part, name, str_z(&want), str_z(&got));
	}
	if (replaces)
		copy(good, into);
	else
		unlink(into);
	problems_release(&p);
	str_release(&want);
	str_release(&got);
}

static void test_every_rule(void **state)
{
	struct tally t = {0};
	(void)state;
	each_file(ROOT "/bad", check_one, &t);
	assert_true(t.files > 90);
	assert_int_equal(t.failed, 0);
}

static void test_sound_packs_are_clean(void **state)
{
	const char *dirs[] = {ROOT "/good/common", ROOT "/good/trade"};
	struct problems p = {0};
	(void)state;
	bool ok = packs_check(dirs, 2, NULL, &p);
	problems_print(&p, stderr);
	assert_true(ok);
	assert_int_equal(p.n, 0);
	problems_release(&p);
}

static void test_shipped_packs_are_clean(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	struct problems p = {0};
	const char **dirs = NULL;
	size_t n = 0;
	(void)state;
	assert_true(packs_find(ZUOXI_PACKS_DIR, &dirs, &n, &a, &e));
	assert_int_equal(n, 4);
	bool ok = packs_check(dirs, n, NULL, &p);
	problems_print(&p, stderr);
	assert_true(ok);
	assert_int_equal(p.n, 0);
	problems_release(&p);
	// Each also stands beside the common one alone.
	for (size_t i = 1; i < n; i++) {
		assert_true(packs_check(&dirs[i], 1, dirs[0], &p));
		assert_int_equal(p.n, 0);
	}
	problems_release(&p);
	arena_release(&a);
}

// A trade pack alone misses what is common; with the common pack beside it, its findings are not shown.
static void test_common_findings_are_left_out(void **state)
{
	const char *dirs[] = {ROOT "/good/trade"};
	struct problems p = {0};
	(void)state;
	assert_false(packs_check(dirs, 1, NULL, &p));
	problems_release(&p);
	const char *common[] = {ROOT "/good/common"};
	assert_true(packs_check(common, 1, ROOT "/good/common", &p));
	problems_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_rule, setup, teardown),
		cmocka_unit_test(test_sound_packs_are_clean),
		cmocka_unit_test(test_shipped_packs_are_clean),
		cmocka_unit_test(test_common_findings_are_left_out),
	};
	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
