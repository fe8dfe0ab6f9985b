// SPDX-License-Identifier: MIT
// Knows the versions of an article on the screen: what happened to it and when, and how two of its texts differ.
#include "src/base/i18n.h"
#include "ui/kb_pane.h"

// --- the list

struct line {
	unsigned role;
	int x;
	const char *text;
};
struct item {
	struct line v[40];
	int n;
};

static const struct kb_versions *versions(const struct model *m)
{
	return &kb_pane_view(m)->versions;
}

static void put(struct item *it, unsigned role, int x, const char *text)
{
	if (it->n < (int)(sizeof(it->v) / sizeof(*it->v)) && !str_empty(text))
		it->v[it->n++] = (struct line){role, x, text};
}

static size_t row_of(const struct kb_versions *v, int ver)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->rows[i].ver == ver)
			return i;
	return 0;
}

static const char *verb_words(const char *code)
{
	for (int v = 0; v < KB_VERBS; v++)
		if (strcmp(kb_verb_code((enum kb_verb)v), code) == 0)
			return kb_verb_label((enum kb_verb)v);
	return code;
}

static const char *state_words(const char *name)
{
	enum kb_state s;

	return kb_state_parse(sv(name), &s) ? kb_state_label(s) : name;
}

static const char *at_words(const struct model *m, int64_t at, struct arena *a)
{
	char buf[24];

	ui_time(m, at, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(a, buf);
}

// A version, why it was made, and what was done to the article while it was the current one.
static void item_of(const struct ui *u, const struct model *m, size_t i, struct item *it, struct arena *a)
{
	const struct kb_versions *v = versions(m);
	const struct kb_history_row *r = &v->rows[i];
	const char *mark = ui_view_const(u, m)->against == r->ver ? theme_glyph(&u->theme, GLYPH_BOX_ON) : " ";
	struct str b = {0};

	*it = (struct item){0};
	str_addf(&b, "%s v%d  %s", mark, r->ver, at_words(m, r->published_at, a));
	if (i == 0)
		str_addf(&b, "  %s", kb_state_label(v->state));
	put(it, ROLE_PLAIN, 1, arena_strdup(a, str_z(&b)));
	str_clear(&b);
	str_addf(&b, _("by %s"), str_empty(r->author) ? "-" : r->author);
	if (!str_empty(r->approver))
		str_addf(&b, _(", approved by %s"), r->approver);
	put(it, ROLE_DIM, 4, arena_strdup(a, str_z(&b)));
	put(it, ROLE_PLAIN, 4, r->note);
	for (size_t k = v->n_log; k-- > 0;) {
		const struct kb_log_row *l = &v->log[k];
		if (l->ver != r->ver)
			continue;
		str_clear(&b);
		str_addf(&b, "%s  %s", at_words(m, l->at, a), verb_words(l->verb));
		if (!str_empty(l->state))
			str_addf(&b, " %s %s", theme_glyph(&u->theme, GLYPH_RIGHT), state_words(l->state));
		if (!str_empty(l->by))
			str_addf(&b, "  %s", l->by);
		if (!str_empty(l->note))
			str_addf(&b, ": %s", l->note);
		put(it, ROLE_DIM, 4, arena_strdup(a, str_z(&b)));
	}
	str_release(&b);
}

static int item_height(const struct item *it, int width)
{
	int h = 0;

	for (int i = 0; i < it->n; i++)
		h += wrap_lines(sv(it->v[i].text), width - it->v[i].x);
	return h;
}

static void draw_item(const struct canvas *c, const struct item *it, int y, bool selected)
{
	for (int i = 0; i < it->n && y < c->r.h; i++) {
		int h = wrap_lines(sv(it->v[i].text), c->r.w - it->v[i].x), hidden = y < 0 ? -y : 0;
		unsigned style = selected && i == 0 ? STYLE_SELECTED | STYLE_BOLD : 0;
		if (hidden < h) {
			struct canvas box = canvas_sub(c, (struct rect){y + hidden, it->v[i].x, h - hidden, c->r.w - it->v[i].x});
			if (style)
				canvas_fill(&(struct canvas){c->win, c->frame, {box.r.y, c->r.x, 1, c->r.w}, 0}, ROLE_PLAIN | style);
			canvas_wrap(&box, 0, 0, it->v[i].role | style, sv(it->v[i].text), hidden);
			if (style && !hidden)
				canvas_glyph(c, y, 0, ROLE_ACCENT | style, GLYPH_SELECT);
		}
		y += h;
	}
}

void kb_versions_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kb_versions *v = versions(m);
	size_t sel = row_of(v, ui_view_const(u, m)->version);
	struct arena a = {0};
	struct item it;
	int y = 0, from = 0, all = 0, sel_y = 0;

	for (size_t i = 0; i < v->n; i++) {
		item_of(u, m, i, &it, &a);
		int h = item_height(&it, c->r.w);
		if (i == sel) {
			sel_y = all;
			// All of the selected one, or at least its first line.
			from = all + h > c->r.h ? all + h - c->r.h : 0;
			from = from > all ? all : from;
		}
		all += h;
	}
	for (size_t i = 0; i < v->n && y - from < c->r.h; i++) {
		item_of(u, m, i, &it, &a);
		int h = item_height(&it, c->r.w);
		if (y - from + h > 0)
			draw_item(c, &it, y - from, i == sel);
		y += h;
	}
	if (from > 0)
		canvas_glyph(c, 0, c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (all - from > c->r.h)
		canvas_glyph(c, c->r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (focused)
		canvas_caret(c, sel_y - from, 0, false);
	arena_release(&a);
}

// --- the difference

// A row as one text: the pieces of it are found again by their place.
static struct sv joined(const struct kb_diff_row *r, struct arena *a)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->part[i].text.n;
	char *s = arena_alloc(a, n + 1), *at = s;
	for (size_t i = 0; i < r->n; i++) {
		memcpy(at, r->part[i].text.p, r->part[i].text.n);
		at += r->part[i].text.n;
	}
	*at = '\0';
	return sv_n(s, n);
}

enum { SIGN_W = 2 };

static int diff_rows(const struct kb_diff_row *r, int width, struct arena *a)
{
	int n = r->folded ? 1 : wrap_lines(joined(r, a), width - SIGN_W);

	return n > 0 ? n : 1;
}

static unsigned row_role(const struct kb_diff_row *r)
{
	switch (r->kind) {
	case KB_SAME: return ROLE_DIM;
	case KB_REMOVED: return ROLE_WARN;
	case KB_ADDED: return ROLE_ACCENT;
	}
	BUG("difference %d", (int)r->kind);
}

// One screen line [from, to) of the row's text: what changed is bold and underlined, the rest of a changed line is plain.
static void draw_piece(const struct canvas *c, int y, const struct kb_diff_row *r, const char *text, size_t from, size_t to)
{
	size_t at = 0;
	int x = SIGN_W;

	for (size_t i = 0; i < r->n && at < to; i++) {
		size_t end = at + r->part[i].text.n, a = at > from ? at : from, b = end < to ? end : to;
		bool changed = r->part[i].kind != KB_SAME;
		unsigned role = !r->paired ? row_role(r) : changed ? row_role(r) | STYLE_BOLD | STYLE_UNDERLINE : ROLE_PLAIN;
		if (a < b)
			x += canvas_clip(c, y, x, role, sv_n(text + a, b - a), c->r.w - x);
		at = end;
	}
}

static void draw_diff_row(const struct canvas *c, int y, const struct kb_diff_row *r, struct arena *a)
{
	static const char *const signs[] = {[KB_SAME] = " ", [KB_REMOVED] = "-", [KB_ADDED] = "+"};
	struct sv text = joined(r, a), line;
	size_t at = 0;
	char words[80];

	if (r->folded) {
		snprintf(words, sizeof(words), ngettext("%zu line the same", "%zu lines the same", r->folded), r->folded);
		if (y >= 0) {
			canvas_hline(c, y, 0, SIGN_W, ROLE_DIM);
			int x = SIGN_W + 1 + canvas_text(c, y, SIGN_W + 1, ROLE_DIM, words);
			canvas_hline(c, y, x + 1, c->r.w - x - 1, ROLE_DIM);
		}
		return;
	}
	if (y >= 0)
		canvas_text(c, y, 0, row_role(r) | (r->kind == KB_SAME ? 0 : STYLE_BOLD), signs[r->kind]);
	for (; y < c->r.h && wrap_next(text, &at, c->r.w - SIGN_W, &line); y++)
		if (y >= 0)
			draw_piece(c, y, r, text.p, (size_t)(line.p - text.p), (size_t)(line.p - text.p) + line.n);
}

static int diff_height(const struct kb_versions *v, int width)
{
	struct arena a = {0};
	int n = 0;

	for (size_t i = 0; i < v->n_diff; i++)
		n += diff_rows(&v->diff[i], width, &a);
	arena_release(&a);
	return n;
}

// The scroll stays within what there is, also after the window changed.
static int diff_top(const struct ui *u, const struct model *m, int height, int width)
{
	int over = diff_height(versions(m), width) - height, top = ui_view_const(u, m)->diff_scroll;

	return over <= 0 ? 0 : top > over ? over : top;
}

static bool unchanged(const struct kb_versions *v)
{
	for (size_t i = 0; i < v->n_diff; i++)
		if (v->diff[i].kind != KB_SAME)
			return false;
	return true;
}

void kb_diff_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kb_versions *v = versions(m);
	int top = diff_top(u, m, c->r.h, c->r.w), y = -top;
	struct arena a = {0};

	if (unchanged(v))
		canvas_wrap(c, 0, 0, ROLE_DIM, sv(_("The two versions read the same.")), 0);
	for (size_t i = 0; !unchanged(v) && i < v->n_diff && y < c->r.h; i++) {
		int h = diff_rows(&v->diff[i], c->r.w, &a);
		if (y + h > 0)
			draw_diff_row(c, y, &v->diff[i], &a);
		y += h;
	}
	if (top > 0)
		canvas_glyph(c, 0, c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (diff_height(v, c->r.w) - top > c->r.h)
		canvas_glyph(c, c->r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (focused)
		canvas_caret(c, 0, 0, false);
	arena_release(&a);
}

void kb_versions_title(const struct ui *u, const struct model *m, char *buf, size_t cap)
{
	const struct kb_versions *v = versions(m);

	if (kb_pane_at(u, m) == KB_AT_DIFF)
		snprintf(buf, cap, _("%s: version %d to %d"), v->id, v->from, v->to);
	else
		snprintf(buf, cap, ngettext("%s: %zu version", "%s: %zu versions", v->n), v->id, v->n);
}

// --- acting

bool kb_versions_open(struct ui *u, struct model *m, const char *id)
{
	struct kb_view *kb = kb_pane_view(m);
	struct view *v = ui_view(u, m);
	struct err e = {0};
	char copy[80];

	snprintf(copy, sizeof(copy), "%s", id);
	if (!model_kb_versions(m, model_work(m), copy, &e))
		return ui_try(m, false, &e);
	v->version = str_eq(kb->open_id, copy) && kb->open_ver ? kb->open_ver : kb->versions.rows[0].ver;
	v->against = 0;
	v->kb_at = KB_AT_VERSIONS;
	return true;
}

static int room_height(const struct ui *u, const struct model *m, int *width)
{
	enum kb_room room;
	struct rect r;

	if (!kb_reading_rect(u, m, &room, &r))
		r = (struct rect){0, 0, u->layout.body.h, u->layout.body.w};
	*width = r.w;
	return r.h;
}

static void scroll(struct ui *u, struct model *m, int delta)
{
	struct view *v = ui_view(u, m);
	int width, height = room_height(u, m, &width);

	v->diff_scroll = diff_top(u, m, height, width) + delta;
	v->diff_scroll = v->diff_scroll < 0 ? 0 : v->diff_scroll;
	v->diff_scroll = diff_top(u, m, height, width);
}

// The first line of the change after (dir 1) or before the top line; the first of a run of changed lines.
static void to_change(struct ui *u, struct model *m, int dir)
{
	const struct kb_versions *d = versions(m);
	struct view *v = ui_view(u, m);
	struct arena a = {0};
	int width, height = room_height(u, m, &width), top = diff_top(u, m, height, width), y = 0, found = -1;

	for (size_t i = 0; i < d->n_diff; i++) {
		bool begins = d->diff[i].kind != KB_SAME && (i == 0 || d->diff[i - 1].kind == KB_SAME);
		int at = y > KB_DIFF_CONTEXT ? y - KB_DIFF_CONTEXT : 0; // with what stands before it
		if (begins && dir > 0 && at > top && found < 0)
			found = at;
		if (begins && dir < 0 && at < top)
			found = at;
		y += diff_rows(&d->diff[i], width, &a);
	}
	arena_release(&a);
	if (found < 0)
		model_say_note(m, NOTE_INFO, dir > 0 ? _("There is no further change.") : _("There is no change before this one."));
	else
		v->diff_scroll = found;
}

static void select_by(struct ui *u, struct model *m, int delta)
{
	const struct kb_versions *v = versions(m);
	int row = (int)row_of(v, ui_view(u, m)->version) + delta;

	row = row < 0 ? 0 : row >= (int)v->n ? (int)v->n - 1 : row;
	ui_view(u, m)->version = v->rows[row].ver;
}

// Old to new, whichever of the two was marked; without a mark the version before it.
static bool difference(struct ui *u, struct model *m)
{
	const struct kb_versions *h = versions(m);
	struct view *v = ui_view(u, m);
	size_t row = row_of(h, v->version);
	int one = v->against, two = h->rows[row].ver;
	struct err e = {0};

	if (!one || one == two)
		one = row + 1 < h->n ? h->rows[row + 1].ver : 0;
	if (!one) {
		model_say_note(m, NOTE_INFO, _("This is the first version; none is before it. m marks one to compare."));
		return true;
	}
	if (!model_kb_difference(m, model_work(m), one < two ? one : two, one < two ? two : one, true, &e))
		return ui_try(m, false, &e);
	v->kb_at = KB_AT_DIFF;
	v->diff_scroll = 0;
	return true;
}

static bool fold(struct ui *u, struct model *m)
{
	const struct kb_versions *v = versions(m);
	struct err e = {0};

	ui_view(u, m)->diff_scroll = 0;
	return ui_try(m, model_kb_difference(m, model_work(m), v->from, v->to, !v->folded, &e), &e);
}

static bool open_version(struct ui *u, struct model *m)
{
	const struct kb_versions *v = versions(m);
	struct err e = {0};
	char id[80];

	snprintf(id, sizeof(id), "%s", v->id);
	return ui_try(m, kb_pane_open(u, m, id, ui_view(u, m)->version, KB_FROM_VERSIONS, &e), &e);
}

static void back(struct ui *u, struct model *m)
{
	struct view *v = ui_view(u, m);
	const struct kb_view *kb = kb_pane_view(m);

	if (kb_pane_at(u, m) == KB_AT_DIFF) {
		v->kb_at = KB_AT_VERSIONS;
		return;
	}
	model_kb_versions_close(m, model_work(m));
	v->kb_at = kb->open_id ? KB_AT_ARTICLE : KB_AT_LIST;
	if (v->kb_from == KB_FROM_VERSIONS)
		v->kb_from = KB_FROM_LIST;
}

bool kb_versions_act(struct ui *u, struct model *m, enum action a)
{
	bool diff = kb_pane_at(u, m) == KB_AT_DIFF;
	int width, page = room_height(u, m, &width) - 1, step = 0;

	page = page < 1 ? 1 : page;
	switch ((int)a) {
	case ACT_VERSION_BACK: back(u, m); return true;
	case ACT_VERSION_UP: case ACT_LIST_UP: step = -1; break;
	case ACT_VERSION_DOWN: case ACT_LIST_DOWN: step = 1; break;
	case ACT_VERSION_PAGE_UP: step = diff ? -page : -5; break;
	case ACT_VERSION_PAGE_DOWN: step = diff ? page : 5; break;
	case ACT_VERSION_OPEN: return diff || open_version(u, m);
	case ACT_VERSION_DIFF: return diff || difference(u, m);
	case ACT_VERSION_MARK:
		if (!diff)
			ui_view(u, m)->against = ui_view(u, m)->against == ui_view(u, m)->version ? 0 : ui_view(u, m)->version;
		return true;
	case ACT_VERSION_NEXT: case ACT_VERSION_PREV:
		if (diff)
			to_change(u, m, a == ACT_VERSION_NEXT ? 1 : -1);
		return true;
	case ACT_VERSION_FOLD: return !diff || fold(u, m);
	default: return false;
	}
	if (diff)
		scroll(u, m, step);
	else
		select_by(u, m, step);
	return true;
}
