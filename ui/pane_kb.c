// SPDX-License-Identifier: MIT
// Knows what the keys of the knowledge pane do: in the query line, in the results, in the article that was opened.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/kb_pane.h"

enum { ROW_H = 2 }; // of a result, before the list was drawn

static unsigned contexts(const struct ui *u, const struct model *m)
{
	switch (kb_pane_at(u, m)) {
	case KB_AT_QUERY: return CTX_KB_QUERY | CTX_EDIT;
	case KB_AT_LIST: return CTX_KB_LIST;
	case KB_AT_ARTICLE: return CTX_KB_ARTICLE;
	case KB_AT_VERSIONS: case KB_AT_DIFF: return CTX_KB_PAST;
	}
	BUG("knowledge pane");
}

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
	const struct kb_view *kb = kb_pane_view(m);

	return kb_pane_at(u, m) == KB_AT_ARTICLE ? kb->open_id : kb->selected;
}

bool kb_pane_open(struct ui *u, struct model *m, const char *id, int ver, enum kb_from from, struct err *e)
{
	struct view *v = ui_view(u, m);
	char copy[80];

	snprintf(copy, sizeof(copy), "%s", id);
	if (!model_kb_open_version(m, model_work(m), copy, ver, e))
		return false;
	v->kb_at = KB_AT_ARTICLE;
	v->kb_from = from;
	v->article_scroll = 0;
	return true;
}

static bool open_selected(struct ui *u, struct model *m)
{
	struct err e = {0};
	const char *id = kb_pane_view(m)->selected;

	if (!id) {
		model_say_note(m, NOTE_INFO, _("There is no article to open; type a query."));
		return true;
	}
	return ui_try(m, kb_pane_open(u, m, id, 0, KB_FROM_LIST, &e), &e);
}

// What holds in place of the text that is read: the end of the chain of successors, or the current version.
static bool open_newer(struct ui *u, struct model *m)
{
	const struct kb_view *kb = kb_pane_view(m);
	const struct kb_article *art = &kb->article;
	bool old = kb->open_ver && art->cur.ver != art->latest;
	struct err e = {0};

	if (art->state == KB_ARCHIVED && !str_empty(kb->fate.successor))
		return ui_try(m, kb_pane_open(u, m, kb->fate.successor, 0, ui_view(u, m)->kb_from, &e), &e);
	if (old)
		return ui_try(m, kb_pane_open(u, m, kb->open_id, 0, ui_view(u, m)->kb_from, &e), &e);
	model_say_note(m, NOTE_INFO, art->state == KB_ARCHIVED ? _("Nothing took the place of this article.") : _("This is what holds now."));
	return true;
}

static void back(struct ui *u, struct model *m)
{
	struct view *v = ui_view(u, m);
	enum kb_from from = v->kb_from;

	v->kb_from = KB_FROM_LIST;
	if (from == KB_FROM_VERSIONS && kb_pane_view(m)->versions.id) {
		v->kb_at = KB_AT_VERSIONS;
		return;
	}
	model_kb_close(m, model_work(m));
	v->kb_at = KB_AT_LIST;
	if (from == KB_FROM_RECORD && model_work(m))
		ui_focus(u, m, PANE_RECORD);
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

	// What does not belong to an article is somebody else's, whether there is one or not.
	if (!(action_info(a)->contexts & (CTX_KB_LIST | CTX_KB_ARTICLE)))
		return false;
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
	case ACT_KB_HISTORY: return kb_versions_open(u, m, id);
	case ACT_KB_NEWER: return open_newer(u, m);
	case ACT_KB_CONFIRM: return ask_receipt(u, m);
	case ACT_KB_WHY: return ask_why(u, m);
	default: return false;
	}
}

static void scroll(struct ui *u, struct model *m, int delta)
{
	struct view *v = ui_view(u, m);
	enum kb_room room;
	struct kb_sheet s;
	struct arena a = {0};
	struct rect r;

	if (!kb_reading_rect(u, m, &room, &r) || room != KB_ROOM_ARTICLE)
		return;
	// From where it shows, which is never beyond the end.
	kb_sheet_lay(u, m, false, r.h, r.w, &s, &a);
	v->article_scroll = s.top + delta;
	v->article_scroll = v->article_scroll < 0 ? 0 : v->article_scroll;
	kb_sheet_lay(u, m, false, r.h, r.w, &s, &a);
	v->article_scroll = s.top;
	arena_release(&a);
}

// A page leaves a line of the one before on the screen: nothing is passed over unread.
static int page(const struct ui *u, const struct model *m)
{
	const struct kb_place *p = &ui_view_const(u, m)->kb_place;
	struct arena a = {0};
	enum kb_room room;
	struct kb_sheet s;
	struct rect r;
	int n = 1;

	if (kb_pane_at(u, m) == KB_AT_ARTICLE && kb_reading_rect(u, m, &room, &r) && room == KB_ROOM_ARTICLE) {
		kb_sheet_lay(u, m, false, r.h, r.w, &s, &a);
		n = s.body_h - 1;
		arena_release(&a);
	} else if (kb_list_rect(u, m, &r)) {
		n = r.h / (p->row_h ? p->row_h : ROW_H) - 1;
	}
	return n > 1 ? n : 1;
}

static bool move(struct ui *u, struct model *m, int delta)
{
	struct view *v = ui_view(u, m);
	const struct kb_view *kb = kb_pane_view(m);

	if (kb_pane_at(u, m) == KB_AT_ARTICLE) {
		scroll(u, m, delta);
		return true;
	}
	if (delta == -1 && kb_selected_row(kb) == 0) {
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

	if (kb_pane_at(u, m) == KB_AT_QUERY && edit(u, m, a))
		return true;
	if (kb_pane_at(u, m) == KB_AT_VERSIONS || kb_pane_at(u, m) == KB_AT_DIFF)
		return kb_versions_act(u, m, a);
	switch ((int)a) {
	case ACT_KB_TO_LIST:
		// The full search after a pause may be there already.
		if (kb_pane_view(m)->full_at || !str_eq(kb_pane_view(m)->query, lineedit_text(&v->query)))
			requery(u, m, true);
		model_kb_searched(m, model_work(m));
		model_kb_choose(m, model_work(m));
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
		model_kb_narrow(m, model_work(m), !kb_pane_view(m)->narrow);
		return true;
	case ACT_KB_OPEN: return open_selected(u, m);
	case ACT_KB_UP: case ACT_KB_SCROLL_UP: case ACT_LIST_UP: return move(u, m, -1);
	case ACT_KB_DOWN: case ACT_KB_SCROLL_DOWN: case ACT_LIST_DOWN: return move(u, m, 1);
	case ACT_KB_PAGE_UP: return move(u, m, -page(u, m));
	case ACT_KB_PAGE_DOWN: return move(u, m, page(u, m));
	case ACT_KB_GAP: return ask_gap(u, m);
	case ACT_KB_QUERY: case ACT_KB_LIST_BACK: v->kb_at = KB_AT_QUERY; return true;
	case ACT_KB_BACK: back(u, m); return true;
	default: return on_article(u, m, a);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	struct view *v = ui_view(u, m);
	bool changed;

	if (kb_pane_at(u, m) != KB_AT_QUERY)
		return false;
	changed = paste.n ? lineedit_insert(&v->query, paste) : lineedit_key(&v->query, k);
	if (changed)
		requery(u, m, false);
	return true;
}

static void enter(struct ui *u, struct model *m)
{
	struct kb_view *kb = kb_pane_view(m);
	struct view *v = ui_view(u, m);
	bool past = kb_pane_at(u, m) == KB_AT_VERSIONS || kb_pane_at(u, m) == KB_AT_DIFF;

	// The restated need became the query while the focus was elsewhere.
	if (strcmp(lineedit_text(&v->query), kb->query ? kb->query : "") != 0)
		lineedit_set(&v->query, kb->query);
	if (!kb->results.n && !kb->failed)
		model_kb_query(m, model_work(m), kb->query ? kb->query : "", false);
	if (past)
		return;
	v->kb_at = kb->open_id ? KB_AT_ARTICLE : kb->results.n && !kb->results.nothing_found && model_work(m) ? KB_AT_LIST : KB_AT_QUERY;
	if (v->kb_at == KB_AT_LIST)
		model_kb_choose(m, model_work(m));
}

static void badge(const struct ui *u, const struct model *m, char *buf, size_t cap)
{
	const struct kb_view *kb = kb_pane_view(m);

	(void)u;
	if (!str_empty(kb->query) || kb->results.n)
		snprintf(buf, cap, "(%zu)", kb->results.nothing_found ? 0 : kb->results.n);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct rect r = u->layout.pane[PANE_KB].h ? u->layout.pane[PANE_KB] : u->layout.body;

	(void)x;
	if (wheel != ACT_NONE) {
		if (kb_pane_at(u, m) == KB_AT_ARTICLE)
			scroll(u, m, wheel == ACT_LIST_UP ? -3 : 3);
		else if (kb_pane_at(u, m) == KB_AT_VERSIONS || kb_pane_at(u, m) == KB_AT_DIFF)
			kb_versions_act(u, m, wheel);
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
	.draw = kb_pane_draw,
	.act = act,
	.text = text,
	.enter = enter,
	.badge = badge,
	.mouse = mouse,
};
