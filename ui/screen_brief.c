// SPDX-License-Identifier: MIT
// Knows what is read before a practice session begins: what is practised, what is known, what the rules are.
#include "src/base/i18n.h"
#include "ui/practice_screens.h"

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u;
	(void)m;
	return CTX_BRIEF;
}

static int part(const struct canvas *c, int y, const char *label, const char *text)
{
	struct canvas rest = canvas_sub(c, (struct rect){y + 1, 2, c->r.h - y - 1, c->r.w - 2});

	if (y >= c->r.h || !*text)
		return y;
	canvas_text(c, y, 0, ROLE_DIM, label);
	int n = canvas_wrap(&rest, 0, 0, ROLE_PLAIN, sv(text), 0);
	return y + 2 + (n > 0 ? n : 1);
}

// How it works, in the words of the mode.
static const char *rules(enum practice_mode m)
{
	switch (m) {
	case PRACTICE_SOLO: return _("Answer with F2. What you say is typed: M-y, then Enter. Script, knowledge, form, tickets and escalation work as always. M-x pauses or leaves. Nothing of it reaches live work.");
	case PRACTICE_EXAM: return _("Answer with F2. What you say is typed: M-y, then Enter. No pause, no hints, no second try; if the program breaks off, it goes on with the time that is left. Nothing of it reaches live work.");
	case PRACTICE_COACHED: return _("Answer with F2. What you say is typed: M-y, then Enter. A trainer watches, may whisper, stop the clock and add to the score. Nothing of it reaches live work.");
	case PRACTICE_PAIRED: return _("Answer with F2. What you say is typed: M-y, then Enter. A colleague plays the customer at another station. Nothing of it reaches live work.");
	case PRACTICE_DRILL: return _("Several seats work on one incident against one clock. What you say is typed: M-y, then Enter. Nothing of it reaches live work.");
	}
	return "";
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	static const enum action hints[] = {ACT_BRIEF_START, ACT_BRIEF_LEAVE};
	struct session *s = u->practice->session;
	const struct scenario *sc = session_scenario(s);
	const struct book_session *row = session_row(s);
	struct canvas in = canvas_sub(c, (struct rect){2, 3, c->r.h - 3, (c->r.w > 96 ? 96 : c->r.w) - 6});
	char buf[200];
	int y = 0;

	(void)m;
	canvas_title(c, 0, label_text(sc->title), row->no, focused);
	y = part(&in, y, _("Goal"), label_text(sc->goal));
	y = part(&in, y, _("What you know"), label_text(sc->brief));
	snprintf(buf, sizeof(buf), _("%s, %s, %d minutes"), practice_mode_label(session_mode(s)), practice_level_label(sc->level), (sc->time_limit_s + 59) / 60);
	y = part(&in, y, _("How"), buf);
	y = part(&in, y, _("Rules"),
		 sc->kind == SCENARIO_QUEUE ? _("The tickets are on the home screen, the urgent ones first. Enter opens one; c sets its category, p its priority, r the queue it goes to, n writes a note. "
						"M-x, d ends it. Nothing of it reaches live work.")
					    : rules(session_mode(s)));
	if (row->room && *row->room) {
		snprintf(buf, sizeof(buf), _("%s   (the other seat: M-x, j, then this code)"), row->room);
		part(&in, y, _("Room"), buf);
	}
	struct canvas bottom = canvas_sub(c, (struct rect){c->r.h - 1, 1, 1, c->r.w - 2});
	ui_hints(u, &bottom, 0, 0, CTX_BRIEF, hints, 2);
	if (focused)
		canvas_caret(c, c->r.h - 1, 1, false);
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct err e = {0};

	switch ((int)a) {
	case ACT_BRIEF_START: return ui_try(m, session_start(u->practice->session, &e), &e);
	case ACT_BRIEF_LEAVE:
		practice_wish(u, PRACTICE_WISH_LEAVE, NULL, PRACTICE_SOLO);
		return true;
	default: return false;
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

const struct place place_brief = {
	.title = N_("Briefing"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
};
