// SPDX-License-Identifier: MIT
// Knows what the workstation does on a full and on a read-only disk: it says so, keeps everything, and saves it once it can.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/path.h"
#include "tests/fault/station.h"
#include "tests/unit/store/tmpdir.h"

struct disk {
	char *dir, *control, *env[4];
};

static void disk_open(struct disk *d)
{
	d->dir = station_new();
	d->control = xasprintf("%s.fail", d->dir);
	d->env[0] = xstrdup("LD_PRELOAD=" NOSPACE);
	d->env[1] = xasprintf("ZUOXI_TEST_DIR=%s", d->dir);
	d->env[2] = xasprintf("ZUOXI_TEST_FAIL=%s", d->control);
	d->env[3] = NULL;
}

static void disk_close(struct disk *d)
{
	unlink(d->control);
	tmpdir_free(d->dir);
	free(d->control);
	for (int i = 0; i < 3; i++)
		free(d->env[i]);
}

static void refuse(const struct disk *d, bool readonly)
{
	struct err e = {0};

	assert_ok(path_write_atomic(d->control, sv(readonly ? "EROFS" : ""), 0600, &e), e);
}

static struct vt *run(struct disk *d)
{
	return station_run(d->dir, (const char *const *)d->env);
}

// Both kinds of a bad disk, from the first refused write to the last one that is made up for.
// The word "saved" on the screen may still be the one of the action before.
static int notes_soon(struct vt *vt, const struct disk *d, const char *text)
{
	for (int left = STATION_WAIT; left > 0 && station_notes(d->dir, text) == 0; left -= 20)
		vt_pump(vt, 20);
	return station_notes(d->dir, text);
}

static void comes_back(bool readonly)
{
	struct disk d;

	disk_open(&d);
	struct vt *vt = run(&d);
	station_call(vt);
	station_note(vt, "before");
	assert_int_equal(notes_soon(vt, &d, "before"), 1);
	station_sees(vt, "^ saved");
	refuse(&d, readonly);
	station_note(vt, "during one");
	station_sees(vt, "!! NOT SAVED");
	station_sees(vt, "Not saved: .*store.db");
	station_note(vt, "during two"); // behind the first, and it must stay behind
	vt_send(vt, "M-r");
	station_sees(vt, "Restate the need");
	vt_send(vt, "text:typed on a full disk");
	station_sees(vt, "typed on a full disk");
	vt_pump(vt, 1100); // the journal was refused too
	station_sees(vt, "typed on a full disk");
	vt_send(vt, "Esc");
	assert_true(vt_wait_gone(vt, "Restate the need", STATION_WAIT));
	assert_int_equal(station_notes(d.dir, "during one"), 0);
	// Leaving now is warned of.
	vt_send(vt, "C-q");
	station_sees(vt, "would be lost");
	vt_send(vt, "n");
	unlink(d.control);
	// No key: the disk is tried again by itself.
	station_sees(vt, "takes writes again");
	station_sees(vt, "^ saved");
	station_note(vt, "after");
	assert_int_equal(notes_soon(vt, &d, "after"), 1);
	assert_int_equal(station_notes(d.dir, "before"), 1);
	assert_int_equal(station_notes(d.dir, "during one"), 1);
	assert_int_equal(station_notes(d.dir, "during two"), 1);
	char *draft = station_journal(d.dir, "typed");
	assert_string_equal(draft, "typed on a full disk");
	free(draft);
	vt_send(vt, "C-q");
	station_sees(vt, "Contacts are open");
	vt_send(vt, "y");
	int status = vt_wait_exit(vt, STATION_WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vt_close(vt);
	disk_close(&d);
}

static void test_full(void **state)
{
	(void)state;
	comes_back(false);
}

static void test_read_only(void **state)
{
	(void)state;
	comes_back(true);
}

// Who leaves all the same is told on the way out; the file stays sound, and what was saved before is there.
static void leaves(int sig)
{
	struct disk d;

	disk_open(&d);
	struct vt *vt = run(&d);
	station_call(vt);
	station_note(vt, "before");
	assert_int_equal(notes_soon(vt, &d, "before"), 1);
	station_sees(vt, "^ saved");
	refuse(&d, false);
	station_note(vt, "lost");
	station_sees(vt, "!! NOT SAVED");
	if (sig) {
		vt_signal(vt, sig);
	} else {
		vt_send(vt, "C-q");
		station_sees(vt, "would be lost");
		vt_send(vt, "y");
	}
	int status = vt_wait_exit(vt, STATION_WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	assert_true(vt_wrote(vt, "not saved: the disk refused"));
	vt_close(vt);
	unlink(d.control);
	assert_int_equal(station_notes(d.dir, "before"), 1);
	assert_int_equal(station_notes(d.dir, "lost"), 0);
	vt = run(&d);
	station_sees(vt, "came back as you left");
	station_note(vt, "goes on");
	assert_int_equal(notes_soon(vt, &d, "goes on"), 1);
	vt_close(vt);
	disk_close(&d);
}

static void test_leaving_by_key(void **state)
{
	(void)state;
	leaves(0);
}

static void test_leaving_by_signal(void **state)
{
	(void)state;
	leaves(SIGTERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_leaving_by_key),
		cmocka_unit_test(test_leaving_by_signal),
	};

	return cmocka_run_group_tests_name("fault-disk", tests, NULL, NULL);
}
