// SPDX-License-Identifier: MIT
// Knows what is judged by the record of the contact: clocks, category, knowledge base, script (domain.md §12.2, S1 to S4).
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/priority.h"
#include "src/practice/score_part.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

// --- S1

static const enum event_type stops_t5[] = {EV_SAY, EV_MARK, EV_SCRIPT_TICK, EV_SCRIPT_VISIT, EV_OFFER},
	stops_c20[] = {EV_CLASSIFY},
	stops_plan[] = {EV_MARK, EV_SCRIPT_TICK, EV_SCRIPT_VISIT, EV_OFFER},
	stops_confirm[] = {EV_MARK, EV_SCRIPT_TICK, EV_SCRIPT_VISIT, EV_OFFER, EV_ESCALATE, EV_TRANSFER};
static const struct {
	enum call_clock which;
	const enum event_type *stops;
	size_t n;
} judged[] = {
	{CALL_T5, stops_t5, COUNT(stops_t5)},
	{CALL_C20, stops_c20, COUNT(stops_c20)},
	{CALL_T30, stops_plan, COUNT(stops_plan)},
	{CALL_T180, stops_confirm, COUNT(stops_confirm)},
};

// The caller in front counts always, others once they were answered: nobody is punished for the second line before taking it.
static bool counts(const struct scoring *s, int contact)
{
	const struct contact *c = s->contact[contact];

	return contact == s->base || (c && c->clocks.c[CALL_T5].started);
}

static void speed_point(struct scoring *s, int contact, size_t i, double of)
{
	const struct contact *c = s->contact[contact];
	struct call_clocks none = {0};
	struct clock_view v;
	const char *name = call_clock_label(judged[i].which);

	clocks_view(c ? &c->clocks : &none, judged[i].which, s->track.t_ms, &v);
	if (!v.stopped) {
		score_point(s, SCORE_SPEED, 0, of, SCENARIO_NONE, _("%s: never (limit %lld s)"), name, (long long)v.limit_ms / 1000);
		return;
	}
	size_t at = score_entry_at(s, contact, c->clocks.c[judged[i].which].stop, judged[i].stops, judged[i].n);
	score_point(s, SCORE_SPEED, clocks_credit(&v) * of, of, at, _("%s: %lld.%lld s of %lld s"), name,
		    (long long)v.elapsed_ms / 1000, (long long)v.elapsed_ms / 100 % 10, (long long)v.limit_ms / 1000);
}

void score_speed(struct scoring *s)
{
	int n = 0;

	for (int k = 0; k < SCENARIO_CALLERS; k++)
		n += counts(s, k);
	for (int k = 0; k < SCENARIO_CALLERS; k++)
		for (size_t i = 0; i < COUNT(judged) && counts(s, k); i++)
			speed_point(s, k, i, 1.0 / (double)(COUNT(judged) * (size_t)n));
}

// --- S2

static bool same_parent(const struct category *a, const struct category *b)
{
	return a && b && a->parent >= 0 && a->parent == b->parent;
}

static const char *category_name(const struct category *c, const char *code)
{
	return c ? category_label(c) : code ? code : "—";
}

// The priority the desk gives by its rule; 0: none yet, since nothing was classified.
static int priority_made(const struct scoring *s, int contact, const struct contact *c, const struct category *cat)
{
	struct priority p;
	enum tier tier = TIER_NORMAL;

	if (!c || !cat)
		return 0;
	if (c->customer_tier && !tier_parse(sv(c->customer_tier), &tier))
		tier = TIER_NORMAL;
	struct priority_facts f = {.impact = cat->impact, .urgency = cat->urgency, .red = cat->red, .tier = tier,
				   .contacts = 1 + s->scenario->callers[contact].repeats};
	return priority_of(&f, &p, NULL) ? p.p : 0;
}

static void leaf_point(struct scoring *s, int contact, double part, const struct contact *c, const struct category *made)
{
	const char *truth = s->scenario->truth.category;
	const struct category *right = category_find(s->world->categories, truth);
	size_t at = score_entry_last(s, contact, EV_CLASSIFY);
	const char *is = category_name(made, c ? c->category : NULL), *was = category_name(right, truth);

	if (!made)
		score_point(s, SCORE_CLASS, 0, 0.7 * part, SCENARIO_NONE, _("Not classified; right was: %s"), was);
	else if (str_eq(c->category, truth))
		score_point(s, SCORE_CLASS, 0.7 * part, 0.7 * part, at, _("Category: %s"), is);
	else
		score_point(s, SCORE_CLASS, same_parent(made, right) ? 0.35 : 0, 0.7, at, _("Category: %s; right was: %s"), is, was);
}

static void difficulty_point(struct scoring *s, int contact, double part, const struct contact *c)
{
	enum difficulty is = c ? c->difficulty : DIFFICULTY_NONE, was = s->scenario->truth.difficulty;
	size_t at = score_entry_last(s, contact, EV_DIFFICULTY);

	if (at == SCENARIO_NONE)
		at = score_entry_last(s, contact, EV_CLASSIFY); // the category brought it
	if (was == DIFFICULTY_NONE || is == was)
		score_point(s, SCORE_CLASS, 0.2 * part, 0.2 * part, at, _("Difficulty: %s"), difficulty_label(is));
	else
		score_point(s, SCORE_CLASS, 0, 0.2 * part, at, _("Difficulty: %s; right was: %s"), difficulty_label(is), difficulty_label(was));
}

static void priority_point(struct scoring *s, int contact, double part, const struct contact *c, const struct category *made)
{
	int is = priority_made(s, contact, c, made), was = s->scenario->truth.priority;
	size_t at = score_entry_last(s, contact, EV_CLASSIFY);

	if (was && !is)
		score_point(s, SCORE_CLASS, 0, 0.1 * part, SCENARIO_NONE, _("No priority; right was: P%d"), was);
	else if (was && is != was)
		score_point(s, SCORE_CLASS, 0, 0.1 * part, at, _("Priority: P%d; right was: P%d"), is, was);
	else
		score_point(s, SCORE_CLASS, 0.1 * part, 0.1 * part, at, _("Priority: P%d"), is ? is : 4);
}

static void class_of(struct scoring *s, int contact, double part)
{
	const struct contact *c = s->contact[contact];
	const struct category *made = c && c->category ? category_find(s->world->categories, c->category) : NULL;

	leaf_point(s, contact, part, c, made);
	difficulty_point(s, contact, part, c);
	priority_point(s, contact, part, c, made);
	for (int i = 0; i < track_retries(&s->track, contact); i++)
		score_point(s, SCORE_CLASS, -0.1 * part, 0, score_entry_last(s, contact, EV_CLASSIFY), _("Classified once more"));
}

void score_class(struct scoring *s)
{
	for (int k = 0; k < s->n_mine; k++)
		class_of(s, s->mine[k], 1.0 / s->n_mine);
}

// --- S3

static bool listed(const char *const *v, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i], id))
			return true;
	return false;
}

// Where an article of the truth was opened or cited (EV_KB_OPEN, EV_KB_CITE), what was taken back not counted. With none in the
// truth the base has nothing on it: then any will do, and so does saying that it is missing.
static size_t right_article_of(const struct scoring *s, int contact, enum event_type type)
{
	const struct scenario_truth *truth = &s->scenario->truth;
	const struct contact *c = s->contact[contact];
	size_t n = !c ? 0 : type == EV_KB_OPEN ? c->opens.n : c->cites.n;

	for (size_t i = 0; i < n; i++) {
		const char *id = type == EV_KB_OPEN ? c->opens.v[i].id : c->cites.v[i].id;
		int64_t t = type == EV_KB_OPEN ? c->opens.v[i].t_ms : c->cites.v[i].t_ms;
		if (!truth->n_articles || listed(truth->articles, truth->n_articles, id))
			return score_entry_at(s, contact, t, &type, 1);
	}
	if (!truth->n_articles && c && c->kb_update == KB_UPDATE_GAP)
		return score_entry_last(s, contact, EV_KB_UPDATE);
	return SCENARIO_NONE;
}

static size_t right_article(const struct scoring *s, enum event_type type)
{
	size_t at = SCENARIO_NONE;

	for (int k = 0; k < s->n_mine && at == SCENARIO_NONE; k++)
		at = right_article_of(s, s->mine[k], type);
	return at;
}

static size_t first_search(const struct scoring *s)
{
	for (size_t i = 0; i < s->log->v.n; i++)
		if (s->log->v.v[i].who == LOG_AGENT && (s->log->v.v[i].contact <= 0 || s->seat) && score_own(s, i) &&
		    s->log->v.v[i].ev.type == EV_KB_SEARCH)
			return i;
	return SCENARIO_NONE;
}

void score_kb(struct scoring *s)
{
	const struct scenario_truth *truth = &s->scenario->truth;
	const struct clock_span *plan = s->contact[s->base] ? &s->contact[s->base]->clocks.c[CALL_T30] : NULL;
	size_t search = first_search(s), open = right_article(s, EV_KB_OPEN), cite = right_article(s, EV_KB_CITE);
	const char *wanted = truth->n_articles ? truth->articles[0] : "—";

	if (search != SCENARIO_NONE)
		score_point(s, SCORE_KB, 0.3, 0.3, search, _("Searched the knowledge base"));
	else
		score_point(s, SCORE_KB, 0, 0.3, search, _("Did not search the knowledge base"));
	if (open != SCENARIO_NONE)
		score_point(s, SCORE_KB, 0.4, 0.4, open, _("Opened a fitting article"));
	else
		score_point(s, SCORE_KB, 0, 0.4, open, _("Did not open a fitting article (%s)"), wanted);
	if (cite != SCENARIO_NONE)
		score_point(s, SCORE_KB, 0.3, 0.3, cite, _("Cited a fitting article"));
	else
		score_point(s, SCORE_KB, 0, 0.3, cite, _("Did not cite a fitting article (%s)"), wanted);
	if (search != SCENARIO_NONE && plan && plan->stopped && s->log->v.v[search].t_ms > plan->stop)
		score_point(s, SCORE_KB, -0.1, 0, search, _("Searched only after the plan was given"));
}

// --- S4

static const enum event_type says_line[] = {EV_SCRIPT_TICK, EV_SCRIPT_VISIT, EV_OFFER, EV_SCRIPT_START, EV_SCRIPT_SKIP};

static size_t due_entry(const struct scoring *s, int contact, const struct script_due *d)
{
	const struct script_run *r = &s->contact[contact]->run;

	for (size_t i = 0; i < r->visits.n; i++)
		if (r->visits.v[i].said && r->visits.v[i].script == d->script && r->visits.v[i].node == d->node)
			return score_entry_at(s, contact, r->visits.v[i].said_ms, says_line, COUNT(says_line));
	for (size_t i = 0; i < r->settled.n; i++)
		if (r->settled.v[i].script == d->script && r->settled.v[i].node == d->node)
			return score_entry_at(s, contact, r->settled.v[i].t_ms, says_line, COUNT(says_line));
	return SCENARIO_NONE;
}

static const char *due_name(const struct script_due *d)
{
	const char *text = d->node == SCRIPT_NO_NODE ? d->disclosure : label_text(d->script->nodes[d->node].text);

	return *text ? text : d->script->nodes[d->node].id;
}

static const char *nothing(void *ctx, struct sv name)
{
	(void)ctx;
	(void)name;
	return NULL;
}

static void due_point(struct scoring *s, int contact, const struct script_due *d, double all)
{
	double of = (d->disclosure ? 2 : 1) / all;
	char name[200];
	struct arena a = {0};
	// What is filled in when it is said reads as a gap here.
	const char *line = script_render(due_name(d), nothing, NULL, &a);
	size_t n = utf8_fit(sv(line), 48, NULL);

	snprintf(name, sizeof(name), "%.*s%s", (int)n, line, line[n] ? "…" : "");
	arena_release(&a);
	switch (d->state) {
	case DUE_NOT_APPLICABLE:
		return;
	case DUE_SAID:
		score_point(s, SCORE_SCRIPT, of, of, due_entry(s, contact, d), _("Said: %s"), name);
		return;
	case DUE_MADE_UP:
		score_point(s, SCORE_SCRIPT, of, of, due_entry(s, contact, d), _("Made up for: %s"), name);
		return;
	case DUE_OPEN:
		score_point(s, SCORE_SCRIPT, 0, of, SCENARIO_NONE, _("Left out: %s"), name);
		if (d->disclosure)
			score_critical(s, "PC-03", (struct label){"漏说必须告知的内容", "A mandatory disclosure was left out"}, SCENARIO_NONE);
	}
}

static double due_weight(const struct script_due *d, size_t n)
{
	double all = 0;

	for (size_t i = 0; i < n; i++)
		if (d[i].state != DUE_NOT_APPLICABLE)
			all += d[i].disclosure ? 2 : 1;
	return all;
}

void score_script(struct scoring *s)
{
	const struct contact *first = s->contact[s->base];
	struct script_due *due[SCENARIO_CALLERS];
	size_t n[SCENARIO_CALLERS] = {0};
	struct arena a = {0};
	double all = 0;

	if (!first || !script_run_started(&first->run)) {
		score_point(s, SCORE_SCRIPT, 0, 1, SCENARIO_NONE, _("No script was opened"));
		return;
	}
	for (int k = 0; k < SCENARIO_CALLERS; k++) {
		if (!s->contact[k] || !script_run_started(&s->contact[k]->run))
			continue;
		n[k] = script_run_due(&s->contact[k]->run, true, &due[k], &a);
		all += due_weight(due[k], n[k]);
	}
	for (int k = 0; k < SCENARIO_CALLERS; k++)
		for (size_t i = 0; i < n[k]; i++)
			due_point(s, k, &due[k][i], all);
	if (all == 0)
		score_point(s, SCORE_SCRIPT, 1, 1, score_entry_last(s, s->base, EV_SCRIPT_START), _("Nothing on this path of the script is required"));
	const struct script *due_one = s->scenario->script ? s->world->script(s->world->ctx, s->scenario->script) : NULL;
	if (s->scenario->script && first->script && !str_eq(first->script->code, s->scenario->script))
		score_point(s, SCORE_SCRIPT, 0, 0, score_entry_last(s, s->base, EV_SCRIPT_START), _("The script of this case is another one: %s"),
			    due_one ? label_text(due_one->title) : s->scenario->script);
	arena_release(&a);
}
