// SPDX-License-Identifier: MIT
// Knows how a test runs a PostgreSQL server of its own: in a temporary directory, over a unix socket, without TCP.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "tests/hub/pgcluster.h"

#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/path.h"
#include "src/base/str.h"

enum { START_MS = 30000 };

struct pgcluster {
	char *dir, *bin;
	pid_t pid;
	int databases;
};

static char *find_bin(void)
{
	static const char *const versions[] = {"15", "16", "17", "14", "13"};

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		char *bin = xasprintf("/usr/lib/postgresql/%s/bin", versions[i]);
		char *initdb = path_join(bin, "initdb");
		bool there = path_exists(initdb);
		free(initdb);
		if (there)
			return bin;
		free(bin);
	}
	fail_msg("the programs of PostgreSQL are not installed (Debian: postgresql-15); ./dev test installs them");
	return NULL;
}

// In the child: who the server may run as, and that it does not outlive the test.
static void become(const struct passwd *who, const char *log)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);

	if (fd >= 0) {
		dup2(fd, 1);
		dup2(fd, 2);
	}
	if (who && (setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0))
		_exit(126);
	if (chdir("/") != 0)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
}

static pid_t run(const struct pgcluster *pg, const struct passwd *who, char *argv[])
{
	char *path = path_join(pg->bin, argv[0]);
	char *log = path_join(pg->dir, "log");
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		become(who, log);
		argv[0] = path; // the server finds its other programs by it, not by PATH
		execv(path, argv);
		_exit(127);
	}
	free(path);
	free(log);
	return pid;
}

static void show_log(const struct pgcluster *pg)
{
	struct str text = {0};
	char *log = path_join(pg->dir, "log");

	if (path_read(log, 1 << 20, &text, NULL))
		print_error("%s\n", str_z(&text));
	str_release(&text);
	free(log);
}

static PGconn *admin(const struct pgcluster *pg)
{
	char *url = xasprintf("postgresql:///postgres?host=%s&user=hub", pg->dir);
	PGconn *c = PQconnectdb(url);

	free(url);
	return c;
}

static void wait_ready(struct pgcluster *pg)
{
	struct timespec pause = {.tv_nsec = 20000000};
	int64_t waited = 0;

	for (;;) {
		PGconn *c = admin(pg);
		bool ok = PQstatus(c) == CONNECTION_OK;
		PQfinish(c);
		if (ok)
			return;
		int status;
		bool died = waitpid(pg->pid, &status, WNOHANG) == pg->pid;
		if (died || (waited += 20) > START_MS) {
			show_log(pg);
			fail_msg("the PostgreSQL server %s", died ? "ended at once" : "does not answer");
		}
		nanosleep(&pause, NULL);
	}
}

struct pgcluster *pgcluster_start(void)
{
	struct pgcluster *pg = xcalloc(1, sizeof(*pg));
	const struct passwd *who = geteuid() == 0 ? getpwnam("postgres") : NULL;
	int status;

	pg->bin = find_bin();
	// The path of a socket must be short: not TMPDIR.
	pg->dir = xstrdup(P_tmpdir "/zuoxi-pg-XXXXXX");
	assert_non_null(mkdtemp(pg->dir));
	if (geteuid() == 0 && (!who || chown(pg->dir, who->pw_uid, who->pw_gid) != 0))
		fail_msg("there is no user postgres for the server; ./dev test installs it");
	char *data = path_join(pg->dir, "data");
	char *init[] = {"initdb", "-D", data, "-A", "trust", "-U", "hub", "-N", "-E", "UTF8", "--locale=C", NULL};
	pid_t pid = run(pg, who, init);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		show_log(pg);
		fail_msg("initdb failed");
	}
	// Without fsync: what the tests ask of it is its logic, not its disk.
	char *serve[] = {"postgres", "-D", data, "-k", pg->dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
			 "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "deadlock_timeout=200ms", NULL};
	pg->pid = run(pg, who, serve);
	free(data);
	wait_ready(pg);
	return pg;
}

static int unlink_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

void pgcluster_stop(struct pgcluster *pg)
{
	int status;

	if (!pg)
		return;
	kill(pg->pid, SIGQUIT);
	waitpid(pg->pid, &status, 0);
	nftw(pg->dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
	free(pg->dir);
	free(pg->bin);
	free(pg);
}

static void must(const struct pgcluster *pg, const char *text)
{
	PGconn *c = admin(pg);
	PGresult *r = PQexec(c, text);
	ExecStatusType st = PQresultStatus(r);

	if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(c));
	PQclear(r);
	PQfinish(c);
}

char *pgcluster_database(struct pgcluster *pg)
{
	// In a language's order, as databases are in the field: what must be in the order of bytes has to say so.
	char *text = xasprintf("create database h%d template template0 locale_provider icu icu_locale 'zh-CN'", ++pg->databases);

	must(pg, text);
	free(text);
	return xasprintf("postgresql:///h%d?host=%s&user=hub", pg->databases, pg->dir);
}

void pgcluster_break(struct pgcluster *pg)
{
	must(pg, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname like 'h%'");
}
