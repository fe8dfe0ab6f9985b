// SPDX-License-Identifier: MIT
// Knows the screen of those who look after the knowledge base: its four lists, what is read beside them, and where keys lead.
#include "ui/kbdesk.h"

#include "src/base/i18n.h"
#include "src/desk/role.h"

enum {
	SIDE_BY_SIDE = 110, // columns from which the text stands beside the list
	LIST_LEAST = 56,
	BRIEF_ROWS = 4, // of the text, below the list of a narrow screen
	HEAD_ROWS = 2,  // title and tabs
};

struct kbdesk *kbdesk(struct ui *u)
{
	if (!u->kbdesk)
		u->kbdesk = xcalloc(1, sizeof(*u->kbdesk));
	return u->kbdesk;
}

static const struct kbdesk *looked_at(const struct ui *u)
{
	static const struct kbdesk none;

	return u->kbdesk ? u->kbdesk : &none;
}

void kbdesk_free(struct kbdesk *k)
{
	if (!k)
		return;
	kbdesk_read_release(&k->read);
	for (int f = 0; f < WRITE_FIELDS; f++) {
		lineedit_release(&k->write.f[f].line);
		free(k->write.f[f].was);
	}
	arena_release(&k->write.arena);
	free(k);
}

// --- rows

size_t kbdesk_count(const struct model *m, enum kbdesk_list list)
{
	switch (list) {
	case KBDESK_DRAFTS: return m->desk.n_drafts;
	case KBDESK_GAPS: return m->desk.n_gaps;
	case KBDESK_DOUBTS: return m->desk.n_doubts;
	case KBDESK_READERS: return m->desk.n_readers;
	}
	BUG("list %d", (int)list);
}

size_t kbdesk_row(const struct ui *u, const struct model *m)
{
	const struct kbdesk *k = looked_at(u);
	size_t n = kbdesk_count(m, k->at), row = k->list[k->at].selected;

	return row < n ? row : n;
}

const struct kb_next *kbdesk_draft(const struct ui *u, const struct model *m)
{
	size_t row = kbdesk_row(u, m);

	return looked_at(u)->at == KBDESK_DRAFTS && row < m->desk.n_drafts ? &m->desk.drafts[row] : NULL;
}

const struct kb_gap *kbdesk_gap(const struct ui *u, const struct model *m)
{
	size_t row = kbdesk_row(u, m);

	return looked_at(u)->at == KBDESK_GAPS && row < m->desk.n_gaps ? &m->desk.gaps[row] : NULL;
}

const char *kbdesk_article_id(const struct ui *u, const struct model *m)
{
	size_t row = kbdesk_row(u, m);
	enum kbdesk_list at = looked_at(u)->at;

	if (row >= kbdesk_count(m, at))
		return NULL;
	switch (at) {
	case KBDESK_DRAFTS: return m->desk.drafts[row].id;
	case KBDESK_GAPS: return *m->desk.gaps[row].article_id ? m->desk.gaps[row].article_id : NULL;
	case KBDESK_DOUBTS: return m->desk.doubts[row].id;
	case KBDESK_READERS: return m->desk.readers[row].id;
	}
	BUG("list %d", (int)at);
}

// --- following the model

static void look_what_may(struct ui *u, struct model *m)
{
	static const enum kb_verb of_articles[] = {KB_DO_SUBMIT, KB_DO_RETURN, KB_DO_APPROVE, KB_DO_DISCARD, KB_DO_RETIRE, KB_DO_HIDE,
						   KB_DO_CONFIRM},
				  of_gaps[] = {KB_DO_GAP_ACCEPT, KB_DO_GAP_DRAFT, KB_DO_GAP_SAME, KB_DO_GAP_REJECT, KB_DO_GAP_REOPEN};
	struct kbdesk *k = u->kbdesk;
	const struct kb_gap *g = kbdesk_gap(u, m);
	const char *id = kbdesk_article_id(u, m);
	struct arena a = {0};
	struct err e = {0};
	struct kb_text t;
	int base, rev;

	k->may = 0;
	for (size_t i = 0; !g && id && i < sizeof(of_articles) / sizeof(*of_articles); i++)
		k->may |= model_kb_may(m, of_articles[i], id) ? 1u << of_articles[i] : 0;
	for (size_t i = 0; g && i < sizeof(of_gaps) / sizeof(*of_gaps); i++)
		k->may |= model_kb_may_gap(m, of_gaps[i], g->id) ? 1u << of_gaps[i] : 0;
	k->may_edit = id && model_kb_edit(m, id, &t, &base, &rev, &a, &e);
	arena_release(&a);
}

static void sync_lists(struct ui *u, struct model *m)
{
	struct kbdesk *k = u->kbdesk;

	for (int i = 0; i < KBDESK_LISTS; i++) {
		struct kbdesk_rows rows = {u, m, (enum kbdesk_list)i};
		list_sync(&k->list[i], kbdesk_count(m, rows.at), kbdesk_row_id, &rows);
	}
	k->turn = m->desk.turn;
}

// A draft that was just made is there once it is saved: its text is what comes next.
static void write_what_waits(struct ui *u, struct model *m)
{
	struct kbdesk *k = u->kbdesk;
	char id[sizeof(k->write_when)];

	for (size_t i = 0; k->write_when[0] && i < m->desk.n_drafts; i++)
		if (strcmp(m->desk.drafts[i].id, k->write_when) == 0) {
			memcpy(id, k->write_when, sizeof(id));
			k->write_when[0] = '\0';
			kbdesk_go(u, m, KBDESK_DRAFTS, id);
			if (u->popup.kind == POPUP_NONE && !k->write.on)
				kb_write_open(u, m, id);
		}
}

void kbdesk_follow(struct ui *u, struct model *m)
{
	struct kbdesk *k = u->kbdesk;
	char of[sizeof(k->read.of)];

	if (!k || u->screen != SCREEN_KB_DESK)
		return;
	if (k->turn != m->desk.turn)
		sync_lists(u, m);
	write_what_waits(u, m);
	struct kbdesk_rows rows = {u, m, k->at};
	size_t row = kbdesk_row(u, m);
	snprintf(of, sizeof(of), "%d %u %d %d %s", (int)k->at, k->turn, k->changes, (int)i18n_lang(),
		 row < kbdesk_count(m, k->at) ? kbdesk_row_id(&rows, row) : "");
	if (strcmp(of, k->read.of) == 0)
		return;
	kbdesk_read_row(u, m, &k->read);
	memcpy(k->read.of, of, sizeof(of));
	look_what_may(u, m);
	m->changed = true;
}

void kbdesk_go(struct ui *u, struct model *m, enum kbdesk_list list, const char *id)
{
	struct kbdesk *k = kbdesk(u);
	struct kbdesk_rows rows = {u, m, list};

	k->at = list;
	k->open = false;
	k->scroll = 0;
	snprintf(k->list[list].id, sizeof(k->list[list].id), "%s", id);
	list_sync(&k->list[list], kbdesk_count(m, list), kbdesk_row_id, &rows);
	// A row that comes with the next refresh is found by its name then.
	snprintf(k->list[list].id, sizeof(k->list[list].id), "%s", id);
}

void kbdesk_show(struct ui *u, struct model *m)
{
	const struct place *old = ui_place(u, m);

	if (old->leave)
		old->leave(u, m);
	kbdesk(u);
	u->screen = SCREEN_KB_DESK;
	model_kb_desk_refresh(m);
	if (!u->kbdesk->write.on)
		kb_write_come_back(u, m);
	kbdesk_follow(u, m);
}

void kbdesk_toggle(struct ui *u, struct model *m)
{
	if (u->screen == SCREEN_KB_DESK)
		u->screen = SCREEN_DESK;
	else
		kbdesk_show(u, m);
}

// --- drawing

static void draw_tabs(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct kbdesk *k = looked_at(u);
	int x = 1;

	for (int i = 0; i < KBDESK_LISTS; i++) {
		bool here = (enum kbdesk_list)i == k->at;
		char text[96];
		snprintf(text, sizeof(text), here ? "[%d %s %zu]" : " %d %s %zu ", i + 1, kbdesk_list_label((enum kbdesk_list)i),
			 kbdesk_count(m, (enum kbdesk_list)i));
		x += canvas_text(c, 0, x, here ? ROLE_TITLE | STYLE_FOCUS : ROLE_DIM, text) + 1;
	}
}

struct hint {
	enum action act;
	const char *words; // NULL: of the action
};

static bool may(const struct kbdesk *k, enum kb_verb v)
{
	return k->may & (1u << v);
}

static size_t draft_hints(const struct kbdesk *k, const struct kb_next *d, const struct model *m, struct hint *out)
{
	size_t n = 0;

	if (k->may_edit)
		out[n++] = (struct hint){ACT_DESK_EDIT, NULL};
	if (may(k, KB_DO_SUBMIT))
		out[n++] = (struct hint){ACT_DESK_SUBMIT, NULL};
	if (may(k, KB_DO_APPROVE))
		out[n++] = (struct hint){ACT_DESK_ACCEPT, _("Approve")};
	if (may(k, KB_DO_RETURN))
		out[n++] = (struct hint){ACT_DESK_RETURN, kb_drafts_writer(d, m->agent_id) ? _("Take back") : NULL};
	if (may(k, KB_DO_DISCARD))
		out[n++] = (struct hint){ACT_DESK_DISCARD, NULL};
	if (d->base_ver)
		out[n++] = (struct hint){ACT_DESK_CHANGES, k->changes ? _("Whole text") : NULL};
	return n;
}

static size_t gap_hints(const struct kbdesk *k, struct hint *out)
{
	size_t n = 0;

	if (may(k, KB_DO_GAP_ACCEPT))
		out[n++] = (struct hint){ACT_DESK_ACCEPT, NULL};
	if (may(k, KB_DO_GAP_DRAFT))
		out[n++] = (struct hint){ACT_DESK_DRAFT, NULL};
	if (k->may_edit)
		out[n++] = (struct hint){ACT_DESK_EDIT, NULL};
	if (may(k, KB_DO_GAP_SAME))
		out[n++] = (struct hint){ACT_DESK_SAME, NULL};
	if (may(k, KB_DO_GAP_REJECT))
		out[n++] = (struct hint){ACT_DESK_DISCARD, _("Turn down")};
	if (may(k, KB_DO_GAP_REOPEN))
		out[n++] = (struct hint){ACT_DESK_REOPEN, NULL};
	return n;
}

static size_t article_hints(const struct kbdesk *k, struct hint *out)
{
	size_t n = 0;

	if (may(k, KB_DO_CONFIRM))
		out[n++] = (struct hint){ACT_DESK_VALID, NULL};
	if (k->may_edit)
		out[n++] = (struct hint){ACT_DESK_EDIT, NULL};
	if (may(k, KB_DO_RETIRE))
		out[n++] = (struct hint){ACT_DESK_RETIRE, NULL};
	if (may(k, KB_DO_HIDE))
		out[n++] = (struct hint){ACT_DESK_HIDE, NULL};
	return n;
}

// What is allowed on the selected row.
static size_t row_hints(const struct ui *u, const struct model *m, struct hint *out)
{
	const struct kbdesk *k = looked_at(u);

	switch (k->at) {
	case KBDESK_DRAFTS: return kbdesk_draft(u, m) ? draft_hints(k, kbdesk_draft(u, m), m, out) : 0;
	case KBDESK_GAPS: return kbdesk_gap(u, m) ? gap_hints(k, out) : 0;
	case KBDESK_DOUBTS: return article_hints(k, out);
	case KBDESK_READERS: return 0;
	}
	return 0;
}

static void draw_hints(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct kbdesk *k = looked_at(u);
	struct hint h[20];
	size_t n = 0;
	int x = 0;

	if (kbdesk_count(m, k->at))
		h[n++] = (struct hint){k->open ? ACT_POPUP_CANCEL : ACT_LIST_OPEN, k->open ? _("To the list") : _("Read")};
	n += row_hints(u, m, h + n);
	if (!k->open) {
		h[n++] = (struct hint){ACT_DESK_NEXT, NULL};
		h[n++] = (struct hint){ACT_POPUP_CANCEL, NULL};
		if (user_may(m->roles, RIGHT_KB_WRITE))
			h[n++] = (struct hint){ACT_DESK_NEW, NULL};
		if (k->at == KBDESK_GAPS)
			h[n++] = (struct hint){ACT_DESK_CLOSED, m->desk.all_gaps ? _("Open ones only") : NULL};
		if (user_may(m->roles, RIGHT_KB_RETIRE))
			h[n++] = (struct hint){ACT_DESK_BACK, NULL};
	}
	for (size_t i = 0; i < n; i++) {
		int used = ui_hint(u, c, 0, x, CTX_KB_DESK | CTX_LIST, h[i].act, h[i].words ? h[i].words : _(action_info(h[i].act)->hint));
		x += used ? used + 2 : 0;
	}
}

static int list_width(int w)
{
	int half = w / 2;

	return half < LIST_LEAST ? LIST_LEAST : half;
}

// Rows and columns of the list in a body of that size; the rest of the columns, or the rows below, are for the text.
static struct rect list_rect(int h, int w)
{
	int rows = h - HEAD_ROWS - 1;
	bool beside = w >= SIDE_BY_SIDE;

	return (struct rect){HEAD_ROWS, 1, beside ? rows : rows - BRIEF_ROWS - 1, (beside ? list_width(w) : w) - 2};
}

static void draw_list(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kbdesk *k = looked_at(u);
	struct kbdesk_rows rows = {u, m, k->at};
	struct list_view v = {.count = kbdesk_count(m, k->at), .draw = kbdesk_row_draw, .ctx = &rows, .focused = focused,
			      .empty = kbdesk_empty(k->at)};

	list_draw(&k->list[k->at], c, &v);
}

static void draw_text_beside(const struct ui *u, const struct canvas *c, int x)
{
	const struct kbdesk *k = looked_at(u);
	struct canvas text = canvas_sub(c, (struct rect){HEAD_ROWS + 1, x + 2, c->r.h - HEAD_ROWS - 2, c->r.w - x - 3});

	canvas_vline(c, HEAD_ROWS, x, c->r.h - HEAD_ROWS - 1, ROLE_DIM);
	canvas_text(c, HEAD_ROWS, x + 2, ROLE_ACCENT | STYLE_BOLD, k->read.title ? k->read.title : "");
	kbdesk_read_draw(u, &k->read, &text, k->scroll, false);
}

static void draw_lists(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kbdesk *k = looked_at(u);
	struct rect r = list_rect(c->r.h, c->r.w);
	struct canvas tabs = canvas_sub(c, (struct rect){1, 0, 1, c->r.w}), list = canvas_sub(c, r);

	draw_tabs(u, m, &tabs);
	draw_list(u, m, &list, focused);
	if (c->r.w >= SIDE_BY_SIDE) {
		draw_text_beside(u, c, list_width(c->r.w));
		return;
	}
	struct canvas rule = canvas_sub(c, (struct rect){r.y + r.h, 0, 1, c->r.w});
	canvas_title(&rule, 0, k->read.title ? k->read.title : "", NULL, false);
	struct canvas brief = canvas_sub(c, (struct rect){r.y + r.h + 1, 1, BRIEF_ROWS, c->r.w - 2});
	kbdesk_read_draw(u, &k->read, &brief, 0, false);
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct kbdesk *k = looked_at(u);
	struct str roles = {0};

	if (c->r.h < 8 || c->r.w < 20)
		return;
	user_roles_say(m->roles, &roles);
	if (k->open) {
		struct canvas text = canvas_sub(c, (struct rect){1, 1, c->r.h - 2, c->r.w - 2});
		canvas_title(c, 0, k->read.title ? k->read.title : _("Knowledge desk"), kbdesk_list_label(k->at), focused);
		kbdesk_read_draw(u, &k->read, &text, k->scroll, focused);
	} else {
		canvas_title(c, 0, _("Knowledge desk"), str_z(&roles), focused);
		draw_lists(u, m, c, focused);
	}
	struct canvas bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	draw_hints(u, m, &bottom);
	str_release(&roles);
}

// --- keys

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u, (void)m;
	return CTX_KB_DESK | CTX_LIST;
}

static void go_to_list(struct kbdesk *k, int to)
{
	k->at = (enum kbdesk_list)((to + KBDESK_LISTS) % KBDESK_LISTS);
	k->open = k->changes = false;
	k->scroll = 0;
}

static int read_height(const struct ui *u, const struct kbdesk *k)
{
	int h = u->layout.body.h - (k->open ? 2 : HEAD_ROWS + 2);

	return h > 1 ? h : 1;
}

static int read_width(const struct ui *u, const struct kbdesk *k)
{
	int w = u->layout.body.w;

	return k->open || w < SIDE_BY_SIDE ? w - 2 : w - list_width(w) - 3;
}

static void scroll_by(struct ui *u, struct kbdesk *k, int by)
{
	int last = kbdesk_read_lines(&k->read, read_width(u, k)) - read_height(u, k), to = k->scroll + by;

	last = last > 0 ? last : 0;
	k->scroll = to < 0 ? 0 : to > last ? last : to;
}

static bool scroll(struct ui *u, struct kbdesk *k, enum action a)
{
	int page = read_height(u, k) - 1;

	switch ((int)a) {
	case ACT_LIST_UP: scroll_by(u, k, -1); return true;
	case ACT_LIST_DOWN: scroll_by(u, k, 1); return true;
	case ACT_LIST_PAGE_UP: scroll_by(u, k, -page); return true;
	case ACT_LIST_PAGE_DOWN: scroll_by(u, k, page); return true;
	case ACT_LIST_FIRST: k->scroll = 0; return true;
	case ACT_LIST_LAST: scroll_by(u, k, 1 << 20); return true;
	default: return false;
	}
}

static bool move(struct ui *u, struct model *m, enum action a)
{
	struct kbdesk *k = u->kbdesk;
	struct kbdesk_rows rows = {u, m, k->at};
	size_t before = k->list[k->at].selected;
	int h = list_rect(u->layout.body.h, u->layout.body.w).h;

	if (!list_act(&k->list[k->at], a, h > 0 ? h : 1, kbdesk_count(m, k->at), kbdesk_row_id, &rows))
		return false;
	if (k->list[k->at].selected != before)
		k->scroll = 0;
	return true;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct kbdesk *k = kbdesk(u);

	switch ((int)a) {
	case ACT_DESK_NEXT: go_to_list(k, (int)k->at + 1); return true;
	case ACT_DESK_PREV: go_to_list(k, (int)k->at - 1); return true;
	case ACT_LIST_OPEN:
		if (!k->open && kbdesk_count(m, k->at))
			k->open = true, k->scroll = 0;
		return true;
	case ACT_POPUP_CANCEL:
		if (k->open)
			k->open = false, k->scroll = 0;
		else
			u->screen = SCREEN_DESK;
		return true;
	case ACT_DESK_CHANGES:
		k->changes = !k->changes;
		k->scroll = 0;
		return true;
	case ACT_LIST_SEARCH: return ui_act(u, m, ACT_SEARCH);
	default:
		return (k->open ? scroll(u, k, a) : move(u, m, a)) || kbdesk_act(u, m, a);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)m;
	if (paste.n || k.kind != K_CHAR || k.cp < '1' || k.cp >= '1' + KBDESK_LISTS)
		return false;
	go_to_list(kbdesk(u), (int)(k.cp - '1'));
	m->changed = true;
	return true;
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct kbdesk *k = kbdesk(u);
	struct rect b = u->layout.body, r = list_rect(b.h, b.w);
	struct kbdesk_rows rows = {u, m, k->at};
	size_t n = kbdesk_count(m, k->at);

	if (wheel != ACT_NONE && (k->open || x >= b.x + r.x + r.w + 2))
		scroll_by(u, k, wheel == ACT_LIST_UP ? -3 : 3);
	else if (wheel != ACT_NONE)
		move(u, m, wheel);
	else if (!k->open && rect_has((struct rect){b.y + r.y, b.x + r.x, r.h, r.w}, y, x)) {
		size_t top = list_top(k->list[k->at].wanted, k->list[k->at].selected, r.h, n);
		if (list_select(&k->list[k->at], top + (size_t)(y - b.y - r.y), r.h, n, kbdesk_row_id, &rows))
			k->scroll = 0;
	}
}

static void enter(struct ui *u, struct model *m)
{
	kbdesk_follow(u, m);
}

const struct place place_kb_desk = {
	.title = N_("Knowledge desk"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.enter = enter,
	.mouse = mouse,
};
