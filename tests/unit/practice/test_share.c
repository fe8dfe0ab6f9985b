// SPDX-License-Identifier: MIT
// Knows that a session and the seats beside it see the same, and what a trainer or a colleague who plays the customer does to it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/practice/coach.h"
#include "src/practice/share.h"
#include "tests/unit/practice/seat.h"

enum { STEP_MS = 200, SETTLED = 6 };

// One seat beside the session.
struct beside {
	struct room *room;
	struct coach coach;
	struct packs *packs;
};
static struct seat T;
static struct {
	char *folder;
	struct room *room;
	struct share *share;
	struct beside a, b;
	int refused;
} R;

static void session_hears(void *arg, const struct room_line *l)
{
	(void)arg;
	if (R.share)
		share_heard(R.share, l);
}

static void beside_hears(void *arg, const struct room_line *l)
{
	struct beside *s = arg;

	if (s->packs)
		coach_heard(&s->coach, l);
}

static void refused(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
	R.refused++;
}

static struct room *join(const char *seat, void (*heard)(void *, const struct room_line *), void *arg, bool fresh, bool create)
{
	struct room *r;
	struct err e = {0};

	assert_ok(room_join(&r, &(struct room_options){.code = "TEST23", .seat = seat, .by = seat, .clock = &T.clock, .folder = R.folder, .fresh = fresh,
						       .heard = heard, .refused = refused, .arg = arg}, create, &e), e);
	return r;
}

static struct packs *load_packs(void)
{
	struct problems p = {0};
	size_t n;
	char **dirs = station_pack_dirs(T.dir, &n);
	struct packs *packs = packs_load((const char *const *)dirs, n, &p);

	problems_release(&p);
	station_free_dirs(dirs);
	return packs;
}

static void sit(struct beside *s, const char *seat, enum coach_role role, bool fresh)
{
	*s = (struct beside){.packs = load_packs()};
	s->room = join(seat, beside_hears, s, fresh, false);
	coach_init(&s->coach, s->room, s->packs, role, seat, &T.clock);
}

static void stand_up(struct beside *s)
{
	struct packs *packs = s->packs;

	if (!packs)
		return;
	s->packs = NULL;
	coach_release(&s->coach);
	room_leave(s->room);
	packs_free(packs);
	*s = (struct beside){0};
}

static const char *chosen = SEAT_SCENARIO;

static void begin(enum practice_mode mode)
{
	struct err e = {0};

	R = (typeof(R)){0};
	seat_start(&T);
	T.mode = mode;
	struct session_options o = seat_options(&T);
	o.human = mode == PRACTICE_PAIRED;
	o.scenario = chosen;
	assert_ok(session_new(&T.session, &o, &e), e);
	R.folder = path_join(T.dir, "rooms");
	R.room = join("agent", session_hears, NULL, false, true);
	R.share = share_new(T.session, R.room);
}

static void end(void)
{
	stand_up(&R.a);
	stand_up(&R.b);
	share_free(R.share);
	R.share = NULL;
	room_leave(R.room);
	free(R.folder);
	seat_end(&T);
}

static void turn_all(void)
{
	share_turn(R.share);
	room_turn(R.room);
	if (R.a.packs)
		room_turn(R.a.room);
	if (R.b.packs)
		room_turn(R.b.room);
}

static void pass(int64_t ms)
{
	for (; ms > 0; ms -= STEP_MS) {
		turn_all();
		seat_wait(&T, STEP_MS);
	}
	turn_all();
}

static void settle(void)
{
	pass(STEP_MS * SETTLED);
}

static void answer(void)
{
	struct err e = {0};

	if (session_state(T.session) == SESSION_BRIEFING)
		assert_ok(session_start(T.session, &e), e);
	seat_wait(&T, 100);
	assert_ok(model_answer(session_model(T.session), seat_work(&T, "P0"), &e), e);
	session_turn(T.session);
}

// What came over the room is what the session has.
static void same_log(const struct coach *c)
{
	const struct practice_log *l = session_log(T.session);

	assert_int_equal(c->log.v.n, l->v.n);
	assert_string_equal(c->log.scenario, l->scenario);
	assert_int_equal(c->log.seed, l->seed);
	assert_true(c->log.mode == l->mode && c->log.lang == l->lang && c->log.version == l->version);
	for (size_t i = 0; i < l->v.n; i++) {
		json_t *x = log_entry_json(&c->log.v.v[i]), *y = log_entry_json(&l->v.v[i]);
		if (!json_equal(x, y))
			fail_msg("entry %zu: %s\nbut here %s", i, json_dumps(x, 0), json_dumps(y, 0));
		json_decref(x);
		json_decref(y);
	}
	// The same log folds to the same.
	const struct track *t = engine_track(session_engine(T.session));
	assert_int_equal(c->track.emotion[0], t->emotion[0]);
	for (size_t i = 0; i < t->n_expect; i++)
		assert_int_equal(c->track.expect[i].state, t->expect[i].state);
}

static bool noted(const char *part)
{
	const struct model *m = session_model(T.session);

	for (size_t i = 0; i < NOTES && i < m->n_notes; i++)
		if (strstr(m->notes[i].text, part))
			return true;
	return false;
}

static bool customer_said(const char *text)
{
	const struct work *w = seat_work(&T, "P0");

	for (size_t i = 0; i < w->contact->lines.n; i++)
		if (strcmp(w->contact->lines.v[i].text, text) == 0)
			return true;
	return false;
}

// --- tests

static void test_watching(void **state)
{
	struct err e = {0};

	(void)state;
	begin(PRACTICE_COACHED);
	sit(&R.a, "trainer", COACH_TRAINER, false);
	settle();
	assert_string_equal(R.a.coach.agent, "8001");
	assert_string_equal(R.a.coach.name, "陈晨");
	assert_non_null(R.a.coach.scenario);
	assert_true(R.a.coach.state == SESSION_BRIEFING);
	assert_true(noted("trainer"));
	answer();
	pass(10000);
	assert_true(R.a.coach.state == SESSION_RUNNING);
	assert_ok(session_say(T.session, seat_work(&T, "P0"), "先别担心，我陪您一起看", &e), e);
	settle();
	same_log(&R.a.coach);
	int64_t off = coach_left_ms(&R.a.coach) - session_left_ms(T.session);
	assert_true(off > -1000 && off < 1000);
	// Late: everything from the beginning.
	sit(&R.b, "mentor", COACH_TRAINER, false);
	settle();
	same_log(&R.b.coach);
	assert_true(R.b.coach.state == SESSION_RUNNING);
	// Who missed the beginning asks for it, once; whoever has it already passes over it.
	stand_up(&R.b);
	sit(&R.b, "later", COACH_TRAINER, true);
	settle();
	assert_ok(session_say(T.session, seat_work(&T, "P0"), "我陪您", &e), e);
	pass(4000);
	same_log(&R.b.coach);
	same_log(&R.a.coach);
	end();
}

static void test_hand(void **state)
{
	struct customers found = {0};
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	begin(PRACTICE_COACHED);
	sit(&R.a, "trainer", COACH_TRAINER, false);
	sit(&R.b, "mentor", COACH_TRAINER, false);
	answer();
	pass(8000);
	coach_whisper(&R.a.coach, "先核身");
	coach_line(&R.a.coach, 0, "你们到底管不管？");
	coach_emotion(&R.b.coach, 0, EMOTION_ANGER, 2);
	coach_tag(&R.b.coach, "good", "开场");
	settle();
	pass(4000);
	assert_true(noted("先核身"));
	assert_true(customer_said("你们到底管不管？"));
	assert_int_equal(engine_track(session_engine(T.session))->emotion[0], 2);
	assert_true(engine_track(session_engine(T.session))->emotion_class[0] == EMOTION_ANGER);
	const struct log_entry *tag = seat_last(T.session, LOG_TRAINER, EV_TAG);
	assert_non_null(tag);
	assert_string_equal(event_get(&tag->ev, "type"), "good");
	coach_curveball(&R.a.coach, "c1");
	settle();
	assert_false(model_customer_find(session_model(T.session), "13800139001", &found, &a, &e));
	assert_string_equal(R.a.coach.said, "");
	assert_string_equal(R.b.coach.said, "");
	// Two trainers: neither takes for said what the other only asked for.
	same_log(&R.a.coach);
	same_log(&R.b.coach);
	coach_beat(&R.a.coach, 0, "b3");
	pass(6000);
	assert_true(customer_said("谢谢，再见。"));
	coach_hang_up(&R.a.coach, 0);
	settle();
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_true(R.b.coach.state == SESSION_WRAP);
	vec_release(&found);
	arena_release(&a);
	end();
}

static void test_pause(void **state)
{
	(void)state;
	begin(PRACTICE_COACHED);
	sit(&R.a, "trainer", COACH_TRAINER, false);
	answer();
	pass(5000);
	coach_pause(&R.a.coach, true);
	settle();
	assert_true(session_state(T.session) == SESSION_PAUSED);
	assert_true(R.a.coach.state == SESSION_PAUSED);
	int64_t used = session_used_ms(T.session), left = coach_left_ms(&R.a.coach);
	pass(20000);
	assert_int_equal(session_used_ms(T.session), used);
	assert_int_equal(coach_left_ms(&R.a.coach), left);
	// Standing still is when one talks about it.
	coach_whisper(&R.a.coach, "停一下");
	coach_pause(&R.a.coach, true);
	settle();
	assert_true(noted("停一下"));
	assert_true(*R.a.coach.said);
	coach_pause(&R.a.coach, false);
	pass(2000);
	assert_true(session_state(T.session) == SESSION_RUNNING);
	assert_true(session_used_ms(T.session) > used);
	same_log(&R.a.coach);
	end();
}

static void no(struct beside *s)
{
	settle();
	assert_true(*s->coach.said);
	s->coach.said[0] = '\0';
}

static void test_refused(void **state)
{
	(void)state;
	begin(PRACTICE_COACHED);
	sit(&R.a, "trainer", COACH_TRAINER, false);
	sit(&R.b, "mentor", COACH_TRAINER, false);
	settle();
	coach_whisper(&R.a.coach, "早");
	no(&R.a); // nothing runs
	struct err e = {0};
	assert_ok(session_start(T.session, &e), e);
	size_t n = session_log(T.session)->v.n;
	coach_line(&R.a.coach, 0, "喂");
	no(&R.a); // it rings
	coach_hang_up(&R.a.coach, 0);
	no(&R.a);
	answer();
	coach_curveball(&R.a.coach, "c99");
	no(&R.a);
	coach_beat(&R.a.coach, 0, "b99");
	no(&R.a);
	coach_line(&R.a.coach, 1, "喂");
	no(&R.a); // that one has not called
	coach_adjust(&R.a.coach, SCORE_TONE, 5000, "因为");
	no(&R.a);
	coach_finish(&R.a.coach);
	no(&R.a);
	coach_swap(&R.a.coach);
	settle();
	assert_false(share_swap_asked(R.share));
	room_say(R.a.room, json_pack("{s:s, s:s}", "ctl", "swap", "id", R.a.coach.id)); // whoever sends it all the same
	no(&R.a);
	assert_false(share_swap_asked(R.share));
	// Not as the trainer, so that the hub did not look who it is.
	room_say(R.a.room, json_pack("{s:s}", "ctl", "finish"));
	no(&R.a);
	room_say(R.a.room, json_pack("{s:i, s:s, s:s, s:{s:s}}", "t", 0, "who", "agent", "type", "inject", "data", "kind", "line"));
	no(&R.a);
	room_say(R.a.room, json_pack("{s:i, s:s, s:s}", "t", 0, "who", "trainer", "type", "classify"));
	no(&R.a);
	// Only the one who asked is told.
	assert_string_equal(R.b.coach.said, "");
	assert_int_equal(seat_count(T.session, LOG_TRAINER, EV_INJECT), 0);
	assert_int_equal(seat_count(T.session, LOG_TRAINER, EV_PAUSE), 0);
	assert_true(session_log(T.session)->v.n >= n);
	char *lots = xmalloc(ROOM_LINE_MAX + 1);
	memset(lots, 'x', ROOM_LINE_MAX);
	lots[ROOM_LINE_MAX] = '\0';
	coach_whisper(&R.a.coach, lots);
	coach_whisper(&R.a.coach, "短");
	settle();
	assert_int_equal(R.refused, 1);
	assert_true(noted("短"));
	free(lots);
	end();
}

// A red notice, a fault or another call concerns everybody, whether somebody is on the line or not.
static void test_nobody_on_the_line(void **state)
{
	struct err e = {0};

	(void)state;
	begin(PRACTICE_COACHED);
	sit(&R.a, "trainer", COACH_TRAINER, false);
	assert_ok(session_start(T.session, &e), e);
	settle();
	coach_curveball(&R.a.coach, "c3");
	settle();
	seat_saved(&T);
	model_hub_rows(session_model(T.session));
	assert_non_null(model_broadcast_due(session_model(T.session)));
	coach_curveball(&R.a.coach, "c2");
	pass(2000);
	assert_true(model_hub(session_model(T.session))->line == HUB_OFFLINE);
	answer();
	pass(21000);
	assert_true(model_hub(session_model(T.session))->line == HUB_ONLINE);
	same_log(&R.a.coach);
	end();
}

static void wrapped(void)
{
	struct model *m = session_model(T.session);
	struct err e = {0};

	answer();
	pass(8000);
	assert_ok(session_say(T.session, seat_work(&T, "P0"), "先别担心，我陪您一起看", &e), e);
	assert_ok(model_classify(m, seat_work(&T, "P0"), "account.other", &e), e);
	assert_ok(model_hangup(m, seat_work(&T, "P0"), &e), e);
	settle();
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_ok(session_finish(T.session, &e), e);
	settle();
}

static void test_scoring(void **state)
{
	(void)state;
	begin(PRACTICE_COACHED);
	sit(&R.a, "trainer", COACH_TRAINER, false);
	wrapped();
	assert_true(session_state(T.session) == SESSION_SCORING_TRAINER);
	assert_true(R.a.coach.state == SESSION_SCORING_TRAINER);
	assert_true(R.a.coach.scored);
	assert_int_equal(R.a.coach.score.final_, session_score(T.session)->final_);
	same_log(&R.a.coach);
	int was = R.a.coach.score.share[SCORE_CLASS];
	coach_adjust(&R.a.coach, SCORE_CLASS, was > 2000 ? was - 1500 : was + 1500, "追问得好");
	settle();
	assert_string_equal(R.a.coach.said, "");
	assert_true(R.a.coach.score.adjusted[SCORE_CLASS] >= 0);
	assert_int_equal(R.a.coach.score.share[SCORE_CLASS], was);
	assert_int_equal(R.a.coach.score.adjusted[SCORE_CLASS], session_score(T.session)->adjusted[SCORE_CLASS]);
	coach_adjust(&R.a.coach, SCORE_CLASS, was > 5000 ? 0 : 10000, "太多");
	no(&R.a); // more than 20 %
	coach_finish(&R.a.coach);
	settle();
	assert_true(session_state(T.session) == SESSION_SCORED);
	assert_true(R.a.coach.state == SESSION_SCORED);
	// Who comes in now sees the score as well.
	sit(&R.b, "mentor", COACH_TRAINER, false);
	settle();
	assert_true(R.b.coach.scored && R.b.coach.state == SESSION_SCORED);
	assert_int_equal(R.b.coach.score.final_, session_score(T.session)->final_);
	assert_int_equal(share_others(R.share), 2);
	stand_up(&R.b);
	settle();
	assert_int_equal(share_others(R.share), 1);
	assert_false(R.a.coach.gone); // another trainer, not the session
	share_free(R.share);
	R.share = NULL;
	room_turn(R.room);
	seat_wait(&T, 400);
	room_turn(R.a.room);
	assert_true(R.a.coach.gone);
	end();
}

// A colleague plays the customer: the scenario says nothing by itself, and nobody waits for a trainer at the end.
static void test_paired(void **state)
{
	struct err e = {0};

	(void)state;
	begin(PRACTICE_PAIRED);
	sit(&R.a, "colleague", COACH_CUSTOMER, false);
	answer();
	pass(9000);
	assert_int_equal(seat_count(T.session, LOG_CUSTOMER, EV_SAY), 0);
	coach_line(&R.a.coach, 0, "喂，是客服吗？");
	pass(2000);
	assert_true(customer_said("喂，是客服吗？"));
	assert_ok(session_say(T.session, seat_work(&T, "P0"), "您好，请讲", &e), e);
	coach_emotion(&R.a.coach, 0, EMOTION_ANXIETY, 1);
	settle();
	assert_int_equal(engine_track(session_engine(T.session))->emotion[0], 1);
	struct str card = {0};
	coach_card(&R.a.coach, 0, &card);
	assert_non_null(strstr(str_z(&card), "周测试"));
	// What they are asked for: facts by their names, the number they call from.
	assert_non_null(strstr(str_z(&card), ": 7719\n"));
	assert_non_null(strstr(str_z(&card), label_text((struct label){"卡尾号", "Card ending"})));
	assert_null(strstr(str_z(&card), "tail"));
	assert_non_null(strstr(str_z(&card), ": 13800139001\n"));
	str_release(&card);
	coach_hang_up(&R.a.coach, 0);
	settle();
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_string_equal(seat_work(&T, "P0")->contact->end_side, "customer");
	assert_ok(session_finish(T.session, &e), e);
	settle();
	assert_true(session_state(T.session) == SESSION_SCORED);
	same_log(&R.a.coach);
	end();
}

// With a trainer in the room the trainer has the last word.
static void test_paired_with_trainer(void **state)
{
	struct err e = {0};

	(void)state;
	begin(PRACTICE_PAIRED);
	sit(&R.a, "colleague", COACH_CUSTOMER, false);
	sit(&R.b, "trainer", COACH_TRAINER, false);
	answer();
	pass(3000);
	coach_hang_up(&R.a.coach, 0);
	settle();
	assert_ok(session_finish(T.session, &e), e);
	settle();
	assert_true(session_state(T.session) == SESSION_SCORING_TRAINER);
	stand_up(&R.b);
	settle();
	assert_true(session_state(T.session) == SESSION_SCORED);
	end();
}

static void test_swap(void **state)
{
	(void)state;
	begin(PRACTICE_PAIRED);
	sit(&R.a, "colleague", COACH_CUSTOMER, false);
	sit(&R.b, "trainer", COACH_TRAINER, false);
	answer();
	pass(2000);
	// By the customer: the session is told, the trainer stays what they are.
	coach_swap(&R.a.coach);
	assert_true(R.a.coach.swap);
	settle();
	assert_true(share_swap_asked(R.share));
	assert_false(R.b.coach.swap);
	end();
	// By who answers.
	begin(PRACTICE_PAIRED);
	sit(&R.a, "colleague", COACH_CUSTOMER, false);
	answer();
	pass(2000);
	share_swap(R.share);
	settle();
	assert_true(R.a.coach.swap);
	// Who stays in the room hears nothing of it twice: one that was meant for another session is none.
	R.a.coach.swap = false;
	room_say(R.room, json_pack("{s:s, s:s}", "ctl", "swap", "id", "another"));
	settle();
	assert_false(R.a.coach.swap);
	end();
}

// The mirrored session in the same room: what the one before still says is not taken for the new one's.
static void test_mirror(void **state)
{
	struct err e = {0};
	struct room *other;

	(void)state;
	begin(PRACTICE_PAIRED);
	sit(&R.a, "watcher", COACH_TRAINER, false);
	answer();
	pass(3000);
	assert_ok(session_abort(T.session, "swap", &e), e);
	settle();
	other = join("colleague", session_hears, NULL, true, false);
	session_free(T.session);
	seat_open(&T);
	struct share *old = R.share, *new = share_new(T.session, other);
	R.share = NULL;
	(void)old;
	room_say(R.room, json_pack("{s:s, s:i, s:i, s:i, s:s}", "type", "say", "i", 1, "t", 0, "c", 0, "who", "customer"));
	seat_wait(&T, 400);
	room_turn(other);
	seat_wait(&T, 400);
	room_turn(R.room);
	seat_wait(&T, 400);
	room_turn(R.a.room);
	assert_string_equal(R.a.coach.seat, "colleague");
	assert_string_equal(R.a.coach.id, session_row(T.session)->id);
	assert_int_equal(R.a.coach.log.v.n, 0);
	share_turn(new);
	seat_wait(&T, 400);
	room_turn(other);
	seat_wait(&T, 400);
	room_turn(R.a.room);
	same_log(&R.a.coach);
	assert_false(R.a.coach.gone);
	share_free(new);
	share_free(old);
	room_leave(other);
	end();
}

static enum expect_state state_of(const struct track *t, const char *id)
{
	for (size_t i = 0; i < t->n_expect; i++)
		if (str_eq(scenario_expectation(t->s, i, NULL, NULL)->id, id))
			return t->expect[i].state;
	fail_msg("no expectation %s", id);
	return EXPECT_IDLE;
}

static const struct track *track_now(void)
{
	return engine_track(session_engine(T.session));
}

static size_t seat_of(const char *code)
{
	size_t seat = scenario_seat(session_scenario(T.session), sv(code));

	assert_true(seat != SCENARIO_NONE);
	return seat;
}

static bool broadcast(const char *part)
{
	struct model *m = session_model(T.session);

	seat_saved(&T);
	model_hub_rows(m);
	const struct broadcast *b = model_broadcast_due(m);
	return b && (strstr(b->title, part) || strstr(b->say, part));
}

static void acknowledge(void)
{
	struct err e = {0};

	assert_ok(model_broadcast_ack(session_model(T.session), model_broadcast_due(session_model(T.session))->id, &e), e);
	settle();
	seat_saved(&T);
	model_hub_rows(session_model(T.session));
}

// Several seats, one incident, one clock: who sits where, what each may do, and what is expected of those who are there.
static void test_drill(void **state)
{
	(void)state;
	chosen = "com.outage.01";
	begin(PRACTICE_DRILL);
	chosen = SEAT_SCENARIO;
	sit(&R.a, "sup", COACH_SEAT, false);
	sit(&R.b, "lead", COACH_SEAT, false);
	settle();
	assert_string_equal(R.a.coach.taken[seat_of("agent1")], "陈晨");
	coach_sit(&R.a.coach, seat_of("agent1"));
	no(&R.a); // it answers the callers
	coach_sit(&R.a.coach, seat_of("supervisor"));
	coach_sit(&R.b.coach, seat_of("supervisor"));
	settle();
	assert_int_equal(R.a.coach.desk, seat_of("supervisor"));
	assert_string_equal(R.b.coach.taken[seat_of("supervisor")], "sup");
	assert_true(R.b.coach.desk == SCENARIO_NONE && *R.b.coach.said);
	coach_sit(&R.b.coach, seat_of("lead"));
	settle();
	answer();
	pass(10000);
	assert_int_equal(state_of(track_now(), "sv_confirms"), EXPECT_OPEN_);
	assert_int_equal(state_of(track_now(), "lead_tells"), EXPECT_OPEN_);
	assert_int_equal(state_of(track_now(), "tech_tells"), EXPECT_IDLE); // nobody sits there
	// What another seat does is not this one's.
	coach_act(&R.b.coach, DRILL_CONFIRM, "我来");
	no(&R.b);
	coach_act(&R.b.coach, DRILL_REPORT, "八通来电，均为付款失败");
	settle();
	assert_true(noted("八通来电"));
	assert_int_equal(state_of(track_now(), "lead_tells"), EXPECT_MET);
	// The notice of the scenario waits for the supervisor.
	pass(125000);
	assert_null(model_broadcast_due(session_model(T.session)));
	coach_act(&R.a.coach, DRILL_CONFIRM, "确认");
	settle();
	assert_true(broadcast("统一口径"));
	assert_int_equal(state_of(track_now(), "sv_confirms"), EXPECT_MET);
	acknowledge();
	// The lead is there, who approves: until then the statement is a draft, and its author is nobody to approve it.
	coach_act(&R.a.coach, DRILL_STATEMENT, "部分服务暂时不能使用");
	settle();
	assert_false(broadcast("部分服务暂时不能使用"));
	int64_t draft = R.b.coach.track.drafts.v[0].n;
	coach_approve(&R.a.coach, draft);
	no(&R.a);
	coach_approve(&R.b.coach, draft + 1);
	no(&R.b);
	coach_approve(&R.b.coach, draft);
	settle();
	coach_approve(&R.b.coach, draft);
	no(&R.b); // once
	assert_int_equal(state_of(track_now(), "lead_approves"), EXPECT_MET);
	assert_true(broadcast("部分服务暂时不能使用"));
	acknowledge();
	// Everybody has the same record and folds it to the same.
	same_log(&R.a.coach);
	same_log(&R.b.coach);
	assert_int_equal(state_of(&R.b.coach.track, "sv_confirms"), EXPECT_MET);
	// Who leaves makes the seat free.
	stand_up(&R.b);
	settle();
	assert_string_equal(R.a.coach.taken[seat_of("lead")], "");
	sit(&R.b, "tech", COACH_SEAT, false);
	settle();
	coach_sit(&R.b.coach, seat_of("tech"));
	settle();
	assert_int_equal(state_of(track_now(), "tech_tells"), EXPECT_OPEN_);
	same_log(&R.b.coach);
	end();
}

// Without a supervisor the scenario sends its notice by itself.
static void test_drill_alone(void **state)
{
	(void)state;
	chosen = "com.outage.01";
	begin(PRACTICE_DRILL);
	chosen = SEAT_SCENARIO;
	answer();
	pass(125000);
	assert_true(broadcast("统一口径"));
	assert_int_equal(state_of(track_now(), "sv_confirms"), EXPECT_IDLE);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watching), cmocka_unit_test(test_hand), cmocka_unit_test(test_pause), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nobody_on_the_line), cmocka_unit_test(test_scoring), cmocka_unit_test(test_paired),
		cmocka_unit_test(test_paired_with_trainer), cmocka_unit_test(test_swap), cmocka_unit_test(test_mirror), cmocka_unit_test(test_drill),
		cmocka_unit_test(test_drill_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
