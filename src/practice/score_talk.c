// SPDX-License-Identifier: MIT
// Knows what is judged by the talk itself: objections, wording, feelings, what was done for the customer (domain.md §12.2, S5 to S7).
#include <math.h>

#include "src/base/i18n.h"
#include "src/practice/score_part.h"

// --- S5

static int bits(unsigned v)
{
	return __builtin_popcount(v);
}

static void move_points(struct scoring *s, const struct scenario_objection *o, const struct objection_track *t, double each)
{
	double lost = each * 0.2 * bits(o->moves & t->hit);

	for (int m = 0; m < OBJECTION_MOVES; m++) {
		if (!(o->moves & 1u << m))
			continue;
		bool hit = t->hit & 1u << m;
		score_point(s, SCORE_OBJECTION, hit ? each : 0, each, hit ? t->entry[m] : SCENARIO_NONE, "%s: %s", label_text(o->label),
			    objection_move_label((enum objection_move)m));
	}
	if (!t->in_order && bits(o->moves & t->hit) > 1)
		score_point(s, SCORE_OBJECTION, -lost, 0, SCENARIO_NONE, _("%s: not in the order acknowledge, clarify, answer, confirm"),
			    label_text(o->label));
}

// An objection that never came up is no fault and no merit. Moves out of order count 0.8 (§12.7).
void score_objections(struct scoring *s)
{
	const struct scenario *sc = s->scenario;
	size_t n = 0;

	for (size_t i = 0; i < sc->n_objections; i++)
		n += s->track.objections[i].raised;
	if (!n) {
		s->out->weight[SCORE_RESOLUTION] += s->out->weight[SCORE_OBJECTION];
		s->out->weight[SCORE_OBJECTION] = 0;
		return;
	}
	for (size_t i = 0; i < sc->n_objections; i++) {
		const struct scenario_objection *o = &sc->objections[i];
		const struct objection_track *t = &s->track.objections[i];
		if (!t->raised)
			continue;
		if (t->banned != SCENARIO_NONE)
			score_point(s, SCORE_OBJECTION, 0, 1.0 / (double)n, t->banned, _("%s: said what must not be said to it"), label_text(o->label));
		else if (!bits(o->moves))
			score_point(s, SCORE_OBJECTION, 1.0 / (double)n, 1.0 / (double)n, SCENARIO_NONE, _("%s: nothing forbidden was said"),
				    label_text(o->label));
		else
			move_points(s, o, t, 1.0 / (double)n / bits(o->moves));
	}
}

// --- S6

static bool counts(const struct utterance_track *u)
{
	return u->chars >= 4 && !u->read_back;
}

static bool kind(const struct utterance_track *u)
{
	return counts(u) && (u->positive || u->empathy);
}

// Rates of §12.6. -1 where nothing was said.
static void measure(struct scoring *s)
{
	struct score *o = s->out;
	int lines = 0, hits = 0, chars = 0, positive = 0, forbidden = 0;
	int all = (int)s->track.utterances.n;

	for (int i = 0; i < all; i++) {
		const struct utterance_track *u = &s->track.utterances.v[i];
		lines += counts(u);
		hits += kind(u);
		chars += u->chars;
		positive += u->positive_chars;
		forbidden += u->forbidden;
	}
	o->ppr = lines ? score_rate((double)hits / lines) : -1;
	o->pws = chars ? score_rate((double)positive / chars) : -1;
	o->fph = all ? score_rate(100.0 * forbidden / all) : -1;
}

// Half of the component, all of it where no beat asked for a feeling.
static void wording(struct scoring *s, double share)
{
	int lines = 0, hits = 0;
	char buf[200];

	for (size_t i = 0; i < s->track.utterances.n; i++) {
		lines += counts(&s->track.utterances.v[i]);
		hits += kind(&s->track.utterances.v[i]);
	}
	if (!lines) {
		score_point(s, SCORE_TONE, 0, share, SCENARIO_NONE, _("Nothing was said that could be judged"));
		return;
	}
	// Every good line brings its part until two of five are reached.
	double each = share / (0.4 * lines), left = share;
	for (size_t i = 0; i < s->track.utterances.n && left > 1e-9; i++) {
		const struct utterance_track *u = &s->track.utterances.v[i];
		if (!kind(u))
			continue;
		double gain = fmin(each, left);
		left -= gain;
		score_point(s, SCORE_TONE, gain, gain, u->entry, u->empathy ? _("Empathy: %s") : _("Positive wording: %s"),
			    score_quote(s, u->entry, buf, sizeof(buf)));
	}
	if (left > 1e-9)
		score_point(s, SCORE_TONE, 0, left, SCENARIO_NONE, _("Positive or empathic: %d of %d lines; two of five are wanted"), hits, lines);
	else if (hits * 10 > lines * 9 && lines > 4)
		score_point(s, SCORE_TONE, 0, 0, SCENARIO_NONE, _("Positive or empathic: %d of %d lines; more than nine of ten sound mechanical"), hits,
			    lines);
}

// A beat in which the customer hangs up leaves nobody to answer.
static bool asks_for_feeling(const struct scoring *s, size_t i)
{
	const struct beat_track *b = &s->track.beats[i];

	return b->said && b->level >= 1 && (b->answered || s->scenario->beats[i].end != BEAT_HANGS_UP);
}

void score_tone(struct scoring *s)
{
	int n = 0, hit = 0;

	measure(s);
	for (size_t i = 0; i < s->scenario->n_beats; i++) {
		n += asks_for_feeling(s, i);
		hit += asks_for_feeling(s, i) && s->track.beats[i].matched;
	}
	s->out->emr = n ? score_rate((double)hit / n) : -1;
	wording(s, n ? 0.5 : 1);
	for (size_t i = 0; i < s->scenario->n_beats; i++) {
		const struct beat_track *b = &s->track.beats[i];
		char buf[200];
		if (!asks_for_feeling(s, i))
			continue;
		score_point(s, SCORE_TONE, b->matched ? 0.5 / n : 0, 0.5 / n, b->entry,
			    b->matched ? _("Feeling met (%s): %s") : _("Feeling passed over (%s): %s"), emotion_class_label(b->class_),
			    score_quote(s, b->entry, buf, sizeof(buf)));
	}
}

// --- S7

static const char *expect_name(const struct expectation *x)
{
	const char *text = label_text(x->label);

	return *text ? text : x->id;
}

// What one of the seats does for all need not be done by each of them.
static bool for_all(enum expect_do what)
{
	return what == EXPECT_ESCALATE || what == EXPECT_FAULT || what == EXPECT_CALLBACK;
}

static bool is_done(const struct track *t, size_t i)
{
	return t->expect[i].state == EXPECT_MET || t->expect[i].state == EXPECT_LATE;
}

bool score_asked(const struct scoring *s, size_t i)
{
	size_t beat, curve;
	const struct expectation *x = scenario_expectation(s->scenario, i, &beat, &curve);

	enum drill_act act;
	size_t seat;

	if (s->desk)
		return s->track.expect[i].state != EXPECT_IDLE && x->what == EXPECT_SEAT && scenario_seat_act(s->scenario, x->value, &seat, &act) &&
		       &s->scenario->seats[seat] == s->desk;
	if (s->track.expect[i].state == EXPECT_IDLE || (s->seat && x->what == EXPECT_SEAT))
		return false;
	return !s->seat || curve == SCENARIO_NONE || !for_all(x->what) || is_done(&s->track, i) || !is_done(s->whole, i);
}

static void expect_point(struct scoring *s, size_t i, double of)
{
	const struct expectation *x = scenario_expectation(s->scenario, i, NULL, NULL);
	const struct expect_track *t = &s->track.expect[i];

	if (x->what == EXPECT_BROADCAST && s->acks && s->acks[i].of > 1)
		score_point(s, SCORE_RESOLUTION, of * s->acks[i].met / s->acks[i].of, of, t->entry, _("Done by %d of %d seats: %s"), s->acks[i].met,
			    s->acks[i].of, expect_name(x));
	else if (t->state == EXPECT_MET)
		score_point(s, SCORE_RESOLUTION, of, of, t->entry, _("Done: %s"), expect_name(x));
	else if (t->state == EXPECT_LATE)
		score_point(s, SCORE_RESOLUTION, 0, of, t->entry, _("Too late: %s"), expect_name(x));
	else
		score_point(s, SCORE_RESOLUTION, 0, of, t->entry, x->what == EXPECT_NEVER ? _("Should not have happened: %s") :
			    _("Not done: %s"), expect_name(x));
}

static void expect_points(struct scoring *s, double all)
{
	for (size_t i = 0; i < s->track.n_expect; i++)
		if (score_asked(s, i) && scenario_expectation(s->scenario, i, NULL, NULL)->weight)
			expect_point(s, i, scenario_expectation(s->scenario, i, NULL, NULL)->weight / all);
}

static bool right_disposition(const struct scoring *s, const char *code)
{
	const struct scenario_truth *t = &s->scenario->truth;

	for (size_t i = 0; i < t->n_dispositions; i++)
		if (str_eq(t->dispositions[i], code))
			return true;
	return !t->n_dispositions;
}

static void disposition_point(struct scoring *s, int contact)
{
	const struct contact *c = s->contact[contact];
	const char *code = c ? c->disposition : NULL;
	const struct disposition *d = code ? disposition_find(s->world->dispositions, code) : NULL;

	if (right_disposition(s, code))
		return;
	if (!code)
		score_point(s, SCORE_RESOLUTION, -0.1 / s->n_mine, 0, SCENARIO_NONE, _("No disposition"));
	else
		score_point(s, SCORE_RESOLUTION, -0.1 / s->n_mine, 0, score_entry_last(s, contact, EV_DISPOSITION), _("Wrong disposition: %s"),
			    d ? disposition_label(d) : code);
}

// What only the packs can tell: a red matter nobody was told of, a call-back that stands in the record and nowhere else.
static void promises(struct scoring *s, int contact)
{
	const struct category *right = category_find(s->world->categories, s->scenario->truth.category);
	const struct contact *c = s->contact[contact];
	const struct disposition *d = c && c->disposition ? disposition_find(s->world->dispositions, c->disposition) : NULL;
	const struct track *t = &s->track;

	if (right && right->red && !(s->whole ? s->whole : t)->escalations)
		score_critical(s, "BC-03", (struct label){"红色事件没有立即上报", "A red event was not reported at once"}, SCENARIO_NONE);
	if (d && (d->class_ == DISPOSITION_PENDING || disposition_resolution(d) == RESOLUTION_CALLBACK) && !t->callbacks && !t->tickets)
		score_critical(s, "CC-02", (struct label){"答应跟进，却没有建工单或预约回电", "A follow-up was promised, but no ticket or call-back made"},
			       score_entry_last(s, contact, EV_DISPOSITION));
}

void score_expected(struct scoring *s)
{
	double all = 0;

	for (size_t i = 0; i < s->track.n_expect; i++)
		if (score_asked(s, i))
			all += scenario_expectation(s->scenario, i, NULL, NULL)->weight;
	if (all > 0)
		expect_points(s, all);
	else
		score_point(s, SCORE_RESOLUTION, s->success, 1, SCENARIO_NONE, _("The scenario came to nothing that is expected"));
}

void score_resolution(struct scoring *s)
{
	score_expected(s);
	if (!s->success)
		score_point(s, SCORE_RESOLUTION, -(double)s->earned[SCORE_RESOLUTION] / (double)SCORE_ONE / 2, 0, SCENARIO_NONE,
			    _("The goal was not reached: half of it"));
	for (int k = 0; k < s->n_mine; k++)
		disposition_point(s, s->mine[k]);
	for (int k = 0; k < s->n_mine; k++)
		promises(s, s->mine[k]);
}
