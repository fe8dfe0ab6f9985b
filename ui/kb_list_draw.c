// SPDX-License-Identifier: MIT
// Knows how the query and its results look, and how a selected result keeps its place when they are read again.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/kb_pane.h"

enum { ROW_LEAST = 2, ROW_FULL = 3, FULL_FROM = 18 }; // title and facts; the snippet joins where there is room

// --- the query

void kb_query_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct view *v = ui_view_const(u, m);
	const struct kb_view *kb = kb_pane_view(m);
	const struct work *w = model_work(m);
	char right[96] = "";
	int used = 0;

	if (w && w->contact->category && kb->narrow) {
		const struct category *cat = category_find(&m->packs->categories, w->contact->category);
		snprintf(right, sizeof(right), " %s %s ", _("for"), cat ? category_label(cat) : w->contact->category);
	}
	if (right[0])
		used = c->r.w - canvas_right(c, 0, ROLE_DIM, right);
	int x = canvas_text(c, 0, 0, ROLE_DIM, _("Search")) + 1;
	struct canvas line = canvas_sub(c, (struct rect){0, x, 1, c->r.w - x - used});
	// The restated need becomes the query without anybody typing it here.
	if (!focused && !str_empty(kb->query))
		canvas_text(&line, 0, 0, ROLE_PLAIN, kb->query);
	else if (v->query.text.n || (focused && v->kb_at == KB_AT_QUERY))
		lineedit_draw(&v->query, &line, ROLE_PLAIN | STYLE_UNDERLINE, focused && v->kb_at == KB_AT_QUERY);
	else
		canvas_text(&line, 0, 0, ROLE_DIM, _("type what the customer asks"));
}

// --- what stands above the rows

enum { HEAD_LINES = 4 };
struct list_head {
	struct kb_sheet_line v[HEAD_LINES];
	int n, h;
};

static void say(struct list_head *head, unsigned role, const char *text, int width)
{
	head->v[head->n++] = (struct kb_sheet_line){role, text};
	head->h += wrap_lines(sv(text), width);
}

// Nothing there yet, nothing found, or something else looked for than was typed: said in as many rows as there are, so that the
// nearest articles still show below.
static void head_of(const struct ui *u, const struct model *m, int height, int width, struct list_head *head, struct arena *a)
{
	const struct kb_view *kb = kb_pane_view(m);
	const struct kb_results *r = &kb->results;
	char gap[KEY_NAME_MAX];

	*head = (struct list_head){0};
	keymap_label(u->keys, CTX_ANY, ACT_GAP, gap, sizeof(gap));
	if (kb->failed) {
		say(head, ROLE_WARN, arena_printf(a, "! %s", kb->why.msg), width);
	} else if (r->nothing_found || (!r->n && !str_empty(kb->query))) {
		say(head, ROLE_WARN, arena_printf(a, _("! Nothing found. %s reports it as an uncovered case with this query."), gap), width);
		if (!str_empty(r->suggestion))
			say(head, ROLE_PLAIN, arena_printf(a, _("Searched for: %s"), r->suggestion), width);
		if (r->n)
			say(head, ROLE_DIM, _("Nearest:"), width);
	} else if (!r->n) {
		say(head, ROLE_DIM, _("Type what the customer asks: a word, a sentence, pinyin initials (zhdj). Enter opens, c cites."), width);
	} else if (!str_empty(r->suggestion)) {
		say(head, ROLE_WARN, arena_printf(a, _("! Taken for: %s"), r->suggestion), width);
	}
	if (r->n && head->h > height - ROW_LEAST)
		head->h = height > ROW_LEAST ? height - ROW_LEAST : 0;
}

// --- where the rows are

struct rows {
	int y, h, fit;
};

static struct rows rows_of(const struct kb_view *kb, const struct view *v, int height, int head)
{
	const struct kb_place *p = &v->kb_place;
	struct rows r = {.y = head};
	int left = height - head;

	// In the list the rows keep their height: with another number of results it would be another one.
	bool keep = kb->chosen && p->row_h && p->height == height && str_eq(kb->selected, p->id);
	r.h = keep ? p->row_h : left >= (int)kb->results.n * ROW_FULL || left >= FULL_FROM ? ROW_FULL : ROW_LEAST;
	r.fit = left / r.h > 0 ? left / r.h : 1;
	return r;
}

size_t kb_selected_row(const struct kb_view *kb)
{
	for (size_t i = 0; i < kb->results.n; i++)
		if (str_eq(kb->results.v[i].id, kb->selected))
			return i;
	return 0;
}

static size_t top_of(const struct kb_view *kb, const struct kb_place *p, size_t sel, const struct rows *r)
{
	size_t fit = (size_t)r->fit;

	// Never drawn since: as little above as can be.
	if (!str_eq(kb->selected, p->id))
		return list_top(p->top, sel, r->fit, kb->results.n);
	return sel < p->top ? sel : sel >= p->top + fit ? sel - fit + 1 : p->top;
}

void kb_list_settle(const struct ui *u, const struct model *m, struct view *v, int height, int width)
{
	const struct kb_view *kb = kb_pane_view(m);
	struct kb_place *p = &v->kb_place;
	struct arena a = {0};
	struct list_head head;

	head_of(u, m, height, width, &head, &a);
	arena_release(&a);
	struct rows r = rows_of(kb, v, height, head.h);
	size_t sel = kb_selected_row(kb);
	bool same = kb->results.n && str_eq(kb->selected, p->id);
	if (same && kb->chosen && p->height == height && (sel != p->row || p->y != r.y + (int)(sel - p->top) * r.h)) {
		// The results were read again: rows move around the selected one.
		int row = p->y > r.y ? (p->y - r.y) / r.h : 0;
		row = row >= r.fit ? r.fit - 1 : row;
		p->top = sel > (size_t)row ? sel - (size_t)row : 0;
	} else {
		p->top = top_of(kb, p, sel, &r);
	}
	snprintf(p->id, sizeof(p->id), "%s", kb->results.n && kb->selected ? kb->selected : "");
	p->row = sel;
	p->row_h = r.h;
	p->height = height;
	p->y = r.y + (int)(sel - p->top) * r.h;
}

// --- a row

static size_t before_end(size_t at, size_t n)
{
	return at < n ? at : n;
}

// Text with its found parts marked; what does not fit ends in … as everywhere. Returns the columns used.
static int draw_marked(const struct canvas *c, int y, int x, unsigned role, unsigned hit, const struct kb_marked *t)
{
	if (x >= c->r.w)
		return x;
	struct sv s = sv(t->text);
	size_t from = 0, n = utf8_fit(s, c->r.w - x, NULL);
	bool more = n < s.n;

	if (more)
		n = utf8_fit(s, c->r.w - x - 1, NULL);
	for (size_t i = 0; i <= t->nspans && from < n; i++) {
		size_t a = before_end(i < t->nspans ? t->spans[i].from : n, n), b = before_end(i < t->nspans ? t->spans[i].to : n, n);
		x += canvas_clip(c, y, x, role, sv_n(t->text + from, a - from), c->r.w - x);
		x += canvas_clip(c, y, x, hit, sv_n(t->text + a, b - a), c->r.w - x);
		from = b;
	}
	return more ? x + canvas_glyph(c, y, x, role, GLYPH_MORE) : x;
}

static void facts(const struct ui *u, const struct model *m, size_t i, struct str *out)
{
	const struct kb_view *kb = kb_pane_view(m);
	const struct kb_result *r = &kb->results.v[i];
	const struct work *w = model_work(m);
	char day[16], year[8], now[8];

	ui_time(m, r->published_at, "%Y", year, sizeof(year));
	ui_time(m, clock_wall(m->clock), "%Y", now, sizeof(now));
	ui_time(m, r->published_at, strcmp(year, now) == 0 ? "%m-%d" : "%Y-%m-%d", day, sizeof(day));
	str_addf(out, "v%d %s", r->ver, day);
	for (size_t k = 0; w && k < w->contact->cites.n; k++)
		if (strcmp(w->contact->cites.v[k].id, r->id) == 0) {
			str_addf(out, " %s %s", theme_glyph(&u->theme, GLYPH_DONE), _("cited"));
			break;
		}
	if (r->must_read)
		str_addf(out, " %s", _("must read"));
	if (r->state == KB_STALE)
		str_addf(out, " ! %s%s%s", _("under review"), kb->doubts && !str_empty(kb->doubts[i]) ? ": " : "",
			 kb->doubts && kb->doubts[i] ? kb->doubts[i] : "");
	else
		str_addf(out, " %s", kb_state_label(r->state));
	if (r->votes)
		str_addf(out, " %s %.0f%%", _("helpful"), r->helpful * 100);
}

static void draw_row(const struct ui *u, const struct model *m, const struct canvas *c, int y, size_t i, bool selected, int height)
{
	const struct kb_result *r = &kb_pane_view(m)->results.v[i];
	unsigned style = selected ? STYLE_SELECTED : 0;
	struct canvas row = canvas_sub(c, (struct rect){y, 0, height, c->r.w});
	struct str f = {0};
	bool zh = i18n_lang() == LANG_ZH || str_empty(r->title_en);

	if (selected)
		canvas_fill(&(struct canvas){row.win, row.frame, {row.r.y, row.r.x, 1, row.r.w}, 0}, ROLE_PLAIN | STYLE_SELECTED);
	if (selected)
		canvas_glyph(&row, 0, 0, ROLE_ACCENT | style, GLYPH_SELECT);
	int x = 1 + canvas_text(&row, 0, 1, ROLE_DIM | style, r->id) + 1;
	if (zh)
		draw_marked(&row, 0, x, ROLE_PLAIN | style | (selected ? STYLE_BOLD : 0), ROLE_ACCENT | STYLE_BOLD | style, &r->title);
	else
		canvas_fit(&row, 0, x, ROLE_PLAIN | style | (selected ? STYLE_BOLD : 0), sv(r->title_en), row.r.w - x);
	facts(u, m, i, &f);
	if (height > 1)
		canvas_fit(&row, 1, 2, r->state == KB_STALE ? ROLE_WARN : ROLE_DIM, sv(str_z(&f)), row.r.w - 3);
	str_release(&f);
	if (height > 2 && r->snippet.text && *r->snippet.text)
		draw_marked(&row, 2, 2, ROLE_DIM, ROLE_ACCENT, &r->snippet);
}

void kb_list_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kb_view *kb = kb_pane_view(m);
	const struct view *v = ui_view_const(u, m);
	struct arena a = {0};
	struct list_head head;

	head_of(u, m, c->r.h, c->r.w, &head, &a);
	struct canvas above = canvas_sub(c, (struct rect){0, 0, head.h, c->r.w});
	for (int i = 0, y = 0; i < head.n && y < head.h; i++) {
		struct canvas rest = canvas_below(&above, y);
		y += canvas_wrap(&rest, 0, 0, head.v[i].role, sv(head.v[i].text), 0);
	}
	arena_release(&a);
	struct rows r = rows_of(kb, v, c->r.h, head.h);
	size_t sel = kb_selected_row(kb), top = kb->results.n ? top_of(kb, &v->kb_place, sel, &r) : 0;
	struct canvas rows = canvas_below(c, r.y);
	for (int i = 0; i < r.fit && top + (size_t)i < kb->results.n; i++)
		draw_row(u, m, &rows, i * r.h, top + (size_t)i, top + (size_t)i == sel && (focused || kb->selected), r.h);
	if (focused)
		canvas_caret(kb->results.n ? &rows : c, (int)(sel - top) * r.h, 0, false);
	if (top > 0)
		canvas_glyph(&rows, 0, rows.r.w - 1, ROLE_DIM, GLYPH_UP);
	if (top + (size_t)r.fit < kb->results.n)
		canvas_glyph(&rows, rows.r.h - 1, rows.r.w - 1, ROLE_DIM, GLYPH_DOWN);
}
