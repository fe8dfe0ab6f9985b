// SPDX-License-Identifier: MIT
// Knows that the seats of a paired session find each other again when the one that practises was killed: the others stay in the room and
// go on seeing the same session, and who watches keeps the last word.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/practice/coach.h"
#include "src/practice/share.h"
#include "tests/unit/practice/seat.h"

enum { STEP_MS = 200, SETTLED = 6 };

struct beside {
	struct room *room;
	struct coach coach;
	bool here;
};
static struct seat T;
static struct packs *packs;
static struct room *room; // of the session
static struct share *share;
static struct beside customer, trainer;
static char *folder;

static void session_hears(void *arg, const struct room_line *l)
{
	(void)arg;
	if (share)
		share_heard(share, l);
}

static void beside_hears(void *arg, const struct room_line *l)
{
	struct beside *s = arg;

	if (s->here)
		coach_heard(&s->coach, l);
}

static struct room *join(const char *seat, void (*heard)(void *, const struct room_line *), void *arg, bool fresh)
{
	struct room *r;
	struct err e = {0};

	assert_ok(room_join(&r, &(struct room_options){.code = "TEST23", .seat = seat, .by = seat, .clock = &T.clock, .folder = folder, .fresh = fresh,
						       .heard = heard, .arg = arg}, true, &e), e);
	return r;
}

static void sit(struct beside *s, const char *seat, enum coach_role role)
{
	s->room = join(seat, beside_hears, s, false);
	coach_init(&s->coach, s->room, packs, role, seat, &T.clock);
	s->here = true;
}

static void stand_up(struct beside *s)
{
	if (s->here)
		coach_release(&s->coach);
	room_leave(s->room);
	*s = (struct beside){0};
}

static void turn_all(void)
{
	if (share) {
		share_turn(share);
		room_turn(room);
	}
	if (customer.here)
		room_turn(customer.room);
	if (trainer.here)
		room_turn(trainer.room);
}

static void pass(int64_t ms)
{
	for (turn_all(); ms > 0; ms -= STEP_MS) {
		if (T.session)
			seat_wait(&T, STEP_MS);
		else
			clock_fake_add(&T.clock, STEP_MS);
		turn_all();
	}
}

static bool says(const char *text)
{
	const struct work *w = seat_work(&T, "P0");

	for (size_t i = 0; i < w->contact->lines.n; i++)
		if (strcmp(w->contact->lines.v[i].text, text) == 0)
			return true;
	return false;
}

// --- the seat that is killed

static bool until_killed(void)
{
	struct session_options o = seat_options(&T);
	struct err e = {0};

	customer.here = trainer.here = false; // they live in the other process
	o.human = true;
	o.room = "TEST23";
	if (!session_new(&T.session, &o, &e))
		return false;
	room = join("agent-1", session_hears, NULL, false);
	share = share_new(T.session, room);
	bool ok = session_start(T.session, &e);
	pass(1000);
	ok = ok && model_answer(session_model(T.session), seat_work(&T, "P0"), &e);
	pass(2000);
	ok = ok && session_say(T.session, seat_work(&T, "P0"), "您好，请讲", &e);
	pass(1000);
	seat_saved(&T);
	return ok;
}

static void wait_for(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(1);
}

static void tell(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

// The customer's line comes in before the end.
static void killed(void)
{
	int up[2], down[2], status;

	assert_true(pipe(up) == 0 && pipe(down) == 0);
	turn_all(); // who sits beside asks how things stand
	pid_t child = fork();
	if (child == 0) {
		bool ok = until_killed();
		tell(up[1]);
		wait_for(down[0]);
		pass(2000);
		ok = ok && says("喂，是客服吗？");
		seat_saved(&T);
		kill(getpid(), ok ? SIGKILL : SIGTERM);
	}
	wait_for(up[0]);
	pass(SETTLED * STEP_MS);
	assert_true(customer.coach.state == SESSION_RUNNING);
	coach_line(&customer.coach, 0, "喂，是客服吗？");
	turn_all();
	tell(down[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	for (int i = 0; i < 2; i++) {
		close(up[i]);
		close(down[i]);
	}
}

// --- the program that comes after it

static void comes_back(void)
{
	struct session_options o = seat_options(&T);
	struct book_session row;
	struct arena a = {0};
	struct err e = {0};
	struct book *b;
	bool found;

	clock_fake(&T.clock, SEAT_NOW + 60000, 5060000);
	assert_ok(book_open(&b, T.dir, &e), e);
	assert_ok(book_unfinished(b, &row, &found, &a, &e), e);
	assert_true(found);
	assert_string_equal(row.room, "TEST23");
	o.mode = PRACTICE_SOLO; // what it is stands in the book
	assert_ok(session_resume(&T.session, &o, row.id, &e), e);
	book_close(b);
	arena_release(&a);
	assert_true(session_mode(T.session) == PRACTICE_PAIRED);
	room = join("agent-2", session_hears, NULL, true);
	share = share_new(T.session, room);
	pass(SETTLED * STEP_MS);
}

static void begin(bool watched)
{
	struct problems p = {0};
	struct err e = {0};
	size_t n;

	seat_start(&T);
	T.mode = PRACTICE_PAIRED;
	char **dirs = station_pack_dirs(T.dir, &n);
	packs = packs_load((const char *const *)dirs, n, &p);
	problems_release(&p);
	station_free_dirs(dirs);
	folder = path_join(T.dir, "rooms");
	assert_ok(path_mkdirs(folder, &e), e);
	sit(&customer, "colleague", COACH_CUSTOMER);
	if (watched)
		sit(&trainer, "mentor", COACH_TRAINER);
	killed();
	comes_back();
}

static void end(void)
{
	stand_up(&customer);
	if (trainer.here)
		stand_up(&trainer);
	share_free(share);
	share = NULL;
	room_leave(room);
	seat_end(&T);
	T.session = NULL;
	packs_free(packs);
	free(folder);
}

static void same_log(const struct coach *c)
{
	const struct practice_log *l = session_log(T.session);

	assert_int_equal(c->log.v.n, l->v.n);
	for (size_t i = 0; i < l->v.n; i++) {
		json_t *x = log_entry_json(&c->log.v.v[i]), *y = log_entry_json(&l->v.v[i]);
		if (!json_equal(x, y))
			fail_msg("entry %zu: %s\nbut here %s", i, json_dumps(x, 0), json_dumps(y, 0));
		json_decref(x);
		json_decref(y);
	}
}

static void goes_on(void)
{
	struct err e = {0};

	assert_true(session_state(T.session) == SESSION_SUSPENDED);
	assert_true(customer.coach.state == SESSION_SUSPENDED);
	assert_false(customer.coach.gone);
	same_log(&customer.coach);
	assert_true(says("喂，是客服吗？"));
	assert_true(says("您好，请讲"));
	assert_ok(session_continue(T.session, &e), e);
	pass(SETTLED * STEP_MS);
	assert_true(customer.coach.state == SESSION_RUNNING);
	// The scenario says nothing by itself now either.
	size_t said = seat_count(T.session, LOG_CUSTOMER, EV_SAY);
	pass(9000);
	assert_int_equal(seat_count(T.session, LOG_CUSTOMER, EV_SAY), said);
	coach_line(&customer.coach, 0, "您刚才断了一下。");
	coach_emotion(&customer.coach, 0, EMOTION_ANXIETY, 2);
	pass(2000);
	assert_true(says("您刚才断了一下。"));
	assert_int_equal(engine_track(session_engine(T.session))->emotion[0], 2);
	assert_string_equal(customer.coach.said, "");
	same_log(&customer.coach);
}

static void to_the_end(void)
{
	struct err e = {0};

	coach_hang_up(&customer.coach, 0);
	pass(SETTLED * STEP_MS);
	assert_true(session_state(T.session) == SESSION_WRAP);
	assert_ok(session_finish(T.session, &e), e);
	pass(SETTLED * STEP_MS);
}

static void test_two(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(share_others(share), 1); // it is known who is there before they do anything
	goes_on();
	to_the_end();
	assert_true(session_state(T.session) == SESSION_SCORED);
	assert_true(customer.coach.scored);
	same_log(&customer.coach);
	end();
}

// The trainer who watched before the end watches still: the score waits for them.
static void test_watched(void **state)
{
	(void)state;
	begin(true);
	assert_int_equal(share_others(share), 2);
	goes_on();
	to_the_end();
	assert_true(session_state(T.session) == SESSION_SCORING_TRAINER);
	same_log(&trainer.coach);
	coach_finish(&trainer.coach);
	pass(SETTLED * STEP_MS);
	assert_true(session_state(T.session) == SESSION_SCORED);
	assert_true(customer.coach.state == SESSION_SCORED);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_two), cmocka_unit_test(test_watched)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
