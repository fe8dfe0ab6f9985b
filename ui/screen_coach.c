// SPDX-License-Identifier: MIT
// Knows the other seat of a session: the talk as it comes, what is expected, how the customer feels, and a line to type for them.
#include "src/base/i18n.h"
#include "src/practice/log_words.h"
#include "ui/practice_screens.h"

enum { HEAD = 2, SIDE_COLS = 44, SIDE_FROM = 100 };

static bool customer(const struct ui *u)
{
	return practice_coach(u)->role == COACH_CUSTOMER;
}

static bool seated(const struct ui *u)
{
	return practice_coach(u)->role == COACH_SEAT;
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)m;
	return practice_ui_const(u)->typing ? CTX_POPUP | CTX_EDIT : CTX_COACH | CTX_LIST;
}

int coach_contact(const struct ui *u)
{
	const struct scenario *s = practice_coach(u)->scenario;
	int contact = practice_ui_const(u)->contact;

	return s && (size_t)contact < s->n_callers ? contact : 0;
}

// --- the talk, newest at the bottom

static const char *who_says(const struct coach *k, const struct log_entry *e, char *buf, size_t cap)
{
	switch (e->who) {
	case LOG_AGENT:
		// Of several the number.
		snprintf(buf, cap, k->scenario && scenario_agent(k->scenario, 1) != SCENARIO_NONE ? _("agent %d") : _("agent"), e->seat + 1);
		return buf;
	case LOG_CUSTOMER: return _("customer");
	case LOG_ENGINE: return "";
	case LOG_TRAINER: return log_of_seat(k->scenario, e) ? "" : _("trainer");
	}
	return "";
}

// Turns of the scenario and what only the engine counts are not read while it goes on; a line that was put in stands as the customer's.
static bool shown(const struct log_entry *e)
{
	if (e->ev.type == EV_INJECT && strcmp(event_get(&e->ev, "kind"), "line") == 0)
		return false;
	return e->ev.type != EV_BEAT && e->ev.type != EV_SCRIPT_VISIT && e->ev.type != EV_STAGE && e->ev.type != EV_LEXICON_HIT;
}

static int rows_of(const struct log_names *names, const struct log_entry *e, int w, struct str *text)
{
	str_clear(text);
	log_describe(names, e, text);
	int n = wrap_lines(sv(str_z(text)), w);
	return n > 0 ? n : 1;
}

enum { LABEL = 15 };

static void draw_entry(const struct coach *k, const struct canvas *c, int y, int rows, const struct log_entry *e, struct str *text)
{
	struct canvas rest = canvas_sub(c, (struct rect){y, LABEL, rows, c->r.w - LABEL});
	bool line = e->ev.type == EV_SAY;
	unsigned role = e->who == LOG_CUSTOMER && line ? STYLE_BOLD : e->who == LOG_TRAINER ? ROLE_ACCENT : line ? ROLE_PLAIN : ROLE_DIM;
	char at[16], who[32];

	snprintf(at, sizeof(at), "%02d:%02d", (int)(e->t_ms / 60000), (int)(e->t_ms / 1000 % 60));
	canvas_text(c, y, 0, ROLE_DIM, at);
	canvas_field(c, y, 6, line ? ROLE_ACCENT : ROLE_DIM, who_says(k, e, who, sizeof(who)), LABEL - 7, ALIGN_LEFT);
	canvas_wrap(&rest, 0, 0, role, sv(str_z(text)), 0);
}

static void draw_talk(const struct ui *u, const struct model *m, const struct canvas *c)
{
	const struct coach *k = practice_coach(u);
	const struct log_names names = {k->scenario, &m->world, &k->log};
	struct str text = {0};
	int y = c->r.h + practice_ui_const(u)->coach_scroll;

	for (size_t i = k->log.v.n; i-- > 0 && y > 0;) {
		const struct log_entry *e = &k->log.v.v[i];
		if (!shown(e))
			continue;
		int n = rows_of(&names, e, c->r.w - LABEL, &text);
		y -= n;
		if (y >= 0 && y < c->r.h)
			draw_entry(k, c, y, n, e, &text);
	}
	if (!k->log.v.n)
		canvas_text(c, 0, 0, ROLE_DIM, _("Nothing yet. The session begins at the other seat."));
	str_release(&text);
}

// --- the whole

static size_t hints(const struct ui *u, enum action out[16])
{
	static const enum action trainer[] = {ACT_COACH_WHISPER, ACT_COACH_LINE, ACT_COACH_CURVE, ACT_COACH_PAUSE, ACT_COACH_TAG, ACT_COACH_EMOTION, ACT_COACH_LEAVE, ACT_COACH_BEAT},
				 scoring[] = {ACT_COACH_ADJUST, ACT_COACH_FINISH, ACT_COACH_LEAVE},
				 sits[] = {ACT_COACH_SEAT, ACT_COACH_ACT, ACT_COACH_TALK, ACT_COACH_LEAVE},
				 plays[] = {ACT_COACH_LINE, ACT_COACH_EMOTION, ACT_COACH_CARD, ACT_COACH_HANGUP, ACT_COACH_SWAP, ACT_COACH_LEAVE};
	const struct coach *k = practice_coach(u);
	if (seated(u)) {
		memcpy(out, sits, sizeof(sits));
		return sizeof(sits) / sizeof(*sits);
	}
	const enum action *from = customer(u) ? plays : k->state == SESSION_SCORING_TRAINER ? scoring : trainer;
	size_t n = customer(u) ? sizeof(plays) / sizeof(*plays) : k->state == SESSION_SCORING_TRAINER ? sizeof(scoring) / sizeof(*scoring) : sizeof(trainer) / sizeof(*trainer);

	memcpy(out, from, n * sizeof(*out));
	return n;
}

static void draw_line(const struct ui *u, const struct canvas *c, bool focused)
{
	const struct practice_ui *p = practice_ui_const(u);
	char ok[KEY_NAME_MAX], back[KEY_NAME_MAX];
	enum action acts[16];

	if (!p->typing) {
		const struct coach *k = practice_coach(u);
		ui_hints(u, c, 1, 0, CTX_COACH | CTX_LIST, acts, hints(u, acts));
		canvas_fit(c, 0, 0, ROLE_WARN, sv(k->said), c->r.w);
		return;
	}
	keymap_label(u->keys, CTX_POPUP | CTX_EDIT, ACT_POPUP_OK, ok, sizeof(ok));
	keymap_label(u->keys, CTX_POPUP | CTX_EDIT, ACT_POPUP_CANCEL, back, sizeof(back));
	int x = canvas_text(c, 0, 0, ROLE_ACCENT, seated(u) ? _("Say to all") : _("Customer says")) + 1;
	struct canvas edit = canvas_sub(c, (struct rect){0, x, 1, c->r.w - x});
	lineedit_draw(&p->line, &edit, STYLE_UNDERLINE, focused);
	x = canvas_printf(c, 1, 0, ROLE_DIM, "%s %s  %s %s", ok, _("send"), back, _("back")) + 2;
	// Why the line before was not taken.
	canvas_fit(c, 1, x, ROLE_WARN, sv(practice_coach(u)->said), c->r.w - x);
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct coach *k = practice_coach(u);
	bool side = c->r.w >= SIDE_FROM;
	char title[200], room[40];

	snprintf(title, sizeof(title), "%s %s", practice_word(), customer(u) ? _("Customer") : seated(u) ? _("Seat") : _("Trainer"));
	if (k->log.scenario[0])
		snprintf(title + strlen(title), sizeof(title) - strlen(title), " · %s %s · %s", k->agent, k->name,
			 k->scenario ? label_text(k->scenario->title) : k->log.scenario);
	snprintf(room, sizeof(room), _("room %s"), room_code(k->room));
	canvas_title(c, 0, title, room, focused);
	if (*k->why || k->gone || *k->trouble)
		canvas_fit(c, 1, 1, ROLE_WARN, sv(*k->trouble ? k->trouble : *k->why ? k->why : _("The other seat has left.")), c->r.w - 2);
	int w = c->r.w - 2 - (side ? SIDE_COLS + 3 : 0), top = side ? HEAD : HEAD + 2;
	if (!side) {
		struct canvas head = canvas_sub(c, (struct rect){HEAD, 1, 2, c->r.w - 2});
		coach_draw_head(u, &head);
	}
	struct canvas talk = canvas_sub(c, (struct rect){top, 1, c->r.h - top - 3, w}), line = canvas_sub(c, (struct rect){c->r.h - 2, 1, 2, c->r.w - 2});
	draw_talk(u, m, &talk);
	if (side) {
		struct canvas s = canvas_sub(c, (struct rect){HEAD, c->r.w - SIDE_COLS - 1, c->r.h - HEAD - 3, SIDE_COLS});
		canvas_vline(c, HEAD, c->r.w - SIDE_COLS - 3, c->r.h - HEAD - 3, ROLE_DIM);
		coach_draw_side(u, &s);
	}
	draw_line(u, &line, focused);
	if (focused && !practice_ui_const(u)->typing)
		canvas_caret(c, c->r.h - 2, 1, false);
}

// --- keys

static bool act_typing(struct ui *u, enum action a)
{
	struct practice_ui *p = practice_ui(u);

	if (a == ACT_POPUP_OK) {
		struct sv t = sv_trim(sv(lineedit_text(&p->line)));
		char *text = xstrndup(t.p, t.n);
		if (t.n && seated(u))
			coach_act(practice_coach(u), DRILL_TALK, text);
		else if (t.n)
			coach_line(practice_coach(u), coach_contact(u), text);
		free(text);
		lineedit_set(&p->line, "");
		p->coach_scroll = 0;
		return true;
	}
	if (a == ACT_POPUP_CANCEL) {
		p->typing = false;
		return true;
	}
	return lineedit_act(&p->line, a, NULL);
}

static bool next_caller(struct ui *u)
{
	const struct coach *k = practice_coach(u);

	if (k->scenario && k->scenario->n_callers)
		practice_ui(u)->contact = (coach_contact(u) + 1) % (int)k->scenario->n_callers;
	return true;
}

// Who plays the customer does not act as the trainer.
static bool trainers(enum action a)
{
	return a == ACT_COACH_WHISPER || a == ACT_COACH_CURVE || a == ACT_COACH_BEAT || a == ACT_COACH_TAG || a == ACT_COACH_PAUSE ||
	       a == ACT_COACH_ADJUST || a == ACT_COACH_FINISH;
}

static bool scroll(struct ui *u, enum action a)
{
	struct practice_ui *p = practice_ui(u);
	int h = u->layout.body.h - 5;

	switch ((int)a) {
	case ACT_LIST_UP: p->coach_scroll++; return true;
	case ACT_LIST_DOWN: p->coach_scroll -= p->coach_scroll > 0; return true;
	case ACT_LIST_PAGE_UP: p->coach_scroll += h; return true;
	case ACT_LIST_PAGE_DOWN: p->coach_scroll = p->coach_scroll > h ? p->coach_scroll - h : 0; return true;
	default: return false;
	}
}

static bool leave(struct ui *u)
{
	practice_wish(u, PRACTICE_WISH_PART, NULL, PRACTICE_SOLO);
	return true;
}

// A seat of a drill: without one it is chosen first.
static bool act_seated(struct ui *u, struct model *m, enum action a)
{
	bool none = practice_coach(u)->desk == SCENARIO_NONE;

	switch ((int)a) {
	case ACT_COACH_SEAT: return ask_coach(u, m, a);
	case ACT_COACH_ACT: return ask_coach(u, m, none ? ACT_COACH_SEAT : a);
	case ACT_LIST_OPEN: case ACT_COACH_TALK: case ACT_COACH_LINE:
		if (none)
			return ask_coach(u, m, ACT_COACH_SEAT);
		practice_ui(u)->typing = true;
		return true;
	case ACT_COACH_LEAVE: case ACT_POPUP_CANCEL: return leave(u);
	default: return scroll(u, a);
	}
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct practice_ui *p = practice_ui(u);
	struct coach *k = practice_coach(u);

	if (p->typing)
		return act_typing(u, a);
	if (customer(u) && trainers(a)) {
		model_say_note(m, NOTE_INFO, _("That is the trainer's; you play the customer."));
		return true;
	}
	if (seated(u))
		return act_seated(u, m, a);
	switch ((int)a) {
	case ACT_LIST_OPEN: case ACT_COACH_LINE: p->typing = true; return true;
	case ACT_COACH_PAUSE: coach_pause(k, k->state != SESSION_PAUSED); return true;
	case ACT_COACH_HANGUP: coach_hang_up(k, coach_contact(u)); return true;
	case ACT_COACH_FINISH:
		if (k->scored)
			coach_finish(k);
		else
			model_say_note(m, NOTE_INFO, _("There is no score yet: the calls are wrapped up first."));
		return true;
	case ACT_COACH_CALLER: return next_caller(u);
	case ACT_COACH_SWAP: return practice_swap(u, m);
	case ACT_COACH_LEAVE: case ACT_POPUP_CANCEL: return leave(u);
	default: return scroll(u, a) || ask_coach(u, m, a);
	}
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	struct practice_ui *p = practice_ui(u);

	(void)m;
	if (!p->typing)
		return false;
	return paste.n ? lineedit_insert(&p->line, paste) : lineedit_key(&p->line, k);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	struct practice_ui *p = practice_ui(u);

	(void)m;
	(void)y;
	(void)x;
	if (wheel == ACT_LIST_UP)
		p->coach_scroll++;
	else if (wheel == ACT_LIST_DOWN)
		p->coach_scroll -= p->coach_scroll > 0;
}

const struct place place_coach = {
	.title = N_("Coach"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.mouse = mouse,
};
