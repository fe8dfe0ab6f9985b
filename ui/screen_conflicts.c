// SPDX-License-Identifier: MIT
// Knows the conflict desk: where its keys lead, and how it follows the model.
#include "src/base/i18n.h"
#include "ui/conflicts.h"

// --- what is selected

size_t conflicts_selected(const struct ui *u, const struct model *m)
{
	const struct conflict_desk *k = &u->conflicts;
	size_t n = conflicts_count(m, k->at), row = k->list[k->at].selected;

	return row < n ? row : n;
}

const struct conflict_row *conflict_in_hand(const struct ui *u, const struct model *m)
{
	const struct hub_rows *r = model_hub_shown(m);
	size_t row = conflicts_selected(u, m);

	return u->conflicts.at == CONFLICTS_OPEN && row < r->conflicts.n ? &r->conflicts.v[row] : NULL;
}

const struct refused_row *refused_in_hand(const struct ui *u, const struct model *m)
{
	const struct hub_rows *r = model_hub_shown(m);
	size_t row = conflicts_selected(u, m);

	return u->conflicts.at == CONFLICTS_REFUSED && row < r->refused.n ? &r->refused.v[row] : NULL;
}

size_t conflict_field(const struct ui *u, const struct model *m)
{
	const struct conflict_row *r = conflict_in_hand(u, m);

	return r && u->conflicts.field < r->n_fields ? u->conflicts.field : 0;
}

// --- following

int conflicts_top(const struct ui *u, const struct model *m, int h, int w)
{
	struct conflict_span s;
	int last = conflict_read(u, m, NULL, w, 0, &s) - h, at = u->conflicts.scroll;

	// The field in hand stays in sight: all of it, or its beginning. With the first one the reason above it is read again.
	if (conflict_in_hand(u, m) && !u->conflicts.by_hand) {
		if (conflict_field(u, m) == 0 && s.top + s.rows <= h)
			at = 0;
		if (s.top + s.rows > at + h)
			at = s.top + s.rows - h;
		if (s.top < at)
			at = s.top;
	}
	return at < 0 || last <= 0 ? 0 : at > last ? last : at;
}

static void scroll_by(struct ui *u, const struct model *m, int by)
{
	struct rect r = conflicts_read_rect(u, m, u->layout.body.h, u->layout.body.w);

	u->conflicts.scroll = conflicts_top(u, m, r.h, r.w) + by;
	u->conflicts.by_hand = true;
	u->conflicts.scroll = conflicts_top(u, m, r.h, r.w);
}

void conflicts_follow(struct ui *u, struct model *m)
{
	struct conflict_desk *k = &u->conflicts;

	conflict_sweep(m);
	if (u->screen != SCREEN_CONFLICTS)
		return;
	if ((int)k->at >= conflicts_lists(m))
		k->at = CONFLICTS_OPEN;
	if (k->at == CONFLICTS_STATIONS)
		model_hub_ask_stations(m);
	for (int i = 0; i < CONFLICT_LISTS; i++) {
		struct conflicts_rows rows = {u, m, (enum conflict_list)i};
		list_sync(&k->list[i], conflicts_count(m, rows.at), conflicts_row_id, &rows);
	}
	const struct conflict_row *r = conflict_in_hand(u, m);
	if (r && strcmp(r->id, k->of) != 0) {
		snprintf(k->of, sizeof(k->of), "%s", r->id);
		k->field = conflict_first_open(m, r, 0);
		k->scroll = 0;
		k->by_hand = false;
	}
	struct rect at = conflicts_read_rect(u, m, u->layout.body.h, u->layout.body.w);
	if (u->layout.body.w)
		k->scroll = conflicts_top(u, m, at.h, at.w);
}

bool conflicts_show(struct ui *u, struct model *m, enum conflict_list at)
{
	const struct place *old = ui_place(u, m);

	if (old->leave)
		old->leave(u, m);
	u->conflicts.at = at;
	u->screen = SCREEN_CONFLICTS;
	conflicts_follow(u, m);
	return true;
}

bool conflicts_toggle(struct ui *u, struct model *m)
{
	bool refused = !conflicts_count(m, CONFLICTS_OPEN) && conflicts_count(m, CONFLICTS_REFUSED);
	enum conflict_list at = refused ? CONFLICTS_REFUSED : CONFLICTS_OPEN;

	if (u->screen != SCREEN_CONFLICTS)
		return conflicts_show(u, m, at);
	u->screen = SCREEN_DESK;
	return true;
}

// --- deeds

void conflict_go_on(struct ui *u, struct model *m)
{
	const struct conflict_row *r = conflict_in_hand(u, m);
	size_t next = r ? conflict_first_open(m, r, conflict_field(u, m)) : 0;

	u->conflicts.by_hand = false;
	if (r && next < r->n_fields)
		u->conflicts.field = next;
}

bool conflict_waits(struct model *m, const struct conflict_row *r)
{
	if (r->waits)
		model_say_note(m, NOTE_INFO, _("Somebody else settles this one; it leaves the list by itself."));
	return r->waits;
}

static bool choose(struct ui *u, struct model *m, enum conflict_side side)
{
	const struct conflict_row *r = conflict_in_hand(u, m);

	if (!r || !r->n_fields || conflict_waits(m, r))
		return true;
	conflict_choose(m, r, conflict_field(u, m), side, NULL);
	if (side != CONFLICT_OPEN)
		conflict_go_on(u, m);
	return true;
}

static bool apply(struct ui *u, struct model *m)
{
	const struct conflict_row *r = conflict_in_hand(u, m);
	struct err e = {0};

	if (!r || conflict_waits(m, r))
		return true;
	size_t open = conflict_first_open(m, r, conflict_field(u, m));
	if (open < r->n_fields) {
		u->conflicts.field = open;
		u->conflicts.by_hand = false;
		model_say_note(m, NOTE_INFO, _("Choose first: %s."), r->fields[open].label);
		return true;
	}
	// The rows are read again by the commit: what the drafts are named after is kept until then.
	struct conflict_row old = *r;
	char id[80], no[80];
	snprintf(id, sizeof(id), "%s", r->id);
	snprintf(no, sizeof(no), "%s", r->about_no);
	size_t n = r->n_fields;
	struct conflict_field *names = xcalloc(n ? n : 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i].name = xstrdup(r->fields[i].name);
	old.id = id;
	old.fields = names;
	bool ok = conflict_settle(m, r, &e);
	if (ok) {
		conflict_forget(m, &old);
		model_say_note(m, NOTE_INFO, _("Settled: %s."), no);
	}
	for (size_t i = 0; i < n; i++)
		free((char *)(uintptr_t)names[i].name);
	free(names);
	return ui_try(m, ok, &e);
}

static bool noted(struct ui *u, struct model *m)
{
	const struct refused_row *r = refused_in_hand(u, m);
	struct err e = {0};

	return !r || ui_try(m, model_refused_seen(m, r->n, &e), &e);
}

// --- keys

static void go_to_list(struct ui *u, const struct model *m, int to)
{
	int n = conflicts_lists(m);

	u->conflicts.at = (enum conflict_list)((to + n) % n);
	u->conflicts.scroll = 0;
	u->conflicts.by_hand = false;
}

static bool move_row(struct ui *u, const struct model *m, enum action a)
{
	struct conflicts_rows rows = {u, m, u->conflicts.at};
	int h = conflicts_list_rect(u, m, u->layout.body.h, u->layout.body.w).h;

	return list_act(&u->conflicts.list[rows.at], a, h > 0 ? h : 1, conflicts_count(m, rows.at), conflicts_row_id, &rows);
}

// In a conflict the arrows go from field to field, and from the last one to the next conflict.
static bool move_field(struct ui *u, const struct model *m, int by)
{
	const struct conflict_row *r = conflict_in_hand(u, m);
	size_t at = conflict_field(u, m);

	u->conflicts.by_hand = false;
	if (by < 0 && at > 0)
		u->conflicts.field = at - 1;
	else if (by > 0 && at + 1 < r->n_fields)
		u->conflicts.field = at + 1;
	else
		return move_row(u, m, by < 0 ? ACT_LIST_UP : ACT_LIST_DOWN);
	return true;
}

static bool move(struct ui *u, const struct model *m, enum action a)
{
	if (!conflict_in_hand(u, m))
		return move_row(u, m, a);
	int page = conflicts_read_rect(u, m, u->layout.body.h, u->layout.body.w).h - 1;
	switch ((int)a) {
	case ACT_LIST_UP: return move_field(u, m, -1);
	case ACT_LIST_DOWN: return move_field(u, m, 1);
	case ACT_LIST_PAGE_UP: scroll_by(u, m, -page); return true;
	case ACT_LIST_PAGE_DOWN: scroll_by(u, m, page); return true;
	default: return move_row(u, m, a);
	}
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u, (void)m;
	return CTX_CONFLICTS | CTX_LIST;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	switch ((int)a) {
	case ACT_CONFLICT_MINE: return choose(u, m, CONFLICT_MINE);
	case ACT_CONFLICT_THEIRS: return choose(u, m, CONFLICT_THEIRS);
	case ACT_CONFLICT_UNDO: return choose(u, m, CONFLICT_OPEN);
	case ACT_CONFLICT_OTHER: return ask_conflict_other(u, m);
	case ACT_CONFLICT_APPLY: return apply(u, m);
	case ACT_CONFLICT_NOTED: return noted(u, m);
	case ACT_CONFLICT_NEXT: move_row(u, m, ACT_LIST_DOWN); return true;
	case ACT_CONFLICT_PREV: move_row(u, m, ACT_LIST_UP); return true;
	case ACT_CONFLICT_LIST: go_to_list(u, m, (int)u->conflicts.at + 1); return true;
	case ACT_CONFLICT_LIST_BACK: go_to_list(u, m, (int)u->conflicts.at - 1); return true;
	case ACT_POPUP_CANCEL: u->screen = SCREEN_DESK; return true;
	case ACT_LIST_SEARCH: return ui_act(u, m, ACT_SEARCH);
	default: return move(u, m, a);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	if (paste.n || k.kind != K_CHAR || k.cp < '1' || k.cp >= '1' + (uint32_t)conflicts_lists(m))
		return false;
	go_to_list(u, m, (int)(k.cp - '1'));
	m->changed = true;
	return true;
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct rect b = u->layout.body, r = conflicts_list_rect(u, m, b.h, b.w);
	struct conflicts_rows rows = {u, m, u->conflicts.at};
	struct list *l = &u->conflicts.list[rows.at];
	size_t n = conflicts_count(m, rows.at);

	if (wheel != ACT_NONE) {
		scroll_by(u, m, wheel == ACT_LIST_UP ? -3 : 3);
	} else if (rect_has((struct rect){b.y + r.y, b.x + r.x, r.h, r.w}, y, x)) {
		list_select(l, list_top(l->wanted, l->selected, r.h, n) + (size_t)(y - b.y - r.y), r.h, n, conflicts_row_id, &rows);
	}
}

static void enter(struct ui *u, struct model *m)
{
	conflicts_follow(u, m);
}

const struct place place_conflicts = {
	.title = N_("Conflict desk"),
	.contexts = contexts,
	.draw = conflicts_draw,
	.act = act,
	.text = text,
	.enter = enter,
	.mouse = mouse,
};
