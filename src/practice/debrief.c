// SPDX-License-Identifier: MIT
// Knows how a session's log, track and score become the rows that are looked at afterwards.
#include "src/practice/debrief.h"

#include "src/base/i18n.h"
#include "src/practice/log_words.h"

static const struct kind_row kinds[] = {
	{"event", N_("event")}, {"expect", N_("expected")}, {"clock", N_("clock")}, {"move", N_("objection")},
	{"curveball", N_("in between")}, {"critical", N_("critical")}, {"tag", N_("marked")},
};
KIND_DEFINE(debrief_kind, kinds)

static const struct kind_row signs[] = {{"", N_("—")}, {"good", N_("done")}, {"late", N_("too late")}, {"miss", N_("missed")}};
KIND_DEFINE(debrief_sign, signs)

const char *debrief_mark(enum debrief_sign s)
{
	static const char *const marks[] = {"", "✓", "!", "×"};

	return marks[s];
}

struct making {
	const struct scenario *sc;
	const struct practice_log *log;
	const struct track *t;
	const struct score *score;
	const struct contact_world *world;
	struct debrief *out;
	int64_t end; // t_ms of the last entry
};

static struct debrief_row *add(struct making *m, enum debrief_kind kind, enum debrief_sign sign, size_t entry, int64_t t_ms)
{
	struct debrief_row *r = vec_add(&m->out->rows);
	const struct log_entry *e = entry < m->log->v.n ? &m->log->v.v[entry] : NULL;

	*r = (struct debrief_row){.kind = kind, .sign = sign, .entry = e ? entry : SCENARIO_NONE, .t_ms = e ? e->t_ms : t_ms,
				  .contact = e ? e->contact : -1, .who = e && !log_of_seat(m->sc, e) ? e->who : LOG_ENGINE, .text = ""};
	return r;
}

static const char *name_of(struct label label, const char *id)
{
	const char *text = label_text(label);

	return *text ? text : id;
}

// --- What happened

static bool worth_a_row(const struct log_entry *e)
{
	switch (e->ev.type) {
	case EV_START: case EV_LEXICON_HIT: case EV_BEAT: case EV_END: case EV_CUSTOMER: case EV_STAGE:
		return false;
	case EV_INJECT: // a line that was put in stands as the customer's
		return strcmp(event_get(&e->ev, "kind"), "line") != 0;
	default:
		return true;
	}
}

static const char *entry_text(struct making *m, const struct log_entry *e)
{
	struct str text = {0};

	log_describe(&(struct log_names){m->sc, m->world, m->log}, e, &text);
	const char *out = arena_strdup(&m->out->arena, str_z(&text));
	str_release(&text);
	return out;
}

static void event_row(struct making *m, size_t i)
{
	const struct log_entry *e = &m->log->v.v[i];
	enum debrief_kind kind = e->ev.type == EV_CURVEBALL ? DEBRIEF_CURVE : e->ev.type == EV_TAG ? DEBRIEF_TAG : DEBRIEF_EVENT;
	const char *type = event_get(&e->ev, "type");
	struct debrief_row *r = add(m, kind, SIGN_NONE, i, 0);

	r->text = entry_text(m, e);
	if (kind == DEBRIEF_TAG)
		r->sign = str_eq(type, "good") ? SIGN_GOOD : str_eq(type, "miss") ? SIGN_MISS : SIGN_NONE;
}

// --- What was expected of it

static void expect_rows(struct making *m)
{
	for (size_t i = 0; i < m->t->n_expect; i++) {
		const struct expectation *x = scenario_expectation(m->sc, i, NULL, NULL);
		const struct expect_track *t = &m->t->expect[i];
		// What weighs nothing only steers the customer.
		if (t->state == EXPECT_IDLE || t->state == EXPECT_OPEN_ || !x->weight)
			continue;
		enum debrief_sign sign = t->state == EXPECT_MET ? SIGN_GOOD : t->state == EXPECT_LATE ? SIGN_LATE : SIGN_MISS;
		int64_t due = x->within_s && t->since + x->within_s * 1000 < m->end ? t->since + x->within_s * 1000 : m->end;
		struct debrief_row *r = add(m, DEBRIEF_EXPECT, sign, t->entry, due);
		r->text = arena_strdup(&m->out->arena, name_of(x->label, x->id));
	}
}

static void clock_rows(struct making *m)
{
	for (size_t i = 0; i < m->score->points.n; i++) {
		const struct score_point *p = &m->score->points.v[i];
		if (p->part != SCORE_SPEED || p->share >= p->of)
			continue;
		struct debrief_row *r = add(m, DEBRIEF_CLOCK, p->entry == SCENARIO_NONE ? SIGN_MISS : SIGN_LATE, p->entry, m->end);
		r->text = arena_strdup(&m->out->arena, p->text);
	}
}

static void move_rows(struct making *m)
{
	struct arena *a = &m->out->arena;

	for (size_t i = 0; i < m->sc->n_objections; i++) {
		const struct scenario_objection *o = &m->sc->objections[i];
		const struct objection_track *t = &m->t->objections[i];
		const char *name = name_of(o->label, o->id);
		for (int k = 0; t->raised && k < OBJECTION_MOVES; k++) {
			bool hit = t->hit & 1u << k;
			if (!(o->moves & 1u << k))
				continue;
			add(m, DEBRIEF_MOVE, hit ? SIGN_GOOD : SIGN_MISS, hit ? t->entry[k] : SCENARIO_NONE, m->end)->text =
				arena_printf(a, "%s: %s", name, objection_move_label((enum objection_move)k));
		}
		if (t->raised && t->banned != SCENARIO_NONE)
			add(m, DEBRIEF_MOVE, SIGN_MISS, t->banned, m->end)->text = arena_printf(a, _("%s: said what must not be said to it"), name);
	}
}

static void critical_rows(struct making *m)
{
	for (size_t i = 0; i < m->score->criticals.n; i++) {
		const struct critical_track *c = &m->score->criticals.v[i];
		add(m, DEBRIEF_CRITICAL, SIGN_MISS, c->entry, m->end)->text =
			arena_printf(&m->out->arena, "%s %s", c->code, label_text(c->label));
	}
}

// By time; at the same time the entry comes first, then what it proves, then what never happened.
static int order(const void *pa, const void *pb)
{
	const struct debrief_row *a = pa, *b = pb;

	if (a->t_ms != b->t_ms)
		return a->t_ms < b->t_ms ? -1 : 1;
	if (a->entry != b->entry)
		return a->entry < b->entry ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->text, b->text);
}

// --- Best line, model answers, groups

static int worth(const struct making *m, const struct utterance_track *u)
{
	int v = u->positive + u->empathy;

	for (size_t i = 0; i < m->t->n_expect; i++)
		v += m->t->expect[i].state == EXPECT_MET && m->t->expect[i].entry == u->entry;
	for (size_t i = 0; i < m->sc->n_objections; i++)
		for (int k = 0; k < OBJECTION_MOVES; k++)
			v += (m->t->objections[i].hit & 1u << k) && m->t->objections[i].entry[k] == u->entry;
	return v;
}

// The first of those that are worth most; a forbidden word in it is never the best.
static void find_best(struct making *m)
{
	int best = 0;

	m->out->best = SCENARIO_NONE;
	m->out->best_text = "";
	for (size_t i = 0; i < m->t->utterances.n; i++) {
		const struct utterance_track *u = &m->t->utterances.v[i];
		int v = u->forbidden ? 0 : worth(m, u);
		if (v <= best || u->entry >= m->log->v.n)
			continue;
		best = v;
		m->out->best = u->entry;
		m->out->best_text = arena_strdup(&m->out->arena, event_get(&m->log->v.v[u->entry].ev, "text"));
	}
}

static void find_models(struct making *m)
{
	struct arena *a = &m->out->arena;

	for (size_t i = 0; i < m->t->n_expect; i++) {
		const struct expectation *x = scenario_expectation(m->sc, i, NULL, NULL);
		enum expect_state s = m->t->expect[i].state;
		const char *how = label_text(x->model);
		if ((s == EXPECT_MISSED || s == EXPECT_LATE) && *how)
			vec_push(&m->out->models, ((struct debrief_model){arena_strdup(a, name_of(x->label, x->id)), arena_strdup(a, how)}));
	}
	if (!m->out->models.n)
		vec_push(&m->out->models, ((struct debrief_model){arena_strdup(a, label_text(m->sc->title)), m->out->goal}));
}

static void groups_of(struct making *m)
{
	const struct score *s = m->score;
	const double value[SCORE_GROUPS] = {s->speed, s->solving, s->attitude};
	int lost[SCORE_GROUPS] = {0};

	for (int g = 0; g < SCORE_GROUPS; g++)
		m->out->groups[g] = (struct debrief_group){.label = score_group_label((enum score_group)g), .share = (int)(value[g] * 10000 + 0.5)};
	for (int p = 0; p < SCORE_ALL; p++) {
		enum score_group g = score_part_group((enum score_part)p);
		int share = s->adjusted[p] >= 0 ? s->adjusted[p] : s->share[p], loss = s->weight[p] * (10000 - share) / 10000;
		m->out->groups[g].weight += s->weight[p];
		if (loss > lost[g]) {
			lost[g] = loss;
			m->out->groups[g].weakest = score_part_label((enum score_part)p);
		}
	}
}

void debrief_make(const struct scenario *sc, const struct practice_log *log, const struct track *t, const struct score *score,
		  const struct contact_world *world, struct debrief *out)
{
	struct making m = {.sc = sc, .log = log, .t = t, .score = score, .world = world, .out = out, .end = log->v.n ? log->v.v[log->v.n - 1].t_ms : 0};

	*out = (struct debrief){0};
	out->goal = arena_strdup(&out->arena, label_text(sc->goal));
	for (size_t i = 0; i < log->v.n; i++)
		if (worth_a_row(&log->v.v[i]))
			event_row(&m, i);
	expect_rows(&m);
	clock_rows(&m);
	move_rows(&m);
	critical_rows(&m);
	if (out->rows.n)
		qsort(out->rows.v, out->rows.n, sizeof(*out->rows.v), order);
	find_best(&m);
	find_models(&m);
	groups_of(&m);
}

void debrief_log(const struct scenario *sc, const struct practice_log *log, struct lexicon *lex, const struct score *score,
		 const struct contact_world *world, struct debrief *out)
{
	struct track t;

	track_init(&t, sc, lex);
	for (size_t i = 0; i < log->v.n; i++)
		track_entry(&t, i, &log->v.v[i]);
	track_end(&t);
	debrief_make(sc, log, &t, score, world, out);
	track_release(&t);
}

void debrief_release(struct debrief *d)
{
	vec_release(&d->rows);
	vec_release(&d->models);
	arena_release(&d->arena);
	*d = (struct debrief){0};
}

json_t *debrief_json(const struct debrief *d)
{
	json_t *o = json_object(), *rows = json_array(), *models = json_array(), *groups = json_array();

	for (size_t i = 0; i < d->rows.n; i++) {
		const struct debrief_row *r = &d->rows.v[i];
		json_array_append_new(rows, json_pack("{s:I, s:i, s:s, s:s, s:s, s:o, s:s}", "t_ms", (json_int_t)r->t_ms, "contact", r->contact,
			"who", log_who_code(r->who), "kind", debrief_kind_code(r->kind), "sign", debrief_sign_code(r->sign), "entry",
			r->entry == SCENARIO_NONE ? json_null() : json_integer((json_int_t)r->entry), "text", r->text));
	}
	for (size_t i = 0; i < d->models.n; i++)
		json_array_append_new(models, json_pack("{s:s, s:s}", "what", d->models.v[i].what, "how", d->models.v[i].how));
	for (int g = 0; g < SCORE_GROUPS; g++)
		json_array_append_new(groups, json_pack("{s:s, s:i, s:i, s:s?}", "label", d->groups[g].label, "share", d->groups[g].share, "weight",
							d->groups[g].weight, "weakest", d->groups[g].weakest));
	json_object_set_new(o, "goal", json_string(d->goal));
	json_object_set_new(o, "rows", rows);
	json_object_set_new(o, "best", d->best == SCENARIO_NONE ? json_null() :
		json_pack("{s:I, s:s}", "entry", (json_int_t)d->best, "text", d->best_text));
	json_object_set_new(o, "models", models);
	json_object_set_new(o, "groups", groups);
	return o;
}
