// SPDX-License-Identifier: MIT
// Knows what the scenario linter must find, and what it must let pass. Each case changes one thing of a sound scenario.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <stdio.h>

#include "src/practice/scenario.h"

#define L {"中", "en"}
#define EMPTY SCENARIO_NONE

// Everything of one scenario, to be changed by a case.
struct draft {
	struct arena a;
	struct scenario s;
	struct word_set words[3];
	struct beat_line says[2];
	struct expectation expect[3], curve_expect[1];
	struct beat_next next[3];
	struct scenario_beat beats[4];
	struct curveball curves[1];
	struct scenario_objection objections[1];
	struct scenario_critical criticals[1];
	struct scenario_caller callers[2];
	struct scenario_seat seats[2];
	struct reply_card cards[2];
};

static const struct expr *cond(struct draft *d, const char *text)
{
	struct err e = {0};
	const struct expr *x = expr_parse(sv(text), NULL, &e, &d->a);

	if (!x)
		fail_msg("%s: %s", text, e.msg);
	return x;
}

static const char *const any_stop[] = {"停止共享"}, *const any_answer[] = {"按规定"}, *const any_detail[] = {"法院"};
static const char *const articles[] = {"KB-1"}, *const dispositions[] = {"DONE"}, *const bans[] = {"risk_promise"};
static const struct persona_fact facts[] = {{.name = "tail", .value = {"7719", "7719"}}};

static void fill_beats(struct draft *d)
{
	d->says[0] = (struct beat_line){{"尾号{tail}的钱没了", "The money of {tail} is gone"}};
	d->expect[0] = (struct expectation){.id = "e1", .what = EXPECT_SAY, .words = &d->words[0], .within_s = 10, .weight = 2, .label = L};
	d->expect[1] = (struct expectation){.id = "e2", .what = EXPECT_CLASSIFY, .value = "a.b", .weight = 1, .label = L};
	d->next[0] = (struct beat_next){"e1", cond(d, "e1"), 1, 2, 1};
	d->next[1] = (struct beat_next){NULL, NULL, 2, 2, 1};
	d->next[2] = (struct beat_next){NULL, NULL, 1, 2, 1};
	for (size_t i = 0; i < 3; i++)
		d->beats[i] = (struct scenario_beat){.says = d->says, .n_says = 1, .turns = 1, .line = 10 + (int)i};
	d->beats[0].id = "b1";
	d->beats[0].start = true;
	d->beats[0].expect = d->expect;
	d->beats[0].n_expect = 2;
	d->beats[0].next = d->next;
	d->beats[0].n_next = 2;
	d->beats[1].id = "b2";
	d->beats[1].end = BEAT_WAITS;
	d->beats[2].id = "b3";
	d->beats[2].objection = "o1";
	d->beats[2].next = &d->next[2];
	d->beats[2].n_next = 1;
	d->s.beats = d->beats;
	d->s.n_beats = 3;
}

static void fill_parts(struct draft *d)
{
	d->words[0] = (struct word_set){.name = "stop", .any = any_stop, .n_any = 1};
	d->words[1] = (struct word_set){.name = "approved", .any = any_answer, .n_any = 1};
	d->words[2] = (struct word_set){.name = "detail", .any = any_detail, .n_any = 1};
	d->s.words = d->words;
	d->s.n_words = 3;
	d->objections[0] = (struct scenario_objection){.id = "o1", .label = L, .beat = 2, .moves = 15, .words = {[MOVE_ANSWER] = &d->words[1]},
						       .ban = bans, .n_ban = 1};
	d->s.objections = d->objections;
	d->s.n_objections = 1;
	d->criticals[0] = (struct scenario_critical){.code = "PC-04", .words = &d->words[2], .label = L};
	d->s.criticals = d->criticals;
	d->s.n_criticals = 1;
	d->curve_expect[0] = (struct expectation){.id = "e3", .what = EXPECT_FAULT, .value = "crm", .within_s = 20, .weight = 2, .label = L};
	d->curves[0] = (struct curveball){.id = "c1", .kind = CURVE_SYSTEM_DOWN, .at_beat = 1, .chance = 100, .target = "crm", .for_s = 60,
					  .expect = d->curve_expect, .n_expect = 1, .beat = EMPTY, .caller = -1};
	d->s.curveballs = d->curves;
	d->s.n_curveballs = 1;
	d->callers[0] = (struct scenario_caller){.persona = {.name = {"周", "Zhou"}, .patience_s = 25, .facts = facts, .n_facts = 1}};
	d->callers[1] = (struct scenario_caller){.persona = {.name = {"王", "Wang"}, .patience_s = 25, .facts = facts, .n_facts = 1},
						 .at_s = 40, .first_beat = 1};
	d->s.callers = d->callers;
	d->s.n_callers = 1;
	for (size_t i = 0; i < 2; i++) {
		d->seats[i] = (struct scenario_seat){.code = i ? "agent2" : "agent1", .label = L, .task = L, .role = 2};
		d->cards[i] = (struct reply_card){.id = i ? "k2" : "k1", .text = L, .good = i == 0};
	}
	d->s.seats = d->seats;
	d->s.cards = d->cards;
}

static void fill(struct draft *d)
{
	memset(d, 0, sizeof(*d));
	d->s = (struct scenario){.code = "t.x", .version = 1, .title = L, .goal = L, .time_limit_s = 300, .wrap_limit_s = 180};
	d->s.truth = (struct scenario_truth){"a.b", INTENT_COMPLAINT, DIFFICULTY_SIMPLE, 2, articles, dispositions, 1, 1};
	fill_beats(d);
	fill_parts(d);
	d->s.success_text = "e1 && moves.o1 >= 2 && beat.b2";
	d->s.success = cond(d, d->s.success_text);
	d->s.fail = cond(d, "secrets > 0 || said.detail || tag.forbidden");
}

struct found {
	char text[2000];
	size_t errors, warnings;
};

static void take(void *ctx, int line, int col, enum lint_severity severity, const char *message)
{
	struct found *f = ctx;
	size_t n = strlen(f->text);

	(void)line;
	(void)col;
	snprintf(f->text + n, sizeof(f->text) - n, "%s%s\n", severity == LINT_WARNING ? "warning " : "", message);
	*(severity == LINT_ERROR ? &f->errors : &f->warnings) += 1;
}

typedef void change_fn(struct draft *d);
struct lint_case {
	const char *want; // part of the one message expected; NULL: none
	change_fn *change;
};

#define CASE(name, ...)                                                                        \
	static void name(struct draft *d)                                                      \
	{                                                                                      \
		__VA_ARGS__;                                                                   \
	}

CASE(nothing, (void)d)
CASE(no_title, d->s.title = (struct label){0})
CASE(half_title, d->s.title.en = NULL)
CASE(half_line, d->says[0].text.zh = "")
CASE(half_label, d->expect[0].label.en = NULL)
CASE(no_label, d->expect[0].label = (struct label){0})
CASE(no_label_no_weight, d->expect[0].label = (struct label){0}; d->expect[0].weight = 0)
CASE(half_model, d->expect[0].model.zh = "x")
CASE(no_limit, d->s.time_limit_s = 0; d->expect[0].within_s = 0; d->curve_expect[0].within_s = 0)
CASE(no_success, d->s.success = NULL)
CASE(no_category, d->s.truth.category = NULL)
CASE(no_intent, d->s.truth.intent = INTENT_NONE)
CASE(no_difficulty, d->s.truth.difficulty = DIFFICULTY_NONE)
CASE(no_priority, d->s.truth.priority = 0)
CASE(no_disposition, d->s.truth.n_dispositions = 0)
CASE(no_articles, d->s.truth.n_articles = 0)
CASE(start_level, d->s.start_level = 6)
// Expectations.
CASE(same_id, d->expect[1].id = "e1")
CASE(same_id_curve, d->curve_expect[0].id = "e1")
CASE(bad_id, d->expect[1].id = "e-2")
CASE(reserved_id, d->expect[1].id = "escalated")
CASE(say_nothing, d->expect[1] = (struct expectation){.id = "e2", .what = EXPECT_SAY, .weight = 1, .label = L})
CASE(bad_tag, d->expect[1] = (struct expectation){.id = "e2", .what = EXPECT_SAY, .tag = "empathy.grief", .weight = 1, .label = L})
CASE(good_tag, d->expect[1] = (struct expectation){.id = "e2", .what = EXPECT_SAY, .tag = "empathy.sad", .weight = 1, .label = L})
CASE(tag_elsewhere, d->expect[1].tag = "positive")
CASE(words_elsewhere, d->expect[1].words = &d->words[0])
CASE(value_elsewhere, d->expect[0].value = "x")
CASE(no_value, d->expect[1].what = EXPECT_CHOOSE; d->expect[1].value = NULL)
CASE(bad_choice, d->expect[1].what = EXPECT_CHOOSE; d->expect[1].value = "Z3")
CASE(bad_form, d->expect[1].what = EXPECT_FORM; d->expect[1].value = "stoppay_at=1")
CASE(bad_mark, d->expect[1].what = EXPECT_MARK; d->expect[1].value = "empathy")
CASE(bad_intent, d->expect[1].what = EXPECT_INTENT; d->expect[1].value = "question")
CASE(bad_verify, d->expect[1].what = EXPECT_VERIFY; d->expect[1].value = "4")
CASE(bad_kind, d->expect[1].what = EXPECT_ESCALATE; d->expect[1].value = "now")
CASE(bad_fault, d->curve_expect[0].value = "printer")
CASE(too_late, d->expect[0].within_s = 301)
CASE(in_wrap, d->expect[1].within_s = 480)
CASE(too_late_wrap, d->expect[1].within_s = 481)
CASE(never_within, d->expect[0].what = EXPECT_NEVER)
CASE(wait_no_time, d->expect[1] = (struct expectation){.id = "e2", .what = EXPECT_WAIT, .weight = 1, .label = L})
CASE(wait_long, d->expect[1] = (struct expectation){.id = "e2", .what = EXPECT_WAIT, .within_s = 25, .weight = 1, .label = L})
CASE(weightless, d->expect[0].weight = d->expect[1].weight = d->curve_expect[0].weight = 0)
// Word sets.
CASE(empty_set, d->words[0].n_any = 0)
CASE(blank_word, static const char *const v[] = {"。"}; d->words[0].any = v)
CASE(long_word, static const char *const v[] = {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}; d->words[0].any = v)
CASE(unused_set, d->objections[0].words[MOVE_ANSWER] = NULL)
CASE(used_in_cond, d->objections[0].words[MOVE_ANSWER] = NULL; d->next[0].cond = cond(d, "said_now.approved"))
CASE(set_twice, d->words[1].name = "stop")
CASE(many_sets, struct word_set *v = arena_array(&d->a, struct word_set, 65); for (int i = 0; i < 65; i++) v[i] = d->words[0];
     for (int i = 3; i < 65; i++) v[i].name = arena_printf(&d->a, "w%d", i); memcpy(v, d->words, sizeof(d->words)); d->s.words = v;
     d->s.n_words = 65; d->expect[0].words = &v[0]; d->objections[0].words[MOVE_ANSWER] = &v[1]; d->criticals[0].words = &v[2])
// Conditions.
CASE(unknown, d->next[0].cond = cond(d, "e9"))
CASE(unknown_near, d->next[0].cond = cond(d, "e1 && escaleted"))
CASE(unknown_set, d->next[0].cond = cond(d, "said.stopp"))
CASE(unknown_fail, d->s.fail = cond(d, "moves.o2 > 1"))
CASE(all_names, d->next[0].cond = cond(d, "emotion < 3 && verified >= 2 && curve.c1 && tag.empathy.anger && turns > 1 && second"))
// Ways.
CASE(unreachable, d->next[1].beat = 1; d->next[1].cond = cond(d, "!e1"))
CASE(no_end, d->beats[1].end = BEAT_GOES_ON)
CASE(circle, d->next[2].beat = 2)
CASE(interrupt_ends, d->next[2].beat = 2; d->beats[3] = d->beats[1]; d->beats[3].id = "b4"; d->beats[3].when = cond(d, "escalated"); d->s.n_beats = 4)
CASE(listens, d->beats[2].n_next = 0)
CASE(curve_leads_out, d->beats[2].n_next = 0; d->curves[0].at_beat = 2; d->curves[0].beat = 1)
CASE(curve_perhaps, d->beats[2].n_next = 0; d->curves[0].at_beat = 2; d->curves[0].beat = 1; d->curves[0].chance = 50)
CASE(both, d->beats[2].end = BEAT_WAITS)
CASE(after_else, struct beat_next n = d->next[0]; d->next[0] = d->next[1]; d->next[1] = n)
CASE(beat_twice, d->beats[2].id = "b2")
CASE(silent_beat, d->beats[1].n_says = 0)
CASE(bad_level, d->beats[1].has_emotion = true; d->beats[1].level = 6)
CASE(no_start, d->beats[0].start = false; d->callers[0].first_beat = EMPTY; d->beats[0].when = cond(d, "time_s > 1"))
CASE(two_starts, d->beats[1].start = true)
CASE(same_way, d->next[0].beat = 2)
CASE(time_only, d->next[0].cond = cond(d, "time_s > 30"))
// Facts.
CASE(fact_near, d->says[0].text.en = "{tial}")
CASE(fact_none, d->says[0].text.zh = "{amount}")
CASE(fact_other, static const struct persona p = {.name = {"王", "Wang"}, .patience_s = 20}; d->s.n_callers = 2; d->callers[1].persona = p)
CASE(second_has_fact, d->s.n_callers = 2)
CASE(brace, d->says[0].text.zh = "{tail")
CASE(brace_meant, d->says[0].text.zh = "{{tail}}")
// Callers.
CASE(no_name, d->callers[0].persona.name = (struct label){0})
CASE(half_name, d->callers[0].persona.name.en = NULL)
CASE(half_fact, static const struct persona_fact f = {.name = "tail", .label = {"卡尾号", NULL}, .value = {"7719", "7719"}}; d->callers[0].persona.facts = &f)
CASE(empty_fact, static const struct persona_fact f = {.name = "tail"}; d->callers[0].persona.facts = &f)
CASE(no_patience, d->callers[0].persona.patience_s = 0)
CASE(never_rings, d->s.n_callers = 2; d->callers[1].at_s = 0)
CASE(rung_by_curve, d->s.n_callers = 2; d->callers[1].at_s = 0; d->curves[0].kind = CURVE_SECOND_CALL; d->curves[0].target = NULL; d->curves[0].caller = 1)
CASE(rings_late, d->s.n_callers = 2; d->callers[1].at_s = 300)
CASE(second_no_beat, d->s.n_callers = 2; d->callers[1].first_beat = EMPTY)
// Curveballs.
CASE(curve_never, d->curves[0].at_beat = EMPTY)
CASE(curve_late, d->curves[0].at_beat = EMPTY; d->curves[0].at_s = 300)
CASE(curve_target, d->curves[0].target = "printer")
CASE(curve_no_time, d->curves[0].for_s = 0)
CASE(curve_no_article, d->curves[0].kind = CURVE_POLICY_CHANGED; d->curves[0].target = NULL)
CASE(curve_no_title, d->curves[0].kind = CURVE_RED_BROADCAST; d->curves[0].target = NULL)
CASE(curve_no_caller, d->curves[0].kind = CURVE_SECOND_CALL; d->curves[0].target = NULL)
CASE(curve_idle, d->curves[0].kind = CURVE_LEGAL; d->curves[0].target = NULL)
CASE(curve_no_emotion, d->curves[0].kind = CURVE_EMOTION_SPIKE; d->curves[0].target = NULL)
CASE(curve_chance, d->curves[0].chance = 0)
// Objections.
CASE(objection_unraised, d->beats[2].objection = NULL; d->objections[0].beat = EMPTY)
CASE(objection_other_beat, d->objections[0].beat = 1)
CASE(objection_unknown, d->beats[1].objection = "o7")
CASE(objection_no_moves, d->objections[0].moves = 0)
CASE(objection_ban, static const char *const v[] = {"rudeness"}; d->objections[0].ban = v)
// The rest.
CASE(critical_code, d->criticals[0].code = "X1")
CASE(critical_both, d->criticals[0].cond = cond(d, "secrets > 0"))
CASE(cards_level, d->s.level = PRACTICE_EXPERT; d->s.n_cards = 2)
CASE(cards_good, d->cards[1].good = true; d->s.n_cards = 2)
CASE(cards_fine, d->s.n_cards = 2)
CASE(drill_seats, d->s.kind = SCENARIO_DRILL; d->s.n_seats = 1)
CASE(call_seats, d->s.n_seats = 2)

static const struct lint_case cases[] = {
	{NULL, nothing},
	{"title needs a text", no_title},
	{"warning title: the text in en is missing", half_title},
	{"the text in zh is missing", half_line},
	{"e1: the text in en is missing", half_label},
	{"e1 needs a text", no_label},
	{NULL, no_label_no_weight},
	{"e1: the text in en is missing", half_model},
	{"time_limit_s is missing", no_limit},
	{"condition for success is missing", no_success},
	{"truth: the category", no_category},
	{"truth: the intent", no_intent},
	{"truth: the difficulty", no_difficulty},
	{"truth: the priority", no_priority},
	{"at least one disposition", no_disposition},
	{"warning truth: without articles", no_articles},
	{"start_emotion", start_level},
	{"the expectation e1 is there twice", same_id},
	{"the expectation e1 is there twice", same_id_curve},
	{"'e-2' cannot be an id", bad_id},
	{"escalated: conditions use this word", reserved_id},
	{"e2: say needs a tag or words", say_nothing},
	{"there is no tag 'empathy.grief'", bad_tag},
	{NULL, good_tag},
	{"classify takes no tag", tag_elsewhere},
	{"classify takes no words", words_elsewhere},
	{"say takes no value", value_elsewhere},
	{"choose needs a value", no_value},
	{"one of: node=key", bad_choice},
	{"one of: form.field", bad_form},
	{"one of: ack, plan, confirm, close", bad_mark},
	{"one of: enquiry", bad_intent},
	{"one of: 1, 2, 3", bad_verify},
	{"one of: urgent_review", bad_kind},
	{"one of: recording", bad_fault},
	{"e1: within_s is 301 seconds, but all is over after 300", too_late},
	{NULL, in_wrap},
	{"all is over after 480", too_late_wrap},
	{"never holds until the end", never_within},
	{"wait needs within_s", wait_no_time},
	{"warning e2: the agent is to keep silent for 25 seconds", wait_long},
	{"nothing is expected of the agent", weightless},
	{"the word set stop is empty", empty_set},
	{"an entry without a letter or digit", blank_word},
	{"an entry of more than 64 characters", long_word},
	{"warning the word set approved is not used", unused_set},
	{NULL, used_in_cond},
	{"the word set stop is there twice", set_twice},
	{"beat b1: there is no name 'e9'", unknown},
	{"there is no name 'escaleted'; did you mean escalated?", unknown_near},
	{"there is no name 'said.stopp'; did you mean said.stop?", unknown_set},
	{"end, fail: there is no name 'moves.o2'; did you mean moves.o1?", unknown_fail},
	{NULL, all_names},
	{"beat b3: no way from here reaches an end", circle},
	{NULL, interrupt_ends},
	{"beat b3: no way from here reaches an end", listens},
	{NULL, curve_leads_out},
	{"beat b3: no way from here reaches an end", curve_perhaps},
	{"beat b3: give either next or end", both},
	{"after 'else' nothing is looked at", after_else},
	{"the beat b2 is there twice", beat_twice},
	{"beat b2: the customer says nothing", silent_beat},
	{"beat b2: the level of an emotion", bad_level},
	{"caller 0 has nothing to begin with", no_start},
	{"starts at b1 already", two_starts},
	{"warning the conversation goes the same way", time_only},
	{"did you mean {tail}?", fact_near},
	{"has no fact {amount}", fact_none},
	{"b2: Wang has no fact {tail}", fact_other},
	{NULL, second_has_fact},
	{"a brace has no partner", brace},
	{NULL, brace_meant},
	{"caller 0 needs a name", no_name},
	{"caller 0: the text in en is missing", half_name},
	{"tail: the text in en is missing", half_fact},
	{"tail needs a text in zh and en", empty_fact},
	{"patience_s must be greater than 0", no_patience},
	{"caller 1 never rings", never_rings},
	{NULL, rung_by_curve},
	{"caller 1 rings after the session is over", rings_late},
	{"caller 1 has nothing to begin with", second_no_beat},
	{"curveball c1 never comes", curve_never},
	{"curveball c1 comes after the session", curve_late},
	{"system_down needs a target", curve_target},
	{"system_down needs for_s", curve_no_time},
	{"policy_changed_mid_call needs an article", curve_no_article},
	{"a broadcast needs a title", curve_no_title},
	{"caller is the number", curve_no_caller},
	{"nothing happens", curve_idle},
	{"an emotion_spike needs an emotion", curve_no_emotion},
	{"chance is 1 to 100", curve_chance},
	{"no beat raises the objection o1", objection_unraised},
	{"the beat b2 does not raise it", objection_other_beat},
	{"beat b2: there is no objection o7", objection_unknown},
	{"name the moves it needs", objection_no_moves},
	{"neither a word list nor a word set: 'rudeness'", objection_ban},
	{"a code like CC-01", critical_code},
	{"give either 'if' or 'words'", critical_both},
	{"warning reply cards are shown on the basic level", cards_level},
	{"one of them is good", cards_good},
	{NULL, cards_fine},
	{"a drill needs at least two seats", drill_seats},
	{"only a drill has seats", call_seats},
};

// The linter's sentences are the same for both ways to be wrong, so a sentence may come once for each text in it; no other may come.
static void test_rules(void **state)
{
	static struct draft d;
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct found f = {0};
		struct lint l = {take, &f};
		struct sv rest, line;
		bool other = false, there = !cases[i].want, ok;
		fill(&d);
		cases[i].change(&d);
		ok = scenario_lint(&d.s, &l);
		rest = sv(f.text);
		while (sv_split(&rest, '\n', &line)) {
			char z[600];
			snprintf(z, sizeof(z), "%.*s", (int)line.n, line.p);
			if (cases[i].want && strstr(z, cases[i].want))
				there = true;
			else if (*z)
				other = true;
		}
		if (!there || other || ok != !f.errors) {
			failed++;
			print_error("expected %s; found\n%s", cases[i].want ? cases[i].want : "nothing", f.text);
		}
		arena_release(&d.a);
	}
	assert_int_equal(failed, 0);
}

// These break more than one rule at once; the one meant must be among them.
static void test_rules_among_others(void **state)
{
	static const struct lint_case some[] = {
		{"more than 64 word sets", many_sets},
		{"beat b3: no way leads here", unreachable},
		{"beat b2: no way from here reaches an end", no_end},
		{"warning the conversation goes the same way", same_way},
	};
	static struct draft d;

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++) {
		struct found f = {0};
		struct lint l = {take, &f};
		fill(&d);
		some[i].change(&d);
		(void)scenario_lint(&d.s, &l);
		if (!strstr(f.text, some[i].want))
			fail_msg("expected %s; found\n%s", some[i].want, f.text);
		arena_release(&d.a);
	}
}

static void test_queries(void **state)
{
	static struct draft d;
	size_t beat, curve;

	(void)state;
	fill(&d);
	assert_int_equal(scenario_beat(&d.s, sv("b3")), 2);
	assert_int_equal(scenario_beat(&d.s, sv("b")), SCENARIO_NONE);
	assert_int_equal(scenario_expectations(&d.s), 3);
	assert_string_equal(scenario_expectation(&d.s, 1, &beat, &curve)->id, "e2");
	assert_int_equal(beat, 0);
	assert_int_equal(curve, SCENARIO_NONE);
	assert_string_equal(scenario_expectation(&d.s, 2, &beat, &curve)->id, "e3");
	assert_int_equal(beat, SCENARIO_NONE);
	assert_int_equal(curve, 0);
	assert_null(scenario_expectation(&d.s, 3, NULL, NULL));
	assert_true(scenario_name_known(&d.s, sv("said.stop")));
	assert_true(scenario_name_known(&d.s, sv("time_s")));
	assert_true(scenario_name_known(&d.s, sv("e3")));
	assert_false(scenario_name_known(&d.s, sv("said.")));
	assert_false(scenario_name_known(&d.s, sv("stop")));
	assert_false(scenario_name_known(&d.s, sv("")));
	arena_release(&d.a);
}

static void test_codes(void **state)
{
	enum expect_do what;
	enum curveball_kind kind;

	(void)state;
	for (int i = 0; i <= EXPECT_OFFLINE; i++) {
		assert_true(expect_do_parse(sv(expect_do_code((enum expect_do)i)), &what));
		assert_int_equal(what, i);
	}
	for (int i = 0; i <= CURVE_TIME_PRESSURE; i++) {
		assert_true(curveball_kind_parse(sv(curveball_kind_code((enum curveball_kind)i)), &kind));
		assert_int_equal(kind, i);
	}
	assert_string_equal(expect_do_code(EXPECT_FAULT), "fault_key");
	assert_string_equal(curveball_kind_code(CURVE_SECOND_CALL), "second_call_waiting");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rules_among_others),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_codes),
	};
	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
