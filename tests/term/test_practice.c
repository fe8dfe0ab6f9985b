// SPDX-License-Identifier: MIT
// Knows that a session stands before the real work until a real contact comes, is gone on with, outlives kill -9 as an exam, and leaves
// nothing behind.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "src/base/path.h"
#include "tests/term/play.h"
#include "tests/term/station.h"

enum { WAIT = 20000 }; // a deadline, not a pause
#define NOW "2026-11-20T10:00:00+08:00"

#define sees(vt, regex)                                                                                                \
	do {                                                                                                           \
		if (!vt_wait_text(vt, regex, WAIT))                                                                    \
			fail_msg("no %s on\n%s", regex, vt_screen(vt));                                                \
	} while (0)

static struct station s;

static int make(void **state)
{
	struct str text = {0};
	struct err e = {0};

	(void)state;
	station_make(&s);
	char *into = path_join(s.data, "packs/common/scenarios"), *file = path_join(into, "seat.yaml");
	bool ok = path_mkdirs(into, &e) && path_read(SEAT_YAML, 1 << 20, &text, &e) && path_write_atomic(file, sv(str_z(&text)), 0600, &e);
	str_release(&text);
	free(into);
	free(file);
	return ok ? 0 : -1;
}

static int clear(void **state)
{
	(void)state;
	station_remove(&s);
	return 0;
}

static int end(void **state)
{
	(void)state;
	station_end();
	return 0;
}

static size_t folders(void)
{
	char *path = path_join(s.data, "practice");
	DIR *d = opendir(path);
	const struct dirent *one;
	size_t n = 0;

	while (d && (one = readdir(d))) {
		char *full = path_join(path, one->d_name);
		n += one->d_name[0] != '.' && path_is_dir(full);
		free(full);
	}
	if (d)
		closedir(d);
	free(path);
	return n;
}

static void test_gives_way(void **state)
{
	const char *args[] = {"--now", NOW, "practice", "run", "test.seat", NULL};
	char *rings = station_file(&s, "phone.txt", "+6 offered 13800138000 张三 queue=account\n+8 ended\n");
	char *yaml = xasprintf("agent: {no: \"8001\", name: 陈晓}\ntelephone: sim\ntelephone_script: %s\n", rings);

	(void)state;
	station_config(&s, yaml);
	struct vt *vt = station_start(&s, args, NULL, 40, 120);
	// Its number on the briefing: it is the sandbox that is in front.
	sees(vt, "TRN-");
	assert_int_equal(folders(), 1);
	sees(vt, "张三");
	if (!vt_wait_gone(vt, "TRN-", WAIT))
		fail_msg("two seats at once\n%s", vt_screen(vt));
	sees(vt, "演练在等待：现在继续，或者放弃");
	vt_send(vt, "C-q");
	vt_pump(vt, 300);
	vt_send(vt, "y");
	int status = vt_wait_exit(vt, WAIT);
	assert_true(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vt_close(vt);
	// Nobody had begun: nothing is kept.
	assert_int_equal(folders(), 0);
	free(yaml);
	free(rings);
}

static void test_not_there(void **state)
{
	const char *args[] = {"--now", NOW, "practice", "run", "no.such", NULL};
	struct vt *vt;

	(void)state;
	station_config(&s, "agent: {no: \"8001\", name: 陈晓}\n");
	vt = station_start(&s, args, NULL, 40, 120);
	int status = vt_wait_exit(vt, WAIT);
	assert_true(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 1);
	sees(vt, "没有场景 no.such");
	vt_close(vt);
}

// Seconds behind "剩余" in the banner of the session.
static int left(struct vt *vt)
{
	const char *at = strstr(vt_screen(vt), "剩余 ");
	int min = 0, sec = 0;

	if (!at || sscanf(at + strlen("剩余 "), "%d:%d", &min, &sec) != 2)
		fail_msg("no time left on\n%s", vt_screen(vt));
	return min * 60 + sec;
}

static void answer(struct vt *vt)
{
	sees(vt, "一切都不会进入真实工作");
	vt_send(vt, "Enter");
	sees(vt, "\\[F2\\] 接听");
	vt_send(vt, "F2");
	sees(vt, "通话中");
}

static void types(struct vt *vt, const char *line)
{
	vt_send(vt, "M-y");
	sees(vt, "Enter 发送");
	vt_send(vt, line);
	vt_send(vt, "Enter");
	sees(vt, "\\[M-y\\]|Enter 发送");
}

// The program is killed in the middle of an exam: it comes back where it was, with the time that is left.
static void test_exam_outlives_kill(void **state)
{
	const char *args[] = {"--now", NOW, NULL};
	struct vt *vt;

	(void)state;
	station_config(&s, "agent: {no: \"8001\", name: 陈晓}\n");
	vt = station_start(&s, args, NULL, 40, 120);
	sees(vt, "无需保存|已保存");
	vt_send(vt, "M-x");
	sees(vt, "\\[1 场景 [0-9]+\\]");
	vt_send(vt, "e");
	sees(vt, "不暂停|不能暂停");
	answer(vt);
	types(vt, "text:非常抱歉耽误您的行程");
	sees(vt, "我 +非常抱歉耽误您的行程");
	int limit = left(vt), before;
	// Some of its time is over, else it proves nothing that the time goes on.
	while ((before = left(vt)) > limit - 3)
		vt_pump(vt, 200);
	vt_signal(vt, SIGKILL);
	int status = vt_wait_exit(vt, WAIT);
	assert_true(status != -1 && WIFSIGNALED(status));
	vt_close(vt);
	assert_int_equal(folders(), 1);
	vt = station_start(&s, args, NULL, 40, 120);
	sees(vt, "我 +非常抱歉耽误您的行程");
	sees(vt, "通话中");
	int after = left(vt);
	// The record is at most a second behind; the time it took to come back is not counted.
	if (after > before + 2 || after < before - 30)
		fail_msg("%d s were left, now %d s\n%s", before, after, vt_screen(vt));
	vt_send(vt, "M-x");
	sees(vt, "放弃考试");
	vt_close(vt);
}

// A real call comes: the exercise waits, the call is taken and saved, then the exercise goes on.
static void test_live_call_between(void **state)
{
	const char *args[] = {"--now", NOW, "practice", "run", "test.seat", NULL};
	char *rings = station_file(&s, "phone.txt", "+15 offered 13800138000 张三 queue=account\n");
	char *yaml = xasprintf("agent: {no: \"8001\", name: 陈晓}\ntelephone: sim\ntelephone_script: %s\n", rings);

	(void)state;
	station_config(&s, yaml);
	struct vt *vt = station_start(&s, args, NULL, 40, 120);
	answer(vt);
	types(vt, "text:先别担心，我陪您看");
	sees(vt, "我 +先别担心");
	sees(vt, "来电.*张三");
	if (!vt_wait_gone(vt, "先别担心", WAIT)) // a frame comes in parts
		fail_msg("two seats at once\n%s", vt_screen(vt));
	vt_send(vt, "F2");
	sees(vt, "通话中");
	vt_send(vt, "F9");
	sees(vt, "挂机并小结");
	vt_send(vt, "y");
	sees(vt, "─ 小结 SHA");
	vt_send(vt, "d");
	sees(vt, "联络如何结束");
	vt_send(vt, "i");
	sees(vt, "─ 无效");
	vt_send(vt, "1");
	sees(vt, "记录可以保存");
	vt_send(vt, "F9");
	sees(vt, "今日 1 通");
	vt_send(vt, "M-x");
	sees(vt, "有演练等着");
	vt_send(vt, "g");
	sees(vt, "我 +先别担心");
	sees(vt, "演练 话术");
	// Its record is of the sandbox, the other of the station.
	struct str out = {0};
	const char *list[] = {"call", "list", NULL};
	vt_close(vt);
	assert_int_equal(station_run(&s, &out, NULL, list), 0);
	assert_non_null(strstr(str_z(&out), "SHA-261120"));
	assert_null(strstr(str_z(&out), "TRN"));
	str_release(&out);
	free(yaml);
	free(rings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_gives_way, make, clear), cmocka_unit_test_setup_teardown(test_not_there, make, clear),
		cmocka_unit_test_setup_teardown(test_exam_outlives_kill, make, clear),
		cmocka_unit_test_setup_teardown(test_live_call_between, make, clear),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
