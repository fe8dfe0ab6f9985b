// SPDX-License-Identifier: MIT
// Knows the programs as people run them: a station joins a real hub, somebody logs in, the workstation shows the line and ends cleanly.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>

#include "src/base/clock.h"
#include "src/base/path.h"
#include "tests/sync/realhub.h"
#include "tests/term/vt.h"
#include "tests/unit/store/tmpdir.h"

enum { WAIT = 30000 };

struct fix {
	char *dir;
	struct realhub hub;
};

static int setup(void **state)
{
	struct fix *f = xcalloc(1, sizeof(*f));

	f->dir = tmpdir_new();
	realhub_make(&f->hub, ZUOXI_HUB, f->dir, false);
	realhub_serve(&f->hub);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	realhub_free(&f->hub);
	tmpdir_free(f->dir);
	free(f);
	return 0;
}

// Runs a line of the shell, $Z is zuoxi with the station's directory; gives what it prints (both streams) and its exit status.
static char *zuoxi(struct fix *f, const char *line, int *status)
{
	char *whole = xasprintf("export Z='" ZUOXI
				" --data %s/st --lang en' U='unix:%s'; exec 2>&1; rc=0; { %s\n} || rc=$?; echo \"rc=$rc\"",
				f->dir, f->hub.socket, line),
	     *out = realhub_run(&f->hub, whole);

	free(whole);
	assert_non_null(out);
	char *rc = strstr(out, "rc=");
	assert_non_null(rc);
	*status = rc[3] - '0';
	*rc = '\0';
	return out;
}

static void expect(struct fix *f, const char *line, int status, const char *text)
{
	int is;
	char *out = zuoxi(f, line, &is);

	if (is != status || !strstr(out, text))
		fail_msg("%s: exit %d, not %d, or without \"%s\":\n%s", line, is, status, text, out);
	free(out);
}

static void join(struct fix *f)
{
	char *code = realhub_code(&f->hub, "0A7"), *line = xasprintf("$Z enrol $U %s", code);

	expect(f, "$Z init --site SHA --station 0A7 --pack common --pack retail", 0, "Station 0A7");
	expect(f, line, 0, "joined the hub");
	expect(f, "printf 'secret password\\n' | $Z login li", 0, "Logged in: 1007 li");
	free(code);
	free(line);
}

static json_t *status_json(struct fix *f)
{
	int rc;
	char *out = zuoxi(f, "$Z status --json", &rc);
	json_t *j = json_loads(out, 0, NULL);

	assert_int_equal(rc, 0);
	assert_non_null(j);
	free(out);
	return j;
}

static void test_subcommands(void **state)
{
	struct fix *f = *state;
	char *wrong;

	expect(f, "$Z sync --once", 1, "not a station yet");
	expect(f, "$Z init --site SHA --station 0A7 --pack common --pack retail", 0, "Station 0A7");
	expect(f, "$Z sync --once", 3, "has joined no hub");
	expect(f, "$Z login li </dev/null", 3, "no password");
	expect(f, "printf 'x\\n' | $Z login li", 3, "has joined no hub");
	expect(f, "$Z doctor", 0, "joined no hub");
	expect(f, "$Z status", 0, "Hub: none");
	expect(f, "$Z enrol $U ABC", 2, "enrolment code");
	expect(f, "$Z enrol http://hub.example.com ABC", 2, "https");
	char *code = realhub_code(&f->hub, "0A7");
	// One letter of the fingerprint is another: the code is of another hub.
	wrong = xstrdup(code);
	wrong[40] = wrong[40] == 'A' ? 'B' : 'A';
	char *line = xasprintf("$Z enrol $U %s", wrong);
	expect(f, line, 3, "the code is of another hub");
	free(line);
	line = xasprintf("$Z enrol $U %s", code);
	expect(f, line, 0, "joined the hub");
	// Once means once: with another key the code is worth nothing.
	expect(f, line, 3, "used");
	free(line);
	expect(f, "$Z sync --once", 3, "log in first");
	expect(f, "printf 'wrong\\n' | $Z login li", 3, "login or password is wrong");
	expect(f, "printf 'secret password\\n' | $Z login li", 0, "Logged in: 1007 li");
	expect(f, "$Z sync --once", 0, "Sent 0, unsent 0");
	expect(f, "$Z doctor", 0, "answers in");
	json_t *j = status_json(f), *hub = json_object_get(j, "hub");
	assert_string_equal(json_string_value(json_object_get(hub, "login")), "li");
	assert_string_equal(json_string_value(json_object_get(hub, "lease")), "runs");
	assert_true(json_array_size(json_object_get(hub, "streams")) > 5);
	assert_true(json_is_string(json_object_get(json_array_get(json_object_get(hub, "streams"), 0), "as_of")));
	json_decref(j);
	// Half an hour by a clock that stands elsewhere, and four days: what doctor says, and the lease.
	expect(f, "$Z --now 2031-01-01T00:00:00Z doctor", 0, "s apart");
	realhub_kill(&f->hub);
	expect(f, "$Z sync --once", 3, "no answer from the hub");
	expect(f, "$Z doctor", 0, "no answer from the hub");
	expect(f, "$Z logout", 0, "Logged out here");
	expect(f, "$Z sync --once", 3, "log in first");
	free(code);
	free(wrong);
}

// A copy holds no key of the hub's: what was brought back works, says that it has joined none, and joins anew.
static void test_brought_back(void **state)
{
	struct fix *f = *state;

	join(f);
	char *back = xasprintf("cd '%s'; $Z backup st.zxb; rm -r st; $Z restore st.zxb", f->dir);
	expect(f, back, 0, "Restored");
	free(back);
	expect(f, "$Z status", 0, "Hub: none");
	expect(f, "$Z sync --once", 3, "has joined no hub");
	char *code = realhub_code(&f->hub, "0A8"), *line = xasprintf("$Z enrol $U %s", code);
	expect(f, line, 0, "joined the hub");
	expect(f, "printf 'secret password\\n' | $Z login li", 0, "Logged in: 1007 li");
	expect(f, "$Z sync --once", 0, "Sent 0, unsent 0");
	free(code);
	free(line);
}

// Typed at a terminal the password is not seen, and the terminal is as before.
static void test_password_is_not_shown(void **state)
{
	struct fix *f = *state;
	char *data = path_join(f->dir, "st");
	const char *argv[] = {ZUOXI, "--data", data, "--lang", "en", "login", "li", NULL};

	join(f);
	struct vt *vt = vt_spawn(argv, NULL, 24, 80);
	assert_true(vt_wait_text(vt, "Password of li:", WAIT));
	vt_raw(vt, "secret password\r", 16);
	assert_true(vt_wait_text(vt, "Logged in: 1007 li", WAIT));
	assert_null(strstr(vt_screen(vt), "secret"));
	assert_int_equal(vt_wait_exit(vt, WAIT), 0);
	vt_close(vt);
	// Ctrl-C ends it and shows again what is typed.
	vt = vt_spawn(argv, NULL, 24, 80);
	assert_true(vt_wait_text(vt, "Password of li:", WAIT));
	vt_raw(vt, "sec\x03ret\r", 8);
	assert_true(vt_wait_text(vt, "no password", WAIT));
	vt_close(vt);
	free(data);
}

static void test_workstation(void **state)
{
	struct fix *f = *state;
	char *data = path_join(f->dir, "st");
	const char *argv[] = {ZUOXI, "--data", data, "--lang", "en", NULL};

	join(f);
	struct vt *vt = vt_spawn(argv, NULL, 30, 120);
	assert_true(vt_wait_text(vt, "online", WAIT));
	// Who works here is who logged in, not what the settings say.
	assert_true(vt_wait_text(vt, "1007", WAIT));
	char *out = realhub_run(&f->hub, "\"$HUB\" broadcast --severity red --by sup --text 'all lines are down'");
	assert_non_null(out);
	free(out);
	assert_true(vt_wait_text(vt, "all lines are down", WAIT));
	// Beside it a second writer is refused; status still reads and knows the line.
	expect(f, "$Z sync --once", 3, "");
	json_t *j = status_json(f);
	assert_true(json_is_true(json_object_get(j, "running")));
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "hub"), "line")), "online");
	json_decref(j);
	int64_t from = clock_mono(&clock_real);
	vt_signal(vt, SIGTERM);
	int status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(clock_mono(&clock_real) - from < 5000);
	vt_close(vt);
	// The hub is gone: the workstation opens all the same, and ends as quickly.
	realhub_kill(&f->hub);
	vt = vt_spawn(argv, NULL, 30, 120);
	assert_true(vt_wait_text(vt, "1007", WAIT));
	assert_true(vt_wait_text(vt, "recovering|offline", WAIT));
	from = clock_mono(&clock_real);
	vt_signal(vt, SIGTERM);
	status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(clock_mono(&clock_real) - from < 5000);
	vt_close(vt);
	free(data);
}

// --- two people change the same title while the hub is away

struct two {
	struct vt *a, *b;
	char *data_a, *data_b;
};

// A second station beside the first one of join().
static void join_second(struct fix *f)
{
	char *code = realhub_code(&f->hub, "0B2");
	char *line = xasprintf("Z=\"${Z%%/st *}/st2 --lang en\"; $Z init --site SHA --station 0B2 --pack common --pack retail; $Z enrol $U %s; "
			       "printf 'secret password\\n' | $Z login sup", code);

	expect(f, line, 0, "Logged in: 9001");
	free(code);
	free(line);
}

static void must(struct vt *vt, const char *keys, const char *text)
{
	vt_send(vt, keys);
	if (*text && !vt_wait_text(vt, text, WAIT))
		fail_msg("after %s not \"%s\" but:\n%s", keys, text, vt_screen(vt));
}

// Keys until it is there.
static void insist(struct vt *vt, const char *keys, const char *text)
{
	enum { TRIES = 30, EACH = 1000 };

	for (int i = 0; i < TRIES; i++) {
		vt_send(vt, keys);
		if (vt_wait_text(vt, text, EACH))
			return;
	}
	fail_msg("again and again %s, but not \"%s\":\n%s", keys, text, vt_screen(vt));
}

static void open_both(struct fix *f, struct two *t)
{
	t->data_a = path_join(f->dir, "st");
	t->data_b = path_join(f->dir, "st2");
	const char *const a[] = {ZUOXI, "--data", t->data_a, "--lang", "en", NULL}, *const b[] = {ZUOXI, "--data", t->data_b, "--lang", "en", NULL};
	t->a = vt_spawn(a, NULL, 30, 120);
	t->b = vt_spawn(b, NULL, 30, 120);
	assert_true(vt_wait_text(t->a, "online.*unsent 0", WAIT));
	assert_true(vt_wait_text(t->b, "online.*unsent 0", WAIT));
}

// The title and nothing else.
static void write_title(struct vt *vt, const char *title)
{
	char *text = xasprintf("text:%s", title);

	must(vt, "e", "Title and description");
	vt_send(vt, "C-u");
	vt_send(vt, text);
	must(vt, "Enter Enter", "not sent yet");
	free(text);
}

static void test_two_change_one_title(void **state)
{
	struct fix *f = *state;
	struct two t;

	join(f);
	join_second(f);
	open_both(f, &t);
	// A ticket made in a call at one station is found at the other one.
	must(t.a, "F4", "Number");
	vt_send(t.a, "text:13812345678");
	must(t.a, "Enter Enter", "connected");
	must(t.a, "M-i", "New ticket");
	vt_send(t.a, "text:frozen account");
	must(t.a, "Enter", "Ticket SHA-.* made");
	insist(t.a, "M-i", "History 1"); // it may be on its way to the disk
	insist(t.b, "Esc M-q", "frozen account"); // it comes with the next exchange
	must(t.b, "Enter", "History 1");
	// Both write, neither can see the other.
	realhub_kill(&f->hub);
	write_title(t.a, "salary account frozen");
	write_title(t.b, "account frozen by risk control");
	realhub_serve(&f->hub);
	// Whoever came second: it is put to the owner of the ticket, who settles it with a third text. The other station follows by itself.
	assert_true(vt_wait_text(t.a, "Two people changed it", WAIT));
	must(t.a, "M-j", "before");
	assert_non_null(strstr(vt_screen(t.a), "frozen account"));
	assert_non_null(strstr(vt_screen(t.a), "salary account frozen"));
	assert_non_null(strstr(vt_screen(t.a), "account frozen by risk control"));
	must(t.a, "e", "Write what holds");
	vt_send(t.a, "C-u");
	vt_send(t.a, "text:salary account frozen by risk control");
	must(t.a, "Enter", "written anew");
	must(t.a, "Enter", "Settled");
	assert_true(vt_wait_text(t.b, "salary account frozen by risk control", WAIT));
	assert_true(vt_wait_text(t.b, "Conflict settled", WAIT));
	vt_close(t.a);
	vt_close(t.b);
	expect(f, "$Z sync --once", 0, "unsent 0, conflicts 0, refused 0");
	free(t.data_a);
	free(t.data_b);
}

// --- content comes into force without a restart

// A copy of the retail pack with another version and another name of the house, at the hub.
static void send_pack(struct fix *f, int version, const char *org)
{
	char *line = xasprintf("rm -rf %s/new; mkdir -p %s/new; cp -r '" PACKS "/retail' %s/new/retail; "
			       "sed -i 's/^version: .*/version: %d/; s/Demo Mall/%s/' %s/new/retail/pack.yaml; \"$HUB\" pack load '" PACKS "/common' && \"$HUB\" pack load %s/new/retail",
			       f->dir, f->dir, f->dir, version, org, f->dir, f->dir),
	     *out = realhub_run(&f->hub, line);

	if (!out)
		fail_msg("%s", line);
	free(out);
	free(line);
}

static void write_file(const char *path, const char *text)
{
	struct err e = {0};

	assert_ok(path_write_atomic(path, sv(text), 0600, &e), e);
}

// While a contact is in hand, be it only ringing, or a dialog is open, newer content waits; then it is there without a restart, and a call
// keeps what it began with.
static void test_content_comes_into_force(void **state)
{
	struct fix *f = *state;
	char *data = path_join(f->dir, "st"), *conf = path_join(f->dir, "conf.yaml"), *rings = path_join(f->dir, "rings.txt");
	char *yaml = xasprintf("telephone: sim\ntelephone_script: %s\n", rings);
	const char *argv[] = {ZUOXI, "--data", data, "--config", conf, "--lang", "en", NULL};

	join(f);
	write_file(conf, yaml);
	write_file(rings, "+0.5 offered 13800138000 Wang\n");
	struct vt *vt = vt_spawn(argv, NULL, 40, 120);
	assert_true(vt_wait_text(vt, "online.*unsent 0", WAIT));
	assert_true(vt_wait_text(vt, "Wang", WAIT));
	send_pack(f, 2, "Second House");
	must(vt, "", "");
	if (!vt_wait_text(vt, "New content is here", WAIT))
		fail_msg("%s", vt_screen(vt));
	assert_null(strstr(vt_screen(vt), "in force: retail"));
	must(vt, "C-r", "Reject|Decline|Why");
	must(vt, "1", "New content is in force: retail v2");
	// A call has it, and keeps it while the next version waits.
	must(vt, "F4", "Number");
	vt_send(vt, "text:13812345678");
	must(vt, "Enter Enter", "Hello, Second House");
	send_pack(f, 3, "Third House");
	if (!vt_wait_text(vt, "New content is here", WAIT))
		fail_msg("%s", vt_screen(vt));
	must(vt, "F1", "Second House|Help|Keys");
	must(vt, "Esc", "Hello, Second House");
	assert_null(strstr(vt_screen(vt), "Third House"));
	vt_signal(vt, SIGTERM);
	int status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vt_close(vt);
	free(yaml);
	free(rings);
	free(conf);
	free(data);
}

// A dialog that is open is not pulled away from under the hands either; content with a mistake in it never comes into force.
static void test_content_waits_for_a_dialog(void **state)
{
	struct fix *f = *state;
	char *data = path_join(f->dir, "st");
	const char *argv[] = {ZUOXI, "--data", data, "--lang", "en", NULL};

	join(f);
	struct vt *vt = vt_spawn(argv, NULL, 40, 120);
	assert_true(vt_wait_text(vt, "online.*unsent 0", WAIT));
	must(vt, "F4", "Number");
	send_pack(f, 2, "Second House");
	if (!vt_wait_text(vt, "New content is here", WAIT))
		fail_msg("%s", vt_screen(vt));
	must(vt, "Esc", "New content is in force: retail v2");
	vt_signal(vt, SIGTERM);
	vt_wait_exit(vt, WAIT);
	vt_close(vt);
	free(data);
}

// --- the administrator has a lost station wiped

static void order_wipe(struct fix *f, const char *how)
{
	char *command = xasprintf("\"$HUB\" station wipe 0A7 %s", how), *out = realhub_run(&f->hub, command);

	assert_non_null(out);
	free(command);
	free(out);
}

// Nothing that was sealed or could open it, and nothing that came up again while the program ended.
static void nothing_is_left(struct fix *f)
{
	static const char *const gone[] = {"station.key", "hub.key", "store.db", "store.db-wal", "store.db-shm", "kb.db", "kb.db-wal", "packs",
					   "zuoxi.log"};

	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++) {
		char *path = xasprintf("%s/st/%s", f->dir, gone[i]);
		if (path_exists(path))
			fail_msg("%s is still there", gone[i]);
		free(path);
	}
	expect(f, "$Z status", 1, "not a station");
}

static void test_workstation_is_wiped(void **state)
{
	struct fix *f = *state;
	char *data = path_join(f->dir, "st");
	const char *argv[] = {ZUOXI, "--data", data, "--lang", "en", NULL};

	join(f);
	struct vt *vt = vt_spawn(argv, NULL, 30, 120);
	assert_true(vt_wait_text(vt, "online", WAIT));
	order_wipe(f, "");
	assert_true(vt_wait_text(vt, "its keys and data are destroyed", WAIT));
	int status = vt_wait_exit(vt, WAIT);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	vt_close(vt);
	nothing_is_left(f);
	free(data);
}

static void test_sync_is_wiped(void **state)
{
	struct fix *f = *state;

	join(f);
	order_wipe(f, "");
	expect(f, "$Z sync --once", 3, "its keys and data are destroyed");
	nothing_is_left(f);
}

static void test_login_is_wiped(void **state)
{
	struct fix *f = *state;

	join(f);
	order_wipe(f, "");
	// Whoever has the machine need not know the password.
	expect(f, "printf 'wrong\\n' | $Z login li", 3, "its keys and data are destroyed");
	nothing_is_left(f);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_subcommands), T(test_brought_back), T(test_password_is_not_shown), T(test_workstation),
					   T(test_two_change_one_title), T(test_content_comes_into_force), T(test_content_waits_for_a_dialog),
					   T(test_workstation_is_wiped), T(test_sync_is_wiped), T(test_login_is_wiped)};

	cmocka_set_test_filter(getenv("ZUOXI_TEST_ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
