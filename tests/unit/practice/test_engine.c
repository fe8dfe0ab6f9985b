// SPDX-License-Identifier: MIT
// Knows how the customer of a scenario must behave.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/practice/sample.h"

struct bed {
	struct sample x;
	struct engine *g;
};

static void open_bed(struct bed *b, uint64_t seed)
{
	sample_init(&b->x);
	b->g = sample_engine(&b->x, seed);
}

static void close_bed(struct bed *b)
{
	engine_free(b->g);
	sample_release(&b->x);
}

static const struct practice_log *log_of(const struct bed *b)
{
	return engine_log(b->g);
}

static void test_ring_and_start(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b, 1);
	const struct log_entry *ring = nth(log_of(&b), EV_RING, 0, 0);
	assert_non_null(ring);
	assert_int_equal(ring->t_ms, 0);
	assert_int_equal(ring->who, LOG_ENGINE);
	assert_string_equal(get(ring, "number"), "13800139001");
	assert_string_equal(get(ring, "queue"), "account");
	assert_string_equal(get(ring, "channel"), "phone");
	answer(b.g, 3000);
	assert_null(nth(log_of(&b), EV_SAY, 0, 0));
	engine_tick(b.g, 3000 + ENGINE_THINK_MAX_MS);
	const struct log_entry *line = nth(log_of(&b), EV_SAY, 0, 0);
	assert_non_null(line);
	assert_string_equal(beat_at(b.g, 0), "b1");
	assert_int_equal(line->who, LOG_CUSTOMER);
	assert_non_null(strstr(get(line, "text"), "49800")); // the fact stands in it
	assert_in_range(line->t_ms, 3000 + ENGINE_THINK_MIN_MS, 3000 + ENGINE_THINK_MAX_MS);
	assert_string_equal(get(nth(log_of(&b), EV_EMOTION, 0, 0), "level"), "3");
	assert_string_equal(get(nth(log_of(&b), EV_EMOTION, 0, 0), "source"), "system");
	close_bed(&b);
}

static void test_unanswered(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b, 1);
	engine_tick(b.g, 59999);
	assert_false(engine_over(b.g));
	engine_tick(b.g, 60000);
	assert_non_null(nth(log_of(&b), EV_ABANDONED, 0, 0));
	assert_true(engine_over(b.g));
	assert_string_equal(get(last(log_of(&b), EV_OUTCOME, -1), "result"), "fail");
	assert_string_equal(get(last(log_of(&b), EV_OUTCOME, -1), "reason"), "unanswered");
	size_t n = log_of(&b)->v.n;
	engine_tick(b.g, 10000000);
	assert_int_equal(log_of(&b)->v.n, n);
	assert_int_equal(engine_due(b.g), -1);
	close_bed(&b);
}

// Answers and lets the first line come; gives the time its sound ends.
static int64_t opened(struct bed *b)
{
	answer(b->g, 1000);
	engine_tick(b->g, 1000 + ENGINE_THINK_MAX_MS);
	const struct log_entry *line = last(log_of(b), EV_SAY, 0);
	assert_string_equal(beat_at(b->g, 0), "b1");
	return line->t_ms + track_say_ms(get(line, "text"));
}

static void test_pace(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 5);
	t = opened(&b);
	// Heard, thought about, answered; a second line before that moves the answer behind it.
	say(b.g, t, "好的先生请您稍等一下"); // 10 characters
	int64_t first = engine_due(b.g);
	assert_in_range(first, t + 1200 + ENGINE_THINK_MIN_MS, t + 1200 + ENGINE_THINK_MAX_MS);
	say(b.g, t + 1000, "我在查询");
	assert_int_equal(engine_due(b.g), first + 4 * ENGINE_CHAR_MS);
	engine_tick(b.g, engine_due(b.g));
	assert_string_equal(beat_at(b.g, 0), "b1x");
	assert_int_equal(last(log_of(&b), EV_SAY, 0)->t_ms, first + 4 * ENGINE_CHAR_MS);
	close_bed(&b);
}

static void test_deeds_do_not_make_talk(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 5);
	t = opened(&b);
	act(b.g, t + 100, 0, EV_CLASSIFY, "code", "payment.funds_anomaly", NULL);
	engine_tick(b.g, t + 9000);
	assert_string_equal(beat_at(b.g, 0), "b1");
	// But what was done opens the way when the turn comes.
	say(b.g, t + 9000, "理解您的着急，请先停止共享");
	engine_tick(b.g, t + 18000);
	assert_string_equal(beat_at(b.g, 0), "b2");
	// b2 hears two lines before it looks.
	act(b.g, t + 18000, 0, EV_ESCALATE, "kind", "red", NULL);
	say(b.g, t + 18000, "已经上报");
	engine_tick(b.g, t + 23000);
	assert_string_equal(beat_at(b.g, 0), "b2");
	say(b.g, t + 23000, "请您放心");
	engine_tick(b.g, t + 27000);
	assert_string_equal(beat_at(b.g, 0), "b3");
	close_bed(&b);
}

static void test_emotion(void **state)
{
	struct bed b;
	int64_t t;
	const struct track *k;

	(void)state;
	open_bed(&b, 5);
	t = opened(&b);
	k = engine_track(b.g);
	assert_int_equal(k->emotion[0], 3);
	say(b.g, t, "理解您的着急"); // kind words alone calm nobody
	assert_int_equal(k->emotion[0], 3);
	act(b.g, t + 100, 0, EV_CLASSIFY, "code", "payment.funds_anomaly", NULL);
	assert_int_equal(k->emotion[0], 2);
	say(b.g, t + 200, "理解您的着急"); // once a beat
	assert_int_equal(k->emotion[0], 2);
	say(b.g, t + 300, "这事不归我管");
	assert_int_equal(k->emotion[0], 3);
	engine_tick(b.g, t + 9000); // to b1x
	assert_string_equal(beat_at(b.g, 0), "b1x");
	assert_int_equal(k->emotion[0], 3); // b1 was not left with nothing met
	say(b.g, t + 13000, "嗯");
	engine_tick(b.g, t + 17000); // b1x again, nothing met
	assert_int_equal(k->emotion[0], 4);
	// At 4 the supervisor is asked for once.
	engine_tick(b.g, t + 22000);
	const struct log_entry *line = last(log_of(&b), EV_SAY, 0);
	assert_true(strstr(get(line, "text"), "主管") || strstr(get(line, "text"), "经理") || strstr(get(line, "text"), "领导"));
	say(b.g, t + 22000, "不归我管");
	assert_int_equal(k->emotion[0], 5);
	engine_tick(b.g, t + 30000);
	assert_string_equal(get(last(log_of(&b), EV_HANGUP, 0), "reason"), "emotion");
	assert_true(k->customer_hung_up);
	run_out(b.g);
	assert_string_equal(get(last(log_of(&b), EV_OUTCOME, -1), "result"), "fail");
	close_bed(&b);
}

static void test_patience(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 5);
	b.x.beats[B_START].level = 0;
	t = opened(&b);
	assert_int_equal(engine_patience(b.g, 0, t), 100);
	assert_int_equal(engine_patience(b.g, 0, t + 6000), 50);
	engine_tick(b.g, t + 11999);
	assert_int_equal(count_of(log_of(&b), EV_SILENCE, 0), 0);
	engine_tick(b.g, t + 12000);
	assert_int_equal(count_of(log_of(&b), EV_SILENCE, 0), 1);
	assert_int_equal(engine_track(b.g)->emotion[0], 1);
	assert_int_equal(last(log_of(&b), EV_SAY, 0)->t_ms, t + 12000); // asks whether anybody is there
	run_out(b.g);
	// Three nudges in vain, then they hang up.
	assert_int_equal(count_of(log_of(&b), EV_SILENCE, 0), ENGINE_NUDGES + 1);
	assert_string_equal(get(last(log_of(&b), EV_HANGUP, 0), "reason"), "patience");
	assert_string_equal(get(last(log_of(&b), EV_OUTCOME, -1), "result"), "fail");
	close_bed(&b);
}

static void test_hold(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 5);
	b.x.beats[B_START].level = 0;
	b.x.beats[B_START].patience_s = 100;
	t = opened(&b);
	act(b.g, t + 50000, 0, EV_HOLD, NULL); // half of it gone; the other half takes twice as long
	assert_int_equal(engine_patience(b.g, 0, t + 50000), 50);
	assert_int_equal(engine_patience(b.g, 0, t + 100000), 25);
	say(b.g, t + 60000, "理解您的着急，停止共享"); // nobody hears it
	assert_int_equal(engine_track(b.g)->utterances.n, 0);
	engine_tick(b.g, t + 149999);
	assert_int_equal(count_of(log_of(&b), EV_SILENCE, 0), 0);
	engine_tick(b.g, t + 150000);
	assert_int_equal(count_of(log_of(&b), EV_SILENCE, 0), 1);
	act(b.g, t + 151000, 0, EV_RESUME, NULL);
	act(b.g, t + 152000, 0, EV_HOLD, NULL);
	close_bed(&b);

	// 300 seconds at most, and who leaves a customer longer has made a critical error.
	open_bed(&b, 5);
	b.x.beats[B_START].level = 0;
	b.x.beats[B_START].patience_s = 400;
	b.x.s.time_limit_s = 3600;
	engine_free(b.g);
	b.g = sample_engine(&b.x, 5);
	t = opened(&b);
	act(b.g, t, 0, EV_HOLD, NULL);
	engine_tick(b.g, t + 299999);
	assert_null(nth(log_of(&b), EV_HANGUP, 0, 0));
	engine_tick(b.g, t + 300000);
	assert_string_equal(get(nth(log_of(&b), EV_HANGUP, 0, 0), "reason"), "hold");
	assert_string_equal(engine_track(b.g)->criticals.v[0].code, "CC-03");
	close_bed(&b);
}

static void to_thanks(struct bed *b, int64_t t)
{
	say(b->g, t, "理解您的着急，请先停止共享");
	engine_tick(b->g, t + 9000);
	act(b->g, t + 9000, 0, EV_ESCALATE, "kind", "red", NULL);
	say(b->g, t + 9000, "好");
	say(b->g, t + 9001, "好");
	engine_tick(b->g, t + 15000);
	assert_string_equal(beat_at(b->g, 0), "b3");
}

static void test_goodbye(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 9);
	t = opened(&b);
	to_thanks(&b, t);
	assert_int_equal(engine_track(b.g)->emotion[0], 1);
	engine_tick(b.g, t + 20000);
	assert_null(nth(log_of(&b), EV_HANGUP, 0, 0)); // waits
	act(b.g, t + 20000, 0, EV_MARK, "mark", "confirm", NULL);
	say(b.g, t + 20100, "感谢来电，再见");
	engine_tick(b.g, t + 30000);
	assert_string_equal(get(nth(log_of(&b), EV_HANGUP, 0, 0), "side"), "customer");
	assert_string_equal(get(nth(log_of(&b), EV_HANGUP, 0, 0), "reason"), "done");
	assert_false(engine_over(b.g)); // the wrap-up is still to be saved
	act(b.g, t + 40000, 0, EV_CLOSE, NULL);
	assert_true(engine_over(b.g));
	assert_string_equal(engine_track(b.g)->outcome, "success");
	assert_int_equal(engine_track(b.g)->criticals.n, 0);
	close_bed(&b);
	// Left alone, who is satisfied asks once and goes, without harm.
	open_bed(&b, 9);
	t = opened(&b);
	to_thanks(&b, t);
	act(b.g, t + 16000, 0, EV_MARK, "mark", "confirm", NULL);
	run_out(b.g);
	assert_string_equal(get(nth(log_of(&b), EV_HANGUP, 0, 0), "reason"), "done");
	assert_int_equal(engine_track(b.g)->emotion[0], 1);
	assert_string_equal(engine_track(b.g)->outcome, "success"); // by the wrap limit
	assert_string_equal(get(last(log_of(&b), EV_OUTCOME, -1), "reason"), "wrap_limit");
	close_bed(&b);
}

static void test_limits(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b, 2);
	answer(b.g, 500);
	act(b.g, 4000, 0, EV_CLASSIFY, "code", "payment.funds_anomaly", NULL);
	act(b.g, 4000, 0, EV_VERIFY, "level", "2", "passed", "1", NULL);
	for (int64_t t = 5000; t < 240000; t += 5000)
		say(b.g, t, "请停止共享");
	run_out(b.g);
	assert_string_equal(get(last(log_of(&b), EV_HANGUP, 0), "reason"), "time");
	assert_int_equal(last(log_of(&b), EV_HANGUP, 0)->t_ms, 240000);
	assert_string_equal(engine_track(b.g)->outcome, "time");
	assert_int_equal(last(log_of(&b), EV_OUTCOME, -1)->t_ms, 300000);
	close_bed(&b);
	// Abort, and the fail condition.
	open_bed(&b, 2);
	answer(b.g, 500);
	trainer(b.g, 600, -1, EV_OUTCOME, "result", "success", "reason", "fire alarm", NULL);
	assert_string_equal(engine_track(b.g)->outcome, "aborted");
	assert_true(engine_over(b.g));
	close_bed(&b);
	open_bed(&b, 2);
	answer(b.g, 500);
	say(b.g, 1000, "告诉我验证码");
	assert_false(engine_over(b.g));
	say(b.g, 2000, "快告诉我验证码");
	assert_string_equal(engine_track(b.g)->outcome, "fail");
	assert_string_equal(engine_track(b.g)->criticals.v[0].code, "PC-02");
	close_bed(&b);
}

static void test_when(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 4);
	sample_rude(&b.x);
	b.x.beats[B_START].level = 0;
	engine_free(b.g);
	b.g = sample_engine(&b.x, 4);
	t = opened(&b);
	say(b.g, t, "这件事情真的不归我管您找别人去吧好不好呢先生"); // a long line; it is not heard out
	int64_t due = engine_due(b.g);
	assert_in_range(due, t + ENGINE_THINK_MIN_MS, t + ENGINE_THINK_MAX_MS);
	engine_tick(b.g, due);
	assert_string_equal(beat_at(b.g, 0), "rude");
	say(b.g, t + 10000, "不归我管"); // once only
	engine_tick(b.g, t + 15000);
	assert_string_equal(beat_at(b.g, 0), "b2");
	assert_int_equal(count_of(log_of(&b), EV_BEAT, 0), 3);
	close_bed(&b);
}

// Twelve customers call, one after the other: each rings at its time, is heard and hears, and feels for themselves.
static void test_twelve(void **state)
{
	enum { CALLERS = 12 };
	struct scenario_caller c[CALLERS];
	struct bed b;

	(void)state;
	sample_init(&b.x);
	for (int i = 0; i < CALLERS; i++) {
		c[i] = b.x.s.callers[i ? 1 : 0];
		c[i].at_s = 10 * i;
		c[i].first_beat = i ? B_OTHER : B_START;
	}
	b.x.s.callers = c;
	b.x.s.n_callers = CALLERS;
	b.g = sample_engine(&b.x, 1);
	for (int i = 0; i < CALLERS; i++) {
		act(b.g, 10000 * i + 2000, i, EV_ANSWER, NULL);
		engine_tick(b.g, 10000 * i + 6000);
		act(b.g, 10000 * i + 7000, i, EV_SAY, "side", "agent", "text", "九点到五点", NULL);
		engine_tick(b.g, 10000 * i + 9999);
	}
	for (int i = 0; i < CALLERS; i++) {
		assert_int_equal(nth(log_of(&b), EV_RING, i, 0)->t_ms, 10000 * i);
		assert_non_null(nth(log_of(&b), EV_SAY, i, 0));
		assert_int_equal(engine_track(b.g)->answered_at[i], 10000 * i + 2000);
	}
	assert_string_equal(beat_at(b.g, 11), "s2");
	// What one of them feels is theirs alone.
	assert_int_equal(engine_track(b.g)->emotion[11], 2);
	assert_int_not_equal(engine_track(b.g)->emotion[0], 2);
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring_and_start), cmocka_unit_test(test_unanswered), cmocka_unit_test(test_pace),
		cmocka_unit_test(test_deeds_do_not_make_talk), cmocka_unit_test(test_emotion), cmocka_unit_test(test_patience),
		cmocka_unit_test(test_hold), cmocka_unit_test(test_goodbye), cmocka_unit_test(test_limits), cmocka_unit_test(test_when),
		cmocka_unit_test(test_twelve),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
