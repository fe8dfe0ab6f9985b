// SPDX-License-Identifier: MIT
// Knows what keys do after a session: pages, from a point to its evidence and back, keep and change, the trainer's hand.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "ui/practice_screens.h"

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u;
	(void)m;
	return CTX_DEBRIEF | CTX_LIST;
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	static const enum action hints[] = {ACT_DEBRIEF_EVIDENCE, ACT_DEBRIEF_BACK, ACT_DEBRIEF_NEXT, ACT_DEBRIEF_WRITE, ACT_DEBRIEF_ADJUST, ACT_DEBRIEF_LEAVE};
	const struct practice_ui *p = practice_ui_const(u);
	const struct scenario *sc = u->practice ? session_scenario(u->practice->session) : practice_scenario_of(m, p->log.scenario);
	char title[200];
	enum action acts[8];
	size_t n = 0;

	// In live work the frame does not say it.
	snprintf(title, sizeof(title), "%s%s%s · %s", u->practice ? "" : practice_word(), u->practice ? "" : " ", _("Debrief"), sc ? label_text(sc->title) : p->log.scenario);
	canvas_title(c, 0, title, u->practice ? session_row(u->practice->session)->no : NULL, focused);
	debrief_draw(u, m, c, focused);
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		// Only what has an effect: writing and adjusting belong to the session that has just ended.
		bool write = hints[i] == ACT_DEBRIEF_WRITE, adjust = hints[i] == ACT_DEBRIEF_ADJUST;
		if ((write || adjust) && !u->practice)
			continue;
		if (hints[i] == ACT_DEBRIEF_EVIDENCE && p->page != DEBRIEF_SCORE && p->page != DEBRIEF_SEATS)
			continue;
		if (hints[i] == ACT_DEBRIEF_BACK && !p->from_point)
			continue;
		if (write && session_state(u->practice->session) != SESSION_SCORED)
			continue;
		if (adjust && session_state(u->practice->session) != SESSION_SCORING_TRAINER)
			continue;
		if (adjust && !(m->roles & (USER_BIT(USER_TRAINER) | USER_BIT(USER_SUPERVISOR) | USER_BIT(USER_QA) | USER_BIT(USER_TEAM_LEAD))))
			continue;
		acts[n++] = hints[i];
	}
	struct canvas bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	ui_hints(u, &bottom, 0, 0, CTX_DEBRIEF | CTX_LIST, acts, n);
}

// --- from a point to its evidence

// A seat is unfolded to its reasons, or folded again.
static bool unfold(struct ui *u, size_t seat)
{
	struct practice_ui *p = practice_ui(u);
	size_t before = p->seat_open, at = seat == SCENARIO_NONE ? 0 : seat + 1;

	p->seat_open = at && at != before ? at : 0;
	// The row of the seat stays the selected one.
	p->seats = (struct list){0};
	list_select(&p->seats, at, debrief_body_height(u), debrief_seat_rows(u), NULL, NULL);
	return true;
}

static bool evidence(struct ui *u, struct model *m)
{
	struct practice_ui *p = practice_ui(u);
	const struct score_point *point = NULL;

	if ((p->page != DEBRIEF_SCORE && p->page != DEBRIEF_SEATS) || !debrief_score(u))
		return true;
	enum score_part part = SCORE_RESOLUTION;
	if (p->page == DEBRIEF_SCORE) {
		part = debrief_part_row(u, p->parts.selected, &point);
	} else {
		size_t seat = debrief_seat_row(u, p->seats.selected, &point);
		if (!point)
			return unfold(u, seat);
	}
	// A component leads to its first reason.
	for (size_t i = 0; !point && i < debrief_score(u)->points.n; i++)
		if (debrief_score(u)->points.v[i].part == part)
			point = &debrief_score(u)->points.v[i];
	if (!point || point->entry == SCENARIO_NONE) {
		model_say_note(m, NOTE_INFO, _("That never happened, so there is no evidence; the page Answers says how it could have gone."));
		return true;
	}
	for (size_t i = 0; i < p->debrief.rows.n; i++)
		if (p->debrief.rows.v[i].entry == point->entry) {
			list_select(&p->rows, i, debrief_body_height(u), p->debrief.rows.n, NULL, NULL);
			p->page = DEBRIEF_TIMELINE;
			p->from_point = true;
			return true;
		}
	model_say_note(m, NOTE_INFO, _("Its evidence is not in the timeline."));
	return true;
}

static bool turn(struct ui *u, int to)
{
	struct practice_ui *p = practice_ui(u);

	p->page = (enum debrief_page)((to + debrief_pages(u)) % debrief_pages(u));
	p->from_point = false;
	return true;
}

static bool leave(struct ui *u, struct model *m)
{
	struct practice_ui *p = practice_ui(u);

	if (!u->practice) {
		p->past[0] = '\0';
		return true;
	}
	if (session_state(u->practice->session) == SESSION_SCORED) {
		// One keep and one change are required (domain.md §12.9).
		model_say_note(m, NOTE_INFO, _("First one thing to keep and one to change; then leave."));
		return ask_debrief_write(u, m);
	}
	practice_wish(u, PRACTICE_WISH_LEAVE, NULL, PRACTICE_SOLO);
	return true;
}

static bool move(struct ui *u, enum action a)
{
	struct practice_ui *p = practice_ui(u);
	int h = debrief_body_height(u), last = debrief_answers_last(u);

	switch (p->page) {
	case DEBRIEF_SCORE: return list_act(&p->parts, a, h, debrief_parts(u), NULL, NULL);
	case DEBRIEF_TIMELINE: return list_act(&p->rows, a, h, p->debrief.rows.n, NULL, NULL);
	case DEBRIEF_SEATS: return list_act(&p->seats, a, h, debrief_seat_rows(u), NULL, NULL);
	case DEBRIEF_ANSWERS: break;
	}
	int to = p->scroll < last ? p->scroll : last;
	switch ((int)a) {
	case ACT_LIST_UP: to--; break;
	case ACT_LIST_DOWN: to++; break;
	case ACT_LIST_PAGE_UP: to -= h; break;
	case ACT_LIST_PAGE_DOWN: to += h; break;
	case ACT_LIST_FIRST: to = 0; break;
	case ACT_LIST_LAST: to = last; break;
	default: return false;
	}
	p->scroll = to < 0 ? 0 : to > last ? last : to;
	return true;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct practice_ui *p = practice_ui(u);
	const struct score_point *point;

	switch ((int)a) {
	case ACT_LIST_OPEN: case ACT_DEBRIEF_EVIDENCE: return evidence(u, m);
	case ACT_DEBRIEF_BACK:
		if (p->from_point)
			turn(u, DEBRIEF_SCORE);
		return true;
	case ACT_DEBRIEF_NEXT: return turn(u, p->page + 1);
	case ACT_DEBRIEF_PREV: return turn(u, (int)p->page - 1);
	case ACT_DEBRIEF_WRITE: return u->practice ? ask_debrief_write(u, m) : true;
	case ACT_DEBRIEF_ADJUST: return u->practice && debrief_score(u) ? ask_debrief_adjust(u, m, debrief_part_row(u, p->parts.selected, &point)) : true;
	case ACT_POPUP_CANCEL: case ACT_DEBRIEF_LEAVE: return leave(u, m);
	default: return move(u, a);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)m;
	(void)paste;
	return k.kind == K_CHAR && k.cp >= '1' && k.cp < '1' + (unsigned)debrief_pages(u) && turn(u, (int)k.cp - '1');
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct practice_ui *p = practice_ui(u);
	if (p->page == DEBRIEF_SEATS && wheel == ACT_NONE) {
		struct rect all = debrief_list_rect(u, DEBRIEF_SEATS);
		if (p->made && rect_has(all, y, x))
			list_select(&p->seats, list_top(p->seats.wanted, p->seats.selected, all.h, debrief_seat_rows(u)) + (size_t)(y - all.y), all.h,
				    debrief_seat_rows(u), NULL, NULL);
		return;
	}
	struct rect r = debrief_list_rect(u, p->page), other = debrief_list_rect(u, p->page == DEBRIEF_SCORE ? DEBRIEF_TIMELINE : DEBRIEF_SCORE);

	(void)m;
	if (wheel != ACT_NONE) {
		move(u, wheel);
		return;
	}
	if (p->page == DEBRIEF_ANSWERS || !p->made)
		return;
	// On a wide screen both lists are there.
	if (!rect_has(r, y, x) && rect_has(other, y, x)) {
		turn(u, p->page == DEBRIEF_SCORE ? DEBRIEF_TIMELINE : DEBRIEF_SCORE);
		r = other;
	}
	struct list *l = p->page == DEBRIEF_SCORE ? &p->parts : &p->rows;
	size_t n = p->page == DEBRIEF_SCORE ? debrief_parts(u) : p->debrief.rows.n;
	if (rect_has(r, y, x))
		list_select(l, list_top(l->wanted, l->selected, r.h, n) + (size_t)(y - r.y), r.h, n, NULL, NULL);
}

const struct place place_debrief = {
	.title = N_("Debrief"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.mouse = mouse,
};
