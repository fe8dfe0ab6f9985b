// SPDX-License-Identifier: MIT
// Knows when an expectation of a scenario is wrong: its parameters, its time, its weight.
#include "src/desk/script.h"
#include "src/desk/script_run.h"
#include "src/desk/wrapup.h"
#include "src/practice/scenario_lint.h"
#include "src/practice/scenario_names.h"

enum use { NO, MAY, MUST };
// What an expectation of each kind may say besides id, time and weight.
static const struct {
	enum use value, tag, words;
	bool wrap; // can also be done in the wrap-up
} params[] = {
	[EXPECT_SAY] = {NO, MAY, MAY, false},
	[EXPECT_NEVER] = {NO, MAY, MAY, false},
	[EXPECT_ANSWER] = {NO, NO, NO, false},
	[EXPECT_CLASSIFY] = {MAY, NO, NO, true},
	[EXPECT_INTENT] = {MAY, NO, NO, true},
	[EXPECT_DIFFICULTY] = {MAY, NO, NO, true},
	[EXPECT_VERIFY] = {MAY, NO, NO, false},
	[EXPECT_RESTATE] = {NO, NO, MAY, false},
	[EXPECT_MARK] = {MUST, NO, NO, false},
	[EXPECT_SEARCH] = {NO, NO, NO, true},
	[EXPECT_OPEN] = {MAY, NO, NO, true},
	[EXPECT_CITE] = {MAY, NO, NO, true},
	[EXPECT_SCRIPT] = {MUST, NO, NO, false},
	[EXPECT_CHOOSE] = {MUST, NO, NO, false},
	[EXPECT_FORM] = {MUST, NO, NO, true},
	[EXPECT_TICKET] = {MAY, NO, NO, true},
	[EXPECT_ESCALATE] = {MAY, NO, NO, true},
	[EXPECT_CALLBACK] = {NO, NO, NO, true},
	[EXPECT_TRANSFER] = {MAY, NO, NO, false},
	[EXPECT_HOLD] = {NO, NO, NO, false},
	[EXPECT_FAULT] = {MAY, NO, NO, true},
	[EXPECT_BROADCAST] = {NO, NO, NO, true},
	[EXPECT_OFFER] = {MAY, NO, NO, false},
	[EXPECT_DISPOSITION] = {MAY, NO, NO, true},
	[EXPECT_NOTE] = {NO, NO, MAY, true},
	[EXPECT_EMOTION] = {MAY, NO, NO, true},
	[EXPECT_WAIT] = {NO, NO, NO, false},
	[EXPECT_HANGUP] = {NO, NO, NO, false},
	[EXPECT_SEAT] = {MUST, NO, MAY, true},
	[EXPECT_LINK] = {MAY, NO, NO, true},
	[EXPECT_OFFLINE] = {NO, NO, NO, true},
};

static bool listed(const char *value, const char *const *list)
{
	for (; *list; list++) {
		if (str_eq(*list, value))
			return true;
	}
	return false;
}

// "node=key" has something on both sides of the last '='.
static bool pair_ok(const char *value)
{
	const char *eq = strrchr(value, '=');

	return eq && eq > value && eq[1];
}

// "form.field" or "form.field=value".
static bool field_ok(const char *value)
{
	const char *dot = strchr(value, '.');
	size_t name = strcspn(value, "=");

	return dot && dot > value && (size_t)(dot - value) + 1 < name;
}

// NULL: the value is one this kind takes; else what it takes.
static const char *value_wrong(const struct expectation *x)
{
	enum intent intent;
	enum difficulty difficulty;
	enum emotion_class feeling;
	enum script_mark mark;
	enum offer_outcome outcome;
	int64_t n;
	struct sv v = sv(x->value);

	switch (x->what) {
	case EXPECT_INTENT:
		return intent_parse(v, &intent) && intent ? NULL : "enquiry, complaint, suggestion, transaction, praise, other";
	case EXPECT_DIFFICULTY:
		return difficulty_parse(v, &difficulty) && difficulty ? NULL : "simple, complex, hard";
	case EXPECT_VERIFY:
		return parse_int(v, 1, 3, &n) ? NULL : "1, 2, 3";
	case EXPECT_TICKET:
		return parse_int(v, 1, 4, &n) ? NULL : "1, 2, 3, 4";
	case EXPECT_MARK:
		return script_mark_parse(v, &mark) && (mark == MARK_ACK || (mark >= MARK_PLAN && mark <= MARK_CLOSE)) ? NULL
													      : "ack, plan, confirm, close";
	case EXPECT_EMOTION:
		return emotion_class_parse(v, &feeling) ? NULL : "any, anger, anxiety, sad";
	case EXPECT_OFFER:
		return offer_outcome_parse(v, &outcome) && outcome ? NULL : "accepted, later, declined, not_offered";
	case EXPECT_ESCALATE:
		return listed(x->value, escalate_kinds) ? NULL : "urgent_review, complaint, authority, abuse, legal, opinion, expert_help";
	case EXPECT_FAULT:
		return listed(x->value, fault_types) ? NULL : "recording, routing, crm, noise, other";
	case EXPECT_CHOOSE:
		return pair_ok(x->value) ? NULL : "node=key";
	case EXPECT_FORM:
		return field_ok(x->value) ? NULL : "form.field, form.field=value";
	default:
		return NULL; // codes of other files
	}
}

static void check_params(struct scenario_work *w, const struct expectation *x)
{
	const char *what = expect_do_code(x->what), *takes;

	if (x->value && params[x->what].value == NO)
		FAIL(w, x, _("%s: %s takes no value"), x->id, what);
	else if (!x->value && params[x->what].value == MUST)
		FAIL(w, x, _("%s: %s needs a value"), x->id, what);
	else if (x->value && (takes = value_wrong(x)))
		FAIL(w, x, _("%s: the value of %s cannot be '%s'; it is one of: %s"), x->id, what, x->value, takes);
	size_t seat;
	enum drill_act act;
	if (x->what == EXPECT_SEAT && x->value && !scenario_seat_act(w->s, x->value, &seat, &act))
		FAIL(w, x, _("%s: '%s' is no seat of this drill and something it does; it is written as supervisor.confirm"), x->id, x->value);
	if (x->tag && params[x->what].tag == NO)
		FAIL(w, x, _("%s: %s takes no tag"), x->id, what);
	else if (x->tag && !scenario_tag_known(x->tag))
		FAIL(w, x, _("%s: there is no tag '%s'; tags are the classes of the word lists: positive, empathy, empathy.anger ..."), x->id,
		     x->tag);
	if (x->words && params[x->what].words == NO)
		FAIL(w, x, _("%s: %s takes no words"), x->id, what);
	if ((x->what == EXPECT_SAY || x->what == EXPECT_NEVER) && !x->tag && !x->words)
		FAIL(w, x, _("%s: %s needs a tag or words"), x->id, what);
	scenario_lint_use(w, x->words);
}

static void check_time(struct scenario_work *w, const struct expectation *x, int patience)
{
	const struct scenario *s = w->s;
	int limit = s->time_limit_s + (params[x->what].wrap ? s->wrap_limit_s : 0);

	if (x->what == EXPECT_NEVER && x->within_s)
		FAIL(w, x, _("%s: never holds until the end and takes no within_s"), x->id);
	if (x->what == EXPECT_WAIT && !x->within_s)
		FAIL(w, x, _("%s: wait needs within_s: how long the agent keeps silent"), x->id);
	if (x->within_s > limit && limit > 0)
		FAIL(w, x, _("%s: within_s is %d seconds, but all is over after %d"), x->id, x->within_s, limit);
	if (x->what == EXPECT_WAIT && patience && x->within_s >= patience)
		WARN(w, x, _("%s: the agent is to keep silent for %d seconds, but the customer's patience ends after %d"), x->id, x->within_s,
		     patience);
}

// A letter, then letters, digits and _: what a condition can name.
static bool id_ok(const char *id)
{
	if (str_empty(id) || strlen(id) > 32 || (*id >= '0' && *id <= '9'))
		return false;
	return id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void check_one(struct scenario_work *w, size_t n, const struct expectation *x, int patience)
{
	char what[96];

	if (!id_ok(x->id))
		FAIL(w, x, _("'%s' cannot be an id; it has a letter first, then letters, digits and _, at most 32"), x->id);
	else if (scenario_word_reserved(x->id) || str_eq(x->id, "true") || str_eq(x->id, "false") || str_eq(x->id, "null") || str_eq(x->id, "in"))
		FAIL(w, x, _("%s: conditions use this word for something else; take another id"), x->id);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(scenario_expectation(w->s, i, NULL, NULL)->id, x->id)) {
			FAIL(w, x, _("the expectation %s is there twice"), x->id);
			break;
		}
	}
	if (x->weight < 0)
		FAIL(w, x, _("%s: a weight is 0 or more"), x->id);
	check_params(w, x);
	check_time(w, x, patience);
	snprintf(what, sizeof(what), "%s", x->id);
	scenario_lint_label(w, x->label, x->weight > 0, what, x->line, x->col);
	scenario_lint_label(w, x->model, false, what, x->line, x->col);
}

void scenario_lint_expect(struct scenario_work *w)
{
	const struct scenario *s = w->s;
	size_t total = scenario_expectations(s), beat;
	long weights = 0;

	for (size_t i = 0; i < total; i++) {
		const struct expectation *x = scenario_expectation(s, i, &beat, NULL);
		int patience = beat == SCENARIO_NONE || s->beats[beat].patience_s == 0 ? (s->n_callers ? s->callers[0].persona.patience_s : 0)
										     : s->beats[beat].patience_s;
		check_one(w, i, x, patience);
		weights += x->weight > 0 ? x->weight : 0;
	}
	if (!weights)
		FAIL(w, s, _("nothing is expected of the agent: give at least one expectation a weight"));
}
