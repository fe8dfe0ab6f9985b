// SPDX-License-Identifier: MIT
// Knows how the seats of a drill are looked at afterwards: the whole, then each seat with what it is worth; one of them is unfolded to its
// reasons.
#include "src/base/i18n.h"
#include "ui/practice_screens.h"

enum { NAME = 12, CALLERS = 10, MARKS = 14, LABEL_MAX = 18 };

const struct score *debrief_seat_score(const struct score *s, size_t seat)
{
	return seat == s->own ? s : s->seats.v[seat].score;
}

size_t debrief_seat_rows(const struct ui *u)
{
	const struct score *s = debrief_score(u);
	size_t open = practice_ui_const(u)->seat_open;

	if (!s || !s->seats.n)
		return 0;
	return 1 + s->seats.n + (open && open <= s->seats.n ? debrief_seat_score(s, open - 1)->points.n : 0);
}

size_t debrief_seat_row(const struct ui *u, size_t row, const struct score_point **point)
{
	const struct score *s = debrief_score(u);

	*point = NULL;
	if (!s || row-- == 0)
		return SCENARIO_NONE;
	for (size_t i = 0; i < s->seats.n; i++) {
		const struct score *part = debrief_seat_score(s, i);
		if (row-- == 0)
			return i;
		if (practice_ui_const(u)->seat_open != i + 1)
			continue;
		if (row < part->points.n) {
			*point = &part->points.v[row];
			return i;
		}
		row -= part->points.n;
	}
	return SCENARIO_NONE;
}

void debrief_verdict(const struct ui *u, const struct score *s, char *buf, size_t cap)
{
	snprintf(buf, cap, "%3d.%d %s %s", s->final_ / 100, s->final_ / 10 % 10, theme_glyph(&u->theme, s->passed ? GLYPH_DONE : GLYPH_TIMES),
		 s->failed ? _("failed") : s->excellent ? _("excellent") : s->passed ? _("passed") : _("not passed"));
}

static int label_width(const struct score *s)
{
	int w = canvas_columns(sv(_("The whole drill")));

	for (size_t i = 0; i < s->seats.n; i++) {
		int n = canvas_columns(sv(label_text(s->seats.v[i].label)));
		w = n > w ? n : w;
	}
	return w > LABEL_MAX ? LABEL_MAX : w;
}

static void draw_seat(const struct ui *u, const struct score *s, size_t seat, const struct canvas *c, unsigned style)
{
	const struct score_seat *t = &s->seats.v[seat];
	const struct score *part = debrief_seat_score(s, seat);
	int x = 2;
	char buf[80];

	x += canvas_field(c, 0, x, (seat == s->own ? STYLE_BOLD | ROLE_ACCENT : STYLE_BOLD) | style, label_text(t->label), label_width(s), ALIGN_LEFT) + 1;
	x += canvas_field(c, 0, x, ROLE_PLAIN | style, t->name, NAME, ALIGN_LEFT) + 1;
	snprintf(buf, sizeof(buf), ngettext("%d caller", "%d callers", (unsigned long)t->callers), t->callers);
	x += canvas_field(c, 0, x, ROLE_DIM | style, t->calls ? buf : "", CALLERS, ALIGN_LEFT) + 1;
	snprintf(buf, sizeof(buf), "%s%d !%d %s%d", theme_glyph(&u->theme, GLYPH_DONE), t->met, t->late, theme_glyph(&u->theme, GLYPH_TIMES), t->missed);
	x += canvas_field(c, 0, x, ROLE_DIM | style, buf, MARKS, ALIGN_LEFT) + 1;
	debrief_verdict(u, part, buf, sizeof(buf));
	canvas_fit(c, 0, x, (part->passed ? ROLE_ACCENT : ROLE_WARN) | style, sv(buf), c->r.w - x - 1);
}

static void draw_whole(const struct ui *u, const struct score *s, const struct canvas *c, unsigned style)
{
	const struct score *whole = s->common ? s->common : s;
	int x = 2;
	char buf[80];

	x += canvas_field(c, 0, x, STYLE_BOLD | style, _("The whole drill"), label_width(s), ALIGN_LEFT) + 1 + NAME + 1 + CALLERS + 1 + MARKS + 1;
	debrief_verdict(u, whole, buf, sizeof(buf));
	canvas_fit(c, 0, x, (whole->passed ? ROLE_ACCENT : ROLE_WARN) | style, sv(buf), c->r.w - x - 1);
}

static void draw_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct ui *u = ctx;
	const struct score_point *point;
	size_t seat = debrief_seat_row(u, i, &point);

	if (point)
		debrief_draw_point(u, point, c, style);
	else if (seat == SCENARIO_NONE)
		draw_whole(u, debrief_score(u), c, style);
	else
		draw_seat(u, debrief_score(u), seat, c, style);
}

void debrief_draw_seats(const struct ui *u, const struct canvas *c, bool focused)
{
	list_draw(&practice_ui_const(u)->seats, c, &(struct list_view){.count = debrief_seat_rows(u), .draw = draw_row, .ctx = u, .focused = focused});
}
