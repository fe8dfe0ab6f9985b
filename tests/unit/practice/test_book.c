// SPDX-License-Identifier: MIT
// Knows that the book keeps what it was given, through a crash too, in a file that is nobody else's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sys/stat.h>

#include "src/desk/number.h"
#include "src/practice/book.h"
#include "src/store/store.h"
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

static struct book_session a_session(const char *id, int64_t at)
{
	return (struct book_session){.id = id, .no = NULL, .scenario = "fin.anomaly.01", .agent = "8001", .agent_name = "林", .version = 2,
				     .mode = PRACTICE_EXAM, .state = SESSION_RUNNING, .seed = UINT64_MAX, .lang = LANG_ZH, .started_at = at, .final_ = -1};
}

static struct book *opened(const char *dir)
{
	struct book *b;
	struct err e = {0};

	assert_ok(book_open(&b, dir, &e), e);
	return b;
}

static void add_line(struct book *b, const char *session, int64_t t, const char *text)
{
	struct log_entry en = {.t_ms = t, .contact = 0, .who = LOG_AGENT, .ev = {.type = EV_SAY, .at = 1700000000000 + t}};
	struct err e = {0};

	event_put(&en.ev, "side", "agent");
	event_put(&en.ev, "text", text);
	assert_ok(book_log_add(b, session, &en, t, &e), e);
	event_release(&en.ev);
}

static void test_sessions(void **state)
{
	struct book *b = opened(*state);
	struct book_sessions all = {0};
	struct book_session s = a_session("s1", 1000), back;
	struct arena a = {0};
	struct err e = {0};
	bool found;

	assert_ok(book_unfinished(b, &back, &found, &a, &e), e);
	assert_false(found);
	assert_ok(book_put(b, &s, &e), e);
	struct book_session t = a_session("s2", 2000);
	t.agent = "8002";
	t.state = SESSION_SCORED;
	t.score = "{}";
	t.final_ = 8123;
	assert_ok(book_put(b, &t, &e), e);
	assert_ok(book_sessions(b, NULL, NULL, 0, &all, &e), e);
	assert_int_equal(all.v.n, 2);
	assert_string_equal(all.v.v[0].id, "s2");
	assert_int_equal(all.v.v[0].final_, 8123);
	assert_int_equal(all.v.v[1].final_, -1);
	assert_true(all.v.v[1].seed == UINT64_MAX);
	book_sessions_release(&all);
	all = (struct book_sessions){0};
	assert_ok(book_sessions(b, "8001", "fin.anomaly.01", 5, &all, &e), e);
	assert_int_equal(all.v.n, 1);
	book_sessions_release(&all);
	assert_ok(book_unfinished(b, &back, &found, &a, &e), e);
	assert_true(found);
	assert_string_equal(back.id, "s1");
	s.state = SESSION_ABORTED;
	s.reason = "离席";
	assert_ok(book_put(b, &s, &e), e);
	assert_ok(book_unfinished(b, &back, &found, &a, &e), e);
	assert_false(found);
	assert_ok(book_session(b, "s1", &back, &a, &e), e);
	assert_string_equal(back.reason, "离席");
	assert_false(book_session(b, "s3", &back, &a, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	arena_release(&a);
	book_close(b);
}

static void copy_file(const char *from, const char *to)
{
	struct str data = {0};
	struct err e = {0};

	if (path_exists(from)) {
		assert_ok(path_read(from, 1 << 26, &data, &e), e);
		assert_ok(path_write_atomic(to, sv_n(str_z(&data), data.n), 0600, &e), e);
	}
	str_release(&data);
}

// What the disk holds while the book is open is what is left after a crash: every entry that was acknowledged.
static void test_crash(void **state)
{
	struct book *b = opened(*state), *after;
	char *dir = path_join(*state, "after"), *folder = path_join(dir, "practice");
	struct book_session s = a_session("s1", 1000);
	struct practice_log log;
	struct err e = {0};
	struct arena a = {0};

	assert_ok(book_put(b, &s, &e), e);
	assert_ok(path_mkdirs(folder, &e), e);
	for (int i = 1; i <= 5; i++) {
		add_line(b, "s1", i * 1000, "您好");
		static const char *const ends[] = {"practice.db", "practice.db-wal"};
		for (int k = 0; k < 2; k++) {
			char *from = xasprintf("%s/practice/%s", (char *)*state, ends[k]), *to = path_join(folder, ends[k]);
			remove(to);
			copy_file(from, to);
			free(from);
			free(to);
		}
		char *shm = path_join(folder, "practice.db-shm");
		remove(shm);
		free(shm);
		after = opened(dir);
		assert_ok(book_log_read(after, "s1", &log, &e), e);
		assert_int_equal(log.v.n, i);
		assert_int_equal(log.v.v[i - 1].t_ms, i * 1000);
		assert_int_equal(log.v.v[i - 1].ev.at, 1700000000000 + i * 1000);
		assert_true(log.seed == UINT64_MAX && log.version == 2 && log.mode == PRACTICE_EXAM && log.lang == LANG_ZH);
		practice_log_release(&log);
		struct book_session back;
		assert_ok(book_session(after, "s1", &back, &a, &e), e);
		assert_int_equal(back.used_ms, i * 1000);
		book_close(after);
	}
	arena_release(&a);
	book_close(b);
	free(dir);
	free(folder);
}

static void test_log_needs_session(void **state)
{
	struct book *b = opened(*state);
	struct log_entry en = {.who = LOG_AGENT, .ev = {.type = EV_ANSWER}};
	struct practice_log log;
	struct err e = {0};

	assert_false(book_log_add(b, "nobody", &en, 0, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(book_log_read(b, "nobody", &log, &e));
	book_close(b);
}

static void test_numbers(void **state)
{
	struct book *b = opened(*state);
	char no[NUMBER_CAP];
	struct number n;
	struct err e = {0};

	for (uint32_t i = 1; i <= 3; i++) {
		assert_ok(book_number(b, "0A7", 1795996800000, "Asia/Shanghai", no, &e), e);
		assert_ok(number_parse(sv(no), &n, &e), e);
		assert_true(number_is_practice(&n));
		assert_int_equal(n.counter, i);
	}
	book_close(b);
	b = opened(*state);
	assert_ok(book_number(b, "0A7", 1795996800000, "Asia/Shanghai", no, &e), e);
	assert_ok(number_parse(sv(no), &n, &e), e);
	assert_int_equal(n.counter, 4);
	assert_ok(book_number(b, "0A7", 1795996800000 + 86400000, "Asia/Shanghai", no, &e), e);
	assert_ok(number_parse(sv(no), &n, &e), e);
	assert_int_equal(n.counter, 1);
	book_close(b);
}

static void test_cases(void **state)
{
	static const struct case_mark marks[] = {{5000, CASE_KEY, "先安抚"}, {9000, CASE_MISS, "没有上报"}};
	struct book_case c = {.id = "c1", .title = "资金异动", .category = "payment.funds_anomaly", .from = "session",
			      .tags = 1u << CASE_FAILURE | 1u << CASE_EMERGENCY, .log = "{\"t\":1,\"type\":\"answer\"}\n", .marks = marks, .n_marks = 2, .at = 5,
			      .by = "8100"};
	struct book *b = opened(*state);
	struct book_cases all = {0};
	struct err e = {0};

	assert_ok(book_case_put(b, &c, &e), e);
	assert_ok(book_case_put(b, &c, &e), e); // again: replaced, marks too
	assert_ok(book_cases(b, &all, &e), e);
	assert_int_equal(all.v.n, 1);
	assert_int_equal(all.v.v[0].tags, c.tags);
	assert_int_equal(all.v.v[0].n_marks, 2);
	assert_int_equal(all.v.v[0].marks[1].type, CASE_MISS);
	assert_string_equal(all.v.v[0].marks[1].note, "没有上报");
	book_cases_release(&all);
	c.id = "c2";
	c.log = "{\"t\":1,\"type\":\"note\",\"data\":{\"text\":\"13812345678\"}}\n";
	assert_false(book_case_put(b, &c, &e));
	assert_int_equal(e.code, ERR_DENIED);
	assert_ok(book_case_drop(b, "c1", &e), e);
	assert_false(book_case_drop(b, "c1", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	book_close(b);
}

// A file of its own: not taken for a store, and no store is taken for it; private to its owner.
static void test_sealed(void **state)
{
	struct book *b = NULL;
	struct err e = {0};
	struct stat st;
	char *folder = path_join(*state, "practice"), *path = path_join(folder, "practice.db");
	struct db *db;

	assert_false(book_open_read(&b, *state, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	book_close(opened(*state));
	assert_ok(book_open_read(&b, *state, &e), e);
	struct book_session s = a_session("s1", 1);
	assert_false(book_put(b, &s, &e));
	book_close(b);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct db_options o = {.mode = DB_WRITE, .application_id = STORE_APPLICATION_ID, .steps = store_schema, .step_count = store_schema_n};
	assert_false(db_open(&db, path, &o, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(remove(path), 0);
	assert_ok(db_open(&db, path, &o, &e), e);
	db_close(db);
	assert_false(book_open(&b, *state, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	free(folder);
	free(path);
}

// domain.md §4.10, every pair.
static void test_states(void **state)
{
	static const char *const may[] = {"created briefing", "briefing running", "running paused", "paused running", "running suspended",
					  "suspended running", "suspended aborted", "running wrap", "wrap scoring_auto", "scoring_auto scored",
					  "scoring_auto scoring_trainer", "scoring_trainer scored", "scored debriefed", "debriefed archived",
					  "running aborted", "paused aborted", "created aborted", "briefing aborted"};
	int n = 0, exam = 0;

	(void)state;
	for (int from = 0; from <= SESSION_ABORTED; from++)
		for (int to = 0; to <= SESSION_ABORTED; to++) {
			char pair[80];
			bool listed = false;
			snprintf(pair, sizeof(pair), "%s %s", session_state_code((enum session_state)from), session_state_code((enum session_state)to));
			for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++)
				listed |= strcmp(may[i], pair) == 0;
			assert_int_equal(session_may((enum session_state)from, (enum session_state)to, PRACTICE_SOLO), listed);
			n += listed;
			bool in_exam = session_may((enum session_state)from, (enum session_state)to, PRACTICE_EXAM);
			assert_false(in_exam && (!listed || strstr(pair, "paused running") || strstr(pair, "running paused") || strstr(pair, "suspended")));
			exam += in_exam;
		}
	assert_int_equal(n, 18);
	assert_int_equal(exam, 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sessions, setup, teardown), cmocka_unit_test_setup_teardown(test_crash, setup, teardown),
		cmocka_unit_test_setup_teardown(test_log_needs_session, setup, teardown), cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cases, setup, teardown), cmocka_unit_test_setup_teardown(test_sealed, setup, teardown),
		cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
