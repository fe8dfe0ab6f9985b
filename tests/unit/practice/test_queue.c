// SPDX-License-Identifier: MIT
// Knows that a ticket queue comes to the desk, that what is done to its tickets is heard, and what it is worth.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/practice/debrief.h"
#include "tests/unit/practice/seat.h"

#define QUEUE "com.queue.01"

static int setup(void **state)
{
	struct seat *t = xcalloc(1, sizeof(*t));

	seat_start(t);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	seat_end(*state);
	free(*state);
	return 0;
}

static void open_queue(struct seat *t)
{
	struct session_options o = seat_options(t);
	struct err e = {0};

	o.scenario = QUEUE;
	assert_ok(session_new(&t->session, &o, &e), e);
	assert_ok(session_start(t->session, &e), e);
}

// The open ticket of that number of the scenario.
static void open_ticket(struct seat *t, size_t at)
{
	struct model *m = session_model(t->session);
	const struct scenario *sc = session_scenario(t->session);
	struct err e = {0};

	for (size_t i = 0; i < m->home.tickets.n; i++)
		if (str_eq(m->home.tickets.v[i].title, sc->tickets[at].title.zh)) {
			assert_ok(model_ticket_open(m, m->home.tickets.v[i].id, &e), e);
			return;
		}
	fail_msg("%s is not on the home screen", sc->tickets[at].title.zh);
}

// As the key says: all of it, or only the first so many tickets.
static void sort_right(struct seat *t, size_t first, size_t last)
{
	struct model *m = session_model(t->session);
	const struct scenario *sc = session_scenario(t->session);

	for (size_t i = first; i < last; i++) {
		const struct queue_ticket *k = &sc->tickets[i];
		struct err e = {0};
		char note[200];
		open_ticket(t, i);
		assert_string_equal(m->ticket.description, k->text.zh);
		if (!str_eq(k->category, k->key_category))
			assert_ok(model_ticket_classify(m, k->key_category, &e), e);
		if (k->priority != k->key_priority)
			assert_ok(model_ticket_priority(m, k->key_priority, false, "按实际影响", &e), e);
		if (!str_eq(k->queue, k->key_queue))
			assert_ok(model_ticket_route(m, k->key_queue, &e), e);
		snprintf(note, sizeof(note), "要点：%s。%s", k->words->any[0], k->reply ? "今天回电客户。" : "不需要再做什么。");
		assert_ok(model_ticket_note(m, note, &e), e);
		seat_saved(t);
		seat_wait(t, 1000);
	}
}

static const struct score *finish(struct seat *t)
{
	struct err e = {0};

	assert_int_equal(session_state(t->session), SESSION_RUNNING);
	assert_ok(session_finish(t->session, &e), e);
	assert_int_equal(session_state(t->session), SESSION_SCORED);
	const struct score *s = session_score(t->session);
	assert_true(s->queue);
	assert_int_equal(s->weight[SCORE_CLASS], 4000);
	assert_int_equal(s->weight[SCORE_PRIORITY], 2500);
	assert_int_equal(s->weight[SCORE_ROUTING], 2000);
	assert_int_equal(s->weight[SCORE_NOTES], 1500);
	assert_int_equal(s->weight[SCORE_SPEED] + s->weight[SCORE_RESOLUTION], 0);
	// Every ticket has a reason in each component.
	assert_int_equal(s->points.n, 4 * session_scenario(t->session)->n_tickets);
	return s;
}

static void test_all_right(void **state)
{
	struct seat *t = *state;
	struct debrief d = {0};
	struct score again;
	struct err e = {0};

	open_queue(t);
	assert_int_equal(session_model(t->session)->home.tickets.n, 20);
	sort_right(t, 0, 20);
	const struct score *s = finish(t);
	assert_int_equal(s->final_, 10000);
	assert_true(s->excellent);
	json_t *o = score_json(s);
	assert_ok(score_read(o, &again, &e), e);
	assert_true(again.queue);
	assert_int_equal(again.share[SCORE_NOTES], 10000);
	assert_int_equal(again.points.n, s->points.n);
	json_decref(o);
	score_release(&again);
	// Its timeline can be looked at.
	debrief_log(session_scenario(t->session), session_log(t->session), session_model(t->session)->packs->lexicon, s, &session_model(t->session)->world, &d);
	assert_true(d.rows.n >= 60);
	debrief_release(&d);
	assert_ok(session_debrief(t->session, "先读完", "备注更短", &e), e);
}

static void test_nothing_done(void **state)
{
	struct seat *t = *state;

	open_queue(t);
	const struct score *s = finish(t);
	// What comes in right stays right: that is all.
	assert_in_range(s->final_, 0, 3500);
	assert_int_equal(s->share[SCORE_NOTES], 0);
	assert_false(s->passed);
}

static void test_the_half(void **state)
{
	struct seat *t = *state;

	open_queue(t);
	sort_right(t, 0, 10);
	const struct score *s = finish(t);
	assert_int_equal(s->share[SCORE_NOTES], 5000);
	assert_in_range(s->share[SCORE_CLASS], 5000, 7500);
}

// A note that misses what matters, and one that promises what is not needed.
static void test_notes(void **state)
{
	struct seat *t = *state;
	struct model *m;
	struct err e = {0};

	open_queue(t);
	m = session_model(t->session);
	open_ticket(t, 0); // an outage; the customer is answered
	assert_ok(model_ticket_note(m, "已看", &e), e);
	open_ticket(t, 1); // thanks; no answer
	assert_ok(model_ticket_note(m, "转告感谢，并回电客户", &e), e);
	const struct score *s = finish(t);
	// 0 of the one; 0.7 of the other, of twenty.
	assert_int_equal(s->share[SCORE_NOTES], 350);
}

static void test_time_is_up(void **state)
{
	struct seat *t = *state;

	open_queue(t);
	seat_wait(t, 1000 * (int64_t)session_scenario(t->session)->time_limit_s + 2000);
	assert_int_equal(session_state(t->session), SESSION_SCORED);
}

// Of real tickets nobody says the category by hand.
static void test_live_refuses(void **state)
{
	struct seat *t = *state;
	struct model *m;
	struct err e = {0};

	open_queue(t);
	m = session_model(t->session);
	open_ticket(t, 0);
	m->mode = MODE_LIVE;
	assert_false(model_ticket_classify(m, "tech.outage", &e));
	assert_int_equal(e.code, ERR_DENIED);
	m->mode = MODE_PRACTICE;
	e = (struct err){0};
	assert_false(model_ticket_classify(m, "no.such", &e));
	assert_ok((e = (struct err){0}, model_ticket_classify(m, "tech.outage", &e)), e);
	seat_saved(t);
	assert_string_equal(m->ticket.category, "Service outage");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_right, setup, teardown), cmocka_unit_test_setup_teardown(test_nothing_done, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_half, setup, teardown), cmocka_unit_test_setup_teardown(test_notes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_time_is_up, setup, teardown), cmocka_unit_test_setup_teardown(test_live_refuses, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
