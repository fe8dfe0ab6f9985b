// SPDX-License-Identifier: MIT
// Knows a drill with two agent seats at two stations: one clock and one record, callers for both, and what becomes of it when a seat
// leaves, falls silent, does live work or is started anew.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/practice/mate.h"
#include "src/practice/phone.h"
#include "src/practice/share.h"
#include "tests/unit/practice/seat.h"

enum { STEP_MS = 200, SETTLED = 8 };
#define DRILL "com.outage.01"

static struct seat A, B; // first and second agent seat; one clock, that of A
static struct {
	char *folder, id[40];
	struct room *ra, *rb;
	struct share *share;
	struct mate *mate;
	struct coach coach;
	bool coaching, cut; // cut: B is not heard and hears nothing
} R;

static void a_hears(void *arg, const struct room_line *l)
{
	(void)arg;
	if (R.share)
		share_heard(R.share, l);
}

static void b_hears(void *arg, const struct room_line *l)
{
	(void)arg;
	if (R.coaching)
		coach_heard(&R.coach, l);
	else if (R.mate)
		mate_heard(R.mate, l);
}

static struct room *join(const char *seat, void (*heard)(void *, const struct room_line *), bool fresh, bool create)
{
	struct room *r;
	struct err e = {0};

	assert_ok(room_join(&r, &(struct room_options){.code = "TEST23", .seat = seat, .by = seat, .clock = &A.clock, .folder = R.folder, .fresh = fresh,
						       .heard = heard}, create, &e), e);
	return r;
}

static void turn_all(void)
{
	share_turn(R.share);
	room_turn(R.ra);
	if (R.cut || !R.rb)
		return;
	if (R.mate)
		mate_turn(R.mate);
	room_turn(R.rb);
}

static void pass(int64_t ms)
{
	for (; ms > 0; ms -= STEP_MS) {
		turn_all();
		seat_wait(&A, STEP_MS);
		if (B.session) {
			session_turn(B.session);
			model_tick(session_model(B.session));
		}
	}
	turn_all();
}

static void settle(void)
{
	pass(STEP_MS * SETTLED);
}

static struct session_options options(const struct seat *s)
{
	struct session_options o = seat_options(s);

	o.clock = &A.clock;
	o.scenario = DRILL;
	o.mode = PRACTICE_DRILL;
	o.room = "TEST23";
	return o;
}

static struct session_options options_b(void)
{
	struct session_options o = options(&B);

	o.agent_no = o.agent_id = "8002";
	o.agent_name = "韩梅";
	o.station = "0B2";
	o.seat = "agent2";
	o.host = R.id;
	o.preemptible = true;
	return o;
}

// B watches, takes the second seat, and has a desk of its own from then on.
static void take_seat(void)
{
	const struct session_options o = options_b();
	struct packs *packs = session_model(A.session)->packs;
	struct err e = {0};

	R.rb = join("b", b_hears, false, false);
	coach_init(&R.coach, R.rb, packs, COACH_SEAT, "韩梅", &A.clock);
	R.coaching = true;
	settle();
	coach_sit(&R.coach, scenario_seat(R.coach.scenario, sv("agent2")));
	settle();
	assert_int_equal(R.coach.desk, scenario_seat(R.coach.scenario, sv("agent2")));
	assert_ok(session_new(&B.session, &o, &e), e);
	R.mate = mate_new(B.session, R.rb, R.coach.seat, "韩梅");
	assert_ok(mate_know(R.mate, &R.coach, &e), e);
	R.coach.swap = true;
	coach_release(&R.coach);
	R.coaching = false;
	settle();
}

static void begin(void)
{
	struct err e = {0};

	R = (typeof(R)){0};
	seat_start(&A);
	seat_start(&B);
	const struct session_options o = options(&A);
	assert_ok(session_new(&A.session, &o, &e), e);
	snprintf(R.id, sizeof(R.id), "%s", session_row(A.session)->id);
	R.folder = path_join(A.dir, "rooms");
	R.ra = join("a", a_hears, false, true);
	R.share = share_new(A.session, R.ra);
	take_seat();
}

static void part(void)
{
	mate_free(R.mate);
	room_leave(R.rb);
	R.mate = NULL;
	R.rb = NULL;
}

static void end(void)
{
	part();
	share_free(R.share);
	room_leave(R.ra);
	free(R.folder);
	seat_end(&B);
	seat_end(&A);
}

static void start(void)
{
	struct err e = {0};

	assert_ok(session_start(A.session, &e), e);
	settle();
}

static void answers(struct seat *s, const char *call)
{
	struct err e = {0};

	assert_ok(model_answer(session_model(s->session), seat_work(s, call), &e), e);
	session_turn(s->session);
	settle();
}

static void says(struct seat *s, const char *call, const char *text)
{
	struct err e = {0};

	assert_ok(session_say(s->session, seat_work(s, call), text, &e), e);
	settle();
}

static bool rings(struct seat *s, const char *call)
{
	const struct work *w = work_by_call(session_model(s->session), call);

	return w && contact_is_ringing(w->contact);
}

static void same_record(void)
{
	const struct practice_log *a = session_log(A.session), *b = session_log(B.session);

	assert_int_equal(a->v.n, b->v.n);
	for (size_t i = 0; i < a->v.n; i++) {
		json_t *x = log_entry_json(&a->v.v[i]), *y = log_entry_json(&b->v.v[i]);
		if (!json_equal(x, y))
			fail_msg("entry %zu: %s\nbut there %s", i, json_dumps(x, 0), json_dumps(y, 0));
		json_decref(x);
		json_decref(y);
	}
}

static size_t deeds_of(int seat, enum event_type type)
{
	const struct practice_log *l = session_log(A.session);
	size_t n = 0;

	for (size_t i = 0; i < l->v.n; i++)
		n += l->v.v[i].who == LOG_AGENT && l->v.v[i].seat == seat && l->v.v[i].ev.type == type;
	return n;
}

static bool noted(const struct seat *s, const char *part)
{
	const struct model *m = session_model(s->session);

	for (size_t i = 0; i < NOTES && i < m->n_notes; i++)
		if (strstr(m->notes[i].text, part))
			return true;
	return false;
}

// --- tests

static void test_two_desks(void **state)
{
	struct err e = {0};

	(void)state;
	begin();
	assert_true(session_state(B.session) == SESSION_BRIEFING);
	assert_false(session_start(B.session, &e)); // not this seat's to begin
	start();
	assert_true(session_state(B.session) == SESSION_RUNNING);
	assert_true(rings(&A, "P0") && !work_by_call(session_model(B.session), "P0"));
	answers(&A, "P0");
	pass(30000);
	assert_true(rings(&B, "P1") && !work_by_call(session_model(A.session), "P1"));
	answers(&B, "P1");
	pass(8000);
	assert_true(seat_work(&B, "P1")->contact->lines.n > 0); // the customer speaks at that desk
	says(&B, "P1", "部分服务暂时不能使用，正在抢修，以公告为准");
	assert_int_equal(deeds_of(1, EV_ANSWER), 1);
	assert_int_equal(deeds_of(1, EV_SAY), 1);
	assert_int_equal(mate_unsent(R.mate), 0);
	same_record();
	// A deed that comes a second time is in the record already; one before which another is missing waits for that.
	room_say(R.rb, json_pack("{s:i, s:i, s:s, s:s, s:i}", "t", 0, "c", 1, "who", "agent", "type", "hold", "n", 2));
	room_say(R.rb, json_pack("{s:i, s:i, s:s, s:s, s:i}", "t", 0, "c", 1, "who", "agent", "type", "hold", "n", 99));
	settle();
	assert_int_equal(deeds_of(1, EV_HOLD), 0);
	same_record();
	int64_t off = session_used_ms(A.session) - session_used_ms(B.session);
	assert_true(off >= 0 && off < 1000);
	// A number of its own, by its own station.
	assert_non_null(strstr(session_row(B.session)->no, "TRN"));
	assert_non_null(strstr(session_row(B.session)->no, "0B2"));
	// The clock is the first seat's: it stops both.
	e = (struct err){0};
	assert_false(session_pause(B.session, true, &e));
	e = (struct err){0};
	assert_ok(session_pause(A.session, true, &e), e);
	settle();
	assert_true(session_state(B.session) == SESSION_PAUSED);
	int64_t used = session_used_ms(B.session);
	pass(5000);
	assert_int_equal(session_used_ms(B.session), used);
	assert_ok(session_pause(A.session, false, &e), e);
	settle();
	assert_true(session_state(B.session) == SESSION_RUNNING);
	same_record();
	end();
}

// What happens to all comes to both desks; what another seat says likewise.
static void test_one_incident(void **state)
{
	struct err e = {0};
	struct log_entry talk = {.contact = -1, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};

	(void)state;
	begin();
	start();
	answers(&A, "P0");
	event_put(&talk.ev, "kind", "talk");
	event_put(&talk.ev, "id", "lead");
	event_put(&talk.ev, "text", "请统一口径");
	assert_ok(session_inject(A.session, &talk, &e), e);
	event_release(&talk.ev);
	settle();
	assert_true(noted(&B, "请统一口径"));
	pass(125000);
	seat_saved(&B);
	model_hub_rows(session_model(B.session));
	assert_non_null(model_broadcast_due(session_model(B.session)));
	assert_ok(model_broadcast_ack(session_model(B.session), model_broadcast_due(session_model(B.session))->id, &e), e);
	settle();
	assert_int_equal(deeds_of(1, EV_BROADCAST_ACK), 1);
	struct log_entry cut = {.contact = -1, .who = LOG_TRAINER, .ev = {.type = EV_INJECT}};
	event_put(&cut.ev, "kind", "curveball");
	event_put(&cut.ev, "id", "c2");
	assert_ok(session_inject(A.session, &cut, &e), e);
	event_release(&cut.ev);
	settle();
	assert_true(model_hub(session_model(B.session))->line == HUB_OFFLINE);
	same_record();
	end();
}

static void test_leaves(void **state)
{
	(void)state;
	begin();
	start();
	answers(&A, "P0");
	pass(30000);
	assert_true(rings(&B, "P1"));
	part();
	settle();
	assert_true(rings(&A, "P1"));
	end();
}

// A seat that is not heard of gives back who rings there; when it is heard again it goes on with what it has in hand.
static void test_silent(void **state)
{
	(void)state;
	begin();
	start();
	answers(&A, "P0");
	pass(30000);
	answers(&B, "P1");
	struct err e = {0};
	assert_ok(model_hangup(session_model(A.session), seat_work(&A, "P0"), &e), e);
	pass(27000);
	answers(&A, "P2");
	R.cut = true;
	says(&B, "P1", "抱歉，部分服务暂时不能使用，正在抢修");
	says(&B, "P1", "我给您登记，凭证请您保留");
	pass(32000);
	assert_int_equal(deeds_of(1, EV_SAY), 0);
	pass(40000); // the fifth caller comes while B is taken for gone
	assert_false(rings(&B, "P8"));
	R.cut = false;
	pass(4000);
	assert_int_equal(deeds_of(1, EV_SAY), 2); // each once, and in order
	assert_int_equal(mate_unsent(R.mate), 0);
	same_record();
	end();
}

// The second seat's program is started anew: its desk is as it was, what it had not told is told.
static void test_started_anew(void **state)
{
	char id[40];
	struct err e = {0};

	(void)state;
	begin();
	const struct session_options o = options_b();
	start();
	answers(&A, "P0");
	pass(30000);
	answers(&B, "P1");
	pass(6000);
	R.cut = true;
	assert_ok(model_classify(session_model(B.session), seat_work(&B, "P1"), "tech.outage", &e), e);
	seat_saved(&B);
	snprintf(id, sizeof(id), "%s", session_row(B.session)->id);
	mate_free(R.mate);
	R.mate = NULL;
	session_free(B.session);
	B.session = NULL;
	struct room *left = R.rb; // killed: its goodbye does not arrive
	R.rb = join("b2", b_hears, true, false);
	assert_ok(session_resume(&B.session, &o, id, &e), e);
	assert_true(session_is_mate(B.session));
	assert_int_equal(session_seat(B.session), 1);
	assert_true(session_state(B.session) == SESSION_SUSPENDED);
	R.mate = mate_new(B.session, R.rb, "", "韩梅");
	R.cut = false;
	settle();
	assert_string_equal(seat_work(&B, "P1")->contact->category, "tech.outage");
	assert_ok(session_continue(B.session, &e), e);
	pass(3000); // the same desk: it need not wait until the seat of the other program is taken for gone
	assert_int_equal(deeds_of(1, EV_CLASSIFY), 1);
	says(&B, "P1", "部分服务暂时不能使用，正在抢修");
	assert_int_equal(deeds_of(1, EV_SAY), 1);
	same_record();
	end();
	room_leave(left);
}

// The first seat's program is started anew: the other finds it again and goes on.
static void test_first_anew(void **state)
{
	struct err e = {0};
	char id[40];

	(void)state;
	begin();
	const struct session_options o = options(&A);
	start();
	answers(&A, "P0");
	pass(30000);
	answers(&B, "P1");
	snprintf(id, sizeof(id), "%s", session_row(A.session)->id);
	share_free(R.share);
	room_leave(R.ra);
	R.share = NULL;
	session_free(A.session);
	A.session = NULL;
	room_turn(R.rb);
	clock_fake_add(&A.clock, 1000);
	room_turn(R.rb);
	assert_true(mate_gone(R.mate));
	assert_true(session_state(B.session) == SESSION_PAUSED);
	assert_ok(model_classify(session_model(B.session), seat_work(&B, "P1"), "tech.outage", &e), e);
	R.ra = join("a2", a_hears, true, false);
	assert_ok(session_resume(&A.session, &o, id, &e), e);
	R.share = share_new(A.session, R.ra);
	settle();
	assert_ok(session_continue(A.session, &e), e);
	pass(3000);
	assert_false(mate_gone(R.mate));
	assert_true(session_state(B.session) == SESSION_RUNNING);
	says(&B, "P1", "部分服务暂时不能使用，正在抢修");
	assert_int_equal(deeds_of(1, EV_SAY), 1);
	same_record();
	end();
}

// Live work comes first at each seat alone.
static void test_live_work(void **state)
{
	struct err e = {0};

	(void)state;
	begin();
	start();
	answers(&A, "P0");
	pass(30000);
	assert_true(rings(&B, "P1"));
	assert_ok(session_suspend(B.session, &e), e);
	settle();
	assert_true(rings(&A, "P1"));
	assert_true(session_state(A.session) == SESSION_RUNNING);
	assert_ok(session_continue(B.session, &e), e);
	settle();
	assert_false(rings(&B, "P1")); // another seat has it by now
	pass(32000);
	assert_true(rings(&B, "P2"));
	same_record();
	end();
}

static void test_broken_off(void **state)
{
	struct err e = {0};

	(void)state;
	begin();
	start();
	answers(&A, "P0");
	// One seat that leaves breaks off its own part alone.
	assert_ok(session_abort(B.session, "班车", &e), e);
	settle();
	assert_true(session_state(A.session) == SESSION_RUNNING);
	part();
	session_free(B.session);
	B.session = NULL;
	take_seat();
	assert_true(session_state(B.session) == SESSION_RUNNING);
	assert_ok(session_abort(A.session, "火警", &e), e);
	settle();
	assert_true(session_state(B.session) == SESSION_ABORTED);
	end();
}

// To the end of the time, in long steps.
static void pass_long(int64_t ms)
{
	for (; ms > 0; ms -= 4000) {
		turn_all();
		seat_wait(&A, 4000);
		session_turn(B.session);
	}
	settle();
}

static char *text_of(const struct score *s)
{
	json_t *o = score_json(s);
	char *text = json_dumps(o, JSON_REAL_PRECISION(SCORE_DIGITS));

	json_decref(o);
	return text;
}

// Each seat has its own score, the same wherever it is made; the whole stands beside it.
static void test_scores(void **state)
{
	struct err e = {0};

	(void)state;
	begin();
	start();
	answers(&A, "P0");
	pass(30000);
	answers(&B, "P1");
	assert_ok(model_classify(session_model(B.session), seat_work(&B, "P1"), "tech.outage", &e), e);
	says(&B, "P1", "抱歉，部分服务暂时不能使用，您的损失我逐项记下来，凭证请您保留");
	pass_long(1900000);
	assert_true(session_state(A.session) == SESSION_SCORED);
	assert_true(session_state(B.session) == SESSION_SCORED);
	same_record();
	const struct score *a = session_score(A.session), *b = session_score(B.session);
	assert_int_equal(a->own, 0);
	assert_int_equal(b->own, 1);
	assert_int_equal(a->seats.n, 2);
	assert_string_equal(a->seats.v[0].name, "陈晨");
	assert_string_equal(b->seats.v[1].name, "韩梅");
	assert_int_equal(session_row(B.session)->final_, b->final_);
	assert_true(b->share[SCORE_CLASS] > a->share[SCORE_CLASS]);
	char *one = text_of(a->common), *two = text_of(b->common);
	assert_string_equal(one, two);
	free(one);
	free(two);
	assert_int_equal(a->seats.v[1].score->final_, b->final_);
	assert_int_equal(b->seats.v[0].score->final_, a->final_);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_desks), cmocka_unit_test(test_one_incident), cmocka_unit_test(test_leaves), cmocka_unit_test(test_silent),
		cmocka_unit_test(test_started_anew), cmocka_unit_test(test_first_anew), cmocka_unit_test(test_live_work), cmocka_unit_test(test_broken_off),
		cmocka_unit_test(test_scores),
	};

	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
