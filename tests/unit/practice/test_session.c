// SPDX-License-Identifier: MIT
// Knows that a session runs beside the station and leaves nothing in it: the sandbox, the telephone, the record, the faults, the states.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include "src/store/lookup.h"
#include "tests/unit/practice/seat.h"

static struct seat T;

static void begin(void)
{
	seat_start(&T);
	seat_open(&T);
}

static void answer(void)
{
	struct err e = {0};

	assert_ok(session_start(T.session, &e), e);
	seat_wait(&T, 100);
	assert_ok(model_answer(session_model(T.session), seat_work(&T, "P0"), &e), e);
	session_turn(T.session);
}

// --- the live store, every table of it as text

static void dump_table(sqlite3 *db, const char *name, struct str *out)
{
	char *sql = sqlite3_mprintf("select * from \"%w\" order by 1, 2", name);
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
		sqlite3_free(sql);
		sql = sqlite3_mprintf("select * from \"%w\"", name);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	}
	str_addf(out, "== %s\n", name);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const unsigned char *p = sqlite3_column_blob(st, i);
			for (int k = 0; k < sqlite3_column_bytes(st, i); k++)
				str_addf(out, "%02x", p[k]);
			str_addc(out, '\n');
		}
	sqlite3_finalize(st);
	sqlite3_free(sql);
}

static char *dump_live(const char *name)
{
	char *path = path_join(T.dir, name);
	struct str out = {0};
	sqlite3 *db;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "select name from sqlite_schema where type = 'table' order by name", -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		dump_table(db, (const char *)sqlite3_column_text(st, 0), &out);
	sqlite3_finalize(st);
	sqlite3_close(db);
	free(path);
	return str_take(&out);
}

// --- tests

static void test_sandbox(void **state)
{
	struct customers found = {0};
	struct arena a = {0};
	struct err e = {0};
	struct stat st;

	(void)state;
	begin();
	char *dir = sandbox_dir(T.dir, session_row(T.session)->id);
	struct model *m = session_model(T.session);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_string_equal(m->site, "TRN");
	assert_string_equal(m->station, "0A7");
	assert_int_equal(m->roles, 2);
	assert_true(m->mode == MODE_PRACTICE);
	assert_string_equal(m->config->hub_proxy, "");
	assert_string_equal(m->config->hub_second, "");
	assert_true(str_starts(session_row(T.session)->no, "TRN-"));
	// Who called before is there with what they called about; a stranger is not.
	assert_ok(model_customer_find(m, "13800139001", &found, &a, &e), e);
	assert_int_equal(found.n, 1);
	vec_release(&found);
	assert_ok(model_customer_find(m, "13800139002", &found, &a, &e), e);
	assert_int_equal(found.n, 0);
	assert_non_null(model_open_kb(m, &e));
	session_free(T.session);
	T.session = NULL;
	assert_int_equal(stat(dir, &st), -1);
	free(dir);
	vec_release(&found);
	arena_release(&a);
	seat_end(&T);
}

// One whole call, and not a byte of it in the live store or base.
static void test_call(void **state)
{
	struct err e = {0};

	(void)state;
	seat_start(&T);
	char *before = dump_live("store.db"), *kb = dump_live("kb.db");
	seat_open(&T);
	answer();
	struct model *m = session_model(T.session);
	struct work *w = seat_work(&T, "P0");
	assert_true(str_starts(w->contact->no, "TRN-"));
	assert_true(w->contact->mode == MODE_PRACTICE && w->contact->source == SOURCE_PRACTICE && w->contact->channel == CHANNEL_PHONE);
	assert_true(w->card.known);
	assert_int_equal(w->card.contacts.n, 2);
	assert_int_equal(w->card.tickets.n, 1);
	seat_wait(&T, 9000);
	assert_true(w->contact->lines.n >= 1);
	assert_string_equal(w->contact->lines.v[0].text, "我的账户登不上去了！");
	assert_int_equal(w->contact->emotion, 3);
	assert_ok(session_say(T.session, w, "先别担心，我陪您一起看", &e), e);
	assert_ok(model_classify(m, w, "account.other", &e), e);
	assert_int_equal(seat_count(T.session, LOG_AGENT, EV_SAY), 1);
	assert_int_equal(seat_last(T.session, LOG_AGENT, EV_CLASSIFY)->contact, 0);
	// What the engine made the desk show is nobody's deed.
	assert_int_equal(seat_count(T.session, LOG_AGENT, EV_EMOTION), 0);
	assert_ok(model_emotion(m, w, EMOTION_ANXIETY, 2, &e), e);
	assert_int_equal(seat_count(T.session, LOG_AGENT, EV_EMOTION), 1);
	assert_ok(model_script_tick(m, w, &e), e);
	const struct log_entry *line = seat_last(T.session, LOG_AGENT, EV_SAY);
	assert_string_equal(event_get(&line->ev, "source"), "script");
	assert_non_null(line->ev.pair);
	seat_wait(&T, 9000);
	assert_ok(model_disposition(m, w, "INFO_GIVEN", &e), e);
	assert_ok(model_hangup(m, w, &e), e);
	session_turn(T.session);
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_true(session_left_ms(T.session) > 100000 && session_left_ms(T.session) <= 120000);
	seat_saved(&T);
	assert_ok(session_finish(T.session, &e), e);
	assert_true(session_state(T.session) == SESSION_SCORED);
	assert_non_null(session_score(T.session));
	assert_true(session_row(T.session)->final_ == session_score(T.session)->final_);
	assert_false(session_debrief(T.session, "先安抚", " ", &e));
	assert_ok(session_debrief(T.session, "先安抚", "更早核身", &e), e);
	session_free(T.session);
	T.session = NULL;
	char *after = dump_live("store.db"), *kb_after = dump_live("kb.db");
	assert_string_equal(before, after);
	assert_string_equal(kb, kb_after);
	free(before);
	free(after);
	free(kb);
	free(kb_after);
	seat_end(&T);
}

// The customer hangs up; nobody wraps up: the limit does, and the same record gives the same score.
static void test_limits(void **state)
{
	(void)state;
	begin();
	answer();
	seat_wait(&T, 150000);
	assert_true(session_state(T.session) == SESSION_WRAP); // nobody spoke
	assert_string_equal(seat_work(&T, "P0")->contact->end_side, "customer");
	seat_wait(&T, 120000);
	assert_true(session_state(T.session) == SESSION_SCORED);
	assert_true(session_used_ms(T.session) < 270000);
	int64_t used = session_used_ms(T.session);
	seat_wait(&T, 60000);
	assert_int_equal(session_used_ms(T.session), used);
	seat_end(&T);
}

static void test_faults(void **state)
{
	struct customers found = {0};
	struct arena a = {0};
	struct err e = {0};
	struct kb_article art;

	(void)state;
	begin();
	answer();
	struct model *m = session_model(T.session);
	struct work *w = seat_work(&T, "P0");
	assert_int_equal(model_hub(m)->line, HUB_ONLINE);
	seat_wait(&T, 11000);
	assert_false(model_customer_find(m, "13800139001", &found, &a, &e));
	assert_non_null(strstr(e.msg, "fault key"));
	seat_wait(&T, 2000);
	assert_int_equal(model_hub(m)->line, HUB_OFFLINE);
	assert_ok(session_say(T.session, w, "先别担心，我陪您", &e), e);
	seat_wait(&T, 8000);
	seat_saved(&T);
	model_hub_rows(m);
	const struct broadcast *b = model_broadcast_due(m);
	assert_non_null(b);
	assert_string_equal(b->title, "登录故障");
	assert_ok(model_broadcast_ack(m, b->id, &e), e);
	assert_non_null(seat_last(T.session, LOG_AGENT, EV_BROADCAST_ACK));
	assert_true(kb_article_get(model_open_kb(m, &e), "KB-COM-001", 0, &art, &a, &e));
	assert_non_null(strstr(art.cur.text.body, "新口径：先核身"));
	assert_true(kb_article_get(model_open_kb(m, &e), "KB-COM-002", 0, &art, &a, &e));
	assert_true(art.state == KB_STALE);
	assert_ok(session_say(T.session, w, "我陪您，请稍等", &e), e);
	seat_wait(&T, 12000);
	assert_ok(model_customer_find(m, "13800139001", &found, &a, &e), e);
	assert_int_equal(model_hub(m)->line, HUB_ONLINE);
	assert_ok(session_say(T.session, w, "我陪您，请再稍等", &e), e);
	seat_wait(&T, 18500);
	assert_null(model_open_kb(m, &e));
	model_kb_query(m, w, "登录", true);
	assert_true(model_kb(m, w)->failed);
	assert_ok(session_say(T.session, w, "我陪您，马上好", &e), e);
	seat_wait(&T, 9000);
	assert_non_null(model_open_kb(m, &e));
	struct work *second = seat_work(&T, "P1");
	assert_true(second->contact->channel == CHANNEL_CHAT && contact_is_ringing(second->contact) && !second->card.known);
	assert_ok(session_say(T.session, second, "您好，请稍等", &e), e); // answers it
	assert_int_equal(seat_last(T.session, LOG_AGENT, EV_SAY)->contact, 1);
	vec_release(&found);
	arena_release(&a);
	seat_end(&T);
}

static void test_standing_still(void **state)
{
	struct err e = {0};

	(void)state;
	begin();
	answer();
	seat_wait(&T, 5000);
	size_t n = session_log(T.session)->v.n;
	int64_t used = session_used_ms(T.session), wall = clock_wall(session_model(T.session)->clock);
	assert_ok(session_pause(T.session, true, &e), e);
	seat_wait(&T, 600000);
	assert_int_equal(session_used_ms(T.session), used);
	assert_int_equal(clock_wall(session_model(T.session)->clock), wall);
	assert_int_equal(session_log(T.session)->v.n, n + 1); // the pause itself
	assert_ok(session_pause(T.session, false, &e), e);
	assert_ok(session_suspend(T.session, &e), e);
	assert_true(session_state(T.session) == SESSION_SUSPENDED);
	assert_false(session_say(T.session, seat_work(&T, "P0"), "喂", &e));
	seat_wait(&T, 29 * 60000);
	assert_ok(session_continue(T.session, &e), e);
	assert_true(session_state(T.session) == SESSION_RUNNING);
	assert_int_equal(session_used_ms(T.session), used);
	assert_ok(session_suspend(T.session, &e), e);
	seat_wait(&T, 31 * 60000);
	assert_true(session_state(T.session) == SESSION_ABORTED);
	assert_false(session_continue(T.session, &e));
	seat_end(&T);
}

static void test_exam(void **state)
{
	struct err e = {0};

	(void)state;
	seat_start(&T);
	T.mode = PRACTICE_EXAM;
	seat_open(&T);
	answer();
	assert_false(session_pause(T.session, true, &e));
	assert_false(session_suspend(T.session, &e));
	assert_false(session_inject(T.session, &(struct log_entry){.ev = {.type = EV_WHISPER}}, &e));
	assert_string_equal(session_hint(T.session, seat_work(&T, "P0")), "");
	assert_true(session_model(T.session)->mode == MODE_EXAM);
	seat_end(&T);
}

static void test_not_there(void **state)
{
	struct err e = {0};

	(void)state;
	seat_start(&T);
	struct session_options o = seat_options(&T);
	o.scenario = "no.such";
	assert_false(session_new(&T.session, &o, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	seat_end(&T);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sandbox), cmocka_unit_test(test_call), cmocka_unit_test(test_limits), cmocka_unit_test(test_faults),
		cmocka_unit_test(test_standing_still), cmocka_unit_test(test_exam), cmocka_unit_test(test_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
