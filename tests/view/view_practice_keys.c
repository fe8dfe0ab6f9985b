// SPDX-License-Identifier: MIT
// Knows that every key of the practice places does what its hint says, and that live work shows nothing of practice.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/role.h"
#include "src/base/path.h"
#include "tests/view/scene_practice.h"
#include "ui/practice_screens.h"

static struct practice_scene p;

static const struct place *place(void)
{
	return ui_place(practice_scene_ui(&p), practice_scene_model(&p));
}

// What was asked of the app since, and asks no more.
static struct practice_want wish(void)
{
	struct practice_want w = practice_scene_ui(&p)->want_practice;

	practice_scene_ui(&p)->want_practice = (struct practice_want){0};
	return w;
}

static void wishes(const char *keys, enum practice_wish what)
{
	practice_scene_keys(&p, keys);
	assert_int_equal(wish().wish, what);
}

static enum popup_kind dialog(void)
{
	return practice_scene_ui(&p)->popup.kind;
}

static struct practice_ui *seen(void)
{
	return practice_ui(practice_scene_ui(&p));
}

static void says(const char *part)
{
	if (!strstr(practice_scene_said(&p), part))
		fail_msg("no %s in: %s", part, practice_scene_said(&p));
}

// --- the desk

static void starts(const char *key, enum practice_mode mode)
{
	practice_scene_keys(&p, key);
	struct practice_want w = wish();
	assert_int_equal(w.wish, PRACTICE_WISH_START);
	assert_int_equal(w.mode, mode);
	assert_true(w.human == (mode == PRACTICE_PAIRED));
	assert_string_equal(w.scenario, practice_scenario(&p.s.model, seen()->list[PRACTICE_SCENARIOS].selected)->code);
}

static void test_desk(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_keys(&p, "M-x");
	assert_ptr_equal(place(), &place_practice);
	practice_scene_keys(&p, "Down Down");
	assert_int_equal(seen()->list[PRACTICE_SCENARIOS].selected, 2);
	starts("Enter", PRACTICE_SOLO);
	starts("e", PRACTICE_EXAM);
	starts("c", PRACTICE_COACHED);
	starts("p", PRACTICE_PAIRED);
	practice_scene_keys(&p, "j");
	assert_int_equal(dialog(), POPUP_MENU);
	practice_scene_keys(&p, "c");
	practice_scene_type(&p, "k7m2qx");
	practice_scene_keys(&p, "Enter");
	struct practice_want w = wish();
	assert_int_equal(w.wish, PRACTICE_WISH_JOIN);
	assert_true(w.human);
	assert_string_equal(w.room, "K7M2QX");
	wishes("g", PRACTICE_WISH_NONE);
	says("No session waits");
	practice_scene_keys(&p, "Tab");
	assert_int_equal(seen()->at, PRACTICE_SESSIONS);
	practice_scene_keys(&p, "Tab Tab");
	assert_int_equal(seen()->at, PRACTICE_SCENARIOS);
	practice_scene_keys(&p, "S-Tab");
	assert_int_equal(seen()->at, PRACTICE_CASES);
	practice_scene_keys(&p, "2");
	assert_int_equal(seen()->at, PRACTICE_SESSIONS);
	wishes("e", PRACTICE_WISH_NONE);
	says("Choose a scenario first");
	practice_scene_keys(&p, "1 Esc");
	assert_ptr_equal(place(), &place_home);
	practice_scene_keys(&p, "M-x M-x");
	assert_ptr_equal(place(), &place_home);
	practice_scene_close(&p);
}

// A session waits behind the desk: g goes there, and no other begins.
static void test_desk_with_a_session(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	struct session *waits = p.session;
	p.session = NULL; // behind
	p.desk.session = waits;
	practice_scene_keys(&p, "M-x");
	wishes("g", PRACTICE_WISH_CONTINUE);
	wishes("Enter", PRACTICE_WISH_NONE);
	says("A session waits already");
	p.desk.session = NULL;
	p.session = waits;
	practice_scene_close(&p);
}

// Practice begins between calls.
static void test_not_during_a_call(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	scene_call(&p.s, "13812345678", "王芳");
	practice_scene_keys(&p, "M-x");
	assert_ptr_equal(place(), &place_script);
	says("between calls");
	practice_scene_close(&p);
}

// --- before and during a session

static void test_brief(void **state)
{
	static const char *const begin[] = {"Enter", "F2"}, *const leave[] = {"Esc", "q"};

	(void)state;
	practice_scene_open(&p, LANG_EN);
	for (size_t i = 0; i < 2; i++) {
		practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
		assert_ptr_equal(place(), &place_brief);
		wishes(leave[i], PRACTICE_WISH_LEAVE);
		practice_scene_keys(&p, begin[i]);
		assert_int_equal(session_state(p.session), SESSION_RUNNING);
	}
	practice_scene_close(&p);
}

static void test_session_menu(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_keys(&p, "M-x p");
	assert_int_equal(session_state(p.session), SESSION_PAUSED);
	practice_scene_keys(&p, "M-x p");
	assert_int_equal(session_state(p.session), SESSION_RUNNING);
	wishes("M-x v", PRACTICE_WISH_VOICE);
	wishes("M-x l", PRACTICE_WISH_LIVE);
	practice_scene_keys(&p, "M-x q");
	assert_int_equal(dialog(), POPUP_PROMPT);
	practice_scene_keys(&p, "Enter");
	assert_int_equal(dialog(), POPUP_PROMPT); // why is required
	practice_scene_type(&p, "lunch");
	practice_scene_keys(&p, "Enter");
	struct practice_want w = wish();
	assert_int_equal(w.wish, PRACTICE_WISH_LEAVE);
	assert_string_equal(w.reason, "lunch");
	// The wrap-up is scored, not given up.
	practice_scene_talk(&p, NULL);
	assert_int_equal(session_state(p.session), SESSION_WRAP);
	wishes("M-x q", PRACTICE_WISH_LEAVE);
	practice_scene_close(&p);
}

static const char *last_line(void)
{
	const struct contact *k = model_work(practice_scene_model(&p))->contact;

	return k->lines.n ? k->lines.v[k->lines.n - 1].text : "";
}

static void test_what_is_said(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_keys(&p, "M-a");
	assert_int_equal(dialog(), POPUP_MENU);
	practice_scene_keys(&p, "1");
	assert_true(strncmp(last_line(), "I see how worrying that is", 26) == 0);
	practice_scene_keys(&p, "M-y");
	practice_scene_type(&p, "one moment");
	practice_scene_keys(&p, "Enter");
	assert_string_equal(last_line(), "one moment");
	practice_scene_close(&p);
}

static void test_exam(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_EXAM);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_keys(&p, "M-a");
	assert_int_equal(dialog(), POPUP_NONE);
	says("no cards");
	practice_scene_keys(&p, "M-x p");
	assert_int_equal(session_state(p.session), SESSION_RUNNING);
	practice_scene_keys(&p, "l");
	assert_int_equal(wish().wish, PRACTICE_WISH_NONE);
	practice_scene_keys(&p, "Esc");
	assert_false(practice_scene_shows(&p, "hint:"));
	practice_scene_close(&p);
}

// --- after it

static void scored(enum practice_mode mode)
{
	practice_scene_open(&p, LANG_EN);
	p.s.model.roles = USER_BIT(USER_AGENT) | USER_BIT(USER_TRAINER);
	practice_scene_sit(&p, "ec.logi.01", mode);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_talk(&p, "EC_TRACE");
	assert_ptr_equal(place(), &place_debrief);
}

static void test_evidence(void **state)
{
	const struct score_point *point;
	size_t row = 0;

	(void)state;
	scored(PRACTICE_SOLO);
	for (debrief_part_row(&p.ui, row, &point); !point || point->entry == SCENARIO_NONE; debrief_part_row(&p.ui, ++row, &point))
		practice_scene_keys(&p, "Down");
	assert_int_equal(seen()->parts.selected, row);
	practice_scene_keys(&p, "Enter");
	assert_int_equal(seen()->page, DEBRIEF_TIMELINE);
	assert_int_equal(seen()->debrief.rows.v[seen()->rows.selected].entry, point->entry);
	practice_scene_keys(&p, "Left");
	assert_int_equal(seen()->page, DEBRIEF_SCORE);
	assert_int_equal(seen()->parts.selected, row);
	practice_scene_keys(&p, "Right Backspace");
	assert_int_equal(seen()->page, DEBRIEF_SCORE);
	// Something that never happened has none.
	for (row = 0; !point || point->entry != SCENARIO_NONE; debrief_part_row(&p.ui, ++row, &point))
		;
	practice_scene_keys(&p, "Home");
	for (size_t i = 0; i < row; i++)
		practice_scene_keys(&p, "Down");
	practice_scene_keys(&p, "Enter");
	assert_int_equal(seen()->page, DEBRIEF_SCORE);
	says("That never happened");
	practice_scene_close(&p);
}

static void test_pages(void **state)
{
	struct str screen = {0};

	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	// Much to say about it afterwards.
	for (int i = 0; i < 4; i++)
		practice_scene_card(&p, false);
	practice_scene_wait(&p, 60000);
	practice_scene_talk(&p, "EC_TRACE");
	practice_scene_draw(&p, 24, 80, &screen);
	practice_scene_keys(&p, "Tab");
	assert_int_equal(seen()->page, DEBRIEF_TIMELINE);
	practice_scene_keys(&p, "Left"); // nobody came from a point
	assert_int_equal(seen()->page, DEBRIEF_TIMELINE);
	practice_scene_keys(&p, "S-Tab S-Tab");
	assert_int_equal(seen()->page, DEBRIEF_ANSWERS);
	practice_scene_keys(&p, "1");
	assert_int_equal(seen()->page, DEBRIEF_SCORE);
	// The answers end where they end, on every screen.
	practice_scene_keys(&p, "3");
	for (int i = 0; i < 200; i++)
		practice_scene_keys(&p, "Down");
	int last = seen()->scroll;
	practice_scene_keys(&p, "PgDn End");
	assert_int_equal(seen()->scroll, last);
	assert_true(last > 0 && last < 100);
	str_clear(&screen);
	practice_scene_draw(&p, 24, 80, &screen);
	const struct debrief_model *end = &seen()->debrief.models.v[seen()->debrief.models.n - 1];
	assert_non_null(strstr(str_z(&screen), end->what)); // the end is there to read
	practice_scene_keys(&p, "Up");
	assert_int_equal(seen()->scroll, last ? last - 1 : 0);
	practice_scene_keys(&p, "Home");
	assert_int_equal(seen()->scroll, 0);
	str_release(&screen);
	practice_scene_close(&p);
}

static void test_mouse(void **state)
{
	struct rect r;

	(void)state;
	practice_scene_open(&p, LANG_EN);
	practice_scene_keys(&p, "M-x");
	ui_layout(&p.s.ui, &p.s.model);
	ui_click(&p.s.ui, &p.s.model, p.s.ui.layout.body.y + 2 + 3, 10, 0); // the fourth row below title and lists
	assert_int_equal(seen()->list[PRACTICE_SCENARIOS].selected, 3);
	ui_click(&p.s.ui, &p.s.model, 12, 10, 1);
	assert_int_equal(seen()->list[PRACTICE_SCENARIOS].selected, 4);
	practice_scene_close(&p);
	scored(PRACTICE_SOLO);
	ui_layout(&p.ui, session_model(p.session));
	r = debrief_list_rect(&p.ui, DEBRIEF_SCORE);
	ui_click(&p.ui, session_model(p.session), r.y + 2, r.x + 5, 0);
	assert_int_equal(seen()->parts.selected, 2);
	r = debrief_list_rect(&p.ui, DEBRIEF_TIMELINE);
	ui_click(&p.ui, session_model(p.session), r.y + 4, r.x + 5, 0);
	assert_int_equal(seen()->page, DEBRIEF_TIMELINE);
	assert_int_equal(seen()->rows.selected, 4);
	practice_scene_close(&p);
}

static void test_keep_and_change(void **state)
{
	(void)state;
	scored(PRACTICE_SOLO);
	wishes("q", PRACTICE_WISH_NONE);
	assert_int_equal(dialog(), POPUP_PROMPT);
	practice_scene_type(&p, "comfort first");
	practice_scene_keys(&p, "Enter");
	assert_int_equal(dialog(), POPUP_PROMPT); // both
	practice_scene_keys(&p, "C-g");
	assert_int_equal(dialog(), POPUP_NONE);
	assert_int_equal(session_state(p.session), SESSION_SCORED);
	// What was typed comes back.
	practice_scene_keys(&p, "w");
	assert_true(practice_scene_shows(&p, "comfort first"));
	practice_scene_keys(&p, "Tab");
	practice_scene_type(&p, "classify earlier");
	practice_scene_keys(&p, "Enter");
	assert_int_equal(dialog(), POPUP_NONE);
	assert_int_equal(session_state(p.session), SESSION_DEBRIEFED);
	assert_string_equal(session_row(p.session)->keep, "comfort first");
	assert_string_equal(session_row(p.session)->change, "classify earlier");
	wishes("w", PRACTICE_WISH_NONE);
	assert_int_equal(dialog(), POPUP_NONE);
	wishes("q", PRACTICE_WISH_LEAVE);
	wishes("Esc", PRACTICE_WISH_LEAVE);
	practice_scene_close(&p);
}

static void test_adjust(void **state)
{
	(void)state;
	scored(PRACTICE_COACHED);
	assert_int_equal(session_state(p.session), SESSION_SCORING_TRAINER);
	practice_scene_keys(&p, "a");
	assert_int_equal(dialog(), POPUP_PROMPT);
	practice_scene_type(&p, "99");
	practice_scene_keys(&p, "Tab");
	practice_scene_type(&p, "why not");
	practice_scene_keys(&p, "Enter");
	assert_int_equal(dialog(), POPUP_PROMPT); // more than there are
	practice_scene_keys(&p, "Esc");
	const struct score *s = session_score(p.session);
	int points = (s->share[SCORE_SPEED] * (s->weight[SCORE_SPEED] / 100) + 5000) / 10000 + 1;
	char text[16];
	snprintf(text, sizeof(text), "%d", points);
	practice_scene_keys(&p, "a");
	practice_scene_type(&p, text);
	practice_scene_keys(&p, "Tab");
	practice_scene_type(&p, "line noise at the start");
	practice_scene_keys(&p, "Enter");
	assert_int_equal(dialog(), POPUP_NONE);
	assert_true(session_score(p.session)->adjusted[SCORE_SPEED] > s->share[SCORE_SPEED]);
	assert_string_equal(session_score(p.session)->reason[SCORE_SPEED], "line noise at the start");
	practice_scene_close(&p);
}

// --- the other seat; its words arrive at the seat that practises

static struct str arrived;
static struct room *other;

static void hears(void *arg, const struct room_line *l)
{
	char *text = json_dumps(l->body, JSON_COMPACT);

	(void)arg;
	str_addf(&arrived, "%s\n", text);
	free(text);
}

static void ignore(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
}

static void listen(void)
{
	char *rooms = path_join(p.s.dir, "rooms");
	struct room_options o = {.code = "K7M2QX", .seat = "0A7", .by = "8001", .clock = &p.s.clock, .folder = rooms, .heard = hears, .trouble = ignore};

	scene_must(room_join(&other, &o, false, &e));
	free(rooms);
}

static void sends(const char *keys, const char *text, const char *then, const char *part)
{
	str_clear(&arrived);
	practice_scene_keys(&p, keys);
	if (text)
		practice_scene_type(&p, text);
	if (then)
		practice_scene_keys(&p, then);
	for (int i = 0; i < 3; i++) {
		clock_fake_add(&p.s.clock, 500);
		room_turn(p.room);
		room_turn(other);
	}
	if (!strstr(str_z(&arrived), part))
		fail_msg("%s: no %s in\n%s", keys, part, str_z(&arrived));
}

static void coach_over(const char *scenario, enum practice_mode mode, enum coach_role role, bool to_the_end)
{
	practice_scene_sit(&p, scenario, mode);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	if (to_the_end)
		practice_scene_talk(&p, "EC_TRACE");
	practice_scene_coach(&p, role);
	assert_ptr_equal(place(), &place_coach);
}

static void end_other(void)
{
	room_leave(other);
	other = NULL;
	str_release(&arrived);
	practice_scene_close(&p);
}

static void test_trainer(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	coach_over("ec.logi.01", PRACTICE_COACHED, COACH_TRAINER, false);
	listen();
	sends("w", "slow down", "Enter", "\"type\":\"whisper\",\"data\":{\"text\":\"slow down\"}");
	sends("l", "and my other parcel?", "Enter", "\"text\":\"and my other parcel?\"");
	practice_scene_keys(&p, "Esc"); // back from the line
	sends("c 1", NULL, NULL, "\"id\":\"c1\"");
	sends("b", "Refund me", "Enter", "\"kind\":\"beat\"");
	sends("e 3", NULL, NULL, "\"level\":\"3\"");
	sends("t g", "well said", "Enter", "\"type\":\"tag\"");
	sends("p", NULL, NULL, "\"type\":\"pause\"");
	practice_scene_keys(&p, "r");
	assert_int_equal(dialog(), POPUP_TEXT);
	practice_scene_keys(&p, "Esc a");
	says("There is no score yet");
	wishes("s", PRACTICE_WISH_NONE);
	says("paired session");
	wishes("q", PRACTICE_WISH_PART);
	wishes("Esc", PRACTICE_WISH_PART);
	end_other();
}

static void test_trainer_scores(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	coach_over("ec.logi.01", PRACTICE_COACHED, COACH_TRAINER, true);
	listen();
	practice_scene_keys(&p, "a 1");
	assert_int_equal(dialog(), POPUP_PROMPT);
	practice_scene_type(&p, "8");
	practice_scene_keys(&p, "Tab");
	sends("x", "noise", "Enter", "\"ctl\":\"adjust\"");
	sends("f", NULL, NULL, "\"ctl\":\"finish\"");
	end_other();
}

static void test_customer(void **state)
{
	(void)state;
	practice_scene_open(&p, LANG_EN);
	coach_over("com.multi.01", PRACTICE_PAIRED, COACH_CUSTOMER, false);
	listen();
	sends("l", "hello?", "Enter", "\"text\":\"hello?\"");
	practice_scene_keys(&p, "Esc");
	practice_scene_keys(&p, "n");
	assert_int_equal(seen()->contact, 1);
	sends("e 4", NULL, NULL, "\"c\":1");
	practice_scene_keys(&p, "n n");
	assert_int_equal(seen()->contact, 0);
	sends("h", NULL, NULL, "\"type\":\"hangup\"");
	practice_scene_keys(&p, "r");
	assert_int_equal(dialog(), POPUP_TEXT);
	practice_scene_keys(&p, "Esc");
	wishes("s", PRACTICE_WISH_SWAP);
	practice_scene_keys(&p, "M-x");
	assert_ptr_equal(place(), &place_home);
	practice_scene_keys(&p, "M-x");
	assert_ptr_equal(place(), &place_coach);
	end_other();
}

// --- no trace in live work; the word and the colour everywhere in practice

static void traces(bool wanted, const char *where)
{
	struct str out = {0};
	struct sv rest, line;
	bool word, role = false;

	practice_scene_draw(&p, 40, 120, &out);
	word = strstr(str_z(&out), practice_word()) != NULL;
	rest = sv(str_z(&out));
	while (sv_split(&rest, '\n', &line))
		role |= line.n && line.p[0] == '~' && memchr(line.p, 'p', line.n);
	if (word != wanted || role != wanted)
		fail_msg("%s: word %d, colour %d\n%s", where, word, role, str_z(&out));
	str_release(&out);
}

static void live_work(enum lang lang)
{
	static const char *const panes[] = {"M-1", "M-2", "M-3", "M-4"};

	practice_scene_open(&p, lang);
	traces(false, "home");
	practice_scene_keys(&p, "F10");
	traces(false, "history");
	practice_scene_keys(&p, "F10");
	struct work *w = scene_call(&p.s, "13812345678", "王芳");
	for (size_t i = 0; i < 4; i++) {
		practice_scene_keys(&p, panes[i]);
		traces(false, panes[i]);
	}
	scene_must(model_hangup(&p.s.model, w, &e));
	ui_follow(&p.s.ui, &p.s.model);
	traces(false, "wrap-up");
	practice_scene_close(&p);
}

static void in_practice(enum lang lang)
{
	static const char *const panes[] = {"M-1", "M-2", "M-3", "M-4"};

	practice_scene_open(&p, lang);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	traces(true, "brief");
	practice_scene_keys(&p, "Enter");
	traces(true, "ringing");
	practice_scene_wait(&p, 500);
	practice_scene_keys(&p, "F2");
	practice_scene_wait(&p, 3000);
	for (size_t i = 0; i < 4; i++) {
		practice_scene_keys(&p, panes[i]);
		traces(true, panes[i]);
	}
	practice_scene_keys(&p, "F10");
	traces(true, "history");
	practice_scene_keys(&p, "F10");
	practice_scene_talk(&p, NULL);
	traces(true, "wrap-up");
	practice_scene_talk(&p, "EC_TRACE");
	traces(true, "debrief");
	practice_scene_close(&p);
}

static void test_no_trace(void **state)
{
	(void)state;
	live_work(LANG_ZH);
	live_work(LANG_EN);
	in_practice(LANG_ZH);
	in_practice(LANG_EN);
}

// --- whatever is pressed: nothing breaks, nothing is drawn outside, the state is one that may be

static uint64_t dice;

static uint64_t roll(uint64_t below)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (dice >> 33) % below;
}

static const char *some_key(void)
{
	static const char *const keys[] = {"Enter", "Esc", "Tab", "S-Tab", "Up", "Down", "Left", "Right", "PgUp", "PgDn", "Home", "End", "F2", "F6", "F9",
					   "M-x", "M-a", "M-y", "M-1", "M-2", "M-3", "M-4", "C-p", "C-s", "C-f", "1", "2", "3", "a", "b", "c", "d",
					   "e", "f", "g", "h", "j", "l", "n", "p", "q", "r", "s", "t", "v", "w", "x", "y", "Space", "Backspace"};

	return keys[roll(sizeof(keys) / sizeof(*keys))];
}

static void obey(const char *const scenarios[], size_t n)
{
	struct practice_want w = wish();

	if (w.wish == PRACTICE_WISH_START)
		practice_scene_sit(&p, scenarios[roll(n)], w.mode == PRACTICE_DRILL ? PRACTICE_SOLO : w.mode);
	if (!p.session)
		return;
	enum session_state st = session_state(p.session);
	if (w.wish == PRACTICE_WISH_LEAVE && st == SESSION_WRAP)
		scene_must(session_finish(p.session, &e));
	else if (w.wish == PRACTICE_WISH_LEAVE)
		practice_scene_stand_up(&p);
	if (!p.session) {
		p.s.ui.screen = SCREEN_PRACTICE;
		practice_ui(&p.s.ui)->read = false;
		ui_follow(&p.s.ui, &p.s.model);
	}
}

static void draw_somewhere(void)
{
	static const int sizes[][2] = {{24, 80}, {40, 120}, {50, 200}, {30, 100}, {20, 60}};
	const int *z = sizes[roll(5)];
	struct golden g;
	struct ui *u = practice_scene_ui(&p);

	golden_open(&g, z[0], z[1], "dark");
	struct canvas c = golden_begin(&g);
	ui_resize(u, practice_scene_model(&p), z[0], z[1]);
	ui_layout(u, practice_scene_model(&p));
	ui_draw(u, practice_scene_model(&p), &c);
	if (g.leaks)
		fail_msg("%d writes outside at %dx%d", g.leaks, z[1], z[0]);
	golden_close(&g);
}

static void test_random_keys(void **state)
{
	static const char *const scenarios[] = {"ec.logi.01", "com.multi.01", "com.soothe.01", "com.outage.01"};
	size_t places[4] = {0};

	(void)state;
	dice = 20261122;
	practice_scene_open(&p, LANG_ZH);
	practice_scene_keys(&p, "M-x");
	for (int i = 0; i < 2500; i++) {
		const char *key = some_key();
		if (!p.session && p.s.ui.screen != SCREEN_PRACTICE && dialog() == POPUP_NONE && roll(4) == 0)
			key = "M-x";
		practice_scene_keys(&p, key);
		if (roll(6) == 0)
			practice_scene_type(&p, "抱歉，我马上为您查");
		if (roll(3) == 0)
			practice_scene_wait(&p, (int64_t)roll(9000));
		obey(scenarios, 4);
		if (i % 7 == 0)
			draw_somewhere();
		places[place() == &place_practice ? 0 : place() == &place_brief ? 1 : place() == &place_debrief ? 2 : 3]++;
	}
	print_message("desk %zu, briefing %zu, debrief %zu, elsewhere %zu\n", places[0], places[1], places[2], places[3]);
	assert_true(places[0] && places[1] && places[2] && places[3]);
	practice_scene_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_desk), cmocka_unit_test(test_desk_with_a_session), cmocka_unit_test(test_not_during_a_call),
		cmocka_unit_test(test_brief), cmocka_unit_test(test_session_menu), cmocka_unit_test(test_what_is_said),
		cmocka_unit_test(test_exam), cmocka_unit_test(test_evidence), cmocka_unit_test(test_pages),
		cmocka_unit_test(test_mouse), cmocka_unit_test(test_keep_and_change), cmocka_unit_test(test_adjust), cmocka_unit_test(test_trainer),
		cmocka_unit_test(test_trainer_scores), cmocka_unit_test(test_customer), cmocka_unit_test(test_no_trace), cmocka_unit_test(test_random_keys),
	};

	return cmocka_run_group_tests_name("practice keys", tests, NULL, NULL);
}
