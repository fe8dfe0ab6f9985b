// SPDX-License-Identifier: MIT
// Knows the screen between calls: my tickets, call-backs and to-do, notices; each empty list says what would fill it.
#include "src/base/i18n.h"
#include "src/work/hub.h"
#include "ui/ui.h"

enum { HOME_TICKETS, HOME_TODO, HOME_NOTICES };
enum { SUBJECT_MIN = 28 };

static size_t count(const struct model *m, int which)
{
	switch (which) {
	case HOME_TICKETS: return m->home.tickets.n;
	case HOME_TODO: return m->home.callbacks.n;
	default: return m->home.notices.n;
	}
}

static const char *id_of(const struct model *m, int which, size_t i)
{
	switch (which) {
	case HOME_TICKETS: return m->home.tickets.v[i].id;
	case HOME_TODO: return m->home.callbacks.v[i].id;
	default: return m->home.notices.v[i].id;
	}
}

struct rows {
	const struct ui *u;
	const struct model *m;
	int which;
};

static const char *row_id(const void *ctx, size_t i)
{
	const struct rows *r = ctx;

	return id_of(r->m, r->which, i);
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u;
	(void)m;
	return CTX_HOME | CTX_LIST;
}

// --- rows

// "06:12" left, or the day and hour when it is far.
static void due_text(const struct model *m, int64_t due, char *buf, size_t cap)
{
	int64_t left = due - clock_wall(m->clock);

	if (!due)
		snprintf(buf, cap, "%s", "");
	else if (left < 0)
		snprintf(buf, cap, "%s", _("overdue"));
	else if (left < 3600000)
		ui_duration(left, buf, cap);
	else
		ui_time(m, due, "%m-%d %H:%M", buf, cap);
}

// The number in full where the subject has room beside it, else its last two groups ("0006-H"); the ticket itself shows all.
static const char *number_for(const char *no, int room)
{
	const char *tail = strrchr(no, '-');

	if (room - canvas_columns(sv(no)) >= SUBJECT_MIN || !tail)
		return no;
	while (tail > no && tail[-1] != '-')
		tail--;
	return tail;
}

static bool in_conflict(const struct model *m, const struct home_ticket *t)
{
	const struct hub_rows *h = model_hub_shown(m);

	for (size_t i = 0; i < h->conflicts.n; i++)
		if (str_eq(h->conflicts.v[i].about_e, t->id))
			return true;
	return false;
}

static void ticket_row(const struct rows *r, const struct canvas *c, const struct home_ticket *t, unsigned style)
{
	char due[24], right[64];
	unsigned role = t->breached ? ROLE_ALARM : t->pinned ? ROLE_WARN : ROLE_PLAIN;
	int limit, x;

	due_text(r->m, t->due_at, due, sizeof(due));
	snprintf(right, sizeof(right), "%s%s%s ", in_conflict(r->m, t) ? _("! conflict  ") : "", t->paused ? _("paused ") : "", due);
	limit = canvas_right(c, 0, role | style, right);
	struct canvas left = canvas_sub(c, (struct rect){0, 0, 1, limit - 1});
	x = 2 + canvas_text(&left, 0, 2, role | style, t->breached ? "×" : t->pinned ? "!" : " ") + 1;
	x += canvas_text(&left, 0, x, ROLE_DIM | style, number_for(t->no, left.r.w - x)) + 1;
	x += canvas_printf(&left, 0, x, role | style, "P%d", (int)t->priority) + 1;
	canvas_text(&left, 0, x, ROLE_PLAIN | style, t->title);
}

static void todo_row(const struct rows *r, const struct canvas *c, const struct home_callback *t, unsigned style)
{
	char due[24];
	int x = 2;

	ui_time(r->m, t->due_at, "%m-%d %H:%M", due, sizeof(due));
	x += canvas_text(c, 0, x, t->due_at < clock_wall(r->m->clock) ? ROLE_ALARM | style : ROLE_ACCENT | style, due) + 2;
	x += canvas_text(c, 0, x, ROLE_DIM | style, _("call back")) + 1;
	x += canvas_text(c, 0, x, ROLE_PLAIN | style, t->who) + 2;
	canvas_text(c, 0, x, ROLE_PLAIN | style, t->text);
}

static void notice_row(const struct rows *r, const struct canvas *c, const struct home_notice *t, unsigned style)
{
	char day[16];
	int x = 2;

	ui_time(r->m, t->at, "%m-%d", day, sizeof(day));
	x += canvas_text(c, 0, x, ROLE_DIM | style, day) + 2;
	if (t->must_read)
		x += canvas_text(c, 0, x, (t->late ? ROLE_ALARM : ROLE_WARN) | style, t->late ? _("!! must read, late") : _("! must read")) + 2;
	else if (t->gap)
		x += canvas_text(c, 0, x, ROLE_ACCENT | style, kb_gap_state_label(t->gap_state)) + 2;
	if (*t->id)
		x += canvas_text(c, 0, x, ROLE_DIM | style, t->id) + 1;
	canvas_text(c, 0, x, ROLE_PLAIN | style, t->text);
}

static void draw_row(const void *ctx, const struct canvas *c, size_t i, unsigned style)
{
	const struct rows *r = ctx;

	switch (r->which) {
	case HOME_TICKETS: ticket_row(r, c, &r->m->home.tickets.v[i], style); break;
	case HOME_TODO: todo_row(r, c, &r->m->home.callbacks.v[i], style); break;
	default: notice_row(r, c, &r->m->home.notices.v[i], style); break;
	}
}

// Nobody else changes the lists, or they are as they are at the hub.
static bool no_news(const struct model *m)
{
	enum hub_line l = model_hub(m)->line;

	return l == HUB_NONE || l == HUB_ONLINE;
}

static void draw_list(const struct ui *u, const struct model *m, const struct canvas *c, int which, bool focused)
{
	static const char *const titles[] = {N_("My tickets"), N_("Call-backs and to-do"), N_("Notices and must-reads")};
	static const char *const empty[] = {
		N_("No open ticket. Tickets made from calls (M-i) stand here until they are solved."),
		N_("Nothing promised. A call-back booked in a call (M-k) stands here with its time."),
		N_("No notices."),
	};
	struct rows rows = {u, m, which};
	struct arena a = {0};
	char title[96];

	snprintf(title, sizeof(title), count(m, which) ? "%s %zu" : "%s", _(titles[which]), count(m, which));
	const char *as_of = which == HOME_NOTICES || no_news(m) ? "" : model_as_of(m, model_hub(m)->synced_at, &a);
	canvas_title(c, 0, title, *as_of ? as_of : NULL, focused);
	arena_release(&a);
	struct canvas body = canvas_sub(c, (struct rect){1, 1, c->r.h - 1, c->r.w - 2});
	list_draw(&u->home_list[which], &body,
		  &(struct list_view){.count = count(m, which), .draw = draw_row, .ctx = &rows, .empty = _(empty[which]), .focused = focused});
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	for (int i = 0; i < 3; i++) {
		struct rect r = u->layout.home[i];
		struct canvas part = canvas_sub(c, (struct rect){r.y - c->r.y, r.x - c->r.x, r.h, r.w});
		if (!rect_empty(r))
			draw_list(u, m, &part, i, focused && u->home_at == i);
	}
	for (int i = 0; i < u->layout.nsep; i++)
		canvas_vline(c, u->layout.sep[i].y - c->r.y, u->layout.sep[i].x - c->r.x, u->layout.sep[i].h, ROLE_DIM);
}

// --- acting

// The answer to a case that was reported is taken note of by looking at it: once.
static bool open_notice(struct ui *u, struct model *m, const struct home_notice *n)
{
	char id[80];
	int64_t gap = n->gap;
	struct err e = {0};

	snprintf(id, sizeof(id), "%s", n->id);
	if (gap && !*id)
		return ask_gap_answer(u, m, n);
	ui_focus(u, m, PANE_KB);
	return ui_try(m, kb_pane_open(u, m, id, 0, KB_FROM_LIST, &e) && (!gap || model_kb_gap_seen(m, gap, &e)), &e);
}

static bool open_row(struct ui *u, struct model *m)
{
	size_t i = u->home_list[u->home_at].selected;

	if (i >= count(m, u->home_at)) {
		model_say_note(m, NOTE_INFO, _("The list is empty."));
		return true;
	}
	switch (u->home_at) {
	case HOME_TICKETS: return ticket_show(u, m, m->home.tickets.v[i].id);
	case HOME_TODO: return ask_callback_due(u, m, &m->home.callbacks.v[i]);
	default: return open_notice(u, m, &m->home.notices.v[i]);
	}
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct rows rows = {u, m, u->home_at};
	int h = u->layout.home[u->home_at].h - 1;

	switch ((int)a) {
	case ACT_HOME_TOGGLE:
		u->home_at = (u->home_at + 1) % 3;
		return true;
	case ACT_LIST_OPEN: return open_row(u, m);
	case ACT_LIST_SEARCH: return ui_act(u, m, ACT_SEARCH);
	case ACT_POPUP_CANCEL: return true;
	default:
		return list_act(&u->home_list[u->home_at], a, h > 0 ? h : 1, count(m, u->home_at), row_id, &rows);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)u;
	(void)m;
	(void)k;
	(void)paste;
	return false;
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct rows rows = {u, m, 0};

	for (int i = 0; i < 3; i++) {
		struct rect r = u->layout.home[i];
		if (!rect_has(r, y, x))
			continue;
		rows.which = u->home_at = i;
		if (wheel != ACT_NONE)
			list_act(&u->home_list[i], wheel, r.h - 1, count(m, i), row_id, &rows);
		else if (y > r.y)
			list_select(&u->home_list[i],
				    list_top(u->home_list[i].wanted, u->home_list[i].selected, r.h - 1, count(m, i)) + (size_t)(y - r.y - 1),
				    r.h - 1, count(m, i), row_id, &rows);
	}
}

const struct place place_home = {
	.title = N_("Between calls"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.mouse = mouse,
};
