// SPDX-License-Identifier: MIT
// Knows how the callers of a drill come to its agent seats: who gets whom, what becomes of them when a seat leaves, and that it all comes
// again from the record.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/practice/sample.h"

enum { CALLERS = 4 };
struct bed {
	struct sample x;
	struct engine *g;
	struct scenario_caller c[CALLERS];
};
static const struct scenario_seat seats[] = {{.code = "lead"}, {.code = "agent1"}, {.code = "agent2"}, {.code = "tech"}, {.code = "agent3"}};

// Four callers, at 0, 10, 20 and 30 s.
static void open_bed(struct bed *b)
{
	sample_init(&b->x);
	for (int i = 0; i < CALLERS; i++) {
		b->c[i] = b->x.s.callers[i ? 1 : 0];
		b->c[i].at_s = 10 * i;
	}
	b->x.s.callers = b->c;
	b->x.s.n_callers = CALLERS;
	b->x.s.kind = SCENARIO_DRILL;
	b->x.s.seats = seats;
	b->x.s.n_seats = sizeof(seats) / sizeof(*seats);
	b->g = sample_engine(&b->x, 1);
}

static void close_bed(struct bed *b)
{
	engine_free(b->g);
	sample_release(&b->x);
}

static void seat(struct bed *b, int64_t t, const char *kind, const char *code)
{
	trainer(b->g, t, -1, EV_INJECT, "kind", kind, "id", code, NULL);
}

static void does(struct bed *b, int64_t t, int at, int contact, enum event_type type)
{
	struct log_entry e = {.t_ms = t, .contact = contact, .seat = at, .who = LOG_AGENT, .ev = {.type = type}};

	engine_put(b->g, &e);
}

static int rings_at(const struct bed *b, int contact)
{
	return last(engine_log(b->g), EV_RING, contact)->seat;
}

static void test_order(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	assert_int_equal(scenario_agent(&b.x.s, 0), 1);
	assert_int_equal(scenario_agent(&b.x.s, 2), 4);
	assert_int_equal(scenario_agent(&b.x.s, 3), SCENARIO_NONE);
	assert_int_equal(scenario_agent_no(&b.x.s, 4), 2);
	assert_int_equal(scenario_agent_no(&b.x.s, 0), -1);
	assert_int_equal(rings_at(&b, 0), 0);
	seat(&b, 1000, "seat", "agent3");
	seat(&b, 2000, "seat", "agent2");
	does(&b, 3000, 0, 0, EV_ANSWER);
	engine_tick(b.g, 10000);
	assert_int_equal(rings_at(&b, 1), 2); // came first, idle for longest
	does(&b, 11000, 2, 1, EV_ANSWER);
	does(&b, 12000, 2, 1, EV_HANGUP);
	engine_tick(b.g, 20000);
	assert_int_equal(rings_at(&b, 2), 1);
	does(&b, 21000, 0, 0, EV_HANGUP);
	engine_tick(b.g, 30000);
	assert_int_equal(rings_at(&b, 3), 2); // done at 12 s, the first one at 21 s
	assert_int_equal(engine_seat_of(b.g, 3), 2);
	close_bed(&b);
}

// Where all are at work a caller waits for the first that is done; after a while they are a second line.
static void test_queue(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	seat(&b, 1000, "seat", "agent2");
	does(&b, 2000, 0, 0, EV_ANSWER);
	engine_tick(b.g, 10000);
	assert_int_equal(rings_at(&b, 1), 1);
	engine_tick(b.g, 20000);
	assert_int_equal(rings_at(&b, 2), -1);
	assert_int_equal(engine_seat_of(b.g, 2), -1);
	does(&b, 21000, 0, 2, EV_ANSWER); // nobody's yet: this answers nobody
	assert_true(engine_track(b.g)->answered_at[2] < 0);
	does(&b, 22000, 1, 1, EV_ANSWER);
	does(&b, 23000, 1, 1, EV_HANGUP);
	assert_int_equal(rings_at(&b, 2), 1);
	assert_int_equal(last(engine_log(b.g), EV_RING, 2)->t_ms, 23000);
	engine_tick(b.g, 30000);
	assert_int_equal(rings_at(&b, 3), -1);
	engine_tick(b.g, 30000 + ENGINE_QUEUE_MS);
	assert_int_equal(rings_at(&b, 3), 0); // each has one; the first of them
	close_bed(&b);
}

static void test_leaves(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	seat(&b, 1000, "seat", "agent2");
	does(&b, 2000, 0, 0, EV_ANSWER);
	engine_tick(b.g, 10000);
	does(&b, 11000, 1, 1, EV_ANSWER);
	does(&b, 12000, 1, 1, EV_HANGUP);
	engine_tick(b.g, 20000);
	assert_int_equal(rings_at(&b, 2), 1);
	seat(&b, 22000, "leave", "agent2");
	assert_int_equal(rings_at(&b, 2), 0); // alone again, it has all of them
	does(&b, 23000, 1, 2, EV_ANSWER);     // what was under way from there comes too late
	assert_true(engine_track(b.g)->answered_at[2] < 0);
	does(&b, 24000, 0, 2, EV_ANSWER);
	assert_int_equal(engine_track(b.g)->answered_at[2], 24000);
	engine_tick(b.g, 30000);
	assert_int_equal(rings_at(&b, 3), 0);
	// Who rings where somebody stays goes on ringing there.
	seat(&b, 30100, "seat", "agent3");
	seat(&b, 30200, "leave", "agent3");
	assert_int_equal(count_of(engine_log(b.g), EV_RING, 3), 1);
	// It comes back and goes on: its own contact can be wrapped up, and it has callers again.
	seat(&b, 31000, "seat", "agent2");
	does(&b, 32000, 1, 1, EV_CLOSE);
	assert_int_equal(last(engine_log(b.g), EV_CLOSE, 1)->seat, 1);
	assert_int_equal(rings_at(&b, 3), 0); // what rings at a seat that is there stays
	close_bed(&b);
}

// Who is not answered at one seat rings at the other, and is lost only where nobody else is there.
static void test_missed(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	seat(&b, 1000, "seat", "agent2");
	does(&b, 2000, 0, 0, EV_ANSWER);
	engine_tick(b.g, 10000);
	assert_int_equal(rings_at(&b, 1), 1);
	does(&b, 15000, 1, 1, EV_MISSED);
	assert_int_equal(rings_at(&b, 1), -1); // the other is at work; this one had its turn
	assert_true(engine_track(b.g)->ended_at[1] < 0);
	does(&b, 16000, 0, 0, EV_HANGUP);
	assert_int_equal(rings_at(&b, 1), 0);
	does(&b, 17000, 0, 1, EV_ANSWER);
	assert_int_equal(engine_track(b.g)->answered_at[1], 17000);
	engine_tick(b.g, 20000);
	assert_int_equal(rings_at(&b, 2), 1);
	seat(&b, 21000, "leave", "agent2");
	assert_int_equal(rings_at(&b, 2), 0);
	does(&b, 25000, 0, 2, EV_MISSED);
	assert_int_equal(engine_track(b.g)->ended_at[2], 25000);
	close_bed(&b);
}

// Who is on the line when a seat dies is not taken from it.
static void test_on_the_line(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	seat(&b, 1000, "seat", "agent2");
	does(&b, 2000, 0, 0, EV_ANSWER);
	engine_tick(b.g, 10000);
	does(&b, 11000, 1, 1, EV_ANSWER);
	seat(&b, 12000, "leave", "agent2");
	assert_int_equal(rings_at(&b, 1), 1);
	seat(&b, 14000, "seat", "agent2");
	struct log_entry e = entry(15000, 1, LOG_AGENT, EV_SAY, "side", "agent", "text", "九点到五点", NULL);
	e.seat = 1;
	engine_put(b.g, &e);
	event_release(&e.ev);
	engine_tick(b.g, 24000);
	assert_string_equal(beat_at(b.g, 1), "s2");
	close_bed(&b);
}

// The same record again, by its inputs alone; and beside it, entry by entry as it comes over a room.
static void test_again(void **state)
{
	struct bed b, f;
	struct practice_log again;

	(void)state;
	open_bed(&b);
	open_bed(&f);
	seat(&b, 1000, "seat", "agent2");
	does(&b, 2000, 0, 0, EV_ANSWER);
	does(&b, 12000, 1, 1, EV_ANSWER);
	does(&b, 13000, 1, 1, EV_KB_SEARCH);
	seat(&b, 21000, "leave", "agent2");
	does(&b, 26000, 0, 2, EV_ANSWER);
	does(&b, 26000, 0, 0, EV_HANGUP);
	seat(&b, 41000, "seat", "agent3");
	run_out(b.g);
	const struct practice_log *l = engine_log(b.g);
	for (size_t i = 0; i < l->v.n; i++)
		assert_true(engine_follow(f.g, i, &l->v.v[i]));
	engine_play(&(struct engine_options){.scenario = &b.x.s, .lexicon = b.x.lex, .seed = 1, .lang = LANG_ZH, .curveballs = true}, l, &again);
	char *one = written(l), *two = written(&again), *three = written(engine_log(f.g));
	assert_string_equal(one, two);
	assert_string_equal(one, three);
	free(one);
	free(two);
	free(three);
	practice_log_release(&again);
	// What the other did not do is found out.
	struct log_entry e = l->v.v[3];
	e.contact = e.contact == 1 ? 0 : 1;
	assert_false(engine_follow(f.g, 3, &e));
	close_bed(&b);
	close_bed(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_queue), cmocka_unit_test(test_leaves), cmocka_unit_test(test_missed),
					   cmocka_unit_test(test_on_the_line), cmocka_unit_test(test_again)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
