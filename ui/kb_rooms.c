// SPDX-License-Identifier: MIT
// Knows which room of the knowledge pane shows where: the list, an article, its versions, their difference; and what of an article is
// on the screen.
#include "src/base/i18n.h"
#include "ui/kb_pane.h"

struct kb_view *kb_pane_view(const struct model *m)
{
	return model_kb((struct model *)(uintptr_t)m, model_work(m));
}

static bool article_open(const struct model *m)
{
	return kb_pane_view(m)->open_id != NULL;
}

enum kb_at kb_pane_at(const struct ui *u, const struct model *m)
{
	const struct view *v = ui_view_const(u, m);
	const struct kb_versions *past = &kb_pane_view(m)->versions;
	enum kb_at at = v->kb_at;

	if (at == KB_AT_DIFF && !past->from)
		at = KB_AT_VERSIONS;
	if (at == KB_AT_VERSIONS && !past->id)
		at = KB_AT_ARTICLE;
	return at == KB_AT_ARTICLE && !article_open(m) ? KB_AT_LIST : at;
}

bool kb_pane_here(const struct ui *u, const struct model *m)
{
	return ui_place(u, m) == &place_kb;
}

// --- which room shows where

static bool has_column(const struct ui *u, const struct model *m)
{
	return model_work(m) && !rect_empty(u->layout.preview);
}

static enum kb_room open_room(const struct ui *u, const struct model *m)
{
	switch (kb_pane_at(u, m)) {
	case KB_AT_VERSIONS: return KB_ROOM_VERSIONS;
	case KB_AT_DIFF: return KB_ROOM_DIFF;
	case KB_AT_ARTICLE: return KB_ROOM_ARTICLE;
	case KB_AT_QUERY: case KB_AT_LIST: return KB_ROOM_NONE;
	}
	BUG("knowledge pane");
}

enum kb_room kb_pane_room(const struct ui *u, const struct model *m, bool here)
{
	enum kb_room open = open_room(u, m);

	// With a column of its own beside it the article leaves the list where it is.
	if (has_column(u, m))
		return KB_ROOM_LIST;
	return open != KB_ROOM_NONE ? open : article_open(m) && !here ? KB_ROOM_ARTICLE : KB_ROOM_LIST;
}

enum kb_room kb_column_room(const struct ui *u, const struct model *m)
{
	enum kb_room open = open_room(u, m);
	const struct kb_view *kb = kb_pane_view(m);

	if (open != KB_ROOM_NONE)
		return open;
	if (kb->preview_id && (kb_pane_here(u, m) || !article_open(m)))
		return KB_ROOM_PREVIEW;
	return article_open(m) ? KB_ROOM_ARTICLE : KB_ROOM_NONE;
}

// The pane on the screen; false: another place has the screen.
static bool pane_rect(const struct ui *u, const struct model *m, struct rect *r)
{
	// Places that have the body to themselves leave no room for panes.
	*r = model_work(m) ? u->layout.pane[PANE_KB] : ui_place(u, m) == &place_kb ? u->layout.body : (struct rect){0};
	return u->layout.shape != SHAPE_TOO_SMALL && !rect_empty(*r);
}

// Inside the title, the query line and the hints, which stand there while the keys go here.
static struct rect body_of(struct rect r, bool here)
{
	struct rect in = {r.y + 2, r.x + 1, r.h - 2 - here, r.w - 2};

	in.h = in.h < 0 ? 0 : in.h;
	in.w = in.w < 0 ? 0 : in.w;
	return in;
}

bool kb_list_rect(const struct ui *u, const struct model *m, struct rect *r)
{
	if (!pane_rect(u, m, r) || kb_pane_room(u, m, kb_pane_here(u, m)) != KB_ROOM_LIST)
		return false;
	*r = body_of(*r, kb_pane_here(u, m));
	return true;
}

bool kb_reading_rect(const struct ui *u, const struct model *m, enum kb_room *room, struct rect *r)
{
	if (has_column(u, m)) {
		*r = u->layout.preview;
		*r = (struct rect){r->y + 1, r->x + 1, r->h - 1, r->w - 2};
		*room = kb_column_room(u, m);
	} else {
		if (!pane_rect(u, m, r))
			return false;
		*r = body_of(*r, kb_pane_here(u, m));
		*room = kb_pane_room(u, m, kb_pane_here(u, m));
	}
	return *room != KB_ROOM_NONE && *room != KB_ROOM_LIST;
}

// What of an article will be on the screen; false: nothing.
static bool shown(const struct ui *u, const struct model *m, struct kb_on_screen *s)
{
	const struct kb_view *kb = kb_pane_view(m);
	enum kb_room room;
	struct kb_sheet sheet;
	struct arena a = {0};
	struct rect r;

	if (!kb_reading_rect(u, m, &room, &r) || (room != KB_ROOM_ARTICLE && room != KB_ROOM_PREVIEW))
		return false;
	bool opened = room == KB_ROOM_ARTICLE, draft = opened && !kb->open_ver;
	kb_sheet_lay(u, m, !opened, r.h, r.w, &sheet, &a);
	*s = (struct kb_on_screen){.ver = draft ? kb->draft.rev : opened ? kb->open_ver : kb->preview.cur.ver, .draft = draft, .opened = opened,
				   .width = r.w, .height = sheet.body_h, .lines = (int)sheet.body.n, .top = sheet.top};
	snprintf(s->id, sizeof(s->id), "%s", opened ? kb->open_id : kb->preview_id);
	arena_release(&a);
	return true;
}

void kb_before_draw(struct ui *u, struct model *m)
{
	struct kb_on_screen s;
	struct rect r;

	if (kb_list_rect(u, m, &r))
		kb_list_settle(u, m, ui_view(u, m), r.h, r.w);
	model_kb_on_screen(m, model_work(m), shown(u, m, &s) ? &s : NULL);
}

// --- drawing

static void draw_hints(const struct ui *u, const struct model *m, const struct canvas *c, int y)
{
	static const enum action query[] = {ACT_KB_TO_LIST, ACT_KB_CLEAR, ACT_KB_CATEGORY, ACT_GAP};
	static const enum action list[] = {ACT_KB_OPEN, ACT_KB_CITE, ACT_KB_TALK, ACT_KB_GAP, ACT_KB_VOTE_UP, ACT_KB_QUERY, ACT_KB_WHY, ACT_KB_HISTORY};
	static const enum action missed[] = {ACT_KB_GAP, ACT_KB_OPEN, ACT_KB_QUERY, ACT_KB_WHY};
	static const enum action article[] = {ACT_KB_CITE, ACT_KB_TALK, ACT_KB_BACK, ACT_KB_HISTORY, ACT_KB_VOTE_UP, ACT_KB_VOTE_DOWN, ACT_KB_VALID, ACT_KB_SUGGEST};
	static const enum action past[] = {ACT_KB_NEWER, ACT_KB_BACK, ACT_KB_HISTORY};
	static const enum action receipt[] = {ACT_KB_CONFIRM, ACT_KB_BACK, ACT_KB_CITE, ACT_KB_TALK, ACT_KB_HISTORY};
	static const enum action versions[] = {ACT_VERSION_OPEN, ACT_VERSION_DIFF, ACT_VERSION_BACK, ACT_VERSION_MARK};
	static const enum action diff[] = {ACT_VERSION_NEXT, ACT_VERSION_BACK, ACT_VERSION_FOLD, ACT_VERSION_PREV};
	const struct kb_view *kb = kb_pane_view(m);
	unsigned ctx = place_kb.contexts(u, m);

	switch (kb_pane_at(u, m)) {
	case KB_AT_QUERY: ui_hints(u, c, y, 0, ctx, query, 4); break;
	case KB_AT_LIST:
		if (kb->results.nothing_found)
			ui_hints(u, c, y, 0, ctx, missed, 4);
		else
			ui_hints(u, c, y, 0, ctx, list, 8);
		break;
	case KB_AT_ARTICLE:
		if (kb->article.state == KB_ARCHIVED || kb->article.cur.ver != kb->article.latest)
			ui_hints(u, c, y, 0, ctx, past, 3);
		else if (kb_wants_receipt(m) && kb->read_to_end)
			ui_hints(u, c, y, 0, ctx, receipt, 5);
		else
			ui_hints(u, c, y, 0, ctx, article, 8);
		break;
	case KB_AT_VERSIONS: ui_hints(u, c, y, 0, ctx, versions, 4); break;
	case KB_AT_DIFF: ui_hints(u, c, y, 0, ctx, diff, 4); break;
	}
}

static void title_text(const struct model *m, char *buf, size_t cap)
{
	const struct kb_view *kb = kb_pane_view(m);

	if ((str_empty(kb->query) && !kb->results.n) || kb->results.nothing_found)
		snprintf(buf, cap, "%s", _("Knowledge"));
	else
		snprintf(buf, cap, ngettext("Knowledge  %zu article", "Knowledge  %zu articles", kb->results.n), kb->results.n);
}

static void draw_room(const struct ui *u, const struct model *m, const struct canvas *c, enum kb_room room, bool focused)
{
	enum kb_at at = kb_pane_at(u, m);

	switch (room) {
	case KB_ROOM_NONE: break;
	case KB_ROOM_LIST: kb_list_draw(u, m, c, focused && at == KB_AT_LIST); break;
	case KB_ROOM_ARTICLE: kb_sheet_draw(u, m, c, false, focused && at == KB_AT_ARTICLE); break;
	case KB_ROOM_PREVIEW: kb_sheet_draw(u, m, c, true, false); break;
	case KB_ROOM_VERSIONS: kb_versions_draw(u, m, c, focused); break;
	case KB_ROOM_DIFF: kb_diff_draw(u, m, c, focused); break;
	}
}

void kb_pane_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	bool here = focused || kb_pane_here(u, m);
	enum kb_room room = kb_pane_room(u, m, here);
	struct rect in = body_of((struct rect){0, 0, c->r.h, c->r.w}, here);
	char title[96];

	title_text(m, title, sizeof(title));
	canvas_title(c, 0, title, NULL, focused);
	struct canvas line = canvas_sub(c, (struct rect){1, 1, 1, c->r.w - 2});
	if (room == KB_ROOM_VERSIONS || room == KB_ROOM_DIFF) {
		kb_versions_title(u, m, title, sizeof(title));
		canvas_text(&line, 0, 0, ROLE_ACCENT, title);
	} else {
		kb_query_draw(u, m, &line, focused);
	}
	struct canvas body = canvas_sub(c, in);
	draw_room(u, m, &body, room, focused);
	if (here) {
		struct canvas hints = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
		draw_hints(u, m, &hints, 0);
	}
}

static const char *column_title(const struct kb_view *kb, enum kb_room room, const char **right)
{
	switch (room) {
	case KB_ROOM_VERSIONS: *right = kb->versions.id; return _("Versions");
	case KB_ROOM_DIFF: *right = kb->versions.id; return _("Difference");
	case KB_ROOM_ARTICLE: *right = kb->open_id; return _("Article");
	case KB_ROOM_PREVIEW: *right = kb->preview_id; return _("Preview");
	case KB_ROOM_NONE: case KB_ROOM_LIST: *right = NULL; return _("Preview");
	}
	BUG("knowledge column");
}

void kb_preview_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	enum kb_room room = kb_column_room(u, m);
	bool reading = room == KB_ROOM_VERSIONS || room == KB_ROOM_DIFF || (room == KB_ROOM_ARTICLE && kb_pane_at(u, m) == KB_AT_ARTICLE);
	struct canvas body = canvas_sub(c, (struct rect){1, 1, c->r.h - 1, c->r.w - 2});
	const char *right, *title = column_title(kb_pane_view(m), room, &right);

	canvas_title(c, 0, title, right, focused && reading);
	if (room == KB_ROOM_NONE)
		canvas_wrap(&body, 0, 0, ROLE_DIM, sv(_("The article of the selected row stands here, ready to read out.")), 0);
	else
		draw_room(u, m, &body, room, focused && reading);
}
