// SPDX-License-Identifier: MIT
// Knows what must hold for the program zuoxi-hub: making, serving and managing a hub, beside one that runs and without.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <jansson.h>

#include "src/base/clock.h"
#include "src/base/str.h"
#include "tests/unit/store/tmpdir.h"

static char *dir, *store;

struct ran {
	int exit;
	struct str out, err;
};

static void slurp(int fd, struct str *to)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0)
		str_addn(to, part, (size_t)n);
	close(fd);
}

static void must_pipe(int p[2])
{
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
}

// argv[0] is left out; in: standard input.
static struct ran run(const char *in, ...)
{
	const char *argv[24] = {ZUOXI_HUB};
	int n = 1, i[2], o[2], status;
	struct ran r = {0};
	va_list ap;
	char err[] = "/tmp/zuoxi-hub-err-XXXXXX";

	va_start(ap, in);
	while ((argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	must_pipe(i);
	must_pipe(o);
	int e = mkstemp(err);
	unlink(err);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(i[0], 0);
		dup2(o[1], 1);
		dup2(e, 2);
		setenv("LC_ALL", "C.UTF-8", 1);
		execv(ZUOXI_HUB, (char **)(uintptr_t)argv);
		_exit(127);
	}
	close(i[0]);
	close(o[1]);
	assert_int_equal(write(i[1], in, strlen(in)), (ssize_t)strlen(in));
	close(i[1]);
	slurp(o[0], &r.out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	lseek(e, 0, SEEK_SET);
	slurp(e, &r.err);
	r.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return r;
}

static void done(struct ran *r)
{
	str_release(&r->out);
	str_release(&r->err);
}

#define expect(code, in, ...) \
	do { \
		struct ran r_ = run(in, __VA_ARGS__, (char *)NULL); \
		if (r_.exit != (code)) \
			fail_msg("exit %d instead of %d: %s%s", r_.exit, code, str_z(&r_.out), str_z(&r_.err)); \
		done(&r_); \
	} while (0)

#define says(text, ...) \
	do { \
		struct ran r_ = run("", __VA_ARGS__, (char *)NULL); \
		if (r_.exit || !strstr(str_z(&r_.out), text)) \
			fail_msg("exit %d and not \"%s\": %s%s", r_.exit, text, str_z(&r_.out), str_z(&r_.err)); \
		done(&r_); \
	} while (0)

static json_t *listing(const char *in, ...)
{
	struct ran r = {0};
	const char *a[8] = {0};
	va_list ap;

	va_start(ap, in);
	for (int i = 0; i < 7 && (a[i] = va_arg(ap, const char *)); i++)
		;
	va_end(ap);
	r = run(in, "--json", "--store", store, a[0], a[1], a[2], a[3], a[4], (char *)NULL);
	if (r.exit != 0)
		fail_msg("exit %d: %s%s", r.exit, str_z(&r.out), str_z(&r.err));
	json_t *j = json_loads(str_z(&r.out), 0, NULL);
	if (!j)
		fail_msg("not JSON: %s", str_z(&r.out));
	done(&r);
	return j;
}

// --- a hub that runs

struct hub {
	pid_t pid;
	int out;
	char address[80];
};

static void serve(struct hub *h, const char *listen)
{
	int o[2];
	struct str line = {0};
	char c;

	must_pipe(o);
	h->pid = fork();
	assert_true(h->pid >= 0);
	if (h->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that fails leaves no hub behind
		dup2(o[1], 1);
		char *log = path_join(dir, "journal");
		int err = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		dup2(err, 2);
		execl(ZUOXI_HUB, ZUOXI_HUB, "serve", "--store", store, "--listen", listen, (char *)NULL);
		_exit(127);
	}
	close(o[1]);
	while (read(o[0], &c, 1) == 1 && c != '\n')
		str_addc(&line, c);
	assert_true(sv_starts(sv(str_z(&line)), "listening on "));
	snprintf(h->address, sizeof(h->address), "%s", str_z(&line) + strlen("listening on "));
	h->out = o[0];
	str_release(&line);
}

static void stop(struct hub *h)
{
	int status;

	kill(h->pid, SIGTERM);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(h->out);
}

static int begin(void **state)
{
	(void)state;
	dir = tmpdir_new();
	store = xasprintf("sqlite:%s/hub.db", dir);
	expect(0, "administrator password\n", "init", "--store", store, "--site", "SHA");
	return 0;
}

static int end(void **state)
{
	(void)state;
	tmpdir_free(dir);
	free(store);
	return 0;
}

// --- making one

static void test_usage(void **state)
{
	(void)state;
	expect(0, "", "--help");
	expect(0, "", "--version");
	expect(0, "", "station", "--help");
	expect(2, "", "frobnicate");
	expect(2, "", "user", "--store", store);
	expect(2, "", "user", "frobnicate", "--store", store);
	expect(2, "", "user", "list"); // which store?
	expect(2, "", "init", "--store", store, "--site", "TOOLONG");
	expect(2, "", "serve", "--store", store);
	expect(2, "", "serve", "--store", store, "--listen", "nowhere");
	expect(2, "", "serve", "--store", store, "--listen", "0.0.0.0:0"); // in the clear, for everybody to hear
	expect(3, "", "user", "list", "--store", "sqlite:/nonexistent/hub.db");
}

static void test_init(void **state)
{
	struct stat st;
	char *key = path_join(dir, "hub.key");

	(void)state;
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	free(key);
	// Again: nothing is asked, nothing is made anew.
	expect(0, "", "init", "--store", store, "--site", "SHA");
	expect(3, "", "init", "--store", store, "--site", "OTH");
	json_t *users = listing("", "user", "list", NULL);
	assert_int_equal(json_array_size(users), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(users, 0), "login")), "admin");
	json_decref(users);
	expect(0, "", "check", "--store", store);
	expect(0, "", "audit", "verify", "--store", store);
}

// --- managing one: the same beside a hub that runs and without

static const char *member(const json_t *list, const char *key, const char *value, const char *want)
{
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row) if (str_eq(json_string_value(json_object_get(row, key)), value)) return json_string_value(
		json_object_get(row, want));
	return NULL;
}

static void manage(void)
{
	json_t *list;

	says("q1 was added", "queue", "add", "q1", "--name", "Accounts", "--store", store);
	says("q1 was changed", "queue", "set", "q1", "--name", "Account", "--store", store);
	says("q1 is like that already", "queue", "set", "q1", "--name", "Account", "--store", store);
	expect(3, "", "queue", "add", "q1", "--store", store); // there already
	expect(0, "", "team", "add", "t1", "--queues", "q1", "--store", store);
	expect(0, "anna's password\n", "user", "add", "anna", "--name", "安娜", "--role", "agent", "--team", "t1", "--store",
	       store);
	expect(0, "suru's password\n", "user", "add", "suru", "--role", "supervisor", "--team", "t1", "--store", store);
	expect(3, "anna's password\n", "user", "add", "anna", "--role", "agent", "--store", store);
	expect(2, "short\n", "user", "add", "otto", "--role", "agent", "--store", store);
	expect(2, "long enough\n", "user", "add", "otto", "--role", "king", "--store", store);
	expect(3, "", "user", "add", "otto", "--role", "agent", "--store", store); // no password
	expect(1, "long enough\n", "user", "password", "nobody", "--store", store);
	expect(0, "long enough\n", "user", "password", "anna", "--store", store);
	expect(0, "", "user", "set", "anna", "--role", "agent,kb_editor", "--store", store);
	list = listing("", "user", "list", NULL);
	assert_string_equal(member(list, "login", "anna", "roles"), "agent,kb_editor");
	assert_string_equal(member(list, "login", "anna", "name_zh"), "安娜");
	json_decref(list);
	expect(0, "", "user", "disable", "anna", "--store", store);
	list = listing("", "user", "list", NULL);
	assert_string_equal(member(list, "login", "anna", "status"), "suspended");
	json_decref(list);
	list = listing("", "team", "list", NULL);
	assert_string_equal(member(list, "code", "t1", "queue_codes"), "q1");
	json_decref(list);

	// People read logins, and the site's own time; programs read what is stored.
	expect(0, "", "team", "set", "t1", "--lead", "suru", "--store", store);
	says("suru", "team", "list", "--store", store);
	list = listing("", "team", "list", NULL);
	assert_string_not_equal(member(list, "code", "t1", "lead_id"), "suru");
	json_decref(list);
	list = listing("", "audit", "list", NULL);
	char at[32], local[32];
	int64_t then;
	snprintf(at, sizeof(at), "%s", json_string_value(json_object_get(json_array_get(list, 0), "at")));
	assert_true(clock_parse(sv(at), &then));
	clock_format("Asia/Shanghai", then, "%Y-%m-%d %H:%M:%S", local, sizeof(local));
	says(local, "audit", "list", "--store", store);
	json_decref(list);

	json_t *code = listing("", "station", "code", NULL);
	assert_int_equal(strlen(json_string_value(json_object_get(code, "code"))), 45 + 8);
	json_decref(code);
	expect(0, "", "station", "list", "--store", store);
	expect(1, "", "station", "wipe", "0A7", "--store", store); // there is none
	expect(1, "", "station", "wipe", "0A7", "--drain", "--store", store);
	expect(2, "", "station", "list", "--drain", "--store", store);

	expect(1, "", "broadcast", "--severity", "red", "--by", "anna", "--text", "x", "--store", store); // not anna's to say
	expect(2, "", "broadcast", "--severity", "pink", "--by", "suru", "--text", "x", "--store", store);
	expect(1, "", "broadcast", "--severity", "red", "--by", "nobody", "--text", "x", "--store", store);
	expect(0, "", "broadcast", "--severity", "red", "--by", "suru", "--text", "payments down", "--store", store);
	// Of a team lead it is a request, and nothing is sent.
	expect(0, "long enough\n", "user", "add", "lead", "--name", "李", "--role", "team_lead", "--team", "t1", "--store", store);
	says("Asked for: ", "broadcast", "--severity", "red", "--by", "lead", "--text", "x", "--store", store);
	expect(0, "", "check", "--store", store);
	expect(0, "", "audit", "verify", "--store", store);
	list = listing("", "audit", "list", NULL);
	assert_non_null(member(list, "action", "broadcast.red", "actor"));
	assert_non_null(member(list, "action", "broadcast.request", "actor"));
	json_decref(list);
	expect(1, "", "subject", "export", "nobody", "--store", store);
}

static void test_manage(void **state)
{
	(void)state;
	manage();
}

static void test_manage_beside(void **state)
{
	struct hub h;
	char *admin = xasprintf("%s/hub.db.admin", dir);
	struct stat st;

	(void)state;
	serve(&h, "127.0.0.1:0");
	assert_int_equal(stat(admin, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	manage();
	// What needs the file for itself says so.
	expect(3, "", "serve", "--store", store, "--listen", "127.0.0.1:0");
	stop(&h);
	assert_int_not_equal(stat(admin, &st), 0);
	// Without a file for it the log goes where the journal reads.
	char *journal = path_join(dir, "journal");
	struct str said = {0};
	struct err e = {0};
	assert_ok(path_read(journal, 1 << 20, &said, &e), e);
	assert_non_null(strstr(str_z(&said), "going down"));
	str_release(&said);
	free(journal);
	json_t *list = listing("", "user", "list", NULL); // it was all stored
	assert_string_equal(member(list, "login", "anna", "status"), "suspended");
	json_decref(list);
	free(admin);
}

// A hub that was killed leaves its socket behind; nobody waits for it.
static void test_after_kill(void **state)
{
	struct hub h;
	int status;

	(void)state;
	serve(&h, "127.0.0.1:0");
	kill(h.pid, SIGKILL);
	waitpid(h.pid, &status, 0);
	close(h.out);
	expect(0, "", "user", "list", "--store", store);
	serve(&h, "127.0.0.1:0");
	expect(0, "", "user", "list", "--store", store);
	stop(&h);
}

// --- the store as a whole

static void test_backup(void **state)
{
	char *copy = path_join(dir, "copy.db"), *other = xasprintf("sqlite:%s/other.db", dir),
	     *third = xasprintf("sqlite:%s/third.db", dir);
	struct hub h;

	(void)state;
	manage();
	serve(&h, "127.0.0.1:0");
	expect(0, "", "backup", copy, "--store", store);
	expect(3, "", "backup", copy, "--store", store); // nothing is overwritten
	stop(&h);
	expect(0, "", "restore", copy, "--store", other);
	expect(0, "", "check", "--store", other);
	expect(3, "", "restore", copy, "--store", other); // not into one that holds something
	expect(0, "", "migrate", store, third);
	expect(0, "", "check", "--store", third);
	struct ran r = run("", "user", "list", "--json", "--store", other, (char *)NULL);
	assert_non_null(strstr(str_z(&r.out), "suru"));
	done(&r);
	free(copy);
	free(other);
	free(third);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {T(test_usage),         T(test_init),       T(test_manage),
					   T(test_manage_beside), T(test_after_kill), T(test_backup)};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
