// SPDX-License-Identifier: MIT
// Knows the socket beside a SQLite store through which subcommands reach the hub that serves it.
//
// One JSON document each way: {"argv":[..],"json":bool,"cwd","secret"?} and {"exit","out","err"}. Only the owner of the file may
// connect, and root: mode of the socket, and the peer's user asked of the kernel.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/hub/hub_cli.h"

enum { REQUEST_BYTES = 4 << 20, REPLY_BYTES = 64 << 20, SILENT_S = 10 };

struct admin {
	struct hub_cli *cli;
	int fd, stop[2];
	char *path;
	pthread_t thread;
};

// --- the socket's name

// The folder is opened and named by its descriptor, because a socket's path has room for 107 bytes only.
static bool address(const char *url, struct sockaddr_un *a, int *dir, char **path, struct err *e)
{
	*path = xasprintf("%s.admin", url + strlen("sqlite:"));
	char *slash = strrchr(*path, '/'), *folder = slash ? xstrndup(*path, (size_t)(slash - *path) + 1) : xstrdup(".");
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	*dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	int n = snprintf(a->sun_path, sizeof(a->sun_path), "/proc/self/fd/%d/%s", *dir, slash ? slash + 1 : *path);
	if (*dir < 0 || n >= (int)sizeof(a->sun_path)) {
		err_set(e, ERR_IO, _("there is no place for the hub's socket beside %s: look at the folder and the length of the name"), url);
		free(*path);
		*path = NULL;
		if (*dir >= 0)
			close(*dir);
		return false;
	}
	return true;
}

// --- what goes over it

static bool read_all(int fd, size_t max, struct str *out)
{
	char part[16384];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0 && out->n + (size_t)n <= max)
		str_addn(out, part, (size_t)n);
	return n == 0;
}

static bool write_all(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t w = send(fd, text, n, MSG_NOSIGNAL);
		if (w <= 0)
			return false;
		text += w;
		n -= (size_t)w;
	}
	return true;
}

static bool send_json(int fd, json_t *doc)
{
	char *text = json_dumps(doc, JSON_COMPACT);
	bool ok = text && write_all(fd, text);

	free(text);
	json_decref(doc);
	shutdown(fd, SHUT_WR);
	return ok;
}

static json_t *receive_json(int fd, size_t max)
{
	struct str s = {0};
	json_t *doc = read_all(fd, max, &s) ? json_loadb(str_z(&s), s.n, JSON_REJECT_DUPLICATES, NULL) : NULL;

	str_release(&s);
	return doc;
}

// --- in the hub

static json_t *text_json(const char *s, size_t n)
{
	json_t *j = json_stringn(s ? s : "", s ? n : 0);

	return j ? j : json_string("");
}

static int run_command(struct hub_cli *c, const json_t *list)
{
	size_t n = json_array_size(list);
	char **argv = xcalloc(n + 1, sizeof(*argv));
	bool ok = n > 0;

	for (size_t i = 0; i < n; i++) {
		argv[i] = (char *)(uintptr_t)json_string_value(json_array_get(list, i));
		ok &= argv[i] != NULL;
	}
	const struct hub_command *k = ok ? hub_command(argv[0]) : NULL;
	int rc = CLI_USAGE;
	if (k && k->need == NEED_STORE)
		rc = k->run(c, (int)n, argv);
	else
		fprintf(c->base.err, _("zuoxi-hub: that cannot be done while the hub serves; stop it first\n"));
	free(argv);
	return rc;
}

static json_t *answer(struct admin *a, const json_t *q)
{
	struct hub_cli c = *a->cli;
	char *out = NULL, *err = NULL;
	size_t n_out = 0, n_err = 0;

	c.arena = (struct arena){0};
	c.base.json = json_is_true(json_object_get(q, "json"));
	c.cwd = json_string_value(json_object_get(q, "cwd"));
	c.secret = json_string_value(json_object_get(q, "secret"));
	c.base.out = open_memstream(&out, &n_out);
	c.base.err = open_memstream(&err, &n_err);
	if (!c.base.out || !c.base.err)
		BUG("no memory for a listing");
	int rc = run_command(&c, json_object_get(q, "argv"));
	fclose(c.base.out);
	fclose(c.base.err);
	json_t *r = json_pack("{s:i, s:o, s:o}", "exit", rc, "out", text_json(out, n_out), "err", text_json(err, n_err));
	free(out);
	free(err);
	arena_release(&c.arena);
	return r;
}

static bool allowed(int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && (who.uid == 0 || who.uid == geteuid());
}

static void serve_one(struct admin *a, int fd)
{
	struct timeval t = {.tv_sec = SILENT_S};

	// Somebody who connects and says nothing must not keep the others out for ever.
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) != 0 || !allowed(fd))
		return;
	json_t *q = receive_json(fd, REQUEST_BYTES);
	if (json_is_object(q) && !send_json(fd, answer(a, q)))
		log_line(LOG_WARN, "admin: the answer was not taken");
	json_decref(q);
}

static void *serve(void *arg)
{
	struct admin *a = arg;

	for (;;) {
		struct pollfd p[2] = {{.fd = a->fd, .events = POLLIN}, {.fd = a->stop[0], .events = POLLIN}};
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			break;
		int fd = p[0].revents ? accept4(a->fd, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd < 0)
			continue;
		serve_one(a, fd);
		close(fd);
	}
	return NULL;
}

bool admin_start(struct admin **out, struct hub_cli *c, struct err *e)
{
	struct sockaddr_un at;
	int dir;
	struct admin *a = xcalloc(1, sizeof(*a));

	*out = a;
	a->cli = c;
	a->fd = -1;
	if (!address(c->url, &at, &dir, &a->path, e) || pipe2(a->stop, O_CLOEXEC) != 0) {
		free(a);
		*out = NULL;
		return false;
	}
	unlink(a->path); // left by a hub that was killed: the store's lock is ours
	mode_t old = umask(0177);
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = a->fd >= 0 && bind(a->fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(a->fd, 16) == 0 &&
		  pthread_create(&a->thread, NULL, serve, a) == 0;
	if (!ok)
		err_set(e, ERR_IO, _("cannot listen on %s: %s"), a->path, strerror(errno));
	umask(old);
	close(dir);
	if (ok)
		return true;
	if (a->fd >= 0)
		close(a->fd);
	close(a->stop[0]);
	close(a->stop[1]);
	free(a->path);
	free(a);
	*out = NULL;
	return false;
}

void admin_stop(struct admin *a)
{
	if (!a)
		return;
	if (write(a->stop[1], "x", 1) != 1)
		log_line(LOG_WARN, "admin: %s", strerror(errno));
	pthread_join(a->thread, NULL);
	unlink(a->path);
	close(a->fd);
	close(a->stop[0]);
	close(a->stop[1]);
	free(a->path);
	free(a);
}

// --- beside it

static int connect_to(const char *url)
{
	struct sockaddr_un at;
	char *path;
	int dir, fd;

	if (!str_starts(url, "sqlite:") || !address(url, &at, &dir, &path, NULL))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(fd);
		fd = -1;
	}
	close(dir);
	free(path);
	return fd;
}

bool admin_forward(struct hub_cli *c, int argc, char **argv, int *rc)
{
	int fd = connect_to(c->url);
	char cwd[4096];

	if (fd < 0)
		return false;
	json_t *list = json_array(), *q;
	for (int i = 0; i < argc; i++)
		json_array_append_new(list, json_string(argv[i]));
	q = json_pack("{s:o, s:b, s:s?}", "argv", list, "json", c->base.json, "cwd", getcwd(cwd, sizeof(cwd)));
	if (c->secret)
		json_object_set_new(q, "secret", json_string(c->secret));
	json_t *r = send_json(fd, q) ? receive_json(fd, REPLY_BYTES) : NULL;
	close(fd);
	const char *out = json_string_value(json_object_get(r, "out")), *err = json_string_value(json_object_get(r, "err"));
	if (out && err) {
		fputs(out, c->base.out);
		fputs(err, c->base.err);
		*rc = (int)json_integer_value(json_object_get(r, "exit"));
	} else {
		fprintf(c->base.err, _("zuoxi-hub: the hub that serves %s gave no answer; try again\n"), c->url);
		*rc = CLI_FAILED;
	}
	json_decref(r);
	return true;
}
