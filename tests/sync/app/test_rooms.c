// SPDX-License-Identifier: MIT
// Knows two people who practise together, as they see it: by a hub, by a hub that goes away, and on one machine without any.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <sys/stat.h>

#include "tests/sync/app/rooms.h"

static void join(struct fix *f, const char *role)
{
	must(f->b, "j", "Join a session");
	must(f->b, role, "Code");
	type(f->b, f->code);
	must(f->b, "Enter", "Seat under test.*room [2-9A-Z]{6}");
}

// A practises the first scenario, B joins.
static void meet(struct fix *f, const char *mode, const char *role)
{
	must(f->a, "M-x", "Seat under test");
	must(f->a, mode, "the other seat: M-x");
	read_code(f);
	must(f->b, "M-x", "Seat under test");
	join(f, role);
	sees(f->b, "briefing");
	sees(f->a, "come into the room");
}

static void answer(struct vt *vt)
{
	must(vt, "Enter", "13800139001|138\\*\\*\\*\\*9001");
	must(vt, "F2", "connected [0-9]");
}

// --- nothing of it leaves practice

// No row of any table but the rooms' holds what was said.
static void only_in_rooms(const char *db, const char *const marks[])
{
	sqlite3 *c;
	sqlite3_stmt *t, *st;
	size_t found = 0;

	assert_int_equal(sqlite3_open_v2(db, &c, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(c, "select name from sqlite_schema where type = 'table'", -1, &t, NULL), SQLITE_OK);
	while (sqlite3_step(t) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(t, 0);
		bool room = strcmp(name, "room") == 0 || strcmp(name, "roomline") == 0;
		char *sql = xasprintf("select * from \"%s\"", name);
		assert_int_equal(sqlite3_prepare_v2(c, sql, -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int i = 0; i < sqlite3_column_count(st); i++) {
				const void *cell = sqlite3_column_blob(st, i);
				size_t n = (size_t)sqlite3_column_bytes(st, i);
				for (size_t k = 0; marks[k]; k++)
					if (cell && memmem(cell, n, marks[k], strlen(marks[k]))) {
						found += room;
						if (!room)
							fail_msg("%s is in table %s", marks[k], name);
					}
			}
		sqlite3_finalize(st);
		free(sql);
	}
	sqlite3_finalize(t);
	sqlite3_close(c);
	assert_true(found > 0); // else nothing was looked at
}

static void nothing_left(struct fix *f, const char *const marks[])
{
	static const char *const stations[] = {"st/store.db", "st2/store.db"};

	quit(f->a);
	quit(f->b);
	f->a = f->b = NULL;
	for (size_t i = 0; i < 2; i++) {
		char *db = path_join(f->dir, stations[i]);
		count(db, "select count(*) from outbox", "operations", 0);
		count(db, "select (select count(*) from interaction) + (select count(*) from ticket) + (select count(*) from kb_event)", "rows of contacts", 0);
		free(db);
	}
	if (!f->by_hub)
		return;
	char *db = path_join(f->dir, "hub.db");
	only_in_rooms(db, marks);
	count(db, "select count(*) from opres", "operations", 0);
	free(db);
}

// --- tests

static void coached(struct fix *f)
{
	answer(f->a);
	sees(f->b, "I cannot get into my account");
	sees(f->b, "running");
	must(f->b, "w", "Only the agent reads it");
	type(f->b, "mark-whisper");
	vt_send(f->b, "Enter");
	sees(f->a, "Trainer: mark-whisper");
	customer_says(f->b, "mark-line please");
	sees(f->a, "mark-line please");
	must(f->b, "c", "A system is down");
	vt_send(f->b, "1");
	sees(f->a, "customer system does not answer");
	must(f->b, "p", "paused");
	sees(f->a, "paused|Paused");
	must(f->b, "p", "running");
	must(f->b, "t", "Mark this moment");
	must(f->b, "g", "A word on it");
	type(f->b, "mark-good");
	must(f->b, "Enter", "mark-good");
	say(f->a, "mark-agent says");
	sees(f->b, "mark-agent says");
}

static void score(struct fix *f)
{
	must(f->b, "h", "wrap-up");
	sees(f->a, "wrap|Wrap");
	must(f->a, "M-x", "Leave");
	must(f->a, "q", "Debrief"); // nothing is given up, so nobody asks why
	sees(f->b, "with the trainer");
	sees(f->b, "Score");
	must(f->b, "a", "Adjust");
	must(f->b, "1", "Points");
	type(f->b, "0");
	vt_send(f->b, "Tab");
	type(f->b, "mark-reason");
	vt_send(f->b, "Enter");
	sees(f->b, "\\*|20 %");
	must(f->b, "f", "State scored");
	sees(f->a, "Debrief");
	must(f->a, "w", "Keep and change");
}

static void test_coached(void **state)
{
	static const char *const marks[] = {"mark-", "aaa.seat", "TRN-", NULL};
	struct fix *f = *state;

	open_both(f, true, "sup");
	meet(f, "c", "t");
	coached(f);
	// Whoever leaves and comes back finds all of it, and is heard again.
	must(f->b, "q", "Join");
	sees(f->a, "other seat has left");
	join(f, "t");
	sees(f->b, "mark-agent says");
	must(f->b, "w", "Only the agent reads it");
	type(f->b, "mark-back");
	vt_send(f->b, "Enter");
	sees(f->a, "Trainer: mark-back");
	score(f);
	nothing_left(f, marks);
}

static void test_coached_on_one_machine(void **state)
{
	struct fix *f = *state;
	struct stat st;

	open_both(f, false, NULL);
	meet(f, "c", "t");
	coached(f);
	char *room = xasprintf("%s/zuoxi-rooms/%s.room", f->dir, f->code);
	assert_int_equal(stat(room, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	free(room);
	score(f);
	nothing_left(f, NULL);
}

// A colleague is the customer; one key exchanges the roles, and one brings them back.
static void paired(struct fix *f)
{
	meet(f, "p", "c");
	sees(f->b, "You are");
	answer(f->a);
	customer_says(f->b, "mark-customer calls");
	sees(f->a, "mark-customer calls");
	say(f->a, "mark-answer");
	sees(f->b, "mark-answer");
	// What is the trainer's is not the customer's.
	must(f->b, "w", "That is the trainer's");
	// Who answered plays the customer.
	must(f->a, "M-x", "Swap roles");
	must(f->a, "s", "Customer .*room");
	sees(f->b, "the other seat: M-x");
	answer(f->b);
	customer_says(f->a, "mark-mirrored");
	sees(f->b, "mark-mirrored");
	say(f->b, "mark-second agent");
	sees(f->a, "mark-second agent");
	if (strstr(vt_screen(f->a), "mark-answer"))
		fail_msg("the session before is still there\n%s", vt_screen(f->a));
	// And back, by the customer this time.
	must(f->a, "s", "the other seat: M-x");
	sees(f->b, "Customer .*room");
	answer(f->a);
	customer_says(f->b, "mark-third");
	sees(f->a, "mark-third");
}

static void test_paired(void **state)
{
	static const char *const marks[] = {"mark-", "aaa.seat", "TRN-", NULL};
	struct fix *f = *state;

	open_both(f, true, "han");
	paired(f);
	nothing_left(f, marks);
}

static void test_paired_on_one_machine(void **state)
{
	struct fix *f = *state;

	open_both(f, false, NULL);
	paired(f);
	nothing_left(f, NULL);
}

// The seat that practises is killed: it comes back into its room, and who plays the customer goes on where they were.
static void killed_and_back(struct fix *f)
{
	meet(f, "p", "c");
	answer(f->a);
	customer_says(f->b, "mark-before");
	sees(f->a, "mark-before");
	say(f->a, "mark-answer");
	sees(f->b, "mark-answer");
	vt_signal(f->a, SIGKILL);
	int status = vt_wait_exit(f->a, WAIT);
	assert_true(status != -1 && WIFSIGNALED(status));
	vt_close(f->a);
	f->a = open_station(f, "st");
	sees(f->a, "go on with it, or leave it");
	sees(f->b, "interrupted, "); // it waits to be gone on with, and the other seat knows
	must(f->a, "M-x", "One waits");
	must(f->a, "g", "mark-answer");
	sees(f->b, "State running, ");
	customer_says(f->b, "mark-after");
	sees(f->a, "mark-after");
	say(f->a, "mark-once more");
	sees(f->b, "mark-once more");
	const char *first = strstr(vt_screen(f->b), "mark-before");
	assert_non_null(first);
	assert_null(strstr(first + 1, "mark-before")); // told again, and passed over
}

static void test_paired_killed(void **state)
{
	static const char *const marks[] = {"mark-", "aaa.seat", "TRN-", NULL};
	struct fix *f = *state;

	open_both(f, true, "han");
	killed_and_back(f);
	nothing_left(f, marks);
}

static void test_paired_killed_on_one_machine(void **state)
{
	struct fix *f = *state;

	open_both(f, false, NULL);
	killed_and_back(f);
	nothing_left(f, NULL);
}

// The hub goes away in the middle: the session goes on, the pane says so, and what was said meanwhile comes once.
static void test_hub_away(void **state)
{
	struct fix *f = *state;

	open_both(f, true, "sup");
	meet(f, "c", "t");
	answer(f->a);
	sees(f->b, "I cannot get into my account");
	realhub_kill(&f->hub);
	sees(f->b, "no answer from the hub|out of reach");
	say(f->a, "mark-alone");
	must(f->b, "w", "Only the agent reads it");
	type(f->b, "mark-waits");
	vt_send(f->b, "Enter");
	say(f->a, "mark-still alone");
	realhub_serve(&f->hub);
	sees(f->b, "mark-still alone");
	sees(f->a, "Trainer: mark-waits");
	say(f->a, "mark-again together");
	sees(f->b, "mark-again together");
	const char *first = strstr(vt_screen(f->b), "mark-still alone");
	assert_null(strstr(first + 1, "mark-still alone"));
	quit(f->a);
	quit(f->b);
	f->a = f->b = NULL;
	char *db = path_join(f->dir, "hub.db");
	count(db, "select count(*) from roomline where body like '%mark-alone%'", "lines", 1);
	count(db, "select count(*) from roomline where body like '%mark-still alone%'", "lines", 1);
	count(db, "select count(*) from roomline where body like '%mark-waits%' and body not like '%\"i\":%'", "whispers", 1);
	count(db, "select count(*) from roomline where body like '%mark-waits%' and body like '%\"i\":%'", "whispers heard", 1);
	free(db);
}

// A drill: the colleague is an agent who sits as the supervisor, and each sees what the other does.
static void test_drill(void **state)
{
	static const char *const marks[] = {"mark-", "com.outage", NULL};
	struct fix *f = *state;

	open_both(f, true, "han");
	must(f->a, "M-x", "Seat under test");
	must(f->a, "d", "drill has several seats");
	for (int i = 0; i < 20 && !vt_wait_text(f->a, "(>|▸).*Outage drill", 500); i++)
		vt_send(f->a, "Down");
	must(f->a, "d", "the other seat: M-x");
	read_code(f);
	must(f->b, "M-x", "Seat under test");
	must(f->b, "j", "Join a session");
	must(f->b, "d", "Code");
	type(f->b, f->code);
	must(f->b, "Enter", "Outage drill.*room [2-9A-Z]{6}");
	sees(f->b, "Agent one li");
	must(f->b, "m", "Which seat is yours");
	must(f->b, "4", "Supervisor han");
	sees(f->b, "Confirm within five minutes");
	must(f->a, "Enter", "138\\*\\*\\*\\*8235");
	must(f->a, "F2", "connected [0-9]");
	sees(f->b, "The supervisor confirms");
	must(f->b, "o", "Confirm the incident");
	must(f->b, "2", "Text");
	type(f->b, "mark-confirmed");
	vt_send(f->b, "Enter");
	sees(f->a, "payment services down");
	sees(f->b, "Supervisor .* Confirm the incident: mark-confirmed");
	must(f->b, "y", "Enter send");
	type(f->b, "mark-to all");
	vt_send(f->b, "Enter");
	sees(f->a, "Supervisor: mark-to all");
	nothing_left(f, marks);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_coached), T(test_coached_on_one_machine), T(test_paired), T(test_paired_on_one_machine),
					   T(test_paired_killed), T(test_paired_killed_on_one_machine), T(test_hub_away), T(test_drill)};

	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
