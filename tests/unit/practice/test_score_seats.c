// SPDX-License-Identifier: MIT
// Knows what each seat of a drill is worth: its own callers, its own deeds, what was expected of it, and nothing of the others.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/practice/score.h"
#include "tests/unit/practice/sample.h"
#include "tests/unit/practice/world.h"

static const char *const articles[] = {"KB-1"}, *const dispositions[] = {"DONE"};
static const struct scenario_seat seats[] = {
	{.code = "agent1", .label = {"坐席一", "Agent one"}}, {.code = "agent2", .label = {"坐席二", "Agent two"}},
	{.code = "lead", .label = {"组长", "Lead"}}, {.code = "supervisor"}, {.code = "tech"},
};
enum { AGENT1, AGENT2, LEAD };

static const struct expectation of_start[] = {
	{.id = "lead_tells", .what = EXPECT_SEAT, .value = "lead.report", .within_s = 60, .weight = 3},
	{.id = "lead_approves", .what = EXPECT_SEAT, .value = "lead.approve", .within_s = 100, .weight = 1},
	{.id = "class", .what = EXPECT_CLASSIFY, .value = "account.freeze", .within_s = 60, .weight = 2},
};
static const struct expectation of_other[] = {{.id = "class2", .what = EXPECT_CLASSIFY, .value = "account.freeze", .within_s = 60, .weight = 2}};
static const struct expectation of_notice[] = {{.id = "ack", .what = EXPECT_BROADCAST, .within_s = 30, .weight = 4}};
static const struct expectation of_post[] = {{.id = "up", .what = EXPECT_ESCALATE, .within_s = 60, .weight = 4}};

struct bed {
	struct sample x;
	struct world w;
	struct practice_log l;
	struct score s;
};

static void put(struct bed *b, int seat, struct log_entry e)
{
	e.seat = seat;
	practice_log_add(&b->l, &e);
	event_release(&e.ev);
}
#define does(b, t, seat, contact, ...) put((b), (seat), entry((t), (contact), LOG_AGENT, __VA_ARGS__, NULL))
#define comes(b, t, seat, contact, ...) put((b), (seat), entry((t), (contact), LOG_ENGINE, __VA_ARGS__, NULL))
#define sits(b, t, kind, code) put((b), 0, entry((t), -1, LOG_TRAINER, EV_INJECT, "kind", (kind), "id", (code), "name", "Han", NULL))

static void open_bed(struct bed *b)
{
	*b = (struct bed){0};
	sample_init(&b->x);
	sample_curves(&b->x);
	world_init(&b->w);
	b->x.beats[B_START].expect = of_start;
	b->x.beats[B_START].n_expect = 3;
	b->x.beats[B_OTHER].expect = of_other;
	b->x.beats[B_OTHER].n_expect = 1;
	b->x.curves[0] = (struct curveball){.id = "n1", .kind = CURVE_RED_BROADCAST, .at_beat = SCENARIO_NONE, .beat = SCENARIO_NONE, .caller = -1,
					    .expect = of_notice, .n_expect = 1};
	b->x.curves[1] = (struct curveball){.id = "n2", .kind = CURVE_POLICY_CHANGED, .at_beat = SCENARIO_NONE, .beat = SCENARIO_NONE, .caller = -1,
					    .expect = of_post, .n_expect = 1};
	b->x.s.n_curveballs = 2;
	b->x.s.kind = SCENARIO_DRILL;
	b->x.s.seats = seats;
	b->x.s.n_seats = sizeof(seats) / sizeof(*seats);
	b->x.s.n_objections = b->x.s.n_criticals = 0;
	b->x.s.success = b->x.s.fail = NULL;
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

static void judge(struct bed *b)
{
	score_release(&b->s);
	score_log(&b->x.s, &b->l, b->x.lex, &b->w.w, &b->s);
}

static const struct score_seat *of(const struct bed *b, const char *code)
{
	for (size_t i = 0; i < b->s.seats.n; i++)
		if (strcmp(b->s.seats.v[i].code, code) == 0)
			return &b->s.seats.v[i];
	return NULL;
}

// Two agents and a lead; each agent has answered one caller, the second one only after it rang at the first.
static void begin(struct bed *b)
{
	open_bed(b);
	comes(b, 0, 0, 0, EV_RING);
	sits(b, 0, "seat", "agent2");
	sits(b, 0, "seat", "lead");
	does(b, 1000, 0, 0, EV_ANSWER);
	comes(b, 2000, 0, 0, EV_BEAT, "id", "b1");
	comes(b, 3000, 0, 1, EV_RING);
	comes(b, 4000, 1, 1, EV_RING);
	does(b, 5000, 1, 1, EV_ANSWER);
	comes(b, 6000, 0, 1, EV_BEAT, "id", "s1");
}

static void test_own_callers(void **state)
{
	struct bed b;

	(void)state;
	begin(&b);
	does(&b, 8000, 1, 1, EV_CLASSIFY, "code", "account.freeze");
	does(&b, 9000, 1, -1, EV_KB_SEARCH, "q", "x");
	does(&b, 10000, 0, 0, EV_SAY, "side", "agent", "text", "告诉我验证码");
	does(&b, 11000, 0, 0, EV_CLASSIFY, "code", "payment.transfer");
	judge(&b);
	const struct score_seat *one = of(&b, "agent1"), *two = of(&b, "agent2");
	assert_int_equal(b.s.seats.n, 3); // nobody took the others
	assert_null(of(&b, "supervisor"));
	assert_int_equal(one->callers, 1);
	assert_int_equal(two->callers, 1);
	assert_string_equal(two->name, "Han");
	// What one says to its caller is not the other's, neither good nor bad.
	assert_true(one->score->failed && one->score->criticals.n == 1);
	assert_true(!two->score->failed && two->score->criticals.n == 0);
	assert_int_equal(two->score->share[SCORE_CLASS], 10000);
	assert_true(one->score->share[SCORE_CLASS] < two->score->share[SCORE_CLASS]);
	assert_int_equal(two->score->share[SCORE_KB], 3000);
	assert_int_equal(one->score->share[SCORE_KB], 0);
	assert_int_equal(two->met, 1);
	assert_int_equal(one->missed, 1);
	assert_true(b.s.failed);
	// Its reasons lead to its own entries of the whole record.
	for (size_t i = 0; i < two->score->points.n; i++) {
		size_t at = two->score->points.v[i].entry;
		assert_true(at == SCENARIO_NONE || b.l.v.v[at].who != LOG_AGENT || b.l.v.v[at].seat == 1);
	}
	close_bed(&b);
}

static void test_without_calls(void **state)
{
	struct bed b;

	(void)state;
	begin(&b);
	judge(&b);
	assert_int_equal(of(&b, "lead")->missed, 1); // nobody is there who drafts: there is nothing to approve
	sits(&b, 7000, "seat", "supervisor");
	judge(&b);
	const struct score_seat *lead = of(&b, "lead");
	assert_false(lead->calls);
	assert_int_equal(lead->missed, 2);
	assert_int_equal(lead->score->final_, 0);
	put(&b, 0, entry(20000, -1, LOG_TRAINER, EV_INJECT, "kind", "report", "id", "lead", "text", "x", NULL));
	judge(&b);
	lead = of(&b, "lead");
	assert_int_equal(lead->met, 1);
	assert_int_equal(lead->score->final_, 7500); // three of four
	assert_int_equal(lead->score->weight[SCORE_RESOLUTION], 10000);
	put(&b, 0, entry(140000, -1, LOG_TRAINER, EV_INJECT, "kind", "statement", "id", "supervisor", "text", "x", NULL));
	char draft[24];
	snprintf(draft, sizeof(draft), "%zu", b.l.v.n);
	put(&b, 0, entry(150000, -1, LOG_TRAINER, EV_INJECT, "kind", "approve", "id", "lead", "value", draft, NULL));
	judge(&b);
	lead = of(&b, "lead");
	assert_int_equal(lead->late, 1);
	assert_int_equal(lead->missed, 0);
	assert_int_equal(lead->score->final_, 7500); // too late is none
	// It is no agent's.
	for (int k = AGENT1; k <= AGENT2; k++)
		for (size_t i = 0; i < b.s.seats.v[k].score->points.n; i++)
			assert_null(strstr(b.s.seats.v[k].score->points.v[i].text, "lead"));
	close_bed(&b);
}

// A notice is everybody's who is there; what one escalates need not be escalated twice.
static void test_for_all(void **state)
{
	struct bed b;

	(void)state;
	begin(&b);
	comes(&b, 20000, 0, 0, EV_CURVEBALL, "id", "n1", "kind", "red_broadcast", "value", "1");
	sits(&b, 21000, "seat", "tech");
	does(&b, 25000, 0, 0, EV_BROADCAST_ACK, "id", "n1");
	comes(&b, 30000, 0, 0, EV_CURVEBALL, "id", "n2", "kind", "policy_changed_mid_call", "value", "1");
	does(&b, 31000, 1, 1, EV_ESCALATE, "kind", "red");
	judge(&b);
	assert_int_equal(of(&b, "agent1")->met, 1);       // acknowledged; the escalation is not asked of it any more
	assert_int_equal(of(&b, "agent1")->missed, 1);    // its class
	assert_int_equal(of(&b, "agent2")->met, 1);       // escalated
	assert_int_equal(of(&b, "agent2")->missed, 2);    // not acknowledged, no class
	// Of the whole half the notice is done.
	bool half = false;
	for (size_t i = 0; i < b.s.points.n; i++)
		half |= b.s.points.v[i].share > 0 && b.s.points.v[i].share * 2 - b.s.points.v[i].of >= -1 && b.s.points.v[i].share * 2 - b.s.points.v[i].of <= 1;
	assert_true(half);
	close_bed(&b);
	// Whoever came after it is not asked.
	open_bed(&b);
	comes(&b, 0, 0, 0, EV_RING);
	does(&b, 1000, 0, 0, EV_ANSWER);
	comes(&b, 20000, 0, 0, EV_CURVEBALL, "id", "n1", "kind", "red_broadcast", "value", "1");
	sits(&b, 25000, "seat", "agent2");
	does(&b, 26000, 0, 0, EV_BROADCAST_ACK, "id", "n1");
	judge(&b);
	assert_int_equal(of(&b, "agent2")->missed, 0);
	assert_int_equal(of(&b, "agent2")->callers, 0);
	assert_int_equal(of(&b, "agent2")->score->weight[SCORE_SPEED], 0);
	close_bed(&b);
}

static char *text_of(const struct score *s)
{
	json_t *o = score_json(s);
	char *text = json_dumps(o, JSON_REAL_PRECISION(SCORE_DIGITS));

	json_decref(o);
	return text;
}

// As one seat sees it: its own in front, the same as in the table, the whole behind; written and read it stays that.
static void test_as_a_seat(void **state)
{
	struct bed b;
	struct score own, back;
	struct err e = {0};

	(void)state;
	begin(&b);
	does(&b, 8000, 1, 1, EV_CLASSIFY, "code", "account.freeze");
	judge(&b);
	char *nested = text_of(of(&b, "agent2")->score), *whole = text_of(&b.s);
	score_log_seat(&b.x.s, &b.l, b.x.lex, &b.w.w, 1, &own);
	assert_int_equal(own.own, 1);
	assert_int_equal(own.final_, of(&b, "agent2")->score->final_);
	assert_int_equal(own.common->final_, b.s.final_);
	char *one = text_of(&own);
	json_t *o = json_loads(one, 0, NULL);
	if (!score_read(o, &back, &e))
		fail_msg("%s", e.msg);
	char *two = text_of(&back);
	assert_string_equal(one, two);
	assert_int_equal(back.own, 1);
	assert_string_equal(back.seats.v[LEAD].code, "lead");
	assert_string_equal(back.seats.v[LEAD].label.en, "Lead");
	assert_int_equal(back.common->final_, b.s.final_);
	json_decref(o);
	free(one);
	free(two);
	score_release(&own);
	score_release(&back);
	// The same log is worth the same.
	judge(&b);
	one = text_of(of(&b, "agent2")->score);
	two = text_of(&b.s);
	assert_string_equal(one, nested);
	assert_string_equal(two, whole);
	free(one);
	free(two);
	free(nested);
	free(whole);
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_own_callers), cmocka_unit_test(test_without_calls), cmocka_unit_test(test_for_all),
					   cmocka_unit_test(test_as_a_seat)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
