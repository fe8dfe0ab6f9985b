// SPDX-License-Identifier: MIT
// Knows when a scenario is wrong: its head, its truth, what its conditions name, and in which order the rules are looked at.
#include "src/practice/scenario_lint.h"

#include "src/base/vec.h"
#include "src/practice/scenario_names.h"

void scenario_lint_use(struct scenario_work *w, const struct word_set *set)
{
	if (set)
		w->used |= UINT64_C(1) << ((size_t)(set - w->s->words) & 63);
}

void scenario_lint_label(struct scenario_work *w, struct label l, bool need, const char *what, int line, int col)
{
	bool zh = !str_empty(l.zh), en = !str_empty(l.en);

	if (zh && en)
		return;
	if (zh != en) {
		lint_report(w->lint, line, col, LINT_WARNING, _("%s: the text in %s is missing"), what, zh ? "en" : "zh");
	} else if (need) {
		w->failed = true;
		lint_report(w->lint, line, col, LINT_ERROR, _("%s needs a text in zh and en"), what);
	}
}

// --- Conditions

struct name_list {
	VEC(const char *) v;
	struct arena a;
};

static void keep(void *ctx, const char *name)
{
	struct name_list *l = ctx;

	vec_push(&l->v, arena_strdup(&l->a, name));
}

static void unknown_name(struct scenario_work *w, struct sv name)
{
	struct name_list l = {0};
	const char *written = arena_strndup(&l.a, name.p, name.n), *near;

	w->failed = true;
	scenario_names(w->s, keep, &l);
	vec_push(&l.v, NULL);
	near = str_nearest(written, l.v.v);
	if (near)
		lint_report(w->lint, w->line, w->col, LINT_ERROR, _("%s: there is no name '%s'; did you mean %s?"), w->what, written, near);
	else
		lint_report(w->lint, w->line, w->col, LINT_ERROR, _("%s: there is no name '%s'; see zuoxi-scenario(5), CONDITIONS"), w->what,
			    written);
	vec_release(&l.v);
	arena_release(&l.a);
}

static void take_name(void *ctx, struct sv name)
{
	struct scenario_work *w = ctx;
	size_t prefix = sv_starts(name, "said.") ? 5 : sv_starts(name, "said_now.") ? 9 : 0;

	if (!scenario_name_known(w->s, name)) {
		unknown_name(w, name);
		return;
	}
	for (size_t i = 0; prefix && i < w->s->n_words; i++) {
		if (sv_eqz(sv_n(name.p + prefix, name.n - prefix), w->s->words[i].name))
			scenario_lint_use(w, &w->s->words[i]);
	}
}

void scenario_lint_cond(struct scenario_work *w, const struct expr *x, const char *what, int line, int col)
{
	w->what = what;
	w->line = line;
	w->col = col;
	expr_names(x, take_name, w);
}

// --- The head

static void check_truth(struct scenario_work *w)
{
	const struct scenario_truth *t = &w->s->truth;

	if (!t->category && !t->intent && !t->difficulty && !t->priority && !t->n_dispositions) {
		FAIL(w, w->s, _("truth is missing: the right category, intent, difficulty, priority and dispositions"));
		return;
	}
	if (str_empty(t->category))
		FAIL(w, t, _("truth: the category is missing"));
	if (t->intent == INTENT_NONE)
		FAIL(w, t, _("truth: the intent is missing"));
	if (t->difficulty == DIFFICULTY_NONE)
		FAIL(w, t, _("truth: the difficulty is missing"));
	if (t->priority < 1 || t->priority > 4)
		FAIL(w, t, _("truth: the priority is missing; it is 1 to 4"));
	if (!t->n_dispositions)
		FAIL(w, t, _("truth: name at least one disposition that is right"));
	if (!t->n_articles)
		WARN(w, t, _("truth: without articles the use of the knowledge base cannot be scored"));
}

static void check_head(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	scenario_lint_label(w, s->title, true, "title", s->line, s->col);
	scenario_lint_label(w, s->goal, true, "goal", s->line, s->col);
	scenario_lint_label(w, s->brief, false, "brief", s->line, s->col);
	for (size_t i = 0; i < s->n_nudges; i++)
		scenario_lint_label(w, s->nudges[i], true, "nudges", s->line, s->col);
	if (s->time_limit_s <= 0)
		FAIL(w, s, _("time_limit_s is missing: how long the conversation may take at most"));
	if (s->wrap_limit_s <= 0)
		FAIL(w, s, _("wrap_limit_s must be greater than 0"));
	if (s->start_level < 0 || s->start_level > 5)
		FAIL(w, s, _("start_emotion: the level is 0 to 5"));
	check_truth(w);
	if (!s->success)
		FAIL(w, s, _("end: the condition for success is missing"));
	scenario_lint_cond(w, s->success, "end, success", s->end_line, s->end_col);
	scenario_lint_cond(w, s->fail, "end, fail", s->end_line, s->end_col);
}

// A queue has tickets and nobody who calls.
static void check_queue(struct scenario_work *w)
{
	const struct scenario *s = w->s;

	scenario_lint_label(w, s->title, true, "title", s->line, s->col);
	scenario_lint_label(w, s->goal, true, "goal", s->line, s->col);
	scenario_lint_label(w, s->brief, false, "brief", s->line, s->col);
	if (s->time_limit_s <= 0)
		FAIL(w, s, _("time_limit_s is missing: how long all tickets may take at most"));
	if (s->n_tickets < QUEUE_LEAST || s->n_tickets > QUEUE_MOST)
		FAIL(w, s, _("a queue has %d to %d tickets, not %zu"), QUEUE_LEAST, QUEUE_MOST, s->n_tickets);
	if (s->n_beats || s->n_callers || s->n_curveballs)
		FAIL(w, s, _("a queue has tickets only: no persona, callers, beats or curveballs"));
	for (size_t i = 0; i < s->n_tickets; i++) {
		const struct queue_ticket *t = &s->tickets[i];
		scenario_lint_label(w, t->title, true, t->id, t->line, t->col);
		scenario_lint_label(w, t->text, true, t->id, t->line, t->col);
		scenario_lint_label(w, t->trap, false, t->id, t->line, t->col);
		if (t->key_priority < 1)
			FAIL(w, t, _("%s: the key says no priority; it is 1 to 4"), t->id);
		if (t->words)
			w->used |= 1ull << ((size_t)(t->words - s->words) % 64);
		for (size_t k = 0; k < i; k++)
			if (str_eq(s->tickets[k].id, t->id))
				FAIL(w, t, _("the ticket %s is there twice"), t->id);
		if (str_eq(t->category, t->key_category) && str_eq(t->queue, t->key_queue) && t->priority == t->key_priority)
			FAIL(w, t, _("%s: it comes in as it should leave; nothing is to be done"), t->id);
	}
}

static void check_unused(struct scenario_work *w)
{
	for (size_t i = 0; i < w->s->n_words && i < 64 && !w->s->broken; i++) {
		if (!(w->used >> i & 1))
			WARN(w, &w->s->words[i], _("the word set %s is not used"), w->s->words[i].name);
	}
}

bool scenario_lint(const struct scenario *s, const struct lint *l)
{
	struct scenario_work w = {.s = s, .lint = l};

	if (s->kind == SCENARIO_QUEUE) {
		check_queue(&w);
		check_unused(&w);
		return !w.failed;
	}
	if (s->n_tickets)
		FAIL(&w, s, _("only a queue has tickets (kind: queue)"));
	check_head(&w);
	if (!s->n_beats) {
		FAIL(&w, s, _("the scenario has no beats"));
		return false;
	}
	scenario_lint_expect(&w);
	scenario_lint_parts(&w);
	scenario_lint_ways(&w);
	check_unused(&w);
	return !w.failed;
}
