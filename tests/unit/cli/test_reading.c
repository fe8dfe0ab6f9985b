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
#include "src/store/joined.h"
#include "src/store/meta.h"
#include "src/store/outbox.h"
#include "src/store/store.h"
#include "src/sync/carry.h"
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

static bool fill(struct db *db, void *arg, struct err *e)
{
	struct db_stmt *st = db_stmt(db, arg);

	return db_run(st, e);
}

// One finding of doctor: its result.
static void doctor_finds(const char *data, const char *check, const char *want)
{
	struct run r = run_in(data, cmd_doctor, true, (const char *const[]){"doctor", NULL});
	json_t *rows = parsed(&r);
	const char *got = "";

	for (size_t i = 0; i < json_array_size(rows); i++)
		if (str_eq(json_string_value(json_object_get(json_array_get(rows, i), "check")), check))
			got = json_string_value(json_object_get(json_array_get(rows, i), "result"));
	if (!str_eq(got, want))
		fail_msg("%s: %s, not %s", check, got, want);
	json_decref(rows);
	done(&r);
}

// What a station is meant to hold (sync.md §3.9): from half an outbox on, and beyond that many rows, doctor says so.
static void doctor_counts(void **state)
{
#define OPS(from, to) \
	"insert into outbox (n, id, k, t, e, s, body_x, h, st, tries, made, off)" \
	" with recursive c(i) as (select " #from " union all select i + 1 from c where i < " #to ")" \
	" select i, 'o' || i, 'note.add', 'note', 'e', 'q/1', zeroblob(10), zeroblob(32), 'queued', 0, 1, 0 from c"
	char *own = tmpdir_new();
	struct store *s;
	struct err e = {0};

	(void)state;
	assert_ok(store_init(own, "SHA", "0A1", &test_clock, &e), e);
	assert_ok(store_open(&s, &(struct store_options){.dir = own, .sync = DB_SYNC_OFF}, &e), e);
	assert_ok(store_do(s, fill, OPS(1, 9999), &e), e);
	doctor_finds(own, "outbox", "ok");
	assert_ok(store_do(s, fill, OPS(10000, 10000), &e), e);
	doctor_finds(own, "outbox", "warning");
	assert_ok(store_do(s, fill, "delete from outbox where n > 100", &e), e);
	assert_ok(store_do(s, fill, "update outbox set body_x = zeroblob(1048576)", &e), e); // 100 MiB
	doctor_finds(own, "outbox", "warning");
	assert_ok(store_do(s, fill, "insert into ent (t, e, s, q, rev, stale, d_x)"
				    " with recursive c(i) as (select 1 union all select i + 1 from c where i < 100000)"
				    " select 'ticket', 'e' || i, 'q/1', i, 1, 0, zeroblob(1) from c", &e), e);
	doctor_finds(own, "rows of the hub", "");
	assert_ok(store_do(s, fill, "insert into ent (t, e, s, q, rev, stale, d_x) values ('ticket', 'x', 'q/1', 0, 1, 0, zeroblob(1))", &e), e);
	doctor_finds(own, "rows of the hub", "warning");
	store_close(s);
	tmpdir_free(own);
#undef OPS
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

static bool join_hub(struct db *db, void *arg, struct err *e)
{
	return joined_save(db, arg, e) && outbox_mark(db, 1, OUTBOX_SETTLED, NULL, NULL, 0, 0, e) &&
	       outbox_mark(db, 2, OUTBOX_REJECTED, "{\"why\":\"forbidden\"}", NULL, 0, 0, e);
}

static bool tell(struct db *db, void *arg, struct err *e)
{
	const char *id = arg;

	return outbox_add(db,
			  &(struct outbox_op){.id = id, .k = "ticket.note", .t = "ticket", .e = "t1", .s = "q/a", .by = "1001",
					      .body = "{\"text\":\"王静 13800130101\"}", .made = NOW, .off = true},
			  NULL, e);
}

static void join(const char *at, struct joined *j, const char *dev)
{
	struct err e = {0};
	struct store *s;
	struct hub_key key;

	hub_key_make(&key);
	j->dev = dev;
	assert_ok(hub_key_save(at, &key, &e) && store_open(&s, &(struct store_options){.dir = at}, &e), e);
	for (const char *const *id = (const char *const[]){"o1", "o2", "o3", NULL}; *id; id++)
		assert_ok(store_do(s, tell, (void *)(uintptr_t)*id, &e), e);
	assert_ok(store_do(s, join_hub, j, &e), e);
	store_close(s);
}

static size_t count_rows(struct run r)
{
	json_t *rows = parsed(&r);
	size_t n = json_array_size(rows);

	assert_null(strstr(r.out, "王静"));
	json_decref(rows);
	done(&r);
	return n;
}

static void the_outbox_travels_in_a_file(void **state)
{
	struct joined j = {.box_pk = {1, 2, 3}};
	struct err e = {0};
	char *a = path_join(dir, "a"), *b = path_join(dir, "b"), *file = path_join(dir, "out.zxo"), *in = path_join(b, "carried");

	(void)state;
	assert_ok(store_init(a, "SHA", "0A1", &test_clock, &e) && store_init(b, "SHA", "0A2", &test_clock, &e), e);
	struct run r = run_in(a, cmd_outbox, false, (const char *const[]){"outbox", "export", file, NULL});
	assert_int_equal(r.rc, CLI_NO); // it has joined no hub
	done(&r);
	join(a, &j, "dv-a");
	assert_int_equal(count_rows(run_in(a, cmd_outbox, true, (const char *const[]){"outbox", "list", NULL})), 2);
	assert_int_equal(count_rows(run_in(a, cmd_outbox, true, (const char *const[]){"outbox", "list", "--all", NULL})), 3);
	assert_int_equal(count_rows(run_in(a, cmd_outbox, true, (const char *const[]){"outbox", "list", "-n", "1", NULL})), 1);
	r = run_in(a, cmd_outbox, true, (const char *const[]){"outbox", "export", file, NULL});
	json_t *o = parsed(&r);
	assert_int_equal(json_integer_value(json_object_get(o, "from")), 3);
	assert_int_equal(json_integer_value(json_object_get(o, "ops")), 1);
	json_decref(o);
	done(&r);
	r = run_in(b, cmd_outbox, false, (const char *const[]){"outbox", "import", file, NULL});
	assert_int_equal(r.rc, CLI_FAILED); // no hub, nobody to bring it to
	done(&r);
	join(b, &j, "dv-b");
	for (int i = 0; i < 2; i++) {
		r = run_in(b, cmd_outbox, true, (const char *const[]){"outbox", "import", file, NULL});
		assert_int_equal(r.rc, CLI_DONE);
		o = parsed(&r);
		assert_true(json_is_true(json_object_get(o, "again")) == (i == 1));
		json_decref(o);
		done(&r);
	}
	assert_true(path_is_dir(in));
	// Both commands count what waits, and what was not taken.
	char *waits = path_join(in, "x-1-1-1.zxo"), *aside = path_join(in, "x-1-1-2.zxo" COURIER_REFUSED);
	assert_ok(path_write_atomic(waits, sv("x"), 0600, &e) && path_write_atomic(aside, sv("x"), 0600, &e), e);
	r = run_in(b, cmd_status, true, (const char *const[]){"status", NULL});
	o = parsed(&r);
	assert_int_equal(json_integer_value(json_object_get(o, "carried")), 2);
	assert_int_equal(json_integer_value(json_object_get(o, "carried_refused")), 1);
	json_decref(o);
	done(&r);
	r = run_in(b, cmd_status, false, (const char *const[]){"status", NULL});
	assert_non_null(strstr(r.out, "2 wait for the hub, 1 were refused by it"));
	done(&r);
	r = run_in(b, cmd_outbox, false, (const char *const[]){"outbox", "list", NULL});
	assert_non_null(strstr(r.err, "2 files of other stations wait here"));
	assert_non_null(strstr(r.err, "1 file of another station was refused"));
	done(&r);
	free(waits);
	free(aside);
	r = RUN(cmd_outbox, false, "outbox", "send");
	assert_int_equal(r.rc, CLI_USAGE);
	done(&r);
	free(a);
	free(b);
	free(file);
	free(in);
}

static bool put_lease(struct db *db, void *arg, struct err *e)
{
	int64_t until = *(const int64_t *)arg;

	return meta_set_int(db, "lease_until", until, e) && meta_set_int(db, "last_hub_time", until - 1, e) &&
	       meta_set_int(db, "hub_wall_at", until - 1, e) && meta_set_int(db, "wall_seen", until - 1, e);
}

static void set_lease(int64_t until)
{
	struct store *s;
	struct err e = {0};

	assert_ok(store_open(&s, &(struct store_options){.dir = dir}, &e), e);
	assert_ok(store_do(s, put_lease, &until, &e), e);
	store_close(s);
}

// More than 72 hours without the hub: rows are counted, nobody is named; articles and the outbox are as always.
static void nothing_of_people_while_locked(void **state)
{
	char *no = first_call();
	struct run r = RUN(cmd_ticket, true, "ticket", "list", "--all");
	json_t *tickets = parsed(&r);
	const char *ticket = json_string_value(json_object_get(json_array_get(tickets, 0), "no"));

	(void)state;
	done(&r);
	set_lease(NOW - 1);
	const struct {
		cli_fn *fn;
		const char *words[4];
	} refused[] = {{cmd_customer, {"customer", "find", "王静"}}, {cmd_call, {"call", "show", no}}, {cmd_call, {"call", "replay", no}},
		       {cmd_ticket, {"ticket", "show", ticket}}};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		r = run_in(dir, refused[i].fn, i & 1, (const char *const[]){refused[i].words[0], refused[i].words[1], refused[i].words[2], NULL});
		assert_int_equal(r.rc, CLI_FAILED);
		assert_string_equal(r.out, "");
		assert_non_null(strstr(r.err, "locked"));
		done(&r);
	}
	r = RUN(cmd_call, true, "call", "list", "-n", "1000");
	json_t *rows = parsed(&r);
	assert_true(json_array_size(rows) >= 25);
	for (size_t i = 0; i < json_array_size(rows); i++)
		assert_null(json_string_value(json_object_get(json_array_get(rows, i), "customer")));
	json_decref(rows);
	done(&r);
	r = RUN(cmd_ticket, true, "ticket", "list", "--all");
	rows = parsed(&r);
	assert_true(json_array_size(rows) > 0);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		assert_non_null(json_string_value(json_object_get(json_array_get(rows, i), "no")));
		const char *title = json_string_value(json_object_get(json_array_get(rows, i), "title"));
		assert_true(!title || !*title);
	}
	json_decref(rows);
	done(&r);
	set_lease(NOW + 1);
	r = RUN(cmd_call, false, "call", "show", no);
	assert_int_equal(r.rc, CLI_DONE);
	done(&r);
	set_lease(0);
	json_decref(tickets);
	free(no);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(customer_is_masked), cmocka_unit_test(a_call_is_shown_masked),
		cmocka_unit_test(tickets_are_listed_and_shown), cmocka_unit_test(status_counts),
		cmocka_unit_test(beside_a_running_workstation), cmocka_unit_test(audit_and_doctor), cmocka_unit_test(doctor_counts),
		cmocka_unit_test(keys_name_every_action), cmocka_unit_test(init_refuses_and_makes),
		cmocka_unit_test(the_outbox_travels_in_a_file), cmocka_unit_test(backup_comes_back), cmocka_unit_test(replay_proves_the_record),
		cmocka_unit_test(nothing_of_people_while_locked),
	};
	return cmocka_run_group_tests(tests, make, unmake);
}
