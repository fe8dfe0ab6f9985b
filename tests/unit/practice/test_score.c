// SPDX-License-Identifier: MIT
// Knows what a session is worth: each component by its formula, reasons that add up, criticals, the trainer, the same score again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/practice/score_part.h"
#include "tests/unit/practice/sample.h"
#include "tests/unit/practice/world.h"

static const char *const articles[] = {"KB-1"}, *const dispositions[] = {"DONE"};

struct bed {
	struct sample x;
	struct world w;
	struct practice_log l;
	struct score s;
};

static void open_bed(struct bed *b)
{
	*b = (struct bed){0};
	sample_init(&b->x);
	world_init(&b->w);
	b->x.s.truth = (struct scenario_truth){.category = "account.freeze", .difficulty = DIFFICULTY_COMPLEX, .priority = 2, .articles = articles,
					       .n_articles = 1, .dispositions = dispositions, .n_dispositions = 1};
}

static void close_bed(struct bed *b)
{
	score_release(&b->s);
	practice_log_release(&b->l);
	world_release(&b->w);
	sample_release(&b->x);
}

static void put(struct bed *b, struct log_entry e)
{
	practice_log_add(&b->l, &e);
	event_release(&e.ev);
}

#define does(b, t, ...) put((b), entry((t), 0, LOG_AGENT, __VA_ARGS__, NULL))

// Rung at 0, answered at 1000.
static void begin(struct bed *b)
{
	put(b, entry(0, 0, LOG_ENGINE, EV_RING, NULL));
	does(b, 1000, EV_ANSWER);
}

static void check_sums(const struct score *s)
{
	int sum[SCORE_PARTS] = {0}, weight = 0;

	for (size_t i = 0; i < s->points.n; i++)
		sum[s->points.v[i].part] += s->points.v[i].share;
	for (int p = 0; p < SCORE_PARTS; p++) {
		assert_int_equal(sum[p], s->share[p]);
		assert_in_range(s->share[p], 0, 10000);
		weight += s->weight[p];
	}
	assert_int_equal(weight, 10000);
	assert_in_range(s->final_, 0, s->failed ? 5900 : 10000);
}

static void judge(struct bed *b)
{
	score_release(&b->s);
	score_log(&b->x.s, &b->l, b->x.lex, &b->w.w, &b->s);
	check_sums(&b->s);
}

static char *json_of(const struct score *s)
{
	json_t *o = score_json(s);
	char *text = json_dumps(o, JSON_REAL_PRECISION(SCORE_DIGITS));

	json_decref(o);
	return text;
}

static bool critical(const struct score *s, const char *code)
{
	for (size_t i = 0; i < s->criticals.n; i++)
		if (str_eq(s->criticals.v[i].code, code))
			return true;
	return false;
}

static int points_at(const struct score *s, enum score_part p, size_t entry)
{
	int sum = 0;

	for (size_t i = 0; i < s->points.n; i++)
		if (s->points.v[i].part == p && s->points.v[i].entry == entry)
			sum += s->points.v[i].share;
	return sum;
}

// domain.md §22, vector 11: 4 s, 30 s, 25 s, 200 s.
static void test_speed(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	begin(&b);
	does(&b, 5000, EV_SAY, "side", "agent", "text", "您好，请讲");
	does(&b, 26000, EV_MARK, "mark", "plan", "text", "先止付");
	does(&b, 31000, EV_CLASSIFY, "code", "account.freeze");
	does(&b, 201000, EV_MARK, "mark", "confirm");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SPEED], 8472);
	assert_int_equal((b.s.weight[SCORE_SPEED] * b.s.share[SCORE_SPEED] + 5000) / 10000, 1271);
	assert_int_equal(points_at(&b.s, SCORE_SPEED, 2), 2500);
	assert_int_equal(points_at(&b.s, SCORE_SPEED, 4), 1250);
	assert_true(b.s.speed > 0.8471 && b.s.speed < 0.8473);
	// Nothing done: nothing earned, and every clock has its reason.
	practice_log_release(&b.l);
	begin(&b);
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SPEED], 0);
	// Never answered.
	practice_log_release(&b.l);
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SPEED], 0);
	assert_int_equal(b.s.share[SCORE_CLASS], 0);
	close_bed(&b);
}

static void test_class(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	begin(&b);
	does(&b, 2000, EV_CLASSIFY, "code", "account.freeze");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_CLASS], 10000);
	// The neighbour: half of the leaf; its difficulty is another, its priority too.
	b.x.s.truth.category = "payment.funds_anomaly";
	b.x.s.truth.priority = 1;
	practice_log_release(&b.l);
	begin(&b);
	does(&b, 2000, EV_CLASSIFY, "code", "payment.transfer");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_CLASS], 3500);
	assert_true(critical(&b.s, "BC-03"));
	// Another branch, then right: one more try costs a tenth.
	does(&b, 3000, EV_CLASSIFY, "code", "payment.funds_anomaly");
	does(&b, 4000, EV_ESCALATE, "kind", "urgent_review");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_CLASS], 9000);
	assert_false(critical(&b.s, "BC-03"));
	does(&b, 5000, EV_CLASSIFY, "code", "account.freeze");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_CLASS], 0); // 0.2 for the difficulty, two more tries
	close_bed(&b);
}

static void test_kb(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	begin(&b);
	does(&b, 2000, EV_KB_SEARCH, "q", "冻结");
	does(&b, 3000, EV_KB_OPEN, "id", "KB-2", "ver", "1");
	does(&b, 4000, EV_KB_OPEN, "id", "KB-1", "ver", "1");
	does(&b, 5000, EV_KB_CITE, "id", "KB-2", "ver", "1");
	does(&b, 6000, EV_MARK, "mark", "plan", "text", "这样办");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_KB], 7000);
	assert_int_equal(points_at(&b.s, SCORE_KB, 4), 4000);
	does(&b, 7000, EV_KB_CITE, "id", "KB-1", "ver", "1");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_KB], 10000);
	// Searched after the plan.
	practice_log_release(&b.l);
	begin(&b);
	does(&b, 2000, EV_MARK, "mark", "plan", "text", "这样办");
	does(&b, 3000, EV_KB_SEARCH, "q", "冻结");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_KB], 2000);
	close_bed(&b);
}

// An undo means the numbers the events have in their contact.
static void test_undo(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	put(&b, entry(0, 0, LOG_ENGINE, EV_RING, NULL));
	does(&b, 1000, EV_ANSWER, "seq", "13");
	does(&b, 2000, EV_CLASSIFY, "code", "account.freeze", "seq", "14");
	does(&b, 2500, EV_KB_OPEN, "id", "KB-1", "ver", "1", "seq", "15");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_KB], 4000);
	assert_int_equal(b.s.share[SCORE_CLASS], 10000);
	does(&b, 3000, EV_UNDO, "seq", "14");
	judge(&b);
	assert_int_equal(b.s.share[SCORE_KB], 4000);
	assert_int_equal(b.s.share[SCORE_CLASS], 0);
	close_bed(&b);
}

static void test_script(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	begin(&b);
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SCRIPT], 0);
	assert_false(critical(&b.s, "PC-03"));
	does(&b, 1000, EV_SCRIPT_START, "script", "t.talk");
	does(&b, 2000, EV_SCRIPT_VISIT, "op", "next"); // HELLO
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SCRIPT], 2500); // one of one and two and one
	assert_true(critical(&b.s, "PC-03"));
	assert_true(b.s.failed);
	does(&b, 3000, EV_SCRIPT_VISIT, "op", "next"); // NOTICE
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SCRIPT], 7500);
	assert_int_equal(points_at(&b.s, SCORE_SCRIPT, 4), 5000);
	assert_false(critical(&b.s, "PC-03"));
	does(&b, 4000, EV_SCRIPT_VISIT, "op", "next"); // PLAN
	judge(&b);
	assert_int_equal(b.s.share[SCORE_SCRIPT], 10000);
	close_bed(&b);
}

// --- Hand-made tracks

struct hand {
	struct scoring s;
	struct score out;
	struct practice_log log;
};

static void hand_open(struct hand *h, struct bed *b)
{
	*h = (struct hand){0};
	track_init(&h->s.track, &b->x.s, b->x.lex);
	h->s.scenario = &b->x.s;
	h->s.world = &b->w.w;
	h->s.log = &h->log;
	h->s.out = &h->out;
}

static void hand_judge(struct hand *h)
{
	score_release(&h->out);
	memset(h->s.earned, 0, sizeof(h->s.earned));
	score_judge(&h->s);
	check_sums(&h->out);
}

static void hand_close(struct hand *h)
{
	track_release(&h->s.track);
	score_release(&h->out);
}

// domain.md §22, vector 19: four of four; three of four out of order; a banned move.
static void test_objections(void **state)
{
	static const char *const ban[] = {"risk_promise"};
	struct scenario_objection three[] = {{.id = "o1", .label = {"一", "one"}, .moves = 15, .ban = ban, .n_ban = 1},
					     {.id = "o2", .label = {"二", "two"}, .moves = 15}, {.id = "o3", .label = {"三", "three"}, .moves = 15}};
	struct bed b;
	struct hand h;

	(void)state;
	open_bed(&b);
	b.x.s.objections = three;
	b.x.s.n_objections = 3;
	hand_open(&h, &b);
	hand_judge(&h); // none was raised
	assert_int_equal(h.out.weight[SCORE_OBJECTION], 0);
	assert_int_equal(h.out.weight[SCORE_RESOLUTION], 3500);
	struct objection_track *t = h.s.track.objections;
	t[0].raised = t[1].raised = true;
	t[0].hit = 15;
	t[1].hit = 7;
	t[1].in_order = false;
	hand_judge(&h);
	assert_int_equal(h.out.share[SCORE_OBJECTION], 8000);
	assert_int_equal(h.out.weight[SCORE_OBJECTION], 1500);
	t[2].raised = true;
	t[2].hit = 15;
	t[2].banned = 0;
	hand_judge(&h);
	assert_int_equal(h.out.share[SCORE_OBJECTION], 5333);
	hand_close(&h);
	close_bed(&b);
}

// domain.md §22, vector 18: ten lines, one short, one read back, three of the other eight good; three of four feelings met.
static void test_tone(void **state)
{
	struct bed b;
	struct hand h;

	(void)state;
	open_bed(&b);
	hand_open(&h, &b);
	for (int i = 0; i < 10; i++)
		vec_push(&h.s.track.utterances, ((struct utterance_track){.entry = SCENARIO_NONE, .chars = i == 0 ? 3 : 10, .read_back = i == 1,
									  .positive = i < 4, .empathy = i == 4, .positive_chars = i < 4 ? 3 : 0,
									  .forbidden = i == 9}));
	hand_judge(&h);
	assert_true(h.out.ppr == 0.375);
	assert_true(h.out.pws == score_rate(12.0 / 93));
	assert_true(h.out.fph == 10);
	assert_true(h.out.emr == -1);
	assert_int_equal(h.out.share[SCORE_TONE], 9375); // nobody felt anything
	for (int i = 0; i < 4; i++)
		h.s.track.beats[i] = (struct beat_track){.said = true, .level = 1, .answered = true, .matched = i > 0, .entry = SCENARIO_NONE};
	h.s.track.beats[4] = (struct beat_track){.said = true, .level = 0, .entry = SCENARIO_NONE};
	hand_judge(&h);
	assert_true(h.out.emr == 0.75);
	assert_int_equal(h.out.share[SCORE_TONE], 8438);
	assert_true(h.out.weight[SCORE_TONE] * h.out.share[SCORE_TONE] / 10000 == 843); // 8.44 when rounded
	hand_close(&h);
	close_bed(&b);
}

static void test_resolution(void **state)
{
	struct bed b;
	struct hand h;

	(void)state;
	open_bed(&b);
	b.x.s.truth.n_dispositions = 0;
	hand_open(&h, &b);
	struct expect_track *t = h.s.track.expect; // weights 2 3 3 | 1 1 | 3 1
	t[0].state = EXPECT_MET;
	t[1].state = EXPECT_LATE;
	t[2].state = EXPECT_MET;
	t[5].state = EXPECT_MISSED;
	snprintf(h.s.track.outcome, sizeof(h.s.track.outcome), "success");
	hand_judge(&h);
	assert_int_equal(h.out.share[SCORE_RESOLUTION], 4545); // 5 of 11
	snprintf(h.s.track.outcome, sizeof(h.s.track.outcome), "time");
	hand_judge(&h);
	assert_int_equal(h.out.share[SCORE_RESOLUTION], 2273); // half: 5 of 22
	assert_false(h.out.failed);
	b.x.s.truth.n_dispositions = 1;
	hand_judge(&h);
	assert_int_equal(h.out.share[SCORE_RESOLUTION], 1273); // and none was given
	snprintf(h.s.track.outcome, sizeof(h.s.track.outcome), "fail");
	hand_judge(&h);
	assert_true(h.out.failed);
	hand_close(&h);
	close_bed(&b);
}

// A session that is nearly perfect, but for one thing that must not be.
static void test_critical(void **state)
{
	struct bed b;
	struct hand h;

	(void)state;
	open_bed(&b);
	b.x.s.truth.n_dispositions = 0;
	hand_open(&h, &b);
	hand_judge(&h);
	for (int p = 0; p < SCORE_PARTS; p++)
		h.out.share[p] = 9600;
	score_sum(&h.out);
	assert_int_equal(h.out.total, 9600);
	assert_true(h.out.passed && h.out.excellent);
	h.out.failed = true;
	score_sum(&h.out);
	assert_int_equal(h.out.total, 9600);
	assert_int_equal(h.out.final_, 5900);
	assert_false(h.out.passed);
	track_add_critical(&h.s.track, "PC-02", (struct label){"索要验证码", "Asked for a code"}, 3);
	hand_judge(&h);
	assert_true(h.out.failed && critical(&h.out, "PC-02"));
	assert_int_equal(h.out.criticals.v[0].entry, 3);
	hand_close(&h);
	close_bed(&b);
}

static void test_adjust(void **state)
{
	struct bed b;
	struct err e = {0};

	(void)state;
	open_bed(&b);
	begin(&b);
	does(&b, 2000, EV_CLASSIFY, "code", "account.freeze");
	judge(&b);
	int total = b.s.total;
	assert_false(score_adjust(&b.s, SCORE_CLASS, 7999, "讲得太慢", &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_false(score_adjust(&b.s, SCORE_CLASS, 8000, "  ", &e));
	assert_false(score_adjust(&b.s, SCORE_CLASS, 10001, "太好了", &e));
	assert_false(score_adjust(&b.s, SCORE_OBJECTION, 0, "没有异议", &e)); // does not count here
	assert_true(score_adjust(&b.s, SCORE_CLASS, 8000, "犹豫 \n 太久", &e));
	assert_int_equal(b.s.share[SCORE_CLASS], 10000);
	assert_int_equal(b.s.adjusted[SCORE_CLASS], 8000);
	assert_int_equal(b.s.total, total - 200);
	// From where the log put it, not from where the trainer put it before.
	assert_false(score_adjust(&b.s, SCORE_CLASS, 6500, "再减", &e));
	struct score back;
	char *text = json_of(&b.s), *again;
	json_t *o = json_loads(text, 0, NULL);
	assert_true(score_read(o, &back, &e));
	again = json_of(&back);
	assert_string_equal(text, again);
	assert_string_equal(back.reason[SCORE_CLASS], b.s.reason[SCORE_CLASS]);
	json_array_clear(json_object_get(o, "parts"));
	score_release(&back);
	assert_false(score_read(o, &back, &e));
	json_decref(o);
	free(text);
	free(again);
	close_bed(&b);
}

// --- Anything at all

static uint64_t next(uint64_t *x)
{
	*x += 0x9e3779b97f4a7c15ull;
	uint64_t z = *x;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static void random_act(struct engine *g, int64_t t, uint64_t r)
{
	static const char *const lines[] = {"理解您的着急，马上为您处理", "请停止共享屏幕", "按规定办理", "不归我管", "百分百追回", "好", "公安在调查", "7719",
					    "告诉我验证码", "right away, I understand your worry", "九点到五点", "让您久等了，请稍等一下"};
	static const char *const codes[] = {"account.freeze", "payment.transfer", "payment.funds_anomaly", "nothing.there"};
	int c = (r >> 40) % 8 == 0;

	switch (r % 18) {
	case 0: act(g, t, c, EV_CLASSIFY, "code", codes[(r >> 8) % 4], NULL); break;
	case 1: act(g, t, c, EV_KB_SEARCH, "q", "x", NULL); break;
	case 2: act(g, t, c, EV_KB_OPEN, "id", (r >> 8) % 2 ? "KB-1" : "KB-2", "ver", "1", NULL); break;
	case 3: act(g, t, c, EV_KB_CITE, "id", (r >> 8) % 2 ? "KB-1" : "KB-2", "ver", "1", NULL); break;
	case 4: act(g, t, c, EV_SCRIPT_START, "script", "t.talk", NULL); break;
	case 5: act(g, t, c, EV_SCRIPT_VISIT, "op", (r >> 8) % 4 ? "next" : "back", NULL); break;
	case 6: act(g, t, c, EV_MARK, "mark", (r >> 8) % 2 ? "plan" : "confirm", "text", "x", NULL); break;
	case 7: act(g, t, c, EV_HOLD, NULL); break;
	case 8: act(g, t, c, EV_RESUME, NULL); break;
	case 9: act(g, t, c, EV_ESCALATE, "kind", "urgent_review", NULL); break;
	case 10: act(g, t, c, EV_DISPOSITION, "code", (r >> 8) % 3 ? "DONE" : "WAIT", NULL); break;
	case 11: act(g, t, c, (r >> 8) % 3 ? EV_ANSWER : EV_HANGUP, "side", "agent", NULL); break;
	case 12: act(g, t, c, EV_UNDO, "seq", (r >> 8) % 2 ? "4" : "5,6", NULL); break;
	default: act(g, t, c, EV_SAY, "side", "agent", "text", lines[(r >> 8) % 12], NULL); break;
	}
}

static void random_log(struct bed *b, uint64_t seed)
{
	struct engine *g = sample_engine(&b->x, seed);
	uint64_t x = seed;
	int64_t t = 0;

	answer(g, t += 1000);
	for (int i = 0; i < 60 && !engine_over(g); i++)
		random_act(g, t += (int64_t)(next(&x) % 6000), next(&x));
	run_out(g);
	practice_log_release(&b->l);
	for (size_t i = 0; i < engine_log(g)->v.n; i++)
		practice_log_add(&b->l, &engine_log(g)->v.v[i]);
	b->l.seed = seed;
	snprintf(b->l.scenario, sizeof(b->l.scenario), "%s", b->x.s.code);
	engine_free(g);
}

// Written, read and judged again: the same to the letter. Reasons add up (judge looks at that).
static void again(struct bed *b, uint64_t seed)
{
	char *first, *second, *third, *text = written(&b->l);
	FILE *f = fmemopen(text, strlen(text), "r");
	struct practice_log back;
	struct score s, from_json;
	struct err e = {0};

	first = json_of(&b->s);
	if (!practice_log_read(f, "log", &back, &e))
		fail_msg("seed %llu: %s", (unsigned long long)seed, e.msg);
	fclose(f);
	score_log(&b->x.s, &back, b->x.lex, &b->w.w, &s);
	second = json_of(&s);
	assert_string_equal(first, second);
	json_t *o = json_loads(second, 0, NULL);
	assert_true(score_read(o, &from_json, &e));
	third = json_of(&from_json);
	assert_string_equal(first, third);
	json_decref(o);
	score_release(&s);
	score_release(&from_json);
	practice_log_release(&back);
	free(first);
	free(second);
	free(third);
	free(text);
}

static void test_any_log(void **state)
{
	struct bed b;
	int failed = 0, passed = 0, different = 0, last = -1;

	(void)state;
	open_bed(&b);
	sample_curves(&b.x);
	for (uint64_t seed = 1; seed <= 300; seed++) {
		random_log(&b, seed);
		judge(&b);
		again(&b, seed);
		failed += b.s.failed;
		passed += b.s.share[SCORE_KB] == 10000;
		different += b.s.total != last;
		last = b.s.total;
	}
	// The logs were worth judging.
	assert_in_range(failed, 10, 299);
	assert_in_range(passed, 5, 299);
	assert_in_range(different, 200, 300);
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speed), cmocka_unit_test(test_class), cmocka_unit_test(test_kb), cmocka_unit_test(test_undo),
		cmocka_unit_test(test_script), cmocka_unit_test(test_objections), cmocka_unit_test(test_tone), cmocka_unit_test(test_resolution),
		cmocka_unit_test(test_critical), cmocka_unit_test(test_adjust), cmocka_unit_test(test_any_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
