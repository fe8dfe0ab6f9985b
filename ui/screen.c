// SPDX-License-Identifier: MIT
// Knows how the screen is put together: status, deadlines, banners, tabs, places, message and hint line.
#include "ui/practice_screens.h"
#include "ui/rows.h"

#include "src/base/i18n.h"

static const struct place *const panes[PANE_COUNT] = {
	[PANE_SCRIPT] = &place_script, [PANE_KB] = &place_kb, [PANE_FORM] = &place_form, [PANE_RECORD] = &place_record,
};

// --- the deadline rail

static int draw_clock(const struct ui *u, const struct contact *k, int64_t t, const struct canvas *c, int x, enum call_clock which,
		      const char *label)
{
	struct clock_view v;
	char buf[32];
	int64_t s;

	clocks_view(&k->clocks, which, t, &v);
	s = v.elapsed_ms / 1000;
	x += canvas_text(c, 0, x, ROLE_DIM, label) + 1;
	switch (v.state) {
	case CLOCK_IDLE:
		snprintf(buf, sizeof(buf), "--/%lld", (long long)(v.limit_ms / 1000));
		return x + canvas_text(c, 0, x, ROLE_DIM, buf) + 2;
	case CLOCK_RUNNING:
		snprintf(buf, sizeof(buf), "%02lld/%lld", (long long)s, (long long)(v.limit_ms / 1000));
		return x + canvas_text(c, 0, x, ROLE_PLAIN, buf) + 2;
	case CLOCK_NEAR:
		snprintf(buf, sizeof(buf), "%02lld/%lld !", (long long)s, (long long)(v.limit_ms / 1000));
		return x + canvas_text(c, 0, x, ROLE_WARN, buf) + 2;
	case CLOCK_MET:
		snprintf(buf, sizeof(buf), "%02llds %s", (long long)s, theme_glyph(&u->theme, GLYPH_DONE));
		return x + canvas_text(c, 0, x, ROLE_ACCENT, buf) + 2;
	case CLOCK_MISSED:
		if (v.stopped)
			snprintf(buf, sizeof(buf), "%02llds %s", (long long)s, theme_glyph(&u->theme, GLYPH_TIMES));
		else
			snprintf(buf, sizeof(buf), "%02lld/%lld %s", (long long)s, (long long)(v.limit_ms / 1000),
				 theme_glyph(&u->theme, GLYPH_TIMES));
		return x + canvas_text(c, 0, x, ROLE_ALARM, buf) + 2;
	}
	return x;
}

static int draw_steps(const struct ui *u, const struct contact *k, int64_t t, const struct canvas *c, int x)
{
	struct step_bar bar;

	contact_steps(k, t, &bar);
	for (int i = 0; i < STEPS; i++) {
		enum step_state s = bar.s[i];
		const char *sign = s == STEP_NOW    ? theme_glyph(&u->theme, GLYPH_SELECT)
				   : s == STEP_DONE ? theme_glyph(&u->theme, GLYPH_DONE)
				   : s == STEP_SKIPPED ? theme_glyph(&u->theme, GLYPH_TIMES)
						       : " ";
		unsigned role = s == STEP_NOW ? ROLE_ACCENT | STYLE_BOLD : s == STEP_SKIPPED ? ROLE_WARN : s == STEP_DONE ? ROLE_PLAIN : ROLE_DIM;
		if (s != STEP_TODO)
			x += canvas_text(c, 0, x, role, sign);
		x += canvas_text(c, 0, x, role, step_label((enum step)i)) + 1;
	}
	return x;
}

static void draw_rail(const struct ui *u, const struct model *m, const struct canvas *c)
{
	static const struct {
		enum call_clock clock;
		const char *label;
	} shown[] = {{CALL_T5, N_("ack")}, {CALL_C20, N_("class")}, {CALL_T30, N_("plan")}, {CALL_T180, N_("confirm")}};
	const struct work *w = model_work(m);
	const struct contact *k = w->contact;
	int64_t t = w->read_only ? k->last_t : model_t(m, w);
	char buf[64];
	int x = 1;

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		x = draw_clock(u, k, t, c, x, shown[i].clock, _(shown[i].label));
	x = draw_steps(u, k, t, c, x + (c->r.w >= 110 ? 4 : 0));
	if (k->emotion_start >= 0) {
		snprintf(buf, sizeof(buf), "%s%s %s(%d) ", k->emotion >= 2 ? "! " : "", _("emotion"), emotion_class_label(k->emotion_class),
			 k->emotion);
		struct canvas right = canvas_sub(c, (struct rect){0, x + 1, 1, c->r.w - x - 1});
		canvas_right(&right, 0, k->emotion >= 2 ? ROLE_WARN : ROLE_DIM, buf);
	}
}

// --- layout and parts

static void compute(const struct ui *u, const struct model *m, int banners, struct layout *l)
{
	const struct work *w = model_work(m);
	const struct view *v = ui_view_const(u, m);
	const struct place *p = ui_place(u, m);
	struct layout_in in = {.rows = u->rows, .cols = u->cols, .focus = v->focus, .zoom = u->zoom, .banners = banners};

	in.mode = p == &place_history || p == &place_wrap || u->screen == SCREEN_KB_DESK || p == &place_conflicts || p == &place_ticket || practice_place(p) ? LAYOUT_FULL : w || p == &place_kb ? LAYOUT_CALL : LAYOUT_HOME;
	// Between calls the knowledge pane has the body to itself.
	if (!w && p == &place_kb)
		in.mode = LAYOUT_FULL;
	layout_compute(&in, l);
}

static void draw_tabs(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct view *v = ui_view_const(u, m);
	int x = 1;

	for (int p = 0; p < PANE_COUNT; p++) {
		char badge[32] = "", text[96];
		if (panes[p]->badge)
			panes[p]->badge(u, m, badge, sizeof(badge));
		snprintf(text, sizeof(text), (enum pane)p == v->focus ? "[%d %s%s]" : " %d %s%s ", p + 1, _(panes[p]->title), badge);
		x += canvas_text(c, 0, x, (enum pane)p == v->focus ? ROLE_TITLE | STYLE_FOCUS : ROLE_DIM, text) + 1;
	}
	char key[KEY_NAME_MAX];
	keymap_label(u->keys, CTX_ANY, ACT_NEXT_PANE, key, sizeof(key));
	canvas_printf(c, 0, x, ROLE_DIM, " %s %s", key, _("next"));
}

// Places that have the body to themselves.
static bool has_body(const struct model *m, const struct place *p)
{
	return p == &place_home || p == &place_history || p == &place_wrap || p == &place_kb_desk || p == &place_kb_write || p == &place_conflicts || p == &place_ticket || practice_place(p) ||
	       (!model_work(m) && p == &place_kb);
}

// The article beside its list, on a wide screen; reading it, the caret is there.
static void draw_preview(const struct ui *u, const struct model *m, const struct canvas *c)
{
	if (!rect_empty(c->r))
		kb_preview_draw(u, m, c, u->popup.kind == POPUP_NONE && ui_view_const(u, m)->focus == PANE_KB);
}

static void draw_places(const struct ui *u, const struct model *m, const struct layout *l, const struct canvas *root)
{
	const struct place *p = ui_place(u, m);
	const struct view *v = ui_view_const(u, m);
	bool open = u->popup.kind == POPUP_NONE;

	if (has_body(m, p)) {
		struct canvas body = canvas_sub(root, l->body);
		p->draw(u, m, &body, open);
		return;
	}
	for (int i = 0; i < PANE_COUNT; i++) {
		struct canvas c = canvas_sub(root, l->pane[i]);
		if (rect_empty(l->pane[i]))
			continue;
		panes[i]->draw(u, m, &c, open && (enum pane)i == v->focus);
	}
	struct canvas preview = canvas_sub(root, l->preview);
	draw_preview(u, m, &preview);
	for (int i = 0; i < l->nsep; i++)
		canvas_vline(root, l->sep[i].y, l->sep[i].x, l->sep[i].h, ROLE_DIM);
}

static void saved_text(const struct model *m, char *buf, size_t cap, unsigned *role)
{
	char at[16];

	*role = ROLE_DIM;
	if (m->save.failed) {
		*role = ROLE_ALARM;
		snprintf(buf, cap, " %s", _("!! NOT SAVED"));
	} else if (m->save.pending) {
		snprintf(buf, cap, " %s", _("saving"));
	} else if (m->save.saved_at) {
		ui_time(m, m->save.saved_at, "%H:%M:%S", at, sizeof(at));
		snprintf(buf, cap, " %s %s", _("saved"), at);
	} else {
		snprintf(buf, cap, " %s", _("nothing to save"));
	}
}

// What the same key means now: F2 answers or acknowledges, F4 confirms or starts a call, F6 holds or resumes.
static const char *hint_words(const struct ui *u, const struct model *m, enum action a)
{
	const struct work *w = model_work(m);
	bool live = w && !w->read_only && contact_is_live(w->contact);

	switch ((int)a) {
	case ACT_ANSWER: return ui_f2(u, m) == F2_BROADCAST ? _("Mark as read") : live ? _("Acknowledge") : _("Answer");
	case ACT_STAMP_CONFIRM: return live ? _("Confirmed") : _("Manual call");
	case ACT_HOLD: return w && w->contact->state == CALL_ON_HOLD ? _("Resume") : _("Hold");
	case ACT_WRAPUP: return w && w->wrap_open ? _("Save") : _("Wrap up");
	case ACT_PRACTICE: return !u->practice && practice_place(ui_place(u, m)) ? _("Desk") : _(action_info(a)->hint);
	case ACT_READY: return m->state == AGENT_READY ? _("Busy") : _("Ready");
	default: return _(action_info(a)->hint);
	}
}

enum { DEADLINE_HINTS = 2 }; // before the way out of the call

// The actions of the hint line by what is going on; the panes show their own.
static size_t hint_actions(const struct ui *u, const struct model *m, enum action out[16])
{
	static const enum action live[] = {ACT_TRANSFER, ACT_ESCALATE, ACT_CLASSIFY, ACT_RESTATE};
	static const struct {
		enum call_clock clock;
		enum action stops;
	} due[] = {{CALL_T5, ACT_ANSWER}, {CALL_T30, ACT_STAMP_PLAN}, {CALL_T180, ACT_STAMP_CONFIRM}};
	static const enum action home[] = {ACT_MANUAL_CALL, ACT_READY, ACT_HISTORY, ACT_SEARCH, ACT_KB_DESK};
	const struct work *w = model_work(m);
	bool talking = w && !w->read_only && contact_is_live(w->contact);
	size_t n = 0;

	out[n++] = ACT_HELP;
	// Between calls the places of practice have keys of their own.
	if (practice_place(ui_place(u, m)) && !talking) {
		if (!u->practice && model_ringing(m))
			out[n++] = ACT_ANSWER, out[n++] = ACT_REJECT;
		out[n++] = ACT_PALETTE;
		if (!u->practice)
			out[n++] = ACT_PRACTICE, out[n++] = ACT_READY;
		return n;
	}
	if (model_ringing(m) && !talking) {
		out[n++] = ACT_ANSWER;
		out[n++] = ACT_REJECT;
	} else if (ui_f2(u, m) == F2_BROADCAST) {
		out[n++] = ACT_ANSWER;
	}
	out[n++] = ACT_PALETTE;
	if (talking) {
		// Deadlines that still run come first: their keys stop them. The way out of the call shows on the least screen too.
		size_t running = 0;
		for (size_t i = 0; i < sizeof(due) / sizeof(*due); i++) {
			if (w->contact->clocks.c[due[i].clock].stopped)
				continue;
			if (running++ == DEADLINE_HINTS)
				out[n++] = ACT_WRAPUP, out[n++] = ACT_HOLD;
			out[n++] = due[i].stops;
		}
		if (running <= DEADLINE_HINTS)
			out[n++] = ACT_WRAPUP, out[n++] = ACT_HOLD;
		for (size_t i = 0; i < sizeof(live) / sizeof(*live); i++)
			out[n++] = live[i];
	} else if (w && !w->read_only) {
		out[n++] = ACT_WRAPUP;
		if (w->contact->state == CALL_DROPPED)
			out[n++] = ACT_CALL_BACK;
	} else {
		// A past record: Esc leaves it where no text is typed, F10 goes back to the list.
		if (w && ui_view_const(u, m)->focus == PANE_RECORD)
			out[n++] = ACT_POPUP_CANCEL;
		if (w)
			out[n++] = ACT_HISTORY;
		for (size_t i = 0; !w && i < sizeof(home) / sizeof(*home); i++)
			out[n++] = home[i];
	}
	if (m->works.n > 1)
		out[n++] = ACT_NEXT_CONTACT;
	return n;
}

// Under a dialog only its own keys count, and call control.
static void popup_hints(const struct ui *u, const struct model *m, const struct canvas *c, int x)
{
	static const enum action line[] = {ACT_POPUP_OK, ACT_POPUP_CANCEL}, read[] = {ACT_LIST_PAGE_UP, ACT_LIST_PAGE_DOWN, ACT_POPUP_CANCEL},
				 pick[] = {ACT_PICK_UP, ACT_PICK_DOWN, ACT_POPUP_OK, ACT_POPUP_CANCEL};
	const struct popup *p = &u->popup;
	const struct work *w = model_work(m);
	unsigned ctx = popup_contexts(p);

	switch (p->kind) {
	case POPUP_NONE: break;
	case POPUP_CONFIRM: case POPUP_PROMPT: case POPUP_MENU: x += ui_hints(u, c, 0, x, ctx, line, 2); break;
	case POPUP_TEXT: x += ui_hints(u, c, 0, x, ctx, read, 3); break;
	case POPUP_PICK: x += ui_hints(u, c, 0, x, ctx, pick, 4); break;
	}
	bool live = w && !w->read_only && contact_is_live(w->contact);
	if (live)
		x += 2 + ui_hint(u, c, 0, x + 2, CTX_ANY, ACT_HOLD, hint_words(u, m, ACT_HOLD));
	if ((!w && model_ringing(m)) || ui_f2(u, m) == F2_BROADCAST)
		ui_hint(u, c, 0, x + 2, CTX_ANY, ACT_ANSWER, hint_words(u, m, ACT_ANSWER));
}

static void draw_hint(const struct ui *u, const struct model *m, const struct canvas *c)
{
	enum action acts[16];
	size_t n = hint_actions(u, m, acts);
	char saved[64];
	unsigned role;

	saved_text(m, saved, sizeof(saved), &role);
	int x = canvas_text(c, 0, 0, role, saved) + 2;
	if (x < 19)
		x = 19;
	if (u->popup.kind != POPUP_NONE) {
		popup_hints(u, m, c, x);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int used = ui_hint(u, c, 0, x, ui_place(u, m)->contexts(u, m), acts[i], hint_words(u, m, acts[i]));
		x += used ? used + 2 : 0;
	}
}

// How long a message stands: until it was read, more or less; alarms stay until the next message.
static bool note_visible(const struct ui *u, const struct model *m, const struct note *n)
{
	int64_t age = clock_wall(m->clock) - n->at;

	// The clock of a session that is over stands still: what was said before would stand for ever.
	if (u->practice && practice_place(ui_place(u, m)) && m->n_notes <= practice_ui_const(u)->notes)
		return false;
	if (n->level == NOTE_WARN && m->store_jobs > n->jobs && age > 1500)
		return false;
	return n->level == NOTE_ALARM || age < (n->level == NOTE_WARN ? 20000 : 8000);
}

// Usually the packs are there before anybody could read that they are not: a line that flashes helps no one.
enum { LOADING_SHOWN_MS = 300 };

static void draw_message(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct note *n = model_last_note(m);
	char text[400];

	canvas_hline(c, 0, 0, c->r.w, ROLE_DIM);
	if (u->unknown[0])
		snprintf(text, sizeof(text), " %s ", u->unknown);
	else if (n && note_visible(u, m, n))
		snprintf(text, sizeof(text), " %s%s ", ui_level_sign(u, n->level), n->text);
	else if (!m->packs && clock_mono(m->clock) - m->state_since > LOADING_SHOWN_MS)
		snprintf(text, sizeof(text), " %s ", _("Loading the content packs; calls can be taken in a moment."));
	else
		return;
	bool alarm = !u->unknown[0] && n && note_visible(u, m, n) && n->level == NOTE_ALARM;
	bool warn = u->unknown[0] || (n && note_visible(u, m, n) && n->level == NOTE_WARN);
	canvas_fit(c, 0, 2, alarm ? ROLE_ALARM : warn ? ROLE_WARN : ROLE_PLAIN, sv(text), c->r.w - 4);
}

void ui_layout(struct ui *u, const struct model *m)
{
	struct banners banners;

	banners_collect(u, m, &banners);
	compute(u, m, banners.rows, &u->layout);
}

static struct canvas cleared(const struct canvas *root, struct rect r)
{
	struct canvas c = canvas_sub(root, r);

	canvas_erase(&c);
	return c;
}

// The rows about the whole: above the places and below them.
static void draw_rows(const struct ui *u, const struct model *m, const struct canvas *root)
{
	struct banners banners;
	const struct layout *l = &u->layout;
	struct canvas status = cleared(root, l->status), rail = cleared(root, l->rail), tabs = cleared(root, l->tabs),
		      rule = cleared(root, l->rule), hint = cleared(root, l->hint), above = cleared(root, l->banner);

	status_draw(u, m, &status);
	if (model_work(m) && !rect_empty(l->rail))
		draw_rail(u, m, &rail);
	banners_collect(u, m, &banners);
	banners_draw(u, m, &banners, &above);
	if (!rect_empty(l->tabs))
		draw_tabs(u, m, &tabs);
	draw_message(u, m, &rule);
	draw_hint(u, m, &hint);
}

// A dialog stands below the banners when there are several rows of them: a red event is read before anything else.
static void draw_popup(const struct ui *u, const struct canvas *root)
{
	enum { ONE_LINERS = 2 };
	struct canvas below = u->layout.banner.h > ONE_LINERS ? canvas_below(root, u->layout.banner.y + u->layout.banner.h) : *root;

	if (u->popup.kind == POPUP_NONE)
		return;
	canvas_lift(root);
	popup_draw(&u->popup, &below);
}

void ui_draw(const struct ui *u, const struct model *m, const struct canvas *root)
{
	canvas_erase(root);
	root->frame->word = u->practice ? practice_word() : NULL;
	if (u->layout.shape == SHAPE_TOO_SMALL) {
		canvas_printf(root, 0, 0, ROLE_WARN, _("This window is %dx%d; 80x24 is the least."), u->cols, u->rows);
		canvas_text(root, 1, 0, ROLE_PLAIN, _("Everything typed is safe. Make the window larger."));
		canvas_caret(root, 0, 0, false);
		return;
	}
	draw_rows(u, m, root);
	draw_places(u, m, &u->layout, root);
	draw_popup(u, root);
}

// Where the keys go: the body, or a pane of it.
static struct rect place_rect(const struct ui *u, const struct model *m)
{
	for (int i = 0; i < PANE_COUNT && !has_body(m, ui_place(u, m)); i++)
		if (panes[i] == ui_place(u, m))
			return u->layout.pane[i];
	return u->layout.body;
}

static void draw_typed(const struct ui *u, const struct model *m, const struct canvas *root)
{
	struct canvas c = cleared(root, place_rect(u, m));

	root->frame->word = u->practice ? practice_word() : NULL;
	draw_rows(u, m, root);
	ui_place(u, m)->draw(u, m, &c, u->popup.kind == POPUP_NONE);
	if (ui_place(u, m) == &place_kb && !has_body(m, &place_kb)) {
		struct canvas preview = cleared(root, u->layout.preview);
		draw_preview(u, m, &preview);
	}
	draw_popup(u, root);
}

// All bytes are set, since they are compared as bytes.
static void shown_now(const struct ui *u, const struct model *m, const struct canvas *root, struct drawn *s)
{
	const struct work *w = model_work(m);

	memset(s, 0, sizeof(*s));
	s->layout = u->layout;
	s->place = ui_place(u, m);
	s->work = w;
	s->wall_s = clock_wall(m->clock) / 1000;
	s->talk_s = w ? model_t(m, w) / 1000 : 0;
	s->popup = u->popup.kind;
	s->rows = root->r.h;
	s->cols = root->r.w;
}

void ui_refresh(struct ui *u, struct model *m, const struct canvas *root)
{
	struct drawn now;

	kb_before_draw(u, m);
	shown_now(u, m, root, &now);
	bool whole = m->changed || root->frame->blank || memcmp(&now, &u->shown, sizeof(now)) != 0 || u->layout.shape == SHAPE_TOO_SMALL ||
		     rect_empty(place_rect(u, m));

	if (whole)
		ui_draw(u, m, root);
	else
		draw_typed(u, m, root);
	memcpy(&u->shown, &now, sizeof(now));
	m->changed = m->typed = false;
}

int64_t ui_next_tick_ms(const struct ui *u, const struct model *m)
{
	const struct work *w = model_work(m);
	int64_t wall = clock_wall(m->clock), to_second = 1000 - wall % 1000;
	const struct note *n = model_last_note(m);

	// Seconds are shown while a contact is in hand, rings, or a message is about to go; else only the minute of the clock.
	if (w && !w->read_only)
		return to_second;
	for (size_t i = 0; i < m->works.n; i++)
		if (contact_is_ringing(m->works.v[i]->contact))
			return to_second;
	if (n && n->level != NOTE_ALARM && note_visible(u, m, n))
		return to_second;
	return w ? 60000 - wall % 60000 : to_second;
}
