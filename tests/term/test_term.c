// SPDX-License-Identifier: MIT
// Knows what the terminal layer promises, seen from the other end of a pseudo terminal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "tests/term/vt.h"

enum { WAIT = 10000 }; // a deadline, not a pause

static struct vt *demo(const char *arg, const char *env, int rows, int cols)
{
	const char *argv[] = {DEMO, arg, NULL}, *envs[] = {env, NULL};

	return vt_spawn(argv, envs, rows, cols);
}

static struct vt *ready(void)
{
	struct vt *vt = demo(NULL, NULL, 24, 80);

	if (!vt_wait_text(vt, "size 80x24 lines", WAIT) || !vt_wait_text(vt, "^end 80x24", WAIT))
		fail_msg("no frame:\n%s", vt_screen(vt));
	return vt;
}

#define sees(vt, regex)                                                                                                \
	do {                                                                                                           \
		if (!vt_wait_text(vt, regex, WAIT))                                                                    \
			fail_msg("no %s on\n%s", regex, vt_screen(vt));                                                \
	} while (0)

static void is_restored(struct vt *vt)
{
	assert_true(vt_cooked(vt));
	assert_false(vt_alternate(vt));
	assert_false(vt_mouse(vt));
	assert_true(vt_wrote(vt, "\033[?2004l"));
	int y, x;
	assert_true(vt_cursor(vt, &y, &x));
}

static void test_cat(void **state)
{
	const char *argv[] = {"/bin/cat", NULL};
	struct vt *vt = vt_spawn(argv, NULL, 5, 20);

	(void)state;
	vt_send(vt, "text:冻结ab");
	sees(vt, "^冻结ab$");
	struct vt_cell c = vt_cell(vt, 0, 0);
	assert_string_equal(c.text, "冻");
	assert_int_equal(c.width, 2);
	vt_send(vt, "Enter C-d");
	assert_true(WIFEXITED(vt_wait_exit(vt, WAIT)));
	assert_string_equal(vt_row(vt, 1), "冻结ab"); // the echo, then cat's own
	assert_false(vt_wait_text(vt, "nothing like this", 0));
	vt_close(vt);
}

static void test_frame_and_quit(void **state)
{
	struct vt *vt = ready();
	int y, x;

	(void)state;
	sees(vt, "^─ 演示 demo ─+$");
	assert_true(vt_alternate(vt));
	assert_true(vt_mouse(vt));
	assert_true(vt_cell(vt, 0, 2).reverse);
	assert_true(vt_cell(vt, 1, 0).coloured);
	assert_string_equal(vt_cell(vt, 5, 40).text, "│");
	assert_true(vt_cursor(vt, &y, &x));
	assert_int_equal(y, 2);
	assert_int_equal(x, 2);
	vt_send(vt, "F1");
	int status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	is_restored(vt);
	vt_close(vt);
}

static void test_keys(void **state)
{
	static const char *const names[] = {
		"Tab",	 "S-Tab",  "Enter",	 "Esc",	  "Up",	     "Down",   "Left",	 "Right",   "Home",   "End",
		"PgUp",	 "PgDn",   "Insert",	 "Delete", "Backspace", "C-Left", "M-Left", "S-Right", "C-Home", "M-Enter",
		"F5",	 "F12",	   "C-a",	 "C-c",	  "C-s",     "C-q",    "C-_",	 "M-1",	    "M-z",    "M-Backspace",
		"Space", "C-Space", "C-h",	 "M-冻",  "S-F3",    "C-Right", "M-Z",	 "a",	    "冻",
	};
	struct vt *vt = ready();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char regex[40];
		vt_send(vt, names[i]);
		snprintf(regex, sizeof(regex), "^<%s>$", names[i]);
		sees(vt, regex);
	}
	// Both modes of the arrows, whatever the terminal's entry says.
	vt_raw(vt, "\033[A", 3);
	sees(vt, "^<Up>$");
	vt_raw(vt, "\033OD", 3);
	sees(vt, "^<Left>$");
	vt_raw(vt, "\033[1~", 4);
	sees(vt, "^<Home>$");
	vt_close(vt);
}

// Bytes that come in pieces, that are no UTF-8, and sequences nobody knows.
static void test_odd_bytes(void **state)
{
	struct vt *vt = ready();

	(void)state;
	vt_raw(vt, "\xe5\x86", 2);
	vt_pump(vt, 60); // longer than the wait after Esc: the program has read the two bytes
	vt_raw(vt, "\xbb", 1);
	sees(vt, "<冻>");
	vt_raw(vt, "\xff\xfe\xc3x", 4);
	sees(vt, "^<x>$");
	vt_raw(vt, "\033[99;99;99zq", 12);
	sees(vt, "^<q>$"); // not M-[ 9 9 ...
	vt_raw(vt, "\xe2\x80\xae" "w", 4);
	sees(vt, "^<w>$"); // a bidi control is no key
	assert_string_equal(vt_row(vt, 2), "  冻xqw                                 │");
	vt_close(vt);
}

static void test_paste_and_mouse(void **state)
{
	struct vt *vt = ready();

	(void)state;
	vt_paste(vt, "第一行\r第二行\033[31m");
	sees(vt, "<paste [0-9]+>$");
	sees(vt, "第一行 第二行"); // newlines are blanks, nothing was submitted
	vt_click(vt, 7, 55);
	sees(vt, "^<mouse 0 7,55>$");
	vt_close(vt);
}

static void test_resize(void **state)
{
	struct vt *vt = ready();

	(void)state;
	vt_resize(vt, 40, 120);
	sees(vt, "size 120x40 lines");
	sees(vt, "跟您核对");
	vt_resize(vt, 10, 30);
	sees(vt, "size 30x10");
	for (int i = 0; i < 20; i++)
		vt_resize(vt, 24 + i, 80 + i);
	sees(vt, "end 99x43");
	assert_string_equal(vt_cell(vt, 30, 40).text, "│");
	vt_close(vt);
}

// Only what changed is sent for a key.
static void test_bytes_per_key(void **state)
{
	struct vt *vt = demo(NULL, NULL, 40, 120);

	(void)state;
	sees(vt, "end 120x40");
	vt_send(vt, "a");
	sees(vt, "^<a>$");
	size_t before = vt_bytes(vt);
	for (int i = 0; i < 10; i++) {
		vt_send(vt, "b");
		vt_pump(vt, 20);
	}
	size_t each = (vt_bytes(vt) - before) / 10;
	if (each > 80)
		fail_msg("%zu bytes a key", each);
	vt_close(vt);
}

static void test_probe(void **state)
{
	(void)state;
	// A terminal that never answers: the frame is there all the same, and keys typed at once are kept.
	const char *argv[] = {DEMO, NULL};
	struct vt *vt = vt_spawn(argv, NULL, 24, 80);
	vt_mute(vt, true);
	vt_send(vt, "text:xy");
	sees(vt, "size 80x24 lines");
	sees(vt, "  xy");
	// It answers late, between keys: lines become ASCII, and no key is lost or made up.
	vt_raw(vt, "p\033[2;3Rq", 8);
	sees(vt, "size 80x24 ascii");
	sees(vt, "<p>");
	sees(vt, "<q>$");
	sees(vt, "  xypq");
	sees(vt, "^- 演示 demo -+$");
	assert_string_equal(vt_cell(vt, 5, 40).text, "|");
	vt_close(vt);
	vt = demo("--no-probe", NULL, 24, 80);
	sees(vt, "size 80x24 lines");
	assert_false(vt_wrote(vt, "\033[6n"));
	vt_close(vt);
}

static void test_suspend(void **state)
{
	struct vt *vt = ready();

	(void)state;
	// A session leader's own group is orphaned, so the stop is ignored there; it must come back to its screen.
	vt_send(vt, "C-z");
	sees(vt, "^<C-z>$");
	vt_send(vt, "text:k");
	sees(vt, "^<k>$");
	assert_true(vt_wrote(vt, "\033[?1049l"));
	assert_true(vt_alternate(vt));
	assert_true(vt_mouse(vt));
	assert_false(vt_cooked(vt));
	sees(vt, "跟您核对");
	vt_close(vt);
}

// Under a shell with job control the process really stops, and the tty is the shell's meanwhile.
static void test_suspend_in_shell(void **state)
{
	const char *argv[] = {"/bin/sh", "-c", "set -m; " DEMO "; echo STOPPED; stty -a | tr ';' '\\n' | grep -w icanon; fg; echo END", NULL};
	const char *env[] = {NULL};
	struct vt *vt = vt_spawn(argv, env, 24, 80);

	(void)state;
	sees(vt, "size 80x24 lines");
	vt_send(vt, "C-z");
	// fg follows at once, so the frame is drawn again.
	vt_send(vt, "text:k");
	sees(vt, "<k>$");
	assert_true(vt_wrote(vt, "STOPPED"));
	assert_true(vt_wrote(vt, " icanon"));
	sees(vt, "size 80x24 lines");
	vt_send(vt, "F1");
	sees(vt, "END");
	assert_true(WIFEXITED(vt_wait_exit(vt, WAIT)));
	is_restored(vt);
	vt_close(vt);
}

static void ends(const char *key, int want_signal, int want_exit, const char *message)
{
	struct vt *vt = ready();

	vt_send(vt, key);
	int status = vt_wait_exit(vt, WAIT);
	assert_int_not_equal(status, -1);
	bool as_wanted = want_signal ? WIFSIGNALED(status) && WTERMSIG(status) == want_signal
				     : WIFEXITED(status) && WEXITSTATUS(status) == want_exit;
#ifdef __SANITIZE_ADDRESS__
	as_wanted |= want_signal && status != 0; // its own handler comes after ours and ends as its options say
#endif
	if (!as_wanted)
		fail_msg("%s: wait status %#x\n%s", key, (unsigned)status, vt_screen(vt));
	is_restored(vt);
	if (message)
		sees(vt, message);
	vt_close(vt);
}

static void test_ways_out(void **state)
{
	(void)state;
	ends("F2", SIGSEGV, 0, NULL);
	ends("F3", SIGABRT, 0, "bug at .*asked for");
	ends("F4", 0, 3, NULL);
	struct vt *vt = ready();
	vt_signal(vt, SIGTERM);
	int status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	is_restored(vt);
	vt_close(vt);
}

static void refuses(const char *env, const char *sentence)
{
	struct vt *vt = demo(NULL, env, 24, 200);

	sees(vt, sentence);
	int status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	assert_false(vt_wrote(vt, "\033"));
	vt_close(vt);
}

static void test_refusals(void **state)
{
	(void)state;
	refuses("TERM=dumb", "cannot show a screen");
	refuses("TERM=nosuchterm", "not known here");
	refuses("TERM=", "TERM is not set");
	refuses("LC_ALL=zh_CN.GBK", "luit -encoding GBK zuoxi");
	// Without a terminal: one sentence with the way on.
	const char *argv[] = {"/bin/sh", "-c", DEMO " </dev/null; echo \"code $?\"", NULL};
	struct vt *vt = vt_spawn(argv, NULL, 24, 200);
	sees(vt, "needs a terminal; without one use a subcommand");
	sees(vt, "^code 2$");
	vt_close(vt);
	// A C locale is no reason: Chinese is right all the same.
	vt = demo(NULL, "LC_ALL=C", 24, 80);
	sees(vt, "演示 demo");
	vt_close(vt);
	vt = demo(NULL, "NO_COLOR=1", 24, 80);
	sees(vt, "end 80x24");
	assert_false(vt_cell(vt, 1, 0).coloured);
	assert_true(vt_cell(vt, 1, 0).bold);
	vt_close(vt);
	vt = demo(NULL, "TERM=vt100", 24, 80);
	sees(vt, "演示 demo");
	vt_close(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cat),	      cmocka_unit_test(test_frame_and_quit),
		cmocka_unit_test(test_keys),	      cmocka_unit_test(test_odd_bytes),
		cmocka_unit_test(test_paste_and_mouse), cmocka_unit_test(test_resize),
		cmocka_unit_test(test_bytes_per_key), cmocka_unit_test(test_probe),
		cmocka_unit_test(test_suspend),	      cmocka_unit_test(test_suspend_in_shell),
		cmocka_unit_test(test_ways_out),      cmocka_unit_test(test_refusals),
	};

	setlocale(LC_ALL, "");
	utf8_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
