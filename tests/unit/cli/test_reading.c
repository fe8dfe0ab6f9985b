// SPDX-License-Identifier: MIT
// Tests the reading subcommands on the demo site: what they print is masked, is JSON where asked, and a record follows from its events.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "src/actions.h"
#include "src/cli/cli.h"
#include "src/store/interaction.h"
#include "src/store/store.h"
#include "src/work/demo.h"
#include "tests/unit/store/tmpdir.h"

#define NOW 1795316400000LL // 2026-11-22 11:00 in Shanghai

static char *dir;
static struct clock test_clock;

static int make(void **state)
{
	struct err e = {0};

	(void)state;
	dir = tmpdir_new();
	clock_fake(&test_clock, NOW, 1000000);
	assert_ok(demo_make(dir, &test_clock, &e), e);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	tmpdir_free(dir);
	return 0;
}

struct run {
	int rc;
	char *out, *err;
};

// Words end with NULL. A data directory other than the demo's may be given.
static struct run run_in(const char *data, cli_fn *fn, bool json, const char *const *words)
{
	struct run r = {0};
	size_t n_out, n_err;
	int argc = 0;
	char *argv[16];
	char *settings = path_join(dir, "zuoxi.yaml");
	struct cli c = {.data = (char *)(uintptr_t)data, .config = settings, .json = json, .clock = test_clock,
			.out = open_memstream(&r.out, &n_out), .err = open_memstream(&r.err, &n_err)};

	while (words[argc] && argc < 15) {
		argv[argc] = (char *)(uintptr_t)words[argc];
		argc++;
	}
	argv[argc] = NULL;
	r.rc = fn(&c, argc, argv);
	fclose(c.out);
	fclose(c.err);
	free(settings);
	return r;
}

#define RUN(fn, json, ...) run_in(dir, fn, json, (const char *const[]){__VA_ARGS__, NULL})

static void done(struct run *r)
{
	free(r->out);
	free(r->err);
}

static json_t *parsed(const struct run *r)
{
	json_error_t why;
	json_t *v = json_loads(r->out, 0, &why);

	if (!v)
		fail_msg("%s in: %s", why.text, r->out);
	return v;
}

static void customer_is_masked(void **state)
{
	struct run r = RUN(cmd_customer, true, "customer", "find", "王静", "0101");
	json_t *rows = parsed(&r);

	(void)state;
	assert_int_equal(r.rc, CLI_DONE);
	assert_int_equal(json_array_size(rows), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "display_name")), "王*");
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "phone")), "138****0101");
	assert_null(strstr(r.out, "13800130101"));
	json_decref(rows);
	done(&r);
	r = RUN(cmd_customer, false, "customer", "find", "没有这个人");
	assert_int_equal(r.rc, CLI_NO);
	done(&r);
	r = RUN(cmd_customer, false, "customer", "list");
	assert_int_equal(r.rc, CLI_USAGE);
	assert_string_equal(r.out, "");
	done(&r);
}

static char *first_call(void)
{
	struct run r = RUN(cmd_call, true, "call", "list", "-n", "1000");
	json_t *rows = parsed(&r);
	char *id = NULL;

	assert_int_equal(r.rc, CLI_DONE);
	assert_true(json_array_size(rows) >= 25);
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (str_eq(json_string_value(json_object_get(json_array_get(rows, i), "category_id")), "product.recommend"))
			id = xstrdup(json_string_value(json_object_get(json_array_get(rows, i), "no")));
	assert_non_null(id);
	json_decref(rows);
	done(&r);
	return id;
}

static void a_call_is_shown_masked(void **state)
{
	char *no = first_call();

	(void)state;
	for (int json = 0; json < 2; json++) {
		struct run r = RUN(cmd_call, json, "call", "show", no);
		assert_int_equal(r.rc, CLI_DONE);
		assert_null(strstr(r.out, "13800130101"));
		assert_null(strstr(r.out, "王静"));
		assert_non_null(strstr(r.out, "足浴盆"));
		if (json) {
			json_t *o = parsed(&r);
			assert_true(json_array_size(json_object_get(o, "timeline")) >= 8);
			assert_string_equal(json_string_value(json_object_get(o, "caller_ref")), "138****0101");
			json_decref(o);
		}
		done(&r);
	}
	// As a person types it: lower case, without hyphens.
	char typed[40];
	size_t n = 0;
	for (const char *p = no; *p && n < 39; p++)
		if (*p != '-')
			typed[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	typed[n] = '\0';
	struct run r = RUN(cmd_call, false, "call", "show", typed);
	assert_int_equal(r.rc, CLI_DONE);
	done(&r);
	r = RUN(cmd_call, false, "call", "show", "01900000-0000-7000-8000-000000000009");
	assert_int_equal(r.rc, CLI_NO);
	done(&r);
	free(no);
}

// The same record with another solution: as if somebody had changed the row and not the events.
static bool tamper(struct db *db, void *arg, struct err *e)
{
	struct arena a = {0};
	struct interaction i;
	json_error_t why;
	bool ok = interaction_by_no(db, arg, &i, &a, e);

	if (ok) {
		json_t *doc = json_loads(i.doc, 0, &why);
		json_object_set_new(doc, "solution_text", json_string("别的"));
		char *text = json_dumps(doc, 0);
		i.doc = arena_strdup(&a, text);
		i.version++;
		ok = interaction_put(db, &i, e);
		free(text);
		json_decref(doc);
	}
	arena_release(&a);
	return ok;
}

static void replay_proves_the_record(void **state)
{
	char *no = first_call();
	struct store *s;
	struct err e = {0};
	struct run r = RUN(cmd_call, true, "call", "replay", no);
	json_t *o = parsed(&r);

	(void)state;
	if (r.rc != CLI_DONE)
		fail_msg("%s%s", r.out, r.err);
	assert_true(json_is_true(json_object_get(o, "same")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "record"), "talk_ms")), 234000);
	json_decref(o);
	done(&r);
	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	assert_ok(store_do(s, tamper, no, &e), e);
	store_close(s);
	r = RUN(cmd_call, true, "call", "replay", no);
	o = parsed(&r);
	assert_int_equal(r.rc, CLI_NO);
	const json_t *diffs = json_object_get(o, "differences");
	assert_int_equal(json_array_size(diffs), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(diffs, 0), "field")), "solution_text");
	json_decref(o);
	done(&r);
	free(no);
}

static void tickets_are_listed_and_shown(void **state)
{
	struct run r = RUN(cmd_ticket, true, "ticket", "list"), one;
	json_t *rows = parsed(&r), *o;

	(void)state;
	assert_int_equal(r.rc, CLI_DONE);
	size_t open = json_array_size(rows);
	assert_true(open >= 4);
	const char *no = json_string_value(json_object_get(json_array_get(rows, 0), "no"));
	assert_true(str_starts(no, "SHA-"));
	one = RUN(cmd_ticket, true, "ticket", "show", no);
	o = parsed(&one);
	assert_int_equal(one.rc, CLI_DONE);
	assert_int_equal(json_array_size(json_object_get(o, "history")), 1);
	json_decref(o);
	done(&one);
	one = RUN(cmd_ticket, false, "ticket", "show", "SHA-261122-0A7-0001-X");
	assert_int_equal(one.rc, CLI_USAGE); // the check character is wrong
	done(&one);
	one = RUN(cmd_ticket, true, "ticket", "list", "--all");
	json_t *all = parsed(&one);
	assert_true(json_array_size(all) > open);
	json_decref(all);
	done(&one);
	json_decref(rows);
	done(&r);
}

static void status_counts(void **state)
{
	struct run r = RUN(cmd_status, true, "status");
	json_t *o = parsed(&r);

	(void)state;
	assert_int_equal(r.rc, CLI_DONE);
	assert_string_equal(json_string_value(json_object_get(o, "site")), "SHA");
	assert_string_equal(json_string_value(json_object_get(o, "agent")), "8001");
	assert_int_equal(json_integer_value(json_object_get(o, "packs")), 4);
	assert_true(json_integer_value(json_object_get(o, "customers")) >= 20);
	assert_true(json_integer_value(json_object_get(o, "articles")) >= 50);
	assert_true(json_is_false(json_object_get(o, "running")));
	json_decref(o);
	done(&r);
}

// Reading works beside a running workstation, which shows; writing does not.
static void beside_a_running_workstation(void **state)
{
	struct store *s;
	struct err e = {0};

	(void)state;
	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	struct run r = RUN(cmd_status, true, "status");
	json_t *o = parsed(&r);
	assert_int_equal(r.rc, CLI_DONE);
	assert_true(json_is_true(json_object_get(o, "running")));
	json_decref(o);
	done(&r);
	char *pack = path_share("packs/finance");
	r = RUN(cmd_pack, false, "pack", "load", pack);
	assert_int_equal(r.rc, CLI_FAILED);
	free(pack);
	done(&r);
	store_close(s);
}

static void audit_and_doctor(void **state)
{
	struct run r = RUN(cmd_audit, false, "audit", "verify");

	(void)state;
	assert_int_equal(r.rc, CLI_DONE);
	done(&r);
	r = RUN(cmd_doctor, true, "doctor");
	json_t *rows = parsed(&r);
	assert_true(json_array_size(rows) >= 8);
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (str_eq(json_string_value(json_object_get(json_array_get(rows, i), "result")), "fail"))
			fail_msg("%s", r.out);
	assert_int_equal(r.rc, CLI_DONE);
	json_decref(rows);
	done(&r);
	r = run_in("/nonexistent/site", cmd_doctor, false, (const char *const[]){"doctor", NULL});
	assert_int_equal(r.rc, CLI_NO);
	done(&r);
}

static void keys_name_every_action(void **state)
{
	struct run r = RUN(cmd_keys, true, "keys");
	json_t *rows = parsed(&r);

	(void)state;
	assert_true(json_array_size(rows) >= ACT_COUNT - 1);
	const json_t *first = json_array_get(rows, 0);
	assert_string_equal(json_string_value(json_object_get(first, "action")), "help");
	assert_string_equal(json_string_value(json_array_get(json_object_get(first, "keys"), 0)), "F1");
	json_decref(rows);
	done(&r);
}

static void init_refuses_and_makes(void **state)
{
	char *fresh = path_join(dir, "fresh");
	struct run r = run_in(fresh, cmd_init, false, (const char *const[]){"init", "--site", "TRN", "--station", "001", "--pack", "common", NULL});

	(void)state;
	assert_int_equal(r.rc, CLI_USAGE);
	done(&r);
	r = run_in(fresh, cmd_init, false, (const char *const[]){"init", "--site", "BJA", "--station", "001", "--pack", "nothing", NULL});
	assert_int_equal(r.rc, CLI_USAGE);
	assert_non_null(strstr(r.err, "finance"));
	done(&r);
	assert_false(store_exists(fresh));
	// The common pack comes along whether named or not.
	r = run_in(fresh, cmd_init, true, (const char *const[]){"init", "--site", "BJA", "--station", "001", "--pack=retail", NULL});
	if (r.rc != CLI_DONE)
		fail_msg("%s", r.err);
	done(&r);
	r = run_in(fresh, cmd_status, true, (const char *const[]){"status", NULL});
	json_t *o = parsed(&r);
	assert_int_equal(json_integer_value(json_object_get(o, "packs")), 2);
	assert_string_equal(json_string_value(json_object_get(o, "site")), "BJA");
	json_decref(o);
	done(&r);
	free(fresh);
}

static void backup_comes_back(void **state)
{
	char *file = path_join(dir, "copy.zxb"), *back = path_join(dir, "back");
	struct run r = RUN(cmd_backup, false, "backup", file);

	(void)state;
	if (r.rc != CLI_DONE)
		fail_msg("%s", r.err);
	done(&r);
	r = run_in(back, cmd_restore, false, (const char *const[]){"restore", file, NULL});
	if (r.rc != CLI_DONE)
		fail_msg("%s", r.err);
	done(&r);
	r = run_in(back, cmd_customer, false, (const char *const[]){"customer", "find", "13800130101", NULL});
	assert_int_equal(r.rc, CLI_DONE);
	done(&r);
	r = RUN(cmd_backup, false, "backup", file);
	assert_int_equal(r.rc, CLI_FAILED); // never over an older copy
	done(&r);
	free(file);
	free(back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(customer_is_masked), cmocka_unit_test(a_call_is_shown_masked),
		cmocka_unit_test(tickets_are_listed_and_shown), cmocka_unit_test(status_counts),
		cmocka_unit_test(beside_a_running_workstation), cmocka_unit_test(audit_and_doctor),
		cmocka_unit_test(keys_name_every_action), cmocka_unit_test(init_refuses_and_makes),
		cmocka_unit_test(backup_comes_back), cmocka_unit_test(replay_proves_the_record),
	};
	return cmocka_run_group_tests(tests, make, unmake);
}
