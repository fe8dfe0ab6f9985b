// SPDX-License-Identifier: MIT
// Knows the screen of those who look after the knowledge base: its four lists, how they follow the model, and where keys lead.
#include "ui/kbdesk.h"

#include "src/base/i18n.h"
#include "src/desk/role.h"

struct kbdesk *kbdesk(struct ui *u)
{
	if (!u->kbdesk)
		u->kbdesk = xcalloc(1, sizeof(*u->kbdesk));
	return u->kbdesk;
}

const struct kbdesk *kbdesk_looked_at(const struct ui *u)
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
	const struct kbdesk *k = kbdesk_looked_at(u);
	size_t n = kbdesk_count(m, k->at), row = k->list[k->at].selected;

	return row < n ? row : n;
}

const struct kb_next *kbdesk_draft(const struct ui *u, const struct model *m)
{
	size_t row = kbdesk_row(u, m);

	return kbdesk_looked_at(u)->at == KBDESK_DRAFTS && row < m->desk.n_drafts ? &m->desk.drafts[row] : NULL;
}

const struct kb_gap *kbdesk_gap(const struct ui *u, const struct model *m)
{
	size_t row = kbdesk_row(u, m);

	return kbdesk_looked_at(u)->at == KBDESK_GAPS && row < m->desk.n_gaps ? &m->desk.gaps[row] : NULL;
}

const char *kbdesk_article_id(const struct ui *u, const struct model *m)
{
	size_t row = kbdesk_row(u, m);
	enum kbdesk_list at = kbdesk_looked_at(u)->at;

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

static void scroll_by(struct ui *u, struct kbdesk *k, int by)
{
	struct rect r = kbdesk_read_rect(u, k);
	int last = kbdesk_read_lines(&k->read, r.w) - r.h, to = k->scroll + by;

	last = last > 0 ? last : 0;
	k->scroll = to < 0 ? 0 : to > last ? last : to;
}

static bool scroll(struct ui *u, struct kbdesk *k, enum action a)
{
	int page = kbdesk_read_rect(u, k).h - 1;

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
	int h = kbdesk_list_rect(u->layout.body.h, u->layout.body.w).h;

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
	struct rect b = u->layout.body, r = kbdesk_list_rect(b.h, b.w);
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
	.draw = kbdesk_draw,
	.act = act,
	.text = text,
	.enter = enter,
	.mouse = mouse,
};
