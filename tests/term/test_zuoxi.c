// SPDX-License-Identifier: MIT
// Knows what the workstation owes a terminal: frames, locales, refusals, signals, coming back, tmux, the second one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <locale.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "tests/term/play.h"
#include "tests/term/station.h"

enum { WAIT = 20000 }; // a deadline, not a pause
#define NOW "2026-11-20T10:00:00+08:00"
static const char *const fixed[] = {"--now", NOW, NULL};

#define plays(vt, line)                                                                                                \
	do {                                                                                                           \
		if (!play_line(vt, line, WAIT))                                                                        \
			fail_msg("%s: not on\n%s", line, vt_screen(vt));                                               \
	} while (0)
#define sees(vt, regex) plays(vt, ":wait " regex)

static void loaded(struct vt *vt)
{
	sees(vt, "无需保存|已保存");
}

static struct vt *opened(const struct station *s, const char *env, int rows, int cols)
{
	const char *envs[] = {env, NULL};
	struct vt *vt = station_start(s, fixed, envs, rows, cols);

	loaded(vt);
	return vt;
}

static void take_call(struct vt *vt)
{
	plays(vt, "F4");
	sees(vt, "手工来电 [─-]");
	plays(vt, "text:13912345678");
	plays(vt, "Enter");
	plays(vt, "text:李明哲");
	// Refused while the content packs are still being read.
	plays(vt, ":insist Enter -- 应答 [0-9]+/5 -- 还在装入");
	plays(vt, "F2");
	sees(vt, "应答 [0-9]+s [✓+×x]");
}

// Everything sent before is answered and drawn to the last cell.
static void settle(struct vt *vt)
{
	plays(vt, "C-p");
	sees(vt, "─ 命令|- 命令");
	plays(vt, "C-g");
	plays(vt, ":gone [─-] 命令 [─-]");
	vt_pump(vt, 50);
}

// The caret stands behind that character; its place.
static void caret_behind(struct vt *vt, const char *text, int *y, int *x)
{
	int64_t until = clock_mono(&clock_real) + WAIT;

	while (!vt_cursor(vt, y, x) || *x < 2 || strcmp(vt_cell(vt, *y, *x - 2).text, text) != 0) {
		if (clock_mono(&clock_real) > until)
			fail_msg("the caret is at %d,%d, not behind %s on\n%s", *y, *x, text, vt_screen(vt));
		vt_pump(vt, 5);
	}
}

static void is_restored(struct vt *vt)
{
	int y, x;

	assert_true(vt_cooked(vt));
	assert_false(vt_alternate(vt));
	assert_false(vt_mouse(vt));
	assert_true(vt_wrote(vt, "\033[?2004l"));
	assert_true(vt_cursor(vt, &y, &x));
}

static void leaves(struct vt *vt)
{
	plays(vt, "C-q");
	if (vt_wait_text(vt, "离开吗", 300))
		plays(vt, "y");
	int status = vt_wait_exit(vt, WAIT);
	assert_true(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	is_restored(vt);
	vt_close(vt);
}

// Every separator of the first row stands in the same column down to the last. Returns how many there are.
static int aligned(struct vt *vt, const char *glyph, int top, int bottom, int cols)
{
	int n = 0;

	for (int x = 0; x < cols; x++) {
		if (strcmp(vt_cell(vt, top, x).text, glyph) != 0)
			continue;
		n++;
		for (int y = top; y <= bottom; y++)
			if (strcmp(vt_cell(vt, y, x).text, glyph) != 0)
				fail_msg("no %s at row %d, column %d of\n%s", glyph, y, x, vt_screen(vt));
	}
	return n;
}

static void test_first_frames(void **state)
{
	static const struct {
		int rows, cols, home, call;
	} sizes[] = {{24, 80, 0, 0}, {40, 120, 1, 2}, {50, 200, 1, 3}};
	struct station s;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int rows = sizes[i].rows, cols = sizes[i].cols;
		station_make(&s);
		struct vt *vt = opened(&s, NULL, rows, cols);
		sees(vt, "我的工单");
		assert_int_equal(aligned(vt, "│", 1, 8, cols), sizes[i].home);
		take_call(vt);
		settle(vt);
		int n = aligned(vt, "│", rows >= 40 ? 3 : 6, rows - 3, cols);
		if (n < sizes[i].call)
			fail_msg("%d separators on\n%s", n, vt_screen(vt));
		// The dialog over Chinese text stands straight, its rows included.
		plays(vt, "C-p");
		sees(vt, "┌─ 命令");
		vt_pump(vt, 50);
		int top = 0, left = 0;
		while (top < rows && !strstr(vt_row(vt, top), "┌─ 命令"))
			top++;
		while (left < cols && strcmp(vt_cell(vt, top, left).text, "┌") != 0)
			left++;
		for (int y = top + 1; y < rows && strcmp(vt_cell(vt, y, left).text, "└") != 0; y++)
			assert_string_equal(vt_cell(vt, y, left).text, "│");
		plays(vt, "C-g");
		plays(vt, ":gone ┌─ 命令");
		leaves(vt);
		station_remove(&s);
	}
}

static void test_small_and_storm(void **state)
{
	struct station s;

	(void)state;
	station_make(&s);
	struct vt *vt = station_start(&s, fixed, NULL, 20, 70);
	sees(vt, "70x20.*80x24");
	vt_resize(vt, 40, 120);
	loaded(vt);
	take_call(vt);
	for (int i = 0; i < 40; i++)
		vt_resize(vt, 24 + i % 20, 80 + i * 2);
	vt_resize(vt, 40, 120);
	settle(vt);
	assert_int_equal(aligned(vt, "│", 3, 36, 120), 2);
	leaves(vt);
	station_remove(&s);
}

static void test_locales(void **state)
{
	static const char *const envs[] = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=", "LC_ALL=zz_ZZ"};
	struct station s;

	(void)state;
	station_make(&s);
	for (size_t i = 0; i < sizeof(envs) / sizeof(*envs); i++) {
		struct vt *vt = opened(&s, envs[i], 24, 80);
		if (i == 0) // it comes back at the other starts
			take_call(vt);
		sees(vt, "▸ 您好");
		settle(vt);
		assert_string_equal(vt_cell(vt, 3, 0).text, "─");
		leaves(vt);
	}
	station_remove(&s);
}

static void refuses(const struct station *s, const char *env, const char *sentence)
{
	const char *envs[] = {env, NULL}, *english[] = {"--lang", "en", NULL};
	struct vt *vt = station_start(s, english, envs, 24, 200);

	if (!vt_wait_text(vt, sentence, WAIT))
		fail_msg("%s: not refused by %s:\n%s", env, sentence, vt_screen(vt));
	int status = vt_wait_exit(vt, WAIT);
	assert_true(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 3);
	assert_false(vt_wrote(vt, "\033"));
	vt_close(vt);
}

static void test_refusals(void **state)
{
	struct station s;
	struct str out = {0}, err = {0};

	(void)state;
	station_make(&s);
	refuses(&s, "TERM=dumb", "cannot show a screen");
	refuses(&s, "TERM=nosuchterm", "not known here");
	refuses(&s, "TERM=", "TERM is not set");
	refuses(&s, "LC_ALL=zh_CN.GBK", "luit -encoding GBK zuoxi");
	assert_int_equal(station_run(&s, &out, &err, NULL), 3);
	assert_int_equal(out.n, 0);
	assert_non_null(strstr(str_z(&err), "needs a terminal"));
	str_release(&out);
	str_release(&err);
	station_remove(&s);
}

static bool any_cell(struct vt *vt, bool (*is)(struct vt_cell))
{
	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 120; x++)
			if (is(vt_cell(vt, y, x)))
				return true;
	return false;
}

static bool is_coloured(struct vt_cell c)
{
	return c.coloured;
}

static bool is_box(struct vt_cell c)
{
	uint32_t cp = 0;

	utf8_decode(sv(c.text), &cp);
	return (cp >= 0x2500 && cp <= 0x25FF) || cp == 0xD7 || (cp >= 0x2190 && cp <= 0x21FF) || cp == 0x2026;
}

static void test_colour_and_ascii(void **state)
{
	const char *ascii[] = {"--now", NOW, "--ascii-borders", NULL};
	struct station s;

	(void)state;
	station_make(&s);
	struct vt *vt = opened(&s, "NO_COLOR=1", 40, 120);
	take_call(vt);
	settle(vt);
	assert_false(any_cell(vt, is_coloured));
	leaves(vt);
	station_remove(&s);
	station_make(&s);
	vt = opened(&s, NULL, 40, 120);
	take_call(vt);
	assert_true(any_cell(vt, is_coloured)); // the control
	assert_true(any_cell(vt, is_box));
	leaves(vt);
	station_remove(&s);
	station_make(&s);
	vt = station_start(&s, ascii, NULL, 40, 120);
	loaded(vt);
	take_call(vt);
	settle(vt);
	if (any_cell(vt, is_box))
		fail_msg("a sign that may be two wide on\n%s", vt_screen(vt));
	assert_int_equal(aligned(vt, "|", 3, 36, 120), 2);
	leaves(vt);
	// A terminal that draws ─ two wide says so, and lines become ASCII by themselves.
	vt = station_start(&s, fixed, NULL, 40, 120);
	vt_mute(vt, true);
	loaded(vt);
	sees(vt, "[│─]");
	vt_raw(vt, "\033[2;3R", 6);
	plays(vt, ":gone [│─]");
	leaves(vt);
	station_remove(&s);
}

static void test_typing(void **state)
{
	struct station s;

	(void)state;
	station_make(&s);
	struct vt *vt = opened(&s, NULL, 40, 120);
	take_call(vt);
	// A click goes to the pane under it.
	plays(vt, ":click ─ 登记");
	sees(vt, "▸客户需求");
	// Newlines in a paste stay in the field; the focus does not move and nothing is submitted.
	plays(vt, ":paste 冻结\\n查一下");
	sees(vt, "▸客户需求 \\* 冻结 查一下");
	// A character in two writes, bytes that are no UTF-8, a control that turns text around.
	vt_raw(vt, "\xe5\x86", 2);
	vt_pump(vt, 60); // longer than the wait after Esc: the program has read the two bytes
	vt_raw(vt, "\xbb", 1);
	vt_raw(vt, "\xff\xfe\xc3x", 4);
	vt_raw(vt, "\xe2\x80\xae" "w", 4);
	sees(vt, "冻结 查一下冻xw");
	// Esc alone is Esc, and soon.
	plays(vt, "Esc");
	plays(vt, ":gone ▸客户需求 \\* 冻结 查一下冻xw.*▏");
	plays(vt, "a");
	leaves(vt);
	station_remove(&s);
}

static void test_caret_stays(void **state)
{
	struct station s;
	int y, x, y2, x2;

	(void)state;
	station_make(&s);
	struct vt *vt = opened(&s, NULL, 40, 120);
	take_call(vt);
	plays(vt, "M-3");
	plays(vt, "text:冻结");
	sees(vt, "▸客户需求 \\* 冻结");
	caret_behind(vt, "结", &y, &x);
	sees(vt, "通话中 00:0[2-9]"); // the clock ticked
	// The end of the frame may still be on its way; a caret that does not come back never does.
	assert_true(vt_cursor(vt, &y2, &x2));
	for (int i = 0; i < 50 && (y != y2 || x != x2); i++) {
		vt_pump(vt, 20);
		assert_true(vt_cursor(vt, &y2, &x2));
	}
	assert_int_equal(y, y2);
	assert_int_equal(x, x2);
	leaves(vt);
	station_remove(&s);
}

static void test_suspend(void **state)
{
	struct station s;

	(void)state;
	station_make(&s);
	char *line = xasprintf("set -m; " ZUOXI " --data %s --config %s --lang zh_CN; echo STOPPED; stty -a | tr ';' '\\n' | grep -w icanon; fg; echo END",
			       s.data, s.config);
	const char *argv[] = {"/bin/sh", "-c", line, NULL};
	struct vt *vt = vt_spawn(argv, NULL, 24, 80);
	loaded(vt);
	plays(vt, "C-z");
	// fg follows at once: keys are answered again.
	plays(vt, "C-p");
	sees(vt, "┌─ 命令");
	assert_true(vt_wrote(vt, "STOPPED"));
	assert_true(vt_wrote(vt, " icanon"));
	assert_true(vt_alternate(vt));
	plays(vt, "C-g");
	plays(vt, ":gone ┌─ 命令");
	plays(vt, "C-q");
	if (vt_wait_text(vt, "离开吗", 300))
		plays(vt, "y");
	assert_true(WIFEXITED(vt_wait_exit(vt, WAIT)));
	is_restored(vt);
	vt_close(vt);
	free(line);
	station_remove(&s);
}

// Drafts on the disk: their number; -1 if it cannot be read now.
static int drafts(const struct station *s)
{
	char *path = path_join(s->data, "store.db");
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int n = -1;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "select count(*) from journal", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	free(path);
	return n;
}

enum end { END_TERM, END_HUP, END_CLOSED, END_KILL, ENDS };

// Typed and not yet left: it is there after any end, on the same contact, step and field, with the clock running on.
static void comes_back(enum end end)
{
	struct station s;
	int y, x, y2, x2, status;

	station_make(&s);
	struct vt *vt = opened(&s, NULL, 40, 120);
	take_call(vt);
	plays(vt, "Enter");
	plays(vt, "Enter");
	sees(vt, "▸ 请问有什么可以帮您");
	plays(vt, "M-3");
	plays(vt, "text:工资卡冻结了");
	sees(vt, "▸客户需求 \\* 工资卡冻结了");
	caret_behind(vt, "了", &y, &x);
	if (end == END_KILL) {
		int64_t until = clock_mono(&clock_real) + WAIT;
		while (drafts(&s) <= 0 && clock_mono(&clock_real) < until)
			vt_pump(vt, 10);
		assert_true(drafts(&s) > 0);
	}
	if (end == END_CLOSED) {
		status = vt_hang_up(vt, WAIT);
	} else {
		vt_signal(vt, end == END_TERM ? SIGTERM : end == END_HUP ? SIGHUP : SIGKILL);
		status = vt_wait_exit(vt, WAIT);
	}
	assert_int_not_equal(status, -1);
	if (end == END_TERM || end == END_HUP)
		is_restored(vt);
	vt_close(vt);
	vt = opened(&s, NULL, 40, 120);
	sees(vt, "通话中|已中断|线路中断");
	sees(vt, "李");
	sees(vt, "▸ 请问有什么可以帮您");
	sees(vt, "客户需求 \\* 工资卡冻结了");
	caret_behind(vt, "了", &y2, &x2); // in the field, without a key
	if (y != y2 || x != x2)
		fail_msg("end %d: caret at %d,%d, was at %d,%d\n%s", (int)end, y2, x2, y, x, vt_screen(vt));
	leaves(vt);
	station_remove(&s);
}

static void test_comes_back(void **state)
{
	(void)state;
	for (int end = 0; end < ENDS; end++)
		comes_back((enum end)end);
}

static void test_tmux(void **state)
{
	struct station s;

	(void)state;
	// ./dev test installs it; a missing one must not pass for a passed test.
	if (access("/usr/bin/tmux", X_OK) != 0)
		fail_msg("tmux is not installed");
	station_make(&s);
	struct vt *vt = opened(&s, NULL, 40, 120);
	take_call(vt);
	settle(vt);
	char *direct = xstrdup(vt_screen(vt));
	leaves(vt);
	station_remove(&s);
	station_make(&s);
	char *socket = path_join(s.dir, "tmux");
	char *line = xasprintf(ZUOXI " --data %s --config %s --lang zh_CN --now " NOW, s.data, s.config);
	const char *argv[] = {"/usr/bin/tmux", "-S", socket, "-u", "-f", "/dev/null", "new-session", "-x", "120", "-y", "40", line, ";",
			      "set", "-g", "status", "off", NULL};
	vt = vt_spawn(argv, NULL, 40, 120);
	loaded(vt);
	take_call(vt);
	settle(vt);
	// The same but for the clocks and the lines that tell of saving.
	struct sv a = sv(direct), b = sv(vt_screen(vt)), la, lb;
	for (int y = 0; y < 40; y++) {
		assert_true(sv_split(&a, '\n', &la) && sv_split(&b, '\n', &lb));
		if (y <= 1 || y >= 29)
			continue;
		if (la.n != lb.n || memcmp(la.p, lb.p, la.n) != 0)
			fail_msg("row %d: %.*s\nunder tmux: %.*s", y, (int)la.n, la.p, (int)lb.n, lb.p);
	}
	plays(vt, "C-q");
	if (vt_wait_text(vt, "离开吗", WAIT))
		plays(vt, "y");
	assert_int_not_equal(vt_wait_exit(vt, WAIT), -1);
	vt_close(vt);
	free(direct);
	free(line);
	free(socket);
	station_remove(&s);
}

static void test_second(void **state)
{
	const char *list[] = {"--json", "call", "list", NULL}, *status[] = {"status", NULL};
	struct station s;
	struct str out = {0}, err = {0};

	(void)state;
	station_make(&s);
	struct vt *vt = opened(&s, NULL, 24, 80);
	take_call(vt);
	struct vt *second = station_start(&s, fixed, NULL, 24, 120);
	int ended = vt_wait_exit(second, WAIT);
	assert_true(ended != -1 && WIFEXITED(ended) && WEXITSTATUS(ended) == 3);
	assert_true(vt_wait_text(second, "zuoxi: .+", WAIT));
	assert_false(vt_wrote(second, "\033[?1049h"));
	vt_close(second);
	// Reading and the backup go on beside it; what would write is refused.
	assert_int_equal(station_run(&s, &out, &err, list), 0);
	assert_non_null(strstr(str_z(&out), "\"state\""));
	assert_int_equal(station_run(&s, &out, &err, status), 0);
	char *file = path_join(s.dir, "copy.zbk");
	const char *backup[] = {"backup", file, NULL}, *load[] = {"pack", "load", file, NULL};
	assert_int_equal(station_run(&s, &out, &err, backup), 0);
	assert_true(path_exists(file));
	assert_int_not_equal(station_run(&s, &out, &err, load), 0);
	plays(vt, "C-p");
	sees(vt, "┌─ 命令");
	plays(vt, "C-g");
	plays(vt, ":gone ┌─ 命令");
	leaves(vt);
	free(file);
	str_release(&out);
	str_release(&err);
	station_remove(&s);
}

// What is on the screen when the program ends was seen until then.
static void test_what_was_seen(void **state)
{
	const char *during[] = {"--json", "kb", "seen", "2026-11-20 10:00", NULL}, *text[] = {"kb", "seen", "2026-11-20 10:00", "--text", NULL},
		   *before[] = {"kb", "seen", "2026-11-20 09:59", NULL};
	struct station s;
	struct str out = {0}, err = {0};

	(void)state;
	station_make(&s);
	struct vt *vt = opened(&s, NULL, 30, 100);
	plays(vt, "C-f");
	plays(vt, "text:司法冻结应答边界");
	sees(vt, "KB-FIN-013");
	plays(vt, "Enter");
	plays(vt, "Enter");
	sees(vt, "KB-FIN-013 v1");
	// It is not said of what is still there.
	assert_int_equal(station_run(&s, &out, &err, during), 1);
	leaves(vt);
	str_clear(&out);
	assert_int_equal(station_run(&s, &out, &err, during), 0);
	assert_non_null(strstr(str_z(&out), "\"KB-FIN-013\""));
	assert_non_null(strstr(str_z(&out), "\"read\""));
	str_clear(&out);
	assert_int_equal(station_run(&s, &out, &err, text), 0);
	assert_non_null(strstr(str_z(&out), "    1  适用范围"));
	assert_int_equal(station_run(&s, &out, &err, before), 1);
	str_release(&out);
	str_release(&err);
	station_remove(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_frames), cmocka_unit_test(test_small_and_storm), cmocka_unit_test(test_locales),
		cmocka_unit_test(test_refusals),     cmocka_unit_test(test_colour_and_ascii), cmocka_unit_test(test_typing),
		cmocka_unit_test(test_caret_stays),  cmocka_unit_test(test_suspend),	      cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_tmux),	     cmocka_unit_test(test_second),
		cmocka_unit_test(test_what_was_seen),
	};

	setlocale(LC_ALL, "");
	utf8_init();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	station_end();
	return failed;
}
