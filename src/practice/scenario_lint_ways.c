// SPDX-License-Identifier: MIT
// Knows where the conversation of a scenario leads: beats nobody comes to, beats without a way out, lines that name no fact.
#include "src/desk/script.h"
#include "src/practice/scenario_lint.h"

struct ways {
	struct scenario_work *w;
	bool *come, *out; // beats that are come to; beats from which an end is reached
	bool *own;        // [caller * n_beats + beat]: come to over next alone
	const struct scenario_beat *beat; // whose lines are looked at, or NULL
	const struct curveball *curve;
	size_t index; // of the beat
};

// --- Reaching

static void spread(const struct scenario *s, bool *v)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < s->n_beats; i++) {
			for (size_t k = 0; v[i] && k < s->beats[i].n_next; k++) {
				size_t to = s->beats[i].next[k].beat;
				if (to < s->n_beats && !v[to])
					v[to] = more = true;
			}
		}
	}
}

// A curveball leads somewhere once it can come: at a time, or at a beat that is come to.
static bool take_curves(const struct scenario *s, bool *come)
{
	bool more = false;

	for (size_t i = 0; i < s->n_curveballs; i++) {
		const struct curveball *c = &s->curveballs[i];
		bool comes = c->at_s > 0 || (c->at_beat < s->n_beats && come[c->at_beat]);
		if (comes && c->beat < s->n_beats && !come[c->beat])
			come[c->beat] = more = true;
	}
	return more;
}

static void reach(struct ways *v)
{
	const struct scenario *s = v->w->s;

	for (size_t i = 0; i < s->n_beats; i++)
		v->come[i] = s->beats[i].start || s->beats[i].when;
	for (size_t i = 0; i < s->n_callers; i++) {
		if (s->callers[i].first_beat >= s->n_beats)
			continue;
		v->come[s->callers[i].first_beat] = true;
		v->own[i * s->n_beats + s->callers[i].first_beat] = true;
		spread(s, &v->own[i * s->n_beats]);
	}
	do
		spread(s, v->come);
	while (take_curves(s, v->come));
}

static void check_come(struct ways *v)
{
	const struct scenario *s = v->w->s;

	for (size_t i = 0; i < s->n_beats; i++) {
		if (!v->come[i])
			FAIL(v->w, &s->beats[i], _("beat %s: no way leads here"), s->beats[i].id);
	}
	for (size_t i = 0; i < s->n_curveballs; i++) {
		const struct curveball *c = &s->curveballs[i];
		if (c->at_beat < s->n_beats && !v->come[c->at_beat] && c->at_s <= 0)
			FAIL(v->w, c, _("curveball %s never comes: the beat %s is not come to"), c->id, s->beats[c->at_beat].id);
	}
}

// --- Ending

// Beats from which an end is reached; one that interrupts and ends is a way out of every beat.
static void find_out(struct ways *v)
{
	const struct scenario *s = v->w->s;
	bool everywhere = false;

	for (size_t i = 0; i < s->n_beats; i++)
		v->out[i] = s->beats[i].end != BEAT_GOES_ON;
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < s->n_beats; i++) {
			bool out = v->out[i] || everywhere;
			for (size_t k = 0; k < s->beats[i].n_next && !out; k++)
				out = s->beats[i].next[k].beat < s->n_beats && v->out[s->beats[i].next[k].beat];
			for (size_t k = 0; k < s->n_curveballs && !out; k++) {
				const struct curveball *c = &s->curveballs[k];
				out = c->at_beat == i && c->chance >= 100 && c->beat < s->n_beats && v->out[c->beat];
			}
			more |= out && !v->out[i];
			v->out[i] = out;
			everywhere |= out && s->beats[i].when;
		}
	}
}

static void check_out(struct ways *v)
{
	const struct scenario *s = v->w->s;

	find_out(v);
	for (size_t i = 0; i < s->n_beats; i++) {
		if (v->come[i] && !v->out[i])
			FAIL(v->w, &s->beats[i], _("beat %s: no way from here reaches an end; lead on with 'next', or write 'end: wait' or 'end: hang_up'"),
			     s->beats[i].id);
	}
}

// --- Each beat

static void check_next(struct scenario_work *w, const struct scenario_beat *b)
{
	char what[96];

	snprintf(what, sizeof(what), "beat %s", b->id);
	if (b->n_next && b->end != BEAT_GOES_ON)
		FAIL(w, b, _("beat %s: give either next or end, not both"), b->id);
	for (size_t i = 0; i < b->n_next; i++) {
		const struct beat_next *n = &b->next[i];
		if (n->beat >= w->s->n_beats && !w->s->broken)
			FAIL(w, n, _("beat %s: 'to' names no beat"), b->id);
		if (!n->cond && i + 1 < b->n_next)
			FAIL(w, n, _("beat %s: after 'else' nothing is looked at; put it last"), b->id);
		scenario_lint_cond(w, n->cond, what, n->line, n->col);
	}
	scenario_lint_cond(w, b->when, what, b->line, b->col);
}

static bool beat_id_ok(const char *id)
{
	return !str_empty(id) && strlen(id) <= 32 &&
	       id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void check_beat(struct scenario_work *w, size_t i)
{
	const struct scenario_beat *b = &w->s->beats[i];
	char what[96];

	snprintf(what, sizeof(what), "beat %s", b->id);
	if (!beat_id_ok(b->id))
		FAIL(w, b, _("beat %s: an id has letters, digits and _, at most 32"), b->id);
	if (scenario_beat(w->s, sv(b->id)) != i)
		FAIL(w, b, _("the beat %s is there twice"), b->id);
	if (!b->n_says)
		FAIL(w, b, _("beat %s: the customer says nothing; give 'says'"), b->id);
	for (size_t k = 0; k < b->n_says; k++)
		scenario_lint_label(w, b->says[k].text, true, what, b->line, b->col);
	if (b->has_emotion && (b->level < 0 || b->level > 5))
		FAIL(w, b, _("beat %s: the level of an emotion is 0 to 5"), b->id);
	if (b->patience_s < 0 || b->turns < 1)
		FAIL(w, b, _("beat %s: patience_s and turns must be greater than 0"), b->id);
	check_next(w, b);
}

static void check_starts(struct scenario_work *w)
{
	const struct scenario_beat *first = NULL;

	for (size_t i = 0; i < w->s->n_beats; i++) {
		const struct scenario_beat *b = &w->s->beats[i];
		if (b->start && first)
			FAIL(w, b, _("beat %s: the conversation starts at %s already; further callers name their beat in 'first'"), b->id, first->id);
		first = first ? first : b->start ? b : NULL;
	}
}

// --- Facts in lines

static bool has_fact(const struct persona *p, struct sv name)
{
	for (size_t i = 0; i < p->n_facts; i++) {
		if (sv_eqz(name, p->facts[i].name))
			return true;
	}
	return false;
}

static void unknown_fact(struct ways *v, struct sv name, const struct persona *p)
{
	struct arena a = {0};
	const char **names = arena_array(&a, const char *, p->n_facts + 1), *written = arena_strndup(&a, name.p, name.n), *near;
	const char *id = v->beat ? v->beat->id : v->curve->id;
	int line = v->beat ? v->beat->line : v->curve->line, col = v->beat ? v->beat->col : v->curve->col;

	for (size_t i = 0; i < p->n_facts; i++)
		names[i] = p->facts[i].name;
	near = str_nearest(written, names);
	v->w->failed = true;
	if (near)
		lint_report(v->w->lint, line, col, LINT_ERROR, _("%s: %s has no fact {%s}; did you mean {%s}?"), id, *label_text(p->name) ? label_text(p->name) : "?", written,
			    near);
	else
		lint_report(v->w->lint, line, col, LINT_ERROR, _("%s: %s has no fact {%s}; write {{ for a brace that is meant as such"), id,
			    *label_text(p->name) ? label_text(p->name) : "?", written);
	arena_release(&a);
}

// Every caller who comes to the beat needs the fact; of a beat that interrupts it is not known who is there, so one is enough.
static void check_fact(void *ctx, struct sv name)
{
	struct ways *v = ctx;
	const struct scenario *s = v->w->s;
	bool owned = false, any = false;

	for (size_t i = 0; i < s->n_callers; i++) {
		any |= has_fact(&s->callers[i].persona, name);
		if (!v->beat || !v->own[i * s->n_beats + v->index])
			continue;
		owned = true;
		if (!has_fact(&s->callers[i].persona, name))
			unknown_fact(v, name, &s->callers[i].persona);
	}
	if (!owned && !any && s->n_callers)
		unknown_fact(v, name, &s->callers[0].persona);
}

static void check_text(struct ways *v, struct label l)
{
	const char *const texts[] = {l.zh, l.en};

	for (size_t i = 0; i < 2; i++) {
		if (!texts[i] || script_text_vars(texts[i], check_fact, v, NULL))
			continue;
		if (v->beat)
			FAIL(v->w, v->beat, _("%s: a brace has no partner; write {{ or }} for a brace that is meant as such"), v->beat->id);
		else
			FAIL(v->w, v->curve, _("%s: a brace has no partner; write {{ or }} for a brace that is meant as such"), v->curve->id);
	}
}

static void check_lines(struct ways *v)
{
	const struct scenario *s = v->w->s;

	for (v->index = 0; v->index < s->n_beats; v->index++) {
		v->beat = &s->beats[v->index];
		for (size_t k = 0; k < v->beat->n_says; k++)
			check_text(v, v->beat->says[k].text);
	}
	v->beat = NULL;
	for (size_t i = 0; i < s->n_curveballs; i++) {
		v->curve = &s->curveballs[i];
		for (size_t k = 0; k < v->curve->n_says; k++)
			check_text(v, v->curve->says[k].text);
	}
}

// --- Does it matter what the agent does?

// What passes by itself is not of the agent's making.
static void by_agent(void *ctx, struct sv name)
{
	if (!sv_eqz(name, "time_s") && !sv_eqz(name, "turns") && !sv_starts(name, "curve.") && !sv_starts(name, "beat."))
		*(bool *)ctx = true;
}

static bool parts_ways(const struct scenario_beat *b)
{
	bool differ = false, agent = false;

	for (size_t i = 0; i < b->n_next; i++) {
		differ |= b->next[i].beat != b->next[0].beat || b->n_next == 1;
		expr_names(b->next[i].cond, by_agent, &agent);
	}
	return differ && agent;
}

static void check_matters(struct scenario_work *w)
{
	bool matters = !w->s->n_beats;

	for (size_t i = 0; i < w->s->n_beats && !matters; i++) {
		matters = parts_ways(&w->s->beats[i]);
		expr_names(w->s->beats[i].when, by_agent, &matters);
	}
	if (!matters)
		WARN(w, w->s, _("the conversation goes the same way whatever the agent does; let a 'next' depend on it"));
}

void scenario_lint_ways(struct scenario_work *w)
{
	const struct scenario *s = w->s;
	struct ways v = {.w = w};

	v.come = xcalloc(s->n_beats, sizeof(*v.come));
	v.out = xcalloc(s->n_beats, sizeof(*v.out));
	v.own = xcalloc(s->n_beats * (s->n_callers + 1), sizeof(*v.own));
	for (size_t i = 0; i < s->n_beats; i++)
		check_beat(w, i);
	check_starts(w);
	reach(&v);
	check_lines(&v);
	if (!s->broken) {
		check_come(&v);
		check_out(&v);
		check_matters(w);
	}
	free(v.come);
	free(v.out);
	free(v.own);
}
