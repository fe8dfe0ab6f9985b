// SPDX-License-Identifier: MIT
// Knows the dialogs of practice: its menu, reply cards, leaving, keep and change; and which of its screens is in front.
#include "src/base/i18n.h"
#include "src/practice/phone.h"
#include "src/practice/tour.h"
#include "ui/practice_screens.h"

// --- which screen is in front

const struct place *practice_in_front(const struct ui *u)
{
	if (!u->practice) {
		if (u->screen == SCREEN_COACH && practice_coach(u))
			return &place_coach;
		if (u->screen != SCREEN_PRACTICE)
			return NULL;
		return practice_ui_const(u)->past[0] ? &place_debrief : &place_practice;
	}
	switch (session_state(u->practice->session)) {
	case SESSION_CREATED: case SESSION_BRIEFING: return &place_brief;
	case SESSION_RUNNING: case SESSION_PAUSED: case SESSION_SUSPENDED: case SESSION_WRAP: return NULL;
	case SESSION_SCORING_AUTO: case SESSION_SCORING_TRAINER: case SESSION_SCORED: case SESSION_DEBRIEFED: case SESSION_ARCHIVED:
	case SESSION_ABORTED: return &place_debrief;
	}
	return NULL;
}

bool practice_place(const struct place *p)
{
	return p == &place_practice || p == &place_brief || p == &place_debrief || p == &place_coach;
}

static void read_desk(struct ui *u, struct model *m)
{
	struct practice_ui *p = practice_ui(u);
	struct err e = {0};

	vec_release(&p->sessions.v);
	arena_release(&p->sessions.arena);
	vec_release(&p->cases.v);
	arena_release(&p->cases.arena);
	p->sessions = (struct book_sessions){0};
	p->cases = (struct book_cases){0};
	p->read = true;
	if (!u->practices || !u->practices->book)
		return;
	if (!book_sessions(u->practices->book, m->agent_no, NULL, 500, &p->sessions, &e) || !book_cases(u->practices->book, &p->cases, &e))
		ui_fail(m, &e);
}

static void make_debrief(struct ui *u, struct model *m)
{
	struct practice_ui *p = practice_ui(u);
	const struct score *s = debrief_score(u);
	const struct practice_log *log = debrief_of_log(u);
	const struct scenario *sc = u->practice ? session_scenario(u->practice->session) : practice_scenario_of(m, p->log.scenario);

	if (!s || !sc || p->made || !m->packs)
		return;
	debrief_release(&p->debrief);
	debrief_log(sc, log, m->packs->lexicon, s, &m->world, &p->debrief);
	p->made = true;
	p->notes = m->n_notes;
}

void practice_follow(struct ui *u, struct model *m)
{
	record_follow(u, m);
	if (u->screen == SCREEN_PRACTICE && !u->practice && !practice_ui(u)->read)
		read_desk(u, m);
	if (practice_in_front(u) == &place_debrief)
		make_debrief(u, m);
}

void practice_wish(struct ui *u, enum practice_wish wish, const char *scenario, enum practice_mode mode)
{
	u->want_practice = (struct practice_want){.wish = wish, .mode = mode, .human = mode == PRACTICE_PAIRED};
	snprintf(u->want_practice.scenario, sizeof(u->want_practice.scenario), "%s", scenario ? scenario : "");
	if (u->prac)
		u->prac->read = false; // there may be more to read when the desk comes back
}

// --- the menu of a session

static bool menu_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum action a = r->row_id ? action_by_name(r->row_id) : ACT_NONE;

	(void)e;
	if (a != ACT_NONE)
		ui_act(u, m, a);
	return true;
}

static void row(struct ui *u, char key, const char *label, const char *note, enum action a)
{
	popup_add_row(&u->popup, (uint32_t)key, label, note, action_info(a)->name);
}

static bool session_menu(struct ui *u, struct model *m)
{
	struct session *s = u->practice->session;
	const struct work *w = model_work(m);
	const char *hint = w ? session_hint(s, w) : "";
	char text[400];
	bool exam = session_mode(s) == PRACTICE_EXAM;

	const char *room = session_row(s)->room;
	snprintf(text, sizeof(text), *hint ? _("Hint: %s") : "%s", hint);
	if (room && *room)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), _("%sRoom: %s"), *text ? "\n" : "", room);
	popup_menu(&u->popup, 0, _("Session menu"), *text ? text : NULL);
	if (!exam)
		row(u, 'p', session_state(s) == SESSION_PAUSED ? _("Go on") : _("Pause"), NULL, ACT_PRACTICE_PAUSE);
	if (session_scenario(s)->n_cards && !exam)
		row(u, 'c', _("Reply cards"), NULL, ACT_PRACTICE_CARDS);
	if (session_mode(s) == PRACTICE_PAIRED)
		row(u, 's', _("Swap roles"), NULL, ACT_PRACTICE_SWAP);
	row(u, 'v', u->practice->voice ? _("Voice off") : _("Voice on"), NULL, ACT_PRACTICE_VOICE);
	if (!exam)
		row(u, 'l', _("Put aside for live work"), _("30 min"), ACT_PRACTICE_LIVE);
	if (session_scenario(s)->tour && tour_now(session_log(s), practice_ui(u)->tour_skipped) < TOUR_STEPS)
		row(u, 't', _("Skip this step of the tour"), NULL, ACT_TOUR_SKIP);
	if (session_scenario(s)->kind == SCENARIO_QUEUE)
		row(u, 'd', _("All sorted: score it"), NULL, ACT_PRACTICE_DONE);
	row(u, 'q', exam ? _("Give the exam up") : _("Leave"), NULL, ACT_PRACTICE_LEAVE);
	ui_ask(u, m, menu_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}

bool practice_toggle(struct ui *u, struct model *m)
{
	const struct place *old = ui_place(u, m);

	if (u->practice)
		return practice_place(old) ? true : session_menu(u, m);
	if (!u->practices) {
		model_say_note(m, NOTE_INFO, _("There is no practice here."));
		return true;
	}
	if (u->screen == SCREEN_PRACTICE || u->screen == SCREEN_COACH) {
		u->screen = SCREEN_DESK;
		return true;
	}
	if (practice_coach(u)) {
		u->screen = SCREEN_COACH;
		return true;
	}
	if (model_work(m) && contact_is_live(model_work(m)->contact)) {
		model_say_note(m, NOTE_INFO, _("Practice begins between calls."));
		return true;
	}
	if (old->leave)
		old->leave(u, m);
	practice_ui(u)->read = false;
	u->screen = SCREEN_PRACTICE;
	practice_follow(u, m);
	return true;
}

static bool in_session(struct ui *u, struct model *m)
{
	if (u->practice)
		return true;
	model_say_note(m, NOTE_INFO, _("That belongs to a practice session; M-x begins one."));
	return false;
}

bool practice_pause(struct ui *u, struct model *m)
{
	struct err e = {0};

	if (!in_session(u, m))
		return true;
	return ui_try(m, session_pause(u->practice->session, session_state(u->practice->session) != SESSION_PAUSED, &e), &e);
}

bool practice_voice(struct ui *u, struct model *m)
{
	if (in_session(u, m))
		practice_wish(u, PRACTICE_WISH_VOICE, NULL, PRACTICE_SOLO);
	return true;
}

bool practice_live(struct ui *u, struct model *m)
{
	if (in_session(u, m))
		practice_wish(u, PRACTICE_WISH_LIVE, NULL, PRACTICE_SOLO);
	return true;
}

// --- the guided tour

bool practice_tour(struct ui *u, struct model *m)
{
	for (size_t i = 0; m->packs && i < m->packs->n_scenarios; i++)
		if (m->packs->scenarios[i].s.tour) {
			if (u->practices && u->practices->session)
				model_say_note(m, NOTE_INFO, _("A session waits already: go on with it (g), or leave it there."));
			else
				practice_wish(u, PRACTICE_WISH_START, m->packs->scenarios[i].s.code, PRACTICE_SOLO);
			return true;
		}
	model_say_note(m, NOTE_INFO, _("There is no tour in the content packs; the common pack has one."));
	return true;
}

bool practice_tour_skip(struct ui *u, struct model *m)
{
	struct session *s = u->practice ? u->practice->session : NULL;
	size_t n = s && session_scenario(s)->tour ? tour_now(session_log(s), practice_ui(u)->tour_skipped) : TOUR_STEPS;

	if (n == TOUR_STEPS)
		model_say_note(m, NOTE_INFO, _("There is no step of a tour to skip."));
	else
		practice_ui(u)->tour_skipped |= 1u << n;
	m->changed = true;
	return true;
}

// --- a ticket queue is done

static bool done_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)m;
	(void)r;
	return session_finish(u->practice->session, e);
}

bool practice_done(struct ui *u, struct model *m)
{
	if (!in_session(u, m))
		return true;
	if (session_scenario(u->practice->session)->kind != SCENARIO_QUEUE || session_state(u->practice->session) != SESSION_RUNNING) {
		model_say_note(m, NOTE_INFO, _("That ends a ticket queue; a conversation ends with its wrap-up."));
		return true;
	}
	popup_confirm(&u->popup, 0, _("All sorted?"), _("It is scored now; what is not sorted yet counts as it came in."));
	ui_ask(u, m, done_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}

// --- leaving

static bool leave_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	(void)m;
	(void)e;
	practice_wish(u, PRACTICE_WISH_LEAVE, NULL, PRACTICE_SOLO);
	snprintf(u->want_practice.reason, sizeof(u->want_practice.reason), "%s", r->texts[0] ? r->texts[0] : "");
	return true;
}

bool ask_practice_leave(struct ui *u, struct model *m)
{
	if (!in_session(u, m))
		return true;
	// The calls are over: it is scored, nothing is given up.
	if (session_state(u->practice->session) == SESSION_WRAP) {
		practice_wish(u, PRACTICE_WISH_LEAVE, NULL, PRACTICE_SOLO);
		return true;
	}
	popup_prompt(&u->popup, 0, _("Leave the session"), _("It is not over: it is given up without a score."));
	popup_add_field(&u->popup, _("Why"), NULL, true, 1);
	ui_ask(u, m, leave_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}

// --- reply cards

static bool card_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct work *w = ui_ask_work(u, m);
	const struct reply_card *cards[9];
	size_t n = w ? engine_cards(session_engine(u->practice->session), phone_caller(w->contact->call), cards, 9) : 0;

	for (size_t i = 0; i < n; i++)
		if (str_eq(cards[i]->id, r->row_id))
			return session_say(u->practice->session, w, label_text(cards[i]->text), e);
	return err_set(e, ERR_DENIED, _("The customer has gone on; choose again."));
}

bool ask_practice_cards(struct ui *u, struct model *m)
{
	struct work *w = model_work(m);
	const struct reply_card *cards[9];

	if (!in_session(u, m))
		return true;
	size_t n = w && contact_is_live(w->contact) && session_mode(u->practice->session) != PRACTICE_EXAM
		       ? engine_cards(session_engine(u->practice->session), phone_caller(w->contact->call), cards, 9)
		       : 0;
	if (!n) {
		model_say_note(m, NOTE_INFO, _("There are no cards now: say it in your own words (M-y)."));
		return true;
	}
	popup_menu(&u->popup, 0, _("What do you say?"), NULL);
	for (size_t i = 0; i < n; i++)
		popup_add_row(&u->popup, (uint32_t)('1' + i), label_text(cards[i]->text), NULL, cards[i]->id);
	u->popup.tall = true; // nobody says half a sentence
	ui_ask(u, m, card_done, NULL);
	return true;
}

// --- after the session

static bool write_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	if (!session_debrief(u->practice->session, r->texts[0], r->texts[1], e))
		return false;
	model_say_note(m, NOTE_INFO, _("Noted. q leaves the session."));
	return true;
}

bool ask_debrief_write(struct ui *u, struct model *m)
{
	if (session_state(u->practice->session) != SESSION_SCORED) {
		model_say_note(m, NOTE_INFO, _("It is noted already, or the trainer has not scored it yet."));
		return true;
	}
	popup_prompt(&u->popup, 0, _("Keep and change"), _("What went well and stays; what is done otherwise next time."));
	popup_add_field(&u->popup, _("Keep"), NULL, true, 1);
	popup_add_field(&u->popup, _("Change"), NULL, true, 1);
	ui_ask(u, m, write_done, NULL);
	u->ask_contact[0] = '\0';
	ui_ask_keep(u, m, "debrief");
	return true;
}

static bool adjust_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	int64_t points;
	const struct score *s = debrief_score(u);
	enum score_part part = (enum score_part)u->ask_n;

	if (!s->weight[part] || !parse_int(sv_trim(sv(r->texts[0])), 0, s->weight[part] / 100, &points))
		return err_set(e, ERR_USAGE, _("Points of %s go from 0 to %d."), score_part_label(part), s->weight[part] / 100);
	if (!session_adjust(u->practice->session, part, (int)(points * 1000000 / s->weight[part]), r->texts[1], e))
		return false;
	practice_ui(u)->made = false;
	practice_follow(u, m);
	return true;
}

bool ask_debrief_adjust(struct ui *u, struct model *m, enum score_part part)
{
	const struct score *s = debrief_score(u);
	char text[200];

	snprintf(text, sizeof(text), _("%s: %.1f of %d points. At most 20 %% up or down; both values are kept."), score_part_label(part),
		 s->share[part] / 10000.0 * s->weight[part] / 100.0, s->weight[part] / 100);
	popup_prompt(&u->popup, 0, _("Adjust"), text);
	popup_add_field(&u->popup, _("Points"), NULL, true, 1);
	popup_add_field(&u->popup, _("Why"), NULL, true, 1);
	ui_ask(u, m, adjust_done, NULL);
	u->ask_n = part;
	u->ask_contact[0] = '\0';
	return true;
}

// --- rooms

static bool join_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	struct sv code = sv_trim(sv(r->texts[0]));
	enum practice_mode mode = (enum practice_mode)u->ask_n;

	(void)m;
	if (!code.n)
		return err_set(e, ERR_USAGE, _("The code stands on the other screen, six letters and digits."));
	practice_wish(u, PRACTICE_WISH_JOIN, NULL, mode);
	snprintf(u->want_practice.room, sizeof(u->want_practice.room), "%.*s", (int)code.n, code.p);
	for (char *c = u->want_practice.room; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return true;
}

static bool role_done(struct ui *u, struct model *m, const struct popup_result *r, struct err *e)
{
	enum practice_mode mode = PRACTICE_COACHED;

	if (!practice_mode_parse(sv(r->row_id ? r->row_id : ""), &mode))
		return err_set(e, ERR_USAGE, _("Choose as whom."));
	popup_prompt(&u->popup, 0, mode == PRACTICE_PAIRED ? _("Play the customer") : mode == PRACTICE_DRILL ? _("A seat in the drill") : _("Coach a colleague"),
		     _("The code stands on your colleague's screen."));
	popup_add_field(&u->popup, _("Code"), NULL, true, 1)->max = 7;
	ui_ask(u, m, join_done, NULL);
	u->ask_n = (int64_t)mode;
	u->ask_contact[0] = '\0';
	return true;
}

bool practice_join(struct ui *u, struct model *m)
{
	popup_menu(&u->popup, 0, _("Join a session"), NULL);
	popup_add_row(&u->popup, 't', _("As the trainer"), _("watch, whisper, score"), practice_mode_code(PRACTICE_COACHED));
	popup_add_row(&u->popup, 'c', _("As the customer"), _("type their lines"), practice_mode_code(PRACTICE_PAIRED));
	popup_add_row(&u->popup, 'd', _("As a seat of a drill"), _("second agent, lead ..."), practice_mode_code(PRACTICE_DRILL));
	ui_ask(u, m, role_done, NULL);
	u->ask_contact[0] = '\0';
	return true;
}

struct coach *practice_coach(const struct ui *u)
{
	return u->practices ? u->practices->coach : NULL;
}

bool practice_swap(struct ui *u, struct model *m)
{
	bool paired = u->practice ? session_mode(u->practice->session) == PRACTICE_PAIRED
				  : practice_coach(u) && practice_coach(u)->log.mode == PRACTICE_PAIRED;

	if (!paired) {
		model_say_note(m, NOTE_INFO, _("Roles are exchanged in a paired session (p on the practice desk)."));
		return true;
	}
	practice_wish(u, PRACTICE_WISH_SWAP, NULL, PRACTICE_PAIRED);
	return true;
}
