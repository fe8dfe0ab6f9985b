// SPDX-License-Identifier: MIT
// Knows how a ticket reads: what it is about, by when, its texts, its history; beside each other where there is room.
#include "src/base/i18n.h"
#include "src/work/hub.h"
#include "ui/ticket_desk.h"

enum {
	BESIDE = 110, // columns from which the history stands beside the texts
	INDENT = 2,
	FRAME_ROWS = 2, // title and hints
	LEAST_ROWS = 8, LEAST_COLS = 40,
};

// --- writing down a column; c NULL only counts

struct pen {
	const struct canvas *c;
	int y, x, w; // y: next row, may be negative; x, w: of the column
};

static bool seen(const struct pen *p)
{
	return p->c && p->y >= 0 && p->y < p->c->r.h;
}

static void pen_wrap(struct pen *p, int indent, unsigned role, const char *text)
{
	struct sv line;
	size_t at = 0;

	for (; wrap_next(sv(text), &at, p->w - indent, &line); p->y++)
		if (seen(p))
			canvas_clip(p->c, p->y, p->x + indent, role, line, p->w - indent);
}

static void pen_head(struct pen *p, const char *title)
{
	p->y++;
	if (seen(p))
		canvas_fit(p->c, p->y, p->x, ROLE_ACCENT | STYLE_BOLD, sv(title), p->w);
	p->y++;
}

static void pen_text(struct pen *p, const char *title, const char *text, const char *empty)
{
	if (str_empty(text) && !empty)
		return;
	pen_head(p, title);
	if (str_empty(text))
		pen_wrap(p, INDENT, ROLE_DIM, empty);
	else
		pen_wrap(p, INDENT, ROLE_PLAIN, text);
}

// --- facts: label and value, as many on a row as fit

struct facts {
	struct pen *p;
	int x;
};

static void fact(struct facts *f, const char *label, unsigned role, const char *value)
{
	int w = canvas_columns(sv(label)) + 1 + canvas_columns(sv(value));

	if (str_empty(value))
		return;
	if (f->x && f->x + w > f->p->w) {
		f->p->y++;
		f->x = 0;
	}
	if (seen(f->p)) {
		int x = f->p->x + f->x, room = f->p->w - f->x;
		int used = canvas_fit(f->p->c, f->p->y, x, ROLE_DIM, sv(label), room) + 1;
		canvas_fit(f->p->c, f->p->y, x + used, role, sv(value), room - used);
	}
	f->x += w + 3;
}

static void say_due(const struct model *m, const struct ticket_desk *k, int64_t at, char *buf, size_t cap)
{
	char when[24] = "";

	if (at)
		ui_time(m, at, "%m-%d %H:%M", when, sizeof(when));
	snprintf(buf, cap, "%s%s", when, !at ? "" : k->paused ? _(", paused") : k->breached && at == k->resolve_due_at ? _(", overdue") : "");
}

static void read_facts(struct pen *p, const struct model *m, const struct ticket_desk *k)
{
	struct facts f = {p, 0};
	char due[64], reply[64], made[24], prio[160], owner[160];

	say_due(m, k, k->resolve_due_at, due, sizeof(due));
	say_due(m, k, k->respond_due_at, reply, sizeof(reply));
	ui_time(m, k->created_at, "%m-%d %H:%M", made, sizeof(made));
	snprintf(prio, sizeof(prio), "P%d%s%s%s%s", (int)k->priority, k->pinned ? _(", pinned") : "", k->red ? _(", red") : "",
		 k->asked ? _(", asked for, not granted yet") : "", "");
	fact(&f, _("State"), ticket_is_open(k->state) ? ROLE_ACCENT | STYLE_BOLD : ROLE_PLAIN, ticket_state_label(k->state));
	fact(&f, _("Priority"), k->priority == 1 || k->pinned ? ROLE_WARN : ROLE_PLAIN, prio);
	fact(&f, _("Why"), ROLE_PLAIN, k->priority_why);
	fact(&f, _("Due"), k->breached ? ROLE_ALARM : ROLE_PLAIN, due);
	fact(&f, _("Reply due"), ROLE_PLAIN, reply);
	snprintf(owner, sizeof(owner), "%s%s", *k->owner ? k->owner : _("nobody yet"), k->hand_asked ? _(", handing over asked for") : "");
	fact(&f, _("Owner"), ROLE_PLAIN, owner);
	fact(&f, _("Category"), ROLE_PLAIN, k->category);
	fact(&f, _("Kind"), ROLE_PLAIN, k->kind);
	fact(&f, _("Queue"), ROLE_PLAIN, k->queue);
	fact(&f, _("Customer"), ROLE_PLAIN, k->customer);
	fact(&f, _("Made"), ROLE_PLAIN, made);
	fact(&f, _("Cause"), ROLE_PLAIN, k->cause);
	fact(&f, _("Incident"), ROLE_PLAIN, k->incident);
	p->y++;
}

static void read_ties(struct pen *p, const struct ticket_desk *k)
{
	char line[400];

	if (k->ties.n)
		pen_head(p, _("Links"));
	for (size_t i = 0; i < k->ties.n; i++) {
		const struct ticket_tie *t = &k->ties.v[i];
		snprintf(line, sizeof(line), "%s %s  %s  %s", ticket_link_label(t->kind), t->no, t->state, t->title);
		pen_wrap(p, INDENT, ROLE_PLAIN, line);
	}
}

static void read_texts(const struct ui *u, struct pen *p, const struct model *m)
{
	const struct ticket_desk *k = &m->ticket;
	char key[KEY_NAME_MAX], text[160];

	if (model_hub(m)->locked) {
		pen_wrap(p, 0, ROLE_WARN, _("Customer data is locked until somebody logs in at the hub."));
	} else {
		pen_wrap(p, 0, STYLE_BOLD, *k->title ? k->title : _("(empty)"));
	}
	read_facts(p, m, k);
	if (k->in_conflict) {
		keymap_label(u->keys, CTX_ANY, ACT_CONFLICTS, key, sizeof(key));
		snprintf(text, sizeof(text), _("! Two people changed it at once: %s settles it."), key);
		pen_wrap(p, 0, ROLE_WARN, text);
	}
	pen_text(p, _("Description"), k->description, model_hub(m)->locked ? NULL : _("(empty)"));
	pen_text(p, _("Solution"), k->solution, NULL);
	read_ties(p, k);
}

// --- the history, newest first

static void read_line(struct pen *p, const struct model *m, const struct ticket_line *l)
{
	char at[24];
	int x = 0;

	ui_time(m, l->at, "%m-%d %H:%M", at, sizeof(at));
	if (seen(p)) {
		x += canvas_fit(p->c, p->y, p->x, ROLE_DIM, sv(at), p->w) + 2;
		x += canvas_fit(p->c, p->y, p->x + x, l->alarm ? ROLE_WARN : ROLE_PLAIN, sv(l->what), p->w - x) + 2;
		canvas_fit(p->c, p->y, p->x + x, ROLE_DIM, sv(l->who), p->w - x);
	}
	p->y++;
	pen_wrap(p, INDENT, ROLE_PLAIN, l->text);
}

static void read_history(struct pen *p, const struct model *m)
{
	const struct ticket_desk *k = &m->ticket;
	char title[96];

	snprintf(title, sizeof(title), "%s %zu", _("History"), k->lines.n);
	pen_head(p, title);
	for (size_t i = k->lines.n; i-- > 0;)
		read_line(p, m, &k->lines.v[i]);
}

// --- the whole

static int text_width(int w)
{
	return w < BESIDE ? w - 2 : (w - 5) * 11 / 20;
}

// Rows of it, drawn on c (NULL: only counted) from row -skip on.
static int read_all(const struct ui *u, const struct model *m, const struct canvas *c, int w, int skip)
{
	struct pen left = {c, -skip, 1, text_width(w)}, right = {c, -skip - 1, text_width(w) + 4, w - text_width(w) - 5};

	read_texts(u, &left, m);
	if (w < BESIDE) {
		read_history(&left, m);
		return left.y + skip;
	}
	read_history(&right, m);
	for (int y = 0; c && y < c->r.h; y++)
		canvas_glyph(c, y, text_width(w) + 2, ROLE_DIM, GLYPH_VLINE);
	return (left.y > right.y ? left.y : right.y) + skip;
}

int ticket_rows(const struct ui *u, const struct model *m, int width)
{
	return read_all(u, m, NULL, width, 0);
}

int ticket_room(int height)
{
	return height - FRAME_ROWS;
}

static void draw_hints(const struct ui *u, const struct model *m, const struct canvas *c, bool longer)
{
	static const struct {
		enum ticket_deed deed;
		enum action action;
	} deeds[] = {{TICKET_WRITE, ACT_TICKET_WRITE}, {TICKET_NOTE, ACT_TICKET_NOTE}, {TICKET_STEP, ACT_TICKET_STEP},
		     {TICKET_TAKE, ACT_TICKET_TAKE}, {TICKET_ASSIGN, ACT_TICKET_ASSIGN}, {TICKET_RELEASE, ACT_TICKET_RELEASE}, {TICKET_LINK, ACT_TICKET_LINK},
		     {TICKET_INCIDENT, ACT_TICKET_INCIDENT}, {TICKET_FILE, ACT_TICKET_CLASSIFY}, {TICKET_FILE, ACT_TICKET_ROUTE}};
	enum ticket_event steps[TICKET_EV_CANCEL + 1];
	enum action acts[sizeof(deeds) / sizeof(*deeds) + 3];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++)
		if (model_ticket_may(m, deeds[i].deed, NULL) != TICKET_MAY_NOT && (deeds[i].deed != TICKET_STEP || model_ticket_steps(m, steps)))
			acts[n++] = deeds[i].action;
	// Where not all has room the way out has.
	acts[n++] = ACT_POPUP_CANCEL;
	if (model_ticket_may(m, TICKET_PRIORITY, NULL) != TICKET_MAY_NOT)
		acts[n++] = ACT_TICKET_PRIORITY;
	if (longer)
		acts[n++] = ACT_LIST_PAGE_DOWN;
	ui_hints(u, c, 0, 0, CTX_TICKET | CTX_LIST, acts, n);
}

void ticket_draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct ticket_desk *k = &m->ticket;
	char title[64], state[64] = "";

	if (c->r.h < LEAST_ROWS || c->r.w < LEAST_COLS)
		return;
	snprintf(title, sizeof(title), _("Ticket %s"), k->no);
	if (k->waiting)
		snprintf(state, sizeof(state), ngettext("%zu change not sent yet", "%zu changes not sent yet", k->waiting), k->waiting);
	canvas_title(c, 0, title, *state ? state : NULL, focused);
	struct canvas body = canvas_sub(c, (struct rect){1, 0, ticket_room(c->r.h), c->r.w}),
		      bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	int skip = u->ticket_scroll, last = read_all(u, m, &body, c->r.w, skip) - body.r.h;
	if (skip > 0)
		canvas_glyph(&body, 0, c->r.w - 1, ROLE_DIM, GLYPH_UP);
	if (skip < last)
		canvas_glyph(&body, body.r.h - 1, c->r.w - 1, ROLE_DIM, GLYPH_DOWN);
	if (focused)
		canvas_caret(&body, 0, 1, false);
	draw_hints(u, m, &bottom, last > 0);
}
