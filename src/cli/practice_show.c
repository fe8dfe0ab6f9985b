// SPDX-License-Identifier: MIT
// Knows how a scenario is written out for its author and for trainers: everything that is in it, in words or as JSON.
#include "src/base/i18n.h"
#include "src/cli/practice_cli.h"
#include "src/cli/reading.h"

static json_t *text_json(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *label_json(struct label l)
{
	return json_pack("{s:o, s:o}", "zh", text_json(l.zh), "en", text_json(l.en));
}

static void put(json_t *o, const char *key, json_t *v)
{
	json_object_set_new(o, key, v);
}

static json_t *codes_json(const char *const *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_string(v[i]));
	return a;
}

// --- JSON

static json_t *expect_json(const struct expectation *x)
{
	json_t *o = json_object();

	put(o, "id", json_string(x->id));
	put(o, "do", json_string(expect_do_code(x->what)));
	put(o, "value", text_json(x->value));
	put(o, "tag", text_json(x->tag));
	put(o, "words", text_json(x->words ? x->words->name : NULL));
	put(o, "from", json_string(x->from == EXPECT_FROM_ANSWER ? "answer" : "beat"));
	put(o, "within_s", json_integer(x->within_s));
	put(o, "w", json_integer(x->weight));
	put(o, "label", label_json(x->label));
	put(o, "model", label_json(x->model));
	return o;
}

static json_t *expects_json(const struct expectation *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, expect_json(&v[i]));
	return a;
}

static json_t *says_json(const struct beat_line *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, label_json(v[i].text));
	return a;
}

static json_t *beat_json(const struct scenario *s, const struct scenario_beat *b)
{
	json_t *o = json_object(), *next = json_array();

	put(o, "id", json_string(b->id));
	put(o, "when", text_json(b->when_text));
	put(o, "says", says_json(b->says, b->n_says));
	put(o, "emotion", b->has_emotion ? json_pack("{s:s, s:i}", "class", emotion_class_code(b->emotion), "level", b->level) : json_null());
	put(o, "objection", text_json(b->objection));
	put(o, "expect", expects_json(b->expect, b->n_expect));
	for (size_t i = 0; i < b->n_next; i++)
		json_array_append_new(next, json_pack("{s:o, s:s}", "if", text_json(b->next[i].cond_text), "to", s->beats[b->next[i].beat].id));
	put(o, "next", next);
	put(o, "end", json_string(beat_end_code(b->end)));
	return o;
}

static json_t *curve_json(const struct scenario *s, const struct curveball *c)
{
	json_t *o = json_object();

	put(o, "id", json_string(c->id));
	put(o, "kind", json_string(curveball_kind_code(c->kind)));
	put(o, "at_beat", text_json(c->at_beat == SCENARIO_NONE ? NULL : s->beats[c->at_beat].id));
	put(o, "at_s", json_integer(c->at_s));
	put(o, "chance", json_integer(c->chance));
	put(o, "target", text_json(c->target));
	put(o, "article", text_json(c->article));
	put(o, "for_s", json_integer(c->for_s));
	put(o, "says", says_json(c->says, c->n_says));
	put(o, "expect", expects_json(c->expect, c->n_expect));
	put(o, "to", text_json(c->beat == SCENARIO_NONE ? NULL : s->beats[c->beat].id));
	put(o, "caller", c->caller < 0 ? json_null() : json_integer(c->caller));
	return o;
}

static json_t *objection_json(const struct scenario_objection *x)
{
	json_t *o = json_object(), *moves = json_array();

	for (int m = 0; m < OBJECTION_MOVES; m++)
		if (x->moves & 1u << m)
			json_array_append_new(moves, json_string(objection_move_code((enum objection_move)m)));
	put(o, "id", json_string(x->id));
	put(o, "label", label_json(x->label));
	put(o, "moves", moves);
	put(o, "ban", codes_json(x->ban, x->n_ban));
	return o;
}

static json_t *caller_json(const struct scenario_caller *k)
{
	const struct persona *q = &k->persona;
	json_t *o = json_object(), *facts = json_object(), *hides = json_array();

	for (size_t i = 0; i < q->n_facts; i++)
		put(facts, q->facts[i].name, json_string(label_text(q->facts[i].value)));
	for (size_t i = 0; i < q->n_hides; i++)
		json_array_append_new(hides, label_json(q->hides[i]));
	put(o, "name", text_json(label_text(q->name)));
	put(o, "age", json_integer(q->age));
	put(o, "mood", label_json(q->mood));
	put(o, "speech", label_json(q->speech));
	put(o, "patience_s", json_integer(q->patience_s));
	put(o, "facts", facts);
	put(o, "hides", hides);
	put(o, "channel", json_string(channel_code(k->channel)));
	put(o, "known", json_boolean(k->known));
	put(o, "tier", text_json(k->tier));
	return o;
}

static json_t *weights_json(const struct scenario *s)
{
	json_t *o = json_object();

	for (int p = 0; p < SCORE_PARTS; p++)
		put(o, score_part_code((enum score_part)p), json_integer(score_weight((enum score_part)p, s->n_objections > 0)));
	return o;
}

static json_t *truth_json(const struct scenario_truth *t)
{
	json_t *o = json_object();

	put(o, "category", text_json(t->category));
	put(o, "intent", json_string(intent_code(t->intent)));
	put(o, "difficulty", json_string(difficulty_code(t->difficulty)));
	put(o, "priority", json_integer(t->priority));
	put(o, "articles", codes_json(t->articles, t->n_articles));
	put(o, "dispositions", codes_json(t->dispositions, t->n_dispositions));
	return o;
}

static json_t *ticket_json(const struct queue_ticket *t)
{
	return json_pack("{s:s, s:o, s:o, s:s?, s:s?, s:i, s:{s:s?, s:i, s:s?, s:b, s:s?}, s:o}", "id", t->id, "title", label_json(t->title), "text", label_json(t->text),
			 "category", t->category, "queue", t->queue, "priority", t->priority, "key", "category", t->key_category, "priority", t->key_priority,
			 "queue", t->key_queue, "reply", (int)t->reply, "words", t->words ? t->words->name : NULL, "trap", label_json(t->trap));
}

static json_t *scenario_json(const struct pack_scenario *ps)
{
	const struct scenario *s = &ps->s;
	json_t *o = json_object(), *a;

	put(o, "scenario", json_string(s->code));
	put(o, "version", json_integer(s->version));
	put(o, "pack", json_string(ps->pack->code));
	put(o, "kind", json_string(scenario_kind_code(s->kind)));
	put(o, "level", json_string(practice_level_code(s->level)));
	put(o, "certifies", json_boolean(s->certifies));
	put(o, "title", label_json(s->title));
	put(o, "goal", label_json(s->goal));
	put(o, "brief", label_json(s->brief));
	if (s->kind == SCENARIO_QUEUE) {
		put(o, "time_limit_s", json_integer(s->time_limit_s));
		put(o, "tickets", a = json_array());
		for (size_t i = 0; i < s->n_tickets; i++)
			json_array_append_new(a, ticket_json(&s->tickets[i]));
		return o;
	}
	put(o, "script", text_json(s->script));
	put(o, "tags", codes_json(s->tags, s->n_tags));
	put(o, "time_limit_s", json_integer(s->time_limit_s));
	put(o, "wrap_limit_s", json_integer(s->wrap_limit_s));
	put(o, "weights", weights_json(s));
	put(o, "truth", truth_json(&s->truth));
	put(o, "callers", a = json_array());
	for (size_t i = 0; i < s->n_callers; i++)
		json_array_append_new(a, caller_json(&s->callers[i]));
	put(o, "beats", a = json_array());
	for (size_t i = 0; i < s->n_beats; i++)
		json_array_append_new(a, beat_json(s, &s->beats[i]));
	put(o, "curveballs", a = json_array());
	for (size_t i = 0; i < s->n_curveballs; i++)
		json_array_append_new(a, curve_json(s, &s->curveballs[i]));
	put(o, "objections", a = json_array());
	for (size_t i = 0; i < s->n_objections; i++)
		json_array_append_new(a, objection_json(&s->objections[i]));
	put(o, "end", json_pack("{s:o, s:o}", "success", text_json(s->success_text), "fail", text_json(s->fail_text)));
	return o;
}

// --- Words

static void line(FILE *f, const char *title, const char *text)
{
	if (!str_empty(text))
		fprintf(f, "%s: %s\n", title, text);
}

static void print_caller(FILE *f, const struct scenario_caller *k)
{
	const struct persona *q = &k->persona;

	fprintf(f, "\n%s", *label_text(q->name) ? label_text(q->name) : "—");
	if (q->age)
		fprintf(f, ngettext(", %d year", ", %d years", (unsigned long)q->age), q->age);
	fprintf(f, ", %s\n", channel_label(k->channel));
	line(f, _("  Mood"), label_text(q->mood));
	line(f, _("  Speaks"), label_text(q->speech));
	fprintf(f, _("  Patience: %d s\n"), q->patience_s);
	for (size_t i = 0; i < q->n_facts; i++) {
		const char *label = label_text(q->facts[i].label);
		fprintf(f, *label ? "  {%s} = %s (%s)\n" : "  {%s} = %s\n", q->facts[i].name, label_text(q->facts[i].value), label);
	}
	for (size_t i = 0; i < q->n_hides; i++)
		line(f, _("  Does not say unasked"), label_text(q->hides[i]));
}

static void print_expects(FILE *f, const struct expectation *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct expectation *x = &v[i];
		const char *what = label_text(x->label);
		fprintf(f, "    [%s] %s", x->id, *what ? what : expect_do_label(x->what));
		if (x->value || x->tag || x->words)
			fprintf(f, " (%s)", x->value ? x->value : x->tag ? x->tag : x->words->name);
		if (x->within_s)
			fprintf(f, _(", within %d s"), x->within_s);
		fprintf(f, _(", weight %d\n"), x->weight);
		if (*label_text(x->model))
			fprintf(f, "        → %s\n", label_text(x->model));
	}
}

static void print_beat(FILE *f, const struct scenario *s, const struct scenario_beat *b)
{
	fprintf(f, "\n  %s", b->id);
	if (b->has_emotion)
		fprintf(f, "  %s %d", emotion_class_label(b->emotion), b->level);
	if (b->when_text)
		fprintf(f, b->start ? "  %s" : _("  when %s"), b->when_text);
	fputc('\n', f);
	for (size_t i = 0; i < b->n_says; i++)
		fprintf(f, "    « %s\n", label_text(b->says[i].text));
	print_expects(f, b->expect, b->n_expect);
	for (size_t i = 0; i < b->n_next; i++) {
		if (b->next[i].cond_text)
			fprintf(f, _("    if %s: %s\n"), b->next[i].cond_text, s->beats[b->next[i].beat].id);
		else
			fprintf(f, _("    else: %s\n"), s->beats[b->next[i].beat].id);
	}
	if (b->end != BEAT_GOES_ON)
		fprintf(f, "    %s\n", beat_end_label(b->end));
}

static void print_curve(FILE *f, const struct scenario *s, const struct curveball *c)
{
	fprintf(f, "\n  %s  %s", c->id, curveball_kind_label(c->kind));
	if (c->target)
		fprintf(f, " (%s)", c->target);
	if (c->at_beat != SCENARIO_NONE)
		fprintf(f, _(", at %s"), s->beats[c->at_beat].id);
	if (c->at_s)
		fprintf(f, _(", after %d s"), c->at_s);
	if (c->chance < 100)
		fprintf(f, ", %d %%", c->chance);
	fputc('\n', f);
	for (size_t i = 0; i < c->n_says; i++)
		fprintf(f, "    « %s\n", label_text(c->says[i].text));
	print_expects(f, c->expect, c->n_expect);
}

static void print_codes(FILE *f, const char *title, const char *const *v, size_t n)
{
	if (!n)
		return;
	fprintf(f, "  %s:", title);
	for (size_t i = 0; i < n; i++)
		fprintf(f, " %s", v[i]);
	fputc('\n', f);
}

static void print_truth(FILE *f, const struct packs *k, const struct scenario_truth *t)
{
	const struct category *c = category_find(&k->categories, t->category);

	fprintf(f, "\n%s\n", _("What is right"));
	fprintf(f, "  %s (%s), %s, P%d\n", c ? category_label(c) : t->category ? t->category : "—", t->category ? t->category : "—",
		difficulty_label(t->difficulty), t->priority);
	print_codes(f, _("Articles"), t->articles, t->n_articles);
	print_codes(f, _("Dispositions"), t->dispositions, t->n_dispositions);
}

static void print_objection(FILE *f, const struct scenario_objection *o)
{
	fprintf(f, "  %s  %s:", o->id, label_text(o->label));
	for (int m = 0; m < OBJECTION_MOVES; m++)
		if (o->moves & 1u << m)
			fprintf(f, " %s", objection_move_label((enum objection_move)m));
	fputc('\n', f);
	print_codes(f, _("  forbidden"), o->ban, o->n_ban);
}

static void print_weights(FILE *f, const struct scenario *s)
{
	fprintf(f, "\n%s\n", _("Weights"));
	for (int p = 0; p < SCORE_PARTS; p++)
		fprintf(f, "  %s %3d  %s\n", score_part_code((enum score_part)p), score_weight((enum score_part)p, s->n_objections > 0) / 100,
			score_part_label((enum score_part)p));
	fprintf(f, _("  passed from %d\n"), s->certifies ? 85 : 80);
}

// --- a ticket queue

static void print_ticket(FILE *f, const struct queue_ticket *t)
{
	fprintf(f, "  %s  %s\n    « %s\n    %s P%d %s → %s P%d %s%s%s\n", t->id, label_text(t->title), label_text(t->text), t->category ? t->category : "—", t->priority,
		t->queue ? t->queue : "—", t->key_category, t->key_priority, t->key_queue, t->reply ? ", " : "", t->reply ? _("answer the customer") : "");
	if (*label_text(t->trap))
		fprintf(f, "    ! %s\n", label_text(t->trap));
}

static void print_queue(FILE *f, const struct scenario *s)
{
	static const int weights[] = {40, 25, 20, 15};
	static const enum score_part parts[] = {SCORE_CLASS, SCORE_PRIORITY, SCORE_ROUTING, SCORE_NOTES};

	fprintf(f, "\n%s\n", _("Tickets"));
	for (size_t i = 0; i < s->n_tickets; i++)
		print_ticket(f, &s->tickets[i]);
	fprintf(f, "\n%s\n", _("Weights"));
	for (int i = 0; i < 4; i++)
		fprintf(f, "  %s %3d  %s\n", score_part_code(parts[i]), weights[i], score_part_label(parts[i]));
	fprintf(f, _("  passed from %d\n"), s->certifies ? 85 : 80);
}

static void print_scenario(FILE *f, const struct packs *k, const struct pack_scenario *ps)
{
	const struct scenario *s = &ps->s;

	fprintf(f, "%s  %s %d  %s, %d:%02d\n", label_text(s->title), s->code, s->version, practice_level_label(s->level), s->time_limit_s / 60,
		s->time_limit_s % 60);
	line(f, _("Goal"), label_text(s->goal));
	line(f, _("Known before"), label_text(s->brief));
	for (size_t i = 0; i < s->n_callers; i++)
		print_caller(f, &s->callers[i]);
	if (s->kind == SCENARIO_QUEUE) {
		print_queue(f, s);
		return;
	}
	fprintf(f, "\n%s\n", _("Dialogue"));
	for (size_t i = 0; i < s->n_beats; i++)
		print_beat(f, s, &s->beats[i]);
	if (s->n_curveballs)
		fprintf(f, "\n%s\n", _("In between"));
	for (size_t i = 0; i < s->n_curveballs; i++)
		print_curve(f, s, &s->curveballs[i]);
	if (s->n_objections)
		fprintf(f, "\n%s\n", _("Objections"));
	for (size_t i = 0; i < s->n_objections; i++)
		print_objection(f, &s->objections[i]);
	print_truth(f, k, &s->truth);
	print_weights(f, s);
	fputc('\n', f);
	line(f, _("Good end"), s->success_text);
	line(f, _("Failed"), s->fail_text);
}

int practice_show(struct practice_cli *p, const char *id)
{
	const struct pack_scenario *s;
	struct err e = {0};

	if (!practice_find(p, id, &s, &e))
		return cli_fail(p->c, &e);
	if (p->c->json) {
		json_t *o = scenario_json(s);
		cli_print_json(p->c, o);
		json_decref(o);
	} else {
		print_scenario(p->c->out, p->packs, s);
	}
	return CLI_DONE;
}
