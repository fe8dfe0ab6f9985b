// SPDX-License-Identifier: MIT
// Knows what surprises, trainers and several customers do to a session, and that the same input always gives the same session.
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

// Answers and lets the first line come; gives the time its sound ends.
static int64_t opened(struct bed *b)
{
	answer(b->g, 1000);
	engine_tick(b->g, 1000 + ENGINE_THINK_MAX_MS);
	const struct log_entry *line = last(log_of(b), EV_SAY, 0);
	assert_string_equal(beat_at(b->g, 0), "b1");
	return line->t_ms + track_say_ms(get(line, "text"));
}

static void test_curveballs(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 3);
	sample_curves(&b.x);
	b.x.s.n_callers = 1;
	b.x.curves[2].chance = 100;
	b.x.beats[B_START].level = 0;
	b.x.beats[B_START].patience_s = b.x.beats[B_AGAIN].patience_s = 200;
	engine_free(b.g);
	b.g = sample_engine(&b.x, 3);
	t = opened(&b);
	engine_tick(b.g, 16000);
	assert_string_equal(get(nth(log_of(&b), EV_CURVEBALL, 0, 0), "id"), "c2");
	assert_int_equal(nth(log_of(&b), EV_CURVEBALL, 0, 0)->t_ms, 16000); // 15 s after the answer
	say(b.g, 17000, "我在听");
	say(b.g, 21000, "您请讲");
	engine_tick(b.g, 25000);
	assert_non_null(strstr(get(last(log_of(&b), EV_SAY, 0), "text"), "……"));
	// Silence: nothing is said until it is over, or until somebody has asked twice.
	engine_tick(b.g, 41000);
	assert_string_equal(get(last(log_of(&b), EV_CURVEBALL, 0), "id"), "c3");
	int said = count_of(log_of(&b), EV_SAY, 0);
	say(b.g, 42000, "请停止共享，您在听吗");
	engine_tick(b.g, 46000);
	assert_int_equal(count_of(log_of(&b), EV_SAY, 0), said + 1);
	say(b.g, 46000, "您还在吗");
	assert_string_equal(get(last(log_of(&b), EV_CURVEBALL, 0), "value"), "0");
	assert_int_equal(last(log_of(&b), EV_CURVEBALL, 0)->t_ms, 46000);
	engine_tick(b.g, 50000);
	assert_int_equal(count_of(log_of(&b), EV_SAY, 0), said + 3);
	// "b2 or 60s": the time came first, and only once.
	assert_string_equal(beat_at(b.g, 0), "b2");
	int down = 0;
	engine_tick(b.g, 80000);
	for (int i = 0; i < count_of(log_of(&b), EV_CURVEBALL, 0); i++) {
		const struct log_entry *e = nth(log_of(&b), EV_CURVEBALL, 0, i);
		down += strcmp(get(e, "id"), "c1") == 0 && strcmp(get(e, "value"), "1") == 0;
		if (strcmp(get(e, "id"), "c1") == 0)
			assert_string_equal(get(e, "target"), "crm");
	}
	assert_int_equal(down, 1);
	close_bed(&b);
	// Without curveballs only the trainer brings them.
	sample_init(&b.x);
	sample_curves(&b.x);
	b.g = engine_new(&(struct engine_options){.scenario = &b.x.s, .lexicon = b.x.lex, .seed = 3, .lang = LANG_ZH});
	opened(&b);
	engine_tick(b.g, 17000);
	assert_int_equal(count_of(log_of(&b), EV_CURVEBALL, -2), 0);
	trainer(b.g, 17000, 0, EV_INJECT, "kind", "curveball", "id", "c1", NULL);
	assert_string_equal(get(last(log_of(&b), EV_CURVEBALL, 0), "id"), "c1");
	(void)t;
	close_bed(&b);
}

static void test_interjection(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b, 3);
	sample_curves(&b.x);
	b.x.s.n_callers = 1;
	b.x.s.n_curveballs = 2;
	b.x.curves[1].kind = CURVE_VIP;
	b.x.curves[1].at_s = 4;
	engine_free(b.g);
	b.g = sample_engine(&b.x, 3);
	opened(&b);
	engine_tick(b.g, 9500);
	assert_string_equal(get(last(log_of(&b), EV_SAY, 0), "text"), "这边信号不好。");
	say(b.g, 9600, "我听得到"); // an answer to that, not to the beat: no "else"
	engine_tick(b.g, 13500);
	assert_string_equal(beat_at(b.g, 0), "b1");
	say(b.g, 13500, "您请讲");
	engine_tick(b.g, 18000);
	assert_string_equal(beat_at(b.g, 0), "b1x");
	close_bed(&b);
}

static void test_anger_is_the_scenarios(void **state)
{
	static const struct {
		const char *when;
		bool own; // the scenario answers anger itself
	} rows[] = {{"emotion >= 4", true}, {"emotion > 3 && beat.b1", true}, {"emotion <= 1 && beat.b3", false}, {"forbidden > 3", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bed b;
		open_bed(&b, 3);
		b.x.beats[B_RUDE].when = sample_expr(&b.x, rows[i].when);
		engine_free(b.g);
		b.g = sample_engine(&b.x, 3);
		int64_t t = opened(&b);
		trainer(b.g, t, 0, EV_INJECT, "kind", "emotion", "level", "4", NULL);
		engine_tick(b.g, t + ENGINE_THINK_MAX_MS);
		assert_string_equal(beat_at(b.g, 0), rows[i].own ? "rude" : "b1");
		assert_int_equal(count_of(log_of(&b), EV_SAY, 0), 2); // one answer, not both
		close_bed(&b);
	}
}

static void test_trainer(void **state)
{
	struct bed b;
	int64_t t;

	(void)state;
	open_bed(&b, 3);
	t = opened(&b);
	trainer(b.g, t, 0, EV_INJECT, "kind", "line", "text", "你等一下", NULL);
	assert_string_equal(get(last(log_of(&b), EV_SAY, 0), "text"), "你等一下");
	assert_int_equal(last(log_of(&b), EV_SAY, 0)->t_ms, t);
	trainer(b.g, t, 0, EV_INJECT, "kind", "emotion", "class", "sad", "level", "1", NULL);
	assert_int_equal(engine_track(b.g)->emotion[0], 1);
	assert_int_equal(engine_track(b.g)->emotion_class[0], EMOTION_SAD);
	trainer(b.g, t, 0, EV_INJECT, "kind", "beat", "id", "b2", NULL);
	assert_string_equal(beat_at(b.g, 0), "b2");
	int64_t due = engine_due(b.g);
	size_t n = log_of(&b)->v.n;
	trainer(b.g, t, -1, EV_PAUSE, "value", "1", NULL); // written down, nothing else
	assert_int_equal(log_of(&b)->v.n, n + 1);
	assert_int_equal(engine_due(b.g), due);
	const struct expectation *h = engine_hint(b.g, 0);
	assert_non_null(h);
	assert_string_equal(h->id, "up");
	close_bed(&b);
}

static void test_two_callers(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b, 3);
	b.x.s.n_callers = 2;
	b.x.beats[B_START].patience_s = 200;
	engine_free(b.g);
	b.g = sample_engine(&b.x, 3);
	opened(&b);
	engine_tick(b.g, 30000);
	assert_string_equal(get(nth(log_of(&b), EV_RING, 1, 0), "channel"), "chat");
	assert_int_equal(nth(log_of(&b), EV_RING, 1, 0)->t_ms, 30000);
	act(b.g, 31000, 0, EV_HOLD, NULL);
	act(b.g, 31500, 1, EV_ANSWER, NULL);
	engine_tick(b.g, 35000);
	assert_string_equal(beat_at(b.g, 1), "s1");
	act(b.g, 36000, 1, EV_SAY, "side", "agent", "text", "九点到五点", NULL);
	engine_tick(b.g, 45000);
	assert_string_equal(beat_at(b.g, 1), "s2");
	assert_non_null(nth(log_of(&b), EV_HANGUP, 1, 0));
	assert_null(nth(log_of(&b), EV_HANGUP, 0, 0));
	assert_true(engine_track(b.g)->answered_at[1] == 31500);
	// The other customer's words are not this one's.
	assert_false(track_true_at(engine_track(b.g), 0, sample_expr(&b.x, "said.hours")));
	assert_true(track_true_at(engine_track(b.g), 1, sample_expr(&b.x, "said.hours && second")));
	close_bed(&b);
}

// --- the same input gives the same record, however often the clock is looked at

static void script(struct engine *g, int64_t step, uint64_t rnd)
{
	static const struct {
		int64_t t;
		int contact;
		enum event_type type;
		const char *text;
	} in[] = {
		{1500, 0, EV_ANSWER, ""}, {2000, 0, EV_SAY, "您好"}, {9000, 0, EV_SAY, "理解您的着急"},
		{9000, 0, EV_CLASSIFY, "payment.funds_anomaly"}, {21000, 0, EV_SAY, "请停止共享"}, {33000, 1, EV_ANSWER, ""},
		{36000, 1, EV_SAY, "九点到五点"}, {47000, 0, EV_SAY, "您还在吗"}, {50000, 0, EV_HOLD, ""}, {71000, 0, EV_RESUME, ""},
		{72000, 0, EV_ESCALATE, "red"}, {73000, 0, EV_SAY, "已经上报"}, {79000, 0, EV_SAY, "不归我管"}, {99000, 0, EV_SAY, "马上为您处理"},
		{120000, 0, EV_SAY, "马上为您处理，再见"},
	};
	int64_t t = 0;

	for (size_t i = 0; i < sizeof(in) / sizeof(*in); i++) {
		while (step && t < in[i].t) {
			engine_tick(g, t);
			rnd = rnd * 6364136223846793005u + 1442695040888963407u;
			t += step == 1 ? 1 : (int64_t)(rnd >> 33) % step + 1;
		}
		act(g, in[i].t, in[i].contact, in[i].type, "side", "agent", "text", in[i].text, "code", in[i].text, "kind", "red", NULL);
	}
	while (!engine_over(g) && step && t < 3600000)
		engine_tick(g, t += step);
	run_out(g);
}

static void test_ticks_do_not_matter(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 12; seed++) {
		struct sample x;
		char *first = NULL;
		for (int way = 0; way < 4; way++) {
			sample_init(&x);
			sample_curves(&x);
			sample_rude(&x);
			x.beats[B_PRESS].when = sample_expr(&x, "time_s > 100 || quiet");
			struct engine *g = sample_engine(&x, seed);
			script(g, way == 0 ? 0 : way == 1 ? 1 : way == 2 ? 700 : 20000, seed * 31 + (uint64_t)way);
			char *text = written(engine_log(g));
			if (first && strcmp(first, text) != 0)
				fail_msg("seed %d, way %d:\n%s\n--- not\n%s", (int)seed, way, text, first);
			assert_true(engine_over(g));
			if (first)
				free(text);
			else
				first = text;
			engine_free(g);
			sample_release(&x);
		}
		free(first);
	}
}

static void test_play(void **state)
{
	struct bed b;
	struct practice_log out, again;

	(void)state;
	open_bed(&b, 11);
	sample_curves(&b.x);
	engine_free(b.g);
	b.g = sample_engine(&b.x, 11);
	script(b.g, 500, 1);
	struct engine_options o = {.scenario = &b.x.s, .lexicon = b.x.lex, .seed = 11, .lang = LANG_ZH, .curveballs = true};
	engine_play(&o, engine_log(b.g), &out);
	engine_play(&o, &out, &again);
	char *one = written(engine_log(b.g)), *two = written(&out), *three = written(&again);
	assert_string_equal(one, two);
	assert_string_equal(two, three);
	// Another seed is another session; another language is the same session in other words.
	o.seed = 12;
	practice_log_release(&again);
	engine_play(&o, &out, &again);
	free(three);
	three = written(&again);
	assert_string_not_equal(two, three);
	o.seed = 11;
	o.lang = LANG_EN;
	practice_log_release(&again);
	engine_play(&o, &out, &again);
	assert_string_equal(get(nth(&again, EV_RING, 0, 0), "name"), "Mr Zhou");
	assert_null(strstr(get(nth(&again, EV_SAY, 0, 1), "text"), "没了"));
	free(one);
	free(two);
	free(three);
	practice_log_release(&out);
	practice_log_release(&again);
	close_bed(&b);
}

static void test_person(void **state)
{
	struct bed b;

	(void)state;
	sample_init(&b.x);
	b.g = engine_new(&(struct engine_options){.scenario = &b.x.s, .lexicon = b.x.lex, .seed = 1, .lang = LANG_ZH, .human = true});
	answer(b.g, 1000);
	engine_tick(b.g, 5000);
	assert_int_equal(count_of(log_of(&b), EV_SAY, 0), 0);
	trainer(b.g, 5000, 0, EV_SAY, "side", "customer", "text", "我的钱呢", NULL);
	say(b.g, 8000, "理解您的着急");
	assert_int_equal(engine_track(b.g)->emotion[0], 1); // from 2
	say(b.g, 9000, "不归我管");
	assert_int_equal(engine_track(b.g)->emotion[0], 2);
	engine_tick(b.g, 30000);
	assert_int_equal(count_of(log_of(&b), EV_SILENCE, 0), 1); // counts, but says nothing
	assert_int_equal(count_of(log_of(&b), EV_SAY, 0), 3);
	trainer(b.g, 31000, 0, EV_HANGUP, "side", "customer", NULL);
	act(b.g, 40000, 0, EV_CLOSE, NULL);
	assert_true(engine_over(b.g));
	close_bed(&b);
}

static void test_rubbish(void **state)
{
	struct bed b;
	char *big = malloc(100001);

	(void)state;
	memset(big, 'x', 100000);
	memcpy(big, "\xff\xfe\xc3", 3);
	big[100000] = '\0';
	open_bed(&b, 1);
	act(b.g, -50, 0, EV_HANGUP, "side", "agent", NULL);
	act(b.g, 10, 77, EV_ANSWER, NULL);
	act(b.g, 10, -9, EV_SAY, "text", big, NULL);
	act(b.g, 11, 0, EV_RESUME, NULL);
	act(b.g, 11, 0, EV_UNDO, "seq", "1,,x,99999999999999999999", NULL);
	answer(b.g, 500);
	answer(b.g, 400);
	say(b.g, 450, big);
	trainer(b.g, 600, 3, EV_INJECT, "kind", "beat", "id", "nowhere", NULL);
	trainer(b.g, 600, 0, EV_INJECT, "kind", "emotion", "level", "99999999999", NULL);
	trainer(b.g, 600, 0, EV_INJECT, NULL);
	act(b.g, 700, 0, EV_CLOSE, NULL);
	for (int type = 0; type < EVENT_TYPES; type++)
		if (type != EV_OUTCOME && type != EV_HANGUP && type != EV_TRANSFER && type != EV_END)
			act(b.g, 800 + type, 0, (enum event_type)type, "id", "b2", "value", "\xc0", NULL);
	run_out(b.g);
	assert_true(engine_over(b.g));
	for (size_t i = 1; i < log_of(&b)->v.n; i++)
		assert_true(log_of(&b)->v.v[i].t_ms >= log_of(&b)->v.v[i - 1].t_ms);
	free(big);
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_curveballs), cmocka_unit_test(test_interjection), cmocka_unit_test(test_anger_is_the_scenarios),
		cmocka_unit_test(test_trainer), cmocka_unit_test(test_two_callers), cmocka_unit_test(test_ticks_do_not_matter),
		cmocka_unit_test(test_play), cmocka_unit_test(test_person), cmocka_unit_test(test_rubbish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
