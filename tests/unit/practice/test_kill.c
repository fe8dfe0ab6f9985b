// SPDX-License-Identifier: MIT
// Knows that an exam outlives kill -9 at any moment: what was in the record stays, the contact comes back, the time left goes on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/practice/seat.h"

static struct seat T;
static VEC(char *) control; // the record of a run nobody killed, one entry a line
static VEC(int64_t) used;   // session time after each step of it

enum { DEEDS = 14 };

// What the agent does, a step at a time; the same in every run.
static bool step(int n, struct err *e)
{
	struct session *s = T.session;
	struct work *w = work_by_call(session_model(s), "P0");

	switch (n) {
	case 0: return session_start(s, e);
	case 1: seat_wait(&T, 2000); return true;
	case 2: return model_answer(session_model(s), w, e);
	case 3: seat_wait(&T, 8000); return true;
	case 4: return session_say(s, w, "先别担心，我陪您一起看", e);
	case 5: return model_classify(session_model(s), w, "account.other", e);
	case 6: return model_undo(session_model(s), w, e);
	case 7: seat_wait(&T, 9300); return true;
	case 8: return model_script_tick(session_model(s), w, e);
	case 9: return model_classify(session_model(s), w, "account.other", e);
	case 10: seat_wait(&T, 15700); return true;
	case 11: return model_hold(session_model(s), w, e) && model_resume(session_model(s), w, e);
	case 12: return model_disposition(session_model(s), w, "INFO_GIVEN", e);
	default: return model_hangup(session_model(s), w, e) && (session_turn(s), true);
	}
}

static char *line_of(const struct log_entry *e)
{
	json_t *o = log_entry_json(e);
	char *text = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	return text;
}

// Nobody kills this one.
static int run_control(void **state)
{
	struct err e = {0};

	(void)state;
	seat_start(&T);
	T.mode = PRACTICE_EXAM;
	seat_open(&T);
	for (int i = 0; i < DEEDS; i++) {
		assert_ok(step(i, &e), e);
		vec_push(&used, session_used_ms(T.session));
	}
	for (size_t i = 0; i < session_log(T.session)->v.n; i++)
		vec_push(&control, line_of(&session_log(T.session)->v.v[i]));
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_ok(session_finish(T.session, &e), e);
	session_free(T.session);
	T.session = NULL;
	return 0;
}

static int end_control(void **state)
{
	(void)state;
	for (size_t i = 0; i < control.n; i++)
		free(control.v[i]);
	vec_release(&control);
	vec_release(&used);
	seat_end(&T);
	return 0;
}

static void restart_clock(void)
{
	clock_fake(&T.clock, SEAT_NOW, 5000000);
}

// Another process does the first steps and dies, the disk being given `settle` of what is on its way: nothing, or all.
static void killed_after(int steps, bool settle)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct err e = {0};
		restart_clock();
		const struct session_options o = seat_options(&T);
		bool ok = session_new(&T.session, &o, &e);
		for (int i = 0; ok && i < steps; i++)
			ok = step(i, &e);
		if (ok && settle)
			store_wait_idle(session_model(T.session)->store);
		if (!ok)
			fprintf(stderr, "%s\n", e.msg);
		kill(getpid(), ok ? SIGKILL : SIGTERM);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void take_up(void)
{
	struct session_options o = seat_options(&T);
	struct book_session row;
	struct arena a = {0};
	struct err e = {0};
	struct book *b;
	bool found;

	// The machine stood still for ten minutes.
	clock_fake(&T.clock, SEAT_NOW + 660000, 5660000);
	assert_ok(book_open(&b, T.dir, &e), e);
	assert_ok(book_unfinished(b, &row, &found, &a, &e), e);
	assert_true(found);
	o.mode = PRACTICE_SOLO; // what it is stands in the book
	o.seed = 0;
	assert_ok(session_resume(&T.session, &o, row.id, &e), e);
	book_close(b);
	arena_release(&a);
	assert_true(session_mode(T.session) == PRACTICE_EXAM);
}

static void same_as_control(int steps)
{
	const struct practice_log *l = session_log(T.session);
	int64_t then = used.v[steps - 1], now = session_used_ms(T.session);

	assert_true(l->v.n <= control.n);
	for (size_t i = 0; i < l->v.n; i++) {
		char *line = line_of(&l->v.v[i]);
		assert_string_equal(line, control.v[i]);
		free(line);
	}
	assert_true(now <= then && then - now <= 1100);
}

// The contact knows every line the customer said, once.
static void contact_fits(void)
{
	const struct work *w = work_by_call(session_model(T.session), "P0");
	size_t lines = 0;

	assert_non_null(w);
	for (size_t i = 0; i < w->contact->lines.n; i++)
		lines += !w->contact->lines.v[i].agent;
	assert_int_equal(lines, seat_count(T.session, LOG_CUSTOMER, EV_SAY));
	// What the record says was done is done at the desk, too.
	assert_int_equal(contact_is_ringing(w->contact), seat_count(T.session, LOG_AGENT, EV_ANSWER) == 0);
	assert_int_equal(contact_is_live(w->contact), !contact_is_ringing(w->contact) && seat_count(T.session, LOG_AGENT, EV_HANGUP) == 0);
	assert_int_equal(w->contact->category != NULL,
			 seat_count(T.session, LOG_AGENT, EV_CLASSIFY) > seat_count(T.session, LOG_AGENT, EV_UNDO));
}

static void to_the_end(void)
{
	struct model *m = session_model(T.session);
	struct work *w = seat_work(&T, "P0");
	struct err e = {0};

	if (contact_is_ringing(w->contact))
		assert_ok(model_answer(m, w, &e), e);
	if (contact_is_live(w->contact)) {
		seat_wait(&T, 500);
		assert_ok(session_say(T.session, w, "您放心，我陪您", &e), e);
		assert_ok(model_hangup(m, w, &e), e);
		session_turn(T.session);
	}
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_ok(session_finish(T.session, &e), e);
	assert_true(session_state(T.session) == SESSION_SCORED);
	session_free(T.session);
	T.session = NULL;
}

static void kill_at(int steps, bool settle)
{
	killed_after(steps, settle);
	take_up();
	same_as_control(steps);
	contact_fits();
	to_the_end();
}

static void test_ringing(void **state)
{
	(void)state;
	kill_at(2, false);
	kill_at(2, true);
}

static void test_answered(void **state)
{
	(void)state;
	kill_at(3, false);
	kill_at(4, true);
}

static void test_talking(void **state)
{
	(void)state;
	for (int n = 5; n <= 9; n++)
		kill_at(n, n % 2);
}

static void test_late(void **state)
{
	(void)state;
	kill_at(11, false);
	kill_at(12, true);
	kill_at(14, false);
	kill_at(14, true);
}

// What is not an exam waits to be gone on with.
static void test_solo_waits(void **state)
{
	struct session_options o;
	struct book_session row;
	struct arena a = {0};
	struct err e = {0};
	struct book *b;
	bool found;

	(void)state;
	T.mode = PRACTICE_SOLO;
	killed_after(5, true);
	clock_fake(&T.clock, SEAT_NOW + 660000, 5660000);
	o = seat_options(&T);
	assert_ok(book_open(&b, T.dir, &e), e);
	assert_ok(book_unfinished(b, &row, &found, &a, &e), e);
	assert_ok(session_resume(&T.session, &o, row.id, &e), e);
	book_close(b);
	arena_release(&a);
	assert_true(session_state(T.session) == SESSION_SUSPENDED);
	int64_t then = session_used_ms(T.session);
	seat_wait(&T, 60000);
	assert_int_equal(session_used_ms(T.session), then);
	assert_ok(session_continue(T.session, &e), e);
	to_the_end();
	T.mode = PRACTICE_EXAM;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ringing), cmocka_unit_test(test_answered), cmocka_unit_test(test_talking), cmocka_unit_test(test_late),
		cmocka_unit_test(test_solo_waits),
	};

	return cmocka_run_group_tests(tests, run_control, end_control);
}
