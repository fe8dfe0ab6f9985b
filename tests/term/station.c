// SPDX-License-Identifier: MIT
// Knows a data directory for tests and the program run on it, with a screen or as a subcommand.
#include "tests/term/station.h"

#include <dirent.h>
#include <ftw.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/path.h"

enum { ARGS = 24, FILE_MAX_BYTES = 64 << 20 };

static char *original; // directory of the first station, kept until station_end

static char *new_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/zuoxi-term-XXXXXX", str_empty(tmp) ? "/tmp" : tmp);

	if (!mkdtemp(dir))
		BUG("no directory for tests: %s", dir);
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st, (void)type, (void)f;
	return remove(path);
}

static void remove_dir(char *dir)
{
	if (dir)
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

static void write_file(const char *path, struct sv data)
{
	struct err e = {0};

	if (!path_write_atomic(path, data, 0600, &e))
		BUG("%s", e.msg);
}

static void copy_tree(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct err e = {0};

	if (!d || mkdir(to, 0700) != 0)
		BUG("cannot copy %s to %s", from, to);
	for (struct dirent *de; (de = readdir(d));) {
		if (de->d_name[0] == '.')
			continue;
		char *a = path_join(from, de->d_name), *b = path_join(to, de->d_name);
		struct str text = {0};
		if (path_is_dir(a))
			copy_tree(a, b);
		else if (path_read(a, FILE_MAX_BYTES, &text, &e))
			write_file(b, sv_n(str_z(&text), text.n));
		else
			BUG("%s", e.msg);
		str_release(&text);
		free(a);
		free(b);
	}
	closedir(d);
}

static const char **join(const char *const head[], const char *const tail[])
{
	const char **all = xcalloc(ARGS, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; head[i]; i++)
		all[n++] = head[i];
	for (size_t i = 0; tail && tail[i] && n + 1 < ARGS; i++)
		all[n++] = tail[i];
	return all;
}

void station_config(struct station *s, const char *yaml)
{
	write_file(s->config, sv(yaml));
}

char *station_file(const struct station *s, const char *name, const char *text)
{
	char *path = path_join(s->dir, name);

	write_file(path, sv(text));
	return path;
}

char *station_copy(const struct station *s, const char *name)
{
	char *to = path_join(s->dir, name);

	copy_tree(s->data, to);
	return to;
}

void station_make(struct station *s)
{
	static const char *const init[] = {"init", "--site", "SHA", "--station", "0A7", "--pack", "common", "finance", "airline", "retail", NULL};

	*s = (struct station){.dir = new_dir()};
	s->data = path_join(s->dir, "data");
	s->config = path_join(s->dir, "zuoxi.yaml");
	station_config(s, "agent: {no: \"8001\", name: 陈晓}\n");
	if (!original) {
		struct station first = {.dir = new_dir()};
		first.data = path_join(first.dir, "data");
		original = first.dir;
		if (station_run(&first, NULL, NULL, init) != 0)
			BUG("zuoxi init failed");
		free(first.data);
	}
	char *from = path_join(original, "data");
	copy_tree(from, s->data);
	free(from);
}

void station_remove(struct station *s)
{
	free(s->data);
	free(s->config);
	remove_dir(s->dir);
	*s = (struct station){0};
}

void station_end(void)
{
	remove_dir(original);
	original = NULL;
}

struct vt *station_start(const struct station *s, const char *const args[], const char *const env[], int rows, int cols)
{
	const char *head[] = {ZUOXI, "--data", s->data, "--config", s->config, "--lang", "zh_CN", NULL};
	const char **argv = join(head, args);
	struct vt *vt = vt_spawn(argv, env, rows, cols);

	free(argv);
	return vt;
}

static void child(const char **argv, int out, int err)
{
	char *asan = getenv("ASAN_OPTIONS") ? xstrdup(getenv("ASAN_OPTIONS")) : NULL;

	clearenv();
	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (asan)
		setenv("ASAN_OPTIONS", asan, 1);
	dup2(out, 1);
	dup2(err, 2);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static bool drain(int *fd, struct str *out)
{
	char buf[8192];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n <= 0) {
		close(*fd);
		*fd = -1;
		return false;
	}
	if (out)
		str_addn(out, buf, (size_t)n);
	return true;
}

int station_run(const struct station *s, struct str *out, struct str *err, const char *const args[])
{
	const char *head[] = {ZUOXI, "--data", s->data, NULL};
	const char **argv = join(head, args);
	int o[2], e[2], status = 0;

	if (pipe(o) != 0 || pipe(e) != 0)
		BUG("no pipe");
	pid_t pid = fork();
	if (pid == 0)
		child(argv, o[1], e[1]);
	close(o[1]);
	close(e[1]);
	struct pollfd p[2] = {{.fd = o[0], .events = POLLIN}, {.fd = e[0], .events = POLLIN}};
	while (p[0].fd >= 0 || p[1].fd >= 0) {
		poll(p, 2, -1);
		if (p[0].fd >= 0 && p[0].revents)
			drain(&p[0].fd, out);
		if (p[1].fd >= 0 && p[1].revents)
			drain(&p[1].fd, err);
	}
	waitpid(pid, &status, 0);
	free(argv);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
