// SPDX-License-Identifier: MIT
// Knows what a contact may do in each state.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/call.h"

#define EVENTS (CALL_EV_CORRECT + 1)
#define STATES (CALL_CLOSED + 1)

static void expect(enum call_state from, enum call_event ev, struct call_guard g, enum call_verdict want,
	enum call_state to)
{
	struct err e = {0};
	enum call_state got = CALL_OFFERED;

	assert_int_equal(call_step(from, ev, &g, &got, &e), want);
	assert_int_equal(got, to);
	assert_int_equal(e.msg[0] != 0, want == CALL_REFUSED);
}

static void test_a_whole_call(void **state)
{
	struct call_guard full = {.packet_complete = true, .wrap_ok = true, .target = "expert", .reason = "busy", .own = true};

	(void)state;
	expect(CALL_OFFERED, CALL_EV_RING, full, CALL_MOVED, CALL_RINGING);
	expect(CALL_RINGING, CALL_EV_ANSWER, full, CALL_MOVED, CALL_CONNECTED);
	expect(CALL_CONNECTED, CALL_EV_HOLD, full, CALL_MOVED, CALL_ON_HOLD);
	expect(CALL_ON_HOLD, CALL_EV_RESUME, full, CALL_MOVED, CALL_CONNECTED);
	expect(CALL_CONNECTED, CALL_EV_CONSULT, full, CALL_MOVED, CALL_CONSULTING);
	expect(CALL_CONSULTING, CALL_EV_COMPLETE_TRANSFER, full, CALL_MOVED, CALL_TRANSFERRED);
	expect(CALL_TRANSFERRED, CALL_EV_END, full, CALL_MOVED, CALL_WRAP_UP);
	expect(CALL_WRAP_UP, CALL_EV_WRAP_TIMEOUT, full, CALL_MOVED, CALL_WRAP_UP);
	expect(CALL_WRAP_UP, CALL_EV_SAVE, full, CALL_MOVED, CALL_CLOSED);
	expect(CALL_CLOSED, CALL_EV_CORRECT, full, CALL_MOVED, CALL_CLOSED);
	expect(CALL_CONNECTED, CALL_EV_CONFERENCE, full, CALL_MOVED, CALL_CONFERENCE);
	expect(CALL_CONFERENCE, CALL_EV_LEAVE, full, CALL_MOVED, CALL_WRAP_UP);
	expect(CALL_RINGING, CALL_EV_DECLINE, full, CALL_MOVED, CALL_MISSED);
}

// The same impossible event: a person hears why, a report of the telephone changes nothing and says nothing.
static void test_refused_or_ignored(void **state)
{
	struct call_guard person = {0}, phone = {.by_system = true};
	struct err e = {0};
	enum call_state to;

	(void)state;
	expect(CALL_CLOSED, CALL_EV_HOLD, person, CALL_REFUSED, CALL_CLOSED);
	expect(CALL_CLOSED, CALL_EV_HANGUP, phone, CALL_IGNORED, CALL_CLOSED);
	expect(CALL_WRAP_UP, CALL_EV_HANGUP, phone, CALL_IGNORED, CALL_WRAP_UP);
	assert_int_equal(call_step(CALL_ON_HOLD, CALL_EV_HOLD, &person, &to, &e), CALL_REFUSED);
	assert_non_null(strstr(e.msg, "resume"));
	assert_non_null(strstr(e.msg, "end"));
	assert_null(strstr(e.msg, "line fault"));
	assert_int_equal(e.code, ERR_DENIED);
}

static void test_every_pair_answers(void **state)
{
	struct call_guard person = {0}, phone = {.by_system = true};

	(void)state;
	for (int s = 0; s < STATES; s++) {
		for (int ev = 0; ev < EVENTS; ev++) {
			struct err e = {0};
			enum call_state to;
			enum call_verdict v = call_step((enum call_state)s, (enum call_event)ev, &person, &to, &e);
			assert_int_equal(v == CALL_REFUSED, e.msg[0] != 0);
			assert_int_not_equal(v, CALL_IGNORED);
			struct err quiet = {0};
			v = call_step((enum call_state)s, (enum call_event)ev, &phone, &to, &quiet);
			assert_int_not_equal(v, CALL_REFUSED);
			assert_int_equal(quiet.msg[0], 0);
			if (v == CALL_IGNORED)
				assert_int_equal(to, s);
			if (s == CALL_MISSED || s == CALL_ABANDONED)
				assert_int_equal(v, CALL_IGNORED);
		}
	}
}

static void test_guards(void **state)
{
	(void)state;
	expect(CALL_RINGING, CALL_EV_DECLINE, (struct call_guard){0}, CALL_REFUSED, CALL_RINGING);
	expect(CALL_RINGING, CALL_EV_ANSWER, (struct call_guard){.other_calls = 1}, CALL_REFUSED, CALL_RINGING);
	expect(CALL_RINGING, CALL_EV_ANSWER, (struct call_guard){.other_chats = 1}, CALL_REFUSED, CALL_RINGING);
	expect(CALL_RINGING, CALL_EV_ANSWER, (struct call_guard){.channel = CHANNEL_CHAT, .other_chats = 2}, CALL_MOVED,
		CALL_CONNECTED);
	expect(CALL_RINGING, CALL_EV_ANSWER, (struct call_guard){.channel = CHANNEL_CHAT, .other_chats = 3}, CALL_REFUSED,
		CALL_RINGING);
	expect(CALL_CONNECTED, CALL_EV_BLIND_TRANSFER, (struct call_guard){0}, CALL_REFUSED, CALL_CONNECTED);
	expect(CALL_WRAP_UP, CALL_EV_SAVE, (struct call_guard){0}, CALL_REFUSED, CALL_WRAP_UP);
	expect(CALL_DROPPED, CALL_EV_CALL_BACK, (struct call_guard){.since_ms = 300000}, CALL_MOVED, CALL_CONNECTED);
	expect(CALL_DROPPED, CALL_EV_CALL_BACK, (struct call_guard){.since_ms = 300001}, CALL_REFUSED, CALL_DROPPED);
	expect(CALL_CLOSED, CALL_EV_CORRECT, (struct call_guard){.own = true, .since_ms = 86400001}, CALL_REFUSED, CALL_CLOSED);
	expect(CALL_CLOSED, CALL_EV_CORRECT, (struct call_guard){.lead = true, .since_ms = 86400001}, CALL_MOVED, CALL_CLOSED);
	expect(CALL_CLOSED, CALL_EV_CORRECT, (struct call_guard){.since_ms = 1}, CALL_REFUSED, CALL_CLOSED);
}

static void test_codes_go_round(void **state)
{
	enum call_state s;
	enum intent i;
	enum complaint_level c;

	(void)state;
	for (int k = 0; k < STATES; k++) {
		assert_true(call_state_parse(sv(call_state_code((enum call_state)k)), &s));
		assert_int_equal(s, k);
	}
	assert_true(intent_parse(sv("complaint"), &i));
	assert_int_equal(i, INTENT_COMPLAINT);
	assert_false(intent_parse(sv("Complaint"), &i));
	assert_true(complaint_level_parse(sv("C4"), &c));
	assert_int_equal(c, COMPLAINT_C4);
	assert_int_equal(difficulty_after_contacts(DIFFICULTY_SIMPLE, 2), DIFFICULTY_COMPLEX);
	assert_int_equal(difficulty_after_contacts(DIFFICULTY_COMPLEX, 2), DIFFICULTY_COMPLEX);
	assert_int_equal(difficulty_after_contacts(DIFFICULTY_SIMPLE, 3), DIFFICULTY_HARD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_call),
		cmocka_unit_test(test_refused_or_ignored),
		cmocka_unit_test(test_every_pair_answers),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_codes_go_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
