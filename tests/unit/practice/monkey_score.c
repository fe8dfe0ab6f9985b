// SPDX-License-Identifier: MIT
// Knows that any session can be judged: reasons add up, and written, read and judged again it is worth the same to the letter.
#include <stdlib.h>

#include "src/practice/debrief.h"
#include "tests/unit/practice/monkey.h"
#include "tests/unit/practice/sample.h"

static const struct script *script_of(void *ctx, const char *code)
{
	const struct pack_script *s = packs_script(ctx, code);

	return s ? &s->s : NULL;
}

static const struct form *form_of(void *ctx, const char *code)
{
	const struct pack_form *f = packs_form(ctx, code);

	return f ? &f->f : NULL;
}

static const char *category_script(void *ctx, const char *code)
{
	const struct packs *k = ctx;
	const struct category *c = category_find(&k->categories, code);

	return c ? c->script : NULL;
}

static char *text_of(const struct score *s)
{
	json_t *o = score_json(s);
	char *text = json_dumps(o, JSON_REAL_PRECISION(SCORE_DIGITS));

	json_decref(o);
	return text;
}

static const char *check_sums(const struct score *s)
{
	int sum[SCORE_ALL] = {0}, weight = 0;

	for (size_t i = 0; i < s->points.n; i++)
		sum[s->points.v[i].part] += s->points.v[i].share;
	for (int p = 0; p < SCORE_ALL; p++) {
		weight += s->weight[p];
		if (sum[p] != s->share[p] || sum[p] < 0 || sum[p] > 10000)
			return "the reasons do not add up to the share";
	}
	return weight != 10000 || s->final_ < 0 || s->final_ > (s->failed ? 5900 : 10000) ? "the total is out of its bounds" : NULL;
}

// Of a drill every seat adds up, and its score is the one it sees itself.
static const char *check_seats(const struct monkey *m, const struct contact_world *w, struct lexicon *lex, const struct score *s)
{
	const char *bad = NULL;

	for (size_t i = 0; i < s->seats.n && !bad; i++) {
		const struct score *part = s->seats.v[i].score;
		int agent = scenario_agent_no(m->s, scenario_seat(m->s, sv(s->seats.v[i].code)));
		struct score own;
		bad = check_sums(part);
		if (agent < 0)
			continue;
		score_log_seat(m->s, engine_log(m->g), lex, w, agent, &own);
		if (own.own != i || own.final_ != part->final_ || !own.common || own.common->final_ != s->final_ || own.points.n != part->points.n)
			bad = "a seat sees another score than the table";
		score_release(&own);
	}
	return bad;
}

static const char *check_debrief(const struct monkey *m, const struct practice_log *l, struct lexicon *lex, const struct score *s)
{
	struct debrief d;
	const char *bad = NULL;

	debrief_log(m->s, l, lex, s, NULL, &d);
	for (size_t i = 1; i < d.rows.n; i++)
		if (d.rows.v[i].t_ms < d.rows.v[i - 1].t_ms)
			bad = "rows of the debrief are out of order";
	if (!d.models.n)
		bad = "the debrief has no model answer";
	json_t *o = debrief_json(&d);
	if (json_array_size(json_object_get(o, "rows")) != d.rows.n)
		bad = "the debrief is not all in its JSON";
	json_decref(o);
	debrief_release(&d);
	return bad;
}

static const char *again(const struct monkey *m, const struct contact_world *w, struct lexicon *lex, const char *first)
{
	char *text = written(engine_log(m->g)), *second, *third;
	FILE *f = fmemopen(text, strlen(text), "r");
	struct practice_log back;
	struct score s, from_json;
	const char *bad = NULL;

	if (!practice_log_read(f, "log", &back, NULL))
		BUG("a log that was written is not read");
	fclose(f);
	free(text);
	score_log(m->s, &back, lex, w, &s);
	second = text_of(&s);
	json_t *o = json_loads(second, 0, NULL);
	if (!score_read(o, &from_json, NULL))
		BUG("a score that was written is not read");
	third = text_of(&from_json);
	if (strcmp(first, second) != 0)
		bad = "written and read the session is worth something else";
	else if (strcmp(second, third) != 0)
		bad = "the score itself changes when it is written and read";
	json_decref(o);
	score_release(&s);
	score_release(&from_json);
	practice_log_release(&back);
	free(second);
	free(third);
	return bad;
}

const char *monkey_score(const struct monkey *m, const struct packs *k, struct lexicon *lex)
{
	struct contact_world w = {.categories = &k->categories, .dispositions = &k->dispositions, .script = script_of, .form = form_of,
				  .category_script = category_script, .ctx = (void *)(uintptr_t)k, .zone = "Asia/Shanghai"};
	struct score s;

	score_log(m->s, engine_log(m->g), lex, &w, &s);
	char *first = text_of(&s);
	const char *bad = check_sums(&s);
	bad = bad ? bad : check_seats(m, &w, lex, &s);
	bad = bad ? bad : check_debrief(m, engine_log(m->g), lex, &s);
	bad = bad ? bad : again(m, &w, lex, first);
	score_release(&s);
	free(first);
	return bad;
}
