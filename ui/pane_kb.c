// SPDX-License-Identifier: MIT
// Knows the knowledge pane: the query line, the results under it, the article that was opened.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/ui.h"

enum { ROW_H = 2 }; // title and facts; the snippet joins where there is room

static struct kb_view *view_of(const struct model *m)
{
	return model_kb((struct model *)(uintptr_t)m, model_work(m));
}

static bool article_open(const struct model *m)
{
	return view_of(m)->open_id != NULL;
}

static enum kb_at at(const struct ui *u, const struct model *m)
{
	const struct view *v = ui_view_const(u, m);

	return v->kb_at == KB_AT_ARTICLE && !article_open(m) ? KB_AT_LIST : v->kb_at;
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	switch (at(u, m)) {
	case KB_AT_QUERY: return CTX_KB_QUERY | CTX_EDIT;
	case KB_AT_LIST: return CTX_KB_LIST;
	case KB_AT_ARTICLE: return CTX_KB_ARTICLE;
	}
	BUG("knowledge pane");
}

// --- drawing

static void draw_query(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct view *v = ui_view_const(u, m);
	const struct kb_view *kb = view_of(m);
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

// Text with its found parts marked; returns the columns used.
static int draw_marked(const struct canvas *c, int y, int x, unsigned role, unsigned hit, const struct kb_marked *t)
{
	size_t from = 0, n = strlen(t->text);

	for (size_t i = 0; i <= t->nspans && x < c->r.w; i++) {
		size_t a = i < t->nspans ? t->spans[i].from : n, b = i < t->nspans ? t->spans[i].to : n;
		x += canvas_clip(c, y, x, role, sv_n(t->text + from, a - from), c->r.w - x);
		x += canvas_clip(c, y, x, hit, sv_n(t->text + a, b - a), c->r.w - x);
		from = b;
	}
	return x;
}

static void facts(const struct ui *u, const struct model *m, const struct kb_result *r, struct str *out)
{
	char day[16];

	ui_time(m, r->published_at, "%m-%d", day, sizeof(day));
	str_addf(out, "v%d %s", r->ver, day);
	if (r->votes)
		str_addf(out, " %s %.0f%%", _("helpful"), r->helpful * 100);
	if (r->must_read)
		str_addf(out, " %s", _("must read"));
	if (r->state == KB_STALE)
		str_addf(out, " ! %s", _("under review"));
	const struct work *w = model_work(m);
	for (size_t i = 0; w && i < w->contact->cites.n; i++)
		if (strcmp(w->contact->cites.v[i].id, r->id) == 0)
			str_addf(out, " %s %s", theme_glyph(&u->theme, GLYPH_DONE), _("cited"));
}

static void draw_row(const struct ui *u, const struct model *m, const struct canvas *c, int y, const struct kb_result *r, bool selected,
		     int height)
{
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
	facts(u, m, r, &f);
	if (height > 1)
		canvas_fit(&row, 1, 2, r->state == KB_STALE ? ROLE_WARN : ROLE_DIM, sv(str_z(&f)), row.r.w - 3);
	str_release(&f);
	if (height > 2 && r->snippet.text && *r->snippet.text)
		draw_marked(&row, 2, 2, ROLE_DIM, ROLE_ACCENT, &r->snippet);
}

static size_t selected_row(const struct kb_view *kb)
{
	for (size_t i = 0; i < kb->results.n; i++)
		if (str_eq(kb->results.v[i].id, kb->selected))
			return i;
	return 0;
}

static int row_height(const struct canvas *c, const struct kb_view *kb)
{
	return c->r.h >= (int)kb->results.n * 3 || c->r.h >= 18 ? 3 : ROW_H;
}

static void draw_empty(const struct ui *u, const struct model *m, const struct canvas *c, int y)
{
	const struct kb_view *kb = view_of(m);
	char key[KEY_NAME_MAX];
	struct str text = {0};

	keymap_label(u->keys, CTX_ANY, ACT_GAP, key, sizeof(key));
	if (kb->failed)
		str_addf(&text, "! %s", kb->why.msg);
	else if (str_empty(kb->query))
		str_add(&text, _("Type what the customer asks: a word, a sentence, pinyin initials (zhdj). Enter opens, c cites."));
	else
		str_addf(&text, _("Nothing found. %s reports it as an uncovered case with this query."), key);
	canvas_wrap(&(struct canvas){c->win, c->frame, {c->r.y + y, c->r.x, c->r.h - y, c->r.w}, c->style}, 0, 0, ROLE_DIM,
		    sv(str_z(&text)), 0);
	str_release(&text);
}

static void draw_list(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kb_view *kb = view_of(m);
	size_t sel = selected_row(kb);
	int y = 0, h;

	if (!kb->results.n || kb->results.nothing_found) {
		draw_empty(u, m, c, 0);
		y = 3;
		if (kb->results.n && y < c->r.h)
			canvas_text(c, y++, 0, ROLE_DIM, _("Nearest:"));
	}
	struct canvas rows = canvas_below(c, y);
	h = row_height(&rows, kb);
	int fit = rows.r.h / h;
	size_t top = list_top(0, sel, fit, kb->results.n);
	for (int i = 0; i < fit && top + (size_t)i < kb->results.n; i++)
		draw_row(u, m, &rows, i * h, &kb->results.v[top + (size_t)i], top + (size_t)i == sel && (focused || kb->selected), h);
	if (focused && kb->results.n)
		canvas_caret(&rows, (int)(sel - top) * h, 0, false);
	if (top > 0)
		canvas_glyph(&rows, 0, rows.r.w - 1, ROLE_DIM, GLYPH_UP);
	if (top + (size_t)fit < kb->results.n)
		canvas_glyph(&rows, rows.r.h - 1, rows.r.w - 1, ROLE_DIM, GLYPH_DOWN);
}

static unsigned style_role(enum kb_style s)
{
	switch (s) {
	case KB_PLAIN: return ROLE_PLAIN;
	case KB_HEADING: return ROLE_ACCENT | STYLE_BOLD;
	case KB_BOLD: return ROLE_PLAIN | STYLE_BOLD;
	case KB_EMPH: return ROLE_PLAIN | STYLE_UNDERLINE;
	case KB_CODE: return ROLE_ACCENT;
	case KB_LINK: return ROLE_ACCENT | STYLE_UNDERLINE;
	case KB_MARKER: return ROLE_DIM;
	case KB_QUOTE: return ROLE_DIM;
	}
	BUG("article style %d", (int)s);
}

// Draws the text of an article from its line `skip`; gives how many lines it has.
static int draw_markdown(const struct canvas *c, const char *body, int skip)
{
	struct arena a = {0};
	struct kb_lines lines;

	kb_markdown(sv(body), c->r.w, &lines, &a);
	for (int y = 0; y < c->r.h && (size_t)(y + skip) < lines.n; y++) {
		const struct kb_line *l = &lines.v[y + skip];
		int x = 0;
		for (size_t i = 0; i < l->n; i++)
			x += canvas_text(c, y, x, style_role(l->v[i].style), l->v[i].text);
		if (l->more)
			canvas_hline(c, y, 0, c->r.w, ROLE_DIM);
	}
	int n = (int)lines.n;
	arena_release(&a);
	return n;
}

static void article_head(const struct model *m, const struct kb_article *art, struct str *out)
{
	char day[16];

	ui_time(m, art->cur.published_at, "%Y-%m-%d", day, sizeof(day));
	str_addf(out, "%s v%d  %s", art->cur.text.id, art->cur.ver, day);
	if (art->votes_up + art->votes_down)
		str_addf(out, "  +%d -%d", art->votes_up, art->votes_down);
	if (art->state == KB_STALE)
		str_addf(out, "  ! %s", _("under review"));
	if (art->expired || art->not_yet)
		str_addf(out, "  ! %s", art->expired ? _("no longer in force") : _("not yet in force"));
}

static void draw_article(const struct model *m, const struct canvas *c, const struct kb_article *art, int skip, bool focused)
{
	struct str head = {0};
	int y = 0;

	y += canvas_wrap(c, y, 0, ROLE_PLAIN | STYLE_BOLD, sv(art->cur.text.title), 0);
	if (i18n_lang() == LANG_EN && !str_empty(art->cur.text.title_en)) {
		struct canvas t = canvas_below(c, y);
		y += canvas_wrap(&t, 0, 0, ROLE_ACCENT, sv(art->cur.text.title_en), 0);
		t = canvas_below(c, y);
		if (!str_empty(art->cur.text.summary_en))
			y += canvas_wrap(&t, 0, 0, ROLE_PLAIN, sv(art->cur.text.summary_en), 0);
	}
	article_head(m, art, &head);
	canvas_text(c, y++, 0, art->state == KB_STALE ? ROLE_WARN : ROLE_DIM, str_z(&head));
	str_release(&head);
	struct canvas body = canvas_below(c, y);
	int n = draw_markdown(&body, art->cur.text.body, skip);
	if (skip > 0)
		canvas_glyph(&body, 0, body.r.w - 1, ROLE_DIM, GLYPH_UP);
	if (skip + body.r.h < n)
		canvas_glyph(&body, body.r.h - 1, body.r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (focused)
		canvas_caret(&body, 0, 0, false);
}

static void draw_hints(const struct ui *u, const struct model *m, const struct canvas *c, int y)
{
	static const enum action query[] = {ACT_KB_TO_LIST, ACT_KB_CLEAR, ACT_KB_CATEGORY, ACT_GAP};
	static const enum action list[] = {ACT_KB_OPEN, ACT_KB_CITE, ACT_KB_TALK, ACT_KB_GAP, ACT_KB_VOTE_UP, ACT_KB_QUERY};
	static const enum action article[] = {ACT_KB_CITE, ACT_KB_TALK, ACT_KB_BACK, ACT_KB_VOTE_UP, ACT_KB_VOTE_DOWN, ACT_KB_VALID, ACT_KB_SUGGEST};

	switch (at(u, m)) {
	case KB_AT_QUERY: ui_hints(u, c, y, 0, contexts(u, m), query, 4); break;
	case KB_AT_LIST: ui_hints(u, c, y, 0, contexts(u, m), list, 6); break;
	case KB_AT_ARTICLE: ui_hints(u, c, y, 0, contexts(u, m), article, 7); break;
	}
}

static void title_text(const struct model *m, char *buf, size_t cap)
{
	const struct kb_view *kb = view_of(m);

	if ((str_empty(kb->query) && !kb->results.n) || kb->results.nothing_found)
		snprintf(buf, cap, "%s", _("Knowledge"));
	else
		snprintf(buf, cap, ngettext("Knowledge  %zu article", "Knowledge  %zu articles", kb->results.n), kb->results.n);
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	char title[96];
	int bottom = focused ? 1 : 0;

	title_text(m, title, sizeof(title));
	canvas_title(c, 0, title, NULL, focused);
	struct canvas query = canvas_sub(c, (struct rect){1, 1, 1, c->r.w - 2});
	draw_query(u, m, &query, focused);
	struct canvas body = canvas_sub(c, (struct rect){2, 1, c->r.h - 2 - bottom, c->r.w - 2});
	// With a column of its own beside it the article leaves the list where it is.
	if (article_open(m) && (at(u, m) == KB_AT_ARTICLE || !focused) && rect_empty(u->layout.preview))
		draw_article(m, &body, &view_of(m)->article, ui_view_const(u, m)->article_scroll, focused && at(u, m) == KB_AT_ARTICLE);
	else
		draw_list(u, m, &body, focused && at(u, m) == KB_AT_LIST);
	if (bottom) {
		struct canvas hints = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
		draw_hints(u, m, &hints, 0);
	}
}

void kb_preview_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kb_view *kb = view_of(m);
	bool reading = article_open(m) && at(u, m) == KB_AT_ARTICLE;
	bool open = article_open(m) && (reading || !focused || !kb->preview_id);
	struct canvas body = canvas_sub(c, (struct rect){1, 1, c->r.h - 1, c->r.w - 2});

	canvas_title(c, 0, open ? _("Article") : _("Preview"), open ? kb->open_id : kb->preview_id, focused && reading);
	if (open)
		draw_article(m, &body, &kb->article, ui_view_const(u, m)->article_scroll, focused && reading);
	else if (kb->preview_id)
		draw_article(m, &body, &kb->preview, 0, false);
	else
		canvas_wrap(&body, 0, 0, ROLE_DIM, sv(_("The article of the selected row stands here, ready to read out.")), 0);
}

// --- acting

static void requery(struct ui *u, struct model *m, bool full)
{
	struct work *w = model_work(m);
	struct view *v = ui_view(u, m);

	if (w)
		ui_edit_store(&v->query, m, w, "kb.query");
	model_kb_query(m, w, lineedit_text(&v->query), full);
}

static const char *chosen(const struct ui *u, const struct model *m)
{
	const struct kb_view *kb = view_of(m);

	return at(u, m) == KB_AT_ARTICLE ? kb->open_id : kb->selected;
}

static bool open_selected(struct ui *u, struct model *m)
{
	struct err e = {0};
	const char *id = view_of(m)->selected;
	char copy[80];

	if (!id) {
		model_say_note(m, NOTE_INFO, _("There is no article to open; type a query."));
		return true;
	}
	snprintf(copy, sizeof(copy), "%s", id);
	if (!model_kb_open(m, model_work(m), copy, &e))
		return ui_try(m, false, &e);
	ui_view(u, m)->kb_at = KB_AT_ARTICLE;
	ui_view(u, m)->article_scroll = 0;
	return true;
}

static bool talk(struct ui *u, struct model *m, const char *id)
{
	struct work *w = model_work(m);
	struct view *v = ui_view(u, m);
	struct err e = {0};
	char *reply;

	if (!model_kb_talk(m, w, id, &reply, &e))
		return ui_try(m, false, &e);
	if (!reply) {
		model_say_note(m, NOTE_INFO, _("The talk track stands over the script."));
		return true;
	}
	// Inserted at the caret: what was typed already stays.
	lineedit_insert(&v->reply, sv(reply));
	ui_edit_store(&v->reply, m, w, "reply");
	v->reply_typing = true;
	free(reply);
	ui_focus(u, m, PANE_SCRIPT);
	return true;
}

static bool on_article(struct ui *u, struct model *m, enum action a)
{
	struct work *w = model_work(m);
	struct err e = {0};
	char id[80];

	if (!chosen(u, m)) {
		model_say_note(m, NOTE_INFO, _("There is no article here; type a query."));
		return true;
	}
	snprintf(id, sizeof(id), "%s", chosen(u, m));
	switch ((int)a) {
	case ACT_KB_CITE: return ui_try(m, model_kb_cite(m, w, id, &e), &e);
	case ACT_KB_TALK: return talk(u, m, id);
	case ACT_KB_VOTE_UP: return ui_try(m, model_kb_vote(m, w, id, true, &e), &e);
	case ACT_KB_VOTE_DOWN: return ui_try(m, model_kb_vote(m, w, id, false, &e), &e);
	case ACT_KB_VALID: return ui_try(m, model_kb_valid(m, w, id, &e), &e);
	case ACT_KB_SUGGEST: return ask_suggest(u, m, id);
	default: return false;
	}
}

static void scroll(struct ui *u, struct model *m, int delta)
{
	struct view *v = ui_view(u, m);
	struct rect r = !rect_empty(u->layout.preview) ? u->layout.preview
			: u->layout.pane[PANE_KB].h  ? u->layout.pane[PANE_KB]
						     : u->layout.body;
	struct arena a = {0};
	struct kb_lines lines;
	int most;

	kb_markdown(sv(view_of(m)->article.cur.text.body), r.w > 10 ? r.w - 2 : 8, &lines, &a);
	most = (int)lines.n - (r.h > 8 ? r.h - 8 : 1);
	v->article_scroll += delta;
	if (v->article_scroll > most)
		v->article_scroll = most;
	if (v->article_scroll < 0)
		v->article_scroll = 0;
	arena_release(&a);
}

static int page(const struct ui *u)
{
	int h = u->layout.pane[PANE_KB].h ? u->layout.pane[PANE_KB].h : u->layout.body.h;

	return h > 6 ? h - 5 : 1;
}

static bool move(struct ui *u, struct model *m, int delta)
{
	struct view *v = ui_view(u, m);
	const struct kb_view *kb = view_of(m);

	if (at(u, m) == KB_AT_ARTICLE) {
		scroll(u, m, delta);
		return true;
	}
	if (delta == -1 && selected_row(kb) == 0) {
		v->kb_at = KB_AT_QUERY;
		return true;
	}
	model_kb_select(m, model_work(m), delta);
	return true;
}

static bool edit(struct ui *u, struct model *m, enum action a)
{
	struct view *v = ui_view(u, m);
	bool changed = false;

	if (!lineedit_act(&v->query, a, &changed))
		return false;
	if (changed)
		requery(u, m, false);
	return true;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct view *v = ui_view(u, m);

	if (at(u, m) == KB_AT_QUERY && edit(u, m, a))
		return true;
	switch ((int)a) {
	case ACT_KB_TO_LIST:
		requery(u, m, true);
		model_kb_searched(m, model_work(m));
		v->kb_at = KB_AT_LIST;
		return true;
	case ACT_KB_CLEAR:
		if (v->query.text.n) {
			lineedit_set(&v->query, "");
			requery(u, m, false);
		} else {
			ui_focus(u, m, PANE_SCRIPT);
		}
		return true;
	case ACT_KB_CATEGORY:
		model_kb_narrow(m, model_work(m), !view_of(m)->narrow);
		return true;
	case ACT_KB_OPEN: return open_selected(u, m);
	case ACT_KB_UP: case ACT_KB_SCROLL_UP: case ACT_LIST_UP: return move(u, m, -1);
	case ACT_KB_DOWN: case ACT_KB_SCROLL_DOWN: case ACT_LIST_DOWN: return move(u, m, 1);
	case ACT_KB_PAGE_UP: return move(u, m, -page(u) / (at(u, m) == KB_AT_LIST ? ROW_H : 1));
	case ACT_KB_PAGE_DOWN: return move(u, m, page(u) / (at(u, m) == KB_AT_LIST ? ROW_H : 1));
	case ACT_KB_GAP: return ask_gap(u, m);
	case ACT_KB_QUERY: case ACT_KB_LIST_BACK: v->kb_at = KB_AT_QUERY; return true;
	case ACT_KB_BACK:
		model_kb_close(m, model_work(m));
		v->kb_at = KB_AT_LIST;
		return true;
	default: return on_article(u, m, a);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	struct view *v = ui_view(u, m);
	bool changed;

	if (at(u, m) != KB_AT_QUERY)
		return false;
	changed = paste.n ? lineedit_insert(&v->query, paste) : lineedit_key(&v->query, k);
	if (changed)
		requery(u, m, false);
	return true;
}

static void enter(struct ui *u, struct model *m)
{
	struct kb_view *kb = view_of(m);
	struct view *v = ui_view(u, m);

	// The restated need became the query while the focus was elsewhere.
	if (strcmp(lineedit_text(&v->query), kb->query ? kb->query : "") != 0)
		lineedit_set(&v->query, kb->query);
	if (!kb->results.n && !kb->failed)
		model_kb_query(m, model_work(m), kb->query ? kb->query : "", false);
	v->kb_at = kb->open_id ? KB_AT_ARTICLE : kb->results.n && !kb->results.nothing_found && model_work(m) ? KB_AT_LIST : KB_AT_QUERY;
}

static void badge(const struct ui *u, const struct model *m, char *buf, size_t cap)
{
	const struct kb_view *kb = view_of(m);

	(void)u;
	if (!str_empty(kb->query) || kb->results.n)
		snprintf(buf, cap, "(%zu)", kb->results.nothing_found ? 0 : kb->results.n);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct rect r = u->layout.pane[PANE_KB].h ? u->layout.pane[PANE_KB] : u->layout.body;

	(void)x;
	if (wheel != ACT_NONE) {
		if (at(u, m) == KB_AT_ARTICLE)
			scroll(u, m, wheel == ACT_LIST_UP ? -3 : 3);
		else
			model_kb_select(m, model_work(m), wheel == ACT_LIST_UP ? -1 : 1);
		return;
	}
	if (y == r.y + 1)
		ui_view(u, m)->kb_at = KB_AT_QUERY;
}

const struct place place_kb = {
	.title = N_("Knowledge"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.enter = enter,
	.badge = badge,
	.mouse = mouse,
};
