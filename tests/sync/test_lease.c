// SPDX-License-Identifier: MIT
// Knows when a station is locked: 72 h after the hub was last heard, whatever its clock says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <string.h>

#include "src/sync/lease.h"

#define HOUR 3600000LL
#define HUB 1795000000000LL

static struct lease_now at(int64_t wall_h, int64_t boot_h, const char *boot)
{
	struct lease_now n = {.wall = HUB + 500 + wall_h * HOUR, .boot = 1000 + boot_h * HOUR};

	snprintf(n.boot_id, sizeof(n.boot_id), "%s", boot);
	return n;
}

static struct lease heard(void)
{
	struct lease l = {0};
	struct lease_now n = at(0, 0, "a");

	lease_renew(&l, HUB, &n);
	return l;
}

static void check(int64_t wall_h, int64_t boot_h, const char *boot, enum lease_state want, int64_t want_left_h)
{
	struct lease l = heard();
	struct lease_now n = at(wall_h, boot_h, boot);
	int64_t left;

	enum lease_state is = lease_check(&l, &n, &left);
	if (is != want || left != want_left_h * HOUR)
		fail_msg("after %d h (%d h by the machine, start %s): %d, %d h left", (int)wall_h, (int)boot_h, boot, is, (int)(left / HOUR));
}

static void test_same_start(void **state)
{
	(void)state;
	check(0, 0, "a", LEASE_RUNS, 72);
	check(71, 71, "a", LEASE_RUNS, 1);
	check(72, 72, "a", LEASE_OVER, 0);
	// The clock is set: it changes nothing, in neither direction.
	check(-500, 71, "a", LEASE_RUNS, 1);
	check(5000, 1, "a", LEASE_RUNS, 71);
	check(-500, 72, "a", LEASE_OVER, 0);
}

static void test_other_start(void **state)
{
	(void)state;
	check(1, 0, "b", LEASE_RUNS, 71);
	check(72, 0, "b", LEASE_OVER, 0);
	check(-1, 0, "b", LEASE_CLOCK, 0);
	// A machine that counts less than before was restarted, whatever it calls this start.
	struct lease l = heard();
	struct lease_now n = at(80, 0, "a");
	n.boot = 10;
	assert_int_equal(lease_check(&l, &n, NULL), LEASE_OVER);
	// Nothing is known about the start: the clock counts.
	check(73, 0, "", LEASE_OVER, 0);
}

// Set back to just after the last contact, but the clock was seen later than that.
static void test_seen(void **state)
{
	struct lease l = heard();
	struct lease_now late = at(60, 60, "a"), back = at(1, 0, "b");

	(void)state;
	assert_int_equal(lease_check(&l, &back, NULL), LEASE_RUNS);
	lease_see(&l, &late);
	assert_int_equal(lease_check(&l, &back, NULL), LEASE_CLOCK);
	// A minute or two is a clock put right.
	back.wall = late.wall - 60000;
	assert_int_equal(lease_check(&l, &back, NULL), LEASE_RUNS);
	// The hub answers: a clock that was wrong before is forgiven.
	lease_renew(&l, HUB + 100 * HOUR, &back);
	assert_int_equal(lease_check(&l, &back, NULL), LEASE_RUNS);
}

static void test_nobody(void **state)
{
	struct lease l = {0};
	struct lease_now n = at(1000, 1000, "b");

	(void)state;
	assert_int_equal(lease_check(&l, &n, NULL), LEASE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_start), cmocka_unit_test(test_other_start), cmocka_unit_test(test_seen), cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
