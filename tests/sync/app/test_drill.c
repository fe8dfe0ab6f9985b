// SPDX-License-Identifier: MIT
// Knows a drill with two desks and a lead as three people see it: at three stations of a hub, and by programs of one machine.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/sync/app/rooms.h"

static void join(struct fix *f, struct vt *vt, const char *seat, const char *then)
{
	must(vt, "M-x", "Two desks under test");
	must(vt, "j", "Join a session");
	must(vt, "d", "Code");
	type(vt, f->code);
	must(vt, "Enter", "Two desks under test.*room [2-9A-Z]{6}");
	sees(vt, "Agent one");
	must(vt, "m", "Which seat is yours");
	must(vt, seat, then);
}

static void open_three(struct fix *f, bool by_hub)
{
	open_both(f, by_hub, "han");
	make_station(f, "st3", "0C3", "sup");
	f->c = open_station(f, "st3");
	sees(f->c, by_hub ? "online.*unsent 0" : "M-x|F1");
	must(f->a, "M-x", "Two desks under test");
	for (int i = 0; i < 20 && !vt_wait_text(f->a, "(>|▸).*Two desks", 300); i++)
		vt_send(f->a, "Down");
	must(f->a, "d", "the other seat: M-x");
	read_code(f);
	// The second agent has a desk, a sandbox and a number of its own; the clock is the first one's.
	join(f, f->b, "2", "Two desks under test.*TRN-.*0B2");
	join(f, f->c, "3", "Team lead");
	must(f->b, "Enter", "begins when its first seat starts");
}

static void talk(struct fix *f)
{
	must(f->a, "Enter", "138\\*\\*\\*\\*9001");
	must(f->a, "F2", "connected [0-9]");
	// The second customer comes to the second desk alone.
	sees(f->b, "138\\*\\*\\*\\*9002");
	must(f->b, "F2", "connected [0-9]");
	sees(f->b, "Has my money arrived");
	say(f->b, "mark-b can help");
	say(f->a, "mark-a can help");
	sees(f->c, "mark-b can help");
	sees(f->c, "mark-a can help");
	if (strstr(vt_screen(f->a), "mark-b") || strstr(vt_screen(f->b), "mark-a"))
		fail_msg("a line at the wrong desk\n%s\n%s", vt_screen(f->a), vt_screen(f->b));
	must(f->c, "o", "Report");
	must(f->c, "5", "Text");
	type(f->c, "mark-report");
	vt_send(f->c, "Enter");
	sees(f->a, "Team lead: mark-report");
	sees(f->b, "Team lead: mark-report");
}

// Killed and started anew the second desk is as it was, and goes on.
static void come_back(struct fix *f)
{
	vt_signal(f->b, SIGKILL);
	(void)vt_wait_exit(f->b, WAIT);
	vt_close(f->b);
	f->b = open_station(f, "st2");
	sees(f->b, "An exercise was under way");
	must(f->b, "M-x", "Two desks under test");
	must(f->b, "g", "mark-b can help");
	say(f->b, "mark-again here");
	sees(f->c, "mark-again here");
}

// Each seat has a score of its own, and all see the table.
static void score(struct fix *f)
{
	sees(f->b, "I see\\.");
	sees(f->a, "All right, thank you");
	say(f->b, "mark-goodbye from b");
	say(f->a, "mark-goodbye from a");
	sees(f->c, "State wrap-up");
	must(f->a, "M-x", "Leave");
	must(f->a, "q", "Debrief");
	must(f->a, "4", "The whole drill");
	sees(f->a, "Agent two .*1 caller");
	sees(f->b, "Debrief");
	must(f->b, "4", "The whole drill");
	sees(f->b, "Team lead .*100.0");
	sees(f->c, "The whole drill");
	sees(f->c, "Done: The lead reports");
}

// No desk and no hub has anything of it but the room.
static void nothing_left(struct fix *f, bool by_hub)
{
	static const char *const stations[] = {"st/store.db", "st2/store.db", "st3/store.db"};

	quit(f->a);
	quit(f->b);
	quit(f->c);
	f->a = f->b = f->c = NULL;
	for (size_t i = 0; i < 3; i++) {
		char *db = path_join(f->dir, stations[i]);
		count(db, "select (select count(*) from outbox) + (select count(*) from interaction) + (select count(*) from ticket)", "rows of work", 0);
		free(db);
	}
	char *db = by_hub ? path_join(f->dir, "hub.db") : NULL;
	if (db)
		count(db, "select count(*) from opres", "operations", 0);
	free(db);
}

static void drill(struct fix *f, bool by_hub)
{
	open_three(f, by_hub);
	talk(f);
	come_back(f);
	score(f);
	nothing_left(f, by_hub);
}

static void test_by_hub(void **state)
{
	drill(*state, true);
}

static void test_on_one_machine(void **state)
{
	drill(*state, false);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_by_hub), T(test_on_one_machine)};

	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
