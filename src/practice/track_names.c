// SPDX-License-Identifier: MIT
// Knows what the names of a condition mean (zuoxi-scenario(5), "Conditions").
#include "src/practice/track_part.h"

struct ask {
	const struct track *t;
	int contact;                  // -1: of nobody in particular
	int front;                    // whose emotion and time are meant
	const struct track_caller *c; // of contact; contact 0 without one
};

static bool done(const struct track *t, size_t i)
{
	enum expect_state s = t->expect[i].state;

	// What must never be said counts as kept while it is.
	if (t->more->x[i].x->what == EXPECT_NEVER)
		return s == EXPECT_OPEN_ || s == EXPECT_MET;
	return s == EXPECT_MET || s == EXPECT_LATE;
}

static bool words_of(const struct track *t, struct sv name, uint64_t bits)
{
	for (size_t i = 0; i < t->s->n_words && i < 64; i++)
		if (sv_eqz(name, t->s->words[i].name))
			return bits >> i & 1;
	return false;
}

static int moves_of(const struct track *t, struct sv id)
{
	int n = 0;

	for (size_t i = 0; i < t->s->n_objections; i++)
		if (sv_eqz(id, t->s->objections[i].id))
			for (int k = 0; k < OBJECTION_MOVES; k++)
				n += t->objections[i].hit >> k & 1;
	return n;
}

static bool curve_came(const struct track *t, struct sv id)
{
	for (size_t i = 0; i < t->s->n_curveballs; i++)
		if (sv_eqz(id, t->s->curveballs[i].id))
			return t->more->curves[i];
	return false;
}

static bool beat_reached(const struct track *t, struct sv id)
{
	size_t b = scenario_beat(t->s, id);

	return b != SCENARIO_NONE && t->beats[b].said;
}

// said.SET and the like; false: no such prefix.
static bool dotted(const struct ask *a, struct sv name, struct expr_value *out)
{
	const char *dot = memchr(name.p, '.', name.n);

	if (!dot)
		return false;
	struct sv head = sv_n(name.p, (size_t)(dot - name.p)), tail = sv_n(dot + 1, name.n - head.n - 1);
	if (sv_eqz(head, "said"))
		*out = expr_bool(words_of(a->t, tail, a->contact < 0 ? a->t->said : a->c->said));
	else if (sv_eqz(head, "said_now"))
		*out = expr_bool(words_of(a->t, tail, a->t->more->c[a->front].said_now));
	else if (sv_eqz(head, "tag"))
		*out = expr_bool(track_tag_in(a->contact < 0 ? &a->t->tags : &a->c->tags, tail));
	else if (sv_eqz(head, "moves"))
		*out = expr_number(moves_of(a->t, tail));
	else if (sv_eqz(head, "beat"))
		*out = expr_bool(beat_reached(a->t, tail));
	else if (sv_eqz(head, "curve"))
		*out = expr_bool(curve_came(a->t, tail));
	else
		return false;
	return true;
}

static struct expr_value texts(const char *s)
{
	return expr_text(s ? s : "");
}

static bool of_customer(const struct ask *a, struct sv name, struct expr_value *out)
{
	const struct track *t = a->t;
	const struct track_facts *f = &a->c->facts;

	if (sv_eqz(name, "emotion"))
		*out = expr_number(t->emotion[a->front]);
	else if (sv_eqz(name, "turns"))
		*out = expr_number(t->more->c[a->front].turns);
	else if (sv_eqz(name, "time_s"))
		*out = expr_number(t->answered_at[a->front] < 0 ? 0 : (double)((t->t_ms - t->answered_at[a->front]) / 1000));
	else if (sv_eqz(name, "verified"))
		*out = expr_number(f->verified);
	else if (sv_eqz(name, "classified"))
		*out = expr_bool(f->category != NULL);
	else if (sv_eqz(name, "category"))
		*out = texts(f->category);
	else if (sv_eqz(name, "disposition"))
		*out = texts(f->disposition);
	else if (sv_eqz(name, "restated"))
		*out = expr_bool(f->restated);
	else if (sv_eqz(name, "planned"))
		*out = expr_bool(f->planned);
	else if (sv_eqz(name, "confirmed"))
		*out = expr_bool(f->confirmed);
	else
		return false;
	return true;
}

static bool of_session(const struct track *t, struct sv name, struct expr_value *out)
{
	const struct {
		const char *name;
		int n;
	} counts[] = {
		{"escalated", t->escalations}, {"ticket", t->tickets}, {"callback", t->callbacks}, {"transferred", t->transfers},
		{"faults", t->faults}, {"held", t->holds}, {"stoppay", t->stoppay}, {"searched", t->more->searched},
		{"cited", t->more->cited}, {"secrets", t->secrets_asked}, {"promises", t->risk_promises}, {"forbidden", t->forbidden},
		{"silences", t->silences}, {"hung_up", t->agent_hung_up}, {"lost", t->more->lost}, {"second", t->more->second},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		if (sv_eqz(name, counts[i].name)) {
			*out = expr_number(counts[i].n);
			return true;
		}
	return false;
}

static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	const struct ask *a = ctx;
	const struct track *t = a->t;

	if (dotted(a, name, out) || of_customer(a, name, out) || of_session(t, name, out))
		return true;
	for (size_t i = 0; i < t->n_expect; i++)
		if (t->more->x[i].x->id && sv_eqz(name, t->more->x[i].x->id)) {
			*out = expr_bool(done(t, i));
			return true;
		}
	return false;
}

bool track_true_at(const struct track *t, int contact, const struct expr *x)
{
	bool known = track_caller(t, contact) != NULL;
	struct ask a = {.t = t, .contact = known ? contact : -1, .front = known ? contact : t->more->front,
			.c = &t->more->c[known ? contact : t->base]};
	struct expr_env env = {.lookup = lookup, .ctx = &a};

	return expr_true(x, &env);
}

bool track_true(const struct track *t, const struct expr *x)
{
	return track_true_at(t, -1, x);
}
