// SPDX-License-Identifier: MIT
// Knows how practice looks: the desk, the briefing, a running call, the wrap-up, the debrief, the other seat, and every dialog.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/view/scene_practice.h"
#include "ui/practice_screens.h"
#include "ui/rows.h"

static struct practice_scene p;

static const char *suffix(void)
{
	return i18n_lang() == LANG_ZH ? "" : "en_";
}

static void look(const char *name, int rows, int cols)
{
	char full[80];

	snprintf(full, sizeof(full), "practice_%s_%s%d", name, suffix(), rows);
	practice_scene_golden(&p, full, rows, cols);
}

static void looks(const char *name)
{
	look(name, 24, 80);
	look(name, 40, 120);
	look(name, 50, 200);
}

// A dialog, on the smallest and the usual screen.
static void dialog(const char *name)
{
	look(name, 24, 80);
	look(name, 40, 120);
}

// --- rows of the book

static void put_row(const struct book_session *like, int i)
{
	static const int scores[] = {4120, 5900, 6640, 7450, 8210, 9630};
	struct book_session s = *like;
	char id[40], no[40];

	snprintf(id, sizeof(id), "0190-%d", i);
	snprintf(no, sizeof(no), "TRN-2611%02d-0A7-0001-X", 10 + i);
	s.id = id;
	s.no = no;
	s.final_ = scores[i % 6];
	s.started_at = like->started_at - (7 - i) * 86400000LL;
	s.mode = i % 3 == 2 ? PRACTICE_EXAM : PRACTICE_SOLO;
	s.scenario = i == 4 ? "com.soothe.01" : like->scenario;
	scene_must(book_put(p.book, &s, &e));
}

static void furnish(const char *session)
{
	static const struct case_mark marks[] = {{9000, CASE_GOOD, "先安抚再核对"}};
	static const char log[] = "{\"t\":4000,\"c\":0,\"who\":\"customer\",\"type\":\"say\",\"data\":{\"text\":\"我的快递三天没动了\"}}\n"
				  "{\"t\":9000,\"c\":0,\"who\":\"agent\",\"type\":\"say\",\"data\":{\"text\":\"我马上为您查物流\"}}\n";
	struct book_session s;
	struct arena a = {0};

	scene_must(book_session(p.book, session, &s, &a, &e));
	for (int i = 0; i < 6; i++)
		put_row(&s, i);
	struct book_session gone = s;
	gone.id = "0190-x";
	gone.no = "TRN-261109-0A7-0001-X";
	gone.state = SESSION_ABORTED;
	gone.final_ = -1;
	gone.score = NULL;
	scene_must(book_put(p.book, &gone, &e));
	scene_must(book_case_put(p.book, &(struct book_case){.id = "c1", .title = "快递三天没动：先安抚，再把补发和退款都摆出来", .from = "interaction",
							    .category = "logistics.delay.no_update", .tags = 1u << CASE_SUCCESS, .log = log, .marks = marks,
							    .n_marks = 1, .at = SCENE_NOW, .by = "8001"}, &e));
	arena_release(&a);
}

// --- one evening of practice, looked at everywhere

static void desk_before(void)
{
	practice_scene_keys(&p, "M-x");
	looks("desk_new");
	practice_scene_keys(&p, "2");
	look("desk_nothing", 24, 80);
	practice_scene_keys(&p, "3");
	look("desk_no_case", 24, 80);
	practice_scene_keys(&p, "1 F1");
	look("desk_help", 24, 80);
	practice_scene_keys(&p, "Esc Down");
	scene_theme(&p.s, "dark", true);
	look("desk_ascii", 24, 80);
	scene_theme(&p.s, "dark", false);
	practice_scene_keys(&p, "Esc");
}

static void call(void)
{
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	looks("brief");
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	looks("call");
	practice_scene_keys(&p, "M-x");
	dialog("menu");
	practice_scene_keys(&p, "Esc M-a");
	dialog("cards");
	practice_scene_keys(&p, "Esc");
	practice_scene_card(&p, true);
	practice_scene_card(&p, false);
	looks("talk");
	// Nobody has said anything for a while.
	practice_scene_wait(&p, 15000);
	look("patience", 24, 80);
	scene_must(session_pause(p.session, true, &e));
	look("paused", 24, 80);
	scene_must(session_pause(p.session, false, &e));
	practice_scene_talk(&p, NULL);
	looks("wrap");
}

static void debrief(void)
{
	struct model *m = session_model(p.session);

	scene_must(model_disposition(m, m->works.v[0], "EC_TRACE", &e));
	scene_must(session_finish(p.session, &e));
	practice_scene_wait(&p, 20000);
	looks("score");
	practice_scene_keys(&p, "F1");
	look("score_help", 24, 80);
	practice_scene_keys(&p, "Esc 2");
	looks("timeline");
	scene_theme(&p.s, "dark", true);
	look("timeline_ascii", 24, 80);
	scene_theme(&p.s, "dark", false);
	practice_scene_keys(&p, "3");
	looks("answers");
	practice_scene_keys(&p, "w");
	dialog("keep");
	practice_scene_type(&p, "先安抚再问订单号");
	practice_scene_keys(&p, "Tab");
	practice_scene_type(&p, "分类更早");
	practice_scene_keys(&p, "Enter 3 End");
	practice_scene_wait(&p, 20000);
	look("kept", 24, 80);
}

static void desk_after(const char *session)
{
	furnish(session);
	practice_scene_keys(&p, "M-x");
	practice_ui(&p.s.ui)->list[PRACTICE_SCENARIOS].selected = 0;
	looks("desk");
	practice_scene_keys(&p, "2");
	looks("sessions");
	practice_scene_keys(&p, "Enter");
	look("past", 24, 80);
	practice_scene_keys(&p, "Esc 3");
	dialog("cases");
	practice_scene_keys(&p, "Enter");
	look("case", 24, 80);
	practice_scene_keys(&p, "Esc 1 j");
	look("join", 24, 80);
	practice_scene_keys(&p, "t");
	look("code", 24, 80);
	practice_scene_keys(&p, "Esc");
	p.desk.resume_until = clock_wall(&p.s.clock) + 25 * 60000;
	dialog("waits");
	p.desk.resume_until = 0;
	practice_scene_keys(&p, "Esc");
}

static void evening(enum lang lang)
{
	char no[40];

	practice_scene_open(&p, lang);
	desk_before();
	call();
	debrief();
	snprintf(no, sizeof(no), "%s", session_row(p.session)->id);
	practice_scene_stand_up(&p);
	desk_after(no);
	practice_scene_close(&p);
}

static void test_evening(void **state)
{
	(void)state;
	evening(LANG_ZH);
}

static void test_evening_in_english(void **state)
{
	(void)state;
	evening(LANG_EN);
}

// --- the other seat

static void coached(enum lang lang)
{
	practice_scene_open(&p, lang);
	practice_scene_coach(&p, COACH_TRAINER);
	look("coach_nobody", 24, 80);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_COACHED);
	look("brief_coached", 24, 80);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_card(&p, true);
	practice_scene_card(&p, false);
	practice_scene_coach(&p, COACH_TRAINER);
	looks("coach");
	static const char *const keys[] = {"w", "c", "b", "e", "t"}, *const names[] = {"whisper", "surprise", "turn", "emotion", "mark"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char name[40];
		practice_scene_keys(&p, keys[i]);
		snprintf(name, sizeof(name), "coach_%s", names[i]);
		look(name, 24, 80);
		practice_scene_keys(&p, "Esc");
	}
	practice_scene_keys(&p, "l");
	practice_scene_type(&p, "您到底管不管");
	look("coach_line", 24, 80);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_COACHED);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_talk(&p, "EC_TRACE");
	practice_scene_coach(&p, COACH_TRAINER);
	practice_scene_keys(&p, "Esc");
	looks("coach_score");
	practice_scene_keys(&p, "a");
	look("coach_adjust", 24, 80);
	practice_scene_close(&p);
}

static void played(enum lang lang)
{
	practice_scene_open(&p, lang);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_SOLO);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	practice_scene_card(&p, true);
	practice_scene_coach(&p, COACH_CUSTOMER);
	looks("customer");
	practice_scene_keys(&p, "r");
	look("customer_card", 24, 80);
	practice_scene_close(&p);
}

static void test_other_seat(void **state)
{
	(void)state;
	coached(LANG_ZH);
	played(LANG_ZH);
}

static void test_other_seat_in_english(void **state)
{
	(void)state;
	coached(LANG_EN);
	played(LANG_EN);
}

// --- a drill with several seats

static void seat_does(const char *kind, const char *id, const char *text)
{
	struct log_entry in = {.contact = -1, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};

	event_put(&in.ev, "kind", kind);
	event_put(&in.ev, "id", id);
	event_put(&in.ev, strcmp(kind, "seat") == 0 ? "name" : "text", text);
	scene_must(session_inject(p.session, &in, &e));
	event_release(&in.ev);
}

static void second_does(int contact, enum event_type type, const char *key, const char *value)
{
	struct log_entry in = {.contact = contact, .who = LOG_AGENT, .ev = {.type = type}};

	if (type == EV_SAY)
		event_put(&in.ev, "side", "agent");
	if (key)
		event_put(&in.ev, key, value);
	scene_must(session_remote(p.session, 1, &in, &e));
	event_release(&in.ev);
}

// Two agents and a lead, to the end of the time.
static void drilled(enum lang lang)
{
	practice_scene_open(&p, lang);
	practice_scene_sit(&p, "com.outage.01", PRACTICE_DRILL);
	look("brief_drill", 24, 80);
	practice_scene_answer(&p);
	seat_does("seat", "agent2", "韩梅");
	seat_does("seat", "lead", "李娜");
	practice_scene_wait(&p, 20000);
	seat_does("report", "lead", "八通来电，均为付款失败");
	practice_scene_wait(&p, 15000);
	second_does(1, EV_ANSWER, NULL, NULL);
	practice_scene_wait(&p, 3000);
	second_does(1, EV_CLASSIFY, "code", "tech.outage");
	second_does(1, EV_SAY, "text", lang == LANG_ZH ? "耽误您的生意了，部分服务暂时不能使用，正在抢修，凭证请您保留" : "I am sorry, some services are not available; please keep the proof");
	practice_scene_wait(&p, 10000);
	practice_scene_coach(&p, COACH_SEAT);
	practice_scene_hears(&p, "{'ctl':'seats','seats':[{'seat':'agent1','at':'0A7','name':'8001'},{'seat':'agent2','at':'0C3','name':'韩梅'},{'seat':'lead','at':'0B2','name':'李娜'}]}");
	looks("seat");
	practice_scene_keys(&p, "m");
	look("seat_choose", 24, 80);
	// Nothing waits; then the supervisor hands in a statement.
	practice_scene_keys(&p, "Esc o 4");
	assert_int_equal(p.s.ui.popup.kind, POPUP_NONE);
	struct log_entry in = {.t_ms = 200000, .contact = -1, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};
	event_put(&in.ev, "kind", "statement");
	event_put(&in.ev, "id", "supervisor");
	event_put(&in.ev, "text", "部分服务暂时不能使用，以公告为准");
	track_entry(&p.coach.track, p.coach.log.v.n, &in);
	event_release(&in.ev);
	practice_scene_keys(&p, "o 4");
	assert_int_equal(p.s.ui.popup.kind, POPUP_MENU);
	look("seat_approve", 24, 80);
	practice_scene_keys(&p, "Enter");
	assert_int_equal(p.s.ui.popup.kind, POPUP_NONE);
	practice_scene_close(&p);
}

static void debriefed(enum lang lang)
{
	practice_scene_open(&p, lang);
	practice_scene_sit(&p, "com.outage.01", PRACTICE_DRILL);
	practice_scene_answer(&p);
	seat_does("seat", "agent2", "韩梅");
	seat_does("seat", "lead", "李娜");
	practice_scene_wait(&p, 20000);
	seat_does("report", "lead", "八通来电，均为付款失败");
	practice_scene_wait(&p, 15000);
	second_does(1, EV_ANSWER, NULL, NULL);
	second_does(1, EV_CLASSIFY, "code", "tech.outage");
	practice_scene_wait(&p, 2000000);
	scene_must(session_finish(p.session, &e));
	practice_scene_keys(&p, "4");
	looks("seats");
	assert_int_equal(practice_ui(&p.ui)->page, DEBRIEF_SEATS);
	practice_scene_keys(&p, "End Enter");
	looks("seats_open");
	// From a reason to its evidence, and back; the seat folded again.
	practice_scene_keys(&p, "End Enter");
	if (practice_ui(&p.ui)->page != DEBRIEF_TIMELINE)
		fail_msg("%s", practice_scene_said(&p));
	practice_scene_keys(&p, "4 Home Down Down Down Enter");
	assert_int_equal(practice_ui(&p.ui)->seat_open, 0);
	practice_scene_coach(&p, COACH_SEAT);
	practice_scene_hears(&p, "{'ctl':'seats','seats':[{'seat':'agent1','at':'0A7','name':'8001'},{'seat':'lead','at':'0B2','name':'李娜'}]}");
	looks("seat_score");
	practice_scene_close(&p);
}

static void test_drill(void **state)
{
	(void)state;
	drilled(LANG_ZH);
	debriefed(LANG_ZH);
}

static void test_drill_in_english(void **state)
{
	(void)state;
	drilled(LANG_EN);
	debriefed(LANG_EN);
}

// --- the banner in every mood, each on a row of its own

static void inject_mood(enum emotion_class cls, int level)
{
	struct log_entry in = {.contact = 0, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};

	event_put(&in.ev, "kind", "emotion");
	event_put(&in.ev, "class", emotion_class_code(cls));
	event_put_int(&in.ev, "level", level);
	scene_must(session_inject(p.session, &in, &e));
	event_release(&in.ev);
	session_turn(p.session);
}

static void moods(const char *name, int cols)
{
	static const enum emotion_class classes[] = {EMOTION_ANY, EMOTION_ANXIETY, EMOTION_ANGER, EMOTION_SAD, EMOTION_ANGER};
	struct golden g;
	char full[80];

	golden_open(&g, 5, cols, "dark");
	struct canvas c = golden_begin(&g);
	for (int level = 0; level < 5; level++) {
		struct banners all;
		inject_mood(classes[level], level);
		p.ui.cols = cols;
		banners_collect(&p.ui, session_model(p.session), &all);
		struct canvas row = canvas_sub(&c, (struct rect){level, 0, 1, cols});
		assert_non_null(all.v[0].draw);
		all.v[0].draw(&p.ui, session_model(p.session), &row);
	}
	snprintf(full, sizeof(full), "practice_banner_%s%s%d", name, suffix(), cols);
	golden_check(&g, full);
	golden_close(&g);
}

static void banner(enum lang lang)
{
	practice_scene_open(&p, lang);
	practice_scene_sit(&p, "ec.logi.01", PRACTICE_COACHED);
	practice_scene_answer(&p);
	practice_scene_wait(&p, 3000);
	moods("", 80);
	moods("", 120);
	moods("", 200);
	practice_scene_close(&p);
}

static void test_banner(void **state)
{
	(void)state;
	banner(LANG_ZH);
	banner(LANG_EN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evening), cmocka_unit_test(test_evening_in_english), cmocka_unit_test(test_other_seat),
		cmocka_unit_test(test_other_seat_in_english), cmocka_unit_test(test_drill), cmocka_unit_test(test_drill_in_english),
		cmocka_unit_test(test_banner),
	};

	return cmocka_run_group_tests_name("practice", tests, NULL, NULL);
}
