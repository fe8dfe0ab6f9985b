// SPDX-License-Identifier: MIT
// Knows what the record of a session comes to: expectations, objections, critical errors, names, undo.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/unit/practice/sample.h"

struct bed {
	struct sample x;
	struct practice_log l;
	struct track t;
};

static void put(struct bed *b, struct log_entry e)
{
	practice_log_add(&b->l, &e);
	event_release(&e.ev);
	track_entry(&b->t, b->l.v.n - 1, &b->l.v.v[b->l.v.n - 1]);
}

// Rung at 0 and answered at 1000.
static void open_bed(struct bed *b)
{
	*b = (struct bed){0};
	sample_init(&b->x);
	sample_curves(&b->x);
	track_init(&b->t, &b->x.s, b->x.lex);
	put(b, entry(0, 0, LOG_ENGINE, EV_RING, NULL));
	put(b, entry(1000, 0, LOG_AGENT, EV_ANSWER, NULL));
}

static void close_bed(struct bed *b)
{
	track_release(&b->t);
	practice_log_release(&b->l);
	sample_release(&b->x);
}

static void beat(struct bed *b, int64_t t, const char *id, const char *text)
{
	put(b, entry(t, 0, LOG_ENGINE, EV_BEAT, "id", id, NULL));
	put(b, entry(t, 0, LOG_CUSTOMER, EV_SAY, "side", "customer", "text", text, NULL));
}

static void says(struct bed *b, int64_t t, const char *text)
{
	put(b, entry(t, 0, LOG_AGENT, EV_SAY, "side", "agent", "text", text, NULL));
}

static const struct expect_track *of(const struct bed *b, const char *id)
{
	for (size_t i = 0; i < b->t.n_expect; i++)
		if (str_eq(scenario_expectation(&b->x.s, i, NULL, NULL)->id, id))
			return &b->t.expect[i];
	BUG("no expectation %s", id);
}

static bool is(struct bed *b, const char *cond)
{
	return track_true(&b->t, sample_expr(&b->x, cond));
}

static void test_in_time_and_late(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	assert_int_equal(of(&b, "calm")->state, EXPECT_IDLE);
	beat(&b, 2000, "b1", "十个字的一句话在这里"); // sounds until 3200
	assert_int_equal(of(&b, "calm")->state, EXPECT_OPEN_);
	assert_int_equal(of(&b, "calm")->since, 3200);
	assert_int_equal(of(&b, "class")->since, 1000); // from the answer
	says(&b, 13200, "理解您的着急"); // ten seconds to the millisecond
	assert_int_equal(of(&b, "calm")->state, EXPECT_MET);
	assert_int_equal(of(&b, "calm")->entry, b.l.v.n - 1);
	put(&b, entry(21001, 0, LOG_AGENT, EV_CLASSIFY, "code", "payment.other", NULL)); // the branch is enough, a millisecond late
	assert_int_equal(of(&b, "class")->state, EXPECT_LATE);
	assert_true(is(&b, "calm && class"));
	close_bed(&b);

	open_bed(&b);
	beat(&b, 2000, "b1", "十个字的一句话在这里");
	says(&b, 2500, "理解您的着急"); // into the customer's words
	assert_int_equal(of(&b, "calm")->state, EXPECT_MET);
	put(&b, entry(3000, 0, LOG_AGENT, EV_CLASSIFY, "code", "payments", NULL)); // not in the branch
	assert_int_equal(of(&b, "class")->state, EXPECT_OPEN_);
	put(&b, entry(3000, 0, LOG_CUSTOMER, EV_CLASSIFY, "code", "payment", NULL)); // not the agent
	assert_int_equal(of(&b, "class")->state, EXPECT_OPEN_);
	track_end(&b.t);
	assert_int_equal(of(&b, "class")->state, EXPECT_MISSED);
	assert_int_equal(of(&b, "stop")->state, EXPECT_IDLE);
	close_bed(&b);
}

static void test_never_and_wait(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	says(&b, 1500, "一定追回"); // before the beat nothing is asked
	beat(&b, 2000, "b1", "喂");
	assert_int_equal(of(&b, "no_promise")->state, EXPECT_OPEN_);
	assert_true(is(&b, "no_promise"));
	beat(&b, 10000, "b1x", "喂"); // sounds until 10120
	track_clock(&b.t, 12119);
	assert_int_equal(of(&b, "quiet")->state, EXPECT_OPEN_);
	track_clock(&b.t, 12120);
	assert_int_equal(of(&b, "quiet")->state, EXPECT_MET);
	assert_int_equal(of(&b, "quiet")->at, 12120);
	says(&b, 13000, "我们一定追回来");
	assert_int_equal(of(&b, "no_promise")->state, EXPECT_MISSED);
	assert_int_equal(of(&b, "no_promise")->entry, b.l.v.n - 1);
	track_end(&b.t);
	assert_int_equal(of(&b, "no_promise")->state, EXPECT_MISSED);
	close_bed(&b);

	open_bed(&b);
	beat(&b, 2000, "b1", "喂");
	beat(&b, 10000, "b1x", "喂");
	says(&b, 12119, "嗯");
	assert_int_equal(of(&b, "quiet")->state, EXPECT_MISSED);
	track_end(&b.t);
	assert_int_equal(of(&b, "no_promise")->state, EXPECT_MET); // it held to the end
	close_bed(&b);
}

static void test_done_before(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	put(&b, entry(1500, 0, LOG_AGENT, EV_VERIFY, "level", "2", "passed", "1", "seq", "4", NULL));
	put(&b, entry(1600, 0, LOG_AGENT, EV_ESCALATE, "kind", "red", NULL));
	put(&b, entry(1700, 0, LOG_AGENT, EV_FAULT_KEY, "type", "crm", NULL));
	beat(&b, 2000, "b2", "钱呢");
	assert_int_equal(of(&b, "who")->state, EXPECT_MET); // who is verified need not be verified again
	assert_int_equal(of(&b, "up")->state, EXPECT_MET);
	put(&b, entry(2500, 0, LOG_ENGINE, EV_CURVEBALL, "id", "c1", "value", "1", NULL));
	assert_int_equal(of(&b, "fault")->state, EXPECT_OPEN_); // a fault reported before it was there is none
	put(&b, entry(2600, -1, LOG_AGENT, EV_FAULT_KEY, "type", "crm", NULL));
	assert_int_equal(of(&b, "fault")->state, EXPECT_MET);
	assert_true(is(&b, "curve.c1 && !curve.c2 && beat.b2 && !beat.b1 && faults == 2 && escalated && verified >= 2"));
	close_bed(&b);
	// Taken back before it was asked for: not done.
	open_bed(&b);
	put(&b, entry(1500, 0, LOG_AGENT, EV_VERIFY, "level", "2", "passed", "1", "seq", "4", NULL));
	put(&b, entry(1600, 0, LOG_AGENT, EV_UNDO, "seq", "4", NULL));
	assert_int_equal(b.t.verified, 0);
	beat(&b, 2000, "b2", "钱呢");
	assert_int_equal(of(&b, "who")->state, EXPECT_OPEN_);
	close_bed(&b);
}

static const char *const stop_any[] = {"停止共享"};
static const struct word_set stop = {.name = "stop_share", .any = stop_any, .n_any = 1};

// What was said to one customer before the other was asked about it neither meets nor keeps from being met what is due to the other.
static void test_done_before_for_another(void **state)
{
	static const struct expectation more[] = {
		{.id = "soon", .what = EXPECT_SAY, .words = &stop, .from = EXPECT_FROM_ANSWER, .within_s = 15},
		{.id = "known", .what = EXPECT_VERIFY}, {.id = "read", .what = EXPECT_OPEN, .value = "KB-1"},
	};
	struct bed b;

	(void)state;
	for (int own = 0; own < 2; own++) {
		open_bed(&b);
		track_release(&b.t);
		b.x.beats[B_AGAIN].expect = more;
		b.x.beats[B_AGAIN].n_expect = 3;
		track_init(&b.t, &b.x.s, b.x.lex);
		for (size_t i = 0; i < b.l.v.n; i++)
			track_entry(&b.t, i, &b.l.v.v[i]);
		put(&b, entry(1100, 1, LOG_ENGINE, EV_RING, NULL));
		put(&b, entry(1200, 1, LOG_AGENT, EV_ANSWER, NULL));
		put(&b, entry(1500, 1, LOG_AGENT, EV_SAY, "side", "agent", "text", "请停止共享", NULL));
		put(&b, entry(1600, 1, LOG_AGENT, EV_VERIFY, "level", "1", "passed", "1", NULL));
		put(&b, entry(1700, 1, LOG_AGENT, EV_KB_OPEN, "id", "KB-1", NULL));
		if (own) {
			put(&b, entry(1800, 0, LOG_AGENT, EV_VERIFY, "level", "1", "passed", "1", NULL));
			says(&b, 1900, "请停止共享");
		}
		beat(&b, 2000, "b1x", "喂");
		assert_int_equal(of(&b, "soon")->state, own ? EXPECT_MET : EXPECT_OPEN_);
		assert_int_equal(of(&b, "known")->state, own ? EXPECT_MET : EXPECT_OPEN_);
		assert_int_equal(of(&b, "read")->state, EXPECT_MET); // what the agent read is read
		if (own)
			assert_int_equal(of(&b, "soon")->at, 1900);
		close_bed(&b);
	}
}

static void test_undo(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	beat(&b, 2000, "b1", "喂");
	put(&b, entry(3000, 0, LOG_AGENT, EV_CLASSIFY, "code", "payment.funds_anomaly", "seq", "5", NULL));
	put(&b, entry(4000, 0, LOG_AGENT, EV_CLASSIFY, "code", "account.freeze", "seq", "6", NULL));
	put(&b, entry(4100, 0, LOG_AGENT, EV_MARK, "mark", "confirm", "seq", "7", NULL));
	put(&b, entry(4200, 0, LOG_AGENT, EV_FORM_SET, "form", "fin_anomaly", "field", "stoppay_at", "value", "2026-11-29", "seq", "8", NULL));
	put(&b, entry(4300, 0, LOG_AGENT, EV_FORM_SET, "form", "base", "field", "need", "value", "x", "seq", "9", NULL));
	assert_string_equal(b.t.category, "account.freeze");
	assert_int_equal(b.t.retries, 1);
	assert_true(is(&b, "confirmed && stoppay && category == 'account.freeze'"));
	put(&b, entry(5000, 0, LOG_AGENT, EV_UNDO, "seq", "6,7,8", NULL));
	assert_string_equal(b.t.category, "payment.funds_anomaly");
	assert_true(is(&b, "!confirmed && !stoppay && classified"));
	put(&b, entry(5000, 0, LOG_AGENT, EV_UNDO, "seq", "5", NULL));
	assert_null(b.t.category);
	assert_true(is(&b, "!classified && category == ''"));
	// What was done was done: the evidence stays.
	assert_int_equal(of(&b, "class")->state, EXPECT_MET);
	close_bed(&b);
}

static void test_objection(void **state)
{
	struct bed b;
	const struct objection_track *o;

	(void)state;
	open_bed(&b);
	o = &b.t.objections[0];
	says(&b, 1500, "按规定");
	assert_false(o->raised);
	assert_int_equal(o->hit, 0);
	beat(&b, 2000, "b2", "钱呢");
	assert_true(o->raised);
	says(&b, 4000, "理解您的着急"); // empathy acknowledges
	assert_int_equal(o->hit, 1 << MOVE_ACKNOWLEDGE);
	says(&b, 5000, "请停止共享"); // the scenario's own words clarify
	says(&b, 6000, "按规定处理");
	assert_int_equal(o->hit, 1 << MOVE_ACKNOWLEDGE | 1 << MOVE_CLARIFY | 1 << MOVE_ANSWER);
	assert_true(o->in_order);
	assert_true(is(&b, "moves.o1 == 3"));
	assert_true(o->at[MOVE_ANSWER] == 6000);
	assert_int_equal(o->banned, SCENARIO_NONE);
	says(&b, 7000, "百分百没问题");
	assert_int_equal(o->banned, b.l.v.n - 1);
	close_bed(&b);

	open_bed(&b);
	o = &b.t.objections[0];
	beat(&b, 2000, "b2", "钱呢");
	says(&b, 4000, "按规定处理");
	says(&b, 5000, "理解您的着急");
	assert_false(o->in_order);
	close_bed(&b);
}

static bool critical(const struct bed *b, const char *code)
{
	for (size_t i = 0; i < b->t.criticals.n; i++)
		if (strcmp(b->t.criticals.v[i].code, code) == 0)
			return true;
	return false;
}

static void test_criticals(void **state)
{
	static const struct {
		const char *text, *code;
	} rows[] = {{"告诉我验证码", "PC-02"}, {"百分百", "BC-01"}, {"你傻吗", "CC-04"}, {"公安在调查", "PC-04"}, {"按规定", "PC-01"}};
	struct bed b;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		open_bed(&b);
		beat(&b, 2000, "b1", "喂");
		says(&b, 3000, rows[i].text);
		says(&b, 3000, rows[i].text); // counts once
		if (b.t.criticals.n != 1 || !critical(&b, rows[i].code))
			fail_msg("%s: %zu criticals", rows[i].text, b.t.criticals.n);
		close_bed(&b);
	}
	// A forbidden phrase that is no insult, and what the scenario allows once the customer is verified.
	open_bed(&b);
	beat(&b, 2000, "b1", "喂");
	put(&b, entry(2500, 0, LOG_AGENT, EV_VERIFY, "level", "2", "passed", "1", NULL));
	says(&b, 3000, "不归我管，按规定");
	assert_int_equal(b.t.criticals.n, 0);
	put(&b, entry(4000, 0, LOG_AGENT, EV_HANGUP, "side", "agent", NULL));
	assert_true(critical(&b, "CC-03")); // was not done
	close_bed(&b);
	open_bed(&b);
	beat(&b, 2000, "b3", "谢谢");
	says(&b, 2500, "稍后给您回电");
	put(&b, entry(4000, 0, LOG_AGENT, EV_HANGUP, "side", "agent", NULL));
	assert_int_equal(b.t.criticals.n, 0);
	track_end(&b.t);
	assert_true(critical(&b, "CC-02")); // promised, and nothing booked
	close_bed(&b);
	open_bed(&b);
	says(&b, 2500, "稍后给您回电");
	put(&b, entry(3000, 0, LOG_AGENT, EV_CALLBACK_BOOK, "at", "1", NULL));
	track_end(&b.t);
	assert_int_equal(b.t.criticals.n, 0);
	close_bed(&b);
}

static void test_talk(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	put(&b, entry(1500, 0, LOG_ENGINE, EV_EMOTION, "class", "anxiety", "level", "3", NULL));
	beat(&b, 2000, "b1", "喂");
	says(&b, 3000, "让您久等了"); // empathy, but for anger
	beat(&b, 5000, "b1x", "喂");
	put(&b, entry(6000, 0, LOG_AGENT, EV_SAY, "text", "理解您的着急，马上为您处理，这不归我管", "source", "script", NULL));
	assert_int_equal(b.t.utterances.n, 2);
	assert_true(b.t.beats[B_START].answered && !b.t.beats[B_START].matched && b.t.beats[B_START].level == 3);
	assert_true(b.t.beats[B_AGAIN].answered && b.t.beats[B_AGAIN].matched);
	const struct utterance_track *u = &b.t.utterances.v[1];
	assert_true(u->positive && u->empathy && u->script);
	assert_int_equal(u->forbidden, 1);
	assert_int_equal(u->positive_chars, 6);
	assert_true(is(&b, "tag.empathy && tag.empathy.anxiety && tag.positive && tag.forbidden && !tag.risk_promise"));
	assert_true(is(&b, "forbidden == 1 && turns == 1 && emotion == 3 && time_s == 5 && !second && !lost"));
	assert_true(is(&b, "unheard_of == null"));
	put(&b, entry(7000, 0, LOG_CUSTOMER, EV_HANGUP, "side", "customer", "reason", "patience", NULL));
	assert_true(is(&b, "lost && !hung_up"));
	says(&b, 8000, "马上为您处理"); // nobody there
	assert_int_equal(b.t.utterances.n, 2);
	close_bed(&b);
}

static void test_script_and_form(void **state)
{
	static const struct expectation more[] = {
		{.id = "node", .what = EXPECT_SCRIPT, .value = "fin.anomaly/n3"}, {.id = "pick", .what = EXPECT_CHOOSE, .value = "n4=2"},
		{.id = "field", .what = EXPECT_FORM, .value = "fin_anomaly.tail=7719"}, {.id = "any", .what = EXPECT_FORM, .value = "base.need"},
		{.id = "note", .what = EXPECT_NOTE}, {.id = "bye", .what = EXPECT_HANGUP},
	};
	struct bed b;

	(void)state;
	open_bed(&b);
	track_release(&b.t);
	b.x.beats[B_START].expect = more;
	b.x.beats[B_START].n_expect = 6;
	track_init(&b.t, &b.x.s, b.x.lex);
	for (size_t i = 0; i < b.l.v.n; i++)
		track_entry(&b.t, i, &b.l.v.v[i]);
	beat(&b, 2000, "b1", "喂");
	put(&b, entry(2100, 0, LOG_AGENT, EV_SCRIPT_VISIT, "op", "next", "node", "n3", NULL)); // of no script, or another
	assert_int_equal(of(&b, "node")->state, EXPECT_OPEN_);
	put(&b, entry(2200, 0, LOG_AGENT, EV_SCRIPT_START, "script", "fin.anomaly", NULL));
	put(&b, entry(2300, 0, LOG_AGENT, EV_SCRIPT_VISIT, "op", "jump", "node", "n3", NULL)); // there, but not said
	assert_int_equal(of(&b, "node")->state, EXPECT_OPEN_);
	put(&b, entry(2400, 0, LOG_AGENT, EV_SCRIPT_TICK, "node", "n3", NULL));
	assert_int_equal(of(&b, "node")->state, EXPECT_MET);
	put(&b, entry(2500, 0, LOG_AGENT, EV_SCRIPT_VISIT, "op", "choose", "node", "n4", "key", "1", NULL));
	assert_int_equal(of(&b, "pick")->state, EXPECT_OPEN_);
	put(&b, entry(2600, 0, LOG_AGENT, EV_SCRIPT_VISIT, "op", "choose", "node", "n4", "key", "2", NULL));
	assert_int_equal(of(&b, "pick")->state, EXPECT_MET);
	put(&b, entry(2700, 0, LOG_AGENT, EV_FORM_SET, "form", "fin_anomaly", "field", "tail", "value", "7718", NULL));
	put(&b, entry(2700, 0, LOG_AGENT, EV_FORM_SET, "form", "base", "field", "need", "value", "", NULL));
	assert_int_equal(of(&b, "field")->state, EXPECT_OPEN_);
	assert_int_equal(of(&b, "any")->state, EXPECT_OPEN_);
	put(&b, entry(2800, 0, LOG_AGENT, EV_FORM_SET, "form", "fin_anomaly", "field", "tail", "value", "7719", NULL));
	put(&b, entry(2800, 0, LOG_AGENT, EV_FORM_SET, "form", "base", "field", "need", "value", "钱", NULL));
	put(&b, entry(2900, 0, LOG_AGENT, EV_NOTE, "text", "x", NULL));
	put(&b, entry(3000, 0, LOG_AGENT, EV_HANGUP, "side", "agent", NULL));
	assert_true(is(&b, "field && any && note && bye"));
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_time_and_late), cmocka_unit_test(test_never_and_wait), cmocka_unit_test(test_done_before),
		cmocka_unit_test(test_done_before_for_another),
		cmocka_unit_test(test_undo), cmocka_unit_test(test_objection), cmocka_unit_test(test_criticals), cmocka_unit_test(test_talk),
		cmocka_unit_test(test_script_and_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
