// SPDX-License-Identifier: MIT
// Knows how a session is looked at afterwards: components with their reasons, the timeline, how it could have been said.
#include "src/base/i18n.h"
#include "ui/practice_screens.h"

enum { HEAD = 4, FIGURES = 18, BAR_MAX = 20, WIDE = 120, TEXT_ROWS = 2 };

const struct score *debrief_score(const struct ui *u)
{
	const struct practice_ui *p = practice_ui_const(u);

	if (u->practice)
		return session_score(u->practice->session);
	return p->past[0] ? &p->score : NULL;
}

const struct practice_log *debrief_of_log(const struct ui *u)
{
	return u->practice ? session_log(u->practice->session) : &practice_ui_const(u)->log;
}

// --- the list of components, each with its reasons below it

size_t debrief_parts(const struct ui *u)
{
	const struct score *s = debrief_score(u);

	return s ? (size_t)(s->queue ? SCORE_ALL - SCORE_PARTS + 1 : SCORE_PARTS) + s->points.n : 0;
}

enum score_part debrief_part_row(const struct ui *u, size_t row, const struct score_point **point)
{
	const struct score *s = debrief_score(u);

	*point = NULL;
	for (int part = 0; part < SCORE_ALL; part++) {
		if (!score_shown(s, (enum score_part)part))
			continue;
		if (row-- == 0)
			return (enum score_part)part;
		for (size_t i = 0; i < s->points.n; i++)
			if ((int)s->points.v[i].part == part && row-- == 0) {
				*point = &s->points.v[i];
				return (enum score_part)part;
			}
	}
	return SCORE_RESOLUTION;
}

// The name of a component is read whole where the figures leave room for it.
static int label_width(const struct canvas *c)
{
	int w = 0;

	for (int p = 0; p < SCORE_PARTS; p++) {
		int n = canvas_columns(sv(score_part_label((enum score_part)p)));
		w = n > w ? n : w;
	}
	return w < c->r.w - FIGURES ? w : c->r.w - FIGURES;
}

static int draw_bar(const struct ui *u, const struct canvas *c, int x, int share, unsigned style)
{
	int w = c->r.w - x - FIGURES;

	unsigned role = share >= 8000 ? ROLE_ACCENT : share >= 6000 ? ROLE_PLAIN : ROLE_WARN;

	w = w > BAR_MAX ? BAR_MAX : w;
	int full = (share * w + 5000) / 10000;
	if (w < 6)
		return 0;
	for (int i = 0; i < w; i++)
		canvas_text(c, 0, x + i, i < full ? role | style : ROLE_DIM | style, i < full ? (u->theme.ascii ? "#" : "█") : u->theme.ascii ? "." : "░");
	return w + 1;
}

static void clock_text(int64_t t_ms, char buf[16])
{
	snprintf(buf, 16, "%02d:%02d", (int)(t_ms / 60000), (int)(t_ms / 1000 % 60));
}

static void draw_part(const struct ui *u, const struct score *s, enum score_part part, const struct canvas *c, unsigned style)
{
	int share = s->adjusted[part] >= 0 ? s->adjusted[part] : s->share[part], x = 2;
	char buf[64];

	x += canvas_field(c, 0, x, STYLE_BOLD | style, score_part_label(part), label_width(c), ALIGN_LEFT) + 1;
	if (!s->weight[part]) {
		canvas_text(c, 0, x, ROLE_DIM | style, _("not in this scenario"));
		return;
	}
	x += draw_bar(u, c, x, share, style);
	snprintf(buf, sizeof(buf), "%5.1f / %.0f", share / 10000.0 * s->weight[part] / 100.0, s->weight[part] / 100.0);
	x += canvas_text(c, 0, x, ROLE_PLAIN | style, buf) + 2;
	if (s->adjusted[part] >= 0) {
		snprintf(buf, sizeof(buf), _("trainer; before %.1f"), s->share[part] / 10000.0 * s->weight[part] / 100.0);
		canvas_text(c, 0, x, ROLE_WARN | style, buf);
	}
}

void debrief_draw_point(const struct ui *u, const struct score_point *p, const struct canvas *c, unsigned style)
{
	bool good = p->share > 0 && p->share >= p->of, half = p->share > 0 && !good;
	char at[16], buf[32];
	int x = 4;

	x += canvas_text(c, 0, x, (good ? ROLE_ACCENT : half ? ROLE_WARN : ROLE_ERROR) | style,
			 good ? theme_glyph(&u->theme, GLYPH_DONE) : half ? "!" : theme_glyph(&u->theme, GLYPH_TIMES)) + 1;
	// What it gave of what it could have given; only what takes away has a sign.
	if (p->of > 0 && p->share >= 0)
		snprintf(buf, sizeof(buf), "%.0f/%.0f%%", p->share / 100.0, p->of / 100.0);
	else if (!p->share)
		snprintf(buf, sizeof(buf), "—");
	else
		snprintf(buf, sizeof(buf), "%+.0f%%", p->share / 100.0);
	x += canvas_field(c, 0, x, ROLE_DIM | style, buf, 8, ALIGN_RIGHT) + 1;
	if (p->entry != SCENARIO_NONE) {
		clock_text(p->t_ms, at);
		x += canvas_text(c, 0, x, ROLE_DIM | style, at) + 1;
	} else {
		x += canvas_field(c, 0, x, ROLE_DIM | style, "—", 5, ALIGN_CENTRE) + 1;
	}
	canvas_fit(c, 0, x, ROLE_PLAIN | style, sv(p->text), c->r.w - x - 1);
}

static void draw_part_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct ui *u = ctx;
	const struct score_point *point;
	enum score_part part = debrief_part_row(u, i, &point);

	if (point)
		debrief_draw_point(u, point, c, style);
	else
		draw_part(u, debrief_score(u), part, c, style);
}

// --- the timeline

static const char *who_says(enum log_who who)
{
	switch (who) {
	case LOG_AGENT: return _("agent");
	case LOG_CUSTOMER: return _("customer");
	case LOG_ENGINE: return "";
	case LOG_TRAINER: return _("trainer");
	}
	return "";
}

static const char *sign_glyph(const struct ui *u, enum debrief_sign s)
{
	switch (s) {
	case SIGN_NONE: return "";
	case SIGN_GOOD: return theme_glyph(&u->theme, GLYPH_DONE);
	case SIGN_LATE: return "!";
	case SIGN_MISS: return theme_glyph(&u->theme, GLYPH_TIMES);
	}
	return "";
}

static int who_width(void)
{
	int w = 0;

	for (int i = 0; i < LOG_WHOS; i++) {
		int n = canvas_columns(sv(who_says((enum log_who)i)));
		w = n > w ? n : w;
	}
	return w;
}

static void draw_timeline_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct ui *u = ctx;
	const struct debrief_row *r = &practice_ui_const(u)->debrief.rows.v[i];
	unsigned role = r->sign == SIGN_GOOD ? ROLE_ACCENT : r->sign == SIGN_LATE ? ROLE_WARN : r->sign == SIGN_MISS ? ROLE_ERROR : ROLE_PLAIN;
	char at[16];
	int x = 2;

	clock_text(r->t_ms, at);
	x += canvas_text(c, 0, x, ROLE_DIM | style, at) + 1;
	x += canvas_field(c, 0, x, role | style, sign_glyph(u, r->sign), 2, ALIGN_LEFT);
	// Who did it; what it proves stands under the words.
	x += canvas_field(c, 0, x, ROLE_DIM | style, r->kind == DEBRIEF_EVENT ? who_says(r->who) : "", who_width(), ALIGN_LEFT) + 1;
	if (r->kind != DEBRIEF_EVENT)
		x += 2;
	if (r->kind == DEBRIEF_CRITICAL)
		role = ROLE_ALARM;
	else if (r->kind == DEBRIEF_EVENT && r->who != LOG_AGENT)
		role = r->who == LOG_CUSTOMER ? ROLE_PLAIN | STYLE_BOLD : ROLE_DIM;
	canvas_fit(c, 0, x, role | style, sv(r->text), c->r.w - x - 1);
}

// --- answers: the best line, then what was missed and how it could have been said

static int wrapped(const struct canvas *c, int y, int x, unsigned role, const char *text)
{
	int w = c->r.w - x, n = w > 0 ? wrap_lines(sv(text), w) : 1;

	if (y + n > 0 && y < c->r.h) {
		struct canvas rest = canvas_sub(c, (struct rect){y > 0 ? y : 0, x, c->r.h, w});
		canvas_wrap(&rest, 0, 0, role, sv(text), y < 0 ? -y : 0);
	}
	return y + (n > 0 ? n : 1);
}

// Returns the rows there are below the first.
static int draw_answers(const struct ui *u, const struct canvas *c, int skip)
{
	const struct practice_ui *p = practice_ui_const(u);
	const struct debrief *d = &p->debrief;
	int y = -skip;

	if (*d->best_text) {
		y = wrapped(c, y, 0, ROLE_DIM, _("Best line"));
		y = wrapped(c, y, 2, ROLE_ACCENT, d->best_text) + 1;
	}
	if (d->models.n)
		y = wrapped(c, y, 0, ROLE_DIM, _("How it could have gone"));
	for (size_t i = 0; i < d->models.n; i++) {
		y = wrapped(c, y, 2, ROLE_WARN, d->models.v[i].what);
		y = wrapped(c, y, 4, ROLE_PLAIN, d->models.v[i].how) + 1;
	}
	const struct book_session *row = u->practice ? session_row(u->practice->session) : NULL;
	if (row && row->keep && *row->keep) {
		y = wrapped(c, y, 0, ROLE_DIM, _("To keep"));
		y = wrapped(c, y, 2, ROLE_PLAIN, row->keep);
		y = wrapped(c, y, 0, ROLE_DIM, _("To change"));
		y = wrapped(c, y, 2, ROLE_PLAIN, row->change ? row->change : "");
	}
	return y + skip;
}

static struct rect body_rect(int h, int w)
{
	return (struct rect){HEAD, 1, h - HEAD - 1, w - 2};
}

int debrief_answers_last(const struct ui *u)
{
	struct rect r = body_rect(u->layout.body.h, u->layout.body.w);
	// Nothing is drawn: the canvas has no rows.
	struct canvas none = {.r = {.w = r.w}};
	int last = practice_ui_const(u)->made ? draw_answers(u, &none, 0) - r.h : 0;

	return last > 0 ? last : 0;
}

// --- the whole text of the row that is selected, where its row is too short for it

static void draw_selected(const struct ui *u, const struct canvas *c)
{
	const struct practice_ui *p = practice_ui_const(u);
	const struct score_point *point = NULL;
	const char *text = "";

	if (p->page == DEBRIEF_SCORE && p->parts.selected < debrief_parts(u)) {
		debrief_part_row(u, p->parts.selected, &point);
		text = point ? point->text : "";
	} else if (p->page == DEBRIEF_TIMELINE && p->rows.selected < p->debrief.rows.n) {
		text = p->debrief.rows.v[p->rows.selected].text;
	} else if (p->page == DEBRIEF_SEATS) {
		debrief_seat_row(u, p->seats.selected, &point);
		text = point ? point->text : "";
	}
	canvas_hline(c, 0, 0, c->r.w, ROLE_DIM);
	struct canvas below = canvas_below(c, 1);
	canvas_wrap(&below, 0, 2, ROLE_PLAIN, sv(text), 0);
}

// --- head: total, verdict, three groups

static void draw_head(const struct ui *u, const struct score *s, const struct practice_ui *p, const struct canvas *c)
{
	char buf[200];
	int x = 2;

	snprintf(buf, sizeof(buf), "%d.%d", s->final_ / 100, s->final_ / 10 % 10);
	x += canvas_text(c, 1, x, STYLE_BOLD, buf) + 2;
	const char *verdict = s->failed ? _("× failed") : s->excellent ? _("✓ excellent") : s->passed ? _("✓ passed") : _("× below the pass mark");
	// The sign as the theme has it, the words behind it.
	const char *words = strchr(verdict, ' ');
	snprintf(buf, sizeof(buf), "%s%s", theme_glyph(&u->theme, s->failed || !s->passed ? GLYPH_TIMES : GLYPH_DONE), words ? words : "");
	x += canvas_text(c, 1, x, s->failed || !s->passed ? ROLE_WARN : ROLE_ACCENT | STYLE_BOLD, buf) + 2;
	snprintf(buf, sizeof(buf), _("pass %d"), s->pass_mark / 100);
	x += canvas_text(c, 1, x, ROLE_DIM, buf) + 3;
	if (s->criticals.n) {
		struct canvas row = canvas_sub(c, (struct rect){1, x, 1, c->r.w - x});
		snprintf(buf, sizeof(buf), "%s %s", s->criticals.v[0].code, label_text(s->criticals.v[0].label));
		if (s->criticals.n > 1)
			snprintf(buf + strlen(buf), sizeof(buf) - strlen(buf), "  +%zu", s->criticals.n - 1);
		canvas_fit(&row, 0, 0, ROLE_ALARM, sv(buf), row.r.w - 1);
	}
	x = 2;
	for (int g = 0; g < SCORE_GROUPS; g++) {
		snprintf(buf, sizeof(buf), "%s %d%%", p->debrief.groups[g].label ? p->debrief.groups[g].label : score_group_label((enum score_group)g),
			 p->debrief.groups[g].share / 100);
		x += canvas_text(c, 2, x, ROLE_PLAIN, buf) + 3;
	}
}

int debrief_pages(const struct ui *u)
{
	return debrief_seat_rows(u) ? DEBRIEF_SEATS + 1 : DEBRIEF_SEATS;
}

static void draw_tabs(const struct ui *u, const struct practice_ui *p, const struct canvas *c)
{
	static const char *const pages[] = {N_("Score"), N_("Timeline"), N_("Answers"), N_("Seats")};
	int x = 1;

	for (int i = 0; i < debrief_pages(u); i++) {
		char text[64];
		snprintf(text, sizeof(text), (enum debrief_page)i == p->page ? "[%d %s]" : " %d %s ", i + 1, _(pages[i]));
		x += canvas_text(c, 3, x, (enum debrief_page)i == p->page ? ROLE_TITLE | STYLE_FOCUS : ROLE_DIM, text) + 1;
	}
}

int debrief_body_height(const struct ui *u)
{
	int h = u->layout.body.h - HEAD - 1 - TEXT_ROWS - 1;

	return h > 1 ? h : 1;
}

struct rect debrief_list_rect(const struct ui *u, enum debrief_page page)
{
	struct rect b = u->layout.body, r = body_rect(b.h, b.w);
	int left = r.w / 2 - 1;

	r = (struct rect){b.y + r.y, b.x + r.x, debrief_body_height(u), r.w};
	if (b.w >= WIDE && page != DEBRIEF_SEATS)
		r = page == DEBRIEF_SCORE ? (struct rect){r.y, r.x, r.h, left} : (struct rect){r.y, r.x + left + 2, r.h, r.w - left - 2};
	return r;
}

static void draw_page(const struct ui *u, const struct canvas *c, enum debrief_page page, bool focused)
{
	const struct practice_ui *p = practice_ui_const(u);
	struct list_view parts = {.count = debrief_parts(u), .draw = draw_part_row, .ctx = u, .focused = focused};
	struct list_view rows = {.count = p->debrief.rows.n, .draw = draw_timeline_row, .ctx = u, .focused = focused};

	switch (page) {
	case DEBRIEF_SCORE: list_draw(&p->parts, c, &parts); return;
	case DEBRIEF_TIMELINE: list_draw(&p->rows, c, &rows); return;
	case DEBRIEF_ANSWERS:
		draw_answers(u, c, p->scroll);
		if (focused)
			canvas_caret(c, 0, 0, false);
		return;
	case DEBRIEF_SEATS: debrief_draw_seats(u, c, focused); return;
	}
}

void debrief_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct practice_ui *p = practice_ui_const(u);
	const struct score *s = debrief_score(u);
	struct canvas body = canvas_sub(c, body_rect(c->r.h, c->r.w));

	(void)m;
	if (!s) {
		canvas_text(c, 2, 3, ROLE_DIM, _("The score is being made; what a trainer adds comes later."));
		return;
	}
	draw_head(u, s, p, c);
	draw_tabs(u, p, c);
	if (!p->made)
		return;
	if (p->page != DEBRIEF_ANSWERS && body.r.h > 2 * TEXT_ROWS) {
		struct canvas whole = canvas_sub(&body, (struct rect){body.r.h - TEXT_ROWS - 1, 0, TEXT_ROWS + 1, body.r.w});
		draw_selected(u, &whole);
		body = canvas_sub(&body, (struct rect){0, 0, body.r.h - TEXT_ROWS - 1, body.r.w});
	}
	// On a wide screen the timeline stands beside the reasons.
	if (c->r.w < WIDE || p->page == DEBRIEF_ANSWERS || p->page == DEBRIEF_SEATS) {
		draw_page(u, &body, p->page, focused);
		return;
	}
	int left = body.r.w / 2 - 1;
	struct canvas a = canvas_sub(&body, (struct rect){0, 0, body.r.h, left}), b = canvas_sub(&body, (struct rect){0, left + 2, body.r.h, body.r.w - left - 2});
	draw_page(u, &a, DEBRIEF_SCORE, focused && p->page == DEBRIEF_SCORE);
	canvas_vline(&body, 0, left, body.r.h, ROLE_DIM);
	draw_page(u, &b, DEBRIEF_TIMELINE, focused && p->page == DEBRIEF_TIMELINE);
}
