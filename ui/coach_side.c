// SPDX-License-Identifier: MIT
// Knows what stands beside the talk at the other seat: how the session stands, what is expected, who sits where, what it was worth.
#include "src/base/i18n.h"
#include "ui/practice_screens.h"

static bool customer(const struct ui *u)
{
	return practice_coach(u)->role == COACH_CUSTOMER;
}

static bool seated(const struct ui *u)
{
	return practice_coach(u)->role == COACH_SEAT;
}

static int put(const struct canvas *c, int y, unsigned role, const char *label, const char *text)
{
	if (y >= c->r.h)
		return y;
	int x = canvas_text(c, y, 0, ROLE_DIM, label) + 1;
	canvas_fit(c, y, x, role, sv(text), c->r.w - x);
	return y + 1;
}

// Of a seat only what is its own.
static bool mine(const struct ui *u, const struct expectation *x)
{
	const struct coach *k = practice_coach(u);
	enum drill_act act;
	size_t seat;

	return !seated(u) || (x->what == EXPECT_SEAT && scenario_seat_act(k->scenario, x->value, &seat, &act) && seat == k->desk);
}

// Of a seat of a drill its own, once there is one.
static const struct score *coach_own_score(const struct coach *k)
{
	for (size_t i = 0; k->role == COACH_SEAT && k->scenario && k->desk < k->scenario->n_seats && i < k->score.seats.n; i++)
		if (str_eq(k->score.seats.v[i].code, k->scenario->seats[k->desk].code))
			return debrief_seat_score(&k->score, i);
	return &k->score;
}

// What is still to be done, in one row of a narrow screen; after the session what it came to.
static void draw_short(const struct ui *u, const struct canvas *c)
{
	const struct coach *k = practice_coach(u);
	struct str open = {0};
	int room = c->r.w - canvas_columns(sv(_("Expected"))) - 6, more = 0;

	for (size_t i = 0; k->tracking && !k->scored && i < k->track.n_expect; i++) {
		size_t beat, curve;
		const struct expectation *x = scenario_expectation(k->scenario, i, &beat, &curve);
		int w = canvas_columns(sv(label_text(x->label))) + 4;
		if (k->track.expect[i].state != EXPECT_OPEN_ || !x->weight || !mine(u, x))
			continue;
		if (w > room)
			more++;
		else
			str_addf(&open, "%s%s %s", open.n ? "  " : "", theme_glyph(&u->theme, GLYPH_BOX), label_text(x->label));
		room -= w > room ? room : w; // in their order: none comes forward because it is short
	}
	if (more)
		str_addf(&open, "  +%d", more);
	const struct score *own = coach_own_score(k);
	if (k->scored)
		str_addf(&open, "%d.%d %s", own->final_ / 100, own->final_ / 10 % 10, own->passed ? _("passed") : _("not passed"));
	if (open.n)
		put(c, 1, k->scored ? STYLE_BOLD : ROLE_PLAIN, k->scored ? _("Score") : _("Expected"), str_z(&open));
	str_release(&open);
}

// The same in two rows: no side on a narrow screen.
void coach_draw_head(const struct ui *u, const struct canvas *c)
{
	const struct coach *k = practice_coach(u);
	int contact = practice_ui_const(u)->contact, x;
	char buf[96], left[16];

	if (!k->log.scenario[0])
		return;
	ui_duration(coach_left_ms(k), left, sizeof(left));
	snprintf(buf, sizeof(buf), _("%s, %s left"), session_state_label(k->state), left);
	x = canvas_text(c, 0, 0, STYLE_BOLD, buf) + 3;
	if (k->tracking) {
		if (k->scenario->n_callers > 1)
			x += canvas_text(c, 0, x, ROLE_PLAIN, label_text(k->scenario->callers[contact].persona.name)) + 1;
		unsigned role = practice_emotion(k->track.emotion_class[contact], k->track.emotion[contact], buf, sizeof(buf));
		canvas_text(c, 0, x, role, buf);
	}
	if (!customer(u))
		draw_short(u, c);
}

static int draw_state(const struct ui *u, const struct canvas *c)
{
	const struct coach *k = practice_coach(u);
	int contact = coach_contact(u), y = 0;
	char buf[96], left[16];

	if (!k->log.scenario[0])
		return y;
	ui_duration(coach_left_ms(k), left, sizeof(left));
	snprintf(buf, sizeof(buf), _("%s, %s left"), session_state_label(k->state), left);
	y = put(c, y, STYLE_BOLD, _("State"), buf);
	if (k->tracking && k->scenario->n_callers > 1)
		y = put(c, y, ROLE_PLAIN, _("Caller"), label_text(k->scenario->callers[contact].persona.name));
	if (k->tracking) {
		unsigned role = practice_emotion(k->track.emotion_class[contact], k->track.emotion[contact], buf, sizeof(buf));
		y = put(c, y, role, _("Customer"), buf);
	}
	return y;
}

static int draw_expected(const struct ui *u, const struct canvas *c, int y)
{
	const struct coach *k = practice_coach(u);

	if (y >= c->r.h || !k->tracking)
		return y;
	canvas_text(c, y++, 0, ROLE_DIM, _("Expected"));
	for (size_t i = 0; i < k->track.n_expect && y < c->r.h; i++) {
		const struct expect_track *t = &k->track.expect[i];
		size_t beat, curve;
		const struct expectation *x = scenario_expectation(k->scenario, i, &beat, &curve);
		if (t->state == EXPECT_IDLE || !x->weight || !mine(u, x))
			continue;
		unsigned role = t->state == EXPECT_MET ? ROLE_ACCENT : t->state == EXPECT_OPEN_ ? ROLE_PLAIN : ROLE_WARN;
		const char *sign = t->state == EXPECT_MET ? theme_glyph(&u->theme, GLYPH_DONE) : t->state == EXPECT_LATE ? "!" : t->state == EXPECT_MISSED ? theme_glyph(&u->theme, GLYPH_TIMES) : theme_glyph(&u->theme, GLYPH_BOX);
		canvas_text(c, y, 0, role, sign);
		canvas_fit(c, y++, 2, role, sv(label_text(x->label)), c->r.w - 2);
	}
	return y;
}

// Who sits where; the seat of this screen with its task.
static void draw_seats(const struct ui *u, const struct canvas *c, int y)
{
	const struct coach *k = practice_coach(u);
	const struct scenario *s = k->scenario;

	if (!s)
		return;
	if (k->desk < s->n_seats) {
		struct canvas rest = canvas_sub(c, (struct rect){y + 1, 0, c->r.h - y - 1, c->r.w});
		canvas_fit(c, y, 0, STYLE_BOLD, sv(label_text(s->seats[k->desk].label)), c->r.w);
		y += 2 + canvas_wrap(&rest, 0, 0, ROLE_PLAIN, sv(label_text(s->seats[k->desk].task)), 0);
		y = draw_expected(u, c, y) + 1;
	}
	for (size_t i = 0; i < s->n_seats && i < SCENARIO_SEATS; i++)
		y = put(c, y, *k->taken[i] ? ROLE_PLAIN : ROLE_DIM, label_text(s->seats[i].label), *k->taken[i] ? k->taken[i] : _("nobody yet"));
}

static void draw_score(const struct coach *k, const struct canvas *c, int y)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "%d.%d %s", k->score.final_ / 100, k->score.final_ / 10 % 10, k->score.passed ? _("passed") : _("not passed"));
	y = put(c, y, STYLE_BOLD, _("Score"), buf);
	for (int p = 0; p < SCORE_PARTS && y < c->r.h; p++) {
		int share = k->score.adjusted[p] >= 0 ? k->score.adjusted[p] : k->score.share[p];
		if (!k->score.weight[p])
			continue;
		snprintf(buf, sizeof(buf), "%.1f / %d%s", share / 10000.0 * k->score.weight[p] / 100.0, k->score.weight[p] / 100, k->score.adjusted[p] >= 0 ? " *" : "");
		y = put(c, y, ROLE_PLAIN, score_part_label((enum score_part)p), buf);
	}
}

// What this seat is worth, what the others are, and its reasons.
static void draw_seat_scores(const struct ui *u, const struct canvas *c, int y)
{
	const struct coach *k = practice_coach(u);
	const struct score *s = &k->score, *own = coach_own_score(k);
	char buf[80];

	for (size_t i = 0; i < s->seats.n; i++) {
		const struct score *part = debrief_seat_score(s, i);
		debrief_verdict(u, part, buf, sizeof(buf));
		y = put(c, y, part == own ? STYLE_BOLD : ROLE_PLAIN, label_text(s->seats.v[i].label), buf);
	}
	debrief_verdict(u, s->common ? s->common : s, buf, sizeof(buf));
	y = put(c, y, ROLE_PLAIN, _("The whole drill"), buf) + 1;
	for (size_t i = 0; own && i < own->points.n && y < c->r.h; i++) {
		const struct score_point *p = &own->points.v[i];
		bool good = p->share > 0 && p->share >= p->of;
		canvas_text(c, y, 0, good ? ROLE_ACCENT : ROLE_WARN, theme_glyph(&u->theme, good ? GLYPH_DONE : GLYPH_TIMES));
		canvas_fit(c, y++, 2, ROLE_PLAIN, sv(p->text), c->r.w - 2);
	}
}

void coach_draw_side(const struct ui *u, const struct canvas *c)
{
	const struct coach *k = practice_coach(u);
	int y = draw_state(u, c) + 1;
	struct str card = {0};

	if (k->scored && seated(u) && k->score.seats.n) {
		draw_seat_scores(u, c, y);
	} else if (k->scored) {
		draw_score(k, c, y);
	} else if (seated(u)) {
		draw_seats(u, c, y);
	} else if (customer(u)) {
		coach_card(k, coach_contact(u), &card);
		struct canvas rest = canvas_sub(c, (struct rect){y, 0, c->r.h - y, c->r.w});
		canvas_wrap(&rest, 0, 0, ROLE_PLAIN, sv(str_z(&card)), 0);
		str_release(&card);
	} else {
		draw_expected(u, c, y);
	}
}
