// SPDX-License-Identifier: MIT
// Knows the real zuoxi-hub as a test runs it: a store of its own, people, a socket; started, killed and started again.
#include "tests/sync/realhub.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/path.h"

char *realhub_run(struct realhub *h, const char *command)
{
	char *line = xasprintf("exec 2>>'%s/hub.log'; export ZUOXI_HUB_STORE='sqlite:%s/hub.db' HUB='%s'; %s", h->dir, h->dir,
			       h->program, command);
	struct str out = {0};
	char buf[4096];
	int ends[2], status = -1;

	if (pipe2(ends, O_CLOEXEC) != 0)
		BUG("no pipe");
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-euc", line, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	for (ssize_t n; (n = read(ends[0], buf, sizeof(buf))) > 0;)
		str_addn(&out, buf, (size_t)n);
	close(ends[0]);
	free(line);
	if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return out.s ? str_take(&out) : xstrdup("");
	str_release(&out);
	return NULL;
}

static void must(struct realhub *h, const char *command)
{
	char *out = realhub_run(h, command);

	if (!out)
		BUG("the hub does not do: %s (see %s/hub.log)", command, h->dir);
	free(out);
}

void realhub_make(struct realhub *h, const char *program, const char *dir, bool ca)
{
	*h = (struct realhub){.program = xstrdup(program), .dir = xstrdup(dir), .socket = path_join(dir, "hub.sock")};
	must(h, "printf 'admin password\\n' | \"$HUB\" init --site SHA");
	must(h, "\"$HUB\" queue add general --name general");
	must(h, "\"$HUB\" team add t1 --name team --queues general");
	must(h, "for u in li han; do printf 'secret password\\n' | \"$HUB\" user add $u --name $u --role agent --team t1 --no "
		"1007; done");
	must(h, "printf 'secret password\\n' | \"$HUB\" user add sup --name sup --role supervisor --team t1 --no 9001");
	if (ca) {
		// What stations are told to trust stands in the store from the first start on.
		realhub_serve(h);
		realhub_kill(h);
	}
}

void realhub_serve(struct realhub *h)
{
	char *ca = path_join(h->dir, "ca.pem"), *log = path_join(h->dir, "serve.log"), *at = xasprintf("unix:%s", h->socket),
	     *store = xasprintf("sqlite:%s/hub.db", h->dir), line[200];
	int ends[2];

	unlink(h->socket);
	if (pipe2(ends, O_CLOEXEC) != 0)
		BUG("no pipe");
	h->pid = fork();
	if (h->pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		dup2(ends[1], STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		if (path_exists(ca))
			execl(h->program, "zuoxi-hub", "--store", store, "serve", "--listen", at, "--ca", ca, "--heartbeat-ms",
			      "500", (char *)NULL);
		else
			execl(h->program, "zuoxi-hub", "--store", store, "serve", "--listen", at, "--heartbeat-ms", "500",
			      (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	FILE *out = fdopen(ends[0], "r");
	// It says when it listens, and nothing before.
	if (h->pid < 0 || !fgets(line, sizeof(line), out) || strncmp(line, "listening on ", 13) != 0)
		BUG("the hub does not start; see %s", log);
	fclose(out);
	free(ca);
	free(log);
	free(at);
	free(store);
}

// A hub that ended by itself leaves what it said in the test's own output.
static void say_why(struct realhub *h, int status)
{
	char *log = path_join(h->dir, "serve.log");
	struct str text = {0};
	struct err e = {0};

	fprintf(stderr, "the hub ended by itself, wait status %#x\n", (unsigned)status);
	if (path_read(log, 1 << 20, &text, &e))
		fprintf(stderr, "%s\n", str_z(&text));
	str_release(&text);
	free(log);
}

void realhub_kill(struct realhub *h)
{
	int status;

	if (!h->pid)
		return;
	if (waitpid(h->pid, &status, WNOHANG) == h->pid) {
		say_why(h, status);
		h->pid = 0;
		return;
	}
	kill(h->pid, SIGKILL);
	waitpid(h->pid, NULL, 0);
	h->pid = 0;
}

void realhub_free(struct realhub *h)
{
	realhub_kill(h);
	free(h->program);
	free(h->dir);
	free(h->socket);
}

char *realhub_code(struct realhub *h, const char *station)
{
	char *command = xasprintf("\"$HUB\" station code --station %s --json", station), *out = realhub_run(h, command);
	json_t *j = out ? json_loads(out, 0, NULL) : NULL;
	const char *code = json_string_value(json_object_get(j, "code"));

	if (!code)
		BUG("no code for station %s", station);
	char *own = xstrdup(code);
	json_decref(j);
	free(out);
	free(command);
	return own;
}
