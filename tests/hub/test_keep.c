// SPDX-License-Identifier: MIT
// Knows that the hub's store forgets what is old and nothing else, and finds damage.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/hub/store_internal.h"
#include "tests/hub/hubtest.h"
#include "tests/hub/pgcluster.h"
#include "tests/unit/store/tmpdir.h"

#define DAY (24LL * 3600000)

static struct pgcluster *cluster;

static bool exec_body(struct hub_tx *tx, void *arg, struct err *e)
{
	return sql_exec(tx->c, arg, e);
}

static void raw(struct hub_store *s, const char *text)
{
	hubtest_run(s, exec_body, (void *)text);
}

// --- what a store in use holds

static bool people(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_dev d = {.dev = "dv", .inc = "i1", .site = "SHA", .station = "0A7", .state = "active"};
	struct hub_audit a = {.site = "SHA", .actor = "ag", .action = "reveal", .object = "customer/c"};
	struct hub_code c = {.site = "SHA", .expires = hub_now(tx) + 1000};
	struct hub_presence p = {.site = "SHA", .agent = "ag", .state = "ready", .hub = "h", .expires = hub_now(tx) + 1000};
	struct hub_session s = {.family = "f", .site = "SHA", .agent = "ag", .dev = "dv", .inc = "i1", .refreshed = hub_now(tx)};
	bool done;

	(void)arg;
	c.h[0] = s.access[0] = 1;
	if (!hub_dev_put(tx, &d, e) || !hub_dev_advance(tx, "SHA", "dv", "i1", 0, 3, e))
		return false;
	for (int n = 1; n <= 3; n++)
		if (!hub_opres_put(tx, "SHA", "dv", "i1", &(struct hub_opres){.n = n, .res = "{}"}, e))
			return false;
	for (int i = 0; i < 3; i++)
		if (!hub_audit_add(tx, &a, e))
			return false;
	return hub_code_put(tx, &c, e) && hub_presence_put(tx, &p, e) && hub_session_put(tx, &s, e) &&
	       hub_blob_append(tx, "SHA", "half", 10, 0, sv("12345"), &done, e);
}

static void fill(struct hubtest *t)
{
	hubtest_put(t->s, "SHA", "ticket", "a", "q/1", "{\"v\":1}");
	hubtest_put(t->s, "SHA", "ticket", "a", "q/1", "{\"v\":2}");
	hubtest_put(t->s, "SHA", "ticket", "moved", "q/1", "{}");
	hubtest_put(t->s, "SHA", "ticket", "moved", "q/2", "{}");
	hubtest_put(t->s, "SHA", "note", "dead", "q/1", "{}");
	hubtest_put(t->s, "SHA", "customer", "c", "cust/1", "{\"display_name\":\"c\"}");
	hubtest_put(t->s, "SHA", "customer", "merged", "cust/1", "{}");
	hubtest_gone(t->s, "SHA", "note", "dead", "deleted", NULL);
	hubtest_gone(t->s, "SHA", "customer", "merged", "merged", "c");
	hubtest_put(t->s, "SHA", "ticket", "walker", "q/9", "{}");
	hubtest_put(t->s, "SHA", "ticket", "walker", "q/8", "{}");
	hubtest_run(t->s, people, NULL);
}

static void on_each(void (*fn)(struct hubtest *t))
{
	for (int on = ON_MEMORY; on < ON_ENGINES; on++) {
		struct hubtest t;
		hubtest_open(&t, (enum hubtest_engine)on, cluster);
		fill(&t);
		fn(&t);
		hubtest_close(&t);
	}
}

struct counts {
	const char *text;
	int64_t n;
};

static bool count_body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct counts *c = arg;
	struct sql_stmt *st = sql_stmt(tx->c, c->text);

	c->n = sql_row(st) ? sql_int(st, 0) : -1;
	return sql_end(st, e);
}

static int64_t count(struct hub_store *s, const char *text)
{
	struct counts c = {.text = text};

	hubtest_read(s, count_body, &c);
	return c.n;
}

// --- housekeeping

// Each kind of thing stays to its last millisecond and goes with the next.
static const struct life {
	const char *what;
	int64_t days, more_ms; // from the start
	int64_t before, after;
} lives[] = {
	{"select count(*) from presence", 1, 1000, 1, 0},
	{"select count(*) from blob", 7, 0, 1, 0},
	{"select count(*) from blobpart", 7, 0, 1, 0},
	{"select count(*) from session", 30, 0, 1, 0},
	{"select count(*) from code", 30, 1000, 1, 0},
	{"select count(*) from opres", 35, 0, 3, 0},
	{"select count(*) from ent where t = 'note'", 35, 0, 1, 1}, // what was deleted: the fact stays, the documents go
	{"select count(*) from ent_hist where t = 'note'", 35, 0, 2, 2},
	{"select count(*) from ent where t = 'note' and x is not null", 35, 0, 1, 0},
	{"select count(*) from ent_hist where t = 'note' and x is not null", 35, 0, 2, 0},
	{"select count(*) from ent_hist where t = 'ticket' and x is not null", 35, 0, 6, 6},
	{"select count(*) from ent where t = '@left'", 35, 0, 2, 1},
	{"select count(*) from ent_hist where t = '@left'", 35, 0, 2, 1},
	{"select count(*) from ent where t = 'customer'", 35, 0, 2, 2},
	{"select count(*) from ent where t = 'ticket'", 35, 0, 3, 3},
	{"select low from stream where s = 'q/1'", 35, 0, 0, 0}, // a ticket stands before its moved one
	{"select low from stream where s = 'q/9'", 35, 0, 0, 2},
	{"select low from stream where s = 'q/8'", 35, 0, 0, 0},
	{"select count(*) from audit", 4000, 0, 3, 3},
	{"select count(*) from dev", 4000, 0, 1, 1},
};

static int64_t end_of(const struct life *l, int64_t start)
{
	return start + l->days * DAY + l->more_ms;
}

static void each_life(struct hubtest *t)
{
	int64_t start = clock_wall(&t->clock);
	struct err e = {0};

	// The ends of all, earliest first: at each, everything is where it belongs.
	for (size_t k = 0; k < sizeof(lives) / sizeof(*lives); k++) {
		if (k && end_of(&lives[k], start) == end_of(&lives[k - 1], start))
			continue;
		for (int64_t late = 0; late < 2; late++) {
			int64_t now = end_of(&lives[k], start) + late;
			assert_ok(hub_housekeep(t->s, now, &e), e);
			for (size_t i = 0; i < sizeof(lives) / sizeof(*lives); i++)
				if (count(t->s, lives[i].what) != (now > end_of(&lives[i], start) ? lives[i].after : lives[i].before))
					fail_msg("%s after %lld ms: %lld", lives[i].what, (long long)(now - start),
						 (long long)count(t->s, lives[i].what));
			assert_ok(hub_check(t->s, &e), e);
		}
	}
}

static void test_housekeep(void **state)
{
	(void)state;
	on_each(each_life);
}

// More than one step's worth, in many streams.
static void many_moves(struct hubtest *t)
{
	int64_t now = clock_wall(&t->clock) + 36 * DAY;
	struct err e = {0};

	for (int i = 0; i < 60; i++) {
		char id[16], s[16];
		snprintf(id, sizeof(id), "x%d", i);
		snprintf(s, sizeof(s), "bc/%d", i % 3);
		for (int k = 0; k < 10; k++) // leaves a row behind in each of ten streams
			hubtest_put(t->s, "SHA", "broadcast", id, (char[]){'q', '/', (char)('a' + k), '\0'}, "{}");
		hubtest_put(t->s, "SHA", "broadcast", id, s, "{}");
	}
	assert_ok(hub_housekeep(t->s, now, &e), e);
	assert_int_equal(count(t->s, "select count(*) from ent where t = '@left' and s <> 'q/1'"), 0);
	assert_int_equal(count(t->s, "select count(*) from stream where low > 0 and low = seq"), 11); // q/a .. q/j, q/9
	assert_int_equal(count(t->s, "select count(*) from ent where t = 'broadcast'"), 60);
	assert_ok(hub_check(t->s, &e), e);
	// Life goes on behind the new low; what was deleted comes back with its next revision.
	assert_int_equal(hubtest_put(t->s, "SHA", "ticket", "walker", "q/9", "{}"), 3);
	assert_int_equal(hubtest_put(t->s, "SHA", "note", "dead", "q/1", "{}"), 7);
	char *shown = hubtest_show(t->s, "SHA", "note", "dead");
	assert_string_equal(shown, "3 q/1 7 {}");
	free(shown);
	assert_ok(hub_check(t->s, &e), e);
}

// Whoever begins at 0 and reads in small pages, while much was forgotten, never gets a cursor that would be reset.
static void fresh_reader(struct hubtest *t)
{
	int64_t now = clock_wall(&t->clock) + 36 * DAY;
	struct err e = {0};

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 9; i++) {
			char id[16];
			snprintf(id, sizeof(id), "y%d", (i * 5 + round) % 9);
			hubtest_put(t->s, "SHA", "broadcast", id, i % 3 == round ? "q/f" : "q/g", "{}");
		}
		assert_ok(hub_housekeep(t->s, now, &e), e);
		struct counts low = {.text = "select low from stream where s = 'q/f'"};
		hubtest_read(t->s, count_body, &low);
		int64_t cursor = 0;
		for (char *page = NULL;; free(page)) {
			page = hubtest_page(t->s, "SHA", "q/f", cursor, 1, 100000);
			if (*page == '@') {
				free(page);
				break;
			}
			assert_true(parse_int(sv_n(page, strcspn(page, " ")), 1, INT64_MAX, &cursor));
			assert_true(cursor > low.n);
		}
	}
}

static void test_a_fresh_reader_is_not_reset(void **state)
{
	(void)state;
	on_each(fresh_reader);
}

// Erasure: the documents of all revisions go, their numbers stay.
static bool erase(struct hub_tx *tx, void *arg, struct err *e)
{
	const struct hub_ent *old;

	(void)arg;
	if (!hub_get(tx, "SHA", "customer", "c", &old, e))
		return false;
	json_t *d = json_pack("{s:i}", "anonymised_at", 1);
	struct hub_ent ent = {.t = "customer", .e = "c", .s = old->s, .rev = old->rev + 1, .d = d, .gone = "deleted"};
	bool ok = hub_forget(tx, "SHA", "customer", "c", e) && hub_put(tx, "SHA", &ent, NULL, e);
	json_decref(d);
	return ok;
}

static bool add_doc(void *arg, const struct hub_ent *ent)
{
	char *d = wire_print(ent->d);

	str_addf(arg, "%lld %s;", (long long)ent->rev, d);
	free(d);
	return true;
}

static bool history_of_c(struct hub_tx *tx, void *arg, struct err *e)
{
	str_clear(arg);
	return hub_history(tx, "SHA", "customer", "c", add_doc, arg, e);
}

static void erased(struct hubtest *t)
{
	struct str out = {0};
	struct err e = {0};

	hubtest_put(t->s, "SHA", "customer", "c", "cust/1", "{\"display_name\":\"d\"}");
	hubtest_run(t->s, erase, NULL);
	hubtest_read(t->s, history_of_c, &out);
	assert_string_equal(str_z(&out), "1 {};2 {};3 {\"anonymised_at\":1};");
	assert_int_equal(count(t->s, "select count(*) from bidx where e = 'c'"), 0);
	assert_ok(hub_check(t->s, &e), e);
	str_release(&out);
}

static void test_erased(void **state)
{
	(void)state;
	on_each(erased);
}

static void test_housekeep_in_steps(void **state)
{
	(void)state;
	on_each(many_moves);
}

// --- the check, and what it must find

static const struct damage {
	const char *text, *finding;
} damages[] = {
	{"update stream set seq = seq + 1 where s = 'q/2'", "gap"},
	{"update stream set seq = seq - 1 where s = 'q/1'", "gap"},
	{"delete from ent_hist where e = 'a' and rev = 1", "gap"},
	{"update ent_hist set seq = 1 where e = 'a' and rev = 2", "gap"},
	{"delete from stream where s = 'q/2'", "never gave"},
	{"delete from ent where t = 'ticket' and e = 'a'", "not there itself"},
	{"delete from ent where t = 'customer' and e = 'merged'", "last number"},
	{"update ent set seq = 77 where t = 'ticket' and e = 'a'", "never gave"},
	{"update ent set rev = 7 where t = 'ticket' and e = 'a'", "history"},
	{"insert into ent_hist (site, t, e, rev, s, seq, d, at) values ('SHA', 'ticket', 'a', 9, 'q/1', 0, '{}', 1)", "holes"},
	{"delete from opres where n = 2", "answer after number 1"},
	{"delete from opres where n = 3", "last answer"},
	{"update dev set last_n = 4", "last answer"},
	{"update ent set x = (select x from ent where t = 'ticket' and e = 'moved') where t = 'ticket' and e = 'a'", "does not open"},
	{"update audit set action = 'nothing' where seq = 2", "line 2"},
	{"delete from audit where seq = 2", "line 2"},
	{"delete from audit where seq = 3", "was cut"},
	{"update audit set seq = 99 where seq = 2; update audit set seq = 2 where seq = 3; update audit set seq = 3 where seq = 99", "line 2"},
	{"update audit set actor = null where seq = 1", "line 1"},
};

static void test_check_finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		for (int on = ON_MEMORY; on < ON_ENGINES; on += 2) {
			struct hubtest t;
			struct err e = {0};
			hubtest_open(&t, (enum hubtest_engine)on, cluster);
			fill(&t);
			assert_ok(hub_check(t.s, &e), e);
			raw(t.s, damages[i].text);
			if (hub_check(t.s, &e))
				fail_msg("not found: %s", damages[i].text);
			assert_int_equal(e.code, ERR_CONFLICT);
			if (!strstr(e.msg, damages[i].finding))
				fail_msg("%s: found as: %s", damages[i].text, e.msg);
			hubtest_close(&t);
		}
	}
}

static bool let_a_hole_pass(struct hub_tx *tx, void *arg, struct err *e)
{
	(void)arg;
	return hub_dev_advance(tx, "SHA", "dv", "i1", 3, 9, e) && hub_opres_put(tx, "SHA", "dv", "i1", &(struct hub_opres){.n = 9, .res = "{}", .k = HUB_HOLE}, e);
}

static void holes(struct hubtest *t)
{
	struct err e = {0};

	hubtest_run(t->s, let_a_hole_pass, NULL);
	assert_ok(hub_check(t->s, &e), e);
	raw(t->s, "update opres set k = 'note.add'");
	assert_false(hub_check(t->s, &e));
}

static void test_a_hole_that_was_let_pass(void **state)
{
	(void)state;
	on_each(holes);
}

// --- epochs

static bool stream_epoch(struct hub_tx *tx, void *arg, struct err *e)
{
	struct hub_stream a, b;
	int64_t *out = arg;

	if (!hub_stream_get(tx, "SHA", "q/1", &a, e) || !hub_stream_get(tx, "SHA", "q/never", &b, e))
		return false;
	out[0] = a.epoch;
	out[1] = b.epoch;
	return true;
}

static void epochs(struct hubtest *t)
{
	struct err e = {0};
	int64_t first[2], second[2], third[2];

	hubtest_read(t->s, stream_epoch, first);
	assert_int_equal(first[0], 1);
	assert_int_equal(first[1], 1);
	assert_ok(hub_new_epoch(t->s, &e), e);
	hubtest_read(t->s, stream_epoch, second);
	assert_int_equal(second[0], clock_wall(&t->clock) / 1000); // another restore of the same copy has another one
	assert_int_equal(second[1], second[0]);
	assert_ok(hub_new_epoch(t->s, &e), e);
	hubtest_read(t->s, stream_epoch, third);
	assert_int_equal(third[0], second[0] + 1);
	assert_int_equal(third[1], third[0]);
	assert_int_equal(hubtest_put(t->s, "SHA", "ticket", "n", "q/never", "{}"), 1);
	hubtest_read(t->s, stream_epoch, first);
	assert_int_equal(first[1], third[0]);
	assert_int_equal(hubtest_put(t->s, "SHA", "ticket", "a", "q/1", "{}"), 7); // numbers go on
	assert_ok(hub_check(t->s, &e), e);
}

static void test_new_epoch(void **state)
{
	(void)state;
	on_each(epochs);
}

static int group_setup(void **state)
{
	(void)state;
	cluster = pgcluster_start();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	pgcluster_stop(cluster);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_housekeep),
		cmocka_unit_test(test_housekeep_in_steps),
		cmocka_unit_test(test_a_fresh_reader_is_not_reset),
		cmocka_unit_test(test_erased),
		cmocka_unit_test(test_check_finds),
		cmocka_unit_test(test_a_hole_that_was_let_pass),
		cmocka_unit_test(test_new_epoch),
	};

	return cmocka_run_group_tests_name("hub-keep", tests, group_setup, group_teardown);
}
