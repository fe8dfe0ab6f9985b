// SPDX-License-Identifier: MIT
// Knows what is shown after a session: rows in order, what was missed where it was due, the best line, the model answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/practice/debrief.h"
#include "tests/unit/practice/sample.h"
#include "tests/unit/practice/world.h"

struct bed {
	struct sample x;
	struct world w;
	struct practice_log l;
	struct score s;
	struct debrief d;
};

static void put(struct bed *b, struct log_entry e)
{
	practice_log_add(&b->l, &e);
	event_release(&e.ev);
}

static void says(struct bed *b, int64_t t, const char *text)
{
	put(b, entry(t, 0, LOG_AGENT, EV_SAY, "side", "agent", "text", text, NULL));
}

static void beat(struct bed *b, int64_t t, const char *id, const char *text)
{
	put(b, entry(t, 0, LOG_ENGINE, EV_BEAT, "id", id, NULL));
	put(b, entry(t, 0, LOG_CUSTOMER, EV_SAY, "side", "customer", "text", text, NULL));
}

static void open_bed(struct bed *b)
{
	*b = (struct bed){0};
	sample_init(&b->x);
	world_init(&b->w);
	sample_curves(&b->x);
	b->x.s.goal = (struct label){"先止付", "Stop it first"};
	put(b, entry(0, 0, LOG_ENGINE, EV_RING, NULL));
	put(b, entry(1000, 0, LOG_AGENT, EV_ANSWER, NULL));
	beat(b, 2000, "b1", "我的钱没了");
}

static void look(struct bed *b)
{
	score_release(&b->s);
	debrief_release(&b->d);
	score_log(&b->x.s, &b->l, b->x.lex, &b->w.w, &b->s);
	debrief_log(&b->x.s, &b->l, b->x.lex, &b->s, &b->w.w, &b->d);
}

static void close_bed(struct bed *b)
{
	debrief_release(&b->d);
	score_release(&b->s);
	practice_log_release(&b->l);
	world_release(&b->w);
	sample_release(&b->x);
}

static const struct debrief_row *row(const struct bed *b, enum debrief_kind kind, const char *text)
{
	for (size_t i = 0; i < b->d.rows.n; i++)
		if (b->d.rows.v[i].kind == kind && strstr(b->d.rows.v[i].text, text))
			return &b->d.rows.v[i];
	return NULL;
}

static void test_rows(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	says(&b, 4000, "理解您的着急，马上为您处理");
	put(&b, entry(30000, 0, LOG_AGENT, EV_CLASSIFY, "code", "payment.transfer", NULL)); // ten seconds late
	put(&b, entry(31000, 0, LOG_ENGINE, EV_CURVEBALL, "id", "c1", "kind", "system_down", "target", "crm", "value", "1", NULL));
	put(&b, entry(60000, 0, LOG_TRAINER, EV_TAG, "type", "key", "text", "看这里", NULL));
	put(&b, entry(90000, 0, LOG_CUSTOMER, EV_HANGUP, "side", "customer", NULL));
	look(&b);
	for (size_t i = 1; i < b.d.rows.n; i++)
		assert_true(b.d.rows.v[i - 1].t_ms <= b.d.rows.v[i].t_ms);
	const struct debrief_row *calm = row(&b, DEBRIEF_EXPECT, "calm"), *class = row(&b, DEBRIEF_EXPECT, "class"),
				 *fault = row(&b, DEBRIEF_EXPECT, "fault");
	assert_non_null(calm);
	assert_int_equal(calm->sign, SIGN_GOOD);
	assert_int_equal(calm->t_ms, 4000);
	assert_ptr_equal(calm - 1, row(&b, DEBRIEF_EVENT, "理解您的着急")); // what it proves stands behind it
	assert_int_equal(class->sign, SIGN_LATE);
	assert_int_equal(class->t_ms, 30000);
	assert_int_equal(fault->sign, SIGN_MISS);
	assert_int_equal(fault->t_ms, 51000); // when it was due
	assert_int_equal(row(&b, DEBRIEF_EXPECT, "no_promise")->sign, SIGN_GOOD);
	assert_null(row(&b, DEBRIEF_EXPECT, "up")); // its beat was not reached
	assert_non_null(row(&b, DEBRIEF_CURVE, "crm") ? row(&b, DEBRIEF_CURVE, "crm") : row(&b, DEBRIEF_CURVE, ":"));
	assert_int_equal(row(&b, DEBRIEF_TAG, "")->t_ms, 60000);
	int clocks = 0;
	for (size_t i = 0; i < b.d.rows.n; i++)
		clocks += b.d.rows.v[i].kind == DEBRIEF_CLOCK;
	assert_int_equal(clocks, 3); // classified late, no plan, no confirmation
	close_bed(&b);
}

static void test_best_and_model(void **state)
{
	struct bed b;

	(void)state;
	open_bed(&b);
	says(&b, 3000, "马上为您处理");
	says(&b, 4000, "理解您的着急，马上为您处理"); // and it meets an expectation
	says(&b, 5000, "理解您的着急，马上为您处理");
	look(&b);
	assert_int_equal(b.d.best, 5);
	assert_string_equal(b.d.best_text, "理解您的着急，马上为您处理");
	// Nothing missed has a model: the goal.
	assert_int_equal(b.d.models.n, 1);
	assert_string_equal(b.d.models.v[0].how, label_text(b.x.s.goal));
	assert_int_equal(b.d.groups[GROUP_SPEED].weight, 1500);
	assert_int_equal(b.d.groups[GROUP_SOLVING].weight + b.d.groups[GROUP_ATTITUDE].weight, 8500);
	close_bed(&b);

	static const struct expectation one[] = {{.id = "x", .what = EXPECT_ESCALATE, .weight = 1, .label = {"上报", "Report"}, .model = {"我马上上报", "I report it now"}}};
	open_bed(&b);
	b.x.beats[B_START].expect = one;
	b.x.beats[B_START].n_expect = 1;
	says(&b, 3000, "不归我管，马上为您处理"); // a forbidden word in it is never the best
	look(&b);
	assert_int_equal(b.d.best, SCENARIO_NONE);
	assert_int_equal(b.d.models.n, 1);
	assert_string_equal(b.d.models.v[0].how, label_text(one[0].model));
	json_t *o = debrief_json(&b.d);
	assert_true(json_is_null(json_object_get(o, "best")));
	assert_int_equal(json_array_size(json_object_get(o, "rows")), b.d.rows.n);
	json_decref(o);
	close_bed(&b);
}

// Codes of the content are for machines: a reader gets their labels.
static void test_labels(void **state)
{
	static const struct {
		enum event_type type;
		const char *pair[6], *shown, *code;
	} rows[] = {
		{EV_DISPOSITION, {"code", "DONE"}, "Solved", "DONE"},
		{EV_DISPOSITION, {"code", "GONE"}, "GONE", NULL}, // of content that is not there any more
		{EV_FORM_SET, {"form", "base", "field", "need", "value", "x"}, "Need x", "base"},
		{EV_SCRIPT_START, {"script", "t.talk"}, "Talk", "t.talk"},
		{EV_SCRIPT_TICK, {"node", "NOTICE"}, "This call is recorded", "NOTICE"},
		{EV_ESCALATE, {"kind", "urgent_review"}, "Urgent review", "urgent_review"},
		{EV_FAULT_KEY, {"type", "crm"}, "CRM slow or down", "crm"},
		{EV_CALLBACK_BOOK, {"at", "1764486000000"}, "11-30 15:00", "1764486000000"},
		{EV_INJECT, {"kind", "emotion", "class", "anger", "level", "3"}, "Trainer intervened: Emotion Anger (3)", "emotion"},
		{EV_INJECT, {"kind", "curveball", "id", "c1"}, "Trainer intervened: A system is down", "c1"},
		{EV_INJECT, {"kind", "beat", "id", "b3"}, "Trainer intervened: All right, thank you.", "b3"},
	};
	struct bed b;

	(void)state;
	i18n_init("en", NULL);
	open_bed(&b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		put(&b, entry(3000 + (int64_t)i, 0, rows[i].type == EV_INJECT ? LOG_TRAINER : LOG_AGENT, rows[i].type, rows[i].pair[0], rows[i].pair[1],
			      rows[i].pair[2], rows[i].pair[3], rows[i].pair[4], rows[i].pair[5], NULL));
	look(&b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = NULL;
		for (size_t k = 0; k < b.d.rows.n && !text; k++)
			if (b.d.rows.v[k].kind == DEBRIEF_EVENT && b.d.rows.v[k].t_ms == 3000 + (int64_t)i)
				text = b.d.rows.v[k].text;
		if (!text || !strstr(text, rows[i].shown) || (rows[i].code && strstr(text, rows[i].code)))
			fail_msg("row %zu: %s", i, text ? text : "none");
	}
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_labels), cmocka_unit_test(test_rows), cmocka_unit_test(test_best_and_model)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
